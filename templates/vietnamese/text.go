package vietnamese

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// NFC normalises s (Unicode Normalization Form C); text that is already so is
// returned unchanged without allocation.
func NFC(s string) string {
	if isASCII(s) || norm.NFC.IsNormalString(s) {
		return s
	}
	return norm.NFC.String(s)
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// Upper writes s in capitals, every Vietnamese letter included. Input in any
// normal form; the result is NFC. The German ß of foreign names becomes SS.
func Upper(s string) string {
	return NFC(strings.ReplaceAll(strings.ToUpper(NFC(s)), "ß", "SS"))
}

// Capitalise raises the first letter only: "một triệu" → "Một triệu".
func Capitalise(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	if n == 0 || !unicode.IsLower(r) {
		return s
	}
	return string(unicode.ToUpper(r)) + s[n:]
}

// Flaw is a character that must not stand in the text of a document.
type Flaw uint8

// Flaws of a character.
const (
	NoFlaw     Flaw = iota
	Control         // a control character
	LineBreak       // a line break in a field of one line
	Direction       // a bidirectional control: it can show one text and mean another
	Invisible       // zero width or otherwise unseen
	BadUTF8         // bytes that are no UTF-8
	Unassigned      // private use, surrogate or not assigned
)

// Inspect returns the first character of s that no document may carry, and
// what is wrong with it. Line breaks pass only in multi-line fields.
func Inspect(s string, multiLine bool) (rune, Flaw) {
	for i, r := range s {
		if r < 0x80 {
			if r >= 0x20 && r != 0x7f {
				continue
			}
			if r == '\n' {
				if multiLine {
					continue
				}
				return r, LineBreak
			}
			return r, Control
		}
		if r < 0xa0 {
			return r, Control
		}
		if r < 0x300 || r >= 0x1e00 && r < 0x2000 {
			if r == 0xad {
				return r, Invisible
			}
			continue
		}
		if r == utf8.RuneError {
			if _, n := utf8.DecodeRuneInString(s[i:]); n <= 1 {
				return r, BadUTF8
			}
			return r, Unassigned
		}
		switch {
		case r == 0x2028 || r == 0x2029:
			return r, LineBreak
		case r == 0x061c || r == 0x200e || r == 0x200f || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069:
			return r, Direction
		case unicode.Is(unicode.Cf, r), r == 0x3164, r == 0x115f, r == 0x1160, r >= 0xfe00 && r <= 0xfe0f:
			return r, Invisible
		case unicode.In(r, unicode.Co, unicode.Cs), !unicode.In(r, unicode.L, unicode.M, unicode.N, unicode.P, unicode.S, unicode.Z):
			return r, Unassigned
		}
	}
	return 0, NoFlaw
}

// Spaces turns every run of blanks (no-break and tab-like ones too) into one
// space and cuts them at both ends; line breaks stay. The text is returned
// unchanged when there is nothing to do.
func Spaces(s string) string {
	clean := true
	prev := ' '
	for _, r := range s {
		if blank(r) && (r != ' ' || prev == ' ' || prev == '\n') || r == '\n' && prev == ' ' {
			clean = false
			break
		}
		prev = r
	}
	if clean && (s == "" || prev != ' ' && prev != '\n' && s[0] != '\n') {
		return s
	}
	lines := strings.Split(s, "\n")
	for i, l := range lines {
		lines[i] = strings.Join(strings.FieldsFunc(l, blank), " ")
	}
	return strings.Trim(strings.Join(lines, "\n"), "\n")
}

func blank(r rune) bool { return r != '\n' && unicode.Is(unicode.Zs, r) || r == '\t' }
