package mark_test

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"antin/internal/judge"
	"antin/internal/pdf"
	"antin/templates/layout"
	"antin/templates/mark"
	"antin/templates/render"
)

var now = time.Date(2026, 3, 2, 9, 30, 0, 0, time.FixedZone("+07", 7*3600))

// annex is a tagged PDF/A-2b of n pages without form fields.
func annex(t testing.TB, n int, landscape bool) []byte {
	t.Helper()
	doc := &layout.Document{Title: "Phụ lục I"}
	for i := range n {
		page := layout.StandardPage()
		page.Landscape = landscape
		doc.Sections = append(doc.Sections, layout.Section{Page: page, Blocks: []layout.Block{
			&layout.Paragraph{Role: layout.TitleRole, Align: layout.Center, Runs: []layout.Run{{Text: "Phụ lục I", Bold: true, Size: 14}}},
			&layout.Paragraph{Runs: []layout.Run{{Text: fmt.Sprintf("Nội dung trang %d", i+1), Size: 14}}},
		}})
	}
	b, err := render.PDF(doc, render.Options{Now: now})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

var place = mark.Place{
	Field: "chu_ky_so", Label: "Chữ ký số của cơ quan",
	Lines: []string{"Số: 15/QĐ-SNV;", "2026-03-02T09:30:00+07:00"},
}

func save(t testing.TB, b []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "f.pdf")
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// turned sets /Rotate of the first page by an update, as scanning programs do.
func turned(t testing.TB, data []byte, degrees int) []byte {
	t.Helper()
	f, err := pdf.Open(data, pdf.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	pages, err := f.Pages()
	if err != nil {
		t.Fatal(err)
	}
	d := maps.Clone(pages[0].Dict)
	d["Rotate"] = pdf.Integer(degrees)
	u := pdf.NewUpdate(f)
	u.Set(pages[0].Ref, d)
	out, err := u.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestSignHere: the words stand at the top right of the first page as it is
// seen, however it is turned, and the file stays PDF/A-2b and PDF/UA-1.
func TestSignHere(t *testing.T) {
	for _, c := range []struct {
		name      string
		turn      int
		landscape bool
	}{{"upright", 0, false}, {"landscape", 0, true}, {"90", 90, false}, {"180", 180, false}, {"270", 270, false}, {"minus 90", -90, true}} {
		t.Run(c.name, func(t *testing.T) {
			before := annex(t, 2, c.landscape)
			if c.turn != 0 {
				before = turned(t, before, c.turn)
			}
			after, err := mark.SignHere(before, place)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.HasPrefix(after, before) {
				t.Fatal("the file's own bytes were changed")
			}
			path := save(t, after)
			for _, j := range []string{"qpdf", "pdftotext", "verapdf"} {
				judge.Need(t, j)
			}
			judge.Check(t, path)
			for _, flavour := range []string{"2b", "ua1"} {
				judge.Conforms(t, flavour, path)
			}
			text := judge.Text(t, path)
			for _, line := range place.Lines {
				if !strings.Contains(text, line) {
					t.Errorf("%q is not on the page:\n%s", line, text)
				}
			}
			file, err := mark.Inspect(after)
			if err != nil || file.Fields != 1 || file.Signatures != 0 || file.Pages != 2 || !file.Tagged {
				t.Errorf("%+v %v", file, err)
			}
		})
	}
}

func TestSignHereRefuses(t *testing.T) {
	signed, err := mark.SignHere(annex(t, 1, false), place)
	if err != nil {
		t.Fatal(err)
	}
	var r *mark.RefusalError
	if _, err := mark.SignHere(signed, place); !errors.As(err, &r) || r.Code != mark.Fields {
		t.Errorf("a file with a form gave %v", err)
	}
	var glyph *mark.GlyphError
	if _, err := mark.SignHere(annex(t, 1, false), mark.Place{Field: "a", Label: "a", Lines: []string{"中"}}); !errors.As(err, &glyph) {
		t.Errorf("a character without a glyph gave %v", err)
	}
	if _, err := mark.SignHere(annex(t, 1, false), mark.Place{Field: "a", Label: "a"}); err == nil {
		t.Error("no words were accepted")
	}
}
