package conformance

import (
	"bytes"
	"context"
	"errors"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"antin/archive"
)

// random is a repeatable source of bytes.
func random(seed byte) *rand.ChaCha8 { return rand.NewChaCha8([32]byte{seed}) }

var draftTests = map[string]func(*testing.T, archive.Store){
	"read back whole": func(t *testing.T, s archive.Store) {
		Setup(t, s)
		d := Draft(NewID())
		doc := Create(t, s, d)
		for name, read := range map[string]func() (archive.Document, error){
			"id":     func() (archive.Document, error) { return s.Get(t.Context(), d.ID) },
			"code":   func() (archive.Document, error) { return s.ByLookupCode(t.Context(), d.LookupCode) },
			"sha256": func() (archive.Document, error) { return s.BySHA256(t.Context(), doc.Revisions[0].SHA256) },
		} {
			got, err := read()
			must(t, err)
			if diff := cmp.Diff(doc, got); diff != "" {
				t.Errorf("by %s: %s", name, diff)
			}
		}
		want := archive.Document{
			ID: d.ID, Agency: d.Agency, Form: d.Form, FormVersion: d.FormVersion, DocumentType: d.DocumentType,
			Title: d.Title, Book: d.Book, Symbol: d.Symbol, Subject: d.Subject, Recipients: d.Recipients, KeptBy: d.KeptBy,
			Copies: 3, SignatoryTitle: d.SignatoryTitle, SignatoryName: d.SignatoryName, DossierCode: d.DossierCode, PageCount: 2,
			LookupCode: d.LookupCode, Data: d.Data, Personal: true, State: archive.Drafted, Created: Noon.UTC(), Updated: Noon.UTC(),
			Moves: []archive.Move{archive.MoveSign, archive.MoveNumber, archive.MoveIssue}, CreatedBy: Clerk,
			Revisions: doc.Revisions, History: []archive.Step{{Move: archive.MoveDraft, To: archive.Drafted, Revision: 1, By: Clerk, At: Noon.UTC()}},
		}
		if diff := cmp.Diff(want, doc); diff != "" {
			t.Error(diff)
		}
		pdf, err := s.Content(t.Context(), doc.Revisions[0].SHA256)
		must(t, err)
		if !bytes.Equal(pdf, d.PDF) {
			t.Errorf("content is %q, want %q", pdf, d.PDF)
		}
		pdf, rev, err := s.RevisionContent(t.Context(), d.ID, 0)
		must(t, err)
		if !bytes.Equal(pdf, d.PDF) || rev != doc.Revisions[0] || rev.Size != int64(len(d.PDF)) {
			t.Errorf("revision is %+v with %q", rev, pdf)
		}
	},
	"not found": func(t *testing.T, s archive.Store) {
		Setup(t, s)
		ctx := t.Context()
		_, err := s.Get(ctx, "none")
		wantNotFound(t, err)
		_, err = s.ByLookupCode(ctx, "none")
		wantNotFound(t, err)
		for _, h := range []string{"", "zz", strings.Repeat("0", 64)} {
			_, err = s.BySHA256(ctx, h)
			wantNotFound(t, err)
			_, err = s.Content(ctx, h)
			wantNotFound(t, err)
		}
		_, _, err = s.RevisionContent(ctx, "none", 1)
		wantNotFound(t, err)
		for _, change := range []func(*archive.Draft){
			func(d *archive.Draft) { d.Agency = "none" },
			func(d *archive.Draft) { d.Book = "none" },
			func(d *archive.Draft) { d.Replaces = "none" },
			func(d *archive.Draft) { d.Corrects = "none" },
		} {
			d := Draft(NewID())
			change(&d)
			_, _, err := s.CreateDraft(ctx, d)
			wantNotFound(t, err)
		}
		healthy(t, s)
	},
	"wrong values": func(t *testing.T, s archive.Store) {
		Setup(t, s)
		for name, change := range map[string]func(*archive.Draft){
			"no id":          func(d *archive.Draft) { d.ID = "" },
			"no code":        func(d *archive.Draft) { d.LookupCode = "" },
			"no book":        func(d *archive.Draft) { d.Book = "" },
			"no PDF":         func(d *archive.Draft) { d.PDF = nil },
			"no time":        func(d *archive.Draft) { d.At = time.Time{} },
			"no actor":       func(d *archive.Draft) { d.By = archive.Actor{} },
			"data":           func(d *archive.Draft) { d.Data = []byte("{") },
			"zero character": func(d *archive.Draft) { d.Subject = "a\x00" },
			"not UTF-8":      func(d *archive.Draft) { d.Recipients = []string{"\xc3"} },
			"long":           func(d *archive.Draft) { d.Subject = strings.Repeat("ệ", archive.MaxText) },
			"moves order": func(d *archive.Draft) {
				d.Moves = []archive.Move{archive.MoveNumber, archive.MoveSign, archive.MoveIssue}
			},
			"moves end":     func(d *archive.Draft) { d.Moves = []archive.Move{archive.MoveSign, archive.MoveNumber} },
			"moves foreign": func(d *archive.Draft) { d.Moves = []archive.Move{archive.MoveReturn, archive.MoveIssue} },
			"permit kind":   func(d *archive.Draft) { d.Book = "GP" },
			"both links":    func(d *archive.Draft) { d.Replaces, d.Corrects = "a", "b" },
		} {
			d := Draft(NewID())
			change(&d)
			if _, _, err := s.CreateDraft(t.Context(), d); !errors.As(err, new(*archive.InvalidError)) {
				t.Errorf("%s: got %v, want *InvalidError", name, err)
			}
		}
		if d := healthy(t, s); d.Documents != 0 || d.Contents != 0 {
			t.Errorf("refused drafts left %d documents, %d contents", d.Documents, d.Contents)
		}
	},
	"idempotency": func(t *testing.T, s archive.Store) {
		Setup(t, s)
		d := Draft(NewID())
		d.Idempotency = archive.Idempotency{Scope: "key-1", Key: "req-1", RequestHash: hashOf("body")}
		Create(t, s, d)

		same := Draft(NewID())
		same.Idempotency = d.Idempotency
		doc, created, err := s.CreateDraft(t.Context(), same)
		must(t, err)
		if created || doc.ID != d.ID {
			t.Errorf("the same request made %s (created %t), want %s", doc.ID, created, d.ID)
		}
		found, ok, err := s.ByIdempotency(t.Context(), d.Idempotency)
		must(t, err)
		if !ok || found.ID != d.ID {
			t.Errorf("found %s, %t, want %s", found.ID, ok, d.ID)
		}

		other := Draft(NewID())
		other.Idempotency = d.Idempotency
		other.Idempotency.RequestHash = hashOf("another body")
		_, _, err = s.CreateDraft(t.Context(), other)
		if e, ok := errors.AsType[*archive.IdempotencyConflictError](err); !ok || e.Document != d.ID {
			t.Errorf("other request: got %v, want *IdempotencyConflictError of %s", err, d.ID)
		}
		if _, _, err = s.ByIdempotency(t.Context(), other.Idempotency); !errors.As(err, new(*archive.IdempotencyConflictError)) {
			t.Errorf("got %v, want *IdempotencyConflictError", err)
		}
		other.Idempotency.Scope = "key-2"
		Create(t, s, other)

		if _, ok, err := s.ByIdempotency(t.Context(), archive.Idempotency{Scope: "key-1", Key: "req-2"}); ok || err != nil {
			t.Errorf("an unknown key is found: %t, %v", ok, err)
		}
		n, err := s.ForgetIdempotency(t.Context(), Noon.Add(time.Second))
		must(t, err)
		if n != 2 {
			t.Errorf("forgot %d keys, want 2", n)
		}
	},
	"the same draft again": func(t *testing.T, s archive.Store) {
		Setup(t, s)
		d := Draft(NewID())
		Create(t, s, d)
		doc, created, err := s.CreateDraft(t.Context(), d)
		must(t, err)
		if created || doc.ID != d.ID {
			t.Errorf("created %t, id %s", created, doc.ID)
		}
		d.PDF = Revise(d.PDF, "other")
		if _, _, err := s.CreateDraft(t.Context(), d); !errors.As(err, new(*archive.DuplicateError)) {
			t.Errorf("the id with another PDF: got %v, want *DuplicateError", err)
		}
		e := Draft(NewID())
		e.LookupCode = d.LookupCode
		if _, _, err := s.CreateDraft(t.Context(), e); !errors.As(err, new(*archive.DuplicateError)) {
			t.Errorf("the lookup code again: got %v, want *DuplicateError", err)
		}
		healthy(t, s)
	},
	"unique key": func(t *testing.T, s archive.Store) {
		Setup(t, s)
		ctx := t.Context()
		keyed := func(replaces string) archive.Draft {
			d := Draft(NewID())
			d.UniqueKey, d.Replaces = "phieu-xin-loi/H26.1", replaces
			return d
		}
		taken := func(by string) {
			t.Helper()
			_, _, err := s.CreateDraft(ctx, keyed(""))
			if e, ok := errors.AsType[*archive.UniqueKeyError](err); !ok || e.Document.ID != by {
				t.Fatalf("got %v, want *UniqueKeyError naming %s", err, by)
			}
		}
		a := Create(t, s, keyed(""))
		taken(a.ID)
		elsewhere := keyed("")
		elsewhere.Agency = "ttdvvl"
		Create(t, s, elsewhere)
		_, err := s.Return(ctx, a.ID, "sai tên", Clerk, Noon)
		must(t, err)

		b := Issue(t, s, keyed(""))
		taken(b.ID)
		c := Create(t, s, keyed(b.ID)) // takes the key over
		taken(c.ID)
		_, err = s.Return(ctx, c.ID, "không cần nữa", Clerk, Noon)
		must(t, err)
		taken(b.ID) // and gives it back

		d := Issue(t, s, keyed(b.ID))
		taken(d.ID)
		_, err = s.Withdraw(ctx, d.ID, "thu hồi", Clerk, Noon)
		must(t, err)
		Create(t, s, keyed(""))
		healthy(t, s)
	},
	"a cancelled caller leaves no trace": func(t *testing.T, s archive.Store) {
		Setup(t, s)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, _, err := s.CreateDraft(ctx, Draft(NewID())); !errors.Is(err, context.Canceled) {
			t.Errorf("got %v, want context.Canceled", err)
		}
		if d := healthy(t, s); d.Documents != 0 {
			t.Errorf("%d documents, want none", d.Documents)
		}
	},
	"after Close": func(t *testing.T, s archive.Store) {
		Setup(t, s)
		must(t, s.Close())
		must(t, s.Close())
		if _, _, err := s.CreateDraft(t.Context(), Draft(NewID())); !errors.Is(err, archive.ErrClosed) {
			t.Errorf("got %v, want ErrClosed", err)
		}
	},
}
