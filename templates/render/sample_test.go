package render_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"antin/templates/layout"
	"antin/templates/layout/layouttest"
	"antin/templates/render"
)

// frozen is the clock of these tests.
var frozen = time.Date(2026, 1, 5, 9, 30, 0, 0, time.FixedZone("ICT", 7*3600))

// write renders doc to a file and returns its path.
func write(t testing.TB, doc *layout.Document) (string, []byte) {
	t.Helper()
	data, err := render.PDF(doc, render.Options{Now: frozen})
	if err != nil {
		t.Fatal(err)
	}
	dir := os.Getenv("ANTIN_KEEP") // keep the files to look at them
	if dir == "" {
		dir = t.TempDir()
	}
	path := filepath.Join(dir, filepath.Base(t.Name())+".pdf")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path, data
}

func TestDecision(t *testing.T) {
	write(t, layouttest.Decision())
}
