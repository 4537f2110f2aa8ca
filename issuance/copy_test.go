package issuance_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"antin/archive"
	"antin/issuance"
	"antin/signer/verify"
	"antin/templates/mark"
)

var source = issuance.CopySource{Agency: "Ủy ban nhân dân thành phố Hà Nội", Number: "12/QĐ-UBND", Date: "05/01/2026", Subject: "Về việc phân cấp"}

func show(t *testing.T, name string, pdf []byte) {
	t.Helper()
	if dir := os.Getenv("ANTIN_SHOW"); dir != "" {
		if err := os.WriteFile(filepath.Join(dir, name), pdf, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// TestCopyWhole: a scan of another agency's paper with this agency's signature
// behind it: the copy begins with the bytes of the scan.
func TestCopyWhole(t *testing.T) {
	s, store := newService(t, nil)
	ctx := t.Context()
	scan := plainPDF(t, "QUYẾT ĐỊNH", 2)
	sum := sha256.Sum256(scan)
	numbers := []string{}
	for _, kind := range []issuance.CopyKind{issuance.CopyWhole, issuance.CopyOfCopy} {
		r := issuance.CopyRequest{
			Kind: kind, Agency: "snv-hanoi", PDF: scan, Source: source, By: issuance.System,
			Idempotency: archive.Idempotency{Scope: "t", Key: string(kind)},
		}
		doc, replay, err := s.Copy(ctx, r, issuance.UntilIssued)
		if err != nil || replay || doc.State != archive.Issued {
			t.Fatal(doc.State, replay, err)
		}
		if again, replay, err := s.Copy(ctx, r, issuance.UntilIssued); err != nil || !replay || again.ID != doc.ID {
			t.Error(again.ID, replay, err)
		}
		numbers = append(numbers, doc.Number.Full())
		pdf, _, err := store.RevisionContent(ctx, doc.ID, 0)
		if err != nil || !bytes.HasPrefix(pdf, scan) {
			t.Fatal("the copy does not begin with the file copied", err)
		}
		text := judged(t, pdf, []string{"2b", "ua1"}, "chu_ky_co_quan")
		words := map[issuance.CopyKind]string{issuance.CopyWhole: "SAO Y; ", issuance.CopyOfCopy: "SAO LỤC; "}[kind]
		for _, want := range []string{words + "Sở Nội vụ", "2026-03-02T09:30:00+07:00"} {
			if !strings.Contains(text, want) {
				t.Errorf("the page lacks %q:\n%s", want, text)
			}
		}
		show(t, string(kind)+".pdf", pdf)
		report, err := s.Verify(ctx, pdf)
		if err != nil || report.Indication != verify.TotalPassed || report.Register.State != verify.RegisterIssued {
			t.Fatalf("%v %+v %v", report.Indication, report.Register, err)
		}
		c := report.Register.CopyOf
		if c == nil || c.SHA256 != hex.EncodeToString(sum[:]) || c.Number != "12/QĐ-UBND" || !strings.Contains(report.Register.Message, c.SHA256) || !strings.Contains(report.Register.Message, "bản sao đúng") {
			t.Errorf("%+v %s", c, report.Register.Message)
		}
		public, err := s.LookUp(ctx, doc.LookupCode)
		if err != nil || strings.Contains(public.Subject, "phân cấp") || !strings.Contains(public.Subject, "12/QĐ-UBND") {
			t.Errorf("%+v %v", public, err)
		}
	}
	// One series of numbers for all kinds of copies (Phụ lục I, phần II, mục II.1.c).
	if strings.Join(numbers, " ") != "01/SY-SNV 02/SL-SNV" {
		t.Errorf("numbers %q", numbers)
	}
	if report, err := s.Verify(ctx, scan); err != nil || report.Register.State != verify.RegisterUnknown {
		t.Errorf("the file copied: %+v %v", report.Register, err)
	}
	page, err := store.Register(ctx, archive.Filter{Book: "SAO"}, archive.Page{})
	if err != nil || len(page.Entries) != 2 || page.Entries[0].DocumentType != "Bản sao y" {
		t.Errorf("%+v %v", page.Entries, err)
	}
}

// TestCopyExtract: pages of a document of the register, with its head and
// signatures, in a file of its own.
func TestCopyExtract(t *testing.T) {
	s, store := newService(t, nil)
	ctx := t.Context()
	own, _, err := s.Make(ctx, sample(t, "qd-kham-bnn", nil), issuance.UntilIssued)
	if err != nil {
		t.Fatal(err)
	}
	original, _, err := store.RevisionContent(ctx, own.ID, 0)
	if err != nil {
		t.Fatal(err)
	}
	file, err := mark.Inspect(original)
	if err != nil || own.PageCount < 3 || len(file.SignedPages) == 0 {
		t.Fatalf("%d pages %+v %v", own.PageCount, file, err)
	}
	pages := []int{1}
	for _, n := range file.SignedPages {
		if n != pages[len(pages)-1] {
			pages = append(pages, n)
		}
	}
	r := issuance.CopyRequest{Kind: issuance.CopyExtract, Agency: "snv-hanoi", Document: own.ID, Pages: pages, By: issuance.System}
	doc, _, err := s.Copy(ctx, r, issuance.UntilIssued)
	if err != nil || doc.Number.Full() != "01/TrS-SNV" || doc.PageCount != len(pages) {
		t.Fatal(doc.Number, doc.PageCount, err)
	}
	pdf, _, err := store.RevisionContent(ctx, doc.ID, 0)
	if err != nil {
		t.Fatal(err)
	}
	show(t, "trich_sao.pdf", pdf)
	text := judged(t, pdf, []string{"2b"}, "chu_ky_co_quan")
	for want, on := range map[string]bool{
		"TRÍCH SAO; Sở Nội vụ": true, "01/QĐ-SNV": true, "DANH SÁCH NGƯỜI LAO ĐỘNG": false,
	} {
		if strings.Contains(text, want) != on {
			t.Errorf("%q on the pages: %t", want, !on)
		}
	}
	report, err := s.Verify(ctx, pdf)
	if err != nil || report.Indication != verify.TotalPassed || report.Register.CopyOf == nil || report.Register.CopyOf.SHA256 != file.SHA256 || report.Register.CopyOf.DocumentID != own.ID {
		t.Fatalf("%v %+v %v", report.Indication, report.Register, err)
	}
	if _, err := s.Withdraw(ctx, own.ID, "ban hành nhầm", issuance.System); err != nil {
		t.Fatal(err)
	}
	if report, err = s.Verify(ctx, pdf); err != nil || report.Register.CopyOf.SourceState != verify.RegisterWithdrawn || !strings.Contains(report.Register.Message, "đã bị thu hồi") {
		t.Errorf("after the withdrawal: %+v %v", report.Register, err)
	}
	if d, err := store.Doctor(ctx); err != nil || len(d.Findings) > 0 {
		t.Errorf("%+v %v", d.Findings, err)
	}
}

// TestCopyRefused: what Điều 25 does not know, with the rule's name.
func TestCopyRefused(t *testing.T) {
	s, store := newService(t, nil)
	ctx := t.Context()
	own, _, err := s.Make(ctx, sample(t, "qd-kham-bnn", nil), issuance.UntilIssued)
	if err != nil {
		t.Fatal(err)
	}
	draft, _, err := s.Make(ctx, sample(t, "qd-kham-bnn", nil), issuance.UntilDraft)
	if err != nil {
		t.Fatal(err)
	}
	signed, _, err := store.RevisionContent(ctx, own.ID, 0)
	if err != nil {
		t.Fatal(err)
	}
	scan := plainPDF(t, "QUYẾT ĐỊNH", 3)
	unnamed := source
	unnamed.Number = "  "
	for name, c := range map[string]struct {
		r    issuance.CopyRequest
		rule issuance.CopyRule
	}{
		"kind":                {issuance.CopyRequest{Kind: "sao", PDF: scan, Source: source}, issuance.CopyKindUnknown},
		"nothing":             {issuance.CopyRequest{Kind: issuance.CopyWhole}, issuance.CopyNoSource},
		"both":                {issuance.CopyRequest{Kind: issuance.CopyExtract, PDF: scan, Document: own.ID}, issuance.CopyNoSource},
		"unnamed":             {issuance.CopyRequest{Kind: issuance.CopyWhole, PDF: scan, Source: unnamed}, issuance.CopyUnnamed},
		"electronic document": {issuance.CopyRequest{Kind: issuance.CopyWhole, Document: own.ID}, issuance.CopyElectronic},
		"electronic file":     {issuance.CopyRequest{Kind: issuance.CopyOfCopy, PDF: signed, Source: source}, issuance.CopyElectronic},
		"draft":               {issuance.CopyRequest{Kind: issuance.CopyExtract, Document: draft.ID, Pages: []int{1}}, issuance.CopyNotInForce},
		"no pages":            {issuance.CopyRequest{Kind: issuance.CopyExtract, PDF: scan, Source: source}, issuance.CopyPages},
		"page too high":       {issuance.CopyRequest{Kind: issuance.CopyExtract, PDF: scan, Source: source, Pages: []int{1, 4}}, issuance.CopyPages},
		"pages of a whole":    {issuance.CopyRequest{Kind: issuance.CopyWhole, PDF: scan, Source: source, Pages: []int{1}}, issuance.CopyPages},
		"no head":             {issuance.CopyRequest{Kind: issuance.CopyExtract, PDF: scan, Source: source, Pages: []int{2}}, issuance.CopyFrame},
		"no signature":        {issuance.CopyRequest{Kind: issuance.CopyExtract, Document: own.ID, Pages: []int{1}}, issuance.CopyFrame},
		"nobody":              {issuance.CopyRequest{Kind: issuance.CopyWhole, PDF: scan, Source: source, Signatory: "x"}, issuance.CopySignatory},
	} {
		c.r.Agency, c.r.By = "snv-hanoi", issuance.System
		var e *issuance.CopyError
		if _, _, err := s.Copy(ctx, c.r, issuance.UntilIssued); !errors.As(err, &e) || e.Rule != c.rule {
			t.Errorf("%s: %v, want %s", name, err, c.rule)
		}
	}
	page, err := store.Register(ctx, archive.Filter{Book: "SAO"}, archive.Page{})
	if err != nil || len(page.Entries) != 0 {
		t.Errorf("a refused copy took a number: %+v %v", page.Entries, err)
	}
}
