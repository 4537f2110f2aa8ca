package conformance

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// OnServer completes a Bench whose store is in a PostgreSQL database: its
// backends' processor time, its log, and what settles it after it was filled.
func (x Bench) OnServer(b *testing.B, url string) Bench {
	b.Helper()
	conn, err := pgx.Connect(b.Context(), url)
	must(b, err)
	b.Cleanup(func() { _ = conn.Close(context.WithoutCancel(b.Context())) })
	x.Settle = func() {
		for _, q := range []string{`VACUUM ANALYZE`, `CHECKPOINT`} {
			if _, err := conn.Exec(b.Context(), q); err != nil {
				b.Error(err)
			}
		}
	}
	x.Server = func() (time.Duration, int64) { return serverUsage(b, conn) }
	return x
}

// serverUsage is the processor time of the database's backends and where the
// server's log ends.
func serverUsage(b *testing.B, conn *pgx.Conn) (cpu time.Duration, log int64) {
	b.Helper()
	rows, err := conn.Query(b.Context(), `SELECT pid, (SELECT pg_current_wal_insert_lsn() - '0/0')::bigint FROM pg_stat_activity
		WHERE datname = current_database() AND application_name = 'antin'`)
	must(b, err)
	defer rows.Close()
	for rows.Next() {
		var pid int
		must(b, rows.Scan(&pid, &log))
		cpu += processorOf(b, pid)
	}
	must(b, rows.Err())
	return cpu, log
}

// processorOf is the processor time of another process: sum_exec_runtime in ns,
// the first field of /proc/pid/schedstat.
func processorOf(b *testing.B, pid int) time.Duration {
	b.Helper()
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/schedstat", pid))
	must(b, err)
	ns, err := strconv.ParseInt(strings.Fields(string(raw))[0], 10, 64)
	must(b, err)
	return time.Duration(ns)
}
