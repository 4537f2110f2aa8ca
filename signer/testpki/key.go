package testpki

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"fmt"
	"io"
	"math/big"
)

// KeyKind is a kind of signing key.
type KeyKind uint8

// The kinds that Issue makes. RSA1024 is for the test that it is refused.
const (
	RSA2048 KeyKind = iota
	RSA3072
	P256
	P384
	RSA1024
)

func (k KeyKind) String() string {
	return [...]string{"RSA-2048", "RSA-3072", "P-256", "P-384", "RSA-1024"}[k]
}

func (k KeyKind) bits() int { return [...]int{2048, 3072, 256, 384, 1024}[k] }

func (p *PKI) generate(kind KeyKind) (crypto.Signer, error) {
	var key crypto.Signer
	var err error
	switch kind {
	case P256, P384:
		curve := elliptic.P256()
		if kind == P384 {
			curve = elliptic.P384()
		}
		if p.opt.Rand == nil {
			key, err = ecdsa.GenerateKey(curve, rand.Reader)
		} else {
			key, err = repeatableECDSA(p.opt.Rand, curve)
		}
	default:
		if p.opt.Rand == nil {
			key, err = rsa.GenerateKey(rand.Reader, kind.bits())
		} else {
			key, err = repeatableRSA(p.opt.Rand, kind.bits())
		}
	}
	if err != nil {
		return nil, fmt.Errorf("test PKI: %v key: %w", kind, err)
	}
	return key, nil
}

// repeatableRSA makes the same key from the same source, which crypto/rsa no
// longer does since Go 1.26. For tests: the primes are not spread evenly.
func repeatableRSA(source io.Reader, bits int) (*rsa.PrivateKey, error) {
	one, e := big.NewInt(1), big.NewInt(65537)
	for {
		p, err := prime(source, bits/2)
		if err != nil {
			return nil, err
		}
		q, err := prime(source, bits/2)
		if err != nil {
			return nil, err
		}
		n := new(big.Int).Mul(p, q)
		phi := new(big.Int).Mul(new(big.Int).Sub(p, one), new(big.Int).Sub(q, one))
		d := new(big.Int).ModInverse(e, phi)
		if d == nil || n.BitLen() != bits || p.Cmp(q) == 0 {
			continue
		}
		key := &rsa.PrivateKey{PublicKey: rsa.PublicKey{N: n, E: 65537}, D: d, Primes: []*big.Int{p, q}}
		key.Precompute()
		return key, key.Validate()
	}
}

// prime is the first prime from a random odd number on whose two top bits are
// set, so that the product of two has the full length.
func prime(source io.Reader, bits int) (*big.Int, error) {
	b := make([]byte, bits/8)
	if _, err := io.ReadFull(source, b); err != nil {
		return nil, err
	}
	b[0] |= 0xc0
	b[len(b)-1] |= 1
	two := big.NewInt(2)
	p := new(big.Int).SetBytes(b)
	for !p.ProbablyPrime(20) {
		p.Add(p, two)
	}
	return p, nil
}

func repeatableECDSA(source io.Reader, curve elliptic.Curve) (*ecdsa.PrivateKey, error) {
	b := make([]byte, (curve.Params().BitSize+7)/8)
	for range 100 {
		if _, err := io.ReadFull(source, b); err != nil {
			return nil, err
		}
		if key, err := ecdsa.ParseRawPrivateKey(curve, b); err == nil {
			return key, nil
		}
	}
	return nil, fmt.Errorf("no scalar below the order of %s", curve.Params().Name)
}
