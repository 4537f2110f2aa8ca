package issuance

import (
	"context"
	"fmt"

	"antin/archive"
	"antin/templates/mark"
)

// ViewingError says that there is nothing to mark: the document is in force, or
// was never issued.
type ViewingError struct {
	Document string
	State    archive.State
}

func (e *ViewingError) Error() string {
	return fmt.Sprintf("document %s is %s: only what was withdrawn or replaced has a marked copy", e.Document, e.State)
}

// viewingWords are what a marked copy says large, by state.
var viewingWords = map[archive.State]string{archive.Withdrawn: "ĐÃ THU HỒI", archive.Replaced: "ĐÃ ĐƯỢC THAY THẾ"}

// maxViewingPages bounds a marked copy.
const maxViewingPages = mark.MaxPages

// ViewingCopy is a copy of a document that is no longer in force, to be looked at
// without being mistaken for it: a mark over every page, no signatures. The
// document's own file stays as it is. Nghị định 30/2020/NĐ-CP sets no such mark
// (its stamp for recalled documents, box 11, is of state secrets); whoever still
// has the file learns of the withdrawal from the register (Điều 18.4).
//
// Errors: *archive.NotFoundError, *ViewingError, *archive.DestroyedError.
func (s *Service) ViewingCopy(ctx context.Context, id string) ([]byte, archive.Document, error) {
	doc, err := s.store.Get(ctx, id)
	if err != nil {
		return nil, doc, err
	}
	words, ok := viewingWords[doc.State]
	if !ok || !hasRevision(doc, archive.RevisionIssued) {
		return nil, doc, &ViewingError{Document: id, State: doc.State}
	}
	pdf, _, err := s.store.RevisionContent(ctx, id, 0)
	if err != nil {
		return nil, doc, err
	}
	lines := []string{words, "Ngày " + doc.Ended.In(archive.Zone).Format("02/01/2006") + ". Bản để xem, không có giá trị."}
	if doc.Number != nil {
		lines[1] = "Văn bản số " + doc.Number.Full() + ". " + lines[1]
	}
	pages := make([]int, min(doc.PageCount, maxViewingPages))
	for i := range pages {
		pages[i] = i + 1
	}
	out, err := mark.Extract(pdf, mark.Extraction{
		Pages: pages, Title: words + ": " + doc.Title, Now: doc.Ended,
		Over: func(_, _ float64) mark.Drawing { return mark.Drawing{Lines: lines, Turn: 40} },
	})
	if err != nil {
		return nil, doc, fmt.Errorf("mark document %s: %w", id, err)
	}
	return out, doc, nil
}
