package postgres_test

import (
	"testing"

	"antin/archive/conformance"
	"antin/internal/judge"
)

// As BenchmarkDocument of archive/sqlite. The processor time is that of the
// service and of the server's processes that serve it; written is the server's
// log. The test server does not wait for the disk.
func BenchmarkDocument(b *testing.B) {
	conformance.Benchmark(b, func(b *testing.B) conformance.Bench {
		server := judge.Postgres(b)
		return conformance.Bench{Store: openAt(b, schema(b, server))}.OnServer(b, server)
	}, 1_000, 10_000, 100_000)
}
