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
// the document as HTML once its scripts have run, and every message of the
// console. A page may look at others in frames, which saves a start of the
// browser for each.
func Browse(t testing.TB, url string, width, height int) (dom string, messages []string) {
	t.Helper()
	program := Need(t, "chromium")
	args := slices.Concat(ChromiumFlags(t), []string{
		"--dump-dom", "--virtual-time-budget=60000", "--enable-logging=stderr", "--hide-scrollbars",
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
// disabilities out of a page (WCAG 2.2); a page under test loads it. It is an
// optional judge: without it the error says how to get it.
func Axe() ([]byte, error) {
	dir, err := Dir()
	if err != nil {
		return nil, err
	}
	script, err := os.ReadFile(filepath.Join(dir, "axe", "axe.min.js"))
	if err != nil {
		return nil, fmt.Errorf("axe-core: %w; to hear it: install npm, then make judges", errMissing)
	}
	return script, nil
}
