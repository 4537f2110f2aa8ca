package issuance_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"antin/archive"
	"antin/archive/sqlite"
	"antin/issuance"
	"antin/issuance/demo"
	"antin/signer"
	"antin/signer/verify"
	"antin/templates"
)

var clock = time.Date(2026, 3, 2, 9, 30, 0, 0, archive.Zone)

var office = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "antin-issuance-")
	if err != nil {
		return "", err
	}
	_, err = demo.Make(dir, clock)
	return dir, err
})

func TestMain(m *testing.M) {
	code := m.Run()
	if dir, err := office(); err == nil {
		_ = os.RemoveAll(dir)
	}
	os.Exit(code)
}

// jobsDone asks for the jobs that are due at a time and has them done.
func jobsDone(t testing.TB, s *issuance.Service, now time.Time) {
	t.Helper()
	crew := archive.Crew{Workers: s.Workers(), Now: func() time.Time { return now }, Drain: true}
	if err := errors.Join(s.Due(t.Context()), s.Store().RunJobs(t.Context(), crew)); err != nil {
		t.Fatal(err)
	}
}

func newService(t testing.TB, change func(*issuance.Options)) (*issuance.Service, archive.Store) {
	t.Helper()
	dir, err := office()
	if err != nil {
		t.Fatal(err)
	}
	store, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "antin.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	agencies, err := issuance.OpenAgencies(filepath.Join(dir, "agencies"))
	if err != nil {
		t.Fatal(err)
	}
	forms, err := templates.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	trust, err := verify.LoadTrust(filepath.Join(dir, "trust"))
	if err != nil {
		t.Fatal(err)
	}
	o := issuance.Options{
		Store: store, Forms: forms, Agencies: agencies, Trust: trust, PublicURL: "https://antin.example.vn",
		Now: func() time.Time { return clock },
	}
	if change != nil {
		change(&o)
	}
	s := issuance.New(o)
	if err := s.Prepare(t.Context()); err != nil {
		t.Fatal(err)
	}
	return s, o.Store
}

func sample(t testing.TB, form string, edit func(map[string]any)) issuance.Request {
	t.Helper()
	forms, err := templates.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	f, err := forms.Choose(form, "", time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	r := issuance.Request{Form: f.ID, Version: f.Version, Data: f.Sample(), By: issuance.System}
	if edit != nil {
		var data map[string]any
		dec := json.NewDecoder(bytes.NewReader(r.Data))
		dec.UseNumber()
		if err := dec.Decode(&data); err != nil {
			t.Fatal(err)
		}
		edit(data)
		if r.Data, err = json.Marshal(data); err != nil {
			t.Fatal(err)
		}
	}
	return r
}

// TestRecover: a document that has its number and not its seal is finished at
// the next start, with that number and its date.
func TestRecover(t *testing.T) {
	now := clock
	s, store := newService(t, func(o *issuance.Options) { o.Now = func() time.Time { return now } })
	doc, _, err := s.Make(t.Context(), sample(t, "qd-cham-dut-tctn", nil), issuance.UntilSigned)
	if err != nil {
		t.Fatal(err)
	}
	numbered, err := store.AssignNumber(t.Context(), doc.ID, issuance.System, now)
	if err != nil {
		t.Fatal(err)
	}
	now = now.AddDate(0, 0, 1) // the machine was down overnight
	finished, err := s.Recover(t.Context())
	if err != nil || finished != 1 {
		t.Fatalf("recovered %d, %v", finished, err)
	}
	after, err := store.Get(t.Context(), doc.ID)
	if err != nil || after.State != archive.Issued || *after.Number != *numbered.Number {
		t.Fatalf("after recovery: %s %+v, before %+v, %v", after.State, after.Number, numbered.Number, err)
	}
	pdf, _, err := store.RevisionContent(t.Context(), doc.ID, 0)
	if err != nil {
		t.Fatal(err)
	}
	report, err := s.Verify(t.Context(), pdf)
	if err != nil || report.Indication != verify.TotalPassed || report.Fields["so"] != "01/QĐ-SNV" || !strings.Contains(report.Fields["ngay"], "ngày 02 tháng 3 năm 2026") {
		t.Fatalf("%v %v %v", report.Indication, report.Fields, err)
	}
	if finished, err := s.Recover(t.Context()); err != nil || finished != 0 {
		t.Errorf("a second recovery finished %d, %v", finished, err)
	}
}

// TestSealJob: the instance whose request gave the number is gone, and no other
// one starts: those that run see it after a while and seal it, on both stores.
func TestSealJob(t *testing.T) {
	onBothStores(t, func(t *testing.T, store archive.Store) {
		now := clock
		s, _ := newService(t, func(o *issuance.Options) { o.Store, o.Now = store, func() time.Time { return now } })
		doc, _, err := s.Make(t.Context(), sample(t, "qd-cham-dut-tctn", nil), issuance.UntilSigned)
		if err != nil {
			t.Fatal(err)
		}
		numbered, err := store.AssignNumber(t.Context(), doc.ID, issuance.System, now)
		if err != nil {
			t.Fatal(err)
		}
		state := func() archive.Document {
			t.Helper()
			jobsDone(t, s, now)
			d, err := store.Get(t.Context(), doc.ID)
			if err != nil {
				t.Fatal(err)
			}
			return d
		}
		if d := state(); d.State != archive.Numbered {
			t.Errorf("a request that may still be sealing was not waited for: %s", d.State)
		}
		now = now.Add(2 * time.Minute)
		if d := state(); d.State != archive.Issued || *d.Number != *numbered.Number {
			t.Errorf("after a while: %s %+v", d.State, d.Number)
		}
		if j, err := store.Job(t.Context(), "seal/"+doc.ID); err != nil || j.State != archive.JobDone || j.Agency != doc.Agency {
			t.Errorf("the job is %+v, %v", j, err)
		}
	})
}

// TestNoNumberWithoutSeal: where the seal cannot be applied no number is given.
func TestNoNumberWithoutSeal(t *testing.T) {
	s, store := newService(t, nil)
	doc, _, err := s.Make(t.Context(), sample(t, "qd-cham-dut-tctn", nil), issuance.UntilSigned)
	if err != nil {
		t.Fatal(err)
	}
	late := issuance.New(issuance.Options{
		Store: store, Forms: s.Forms(), Agencies: agencies(t), Now: func() time.Time { return clock.AddDate(11, 0, 0) },
	})
	var unusable *issuance.KeyNotUsableError
	if _, err := late.Issue(t.Context(), doc.ID, issuance.System); !errors.As(err, &unusable) || !errors.Is(err, signer.ErrExpired) {
		t.Fatalf("an expired seal gave %v", err)
	}
	after, err := store.Get(t.Context(), doc.ID)
	if err != nil || after.State != archive.Signed || after.Number != nil {
		t.Errorf("after the refusal: %s %v %v", after.State, after.Number, err)
	}
}

func agencies(t *testing.T) map[string]*issuance.Agency {
	t.Helper()
	dir, err := office()
	if err != nil {
		t.Fatal(err)
	}
	a, err := issuance.OpenAgencies(filepath.Join(dir, "agencies"))
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// TestManyAtOnce: callers in parallel get the numbers 1..n, each document once.
func TestManyAtOnce(t *testing.T) {
	s, store := newService(t, nil)
	const n = 40
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			r := sample(t, "qd-cham-dut-tctn", nil)
			r.Idempotency = archive.Idempotency{Scope: "t", Key: string(rune('a' + i/2))} // each request twice
			if _, _, err := s.Make(context.WithoutCancel(t.Context()), r, issuance.UntilIssued); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	page, err := store.Register(t.Context(), archive.Filter{}, archive.Page{Limit: archive.MaxPage})
	if err != nil || len(page.Entries) != n/2 {
		t.Fatalf("%d entries, want %d, %v", len(page.Entries), n/2, err)
	}
	for i, e := range page.Entries {
		if e.Number.Serial != i+1 || e.State != archive.Issued {
			t.Errorf("entry %d: number %d, %s", i, e.Number.Serial, e.State)
		}
	}
}

// TestRegisterWord: what the register says to whoever has a file.
func TestRegisterWord(t *testing.T) {
	s, store := newService(t, nil)
	doc, _, err := s.Make(t.Context(), sample(t, "qd-cham-dut-tctn", nil), issuance.UntilIssued)
	if err != nil {
		t.Fatal(err)
	}
	word := func(revision int) string {
		pdf, _, err := store.RevisionContent(t.Context(), doc.ID, revision)
		if err != nil {
			t.Fatal(err)
		}
		report, err := s.Verify(t.Context(), pdf)
		if err != nil || report.Register == nil || report.Register.Message == "" || report.Register.MessageEN == "" {
			t.Fatalf("%+v, %v", report, err)
		}
		return report.Register.State
	}
	if got := word(0); got != verify.RegisterIssued {
		t.Errorf("the issued file is %s", got)
	}
	if got := word(2); got != verify.RegisterUnfinal {
		t.Errorf("the signed revision is %s", got)
	}
	other, _ := newService(t, nil)
	pdf, _, err := store.RevisionContent(t.Context(), doc.ID, 0)
	if err != nil {
		t.Fatal(err)
	}
	if report, err := other.Verify(t.Context(), pdf); err != nil || report.Register.State != verify.RegisterUnknown {
		t.Errorf("another register says %+v, %v", report.Register, err)
	}
	if _, err := s.Withdraw(t.Context(), doc.ID, "Ban hành nhầm", issuance.System); err != nil {
		t.Fatal(err)
	}
	if got := word(0); got != verify.RegisterWithdrawn {
		t.Errorf("the withdrawn file is %s", got)
	}
	if _, err := s.LookUp(t.Context(), doc.LookupCode); err != nil {
		t.Error(err)
	}
}

// TestDraftIsNobodysBusiness: a code leads nowhere before the document is issued.
func TestDraftIsNobodysBusiness(t *testing.T) {
	s, _ := newService(t, nil)
	doc, _, err := s.Make(t.Context(), sample(t, "qd-cham-dut-tctn", nil), issuance.UntilSigned)
	if err != nil {
		t.Fatal(err)
	}
	var missing *archive.NotFoundError
	if _, err := s.LookUp(t.Context(), doc.LookupCode); !errors.As(err, &missing) {
		t.Errorf("a signed document can be looked up: %v", err)
	}
}

// TestPermit: photo, permit code and the photo's absence from the stored data.
func TestPermit(t *testing.T) {
	s, store := newService(t, nil)
	doc, _, err := s.Make(t.Context(), sample(t, "gpld-12-pli", nil), issuance.UntilIssued)
	if err != nil {
		t.Fatal(err)
	}
	if doc.Number.Text != "001261000.001" || doc.Number.Full() != doc.Number.Text {
		t.Errorf("permit code %q", doc.Number.Full())
	}
	kept, err := store.Get(t.Context(), doc.ID)
	if err != nil || !bytes.Contains(kept.Data, []byte(`"photo":"sha256:`)) || len(kept.Data) > 4096 {
		t.Errorf("kept data of %d bytes, %v", len(kept.Data), err)
	}
}

func TestAgencyFolders(t *testing.T) {
	from, err := office()
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ name, file, content, want string }{
		{"unknown key of office.yaml", issuance.OfficeFile, "sael: {}\n", "sael"},
		{"unknown signatory", issuance.OfficeFile, "signatories: {giam-docc: {pkcs12: keys/seal.p12}}\n", "giam-docc"},
		{"missing key file", issuance.OfficeFile, "seal: {pkcs12: keys/none.p12}\n", "keys/none.p12"},
		{"unknown profile", issuance.OfficeFile, "seal: {pkcs12: keys/seal.p12, profile: xades}\n", "pades"},
		{"key file that is none", issuance.OfficeFile, "seal: {pkcs12: office.yaml}\n", "office.yaml"},
		{"picture that is none", issuance.OfficeFile, "seal: {pkcs12: keys/seal.p12, password_file: keys/seal.password, picture: agency.yaml}\n", "agency.yaml"},
		{"folder of another name", issuance.ProfileFile, "", "id"},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir := t.TempDir()
			to := filepath.Join(dir, "snv-hanoi")
			if err := os.CopyFS(to, os.DirFS(filepath.Join(from, "agencies", "snv-hanoi"))); err != nil {
				t.Fatal(err)
			}
			if test.content != "" {
				if err := os.WriteFile(filepath.Join(to, test.file), []byte(test.content), 0o600); err != nil {
					t.Fatal(err)
				}
			} else if err := os.Rename(to, filepath.Join(dir, "other")); err != nil {
				t.Fatal(err)
			}
			if _, err := issuance.OpenAgencies(dir); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want it to name %q", err, test.want)
			}
		})
	}
}

// TestChangedFile: something appended to a document of the register is found to
// come from it.
func TestChangedFile(t *testing.T) {
	s, store := newService(t, nil)
	doc, _, err := s.Make(t.Context(), sample(t, "qd-cham-dut-tctn", nil), issuance.UntilIssued)
	if err != nil {
		t.Fatal(err)
	}
	pdf, _, err := store.RevisionContent(t.Context(), doc.ID, 0)
	if err != nil {
		t.Fatal(err)
	}
	// A byte changed in what every revision begins with: only the code tells.
	altered := bytes.Clone(pdf)
	altered[bytes.Index(altered, []byte("stream"))+200] ^= 1
	if report, err := s.Verify(t.Context(), altered); err != nil || report.Register.State != verify.RegisterAltered || report.Indication != verify.TotalFailed || report.Register.MessageEN == "" {
		t.Errorf("altered: %v %+v, %v", report.Indication, report.Register, err)
	}
	report, err := s.Verify(t.Context(), append(bytes.Clone(pdf), "% added\n"...))
	if err != nil || report.Register.State != verify.RegisterChanged || report.Indication == verify.TotalPassed || !strings.Contains(report.Register.Message, "01/QĐ-SNV") {
		t.Errorf("%v %+v, %v", report.Indication, report.Register, err)
	}
}
