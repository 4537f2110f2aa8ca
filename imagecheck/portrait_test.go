package imagecheck

import (
	"encoding/json"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/image/draw"
	"golang.org/x/image/math/f64"
)

// outline is where a person stands in a portrait, traced once: testdata holds
// the lines only, and of the portraits themselves none but NASA's.
type outline struct {
	// Head is left, right, top, chin in pixels; Level is the turn in degrees,
	// clockwise, that puts the eyes level.
	Head    [4]float64   `json:"head"`
	Level   float64      `json:"level"`
	Outline [][2]float64 `json:"outline"`
}

func readOutlines(t testing.TB) map[string]outline {
	t.Helper()
	b, err := os.ReadFile("testdata/outlines.json")
	if err != nil {
		t.Fatal(err)
	}
	var out map[string]outline
	if err := json.Unmarshal(b, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

func readPicture(t testing.TB, path string) image.Image {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var m image.Image
	if strings.HasSuffix(path, ".png") {
		m, err = png.Decode(f)
	} else {
		m, err = jpeg.Decode(f)
	}
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// layer is a person cut out, ready to be laid on any ground. Eyes are the
// pupils, mouth the middle of the lips, in pixels.
type layer struct {
	m                  *image.RGBA // colours, not premultiplied
	alpha              []float64
	left, right, mouth point
	crown, chin        float64
}

// cutOut places the person of a portrait in a w x h frame with head and
// shoulders as on a passport photo.
func cutOut(src image.Image, o outline, w, h int) *layer {
	b := src.Bounds()
	x0, x1, top, chin := o.Head[0], o.Head[1], o.Head[2], o.Head[3]
	bottom := 0.0
	for _, p := range o.Outline {
		bottom = max(bottom, p[1])
	}
	bottom = min(bottom, float64(b.Max.Y)) - 4
	head := chin - top
	frac := min(max(0.64, 0.9/(1+(bottom-chin)/head)), 0.78)
	k := frac * float64(h) / head
	ty := 0.1 * float64(h)
	if short := float64(h) - (ty + (bottom-top)*k); short > 0 {
		ty += short
	}
	sin, cos := math.Sincos(o.Level * math.Pi / 180)
	cx, cy := (x0+x1)/2, (top+chin)/2
	// Source to target: turn about the middle of the head, scale, place.
	mx, my := float64(w)/2, ty+head/2*k
	tr := f64.Aff3{k * cos, -k * sin, mx - k*(cos*cx-sin*cy), k * sin, k * cos, my - k*(sin*cx+cos*cy)}
	l := &layer{m: image.NewRGBA(image.Rect(0, 0, w, h)), crown: ty, chin: ty + head*k}
	draw.CatmullRom.Transform(l.m, tr, src, b, draw.Src, nil)
	poly := make([][2]float64, len(o.Outline))
	for i, p := range o.Outline {
		poly[i] = [2]float64{tr[0]*p[0] + tr[1]*p[1] + tr[2], tr[3]*p[0] + tr[4]*p[1] + tr[5]}
	}
	l.alpha = feathered(poly, w, h, max(2, w/180))
	return l
}

// feathered is the inside of a polygon with a soft edge that lies inside it.
func feathered(poly [][2]float64, w, h, soft int) []float64 {
	in := make([]float64, w*h)
	for y := range h {
		var xs []float64
		fy := float64(y) + 0.5
		for i, p := range poly {
			q := poly[(i+1)%len(poly)]
			if (p[1] <= fy) != (q[1] <= fy) {
				xs = append(xs, p[0]+(fy-p[1])/(q[1]-p[1])*(q[0]-p[0]))
			}
		}
		slices.Sort(xs)
		for i := 0; i+1 < len(xs); i += 2 {
			for x := max(0, int(xs[i])); x < min(w, int(xs[i+1])); x++ {
				in[y*w+x] = 1
			}
		}
	}
	// The frame's lower edge cuts the body: it is no edge of the person.
	blur := boxBlur(boxBlur(in, w, h, soft), w, h, soft)
	for i, v := range blur {
		blur[i] = min(max((v-0.55)/0.4, 0), 1)
	}
	return blur
}

func boxBlur(in []float64, w, h, r int) []float64 {
	pass := func(in []float64, n, m, sn, sm int) []float64 {
		out := make([]float64, len(in))
		for j := range m {
			for i := range n {
				sum := 0.0
				for d := -r; d <= r; d++ {
					sum += in[j*sm+min(max(i+d, 0), n-1)*sn]
				}
				out[j*sm+i*sn] = sum / float64(2*r+1)
			}
		}
		return out
	}
	return pass(pass(in, w, h, 1, w), h, w, w, 1)
}

// on lays the person on a ground.
func (l *layer) on(ground func(x, y int) color.RGBA) *image.RGBA {
	w, h := l.m.Rect.Dx(), l.m.Rect.Dy()
	out := image.NewRGBA(l.m.Rect)
	for y := range h {
		for x := range w {
			g := ground(x, y)
			a := l.alpha[y*w+x]
			s, d := l.m.Pix[y*l.m.Stride+4*x:], out.Pix[y*out.Stride+4*x:]
			d[0] = uint8(float64(s[0])*a + float64(g.R)*(1-a) + 0.5)
			d[1] = uint8(float64(s[1])*a + float64(g.G)*(1-a) + 0.5)
			d[2] = uint8(float64(s[2])*a + float64(g.B)*(1-a) + 0.5)
			d[3] = 255
		}
	}
	return out
}

func plainGround(r, g, b uint8) func(x, y int) color.RGBA {
	return func(int, int) color.RGBA { return color.RGBA{r, g, b, 255} }
}

// portraits gives the cut-outs at hand: NASA's from testdata, and those of the
// folder that ANTIN_PORTRAITS names.
func portraits(t testing.TB, w, h int) map[string]*layer {
	t.Helper()
	out := map[string]*layer{}
	dir := os.Getenv("ANTIN_PORTRAITS")
	for name, o := range readOutlines(t) {
		path := filepath.Join(dir, name)
		if name == "nasa_astronaut.png" {
			path = "testdata/" + name
		} else if dir == "" {
			continue
		}
		out[name] = cutOut(readPicture(t, path), o, w, h)
	}
	return out
}
