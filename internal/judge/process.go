package judge

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"sync"
	"testing"
	"time"
)

// A resident judge is a process that answers one line of JSON with one line of
// JSON. It is started by the first question of a test binary and ends when the
// binary does, because its standard input ends then.
type resident struct {
	name string
	// command makes the process; it is called again when the last one died.
	command func(t testing.TB) *exec.Cmd

	mu    sync.Mutex // one question at a time
	cmd   *exec.Cmd
	in    io.WriteCloser
	out   *bufio.Reader
	words *tail
}

// ask sends the question and decodes the answer, failing the test where the
// judge itself failed. The answer's "error" member is the judge saying that it
// could not judge the file; it is decoded like any other.
func (r *resident) ask(t testing.TB, question, answer any) {
	t.Helper()
	line, err := json.Marshal(question)
	if err != nil {
		t.Fatalf("judge %s: %v", r.name, err)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.cmd == nil {
		if err := r.start(t); err != nil {
			t.Fatalf("judge %s: starting: %v", r.name, err)
		}
	}
	// Reading from a pipe cannot be given a deadline, killing the writer can.
	cmd := r.cmd
	watchdog := time.AfterFunc(limit, func() { _ = cmd.Process.Kill() })
	reply, err := r.exchange(line)
	watchdog.Stop()
	if err != nil {
		_ = r.cmd.Process.Kill()
		_ = r.cmd.Wait()
		r.cmd = nil
		t.Fatalf("judge %s: %v\nasked: %s\nit said: %s", r.name, err, clip(string(line)), clip(r.words.String()))
	}
	if err := json.Unmarshal(reply, answer); err != nil {
		t.Fatalf("judge %s: its answer: %v\n%s", r.name, err, clip(string(reply)))
	}
}

func (r *resident) start(t testing.TB) error {
	t.Helper()
	cmd := r.command(t)
	in, err := cmd.StdinPipe()
	if err != nil {
		return fmt.Errorf("standard input: %w", err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return fmt.Errorf("standard output: %w", err)
	}
	words := &tail{}
	// Never our own standard error: go test would wait for the process.
	cmd.Stderr = words
	cmd.Env = append(os.Environ(), "LC_ALL=C.UTF-8", "TZ=UTC")
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("%s: %w", cmd.Path, err)
	}
	r.cmd, r.in, r.out, r.words = cmd, in, bufio.NewReaderSize(out, 64<<10), words
	return nil
}

func (r *resident) exchange(line []byte) ([]byte, error) {
	if _, err := r.in.Write(append(line, '\n')); err != nil {
		return nil, fmt.Errorf("asking: %w", err)
	}
	reply, err := r.out.ReadBytes('\n')
	if err != nil {
		return nil, fmt.Errorf("reading its answer: %w", err)
	}
	return reply, nil
}

// tail keeps the last words of a long-lived process.
type tail struct {
	mu sync.Mutex
	b  []byte
}

func (w *tail) Write(p []byte) (int, error) {
	const most = 16 << 10
	w.mu.Lock()
	defer w.mu.Unlock()
	w.b = append(w.b, p...)
	if len(w.b) > most {
		w.b = append(w.b[:0], w.b[len(w.b)-most:]...)
	}
	return len(p), nil
}

func (w *tail) String() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return string(w.b)
}
