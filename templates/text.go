package templates

import (
	"fmt"
	"strings"
	"sync"
	"unicode/utf8"

	"antin/fonts"
	"antin/templates/vietnamese"
)

// printable marks the runes that every embedded face has, so that the check of
// a text is one look per rune.
var printable = sync.OnceValue(func() *[0x2600]bool {
	var t [0x2600]bool
	for r := rune(0x20); r < rune(len(t)); r++ {
		if r < 0x7f || len(fonts.Missing(string(r))) == 0 {
			t[r] = true
		}
	}
	t[0xad] = false // a soft hyphen would vanish from the reader's eye, not from the text
	return &t
})

// inspect finds the first character that a document cannot carry and the code
// of what is wrong with it.
func inspect(s string, multiLine bool) (rune, Code) {
	ok := printable()
	for _, r := range s {
		if uint32(r) < uint32(len(ok)) && ok[r] || r == '\n' && multiLine {
			continue
		}
		switch r, flaw := vietnamese.Inspect(s, multiLine); flaw {
		case vietnamese.Control:
			return r, badControl
		case vietnamese.LineBreak:
			return r, badBreak
		case vietnamese.Direction:
			return r, badDirection
		case vietnamese.Invisible:
			return r, badInvisible
		case vietnamese.BadUTF8, vietnamese.Unassigned:
			return r, badUnicode
		}
		return r, badGlyph
	}
	return 0, ""
}

// runeName shows a character safely: "U+1F600 (😀)", control characters by
// number only.
func runeName(r rune) string {
	if r < 0x20 || r >= 0x7f && r < 0xa0 || r == utf8.RuneError {
		return fmt.Sprintf("U+%04X", r)
	}
	if _, flaw := vietnamese.Inspect(string(r), false); flaw != vietnamese.NoFlaw {
		return fmt.Sprintf("U+%04X", r)
	}
	return fmt.Sprintf("U+%04X (%c)", r, r)
}

// shown shortens a value for a message; control characters are replaced.
func shown(s string) string {
	const most = 60
	var b strings.Builder
	n := 0
	for _, r := range s {
		if n == most {
			b.WriteString("…")
			break
		}
		if _, flaw := vietnamese.Inspect(string(r), false); flaw != vietnamese.NoFlaw {
			r = '·'
		}
		b.WriteRune(r)
		n++
	}
	return b.String()
}

// nearest returns the candidate closest to s in edits, or "" when none is
// close enough to be a slip of the hand.
func nearest(s string, candidates []string) string {
	if len(s) > 80 {
		return ""
	}
	best, at := "", 1+max(2, len(s)/3)
	for _, c := range candidates {
		if d := distance(s, c, at); d < at {
			best, at = c, d
		}
	}
	return best
}

// distance is the number of single-letter edits from a to b, counted in bytes
// (keys and ids are ASCII), at most limit.
func distance(a, b string, limit int) int {
	if d := len(a) - len(b); d >= limit || -d >= limit {
		return limit
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diag := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diag
			if a[i] != b[j] {
				cost++
			}
			diag = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
