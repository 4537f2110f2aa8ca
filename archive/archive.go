// Package archive keeps what an agency promised the public: the register of
// numbers, the documents with every revision of their PDF, and the trail of who
// did what. The package holds the types, the rules that need no database and
// the Store interface; archive/sqlite (default) and archive/postgres keep it,
// and archive/conformance runs one suite over both.
//
// No object-relational mapper is used: the statements are few, and the promise
// (one transaction per step, durable before it is acknowledged) has to be read
// in them.
package archive

import (
	"context"
	"encoding/json"
	"time"
)

// Store keeps agencies, books, numbers, documents, revisions, the audit trail
// and API keys.
//
// Every method that changes something is one transaction: state, content and
// audit row together. When it returns without error the change is on disk
// (SQLite synchronous FULL; PostgreSQL synchronous_commit on). When it returns
// an error nothing was changed, with one exception: *OutcomeUnknownError, after
// which the same call is to be repeated. Calls may come from any number of
// goroutines, and with PostgreSQL from any number of processes.
//
// Times are given by the caller, stored to the microsecond and returned in UTC.
// Years and dates of numbers are those of Asia/Ho_Chi_Minh (see Zone).
type Store interface {
	Registry
	Documents
	Annexes
	Search
	Keys
	Sessions
	Trail
	Upkeep
	Queue
	Batches
	Outbox
	// Close waits for steps under way, then releases the store.
	Close() error
}

// Registry is the configuration that documents refer to. Both calls change the
// row only where it differs, and write an audit row only when they changed it.
type Registry interface {
	PutAgency(ctx context.Context, a Agency, by Actor, at time.Time) error
	// PutBook creates or changes a book. A change that would break the sequence
	// (a starting number for a year that has numbers already, another style) is
	// refused with *BookError.
	PutBook(ctx context.Context, b Book, by Actor, at time.Time) error
	Agency(ctx context.Context, id string) (Agency, error) // *NotFoundError
	Agencies(ctx context.Context) ([]Agency, error)
	Book(ctx context.Context, agency, code string) (Book, error) // *NotFoundError
	Books(ctx context.Context, agency string) ([]Book, error)
}

// Documents is the life of a document, one method per move.
//
// Repeating a move with the same bytes (or, for AssignNumber, at all) returns
// the same result. A move that the state does not allow is refused with
// *StateError, an unknown id with *NotFoundError.
type Documents interface {
	// CreateDraft stores a new document with revision 1. created is false when
	// the same Idempotency scope, key and request hash (or the same ID and PDF)
	// made it before: the document as it stands now is returned.
	// Errors: *IdempotencyConflictError (same key, other request),
	// *UniqueKeyError (names the document that holds the key),
	// *DuplicateError (ID or lookup code taken by another document),
	// *NotFoundError (agency, book, or the document that it replaces or corrects).
	CreateDraft(ctx context.Context, d Draft) (doc Document, created bool, err error)
	// ByIdempotency finds what an earlier request with this key made, so that a
	// repeated request need not render again. found is false when none did.
	// Errors: *IdempotencyConflictError.
	ByIdempotency(ctx context.Context, i Idempotency) (doc Document, found bool, err error)
	// AddSigned: draft → signed, with the certified revision.
	AddSigned(ctx context.Context, id string, pdf []byte, by Actor, at time.Time) (Document, error)
	// AssignNumber: signed (or draft, when the document has no signing move) →
	// numbered: the next number of (agency, book, year of at). It is on disk when
	// this returns; a document that has a number already returns with that one
	// in whatever later state it is.
	// Errors: *BackdateError, *StateError.
	AssignNumber(ctx context.Context, id string, by Actor, at time.Time) (Document, error)
	// AddIssued: numbered → issued, with the sealed revision.
	AddIssued(ctx context.Context, id string, pdf []byte, by Actor, at time.Time) (Document, error)
	// AddPreserved appends a revision to an issued document (timestamps,
	// long-term validation data); the state stays.
	AddPreserved(ctx context.Context, id string, pdf []byte, by Actor, at time.Time) (Document, error)
	// Deliver: issued → delivered, once the result reached its recipient.
	Deliver(ctx context.Context, id string, note string, by Actor, at time.Time) (Document, error)
	// Return gives a draft or signed document back to its drafter; it ends there,
	// and its unique key is free again. The reason must not be empty.
	Return(ctx context.Context, id, reason string, by Actor, at time.Time) (Document, error)
	// Withdraw revokes a numbered, issued or delivered document. Its number stays
	// taken, with the reason and date. The reason must not be empty.
	Withdraw(ctx context.Context, id, reason string, by Actor, at time.Time) (Document, error)
	// Replace: issued or delivered → replaced, by a document that is itself issued.
	Replace(ctx context.Context, id, byDocument, reason string, by Actor, at time.Time) (Document, error)
	// Correct: issued or delivered → corrected; the document stays in force as
	// the other (issued) document corrects it.
	Correct(ctx context.Context, id, byDocument, reason string, by Actor, at time.Time) (Document, error)

	Get(ctx context.Context, id string) (Document, error)                            // with Data, Revisions and History
	ByLookupCode(ctx context.Context, code string) (Document, error)                 // same
	BySHA256(ctx context.Context, sha256hex string) (Document, error)                // same; any revision
	Content(ctx context.Context, sha256hex string) ([]byte, error)                   // *NotFoundError, *CorruptError, *DestroyedError
	RevisionContent(ctx context.Context, id string, n int) ([]byte, Revision, error) // n from 1; 0 is the latest
	// Unfinished lists documents that have a number and are not issued, in number
	// order per book, for recovery at start and for the clerk.
	Unfinished(ctx context.Context, agency string) ([]Document, error) // "" is every agency
}

// Search reads the register.
type Search interface {
	// List pages through documents, newest first, without Data, Revisions and
	// History.
	List(ctx context.Context, f Filter, p Page) (DocumentPage, error)
	// Register pages through numbered documents in book order: book, year,
	// serial number.
	Register(ctx context.Context, f Filter, p Page) (EntryPage, error)
	// Counts is the number of documents per state, for the agency ("" is all).
	Counts(ctx context.Context, agency string) (map[State]int64, error)
}

// Keys are the API keys of callers. Only a key's hash is stored.
type Keys interface {
	// PutKey stores a key made by NewKey. *DuplicateError when the id exists.
	PutKey(ctx context.Context, k Key, hash KeyHash, by Actor, at time.Time) error
	// Authenticate finds the key whose secret this is. *KeyError otherwise.
	Authenticate(ctx context.Context, secret string) (Key, error)
	ListKeys(ctx context.Context, agency string) ([]Key, error) // "" is every agency
	RevokeKey(ctx context.Context, id string, by Actor, at time.Time) error
}

// Trail is the append-only audit trail.
type Trail interface {
	// Record appends an event that is not a move: a look at a personal document,
	// a change of configuration, a failed sign-in.
	Record(ctx context.Context, e Event) (AuditRow, error)
	// Audit pages through the trail in order, from the row after `after`.
	Audit(ctx context.Context, f AuditFilter, after int64, limit int) ([]AuditRow, error)
	// VerifyAudit walks the whole chain and the checkpoints. The report says the
	// first place that is wrong; error means that it could not be read.
	VerifyAudit(ctx context.Context, checkpoint func(Checkpoint) error) (AuditReport, error)
	// Head is the last row's position and hash, for a checkpoint.
	Head(ctx context.Context) (seq int64, hash []byte, err error)
	PutCheckpoint(ctx context.Context, c Checkpoint) error
	Checkpoints(ctx context.Context) ([]Checkpoint, error)
}

// Upkeep is what an operator needs.
type Upkeep interface {
	Ping(ctx context.Context) error
	// Backup writes a consistent copy of the database to a new file while the
	// store is in use; contents that are kept as files outside it are not in it.
	Backup(ctx context.Context, path string) error
	// Doctor checks every document's content hash, every number sequence, every
	// link and the audit chain. Findings are in the report; error means that the
	// examination itself could not be done.
	Doctor(ctx context.Context) (Diagnosis, error)
	// Expired pages through documents whose retention period ended before at,
	// by the period of their book. agency "" is every agency.
	Expired(ctx context.Context, agency string, at time.Time, p Page) (DocumentPage, error)
	// Destroy removes the data and the PDFs of an expired document. Its line in
	// the register, its number, its hashes and its trail stay. *RetentionError
	// when it must still be kept.
	Destroy(ctx context.Context, id string, d Destruction, by Actor, at time.Time) (Document, error)
	// CollectFiles looks at up to most files outside the database, those after a
	// name, and removes the ones stored before a moment that no document refers
	// to; next is "" at the end. Without such files it does nothing.
	// Errors: *OwnerError.
	CollectFiles(ctx context.Context, before time.Time, after string, most int) (next string, removed int, err error)
	// MoveToFiles moves up to most contents, those after a place, from the
	// database to the files outside it, each whole and compared with its hash
	// before it is written and after. A content that is damaged stays where it
	// is. It may be interrupted, repeated and run by several at once.
	// Errors: *OwnerError; *InvalidError when there are no files outside.
	MoveToFiles(ctx context.Context, after int64, most int) (Moved, error)
	// Kept counts the contents in the database and in files, of which Backup
	// holds only the first.
	Kept(ctx context.Context) (Kept, error)
	// ForgetIdempotency drops idempotency keys older than before.
	ForgetIdempotency(ctx context.Context, before time.Time) (int64, error)
}

// Destruction is the written act by which documents are destroyed. Nothing is
// destroyed without one: the law asks for a decision of the head of the agency
// and for minutes of what was done.
type Destruction struct {
	Reason   string
	Decision string // number and date of the decision
	Minutes  string // number and date of the minutes
}

// Agency is one issuing body.
type Agency struct {
	ID string // short and stable, e.g. "snv"
	// Name is the agency's own name as the register's cover prints it, Superior
	// the body above it ("" if none).
	Name, Superior string
	// Profile is the agency's configuration as the upper layers wrote it; the
	// archive does not look into it.
	Profile []byte
}

// Actor is who did something.
type Actor struct {
	ID   string // API key id, user id, or "system"
	Name string // as people know them
	Role string // workflow, signatory, clerk, auditor, system
	// Person is as whom they may sign (Key.Person); in a step of a document's
	// history, as whom they did.
	Person string
}

// Draft is a new document. All strings are NFC.
type Draft struct {
	ID                string // unique, chosen by the caller
	Agency            string
	Form, FormVersion string
	DocumentType      string // as the register prints it, e.g. "Quyết định"
	Title             string
	Book              string // code of the book that numbers it
	Symbol            string // ký hiệu, e.g. "QĐ-SNV"; "" where the number stands alone
	PermitKind        int    // digit of the permit code (1 new, 2 extended, 3 re-issued); else 0
	Subject           string // trích yếu
	Recipients        []string
	KeptBy            string // unit or person that keeps the archive copy
	Copies            int    // number of copies; 0 counts as 1
	SignatoryTitle    string
	SignatoryName     string
	DossierCode       string
	PageCount         int // pages of the PDF, for the records archive (Phụ lục VI, PageAmount)
	// UniqueKey, when not empty, may be held by one live document of the agency,
	// e.g. "phieu-xin-loi/H26.1-0001". Returned and withdrawn documents let go of
	// it; a document that replaces the holder takes it over.
	UniqueKey  string
	LookupCode string // mã tra cứu, unique over all agencies
	// Data is what the form was bound to. It holds personal data.
	Data     json.RawMessage
	Personal bool // looking at it is itself recorded
	// Moves is the way to issue that the form's signing has: a subset of sign,
	// number, issue in this order that ends in issue. nil is all three.
	Moves []Move
	// Replaces and Corrects name an earlier document, if any.
	Replaces, Corrects string
	PDF                []byte // revision 1
	Idempotency        Idempotency
	By                 Actor
	At                 time.Time
}

// Idempotency binds a caller's Idempotency-Key to the request it came with. An
// empty Key means that the request had none.
type Idempotency struct {
	Scope       string // who may repeat it, e.g. the API key's id and the path
	Key         string
	RequestHash [32]byte
}

// Document is a document of the register.
type Document struct {
	ID                string
	Agency            string
	Form, FormVersion string
	DocumentType      string
	Title             string
	Book, Symbol      string
	PermitKind        int
	Subject           string
	Recipients        []string
	KeptBy            string
	Copies            int
	SignatoryTitle    string
	SignatoryName     string
	DossierCode       string
	PageCount         int
	UniqueKey         string
	LookupCode        string
	Data              json.RawMessage
	Personal          bool
	Moves             []Move
	Replaces          string // earlier document that this one replaces
	Corrects          string // earlier document that this one corrects

	State   State
	Number  *Number // nil until numbered
	Created time.Time
	Updated time.Time
	// Reason and ReplacedBy belong to the last return, withdrawal, replacement or
	// correction; Delivered is when the result reached its recipient.
	Reason     string
	ReplacedBy string // the document that replaced or corrected this one
	Issued     time.Time
	Delivered  time.Time
	Ended      time.Time // return, withdrawal or replacement
	Destroyed  time.Time // end of retention: Data and PDFs are gone
	CreatedBy  Actor

	Revisions []Revision // oldest first
	History   []Step     // oldest first
}

// Revision is one state of a document's PDF, kept whole. Each revision's bytes
// begin with the bytes of the one before.
type Revision struct {
	N      int // from 1
	Kind   RevisionKind
	SHA256 string // lower-case hex
	Size   int64
	By     Actor
	At     time.Time
}

// RevisionKind says which move brought a revision.
type RevisionKind string

// The kinds of revisions.
const (
	RevisionDraft     RevisionKind = "draft"
	RevisionSigned    RevisionKind = "signed"
	RevisionIssued    RevisionKind = "issued"
	RevisionPreserved RevisionKind = "preserved"
)

// Step is one move of a document.
type Step struct {
	Move     Move
	From, To State
	Revision int // the latest revision at the time
	Reason   string
	Other    string // the other document of a replacement or correction
	By       Actor
	At       time.Time
}
