package issuance

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"antin/archive"
)

// The kinds of jobs that this package asks for; batches are asked for by the
// store.
const (
	jobSeal       = "seal"       // a document that has its number and not its last signature
	jobCheckpoint = "checkpoint" // a day's checkpoint of the audit trail
	jobTimestamp  = "timestamp"  // a document's first step of preservation
	jobEvidence   = "evidence"   // and its second
)

// Workers do the jobs of this service.
func (s *Service) Workers() []archive.Worker {
	workers := []archive.Worker{
		{Kind: archive.JobBatch, Do: s.batchJob}, // one batch takes all cores
		{Kind: jobSeal, AtOnce: 4, Do: s.sealJob},
		{Kind: jobCheckpoint, Do: s.checkpointJob},
	}
	if s.preservation != nil {
		workers = append(workers,
			archive.Worker{Kind: jobTimestamp, AtOnce: 4, Do: s.timestampJob},
			archive.Worker{Kind: jobEvidence, AtOnce: 4, Do: s.evidenceJob})
	}
	return workers
}

// Times of Watch.
const (
	watchEvery = time.Minute
	// sealPatience is how long the request that gave a number may take to seal.
	sealPatience = time.Minute
)

// Watch asks for what no request asks for, until ctx ends: the checkpoint of
// each day, and the seal of documents whose request was cut off. Any number of
// instances may watch over one store: the same job is asked for once.
func (s *Service) Watch(ctx context.Context) error {
	tick := time.NewTicker(watchEvery)
	defer tick.Stop()
	for {
		if err := s.Due(ctx); err != nil && ctx.Err() == nil {
			s.log.ErrorContext(ctx, "the jobs that are due could not be asked for", "error", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// Due is one look of Watch.
func (s *Service) Due(ctx context.Context) error {
	return errors.Join(s.checkpointDue(ctx), s.sealsDue(ctx))
}

func (s *Service) sealsDue(ctx context.Context) error {
	docs, err := s.store.Unfinished(ctx, "")
	if err != nil {
		return fmt.Errorf("list documents that have a number and no seal: %w", err)
	}
	var jobs []archive.Job
	for _, d := range docs {
		if d.Updated.Before(s.now().Add(-sealPatience)) {
			jobs = append(jobs, archive.JobAbout(jobSeal, d.Agency, d.ID))
		}
	}
	if len(jobs) == 0 {
		return nil
	}
	_, err = s.store.Enqueue(ctx, s.now(), jobs...)
	return err
}

func (s *Service) sealJob(ctx context.Context, j archive.Job) (json.RawMessage, error) {
	doc, err := s.store.Get(ctx, j.About())
	if err != nil {
		return nil, err
	}
	if doc.State != archive.Numbered {
		return nil, nil // done by its own request, or by another instance's start
	}
	if _, err := s.Issue(ctx, doc.ID, System); err != nil {
		return nil, err
	}
	s.log.InfoContext(ctx, "finished a document that was cut off", "document", doc.ID, "number", doc.Number.Full())
	return nil, nil
}
