package issuance_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"antin/archive"
	"antin/internal/judge"
	"antin/issuance"
	"antin/signer/verify"
)

// configured are the demonstration's agencies with something added to the office
// of snv-hanoi.
func configured(t *testing.T, added string) map[string]*issuance.Agency {
	t.Helper()
	from, err := office()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(filepath.Join(from, "agencies"))); err != nil {
		t.Fatal(err)
	}
	f, err := os.OpenFile(filepath.Join(dir, "snv-hanoi", issuance.OfficeFile), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteString(added); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	agencies, err := issuance.OpenAgencies(dir)
	if err != nil {
		t.Fatal(err)
	}
	return agencies
}

// TestMidYear: an agency that begins in mid-year goes on from its paper book,
// begins again with 01 on 1 January of Hà Nội, and stamps as it configured.
func TestMidYear(t *testing.T) {
	now := clock
	s, store := newService(t, func(o *issuance.Options) {
		o.Now = func() time.Time { return now }
		o.Agencies = configured(t, `
books:
  - {code: QĐ, start: {2026: 120}, retention_years: 10, storage: "Phông SNV, hộp QĐ-{year}"}
archive_stamp:
  lines: ["{agency}", "SỐ LƯU {number} NGÀY {date}", "[Bảo quản {retention}, ]{storage}"]
  ink: blue
  no_frame: true
`)
	})
	var last archive.Document
	for _, c := range []struct {
		at   time.Time
		want string
	}{
		{clock, "120/QĐ-SNV"},
		{time.Date(2026, 12, 31, 23, 59, 59, 0, archive.Zone), "121/QĐ-SNV"},
		{time.Date(2026, 12, 31, 17, 0, 0, 0, time.UTC), "01/QĐ-SNV"}, // midnight in Hà Nội
		{time.Date(2027, 1, 1, 0, 0, 1, 0, archive.Zone), "02/QĐ-SNV"},
	} {
		now = c.at
		doc, _, err := s.Make(t.Context(), sample(t, "qd-cham-dut-tctn", nil), issuance.UntilIssued)
		if err != nil {
			t.Fatal(err)
		}
		if doc.Number.Full() != c.want || !doc.Number.Date.Equal(archive.Day(c.at)) {
			t.Errorf("at %s: %s of %s, want %s", c.at, doc.Number.Full(), doc.Number.Date, c.want)
		}
		last = doc
	}
	pdf, _, err := store.RevisionContent(t.Context(), last.ID, 0)
	if err != nil {
		t.Fatal(err)
	}
	report, err := s.Verify(t.Context(), pdf)
	if err != nil || report.Indication != verify.TotalPassed {
		t.Errorf("%v %v", report.Conclusion, err)
	}
	if got := report.Fields["luu_tru"]; !strings.Contains(got, "SỐ LƯU 02/QĐ-SNV NGÀY 01/01/2027") || !strings.Contains(got, "Bảo quản 10 năm, Phông SNV, hộp QĐ-2027") {
		t.Errorf("the stamp says %q", got)
	}
	name := filepath.Join(t.TempDir(), "stamped.pdf")
	if err := os.WriteFile(name, pdf, 0o600); err != nil {
		t.Fatal(err)
	}
	if keep := os.Getenv("ANTIN_PREVIEW"); keep != "" {
		if err := os.WriteFile(filepath.Join(keep, "stamped.pdf"), pdf, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if text := judge.Text(t, name); !strings.Contains(text, "SỐ LƯU 02/QĐ-SNV NGÀY 01/01/2027") {
		t.Errorf("the stamp is not on the page:\n%s", text)
	}
}

// TestCommonBook: one book for all types, permit codes keep their own; a change
// of the configuration is in the trail.
func TestCommonBook(t *testing.T) {
	s, store := newService(t, func(o *issuance.Options) { o.Agencies = configured(t, "\ncommon_book: CHUNG\n") })
	for form, want := range map[string]string{"qd-cham-dut-tctn": "CHUNG", "gpld-12-pli": "GPLĐ"} {
		doc, _, err := s.Make(t.Context(), sample(t, form, nil), issuance.UntilIssued)
		if err != nil {
			t.Fatal(err)
		}
		if doc.Number.Book != want || doc.Number.Serial != 1 {
			t.Errorf("%s: book %s, number %s, want book %s", form, doc.Number.Book, doc.Number.Full(), want)
		}
	}
	configurations := func() int {
		rows, err := store.Audit(t.Context(), archive.AuditFilter{Action: archive.ActionConfigure, Agency: "snv-hanoi"}, 0, 0)
		if err != nil {
			t.Fatal(err)
		}
		return len(rows)
	}
	before := configurations()
	for i, change := range []string{"\ncommon_book: CHUNG\n", "\ncommon_book: CHUNG\narchive_stamp: {ink: black}\n"} {
		again := issuance.New(issuance.Options{Store: store, Forms: s.Forms(), Agencies: configured(t, change), Now: func() time.Time { return clock }})
		if err := again.Prepare(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := configurations() - before; got != i {
			t.Errorf("start %d with %q wrote %d rows", i+1, change, got)
		}
	}
}

// TestRetention: what is due is listed; destroying it asks for the written act
// and leaves the register's line and the look-up; what is not due stays.
func TestRetention(t *testing.T) {
	onBothStores(t, func(t *testing.T, store archive.Store) {
		now := clock
		s, _ := newService(t, func(o *issuance.Options) {
			o.Store, o.Now = store, func() time.Time { return now }
			o.Agencies = configured(t, "\nbooks: [{code: QĐ, retention_years: 5}]\n")
		})
		doc, _, err := s.Make(t.Context(), sample(t, "qd-cham-dut-tctn", nil), issuance.UntilIssued)
		if err != nil {
			t.Fatal(err)
		}
		act := archive.Destruction{Reason: "hết thời hạn bảo quản", Decision: "12/QĐ-SNV ngày 05/01/2032", Minutes: "01/BB-HTL ngày 06/01/2032"}
		now = time.Date(2031, 12, 31, 23, 0, 0, 0, archive.Zone)
		if due, _, err := s.RetentionDue(t.Context(), "", archive.Page{}); err != nil || len(due) != 0 {
			t.Errorf("on the last day: %v %v", due, err)
		}
		now = time.Date(2032, 1, 1, 0, 0, 0, 0, archive.Zone)
		due, _, err := s.RetentionDue(t.Context(), "snv-hanoi", archive.Page{})
		if err != nil || len(due) != 1 || due[0].Years != 5 || due[0].Until.Format(time.DateOnly) != "2031-12-31" {
			t.Fatalf("%+v %v", due, err)
		}
		if due, _, err := s.RetentionDue(t.Context(), "phuong-minh-hoa", archive.Page{}); err != nil || len(due) != 0 {
			t.Errorf("another agency's: %v %v", due, err)
		}
		if _, err := s.Destroy(t.Context(), doc.ID, archive.Destruction{Reason: "dọn dẹp"}, issuance.System); err == nil {
			t.Error("destroyed without a decision")
		}
		gone, err := s.Destroy(t.Context(), doc.ID, act, issuance.System)
		if err != nil || gone.Destroyed.IsZero() {
			t.Fatal(gone, err)
		}
		found, err := s.LookUp(t.Context(), doc.LookupCode)
		if err != nil || found.NumberAndSymbol != "01/QĐ-SNV" {
			t.Errorf("looked up: %+v %v", found, err)
		}
		page, err := store.Register(t.Context(), archive.Filter{Agency: "snv-hanoi"}, archive.Page{})
		if err != nil || len(page.Entries) != 1 || page.Entries[0].Subject != doc.Subject {
			t.Errorf("the register has %+v, %v", page.Entries, err)
		}
		if out, err := s.Export(t.Context(), issuance.Export{Agency: "snv-hanoi", Book: "QĐ", Year: 2026, Format: "csv"}, issuance.System); err != nil || !strings.Contains(string(out), "01/QĐ-SNV") {
			t.Errorf("the book: %s %v", out, err)
		}
	})
}
