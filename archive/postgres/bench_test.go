package postgres_test

import (
	"testing"

	"antin/archive/conformance"
	"antin/internal/judge"
)

// As BenchmarkDocument of archive/sqlite. What is measured is the service's
// side alone; the test server writes nothing through to the disk.
func BenchmarkDocument(b *testing.B) {
	conformance.Benchmark(b, openAt(b, schema(b, judge.Postgres(b))), 1_000, 10_000, 100_000)
}
