package conformance

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"antin/archive"
)

var registryTests = map[string]func(*testing.T, archive.Store){
	"entered twice is entered once": func(t *testing.T, s archive.Store) {
		Setup(t, s)
		before, _, err := s.Head(t.Context())
		must(t, err)
		Setup(t, s)
		after, _, err := s.Head(t.Context())
		must(t, err)
		if before != after {
			t.Errorf("audit rows went from %d to %d, want no change", before, after)
		}
		agencies, err := s.Agencies(t.Context())
		must(t, err)
		books, err := s.Books(t.Context(), "snv")
		must(t, err)
		if len(agencies) != 2 || len(books) != 3 {
			t.Errorf("%d agencies and %d books, want 2 and 3", len(agencies), len(books))
		}
	},
	"read back whole": func(t *testing.T, s archive.Store) {
		Setup(t, s)
		want := archive.Book{
			Agency: "snv", Code: "GP", Title: "Sổ giấy phép lao động", Style: archive.PermitStyle, Province: "004",
			Start: map[int]int{2026: 41, 2027: 1}, RetentionYears: 70,
		}
		must(t, s.PutBook(t.Context(), want, Clerk, Noon))
		got, err := s.Book(t.Context(), "snv", "GP")
		must(t, err)
		if d := cmp.Diff(want, got); d != "" {
			t.Error(d)
		}
		a := archive.Agency{ID: "snv", Name: "Sở Nội vụ Hà Nội", Superior: "UBND", Profile: []byte{0, 1, 255}}
		must(t, s.PutAgency(t.Context(), a, Clerk, Noon))
		gotA, err := s.Agency(t.Context(), "snv")
		must(t, err)
		if d := cmp.Diff(a, gotA); d != "" {
			t.Error(d)
		}
	},
	"not found": func(t *testing.T, s archive.Store) {
		Setup(t, s)
		_, err := s.Agency(t.Context(), "none")
		wantNotFound(t, err)
		_, err = s.Book(t.Context(), "snv", "XX")
		wantNotFound(t, err)
		wantNotFound(t, s.PutBook(t.Context(), archive.Book{Agency: "none", Code: "QĐ", Style: archive.OrdinaryStyle}, Clerk, Noon))
	},
	"wrong values": func(t *testing.T, s archive.Store) {
		Setup(t, s)
		ok := archive.Book{Agency: "snv", Code: "TB", Style: archive.OrdinaryStyle}
		for name, change := range map[string]func(*archive.Book){
			"no code":        func(b *archive.Book) { b.Code = "" },
			"style":          func(b *archive.Book) { b.Style = "roman" },
			"province":       func(b *archive.Book) { b.Style, b.Province = archive.PermitStyle, "1" },
			"start":          func(b *archive.Book) { b.Start = map[int]int{2026: 0} },
			"retention":      func(b *archive.Book) { b.RetentionYears = -1 },
			"zero character": func(b *archive.Book) { b.Title = "a\x00b" },
			"not UTF-8":      func(b *archive.Book) { b.Title = "a\xffb" },
		} {
			b := ok
			change(&b)
			if err := s.PutBook(t.Context(), b, Clerk, Noon); !errors.As(err, new(*archive.InvalidError)) {
				t.Errorf("%s: got %v, want *InvalidError", name, err)
			}
		}
		if err := s.PutBook(t.Context(), ok, archive.Actor{}, Noon); !errors.As(err, new(*archive.InvalidError)) {
			t.Errorf("no actor: got %v, want *InvalidError", err)
		}
		must(t, s.PutBook(t.Context(), ok, Clerk, Noon))
	},
	"a begun sequence keeps its start and style": func(t *testing.T, s archive.Store) {
		Setup(t, s)
		b, err := s.Book(t.Context(), "snv", "QĐ")
		must(t, err)
		b.Start = map[int]int{2026: 150}
		must(t, s.PutBook(t.Context(), b, Clerk, Noon))
		doc := Issue(t, s, Draft(NewID()))
		if got := doc.Number.Full(); got != "150/QĐ-SNV" {
			t.Errorf("the first number is %s, want 150/QĐ-SNV", got)
		}
		for name, change := range map[string]func(*archive.Book){
			"other start": func(b *archive.Book) { b.Start = map[int]int{2026: 151} },
			"no start":    func(b *archive.Book) { b.Start = nil },
			"other style": func(b *archive.Book) { b.Style, b.Province = archive.PermitStyle, "001" },
		} {
			c := b
			change(&c)
			if err := s.PutBook(t.Context(), c, Clerk, Noon); !errors.As(err, new(*archive.BookError)) {
				t.Errorf("%s: got %v, want *BookError", name, err)
			}
		}
		b.Start, b.Title = map[int]int{2026: 150, 2027: 5}, "Sổ quyết định năm"
		must(t, s.PutBook(t.Context(), b, Clerk, Noon))
		d := Draft(NewID())
		d.At = Noon.AddDate(1, 0, 0)
		if got := Issue(t, s, d).Number.Full(); got != "05/QĐ-SNV" {
			t.Errorf("the first number of 2027 is %s, want 05/QĐ-SNV", got)
		}
		healthy(t, s)
	},
}

var keyTests = map[string]func(*testing.T, archive.Store){
	"life of a key": func(t *testing.T, s archive.Store) {
		Setup(t, s)
		ctx := t.Context()
		id, secret, hash, err := archive.NewKey(random(1))
		must(t, err)
		k := archive.Key{ID: id, Agency: "snv", Name: "Hệ thống một cửa", Roles: []archive.Role{archive.RoleWorkflow, archive.RoleClerk}, Person: "can-bo"}
		must(t, s.PutKey(ctx, k, hash, Clerk, Noon))
		k.Created = Noon.UTC()
		got, err := s.Authenticate(ctx, secret)
		must(t, err)
		if d := cmp.Diff(k, got); d != "" {
			t.Error(d)
		}
		if err := s.PutKey(ctx, k, hash, Clerk, Noon); !errors.As(err, new(*archive.DuplicateError)) {
			t.Errorf("again: got %v, want *DuplicateError", err)
		}
		_, other, _, err := archive.NewKey(random(2))
		must(t, err)
		wrong := secret[:len(secret)-1] + "a"
		if wrong == secret {
			wrong = secret[:len(secret)-1] + "b"
		}
		for _, bad := range []string{"", "antin_", other, wrong, secret + "a", "x" + secret} {
			_, err := s.Authenticate(ctx, bad)
			if e, ok := errors.AsType[*archive.KeyError](err); !ok || e.Reason != archive.KeyUnknown {
				t.Errorf("secret %q: got %v, want an unknown key", bad, err)
			}
		}
		must(t, s.RevokeKey(ctx, id, Clerk, Noon.Add(time.Hour)))
		must(t, s.RevokeKey(ctx, id, Clerk, Noon.Add(2*time.Hour)))
		_, err = s.Authenticate(ctx, secret)
		if e, ok := errors.AsType[*archive.KeyError](err); !ok || e.Reason != archive.KeyRevoked {
			t.Errorf("got %v, want a revoked key", err)
		}
		keys, err := s.ListKeys(ctx, "snv")
		must(t, err)
		if len(keys) != 1 || !keys[0].Revoked.Equal(Noon.Add(time.Hour)) {
			t.Errorf("keys are %+v, want one revoked at the first asking", keys)
		}
		wantNotFound(t, s.RevokeKey(ctx, "none", Clerk, Noon))
		rows, err := s.Audit(ctx, archive.AuditFilter{Action: archive.ActionRevokeKey}, 0, 0)
		must(t, err)
		if len(rows) != 1 {
			t.Errorf("%d audit rows of the revocation, want 1", len(rows))
		}
	},
	"a signatory's key says whose it is": func(t *testing.T, s archive.Store) {
		for name, k := range map[string]archive.Key{
			"nobody's":             {Roles: []archive.Role{archive.RoleSignatory}, Agency: "snv"},
			"anyone's for a clerk": {Roles: []archive.Role{archive.RoleClerk}, Person: archive.Anyone},
			"one of every agency":  {Roles: []archive.Role{archive.RoleSignatory}, Person: "giam-doc"},
		} {
			k.ID, k.Name = "k", "n"
			if err := s.PutKey(t.Context(), k, archive.KeyHash{}, Clerk, Noon); !errors.As(err, new(*archive.InvalidError)) {
				t.Errorf("%s: got %v, want *InvalidError", name, err)
			}
		}
	},
	"the trail names who signed": func(t *testing.T, s archive.Store) {
		Setup(t, s)
		ctx := t.Context()
		d := Draft(NewID())
		leader := Clerk
		leader.Person = "giam-doc"
		doc, _, err := s.CreateDraft(ctx, d)
		must(t, err)
		doc, err = s.AddSigned(ctx, doc.ID, append(d.PDF, "signed"...), leader, Noon)
		must(t, err)
		anyone := Clerk
		anyone.Person = archive.Anyone
		doc, err = s.AssignNumber(ctx, doc.ID, anyone, Noon)
		must(t, err)
		got, err := s.Get(ctx, doc.ID)
		must(t, err)
		if h := got.History; h[0].By.Person != "" || h[1].By.Person != "giam-doc" || h[2].By.Person != "" {
			t.Errorf("history is %+v", h)
		}
		if d := cmp.Diff(doc, got); d != "" {
			t.Error(d)
		}
		healthy(t, s)
	},
	"roles": func(t *testing.T, s archive.Store) {
		for _, roles := range [][]archive.Role{nil, {"king"}} {
			err := s.PutKey(t.Context(), archive.Key{ID: "k", Name: "n", Roles: roles}, archive.KeyHash{}, Clerk, Noon)
			if !errors.As(err, new(*archive.InvalidError)) {
				t.Errorf("roles %q: got %v, want *InvalidError", roles, err)
			}
		}
	},
}

func wantNotFound(t testing.TB, err error) {
	t.Helper()
	if !errors.As(err, new(*archive.NotFoundError)) {
		t.Errorf("got %v, want *NotFoundError", err)
	}
}
