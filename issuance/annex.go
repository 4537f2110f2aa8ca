package issuance

import (
	"context"
	"fmt"
	"strings"
	"time"

	"antin/archive"
	"antin/signer"
	"antin/templates/layout"
	"antin/templates/mark"
	"antin/templates/render"
)

// fieldAgency is the agency's signature on annexes and electronic copies.
const fieldAgency = "chu_ky_co_quan"

// AddAnnex binds a PDF to a draft as an annex in a file of its own. It is signed
// with the agency's key when the document is issued (Nghị định 30/2020/NĐ-CP, Phụ
// lục I, phần I, mục III.1.d). The same file again gives the same annex.
//
// Errors: *mark.RefusalError, *archive.NotFoundError, *archive.StateError,
// *archive.InvalidError, *NoKeyError, *KeyNotUsableError.
func (s *Service) AddAnnex(ctx context.Context, id, title string, pdf []byte, by archive.Actor) (archive.Annex, error) {
	file, err := inspectPlain(pdf)
	if err != nil {
		return archive.Annex{}, err
	}
	// The signature will find its place when the document has its number.
	if _, err := mark.SignHere(pdf, agencyPlace("Số: 01/QĐ;", time.Unix(0, 0))); err != nil {
		return archive.Annex{}, err
	}
	doc, err := s.store.Get(ctx, id)
	if err != nil {
		return archive.Annex{}, err
	}
	if _, err := s.sealKey(doc); err != nil { // a number would be given that cannot be sealed
		return archive.Annex{}, err
	}
	a := archive.NewAnnex{Title: strings.TrimSpace(title), PageCount: file.Pages, PDF: pdf}
	return s.store.AddAnnex(ctx, id, a, by, s.now())
}

// RemoveAnnex takes an annex off a draft.
func (s *Service) RemoveAnnex(ctx context.Context, id string, n int, by archive.Actor) error {
	return s.store.RemoveAnnex(ctx, id, n, by, s.now())
}

// Annexes lists a document's annexes in files of their own.
func (s *Service) Annexes(ctx context.Context, id string) ([]archive.Annex, error) {
	return s.store.AnnexesOf(ctx, id)
}

// AnnexContent is the file of an annex as it now stands.
func (s *Service) AnnexContent(ctx context.Context, id string, n int) ([]byte, archive.Annex, error) {
	all, err := s.store.AnnexesOf(ctx, id)
	if err != nil {
		return nil, archive.Annex{}, err
	}
	for _, a := range all {
		if a.N == n {
			pdf, err := s.store.Content(ctx, a.Newest())
			return pdf, a, err
		}
	}
	return nil, archive.Annex{}, &archive.NotFoundError{What: "annex", ID: fmt.Sprintf("%s/%d", id, n)}
}

// inspectPlain refuses a file that has a form or signatures: the agency's
// signature would stand beside what it does not answer for.
func inspectPlain(pdf []byte) (mark.File, error) {
	file, err := mark.Inspect(pdf)
	switch {
	case err != nil:
		return file, err
	case file.Signatures > 0:
		return file, &mark.RefusalError{Code: mark.Signed, Detail: fmt.Sprintf("%d signatures", file.Signatures)}
	case file.Fields > 0:
		return file, &mark.RefusalError{Code: mark.Fields, Detail: fmt.Sprintf("%d fields", file.Fields)}
	}
	return file, nil
}

// isoTime is a moment as the decree wants it beside the agency's signature: day,
// time and Việt Nam's zone by ISO 8601.
func isoTime(at time.Time) string { return at.In(archive.Zone).Format("2006-01-02T15:04:05-07:00") }

// agencyPlace is the agency's signature with its words and the moment of signing.
func agencyPlace(words string, at time.Time) mark.Place {
	lines := []string{isoTime(at)}
	if words != "" {
		lines = []string{words, isoTime(at)}
	}
	return mark.Place{
		Field: fieldAgency, Label: "Chữ ký số của cơ quan: " + strings.Join(lines, " "), Lines: lines,
	}
}

// signFile places the agency's signature at the top right of a file and signs.
func (s *Service) signFile(pdf []byte, agency string, key *Key, words, reason string, at time.Time) ([]byte, error) {
	place := agencyPlace(words, at)
	if a, ok := s.agencies[agency]; ok && a.Notice != "" {
		place.Lines = append(place.Lines, a.Notice) // a demonstration says so on every file
	}
	marked, err := mark.SignHere(pdf, place)
	if err != nil {
		return nil, err
	}
	return signer.Approve(marked, signer.Signature{
		Identity: key.Identity, Profile: key.Profile, Field: fieldAgency,
		Name: s.agencyName(agency), Reason: reason, Location: s.place(agency), Time: at,
	})
}

// signAnnexes signs the annexes of a document that is about to be sealed.
// Repeating it signs what is left.
func (s *Service) signAnnexes(ctx context.Context, doc archive.Document, by archive.Actor) error {
	all, err := s.store.AnnexesOf(ctx, doc.ID)
	if err != nil || len(all) == 0 {
		return err
	}
	key, err := s.sealKey(doc) // the agency's, also where a person alone signs the document
	if err != nil {
		return err
	}
	for _, a := range all {
		if a.Signed != "" {
			continue
		}
		pdf, err := s.store.Content(ctx, a.SHA256)
		if err != nil {
			return err
		}
		words, reason := "", fmt.Sprintf("Văn bản kèm theo (tệp %d)", a.N)
		if doc.Number != nil {
			words, reason = "Số: "+doc.Number.Full()+";", reason+" văn bản số "+doc.Number.Full()
		}
		at := s.now()
		signed, err := s.signFile(pdf, doc.Agency, key, words, reason, at)
		if err != nil {
			return fmt.Errorf("sign annex %d of document %s: %w", a.N, doc.ID, err)
		}
		if _, err := s.store.SignAnnex(ctx, doc.ID, a.N, signed, by, at); err != nil {
			return err
		}
	}
	return nil
}

// splitAnnexes takes the annexes out of a bound form, each a document of its own.
// A form whose further pages are no annexes, or hold fields, stays whole.
func splitAnnexes(doc *layout.Document) (main *layout.Document, annexes []*layout.Document) {
	rest := *doc
	rest.Sections = nil
	for i, sec := range doc.Sections {
		if i == 0 || sec.Ground != layout.NoGround || hasField(sec.Blocks) {
			rest.Sections = append(rest.Sections, sec)
			continue
		}
		one := *doc
		one.Sections = []layout.Section{sec}
		one.Foot.Stamp, one.Foot.Address = false, ""
		one.Title = fmt.Sprintf("Phụ lục %d - %s", len(annexes)+1, doc.Title)
		annexes = append(annexes, &one)
	}
	return &rest, annexes
}

func hasField(blocks []layout.Block) bool {
	for _, b := range blocks {
		switch b := b.(type) {
		case *layout.Field, *layout.Closing:
			return true
		case *layout.Columns:
			for _, c := range b.Columns {
				if hasField(c.Blocks) {
					return true
				}
			}
		}
	}
	return false
}

// finishAnnexes binds what a request that was cut off behind its draft left out.
func (s *Service) finishAnnexes(ctx context.Context, doc archive.Document, r Request) error {
	if !r.SeparateAnnexes && len(r.Annexes) == 0 || doc.State != archive.Drafted {
		return nil
	}
	r.lookupCode = doc.LookupCode
	p, err := s.prepare(ctx, r)
	if err != nil {
		return err
	}
	return s.bindAnnexes(ctx, doc, p, r)
}

// bindAnnexes binds the annexes that the form itself sets as files of their own,
// then those that came with the request.
func (s *Service) bindAnnexes(ctx context.Context, doc archive.Document, p *prepared, r Request) error {
	for _, a := range p.annexes {
		pdf, err := render.PDF(a, render.Options{Now: doc.Created})
		if err != nil {
			return fmt.Errorf("render an annex of document %s: %w", doc.ID, err)
		}
		if _, err := s.AddAnnex(ctx, doc.ID, a.Title, pdf, r.By); err != nil {
			return err
		}
	}
	for _, a := range r.Annexes {
		if _, err := s.AddAnnex(ctx, doc.ID, a.Title, a.PDF, r.By); err != nil {
			return err
		}
	}
	return nil
}

// AnnexFile is a file that comes with a request for a document.
type AnnexFile struct {
	Title string
	PDF   []byte
}

// checkAnnexFiles refuses what AddAnnex would, before there is a draft.
func checkAnnexFiles(files []AnnexFile) error {
	if len(files) > archive.MaxAnnexes {
		return &archive.InvalidError{Field: "annexes", Problem: fmt.Sprintf("are more than %d", archive.MaxAnnexes)}
	}
	for _, f := range files {
		if strings.TrimSpace(f.Title) == "" {
			return &archive.InvalidError{Field: "annex title", Problem: "is empty"}
		}
		if _, err := inspectPlain(f.PDF); err != nil {
			return err
		}
	}
	return nil
}
