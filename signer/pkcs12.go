package signer

import (
	"bytes"
	"crypto"
	"errors"
	"fmt"
	"math/big"

	"golang.org/x/crypto/cryptobyte"
	casn1 "golang.org/x/crypto/cryptobyte/asn1"
	"software.sslmate.com/src/go-pkcs12"
)

// Bounds of a PKCS #12 file: what browsers, tokens and CAs export stays far
// below. The work of opening it grows with the iteration count it declares.
const (
	MaxPKCS12     = 1 << 20 // bytes
	maxIterations = 5_000_000
	maxDepth      = 32
)

// PasswordError says that a PKCS #12 file cannot be opened with the password
// that was given.
type PasswordError struct{ Err error }

func (e *PasswordError) Error() string { return "PKCS #12: the password is wrong" }
func (e *PasswordError) Unwrap() error { return e.Err }

// ParsePKCS12 reads a key with its certificate and their issuers from a
// PKCS #12 file (RFC 7292). A wrong password gives a *PasswordError; anything
// that is not such a file with exactly one key gives another error. Check is
// left to the caller, who knows the time.
func ParsePKCS12(data []byte, password string) (*Identity, error) {
	if len(data) > MaxPKCS12 {
		return nil, fmt.Errorf("PKCS #12: %d bytes, more than %d", len(data), MaxPKCS12)
	}
	if err := boundIterations(data, 0); err != nil {
		return nil, err
	}
	key, cert, issuers, err := pkcs12.DecodeChain(data, password)
	if errors.Is(err, pkcs12.ErrIncorrectPassword) || errors.Is(err, pkcs12.ErrDecryption) {
		return nil, &PasswordError{err}
	}
	if err != nil {
		return nil, fmt.Errorf("PKCS #12: %w", err)
	}
	signer, ok := key.(crypto.Signer)
	if !ok {
		return nil, fmt.Errorf("PKCS #12: key %T cannot sign", key)
	}
	return &Identity{Key: signer, Certificate: cert, Chain: orderChain(cert, issuers)}, nil
}

// PKCS12 writes the identity as a password-protected PKCS #12 file, encrypted
// with PBES2, AES-256 and HMAC-SHA-256, which OpenSSL since 1.1.1 and the
// certificate stores of today read. The key must be one held in memory.
func (id *Identity) PKCS12(password string) ([]byte, error) {
	data, err := pkcs12.Modern2023.Encode(id.Key, id.Certificate, id.Chain, password)
	if err != nil {
		return nil, fmt.Errorf("PKCS #12: %w", err)
	}
	return data, nil
}

// boundIterations walks the DER of a PKCS #12 file, looking also into octet
// strings that hold DER, and refuses a key derivation that would take minutes:
// the iteration count is the integer that follows the salt, an octet string,
// in MacData (RFC 7292), pkcs-12PbeParams and PBKDF2-params (RFC 8018, A.2).
func boundIterations(der cryptobyte.String, depth int) error {
	if depth > maxDepth {
		return errors.New("PKCS #12: nested too deeply")
	}
	var salt bool
	for !der.Empty() {
		var el, body cryptobyte.String
		var tag casn1.Tag
		if !der.ReadAnyASN1Element(&el, &tag) {
			return nil // not DER after all: the real parser will say so
		}
		inner := el
		if tag == casn1.INTEGER && salt {
			n := new(big.Int)
			if !inner.ReadASN1Integer(n) || n.Cmp(big.NewInt(maxIterations)) > 0 {
				return fmt.Errorf("PKCS #12: more than %d iterations of key derivation", maxIterations)
			}
		}
		salt = tag == casn1.OCTET_STRING
		const constructed = 0x20
		if !inner.ReadAnyASN1(&body, &tag) || tag&constructed == 0 && !(salt && bytes.HasPrefix(body, []byte{0x30})) {
			continue
		}
		if err := boundIterations(body, depth+1); err != nil {
			return err
		}
	}
	return nil
}
