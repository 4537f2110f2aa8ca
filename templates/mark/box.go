package mark

import (
	"errors"
	"fmt"
	"math"

	"antin/internal/pdf"
)

// box is the part of a page that is shown: its crop box, and how the page is
// turned. Lengths are points of user space.
type box struct {
	x0, y0, x1, y1 float64
	turn           int // clockwise degrees: 0, 90, 180, 270
}

const mm = 72 / 25.4

var errBox = errors.New("no usable page box")

// boxOf reads /CropBox within /MediaBox and /Rotate (ISO 32000-1, 14.11.2).
func boxOf(f *pdf.File, p pdf.Page) (box, error) {
	media, ok, err := rectOf(f, p.Dict["MediaBox"])
	if err != nil || !ok {
		return box{}, errBox
	}
	b := box{x0: media[0], y0: media[1], x1: media[2], y1: media[3]}
	crop, ok, err := rectOf(f, p.Dict["CropBox"])
	if err != nil {
		return box{}, errBox
	}
	if ok {
		b.x0, b.y0 = max(b.x0, crop[0]), max(b.y0, crop[1])
		b.x1, b.y1 = min(b.x1, crop[2]), min(b.y1, crop[3])
	}
	turn, err := f.Int(p.Dict["Rotate"])
	if err != nil || turn%90 != 0 || turn < -3600 || turn > 3600 {
		return box{}, errBox
	}
	b.turn = int((turn%360 + 360) % 360)
	if p.Dict["UserUnit"] != nil {
		if u, err := f.Num(p.Dict["UserUnit"]); err != nil || u != 1 {
			return box{}, errBox
		}
	}
	const least, most = 72, 14400 // an inch; annex C.2
	if w, h := b.x1-b.x0, b.y1-b.y0; !(w >= least && h >= least && w <= most && h <= most) {
		return box{}, errBox
	}
	return b, nil
}

// rectOf reads a rectangle with its corners put in order.
func rectOf(f *pdf.File, o pdf.Object) (r [4]float64, ok bool, err error) {
	a, err := f.Array(o)
	if err != nil || a == nil {
		return r, false, err
	}
	if len(a) != 4 {
		return r, false, errBox
	}
	for i := range r {
		if r[i], err = f.Num(a[i]); err != nil || math.IsNaN(r[i]) || math.Abs(r[i]) > 1e6 {
			return r, false, errBox
		}
	}
	return [4]float64{min(r[0], r[2]), min(r[1], r[3]), max(r[0], r[2]), max(r[1], r[3])}, true, nil
}

// size is width and height as the page is seen.
func (b box) size() (w, h float64) {
	w, h = b.x1-b.x0, b.y1-b.y0
	if b.turn%180 != 0 {
		w, h = h, w
	}
	return w, h
}

// toPage is the matrix from the page as it is seen, its origin at the lower left,
// to user space.
func (b box) toPage() [6]float64 {
	switch b.turn {
	case 90:
		return [6]float64{0, 1, -1, 0, b.x1, b.y0}
	case 180:
		return [6]float64{-1, 0, 0, -1, b.x1, b.y1}
	case 270:
		return [6]float64{0, -1, 1, 0, b.x0, b.y1}
	}
	return [6]float64{1, 0, 0, 1, b.x0, b.y0}
}

// rect is a rectangle of the page as it is seen in user space.
func (b box) rect(x0, y0, x1, y1 float64) pdf.Array {
	m := b.toPage()
	ax, ay := m[0]*x0+m[2]*y0+m[4], m[1]*x0+m[3]*y0+m[5]
	bx, by := m[0]*x1+m[2]*y1+m[4], m[1]*x1+m[3]*y1+m[5]
	return numbers(min(ax, bx), min(ay, by), max(ax, bx), max(ay, by))
}

// numbers are rounded to hundredths, as everything that is drawn here.
func numbers(v ...float64) pdf.Array {
	a := make(pdf.Array, len(v))
	for i, x := range v {
		a[i] = pdf.Real(math.Round(x*100) / 100)
	}
	return a
}

func matrix(m [6]float64) string {
	return fmt.Sprintf("%.5g %.5g %.5g %.5g %.5g %.5g cm\n", m[0], m[1], m[2], m[3], m[4], m[5])
}
