package verify_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"antin/internal/judge"
	"antin/signer/verify"
)

func TestIssuedDocumentPasses(t *testing.T) {
	r := check(t, issued(), options())
	if r.Indication != verify.TotalPassed || r.SubIndication != "" || len(r.Signatures) != 2 || r.ExitStatus() != 0 {
		t.Fatal(dump(r))
	}
	for i, want := range []struct {
		field    string
		role     verify.Role
		coverage verify.Coverage
		changes  verify.ChangesAfter
	}{
		{"ky_lanh_dao", verify.Certification, verify.EntireRevision, verify.FormFilling},
		{"con_dau", verify.Approval, verify.EntireFile, verify.NoChanges},
	} {
		s := r.Signatures[i]
		if s.Field != want.field || s.Role != want.role || s.Coverage != want.coverage || s.ChangesAfter != want.changes || s.Page != 1 || !s.Visible ||
			s.Integrity != verify.Passed || s.Certificate.Revocation != "GOOD" || len(s.Chain) != 3 || s.TimeSource != "claimed" {
			t.Errorf("signature %d: %+v", i, s)
		}
	}
	if r.Fields["so"] != "15/QĐ-TTDVVL" || r.Fields["ngay"] != "Hà Nội, ngày 23 tháng 11 năm 2026" {
		t.Error(r.Fields)
	}
}

func BenchmarkDocument(b *testing.B) {
	data, opt := issued(), options()
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		if r := check(b, data, opt); r.Indication != verify.TotalPassed {
			b.Fatal(dump(r))
		}
	}
}

// BenchmarkBesidePdfsig verifies a two-signature document and has pdfsig do the
// same on the same file in the same run. pdfsig's time is that of its process;
// it builds no chain and compares no revisions.
func BenchmarkBesidePdfsig(b *testing.B) {
	judge.Need(b, "pdfsig")
	data, opt := issued(), options()
	path := filepath.Join(b.TempDir(), "a.pdf")
	must(os.WriteFile(path, data, 0o600))
	best := time.Hour
	for range 10 {
		start := time.Now()
		if err := exec.CommandContext(b.Context(), "pdfsig", "-nocert", path).Run(); err != nil {
			b.Fatal(err)
		}
		best = min(best, time.Since(start))
	}
	for b.Loop() {
		check(b, data, opt)
	}
	ours := float64(b.Elapsed().Nanoseconds()) / float64(b.N)
	b.ReportMetric(float64(best.Microseconds()), "pdfsig-µs")
	b.ReportMetric(float64(best.Nanoseconds())/ours, "times-faster")
}
