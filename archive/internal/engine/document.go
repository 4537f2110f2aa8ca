package engine

import (
	"context"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"

	"antin/archive"
)

const documentColumns = `id, agency, form, form_version, document_type, title, book, symbol, permit_kind, subject,
	recipients, kept_by, copies, signatory_title, signatory_name, dossier_code, page_count, unique_key, lookup_code,
	personal, moves, replaces, corrects, actor_id, actor_name, actor_role, state, day, year, serial, number_text,
	reason, receipt, replaced_by, created, updated, issued, delivered, ended, destroyed`

// found is a document row with the columns that archive.Document has not.
type found struct {
	archive.Document
	seq     int64
	receipt string
}

func scanDocument(rows *sql.Rows) (found, error) { return scanDocumentAnd(rows) }

// scanDocumentAnd reads documentColumns and then further columns.
func scanDocumentAnd(rows *sql.Rows, more ...any) (found, error) {
	var (
		d                                  found
		recipients, moves, day, numberText string
		book                               sql.NullString
		personal, created, updated         int64
		year, serial                       sql.NullInt64
		issued, delivered, ended, gone     sql.NullInt64
	)
	err := rows.Scan(append([]any{
		&d.ID, &d.Agency, &d.Form, &d.FormVersion, &d.DocumentType, &d.Title, &book, &d.Symbol,
		&d.PermitKind, &d.Subject, &recipients, &d.KeptBy, &d.Copies, &d.SignatoryTitle, &d.SignatoryName,
		&d.DossierCode, &d.PageCount, &d.UniqueKey, &d.LookupCode, &personal, &moves, &d.Replaces, &d.Corrects,
		&d.CreatedBy.ID, &d.CreatedBy.Name, &d.CreatedBy.Role, &d.State, &day, &year, &serial, &numberText,
		&d.Reason, &d.receipt, &d.ReplacedBy, &created, &updated, &issued, &delivered, &ended, &gone,
	}, more...)...)
	if err != nil {
		return d, err
	}
	if err := json.Unmarshal([]byte(recipients), &d.Recipients); err != nil {
		return d, fmt.Errorf("recipients of %s: %w", d.ID, err)
	}
	d.Book, d.Personal, d.Moves = book.String, personal != 0, archive.SplitMoves(moves)
	d.Created, d.Updated = fromMicros(created), fromMicros(updated)
	d.Issued, d.Delivered, d.Ended = fromNull(issued), fromNull(delivered), fromNull(ended)
	d.Destroyed = fromNull(gone)
	if serial.Valid {
		date, err := parseDay(day)
		if err != nil {
			return d, fmt.Errorf("day of %s: %w", d.ID, err)
		}
		d.Number = &archive.Number{
			Agency: d.Agency, Book: d.Book, Year: int(year.Int64), Serial: int(serial.Int64),
			Text: numberText, Symbol: d.Symbol, Date: date,
		}
	}
	return d, nil
}

// one reads a document's own row.
func one(ctx context.Context, r reader, column, value string) (found, error) {
	docs, err := collect(ctx, r, scanDocument, `SELECT `+documentColumns+` FROM documents WHERE `+column+` = $1`, value)
	if err != nil {
		return found{}, err
	}
	if len(docs) == 0 {
		what := "document"
		if column == "lookup_code" {
			what = "lookup code"
		}
		return found{}, &archive.NotFoundError{What: what, ID: value}
	}
	return docs[0], nil
}

// load reads a document whole.
func load(ctx context.Context, r reader, column, value string) (archive.Document, error) {
	d, err := one(ctx, r, column, value)
	if err != nil {
		return archive.Document{}, err
	}
	var data string
	if err := r.row(ctx, `SELECT data FROM document_data WHERE document = $1`, d.ID).Scan(&data); err != nil &&
		!errors.Is(err, sql.ErrNoRows) {
		return archive.Document{}, fmt.Errorf("reading the data of %s: %w", d.ID, err)
	}
	d.Data = json.RawMessage(data)
	if d.Revisions, err = revisions(ctx, r, d.ID); err != nil {
		return archive.Document{}, err
	}
	if d.History, err = history(ctx, r, d.ID); err != nil {
		return archive.Document{}, err
	}
	return d.Document, nil
}

func revisions(ctx context.Context, r reader, id string) ([]archive.Revision, error) {
	revs, err := collect(ctx, r, scanRevision, `SELECT `+revisionColumns+` FROM revisions WHERE document = $1 ORDER BY n`, id)
	if err != nil {
		return nil, fmt.Errorf("reading the revisions of %s: %w", id, err)
	}
	return revs, nil
}

// moveDetail is the detail of a move's audit row. It holds no personal data.
type moveDetail struct {
	From     archive.State `json:"from,omitempty"`
	To       archive.State `json:"to"`
	Revision int           `json:"revision"`
	SHA256   string        `json:"sha256,omitempty"`
	Form     string        `json:"form,omitempty"`
	Number   string        `json:"number,omitempty"`
	Book     string        `json:"book,omitempty"`
	Date     string        `json:"date,omitempty"`
	Reason   string        `json:"reason,omitempty"`
	Other    string        `json:"other,omitempty"`
	Person   string        `json:"person,omitempty"` // id of whose signature it was
}

// isMove reports whether an audit action is one of a document's moves.
func isMove(action string) bool {
	switch archive.Move(action) {
	case archive.MoveDraft, archive.MoveSign, archive.MoveNumber, archive.MoveIssue, archive.MovePreserve,
		archive.MoveDeliver, archive.MoveReturn, archive.MoveWithdraw, archive.MoveReplace, archive.MoveCorrect:
		return true
	}
	return false
}

// written is a move as the audit trail has it.
type written struct {
	step   archive.Step
	agency string
	moveDetail
}

// history reads a document's moves out of the audit trail.
func history(ctx context.Context, r reader, id string) ([]archive.Step, error) {
	_, all, err := trailOf(ctx, r, id)
	return steps(all), err
}

func steps(all []written) []archive.Step {
	var out []archive.Step
	for _, w := range all {
		out = append(out, w.step)
	}
	return out
}

// trailOf reads a document's audit rows, and the moves in them.
func trailOf(ctx context.Context, r reader, id string) ([]archive.AuditRow, []written, error) {
	rows, err := collect(ctx, r, scanAudit, `SELECT `+auditColumns+` FROM audit WHERE document = $1 AND document <> '' ORDER BY seq`, id)
	if err != nil {
		return nil, nil, fmt.Errorf("reading the history of %s: %w", id, err)
	}
	var out []written
	for _, row := range rows {
		if !isMove(row.Action) {
			continue
		}
		w := written{agency: row.Agency}
		if err := json.Unmarshal(row.Detail, &w.moveDetail); err != nil {
			return nil, nil, fmt.Errorf("audit row %d: %w", row.Seq, err)
		}
		row.By.Person = w.Person
		w.step = archive.Step{
			Move: archive.Move(row.Action), From: w.From, To: w.To, Revision: w.Revision,
			Reason: w.Reason, Other: w.Other, By: row.By, At: row.At,
		}
		out = append(out, w)
	}
	return rows, out, nil
}

func (e *Engine) get(ctx context.Context, column, value string) (archive.Document, error) {
	var d archive.Document
	err := e.view(ctx, "reading document "+value, func(r reader) (err error) {
		d, err = load(ctx, r, column, value)
		return err
	})
	return d, err
}

// Get implements archive.Documents.
func (e *Engine) Get(ctx context.Context, id string) (archive.Document, error) {
	return e.get(ctx, "id", id)
}

// ByLookupCode implements archive.Documents.
func (e *Engine) ByLookupCode(ctx context.Context, code string) (archive.Document, error) {
	return e.get(ctx, "lookup_code", code)
}

// ownerOf is a document that has a content, by its hash.
const ownerOf = `SELECT document FROM revisions WHERE content = (SELECT id FROM contents WHERE sha256 = $1) ORDER BY document LIMIT 1`

// BySHA256 implements archive.Documents.
func (e *Engine) BySHA256(ctx context.Context, sha256hex string) (archive.Document, error) {
	var id string
	sum, err := hex.DecodeString(sha256hex)
	if err == nil {
		err = e.reading(ctx, "finding revision "+sha256hex, func(r reader) error {
			return r.row(ctx, ownerOf, sum).Scan(&id)
		})
	} else {
		err = sql.ErrNoRows
	}
	if errors.Is(err, sql.ErrNoRows) {
		return archive.Document{}, &archive.NotFoundError{What: "revision", ID: sha256hex}
	}
	if err != nil {
		return archive.Document{}, err
	}
	return e.Get(ctx, id)
}

// Unfinished implements archive.Documents.
func (e *Engine) Unfinished(ctx context.Context, agency string) ([]archive.Document, error) {
	var docs []found
	err := e.reading(ctx, "reading unfinished documents", func(r reader) (err error) {
		docs, err = collect(ctx, r, scanDocument, `SELECT `+documentColumns+` FROM documents
			WHERE state = 'numbered' AND ($1 = '' OR agency = $1) ORDER BY agency, book, year, serial`, agency)
		return err
	})
	return plain(docs), err
}

func plain(docs []found) []archive.Document {
	out := make([]archive.Document, len(docs))
	for i := range docs {
		out[i] = docs[i].Document
	}
	return out
}
