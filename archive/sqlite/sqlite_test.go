package sqlite_test

import (
	"os"
	"path/filepath"
	"testing"

	"antin/archive"
	"antin/archive/conformance"
	"antin/archive/sqlite"
)

func TestMain(m *testing.M) {
	conformance.Worker(sqlite.Open)
	os.Exit(m.Run())
}

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

func TestConformance(t *testing.T) { conformance.Run(t, open, restored) }

func restored(t testing.TB, backup string) archive.Store {
	t.Helper()
	path := filepath.Join(t.TempDir(), "restored.db")
	if err := sqlite.Restore(t.Context(), backup, path); err != nil {
		t.Fatal(err)
	}
	if err := sqlite.Restore(t.Context(), backup, path); err == nil {
		t.Error("a restore overwrote an archive")
	}
	return openAt(t, path)
}

// One instance, killed at random; and two over one file, as when a service is
// restarted before the old process has ended.
func TestKill(t *testing.T) {
	for _, c := range []struct {
		name             string
		instances, kills int
	}{{"one", 1, 15}, {"two", 2, 8}} {
		t.Run(c.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "antin.db")
			conformance.KillTest(t, path, c.instances, c.kills, openAt(t, path), nil)
		})
	}
}

func TestFiles(t *testing.T) {
	conformance.RunFiles(t, func(t testing.TB) func(archive.Files) archive.Store {
		path := filepath.Join(t.TempDir(), "antin.db")
		return func(files archive.Files) archive.Store {
			s, err := sqlite.OpenWith(t.Context(), path, files)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = s.Close() })
			return s
		}
	}, conformance.NewBucket)
}
