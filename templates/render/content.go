package render

import (
	"math"

	"antin/fonts"
	"antin/internal/pdf"
	"antin/templates/layout"
)

// fontNames are the resource names of the faces, by style. TNR and TNI are
// also the names that the fields' default appearances use.
var fontNames = [fonts.Count]string{"/TNR", "/TNB", "/TNI", "/TNBI"}

// content writes one page's content stream.
type content struct {
	r      *renderer
	sheet  int
	height float64
	b      []byte

	used     [fonts.Count]bool
	xobjects []xobject
	fields   []int32

	inText bool
	style  fonts.Style
	size   float64
	setTf  bool
	px, py int // text position, hundredths of a pt
	color  layout.Color
}

type xobject struct {
	name string
	ref  pdf.Ref
}

// y turns a distance from the page's upper edge into PDF's upward axis.
func (c *content) y(v float64) int { return centi(c.height - v) }

// page writes grounds and rules as artifacts, then the items in reading
// order, each run of one element's items as one marked-content sequence
// (ISO 32000-1, 14.7.4).
func (c *content) page(s *layout.Sheet) error {
	if s.Ground != layout.NoGround {
		c.b = append(c.b, "/Artifact BMC /Gr Do EMC\n"...)
		c.xobjects = append(c.xobjects, xobject{"/Gr", c.r.ground(s.Ground)})
	}
	c.rules(s.Rules)
	items := s.Items
	for i := 0; i < len(items); {
		it := &items[i]
		if it.Kind == layout.FieldItem {
			c.fields = append(c.fields, it.Index)
			i++
			continue
		}
		end := i + 1
		for end < len(items) && items[end].Elem == it.Elem && items[end].Kind != layout.FieldItem {
			end++
		}
		if err := c.sequence(items[i:end]); err != nil {
			return err
		}
		i = end
	}
	return nil
}

// structTypes are the names of element kinds (ISO 32000-1, 14.8.4).
var structTypes = [...]string{
	layout.ElemDocument: "Document", layout.ElemH1: "H1", layout.ElemH2: "H2", layout.ElemP: "P",
	layout.ElemL: "L", layout.ElemLI: "LI", layout.ElemLBody: "LBody",
	layout.ElemTable: "Table", layout.ElemTHead: "THead", layout.ElemTBody: "TBody",
	layout.ElemTR: "TR", layout.ElemTH: "TH", layout.ElemTD: "TD",
	layout.ElemFigure: "Figure", layout.ElemForm: "Form",
}

func (c *content) sequence(items []layout.Item) error {
	el := items[0].Elem
	if el == layout.NoElement {
		c.b = append(c.b, "/Artifact<</Type/Pagination>>BDC\n"...)
	} else {
		owners := &c.r.owners[c.sheet]
		m := mark{sheet: int32(c.sheet), mcid: int32(len(*owners))}
		if it := &items[0]; it.Kind == layout.PictureItem {
			m.bbox = [4]float64{it.X, c.height - it.Y - it.H, it.X + it.W, c.height - it.Y}
		}
		*owners = append(*owners, el)
		c.r.marks[el] = append(c.r.marks[el], m)
		c.b = append(c.b, '/')
		c.b = append(c.b, structTypes[c.r.pages.Elements[el].Kind]...)
		c.b = append(c.b, "<</MCID "...)
		c.b = appendInt(c.b, int(m.mcid))
		c.b = append(c.b, ">>BDC\n"...)
	}
	for i := range items {
		switch it := &items[i]; it.Kind {
		case layout.TextItem:
			c.text(it)
		case layout.TickItem:
			c.tick(it)
		case layout.CodeItem:
			c.endText()
			if err := c.code(it); err != nil {
				return err
			}
		case layout.PictureItem:
			c.endText()
			if err := c.picture(it); err != nil {
				return err
			}
		case layout.FieldItem: // a widget, not content
		}
	}
	c.endText()
	c.b = append(c.b, "EMC\n"...)
	return nil
}

func (c *content) endText() {
	if c.inText {
		c.b = append(c.b, "ET\n"...)
		c.inText = false
	}
}

// text shows one run. Spaces are stretched in the TJ array: word spacing has
// no effect on two-byte codes (ISO 32000-1, 9.3.3).
func (c *content) text(it *layout.Item) {
	if it.Text == "" {
		return
	}
	if !c.inText {
		c.b = append(c.b, "BT\n"...)
		c.inText, c.px, c.py = true, 0, 0
	}
	c.fill(it.Color)
	c.font(it.Style, it.Size)
	x, y := centi(it.X), c.y(it.Y)
	c.b = appendCenti(c.b, x-c.px)
	c.b = append(c.b, ' ')
	c.b = appendCenti(c.b, y-c.py)
	c.b = append(c.b, " Td"...)
	c.px, c.py = x, y
	if it.Lang != "" {
		c.b = append(c.b, "/Span<</Lang"...)
		c.b = appendText(c.b, it.Lang)
		c.b = append(c.b, ">>BDC"...)
	}
	c.show(it)
	if it.Lang != "" {
		c.b = append(c.b, "EMC\n"...)
	}
}

// font selects a face and size if another was.
func (c *content) font(style fonts.Style, size float64) {
	if c.setTf && c.style == style && c.size == size {
		return
	}
	c.b = append(c.b, fontNames[style]...)
	c.b = append(c.b, ' ')
	c.b = appendCenti(c.b, centi(size))
	c.b = append(c.b, " Tf "...)
	c.style, c.size, c.setTf, c.used[style] = style, size, true, true
}

// show writes the TJ operator of a run.
func (c *content) show(it *layout.Item) {
	face := fonts.Get(it.Style)
	var adjust [16]byte
	adj := adjust[:0]
	if it.Stretch != 0 {
		adj = append(adj, ')')
		adj = appendCenti(adj, -10*int(math.Round(it.Stretch/it.Size*10000))) // thousandths of an em, one decimal
		adj = append(adj, '(')
	}
	b := append(c.b, "[("...)
	for _, r := range it.Text {
		gid, _ := face.Glyph(r)
		b = appendCode(b, gid)
		if len(adj) > 0 && (r == ' ' || r == '\u00a0') {
			b = append(b, adj...)
		}
	}
	if it.Trail {
		// The space between this word and the first of the next line: words
		// of tagged text are separated by spaces (14.8.2.5). It is drawn back
		// over the last letter, so that nothing stands outside the text area.
		w, _ := face.Advance(' ')
		gid, _ := face.Glyph(' ')
		b = append(b, ')')
		b = appendInt(b, w)
		b = append(b, '(')
		b = appendCode(b, gid)
	}
	c.b = append(b, ")]TJ\n"...)
}

// appendCode writes a two-byte code inside a literal string (7.3.4.2).
func appendCode(b []byte, gid uint16) []byte {
	b = appendByte(b, byte(gid>>8))
	return appendByte(b, byte(gid))
}

func appendByte(b []byte, v byte) []byte {
	switch v {
	case '(', ')', '\\':
		return append(b, '\\', v)
	case '\r':
		return append(b, '\\', 'r')
	}
	return append(b, v)
}

// fill sets the colour of text and shapes.
func (c *content) fill(col layout.Color) {
	if col == c.color {
		return
	}
	c.color = col
	if col == (layout.Color{}) {
		c.b = append(c.b, "0 g "...)
		return
	}
	for _, v := range [3]byte{col.R, col.G, col.B} {
		c.b = appendCenti(c.b, (int(v)*100+127)/255)
		c.b = append(c.b, ' ')
	}
	c.b = append(c.b, "rg "...)
}

// rules strokes all lines of a page, thinnest first seen first.
func (c *content) rules(lines []layout.Line) {
	if len(lines) == 0 {
		return
	}
	c.b = append(c.b, "/Artifact BMC\n"...)
	weight := 0.0
	for i := range lines {
		l := &lines[i]
		if l.Weight != weight {
			weight = l.Weight
			c.b = appendCenti(c.b, centi(weight))
			c.b = append(c.b, " w\n"...)
		}
		c.b = appendCenti(c.b, centi(l.X1))
		c.b = append(c.b, ' ')
		c.b = appendCenti(c.b, c.y(l.Y1))
		c.b = append(c.b, " m "...)
		c.b = appendCenti(c.b, centi(l.X2))
		c.b = append(c.b, ' ')
		c.b = appendCenti(c.b, c.y(l.Y2))
		c.b = append(c.b, " l S\n"...)
	}
	c.b = append(c.b, "EMC\n"...)
}

// tick draws a tick box. An invisible □ under it, replaced by ☑ if it is set,
// lets the box be read aloud, found and copied as the text around it is.
func (c *content) tick(it *layout.Item) {
	c.endText()
	if it.Set {
		c.b = append(c.b, "/Span<</ActualText<FEFF2611>>>BDC\n"...)
	} else {
		c.b = append(c.b, "/Span<</ActualText<FEFF25A1>>>BDC\n"...)
	}
	x, y, w, h := centi(it.X), c.y(it.Y+it.H), centi(it.W), centi(it.H)
	c.b = append(c.b, "0.6 w "...)
	c.b = appendPath(c.b, x, y, w, h, " re S\n")
	if it.Set {
		in := w / 5
		c.b = append(c.b, "1.1 w "...)
		c.b = appendPoint(c.b, x+in, y+in, " m ")
		c.b = appendPoint(c.b, x+w-in, y+h-in, " l ")
		c.b = appendPoint(c.b, x+in, y+h-in, " m ")
		c.b = appendPoint(c.b, x+w-in, y+in, " l S\n")
	}
	gid, _ := fonts.Get(fonts.Regular).Glyph('□')
	c.b = append(c.b, "BT 3 Tr "...)
	c.font(fonts.Regular, it.Size)
	c.b = appendPoint(c.b, x, y, " Td[(")
	c.b = appendCode(c.b, gid)
	c.b = append(c.b, ")]TJ 0 Tr ET\nEMC\n"...)
}

func appendPoint(b []byte, x, y int, op string) []byte {
	b = appendCenti(b, x)
	b = append(b, ' ')
	b = appendCenti(b, y)
	return append(b, op...)
}

func appendPath(b []byte, x, y, w, h int, op string) []byte {
	b = appendPoint(b, x, y, " ")
	return appendPoint(b, w, h, op)
}
