package imagecheck

import (
	"bytes"
	"context"
	"image"
	"image/color"
	"image/jpeg"
	"math"
)

// decode turns inspected bytes into pixels as they are stored: not yet turned, in
// the colours of the file. The second result is the part of the full size that
// was decoded: 1, 1/2, 1/4, ...
func decode(ctx context.Context, data []byte, in *Info, maxPixels int) (image.Image, float64, error) {
	if err := ctx.Err(); err != nil {
		return nil, 0, err
	}
	if in.Format == JPEG {
		// Never image.Decode: it would reach whatever decoders other packages
		// of the program have registered.
		m, err := jpeg.Decode(bytes.NewReader(data))
		if err != nil {
			return nil, 0, refuse("format.corrupt", "JPEG")
		}
		if b := m.Bounds(); b.Dx() != in.storedWidth() || b.Dy() != in.storedHeight() {
			return nil, 0, refuse("format.corrupt", "JPEG")
		}
		return m, 1, nil
	}
	reduce := 0
	for reduce < in.levels && (in.Width>>reduce)*(in.Height>>reduce) > maxPixels {
		reduce++
	}
	if (in.Width>>reduce)*(in.Height>>reduce) > 2*maxPixels {
		return nil, 0, refuse("format.no-levels", in.Width, in.Height)
	}
	build := stoppableOpenJPEG
	if in.plain {
		build = fastOpenJPEG
	}
	o, err := build()
	if err != nil {
		return nil, 0, err
	}
	r, err := o.decode(ctx, data[in.codestream.from:in.codestream.to], in, reduce)
	if err != nil {
		return nil, 0, err
	}
	m := r.image(in.Color == CMYK)
	return m, 1 / float64(int(1)<<reduce), nil
}

// storedWidth and storedHeight undo the turn that Orientation asks for.
func (in *Info) storedWidth() int {
	if in.Orientation >= 5 {
		return in.Height
	}
	return in.Width
}

func (in *Info) storedHeight() int {
	if in.Orientation >= 5 {
		return in.Width
	}
	return in.Height
}

func (r *raster) image(cmyk bool) image.Image {
	if r.components == 1 {
		return &image.Gray{Pix: r.pix, Stride: r.width, Rect: image.Rect(0, 0, r.width, r.height)}
	}
	m := image.NewRGBA(image.Rect(0, 0, r.width, r.height))
	for i := range r.width * r.height {
		p := r.pix[i*r.components:]
		switch {
		case r.components == 4 && cmyk:
			c := color.RGBAModel.Convert(color.CMYK{C: p[0], M: p[1], Y: p[2], K: p[3]}).(color.RGBA)
			m.Pix[4*i], m.Pix[4*i+1], m.Pix[4*i+2] = c.R, c.G, c.B
		default:
			m.Pix[4*i], m.Pix[4*i+1], m.Pix[4*i+2] = p[0], p[1], p[2]
		}
		m.Pix[4*i+3] = 255
	}
	return m
}

// fromCMYK converts without a profile: what is white stays white, which is what
// the measures need.
func fromCMYK(c *image.CMYK) *image.RGBA {
	b := c.Bounds()
	m := image.NewRGBA(image.Rect(0, 0, b.Dx(), b.Dy()))
	for y := range b.Dy() {
		src, dst := c.Pix[y*c.Stride:], m.Pix[y*m.Stride:]
		for x := range b.Dx() {
			s, d := src[4*x:4*x+4], dst[4*x:4*x+4]
			d[0], d[1], d[2] = color.CMYKToRGB(s[0], s[1], s[2], s[3])
			d[3] = 255
		}
	}
	return m
}

// toRGBA gives the picture as RGBA with its origin at 0,0.
func toRGBA(m image.Image) *image.RGBA {
	b := m.Bounds()
	if r, ok := m.(*image.RGBA); ok && b.Min == (image.Point{}) {
		return r
	}
	out := image.NewRGBA(image.Rect(0, 0, b.Dx(), b.Dy()))
	switch s := m.(type) {
	case *image.CMYK:
		return fromCMYK(s)
	case *image.YCbCr:
		for y := range b.Dy() {
			d := out.Pix[y*out.Stride : y*out.Stride+4*b.Dx()]
			for x := range b.Dx() {
				yi, ci := s.YOffset(b.Min.X+x, b.Min.Y+y), s.COffset(b.Min.X+x, b.Min.Y+y)
				d[4*x], d[4*x+1], d[4*x+2] = color.YCbCrToRGB(s.Y[yi], s.Cb[ci], s.Cr[ci])
				d[4*x+3] = 255
			}
		}
	case *image.Gray:
		for y := range b.Dy() {
			src := s.Pix[s.PixOffset(b.Min.X, b.Min.Y+y):]
			d := out.Pix[y*out.Stride : y*out.Stride+4*b.Dx()]
			for x := range b.Dx() {
				d[4*x], d[4*x+1], d[4*x+2], d[4*x+3] = src[x], src[x], src[x], 255
			}
		}
	default:
		for y := range b.Dy() {
			for x := range b.Dx() {
				out.Set(x, y, m.At(b.Min.X+x, b.Min.Y+y))
			}
		}
	}
	return out
}

// upright applies an EXIF orientation (Exif 2.32, 4.6.4 A, tag 274).
func upright(m image.Image, orientation int) image.Image {
	if orientation <= 1 || orientation > 8 {
		return m
	}
	src := toRGBA(m)
	w, h := src.Rect.Dx(), src.Rect.Dy()
	ow, oh := w, h
	if orientation >= 5 {
		ow, oh = h, w
	}
	out := image.NewRGBA(image.Rect(0, 0, ow, oh))
	for y := range oh {
		for x := range ow {
			var sx, sy int
			switch orientation {
			case 2:
				sx, sy = w-1-x, y
			case 3:
				sx, sy = w-1-x, h-1-y
			case 4:
				sx, sy = x, h-1-y
			case 5:
				sx, sy = y, x
			case 6:
				sx, sy = y, h-1-x
			case 7:
				sx, sy = w-1-y, h-1-x
			case 8:
				sx, sy = w-1-y, x
			}
			copy(out.Pix[out.PixOffset(x, y):][:4], src.Pix[src.PixOffset(sx, sy):][:4])
		}
	}
	return out
}

// round1 and round3 keep reported values short and stable.
func round1(v float64) float64 { return math.Round(v*10) / 10 }
func round3(v float64) float64 { return math.Round(v*1000) / 1000 }
