package cms

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/asn1"
	"errors"
	"fmt"
	"slices"
	"time"

	"golang.org/x/crypto/cryptobyte"
	casn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// SchemeFor returns how a key signs: RSA with SHA-256, by PKCS #1 v1.5 or by
// PSS with a salt as long as the hash; ECDSA P-256 with SHA-256 and P-384 with
// SHA-384 (ETSI TS 119 312, 8). Other keys give ErrAlgorithm.
func SchemeFor(pub crypto.PublicKey, pss bool) (Scheme, error) {
	switch k := pub.(type) {
	case *rsa.PublicKey:
		if pss {
			return Scheme{Kind: RSAPSS, Hash: crypto.SHA256, Salt: sha256.Size}, nil
		}
		return Scheme{Kind: RSAPKCS1v15, Hash: crypto.SHA256}, nil
	case *ecdsa.PublicKey:
		switch k.Curve {
		case elliptic.P256():
			return Scheme{Kind: ECDSA, Hash: crypto.SHA256}, nil
		case elliptic.P384():
			return Scheme{Kind: ECDSA, Hash: crypto.SHA384}, nil
		}
	}
	return Scheme{}, fmt.Errorf("%w: key %T for signing", ErrAlgorithm, pub)
}

// Template holds what the signatures of one certificate share. It is safe for
// use by many goroutines.
//
// Signing takes three steps, so that the key may be elsewhere (a smart card, a
// remote service): Attributes gives the bytes to sign, something signs them
// with the key, Assemble makes the SignedData.
type Template struct {
	Scheme Scheme
	cert   *x509.Certificate
	pub    crypto.PublicKey

	certificates []byte // [0] IMPLICIT CertificateSet
	sid          []byte // IssuerAndSerialNumber
	signingCert  []byte // attribute signing-certificate-v2
	digestAlg    []byte
	sigAlg       []byte
}

// NewTemplate prepares signatures by cert. The chain goes into the SignedData
// beside it, in any order and without cert itself.
func NewTemplate(cert *x509.Certificate, chain []*x509.Certificate, scheme Scheme) (*Template, error) {
	pub, err := PublicKey(cert)
	if err != nil {
		return nil, err
	}
	t := &Template{Scheme: scheme, cert: cert, pub: pub}
	if len(chain)+1 > maxCertificates {
		return nil, errors.New("cms: chain too long")
	}
	raws := [][]byte{cert.Raw}
	for _, c := range chain {
		raws = append(raws, c.Raw)
	}
	slices.SortFunc(raws, bytes.Compare) // a SET OF in DER
	t.certificates = build(func(b *cryptobyte.Builder) {
		b.AddASN1(contextTag(0), func(b *cryptobyte.Builder) {
			for _, r := range slices.CompactFunc(raws, bytes.Equal) {
				b.AddBytes(r)
			}
		})
	})
	t.sid = build(func(b *cryptobyte.Builder) {
		b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
			b.AddBytes(cert.RawIssuer)
			b.AddASN1BigInt(cert.SerialNumber)
		})
	})
	t.signingCert = attribute(OIDSigningCertificateV2, signingCertificateV2(cert))
	t.digestAlg = build(func(b *cryptobyte.Builder) { addAlgorithm(b, hashOID(scheme.Hash), nil) })
	if t.sigAlg = scheme.algorithm(); t.sigAlg == nil {
		return nil, fmt.Errorf("%w: %v", ErrAlgorithm, scheme)
	}
	return t, nil
}

// algorithm is the DER AlgorithmIdentifier of s, nil if there is none.
func (s Scheme) algorithm() []byte {
	if s.Kind == RSAPSS { // RFC 4055, 3.1: hash and MGF1 hash with NULL parameters
		if hashOID(s.Hash) == nil {
			return nil
		}
		hash := func(b *cryptobyte.Builder) { addAlgorithm(b, hashOID(s.Hash), derNull) }
		return build(func(b *cryptobyte.Builder) {
			addAlgorithm(b, oidPSS, build(func(b *cryptobyte.Builder) {
				b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
					b.AddASN1(contextTag(0), hash)
					b.AddASN1(contextTag(1), func(b *cryptobyte.Builder) { addAlgorithm(b, oidMGF1, build(hash)) })
					b.AddASN1(contextTag(2), func(b *cryptobyte.Builder) { b.AddASN1Int64(int64(s.Salt)) })
				})
			}))
		})
	}
	for _, e := range schemeOIDs {
		if e.scheme != s {
			continue
		}
		return build(func(b *cryptobyte.Builder) {
			if s.Kind == RSAPKCS1v15 { // RFC 3370, 3.2: NULL; RFC 5754, 3.3: absent for ECDSA
				addAlgorithm(b, e.oid, derNull)
			} else {
				addAlgorithm(b, e.oid, nil)
			}
		})
	}
	return nil
}

// Attributes returns the signed attributes of a signature over content of the
// given type whose digest, by t.Scheme.Hash, is digest: the DER SET OF that is
// signed. The signing time is left out when it is zero, as PAdES wants it
// (EN 319 142-1, 6.3: the time is in the signature dictionary).
func (t *Template) Attributes(contentType asn1.ObjectIdentifier, digest []byte, signingTime time.Time) ([]byte, error) {
	if len(digest) != t.Scheme.Hash.Size() {
		return nil, fmt.Errorf("%w: digest of %d bytes for %v", ErrAlgorithm, len(digest), t.Scheme.Hash)
	}
	attrs := [][]byte{
		attribute(OIDContentType, build(func(b *cryptobyte.Builder) { b.AddASN1ObjectIdentifier(contentType) })),
		attribute(OIDMessageDigest, build(func(b *cryptobyte.Builder) { b.AddASN1OctetString(digest) })),
		t.signingCert,
	}
	if !signingTime.IsZero() {
		attrs = append(attrs, attribute(OIDSigningTime, marshal(signingTime.UTC())))
	}
	slices.SortFunc(attrs, bytes.Compare)
	return build(func(b *cryptobyte.Builder) {
		b.AddASN1(casn1.SET, func(b *cryptobyte.Builder) {
			for _, a := range attrs {
				b.AddBytes(a)
			}
		})
	}), nil
}

// Sign signs attributes with key. The result is checked against the public key
// of the certificate, so that a wrong key, a faulty device or a bit error never
// makes a signature that others find out to be bad.
func (t *Template) Sign(key crypto.Signer, attributes []byte) ([]byte, error) {
	h := t.Scheme.Hash.New()
	h.Write(attributes)
	digest := h.Sum(nil)
	var opts crypto.SignerOpts = t.Scheme.Hash
	if t.Scheme.Kind == RSAPSS {
		opts = &rsa.PSSOptions{SaltLength: t.Scheme.Salt, Hash: t.Scheme.Hash}
	}
	sig, err := key.Sign(rand.Reader, digest, opts)
	if err != nil {
		return nil, fmt.Errorf("cms: sign: %w", err)
	}
	if k, ok := key.(*rsa.PrivateKey); ok && k.PublicKey.Equal(t.pub) {
		// crypto/rsa has raised its result to the public exponent already, and
		// returns none that does not give the digest back.
		return sig, nil
	}
	if err := t.Scheme.Verify(t.pub, digest, sig); err != nil {
		return nil, fmt.Errorf("cms: signature made does not fit the certificate: %w", err)
	}
	return sig, nil
}

// Assemble makes the SignedData from what Attributes returned, its signature
// and, if any, unsigned attributes. Content is nil for a detached signature.
func (t *Template) Assemble(contentType asn1.ObjectIdentifier, content, attributes, signature []byte, unsigned ...Attribute) []byte {
	version := int64(1)
	if !contentType.Equal(OIDData) {
		version = 3 // RFC 5652, 5.1
	}
	return build(func(b *cryptobyte.Builder) {
		b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
			b.AddASN1ObjectIdentifier(OIDSignedData)
			b.AddASN1(contextTag(0), func(b *cryptobyte.Builder) {
				b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
					b.AddASN1Int64(version)
					b.AddASN1(casn1.SET, func(b *cryptobyte.Builder) { b.AddBytes(t.digestAlg) })
					b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
						b.AddASN1ObjectIdentifier(contentType)
						if content != nil {
							b.AddASN1(contextTag(0), func(b *cryptobyte.Builder) { b.AddASN1OctetString(content) })
						}
					})
					b.AddBytes(t.certificates)
					b.AddASN1(casn1.SET, func(b *cryptobyte.Builder) { t.addSigner(b, attributes, signature, unsigned) })
				})
			})
		})
	})
}

func (t *Template) addSigner(b *cryptobyte.Builder, attributes, signature []byte, unsigned []Attribute) {
	b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1Int64(1)
		b.AddBytes(t.sid)
		b.AddBytes(t.digestAlg)
		b.AddUint8(uint8(contextTag(0))) // [0] IMPLICIT in place of SET OF
		b.AddBytes(attributes[1:])
		b.AddBytes(t.sigAlg)
		b.AddASN1OctetString(signature)
		if len(unsigned) == 0 {
			return
		}
		encoded := make([][]byte, 0, len(unsigned))
		for _, a := range unsigned {
			encoded = append(encoded, attribute(a.Type, a.Values...))
		}
		slices.SortFunc(encoded, bytes.Compare)
		b.AddASN1(contextTag(1), func(b *cryptobyte.Builder) {
			for _, e := range encoded {
				b.AddBytes(e)
			}
		})
	})
}

// Size is an upper bound, in bytes, of a detached SignedData by this template
// without unsigned attributes.
func (t *Template) Size() int {
	sig := 512
	switch k := t.pub.(type) {
	case *rsa.PublicKey:
		sig = k.Size()
	case *ecdsa.PublicKey:
		sig = 2*(k.Curve.Params().BitSize/8+2) + 8
	}
	// 96 for the object identifiers, versions and headers of the envelope,
	// 128 for the attributes beside signing-certificate-v2.
	return len(t.certificates) + len(t.sid) + len(t.signingCert) + 2*len(t.digestAlg) + len(t.sigAlg) + sig + t.Scheme.Hash.Size() + 96 + 128
}

// Detached signs digest in one call: a SignedData over detached id-data.
func (t *Template) Detached(key crypto.Signer, digest []byte, signingTime time.Time) ([]byte, error) {
	attributes, err := t.Attributes(OIDData, digest, signingTime)
	if err != nil {
		return nil, err
	}
	sig, err := t.Sign(key, attributes)
	if err != nil {
		return nil, err
	}
	return t.Assemble(OIDData, nil, attributes, sig), nil
}

// signingCertificateV2 is the SigningCertificateV2 naming cert with SHA-256
// (the default hash, hence absent in DER) and its issuer and serial number
// (RFC 5035, 3).
func signingCertificateV2(cert *x509.Certificate) []byte {
	sum := sha256.Sum256(cert.Raw)
	return build(func(b *cryptobyte.Builder) {
		b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
			b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
				b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
					b.AddASN1OctetString(sum[:])
					b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
						b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
							b.AddASN1(contextTag(4), func(b *cryptobyte.Builder) { b.AddBytes(cert.RawIssuer) })
						})
						b.AddASN1BigInt(cert.SerialNumber)
					})
				})
			})
		})
	})
}

func attribute(oid asn1.ObjectIdentifier, values ...[]byte) []byte {
	return build(func(b *cryptobyte.Builder) {
		b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
			b.AddASN1ObjectIdentifier(oid)
			b.AddASN1(casn1.SET, func(b *cryptobyte.Builder) {
				for _, v := range values {
					b.AddBytes(v)
				}
			})
		})
	})
}

func addAlgorithm(b *cryptobyte.Builder, oid asn1.ObjectIdentifier, params []byte) {
	b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1ObjectIdentifier(oid)
		b.AddBytes(params)
	})
}

// build runs f on a fresh builder. The builders here are given well-formed
// values only, so an error is a mistake in this package.
func build(f func(*cryptobyte.Builder)) []byte {
	b := cryptobyte.NewBuilder(nil)
	f(b)
	der, err := b.Bytes()
	if err != nil {
		panic("cms: build: " + err.Error())
	}
	return der
}
