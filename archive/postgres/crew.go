package postgres

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivertype"

	"antin/archive"
)

// Times of River's work.
const (
	// look is how often jobs are looked for whose notification was missed.
	look = time.Second
	// fetchPause is between two takings of jobs of one kind, in each of which
	// come at most those that may be done at once: with River's own 100 ms a
	// thousand jobs, four at once, take 25 s however short they are.
	fetchPause = 20 * time.Millisecond
	// stopTime is how long jobs may take to end when the process is to stop.
	stopTime = 10 * time.Second
	// startPause is between two tries to begin while the server is away.
	startPause = 2 * time.Second
)

// Run implements engine.Jobs.
func (q *riverJobs) Run(ctx context.Context, c archive.Crew) error {
	workers := river.NewWorkers()
	queues := map[string]river.QueueConfig{}
	for _, w := range c.Workers {
		river.AddWorkerArgs(workers, jobArgs{kind: w.Kind}, &worker{Worker: w, stopping: ctx, log: c.Log, later: map[int64]time.Duration{}})
		queues[w.Kind] = river.QueueConfig{MaxWorkers: max(w.AtOnce, 1)}
	}
	host, _ := os.Hostname()
	client, err := river.NewClient(riverpgxv5.New(q.pool), &river.Config{
		ID: fmt.Sprintf("%.60s-%s", host, rand.Text()), Queues: queues, Workers: workers, Logger: slog.New(warnings{c.Log.Handler(), new(sync.Map)}),
		// The worker itself ends an attempt at JobTime.
		JobTimeout: archive.JobTime + 5*time.Second, RescueStuckJobsAfter: archive.JobLease, FetchPollInterval: look, FetchCooldown: fetchPause,
		MaxAttempts: maxAttempts, CompletedJobRetentionPeriod: archive.JobsKept, CancelledJobRetentionPeriod: -1, DiscardedJobRetentionPeriod: -1,
	})
	if err != nil {
		return err
	}
	working := context.WithoutCancel(ctx)
	for {
		if err = client.Start(working); err == nil {
			break
		}
		c.Log.WarnContext(ctx, "jobs cannot be done yet: the database does not answer", "error", err)
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(startPause):
		}
	}
	if c.Drain {
		err = q.drained(ctx, c.Workers)
	} else {
		<-ctx.Done()
	}
	stop, cancel := context.WithTimeout(working, stopTime)
	defer cancel()
	return errors.Join(err, client.StopAndCancel(stop))
}

// drained waits until no job of these workers is due.
func (q *riverJobs) drained(ctx context.Context, workers []archive.Worker) error {
	kinds := make([]string, len(workers))
	for i, w := range workers {
		kinds[i] = w.Kind
	}
	tick := time.NewTicker(look / 20)
	defer tick.Stop()
	for {
		var left int
		err := q.pool.QueryRow(ctx, `SELECT count(*) FROM river_job WHERE kind = ANY($1)
			AND (state IN ('available', 'running') OR state IN ('scheduled', 'retryable') AND scheduled_at <= now())`, kinds).Scan(&left)
		if err != nil || left == 0 {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
}

// worker does the jobs of one kind as River hands them out.
type worker struct {
	archive.Worker
	stopping context.Context //nolint:containedctx // of the whole run: River's own ends with each job
	log      *slog.Logger

	mu    sync.Mutex
	later map[int64]time.Duration // what a job that failed asked for
}

func (w *worker) Work(ctx context.Context, j *river.Job[jobArgs]) error {
	result, err := w.Attempt(ctx, archive.Job{
		ID: j.Args.ID, Kind: j.Kind, Agency: j.Args.Agency, Payload: j.Args.Payload, State: archive.JobRunning,
		Due: j.ScheduledAt, Attempts: j.Attempt, Owner: j.AttemptedBy[len(j.AttemptedBy)-1], Created: j.CreatedAt, Updated: *j.AttemptedAt,
	})
	if err == nil {
		err = archive.CheckText("result", string(result), archive.MaxData)
	}
	later, isLater := errors.AsType[*archive.LaterError](err)
	isFinal := errors.As(err, new(*archive.FinalError))
	switch {
	case err == nil && len(result) == 0:
		return nil
	case err == nil:
		return river.RecordOutput(ctx, result)
	case isFinal:
		err = river.JobCancel(err)
	case isLater && later.Err == nil:
		return river.JobSnooze(later.After)
	case w.stopping.Err() != nil: // stopped, not failed
		return river.JobSnooze(0)
	case isLater:
		w.setLater(j.ID, later.After)
	}
	w.log.WarnContext(ctx, "a job failed", "job", j.Args.ID, "attempt", j.Attempt, "error", err)
	return err
}

func (w *worker) setLater(id int64, after time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.later[id] = after
}

// NextRetry is asked for once after each failure.
func (w *worker) NextRetry(j *river.Job[jobArgs]) time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	after, ok := w.later[j.ID]
	delete(w.later, j.ID)
	if !ok {
		after = archive.Backoff(j.Attempt)
	}
	return time.Now().Add(after)
}

func (w *worker) Timeout(*river.Job[jobArgs]) time.Duration                 { return 0 } // the client's
func (w *worker) Middleware(*rivertype.JobRow) []rivertype.WorkerMiddleware { return nil }

// warnings passes on what is above the ordinary, each message once in a while:
// River tells of each start and stop of its parts, and of a server that is away
// once a second for every kind of job.
type warnings struct {
	slog.Handler
	said *sync.Map // time by message
}

// again is how often the same message is passed on.
const again = time.Minute

func (h warnings) Enabled(ctx context.Context, l slog.Level) bool {
	return l >= slog.LevelWarn && h.Handler.Enabled(ctx, l)
}

func (h warnings) Handle(ctx context.Context, r slog.Record) error {
	if last, ok := h.said.Load(r.Message); ok && r.Time.Sub(last.(time.Time)) < again { //nolint:forcetypeassert // only times are stored
		return nil
	}
	h.said.Store(r.Message, r.Time)
	return h.Handler.Handle(ctx, r)
}

func (h warnings) WithAttrs(a []slog.Attr) slog.Handler {
	return warnings{h.Handler.WithAttrs(a), h.said}
}

func (h warnings) WithGroup(g string) slog.Handler { return warnings{h.Handler.WithGroup(g), h.said} }
