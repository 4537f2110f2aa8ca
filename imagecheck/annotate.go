package imagecheck

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math"
	"slices"
	"strings"
)

// annotateHeight is the height in pixels of the picture that Annotate draws.
const annotateHeight = 720

// The colours of the overlay, told apart also by those who do not tell red from
// green: the page's legend names them.
var (
	faceColour   = color.RGBA{0, 114, 178, 255}
	eyeColour    = color.RGBA{0, 158, 115, 255}
	cropColour   = color.RGBA{204, 121, 167, 255}
	faultColour  = color.RGBA{213, 60, 0, 255}
	shadowColour = color.RGBA{230, 159, 0, 255}
)

// Annotate draws what Check saw over the photo, as a PNG at most 720 pixels
// high: the face box (blue), the line of the eyes with nose and chin (green), in
// a background that does not pass what is not white or does not belong there
// (red) and shadows (orange), and the frame that Prepare would take (pink), if the photo has pixels enough. The error is a
// *Refusal when the bytes are no photo.
func Annotate(ctx context.Context, data []byte, rules *Rules) ([]byte, error) {
	a, err := analyse(ctx, data, rules, wasmPixels)
	if err != nil {
		return nil, err
	}
	if a.refusal != nil {
		return nil, a.refusal
	}
	w, h := a.work.Rect.Dx(), a.work.Rect.Dy()
	k := min(1, float64(annotateHeight)/float64(h))
	c := canvas{averaged(a.work, max(1, int(float64(w)*k)), max(1, int(float64(h)*k))), k}
	if a.back != nil && slices.ContainsFunc(a.result.Measures, func(m Measure) bool {
		return strings.HasPrefix(m.ID, "background.") && m.Status != Pass
	}) {
		c.background(a)
	}
	if a.face.found {
		c.face(a)
		if crop, ok := a.crop(); ok {
			c.frame(crop, float64(w), float64(h))
		}
	}
	var buf bytes.Buffer
	if err := png.Encode(&buf, c.m); err != nil {
		return nil, fmt.Errorf("encode overlay: %w", err)
	}
	return buf.Bytes(), nil
}

// canvas draws in work pixels, scaled by k.
type canvas struct {
	m *image.RGBA
	k float64
}

func (c canvas) blend(x, y int, col color.RGBA, share float64) {
	if !(image.Point{x, y}).In(c.m.Rect) {
		return
	}
	d := c.m.Pix[c.m.PixOffset(x, y):]
	for i, v := range [3]uint8{col.R, col.G, col.B} {
		d[i] = uint8(float64(d[i])*(1-share) + float64(v)*share)
	}
}

// line is drawn two pixels wide; dash > 0 leaves every other stretch out.
func (c canvas) line(a, b point, col color.RGBA, dash float64) {
	dx, dy := (b.X-a.X)*c.k, (b.Y-a.Y)*c.k
	n := int(math.Hypot(dx, dy)*2) + 1
	for i := range n + 1 {
		t := float64(i) / float64(n)
		if dash > 0 && int(float64(i)/2/dash)%2 == 1 {
			continue
		}
		x, y := int(a.X*c.k+dx*t), int(a.Y*c.k+dy*t)
		for j := range 2 {
			for q := range 2 {
				c.blend(x+j, y+q, col, 1)
			}
		}
	}
}

func (c canvas) background(a *analysis) {
	b := a.back
	small := labOf(averaged(a.work, b.w, b.h))
	w, h := c.m.Rect.Dx(), c.m.Rect.Dy()
	for y := range h {
		for x := range w {
			i := min(y*b.h/h, b.h-1)*b.w + min(x*b.w/w, b.w-1)
			p := small[i]
			switch {
			case b.kind[i] == objectKind:
				c.blend(x, y, faultColour, 0.6)
			case b.kind[i] == shadowKind:
				c.blend(x, y, shadowColour, 0.6)
			case b.kind[i] == backgroundKind && (p.L < 90 || p.chroma() > 8):
				// Hatched, so that the tone below stays visible.
				if (x+y)/3%3 == 0 {
					c.blend(x, y, faultColour, 0.7)
				}
			}
		}
	}
}

func (c canvas) face(a *analysis) {
	f := &a.face
	m, ch := f.middle(), f.chin()
	sin, cos := math.Sincos(f.tilt * math.Pi / 180)
	up := (m.Y - a.back.crown)
	down := math.Hypot(ch.X-m.X, ch.Y-m.Y)
	half := 1.15 * f.ied
	at := func(dx, dy float64) point { return point{m.X + dx*cos - dy*sin, m.Y + dx*sin + dy*cos} }
	box := [4]point{at(-half, -up), at(half, -up), at(half, down), at(-half, down)}
	for i := range box {
		c.line(box[i], box[(i+1)%4], faceColour, 0)
	}
	c.line(at(-half, 0), at(half, 0), eyeColour, 0)
	for _, p := range []point{f.left, f.right, f.nose, f.mouth} {
		c.line(point{p.X - 0.06*f.ied, p.Y}, point{p.X + 0.06*f.ied, p.Y}, eyeColour, 0)
		c.line(point{p.X, p.Y - 0.06*f.ied}, point{p.X, p.Y + 0.06*f.ied}, eyeColour, 0)
	}
}

func (c canvas) frame(crop Crop, w, h float64) {
	for i := range crop.Corners {
		p, q := crop.Corners[i], crop.Corners[(i+1)%4]
		c.line(point{p[0] * w, p[1] * h}, point{q[0] * w, q[1] * h}, cropColour, 6)
	}
}
