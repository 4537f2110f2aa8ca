package archive

import (
	"context"
	"fmt"
	"time"
)

// Files keeps PDFs outside the database, each whole under its SHA-256. The
// database goes on to hold what the files are and which documents they belong
// to; a file without a row there is no part of the archive.
//
// Errors that are the storage's and may pass are marked with ErrUnavailable.
type Files interface {
	// Put stores bytes under their hash. They are durable when it returns.
	// Storing what is there already makes it young again (see FileInfo.Stored).
	Put(ctx context.Context, sum [32]byte, data []byte) error
	// Get reads bytes back, at most MaxPDF of them; whoever asks checks their
	// hash. *NotFoundError.
	Get(ctx context.Context, sum [32]byte) ([]byte, error)
	// Remove takes a file away; one that is not there is no error.
	Remove(ctx context.Context, sum [32]byte) error
	// List names up to n files after a name, in the order of names.
	List(ctx context.Context, after string, n int) ([]FileInfo, error)
	// Claim marks the storage as that of one archive. *OwnerError when it is
	// another's.
	Claim(ctx context.Context, archive string) error
	// Ping reports whether the storage answers.
	Ping(ctx context.Context) error
	// Where says in words for the operator where the files are.
	Where() string
}

// FileInfo is a file in a listing.
type FileInfo struct {
	SHA256 string    // lower-case hex
	Stored time.Time // by the storage's clock
}

// FileGrace is how long a file that no document refers to is left alone: it may
// belong to a document that is just being stored, or to one that a restore from
// an older backup forgot.
const FileGrace = 30 * 24 * time.Hour

// Kept counts where contents are kept.
type Kept struct {
	Database, Files int64
	Where           string // of the files; "" without
}

// Moved is what one call of MoveToFiles did.
type Moved struct {
	Next     int64 // where to go on; 0 at the end
	Contents int   // that are in files now
	Bytes    int64 // of them, whole
	Damaged  []CorruptError
}

// OwnerError says that a storage of files belongs to another archive.
type OwnerError struct{ Where, Owner string }

func (e *OwnerError) Error() string {
	return fmt.Sprintf("%s holds the files of another archive (%s)", e.Where, e.Owner)
}
