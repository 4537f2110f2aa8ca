package render

import (
	"encoding/binary"
	"errors"
	"fmt"
	"strconv"

	"antin/internal/pdf"
	"antin/templates/layout"
	"antin/templates/render/qr"
)

// PictureError reports a photo that cannot be embedded as it is.
type PictureError struct{ Err error }

func (e *PictureError) Error() string { return "render: picture: " + e.Err.Error() }
func (e *PictureError) Unwrap() error { return e.Err }

// image is an embedded photo.
type image struct {
	ref  pdf.Ref
	name string
	w, h int
}

// jpegInfo is what the frame header of a JPEG says.
type jpegInfo struct{ width, height, components int }

// parseJPEG reads the markers up to the frame header (ITU-T T.81, B.2) without
// decoding the picture.
func parseJPEG(data []byte) (jpegInfo, error) {
	if len(data) < 4 || data[0] != 0xFF || data[1] != 0xD8 {
		return jpegInfo{}, errors.New("not a JPEG file")
	}
	for at := 2; at+4 <= len(data); {
		if data[at] != 0xFF {
			return jpegInfo{}, fmt.Errorf("JPEG marker expected at byte %d", at)
		}
		m := data[at+1]
		if m == 0xFF { // fill byte
			at++
			continue
		}
		if m == 0x01 || m >= 0xD0 && m <= 0xD7 { // markers without a segment
			at += 2
			continue
		}
		n := int(binary.BigEndian.Uint16(data[at+2:]))
		if n < 2 || at+2+n > len(data) {
			return jpegInfo{}, fmt.Errorf("JPEG segment at byte %d is cut off", at)
		}
		seg := data[at+4 : at+2+n]
		switch {
		case m == 0xC0 || m == 0xC1 || m == 0xC2: // baseline, extended, progressive
			if len(seg) < 6 {
				return jpegInfo{}, errors.New("JPEG frame header is cut off")
			}
			info := jpegInfo{int(binary.BigEndian.Uint16(seg[3:])), int(binary.BigEndian.Uint16(seg[1:])), int(seg[5])}
			switch {
			case seg[0] != 8:
				return jpegInfo{}, fmt.Errorf("JPEG has %d bits per colour, want 8", seg[0])
			case info.width == 0 || info.height == 0:
				return jpegInfo{}, errors.New("JPEG has no width or height")
			case info.components == 4:
				return jpegInfo{}, errors.New("JPEG is CMYK, want RGB or grey")
			case info.components != 1 && info.components != 3:
				return jpegInfo{}, fmt.Errorf("JPEG has %d colour components, want 1 or 3", info.components)
			}
			return info, nil
		case m >= 0xC3 && m <= 0xCF && m != 0xC4 && m != 0xC8 && m != 0xCC:
			return jpegInfo{}, errors.New("JPEG is lossless or arithmetic-coded, want baseline or progressive")
		case m == 0xDA || m == 0xD9:
			return jpegInfo{}, errors.New("JPEG has no frame header before its data")
		}
		at += 2 + n
	}
	return jpegInfo{}, errors.New("JPEG has no frame header")
}

// picture draws a photo so that it fills its box; what is too wide or too
// high is cut off evenly.
func (c *content) picture(it *layout.Item) error {
	im, err := c.r.image(it.Picture)
	if err != nil {
		return &PictureError{err}
	}
	scale := max(it.W/float64(im.w), it.H/float64(im.h))
	w, h := scale*float64(im.w), scale*float64(im.h)
	x, y := it.X-(w-it.W)/2, c.height-it.Y-it.H-(h-it.H)/2
	c.b = append(c.b, "q "...)
	c.b = appendPath(c.b, centi(it.X), c.y(it.Y+it.H), centi(it.W), centi(it.H), " re W n\n")
	c.b = appendCenti(c.b, centi(w))
	c.b = append(c.b, " 0 0 "...)
	c.b = appendCenti(c.b, centi(h))
	c.b = append(c.b, ' ')
	c.b = appendPoint(c.b, centi(x), centi(y), " cm ")
	c.b = append(c.b, im.name...)
	c.b = append(c.b, " Do Q\n"...)
	if it.Picture.Border {
		c.b = append(c.b, "0.5 w "...)
		c.b = appendPath(c.b, centi(it.X), c.y(it.Y+it.H), centi(it.W), centi(it.H), " re S\n")
	}
	for _, x := range c.xobjects {
		if x.name == im.name {
			return nil
		}
	}
	c.xobjects = append(c.xobjects, xobject{im.name, im.ref})
	return nil
}

// emblem adds the national emblem, drawn, in the place of a photo.
func (r *renderer) emblem(p *layout.Picture) (image, error) {
	form, err := emblemForm()
	if err != nil {
		return image{}, err
	}
	im := image{w: 1, h: 1, name: fmt.Sprintf("/Im%d", len(r.images)), ref: r.w.Add(form)}
	if r.images == nil {
		r.images = map[*layout.Picture]image{}
	}
	r.images[p] = im
	return im, nil
}

// image embeds a JPEG once, as it is.
func (r *renderer) image(p *layout.Picture) (image, error) {
	if im, ok := r.images[p]; ok {
		return im, nil
	}
	if p.Emblem {
		return r.emblem(p)
	}
	info, err := parseJPEG(p.JPEG)
	if err != nil {
		return image{}, err
	}
	space := "DeviceRGB"
	if info.components == 1 {
		space = "DeviceGray"
	}
	im := image{w: info.width, h: info.height, name: fmt.Sprintf("/Im%d", len(r.images))}
	im.ref = r.w.Add(&pdf.Stream{Dict: pdf.Dict{
		"Type": pdf.Name("XObject"), "Subtype": pdf.Name("Image"),
		"Width": pdf.Integer(info.width), "Height": pdf.Integer(info.height),
		"ColorSpace": pdf.Name(space), "BitsPerComponent": pdf.Integer(8), "Filter": pdf.Name("DCTDecode"),
	}, Raw: p.JPEG})
	if r.images == nil {
		r.images = map[*layout.Picture]image{}
	}
	r.images[p] = im
	return im, nil
}

// code draws a QR code as filled rectangles on a grid of modules, one for each
// run of dark modules in a row. The quiet zone is the free space around it.
func (c *content) code(it *layout.Item) error {
	code, err := qr.Encode(it.Text)
	if err != nil {
		return fmt.Errorf("render: QR code of the lookup address: %w", err)
	}
	c.fill(layout.Color{})
	n := code.Size
	size := strconv.AppendFloat(nil, it.W/float64(n), 'f', 4, 64)
	c.b = append(c.b, "q "...)
	c.b = append(c.b, size...)
	c.b = append(c.b, " 0 0 "...)
	c.b = append(c.b, size...)
	c.b = append(c.b, ' ')
	c.b = appendPoint(c.b, centi(it.X), c.y(it.Y+it.H), " cm\n")
	for y := range n {
		for x := 0; x < n; x++ {
			from := x
			for x < n && code.Dark(x, y) {
				x++
			}
			if x == from {
				continue
			}
			c.b = appendInt(c.b, from)
			c.b = append(c.b, ' ')
			c.b = appendInt(c.b, n-1-y)
			c.b = append(c.b, ' ')
			c.b = appendInt(c.b, x-from)
			c.b = append(c.b, " 1 re\n"...)
		}
	}
	c.b = append(c.b, "f Q\n"...)
	return nil
}
