package engine

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"io"
	"sync"
	"testing"
	"time"
)

// slow is a database whose connections take a while to close, as those do whose
// network is gone.
type (
	slow     struct{}
	slowConn struct{}
	oneRow   struct{ read bool }
)

func (slow) Connect(context.Context) (driver.Conn, error)    { return &slowConn{}, nil }
func (slow) Driver() driver.Driver                           { return nil }
func (*slowConn) Prepare(string) (driver.Stmt, error)        { return &slowConn{}, nil }
func (*slowConn) Close() error                               { time.Sleep(time.Millisecond); return nil }
func (*slowConn) Begin() (driver.Tx, error)                  { return nil, errors.ErrUnsupported }
func (*slowConn) NumInput() int                              { return 0 }
func (*slowConn) Exec([]driver.Value) (driver.Result, error) { return nil, errors.ErrUnsupported }
func (*slowConn) Query([]driver.Value) (driver.Rows, error) {
	time.Sleep(50 * time.Microsecond)
	return &oneRow{}, nil
}
func (*oneRow) Columns() []string { return []string{"n"} }
func (*oneRow) Close() error      { return nil }
func (r *oneRow) Next(to []driver.Value) error {
	if r.read {
		return io.EOF
	}
	r.read, to[0] = true, int64(1)
	return nil
}

// Many readers whose connections were cut renew the pool at once; those that
// others are reading on stay open.
func TestRenewAtOnce(t *testing.T) {
	errCut := errors.New("cut")
	e := &Engine{
		d: Dialect{
			Idle: 8, Broken: func(err error) bool { return errors.Is(err, errCut) }, Full: func(error) bool { return false },
		},
		read: sql.OpenDB(slow{}),
	}
	e.read.SetMaxIdleConns(e.d.Idle)
	defer func() { _ = e.read.Close() }()
	stop := make(chan struct{})
	var readers, cut sync.WaitGroup
	read := func() error {
		time.Sleep(30 * time.Microsecond) // so that connections wait in the pool
		var n int
		return e.read.QueryRowContext(t.Context(), "q").Scan(&n)
	}
	for range 6 {
		readers.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				if err := read(); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	for range 3 {
		cut.Go(func() {
			for range 100 {
				err := e.again(t.Context(), "reading", func() error {
					time.Sleep(time.Millisecond) // the way to a server that does not answer
					return errCut
				})
				if !errors.Is(err, errCut) {
					t.Error(err)
				}
			}
		})
	}
	cut.Wait()
	close(stop)
	readers.Wait()
}
