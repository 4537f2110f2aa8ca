package engine

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"antin/archive"
)

// CreateDraft implements archive.Documents.
func (e *Engine) CreateDraft(ctx context.Context, d archive.Draft) (doc archive.Document, created bool, err error) {
	what := "creating document " + d.ID
	if err := d.Check(); err != nil {
		return doc, false, e.wrap(what, err)
	}
	c, err := newContent(d.PDF)
	if err != nil {
		return doc, false, e.wrap(what, err)
	}
	if err := e.file(ctx, &c); err != nil {
		return doc, false, e.wrap(what, err)
	}
	err = e.do(ctx, what, func(t *Tx) error {
		var err error
		doc, created, err = t.create(d, c)
		return err
	})
	if err != nil {
		return archive.Document{}, false, err
	}
	return doc, created, nil
}

func (t *Tx) create(d archive.Draft, c content) (archive.Document, bool, error) {
	none := archive.Document{}
	if id, ok, err := idempotent(t.ctx, t, d.Idempotency); err != nil {
		return none, false, err
	} else if ok {
		doc, err := load(t.ctx, t, "id", id)
		return doc, false, err
	}
	if doc, ok, err := t.sameDraft(d, c); err != nil || ok {
		return doc, false, err
	}
	if err := t.checkDraft(d); err != nil {
		return none, false, err
	}
	doc := newDocument(d)
	if err := t.insertDocument(doc); err != nil {
		return none, false, err
	}
	if err := t.index(doc); err != nil {
		return none, false, err
	}
	if err := t.exec(`INSERT INTO document_data (document, data) VALUES ($1, $2)`, d.ID, string(d.Data)); err != nil {
		return none, false, err
	}
	if err := t.takeUniqueKey(d); err != nil {
		return none, false, err
	}
	rev, err := t.putRevision(d.ID, 1, archive.RevisionDraft, c, nil, d.By, d.At)
	if err != nil {
		return none, false, err
	}
	doc.Revisions = []archive.Revision{rev}
	if i := d.Idempotency; i.Key != "" {
		err := t.exec(`INSERT INTO idempotency (scope, key, request, document, at) VALUES ($1, $2, $3, $4, $5)`,
			i.Scope, i.Key, i.RequestHash[:], d.ID, micros(d.At))
		if err != nil {
			return none, false, err
		}
	}
	step, err := t.recordMove(&doc, archive.MoveDraft, "", moveDetail{
		SHA256: c.hex(), Form: d.Form + "@" + d.FormVersion,
		Other: d.Replaces + d.Corrects,
	}, d.By, d.At)
	doc.History = []archive.Step{step}
	return doc, true, err
}

func newDocument(d archive.Draft) archive.Document {
	return archive.Document{
		ID: d.ID, Agency: d.Agency, Form: d.Form, FormVersion: d.FormVersion, DocumentType: d.DocumentType,
		Title: d.Title, Book: d.Book, Symbol: d.Symbol, PermitKind: d.PermitKind, Subject: d.Subject,
		Recipients: d.Recipients, KeptBy: d.KeptBy, Copies: d.Copies, SignatoryTitle: d.SignatoryTitle,
		SignatoryName: d.SignatoryName, DossierCode: d.DossierCode, PageCount: d.PageCount, UniqueKey: d.UniqueKey,
		LookupCode: d.LookupCode, Data: d.Data, Personal: d.Personal, Moves: d.Moves, Replaces: d.Replaces,
		Corrects: d.Corrects, State: archive.Drafted, Created: whole(d.At), Updated: whole(d.At), CreatedBy: unnamed(d.By),
	}
}

func (t *Tx) insertDocument(d archive.Document) error {
	recipients := d.Recipients
	if recipients == nil {
		recipients = []string{}
	}
	list, err := jsonText(recipients)
	if err != nil {
		return err
	}
	err = t.exec(`INSERT INTO documents (id, agency, form, form_version, document_type, title, book, symbol, permit_kind,
		subject, recipients, kept_by, copies, signatory_title, signatory_name, dossier_code, page_count, unique_key,
		lookup_code, personal, moves, replaces, corrects, actor_id, actor_name, actor_role, state, day, created, updated)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23,
			$24, $25, $26, $27, $28, $29, $30)`,
		d.ID, d.Agency, d.Form, d.FormVersion, d.DocumentType, d.Title, textOrNull(d.Book), d.Symbol, d.PermitKind,
		d.Subject, list, d.KeptBy, d.Copies, d.SignatoryTitle, d.SignatoryName, d.DossierCode, d.PageCount, d.UniqueKey,
		d.LookupCode, flag(d.Personal), archive.JoinMoves(d.Moves), d.Replaces, d.Corrects,
		d.CreatedBy.ID, d.CreatedBy.Name, d.CreatedBy.Role, string(d.State), dayText(d.Created), micros(d.Created), micros(d.Updated))
	if err != nil {
		return fmt.Errorf("entering the document: %w", err)
	}
	return nil
}

// idempotent finds the document an earlier request made.
func idempotent(ctx context.Context, r reader, i archive.Idempotency) (id string, ok bool, err error) {
	if i.Key == "" {
		return "", false, nil
	}
	var request []byte
	err = r.row(ctx, `SELECT request, document FROM idempotency WHERE scope = $1 AND key = $2`, i.Scope, i.Key).Scan(&request, &id)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return "", false, nil
	case err != nil:
		return "", false, fmt.Errorf("looking up the idempotency key: %w", err)
	case string(request) != string(i.RequestHash[:]):
		return "", false, &archive.IdempotencyConflictError{Key: i.Key, Document: id}
	}
	return id, true, nil
}

// ByIdempotency implements archive.Documents.
func (e *Engine) ByIdempotency(ctx context.Context, i archive.Idempotency) (doc archive.Document, ok bool, err error) {
	var id string
	err = e.reading(ctx, "looking up an idempotency key", func(r reader) (err error) {
		id, ok, err = idempotent(ctx, r, i)
		return err
	})
	if err != nil || !ok {
		return doc, false, err
	}
	doc, err = e.Get(ctx, id)
	return doc, err == nil, err
}

// sameDraft finds the document that the very same draft made, e.g. when the
// connection broke after its commit.
func (t *Tx) sameDraft(d archive.Draft, c content) (archive.Document, bool, error) {
	var sum []byte
	err := t.row(t.ctx, `SELECT sha256 FROM revisions WHERE document = $1 AND n = 1`, d.ID).Scan(&sum)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return archive.Document{}, false, nil
	case err != nil:
		return archive.Document{}, false, err
	case string(sum) != string(c.sum[:]):
		return archive.Document{}, false, &archive.DuplicateError{Field: "id", Value: d.ID}
	}
	doc, err := load(t.ctx, t, "id", d.ID)
	return doc, err == nil, err
}

// checkDraft holds a draft against what the archive has.
func (t *Tx) checkDraft(d archive.Draft) error {
	if _, err := agency(t.ctx, t, d.Agency); err != nil {
		return err
	}
	if d.Book != "" {
		b, _, err := book(t.ctx, t, d.Agency, d.Book)
		if err != nil {
			return err
		}
		if b.Style == archive.PermitStyle && d.PermitKind == 0 {
			return &archive.InvalidError{Field: "permit kind", Problem: "is 0, and the book numbers permits"}
		}
	}
	var other string
	err := t.row(t.ctx, `SELECT id FROM documents WHERE lookup_code = $1`, d.LookupCode).Scan(&other)
	if err == nil {
		return &archive.DuplicateError{Field: "lookup code", Value: d.LookupCode}
	}
	if !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	earlier := d.Replaces + d.Corrects // one of them at most
	if earlier == "" {
		return nil
	}
	move := archive.MoveReplace
	if d.Corrects != "" {
		move = archive.MoveCorrect
	}
	was, err := one(t.ctx, t, "id", earlier)
	if err != nil {
		return err
	}
	if was.Agency != d.Agency {
		return &archive.InvalidError{Field: string(move), Problem: "document " + earlier + " is another agency's"}
	}
	return archive.Check(earlier, was.State, was.Moves, move)
}

// takeUniqueKey gives the draft its key, or says who holds it. A document that
// replaces the holder takes it over.
func (t *Tx) takeUniqueKey(d archive.Draft) error {
	if d.UniqueKey == "" {
		return nil
	}
	var holder string
	err := t.row(t.ctx, `SELECT document FROM unique_keys WHERE agency = $1 AND unique_key = $2`, d.Agency, d.UniqueKey).Scan(&holder)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return t.exec(`INSERT INTO unique_keys (agency, unique_key, document) VALUES ($1, $2, $3)`, d.Agency, d.UniqueKey, d.ID)
	case err != nil:
		return err
	case holder == d.Replaces:
		return t.exec(`UPDATE unique_keys SET document = $1 WHERE agency = $2 AND unique_key = $3`, d.ID, d.Agency, d.UniqueKey)
	}
	h, err := one(t.ctx, t, "id", holder)
	if err != nil {
		return err
	}
	return &archive.UniqueKeyError{Key: d.UniqueKey, Document: h.Document}
}

// dropUniqueKey lets go of a key that a document holds. A replacement that
// comes to nothing gives it back.
func (t *Tx) dropUniqueKey(d archive.Document) error {
	if d.UniqueKey == "" {
		return nil
	}
	if d.Replaces != "" {
		was, err := one(t.ctx, t, "id", d.Replaces)
		if err != nil {
			return err
		}
		if was.UniqueKey == d.UniqueKey && was.State.InForce() {
			return t.exec(`UPDATE unique_keys SET document = $1 WHERE agency = $2 AND unique_key = $3 AND document = $4`,
				was.ID, d.Agency, d.UniqueKey, d.ID)
		}
	}
	return t.exec(`DELETE FROM unique_keys WHERE agency = $1 AND unique_key = $2 AND document = $3`, d.Agency, d.UniqueKey, d.ID)
}

// unnamed is an actor without the person as whom they act, which stands in the
// history alone.
func unnamed(a archive.Actor) archive.Actor {
	a.Person = ""
	return a
}

// recordMove appends a move to the audit trail and returns it as history.
func (t *Tx) recordMove(d *archive.Document, m archive.Move, from archive.State, detail moveDetail, by archive.Actor, at time.Time) (archive.Step, error) {
	detail.From, detail.To, detail.Revision = from, d.State, len(d.Revisions)
	if by.Person == archive.Anyone {
		by.Person = ""
	}
	detail.Person = by.Person
	text, err := jsonText(detail)
	if err != nil {
		return archive.Step{}, err
	}
	row, err := t.audit(archive.Event{Action: string(m), Agency: d.Agency, Document: d.ID, Detail: []byte(text), By: by, At: at})
	if err != nil {
		return archive.Step{}, err
	}
	step := archive.Step{
		Move: m, From: from, To: d.State, Revision: detail.Revision, Reason: detail.Reason,
		Other: detail.Other, By: by, At: row.At,
	}
	return step, t.publish(*d, step, row.Seq)
}
