package verify_test

import (
	"bytes"
	"testing"

	"golang.org/x/crypto/ocsp"

	"antin/signer/verify"
)

// FuzzDocument holds that no file makes the verifier panic or run away, and
// that nothing passes that does not begin with all the bytes somebody signed:
// whoever has no key changes a signed file in vain.
func FuzzDocument(f *testing.F) {
	genuine := [][]byte{issued(), signedBy(by(employer())), party(contract(nil), "a", 80, employer())}
	for _, g := range genuine {
		f.Add(g)
	}
	f.Add(store(issued(), nil, crls(), nil))
	f.Add(store(signedBy(by(employer())), nil, nil, [][]byte{
		delegatedAnswer(pki().CA.Certificate, responder(9001, nil), employer().Certificate.SerialNumber),
		answer(employer().Certificate, ocsp.Revoked, now, now),
	}))
	f.Add(lateStamp(issued()))
	f.Add(hybrid())
	f.Add(compressedOverwrite())
	f.Add(shadowSwitch())
	opt := options()
	opt.Limits.Decoded = 1 << 20
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := verify.Document(data, opt)
		if err != nil {
			t.Fatal(err)
		}
		if r.Conclusion == "" || r.Indication == "" || r.Indication != verify.TotalPassed && r.Indication != verify.NoSignature && r.SubIndication == "" {
			t.Fatalf("%s %s %q", r.Indication, r.SubIndication, r.Conclusion)
		}
		if _, err := r.JSON(); err != nil {
			t.Fatal(err)
		}
		if r.Indication != verify.TotalPassed {
			return
		}
		for _, g := range genuine {
			g = bytes.TrimRight(g, "\n")
			if len(data) < len(g) {
				continue
			}
			// A signature cannot cover itself: the case of its digits and the
			// certificates beside the signer's may be others.
			same := bytes.Clone(data[:len(g)])
			for n := range bytes.Count(g, []byte("/Contents<3")) {
				start, end := contentsAt(g, n)
				copy(same[start:end], g[start:end])
			}
			if bytes.Equal(same, g) {
				return
			}
		}
		t.Fatalf("a file that is none of the genuine ones passes:\n%s", dump(r))
	})
}
