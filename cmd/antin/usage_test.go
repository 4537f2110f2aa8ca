package main

import (
	"path/filepath"
	"strings"
	"testing"
)

// TestUsage: the exit statuses are a contract, and each refusal says what to do.
func TestUsage(t *testing.T) {
	dir := t.TempDir()
	for _, test := range []struct {
		args []string
		exit int
		vi   string
	}{
		{[]string{"nosuch"}, 2, "không có lệnh này"},
		{[]string{"issue"}, 2, "cần: ID"},
		{[]string{"issue", "qd-huong-tctn", "--nosuch"}, 2, "nosuch"},
		{[]string{"issue", "qd-huong-tctn", "-"}, 2, "-o"},
		{[]string{"--lang", "fr", "forms", "list"}, 2, "--lang"},
		{[]string{"bench", "--n", "0"}, 2, "--n"},
		{[]string{"serve", "--listen", "127.0.0.1:99999", "--data", dir}, 2, "--listen"},
		{[]string{"forms", "show", "qd-huong-tct"}, 1, "qd-huong-tctn"},
		{[]string{"verify", filepath.Join(dir, "none.pdf"), "--data", dir}, 3, "none.pdf"},
		{[]string{"verify", "x.pdf", "--at", "yesterday", "--data", dir}, 1, "--at"},
		{[]string{"doctor", "--data", filepath.Join(dir, "none")}, 3, "none"},
		{[]string{"key", "new", "--name", "x", "--roles", "king", "--data", dir}, 2, "--roles"},
		{[]string{
			"webhook", "put", "--id", "w", "--agency", "snv-hanoi", "--url", "https://a.example", "--secret-file", "s", "--moves", "issue,fly", "--data", dir,
		}, 1, `--moves`},
	} {
		code, _, stderr := antin(t, "", test.args...)
		if code != test.exit || !strings.Contains(stderr, test.vi) || strings.Contains(stderr, "%!") {
			t.Errorf("%v: exit %d, want %d: %s", test.args, code, test.exit, stderr)
		}
	}
	_, _, english := antin(t, "", "--lang", "en", "issue")
	if !strings.Contains(english, "Wrong use") {
		t.Errorf("--lang en says %s", english)
	}
}
