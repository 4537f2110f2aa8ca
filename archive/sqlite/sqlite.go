// Package sqlite keeps the archive in one SQLite file: write-ahead log,
// synchronous FULL, no server. It is the default, from a clerk's laptop to a
// department.
//
// modernc.org/sqlite is used rather than a C binding so that the service builds
// without cgo for every platform.
package sqlite

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/pressly/goose/v3"
	"modernc.org/sqlite"
	lib "modernc.org/sqlite/lib"

	"antin/archive"
	"antin/archive/internal/engine"
)

//go:embed migrations/*.sql
var migrations embed.FS

// busyWait is how long, in ms, a writer waits for another process's lock.
const busyWait = 10_000

// Open opens the archive in a file, making it at first and bringing an older
// schema up to date. A file made by a newer version is refused.
func Open(ctx context.Context, path string) (archive.Store, error) { return OpenWith(ctx, path, nil) }

// OpenWith is Open of an archive that keeps new PDFs in files; nil keeps them in
// the database.
func OpenWith(ctx context.Context, path string, files archive.Files) (archive.Store, error) {
	if err := prepare(path); err != nil {
		return nil, fmt.Errorf("opening the archive %s: %w", path, err)
	}
	write, err := sql.Open("sqlite", dsn(path, false))
	if err != nil {
		return nil, fmt.Errorf("opening the archive %s: %w", path, err)
	}
	write.SetMaxOpenConns(1)
	if err := migrate(ctx, write); err != nil {
		return nil, errors.Join(fmt.Errorf("opening the archive %s: %w", path, full(err)), write.Close())
	}
	read, err := sql.Open("sqlite", dsn(path, true))
	if err != nil {
		return nil, errors.Join(fmt.Errorf("opening the archive %s: %w", path, err), write.Close())
	}
	read.SetMaxOpenConns(max(4, 2*runtime.GOMAXPROCS(0)))
	read.SetMaxIdleConns(max(4, 2*runtime.GOMAXPROCS(0)))
	return engine.New(dialect(), files, write, read), nil
}

// prepare makes the file with access for its owner only: it holds personal
// data. SQLite gives its log the same rights.
func prepare(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	return f.Close()
}

func dsn(path string, readOnly bool) string {
	q := url.Values{}
	q.Add("_pragma", fmt.Sprintf("busy_timeout(%d)", busyWait))
	q.Add("_pragma", "foreign_keys(1)")
	q.Add("_pragma", "trusted_schema(0)")
	q.Add("_pragma", "cell_size_check(1)")
	if readOnly {
		q.Add("_pragma", "query_only(1)")
	} else {
		q.Add("_pragma", "journal_mode(WAL)")
		// What is destroyed at the end of its retention leaves no copy in free pages.
		q.Add("_pragma", "secure_delete(1)")
		q.Add("_pragma", "synchronous(FULL)")
		// A larger log than the default (in pages): index pages change often and are
		// copied into the file once per checkpoint.
		q.Add("_pragma", "wal_autocheckpoint(4000)")
		// 8 MiB of pages hold what every commit touches. More would cost more: in a
		// file below 1 GiB a commit after a page was split walks the whole cache
		// (sqlite3PcacheTruncate, since balance lends itself the lock page's number).
		// What is not here is read from the system's cache.
		q.Add("_pragma", "cache_size(-8192)")
	}
	if abs, err := filepath.Abs(path); err == nil {
		path = abs
	}
	u := url.URL{Scheme: "file", OmitHost: true, Path: filepath.ToSlash(path), RawQuery: q.Encode()}
	return u.String()
}

// files are the migrations in order.
func files() (fs.FS, error) { return fs.Sub(migrations, "migrations") }

func migrate(ctx context.Context, db *sql.DB) error {
	fsys, err := files()
	if err != nil {
		return err
	}
	p, err := goose.NewProvider(goose.DialectSQLite3, db, fsys, goose.WithGoMigrations(indexWords()), goose.WithSlog(slog.New(slog.DiscardHandler)))
	if err != nil {
		return fmt.Errorf("reading the migrations: %w", err)
	}
	has, want, err := p.GetVersions(ctx)
	if err != nil {
		return fmt.Errorf("reading the schema's version: %w", err)
	}
	if has > want {
		return fmt.Errorf("the schema is version %d, this program knows versions up to %d: use a newer program", has, want)
	}
	if has == want {
		return nil
	}
	if _, err := p.Up(ctx); err != nil {
		return fmt.Errorf("migrating the schema from version %d to %d: %w", has, want, err)
	}
	return nil
}

// indexWords is migration 3: the word index of migration 2 takes in the
// documents that were there before it.
func indexWords() *goose.Migration {
	return goose.NewGoMigration(3, &goose.GoFunc{RunTx: func(ctx context.Context, tx *sql.Tx) error {
		return engine.Reindex(ctx, tx, words)
	}}, nil)
}

func dialect() engine.Dialect {
	return engine.Dialect{
		Name:    "sqlite",
		Begin:   "BEGIN IMMEDIATE",
		Head:    `SELECT seq, hash, '' FROM audit_head WHERE id = 1`,
		Full:    isFull,
		Damaged: isDamage,
		Broken:  func(error) bool { return false },
		Words:   words,
		Backup:  backup,
		Examine: examine,
	}
}

func isFull(err error) bool {
	e, ok := errors.AsType[*sqlite.Error](err)
	return ok && e.Code()&0xff == lib.SQLITE_FULL
}

func full(err error) error {
	if isFull(err) {
		return fmt.Errorf("%w: %w", archive.ErrFull, err)
	}
	return err
}

// backup copies the database as one reading transaction sees it; writers go on.
func backup(ctx context.Context, db *sql.DB, path string) error {
	return whole(path, func(part string) error {
		if err := prepare(part); err != nil { // an empty file takes a database
			return err
		}
		return vacuumInto(ctx, db, part)
	})
}

// vacuumInto lifts query_only, which would refuse to write even another file.
func vacuumInto(ctx context.Context, db *sql.DB, path string) error {
	conn, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }()
	if _, err := conn.ExecContext(ctx, `PRAGMA query_only(0)`); err != nil {
		return err
	}
	_, err = conn.ExecContext(ctx, `VACUUM INTO $1`, path)
	_, again := conn.ExecContext(context.WithoutCancel(ctx), `PRAGMA query_only(1)`)
	return errors.Join(err, again)
}

// examine runs SQLite's own check over one table or the whole file.
func examine(ctx context.Context, db *sql.DB, table string) (damage []string, err error) {
	q := `PRAGMA integrity_check`
	if table != "" {
		q = `PRAGMA integrity_check(` + table + `)`
	}
	rows, err := db.QueryContext(ctx, q)
	if err != nil {
		return damaged(nil, err)
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var line string
		if err := rows.Scan(&line); err != nil {
			return nil, err
		}
		if line != "ok" {
			damage = append(damage, strings.TrimSpace(line))
		}
	}
	return damaged(damage, rows.Err())
}

// damaged takes an error that means damage for a finding.
func damaged(found []string, err error) ([]string, error) {
	if isDamage(err) {
		return append(found, err.Error()), nil
	}
	return found, err
}

func isDamage(err error) bool {
	e, ok := errors.AsType[*sqlite.Error](err)
	return ok && (e.Code()&0xff == lib.SQLITE_CORRUPT || e.Code()&0xff == lib.SQLITE_NOTADB)
}
