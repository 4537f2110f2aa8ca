//go:build !cgo

package pkcs11

import "crypto"

// Open fails: a module is a C library.
func Open(c Config) (crypto.Signer, error) {
	return nil, &Error{c.Token, c.Label, "load the module", ErrUnsupported}
}
