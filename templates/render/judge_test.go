package render_test

import (
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"

	"antin/internal/judge"
	"antin/templates/layout"
	"antin/templates/layout/layouttest"
)

// documents are what the judges are asked about.
var documents = map[string]func() *layout.Document{
	"decision": layouttest.Decision,
	"permit":   func() *layout.Document { return layouttest.Permit(photo()) },
	"list":     layouttest.List,
}

func TestJudges(t *testing.T) {
	for name, doc := range documents {
		t.Run(name, func(t *testing.T) {
			path, _ := write(t, doc())
			t.Run("qpdf", func(t *testing.T) {
				judge.Need(t, "qpdf")
				judge.Check(t, path)
			})
			for _, flavour := range []string{"2b", "ua1"} {
				t.Run(flavour, func(t *testing.T) {
					judge.Need(t, "verapdf")
					judge.Conforms(t, flavour, path)
				})
			}
			t.Run("fonts", func(t *testing.T) {
				judge.Need(t, "pdffonts")
				for _, f := range judge.Fonts(t, path) {
					if !strings.Contains(f.Name, "+Tinos-") || !f.Embedded || !f.Subset || !f.ToUnicode {
						t.Errorf("font %+v", f)
					}
				}
			})
		})
	}
}

// TestText reads every word back in order.
func TestText(t *testing.T) {
	judge.Need(t, "pdftotext")
	doc := layouttest.Decision()
	path, _ := write(t, doc)
	got := judge.Text(t, path)
	if !norm.NFC.IsNormalString(got) {
		t.Error("the text is not NFC")
	}
	flat := strings.Join(strings.Fields(got), " ")
	at := 0
	for _, s := range doc.Sections {
		for _, b := range s.Blocks {
			p, ok := b.(*layout.Paragraph)
			if !ok {
				continue
			}
			var all strings.Builder
			for _, r := range p.Runs {
				all.WriteString(r.Text)
			}
			want := strings.Join(strings.Fields(strings.ReplaceAll(all.String(), "\u00a0", " ")), " ")
			// The foot stands between the pages; paragraphs that cross over are
			// compared by their first words.
			if len(want) > 120 {
				want = want[:strings.LastIndex(want[:120], " ")]
			}
			i := strings.Index(flat[at:], want)
			if i < 0 {
				t.Errorf("not found in order: %q", want)
				continue
			}
			at += i
		}
	}
}

// TestTickBoxesAreText: tick boxes come out between their labels.
func TestTickBoxesAreText(t *testing.T) {
	judge.Need(t, "pdftotext")
	path, _ := write(t, layouttest.Permit(photo()))
	got := strings.Join(strings.Fields(judge.Text(t, path)), " ")
	for _, want := range []string{"☑ Nam Male", "□ Nữ Female", "□ Nhà quản lý"} {
		if !strings.Contains(got, want) {
			t.Errorf("text lacks %q", want)
		}
	}
}
