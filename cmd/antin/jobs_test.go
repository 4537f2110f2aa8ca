package main

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"antin/archive"
	"antin/archive/sqlite"
)

// TestJobs: what is done behind the requests can be seen.
func TestJobs(t *testing.T) {
	dir := t.TempDir()
	s, err := sqlite.Open(t.Context(), filepath.Join(dir, databaseFile))
	if err != nil {
		t.Fatal(err)
	}
	_, err = s.Enqueue(t.Context(), time.Now(), archive.Job{ID: "checkpoint/2026-01-05", Kind: "checkpoint"}, archive.Job{ID: "other/1", Kind: "other"})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		code      int
		want, not string
		args      []string
	}{
		{0, "checkpoint/2026-01-05", "", []string{"job", "list"}},
		{0, "other/1", "", []string{"job", "list", "--state", "waiting"}},
		{0, `"state": "waiting"`, "other/1", []string{"job", "list", "--kind", "checkpoint", "--json"}},
		{0, "", "other/1", []string{"job", "list", "--state", "failed"}},
		{1, "--state", "", []string{"job", "list", "--state", "lost"}},
		{1, "none", "", []string{"job", "retry", "none"}},
	} {
		code, stdout, stderr := antin(t, "", append(c.args, "--data", dir)...)
		if out := stdout + stderr; code != c.code || !strings.Contains(out, c.want) || c.not != "" && strings.Contains(out, c.not) {
			t.Errorf("%q: exit %d: %s", c.args, code, out)
		}
	}
}
