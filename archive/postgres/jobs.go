package postgres

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivertype"

	"antin/archive"
	"antin/archive/internal/engine"
)

// riverJobs keeps the archive's jobs in River's tables and has River do them.
type riverJobs struct {
	pool   *pgxpool.Pool
	insert *river.Client[pgx.Tx]
}

var _ engine.Jobs = (*riverJobs)(nil)

// Times of River's work.
const (
	// look is how often jobs are looked for whose notification was missed.
	look = time.Second
	// stopTime is how long jobs may take to end when the process is to stop.
	stopTime = 10 * time.Second
	// startPause is between two tries to begin while the server is away.
	startPause = 2 * time.Second
)

// maxAttempts is the most that River counts: a job waits for its time, or for a
// person, and is not given up by its count.
const maxAttempts = 1<<15 - 1

func newJobs(config *pgx.ConnConfig) (*riverJobs, error) {
	c, err := pgxpool.ParseConfig("")
	if err != nil {
		return nil, err
	}
	c.ConnConfig = config.Copy()
	if c.ConnConfig.RuntimeParams["application_name"] == "" {
		c.ConnConfig.RuntimeParams["application_name"] = "antin"
	}
	c.MinConns, c.MaxConns = 0, 8 // none until jobs are done here
	c.MaxConnIdleTime = 5 * time.Minute
	pool, err := pgxpool.NewWithConfig(context.Background(), c)
	if err != nil {
		return nil, err
	}
	j := &riverJobs{pool: pool}
	j.insert, err = river.NewClient(riverpgxv5.New(pool), &river.Config{Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		pool.Close()
		return nil, err
	}
	return j, nil
}

func (q *riverJobs) Close() { q.pool.Close() }

// Committed implements engine.Jobs: River's notification comes with the commit.
func (q *riverJobs) Committed() {}

// jobArgs is a job as River keeps it.
type jobArgs struct {
	ID      string          `json:"id" river:"unique"`
	Agency  string          `json:"agency,omitempty"`
	Payload json.RawMessage `json:"payload"`
	kind    string
}

func (a jobArgs) Kind() string { return a.kind }

// insertOptions make a job of which there is one, whatever became of it.
func insertOptions(j archive.Job, due time.Time) *river.InsertOpts {
	return &river.InsertOpts{
		MaxAttempts: maxAttempts, Queue: j.Kind, ScheduledAt: due,
		UniqueOpts: river.UniqueOpts{ByArgs: true, ExcludeKind: true, ByState: rivertype.JobStates()},
	}
}

func insertParams(at time.Time, jobs []archive.Job) []river.InsertManyParams {
	params := make([]river.InsertManyParams, len(jobs))
	for i, j := range jobs {
		due := time.Time{} // at once
		if wait := j.Due.Sub(at); wait > 0 {
			due = time.Now().Add(wait) // the server's clock may be another than the caller's
		}
		params[i] = river.InsertManyParams{Args: jobArgs{ID: j.ID, Agency: j.Agency, Payload: j.Payload, kind: j.Kind}, InsertOpts: insertOptions(j, due)}
	}
	return params
}

// Add implements engine.Jobs.
func (q *riverJobs) Add(t *engine.Tx, at time.Time, jobs []archive.Job) (added int, err error) {
	if len(jobs) == 0 {
		return 0, nil
	}
	err = onConn(t, func(ctx context.Context, tx pgx.Tx) error {
		rows, err := q.insert.InsertManyTx(ctx, tx, insertParams(at, jobs))
		for _, r := range rows {
			if !r.UniqueSkippedAsDuplicate {
				added++
			}
		}
		return err
	})
	return added, err
}

// onConn lets River work in the writer's transaction.
func onConn(t *engine.Tx, f func(context.Context, pgx.Tx) error) error {
	return t.Driver(func(ctx context.Context, conn any) error {
		c, ok := conn.(*stdlib.Conn)
		if !ok {
			return fmt.Errorf("the connection is a %T", conn)
		}
		return f(ctx, connTx{c.Conn()})
	})
}

// connTx is the transaction that is open on a connection; it ends elsewhere.
type connTx struct{ c *pgx.Conn }

var errNotMine = errors.New("the transaction belongs to the archive's writer")

func (t connTx) Begin(context.Context) (pgx.Tx, error) { return nil, errNotMine }
func (t connTx) Commit(context.Context) error          { return errNotMine }
func (t connTx) Rollback(context.Context) error        { return errNotMine }
func (t connTx) LargeObjects() pgx.LargeObjects        { return pgx.LargeObjects{} }
func (t connTx) Conn() *pgx.Conn                       { return t.c }

func (t connTx) CopyFrom(ctx context.Context, table pgx.Identifier, columns []string, rows pgx.CopyFromSource) (int64, error) {
	return t.c.CopyFrom(ctx, table, columns, rows)
}

func (t connTx) SendBatch(ctx context.Context, b *pgx.Batch) pgx.BatchResults {
	return t.c.SendBatch(ctx, b)
}

func (t connTx) Prepare(ctx context.Context, name, q string) (*pgconn.StatementDescription, error) {
	return t.c.Prepare(ctx, name, q)
}

func (t connTx) Exec(ctx context.Context, q string, args ...any) (pgconn.CommandTag, error) {
	return t.c.Exec(ctx, q, args...)
}

func (t connTx) Query(ctx context.Context, q string, args ...any) (pgx.Rows, error) {
	return t.c.Query(ctx, q, args...)
}

func (t connTx) QueryRow(ctx context.Context, q string, args ...any) pgx.Row {
	return t.c.QueryRow(ctx, q, args...)
}

const jobColumns = `id, args->>'id', kind, coalesce(args->>'agency', ''), args->'payload', state::text, scheduled_at, attempt,
	coalesce(attempted_by[array_upper(attempted_by, 1)], ''), metadata->'output', coalesce(errors[array_upper(errors, 1)]->>'error', ''),
	created_at, coalesce(finalized_at, attempted_at, created_at)`

func scanJob(row pgx.CollectableRow) (kept keptJob, err error) {
	var state string
	j := &kept.Job
	err = row.Scan(&kept.seq, &j.ID, &j.Kind, &j.Agency, &j.Payload, &state, &j.Due, &j.Attempts, &j.Owner, &j.Result, &j.Error, &j.Created, &j.Updated)
	j.State = stateOf(rivertype.JobState(state))
	j.Error = bareError(j.Error)
	return kept, err
}

// cancelled is how River begins the error of a job that shall not be done again.
var cancelled = strings.TrimSuffix(river.JobCancel(errors.New("x")).Error(), "x")

func bareError(s string) string { return strings.TrimPrefix(s, cancelled) }

// keptJob is a job with River's own id.
type keptJob struct {
	archive.Job
	seq int64
}

func stateOf(s rivertype.JobState) archive.JobState {
	switch s {
	case rivertype.JobStateRunning:
		return archive.JobRunning
	case rivertype.JobStateCompleted:
		return archive.JobDone
	case rivertype.JobStateCancelled, rivertype.JobStateDiscarded:
		return archive.JobFailed
	case rivertype.JobStateAvailable, rivertype.JobStatePending, rivertype.JobStateRetryable, rivertype.JobStateScheduled:
	}
	return archive.JobWaiting
}

// states are River's for one of ours.
func states(s archive.JobState) (out []string) {
	for _, r := range rivertype.JobStates() {
		if stateOf(r) == s {
			out = append(out, string(r))
		}
	}
	return out
}

type querier interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
}

func find(ctx context.Context, db querier, id string) (keptJob, error) {
	about, err := json.Marshal(map[string]string{"id": id})
	if err != nil {
		return keptJob{}, err
	}
	rows, err := db.Query(ctx, `SELECT `+jobColumns+` FROM river_job WHERE args @> $1`, string(about)) // by River's index of args
	if err != nil {
		return keptJob{}, err
	}
	j, err := pgx.CollectOneRow(rows, scanJob)
	if errors.Is(err, pgx.ErrNoRows) {
		err = &archive.NotFoundError{What: "job", ID: id}
	}
	return j, err
}

// In implements engine.Jobs.
func (q *riverJobs) In(t *engine.Tx, id string) (j archive.Job, err error) {
	err = onConn(t, func(ctx context.Context, tx pgx.Tx) error {
		kept, err := find(ctx, tx, id)
		j = kept.Job
		return err
	})
	return j, err
}

// Again implements engine.Jobs.
func (q *riverJobs) Again(t *engine.Tx, id string, _ time.Time) error {
	return onConn(t, func(ctx context.Context, tx pgx.Tx) error {
		kept, err := find(ctx, tx, id)
		if err != nil {
			return err
		}
		_, err = q.insert.JobRetryTx(ctx, tx, kept.seq)
		return err
	})
}

// Job implements engine.Jobs.
func (q *riverJobs) Job(ctx context.Context, id string) (archive.Job, error) {
	kept, err := find(ctx, q.pool, id)
	return kept.Job, err
}

// List implements engine.Jobs.
func (q *riverJobs) List(ctx context.Context, f archive.JobFilter, p archive.Page) ([]archive.Job, string, error) {
	where, args := []string{"true"}, []any{}
	and := func(condition string, value any) {
		args = append(args, value)
		where = append(where, fmt.Sprintf(condition, len(args)))
	}
	if f.Kind != "" {
		and("kind = $%d", f.Kind)
	}
	if f.Agency != "" {
		and("args->>'agency' = $%d", f.Agency)
	}
	if f.State != "" {
		and("state::text = ANY($%d)", states(f.State))
	}
	if p.After != "" {
		after, err := strconv.ParseInt(p.After, 10, 64)
		if err != nil {
			return nil, "", &archive.InvalidError{Field: "after", Problem: "is not the next of a page"}
		}
		and("id < $%d", after)
	}
	size := p.Size()
	rows, err := q.pool.Query(ctx, fmt.Sprintf(`SELECT %s FROM river_job WHERE %s ORDER BY id DESC LIMIT %d`, jobColumns, strings.Join(where, " AND "), size+1), args...)
	if err != nil {
		return nil, "", err
	}
	kept, err := pgx.CollectRows(rows, scanJob)
	if err != nil {
		return nil, "", err
	}
	next := ""
	if len(kept) > size {
		kept = kept[:size]
		next = strconv.FormatInt(kept[size-1].seq, 10)
	}
	out := make([]archive.Job, len(kept))
	for i := range kept {
		out[i] = kept[i].Job
	}
	return out, next, nil
}

// Counts implements engine.Jobs.
func (q *riverJobs) Counts(ctx context.Context) ([]archive.JobCount, error) {
	rows, err := q.pool.Query(ctx, `SELECT kind, state::text, count(*) FROM river_job
		WHERE state IN ('available', 'cancelled', 'discarded', 'pending', 'retryable', 'running', 'scheduled') GROUP BY kind, state`)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (c archive.JobCount, err error) {
		var state string
		err = row.Scan(&c.Kind, &state, &c.N)
		c.State = stateOf(rivertype.JobState(state))
		return c, err
	})
}

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
		JobTimeout: archive.JobTime + 5*time.Second, RescueStuckJobsAfter: archive.JobLease, FetchPollInterval: look,
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
