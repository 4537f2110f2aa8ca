package issuance

import (
	"context"
	"time"

	"antin/archive"
)

// Rehearsal is how long each step of a document took without the store.
type Rehearsal struct{ Render, Certify, Seal time.Duration }

// Rehearse takes a request through render, certify and seal in memory, with a
// made-up number, and keeps nothing: for measuring, and for trying a new key or
// form before it is used.
func (s *Service) Rehearse(ctx context.Context, r Request) (Rehearsal, error) {
	var out Rehearsal
	start := time.Now()
	p, err := s.prepare(ctx, r)
	if err != nil {
		return out, err
	}
	at := s.now()
	pdf, _, err := p.render(at)
	if err != nil {
		return out, err
	}
	out.Render = time.Since(start)
	d := p.draft(r)
	doc := archive.Document{
		Agency: d.Agency, Form: d.Form, FormVersion: d.FormVersion, Moves: d.Moves, Book: d.Book, DossierCode: d.DossierCode, SignatoryTitle: d.SignatoryTitle, SignatoryName: d.SignatoryName,
		Number: &archive.Number{Agency: d.Agency, Book: d.Book, Year: at.Year(), Serial: 15, Text: "15", Symbol: d.Symbol, Date: archive.Day(at)},
	}
	if len(d.Moves) > 0 && d.Moves[0] == archive.MoveSign {
		start = time.Now()
		key, _, err := s.personKey(doc, System)
		if err != nil {
			return out, err
		}
		if pdf, err = s.certify(pdf, doc, key, at); err != nil {
			return out, err
		}
		out.Certify = time.Since(start)
	}
	start = time.Now()
	h, err := s.closingHand(doc, System)
	if err != nil {
		return out, err
	}
	if _, err := s.stamp(pdf, doc, h, at); err != nil {
		return out, err
	}
	out.Seal = time.Since(start)
	return out, nil
}
