package issuance

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"antin/archive"
	"antin/issuance/book"
)

// Export asks for a book of the register.
type Export struct {
	Agency, Book string
	Year         int    // 0 is this year
	Format       string // xlsx, csv or pdf
}

// Formats are the forms a book can be exported in, with their media types.
var Formats = map[string]string{
	"xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
	"csv":  "text/csv; charset=utf-8",
	"pdf":  "application/pdf",
}

// maxExport bounds a volume; a year of the largest agency is far below.
const maxExport = 100_000

// UnknownFormatError says that a book cannot be exported so.
type UnknownFormatError struct{ Format string }

func (e *UnknownFormatError) Error() string { return fmt.Sprintf("no export format %q", e.Format) }

// Export writes a book of the register, and writes down who took it.
//
// Errors: *UnknownFormatError, *UnknownAgencyError, *archive.NotFoundError.
func (s *Service) Export(ctx context.Context, e Export, by archive.Actor) ([]byte, error) {
	if _, ok := Formats[e.Format]; !ok {
		return nil, &UnknownFormatError{Format: e.Format}
	}
	agency, err := s.Agency(e.Agency)
	if err != nil {
		return nil, err
	}
	if _, err := s.store.Book(ctx, agency.ID, e.Book); err != nil {
		return nil, err
	}
	if e.Year == 0 {
		e.Year = s.now().In(archive.Zone).Year()
	}
	b := &book.Book{Agency: agency.Name(), Superior: strings.Join(agency.Profile.Superior, " "), Code: e.Book, Year: e.Year}
	f := archive.Filter{Agency: agency.ID, Book: e.Book, Year: e.Year}
	for p := (archive.Page{Limit: archive.MaxPage}); ; {
		page, err := s.store.Register(ctx, f, p)
		if err != nil {
			return nil, fmt.Errorf("read the register: %w", err)
		}
		b.Entries = append(b.Entries, page.Entries...)
		if p.After = page.Next; p.After == "" {
			break
		}
		if len(b.Entries) > maxExport {
			return nil, fmt.Errorf("book %s of %d has more than %d entries", e.Book, e.Year, maxExport)
		}
	}
	if b.Successors, err = s.successors(ctx, b.Entries); err != nil {
		return nil, err
	}
	var out bytes.Buffer
	switch e.Format {
	case "xlsx":
		err = b.XLSX(&out)
	case "csv":
		err = b.CSV(&out)
	case "pdf":
		var pdf []byte
		pdf, err = b.PDF(s.now())
		out.Write(pdf)
	}
	if err != nil {
		return nil, err
	}
	return out.Bytes(), s.recordExport(ctx, e, agency.ID, len(b.Entries), by)
}

// successors names what replaced or corrected the documents of a book.
func (s *Service) successors(ctx context.Context, entries []archive.Entry) (map[string]string, error) {
	out := map[string]string{}
	for _, e := range entries {
		if e.ReplacedBy == "" {
			continue
		}
		by, err := s.successor(ctx, archive.Document{ReplacedBy: e.ReplacedBy})
		if err != nil {
			return nil, fmt.Errorf("read what replaced document %s: %w", e.DocumentID, err)
		}
		out[e.DocumentID] = by
	}
	return out, nil
}

func (s *Service) recordExport(ctx context.Context, e Export, agency string, entries int, by archive.Actor) error {
	detail, err := json.Marshal(map[string]any{"book": e.Book, "year": e.Year, "format": e.Format, "entries": entries})
	if err != nil {
		return fmt.Errorf("write down the export: %w", err)
	}
	_, err = s.store.Record(ctx, archive.Event{Action: archive.ActionExport, Agency: agency, Detail: detail, By: by, At: s.now().Truncate(time.Microsecond)})
	return err
}
