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

// worn paints over a face: dark glasses, or a cap down to the brows.
func worn(m *image.RGBA, f *FacePlace, what string) *image.RGBA {
	w, h := float64(m.Rect.Dx()), float64(m.Rect.Dy())
	lx, ly, rx, ry := f.Left[0]*w, f.Left[1]*h, f.Right[0]*w, f.Right[1]*h
	ied := math.Hypot(rx-lx, ry-ly)
	return changed(m, func(px, py int, c rgb) rgb {
		x, y := (float64(px)-(lx+rx)/2)/ied, (float64(py)-(ly+ry)/2)/ied
		switch what {
		case "dark glasses":
			d := min(oval(x, y, -0.52, 0.05, 0.42, 0.32), oval(x, y, 0.52, 0.05, 0.42, 0.32))
			d = min(d, max(math.Abs(x)-0.2, math.Abs(y+0.03)-0.05))
			c = c.mix(rgb{18, 18, 20}, 0.95*inside(d, 0.04))
		case "frames":
			d := math.Abs(min(oval(x, y, -0.52, 0.05, 0.4, 0.3), oval(x, y, 0.52, 0.05, 0.4, 0.3))) - 0.035
			d = min(d, max(math.Abs(x)-0.14, math.Abs(y+0.02)-0.035))
			c = c.mix(rgb{24, 20, 20}, inside(d, 0.03))
		case "blue cap":
			c = c.mix(rgb{30, 60, 150}, inside(oval(x, y, 0, -0.55, 1.5, 1.75), 0.05)*inside(y+0.55, 0.05))
		case "black cap":
			c = c.mix(rgb{20, 20, 22}, inside(oval(x, y, 0, -0.55, 1.5, 1.75), 0.05)*inside(y+0.55, 0.05))
		case "blue scarf":
			k := inside(oval(x, y, 0, 0.35, 1.5, 2.5), 0.05) * inside(-oval(x, y, 0, 0.45, 1.05, 1.55), 0.05)
			c = c.mix(rgb{40, 110, 150}, k)
		}
		return c
	})
}

// TestPortraits lays real portraits on white, which must pass, and adds one
// fault at a time, which must be named. Without ANTIN_PORTRAITS it has NASA's
// portrait only.
func TestPortraits(t *testing.T) {
	const w, h = 709, 1063
	wears := map[string]bool{"senate_gary-peters.jpg": true, "senate_john-barrasso.jpg": true}
	act, older := mustRules(t, "nd219-2025"), mustRules(t, "nd152-2020")
	for name, l := range portraits(t, w, h) {
		check := func(what string, m image.Image, rules *Rules, want Status, by string) *Result {
			t.Helper()
			s := sample{name: what, want: want, by: by}
			res, err := Check(t.Context(), asJPEG(t, m, 92), rules)
			if err != nil {
				t.Fatal(err)
			}
			named := want == Pass
			var why []string
			for _, m := range res.Measures {
				if m.Status == want && s.matches(m) {
					named = true
				}
				if m.Status == Fail || m.Status == Review {
					why = append(why, m.ID+" "+string(m.Status))
				}
			}
			if res.Verdict != want || !named {
				t.Errorf("%s, %s: %s %v, want %s by %s", name, what, res.Verdict, why, want, by)
			}
			return res
		}
		base := l.on(grey(252))
		plain := check("as it is, 152", base, older, Pass, "")
		if wears[name] {
			check("as it is", base, act, Fail, "glasses")
		} else {
			check("as it is", base, act, Pass, "")
			// Frames painted on are found as such or hide the face; either way
			// nobody passes with them.
			res, err := Check(t.Context(), asJPEG(t, worn(base, plain.Face, "frames"), 92), act)
			if err != nil || res.Verdict == Pass {
				t.Errorf("%s with frames: %v %v", name, res.Verdict, err)
			}
		}
		if plain.Face == nil {
			continue
		}
		check("dark glasses", worn(base, plain.Face, "dark glasses"), older, Fail, "glasses.dark|face")
		for _, c := range []string{"blue cap", "black cap", "blue scarf"} {
			check(c, worn(base, plain.Face, c), older, Review, "head.covering|face")
		}
		check("grey ground", l.on(grey(190)), older, Fail, "background.light")
		check("blue ground", l.on(plainGround(90, 140, 210)), older, Fail, "background.tint")
		check("shadow", l.on(shadowGround(l, 60, 14, 160, 2)), older, Fail, "background.shadow")
		check("door frame", l.on(onRect(grey(252), image.Rect(0, 0, 60, h), color.RGBA{110, 80, 60, 255})), older, Fail, "background.*")
		check("blurred", blurred(base, 7), older, Fail, "face.sharp")
		check("leaning", onto(rotateTest(base, 12), 252), older, Fail, "face.tilt")
		check("too small a file", resized(base, 300, 450), older, Fail, "resolution")
		check("grey photo", changed(base, func(_, _ int, p rgb) rgb {
			v := 0.3*p[0] + 0.59*p[1] + 0.11*p[2]
			return rgb{v, v, v}
		}), older, Fail, "colour")
		check("3:4", resized(base.SubImage(image.Rect(0, 0, 709, 945)), 709, 945), older, Fail, "aspect")
	}
}

// onto whitens the corners that a turn has filled with repeated edges.
func onto(m *image.RGBA, v uint8) *image.RGBA {
	w, h := float64(m.Rect.Dx()), float64(m.Rect.Dy())
	return changed(m, func(x, y int, c rgb) rgb {
		if float64(y) < h*0.45 && (float64(x) < w*0.04 || float64(x) > w*0.96) {
			return rgb{float64(v), float64(v), float64(v)}
		}
		return c
	})
}

func mustRules(t testing.TB, id string) *Rules {
	t.Helper()
	r, ok := RulesFor(id)
	if !ok {
		t.Fatalf("no rules %s", id)
	}
	return r
}
