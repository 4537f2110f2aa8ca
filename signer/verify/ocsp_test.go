package verify_test

import (
	"context"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"math/big"
	"testing"
	"time"

	"golang.org/x/crypto/cryptobyte"
	casn1 "golang.org/x/crypto/cryptobyte/asn1"
	"golang.org/x/crypto/ocsp"

	"antin/signer"
	"antin/signer/cms"
	"antin/signer/testpki"
	"antin/signer/verify"
)

// responder is a delegated OCSP responder of the issuing authority; change
// spoils it.
func responder(serial int64, change func(*x509.Certificate)) *signer.Identity {
	key := employer().Key
	t := &x509.Certificate{
		SerialNumber: big.NewInt(serial), Subject: pkix.Name{CommonName: "OCSP trình diễn"},
		NotBefore: now.AddDate(-1, 0, 0), NotAfter: now.AddDate(1, 0, 0),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageOCSPSigning},
	}
	if change != nil {
		change(t)
	}
	return &signer.Identity{Key: key, Certificate: certify(t, key.Public())}
}

// delegatedAnswer says by way of r that the certificate with this serial number,
// which issuer gave out, is good.
func delegatedAnswer(issuer *x509.Certificate, r *signer.Identity, serial *big.Int, more ...pkix.Extension) []byte {
	der, err := ocsp.CreateResponse(issuer, r.Certificate, ocsp.Response{
		Status: ocsp.Good, SerialNumber: serial, ThisUpdate: now.Add(time.Minute), NextUpdate: now.AddDate(0, 0, 7), Certificate: r.Certificate, ExtraExtensions: more,
	}, r.Key)
	must(err)
	return der
}

// TestDelegatedResponder: a responder answers for the authority only when the
// authority said that it may (RFC 6960, 4.2.2.2).
func TestDelegatedResponder(t *testing.T) {
	authority := pki().CA.Certificate
	revoked := responder(9009, nil)
	list, err := pki().CRL(pki().CA, now, revoked.Certificate)
	must(err)
	// Another authority of the same root, and its responder.
	otherKey := identity(testpki.Request{Name: "CA khác"}).Key
	other := certifyBy(&x509.Certificate{
		SerialNumber: big.NewInt(9100), Subject: pkix.Name{CommonName: "CA khác"}, NotBefore: now.AddDate(-1, 0, 0), NotAfter: now.AddDate(1, 0, 0),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}, otherKey.Public(), pki().Root.Certificate, pki().Root.Key)
	foreignTemplate := responder(9101, nil).Certificate
	foreign := &signer.Identity{Key: employer().Key, Certificate: certifyBy(&x509.Certificate{
		SerialNumber: foreignTemplate.SerialNumber, Subject: foreignTemplate.Subject, NotBefore: foreignTemplate.NotBefore, NotAfter: foreignTemplate.NotAfter,
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: foreignTemplate.ExtKeyUsage,
	}, employer().Key.Public(), other, otherKey)}
	good := responder(9001, nil)
	serial := employer().Certificate.SerialNumber
	for name, c := range map[string]struct {
		response []byte
		crl      []byte
		known    bool
	}{
		"delegated":                  {delegatedAnswer(authority, good, serial), nil, true},
		"not for OCSP":               {delegatedAnswer(authority, responder(9002, func(c *x509.Certificate) { c.ExtKeyUsage = nil }), serial), nil, false},
		"not for signing":            {delegatedAnswer(authority, responder(9003, func(c *x509.Certificate) { c.KeyUsage = x509.KeyUsageKeyEncipherment }), serial), nil, false},
		"ended before it answered":   {delegatedAnswer(authority, responder(9004, func(c *x509.Certificate) { c.NotAfter = now.AddDate(0, -1, 0) }), serial), nil, false},
		"revoked":                    {delegatedAnswer(authority, revoked, serial), list, false},
		"delegated by another":       {delegatedAnswer(authority, foreign, serial), nil, false},
		"about another authority's":  {delegatedAnswer(other, good, serial), nil, false},
		"about another certificate":  {delegatedAnswer(authority, good, big.NewInt(77)), nil, false},
		"with something critical":    {delegatedAnswer(authority, good, serial, pkix.Extension{Id: asn1.ObjectIdentifier{1, 2, 3}, Critical: true, Value: []byte{5, 0}}), nil, false},
		"altered":                    {flip(delegatedAnswer(authority, good, serial), 60), nil, false},
		"signed by a mere signer":    {delegatedAnswer(authority, employer(), serial), nil, false},
		"the authority's own answer": {answer(employer().Certificate, ocsp.Good, now, time.Time{}), nil, true},
	} {
		lists := [][]byte{crls()[0]}
		if c.crl != nil {
			lists = append(lists, c.crl)
		}
		o := options()
		o.Trust = verify.NewTrust(pki().Root.Certificate)
		r := check(t, store(signedBy(by(employer())), nil, lists, [][]byte{c.response}), o)
		if c.crl != nil { // the list, older by a minute, answers for the signer too
			if got := r.Signatures[0].Certificate.Source; got != "CRL" {
				t.Errorf("%s: it was believed: %s", name, got)
			}
			continue
		}
		if s := r.Signatures[0]; (s.Certificate.Revocation == "GOOD") != c.known || !c.known && s.Check("revocation").Status != verify.Warning {
			t.Errorf("%s: %s, %s", name, s.Certificate.Revocation, s.Check("revocation").Message)
		}
	}
}

// TestAnswerAfterTheEnd: that a responder knows nothing against a certificate
// that ended before it was asked says nothing, unless it remembers such
// (RFC 6960, 4.4.4).
func TestAnswerAfterTheEnd(t *testing.T) {
	id := withCertificate(func(c *x509.Certificate) {
		c.SerialNumber.SetInt64(9200)
		c.NotAfter = now.Add(time.Hour)
	})
	signed := signedBy(stampedBy(id, stampAt(tsa(), now.Add(3*time.Minute))))
	after := now.AddDate(0, 1, 0)
	cutoff, err := asn1.MarshalWithParams(now.AddDate(-1, 0, 0).UTC(), "generalized")
	must(err)
	for name, c := range map[string]struct {
		more []pkix.Extension
		code string
	}{
		"it forgets":   {nil, "stale"},
		"it remembers": {[]pkix.Extension{{Id: asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 48, 1, 6}, Value: cutoff}}, "ok"},
	} {
		der, err := ocsp.CreateResponse(pki().CA.Certificate, pki().CA.Certificate, ocsp.Response{
			Status: ocsp.Good, SerialNumber: id.Certificate.SerialNumber, ThisUpdate: after, NextUpdate: after.AddDate(0, 0, 7), ExtraExtensions: c.more,
		}, pki().CA.Key)
		must(err)
		o := options()
		o.Now = after
		o.Trust = verify.NewTrust(pki().Root.Certificate)
		root, err := x509.ParseRevocationList(crls()[0])
		must(err)
		o.Trust.AddCRL(root)
		r := check(t, store(signed, nil, nil, [][]byte{der}), o)
		if got := r.Signatures[0].Check("revocation"); got.Code != c.code {
			t.Errorf("%s: %s, want %s\n%s", name, got.Code, c.code, dump(r))
		}
	}
}

// TestRevocationInsideTheSignature: lists and answers in Adobe's signed attribute
// and among the SignedData's crls count like those of the security store.
func TestRevocationInsideTheSignature(t *testing.T) {
	reply := answer(employer().Certificate, ocsp.Good, now, time.Time{})
	element := func(b *cryptobyte.Builder, tag uint8, der []byte) {
		b.AddASN1(ctx(tag), func(b *cryptobyte.Builder) {
			b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) { b.AddBytes(der) })
		})
	}
	archival := attr(cms.OIDRevocationArchival, func(b *cryptobyte.Builder) {
		b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
			element(b, 0, crls()[0])
			element(b, 1, reply)
		})
	})
	o := options()
	o.Trust = verify.NewTrust(pki().Root.Certificate)
	r := check(t, signedBy(craft{id: employer(), more: [][]byte{archival}}.over), o)
	if s := r.Signatures[0]; s.Certificate.Revocation != "GOOD" || s.Certificate.Source != "OCSP" || s.Check("revocation").Status != verify.Passed {
		t.Errorf("signed attribute: %s", dump(r))
	}
}

// TestFetchedBeatsWhatTheFileBrings: a file cannot keep out what was fetched by
// bringing along a heap of its own.
func TestFetchedBeatsWhatTheFileBrings(t *testing.T) {
	const address = "http://ocsp.example.org/"
	id := withCertificate(func(c *x509.Certificate) {
		c.SerialNumber.SetInt64(6100)
		c.OCSPServer = []string{address}
	})
	var junk [][]byte
	for i := range 200 {
		junk = append(junk, flip(answer(id.Certificate, ocsp.Good, now.Add(time.Duration(i)*time.Second), time.Time{}), 40))
	}
	o := options()
	o.Trust = verify.NewTrust(pki().Root.Certificate)
	asked := 0
	o.Fetch = func(ctx context.Context, _ string, body []byte) ([]byte, error) {
		if _, limited := ctx.Deadline(); !limited {
			t.Error("asked without a limit of time")
		}
		if asked++; len(body) == 0 {
			return nil, errors.New("refused")
		}
		return answer(id.Certificate, ocsp.Revoked, now, now), nil
	}
	r := check(t, store(signedBy(craft{id: id}.over), nil, nil, junk), o)
	if c := r.Signatures[0].Check("revocation"); c.Code != "revoked" {
		t.Errorf("%+v", c)
	}
	// A service that does not answer is asked once for the same, however many
	// signatures there are.
	asked = 0
	o.Fetch = func(context.Context, string, []byte) ([]byte, error) {
		asked++
		return nil, errors.New("refused")
	}
	twice := signedBy(craft{id: id}.over)
	twice = addSigned(twice, nil, rawSignature{field: "ben_c", cms: craft{id: id}.over})
	if r := check(t, twice, o); len(r.Signatures) != 2 || asked != 1 {
		t.Errorf("%d questions for %d signatures", asked, len(r.Signatures))
	}
}

// TestStampOfUnknownStanding: a time-stamp whose authority may have been revoked
// is not shown as good, and proves nothing where revocation must be known.
func TestStampOfUnknownStanding(t *testing.T) {
	signed := signedBy(stampedBy(employer(), stampAt(tsa(), now.Add(3*time.Minute))))
	o := options()
	o.Trust = verify.NewTrust(pki().Root.Certificate)
	r := check(t, signed, o)
	if c := r.Signatures[0].Check("timestamp"); c.Status != verify.Warning || c.Code != "revocation_unknown" {
		t.Errorf("%+v", c)
	}
	o.Revocation = verify.RevocationRequire
	r = check(t, signed, o)
	if s := r.Signatures[0]; s.Check("timestamp").Code != "revocation_required" || s.TimeSource == "timestamp" {
		t.Errorf("%+v %s", s.Check("timestamp"), s.TimeSource)
	}
}
