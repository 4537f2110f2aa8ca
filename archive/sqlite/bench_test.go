package sqlite_test

import (
	"path/filepath"
	"testing"

	"antin/archive/conformance"
)

// The cost of a document must not grow with the register. Use -benchtime 20x:
// a turn is 48 documents in each register.
func BenchmarkDocument(b *testing.B) {
	conformance.Benchmark(b, func(b *testing.B) conformance.Bench {
		return conformance.Bench{Store: openAt(b, filepath.Join(b.TempDir(), "antin.db"))}
	}, 1_000, 10_000, 100_000)
}
