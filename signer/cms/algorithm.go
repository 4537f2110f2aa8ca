package cms

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	_ "crypto/sha1" // old signatures are still read and then judged too weak
	_ "crypto/sha256"
	_ "crypto/sha512"
	"crypto/x509"
	"encoding/asn1"
	"fmt"

	"golang.org/x/crypto/cryptobyte"
	casn1 "golang.org/x/crypto/cryptobyte/asn1"
)

var (
	oidSHA1        = asn1.ObjectIdentifier{1, 3, 14, 3, 2, 26}
	oidSHA256      = asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 1}
	oidSHA384      = asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 2}
	oidSHA512      = asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 3}
	oidRSA         = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 1}
	oidMGF1        = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 8}
	oidPSS         = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 10}
	oidRSASHA1     = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 5}
	oidRSASHA256   = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 11}
	oidRSASHA384   = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 12}
	oidRSASHA512   = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 13}
	oidECDSASHA1   = asn1.ObjectIdentifier{1, 2, 840, 10045, 4, 1}
	oidECDSASHA256 = asn1.ObjectIdentifier{1, 2, 840, 10045, 4, 3, 2}
	oidECDSASHA384 = asn1.ObjectIdentifier{1, 2, 840, 10045, 4, 3, 3}
	oidECDSASHA512 = asn1.ObjectIdentifier{1, 2, 840, 10045, 4, 3, 4}
	oidECPublicKey = asn1.ObjectIdentifier{1, 2, 840, 10045, 2, 1}
)

var hashOIDs = []struct {
	hash crypto.Hash
	oid  asn1.ObjectIdentifier
}{
	{crypto.SHA256, oidSHA256}, {crypto.SHA384, oidSHA384}, {crypto.SHA512, oidSHA512}, {crypto.SHA1, oidSHA1},
}

// Algorithm is an AlgorithmIdentifier; Parameters is the DER of its
// parameters, nil when absent.
type Algorithm struct {
	OID        asn1.ObjectIdentifier
	Parameters []byte
}

// Hash returns the hash function a names, 0 when it names none known here.
func (a Algorithm) Hash() crypto.Hash {
	for _, h := range hashOIDs {
		if a.OID.Equal(h.oid) {
			return h.hash
		}
	}
	return 0
}

func hashOID(h crypto.Hash) asn1.ObjectIdentifier {
	for _, e := range hashOIDs {
		if e.hash == h {
			return e.oid
		}
	}
	return nil
}

// Kind of signature algorithm.
type Kind uint8

// The kinds known.
const (
	RSAPKCS1v15 Kind = iota + 1 // RFC 8017, 8.2
	RSAPSS                      // RFC 8017, 8.1; parameters as in RFC 4056
	ECDSA                       // FIPS 186-5
)

func (k Kind) String() string {
	return [...]string{"unknown", "RSA", "RSA-PSS", "ECDSA"}[k]
}

// Scheme is a signature algorithm with its hash.
type Scheme struct {
	Kind Kind
	Hash crypto.Hash
	// Salt is the length of the PSS salt in bytes.
	Salt int
}

func (s Scheme) String() string { return s.Kind.String() + " " + s.Hash.String() }

var schemeOIDs = []struct {
	oid    asn1.ObjectIdentifier
	scheme Scheme
}{
	{oidRSASHA256, Scheme{Kind: RSAPKCS1v15, Hash: crypto.SHA256}},
	{oidRSASHA384, Scheme{Kind: RSAPKCS1v15, Hash: crypto.SHA384}},
	{oidRSASHA512, Scheme{Kind: RSAPKCS1v15, Hash: crypto.SHA512}},
	{oidRSASHA1, Scheme{Kind: RSAPKCS1v15, Hash: crypto.SHA1}},
	{oidECDSASHA256, Scheme{Kind: ECDSA, Hash: crypto.SHA256}},
	{oidECDSASHA384, Scheme{Kind: ECDSA, Hash: crypto.SHA384}},
	{oidECDSASHA512, Scheme{Kind: ECDSA, Hash: crypto.SHA512}},
	{oidECDSASHA1, Scheme{Kind: ECDSA, Hash: crypto.SHA1}},
}

// Scheme returns how the signer signed, or ErrAlgorithm.
func (s *SignerInfo) Scheme() (Scheme, error) {
	a := s.SignatureAlgorithm
	for _, e := range schemeOIDs {
		if a.OID.Equal(e.oid) {
			return e.scheme, nil
		}
	}
	switch {
	case a.OID.Equal(oidPSS):
		return parsePSS(a.Parameters)
	case s.Digest == 0:
	case a.OID.Equal(oidRSA): // RFC 3370, 3.2: the hash is the digest algorithm's
		return Scheme{Kind: RSAPKCS1v15, Hash: s.Digest}, nil
	case a.OID.Equal(oidECPublicKey): // written so by some old signers
		return Scheme{Kind: ECDSA, Hash: s.Digest}, nil
	}
	return Scheme{}, fmt.Errorf("%w: signature algorithm %v", ErrAlgorithm, a.OID)
}

// parsePSS reads RSASSA-PSS-params (RFC 4055, 3.1). The mask generation
// function must use the hash of the signature.
func parsePSS(der []byte) (Scheme, error) {
	bad := func(what string) (Scheme, error) {
		return Scheme{}, fmt.Errorf("%w: RSASSA-PSS %s", ErrAlgorithm, what)
	}
	var seq, field cryptobyte.String
	in := cryptobyte.String(der)
	if !in.ReadASN1(&seq, casn1.SEQUENCE) || !in.Empty() {
		return bad("parameters missing or malformed")
	}
	s, mgf, trailer := Scheme{Kind: RSAPSS, Hash: crypto.SHA1, Salt: 20}, crypto.SHA1, 1
	var present bool
	explicit := func(n uint8) bool {
		field = nil
		return seq.ReadOptionalASN1(&field, &present, casn1.Tag(n).Constructed().ContextSpecific())
	}
	if !explicit(0) {
		return bad("hash malformed")
	} else if present {
		a, ok := readAlgorithm(&field)
		if !ok || !field.Empty() {
			return bad("hash malformed")
		}
		s.Hash = a.Hash()
	}
	if !explicit(1) {
		return bad("mask generation malformed")
	} else if present {
		a, ok := readAlgorithm(&field)
		if !ok || !field.Empty() || !a.OID.Equal(oidMGF1) {
			return bad("mask generation malformed")
		}
		p := cryptobyte.String(a.Parameters)
		h, ok := readAlgorithm(&p)
		if !ok || !p.Empty() {
			return bad("mask generation malformed")
		}
		mgf = h.Hash()
	}
	if !explicit(2) || present && (!field.ReadASN1Integer(&s.Salt) || !field.Empty()) {
		return bad("salt length malformed")
	}
	if !explicit(3) || present && (!field.ReadASN1Integer(&trailer) || !field.Empty()) || trailer != 1 || !seq.Empty() {
		return bad("trailer field malformed")
	}
	if s.Hash == 0 || mgf != s.Hash {
		return bad("hash functions not supported")
	}
	if s.Salt < 0 || s.Salt > 512 {
		return bad("salt length out of range")
	}
	return s, nil
}

// maxRSABits bounds the work that a hostile certificate can ask for.
const maxRSABits = 16384

// Verify checks sig over digest, which was made with s.Hash.
func (s Scheme) Verify(pub crypto.PublicKey, digest, sig []byte) error {
	if !s.Hash.Available() || len(digest) != s.Hash.Size() {
		return fmt.Errorf("%w: digest of %d bytes for %v", ErrAlgorithm, len(digest), s)
	}
	var err error
	switch k := pub.(type) {
	case *rsa.PublicKey:
		if k.N.BitLen() > maxRSABits {
			return fmt.Errorf("%w: RSA with %d bits", ErrAlgorithm, k.N.BitLen())
		}
		switch s.Kind {
		case RSAPKCS1v15:
			err = rsa.VerifyPKCS1v15(k, s.Hash, digest, sig)
		case RSAPSS:
			salt := s.Salt
			if salt == 0 { // crypto/rsa has no way to ask for exactly none
				salt = rsa.PSSSaltLengthAuto
			}
			err = rsa.VerifyPSS(k, s.Hash, digest, sig, &rsa.PSSOptions{SaltLength: salt, Hash: s.Hash})
		default:
			return fmt.Errorf("%w: %v with an RSA key", ErrAlgorithm, s.Kind)
		}
	case *ecdsa.PublicKey:
		if s.Kind != ECDSA {
			return fmt.Errorf("%w: %v with an ECDSA key", ErrAlgorithm, s.Kind)
		}
		if !ecdsa.VerifyASN1(k, digest, sig) {
			err = ErrSignature
		}
	default:
		return fmt.Errorf("%w: key %T", ErrAlgorithm, pub)
	}
	if err != nil {
		return ErrSignature
	}
	return nil
}

// PublicKey returns the key of a certificate, also that of one restricted to
// RSASSA-PSS (id-RSASSA-PSS as key algorithm), which crypto/x509 leaves out.
func PublicKey(c *x509.Certificate) (crypto.PublicKey, error) {
	if c.PublicKey != nil {
		return c.PublicKey, nil
	}
	var spki struct {
		Algorithm struct {
			OID        asn1.ObjectIdentifier
			Parameters asn1.RawValue `asn1:"optional"`
		}
		Key asn1.BitString
	}
	if rest, err := asn1.Unmarshal(c.RawSubjectPublicKeyInfo, &spki); err != nil || len(rest) > 0 || !spki.Algorithm.OID.Equal(oidPSS) {
		return nil, fmt.Errorf("%w: public key of the certificate", ErrAlgorithm)
	}
	k, err := x509.ParsePKCS1PublicKey(spki.Key.RightAlign())
	if err != nil {
		return nil, fmt.Errorf("%w: public key of the certificate: %v", ErrAlgorithm, err)
	}
	return k, nil
}

// readAlgorithm reads an AlgorithmIdentifier.
func readAlgorithm(in *cryptobyte.String) (Algorithm, bool) {
	var seq cryptobyte.String
	var a Algorithm
	if !in.ReadASN1(&seq, casn1.SEQUENCE) || !seq.ReadASN1ObjectIdentifier(&a.OID) {
		return a, false
	}
	if !seq.Empty() {
		var p cryptobyte.String
		var tag casn1.Tag
		if !seq.ReadAnyASN1Element(&p, &tag) || !seq.Empty() {
			return a, false
		}
		a.Parameters = p
	}
	return a, true
}

var derNull = []byte{5, 0}

func isNullOrAbsent(p []byte) bool { return p == nil || bytes.Equal(p, derNull) }
