package issuance

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"antin/archive"
	"antin/issuance/records"
)

// RecordFormats are the forms in which the fields for the records archive can be
// had, with their media types.
var RecordFormats = map[string]string{
	"xml":  "application/xml",
	"json": "application/json",
}

// write writes records in one of RecordFormats. Errors: *UnknownFormatError.
func write(r *records.Records, format string) ([]byte, error) {
	var out bytes.Buffer
	var err error
	switch format {
	case "xml":
		err = r.WriteXML(&out)
	case "json":
		err = r.WriteJSON(&out)
	default:
		err = &UnknownFormatError{Format: format}
	}
	return out.Bytes(), err
}

func (s *Service) recordsAgency(id string) records.Agency {
	a, ok := s.agencies[id]
	if !ok {
		return records.Agency{Name: id}
	}
	return records.Agency{OrganID: a.office.OrganID, Name: a.Profile.Title}
}

// RecordOf writes the archive's fields (Nghị định 30/2020/NĐ-CP, Phụ lục VI) of
// one document, and writes down who took them.
//
// Errors: *UnknownFormatError, *archive.NotFoundError.
func (s *Service) RecordOf(ctx context.Context, id, format string, by archive.Actor) ([]byte, error) {
	d, err := s.store.Get(ctx, id)
	if err != nil {
		return nil, err
	}
	ordinal, err := s.ordinals(ctx, d.Agency, d.DossierCode)
	if err != nil {
		return nil, err
	}
	r := records.Records{Documents: []records.Document{records.NewDocument(s.recordsAgency(d.Agency), d, ordinal[d.ID])}}
	out, err := write(&r, format)
	if err != nil {
		return nil, err
	}
	return out, s.Look(ctx, d, "record", by)
}

// ExportRecords writes the archive's fields of all documents of a book and year,
// and writes down who took them. Errors: as Export.
func (s *Service) ExportRecords(ctx context.Context, e Export, by archive.Actor) ([]byte, error) {
	if _, ok := RecordFormats[e.Format]; !ok {
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
	docs, err := s.all(ctx, archive.Filter{Agency: agency.ID, Book: e.Book, Year: e.Year, SerialFrom: 1})
	if err != nil {
		return nil, err
	}
	slices.SortFunc(docs, func(a, b archive.Document) int { return cmp.Compare(a.Number.Serial, b.Number.Serial) })
	var r records.Records
	known := map[string]map[string]int{}
	for _, d := range docs {
		if known[d.DossierCode] == nil {
			if known[d.DossierCode], err = s.ordinals(ctx, d.Agency, d.DossierCode); err != nil {
				return nil, err
			}
		}
		r.Documents = append(r.Documents, records.NewDocument(s.recordsAgency(d.Agency), d, known[d.DossierCode][d.ID]))
	}
	out, err := write(&r, e.Format)
	if err != nil {
		return nil, err
	}
	return out, s.recordExport(ctx, e, agency.ID, len(docs), by)
}

// all reads every document that a filter finds, without revisions; at most
// maxExport.
func (s *Service) all(ctx context.Context, f archive.Filter) (out []archive.Document, err error) {
	for p := (archive.Page{Limit: archive.MaxPage}); ; {
		page, err := s.store.List(ctx, f, p)
		if err != nil {
			return nil, fmt.Errorf("read the register: %w", err)
		}
		out = append(out, page.Documents...)
		if p.After = page.Next; p.After == "" {
			return out, nil
		}
		if len(out) > maxExport {
			return nil, fmt.Errorf("more than %d documents", maxExport)
		}
	}
}

// dossier are the documents that make up a dossier: those that were issued (or
// at least numbered), in the order of their dates.
func (s *Service) dossier(ctx context.Context, agency, code string) ([]archive.Document, error) {
	if code == "" {
		return nil, nil
	}
	docs, err := s.all(ctx, archive.Filter{Agency: agency, DossierCode: code})
	if err != nil {
		return nil, err
	}
	docs = slices.DeleteFunc(docs, func(d archive.Document) bool { return d.Number == nil && d.Issued.IsZero() })
	day := func(d archive.Document) time.Time {
		if d.Number != nil {
			return d.Number.Date
		}
		return archive.Day(d.Issued)
	}
	slices.Reverse(docs) // oldest first
	slices.SortStableFunc(docs, func(a, b archive.Document) int { return day(a).Compare(day(b)) })
	return docs, nil
}

// ordinals are the places of a dossier's documents, from 1, by document.
func (s *Service) ordinals(ctx context.Context, agency, code string) (map[string]int, error) {
	docs, err := s.dossier(ctx, agency, code)
	out := make(map[string]int, len(docs))
	for i, d := range docs {
		out[d.ID] = i + 1
	}
	return out, err
}

// Look enters in the audit trail that somebody saw what a personal document
// holds: its data, its file, its fields.
func (s *Service) Look(ctx context.Context, d archive.Document, what string, by archive.Actor) error {
	if !d.Personal {
		return nil
	}
	_, err := s.store.Record(ctx, archive.Event{
		Action: archive.ActionLook, Agency: d.Agency, Document: d.ID, Detail: []byte(`{"what":"` + what + `"}`), By: by, At: s.now().Truncate(time.Microsecond),
	})
	if err != nil {
		return fmt.Errorf("write down the look: %w", err)
	}
	return nil
}

var errEmptyDossier = errors.New("no document of it was issued")
