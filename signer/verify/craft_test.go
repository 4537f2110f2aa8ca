package verify_test

import (
	"bytes"
	"crypto"
	"crypto/rand"
	"crypto/sha1"
	"crypto/x509"
	"encoding/asn1"
	"fmt"
	"maps"
	"math/big"
	"slices"
	"sync"
	"time"

	"golang.org/x/crypto/cryptobyte"
	casn1 "golang.org/x/crypto/cryptobyte/asn1"
	"golang.org/x/crypto/ocsp"

	"antin/internal/pdf"
	"antin/signer"
	"antin/signer/cms"
	"antin/signer/testpki"
)

// craft is a SignedData as no honest signer makes it.
type craft struct {
	id       *signer.Identity
	hash     crypto.Hash // SHA-256
	noAttrs  bool
	noESS    bool
	essOf    *x509.Certificate
	typ      asn1.ObjectIdentifier // of the contentType attribute
	content  []byte                // encapsulated
	certs    []*x509.Certificate   // nil: the signer's and the chain
	signers  int
	noCerts  bool
	noDigest bool
	more     [][]byte // further signed attributes
}

func build(f func(b *cryptobyte.Builder)) []byte {
	var b cryptobyte.Builder
	f(&b)
	der, err := b.Bytes()
	must(err)
	return der
}

func ctx(n uint8) casn1.Tag { return casn1.Tag(n).Constructed().ContextSpecific() }

var (
	oidSHA1   = asn1.ObjectIdentifier{1, 3, 14, 3, 2, 26}
	oidSHA256 = asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 1}
	oidRSA    = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 1}
)

func algorithm(b *cryptobyte.Builder, oid asn1.ObjectIdentifier) {
	b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1ObjectIdentifier(oid)
		b.AddASN1NULL()
	})
}

func attr(oid asn1.ObjectIdentifier, value func(b *cryptobyte.Builder)) []byte {
	return build(func(b *cryptobyte.Builder) {
		b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
			b.AddASN1ObjectIdentifier(oid)
			b.AddASN1(casn1.SET, value)
		})
	})
}

// over makes the SignedData over a digest. The keys are RSA.
func (c craft) over(digest []byte) []byte {
	if c.hash == 0 {
		c.hash = crypto.SHA256
	}
	if c.typ == nil {
		c.typ = cms.OIDData
	}
	if c.essOf == nil {
		c.essOf = c.id.Certificate
	}
	if c.certs == nil && !c.noCerts {
		c.certs = append([]*x509.Certificate{c.id.Certificate}, c.id.Chain...)
	}
	oid := oidSHA256
	if c.hash == crypto.SHA1 {
		oid = oidSHA1
	}
	list := [][]byte{attr(cms.OIDContentType, func(b *cryptobyte.Builder) { b.AddASN1ObjectIdentifier(c.typ) })}
	if !c.noDigest {
		list = append(list, attr(cms.OIDMessageDigest, func(b *cryptobyte.Builder) { b.AddASN1OctetString(digest) }))
	}
	if !c.noESS {
		list = append(list, attr(cms.OIDSigningCertificateV2, func(b *cryptobyte.Builder) {
			b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
				b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
					b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) { b.AddASN1OctetString(sha(c.essOf.Raw)) })
				})
			})
		}))
	}
	list = append(list, c.more...)
	slices.SortFunc(list, bytes.Compare)
	attrs := build(func(b *cryptobyte.Builder) {
		b.AddASN1(casn1.SET, func(b *cryptobyte.Builder) { b.AddBytes(bytes.Join(list, nil)) })
	})
	toSign := digest
	if !c.noAttrs {
		h := c.hash.New()
		h.Write(attrs)
		toSign = h.Sum(nil)
	}
	value, err := c.id.Key.Sign(rand.Reader, toSign, c.hash)
	must(err)
	return build(func(b *cryptobyte.Builder) {
		b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
			b.AddASN1ObjectIdentifier(cms.OIDSignedData)
			b.AddASN1(ctx(0), func(b *cryptobyte.Builder) {
				b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
					b.AddASN1Int64(1)
					b.AddASN1(casn1.SET, func(b *cryptobyte.Builder) { algorithm(b, oid) })
					b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
						b.AddASN1ObjectIdentifier(cms.OIDData)
						if c.content != nil {
							b.AddASN1(ctx(0), func(b *cryptobyte.Builder) { b.AddASN1OctetString(c.content) })
						}
					})
					if len(c.certs) > 0 {
						b.AddASN1(ctx(0), func(b *cryptobyte.Builder) {
							for _, cert := range c.certs {
								b.AddBytes(cert.Raw)
							}
						})
					}
					b.AddASN1(casn1.SET, func(b *cryptobyte.Builder) {
						for range max(c.signers, 1) {
							b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
								b.AddASN1Int64(1)
								b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
									b.AddBytes(c.id.Certificate.RawIssuer)
									b.AddASN1BigInt(c.id.Certificate.SerialNumber)
								})
								algorithm(b, oid)
								if !c.noAttrs {
									b.AddUint8(0xa0)
									b.AddBytes(attrs[1:])
								}
								algorithm(b, oidRSA)
								b.AddASN1OctetString(value)
							})
						}
					})
				})
			})
		})
	})
}

// tsa is the time-stamping authority of the trusted PKI.
var tsa = sync.OnceValue(func() *signer.Identity {
	id, err := pki().Issue(testpki.Request{Name: "TSA trình diễn", Timestamping: true})
	must(err)
	return id
})

// tokenOver is an RFC 3161 token with the given message imprint (SHA-256).
func tokenOver(id *signer.Identity, imprint []byte, at time.Time) []byte {
	info := build(func(b *cryptobyte.Builder) {
		b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
			b.AddASN1Int64(1)
			b.AddASN1ObjectIdentifier(asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 13762, 3})
			b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
				algorithm(b, oidSHA256)
				b.AddASN1OctetString(imprint)
			})
			b.AddASN1BigInt(big.NewInt(at.Unix()))
			b.AddASN1GeneralizedTime(at.UTC())
		})
	})
	t := template(id)
	attrs, err := t.Attributes(cms.OIDTSTInfo, sha(info), time.Time{})
	must(err)
	value, err := t.Sign(id.Key, attrs)
	must(err)
	return t.Assemble(cms.OIDTSTInfo, info, attrs, value)
}

// stampAt gives tokens over signature values.
func stampAt(id *signer.Identity, at time.Time) func([]byte) []byte {
	return func(signature []byte) []byte { return tokenOver(id, sha(signature), at) }
}

// store adds a document security store with certificates, CRLs and OCSP
// responses, to an existing one if there is one.
func store(data []byte, certs []*x509.Certificate, crls, ocsps [][]byte) []byte {
	return update(data, func(f *pdf.File, u *pdf.Update) {
		c := dictAt(f, root(f))
		dss, err := f.Dict(c["DSS"])
		must(err)
		next := pdf.Dict{"Type": name("DSS")}
		for _, k := range []pdf.Name{"Certs", "CRLs", "OCSPs"} {
			list, err := f.Array(dss[k])
			must(err)
			next[k] = slices.Clone(list)
		}
		add := func(k pdf.Name, der []byte) pdf.Ref {
			r := u.Add(pdf.Deflate(pdf.Dict{}, der, 6))
			list, _ := next[k].(pdf.Array)
			next[k] = append(list, r)
			return r
		}
		vri := pdf.Array{}
		for _, x := range certs {
			vri = append(vri, add("Certs", x.Raw))
		}
		for _, l := range crls {
			add("CRLs", l)
		}
		for _, o := range ocsps {
			add("OCSPs", o)
		}
		if len(vri) > 0 {
			old, err := f.Dict(dss["VRI"])
			must(err)
			entries := maps.Clone(old)
			if entries == nil {
				entries = pdf.Dict{}
			}
			entries[pdf.Name(fmt.Sprintf("%X", sha1.Sum([]byte(vri[0].(pdf.Ref).String()))))] = pdf.Dict{"Cert": vri, "TU": pdf.Date(now)}
			next["VRI"] = u.Add(entries)
		}
		for k, v := range next {
			if a, ok := v.(pdf.Array); ok && len(a) == 0 {
				delete(next, k)
			}
		}
		c["DSS"] = u.Add(next)
		c["Extensions"] = pdf.Dict{"ESIC": pdf.Dict{"BaseVersion": name("1.7"), "ExtensionLevel": 2}}
		u.Set(root(f), c)
	})
}

// answer is an OCSP response of the issuing authority.
func answer(cert *x509.Certificate, status int, at, revoked time.Time) []byte {
	der, err := ocsp.CreateResponse(pki().CA.Certificate, pki().CA.Certificate, ocsp.Response{
		Status: status, SerialNumber: cert.SerialNumber, ThisUpdate: at, NextUpdate: at.AddDate(0, 0, 7), RevokedAt: revoked,
	}, pki().CA.Key)
	must(err)
	return der
}

// identity is another signer of the trusted PKI.
func identity(r testpki.Request) *signer.Identity {
	id, err := pki().Issue(r)
	must(err)
	return id
}
