// Package tsp speaks the Time-Stamp Protocol (RFC 3161): the messages of both
// sides, and a client with bounds on time and size. It checks that a token
// answers the question asked and is signed by the certificate it carries;
// whether that certificate can be trusted is for the verifier to say.
//
// The timestamp library that pdfsign brings along is not used: it accepts any
// size of answer and goes by a global HTTP client.
package tsp

import (
	"bytes"
	"crypto"
	"crypto/subtle"
	"encoding/asn1"
	"errors"
	"fmt"
	"math/big"
	"time"

	"golang.org/x/crypto/cryptobyte"
	casn1 "golang.org/x/crypto/cryptobyte/asn1"

	"antin/signer/cms"
)

// ErrMalformed is wrapped by errors about messages that cannot be read.
var ErrMalformed = errors.New("tsp: malformed message")

// ErrMismatch is wrapped by errors about tokens that do not answer the request.
var ErrMismatch = errors.New("tsp: the token does not answer the request")

// StatusError is the refusal of a time-stamping authority (RFC 3161, 2.4.2).
type StatusError struct {
	Status int    // 2 rejection, 3 waiting, 4 and 5 revocation
	Text   string // the authority's own words, may be empty
}

func (e *StatusError) Error() string {
	return fmt.Sprintf("tsp: the authority refused with status %d: %q", e.Status, e.Text)
}

var hashOIDs = map[crypto.Hash]asn1.ObjectIdentifier{
	crypto.SHA256: {2, 16, 840, 1, 101, 3, 4, 2, 1},
	crypto.SHA384: {2, 16, 840, 1, 101, 3, 4, 2, 2},
	crypto.SHA512: {2, 16, 840, 1, 101, 3, 4, 2, 3},
}

// Request is a TimeStampReq.
type Request struct {
	Hash   crypto.Hash // SHA-256, SHA-384 or SHA-512
	Digest []byte
	Nonce  *big.Int // nil for none
	// Certificates asks for the authority's certificate in the token.
	Certificates bool
}

// Marshal encodes the request.
func (r Request) Marshal() ([]byte, error) {
	oid := hashOIDs[r.Hash]
	if oid == nil || len(r.Digest) != r.Hash.Size() {
		return nil, fmt.Errorf("tsp: digest of %d bytes for %v", len(r.Digest), r.Hash)
	}
	b := cryptobyte.NewBuilder(nil)
	b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1Int64(1)
		addImprint(b, oid, r.Digest)
		if r.Nonce != nil {
			b.AddASN1BigInt(r.Nonce)
		}
		if r.Certificates {
			b.AddASN1Boolean(true)
		}
	})
	return b.Bytes()
}

func addImprint(b *cryptobyte.Builder, oid asn1.ObjectIdentifier, digest []byte) {
	b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
			b.AddASN1ObjectIdentifier(oid)
			b.AddASN1NULL()
		})
		b.AddASN1OctetString(digest)
	})
}

func readImprint(in *cryptobyte.String) (h crypto.Hash, digest []byte, ok bool) {
	var imprint, alg, sum cryptobyte.String
	var oid asn1.ObjectIdentifier
	if !in.ReadASN1(&imprint, casn1.SEQUENCE) || !imprint.ReadASN1(&alg, casn1.SEQUENCE) || !alg.ReadASN1ObjectIdentifier(&oid) ||
		!imprint.ReadASN1(&sum, casn1.OCTET_STRING) || !imprint.Empty() {
		return 0, nil, false
	}
	h = cms.Algorithm{OID: oid}.Hash()
	return h, sum, h != 0 && len(sum) == h.Size()
}

// ParseRequest decodes a TimeStampReq. Extensions and policies asked for are
// not supported.
func ParseRequest(der []byte) (Request, error) {
	in := cryptobyte.String(der)
	var seq cryptobyte.String
	var r Request
	var version int
	var ok bool
	if !in.ReadASN1(&seq, casn1.SEQUENCE) || !in.Empty() || !seq.ReadASN1Integer(&version) || version != 1 {
		return r, fmt.Errorf("%w: request", ErrMalformed)
	}
	if r.Hash, r.Digest, ok = readImprint(&seq); !ok {
		return r, fmt.Errorf("%w: message imprint", ErrMalformed)
	}
	if seq.PeekASN1Tag(casn1.INTEGER) {
		r.Nonce = new(big.Int)
		if !seq.ReadASN1Integer(r.Nonce) {
			return r, fmt.Errorf("%w: nonce", ErrMalformed)
		}
	}
	if seq.PeekASN1Tag(casn1.BOOLEAN) && !seq.ReadASN1Boolean(&r.Certificates) || !seq.Empty() {
		return r, fmt.Errorf("%w: request", ErrMalformed)
	}
	return r, nil
}

// Info is what a token states (TSTInfo).
type Info struct {
	Policy asn1.ObjectIdentifier
	Hash   crypto.Hash
	Digest []byte
	Serial *big.Int
	Time   time.Time
	Nonce  *big.Int // nil for none
}

// Marshal encodes the TSTInfo with an accuracy of one second.
func (i Info) Marshal() ([]byte, error) {
	oid := hashOIDs[i.Hash]
	if oid == nil {
		return nil, fmt.Errorf("tsp: hash %v", i.Hash)
	}
	b := cryptobyte.NewBuilder(nil)
	b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1Int64(1)
		b.AddASN1ObjectIdentifier(i.Policy)
		addImprint(b, oid, i.Digest)
		b.AddASN1BigInt(i.Serial)
		b.AddASN1GeneralizedTime(i.Time.UTC())
		b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) { b.AddASN1Int64(1) })
		if i.Nonce != nil {
			b.AddASN1BigInt(i.Nonce)
		}
	})
	return b.Bytes()
}

// ParseInfo decodes a TSTInfo, the content of a token.
func ParseInfo(der []byte) (Info, error) {
	in := cryptobyte.String(der)
	var seq, stamp cryptobyte.String
	var i Info
	var version int
	var ok bool
	if !in.ReadASN1(&seq, casn1.SEQUENCE) || !in.Empty() || !seq.ReadASN1Integer(&version) || version != 1 || !seq.ReadASN1ObjectIdentifier(&i.Policy) {
		return i, fmt.Errorf("%w: TSTInfo", ErrMalformed)
	}
	if i.Hash, i.Digest, ok = readImprint(&seq); !ok {
		return i, fmt.Errorf("%w: message imprint", ErrMalformed)
	}
	i.Serial = new(big.Int)
	if !seq.ReadASN1Integer(i.Serial) || !seq.ReadASN1(&stamp, casn1.GeneralizedTime) {
		return i, fmt.Errorf("%w: TSTInfo", ErrMalformed)
	}
	var err error
	// Fractions of a second are allowed here, unlike in certificates.
	if i.Time, err = time.Parse("20060102150405.999999999Z", string(stamp)); err != nil {
		return i, fmt.Errorf("%w: time %q", ErrMalformed, stamp)
	}
	for !seq.Empty() { // accuracy, ordering, nonce, tsa, extensions
		var el cryptobyte.String
		var tag casn1.Tag
		if !seq.ReadAnyASN1Element(&el, &tag) {
			return i, fmt.Errorf("%w: TSTInfo", ErrMalformed)
		}
		if tag == casn1.INTEGER {
			i.Nonce = new(big.Int)
			if !el.ReadASN1Integer(i.Nonce) {
				return i, fmt.Errorf("%w: nonce", ErrMalformed)
			}
		}
	}
	return i, nil
}

// MarshalResponse encodes a TimeStampResp that grants a token.
func MarshalResponse(token []byte) ([]byte, error) {
	b := cryptobyte.NewBuilder(nil)
	b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) { b.AddASN1Int64(0) })
		b.AddBytes(token)
	})
	return b.Bytes()
}

// MarshalRefusal encodes a TimeStampResp without a token.
func MarshalRefusal(e StatusError) ([]byte, error) {
	b := cryptobyte.NewBuilder(nil)
	b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
			b.AddASN1Int64(int64(e.Status))
			b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
				b.AddASN1(casn1.UTF8String, func(b *cryptobyte.Builder) { b.AddBytes([]byte(e.Text)) })
			})
		})
	})
	return b.Bytes()
}

// ParseResponse returns the token of a TimeStampResp, or a *StatusError.
func ParseResponse(der []byte) (token []byte, err error) {
	in := cryptobyte.String(der)
	var seq, status, texts cryptobyte.String
	var code int
	if !in.ReadASN1(&seq, casn1.SEQUENCE) || !in.Empty() || !seq.ReadASN1(&status, casn1.SEQUENCE) || !status.ReadASN1Integer(&code) {
		return nil, fmt.Errorf("%w: response", ErrMalformed)
	}
	if code != 0 && code != 1 { // granted, granted with modifications
		e := &StatusError{Status: code}
		if status.ReadASN1(&texts, casn1.SEQUENCE) {
			var text cryptobyte.String
			for texts.ReadASN1(&text, casn1.UTF8String) && len(e.Text) < 1000 {
				e.Text += string(bytes.ToValidUTF8(text[:min(len(text), 1000)], nil))
			}
		}
		return nil, e
	}
	var el cryptobyte.String
	if !seq.ReadASN1Element(&el, casn1.SEQUENCE) || !seq.Empty() {
		return nil, fmt.Errorf("%w: response without token", ErrMalformed)
	}
	return el, nil
}

// Check reads a token and checks that it answers r and is signed with the key
// of the certificate it carries.
func (r Request) Check(token []byte) (Info, error) {
	sd, err := cms.Parse(token)
	if err != nil {
		return Info{}, err
	}
	if !sd.ContentType.Equal(cms.OIDTSTInfo) || sd.Content == nil || len(sd.Signers) != 1 {
		return Info{}, fmt.Errorf("%w: not a time-stamp token", ErrMalformed)
	}
	info, err := ParseInfo(sd.Content)
	if err != nil {
		return Info{}, err
	}
	if info.Hash != r.Hash || subtle.ConstantTimeCompare(info.Digest, r.Digest) != 1 {
		return Info{}, fmt.Errorf("%w: other digest", ErrMismatch)
	}
	if r.Nonce != nil && (info.Nonce == nil || info.Nonce.Cmp(r.Nonce) != 0) {
		return Info{}, fmt.Errorf("%w: other nonce", ErrMismatch)
	}
	s := &sd.Signers[0]
	cert := sd.Certificate(s)
	if cert == nil {
		return Info{}, fmt.Errorf("%w: the authority's certificate is missing", ErrMismatch)
	}
	if !s.Digest.Available() {
		return Info{}, fmt.Errorf("%w: digest algorithm %v", cms.ErrAlgorithm, s.DigestAlgorithm.OID)
	}
	h := s.Digest.New()
	h.Write(sd.Content)
	sum := h.Sum(nil)
	if err := s.CheckContent(sum, cms.OIDTSTInfo); err != nil {
		return Info{}, err
	}
	if err := s.CheckSignature(cert, sum); err != nil {
		return Info{}, err
	}
	return info, nil
}
