package signer

import (
	"errors"
	"fmt"
	"unicode/utf16"
)

// parseToUnicode inverts a ToUnicode CMap of two-byte codes (9.10.3, Adobe
// Technical Note 5411). Codes for several characters are left out; of several
// codes for one character the first counts.
func parseToUnicode(cmap []byte) (map[rune]uint16, error) {
	s := cmapScanner{data: cmap}
	codes := make(map[rune]uint16, 512)
	put := func(code int, text []byte) error {
		if code >= maxCodes || len(codes) > maxCodes {
			return errors.New("/ToUnicode has codes of more than two bytes")
		}
		if r, ok := oneRune(text); ok {
			if _, taken := codes[r]; !taken {
				codes[r] = uint16(code)
			}
		}
		return nil
	}
	var section string
	for {
		tok, hex, ok := s.next()
		if !ok {
			return codes, nil
		}
		if hex == nil {
			switch tok {
			case "beginbfchar", "beginbfrange":
				section = tok
			case "endbfchar", "endbfrange":
				section = ""
			}
			continue
		}
		switch section {
		case "beginbfchar":
			_, text, ok := s.next()
			if !ok || text == nil {
				return nil, fmt.Errorf("/ToUnicode: bfchar broken off at byte %d", s.pos)
			}
			if err := put(number(hex), text); err != nil {
				return nil, err
			}
		case "beginbfrange":
			_, last, ok := s.next()
			if !ok || last == nil || number(last) < number(hex) || number(last) >= maxCodes {
				return nil, fmt.Errorf("/ToUnicode: bfrange malformed at byte %d", s.pos)
			}
			tok, text, _ := s.next()
			for c := number(hex); c <= number(last); c++ {
				if tok == "[" {
					var ok bool
					if _, text, ok = s.next(); !ok || text == nil {
						return nil, fmt.Errorf("/ToUnicode: bfrange array too short at byte %d", s.pos)
					}
				} else if text == nil {
					return nil, fmt.Errorf("/ToUnicode: bfrange malformed at byte %d", s.pos)
				}
				if err := put(c, text); err != nil {
					return nil, err
				}
				if tok != "[" {
					text = following(text)
				}
			}
		}
	}
}

// following is the text of the next code in a range: its last code unit plus 1.
func following(text []byte) []byte {
	n := append([]byte(nil), text...)
	for i := len(n) - 1; i >= 0 && i >= len(n)-2; i-- {
		if n[i]++; n[i] != 0 {
			break
		}
	}
	return n
}

func oneRune(utf16be []byte) (rune, bool) {
	switch len(utf16be) {
	case 2:
		r := rune(utf16be[0])<<8 | rune(utf16be[1])
		return r, !utf16.IsSurrogate(r)
	case 4:
		r := utf16.DecodeRune(rune(utf16be[0])<<8|rune(utf16be[1]), rune(utf16be[2])<<8|rune(utf16be[3]))
		return r, r != '\uFFFD'
	}
	return 0, false
}

// number is the value of a code of up to four bytes, or something too large.
func number(code []byte) int {
	n := 0
	for _, b := range code[:min(len(code), 4)] {
		n = n<<8 | int(b)
	}
	if len(code) > 4 {
		return maxCodes
	}
	return n
}

// cmapScanner splits a CMap into hex strings and words.
type cmapScanner struct {
	data []byte
	pos  int
}

// next returns a word, or a hex string as its bytes (never nil then).
func (s *cmapScanner) next() (word string, hex []byte, ok bool) {
	for s.pos < len(s.data) {
		c := s.data[s.pos]
		switch {
		case c == ' ' || c == '\n' || c == '\r' || c == '\t' || c == '\f' || c == 0:
			s.pos++
		case c == '%':
			for s.pos < len(s.data) && s.data[s.pos] != '\n' && s.data[s.pos] != '\r' {
				s.pos++
			}
		case c == '<' && s.pos+1 < len(s.data) && s.data[s.pos+1] == '<':
			s.pos += 2
		case c == '>':
			s.pos++
		case c == '<':
			return "", s.hex(), true
		case c == '[' || c == ']':
			s.pos++
			return string(c), nil, true
		default:
			from := s.pos
			for s.pos++; s.pos < len(s.data) && !isCMapBreak(s.data[s.pos]); s.pos++ {
			}
			return string(s.data[from:s.pos]), nil, true
		}
	}
	return "", nil, false
}

func isCMapBreak(c byte) bool {
	switch c {
	case ' ', '\n', '\r', '\t', '\f', 0, '<', '>', '[', ']', '%', '/', '(':
		return true
	}
	return false
}

func (s *cmapScanner) hex() []byte {
	out, half, high := []byte{}, false, byte(0)
	for s.pos++; s.pos < len(s.data); s.pos++ {
		c := s.data[s.pos]
		var d byte
		switch {
		case c == '>':
			s.pos++
			if half {
				out = append(out, high<<4)
			}
			return out
		case c >= '0' && c <= '9':
			d = c - '0'
		case c >= 'a' && c <= 'f':
			d = c - 'a' + 10
		case c >= 'A' && c <= 'F':
			d = c - 'A' + 10
		default:
			continue
		}
		if half {
			out = append(out, high<<4|d)
		}
		half, high = !half, d
	}
	return out
}
