package verify

import (
	"fmt"
	"slices"
	"strings"

	"antin/internal/pdf"
)

// compareForm walks the interactive forms (ISO 32000-1, 12.7.2).
func (d *differ) compareForm(o, n pdf.Object) error {
	const path = "AcroForm"
	if o == nil && n == nil {
		return nil
	}
	if o == nil {
		o = pdf.Dict{}
	}
	od, nd, _, nr, ok, err := d.dicts(o, n, "form", path)
	if err != nil || !ok {
		return err
	}
	if err := d.compareFields(od["Fields"], nd["Fields"], nil, path+"/Fields"); err != nil {
		return err
	}
	for _, k := range keys(od, nd) {
		ov, nv := od[k], nd[k]
		var err error
		switch k {
		case "Fields":
		case "SigFlags":
			a, _ := ov.(pdf.Integer)
			if b, ok := nv.(pdf.Integer); !ok || a&^b != 0 {
				err = d.values(ov, nv, nr, "form", path+"/SigFlags")
			}
		case "NeedAppearances":
			if nv == nil || nv == false {
				continue // the stored appearances hold, which are compared
			}
			err = d.strict(ov, nv, "form", path+"/NeedAppearances")
		case "DR":
			err = d.compareDefaults(ov, nv)
		default:
			err = d.strict(ov, nv, "form", path+"/"+string(k))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// compareDefaults lets new default resources be added beside the old ones.
func (d *differ) compareDefaults(o, n pdf.Object) error {
	const path = "AcroForm/DR"
	if o == nil {
		return nil
	}
	od, nd, _, _, ok, err := d.dicts(o, n, "resources", path)
	if err != nil || !ok {
		return err
	}
	for _, k := range keys(od, nd) {
		if od[k] == nil {
			continue
		}
		oc, nc, _, _, err := d.both(od[k], nd[k])
		if err != nil {
			return err
		}
		a, ok1 := oc.(pdf.Dict)
		b, ok2 := nc.(pdf.Dict)
		if !ok1 || !ok2 {
			if err := d.strict(od[k], nd[k], inner("resources", k), path+"/"+string(k)); err != nil {
				return err
			}
			continue
		}
		for name, v := range a {
			if err := d.strict(v, b[name], inner("resources", k), path+"/"+string(k)+"/"+string(name)); err != nil {
				return err
			}
		}
	}
	return nil
}

// list resolves an array; a missing one is empty.
func list(f *pdf.File, o pdf.Object, what string) (pdf.Array, error) {
	v, _, err := resolve(f, o)
	if err != nil {
		return nil, err
	}
	a, ok := v.(pdf.Array)
	if !ok && v != nil {
		return nil, fmt.Errorf("%s is not an array", what)
	}
	return a, nil
}

// align pairs the elements of two lists of references: kept elements are in
// both in the same order, gone only in the old one, extra only in the new one.
func align(o, n pdf.Array) (kept, gone, extra pdf.Array) {
	inNew := map[pdf.Ref]bool{}
	for _, el := range n {
		if r, ok := el.(pdf.Ref); ok {
			inNew[r] = true
		}
	}
	j := 0
	for _, el := range o {
		r, ok := el.(pdf.Ref)
		if !ok || !inNew[r] {
			gone = append(gone, el)
			continue
		}
		for j < len(n) && n[j] != pdf.Object(r) {
			extra = append(extra, n[j])
			j++
		}
		if j == len(n) { // there, but in another order
			gone = append(gone, el)
			continue
		}
		kept = append(kept, el)
		j++
	}
	return kept, gone, append(extra, n[j:]...)
}

// compareFields walks /Fields or the /Kids of a field.
func (d *differ) compareFields(o, n pdf.Object, parent *field, path string) error {
	if _, r, err := resolve(d.old, o); err == nil {
		d.visited[r.Num] = true
	}
	ol, err := list(d.old, o, path)
	if err != nil {
		return err
	}
	nl, err := list(d.new, n, path)
	if err != nil {
		return err
	}
	kept, gone, extra := alignAny(ol, nl)
	for _, el := range gone {
		r, _ := el.(pdf.Ref)
		d.add(NotPermitted, "form_field_removed", path, r, d.fieldName(d.old, el, parent))
		if r.Num > 0 {
			d.visited[r.Num] = true
		}
	}
	for _, el := range kept {
		if err := d.compareField(el.(pdf.Ref), parent, path); err != nil {
			return err
		}
	}
	for _, el := range extra {
		if err := d.newField(el, parent, path, 0); err != nil {
			return err
		}
	}
	return nil
}

// alignAny is align that survives comparing dictionaries.
func alignAny(o, n pdf.Array) (kept, gone, extra pdf.Array) {
	direct := func(el pdf.Object) bool { _, ok := el.(pdf.Ref); return !ok }
	clean := func(a pdf.Array) (refs, others pdf.Array) {
		for _, el := range a {
			if direct(el) {
				others = append(others, el)
			} else {
				refs = append(refs, el)
			}
		}
		return
	}
	or, od := clean(o)
	nr, nd := clean(n)
	kept, gone, extra = align(or, nr)
	return kept, append(gone, od...), append(extra, nd...)
}

func (d *differ) fieldName(f *pdf.File, el pdf.Object, parent *field) string {
	v, _, _ := resolve(f, el)
	dict, _ := v.(pdf.Dict)
	return fullName(f, dict, parent)
}

// fullName is the name of ISO 32000-1, 12.7.3.2.
func fullName(f *pdf.File, dict pdf.Dict, parent *field) string {
	v, _, _ := resolve(f, dict["T"])
	t, ok := v.(pdf.String)
	switch {
	case !ok && parent == nil:
		return ""
	case !ok:
		return parent.name
	case parent == nil || parent.name == "":
		return pdf.TextOf(t)
	}
	return parent.name + "." + pdf.TextOf(t)
}

func (d *differ) makeField(f *pdf.File, r pdf.Ref, dict pdf.Dict, parent *field) *field {
	fd := &field{ref: r, name: fullName(f, dict, parent), widget: dict["Subtype"] == pdf.Name("Widget")}
	if parent != nil {
		fd.kind = parent.kind
	}
	if v, _, err := resolve(f, dict["FT"]); err == nil {
		if k, ok := v.(pdf.Name); ok {
			fd.kind = k
		}
	}
	return fd
}

// compareField walks one field or widget that both revisions have.
func (d *differ) compareField(r pdf.Ref, parent *field, path string) error {
	if d.fields[r] != nil {
		return nil
	}
	ov, nv, _, _, err := d.both(r, r)
	if err != nil {
		return err
	}
	od, ok1 := ov.(pdf.Dict)
	nd, ok2 := nv.(pdf.Dict)
	if !ok1 || !ok2 {
		return d.strict(r, r, "field", path)
	}
	f := d.makeField(d.old, r, od, parent)
	d.fields[r] = f
	path = "AcroForm/" + f.name
	if len(d.fields) > pdf.DefaultLimits.Objects {
		return errBudget
	}
	changed, err := d.fieldValue(f, od, nd, path)
	if err != nil {
		return err
	}
	if f.kind == "Sig" && changed || parent != nil && parent.signed {
		f.signed = true
	}
	if err := d.compareFields(od["Kids"], nd["Kids"], f, path+"/Kids"); err != nil {
		return err
	}
	filled := changed || parent != nil && d.filledParent(parent, od)
	for _, k := range keys(od, nd) {
		a, b := od[k], nd[k]
		var err error
		switch k {
		case "V", "Kids":
		case "AP":
			err = d.compareAppearance(f, od, nd, filled, path)
		case "M", "I", "TI": // when changed, what is selected, the first line shown
			if !(isScalar(a) || isInts(a)) || !(isScalar(b) || isInts(b)) {
				err = d.strict(a, b, "field", path+"/"+string(k))
			} else if k != "M" && !filled && !sameInts(a, b) {
				err = d.values(a, b, r, "field", path+"/"+string(k))
			}
		case "AS": // the state of a check box follows its value
			_, name := b.(pdf.Name)
			if f.kind != "Btn" || !filled || !name {
				err = d.strict(a, b, "field", path+"/AS")
			}
		case "Ff": // signing software makes locked fields read-only
			x, _ := a.(pdf.Integer)
			if y, ok := b.(pdf.Integer); !ok || x|1 != y {
				err = d.strict(a, b, "field", path+"/Ff")
			}
		case "F": // a signed signature may be locked in its place, not shown or hidden
			x, _ := a.(pdf.Integer)
			if y, ok := b.(pdf.Integer); !f.signed || !ok || (x^y)&^(4|64|128) != 0 {
				err = d.strict(a, b, "field", path+"/F")
			}
		case "A", "AA":
			err = d.strict(a, b, "action", path+"/"+string(k))
		case "MK":
			if !f.signed {
				err = d.strict(a, b, "field", path+"/MK")
			}
		default:
			if isScalar(a) && isScalar(b) {
				if !sameScalar(a, b) {
					d.add(NotPermitted, "field_changed", path+"/"+string(k), r, f.name, string(k))
				}
				continue
			}
			err = d.strict(a, b, "field", path+"/"+string(k))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// filledParent reports whether the value of a field above this widget changed.
func (d *differ) filledParent(parent *field, widget pdf.Dict) bool {
	return widget["T"] == nil && d.filled(parent.name)
}

func (d *differ) filled(name string) bool {
	return slices.ContainsFunc(d.out, func(c Change) bool {
		return (c.act == actFill || c.act == actSign) && c.field == name
	})
}

func isInts(o pdf.Object) bool {
	a, ok := o.(pdf.Array)
	return ok && !slices.ContainsFunc(a, func(o pdf.Object) bool { _, ok := o.(pdf.Integer); return !ok })
}

func sameInts(a, b pdf.Object) bool {
	if isInts(a) && isInts(b) {
		return slices.EqualFunc(a.(pdf.Array), b.(pdf.Array), sameScalar)
	}
	return isScalar(a) && isScalar(b) && sameScalar(a, b)
}

// fieldValue compares /V and names what was filled or signed.
func (d *differ) fieldValue(f *field, od, nd pdf.Dict, path string) (changed bool, err error) {
	ov, nv, or, nr, err := d.both(od["V"], nd["V"])
	if err != nil {
		return false, err
	}
	path += "/V"
	if f.kind == "Sig" {
		switch {
		case ov == nil && nv == nil:
			return false, nil
		case ov == nil:
			if _, ok := nv.(pdf.Dict); !ok {
				d.add(NotPermitted, "field_changed", path, nr, f.name, "V")
				return false, nil
			}
			act, code := actSign, "signed"
			if isStamp(nv.(pdf.Dict)) {
				act, code = actStamp, "stamped"
			}
			d.act(act, code, path, f.ref, f.name)
			return true, nil
		case nv == nil:
			d.add(NotPermitted, "signature_removed", path, f.ref, f.name)
			return false, nil
		case or != nr:
			d.add(NotPermitted, "signature_replaced", path, f.ref, f.name)
			return false, nil
		}
		return false, d.strict(od["V"], nd["V"], "signature_data", path)
	}
	if isScalar(ov) && isScalar(nv) && sameScalar(ov, nv) {
		return false, nil
	}
	before, ok1 := valueText(d.old, ov)
	after, ok2 := valueText(d.new, nv)
	if !ok1 || !ok2 {
		return false, d.strict(od["V"], nd["V"], "field", path)
	}
	if before == after && ov != nil && nv != nil {
		return false, nil
	}
	code := "filled"
	if before != "" && before != "Off" {
		code = "refilled"
	}
	d.act(actFill, code, path, f.ref, f.name, before, after)
	return true, nil
}

func isStamp(d pdf.Dict) bool {
	return d["SubFilter"] == pdf.Name("ETSI.RFC3161") || d["Type"] == pdf.Name("DocTimeStamp")
}

// maxValue bounds the text of a field shown in a report, in bytes.
const maxValue = 64 << 10

// valueText is the value of a text, choice or button field.
func valueText(f *pdf.File, o pdf.Object) (string, bool) {
	switch v := o.(type) {
	case nil:
		return "", true
	case pdf.String:
		return pdf.TextOf(v[:min(len(v), maxValue)]), true
	case pdf.Name:
		return string(v), true
	case *pdf.Stream:
		b, err := f.Decode(v, maxValue)
		return pdf.TextOf(pdf.String(b)), err == nil
	case pdf.Array: // several choices
		var text strings.Builder
		for i, el := range v {
			s, ok := el.(pdf.String)
			if !ok || i > 1000 {
				return "", false
			}
			if i > 0 {
				text.WriteString(", ")
			}
			text.WriteString(pdf.TextOf(s))
		}
		return text.String(), true
	}
	return "", false
}
