package pdf

import (
	"bytes"
	"fmt"
	"math"
	"strconv"
)

// scanner parses objects out of b, strictly after ISO 32000-1, 7.2 and 7.3.
type scanner struct {
	b     []byte
	pos   int
	base  int64 // file offset of b[0]; for an object stream, that of the stream
	inner bool  // b is the decoded data of an object stream
	obj   int   // number of the object being parsed, for errors
	depth int   // how much deeper arrays and dictionaries may nest
	limit int   // Limits.Depth
	left  *int  // elements that may still be parsed, shared by the whole file
	elems int   // Limits.Elements
}

func (s *scanner) offset(pos int) int64 {
	if s.inner {
		return s.base
	}
	return s.base + int64(pos)
}

func (s *scanner) fail(pos int, format string, args ...any) error {
	msg := fmt.Sprintf(format, args...)
	if s.inner {
		msg += fmt.Sprintf(" (byte %d of the decoded object stream)", pos)
	}
	return &SyntaxError{Offset: s.offset(pos), Object: s.obj, Msg: msg}
}

// space skips white space and comments.
func (s *scanner) space() {
	for s.pos < len(s.b) {
		c := s.b[s.pos]
		switch {
		case isSpace(c):
			s.pos++
		case c == '%':
			for s.pos < len(s.b) && s.b[s.pos] != '\n' && s.b[s.pos] != '\r' {
				s.pos++
			}
		default:
			return
		}
	}
}

// token returns the run of regular characters at pos, possibly empty.
func (s *scanner) token() []byte {
	start := s.pos
	for s.pos < len(s.b) && isRegular(s.b[s.pos]) {
		s.pos++
	}
	return s.b[start:s.pos]
}

// keyword skips white space and the keyword, or leaves pos alone.
func (s *scanner) keyword(word string) bool {
	start := s.pos
	s.space()
	if string(s.token()) == word {
		return true
	}
	s.pos = start
	return false
}

// shown is what stands at pos, for messages.
func (s *scanner) shown(pos int) string {
	if pos >= len(s.b) {
		return "the end"
	}
	return strconv.Quote(string(s.b[pos:min(pos+12, len(s.b))]))
}

// count takes one element from the budget of the file.
func (s *scanner) count(pos int) error {
	if *s.left--; *s.left < 0 {
		return &LimitError{What: "array elements and dictionary entries", Limit: int64(s.elems), Offset: s.offset(pos), Object: s.obj}
	}
	return nil
}

// object parses one direct object or reference.
func (s *scanner) object() (Object, error) {
	s.space()
	if s.pos >= len(s.b) {
		return nil, s.fail(s.pos, "the data ends where an object should be")
	}
	start := s.pos
	switch c := s.b[s.pos]; c {
	case '/':
		return s.name()
	case '(':
		return s.literal()
	case '[':
		return s.array()
	case '<':
		if s.pos+1 < len(s.b) && s.b[s.pos+1] == '<' {
			return s.dict()
		}
		return s.hex()
	case '+', '-', '.', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9':
		n, err := s.number()
		if i, ok := n.(Integer); ok && c >= '0' && c <= '9' && i <= math.MaxInt32 {
			if r, ok := s.reference(int(i)); ok {
				if r.Num == 0 {
					return nil, s.fail(start, "reference %v names no object", r)
				}
				return r, nil
			}
		}
		return n, err
	}
	switch word := s.token(); string(word) {
	case "null":
		return nil, nil
	case "true":
		return true, nil
	case "false":
		return false, nil
	}
	return nil, s.fail(start, "%s is no object", s.shown(start))
}

// reference tries to read the rest of "num gen R".
func (s *scanner) reference(num int) (Ref, bool) {
	start := s.pos
	s.space()
	gen, digits := 0, 0
	for s.pos < len(s.b) && s.b[s.pos] >= '0' && s.b[s.pos] <= '9' && digits < 6 {
		gen = gen*10 + int(s.b[s.pos]-'0')
		digits++
		s.pos++
	}
	if digits > 0 && digits < 6 && s.pos < len(s.b) && !isRegular(s.b[s.pos]) {
		s.space()
		if s.pos < len(s.b) && s.b[s.pos] == 'R' && (s.pos+1 == len(s.b) || !isRegular(s.b[s.pos+1])) {
			s.pos++
			return Ref{Num: num, Gen: gen}, true
		}
	}
	s.pos = start
	return Ref{}, false
}

// maxNumber is longer than any float64 written without an exponent.
const maxNumber = 1100

var powers = [...]float64{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15}

func (s *scanner) number() (Object, error) {
	start := s.pos
	word := s.token()
	digits := word
	if digits[0] == '+' || digits[0] == '-' {
		digits = digits[1:]
	}
	mantissa, count, dot := int64(0), 0, -1
	for i, c := range digits {
		switch {
		case c >= '0' && c <= '9':
			if count++; count <= 18 {
				mantissa = mantissa*10 + int64(c-'0')
			}
		case c == '.' && dot < 0:
			dot = i
		default:
			return nil, s.fail(start, "%.20q is no number", word)
		}
	}
	if count == 0 || len(word) > maxNumber {
		return nil, s.fail(start, "%.20q is no number", word)
	}
	negative := word[0] == '-'
	if dot < 0 {
		if count > 18 {
			n, err := strconv.ParseInt(string(word), 10, 64)
			if err != nil {
				return nil, s.fail(start, "integer %.24s is out of range", word)
			}
			return Integer(n), nil
		}
		if negative {
			mantissa = -mantissa
		}
		return Integer(mantissa), nil
	}
	// A mantissa and a power of ten that are both exact give the same quotient
	// as strconv does.
	if decimals := len(digits) - dot - 1; count <= 15 && decimals < len(powers) {
		f := float64(mantissa) / powers[decimals]
		if negative {
			f = -f
		}
		return Real(f), nil
	}
	f, err := strconv.ParseFloat(string(word), 64)
	if err != nil {
		return nil, s.fail(start, "number %.24s… is out of range", word)
	}
	return Real(f), nil
}

func (s *scanner) name() (Name, error) {
	start := s.pos
	s.pos++
	word := s.token()
	if bytes.IndexByte(word, '#') < 0 {
		if bytes.IndexByte(word, 0) >= 0 { // cannot be: zero is white space
			return "", s.fail(start, "name contains a zero byte")
		}
		if n, ok := commonNames[string(word)]; ok {
			return n, nil
		}
		return Name(word), nil
	}
	out := make([]byte, 0, len(word))
	for i := 0; i < len(word); i++ {
		c := word[i]
		if c == '#' {
			if i+2 >= len(word) || unhex(word[i+1]) > 15 || unhex(word[i+2]) > 15 {
				return "", s.fail(start+1+i, "# in a name is not followed by two hex digits")
			}
			c = unhex(word[i+1])<<4 | unhex(word[i+2])
			if c == 0 {
				return "", s.fail(start+1+i, "name contains a zero byte")
			}
			i += 2
		}
		out = append(out, c)
	}
	return Name(out), nil
}

func unhex(c byte) byte { return hexValues[c] }

// hexValues are the values of hex digits, 0xFF for other bytes.
var hexValues = func() (t [256]byte) {
	for i := range t {
		t[i] = 0xFF
	}
	for i := range byte(16) {
		t[hexDigits[i]] = i
		if i >= 10 {
			t[hexDigits[i]|0x20] = i // lower case
		}
	}
	return t
}()

func (s *scanner) hex() (String, error) {
	start := s.pos
	s.pos++
	end := bytes.IndexByte(s.b[s.pos:], '>')
	if end < 0 {
		s.pos = len(s.b)
		return nil, s.fail(start, "hex string is not closed")
	}
	in := s.b[s.pos : s.pos+end]
	out := make(String, 0, (len(in)+1)/2)
	n := 0
	for ; n+1 < len(in); n += 2 { // the way nearly all are written, and /Contents is long
		h, l := unhex(in[n]), unhex(in[n+1])
		if h|l > 15 {
			break
		}
		out = append(out, h<<4|l)
	}
	var high byte
	half := false
	for i := n; i < len(in); i++ {
		c := in[i]
		v := unhex(c)
		switch {
		case v > 15 && isSpace(c):
			continue
		case v > 15:
			return nil, s.fail(s.pos+i, "%q in a hex string", c)
		case half:
			out = append(out, high|v)
		default:
			high = v << 4
		}
		half = !half
	}
	if half {
		out = append(out, high)
	}
	s.pos += end + 1
	return out, nil
}

func (s *scanner) literal() (String, error) {
	start := s.pos
	s.pos++
	out := String{}
	depth := 1
	for s.pos < len(s.b) {
		c := s.b[s.pos]
		s.pos++
		switch c {
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				return out, nil
			}
		case '\r': // any end of line reads as LF (7.3.4.2)
			s.skip('\n')
			c = '\n'
		case '\\':
			if s.pos >= len(s.b) {
				continue
			}
			var ok bool
			if c, ok = s.escape(); !ok {
				continue
			}
		}
		out = append(out, c)
	}
	return nil, s.fail(start, "string is not closed")
}

func (s *scanner) skip(c byte) {
	if s.pos < len(s.b) && s.b[s.pos] == c {
		s.pos++
	}
}

// escape reads what follows a backslash; !ok stands for nothing at all.
func (s *scanner) escape() (c byte, ok bool) {
	c = s.b[s.pos]
	s.pos++
	switch c {
	case 'n':
		return '\n', true
	case 'r':
		return '\r', true
	case 't':
		return '\t', true
	case 'b':
		return '\b', true
	case 'f':
		return '\f', true
	case '\r':
		s.skip('\n')
		return 0, false
	case '\n':
		return 0, false
	}
	if c < '0' || c > '7' {
		return c, true // the backslash is ignored before anything else
	}
	v := c - '0'
	for range 2 {
		if s.pos < len(s.b) && s.b[s.pos] >= '0' && s.b[s.pos] <= '7' {
			v = v<<3 | (s.b[s.pos] - '0') // high-order overflow is ignored
			s.pos++
		}
	}
	return v, true
}

func (s *scanner) enter(start int) error {
	if s.depth--; s.depth < 0 {
		return &LimitError{What: "levels of nesting", Limit: int64(s.limit), Offset: s.offset(start), Object: s.obj}
	}
	return nil
}

func (s *scanner) array() (Object, error) {
	start := s.pos
	if err := s.enter(start); err != nil {
		return nil, err
	}
	s.pos++
	out := Array{}
	for {
		s.space()
		if s.pos >= len(s.b) {
			return nil, s.fail(start, "array is not closed")
		}
		if s.b[s.pos] == ']' {
			s.pos++
			s.depth++
			return out, nil
		}
		if err := s.count(s.pos); err != nil {
			return nil, err
		}
		o, err := s.object()
		if err != nil {
			return nil, err
		}
		out = append(out, o)
	}
}

func (s *scanner) dict() (Object, error) {
	start := s.pos
	if err := s.enter(start); err != nil {
		return nil, err
	}
	s.pos += 2
	out := Dict{}
	var null map[Name]bool // keys that stand there with the value null
	for {
		s.space()
		if s.pos >= len(s.b) {
			return nil, s.fail(start, "dictionary is not closed")
		}
		at := s.pos
		switch s.b[s.pos] {
		case '>':
			if s.pos+1 >= len(s.b) || s.b[s.pos+1] != '>' {
				return nil, s.fail(at, "dictionary is closed by one > only")
			}
			s.pos += 2
			s.depth++
			return out, nil
		case '/':
		default:
			return nil, s.fail(at, "%s stands where a dictionary key should be", s.shown(at))
		}
		if err := s.count(at); err != nil {
			return nil, err
		}
		k, err := s.name()
		if err != nil {
			return nil, err
		}
		v, err := s.object()
		if err != nil {
			return nil, err
		}
		if _, twice := out[k]; twice || null[k] {
			return nil, s.fail(at, "dictionary has the key /%s twice", k)
		}
		if v != nil {
			out[k] = v
			continue
		}
		if null == nil {
			null = map[Name]bool{}
		}
		null[k] = true
	}
}
