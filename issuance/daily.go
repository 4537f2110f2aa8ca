package issuance

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"antin/archive"
)

// checkpointRetry follows a failure, e.g. of the key's device.
const checkpointRetry = 15 * time.Minute

type checkpointPayload struct {
	Day string `json:"day"` // YYYY-MM-DD
}

// checkpointDue asks for the checkpoint of the day that ended last
// (Asia/Ho_Chi_Minh). A day's job has one id.
func (s *Service) checkpointDue(ctx context.Context) error {
	now := s.now()
	day := archive.Day(now).AddDate(0, 0, -1).Format(time.DateOnly)
	id := jobCheckpoint + "/" + day
	if _, err := s.store.Job(ctx, id); !errors.As(err, new(*archive.NotFoundError)) {
		return err
	}
	payload, err := json.Marshal(checkpointPayload{day})
	if err != nil {
		return fmt.Errorf("ask for the checkpoint of %s: %w", day, err)
	}
	_, err = s.store.Enqueue(ctx, now, archive.Job{ID: id, Kind: jobCheckpoint, Payload: payload})
	return err
}

func (s *Service) checkpointJob(ctx context.Context, j archive.Job) (json.RawMessage, error) {
	var p checkpointPayload
	if err := json.Unmarshal(j.Payload, &p); err != nil {
		return nil, &archive.FinalError{Err: fmt.Errorf("read what is asked for: %w", err)}
	}
	day, err := time.ParseInLocation(time.DateOnly, p.Day, archive.Zone)
	if err != nil {
		return nil, &archive.FinalError{Err: fmt.Errorf("read the day: %w", err)}
	}
	made, err := s.Checkpoint(ctx, day)
	if err != nil {
		return nil, &archive.LaterError{After: checkpointRetry, Err: err}
	}
	if made {
		s.log.InfoContext(ctx, "the audit trail's checkpoint is signed", "day", p.Day)
	}
	return json.Marshal(map[string]bool{"made": made})
}
