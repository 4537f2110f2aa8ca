package imagecheck

import (
	"image"
	"maps"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
)

// TestSoundFiles: no file is called damaged that an encoder wrote so.
// ANTIN_PORTRAITS and ANTIN_SOUND name folders with more of them; of the latter,
// files that many encoders wrote, one in 40 may go to a person.
func TestSoundFiles(t *testing.T) {
	jpegs, _ := filepath.Glob("testdata/jpeg/*.jpg")
	streams, _ := filepath.Glob("testdata/j2k/*")
	files := append(jpegs, streams...)
	if dir := os.Getenv("ANTIN_PORTRAITS"); dir != "" {
		more, _ := filepath.Glob(filepath.Join(dir, "*.jpg"))
		files = append(files, more...)
	}
	for _, f := range files {
		if a, err := opened(t, readFile(t, f)); err != nil || a.damage != sound {
			t.Errorf("%s: %v %v", f, a.damage, err)
		}
	}
	if dir := os.Getenv("ANTIN_SOUND"); dir != "" {
		more, _ := filepath.Glob(filepath.Join(dir, "*"))
		reviewed := 0
		for _, f := range more {
			a, err := opened(t, readFile(t, f))
			if err != nil {
				t.Errorf("%s: %v", f, err)
			} else if a.damage == doubtful {
				reviewed++
				t.Logf("%s goes to a person", f)
			}
		}
		t.Logf("%d of %d go to a person", reviewed, len(more))
		if 40*reviewed > len(more) {
			t.Errorf("%d of %d sound files go to a person", reviewed, len(more))
		}
	}
	photo := nasaOn(t, 252)
	for q := 30; q <= 100; q += 5 {
		if a, err := opened(t, asJPEG(t, photo, q)); err != nil || a.damage != sound {
			t.Errorf("quality %d: %v %v", q, a.damage, err)
		}
	}
}

func readFile(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return b
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

// flipped counts what becomes of files in which one bit is flipped.
type flipped struct{ all, refused, review, same, hidden, shown int }

func (n *flipped) share(k int) float64 { return 100 * float64(k) / float64(n.all) }

// flip flips n bits of a file, one at a time, and judges each by the checks for
// damage alone.
func (n *flipped) flip(t *testing.T, r *rand.Rand, kind string, whole []byte, flips int) {
	first, err := opened(t, whole)
	if err != nil || first.damage != sound {
		t.Fatal(kind, err, first.damage)
	}
	want := toRGBA(first.source)
	for range flips {
		b := slices.Clone(whole)
		i, k := r.IntN(len(b)), r.IntN(8)
		b[i] ^= 1 << k
		n.all++
		a, err := opened(t, b)
		if err != nil {
			n.refused++
			continue
		}
		if a.damage != sound {
			n.review++
			continue
		}
		got := toRGBA(a.source)
		if got.Rect != want.Rect || a.info.Orientation != first.info.Orientation {
			n.shown++ // another shape: for the other measures to judge
			continue
		}
		switch d := visible(want, got); {
		case d > shows:
			n.shown++
			t.Logf("%s: byte %d bit %d shows by %.0f levels", kind, i, k, d)
		case d > 1:
			n.hidden++
		default:
			n.same++
		}
	}
}

// TestFlippedBits flips single bits anywhere in sound files of every kind and
// counts what becomes of them before the picture is judged at all. The share that
// passes and shows is bounded (docs/photo.md says which those are), and the share
// that is refused must not fall. ANTIN_FLIPS sets how many per file; the table
// there is from 200, with the portraits of ANTIN_PORTRAITS.
func TestFlippedBits(t *testing.T) {
	flips := 12
	if n, err := strconv.Atoi(os.Getenv("ANTIN_FLIPS")); err == nil {
		flips = n
	}
	cast := people()
	baseline := [][]byte{
		asJPEG(t, nasaOn(t, 250), 92), asJPEG(t, nasaOn(t, 250), 75),
		asJPEG(t, cast[2].paint(setWidth, setHeight).on(grey(248)), 85),
		asJPEG(t, cast[0].paint(setWidth, setHeight).on(grey(250)), 75),
		asJPEG(t, cast[4].paint(setWidth, setHeight).on(grey(245)), 95),
		fixture(t, "jpeg/restart.jpg"), fixture(t, "jpeg/keep-rgb.jpg"), fixture(t, "jpeg/cmyk.jpg"), fixture(t, "jpeg/grey.jpg"),
	}
	if os.Getenv("ANTIN_PORTRAITS") != "" {
		cutOut := portraits(t, setWidth, setHeight)
		for _, name := range slices.Sorted(maps.Keys(readOutlines(t))) {
			baseline = append(baseline, asJPEG(t, cutOut[name].on(grey(250)), 92))
		}
	}
	for _, v := range []struct {
		kind   string
		files  [][]byte
		refuse float64 // at least, in per cent
		blind  int     // at most one in so many passes and shows
	}{
		{"JPEG, baseline", baseline, 30, 500},
		{"JPEG, progressive", [][]byte{fixture(t, "jpeg/progressive.jpg"), fixture(t, "jpeg/progressive-444.jpg")}, 25, 200},
		{"JPEG 2000", [][]byte{
			fixture(t, "j2k/plain.j2k"), fixture(t, "j2k/reversible.j2k"), fixture(t, "j2k/tiles.j2k"),
			fixture(t, "j2k/layers.j2k"), fixture(t, "j2k/real.jp2"),
			fixture(t, "j2k/portrait-openjpeg.jp2"), fixture(t, "j2k/portrait-ffmpeg.jp2"), fixture(t, "j2k/person-grok.jp2"),
		}, 50, 200},
	} {
		t.Run(v.kind, func(t *testing.T) {
			r := rand.New(rand.NewPCG(4, 6))
			var n flipped
			for _, whole := range v.files {
				n.flip(t, r, v.kind, whole, flips)
			}
			t.Logf("| %s | %d | %.0f %% | %.0f %% | %.0f %% | %.0f %% | %.2f %% |", v.kind, n.all,
				n.share(n.refused), n.share(n.review), n.share(n.same), n.share(n.hidden), n.share(n.shown))
			if n.refused+n.review+n.same+n.hidden+n.shown != n.all || n.all != flips*len(v.files) {
				t.Errorf("%s: %+v doesn't add up", v.kind, n)
			}
			if v.blind*n.shown > n.all {
				t.Errorf("%s: %d of %d flips show and pass", v.kind, n.shown, n.all)
			}
			if n.share(n.refused) < v.refuse {
				t.Errorf("%s: %.0f %% are refused", v.kind, n.share(n.refused))
			}
		})
	}
}
