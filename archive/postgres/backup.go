package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"antin/archive/internal/engine"
	"antin/archive/sqlite"
)

// backup writes the archive as one SQLite archive file: one state of the
// database, without pg_dump on the machine, and good for either store.
func backup(ctx context.Context, db *sql.DB, path string) error {
	return sqlite.Write(ctx, path, func(to *sql.Tx) error {
		from, err := db.BeginTx(ctx, &sql.TxOptions{ReadOnly: true, Isolation: sql.LevelRepeatableRead})
		if err != nil {
			return err
		}
		return errors.Join(engine.Copy(ctx, from, to, sqlite.Words(), engine.CopyJobs{From: jobsFromRiver, To: engine.JobsToTable}), from.Rollback())
	})
}

// Restore copies a backup file (an SQLite archive) into an empty archive on
// PostgreSQL. It is all or nothing.
func Restore(ctx context.Context, backup, dsn string) (err error) {
	what := "restoring " + backup
	config, err := pgx.ParseConfig(dsn)
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	if err := migrate(ctx, config); err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	db := handle(config, nil)
	defer func() { err = errors.Join(err, db.Close()) }()
	err = sqlite.Read(ctx, backup, func(from *sql.Tx) error {
		to, err := db.BeginTx(ctx, nil)
		if err != nil {
			return err
		}
		err = engine.Copy(ctx, from, to, words, engine.CopyJobs{From: engine.JobsFromTable, To: jobsToRiver})
		for _, id := range [][2]string{{"documents", "seq"}, {"contents", "id"}, {"batches", "seq"}, {"deliveries", "seq"}} {
			if err == nil {
				err = advance(ctx, to, id[0], id[1])
			}
		}
		if err != nil {
			return errors.Join(err, to.Rollback())
		}
		return to.Commit()
	})
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	return nil
}

// advance sets an identity column's sequence past the copied rows.
func advance(ctx context.Context, tx *sql.Tx, table, column string) error {
	_, err := tx.ExecContext(ctx, fmt.Sprintf(
		`SELECT setval(pg_get_serial_sequence('%[1]s', '%[2]s'), coalesce(max(%[2]s), 0) + 1, false) FROM %[1]s`, table, column))
	if err != nil {
		return fmt.Errorf("advancing the sequence of %s.%s: %w", table, column, err)
	}
	return nil
}
