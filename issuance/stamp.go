package issuance

import (
	"strings"
	"time"
	"unicode/utf8"

	"antin/archive"
	"antin/signer"
	"antin/templates/vietnamese"
)

// certify is the signatory's revision of a PDF.
func (s *Service) certify(pdf []byte, doc archive.Document, key *Key, at time.Time) ([]byte, error) {
	return signer.Certify(pdf, signer.Signature{
		Identity: key.Identity, Picture: key.Picture, Profile: key.Profile, Field: fieldSignatory,
		Name: doc.SignatoryName, Reason: doc.SignatoryTitle + " ký ban hành", Location: s.place(doc.Agency), Time: at,
	})
}

// stamp is the revision that fills number, date and archive stamp and makes the
// last signature. Where it is a person's it is the only one and certifies.
func (s *Service) stamp(pdf []byte, doc archive.Document, h hand, at time.Time) ([]byte, error) {
	if IsCopy(doc) {
		return s.stampCopy(pdf, doc, h, at)
	}
	day := at
	if doc.Number != nil {
		day = doc.Number.Date
	}
	sig := signer.Signature{
		Identity: h.key.Identity, Picture: h.key.Picture, Profile: h.key.Profile, Field: h.field,
		Name: h.name, Reason: h.reason, Location: s.place(doc.Agency), Time: at,
	}
	if h.person != "" {
		return signer.CertifyFilled(pdf, sig, s.fills(doc, day))
	}
	return signer.Seal(pdf, sig, s.fills(doc, day))
}

// fills are the values of the fields that one revision fills together with the
// seal: number, date and archive stamp. A form may lack a place for any of them,
// and a slip without a number has only its date.
func (s *Service) fills(doc archive.Document, day time.Time) []signer.Fill {
	date := vietnamese.PlaceDate(s.place(doc.Agency), day.In(archive.Zone))
	out := []signer.Fill{{Field: fieldDate, Value: date, Optional: true}, {Field: fieldDate + "_2", Value: date, Optional: true}}
	if doc.Number == nil {
		return out
	}
	return append(out,
		signer.Fill{Field: fieldNumber, Value: doc.Number.Full(), Optional: true},
		signer.Fill{Field: fieldNumber + "_2", Value: doc.Number.Full(), Optional: true},
		s.archiveStamp(doc))
}

// stampLine is how many characters a line of the stamp takes in its smallest
// type.
const stampLine = 64

// stampName is the agency's name as the stamp has room for it: whole, or short,
// or cut at a word.
func (a *Agency) stampName() string {
	for _, name := range []string{a.Profile.Title, a.Profile.Short} {
		if n := utf8.RuneCountInString(name); n > 0 && n <= stampLine {
			return name
		}
	}
	cut := string([]rune(a.Profile.Title)[:stampLine-1])
	if i := strings.LastIndexByte(cut, ' '); i > 0 {
		cut = cut[:i]
	}
	return strings.TrimRight(cut, " ,;-") + "…"
}

// retention is how many years a book is kept, 0 where the agency has not said.
func (a *Agency) retention(book string) int {
	for _, b := range a.office.Books {
		if b.Code == book {
			return b.RetentionYears
		}
	}
	return 0
}

// retention is how many years a document's book is kept, 0 where the agency has
// not said.
func (s *Service) retention(doc archive.Document) int {
	if a, ok := s.agencies[doc.Agency]; ok {
		return a.retention(doc.Book)
	}
	return 0
}
