package engine

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"antin/archive"
)

const jobColumns = `seq, id, kind, agency, payload, state, due, attempts, done, total, owner, lease_until, result, error, created, updated`

// keptJob is a job row.
type keptJob struct {
	archive.Job
	seq int64
}

func scanJob(rows *sql.Rows) (j keptJob, err error) {
	var (
		payload, result       string
		due, created, updated int64
		until                 sql.NullInt64
	)
	err = rows.Scan(&j.seq, &j.ID, &j.Kind, &j.Agency, &payload, &j.State, &due, &j.Attempts, &j.Done, &j.Total, &j.Owner,
		&until, &result, &j.Error, &created, &updated)
	j.Payload, j.Due, j.Until = json.RawMessage(payload), fromMicros(due), fromNull(until)
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

// Enqueue implements archive.Queue.
func (e *Engine) Enqueue(ctx context.Context, at time.Time, jobs ...archive.Job) (added int, err error) {
	const what = "enqueueing jobs"
	for _, j := range jobs {
		if err := j.Check(); err != nil {
			return 0, e.wrap(what, err)
		}
	}
	err = e.do(ctx, what, func(t *Tx) error {
		added = 0
		for _, j := range jobs {
			due := j.Due
			if due.IsZero() {
				due = at
			}
			payload := string(j.Payload)
			if payload == "" {
				payload = "{}"
			}
			n, err := t.execN(`INSERT INTO jobs (id, kind, agency, payload, state, due, attempts, done, total, owner, result, error, created, updated)
				VALUES ($1, $2, $3, $4, 'waiting', $5, 0, 0, $6, '', '', '', $7, $7) ON CONFLICT (id) DO NOTHING`,
				j.ID, j.Kind, j.Agency, payload, micros(due), j.Total, micros(at))
			if err != nil {
				return err
			}
			added += int(n)
		}
		return nil
	})
	return added, err
}

// Claim implements archive.Queue.
func (e *Engine) Claim(ctx context.Context, owner string, kinds []string, n int, at time.Time, lease time.Duration) ([]archive.Job, error) {
	var c conditions
	c.and(`(state = 'waiting' OR state = 'running') AND due <= $%d`, micros(at))
	if len(kinds) > 0 {
		args := make([]any, len(kinds))
		for i, k := range kinds {
			args[i] = k
		}
		c.and("kind IN ("+strings.Repeat("$%d, ", len(kinds)-1)+"$%d)", args...)
	}
	q := fmt.Sprintf(`SELECT %s FROM jobs%s ORDER BY due, seq LIMIT %d`, jobColumns, c.where(), archive.Page{Limit: n}.Size())
	// Most looks find nothing: those need no turn at writing.
	if found, err := collectOnce(ctx, e, "looking for jobs", scanJob, q, c.args...); err != nil || len(found) == 0 {
		return nil, err
	}
	var out []archive.Job
	err := e.do(ctx, "taking jobs", func(t *Tx) error {
		all, err := collect(ctx, t, scanJob, q, c.args...)
		if err != nil {
			return err
		}
		out = bareJobs(all)
		for i := range out {
			j := &out[i]
			j.State, j.Owner, j.Attempts, j.Until, j.Updated = archive.JobRunning, owner, j.Attempts+1, whole(at.Add(lease)), whole(at)
			j.Due = j.Until
			err := t.exec(`UPDATE jobs SET state = 'running', owner = $2, attempts = $3, lease_until = $4, due = $4, updated = $5 WHERE id = $1`,
				j.ID, owner, j.Attempts, micros(j.Until), micros(at))
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

// held runs a statement on a job that the caller must hold: $1 id, $2 owner.
func (e *Engine) held(ctx context.Context, what, id, owner, q string, args ...any) error {
	return e.do(ctx, what, func(t *Tx) error {
		n, err := t.execN(q, append([]any{id, owner}, args...)...)
		if err == nil && n == 0 {
			err = &archive.LeaseError{ID: id, Owner: owner}
		}
		return err
	})
}

// Progress implements archive.Queue.
func (e *Engine) Progress(ctx context.Context, id, owner string, done, total int, at time.Time, lease time.Duration) error {
	return e.held(ctx, "noting the progress of job "+id, id, owner,
		`UPDATE jobs SET done = $3, total = $4, lease_until = $5, due = $5, updated = $6 WHERE id = $1 AND owner = $2 AND state = 'running'`,
		done, total, micros(at.Add(lease)), micros(at))
}

// Finish implements archive.Queue.
func (e *Engine) Finish(ctx context.Context, id, owner string, result json.RawMessage, at time.Time) error {
	what := "finishing job " + id
	if err := archive.CheckText("result", string(result), archive.MaxData); err != nil {
		return e.wrap(what, err)
	}
	return e.held(ctx, what, id, owner, `UPDATE jobs SET state = 'done', owner = '', lease_until = NULL, error = '', result = $3, updated = $4
		WHERE id = $1 AND owner = $2 AND state = 'running'`, string(result), micros(at))
}

// Fail implements archive.Queue.
func (e *Engine) Fail(ctx context.Context, id, owner, reason string, retry, at time.Time) error {
	state, due := archive.JobWaiting, retry
	if retry.IsZero() {
		state, due = archive.JobFailed, at
	}
	return e.held(ctx, "giving job "+id+" back", id, owner, `UPDATE jobs SET state = $3, owner = '', lease_until = NULL, error = $4, due = $5, updated = $6
		WHERE id = $1 AND owner = $2 AND state = 'running'`, string(state), clip(reason), micros(due), micros(at))
}

// clip keeps an error text within bounds and storable.
func clip(s string) string {
	s = strings.ReplaceAll(strings.ToValidUTF8(s, "?"), "\x00", "?")
	if len(s) > archive.MaxReason {
		s = strings.ToValidUTF8(s[:archive.MaxReason], "")
	}
	return s
}

// Retry implements archive.Queue.
func (e *Engine) Retry(ctx context.Context, id string, by archive.Actor, at time.Time) error {
	what := "retrying job " + id
	if err := archive.CheckActor(by); err != nil {
		return e.wrap(what, err)
	}
	return e.do(ctx, what, func(t *Tx) error {
		j, err := job(ctx, t, id)
		if err != nil {
			return err
		}
		if j.State != archive.JobFailed {
			return &archive.InvalidError{Field: "job", Problem: fmt.Sprintf("is %s, not failed", j.State)}
		}
		err = t.exec(`UPDATE jobs SET state = 'waiting', attempts = 0, due = $2, updated = $2 WHERE id = $1`, id, micros(at))
		if err != nil {
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

func job(ctx context.Context, r reader, id string) (archive.Job, error) {
	all, err := collect(ctx, r, scanJob, `SELECT `+jobColumns+` FROM jobs WHERE id = $1`, id)
	if err == nil && len(all) == 0 {
		err = &archive.NotFoundError{What: "job", ID: id}
	}
	if err != nil {
		return archive.Job{}, err
	}
	return all[0].Job, nil
}

// Job implements archive.Queue.
func (e *Engine) Job(ctx context.Context, id string) (j archive.Job, err error) {
	err = e.reading(ctx, "reading job "+id, func(r reader) (err error) {
		j, err = job(ctx, r, id)
		return err
	})
	return j, err
}

// Jobs implements archive.Queue.
func (e *Engine) Jobs(ctx context.Context, f archive.JobFilter, p archive.Page) ([]archive.Job, string, error) {
	var c conditions
	c.equal("agency", f.Agency)
	c.equal("kind", f.Kind)
	c.equal("state", string(f.State))
	all, next, err := seqPage(ctx, e, "listing jobs", scanJob, func(j keptJob) int64 { return j.seq },
		`SELECT `+jobColumns+` FROM jobs`, c, p)
	return bareJobs(all), next, err
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
