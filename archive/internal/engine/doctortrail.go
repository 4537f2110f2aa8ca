package engine

import (
	"context"
	"encoding/json"
	"strconv"

	"antin/archive"
)

// trail holds a document's rows against what the audit trail says of them. The
// trail is chained and its checkpoints are signed, the rows are not: who changes
// a number, a file with its hash, a reason or a link in the database is found
// here.
func (x *examination) trail(ctx context.Context, r reader, d archive.Document, rows []archive.AuditRow, moves []written) error {
	reason, other := "", ""
	for _, w := range moves {
		if w.agency != d.Agency {
			x.find(archive.FindState, d.ID, d.Agency, "the trail says agency %q", w.agency)
		}
		if n := w.Revision; w.SHA256 != "" && n >= 1 && n <= len(d.Revisions) && d.Revisions[n-1].SHA256 != w.SHA256 {
			x.find(archive.FindRevision, d.ID, strconv.Itoa(n), "the revision has hash %s, the trail says %s", d.Revisions[n-1].SHA256, w.SHA256)
		}
		switch w.step.Move {
		case archive.MoveDraft:
			if form := d.Form + "@" + d.FormVersion; w.Form != form {
				x.find(archive.FindState, d.ID, form, "the trail says form %s", w.Form)
			}
			if link := d.Replaces + d.Corrects; w.Other != link {
				x.find(archive.FindLink, d.ID, link, "the trail says that it replaces or corrects %q", w.Other)
			}
		case archive.MoveNumber:
			if n := d.Number; n != nil && (n.Full() != w.Number || n.Book != w.Book || dayText(n.Date) != w.Date) {
				x.find(archive.FindNumber, d.ID, n.Full(), "it is of %s in book %s; the trail says %s of %s in book %s", dayText(n.Date), n.Book, w.Number, w.Date, w.Book)
			}
		case archive.MoveReplace, archive.MoveCorrect:
			other = w.Other
		case archive.MoveSign, archive.MoveIssue, archive.MovePreserve, archive.MoveDeliver, archive.MoveReturn, archive.MoveWithdraw:
		}
		if w.Reason != "" {
			reason = w.Reason
		}
	}
	if len(moves) == 0 {
		return nil // said by the state
	}
	if d.Reason != reason {
		x.find(archive.FindState, d.ID, "reason", "the reason is another than the trail says")
	}
	if d.ReplacedBy != other {
		x.find(archive.FindLink, d.ID, d.ReplacedBy, "the trail says that %q replaced or corrected it", other)
	}
	return x.annexTrail(ctx, r, d, rows)
}

// annexTrail does the same with the annexes in files of their own.
func (x *examination) annexTrail(ctx context.Context, r reader, d archive.Document, rows []archive.AuditRow) error {
	all, err := annexes(ctx, r, d.ID)
	if err != nil {
		return err
	}
	type hashes struct{ bound, signed string }
	want := map[int]hashes{}
	for _, row := range rows {
		var a annexDetail
		switch row.Action {
		case archive.ActionAnnex, archive.ActionAnnexRemove, archive.ActionAnnexSign:
			if err := json.Unmarshal(row.Detail, &a); err != nil {
				x.find(archive.FindState, d.ID, "audit row "+strconv.FormatInt(row.Seq, 10), "%v", err)
				continue
			}
		}
		switch row.Action {
		case archive.ActionAnnex:
			want[a.Annex] = hashes{bound: a.SHA256}
		case archive.ActionAnnexRemove:
			delete(want, a.Annex)
		case archive.ActionAnnexSign:
			want[a.Annex] = hashes{want[a.Annex].bound, a.SHA256}
		}
	}
	for _, a := range all {
		if got := (hashes{a.SHA256, a.Signed}); want[a.N] != got {
			x.find(archive.FindRevision, d.ID, "annex "+strconv.Itoa(a.N), "the annex has hashes %+v, the trail says %+v", got, want[a.N])
		}
		delete(want, a.N)
	}
	for n := range want {
		x.find(archive.FindRevision, d.ID, "annex "+strconv.Itoa(n), "the trail says that it is there, and it is missing")
	}
	return nil
}
