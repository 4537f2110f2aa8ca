package issuance_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"antin/archive"
	"antin/internal/judge"
	"antin/issuance"
	"antin/signer/verify"
	"antin/templates/layout"
	"antin/templates/mark"
	"antin/templates/render"
)

// plainPDF is a tagged PDF/A-2b without fields, as another program might make it.
func plainPDF(t testing.TB, title string, pages int) []byte {
	t.Helper()
	doc := &layout.Document{Title: title}
	for i := range pages {
		doc.Sections = append(doc.Sections, layout.Section{Page: layout.StandardPage(), Blocks: []layout.Block{
			&layout.Paragraph{Role: layout.TitleRole, Align: layout.Center, Runs: []layout.Run{{Text: title, Bold: true, Size: 14}}},
			&layout.Paragraph{Runs: []layout.Run{{Text: fmt.Sprintf("Nội dung trang %d", i+1), Size: 14}}},
		}})
	}
	b, err := render.PDF(doc, render.Options{Now: clock})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// judged hands a signed file to every judge.
func judged(t *testing.T, pdf []byte, conforms []string, fields ...string) string {
	t.Helper()
	dir, err := office()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "f.pdf")
	if err := os.WriteFile(path, pdf, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, j := range []string{"qpdf", "pdfsig", "pyhanko", "dss", "verapdf", "pdftotext"} {
		judge.Need(t, j)
	}
	judge.AcceptSigned(t, path, trustOf(t, dir), fields...)
	for _, c := range conforms {
		judge.Conforms(t, c, path)
	}
	return judge.Text(t, path)
}

func trustOf(t *testing.T, dir string) judge.Trust {
	t.Helper()
	var out judge.Trust
	entries, err := os.ReadDir(filepath.Join(dir, "trust"))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		b, err := os.ReadFile(filepath.Join(dir, "trust", e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		switch filepath.Ext(e.Name()) {
		case ".pem":
			out.Roots = append(out.Roots, b...)
		case ".crl":
			out.CRLs = append(out.CRLs, b)
		}
	}
	return out
}

// TestAnnexes: files bound to a draft are signed by the agency when it is
// issued, with number and time at the top right, and verification knows them.
func TestAnnexes(t *testing.T) {
	s, store := newService(t, nil)
	ctx := t.Context()
	doc, _, err := s.Make(ctx, sample(t, "qd-cham-dut-tctn", nil), issuance.UntilDraft)
	if err != nil {
		t.Fatal(err)
	}
	file := plainPDF(t, "Phụ lục I", 2)
	bound, err := s.AddAnnex(ctx, doc.ID, " Phụ lục I. Danh sách ", file, issuance.System)
	if err != nil || bound.N != 1 || bound.PageCount != 2 || bound.Title != "Phụ lục I. Danh sách" {
		t.Fatalf("%+v %v", bound, err)
	}
	if report, err := s.Verify(ctx, file); err != nil || report.Register.State != verify.RegisterUnfinal {
		t.Errorf("the unsigned annex: %+v %v", report.Register, err)
	}
	if doc, err = s.Sign(ctx, doc.ID, issuance.System); err != nil {
		t.Fatal(err)
	}
	var state *archive.StateError
	if _, err := s.AddAnnex(ctx, doc.ID, "Phụ lục II", plainPDF(t, "Phụ lục II", 1), issuance.System); !errors.As(err, &state) {
		t.Errorf("an annex after the signature: %v", err)
	}
	if doc, err = s.Issue(ctx, doc.ID, issuance.System); err != nil {
		t.Fatal(err)
	}
	signed, annex, err := s.AnnexContent(ctx, doc.ID, 1)
	if err != nil || annex.Signed == "" || !bytes.HasPrefix(signed, file) {
		t.Fatalf("%+v %v", annex, err)
	}
	text := judged(t, signed, []string{"2b", "ua1"}, "chu_ky_co_quan")
	for _, want := range []string{"Số: 01/QĐ-SNV;", "2026-03-02T09:30:00+07:00"} {
		if !strings.Contains(text, want) {
			t.Errorf("the page lacks %q:\n%s", want, text)
		}
	}
	report, err := s.Verify(ctx, signed)
	if err != nil || report.Indication != verify.TotalPassed || report.Register.State != verify.RegisterIssued || report.Register.Annex != 1 || report.Register.DocumentID != doc.ID {
		t.Fatalf("%v %v %+v %v", report.Indication, report.SubIndication, report.Register, err)
	}
	if !strings.Contains(report.Register.Message, "văn bản kèm theo") {
		t.Error(report.Register.Message)
	}
	if _, err := s.Withdraw(ctx, doc.ID, "ban hành nhầm", issuance.System); err != nil {
		t.Fatal(err)
	}
	if report, err := s.Verify(ctx, signed); err != nil || report.Register.State != verify.RegisterWithdrawn {
		t.Errorf("after the withdrawal: %+v %v", report.Register, err)
	}
	if d, err := store.Doctor(ctx); err != nil || len(d.Findings) > 0 {
		t.Errorf("%+v %v", d.Findings, err)
	}
}

// TestAnnexesFinished: a document that was cut off between its number and its
// seal gets its annexes signed as well.
func TestAnnexesFinished(t *testing.T) {
	now := clock
	s, store := newService(t, func(o *issuance.Options) { o.Now = func() time.Time { return now } })
	ctx := t.Context()
	doc, _, err := s.Make(ctx, sample(t, "qd-cham-dut-tctn", nil), issuance.UntilDraft)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 3 {
		if _, err := s.AddAnnex(ctx, doc.ID, "Phụ lục", plainPDF(t, fmt.Sprintf("Phụ lục %d", i), 1), issuance.System); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.RemoveAnnex(ctx, doc.ID, 2, issuance.System); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Sign(ctx, doc.ID, issuance.System); err != nil {
		t.Fatal(err)
	}
	if _, err := store.AssignNumber(ctx, doc.ID, issuance.System, now); err != nil {
		t.Fatal(err)
	}
	now = now.Add(time.Hour)
	if n, err := s.Recover(ctx); err != nil || n != 1 {
		t.Fatalf("%d %v", n, err)
	}
	all, err := s.Annexes(ctx, doc.ID)
	if err != nil || len(all) != 2 || all[0].Signed == "" || all[1].Signed == "" || all[1].N != 3 || !all[1].SignedAt.Equal(now) {
		t.Errorf("%+v %v", all, err)
	}
}

// TestSeparateAnnexes: the annexes that a form sets, each in a file of its own.
func TestSeparateAnnexes(t *testing.T) {
	s, _ := newService(t, nil)
	ctx := t.Context()
	r := sample(t, "qd-kham-bnn", nil)
	r.Idempotency = archive.Idempotency{Scope: "t", Key: "k"}
	whole, _, err := s.Make(ctx, sample(t, "qd-kham-bnn", nil), issuance.UntilDraft)
	if err != nil {
		t.Fatal(err)
	}
	r.SeparateAnnexes = true
	doc, _, err := s.Make(ctx, r, issuance.UntilDraft)
	if err != nil {
		t.Fatal(err)
	}
	all, err := s.Annexes(ctx, doc.ID)
	if err != nil || len(all) != 1 || doc.PageCount+all[0].PageCount != whole.PageCount {
		t.Fatalf("%d pages and annexes %+v, whole %d, %v", doc.PageCount, all, whole.PageCount, err)
	}
	if err := s.RemoveAnnex(ctx, doc.ID, 1, issuance.System); err != nil { // as if cut off before it
		t.Fatal(err)
	}
	doc, replay, err := s.Make(ctx, r, issuance.UntilIssued)
	if err != nil || !replay {
		t.Fatal(replay, err)
	}
	again, err := s.Annexes(ctx, doc.ID)
	if err != nil || len(again) != 1 || again[0].SHA256 != all[0].SHA256 || again[0].Signed == "" {
		t.Fatalf("%+v %v", again, err)
	}
	pdf, _, err := s.AnnexContent(ctx, doc.ID, 1)
	if err != nil {
		t.Fatal(err)
	}
	text := judged(t, pdf, []string{"2b", "ua1"}, "chu_ky_co_quan")
	for _, want := range []string{"Số: 01/QĐ-SNV;", "DANH SÁCH NGƯỜI LAO ĐỘNG", "Trần Văn Mạnh", doc.LookupCode} {
		if !strings.Contains(text, want) {
			t.Errorf("the annex lacks %q", want)
		}
	}
	if dir := os.Getenv("ANTIN_SHOW"); dir != "" {
		_ = os.WriteFile(filepath.Join(dir, "annex.pdf"), pdf, 0o600)
	}
	altered := append(bytes.Clone(pdf), '\n')
	altered[len(altered)/2] ^= 1
	if report, err := s.Verify(ctx, altered); err != nil || report.Indication == verify.TotalPassed {
		t.Errorf("an altered annex: %v %v", report.Indication, err)
	}
}

// TestAnnexRefused: what is no plain PDF is refused with its reason.
func TestAnnexRefused(t *testing.T) {
	s, store := newService(t, nil)
	ctx := t.Context()
	doc, _, err := s.Make(ctx, sample(t, "qd-cham-dut-tctn", nil), issuance.UntilDraft)
	if err != nil {
		t.Fatal(err)
	}
	draft, _, err := store.RevisionContent(ctx, doc.ID, 1)
	if err != nil {
		t.Fatal(err)
	}
	other, _, err := s.Make(ctx, sample(t, "qd-cham-dut-tctn", nil), issuance.UntilIssued)
	if err != nil {
		t.Fatal(err)
	}
	issued, _, err := store.RevisionContent(ctx, other.ID, 0)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		pdf  []byte
		code mark.Code
	}{
		"text":   {[]byte("xin chào"), mark.NotPDF},
		"empty":  {nil, mark.NotPDF},
		"form":   {draft, mark.Fields},
		"signed": {issued, mark.Signed},
	} {
		var r *mark.RefusalError
		if _, err := s.AddAnnex(ctx, doc.ID, "Phụ lục", c.pdf, issuance.System); !errors.As(err, &r) || r.Code != c.code {
			t.Errorf("%s: %v, want %s", name, err, c.code)
		}
	}
	var invalid *archive.InvalidError
	if _, err := s.AddAnnex(ctx, doc.ID, "  ", plainPDF(t, "Phụ lục", 1), issuance.System); !errors.As(err, &invalid) {
		t.Errorf("no title: %v", err)
	}
	var missing *archive.NotFoundError
	if _, err := s.AddAnnex(ctx, "none", "Phụ lục", plainPDF(t, "Phụ lục", 1), issuance.System); !errors.As(err, &missing) {
		t.Errorf("no document: %v", err)
	}
}
