// Package pdf is the PDF object layer under the renderer and the signer: an
// object model with one deterministic spelling, a writer of whole files, a
// strict and bounded reader, and a writer of incremental updates.
//
// gopdf and pdfsign are not used here because neither can place a form field,
// certify without moving the catalog, or say what each revision of a file
// changed; see ISO 32000-1:2008, 7.5.6 for the last.
package pdf

import (
	"fmt"
	"math"
)

// Object is one of nil (null), bool, Integer, Real, Name, String, Array, Dict,
// *Stream or Ref (ISO 32000-1, 7.3). When writing, int, int64 and float64 stand
// for Integer and Real, and Literal and *Placeholder are accepted as well; the
// reader never returns those five.
type Object any

type (
	// Integer is an integer object (7.3.3).
	Integer int64
	// Real is a real number (7.3.3), written without an exponent and without
	// loss. A Real of integral value under 2⁵³ is written like an Integer and
	// read back as one: PDF lets an integer stand wherever a real may.
	Real float64
	// Name is a name without its slash and with #xx sequences resolved (7.3.5).
	Name string
	// String is the bytes of a string object (7.3.4), always written as a hex
	// string so that no byte ever needs escaping. TextString and TextOf
	// translate text.
	String []byte
	// Array is an array object (7.3.6).
	Array []Object
	// Dict is a dictionary (7.3.7). An entry whose value is nil is an entry
	// that is not there: it is neither written nor read.
	Dict map[Name]Object
	// Ref is an indirect reference (7.3.10). The zero Ref names no object.
	Ref struct{ Num, Gen int }
	// Stream is a stream object (7.3.8). Raw is the data as it stands in the
	// file, still encoded. /Length is set from Raw when the stream is written,
	// whatever Dict says.
	Stream struct {
		Dict Dict
		Raw  []byte
	}
	// Literal is an object already in PDF syntax, written as it is. It is for
	// hot paths: nothing checks it.
	Literal []byte
)

// String gives the reference as it is spelled in a file, "12 0 R".
func (r Ref) String() string { return fmt.Sprintf("%d %d R", r.Num, r.Gen) }

// Placeholder is an object whose value is known only after the rest of the
// file is written: the /Contents and /ByteRange of a signature (12.8.1). It
// reserves bytes when it is written and remembers where; Fill puts the value
// in later without moving anything. Use it by pointer and in one place only.
type Placeholder struct {
	form    []byte
	offset  int64
	run     uint64 // the file it was last written to
	written int    // how often, in that file
}

// ContentsPlaceholder reserves a hex string of n bytes, "<" + 2n zeros + ">".
func ContentsPlaceholder(n int) *Placeholder {
	form := make([]byte, 2*max(n, 0)+2)
	for i := range form {
		form[i] = '0'
	}
	form[0], form[len(form)-1] = '<', '>'
	return &Placeholder{form: form}
}

// ByteRangePlaceholder reserves an array of four integers of up to ten digits.
func ByteRangePlaceholder() *Placeholder {
	return &Placeholder{form: []byte("[0000000000 0000000000 0000000000 0000000000]")}
}

// Len is the number of bytes reserved, delimiters included.
func (p *Placeholder) Len() int { return len(p.form) }

// Offset is where the first reserved byte stands in the file that Writer.Finish
// or Update.Bytes returned (in the buffer returned, for Append). It is -1 if
// the placeholder has not been written, or more than once in the same file.
func (p *Placeholder) Offset() int64 {
	if p.written != 1 {
		return -1
	}
	return p.offset
}

// FillHex writes data as the value of a ContentsPlaceholder into file, the
// bytes that were written with p. The unused rest stays zeros, as ISO 32000-1,
// 12.8.3.3 allows. It fails, changing nothing, if data does not fit.
func (p *Placeholder) FillHex(file, data []byte) error {
	if len(p.form) < 2 || p.form[0] != '<' {
		return fmt.Errorf("fill placeholder: not a hex string")
	}
	if room := (len(p.form) - 2) / 2; len(data) > room {
		return fmt.Errorf("fill placeholder: %d bytes do not fit in %d", len(data), room)
	}
	at, err := p.find(file)
	if err != nil {
		return err
	}
	appendHex(at[1:1], data)
	return nil
}

// FillInts writes the integers, separated by spaces, as the value of a
// ByteRangePlaceholder into file and pads with spaces. It fails, changing
// nothing, if they do not fit.
func (p *Placeholder) FillInts(file []byte, ints ...int64) error {
	if len(p.form) < 2 || p.form[0] != '[' {
		return fmt.Errorf("fill placeholder: not an array")
	}
	var text []byte
	for i, n := range ints {
		if i > 0 {
			text = append(text, ' ')
		}
		text = Append(text, Integer(n))
	}
	if room := len(p.form) - 2; len(text) > room {
		return fmt.Errorf("fill placeholder: %q does not fit in %d bytes", text, room)
	}
	at, err := p.find(file)
	if err != nil {
		return err
	}
	inner := at[1 : len(at)-1]
	for i := copy(inner, text); i < len(inner); i++ {
		inner[i] = ' '
	}
	return nil
}

// find returns the reserved bytes in file after checking that they are there
// and still unfilled.
func (p *Placeholder) find(file []byte) ([]byte, error) {
	off := p.Offset()
	if off < 0 {
		return nil, fmt.Errorf("fill placeholder: written %d times, want once", p.written)
	}
	if off+int64(len(p.form)) > int64(len(file)) {
		return nil, fmt.Errorf("fill placeholder: offset %d is past the end of the file", off)
	}
	at := file[off : off+int64(len(p.form))]
	if string(at) != string(p.form) {
		return nil, fmt.Errorf("fill placeholder: the bytes at offset %d are not the reserved ones", off)
	}
	return at, nil
}

// normal maps the Go number types that the writer accepts to the PDF ones.
func normal(o Object) Object {
	switch v := o.(type) {
	case int:
		return Integer(v)
	case int64:
		return Integer(v)
	case float64:
		return Real(v)
	}
	return o
}

func finite(f float64) bool { return !math.IsNaN(f) && !math.IsInf(f, 0) }
