package imagecheck

import (
	"image"
	"maps"
	"math"
	"slices"
	"testing"
)

// TestRates counts verdicts over variants of real portraits: NASA's, and those of
// the folder that ANTIN_PORTRAITS names. With the folder its log is the table of
// docs/photo.md.
func TestRates(t *testing.T) {
	const w, h = 709, 1063
	act, older := mustRules(t, "nd219-2025"), mustRules(t, "nd152-2020")
	table := map[string]*[3]int{}
	count := func(row string, m image.Image, quality int, r *Rules) {
		res, err := Check(t.Context(), asJPEG(t, m, quality), r)
		if err != nil {
			t.Fatal(err)
		}
		if table[row] == nil {
			table[row] = new([3]int)
		}
		table[row][map[Status]int{Pass: 0, Review: 1, Fail: 2}[res.Verdict]]++
	}
	var tiltErr []float64
	all := portraits(t, w, h)
	for _, name := range slices.Sorted(maps.Keys(all)) {
		l := all[name]
		wears := name == "senate_gary-peters.jpg" || name == "senate_john-barrasso.jpg"
		base := l.on(grey(252))
		first, err := Check(t.Context(), asJPEG(t, base, 92), older)
		if err != nil || first.Face == nil {
			t.Fatal(name, err)
		}
		for _, v := range []uint8{242, 248, 254} {
			for _, k := range []float64{0.85, 1, 1.08} {
				lit := &layer{m: changed(l.m, func(_, _ int, c rgb) rgb { return c.times(k) }), alpha: l.alpha}
				m := lit.on(grey(v))
				for _, q := range []int{70, 92} {
					count("sound", m, q, older)
					row := "sound, no glasses, act of 2025"
					if wears {
						row = "real glasses, act of 2025"
					}
					count(row, m, q, act)
				}
				count("sound with noise", changed(m, func(x, y int, c rgb) rgb {
					n := 5 * grain(x, y, 3)
					return rgb{c[0] + n, c[1] + n, c[2] + n}
				}), 85, older)
				count("sound, 472x709", resized(m, 472, 709), 90, older)
			}
		}
		for _, v := range []uint8{120, 160, 190, 205, 215} {
			count("grey ground to 215", l.on(grey(v)), 92, older)
		}
		for _, c := range [][3]uint8{{200, 220, 250}, {250, 240, 220}, {230, 250, 230}, {255, 220, 225}, {60, 100, 190}} {
			count("coloured ground", l.on(plainGround(c[0], c[1], c[2])), 92, older)
		}
		for _, d := range [][3]int{{50, 10, 150}, {-50, 10, 150}, {60, 20, 190}, {-70, 0, 200}, {40, 0, 170}} {
			count("shadow on the wall", l.on(shadowGround(l, d[0], d[1], uint8(d[2]), 2)), 92, older)
		}
		for _, deg := range []float64{-20, -13, -10, 10, 13, 20} {
			m := onto(rotateTest(base, deg), 252)
			count("leaning 10 to 20 degrees", m, 92, older)
			a, err := analyse(t.Context(), asJPEG(t, m, 92), older, wasmPixels)
			if err == nil && a.face.found {
				tiltErr = append(tiltErr, math.Abs(a.face.tilt-first.Face.Tilt-deg))
			}
		}
		if !wears {
			count("painted frames, act of 2025", worn(base, first.Face, "frames"), 92, act)
		}
		count("dark glasses", worn(base, first.Face, "dark glasses"), 92, older)
		for _, c := range []string{"blue cap", "black cap", "blue scarf"} {
			count("painted "+c, worn(base, first.Face, c), 92, older)
		}
		for _, s := range []float64{5, 7, 9} {
			count("blurred", blurred(base, s), 92, older)
		}
		count("enlarged from 80x120", resized(resized(base, 80, 120), w, h), 92, older)
		squeezed := resized(base.SubImage(image.Rect(150, 0, 560, 1063)), w, h)
		count("cut so that hair touches the sides", squeezed, 92, older)
	}
	for _, row := range slices.Sorted(maps.Keys(table)) {
		n := table[row]
		t.Logf("| %s | %d | %d | %d |", row, n[0], n[1], n[2])
		if row == "sound" && n[2] > 0 {
			t.Errorf("%d sound photos were refused", n[2])
		}
	}
	slices.Sort(tiltErr)
	t.Logf("tilt is found to %.1f degrees in the median, %.1f at most (%d)", tiltErr[len(tiltErr)/2], tiltErr[len(tiltErr)-1], len(tiltErr))
}
