package engine

import (
	"context"
	"database/sql"
	"time"

	"antin/archive"
)

// seenEvery is how often a session's use is written down: not with each request.
const seenEvery = time.Minute

// over is a condition on sessions with the two moments of sessionLimits.
const over = `(opened <= $1 OR seen <= $2)`

func sessionLimits(at time.Time, b archive.SessionBounds) (opened, seen int64) {
	return micros(at.Add(-b.Life)), micros(at.Add(-b.Idle))
}

// OpenSession implements archive.Sessions.
func (e *Engine) OpenSession(ctx context.Context, id [32]byte, key string, at time.Time, b archive.SessionBounds) (opened bool, err error) {
	err = e.do(ctx, "opening a session", func(t *Tx) error {
		opened = false
		begun, seen := sessionLimits(at, b)
		if err := t.exec(`DELETE FROM sessions WHERE `+over, begun, seen); err != nil {
			return err
		}
		err := t.exec(`DELETE FROM sessions WHERE key = $1 AND id NOT IN
			(SELECT id FROM sessions WHERE key = $1 ORDER BY opened DESC, id LIMIT $2)`, key, max(0, b.PerKey-1))
		if err != nil {
			return err
		}
		var all int
		if err := t.row(t.ctx, `SELECT count(*) FROM sessions`).Scan(&all); err != nil || all >= b.All {
			return err
		}
		opened = true
		return t.exec(`INSERT INTO sessions (id, key, opened, seen) VALUES ($1, $2, $3, $3)`, id[:], key, micros(at))
	})
	return opened && err == nil, err
}

// SessionKey implements archive.Sessions.
func (e *Engine) SessionKey(ctx context.Context, id [32]byte, at time.Time, b archive.SessionBounds) (archive.Key, error) {
	const what = "reading a session"
	type kept struct {
		key          string
		opened, seen int64
	}
	var all []kept
	var key keptKey
	err := e.reading(ctx, what, func(r reader) (err error) {
		all, err = collect(ctx, r, func(rows *sql.Rows) (k kept, err error) {
			return k, rows.Scan(&k.key, &k.opened, &k.seen)
		}, `SELECT key, opened, seen FROM sessions WHERE id = $1`, id[:])
		if err == nil && len(all) == 1 {
			key, err = keyByID(ctx, r, all[0].key)
		}
		return err
	})
	if err != nil {
		return archive.Key{}, err
	}
	begun, seen := sessionLimits(at, b)
	if len(all) == 0 || all[0].opened <= begun || all[0].seen <= seen {
		return archive.Key{}, e.wrap(what, &archive.NotFoundError{What: "session"})
	}
	if !key.Revoked.IsZero() {
		return archive.Key{}, &archive.KeyError{ID: key.ID, Reason: archive.KeyRevoked}
	}
	if at.Sub(fromMicros(all[0].seen)) >= seenEvery {
		err = e.do(ctx, "noting the use of a session", func(t *Tx) error {
			return t.exec(`UPDATE sessions SET seen = $2 WHERE id = $1 AND seen < $2`, id[:], micros(at))
		})
	}
	return key.Key, err
}

// EndSession implements archive.Sessions.
func (e *Engine) EndSession(ctx context.Context, id [32]byte) error {
	return e.do(ctx, "ending a session", func(t *Tx) error {
		return t.exec(`DELETE FROM sessions WHERE id = $1`, id[:])
	})
}
