package measure

import (
	"fmt"
	"strconv"
)

// operand of a content stream's operator.
type operand struct {
	kind byte // n number, s string, / name, [ array, < dictionary
	num  float64
	str  []byte // a string's bytes, a name without its slash
	list []operand
}

// scan reads a content stream or CMap (7.8.2): push takes operands, op runs
// operators. Inline images do not occur in what this project writes.
func scan(data []byte, push func(operand) error, op func(string) error) error {
	s := scanner{data: data}
	for {
		s.space()
		if s.at >= len(s.data) {
			return nil
		}
		if isRegular(s.data[s.at]) && !isNumeric(s.data[s.at]) {
			if err := op(s.word()); err != nil {
				return fmt.Errorf("offset %d: %w", s.at, err)
			}
			continue
		}
		o, err := s.operand(0)
		if err != nil {
			return fmt.Errorf("offset %d: %w", s.at, err)
		}
		if err := push(o); err != nil {
			return err
		}
	}
}

type scanner struct {
	data []byte
	at   int
}

func isSpace(c byte) bool {
	return c == ' ' || c == '\n' || c == '\r' || c == '\t' || c == '\f' || c == 0
}

func isRegular(c byte) bool {
	switch c {
	case '(', ')', '<', '>', '[', ']', '{', '}', '/', '%':
		return false
	}
	return !isSpace(c)
}
func isNumeric(c byte) bool { return c >= '0' && c <= '9' || c == '-' || c == '+' || c == '.' }

func (s *scanner) space() {
	for s.at < len(s.data) {
		switch c := s.data[s.at]; {
		case c == '%':
			for s.at < len(s.data) && s.data[s.at] != '\n' && s.data[s.at] != '\r' {
				s.at++
			}
		case isSpace(c):
			s.at++
		default:
			return
		}
	}
}

func (s *scanner) word() string {
	from := s.at
	for s.at < len(s.data) && isRegular(s.data[s.at]) {
		s.at++
	}
	return string(s.data[from:s.at])
}

func (s *scanner) operand(depth int) (operand, error) {
	if depth > 16 {
		return operand{}, fmt.Errorf("nested too deep")
	}
	switch c := s.data[s.at]; {
	case c == '/':
		s.at++
		return operand{kind: '/', str: []byte(s.word())}, nil
	case c == '(':
		return s.literal()
	case c == '[':
		s.at++
		list, err := s.until("]", depth)
		return operand{kind: '[', list: list}, err
	case c == '<' && s.at+1 < len(s.data) && s.data[s.at+1] == '<':
		s.at += 2
		list, err := s.until(">>", depth)
		return operand{kind: '<', list: list}, err
	case c == '<':
		return s.hex()
	case isRegular(c):
		w := s.word()
		v, err := strconv.ParseFloat(w, 64)
		if err != nil && depth > 0 {
			return operand{kind: 'w', str: []byte(w)}, nil // true, false, null
		}
		return operand{kind: 'n', num: v}, err
	}
	return operand{}, fmt.Errorf("unexpected %q", s.data[s.at])
}

func (s *scanner) until(end string, depth int) ([]operand, error) {
	list := []operand{}
	for {
		s.space()
		if s.at+len(end) > len(s.data) {
			return nil, fmt.Errorf("%s is missing", end)
		}
		if string(s.data[s.at:s.at+len(end)]) == end {
			s.at += len(end)
			return list, nil
		}
		o, err := s.operand(depth + 1)
		if err != nil {
			return nil, err
		}
		list = append(list, o)
	}
}

func (s *scanner) literal() (operand, error) {
	var out []byte
	depth := 0
	for ; s.at < len(s.data); s.at++ {
		c := s.data[s.at]
		switch c {
		case '(':
			if depth++; depth == 1 {
				continue
			}
		case ')':
			if depth--; depth == 0 {
				s.at++
				return operand{kind: 's', str: out}, nil
			}
		case '\\':
			if s.at++; s.at >= len(s.data) {
				break
			}
			c = s.data[s.at]
			switch c {
			case 'n':
				c = '\n'
			case 'r':
				c = '\r'
			case 't':
				c = '\t'
			case 'b':
				c = '\b'
			case 'f':
				c = '\f'
			case '\n':
				continue
			}
			if c >= '0' && c <= '7' {
				v := 0
				for k := 0; k < 3 && s.at < len(s.data) && s.data[s.at] >= '0' && s.data[s.at] <= '7'; k++ {
					v = v*8 + int(s.data[s.at]-'0')
					s.at++
				}
				s.at--
				c = byte(v)
			}
		}
		out = append(out, c)
	}
	return operand{}, fmt.Errorf("a string has no end")
}

func (s *scanner) hex() (operand, error) {
	var digits []byte
	for s.at++; s.at < len(s.data); s.at++ {
		c := s.data[s.at]
		if c == '>' {
			s.at++
			if len(digits)%2 == 1 {
				digits = append(digits, '0')
			}
			out := make([]byte, len(digits)/2)
			for i := range out {
				v, err := strconv.ParseUint(string(digits[2*i:2*i+2]), 16, 8)
				if err != nil {
					return operand{}, err
				}
				out[i] = byte(v)
			}
			return operand{kind: 's', str: out}, nil
		}
		if !isSpace(c) {
			digits = append(digits, c)
		}
	}
	return operand{}, fmt.Errorf("a hexadecimal string has no end")
}
