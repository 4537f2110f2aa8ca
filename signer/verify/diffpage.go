package verify

import (
	"strconv"
	"strings"

	"antin/internal/pdf"
)

// comparePage walks a page object: everything stays but the annotations, and
// of those everything stays but widgets of new signature fields and notes that
// the certification allows.
func (d *differ) comparePage(r pdf.Ref) error {
	number := d.pages[r] + 1
	path := "Page " + strconv.Itoa(number)
	ov, nv, _, _, err := d.both(r, r)
	if err != nil {
		return err
	}
	od, ok1 := ov.(pdf.Dict)
	nd, ok2 := nv.(pdf.Dict)
	if !ok1 || !ok2 {
		d.add(NotPermitted, "page_changed", path, r, number)
		return nil
	}
	for _, k := range keys(od, nd) {
		p := path + "/" + string(k)
		var err error
		switch k {
		case "Annots":
			err = d.compareAnnotations(od[k], nd[k], r, path)
		case "Contents":
			err = d.strict(od[k], nd[k], "page_contents", p)
		case "Resources":
			err = d.strict(od[k], nd[k], "resources", p)
		case "AA":
			err = d.strict(od[k], nd[k], "action", p)
		default:
			err = d.strict(od[k], nd[k], "page", p)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (d *differ) compareAnnotations(o, n pdf.Object, page pdf.Ref, path string) error {
	if _, _, _, _, err := d.both(o, n); err != nil {
		return err
	}
	ol, err := list(d.old, o, path+"/Annots")
	if err != nil {
		return err
	}
	nl, err := list(d.new, n, path+"/Annots")
	if err != nil {
		return err
	}
	kept, gone, extra := alignAny(ol, nl)
	// Direct annotations cannot be told apart; they stand for themselves.
	if direct := len(ol) - countRefs(ol); direct > 0 && direct == len(nl)-countRefs(nl) {
		gone, extra = onlyRefs(gone), onlyRefs(extra)
		i := 0
		for _, el := range ol {
			if _, ok := el.(pdf.Ref); ok {
				continue
			}
			for _, ok := nl[i].(pdf.Ref); ok; _, ok = nl[i].(pdf.Ref) {
				i++
			}
			if err := d.strict(el, nl[i], "annotation", path+"/Annots"); err != nil {
				return err
			}
			i++
		}
	}
	for _, el := range gone {
		r, _ := el.(pdf.Ref)
		d.add(NotPermitted, "annotation_removed", path+"/Annots", r)
		d.visited[r.Num] = true
	}
	for _, el := range kept {
		if err := d.strict(el, el, "annotation", path+"/Annots"); err != nil {
			return err
		}
	}
	for _, el := range extra {
		if err := d.newAnnotation(el, ol, page, path); err != nil {
			return err
		}
	}
	return nil
}

func countRefs(a pdf.Array) int { return len(onlyRefs(a)) }

func onlyRefs(a pdf.Array) (out pdf.Array) {
	for _, el := range a {
		if _, ok := el.(pdf.Ref); ok {
			out = append(out, el)
		}
	}
	return out
}

// maxCover is the part of a page that a signature added later may take.
const maxCover = 0.25

func (d *differ) newAnnotation(el pdf.Object, before pdf.Array, page pdf.Ref, path string) error {
	if err := d.spend(); err != nil {
		return err
	}
	path += "/Annots"
	r, _ := el.(pdf.Ref)
	v, _, err := resolve(d.new, el)
	if err != nil {
		return err
	}
	dict, _ := v.(pdf.Dict)
	subtype, _ := dict["Subtype"].(pdf.Name)
	if subtype == "Widget" {
		f := d.fresh[r]
		if f == nil {
			d.add(NotPermitted, "widget_added", path, r)
			return nil
		}
		return d.covers(f, dict, before, page, path)
	}
	if harmlessNote(dict, subtype) {
		d.act(actNote, "note_added", path, r, string(subtype))
		return nil
	}
	d.add(NotPermitted, "annotation_added", path, r, string(subtype))
	return nil
}

// harmlessNote reports whether an annotation can hide nothing: a comment icon
// or a text mark-up drawn by the viewer, with neither picture nor action of its
// own ("Attacks on PDF Certification", Mladenov et al., 2021, on evil
// annotations).
func harmlessNote(d pdf.Dict, subtype pdf.Name) bool {
	if d["A"] != nil || d["AA"] != nil {
		return false
	}
	switch subtype {
	case "Popup":
		return true
	case "Text", "Highlight", "Underline", "Squiggly":
		return d["AP"] == nil
	}
	return false
}

// covers names a new visible signature that lies over a field or an annotation
// that was there, or over much of its page.
func (d *differ) covers(f *field, widget pdf.Dict, before pdf.Array, page pdf.Ref, path string) error {
	if !d.shows(widget) {
		return nil
	}
	v, _, err := resolve(d.new, widget["Rect"])
	if err != nil {
		return err
	}
	a, _ := v.(pdf.Array)
	r, ok := rectangle(a)
	if !ok {
		d.add(NotPermitted, "signature_covers", path, f.ref, f.name)
		return nil
	}
	if i := d.pages[page]; (r[2]-r[0])*(r[3]-r[1]) > maxCover*d.pageArea[i] {
		d.add(NotPermitted, "signature_covers", path, f.ref, f.name)
		return nil
	}
	for _, el := range before {
		v, _, err := resolve(d.old, el)
		if err != nil {
			return err
		}
		old, _ := v.(pdf.Dict)
		rv, _, err := resolve(d.old, old["Rect"])
		if err != nil {
			return err
		}
		oa, _ := rv.(pdf.Array)
		if q, ok := rectangle(oa); ok && min(r[2], q[2])-max(r[0], q[0]) > 1 && min(r[3], q[3])-max(r[1], q[1]) > 1 {
			d.add(NotPermitted, "signature_covers", path, f.ref, f.name)
			return nil
		}
	}
	return nil
}

// compareAppearance judges the /AP of a field's widget (12.5.5). A filled or
// signed field may get new pictures; otherwise they stay.
func (d *differ) compareAppearance(f *field, od, nd pdf.Dict, filled bool, path string) error {
	path += "/AP"
	if !f.signed && (!filled || f.kind == "Btn") { // the states of a button stay
		probe := *d
		probe.out = nil
		if err := probe.strict(od["AP"], nd["AP"], "appearance", path); err != nil {
			return err
		}
		for _, c := range probe.out {
			if strings.HasPrefix(c.Code, "appearance_") {
				d.add(NotPermitted, "appearance_changed", path, f.ref, f.name)
			} else { // a font or picture that it shares with the pages
				d.out = append(d.out, c)
			}
		}
		return nil
	}
	d.reachAppearance(od["AP"])
	if f.signed {
		return nil
	}
	return d.checkAppearance(f, nd, path)
}

// reachAppearance marks the pictures that a filled field leaves behind: the
// dictionary's entries and their states.
func (d *differ) reachAppearance(o pdf.Object) {
	mark := func(o pdf.Object) pdf.Dict {
		v, r, err := resolve(d.old, o)
		if err != nil {
			return nil
		}
		d.visited[r.Num] = true
		dict, _ := v.(pdf.Dict)
		return dict
	}
	for _, el := range mark(o) {
		for _, state := range mark(el) {
			mark(state)
		}
	}
}
