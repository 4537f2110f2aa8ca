package verify

import "antin/internal/pdf"

// newField judges a field that this revision adds: only a signature field may
// come in, and only with its signature or empty.
func (d *differ) newField(el pdf.Object, parent *field, path string, depth int) error {
	if err := d.spend(); err != nil {
		return err
	}
	r, isRef := el.(pdf.Ref)
	v, _, err := resolve(d.new, el)
	if err != nil {
		return err
	}
	dict, ok := v.(pdf.Dict)
	if !ok || !isRef || depth > 8 || d.fresh[r] != nil {
		d.add(NotPermitted, "form_field_added", path, r, "")
		return nil
	}
	f := d.makeField(d.new, r, dict, parent)
	if f.kind != "Sig" || d.fields[r] != nil || parent != nil && d.fields[parent.ref] != nil {
		d.add(NotPermitted, "form_field_added", path, r, f.name)
		return nil
	}
	for k := range dict {
		if k == "A" || k == "AA" {
			d.add(NotPermitted, "action_added", path+"/"+string(k), r)
		}
	}
	d.fresh[r] = f
	kids, err := list(d.new, dict["Kids"], path+"/Kids")
	if err != nil {
		return err
	}
	for _, k := range kids {
		if err := d.newField(k, f, path, depth+1); err != nil {
			return err
		}
	}
	if parent != nil && dict["T"] == nil { // a widget of a field judged already
		return nil
	}
	sig, _, err := resolve(d.new, dict["V"])
	if err != nil {
		return err
	}
	value, signed := sig.(pdf.Dict)
	visible := d.shows(dict)
	for _, k := range kids {
		if kv, _, err := resolve(d.new, k); err == nil {
			kd, _ := kv.(pdf.Dict)
			visible = visible || d.shows(kd)
		}
	}
	switch {
	case signed && isStamp(value) && !visible:
		d.act(actStamp, "stamped", path, r, f.name)
	case signed && visible:
		d.act(actNewVisible, "signed_new_visible", path, r, f.name)
	case signed:
		d.act(actNewHidden, "signed_new", path, r, f.name)
	case visible:
		d.act(actNewVisible, "signature_field_added", path, r, f.name)
	default:
		d.act(actNewHidden, "signature_field_added", path, r, f.name)
	}
	return nil
}

// shows reports whether a widget takes any room on its page.
func (d *differ) shows(widget pdf.Dict) bool {
	v, _, _ := resolve(d.new, widget["Rect"])
	a, _ := v.(pdf.Array)
	r, ok := rectangle(a)
	if len(a) == 0 && widget["Subtype"] == nil {
		return false
	}
	flags, _ := widget["F"].(pdf.Integer)
	if flags&2 != 0 { // hidden (12.5.3)
		return false
	}
	return !ok || (r[2]-r[0] > 0 && r[3]-r[1] > 0)
}
