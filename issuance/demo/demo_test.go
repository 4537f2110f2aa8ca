package demo

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"antin/archive/sqlite"
	"antin/issuance"
	"antin/signer/testpki"
)

func TestMakeOnce(t *testing.T) {
	dir := t.TempDir()
	now := time.Date(2026, 3, 2, 9, 30, 0, 0, time.UTC)
	// What a start that was cut off leaves does not disturb the next one.
	if err := os.MkdirAll(filepath.Join(dir, "agencies-123", "half"), 0o700); err != nil {
		t.Fatal(err)
	}
	if made, err := Make(dir, now); err != nil || !made {
		t.Fatalf("made %v, %v", made, err)
	}
	before := tree(t, dir)
	if made, err := Make(dir, now.AddDate(1, 0, 0)); err != nil || made {
		t.Fatalf("a second start made %v, %v", made, err)
	}
	if after := tree(t, dir); after != before {
		t.Error("a second start changed the folder")
	}
	agencies, err := issuance.OpenAgencies(filepath.Join(dir, "agencies"))
	if err != nil {
		t.Fatal(err)
	}
	if len(agencies) != len(kinds) {
		t.Errorf("%d agencies, want %d", len(agencies), len(kinds))
	}
	for id, a := range agencies {
		if err := a.Check(now); err != nil {
			t.Errorf("%s: %v", id, err)
		}
		seal, err := a.Seal()
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(seal.Identity.Certificate.Subject.String(), testpki.Mark) || !strings.Contains(a.Notice, testpki.Mark) {
			t.Errorf("%s does not say that it has no legal value", id)
		}
	}
	store, err := sqlite.Open(t.Context(), filepath.Join(dir, "antin.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	first, err := APIKeys(t.Context(), dir, store, now)
	if err != nil {
		t.Fatal(err)
	}
	second, err := APIKeys(t.Context(), dir, store, now)
	if err != nil || len(second) != len(apiKeys) {
		t.Fatalf("%d keys, %v", len(second), err)
	}
	for name, secret := range first {
		if second[name] != secret {
			t.Errorf("key %s changed", name)
		}
		if _, err := store.Authenticate(t.Context(), secret); err != nil {
			t.Errorf("key %s: %v", name, err)
		}
	}
}

// tree lists the files of a folder with their sizes and times.
func tree(t *testing.T, dir string) string {
	t.Helper()
	var b strings.Builder
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil || d.IsDir() {
			return err
		}
		b.WriteString(path + " " + info.ModTime().String() + "\n")
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}
