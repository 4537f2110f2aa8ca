package issuance

import (
	"fmt"

	"antin/imagecheck"
)

// UnknownAgencyError says that the service does not work for an agency.
type UnknownAgencyError struct {
	ID    string
	Known []string
}

func (e *UnknownAgencyError) Error() string {
	return fmt.Sprintf("no agency %q, there are %q", e.ID, e.Known)
}

// WrongAgencyError says that a form is issued by another kind of agency.
type WrongAgencyError struct{ Agency, Kind, Form, Want string }

func (e *WrongAgencyError) Error() string {
	return fmt.Sprintf("form %s is issued by a %s, agency %s is a %s", e.Form, e.Want, e.Agency, e.Kind)
}

// NoKeyError says that the service holds no key for the agency's seal
// (Signatory is "") or for one of its signatories; both empty is the audit
// trail's checkpoints.
type NoKeyError struct{ Agency, Signatory string }

func (e *NoKeyError) Error() string {
	if e.Agency == "" && e.Signatory == "" {
		return "no key is held for the audit trail's checkpoints"
	}
	if e.Signatory == "" {
		return "no key is held for the seal of " + e.Agency
	}
	return fmt.Sprintf("no key is held for signatory %s of %s", e.Signatory, e.Agency)
}

// NotYoursError says that a caller may not sign as the person whom a document
// names. Nothing was signed.
type NotYoursError struct {
	Document, Agency string
	Person           string // id of who must sign, "" when nobody of the agency has that title and name
	Name, Title      string // as the document prints them
	Yours            string // as whom the caller may sign, "" for nobody
}

func (e *NotYoursError) Error() string {
	return fmt.Sprintf("document %s is signed by %q (%s of %s), the caller signs as %q", e.Document, e.Person, e.Name, e.Agency, e.Yours)
}

// KeyNotUsableError says that a key cannot sign now: expired, not yet valid, or
// not what its certificate says. Nothing was signed.
type KeyNotUsableError struct {
	Agency, Signatory string // as in NoKeyError
	Err               error
}

func (e *KeyNotUsableError) Error() string {
	who := "seal"
	if e.Signatory != "" {
		who = "signatory " + e.Signatory
	}
	return fmt.Sprintf("%s of %s cannot sign: %v", who, e.Agency, e.Err)
}

func (e *KeyNotUsableError) Unwrap() error { return e.Err }

// PhotoError says that a form's photo was not accepted. Result is nil when the
// bytes are no photo that can be read.
type PhotoError struct {
	Pointer string // JSON pointer within the form's data
	Result  *imagecheck.Result
	Err     error
}

func (e *PhotoError) Error() string {
	if e.Err != nil {
		return fmt.Sprintf("photo at %s: %v", e.Pointer, e.Err)
	}
	return fmt.Sprintf("photo at %s: %s", e.Pointer, e.Result.Verdict)
}

func (e *PhotoError) Unwrap() error { return e.Err }
