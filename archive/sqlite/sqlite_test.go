package sqlite_test

import (
	"path/filepath"
	"testing"

	"antin/archive"
	"antin/archive/conformance"
	"antin/archive/sqlite"
)

func open(t testing.TB) archive.Store {
	t.Helper()
	return openAt(t, filepath.Join(t.TempDir(), "antin.db"))
}

func openAt(t testing.TB, path string) archive.Store {
	t.Helper()
	s, err := sqlite.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func TestConformance(t *testing.T) { conformance.Run(t, open) }
