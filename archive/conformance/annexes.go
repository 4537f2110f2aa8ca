package conformance

import (
	"bytes"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"antin/archive"
)

// annexFile is a made-up annex.
func annexFile(what string) archive.NewAnnex {
	return archive.NewAnnex{Title: "Phụ lục " + what, PageCount: 3, PDF: []byte("%PDF-1.7 annex " + what + "\n")}
}

var annexTests = map[string]func(*testing.T, archive.Store){
	"bound, signed and found": func(t *testing.T, s archive.Store) {
		Setup(t, s)
		ctx := t.Context()
		d := Draft(NewID())
		Create(t, s, d)
		first, err := s.AddAnnex(ctx, d.ID, annexFile("I"), Clerk, Noon)
		must(t, err)
		second, err := s.AddAnnex(ctx, d.ID, annexFile("II"), Clerk, Noon)
		must(t, err)
		again, err := s.AddAnnex(ctx, d.ID, annexFile("I"), Clerk, Noon)
		must(t, err)
		if diff := cmp.Diff(first, again); diff != "" || first.N != 1 || second.N != 2 {
			t.Errorf("the same file again: %s, %+v", diff, second)
		}
		all, err := s.AnnexesOf(ctx, d.ID)
		must(t, err)
		if diff := cmp.Diff([]archive.Annex{first, second}, all); diff != "" {
			t.Error(diff)
		}
		if _, err := s.SignAnnex(ctx, d.ID, 1, Revise(annexFile("I").PDF, "seal"), Clerk, Noon); !errors.As(err, new(*archive.StateError)) {
			t.Errorf("an annex of a draft was signed: %v", err)
		}
		pdf := Revise(d.PDF, "sign")
		_, err = s.AddSigned(ctx, d.ID, pdf, Clerk, Noon)
		must(t, err)
		if _, err := s.AddAnnex(ctx, d.ID, annexFile("III"), Clerk, Noon); !errors.As(err, new(*archive.StateError)) {
			t.Errorf("an annex was bound behind the signatory's back: %v", err)
		}
		if err := s.RemoveAnnex(ctx, d.ID, 1, Clerk, Noon); !errors.As(err, new(*archive.StateError)) {
			t.Errorf("an annex was taken off behind the signatory's back: %v", err)
		}
		_, err = s.AssignNumber(ctx, d.ID, Clerk, Noon)
		must(t, err)
		pdf = Revise(pdf, "seal")
		if _, err := s.AddIssued(ctx, d.ID, pdf, Clerk, Noon); !errors.As(err, new(*archive.InvalidError)) {
			t.Errorf("issued with annexes that are not signed: %v", err)
		}
		if _, err := s.SignAnnex(ctx, d.ID, 1, []byte("%PDF other bytes of more than enough length"), Clerk, Noon); !errors.As(err, new(*archive.InvalidError)) {
			t.Errorf("a signed annex with other bytes was taken: %v", err)
		}
		signed := Revise(annexFile("I").PDF, "seal")
		one, err := s.SignAnnex(ctx, d.ID, 1, signed, Clerk, Noon)
		must(t, err)
		same, err := s.SignAnnex(ctx, d.ID, 1, Revise(signed, "other"), Clerk, Noon)
		must(t, err)
		if one.Signed == "" || one.Newest() != one.Signed || same != one {
			t.Errorf("signed %+v, again %+v", one, same)
		}
		_, err = s.SignAnnex(ctx, d.ID, 2, Revise(annexFile("II").PDF, "seal"), Clerk, Noon)
		must(t, err)
		_, err = s.AddIssued(ctx, d.ID, pdf, Clerk, Noon)
		must(t, err)
		for _, sum := range []string{one.SHA256, one.Signed} {
			doc, a, err := s.AnnexBySHA256(ctx, sum)
			must(t, err)
			if doc.ID != d.ID || doc.State != archive.Issued || a != one {
				t.Errorf("by %s: %s %+v", sum, doc.ID, a)
			}
		}
		got, err := s.Content(ctx, one.Signed)
		must(t, err)
		if !bytes.Equal(got, signed) {
			t.Errorf("content %q", got)
		}
		healthy(t, s)
	},
	"taken off a draft": func(t *testing.T, s archive.Store) {
		Setup(t, s)
		ctx := t.Context()
		a, b := Draft(NewID()), Draft(NewID())
		Create(t, s, a)
		Create(t, s, b)
		one, err := s.AddAnnex(ctx, a.ID, annexFile("I"), Clerk, Noon)
		must(t, err)
		_, err = s.AddAnnex(ctx, b.ID, annexFile("I"), Clerk, Noon)
		must(t, err)
		must(t, s.RemoveAnnex(ctx, a.ID, 1, Clerk, Noon))
		if all, err := s.AnnexesOf(ctx, a.ID); err != nil || len(all) != 0 {
			t.Errorf("left: %+v %v", all, err)
		}
		if _, err := s.Content(ctx, one.SHA256); err != nil {
			t.Errorf("the other document's annex is gone: %v", err)
		}
		must(t, s.RemoveAnnex(ctx, b.ID, 1, Clerk, Noon))
		_, err = s.Content(ctx, one.SHA256)
		wantNotFound(t, err)
		wantNotFound(t, s.RemoveAnnex(ctx, b.ID, 1, Clerk, Noon))
		_, err = s.AddAnnex(ctx, b.ID, annexFile("I"), Clerk, Noon)
		must(t, err)
		healthy(t, s)
	},
	"refused": func(t *testing.T, s archive.Store) {
		Setup(t, s)
		ctx := t.Context()
		_, err := s.AddAnnex(ctx, "none", annexFile("I"), Clerk, Noon)
		wantNotFound(t, err)
		for _, sum := range []string{"", "zz", "00"} {
			_, _, err := s.AnnexBySHA256(ctx, sum)
			wantNotFound(t, err)
		}
		d := Draft(NewID())
		Create(t, s, d)
		for name, change := range map[string]func(*archive.NewAnnex){
			"no title": func(a *archive.NewAnnex) { a.Title = "" },
			"no pages": func(a *archive.NewAnnex) { a.PageCount = 0 },
			"no file":  func(a *archive.NewAnnex) { a.PDF = nil },
			"zero":     func(a *archive.NewAnnex) { a.Title = "a\x00b" },
		} {
			a := annexFile("I")
			change(&a)
			if _, err := s.AddAnnex(ctx, d.ID, a, Clerk, Noon); !errors.As(err, new(*archive.InvalidError)) {
				t.Errorf("%s: %v", name, err)
			}
		}
		for i := range archive.MaxAnnexes {
			a := annexFile("x")
			a.PDF = append(a.PDF, byte('0'+i))
			_, err := s.AddAnnex(ctx, d.ID, a, Clerk, Noon)
			must(t, err)
		}
		if _, err := s.AddAnnex(ctx, d.ID, annexFile("I"), Clerk, Noon); !errors.As(err, new(*archive.InvalidError)) {
			t.Errorf("one more: %v", err)
		}
	},
	"destroyed with their document": func(t *testing.T, s archive.Store) {
		Setup(t, s)
		ctx := t.Context()
		d := Draft(NewID())
		d.Moves = []archive.Move{archive.MoveNumber, archive.MoveIssue}
		Create(t, s, d)
		_, err := s.AddAnnex(ctx, d.ID, annexFile("I"), Clerk, Noon)
		must(t, err)
		_, err = s.AssignNumber(ctx, d.ID, Clerk, Noon)
		must(t, err)
		a, err := s.SignAnnex(ctx, d.ID, 1, Revise(annexFile("I").PDF, "seal"), Clerk, Noon)
		must(t, err)
		_, err = s.AddIssued(ctx, d.ID, Revise(d.PDF, "seal"), Clerk, Noon)
		must(t, err)
		_, err = s.Destroy(ctx, d.ID, archive.Destruction{Reason: "hết thời hạn bảo quản", Decision: "12/QĐ-SNV", Minutes: "01/BB-HĐTH"}, Clerk, Noon.AddDate(12, 0, 0))
		must(t, err)
		for _, sum := range []string{a.SHA256, a.Signed} {
			if _, err := s.Content(ctx, sum); !errors.As(err, new(*archive.DestroyedError)) {
				t.Errorf("%s: %v", sum, err)
			}
		}
		if _, found, err := s.AnnexBySHA256(ctx, a.Signed); err != nil || found.N != 1 {
			t.Errorf("its line is gone: %+v %v", found, err)
		}
		healthy(t, s)
	},
}
