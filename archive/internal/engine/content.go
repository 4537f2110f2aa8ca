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

// content is bytes to be stored, hashed before the writer sees them.
type content struct {
	data  []byte
	sum   [32]byte
	filed bool // the bytes are in the storage of files
}

func newContent(data []byte) (content, error) {
	if err := archive.CheckPDF(data); err != nil {
		return content{}, err
	}
	return content{data: data, sum: sha256.Sum256(data)}, nil
}

func (c content) hex() string { return hex.EncodeToString(c.sum[:]) }

// putContent stores bytes under their hash, once. They must begin with the
// bytes of base, if there is one, and only what follows is written: every
// revision of a document repeats the one before it. It gives the number of the
// content's row.
func (t *Tx) putContent(c content, base *archive.Revision) (id int64, err error) {
	var baseSum any // NULL without a base
	tail := c.data
	if base != nil {
		n := base.Size
		if int64(len(c.data)) <= n {
			return 0, &archive.InvalidError{Field: "pdf", Problem: fmt.Sprintf("does not append to revision %d", base.N)}
		}
		sum := sha256.Sum256(c.data[:n])
		if hex.EncodeToString(sum[:]) != base.SHA256 {
			return 0, &archive.InvalidError{Field: "pdf", Problem: fmt.Sprintf("changes the bytes of revision %d", base.N)}
		}
		baseSum, tail = sum[:], c.data[n:]
	}
	if c.filed { // whole, under its hash
		baseSum, tail = nil, []byte{}
	}
	err = t.row(t.ctx, `INSERT INTO contents (sha256, base, size, tail, filed) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (sha256) DO NOTHING RETURNING id`, c.sum[:], baseSum, int64(len(c.data)), tail, flag(c.filed)).Scan(&id)
	if errors.Is(err, sql.ErrNoRows) { // it was there
		err = t.row(t.ctx, `SELECT id FROM contents WHERE sha256 = $1`, c.sum[:]).Scan(&id)
	}
	if err != nil {
		return 0, fmt.Errorf("storing the PDF: %w", err)
	}
	return id, nil
}

// putRevision stores a revision with its bytes, which begin with those of base
// if there is one.
func (t *Tx) putRevision(doc string, n int, kind archive.RevisionKind, c content, base *archive.Revision, by archive.Actor, at time.Time) (archive.Revision, error) {
	r := archive.Revision{N: n, Kind: kind, SHA256: c.hex(), Size: int64(len(c.data)), By: unnamed(by), At: whole(at)}
	id, err := t.putContent(c, base)
	if err != nil {
		return r, err
	}
	err = t.exec(`INSERT INTO revisions (document, n, kind, sha256, content, size, actor_id, actor_name, actor_role, at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
		doc, r.N, string(kind), c.sum[:], id, r.Size, by.ID, by.Name, by.Role, micros(at))
	if err != nil {
		return r, fmt.Errorf("storing revision %d: %w", n, err)
	}
	return r, nil
}

// maxBases bounds the chain from a revision to the first one.
const maxBases = 1000

// Content implements archive.Documents.
func (e *Engine) Content(ctx context.Context, sha256hex string) ([]byte, error) {
	sum, err := hex.DecodeString(sha256hex)
	if err != nil || len(sum) != sha256.Size {
		return nil, &archive.NotFoundError{What: "content", ID: sha256hex}
	}
	var data []byte
	err = e.reading(ctx, "reading content "+sha256hex, func(r reader) (err error) {
		data, err = e.readContent(ctx, r, sum)
		return err
	})
	return data, err
}

// readContent puts the bytes together and checks them. Rows of contents never
// change, so no transaction is needed.
func (e *Engine) readContent(ctx context.Context, r reader, sum []byte) ([]byte, error) {
	var (
		out  []byte
		end  int64 = -1 // where the tail at hand ends
		want       = sum
	)
	for range maxBases {
		var (
			base, tail  []byte
			size, filed int64
			destroyed   sql.NullInt64
		)
		err := r.row(ctx, `SELECT base, size, tail, filed, destroyed FROM contents WHERE sha256 = $1`, want).
			Scan(&base, &size, &tail, &filed, &destroyed)
		switch {
		case err == nil && destroyed.Valid:
			return nil, &archive.DestroyedError{SHA256: hex.EncodeToString(sum), At: fromNull(destroyed)}
		case errors.Is(err, sql.ErrNoRows) && out == nil:
			return nil, &archive.NotFoundError{What: "content", ID: hex.EncodeToString(sum)}
		case errors.Is(err, sql.ErrNoRows):
			return nil, &archive.CorruptError{SHA256: hex.EncodeToString(sum), Found: "none, an earlier revision is missing"}
		case err != nil:
			return nil, err
		}
		if out == nil {
			if size < 0 || size > archive.MaxPDF {
				return nil, &archive.CorruptError{SHA256: hex.EncodeToString(sum), Found: "none, the size is out of bounds"}
			}
			out, end = make([]byte, size), size
		}
		if filed != 0 {
			if tail, err = e.fetch(ctx, want); err != nil {
				return nil, err
			}
		}
		start := end - int64(len(tail))
		if size != end || start < 0 {
			break
		}
		copy(out[start:], tail)
		if base == nil || start == 0 {
			end = start
			break
		}
		want, end = base, start
	}
	got := sha256.Sum256(out)
	if end != 0 || string(got[:]) != string(sum) {
		return nil, &archive.CorruptError{SHA256: hex.EncodeToString(sum), Found: hex.EncodeToString(got[:])}
	}
	return out, nil
}

// RevisionContent implements archive.Documents.
func (e *Engine) RevisionContent(ctx context.Context, id string, n int) ([]byte, archive.Revision, error) {
	q := `SELECT ` + revisionColumns + ` FROM revisions WHERE document = $1 AND n = $2`
	if n == 0 {
		q = `SELECT ` + revisionColumns + ` FROM revisions WHERE document = $1 AND n >= $2 ORDER BY n DESC LIMIT 1`
	}
	var revs []archive.Revision
	err := e.reading(ctx, "reading revisions of "+id, func(r reader) (err error) {
		revs, err = collect(ctx, r, scanRevision, q, id, n)
		return err
	})
	if err != nil {
		return nil, archive.Revision{}, err
	}
	if len(revs) == 0 {
		return nil, archive.Revision{}, &archive.NotFoundError{What: "revision", ID: fmt.Sprintf("%s/%d", id, n)}
	}
	data, err := e.Content(ctx, revs[0].SHA256)
	return data, revs[0], err
}

const revisionColumns = `n, kind, sha256, size, actor_id, actor_name, actor_role, at`

func scanRevision(rows *sql.Rows) (archive.Revision, error) {
	var (
		r   archive.Revision
		sum []byte
		at  int64
	)
	err := rows.Scan(&r.N, &r.Kind, &sum, &r.Size, &r.By.ID, &r.By.Name, &r.By.Role, &at)
	r.SHA256, r.At = hex.EncodeToString(sum), fromMicros(at)
	return r, err
}
