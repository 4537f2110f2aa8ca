//go:build linux

package postgres_test

import (
	"errors"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"antin/archive"
	"antin/archive/conformance"
	"antin/internal/judge"
)

// TestServerCrash kills the database server in the middle of its commits, again
// and again. Callers repeat what was not acknowledged, as the interface allows.
// Nothing that was acknowledged is lost, and no number is given twice.
func TestServerCrash(t *testing.T) {
	c := judge.PostgresCluster(t)
	s := openAt(t, c.URL)
	conformance.Setup(t, s)
	const callers, crashes = 8, 5
	rng := rand.New(rand.NewPCG(8, 9))
	told := map[string]int{} // serial by document
	var mu sync.Mutex
	stop := make(chan struct{})
	var wg sync.WaitGroup
	for range callers {
		wg.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				d := conformance.Draft(conformance.NewID())
				serial, err := persist(t, s, d)
				if err != nil {
					t.Error(err)
					return
				}
				mu.Lock()
				told[d.ID] = serial
				mu.Unlock()
			}
		})
	}
	done := func() int { mu.Lock(); defer mu.Unlock(); return len(told) }
	for range crashes {
		goal := done() + 5 + rng.IntN(20)
		for deadline := time.Now().Add(2 * time.Minute); done() < goal && time.Now().Before(deadline); {
			time.Sleep(time.Millisecond)
		}
		c.Crash()
		c.Start()
	}
	close(stop)
	wg.Wait()
	for id, serial := range told {
		d, err := s.Get(t.Context(), id)
		if err != nil || d.Number == nil || d.Number.Serial != serial || d.State != archive.Issued {
			t.Errorf("%s was told number %d and to be issued, the archive has %+v, %v", id, serial, d.Number, err)
		}
	}
	d, err := s.Doctor(t.Context())
	if err != nil || len(d.Findings) > 0 || d.Numbers != int64(len(told)) {
		t.Errorf("%d numbers for %d documents; %v, %v", d.Numbers, len(told), d.Findings, err)
	}
	t.Logf("%d documents over %d crashes", len(told), crashes)
}

// persist issues a document, repeating each step until the server acknowledged
// it.
func persist(t *testing.T, s archive.Store, d archive.Draft) (serial int, err error) {
	signed := conformance.Revise(d.PDF, "sign")
	for _, step := range []func() error{
		func() error { _, _, err := s.CreateDraft(t.Context(), d); return err },
		func() error { _, err := s.AddSigned(t.Context(), d.ID, signed, conformance.Clerk, d.At); return err },
		func() error {
			doc, err := s.AssignNumber(t.Context(), d.ID, conformance.Clerk, d.At)
			if err == nil {
				serial = doc.Number.Serial
			}
			return err
		},
		func() error {
			_, err := s.AddIssued(t.Context(), d.ID, conformance.Revise(signed, "seal"), conformance.Clerk, d.At)
			return err
		},
	} {
		for deadline := time.Now().Add(time.Minute); ; time.Sleep(5 * time.Millisecond) {
			err = step()
			away := errors.Is(err, archive.ErrUnavailable) || errors.As(err, new(*archive.OutcomeUnknownError))
			if !away || time.Now().After(deadline) {
				break
			}
		}
		if err != nil {
			return 0, err
		}
	}
	return serial, nil
}
