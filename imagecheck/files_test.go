package imagecheck

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/color"
	"image/jpeg"
	"math"
	"os"
	"slices"
	"testing"

	"golang.org/x/image/draw"
)

// The tools below make files byte by byte, so that each carries one thing only.

func asJPEG(t testing.TB, m image.Image, quality int) []byte {
	t.Helper()
	var buf bytes.Buffer
	if err := jpeg.Encode(&buf, m, &jpeg.Options{Quality: quality}); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

func fixture(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// withSegments puts segments right behind SOI.
func withSegments(j []byte, segs ...[]byte) []byte {
	out := slices.Clone(j[:2])
	for _, s := range segs {
		out = append(out, s...)
	}
	return append(out, j[2:]...)
}

func segment(marker byte, body []byte) []byte {
	return append([]byte{0xFF, marker, byte((len(body) + 2) >> 8), byte(len(body) + 2)}, body...)
}

func jfif(unit byte, x, y uint16) []byte {
	b := []byte("JFIF\x00\x01\x02\x00\x00\x00\x00\x00\x00\x00")
	b[7] = unit
	binary.BigEndian.PutUint16(b[8:], x)
	binary.BigEndian.PutUint16(b[10:], y)
	return segment(0xE0, b)
}

type entry struct {
	tag, typ uint16
	n, val   uint32
}

type byteOrder interface {
	binary.ByteOrder
	binary.AppendByteOrder
}

// tiff builds one IFD; rationals follow it in order, each entry of type 5
// pointing at the next.
func tiff(order byteOrder, next uint32, entries []entry, rationals ...[2]uint32) []byte {
	b := []byte("II*\x00")
	if order.String() == binary.BigEndian.String() {
		b = []byte("MM\x00*")
	}
	put32 := func(v uint32) { b = order.AppendUint32(b, v) }
	put32(8)
	b = order.AppendUint16(b, uint16(len(entries)))
	at := uint32(8 + 2 + 12*len(entries) + 4)
	for _, e := range entries {
		b = order.AppendUint16(b, e.tag)
		b = order.AppendUint16(b, e.typ)
		put32(e.n)
		switch {
		case e.typ == 5:
			put32(at)
			at += 8
		case e.typ == 3:
			b = order.AppendUint16(b, uint16(e.val))
			b = append(b, 0, 0)
		default:
			put32(e.val)
		}
	}
	put32(next)
	for _, r := range rationals {
		put32(r[0])
		put32(r[1])
	}
	return b
}

func exifSegment(t []byte) []byte { return segment(0xE1, append([]byte("Exif\x00\x00"), t...)) }

func exifOrientation(o uint32) []byte {
	return exifSegment(tiff(binary.BigEndian, 0, []entry{{0x0112, 3, 1, o}}))
}

func exifDensity(order byteOrder, unit uint32, num, den uint32) []byte {
	return exifSegment(tiff(order, 0, []entry{{0x011A, 5, 1, 0}, {0x011B, 5, 1, 0}, {0x0128, 3, 1, unit}}, [2]uint32{num, den}, [2]uint32{num, den}))
}

func photoshop(dpi uint32) []byte {
	b := []byte("Photoshop 3.0\x008BIM\x03\xed\x00\x00\x00\x00\x00\x10")
	b = binary.BigEndian.AppendUint32(b, dpi<<16)
	b = append(b, 0, 1, 0, 1)
	b = binary.BigEndian.AppendUint32(b, dpi<<16)
	return segment(0xED, append(b, 0, 1, 0, 1))
}

func jp2Box(kind string, body ...[]byte) []byte {
	all := bytes.Join(body, nil)
	b := binary.BigEndian.AppendUint32(nil, uint32(8+len(all)))
	return append(append(b, kind...), all...)
}

// jp2File wraps a codestream; extra boxes go into the header box.
func jp2File(stream []byte, w, h uint32, comps uint16, header, after []byte) []byte {
	ihdr := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, h), w)
	ihdr = append(binary.BigEndian.AppendUint16(ihdr, comps), 7, 7, 0, 0)
	colr := []byte{1, 0, 0, 0, 0, 0, 16}
	if comps == 1 {
		colr[6] = 17
	}
	out := slices.Clone(jp2Signature)
	out = append(out, jp2Box("ftyp", []byte("jp2 \x00\x00\x00\x00jp2 "))...)
	out = append(out, jp2Box("jp2h", jp2Box("ihdr", ihdr), jp2Box("colr", colr), header)...)
	out = append(out, after...)
	return append(out, jp2Box("jp2c", stream)...)
}

// resBox states a density per metre: 300 dpi are 11811.
func resBox(kind string, perMetre uint16) []byte {
	b := binary.BigEndian.AppendUint16(nil, perMetre)
	b = append(b, 0, 1)
	b = binary.BigEndian.AppendUint16(b, perMetre)
	return jp2Box("res ", jp2Box(kind, append(b, 0, 1, 0, 0)))
}

// patched returns b with v written at i.
func patched(b []byte, i int, v ...byte) []byte {
	b = slices.Clone(b)
	copy(b[i:], v)
	return b
}

// sof finds the frame header of a JPEG.
func sof(b []byte) int {
	for i := 2; i+9 < len(b); {
		if m := b[i+1]; m >= 0xC0 && m <= 0xC2 {
			return i
		}
		i += 2 + int(binary.BigEndian.Uint16(b[i+2:]))
	}
	return -1
}

func resized(m image.Image, w, h int) *image.RGBA {
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	draw.CatmullRom.Scale(out, out.Rect, m, m.Bounds(), draw.Src, nil)
	return out
}

// changed applies f to every pixel.
func changed(m *image.RGBA, f func(x, y int, c rgb) rgb) *image.RGBA {
	out := image.NewRGBA(m.Rect)
	for y := range m.Rect.Dy() {
		for x := range m.Rect.Dx() {
			i := m.PixOffset(x, y)
			c := f(x, y, rgb{float64(m.Pix[i]), float64(m.Pix[i+1]), float64(m.Pix[i+2])})
			for k := range 3 {
				out.Pix[i+k] = uint8(min(max(c[k]+0.5, 0), 255))
			}
			out.Pix[i+3] = 255
		}
	}
	return out
}

// blurred is close to a Gauss of the given sigma.
func blurred(m *image.RGBA, sigma float64) *image.RGBA {
	w, h := m.Rect.Dx(), m.Rect.Dy()
	r := max(1, int(math.Round(sigma*1.0)))
	out := image.NewRGBA(m.Rect)
	for k := range 3 {
		p := make([]float64, w*h)
		for i := range p {
			p[i] = float64(m.Pix[4*i+k])
		}
		for range 3 {
			p = boxBlur(p, w, h, r)
		}
		for i := range p {
			out.Pix[4*i+k] = uint8(p[i] + 0.5)
		}
	}
	for i := range w * h {
		out.Pix[4*i+3] = 255
	}
	return out
}

// turnedBack stores an upright picture so that the EXIF orientation o shows it
// upright again.
func turnedBack(m *image.RGBA, o int) *image.RGBA {
	inverse := [9]int{0, 1, 2, 3, 4, 5, 8, 7, 6}
	return toRGBA(upright(m, inverse[o]))
}

// grounds for the person to stand before, on a picture of w x h.
func grey(v uint8) func(x, y int) color.RGBA { return plainGround(v, v, v) }

func onRect(base func(x, y int) color.RGBA, r image.Rectangle, c color.RGBA) func(x, y int) color.RGBA {
	return func(x, y int) color.RGBA {
		if (image.Point{x, y}).In(r) {
			return c
		}
		return base(x, y)
	}
}

func ramp(from, to uint8, n int, vertical bool) func(x, y int) color.RGBA {
	return func(x, y int) color.RGBA {
		t := float64(x) / float64(n)
		if vertical {
			t = float64(y) / float64(n)
		}
		v := uint8(float64(from) + (float64(to)-float64(from))*t)
		return color.RGBA{v, v, v, 255}
	}
}

// shadowGround is a white wall with the person's shadow shifted by dx, dy.
func shadowGround(l *layer, dx, dy int, tone uint8, soft int) func(x, y int) color.RGBA {
	w, h := l.m.Rect.Dx(), l.m.Rect.Dy()
	a := l.alpha
	if soft > 0 {
		a = boxBlur(boxBlur(a, w, h, soft), w, h, soft)
	}
	return func(x, y int) color.RGBA {
		u, v := x-dx, y-dy
		s := 0.0
		if u >= 0 && v >= 0 && u < w && v < h {
			s = a[v*w+u]
		}
		g := uint8(250 - s*float64(250-int(tone)))
		return color.RGBA{g, g, g, 255}
	}
}
