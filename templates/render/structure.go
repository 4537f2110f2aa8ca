package render

import (
	"antin/internal/pdf"
	"antin/templates/layout"
)

// putStructure writes the structure tree and its parent tree (ISO 32000-1,
// 14.7) and returns the tree's root. Elements without content are left out;
// cells are kept, they hold a table's columns in place.
func (r *renderer) putStructure() pdf.Ref {
	els := r.pages.Elements
	keep := make([]bool, len(els))
	fieldOf := make([]int32, len(els)) // 1 + field
	for i, f := range r.pages.Fields {
		keep[f.Elem] = true
		fieldOf[f.Elem] = int32(i) + 1
	}
	keep[0] = true
	for i := len(els) - 1; i > 0; i-- {
		k := els[i].Kind
		if len(r.marks[i]) > 0 || k == layout.ElemTD || k == layout.ElemTH {
			keep[i] = true
		}
		if keep[i] {
			keep[els[i].Parent] = true
		}
	}
	root := r.w.Alloc()
	r.elements = make([]pdf.Ref, len(els))
	first, next := make([]int32, len(els)), make([]int32, len(els)) // children in order
	for i := len(els) - 1; i > 0; i-- {
		if keep[i] {
			p := els[i].Parent
			next[i], first[p] = first[p], int32(i)
		}
	}
	for i := range els {
		if keep[i] {
			r.elements[i] = r.w.Alloc()
		}
	}
	buf := buffers.Get().(*[]byte)
	defer buffers.Put(buf)
	b := *buf
	for i := range els {
		if !keep[i] {
			continue
		}
		e := &els[i]
		parent := root
		if e.Parent >= 0 {
			parent = r.elements[e.Parent]
		}
		b = append(b[:0], "<</S/"...)
		b = append(b, structTypes[e.Kind]...)
		b = append(b, "/P "...)
		b = appendRef(b, parent)
		b = r.appendAttributes(b, i)
		b = r.appendKids(b, i, fieldOf[i], first, next)
		b = append(b, ">>"...)
		r.w.Put(r.elements[i], pdf.Literal(b))
	}
	b = r.appendParentTree(b[:0])
	parents := r.w.Add(pdf.Literal(b))
	// The parent tree comes first: EU DSS compares revisions in the order of the
	// keys, and takes a filled field that it first meets through /K for a change
	// of the document, through /ParentTree for none.
	b = append(b[:0], "<</Type/StructTreeRoot/ParentTree "...)
	b = appendRef(b, parents)
	b = append(b, "/ParentTreeNextKey "...)
	b = appendInt(b, len(r.sheets)+len(r.widgets))
	b = append(b, "/K "...)
	b = appendRef(b, r.elements[0])
	b = append(b, ">>"...)
	r.w.Put(root, pdf.Literal(b))
	*buf = b
	return root
}

// appendAttributes writes the alternative text and the attributes of tables,
// header cells and pictures (14.8.5).
func (r *renderer) appendAttributes(b []byte, i int) []byte {
	e := &r.pages.Elements[i]
	switch e.Kind {
	case layout.ElemFigure:
		b = append(b, "/Alt"...)
		b = appendText(b, e.Alt)
		if len(r.marks[i]) > 0 {
			box := r.marks[i][0].bbox
			b = append(b, "/A<</O/Layout/Placement/Block/BBox["...)
			for k, v := range box {
				if k > 0 {
					b = append(b, ' ')
				}
				b = appendCenti(b, centi(v))
			}
			b = append(b, "]>>"...)
		}
	case layout.ElemTable:
		if e.Alt != "" {
			b = append(b, "/A<</O/Table/Summary"...)
			b = appendText(b, e.Alt)
			b = append(b, ">>"...)
		}
	case layout.ElemTH, layout.ElemTD:
		if e.Kind == layout.ElemTD && e.ColSpan <= 1 && e.RowSpan <= 1 {
			break
		}
		b = append(b, "/A<</O/Table"...)
		if e.Kind == layout.ElemTH {
			b = append(b, "/Scope/Column"...)
		}
		if e.ColSpan > 1 {
			b = append(b, "/ColSpan "...)
			b = appendInt(b, e.ColSpan)
		}
		if e.RowSpan > 1 {
			b = append(b, "/RowSpan "...)
			b = appendInt(b, e.RowSpan)
		}
		b = append(b, ">>"...)
	default:
	}
	return b
}

// appendKids writes an element's page and kids: its own content first, then
// its children.
func (r *renderer) appendKids(b []byte, i int, field int32, first, next []int32) []byte {
	marks := r.marks[i]
	page := int32(-1)
	if len(marks) > 0 {
		page = marks[0].sheet
	} else if field > 0 {
		page = int32(r.pages.Fields[field-1].Sheet)
	}
	if page >= 0 {
		b = append(b, "/Pg "...)
		b = appendRef(b, r.sheets[page])
	}
	if len(marks) == 0 && field == 0 && first[i] == 0 {
		return b
	}
	if field > 0 && len(marks) == 0 && first[i] == 0 {
		// Not in an array: pyHanko lets a widget change after certification
		// only where the tree leads to it by Form, /K, /Obj.
		b = append(b, "/K"...)
		return r.appendWidget(b, field, page)
	}
	b = append(b, "/K["...)
	for _, m := range marks {
		if m.sheet == page {
			b = appendInt(b, int(m.mcid))
			b = append(b, ' ')
			continue
		}
		b = append(b, "<</Type/MCR/Pg "...)
		b = appendRef(b, r.sheets[m.sheet])
		b = append(b, "/MCID "...)
		b = appendInt(b, int(m.mcid))
		b = append(b, ">>"...)
	}
	if field > 0 {
		b = r.appendWidget(b, field, page)
	}
	for k := first[i]; k != 0; k = next[k] {
		b = appendRef(b, r.elements[k])
		b = append(b, ' ')
	}
	return append(b, ']')
}

// appendWidget writes the object reference of a field's widget (14.7.4.3).
func (r *renderer) appendWidget(b []byte, field, page int32) []byte {
	b = append(b, "<</Type/OBJR/Obj "...)
	b = appendRef(b, r.widgets[field-1])
	b = append(b, "/Pg "...)
	b = appendRef(b, r.sheets[page])
	return append(b, ">>"...)
}

// appendParentTree writes the number tree from pages (StructParents = page
// index) and widgets (StructParent = pages + field index) to elements.
func (r *renderer) appendParentTree(b []byte) []byte {
	b = append(b, "<</Nums["...)
	for s, owners := range r.owners {
		b = appendInt(b, s)
		b = append(b, '[')
		for _, el := range owners {
			b = appendRef(b, r.elements[el])
			b = append(b, ' ')
		}
		b = append(b, "]\n"...)
	}
	for i, f := range r.pages.Fields {
		b = appendInt(b, len(r.sheets)+i)
		b = append(b, ' ')
		b = appendRef(b, r.elements[f.Elem])
		b = append(b, '\n')
	}
	return append(b, "]>>"...)
}
