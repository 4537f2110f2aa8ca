package imagecheck

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"math"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// original is a photo as a phone takes it: wide, large, the person somewhere in
// it.
func original(p drawn, w, h int) *image.RGBA {
	return p.paint(w, h).on(grey(250))
}

func TestPrepare(t *testing.T) {
	rules := mustRules(t, "nd219-2025")
	small := people()[0]
	small.eye, small.across, small.down = 0.085, 0.4, 0.4
	wide := original(small, 1800, 1400)
	leaning := people()[1]
	leaning.eye, leaning.tilt, leaning.down = 0.14, 9, 0.45
	lean := original(leaning, 1200, 1500)
	for _, v := range []struct {
		name string
		data []byte
	}{
		{"wide", asJPEG(t, wide, 92)},
		{"wide, stored on its side", withSegments(asJPEG(t, turnedBack(wide, 6), 92), exifOrientation(6))},
		{"wide, stored mirrored on its side", withSegments(asJPEG(t, turnedBack(wide, 7), 92), exifOrientation(7))},
		{"leaning", asJPEG(t, lean, 92)},
		{"already good", asJPEG(t, original(people()[2], 709, 1063), 92)},
		{"JPEG 2000", fixture(t, "j2k/large.j2k")},
	} {
		t.Run(v.name, func(t *testing.T) {
			before, err := Check(t.Context(), v.data, rules)
			if err != nil {
				t.Fatal(err)
			}
			if !before.CanPrepare {
				t.Errorf("no offer to prepare: %v", before.Verdict)
			}
			p, err := Prepare(t.Context(), v.data, rules)
			if err != nil {
				if wf, ok := errors.AsType[*WouldFail](err); ok {
					for _, m := range wf.Result.Measures {
						if m.Status != Pass {
							t.Logf("%+v", m)
						}
					}
				}
				t.Fatal(err)
			}
			if p.Result.Verdict != Pass {
				t.Errorf("verdict %s", p.Result.Verdict)
			}
			in, err := Inspect(p.JPEG)
			if err != nil {
				t.Fatal(err)
			}
			want := []Density{{"jfif", 300, 300}}
			if in.Width != 472 || in.Height != 709 || !cmp.Equal(in.Densities, want) || in.HasLocation || in.HasProfile || in.Orientation != 1 {
				t.Errorf("%+v", in)
			}
			if f := p.Result.Face; f.Centre[0] < 0.45 || f.Centre[0] > 0.55 || f.Tilt > 2.5 || f.Tilt < -2.5 {
				t.Errorf("the face is at %v, leaning %v", f.Centre, f.Tilt)
			}
		})
	}
}

func TestPrepareRefuses(t *testing.T) {
	rules := mustRules(t, "nd219-2025")
	tiny := people()[0]
	tiny.eye = 0.09
	glasses := people()[0]
	glasses.glasses = "thick"
	var refusal *Refusal
	_, err := Prepare(t.Context(), asJPEG(t, original(tiny, 700, 700), 92), rules)
	if !errors.As(err, &refusal) || refusal.Code != "prepare.too-small" {
		t.Errorf("small original: %v", err)
	}
	if strings.Contains(refusal.Vietnamese(), "%!") {
		t.Error(refusal.Vietnamese())
	}
	var wf *WouldFail
	if _, err = Prepare(t.Context(), asJPEG(t, original(glasses, 709, 1063), 92), rules); !errors.As(err, &wf) {
		t.Errorf("glasses: %v", err)
	}
	if _, err = Prepare(t.Context(), asJPEG(t, people()[0].paint(709, 1063).on(grey(180)), 92), rules); !errors.As(err, &wf) {
		t.Errorf("grey ground must not be whitened: %v", err)
	}
	if _, err = Prepare(t.Context(), []byte("%PDF-1.7"), rules); !errors.As(err, &refusal) || refusal.Code != "format.other" {
		t.Errorf("a PDF: %v", err)
	}
	if _, err = Prepare(t.Context(), asJPEG(t, whole(600, 900, rgb{255, 255, 255}), 92), rules); !errors.As(err, &refusal) || refusal.Code != "prepare.no-face" {
		t.Errorf("no face: %v", err)
	}
}

// TestPreparedIsNotRetouched takes a photo whose crop is the whole picture and
// compares the result with a plain resampling.
func TestPreparedIsNotRetouched(t *testing.T) {
	m := original(people()[0], 944, 1418)
	p, err := Prepare(t.Context(), asJPEG(t, m, 95), mustRules(t, "nd219-2025"))
	if err != nil {
		t.Fatal(err)
	}
	got, err := jpeg.Decode(bytes.NewReader(p.JPEG))
	if err != nil {
		t.Fatal(err)
	}
	x0, y0 := p.Crop.Corners[0][0]*944, p.Crop.Corners[0][1]*1418
	x1, y1 := p.Crop.Corners[2][0]*944, p.Crop.Corners[2][1]*1418
	want := resized(m.SubImage(image.Rect(int(x0+0.5), int(y0+0.5), int(x1+0.5), int(y1+0.5))), 472, 709)
	sum := 0.0
	for y := range 709 {
		for x := range 472 {
			g, w := color.GrayModel.Convert(got.At(x, y)).(color.Gray), color.GrayModel.Convert(want.At(x, y)).(color.Gray)
			d := float64(int(g.Y) - int(w.Y))
			sum += d * d
		}
	}
	if mse := sum / (472 * 709); mse > 30 {
		t.Errorf("mean square difference %.1f", mse)
	}
}

func TestAnnotate(t *testing.T) {
	rules := mustRules(t, "nd152-2020")
	data := asJPEG(t, people()[0].paint(709, 1063).on(onRect(grey(250), image.Rect(40, 60, 150, 180), color.RGBA{120, 80, 40, 255})), 92)
	b, err := Annotate(t.Context(), data, rules)
	if err != nil {
		t.Fatal(err)
	}
	m, err := png.Decode(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	if h := m.Bounds().Dy(); h > annotateHeight {
		t.Errorf("%d pixels high", h)
	}
	red := 0
	for y := 50; y < 120; y++ {
		for x := 30; x < 100; x++ {
			r, g, bl, _ := m.At(x, y).RGBA()
			if r>>8 > 150 && g>>8 < 90 && bl>>8 < 60 {
				red++
			}
		}
	}
	if red < 1000 {
		t.Errorf("the object on the wall is not marked: %d pixels", red)
	}
	if _, err := Annotate(t.Context(), []byte("GIF89a"), rules); err == nil {
		t.Error("a GIF was annotated")
	}
}

// TestSameBytesSameVerdict runs the check many times at once.
func TestSameBytesSameVerdict(t *testing.T) {
	rules := mustRules(t, "nd219-2025")
	for _, data := range [][]byte{fixture(t, "jpeg/progressive.jpg"), fixture(t, "j2k/tiles.j2k")} {
		first, err := Check(t.Context(), data, rules)
		if err != nil {
			t.Fatal(err)
		}
		var wg sync.WaitGroup
		for range 6 {
			wg.Go(func() {
				res, err := Check(context.WithoutCancel(t.Context()), data, rules)
				if err != nil {
					t.Error(err)
				} else if d := cmp.Diff(first, res, cmp.AllowUnexported(Info{}, span{})); d != "" {
					t.Error(d)
				}
			})
		}
		wg.Wait()
	}
}

func TestCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for _, f := range []string{"jpeg/progressive.jpg", "j2k/tiles.j2k"} {
		if _, err := Check(ctx, fixture(t, f), mustRules(t, "nd219-2025")); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v", f, err)
		}
	}
}

func TestForEmbedding(t *testing.T) {
	for _, v := range []struct {
		name       string
		data       []byte
		w, h       int
		grey, same bool
	}{
		{"progressive", fixture(t, "jpeg/progressive.jpg"), 472, 709, false, false},
		{"CMYK", fixture(t, "jpeg/cmyk.jpg"), 472, 709, false, false},
		{"RGB", fixture(t, "jpeg/keep-rgb.jpg"), 472, 709, false, false},
		{"grey", fixture(t, "jpeg/grey.jpg"), 472, 709, true, true},
		{"baseline", fixture(t, "jpeg/restart.jpg"), 472, 709, false, true},
		{"J2K", fixture(t, "j2k/plain.j2k"), 472, 709, false, false},
		{"grey J2K", fixture(t, "j2k/grey.j2k"), 472, 709, true, false},
		{"turned", withSegments(asJPEG(t, whole(300, 200, rgb{9, 99, 199}), 90), exifOrientation(6)), 200, 300, false, false},
		{"large", asJPEG(t, whole(2000, 3000, rgb{9, 99, 199}), 90), 945, 1417, false, false},
	} {
		e, err := ForEmbedding(t.Context(), v.data)
		if err != nil {
			t.Errorf("%s: %v", v.name, err)
			continue
		}
		in, err := Inspect(e.JPEG)
		if err != nil || in.Progressive || in.Width != v.w || in.Height != v.h || e.Width != v.w || e.Height != v.h || e.Grey != v.grey || (in.Color == Grey) != v.grey || in.Color != Grey && in.Color != YCbCr {
			t.Errorf("%s: %v %+v grey %v", v.name, err, in, e.Grey)
		}
		if v.same {
			scan := []byte{0xFF, 0xDA}
			if !bytes.Equal(v.data[bytes.Index(v.data, scan):], e.JPEG[bytes.Index(e.JPEG, scan):]) {
				t.Errorf("%s: the coded data changed", v.name)
			}
		}
	}
}

func TestRules(t *testing.T) {
	if r, ok := RulesOn("2025-08-06"); !ok || r.ID != "nd152-2020" {
		t.Error("6 August 2025", r)
	}
	if r, ok := RulesOn("2026-11-23"); !ok || r.ID != "nd219-2025" {
		t.Error("23 November 2026", r)
	}
	if _, ok := RulesOn("2020-01-01"); ok {
		t.Error("an act before there was one")
	}
	good, _ := ruleFiles.ReadFile("rules/nd219-2025.yaml")
	for _, v := range []struct{ from, to, want string }{
		{"aspect: {pass: [-2, 2]}", "aspekt: {pass: [-2, 2]}", "aspekt"},
		{"aspect: {pass: [-2, 2]}", "aspect: {pass: [2, -2]}", "empty"},
		{"aspect: {pass: [-2, 2]}", "aspect: {pass: [2]}", "min, max"},
		{"id: nd219-2025", "idd: x", "idd"},
		{"valid_from: 2025-08-07", "valid_from: soon", "soon"},
		{"  resolution: {pass: [299.5, ~]}\n", "", "resolution"},
	} {
		_, err := ParseRules([]byte(strings.Replace(string(good), v.from, v.to, 1)))
		if err == nil || !strings.Contains(err.Error(), v.want) {
			t.Errorf("%q for %q: %v", v.to, v.from, err)
		}
	}
	// An agency that asks for the tag, too.
	strict, err := ParseRules([]byte(strings.Replace(string(good), "measures:\n", "measures:\n  density: {pass: [299.5, ~]}\n", 1)))
	if err != nil {
		t.Fatal(err)
	}
	res, err := Check(t.Context(), withSegments(asJPEG(t, original(people()[0], 472, 709), 92), jfif(1, 72, 72)), strict)
	if err != nil || res.Verdict != Fail {
		t.Errorf("72 dpi under a strict rule: %v %v", res.Verdict, err)
	}
}

// TestSentences asks every measure for its sentences in both languages.
func TestSentences(t *testing.T) {
	for code, s := range sentences {
		if s[0] == "" || s[1] == "" || strings.Count(s[0], "%") != strings.Count(s[1], "%") {
			t.Errorf("%s: %q %q", code, s[0], s[1])
		}
	}
	for _, r := range AllRules() {
		for id, l := range r.Measures {
			if _, ok := sentences[id+".pass"]; !ok {
				t.Errorf("%s.pass is missing", id)
			}
			has := func(end string) bool { _, ok := sentences[id+end]; return ok }
			if !math.IsNaN(l.Pass[1]) && !has(".fail") && !has(".review") {
				t.Errorf("%s has no sentence for a value too high", id)
			}
			if !math.IsNaN(l.Pass[0]) && !has(".fail") && !has(".low") {
				t.Errorf("%s has no sentence for a value too low", id)
			}
		}
	}
}
