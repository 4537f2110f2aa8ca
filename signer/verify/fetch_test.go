package verify_test

import (
	"context"
	"crypto/x509"
	"errors"
	"testing"
	"time"

	"golang.org/x/crypto/ocsp"

	"antin/signer"
	"antin/signer/verify"
)

// The network is asked only when told to, only for certificates that lead to
// an anchor, and what comes back is judged like any other data.
func TestFetch(t *testing.T) {
	const list, responder = "http://crl.example.org/ca.crl", "http://ocsp.example.org/"
	linked := func(serial int64) *signer.Identity {
		return withCertificate(func(c *x509.Certificate) {
			c.SerialNumber.SetInt64(serial)
			c.CRLDistributionPoints, c.OCSPServer = []string{list}, []string{responder}
		})
	}
	id := linked(6001)
	for name, c := range map[string]struct {
		answer func(url string, body []byte) ([]byte, error)
		status verify.Status
		code   string
	}{
		"CRL": {func(url string, _ []byte) ([]byte, error) {
			if url == list {
				return crls()[1], nil
			}
			return nil, errors.New("refused")
		}, verify.Passed, "ok"},
		"OCSP": {func(url string, body []byte) ([]byte, error) {
			if url == responder && len(body) > 0 {
				return answer(id.Certificate, ocsp.Good, now, time.Time{}), nil
			}
			return nil, errors.New("refused")
		}, verify.Passed, "ok"},
		"OCSP revoked": {func(url string, body []byte) ([]byte, error) {
			if url == responder {
				return answer(id.Certificate, ocsp.Revoked, now, now), nil
			}
			return nil, errors.New("refused")
		}, verify.Failed, "revoked"},
		"nothing answers":  {func(string, []byte) ([]byte, error) { return nil, errors.New("refused") }, verify.Warning, "no_data"},
		"nonsense answers": {func(string, []byte) ([]byte, error) { return []byte("<html>"), nil }, verify.Warning, "no_data"},
	} {
		o := options()
		o.Trust = verify.NewTrust(pki().Root.Certificate)
		root, err := x509.ParseRevocationList(crls()[0])
		must(err)
		o.Trust.AddCRL(root)
		asked := 0
		o.Fetch = func(_ context.Context, url string, body []byte) ([]byte, error) {
			asked++
			return c.answer(url, body)
		}
		r := check(t, signedBy(craft{id: id}.over), o)
		if got := r.Signatures[0].Check("revocation"); got.Status != c.status || got.Code != c.code || asked == 0 {
			t.Errorf("%s: %s %s after %d questions", name, got.Status, got.Code, asked)
		}
		asked = 0
		check(t, signedBy(by(rootless())), o)
		if asked > 0 {
			t.Errorf("%s: asked for a certificate of nobody trusted", name)
		}
	}
}
