package judge

import (
	"fmt"
	"testing"
)

// Structure asks qpdf --check whether the file is a sound PDF. A warning is a
// refusal too.
func Structure(t testing.TB, path string) error {
	t.Helper()
	out := run(t, Need(t, "qpdf"), "--check", path)
	if out.code != 0 {
		return fmt.Errorf("qpdf --check, exit status %d: %s", out.code, clip(out.stderr+out.stdout))
	}
	return nil
}

// Check fails the test unless qpdf finds the file sound.
func Check(t testing.TB, path string) {
	t.Helper()
	if err := Structure(t, path); err != nil {
		t.Errorf("%s: %v", path, err)
	}
}
