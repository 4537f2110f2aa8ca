package layout_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"antin/templates/layout"
	"antin/templates/layout/layouttest"
)

var update = flag.Bool("update", false, "write the golden files anew")

// dump writes pages as text: positions in pt, one item a line.
func dump(p *layout.Pages) string {
	var b strings.Builder
	for i := range p.Sheets {
		s := &p.Sheets[i]
		fmt.Fprintf(&b, "page %d %.1fx%.1f ground %d\n", i+1, s.Width, s.Height, s.Ground)
		for k := range s.Items {
			it := &s.Items[k]
			tag := "artifact"
			if it.Elem >= 0 {
				tag = path(p, it.Elem)
			}
			switch it.Kind {
			case layout.TextItem:
				fmt.Fprintf(&b, "  %6.1f %6.1f %5.1f %4.1f/%d %+.2f %s %q\n", it.X, it.Y, it.W, it.Size, it.Style, it.Stretch, tag, it.Text)
			case layout.TickItem:
				fmt.Fprintf(&b, "  %6.1f %6.1f tick %.1f %v %s\n", it.X, it.Y, it.W, it.Set, tag)
			case layout.PictureItem:
				fmt.Fprintf(&b, "  %6.1f %6.1f picture %.1fx%.1f %s\n", it.X, it.Y, it.W, it.H, tag)
			case layout.FieldItem:
				f := p.Fields[it.Index]
				fmt.Fprintf(&b, "  %6.1f %6.1f field %s %.1fx%.1f align %d %s\n", it.X, it.Y, f.Name, it.W, it.H, f.Align, tag)
			case layout.CodeItem:
				fmt.Fprintf(&b, "  %6.1f %6.1f code %.1f %q\n", it.X, it.Y, it.W, it.Text)
			}
		}
		for _, r := range s.Rules {
			fmt.Fprintf(&b, "  rule %.1f,%.1f %.1f,%.1f %.2f\n", r.X1, r.Y1, r.X2, r.Y2, r.Weight)
		}
	}
	return b.String()
}

var kindNames = []string{"", "H1", "H2", "P", "L", "LI", "LBody", "Table", "THead", "TBody", "TR", "TH", "TD", "Figure", "Form"}

func path(p *layout.Pages, el int32) string {
	name := kindNames[p.Elements[el].Kind]
	if up := p.Elements[el].Parent; up > 0 {
		return path(p, up) + "/" + name
	}
	return name
}

func TestGolden(t *testing.T) {
	for name, doc := range map[string]*layout.Document{
		"decision": layouttest.Decision(), "permit": layouttest.Permit(nil), "list": layouttest.List(),
	} {
		t.Run(name, func(t *testing.T) {
			got := dump(typeset(t, doc))
			file := filepath.Join("testdata", name+".golden")
			if *update {
				if err := os.MkdirAll("testdata", 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); d != "" {
				t.Errorf("layout differs (run with -update if it is meant to):\n%s", d)
			}
		})
	}
}

func typeset(t testing.TB, doc *layout.Document) *layout.Pages {
	t.Helper()
	p, err := layout.Typeset(doc)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// one makes a document of one section with the usual margins.
func one(blocks ...layout.Block) *layout.Document {
	return &layout.Document{Sections: []layout.Section{{Page: layout.StandardPage(), NumberFromSecond: true, Blocks: blocks}}}
}

func run(s string) layout.Run { return layout.Run{Text: s, Size: 14} }

func para(s string) *layout.Paragraph {
	return &layout.Paragraph{Runs: []layout.Run{run(s)}, FirstIndent: 12.7, Before: 6}
}

// lines groups the text of a sheet's body by baseline, top to bottom as placed.
func lines(s *layout.Sheet) []string {
	var out []string
	last := -1.0
	for i := range s.Items {
		it := &s.Items[i]
		if it.Kind != layout.TextItem || it.Elem < 0 {
			continue
		}
		if len(out) > 0 && it.Y == last {
			out[len(out)-1] += it.Text
		} else {
			out = append(out, it.Text)
		}
		last = it.Y
	}
	return out
}
