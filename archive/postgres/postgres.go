// Package postgres keeps the archive in PostgreSQL, for several service
// instances over one database.
//
// pgx is used through database/sql, so that its statements are those of SQLite
// too. Instances take turns: the row audit_head is locked for the length of a
// transaction, in which each instance commits all steps that wait in it.
package postgres

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"maps"
	"net"
	"runtime"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"

	"antin/archive"
	"antin/archive/internal/engine"
)

//go:embed migrations/*.sql
var migrations embed.FS

// batchTimeout bounds one transaction of the writer, waiting for its turn
// included.
const batchTimeout = 60 * time.Second

// Open opens the archive in the schema that the URL's search_path names
// ("public" by default), bringing an older one up to date. One made by a newer
// version is refused. The URL is a libpq connection string or URI.
func Open(ctx context.Context, dsn string) (archive.Store, error) { return OpenWith(ctx, dsn, nil) }

// OpenWith is Open of an archive that keeps new PDFs in files; nil keeps them in
// the database.
func OpenWith(ctx context.Context, dsn string, files archive.Files) (archive.Store, error) {
	config, err := pgx.ParseConfig(dsn)
	if err != nil {
		return nil, fmt.Errorf("opening the archive: %w", err) // pgx leaves the password out
	}
	where := fmt.Sprintf("opening the archive on %s, database %s", config.Host, config.Database)
	write := handle(config, map[string]string{
		"synchronous_commit":                  "on",
		"lock_timeout":                        "30s",
		"statement_timeout":                   "60s",
		"idle_in_transaction_session_timeout": "10s", // an instance that vanished gives its turn up
		"enable_seqscan":                      "off", // all goes by keys; a plan kept from when a table was empty would read all of it
	})
	write.SetMaxOpenConns(2) // the writer's, and one to learn a commit's outcome
	if err := migrate(ctx, config); err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", where, err), write.Close())
	}
	read := handle(config, map[string]string{
		"default_transaction_read_only": "on",
		"plan_cache_mode":               "force_custom_plan", // by what the tables hold now
	})
	jobs, err := newJobs(config)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", where, err), write.Close(), read.Close())
	}
	d := dialect()
	d.Jobs = jobs
	d.Idle = max(8, 4*runtime.GOMAXPROCS(0))
	read.SetMaxOpenConns(d.Idle)
	read.SetMaxIdleConns(d.Idle)
	return engine.New(d, files, write, read), nil
}

func handle(config *pgx.ConnConfig, params map[string]string) *sql.DB {
	c := config.Copy()
	if c.RuntimeParams["application_name"] == "" {
		c.RuntimeParams["application_name"] = "antin"
	}
	maps.Copy(c.RuntimeParams, params)
	db := stdlib.OpenDB(*c)
	db.SetConnMaxIdleTime(5 * time.Minute)
	return db
}

// files are the migrations in order.
func files() (fs.FS, error) { return fs.Sub(migrations, "migrations") }

// migrateTries is how often an update is begun while its connection is cut. A
// migration is one transaction, or finds what it did before, so that a second try
// does no harm.
const migrateTries = 3

func migrate(ctx context.Context, config *pgx.ConnConfig) error {
	var err error
	for range migrateTries {
		if err = migrateOnce(ctx, config); !broken(err) || ctx.Err() != nil {
			break
		}
	}
	return err
}

// migrateOnce brings the schema up to date; instances that start together take
// turns.
func migrateOnce(ctx context.Context, config *pgx.ConnConfig) (err error) {
	db := handle(config, nil)
	defer func() { err = errors.Join(err, db.Close()) }()
	fsys, err := files()
	if err != nil {
		return err
	}
	locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, 120))
	if err != nil {
		return err
	}
	p, err := goose.NewProvider(goose.DialectPostgres, db, fsys,
		goose.WithSessionLocker(locker), goose.WithGoMigrations(goMigrations()...), goose.WithSlog(slog.New(slog.DiscardHandler)))
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

// goMigrations are those that need more than statements.
func goMigrations() []*goose.Migration { return append(toRiver(), indexWords()) }

// indexWords is migration 3: the word index of migration 2 takes in the
// documents that were there before it.
func indexWords() *goose.Migration {
	return goose.NewGoMigration(3, &goose.GoFunc{RunTx: func(ctx context.Context, tx *sql.Tx) error {
		return engine.Reindex(ctx, tx, words)
	}}, nil)
}

func dialect() engine.Dialect {
	return engine.Dialect{
		Name:        "postgresql",
		Begin:       "BEGIN ISOLATION LEVEL READ COMMITTED",
		Head:        `SELECT seq, hash, pg_current_xact_id()::text FROM audit_head WHERE id = 1 FOR UPDATE`,
		Timeout:     batchTimeout,
		ReadOptions: &sql.TxOptions{ReadOnly: true, Isolation: sql.LevelRepeatableRead},
		Full:        func(err error) bool { return code(err) == "53100" && !broken(err) },
		Damaged:     func(err error) bool { return code(err) == "XX001" || code(err) == "XX002" },
		Broken:      broken,
		Outcome:     outcome,
		Words:       words,
		Backup:      backup,
	}
}

func code(err error) string {
	if e, ok := errors.AsType[*pgconn.PgError](err); ok {
		return e.Code
	}
	return ""
}

// broken reports that the connection is of no more use: the server ended it
// (classes 08 and 57P, 25P03, the idle timeout, and whatever it calls FATAL or
// PANIC, such as too many connections or a full log), or the network did.
func broken(err error) bool {
	if err == nil {
		return false
	}
	if e, ok := errors.AsType[*pgconn.PgError](err); ok && (e.SeverityUnlocalized == "FATAL" || e.SeverityUnlocalized == "PANIC") {
		return true
	}
	if c := code(err); c != "" {
		return strings.HasPrefix(c, "08") || strings.HasPrefix(c, "57P") || c == "25P03"
	}
	return errors.Is(err, driver.ErrBadConn) || errors.Is(err, sql.ErrConnDone) ||
		errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, net.ErrClosed) ||
		errors.Is(err, context.DeadlineExceeded) ||
		errors.As(err, new(net.Error)) || errors.As(err, new(*pgconn.ConnectError)) ||
		pgconn.SafeToRetry(err) || pgconn.Timeout(err)
}

// outcomePause is between two questions for a transaction's fate.
const outcomePause = 100 * time.Millisecond

// outcome asks the server what became of a transaction whose commit it did not
// acknowledge. "in progress" means that the server has not noticed yet that the
// connection is gone.
func outcome(ctx context.Context, db *sql.DB, txid string) (bool, error) {
	var last error
	for {
		var status sql.NullString
		last = db.QueryRowContext(ctx, `SELECT pg_xact_status($1::text::xid8)`, txid).Scan(&status)
		switch {
		case last != nil && !broken(last):
			return false, last
		case last == nil && status.String == "committed":
			return true, nil
		case last == nil && status.String == "aborted":
			return false, nil
		case last == nil && !status.Valid:
			return false, fmt.Errorf("the server no longer knows transaction %s", txid)
		}
		select {
		case <-ctx.Done():
			return false, errors.Join(ctx.Err(), last)
		case <-time.After(outcomePause):
		}
	}
}
