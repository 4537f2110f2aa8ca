// Package cms builds and parses the SignedData of the Cryptographic Message
// Syntax (RFC 5652) as signatures of PDF documents need it: one signer when
// building, the attributes of PAdES baseline B-B (ETSI EN 319 142-1, clause 6),
// everything a verifier has to look at when parsing.
//
// go.mozilla.org/pkcs7 does not sign here: it knows neither the
// signing-certificate-v2 attribute that PAdES demands nor RSASSA-PSS, and it
// always adds a signing-time, which PAdES forbids. The tests use it as an
// outside reader of what this package builds.
package cms

import (
	"bytes"
	"crypto"
	"crypto/sha256"
	"crypto/x509"
	"encoding/asn1"
	"errors"
	"fmt"
	"math/big"
	"time"
)

// Object identifiers of RFC 5652, RFC 5035, RFC 3161 and the Adobe extension
// of ISO 32000-1, 12.8.3.3.2.
var (
	OIDData       = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 1}
	OIDSignedData = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 2}
	OIDTSTInfo    = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 1, 4}

	OIDContentType          = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 3}
	OIDMessageDigest        = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 4}
	OIDSigningTime          = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 5}
	OIDSigningCertificate   = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 2, 12}
	OIDSigningCertificateV2 = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 2, 47}
	OIDSignatureTimestamp   = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 2, 14}
	OIDRevocationArchival   = asn1.ObjectIdentifier{1, 2, 840, 113583, 1, 1, 8}

	oidOCSPResponse = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 16, 2} // RFC 5940
	oidOCSPBasic    = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 48, 1, 1}
)

// SignedData is a parsed SignedData. Its byte slices point into the parsed
// input, which therefore must not be changed afterwards.
type SignedData struct {
	Version int
	// DigestAlgorithms are the declared ones; each signer names its own.
	DigestAlgorithms []Algorithm
	// ContentType of the encapsulated content: OIDData for a PDF signature,
	// OIDTSTInfo for a time-stamp token.
	ContentType asn1.ObjectIdentifier
	// Content is the encapsulated content, nil when the signature is detached.
	Content []byte
	// RawCertificates are all X.509 certificates of the set as DER;
	// Certificates those of them that crypto/x509 can read, in the same order.
	RawCertificates [][]byte
	Certificates    []*x509.Certificate
	// CRLs are DER CertificateLists, OCSP DER BasicOCSPResponses of the set.
	CRLs, OCSP [][]byte
	// Signers is never empty.
	Signers []SignerInfo
}

// SignerInfo is one signer of a SignedData.
type SignerInfo struct {
	Version int
	// RawIssuer and Serial name the certificate, or SubjectKeyID does.
	RawIssuer    []byte
	Serial       *big.Int
	SubjectKeyID []byte
	// Digest is the hash of the content; 0 when the algorithm is unknown.
	Digest             crypto.Hash
	DigestAlgorithm    Algorithm
	SignatureAlgorithm Algorithm
	Signature          []byte
	// RawSignedAttributes are the signed attributes as they were hashed: with
	// the tag SET OF (RFC 5652, 5.4). Nil when the signer has none.
	RawSignedAttributes []byte
	SignedAttributes    []Attribute
	UnsignedAttributes  []Attribute
	// Sorted says that the signed attributes stand in DER order.
	Sorted bool
}

// Attribute is a CMS attribute; Values are the DER encodings of its values.
type Attribute struct {
	Type   asn1.ObjectIdentifier
	Values [][]byte
}

// Errors of the checks that a verifier reports apart.
var (
	// ErrDigest: the content is not the one that was signed.
	ErrDigest = errors.New("cms: the content does not match the signed digest")
	// ErrSignature: the signature value does not fit key and signed data.
	ErrSignature = errors.New("cms: the signature value is wrong")
	// ErrAlgorithm: an algorithm this package does not know, or one that does
	// not fit the key.
	ErrAlgorithm = errors.New("cms: unsupported algorithm")
	// ErrAttribute: a required attribute is missing, repeated or malformed.
	ErrAttribute = errors.New("cms: bad attribute")
)

// Certificate returns the certificate of the set that s names, or nil.
func (sd *SignedData) Certificate(s *SignerInfo) *x509.Certificate {
	for _, c := range sd.Certificates {
		if s.Names(c) {
			return c
		}
	}
	return nil
}

// Names reports whether the signer identifier of s is that of c.
func (s *SignerInfo) Names(c *x509.Certificate) bool {
	if s.Serial == nil {
		return len(s.SubjectKeyID) > 0 && bytes.Equal(s.SubjectKeyID, c.SubjectKeyId)
	}
	return s.Serial.Cmp(c.SerialNumber) == 0 && bytes.Equal(s.RawIssuer, c.RawIssuer)
}

// Signed returns the single value of a signed attribute, nil if it is absent.
func (s *SignerInfo) Signed(oid asn1.ObjectIdentifier) []byte {
	for _, a := range s.SignedAttributes {
		if a.Type.Equal(oid) && len(a.Values) == 1 {
			return a.Values[0]
		}
	}
	return nil
}

// Unsigned returns all values of an unsigned attribute.
func (s *SignerInfo) Unsigned(oid asn1.ObjectIdentifier) (values [][]byte) {
	for _, a := range s.UnsignedAttributes {
		if a.Type.Equal(oid) {
			values = append(values, a.Values...)
		}
	}
	return values
}

// Timestamps returns the signature time-stamp tokens (RFC 3161, appendix A):
// each is a SignedData over the digest of s.Signature, to be read with Parse.
func (s *SignerInfo) Timestamps() [][]byte { return s.Unsigned(OIDSignatureTimestamp) }

// CheckContent compares the digest of the content, computed with s.Digest,
// with the messageDigest attribute, and the contentType attribute with want.
// Without signed attributes there is nothing to compare and CheckSignature
// alone decides. It returns ErrDigest or ErrAttribute.
func (s *SignerInfo) CheckContent(digest []byte, want asn1.ObjectIdentifier) error {
	if s.RawSignedAttributes == nil {
		return nil
	}
	var oid asn1.ObjectIdentifier
	if rest, err := asn1.Unmarshal(s.Signed(OIDContentType), &oid); err != nil || len(rest) > 0 || !oid.Equal(want) {
		return fmt.Errorf("%w: contentType is not %v", ErrAttribute, want)
	}
	md, err := s.MessageDigest()
	if err != nil {
		return err
	}
	if !bytes.Equal(md, digest) {
		return ErrDigest
	}
	return nil
}

// MessageDigest returns the value of the messageDigest attribute.
func (s *SignerInfo) MessageDigest() ([]byte, error) {
	var md []byte
	if rest, err := asn1.Unmarshal(s.Signed(OIDMessageDigest), &md); err != nil || len(rest) > 0 {
		return nil, fmt.Errorf("%w: messageDigest missing or malformed", ErrAttribute)
	}
	return md, nil
}

// SigningTime returns the signing-time attribute; ok is false without one.
func (s *SignerInfo) SigningTime() (t time.Time, ok bool, err error) {
	v := s.Signed(OIDSigningTime)
	if v == nil {
		return time.Time{}, false, nil
	}
	if rest, err := asn1.Unmarshal(v, &t); err != nil || len(rest) > 0 {
		return time.Time{}, true, fmt.Errorf("%w: signing-time malformed", ErrAttribute)
	}
	return t, true, nil
}

// CertID is one certificate named by a signing-certificate attribute.
type CertID struct {
	Hash     crypto.Hash // 0 when unknown
	CertHash []byte
	// RawIssuer (DER Name) and Serial are nil when the attribute omits them.
	RawIssuer []byte
	Serial    *big.Int
}

// Matches reports whether c is the certificate named by id.
func (id CertID) Matches(c *x509.Certificate) bool {
	if !id.Hash.Available() {
		return false
	}
	var sum []byte
	if id.Hash == crypto.SHA256 {
		h := sha256.Sum256(c.Raw)
		sum = h[:]
	} else {
		h := id.Hash.New()
		h.Write(c.Raw)
		sum = h.Sum(nil)
	}
	if !bytes.Equal(sum, id.CertHash) {
		return false
	}
	return id.Serial == nil || id.Serial.Cmp(c.SerialNumber) == 0 && bytes.Equal(id.RawIssuer, c.RawIssuer)
}

// CheckSignature verifies the signature value with the key of cert: over the
// signed attributes or, when there are none, over contentDigest. It says
// nothing on whether cert may be trusted. It returns ErrSignature or
// ErrAlgorithm.
func (s *SignerInfo) CheckSignature(cert *x509.Certificate, contentDigest []byte) error {
	scheme, err := s.Scheme()
	if err != nil {
		return err
	}
	pub, err := PublicKey(cert)
	if err != nil {
		return err
	}
	digest := contentDigest
	if s.RawSignedAttributes != nil {
		h := scheme.Hash.New()
		h.Write(s.RawSignedAttributes)
		digest = h.Sum(nil)
	} else if scheme.Hash != s.Digest {
		return fmt.Errorf("%w: digest %v, signature over %v", ErrAlgorithm, s.Digest, scheme.Hash)
	}
	return scheme.Verify(pub, digest, s.Signature)
}
