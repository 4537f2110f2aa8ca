package verify

import (
	"bytes"
	"crypto/x509"
	"slices"
	"time"
)

// Gathered is what the signatures of a document were judged with: the
// certificates of their chains, anchors included, and for each of them the
// revocation data that spoke about it. Added to the document it lets others
// judge it after the certificates have expired (ETSI EN 319 142-1, 5.4.2).
type Gathered struct {
	Certificates []*x509.Certificate
	CRLs         [][]byte // DER CertificateList
	OCSP         [][]byte // DER OCSPResponse
	// Since is when the oldest of the revocation data was made; zero without any.
	Since time.Time
}

// Gather judges a file as Document does and returns what it was judged with.
func Gather(data []byte, opt Options) (*Report, Gathered, error) {
	v := newVerifier(data, opt)
	v.used = &Gathered{}
	report, err := v.document()
	return report, *v.used, err
}

// keep notes what is known of a chain; nothing when no one asked.
func (v *verifier) keep(path []*x509.Certificate) {
	if v.used == nil {
		return
	}
	for i, c := range path {
		if !slices.ContainsFunc(v.used.Certificates, c.Equal) {
			v.used.Certificates = append(v.used.Certificates, c)
		}
		if i == len(path)-1 {
			break // the anchor is trusted, not vouched for
		}
		if !v.keepOCSP(c, path[i+1]) {
			v.keepCRL(c, path[i+1])
		}
	}
}

// keepOCSP keeps the newest response about c.
func (v *verifier) keepOCSP(c, issuer *x509.Certificate) bool {
	var best []byte
	var issued revocationState
	at := slices.Concat(v.evidence.fetchedOCSPs, v.evidence.ocsps)
	for _, basic := range at[:min(len(at), maxOCSPTries)] {
		if s, ok := v.evidence.fromOCSP(basic, c, issuer, v.now, v.now); ok && s.known && (best == nil || s.issued.After(issued.issued)) {
			best, issued = basic, s
		}
	}
	if best != nil {
		v.used.add(&v.used.OCSP, wrapOCSP(best), issued.issued)
	}
	return best != nil
}

// keepCRL keeps the newest list that speaks about c.
func (v *verifier) keepCRL(c, issuer *x509.Certificate) {
	var best *x509.RevocationList
	for _, l := range slices.Concat(v.evidence.fetchedCRLs, v.evidence.trust.crls, v.evidence.crls) {
		if bytes.Equal(l.RawIssuer, c.RawIssuer) && v.evidence.fromCRL(l, c, issuer, v.now, v.now).known && (best == nil || l.ThisUpdate.After(best.ThisUpdate)) {
			best = l
		}
	}
	if best != nil {
		v.used.add(&v.used.CRLs, best.Raw, best.ThisUpdate)
	}
}

func (g *Gathered) add(list *[][]byte, der []byte, made time.Time) {
	if slices.ContainsFunc(*list, func(have []byte) bool { return bytes.Equal(have, der) }) {
		return
	}
	*list = append(*list, der)
	if g.Since.IsZero() || made.Before(g.Since) {
		g.Since = made
	}
}
