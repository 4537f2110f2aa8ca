package issuance

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"antin/archive"
)

// jobCheckpoint is the kind of the job that signs a day's checkpoint.
const jobCheckpoint = "checkpoint"

// Times of the daily work.
const (
	dailyLook  = time.Minute      // how often it is looked whether a day ended
	dailyLease = 5 * time.Minute  // how long an instance holds a job
	dailyRetry = 15 * time.Minute // after a failure, e.g. of the key's device
)

type checkpointPayload struct {
	Day string `json:"day"` // YYYY-MM-DD
}

// Daily does what is due once a day, until ctx ends. Any number of instances may
// run it over one store: a day's job has one id, and one instance takes it.
func (s *Service) Daily(ctx context.Context) error {
	tick := time.NewTicker(dailyLook)
	defer tick.Stop()
	for {
		if _, err := s.RunDaily(ctx); err != nil && ctx.Err() == nil {
			s.log.ErrorContext(ctx, "the daily work could not be done", "error", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// RunDaily makes one round: it asks for the checkpoint of the day that ended
// last (Asia/Ho_Chi_Minh) and does the jobs that wait. It returns how many it
// did.
func (s *Service) RunDaily(ctx context.Context) (done int, err error) {
	now := s.now()
	day := archive.Day(now).AddDate(0, 0, -1).Format(time.DateOnly)
	id := jobCheckpoint + "/" + day
	if _, err := s.store.Job(ctx, id); errors.As(err, new(*archive.NotFoundError)) {
		payload, err := json.Marshal(checkpointPayload{day})
		if err != nil {
			return 0, fmt.Errorf("ask for the checkpoint of %s: %w", day, err)
		}
		if _, err := s.store.Enqueue(ctx, now, archive.Job{ID: id, Kind: jobCheckpoint, Payload: payload}); err != nil {
			return 0, err
		}
	} else if err != nil {
		return 0, err
	}
	return s.runJobs(ctx, []string{jobCheckpoint}, 10, dailyLease, s.checkpointJob)
}

func (s *Service) checkpointJob(ctx context.Context, j archive.Job) (result json.RawMessage, retry time.Duration, err error) {
	var p checkpointPayload
	if err := json.Unmarshal(j.Payload, &p); err != nil {
		return nil, 0, fmt.Errorf("read what is asked for: %w", err)
	}
	day, err := time.ParseInLocation(time.DateOnly, p.Day, archive.Zone)
	if err != nil {
		return nil, 0, fmt.Errorf("read the day: %w", err)
	}
	made, err := s.Checkpoint(ctx, day)
	if err != nil {
		return nil, dailyRetry, err
	}
	if made {
		s.log.InfoContext(ctx, "the audit trail's checkpoint is signed", "day", p.Day)
	}
	if result, err = json.Marshal(map[string]bool{"made": made}); err != nil {
		return nil, 0, fmt.Errorf("write down the result: %w", err)
	}
	return result, 0, nil
}
