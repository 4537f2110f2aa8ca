package pdf

import (
	"errors"
	"fmt"
)

// SyntaxError says that a file breaks a rule of ISO 32000-1, and where.
type SyntaxError struct {
	Offset int64  // byte in the file, -1 if it cannot be told
	Object int    // number of the indirect object, 0 if outside any
	Msg    string // short English
}

func (e *SyntaxError) Error() string { return "pdf: " + where(e.Object, e.Offset) + e.Msg }

// LimitError says that a file asks for more than Limits allows.
type LimitError struct {
	What   string // "nesting depth", "decoded bytes" …
	Limit  int64
	Offset int64 // as in SyntaxError
	Object int
}

func (e *LimitError) Error() string {
	return fmt.Sprintf("pdf: %smore than %d %s", where(e.Object, e.Offset), e.Limit, e.What)
}

// FilterError says that a stream is encoded in a way this package does not
// decode. The file may be quite all right.
type FilterError struct {
	Filter Name
	Detail string // why, if the filter itself is known
}

func (e *FilterError) Error() string {
	if e.Detail != "" {
		return fmt.Sprintf("pdf: filter %s: %s", e.Filter, e.Detail)
	}
	return fmt.Sprintf("pdf: filter %s is not supported", e.Filter)
}

// ErrEncrypted is what Open reports, wrapped, for an encrypted file.
var ErrEncrypted = errors.New("pdf: the file is encrypted")

func where(object int, offset int64) string {
	switch {
	case object > 0 && offset >= 0:
		return fmt.Sprintf("object %d, offset %d: ", object, offset)
	case object > 0:
		return fmt.Sprintf("object %d: ", object)
	case offset >= 0:
		return fmt.Sprintf("offset %d: ", offset)
	}
	return ""
}

// Limits bounds what the reader does for one file. A field that is zero or
// less has its value in DefaultLimits.
type Limits struct {
	FileSize  int64 // bytes
	Objects   int   // cross-reference entries of all revisions together
	Elements  int   // array elements and dictionary entries parsed in all
	Depth     int   // nesting of arrays and dictionaries, and of page and field trees
	Revisions int   // cross-reference sections
	Decoded   int64 // bytes that all streams together may decode to
}

// DefaultLimits is generous for a signed document and small for a server.
var DefaultLimits = Limits{
	FileSize:  64 << 20,
	Objects:   200_000,
	Elements:  4_000_000,
	Depth:     64,
	Revisions: 256,
	Decoded:   64 << 20,
}

func (l Limits) orDefault() Limits {
	set := func(v *int, d int) {
		if *v <= 0 {
			*v = d
		}
	}
	set(&l.Objects, DefaultLimits.Objects)
	set(&l.Elements, DefaultLimits.Elements)
	set(&l.Depth, DefaultLimits.Depth)
	set(&l.Revisions, DefaultLimits.Revisions)
	if l.FileSize <= 0 {
		l.FileSize = DefaultLimits.FileSize
	}
	if l.Decoded <= 0 {
		l.Decoded = DefaultLimits.Decoded
	}
	return l
}
