package signer

import (
	"crypto"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
)

// maxPEM is the most certificates of a PEM file that leads from a signer to an
// anchor.
const maxPEM = 16

// ParseCertificates reads a PEM file of certificates, the signer's own first, and
// returns it with those of the rest that lead upwards from it, nearest first.
func ParseCertificates(data []byte) (own *x509.Certificate, chain []*x509.Certificate, err error) {
	var all []*x509.Certificate
	for len(all) < maxPEM {
		var block *pem.Block
		if block, data = pem.Decode(data); block == nil {
			break
		}
		if block.Type != "CERTIFICATE" {
			return nil, nil, fmt.Errorf("PEM: a block %q among the certificates", block.Type)
		}
		c, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, nil, fmt.Errorf("PEM: certificate %d: %w", len(all)+1, err)
		}
		all = append(all, c)
	}
	if len(all) == 0 {
		return nil, nil, errors.New("PEM: no certificate")
	}
	return all[0], orderChain(all[0], all[1:]), nil
}

// IdentityOf is the identity of a key kept elsewhere, with its certificates as
// PEM.
func IdentityOf(certificates []byte, open func(crypto.PublicKey) (crypto.Signer, error)) (*Identity, error) {
	own, chain, err := ParseCertificates(certificates)
	if err != nil {
		return nil, err
	}
	key, err := open(own.PublicKey)
	if err != nil {
		return nil, err
	}
	return &Identity{Key: key, Certificate: own, Chain: chain}, nil
}
