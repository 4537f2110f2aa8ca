package imagecheck

import (
	"image"
	"slices"
)

// A bit that flips in a JPEG's coded data and leaves the bookkeeping whole
// changes whole blocks: one, a run of them, or the mean of all that follow in
// reading order. Each leaves a seam along the grid of the blocks, which no scene
// knows of. Both shapes are looked for in each plane of the picture: a patch
// whose edges all stand out, and a step down from one row of blocks to the next
// over the whole width.

// looks tells whether a picture that image/jpeg has decoded shows damage: broken
// where one bit of the file mends it, doubtful where there are seams.
func (s *jpegStream) looks(m image.Image) damage {
	planes := gridPlanes(m)
	worth := float32(0)
	if d := newMender(s, m, planes); d != nil {
		worth = d.search().worth()
	}
	switch {
	case worth > mendSure:
		return broken
	case worth > mendDoubt || seams(planes, s.steps()):
		return doubtful
	}
	return sound
}

// seams tells whether planes show damage along the grid of their blocks. dc gives
// for luma and for colour the quantisation step of a block's mean: coarse steps
// make ledges where the light falls off slowly.
//
// How much blocks show of themselves differs with every file, and one that was
// saved twice keeps the blocks of the first time. So what stands out is measured
// against the picture's own: in 800 sound files (qualities 30 to 98, saved once
// and twice) no patch went beyond 2.0 levels above 2.2 times the usual in luma
// and 3.4 in colour.
func seams(planes []*gridPlane, dc [2]int) bool {
	for _, g := range planes {
		step, room := dc[0], float32(3)
		if g.colour {
			step, room = dc[1], 4
		}
		if worst, usual := g.patch(); worst > room+2.2*usual {
			return true
		}
		if worst, usual := g.ledge(); g.mcu && worst > 2+0.14*float32(step)+2*usual {
			return true
		}
	}
	return false
}

// patch is how far the edges of the most conspicuous patch stand out, in levels:
// a cell or a run of cells in one row, all of whose edges jump by more than the
// neighbours outside bend by themselves. It counts by the smallest of the edges,
// so that no line of the picture, which crosses a patch, makes one. usual is what
// one cell in 200 shows above and below.
func (g *gridPlane) patch() (worst, usual float32) {
	const beyond = 1000          // the edge of the picture: nothing to compare with
	nx, ny := g.w/g.cw, g.h/g.ch // whole cells only
	mids := make([]float32, 0, nx*ny)
	for r := range ny {
		run, inner := float32(0), r > 0 && r+1 < ny
		for c := range nx {
			i := r*g.nx + c
			mid, begin, end := float32(beyond), float32(beyond), float32(beyond)
			if r > 0 {
				mid = g.top[i].size - 3*g.bends[i-g.nx]
			}
			if r+1 < ny {
				mid = min(mid, g.top[i+g.nx].size-3*g.bends[i+g.nx])
			}
			if c > 0 {
				begin = g.left[i].size - 3*g.bends[i-1]
			} else if !inner {
				begin = 0 // three edges at least
			}
			if c+1 < nx {
				end = g.left[i+1].size - 3*g.bends[i+1]
			} else if !inner {
				end = 0
			}
			run = min(mid, max(run, begin))
			worst = max(worst, min(run, end))
			if inner {
				mids = append(mids, mid)
			}
		}
	}
	return worst, highest(mids, len(mids)/200)
}

// highest gives the n-th highest value, from 0, or 0 when that is negative or
// there are none.
func highest(v []float32, n int) float32 {
	if len(v) <= n {
		return 0
	}
	slices.Sort(v)
	return max(0, v[len(v)-1-n])
}

// ledge is the height of the highest step, in levels: the median jump along the
// row of cells from some cell on and along the next row up to that cell, where
// nine of ten cells jump the same way. What scenes have of that kind does not
// follow the grid, and ends at the wall. usual is the fifth highest of all rows.
func (g *gridPlane) ledge() (worst, usual float32) {
	const felt = 0.3
	if g.nx < 4 {
		return 0, 0 // too narrow for a row to mean anything
	}
	rows := make([]float32, 0, g.ny)
	vals := make([]float32, g.nx)
	up, down := make([]int, 2*g.nx+1), make([]int, 2*g.nx+1)
	for r := 1; r+1 < g.h/g.ch; r++ {
		// The cells of this row and of the next, one after the other: each window
		// of nx cells is one place at which the damage may begin.
		row := g.top[r*g.nx : (r+2)*g.nx]
		for i, j := range row {
			up[i+1], down[i+1] = up[i], down[i]
			if j.mean > felt {
				up[i+1]++
			} else if j.mean < -felt {
				down[i+1]++
			}
		}
		best := float32(0)
		for c := range g.nx + 1 {
			if 10*max(up[c+g.nx]-up[c], down[c+g.nx]-down[c]) < 9*g.nx {
				continue
			}
			for i, j := range row[c : c+g.nx] {
				vals[i] = j.mean
			}
			slices.Sort(vals)
			mid := vals[len(vals)/2]
			best = max(best, mid, -mid)
		}
		rows = append(rows, best)
		worst = max(worst, best)
	}
	return worst, highest(rows, 4)
}

// gridPlane is one plane of a decoded JPEG with its grid: cells of cw x ch
// samples, 8x8 or one MCU, in whole cells only.
type gridPlane struct {
	pix          []byte
	stride, step int
	cw, ch       int
	nx, ny       int
	w, h         int
	colour, mcu  bool
	top, left    []jump    // of the cell's upper and left edge against the cell beyond
	bends        []float32 // how much neighbouring samples bend within the cell
}

// jump is the step across an edge of a cell, beyond what the slope on both sides
// explains: its mean, and the mean of its magnitude, in levels.
type jump struct {
	mean, size float32
}

func newGridPlane(pix []byte, stride, step, w, h, cw, ch int) *gridPlane {
	// A cell that the picture ends in counts from two samples on.
	g := &gridPlane{pix: pix, stride: stride, step: step, cw: cw, ch: ch, w: w, h: h, nx: (w + cw - 2) / cw, ny: (h + ch - 2) / ch}
	n := g.nx * g.ny
	g.top, g.left = make([]jump, n), make([]jump, n)
	g.bends = make([]float32, n)
	for r := range g.ny {
		for c := range g.nx {
			i, at := r*g.nx+c, r*ch*stride+c*cw*step
			cw, ch := min(cw, w-c*cw), min(ch, h-r*ch)
			if r > 0 {
				g.top[i] = g.edge(at, stride, step, cw)
			}
			if c > 0 {
				g.left[i] = g.edge(at, step, stride, ch)
			}
			g.bends[i] = max(g.bend(at, stride, step, ch, cw), g.bend(at, step, stride, cw, ch))
		}
	}
	return g
}

// edge measures n steps across the edge that begins at sample at; over leads
// across the edge and along to the next sample of it.
func (g *gridPlane) edge(at, over, along, n int) jump {
	sum, size := 0, 0
	for range n {
		a2, a1, b1, b2 := int(g.pix[at-2*over]), int(g.pix[at-over]), int(g.pix[at]), int(g.pix[at+over])
		d := 2*(b1-a1) - (a1 - a2) - (b2 - b1)
		sum += d
		size += max(d, -d)
		at += along
	}
	return jump{float32(sum) / float32(2*n), float32(size) / float32(2*n)}
}

// bend is the same measure within the cell, where a flipped bit makes no seam.
func (g *gridPlane) bend(at, over, along, long, n int) float32 {
	sum, count := 0, 0
	for k := 3; k+1 < long; k++ {
		if k&7 != 3 && k&7 != 5 {
			continue
		}
		p := at + k*over
		for range n {
			d := 3*(int(g.pix[p])-int(g.pix[p-over])) - (int(g.pix[p+over]) - int(g.pix[p-2*over]))
			sum += max(d, -d)
			count++
			p += along
		}
	}
	return float32(sum) / float32(max(1, 2*count))
}

// gridPlanes gives the planes of a picture that image/jpeg has decoded, each on
// the grid of its blocks, and where several blocks of a plane make an MCU, on
// that of the MCUs.
func gridPlanes(m image.Image) []*gridPlane {
	b := m.Bounds()
	w, h := b.Dx(), b.Dy()
	var out []*gridPlane
	add := func(pix []byte, stride, step, w, h, cw, ch int, colour, mcu bool) {
		g := newGridPlane(pix, stride, step, w, h, cw, ch)
		g.colour, g.mcu = colour, mcu
		out = append(out, g)
	}
	switch s := m.(type) {
	case *image.YCbCr:
		hs, vs := 1, 1
		switch s.SubsampleRatio {
		case image.YCbCrSubsampleRatio422:
			hs = 2
		case image.YCbCrSubsampleRatio420:
			hs, vs = 2, 2
		case image.YCbCrSubsampleRatio440:
			vs = 2
		case image.YCbCrSubsampleRatio411:
			hs = 4
		case image.YCbCrSubsampleRatio410:
			hs, vs = 4, 2
		}
		add(s.Y, s.YStride, 1, w, h, 8, 8, false, hs*vs == 1)
		if hs*vs > 1 {
			add(s.Y, s.YStride, 1, w, h, 8*hs, 8*vs, false, true)
		}
		for _, p := range [2][]byte{s.Cb, s.Cr} {
			add(p, s.CStride, 1, ceilDiv(w, hs), ceilDiv(h, vs), 8, 8, true, true)
		}
	case *image.Gray:
		add(s.Pix, s.Stride, 1, w, h, 8, 8, false, true)
	case *image.RGBA:
		for k := range 3 {
			add(s.Pix[k:], s.Stride, 4, w, h, 8, 8, true, true)
		}
	case *image.CMYK:
		for k := range 4 {
			add(s.Pix[k:], s.Stride, 4, w, h, 8, 8, true, true)
		}
	}
	return out
}
