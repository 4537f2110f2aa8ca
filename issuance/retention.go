package issuance

import (
	"context"
	"fmt"
	"time"

	"antin/archive"
)

// Due is a document whose retention period has ended.
type Due struct {
	archive.Document
	Years int       // of its book
	Until time.Time // last day of the period
}

// RetentionDue pages through the documents whose retention period has ended and
// that were not destroyed; "" is every agency.
func (s *Service) RetentionDue(ctx context.Context, agency string, p archive.Page) (due []Due, next string, err error) {
	page, err := s.store.Expired(ctx, agency, s.now(), p)
	if err != nil {
		return nil, "", err
	}
	books := map[[2]string]int{}
	for _, d := range page.Documents {
		key := [2]string{d.Agency, d.Book}
		if _, ok := books[key]; !ok {
			b, err := s.store.Book(ctx, d.Agency, d.Book)
			if err != nil {
				return nil, "", fmt.Errorf("find the retention period: %w", err)
			}
			books[key] = b.RetentionYears
		}
		years := books[key]
		due = append(due, Due{Document: d, Years: years, Until: time.Date(d.Number.Year+years, 12, 31, 0, 0, 0, 0, archive.Zone)})
	}
	return due, page.Next, nil
}

// Destroy removes data and PDFs of a document whose retention period has ended,
// by a written decision.
//
// Errors: *archive.RetentionError, *archive.InvalidError (reason, decision or
// minutes missing), *archive.NotFoundError.
func (s *Service) Destroy(ctx context.Context, id string, act archive.Destruction, by archive.Actor) (archive.Document, error) {
	return s.store.Destroy(ctx, id, act, by, s.now())
}
