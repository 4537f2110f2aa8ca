package engine

import (
	"context"
	"fmt"
	"time"

	"antin/archive"
)

// move is what all moves of an existing document have in common.
type move struct {
	id     string
	kind   archive.Move
	by     archive.Actor
	at     time.Time
	reason string
	other  string
	pdf    *content
	rev    archive.RevisionKind
}

func (e *Engine) move(ctx context.Context, m move, run func(*Tx, *archive.Document) (moveDetail, error)) (doc archive.Document, err error) {
	what := fmt.Sprintf("document %s: %s", m.id, m.kind)
	if err := archive.CheckActor(m.by); err != nil {
		return doc, e.wrap(what, err)
	}
	if m.at.IsZero() {
		return doc, e.wrap(what, &archive.InvalidError{Field: "at", Problem: "is zero"})
	}
	err = e.do(ctx, what, func(t *Tx) error {
		var err error
		doc, err = t.move(m, run)
		return err
	})
	if err != nil {
		return archive.Document{}, err
	}
	return doc, nil
}

// move makes one move: it checks the state, stores the revision, lets run
// change what is particular to the move, and writes document and audit row.
func (t *Tx) move(m move, run func(*Tx, *archive.Document) (moveDetail, error)) (archive.Document, error) {
	d, err := load(t.ctx, t, "id", m.id)
	if err != nil {
		return d, err
	}
	if m.repeats(&d) {
		return d, nil
	}
	if err := archive.Check(d.ID, d.State, d.Moves, m.kind); err != nil {
		return d, err
	}
	from := d.State
	if m.pdf != nil {
		last := d.Revisions[len(d.Revisions)-1]
		rev, err := t.putRevision(d.ID, last.N+1, m.rev, *m.pdf, &last, m.by, m.at)
		if err != nil {
			return d, err
		}
		d.Revisions = append(d.Revisions, rev)
	}
	d.State = archive.After(d.State, m.kind)
	d.Updated = whole(m.at)
	var detail moveDetail
	if run != nil {
		if detail, err = run(t, &d); err != nil {
			return d, err
		}
	}
	if m.reason != "" {
		d.Reason = m.reason
	}
	if err := t.updateDocument(d); err != nil {
		return d, err
	}
	detail.Reason, detail.Other = m.reason, m.other
	if m.pdf != nil {
		detail.SHA256 = m.pdf.hex()
	}
	step, err := t.recordMove(&d, m.kind, from, detail, m.by, m.at)
	d.History = append(d.History, step)
	return d, err
}

// repeats reports whether the move was made before: a caller whose connection
// broke asks again and gets the same answer.
func (m move) repeats(d *archive.Document) bool {
	if m.kind == archive.MoveNumber {
		return d.Number != nil
	}
	if m.pdf != nil {
		last := d.Revisions[len(d.Revisions)-1]
		return last.SHA256 == m.pdf.hex() && last.Kind == m.rev
	}
	last := d.History[len(d.History)-1]
	return last.Move == m.kind && last.Reason == m.reason && last.Other == m.other && last.By == m.by && last.At.Equal(whole(m.at))
}

func (t *Tx) updateDocument(d archive.Document) error {
	var year, serial any
	day, text := dayText(d.Created), ""
	if d.Number != nil {
		year, serial, day, text = d.Number.Year, d.Number.Serial, dayText(d.Number.Date), d.Number.Text
	}
	err := t.exec(`UPDATE documents SET state = $2, day = $3, year = $4, serial = $5, number_text = $6, reason = $7,
		replaced_by = $8, updated = $9, issued = $10, delivered = $11, ended = $12 WHERE id = $1`,
		d.ID, string(d.State), day, year, serial, text, d.Reason, d.ReplacedBy, micros(d.Updated),
		orNull(d.Issued), orNull(d.Delivered), orNull(d.Ended))
	if err != nil {
		return fmt.Errorf("entering the new state: %w", err)
	}
	return nil
}

func (e *Engine) moveWithPDF(ctx context.Context, m move, pdf []byte, run func(*Tx, *archive.Document) (moveDetail, error)) (archive.Document, error) {
	c, err := newContent(pdf)
	if err != nil {
		return archive.Document{}, e.wrap(fmt.Sprintf("document %s: %s", m.id, m.kind), err)
	}
	if err := e.file(ctx, &c); err != nil {
		return archive.Document{}, e.wrap(fmt.Sprintf("document %s: %s", m.id, m.kind), err)
	}
	m.pdf = &c
	return e.move(ctx, m, run)
}

// AddSigned implements archive.Documents.
func (e *Engine) AddSigned(ctx context.Context, id string, pdf []byte, by archive.Actor, at time.Time) (archive.Document, error) {
	return e.moveWithPDF(ctx, move{id: id, kind: archive.MoveSign, by: by, at: at, rev: archive.RevisionSigned}, pdf, nil)
}

// AddPreserved implements archive.Documents.
func (e *Engine) AddPreserved(ctx context.Context, id string, pdf []byte, by archive.Actor, at time.Time) (archive.Document, error) {
	return e.moveWithPDF(ctx, move{id: id, kind: archive.MovePreserve, by: by, at: at, rev: archive.RevisionPreserved}, pdf, nil)
}

// AddIssued implements archive.Documents. A document that replaces or corrects
// another takes its place in the same transaction, so that there is no moment
// with both or neither in force.
func (e *Engine) AddIssued(ctx context.Context, id string, pdf []byte, by archive.Actor, at time.Time) (archive.Document, error) {
	m := move{id: id, kind: archive.MoveIssue, by: by, at: at, rev: archive.RevisionIssued}
	return e.moveWithPDF(ctx, m, pdf, func(t *Tx, d *archive.Document) (moveDetail, error) {
		d.Issued = whole(at)
		if err := t.checkAnnexes(id); err != nil {
			return moveDetail{}, err
		}
		if d.Replaces == "" && d.Corrects == "" {
			return moveDetail{}, nil
		}
		return moveDetail{}, t.takePlace(*d, by, at)
	})
}

// takePlace moves the document that d replaces or corrects. One that left force
// in the meantime is left alone.
func (t *Tx) takePlace(d archive.Document, by archive.Actor, at time.Time) error {
	m := move{id: d.Replaces, kind: archive.MoveReplace, by: by, at: at, other: d.ID}
	if d.Corrects != "" {
		m.id, m.kind = d.Corrects, archive.MoveCorrect
	}
	was, err := one(t.ctx, t, "id", m.id)
	if err != nil {
		return err
	}
	if archive.Check(was.ID, was.State, was.Moves, m.kind) != nil {
		return nil //nolint:nilerr // no longer in force: nothing to take the place of
	}
	_, err = t.move(m, func(_ *Tx, was *archive.Document) (moveDetail, error) {
		was.ReplacedBy = d.ID
		if m.kind == archive.MoveReplace {
			was.Ended = whole(at)
		}
		return moveDetail{}, nil
	})
	return err
}

// AssignNumber implements archive.Documents.
func (e *Engine) AssignNumber(ctx context.Context, id string, by archive.Actor, at time.Time) (archive.Document, error) {
	return e.move(ctx, numberMove(id, by, at), takeNumber(at))
}

func numberMove(id string, by archive.Actor, at time.Time) move {
	return move{id: id, kind: archive.MoveNumber, by: by, at: at}
}

// number is AssignNumber inside a step.
func (t *Tx) number(id string, by archive.Actor, at time.Time) (archive.Document, error) {
	return t.move(numberMove(id, by, at), takeNumber(at))
}

func takeNumber(at time.Time) func(*Tx, *archive.Document) (moveDetail, error) {
	return func(t *Tx, d *archive.Document) (moveDetail, error) {
		n, err := t.nextNumber(*d, at)
		if err != nil {
			return moveDetail{}, err
		}
		d.Number = &n
		if err := t.index(*d); err != nil {
			return moveDetail{}, err
		}
		return moveDetail{Number: n.Full(), Book: n.Book, Date: dayText(n.Date)}, nil
	}
}

// Deliver implements archive.Documents.
func (e *Engine) Deliver(ctx context.Context, id, note string, by archive.Actor, at time.Time) (archive.Document, error) {
	if err := archive.CheckText("note", note, archive.MaxReason); err != nil {
		return archive.Document{}, e.wrap("document "+id+": deliver", err)
	}
	return e.move(ctx, move{id: id, kind: archive.MoveDeliver, by: by, at: at}, func(t *Tx, d *archive.Document) (moveDetail, error) {
		d.Delivered = whole(at)
		return moveDetail{}, t.exec(`UPDATE documents SET receipt = $2 WHERE id = $1`, id, note)
	})
}

func (e *Engine) end(ctx context.Context, m move, run func(*Tx, *archive.Document) error) (archive.Document, error) {
	if err := archive.CheckReason(m.reason); err != nil {
		return archive.Document{}, e.wrap(fmt.Sprintf("document %s: %s", m.id, m.kind), err)
	}
	return e.move(ctx, m, func(t *Tx, d *archive.Document) (moveDetail, error) {
		if m.kind != archive.MoveCorrect {
			d.Ended = whole(m.at)
		}
		return moveDetail{}, run(t, d)
	})
}

// Return implements archive.Documents.
func (e *Engine) Return(ctx context.Context, id, reason string, by archive.Actor, at time.Time) (archive.Document, error) {
	return e.end(ctx, move{id: id, kind: archive.MoveReturn, by: by, at: at, reason: reason}, func(t *Tx, d *archive.Document) error {
		return t.dropUniqueKey(*d)
	})
}

// Withdraw implements archive.Documents.
func (e *Engine) Withdraw(ctx context.Context, id, reason string, by archive.Actor, at time.Time) (archive.Document, error) {
	return e.end(ctx, move{id: id, kind: archive.MoveWithdraw, by: by, at: at, reason: reason}, func(t *Tx, d *archive.Document) error {
		return t.dropUniqueKey(*d)
	})
}

// Replace implements archive.Documents.
func (e *Engine) Replace(ctx context.Context, id, byDocument, reason string, by archive.Actor, at time.Time) (archive.Document, error) {
	m := move{id: id, kind: archive.MoveReplace, by: by, at: at, reason: reason, other: byDocument}
	return e.end(ctx, m, func(t *Tx, d *archive.Document) error {
		d.ReplacedBy = byDocument
		if err := t.checkSuccessor(*d, byDocument); err != nil {
			return err
		}
		return t.dropUniqueKey(*d)
	})
}

// Correct implements archive.Documents.
func (e *Engine) Correct(ctx context.Context, id, byDocument, reason string, by archive.Actor, at time.Time) (archive.Document, error) {
	m := move{id: id, kind: archive.MoveCorrect, by: by, at: at, reason: reason, other: byDocument}
	return e.end(ctx, m, func(t *Tx, d *archive.Document) error {
		d.ReplacedBy = byDocument
		return t.checkSuccessor(*d, byDocument)
	})
}

// checkSuccessor holds a replacement or correction to what it must be: another
// document of the agency, issued and in force.
func (t *Tx) checkSuccessor(d archive.Document, id string) error {
	if id == d.ID {
		return &archive.InvalidError{Field: "by document", Problem: "is the document itself"}
	}
	s, err := one(t.ctx, t, "id", id)
	if err != nil {
		return err
	}
	switch {
	case s.Agency != d.Agency:
		return &archive.InvalidError{Field: "by document", Problem: id + " is another agency's"}
	case !s.State.InForce():
		return &archive.InvalidError{Field: "by document", Problem: fmt.Sprintf("%s is %s, not in force", id, s.State)}
	}
	return nil
}
