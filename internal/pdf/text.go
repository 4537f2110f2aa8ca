package pdf

import (
	"fmt"
	"time"
	"unicode/utf16"
	"unicode/utf8"
)

// TextString is the text string object for s (ISO 32000-1, 7.9.2.2): the bytes
// of s where PDFDocEncoding and ASCII agree on all of them, otherwise UTF-16BE
// with a byte order mark. Invalid UTF-8 becomes U+FFFD.
func TextString(s string) String {
	plain, units := true, 0
	for _, r := range s {
		if !(r >= 0x20 && r <= 0x7E || r == '\n' || r == '\r' || r == '\t') {
			plain = false
		}
		units++
		if r > 0xFFFF {
			units++
		}
	}
	if plain {
		return String(s)
	}
	out := make(String, 2, 2+2*units)
	out[0], out[1] = 0xFE, 0xFF
	for _, r := range s {
		if r > 0xFFFF {
			hi, lo := utf16.EncodeRune(r)
			out = append(out, byte(hi>>8), byte(hi), byte(lo>>8), byte(lo))
		} else {
			out = append(out, byte(r>>8), byte(r))
		}
	}
	return out
}

// TextOf reads a text string object: UTF-16BE or UTF-8 (ISO 32000-2, 7.9.2.2)
// if a byte order mark says so, otherwise PDFDocEncoding. It never fails: a
// byte or code unit that has no meaning becomes U+FFFD. Language escape
// sequences inside UTF-16 are kept as they are.
func TextOf(s String) string {
	switch {
	case len(s) >= 2 && s[0] == 0xFE && s[1] == 0xFF:
		return utf16Text(s[2:])
	case len(s) >= 3 && s[0] == 0xEF && s[1] == 0xBB && s[2] == 0xBF:
		return string([]rune(string(s[3:])))
	}
	out := make([]byte, 0, len(s))
	for _, b := range s {
		out = utf8.AppendRune(out, docRune(b))
	}
	return string(out)
}

func utf16Text(b []byte) string {
	out := make([]byte, 0, len(b))
	for i := 0; i+1 < len(b); i += 2 {
		r := rune(b[i])<<8 | rune(b[i+1])
		if utf16.IsSurrogate(r) {
			var low rune
			if i+3 < len(b) {
				low = rune(b[i+2])<<8 | rune(b[i+3])
			}
			if r = utf16.DecodeRune(r, low); r != utf8.RuneError {
				i += 2
			}
		}
		out = utf8.AppendRune(out, r)
	}
	if len(b)%2 != 0 {
		out = utf8.AppendRune(out, utf8.RuneError)
	}
	return string(out)
}

// docRune decodes one byte of PDFDocEncoding (ISO 32000-1, annex D.2).
func docRune(b byte) rune {
	switch {
	case b >= 0x18 && b <= 0x1F:
		return docLow[b-0x18]
	case b >= 0x80 && b <= 0xA0:
		return docHigh[b-0x80]
	case b == 0x7F || b == 0xAD || b < 0x18 && b != '\t' && b != '\n' && b != '\r':
		return utf8.RuneError
	}
	return rune(b)
}

var (
	docLow  = [8]rune{'˘', 'ˇ', 'ˆ', '˙', '˝', '˛', '˚', '˜'}
	docHigh = [33]rune{
		'•', '†', '‡', '…', '—', '–', 'ƒ', '⁄', '‹', '›', '−', '‰', '„', '“', '”', '‘',
		'’', '‚', '™', 'ﬁ', 'ﬂ', 'Ł', 'Œ', 'Š', 'Ÿ', 'Ž', 'ı', 'ł', 'œ', 'š', 'ž', utf8.RuneError,
		'€',
	}
)

// Date is the date string of t to the second, in the zone of t
// (ISO 32000-1, 7.9.4): D:20260105093000+07'00'. Zones are written to the
// minute, years are 0000 to 9999. The closing apostrophe is the form of PDF
// 1.7, which older readers ask for and newer ones accept.
func Date(t time.Time) String {
	_, offset := t.Zone()
	minutes := offset / 60
	t = t.In(time.FixedZone("", minutes*60))
	sign := byte('+')
	if minutes < 0 {
		sign, minutes = '-', -minutes
	}
	b := t.AppendFormat(make([]byte, 0, 23), "D:20060102150405")
	b = append(b, sign)
	b = fmt.Appendf(b, "%02d'%02d'", minutes/60, minutes%60)
	return String(b)
}

// ParseDate reads a date string (ISO 32000-1, 7.9.4). Parts after the year may
// be missing, as may the zone, which then is UTC.
func ParseDate(s String) (time.Time, error) {
	text := TextOf(s)
	fail := func() (time.Time, error) { return time.Time{}, fmt.Errorf("date string %.40q is malformed", text) }
	rest := text
	if len(rest) >= 2 && rest[:2] == "D:" {
		rest = rest[2:]
	}
	ok := true
	number := func(width, lo, hi, missing int) int {
		if !ok || rest == "" || rest[0] < '0' || rest[0] > '9' {
			return missing
		}
		n := 0
		for i := range width {
			if i >= len(rest) || rest[i] < '0' || rest[i] > '9' {
				ok = false
				return missing
			}
			n = n*10 + int(rest[i]-'0')
		}
		rest = rest[width:]
		ok = n >= lo && n <= hi
		return n
	}
	year := number(4, 0, 9999, -1)
	month, day := number(2, 1, 12, 1), number(2, 1, 31, 1)
	hour, minute, second := number(2, 0, 23, 0), number(2, 0, 59, 0), number(2, 0, 59, 0)
	zone := time.UTC
	if ok && rest != "" {
		sign := rest[0]
		if sign != '+' && sign != '-' && sign != 'Z' {
			return fail()
		}
		rest = rest[1:]
		offset := number(2, 0, 23, 0) * 3600
		if rest != "" && rest[0] == '\'' {
			rest = rest[1:]
		}
		offset += number(2, 0, 59, 0) * 60
		if rest == "'" {
			rest = ""
		}
		if sign == '-' {
			offset = -offset
		}
		if offset != 0 {
			zone = time.FixedZone("", offset)
		}
	}
	t := time.Date(year, time.Month(month), day, hour, minute, second, 0, zone)
	if !ok || rest != "" || year < 0 || t.Day() != day {
		return fail()
	}
	return t, nil
}
