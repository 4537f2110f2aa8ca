package judge

import (
	"bufio"
	"context"
	_ "embed" // the server's script
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

//go:embed sh/postgres.sh
var postgresScript string

// findPostgres is the folder of Debian's newest server, or of the one on PATH.
func findPostgres() (string, error) {
	var found []string
	for _, pattern := range []string{"/usr/lib/postgresql/*/bin/initdb", "/usr/local/bin/initdb", "/opt/*/bin/initdb"} {
		names, err := filepath.Glob(pattern)
		if err != nil {
			return "", fmt.Errorf("looking for initdb: %w", err)
		}
		slices.Sort(names)
		slices.Reverse(names)
		found = append(found, names...)
	}
	if p, err := exec.LookPath("initdb"); err == nil {
		found = append(found, p)
	}
	for _, p := range found {
		if _, err := os.Stat(filepath.Join(filepath.Dir(p), "postgres")); err == nil {
			return filepath.Dir(p), nil
		}
	}
	return "", errMissing
}

// private is the one server of this process.
var private struct {
	once sync.Once
	url  string
	err  error
	stop *os.File // held so that the pipe's end stays open as long as we live
}

var databases atomic.Int64

// Postgres gives the URL of a new, empty database that is dropped when the test
// ends. The server is that of ANTIN_TEST_POSTGRES; without it a private one is
// started, once per test binary, without durability. The URL can be handed to
// other processes as long as this one lives.
func Postgres(t testing.TB) string {
	t.Helper()
	server := os.Getenv(EnvPostgres)
	if server == "" {
		bin := Need(t, "postgresql")
		private.once.Do(func() { private.url, private.err = startPostgres(bin) })
		if private.err != nil {
			Unfit(t, "postgresql", fmt.Errorf("its programs are there, but %w", private.err))
		}
		server = private.url
	}
	name := fmt.Sprintf("antin_test_%d_%d", os.Getpid(), databases.Add(1))
	u, err := url.Parse(server)
	if err != nil {
		t.Fatalf("judge postgresql: %s is not a URL: %v", EnvPostgres, err)
	}
	if err := execute(t.Context(), server, `CREATE DATABASE `+name+` TEMPLATE template0 ENCODING 'UTF8'`); err != nil {
		t.Fatalf("judge postgresql: %v", err)
	}
	t.Cleanup(func() {
		// The test's own context is over by now.
		if err := execute(context.WithoutCancel(t.Context()), server, `DROP DATABASE IF EXISTS `+name+` WITH (FORCE)`); err != nil {
			t.Errorf("judge postgresql: %v", err)
		}
	})
	u.Path = "/" + name
	return u.String()
}

func execute(ctx context.Context, server, statement string) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	conn, err := pgx.Connect(ctx, server)
	if err != nil {
		return fmt.Errorf("connecting: %w", err)
	}
	defer func() { _ = conn.Close(ctx) }()
	if _, err := conn.Exec(ctx, statement); err != nil {
		return fmt.Errorf("%s: %w", statement, err)
	}
	return nil
}

func startPostgres(bin string) (server string, err error) {
	// A socket's path is limited to some hundred bytes, so not the test's folder.
	dir, err := os.MkdirTemp("", "antin-pg-")
	if err != nil {
		return "", fmt.Errorf("starting: %w", err)
	}
	hold, stop, err := os.Pipe()
	if err != nil {
		return "", fmt.Errorf("starting: %w", err)
	}
	words := &tail{}
	cmd := exec.Command("/bin/sh", "-c", postgresScript, "postgres.sh", bin, dir)
	cmd.Stdin, cmd.Stderr = hold, words
	out, err := cmd.StdoutPipe()
	if err != nil {
		return "", fmt.Errorf("starting: %w", err)
	}
	if err := cmd.Start(); err != nil {
		return "", fmt.Errorf("starting: %w", err)
	}
	_ = hold.Close() // the child has its own
	late := time.AfterFunc(limit, func() { _ = cmd.Process.Kill() })
	defer late.Stop()
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil || line != "ready\n" {
		_ = stop.Close()
		return "", errors.Join(fmt.Errorf("the private server did not start: %s", clip(words.String())), cmd.Wait())
	}
	private.stop = stop
	return "postgres://antin@/postgres?" + url.Values{"host": {dir}, "sslmode": {"disable"}}.Encode(), nil
}
