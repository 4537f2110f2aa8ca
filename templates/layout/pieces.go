package layout

import (
	"unicode/utf8"

	"antin/fonts"
)

// pieceKind says how a piece takes part in line breaking.
type pieceKind uint8

const (
	boxPiece   pieceKind = iota // letters; never broken if it fits a line
	gluePiece                   // breakable spaces
	tickPiece                   // a tick box
	breakPiece                  // forced line break
)

// piece is a stretch of one run between break opportunities.
type piece struct {
	kind     pieceKind
	run      int32
	from, to int32 // bytes of the run's text
	spaces   int32 // spaces in it that stretch when the line is justified
	w        float64
	tab      float64 // pt from the column's left edge, before the piece; 0 none
}

// Proportions of the faces, in ems: what Word calls single spacing is the sum.
const (
	ascent  = 0.891
	descent = 0.216
	pitch   = 1.149
	capital = 0.662
	// A space of any of the four faces.
	spaceWidth = 0.25
)

// tickGap is the space after a tick box, in ems.
const tickGap = 0.12

// style is the face of a run.
func (r *Run) style() fonts.Style { return fonts.StyleOf(r.Bold, r.Italic) }

// size is a run's type size; a run without one is set in body size.
func (r *Run) size() float64 {
	if r.Size <= 0 {
		return 14
	}
	return r.Size
}

// measure cuts runs into pieces, appended to e.pieces, and returns where they
// start. A character that the face lacks is an error.
func (e *engine) measure(runs []Run) (start int) {
	start = len(e.pieces)
	for ri := range runs {
		r := &runs[ri]
		tab := r.Tab * mm
		size := r.size()
		if r.Tick != NoTick {
			e.pieces = append(e.pieces, piece{kind: tickPiece, run: int32(ri), w: (capital + tickGap) * size, tab: tab})
			continue
		}
		text := r.Text
		if e.text += len(text); e.text > maxText {
			e.fail(&LimitError{"bytes of text", maxText})
			return start
		}
		face := e.faces[r.style()]
		scale := size / 1000
		var cur piece
		sum := 0
		open := false
		closePiece := func(at int) {
			if open {
				cur.to, cur.w = int32(at), float64(sum)*scale
				e.pieces = append(e.pieces, cur)
				open = false
			}
		}
		for i := 0; i < len(text); {
			c, n := rune(text[i]), 1
			if c >= utf8.RuneSelf {
				c, n = utf8.DecodeRuneInString(text[i:])
			}
			if c == '\n' {
				closePiece(i)
				e.pieces = append(e.pieces, piece{kind: breakPiece, run: int32(ri)})
				i++
				continue
			}
			kind := boxPiece
			if c == ' ' {
				kind = gluePiece
			}
			if !open || cur.kind != kind {
				closePiece(i)
				cur = piece{kind: kind, run: int32(ri), from: int32(i), tab: tab}
				sum, open, tab = 0, true, 0
			}
			adv, ok := face.Advance(c)
			if !ok {
				e.missing(r, c)
				return start
			}
			sum += adv
			if c == ' ' || c == nbsp {
				cur.spaces++
			}
			i += n
		}
		closePiece(len(text))
	}
	return start
}

const nbsp = '\u00a0'

func (e *engine) missing(r *Run, c rune) {
	text := r.Text
	for i := range text {
		if i >= 40 {
			text = text[:i]
			break
		}
	}
	e.fail(&MissingGlyphError{Field: r.Field, Text: text, Rune: c})
}

// width is the natural width of text in one style; e.err is set if the face
// lacks one of its characters.
func (e *engine) width(r *Run) float64 {
	face, sum := e.faces[r.style()], 0
	for _, c := range r.Text {
		adv, ok := face.Advance(c)
		if !ok {
			e.missing(r, c)
			return 0
		}
		sum += adv
	}
	return float64(sum) * r.size() / 1000
}

// splitPiece cuts a piece that is wider than a line: the first part is as long
// as fits in avail, at least one character, and ends after a hyphen, slash or
// no-break space if one stands in its second half.
func (e *engine) splitPiece(runs []Run, at int, avail float64) {
	p := e.pieces[at]
	if p.kind != boxPiece {
		return
	}
	r := &runs[p.run]
	face, scale := e.faces[r.style()], r.size()/1000
	text := r.Text[p.from:p.to]
	sum, cut, good, goodSum := 0, 0, 0, 0
	for i, c := range text {
		adv, _ := face.Advance(c)
		if i > 0 && float64(sum+adv)*scale > avail {
			break
		}
		sum += adv
		cut = i + utf8.RuneLen(c)
		switch c {
		case '-', '/', nbsp, '@', '_', '.', '&', '?', '=':
			good, goodSum = cut, sum
		}
	}
	if cut == len(text) {
		return
	}
	if 2*good > cut {
		cut, sum = good, goodSum
	}
	rest := p
	rest.from, rest.w, rest.tab = p.from+int32(cut), p.w-float64(sum)*scale, 0
	p.to, p.w = rest.from, float64(sum)*scale
	p.spaces = 0
	for _, c := range text[:cut] {
		if c == nbsp {
			p.spaces++
		}
	}
	rest.spaces -= p.spaces
	e.pieces = append(e.pieces, piece{})
	copy(e.pieces[at+2:], e.pieces[at+1:])
	e.pieces[at], e.pieces[at+1] = p, rest
}
