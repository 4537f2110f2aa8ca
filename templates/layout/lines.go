package layout

import "math"

// lineSpan is one line: the pieces [a, b), glue at its end left off.
type lineSpan struct {
	a, b    int32
	w       float64 // natural width from the line's start, tabs included
	spaces  int32   // that stretch: those after the last tab
	size    float64 // largest type size
	forced  bool    // ended by a forced break or the paragraph's end
	trailed bool    // a space was dropped at its end
}

// tolerance in pt, against sums of rounded widths.
const tolerance = 0.001

// maxShrink is how much narrower spaces may become, as a share of their width,
// to take a paragraph's last word onto the line before; half as much for a word
// that would leave the line's spaces wider by looseSpace ems.
const (
	maxShrink  = 0.2
	looseSpace = 0.1
)

// maxStretch, in ems, is how much wider a space may become. A line that a long
// foreign word leaves with more room than that is set from the left: nobody
// reads words that stand apart as a line.
const maxStretch = 1.0

// breakLines cuts the pieces from start on into lines, greedily: Vietnamese
// syllables are short, so that looking ahead gains nothing one can see.
// Lines start at first or rest in a column of width w; shrink is how much
// narrower each space may become for the last word.
func (e *engine) breakLines(runs []Run, start int, first, rest, w, shrink float64) []lineSpan {
	e.lines = e.lines[:0]
	off := first
	cur := lineSpan{a: int32(start)}
	end := func(b, next int, forced, trailed bool) {
		cur.b, cur.forced, cur.trailed = int32(b), forced, trailed
		if last := b - 1; last >= int(cur.a) && e.pieces[last].kind == tickPiece {
			cur.w -= tickGap * runs[e.pieces[last].run].size()
		}
		e.lines = append(e.lines, cur)
		cur = lineSpan{a: int32(next)}
		off = rest
	}
	empty := true // nothing but glue on the line yet
	i := start
	for i < len(e.pieces) {
		// Glue between the word before and the next.
		g, gw, gs := i, 0.0, int32(0)
		var gsize float64
		for i < len(e.pieces) && e.pieces[i].kind == gluePiece && (e.pieces[i].tab == 0 || i == g) {
			gw += e.pieces[i].w
			gs += e.pieces[i].spaces
			gsize = max(gsize, runs[e.pieces[i].run].size())
			i++
		}
		if i >= len(e.pieces) {
			end(g, i, true, false)
			return e.lines
		}
		if e.pieces[i].kind == breakPiece {
			cur.size = max(cur.size, runs[e.pieces[i].run].size())
			end(g, i+1, true, false)
			empty = true
			i++
			continue
		}
		if gs > 0 && e.pieces[g].tab > 0 { // a run that starts with spaces at a tab
			cur.w, cur.spaces = max(cur.w, e.pieces[g].tab-off), 0
		}
		// The word: everything up to the next break opportunity.
		x, spaces, size := cur.w+gw, cur.spaces+gs, max(cur.size, gsize)
		j := i
		for j < len(e.pieces) && (e.pieces[j].kind == boxPiece || e.pieces[j].kind == tickPiece) {
			p := &e.pieces[j]
			if p.tab > 0 && j > i {
				break // a tab is a break opportunity too
			}
			if p.tab > 0 {
				x, spaces = max(x, p.tab-off), 0
			}
			x += p.w
			spaces += p.spaces
			size = max(size, runs[p.run].size())
			j++
		}
		switch {
		case x <= w-off+tolerance, shrink > 0 && e.squeeze(&cur, x-(w-off), w-off-cur.w, spaces, shrink, j):
			cur.w, cur.spaces, cur.size = x, spaces, size
			empty = false
			i = j
		case !empty:
			end(g, i, false, g < i)
			empty = true
		default:
			i = e.breakWord(runs, i, j, w-off, &cur)
			end(i, i, false, false)
		}
		if e.err != nil {
			return nil
		}
	}
	if int(cur.a) < len(e.pieces) {
		end(len(e.pieces), len(e.pieces), true, false)
	}
	return e.lines
}

// shrinkOf is how much narrower a space of a paragraph may become, in pt.
func shrinkOf(p *Paragraph) float64 {
	if p.Align != Justify {
		return 0
	}
	least := math.Inf(1)
	for i := range p.Runs {
		least = min(least, p.Runs[i].size())
	}
	return maxShrink * spaceWidth * least
}

// squeeze tells whether a word that makes its line over pt too long is taken
// by narrowing the line's spaces: a paragraph's last word, or one without which
// the line, with room pt left, would be stretched too wide.
func (e *engine) squeeze(l *lineSpan, over, room float64, spaces int32, shrink float64, next int) bool {
	each := over / float64(spaces)
	switch {
	case spaces == 0 || each > shrink:
		return false
	case e.lastWord(next):
		return true
	}
	return each <= shrink/2 && l.spaces > 0 && room/float64(l.spaces) > looseSpace*l.size
}

// lastWord tells whether nothing but glue comes from piece j on.
func (e *engine) lastWord(j int) bool {
	for ; j < len(e.pieces); j++ {
		if e.pieces[j].kind != gluePiece {
			return false
		}
	}
	return true
}

// breakWord fills the empty line cur with as much of the word [i, j) as fits
// in avail and returns where the next line starts.
func (e *engine) breakWord(runs []Run, i, j int, avail float64, cur *lineSpan) int {
	for k := i; k < j; k++ {
		p := e.pieces[k]
		if p.tab > 0 {
			cur.w = max(cur.w, min(p.tab, avail/2))
		}
		if cur.w+p.w > avail+tolerance {
			if p.kind != boxPiece && k > i {
				return k
			}
			room := avail - cur.w
			r := &runs[p.run]
			if k > i && room < r.size() {
				return k
			}
			e.splitPiece(runs, k, room)
			p = e.pieces[k]
			cur.w += p.w
			cur.spaces += p.spaces
			cur.size = max(cur.size, r.size())
			return k + 1
		}
		cur.w += p.w
		cur.spaces += p.spaces
		cur.size = max(cur.size, runs[p.run].size())
	}
	return j
}

// paragraph sets a paragraph; el is its structure element.
func (e *engine) paragraph(p *Paragraph, x, w float64, el int32) {
	e.pieces = e.pieces[:0]
	e.measure(p.Runs)
	if e.err != nil {
		return
	}
	if len(e.pieces) == 0 {
		if len(p.Runs) == 0 && p.RuleBelow != nil {
			e.plainRule(p, x, w)
		}
		return
	}
	left := p.Indent * mm
	first, rest := left+p.FirstIndent*mm, left+p.Hanging*mm
	if w-max(first, rest) < 2*mm {
		e.fail(&OverflowError{What: "a paragraph (its indent leaves no width for text)", Size: max(first, rest), Room: w})
		return
	}
	lines := e.breakLines(p.Runs, 0, first, rest, w, shrinkOf(p))
	if e.err != nil {
		return
	}
	leading := p.Leading
	if leading <= 0 {
		leading = 1
	}
	n := len(lines)
	together := p.KeepTogether || p.Role == TitleRole || p.Role == Heading
	var wide, wideX float64
	off := first
	for li := range lines {
		l := &lines[li]
		size := l.size
		if size == 0 {
			size = p.Runs[len(p.Runs)-1].size()
		}
		room := w - off - l.w
		stretch := 0.0
		lx := x + off
		switch {
		case p.Align == Justify:
			if l.spaces > 0 && (room < -tolerance || !l.forced && room > 0) {
				stretch = room / float64(l.spaces)
				if stretch > maxStretch*l.size {
					stretch = 0
				}
			}
		default:
			lx += alignShift(p.Align, room)
		}
		if l.w > wide {
			wide, wideX = l.w, lx
		}
		gap := (leading - 1) * pitch * size
		if li == 0 {
			gap += e.gap(p.Before)
		}
		i0, r0 := len(e.items), len(e.rules)
		e.setLine(p.Runs, l, lx, x, ascent*size, stretch, el)
		u := unit{gap: gap, h: pitch * size, lines: 1}
		switch {
		case li == n-1:
			u.keep = p.KeepWithNext || p.Role == TitleRole || p.Role == Heading
			if p.RuleBelow != nil && wide > 0 {
				y := (ascent + descent) * size
				u.h = max(u.h, e.ruleBelow(p.RuleBelow, wideX, wide, y))
			}
		case together, li == 0, li == n-2:
			u.keep = true
		}
		e.push(u, i0, r0)
		off = rest
	}
	e.pendAfter = p.After
}

// ruleBelow draws a rule centred under a line of width w at x whose descent is
// at y, and returns where it ends.
func (e *engine) ruleBelow(r *Rule, x, w, y float64) float64 {
	weight := r.Weight
	if weight <= 0 {
		weight = 0.75
	}
	length := w * r.Fraction
	x += (w - length) / 2
	y += r.Gap + weight/2
	e.rules = append(e.rules, Line{x, y, x + length, y, weight})
	return y + weight/2
}

// plainRule sets a paragraph that is nothing but a rule across its column.
func (e *engine) plainRule(p *Paragraph, x, w float64) {
	gap := e.gap(p.Before)
	i0, r0 := len(e.items), len(e.rules)
	left := p.Indent * mm
	h := e.ruleBelow(p.RuleBelow, x+left, w-left, 0)
	e.push(unit{gap: gap, h: h, keep: p.KeepWithNext}, i0, r0)
	e.pendAfter = p.After
}

// setLine places the pieces of a line from lx on, the baseline at y. col is
// the column's left edge, which tabs count from.
func (e *engine) setLine(runs []Run, l *lineSpan, lx, col, y, stretch float64, el int32) {
	at := lx
	lastTab := int32(-1)
	if stretch != 0 { // only spaces after the last tab stretch
		for k := l.a; k < l.b; k++ {
			if e.pieces[k].tab > 0 {
				lastTab = k
			}
		}
	}
	for k := l.a; k < l.b; {
		p := &e.pieces[k]
		r := &runs[p.run]
		if p.tab > 0 {
			at = max(at, col+p.tab)
		}
		s := stretch
		if k < lastTab {
			s = 0
		}
		if p.kind == tickPiece {
			box := capital * r.size()
			e.items = append(e.items, Item{
				Kind: TickItem, Set: r.Tick == TickSet, Color: r.Color, Elem: el,
				X: at, Y: y - box, W: box, H: box, Size: r.size(), Lang: r.Lang,
			})
			at += p.w
			k++
			continue
		}
		it := Item{Kind: TextItem, Style: r.style(), Color: r.Color, Elem: el, X: at, Y: y, Size: r.size(), Stretch: s, Lang: r.Lang}
		from, to, w, spaces := p.from, p.to, p.w, p.spaces
		for k++; k < l.b; k++ {
			q := &e.pieces[k]
			if q.run != p.run || q.tab > 0 || q.kind == tickPiece || q.from != to || (k == lastTab) {
				break
			}
			to = q.to
			w += q.w
			spaces += q.spaces
		}
		it.Text = r.Text[from:to]
		it.W = w + float64(spaces)*s
		at += it.W
		e.items = append(e.items, it)
	}
	if l.trailed && len(e.items) > 0 {
		if last := &e.items[len(e.items)-1]; last.Kind == TextItem && l.b > l.a {
			last.Trail = true
		}
	}
}
