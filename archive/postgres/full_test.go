//go:build linux

package postgres_test

import (
	"errors"
	"testing"

	"antin/archive"
	"antin/archive/conformance"
	"antin/internal/judge"
)

// On a full disk nothing that was acknowledged is lost, what is refused is
// refused as such, and the same open store goes on when there is room again:
// with full tables, where the server refuses single statements, and with a full
// write-ahead log, where it falls over in the middle of a commit or of a
// statement and cannot even start.
func TestFullDisk(t *testing.T) {
	c, data, log := judge.PostgresOnSmallDisks(t)
	s := openAt(t, c.URL)
	r := conformance.NewFullDisk(t, s)

	t.Run("tables", func(t *testing.T) {
		data.Leave(2 << 20)
		if n := r.Run(func(err error) bool { return errors.Is(err, archive.ErrFull) }, nil); n != conformance.FullCallers {
			t.Errorf("%d callers were refused, want each of %d", n, conformance.FullCallers)
		}
		r.Check() // reading goes on
		data.Free()
		r.Resume()
		if c.Said("PANIC") {
			t.Error("the server fell over")
		}
	})
	for name, size := range map[string]int{"log at a commit": 50_000, "log at a statement": 3 << 20} {
		t.Run(name, func(t *testing.T) {
			r.Size = size
			log.Leave(2 << 20)
			stop, done := make(chan struct{}), make(chan struct{})
			go func() { defer close(done); r.Run(conformance.Away, stop) }()
			c.Ended()
			if !c.Said("PANIC") {
				t.Error("the server did not end for its full log")
			}
			if _, _, err := s.Head(t.Context()); !errors.Is(err, archive.ErrUnavailable) {
				t.Errorf("asked while the server is away: %v", err)
			}
			log.Free()
			c.Start()
			close(stop)
			<-done
			r.Check()
			r.Resume()
		})
	}
}
