package imagecheck

import (
	"image"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
)

// TestSoundFiles: no file is called damaged that an encoder wrote so.
func TestSoundFiles(t *testing.T) {
	jpegs, _ := filepath.Glob("testdata/jpeg/*.jpg")
	streams, _ := filepath.Glob("testdata/j2k/*")
	files := append(jpegs, streams...)
	if dir := os.Getenv("ANTIN_PORTRAITS"); dir != "" {
		more, _ := filepath.Glob(filepath.Join(dir, "*.jpg"))
		files = append(files, more...)
	}
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		if a, err := opened(t, b); err != nil || a.damage != sound {
			t.Errorf("%s: %v %v", f, a.damage, err)
		}
	}
	photo := nasaOn(t, 252)
	for q := 30; q <= 100; q += 5 {
		if a, err := opened(t, asJPEG(t, photo, q)); err != nil || a.damage != sound {
			t.Errorf("quality %d: %v %v", q, a.damage, err)
		}
	}
}

func nasaOn(t testing.TB, v uint8) *image.RGBA {
	o := readOutlines(t)["nasa_astronaut.png"]
	return cutOut(readPicture(t, "testdata/nasa_astronaut.png"), o, 472, 709).on(grey(v))
}

// opened runs a check up to the picture.
func opened(t testing.TB, b []byte) (*analysis, error) {
	a := &analysis{data: b}
	var err error
	if a.info, err = Inspect(b); err == nil {
		err = a.decode(t.Context(), wasmPixels)
	}
	return a, err
}

// visible is the largest mean difference of two pictures in an 8x8 block, in
// levels of the worst colour, less what busy surroundings hide: their own mean
// difference between neighbours.
func visible(a, b *image.RGBA) float64 {
	worst := 0.0
	at := func(m *image.RGBA, x, y, k int) float64 { return float64(m.Pix[m.PixOffset(x, y)+k]) }
	for y := 0; y+8 <= a.Rect.Dy(); y += 8 {
		for x := 0; x+8 <= a.Rect.Dx(); x += 8 {
			var sum [3]float64
			for j := y; j < y+8; j++ {
				for i := x; i < x+8; i++ {
					for k := range sum {
						sum[k] += math.Abs(at(a, i, j, k)-at(b, i, j, k)) / 64
					}
				}
			}
			d := max(sum[0], sum[1], sum[2])
			if d <= worst {
				continue
			}
			busy, n := 0.0, 0
			r := image.Rect(x-8, y-8, x+16, y+16).Intersect(image.Rect(0, 0, a.Rect.Dx()-1, a.Rect.Dy()-1))
			for j := r.Min.Y; j < r.Max.Y; j++ {
				for i := r.Min.X; i < r.Max.X; i++ {
					busy += math.Abs(at(a, i, j, 1)-at(a, i+1, j, 1)) + math.Abs(at(a, i, j, 1)-at(a, i, j+1, 1))
					n++
				}
			}
			worst = max(worst, d-busy/float64(n))
		}
	}
	return worst
}

// shows is the difference above which a damaged block catches the eye.
const shows = 10

// TestFlippedBits flips single bits anywhere in sound files of every kind and
// counts what becomes of them before the picture is judged at all. Few that pass
// may show; docs/photo.md says which. ANTIN_FLIPS sets how many per file; the
// table there is from 100.
func TestFlippedBits(t *testing.T) {
	flips := 12
	if n, err := strconv.Atoi(os.Getenv("ANTIN_FLIPS")); err == nil {
		flips = n
	}
	photo := nasaOn(t, 250)
	drawn := people()[2].paint(setWidth, setHeight).on(grey(248))
	for _, v := range []struct {
		kind  string
		files [][]byte
	}{
		{"JPEG, baseline", [][]byte{
			asJPEG(t, photo, 92), asJPEG(t, photo, 75), asJPEG(t, drawn, 85),
			fixture(t, "jpeg/restart.jpg"), fixture(t, "jpeg/keep-rgb.jpg"), fixture(t, "jpeg/cmyk.jpg"), fixture(t, "jpeg/grey.jpg"),
		}},
		{"JPEG, progressive", [][]byte{fixture(t, "jpeg/progressive.jpg"), fixture(t, "jpeg/progressive-444.jpg")}},
		{"JPEG 2000", [][]byte{
			fixture(t, "j2k/plain.j2k"), fixture(t, "j2k/reversible.j2k"), fixture(t, "j2k/tiles.j2k"),
			fixture(t, "j2k/layers.j2k"), fixture(t, "j2k/real.jp2"),
		}},
	} {
		r := rand.New(rand.NewPCG(4, 6))
		var refused, review, same, hidden, shown, all int
		for _, whole := range v.files {
			first, err := opened(t, whole)
			if err != nil {
				t.Fatal(err)
			}
			want := toRGBA(first.source)
			for range flips {
				b := slices.Clone(whole)
				i, k := r.IntN(len(b)), r.IntN(8)
				b[i] ^= 1 << k
				all++
				a, err := opened(t, b)
				if err != nil {
					refused++
					continue
				}
				if a.damage != sound {
					review++
					continue
				}
				got := toRGBA(a.source)
				if got.Rect != want.Rect || a.info.Orientation != first.info.Orientation {
					shown++ // another shape: for the other measures to judge
					continue
				}
				switch d := visible(want, got); {
				case d > shows:
					shown++
					t.Logf("%s: byte %d bit %d shows by %.0f levels", v.kind, i, k, d)
				case d > 1:
					hidden++
				default:
					same++
				}
			}
		}
		share := func(n int) float64 { return 100 * float64(n) / float64(all) }
		t.Logf("| %s | %d | %.0f %% | %.0f %% | %.0f %% | %.0f %% | %.1f %% |", v.kind, all, share(refused), share(review), share(same), share(hidden), share(shown))
		if 100*shown > 5*all {
			t.Errorf("%s: %d of %d flips show and pass", v.kind, shown, all)
		}
	}
}
