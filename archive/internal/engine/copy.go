package engine

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
)

// tables are all tables of the schema, a table after those it refers to.
var tables = []string{
	"agencies", "books", "book_years", "documents", "document_data", "unique_keys", "contents", "revisions",
	"idempotency", "audit", "audit_head", "checkpoints", "api_keys", "jobs", "batches", "batch_items", "webhooks", "deliveries",
	"annexes",
}

// ErrNotEmpty is returned by Copy when the archive to copy into is in use.
var ErrNotEmpty = errors.New("the archive to restore into is not empty")

// Copy copies a whole archive into an empty one of the same schema version,
// which may be on another database. Both sides are transactions of the caller;
// w is the word index of the one copied into.
func Copy(ctx context.Context, from, to *sql.Tx, w Words) error {
	var rows int64
	if err := to.QueryRowContext(ctx, `SELECT seq FROM audit_head WHERE id = 1`).Scan(&rows); err != nil {
		return fmt.Errorf("reading the archive to restore into: %w", err)
	}
	if rows != 0 {
		return ErrNotEmpty
	}
	if err := copyTables(ctx, from, to, tables); err != nil {
		return err
	}
	return Reindex(ctx, to, w)
}

// CopyPresent copies the tables of the first schema into an archive of any, so
// that migrations can be tried on real content.
func CopyPresent(ctx context.Context, from, to *sql.Tx) error {
	return copyTables(ctx, from, to, tables[:firstTables])
}

// firstTables is how many of the tables the first schema has.
const firstTables = 13

func copyTables(ctx context.Context, from, to *sql.Tx, tables []string) error {
	for _, table := range tables {
		if err := copyTable(ctx, from, to, table); err != nil {
			return fmt.Errorf("copying table %s: %w", table, err)
		}
	}
	return nil
}

func copyTable(ctx context.Context, from, to *sql.Tx, table string) (err error) {
	if _, err := to.ExecContext(ctx, `DELETE FROM `+table); err != nil {
		return err
	}
	columns, err := columnsIn(ctx, to, table)
	if err != nil {
		return err
	}
	rows, err := from.QueryContext(ctx, fmt.Sprintf(`SELECT %s FROM %s`, strings.Join(columns, ", "), table))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	places := make([]string, len(columns))
	for i := range places {
		places[i] = fmt.Sprintf("$%d", i+1)
	}
	insert, err := to.PrepareContext(ctx, fmt.Sprintf(`INSERT INTO %s (%s) VALUES (%s)`,
		table, strings.Join(columns, ", "), strings.Join(places, ", ")))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, insert.Close()) }()
	values, into := make([]any, len(columns)), make([]any, len(columns))
	for i := range values {
		into[i] = &values[i]
	}
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return err
		}
		for i, v := range values {
			if b, ok := v.([]byte); ok && b == nil {
				values[i] = []byte{} // empty, not NULL
			}
		}
		if _, err := insert.ExecContext(ctx, values...); err != nil {
			return err
		}
	}
	return rows.Err()
}

func columnsIn(ctx context.Context, tx *sql.Tx, table string) ([]string, error) {
	rows, err := tx.QueryContext(ctx, `SELECT * FROM `+table+` WHERE 1 = 0`)
	if err != nil {
		return nil, err
	}
	columns, err := rows.Columns()
	return columns, errors.Join(err, rows.Err(), rows.Close())
}
