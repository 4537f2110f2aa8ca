package postgres

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"strings"
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
	c.ConnConfig.RuntimeParams["enable_seqscan"] = "off" // as for the writer's connections
	c.MinConns, c.MaxConns = 0, 8                        // none until jobs are done here
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
