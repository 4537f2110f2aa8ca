package conformance

import (
	"bytes"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"antin/archive"
)

// FullDisk is callers over one store that runs out of space, and what they were
// told.
type FullDisk struct {
	t       *testing.T
	s       archive.Store
	Size    int     // of a PDF, in bytes
	waiting []*life // what was refused
	issued  []*life
}

// NewFullDisk prepares a store for the callers.
func NewFullDisk(t *testing.T, s archive.Store) *FullDisk {
	t.Helper()
	Setup(t, s)
	return &FullDisk{t: t, s: s, Size: 50_000}
}

// life is one document on its way: its revisions' bytes and how many steps were
// acknowledged.
type life struct {
	draft  archive.Draft
	pdfs   [3][]byte
	steps  int
	serial int // 0 until its number was acknowledged
}

func newLife(size int) *life {
	l := &life{draft: Draft(NewID())}
	l.draft.PDF = append(l.draft.PDF, noise(size)...)
	signed := Revise(l.draft.PDF, "sign")
	l.pdfs = [3][]byte{l.draft.PDF, signed, Revise(signed, "seal")}
	return l
}

// lifeSteps is how many steps a document has until it is issued.
const lifeSteps = 4

// step does the next step.
func (l *life) step(t *testing.T, s archive.Store) (err error) {
	var doc archive.Document
	switch ctx, id, at := t.Context(), l.draft.ID, l.draft.At; l.steps {
	case 0:
		_, _, err = s.CreateDraft(ctx, l.draft)
	case 1:
		_, err = s.AddSigned(ctx, id, l.pdfs[1], Clerk, at)
	case 2:
		if doc, err = s.AssignNumber(ctx, id, Clerk, at); err == nil {
			l.serial = doc.Number.Serial
		}
	default:
		_, err = s.AddIssued(ctx, id, l.pdfs[2], Clerk, at)
	}
	if err == nil {
		l.steps++
	}
	return err
}

// FullCallers is how many callers Run has.
const FullCallers = 6

// Run has callers issue documents until each was refused, in the way that is
// expected, or stop is closed. It gives how many were refused.
func (r *FullDisk) Run(expected func(error) bool, stop <-chan struct{}) (refused int) {
	var mu sync.Mutex
	var wg sync.WaitGroup
	for range FullCallers {
		wg.Go(func() {
			var err error
			for err == nil {
				select {
				case <-stop:
					return
				default:
				}
				l := newLife(r.Size)
				for l.steps < lifeSteps && err == nil {
					err = l.step(r.t, r.s)
				}
				mu.Lock()
				if err == nil {
					r.issued = append(r.issued, l)
				} else {
					r.waiting = append(r.waiting, l)
				}
				mu.Unlock()
				if err != nil && !expected(err) {
					r.t.Errorf("%s, after %d steps: %v", l.draft.ID, l.steps, err)
				}
			}
		})
	}
	wg.Wait()
	return len(r.waiting)
}

// Resume has the callers repeat what was refused and issue some more.
func (r *FullDisk) Resume() {
	const more = 12
	for range more {
		r.waiting = append(r.waiting, newLife(r.Size))
	}
	var wg sync.WaitGroup
	for _, l := range r.waiting {
		wg.Go(func() {
			for deadline := time.Now().Add(time.Minute); l.steps < lifeSteps; {
				err := l.step(r.t, r.s)
				if err != nil && (!Away(err) || time.Now().After(deadline)) {
					r.t.Errorf("%s, after %d steps: %v", l.draft.ID, l.steps, err)
					return
				}
			}
		})
	}
	wg.Wait()
	r.issued, r.waiting = append(r.issued, r.waiting...), nil
	r.Check()
}

// Check compares the archive with what the callers were told.
func (r *FullDisk) Check() {
	r.t.Helper()
	numbered, serials := 0, map[int]string{}
	for _, l := range append(slices.Clip(r.issued), r.waiting...) {
		id := l.draft.ID
		d, err := r.s.Get(r.t.Context(), id)
		if l.steps == 0 {
			continue // never acknowledged: there or not
		}
		if err != nil || l.steps == lifeSteps && d.State != archive.Issued || len(d.Revisions) < revisionsAfter(l.steps) {
			r.t.Errorf("%s was told %d steps, the archive has %s with %d revisions, %v", id, l.steps, d.State, len(d.Revisions), err)
			continue
		}
		for n := range d.Revisions {
			if got, _, err := r.s.RevisionContent(r.t.Context(), id, n+1); err != nil || !bytes.Equal(got, l.pdfs[n]) {
				r.t.Errorf("%s: revision %d has other bytes, %v", id, n+1, err)
			}
		}
		if l.serial == 0 {
			continue
		}
		numbered++
		if d.Number == nil || d.Number.Serial != l.serial || serials[l.serial] != "" {
			r.t.Errorf("%s was told number %d, the archive has %+v; the number is also of %q", id, l.serial, d.Number, serials[l.serial])
		}
		serials[l.serial] = id
	}
	diagnosis, err := r.s.Doctor(r.t.Context())
	if err != nil || len(diagnosis.Findings) > 0 {
		r.t.Errorf("the doctor finds %+v, %v", diagnosis.Findings, err)
	}
	if len(r.waiting) == 0 {
		for n := range numbered {
			if serials[n+1] == "" {
				r.t.Errorf("nobody was told number %d of %d", n+1, numbered)
			}
		}
		if diagnosis.Numbers != int64(numbered) {
			r.t.Errorf("the archive has %d numbers, %d were told", diagnosis.Numbers, numbered)
		}
	}
	r.t.Logf("%d issued, %d refused so far", len(r.issued), len(r.waiting))
}

// revisionsAfter is how many revisions a document has after some steps: the
// third one, the number, adds none.
func revisionsAfter(steps int) int {
	if steps > 2 {
		return steps - 1
	}
	return steps
}

// Away reports that repeating a step may help.
func Away(err error) bool {
	return errors.Is(err, archive.ErrUnavailable) || errors.As(err, new(*archive.OutcomeUnknownError))
}
