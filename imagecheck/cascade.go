package imagecheck

import (
	_ "embed"
	"encoding/binary"
	"fmt"
	"math"
	"slices"
	"sync"
)

//go:embed cascade/facefinder
var facefinderFile []byte

//go:embed cascade/puploc
var puplocFile []byte

//go:embed cascade/nose
var noseFile []byte

//go:embed cascade/mouth
var mouthFile []byte

// plane is an 8-bit picture.
type plane struct {
	w, h int
	pix  []uint8
}

// frame is where and how a tree looks at a plane: centre, size in pixels and
// the angle of the face in radians, clockwise on the screen.
type frame struct{ x, y, size, angle float64 }

// detector is the PICO face detector: boosted trees of pixel comparisons.
type detector struct {
	depth, trees int
	codes        []int8    // 4 per node, (1<<depth)-1 nodes per tree: row, column of two points in 1/256 of the size
	leaves       []float32 // 1<<depth per tree
	thresholds   []float32
}

// regressor is an ensemble that moves a point, stage by stage, to a pupil or
// another mark of a face.
type regressor struct {
	stages, trees, depth int
	shrink               float64
	codes                []int8
	leaves               []float32 // 2 per leaf: row, column, in units of the size
}

type cascades struct {
	face              *detector
	pupil, nose, lips *regressor
}

var theCascades = sync.OnceValue(func() *cascades {
	c := &cascades{}
	var err error
	must := func(r *regressor, e error) *regressor {
		if e != nil {
			err = e
		}
		return r
	}
	c.face, err = readDetector(facefinderFile)
	c.pupil, c.nose, c.lips = must(readRegressor(puplocFile)), must(readRegressor(noseFile)), must(readRegressor(mouthFile))
	if err != nil {
		// The files are compiled in; a broken one is a broken build.
		panic(err)
	}
	return c
})

func readDetector(b []byte) (*detector, error) {
	if len(b) < 16 {
		return nil, fmt.Errorf("face cascade: %d bytes", len(b))
	}
	d := &detector{depth: int(binary.LittleEndian.Uint32(b[8:])), trees: int(binary.LittleEndian.Uint32(b[12:]))}
	leaves := 1 << d.depth
	size := 4*(leaves-1) + 4*leaves + 4
	if b = b[16:]; len(b) != d.trees*size {
		return nil, fmt.Errorf("face cascade: %d bytes, want %d", len(b), d.trees*size)
	}
	for ; len(b) > 0; b = b[size:] {
		d.codes = appendInt8(d.codes, b[:4*(leaves-1)])
		d.leaves = appendFloat(d.leaves, b[4*(leaves-1):size-4])
		d.thresholds = appendFloat(d.thresholds, b[size-4:size])
	}
	return d, nil
}

func readRegressor(b []byte) (*regressor, error) {
	if len(b) < 16 {
		return nil, fmt.Errorf("landmark cascade: %d bytes", len(b))
	}
	u := func(i int) int { return int(binary.LittleEndian.Uint32(b[i:])) }
	r := &regressor{stages: u(0), shrink: float64(math.Float32frombits(uint32(u(4)))), trees: u(8), depth: u(12)}
	leaves := 1 << r.depth
	size := 4*(leaves-1) + 8*leaves
	if b = b[16:]; len(b) != r.stages*r.trees*size {
		return nil, fmt.Errorf("landmark cascade: %d bytes, want %d", len(b), r.stages*r.trees*size)
	}
	for ; len(b) > 0; b = b[size:] {
		r.codes = appendInt8(r.codes, b[:4*(leaves-1)])
		r.leaves = appendFloat(r.leaves, b[4*(leaves-1):size])
	}
	return r, nil
}

func appendInt8(dst []int8, b []byte) []int8 {
	for _, v := range b {
		dst = append(dst, int8(v))
	}
	return dst
}

func appendFloat(dst []float32, b []byte) []float32 {
	for ; len(b) >= 4; b = b[4:] {
		dst = append(dst, math.Float32frombits(binary.LittleEndian.Uint32(b)))
	}
	return dst
}

// score rates one window; 0 or less is no face. The window lies wholly inside
// the plane when it is upright; a turned one is clamped at the edges.
func (d *detector) score(p plane, f frame) float32 {
	if f.angle == 0 {
		return d.scoreUpright(p, int(f.y), int(f.x), int(f.size))
	}
	sin, cos := math.Sincos(f.angle)
	qs, qc := int(sin*f.size*256), int(cos*f.size*256)
	y0, x0 := int(f.y*65536), int(f.x*65536)
	nodes := 1<<d.depth - 1
	var sum float32
	for t := range d.trees {
		codes := d.codes[4*nodes*t:]
		idx := 0
		for range d.depth {
			c := codes[4*idx : 4*idx+4]
			y1 := (y0 + qc*int(c[0]) + qs*int(c[1])) >> 16
			x1 := (x0 - qs*int(c[0]) + qc*int(c[1])) >> 16
			y2 := (y0 + qc*int(c[2]) + qs*int(c[3])) >> 16
			x2 := (x0 - qs*int(c[2]) + qc*int(c[3])) >> 16
			bit := 0
			if p.at(x1, y1) <= p.at(x2, y2) {
				bit = 1
			}
			idx = 2*idx + 1 + bit
		}
		sum += d.leaves[(nodes+1)*t+idx-nodes]
		if sum <= d.thresholds[t] {
			return -1
		}
	}
	return sum - d.thresholds[d.trees-1]
}

func (d *detector) scoreUpright(p plane, row, col, s int) float32 {
	y0, x0 := row*256, col*256
	nodes := 1<<d.depth - 1
	var sum float32
	for t := range d.trees {
		codes := d.codes[4*nodes*t:]
		idx := 0
		for range d.depth {
			c := codes[4*idx : 4*idx+4 : 4*idx+4]
			a := p.pix[((y0+int(c[0])*s)>>8)*p.w+(x0+int(c[1])*s)>>8]
			b := p.pix[((y0+int(c[2])*s)>>8)*p.w+(x0+int(c[3])*s)>>8]
			bit := 0
			if a <= b {
				bit = 1
			}
			idx = 2*idx + 1 + bit
		}
		sum += d.leaves[(nodes+1)*t+idx-nodes]
		if sum <= d.thresholds[t] {
			return -1
		}
	}
	return sum - d.thresholds[d.trees-1]
}

func (p plane) at(x, y int) uint8 {
	return p.pix[min(max(y, 0), p.h-1)*p.w+min(max(x, 0), p.w-1)]
}

// find is one face found: a square window and the summed score of the windows
// that agree on it.
type find struct {
	frame
	score float64
}

// search looks for faces at an angle, from smallest to largest size in pixels,
// and merges windows that overlap. Best first; equal scores keep the order of
// the search, so the result depends on the pixels alone.
func (d *detector) search(p plane, smallest, largest, angle float64) []find {
	var raw []find
	for size := smallest; size <= largest; size *= 1.1 {
		s := math.Floor(size)
		step := max(math.Floor(0.1*s), 1)
		off := math.Floor(s/2) + 1
		for y := off; y <= float64(p.h)-off; y += step {
			for x := off; x <= float64(p.w)-off; x += step {
				f := frame{x, y, s, angle}
				if q := d.score(p, f); q > 0 {
					raw = append(raw, find{f, float64(q)})
				}
			}
		}
	}
	slices.SortStableFunc(raw, func(a, b find) int {
		switch {
		case a.score > b.score:
			return -1
		case a.score < b.score:
			return 1
		}
		return 0
	})
	var out []find
	used := make([]bool, len(raw))
	for i := range raw {
		if used[i] {
			continue
		}
		var sum find
		for j := i; j < len(raw); j++ {
			if !used[j] && overlap(raw[i].frame, raw[j].frame) > 0.2 {
				used[j] = true
				q := raw[j].score
				sum.x += raw[j].x * q
				sum.y += raw[j].y * q
				sum.size += raw[j].size * q
				sum.score += q
			}
		}
		sum.x, sum.y, sum.size = sum.x/sum.score, sum.y/sum.score, sum.size/sum.score
		sum.angle = angle
		out = append(out, sum)
	}
	slices.SortStableFunc(out, func(a, b find) int {
		switch {
		case a.score > b.score:
			return -1
		case a.score < b.score:
			return 1
		}
		return 0
	})
	return out
}

// overlap is the intersection over union of two windows.
func overlap(a, b frame) float64 {
	w := max(0, min(a.x+a.size/2, b.x+b.size/2)-max(a.x-a.size/2, b.x-b.size/2))
	h := max(0, min(a.y+a.size/2, b.y+b.size/2)-max(a.y-a.size/2, b.y-b.size/2))
	return w * h / (a.size*a.size + b.size*b.size - w*h)
}

// step runs all stages from one starting frame. mirror reads the trees left for
// right, for the marks of the other half of the face.
func (r *regressor) step(p plane, f frame, mirror bool) (x, y float64) {
	sin, cos := math.Sincos(f.angle)
	flip := 1
	if mirror {
		flip = -1
	}
	nodes := 1<<r.depth - 1
	s, tree := f.size, 0
	for range r.stages {
		qs, qc := int(sin*s*256), int(cos*s*256)
		y0, x0 := int(f.y*65536), int(f.x*65536)
		var dr, dc float64
		for range r.trees {
			codes := r.codes[4*nodes*tree:]
			idx := 0
			for range r.depth {
				c := codes[4*idx : 4*idx+4 : 4*idx+4]
				r1, c1, r2, c2 := int(c[0]), flip*int(c[1]), int(c[2]), flip*int(c[3])
				a := p.at((x0-qs*r1+qc*c1)>>16, (y0+qc*r1+qs*c1)>>16)
				b := p.at((x0-qs*r2+qc*c2)>>16, (y0+qc*r2+qs*c2)>>16)
				bit := 0
				if a > b {
					bit = 1
				}
				idx = 2*idx + 1 + bit
			}
			leaf := r.leaves[2*((nodes+1)*tree+idx-nodes):]
			dr += float64(leaf[0])
			dc += float64(flip) * float64(leaf[1])
			tree++
		}
		f.y += (dr*cos + dc*sin) * s
		f.x += (dc*cos - dr*sin) * s
		s *= r.shrink
	}
	return f.x, f.y
}

// starts are the fixed shifts (in units of the size) and sizes from which a
// regressor begins; the median over them replaces pigo's random ones.
var starts = func() (out [][3]float64) {
	for _, s := range []float64{0.93, 1, 1.07} {
		for _, d := range [][2]float64{{0, 0}, {-0.06, -0.03}, {0.06, 0.03}, {-0.03, 0.06}, {0.03, -0.06}} {
			out = append(out, [3]float64{d[0], d[1], s})
		}
	}
	return out
}()

// locate is the median of the regressor over all starts.
func (r *regressor) locate(p plane, f frame, mirror bool) (x, y float64) {
	xs, ys := make([]float64, 0, 16), make([]float64, 0, 16)
	for _, st := range starts {
		x, y := r.step(p, frame{f.x + st[0]*f.size, f.y + st[1]*f.size, f.size * st[2], f.angle}, mirror)
		xs, ys = append(xs, x), append(ys, y)
	}
	slices.Sort(xs)
	slices.Sort(ys)
	return xs[len(xs)/2], ys[len(ys)/2]
}
