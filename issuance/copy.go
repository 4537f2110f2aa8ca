package issuance

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"antin/archive"
	"antin/signer/verify"
	"antin/templates"
	"antin/templates/mark"
)

// CopyKind is a form of copy (Nghị định 30/2020/NĐ-CP, Điều 25).
type CopyKind string

// The kinds.
const (
	CopyWhole   CopyKind = "sao_y"
	CopyOfCopy  CopyKind = "sao_luc"
	CopyExtract CopyKind = "trich_sao"
)

// copyKinds hold, for each kind, its words beside the signature (Phụ lục I, phần
// II, mục I.1), its abbreviation (Phụ lục III, mục I) and its name in the register.
var copyKinds = map[CopyKind]struct{ words, symbol, name string }{
	CopyWhole:   {"SAO Y", "SY", "Bản sao y"},
	CopyOfCopy:  {"SAO LỤC", "SL", "Bản sao lục"},
	CopyExtract: {"TRÍCH SAO", "TrS", "Bản trích sao"},
}

// copyForm stands in the archive for the form of a copy, copyBook is the one book
// that numbers all copies of an agency (Phụ lục I, phần II, mục II.1.c).
const (
	copyForm, copyVersion = "ban-sao", "nd30-2020"
	copyBook              = "SAO"
)

// IsCopy tells whether a document is a copy of another one.
func IsCopy(doc archive.Document) bool { return doc.Form == copyForm }

// CopyRequest asks for an electronic copy: of a paper that was scanned (PDF), or
// an extract of a document of the register (Document) or of a PDF.
type CopyRequest struct {
	Kind     CopyKind
	Agency   string // "" is the only one
	Document string // id; or
	PDF      []byte
	// Source says which document the PDF is.
	Source CopySource
	Pages  []int // of an extract, from 1, rising
	// Signatory decides on the copying (Điều 27); "" is the head.
	Signatory   string
	Idempotency archive.Idempotency
	By          archive.Actor
}

// CopySource names the document that a copy is of.
type CopySource struct {
	Agency  string `json:"agency"`            // who issued it
	Number  string `json:"number"`            // số, ký hiệu
	Date    string `json:"date"`              // as it stands on the document
	Subject string `json:"subject,omitempty"` // may name people: never public
}

// copyFacts is what the archive keeps of a copy as its data.
type copyFacts struct {
	Kind     CopyKind   `json:"kind"`
	Source   CopySource `json:"source"`
	Document string     `json:"document,omitempty"` // of this register
	SHA256   string     `json:"sha256"`             // of the file that was copied
	Pages    []int      `json:"pages,omitempty"`
}

// CopyRule is a rule that a copy would break.
type CopyRule string

// The rules.
const (
	CopyKindUnknown CopyRule = "kind"       // no such kind
	CopyNoSource    CopyRule = "source"     // neither document nor file, or both
	CopyUnnamed     CopyRule = "unnamed"    // agency, number or date of the source is missing or too long
	CopyElectronic  CopyRule = "electronic" // Điều 25.1 and 25.2 know no copy of an electronic document to another
	CopyNotInForce  CopyRule = "not_in_force"
	CopyPages       CopyRule = "pages"     // missing, out of order, or of a copy that takes all
	CopyFrame       CopyRule = "frame"     // an extract has to have head and signatures: Detail lists the pages
	CopySignatory   CopyRule = "signatory" // nobody of this name decides
)

// CopyError says which rule stands against a copy. Nothing was made.
type CopyError struct {
	Rule   CopyRule
	Detail string
}

func (e *CopyError) Error() string { return fmt.Sprintf("copy: %s: %s", e.Rule, e.Detail) }

// Copy makes an electronic copy up to until: its file, its number in the book of
// copies and the agency's signature at the top right of its first page.
//
// A whole copy (sao y, sao lục) is the file as it came with the signature
// appended: it begins with the very bytes of the file that was copied. An extract
// (trích sao) is a new file of the pages chosen.
//
// Errors: *CopyError, *mark.RefusalError, *UnknownAgencyError,
// *archive.NotFoundError, *archive.IdempotencyConflictError, and those of Issue.
func (s *Service) Copy(ctx context.Context, r CopyRequest, until Until) (doc archive.Document, replay bool, err error) {
	if r.Idempotency.Key != "" {
		if doc, replay, err = s.store.ByIdempotency(ctx, r.Idempotency); err != nil {
			return doc, false, err
		}
	}
	if !replay {
		if doc, replay, err = s.draftCopy(ctx, r); err != nil {
			return doc, replay, err
		}
	}
	if until == UntilIssued {
		if err := s.canReach(doc, until, r.By); err != nil {
			return doc, replay, err
		}
	}
	doc, err = s.advance(ctx, doc, until, r.By)
	return doc, replay, err
}

func (s *Service) draftCopy(ctx context.Context, r CopyRequest) (archive.Document, bool, error) {
	none := archive.Document{}
	kind, ok := copyKinds[r.Kind]
	if !ok {
		return none, false, &CopyError{CopyKindUnknown, string(r.Kind)}
	}
	agency, err := s.Agency(r.Agency)
	if err != nil {
		return none, false, err
	}
	decides, ok := agency.decides(r.Signatory)
	if !ok {
		return none, false, &CopyError{CopySignatory, r.Signatory}
	}
	source, facts, err := s.copySource(ctx, r, agency)
	if err != nil {
		return none, false, err
	}
	code, err := newLookupCode(s.random)
	if err != nil {
		return none, false, err
	}
	at := s.now()
	title := fmt.Sprintf("%s văn bản số %s ngày %s của %s", kind.name, facts.Source.Number, facts.Source.Date, facts.Source.Agency)
	pdf, pages := source.pdf, source.file.Pages
	if r.Kind == CopyExtract {
		if pdf, err = mark.Extract(source.pdf, mark.Extraction{Pages: r.Pages, Title: title, Keywords: []string{code}, Now: at}); err != nil {
			return none, false, err
		}
		pages = len(r.Pages)
	}
	data, err := json.Marshal(facts)
	if err != nil {
		return none, false, fmt.Errorf("write down a copy: %w", err)
	}
	d := archive.Draft{
		Agency: agency.ID, Form: copyForm, FormVersion: copyVersion, DocumentType: kind.name, Title: title, Subject: title,
		Book: copyBook, Symbol: kind.symbol + "-" + agency.Profile.Symbol, KeptBy: agency.office.KeptBy, Copies: 1,
		SignatoryTitle: strings.Join(decides.Title, " "), SignatoryName: decides.Name, PageCount: pages,
		LookupCode: code, Data: data, Personal: true, Moves: []archive.Move{archive.MoveNumber, archive.MoveIssue},
		PDF: pdf, Idempotency: r.Idempotency, By: r.By, At: at,
	}
	if s := facts.Source.Subject; s != "" {
		d.Subject += ": " + s
	}
	if d.ID, err = newID(s.random, at); err != nil {
		return none, false, err
	}
	doc, created, err := s.store.CreateDraft(ctx, d)
	return doc, !created, err
}

// sourceFile is the file that is copied.
type sourceFile struct {
	pdf  []byte
	file mark.File
}

// copySource finds what is to be copied and holds it against Điều 25.
func (s *Service) copySource(ctx context.Context, r CopyRequest, agency *Agency) (sourceFile, copyFacts, error) {
	facts := copyFacts{Kind: r.Kind, Document: r.Document}
	var src sourceFile
	if (r.Document == "") == (len(r.PDF) == 0) {
		return src, facts, &CopyError{CopyNoSource, "want a document or a file"}
	}
	if r.Document != "" && r.Kind != CopyExtract {
		return src, facts, &CopyError{CopyElectronic, "the document of the register is electronic"}
	}
	var err error
	if r.Document != "" {
		src.pdf, facts.Source, err = s.ownSource(ctx, r.Document, agency)
	} else {
		src.pdf = r.PDF
		facts.Source, err = sourceNamed(r.Source)
	}
	if err != nil {
		return src, facts, err
	}
	if src.file, err = mark.Inspect(src.pdf); err != nil {
		return src, facts, err
	}
	facts.SHA256 = src.file.SHA256
	if r.Kind != CopyExtract {
		switch {
		case src.file.Signatures > 0:
			return src, facts, &CopyError{CopyElectronic, "the file carries digital signatures"}
		case src.file.Fields > 0:
			return src, facts, &mark.RefusalError{Code: mark.Fields, Detail: "a form"}
		case len(r.Pages) > 0:
			return src, facts, &CopyError{CopyPages, "a whole copy takes all pages"}
		}
		return src, facts, nil
	}
	facts.Pages = r.Pages
	return src, facts, checkPages(r.Pages, src.file)
}

// checkPages holds the pages of an extract against what it has to have: its head
// and its signatures (Điều 25.3.b: the copy sets up all components of form anew).
func checkPages(pages []int, file mark.File) error {
	for i, n := range pages {
		if n < 1 || n > file.Pages || i > 0 && n <= pages[i-1] {
			return &CopyError{CopyPages, strconv.Itoa(file.Pages)}
		}
	}
	if len(pages) == 0 {
		return &CopyError{CopyPages, strconv.Itoa(file.Pages)}
	}
	var missing []string
	for _, n := range append([]int{1}, file.SignedPages...) {
		if p := strconv.Itoa(n); !slices.Contains(pages, n) && !slices.Contains(missing, p) {
			missing = append(missing, p)
		}
	}
	if len(missing) > 0 {
		return &CopyError{CopyFrame, strings.Join(missing, ", ")}
	}
	return nil
}

// ownSource is a document of the register.
func (s *Service) ownSource(ctx context.Context, id string, agency *Agency) ([]byte, CopySource, error) {
	doc, err := s.store.Get(ctx, id)
	if err != nil {
		return nil, CopySource{}, err
	}
	if doc.Agency != agency.ID {
		return nil, CopySource{}, &archive.NotFoundError{What: "document", ID: id}
	}
	if !doc.State.InForce() || doc.Number == nil {
		return nil, CopySource{}, &CopyError{CopyNotInForce, string(doc.State)}
	}
	pdf, _, err := s.store.RevisionContent(ctx, id, 0)
	return pdf, CopySource{
		Agency: s.agencyName(doc.Agency), Number: doc.Number.Full(), Date: doc.Number.Date.In(archive.Zone).Format("02/01/2006"), Subject: doc.Subject,
	}, err
}

// maxSourceText bounds each word on the source of a copy, in runes.
const maxSourceText = 300

// sourceNamed checks what the caller says of the file.
func sourceNamed(src CopySource) (CopySource, error) {
	out := src
	for _, f := range []struct {
		name     string
		value    *string
		required bool
	}{{"agency", &out.Agency, true}, {"number", &out.Number, true}, {"date", &out.Date, true}, {"subject", &out.Subject, false}} {
		*f.value = strings.Join(strings.Fields(norm.NFC.String(*f.value)), " ")
		if n := utf8.RuneCountInString(*f.value); f.required && n == 0 || n > maxSourceText || !utf8.ValidString(*f.value) {
			return src, &CopyError{CopyUnnamed, f.name}
		}
	}
	return out, nil
}

// stampCopy is the revision with the agency's signature: kind of copy, agency,
// moment (Phụ lục I, phần II, mục I.3).
func (s *Service) stampCopy(pdf []byte, doc archive.Document, h hand, at time.Time) ([]byte, error) {
	facts, err := factsOf(doc)
	if err != nil {
		return nil, err
	}
	words := copyKinds[facts.Kind].words + "; " + s.agencyName(doc.Agency) + ";"
	reason := copyKinds[facts.Kind].name + " số " + doc.Number.Full()
	return s.signFile(pdf, doc.Agency, h.key, words, reason, at)
}

func factsOf(doc archive.Document) (copyFacts, error) {
	var f copyFacts
	if err := json.Unmarshal(doc.Data, &f); err != nil {
		return f, fmt.Errorf("read what copy %s is of: %w", doc.ID, err)
	}
	if _, ok := copyKinds[f.Kind]; !ok {
		return f, fmt.Errorf("copy %s is of an unknown kind %q", doc.ID, f.Kind)
	}
	return f, nil
}

// copyWord says of which file a copy is, for the register's word on it. Data that
// was destroyed says nothing.
func (s *Service) copyWord(ctx context.Context, doc archive.Document) *verify.CopyOf {
	f, err := factsOf(doc)
	if err != nil {
		return nil
	}
	out := &verify.CopyOf{
		Kind: string(f.Kind), Words: copyKinds[f.Kind].words, SHA256: f.SHA256, Agency: f.Source.Agency, Number: f.Source.Number,
		Date: f.Source.Date, Pages: f.Pages, DocumentID: f.Document,
	}
	if f.Document != "" {
		if source, err := s.store.Get(ctx, f.Document); err == nil && !source.State.InForce() {
			out.SourceState = registerState(source.State)
		}
	}
	return out
}

// decides finds who decides on a copy; "" is the head.
func (a *Agency) decides(id string) (templates.Signatory, bool) {
	for _, p := range a.Profile.Signatories {
		if id == "" || p.Key == id {
			return p, true
		}
	}
	return templates.Signatory{}, false
}
