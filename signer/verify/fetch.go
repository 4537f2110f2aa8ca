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

// Bounds of what one file may have fetched: the requests for one certificate,
// those for all, and the time for all.
const (
	maxFetches      = 4
	maxFetchesInAll = 16
	maxFetchTime    = 30 * time.Second
)

// fetching is the work on the network for one file.
type fetching struct {
	ctx   context.Context // it ends with the work on the file
	asked map[[32]byte]bool
}

// ask asks a service once, within the bounds; nil is no answer.
func (v *verifier) ask(url string, body []byte) []byte {
	key := keyOf('f', []byte(url), body)
	if v.fetching.asked[key] || len(v.fetching.asked) >= maxFetchesInAll || v.fetching.ctx.Err() != nil {
		return nil
	}
	if v.fetching.asked == nil {
		v.fetching.asked = map[[32]byte]bool{}
	}
	v.fetching.asked[key] = true
	der, err := v.opt.Fetch(v.fetching.ctx, url, body)
	if err != nil {
		return nil
	}
	return der
}

// revocationOf is what the evidence at hand, or else the network, says of c.
func (v *verifier) revocationOf(c, issuer *x509.Certificate, at time.Time) revocationState {
	st := v.evidence.state(c, issuer, at, v.now)
	if !st.known && v.opt.Fetch != nil {
		st = v.fetchState(c, issuer, at)
	}
	return st
}

// fetchState asks the services that the certificate names.
func (v *verifier) fetchState(c, issuer *x509.Certificate, at time.Time) revocationState {
	n := 0
	for _, url := range c.OCSPServer {
		if n++; n > maxFetches {
			break
		}
		req, err := ocsp.CreateRequest(c, issuer, nil)
		if err != nil {
			break
		}
		if basic := cms.BasicOCSP(v.ask(url, req)); basic != nil && len(basic) <= maxOCSPSize {
			v.evidence.fetchedOCSPs = append(v.evidence.fetchedOCSPs, basic)
		}
	}
	for _, url := range c.CRLDistributionPoints {
		if n++; n > maxFetches {
			break
		}
		if l, err := x509.ParseRevocationList(v.ask(url, nil)); err == nil {
			v.evidence.fetchedCRLs = append(v.evidence.fetchedCRLs, l)
		}
	}
	return v.evidence.state(c, issuer, at, v.now)
}
