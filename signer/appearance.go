package signer

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"antin/internal/pdf"
)

// Limits of fitting text to its field.
const (
	minShrink   = 0.7  // of the size that the field names
	minSize     = 5.0  // pt
	autoSize    = 12.0 // pt, the most that size 0 in /DA grows to
	leading     = 1.2  // line distance in type sizes
	stampMargin = 3.0  // pt between the red frame and its text
	frameWidth  = 0.75 // pt
	maxValue    = 2000 // characters
	maxLines    = 20
)

// GlyphError says that the font of a field lacks characters of its value. A
// number or a place name is never printed with a blank in it.
type GlyphError struct {
	Field string
	Runes []rune
}

func (e *GlyphError) Error() string {
	return fmt.Sprintf("field %q: its font has no %q", e.Field, string(e.Runes))
}

// FitError says that a value is too long for its field, even in the smallest
// type allowed.
type FitError struct {
	Field, Value string
}

func (e *FitError) Error() string {
	// The value may be personal, and errors reach the log.
	return fmt.Sprintf("field %q: the text of %d bytes does not fit", e.Field, len(e.Value))
}

// textLook is how a text field shows its value: /DA and /Q (ISO 32000-1,
// 12.7.3.3).
type textLook struct {
	fontName pdf.Name
	size     float64 // pt; 0 is as large as fits
	color    string  // operators
	align    int64   // 0 left, 1 centred, 2 right
	multi    bool
	stamp    bool // in ink and framed, the archive stamp
	ink      Ink
	bare     bool // a stamp without its frame
}

// parseDA reads a default appearance string: operators of a content stream of
// which font, size and colour count.
func parseDA(da pdf.String) (textLook, error) {
	l := textLook{color: "0 g"}
	if len(da) > 1000 {
		return l, errors.New("/DA too long")
	}
	var operands []string
	for w := range strings.FieldsSeq(string(da)) {
		switch w {
		case "Tf":
			if len(operands) < 2 || !strings.HasPrefix(operands[len(operands)-2], "/") {
				return l, errors.New("/DA: Tf without font and size")
			}
			size, err := strconv.ParseFloat(operands[len(operands)-1], 64)
			if err != nil || !(size >= 0 && size <= 1000) { // also NaN
				return l, errors.New("/DA: type size malformed")
			}
			l.fontName, l.size = pdf.Name(operands[len(operands)-2][1:]), size
			operands = operands[:0]
		case "g", "rg", "k":
			n := map[string]int{"g": 1, "rg": 3, "k": 4}[w]
			if len(operands) < n {
				return l, errors.New("/DA: colour malformed")
			}
			values := operands[len(operands)-n:]
			for _, v := range values {
				if f, err := strconv.ParseFloat(v, 64); err != nil || !(f >= 0 && f <= 1) {
					return l, errors.New("/DA: colour malformed")
				}
			}
			l.color = strings.Join(values, " ") + " " + w
			operands = operands[:0]
		default:
			operands = append(operands, w)
		}
	}
	if l.fontName == "" {
		return l, errors.New("/DA names no font")
	}
	return l, nil
}

// setLine is a line of a value in the codes of the field's font.
type setLine struct {
	codes []uint16
	width float64 // thousandths of an em
}

// setLines turns a value into lines of codes.
func setLines(field, value string, font *fieldFont, multi bool) ([]setLine, error) {
	var lines []setLine
	var missing []rune
	for text := range strings.SplitSeq(value, "\n") {
		l := setLine{codes: make([]uint16, 0, len(text))}
		for _, r := range text {
			c, ok := font.code[r]
			if !ok || r < ' ' {
				missing = append(missing, r)
				continue
			}
			l.codes = append(l.codes, c)
			l.width += font.advance(c)
		}
		lines = append(lines, l)
	}
	switch {
	case len(missing) > 0:
		return nil, &GlyphError{Field: field, Runes: missing}
	case len(lines) > 1 && !multi:
		return nil, &FitError{Field: field, Value: value}
	}
	return lines, nil
}

// appearance draws a value in a rectangle of w by h points and returns the
// content stream of its form XObject.
//
// A single line stands with its baseline where ascent and descent of the font,
// at the size that the field names, are centred in the height: a field exactly
// as high as ascent and descent lines up with the text before it, also when
// its own text had to shrink. Text starts and ends at the very edge of the
// field.
func (l textLook) appearance(field, value string, font *fieldFont, w, h float64) ([]byte, error) {
	lines, err := setLines(field, value, font, l.multi)
	if err != nil {
		return nil, err
	}
	roomW, roomH := w, h
	if l.stamp {
		roomW, roomH = w-2*stampMargin, h-2*stampMargin
	}
	widest := 0.0
	for _, s := range lines {
		widest = max(widest, s.width)
	}
	em := (font.ascent - font.descent) / 1000
	if em <= 0 {
		em = 1
	}
	height := em + leading*float64(len(lines)-1) // of the block, in type sizes
	nominal, least := l.size, max(minSize, l.size*minShrink)
	if nominal == 0 {
		nominal, least = min(autoSize, roomH/height), min(minSize, roomH/height)
	}
	if l.stamp { // small print: may go down to the least legible size
		least = minSize
	}
	size := nominal
	if widest > 0 {
		size = min(size, roomW*1000/widest)
	}
	if len(lines) > 1 || l.stamp {
		size = min(size, roomH/height)
	}
	const rounding = 1e-6
	if size+rounding < least {
		return nil, &FitError{Field: field, Value: value}
	}

	size = float64(int(size*100+rounding)) / 100
	b := make([]byte, 0, 512)
	if l.stamp && !l.bare {
		b = append(b, "q "+l.ink.rgb()+" RG "...)
		b = appendNum(b, frameWidth)
		b = append(b, " w "...)
		b = appendNums(b, frameWidth/2, frameWidth/2, w-frameWidth, h-frameWidth)
		b = append(b, " re S Q\n"...)
	}
	b = append(b, "/Tx BMC\nq\nBT\n"...)
	b = pdf.Append(b, l.fontName)
	b = append(b, ' ')
	b = appendNum(b, size)
	b = append(b, " Tf "...)
	if l.stamp {
		b = append(b, l.ink.rgb()+" rg\n"...)
	} else {
		b = append(b, l.color...)
		b = append(b, '\n')
	}
	at := size
	if len(lines) == 1 && !l.stamp {
		at = nominal
	}
	// Baseline of the first line, the block centred in the height.
	y := h/2 + height*at/2 - font.ascent/1000*at
	for _, s := range lines {
		x := 0.0
		switch l.align {
		case 1:
			x = (w - s.width*size/1000) / 2
		case 2:
			x = w - s.width*size/1000
		}
		if l.stamp && l.align == 0 {
			x = stampMargin
		}
		if len(s.codes) > 0 {
			b = append(b, "1 0 0 1 "...)
			b = appendNums(b, x, y)
			b = append(b, " Tm <"...)
			for _, c := range s.codes {
				const hexDigits = "0123456789ABCDEF"
				b = append(b, hexDigits[c>>12], hexDigits[c>>8&15], hexDigits[c>>4&15], hexDigits[c&15])
			}
			b = append(b, "> Tj\n"...)
		}
		y -= leading * size
	}
	return append(b, "ET\nQ\nEMC\n"...), nil
}

// appendNum writes a number with at most two decimals.
func appendNum(b []byte, f float64) []byte {
	b = strconv.AppendFloat(b, f, 'f', 2, 64)
	for b[len(b)-1] == '0' {
		b = b[:len(b)-1]
	}
	if b[len(b)-1] == '.' {
		b = b[:len(b)-1]
	}
	return b
}

func appendNums(b []byte, fs ...float64) []byte {
	for i, f := range fs {
		if i > 0 {
			b = append(b, ' ')
		}
		b = appendNum(b, f)
	}
	return b
}
