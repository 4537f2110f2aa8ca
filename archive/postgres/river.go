package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/pressly/goose/v3"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverdatabasesql"
	"github.com/riverqueue/river/rivermigrate"
	"github.com/riverqueue/river/rivertype"

	"antin/archive"
	"antin/archive/internal/engine"
)

// riverSchema is the version of River's tables that migration 10 makes. A newer
// River that needs another gets a migration of its own.
const riverSchema = 8

// toRiver are the migrations in which River's tables come in the place of our
// own: what waits goes on there; deliveries and batches get jobs. River makes its
// tables in transactions of its own, and finds what it made before.
func toRiver() []*goose.Migration {
	return []*goose.Migration{
		goose.NewGoMigration(10, &goose.GoFunc{RunDB: riverTables}, nil),
		goose.NewGoMigration(11, &goose.GoFunc{RunTx: moveJobs}, nil),
	}
}

func riverTables(ctx context.Context, db *sql.DB) error {
	m, err := rivermigrate.New(riverdatabasesql.New(db), &rivermigrate.Config{Logger: slog.New(slog.DiscardHandler)})
	if err == nil {
		_, err = m.Migrate(ctx, rivermigrate.DirectionUp, &rivermigrate.MigrateOpts{TargetVersion: riverSchema})
	}
	if err != nil {
		return fmt.Errorf("making River's tables: %w", err)
	}
	return nil
}

func moveJobs(ctx context.Context, tx *sql.Tx) error {
	for _, q := range []string{
		`ALTER TABLE jobs DROP COLUMN done, DROP COLUMN total, DROP COLUMN lease_until`,
		`DROP INDEX deliveries_due`,
		`ALTER TABLE deliveries DROP COLUMN owner, DROP COLUMN lease_until`,
		`UPDATE deliveries SET state = 'waiting' WHERE state = 'running'`,
		`INSERT INTO jobs (id, kind, agency, payload, state, due, attempts, owner, result, error, created, updated)
				SELECT 'delivery/' || id, 'delivery', agency, json_build_object('about', id), 'waiting', due, 0, '', '', '', created, updated
				FROM deliveries WHERE state = 'waiting' ORDER BY seq`,
		`INSERT INTO jobs (id, kind, agency, payload, state, due, attempts, owner, result, error, created, updated)
				SELECT 'batch/' || id, 'batch', agency, json_build_object('about', id), 'waiting', created, 0, '', '', '', created, created
				FROM batches b WHERE EXISTS (SELECT 1 FROM batch_items i WHERE i.batch = b.id AND (i.state = 'waiting' OR i.state = 'numbered')) ORDER BY seq`,
	} {
		if _, err := tx.ExecContext(ctx, q); err != nil {
			return err
		}
	}
	jobs, err := engine.JobsFromTable(ctx, tx)
	if err == nil {
		err = jobsToRiver(ctx, tx, jobs)
	}
	if err != nil {
		return fmt.Errorf("moving the jobs to River: %w", err)
	}
	_, err = tx.ExecContext(ctx, `DROP TABLE jobs`)
	return err
}

// copyMany is how many jobs are inserted by one statement.
const copyMany = 500

// jobsToRiver is engine.CopyJobs.To: jobs that another database had, those that
// failed too.
func jobsToRiver(ctx context.Context, tx *sql.Tx, jobs []archive.Job) error {
	client, err := river.NewClient(riverdatabasesql.New(nil), &river.Config{Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		return err
	}
	now := time.Now()
	for i := 0; i < len(jobs); i += copyMany {
		if _, err := client.InsertManyTx(ctx, tx, insertParams(now, jobs[i:min(i+copyMany, len(jobs))])); err != nil {
			return err
		}
	}
	for _, j := range jobs {
		if j.Attempts == 0 {
			continue
		}
		_, err := tx.ExecContext(ctx, `UPDATE river_job SET attempt = $2::bigint,
			state = CASE WHEN $4::boolean THEN 'cancelled' ELSE state END, finalized_at = CASE WHEN $4::boolean THEN now() END,
			errors = ARRAY[jsonb_build_object('at', now(), 'attempt', $2::bigint, 'error', $3::text, 'trace', '')]
			WHERE args @> jsonb_build_object('id', $1::text)`, j.ID, min(j.Attempts, maxAttempts-1), j.Error, j.State == archive.JobFailed)
		if err != nil {
			return fmt.Errorf("job %s: %w", j.ID, err)
		}
	}
	return nil
}

// jobsFromRiver is engine.CopyJobs.From.
func jobsFromRiver(ctx context.Context, tx *sql.Tx) (jobs []archive.Job, err error) {
	rows, err := tx.QueryContext(ctx, `SELECT args->>'id', kind, coalesce(args->>'agency', ''), args->>'payload', state::text, scheduled_at, attempt,
		coalesce(errors[array_upper(errors, 1)]->>'error', ''), created_at, coalesce(finalized_at, attempted_at, created_at)
		FROM river_job WHERE state <> 'completed' ORDER BY id`)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var j archive.Job
		var state, payload string
		if err := rows.Scan(&j.ID, &j.Kind, &j.Agency, &payload, &state, &j.Due, &j.Attempts, &j.Error, &j.Created, &j.Updated); err != nil {
			return nil, err
		}
		j.Payload, j.State, j.Error = []byte(payload), stateOf(rivertype.JobState(state)), bareError(j.Error)
		jobs = append(jobs, j)
	}
	return jobs, rows.Err()
}
