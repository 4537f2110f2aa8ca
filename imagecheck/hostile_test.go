package imagecheck

import (
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"math/rand/v2"
	"os"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// peak watches the memory in use while f runs, in MB above what was in use
// before.
func peak(f func()) float64 {
	debug.FreeOSMemory()
	var before, now runtime.MemStats
	runtime.ReadMemStats(&before)
	var top atomic.Uint64
	stop, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		tick := time.NewTicker(2 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-stop:
				return
			case <-tick.C:
				runtime.ReadMemStats(&now)
				top.Store(max(top.Load(), now.HeapInuse))
			}
		}
	}()
	f()
	close(stop)
	<-done
	runtime.ReadMemStats(&now)
	m := max(top.Load(), now.HeapInuse)
	if m < before.HeapInuse {
		return 0
	}
	return float64(m-before.HeapInuse) / (1 << 20)
}

// TestHostile judges every attack of the set and many broken files: a verdict
// or ErrTime comes back, never a panic, and no file takes more than 300 MB. How
// much processor time each took is logged, and limited only where ANTIN_TIMED is
// set, since machines differ.
func TestHostile(t *testing.T) {
	rules, _ := RulesFor("nd219-2025")
	// Compiling the decoders is paid once per process, before any upload.
	for _, build := range []func() (*openjpeg, error){fastOpenJPEG, stoppableOpenJPEG} {
		if _, err := build(); err != nil {
			t.Fatal(err)
		}
	}
	c := &collector{t: t}
	c.attacks(people()[0].paint(setWidth, setHeight).on(grey(250)))
	files, whole := map[string][]byte{}, map[string][]byte{}
	for _, s := range c.all {
		files[s.name] = s.data
	}
	r := rand.New(rand.NewPCG(6, 219))
	for _, name := range []string{"jpeg/progressive.jpg", "jpeg/restart.jpg", "jpeg/cmyk.jpg", "j2k/plain.j2k", "j2k/reversible.j2k", "j2k/tiles.j2k", "j2k/layers.j2k", "j2k/real.jp2"} {
		sound := fixture(t, name)
		for k := range 30 {
			b := slices.Clone(sound)
			for range 1 + r.IntN(12) {
				// Half of the flips fall into the headers.
				n := len(b)
				if r.IntN(2) == 0 {
					n = min(n, 220)
				}
				b[r.IntN(n)] ^= 1 << r.IntN(8)
			}
			if k%5 == 0 {
				b = b[:r.IntN(len(b))]
			}
			broken := fmt.Sprintf("%s broken %d", name, k)
			files[broken], whole[broken] = b, sound
		}
	}
	files["JPEG of 50 megapixels"] = flatJPEG(t, 5700, 8700)
	files["progressive header of 40 megapixels"] = patched(fixture(t, "jpeg/progressive.jpg"), sof(fixture(t, "jpeg/progressive.jpg"))+5, 0x1E, 0x00, 0x14, 0x00)
	var slowest time.Duration
	var largest float64
	verdicts := map[string]int{}
	var passed []string
	for name, b := range files {
		var took time.Duration
		mem := peak(func() {
			start := processorTime(t)
			res, err := Check(t.Context(), b, rules)
			took = processorTime(t) - start
			switch {
			case errors.Is(err, ErrTime):
				verdicts["out of time"]++
			case err != nil:
				t.Errorf("%s: %v", name, err)
			default:
				verdicts[string(res.Verdict)]++
			}
			if err == nil && res.Verdict == Pass && whole[name] != nil {
				passed = append(passed, name)
			}
		})
		if mem > 300 {
			t.Errorf("%s took %.0f MB", name, mem)
		}
		if os.Getenv("ANTIN_TIMED") != "" && took > 2*time.Second {
			t.Errorf("%s took %v", name, took)
		}
		slowest, largest = max(slowest, took), max(largest, mem)
	}
	t.Logf("%d files: %v; slowest %v, most memory %.0f MB", len(files), verdicts, slowest, largest)
	// A broken file may pass only if nobody sees that it is one.
	for _, name := range passed {
		a, err := opened(t, files[name])
		if err != nil {
			t.Fatal(name, err)
		}
		b, err := opened(t, whole[name])
		if err != nil {
			t.Fatal(name, err)
		}
		before, after := toRGBA(b.source), toRGBA(a.source)
		if before.Rect != after.Rect {
			t.Logf("%s passes and is %v, not %v", name, after.Rect, before.Rect)
		}
		common := before.Rect.Intersect(after.Rect)
		if !near(after.Rect, common) || !near(before.Rect, common) {
			t.Errorf("%s passes and is %v, not %v", name, after.Rect, before.Rect)
			continue
		}
		part := func(m *image.RGBA) *image.RGBA { return m.SubImage(common).(*image.RGBA) } //nolint:forcetypeassert // its type
		if d := visible(part(before), part(after)); d > shows {
			t.Errorf("%s passes and shows by %.0f levels", name, d)
		}
	}
}

// near reports whether all but a row or column of a picture lies in part.
func near(whole, part image.Rectangle) bool {
	return whole.Dx()-part.Dx() <= 1 && whole.Dy()-part.Dy() <= 1
}

func flatJPEG(t testing.TB, w, h int) []byte {
	t.Helper()
	m := whole(w/10, h/10, rgb{240, 240, 240})
	return asJPEG(t, averaged(m, w, h), 50)
}

func FuzzInspect(f *testing.F) {
	j := asJPEG(f, whole(48, 72, rgb{200, 190, 180}), 80)
	f.Add(withSegments(j, jfif(1, 300, 300), photoshop(300), exifOrientation(6)))
	k := fixture(f, "j2k/grey.j2k")
	f.Add(jp2File(k[:400], 472, 709, 1, resBox("resc", 11811), nil))
	f.Add(k[:400])
	f.Fuzz(func(t *testing.T, b []byte) {
		in, err := Inspect(b)
		if err != nil {
			var r *Refusal
			if !errors.As(err, &r) || strings.Contains(r.Vietnamese()+r.English(), "%!") {
				t.Fatalf("%v", err)
			}
			return
		}
		if in.Width < 1 || in.Height < 1 || in.Width*in.Height > MaxPixels || in.Tiles > maxTiles || in.Orientation < 1 || in.Orientation > 8 {
			t.Fatalf("%+v", in)
		}
		if in.Format == JPEG {
			var s jpegStream
			s.read(b)
			if in.Width*in.Height < 1<<14 {
				if m, _, err := decode(t.Context(), b, in, wasmPixels); err == nil {
					s.looks(m)
				}
			}
			if _, err := Inspect(stripJPEG(b, 300)); err != nil {
				t.Fatalf("stripped: %v", err)
			}
		}
	})
}

func FuzzEXIF(f *testing.F) {
	f.Add(exifDensity(binary.BigEndian, 2, 300, 1)[10:])
	f.Add(exifOrientation(6)[10:])
	f.Fuzz(func(t *testing.T, b []byte) {
		if e, err := readEXIF(b); err == nil && (e.orientation < 1 || e.orientation > 8) {
			t.Fatal(e)
		}
	})
}

func FuzzSegments(f *testing.F) {
	f.Add(jfif(2, 118, 118)[4:], photoshop(300)[18:])
	f.Fuzz(func(t *testing.T, a, b []byte) {
		readJFIF(a)
		read8BIM(b)
		resolution("x", a)
	})
}

func FuzzJP2(f *testing.F) {
	k := fixture(f, "j2k/grey.j2k")
	f.Add(jp2File(k[:300], 472, 709, 1, resBox("resd", 2835), jp2Box("xml ", []byte("<a/>"))))
	f.Add(fixture(f, "j2k/tiles.j2k")[:600])
	f.Add(fixture(f, "j2k/layers.j2k"))
	f.Fuzz(func(t *testing.T, b []byte) {
		_, _ = inspectJP2(append(slices.Clone(jp2Signature), b...))
		if in, err := inspectCodestream(b, span{0, len(b)}); err == nil {
			wholeJ2K(b[:in.codestream.to], in, 0)
		}
	})
}

// FuzzPackets gives the readers of packet headers and code-blocks bytes that no
// length before them bounds.
func FuzzPackets(f *testing.F) {
	k := fixture(f, "j2k/grey.j2k")
	f.Add(k[150:400], uint8(0), uint8(5), uint8(4), uint8(15))
	f.Add(k[150:400], uint8(3), uint8(2), uint8(2), uint8(3))
	f.Fuzz(func(t *testing.T, b []byte, order, levels, block, part uint8) {
		s := codingStyle{order: int(order % 5), layers: 3, levels: int(levels % 7), cbw: 2 + int(block%5), cbh: 2 + int(block/5%5), flags: int(order / 5)}
		for r := range s.levels + 1 {
			s.precincts[r] = [2]int{1 + int(part%15), 1 + int(part/15%15)}
		}
		left := 5000
		ps := s.precinctsOf(area{3, 5, 90, 70}, 2, &left)
		if ps == nil || s.packets(ps, b) {
			return
		}
		var r blockReader
		work := 1_000_000
		for i := range ps {
			r.precinct(&ps[i], &work, false, true)
		}
		judgeEnds(r.ends)
	})
}
