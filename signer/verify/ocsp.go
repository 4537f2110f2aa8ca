package verify

import (
	"bytes"
	"crypto"
	"crypto/x509"
	"encoding/asn1"
	"slices"
	"time"

	"golang.org/x/crypto/cryptobyte"
	casn1 "golang.org/x/crypto/cryptobyte/asn1"
	"golang.org/x/crypto/ocsp"
)

// fromOCSP reads a response about cert; ok is false when it is about another
// certificate or not to be believed (RFC 6960, 3.2).
func (e *evidence) fromOCSP(basic []byte, cert, issuer *x509.Certificate, at, now time.Time) (s revocationState, ok bool) {
	if !answerable(basic, issuer) {
		return s, false
	}
	r, err := ocsp.ParseResponseForCert(wrapOCSP(basic), cert, issuer)
	if err != nil || r.Certificate == nil && r.CheckSignatureFrom(issuer) != nil || !aboutCert(r, cert, issuer) {
		return s, false
	}
	if weakSignature(r.SignatureAlgorithm) || r.Certificate != nil && !r.Certificate.Equal(issuer) && !e.delegated(r, issuer, at, now) {
		return s, false
	}
	s = revocationState{known: true, source: "OCSP", issued: r.ThisUpdate}
	switch r.Status {
	case ocsp.Revoked:
		s.revoked, s.at, s.reason, s.hold = true, r.RevokedAt, r.RevocationReason, r.RevocationReason == 6
		return s, true
	case ocsp.Good:
		if !usable(r.ThisUpdate, r.NextUpdate, at, now) || r.ThisUpdate.After(cert.NotAfter) && !remembers(r, cert) {
			return revocationState{why: "stale"}, true
		}
		return s, true
	}
	return s, false
}

// delegated reports whether the certificate that came with r may answer for
// issuer, who signed it (RFC 6960, 4.2.2.2): it is meant for that, was valid
// when it answered, and no list says that it was revoked.
func (e *evidence) delegated(r *ocsp.Response, issuer *x509.Certificate, at, now time.Time) bool {
	d := r.Certificate
	if !slices.Contains(d.ExtKeyUsage, x509.ExtKeyUsageOCSPSigning) || len(d.UnhandledCriticalExtensions) > 0 ||
		d.KeyUsage != 0 && d.KeyUsage&x509.KeyUsageDigitalSignature == 0 {
		return false
	}
	if weakKey(d) != nil || weakSignature(d.SignatureAlgorithm) || !bytes.Equal(d.RawIssuer, issuer.RawSubject) ||
		r.ProducedAt.Before(d.NotBefore) || r.ProducedAt.After(d.NotAfter) {
		return false
	}
	revoked := false
	e.fromCRLs(d, issuer, at, now, func(s revocationState) { revoked = revoked || s.revoked })
	return !revoked
}

// answerable reports whether the certificate that came with a response, if one
// did, names issuer and has a key worth a check: x/crypto/ocsp tries the key
// before it asks whose it is.
func answerable(basic []byte, issuer *x509.Certificate) bool {
	in := cryptobyte.String(basic)
	var body, certs, first cryptobyte.String
	var present bool
	if !in.ReadASN1(&body, casn1.SEQUENCE) || !body.SkipASN1(casn1.SEQUENCE) || !body.SkipASN1(casn1.SEQUENCE) || !body.SkipASN1(casn1.BIT_STRING) ||
		!body.ReadOptionalASN1(&certs, &present, casn1.Tag(0).ContextSpecific().Constructed()) {
		return false
	}
	var list cryptobyte.String
	if !present || !certs.ReadASN1(&list, casn1.SEQUENCE) || list.Empty() {
		return !oversized(issuer)
	}
	if !list.ReadASN1Element(&first, casn1.SEQUENCE) {
		return false
	}
	c, err := x509.ParseCertificate(first)
	return err == nil && !oversized(c) && (c.Equal(issuer) || bytes.Equal(c.RawIssuer, issuer.RawSubject))
}

// aboutCert reports whether the answer that x/crypto/ocsp chose, the first with
// the serial number of cert, speaks of a certificate of issuer: a responder may
// answer for several authorities, whose serial numbers may be the same.
func aboutCert(r *ocsp.Response, cert, issuer *x509.Certificate) bool {
	if r.SerialNumber == nil || r.SerialNumber.Cmp(cert.SerialNumber) != 0 || !r.IssuerHash.Available() {
		return false
	}
	var spki, key, id, list, single, skip cryptobyte.String
	in := cryptobyte.String(issuer.RawSubjectPublicKeyInfo)
	if !in.ReadASN1(&spki, casn1.SEQUENCE) || !spki.SkipASN1(casn1.SEQUENCE) || !spki.ReadASN1(&key, casn1.BIT_STRING) || len(key) == 0 {
		return false
	}
	in = cryptobyte.String(r.TBSResponseData)
	var data cryptobyte.String
	if !in.ReadASN1(&data, casn1.SEQUENCE) || !data.SkipOptionalASN1(casn1.Tag(0).ContextSpecific().Constructed()) ||
		!data.ReadAnyASN1(&skip, new(casn1.Tag)) || !data.SkipASN1(casn1.GeneralizedTime) || !data.ReadASN1(&list, casn1.SEQUENCE) {
		return false
	}
	for !list.Empty() {
		var name, hash cryptobyte.String
		var serial cryptobyte.String
		if !list.ReadASN1(&single, casn1.SEQUENCE) || !single.ReadASN1(&id, casn1.SEQUENCE) || !id.SkipASN1(casn1.SEQUENCE) ||
			!id.ReadASN1(&name, casn1.OCTET_STRING) || !id.ReadASN1(&hash, casn1.OCTET_STRING) || !id.ReadASN1Element(&serial, casn1.INTEGER) {
			return false
		}
		if want, err := asn1.Marshal(cert.SerialNumber); err != nil || !bytes.Equal(serial, want) {
			continue
		}
		return bytes.Equal(name, hashOf(r.IssuerHash, issuer.RawSubject)) && bytes.Equal(hash, hashOf(r.IssuerHash, key[1:]))
	}
	return false
}

func hashOf(h crypto.Hash, b []byte) []byte {
	d := h.New()
	d.Write(b)
	return d.Sum(nil)
}

// remembers reports whether the responder still knows of certificates that
// ended when cert did (archive cutoff: RFC 6960, 4.4.4).
func remembers(r *ocsp.Response, cert *x509.Certificate) bool {
	for _, ext := range r.Extensions {
		var cutoff time.Time
		if ext.Id.Equal(asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 48, 1, 6}) {
			_, err := asn1.UnmarshalWithParams(ext.Value, &cutoff, "generalized")
			return err == nil && !cutoff.After(cert.NotAfter)
		}
	}
	return false
}

// wrapOCSP makes the OCSPResponse that x/crypto/ocsp reads out of the
// BasicOCSPResponse that stores keep.
func wrapOCSP(basic []byte) []byte {
	var b cryptobyte.Builder
	b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1Enum(0)
		b.AddASN1(casn1.Tag(0).ContextSpecific().Constructed(), func(b *cryptobyte.Builder) {
			b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
				b.AddASN1ObjectIdentifier(asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 48, 1, 1})
				b.AddASN1OctetString(basic)
			})
		})
	})
	der, err := b.Bytes()
	if err != nil {
		return nil
	}
	return der
}
