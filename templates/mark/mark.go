// Package mark works on PDF files that were not typeset here, or are finished:
// it reads an uploaded file strictly (Inspect), places the agency's signature
// field with its words at the top right of the first page (SignHere), as Nghị
// định 30/2020/NĐ-CP asks of annexes in files of their own (Phụ lục I, phần I,
// mục III.1.d) and of electronic copies (phần II, mục I.3), takes pages out of a
// file into a new one (Extract), and draws over pages (Overlay).
//
// What comes in is written by strangers: nothing is repaired, everything is
// bounded, and a file that acts (scripts, attachments, layers) is refused.
package mark

import (
	"errors"
	"fmt"

	"antin/internal/pdf"
)

// Bounds on a file that is taken in.
const (
	MaxBytes = 32 << 20
	MaxPages = 1000
)

// limits of the reader: a scan has few objects, a long table many.
var limits = pdf.Limits{FileSize: MaxBytes, Objects: 100_000, Elements: 2_000_000, Revisions: 64}

// Code says why a file is refused.
type Code string

// The codes.
const (
	NotPDF     Code = "not_pdf"
	Malformed  Code = "malformed"
	Encrypted  Code = "encrypted"
	TooLarge   Code = "too_large"      // Detail is the bound
	TooMany    Code = "too_many_pages" // Detail is the bound
	Version    Code = "version"        // before 1.4; Detail is the version
	Active     Code = "active"         // scripts and actions; Detail names the thing
	Attachment Code = "attachment"     // files, sound, video inside
	External   Code = "external"       // content that is outside the file
	Layers     Code = "layers"         // content that can be shown and hidden
	Fields     Code = "fields"         // a form to be filled
	Signed     Code = "signed"         // signatures that the file has already
	Odd        Code = "odd"            // bytes that readers may take otherwise
	PageBox    Code = "page_box"       // a page without a usable size
)

// RefusalError says why a file is not taken. Nothing of it was kept.
type RefusalError struct {
	Code   Code
	Detail string // for a program, short English; may be empty
	Err    error
}

func (e *RefusalError) Error() string {
	if e.Err != nil {
		return fmt.Sprintf("the file is refused (%s): %v", e.Code, e.Err)
	}
	return fmt.Sprintf("the file is refused (%s): %s", e.Code, e.Detail)
}

func (e *RefusalError) Unwrap() error { return e.Err }

func refuse(code Code, format string, args ...any) error {
	return &RefusalError{Code: code, Detail: fmt.Sprintf(format, args...)}
}

// open reads a file, with what is wrong as a *RefusalError.
func open(data []byte) (*pdf.File, error) {
	if len(data) > MaxBytes {
		return nil, refuse(TooLarge, "%d MB", MaxBytes>>20)
	}
	f, err := pdf.Open(data, limits)
	if err != nil {
		return nil, refusal(err, data)
	}
	return f, nil
}

// refusal finds the code for an error of the reader.
func refusal(err error, data []byte) error {
	r := &RefusalError{Code: Malformed, Err: err}
	_, bound := errors.AsType[*pdf.LimitError](err)
	switch {
	case errors.Is(err, pdf.ErrEncrypted):
		r.Code = Encrypted
	case bound:
		r.Code = TooLarge
	case !hasHeader(data):
		r.Code = NotPDF
	}
	return r
}
