package imagecheck

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math"
	"slices"
	"strings"
	"testing"
)

// sample is one file of the test set with the verdict it must get. By names the
// measure that must decide it; a sample that passes has none.
type sample struct {
	name  string
	rules string
	data  []byte
	want  Status
	by    string
}

// cast gives the persons of the set, cut out at w x h: six drawn and NASA's.
func castOf(t testing.TB, w, h int) (out []*layer, names []string) {
	for i, p := range people() {
		out, names = append(out, p.paint(w, h)), append(names, fmt.Sprintf("person %d", i))
	}
	o := readOutlines(t)["nasa_astronaut.png"]
	return append(out, cutOut(readPicture(t, "testdata/nasa_astronaut.png"), o, w, h)), append(names, "astronaut")
}

const setWidth, setHeight = 472, 709

// collector gathers samples; what is not said is judged by the act in force.
type collector struct {
	t   testing.TB
	all []sample
}

func (c *collector) add(name string, data []byte, want Status, by string) {
	c.all = append(c.all, sample{name, "nd219-2025", data, want, by})
}

func (c *collector) under(rules, name string, data []byte, want Status, by string) {
	c.all = append(c.all, sample{name + " under " + rules, rules, data, want, by})
}

func (c *collector) photo(name string, m image.Image, want Status, by string) {
	c.add(name, asJPEG(c.t, m, 92), want, by)
}

func testSet(t testing.TB) []sample {
	c := &collector{t: t}
	cast, names := castOf(t, setWidth, setHeight)
	c.good(cast, names)
	c.sizes(cast)
	c.grounds(cast, names)
	c.faces()
	c.qualities(cast, names)
	c.jpegs(cast[0].on(grey(250)))
	c.jpeg2000()
	c.otherFiles(cast[0].on(grey(250)))
	c.attacks(cast[0].on(grey(250)))
	return c.all
}

func (c *collector) good(cast []*layer, names []string) {
	for i, l := range cast {
		for _, v := range []uint8{255, 250, 245, 240} {
			c.photo(fmt.Sprintf("%s on white %d", names[i], v), l.on(grey(v)), Pass, "")
		}
		c.photo(names[i]+" on warm white", l.on(plainGround(252, 250, 245)), Pass, "")
		c.photo(names[i]+" on cool white", l.on(plainGround(246, 249, 253)), Pass, "")
		m := l.on(grey(250))
		c.photo(names[i]+" with sensor noise", changed(m, func(x, y int, p rgb) rgb {
			n := 3 * grain(x, y, 7)
			return rgb{p[0] + n, p[1] + n, p[2] + n}
		}), Pass, "")
		c.add(names[i]+" at JPEG quality 60", asJPEG(c.t, m, 60), Pass, "")
	}
}

func (c *collector) sizes(cast []*layer) {
	m := cast[0].on(grey(250))
	for _, s := range [][2]int{{472, 708}, {472, 709}, {473, 709}, {480, 709}, {600, 900}, {709, 1063}, {945, 1417}, {1200, 1800}, {2000, 3000}} {
		c.photo(fmt.Sprintf("%dx%d", s[0], s[1]), resized(m, s[0], s[1]), Pass, "")
	}
	for _, s := range [][2]int{{471, 706}, {400, 600}, {354, 531}, {236, 354}, {160, 240}, {40, 60}} {
		c.photo(fmt.Sprintf("%dx%d", s[0], s[1]), resized(m, s[0], s[1]), Fail, "resolution")
	}
	// Other sides: cut, not stretched.
	for _, s := range [][2]int{{472, 630}, {472, 607}, {472, 472}, {400, 709}} {
		r := image.Rect((472-s[0])/2, 60, (472-s[0])/2+s[0], min(60+s[1], 709))
		k := 1.6
		c.photo(fmt.Sprintf("cut to %dx%d", s[0], s[1]), resized(m.SubImage(r), int(float64(s[0])*k), int(float64(r.Dy())*k)), Fail, "aspect")
	}
	c.photo("lying on its side", turnedBack(resized(m, 709, 1063), 6), Fail, "aspect")
}

func (c *collector) grounds(cast []*layer, names []string) {
	const w, h = setWidth, setHeight
	for i, l := range cast {
		c.photo(names[i]+" on grey 190", l.on(grey(190)), Fail, "background.light")
		c.photo(names[i]+" on blue", l.on(plainGround(70, 120, 200)), Fail, "background.tint")
		c.photo(names[i]+" with hard shadow", l.on(shadowGround(l, 34, 10, 165, 0)), Fail, "background.shadow")
		c.photo(names[i]+" with bricks", l.on(func(x, y int) color.RGBA {
			if y%34 < 4 || (x+y/34%2*30)%60 < 4 {
				return color.RGBA{120, 110, 104, 255}
			}
			return color.RGBA{236, 232, 228, 255}
		}), Fail, "background.*")
	}
	l := cast[0]
	for _, v := range []uint8{220, 200, 170, 128, 40} {
		c.photo(fmt.Sprintf("grey ground %d", v), l.on(grey(v)), Fail, "background.light")
	}
	c.photo("grey ground 228", l.on(grey(228)), Review, "background.light")
	for _, t := range []struct {
		name string
		c    [3]uint8
	}{{"cream", [3]uint8{250, 243, 224}}, {"light blue", [3]uint8{205, 225, 250}}, {"pink", [3]uint8{255, 225, 230}}, {"light green", [3]uint8{220, 245, 220}}, {"red", [3]uint8{190, 40, 40}}} {
		c.photo(t.name+" ground", l.on(plainGround(t.c[0], t.c[1], t.c[2])), Fail, "background.tint")
	}
	c.photo("mild gradient", l.on(ramp(254, 242, w, false)), Pass, "")
	c.photo("strong gradient across", l.on(ramp(255, 195, w, false)), Fail, "background.*")
	c.photo("strong gradient down", l.on(ramp(255, 150, h, true)), Fail, "background.*")
	c.photo("shadow to the left", l.on(shadowGround(l, -40, 0, 150, 0)), Fail, "background.shadow")
	c.photo("faint soft shadow", l.on(shadowGround(l, 14, 6, 238, 10)), Pass, "")
	c.photo("plant beside the head", l.on(onRect(grey(250), image.Rect(10, 200, 60, 420), color.RGBA{40, 110, 50, 255})), Fail, "background.*")
	c.photo("picture on the wall", l.on(onRect(grey(250), image.Rect(30, 40, 100, 120), color.RGBA{120, 80, 40, 255})), Fail, "background.object")
	c.photo("light switch", l.on(onRect(grey(250), image.Rect(40, 150, 70, 190), color.RGBA{205, 205, 200, 255})), Fail, "background.object")
	c.photo("vertical line", l.on(onRect(grey(250), image.Rect(50, 0, 55, h), color.RGBA{90, 90, 90, 255})), Fail, "background.object")
	c.photo("door frame at the edge", l.on(onRect(grey(250), image.Rect(0, 0, 60, h), color.RGBA{110, 80, 60, 255})), Fail, "background.*")
	c.photo("curtain", l.on(func(x, y int) color.RGBA {
		v := uint8(238 + 14*math.Sin(float64(x)/6))
		return color.RGBA{v, v, v, 255}
	}), Fail, "background.*")
	c.photo("half white half grey", l.on(onRect(grey(252), image.Rect(236, 0, w, h), color.RGBA{180, 180, 180, 255})), Fail, "background.*")
	m := l.on(grey(250))
	c.photo("black frame", changed(m, func(x, y int, p rgb) rgb {
		if x < 10 || y < 10 || x >= w-10 || y >= h-10 {
			return rgb{}
		}
		return p
	}), Fail, "background.*")
	c.photo("flag behind", l.on(onRect(onRect(grey(250), image.Rect(0, 60, 90, 500), color.RGBA{200, 30, 40, 255}), image.Rect(30, 150, 60, 200), color.RGBA{250, 220, 40, 255})), Fail, "background.*")
}

func (c *collector) faces() {
	const w, h = setWidth, setHeight
	white := grey(250)
	of := func(i int, f func(*drawn)) *image.RGBA {
		p := people()[i]
		f(&p)
		return p.paint(w, h).on(white)
	}
	for i := range 3 {
		n := fmt.Sprintf("person %d ", i)
		for _, v := range []struct {
			deg  float64
			want Status
		}{{3, Pass}, {-4, Pass}, {6.7, Review}, {12, Fail}, {-18, Fail}} {
			by := "face.tilt"
			if v.want == Pass {
				by = ""
			}
			c.photo(fmt.Sprintf("%sleaning %g", n, v.deg), of(i, func(p *drawn) { p.tilt = v.deg }), v.want, by)
		}
		c.photo(n+"turned a little", of(i, func(p *drawn) { p.turn = 0.08 }), Pass, "")
		c.photo(n+"turned", of(i, func(p *drawn) { p.turn = 0.22 }), Review, "face.turn")
		c.photo(n+"far off", of(i, func(p *drawn) { p.eye = 0.12 }), Fail, "face.size")
		c.photo(n+"at the left", of(i, func(p *drawn) { p.across, p.eye = 0.3, 0.18 }), Fail, "face.across")
		c.photo(n+"too low", of(i, func(p *drawn) { p.down, p.eye = 0.7, 0.18 }), Fail, "face.down")
		thick, dark := of(i, func(p *drawn) { p.glasses = "thick" }), of(i, func(p *drawn) { p.glasses = "dark" })
		thin := of(i, func(p *drawn) { p.glasses = "thin" })
		c.photo(n+"with thick glasses", thick, Fail, "glasses")
		c.photo(n+"with thin glasses", thin, Fail, "glasses")
		c.photo(n+"with dark glasses", dark, Fail, "glasses.dark")
		c.under("nd152-2020", n+"with thick glasses", asJPEG(c.t, thick, 92), Pass, "")
		c.under("nd152-2020", n+"with thin glasses", asJPEG(c.t, thin, 92), Pass, "")
		c.under("nd152-2020", n+"with dark glasses", asJPEG(c.t, dark, 92), Fail, "glasses.dark")
		for _, k := range []string{"cap", "red cap", "white cap", "scarf", "black scarf"} {
			c.photo(n+"with "+k, of(i, func(p *drawn) { p.cover = k }), Review, "head.covering|face")
		}
		c.photo(n+"without features", of(i, func(p *drawn) { p.noFace = true }), Fail, "face*")
	}
	c.photo("rimless glasses", of(0, func(p *drawn) { p.glasses = "rimless" }), Review, "glasses")
	c.photo("far too close", of(0, func(p *drawn) { p.eye = 0.5 }), Fail, "*")
	c.photo("blank white", whole(w, h, rgb{255, 255, 255}), Fail, "*")
	c.photo("a landscape", changed(image.NewRGBA(image.Rect(0, 0, w, h)), func(x, y int, _ rgb) rgb {
		if float64(y) < 300+30*math.Sin(float64(x)/50) {
			return rgb{130, 180, 240}
		}
		return rgb{60 + 20*grain(x, y, 5), 120 + 30*grain(x/3, y/3, 6), 50}
	}), Fail, "face")
	c.photo("upside down", toRGBA(upright(of(0, func(*drawn) {}), 3)), Fail, "*")
	// Two people side by side.
	p, q := people()[0], people()[1]
	p.across, p.eye, q.across, q.eye = 0.26, 0.15, 0.74, 0.15
	pl, ql := p.paint(w, h), q.paint(w, h)
	one := pl.on(white)
	c.photo("two people", ql.on(func(x, y int) color.RGBA { return one.RGBAAt(x, y) }), Fail, "face.count")
}

func (c *collector) qualities(cast []*layer, names []string) {
	for i, l := range cast {
		m := l.on(grey(250))
		c.photo(names[i]+" blurred", blurred(m, 4), Fail, "face.sharp")
		c.photo(names[i]+" enlarged from 60x90", resized(resized(m, 60, 90), 472, 709), Fail, "face.sharp")
		c.photo(names[i]+" in grey", changed(m, func(_, _ int, p rgb) rgb {
			v := 0.299*p[0] + 0.587*p[1] + 0.114*p[2]
			return rgb{v, v, v}
		}), Fail, "colour")
		c.photo(names[i]+" in green light", changed(m, func(_, _ int, p rgb) rgb { return rgb{p[0] * 0.8, p[1], p[2] * 0.8} }), Fail, "background.tint")
		c.photo(names[i]+" underexposed", changed(m, func(_, _ int, p rgb) rgb { return p.times(0.25) }), Fail, "background.light")
	}
	l := cast[0]
	burnt := changed(l.m, func(_, _ int, p rgb) rgb { return p.times(1.75) })
	c.photo("burnt out face", (&layer{m: burnt, alpha: l.alpha}).on(grey(252)), Fail, "face*")
	p := people()[0]
	p.side = 0.8
	c.photo("light from one side", p.paint(setWidth, setHeight).on(grey(250)), Review, "face*")
}

func whole(w, h int, c rgb) *image.RGBA {
	return changed(image.NewRGBA(image.Rect(0, 0, w, h)), func(int, int, rgb) rgb { return c })
}

func (c *collector) jpegs(m *image.RGBA) {
	j := asJPEG(c.t, m, 92)
	for o := 1; o <= 8; o++ {
		c.add(fmt.Sprintf("EXIF orientation %d", o), withSegments(asJPEG(c.t, turnedBack(m, o), 92), exifOrientation(uint32(o))), Pass, "")
	}
	c.add("EXIF orientation that lies", withSegments(j, exifOrientation(6)), Fail, "aspect")
	le, be := binary.LittleEndian, binary.BigEndian
	for _, v := range []struct {
		name string
		segs [][]byte
	}{
		{"JFIF 300 per inch", [][]byte{jfif(1, 300, 300)}},
		{"JFIF 118 per cm", [][]byte{jfif(2, 118, 118)}},
		{"JFIF aspect only", [][]byte{jfif(0, 1, 1)}},
		{"JFIF 72", [][]byte{jfif(1, 72, 72)}},
		{"EXIF 300 little endian", [][]byte{exifDensity(le, 2, 300, 1)}},
		{"EXIF 300 big endian", [][]byte{exifDensity(be, 2, 3000, 10)}},
		{"EXIF 118 per cm", [][]byte{exifDensity(le, 3, 118, 1)}},
		{"EXIF 300 over 0", [][]byte{exifDensity(le, 2, 300, 0)}},
		{"Photoshop 300", [][]byte{photoshop(300)}},
		{"three that disagree", [][]byte{jfif(1, 72, 72), exifDensity(be, 2, 300, 1), photoshop(96)}},
		{"broken EXIF", [][]byte{exifSegment([]byte("II*\x00\xff\xff\xff\xff"))}},
		{"EXIF of noise", [][]byte{exifSegment(bytes.Repeat([]byte{0xA5}, 900))}},
		{"a comment", [][]byte{segment(0xFE, []byte("Ảnh chụp tại Hà Nội"))}},
		{"zero padding at the end", nil},
	} {
		d := withSegments(j, v.segs...)
		if v.segs == nil {
			d = append(d, make([]byte, 4000)...)
		}
		c.add(v.name, d, Pass, "")
	}
	for _, n := range []string{"progressive", "progressive-444", "cmyk", "keep-rgb", "restart"} {
		c.add("JPEG "+n, fixture(c.t, "jpeg/"+n+".jpg"), Pass, "")
	}
	c.add("JPEG grey", fixture(c.t, "jpeg/grey.jpg"), Fail, "colour")
	c.add("JPEG CMYK on grey", fixture(c.t, "jpeg/cmyk-grey-ground.jpg"), Fail, "background.light")
	// A second picture after the first, as phones write it.
	c.add("trailing preview", append(slices.Clone(j), asJPEG(c.t, resized(m, 60, 90), 80)...), Pass, "")
}

func (c *collector) jpeg2000() {
	for _, n := range []string{"plain", "reversible", "tiles", "layers", "large", "roi"} {
		c.add("J2K "+n, fixture(c.t, "j2k/"+n+".j2k"), Pass, "")
	}
	plain := fixture(c.t, "j2k/plain.j2k")
	c.add("JP2 as written by OpenJPEG", fixture(c.t, "j2k/real.jp2"), Pass, "")
	c.add("JP2", jp2File(plain, 472, 709, 3, nil, nil), Pass, "")
	c.add("JP2 capture 300", jp2File(plain, 472, 709, 3, resBox("resc", 11811), nil), Pass, "")
	c.add("JP2 display 72", jp2File(plain, 472, 709, 3, resBox("resd", 2835), nil), Pass, "")
	c.add("JP2 with XML", jp2File(plain, 472, 709, 3, nil, jp2Box("xml ", []byte("<?xml version='1.0'?><a/>"))), Pass, "")
	c.add("JP2 whose header lies", jp2File(plain, 60000, 60000, 3, nil, nil), Pass, "")
	c.add("J2K grey", fixture(c.t, "j2k/grey.j2k"), Fail, "colour")
	c.add("JP2 grey", jp2File(fixture(c.t, "j2k/grey.j2k"), 472, 709, 1, nil, nil), Fail, "colour")
	c.add("J2K on grey", fixture(c.t, "j2k/grey-ground.j2k"), Fail, "background.light")
	c.add("J2K with glasses", fixture(c.t, "j2k/glasses.j2k"), Fail, "glasses")
	c.under("nd152-2020", "J2K with glasses", fixture(c.t, "j2k/glasses.j2k"), Pass, "")
}

func (c *collector) otherFiles(m image.Image) {
	var p bytes.Buffer
	if err := png.Encode(&p, m); err != nil {
		c.t.Fatal(err)
	}
	for _, f := range []struct{ name, data string }{
		{"PNG", p.String()},
		{"GIF", "GIF89a\x01\x00\x01\x00\x00\x00\x00;"},
		{"BMP", "BM" + strings.Repeat("\x00", 60)},
		{"TIFF", "II*\x00\x08\x00\x00\x00"},
		{"TIFF", "MM\x00*\x00\x00\x00\x08"},
		{"WebP", "RIFF\x24\x00\x00\x00WEBPVP8 "},
		{"HEIC", "\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic"},
		{"AVIF", "\x00\x00\x00\x1cftypavif\x00\x00\x00\x00"},
		{"PDF", "%PDF-1.7\n"},
		{"SVG", `<svg xmlns="http://www.w3.org/2000/svg"/>`},
		{"SVG", `<?xml version="1.0"?><svg/>`},
		{"HTML", "<!DOCTYPE html><p>"},
		{"ZIP", "PK\x03\x04" + strings.Repeat("\x00", 40)},
		{"Word/Excel 97", "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"},
		{"MP4", "\x00\x00\x00\x18ftypisom\x00\x00\x02\x00"},
		{"JPEG XL", "\xff\x0a\x00"},
		{"PSD", "8BPS\x00\x01"},
		{"ICO", "\x00\x00\x01\x00\x01\x00"},
		{"RAR", "Rar!\x1a\x07\x00"},
		{"EXE", "MZ\x90\x00"},
		{"JPEG XR", "II\xbc\x01\x08\x00"},
		{"base64", "data:image/jpeg;base64,/9j/4AAQ"},
	} {
		c.add("file "+f.name, []byte(f.data), Fail, "format:"+f.name)
	}
	c.add("empty file", nil, Fail, "format:rỗng")
	c.add("plain text", []byte("xin chào"), Fail, "format:Không nhận ra")
	c.add("too many bytes", append(asJPEG(c.t, m, 90), make([]byte, MaxBytes)...), Fail, "format:MB")
}

func (c *collector) attacks(m *image.RGBA) {
	j := asJPEG(c.t, m, 92)
	s := sof(j)
	bad := func(name string, data []byte) { c.add(name, data, Fail, "format") }
	bad("JPEG header of 60000x60000", patched(j, s+5, 0xEA, 0x60, 0xEA, 0x60))
	bad("JPEG header of 11000x4000", patched(j, s+5, 0x0F, 0xA0, 0x2A, 0xF8))
	bad("JPEG of no height", patched(j, s+5, 0, 0))
	bad("JPEG of 12 bits", patched(j, s+4, 12))
	bad("JPEG arithmetic", patched(j, s+1, 0xC9))
	bad("JPEG lossless", patched(j, s+1, 0xC3))
	bad("JPEG hierarchical", patched(j, s+1, 0xC5))
	bad("JPEG frame twice", withSegments(j, j[s:s+2+int(binary.BigEndian.Uint16(j[s+2:]))]))
	bad("JPEG of 2 components", patched(j, s+9, 2))
	for _, k := range []int{3, 20, 200, len(j) / 2, len(j) * 9 / 10, len(j) - 3, len(j) - 1} {
		bad(fmt.Sprintf("JPEG cut at %d", k), j[:k])
	}
	scan := bytes.Index(j, []byte{0xFF, 0xDA})
	n := 2 + int(binary.BigEndian.Uint16(j[scan+2:]))
	bomb := slices.Clone(fixture(c.t, "jpeg/progressive.jpg"))
	bomb = bomb[:len(bomb)-2]
	for range 5000 {
		bomb = append(bomb, 0xFF, 0xDA, 0, 8, 1, 1, 0, 0, 63, 0, 0x00)
	}
	bad("JPEG of 5000 scans", append(bomb, 0xFF, 0xD9))
	bad("JPEG scan with no data", append(slices.Clone(j[:scan+n]), 0xFF, 0xD9))
	bad("EXIF loop", withSegments(j, exifSegment(tiff(binary.LittleEndian, 8, nil))))
	bad("EXIF pointer loop", withSegments(j, exifSegment(tiff(binary.BigEndian, 0, []entry{{0x8769, 4, 1, 8}}))))
	bad("JPEG and PDF", append(slices.Clone(j), "%PDF-1.7\n1 0 obj"...))
	bad("PDF in a comment", withSegments(j, segment(0xFE, []byte("%PDF-1.4\n1 0 obj<<>>"))))
	bad("JPEG and ZIP", append(slices.Clone(j), "PK\x03\x04\x14\x00\x00\x00"...))
	bad("HTML in EXIF", withSegments(j, exifSegment(append(tiff(binary.BigEndian, 0, nil), "<ScRiPt>alert(1)</script>"...))))
	bad("PHP in a comment", withSegments(j, segment(0xFE, []byte("<?php system($_GET[0]);"))))
	k := fixture(c.t, "j2k/plain.j2k")
	siz := 4 + 2 + 2 // SOC, SIZ, Lsiz, Rsiz
	bad("J2K header of 60000x60000", patched(k, siz, 0, 0, 0xEA, 0x60, 0, 0, 0xEA, 0x60))
	bad("J2K of 4 thousand million", patched(k, siz, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF))
	bad("JP2 header of 60000x60000", jp2File(patched(k, siz, 0, 0, 0xEA, 0x60, 0, 0, 0xEA, 0x60), 60000, 60000, 3, nil, nil))
	bad("J2K of 10,000 tiles", patched(k, siz+16, 0, 0, 0, 5, 0, 0, 0, 7))
	bad("J2K of no tile width", patched(k, siz+16, 0, 0, 0, 0))
	bad("J2K of 16 bits", patched(k, siz+34, 15))
	bad("J2K subsampled", patched(k, siz+35, 2))
	bad("J2K of 5 components", patched(k, siz+32, 0, 5))
	for _, n := range []int{3, 30, 120, len(k) / 4, len(k) / 2, len(k) - 5, len(k) - 1} {
		bad(fmt.Sprintf("J2K cut at %d", n), k[:n])
	}
	// The end mark kept, data missing before it.
	bad("J2K hollowed", append(slices.Clone(k[:len(k)/3]), 0xFF, 0xD9))
	p := jp2File(k, 472, 709, 3, nil, nil)
	bad("JP2 cut in half", p[:len(p)/2])
	bad("JP2 without picture", p[:90])
	bad("JP2 box of 3 bytes", append(slices.Clone(jp2Signature), 0, 0, 0, 3, 'x', 'y', 'z', 'w'))
	bad("JP2 box of 2^63 bytes", append(slices.Clone(jp2Signature), 0, 0, 0, 1, 'x', 'm', 'l', ' ', 0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF))
	bad("JP2 and ZIP", append(slices.Clone(p), "PK\x03\x04\x14\x00"...))
	bad("JP2 with a palette", jp2File(k, 472, 709, 3, jp2Box("pclr", make([]byte, 20)), nil))
	bad("JP2 twice", append(slices.Clone(p), jp2Box("jp2c", k)...))
	bad("HTML in a JP2 box", jp2File(k, 472, 709, 3, nil, jp2Box("xml ", []byte("<html><script>"))))
}

// matches tells whether a measure answers one of the patterns of By: "a.b"
// itself, "a.*" or "a*" what begins so, "format:text" format with the text in its
// message.
func (s sample) matches(m Measure) bool {
	for by := range strings.SplitSeq(s.by, "|") {
		id, text, _ := strings.Cut(by, ":")
		if p, ok := strings.CutSuffix(id, "*"); ok && strings.HasPrefix(m.ID, p) || m.ID == id && strings.Contains(m.Message, text) {
			return true
		}
	}
	return false
}

func TestSet(t *testing.T) {
	set := testSet(t)
	if len(set) < 150 {
		t.Errorf("the set has %d files, want 150 or more", len(set))
	}
	count := map[Status]int{}
	for _, s := range set {
		count[s.want]++
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			rules, _ := RulesFor(s.rules)
			res, err := Check(t.Context(), s.data, rules)
			if err != nil {
				t.Fatal(err)
			}
			decided := s.want == Pass
			var why []string
			for _, m := range res.Measures {
				if strings.Contains(m.Message, "%!") || strings.Contains(m.MessageEN, "%!") || m.Message == "" || m.MessageEN == "" || m.Message == m.ID {
					t.Errorf("%s has a broken sentence: %q %q", m.ID, m.Message, m.MessageEN)
				}
				if m.Status == s.want && s.want != Pass && s.matches(m) {
					decided = true
				}
				if m.Status == Fail || m.Status == Review {
					why = append(why, fmt.Sprintf("%s %v (%s) %s", m.ID, m.Value, m.Limit, m.Status))
				}
			}
			if res.Verdict != s.want {
				t.Errorf("verdict %s, want %s: %s", res.Verdict, s.want, strings.Join(why, "; "))
			} else if !decided {
				t.Errorf("%s, but not by %s: %s", res.Verdict, s.by, strings.Join(why, "; "))
			}
		})
	}
	t.Logf("%d files: %d to pass, %d to review, %d to refuse", len(set), count[Pass], count[Review], count[Fail])
}
