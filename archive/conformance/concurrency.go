package conformance

import (
	"errors"
	"fmt"
	"sync"
	"testing"

	"antin/archive"
)

// each runs f in n goroutines and returns their errors.
func each(n int, f func(i int) error) []error {
	errs := make([]error, n)
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() { errs[i] = f(i) })
	}
	wg.Wait()
	return errs
}

var concurrencyTests = map[string]func(*testing.T, archive.Store){
	"numbers": func(t *testing.T, s archive.Store) {
		Setup(t, s)
		const callers, each1 = 16, 12
		for _, err := range each(callers, func(int) error {
			for range each1 {
				d := Draft(NewID())
				if _, _, err := s.CreateDraft(t.Context(), d); err != nil {
					return err
				}
				pdf := Revise(d.PDF, "sign")
				if _, err := s.AddSigned(t.Context(), d.ID, pdf, Clerk, Noon); err != nil {
					return err
				}
				if _, err := s.AssignNumber(t.Context(), d.ID, Clerk, Noon); err != nil {
					return err
				}
				if _, err := s.AddIssued(t.Context(), d.ID, Revise(pdf, "seal"), Clerk, Noon); err != nil {
					return err
				}
				if _, err := s.Get(t.Context(), d.ID); err != nil {
					return err
				}
			}
			return nil
		}) {
			must(t, err)
		}
		if d := healthy(t, s); d.Numbers != callers*each1 {
			t.Errorf("%d numbers, want %d", d.Numbers, callers*each1)
		}
	},
	"two clerks at once": func(t *testing.T, s archive.Store) {
		Setup(t, s)
		for range 10 {
			d := Draft(NewID())
			Create(t, s, d)
			_, err := s.AddSigned(t.Context(), d.ID, Revise(d.PDF, "sign"), Clerk, Noon)
			must(t, err)
			numbers := make([]int, 8)
			for _, err := range each(8, func(i int) error {
				doc, err := s.AssignNumber(t.Context(), d.ID, Clerk, Noon)
				if err == nil {
					numbers[i] = doc.Number.Serial
				}
				return err
			}) {
				must(t, err)
			}
			for _, n := range numbers {
				if n != numbers[0] {
					t.Fatalf("one document got the numbers %v", numbers)
				}
			}
			won := 0
			for i, err := range each(8, func(i int) error {
				pdf := Revise(Revise(d.PDF, "sign"), fmt.Sprintf("seal %d", i))
				_, err := s.AddIssued(t.Context(), d.ID, pdf, Clerk, Noon)
				return err
			}) {
				switch {
				case err == nil:
					won++
				case !errors.As(err, new(*archive.StateError)):
					t.Errorf("caller %d: got %v, want *StateError", i, err)
				}
			}
			if won != 1 {
				t.Errorf("%d callers sealed one document, want 1", won)
			}
		}
		healthy(t, s)
	},
	"one idempotency key at once": func(t *testing.T, s archive.Store) {
		Setup(t, s)
		made := make([]bool, 8)
		docs := make([]string, 8)
		for _, err := range each(8, func(i int) error {
			d := Draft(NewID())
			d.Idempotency = archive.Idempotency{Scope: "k", Key: "same", RequestHash: hashOf("body")}
			doc, created, err := s.CreateDraft(t.Context(), d)
			made[i], docs[i] = created, doc.ID
			return err
		}) {
			must(t, err)
		}
		n := 0
		for i := range made {
			if made[i] {
				n++
			}
			if docs[i] != docs[0] {
				t.Errorf("the same key led to %s and %s", docs[0], docs[i])
			}
		}
		if n != 1 {
			t.Errorf("%d callers made a document, want 1", n)
		}
	},
	"one failure leaves the others alone": func(t *testing.T, s archive.Store) {
		Setup(t, s)
		errs := each(32, func(i int) error {
			d := Draft(NewID())
			if i%3 == 0 {
				d.Book = "none"
			}
			_, _, err := s.CreateDraft(t.Context(), d)
			return err
		})
		for i, err := range errs {
			if i%3 == 0 {
				wantNotFound(t, err)
			} else {
				must(t, err)
			}
		}
		if d := healthy(t, s); d.Documents != 21 {
			t.Errorf("%d documents, want 21", d.Documents)
		}
	},
}
