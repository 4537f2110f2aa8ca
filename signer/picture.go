package signer

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"

	"antin/internal/pdf"
)

// Bounds of a picture of a signature or a seal. A seal of 36 mm at 600 dpi has
// 850 pixels a side.
const (
	MaxPictureBytes  = 4 << 20
	MaxPicturePixels = 4 << 20
)

// ErrPicture is wrapped by every error of ParsePicture.
var ErrPicture = errors.New("picture of a signature or seal")

// Picture is a picture decoded once, ready to be put into any number of
// documents: colours and opacity as two compressed image XObjects.
type Picture struct {
	width, height int
	rgb, mask     *pdf.Stream // mask is nil for an opaque picture
	hash          [sha256.Size]byte
}

// Size returns the picture's width and height in pixels.
func (p *Picture) Size() (width, height int) { return p.width, p.height }

// ParsePicture decodes a PNG, the only format with the transparent ground that
// a seal over a signature needs. Errors wrap ErrPicture.
//
// The colours of the PDF image are those of the file: PDF multiplies by the
// soft mask itself (ISO 32000-1, 11.6.5.3), so what Go premultiplies is undone.
func ParsePicture(data []byte) (*Picture, error) {
	if len(data) > MaxPictureBytes {
		return nil, fmt.Errorf("%w: %d bytes, more than %d", ErrPicture, len(data), MaxPictureBytes)
	}
	cfg, err := png.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("%w: not a PNG: %w", ErrPicture, err)
	}
	if cfg.Width < 1 || cfg.Height < 1 || cfg.Width > MaxPicturePixels/cfg.Height {
		return nil, fmt.Errorf("%w: %d × %d pixels, more than %d in all", ErrPicture, cfg.Width, cfg.Height, MaxPicturePixels)
	}
	im, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("%w: damaged PNG: %w", ErrPicture, err)
	}
	n := straight(im)
	rgb, alpha := make([]byte, 0, cfg.Width*cfg.Height*3), make([]byte, 0, cfg.Width*cfg.Height)
	opaque := true
	ink := firstColour(n)
	for y := range cfg.Height {
		row := n.Pix[y*n.Stride : y*n.Stride+4*cfg.Width]
		for x := 0; x < len(row); x += 4 {
			// What is not seen has the colour of what was seen last: a viewer that
			// blends neighbours draws no pale fringe, and one ink compresses to nothing.
			if row[x+3] != 0 {
				ink = [3]byte(row[x:])
			}
			rgb = append(rgb, ink[:]...)
			alpha = append(alpha, row[x+3])
			opaque = opaque && row[x+3] == 255
		}
	}
	p := &Picture{width: cfg.Width, height: cfg.Height, hash: sha256.Sum256(data)}
	p.rgb = imageStream("DeviceRGB", cfg.Width, cfg.Height, rgb)
	if !opaque {
		p.mask = imageStream("DeviceGray", cfg.Width, cfg.Height, alpha)
	}
	return p, nil
}

// firstColour is the colour of the first pixel that can be seen, white if none.
func firstColour(n *image.NRGBA) [3]byte {
	for i := 0; i+3 < len(n.Pix); i += 4 {
		if n.Pix[i+3] != 0 {
			return [3]byte(n.Pix[i:])
		}
	}
	return [3]byte{255, 255, 255}
}

// straight returns im with colours that are not premultiplied. A PNG with
// alpha decodes to NRGBA or NRGBA64 and comes through exactly.
func straight(im image.Image) *image.NRGBA {
	b := im.Bounds()
	n := image.NewNRGBA(image.Rect(0, 0, b.Dx(), b.Dy()))
	switch src := im.(type) {
	case *image.NRGBA:
		for y := range b.Dy() {
			copy(n.Pix[y*n.Stride:y*n.Stride+4*b.Dx()], src.Pix[src.PixOffset(b.Min.X, b.Min.Y+y):])
		}
	case *image.NRGBA64:
		for y := range b.Dy() {
			for x := range b.Dx() {
				c := src.NRGBA64At(b.Min.X+x, b.Min.Y+y)
				n.SetNRGBA(x, y, color.NRGBA{byte(c.R >> 8), byte(c.G >> 8), byte(c.B >> 8), byte(c.A >> 8)})
			}
		}
	case *image.Paletted:
		for y := range b.Dy() {
			for x := range b.Dx() {
				n.SetNRGBA(x, y, color.NRGBAModel.Convert(src.At(b.Min.X+x, b.Min.Y+y)).(color.NRGBA))
			}
		}
	default: // gray and opaque colour
		draw.Draw(n, n.Bounds(), im, b.Min, draw.Src)
	}
	return n
}

func imageStream(space pdf.Name, w, h int, data []byte) *pdf.Stream {
	const level = 6 // 9 takes ten times as long at every start and saves 4 kB of a document of 160
	return pdf.Deflate(pdf.Dict{
		"Type": pdf.Name("XObject"), "Subtype": pdf.Name("Image"),
		"Width": pdf.Integer(w), "Height": pdf.Integer(h),
		"ColorSpace": space, "BitsPerComponent": pdf.Integer(8),
	}, data, level)
}
