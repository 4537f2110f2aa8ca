package issuance

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"antin/archive"
	"antin/templates"
	"antin/templates/layout"
	"antin/templates/render"
	"antin/templates/vietnamese"
)

// Request asks for a document.
type Request struct {
	Form string
	// Version "" is chosen by the dossier's reception date.
	Version string
	// Agency "" is the only one of the kind that issues the form.
	Agency string
	Data   json.RawMessage // who signs is in it, by the form's schema
	// PhotoOverride is the clerk's reason for taking a photo on which the check
	// wants a person to look. It enters the audit trail. A photo that fails is
	// refused all the same.
	PhotoOverride string
	// Replaces and Corrects name an earlier document of the agency, whose place
	// this one takes (or which it corrects) at the moment it is issued.
	Replaces, Corrects string
	// SeparateAnnexes puts the annexes that the form sets into files of their own.
	SeparateAnnexes bool
	// Annexes are files that belong to the document; AddAnnex says more.
	Annexes     []AnnexFile
	lookupCode  string // of the document that is being finished; "" makes one
	Idempotency archive.Idempotency
	By          archive.Actor
}

// Make drafts a document and takes it as far as asked. Repeating a request with
// the same idempotency key goes on where the earlier one stopped and returns
// the same document; replay says that it was there already.
//
// Errors: those of Draft, Sign and Issue.
func (s *Service) Make(ctx context.Context, r Request, until Until) (doc archive.Document, replay bool, err error) {
	doc, replay, err = s.Draft(ctx, r)
	if err != nil {
		return doc, replay, err
	}
	if until == UntilSigned || until == UntilIssued {
		if err := s.canReach(doc, until, r.By); err != nil {
			return doc, replay, err
		}
	}
	doc, err = s.advance(ctx, doc, until, r.By)
	return doc, replay, err
}

// Draft renders revision 1 and stores it.
//
// Errors: *UnknownAgencyError, *WrongAgencyError, *templates.UnknownFormError,
// *templates.NotInForceError, *templates.DataError, *PhotoError,
// *archive.IdempotencyConflictError, *archive.UniqueKeyError.
func (s *Service) Draft(ctx context.Context, r Request) (doc archive.Document, replay bool, err error) {
	if r.Idempotency.Key != "" {
		doc, found, err := s.store.ByIdempotency(ctx, r.Idempotency)
		if err == nil && found {
			err = s.finishAnnexes(ctx, doc, r)
		}
		if err != nil || found {
			return doc, found, err
		}
	}
	p, err := s.prepare(ctx, r)
	if err != nil {
		return archive.Document{}, false, err
	}
	draft := p.draft(r)
	draft.At = s.now()
	if draft.ID, err = newID(s.random, draft.At); err != nil {
		return archive.Document{}, false, err
	}
	if draft.PDF, draft.PageCount, err = p.render(draft.At); err != nil {
		return archive.Document{}, false, err
	}
	if p.reviewed {
		if err := s.recordOverride(ctx, draft, r); err != nil {
			return archive.Document{}, false, err
		}
	}
	made := archive.Document{ID: draft.ID, Agency: draft.Agency, Form: draft.Form, FormVersion: draft.FormVersion, Data: draft.Data}
	if err := s.recordWarnings(ctx, made, archive.MoveDraft, r.By, draft.At); err != nil {
		return archive.Document{}, false, err
	}
	doc, created, err := s.store.CreateDraft(ctx, draft)
	if err == nil {
		err = s.bindAnnexes(ctx, doc, p, r)
	}
	return doc, !created, err
}

// Preview renders revision 1 of a request and stores nothing.
func (s *Service) Preview(ctx context.Context, r Request) ([]byte, error) {
	p, err := s.prepare(ctx, r)
	if err != nil {
		return nil, err
	}
	pdf, _, err := p.render(s.now())
	return pdf, err
}

// prepared is a request that was checked and bound.
type prepared struct {
	agency   *Agency
	form     *templates.Form
	env      templates.Env
	facts    templates.Facts
	data     json.RawMessage
	document *layout.Document
	annexes  []*layout.Document // in files of their own
	override string             // why a photo that needs a person to look is taken
	reviewed bool               // the photo needed the override
}

func (s *Service) prepare(ctx context.Context, r Request) (*prepared, error) {
	if err := checkAnnexFiles(r.Annexes); err != nil {
		return nil, err
	}
	received, _ := templates.ReceivedDate(r.Data) // Bind names it when it is missing
	form, err := s.forms.Choose(r.Form, r.Version, received)
	if err != nil {
		return nil, err
	}
	agency, err := s.issuer(r.Agency, form)
	if err != nil {
		return nil, err
	}
	code := r.lookupCode
	if code == "" {
		if code, err = newLookupCode(s.random); err != nil {
			return nil, err
		}
	}
	p := &prepared{agency: agency, form: form, data: r.Data, override: r.PhotoOverride}
	p.env = templates.Env{Agency: agency.Profile, Notice: agency.Notice, LookupCode: code, LookupURL: s.LookupURL(code)}
	if form.HasPhoto() {
		if err := s.photo(ctx, p); err != nil {
			return nil, err
		}
	}
	if p.document, p.facts, err = form.BindFacts(r.Data, p.env); err != nil {
		return nil, err
	}
	if r.SeparateAnnexes {
		p.document, p.annexes = splitAnnexes(p.document)
	}
	return p, nil
}

// issuer is the agency asked for, or the only one of the first kind, of those
// that the form names, of which there is any. Errors: *UnknownAgencyError, *WrongAgencyError.
func (s *Service) issuer(id string, form *templates.Form) (*Agency, error) {
	if id != "" {
		a, err := s.Agency(id)
		if err == nil && !form.Issuer.Has(a.Profile.Kind) {
			return nil, &WrongAgencyError{Agency: id, Kind: a.Profile.Kind, Form: form.ID, Want: form.Issuer.String()}
		}
		return a, err
	}
	var ids []string
	for _, kind := range form.Issuer {
		var found []*Agency
		for _, known := range s.AgencyIDs() {
			if a := s.agencies[known]; a.Profile.Kind == kind {
				found, ids = append(found, a), append(ids, known)
			}
		}
		if len(found) == 1 && len(ids) == 1 {
			return found[0], nil
		}
	}
	return nil, &UnknownAgencyError{Known: ids}
}

// later are the longest values that may be filled in after the draft: with them
// a number that could not be printed is refused before it is given.
func (p *prepared) later(at time.Time) map[string]string {
	a := p.agency.Profile
	const most = 99999
	number := p.form.FormatNumber(most, at, a, p.facts.Unit, max(1, p.facts.PermitKind))
	day := vietnamese.PlaceDate(a.Place, time.Date(at.Year(), 12, 30, 0, 0, 0, 0, time.UTC))
	doc := archive.Document{Agency: p.agency.ID, Book: p.agency.book(p.form), DossierCode: p.facts.DossierCode}
	text, symbol, _ := strings.Cut(number, "/")
	doc.Number = &archive.Number{Text: text, Symbol: symbol, Book: doc.Book, Year: at.Year(), Date: at}
	out := map[string]string{fieldDate: day, fieldDate + "_2": day}
	if number != "" {
		out[fieldNumber], out[fieldNumber+"_2"], out[fieldArchive] = number, number, p.agency.archiveStamp(doc).Value
	}
	return out
}

func (p *prepared) render(at time.Time) (pdf []byte, pages int, err error) {
	typeset, err := layout.Typeset(p.document)
	if err == nil {
		err = typeset.Fits(p.later(at))
	}
	if err == nil {
		pdf, err = render.Pages(typeset, render.Options{Now: at})
	}
	if err != nil {
		return nil, 0, fmt.Errorf("render %s: %w", p.form.ID, err)
	}
	return pdf, len(typeset.Sheets), nil
}

// draft is what the archive keeps of a prepared request.
func (p *prepared) draft(r Request) archive.Draft {
	f, a := p.form, p.agency
	d := archive.Draft{
		Agency: a.ID, Form: f.ID, FormVersion: f.Version,
		DocumentType: f.TypeName(), Title: f.Title, Subject: strings.Join(append([]string{f.Title}, p.facts.Concerns...), " - "),
		Book: a.book(f), Symbol: f.SymbolFor(a.Profile, p.facts.Unit), PermitKind: p.facts.PermitKind,
		Recipients: p.facts.Concerns, KeptBy: a.office.KeptBy, Copies: 1, DossierCode: p.facts.DossierCode,
		LookupCode: p.env.LookupCode, Data: p.data, Personal: true, Moves: moves(f),
		Replaces: r.Replaces, Corrects: r.Corrects, Idempotency: r.Idempotency, By: r.By,
	}
	if f.Number == numberPermit {
		d.Symbol = ""
	}
	if sig := p.facts.Signatory; sig != nil {
		d.SignatoryTitle, d.SignatoryName = strings.Join(sig.Title, " "), sig.Name
	}
	if f.OncePerDossier {
		d.UniqueKey = f.ID + "/" + p.facts.DossierCode
	}
	return d
}

// canReach checks, before anything is signed, that the keys for the moves asked
// for are held and valid, so that a call does not stop half-way for a reason
// that was known at its start.
func (s *Service) canReach(doc archive.Document, until Until, by archive.Actor) error {
	var errs []error
	if doc.State == archive.Drafted && doc.Moves[0] == archive.MoveSign {
		if _, _, err := s.personKey(doc, by); err != nil {
			errs = append(errs, err)
		}
	}
	if s.closes(doc, until) && !doc.State.InForce() {
		if err := s.canClose(doc, by); err != nil {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}
