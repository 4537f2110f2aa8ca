package issuance

import (
	"crypto"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"

	"antin/signer"
	"antin/signer/pkcs11"
)

// TokenEntry says where a key on a security module or token is. The program
// must be built with cgo to use it.
type TokenEntry struct {
	Module string `yaml:"module"` // path of the PKCS #11 library on the machine
	Token  string `yaml:"token"`  // label of the token
	Label  string `yaml:"label"`  // of the key
	// ID is the key's id in hexadecimal, where its label is not unique.
	ID string `yaml:"id,omitempty"`
	// PINFile holds the PIN of the token's user.
	PINFile string `yaml:"pin_file"`
	// Certificate is a PEM file: the signer's certificate, then its issuers.
	Certificate string `yaml:"certificate"`
}

// identity opens the key. Errors: *pkcs11.Error.
func (e *TokenEntry) identity(dir fs.FS) (*signer.Identity, error) {
	for name, value := range map[string]string{"module": e.Module, "token": e.Token, "label": e.Label, "pin_file": e.PINFile, "certificate": e.Certificate} {
		if value == "" {
			return nil, fmt.Errorf("pkcs11: %s is missing", name)
		}
	}
	id, err := hex.DecodeString(e.ID)
	if err != nil {
		return nil, errors.New("pkcs11: id is not hexadecimal")
	}
	pin, err := readBounded(dir, e.PINFile, 4096)
	if err != nil {
		return nil, err
	}
	certificates, err := readBounded(dir, e.Certificate, maxKeyBytes)
	if err != nil {
		return nil, err
	}
	conf := pkcs11.Config{Module: e.Module, Token: e.Token, Label: e.Label, PIN: trimNewline(pin)}
	if len(id) > 0 {
		conf.ID = id
	}
	out, err := signer.IdentityOf(certificates, func(pub crypto.PublicKey) (crypto.Signer, error) {
		conf.Public = pub
		return pkcs11.Open(conf)
	})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", e.Certificate, err)
	}
	return out, nil
}
