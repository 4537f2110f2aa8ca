//go:build unix

package sqlite_test

import (
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"antin/archive/conformance"
)

// The cost of a document must not grow with the register. Processor time is
// reported beside the clock: it tells the truth on a busy machine too.
func BenchmarkDocument(b *testing.B) {
	conformance.Benchmark(b, openAt(b, filepath.Join(b.TempDir(), "antin.db")), processor, 1_000, 10_000, 100_000)
}

// processor is the time that this process has had on processors.
func processor() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
