package render

import (
	"fmt"
	"math"
	"strings"
	"sync"

	"antin/internal/pdf"
	"antin/templates/layout"
)

// ground returns the form XObject of a ground, written once per file.
func (r *renderer) ground(g layout.Ground) pdf.Ref {
	if ref, ok := r.grounds[g]; ok {
		return ref
	}
	ref := r.w.Add(groundForms[g]())
	if r.grounds == nil {
		r.grounds = map[layout.Ground]pdf.Ref{}
	}
	r.grounds[g] = ref
	return ref
}

// A4 upright in pt: grounds are drawn for it.
const groundW, groundH = 595.28, 841.89

var groundForms = map[layout.Ground]func() *pdf.Stream{
	layout.PermitCover:  sync.OnceValue(func() *pdf.Stream { return groundForm(coverGround()) }),
	layout.PermitInside: sync.OnceValue(func() *pdf.Stream { return groundForm(insideGround()) }),
}

func groundForm(ops string) *pdf.Stream {
	return pdf.Deflate(pdf.Dict{
		"Type": pdf.Name("XObject"), "Subtype": pdf.Name("Form"),
		"BBox":      pdf.Array{pdf.Integer(0), pdf.Integer(0), pdf.Real(groundW), pdf.Real(groundH)},
		"Resources": pdf.Dict{},
	}, []byte(ops), 9)
}

// The frames of both grounds stand clear of the strip in the bottom margin.
const frameLeft, frameBottom, frameInset = 32.0, 70.0, 5.0

// frames strokes the two frames, the outer one with weight pt.
func frames(b *strings.Builder, weight float64) {
	w, h := groundW-2*frameLeft, groundH-frameLeft-frameBottom
	fmt.Fprintf(b, "%.2f w %.2f %.2f %.2f %.2f re S\n", weight, frameLeft, frameBottom, w, h)
	fmt.Fprintf(b, "0.5 w %.2f %.2f %.2f %.2f re S\n", frameLeft+frameInset, frameBottom+frameInset, w-2*frameInset, h-2*frameInset)
}

// coverGround is the blue first page of Mẫu số 12/PLI: a light blue ground, so
// that black text stays readable (contrast over 10:1), in a darker frame.
func coverGround() string {
	var b strings.Builder
	fmt.Fprintf(&b, "0.74 0.86 0.96 rg 0 0 %.2f %.2f re f\n", groundW, groundH)
	b.WriteString("0.16 0.38 0.68 RG ")
	frames(&b, 2)
	// A border of interlaced waves inside the frames.
	b.WriteString("0.45 0.65 0.86 RG 0.5 w\n")
	const left, right, low, high = frameLeft + 15, groundW - frameLeft - 15, frameBottom + 15, groundH - frameLeft - 15
	for phase := range 3 {
		p := float64(phase) * 2 * math.Pi / 3
		for _, y := range []float64{low, high} {
			wave(&b, left, right, 144, func(t float64) (float64, float64) { return t, y + 4*math.Sin((t-left)/(right-left)*40*math.Pi+p) })
		}
		for _, x := range []float64{left, right} {
			wave(&b, low, high, 216, func(t float64) (float64, float64) { return x + 4*math.Sin((t-low)/(high-low)*60*math.Pi+p), t })
		}
	}
	return b.String()
}

// insideGround is the second page: white, blue guilloche, a star in the middle.
func insideGround() string {
	var b strings.Builder
	fmt.Fprintf(&b, "1 g 0 0 %.2f %.2f re f\n", groundW, groundH)
	const cx, cy = groundW / 2, (groundH + frameBottom - frameLeft) / 2
	// The star, pale enough for text over it.
	b.WriteString("0.87 0.93 0.98 rg ")
	for i := range 10 {
		r := 118.0
		if i%2 == 1 {
			r *= math.Sin(math.Pi/10) / math.Sin(3*math.Pi/10)
		}
		a := math.Pi/2 + float64(i)*math.Pi/5
		op := "l"
		if i == 0 {
			op = "m"
		}
		fmt.Fprintf(&b, "%.2f %.2f %s ", cx+r*math.Cos(a), cy+r*math.Sin(a), op)
	}
	b.WriteString("h f\n0.78 0.88 0.96 RG 0.4 w\n")
	// Rosette around the star: petals turned step by step.
	for k := range 12 {
		turn := float64(k) * math.Pi / 72
		wave(&b, 0, 2*math.Pi, 120, func(t float64) (float64, float64) {
			r := 168 + 34*math.Cos(12*t+turn*12)
			return cx + r*math.Cos(t), cy + r*math.Sin(t)
		})
	}
	// Waves over the whole page inside the frames.
	b.WriteString("0.85 0.92 0.975 RG 0.35 w\n")
	for y := frameBottom + 22; y < groundH-frameLeft-16; y += 24 {
		for _, p := range []float64{0, math.Pi} {
			wave(&b, frameLeft+9, groundW-frameLeft-9, 56, func(t float64) (float64, float64) { return t, y + 9*math.Sin(t/26+p) })
		}
	}
	b.WriteString("0.45 0.65 0.86 RG ")
	frames(&b, 1.4)
	return b.String()
}

// wave strokes a smooth curve through n+1 points of f as cubic Béziers
// (Catmull-Rom).
func wave(b *strings.Builder, from, to float64, n int, f func(float64) (float64, float64)) {
	at := func(i int) (float64, float64) { return f(from + (to-from)*float64(i)/float64(n)) }
	x, y := at(0)
	fmt.Fprintf(b, "%.2f %.2f m\n", x, y)
	for i := range n {
		x0, y0 := at(i - 1)
		x1, y1 := at(i)
		x2, y2 := at(i + 1)
		x3, y3 := at(i + 2)
		fmt.Fprintf(b, "%.2f %.2f %.2f %.2f %.2f %.2f c\n",
			x1+(x2-x0)/6, y1+(y2-y0)/6, x2-(x3-x1)/6, y2-(y3-y1)/6, x2, y2)
	}
	b.WriteString("S\n")
}
