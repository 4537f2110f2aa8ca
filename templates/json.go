package templates

import (
	"errors"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// encoding/json is not used for the data of documents: it hides duplicate keys
// and keeps no places, and the tree below is checked against the form anyway.

type kind uint8

const (
	kNull kind = iota
	kBool
	kNumber
	kString
	kArray
	kObject
)

// node is a JSON value. s holds a string's text or a number's spelling.
type node struct {
	kind  kind
	truth bool
	s     string
	arr   []node
	obj   []member
}

type member struct {
	key   string
	value node
}

const (
	maxDepth   = 8       // levels of arrays and objects
	maxNodes   = 200_000 // values in one document
	maxMembers = 2_000   // keys in one object
)

var errJSON = errors.New("not JSON")

// reader parses one JSON text (RFC 8259). The zero limit of nothing: depth,
// values and keys are bounded so that hostile input cannot make it grow.
type reader struct {
	src   []byte
	pos   int
	nodes int
	dup   []string // pointers of keys written twice
	path  []string // keys and places on the way to the value being read
	why   Code     // what stopped the reader, where it is more than "not JSON"
}

func parseJSON(src []byte) (node, *reader, error) {
	r := &reader{src: src, why: dataNotJSON}
	n, err := r.value(0)
	if err == nil {
		r.space()
		if r.pos != len(src) {
			err = errJSON
		}
	}
	return n, r, err
}

// line is the line of the reader's position, from 1.
func (r *reader) line() int {
	n := 1
	for _, c := range r.src[:min(r.pos, len(r.src))] {
		if c == '\n' {
			n++
		}
	}
	return n
}

// separator reads the comma between two entries; close is the sign that ends
// them all. A comma too many or too few is told at the line it belongs to.
func (r *reader) separator(end int, closing byte) error {
	if r.peek() != ',' {
		if c := r.peek(); c == '"' || c == '{' || c == '[' || c >= '0' && c <= '9' {
			r.pos, r.why = end, dataMissingComma
		}
		return errJSON
	}
	comma := r.pos
	r.pos++
	if r.space(); r.peek() == closing {
		r.pos, r.why = comma, dataExtraComma
		return errJSON
	}
	return nil
}

func (r *reader) space() {
	for r.pos < len(r.src) {
		switch r.src[r.pos] {
		case ' ', '\t', '\n', '\r':
			r.pos++
		default:
			return
		}
	}
}

func (r *reader) peek() byte {
	if r.pos < len(r.src) {
		return r.src[r.pos]
	}
	return 0
}

func (r *reader) value(depth int) (node, error) {
	r.space()
	r.nodes++
	if depth > maxDepth || r.nodes > maxNodes {
		return node{}, errJSON
	}
	switch c := r.peek(); {
	case c == '{':
		return r.object(depth)
	case c == '[':
		return r.array(depth)
	case c == '"':
		s, err := r.string()
		return node{kind: kString, s: s}, err
	case c == '-' || c >= '0' && c <= '9':
		return r.number()
	case r.word("true"):
		return node{kind: kBool, truth: true}, nil
	case r.word("false"):
		return node{kind: kBool}, nil
	case r.word("null"):
		return node{}, nil
	}
	return node{}, errJSON
}

func (r *reader) word(w string) bool {
	if len(r.src)-r.pos >= len(w) && string(r.src[r.pos:r.pos+len(w)]) == w {
		r.pos += len(w)
		return true
	}
	return false
}

func (r *reader) object(depth int) (node, error) {
	r.pos++
	room := 24
	if depth > 0 {
		room = 4
	}
	n := node{kind: kObject, obj: make([]member, 0, room)}
	end, more := r.pos, false // end of the entry before
	for r.space(); r.peek() != '}'; r.space() {
		if more {
			if err := r.separator(end, '}'); err != nil {
				return n, err
			}
		}
		if r.peek() != '"' || len(n.obj) >= maxMembers {
			return n, errJSON
		}
		key, err := r.string()
		if err != nil {
			return n, err
		}
		r.space()
		if r.peek() != ':' {
			return n, errJSON
		}
		r.pos++
		r.path = append(r.path, key)
		v, err := r.value(depth + 1)
		if err != nil {
			return n, err
		}
		end, more = r.pos, true
		if _, twice := n.get(key); twice {
			r.dup = append(r.dup, r.pointer())
			r.path = r.path[:len(r.path)-1]
			continue
		}
		r.path = r.path[:len(r.path)-1]
		n.obj = append(n.obj, member{key, v})
	}
	r.pos++
	return n, nil
}

// pointer of the value being read.
func (r *reader) pointer() string {
	var b strings.Builder
	for _, k := range r.path {
		b.WriteByte('/')
		b.WriteString(escapePointer(k))
	}
	return b.String()
}

func (r *reader) array(depth int) (node, error) {
	r.pos++
	n := node{kind: kArray}
	end := r.pos
	for r.space(); r.peek() != ']'; r.space() {
		if len(n.arr) > 0 {
			if err := r.separator(end, ']'); err != nil {
				return n, err
			}
		}
		r.path = append(r.path, places[min(len(n.arr), len(places)-1)])
		v, err := r.value(depth + 1)
		if err != nil {
			return n, err
		}
		r.path = r.path[:len(r.path)-1]
		n.arr = append(n.arr, v)
		end = r.pos
	}
	r.pos++
	return n, nil
}

func (r *reader) number() (node, error) {
	start := r.pos
	for r.pos < len(r.src) {
		c := r.src[r.pos]
		if c >= '0' && c <= '9' || c == '-' || c == '+' || c == '.' || c == 'e' || c == 'E' {
			r.pos++
			continue
		}
		break
	}
	s := string(r.src[start:r.pos])
	if len(s) > 40 {
		return node{}, errJSON
	}
	if _, err := strconv.ParseFloat(s, 64); err != nil && !errors.Is(err, strconv.ErrRange) {
		return node{}, errJSON
	}
	return node{kind: kNumber, s: s}, nil
}

// string reads a quoted string. Bytes that are no UTF-8 stay as they are, so
// that the check of the field can name them.
func (r *reader) string() (string, error) {
	r.pos++
	start := r.pos
	for r.pos < len(r.src) {
		switch c := r.src[r.pos]; {
		case c == '"':
			s := string(r.src[start:r.pos])
			r.pos++
			return s, nil
		case c == '\\':
			return r.escaped(start)
		case c < 0x20:
			return "", errJSON
		}
		r.pos++
	}
	return "", errJSON
}

func (r *reader) escaped(start int) (string, error) {
	b := append(make([]byte, 0, r.pos-start+32), r.src[start:r.pos]...)
	for r.pos < len(r.src) {
		c := r.src[r.pos]
		switch {
		case c == '"':
			r.pos++
			return string(b), nil
		case c < 0x20:
			return "", errJSON
		case c != '\\':
			b = append(b, c)
			r.pos++
			continue
		}
		if r.pos+1 >= len(r.src) {
			return "", errJSON
		}
		r.pos += 2
		switch e := r.src[r.pos-1]; e {
		case '"', '\\', '/':
			b = append(b, e)
		case 'b':
			b = append(b, '\b')
		case 'f':
			b = append(b, '\f')
		case 'n':
			b = append(b, '\n')
		case 'r':
			b = append(b, '\r')
		case 't':
			b = append(b, '\t')
		case 'u':
			u, ok := r.hex4()
			if !ok {
				return "", errJSON
			}
			if utf16.IsSurrogate(u) {
				low := rune(utf8.RuneError)
				if r.pos+1 < len(r.src) && r.src[r.pos] == '\\' && r.src[r.pos+1] == 'u' {
					r.pos += 2
					if low, ok = r.hex4(); !ok {
						return "", errJSON
					}
				}
				u = utf16.DecodeRune(u, low)
			}
			b = utf8.AppendRune(b, u)
		default:
			return "", errJSON
		}
	}
	return "", errJSON
}

func (r *reader) hex4() (rune, bool) {
	if len(r.src)-r.pos < 4 {
		return 0, false
	}
	n, err := strconv.ParseUint(string(r.src[r.pos:r.pos+4]), 16, 16)
	r.pos += 4
	return rune(n), err == nil
}

// get finds a key; objects are small, so a walk beats a map.
func (n *node) get(key string) (*node, bool) {
	for i := range n.obj {
		if n.obj[i].key == key {
			return &n.obj[i].value, true
		}
	}
	return nil, false
}

// places are the first indices as text; later ones only show in pointers of
// keys written twice, as the last.
var places = func() [DefaultListLength]string {
	var p [DefaultListLength]string
	for i := range p {
		p[i] = strconv.Itoa(i)
	}
	return p
}()

// name of a node's kind as the messages use it.
func (n *node) name() string {
	return [...]string{"null", "boolean", "number", "string", "array", "object"}[n.kind]
}

// escapePointer writes a key as a reference token of RFC 6901.
func escapePointer(key string) string {
	plain := true
	for i := range len(key) {
		if key[i] == '~' || key[i] == '/' || key[i] < 0x20 {
			plain = false
			break
		}
	}
	if plain && len(key) <= 64 {
		return key
	}
	b := make([]byte, 0, 72)
	for i := 0; i < len(key) && len(b) < 64; i++ {
		switch c := key[i]; {
		case c == '~':
			b = append(b, "~0"...)
		case c == '/':
			b = append(b, "~1"...)
		case c < 0x20:
			b = append(b, '?')
		default:
			b = append(b, c)
		}
	}
	for len(b) > 0 && !utf8.Valid(b) {
		b = b[:len(b)-1]
	}
	return string(b)
}
