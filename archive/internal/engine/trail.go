package engine

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"slices"

	"antin/archive"
)

const auditColumns = `seq, at, action, agency, document, actor_id, actor_name, actor_role, detail, hash`

func scanAudit(rows *sql.Rows) (r archive.AuditRow, err error) {
	var (
		at   int64
		hash []byte
	)
	err = rows.Scan(&r.Seq, &at, &r.Action, &r.Agency, &r.Document, &r.By.ID, &r.By.Name, &r.By.Role, (*[]byte)(&r.Detail), &hash)
	r.At = fromMicros(at)
	if err == nil && copy(r.Hash[:], hash) != len(r.Hash) {
		err = fmt.Errorf("audit row %d: the hash has %d bytes", r.Seq, len(hash))
	}
	return r, err
}

// Record implements archive.Trail.
func (e *Engine) Record(ctx context.Context, ev archive.Event) (row archive.AuditRow, err error) {
	what := "recording " + ev.Action
	if err := ev.Check(); err != nil {
		return row, e.wrap(what, err)
	}
	err = e.do(ctx, what, func(t *Tx) error {
		var err error
		row, err = t.audit(ev)
		return err
	})
	return row, err
}

// Audit implements archive.Trail.
func (e *Engine) Audit(ctx context.Context, f archive.AuditFilter, after int64, limit int) ([]archive.AuditRow, error) {
	var c conditions
	c.and("seq > $%d", after)
	for _, eq := range [...]struct{ column, value string }{
		{"agency", f.Agency}, {"document", f.Document}, {"action", f.Action}, {"actor_id", f.Actor},
	} {
		if err := archive.CheckText(eq.column, eq.value, archive.MaxText); err != nil {
			return nil, err
		}
		if eq.value != "" {
			c.and(eq.column+" = $%d", eq.value)
		}
	}
	if f.Document != "" {
		c.and("document <> ''") // lets the partial index serve
	}
	if f.Action == archive.ActionConfigChange {
		c.and("document = ''") // as all of these; lets the other partial index serve
	}
	if !f.From.IsZero() {
		c.and("at >= $%d", micros(f.From))
	}
	if !f.To.IsZero() {
		c.and("at < $%d", micros(f.To))
	}
	size := archive.Page{Limit: limit}.Size()
	return collectOnce(ctx, e, "reading the audit trail", scanAudit, fmt.Sprintf(`SELECT %s FROM audit%s ORDER BY seq LIMIT %d`, auditColumns, c.where(), size), c.args...)
}

// Head implements archive.Trail.
func (e *Engine) Head(ctx context.Context) (int64, []byte, error) {
	var (
		seq  int64
		hash []byte
	)
	err := e.reading(ctx, "reading the head of the audit trail", func(r reader) error {
		return r.row(ctx, `SELECT seq, hash FROM audit_head WHERE id = 1`).Scan(&seq, &hash)
	})
	return seq, hash, err
}

// PutCheckpoint implements archive.Trail.
func (e *Engine) PutCheckpoint(ctx context.Context, c archive.Checkpoint) error {
	day := dayText(c.Day)
	return e.do(ctx, "entering the checkpoint of "+day, func(t *Tx) error {
		var hash []byte
		err := t.row(t.ctx, `SELECT hash FROM audit WHERE seq = $1`, c.Seq).Scan(&hash)
		if err != nil && !(errors.Is(err, sql.ErrNoRows) && c.Seq == 0) {
			return fmt.Errorf("reading audit row %d: %w", c.Seq, err)
		}
		if c.Seq != 0 && string(hash) != string(c.Hash[:]) {
			return &archive.InvalidError{Field: "hash", Problem: fmt.Sprintf("is not that of audit row %d", c.Seq)}
		}
		n, err := t.execN(`INSERT INTO checkpoints (day, seq, hash, at, signature) VALUES ($1, $2, $3, $4, $5)
			ON CONFLICT (day) DO NOTHING`, day, c.Seq, c.Hash[:], micros(c.At), c.Signature)
		if err == nil && n == 0 {
			err = &archive.DuplicateError{Field: "checkpoint", Value: day}
		}
		return err
	})
}

// Checkpoints implements archive.Trail.
func (e *Engine) Checkpoints(ctx context.Context) ([]archive.Checkpoint, error) {
	var all []archive.Checkpoint
	err := e.reading(ctx, "reading the checkpoints", func(r reader) (err error) {
		all, err = checkpoints(ctx, r)
		return err
	})
	return all, err
}

func checkpoints(ctx context.Context, r reader) ([]archive.Checkpoint, error) {
	return collect(ctx, r, func(rows *sql.Rows) (c archive.Checkpoint, err error) {
		var (
			day  string
			hash []byte
			at   int64
		)
		if err := rows.Scan(&day, &c.Seq, &hash, &at, &c.Signature); err != nil {
			return c, err
		}
		if copy(c.Hash[:], hash) != len(hash) || len(hash) != len(c.Hash) {
			return c, fmt.Errorf("checkpoint of %s: the hash has %d bytes", day, len(hash))
		}
		c.At = fromMicros(at)
		c.Day, err = parseDay(day)
		return c, err
	}, `SELECT day, seq, hash, at, signature FROM checkpoints ORDER BY day`)
}

// VerifyAudit implements archive.Trail.
func (e *Engine) VerifyAudit(ctx context.Context, signed func(archive.Checkpoint) error) (report archive.AuditReport, err error) {
	err = e.view(ctx, "walking the audit trail", func(r reader) error {
		report, err = e.verifyAudit(ctx, r, signed)
		return err
	})
	if report.Broken != nil || err != nil || e.d.Examine == nil {
		return report, err
	}
	damage, err := e.d.Examine(ctx, e.read, "audit")
	if err != nil {
		return report, e.wrap("examining the audit table", err)
	}
	if len(damage) > 0 {
		report.Broken = &archive.AuditBreak{Kind: archive.RowUnreadable, Detail: damage[0]}
	}
	return report, nil
}

// verifyAudit walks the chain. It takes each column as what it is stored as:
// a text turned into bytes, or a number into text, is an edit too.
func (e *Engine) verifyAudit(ctx context.Context, r reader, signed func(archive.Checkpoint) error) (archive.AuditReport, error) {
	w := archive.Walk{Signed: signed}
	points, err := checkpoints(ctx, r)
	if err != nil {
		return w.Report(), err
	}
	bySeq := map[int64][]archive.Checkpoint{}
	for _, p := range points {
		bySeq[p.Seq] = append(bySeq[p.Seq], p)
	}
	stated := func(seq int64) bool {
		for _, p := range bySeq[seq] {
			if !w.Checkpoint(p) {
				return false
			}
		}
		delete(bySeq, seq)
		return true
	}
	if !stated(0) {
		return w.Report(), nil
	}
	rows, err := r.query(ctx, `SELECT `+auditColumns+` FROM audit ORDER BY seq`)
	if err != nil {
		return w.Report(), err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		row, err := strictAudit(rows)
		if err != nil {
			w.Unreadable(err.Error())
			return w.Report(), nil
		}
		if !w.Row(row) || !stated(row.Seq) {
			return w.Report(), nil
		}
	}
	if err := rows.Err(); err != nil {
		if !e.d.Damaged(err) {
			return w.Report(), err
		}
		w.Unreadable(err.Error())
		return w.Report(), nil
	}
	for _, seq := range slices.Sorted(maps.Keys(bySeq)) { // of rows that are not there
		w.Checkpoint(bySeq[seq][0])
	}
	var (
		seq  int64
		hash []byte
	)
	if err := r.row(ctx, `SELECT seq, hash FROM audit_head WHERE id = 1`).Scan(&seq, &hash); err != nil {
		if !e.d.Damaged(err) && !errors.Is(err, sql.ErrNoRows) {
			return w.Report(), err
		}
		w.Unreadable("the head: " + err.Error())
		return w.Report(), nil
	}
	if len(hash) != 32 {
		w.Unreadable("the head's hash is not 32 bytes")
		return w.Report(), nil
	}
	w.End(seq, [32]byte(hash))
	return w.Report(), nil
}

// strictAudit is scanAudit that insists on the stored types.
func strictAudit(rows *sql.Rows) (archive.AuditRow, error) {
	var v [10]any
	var p [10]any
	for i := range v {
		p[i] = &v[i]
	}
	if err := rows.Scan(p[:]...); err != nil {
		return archive.AuditRow{}, err
	}
	var r archive.AuditRow
	seq, ok1 := v[0].(int64)
	at, ok2 := v[1].(int64)
	if !ok1 || !ok2 {
		return r, errors.New("position or time is not a number")
	}
	var text [7]string
	for i := range text {
		s, ok := v[2+i].(string)
		if !ok {
			return r, fmt.Errorf("column %d is not a text", 2+i)
		}
		text[i] = s
	}
	hash, ok := v[9].([]byte)
	if !ok || len(hash) != len(r.Hash) {
		return r, errors.New("the hash is not 32 bytes")
	}
	r.Seq, r.At = seq, fromMicros(at)
	r.Action, r.Agency, r.Document = text[0], text[1], text[2]
	r.By = archive.Actor{ID: text[3], Name: text[4], Role: text[5]}
	r.Detail = []byte(text[6])
	copy(r.Hash[:], hash)
	return r, nil
}
