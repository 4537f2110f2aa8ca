package engine

import (
	"context"
	"database/sql"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"antin/archive"
)

// filter turns a Filter into conditions on documents d.
func (e *Engine) filter(f archive.Filter) (conditions, error) {
	var c conditions
	equal := func(column, value string) {
		if value != "" {
			c.and(column+" = $%d", value)
		}
	}
	equal("d.agency", f.Agency)
	equal("d.form", f.Form)
	equal("d.document_type", f.DocumentType)
	equal("d.book", f.Book)
	equal("d.dossier_code", f.DossierCode)
	if f.Year != 0 {
		c.and("d.year = $%d", f.Year)
	}
	if f.SerialFrom != 0 {
		c.and("d.serial >= $%d", f.SerialFrom)
	}
	if f.SerialTo != 0 {
		c.and("d.serial <= $%d", f.SerialTo)
	}
	if !f.DayFrom.IsZero() {
		c.and("d.day >= $%d", dayText(f.DayFrom))
	}
	if !f.DayTo.IsZero() {
		c.and("d.day <= $%d", dayText(f.DayTo))
	}
	if len(f.States) > 0 {
		states := make([]any, len(f.States))
		for i, s := range f.States {
			states[i] = string(s)
		}
		c.and("d.state IN ("+strings.Repeat("$%d, ", len(states)-1)+"$%d)", states...)
	}
	for _, s := range []string{f.Agency, f.Form, f.DocumentType, f.Book, f.DossierCode, f.Recipient, f.Subject, f.Text} {
		if err := archive.CheckText("filter", s, archive.MaxText); err != nil {
			return c, err
		}
	}
	e.d.Words.matching(&c, f)
	return c, nil
}

// columnsOf is documentColumns of the table alias d.
var columnsOf = "d." + strings.Join(strings.FieldsFunc(documentColumns, func(r rune) bool {
	return r == ',' || r == ' ' || r == '\n' || r == '\t'
}), ", d.")

// List implements archive.Search.
func (e *Engine) List(ctx context.Context, f archive.Filter, p archive.Page) (archive.DocumentPage, error) {
	c, err := e.filter(f)
	if err != nil {
		return archive.DocumentPage{}, err
	}
	return e.list(ctx, c, p)
}

// list pages through documents that meet the conditions, newest first.
func (e *Engine) list(ctx context.Context, c conditions, p archive.Page) (page archive.DocumentPage, err error) {
	if p.After != "" {
		seq, err := strconv.ParseInt(p.After, 10, 64)
		if err != nil {
			return page, &archive.InvalidError{Field: "after", Problem: "is not the next of a page"}
		}
		c.and("d.seq < $%d", seq)
	}
	size := p.Size()
	q := fmt.Sprintf(`SELECT %s, d.seq FROM documents d%s ORDER BY d.seq DESC LIMIT %d`, columnsOf, c.where(), size+1)
	docs, err := collectOnce(ctx, e, "listing documents", scanDocumentSeq, q, c.args...)
	if err != nil {
		return page, err
	}
	if len(docs) > size {
		docs = docs[:size]
		page.Next = strconv.FormatInt(docs[size-1].seq, 10)
	}
	page.Documents = plain(docs)
	return page, nil
}

func scanDocumentSeq(rows *sql.Rows) (found, error) {
	var seq int64
	d, err := scanDocumentAnd(rows, &seq)
	d.seq = seq
	return d, err
}

// place is where a page of the register ends.
type place struct {
	Agency, Book string
	Year, Serial int
}

// Register implements archive.Search.
func (e *Engine) Register(ctx context.Context, f archive.Filter, p archive.Page) (page archive.EntryPage, err error) {
	c, err := e.filter(f)
	if err != nil {
		return page, err
	}
	c.and("d.serial IS NOT NULL")
	if p.After != "" {
		var at place
		b, err := base64.RawURLEncoding.DecodeString(p.After)
		if err == nil {
			err = json.Unmarshal(b, &at)
		}
		if err != nil {
			return page, &archive.InvalidError{Field: "after", Problem: "is not the next of a page"}
		}
		c.and("(d.agency, d.book, d.year, d.serial) > ($%d, $%d, $%d, $%d)", at.Agency, at.Book, at.Year, at.Serial)
	}
	size := p.Size()
	q := fmt.Sprintf(`SELECT %s FROM documents d%s ORDER BY d.agency, d.book, d.year, d.serial LIMIT %d`,
		columnsOf, c.where(), size+1)
	docs, err := collectOnce(ctx, e, "reading the register", scanDocument, q, c.args...)
	if err != nil {
		return page, err
	}
	if len(docs) > size {
		docs = docs[:size]
		n := docs[size-1].Number
		b, err := json.Marshal(place{n.Agency, n.Book, n.Year, n.Serial})
		if err != nil {
			return page, err
		}
		page.Next = base64.RawURLEncoding.EncodeToString(b)
	}
	page.Entries = make([]archive.Entry, len(docs))
	for i := range docs {
		page.Entries[i] = entry(docs[i])
	}
	return page, nil
}

// entry is the register's line of a numbered document.
func entry(d found) archive.Entry {
	return archive.Entry{
		Number: *d.Number, DocumentType: d.DocumentType, Subject: d.Subject, Signer: d.SignatoryName,
		Recipients: d.Recipients, KeptBy: d.KeptBy, Copies: d.Copies, Sent: d.Issued, Receipt: d.receipt,
		Note: d.Reason, Ended: d.Ended, State: d.State, DocumentID: d.ID, LookupCode: d.LookupCode, DossierCode: d.DossierCode,
		ReplacedBy: d.ReplacedBy,
	}
}

// Counts implements archive.Search.
func (e *Engine) Counts(ctx context.Context, agency string) (map[archive.State]int64, error) {
	type count struct {
		state archive.State
		n     int64
	}
	all, err := collectOnce(ctx, e, "counting documents", func(rows *sql.Rows) (c count, err error) {
		return c, rows.Scan(&c.state, &c.n)
	}, `SELECT state, count(*) FROM documents WHERE $1 = '' OR agency = $1 GROUP BY state`, agency)
	out := make(map[archive.State]int64, len(all))
	for _, c := range all {
		out[c.state] = c.n
	}
	return out, err
}

// collectOnce is collect for a query text that is not worth keeping prepared.
func collectOnce[T any](ctx context.Context, e *Engine, what string, scan func(*sql.Rows) (T, error), q string, args ...any) (all []T, err error) {
	err = e.again(ctx, what, func() error {
		rows, err := e.read.QueryContext(ctx, q, args...)
		if err == nil {
			all, err = drain(rows, scan)
		}
		return err
	})
	return all, err
}
