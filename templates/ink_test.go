package templates_test

import (
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"antin/internal/pdf"
	"antin/templates"
	"antin/templates/measure"
	"antin/templates/render"
)

var measureNow = time.Date(2025, 6, 16, 9, 0, 0, 0, time.UTC)

// finished binds data to a form and makes its PDF.
func finished(t *testing.T, f *templates.Form, data []byte) []byte {
	t.Helper()
	return finishedBy(t, f, demoOf(t, f), data)
}

// demoOf is the demonstration agency that issues the form.
func demoOf(t *testing.T, f *templates.Form) *templates.Agency {
	t.Helper()
	agency, err := templates.DemoAgency(f.DemoKind())
	if err != nil {
		t.Fatal(err)
	}
	return agency
}

// finishedBy is finished for another agency.
func finishedBy(t *testing.T, f *templates.Form, agency *templates.Agency, data []byte) []byte {
	t.Helper()
	doc, err := f.Bind(data, templates.Env{
		Agency: agency, LookupCode: "7K3M-Q9XR-2TBD", LookupURL: "https://example.vn/tra-cuu/7K3M-Q9XR-2TBD",
		Notice: "BẢN MINH HỌA - KHÔNG CÓ GIÁ TRỊ PHÁP LÝ",
	})
	if err != nil {
		t.Fatal(err)
	}
	file, err := render.PDF(doc, render.Options{Now: measureNow})
	if err != nil {
		t.Fatal(err)
	}
	keepForEye(t, file)
	return file
}

// rendered reads the finished PDF back.
func rendered(t *testing.T, f *templates.Form, data []byte) []measure.Page {
	t.Helper()
	pages, err := measure.Read(finished(t, f, data))
	if err != nil {
		t.Fatal(err)
	}
	return pages
}

// inkLine is one line of a structure element.
type inkLine struct {
	page        int
	x1, x2, y   float64
	top, bottom float64
	size        float64 // the largest on it
	texts       []*measure.Text
}

func (l *inkLine) text() string {
	var b strings.Builder
	for _, t := range l.texts {
		b.WriteString(t.Text)
	}
	return strings.TrimSpace(b.String())
}

func (l *inkLine) all(is func(*measure.Text) bool) bool {
	return !slices.ContainsFunc(l.texts, func(t *measure.Text) bool { return strings.TrimSpace(t.Text) != "" && !is(t) })
}

// inkParagraph is a structure element's text.
type inkParagraph struct {
	element    pdf.Ref
	kind, path string
	lines      []inkLine
}

func (p *inkParagraph) text() string {
	var words []string
	for i := range p.lines {
		words = append(words, p.lines[i].text())
	}
	return strings.Join(words, " ")
}

func (p *inkParagraph) widest() float64 {
	w := 0.0
	for _, l := range p.lines {
		w = max(w, l.x2-l.x1)
	}
	return w
}

func (p *inkParagraph) size() float64 {
	s := 0.0
	for _, l := range p.lines {
		s = max(s, l.size)
	}
	return s
}

func (p *inkParagraph) all(is func(*measure.Text) bool) bool {
	return !slices.ContainsFunc(p.lines, func(l inkLine) bool { return !l.all(is) })
}

// paragraphs gathers the pages' text by structure element, in reading order.
func paragraphs(pages []measure.Page) []*inkParagraph {
	var out []*inkParagraph
	by := map[pdf.Ref]*inkParagraph{}
	for i := range pages {
		for k := range pages[i].Texts {
			t := &pages[i].Texts[k]
			if t.Artifact || t.Hidden {
				continue
			}
			p := by[t.Element]
			if p == nil {
				p = &inkParagraph{element: t.Element, kind: t.Kind, path: t.Path}
				by[t.Element] = p
				out = append(out, p)
			}
			var l *inkLine
			if n := len(p.lines); n > 0 && p.lines[n-1].page == i && math.Abs(p.lines[n-1].y-t.Y) < 0.5 {
				l = &p.lines[n-1]
			} else {
				p.lines = append(p.lines, inkLine{page: i, x1: t.X1, x2: t.X2, y: t.Y, top: t.Top(), bottom: t.Bottom()})
				l = &p.lines[len(p.lines)-1]
			}
			if t.X2 > t.X1 {
				l.x1, l.x2 = min(l.x1, t.X1), max(l.x2, t.X2)
				l.size, l.top, l.bottom = max(l.size, t.Size), min(l.top, t.Top()), max(l.bottom, t.Bottom())
			}
			l.texts = append(l.texts, t)
		}
	}
	return out
}
