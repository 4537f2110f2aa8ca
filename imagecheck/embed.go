package imagecheck

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"image"
	"image/jpeg"

	"golang.org/x/image/draw"
)

// Embedded is a photo made ready to stand in a document: a baseline JPEG in RGB
// (as YCbCr) or grey, upright, with no metadata but its density.
type Embedded struct {
	JPEG          []byte
	Width, Height int // pixels
	Grey          bool
	// DPI is the density written into the file, and that at 4x6 cm.
	DPI int
}

// embedLong is the longest side embedded, in pixels: 600 dpi at 6 cm.
const embedLong = 1417

// ForEmbedding makes the JPEG that goes into a PDF. A photo that is already an
// upright baseline JPEG of at most 600 dpi at 4x6 cm keeps its coded data
// untouched and loses only its metadata; every other is decoded and coded once
// more. It does not judge: call Check first. The error is a *Refusal when the
// bytes are no photo.
func ForEmbedding(ctx context.Context, data []byte) (*Embedded, error) {
	in, err := Inspect(data)
	if err != nil {
		return nil, err
	}
	// Decoding is also the proof that the coded data is whole.
	m, _, err := decode(ctx, data, in, wasmPixels)
	if err != nil {
		return nil, err
	}
	if in.Format == JPEG && !in.Progressive && in.Orientation == 1 && max(in.Width, in.Height) <= embedLong &&
		(in.Color == YCbCr || in.Color == Grey) {
		dpi := densityFor(in.Width, in.Height)
		return &Embedded{JPEG: stripJPEG(data, dpi), Width: in.Width, Height: in.Height, Grey: in.Color == Grey, DPI: dpi}, nil
	}
	if b := m.Bounds(); max(b.Dx(), b.Dy()) > embedLong {
		m = scaleTo(m, embedLong)
	}
	if g, ok := m.(*image.Gray); !ok || in.Orientation != 1 {
		m = upright(toRGBA(m), in.Orientation)
		if ok {
			m = greyOf(m)
		}
	} else {
		m = g
	}
	b := m.Bounds()
	dpi := densityFor(b.Dx(), b.Dy())
	out, err := encodeJPEG(m, dpi)
	if err != nil {
		return nil, err
	}
	_, grey := m.(*image.Gray)
	return &Embedded{JPEG: out, Width: b.Dx(), Height: b.Dy(), Grey: grey, DPI: dpi}, nil
}

func densityFor(w, h int) int { return max(1, int(effectiveDPI(w, h)+0.5)) }

// scaleTo resamples m so that its longer side is long pixels.
func scaleTo(m image.Image, long int) image.Image {
	b := m.Bounds()
	f := float64(long) / float64(max(b.Dx(), b.Dy()))
	r := image.Rect(0, 0, max(1, int(float64(b.Dx())*f+0.5)), max(1, int(float64(b.Dy())*f+0.5)))
	if g, ok := m.(*image.Gray); ok {
		out := image.NewGray(r)
		draw.CatmullRom.Scale(out, r, g, b, draw.Src, nil)
		return out
	}
	if c, ok := m.(*image.CMYK); ok {
		m, _ = shrunk(c, workPixels*2)
		b = m.Bounds()
	}
	out := image.NewRGBA(r)
	draw.CatmullRom.Scale(out, r, m, b, draw.Src, nil)
	return out
}

func greyOf(m image.Image) *image.Gray {
	p := luma(toRGBA(m))
	return &image.Gray{Pix: p.pix, Stride: p.w, Rect: image.Rect(0, 0, p.w, p.h)}
}

// jpegQuality of what is coded anew; above it the file only grows.
const jpegQuality = 93

// encodeJPEG codes m as a baseline JPEG whose only metadata is a JFIF density.
func encodeJPEG(m image.Image, dpi int) ([]byte, error) {
	var buf bytes.Buffer
	if err := jpeg.Encode(&buf, m, &jpeg.Options{Quality: jpegQuality}); err != nil {
		return nil, fmt.Errorf("encode photo: %w", err)
	}
	return stripJPEG(buf.Bytes(), dpi), nil
}

// jfifSegment is the APP0 of JFIF 1.02 with a density per inch.
func jfifSegment(dpi int) []byte {
	s := []byte("\xff\xe0\x00\x10JFIF\x00\x01\x02\x01\x00\x00\x00\x00\x00\x00")
	binary.BigEndian.PutUint16(s[12:], uint16(dpi))
	binary.BigEndian.PutUint16(s[14:], uint16(dpi))
	return s
}

// stripJPEG copies an inspected JPEG without its application segments and
// comments and without anything after the end of image, and writes a JFIF
// density in their place.
func stripJPEG(data []byte, dpi int) []byte {
	out := make([]byte, 0, len(data)+20)
	out = append(out, 0xFF, 0xD8)
	out = append(out, jfifSegment(dpi)...)
	pos := 2
	for pos+1 < len(data) {
		for pos+1 < len(data) && data[pos+1] == 0xFF {
			pos++
		}
		marker := data[pos+1]
		if marker == 0xD9 {
			break
		}
		if marker == 0x01 || marker >= 0xD0 && marker <= 0xD7 {
			pos += 2
			continue
		}
		n := 2 + int(binary.BigEndian.Uint16(data[pos+2:]))
		end := pos + n
		if marker == 0xDA {
			end = scanEnd(data, end)
		}
		if marker < 0xE0 || marker > 0xEF && marker != 0xFE {
			out = append(out, data[pos:end]...)
		}
		pos = end
	}
	return append(out, 0xFF, 0xD9)
}
