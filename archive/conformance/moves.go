package conformance

import (
	"bytes"
	"errors"
	"slices"
	"testing"
	"time"

	"antin/archive"
)

var moveTests = map[string]func(*testing.T, archive.Store){
	"the whole way": func(t *testing.T, s archive.Store) {
		Setup(t, s)
		d := Draft(NewID())
		doc := Issue(t, s, d)
		if doc.State != archive.Issued || doc.Number.Full() != "01/QĐ-SNV" || len(doc.Revisions) != 3 || !doc.Issued.Equal(Noon) {
			t.Errorf("issued as %+v", doc)
		}
		doc, err := s.Deliver(t.Context(), d.ID, "Ông Nghĩa ký nhận", Clerk, Noon.Add(time.Hour))
		must(t, err)
		var moves []archive.Move
		for _, h := range doc.History {
			moves = append(moves, h.Move)
		}
		want := []archive.Move{archive.MoveDraft, archive.MoveSign, archive.MoveNumber, archive.MoveIssue, archive.MoveDeliver}
		if !slices.Equal(moves, want) || doc.State != archive.Delivered {
			t.Errorf("moves are %q in state %s, want %q", moves, doc.State, want)
		}
		pdf := d.PDF
		for n, what := range []string{"", "sign", "seal"} {
			if what != "" {
				pdf = Revise(pdf, what)
			}
			got, rev, err := s.RevisionContent(t.Context(), d.ID, n+1)
			must(t, err)
			if !bytes.Equal(got, pdf) || rev != doc.Revisions[n] {
				t.Errorf("revision %d is %q, want %q", n+1, got, pdf)
			}
			by, err := s.BySHA256(t.Context(), rev.SHA256)
			must(t, err)
			if by.ID != d.ID {
				t.Errorf("revision %d leads to %s", n+1, by.ID)
			}
		}
		healthy(t, s)
	},
	"every state refuses what it does not allow": everyState,
	"a move made twice is made once": func(t *testing.T, s archive.Store) {
		Setup(t, s)
		ctx := t.Context()
		d := Draft(NewID())
		Create(t, s, d)
		signed := Revise(d.PDF, "sign")
		sealed := Revise(signed, "seal")
		for range 2 {
			doc, err := s.AddSigned(ctx, d.ID, signed, Clerk, Noon)
			must(t, err)
			if doc.State != archive.Signed {
				t.Errorf("state is %s", doc.State)
			}
		}
		_, err := s.AddSigned(ctx, d.ID, Revise(d.PDF, "another"), Clerk, Noon)
		wantState(t, err, archive.Signed)
		for range 2 {
			doc, err := s.AssignNumber(ctx, d.ID, Clerk, Noon)
			must(t, err)
			if doc.Number.Serial != 1 {
				t.Errorf("number is %d, want 1", doc.Number.Serial)
			}
		}
		for range 2 {
			doc, err := s.AddIssued(ctx, d.ID, sealed, Clerk, Noon)
			must(t, err)
			if len(doc.Revisions) != 3 {
				t.Errorf("%d revisions, want 3", len(doc.Revisions))
			}
		}
		doc, err := s.AssignNumber(ctx, d.ID, Clerk, Noon.Add(time.Hour))
		must(t, err)
		if doc.Number.Serial != 1 || doc.State != archive.Issued {
			t.Errorf("number %d in state %s, want 1, issued", doc.Number.Serial, doc.State)
		}
		for range 2 {
			_, err = s.Withdraw(ctx, d.ID, "nhầm", Clerk, Noon)
			must(t, err)
		}
		_, err = s.Withdraw(ctx, d.ID, "nhầm lần nữa", Clerk, Noon)
		wantState(t, err, archive.Withdrawn)
		if got, _, err := s.Head(ctx); err != nil || got != 6+5 {
			t.Errorf("%d audit rows, %v, want 6 of the registry and 5 of the document", got, err)
		}
	},
	"other ways to issue": func(t *testing.T, s archive.Store) {
		Setup(t, s)
		for _, c := range []struct {
			moves  []archive.Move
			number bool
		}{
			{[]archive.Move{archive.MoveNumber, archive.MoveIssue}, true},
			{[]archive.Move{archive.MoveSign, archive.MoveIssue}, false},
			{[]archive.Move{archive.MoveIssue}, false},
		} {
			d := Draft(NewID())
			d.Moves = c.moves
			if !c.number {
				d.Book = ""
			}
			doc := Issue(t, s, d)
			if doc.State != archive.Issued || (doc.Number != nil) != c.number {
				t.Errorf("%q led to %s with number %v", c.moves, doc.State, doc.Number)
			}
			got, err := s.Get(t.Context(), d.ID)
			must(t, err)
			if !slices.Equal(got.Moves, c.moves) {
				t.Errorf("moves are %q, want %q", got.Moves, c.moves)
			}
			if !c.number {
				_, err := s.AssignNumber(t.Context(), d.ID, Clerk, Noon)
				wantState(t, err, archive.Issued)
			}
		}
		healthy(t, s)
	},
	"a revision must append": func(t *testing.T, s archive.Store) {
		Setup(t, s)
		d := Draft(NewID())
		Create(t, s, d)
		for name, pdf := range map[string][]byte{
			"same":    d.PDF,
			"shorter": d.PDF[:5],
			"changed": append([]byte("X"), Revise(d.PDF, "sign")[1:]...),
			"empty":   nil,
		} {
			if _, err := s.AddSigned(t.Context(), d.ID, pdf, Clerk, Noon); !errors.As(err, new(*archive.InvalidError)) {
				t.Errorf("%s: got %v, want *InvalidError", name, err)
			}
		}
		if dg := healthy(t, s); dg.Contents != 1 {
			t.Errorf("%d contents, want 1", dg.Contents)
		}
	},
	"reasons": func(t *testing.T, s archive.Store) {
		Setup(t, s)
		d := Draft(NewID())
		Create(t, s, d)
		if _, err := s.Return(t.Context(), d.ID, "  ", Clerk, Noon); !errors.As(err, new(*archive.InvalidError)) {
			t.Errorf("got %v, want *InvalidError", err)
		}
		doc, err := s.Return(t.Context(), d.ID, "Sai mức hưởng", Clerk, Noon)
		must(t, err)
		if doc.Reason != "Sai mức hưởng" || doc.Ended.IsZero() || doc.History[1].Reason != doc.Reason {
			t.Errorf("returned as %+v", doc)
		}
	},
	"replaced and corrected by issuing": func(t *testing.T, s archive.Store) {
		Setup(t, s)
		ctx := t.Context()
		first := Issue(t, s, Draft(NewID()))
		second := Draft(NewID())
		second.Corrects = first.ID
		Issue(t, s, second)
		got, err := s.Get(ctx, first.ID)
		must(t, err)
		if got.State != archive.Corrected || got.ReplacedBy != second.ID {
			t.Errorf("the first is %s by %q", got.State, got.ReplacedBy)
		}
		third := Draft(NewID())
		third.Replaces = first.ID
		Create(t, s, third)
		_, err = s.Withdraw(ctx, first.ID, "thu hồi trước", Clerk, Noon)
		must(t, err)
		pdf := Revise(third.PDF, "sign")
		_, err = s.AddSigned(ctx, third.ID, pdf, Clerk, Noon)
		must(t, err)
		_, err = s.AssignNumber(ctx, third.ID, Clerk, Noon)
		must(t, err)
		_, err = s.AddIssued(ctx, third.ID, Revise(pdf, "seal"), Clerk, Noon)
		must(t, err)
		got, err = s.Get(ctx, first.ID)
		must(t, err)
		if got.State != archive.Withdrawn || got.Number.Serial != 1 {
			t.Errorf("the first is %s with number %v, want withdrawn with 1", got.State, got.Number)
		}
		late := Draft(NewID())
		late.Replaces = first.ID
		_, _, err = s.CreateDraft(ctx, late)
		wantState(t, err, archive.Withdrawn)
		healthy(t, s)
	},
	"replaced and corrected by hand": func(t *testing.T, s archive.Store) {
		Setup(t, s)
		ctx := t.Context()
		a, b := Issue(t, s, Draft(NewID())), Issue(t, s, Draft(NewID()))
		draft := Create(t, s, Draft(NewID()))
		foreign := Draft(NewID())
		foreign.Agency = "ttdvvl"
		Issue(t, s, foreign)
		for name, by := range map[string]string{"itself": a.ID, "a draft": draft.ID, "another agency's": foreign.ID} {
			if _, err := s.Replace(ctx, a.ID, by, "lý do", Clerk, Noon); !errors.As(err, new(*archive.InvalidError)) {
				t.Errorf("%s: got %v, want *InvalidError", name, err)
			}
		}
		_, err := s.Correct(ctx, a.ID, "none", "lý do", Clerk, Noon)
		wantNotFound(t, err)
		doc, err := s.Correct(ctx, a.ID, b.ID, "sửa ngày sinh", Clerk, Noon)
		must(t, err)
		if doc.State != archive.Corrected || doc.ReplacedBy != b.ID || !doc.Ended.IsZero() {
			t.Errorf("corrected as %+v", doc)
		}
		doc, err = s.Replace(ctx, a.ID, b.ID, "thay thế", Clerk, Noon)
		must(t, err)
		if doc.State != archive.Replaced || doc.Ended.IsZero() {
			t.Errorf("replaced as %+v", doc)
		}
		healthy(t, s)
	},
	"preserved": func(t *testing.T, s archive.Store) {
		Setup(t, s)
		doc := Issue(t, s, Draft(NewID()))
		pdf, _, err := s.RevisionContent(t.Context(), doc.ID, 0)
		must(t, err)
		for range 3 {
			pdf = Revise(pdf, "timestamp")
			doc, err = s.AddPreserved(t.Context(), doc.ID, pdf, Clerk, Noon)
			must(t, err)
		}
		if doc.State != archive.Issued || len(doc.Revisions) != 6 || doc.Revisions[5].Kind != archive.RevisionPreserved {
			t.Errorf("preserved as %+v", doc)
		}
		got, _, err := s.RevisionContent(t.Context(), doc.ID, 6)
		must(t, err)
		if !bytes.Equal(got, pdf) {
			t.Error("the last revision reads back differently")
		}
		healthy(t, s)
	},
	"unfinished": func(t *testing.T, s archive.Store) {
		Setup(t, s)
		ctx := t.Context()
		var want []string
		for range 12 {
			d := Draft(NewID())
			d.Moves = []archive.Move{archive.MoveNumber, archive.MoveIssue}
			Create(t, s, d)
			_, err := s.AssignNumber(ctx, d.ID, Clerk, Noon)
			must(t, err)
			want = append(want, d.ID)
		}
		_, err := s.Withdraw(ctx, want[3], "hủy số", Clerk, Noon)
		must(t, err)
		_, err = s.AddIssued(ctx, want[5], Revise(PDF(want[5]), "seal"), Clerk, Noon)
		must(t, err)
		want = slices.Delete(want, 5, 6)
		want = slices.Delete(want, 3, 4)
		for _, agency := range []string{"", "snv"} {
			docs, err := s.Unfinished(ctx, agency)
			must(t, err)
			if got := ids(docs); !slices.Equal(got, want) {
				t.Errorf("unfinished are %q, want %q", got, want)
			}
		}
		if docs, err := s.Unfinished(ctx, "ttdvvl"); err != nil || len(docs) != 0 {
			t.Errorf("unfinished elsewhere: %q, %v", ids(docs), err)
		}
	},
}

func ids(docs []archive.Document) []string {
	out := make([]string, len(docs))
	for i, d := range docs {
		out[i] = d.ID
	}
	return out
}

func wantState(t testing.TB, err error, state archive.State) {
	t.Helper()
	if e, ok := errors.AsType[*archive.StateError](err); !ok || e.State != state {
		t.Errorf("got %v, want *StateError of a document that is %s", err, state)
	}
}

// everyState brings a document into each state and tries every move.
func everyState(t *testing.T, s archive.Store) {
	Setup(t, s)
	ctx := t.Context()
	successor := Issue(t, s, Draft(NewID()))
	try := func(id string, m archive.Move) error {
		pdf, _, err := s.RevisionContent(ctx, id, 0)
		must(t, err)
		at := Noon.Add(time.Minute)
		switch m {
		case archive.MoveSign:
			_, err = s.AddSigned(ctx, id, Revise(pdf, "sign"), Clerk, at)
		case archive.MoveNumber:
			_, err = s.AssignNumber(ctx, id, Clerk, at)
		case archive.MoveIssue:
			_, err = s.AddIssued(ctx, id, Revise(pdf, "seal"), Clerk, at)
		case archive.MovePreserve:
			_, err = s.AddPreserved(ctx, id, Revise(pdf, "preserve"), Clerk, at)
		case archive.MoveDeliver:
			_, err = s.Deliver(ctx, id, "", Clerk, at)
		case archive.MoveReturn:
			_, err = s.Return(ctx, id, "trả lại", Clerk, at)
		case archive.MoveWithdraw:
			_, err = s.Withdraw(ctx, id, "thu hồi", Clerk, at)
		case archive.MoveReplace:
			_, err = s.Replace(ctx, id, successor.ID, "thay thế", Clerk, at)
		case archive.MoveCorrect:
			_, err = s.Correct(ctx, id, successor.ID, "đính chính", Clerk, at)
		}
		return err
	}
	ways := map[archive.State][]archive.Move{
		archive.Drafted:   {},
		archive.Signed:    {archive.MoveSign},
		archive.Numbered:  {archive.MoveSign, archive.MoveNumber},
		archive.Issued:    {archive.MoveSign, archive.MoveNumber, archive.MoveIssue},
		archive.Delivered: {archive.MoveSign, archive.MoveNumber, archive.MoveIssue, archive.MoveDeliver},
		archive.Returned:  {archive.MoveSign, archive.MoveReturn},
		archive.Withdrawn: {archive.MoveSign, archive.MoveNumber, archive.MoveWithdraw},
		archive.Replaced:  {archive.MoveSign, archive.MoveNumber, archive.MoveIssue, archive.MoveReplace},
		archive.Corrected: {archive.MoveSign, archive.MoveNumber, archive.MoveIssue, archive.MoveCorrect},
	}
	all := []archive.Move{
		archive.MoveSign, archive.MoveNumber, archive.MoveIssue, archive.MovePreserve, archive.MoveDeliver,
		archive.MoveReturn, archive.MoveWithdraw, archive.MoveReplace, archive.MoveCorrect,
	}
	for state, way := range ways {
		for _, m := range all {
			d := Draft(NewID())
			Create(t, s, d)
			for _, w := range way {
				must(t, try(d.ID, w))
			}
			before, err := s.Get(ctx, d.ID)
			must(t, err)
			if before.State != state {
				t.Fatalf("%q led to %s, want %s", way, before.State, state)
			}
			err = try(d.ID, m)
			after, getErr := s.Get(ctx, d.ID)
			must(t, getErr)
			// Repeating a move that led here returns the same document.
			repeat := err == nil && after.State == before.State && len(after.History) == len(before.History)
			allowed := slices.Contains(archive.Allowed(state, before.Moves), m)
			switch {
			case allowed && (err != nil || after.State != archive.After(state, m)):
				t.Errorf("%s, %s: got %v and state %s", state, m, err, after.State)
			case !allowed && !repeat:
				wantState(t, err, state)
				if e, ok := errors.AsType[*archive.StateError](err); ok && (e.Move != m || !slices.Equal(e.Allowed, archive.Allowed(state, before.Moves))) {
					t.Errorf("%s, %s: the error is %+v", state, m, e)
				}
			}
		}
	}
	healthy(t, s)
}
