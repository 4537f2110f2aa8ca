package render_test

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
)

// photo is a JPEG of 4 by 6 with a face drawn in a few strokes.
func photo() []byte {
	im := image.NewRGBA(image.Rect(0, 0, 240, 360))
	for y := range 360 {
		for x := range 240 {
			c := color.RGBA{250, 250, 250, 255}
			dx, dy := float64(x-120)/62, float64(y-150)/84
			if dx*dx+dy*dy < 1 {
				c = color.RGBA{224, 178, 148, 255}
			}
			if y > 250 && (x-120)*(x-120) < (y-210)*(y-210)*2 {
				c = color.RGBA{40, 60, 110, 255}
			}
			im.SetRGBA(x, y, c)
		}
	}
	return encode(im)
}

func encode(im image.Image) []byte {
	var b bytes.Buffer
	if err := jpeg.Encode(&b, im, &jpeg.Options{Quality: 85}); err != nil {
		panic(err) // a bytes.Buffer never fails
	}
	return b.Bytes()
}
