package sqlite

import (
	"database/sql"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"antin/archive/conformance"
)

// A backup has its name once it is whole: who is killed before leaves nothing
// that could be restored by mistake, and nothing that hinders the next try.
func TestBackupIsWholeOrNotThere(t *testing.T) {
	source := made(t, 3)
	s, err := Open(t.Context(), source)
	must(t, err)
	defer func() { _ = s.Close() }()
	killed := func(path string) {
		t.Helper()
		must(t, os.WriteFile(path+".part", []byte("the beginning of a backup"), 0o600))
		must(t, os.WriteFile(path+".part-wal", []byte("and its log"), 0o600))
	}
	there := func(path string) bool {
		_, err := os.Lstat(path)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			t.Fatal(err)
		}
		return err == nil
	}
	dir := t.TempDir()
	backup, restored, other := filepath.Join(dir, "backup.db"), filepath.Join(dir, "restored.db"), filepath.Join(dir, "other.db")
	killed(backup)
	must(t, s.Backup(t.Context(), backup))
	killed(restored)
	must(t, Restore(t.Context(), backup, restored))
	killed(other)
	failed := errors.New("cut off")
	for _, end := range []error{failed, nil} { // as PostgreSQL's backup is written
		err := Write(t.Context(), other, func(*sql.Tx) error {
			if there(other) {
				t.Error("a backup has its name before it is whole")
			}
			return end
		})
		if !errors.Is(err, end) || there(other) != (end == nil) {
			t.Errorf("ended with %v: %v, there %t", end, err, there(other))
		}
	}
	for _, path := range []string{backup, restored, other} {
		for _, left := range []string{".part", ".part-wal", ".part-shm", "-wal"} {
			if there(path + left) {
				t.Errorf("%s%s is left", filepath.Base(path), left)
			}
		}
	}
	r, err := Open(t.Context(), restored)
	must(t, err)
	defer func() { _ = r.Close() }()
	if n := conformance.Issue(t, r, conformance.Draft(conformance.NewID())).Number.Serial; n != 4 {
		t.Errorf("the next number after the restore is %d, want 4", n)
	}
}
