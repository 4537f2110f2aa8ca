//go:build linux

package judge

import (
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// A Cluster is a durable PostgreSQL server of one test, which can be made to
// crash. It is slower than Postgres: it waits for the disk.
type Cluster struct {
	t        testing.TB
	bin, dir string
	cred     *syscall.Credential // not root: the server refuses that
	settings []string            // of the command line
	cmd      *exec.Cmd
	ended    chan struct{} // closed when cmd has ended
	words    *tail
	// URL leads to its database.
	URL string
}

// PostgresCluster makes and starts a server for the length of the test.
func PostgresCluster(t testing.TB) *Cluster {
	t.Helper()
	c := newCluster(t)
	c.init()
	c.Start()
	t.Cleanup(c.Crash)
	return c
}

func newCluster(t testing.TB) *Cluster {
	t.Helper()
	c := &Cluster{t: t, bin: Need(t, "postgresql")}
	var err error
	if c.dir, err = os.MkdirTemp("", "antin-pg-"); err != nil { //nolint:usetesting // short enough for a socket's path
		t.Fatalf("judge postgresql: %v", err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(c.dir) })
	if os.Geteuid() == 0 {
		if c.cred, err = credential("postgres"); err == nil {
			err = os.Chown(c.dir, int(c.cred.Uid), int(c.cred.Gid))
		}
		if err != nil {
			t.Fatalf("judge postgresql: %v", err)
		}
	}
	c.URL = "postgres://antin@/postgres?" + url.Values{"host": {c.dir}, "sslmode": {"disable"}}.Encode()
	return c
}

// init makes the server's files.
func (c *Cluster) init(args ...string) {
	c.t.Helper()
	args = append([]string{
		"--pgdata=" + filepath.Join(c.dir, "data"), "--username=antin", "--auth=trust", "--encoding=UTF8", "--locale=C",
	}, args...)
	if out, err := c.command("initdb", args...).CombinedOutput(); err != nil {
		c.t.Fatalf("judge postgresql: initdb: %v: %s", err, clip(string(out)))
	}
}

func credential(name string) (*syscall.Credential, error) {
	u, err := user.Lookup(name)
	if err != nil {
		return nil, err
	}
	uid, err1 := strconv.ParseUint(u.Uid, 10, 32)
	gid, err2 := strconv.ParseUint(u.Gid, 10, 32)
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, errors.Join(err1, err2)
}

func (c *Cluster) command(name string, args ...string) *exec.Cmd {
	cmd := exec.Command(filepath.Join(c.bin, name), args...)
	cmd.Dir = c.dir
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: c.cred, Pdeathsig: syscall.SIGQUIT}
	return cmd
}

// Start starts the server, which recovers what a crash left.
func (c *Cluster) Start() {
	c.t.Helper()
	deadline := time.Now().Add(limit)
	for {
		c.words = &tail{}
		args := append([]string{"-D", filepath.Join(c.dir, "data"), "-k", c.dir, "-h", "", "-c", "timezone=UTC"}, c.settings...)
		cmd := c.command("postgres", args...)
		cmd.Stdout, cmd.Stderr = c.words, c.words
		if err := cmd.Start(); err != nil {
			c.t.Fatalf("judge postgresql: %v", err)
		}
		ended := make(chan struct{})
		c.cmd, c.ended = cmd, ended
		go func() { _ = cmd.Wait(); close(ended) }()
		for running := true; running; {
			if execute(c.t.Context(), c.URL, "SELECT 1") == nil {
				return
			}
			if time.Now().After(deadline) {
				c.t.Fatalf("judge postgresql: it did not start: %s", clip(c.words.String()))
			}
			select {
			case <-ended: // processes of before the crash still hold the shared memory
				running = false
			case <-time.After(20 * time.Millisecond):
			}
		}
	}
}

// Crash kills every process of the server at once, without warning.
func (c *Cluster) Crash() {
	pids := []int{c.cmd.Process.Pid}
	stats, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, name := range stats {
		raw, err := os.ReadFile(name)
		if err != nil {
			continue // gone by now
		}
		// pid (name) state ppid …; a name may hold anything, its end is the last ")".
		after := strings.Fields(string(raw[strings.LastIndexByte(string(raw), ')')+1:]))
		if len(after) > 1 && after[1] == fmt.Sprint(pids[0]) {
			if pid, err := strconv.Atoi(filepath.Base(filepath.Dir(name))); err == nil {
				pids = append(pids, pid)
			}
		}
	}
	for _, pid := range pids {
		_ = syscall.Kill(pid, syscall.SIGKILL)
	}
}
