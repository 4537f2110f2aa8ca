package archive

import (
	"time"
)

// Filter narrows a list. Zero values do not narrow.
type Filter struct {
	Agency       string
	States       []State
	Form         string
	DocumentType string
	Book         string
	Year         int
	SerialFrom   int       // numbers from this one …
	SerialTo     int       // … to this one, both inclusive
	DayFrom      time.Time // date of the number, both inclusive; for documents
	DayTo        time.Time // without a number, the day they were drafted
	DossierCode  string
	Recipient    string // words of the recipients
	Subject      string // words of the subject
	// Text is words of subject, title, recipients, number and symbol, signatory,
	// dossier code and lookup code. Words are compared without tones and case
	// unless they carry tones themselves.
	Text string
}

// Page asks for part of a list.
type Page struct {
	After string // Next of the page before; "" is the first page
	Limit int    // 1 to MaxPage; 0 is 50
}

// MaxPage is the longest page.
const MaxPage = 500

// Size is the page's length within its bounds.
func (p Page) Size() int {
	if p.Limit <= 0 {
		return 50
	}
	return min(p.Limit, MaxPage)
}

// DocumentPage is part of a list of documents.
type DocumentPage struct {
	Documents []Document
	Next      string // "" on the last page
}

// EntryPage is part of the register.
type EntryPage struct {
	Entries []Entry
	Next    string
}

// Entry is one line of the register of outgoing documents, with the ten
// columns of Nghị định 30/2020/NĐ-CP, Phụ lục IV, mẫu I.2.
type Entry struct {
	Number       Number    // (1) and (2): number, symbol, date
	DocumentType string    // (3)
	Subject      string    // (3)
	Signer       string    // (4)
	Recipients   []string  // (5)
	KeptBy       string    // (6)
	Copies       int       // (7)
	Sent         time.Time // (8) zero until issued
	Receipt      string    // (9) note of the delivery
	Note         string    // (10) reason of a withdrawal, replacement, correction
	Ended        time.Time // (10) moment of a withdrawal or replacement; zero without
	State        State
	DocumentID   string
	LookupCode   string
	DossierCode  string
	// ReplacedBy is the document that replaced or corrected this one.
	ReplacedBy string
}

// Diagnosis is what Doctor found.
type Diagnosis struct {
	Documents, Revisions, Contents, Numbers int64
	Audit                                   AuditReport
	// Findings is empty when all is well. It is cut off at MaxFindings.
	Findings []Finding
}

// MaxFindings bounds a diagnosis.
const MaxFindings = 1000

// Finding is one thing that is wrong.
type Finding struct {
	Kind     FindingKind
	Document string // "" when it is about none
	Subject  string // a hash, a book and year, a table
	Detail   string // short English
}

// FindingKind is what is wrong.
type FindingKind string

// The kinds of findings.
const (
	FindContent  FindingKind = "content"  // stored bytes missing, of another size or hash
	FindRevision FindingKind = "revision" // the revisions do not fit the state, or do not append to one another
	FindNumber   FindingKind = "number"   // a gap, a duplicate, a date before the one before
	FindState    FindingKind = "state"    // the recorded moves do not lead to the state
	FindLink     FindingKind = "link"     // a replacement or correction leads nowhere
	FindAudit    FindingKind = "audit"    // the chain is broken
	FindIndex    FindingKind = "index"    // a document is not found by its words
	FindFile     FindingKind = "file"     // the database file itself is damaged
)
