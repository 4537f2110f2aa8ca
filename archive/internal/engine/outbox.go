package engine

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"antin/archive"
)

const webhookColumns = `id, agency, url, secret, moves, disabled`

func scanWebhook(rows *sql.Rows) (w archive.Webhook, err error) {
	var (
		moves    string
		disabled int64
	)
	err = rows.Scan(&w.ID, &w.Agency, &w.URL, &w.Secret, &moves, &disabled)
	w.Moves, w.Disabled = archive.SplitMoves(moves), disabled != 0
	return w, err
}

// publish writes a delivery for each receiver that wants to hear of a move.
// row is the move's place in the audit trail, which makes the id stable.
func (t *Tx) publish(d archive.Document, s archive.Step, row int64) error {
	hooks, err := collect(t.ctx, t, scanWebhook, `SELECT `+webhookColumns+` FROM webhooks WHERE agency = $1 AND disabled = 0 ORDER BY id`, d.Agency)
	if err != nil {
		return fmt.Errorf("reading the webhooks: %w", err)
	}
	for _, w := range hooks {
		if len(w.Moves) > 0 && !slices.Contains(w.Moves, s.Move) {
			continue
		}
		body := archive.EventBody{
			ID: fmt.Sprintf("%s-%d", w.ID, row), Event: "document." + string(s.Move), At: s.At, Agency: d.Agency,
			Document: d.ID, Form: d.Form, State: d.State, Dossier: d.DossierCode, LookupCode: d.LookupCode,
			Reason: s.Reason, Other: s.Other,
		}
		if d.Number != nil {
			body.Number, body.Date = d.Number.Full(), dayText(d.Number.Date)
		}
		if n := len(d.Revisions); n > 0 {
			body.SHA256 = d.Revisions[n-1].SHA256
		}
		b, err := json.Marshal(body)
		if err != nil {
			return err
		}
		err = t.exec(`INSERT INTO deliveries (id, webhook, agency, document, move, body, state, attempts, due, status, error, created, updated)
			VALUES ($1, $2, $3, $4, $5, $6, 'waiting', 0, $7, 0, '', $7, $7)`,
			body.ID, w.ID, d.Agency, d.ID, string(s.Move), b, micros(s.At))
		if err == nil {
			_, err = t.enqueue(s.At, archive.JobAbout(archive.JobDelivery, d.Agency, body.ID))
		}
		if err != nil {
			return fmt.Errorf("writing a delivery to webhook %s: %w", w.ID, err)
		}
	}
	return nil
}

// PutWebhook implements archive.Outbox.
func (e *Engine) PutWebhook(ctx context.Context, w archive.Webhook, by archive.Actor, at time.Time) error {
	what := "entering webhook " + w.ID
	if err := errors.Join(w.Check(), archive.CheckActor(by)); err != nil {
		return e.wrap(what, err)
	}
	if w.Secret == nil {
		w.Secret = []byte{}
	}
	return e.do(ctx, what, func(t *Tx) error {
		if _, err := agency(t.ctx, t, w.Agency); err != nil {
			return err
		}
		was, err := webhook(t.ctx, t, w.ID)
		if err == nil && was.Agency != w.Agency {
			return &archive.DuplicateError{Field: "webhook", Value: w.ID}
		}
		if err != nil && !errors.As(err, new(*archive.NotFoundError)) {
			return err
		}
		err = t.exec(`INSERT INTO webhooks (id, agency, url, secret, moves, disabled) VALUES ($1, $2, $3, $4, $5, $6)
			ON CONFLICT (id) DO UPDATE SET url = excluded.url, secret = excluded.secret, moves = excluded.moves, disabled = excluded.disabled`,
			w.ID, w.Agency, w.URL, w.Secret, archive.JoinMoves(w.Moves), flag(w.Disabled))
		if err != nil {
			return err
		}
		return t.configured(w.Agency, "webhook", map[string]any{
			"id": w.ID, "url": w.URL, "moves": w.Moves, "disabled": w.Disabled,
			"secret_sha256": sumHex(w.Secret),
		}, by, at)
	})
}

func webhook(ctx context.Context, r reader, id string) (archive.Webhook, error) {
	all, err := collect(ctx, r, scanWebhook, `SELECT `+webhookColumns+` FROM webhooks WHERE id = $1`, id)
	if err == nil && len(all) == 0 {
		err = &archive.NotFoundError{What: "webhook", ID: id}
	}
	if err != nil {
		return archive.Webhook{}, err
	}
	return all[0], nil
}

// Webhook implements archive.Outbox.
func (e *Engine) Webhook(ctx context.Context, id string) (w archive.Webhook, err error) {
	err = e.reading(ctx, "reading webhook "+id, func(r reader) (err error) {
		w, err = webhook(ctx, r, id)
		return err
	})
	return w, err
}

// Webhooks implements archive.Outbox.
func (e *Engine) Webhooks(ctx context.Context, agency string) ([]archive.Webhook, error) {
	return collectOnce(ctx, e, "listing webhooks", scanWebhook,
		`SELECT `+webhookColumns+` FROM webhooks WHERE $1 = '' OR agency = $1 ORDER BY agency, id`, agency)
}

const deliveryColumns = `seq, id, webhook, agency, document, move, body, state, attempts, due, status, error, created, updated`

// keptDelivery is a delivery row.
type keptDelivery struct {
	archive.Delivery
	seq int64
}

func scanDelivery(rows *sql.Rows) (d keptDelivery, err error) {
	var due, created, updated int64
	err = rows.Scan(&d.seq, &d.ID, &d.Webhook, &d.Agency, &d.Document, &d.Move, &d.Body, &d.State, &d.Attempts, &due,
		&d.Status, &d.Error, &created, &updated)
	d.Due, d.Created, d.Updated = fromMicros(due), fromMicros(created), fromMicros(updated)
	return d, err
}

func bareDeliveries(all []keptDelivery) []archive.Delivery {
	out := make([]archive.Delivery, len(all))
	for i := range all {
		out[i] = all[i].Delivery
	}
	return out
}

func delivery(ctx context.Context, r reader, id string) (archive.Delivery, error) {
	all, err := collect(ctx, r, scanDelivery, `SELECT `+deliveryColumns+` FROM deliveries WHERE id = $1`, id)
	if err == nil && len(all) == 0 {
		err = &archive.NotFoundError{What: "delivery", ID: id}
	}
	if err != nil {
		return archive.Delivery{}, err
	}
	return all[0].Delivery, nil
}

// Delivery implements archive.Outbox.
func (e *Engine) Delivery(ctx context.Context, id string) (d archive.Delivery, err error) {
	err = e.reading(ctx, "reading delivery "+id, func(r reader) (err error) {
		d, err = delivery(ctx, r, id)
		return err
	})
	return d, err
}

// EndDelivery implements archive.Outbox.
func (e *Engine) EndDelivery(ctx context.Context, id string, status int, at time.Time) error {
	return e.endDelivery(ctx, id, archive.DeliveryTaken, status, "", at, at)
}

// FailDelivery implements archive.Outbox.
func (e *Engine) FailDelivery(ctx context.Context, id string, status int, reason string, retry, at time.Time) error {
	if retry.IsZero() {
		return e.endDelivery(ctx, id, archive.DeliveryGivenUp, status, reason, at, at)
	}
	return e.endDelivery(ctx, id, archive.DeliveryWaiting, status, reason, retry, at)
}

// endDelivery writes an attempt down. One that lost against another's success
// changes nothing: the receiver has it.
func (e *Engine) endDelivery(ctx context.Context, id string, state archive.DeliveryState, status int, reason string, due, at time.Time) error {
	return e.do(ctx, "writing down an attempt at delivery "+id, func(t *Tx) error {
		return t.exec(`UPDATE deliveries SET state = $2, attempts = attempts + 1, status = $3, error = $4, due = $5, updated = $6
			WHERE id = $1 AND state = 'waiting'`, id, string(state), status, clip(reason), micros(due), micros(at))
	})
}

// Replay implements archive.Outbox.
func (e *Engine) Replay(ctx context.Context, id string, by archive.Actor, at time.Time) error {
	what := "replaying delivery " + id
	if err := archive.CheckActor(by); err != nil {
		return e.wrap(what, err)
	}
	return e.do(ctx, what, func(t *Tx) error {
		d, err := delivery(t.ctx, t, id)
		if err != nil {
			return err
		}
		if d.State == archive.DeliveryWaiting {
			return nil // under way already
		}
		err = t.exec(`UPDATE deliveries SET state = 'waiting', attempts = 0, due = $2, updated = $2 WHERE id = $1`, id, micros(at))
		if err != nil {
			return err
		}
		// A job of its own: the last one may be about to end, or be gone since.
		job := archive.JobAbout(archive.JobDelivery, d.Agency, id)
		job.ID += fmt.Sprintf("/%d", t.head.seq+1)
		_, err = t.enqueue(at, job)
		if err != nil {
			return fmt.Errorf("asking for the delivery's job: %w", err)
		}
		return t.again("webhook.replay", d.Agency, id, by, at)
	})
}

// Deliveries implements archive.Outbox.
func (e *Engine) Deliveries(ctx context.Context, f archive.DeliveryFilter, p archive.Page) ([]archive.Delivery, string, error) {
	var c conditions
	c.equal("agency", f.Agency)
	c.equal("webhook", f.Webhook)
	c.equal("document", f.Document)
	c.equal("state", string(f.State))
	all, next, err := seqPage(ctx, e, "listing deliveries", scanDelivery, func(d keptDelivery) int64 { return d.seq },
		`SELECT `+deliveryColumns+` FROM deliveries`, c, p)
	return bareDeliveries(all), next, err
}
