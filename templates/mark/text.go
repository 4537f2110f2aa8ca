package mark

import (
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/text/unicode/norm"

	"antin/fonts"
)

// GlyphError says that the embedded faces lack characters of what is to be
// printed: a name is never printed with a blank in it.
type GlyphError struct{ Runes []rune }

func (e *GlyphError) Error() string { return fmt.Sprintf("no face has %q", string(e.Runes)) }

// setText is a line in the codes of a face, and its width in thousandths.
func setText(s string, style fonts.Style) (codes string, width int, err error) {
	face := fonts.Get(style)
	var b strings.Builder
	var missing []rune
	for _, r := range norm.NFC.String(s) {
		g, ok := face.Glyph(r)
		if !ok {
			missing = append(missing, r)
			continue
		}
		fmt.Fprintf(&b, "%04X", g)
		w, _ := face.Advance(r)
		width += w
	}
	if missing != nil {
		return "", 0, &GlyphError{Runes: missing}
	}
	return b.String(), width, nil
}

// wrap breaks lines at spaces so that none is wider than the given points, if
// its words allow.
func wrap(lines []string, size, width float64) ([]string, error) {
	var out []string
	for _, line := range lines {
		at := ""
		for word := range strings.FieldsSeq(line) {
			longer := word
			if at != "" {
				longer = at + " " + word
			}
			_, w, err := setText(longer, fonts.Regular)
			if err != nil {
				return nil, err
			}
			if at != "" && float64(w)*size/1000 > width {
				out = append(out, at)
				longer = word
			}
			at = longer
		}
		if at != "" {
			out = append(out, at)
		}
	}
	return out, nil
}

// num writes a number with two decimals at most.
func num(v float64) string {
	s := strconv.FormatFloat(v, 'f', 2, 64)
	s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	if s == "-0" {
		return "0"
	}
	return s
}
