package issuance

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"antin/archive"
	"antin/signer/verify"
)

// Verify judges a file and adds what the register knows of it. Nothing of the
// file is kept.
func (s *Service) Verify(ctx context.Context, pdf []byte) (*verify.Report, error) {
	// A fetch has a time limit of its own; without one nothing goes to the network.
	report, err := verify.Document(pdf, verify.Options{Trust: s.trust, Now: s.now(), Fetch: s.fetch})
	if err != nil {
		return nil, fmt.Errorf("verify a file: %w", err)
	}
	if s.store == nil { // a judge without a register
		return report, nil
	}
	word, err := s.askRegister(ctx, pdf, report.LookupCode)
	if err != nil {
		return nil, fmt.Errorf("ask the register: %w", err)
	}
	report.SetRegister(word)
	return report, nil
}

// askRegister finds the document that a file is a revision of, or that it was
// made from by appending to it. nil is a file that the register does not know.
func (s *Service) askRegister(ctx context.Context, pdf []byte, code string) (*verify.Register, error) {
	for i, sum := range prefixes(pdf) {
		word, err := s.wordOn(ctx, sum)
		if _, missing := errors.AsType[*archive.NotFoundError](err); missing {
			continue
		}
		if err != nil {
			return nil, err
		}
		// That the document is no longer in force weighs more than what was added.
		if i > 0 && word.State != verify.RegisterWithdrawn && word.State != verify.RegisterReplaced {
			word.State = verify.RegisterChanged
		}
		return word, nil
	}
	return s.askByCode(ctx, code)
}

// wordOn finds the document that has a file, or the annex. Errors:
// *archive.NotFoundError.
func (s *Service) wordOn(ctx context.Context, sum string) (*verify.Register, error) {
	doc, err := s.store.BySHA256(ctx, sum)
	if err == nil {
		word := registerWord(doc, sum)
		if IsCopy(doc) {
			if word.CopyOf = s.copyWord(ctx, doc); len(doc.Revisions) > 0 && doc.Revisions[0].SHA256 == sum && word.CopyOf != nil && len(word.CopyOf.Pages) == 0 {
				// The file that was copied is no draft of anything.
				return nil, &archive.NotFoundError{What: "revision", ID: sum}
			}
		}
		word.Successor, err = s.successor(ctx, doc)
		return word, err
	}
	if _, missing := errors.AsType[*archive.NotFoundError](err); !missing {
		return nil, err
	}
	doc, annex, err := s.store.AnnexBySHA256(ctx, sum)
	if err != nil {
		return nil, err
	}
	word := registerWord(doc, "")
	word.Annex = annex.N
	if annex.Signed == sum && hasRevision(doc, archive.RevisionIssued) {
		word.State = registerState(doc.State)
	}
	word.Successor, err = s.successor(ctx, doc)
	return word, err
}

// successor names the document that replaced or corrected doc, "" without one.
func (s *Service) successor(ctx context.Context, doc archive.Document) (string, error) {
	if doc.ReplacedBy == "" {
		return "", nil
	}
	next, err := s.store.Get(ctx, doc.ReplacedBy)
	if _, missing := errors.AsType[*archive.NotFoundError](err); missing {
		return "", nil
	}
	if err != nil || next.Number == nil {
		return "", err
	}
	return next.Number.Full() + " ngày " + next.Number.Date.In(archive.Zone).Format("02/01/2006"), nil
}

// askByCode finds the issued document whose lookup code a file claims. The file
// itself is unknown, so it is not that document.
func (s *Service) askByCode(ctx context.Context, claimed string) (*verify.Register, error) {
	code := NormalLookupCode(claimed)
	if code == "" {
		return nil, nil //nolint:nilnil // nil is the answer "unknown"
	}
	doc, err := s.store.ByLookupCode(ctx, code)
	if _, missing := errors.AsType[*archive.NotFoundError](err); missing {
		return nil, nil //nolint:nilnil // nil is the answer "unknown"
	}
	if err != nil || !hasRevision(doc, archive.RevisionIssued) {
		return nil, err
	}
	word := registerWord(doc, "")
	word.State = verify.RegisterAltered
	return word, nil
}

// maxPrefixes bounds the look-ups that a file with many revisions costs.
const maxPrefixes = 16

// prefixes are the hashes of the file and of what it was before each of its last
// revisions, longest first: a revision ends behind "%%EOF" and its line end.
func prefixes(pdf []byte) []string {
	ends := []int{len(pdf)}
	mark := []byte("%%EOF")
	for at := len(pdf); len(ends) <= maxPrefixes; {
		i := bytes.LastIndex(pdf[:at], mark)
		if i < 0 {
			break
		}
		at = i
		end := i + len(mark)
		if end < len(pdf) && pdf[end] == '\r' {
			end++
		}
		if end < len(pdf) && pdf[end] == '\n' {
			end++
		}
		if end != ends[len(ends)-1] {
			ends = append(ends, end)
		}
	}
	out := make([]string, len(ends))
	for i, end := range ends {
		sum := sha256.Sum256(pdf[:end])
		out[i] = hex.EncodeToString(sum[:])
	}
	return out
}

// registerWord is what the register says of a document to whoever has its file.
func registerWord(doc archive.Document, sum string) *verify.Register {
	r := &verify.Register{
		State: verify.RegisterUnfinal, DocumentID: doc.ID, DocumentType: doc.DocumentType, Subject: doc.Title,
		Reason: doc.Reason, ReplacedBy: doc.ReplacedBy,
	}
	if n := doc.Number; n != nil {
		r.Number, r.Symbol, r.Date = n.Text, n.Symbol, n.Date.In(archive.Zone).Format("02/01/2006")
	}
	if !doc.Ended.IsZero() {
		r.StateDate = doc.Ended.In(archive.Zone).Format("02/01/2006")
	}
	for _, rev := range doc.Revisions {
		if rev.SHA256 == sum && (rev.Kind == archive.RevisionIssued || rev.Kind == archive.RevisionPreserved) {
			r.State = registerState(doc.State)
		}
	}
	return r
}

func registerState(s archive.State) string {
	switch s {
	case archive.Withdrawn:
		return verify.RegisterWithdrawn
	case archive.Replaced:
		return verify.RegisterReplaced
	case archive.Corrected:
		return verify.RegisterCorrected
	case archive.Issued, archive.Delivered:
		return verify.RegisterIssued
	case archive.Drafted, archive.Signed, archive.Numbered, archive.Returned:
	}
	return verify.RegisterUnfinal
}

// PublicDocument is what anyone may learn by a lookup code: never the file, and
// nothing personal.
type PublicDocument struct {
	LookupCode, Agency, DocumentType, Subject string
	State                                     archive.State
	NumberAndSymbol                           string
	Date                                      time.Time // zero until numbered
	Reason                                    string    // of a withdrawal or replacement
	Ended                                     time.Time
	Successor                                 string // number and date of what replaced or corrected it
	Notice                                    string
	Annexes                                   int // in files of their own
}

// LookUp finds a document by the code that a person typed or scanned. Errors:
// *archive.NotFoundError, also for what is not issued yet or was returned: a
// draft is nobody's business.
func (s *Service) LookUp(ctx context.Context, typed string) (PublicDocument, error) {
	missing := &archive.NotFoundError{What: "lookup code", ID: typed}
	code := NormalLookupCode(typed)
	if code == "" {
		return PublicDocument{}, missing
	}
	doc, err := s.store.ByLookupCode(ctx, code)
	if err != nil {
		return PublicDocument{}, err
	}
	if !hasRevision(doc, archive.RevisionIssued) {
		return PublicDocument{}, missing
	}
	out := PublicDocument{
		LookupCode: code, Agency: s.agencyName(doc.Agency), DocumentType: doc.DocumentType, Subject: doc.Title,
		State: doc.State, Date: doc.Issued.In(archive.Zone), Ended: doc.Ended,
	}
	if n := doc.Number; n != nil { // a slip may have none
		out.NumberAndSymbol, out.Date = n.Full(), n.Date.In(archive.Zone)
	}
	if a, ok := s.agencies[doc.Agency]; ok {
		out.Notice = a.Notice
	}
	annexes, err := s.store.AnnexesOf(ctx, doc.ID)
	if err != nil {
		return PublicDocument{}, err
	}
	out.Annexes = len(annexes)
	if !doc.State.InForce() {
		out.Reason = doc.Reason
	}
	out.Successor, err = s.successor(ctx, doc)
	return out, err
}

// Readiness is one thing the service needs in order to work.
type Readiness struct {
	Name string
	// Fatal says that nothing can be done without it.
	Fatal   bool
	Err     error
	Message string // for a stranger: no names of files or people
}

// warnBefore is how long before a certificate ends the service says so.
const warnBefore = 30 * 24 * time.Hour

// Ready examines store, keys and certificates.
func (s *Service) Ready(ctx context.Context) []Readiness {
	store := Readiness{Name: "store", Fatal: true, Err: s.store.Ping(ctx)}
	if store.Err != nil {
		store.Message = "kho lưu trữ không trả lời / the store does not answer"
	}
	keys := Readiness{Name: "keys", Fatal: true}
	soon := Readiness{Name: "certificates"}
	now := s.now()
	for _, id := range s.AgencyIDs() {
		keys.Err = errors.Join(keys.Err, s.agencies[id].Check(now))
		soon.Err = errors.Join(soon.Err, s.agencies[id].Check(now.Add(warnBefore)))
	}
	if keys.Err != nil {
		keys.Message = "có khóa ký không dùng được / a signing key cannot be used"
	}
	if soon.Err != nil {
		soon.Message = "có chứng thư hết hạn trong 30 ngày tới / a certificate expires within 30 days"
	}
	return []Readiness{store, keys, soon}
}
