package verify

import "antin/internal/pdf"

// A document may have a hundred revisions after its first signature, each of
// them small. quietObjects finds, once for all of them, the objects from which
// nothing can be reached that any of these revisions writes; what is compared
// strictly need not be walked again below them.
//
// The way up is cut at the catalog, the form, pages and fields, which have
// rules of their own in every comparison. That holds only while they stay the
// same objects: when the catalog or the form moves, nothing counts as quiet;
// a page or field that goes away is a change not allowed in any case.
func quietObjects(f *pdf.File, first int, budget *int) (map[int]bool, error) {
	revs := f.Revisions()
	if len(revs)-first < 3 { // one comparison walks everything once anyway
		return nil, nil
	}
	base := f.At(first)
	catalog, form, ok := anchors(base)
	if !ok {
		return nil, nil
	}
	written := map[int]bool{}
	for i := first + 1; i < len(revs); i++ {
		c, a, ok := anchors(f.At(i))
		if !ok || c != catalog || a != form {
			return nil, nil
		}
		for _, e := range revs[i].Entries {
			written[e.Num] = true
		}
	}
	cut := map[int]bool{catalog.Num: true, form.Num: true}
	pages, err := base.Pages()
	if err != nil {
		return nil, err
	}
	for _, p := range pages {
		cut[p.Ref.Num] = true
	}
	fields, err := base.Fields()
	if err != nil {
		return nil, err
	}
	for _, fd := range fields {
		cut[fd.Ref.Num] = true
		for _, w := range fd.Widgets {
			cut[w.Ref.Num] = true
		}
	}

	// Edges are kept by their end, to be followed backwards.
	into := map[int][]int{}
	all := map[int]bool{}
	for i := range first + 1 {
		for _, e := range revs[i].Entries {
			if e.Kind == pdf.Free || all[e.Num] {
				continue
			}
			if now, _, ok := base.Entry(e.Num); !ok || now.Kind == pdf.Free {
				continue
			}
			if *budget--; *budget < 0 {
				return nil, errBudget
			}
			all[e.Num] = true
			now, _, _ := base.Entry(e.Num)
			o, err := base.Get(now.Ref())
			if err != nil {
				return nil, nil //nolint:nilerr,nilnil // an unused object that cannot be read: walk everything
			}
			references(o, func(r pdf.Ref) {
				if !cut[r.Num] {
					into[r.Num] = append(into[r.Num], e.Num)
				}
			})
		}
	}
	var queue []int
	for n := range written {
		delete(all, n)
		queue = append(queue, n)
	}
	for len(queue) > 0 {
		n := queue[len(queue)-1]
		queue = queue[:len(queue)-1]
		for _, from := range into[n] {
			if all[from] {
				delete(all, from)
				queue = append(queue, from)
			}
		}
	}
	return all, nil
}

// anchors are the references of the catalog and its form.
func anchors(f *pdf.File) (catalog, form pdf.Ref, ok bool) {
	catalog, ok = f.Trailer()["Root"].(pdf.Ref)
	if !ok {
		return
	}
	d, err := f.Catalog()
	if err != nil {
		return catalog, form, false
	}
	form, ok = d["AcroForm"].(pdf.Ref)
	return catalog, form, ok
}

// references calls use for every reference in an object.
func references(o pdf.Object, use func(pdf.Ref)) {
	switch v := o.(type) {
	case pdf.Ref:
		use(v)
	case pdf.Array:
		for _, el := range v {
			references(el, use)
		}
	case pdf.Dict:
		for _, el := range v {
			references(el, use)
		}
	case *pdf.Stream:
		references(v.Dict, use)
	}
}
