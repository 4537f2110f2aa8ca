package judge

import "time"

// Trust is what a validator is told to rely on. Nothing is fetched.
type Trust struct {
	Roots []byte    // trust anchors, PEM
	CRLs  [][]byte  // revocation lists, each PEM or DER
	At    time.Time // validation time; zero is now
	// Revocation is pyHanko's rule: "soft-fail", "hard-fail" or "require"; by
	// default "require" with CRLs and "soft-fail" without, for with the others
	// pyHanko does not look into a list that the certificate does not point to.
	// DSS always wants revocation data for the signer and its issuers.
	Revocation string
}

// moment is At for a judge's question, "" for now.
func (tr Trust) moment() string {
	if tr.At.IsZero() {
		return ""
	}
	return tr.At.UTC().Format(time.RFC3339)
}
