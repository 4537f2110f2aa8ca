package signer_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"testing"

	"antin/internal/judge"
	"antin/internal/pdf"
	"antin/signer"
)

func encode(t testing.TB, im image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, im); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// embedded returns colours and opacity of the picture shown in a field.
func embedded(t testing.TB, p *signer.Picture) (rgb, mask []byte) {
	t.Helper()
	s := seal()
	s.Picture = p
	out, err := signer.Seal(fixture{}.document(t), s, nil)
	if err != nil {
		t.Fatal(err)
	}
	f := open(t, out)
	ap, _ := f.Dict(field(t, f, "con_dau").Dict["AP"])
	form, _ := f.Dict(ap["N"])
	res, _ := f.Dict(form["Resources"])
	named, _ := f.Dict(res["XObject"])
	im, err := f.Stream(named["Im"])
	if err != nil {
		t.Fatal(err)
	}
	if rgb, err = f.Decode(im, 1<<24); err != nil {
		t.Fatal(err)
	}
	if im.Dict["SMask"] == nil {
		return rgb, nil
	}
	sm, err := f.Stream(im.Dict["SMask"])
	if err != nil {
		t.Fatal(err)
	}
	if mask, err = f.Decode(sm, 1<<24); err != nil {
		t.Fatal(err)
	}
	if sm.Dict["ColorSpace"] != pdf.Name("DeviceGray") || im.Dict["ColorSpace"] != pdf.Name("DeviceRGB") {
		t.Error("wrong colour spaces")
	}
	return rgb, mask
}

// Colours must not be premultiplied: half-transparent seal red stays seal red.
func TestPicturePixels(t *testing.T) {
	red := color.NRGBA{211, 55, 55, 128}
	n := image.NewNRGBA(image.Rect(0, 0, 2, 2))
	n.SetNRGBA(0, 0, red)
	n.SetNRGBA(1, 0, color.NRGBA{1, 2, 3, 1})
	n.SetNRGBA(0, 1, color.NRGBA{9, 9, 9, 0})
	n.SetNRGBA(1, 1, color.NRGBA{10, 20, 30, 255})
	n64 := image.NewNRGBA64(n.Bounds())
	for i := range 4 {
		c := n.NRGBAAt(i%2, i/2)
		n64.SetNRGBA64(i%2, i/2, color.NRGBA64{uint16(c.R) * 257, uint16(c.G) * 257, uint16(c.B) * 257, uint16(c.A) * 257})
	}
	pal := image.NewPaletted(n.Bounds(), color.Palette{red, color.NRGBA{1, 2, 3, 1}, color.NRGBA{}, color.NRGBA{10, 20, 30, 255}})
	copy(pal.Pix, []byte{0, 1, 2, 3})
	// The pixel that is not seen takes the colour of the one before it.
	wantRGB, wantMask := []byte{211, 55, 55, 1, 2, 3, 1, 2, 3, 10, 20, 30}, []byte{128, 1, 0, 255}
	for name, im := range map[string]image.Image{"NRGBA": n, "NRGBA64": n64, "paletted": pal} {
		p, err := signer.ParsePicture(encode(t, im))
		if err != nil {
			t.Fatal(err)
		}
		if rgb, mask := embedded(t, p); !bytes.Equal(rgb, wantRGB) || !bytes.Equal(mask, wantMask) {
			t.Errorf("%s: colours %v, opacity %v", name, rgb, mask)
		}
	}
	opaque := image.NewRGBA(n.Bounds())
	draw.Draw(opaque, opaque.Bounds(), image.NewUniform(color.RGBA{10, 20, 30, 255}), image.Point{}, draw.Src)
	gray := image.NewGray(n.Bounds())
	for name, im := range map[string]image.Image{"opaque": opaque, "gray": gray} {
		p, err := signer.ParsePicture(encode(t, im))
		if err != nil {
			t.Fatal(err)
		}
		if rgb, mask := embedded(t, p); len(rgb) != 12 || mask != nil || name == "opaque" && rgb[2] != 30 {
			t.Errorf("%s: colours %v, opacity %v", name, rgb, mask)
		}
	}
}

func TestPictureRefuses(t *testing.T) {
	good := encode(t, image.NewNRGBA(image.Rect(0, 0, 8, 8)))
	huge := bytes.Clone(good)
	binary.BigEndian.PutUint32(huge[16:], 60000)
	binary.BigEndian.PutUint32(huge[20:], 60000)
	binary.BigEndian.PutUint32(huge[29:], crc32.ChecksumIEEE(huge[12:29]))
	for name, data := range map[string][]byte{
		"empty": nil, "text": []byte("xin chào"), "JPEG": {0xff, 0xd8, 0xff, 0xe0}, "truncated": good[:len(good)-20],
		"3,6 gigapixels": huge, "too many bytes": append(bytes.Clone(good), make([]byte, signer.MaxPictureBytes)...),
	} {
		if p, err := signer.ParsePicture(data); !errors.Is(err, signer.ErrPicture) || p != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzParsePicture(f *testing.F) {
	f.Add(encode(f, image.NewNRGBA(image.Rect(0, 0, 3, 2))))
	f.Add(encode(f, image.NewGray16(image.Rect(0, 0, 3, 2))))
	f.Fuzz(func(t *testing.T, data []byte) {
		if p, err := signer.ParsePicture(data); err == nil {
			if w, h := p.Size(); w < 1 || h < 1 || w*h > signer.MaxPicturePixels {
				t.Fatalf("%d × %d", w, h)
			}
		}
	})
}

// The seal as another program draws it: red where the ring is, the page's white
// where the ground is transparent.
func TestSealOnPage(t *testing.T) {
	out, err := signer.Seal(fixture{}.document(t), seal(), nil) // the fixture's font cannot be drawn
	if err != nil {
		t.Fatal(err)
	}
	const dpi = 150
	page := judge.Pages(t, save(t, out), dpi)[0].Image
	at := func(x, y float64) color.NRGBA { // points from the lower left corner
		return color.NRGBAModel.Convert(page.At(int(x*dpi/72), int((842-y)*dpi/72))).(color.NRGBA)
	}
	// The seal's field is 102 pt wide around (342, 329); its ring has a radius of 17.5 mm.
	const ring = 17.5 / 25.4 * 72 * 102 / (36.6 / 25.4 * 72)
	if c := at(342, 329+ring); c.R < 200 || c.G > 60 || c.B > 70 {
		t.Errorf("ring is %v", c)
	}
	if c := at(342-38, 329+38); c != (color.NRGBA{255, 255, 255, 255}) {
		t.Errorf("corner is %v", c)
	}
}
