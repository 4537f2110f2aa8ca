package layout_test

import (
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"antin/fonts"
	"antin/templates/layout"
)

const mm = 72 / 25.4

// near is how exact positions have to be, in pt.
const near = 0.01

func drawWord(t *rapid.T) string {
	const letters = "aăâbcđeêghiklmnoôơpqrstuưvxyÁẬỆỐỰộửữếằ0123456789-/.,;()"
	most := 8
	if rapid.IntRange(0, 30).Draw(t, "long") == 0 {
		most = 120
	}
	w := rapid.StringOfN(rapid.RuneFrom([]rune(letters)), 1, most, -1).Draw(t, "word")
	if rapid.IntRange(0, 9).Draw(t, "joined") == 0 {
		w += "\u00a0" + rapid.StringOfN(rapid.RuneFrom([]rune(letters)), 1, 4, -1).Draw(t, "unit")
	}
	return w
}

func drawRuns(t *rapid.T) []layout.Run {
	runs := make([]layout.Run, rapid.IntRange(1, 6).Draw(t, "runs"))
	for i := range runs {
		if rapid.IntRange(0, 12).Draw(t, "tick") == 0 {
			runs[i] = layout.Run{Tick: layout.TickSet, Size: 13}
			continue
		}
		words := make([]string, rapid.IntRange(0, 30).Draw(t, "words"))
		for k := range words {
			words[k] = drawWord(t)
		}
		runs[i] = layout.Run{
			Text: strings.Join(words, " "), Bold: rapid.Bool().Draw(t, "bold"), Italic: rapid.Bool().Draw(t, "italic"),
			Size: float64(rapid.IntRange(11, 16).Draw(t, "size")),
		}
		if rapid.Bool().Draw(t, "space") {
			runs[i].Text += " "
		}
	}
	return runs
}

// TestParagraphs: no line leaves its column, every word stays in order, all
// justified lines but the last of a paragraph end at the margin, no page has a
// single line of a paragraph of more than one.
func TestParagraphs(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var blocks []layout.Block
		var want strings.Builder
		for range rapid.IntRange(1, 12).Draw(t, "paragraphs") {
			p := &layout.Paragraph{
				Runs: drawRuns(t), FirstIndent: 12.7 * float64(rapid.IntRange(0, 1).Draw(t, "first")), Before: 6,
				Indent: float64(rapid.IntRange(0, 30).Draw(t, "indent")), Hanging: float64(rapid.IntRange(0, 10).Draw(t, "hanging")),
				Leading: 1 + 0.1*float64(rapid.IntRange(0, 5).Draw(t, "leading")),
			}
			for _, r := range p.Runs {
				want.WriteString(r.Text)
			}
			want.WriteByte(' ')
			blocks = append(blocks, p)
		}
		doc := one(blocks...)
		pages, err := layout.Typeset(doc)
		if err != nil {
			t.Fatal(err)
		}
		checkInside(t, pages)
		var got strings.Builder
		for i := range pages.Sheets {
			for _, it := range pages.Sheets[i].Items {
				if it.Elem >= 0 {
					got.WriteString(it.Text)
				}
			}
		}
		if g, w := strip(got.String()), strip(want.String()); g != w {
			t.Fatalf("text differs:\n got %q\nwant %q", g, w)
		}
		checkLines(t, pages)
	})
}

// strip removes breakable spaces: lines drop them where they end.
func strip(s string) string { return strings.ReplaceAll(s, " ", "") }

type fataler interface {
	Fatalf(format string, args ...any)
	Helper()
}

// checkInside fails if body text stands outside the text area of its page, or
// if an item's width is not that of its text.
func checkInside(t fataler, pages *layout.Pages) {
	t.Helper()
	g := layout.StandardPage()
	for i := range pages.Sheets {
		s := &pages.Sheets[i]
		for _, it := range s.Items {
			if it.Elem < 0 || it.Kind == layout.FieldItem {
				continue
			}
			if it.X < g.Left*mm-near || it.X+it.W > s.Width-g.Right*mm+near || it.Y < g.Top*mm || it.Y > s.Height-g.Bottom*mm {
				t.Fatalf("page %d: %q at %.2f,%.2f width %.2f leaves the text area", i+1, it.Text, it.X, it.Y, it.W)
			}
			if it.Kind == layout.TextItem {
				w := 0.0
				for _, r := range it.Text {
					a, _ := fonts.Get(it.Style).Advance(r)
					w += float64(a) * it.Size / 1000
					if r == ' ' || r == '\u00a0' {
						w += it.Stretch
					}
				}
				if math.Abs(w-it.W) > near {
					t.Fatalf("%q is %.3f wide, says %.3f", it.Text, w, it.W)
				}
			}
		}
	}
}

// checkLines looks at each paragraph's lines, which come in order.
func checkLines(t fataler, pages *layout.Pages) {
	type line struct {
		sheet       int
		y, right    float64
		spaces      int
		stretch     float64
		lastOfItems int
	}
	paragraphs := map[int32][]line{}
	var order []int32
	for i := range pages.Sheets {
		s := &pages.Sheets[i]
		for k, it := range s.Items {
			if it.Elem < 0 {
				continue
			}
			if it.Kind == layout.TickItem {
				it.Y += it.H // its baseline
			}
			ls := paragraphs[it.Elem]
			if len(ls) == 0 {
				order = append(order, it.Elem)
			}
			if n := len(ls); n == 0 || math.Abs(ls[n-1].y-it.Y) > near || ls[n-1].sheet != i {
				ls = append(ls, line{sheet: i, y: it.Y})
			}
			l := &ls[len(ls)-1]
			l.right, l.lastOfItems = it.X+it.W, k
			l.spaces += strings.Count(it.Text, " ") + strings.Count(it.Text, "\u00a0")
			if it.Stretch != 0 {
				l.stretch = it.Stretch
			}
			paragraphs[it.Elem] = ls
		}
	}
	margin := 595.28 - 15*mm
	for _, el := range order {
		ls := paragraphs[el]
		for n, l := range ls {
			switch {
			case n == len(ls)-1:
				if l.stretch > 0 || l.stretch < -0.2*0.25*16 || l.stretch < 0 && math.Abs(l.right-margin) > 0.05 {
					t.Fatalf("the last line of paragraph %d is stretched by %.2f and ends at %.2f", el, l.stretch, l.right)
				}
			case l.stretch < -0.1*0.25*16:
				t.Fatalf("line %d of paragraph %d is squeezed by %.2f", n, el, l.stretch)
			case l.spaces > 0 && math.Abs(l.right-margin) > 0.05 && l.stretch != 0:
				t.Fatalf("line %d of paragraph %d ends at %.2f, want %.2f", n, el, l.right, margin)
			}
		}
		perSheet := map[int]int{}
		for _, l := range ls {
			perSheet[l.sheet]++
		}
		for sheet, n := range perSheet {
			if n == 1 && len(ls) > 1 {
				t.Fatalf("page %d has a single line of a paragraph of %d", sheet+1, len(ls))
			}
		}
	}
}

// TestJustifiedEnds uses short words only, where every line but the last must
// reach the margin exactly.
func TestJustifiedEnds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		words := make([]string, rapid.IntRange(40, 200).Draw(t, "n"))
		for i := range words {
			words[i] = rapid.SampledFrom([]string{"quyết", "định", "của", "Ủy", "ban", "nhân", "dân", "thành", "phố", "nghiệp;", "Điều\u00a01.", "trường"}).Draw(t, "word")
		}
		pages, err := layout.Typeset(one(para(strings.Join(words, " "))))
		if err != nil {
			t.Fatal(err)
		}
		margin := 595.2756 - 15*mm
		items := pages.Sheets[0].Items
		for i, it := range items[:len(items)-1] {
			if items[i+1].Y != it.Y && math.Abs(it.X+it.W-margin) > near {
				t.Fatalf("line %q ends at %.3f, want %.3f", it.Text, it.X+it.W, margin)
			}
			if strings.HasSuffix(it.Text, "Điều") {
				t.Fatal("broken at a no-break space")
			}
		}
	})
}
