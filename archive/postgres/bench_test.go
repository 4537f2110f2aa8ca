package postgres_test

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"antin/archive/conformance"
	"antin/internal/judge"
)

// As BenchmarkDocument of archive/sqlite. The processor time is that of the
// service and of the server's processes that serve it; written is the server's
// log. The test server does not wait for the disk.
func BenchmarkDocument(b *testing.B) {
	conformance.Benchmark(b, func(b *testing.B) conformance.Bench {
		server := judge.Postgres(b)
		conn, err := pgx.Connect(b.Context(), server)
		if err != nil {
			b.Fatal(err)
		}
		b.Cleanup(func() { _ = conn.Close(context.WithoutCancel(b.Context())) })
		return conformance.Bench{
			Store: openAt(b, schema(b, server)),
			Settle: func() {
				for _, q := range []string{`VACUUM ANALYZE`, `CHECKPOINT`} {
					if _, err := conn.Exec(b.Context(), q); err != nil {
						b.Error(err)
					}
				}
			},
			Server: func() (time.Duration, int64) { return serverUsage(b, conn) },
		}
	}, 1_000, 10_000, 100_000)
}

// serverUsage is the processor time of the database's backends and where the
// server's log ends.
func serverUsage(b *testing.B, conn *pgx.Conn) (cpu time.Duration, log int64) {
	b.Helper()
	rows, err := conn.Query(b.Context(), `SELECT pid, (SELECT pg_current_wal_insert_lsn() - '0/0')::bigint FROM pg_stat_activity
		WHERE datname = current_database() AND application_name = 'antin'`)
	if err != nil {
		b.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var pid int
		if err := rows.Scan(&pid, &log); err != nil {
			b.Fatal(err)
		}
		cpu += processorOf(b, pid)
	}
	if rows.Err() != nil {
		b.Fatal(rows.Err())
	}
	return cpu, log
}

// processorOf is the processor time of another process: sum_exec_runtime in ns,
// the first field of /proc/pid/schedstat.
func processorOf(b *testing.B, pid int) time.Duration {
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/schedstat", pid))
	if err != nil {
		b.Fatal(err)
	}
	ns, err := strconv.ParseInt(strings.Fields(string(raw))[0], 10, 64)
	if err != nil {
		b.Fatal(err)
	}
	return time.Duration(ns)
}
