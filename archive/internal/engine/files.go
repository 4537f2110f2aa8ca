package engine

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"antin/archive"
)

// file puts the bytes of a new revision in the storage of files, if there is
// one: before the transaction, so that what is committed is there. If the
// transaction comes to nothing the file is an orphan (CollectFiles).
func (e *Engine) file(ctx context.Context, c *content) error {
	if e.files == nil {
		return nil
	}
	c.filed = true
	return e.files.Put(ctx, c.sum, c.data)
}

// fetch reads a file back; what is missing is damage.
func (e *Engine) fetch(ctx context.Context, sum []byte) ([]byte, error) {
	if e.files == nil {
		return nil, fmt.Errorf("content %x is kept as a file, and this service has no storage of files: %w", sum, archive.ErrUnavailable)
	}
	data, err := e.files.Get(ctx, [32]byte(sum))
	if errors.As(err, new(*archive.NotFoundError)) {
		return nil, &archive.CorruptError{SHA256: hex.EncodeToString(sum), Found: "none, the file is missing"}
	}
	return data, err
}

// unfile takes a destroyed document's files away, those that no other document
// has: also what an interrupted MoveToFiles may have put there. Until it succeeds Destroy fails, and may be repeated.
func (e *Engine) unfile(ctx context.Context, d archive.Document) error {
	if e.files == nil {
		return nil
	}
	var sums [][]byte
	err := e.reading(ctx, "looking for destroyed files", func(r reader) (err error) {
		sums, err = collect(ctx, r, func(rows *sql.Rows) (sum []byte, err error) { return sum, rows.Scan(&sum) },
			`SELECT sha256 FROM contents WHERE destroyed IS NOT NULL AND (
				id IN (SELECT content FROM revisions WHERE document = $1) OR
				sha256 IN (SELECT sha256 FROM annexes WHERE document = $1) OR
				sha256 IN (SELECT signed FROM annexes WHERE document = $1))`, d.ID)
		return err
	})
	for _, sum := range sums {
		if err == nil && len(sum) == sha256.Size {
			err = e.files.Remove(ctx, [32]byte(sum))
		}
	}
	return e.wrap("removing destroyed files", err)
}

// collectPage is how many files are looked at in one turn.
const collectPage = 500

// CollectFiles implements archive.Upkeep.
func (e *Engine) CollectFiles(ctx context.Context, before time.Time, after string, most int) (next string, removed int, err error) {
	const what = "collecting files without a document"
	if e.files == nil {
		return "", 0, nil
	}
	owner, err := e.identity(ctx)
	if err != nil || owner == "" {
		return "", 0, err
	}
	if err := e.files.Claim(ctx, owner); err != nil {
		return "", 0, e.wrap(what, err)
	}
	for looked := 0; looked < most; {
		n := min(collectPage, most-looked)
		page, err := e.files.List(ctx, after, n)
		if err != nil {
			return after, removed, e.wrap(what, err)
		}
		for _, f := range page {
			after = f.SHA256
			gone, err := e.collect(ctx, f, before)
			if err != nil {
				return after, removed, e.wrap(what, err)
			}
			removed += gone
		}
		if looked += len(page); len(page) < n {
			return "", removed, nil
		}
	}
	return after, removed, nil
}

// collect removes one file if it is old and of no live content: not even of one
// in the database, which MoveToFiles may just be giving this file.
func (e *Engine) collect(ctx context.Context, f archive.FileInfo, before time.Time) (int, error) {
	if !f.Stored.Before(before) {
		return 0, nil
	}
	sum, err := hex.DecodeString(f.SHA256)
	if err != nil || len(sum) != 32 {
		return 0, nil //nolint:nilerr // not a file of ours
	}
	var n int64
	err = e.reading(ctx, "looking for the owner of a file", func(r reader) error {
		return r.row(ctx, `SELECT count(*) FROM contents WHERE sha256 = $1 AND destroyed IS NULL`, sum).Scan(&n)
	})
	if err != nil || n > 0 {
		return 0, err
	}
	return 1, e.files.Remove(ctx, [32]byte(sum))
}

// identity tells archives apart: the hash of the first audit row, which every
// backup has and no other archive. "" while there is none.
func (e *Engine) identity(ctx context.Context) (id string, err error) {
	err = e.reading(ctx, "reading the archive's identity", func(r reader) error {
		var hash []byte
		err := r.row(ctx, `SELECT hash FROM audit WHERE seq = 1`).Scan(&hash)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		id = hex.EncodeToString(hash)
		return err
	})
	return id, err
}

// Kept implements archive.Upkeep.
func (e *Engine) Kept(ctx context.Context) (k archive.Kept, err error) {
	if e.files != nil {
		k.Where = e.files.Where()
	}
	err = e.reading(ctx, "counting contents", func(r reader) error {
		return r.row(ctx, `SELECT count(*) - coalesce(sum(filed), 0), coalesce(sum(filed), 0) FROM contents WHERE destroyed IS NULL`).
			Scan(&k.Database, &k.Files)
	})
	return k, err
}
