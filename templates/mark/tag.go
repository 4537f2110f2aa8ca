package mark

import (
	"errors"
	"maps"

	"antin/internal/pdf"
)

// maxKids bounds how deep a parent tree is followed.
const maxKids = 32

// tag enters a widget in the structure tree of a tagged file, as PDF/UA-1 asks
// (ISO 14289-1, 7.18.4). A file without a tree stays without one.
func tag(f *pdf.File, u *pdf.Update, catalog pdf.Dict, page, field pdf.Ref, widget pdf.Dict) error {
	rootRef, ok := catalog["StructTreeRoot"].(pdf.Ref)
	if !ok {
		return nil
	}
	root, err := f.Dict(rootRef)
	if err != nil || root == nil {
		return err
	}
	root = maps.Clone(root)
	key, err := nextKey(f, root)
	if err != nil {
		return err
	}
	element := u.Add(nil)
	parent, err := adopt(f, u, rootRef, root, element)
	if err != nil {
		return err
	}
	u.Set(element, pdf.Dict{
		"S": pdf.Name("Form"), "P": parent, "Pg": page,
		"K": pdf.Dict{"Type": pdf.Name("OBJR"), "Obj": field, "Pg": page},
	})
	widget["StructParent"] = pdf.Integer(key)
	root["ParentTreeNextKey"] = pdf.Integer(key + 1)
	tree, err := f.Dict(root["ParentTree"])
	if err != nil {
		return err
	}
	// The old tree stays as it is, below a new root with one more leaf: its
	// keys are all lower.
	leaf := u.Add(pdf.Dict{"Limits": pdf.Array{pdf.Integer(key), pdf.Integer(key)}, "Nums": pdf.Array{pdf.Integer(key), element}})
	top := pdf.Dict{"Kids": pdf.Array{leaf}}
	switch {
	case tree == nil:
	case tree["Kids"] != nil:
		kids, err := f.Array(tree["Kids"])
		if err != nil {
			return err
		}
		top["Kids"] = append(append(pdf.Array{}, kids...), leaf)
	default:
		nums, err := f.Array(tree["Nums"])
		if err != nil {
			return err
		}
		if len(nums) >= 2 {
			first, err := f.Int(nums[0])
			if err != nil {
				return err
			}
			last, err := highestKey(f, tree, 1)
			if err != nil {
				return err
			}
			old := u.Add(pdf.Dict{"Limits": pdf.Array{pdf.Integer(first), pdf.Integer(last)}, "Nums": nums})
			top["Kids"] = pdf.Array{old, leaf}
		}
	}
	root["ParentTree"] = u.Add(top)
	u.Set(rootRef, root)
	return nil
}

// adopt makes an element a child of the document element, or of the root where
// there is none, and says whose child it is.
func adopt(f *pdf.File, u *pdf.Update, rootRef pdf.Ref, root pdf.Dict, element pdf.Ref) (parent pdf.Ref, err error) {
	kids, err := f.Resolve(root["K"])
	if err != nil {
		return parent, err
	}
	top, single := root["K"].(pdf.Ref)
	if list, ok := kids.(pdf.Array); ok && len(list) == 1 {
		top, single = list[0].(pdf.Ref)
	}
	if _, isList := kids.(pdf.Array); single && (!isList || top != root["K"]) {
		document, err := f.Dict(top)
		if err != nil {
			return parent, err
		}
		if document["S"] == pdf.Name("Document") {
			document = maps.Clone(document)
			if document["K"], err = longer(f, document["K"], element); err != nil {
				return parent, err
			}
			u.Set(top, document)
			return top, nil
		}
	}
	root["K"], err = longer(f, root["K"], element)
	return rootRef, err
}

// longer is a /K with one more child, first in the reading order: the words stand
// at the top of the page.
func longer(f *pdf.File, k pdf.Object, element pdf.Ref) (pdf.Array, error) {
	now, err := f.Resolve(k)
	if err != nil {
		return nil, err
	}
	switch list := now.(type) {
	case nil:
		return pdf.Array{element}, nil
	case pdf.Array:
		return append(pdf.Array{element}, list...), nil
	}
	return pdf.Array{element, k}, nil
}

// nextKey is a key that no entry of the parent tree has.
func nextKey(f *pdf.File, root pdf.Dict) (int64, error) {
	next, err := f.Int(root["ParentTreeNextKey"])
	if err != nil {
		return 0, err
	}
	highest, err := highestKey(f, root["ParentTree"], maxKids)
	const most = 1 << 30
	if next = max(next, highest+1, 0); err != nil || next > most {
		return 0, errors.Join(err, errors.New("the parent tree cannot be read"))
	}
	return next, nil
}

func highestKey(f *pdf.File, node pdf.Object, depth int) (int64, error) {
	d, err := f.Dict(node)
	if err != nil || d == nil {
		return -1, err
	}
	if depth == 0 {
		return 0, errors.New("the parent tree is too deep")
	}
	if kids, err := f.Array(d["Kids"]); err != nil {
		return 0, err
	} else if len(kids) > 0 { // the last holds the highest (7.9.7)
		return highestKey(f, kids[len(kids)-1], depth-1)
	}
	nums, err := f.Array(d["Nums"])
	if err != nil || len(nums) < 2 {
		return -1, err
	}
	highest := int64(-1)
	for i := 0; i+1 < len(nums); i += 2 {
		n, err := f.Int(nums[i])
		if err != nil {
			return 0, err
		}
		highest = max(highest, n)
	}
	return highest, nil
}
