package issuance_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"antin/archive"
	"antin/internal/judge"
	"antin/issuance"
	"antin/signer/verify"
	"antin/templates"
)

func actor(person string) archive.Actor {
	return archive.Actor{ID: "k", Name: "Khóa", Role: "x", Person: person}
}

func issuedPDF(t *testing.T, store archive.Store, id string) []byte {
	t.Helper()
	pdf, _, err := store.RevisionContent(t.Context(), id, 0)
	if err != nil {
		t.Fatal(err)
	}
	return pdf
}

// TestOneSignature: what a clerk or a leader alone signs carries that person's
// signature, made with number and date in one revision, and nobody else's.
func TestOneSignature(t *testing.T) {
	s, store := newService(t, nil)
	for _, c := range []struct {
		form, person, other, field, signer string
		finish                             func(id string, by archive.Actor) (archive.Document, error)
	}{
		{"phieu-bo-sung", "can-bo-tiep-nhan", "giam-doc", "ky_can_bo", "Đỗ Thị Minh Họa", func(id string, by archive.Actor) (archive.Document, error) { return s.Issue(t.Context(), id, by) }},
		{"giay-tiep-nhan", "can-bo-tiep-nhan", "", "ky_can_bo", "Đỗ Thị Minh Họa", func(id string, by archive.Actor) (archive.Document, error) { return s.Issue(t.Context(), id, by) }},
		{"phieu-trinh", "truong-phong", "giam-doc", "ky_lanh_dao", "Lê Văn Mẫu", func(id string, by archive.Actor) (archive.Document, error) { return s.Sign(t.Context(), id, by) }},
	} {
		t.Run(c.form, func(t *testing.T) {
			doc, _, err := s.Make(t.Context(), sample(t, c.form, nil), issuance.UntilDraft)
			if err != nil {
				t.Fatal(err)
			}
			if got := s.PersonFor(doc); got != c.person {
				t.Errorf("it waits for %q", got)
			}
			_, err = c.finish(doc.ID, actor(c.other))
			if e, ok := errors.AsType[*issuance.NotYoursError](err); !ok || e.Person != c.person || e.Yours != c.other {
				t.Fatalf("another's key: %v", err)
			}
			if after, err := store.Get(t.Context(), doc.ID); err != nil || after.State != archive.Drafted || after.Number != nil {
				t.Fatalf("after the refusal: %s, %+v, %v", after.State, after.Number, err)
			}
			doc, err = c.finish(doc.ID, actor(c.person))
			if err != nil || doc.State != archive.Issued {
				t.Fatalf("%s: %v", doc.State, err)
			}
			last := doc.History[len(doc.History)-1]
			if last.Move != archive.MoveIssue || last.By.Person != c.person {
				t.Errorf("the trail says %+v", last)
			}
			report, err := s.Verify(t.Context(), issuedPDF(t, store, doc.ID))
			if err != nil || report.Indication != verify.TotalPassed || len(report.Signatures) != 1 {
				t.Fatalf("%v %+v %v", report.Indication, report.Signatures, err)
			}
			if g := report.Signatures[0]; g.Field != c.field || g.Role != verify.Certification || !strings.Contains(g.Signer, c.signer) {
				t.Errorf("signed %s by %s as %s", g.Field, g.Signer, g.Role)
			}
			if found, err := s.LookUp(t.Context(), doc.LookupCode); err != nil || (found.NumberAndSymbol == "") != (doc.Number == nil) || found.Date.IsZero() {
				t.Errorf("by its code: %+v, %v", found, err)
			}
			if again, err := c.finish(doc.ID, actor(c.person)); err != nil || len(again.Revisions) != 2 {
				t.Errorf("again: %d revisions, %v", len(again.Revisions), err)
			}
			if _, err := c.finish(doc.ID, actor("nobody")); !errors.As(err, new(*issuance.NotYoursError)) {
				t.Errorf("again, by another: %v", err)
			}
		})
	}
}

// TestUntilSigned: a document that carries a leader's signature alone is issued
// by it, one that a clerk signs waits for the clerk.
func TestUntilSigned(t *testing.T) {
	s, _ := newService(t, nil)
	for form, want := range map[string]archive.State{"phieu-trinh": archive.Issued, "phieu-tu-choi": archive.Drafted, "qd-cham-dut-tctn": archive.Signed} {
		doc, _, err := s.Make(t.Context(), sample(t, form, nil), issuance.UntilSigned)
		if err != nil || doc.State != want {
			t.Errorf("%s is %s, want %s: %v", form, doc.State, want, err)
		}
	}
}

// TestOwnSignature: a key signs as its one person; the number is not given
// before the caller is known to be able to finish.
func TestOwnSignature(t *testing.T) {
	s, store := newService(t, nil)
	for _, c := range []struct{ signatory, key string }{{"", "pho-giam-doc"}, {"pho-giam-doc", "giam-doc"}, {"", ""}} {
		doc, _, err := s.Make(t.Context(), sample(t, "qd-cham-dut-tctn", func(m map[string]any) {
			if c.signatory != "" {
				m["signatory"] = c.signatory
			}
		}), issuance.UntilDraft)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.Sign(t.Context(), doc.ID, actor(c.key)); !errors.As(err, new(*issuance.NotYoursError)) {
			t.Errorf("%q signs for %q: %v", c.key, c.signatory, err)
		}
		mine := c.signatory
		if mine == "" {
			mine = "giam-doc"
		}
		doc, err = s.Sign(t.Context(), doc.ID, actor(mine))
		if err != nil || doc.State != archive.Signed {
			t.Fatalf("%s %v", doc.State, err)
		}
		// The clerk needs to be nobody to seal.
		doc, err = s.Issue(t.Context(), doc.ID, actor(""))
		if err != nil {
			t.Fatal(err)
		}
		got, err := store.Get(t.Context(), doc.ID)
		if err != nil {
			t.Fatal(err)
		}
		var who []string
		for _, h := range got.History {
			who = append(who, h.By.Person)
		}
		if want := []string{"", mine, "", ""}; !slices.Equal(who, want) {
			t.Errorf("the trail names %q, want %q", who, want)
		}
	}
}

// TestBatchOfAnother: a slip of another clerk's fails in a batch before it has a
// number, and the rest goes on.
func TestBatchOfAnother(t *testing.T) {
	s, store := newService(t, nil)
	var ids []string
	for _, form := range []string{"phieu-bo-sung", "phieu-huong-dan"} {
		doc, _, err := s.Make(t.Context(), sample(t, form, nil), issuance.UntilDraft)
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, doc.ID)
	}
	for i, c := range []struct {
		by    archive.Actor
		state archive.State
		code  string
	}{{actor(""), archive.Drafted, "not_yours"}, {actor("can-bo-tiep-nhan"), archive.Issued, ""}} {
		b, _, err := s.StartBatch(t.Context(), "ttpvhcc-cn02", ids, archive.Idempotency{Scope: "s", Key: string(rune('a' + i))}, c.by)
		if err != nil {
			t.Fatal(err)
		}
		batch := waitBatch(t, s, store, b.ID)
		for _, item := range batch.Items {
			doc, err := store.Get(t.Context(), item.Document)
			if err != nil || doc.State != c.state || item.Code != c.code || (doc.Number == nil) != (c.code != "") {
				t.Errorf("%s %+v %q %v", doc.State, doc.Number, item.Code, err)
			}
		}
	}
}

// TestLateApology: an apology that is sent too late is issued all the same, and
// the fact is told and kept.
func TestLateApology(t *testing.T) {
	now := clock
	s, store := newService(t, func(o *issuance.Options) { o.Now = func() time.Time { return now } })
	for i, c := range []struct {
		day       string
		late      bool
		sentLater bool
	}{{"2026-03-02", true, false}, {"2026-03-01", true, false}, {"2026-03-03", false, false}, {"2026-03-03", true, true}} {
		now = clock
		r := sample(t, "phieu-xin-loi", func(m map[string]any) {
			m["dossier_code"] = "H26.17-" + string(rune('a'+i))
			m["received_date"], m["first_date"], m["new_date"] = "2026-02-20", c.day, "2026-03-12"
		})
		doc, _, err := s.Make(t.Context(), r, issuance.UntilDraft)
		if err != nil {
			t.Fatal(err)
		}
		events := 0
		if w := s.Warnings(doc); (len(w) > 0) != (c.late && !c.sentLater) {
			t.Errorf("%s: the draft warns %+v", c.day, w)
		} else {
			events += len(w)
		}
		if c.sentLater {
			now = clock.AddDate(0, 0, 1)
		}
		if doc, err = s.Sign(t.Context(), doc.ID, issuance.System); err == nil {
			doc, err = s.Issue(t.Context(), doc.ID, issuance.System)
		}
		if err != nil {
			t.Fatal(err)
		}
		now = clock.AddDate(0, 1, 0) // what it was on the day of issue counts
		w := s.Warnings(doc)
		if (len(w) > 0) != c.late || c.late && w[0].Pointer != "/first_date" {
			t.Errorf("%s: issued, it warns %+v", c.day, w)
		}
		events += len(w)
		rows, err := store.Audit(t.Context(), archive.AuditFilter{Document: doc.ID, Action: archive.ActionWarning}, 0, 100)
		if err != nil || len(rows) != events {
			t.Errorf("%s: %d rows of warnings, want %d: %v", c.day, len(rows), events, err)
		}
	}
}

// TestOneSignatureJudged has outside judges look at a form of each way of
// signing, and at a leader's with a number, which no form of the catalogue is.
func TestOneSignatureJudged(t *testing.T) {
	dir, err := office()
	if err != nil {
		t.Fatal(err)
	}
	read := func(name string) []byte {
		b, err := os.ReadFile(filepath.Join(dir, "trust", name))
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	trust := judge.Trust{Roots: read("demo-root.pem"), CRLs: [][]byte{read("demo-root.crl"), read("demo-ca.crl")}}
	numbered := numberedLeaderForm(t)
	s, store := newService(t, func(o *issuance.Options) { o.Forms, o.Now = numbered, time.Now })
	f, err := numbered.Choose("to-trinh", "", time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	doc, _, err := s.Make(t.Context(), issuance.Request{Form: f.ID, Data: f.Sample(), By: issuance.System}, issuance.UntilSigned)
	if err != nil || doc.State != archive.Issued || doc.Number == nil {
		t.Fatalf("%s %+v %v", doc.State, doc.Number, err)
	}
	pdf := issuedPDF(t, store, doc.ID)
	path := filepath.Join(t.TempDir(), "f.pdf")
	if err := os.WriteFile(path, pdf, 0o600); err != nil {
		t.Fatal(err)
	}
	report, err := s.Verify(t.Context(), pdf)
	if err != nil || report.Indication != verify.TotalPassed || report.Fields["so"] != "01/TTr-SNV" {
		t.Fatalf("%v %v %v", report.Indication, report.Fields, err)
	}
	judge.AcceptSigned(t, path, trust, "ky_lanh_dao")
	judge.Conforms(t, "2b", path)
	judge.Conforms(t, "ua1", path)
}

// numberedLeaderForm is a catalogue of one internal paper with a number.
func numberedLeaderForm(t *testing.T) *templates.Catalogue {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "to-trinh", "v1")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"form.yaml": `id: to-trinh
version: v1
title: Tờ trình
legal_basis: [{act: 30/2020/NĐ-CP, date: 2020-03-05, name: Nghị định về công tác văn thư}]
valid_from: 2020-03-05
procedures: [QT-01]
document_type: TTr
book: TTr
issuer: department
signing: leader
signer: Trưởng phòng
number: standard
text: free
fields:
  - {name: applicant, type: string, label: Người nộp}
`,
		"body.txt":    "@head\n@title TỜ TRÌNH\n\nKính trình Giám đốc hồ sơ của {applicant}.\n\n@closing\n",
		"sample.json": `{"dossier_code": "H26.17-1", "received_date": "2026-03-02", "applicant": "Trần Thị Thử", "signatory": "truong-phong"}`,
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	c, err := templates.Load(os.DirFS(filepath.Dir(filepath.Dir(dir))))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func waitBatch(t *testing.T, s *issuance.Service, store archive.Store, id string) archive.Batch {
	t.Helper()
	jobsDone(t, s, clock)
	b, err := store.Batch(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	if slices.ContainsFunc(b.Items, func(i archive.BatchItem) bool {
		return i.State == archive.ItemWaiting || i.State == archive.ItemNumbered
	}) {
		t.Fatalf("the batch did not end: %+v", b)
	}
	return b
}
