package layout

import (
	"slices"
	"sync"

	"antin/fonts"
)

// Bounds of one document.
const (
	maxPages   = 2000
	maxText    = 4 << 20 // bytes
	maxNesting = 8
)

// mm is one millimetre in pt.
const mm = 72 / 25.4

// Page size A4 in pt (ISO 216).
const (
	a4Width  = 210 * mm
	a4Height = 297 * mm
)

// engine holds the state of one Typeset call. Its slices are reused by later
// calls.
type engine struct {
	faces    [fonts.Count]*fonts.Face
	items    []Item
	rules    []Line
	units    []unit
	pieces   []piece
	lines    []lineSpan
	tables   []tableInfo
	elements []Element
	fields   []PlacedField
	text     int // bytes measured
	depth    int
	room     float64 // height of the text area
	headed   bool    // a first-level heading has been seen
	err      error

	pendAfter float64 // After of the previous block
	pendSpace float64 // Space blocks since then
	pendForce bool    // PageBreak since then
}

// unit is the smallest piece of a page's height: a line, a row, a block that
// is never broken. Its items' y is measured from its top.
type unit struct {
	gap, h         float64 // gap is dropped at the top of a page
	i0, i1, r0, r1 int32   // ranges of engine.items and engine.rules
	table          int32   // 1 + index of engine.tables; 0 outside tables
	lines          int32   // lines of text in it
	keep           bool    // no break after it
	force          bool    // page break before it
	head           bool    // a head row
	closing        bool
}

var engines = sync.Pool{New: func() any {
	e := new(engine)
	for s := range e.faces {
		e.faces[s] = fonts.Get(fonts.Style(s))
	}
	return e
}}

// Typeset sets a document into pages. Errors are *MissingGlyphError,
// *LimitError and *OverflowError. The result refers to doc's strings and
// pictures; doc must not change while it is in use.
func Typeset(doc *Document) (*Pages, error) {
	e := engines.Get().(*engine)
	defer e.release()
	e.reset()
	p := &Pages{Doc: doc}
	e.elements = append(e.elements, Element{Kind: ElemDocument, Parent: NoElement})
	for i := range doc.Sections {
		e.section(p, doc, i)
		if e.err != nil {
			return nil, e.err
		}
	}
	for i := range p.Sheets {
		e.foot(p, doc, i)
	}
	if e.err != nil {
		return nil, e.err
	}
	p.Elements = slices.Clone(e.elements)
	p.Fields = slices.Clone(e.fields)
	return p, nil
}

// release gives the engine back for the next document, unless this one was so
// large that its buffers are not worth keeping.
func (e *engine) release() {
	if cap(e.items) > 1<<15 || cap(e.pieces) > 1<<16 || cap(e.elements) > 1<<15 {
		return
	}
	e.reset()
	engines.Put(e)
}

func (e *engine) reset() {
	clear(e.elements)
	clear(e.fields)
	e.elements, e.fields = e.elements[:0], e.fields[:0]
	e.text, e.depth, e.headed, e.err = 0, 0, false, nil
	e.clearFlow()
}

// clearFlow forgets the blocks of the section before, and the strings and
// pictures they held.
func (e *engine) clearFlow() {
	clear(e.items)
	e.items, e.rules, e.units, e.tables = e.items[:0], e.rules[:0], e.units[:0], e.tables[:0]
	e.pendAfter, e.pendSpace, e.pendForce = 0, 0, false
}

func (e *engine) fail(err error) {
	if e.err == nil {
		e.err = err
	}
}

// element adds a structure element.
func (e *engine) element(kind ElementKind, parent int32) int32 {
	e.elements = append(e.elements, Element{Kind: kind, Parent: parent})
	return int32(len(e.elements) - 1)
}

// flow turns blocks into units in a column of width w at x.
func (e *engine) flow(blocks []Block, x, w float64, parent int32) {
	if e.depth++; e.depth > maxNesting {
		e.fail(&LimitError{"levels of nesting", maxNesting})
	}
	list := int32(NoElement)
	for _, b := range blocks {
		if e.err != nil {
			break
		}
		if p, ok := b.(*Paragraph); !ok || p.Role != ListItem {
			list = NoElement
		}
		switch b := b.(type) {
		case *Paragraph:
			e.roleParagraph(b, x, w, parent, &list)
		case *Columns:
			e.columns(b, x, w, parent)
		case *Table:
			e.table(b, x, w, parent)
		case *Field:
			e.field(b, x, w, parent)
		case *Picture:
			e.picture(b, x, w, parent)
		case *Closing:
			e.closing(b, x, w, parent)
		case *Space:
			e.pendSpace += max(b.Height, 0)
		case *PageBreak:
			e.pendForce = true
		}
	}
	e.depth--
}

// roleParagraph sets a paragraph under the structure element of its role.
func (e *engine) roleParagraph(p *Paragraph, x, w float64, parent int32, list *int32) {
	kind := ElemP
	switch p.Role {
	case TitleRole:
		kind, e.headed = ElemH1, true
	case Heading:
		// A level must not be skipped (ISO 14289-1, 7.4.2).
		if kind = ElemH2; !e.headed {
			kind, e.headed = ElemH1, true
		}
	case ListItem:
		if *list == NoElement {
			*list = e.element(ElemL, parent)
		}
		parent, kind = e.element(ElemLI, *list), ElemLBody
	case Body, Note:
	}
	e.paragraph(p, x, w, e.element(kind, parent))
}

// gap takes what stands before the next unit: the larger of its own before
// and the after of the block above, and any Space.
func (e *engine) gap(before float64) float64 {
	g := max(before, e.pendAfter) + e.pendSpace
	e.pendAfter, e.pendSpace = 0, 0
	return g
}

// push adds a unit that holds the items and rules from i0 and r0 on.
func (e *engine) push(u unit, i0, r0 int) {
	u.i0, u.i1, u.r0, u.r1 = int32(i0), int32(len(e.items)), int32(r0), int32(len(e.rules))
	u.force = e.pendForce
	e.pendForce = false
	e.units = append(e.units, u)
}

// startStack forgets what is pending, at the top of a column or cell.
func (e *engine) startStack() { e.pendAfter, e.pendSpace, e.pendForce = 0, 0, false }

// stack puts the units from k on below one another, starting at top, takes
// them off the list and returns the height and the lines of text they have.
func (e *engine) stack(k int, top float64) (height float64, lines int32) {
	y := top
	for i, u := range e.units[k:] {
		if i > 0 {
			y += u.gap
		}
		e.shift(int(u.i0), int(u.i1), int(u.r0), int(u.r1), y)
		y += u.h
		lines += u.lines
	}
	e.units = e.units[:k]
	return y - top, lines
}

// shift moves items and rules down by dy.
func (e *engine) shift(i0, i1, r0, r1 int, dy float64) {
	if dy == 0 {
		return
	}
	for i := i0; i < i1; i++ {
		e.items[i].Y += dy
	}
	for i := r0; i < r1; i++ {
		e.rules[i].Y1 += dy
		e.rules[i].Y2 += dy
	}
}

// picture sets an image in its box.
func (e *engine) picture(p *Picture, x, w float64, parent int32) {
	i0, r0 := len(e.items), len(e.rules)
	pw, ph := p.Width*mm, p.Height*mm
	el := e.element(ElemFigure, parent)
	e.elements[el].Alt = p.Alt
	x += alignShift(p.Align, w-pw)
	gap := e.gap(0)
	e.items = append(e.items, Item{Kind: PictureItem, Elem: el, X: x, W: pw, H: ph, Picture: p})
	e.push(unit{gap: gap, h: ph}, i0, r0)
}

// alignShift is how far something moves right when room is left over.
func alignShift(a Align, room float64) float64 {
	switch a {
	case Center:
		return room / 2
	case Right:
		return room
	default:
		return 0
	}
}
