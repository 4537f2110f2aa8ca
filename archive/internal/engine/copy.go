package engine

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"antin/archive"
)

// tables are the tables of the schema, a table after those it refers to. Jobs
// are copied by CopyJobs: not every store has them in a table.
var tables = []string{
	"agencies", "books", "book_years", "documents", "document_data", "unique_keys", "contents", "revisions",
	"idempotency", "audit", "audit_head", "checkpoints", "api_keys", "batches", "batch_items", "webhooks", "deliveries",
	"annexes",
}

// ErrNotEmpty is returned by Copy when the archive to copy into is in use.
var ErrNotEmpty = errors.New("the archive to restore into is not empty")

// Copy copies a whole archive into an empty one of the same schema version,
// which may be on another database. Both sides are transactions of the caller;
// w is the word index of the one copied into.
func Copy(ctx context.Context, from, to *sql.Tx, w Words, j CopyJobs) error {
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
	jobs, err := j.From(ctx, from)
	if err == nil {
		err = j.To(ctx, to, jobs)
	}
	if err != nil {
		return fmt.Errorf("copying the jobs: %w", err)
	}
	return Reindex(ctx, to, w)
}

// CopyJobs reads the jobs that are not done from one database and adds them to
// another.
type CopyJobs struct {
	From func(ctx context.Context, tx *sql.Tx) ([]archive.Job, error)
	To   func(ctx context.Context, tx *sql.Tx, jobs []archive.Job) error
}

// JobsFromTable is CopyJobs.From of a store that has a table of jobs.
func JobsFromTable(ctx context.Context, tx *sql.Tx) (jobs []archive.Job, err error) {
	rows, err := tx.QueryContext(ctx, `SELECT `+jobColumns+` FROM jobs WHERE state <> 'done' ORDER BY seq`)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		j, err := scanJob(rows)
		if err != nil {
			return nil, err
		}
		jobs = append(jobs, j.Job)
	}
	return jobs, rows.Err()
}

// JobsToTable is CopyJobs.To of a store that has a table of jobs. Who was doing
// one does not do it in the copy.
func JobsToTable(ctx context.Context, tx *sql.Tx, jobs []archive.Job) error {
	for _, j := range jobs {
		if j.State == archive.JobRunning {
			j.State = archive.JobWaiting
		}
		_, err := tx.ExecContext(ctx, `INSERT INTO jobs (id, kind, agency, payload, state, due, attempts, owner, result, error, created, updated)
			VALUES ($1, $2, $3, $4, $5, $6, $7, '', '', $8, $9, $10)`,
			j.ID, j.Kind, j.Agency, string(j.Payload), string(j.State), micros(j.Due), j.Attempts, clip(j.Error), micros(j.Created), micros(j.Updated))
		if err != nil {
			return fmt.Errorf("job %s: %w", j.ID, err)
		}
	}
	return nil
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
