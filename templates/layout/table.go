package layout

import "slices"

// tableInfo is what the pager needs of a table: its head, to repeat it, and
// its width, to close and open it where a page breaks.
type tableInfo struct {
	x, w     float64
	h0, h1   int32 // head rows in engine.units; h0 == h1 if there are none
	headH    float64
	plain    bool
	lastUnit int32 // the table's last row
}

// Table measures in pt.
const (
	cellPadX   = 0.15 * 10 * mm // 1.5 mm
	cellPadY   = 2.0
	plainPadX  = 1.0
	plainPadY  = 1.0
	gridWeight = 0.5
)

// placedCell is a cell of the rows being set.
type placedCell struct {
	cell           *Cell
	row, col       int
	rows, cols     int
	x, w           float64
	i0, i1, r0, r1 int // content, at y 0 = top of the cell's padding
	h              float64
	lines          int32
}

// table sets a grid row by row.
func (e *engine) table(t *Table, x, w float64, parent int32) {
	if len(t.Columns) == 0 || len(t.Head)+len(t.Rows) == 0 {
		return
	}
	edges := make([]float64, len(t.Columns)+1)
	edges[0] = x
	for i, c := range t.Columns {
		edges[i+1] = edges[i] + c.Width*w
	}
	tableEl := parent
	if !t.Plain {
		tableEl = e.element(ElemTable, parent)
		e.elements[tableEl].Alt = t.Title
	}
	e.tables = append(e.tables, tableInfo{x: x, w: edges[len(t.Columns)] - x, plain: t.Plain})
	ti := len(e.tables) - 1
	gap := e.gap(t.Before)
	force := e.pendForce
	first := len(e.units)

	e.tables[ti].h0 = int32(first)
	e.rows(t, t.Head, edges, ti, e.part(t, ElemTHead, tableEl, len(t.Head)), true)
	e.tables[ti].h1 = int32(len(e.units))
	for i := first; i < len(e.units); i++ {
		e.units[i].keep, e.units[i].head = true, true
		e.tables[ti].headH += e.units[i].h
	}
	e.rows(t, t.Rows, edges, ti, e.part(t, ElemTBody, tableEl, len(t.Rows)), false)
	e.tables[ti].lastUnit = int32(len(e.units) - 1)
	e.startStack()
	if len(e.units) > first {
		e.units[first].gap, e.units[first].force = gap, force
		e.pendAfter = t.After
	}
}

func (e *engine) part(t *Table, kind ElementKind, parent int32, rows int) int32 {
	if t.Plain || rows == 0 {
		return parent
	}
	return e.element(kind, parent)
}

// rows sets the rows of a head or body, in groups held together by row spans.
func (e *engine) rows(t *Table, rows []Row, edges []float64, ti int, parent int32, head bool) {
	ncol := len(t.Columns)
	taken := make([]int, ncol) // rows that a cell from above still covers
	for r := 0; r < len(rows) && e.err == nil; {
		var cells []placedCell
		start := r
		var heights []float64
		i0, r0 := len(e.items), len(e.rules)
		for {
			tr := int32(NoElement)
			if !t.Plain {
				tr = e.element(ElemTR, parent)
			}
			heights = append(heights, 0)
			col := 0
			for ci := range rows[r].Cells {
				for col < ncol && taken[col] > 0 {
					col++
				}
				if col >= ncol {
					break
				}
				c := &rows[r].Cells[ci]
				pc := placedCell{cell: c, row: r - start, col: col, rows: min(max(c.RowSpan, 1), len(rows)-r), cols: min(max(c.ColSpan, 1), ncol-col)}
				for k := range pc.cols {
					taken[col+k] = pc.rows
				}
				pc.x, pc.w = edges[col], edges[col+pc.cols]-edges[col]
				e.cell(t, &pc, tr, parent, head)
				if pc.rows == 1 {
					heights[pc.row] = max(heights[pc.row], pc.h)
				}
				cells = append(cells, pc)
				col += pc.cols
			}
			spans := false
			for k := range taken {
				taken[k] = max(taken[k]-1, 0)
				spans = spans || taken[k] > 0
			}
			r++
			if !spans || r == len(rows) {
				break
			}
		}
		if e.err != nil {
			return
		}
		e.group(t, cells, heights, i0, r0, ti, head)
	}
}

// cell sets a cell's paragraphs and measures them with their padding.
func (e *engine) cell(t *Table, pc *placedCell, tr, parent int32, head bool) {
	padX, padY := cellPadX, cellPadY
	if t.Plain {
		padX, padY = plainPadX, plainPadY
	}
	pc.i0, pc.r0 = len(e.items), len(e.rules)
	k := len(e.units)
	e.startStack()
	el := parent
	if !t.Plain {
		kind := ElemTD
		if head {
			kind = ElemTH
		}
		el = e.element(kind, tr)
		e.elements[el].ColSpan, e.elements[el].RowSpan = pc.cols, pc.rows
	}
	x, w := pc.x+padX, pc.w-2*padX
	if t.Plain && pc.col == 0 {
		x, w = pc.x, pc.w-padX
	}
	for i := range pc.cell.Paragraphs {
		p := &pc.cell.Paragraphs[i]
		if a := t.Columns[pc.col].Align; p.Align == Justify && a != Justify {
			aligned := *p
			aligned.Align = a
			p = &aligned
		}
		pel := el
		if t.Plain || len(pc.cell.Paragraphs) > 1 {
			pel = e.element(ElemP, el)
		}
		e.paragraph(p, x, w, pel)
	}
	h, n := e.stack(k, padY)
	pc.h, pc.lines = h+2*padY, n
	pc.i1, pc.r1 = len(e.items), len(e.rules)
}

// group turns the cells of rows joined by spans into units.
func (e *engine) group(t *Table, cells []placedCell, heights []float64, i0, r0, ti int, head bool) {
	for i := range cells { // a spanning cell that is taller than its rows makes the last of them taller
		c := &cells[i]
		sum := 0.0
		for _, h := range heights[c.row : c.row+c.rows] {
			sum += h
		}
		if c.rows > 1 && c.h > sum {
			heights[c.row+c.rows-1] += c.h - sum
		}
	}
	total := 0.0
	for _, h := range heights {
		total += h
	}
	room := e.room - e.tables[ti].headH
	if total > room && !head {
		e.tallGroup(t, cells, heights, i0, r0, ti)
		return
	}
	// Contents go to the middle or stay at the top; then the group's grid.
	lines := int32(0)
	for i := range cells {
		c := &cells[i]
		lines = max(lines, c.lines)
		top, h := 0.0, 0.0
		for k, rh := range heights {
			if k < c.row {
				top += rh
			} else if k < c.row+c.rows {
				h += rh
			}
		}
		dy := top
		if c.cell.Middle {
			dy += (h - c.h) / 2
		}
		e.shift(c.i0, c.i1, c.r0, c.r1, dy)
		if !t.Plain {
			e.grid(c, top, h, ti, head)
		}
	}
	e.push(unit{h: total, table: int32(ti) + 1, lines: max(lines, 1)}, i0, r0)
}

// grid draws the left and right sides and the bottom of a cell, and the top
// where a table or a body without a head starts.
func (e *engine) grid(c *placedCell, top, h float64, ti int, head bool) {
	if c.col == 0 {
		e.rules = append(e.rules, Line{c.x, top, c.x, top + h, gridWeight})
	}
	e.rules = append(e.rules,
		Line{c.x + c.w, top, c.x + c.w, top + h, gridWeight},
		Line{c.x, top + h, c.x + c.w, top + h, gridWeight})
	t := &e.tables[ti]
	if first := len(e.units) == int(t.h0); first && c.row == 0 && (head || t.h1 == 0 || t.h1 == t.h0) {
		e.rules = append(e.rules, Line{c.x, top, c.x + c.w, top, gridWeight})
	}
}

// tallGroup sets rows that are together taller than a page: each line of text
// becomes a unit that a page may end after. Spanning cells keep to the rows
// they start in.
func (e *engine) tallGroup(t *Table, cells []placedCell, heights []float64, i0, r0, ti int) {
	// The content moves to the end of the arena in the order of the new units.
	// Rules inside paragraphs, which no form has in a table, are left out.
	items := slices.Clone(e.items[i0:])
	e.items, e.rules = e.items[:i0], e.rules[:r0]
	for row := range heights {
		e.tallRow(t, cells, row, row == len(heights)-1, items, i0, ti)
	}
}

func (e *engine) tallRow(t *Table, cells []placedCell, row int, last bool, items []Item, base, ti int) {
	pad := cellPadY
	if t.Plain {
		pad = plainPadY
	}
	// Baselines cut the row: a slice ends before the next line of any cell.
	type head struct {
		c  *placedCell
		at int
	}
	var heads []head
	for i := range cells {
		if cells[i].row == row {
			heads = append(heads, head{&cells[i], cells[i].i0})
		}
	}
	first := true
	for {
		i0, r0 := len(e.items), len(e.rules)
		height, found, more := 0.0, false, false
		for h := range heads {
			c := heads[h].c
			if heads[h].at >= c.i1 {
				continue
			}
			found = true
			y := baseline(&items[heads[h].at-base])
			size := 0.0
			from := heads[h].at
			for heads[h].at < c.i1 && baseline(&items[heads[h].at-base]) <= y+0.5 {
				size = max(size, items[heads[h].at-base].Size)
				heads[h].at++
			}
			for k := from; k < heads[h].at; k++ {
				it := items[k-base]
				it.Y = ascent*size - (y - it.Y)
				if first {
					it.Y += pad
				}
				e.items = append(e.items, it)
			}
			height = max(height, pitch*size)
			more = more || heads[h].at < c.i1
		}
		if !found {
			break
		}
		if first {
			height += pad
		}
		if !more {
			height += pad
		}
		for i := range cells {
			c := &cells[i]
			if t.Plain || c.row > row || c.row+c.rows <= row {
				continue
			}
			if c.col == 0 {
				e.rules = append(e.rules, Line{c.x, 0, c.x, height, gridWeight})
			}
			e.rules = append(e.rules, Line{c.x + c.w, 0, c.x + c.w, height, gridWeight})
			if !more && (c.row+c.rows == row+1 || last) {
				e.rules = append(e.rules, Line{c.x, height, c.x + c.w, height, gridWeight})
			}
			if tab := &e.tables[ti]; first && row == 0 && len(e.units) == int(tab.h0) {
				e.rules = append(e.rules, Line{c.x, 0, c.x + c.w, 0, gridWeight})
			}
		}
		e.push(unit{h: height, table: int32(ti) + 1, lines: 1}, i0, r0)
		first = false
	}
}

// baseline of an item of a line of text.
func baseline(it *Item) float64 {
	if it.Kind == TickItem {
		return it.Y + it.H
	}
	return it.Y
}
