package engine

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"sync"

	"antin/archive"
)

// Bounds of MoveToFiles: contents whose numbers are read at a time, and contents
// that are in memory at a time.
const (
	movePage = 200
	movers   = 4
)

// MoveToFiles implements archive.Upkeep. Each content is a transaction of its
// own, after its file is there and was read back. Whoever reads meanwhile finds
// it in the one place or the other: a row is read whole, and a revision that
// appends to one that has moved takes its beginning from the file.
func (e *Engine) MoveToFiles(ctx context.Context, after int64, most int) (archive.Moved, error) {
	const what = "moving contents to files"
	m := archive.Moved{Next: after}
	if e.files == nil {
		return m, e.wrap(what, &archive.InvalidError{Field: "files", Problem: "there is no storage of files to move to"})
	}
	owner, err := e.identity(ctx)
	if err != nil || owner == "" {
		m.Next = 0
		return m, err
	}
	if err := e.files.Claim(ctx, owner); err != nil {
		return m, e.wrap(what, err)
	}
	for looked := 0; looked < most; {
		n := min(movePage, most-looked)
		page, err := collectOnce(ctx, e, what, func(rows *sql.Rows) (c unfiled, err error) {
			return c, rows.Scan(&c.id, &c.sum)
		}, `SELECT id, sha256 FROM contents WHERE id > $1 AND filed = 0 AND destroyed IS NULL ORDER BY id LIMIT $2`, m.Next, n)
		if err != nil {
			return m, err
		}
		if err := e.movePage(ctx, page, &m); err != nil {
			return m, e.wrap(what, err)
		}
		if len(page) < n {
			m.Next = 0
			return m, nil
		}
		looked += len(page)
		m.Next = page[len(page)-1].id
	}
	return m, nil
}

// unfiled is a content in the database.
type unfiled struct {
	id  int64
	sum []byte
}

// movePage moves a page's contents, some at a time, and adds them up in m. The
// first error ends it, and what was moved until then is counted.
func (e *Engine) movePage(ctx context.Context, page []unfiled, m *archive.Moved) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	next := make(chan unfiled)
	var mu sync.Mutex
	var wg sync.WaitGroup
	for range movers {
		wg.Go(func() {
			for c := range next {
				size, err := e.toFile(ctx, c)
				var damage *archive.CorruptError
				mu.Lock()
				switch {
				case errors.As(err, &damage):
					m.Damaged = append(m.Damaged, *damage)
				case err != nil:
					stop(err)
				case size > 0:
					m.Contents++
					m.Bytes += size
				}
				mu.Unlock()
			}
		})
	}
	for _, c := range page {
		select {
		case next <- c:
		case <-ctx.Done():
		}
	}
	close(next)
	wg.Wait()
	return context.Cause(ctx)
}

// toFile moves one content and gives its size; 0 when another instance moved it,
// or it was destroyed or taken off its draft meanwhile.
func (e *Engine) toFile(ctx context.Context, c unfiled) (int64, error) {
	data, err := e.Content(ctx, hex.EncodeToString(c.sum))
	if errors.As(err, new(*archive.DestroyedError)) || errors.As(err, new(*archive.NotFoundError)) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	sum := [sha256.Size]byte(c.sum)
	if err := e.files.Put(ctx, sum, data); err != nil {
		return 0, err
	}
	stored, err := e.files.Get(ctx, sum)
	if err != nil {
		return 0, err
	}
	if got := sha256.Sum256(stored); got != sum {
		return 0, &archive.CorruptError{SHA256: hex.EncodeToString(c.sum), Found: hex.EncodeToString(got[:]) + " in the storage of files"}
	}
	var moved int64
	var destroyed bool
	err = e.do(ctx, "entering that a content is a file", func(t *Tx) (err error) {
		moved, err = t.execN(`UPDATE contents SET filed = 1, base = NULL, tail = $1 WHERE id = $2 AND filed = 0 AND destroyed IS NULL`, []byte{}, c.id)
		if err == nil && moved == 0 {
			err = t.row(t.ctx, `SELECT count(*) > 0 FROM contents WHERE id = $1 AND destroyed IS NOT NULL`, c.id).Scan(&destroyed)
		}
		return err
	})
	switch {
	case err != nil:
		return 0, err
	case destroyed: // between reading and entering: no copy may stay
		return 0, e.files.Remove(ctx, sum)
	// Where the row is gone (an annex that was taken off), the same bytes may have
	// come back as a file just now: CollectFiles looks after it.
	case moved == 0:
		return 0, nil
	}
	return int64(len(data)), nil
}
