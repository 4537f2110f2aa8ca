package issuance

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"time"

	"antin/archive"
)

// StartBatch stores a request to number and seal many documents, in the order
// given. A job does it; the same idempotency key gives the same batch again.
//
// Errors: *archive.IdempotencyConflictError, *archive.InvalidError.
func (s *Service) StartBatch(ctx context.Context, agency string, documents []string, idem archive.Idempotency, by archive.Actor) (archive.Batch, bool, error) {
	id, err := newID(s.random, s.now())
	if err != nil {
		return archive.Batch{}, false, err
	}
	b := archive.Batch{ID: id, Agency: agency, By: by, Created: s.now()}
	for i, d := range documents {
		b.Items = append(b.Items, archive.BatchItem{N: i + 1, Document: d, State: archive.ItemWaiting})
	}
	batch, created, err := s.store.CreateBatch(ctx, b, idem)
	return batch, !created, err
}

// batchTime is how long a batch is worked on before it gives the worker back.
const batchTime = 20 * time.Second

// batchJob goes on with a batch: its numbers are given in one step, in the order
// asked for, and each seal can be repeated, so that it may be cut off anywhere.
func (s *Service) batchJob(ctx context.Context, j archive.Job) (json.RawMessage, error) {
	return nil, s.goOn(ctx, j.About())
}

// goOn works on a batch for a while; *archive.LaterError when there is more to
// do. Two at once in one process would seal everything twice.
func (s *Service) goOn(ctx context.Context, id string) error {
	part, cancel := context.WithTimeout(ctx, batchTime)
	defer cancel()
	err := s.workOn(part, id)
	if part.Err() != nil && ctx.Err() == nil {
		return &archive.LaterError{}
	}
	return err
}

func (s *Service) workOn(ctx context.Context, id string) error {
	select {
	case s.batches <- struct{}{}:
		defer func() { <-s.batches }()
	case <-ctx.Done():
		return ctx.Err()
	}
	b, err := s.store.Batch(ctx, id)
	if err != nil {
		return err
	}
	return s.runBatch(ctx, b)
}

// ResumeBatches goes on at once with batches that another process left; their
// jobs would do so once their lease has run out.
func (s *Service) ResumeBatches(ctx context.Context) error {
	batches, err := s.store.UnfinishedBatches(ctx)
	if err != nil {
		return fmt.Errorf("list the batches that are not finished: %w", err)
	}
	var errs []error
	for _, b := range batches {
		for err = error(&archive.LaterError{}); errors.As(err, new(*archive.LaterError)) && ctx.Err() == nil; {
			err = s.goOn(ctx, b.ID)
		}
		if err != nil && ctx.Err() == nil {
			errs = append(errs, fmt.Errorf("batch %s: %w", b.ID, err))
		}
	}
	return errors.Join(errs...)
}

// runBatch numbers what waits, then seals on all cores.
func (s *Service) runBatch(ctx context.Context, b archive.Batch) error {
	if err := s.batchKeys(b); err != nil {
		return err // the numbers are not given before they can be sealed
	}
	if err := s.sortOut(ctx, b); err != nil {
		return err
	}
	b, err := s.store.NumberBatch(ctx, b.ID, b.By, s.now())
	if err != nil {
		return fmt.Errorf("number the documents: %w", err)
	}
	items := make(chan archive.BatchItem)
	var wg sync.WaitGroup
	var mu sync.Mutex
	var errs []error
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for item := range items {
				if err := s.sealItem(ctx, b, item); err != nil {
					mu.Lock()
					errs = append(errs, err)
					mu.Unlock()
				}
			}
		})
	}
	for _, item := range b.Items {
		if item.State == archive.ItemNumbered && ctx.Err() == nil {
			items <- item
		}
	}
	close(items)
	wg.Wait()
	return errors.Join(append(errs, ctx.Err())...)
}

// sortOut ends the waiting items whose last signature the caller cannot make, a
// slip of another clerk's for one: they get no number.
func (s *Service) sortOut(ctx context.Context, b archive.Batch) error {
	for _, item := range b.Items {
		if item.State != archive.ItemWaiting {
			continue
		}
		doc, err := s.store.Get(ctx, item.Document)
		if err != nil || doc.Agency != b.Agency {
			continue // NumberBatch says what is wrong with it
		}
		refused := s.canClose(doc, b.By)
		if refused == nil {
			continue
		}
		if err := s.store.EndItem(ctx, b.ID, item.N, errorCode(refused), refused.Error(), s.now()); err != nil {
			return fmt.Errorf("write down what became of document %s: %w", item.Document, err)
		}
	}
	return nil
}

// batchKeys checks the seal before numbers are given.
func (s *Service) batchKeys(b archive.Batch) error {
	_, err := s.sealKey(archive.Document{Agency: b.Agency})
	return err
}

// sealItem seals one numbered document. A failure stays with its item: the
// document keeps its number and is finished by Recover or by the clerk.
func (s *Service) sealItem(ctx context.Context, b archive.Batch, item archive.BatchItem) error {
	_, err := s.Issue(ctx, item.Document, b.By)
	if ctx.Err() != nil {
		return nil //nolint:nilerr // cut off, not failed: the next start goes on
	}
	code, detail := "", ""
	if err != nil {
		code, detail = errorCode(err), err.Error()
		s.log.ErrorContext(ctx, "a document of a batch could not be sealed", "batch", b.ID, "document", item.Document, "error", err)
	}
	if err := s.store.EndItem(ctx, b.ID, item.N, code, detail, s.now()); err != nil {
		return fmt.Errorf("write down what became of document %s: %w", item.Document, err)
	}
	return nil
}
