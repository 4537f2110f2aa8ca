package engine

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	"antin/archive"
)

// jobTable keeps jobs in a table of the store and does them in this process: the
// queue of a database that one process uses.
type jobTable struct {
	e    *Engine
	wake chan struct{}
}

const jobColumns = `seq, id, kind, agency, payload, state, due, attempts, owner, result, error, created, updated`

// keptJob is a job row.
type keptJob struct {
	archive.Job
	seq int64
}

func scanJob(rows *sql.Rows) (j keptJob, err error) {
	var (
		payload, result       string
		due, created, updated int64
	)
	err = rows.Scan(&j.seq, &j.ID, &j.Kind, &j.Agency, &payload, &j.State, &due, &j.Attempts, &j.Owner, &result, &j.Error, &created, &updated)
	j.Payload, j.Due = json.RawMessage(payload), fromMicros(due)
	j.Created, j.Updated = fromMicros(created), fromMicros(updated)
	if result != "" {
		j.Result = json.RawMessage(result)
	}
	return j, err
}

func bareJobs(all []keptJob) []archive.Job {
	out := make([]archive.Job, len(all))
	for i := range all {
		out[i] = all[i].Job
	}
	return out
}

func (q *jobTable) Add(t *Tx, at time.Time, jobs []archive.Job) (added int, err error) {
	for _, j := range jobs {
		n, err := t.execN(`INSERT INTO jobs (id, kind, agency, payload, state, due, attempts, owner, result, error, created, updated)
			VALUES ($1, $2, $3, $4, 'waiting', $5, 0, '', '', '', $6, $6) ON CONFLICT (id) DO NOTHING`,
			j.ID, j.Kind, j.Agency, string(j.Payload), micros(j.Due), micros(at))
		if err != nil {
			return added, err
		}
		added += int(n)
	}
	return added, nil
}

func (q *jobTable) In(t *Tx, id string) (archive.Job, error) { return keptAs(t.ctx, t, id) }

func keptAs(ctx context.Context, r reader, id string) (archive.Job, error) {
	all, err := collect(ctx, r, scanJob, `SELECT `+jobColumns+` FROM jobs WHERE id = $1`, id)
	if err == nil && len(all) == 0 {
		err = &archive.NotFoundError{What: "job", ID: id}
	}
	if err != nil {
		return archive.Job{}, err
	}
	return all[0].Job, nil
}

func (q *jobTable) Again(t *Tx, id string, at time.Time) error {
	return t.exec(`UPDATE jobs SET state = 'waiting', due = $2, updated = $2 WHERE id = $1 AND state = 'failed'`, id, micros(at))
}

func (q *jobTable) Job(ctx context.Context, id string) (archive.Job, error) {
	return keptAs(ctx, q.e, id)
}

func (q *jobTable) List(ctx context.Context, f archive.JobFilter, p archive.Page) ([]archive.Job, string, error) {
	var c conditions
	c.equal("agency", f.Agency)
	c.equal("kind", f.Kind)
	c.equal("state", string(f.State))
	all, next, err := seqPage(ctx, q.e, "listing jobs", scanJob, func(j keptJob) int64 { return j.seq },
		`SELECT `+jobColumns+` FROM jobs`, c, p)
	return bareJobs(all), next, err
}

func (q *jobTable) Counts(ctx context.Context) ([]archive.JobCount, error) {
	return collectOnce(ctx, q.e, "counting jobs", func(rows *sql.Rows) (c archive.JobCount, err error) {
		return c, rows.Scan(&c.Kind, &c.State, &c.N)
	}, `SELECT kind, state, count(*) FROM jobs WHERE state = 'waiting' OR state = 'running' GROUP BY kind, state
		UNION ALL SELECT kind, 'failed', count(*) FROM jobs WHERE state = 'failed' GROUP BY kind`)
}

func (q *jobTable) Close() {}

func (q *jobTable) Committed() {
	select {
	case q.wake <- struct{}{}:
	default:
	}
}

// Times of the job table.
const (
	jobLook  = time.Second // how often it is looked for jobs that have become due
	jobPurge = time.Hour   // how often those that were done long ago are removed
)

// Run takes over what another process had begun: one process does the jobs of
// an archive file, so that one is gone.
func (q *jobTable) Run(ctx context.Context, c archive.Crew) error {
	host, _ := os.Hostname()
	r := &run{q: q, crew: c, owner: host + "-" + rand.Text()}
	err := q.e.do(ctx, "taking over jobs", func(t *Tx) error {
		return t.exec(`UPDATE jobs SET due = $1 WHERE state = 'running'`, micros(c.Now()))
	})
	if err != nil {
		return err
	}
	if c.Drain {
		return r.drain(ctx)
	}
	var kinds sync.WaitGroup
	looks := make([]chan struct{}, len(c.Workers))
	for i, w := range c.Workers {
		looks[i] = make(chan struct{}, 1)
		kinds.Go(func() { r.keepDoing(ctx, w, looks[i]) })
	}
	tick := time.NewTicker(jobLook)
	defer tick.Stop()
	var purged time.Time
	for ctx.Err() == nil {
		if time.Since(purged) >= jobPurge {
			purged = time.Now()
			r.purge(ctx)
		}
		select {
		case <-ctx.Done():
		case <-tick.C:
		case <-q.wake:
		}
		for _, look := range looks {
			select {
			case look <- struct{}{}:
			default:
			}
		}
	}
	kinds.Wait()
	return nil
}

// run is one process's doing of jobs.
type run struct {
	q     *jobTable
	crew  archive.Crew
	owner string
}

// keepDoing does the jobs of one kind until ctx ends, and waits for those that
// it began.
func (r *run) keepDoing(ctx context.Context, w archive.Worker, look <-chan struct{}) {
	slots := max(w.AtOnce, 1)
	ended := make(chan struct{}, slots)
	busy := 0
	for ctx.Err() == nil {
		var jobs []archive.Job
		if busy < slots {
			var err error
			if jobs, err = r.claim(ctx, w.Kind, slots-busy); err != nil && ctx.Err() == nil {
				r.crew.Log.ErrorContext(ctx, "jobs could not be taken", "kind", w.Kind, "error", err)
			}
		}
		for _, j := range jobs {
			busy++
			go func() {
				defer func() { ended <- struct{}{} }()
				r.do(ctx, w, j)
			}()
		}
		if len(jobs) > 0 && busy < slots {
			continue
		}
		select {
		case <-ctx.Done():
		case <-ended:
			busy--
		case <-look:
		}
	}
	for ; busy > 0; busy-- {
		<-ended
	}
}

// drain does what is due, kind after kind, until nothing is.
func (r *run) drain(ctx context.Context) error {
	for {
		found := 0
		for _, w := range r.crew.Workers {
			jobs, err := r.claim(ctx, w.Kind, max(w.AtOnce, 1))
			if err != nil {
				return err
			}
			found += len(jobs)
			var all sync.WaitGroup
			for _, j := range jobs {
				all.Go(func() { r.do(ctx, w, j) })
			}
			all.Wait()
		}
		if found == 0 || ctx.Err() != nil {
			return ctx.Err()
		}
	}
}

// claim takes up to n jobs of a kind that are due, oldest first, and those whose
// holder is gone.
func (r *run) claim(ctx context.Context, kind string, n int) ([]archive.Job, error) {
	at := r.crew.Now()
	q := fmt.Sprintf(`SELECT %s FROM jobs WHERE (state = 'waiting' OR state = 'running') AND due <= $1 AND kind = $2 ORDER BY due, seq LIMIT %d`, jobColumns, n)
	// Most looks find nothing: those need no turn at writing.
	if found, err := collectOnce(ctx, r.q.e, "looking for jobs", scanJob, q, micros(at), kind); err != nil || len(found) == 0 {
		return nil, err
	}
	var out []archive.Job
	err := r.q.e.do(ctx, "taking jobs", func(t *Tx) error {
		all, err := collect(ctx, t, scanJob, q, micros(at), kind)
		if err != nil {
			return err
		}
		out = bareJobs(all)
		for i := range out {
			j := &out[i]
			j.State, j.Owner, j.Attempts, j.Updated = archive.JobRunning, r.owner, j.Attempts+1, whole(at)
			err := t.exec(`UPDATE jobs SET state = 'running', owner = $2, attempts = $3, due = $4, updated = $5 WHERE id = $1`,
				j.ID, j.Owner, j.Attempts, micros(at.Add(archive.JobLease)), micros(at))
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// do makes one attempt and writes down what became of it, also when ctx has
// ended meanwhile.
func (r *run) do(ctx context.Context, w archive.Worker, j archive.Job) {
	result, err := w.Attempt(ctx, j)
	if err == nil {
		err = archive.CheckText("result", string(result), archive.MaxData)
	}
	state, reason, wait, attempts := archive.JobWaiting, "", time.Duration(0), j.Attempts
	later, isLater := errors.AsType[*archive.LaterError](err)
	switch {
	case err == nil:
		state = archive.JobDone
	case errors.As(err, new(*archive.FinalError)):
		state, reason = archive.JobFailed, err.Error()
	case isLater && later.Err == nil:
		wait, attempts = later.After, attempts-1
	case ctx.Err() != nil: // stopped, not failed
		attempts--
	case isLater:
		wait, reason = later.After, err.Error()
	default:
		wait, reason = archive.Backoff(j.Attempts), err.Error()
	}
	if reason != "" {
		r.crew.Log.WarnContext(ctx, "a job failed", "job", j.ID, "attempt", j.Attempts, "state", string(state), "error", err)
	}
	now := r.crew.Now()
	note := context.WithoutCancel(ctx)
	err = r.q.e.do(note, "ending job "+j.ID, func(t *Tx) error {
		return t.exec(`UPDATE jobs SET state = $3, attempts = $4, due = $5, updated = $6, result = $7, error = CASE WHEN $8 = '' THEN error ELSE $8 END
			WHERE id = $1 AND owner = $2 AND state = 'running'`,
			j.ID, r.owner, string(state), attempts, micros(now.Add(wait)), micros(now), string(result), clip(reason))
	})
	if err != nil {
		r.crew.Log.ErrorContext(note, "what became of a job could not be written down: it is done again", "job", j.ID, "error", err)
	}
}

// purge removes jobs that were done long ago.
func (r *run) purge(ctx context.Context) {
	before := micros(r.crew.Now().Add(-archive.JobsKept))
	err := r.q.e.do(ctx, "removing old jobs", func(t *Tx) error {
		return t.exec(`DELETE FROM jobs WHERE seq IN (SELECT seq FROM jobs WHERE state = 'done' AND updated < $1 ORDER BY updated LIMIT 10000)`, before)
	})
	if err != nil && ctx.Err() == nil {
		r.crew.Log.ErrorContext(ctx, "old jobs could not be removed", "error", err)
	}
}
