package issuance

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"antin/archive"
)

// jobWork does one job. On an error the job is tried again after retry; a zero
// retry ends it, for what no repetition would mend.
type jobWork func(ctx context.Context, j archive.Job) (result json.RawMessage, retry time.Duration, err error)

// runJobs takes up to n jobs of these kinds that are due, does them and returns
// how many it did. What became of each is in the store before it returns.
func (s *Service) runJobs(ctx context.Context, kinds []string, n int, lease time.Duration, do jobWork) (done int, err error) {
	jobs, err := s.store.Claim(ctx, s.owner, kinds, n, s.now(), lease)
	if err != nil {
		return 0, err
	}
	var errs []error
	for _, j := range jobs {
		if err := s.runJob(ctx, j, do); err != nil {
			errs = append(errs, fmt.Errorf("job %s: %w", j.ID, err))
			continue
		}
		done++
	}
	return done, errors.Join(errs...)
}

func (s *Service) runJob(ctx context.Context, j archive.Job, do jobWork) error {
	result, retry, err := do(ctx, j)
	now := s.now()
	if err == nil {
		return s.store.Finish(ctx, j.ID, s.owner, result, now)
	}
	var again time.Time
	if retry > 0 {
		again = now.Add(retry)
	}
	return errors.Join(err, s.store.Fail(ctx, j.ID, s.owner, err.Error(), again, now))
}
