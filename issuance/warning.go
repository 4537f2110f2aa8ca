package issuance

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"antin/archive"
	"antin/templates"
)

// Warnings are the rules that a document breaks and that do not stop it, such
// as an apology that is sent too late: on the day of its issue, or as of now for
// a document on its way. A document whose data was destroyed, or that came from
// a list (which leaves the data out), has none.
func (s *Service) Warnings(doc archive.Document) []templates.Warning {
	if doc.State == archive.Returned {
		return nil
	}
	day := s.now()
	switch {
	case doc.Number != nil:
		day = doc.Number.Date
	case !doc.Issued.IsZero():
		day = doc.Issued
	}
	return s.warningsOn(doc, day)
}

// MayWarn tells whether a document's form has rules that warn, so that a list
// reads the data of such documents only.
func (s *Service) MayWarn(doc archive.Document) bool {
	f, err := s.form(doc)
	return err == nil && f.Warns()
}

func (s *Service) warningsOn(doc archive.Document, day time.Time) []templates.Warning {
	f, err := s.form(doc)
	if err != nil || !f.Warns() || len(doc.Data) == 0 {
		return nil
	}
	a, err := s.Agency(doc.Agency)
	if err != nil {
		return nil
	}
	return f.Warnings(doc.Data, templates.Env{Agency: a.Profile}, day.In(archive.Zone))
}

// recordWarnings enters a document's warnings in the audit trail before the move
// that they are about: a warning without its move is harmless, the other way
// round is not.
func (s *Service) recordWarnings(ctx context.Context, doc archive.Document, move archive.Move, by archive.Actor, at time.Time) error {
	day := at
	if doc.Number != nil {
		day = doc.Number.Date
	}
	for _, w := range s.warningsOn(doc, day) {
		detail, err := json.Marshal(map[string]string{"move": string(move), "pointer": w.Pointer, "warning": w.Vi})
		if err != nil {
			return fmt.Errorf("write down a warning: %w", err)
		}
		e := archive.Event{Action: archive.ActionWarning, Agency: doc.Agency, Document: doc.ID, Detail: detail, By: by, At: at}
		if _, err := s.store.Record(ctx, e); err != nil {
			return err
		}
	}
	return nil
}
