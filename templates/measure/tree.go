package measure

import (
	"fmt"

	"antin/internal/pdf"
)

// structure is the part of the structure tree that pages point to (ISO
// 32000-1, 14.7.4.4).
type structure struct {
	owners map[int64][]pdf.Ref // by StructParents: the element of each MCID
	kinds  map[pdf.Ref]string
	paths  map[pdf.Ref]string
}

func readTree(f *pdf.File) (*structure, error) {
	t := &structure{owners: map[int64][]pdf.Ref{}, kinds: map[pdf.Ref]string{}, paths: map[pdf.Ref]string{}}
	catalog, err := f.Catalog()
	if err != nil {
		return nil, err
	}
	root, err := f.Dict(catalog["StructTreeRoot"])
	if err != nil || root == nil {
		return t, err
	}
	parents, err := f.Dict(root["ParentTree"])
	if err != nil {
		return nil, err
	}
	return t, t.nums(f, parents, 0)
}

// nums reads a node of the number tree (7.9.7).
func (t *structure) nums(f *pdf.File, node pdf.Dict, depth int) error {
	if depth > 20 {
		return fmt.Errorf("the parent tree is too deep")
	}
	kids, err := f.Array(node["Kids"])
	if err != nil {
		return err
	}
	for _, k := range kids {
		d, err := f.Dict(k)
		if err != nil {
			return err
		}
		if err := t.nums(f, d, depth+1); err != nil {
			return err
		}
	}
	nums, err := f.Array(node["Nums"])
	if err != nil {
		return err
	}
	for i := 0; i+1 < len(nums); i += 2 {
		key, err := f.Int(nums[i])
		if err != nil {
			return err
		}
		o, err := f.Resolve(nums[i+1])
		if err != nil {
			return err
		}
		list, ok := o.(pdf.Array)
		if !ok {
			continue // the element of a widget
		}
		refs := make([]pdf.Ref, len(list))
		for j, e := range list {
			refs[j], _ = e.(pdf.Ref)
		}
		t.owners[key] = refs
	}
	return nil
}

// kind is an element's type, with those from the root down.
func (t *structure) kind(f *pdf.File, r pdf.Ref) (kind, path string) {
	if k, ok := t.kinds[r]; ok {
		return k, t.paths[r]
	}
	at := r
	for range 20 {
		d, err := f.Dict(at)
		if err != nil {
			break
		}
		s, err := f.NameOf(d["S"])
		if err != nil || s == "" {
			break
		}
		if kind == "" {
			kind = string(s)
		}
		path = "/" + string(s) + path
		up, ok := d["P"].(pdf.Ref)
		if !ok {
			break
		}
		at = up
	}
	t.kinds[r], t.paths[r] = kind, path
	return kind, path
}
