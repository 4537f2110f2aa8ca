package postgres_test

import (
	"context"
	"errors"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"

	"antin/archive"
	"antin/archive/conformance"
	"antin/internal/judge"
)

// Readers whose connections are cut again and again get what they ask for or
// learn that the database cannot be reached, and nothing else.
func TestReadWhileCut(t *testing.T) {
	server := judge.Postgres(t)
	s := openAt(t, schema(t, server))
	conformance.Setup(t, s)
	doc := conformance.Issue(t, s, conformance.Draft(conformance.NewID()))
	conn, err := pgx.Connect(t.Context(), server)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(context.WithoutCancel(t.Context())) }()
	const readers, cuts = 16, 300
	stop := make(chan struct{})
	var wg sync.WaitGroup
	for range readers {
		wg.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				got, err := s.Get(t.Context(), doc.ID)
				if err == nil && got.ID == doc.ID {
					_, _, err = s.RevisionContent(t.Context(), doc.ID, 1)
				}
				if err != nil && !errors.Is(err, archive.ErrUnavailable) {
					t.Error(err)
					return
				}
			}
		})
	}
	for range cuts {
		_, err := conn.Exec(t.Context(), `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
			WHERE datname = current_database() AND application_name = 'antin'`)
		if err != nil {
			t.Error(err)
		}
	}
	close(stop)
	wg.Wait()
}
