package imagecheck

import (
	"image"
	"math"
)

// rotateTest turns a picture clockwise about its middle; edges repeat.
func rotateTest(m *image.RGBA, deg float64) *image.RGBA {
	w, h := m.Rect.Dx(), m.Rect.Dy()
	out := image.NewRGBA(m.Rect)
	sin, cos := math.Sincos(-deg * math.Pi / 180)
	cx, cy := float64(w)/2, float64(h)/2
	for y := range h {
		for x := range w {
			dx, dy := float64(x)+0.5-cx, float64(y)+0.5-cy
			r, g, b := bilinear(m, cx+dx*cos-dy*sin, cy+dx*sin+dy*cos)
			d := out.Pix[y*out.Stride+4*x:]
			d[0], d[1], d[2], d[3] = uint8(r>>8), uint8(g>>8), uint8(b>>8), 255
		}
	}
	return out
}
