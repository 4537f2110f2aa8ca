package imagecheck

import (
	"image"
	"image/color"
	"math"
)

// drawn is a person made of shapes: nobody's face, so it can stand in the
// project. Lengths are in pupil distances from the middle of the eyes.
type drawn struct {
	skin, hair, coat color.RGBA
	long             bool    // hair down to the shoulders
	eye              float64 // pupil distance over the width of the picture
	across, down     float64 // place of the eyes in parts of the picture
	tilt             float64 // degrees
	turn             float64 // sideways shift of the features
	glasses          string  // "", "thin", "thick", "clear", "dark"
	cover            string  // "", "cap", "red cap", "white cap", "scarf", "black scarf"
	side             float64 // light falling off to one side, 0 to 1
	noFace           bool    // a head without features
}

// people are the six that the test set is made of.
func people() []drawn {
	p := drawn{eye: 0.235, across: 0.5, down: 0.43}
	var out []drawn
	for _, v := range []struct {
		skin, hair, coat color.RGBA
		long             bool
	}{
		{color.RGBA{226, 182, 152, 255}, color.RGBA{38, 30, 28, 255}, color.RGBA{40, 48, 78, 255}, false},
		{color.RGBA{236, 198, 172, 255}, color.RGBA{30, 24, 24, 255}, color.RGBA{150, 40, 60, 255}, true},
		{color.RGBA{196, 146, 112, 255}, color.RGBA{26, 22, 22, 255}, color.RGBA{60, 90, 70, 255}, false},
		{color.RGBA{240, 206, 186, 255}, color.RGBA{120, 84, 50, 255}, color.RGBA{70, 70, 80, 255}, true},
		{color.RGBA{150, 104, 78, 255}, color.RGBA{24, 20, 20, 255}, color.RGBA{60, 70, 130, 255}, false},
		{color.RGBA{222, 176, 146, 255}, color.RGBA{120, 118, 116, 255}, color.RGBA{50, 44, 44, 255}, false},
	} {
		q := p
		q.skin, q.hair, q.coat, q.long = v.skin, v.hair, v.coat, v.long
		out = append(out, q)
	}
	return out
}

// grain is a fixed noise, -1 to 1.
func grain(x, y, k int) float64 {
	h := uint32(x)*374761393 + uint32(y)*668265263 + uint32(k)*2246822519
	h = (h ^ h>>13) * 1274126177
	h ^= h >> 16
	return float64(h%2001)/1000 - 1
}

// inside is 1 in the shape, 0 outside, with an edge soft units wide.
func inside(d, soft float64) float64 {
	t := min(max(0.5-d/soft, 0), 1)
	return t * t * (3 - 2*t)
}

func oval(x, y, cx, cy, rx, ry float64) float64 {
	u, v := (x-cx)/rx, (y-cy)/ry
	return (math.Sqrt(u*u+v*v) - 1) * min(rx, ry)
}

func bump(x, y, cx, cy, sx, sy float64) float64 {
	u, v := (x-cx)/sx, (y-cy)/sy
	return math.Exp(-(u*u + v*v) / 2)
}

type rgb [3]float64

func asRGB(c color.RGBA) rgb { return rgb{float64(c.R), float64(c.G), float64(c.B)} }
func (a rgb) mix(b rgb, t float64) rgb {
	return rgb{a[0] + (b[0]-a[0])*t, a[1] + (b[1]-a[1])*t, a[2] + (b[2]-a[2])*t}
}
func (a rgb) times(k float64) rgb { return rgb{a[0] * k, a[1] * k, a[2] * k} }

// paint draws the person at w x h pixels.
func (p drawn) paint(w, h int) *layer {
	l := &layer{m: image.NewRGBA(image.Rect(0, 0, w, h)), alpha: make([]float64, w*h)}
	unit := p.eye * float64(w)
	sin, cos := math.Sincos(p.tilt * math.Pi / 180)
	ox, oy := p.across*float64(w), p.down*float64(h)
	soft := max(0.03, 2/unit)
	for py := range h {
		for px := range w {
			dx, dy := (float64(px)+0.5-ox)/unit, (float64(py)+0.5-oy)/unit
			c, a := p.body(dx, dy, soft, px, py)
			// The head turns about the chin.
			hx, hy := dx*cos+(dy-1.2)*sin, -dx*sin+(dy-1.2)*cos+1.2
			hc, ha := p.head(hx, hy, soft, px, py)
			if ha > 0 {
				c = c.mix(hc, ha)
				a = a + (1-a)*ha
			}
			if a == 0 {
				continue
			}
			l.alpha[py*w+px] = a
			k := 1 - p.side*min(max(dx/1.2+0.5, 0), 1)
			d := l.m.Pix[l.m.PixOffset(px, py):]
			for i := range 3 {
				d[i] = uint8(min(max(c[i]*k, 0), 255))
			}
			d[3] = 255
		}
	}
	at := func(x, y float64) point {
		return point{ox + (x*cos-(y-1.2)*sin)*unit, oy + (x*sin+(y-1.2)*cos+1.2)*unit}
	}
	l.left, l.right, l.mouth = at(-0.5, 0), at(0.5, 0), at(0, 1.12)
	l.crown, l.chin = oy-1.9*unit, oy+2.1*unit
	return l
}

// body is neck, shirt and coat.
func (p drawn) body(x, y, soft float64, px, py int) (rgb, float64) {
	ax := math.Abs(x)
	neck := inside(ax-0.6, soft) * inside(1.2-y, soft)
	top := 2.62 + 0.12*ax + 0.10*ax*ax
	coat := inside(top-y, soft) * inside(ax-2.6, soft)
	c := asRGB(p.skin).times(0.84 - 0.14*bump(x, y, 0, 2.05, 0.8, 0.25))
	if p.cover == "scarf" || p.cover == "black scarf" {
		c = p.cloth()
	}
	a := neck
	if coat > 0 {
		k := asRGB(p.coat).times(1 + 0.05*grain(px, py, 1))
		// The shirt's collar, open in front.
		if v := y - 2.45; ax < 0.28+0.5*max(0, 3.6-y)*0.5 && v > 0 {
			k = rgb{222, 226, 234}
			if ax < 0.1 {
				k = rgb{120, 30, 40}
			}
		}
		c = c.mix(k, coat)
		a = max(a, coat)
	}
	if p.long {
		if m := inside(oval(x, y, 0, 0.6, 1.42, 2.3), soft) * inside(y-2.7, 0.3); m > a {
			return p.strands(x, px, py), m
		}
	}
	return c, a
}

func (p drawn) cloth() rgb {
	switch p.cover {
	case "red cap":
		return rgb{190, 24, 30}
	case "white cap":
		return rgb{246, 246, 246}
	case "scarf":
		return rgb{40, 110, 150}
	case "black scarf", "cap":
		return rgb{22, 22, 24}
	}
	return rgb{}
}

func (p drawn) strands(x float64, px, py int) rgb {
	k := 1 + 0.22*math.Sin(x*46+3*math.Sin(float64(py)/37)) + 0.12*grain(px, py/3, 2)
	return asRGB(p.hair).times(k)
}

// head is everything that turns with it.
func (p drawn) head(x, y, soft float64, px, py int) (rgb, float64) {
	if math.Abs(x) > 1.6 || y < -2.6 || y > 2.8 {
		return rgb{}, 0
	}
	jaw := 1.16 - 0.22*max(0, y-0.6)*max(0, y-0.6)
	skull := oval(x, y, 0, 0.16, max(jaw, 0.4), 1.96)
	hair := oval(x, y, 0, -0.45, 1.28, 1.5)
	a := inside(skull, soft)
	ears := max(inside(oval(x, y, -1.16, 0.32, 0.17, 0.36), soft), inside(oval(x, y, 1.16, 0.32, 0.17, 0.36), soft))
	c := p.face(x, y, soft, px, py)
	// Hair above a hairline, and down to the ears at the sides.
	line := -1.12 + 0.28*x*x
	hairMask := inside(hair, soft) * inside(min(y-line, max(0.98-math.Abs(x), y-0.1)), soft*1.5)
	if p.long {
		ears = 0
		hairMask = max(hairMask, inside(oval(x, y, 0, 0.1, 1.42, 2.05), soft)*inside(1.02-0.1*y*y-math.Abs(x), soft)*inside(y-2.2, 0.3))
	}
	if ears > a {
		c, a = asRGB(p.skin).times(0.86), ears
	}
	if hairMask > 0 {
		c = c.mix(p.strands(x, px, py), hairMask)
		a = max(a, hairMask)
	}
	switch p.cover {
	case "cap", "red cap", "white cap":
		m := inside(oval(x, y, 0, -0.62, 1.34, 1.55), soft) * inside(y+0.62-0.1*x*x, soft)
		brim := inside(oval(x, y, 0, -0.62, 1.25, 0.17), soft)
		k := p.cloth()
		c = c.mix(k, m).mix(k.times(0.7), brim)
		a = max(a, m, brim)
	case "scarf", "black scarf":
		m := inside(oval(x, y, 0, 0.3, 1.42, 2.35), soft) * inside(-oval(x, y, 0, 0.25, 0.98, 1.42), soft)
		c = c.mix(p.cloth().times(0.92+0.08*math.Sin(x*5+y*3)), m)
		a = max(a, m)
	}
	return c, a
}

// face is the skin with its features.
func (p drawn) face(x, y, soft float64, px, py int) rgb {
	skin := asRGB(p.skin)
	light := 1.0 - 0.20*math.Pow(min(math.Abs(x)/1.15, 1.1), 3) - 0.16*max(0, y-1.55)
	light += 0.05*bump(x, y, -0.55, 0.65, 0.3, 0.25) + 0.05*bump(x, y, 0.55, 0.65, 0.3, 0.25) + 0.06*bump(x, y, 0, -0.75, 0.6, 0.25)
	c := skin.times(light + 0.045*grain(px, py, 3))
	if p.noFace {
		return c
	}
	fx := x - p.turn
	// Sockets, nose and mouth are dark where light from above does not reach.
	shade := 0.26*bump(fx, y, -0.5, -0.04, 0.27, 0.15) + 0.26*bump(fx, y, 0.5, -0.04, 0.27, 0.15) +
		0.10*bump(fx, y, -0.17, 0.2, 0.06, 0.3) + 0.10*bump(fx, y, 0.17, 0.2, 0.06, 0.3) +
		0.20*bump(fx, y, 0, 0.78, 0.24, 0.07) + 0.16*bump(fx, y, 0, 1.36, 0.26, 0.06)
	nose := fx - p.turn*0.8
	shade += 0.14*bump(nose, y, -0.2, 0.62, 0.06, 0.09) + 0.14*bump(nose, y, 0.2, 0.62, 0.06, 0.09)
	c = c.times(1 - shade + 0.10*bump(nose, y, 0, 0.35, 0.07, 0.3) + 0.08*bump(nose, y, 0, 0.58, 0.09, 0.09))
	ink := func(k rgb, t float64) { c = c.mix(k, t) }
	for _, s := range [2]float64{-1, 1} {
		ex := s*fx - 0.5
		if ex < -0.55 || math.Abs(y) > 0.9 {
			continue
		}
		ink(rgb{30, 16, 12}, 0.85*inside(oval(s*nose, y, 0.11, 0.69, 0.065, 0.036), soft))
		brow := math.Abs(y+0.36-0.16*(ex-0.05)*(ex-0.05)) - 0.055*(1-0.6*max(0, ex+0.1))
		ink(asRGB(p.hair).times(0.8), 0.8*inside(brow, soft*1.5)*inside(math.Abs(ex)-0.34, soft*2))
		lens := max(oval(ex, y, 0, 0.09, 0.30, 0.21), oval(ex, y, 0, -0.12, 0.30, 0.22))
		open := inside(lens, soft)
		ink(rgb{228, 222, 216}, open)
		ink(rgb{58, 36, 22}, open*inside(oval(ex, y, 0, -0.005, 0.115, 0.115), soft))
		ink(rgb{8, 6, 6}, open*inside(oval(ex, y, 0, -0.005, 0.055, 0.055), soft))
		ink(rgb{250, 250, 250}, open*inside(oval(s*ex, y, -0.03, -0.04, 0.02, 0.02), soft))
		lid := math.Abs(y+0.115-0.33*ex*ex) - 0.022
		ink(rgb{30, 20, 18}, 0.9*inside(lid, soft)*inside(math.Abs(ex)-0.29, soft))
	}
	lips := max(math.Abs(fx)-0.42, math.Abs(y-1.13)-0.12*(1-fx*fx/0.2))
	ink(rgb{skin[0] * 0.82, skin[1] * 0.56, skin[2] * 0.54}, 0.9*inside(lips, soft*2))
	ink(rgb{70, 26, 26}, 0.9*inside(math.Abs(y-1.12+0.05*fx*fx)-0.018, soft)*inside(math.Abs(fx)-0.4, soft))
	return p.spectacles(c, fx, y, soft)
}

func (p drawn) spectacles(c rgb, x, y, soft float64) rgb {
	if p.glasses == "" {
		return c
	}
	frame, thick := rgb{20, 18, 18}, 0.05
	switch p.glasses {
	case "thin":
		frame, thick = rgb{70, 60, 56}, 0.022
	case "rimless":
		frame, thick = rgb{150, 120, 100}, 0.012
	}
	for _, s := range [2]float64{-1, 1} {
		d := oval(s*x-0.52, y, 0, 0.04, 0.4, 0.31)
		if p.glasses == "dark" {
			c = c.mix(rgb{16, 16, 18}, 0.96*inside(d, soft))
		} else {
			c = c.mix(rgb{235, 238, 240}, 0.05*inside(d, soft))
		}
		c = c.mix(frame, inside(math.Abs(d)-thick, soft))
	}
	bar := math.Abs(y-0.0+0.25*(0.14-x*x)) - thick*0.9
	c = c.mix(frame, inside(bar, soft)*inside(math.Abs(x)-0.14, soft))
	arm := math.Abs(y+0.02) - thick*0.8
	return c.mix(frame, inside(arm, soft)*inside(0.9-math.Abs(x), soft)*inside(math.Abs(x)-1.12, soft))
}
