package signer

import (
	"bytes"
	"errors"
	"slices"
	"sync"

	"antin/internal/pdf"
)

// fieldFont is what filling a field needs of a font that the document embeds:
// the codes of its letters and their widths. No font file is read: the
// document's own /ToUnicode and /W say it (ISO 32000-1, 9.10.3 and 9.7.4.3).
type fieldFont struct {
	*fontTable
	ascent, descent float64 // of /FontDescriptor; descent is negative
}

// fontTable is the part of a fieldFont that takes time to read.
type fontTable struct {
	code         map[rune]uint16
	width        map[uint16]float64 // thousandths of an em
	defaultWidth float64
	descriptor   pdf.Object // /FontDescriptor, as the font names it
}

const (
	maxToUnicode = 1 << 20 // bytes, decoded
	maxCodes     = 1 << 16
)

// advance is the width of r in thousandths of an em.
func (t *fontTable) advance(code uint16) float64 {
	if w, ok := t.width[code]; ok {
		return w
	}
	return t.defaultWidth
}

// fontCache keeps parsed tables with what they were read from. All documents of
// one service share two fonts, so a handful of places does, and comparing their
// bytes costs a tenth of hashing them.
type fontCache struct {
	mu   sync.Mutex
	kept []cachedFont // replaced, never changed
}

type cachedFont struct {
	from  fontSource
	table *fontTable
}

// fontSource is the very bytes that a table was read from: of the CIDFont, and
// of the CMap with its dictionary.
type fontSource struct{ cid, cmap, dict []byte }

func (s fontSource) equal(o fontSource) bool {
	return bytes.Equal(s.cid, o.cid) && bytes.Equal(s.cmap, o.cmap) && bytes.Equal(s.dict, o.dict)
}

const maxCachedFonts = 16

var fonts fontCache

func (c *fontCache) get(from fontSource) *fontTable {
	c.mu.Lock()
	kept := c.kept
	c.mu.Unlock()
	for _, k := range kept {
		if k.from.equal(from) {
			return k.table
		}
	}
	return nil
}

func (c *fontCache) put(from fontSource, t *fontTable) {
	from = fontSource{bytes.Clone(from.cid), bytes.Clone(from.cmap), bytes.Clone(from.dict)}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.kept = append(slices.Clone(c.kept[max(0, len(c.kept)-maxCachedFonts+1):]), cachedFont{from, t})
}

// readFieldFont reads the Type 0 font that o refers to, with Identity-H codes.
func readFieldFont(f *pdf.File, o pdf.Object) (*fieldFont, error) {
	font, err := f.Dict(o)
	if err != nil {
		return nil, err
	}
	if font["Subtype"] != pdf.Name("Type0") || font["Encoding"] != pdf.Name("Identity-H") {
		return nil, errors.New("not a Type 0 font with Identity-H encoding")
	}
	toUnicode, err := f.Stream(font["ToUnicode"])
	if err != nil {
		return nil, err
	}
	descendants, err := f.Array(font["DescendantFonts"])
	if err != nil {
		return nil, err
	}
	if toUnicode == nil || len(descendants) != 1 {
		return nil, errors.New("no /ToUnicode or not one descendant font")
	}
	t, err := readFontTable(f, descendants[0], toUnicode)
	if err != nil {
		return nil, err
	}
	descriptor, err := f.Dict(t.descriptor)
	if err != nil {
		return nil, err
	}
	ff := &fieldFont{fontTable: t}
	if ff.ascent, err = f.Num(descriptor["Ascent"]); err != nil {
		return nil, err
	}
	if ff.descent, err = f.Num(descriptor["Descent"]); err != nil {
		return nil, err
	}
	return ff, nil
}

// readFontTable reads the CIDFont at o, or takes its table from the cache. What
// is cached is known by the very bytes of the CIDFont and of the CMap, so that a
// font seen before is not even parsed.
func readFontTable(f *pdf.File, o pdf.Object, toUnicode *pdf.Stream) (*fontTable, error) {
	from := fontSource{cid: rawObject(f, o)}
	if from.cid != nil {
		from.cmap, from.dict = toUnicode.Raw, pdf.Append(nil, toUnicode.Dict)
		if t := fonts.get(from); t != nil {
			return t, nil
		}
	}
	cid, err := f.Dict(o)
	if err != nil {
		return nil, err
	}
	t := &fontTable{defaultWidth: 1000, descriptor: cid["FontDescriptor"]}
	if cid["DW"] != nil {
		if t.defaultWidth, err = f.Num(cid["DW"]); err != nil {
			return nil, err
		}
	}
	widths, err := f.Array(cid["W"])
	if err != nil {
		return nil, err
	}
	if t.width, err = readWidths(f, widths); err != nil {
		return nil, err
	}
	cmap, err := f.Decode(toUnicode, maxToUnicode)
	if err != nil {
		return nil, err
	}
	if t.code, err = parseToUnicode(cmap); err != nil {
		return nil, err
	}
	_, direct := t.descriptor.(pdf.Ref) // refers to what is read anew each time
	if from.cid != nil && direct && !refers(cid["W"]) && !refers(cid["DW"]) && !refers(toUnicode.Dict) {
		fonts.put(from, t)
	}
	return t, nil
}

// rawObject is the object o as it stands in the file, up to and with the first
// endobj, or nil. Two objects with the same bytes so far are the same: what
// ends one ends the other.
func rawObject(f *pdf.File, o pdf.Object) []byte {
	r, ok := o.(pdf.Ref)
	if !ok {
		return nil
	}
	e, _, ok := f.Entry(r.Num)
	if !ok || e.Kind != pdf.InUse || e.Gen != r.Gen {
		return nil
	}
	data := f.Bytes()
	if e.Offset < 0 || e.Offset >= int64(len(data)) {
		return nil
	}
	data = data[e.Offset:]
	end := bytes.Index(data[:min(len(data), maxRaw)], []byte("endobj"))
	if end < 0 {
		return nil
	}
	return data[:end+len("endobj")]
}

const maxRaw = 64 << 10 // bytes of a CIDFont that is cached

// refers reports whether o contains a reference.
func refers(o pdf.Object) bool {
	switch o := o.(type) {
	case pdf.Ref:
		return true
	case pdf.Array:
		return slices.ContainsFunc(o, refers)
	case pdf.Dict:
		for _, v := range o {
			if refers(v) {
				return true
			}
		}
	}
	return false
}

// readWidths reads the /W array: "c [w …]" and "first last w" (9.7.4.3).
func readWidths(f *pdf.File, w pdf.Array) (map[uint16]float64, error) {
	widths := make(map[uint16]float64, len(w))
	bad := errors.New("/W malformed")
	for i := 0; i+1 < len(w); {
		first, err := f.Int(w[i])
		if err != nil || first < 0 || first >= maxCodes {
			return nil, bad
		}
		next, err := f.Resolve(w[i+1])
		if err != nil {
			return nil, err
		}
		if list, ok := next.(pdf.Array); ok {
			for k, v := range list {
				n, err := f.Num(v)
				if err != nil || int(first)+k >= maxCodes {
					return nil, bad
				}
				widths[uint16(int(first)+k)] = n
			}
			i += 2
			continue
		}
		last, err := f.Int(next)
		if err != nil || i+2 >= len(w) || last < first || last >= maxCodes {
			return nil, bad
		}
		n, err := f.Num(w[i+2])
		if err != nil {
			return nil, bad
		}
		for c := first; c <= last; c++ {
			widths[uint16(c)] = n
		}
		i += 3
	}
	return widths, nil
}
