package imagecheck

import (
	"image"
	"image/color"
	"math"
)

// workPixels is the most that measures look at; larger photos are averaged down
// by a whole factor first.
const workPixels = 1_300_000

// shrunk averages k x k blocks of m, with the least k that brings it to at most
// maxPixels, and gives RGBA. It reads the decoder's own planes, so a photo of
// 50 megapixels never exists as RGBA.
func shrunk(m image.Image, maxPixels int) (*image.RGBA, int) {
	b := m.Bounds()
	k := 1
	for (b.Dx()/k)*(b.Dy()/k) > maxPixels {
		k++
	}
	if k == 1 {
		return toRGBA(m), 1
	}
	w, h := b.Dx()/k, b.Dy()/k
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	n := k * k
	for y := range h {
		for x := range w {
			d := out.Pix[y*out.Stride+4*x:]
			d[3] = 255
			x0, y0 := b.Min.X+x*k, b.Min.Y+y*k
			switch s := m.(type) {
			case *image.YCbCr:
				var sy, scb, scr int
				for j := range k {
					yo := s.YOffset(x0, y0+j)
					for _, v := range s.Y[yo : yo+k] {
						sy += int(v)
					}
					for i := range k {
						co := s.COffset(x0+i, y0+j)
						scb += int(s.Cb[co])
						scr += int(s.Cr[co])
					}
				}
				d[0], d[1], d[2] = color.YCbCrToRGB(uint8(sy/n), uint8(scb/n), uint8(scr/n))
			case *image.Gray:
				var sum int
				for j := range k {
					o := s.PixOffset(x0, y0+j)
					for _, v := range s.Pix[o : o+k] {
						sum += int(v)
					}
				}
				d[0] = uint8(sum / n)
				d[1], d[2] = d[0], d[0]
			case *image.CMYK:
				var c [4]int
				for j := range k {
					o := s.PixOffset(x0, y0+j)
					for i := range k {
						for q := range 4 {
							c[q] += int(s.Pix[o+4*i+q])
						}
					}
				}
				d[0], d[1], d[2] = color.CMYKToRGB(uint8(c[0]/n), uint8(c[1]/n), uint8(c[2]/n), uint8(c[3]/n))
			case *image.RGBA:
				var c [3]int
				for j := range k {
					o := s.PixOffset(x0, y0+j)
					for i := range k {
						for q := range 3 {
							c[q] += int(s.Pix[o+4*i+q])
						}
					}
				}
				d[0], d[1], d[2] = uint8(c[0]/n), uint8(c[1]/n), uint8(c[2]/n)
			}
		}
	}
	return out, k
}

// averaged scales m down to w x h, each pixel the mean of the area it covers in
// whole source pixels. Going up it repeats the nearest pixel.
func averaged(m *image.RGBA, w, h int) *image.RGBA {
	sw, sh := m.Rect.Dx(), m.Rect.Dy()
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		y0 := y * sh / h
		y1 := max((y+1)*sh/h, y0+1)
		for x := range w {
			x0 := x * sw / w
			x1 := max((x+1)*sw/w, x0+1)
			var r, g, b uint32
			for j := y0; j < y1; j++ {
				row := m.Pix[j*m.Stride+4*x0 : j*m.Stride+4*x1]
				for i := 0; i+3 < len(row); i += 4 {
					r += uint32(row[i])
					g += uint32(row[i+1])
					b += uint32(row[i+2])
				}
			}
			n := uint32((x1 - x0) * (y1 - y0))
			d := out.Pix[y*out.Stride+4*x:]
			d[0], d[1], d[2], d[3] = uint8((r+n/2)/n), uint8((g+n/2)/n), uint8((b+n/2)/n), 255
		}
	}
	return out
}

// luma is the grey picture of m (ITU-R BT.601 weights).
func luma(m *image.RGBA) plane {
	p := plane{w: m.Rect.Dx(), h: m.Rect.Dy()}
	p.pix = make([]uint8, p.w*p.h)
	for y := range p.h {
		row := m.Pix[y*m.Stride : y*m.Stride+4*p.w]
		dst := p.pix[y*p.w : (y+1)*p.w]
		for x := range dst {
			dst[x] = uint8((299*uint32(row[4*x]) + 587*uint32(row[4*x+1]) + 114*uint32(row[4*x+2]) + 500) / 1000)
		}
	}
	return p
}

// lab is a colour in CIELAB under D65: L* 0 to 100, a* and b* about -128 to 127.
type lab struct{ L, A, B float32 }

func (c lab) chroma() float64 { return math.Hypot(float64(c.A), float64(c.B)) }

// distance is the plain difference of CIE 1976.
func (c lab) distance(d lab) float64 {
	l, a, b := float64(c.L-d.L), float64(c.A-d.A), float64(c.B-d.B)
	return math.Sqrt(l*l + a*a + b*b)
}

// linear and cube are tables: the sRGB transfer curve (IEC 61966-2-1) and
// CIELAB's f (ISO/CIE 11664-4) on 0 to 1 in 4096 steps.
var linear, cube = func() (lin [256]float32, cub [4097]float32) {
	for i := range lin {
		v := float64(i) / 255
		if v <= 0.04045 {
			v /= 12.92
		} else {
			v = math.Pow((v+0.055)/1.055, 2.4)
		}
		lin[i] = float32(v)
	}
	for i := range cub {
		t := float64(i) / 4096
		if t > 216.0/24389 {
			cub[i] = float32(math.Cbrt(t))
		} else {
			cub[i] = float32((24389.0/27*t + 16) / 116)
		}
	}
	return
}()

func labF(t float32) float32 {
	t = min(max(t, 0), 1) * 4096
	i := min(int(t), 4095)
	return cube[i] + (cube[i+1]-cube[i])*(t-float32(i))
}

func toLab(r, g, b uint8) lab {
	lr, lg, lb := linear[r], linear[g], linear[b]
	x := labF((0.4124564*lr + 0.3575761*lg + 0.1804375*lb) / 0.95047)
	y := labF(0.2126729*lr + 0.7151522*lg + 0.0721750*lb)
	z := labF((0.0193339*lr + 0.1191920*lg + 0.9503041*lb) / 1.08883)
	return lab{116*y - 16, 500 * (x - y), 200 * (y - z)}
}

// labOf converts a whole picture.
func labOf(m *image.RGBA) []lab {
	w, h := m.Rect.Dx(), m.Rect.Dy()
	out := make([]lab, w*h)
	for y := range h {
		row := m.Pix[y*m.Stride:]
		for x := range w {
			out[y*w+x] = toLab(row[4*x], row[4*x+1], row[4*x+2])
		}
	}
	return out
}
