package engine

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"antin/archive"
)

func micros(t time.Time) int64 { return t.UnixMicro() }

func fromMicros(n int64) time.Time { return time.UnixMicro(n).UTC() }

// whole is a time as the store would return it.
func whole(t time.Time) time.Time {
	if t.IsZero() {
		return time.Time{}
	}
	return fromMicros(micros(t))
}

// orNull stores a zero time as NULL.
func orNull(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return micros(t)
}

func fromNull(n sql.NullInt64) time.Time {
	if !n.Valid {
		return time.Time{}
	}
	return fromMicros(n.Int64)
}

func flag(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

func dayText(t time.Time) string { return t.In(archive.Zone).Format(time.DateOnly) }

func parseDay(s string) (time.Time, error) {
	return time.ParseInLocation(time.DateOnly, s, archive.Zone)
}

// textOrNull stores "" as NULL, for columns with a foreign key.
func textOrNull(s string) any {
	if s == "" {
		return nil
	}
	return s
}

func jsonText(v any) (string, error) {
	b, err := json.Marshal(v)
	return string(b), err
}

// collect reads all rows of a query.
func collect[T any](ctx context.Context, r reader, scan func(*sql.Rows) (T, error), q string, args ...any) ([]T, error) {
	rows, err := r.query(ctx, q, args...)
	if err != nil {
		return nil, err
	}
	return drain(rows, scan)
}

func drain[T any](rows *sql.Rows, scan func(*sql.Rows) (T, error)) ([]T, error) {
	defer func() { _ = rows.Close() }()
	var out []T
	for rows.Next() {
		v, err := scan(rows)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, rows.Err()
}

// conditions builds a WHERE clause with its arguments.
type conditions struct {
	text string
	args []any
}

// and adds a condition; each %d in it takes the position of the next argument.
func (c *conditions) and(cond string, args ...any) {
	pos := make([]any, len(args))
	for i := range args {
		pos[i] = len(c.args) + i + 1
	}
	if c.text != "" {
		c.text += " AND "
	}
	c.text += fmt.Sprintf(cond, pos...)
	c.args = append(c.args, args...)
}

func (c *conditions) where() string {
	if c.text == "" {
		return ""
	}
	return " WHERE " + c.text
}
