package postgres_test

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"

	"github.com/jackc/pgx/v5"

	"antin/archive"
	"antin/archive/conformance"
	"antin/internal/judge"
)

// What PostgreSQL plans while its tables are empty it keeps until it has looked
// at them again: a document must not cost more with each one before it until
// then.
func TestPlansOfEmptyTables(t *testing.T) {
	const documents = 600
	// A table of a few pages is rightly read whole; with plans kept from when they
	// were empty five tables came to 1 to 5 million rows.
	const most = 250_000
	server := judge.Postgres(t)
	s := openAt(t, schema(t, server))
	conn, err := pgx.Connect(t.Context(), server)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(context.WithoutCancel(t.Context())) }()
	if _, err := conn.Exec(t.Context(), `VACUUM ANALYZE`); err != nil {
		t.Fatal(err)
	}
	conformance.Setup(t, s)
	for range documents {
		d := conformance.Draft(conformance.NewID())
		d.Idempotency = archive.Idempotency{Scope: "key-1", Key: d.ID}
		doc := conformance.Issue(t, s, d)
		for what, err := range map[string]error{
			"by id":      second(s.Get(t.Context(), d.ID)),
			"by code":    second(s.ByLookupCode(t.Context(), d.LookupCode)),
			"by file":    second(s.BySHA256(t.Context(), doc.Revisions[0].SHA256)),
			"by content": second(s.Content(t.Context(), doc.Revisions[0].SHA256)),
		} {
			if err != nil {
				t.Fatalf("%s: %v", what, err)
			}
		}
		if _, found, err := s.ByIdempotency(t.Context(), d.Idempotency); err != nil || !found {
			t.Fatalf("by the caller's key: %v %v", found, err)
		}
	}
	for i := range documents {
		if _, err := s.Enqueue(t.Context(), conformance.Noon, archive.JobAbout("tried", "", fmt.Sprint(i))); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Job(t.Context(), fmt.Sprintf("tried/%d", i)); err != nil {
			t.Fatal(err)
		}
	}
	done := archive.Worker{Kind: "tried", AtOnce: 100, Do: func(context.Context, archive.Job) (json.RawMessage, error) { return nil, nil }}
	if err := s.RunJobs(t.Context(), archive.Crew{Workers: []archive.Worker{done}, Drain: true}); err != nil {
		t.Fatal(err)
	}
	// A connection says what it did when it ends.
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	for left := 1; left > 0; {
		err := conn.QueryRow(t.Context(), `SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'antin'`).Scan(&left)
		if err != nil {
			t.Fatal(err)
		}
	}
	rows, err := conn.Query(t.Context(), `SELECT relname, seq_tup_read, n_live_tup FROM pg_stat_user_tables ORDER BY relname`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	held := map[string]int64{}
	for rows.Next() {
		var table string
		var read, live int64
		if err := rows.Scan(&table, &read, &live); err != nil {
			t.Fatal(err)
		}
		held[table] = live
		if read > most {
			t.Errorf("%s: %d rows were read one after another for %d documents", table, read, documents)
		}
	}
	if err := rows.Err(); err != nil || held["documents"] != documents || held["river_job"] != documents {
		t.Errorf("%v, %v", held, err)
	}
}

func second[T any](_ T, err error) error { return err }
