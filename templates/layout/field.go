package layout

import "slices"

// fieldSize is the type size of a field that names none.
const fieldSize = 14

// specimenGrey is the colour of what stands in a field's place in a preview.
var specimenGrey = Color{150, 150, 150}

// field sets a field on a line of its own, with its lead in front.
func (e *engine) field(f *Field, x, w float64, parent int32) {
	i0, r0 := len(e.items), len(e.rules)
	if f.Kind == SignatureField {
		fw, fh := orElse(f.Width, 45)*mm, orElse(f.Height, 20)*mm
		gap := e.gap(f.Before)
		e.place(f, x+alignShift(f.Align, w-fw), 0, fw, fh, parent)
		e.push(unit{gap: gap, h: fh}, i0, r0)
		return
	}
	size := orElse(f.Size, fieldSize)
	line := size
	var lead float64
	for i := range f.Lead {
		lead += e.width(&f.Lead[i])
		line = max(line, f.Lead[i].size())
	}
	if e.err != nil {
		return
	}
	el := e.element(ElemP, parent)
	// A rectangle that is higher than the text has it in its middle, where a
	// later revision will write the value.
	fh := (ascent + descent) * size
	if f.Height > 0 {
		fh = f.Height * mm
	}
	middle := fh/2 + (ascent-descent)/2*size // from the rectangle's top to the baseline
	at, base := x, max(ascent*line, middle)
	if lead > 0 && f.Align != Left && f.Align != Justify {
		sample := Run{Text: f.Sample, Bold: f.Bold, Italic: f.Italic, Size: size}
		at += max(0, alignShift(f.Align, w-lead-e.width(&sample)))
		if e.err != nil {
			return
		}
	}
	for i := range f.Lead {
		r := &f.Lead[i]
		rw := e.width(r)
		e.items = append(e.items, Item{
			Kind: TextItem, Style: r.style(), Color: r.Color, Elem: el,
			X: at, Y: base, W: rw, Size: r.size(), Text: r.Text, Lang: r.Lang,
		})
		at += rw
	}
	room := x + w - at
	fw := room
	if f.Width > 0 {
		fw = min(f.Width*mm, room)
		if lead == 0 {
			at += alignShift(f.Align, room-fw)
		}
	}
	if fw <= 0 {
		e.fail(&OverflowError{What: "the text in front of field " + f.Name, Size: lead, Room: w})
		return
	}
	if f.Specimen != "" {
		s := Run{Text: f.Specimen, Bold: f.Bold, Italic: f.Italic, Size: size, Color: specimenGrey}
		sw, align := e.width(&s), f.Align
		if lead > 0 {
			align = Left
		}
		if e.err != nil {
			return
		}
		e.items = append(e.items, Item{
			Kind: TextItem, Style: s.style(), Color: s.Color, Elem: el,
			X: at + max(0, alignShift(align, fw-sw)), Y: base, W: sw, Size: size, Text: s.Text,
		})
	}
	top := base - middle
	gap := e.gap(f.Before)
	p := e.place(f, at, top, fw, fh, el)
	if p.Align = f.Align; lead > 0 {
		p.Align = Left // the value follows its lead
	}
	e.push(unit{gap: gap, h: max(pitch*line, top+fh), lines: 1}, i0, r0)
}

// place adds a field's rectangle; the sheet and the final place are set when
// its unit is.
func (e *engine) place(f *Field, x, y, w, h float64, parent int32) *PlacedField {
	el := e.element(ElemForm, parent)
	e.items = append(e.items, Item{Kind: FieldItem, Elem: el, Index: int32(len(e.fields)), X: x, Y: y, W: w, H: h})
	e.fields = append(e.fields, PlacedField{Field: f, Elem: el, Size: orElse(f.Size, fieldSize), Align: f.Align})
	return &e.fields[len(e.fields)-1]
}

func orElse(v, otherwise float64) float64 {
	if v <= 0 {
		return otherwise
	}
	return v
}

// Measures of the closing block; widths as shares of the text area (the
// decree's own drawing: box 7a 50 to 98 %, box 9b from the left edge).
const (
	closingLeft  = 0.46
	closingRight = 0.50
	closingWidth = 0.48
	signWidth    = 45.0 // mm
	signHeight   = 20.0
	sealSize     = 36.0
	// signSpace is the least height between title and name, room for the
	// signature picture; signatures by hand need less. A seal has as much
	// height as it needs to cover neither, which a round one does with
	// sealBite less than its diameter.
	signSpace = 29.0
	handSpace = 22.0
	sealBite  = 2.0
	belowGap  = 8.0 // pt, above recipients below two signature columns
)

// closing sets the end of a document as one unit.
func (e *engine) closing(c *Closing, x, w float64, parent int32) {
	gap := e.gap(c.Before)
	force := e.pendForce
	i0, r0, k := len(e.items), len(e.rules), len(e.units)
	rx, rw := x+closingRight*w, closingWidth*w
	lines := int32(0)
	run := func(blocks []Block, x, w, top float64) float64 {
		e.startStack()
		e.flow(blocks, x, w, parent)
		h, n := e.stack(k, top)
		lines += n
		return top + h
	}
	top := 0.0
	if c.Date != nil {
		top = run([]Block{c.Date}, rx, rw, 0)
	}
	left, below := c.Recipients, []Paragraph(nil)
	if len(c.Left) > 0 {
		left, below = c.Left, c.Recipients
	}
	bottom := run(asBlocks(left), x, closingLeft*w, top)

	var title []Block
	for i := range c.Title {
		title = append(title, &Paragraph{Runs: c.Title[i : i+1], Align: Center})
	}
	if len(c.Hint) > 0 {
		title = append(title, &Paragraph{Runs: c.Hint, Align: Center})
	}
	y := run(title, rx, rw, top)
	space := handSpace * mm
	if c.Signature != nil || c.Seal != nil {
		space = closingSpace(c) * mm
		e.signPlaces(c, rx+rw/2, y+space/2, parent)
	}
	y += space
	if c.LeftName.Text != "" {
		y = max(y, bottom)
		bottom = run([]Block{&Paragraph{Runs: []Run{c.LeftName}, Align: Center}}, x, closingLeft*w, y)
	}
	y = run([]Block{&Paragraph{Runs: []Run{c.Name}, Align: Center}}, rx, rw, y)
	if len(below) > 0 {
		y = run(asBlocks(below), x, w, max(y, bottom)+belowGap)
	}
	e.startStack()
	e.pendForce = force
	e.push(unit{gap: gap, h: max(bottom, y), lines: lines, closing: true}, i0, r0)
}

// closingSpace is the height between title and name in mm.
func closingSpace(c *Closing) float64 {
	space := signSpace
	if c.Signature != nil {
		space = max(space, orElse(c.Signature.Height, signHeight)+4)
	}
	if c.Seal != nil {
		space = max(space, orElse(c.Seal.Height, orElse(c.Seal.Width, sealSize))-sealBite)
	}
	return space
}

// signPlaces places signature and seal around the centre of the space between
// title and name: the seal's right edge covers the left third of the
// signature (decree, Phụ lục I, phần II, mục I.8a).
func (e *engine) signPlaces(c *Closing, cx, cy float64, parent int32) {
	sw, sh := signWidth, signHeight
	if c.Signature != nil {
		sw, sh = orElse(c.Signature.Width, sw), orElse(c.Signature.Height, sh)
	}
	sw, sh = sw*mm, sh*mm
	sx := cx - sw/2
	if c.Signature != nil {
		e.place(c.Signature, sx, cy-sh/2, sw, sh, parent)
	}
	if c.Seal != nil {
		d := orElse(c.Seal.Width, sealSize) * mm
		h := orElse(c.Seal.Height, d/mm) * mm
		e.place(c.Seal, sx+sw/3-d, cy-h/2, d, h, parent)
	}
}

func asBlocks(ps []Paragraph) []Block {
	blocks := make([]Block, len(ps))
	for i := range ps {
		blocks[i] = &ps[i]
	}
	return slices.Clip(blocks)
}
