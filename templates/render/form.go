package render

import (
	"fmt"

	"antin/fonts"
	"antin/internal/pdf"
	"antin/templates/layout"
)

// FieldError reports a field that a form cannot have.
type FieldError struct{ Name, Msg string }

func (e *FieldError) Error() string { return fmt.Sprintf("render: field %q: %s", e.Name, e.Msg) }

// Flags of fields and widgets (ISO 32000-1, tables 165, 221 and 228).
const (
	printFlag = 1 << 2
	readOnly  = 1 << 0
	multiline = 1 << 12
	// signaturesExist says that there are signature fields, appendOnly that
	// the file must only be saved by appending (table 219).
	signaturesExist = 1 << 0
	appendOnly      = 1 << 1
)

// putFields writes the widgets, each of which is its field as well, and the
// interactive form; it returns the zero Ref if there are no fields.
func (r *renderer) putFields() (pdf.Ref, error) {
	if len(r.pages.Fields) == 0 {
		return pdf.Ref{}, nil
	}
	seen := make(map[string]bool, len(r.pages.Fields))
	var b []byte
	text, sigs := false, false
	for i := range r.pages.Fields {
		f := &r.pages.Fields[i]
		switch {
		case f.Name == "" || seen[f.Name]:
			return pdf.Ref{}, &FieldError{f.Name, "the name is empty or used twice"}
		case f.Label == "":
			return pdf.Ref{}, &FieldError{f.Name, "it has no label to be read to the user"}
		}
		seen[f.Name] = true
		h := r.pages.Sheets[f.Sheet].Height
		ap := r.w.Add(emptyAppearance(f.W, f.H))
		b = append(b[:0], "<</Type/Annot/Subtype/Widget/F "...)
		b = appendInt(b, printFlag)
		b = append(b, "/Rect["...)
		b = appendPoint(b, centi(f.X), centi(h-f.Y-f.H), " ")
		b = appendPoint(b, centi(f.X+f.W), centi(h-f.Y), "]/P ")
		b = appendRef(b, r.sheets[f.Sheet])
		b = append(b, "/StructParent "...)
		b = appendInt(b, len(r.sheets)+i)
		b = append(b, "/T"...)
		b = appendText(b, f.Name)
		b = append(b, "/TU"...)
		b = appendText(b, f.Label)
		b = append(b, "/AP<</N "...)
		b = appendRef(b, ap)
		b = append(b, ">>"...)
		if f.Kind == layout.SignatureField {
			sigs = true
			b = append(b, "/FT/Sig"...)
			if len(f.Locks) > 0 {
				b = append(b, "/Lock "...)
				b = appendRef(b, r.putLock(f.Locks))
			}
		} else {
			text = true
			b = appendTextField(b, f)
		}
		b = append(b, ">>"...)
		r.w.Put(r.widgets[i], pdf.Literal(b))
	}
	b = append(b[:0], "<</Fields["...)
	for i, ref := range r.widgets {
		if i > 0 {
			b = append(b, ' ')
		}
		b = appendRef(b, ref)
	}
	b = append(b, ']')
	if sigs {
		b = append(b, "/SigFlags "...)
		b = appendInt(b, signaturesExist|appendOnly)
	}
	if text {
		b = append(b, "/DA(/TNR 13 Tf 0 g)/DR<</Font<<"...)
		for s, ref := range r.fonts {
			if ref.Num > 0 {
				b = append(b, fontNames[s]...)
				b = append(b, ' ')
				b = appendRef(b, ref)
			}
		}
		b = append(b, ">>>>"...)
	}
	return r.w.Add(pdf.Literal(append(b, ">>"...))), nil
}

// appendTextField writes what a text field has beside its widget.
func appendTextField(b []byte, f *layout.PlacedField) []byte {
	flags := readOnly
	if f.Multiline {
		flags |= multiline
	}
	b = append(b, "/FT/Tx/Ff "...)
	b = appendInt(b, flags)
	b = append(b, "/DA("...)
	b = append(b, fontNames[fonts.StyleOf(f.Bold, f.Italic)]...)
	b = append(b, ' ')
	b = appendCenti(b, centi(f.Size))
	b = append(b, " Tf 0 g)"...)
	switch f.Align {
	case layout.Center:
		b = append(b, "/Q 1"...)
	case layout.Right:
		b = append(b, "/Q 2"...)
	default: // 0, from the left
	}
	return b
}

// putLock writes a signature field's lock, which has to be indirect (table 232).
func (r *renderer) putLock(names []string) pdf.Ref {
	b := []byte("<</Type/SigFieldLock/Action/Include/Fields[")
	for _, n := range names {
		b = appendText(b, n)
	}
	return r.w.Add(pdf.Literal(append(b, "]>>"...)))
}

// emptyAppearance draws nothing: PDF/A asks for an appearance even so.
func emptyAppearance(w, h float64) *pdf.Stream {
	return &pdf.Stream{Dict: pdf.Dict{
		"Type": pdf.Name("XObject"), "Subtype": pdf.Name("Form"),
		"BBox": pdf.Literal(append(appendPoint([]byte("[0 0 "), centi(w), centi(h), ""), ']')),
	}}
}
