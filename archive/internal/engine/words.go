package engine

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"strings"

	"antin/archive"
)

// Column is a part of a document that can be searched by itself.
type Column int

// The columns of the word index. AnyColumn is only asked for.
const (
	SubjectColumn Column = iota
	RecipientsColumn
	OtherColumn
	AnyColumn
)

// Words is how a database indexes words.
type Words struct {
	// Put enters or replaces the index row of document seq ($1) with the terms of
	// the three columns ($2 to $4).
	Put string
	// Terms prints a column's terms for Put.
	Terms func(c Column, terms []string) string
	// Missing finds ids of documents that are not in the index, up to $1.
	Missing string
	// Match is a condition on documents d with one argument, at %d.
	Match string
	// Query prints a question for Match: every term begins a word of its column.
	Query func(asked []Asked) string
}

// Asked is one term of a question.
type Asked struct {
	Column Column
	Term   string
}

// indexed is what a document is found by.
func (w Words) indexed(seq int64, d archive.Document) []any {
	other := []string{d.Title, d.DocumentType, d.Symbol, d.SignatoryName, d.DossierCode, d.LookupCode}
	if d.Number != nil {
		other = append(other, d.Number.Text)
	}
	return []any{
		seq,
		w.Terms(SubjectColumn, archive.IndexTerms(d.Subject)),
		w.Terms(RecipientsColumn, archive.IndexTerms(d.Recipients...)),
		w.Terms(OtherColumn, archive.IndexTerms(other...)),
	}
}

// index enters a document into the word index.
func (t *Tx) index(d archive.Document) error {
	var seq int64
	if err := t.row(t.ctx, `SELECT seq FROM documents WHERE id = $1`, d.ID).Scan(&seq); err != nil {
		return err
	}
	w := t.w.d.Words
	if err := t.exec(w.Put, w.indexed(seq, d)...); err != nil {
		return fmt.Errorf("indexing the document's words: %w", err)
	}
	return nil
}

// Reindex enters every document into the word index, in a transaction of the
// caller: when the index is new, and after a restore. It reads only columns of
// the first schema, for a migration runs it before later ones.
func Reindex(ctx context.Context, tx *sql.Tx, w Words) error {
	after := int64(0)
	for {
		rows, err := tx.QueryContext(ctx, `SELECT seq, id, subject, recipients, title, document_type, symbol, signatory_name,
			dossier_code, lookup_code, number_text FROM documents WHERE seq > $1 ORDER BY seq LIMIT $2`, after, doctorPage)
		if err != nil {
			return err
		}
		docs, err := drain(rows, scanIndexed)
		if err != nil {
			return err
		}
		for _, d := range docs {
			after = d.seq
			if _, err := tx.ExecContext(ctx, w.Put, w.indexed(d.seq, d.Document)...); err != nil {
				return fmt.Errorf("indexing document %s: %w", d.ID, err)
			}
		}
		if len(docs) < doctorPage {
			return nil
		}
	}
}

func scanIndexed(rows *sql.Rows) (d found, err error) {
	var recipients, number string
	err = rows.Scan(&d.seq, &d.ID, &d.Subject, &recipients, &d.Title, &d.DocumentType, &d.Symbol, &d.SignatoryName,
		&d.DossierCode, &d.LookupCode, &number)
	if err == nil {
		err = json.Unmarshal([]byte(recipients), &d.Recipients)
	}
	if number != "" {
		d.Number = &archive.Number{Text: number}
	}
	return d, err
}

// matching adds what a filter asks of words.
func (w Words) matching(c *conditions, f archive.Filter) {
	var asked []Asked
	for _, q := range []struct {
		column Column
		text   string
	}{{SubjectColumn, f.Subject}, {RecipientsColumn, f.Recipient}, {AnyColumn, f.Text}} {
		terms := archive.QueryTerms(q.text)
		if len(terms) == 0 && strings.TrimSpace(q.text) != "" {
			c.and("1 = 0") // only signs: found nowhere
		}
		for _, t := range terms {
			asked = append(asked, Asked{q.column, t})
		}
	}
	if len(asked) > 0 {
		c.and(w.Match, w.Query(asked))
	}
}
