package issuance_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"antin/archive"
	"antin/internal/judge"
	"antin/issuance"
	"antin/signer/verify"
)

// TestViewingCopy: a withdrawn document has a copy that says so on every page
// and carries no signature; the document's own file is untouched.
func TestViewingCopy(t *testing.T) {
	s, store := newService(t, nil)
	ctx := t.Context()
	doc, _, err := s.Make(ctx, sample(t, "qd-kham-bnn", nil), issuance.UntilIssued)
	if err != nil {
		t.Fatal(err)
	}
	var e *issuance.ViewingError
	if _, _, err := s.ViewingCopy(ctx, doc.ID); !errors.As(err, &e) || e.State != archive.Issued {
		t.Errorf("a document in force: %v", err)
	}
	if _, err := s.Withdraw(ctx, doc.ID, "ban hành nhầm", issuance.System); err != nil {
		t.Fatal(err)
	}
	before, _, err := store.RevisionContent(ctx, doc.ID, 0)
	if err != nil {
		t.Fatal(err)
	}
	marked, _, err := s.ViewingCopy(ctx, doc.ID)
	if err != nil {
		t.Fatal(err)
	}
	show(t, "thu_hoi.pdf", marked)
	again, _, err := s.ViewingCopy(ctx, doc.ID)
	if err != nil || string(again) != string(marked) {
		t.Error("another copy each time", err)
	}
	after, _, err := store.RevisionContent(ctx, doc.ID, 0)
	if err != nil || string(before) != string(after) {
		t.Error("the document's file was changed", err)
	}
	for _, j := range []string{"qpdf", "verapdf", "pdfsig"} {
		judge.Need(t, j)
	}
	path := filepath.Join(t.TempDir(), "f.pdf")
	if err := os.WriteFile(path, marked, 0o600); err != nil {
		t.Fatal(err)
	}
	judge.Check(t, path)
	judge.Conforms(t, "2b", path)
	if sigs := judge.Signatures(t, path); len(sigs) != 0 {
		t.Errorf("signatures: %+v", sigs)
	}
	report, err := s.Verify(ctx, marked)
	if err != nil || report.Indication != verify.NoSignature {
		t.Errorf("%v %v", report.Indication, err)
	}
	if _, _, err := s.ViewingCopy(ctx, "none"); !errors.As(err, new(*archive.NotFoundError)) {
		t.Error(err)
	}
}
