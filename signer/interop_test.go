package signer_test

import (
	"bytes"
	"testing"

	"github.com/digitorus/pdfsign/verify"

	"antin/internal/pdf"
)

// pdfsign reads what we write. Its limits, kept here so that a change in it is
// noticed: it can be given no root, so it trusts no issuer of a test; and it
// looks at no DocMDP and at no changes, so a page drawn over after the seal is
// as good to it as the sealed one.
func TestPDFSignReads(t *testing.T) {
	_, _, out := issued(t, fixture{})
	options := verify.DefaultVerifyOptions()
	options.TrustSignatureTime = true
	read := func(data []byte) []verify.Signer {
		r, err := verify.VerifyWithOptions(bytes.NewReader(data), int64(len(data)), options)
		if err != nil {
			t.Fatal(err)
		}
		return r.Signers
	}
	signers := read(out)
	if len(signers) != 2 {
		t.Fatalf("%d signatures", len(signers))
	}
	for i, want := range []string{"Nguyễn Vĩnh Nghĩa", "Trung tâm Dịch vụ việc làm Hà Nội"} {
		if s := signers[i]; !s.ValidSignature || s.RevokedCertificate || s.Name != want {
			t.Errorf("signature %d: %q valid %t", i, s.Name, s.ValidSignature)
		}
	}
	drawnOver := change(t, out, func(f *pdf.File, u *pdf.Update) {
		pages, _ := f.Pages()
		pages[0].Dict["Contents"] = u.Add(&pdf.Stream{Dict: pdf.Dict{}, Raw: []byte("0 0 m 9 9 l S")})
		u.Set(pages[0].Ref, pages[0].Dict)
	})
	for i, s := range read(drawnOver) {
		if !s.ValidSignature {
			t.Errorf("signature %d: pdfsign now sees changes after signing", i)
		}
	}
}
