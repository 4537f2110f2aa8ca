package verify

import (
	"crypto"
	"crypto/x509"
	"fmt"
	"time"

	"antin/signer/cms"
)

// DetachedReport is what a detached signature proves.
type DetachedReport struct {
	Certificate *x509.Certificate
	Signer      string // common name
	Anchor      string // common name of the trust anchor
	// Revocation is GOOD, REVOKED (after the time of the signature, for another
	// reason than a compromised key) or UNKNOWN.
	Revocation string
}

// DetachedError says why a detached signature does not hold; Check and Code are
// those of a document's report.
type DetachedError struct{ Check, Code string }

func (e *DetachedError) Error() string { return "signature refused: " + e.Check + ": " + e.Code }

// keyCompromise is the revocation reason after which no earlier signature can be
// told from a forged one (RFC 5280, 5.3.1).
const keyCompromise = 1

// Detached judges a CAdES signature (ETSI EN 319 122-1) that stands beside its
// content: one signer, the content not inside, the certificate named by the ESS
// attribute, strong algorithms, a path to an anchor, all certificates valid at
// the time at which the content says it was signed, none revoked before it.
// Errors: *DetachedError.
func Detached(content, der []byte, at time.Time, opt Options) (*DetachedReport, error) {
	if opt.Now.IsZero() {
		opt.Now = time.Now()
	}
	if opt.Trust == nil {
		opt.Trust = &Trust{}
	}
	refuse := func(check, code string) (*DetachedReport, error) { return nil, &DetachedError{check, code} }
	sd, err := cms.Parse(der)
	switch {
	case err != nil:
		return refuse("cms", "malformed")
	case len(sd.Signers) != 1:
		return refuse("cms", "signers")
	case !sd.ContentType.Equal(cms.OIDData) || sd.Content != nil:
		return refuse("cms", "encapsulated")
	}
	v := &verifier{opt: opt, now: opt.Now, evidence: &evidence{trust: opt.Trust}}
	v.learn(sd)
	s := &sd.Signers[0]
	digest := func(h crypto.Hash) []byte {
		w := h.New()
		_, _ = w.Write(content) // a hash never fails
		return w.Sum(nil)
	}
	verdict := v.checkSigner(sd, s, digest, cms.OIDData, true)
	for _, f := range verdict.findings {
		if f.status == Failed || f.status == NotChecked {
			return refuse(f.check, f.code)
		}
	}
	if t, ok, err := s.SigningTime(); err != nil || ok && t.Sub(at).Abs() > clockSkew {
		return refuse("signing_time", "other")
	}
	if at.After(opt.Now.Add(clockSkew)) {
		return refuse("signing_time", "future")
	}
	b := pathBuilder{trust: opt.Trust, pool: sd.Certificates}
	path, problem := b.path(verdict.cert)
	if problem == nil {
		problem = opt.Trust.checkPath(path, at, forSigning)
	}
	if problem != nil {
		return refuse("chain", problem.code)
	}
	if c := verdict.cert; at.Before(c.NotBefore) || at.After(c.NotAfter) {
		return refuse("certificate_validity", fmt.Sprintf("not valid on %s", at.UTC().Format(time.RFC3339)))
	}
	out := &DetachedReport{
		Certificate: verdict.cert, Signer: commonName(verdict.cert.Subject), Anchor: commonName(path[len(path)-1].Subject), Revocation: "GOOD",
	}
	for i := range len(path) - 1 {
		st := v.evidence.state(path[i], path[i+1], at, opt.Now)
		switch {
		case st.revoked && (st.reason == keyCompromise || !st.at.After(at)):
			return refuse("revocation", "revoked")
		case st.revoked:
			out.Revocation = "REVOKED"
		case !st.known && out.Revocation == "GOOD":
			out.Revocation = "UNKNOWN"
		}
	}
	return out, nil
}
