package issuance_test

import (
	"errors"
	"strings"
	"testing"

	"antin/archive"
	"antin/issuance"
	"antin/signer/verify"
	"antin/templates"
)

// TestCorrectingLetter: the official letter that corrects a document (Điều 18.3)
// is itself genuine, and whoever has the document's file learns of it.
func TestCorrectingLetter(t *testing.T) {
	s, store := newService(t, nil)
	ctx := t.Context()
	doc, _, err := s.Make(ctx, sample(t, "qd-cham-dut-tctn", nil), issuance.UntilIssued)
	if err != nil {
		t.Fatal(err)
	}
	r := sample(t, "cv-dinh-chinh", func(data map[string]any) {
		data["original_number"], data["original_date"] = doc.Number.Full(), "2026-03-02"
	})
	r.Agency, r.Corrects = doc.Agency, doc.ID
	letter, _, err := s.Make(ctx, r, issuance.UntilIssued)
	if err != nil {
		t.Fatal(err)
	}
	for id, want := range map[string]string{doc.ID: verify.RegisterCorrected, letter.ID: verify.RegisterIssued} {
		pdf, _, err := store.RevisionContent(ctx, id, 0)
		if err != nil {
			t.Fatal(err)
		}
		report, err := s.Verify(ctx, pdf)
		if err != nil || report.Indication != verify.TotalPassed || report.Register.State != want {
			t.Errorf("%s: %v %+v %v", id, report.Indication, report.Register, err)
		}
		if want == verify.RegisterCorrected && !strings.Contains(report.Register.Message, letter.Number.Full()) {
			t.Errorf("the word does not name the letter: %s", report.Register.Message)
		}
	}
	found, err := s.LookUp(ctx, doc.LookupCode)
	if err != nil || found.State != archive.Corrected {
		t.Errorf("%+v %v", found, err)
	}
	var bad *templates.DataError
	if _, _, err := s.Make(ctx, sample(t, "cv-dinh-chinh", func(data map[string]any) { data["error_kind"] = "content"; data["corrections"] = []any{} }), issuance.UntilDraft); err == nil || !errors.As(err, &bad) && !strings.Contains(err.Error(), "agency") {
		t.Errorf("an error of content was corrected by letter: %v", err)
	}
}
