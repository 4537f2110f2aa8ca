package verify

import (
	"bytes"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"

	"antin/internal/pdf"
)

// parseToUnicode reads the bfchar and bfrange sections of a ToUnicode CMap
// (9.10.3).
func parseToUnicode(cmap []byte) map[uint16]string {
	table := map[uint16]string{}
	lex := contentLexer{b: cmap}
	for {
		op, args, ok := lex.next()
		if !ok || op == "" {
			return table
		}
		switch op {
		case "endbfchar":
			for i := 0; i+1 < len(args); i += 2 {
				code, ok1 := args[i].(pdf.String)
				text, ok2 := args[i+1].(pdf.String)
				if ok1 && ok2 && len(code) <= 2 {
					table[codeOf(code)] = utf16BE(text)
				}
			}
		case "endbfrange":
			for i := 0; i+2 < len(args); i += 3 {
				lo, ok1 := args[i].(pdf.String)
				hi, ok2 := args[i+1].(pdf.String)
				if !ok1 || !ok2 || len(lo) > 2 || len(hi) > 2 {
					continue
				}
				first, last := int(codeOf(lo)), int(codeOf(hi))
				switch to := args[i+2].(type) {
				case pdf.String:
					units := slices.Clone(to)
					for c := first; c <= last && len(units) >= 2; c++ {
						table[uint16(c)] = utf16BE(units)
						n := len(units)
						low := uint16(units[n-2])<<8 | uint16(units[n-1]) + 1
						units[n-2], units[n-1] = byte(low>>8), byte(low)
					}
				case pdf.Array:
					for j, el := range to {
						if s, ok := el.(pdf.String); ok && first+j <= last {
							table[uint16(first+j)] = utf16BE(s)
						}
					}
				}
			}
		}
	}
}

func codeOf(s pdf.String) (c uint16) {
	for _, b := range s {
		c = c<<8 | uint16(b)
	}
	return c
}

func utf16BE(s pdf.String) string {
	units := make([]uint16, 0, len(s)/2)
	for i := 0; i+1 < len(s); i += 2 {
		units = append(units, uint16(s[i])<<8|uint16(s[i+1]))
	}
	return string(utf16.Decode(units))
}

// contentLexer splits a content stream into operators and operands
// (7.8.2). It is lenient with what does not matter for reading text.
type contentLexer struct {
	b   []byte
	pos int
}

const maxOperands = 1024

// next returns an operator and its operands; op is empty at the end, ok false
// when the stream is malformed.
func (l *contentLexer) next() (op string, args []pdf.Object, ok bool) {
	for {
		o, word, err := l.token(0)
		switch {
		case err != nil || len(args) > maxOperands:
			return "", nil, false
		case word == "" && o == nil:
			return "", nil, true
		case word != "":
			if word == "Tf" && len(args) < 1 {
				return "", nil, false
			}
			return word, args, true
		}
		args = append(args, o)
	}
}

func (l *contentLexer) token(depth int) (o pdf.Object, word string, err error) {
	for l.pos < len(l.b) {
		switch c := l.b[l.pos]; c {
		case 0, '\t', '\n', '\f', '\r', ' ':
			l.pos++
			continue
		case '%':
			if i := bytes.IndexAny(l.b[l.pos:], "\r\n"); i >= 0 {
				l.pos += i
			} else {
				l.pos = len(l.b)
			}
			continue
		case '(':
			return l.literal()
		case '<':
			if l.pos+1 < len(l.b) && l.b[l.pos+1] == '<' {
				return l.composite(">>", depth)
			}
			return l.hex()
		case '[':
			return l.composite("]", depth)
		case '/':
			l.pos++
			return pdf.Name(l.regular()), "", nil
		case '>', ']', ')', '{', '}':
			if c == '>' && l.pos+1 < len(l.b) && l.b[l.pos+1] == '>' {
				l.pos++
			}
			l.pos++
			if depth > 0 {
				return nil, "]", nil
			}
			return nil, "", errUnread
		}
		w := l.regular()
		if w == "" || w[0] > '9' {
			return nil, w, nil
		}
		if n, err := strconv.Atoi(w); err == nil {
			return pdf.Integer(n), "", nil
		}
		if x, err := strconv.ParseFloat(w, 64); err == nil {
			return pdf.Real(x), "", nil
		}
		return nil, w, nil
	}
	return nil, "", nil
}

func (l *contentLexer) regular() string {
	start := l.pos
	for l.pos < len(l.b) && !isBlank(l.b[l.pos]) && strings.IndexByte("()<>[]{}/%", l.b[l.pos]) < 0 {
		l.pos++
	}
	return string(l.b[start:l.pos])
}

// isBlank reports whether c is white space (7.2.2).
func isBlank(c byte) bool {
	return c == ' ' || c == '\n' || c == '\r' || c == '\t' || c == '\f' || c == 0
}

func (l *contentLexer) composite(end string, depth int) (pdf.Object, string, error) {
	l.pos += len(end)
	out := pdf.Array{}
	for depth < 8 && len(out) <= maxOperands {
		at := l.pos
		o, word, err := l.token(depth + 1)
		switch {
		case err != nil:
			return nil, "", err
		case word == "]":
			return out, "", nil
		case o == nil && word == "" || l.pos == at:
			return nil, "", errUnread
		case o != nil:
			out = append(out, o)
		}
	}
	return nil, "", errUnread
}

func (l *contentLexer) hex() (pdf.Object, string, error) {
	end := bytes.IndexByte(l.b[l.pos:], '>')
	if end < 0 {
		return nil, "", errUnread
	}
	out, half, high := make(pdf.String, 0, end/2), false, byte(0)
	for _, c := range l.b[l.pos+1 : l.pos+end] {
		switch {
		case c >= '0' && c <= '9':
			c -= '0'
		case c >= 'A' && c <= 'F':
			c -= 'A' - 10
		case c >= 'a' && c <= 'f':
			c -= 'a' - 10
		case isBlank(c):
			continue
		default:
			return nil, "", errUnread
		}
		if half = !half; half {
			high = c << 4
		} else {
			out = append(out, high|c)
		}
	}
	if half {
		out = append(out, high)
	}
	l.pos += end + 1
	return out, "", nil
}

func (l *contentLexer) literal() (pdf.Object, string, error) {
	out, depth := pdf.String{}, 0
	for l.pos++; l.pos < len(l.b); l.pos++ {
		switch c := l.b[l.pos]; c {
		case '(':
			depth++
		case ')':
			if depth == 0 {
				l.pos++
				return out, "", nil
			}
			depth--
		case '\\':
			if l.pos++; l.pos == len(l.b) {
				return nil, "", errUnread
			}
			c = l.b[l.pos]
			if i := strings.IndexByte("nrtbf", c); i >= 0 {
				out = append(out, "\n\r\t\b\f"[i])
				continue
			}
			if c >= '0' && c <= '7' {
				n := 0
				for i := 0; i < 3 && l.pos < len(l.b) && l.b[l.pos] >= '0' && l.b[l.pos] <= '7'; i++ {
					n = n*8 + int(l.b[l.pos]-'0')
					l.pos++
				}
				l.pos--
				out = append(out, byte(n))
				continue
			}
			if c == '\n' || c == '\r' {
				continue
			}
		}
		out = append(out, l.b[l.pos])
	}
	return nil, "", errUnread
}
