package issuance

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"antin/archive"
	"antin/templates"
)

// Names of the fields that the renderer places on every document (DESIGN: the
// revisions of one PDF).
const (
	fieldNumber    = "so"
	fieldDate      = "ngay"
	fieldArchive   = "luu_tru"
	fieldSignatory = "ky_lanh_dao"
	fieldSeal      = "con_dau"
	fieldClerk     = "ky_can_bo"
)

// Sign certifies a draft with the signatory's key; a document that carries no
// other signature is numbered and issued with it. A document that is signed
// already is returned as it is.
//
// Errors: *archive.NotFoundError, *archive.StateError, *NoKeyError,
// *KeyNotUsableError, *NotYoursError.
func (s *Service) Sign(ctx context.Context, id string, by archive.Actor) (archive.Document, error) {
	doc, err := s.store.Get(ctx, id)
	if err != nil {
		return doc, err
	}
	if hasRevision(doc, archive.RevisionSigned) && doc.State != archive.Returned {
		return doc, s.ownSignature(doc, by)
	}
	if s.signing(doc) == templates.SignedByLeader {
		return s.Issue(ctx, id, by)
	}
	if err := archive.Check(doc.ID, doc.State, doc.Moves, archive.MoveSign); err != nil {
		return doc, err
	}
	return s.sign(ctx, doc, by)
}

// Issue numbers, stamps and seals. A document that is issued already is
// returned as it is; one that was numbered and not sealed is finished.
//
// Errors: as Sign, and *archive.BackdateError.
func (s *Service) Issue(ctx context.Context, id string, by archive.Actor) (archive.Document, error) {
	doc, err := s.store.Get(ctx, id)
	if err != nil {
		return doc, err
	}
	if hasRevision(doc, archive.RevisionIssued) {
		if way := s.signing(doc); way == templates.SignedByLeader || way == templates.SignedByClerk {
			return doc, s.ownSignature(doc, by)
		}
		return doc, nil
	}
	want := archive.MoveIssue
	if doc.State != archive.Numbered && numbered(doc) {
		want = archive.MoveNumber
	}
	if err := archive.Check(doc.ID, doc.State, doc.Moves, want); err != nil {
		return doc, err
	}
	return s.advance(ctx, doc, UntilIssued, by)
}

// advance makes the moves that are left on the way to until. Of two callers at
// once one wins each move; the other reads what was made and goes on from there,
// or is told where the document stands when it went another way.
func (s *Service) advance(ctx context.Context, doc archive.Document, until Until, by archive.Actor) (archive.Document, error) {
	const moves = 3 // sign, number, issue
	goal, move := archive.RevisionIssued, archive.MoveIssue
	if until == UntilSigned {
		goal, move = archive.RevisionSigned, archive.MoveSign
	}
	lost := false
	for range 2 * moves {
		step := s.next(doc, until)
		if step == nil {
			if lost && !hasRevision(doc, goal) {
				return doc, archive.Check(doc.ID, doc.State, doc.Moves, move)
			}
			return doc, nil
		}
		after, err := step(ctx, doc, by)
		if state, ok := errors.AsType[*archive.StateError](err); ok {
			lost = true
			if after, err = s.store.Get(ctx, doc.ID); err == nil && after.State == doc.State {
				return after, state
			}
		}
		if err != nil {
			return doc, err
		}
		doc = after
	}
	return doc, fmt.Errorf("document %s did not reach %s: it is %s", doc.ID, until, doc.State)
}

type step func(context.Context, archive.Document, archive.Actor) (archive.Document, error)

// next is the move a document waits for on the way to until, nil when it is
// there or its life went another way.
func (s *Service) next(doc archive.Document, until Until) step {
	if until != UntilSigned && until != UntilIssued {
		return nil
	}
	signs := len(doc.Moves) > 0 && doc.Moves[0] == archive.MoveSign
	issues := s.closes(doc, until)
	switch {
	case doc.State == archive.Drafted && signs:
		return s.sign
	case issues && (doc.State == archive.Drafted || doc.State == archive.Signed) && numbered(doc):
		return s.number
	case issues && (doc.State == archive.Drafted || doc.State == archive.Signed || doc.State == archive.Numbered):
		return s.seal
	}
	return nil
}

// closes reports whether the way to until includes the last signature: a
// document that only a signatory signs is issued by being signed.
func (s *Service) closes(doc archive.Document, until Until) bool {
	return until == UntilIssued || until == UntilSigned && s.signing(doc) == templates.SignedByLeader
}

// numbered reports whether a document takes a number on its way.
func numbered(doc archive.Document) bool { return slices.Contains(doc.Moves, archive.MoveNumber) }

func sealReason(doc archive.Document) string {
	if doc.Number == nil {
		return "Xác nhận phát hành"
	}
	return "Văn thư đóng dấu, phát hành văn bản số " + doc.Number.Full()
}

func (s *Service) sign(ctx context.Context, doc archive.Document, by archive.Actor) (archive.Document, error) {
	key, person, err := s.personKey(doc, by)
	if err != nil {
		return doc, err
	}
	pdf, _, err := s.store.RevisionContent(ctx, doc.ID, len(doc.Revisions)) // not the newest: another caller may be ahead
	if err != nil {
		return doc, err
	}
	at := s.now()
	signed, err := s.certify(pdf, doc, key, at)
	if err != nil {
		return doc, fmt.Errorf("sign document %s: %w", doc.ID, err)
	}
	return s.store.AddSigned(ctx, doc.ID, signed, named(by, person), at)
}

// number makes the promise. The key is tried first: a number whose seal cannot
// be applied would stay open in the register.
func (s *Service) number(ctx context.Context, doc archive.Document, by archive.Actor) (archive.Document, error) {
	h, err := s.closingHand(doc, by)
	if err != nil {
		return doc, err
	}
	return s.store.AssignNumber(ctx, doc.ID, named(by, h.person), s.now())
}

func (s *Service) seal(ctx context.Context, doc archive.Document, by archive.Actor) (archive.Document, error) {
	h, err := s.closingHand(doc, by)
	if err != nil {
		return doc, err
	}
	pdf, _, err := s.store.RevisionContent(ctx, doc.ID, len(doc.Revisions)) // not the newest: another caller may be ahead
	if err != nil {
		return doc, err
	}
	if err := s.signAnnexes(ctx, doc, by); err != nil {
		return doc, err
	}
	at := s.now()
	sealed, err := s.stamp(pdf, doc, h, at)
	if err != nil {
		return doc, fmt.Errorf("seal document %s: %w", doc.ID, err)
	}
	if err := s.recordWarnings(ctx, doc, archive.MoveIssue, by, at); err != nil {
		return doc, err
	}
	if err := s.preserveLater(ctx, doc.ID); err != nil {
		return doc, err
	}
	return s.store.AddIssued(ctx, doc.ID, sealed, named(by, h.person), at)
}

// Return gives a document that is not numbered yet back to its drafter.
func (s *Service) Return(ctx context.Context, id, reason string, by archive.Actor) (archive.Document, error) {
	return s.store.Return(ctx, id, reason, by, s.now())
}

// Withdraw takes an issued document out of force. Its number stays taken.
func (s *Service) Withdraw(ctx context.Context, id, reason string, by archive.Actor) (archive.Document, error) {
	return s.store.Withdraw(ctx, id, reason, by, s.now())
}

// Deliver notes that the result reached its recipient. A document that was
// delivered already is returned as it is.
func (s *Service) Deliver(ctx context.Context, id, note string, by archive.Actor) (archive.Document, error) {
	doc, err := s.store.Deliver(ctx, id, note, by, s.now())
	if _, refused := errors.AsType[*archive.StateError](err); refused {
		if now, err := s.store.Get(ctx, id); err == nil && now.State == archive.Delivered {
			return now, nil
		}
	}
	return doc, err
}

// Replace takes a document out of force in favour of another that is issued.
func (s *Service) Replace(ctx context.Context, id, byDocument, reason string, by archive.Actor) (archive.Document, error) {
	return s.store.Replace(ctx, id, byDocument, reason, by, s.now())
}

// Correct notes that another issued document corrects this one.
func (s *Service) Correct(ctx context.Context, id, byDocument, reason string, by archive.Actor) (archive.Document, error) {
	return s.store.Correct(ctx, id, byDocument, reason, by, s.now())
}

// sealKey is the usable key of the agency's seal.
func (s *Service) sealKey(doc archive.Document) (*Key, error) {
	agency, err := s.Agency(doc.Agency)
	if err != nil {
		return nil, err
	}
	key, err := agency.Seal()
	if err != nil {
		return nil, err
	}
	return key, s.usable(key, agency.ID, "")
}

func (s *Service) usable(key *Key, agency, signatory string) error {
	if err := key.Identity.Check(s.now()); err != nil {
		return &KeyNotUsableError{Agency: agency, Signatory: signatory, Err: err}
	}
	return nil
}

func (s *Service) place(agency string) string {
	if a, ok := s.agencies[agency]; ok {
		return a.Profile.Place
	}
	return ""
}

func (s *Service) agencyName(agency string) string {
	if a, ok := s.agencies[agency]; ok {
		return a.Profile.Title
	}
	return agency
}

func hasRevision(doc archive.Document, kind archive.RevisionKind) bool {
	for _, r := range doc.Revisions {
		if r.Kind == kind {
			return true
		}
	}
	return false
}

// Recover finishes every document that has its number and not its seal: the
// service calls it at start, before it takes requests. A document that cannot
// be finished (its key is gone or expired) stays numbered, is reported and is
// tried again at the next start or when the clerk asks for it.
func (s *Service) Recover(ctx context.Context) (finished int, err error) {
	docs, err := s.store.Unfinished(ctx, "")
	if err != nil {
		return 0, fmt.Errorf("list documents that have a number and no seal: %w", err)
	}
	var errs []error
	for _, d := range docs {
		start := time.Now()
		if _, err := s.Issue(ctx, d.ID, System); err != nil {
			errs = append(errs, err)
			s.log.ErrorContext(ctx, "a numbered document could not be sealed", "document", d.ID, "number", d.Number.Full(), "error", err)
			continue
		}
		finished++
		s.log.InfoContext(ctx, "finished a document that was cut off", "document", d.ID, "number", d.Number.Full(), "took", time.Since(start))
	}
	return finished, errors.Join(errs...)
}
