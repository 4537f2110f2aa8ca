package testpki

import (
	"bytes"
	"fmt"
	"hash/fnv"
	"image"
	"image/color"
	"image/png"
	"math"
	"math/rand/v2"
	"strings"

	"golang.org/x/image/vector"
)

var (
	sealRed = color.NRGBA{211, 32, 39, 255}
	inkBlue = color.NRGBA{24, 58, 168, 255}
)

// canvas collects filled shapes of one colour on a transparent ground.
type canvas struct {
	r     *vector.Rasterizer
	w, h  int
	scale float64 // pixels per unit; y upwards
}

// finer is how many times finer shapes are drawn than the picture is: the
// rasteriser adds up the soft edges of touching shapes, which shows as beads.
const finer = 4

func newCanvas(w, h int, scale float64) *canvas {
	return &canvas{vector.NewRasterizer(w*finer, h*finer), w * finer, h * finer, scale * finer}
}

// polygon fills p. All shapes are turned the same way round, since the
// rasteriser lets areas of opposite direction cancel.
func (c *canvas) polygon(p []point) {
	area := 0.
	for i, a := range p {
		b := p[(i+1)%len(p)]
		area += a.x*b.y - b.x*a.y
	}
	at := func(i int) (float32, float32) {
		q := p[i]
		if area < 0 {
			q = p[len(p)-1-i]
		}
		return float32(q.x * c.scale), float32(float64(c.h) - q.y*c.scale)
	}
	c.r.MoveTo(at(0))
	for i := 1; i < len(p); i++ {
		c.r.LineTo(at(i))
	}
	c.r.ClosePath()
}

// stroke draws a line with round ends whose width may change along the way.
func (c *canvas) stroke(p []point, width func(i int) float64) {
	for i, a := range p {
		ra := width(i) / 2
		c.polygon(arc(a.x, a.y, ra, ra, 0, 348))
		if i+1 == len(p) {
			break
		}
		b, rb := p[i+1], width(i+1)/2
		dx, dy := b.x-a.x, b.y-a.y
		if l := math.Hypot(dx, dy); l > 0 {
			nx, ny := -dy/l, dx/l
			c.polygon([]point{{a.x + nx*ra, a.y + ny*ra}, {b.x + nx*rb, b.y + ny*rb}, {b.x - nx*rb, b.y - ny*rb}, {a.x - nx*ra, a.y - ny*ra}})
		}
	}
}

func constant(w float64) func(int) float64 { return func(int) float64 { return w } }

func (c *canvas) ring(cx, cy, r, width float64) {
	n := 180
	p := make([]point, n+1)
	for i := range p {
		a := 2 * math.Pi * float64(i) / float64(n)
		p[i] = point{cx + r*math.Cos(a), cy + r*math.Sin(a)}
	}
	c.stroke(p, constant(width))
}

// letter draws g with its baseline through place, which maps the glyph's
// coordinates to the canvas.
func (c *canvas) letter(g glyph, width float64, place func(point) point) {
	for _, s := range g.strokes {
		moved := make([]point, len(s))
		for i, p := range s {
			moved[i] = place(p)
		}
		c.stroke(moved, constant(width))
	}
}

// text draws a line centred about (cx, y), narrowed to fit maxWidth.
func (c *canvas) text(s string, cx, y, height, pen, maxWidth float64) {
	glyphs, w := shapes(s)
	squeeze := min(1, maxWidth/(w*height))
	x := cx - w*height*squeeze/2
	for _, g := range glyphs {
		c.letter(g, pen, func(p point) point { return point{x + p.x*height*squeeze, y + p.y*height} })
		x += (g.width + bearing) * height * squeeze
	}
}

// around draws text clockwise on the upper part of a circle of radius r,
// centred at its top, narrowed to at most maxAngle degrees.
func (c *canvas) around(s string, cx, cy, r, height, pen, maxAngle float64) {
	glyphs, w := shapes(s)
	squeeze := min(1, maxAngle*math.Pi/180*r/(w*height))
	along := -w * height * squeeze / 2
	for _, g := range glyphs {
		mid := along + g.width*height*squeeze/2
		c.letter(g, pen, func(p point) point {
			x, y := along-mid+p.x*height*squeeze, p.y*height
			a := mid / r // clockwise from the top
			sin, cos := math.Sincos(a)
			return point{cx + (r+y)*sin + x*cos, cy + (r+y)*cos - x*sin}
		})
		along += (g.width + bearing) * height * squeeze
	}
}

func (c *canvas) png(ink color.NRGBA) ([]byte, error) {
	mask := image.NewAlpha(image.Rect(0, 0, c.w, c.h))
	c.r.Draw(mask, mask.Bounds(), image.Opaque, image.Point{})
	im := image.NewNRGBA(image.Rect(0, 0, c.w/finer, c.h/finer))
	for y := range c.h / finer {
		for x := range c.w / finer {
			var sum int
			for dy := range finer {
				for _, a := range mask.Pix[(y*finer+dy)*mask.Stride+x*finer:][:finer] {
					sum += int(a)
				}
			}
			// Sixteen steps of opacity are enough for an edge and compress well.
			const most, steps = 255 * finer * finer, 15
			if a := (sum*steps + most/2) / most; a > 0 {
				im.SetNRGBA(x, y, color.NRGBA{ink.R, ink.G, ink.B, uint8(a * 255 / steps)})
			}
		}
	}
	var b bytes.Buffer
	enc := png.Encoder{CompressionLevel: png.BestCompression}
	if err := enc.Encode(&b, im); err != nil {
		return nil, fmt.Errorf("draw picture: %w", err)
	}
	return b.Bytes(), nil
}

// SealPNG draws a round red seal of 36 mm at 300 dpi: the superior agency
// around, the agency in the middle under a star, and the words MẪU TRÌNH DIỄN.
func SealPNG(superior, agency string) ([]byte, error) {
	const mm, dpi = 36.6, 300
	px := int(math.Round(mm * dpi / 25.4))
	c := newCanvas(px, px, dpi/25.4)
	const m = mm / 2
	c.ring(m, m, 17.5, .9)
	c.ring(m, m, 16.6, .25)
	c.ring(m, m, 11.6, .3)
	if superior == "" {
		superior = agency
	}
	c.around(strings.ToUpper(superior), m, m, 12.75, 2, .32, 250)
	c.around2("MẪU TRÌNH DIỄN", m, m, 14.6, 1.7, .28)
	c.polygon(star(m, m+6.4, 3.4))
	lines := wrap(strings.ToUpper(agency), 3)
	height := min(2.5, 9/(float64(len(lines))*1.75))
	y := m + 1.1
	for _, l := range lines {
		y -= height * .55
		half := math.Sqrt(max(9, 10.9*10.9-(y-m)*(y-m)))
		c.text(l, m, y, height, .34, 2*half-1.5)
		y -= height * 1.2
	}
	return c.png(sealRed)
}

// around2 draws text counter-clockwise along the bottom, upright to a reader.
func (c *canvas) around2(s string, cx, cy, r, height, pen float64) {
	glyphs, w := shapes(s)
	along := -w * height / 2
	for _, g := range glyphs {
		mid := along + g.width*height/2
		c.letter(g, pen, func(p point) point {
			x, y := along-mid+p.x*height, p.y*height
			sin, cos := math.Sincos(mid / r)
			return point{cx + (r-y)*sin + x*cos, cy - (r-y)*cos + x*sin}
		})
		along += (g.width + bearing) * height
	}
}

func star(cx, cy, r float64) []point {
	p := make([]point, 10)
	for i := range p {
		a := math.Pi/2 + float64(i)*math.Pi/5
		q := r
		if i%2 == 1 {
			q = r * .382
		}
		p[i] = point{cx + q*math.Cos(a), cy + q*math.Sin(a)}
	}
	return p
}

// wrap breaks text into at most n lines of about the same length.
func wrap(text string, n int) []string {
	words := strings.Fields(text)
	total := len([]rune(strings.Join(words, " ")))
	n = min(n, max(1, (total+8)/12))
	var lines []string
	line, done := "", 0
	for _, w := range words {
		with := strings.TrimSpace(line + " " + w)
		target := (total - done + n - len(lines) - 1) / max(1, n-len(lines))
		if line != "" && len(lines) < n-1 && len([]rune(with)) > target+2 {
			lines = append(lines, line)
			done += len([]rune(line)) + 1
			with = w
		}
		line = with
	}
	return append(lines, line)
}

// SignaturePNG draws a blue signature, its strokes varied by the name, about
// 45 × 20 mm at 300 dpi, with the word MẪU small beneath.
func SignaturePNG(name string) ([]byte, error) {
	const wmm, hmm, dpi = 45., 20., 300
	c := newCanvas(int(math.Round(wmm*dpi/25.4)), int(math.Round(hmm*dpi/25.4)), dpi/25.4)
	h := fnv.New64a()
	h.Write([]byte(name))
	rng := rand.New(rand.NewPCG(h.Sum64(), 7))
	vary := func(v, by float64) float64 { return v + (rng.Float64()*2-1)*by }

	// A tall looped initial, a run of small waves, a long closing flourish.
	way := []point{
		{3, vary(9, 1)},
		{6, vary(13, 1)},
		{9, vary(17.5, .8)},
		{9.8, 18},
		{8, 13},
		{6, vary(6, .8)},
		{5.6, 4.2},
		{7, 4.8},
		{9.5, vary(9, 1)},
		{11.5, vary(12.2, .6)},
		{11.4, 9.5},
		{10.9, 7.4},
		{12, 7.2},
	}
	x, high := 13.5, 4.2
	for range 4 + rng.IntN(3) {
		way = append(way, point{x, vary(7.2+high, .5)}, point{x + vary(.3, .3), vary(6.9, .4)})
		x += vary(2.1, .6)
		high *= .78
	}
	way = append(way, point{x + 1, vary(8, .6)}, point{x + 4.5, vary(14.5, 1)}, point{x + 5, 15.5}, point{x + 3.2, 10}, point{x + 2, vary(4, .6)}, point{x - 1, vary(2.6, .4)},
		point{x - 7, 3.4}, point{x - 4, vary(4.6, .4)}, point{x + 4, 6.2}, point{min(x+13, 40), vary(9.5, 1)})
	for i := range way {
		way[i].x += .12 * way[i].y
	}
	smooth := spline(way, 14)
	c.stroke(smooth, func(i int) float64 {
		a, b := smooth[max(0, i-2)], smooth[min(len(smooth)-1, i+2)]
		speed := math.Hypot(b.x-a.x, b.y-a.y)
		ends := min(1, float64(min(i, len(smooth)-1-i))/20+.3)
		return max(.22, .85-.28*speed) * ends
	})
	c.text("MẪU", 39.5, 1.2, 1.8, .22, 8)
	return c.png(inkBlue)
}

// spline is the Catmull-Rom curve through p with n steps a span.
func spline(p []point, n int) []point {
	var out []point
	for i := range len(p) - 1 {
		a, b, c, d := p[max(0, i-1)], p[i], p[i+1], p[min(len(p)-1, i+2)]
		for k := range n {
			t := float64(k) / float64(n)
			f := func(a, b, c, d float64) float64 {
				return .5 * (2*b + (c-a)*t + (2*a-5*b+4*c-d)*t*t + (3*b-a-3*c+d)*t*t*t)
			}
			out = append(out, point{f(a.x, b.x, c.x, d.x), f(a.y, b.y, c.y, d.y)})
		}
	}
	return append(out, p[len(p)-1])
}
