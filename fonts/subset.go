package fonts

import (
	"bytes"
	"cmp"
	"compress/zlib"
	"crypto/sha256"
	"fmt"
	"math/bits"
	"slices"
)

// Subset is what a PDF embeds of a face: a TrueType file of the fixed
// character set without hinting, and the tables that go with it. Glyph
// numbers are CIDs (ISO 32000-1, 9.7.4.2, Identity). The byte slices are
// shared: nobody may change them.
type Subset struct {
	// Tag is the prefix of the font's name, six capitals (9.6.4).
	Tag string
	// FontFile is the TrueType file, zlib-compressed; Length1 its length
	// before compression.
	FontFile []byte
	Length1  int
	// Widths are the advances by glyph in thousandths of an em.
	Widths []uint16
	// ToUnicode is the CMap from CIDs to text, zlib-compressed (9.10.3).
	ToUnicode []byte
}

// Subset returns the face's subset, cut at the first call.
func (f *Face) Subset() *Subset { return f.subset() }

func (f *Face) cut() *Subset {
	file, widths := f.source.trueType()
	sum := sha256.Sum256(file)
	tag := make([]byte, 6)
	for i := range tag {
		tag[i] = 'A' + sum[i]%26
	}
	return &Subset{
		Tag:       string(tag),
		FontFile:  compress(file),
		Length1:   len(file),
		Widths:    widths,
		ToUnicode: compress(toUnicode(f.source.runes)),
	}
}

func compress(data []byte) []byte {
	var b bytes.Buffer
	w, _ := zlib.NewWriterLevel(&b, zlib.BestCompression) // the level is known
	w.Write(data)                                         // a bytes.Buffer never fails
	w.Close()
	return b.Bytes()
}

// Flags of a composite glyph's components (OpenType, glyf table).
const (
	argsAreWords     = 0x0001
	haveScale        = 0x0008
	moreComponents   = 0x0020
	haveXYScale      = 0x0040
	haveTwoByTwo     = 0x0080
	haveInstructions = 0x0100
)

// glyph returns the outline of a source glyph, empty if it has none.
func (s *source) glyph(gid uint16) []byte {
	loca, glyf := s.tables["loca"], s.tables["glyf"]
	var from, to int
	if s.longLoca {
		if len(loca) < 4*int(gid)+8 {
			return nil
		}
		from, to = int(be.Uint32(loca[4*int(gid):])), int(be.Uint32(loca[4*int(gid)+4:]))
	} else {
		if len(loca) < 2*int(gid)+4 {
			return nil
		}
		from, to = 2*int(be.Uint16(loca[2*int(gid):])), 2*int(be.Uint16(loca[2*int(gid)+2:]))
	}
	if from >= to || to > len(glyf) {
		return nil
	}
	return glyf[from:to]
}

// trueType writes the subset: glyph 0, one glyph per rune of the set, then the
// parts that composite glyphs refer to. Hinting is left out: it is a third of
// the size, and readers smooth outlines without it.
func (s *source) trueType() (file []byte, widths []uint16) {
	order := append([]uint16{0}, s.gids...)
	number := make(map[uint16]uint16, 2*len(order))
	for i, g := range order {
		if _, ok := number[g]; !ok {
			number[g] = uint16(i)
		}
	}
	renumber := func(g uint16) uint16 {
		n, ok := number[g]
		if !ok {
			n = uint16(len(order))
			number[g] = n
			order = append(order, g)
		}
		return n
	}
	var glyf, loca, hmtx []byte
	loca = be.AppendUint32(loca, 0)
	for i := 0; i < len(order); i++ {
		glyf = appendOutline(glyf, s.glyph(order[i]), renumber)
		for len(glyf)%4 != 0 {
			glyf = append(glyf, 0)
		}
		loca = be.AppendUint32(loca, uint32(len(glyf)))
		hmtx = be.AppendUint16(hmtx, uint16(s.advance(order[i])))
		hmtx = be.AppendUint16(hmtx, uint16(s.bearing(order[i])))
		widths = append(widths, uint16(s.thousandths(s.advance(order[i]))))
	}
	head := slices.Clone(s.tables["head"])
	be.PutUint32(head[8:], 0)  // checkSumAdjustment, set below
	be.PutUint16(head[50:], 1) // long offsets
	hhea := slices.Clone(s.tables["hhea"])
	be.PutUint16(hhea[34:], uint16(len(order)))
	maxp := slices.Clone(s.tables["maxp"][:32])
	be.PutUint16(maxp[4:], uint16(len(order)))
	be.PutUint16(maxp[14:], 1) // one zone: nothing is hinted
	for at := 16; at < 28; at += 2 {
		be.PutUint16(maxp[at:], 0)
	}
	return assemble(map[string][]byte{"glyf": glyf, "head": head, "hhea": hhea, "hmtx": hmtx, "loca": loca, "maxp": maxp}), widths
}

// appendOutline appends one glyph without its instructions and with the
// numbers of its components replaced.
func appendOutline(dst, g []byte, renumber func(uint16) uint16) []byte {
	if len(g) < 12 {
		return dst
	}
	if contours := int(int16(be.Uint16(g))); contours >= 0 {
		at := 10 + 2*contours
		if len(g) < at+2 {
			return dst
		}
		points := at + 2 + int(be.Uint16(g[at:]))
		if points > len(g) {
			return dst
		}
		dst = append(dst, g[:at]...)
		dst = append(dst, 0, 0)
		return append(dst, g[points:]...)
	}
	start := len(dst)
	dst = append(dst, g...)
	at := start + 10
	for at+4 <= len(dst) {
		flags := be.Uint16(dst[at:])
		be.PutUint16(dst[at:], flags&^haveInstructions)
		be.PutUint16(dst[at+2:], renumber(be.Uint16(dst[at+2:])))
		at += 6
		if flags&argsAreWords != 0 {
			at += 2
		}
		switch {
		case flags&haveScale != 0:
			at += 2
		case flags&haveXYScale != 0:
			at += 4
		case flags&haveTwoByTwo != 0:
			at += 8
		}
		if flags&moreComponents == 0 {
			break
		}
	}
	return dst[:min(at, len(dst))]
}

// assemble writes a TrueType file of the tables in tag order with checksums.
func assemble(tables map[string][]byte) []byte {
	tags := make([]string, 0, len(tables))
	for tag := range tables {
		tags = append(tags, tag)
	}
	slices.SortFunc(tags, cmp.Compare[string])
	n := len(tags)
	pow := bits.Len(uint(n)) - 1
	file := be.AppendUint32(nil, 0x00010000)
	file = be.AppendUint16(file, uint16(n))
	file = be.AppendUint16(file, uint16(16<<pow))
	file = be.AppendUint16(file, uint16(pow))
	file = be.AppendUint16(file, uint16(16*n-16<<pow))
	off := 12 + 16*n
	headAt := 0
	for _, tag := range tags {
		data := tables[tag]
		if tag == "head" {
			headAt = off
		}
		file = append(file, tag...)
		file = be.AppendUint32(file, checksum(data))
		file = be.AppendUint32(file, uint32(off))
		file = be.AppendUint32(file, uint32(len(data)))
		off += (len(data) + 3) &^ 3
	}
	for _, tag := range tags {
		file = append(file, tables[tag]...)
		for len(file)%4 != 0 {
			file = append(file, 0)
		}
	}
	be.PutUint32(file[headAt+8:], 0xB1B0AFBA-checksum(file))
	return file
}

func checksum(data []byte) uint32 {
	var sum uint32
	for ; len(data) >= 4; data = data[4:] {
		sum += be.Uint32(data)
	}
	if len(data) > 0 {
		var last [4]byte
		copy(last[:], data)
		sum += be.Uint32(last[:])
	}
	return sum
}

// toUnicode writes the CMap of the glyphs 1 to len(runes). A no-break space
// reads as a space and a no-break hyphen as a hyphen, so that text
// found in the file is the text people search for.
func toUnicode(runes []rune) []byte {
	var b bytes.Buffer
	b.WriteString("/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n" +
		"/CIDSystemInfo <</Registry (Adobe) /Ordering (UCS) /Supplement 0>> def\n" +
		"/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n" +
		"1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n")
	const most = 100 // entries of one block (ISO 32000-1, 9.10.3; Adobe note 5014)
	cid := 1
	for len(runes) > 0 {
		n := min(most, len(runes))
		fmt.Fprintf(&b, "%d beginbfchar\n", n)
		for _, r := range runes[:n] {
			switch r {
			case 0x00A0:
				r = ' '
			case 0x2010, 0x2011:
				r = '-'
			}
			fmt.Fprintf(&b, "<%04X> <%04X>\n", cid, r)
			cid++
		}
		b.WriteString("endbfchar\n")
		runes = runes[n:]
	}
	b.WriteString("endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n")
	return b.Bytes()
}
