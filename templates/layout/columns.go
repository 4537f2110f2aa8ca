package layout

import "slices"

// columns sets columns side by side as one unit, or as one unit for each page
// if they are taller than a page.
func (e *engine) columns(c *Columns, x, w float64, parent int32) {
	gap := e.gap(c.Before)
	force := e.pendForce
	i0, r0, k := len(e.items), len(e.rules), len(e.units)
	ends := make([]int, len(c.Columns))
	for i := range c.Columns {
		cw := w * c.Columns[i].Width
		e.startStack()
		e.flow(c.Columns[i].Blocks, x, cw, parent)
		ends[i] = len(e.units)
		x += cw
	}
	e.startStack()
	if e.err != nil || len(e.items) == i0 {
		e.units = e.units[:k]
		e.pendForce = force
		return
	}
	height, lines, from := 0.0, int32(0), k
	for _, end := range ends {
		h, n := measureStack(e.units[from:end])
		height, lines, from = max(height, h), max(lines, n), end
	}
	if height > e.room+tolerance {
		e.brokenColumns(k, ends, gap, force)
	} else {
		from = k
		for _, end := range ends {
			e.shiftStack(e.units[from:end])
			from = end
		}
		e.units = e.units[:k]
		e.pendForce = force
		e.push(unit{gap: gap, h: height, lines: lines}, i0, r0)
	}
	e.pendAfter = c.After
}

// brokenColumns cuts the columns whose units begin at k and end at ends into
// pieces no taller than a page. Each piece but the first begins a page.
func (e *engine) brokenColumns(k int, ends []int, gap float64, force bool) {
	all := slices.Clone(e.units[k:])
	e.units = e.units[:k]
	columns := make([][]unit, len(ends))
	from := 0
	for i, end := range ends {
		columns[i] = all[from : end-k]
		keepClosings(columns[i])
		from = end - k
	}
	for first := true; ; first = false {
		i0, r0 := len(e.items), len(e.rules)
		height, lines, more := 0.0, int32(0), false
		for i, units := range columns {
			n := columnEnd(units, e.room)
			part := slices.Clone(units[:n])
			for j := range part {
				u := &part[j]
				at, rt := len(e.items), len(e.rules)
				e.items = append(e.items, e.items[u.i0:u.i1]...)
				e.rules = append(e.rules, e.rules[u.r0:u.r1]...)
				u.i0, u.i1, u.r0, u.r1 = int32(at), int32(len(e.items)), int32(rt), int32(len(e.rules))
			}
			h, l := measureStack(part)
			e.shiftStack(part)
			height, lines = max(height, h), max(lines, l)
			columns[i] = units[n:]
			more = more || n < len(units)
		}
		e.pendForce = force || !first
		e.push(unit{gap: gap, h: height, lines: lines}, i0, r0)
		if !more {
			return
		}
		gap, force = 0, false
	}
}

// columnEnd is how many of a column's units a page takes, at least one.
func columnEnd(units []unit, room float64) int {
	y := 0.0
	for i := range units {
		if i > 0 {
			y += units[i].gap
		}
		if y += units[i].h; y <= room+tolerance || i == 0 {
			continue
		}
		for b := i; b > 0; b-- {
			if !units[b-1].keep {
				return b
			}
		}
		return i
	}
	return len(units)
}

// measureStack is the height of units below one another and the lines of text
// they have.
func measureStack(units []unit) (height float64, lines int32) {
	for i := range units {
		if i > 0 {
			height += units[i].gap
		}
		height += units[i].h
		lines += units[i].lines
	}
	return height, lines
}

// shiftStack puts units below one another.
func (e *engine) shiftStack(units []unit) {
	y := 0.0
	for i := range units {
		u := &units[i]
		if i > 0 {
			y += u.gap
		}
		e.shift(int(u.i0), int(u.i1), int(u.r0), int(u.r1), y)
		y += u.h
	}
}
