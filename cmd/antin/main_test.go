package main

import (
	"bytes"
	"context"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestMain lets the test binary stand in for the antin command, so that tests
// can start it as a process of its own and kill it.
func TestMain(m *testing.M) {
	if os.Getenv("ANTIN_TEST_COMMAND") != "" {
		ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
		code := runAt(ctx, clockOf(os.Getenv(testClock)), os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
		stop()
		os.Exit(code)
	}
	os.Exit(m.Run())
}

// antin runs a command in this process.
func antin(t *testing.T, stdin string, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, err bytes.Buffer
	code = run(t.Context(), args, strings.NewReader(stdin), &out, &err)
	return code, out.String(), err.String()
}

// antinAt runs a command at another time.
func antinAt(t *testing.T, now time.Time, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, err bytes.Buffer
	code = runAt(t.Context(), func() time.Time { return now }, args, strings.NewReader(""), &out, &err)
	return code, out.String(), err.String()
}
