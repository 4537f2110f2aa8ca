//go:build unix

package postgres_test

import (
	"syscall"
	"testing"
	"time"

	"antin/archive/conformance"
	"antin/internal/judge"
)

// As BenchmarkDocument of archive/sqlite. The processor time is the service's
// alone; the test server writes nothing through to the disk.
func BenchmarkDocument(b *testing.B) {
	conformance.Benchmark(b, openAt(b, schema(b, judge.Postgres(b))), processor, 1_000, 10_000, 100_000)
}

// processor is the time that this process has had on processors.
func processor() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
