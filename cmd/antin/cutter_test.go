package main

import (
	"context"
	"errors"
	"io"
	"net"
	"net/url"
	"path/filepath"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"

	"antin/internal/judge"
)

// cutter stands between services and a PostgreSQL server on a unix socket, and
// cuts their connections: what was on its way is lost in both directions.
type cutter struct {
	t      *testing.T
	direct string // URL past the cutter
	url    string // URL through it
	server string // path of the server's socket
	l      net.Listener

	mu    sync.Mutex
	conns map[net.Conn]net.Conn
}

func newCutter(t *testing.T, database string) *cutter {
	t.Helper()
	u, err := url.Parse(database)
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	c := &cutter{t: t, direct: database, l: l, conns: map[net.Conn]net.Conn{}}
	if dir := u.Query().Get("host"); dir != "" {
		c.server = filepath.Join(dir, ".s.PGSQL.5432")
	} else {
		judge.Unfit(t, "postgresql", errors.New("the cutter needs a server on a unix socket"))
	}
	through := *u
	through.Host = l.Addr().String()
	through.RawQuery = url.Values{"sslmode": {"disable"}}.Encode()
	c.url = through.String()
	go c.accept()
	t.Cleanup(func() { _ = l.Close(); c.cut() })
	return c
}

func (c *cutter) accept() {
	for {
		in, err := c.l.Accept()
		if err != nil {
			return // closed
		}
		out, err := net.Dial("unix", c.server)
		if err != nil {
			_ = in.Close()
			continue
		}
		c.mu.Lock()
		c.conns[in] = out
		c.mu.Unlock()
		go c.pump(in, out, in)
		go c.pump(out, in, in)
	}
}

// pump copies until either side ends, and takes the other side with it.
func (c *cutter) pump(to, from, key net.Conn) {
	_, _ = io.Copy(to, from)
	_ = to.Close()
	_ = from.Close()
	c.mu.Lock()
	delete(c.conns, key)
	c.mu.Unlock()
}

// cut ends every connection that goes through.
func (c *cutter) cut() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for in, out := range c.conns {
		_ = in.Close()
		_ = out.Close()
	}
}

// terminate has the server end every connection of the services.
func (c *cutter) terminate() {
	conn, err := pgx.Connect(c.t.Context(), c.direct)
	if err != nil {
		c.t.Error(err)
		return
	}
	defer func() { _ = conn.Close(context.WithoutCancel(c.t.Context())) }()
	_, err = conn.Exec(c.t.Context(), `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
		WHERE datname = current_database() AND application_name = 'antin'`)
	if err != nil {
		c.t.Error(err)
	}
}
