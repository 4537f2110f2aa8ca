package sqlite_test

import (
	"path/filepath"
	"testing"

	"antin/archive/conformance"
)

// The cost of a document must not grow with the register.
func BenchmarkDocument(b *testing.B) {
	conformance.Benchmark(b, openAt(b, filepath.Join(b.TempDir(), "antin.db")), 1_000, 10_000, 100_000)
}
