package imagecheck

import (
	"image"
	"math"
)

// point is a place in the work picture, in pixels.
type point struct{ X, Y float64 }

// face is what is known of the one face that is judged. Left and right are
// those of the viewer.
type face struct {
	found  bool
	score  float64 // summed score of the windows that agree, above 3 when found
	others int     // further faces
	box    find    // in work pixels
	left   point   // pupils
	right  point
	nose   point
	mouth  point
	tilt   float64 // degrees, positive when the head leans to the viewer's right
	ied    float64 // distance between the pupils, pixels
	turn   float64 // sideways shift of the nose from the middle of the eyes, in eye distances
}

func (f *face) middle() point {
	return point{(f.left.X + f.right.X) / 2, (f.left.Y + f.right.Y) / 2}
}

// chin is where the chin should be, from eyes and mouth: on the portraits 2.0 to
// 2.2 times as far from the eyes as the upper lip.
func (f *face) chin() point {
	m := f.middle()
	return point{m.X + (f.mouth.X-m.X)*2.05, m.Y + (f.mouth.Y-m.Y)*2.05}
}

const (
	searchWidth = 240 // pixels wide the face is looked for at
	markWidth   = 480 // and its marks
	// clearScore is the summed score below which a find is not taken for a
	// face: on the portraits one face has 15 to several hundred.
	clearScore = 12
	otherScore = 25
)

// findFace looks for faces, upright first and then leaning, and for the marks of
// the best one.
func findFace(work *image.RGBA) face {
	c := theCascades()
	w, h := work.Rect.Dx(), work.Rect.Dy()
	sw := min(searchWidth, w)
	small := luma(averaged(work, sw, max(1, h*sw/w)))
	scale := float64(w) / float64(sw)
	limit := float64(min(small.w, small.h)) - 3
	finds := c.face.search(small, float64(sw)*0.15, limit, 0)
	if len(finds) == 0 || finds[0].score < 2*clearScore {
		for _, deg := range []float64{-14, 14, -28, 28} {
			turned := c.face.search(small, float64(sw)*0.2, limit, deg*math.Pi/180)
			if len(turned) > 0 && (len(finds) == 0 || turned[0].score > 1.5*finds[0].score) {
				finds = turned
			}
		}
	}
	var f face
	if len(finds) == 0 {
		return f
	}
	best := finds[0]
	f.score = best.score
	f.found = best.score >= 3
	for _, o := range finds[1:] {
		// A second window inside the head is a part of the same face.
		if o.score >= otherScore && o.size > 0.3*best.size && math.Hypot(o.x-best.x, o.y-best.y) > 0.55*best.size {
			f.others++
		}
	}
	mw := min(markWidth, w)
	mid := small
	if mw != sw {
		mid = luma(averaged(work, mw, max(1, h*mw/w)))
	}
	zoom := float64(mw) / float64(sw)
	box := frame{best.x * zoom, best.y * zoom, best.size * zoom, best.angle}
	f.marks(c, mid, box)
	back := float64(w) / float64(mw)
	for _, p := range []*point{&f.left, &f.right, &f.nose, &f.mouth} {
		p.X, p.Y = p.X*back, p.Y*back
	}
	f.ied *= back
	best.x, best.y, best.size = best.x*scale, best.y*scale, best.size*scale
	f.box = best
	return f
}

// place is the point at (dx, dy) window sizes from the centre of a turned frame.
func (f frame) place(dx, dy float64) (x, y float64) {
	sin, cos := math.Sincos(f.angle)
	return f.x + (dx*cos-dy*sin)*f.size, f.y + (dx*sin+dy*cos)*f.size
}

// marks finds pupils, nose and mouth. The pupil trees were trained on level
// faces and read too small a tilt, so the frame is turned by what was found and
// the search repeated.
func (f *face) marks(c *cascades, p plane, box frame) {
	for range 3 {
		lx, ly := box.place(-0.18, -0.075)
		rx, ry := box.place(0.18, -0.075)
		s := 0.25 * box.size
		f.left.X, f.left.Y = c.pupil.both(p, frame{lx, ly, s, box.angle})
		f.right.X, f.right.Y = c.pupil.both(p, frame{rx, ry, s, box.angle})
		angle := math.Atan2(f.right.Y-f.left.Y, f.right.X-f.left.X)
		if math.Abs(angle-box.angle) < 0.006 || math.Abs(angle) > 0.8 {
			box.angle = angle
			break
		}
		box.angle = angle
		// Keep the eyes where they were found while the frame turns about them.
		m := f.middle()
		dx, dy := frame{0, 0, box.size, angle}.place(0, 0.075)
		box.x, box.y = m.X+dx, m.Y+dy
	}
	f.tilt = box.angle * 180 / math.Pi
	f.ied = math.Hypot(f.right.X-f.left.X, f.right.Y-f.left.Y)
	m := f.middle()
	sin, cos := math.Sincos(box.angle)
	at := func(dx, dy, size float64) frame {
		return frame{m.X + (dx*cos-dy*sin)*f.ied, m.Y + (dx*sin+dy*cos)*f.ied, size * f.ied, box.angle}
	}
	f.nose.X, f.nose.Y = c.nose.both(p, at(0, 0.25, 3))
	a, b := c.lips.locate(p, at(0, 0.25, 3), false)
	a2, b2 := c.lips.locate(p, at(0, 0.25, 3), true)
	f.mouth = point{(a + a2) / 2, (b + b2) / 2}
	if f.ied > 0 {
		f.turn = ((f.nose.X-m.X)*cos + (f.nose.Y-m.Y)*sin) / f.ied
	}
}

// both averages the trees and their mirror image, so that a mirrored photo gets
// the mirrored answer.
func (r *regressor) both(p plane, f frame) (x, y float64) {
	x1, y1 := r.locate(p, f, false)
	x2, y2 := r.locate(p, f, true)
	return (x1 + x2) / 2, (y1 + y2) / 2
}

// aligned is the face turned level at a fixed size: 200 x 160 pixels, pupils 80
// apart at (60, 64) and (140, 64).
func (f *face) aligned(work *image.RGBA) *image.RGBA {
	const w, h, eyes = 200, 160, 80.0
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	m := f.middle()
	k := f.ied / eyes
	sin, cos := math.Sincos(f.tilt * math.Pi / 180)
	// Average as many samples per side as source pixels fall on one of ours.
	n := max(1, int(k+0.5))
	for y := range h {
		for x := range w {
			var r, g, b int
			for j := range n {
				for i := range n {
					dx := (float64(x) - 100 + (float64(i)+0.5)/float64(n)) * k
					dy := (float64(y) - 64 + (float64(j)+0.5)/float64(n)) * k
					cr, cg, cb := bilinear(work, m.X+dx*cos-dy*sin, m.Y+dx*sin+dy*cos)
					r += cr
					g += cg
					b += cb
				}
			}
			d := out.Pix[y*out.Stride+4*x:]
			q := n * n * 256
			d[0], d[1], d[2], d[3] = uint8(r/q), uint8(g/q), uint8(b/q), 255
		}
	}
	return out
}

// bilinear samples m at x, y (pixel centres at .5), in 1/256.
func bilinear(m *image.RGBA, x, y float64) (r, g, b int) {
	w, h := m.Rect.Dx(), m.Rect.Dy()
	x, y = min(max(x-0.5, 0), float64(w-1)), min(max(y-0.5, 0), float64(h-1))
	x0, y0 := int(x), int(y)
	x1, y1 := min(x0+1, w-1), min(y0+1, h-1)
	fx, fy := int((x-float64(x0))*16), int((y-float64(y0))*16)
	a, c := m.Pix[y0*m.Stride+4*x0:], m.Pix[y0*m.Stride+4*x1:]
	d, e := m.Pix[y1*m.Stride+4*x0:], m.Pix[y1*m.Stride+4*x1:]
	wa, wc, wd, we := (16-fx)*(16-fy), fx*(16-fy), (16-fx)*fy, fx*fy
	return int(a[0])*wa + int(c[0])*wc + int(d[0])*wd + int(e[0])*we,
		int(a[1])*wa + int(c[1])*wc + int(d[1])*wd + int(e[1])*we,
		int(a[2])*wa + int(c[2])*wc + int(d[2])*wd + int(e[2])*we
}
