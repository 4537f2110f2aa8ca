package conformance

import (
	"os"
	"path/filepath"
	"testing"

	"antin/archive/bucket"
	"antin/internal/judge"
)

// NewBucket is a bucket of a real server, with the folder behind it as the back
// door.
func NewBucket(t testing.TB) Filer {
	t.Helper()
	s := judge.Bucket(t)
	b, err := bucket.Open(t.Context(), bucket.Config{
		Endpoint: s.Endpoint, Bucket: s.Bucket, Region: s.Region, Prefix: "antin", AccessKey: s.AccessKey, SecretKey: s.SecretKey,
	})
	must(t, err)
	at := func(name string) string { return filepath.Join(s.Folder, "antin", name) }
	return Filer{
		Files: b,
		Damage: func(name string) {
			raw, err := os.ReadFile(at(name))
			must(t, err)
			raw[len(raw)/2] ^= 1
			must(t, os.WriteFile(at(name), raw, 0o600))
		},
		Delete: func(name string) { must(t, os.Remove(at(name))) },
		Break:  s.Stop,
	}
}
