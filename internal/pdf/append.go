package pdf

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
)

// maxWriteDepth bounds the nesting of objects when writing, so that a Dict
// that contains itself is an error and not a crash.
const maxWriteDepth = 200

// Append appends the one spelling of o to dst: dictionary keys sorted by their
// bytes, strings in hex, the least white space that ISO 32000-1, 7.2.2 allows.
// What PDF cannot express (NaN, infinities, an unknown Go type, nesting over
// 200) is written as null; Writer and Update report it as an error.
func Append(dst []byte, o Object) []byte {
	e := encoders.Get().(*encoder)
	e.base, e.err, e.run = 0, nil, runs.Add(1)
	dst = e.object(dst, o, 0)
	encoders.Put(e)
	return dst
}

var encoders = sync.Pool{New: func() any { return new(encoder) }}

// encoder writes objects. The keys of all open dictionaries share one stack so
// that sorting them allocates nothing.
type encoder struct {
	base int64  // file offset of dst[0]
	run  uint64 // tells one file from the next to a Placeholder
	keys []Name
	err  error
}

var runs atomic.Uint64

func (e *encoder) fail(format string, args ...any) {
	if e.err == nil {
		e.err = fmt.Errorf(format, args...)
	}
}

func (e *encoder) object(dst []byte, o Object, depth int) []byte {
	if depth > maxWriteDepth {
		e.fail("objects nested deeper than %d", maxWriteDepth)
		return append(dst, "null"...)
	}
	switch v := normal(o).(type) {
	case nil:
		return append(dst, "null"...)
	case bool:
		return strconv.AppendBool(dst, v)
	case Integer:
		return strconv.AppendInt(dst, int64(v), 10)
	case Real:
		return e.real(dst, float64(v))
	case Name:
		return e.name(dst, v)
	case String:
		dst = append(dst, '<')
		dst = appendHex(dst, v)
		return append(dst, '>')
	case Array:
		dst = append(dst, '[')
		for i, el := range v {
			at := len(dst)
			dst = e.object(dst, el, depth+1)
			if i > 0 {
				dst = spaced(dst, at)
			}
		}
		return append(dst, ']')
	case Dict:
		return e.dict(dst, v, nil, depth)
	case *Stream:
		if v == nil {
			e.fail("nil *Stream")
			return append(dst, "null"...)
		}
		if depth > 0 {
			e.fail("a stream must be an indirect object")
			return append(dst, "null"...)
		}
		dst = e.dict(dst, v.Dict, v, depth)
		dst = append(dst, "\nstream\n"...)
		dst = append(dst, v.Raw...)
		return append(dst, "\nendstream"...)
	case Ref:
		if v.Num <= 0 || v.Gen < 0 {
			e.fail("reference %v names no object", v)
			return append(dst, "null"...)
		}
		dst = strconv.AppendInt(dst, int64(v.Num), 10)
		dst = append(dst, ' ')
		dst = strconv.AppendInt(dst, int64(v.Gen), 10)
		return append(dst, " R"...)
	case Literal:
		return append(dst, v...)
	case *Placeholder:
		if v.run != e.run {
			v.run, v.written = e.run, 0
		}
		v.offset = e.base + int64(len(dst))
		v.written++
		return append(dst, v.form...)
	default:
		e.fail("%T is not a PDF object", o)
		return append(dst, "null"...)
	}
}

// dict writes d, with the /Length of s if d is the dictionary of a stream.
func (e *encoder) dict(dst []byte, d Dict, s *Stream, depth int) []byte {
	first := len(e.keys)
	for k, v := range d {
		if v != nil && (s == nil || k != "Length") {
			e.keys = append(e.keys, k)
		}
	}
	if s != nil {
		e.keys = append(e.keys, "Length")
	}
	last := len(e.keys)
	slices.Sort(e.keys[first:last])
	dst = append(dst, "<<"...)
	for i := first; i < last; i++ {
		k := e.keys[i]
		dst = e.name(dst, k)
		at := len(dst)
		if s != nil && k == "Length" {
			dst = strconv.AppendInt(dst, int64(len(s.Raw)), 10)
		} else {
			dst = e.object(dst, d[k], depth+1)
		}
		dst = spaced(dst, at)
	}
	e.keys = e.keys[:first]
	return append(dst, ">>"...)
}

// spaced puts a space before what was written at dst[at:] if the characters on
// both sides would otherwise run together.
func spaced(dst []byte, at int) []byte {
	if at > 0 && at < len(dst) && isRegular(dst[at]) && (isRegular(dst[at-1]) || dst[at-1] == '/') {
		dst = append(dst, 0)
		copy(dst[at+1:], dst[at:])
		dst[at] = ' '
	}
	return dst
}

func (e *encoder) real(dst []byte, f float64) []byte {
	if !finite(f) {
		e.fail("%v is not a PDF number", f)
		return append(dst, "null"...)
	}
	if f == 0 { // also −0, which no reader needs to see
		return append(dst, '0')
	}
	dst = strconv.AppendFloat(dst, f, 'f', -1, 64)
	if f >= 1<<53 || f <= -1<<53 { // as an integer it would not be the same number
		dst = append(dst, ".0"...)
	}
	return dst
}

func (e *encoder) name(dst []byte, n Name) []byte {
	dst = append(dst, '/')
	for i := range len(n) {
		c := n[i]
		switch {
		case c == 0:
			e.fail("name %q contains a zero byte", string(n))
		case c == '#' || c <= ' ' || c > '~' || !isRegular(c):
			dst = append(dst, '#', hexDigits[c>>4], hexDigits[c&15])
		default:
			dst = append(dst, c)
		}
	}
	return dst
}

const hexDigits = "0123456789ABCDEF"

func appendHex(dst, data []byte) []byte {
	dst = slices.Grow(dst, 2*len(data))
	for _, c := range data {
		dst = append(dst, hexDigits[c>>4], hexDigits[c&15])
	}
	return dst
}

// indirect writes one indirect object, "n g obj … endobj".
func (e *encoder) indirect(dst []byte, r Ref, o Object) []byte {
	dst = strconv.AppendInt(dst, int64(r.Num), 10)
	dst = append(dst, ' ')
	dst = strconv.AppendInt(dst, int64(r.Gen), 10)
	dst = append(dst, " obj\n"...)
	had := e.err
	e.err = nil
	dst = e.object(dst, o, 0)
	if e.err != nil {
		e.err = fmt.Errorf("write object %d: %w", r.Num, e.err)
	}
	if had != nil {
		e.err = had
	}
	return append(dst, "\nendobj\n"...)
}

var errFinished = errors.New("the PDF is already finished")

// Character classes of ISO 32000-1, 7.2.2.
const (
	classRegular = iota
	classSpace
	classDelimiter
)

var class = func() (t [256]uint8) {
	for _, c := range "\x00\t\n\f\r " {
		t[c] = classSpace
	}
	for _, c := range "()<>[]{}/%" {
		t[c] = classDelimiter
	}
	return t
}()

func isRegular(c byte) bool { return class[c] == classRegular }
func isSpace(c byte) bool   { return class[c] == classSpace }
