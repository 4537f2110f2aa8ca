package engine

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"antin/archive"
)

// CreateBatch implements archive.Batches.
func (e *Engine) CreateBatch(ctx context.Context, b archive.Batch, i archive.Idempotency) (batch archive.Batch, created bool, err error) {
	what := "creating batch " + b.ID
	if err := b.Check(); err != nil {
		return batch, false, e.wrap(what, err)
	}
	if err := errors.Join(archive.CheckText("idempotency scope", i.Scope, archive.MaxText), archive.CheckText("idempotency key", i.Key, archive.MaxText)); err != nil {
		return batch, false, e.wrap(what, err)
	}
	err = e.do(ctx, what, func(t *Tx) error {
		var err error
		batch, created, err = t.createBatch(b, i)
		return err
	})
	if err != nil {
		return archive.Batch{}, false, err
	}
	return batch, created, nil
}

func (t *Tx) createBatch(b archive.Batch, i archive.Idempotency) (archive.Batch, bool, error) {
	none := archive.Batch{}
	var (
		id      string
		request []byte
	)
	err := t.row(t.ctx, `SELECT id, request FROM batches WHERE id = $1 OR (scope = $2 AND key = $3 AND key <> '')`, b.ID, i.Scope, i.Key).Scan(&id, &request)
	switch {
	case err == nil && i.Key != "" && string(request) != string(i.RequestHash[:]):
		return none, false, &archive.IdempotencyConflictError{Key: i.Key, Document: id}
	case err == nil:
		was, err := batch(t.ctx, t, id)
		return was, false, err
	case !errors.Is(err, sql.ErrNoRows):
		return none, false, err
	}
	if _, err := agency(t.ctx, t, b.Agency); err != nil {
		return none, false, err
	}
	err = t.exec(`INSERT INTO batches (id, agency, scope, key, request, actor_id, actor_name, actor_role, actor_person, created)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
		b.ID, b.Agency, i.Scope, i.Key, i.RequestHash[:], b.By.ID, b.By.Name, b.By.Role, b.By.Person, micros(b.Created))
	if err != nil {
		return none, false, err
	}
	for n, item := range b.Items {
		err := t.exec(`INSERT INTO batch_items (batch, n, document, state, code, detail, updated) VALUES ($1, $2, $3, 'waiting', '', '', $4)`,
			b.ID, n+1, item.Document, micros(b.Created))
		if err != nil {
			return none, false, err
		}
	}
	detail, err := jsonText(map[string]any{"id": b.ID, "documents": len(b.Items)})
	if err != nil {
		return none, false, err
	}
	if _, err := t.audit(archive.Event{Action: "batch", Agency: b.Agency, Detail: []byte(detail), By: b.By, At: b.Created}); err != nil {
		return none, false, err
	}
	if _, err := t.enqueue(b.Created, archive.JobAbout(archive.JobBatch, b.Agency, b.ID)); err != nil {
		return none, false, fmt.Errorf("asking for the batch's job: %w", err)
	}
	made, err := batch(t.ctx, t, b.ID)
	return made, true, err
}

func batch(ctx context.Context, r reader, id string) (archive.Batch, error) {
	var created int64
	b := archive.Batch{ID: id}
	err := r.row(ctx, `SELECT agency, actor_id, actor_name, actor_role, actor_person, created FROM batches WHERE id = $1`, id).Scan(
		&b.Agency, &b.By.ID, &b.By.Name, &b.By.Role, &b.By.Person, &created)
	if errors.Is(err, sql.ErrNoRows) {
		return b, &archive.NotFoundError{What: "batch", ID: id}
	}
	if err != nil {
		return b, err
	}
	b.Created = fromMicros(created)
	b.Items, err = collect(ctx, r, func(rows *sql.Rows) (i archive.BatchItem, err error) {
		var updated int64
		err = rows.Scan(&i.N, &i.Document, &i.State, &i.Code, &i.Detail, &updated)
		i.Updated = fromMicros(updated)
		return i, err
	}, `SELECT n, document, state, code, detail, updated FROM batch_items WHERE batch = $1 ORDER BY n`, id)
	return b, err
}

// NumberBatch implements archive.Batches.
func (e *Engine) NumberBatch(ctx context.Context, id string, by archive.Actor, at time.Time) (b archive.Batch, err error) {
	what := "numbering batch " + id
	if err := archive.CheckActor(by); err != nil {
		return b, e.wrap(what, err)
	}
	err = e.do(ctx, what, func(t *Tx) error {
		var err error
		if b, err = batch(t.ctx, t, id); err != nil {
			return err
		}
		for i := range b.Items {
			if b.Items[i].State != archive.ItemWaiting {
				continue
			}
			if err := t.numberItem(b, &b.Items[i], by, at); err != nil {
				return fmt.Errorf("item %d: %w", i+1, err)
			}
		}
		return nil
	})
	if err != nil {
		return archive.Batch{}, err
	}
	return b, nil
}

// numberItem numbers one document under its own savepoint: a refusal is the
// item's result, any other error ends the whole step.
func (t *Tx) numberItem(b archive.Batch, i *archive.BatchItem, by archive.Actor, at time.Time) error {
	head := t.head
	if err := t.exec("SAVEPOINT item"); err != nil {
		return err
	}
	refused := t.numberOne(b, i.Document, by, at)
	i.State, i.Updated = archive.ItemNumbered, whole(at)
	if refused != nil {
		if i.Code = archive.ErrorCode(refused); i.Code == "" {
			return refused
		}
		i.State, i.Detail = archive.ItemFailed, clip(refused.Error())
		t.head = head
		if err := t.exec("ROLLBACK TO SAVEPOINT item"); err != nil {
			return errors.Join(refused, err)
		}
	}
	if err := t.exec("RELEASE SAVEPOINT item"); err != nil {
		return err
	}
	return t.endItem(b.ID, i.N, i.State, i.Code, i.Detail, at)
}

func (t *Tx) numberOne(b archive.Batch, document string, by archive.Actor, at time.Time) error {
	d, err := one(t.ctx, t, "id", document)
	if err != nil {
		return err
	}
	if d.Agency != b.Agency {
		return &archive.NotFoundError{What: "document", ID: document} // not this agency's to see
	}
	_, err = t.number(document, by, at)
	return err
}

func (t *Tx) endItem(batch string, n int, state archive.ItemState, code, detail string, at time.Time) error {
	changed, err := t.execN(`UPDATE batch_items SET state = $3, code = $4, detail = $5, updated = $6 WHERE batch = $1 AND n = $2`,
		batch, n, string(state), code, detail, micros(at))
	if err == nil && changed == 0 {
		err = &archive.NotFoundError{What: "item", ID: fmt.Sprintf("%s/%d", batch, n)}
	}
	return err
}

// EndItem implements archive.Batches.
func (e *Engine) EndItem(ctx context.Context, id string, n int, code, detail string, at time.Time) error {
	state := archive.ItemIssued
	if code != "" {
		state = archive.ItemFailed
	}
	return e.do(ctx, fmt.Sprintf("ending item %d of batch %s", n, id), func(t *Tx) error {
		return t.endItem(id, n, state, clip(code), clip(detail), at)
	})
}

// Batch implements archive.Batches.
func (e *Engine) Batch(ctx context.Context, id string) (b archive.Batch, err error) {
	err = e.view(ctx, "reading batch "+id, func(r reader) (err error) {
		b, err = batch(ctx, r, id)
		return err
	})
	return b, err
}

// UnfinishedBatches implements archive.Batches.
func (e *Engine) UnfinishedBatches(ctx context.Context) (all []archive.Batch, err error) {
	err = e.view(ctx, "reading unfinished batches", func(r reader) error {
		all = nil
		ids, err := collect(ctx, r, func(rows *sql.Rows) (id string, err error) { return id, rows.Scan(&id) },
			`SELECT id FROM batches b WHERE EXISTS (SELECT 1 FROM batch_items i WHERE i.batch = b.id
				AND (i.state = 'waiting' OR i.state = 'numbered')) ORDER BY seq`)
		if err != nil {
			return err
		}
		for _, id := range ids {
			b, err := batch(ctx, r, id)
			if err != nil {
				return err
			}
			all = append(all, b)
		}
		return nil
	})
	return all, err
}
