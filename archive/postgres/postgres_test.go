package postgres_test

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5"

	"antin/archive"
	"antin/archive/conformance"
	"antin/archive/postgres"
	"antin/archive/sqlite"
	"antin/internal/judge"
)

var schemas atomic.Int64

// schema makes an empty schema and gives the URL that leads to it.
func schema(t testing.TB, server string) string {
	t.Helper()
	ctx := t.Context()
	conn, err := pgx.Connect(ctx, server)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	name := fmt.Sprintf("s%d", schemas.Add(1))
	if _, err := conn.Exec(ctx, `CREATE SCHEMA `+name); err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(server)
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	q.Set("search_path", name)
	u.RawQuery = q.Encode()
	return u.String()
}

func openAt(t testing.TB, dsn string) archive.Store {
	t.Helper()
	s, err := postgres.Open(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func TestMain(m *testing.M) {
	conformance.Worker(postgres.Open)
	os.Exit(m.Run())
}

// Four instances over one database, killed at random, while connections are cut
// in the middle of whatever they do.
func TestKill(t *testing.T) {
	server := judge.Postgres(t)
	dsn := schema(t, server)
	cut := func() {
		conn, err := pgx.Connect(t.Context(), server)
		if err != nil {
			t.Error(err)
			return
		}
		defer func() { _ = conn.Close(context.WithoutCancel(t.Context())) }()
		_, err = conn.Exec(t.Context(), `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
			WHERE datname = current_database() AND application_name = 'antin'`)
		if err != nil {
			t.Error(err)
		}
	}
	conformance.KillTest(t, dsn, 4, 12, openAt(t, dsn), cut)
}

func TestConformance(t *testing.T) {
	server := judge.Postgres(t)
	conformance.Run(t, func(t testing.TB) archive.Store {
		return openAt(t, schema(t, server))
	}, func(t testing.TB, backup string) archive.Store {
		dsn := schema(t, server)
		if err := postgres.Restore(t.Context(), backup, dsn); err != nil {
			t.Fatal(err)
		}
		if err := postgres.Restore(t.Context(), backup, dsn); err == nil {
			t.Error("a restore overwrote an archive")
		}
		return openAt(t, dsn)
	})
}

// A backup of PostgreSQL opens with SQLite: an archive can move both ways.
func TestMove(t *testing.T) {
	server := judge.Postgres(t)
	s := openAt(t, schema(t, server))
	conformance.Setup(t, s)
	conformance.Issue(t, s, conformance.Draft(conformance.NewID()))
	path := filepath.Join(t.TempDir(), "moved.db")
	if err := s.Backup(t.Context(), path); err != nil {
		t.Fatal(err)
	}
	moved, err := sqlite.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = moved.Close() }()
	if d, err := moved.Doctor(t.Context()); err != nil || len(d.Findings) > 0 || d.Numbers != 1 {
		t.Errorf("moved as %+v, %v", d, err)
	}
}

func TestFiles(t *testing.T) {
	server := judge.Postgres(t)
	conformance.RunFiles(t, func(t testing.TB) func(archive.Files) archive.Store {
		dsn := schema(t, server)
		return func(files archive.Files) archive.Store {
			s, err := postgres.OpenWith(t.Context(), dsn, files)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = s.Close() })
			return s
		}
	}, conformance.NewBucket)
}
