package imagecheck

import (
	"image"
	"slices"
)

// A flipped bit that leaves the bookkeeping of a sequential JPEG whole can be
// flipped back. So for the blocks that fit in worst with what is around them
// each of their bits is tried: is there one that makes the jumps along the edges
// of all blocks it changes vanish? In a damaged file there is, and the jumps that
// are left are those of the picture. In a sound file the most conspicuous blocks
// are lines and corners that happen to lie along the grid, and no bit makes them
// go away.

const (
	// mendDoubt and mendSure are values of mended.worth: of 884 sound files
	// none reached 8, eleven 5.5.
	mendDoubt, mendSure = 5.5, 12
	// Edges that jump by less than seen levels don't show.
	seen = 4
	// maxRun is how many blocks may pass until the coded data is in step again.
	maxRun = 32
	// maxTrials bounds the blocks that are read again for one picture, a
	// microsecond each. A photo takes some ten thousand.
	maxTrials = 150_000
)

// mender tries bits of one picture.
type mender struct {
	s        *jpegStream
	planes   []*gridPlane // by component
	inverted bool         // samples are stored as 255 less themselves
	left     int          // of maxTrials
	best     mended
	undo     []painted
	changed  []painted // of undo, those that the coded data itself changes
	mark     [4][]int32
	turn     int32
}

// mended is what one flipped bit does to the edges of all blocks that it
// changes: the sum of their jumps as they are and as they would be, in levels.
// Tail is what it takes away from the jumps above all blocks that follow, where
// it changes their mean.
type mended struct {
	before, after, tail float32
	edges               int
}

// worth is by how many times what would be left the jumps shrink, summed over
// the edges; those of the tail count half, since scenes have steps that long, too.
func (m mended) worth() float32 {
	n := float32(m.edges)
	if n == 0 {
		return 0
	}
	gain := m.tail / 2
	if m.before > seen*n {
		gain += m.before - m.after
	}
	return gain / (m.after/n + 2)
}

// newMender gives nil where the samples of the picture are not those of the
// file's components.
func newMender(s *jpegStream, m image.Image, planes []*gridPlane) *mender {
	d := &mender{s: s, left: maxTrials}
	for _, g := range planes {
		if g.cw == 8 && g.ch == 8 {
			d.mark[len(d.planes)] = make([]int32, g.nx*g.ny)
			d.planes = append(d.planes, g)
		}
	}
	_, plain := m.(*image.RGBA)
	_, d.inverted = m.(*image.CMYK)
	if len(s.traces) == 0 || len(d.planes) != len(s.comps) || (plain || d.inverted) && s.hmax*s.vmax > 1 {
		return nil
	}
	return d
}

// search tries the bits of the most conspicuous blocks and of those before them,
// which may have led the decoder astray.
func (d *mender) search() mended {
	for _, t := range d.s.traces {
		var blocks []int
		for part, comp := range t.comps {
			g := d.planes[comp]
			for _, cell := range slices.Concat(g.conspicuous(d.s.interval > 0), g.shifts()) {
				k := t.index(part, cell%g.nx, cell/g.nx)
				if k < 0 || k >= len(t.left) {
					continue
				}
				blocks = append(blocks, k)
			}
		}
		for i, k := range blocks {
			if from, _ := t.interval(k); k > from && !slices.Contains(blocks, k-1) && !slices.Contains(blocks[:i], k) {
				d.block(t, k-1, 32)
			}
			d.block(t, k, 1<<16)
		}
	}
	return d.best
}

// block tries every bit of block k.
func (d *mender) block(t *scanTrace, k, most int) {
	from, to := t.interval(k)
	buf := t.clean[k/t.perInterval]
	begin, end := 8*len(buf)-int(t.left[k]), 8*len(buf)-t.endOf(k)
	last := len(buf)
	if n := k + maxRun + 1; n < to {
		last = min(last, (8*len(buf)-int(t.left[n]))/8+8)
	}
	a := begin / 8
	try := trial{t: t, from: k, to: to, skip: begin - 8*a, after: 8 * (len(buf) - last)}
	for part := range t.comps {
		for j := k - 1; j >= from; j-- {
			if t.slots[j%len(t.slots)].part == part {
				try.pred[part] = int(t.dc[j])
				break
			}
		}
	}
	win := slices.Clone(buf[a:last])
	for bit := max(begin, end-most); bit < end && d.left > 0 && d.best.worth() <= mendSure; bit++ {
		i, mask := bit/8-a, byte(0x80)>>(bit%8)
		was := win[i]
		win[i] ^= mask
		try.b = win
		switch {
		case win[i] == 0xFF && i+1 < len(win) && win[i+1] == 0:
			// The zero was stuffed before the flip and is data since.
			try.b = slices.Concat(win[:i+1], win[i+2:])
		case was == 0xFF:
			// The zero behind was data and is taken for stuffed since.
			try.b = slices.Insert(slices.Clone(win), i+1, 0)
		}
		d.flip(&try)
		win[i] = was
	}
}

// trial is one flipped bit: the coded data from block from on.
type trial struct {
	t        *scanTrace
	from, to int // blocks: the first that is read, the end of the interval
	b        []byte
	skip     int    // bits of b before the block begins
	after    int    // bits of the interval that follow on b
	pred     [4]int // by part: the mean before the block
}

// flip reads blocks until the trial falls into step with the file as it is, and
// keeps what came of it if it is the best so far.
func (d *mender) flip(y *trial) {
	r := intervalReader{bitReader: bitReader{b: y.b}, s: d.s, h: y.t.head, pred: y.pred}
	r.bits(y.skip)
	d.turn++
	var c [64]int32
	for j := y.from; j < min(y.to, y.from+maxRun) && d.left > 0; j++ {
		d.left--
		part, bx, by := y.t.place(j)
		p := &r.h.parts[part]
		clear(c[:])
		if !r.first(part, p) || !r.sequential(p, &c) {
			break
		}
		c[0] = int32(r.pred[part])
		if g := d.planes[y.t.comps[part]]; bx < g.nx && by < g.ny {
			u := d.paint(y.t.comps[part], bx, by, &c)
			if !u.promising() {
				break
			}
		}
		left := r.left() + y.after
		if j+1 == y.to && left >= 0 && left < 8 || j+1 < y.to && left == int(y.t.left[j+1]) {
			if m := d.judge(y, j+1, r.pred); m.worth() > d.best.worth() {
				d.best = m
			}
			break
		}
	}
	for i := len(d.undo) - 1; i >= 0; i-- {
		d.undo[i].restore()
	}
	d.undo, d.changed = d.undo[:0], d.changed[:0]
}

// judge measures the edges of all blocks that changed, those before block end,
// and of the later ones if their means do: pred are the means there.
func (d *mender) judge(y *trial, end int, pred [4]int) (m mended) {
	t := y.t
	var delta [4]int // in eighths of a level
	if end < y.to {
		for part := range t.comps {
			for j := end - 1; j >= y.from; j-- {
				if t.slots[j%len(t.slots)].part == part {
					delta[part] = (pred[part] - int(t.dc[j])) * t.head.parts[part].c.quantDC
					break
				}
			}
		}
		d.shiftNext(y, end, delta)
	}
	for _, u := range d.changed {
		g, i := u.g, u.by*u.g.nx+u.bx
		marks := d.mark[u.comp]
		if u.by > 0 {
			m.add(g.top[i].size, g.above(u.bx, u.by))
		}
		if u.bx > 0 {
			m.add(g.left[i].size, g.beside(u.bx, u.by))
		}
		// An edge between two blocks that both changed counts once.
		if u.by+1 < g.ny && marks[i+g.nx] != d.turn {
			m.add(g.top[i+g.nx].size, g.above(u.bx, u.by+1))
		}
		if u.bx+1 < g.nx && marks[i+1] != d.turn {
			m.add(g.left[i+1].size, g.beside(u.bx+1, u.by))
		}
	}
	// A scene may have a step along the whole width, but none that begins amid it.
	if _, bx, _ := t.place(y.from); delta != [4]int{} && bx > 0 {
		m.tail = d.tail(t, end, y.to, delta)
	}
	return m
}

func (m *mended) add(before, after float32) {
	m.before, m.after, m.edges = m.before+before, m.after+after, m.edges+1
}

// shiftNext moves the means of blocks from end on that touch one that changed.
func (d *mender) shiftNext(y *trial, end int, delta [4]int) {
	for _, u := range d.changed {
		part := slices.Index(y.t.comps, u.comp)
		if delta[part] == 0 {
			continue
		}
		for _, n := range [2][2]int{{u.bx + 1, u.by}, {u.bx, u.by + 1}} {
			if n[0] >= u.g.nx || n[1] >= u.g.ny || d.mark[u.comp][n[1]*u.g.nx+n[0]] == d.turn {
				continue
			}
			// Below and beside a row of changed blocks a block is met once only.
			if k := y.t.index(part, n[0], n[1]); k >= end && k < y.to && !d.shifted(u.comp, n) {
				d.shift(u.comp, n[0], n[1], delta[part]/8)
			}
		}
	}
}

func (d *mender) shifted(comp int, at [2]int) bool {
	return slices.ContainsFunc(d.undo, func(u painted) bool { return u.comp == comp && u.bx == at[0] && u.by == at[1] })
}

// tail is what another mean from block end on takes away from the jumps above
// those blocks, along the first row of them.
func (d *mender) tail(t *scanTrace, end, to int, delta [4]int) (gain float32) {
	for j := end; j < min(to, end+t.across*len(t.slots)); j++ {
		part, bx, by := t.place(j)
		g := d.planes[t.comps[part]]
		if delta[part] == 0 || bx >= g.nx || by >= g.ny || by == 0 || t.index(part, bx, by-1) >= end {
			continue
		}
		step := float32(delta[part]) / 8
		if d.inverted {
			step = -step
		}
		m := g.top[by*g.nx+bx].mean
		gain += max(m, -m) - max(m+step, -m-step)
	}
	return gain
}
