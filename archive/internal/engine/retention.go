package engine

import (
	"context"
	"encoding/hex"
	"fmt"
	"time"

	"antin/archive"
)

// Expired implements archive.Upkeep. A document's period runs from the end of
// the year it was numbered in.
func (e *Engine) Expired(ctx context.Context, agency string, at time.Time, p archive.Page) (archive.DocumentPage, error) {
	var c conditions
	c.and(`d.serial IS NOT NULL AND d.destroyed IS NULL AND EXISTS (SELECT 1 FROM books b WHERE b.agency = d.agency
		AND b.code = d.book AND b.retention_years > 0 AND d.year + b.retention_years < $%d)`, archive.Day(at).Year())
	c.equal("d.agency", agency)
	return e.list(ctx, c, p)
}

// Destroy implements archive.Upkeep.
func (e *Engine) Destroy(ctx context.Context, id string, act archive.Destruction, by archive.Actor, at time.Time) (doc archive.Document, err error) {
	what := fmt.Sprintf("document %s: destroy", id)
	if err := act.Check(); err != nil {
		return doc, e.wrap(what, err)
	}
	if err := archive.CheckActor(by); err != nil {
		return doc, e.wrap(what, err)
	}
	err = e.do(ctx, what, func(t *Tx) error {
		var err error
		doc, err = t.destroy(id, act, by, at)
		return err
	})
	if err == nil {
		err = e.unfile(ctx, doc)
	}
	return doc, err
}

func (t *Tx) destroy(id string, act archive.Destruction, by archive.Actor, at time.Time) (archive.Document, error) {
	d, err := load(t.ctx, t, "id", id)
	if err != nil {
		return d, err
	}
	if !d.Destroyed.IsZero() {
		return d, nil
	}
	if err := t.checkExpired(d, at); err != nil {
		return d, err
	}
	d.Destroyed, d.Data = whole(at), []byte("{}")
	if err := t.exec(`UPDATE documents SET destroyed = $2, updated = $2 WHERE id = $1`, id, micros(at)); err != nil {
		return d, err
	}
	if err := t.exec(`UPDATE document_data SET data = '{}' WHERE document = $1`, id); err != nil {
		return d, err
	}
	d.Updated = d.Destroyed
	sums, err := t.annexFiles(id)
	if err != nil {
		return d, err
	}
	for _, r := range d.Revisions {
		sums = append(sums, r.SHA256)
	}
	for _, sha256hex := range sums {
		sum, err := hex.DecodeString(sha256hex)
		if err != nil {
			return d, err
		}
		// Another document may have the very same bytes: those stay.
		err = t.exec(`UPDATE contents SET tail = $2, destroyed = $3 WHERE sha256 = $1 AND NOT EXISTS (
			SELECT 1 FROM revisions r JOIN documents o ON o.id = r.document WHERE r.content = contents.id AND o.destroyed IS NULL)
			AND NOT EXISTS (SELECT 1 FROM annexes a JOIN documents o ON o.id = a.document
				WHERE (a.sha256 = $1 OR a.signed = $1) AND o.destroyed IS NULL)`,
			sum, []byte{}, micros(at))
		if err != nil {
			return d, fmt.Errorf("destroying file %s: %w", sha256hex, err)
		}
	}
	detail, err := jsonText(map[string]string{"reason": act.Reason, "decision": act.Decision, "minutes": act.Minutes})
	if err != nil {
		return d, err
	}
	_, err = t.audit(archive.Event{Action: archive.ActionDestroy, Agency: d.Agency, Document: id, Detail: []byte(detail), By: by, At: at})
	return d, err
}

// checkExpired refuses to destroy what must still be kept.
func (t *Tx) checkExpired(d archive.Document, at time.Time) error {
	if d.Number == nil {
		return &archive.RetentionError{Document: d.ID}
	}
	b, _, err := book(t.ctx, t, d.Agency, d.Book)
	if err != nil {
		return err
	}
	if b.RetentionYears == 0 {
		return &archive.RetentionError{Document: d.ID}
	}
	if until := d.Number.Year + b.RetentionYears; archive.Day(at).Year() <= until {
		return &archive.RetentionError{Document: d.ID, Until: time.Date(until, 12, 31, 0, 0, 0, 0, archive.Zone)}
	}
	return nil
}
