package imagecheck

import (
	"image"
	"math"
	"slices"
)

// backWidth is the width in pixels at which the background is measured.
const backWidth = 236

// background holds what was measured between the border of the photo and the
// person. L* and C* are CIELAB (D65); shares are of the area named.
type background struct {
	w, h int
	// kind marks each pixel of the small picture.
	kind []backKind

	light    float64 // mean L*
	chroma   float64 // mean C*
	spread   float64 // standard deviation of L*
	darkest  float64 // second percentile of L*
	white    float64 // share with L* >= 90 and C* <= 8
	reached  float64 // share of the border (top, upper sides) that is background
	rough    float64 // mean gradient of L* per pixel
	slope    float64 // L* from one side of the picture to the other, of the plane fitted
	shadow   float64 // share above the chin that is a darker tone of the background, to one side
	objects  float64 // share above the chin that neither background nor person is
	crown    float64 // row of the top of the head, work pixels
	cut      bool    // the head reaches the top border
	seen     float64 // share of the area above the chin that is background
	perWork  float64 // work pixels per pixel here
	headArea ellipse
}

type backKind uint8

const (
	personKind backKind = iota
	backgroundKind
	shadowKind
	objectKind
)

// ellipse upright, in pixels of the small picture.
type ellipse struct{ cx, cy, rx, up, down float64 }

func (e ellipse) holds(x, y int) bool {
	dx := (float64(x) + 0.5 - e.cx) / e.rx
	dy := float64(y) + 0.5 - e.cy
	if dy < 0 {
		dy /= e.up
	} else {
		dy /= e.down
	}
	return dx*dx+dy*dy <= 1
}

// headEllipse is what surely belongs to the head; grown multiplies its axes.
func headEllipse(f *face, scale float64, w, h int, grown float64) ellipse {
	if !f.found || f.ied <= 0 {
		return ellipse{float64(w) / 2, float64(h) * 0.42, float64(w) * 0.2 * grown, float64(h) * 0.2 * grown, float64(h) * 0.2 * grown}
	}
	m, s := f.middle(), f.ied/scale
	return ellipse{m.X / scale, m.Y / scale, 1.1 * s * grown, 1.45 * s * grown, 1.9 * s * grown}
}

// measureBackground separates background and person in CIELAB, from the border
// inwards, and measures the background.
func measureBackground(work *image.RGBA, f *face) *background {
	ww, wh := work.Rect.Dx(), work.Rect.Dy()
	w := min(backWidth, ww)
	h := max(8, wh*w/ww)
	b := &background{w: w, h: h, perWork: float64(ww) / float64(w)}
	pix := labOf(averaged(work, w, h))
	b.headArea = headEllipse(f, b.perWork, w, h, 1)
	chin := int(float64(h) * 0.62)
	if f.found {
		chin = min(max(int(f.chin().Y/b.perWork), h/4), h*8/10)
	}
	ref := cornerColour(pix, w, h)
	b.kind = make([]backKind, w*h)
	floodBackground(b, pix, ref, chin)
	b.borderReached()
	b.shadows(pix, ref, headEllipse(f, b.perWork, w, h, 1.08), chin)
	b.strays(chin)
	b.statistics(pix, chin)
	b.findCrown(f)
	return b
}

// cornerColour is the median of both top corners, each a tenth of the picture.
func cornerColour(pix []lab, w, h int) lab {
	var ls, as, bs []float32
	cw, ch := max(1, w/10), max(1, h/10)
	for y := range ch {
		for x := range cw {
			for _, c := range [2]lab{pix[y*w+x], pix[y*w+w-1-x]} {
				ls, as, bs = append(ls, c.L), append(as, c.A), append(bs, c.B)
			}
		}
	}
	slices.Sort(ls)
	slices.Sort(as)
	slices.Sort(bs)
	n := len(ls) / 2
	return lab{ls[n], as[n], bs[n]}
}

// border calls f with each pixel of the top row and of the upper 45% of both
// sides.
func (b *background) border(f func(i int)) {
	for x := range b.w {
		f(x)
	}
	for y := 1; y < b.h*45/100; y++ {
		f(y * b.w)
		f(y*b.w + b.w - 1)
	}
}

// floodBackground grows the background from the border by small steps of
// colour, never into the head, and not where a white shirt would be taken for
// the wall: below the chin between the shoulders, and below 80% of the height.
func floodBackground(b *background, pix []lab, ref lab, chin int) {
	var stack []int32
	add := func(i int) {
		if b.kind[i] == personKind {
			b.kind[i] = backgroundKind
			stack = append(stack, int32(i))
		}
	}
	b.border(func(i int) {
		if pix[i].distance(ref) < 14 {
			add(i)
		}
	})
	lowest := b.h * 8 / 10
	for len(stack) > 0 {
		i := int(stack[len(stack)-1])
		stack = stack[:len(stack)-1]
		x, y := i%b.w, i/b.w
		try := func(x, y int) {
			if x < 0 || y < 0 || x >= b.w || y >= lowest || y > chin && math.Abs(float64(x)-b.headArea.cx) < 1.3*b.headArea.rx {
				return
			}
			j := y*b.w + x
			if b.kind[j] != personKind || pix[j].distance(ref) >= 20 || b.headArea.holds(x, y) {
				return
			}
			p, q := pix[i], pix[j]
			if math.Abs(float64(p.L-q.L))+math.Abs(float64(p.A-q.A))+math.Abs(float64(p.B-q.B)) < 6 {
				add(j)
			}
		}
		try(x-1, y)
		try(x+1, y)
		try(x, y-1)
		try(x, y+1)
	}
}

func (b *background) borderReached() {
	n, hit := 0, 0
	b.border(func(i int) {
		n++
		if b.kind[i] == backgroundKind {
			hit++
		}
	})
	b.reached = float64(hit) / float64(n)
}

// shadows grows on from the background into what has its hue and is darker, as
// a shadow on a wall is, around the head.
func (b *background) shadows(pix []lab, ref lab, head ellipse, chin int) {
	var stack []int32
	for i, k := range b.kind {
		if k == backgroundKind && i/b.w < chin {
			stack = append(stack, int32(i))
		}
	}
	var sides [2]int
	for len(stack) > 0 {
		i := int(stack[len(stack)-1])
		stack = stack[:len(stack)-1]
		x, y := i%b.w, i/b.w
		for _, d := range [4][2]int{{-1, 0}, {1, 0}, {0, -1}, {0, 1}} {
			u, v := x+d[0], y+d[1]
			if u < 0 || v < 0 || u >= b.w || v >= chin {
				continue
			}
			j := v*b.w + u
			c := pix[j]
			if b.kind[j] != personKind || c.L <= 55 || head.holds(u, v) ||
				math.Hypot(float64(c.A-ref.A), float64(c.B-ref.B)) > 9 {
				continue
			}
			// A shadow may begin sharply; within, it is smooth and grey hair is not.
			if b.kind[i] == shadowKind && math.Abs(float64(c.L-pix[i].L)) > 5 {
				continue
			}
			b.kind[j] = shadowKind
			stack = append(stack, int32(j))
			if float64(u) < head.cx {
				sides[0]++
			} else {
				sides[1]++
			}
		}
	}
	// White hair stands on both sides of the head, a shadow falls to one: what
	// both sides have in common counts a quarter.
	common := 2 * min(sides[0], sides[1])
	b.shadow = (float64(sides[0]+sides[1]-common) + float64(common)/4) / float64(b.w*chin)
}

// strays finds what stands in the background above the chin and is not joined
// to the head: things, marks, and patches of another tone that no person casts.
func (b *background) strays(chin int) {
	seen := make([]bool, b.w*chin)
	total := 0
	var stack, part []int32
	for start := range seen {
		kind := b.kind[start]
		if seen[start] || kind != personKind && kind != shadowKind {
			continue
		}
		stack, part = append(stack[:0], int32(start)), part[:0]
		seen[start] = true
		head := false
		for len(stack) > 0 {
			i := int(stack[len(stack)-1])
			stack = stack[:len(stack)-1]
			part = append(part, int32(i))
			x, y := i%b.w, i/b.w
			head = head || b.headArea.holds(x, y)
			for _, d := range [8][2]int{{-1, 0}, {1, 0}, {0, -1}, {0, 1}, {-1, -1}, {1, -1}, {-1, 1}, {1, 1}} {
				u, v := x+d[0], y+d[1]
				if u < 0 || v < 0 || u >= b.w || v >= chin {
					continue
				}
				j := v*b.w + u
				// A shadow that touches the person is the person's.
				head = head || kind == shadowKind && b.kind[j] == personKind
				if !seen[j] && b.kind[j] == kind {
					seen[j] = true
					stack = append(stack, int32(j))
				}
			}
		}
		// Less than a dozen pixels is a loose hair or dust. What reaches the
		// lower edge of the strip is the shoulders, unless it is far above them.
		if head || len(part) < 12 {
			continue
		}
		top := int(slices.Min(part)) / b.w
		if touches := int(slices.Max(part)) / b.w; touches == chin-1 && top > chin*6/10 {
			continue
		}
		total += len(part)
		for _, i := range part {
			b.kind[i] = objectKind
		}
	}
	b.objects = float64(total) / float64(b.w*chin)
}

// statistics measures the background away from its edges.
func (b *background) statistics(pix []lab, chin int) {
	near := b.headArea
	near.rx, near.up, near.down = 1.2*near.rx, 1.2*near.up, 1.1*near.down
	inner := make([]bool, len(b.kind))
	const margin = 3
	for y := range b.h {
		for x := range b.w {
			// Next to the head light hair and its halo pass for background.
			ok := b.kind[y*b.w+x] == backgroundKind && !near.holds(x, y)
			for d := 1; ok && d <= margin; d++ {
				ok = (x < d || b.kind[y*b.w+x-d] == backgroundKind) && (x+d >= b.w || b.kind[y*b.w+x+d] == backgroundKind) &&
					(y < d || b.kind[(y-d)*b.w+x] == backgroundKind) && (y+d >= b.h || b.kind[(y+d)*b.w+x] == backgroundKind)
			}
			inner[y*b.w+x] = ok
		}
	}
	var (
		ls                    []float32
		sumL, sumC, sumSq     float64
		white, grads, n, part int
		grad                  float64
		sx, sy, sxx, syy, sxy float64
		slx, sly              float64
	)
	for i, ok := range inner {
		y, x := i/b.w, i%b.w
		if b.kind[i] == backgroundKind && y < chin {
			part++
		}
		if !ok {
			continue
		}
		c := pix[i]
		l, ch := float64(c.L), c.chroma()
		n++
		ls = append(ls, c.L)
		sumL += l
		sumSq += l * l
		sumC += ch
		if l >= 90 && ch <= 8 {
			white++
		}
		if x+1 < b.w && y+1 < b.h && inner[i+1] && inner[i+b.w] {
			grad += math.Hypot(float64(pix[i+1].L)-l, float64(pix[i+b.w].L)-l)
			grads++
		}
		u, v := float64(x)/float64(b.w)-0.5, float64(y)/float64(b.h)-0.5
		sx, sy, sxx, syy, sxy, slx, sly = sx+u, sy+v, sxx+u*u, syy+v*v, sxy+u*v, slx+l*u, sly+l*v
	}
	b.seen = float64(part) / float64(b.w*chin)
	if n < 200 {
		return
	}
	k := float64(n)
	b.light, b.chroma = sumL/k, sumC/k
	b.spread = math.Sqrt(max(0, sumSq/k-b.light*b.light))
	slices.Sort(ls)
	b.darkest = float64(ls[n*2/100])
	b.white = float64(white) / k
	b.rough = grad / float64(max(1, grads))
	// Least squares plane through L*, solved about the means.
	mu, mv := sx/k, sy/k
	cxx, cyy, cxy := sxx/k-mu*mu, syy/k-mv*mv, sxy/k-mu*mv
	cx, cy := slx/k-b.light*mu, sly/k-b.light*mv
	if det := cxx*cyy - cxy*cxy; det > 1e-9 {
		b.slope = math.Hypot((cx*cyy-cy*cxy)/det, (cy*cxx-cx*cxy)/det)
	}
}

// findCrown looks for the top of the head above the face.
func (b *background) findCrown(f *face) {
	cx, half := b.headArea.cx, b.headArea.rx*0.8
	x0, x1 := max(0, int(cx-half)), min(b.w-1, int(cx+half))
	bottom := min(b.h-1, max(0, int(b.headArea.cy)))
	for y := range bottom {
		n := 0
		for x := x0; x <= x1; x++ {
			if b.kind[y*b.w+x] == personKind {
				n++
			}
		}
		if n >= max(3, (x1-x0)/12) {
			b.crown = float64(y) * b.perWork
			b.cut = y == 0
			return
		}
	}
	b.crown = float64(bottom) * b.perWork
}
