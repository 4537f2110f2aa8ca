package book

import (
	"fmt"
	"time"

	"antin/templates/layout"
	"antin/templates/render"
)

const (
	coverSize = 14.0 // pt
	cellSize  = 10.0
)

// PDF writes the book for print: a cover, then pages of the ten columns, each
// closed by the number of its documents and the running total.
func (b *Book) PDF(now time.Time) ([]byte, error) {
	doc := &layout.Document{
		Title:    fmt.Sprintf("Sổ đăng ký văn bản đi, sổ %s, năm %d", b.Code, b.Year),
		Author:   b.Agency,
		Sections: []layout.Section{b.cover()},
	}
	pages, err := b.pages()
	if err != nil {
		return nil, err
	}
	doc.Sections = append(doc.Sections, pages)
	pdf, err := render.PDF(doc, render.Options{Now: now})
	if err != nil {
		return nil, fmt.Errorf("render the register: %w", err)
	}
	return pdf, nil
}

func (b *Book) cover() layout.Section {
	line := func(text string, size, before float64, bold bool) *layout.Paragraph {
		return &layout.Paragraph{Align: layout.Center, Before: before, Runs: []layout.Run{{Text: text, Size: size, Bold: bold}}}
	}
	fill := func(s string) string {
		if s == "" {
			return "……………"
		}
		return s
	}
	from, to, first, last := "", "", "", ""
	if n := len(b.Entries); n > 0 {
		from, to = day(b.Entries[0].Number.Date), day(b.Entries[n-1].Number.Date)
		first, last = b.Entries[0].Number.Text, b.Entries[n-1].Number.Text
	}
	volume := ""
	if b.Volume > 0 {
		volume = fmt.Sprintf("%02d", b.Volume)
	}
	blocks := []layout.Block{
		line(b.Superior, coverSize, 0, false),
		line(b.Agency, coverSize, 0, true),
		&layout.Space{Height: 110},
		line("SỔ ĐĂNG KÝ VĂN BẢN ĐI", 24, 0, true),
		line(fmt.Sprintf("Năm: %d", b.Year), coverSize, 18, false),
		line("Sổ: "+b.Code, coverSize, 6, false),
		&layout.Space{Height: 60},
		line(fmt.Sprintf("Từ ngày %s đến ngày %s", fill(from), fill(to)), coverSize, 0, false),
		line(fmt.Sprintf("Từ số %s đến số %s", fill(first), fill(last)), coverSize, 6, false),
		line("Quyển số: "+fill(volume), coverSize, 24, false),
	}
	if b.Superior == "" {
		blocks = blocks[1:]
	}
	blocks[0].(*layout.Paragraph).Role = layout.TitleRole
	return layout.Section{Page: landscape(), Blocks: blocks}
}

func landscape() layout.Page {
	p := layout.StandardPage()
	p.Landscape = true
	return p
}

// pages fills one page after the other with as many entries as it takes, so that
// each can carry its own total.
func (b *Book) pages() (layout.Section, error) {
	s := layout.Section{Page: landscape(), NumberFromSecond: true}
	var all []layout.Row
	for row := range b.rows {
		all = append(all, cells(row, false))
	}
	if len(all) == 0 { // an empty book still has its columns
		s.Blocks = page([]layout.Row{cells(make([]string, len(columns)), false)}, 0, 0)
		return s, nil
	}
	for done := 0; done < len(all); {
		n, err := fits(all[done:], done, len(all))
		if err != nil {
			return s, err
		}
		if done > 0 {
			s.Blocks = append(s.Blocks, &layout.PageBreak{})
		}
		s.Blocks = append(s.Blocks, page(all[done:done+n], done, len(all))...)
		done += n
	}
	return s, nil
}

// mostRows is more than any page of one-line entries takes.
const mostRows = 60

// fits is how many of the rows one page takes: the most by halving, at least one
// (a row taller than a page is broken by the typesetter).
func fits(rows []layout.Row, done, total int) (int, error) {
	lo, hi := min(1, len(rows)), min(mostRows, len(rows))
	for lo < hi {
		mid := (lo + hi + 1) / 2
		sheets, err := layout.Typeset(&layout.Document{Title: "-", Sections: []layout.Section{{Page: landscape(), Blocks: page(rows[:mid], done, total)}}})
		if err != nil {
			return 0, fmt.Errorf("typeset the register: %w", err)
		}
		if len(sheets.Sheets) <= 1 {
			lo = mid
		} else {
			hi = mid - 1
		}
	}
	return lo, nil
}

func page(rows []layout.Row, done, total int) []layout.Block {
	t := &layout.Table{Title: "Sổ đăng ký văn bản đi", Head: []layout.Row{cells(titles(), true), cells(places(), false)}, Rows: rows}
	var width float64
	for _, c := range columns {
		width += c.width
	}
	for _, c := range columns {
		t.Columns = append(t.Columns, layout.TableColumn{Width: c.width / width, Align: layout.Left})
	}
	onPage := min(len(rows), total)
	sum := fmt.Sprintf("Trang này: %d văn bản. Cộng dồn: %d/%d văn bản.", onPage, done+onPage, total)
	return []layout.Block{t, &layout.Paragraph{
		Align: layout.Right, Before: 6, Runs: []layout.Run{{Text: sum, Size: cellSize, Italic: true}},
	}}
}

// places are the numbers of the columns, as the decree's sample has them under
// the titles.
func places() []string {
	out := make([]string, len(columns))
	for i := range columns {
		out[i] = fmt.Sprintf("(%d)", i+1)
	}
	return out
}

func cells(row []string, head bool) layout.Row {
	var out layout.Row
	for _, v := range row {
		p := layout.Paragraph{Align: layout.Left, Runs: []layout.Run{{Text: v, Size: cellSize, Bold: head}}}
		if head {
			p.Align = layout.Center
		}
		out.Cells = append(out.Cells, layout.Cell{Paragraphs: []layout.Paragraph{p}, Middle: head})
	}
	return out
}
