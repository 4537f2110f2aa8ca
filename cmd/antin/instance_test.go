package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// testClock names the file that sets a test process's clock: by how many
// nanoseconds it is ahead of the machine's. Only the test binary knows it.
const testClock = "ANTIN_TEST_CLOCK"

// clockOf is the clock that a file sets, read anew each time it is asked, so
// that it can be moved under a running service.
func clockOf(file string) func() time.Time {
	if file == "" {
		return time.Now
	}
	return func() time.Time {
		raw, err := os.ReadFile(file)
		if err != nil {
			panic(err)
		}
		ahead, err := strconv.ParseInt(string(raw), 10, 64)
		if err != nil {
			panic(err)
		}
		return time.Now().Add(time.Duration(ahead))
	}
}

// instance is the service as a process of its own, which can be killed.
type instance struct {
	t             *testing.T
	data, address string
	database      string   // a PostgreSQL URL; "" is the file in data
	clock, log    string   // files
	env           []string // beside the test's own
	cmd           *exec.Cmd
}

// newInstance has an address and a clock, and is not started.
func newInstance(t *testing.T, data, database string, ahead time.Duration) *instance {
	t.Helper()
	dir := t.TempDir()
	s := &instance{
		t: t, data: data, database: database, address: freeAddress(t),
		clock: filepath.Join(dir, "clock"), log: filepath.Join(dir, "log"),
	}
	s.setClock(ahead)
	t.Cleanup(s.stop)
	return s
}

// setClock moves the clock; the file changes as a whole.
func (s *instance) setClock(ahead time.Duration) {
	if err := os.WriteFile(s.clock+".new", strconv.AppendInt(nil, int64(ahead), 10), 0o600); err != nil {
		s.t.Error(err)
	}
	if err := os.Rename(s.clock+".new", s.clock); err != nil {
		s.t.Error(err)
	}
}

func (s *instance) start() {
	s.t.Helper()
	exe, err := os.Executable()
	if err != nil {
		s.t.Fatal(err)
	}
	cmd := exec.Command(exe, "serve", "--data", s.data, "--listen", s.address)
	cmd.Env = append(os.Environ(), "ANTIN_TEST_COMMAND=1", testClock+"="+s.clock)
	cmd.Env = append(cmd.Env, s.env...)
	if s.database != "" {
		cmd.Env = append(cmd.Env, "ANTIN_DATABASE_URL="+s.database)
	}
	log, err := os.OpenFile(s.log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		s.t.Fatal(err)
	}
	cmd.Stderr = log
	if err := errors.Join(cmd.Start(), log.Close()); err != nil {
		s.t.Fatal(err)
	}
	s.cmd = cmd
	until(s.t, func() bool {
		res, err := http.Get("http://" + s.address + "/healthz")
		if err != nil {
			return false
		}
		defer res.Body.Close()
		return res.StatusCode == http.StatusOK
	})
}

func (s *instance) kill() {
	_ = s.cmd.Process.Kill()
	_ = s.cmd.Wait() // "signal: killed" is what was asked for
}

func (s *instance) stop() {
	if s.cmd == nil || s.cmd.ProcessState != nil {
		return
	}
	_ = s.cmd.Process.Signal(os.Interrupt)
	if err := s.cmd.Wait(); err != nil {
		s.t.Errorf("the service did not stop cleanly: %v\n%s", err, s.said("level=ERROR"))
	}
}

// said are the lines of the log that hold a text, the last ones.
func (s *instance) said(text string) string {
	raw, err := os.ReadFile(s.log)
	if err != nil {
		return err.Error()
	}
	var lines []string
	for line := range strings.Lines(string(raw)) {
		if strings.Contains(line, text) {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines[max(0, len(lines)-10):], "")
}

// until polls; the deadline only ends a test that hangs.
func until(t *testing.T, done func() bool) {
	t.Helper()
	deadline := time.Now().Add(5 * time.Minute)
	for !done() {
		if time.Now().After(deadline) {
			t.Fatal("it did not happen in time")
		}
		time.Sleep(2 * time.Millisecond)
	}
}

// answer is what a caller was told.
type answer struct {
	ID     string `json:"id"`
	Number string `json:"number"`
	Date   string `json:"date"`
	SHA256 string `json:"sha256"`
	State  string `json:"state"`
}

// outcome is how one request ended for its caller.
type outcome int

const (
	answered outcome = iota
	unanswered
	busy    // 503, and the request may be repeated
	setBack // 503: the register's last date is later than the clock
	refused
)

// caller asks instances until one of them answers.
type caller struct {
	key       string
	instances []*instance
	rng       *rand.Rand
	client    *http.Client
	// hangUp, if not nil, says after how long the caller hangs up; 0 is never.
	hangUp func() time.Duration
	count  func(outcome)
}

// issue repeats a request, with the same Idempotency-Key, until it is answered.
func (c *caller) issue(t *testing.T, idempotency string, body []byte) (answer, bool) {
	deadline := time.Now().Add(10 * time.Minute)
	for time.Now().Before(deadline) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		if d := c.hangUp(); d > 0 {
			ctx, cancel = context.WithTimeout(t.Context(), d)
		}
		a, how, said := c.try(ctx, idempotency, body)
		cancel()
		c.count(how)
		switch how {
		case answered:
			return a, true
		case refused:
			t.Errorf("request %s: %s", idempotency, said)
			return a, false
		}
		time.Sleep(5 * time.Millisecond)
	}
	t.Errorf("request %s was never answered", idempotency)
	return answer{}, false
}

func (c *caller) try(ctx context.Context, idempotency string, body []byte) (a answer, how outcome, said string) {
	at := c.instances[c.rng.IntN(len(c.instances))]
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+at.address+"/v1/documents?until=issued", bytes.NewReader(body))
	if err != nil {
		return a, refused, err.Error()
	}
	req.Header.Set("Authorization", "Bearer "+c.key)
	req.Header.Set("Idempotency-Key", idempotency)
	req.Header.Set("Content-Type", "application/json")
	res, err := c.client.Do(req)
	if err != nil {
		return a, unanswered, "" // killed or cut off: ask again
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	switch {
	case err != nil:
		return a, unanswered, ""
	case res.StatusCode == http.StatusServiceUnavailable && bytes.Contains(raw, []byte("clock_set_back")):
		return a, setBack, ""
	case res.StatusCode == http.StatusServiceUnavailable:
		return a, busy, ""
	case res.StatusCode != http.StatusCreated && res.StatusCode != http.StatusOK:
		return a, refused, res.Status + ": " + string(raw) + "\n" + at.said(res.Header.Get("Trace-Id"))
	}
	if err := json.Unmarshal(raw, &a); err != nil {
		return a, refused, err.Error()
	}
	return a, answered, ""
}

func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

func demoKey(t *testing.T, dir string) string {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(dir, "demo-api-keys.txt"))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(raw)) {
		if name, secret, ok := strings.Cut(strings.TrimSpace(line), " "); ok && name == "tron-goi" {
			return secret
		}
	}
	t.Fatal("no demonstration key")
	return ""
}
