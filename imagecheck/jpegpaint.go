package imagecheck

import (
	"math"
	"slices"
)

// What the mender needs of pixels: blocks put into the picture and taken out
// again, and the blocks that are worth a try.

// painted is a block of the picture that was painted over, with what was there.
type painted struct {
	g            *gridPlane
	comp, bx, by int
	pix          [64]byte
}

// keep notes what is in a block before it is painted over.
func (d *mender) keep(comp, bx, by int) *painted {
	d.undo = append(d.undo, painted{g: d.planes[comp], comp: comp, bx: bx, by: by})
	u := &d.undo[len(d.undo)-1]
	for y := range u.height() {
		row, step := u.row(y), u.g.step
		for i, x := 0, 8*y; i < len(row); i, x = i+step, x+1 {
			u.pix[x] = row[i]
		}
	}
	return u
}

func (u *painted) restore() {
	for y := range u.height() {
		row, step := u.row(y), u.g.step
		for i, x := 0, 8*y; i < len(row); i, x = i+step, x+1 {
			row[i] = u.pix[x]
		}
	}
}

// height is how many rows of a block lie in the picture.
func (u *painted) height() int { return min(8, u.g.h-8*u.by) }

// row gives the samples of one row, each step bytes on from the last.
func (u *painted) row(y int) []byte {
	g := u.g
	at := (8*u.by+y)*g.stride + 8*u.bx*g.step
	return g.pix[at:][:(min(8, g.w-8*u.bx)-1)*g.step+1]
}

// paint puts the samples of a block into the picture, from coefficients in zigzag
// order.
func (d *mender) paint(comp, bx, by int, c *[64]int32) *painted {
	u := d.keep(comp, bx, by)
	var s [64]float32
	inverseDCT(c, &d.s.quant[d.s.comps[comp].tq], &s)
	for y := range u.height() {
		row, step := u.row(y), u.g.step
		for i, x := 0, 8*y; i < len(row); i, x = i+step, x+1 {
			v := uint8(min(max(int(s[x]+4128.5)-4000, 0), 255))
			if d.inverted {
				v = 255 - v
			}
			row[i] = v
		}
	}
	d.mark[comp][by*u.g.nx+bx] = d.turn
	d.changed = append(d.changed, *u)
	return u
}

// shift moves the mean of a block by some levels.
func (d *mender) shift(comp, bx, by, levels int) {
	if d.inverted {
		levels = -levels
	}
	u := d.keep(comp, bx, by)
	for y := range u.height() {
		row := u.row(y)
		for i := 0; i < len(row); i += u.g.step {
			row[i] = uint8(min(max(int(row[i])+levels, 0), 255))
		}
	}
}

// promising tells that a block fits in hardly worse with those above and to the
// left than it did.
func (u *painted) promising() bool {
	var was, is float32
	i := u.by*u.g.nx + u.bx
	if u.by > 0 {
		was, is = was+u.g.top[i].size, is+u.g.above(u.bx, u.by)
	}
	if u.bx > 0 {
		was, is = was+u.g.left[i].size, is+u.g.beside(u.bx, u.by)
	}
	return is <= 1.2*was+6
}

// above measures the upper edge of a cell of 8x8 as it is now.
func (g *gridPlane) above(c, r int) float32 {
	return g.edge(8*r*g.stride+8*c*g.step, g.stride, g.step, min(8, g.w-8*c)).size
}

// beside measures its left edge.
func (g *gridPlane) beside(c, r int) float32 {
	return g.edge(8*r*g.stride+8*c*g.step, g.step, g.stride, min(8, g.h-8*r)).size
}

// conspicuous gives the cells that fit in worst with what is around, by three
// measures: how far the second smallest jump along the edges exceeds what its
// neighbour bends by itself; how many times it is the jumps of the edges around;
// and how far the mean jump exceeds what the neighbours bend. With corners it also
// gives those that are brighter, or darker, than both the one above and the one
// to the left, as a run of damaged blocks begins that a restart marker ends.
func (g *gridPlane) conspicuous(corners bool) (cells []int) {
	const tries = 4
	faint := float32(6) // a jump that is no damage to be seen
	if g.colour {
		faint = 4
	}
	var top [4][tries]struct {
		score float32
		cell  int
	}
	for r := range g.ny {
		for c := range g.nx {
			i := r*g.nx + c
			var jumps, over [4]float32
			n := 0
			var sum, bent float32
			add := func(j float32, beyond int) {
				b := g.bends[beyond]
				jumps[n], over[n] = j, j-1.5*b
				sum, bent = sum+j, bent+b
				n++
			}
			if r > 0 {
				add(g.top[i].size, i-g.nx)
			}
			if c > 0 {
				add(g.left[i].size, i-1)
			}
			if r+1 < g.ny {
				add(g.top[i+g.nx].size, i+g.nx)
			}
			if c+1 < g.nx {
				add(g.left[i+1].size, i+1)
			}
			if n < 2 || sum < faint*float32(n) {
				continue
			}
			scores := [4]float32{second(over[:n]), second(jumps[:n]) / (g.ring(c, r) + 2), (sum - 1.2*bent) / float32(n)}
			if a, b := g.top[i].mean, g.left[i].mean; corners && r > 0 && c > 0 && a*b > 0 {
				scores[3] = min(max(a, -a)-g.bends[i-g.nx], max(b, -b)-g.bends[i-1])
			}
			for k, s := range scores {
				t := &top[k]
				if s <= t[tries-1].score {
					continue
				}
				at := tries - 1
				for ; at > 0 && t[at-1].score < s; at-- {
					t[at] = t[at-1]
				}
				t[at].score, t[at].cell = s, i
			}
		}
	}
	for k := range tries {
		for _, t := range top {
			if t[k].score > 0 && !slices.Contains(cells, t[k].cell) {
				cells = append(cells, t[k].cell)
			}
		}
	}
	return cells
}

// shifts gives the cells at which the mean of all that follow in reading order may
// begin to be off: the cells above the row that begins there are brighter, or
// darker, along the whole width, and so are those above and beside the cell
// itself. None is at the left border: that a scene does, too.
func (g *gridPlane) shifts() (cells []int) {
	const (
		tries = 4
		// felt is the least mean step; a larger step than rough counts as that.
		felt, rough = 0.7, 8
	)
	var top [tries]struct {
		score float32
		cell  int
	}
	if g.nx < 4 {
		return nil
	}
	sum := float32(0)
	n := g.nx * g.ny
	for i := n - 1; i >= g.nx; i-- {
		sum += min(max(g.top[i].mean, -rough), rough)
		if i+g.nx < n {
			sum -= min(max(g.top[i+g.nx].mean, -rough), rough)
		}
		along, above, beside := sum/float32(g.nx), g.top[i].mean, g.left[i].mean
		if along < 0 {
			along, above, beside = -along, -above, -beside
		}
		s := along + 0.5*max(0, min(above, beside, 2*along))
		if i%g.nx == 0 || along < felt || s <= top[tries-1].score {
			continue
		}
		at := tries - 1
		for ; at > 0 && top[at-1].score < s; at-- {
			top[at] = top[at-1]
		}
		top[at].score, top[at].cell = s, i
	}
	for _, t := range top {
		if t.score > 0 {
			cells = append(cells, t.cell)
		}
	}
	return cells
}

// second gives the second smallest of at least two.
func second(v []float32) float32 {
	a, b := min(v[0], v[1]), max(v[0], v[1])
	for _, x := range v[2:] {
		b = min(b, max(a, x))
		a = min(a, x)
	}
	return b
}

// ring is the mean jump along the edges around a cell that don't touch it.
func (g *gridPlane) ring(c, r int) float32 {
	sum, n := float32(0), float32(0)
	for y := max(0, r-1); y <= min(g.ny-1, r+2); y++ {
		for x := max(0, c-1); x <= min(g.nx-1, c+2); x++ {
			i := y*g.nx + x
			if x < c+2 && y > 0 && !(x == c && (y == r || y == r+1)) {
				sum, n = sum+g.top[i].size, n+1
			}
			if y < r+2 && x > 0 && !(y == r && (x == c || x == c+1)) {
				sum, n = sum+g.left[i].size, n+1
			}
		}
	}
	return sum / max(1, n)
}

// inverseDCT makes samples around 0 (T.81, A.3.3) of coefficients in zigzag order
// and their steps.
func inverseDCT(c *[64]int32, q *[64]uint16, out *[64]float32) {
	var rows [64]float32
	used := [8]bool{}
	for k, v := range c {
		if v == 0 {
			continue
		}
		u, y := zigzag[k]&7, zigzag[k]>>3
		f := float32(v) * float32(q[k])
		used[y] = true
		row := rows[8*y:][:8]
		for x := range row {
			row[x] += f * cosines[u][x]
		}
	}
	for v := range 8 {
		if !used[v] {
			continue
		}
		for y := range 8 {
			f, row, to := cosines[v][y], rows[8*v:][:8], out[8*y:][:8]
			for x := range row {
				to[x] += f * row[x]
			}
		}
	}
}

// cosines is the transform along one side: by frequency, then sample.
var cosines = func() (t [8][8]float32) {
	for u := range t {
		for x := range t[u] {
			f := math.Cos(float64(2*x+1)*float64(u)*math.Pi/16) / 2
			if u == 0 {
				f /= math.Sqrt2
			}
			t[u][x] = float32(f)
		}
	}
	return t
}()
