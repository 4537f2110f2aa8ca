package fonts

import (
	"encoding/binary"
	"errors"
	"fmt"
	"sync"

	"golang.org/x/image/font/sfnt"
)

// source is a parsed TrueType file: its tables and what the subsetter needs.
type source struct {
	tables     map[string][]byte
	unitsPerEm int
	longLoca   bool
	hMetrics   int      // entries of hmtx that have an advance
	runes      []rune   // of the subset, in glyph order from 1
	gids       []uint16 // source glyph for each of runes
}

var be = binary.BigEndian

// tables reads the table directory (OpenType, "Organization of an OpenType
// font") without copying.
func tables(ttf []byte) (map[string][]byte, error) {
	if len(ttf) < 12 || be.Uint32(ttf) != 0x00010000 {
		return nil, errors.New("not a TrueType file")
	}
	n := int(be.Uint16(ttf[4:]))
	if len(ttf) < 12+16*n {
		return nil, errors.New("table directory is cut off")
	}
	t := make(map[string][]byte, n)
	for i := range n {
		rec := ttf[12+16*i:]
		off, length := uint64(be.Uint32(rec[8:])), uint64(be.Uint32(rec[12:]))
		if off+length > uint64(len(ttf)) {
			return nil, fmt.Errorf("table %q lies outside the file", rec[:4])
		}
		t[string(rec[:4])] = ttf[off : off+length]
	}
	for tag, least := range map[string]int{"head": 54, "hhea": 36, "hmtx": 4, "maxp": 32, "loca": 4, "glyf": 1, "OS/2": 90, "post": 32} {
		if len(t[tag]) < least {
			return nil, fmt.Errorf("table %q is missing or too short", tag)
		}
	}
	return t, nil
}

func parseFace(ttf []byte, stemV int) (*Face, error) {
	t, err := tables(ttf)
	if err != nil {
		return nil, err
	}
	parsed, err := sfnt.Parse(ttf)
	if err != nil {
		return nil, err
	}
	var buf sfnt.Buffer
	name, err := parsed.Name(&buf, sfnt.NameIDPostScript)
	if err != nil {
		return nil, fmt.Errorf("PostScript name: %w", err)
	}
	if name == "Tinos" { // the upright face leaves its style out
		name = "Tinos-Regular"
	}
	src := &source{
		tables:     t,
		unitsPerEm: int(be.Uint16(t["head"][18:])),
		longLoca:   be.Uint16(t["head"][50:]) == 1,
		hMetrics:   int(be.Uint16(t["hhea"][34:])),
	}
	if src.unitsPerEm == 0 || src.hMetrics == 0 || len(t["hmtx"]) < 4*src.hMetrics {
		return nil, errors.New("units or advances are missing")
	}
	f := &Face{name: name, source: src}
	f.subset = sync.OnceValue(f.cut)
	for _, r := range charset() {
		g, err := parsed.GlyphIndex(&buf, r)
		if err != nil {
			return nil, fmt.Errorf("glyph of %U: %w", r, err)
		}
		if s := standIn(r); g == 0 && s != 0 {
			if g, err = parsed.GlyphIndex(&buf, s); err != nil {
				return nil, fmt.Errorf("glyph of %U: %w", s, err)
			}
		}
		if g == 0 {
			continue
		}
		src.runes = append(src.runes, r)
		src.gids = append(src.gids, uint16(g))
		f.glyphs[r] = uint32(len(src.runes))<<16 | uint32(src.thousandths(src.advance(uint16(g))))
	}
	f.metrics = src.metrics(stemV)
	return f, nil
}

// thousandths scales font units to thousandths of an em, rounded.
func (s *source) thousandths(units int) int {
	n := units * 2000
	if n < 0 {
		return -((-n/s.unitsPerEm + 1) / 2)
	}
	return (n/s.unitsPerEm + 1) / 2
}

func (s *source) advance(gid uint16) int {
	i := min(int(gid), s.hMetrics-1)
	return int(be.Uint16(s.tables["hmtx"][4*i:]))
}

// bearing is the left side bearing of a glyph in font units.
func (s *source) bearing(gid uint16) int16 {
	i := int(gid)
	at := 4*i + 2
	if i >= s.hMetrics {
		at = 4*s.hMetrics + 2*(i-s.hMetrics)
	}
	if at+2 > len(s.tables["hmtx"]) {
		return 0
	}
	return int16(be.Uint16(s.tables["hmtx"][at:]))
}

func (s *source) metrics(stemV int) Metrics {
	signed := func(table string, at int) int {
		return s.thousandths(int(int16(be.Uint16(s.tables[table][at:]))))
	}
	m := Metrics{
		Ascent:      signed("hhea", 4),
		Descent:     signed("hhea", 6),
		LineGap:     signed("hhea", 8),
		CapHeight:   signed("OS/2", 88),
		ItalicAngle: float64(int32(be.Uint32(s.tables["post"][4:]))) / 65536,
		StemV:       stemV,
	}
	for i := range m.BBox {
		m.BBox[i] = signed("head", 36+2*i)
	}
	return m
}
