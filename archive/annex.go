package archive

import (
	"context"
	"fmt"
	"time"
)

// MaxAnnexes is the most annexes in files of their own that a document has.
const MaxAnnexes = 50

// Actions on annexes in the audit trail. Their detail holds number and hash. In a
// *StateError ActionAnnex stands for binding an annex or taking one off.
const (
	ActionAnnex       = "annex"        // a file was bound to a draft
	ActionAnnexRemove = "annex.remove" // and taken off again
	ActionAnnexSign   = "annex.sign"   // the agency's signature was added
)

// Annexes are files that belong to a document and are not in its own file (Nghị
// định 30/2020/NĐ-CP, Phụ lục I, phần I, mục III.1.d). They are bound while the
// document is a draft, so that whoever signs it has them before their eyes, and
// signed by the agency once it has its number; a document with an unsigned annex
// cannot be issued (*InvalidError).
type Annexes interface {
	// AddAnnex binds a file to a draft. The same file again gives the same annex.
	// Errors: *NotFoundError, *StateError, *InvalidError (too many).
	AddAnnex(ctx context.Context, document string, a NewAnnex, by Actor, at time.Time) (Annex, error)
	// RemoveAnnex takes one off a draft again; its number may be given anew.
	RemoveAnnex(ctx context.Context, document string, n int, by Actor, at time.Time) error
	// SignAnnex adds the signed revision of an annex, which begins with the bytes
	// bound, to a document that has its number or needs none. What is signed
	// already is returned as it is.
	SignAnnex(ctx context.Context, document string, n int, pdf []byte, by Actor, at time.Time) (Annex, error)
	// AnnexesOf lists a document's annexes in order.
	AnnexesOf(ctx context.Context, document string) ([]Annex, error)
	// AnnexBySHA256 finds the annex that has this file, signed or not.
	// *NotFoundError.
	AnnexBySHA256(ctx context.Context, sha256hex string) (Document, Annex, error)
}

// NewAnnex is a file to be bound to a document.
type NewAnnex struct {
	Title     string // what it is, e.g. "Phụ lục I. Danh sách người lao động"
	PageCount int
	PDF       []byte
}

// Check refuses what no store could keep.
func (a NewAnnex) Check() error {
	if err := required("annex title", a.Title); err != nil {
		return err
	}
	if a.PageCount < 1 {
		return &InvalidError{"annex pages", fmt.Sprintf("are %d", a.PageCount)}
	}
	if err := checkTexts("annex title", a.Title); err != nil {
		return err
	}
	return CheckPDF(a.PDF)
}

// Annex is a file that belongs to a document.
type Annex struct {
	Document  string
	N         int // from 1
	Title     string
	PageCount int
	SHA256    string // of the file as it was bound
	Size      int64
	By        Actor
	At        time.Time
	// Signed is the hash of the file with the agency's signature, "" before.
	Signed     string
	SignedSize int64
	SignedAt   time.Time
}

// Newest is the hash under which Content gives the annex as it now stands.
func (a Annex) Newest() string {
	if a.Signed != "" {
		return a.Signed
	}
	return a.SHA256
}
