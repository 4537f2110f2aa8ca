package layout_test

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"

	"antin/templates/layout"
	"antin/templates/layout/layouttest"
)

func text(n int) string {
	return strings.TrimSpace(strings.Repeat("Căn cứ quy định của pháp luật về bảo hiểm thất nghiệp và đề nghị của Trung tâm, ", n))
}

// TestClosingNeverAlone moves a closing block down line by line: wherever the
// page breaks, at least two lines of the text before come along, and no
// paragraph leaves one line behind.
func TestClosingNeverAlone(t *testing.T) {
	for filler := range 45 {
		blocks := []layout.Block{&layout.Space{Height: 0}}
		for range filler {
			blocks = append(blocks, &layout.Paragraph{Runs: []layout.Run{run("Một dòng.")}, Align: layout.Left})
		}
		blocks = append(blocks, para(text(3)), layouttest.Closing())
		p := typeset(t, one(blocks...))
		last := &p.Sheets[len(p.Sheets)-1]
		before := 0
		for _, l := range lines(last) {
			if strings.HasPrefix(l, "Nơi nhận") {
				break
			}
			before++
		}
		if before < 2 {
			t.Errorf("%d lines before: the closing block stands with %d lines of text on page %d", filler, before, len(p.Sheets))
		}
		if len(p.Sheets) > 2 {
			t.Errorf("%d lines before: %d pages", filler, len(p.Sheets))
		}
	}
}

// TestHeadingStaysWithText: no heading and no title ends a page.
func TestHeadingStaysWithText(t *testing.T) {
	for filler := range 50 {
		var blocks []layout.Block
		for range filler {
			blocks = append(blocks, &layout.Paragraph{Runs: []layout.Run{run("Một dòng.")}, Align: layout.Left})
		}
		blocks = append(blocks,
			&layout.Paragraph{Role: layout.Heading, Runs: []layout.Run{run("QUYẾT ĐỊNH:")}, Align: layout.Center, Before: 12, After: 6},
			&layout.Paragraph{KeepWithNext: true, Runs: []layout.Run{run("Dòng dẫn:")}}, para(text(4)))
		p := typeset(t, one(blocks...))
		for i := range p.Sheets {
			ls := lines(&p.Sheets[i])
			if l := ls[len(ls)-1]; strings.HasPrefix(l, "QUYẾT") || strings.HasPrefix(l, "Dòng dẫn") {
				t.Errorf("%d lines before: page %d ends with %q", filler, i+1, l)
			}
		}
	}
}

func TestSealCoversThirdOfSignature(t *testing.T) {
	p := typeset(t, layouttest.Decision())
	f := fields(p)
	sig, seal := f["ky_lanh_dao"], f["con_dau"]
	if math.Abs(sig.W-45*mm) > near || math.Abs(sig.H-20*mm) > near || math.Abs(seal.W-36*mm) > near || seal.W != seal.H {
		t.Errorf("signature %.1fx%.1f, seal %.1fx%.1f", sig.W, sig.H, seal.W, seal.H)
	}
	if cover := seal.X + seal.W - sig.X; math.Abs(cover-sig.W/3) > near {
		t.Errorf("the seal covers %.1f of %.1f", cover, sig.W)
	}
	if d := seal.Y + seal.H/2 - sig.Y - sig.H/2; math.Abs(d) > near {
		t.Errorf("seal and signature are %.2f apart in height", d)
	}
	var title, name *layout.Item
	for i := range p.Sheets[sig.Sheet].Items {
		switch it := &p.Sheets[sig.Sheet].Items[i]; it.Text {
		case "PHÓ GIÁM ĐỐC":
			title = it
		case "Trần Thị Phương Thảo":
			name = it
		}
	}
	if title.Y+0.216*14 > sig.Y || name.Y-0.891*14 < sig.Y+sig.H {
		t.Errorf("signature %.1f to %.1f between title %.1f and name %.1f", sig.Y, sig.Y+sig.H, title.Y, name.Y)
	}
	if title.Y > seal.Y+2*mm || name.Y-0.7*14 < seal.Y+seal.H-2*mm {
		t.Errorf("the seal, %.1f to %.1f, covers title %.1f or name %.1f", seal.Y, seal.Y+seal.H, title.Y, name.Y)
	}
	if c := sig.X + sig.W/2; math.Abs(c-title.X-title.W/2) > near || math.Abs(c-name.X-name.W/2) > near {
		t.Errorf("signature is not centred between title and name")
	}
}

// TestLastSyllable: a last word that just misses its line is drawn up to it.
func TestLastSyllable(t *testing.T) {
	s := "đề nghị giải quyết thủ tục hành chính: Cấp Giấy chứng nhận đủ điều kiện hạng"
	for _, last := range []string{"B.", "đặc biệt."} {
		p := typeset(t, one(para("Công ty Trách nhiệm hữu hạn Huấn luyện An toàn Ví Dụ có địa chỉ tại số 21, "+s+" "+last)))
		checkInside(t, p)
		ls := lines(&p.Sheets[0])
		if n := len(ls); (len([]rune(ls[n-1])) < 4) || last == "B." && n != 2 {
			t.Errorf("lines %q", ls)
		}
	}
}

// TestTwoSigners: the names of both signers stand level, recipients below.
func TestTwoSigners(t *testing.T) {
	c := layouttest.Closing()
	c.Left = []layout.Paragraph{{Align: layout.Center, Runs: []layout.Run{run("NGƯỜI NỘP HỒ SƠ")}}}
	c.LeftName = run("Nguyễn Thị Hồng Nhung")
	p := typeset(t, one(para(text(1)), c))
	checkInside(t, p)
	checkOverlap(t, p)
	y := map[string]float64{}
	for _, it := range p.Sheets[0].Items {
		y[it.Text] = it.Y
	}
	if y["NGƯỜI NỘP HỒ SƠ"] != y["KT. GIÁM ĐỐC"] || y["Nguyễn Thị Hồng Nhung"] != y["Trần Thị Phương Thảo"] || y["Nơi nhận:"] <= y["Trần Thị Phương Thảo"] {
		t.Errorf("heights %v", y)
	}
}

func fields(p *layout.Pages) map[string]layout.PlacedField {
	m := map[string]layout.PlacedField{}
	for _, f := range p.Fields {
		m[f.Name] = f
	}
	return m
}

func TestFieldsInHead(t *testing.T) {
	p := typeset(t, layouttest.Decision())
	f := fields(p)
	so := f["so"]
	var lead *layout.Item
	for i := range p.Sheets[0].Items {
		if it := &p.Sheets[0].Items[i]; it.Text == "Số: " {
			lead = it
		}
	}
	if lead == nil || math.Abs(lead.X+lead.W-so.X) > near {
		t.Errorf("the number does not follow its lead: %+v, field at %.1f", lead, so.X)
	}
	if base := so.Y + so.H - 0.216*so.Size; math.Abs(base-lead.Y) > near {
		t.Errorf("baseline of the number %.2f, of its lead %.2f", base, lead.Y)
	}
	if so.Align != layout.Left || f["ngay"].Align != layout.Center || !f["luu_tru"].Multiline {
		t.Errorf("fields %+v %+v", so, f["luu_tru"])
	}
	stamp := f["luu_tru"]
	if stamp.Y < (297-20)*mm || stamp.Y+stamp.H > 297*mm || stamp.Sheet != 0 {
		t.Errorf("archive stamp at %.1f leaves the bottom margin", stamp.Y)
	}
}

// TestHighField: a rectangle higher than its text has the baseline of the lead
// where text centred in it stands.
func TestHighField(t *testing.T) {
	p := typeset(t, one(&layout.Field{Name: "so", Label: "Số", Size: 13, Height: 6, Lead: []layout.Run{{Text: "Số: ", Size: 14}}}))
	f, lead := p.Fields[0], p.Sheets[0].Items[0]
	if base := f.Y + f.H/2 + (0.891-0.216)/2*13; math.Abs(base-lead.Y) > near || math.Abs(f.H-6*mm) > near {
		t.Errorf("baseline %.2f, of the lead %.2f", base, lead.Y)
	}
}

func TestPlainRule(t *testing.T) {
	p := typeset(t, one(para("Trên."), &layout.Paragraph{RuleBelow: &layout.Rule{Fraction: 1}, Before: 6}, para("Dưới.")))
	r := p.Sheets[0].Rules
	if len(r) != 1 || math.Abs(r[0].X2-r[0].X1-165*mm) > near {
		t.Errorf("rules %+v", r)
	}
}

func TestRulesFollowText(t *testing.T) {
	p := typeset(t, layouttest.Decision())
	for want, fraction := range map[string]float64{"SỞ NỘI VỤ": 0.45, "Độc lập - Tự do - Hạnh phúc": 1, "Về việc hưởng trợ cấp thất nghiệp": 0.4} {
		found := false
		for _, it := range p.Sheets[0].Items {
			if it.Text != want {
				continue
			}
			for _, r := range p.Sheets[0].Rules {
				if r.Y1 > it.Y && r.Y1 < it.Y+12 && math.Abs((r.X1+r.X2)/2-it.X-it.W/2) < near {
					found = true
					if l := r.X2 - r.X1; math.Abs(l-fraction*it.W) > near {
						t.Errorf("rule under %q is %.1f long, the line %.1f", want, l, it.W)
					}
				}
			}
		}
		if !found {
			t.Errorf("no rule under %q", want)
		}
	}
}

func TestPageNumbers(t *testing.T) {
	var blocks []layout.Block
	for range 60 {
		blocks = append(blocks, para(text(3)))
	}
	doc := one(blocks...)
	doc.Sections = append(doc.Sections, doc.Sections[0])
	p := typeset(t, doc)
	n := 0
	for i := range p.Sheets {
		if i == len(p.Sheets)/2 {
			n = 0 // annexes count for themselves
		}
		n++
		first := p.Sheets[i].Items[0]
		if n == 1 {
			if first.Elem < 0 {
				t.Errorf("page %d has the number %q", i+1, first.Text)
			}
			continue
		}
		if first.Text != fmt.Sprint(n) || first.Y > 20*mm || math.Abs(first.X+first.W/2-(30+165.0/2)*mm) > near || first.Size != 14 {
			t.Errorf("page %d: number %q at %.1f,%.1f", i+1, first.Text, first.X, first.Y)
		}
	}
}

func TestTableBreaks(t *testing.T) {
	p := typeset(t, one(layouttest.AnnexTable(300)))
	if len(p.Sheets) < 10 {
		t.Fatalf("%d pages", len(p.Sheets))
	}
	checkInside(t, p)
	row := 0
	for i := range p.Sheets {
		s := &p.Sheets[i]
		if n := strings.Count(fmt.Sprint(texts(s)), "STT"); n != 1 {
			t.Errorf("page %d has %d heads", i+1, n)
		}
		for _, it := range s.Items {
			if it.Text == fmt.Sprint(row+1) && it.X < 40*mm {
				row++
			}
		}
		// The grid is closed at the top and the foot of each page.
		top, bottom := math.Inf(1), 0.0
		for _, r := range s.Rules {
			if r.Y1 == r.Y2 {
				top, bottom = min(top, r.Y1), max(bottom, r.Y1)
			}
		}
		for _, r := range s.Rules {
			if r.X1 == r.X2 && (r.Y1 < top-near || r.Y2 > bottom+near) {
				t.Errorf("page %d: an open side from %.1f to %.1f, grid %.1f to %.1f", i+1, r.Y1, r.Y2, top, bottom)
			}
		}
	}
	if row != 300 {
		t.Errorf("%d rows in order, want 300", row)
	}
}

func texts(s *layout.Sheet) (out []string) {
	for _, it := range s.Items {
		out = append(out, it.Text)
	}
	return out
}

// TestTallRow: a row taller than a page goes on over pages and loses nothing.
func TestTallRow(t *testing.T) {
	cell := func(s string) layout.Cell {
		return layout.Cell{Paragraphs: []layout.Paragraph{{Align: layout.Left, Runs: []layout.Run{run(s)}}}}
	}
	long := text(200)
	p := typeset(t, one(para("Trước."), &layout.Table{
		Columns: []layout.TableColumn{{Width: 0.2}, {Width: 0.8}},
		Head:    []layout.Row{{Cells: []layout.Cell{cell("STT"), cell("Lý do")}}},
		Rows:    []layout.Row{{Cells: []layout.Cell{cell("1"), cell(long)}}, {Cells: []layout.Cell{cell("2"), cell("Ngắn")}}},
	}))
	if len(p.Sheets) < 3 {
		t.Fatalf("%d pages", len(p.Sheets))
	}
	checkInside(t, p)
	var got strings.Builder
	for i := range p.Sheets {
		for _, it := range p.Sheets[i].Items {
			if it.Elem >= 0 && it.X > 60*mm {
				got.WriteString(it.Text)
			}
		}
	}
	if want := strip("Lý do" + long + "Ngắn"); strip(got.String()) != want {
		t.Error("the text of the row is not complete")
	}
}

func TestRowSpans(t *testing.T) {
	cell := func(s string, cols, rows int) layout.Cell {
		return layout.Cell{ColSpan: cols, RowSpan: rows, Middle: true, Paragraphs: []layout.Paragraph{{Align: layout.Center, Runs: []layout.Run{run(s)}}}}
	}
	p := typeset(t, one(&layout.Table{
		Columns: []layout.TableColumn{{Width: 0.2}, {Width: 0.4}, {Width: 0.4}},
		Rows: []layout.Row{
			{Cells: []layout.Cell{cell("A", 1, 2), cell("B", 2, 1)}},
			{Cells: []layout.Cell{cell("C", 1, 1), cell("D", 1, 1)}},
			{Cells: []layout.Cell{cell("E", 3, 1)}},
		},
	}))
	at := map[string]layout.Item{}
	for _, it := range p.Sheets[0].Items {
		at[it.Text] = it
	}
	if d := at["A"].Y - (at["B"].Y+at["C"].Y)/2; math.Abs(d) > near {
		t.Errorf("A is %.2f off the middle of its two rows", d)
	}
	if at["C"].Y != at["D"].Y || at["E"].Y <= at["D"].Y {
		t.Error("rows are out of order")
	}
	if e := p.Elements[at["A"].Elem]; e.Kind != layout.ElemTD || e.RowSpan != 2 {
		t.Errorf("A is %+v", e)
	}
}

func TestTabs(t *testing.T) {
	p := typeset(t, one(&layout.Paragraph{Indent: 10, FirstIndent: -10, Runs: []layout.Run{run("-"), {Text: text(3), Size: 14, Tab: 10}}}))
	checkInside(t, p)
	seen := map[float64]bool{}
	for _, it := range p.Sheets[0].Items {
		if !seen[it.Y] && it.Text != "-" && math.Abs(it.X-40*mm) > near {
			t.Errorf("%q starts at %.1f mm, want 40", it.Text, it.X/mm)
		}
		if it.Text != "-" {
			seen[it.Y] = true
		}
	}
}

func TestEmptyVanishes(t *testing.T) {
	with := dump(typeset(t, one(para("Một."), &layout.Paragraph{Before: 30, After: 30}, para("Hai."))))
	without := dump(typeset(t, one(para("Một."), para("Hai."))))
	if strings.ReplaceAll(with, "P", "") != strings.ReplaceAll(without, "P", "") {
		t.Errorf("an empty paragraph leaves a trace:\n%s\n%s", with, without)
	}
}

func TestMissingGlyph(t *testing.T) {
	for _, c := range []struct {
		text string
		want rune
	}{{"Nguyễn 😀", '😀'}, {"tab\there", '\t'}, {"Nguye\u0302\u0303n", '\u0302'}, {"\x00", 0}, {"bad\xff", '\ufffd'}} {
		_, err := layout.Typeset(one(&layout.Paragraph{Runs: []layout.Run{{Text: c.text, Size: 14, Field: "/full_name"}}}))
		var missing *layout.MissingGlyphError
		if !errors.As(err, &missing) || missing.Field != "/full_name" || missing.Rune != c.want {
			t.Errorf("%q: %v", c.text, err)
		}
	}
}

func TestBounds(t *testing.T) {
	deep := layout.Block(para("x"))
	for range 12 {
		deep = &layout.Columns{Columns: []layout.Column{{Width: 1, Blocks: []layout.Block{deep}}}}
	}
	narrow := one(para("x"))
	narrow.Sections[0].Page.Left = 190
	tall := []layout.Block{&layout.Picture{Width: 40, Height: 400}}
	var breaks []layout.Block
	for range 2100 {
		breaks = append(breaks, para("Một dòng."), &layout.PageBreak{})
	}
	for name, c := range map[string]struct {
		doc  *layout.Document
		want any
	}{
		"text":    {one(para(strings.Repeat("abcd ", 1<<20))), new(*layout.LimitError)},
		"nesting": {one(deep), new(*layout.LimitError)},
		"pages":   {one(breaks...), new(*layout.LimitError)},
		"margins": {narrow, new(*layout.OverflowError)},
		"columns": {one(&layout.Columns{Columns: []layout.Column{{Width: 1, Blocks: tall}}}), new(*layout.OverflowError)},
		"indent":  {one(&layout.Paragraph{Indent: 170, Runs: []layout.Run{run("x")}}), new(*layout.OverflowError)},
	} {
		_, err := layout.Typeset(c.doc)
		if err == nil || !errors.As(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestTallColumns: columns taller than a page go on at the top of the next,
// each by itself; a closing block takes two lines along.
func TestTallColumns(t *testing.T) {
	lines := func(n int) (b []layout.Block) {
		for i := range n {
			b = append(b, para(fmt.Sprintf("Dòng %d.", i+1)))
		}
		return b
	}
	p := typeset(t, one(
		&layout.Columns{Columns: []layout.Column{
			{Width: 0.5, Blocks: append(lines(80), &layout.Closing{Name: run("Tên")})},
			{Width: 0.5, Blocks: lines(20)},
		}},
		para("Sau hai cột."),
	))
	checkInside(t, p)
	if len(p.Sheets) < 2 {
		t.Fatalf("%d pages", len(p.Sheets))
	}
	count, top := map[string]int{}, 0.0
	for i, s := range p.Sheets {
		for _, it := range s.Items {
			count[it.Text]++
			if i > 0 && it.X > 300 && strings.HasPrefix(it.Text, "Dòng") {
				t.Errorf("page %d: %q of the short column", i+1, it.Text)
			}
			if i == 1 && it.Text != "" && (top == 0 || it.Y < top) && it.Elem != layout.NoElement {
				top = it.Y
			}
		}
	}
	if count["Dòng 80."] != 1 || count["Dòng 20."] != 2 || count["Sau hai cột."] != 1 {
		t.Errorf("lines are missing or doubled: %v", count)
	}
	if top > 80 {
		t.Errorf("the second page begins %v pt down", top)
	}
}

// TestKeptTooMuch: more held together than a page takes is broken all the same.
func TestKeptTooMuch(t *testing.T) {
	var blocks []layout.Block
	for range 100 {
		p := para("Một dòng.")
		p.KeepWithNext = true
		blocks = append(blocks, p)
	}
	p := typeset(t, one(blocks...))
	checkInside(t, p)
	if len(p.Sheets) < 3 {
		t.Errorf("%d pages", len(p.Sheets))
	}
}
