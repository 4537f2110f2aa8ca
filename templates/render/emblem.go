package render

import (
	"fmt"
	"math"
	"strings"
	"sync"

	"antin/fonts"
	"antin/internal/pdf"
)

// emblemWords stand on the ribbon of the national emblem.
const emblemWords = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"

// emblemForm is the national emblem as a form XObject of the unit square. It has
// what the Constitution of 2013, Điều 13, names: a round red ground with a yellow
// star of five points in its middle, ears of rice around it, and below half a
// cogwheel and the words of the ribbon. It is drawn after that description; the
// ministry's own artwork is not at hand.
var emblemForm = sync.OnceValues(func() (*pdf.Stream, error) {
	ops, err := emblem()
	if err != nil {
		return nil, fmt.Errorf("render: national emblem: %w", err)
	}
	return pdf.Deflate(pdf.Dict{
		"Type": pdf.Name("XObject"), "Subtype": pdf.Name("Form"),
		"BBox":      pdf.Array{pdf.Integer(0), pdf.Integer(0), pdf.Integer(emblemSide), pdf.Integer(emblemSide)},
		"Matrix":    pdf.Array{pdf.Real(1.0 / emblemSide), pdf.Integer(0), pdf.Integer(0), pdf.Real(1.0 / emblemSide), pdf.Integer(0), pdf.Integer(0)},
		"Resources": pdf.Dict{},
	}, []byte(ops), 9), nil
})

// emblemSide is the square that the emblem is drawn in, its disc's centre at
// emblemX, emblemY.
const emblemSide, emblemX, emblemY = 200, 100.0, 106.0

const (
	emblemRed    = "0.84 0.09 0.12"
	emblemYellow = "1 0.84 0.16"
	emblemGold   = "0.80 0.58 0.05" // lines between yellow parts
)

func emblem() (string, error) {
	d := &drawing{}
	d.fill(emblemGold)
	d.circle(emblemX, emblemY, 92)
	d.paint("f")
	d.fill(emblemYellow)
	d.circle(emblemX, emblemY, 90)
	d.paint("f")
	d.fill(emblemRed)
	d.circle(emblemX, emblemY, 86)
	d.paint("f")
	d.fill(emblemYellow)
	d.star(emblemX, emblemY+18, 38)
	d.paint("f")
	d.cogwheel()
	for _, side := range []float64{-1, 1} {
		d.rice(side)
	}
	err := d.ribbon()
	return d.b.String(), err
}

// drawing writes path operators (ISO 32000-1, 8.5).
type drawing struct{ b strings.Builder }

func (d *drawing) fill(rgb string) { fmt.Fprintf(&d.b, "%s rg\n", rgb) }

func (d *drawing) paint(op string) { fmt.Fprintf(&d.b, "%s\n", op) }

func (d *drawing) move(x, y float64) { fmt.Fprintf(&d.b, "%.2f %.2f m\n", x, y) }

func (d *drawing) line(x, y float64) { fmt.Fprintf(&d.b, "%.2f %.2f l\n", x, y) }

func (d *drawing) curve(x1, y1, x2, y2, x3, y3 float64) {
	fmt.Fprintf(&d.b, "%.2f %.2f %.2f %.2f %.2f %.2f c\n", x1, y1, x2, y2, x3, y3)
}

func (d *drawing) circle(x, y, r float64) {
	const k = 0.5523 // of a quarter circle's control points
	d.move(x+r, y)
	d.curve(x+r, y+k*r, x+k*r, y+r, x, y+r)
	d.curve(x-k*r, y+r, x-r, y+k*r, x-r, y)
	d.curve(x-r, y-k*r, x-k*r, y-r, x, y-r)
	d.curve(x+k*r, y-r, x+r, y-k*r, x+r, y)
}

// star has five points on a circle of radius r.
func (d *drawing) star(x, y, r float64) {
	for i := range 10 {
		q := r
		if i%2 == 1 {
			q *= math.Sin(math.Pi/10) / math.Sin(3*math.Pi/10)
		}
		a := math.Pi/2 + float64(i)*math.Pi/5
		if i == 0 {
			d.move(x+q*math.Cos(a), y+q*math.Sin(a))
		} else {
			d.line(x+q*math.Cos(a), y+q*math.Sin(a))
		}
	}
	d.paint("h")
}

// grain is one grain of rice: a leaf from its base in direction a.
func (d *drawing) grain(x, y, a, length, width float64) {
	at := func(along, across float64) (float64, float64) {
		return x + along*math.Cos(a) - across*math.Sin(a), y + along*math.Sin(a) + across*math.Cos(a)
	}
	tipX, tipY := at(length, 0)
	lx1, ly1 := at(0.25*length, width)
	lx2, ly2 := at(0.8*length, 0.75*width)
	rx1, ry1 := at(0.25*length, -width)
	rx2, ry2 := at(0.8*length, -0.75*width)
	d.move(x, y)
	d.curve(lx1, ly1, lx2, ly2, tipX, tipY)
	d.curve(rx2, ry2, rx1, ry1, x, y)
}

// rice is the ears at one side (-1 left, 1 right): two bows of grains that rise
// from the ribbon to the top, where both sides nearly meet.
func (d *drawing) rice(side float64) {
	fmt.Fprintf(&d.b, "%s RG 0.6 w %s rg\n", emblemGold, emblemYellow)
	for _, bow := range []struct{ r, low, high, length float64 }{{72, -74, 70, 15}, {84, -68, 76, 16}} {
		const steps = 22
		for i := range steps {
			deg := bow.low + (bow.high-bow.low)*float64(i)/(steps-1)
			a := deg * math.Pi / 180
			x, y := emblemX+side*bow.r*math.Cos(a), emblemY+bow.r*math.Sin(a)
			along := a + math.Pi/2 // the way up, on the right side
			for _, lean := range []float64{-0.5, 0.5} {
				turn := along + lean
				if side < 0 {
					turn = math.Pi - turn
				}
				d.grain(x, y, turn, bow.length, 3.4)
				d.paint("b")
			}
		}
	}
}

// cogwheel is the upper half of a wheel with its teeth, hub and rim.
func (d *drawing) cogwheel() {
	const x, y, teeth = emblemX, emblemY - 70, 9
	at := func(r, deg float64) (float64, float64) {
		a := deg * math.Pi / 180
		return x + r*math.Cos(a), y + r*math.Sin(a)
	}
	d.fill(emblemYellow)
	const pitch = 180.0 / teeth
	d.move(at(28, 0))
	for i := range teeth {
		from := float64(i) * pitch
		for _, p := range [][2]float64{{28, from + 0.22*pitch}, {35, from + 0.32*pitch}, {35, from + 0.68*pitch}, {28, from + 0.78*pitch}, {28, from + pitch}} {
			d.line(at(p[0], p[1]))
		}
	}
	d.paint("h f")
	half := func(r float64, rgb string) {
		const k = 0.5523
		d.fill(rgb)
		d.move(x+r, y)
		d.curve(x+r, y+k*r, x+k*r, y+r, x, y+r)
		d.curve(x-k*r, y+r, x-r, y+k*r, x-r, y)
		d.paint("h f")
	}
	half(20, emblemRed)
	half(9, emblemYellow)
	fmt.Fprintf(&d.b, "%s RG 3 w\n", emblemYellow)
	for _, deg := range []float64{30, 90, 150} {
		d.move(at(8, deg))
		d.line(at(22, deg))
		d.paint("S")
	}
}

// ribbon is the red band at the foot with its words in capitals, on a bow that
// hangs down.
func (d *drawing) ribbon() error {
	const cx, cy, outer, inner, half = 100.0, 190.0, 178.0, 158.0, 30.0 // degrees to each side of straight down
	at := func(r, deg float64) (float64, float64) {
		a := (270 + deg) * math.Pi / 180
		return cx + r*math.Cos(a), cy + r*math.Sin(a)
	}
	band := func(r1, r2, half float64, op string) {
		const n = 24
		for i := range n + 1 {
			x, y := at(r1, -half+2*half*float64(i)/n)
			if i == 0 {
				d.move(x, y)
			} else {
				d.line(x, y)
			}
		}
		for i := range n + 1 {
			d.line(at(r2, half-2*half*float64(i)/n))
		}
		d.paint(op)
	}
	fmt.Fprintf(&d.b, "%s RG 1.2 w %s rg\n", emblemYellow, emblemRed)
	for _, side := range []float64{-1, 1} { // the ends, folded back
		d.move(at(inner-6, side*(half-4)))
		d.line(at(inner-6, side*(half+4.5)))
		d.line(at((inner+outer)/2-6, side*(half+2)))
		d.line(at(outer-6, side*(half+4.5)))
		d.line(at(outer-6, side*(half-4)))
		d.paint("b")
	}
	band(outer, inner, half, "b")
	shapes, err := fonts.Outline(emblemWords)
	if err != nil {
		return err
	}
	var total float64
	for _, s := range shapes {
		total += s.Advance
	}
	const base = 172.5 // radius of the base line
	arc := 2 * (half - 1.5) * math.Pi / 180 * base
	size := min(arc/total, 0.0085) // pt per thousandth of an em
	d.fill(emblemYellow)
	pos := -total * size / 2
	for _, s := range shapes {
		mid := (pos + s.Advance*size/2) / base // radians from straight down
		sin, cos := math.Sin(mid), math.Cos(mid)
		put := func(p [2]float64) (float64, float64) {
			u, v := (p[0]-s.Advance/2)*size, p[1]*size
			return cx + base*sin + u*cos - v*sin, cy - base*cos + u*sin + v*cos
		}
		for _, k := range s.Path {
			x, y := put(k.Points[0])
			switch k.Op {
			case 'm':
				d.move(x, y)
			case 'l':
				d.line(x, y)
			case 'c':
				x2, y2 := put(k.Points[1])
				x3, y3 := put(k.Points[2])
				d.curve(x, y, x2, y2, x3, y3)
			}
		}
		if len(s.Path) > 0 {
			d.paint("f")
		}
		pos += s.Advance * size
	}
	return nil
}
