package postgres

import (
	"database/sql"
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/pressly/goose/v3"

	"antin/archive"
	"antin/archive/conformance"
	"antin/archive/internal/engine"
	"antin/archive/sqlite"
	"antin/internal/judge"
)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// An archive of every earlier schema comes up whole, with its documents found
// by their words and its numbers going on.
func TestMigrateFromEarlier(t *testing.T) {
	backup := filepath.Join(t.TempDir(), "source.db")
	source, err := sqlite.Open(t.Context(), backup)
	must(t, err)
	conformance.Setup(t, source)
	for range 5 {
		conformance.Issue(t, source, conformance.Draft(conformance.NewID()))
	}
	must(t, source.Close())
	fsys, err := files()
	must(t, err)
	for version := int64(1); ; version++ {
		dsn := judge.Postgres(t)
		config, err := pgx.ParseConfig(dsn)
		must(t, err)
		db := handle(config, nil)
		p, err := goose.NewProvider(goose.DialectPostgres, db, fsys, goose.WithGoMigrations(goMigrations()...))
		must(t, err)
		_, newest, err := p.GetVersions(t.Context())
		must(t, err)
		if version > newest {
			must(t, db.Close())
			return
		}
		_, err = p.UpTo(t.Context(), version)
		must(t, err)
		must(t, sqlite.Read(t.Context(), backup, func(from *sql.Tx) error {
			to, err := db.BeginTx(t.Context(), nil)
			if err != nil {
				return err
			}
			err = engine.CopyPresent(t.Context(), from, to)
			if err == nil && version >= 3 { // from there on the archive keeps the index
				err = engine.Reindex(t.Context(), to, words)
			}
			err = errors.Join(err, advance(t.Context(), to, "documents", "seq"), advance(t.Context(), to, "contents", "id"))
			return errors.Join(err, to.Commit())
		}))
		must(t, db.Close())

		s, err := Open(t.Context(), dsn)
		must(t, err)
		d, err := s.Doctor(t.Context())
		must(t, err)
		if len(d.Findings) > 0 || d.Numbers != 5 {
			t.Errorf("from version %d: %+v", version, d)
		}
		found, err := s.List(t.Context(), archive.Filter{Text: "nghia 03"}, archive.Page{})
		must(t, err)
		if len(found.Documents) != 1 {
			t.Errorf("from version %d: %d documents are found by their words, want 1", version, len(found.Documents))
		}
		if n := conformance.Issue(t, s, conformance.Draft(conformance.NewID())).Number.Serial; n != 6 {
			t.Errorf("from version %d: the next number is %d, want 6", version, n)
		}
		must(t, s.Close())
	}
}

// What waited when deliveries and batches had no jobs of their own goes on.
func TestMigrateJobs(t *testing.T) {
	dsn := judge.Postgres(t)
	config, err := pgx.ParseConfig(dsn)
	must(t, err)
	db := handle(config, nil)
	fsys, err := files()
	must(t, err)
	p, err := goose.NewProvider(goose.DialectPostgres, db, fsys, goose.WithGoMigrations(goMigrations()...))
	must(t, err)
	_, err = p.UpTo(t.Context(), 9)
	must(t, err)
	for _, q := range conformance.EarlierJobs("BYTEA") {
		_, err := db.ExecContext(t.Context(), q)
		must(t, err)
	}
	must(t, db.Close())
	s, err := Open(t.Context(), dsn)
	must(t, err)
	conformance.CheckEarlierJobs(t, s)
	must(t, s.Close())
}

func TestNewerSchemaRefused(t *testing.T) {
	dsn := judge.Postgres(t)
	s, err := Open(t.Context(), dsn)
	must(t, err)
	must(t, s.Close())
	config, err := pgx.ParseConfig(dsn)
	must(t, err)
	db := handle(config, nil)
	_, err = db.ExecContext(t.Context(), `INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, true)`)
	must(t, errors.Join(err, db.Close()))
	if _, err := Open(t.Context(), dsn); err == nil || !strings.Contains(err.Error(), "newer program") {
		t.Errorf("got %v, want a refusal", err)
	}
}
