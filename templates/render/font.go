package render

import (
	"fmt"
	"strconv"
	"sync"

	"antin/fonts"
	"antin/internal/pdf"
)

// fontParts are the parts of a font's objects that are the same in every file.
type fontParts struct {
	file, toUnicode *pdf.Stream
	descriptor      string // up to the reference to the file
	cid             string // up to the reference to the descriptor
	type0           string // up to the reference to the CIDFont
}

var fontCache = [fonts.Count]func() *fontParts{
	sync.OnceValue(func() *fontParts { return makeFont(fonts.Regular) }),
	sync.OnceValue(func() *fontParts { return makeFont(fonts.Bold) }),
	sync.OnceValue(func() *fontParts { return makeFont(fonts.Italic) }),
	sync.OnceValue(func() *fontParts { return makeFont(fonts.BoldItalic) }),
}

// makeFont prepares a Type0 font with Identity-H encoding over the face's
// fixed subset (ISO 32000-1, 9.7).
func makeFont(s fonts.Style) *fontParts {
	face := fonts.Get(s)
	sub, m := face.Subset(), face.Metrics()
	name := sub.Tag + "+" + face.PostScriptName()
	const serif, symbolic, italic, forceBold = 1 << 1, 1 << 2, 1 << 6, 1 << 18
	flags := serif | symbolic
	if s&fonts.Italic != 0 {
		flags |= italic
	}
	if s&fonts.Bold != 0 {
		flags |= forceBold
	}
	widths := []byte("[0[")
	for i, w := range sub.Widths {
		if i > 0 {
			widths = append(widths, ' ')
		}
		widths = strconv.AppendInt(widths, int64(w), 10)
	}
	widths = append(widths, "]]"...)
	return &fontParts{
		file:      &pdf.Stream{Dict: pdf.Dict{"Filter": pdf.Name("FlateDecode"), "Length1": pdf.Integer(sub.Length1)}, Raw: sub.FontFile},
		toUnicode: &pdf.Stream{Dict: pdf.Dict{"Filter": pdf.Name("FlateDecode")}, Raw: sub.ToUnicode},
		descriptor: fmt.Sprintf("<</Type/FontDescriptor/FontName/%s/Flags %d/FontBBox[%d %d %d %d]/ItalicAngle %g/Ascent %d/Descent %d/CapHeight %d/StemV %d/FontFile2 ",
			name, flags, m.BBox[0], m.BBox[1], m.BBox[2], m.BBox[3], m.ItalicAngle, m.Ascent, m.Descent, m.CapHeight, m.StemV),
		cid: fmt.Sprintf("<</Type/Font/Subtype/CIDFontType2/BaseFont/%s/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>/CIDToGIDMap/Identity/DW 1000/W %s/FontDescriptor ",
			name, widths),
		type0: fmt.Sprintf("<</Type/Font/Subtype/Type0/BaseFont/%s/Encoding/Identity-H/DescendantFonts[", name),
	}
}

// Objects takes new objects: a pdf.Writer or a pdf.Update.
type Objects interface{ Add(o pdf.Object) pdf.Ref }

// PutFont writes a face's five objects and returns the Type0 font. Its codes are
// the face's glyphs.
func PutFont(w Objects, s fonts.Style) pdf.Ref {
	f := fontCache[s]()
	file, uni := w.Add(f.file), w.Add(f.toUnicode)
	b := appendRef([]byte(f.descriptor), file)
	desc := w.Add(pdf.Literal(append(b, ">>"...)))
	b = appendRef([]byte(f.cid), desc)
	cid := w.Add(pdf.Literal(append(b, ">>"...)))
	b = appendRef([]byte(f.type0), cid)
	b = append(b, "]/ToUnicode "...)
	b = appendRef(b, uni)
	return w.Add(pdf.Literal(append(b, ">>"...)))
}
