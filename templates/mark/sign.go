package mark

import (
	"errors"
	"fmt"
	"maps"
	"strings"

	"antin/fonts"
	"antin/internal/pdf"
	"antin/templates/render"
)

// Place is the agency's signature field on a file: no picture, its words in
// Times New Roman upright, size 10, black, at the top right of the first page
// (Nghị định 30/2020/NĐ-CP, Phụ lục I, phần I, mục III.1.d and phần II, mục I.3).
type Place struct {
	Field string // name of the signature field
	Label string // read to people who cannot see it (/TU)
	// Lines are set one below the other, to the right; a line too wide for the
	// place is broken at its spaces.
	Lines []string
}

// Measures of the place, in points: box 14 of the decree's drawing lies in the
// top margin and reaches into the right one.
const (
	placeSize   = 10.0
	placePitch  = 11.5
	placeTop    = 6 * mm
	placeRight  = 8.5 * mm
	placeWidest = 80 * mm
	placeLines  = 8
)

// ErrField is wrapped when a file has a form already: see File.Fields.
var ErrField = errors.New("the file has form fields")

// SignHere appends a revision that places the signature field. The file's own
// bytes stay as they are, in front. A tagged file gets the field in its structure
// tree. Errors: *RefusalError, *GlyphError.
func SignHere(data []byte, p Place) ([]byte, error) {
	f, err := open(data)
	if err != nil {
		return nil, err
	}
	catalog, err := f.Catalog()
	if err != nil {
		return nil, refusal(err, data)
	}
	fields, err := f.Fields()
	if err != nil {
		return nil, refusal(err, data)
	}
	if len(fields) > 0 {
		return nil, &RefusalError{Code: Fields, Err: ErrField}
	}
	pages, err := f.Pages()
	if err != nil || len(pages) == 0 {
		return nil, refusal(cmpErr(err), data)
	}
	b, err := boxOf(f, pages[0])
	if err != nil {
		return nil, refuse(PageBox, "page 1")
	}
	look, w, h, err := p.appearance()
	if err != nil {
		return nil, err
	}
	root, ok := f.Trailer()["Root"].(pdf.Ref)
	if !ok {
		return nil, refuse(Malformed, "/Root is not a reference")
	}

	u := pdf.NewUpdate(f)
	font := render.PutFont(u, fonts.Regular)
	m := b.toPage()
	form := pdf.Dict{
		"Type": pdf.Name("XObject"), "Subtype": pdf.Name("Form"), "BBox": numbers(0, 0, w, h),
		"Resources": pdf.Dict{"Font": pdf.Dict{"TNR": font}},
	}
	if b.turn != 0 {
		form["Matrix"] = numbers(m[0], m[1], m[2], m[3], 0, 0)
	}
	seenW, seenH := b.size()
	x1, y1 := seenW-placeRight, seenH-placeTop
	x0, y0 := max(0, x1-w), max(0, y1-h)
	widget := pdf.Dict{
		"Type": pdf.Name("Annot"), "Subtype": pdf.Name("Widget"), "FT": pdf.Name("Sig"), "F": pdf.Integer(4),
		"T": pdf.TextString(p.Field), "TU": pdf.TextString(p.Label), "P": pages[0].Ref,
		"Rect": b.rect(x0, y0, x1, y1), "AP": pdf.Dict{"N": u.Add(pdf.Deflate(form, look, 6))},
	}
	field := u.Add(nil)
	if err := tag(f, u, catalog, pages[0].Ref, field, widget); err != nil {
		return nil, refusal(err, data)
	}
	u.Set(field, widget)
	if err := addAnnotation(f, u, pages[0].Ref, field); err != nil {
		return nil, refusal(err, data)
	}
	acro, err := f.Dict(catalog["AcroForm"])
	if err != nil {
		return nil, refusal(err, data)
	}
	if acro = maps.Clone(acro); acro == nil {
		acro = pdf.Dict{}
	}
	delete(acro, "NeedAppearances") // readers would draw the fields anew
	const signaturesExist, appendOnly = 1, 2
	acro["Fields"], acro["SigFlags"] = pdf.Array{field}, pdf.Integer(signaturesExist|appendOnly)
	changed := maps.Clone(catalog)
	changed["AcroForm"] = u.Add(acro)
	u.Set(root, changed)
	out, err := u.Bytes()
	if err != nil {
		return nil, refusal(err, data)
	}
	return out, nil
}

func cmpErr(err error) error {
	if err == nil {
		return errors.New("no pages")
	}
	return err
}

// appearance draws the words, right-aligned, and says how large they are.
func (p Place) appearance() (content []byte, w, h float64, err error) {
	lines, err := wrap(p.Lines, placeSize, placeWidest)
	if err != nil {
		return nil, 0, 0, err
	}
	if len(lines) == 0 || len(lines) > placeLines {
		return nil, 0, 0, fmt.Errorf("%d lines in the place of a signature, want 1 to %d", len(lines), placeLines)
	}
	codes, widths := make([]string, len(lines)), make([]float64, len(lines))
	for i, l := range lines {
		code, thousandths, err := setText(l, fonts.Regular)
		if err != nil {
			return nil, 0, 0, err
		}
		codes[i], widths[i] = code, float64(thousandths)*placeSize/1000
		w = max(w, widths[i])
	}
	metrics := fonts.Get(fonts.Regular).Metrics()
	ascent, descent := float64(metrics.Ascent)*placeSize/1000, float64(metrics.Descent)*placeSize/1000
	h = ascent - descent + placePitch*float64(len(lines)-1)
	var b strings.Builder
	b.WriteString("/Tx BMC q BT 0 g /TNR 10 Tf\n")
	for i, code := range codes {
		y := h - ascent - placePitch*float64(i)
		fmt.Fprintf(&b, "1 0 0 1 %s %s Tm <%s> Tj\n", num(w-widths[i]), num(y), code)
	}
	b.WriteString("ET Q EMC\n")
	return []byte(b.String()), w, h, nil
}

// addAnnotation puts a widget on a page.
func addAnnotation(f *pdf.File, u *pdf.Update, page, widget pdf.Ref) error {
	o, err := u.Get(page)
	if err != nil {
		return err
	}
	own, err := f.Dict(o)
	if err != nil {
		return err
	}
	own = maps.Clone(own)
	annots, err := f.Array(own["Annots"])
	if err != nil {
		return err
	}
	own["Annots"] = append(append(pdf.Array{}, annots...), widget)
	u.Set(page, own)
	return nil
}
