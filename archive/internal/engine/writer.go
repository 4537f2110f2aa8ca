package engine

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"antin/archive"
)

// maxBatch is the most steps in one transaction.
const maxBatch = 64

// step is one change that waits for its commit.
type step struct {
	run   func(*Tx) error
	taken atomic.Bool // set once by the writer, or by a caller who gives up
	done  chan error
}

// do runs a step and returns once its transaction is on disk or it failed. A
// caller whose context ends before the step began leaves without a trace; once
// begun, its outcome is waited for.
func (e *Engine) do(ctx context.Context, what string, run func(*Tx) error) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	s := &step{run: run, done: make(chan error, 1)}
	if err := e.hand(ctx, s); err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	select {
	case err := <-s.done:
		return e.wrap(what, err)
	case <-ctx.Done():
		if s.taken.CompareAndSwap(false, true) {
			return fmt.Errorf("%s: %w", what, ctx.Err())
		}
		return e.wrap(what, <-s.done)
	}
}

func (e *Engine) hand(ctx context.Context, s *step) error {
	e.mu.RLock()
	defer e.mu.RUnlock()
	if e.closed {
		return archive.ErrClosed
	}
	select {
	case e.steps <- s:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (e *Engine) writeLoop() {
	defer close(e.done)
	defer e.w.release()
	batch := make([]*step, 0, maxBatch)
	for s := range e.steps {
		batch = append(batch[:0], s)
	waiting:
		for len(batch) < maxBatch {
			select {
			case s, ok := <-e.steps:
				if !ok {
					break waiting
				}
				batch = append(batch, s)
			default:
				break waiting
			}
		}
		n := 0
		for _, s := range batch {
			if s.taken.CompareAndSwap(false, true) {
				batch[n] = s
				n++
			}
		}
		if n > 0 {
			e.w.run(batch[:n])
		}
	}
}

// writer owns the connection that writes.
type writer struct {
	d     *Dialect
	db    *sql.DB
	jobs  Jobs
	conn  *sql.Conn
	stmts map[string]*sql.Stmt
}

// run gives every step of the batch its result. When the transaction as a
// whole fails, each step is tried alone, so that the one at fault does not
// take the others with it.
func (w *writer) run(batch []*step) {
	results, err := w.try(batch)
	if err == nil {
		for i, s := range batch {
			s.done <- results[i]
		}
		return
	}
	unknown := errors.As(err, new(*archive.OutcomeUnknownError))
	for _, s := range batch {
		if len(batch) > 1 && !unknown {
			if results, err = w.try([]*step{s}); err == nil {
				err = results[0]
			}
		}
		s.done <- err
	}
}

// try is attempt, once more on a new connection when the first one was found
// dead before anything could have been committed.
func (w *writer) try(batch []*step) ([]error, error) {
	results, err := w.attempt(batch)
	if err != nil && w.d.Broken(err) && !errors.As(err, new(*archive.OutcomeUnknownError)) {
		w.release()
		results, err = w.attempt(batch)
	}
	if err != nil && w.d.Broken(err) {
		w.release()
	}
	return results, err
}

// attempt runs the steps in one transaction. An error of its own means that
// none of them is committed (or, *archive.OutcomeUnknownError, that it is not
// known); otherwise results has each step's, and those without are committed.
func (w *writer) attempt(batch []*step) (results []error, err error) {
	ctx := context.Background()
	if w.d.Timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, w.d.Timeout)
		defer cancel()
	}
	t, err := w.begin(ctx)
	if err != nil {
		return nil, fmt.Errorf("beginning a transaction: %w", err)
	}
	ended := false
	defer func() {
		if !ended {
			if _, e := w.conn.ExecContext(ctx, "ROLLBACK"); e != nil {
				w.release() // in an unknown state: not to be used again
			}
		}
	}()

	results = make([]error, len(batch))
	kept := 0
	for i, s := range batch {
		if len(batch) == 1 {
			if results[i] = s.run(t); results[i] != nil {
				if w.d.Broken(results[i]) || w.d.Full(results[i]) {
					return nil, results[i]
				}
				return results, nil // rolled back
			}
			kept++
			continue
		}
		head := t.head
		if err := t.exec("SAVEPOINT step"); err != nil {
			return nil, err
		}
		if results[i] = s.run(t); results[i] == nil {
			kept++
		} else {
			t.head = head
			if err := t.exec("ROLLBACK TO SAVEPOINT step"); err != nil {
				return nil, results[i] // the database ended the whole transaction
			}
		}
		if err := t.exec("RELEASE SAVEPOINT step"); err != nil {
			return nil, err
		}
	}
	if kept == 0 {
		return results, nil
	}
	if err := t.putHead(); err != nil {
		return nil, err
	}
	ended = true
	if _, err := w.conn.ExecContext(ctx, "COMMIT"); err != nil {
		return w.afterFailedCommit(ctx, t, results, err)
	}
	if t.added {
		w.jobs.Committed()
	}
	return results, nil
}

// afterFailedCommit finds out what became of a transaction whose COMMIT
// returned an error.
func (w *writer) afterFailedCommit(ctx context.Context, t *Tx, results []error, failed error) ([]error, error) {
	if w.d.Outcome == nil || !w.d.Broken(failed) {
		if _, err := w.conn.ExecContext(ctx, "ROLLBACK"); err != nil {
			w.release()
		}
		return nil, fmt.Errorf("committing: %w", failed)
	}
	w.release()
	ctx, cancel := context.WithTimeout(context.Background(), outcomeWait)
	defer cancel()
	committed, err := w.d.Outcome(ctx, w.db, t.id)
	switch {
	case err != nil:
		return nil, &archive.OutcomeUnknownError{Err: errors.Join(failed, err)}
	case committed:
		return results, nil
	default:
		return nil, fmt.Errorf("committing: %w", failed)
	}
}

// outcomeWait is how long the fate of a transaction is asked for.
const outcomeWait = 15 * time.Second

func (w *writer) begin(ctx context.Context) (*Tx, error) {
	if w.conn == nil {
		conn, err := w.db.Conn(ctx)
		if err != nil {
			return nil, err
		}
		w.conn, w.stmts = conn, map[string]*sql.Stmt{}
	}
	if _, err := w.conn.ExecContext(ctx, w.d.Begin); err != nil {
		w.release()
		return nil, err
	}
	t := &Tx{w: w, ctx: ctx}
	var hash []byte
	err := t.row(ctx, w.d.Head).Scan(&t.head.seq, &hash, &t.id)
	if err == nil && len(hash) != len(t.head.hash) {
		err = fmt.Errorf("the audit head's hash has %d bytes", len(hash))
	}
	if err != nil {
		w.release()
		return nil, err
	}
	copy(t.head.hash[:], hash)
	t.first = t.head
	return t, nil
}

// release gives the connection up for good.
func (w *writer) release() {
	if w.conn == nil {
		return
	}
	for _, s := range w.stmts {
		_ = s.Close()
	}
	_ = w.conn.Raw(func(any) error { return driver.ErrBadConn })
	_ = w.conn.Close()
	w.conn, w.stmts = nil, nil
}

// Tx is the transaction of a batch as one step sees it.
type Tx struct {
	w           *writer
	ctx         context.Context
	id          string
	first, head link
	added       bool // jobs
}

// link is the end of the audit chain.
type link struct {
	seq  int64
	hash [32]byte
}

func (t *Tx) stmt(q string) (*sql.Stmt, error) {
	if s := t.w.stmts[q]; s != nil {
		return s, nil
	}
	s, err := t.w.conn.PrepareContext(t.ctx, q)
	if err == nil {
		t.w.stmts[q] = s
	}
	return s, err
}

func (t *Tx) exec(q string, args ...any) error {
	_, err := t.execN(q, args...)
	return err
}

// execN is exec that tells how many rows it changed.
func (t *Tx) execN(q string, args ...any) (int64, error) {
	s, err := t.stmt(q)
	if err != nil {
		return 0, err
	}
	r, err := s.ExecContext(t.ctx, args...)
	if err != nil {
		return 0, err
	}
	return r.RowsAffected()
}

func (t *Tx) query(_ context.Context, q string, args ...any) (*sql.Rows, error) {
	s, err := t.stmt(q)
	if err != nil {
		return nil, err
	}
	return s.QueryContext(t.ctx, args...)
}

func (t *Tx) row(_ context.Context, q string, args ...any) *sql.Row {
	s, err := t.stmt(q)
	if err != nil {
		return t.w.conn.QueryRowContext(t.ctx, q, args...) // carries the error
	}
	return s.QueryRowContext(t.ctx, args...)
}

// audit appends an event to the chain.
func (t *Tx) audit(e archive.Event) (archive.AuditRow, error) {
	if len(e.Detail) == 0 {
		e.Detail = []byte("{}")
	}
	e.At = fromMicros(micros(e.At))
	r := archive.AuditRow{Seq: t.head.seq + 1, Event: e}
	r.Hash = archive.Link(t.head.hash, r.Seq, e)
	err := t.exec(`INSERT INTO audit (seq, at, action, agency, document, actor_id, actor_name, actor_role, detail, hash)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
		r.Seq, micros(e.At), e.Action, e.Agency, e.Document, e.By.ID, e.By.Name, e.By.Role, string(e.Detail), r.Hash[:])
	if err != nil {
		return r, fmt.Errorf("appending to the audit trail: %w", err)
	}
	t.head = link{r.Seq, r.Hash}
	return r, nil
}

// putHead writes the chain's head once per transaction.
func (t *Tx) putHead() error {
	if t.head == t.first {
		return nil
	}
	return t.exec(`UPDATE audit_head SET seq = $1, hash = $2 WHERE id = 1`, t.head.seq, t.head.hash[:])
}
