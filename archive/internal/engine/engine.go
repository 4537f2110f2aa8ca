// Package engine is the archive on an SQL database: the statements and rules
// that SQLite and PostgreSQL share. What differs between them is in a Dialect.
//
// Every change goes through one writer goroutine, which takes the steps that
// are waiting, runs them in one transaction (each under its own savepoint) and
// acknowledges them once the commit is on disk. So many callers share the cost
// of one fsync, and the number sequences and the audit chain need no other
// lock within a process. Between processes the row audit_head is the lock.
package engine

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"time"

	"antin/archive"
)

// Dialect is what one database does differently.
type Dialect struct {
	Name string
	// Begin opens a transaction that may write.
	Begin string
	// Head reads seq, hash and a transaction id ("" when there is none) of the
	// chain's head, and keeps other writers out until the transaction ends.
	Head string
	// Timeout bounds one transaction; 0 is no bound.
	Timeout time.Duration
	// ReadOptions opens a transaction in which several reads see one state.
	ReadOptions *sql.TxOptions
	// Full reports that an error came from a full disk.
	Full func(error) bool
	// Damaged reports that the database found itself damaged.
	Damaged func(error) bool
	// Broken reports that the connection is gone.
	Broken func(error) bool
	// Idle is how many connections for reading are kept open.
	Idle int
	// Outcome finds out on a new connection whether a transaction was committed.
	// nil when a commit that returned an error never was.
	Outcome func(ctx context.Context, db *sql.DB, txid string) (committed bool, err error)
	// Words is the index of words.
	Words Words
	// Jobs keeps the jobs; nil keeps them in a table of the archive.
	Jobs Jobs
	// Backup writes a copy of the database.
	Backup func(ctx context.Context, db *sql.DB, path string) error
	// Examine looks for damage of the database itself. table "" is all of it.
	Examine func(ctx context.Context, db *sql.DB, table string) ([]string, error)
}

// Engine is an archive.Store.
type Engine struct {
	d     Dialect
	files archive.Files // nil keeps contents in the database
	write *sql.DB       // the writer goroutine's
	read  *sql.DB
	jobs  Jobs
	steps chan *step
	done  chan struct{} // closed when the writer has ended

	mu     sync.RWMutex // held for reading while a step is handed over
	closed bool

	w writer

	renewing sync.Mutex

	stmtMu sync.RWMutex
	stmts  map[string]*sql.Stmt // of read
}

var _ archive.Store = (*Engine)(nil)

// New runs an archive over two handles of one migrated database (they may be
// the same). files is where new contents are kept, nil for the database. Close
// closes both handles.
func New(d Dialect, files archive.Files, write, read *sql.DB) *Engine {
	e := &Engine{
		d: d, files: files, write: write, read: read,
		steps: make(chan *step, maxBatch),
		done:  make(chan struct{}),
		stmts: map[string]*sql.Stmt{},
	}
	if e.jobs = d.Jobs; e.jobs == nil {
		e.jobs = &jobTable{e: e, wake: make(chan struct{}, 1)}
	}
	e.w = writer{d: &e.d, db: write, jobs: e.jobs}
	go e.writeLoop()
	return e
}

// Close implements archive.Store.
func (e *Engine) Close() error {
	e.mu.Lock()
	if e.closed {
		e.mu.Unlock()
		return nil
	}
	e.closed = true
	close(e.steps)
	e.mu.Unlock()
	<-e.done
	e.jobs.Close()
	err := e.write.Close()
	if e.read != e.write {
		err = errors.Join(err, e.read.Close())
	}
	return err
}

// Ping implements archive.Store: the store answers and can be written to, and
// its files are there.
func (e *Engine) Ping(ctx context.Context) error {
	if e.files != nil {
		if err := e.files.Ping(ctx); err != nil {
			return e.wrap("asking for the files", err)
		}
	}
	if _, _, err := e.Head(ctx); err != nil {
		return err
	}
	return e.do(ctx, "writing to the archive", func(t *Tx) error {
		return t.exec(`UPDATE audit_head SET seq = seq WHERE id = 1`)
	})
}

// reader is a place to read from: the store itself, a reading transaction or
// a step.
type reader interface {
	query(ctx context.Context, q string, args ...any) (*sql.Rows, error)
	row(ctx context.Context, q string, args ...any) *sql.Row
}

// prepared returns the statement of a fixed query text.
func (e *Engine) prepared(ctx context.Context, q string) (*sql.Stmt, error) {
	e.stmtMu.RLock()
	s := e.stmts[q]
	e.stmtMu.RUnlock()
	if s != nil {
		return s, nil
	}
	s, err := e.read.PrepareContext(ctx, q)
	if err != nil {
		return nil, err
	}
	e.stmtMu.Lock()
	defer e.stmtMu.Unlock()
	if old := e.stmts[q]; old != nil {
		_ = s.Close()
		return old, nil
	}
	e.stmts[q] = s
	return s, nil
}

func (e *Engine) query(ctx context.Context, q string, args ...any) (*sql.Rows, error) {
	s, err := e.prepared(ctx, q)
	if err != nil {
		return nil, err
	}
	return s.QueryContext(ctx, args...)
}

func (e *Engine) row(ctx context.Context, q string, args ...any) *sql.Row {
	s, err := e.prepared(ctx, q)
	if err != nil {
		return e.read.QueryRowContext(ctx, q, args...) // carries the error
	}
	return s.QueryRowContext(ctx, args...)
}

// readTries is how often a read is made while its connection is cut.
const readTries = 3

// reading runs reads, again when the connection was cut: f sets its results
// anew each time.
func (e *Engine) reading(ctx context.Context, what string, f func(r reader) error) error {
	return e.again(ctx, what, func() error { return f(e) })
}

func (e *Engine) again(ctx context.Context, what string, f func() error) error {
	var err error
	for range readTries {
		if err = f(); err == nil || !e.d.Broken(err) || ctx.Err() != nil {
			break
		}
		e.renew()
	}
	return e.wrap(what, err)
}

// renew closes the connections that wait in the pool: what cut one has cut the
// others too, and the next try shall be on a new one. One at a time: while
// SetMaxIdleConns closes them outside its own lock (Go 1.26), a second caller
// that allows idle ones again lets connections in use take their places in the
// list, and those would be closed.
func (e *Engine) renew() {
	e.renewing.Lock()
	defer e.renewing.Unlock()
	e.read.SetMaxIdleConns(0)
	e.read.SetMaxIdleConns(e.d.Idle)
}

// view is reading where several reads must see one state of the database.
func (e *Engine) view(ctx context.Context, what string, f func(r reader) error) error {
	return e.again(ctx, what, func() error { return e.viewOnce(ctx, f) })
}

func (e *Engine) viewOnce(ctx context.Context, f func(r reader) error) error {
	tx, err := e.read.BeginTx(ctx, e.d.ReadOptions)
	if err != nil {
		return err
	}
	t := &readTx{e: e, tx: tx}
	defer func() {
		_ = tx.Rollback()
		// Only now: preparing takes a connection, and while every connection is
		// in a transaction like this one there is none.
		for _, q := range t.unknown {
			_, _ = e.prepared(ctx, q)
		}
	}()
	return f(t)
}

type readTx struct {
	e       *Engine
	tx      *sql.Tx
	unknown []string // query texts that are not prepared yet
}

func (t *readTx) stmt(ctx context.Context, q string) *sql.Stmt {
	t.e.stmtMu.RLock()
	s := t.e.stmts[q]
	t.e.stmtMu.RUnlock()
	if s == nil {
		t.unknown = append(t.unknown, q)
		return nil
	}
	return t.tx.StmtContext(ctx, s)
}

func (t *readTx) query(ctx context.Context, q string, args ...any) (*sql.Rows, error) {
	if s := t.stmt(ctx, q); s != nil {
		return s.QueryContext(ctx, args...)
	}
	return t.tx.QueryContext(ctx, q, args...)
}

func (t *readTx) row(ctx context.Context, q string, args ...any) *sql.Row {
	if s := t.stmt(ctx, q); s != nil {
		return s.QueryRowContext(ctx, args...)
	}
	return t.tx.QueryRowContext(ctx, q, args...)
}

// wrap says what was being done, and marks errors of a full disk and of a
// database that is away.
func (e *Engine) wrap(what string, err error) error {
	switch {
	case err == nil:
		return nil
	case e.d.Full(err) && !errors.Is(err, archive.ErrFull):
		return fmt.Errorf("%s: %w: %w", what, archive.ErrFull, err)
	case e.d.Broken(err) && !errors.Is(err, archive.ErrUnavailable) && !errors.As(err, new(*archive.OutcomeUnknownError)):
		return fmt.Errorf("%s: %w: %w", what, archive.ErrUnavailable, err)
	}
	return fmt.Errorf("%s: %w", what, err)
}
