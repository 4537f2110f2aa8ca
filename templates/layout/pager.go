package layout

import (
	"slices"
	"strconv"
)

// geometry of a section's pages in pt.
type geometry struct {
	width, height, left, top, textW, room float64
}

func pageGeometry(p Page) geometry {
	g := geometry{width: a4Width, height: a4Height, left: p.Left * mm, top: p.Top * mm}
	if p.Landscape {
		g.width, g.height = g.height, g.width
	}
	g.textW = g.width - (p.Left+p.Right)*mm
	g.room = g.height - (p.Top+p.Bottom)*mm
	return g
}

// section typesets a section and appends its sheets.
func (e *engine) section(p *Pages, doc *Document, index int) {
	s := &doc.Sections[index]
	g := pageGeometry(s.Page)
	if !(g.textW >= 20*mm && g.room >= 40*mm) || s.Page.Left < 0 || s.Page.Top < 0 {
		e.fail(&OverflowError{What: "the margins of the page", Size: g.height - g.room, Room: g.height})
		return
	}
	e.clearFlow()
	e.room = g.room
	firstRoom := g.room
	if index == 0 {
		firstRoom -= e.addressHeight(doc, g)
		e.room = firstRoom
	}
	e.flow(s.Blocks, g.left, g.textW, 0)
	if e.err != nil {
		return
	}
	keepClosings(e.units)
	firstSheet := len(p.Sheets)
	for start := 0; start < len(e.units) || start == 0; {
		room := g.room
		if len(p.Sheets) == firstSheet {
			room = firstRoom
		}
		end := e.pageEnd(start, room)
		if e.err != nil {
			return
		}
		if len(p.Sheets) >= maxPages {
			e.fail(&LimitError{"pages", maxPages})
			return
		}
		p.Sheets = append(p.Sheets, Sheet{Width: g.width, Height: g.height, Ground: s.Ground, section: index})
		e.fillPage(&p.Sheets[len(p.Sheets)-1], start, end, g, len(p.Sheets)-1)
		if n := len(p.Sheets) - firstSheet; n > 1 && s.NumberFromSecond {
			e.pageNumber(&p.Sheets[len(p.Sheets)-1], n, g)
		}
		if end == start {
			break // an empty section still has a page
		}
		start = end
	}
}

// keepClosings ties at least two lines of text to each closing block.
func keepClosings(units []unit) {
	for i := range units {
		if !units[i].closing {
			continue
		}
		lines := int32(0)
		for k := i - 1; k >= 0 && lines < 2 && !units[k+1].force; k-- {
			units[k].keep = true
			lines += units[k].lines
		}
	}
}

// pageEnd finds the unit after the last one of the page that starts with unit
// start and has room for that height.
func (e *engine) pageEnd(start int, room float64) int {
	y := e.repeatedHead(start)
	for i := start; i < len(e.units); i++ {
		u := &e.units[i]
		if i > start {
			if u.force {
				return i
			}
			y += u.gap
		}
		y += u.h
		if y <= room+tolerance {
			continue
		}
		if i == start {
			e.fail(&OverflowError{What: "a block that cannot be broken", Size: y, Room: room})
			return i
		}
		for b := i; b > start; b-- {
			if !e.units[b-1].keep {
				return b
			}
		}
		return i // more is held together than a page takes: break where it is full
	}
	return len(e.units)
}

// repeatedHead is the height of the table head that the page starting with
// unit start repeats.
func (e *engine) repeatedHead(start int) float64 {
	if start >= len(e.units) {
		return 0
	}
	if u := &e.units[start]; u.table > 0 && !u.head && start > 0 {
		return e.tables[u.table-1].headH
	}
	return 0
}

// fillPage puts the units [start, end) on a sheet.
func (e *engine) fillPage(s *Sheet, start, end int, g geometry, index int) {
	ni, nr := 8, 16
	for _, u := range e.units[start:end] {
		ni += int(u.i1 - u.i0)
		nr += int(u.r1 - u.r0)
	}
	s.Items, s.Rules = make([]Item, 0, ni), make([]Line, 0, nr)
	y := g.top
	if h := e.repeatedHead(start); h > 0 {
		t := &e.tables[e.units[start].table-1]
		for k := t.h0; k < t.h1; k++ {
			from := len(s.Items)
			e.put(s, &e.units[k], y, index)
			for i := from; i < len(s.Items); i++ {
				s.Items[i].Elem = NoElement // the head is read once
			}
			y += e.units[k].h
		}
	} else if start < end && start > 0 {
		e.tableEdge(s, start, y, true)
	}
	for i := start; i < end; i++ {
		u := &e.units[i]
		if i > start {
			y += u.gap
		}
		e.put(s, u, y, index)
		y += u.h
	}
	if end > start && end < len(e.units) {
		e.tableEdge(s, end-1, y, false)
	}
}

// tableEdge closes a table's grid where a page breaks inside it: above unit i
// if it continues a table, below it if the table goes on.
func (e *engine) tableEdge(s *Sheet, i int, y float64, above bool) {
	u := &e.units[i]
	if u.table == 0 {
		return
	}
	t := &e.tables[u.table-1]
	if t.plain || above && i == int(t.h0) || !above && i == int(t.lastUnit) {
		return
	}
	s.Rules = append(s.Rules, Line{t.x, y, t.x + t.w, y, gridWeight})
}

// put copies a unit to a sheet, its top at y.
func (e *engine) put(s *Sheet, u *unit, y float64, index int) {
	from := len(s.Items)
	s.Items = append(s.Items, e.items[u.i0:u.i1]...)
	for i := from; i < len(s.Items); i++ {
		it := &s.Items[i]
		it.Y += y
		if it.Kind == FieldItem {
			f := &e.fields[it.Index]
			f.Sheet, f.X, f.Y, f.W, f.H = index, it.X, it.Y, it.W, it.H
		}
	}
	from = len(s.Rules)
	s.Rules = append(s.Rules, e.rules[u.r0:u.r1]...)
	for i := from; i < len(s.Rules); i++ {
		s.Rules[i].Y1 += y
		s.Rules[i].Y2 += y
	}
}

// Page numbers: size 14, centred over the text area, their line starting 10 mm
// from the upper edge (decree, Phụ lục I, phần I, mục 5; its own sample file).
const (
	numberSize = 14
	numberTop  = 10 * mm
)

func (e *engine) pageNumber(s *Sheet, n int, g geometry) {
	r := Run{Text: strconv.Itoa(n), Size: numberSize}
	w := e.width(&r)
	top := min(numberTop, max(g.top-pitch*numberSize, 0))
	s.Items = slices.Insert(s.Items, 0, Item{
		Kind: TextItem, Elem: NoElement, X: g.left + (g.textW-w)/2,
		Y: top + ascent*numberSize, W: w, Size: numberSize, Text: r.Text,
	})
}
