package verify

import (
	"fmt"

	"antin/internal/pdf"
)

// signed is one signature as it is found in the file.
type signed struct {
	field    string
	fieldRef pdf.Ref
	sigRef   pdf.Ref // zero when the dictionary is direct
	dict     pdf.Dict
	widget   pdf.Dict // of the field, may lack a place on a page
	revision int      // index of the revision that made it
	shown    bool     // the last revision still has it, unchanged

	certifies bool
	docMDP    int // permission that it sets, 0 for none
	locks     []lock

	byteRange [4]int64
	ranged    bool // byteRange is usable
	end       int64
}

// formField is a terminal field in one revision.
type formField struct {
	name   string
	kind   pdf.Name
	ref    pdf.Ref
	dict   pdf.Dict
	widget pdf.Dict
	value  pdf.Object // not resolved
}

// formFields walks the form of one revision. Unlike pdf.File.Fields it copies
// nothing, since it is made for every revision.
func formFields(f *pdf.File, budget *int) ([]formField, error) {
	catalog, err := f.Catalog()
	if err != nil {
		return nil, err
	}
	form, err := f.Dict(catalog["AcroForm"])
	if err != nil {
		return nil, err
	}
	roots, err := f.Array(form["Fields"])
	if err != nil {
		return nil, err
	}
	var out []formField
	seen := map[pdf.Ref]bool{}
	var walk func(o pdf.Object, parent formField, depth int) error
	walk = func(o pdf.Object, parent formField, depth int) error {
		if *budget--; *budget < 0 {
			return errBudget
		}
		r, ok := o.(pdf.Ref)
		if !ok || seen[r] || depth > pdf.DefaultLimits.Depth {
			return fmt.Errorf("the field tree is malformed")
		}
		seen[r] = true
		d, err := f.Dict(r)
		if err != nil {
			return err
		}
		if d == nil {
			return nil // a reference to nothing
		}
		me := formField{name: parent.name, kind: parent.kind, ref: r, dict: d, widget: d, value: parent.value}
		t, err := f.StringOf(d["T"])
		if err != nil {
			return err
		}
		if t != nil {
			if me.name != "" {
				me.name += "."
			}
			me.name += pdf.TextOf(t)
		}
		if d["FT"] != nil {
			if me.kind, err = f.NameOf(d["FT"]); err != nil {
				return err
			}
		}
		if d["V"] != nil {
			me.value = d["V"]
		}
		kids, err := f.Array(d["Kids"])
		if err != nil {
			return err
		}
		fields := 0
		for _, k := range kids {
			kd, err := f.Dict(k)
			if err != nil {
				return err
			}
			if kd["T"] != nil || kd["Kids"] != nil {
				fields++
				if err := walk(k, me, depth+1); err != nil {
					return err
				}
			} else if kd != nil {
				me.widget = kd
			}
		}
		if fields == 0 {
			out = append(out, me)
		}
		return nil
	}
	for _, o := range roots {
		if err := walk(o, formField{}, 0); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// findSignatures lists every signature of every revision in the order in
// which they were made, and the fields as they stand in the end.
func findSignatures(f *pdf.File, budget *int) ([]*signed, []formField, error) {
	type key struct {
		field, sig pdf.Ref
		contents   string
	}
	known := map[key]*signed{}
	var order []*signed
	var last []formField
	n := len(f.Revisions())
	for i := range n {
		at := f.At(i)
		fields, err := formFields(at, budget)
		if err != nil {
			return nil, nil, err
		}
		last = fields
		for _, s := range order {
			s.shown = false
		}
		for _, fd := range fields {
			if fd.kind != "Sig" || fd.value == nil {
				continue
			}
			v, err := at.Resolve(fd.value)
			if err != nil {
				return nil, nil, err
			}
			d, ok := v.(pdf.Dict)
			if !ok {
				if v == nil {
					continue
				}
				return nil, nil, fmt.Errorf("the value of signature field %q is not a dictionary", fd.name)
			}
			r, _ := fd.value.(pdf.Ref)
			contents, _ := d["Contents"].(pdf.String)
			k := key{fd.ref, r, string(contents)}
			if s := known[k]; s != nil {
				s.shown, s.widget = true, fd.widget
				continue
			}
			s := &signed{field: fd.name, fieldRef: fd.ref, sigRef: r, dict: d, widget: fd.widget, revision: i, shown: true}
			if err := s.readTransforms(at, fd.dict); err != nil {
				return nil, nil, err
			}
			known[k] = s
			order = append(order, s)
		}
	}
	return order, last, nil
}

// readTransforms reads what the signature lets later revisions do: /Reference
// (ISO 32000-1, 12.8.1, table 253) and the field's /Lock (12.7.4.5).
func (s *signed) readTransforms(f *pdf.File, field pdf.Dict) error {
	refs, err := f.Array(s.dict["Reference"])
	if err != nil {
		return err
	}
	for _, o := range refs {
		ref, err := f.Dict(o)
		if err != nil {
			return err
		}
		method, err := f.NameOf(ref["TransformMethod"])
		if err != nil {
			return err
		}
		params, err := f.Dict(ref["TransformParams"])
		if err != nil {
			return err
		}
		switch method {
		case "DocMDP":
			p, err := f.Int(params["P"])
			if err != nil {
				return err
			}
			if params["P"] == nil {
				p = 2 // the default of table 254
			}
			if p < 1 || p > 3 {
				p = 1
			}
			s.certifies, s.docMDP = true, int(p)
		case "FieldMDP":
			l, err := readLock(f, params)
			if err != nil {
				return err
			}
			s.locks = append(s.locks, l)
		}
	}
	lockDict, err := f.Dict(field["Lock"])
	if err != nil || lockDict == nil {
		return err
	}
	l, err := readLock(f, lockDict)
	if err != nil {
		return err
	}
	s.locks = append(s.locks, l)
	// ISO 32000-2, table 236: the lock may set a permission for the document.
	p, err := f.Int(lockDict["P"])
	if err == nil && p >= 1 && p <= 3 && (s.docMDP == 0 || int(p) < s.docMDP) {
		s.docMDP = int(p)
	}
	return err
}

func readLock(f *pdf.File, d pdf.Dict) (lock, error) {
	action, err := f.NameOf(d["Action"])
	if err != nil {
		return lock{}, err
	}
	l := lock{action: action}
	names, err := f.Array(d["Fields"])
	if err != nil {
		return l, err
	}
	for _, o := range names {
		t, err := f.StringOf(o)
		if err != nil {
			return l, err
		}
		l.names = append(l.names, pdf.TextOf(t))
	}
	return l, nil
}
