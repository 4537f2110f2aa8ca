package verify

import (
	"bytes"
	"slices"
	"strconv"

	"antin/internal/pdf"
)

// strict walks a pair that must mean the same in both revisions.
func (d *differ) strict(o, n pdf.Object, z zone, path string) error {
	or, oIsRef := o.(pdf.Ref)
	nr, nIsRef := n.(pdf.Ref)
	if oIsRef && nIsRef && or == nr && (d.quiet[or.Num] || d.special(or)) {
		return nil
	}
	if oIsRef || nIsRef {
		pair := [2]pdf.Ref{or, nr}
		if oIsRef && nIsRef {
			if d.seen[pair] {
				return nil
			}
			d.seen[pair] = true
		}
	}
	ov, nv, olast, nlast, err := d.both(o, n)
	if err != nil {
		return err
	}
	at := nlast
	if at.Num == 0 {
		at = olast
	}
	return d.values(ov, nv, at, z, path)
}

// special reports whether the object with this reference is walked by a rule
// of its own, wherever it is met: a rule that has compared this very object of
// both revisions. Arrays are never special, since the rule for a list of fields
// would let a list of pages grow.
func (d *differ) special(r pdf.Ref) bool {
	if r == d.catalog || r == d.acroForm {
		return true
	}
	if _, ok := d.pages[r]; ok {
		return true
	}
	_, ok := d.fields[r]
	return ok
}

func (d *differ) values(o, n pdf.Object, at pdf.Ref, z zone, path string) error {
	changed := func() error {
		code := string(z)
		switch {
		case o == nil:
			code += "_added"
		case n == nil:
			code += "_removed"
		default:
			code += "_changed"
		}
		d.add(NotPermitted, code, path, at)
		return nil
	}
	switch o := o.(type) {
	case pdf.Dict:
		nd, ok := n.(pdf.Dict)
		if !ok {
			return changed()
		}
		return d.entries(o, nd, at, z, path, nil)
	case *pdf.Stream:
		ns, ok := n.(*pdf.Stream)
		if !ok {
			return changed()
		}
		if o != ns && !bytes.Equal(o.Raw, ns.Raw) {
			d.add(NotPermitted, string(z)+"_changed", path, at)
		}
		return d.entries(o.Dict, ns.Dict, at, z, path, []pdf.Name{"Length"})
	case pdf.Array:
		na, ok := n.(pdf.Array)
		if !ok || len(o) != len(na) {
			return changed()
		}
		for i := range o {
			if isScalar(o[i]) && isScalar(na[i]) {
				if !sameScalar(o[i], na[i]) {
					return changed()
				}
				continue
			}
			if err := d.strict(o[i], na[i], z, path+"/"+strconv.Itoa(i)); err != nil {
				return err
			}
		}
		return nil
	}
	if !isScalar(n) || !sameScalar(o, n) {
		return changed()
	}
	return nil
}

// entries walks two dictionaries by the strict rule, skipping some keys.
func (d *differ) entries(o, n pdf.Dict, at pdf.Ref, z zone, path string, skip []pdf.Name) error {
	check := func(k pdf.Name, ov, nv pdf.Object) error {
		if slices.Contains(skip, k) {
			return nil
		}
		if isScalar(ov) && isScalar(nv) {
			if !sameScalar(ov, nv) {
				return d.values(ov, nv, at, inner(z, k), path+"/"+string(k))
			}
			return nil
		}
		return d.strict(ov, nv, inner(z, k), path+"/"+string(k))
	}
	// The order does not matter for the verdict, only for the wording of a
	// difference; sorting every dictionary would cost more than the rest.
	for k, ov := range o {
		if err := check(k, ov, n[k]); err != nil {
			return err
		}
	}
	for k, nv := range n {
		if _, ok := o[k]; !ok {
			if err := check(k, nil, nv); err != nil {
				return err
			}
		}
	}
	return nil
}

// inner refines the zone on the way into a key.
func inner(z zone, k pdf.Name) zone {
	switch k {
	case "Font":
		if z == "resources" {
			return "font"
		}
	case "XObject":
		if z == "resources" {
			return "picture"
		}
	case "Resources":
		return "resources"
	}
	return z
}

func isScalar(o pdf.Object) bool {
	switch o.(type) {
	case pdf.Dict, pdf.Array, *pdf.Stream, pdf.Ref:
		return false
	}
	return true
}

// sameScalar compares objects without parts. A real of integral value equals
// the integer.
func sameScalar(a, b pdf.Object) bool {
	if s, ok := a.(pdf.String); ok {
		t, ok := b.(pdf.String)
		return ok && bytes.Equal(s, t)
	}
	if _, ok := b.(pdf.String); ok {
		return false
	}
	if a == b {
		return true
	}
	x, ok1 := number(a)
	y, ok2 := number(b)
	return ok1 && ok2 && x == y
}

func number(o pdf.Object) (float64, bool) {
	switch v := o.(type) {
	case pdf.Integer:
		return float64(v), true
	case pdf.Real:
		return float64(v), true
	}
	return 0, false
}
