package pdf

import (
	"fmt"
	"maps"
)

// Field is a terminal field of the interactive form (ISO 32000-1, 12.7.3).
type Field struct {
	// Name is the fully qualified name: the partial names from the root on,
	// joined by full stops.
	Name string
	Ref  Ref
	// Dict is a copy of the field's dictionary in which the inheritable
	// entries FT, Ff, V, DV, DA, Q, MaxLen and Opt that it lacks are those of
	// its ancestors, or for DA and Q of the form.
	Dict Dict
	// Widgets are its annotations; for a field that is its own widget that
	// one, for a field without an appearance on a page none.
	Widgets []Widget
}

// Widget is a widget annotation (12.5.6.19).
type Widget struct {
	Ref  Ref
	Dict Dict
	Page Ref // its /P, which is optional and not checked
}

var inheritable = []Name{"FT", "Ff", "V", "DV", "DA", "Q", "MaxLen", "Opt"}

// Fields walks the fields of /AcroForm in document order. A file without a form
// has none. A node that is not an indirect dictionary or that is reached twice
// is a *SyntaxError.
func (f *File) Fields() ([]Field, error) {
	catalog, err := f.Catalog()
	if err != nil {
		return nil, err
	}
	form, err := f.Dict(catalog["AcroForm"])
	if err != nil {
		return nil, fmt.Errorf("read /AcroForm: %w", err)
	}
	roots, err := f.Array(form["Fields"])
	if err != nil {
		return nil, fmt.Errorf("read the form's /Fields: %w", err)
	}
	inherited := Dict{}
	for _, k := range []Name{"DA", "Q"} {
		if v := form[k]; v != nil {
			inherited[k] = v
		}
	}
	w := &fieldWalk{f: f, seen: map[Ref]bool{}}
	for _, o := range roots {
		if err := w.node(o, "", inherited, 0); err != nil {
			return nil, fmt.Errorf("read the form's fields: %w", err)
		}
	}
	return w.out, nil
}

// maxFieldNames bounds the bytes of all field names of a file. A long name that
// many fields inherit would otherwise take memory out of proportion.
const maxFieldNames = 16 << 20

type fieldWalk struct {
	f    *File
	name int // bytes of names so far
	seen map[Ref]bool
	out  []Field
}

// treeNode reads a node of the field or page tree.
func (f *File) treeNode(o Object, seen map[Ref]bool, depth int, what string) (Ref, Dict, error) {
	r, ok := o.(Ref)
	if !ok {
		return r, nil, &SyntaxError{Offset: -1, Msg: fmt.Sprintf("%s where a reference to a %s should be", kind(o), what)}
	}
	if seen[r] {
		return r, nil, &SyntaxError{Offset: -1, Object: r.Num, Msg: "the tree of " + what + "s has this node twice"}
	}
	seen[r] = true
	if depth > f.c.lim.Depth {
		return r, nil, &LimitError{What: "levels in the tree of " + what + "s", Limit: int64(f.c.lim.Depth), Offset: -1, Object: r.Num}
	}
	d, err := want[Dict](f, r, "a dictionary")
	if err == nil && d == nil {
		err = &SyntaxError{Offset: -1, Object: r.Num, Msg: "a " + what + " that is not in the file"}
	}
	return r, d, err
}

func (w *fieldWalk) node(o Object, prefix string, inherited Dict, depth int) error {
	r, d, err := w.f.treeNode(o, w.seen, depth, "field")
	if err != nil {
		return err
	}
	name := prefix
	if t := d["T"]; t != nil {
		text, err := w.f.StringOf(t)
		if err != nil {
			return fmt.Errorf("read the /T of field %d: %w", r.Num, err)
		}
		if name != "" {
			name += "."
		}
		name += TextOf(text)
	}
	if w.name += len(name); w.name > maxFieldNames {
		return &LimitError{What: "bytes of field names", Limit: maxFieldNames, Offset: -1, Object: r.Num}
	}
	merged := maps.Clone(inherited)
	for _, k := range inheritable {
		if v := d[k]; v != nil {
			merged[k] = v
		}
	}
	kids, err := w.f.Array(d["Kids"])
	if err != nil {
		return fmt.Errorf("read the /Kids of field %q: %w", name, err)
	}
	field := Field{Name: name, Ref: r, Dict: maps.Clone(d)}
	maps.Copy(field.Dict, merged)
	below := false
	for _, kid := range kids {
		k, err := w.f.Dict(kid)
		if err != nil {
			return fmt.Errorf("read the /Kids of field %q: %w", name, err)
		}
		if k["T"] != nil || k["Kids"] != nil { // a field of its own
			below = true
			if err := w.node(kid, name, merged, depth+1); err != nil {
				return err
			}
			continue
		}
		ref, widget, err := w.f.treeNode(kid, w.seen, depth+1, "field")
		if err != nil {
			return err
		}
		field.Widgets = append(field.Widgets, newWidget(ref, widget))
	}
	if len(kids) == 0 && d["Subtype"] == Name("Widget") {
		field.Widgets = append(field.Widgets, newWidget(r, d))
	}
	if !below || len(field.Widgets) > 0 {
		w.out = append(w.out, field)
	}
	return nil
}

func newWidget(r Ref, d Dict) Widget {
	p, _ := d["P"].(Ref)
	return Widget{Ref: r, Dict: d, Page: p}
}

// Page is a leaf of the page tree (7.7.3.3).
type Page struct {
	Ref Ref
	// Dict is a copy of the page's dictionary in which the inheritable entries
	// Resources, MediaBox, CropBox and Rotate that it lacks are those of its
	// ancestors.
	Dict Dict
}

// Pages walks the page tree in order, with the care of Fields.
func (f *File) Pages() ([]Page, error) {
	catalog, err := f.Catalog()
	if err != nil {
		return nil, err
	}
	var out []Page
	seen := map[Ref]bool{}
	var walk func(o Object, inherited Dict, depth int) error
	walk = func(o Object, inherited Dict, depth int) error {
		r, d, err := f.treeNode(o, seen, depth, "page")
		if err != nil {
			return err
		}
		merged := maps.Clone(inherited)
		for _, k := range []Name{"Resources", "MediaBox", "CropBox", "Rotate"} {
			if v := d[k]; v != nil {
				merged[k] = v
			}
		}
		if d["Type"] == Name("Page") {
			maps.Copy(merged, d)
			out = append(out, Page{Ref: r, Dict: merged})
			return nil
		}
		kids, err := f.Array(d["Kids"])
		if err != nil {
			return fmt.Errorf("read the /Kids of page node %d: %w", r.Num, err)
		}
		for _, kid := range kids {
			if err := walk(kid, merged, depth+1); err != nil {
				return err
			}
		}
		return nil
	}
	if err := walk(catalog["Pages"], Dict{}, 0); err != nil {
		return nil, fmt.Errorf("read the pages: %w", err)
	}
	return out, nil
}
