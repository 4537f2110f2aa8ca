package imagecheck

import (
	"bytes"
	"image"
	"image/jpeg"
	"slices"
	"syscall"
	"testing"
	"time"
)

// processorTime is what this process has used of all processors: unlike the
// clock it does not count what others do on a busy machine.
func processorTime(b testing.TB) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// BenchmarkCheck measures the check of a 709x1063 photo by step, and beside it a
// plain decode in the same run. Medians of processor time in ms are reported per
// step.
func BenchmarkCheck(b *testing.B) {
	rules := mustRules(b, "nd219-2025")
	person := people()[1].paint(709, 1063).on(grey(250))
	for _, v := range []struct {
		name string
		data []byte
	}{{"jpeg", asJPEG(b, person, 92)}, {"jp2", jp2File(fixture(b, "j2k/large.j2k"), 709, 1063, 3, nil, nil)}} {
		b.Run(v.name, func(b *testing.B) {
			times := map[string][]time.Duration{}
			step := func(name string, f func()) {
				start := processorTime(b)
				f()
				times[name] = append(times[name], processorTime(b)-start)
			}
			if _, err := fastOpenJPEG(); err != nil {
				b.Fatal(err)
			}
			theCascades()
			for b.Loop() {
				step("check", func() {
					if res, err := Check(b.Context(), v.data, rules); err != nil || res.Verdict != Pass {
						b.Fatal(res, err)
					}
				})
				var (
					in   *Info
					m    image.Image
					work *image.RGBA
					f    face
					back *background
				)
				step("inspect", func() { in, _ = Inspect(v.data) })
				var s jpegStream
				step("whole", func() {
					if in.Format == JPEG {
						s.read(v.data)
					} else {
						wholeJ2K(v.data[in.codestream.from:in.codestream.to], in, 0)
					}
				})
				step("decode", func() { m, _, _ = decode(b.Context(), v.data, in, wasmPixels) })
				if in.Format == JPEG {
					step("seams", func() { s.looks(m) })
				}
				step("rgb", func() { work, _ = shrunk(m, workPixels) })
				step("face", func() { f = findFace(work) })
				step("background", func() { back = measureBackground(work, &f) })
				step("quality", func() { measureQuality(work, &f, back) })
				if in.Format == JPEG {
					step("plain-decode", func() { _, _ = jpeg.Decode(bytes.NewReader(v.data)) })
				}
			}
			for name, d := range times {
				slices.Sort(d)
				b.ReportMetric(float64(d[len(d)/2].Microseconds())/1000, name+"-ms")
			}
			b.ReportMetric(0, "ns/op")
		})
	}
}

func BenchmarkCompile(b *testing.B) {
	for b.Loop() {
		if _, err := newOpenJPEG(false); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkPrepare(b *testing.B) {
	data, rules := asJPEG(b, people()[1].paint(1200, 1800).on(grey(250)), 92), mustRules(b, "nd219-2025")
	for b.Loop() {
		if _, err := Prepare(b.Context(), data, rules); err != nil {
			b.Fatal(err)
		}
	}
}
