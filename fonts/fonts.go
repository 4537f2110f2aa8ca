// Package fonts holds the four faces that every document is set in: Tinos,
// metric-compatible with the Times New Roman that Nghị định 30/2020/NĐ-CP asks
// for, with all Vietnamese letters. Each face is cut once per process to one
// fixed subset that every document embeds as it is.
//
// gopdf is not used here: it subsets and compresses the faces anew for each
// document, which is nine tenths of its time, and prints a blank for a
// character that the face does not have.
package fonts

import (
	_ "embed" // the faces
	"slices"
	"sync"
)

// Style is one of the four faces: bit 0 is bold, bit 1 is italic.
type Style uint8

// The faces.
const (
	Regular    Style = 0
	Bold       Style = 1
	Italic     Style = 2
	BoldItalic Style = 3
)

// Count is the number of faces.
const Count = 4

// StyleOf gives the style that is bold, italic, both or neither.
func StyleOf(bold, italic bool) Style {
	var s Style
	if bold {
		s |= Bold
	}
	if italic {
		s |= Italic
	}
	return s
}

//go:embed tinos/Tinos-Regular.ttf
var regularTTF []byte

//go:embed tinos/Tinos-Bold.ttf
var boldTTF []byte

//go:embed tinos/Tinos-Italic.ttf
var italicTTF []byte

//go:embed tinos/Tinos-BoldItalic.ttf
var boldItalicTTF []byte

// tableLen bounds the direct lookup table: no character of the set is above.
const tableLen = 0x2600

// Face is one face cut to the fixed character set. It is immutable and safe
// for concurrent use.
type Face struct {
	name    string
	metrics Metrics
	// glyphs holds for each rune of the set its glyph in the subset (high 16
	// bits) and its advance in thousandths of an em (low 16 bits); 0 means
	// that the face lacks the rune.
	glyphs [tableLen]uint32
	source *source
	subset func() *Subset
}

// Metrics are in thousandths of an em, ItalicAngle in degrees
// counter-clockwise from upright (ISO 32000-1, 9.8.1).
type Metrics struct {
	Ascent, Descent, LineGap int // Descent is negative
	CapHeight                int
	ItalicAngle              float64
	BBox                     [4]int
	StemV                    int
}

var faces = [Count]func() *Face{
	sync.OnceValue(func() *Face { return mustFace(regularTTF, 80) }),
	sync.OnceValue(func() *Face { return mustFace(boldTTF, 139) }),
	sync.OnceValue(func() *Face { return mustFace(italicTTF, 76) }),
	sync.OnceValue(func() *Face { return mustFace(boldItalicTTF, 121) }),
}

// Get returns the face of a style. The first call for a style parses it.
func Get(s Style) *Face { return faces[s&3]() }

// mustFace stops the program if an embedded face cannot be read: that is a
// broken build, which the package's tests would have shown.
func mustFace(ttf []byte, stemV int) *Face {
	f, err := parseFace(ttf, stemV)
	if err != nil {
		panic("embedded face: " + err.Error())
	}
	return f
}

// PostScriptName is the face's name without subset prefix, "Tinos-Bold".
func (f *Face) PostScriptName() string { return f.name }

// Metrics of the face.
func (f *Face) Metrics() Metrics { return f.metrics }

// Advance is the width of r in thousandths of an em; ok is false if the face
// lacks r.
func (f *Face) Advance(r rune) (thousandths int, ok bool) {
	if uint32(r) >= tableLen {
		return 0, false
	}
	e := f.glyphs[r]
	return int(e & 0xffff), e != 0
}

// Glyph is the glyph of r in the fixed subset, which is also its CID; ok is
// false if the face lacks r.
func (f *Face) Glyph(r rune) (gid uint16, ok bool) {
	if uint32(r) >= tableLen {
		return 0, false
	}
	e := f.glyphs[r]
	return uint16(e >> 16), e != 0
}

// Missing lists, in order and once each, the runes of text that at least one
// of the four faces lacks.
func Missing(text string) []rune {
	var missing []rune
	for _, r := range text {
		for s := range Style(Count) {
			if _, ok := Get(s).Glyph(r); !ok && !slices.Contains(missing, r) {
				missing = append(missing, r)
			}
		}
	}
	return missing
}
