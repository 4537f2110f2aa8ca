package signer

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"antin/internal/pdf"
)

// What can be wrong with a document or a field; a *FieldError wraps the first
// group.
var (
	ErrFieldMissing = errors.New("the document has no such field")
	ErrFieldKind    = errors.New("the field is of another kind")
	ErrFieldSigned  = errors.New("the field is already signed")
	ErrFieldFilled  = errors.New("the field is already filled")
	ErrFieldLocked  = errors.New("the field is locked by a signature")
	ErrFieldValue   = errors.New("the value is empty, too long or not text")

	// ErrSigned: the document has a signature where none may be.
	ErrSigned = errors.New("the document is already signed")
	// ErrNoChanges: an earlier certification forbids any change (DocMDP P=1).
	ErrNoChanges = errors.New("the document is certified against any change")
)

// FieldError says what is wrong with the field of a document.
type FieldError struct {
	Field  string
	Reason error // ErrFieldMissing, ErrFieldKind, …
}

func (e *FieldError) Error() string { return fmt.Sprintf("field %q: %v", e.Field, e.Reason) }
func (e *FieldError) Unwrap() error { return e.Reason }

// form is the interactive form of a document that is being signed.
type form struct {
	f       *pdf.File
	u       *pdf.Update
	root    pdf.Ref
	catalog pdf.Dict
	dict    pdf.Dict // /AcroForm
	fields  []pdf.Field
	signed  []signedField
}

// signedField is a signature that the document already has.
type signedField struct {
	name  string
	value pdf.Dict
}

func openForm(data []byte) (*form, error) {
	f, err := pdf.Open(data, pdf.Limits{})
	if err != nil {
		return nil, fmt.Errorf("read the document: %w", err)
	}
	fm := &form{f: f, u: pdf.NewUpdate(f)}
	var ok bool
	if fm.root, ok = f.Trailer()["Root"].(pdf.Ref); !ok {
		return nil, errors.New("read the document: /Root is not a reference")
	}
	if fm.catalog, err = f.Catalog(); err != nil {
		return nil, err
	}
	if fm.dict, err = f.Dict(fm.catalog["AcroForm"]); err != nil {
		return nil, err
	}
	if fm.fields, err = f.Fields(); err != nil {
		return nil, err
	}
	for _, fd := range fm.fields {
		if fd.Dict["FT"] != pdf.Name("Sig") || fd.Dict["V"] == nil {
			continue
		}
		v, err := f.Dict(fd.Dict["V"])
		if err != nil {
			return nil, fmt.Errorf("read signature %q: %w", fd.Name, err)
		}
		if v != nil {
			fm.signed = append(fm.signed, signedField{fd.Name, v})
		}
	}
	return fm, nil
}

// field finds a field that is its own, only widget, as the renderer makes them.
// A field whose widget is an object apart is refused: pyHanko then takes the
// new appearance for a change that the certification does not allow.
func (fm *form) field(name string, kind pdf.Name) (pdf.Field, error) {
	i := slices.IndexFunc(fm.fields, func(f pdf.Field) bool { return f.Name == name })
	if i < 0 {
		return pdf.Field{}, &FieldError{name, ErrFieldMissing}
	}
	fd := fm.fields[i]
	if fd.Dict["FT"] != kind || len(fd.Widgets) != 1 || fd.Widgets[0].Ref != fd.Ref {
		return pdf.Field{}, &FieldError{name, ErrFieldKind}
	}
	return fd, nil
}

// set writes new entries of a field.
func (fm *form) set(fd pdf.Field, entries pdf.Dict) {
	d := maps.Clone(fd.Widgets[0].Dict) // its own entries, not inherited ones
	maps.Copy(d, entries)
	fm.u.Set(fd.Ref, d)
}

// rect is the width and height of a field's widget in points.
func (fm *form) rect(fd pdf.Field) (w, h float64, err error) {
	a, err := fm.f.Array(fd.Widgets[0].Dict["Rect"])
	if err != nil || len(a) != 4 {
		return 0, 0, fmt.Errorf("field %q: /Rect malformed", fd.Name)
	}
	var v [4]float64
	for i := range v {
		if v[i], err = fm.f.Num(a[i]); err != nil {
			return 0, 0, fmt.Errorf("field %q: /Rect: %w", fd.Name, err)
		}
	}
	w, h = v[2]-v[0], v[3]-v[1]
	const most = 14400 // ISO 32000-1, annex C.2
	if w < 0 || h < 0 || w > most || h > most {
		return 0, 0, fmt.Errorf("field %q: /Rect malformed", fd.Name)
	}
	return w, h, nil
}

// Fill is a value for a text field.
type Fill struct {
	Field string
	// Value is the text, its lines separated by \n.
	Value string
	// Stamp draws the value as the archive stamp: in red with a frame around the
	// field, unless Ink or NoFrame say otherwise.
	Stamp   bool
	Ink     Ink
	NoFrame bool
	// Optional leaves a document that has no such field as it is.
	Optional bool
}

// Ink is the colour of a stamp.
type Ink string

// The inks.
const (
	InkRed   Ink = "" // the usual
	InkBlue  Ink = "blue"
	InkBlack Ink = "black"
)

// rgb are the ink's components as operands (ISO 32000-1, 8.6.8).
func (i Ink) rgb() string {
	switch i {
	case InkBlue:
		return "0 0.2 0.6"
	case InkBlack:
		return "0 0 0"
	case InkRed:
	}
	return "1 0 0"
}

const (
	flagMultiline = 1 << 12 // ISO 32000-1, table 228
)

func (fm *form) fill(fl Fill) error {
	fd, err := fm.field(fl.Field, "Tx")
	if fl.Optional && errors.Is(err, ErrFieldMissing) {
		return nil
	}
	if err != nil {
		return err
	}
	value := norm.NFC.String(strings.ReplaceAll(fl.Value, "\r\n", "\n"))
	if strings.TrimSpace(value) == "" || !utf8.ValidString(value) || utf8.RuneCountInString(value) > maxValue || strings.Count(value, "\n") >= maxLines {
		return &FieldError{fl.Field, ErrFieldValue}
	}
	if old, err := fm.f.StringOf(fd.Dict["V"]); err != nil || len(old) > 0 {
		return &FieldError{fl.Field, ErrFieldFilled}
	}
	if fm.locked(fl.Field) {
		return &FieldError{fl.Field, ErrFieldLocked}
	}
	fail := func(err error) error { return fmt.Errorf("fill field %q: %w", fl.Field, err) }
	da, err := fm.f.StringOf(fd.Dict["DA"])
	if err != nil {
		return fail(err)
	}
	look, err := parseDA(da)
	if err != nil {
		return fail(err)
	}
	if look.align, err = fm.f.Int(fd.Dict["Q"]); err != nil {
		return fail(err)
	}
	flags, err := fm.f.Int(fd.Dict["Ff"])
	if err != nil {
		return fail(err)
	}
	look.multi, look.stamp, look.ink, look.bare = flags&flagMultiline != 0, fl.Stamp, fl.Ink, fl.NoFrame
	resources, err := fm.f.Dict(fm.dict["DR"])
	if err != nil {
		return fail(err)
	}
	named, err := fm.f.Dict(resources["Font"])
	if err != nil {
		return fail(err)
	}
	fontRef, ok := named[look.fontName].(pdf.Ref)
	if !ok {
		return fail(fmt.Errorf("its font /%s is not in the form's /DR", look.fontName))
	}
	font, err := readFieldFont(fm.f, fontRef)
	if err != nil {
		return fail(fmt.Errorf("font /%s: %w", look.fontName, err))
	}
	w, h, err := fm.rect(fd)
	if err != nil {
		return err
	}
	content, err := look.appearance(fl.Field, value, font, w, h)
	if err != nil {
		return err
	}
	ap := fm.u.Add(&pdf.Stream{Raw: content, Dict: fm.xobject(fd, w, h, pdf.Dict{"Font": pdf.Dict{look.fontName: fontRef}})})
	fm.set(fd, pdf.Dict{"V": pdf.TextString(strings.ReplaceAll(value, "\n", "\r")), "AP": pdf.Dict{"N": ap}})
	return nil
}

// xobject is the dictionary of an appearance's form XObject. A /BBox that the
// pre-placed appearance has and that fits stays as it is written: DSS takes
// another one for a change that is not form filling.
func (fm *form) xobject(fd pdf.Field, w, h float64, resources pdf.Dict) pdf.Dict {
	d := pdf.Dict{
		"Type": pdf.Name("XObject"), "Subtype": pdf.Name("Form"),
		"BBox": pdf.Array{pdf.Integer(0), pdf.Integer(0), pdf.Real(w), pdf.Real(h)}, "Resources": resources,
	}
	if box := fm.box(fd); box != nil {
		var v [4]float64
		for i := range v {
			n, err := fm.f.Num(box[i])
			if err != nil {
				return d
			}
			v[i] = n
		}
		const rounding = 0.05 // pt
		if math.Abs(v[0])+math.Abs(v[1])+math.Abs(v[2]-w)+math.Abs(v[3]-h) < rounding {
			d["BBox"] = box
		}
	}
	return d
}

// box is the /BBox of a field's present appearance, nil if it has none.
func (fm *form) box(fd pdf.Field) pdf.Array {
	ap, err := fm.f.Dict(fd.Dict["AP"])
	if err != nil {
		return nil
	}
	n, err := fm.f.Dict(ap["N"])
	if err != nil {
		return nil
	}
	box, err := fm.f.Array(n["BBox"])
	if err != nil || len(box) != 4 {
		return nil
	}
	return box
}

// show puts the picture into the signature field, as large as fits and centred.
func (fm *form) show(fd pdf.Field, p *Picture) (pdf.Dict, error) {
	w, h, err := fm.rect(fd)
	if err != nil {
		return nil, err
	}
	image := *p.rgb
	if p.mask != nil {
		image.Dict = maps.Clone(image.Dict)
		image.Dict["SMask"] = fm.u.Add(p.mask)
	}
	scale := min(w/float64(p.width), h/float64(p.height))
	pw, ph := scale*float64(p.width), scale*float64(p.height)
	b := append(make([]byte, 0, 64), "q "...)
	b = appendNums(b, pw, 0, 0, ph, (w-pw)/2, (h-ph)/2)
	b = append(b, " cm /Im Do Q\n"...)
	ap := fm.u.Add(&pdf.Stream{Raw: b, Dict: fm.xobject(fd, w, h, pdf.Dict{"XObject": pdf.Dict{"Im": fm.u.Add(&image)}})})
	return pdf.Dict{"AP": pdf.Dict{"N": ap}}, nil
}

// transforms returns the parameters of a signature's references by method
// (ISO 32000-1, 12.8.2).
func (fm *form) transforms(sig pdf.Dict, method pdf.Name) (params []pdf.Dict, err error) {
	refs, err := fm.f.Array(sig["Reference"])
	if err != nil {
		return nil, err
	}
	for _, r := range refs {
		ref, err := fm.f.Dict(r)
		if err != nil {
			return nil, err
		}
		if ref["TransformMethod"] != method {
			continue
		}
		p, err := fm.f.Dict(ref["TransformParams"])
		if err != nil {
			return nil, err
		}
		params = append(params, p)
	}
	return params, nil
}

// locked reports whether an existing signature locks the field by FieldMDP. A
// signature that cannot be read locks everything.
func (fm *form) locked(name string) bool {
	for _, s := range fm.signed {
		params, err := fm.transforms(s.value, "FieldMDP")
		if err != nil {
			return true
		}
		for _, p := range params {
			listed := false
			names, err := fm.f.Array(p["Fields"])
			if err != nil {
				return true
			}
			for _, n := range names {
				str, err := fm.f.StringOf(n)
				if err != nil {
					return true
				}
				full := pdf.TextOf(str)
				listed = listed || full == name || strings.HasPrefix(name, full+".")
			}
			switch p["Action"] {
			case pdf.Name("Include"):
				if listed {
					return true
				}
			case pdf.Name("Exclude"):
				if !listed {
					return true
				}
			default:
				return true
			}
		}
	}
	return false
}

// frozen reports whether a certification forbids any change (DocMDP P=1).
func (fm *form) frozen() (bool, error) {
	for _, s := range fm.signed {
		params, err := fm.transforms(s.value, "DocMDP")
		if err != nil {
			return false, err
		}
		for _, p := range params {
			if n, err := fm.f.Int(p["P"]); err != nil || n == 1 {
				return true, err
			}
		}
	}
	return false, nil
}
