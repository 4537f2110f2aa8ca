package sqlite

import (
	"database/sql"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pressly/goose/v3"

	"antin/archive"
	"antin/archive/conformance"
	"antin/archive/internal/engine"
)

// provider is the migrations as Open runs them.
func provider(t testing.TB, db *sql.DB) *goose.Provider {
	t.Helper()
	fsys, err := files()
	must(t, err)
	p, err := goose.NewProvider(goose.DialectSQLite3, db, fsys, goose.WithGoMigrations(indexWords()))
	must(t, err)
	return p
}

// An archive of every earlier schema comes up whole, with its documents found
// by their words and its numbers going on.
func TestMigrateFromEarlier(t *testing.T) {
	source, err := sql.Open("sqlite", dsn(made(t, 5), true))
	must(t, err)
	defer func() { _ = source.Close() }()
	_, newest, err := provider(t, source).GetVersions(t.Context())
	must(t, err)
	for version := int64(1); version <= newest; version++ {
		path := filepath.Join(t.TempDir(), "antin.db")
		db, err := sql.Open("sqlite", dsn(path, false))
		must(t, err)
		_, err = provider(t, db).UpTo(t.Context(), version)
		must(t, err)
		must(t, inTx(t.Context(), source, nil, func(from *sql.Tx) error {
			return inTx(t.Context(), db, nil, func(to *sql.Tx) error {
				if err := engine.CopyPresent(t.Context(), from, to); err != nil || version < 3 {
					return err
				}
				return engine.Reindex(t.Context(), to, words) // from there on the archive keeps the index
			})
		}))
		must(t, db.Close())

		s, err := Open(t.Context(), path)
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
	path := filepath.Join(t.TempDir(), "antin.db")
	db, err := sql.Open("sqlite", dsn(path, false))
	must(t, err)
	_, err = provider(t, db).UpTo(t.Context(), 9)
	must(t, err)
	for _, q := range conformance.EarlierJobs("BLOB") {
		_, err := db.ExecContext(t.Context(), q)
		must(t, err)
	}
	must(t, db.Close())
	s, err := Open(t.Context(), path)
	must(t, err)
	conformance.CheckEarlierJobs(t, s)
	must(t, s.Close())
}

func TestOpenRefuses(t *testing.T) {
	t.Run("a newer schema", func(t *testing.T) {
		path := made(t, 0)
		alter(t, path, `INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, 1)`)
		if _, err := Open(t.Context(), path); err == nil || !strings.Contains(err.Error(), "newer program") {
			t.Errorf("got %v, want a refusal", err)
		}
	})
	t.Run("a file that is no database", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "antin.db")
		must(t, os.WriteFile(path, []byte(strings.Repeat("không phải cơ sở dữ liệu ", 400)), 0o600))
		if _, err := Open(t.Context(), path); err == nil {
			t.Error("opened")
		}
		if err := Restore(t.Context(), path, path+".new"); err == nil {
			t.Error("restored")
		}
		if _, err := os.Stat(path + ".new"); err == nil {
			t.Error("a failed restore left a file")
		}
	})
	t.Run("a missing folder", func(t *testing.T) {
		if _, err := Open(t.Context(), filepath.Join(t.TempDir(), "none", "antin.db")); err == nil {
			t.Error("opened")
		}
	})
	t.Run("others' eyes", func(t *testing.T) {
		info, err := os.Stat(made(t, 0))
		must(t, err)
		if info.Mode().Perm() != 0o600 {
			t.Errorf("the file has mode %o, want 600", info.Mode().Perm())
		}
	})
}
