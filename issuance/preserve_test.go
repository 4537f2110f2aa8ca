package issuance_test

import (
	"context"
	"crypto"
	"crypto/x509"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"

	"antin/archive"
	"antin/internal/judge"
	"antin/issuance"
	"antin/signer"
	"antin/signer/testpki"
	"antin/signer/tsp"
	"antin/signer/verify"
)

// agenciesOf is the demonstration's agencies with keys of pki, whose revocation
// lists a test can make anew.
func agenciesOf(t *testing.T, pki *testpki.PKI) map[string]*issuance.Agency {
	t.Helper()
	from, err := office()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(filepath.Join(from, "agencies"))); err != nil {
		t.Fatal(err)
	}
	folders, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range folders {
		name := filepath.Join(dir, f.Name(), issuance.OfficeFile)
		raw, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		var o issuance.Office
		if err := yaml.Unmarshal(raw, &o); err != nil {
			t.Fatal(err)
		}
		put := func(e issuance.KeyEntry, id *signer.Identity) {
			p12, err := id.PKCS12("test")
			if err != nil {
				t.Fatal(err)
			}
			for file, content := range map[string][]byte{e.PKCS12: p12, e.PasswordFile: []byte("test")} {
				if err := os.WriteFile(filepath.Join(dir, f.Name(), file), content, 0o600); err != nil {
					t.Fatal(err)
				}
			}
		}
		short, err := pki.Issue(testpki.Request{Name: "Chứng thư hai năm", NotAfter: clock.AddDate(2, 0, 0)})
		if err != nil {
			t.Fatal(err)
		}
		put(*o.Seal, short)
		for _, e := range o.Signatories {
			put(e, short)
		}
	}
	agencies, err := issuance.OpenAgencies(dir)
	if err != nil {
		t.Fatal(err)
	}
	return agencies
}

// trustIn is the trust in pki with its revocation lists of the given time.
func trustIn(t *testing.T, pki *testpki.PKI, at time.Time) *verify.Trust {
	t.Helper()
	trust := verify.NewTrust(pki.Root.Certificate)
	for _, a := range []testpki.Authority{pki.Root, pki.CA} {
		der, err := pki.CRL(a, at)
		if err != nil {
			t.Fatal(err)
		}
		l, err := x509.ParseRevocationList(der)
		if err != nil {
			t.Fatal(err)
		}
		trust.AddCRL(l)
	}
	return trust
}

// TestPreserve: an issued document gets its timestamp while the authority can be
// reached, waits for revocation data newer than that, and is then whole enough
// that DSS calls it B-LTA and it verifies when every certificate has expired.
func TestPreserve(t *testing.T) {
	now := clock
	pki, err := testpki.New(testpki.Options{Now: clock})
	if err != nil {
		t.Fatal(err)
	}
	tsa, err := pki.TSA(func() time.Time { return now })
	if err != nil {
		t.Fatal(err)
	}
	down := true
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if down {
			http.Error(w, "closed", http.StatusServiceUnavailable)
			return
		}
		tsa.ServeHTTP(w, r)
	}))
	defer server.Close()
	client := &tsp.Client{URL: server.URL}
	agencies := agenciesOf(t, pki)
	options := func(o *issuance.Options) {
		o.Agencies, o.Trust, o.Now = agencies, trustIn(t, pki, clock.Add(-time.Minute)), func() time.Time { return now }
		o.Preservation = &issuance.Preservation{Token: func(ctx context.Context, digest []byte) ([]byte, error) {
			return client.TimestampDigest(ctx, crypto.SHA256, digest)
		}}
	}
	s, store := newService(t, options)
	ctx := t.Context()
	doc, _, err := s.Make(ctx, sample(t, "qd-cham-dut-tctn", nil), issuance.UntilIssued)
	if err != nil {
		t.Fatal(err)
	}
	ended := func() (n int) {
		t.Helper()
		for _, kind := range []string{"timestamp", "evidence"} {
			jobs, _, err := store.Jobs(ctx, archive.JobFilter{Kind: kind, State: archive.JobDone}, archive.Page{})
			if err != nil {
				t.Fatal(err)
			}
			n += len(jobs)
		}
		return n
	}
	round := func(s *issuance.Service, want int) {
		t.Helper()
		before := ended()
		jobsDone(t, s, now)
		if n := ended() - before; n != want {
			t.Fatalf("%d jobs done, want %d", n, want)
		}
	}
	revisions := func(want int) archive.Document {
		t.Helper()
		d, err := store.Get(ctx, doc.ID)
		if err != nil {
			t.Fatal(err)
		}
		if len(d.Revisions) != want || d.State != archive.Issued {
			t.Fatalf("%d revisions, %s", len(d.Revisions), d.State)
		}
		return d
	}
	round(s, 0) // the authority is down: the document is issued all the same
	revisions(3)
	round(s, 0)

	down, now = false, now.Add(10*time.Minute)
	round(s, 1)
	revisions(4)
	round(s, 0) // the evidence is not due

	now = now.Add(25 * time.Hour)
	round(s, 0) // the lists are older than the timestamp
	revisions(4)

	now = now.Add(7 * time.Hour)
	fresh, _ := newService(t, func(o *issuance.Options) { // a service that was started with today's lists
		options(o)
		o.Store, o.Trust = store, trustIn(t, pki, now.Add(-time.Hour))
	})
	round(fresh, 1)
	done := revisions(5)
	round(fresh, 0)

	pdf, _, err := store.RevisionContent(ctx, doc.ID, 0)
	if err != nil {
		t.Fatal(err)
	}
	// The certificates of those who signed have expired, that of the last
	// timestamp has not; nothing but the root comes from outside.
	later := verify.Options{Trust: verify.NewTrust(pki.Root.Certificate), Now: clock.AddDate(5, 0, 0)}
	report, err := verify.Document(pdf, later)
	if err != nil || report.Indication != verify.TotalPassed {
		t.Errorf("years later: %s %s %v", report.Indication, report.ConclusionEN, err)
	}
	for i := range report.Signatures {
		if c := report.Signatures[i].Certificate; c != nil && c.Revocation != "GOOD" {
			t.Errorf("%s: revocation %s years later", report.Signatures[i].Field, c.Revocation)
		}
	}
	word, err := fresh.Verify(ctx, pdf)
	if err != nil || word.Register == nil || word.Register.State != verify.RegisterIssued {
		t.Errorf("the register on revision %d: %+v %v", len(done.Revisions), word.Register, err)
	}

	path := filepath.Join(t.TempDir(), "preserved.pdf")
	if err := os.WriteFile(path, pdf, 0o600); err != nil {
		t.Fatal(err)
	}
	judged := judge.Trust{Roots: testpki.PEM(pki.Root.Certificate), At: now.Add(time.Hour)}
	judge.Check(t, path)
	dss := judge.DSS(t, path, judged)
	if err := dss.Err(); err != nil {
		t.Error(err)
	}
	for _, sig := range dss.Signatures {
		if sig.Level != "PAdES-BASELINE-LTA" {
			t.Errorf("DSS calls %s %s", sig.Field, sig.Level)
		}
	}
	judge.Conforms(t, "2b", path)
}

// TestPreserveWithoutNewerData: after a week of waiting the older lists are kept.
func TestPreserveWithoutNewerData(t *testing.T) {
	now := clock
	pki, err := testpki.New(testpki.Options{Now: clock})
	if err != nil {
		t.Fatal(err)
	}
	tsa, err := pki.TSA(func() time.Time { return now })
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(tsa)
	defer server.Close()
	client := &tsp.Client{URL: server.URL}
	agencies := agenciesOf(t, pki)
	s, store := newService(t, func(o *issuance.Options) {
		o.Agencies, o.Trust, o.Now = agencies, trustIn(t, pki, clock.Add(-time.Minute)), func() time.Time { return now }
		o.Preservation = &issuance.Preservation{Token: func(ctx context.Context, digest []byte) ([]byte, error) {
			return client.TimestampDigest(ctx, crypto.SHA256, digest)
		}}
	})
	doc, _, err := s.Make(t.Context(), sample(t, "qd-cham-dut-tctn", nil), issuance.UntilIssued)
	if err != nil {
		t.Fatal(err)
	}
	jobsDone(t, s, now)
	rounds := 0
	for now = now.Add(24 * time.Hour); rounds < 100; now = now.Add(6 * time.Hour) {
		rounds++
		jobsDone(t, s, now)
		j, err := store.Job(t.Context(), "evidence/"+doc.ID)
		if err != nil || j.State != archive.JobDone && j.Error == "" {
			t.Fatalf("round %d: nothing done and no reason: %+v %v", rounds, j, err)
		}
		if j.State == archive.JobDone {
			break
		}
	}
	d, err := store.Get(t.Context(), doc.ID)
	if err != nil || len(d.Revisions) != 5 {
		t.Fatalf("%d revisions after %d rounds: %v", len(d.Revisions), rounds, err)
	}
	if waited := now.Sub(clock); waited < 7*24*time.Hour || waited > 9*24*time.Hour {
		t.Errorf("waited %v", waited)
	}
}
