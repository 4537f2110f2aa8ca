// Package pkcs11 signs with keys that never leave a hardware security module or
// token (PKCS #11 v2.40). It is the one part of the program that needs cgo: a
// module is a C library. Without cgo Open says so.
//
// The module's C interface is called through github.com/miekg/pkcs11, since
// mozilla's pkcs7 and pdfsign know only keys in memory; what it leaves to its
// caller (sessions, log-in, ECDSA's encoding) is here.
package pkcs11

import (
	"crypto"
	"errors"
	"fmt"
)

// Config says where a key is.
type Config struct {
	Module string // path of the PKCS #11 library
	Token  string // label of the token
	Label  string // CKA_LABEL of the private key
	ID     []byte // CKA_ID, where the label is not unique; may be nil
	PIN    string // of the token's user
	// Public is the key of the certificate, which the private key must fit.
	Public crypto.PublicKey
}

// Why a key cannot be used; an *Error wraps one of them or what the module says.
var (
	ErrUnsupported = errors.New("this program was built without cgo, so that it cannot load PKCS #11 modules")
	ErrNoToken     = errors.New("no token with this label is present")
	ErrNoKey       = errors.New("the token has no such private key")
	ErrAmbiguous   = errors.New("several keys or tokens answer to this label")
	ErrPIN         = errors.New("the PIN is wrong or locked")
	ErrMismatch    = errors.New("the key on the token does not belong to the certificate")
	ErrMechanism   = errors.New("the key or hash is of a kind that is not used for signing")
)

// Error says which key could not be used, and why.
type Error struct {
	Token, Label string
	Doing        string
	Err          error
}

func (e *Error) Error() string {
	return fmt.Sprintf("key %q on token %q: %s: %v", e.Label, e.Token, e.Doing, e.Err)
}

func (e *Error) Unwrap() error { return e.Err }
