//go:build linux

package postgres_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/jackc/pgx/v5"

	"antin/archive"
	"antin/archive/conformance"
	"antin/internal/judge"
)

// A write-ahead log whose end was lost opens as an earlier whole state, wherever
// it was torn: what was committed before that place is there, what came after
// is not, and nothing is half there.
func TestTornLog(t *testing.T) {
	c := judge.PostgresCluster(t)
	s := openAt(t, c.URL)
	conformance.Setup(t, s)
	rng := rand.New(rand.NewPCG(5, 6))
	var kept []string // in the order of their commits
	for range 4 {
		// From here on no page of a table reaches the disk before its log.
		ask(t, c.URL, `ALTER SYSTEM SET bgwriter_lru_maxpages = 0`, nil)
		ask(t, c.URL, `SELECT pg_reload_conf()`, new(bool))
		ask(t, c.URL, `CHECKPOINT`, nil)
		before := logEnd(t, c.URL)
		var ends []int64
		var ids []string
		for range 8 {
			d := conformance.Draft(conformance.NewID())
			conformance.Issue(t, s, d)
			ids, ends = append(ids, d.ID), append(ends, logEnd(t, c.URL))
		}
		var dir string
		ask(t, c.URL, `SELECT current_setting('data_directory')`, &dir)
		at := before + rng.Int64N(ends[len(ends)-1]-before)
		var file string
		ask(t, c.URL, `SELECT pg_walfile_name('0/0'::pg_lsn + $1::numeric)`, &file, at)
		c.Crash()
		tear(t, filepath.Join(dir, "pg_wal"), file, at)
		c.Start()
		for i, id := range ids {
			d, err := s.Get(t.Context(), id)
			missing := errors.As(err, new(*archive.NotFoundError))
			if err != nil && !missing {
				t.Fatal(err)
			}
			if whole := d.State == archive.Issued; ends[i] <= at && !whole {
				t.Errorf("torn at %d: %s, whole at %d, is %q", at, id, ends[i], d.State)
			} else if i > 0 && ends[i-1] > at && !missing {
				t.Errorf("torn at %d: %s, begun at %d, is %q", at, id, ends[i-1], d.State)
			}
			if !missing {
				kept = append(kept, id)
			}
		}
		d, err := s.Doctor(t.Context())
		if err != nil || len(d.Findings) > 0 || d.Documents != int64(len(kept)) {
			t.Errorf("torn at %d: %d documents, want %d; %+v, %v", at, d.Documents, len(kept), d.Findings, err)
		}
	}
}

// ask runs a statement on a connection of its own.
func ask(t *testing.T, url, q string, answer any, args ...any) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(context.WithoutCancel(t.Context())) }()
	if answer == nil {
		_, err = conn.Exec(t.Context(), q, args...)
	} else {
		err = conn.QueryRow(t.Context(), q, args...).Scan(answer)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// logEnd is how far the log is on the disk, in bytes.
func logEnd(t *testing.T, url string) (n int64) {
	t.Helper()
	ask(t, url, `SELECT (pg_current_wal_flush_lsn() - '0/0')::bigint`, &n)
	return n
}

// tear makes the log end at a place in one of its files.
func tear(t *testing.T, dir, file string, at int64) {
	t.Helper()
	const segment = 16 << 20
	names, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range names {
		if !n.IsDir() && len(n.Name()) == len(file) && n.Name() > file {
			if err := os.Remove(filepath.Join(dir, n.Name())); err != nil {
				t.Fatal(err)
			}
		}
	}
	f, err := os.OpenFile(filepath.Join(dir, file), os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	_, err = f.WriteAt(make([]byte, segment-at%segment), at%segment)
	if err := errors.Join(err, f.Close()); err != nil {
		t.Fatal(err)
	}
}
