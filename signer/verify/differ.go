package verify

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"antin/internal/pdf"
)

// The comparison of two revisions walks the object graphs of both from their
// trailers in step, so that every path by which a viewer can reach an object
// is looked at. Each part is walked by the rule for its place; whatever differs
// and has no rule is named and not allowed. An object that is reached in two
// ways is judged by both, which is what defeats objects that play two roles
// (shadow attacks, overwritten fonts). Objects that were overwritten and are
// reached in no way at all are named too.

// errBudget means that the files are too entangled to compare within bounds.
var errBudget = errors.New("too many objects to compare")

// maxVisits bounds the objects visited while comparing all revisions.
const maxVisits = 2_000_000

// maxChanges bounds the differences named for one revision.
const maxChanges = 200

// zone is the part of the file a difference is found in; it keys the words.
type zone string

// differ compares revision rev with the one before.
type differ struct {
	old, new *pdf.File
	rev      int // index of the new revision
	out      []Change
	budget   *int
	quiet    map[int]bool // see quietObjects; nil for none

	seen    map[[2]pdf.Ref]bool // pairs walked by the strict rule
	visited map[int]bool        // object numbers reached in the old revision by any rule

	pages     map[pdf.Ref]int    // page objects of the old revision, 0-based
	pageArea  []float64          // their areas, pt²
	fields    map[pdf.Ref]*field // fields and widgets of the old revision
	fresh     map[pdf.Ref]*field // fields and widgets this revision adds
	catalog   pdf.Ref            // of both revisions, zero when it is another object
	acroForm  pdf.Ref            // of both revisions, zero when direct or another object
	toUnicode map[*pdf.Stream]map[uint16]string
}

// field is a node of the field tree.
type field struct {
	name   string
	kind   pdf.Name // /FT, inherited
	ref    pdf.Ref
	widget bool
	signed bool // this revision signs it
}

// diff compares the revisions rev-1 and rev of f. The changes come in the
// order in which they are met, with Allowed still unset.
func diff(f *pdf.File, rev int, quiet map[int]bool, budget *int) ([]Change, error) {
	d := &differ{
		old: f.At(rev - 1), new: f.At(rev), rev: rev, quiet: quiet, budget: budget,
		seen: map[[2]pdf.Ref]bool{}, visited: map[int]bool{},
		pages: map[pdf.Ref]int{}, fields: map[pdf.Ref]*field{}, fresh: map[pdf.Ref]*field{},
	}
	if err := d.trailer(); err != nil {
		return nil, err
	}
	return d.out, nil
}

// add names a difference. kind NotPermitted is never allowed; for the others
// the permissions in force decide.
func (d *differ) add(kind ChangesAfter, code, path string, r pdf.Ref, args ...any) {
	d.name(Change{Code: code, Path: path, kind: kind}, r, args...)
}

// act names a change that the permissions decide on.
func (d *differ) act(a act, code, path string, r pdf.Ref, args ...any) {
	c := Change{Code: code, Path: path, act: a, kind: a.kind()}
	if len(args) > 0 && a != actNote {
		c.field, _ = args[0].(string)
	}
	d.name(c, r, args...)
}

func (d *differ) name(c Change, r pdf.Ref, args ...any) {
	if len(d.out) >= maxChanges {
		return
	}
	if r.Num > 0 {
		c.Object = r.String()
	}
	c.Revision, c.Path = d.rev+1, clean(c.Path)
	c.Message, c.MessageEN = changeSentence(c.Code, c.Path, c.Object, args...)
	// The same object met in two places is said once.
	if !slices.ContainsFunc(d.out, func(o Change) bool {
		return o.Code == c.Code && o.Object == c.Object && (c.Object != "" || o.Path == c.Path)
	}) {
		d.out = append(d.out, c)
	}
}

func (d *differ) spend() error {
	if *d.budget--; *d.budget < 0 {
		return errBudget
	}
	return nil
}

// resolve follows references; last is the final reference on the way.
func resolve(f *pdf.File, o pdf.Object) (v pdf.Object, last pdf.Ref, err error) {
	for range 8 {
		r, ok := o.(pdf.Ref)
		if !ok {
			return o, last, nil
		}
		last = r
		if o, err = f.Get(r); err != nil {
			return nil, last, err
		}
	}
	return nil, last, fmt.Errorf("references from %v go in a circle", last)
}

// both resolves a pair and marks what was reached.
func (d *differ) both(o, n pdf.Object) (ov, nv pdf.Object, or, nr pdf.Ref, err error) {
	if err = d.spend(); err != nil {
		return
	}
	if ov, or, err = resolve(d.old, o); err != nil {
		return
	}
	if nv, nr, err = resolve(d.new, n); err != nil {
		return
	}
	if or.Num > 0 {
		d.visited[or.Num] = true
	}
	return
}

// dicts resolves a pair of dictionaries; ok is false when one of them is not
// a dictionary, and then the difference has been named.
func (d *differ) dicts(o, n pdf.Object, z zone, path string) (od, nd pdf.Dict, or, nr pdf.Ref, ok bool, err error) {
	ov, nv, or, nr, err := d.both(o, n)
	if err != nil {
		return
	}
	od, ook := ov.(pdf.Dict)
	nd, nok := nv.(pdf.Dict)
	if ook && nok {
		return od, nd, or, nr, true, nil
	}
	return od, nd, or, nr, false, d.strict(o, n, z, path)
}

// keys are the keys of either dictionary in order.
func keys(a, b pdf.Dict) []pdf.Name {
	list := make([]pdf.Name, 0, len(a)+4)
	for k := range a {
		list = append(list, k)
	}
	for k := range b {
		if _, ok := a[k]; !ok {
			list = append(list, k)
		}
	}
	slices.Sort(list)
	return list
}

func (d *differ) trailer() error {
	o, n := d.old.Trailer(), d.new.Trailer()
	or, ok := o["Root"].(pdf.Ref)
	if !ok {
		return fmt.Errorf("the trailer's /Root is not a reference")
	}
	d.visited[or.Num] = true
	if err := d.readPages(or); err != nil {
		return err
	}
	if n["Root"] == pdf.Object(or) {
		d.catalog = or
	}
	if err := d.compareCatalog(o["Root"], n["Root"]); err != nil {
		return err
	}
	for _, k := range keys(o, n) {
		path := "Trailer/" + string(k)
		switch k {
		case "Root", "Size", "Prev", "XRefStm", "Type", "W", "Index", "Filter", "Length", "DecodeParms":
		case "ID":
			if !sameFirstID(o[k], n[k]) {
				d.add(NotPermitted, "trailer_id", path, pdf.Ref{})
			}
		case "Info":
			if err := d.compareInfo(o[k], n[k]); err != nil {
				return err
			}
		default:
			if n[k] == nil { // a writer need not repeat private keys
				continue
			}
			if err := d.strict(o[k], n[k], "trailer", path); err != nil {
				return err
			}
		}
	}
	return d.unreached()
}

// sameFirstID compares the permanent half of the file identifier
// (ISO 32000-1, 14.4). A file without one may get one.
func sameFirstID(o, n pdf.Object) bool {
	oa, ok := o.(pdf.Array)
	if !ok || len(oa) == 0 {
		return true
	}
	na, ok := n.(pdf.Array)
	if !ok || len(na) == 0 {
		return n == nil
	}
	a, _ := oa[0].(pdf.String)
	b, _ := na[0].(pdf.String)
	return bytes.Equal(a, b)
}

// unreached names objects of the old revision that were overwritten with
// something else although no rule led to them.
func (d *differ) unreached() error {
	for _, e := range d.new.Revisions()[d.rev].Entries {
		old, _, ok := d.old.Entry(e.Num)
		if !ok || old.Kind == pdf.Free || e.Kind == pdf.Free || d.visited[e.Num] {
			continue
		}
		or, nr := pdf.Ref{Num: e.Num, Gen: old.Gen}, pdf.Ref{Num: e.Num, Gen: e.Gen}
		o, err := d.old.Get(or)
		if err != nil {
			return err
		}
		n, err := d.new.Get(nr)
		if err != nil {
			return err
		}
		if s, ok := o.(*pdf.Stream); ok && (s.Dict["Type"] == pdf.Name("XRef") || s.Dict["Type"] == pdf.Name("ObjStm")) {
			// a cross-reference stream may take the number of the last one
			if t, ok := n.(*pdf.Stream); ok && t.Dict["Type"] == s.Dict["Type"] {
				continue
			}
		}
		if err := d.spend(); err != nil {
			return err
		}
		if err := d.values(o, n, nr, "unused_object", "Object/"+strconv.Itoa(e.Num)); err != nil {
			return err
		}
	}
	return nil
}

// readPages walks the page tree of the old revision.
func (d *differ) readPages(catalogRef pdf.Ref) error {
	root, _, err := resolve(d.old, catalogRef)
	if err != nil {
		return err
	}
	catalog, ok := root.(pdf.Dict)
	if !ok {
		return fmt.Errorf("the catalog is not a dictionary")
	}
	seen := map[pdf.Ref]bool{}
	var walk func(o pdf.Object, depth int) error
	walk = func(o pdf.Object, depth int) error {
		r, ok := o.(pdf.Ref)
		if !ok || depth > pdf.DefaultLimits.Depth || seen[r] {
			return fmt.Errorf("the page tree is malformed")
		}
		if err := d.spend(); err != nil {
			return err
		}
		seen[r] = true
		v, err := d.old.Get(r)
		if err != nil {
			return err
		}
		node, ok := v.(pdf.Dict)
		if !ok {
			return fmt.Errorf("page tree: object %v is not a dictionary", r)
		}
		if node["Kids"] == nil {
			d.pages[r] = len(d.pages)
			d.pageArea = append(d.pageArea, d.area(node["MediaBox"]))
			return nil
		}
		kids, _, err := resolve(d.old, node["Kids"])
		if err != nil {
			return err
		}
		list, ok := kids.(pdf.Array)
		if !ok {
			return fmt.Errorf("page tree: /Kids of object %v is not an array", r)
		}
		for _, k := range list {
			if err := walk(k, depth+1); err != nil {
				return err
			}
		}
		return nil
	}
	return walk(catalog["Pages"], 0)
}

// area is that of a rectangle, A4 when it is inherited or malformed.
func (d *differ) area(o pdf.Object) float64 {
	v, _, err := resolve(d.old, o)
	if a, ok := v.(pdf.Array); err == nil && ok {
		if r, ok := rectangle(a); ok {
			return (r[2] - r[0]) * (r[3] - r[1])
		}
	}
	return 595.28 * 841.89
}

// rectangle reads a direct rectangle with its corners in order.
func rectangle(a pdf.Array) (r [4]float64, ok bool) {
	if len(a) != 4 {
		return r, false
	}
	for i, o := range a {
		if r[i], ok = number(o); !ok {
			return r, false
		}
	}
	return [4]float64{min(r[0], r[2]), min(r[1], r[3]), max(r[0], r[2]), max(r[1], r[3])}, true
}
