package imagecheck

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"testing"
)

// flat codes a w x h picture of one colour.
func flat(t testing.TB, w, h int, c color.Color) []byte {
	t.Helper()
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			m.Set(x, y, c)
		}
	}
	var buf bytes.Buffer
	if err := jpeg.Encode(&buf, m, nil); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

func TestForEmbeddingStripsMetadata(t *testing.T) {
	plain := flat(t, 48, 72, color.White)
	secret := []byte("GPS 21.0285N 105.8542E")
	comment := append([]byte{0xFF, 0xFE, 0, byte(2 + len(secret))}, secret...)
	data := append(append(append([]byte{}, plain[:2]...), comment...), plain[2:]...)
	data = append(data, secret...)
	e, err := ForEmbedding(t.Context(), data)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(e.JPEG, secret) {
		t.Error("metadata is still there")
	}
	in, err := Inspect(e.JPEG)
	if err != nil {
		t.Fatal(err)
	}
	if in.Width != 48 || in.Height != 72 || in.Trailing != 0 || len(in.Densities) != 1 || in.Densities[0].X != float64(e.DPI) {
		t.Errorf("got %+v, DPI %d", in, e.DPI)
	}
	before, _ := jpeg.Decode(bytes.NewReader(plain))
	after, err := jpeg.Decode(bytes.NewReader(e.JPEG))
	if err != nil {
		t.Fatal(err)
	}
	if before.At(10, 10) != after.At(10, 10) {
		t.Error("the picture changed")
	}
}
