package layout_test

import (
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"antin/templates/layout"
	"antin/templates/layout/layouttest"
)

func drawParagraph(t *rapid.T) *layout.Paragraph {
	p := &layout.Paragraph{
		Runs: drawRuns(t), Align: layout.Align(rapid.IntRange(0, 3).Draw(t, "align")), Role: layout.Role(rapid.IntRange(0, 4).Draw(t, "role")),
		FirstIndent: rapid.SampledFrom([]float64{0, 10, 12.7, -5}).Draw(t, "first"), Before: 6, After: rapid.SampledFrom([]float64{0, 6}).Draw(t, "after"),
		KeepWithNext: rapid.Bool().Draw(t, "keep"), Leading: rapid.SampledFrom([]float64{0, 1.2, 1.5}).Draw(t, "leading"),
	}
	if p.FirstIndent < 0 {
		p.Indent = 5
	}
	if rapid.IntRange(0, 3).Draw(t, "ruled") == 0 {
		p.RuleBelow = &layout.Rule{Fraction: 0.4, Gap: 2}
	}
	return p
}

// drawTable draws a table whose cells fill its grid, with spans.
func drawTable(t *rapid.T) *layout.Table {
	cols := rapid.IntRange(1, 5).Draw(t, "cols")
	tab := &layout.Table{Plain: rapid.Bool().Draw(t, "plain"), Before: 6, After: 6}
	for range cols {
		tab.Columns = append(tab.Columns, layout.TableColumn{Width: 1 / float64(cols)})
	}
	rows := func(n int, most int) (out []layout.Row) {
		taken := make([]int, cols)
		for r := range n {
			row := layout.Row{}
			for c := range cols {
				if taken[c] > 0 {
					continue
				}
				cell := layout.Cell{Middle: rapid.Bool().Draw(t, "middle"), ColSpan: 1, RowSpan: 1}
				for c+cell.ColSpan < cols && taken[c+cell.ColSpan] == 0 && rapid.IntRange(0, 4).Draw(t, "wide") == 0 {
					cell.ColSpan++
				}
				if rapid.IntRange(0, 5).Draw(t, "tall") == 0 {
					cell.RowSpan = min(rapid.IntRange(1, 3).Draw(t, "rows"), n-r)
				}
				for range rapid.IntRange(0, 2).Draw(t, "paragraphs") {
					words := make([]string, rapid.IntRange(0, most).Draw(t, "words"))
					for i := range words {
						words[i] = drawWord(t)
					}
					cell.Paragraphs = append(cell.Paragraphs, layout.Paragraph{Align: layout.Left, Runs: []layout.Run{{Tick: layout.TickEmpty, Size: 12}, {Text: strings.Join(words, " "), Size: 12}}})
				}
				for k := range cell.ColSpan {
					taken[c+k] = cell.RowSpan
				}
				row.Cells = append(row.Cells, cell)
			}
			for c := range taken {
				taken[c]--
			}
			out = append(out, row)
		}
		return out
	}
	tab.Head = rows(rapid.IntRange(0, 2).Draw(t, "head"), 3)
	most := 12
	if rapid.IntRange(0, 8).Draw(t, "huge") == 0 {
		most = 400
	}
	tab.Rows = rows(rapid.IntRange(1, 25).Draw(t, "body"), most)
	return tab
}

// words collects a document's text in the order of the model.
func words(blocks []layout.Block) (out []string) {
	add := func(ps []layout.Paragraph) {
		for i := range ps {
			out = append(out, words([]layout.Block{&ps[i]})...)
		}
	}
	for _, b := range blocks {
		switch b := b.(type) {
		case *layout.Paragraph:
			s := ""
			for _, r := range b.Runs {
				s += r.Text
			}
			out = append(out, strip(s))
		case *layout.Table:
			for _, rows := range [][]layout.Row{b.Head, b.Rows} {
				for _, r := range rows {
					for _, c := range r.Cells {
						add(c.Paragraphs)
					}
				}
			}
		case *layout.Columns:
			for _, c := range b.Columns {
				out = append(out, words(c.Blocks)...)
			}
		case *layout.Closing:
			add(b.Recipients)
			for _, r := range append(b.Title, b.Name) {
				out = append(out, strip(r.Text))
			}
		}
	}
	return out
}

// TestRandomDocuments mixes all blocks: nothing leaves the text area, nothing
// overlaps, no text is lost, and elements come in reading order.
func TestRandomDocuments(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var blocks []layout.Block
		for range rapid.IntRange(1, 14).Draw(t, "blocks") {
			switch rapid.IntRange(0, 6).Draw(t, "kind") {
			case 0:
				blocks = append(blocks, drawTable(t))
			case 1:
				blocks = append(blocks, &layout.Columns{Before: 6, Columns: []layout.Column{
					{Width: 0.4, Blocks: []layout.Block{drawParagraph(t)}}, {Width: 0.6, Blocks: []layout.Block{drawParagraph(t)}},
				}})
			case 2:
				blocks = append(blocks, &layout.Space{Height: 20})
			default:
				blocks = append(blocks, drawParagraph(t))
			}
		}
		if rapid.Bool().Draw(t, "closed") {
			blocks = append(blocks, layouttest.Closing())
		}
		pages, err := layout.Typeset(one(blocks...))
		if over := (*layout.OverflowError)(nil); errors.As(err, &over) {
			return // columns or a table head taller than a page: refused, not cut
		}
		if err != nil {
			t.Fatal(err)
		}
		checkInside(t, pages)
		checkOverlap(t, pages)
		// Rows that span pages mix their cells' lines, so compare what there is
		// and not its order.
		var got [256 * 256]int
		for i := range pages.Sheets {
			for _, it := range pages.Sheets[i].Items {
				if it.Elem < 0 {
					continue
				}
				for _, r := range it.Text {
					if r != ' ' {
						got[r]++
					}
				}
			}
		}
		for _, w := range words(blocks) {
			for _, r := range w {
				got[r]--
			}
		}
		for r, n := range got {
			if n != 0 {
				t.Fatalf("%q is there %d times too often", rune(r), n)
			}
		}
	})
}

// checkOverlap fails if two texts of a page share ground: boxes from the
// height of small letters to the baseline.
func checkOverlap(t fataler, pages *layout.Pages) {
	t.Helper()
	for i := range pages.Sheets {
		items := pages.Sheets[i].Items
		for a := range items {
			p := &items[a]
			if p.Kind != layout.TextItem || strings.TrimSpace(p.Text) == "" {
				continue
			}
			for b := range items[:a] {
				q := &items[b]
				if q.Kind != layout.TextItem || strings.TrimSpace(q.Text) == "" {
					continue
				}
				if p.X < q.X+q.W-near && q.X < p.X+p.W-near && p.Y-0.45*p.Size < q.Y && q.Y-0.45*q.Size < p.Y {
					t.Fatalf("page %d: %q at %.1f,%.1f and %q at %.1f,%.1f overlap", i+1, p.Text, p.X, p.Y, q.Text, q.X, q.Y)
				}
			}
		}
	}
}
