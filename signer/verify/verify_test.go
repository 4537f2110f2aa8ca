package verify_test

import (
	"testing"

	"antin/signer/verify"
)

func TestIssuedDocumentPasses(t *testing.T) {
	r := check(t, issued(), options())
	if r.Indication != verify.TotalPassed || r.SubIndication != "" || len(r.Signatures) != 2 {
		t.Fatal(dump(r))
	}
	t.Log(dump(r))
}

func BenchmarkDocument(b *testing.B) {
	data, opt := issued(), options()
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		r := check(b, data, opt)
		if r.Indication != verify.TotalPassed {
			b.Fatal(dump(r))
		}
	}
}
