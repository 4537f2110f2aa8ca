package engine

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"slices"
	"strconv"
	"strings"
	"time"

	"antin/archive"
)

// Jobs keeps a store's jobs and has them done.
type Jobs interface {
	// Add adds jobs in a step; those whose ID is there are left as they are. Due
	// is set.
	Add(t *Tx, at time.Time, jobs []archive.Job) (added int, err error)
	// In reads a job in a step. *archive.NotFoundError when there is none.
	In(t *Tx, id string) (archive.Job, error)
	// Again makes a failed job wait again, in a step.
	Again(t *Tx, id string, at time.Time) error
	// Committed tells that jobs which were added are to be seen now.
	Committed()
	Job(ctx context.Context, id string) (archive.Job, error)
	List(ctx context.Context, f archive.JobFilter, p archive.Page) ([]archive.Job, string, error)
	// Counts counts the jobs that are not done; a pair may come several times.
	Counts(ctx context.Context) ([]archive.JobCount, error)
	Run(ctx context.Context, c archive.Crew) error
	Close()
}

// Enqueue implements archive.Queue.
func (e *Engine) Enqueue(ctx context.Context, at time.Time, jobs ...archive.Job) (added int, err error) {
	const what = "enqueueing jobs"
	for _, j := range jobs {
		if err := j.Check(); err != nil {
			return 0, e.wrap(what, err)
		}
	}
	err = e.do(ctx, what, func(t *Tx) (err error) {
		added, err = t.enqueue(at, jobs...)
		return err
	})
	return added, err
}

// enqueue adds jobs in the transaction that makes them needed.
func (t *Tx) enqueue(at time.Time, jobs ...archive.Job) (int, error) {
	for i := range jobs {
		if jobs[i].Due.IsZero() {
			jobs[i].Due = at
		}
		if len(jobs[i].Payload) == 0 {
			jobs[i].Payload = []byte("{}")
		}
	}
	t.added = true
	return t.w.jobs.Add(t, at, jobs)
}

// Driver gives a step's connection to f, for statements that are not the
// engine's own.
func (t *Tx) Driver(f func(ctx context.Context, conn any) error) error {
	return t.w.conn.Raw(func(conn any) error { return f(t.ctx, conn) })
}

// RunJobs implements archive.Queue.
func (e *Engine) RunJobs(ctx context.Context, c archive.Crew) error {
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	return e.wrap("doing jobs", e.jobs.Run(ctx, c))
}

// Retry implements archive.Queue.
func (e *Engine) Retry(ctx context.Context, id string, by archive.Actor, at time.Time) error {
	what := "retrying job " + id
	if err := archive.CheckActor(by); err != nil {
		return e.wrap(what, err)
	}
	return e.do(ctx, what, func(t *Tx) error {
		j, err := e.jobs.In(t, id)
		if err != nil {
			return err
		}
		if j.State != archive.JobFailed {
			return &archive.InvalidError{Field: "job", Problem: fmt.Sprintf("is %s, not failed", j.State)}
		}
		t.added = true
		if err := e.jobs.Again(t, id, at); err != nil {
			return err
		}
		return t.again("job.retry", j.Agency, id, by, at)
	})
}

// again records that a person asked for something to be done once more.
func (t *Tx) again(action, agency, id string, by archive.Actor, at time.Time) error {
	detail, err := jsonText(map[string]string{"id": id})
	if err != nil {
		return err
	}
	_, err = t.audit(archive.Event{Action: action, Agency: agency, Detail: []byte(detail), By: by, At: at})
	return err
}

// Job implements archive.Queue.
func (e *Engine) Job(ctx context.Context, id string) (j archive.Job, err error) {
	err = e.again(ctx, "reading job "+id, func() (err error) {
		j, err = e.jobs.Job(ctx, id)
		return err
	})
	return j, err
}

// Jobs implements archive.Queue.
func (e *Engine) Jobs(ctx context.Context, f archive.JobFilter, p archive.Page) (all []archive.Job, next string, err error) {
	err = e.again(ctx, "listing jobs", func() (err error) {
		all, next, err = e.jobs.List(ctx, f, p)
		return err
	})
	return all, next, err
}

// JobCounts implements archive.Queue.
func (e *Engine) JobCounts(ctx context.Context) (all []archive.JobCount, err error) {
	err = e.again(ctx, "counting jobs", func() error {
		found, err := e.jobs.Counts(ctx)
		if err != nil {
			return err
		}
		sums := map[archive.JobCount]int64{}
		for _, c := range found {
			sums[archive.JobCount{Kind: c.Kind, State: c.State}] += c.N
		}
		all = all[:0]
		for c, n := range sums {
			c.N = n
			all = append(all, c)
		}
		slices.SortFunc(all, func(a, b archive.JobCount) int {
			return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.State, b.State))
		})
		return nil
	})
	return all, err
}

// clip keeps an error text within bounds and storable.
func clip(s string) string {
	s = strings.ReplaceAll(strings.ToValidUTF8(s, "?"), "\x00", "?")
	if len(s) > archive.MaxReason {
		s = strings.ToValidUTF8(s[:archive.MaxReason], "")
	}
	return s
}

// equal adds column = value unless the value is empty.
func (c *conditions) equal(column, value string) {
	if value != "" {
		c.and(column+" = $%d", value)
	}
}

// seqPage reads one page of a table by its seq, newest first.
func seqPage[T any](ctx context.Context, e *Engine, what string, scan func(*sql.Rows) (T, error), seq func(T) int64,
	q string, c conditions, p archive.Page,
) (all []T, next string, err error) {
	if p.After != "" {
		after, err := strconv.ParseInt(p.After, 10, 64)
		if err != nil {
			return nil, "", &archive.InvalidError{Field: "after", Problem: "is not the next of a page"}
		}
		c.and("seq < $%d", after)
	}
	size := p.Size()
	all, err = collectOnce(ctx, e, what, scan, fmt.Sprintf(`%s%s ORDER BY seq DESC LIMIT %d`, q, c.where(), size+1), c.args...)
	if err == nil && len(all) > size {
		all = all[:size]
		next = strconv.FormatInt(seq(all[size-1]), 10)
	}
	return all, next, err
}
