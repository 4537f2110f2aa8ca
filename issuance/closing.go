package issuance

import (
	"errors"
	"strings"

	"antin/archive"
	"antin/templates"
)

// hand makes the last signature of a document, together with number and date:
// the agency's seal, or the one person whose signature a slip or an internal
// paper carries.
type hand struct {
	key    *Key
	field  string
	person string // id in the agency's profile; "" is the seal
	name   string
	reason string
}

// signing is how a document is signed: one of the ways of templates.Head. It
// follows from the form, and from the document's own moves where the form has
// changed since.
func (s *Service) signing(doc archive.Document) string {
	if len(doc.Moves) > 0 && doc.Moves[0] == archive.MoveSign {
		return templates.LeaderAndSeal
	}
	if h := s.head(doc); h != nil && h.Signing != templates.LeaderAndSeal {
		return h.Signing
	}
	return templates.SealAlone
}

// head is that of the form a document was made from, nil when it is gone.
func (s *Service) head(doc archive.Document) *templates.Head {
	f, err := s.form(doc)
	if err != nil {
		return nil
	}
	return &f.Head
}

// MaySign reports why a caller may not make a document's next signature; nil
// where it is theirs, or the agency's seal. Errors: *NotYoursError.
func (s *Service) MaySign(doc archive.Document, by archive.Actor) error {
	if s.PersonFor(doc) == "" {
		return nil
	}
	return s.ownSignature(doc, by)
}

// Signs is the role that makes move: the signatory for signing and for what
// only a signatory signs, else the clerk.
func (s *Service) Signs(doc archive.Document, move archive.Move) archive.Role {
	if move == archive.MoveSign || s.signing(doc) == templates.SignedByLeader {
		return archive.RoleSignatory
	}
	return archive.RoleClerk
}

// PersonFor is who must make the document's next signature, "" for the
// agency's seal and for a document that waits for none.
func (s *Service) PersonFor(doc archive.Document) string {
	a, err := s.Agency(doc.Agency)
	if err != nil {
		return ""
	}
	signed := doc.State != archive.Drafted
	switch s.signing(doc) {
	case templates.LeaderAndSeal:
		if signed {
			return ""
		}
	case templates.SealAlone:
		return ""
	}
	return a.signatoryOf(doc)
}

// closingHand finds the usable key of a document's last signature and checks
// that the caller may use it. Errors: *NoKeyError, *KeyNotUsableError,
// *NotYoursError.
func (s *Service) closingHand(doc archive.Document, by archive.Actor) (hand, error) {
	way := s.signing(doc)
	if way != templates.SignedByLeader && way != templates.SignedByClerk {
		key, err := s.sealKey(doc)
		return hand{key: key, field: fieldSeal, name: s.agencyName(doc.Agency), reason: sealReason(doc)}, err
	}
	key, person, err := s.personKey(doc, by)
	h := hand{key: key, field: fieldSignatory, person: person, name: doc.SignatoryName, reason: doc.SignatoryTitle + " ký"}
	if way == templates.SignedByClerk {
		h.field = fieldClerk
	}
	if doc.Number != nil {
		h.reason += " văn bản số " + doc.Number.Full()
	}
	return h, err
}

// ownSignature refuses whoever is not the person whom a document names, also
// where it is signed already: nobody is told that they signed for another.
func (s *Service) ownSignature(doc archive.Document, by archive.Actor) error {
	agency, err := s.Agency(doc.Agency)
	if err != nil {
		return err
	}
	id := agency.signatoryOf(doc)
	if by.Person != archive.Anyone && (by.Person != id || id == "") {
		return &NotYoursError{Document: doc.ID, Agency: agency.ID, Person: id, Name: doc.SignatoryName, Title: doc.SignatoryTitle, Yours: by.Person}
	}
	return nil
}

// personKey is the usable key of the person whom a document names, if the
// caller may sign as them.
func (s *Service) personKey(doc archive.Document, by archive.Actor) (*Key, string, error) {
	agency, err := s.Agency(doc.Agency)
	if err != nil {
		return nil, "", err
	}
	id := agency.signatoryOf(doc)
	if err := s.ownSignature(doc, by); err != nil {
		return nil, id, err
	}
	key, err := agency.PersonKey(id)
	if err != nil {
		return nil, id, err
	}
	return key, id, s.usable(key, agency.ID, id)
}

// named is the actor as the trail keeps it: with the person whose signature it
// was, and nobody's for the seal.
func named(by archive.Actor, person string) archive.Actor {
	by.Person = person
	return by
}

// canClose reports why a document's last signature cannot be made.
func (s *Service) canClose(doc archive.Document, by archive.Actor) error {
	_, err := s.closingHand(doc, by)
	return err
}

// errorCode is a short word for why a document of a batch failed.
func errorCode(err error) string {
	if c := archive.ErrorCode(err); c != "" {
		return c
	}
	switch {
	case isError[*NotYoursError](err):
		return "not_yours"
	case isError[*NoKeyError](err):
		return "no_key"
	case isError[*KeyNotUsableError](err):
		return "key_unusable"
	}
	return "failed"
}

func isError[E error](err error) bool {
	_, ok := errors.AsType[E](err)
	return ok
}

// moves is the way to issue that a form's signing has. A document with one
// signature is signed, dated and issued in one move.
func moves(f *templates.Form) []archive.Move {
	var out []archive.Move
	if f.Signing == templates.LeaderAndSeal {
		out = append(out, archive.MoveSign)
	}
	if f.Number != numberNone {
		out = append(out, archive.MoveNumber)
	}
	return append(out, archive.MoveIssue)
}

// signatoryOf is the id of who signs a document, "" when nobody of the agency
// has the title and name that it prints any longer.
func (a *Agency) signatoryOf(doc archive.Document) string {
	for _, s := range a.people() {
		if strings.Join(s.Title, " ") == doc.SignatoryTitle && s.Name == doc.SignatoryName {
			return s.Key
		}
	}
	return ""
}
