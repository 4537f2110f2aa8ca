package mark

import (
	"fmt"
	"math"
	"strings"

	"antin/fonts"
	"antin/internal/pdf"
	"antin/templates/render"
)

// Drawing is words over a page: upright capitals in red, framed, turned about the
// middle of the page.
type Drawing struct {
	Lines []string // the first is set large, the others below it small
	Turn  float64  // degrees, counter-clockwise
	// Top stands the words at the top of the page in place of its middle.
	Top bool
}

// Sizes of a Drawing, in points.
const (
	largeSize, smallSize  = 40.0, 11.0
	drawingPad, frameLine = 8.0, 1.5
)

// drawing writes the words as a form XObject of the page's size and names it.
func (x *extractor) drawing(d Drawing, w, h float64, forms pdf.Dict) (pdf.Name, error) {
	key := fmt.Sprintf("%v %g %g", d, w, h)
	ref, ok := x.drawn[key]
	if !ok {
		bold, regular := x.font(fonts.Bold), x.font(fonts.Regular)
		content, err := d.content(w, h)
		if err != nil {
			return "", err
		}
		ref = x.w.Add(pdf.Deflate(pdf.Dict{
			"Type": pdf.Name("XObject"), "Subtype": pdf.Name("Form"), "BBox": numbers(0, 0, w, h),
			"Resources": pdf.Dict{"Font": pdf.Dict{"B": bold, "R": regular}},
		}, content, 6))
		x.drawn[key] = ref
	}
	name := freeName(forms, "Dau")
	forms[name] = ref
	return name, nil
}

func (x *extractor) font(s fonts.Style) pdf.Ref {
	key := fmt.Sprint("font ", s)
	ref, ok := x.drawn[key]
	if !ok {
		ref = render.PutFont(x.w, s)
		x.drawn[key] = ref
	}
	return ref
}

func (d Drawing) content(w, h float64) ([]byte, error) {
	type line struct {
		codes, font string
		size, width float64
	}
	var lines []line
	widest, height := 0.0, 0.0
	for i, text := range d.Lines {
		l, style := line{font: "R", size: smallSize}, fonts.Regular
		if i == 0 {
			l.font, l.size, style = "B", largeSize, fonts.Bold
		}
		codes, thousandths, err := setText(text, style)
		if err != nil {
			return nil, err
		}
		l.codes, l.width = codes, float64(thousandths)*l.size/1000
		lines = append(lines, l)
		widest, height = max(widest, l.width), height+l.size*1.25
	}
	boxW, boxH := widest+2*drawingPad, height+2*drawingPad
	scale := min(1, 0.9*w/boxW, 0.9*h/boxH)
	cx, cy := w/2, h/2
	if d.Top {
		cy = h - boxH*scale/2 - 6*mm
	}
	sin, cos := math.Sincos(d.Turn * math.Pi / 180)
	var b strings.Builder
	fmt.Fprintf(&b, "q %s", matrix([6]float64{cos * scale, sin * scale, -sin * scale, cos * scale, cx, cy}))
	fmt.Fprintf(&b, "0.8 0 0 RG 0.8 0 0 rg %g w %s %s %s %s re S\nBT\n", frameLine, num(-boxW/2), num(-boxH/2), num(boxW), num(boxH))
	y := height / 2
	for _, l := range lines {
		y -= l.size * 1.25
		fmt.Fprintf(&b, "/%s %s Tf 1 0 0 1 %s %s Tm <%s> Tj\n", l.font, num(l.size), num(-l.width/2), num(y+l.size*0.32), l.codes)
	}
	b.WriteString("ET Q\n")
	return []byte(b.String()), nil
}
