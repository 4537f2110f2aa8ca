package verify

import (
	"context"
	"crypto/x509"
	"time"

	"golang.org/x/crypto/ocsp"

	"antin/signer/cms"
)

// Fetcher gets revocation data from the network. It decides which hosts may be
// asked, refuses private addresses and bounds time and size; verify passes on
// what a certificate names. An empty body asks with GET.
type Fetcher func(ctx context.Context, url string, body []byte) ([]byte, error)

// maxFetches bounds the requests made for one certificate.
const maxFetches = 4

// fetchState asks the services that the certificate names.
func (v *verifier) fetchState(c, issuer *x509.Certificate, at time.Time) revocationState {
	ctx := context.Background()
	n := 0
	for _, url := range c.OCSPServer {
		if n++; n > maxFetches {
			break
		}
		req, err := ocsp.CreateRequest(c, issuer, nil)
		if err != nil {
			break
		}
		if der, err := v.opt.Fetch(ctx, url, req); err == nil {
			if basic := cms.BasicOCSP(der); basic != nil {
				v.evidence.ocsps = append(v.evidence.ocsps, basic)
			}
		}
	}
	for _, url := range c.CRLDistributionPoints {
		if n++; n > maxFetches {
			break
		}
		if der, err := v.opt.Fetch(ctx, url, nil); err == nil {
			v.evidence.addCRL(der)
		}
	}
	return v.evidence.state(c, issuer, at, v.now)
}
