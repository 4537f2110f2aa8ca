package render_test

import (
	"testing"

	"antin/templates/layout"
	"antin/templates/layout/layouttest"
	"antin/templates/render"
)

// twoPages is the decision without its annex: the work measured for
// comparison with other programs.
func twoPages() *layout.Document {
	d := layouttest.Decision()
	d.Sections = d.Sections[:1]
	return d
}

func BenchmarkTypeset(b *testing.B) {
	doc := twoPages()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := layout.Typeset(doc); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkRender(b *testing.B) {
	doc := twoPages()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := render.PDF(doc, render.Options{Now: frozen}); err != nil {
			b.Fatal(err)
		}
	}
}
