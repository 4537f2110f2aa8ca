package imagecheck

import (
	"image"
	"math"
)

// quality holds what is measured on the face itself, turned level and scaled to
// 80 pixels between the pupils.
type quality struct {
	sharp   float64 // variance of the Laplacian of luma
	burnt   float64 // share of the face with luma >= 247
	dark    float64 // share of the face with luma <= 25
	cast    float64 // distance of the mean skin colour from that of any skin, CIELAB
	sides   float64 // overlap of the histograms of both cheeks, 0 to 1
	bridge  float64 // mean vertical gradient across the bridge of the nose
	lenses  float64 // luma of both eye regions over that of the cheeks
	eyes    float64 // contrast within the weaker eye region, over the luma of the cheeks
	fringe  float64 // height of bare forehead above the eyes, in eye distances
	strange float64 // share of the upper head in colours that hair does not have
	smooth  float64 // mean gradient of the upper head: hair has strands, cloth is flat
	pale    float64 // share of the upper head that is light and without colour
}

// Regions of the aligned face, 200 x 160 with the pupils at (60,64), (140,64).
var (
	faceRegion   = image.Rect(45, 30, 155, 150)
	bridgeRegion = image.Rect(88, 48, 112, 82)
	leftCheek    = image.Rect(48, 94, 76, 118)
	rightCheek   = image.Rect(124, 94, 152, 118)
	leftEye      = image.Rect(44, 56, 76, 74)
	rightEye     = image.Rect(124, 56, 156, 74)
)

func measureQuality(work *image.RGBA, f *face, b *background) quality {
	var q quality
	al := f.aligned(work)
	p := luma(al)
	q.sharp = laplacianVariance(p, faceRegion)
	n := 0
	for y := faceRegion.Min.Y; y < faceRegion.Max.Y; y++ {
		for _, v := range p.pix[y*p.w+faceRegion.Min.X : y*p.w+faceRegion.Max.X] {
			n++
			if v >= 247 {
				q.burnt++
			}
			if v <= 25 {
				q.dark++
			}
		}
	}
	q.burnt /= float64(n)
	q.dark /= float64(n)
	skin := meanLab(al, leftCheek, rightCheek)
	q.cast = math.Hypot(outside(float64(skin.A), 2, 30), outside(float64(skin.B), 2, 38))
	q.sides = cheekOverlap(p)
	q.bridge = bridgeEdges(p)
	eyes := (meanOf(p, leftEye) + meanOf(p, rightEye)) / 2
	cheeks := (meanOf(p, leftCheek) + meanOf(p, rightCheek)) / 2
	q.lenses = eyes / max(cheeks, 1)
	q.eyes = min(spreadOf(p, leftEye), spreadOf(p, rightEye)) / max(cheeks, 1)
	q.lenses = min(q.lenses, coveredEyes(work, f))
	q.upperHead(work, f, b, skin)
	return q
}

func outside(v, lo, hi float64) float64 { return max(lo-v, v-hi, 0) }

func meanOf(p plane, r image.Rectangle) float64 {
	sum := 0
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for _, v := range p.pix[y*p.w+r.Min.X : y*p.w+r.Max.X] {
			sum += int(v)
		}
	}
	return float64(sum) / float64(r.Dx()*r.Dy())
}

func spreadOf(p plane, r image.Rectangle) float64 {
	m, sq := meanOf(p, r), 0.0
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for _, v := range p.pix[y*p.w+r.Min.X : y*p.w+r.Max.X] {
			sq += (float64(v) - m) * (float64(v) - m)
		}
	}
	return math.Sqrt(sq / float64(r.Dx()*r.Dy()))
}

// coveredEyes compares the luma where the face as a whole says that the eyes
// are with that of the cheeks below. Behind dark glasses the search for pupils
// ends anywhere; the frame of the face stays.
func coveredEyes(work *image.RGBA, f *face) float64 {
	fr := f.box.frame
	fr.angle = f.tilt * math.Pi / 180
	mean := func(cx, cy, rx, ry float64) float64 {
		sum := 0.0
		for j := -4; j <= 4; j++ {
			for i := -4; i <= 4; i++ {
				x, y := fr.place(cx+float64(i)/4*rx, cy+float64(j)/4*ry)
				r, g, b := bilinear(work, x, y)
				sum += float64(299*r+587*g+114*b) / 256000
			}
		}
		return sum / 81
	}
	eyes := mean(-0.18, -0.075, 0.07, 0.045) + mean(0.18, -0.075, 0.07, 0.045)
	cheeks := mean(-0.17, 0.12, 0.06, 0.04) + mean(0.17, 0.12, 0.06, 0.04)
	return eyes / max(cheeks, 1)
}

func meanLab(m *image.RGBA, rs ...image.Rectangle) lab {
	var l, a, b float64
	n := 0
	for _, r := range rs {
		for y := r.Min.Y; y < r.Max.Y; y++ {
			for x := r.Min.X; x < r.Max.X; x++ {
				o := y*m.Stride + 4*x
				c := toLab(m.Pix[o], m.Pix[o+1], m.Pix[o+2])
				l, a, b = l+float64(c.L), a+float64(c.A), b+float64(c.B)
				n++
			}
		}
	}
	k := float64(n)
	return lab{float32(l / k), float32(a / k), float32(b / k)}
}

func laplacianVariance(p plane, r image.Rectangle) float64 {
	var sum, sq float64
	n := 0
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for x := r.Min.X; x < r.Max.X; x++ {
			i := y*p.w + x
			v := float64(4*int(p.pix[i]) - int(p.pix[i-1]) - int(p.pix[i+1]) - int(p.pix[i-p.w]) - int(p.pix[i+p.w]))
			sum += v
			sq += v * v
			n++
		}
	}
	m := sum / float64(n)
	return sq/float64(n) - m*m
}

// cheekOverlap compares the light on both cheeks.
func cheekOverlap(p plane) float64 {
	var h [2][32]float64
	for k, r := range [2]image.Rectangle{leftCheek, rightCheek} {
		for y := r.Min.Y; y < r.Max.Y; y++ {
			for _, v := range p.pix[y*p.w+r.Min.X : y*p.w+r.Max.X] {
				h[k][v>>3] += 1 / float64(r.Dx()*r.Dy())
			}
		}
	}
	sum := 0.0
	for i := range h[0] {
		sum += min(h[0][i], h[1][i])
	}
	return sum
}

// bridgeEdges is the mean strength of horizontal edges over the bridge of the
// nose after a 3x3 Gauss: the bar of a pair of glasses (after Jiang, Binkert and
// Achermann, 2000). Sobel's kernel is taken with its full weights, 1 2 1, over 4.
func bridgeEdges(p plane) float64 {
	g := gauss3(p)
	sum, n := 0.0, 0
	r := bridgeRegion
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for x := r.Min.X; x < r.Max.X; x++ {
			i := y*p.w + x
			v := int(g.pix[i+p.w-1]) + 2*int(g.pix[i+p.w]) + int(g.pix[i+p.w+1]) -
				int(g.pix[i-p.w-1]) - 2*int(g.pix[i-p.w]) - int(g.pix[i-p.w+1])
			sum += math.Abs(float64(v))
			n++
		}
	}
	return sum / float64(n)
}

func gauss3(p plane) plane {
	out := plane{p.w, p.h, make([]uint8, len(p.pix))}
	copy(out.pix, p.pix)
	for y := 1; y < p.h-1; y++ {
		for x := 1; x < p.w-1; x++ {
			i := y*p.w + x
			s := 4*int(p.pix[i]) + 2*(int(p.pix[i-1])+int(p.pix[i+1])+int(p.pix[i-p.w])+int(p.pix[i+p.w])) +
				int(p.pix[i-p.w-1]) + int(p.pix[i-p.w+1]) + int(p.pix[i+p.w-1]) + int(p.pix[i+p.w+1])
			out.pix[i] = uint8((s + 8) / 16)
		}
	}
	return out
}

// upperHead looks at what lies above the forehead, where hair should be.
func (q *quality) upperHead(work *image.RGBA, f *face, b *background, skin lab) {
	m := f.middle()
	sin, cos := math.Sincos(f.tilt * math.Pi / 180)
	at := func(dx, dy float64) (lab, bool) {
		x, y := m.X+(dx*cos-dy*sin)*f.ied, m.Y+(dx*sin+dy*cos)*f.ied
		u, v := int(x/b.perWork), int(y/b.perWork)
		if u < 0 || v < 0 || u >= b.w || v >= b.h || b.kind[v*b.w+u] != personKind {
			return lab{}, false
		}
		r, g, bl := bilinear(work, x, y)
		return toLab(uint8(r>>8), uint8(g>>8), uint8(bl>>8)), true
	}
	// Bare forehead: go up from the brows along three lines until the colour is
	// no longer that of the cheeks.
	for _, dx := range [3]float64{-0.25, 0, 0.25} {
		y, miss := -0.5, 0
		for ; y > -2.2 && miss < 3; y -= 0.03 {
			c, ok := at(dx, y)
			if !ok || c.distance(lab{c.L, skin.A, skin.B}) > 16 || math.Abs(float64(c.L-skin.L)) > 32 {
				miss++
			} else {
				miss = 0
			}
		}
		q.fringe += (-y - 0.09) / 3
	}
	top := (m.Y - b.crown) / f.ied
	n, strange, pale := 0, 0, 0
	var grad float64
	grads := 0
	from := max(0.75, min(q.fringe+0.1, top-0.35))
	for dy := from; dy < top; dy += 0.04 {
		var prev lab
		had := false
		for dx := -0.8; dx <= 0.8; dx += 0.04 {
			c, ok := at(dx, -dy)
			if !ok {
				had = false
				continue
			}
			n++
			ch := c.chroma()
			hue := math.Atan2(float64(c.B), float64(c.A)) * 180 / math.Pi
			if ch > 48 || ch > 16 && (hue < -20 || hue > 108) {
				strange++
			}
			if c.L > 70 && ch < 10 {
				pale++
			}
			if had {
				grad += math.Abs(float64(c.L - prev.L))
				grads++
			}
			prev, had = c, true
		}
	}
	if n > 0 {
		q.strange, q.pale = float64(strange)/float64(n), float64(pale)/float64(n)
	}
	if grads > 0 {
		q.smooth = grad / float64(grads)
	}
}
