package layout

import (
	"fmt"

	"antin/fonts"
)

// Pages is a typeset document. Positions are in pt (1/72 inch) from the top
// left corner of the page, y downwards; a text's y is its baseline.
type Pages struct {
	Doc    *Document
	Sheets []Sheet
	// Elements is the logical structure in reading order, parents before their
	// children; Elements[0] is the document.
	Elements []Element
	// Fields lists the pre-placed fields in reading order.
	Fields []PlacedField
}

// Sheet is one page.
type Sheet struct {
	Width, Height float64 // pt
	Ground        Ground
	// Items stand in reading order.
	Items   []Item
	section int

	// Rules are all lines of the page: they carry no meaning.
	Rules []Line
}

// Line is a straight rule of Weight pt.
type Line struct{ X1, Y1, X2, Y2, Weight float64 }

// ItemKind says what an Item is.
type ItemKind uint8

// Kinds of Item.
const (
	TextItem    ItemKind = iota
	TickItem             // a box of W by H, crossed if Set
	PictureItem          // Picture scaled to W by H
	FieldItem            // Pages.Fields[Index]
	CodeItem             // a QR code of Text in a square of W
)

// NoElement marks an item that is not part of the logical structure.
const NoElement = -1

// Item is something at a fixed place. Text is a run of one style on one line;
// each space in it (also no-break spaces) is Stretch wider than the face's.
type Item struct {
	Kind  ItemKind
	Style fonts.Style
	Color Color
	Set   bool
	// Trail says that a breakable space stood after the text and was dropped
	// at the line's end.
	Trail      bool
	Elem       int32 // index in Pages.Elements, or NoElement
	Index      int32
	X, Y, W, H float64 // X, Y: left end of the baseline for text, else top left corner
	Size       float64 // pt
	Stretch    float64 // pt
	Text       string
	Lang       string
	Picture    *Picture
}

// PlacedField is a field with its rectangle. A one-line text field's
// rectangle reaches from the ascent to the descent of its face at its size
// (1.107 times the size), so text centred in it from top to bottom, or set
// 0.216 of the size above its lower edge, shares the baseline of its lead.
// The value starts at the left edge, without padding, unless Align is Center.
type PlacedField struct {
	*Field
	Sheet      int
	Elem       int32
	X, Y, W, H float64 // pt, top left corner
	Size       float64 // pt
	Align      Align
	Multiline  bool
}

// ElementKind is a standard structure type (ISO 32000-1, 14.8.4).
type ElementKind uint8

// Kinds of Element.
const (
	ElemDocument ElementKind = iota
	ElemH1
	ElemH2
	ElemP
	ElemL
	ElemLI
	ElemLBody
	ElemTable
	ElemTHead
	ElemTBody
	ElemTR
	ElemTH
	ElemTD
	ElemFigure
	ElemForm
)

// Element is a node of the logical structure.
type Element struct {
	Kind             ElementKind
	Parent           int32
	ColSpan, RowSpan int
	Alt              string // of figures; of tables their summary
}

// MissingGlyphError reports a character that a face lacks.
type MissingGlyphError struct {
	Field string // pointer of the data the text came from, if known
	Text  string // the run's text, cut to 40 characters
	Rune  rune
}

func (e *MissingGlyphError) Error() string {
	where := e.Field
	if where == "" {
		where = fmt.Sprintf("%q", e.Text)
	}
	return fmt.Sprintf("layout: %s: no face has the character %U", where, e.Rune)
}

// LimitError reports a document that is larger than the service sets.
type LimitError struct {
	What  string // "pages", "text bytes", "nesting"
	Limit int
}

func (e *LimitError) Error() string {
	return fmt.Sprintf("layout: more than %d %s", e.Limit, e.What)
}

// OverflowError reports what cannot be broken and does not fit: a block taller
// than the text area, an indent wider than its column, margins without room
// between them.
type OverflowError struct {
	What       string
	Size, Room float64 // pt
}

func (e *OverflowError) Error() string {
	return fmt.Sprintf("layout: %s takes %.0f pt, there is room for %.0f pt", e.What, e.Size, e.Room)
}
