package fonts

import (
	"fmt"

	"golang.org/x/image/font"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
)

// Shape is the outline of one character in thousandths of an em, y upwards, its
// origin at the left end of the base line. Each line of it is a PDF path operator
// with its points: 'm', 'l' or 'c'.
type Shape struct {
	Advance float64
	Path    []Stroke
}

// Stroke is a step of an outline: Op 'm' and 'l' have one point, 'c' (a cubic
// curve) has three.
type Stroke struct {
	Op     byte
	Points [3][2]float64
}

// Outline is the text in the bold face as shapes, one for each character: for
// words that are part of a drawing and no text. It reads the face anew, for
// drawings that are made once.
func Outline(text string) ([]Shape, error) {
	f, err := sfnt.Parse(boldTTF)
	if err != nil {
		return nil, fmt.Errorf("read the bold face: %w", err)
	}
	const em = 1000
	var buf sfnt.Buffer
	var out []Shape
	for _, r := range text {
		g, err := f.GlyphIndex(&buf, r)
		if err != nil {
			return nil, fmt.Errorf("glyph of %U: %w", r, err)
		}
		if g == 0 {
			return nil, fmt.Errorf("the bold face has no %U", r)
		}
		advance, err := f.GlyphAdvance(&buf, g, fixed.I(em), font.HintingNone)
		if err != nil {
			return nil, fmt.Errorf("advance of %U: %w", r, err)
		}
		segments, err := f.LoadGlyph(&buf, g, fixed.I(em), nil)
		if err != nil {
			return nil, fmt.Errorf("outline of %U: %w", r, err)
		}
		out = append(out, shape(segments, float64(advance)/64))
	}
	return out, nil
}

// shape turns y upwards and makes quadratic curves cubic.
func shape(segments sfnt.Segments, advance float64) Shape {
	s := Shape{Advance: advance}
	var at [2]float64
	point := func(p fixed.Point26_6) [2]float64 { return [2]float64{float64(p.X) / 64, -float64(p.Y) / 64} }
	for _, seg := range segments {
		a, b, c := point(seg.Args[0]), point(seg.Args[1]), point(seg.Args[2])
		switch seg.Op {
		case sfnt.SegmentOpMoveTo:
			s.Path, at = append(s.Path, Stroke{'m', [3][2]float64{a}}), a
		case sfnt.SegmentOpLineTo:
			s.Path, at = append(s.Path, Stroke{'l', [3][2]float64{a}}), a
		case sfnt.SegmentOpQuadTo:
			third := func(p [2]float64) [2]float64 { return [2]float64{p[0] + 2*(a[0]-p[0])/3, p[1] + 2*(a[1]-p[1])/3} }
			s.Path, at = append(s.Path, Stroke{'c', [3][2]float64{third(at), third(b), b}}), b
		case sfnt.SegmentOpCubeTo:
			s.Path, at = append(s.Path, Stroke{'c', [3][2]float64{a, b, c}}), c
		}
	}
	return s
}
