package judge

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"
)

// console is a line that Chromium logs for a message of the page's console:
// errors of scripts, what the content security policy refused, what could not
// be loaded.
var console = regexp.MustCompile(`(?m):CONSOLE[:(][^\]]*\] (.*)$`)

// Browse opens the page in a window of the given size in CSS pixels. It returns
// the page's document as HTML once its scripts have run, and every message of
// the page's console.
func Browse(t testing.TB, url string, width, height int) (dom string, messages []string) {
	t.Helper()
	program := Need(t, "chromium")
	args := slices.Concat(ChromiumFlags(t), []string{
		"--dump-dom", "--virtual-time-budget=10000", "--enable-logging=stderr", "--hide-scrollbars",
		fmt.Sprintf("--window-size=%d,%d", width, height), url,
	})
	out := run(t, program, args...)
	if out.code != 0 {
		t.Fatalf("chromium %s: exit status %d: %s", url, out.code, clip(out.stderr))
	}
	for _, m := range console.FindAllStringSubmatch(out.stderr, -1) {
		messages = append(messages, m[1])
	}
	return out.stdout, messages
}

// Axe is the script of axe-core, which looks for what keeps people with
// disabilities out of a page (WCAG 2.2). A page under test loads it.
func Axe(t testing.TB) []byte {
	t.Helper()
	script, err := os.ReadFile(Need(t, "axe"))
	if err != nil {
		t.Fatal(err)
	}
	return script
}

func findAxe() (string, error) {
	dir, err := Dir()
	if err != nil {
		return "", err
	}
	file := filepath.Join(dir, "axe", "axe.min.js")
	if _, err := os.Stat(file); err != nil {
		return "", errMissing
	}
	return file, nil
}
