package conformance

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"antin/archive"
)

// stocked is a closed store with documents in the database, and their
// revisions' bytes by hash.
func stocked(t *testing.T, open func(archive.Files) archive.Store, documents int) (ids []string, contents map[string][]byte) {
	t.Helper()
	s := open(nil)
	Setup(t, s)
	contents = map[string][]byte{}
	for range documents {
		doc := Issue(t, s, Draft(NewID()))
		ids = append(ids, doc.ID)
		for n, r := range doc.Revisions {
			data, _, err := s.RevisionContent(t.Context(), doc.ID, n+1)
			must(t, err)
			contents[r.SHA256] = data
		}
	}
	must(t, s.Close())
	return ids, contents
}

// moveAll moves what is in the database, few at a time.
func moveAll(t *testing.T, s archive.Store) (moved int, damaged []archive.CorruptError) {
	t.Helper()
	for after := int64(0); ; {
		m, err := s.MoveToFiles(t.Context(), after, 5)
		must(t, err)
		moved += m.Contents
		damaged = append(damaged, m.Damaged...)
		if after = m.Next; after == 0 {
			return moved, damaged
		}
	}
}

// allThere reads every content from the store, and from the files if they are
// there.
func allThere(t *testing.T, s archive.Store, files archive.Files, contents map[string][]byte) {
	t.Helper()
	for sum, want := range contents {
		got, err := s.Content(t.Context(), sum)
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("content %s: %v", sum, err)
		}
		if files == nil {
			continue
		}
		if got, err = files.Get(t.Context(), sumOf(t, sum)); err != nil || !bytes.Equal(got, want) {
			t.Errorf("file %s: %v", sum, err)
		}
	}
}

// filesMoved moves everything while documents are issued, read and destroyed,
// from two stores at once.
func filesMoved(t *testing.T, open func(archive.Files) archive.Store, f Filer) {
	ids, contents := stocked(t, open, 8)
	bare := open(nil)
	if _, err := bare.MoveToFiles(t.Context(), 0, 10); !errors.As(err, new(*archive.InvalidError)) {
		t.Errorf("moving to nowhere: %v", err)
	}
	must(t, bare.Close())
	s := open(f.Files)
	var moved atomic.Int64
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() {
			n, damaged := moveAll(t, s)
			moved.Add(int64(n))
			if len(damaged) > 0 {
				t.Errorf("damaged: %v", damaged)
			}
		})
	}
	wg.Go(func() { allThere(t, s, nil, contents) })
	late := Issue(t, s, Draft(NewID())) // its contents are files from the first
	wg.Wait()
	if moved.Load() != int64(len(contents)) {
		t.Errorf("%d contents moved, want %d", moved.Load(), len(contents))
	}
	allThere(t, s, f.Files, contents)
	if k, err := s.Kept(t.Context()); err != nil || k.Database != 0 || k.Files != int64(len(contents)+len(late.Revisions)) {
		t.Errorf("kept %+v, %v", k, err)
	}
	if n, _ := moveAll(t, s); n != 0 {
		t.Errorf("%d moved once more", n)
	}
	healthy(t, s)
	// What has moved is collected by nobody and destroyed with its document.
	if _, n, err := s.CollectFiles(t.Context(), time.Now().Add(time.Hour), "", 1000); err != nil || n != 0 {
		t.Errorf("%d of the moved files were collected, %v", n, err)
	}
	act := archive.Destruction{Reason: "hết thời hạn bảo quản", Decision: "12/QĐ-SNV", Minutes: "01/BB-HTL"}
	_, err := s.Destroy(t.Context(), ids[0], act, Clerk, Noon.AddDate(12, 0, 0))
	must(t, err)
	if left := names(t, f.Files); len(left) != len(contents) {
		t.Errorf("%d files after a document of 3 was destroyed, want %d", len(left), len(contents))
	}
	healthy(t, s)
}

// failing is a storage that goes away after some files.
type failing struct {
	archive.Files
	left *atomic.Int64
}

func (f failing) Put(ctx context.Context, sum [32]byte, data []byte) error {
	if f.left.Add(-1) < 0 {
		return fmt.Errorf("cut: %w", archive.ErrUnavailable)
	}
	return f.Files.Put(ctx, sum, data)
}

// Get goes away too, so that files are left that the database knows nothing of.
func (f failing) Get(ctx context.Context, sum [32]byte) ([]byte, error) {
	if f.left.Load() < 0 {
		return nil, fmt.Errorf("cut: %w", archive.ErrUnavailable)
	}
	return f.Files.Get(ctx, sum)
}

func filesMoveInterrupted(t *testing.T, open func(archive.Files) archive.Store, f Filer) {
	ids, contents := stocked(t, open, 6)
	moved := 0
	for round := 0; ; round++ {
		var left atomic.Int64
		left.Store(5)
		s := open(failing{f.Files, &left})
		m, err := s.MoveToFiles(t.Context(), 0, 1000)
		moved += m.Contents
		if err != nil && !errors.Is(err, archive.ErrUnavailable) {
			t.Fatal(err)
		}
		must(t, s.Close())
		if err == nil {
			break
		}
		whole := open(f.Files)
		if round == 0 { // a file that only the bucket knows of belongs to a content here
			if _, n, err := whole.CollectFiles(t.Context(), time.Now().Add(time.Hour), "", 1000); err != nil || n != 0 {
				t.Errorf("%d files were collected between, %v", n, err)
			}
		}
		allThere(t, whole, nil, contents)
		healthy(t, whole)
		must(t, whole.Close())
		if round > 3*len(contents) {
			t.Fatal("it does not come to an end")
		}
	}
	if moved != len(contents) {
		t.Errorf("%d moved in all, want %d", moved, len(contents))
	}
	s := open(f.Files)
	allThere(t, s, f.Files, contents)
	healthy(t, s)
	// A file that a move put there and did not enter goes with its document.
	d := Draft(NewID())
	must(t, s.Close())
	bare := open(nil)
	doc := Issue(t, bare, d)
	must(t, bare.Close())
	s = open(f.Files)
	data, _, err := s.RevisionContent(t.Context(), doc.ID, 1)
	must(t, err)
	must(t, f.Files.Put(t.Context(), sha256.Sum256(data), data))
	act := archive.Destruction{Reason: "hết thời hạn bảo quản", Decision: "12/QĐ-SNV", Minutes: "01/BB-HTL"}
	_, err = s.Destroy(t.Context(), doc.ID, act, Clerk, Noon.AddDate(12, 0, 0))
	must(t, err)
	if left := names(t, f.Files); len(left) != 3*len(ids) {
		t.Errorf("%d files are left, want %d", len(left), 3*len(ids))
	}
}

// spoiling is a storage that stores one file with other bytes.
type spoiling struct {
	archive.Files
	spoilt *atomic.Int64
}

func (f spoiling) Get(ctx context.Context, sum [32]byte) ([]byte, error) {
	data, err := f.Files.Get(ctx, sum)
	if err == nil && f.spoilt.Add(1) == 3 {
		data[len(data)/2] ^= 1
	}
	return data, err
}

// filesMoveDamaged: what does not come back from the storage as it was sent
// stays in the database, and is said.
func filesMoveDamaged(t *testing.T, open func(archive.Files) archive.Store, f Filer) {
	_, contents := stocked(t, open, 3)
	s := open(spoiling{f.Files, new(atomic.Int64)})
	moved, damaged := moveAll(t, s)
	if moved != len(contents)-1 || len(damaged) != 1 {
		t.Errorf("%d moved, damaged %v", moved, damaged)
	}
	allThere(t, s, nil, contents)
	if k, err := s.Kept(t.Context()); err != nil || k.Database != 1 {
		t.Errorf("kept %+v, %v", k, err)
	}
	healthy(t, s)
	must(t, f.Files.Claim(t.Context(), ownerOf(t, s)))
}

// ownerOf is the mark that a storage carries when it is this archive's.
func ownerOf(t *testing.T, s archive.Store) string {
	t.Helper()
	rows, err := s.Audit(t.Context(), archive.AuditFilter{}, 0, 1)
	must(t, err)
	return fmt.Sprintf("%x", rows[0].Hash)
}

// hooked is a storage during whose answers something happens.
type hooked struct {
	archive.Files
	on func(sum [32]byte)
}

func (f hooked) Get(ctx context.Context, sum [32]byte) ([]byte, error) {
	data, err := f.Files.Get(ctx, sum)
	f.on(sum)
	return data, err
}

// filesMoveChanged: what is destroyed while it moves leaves no copy; an annex
// that is taken off while it moves, and bound again, is there.
func filesMoveChanged(t *testing.T, open func(archive.Files) archive.Store, f Filer) {
	ctx := t.Context()
	bare := open(nil)
	Setup(t, bare)
	old := Issue(t, bare, Draft(NewID()))
	draft := Create(t, bare, Draft(NewID()))
	annex := archive.NewAnnex{Title: "Phụ lục I", PageCount: 1, PDF: PDF("annex of " + draft.ID)}
	_, err := bare.AddAnnex(ctx, draft.ID, annex, Clerk, Noon)
	must(t, err)
	must(t, bare.Close())
	var s archive.Store
	var once, twice sync.Once
	s = open(hooked{f.Files, func(sum [32]byte) {
		switch {
		case sum == sha256.Sum256(annex.PDF):
			once.Do(func() {
				must(t, s.RemoveAnnex(ctx, draft.ID, 1, Clerk, Noon))
				_, err := s.AddAnnex(ctx, draft.ID, annex, Clerk, Noon)
				must(t, err)
			})
		case fmt.Sprintf("%x", sum) == old.Revisions[1].SHA256:
			twice.Do(func() {
				act := archive.Destruction{Reason: "hết thời hạn bảo quản", Decision: "12/QĐ-SNV", Minutes: "01/BB-HTL"}
				_, err := s.Destroy(ctx, old.ID, act, Clerk, Noon.AddDate(12, 0, 0))
				must(t, err)
			})
		}
	}})
	if _, damaged := moveAll(t, s); len(damaged) > 0 {
		t.Errorf("damaged: %v", damaged)
	}
	got, err := s.Content(ctx, fmt.Sprintf("%x", sha256.Sum256(annex.PDF)))
	if err != nil || !bytes.Equal(got, annex.PDF) {
		t.Errorf("the annex: %v", err)
	}
	for _, r := range old.Revisions {
		if _, err := f.Files.Get(ctx, sumOf(t, r.SHA256)); !errors.As(err, new(*archive.NotFoundError)) {
			t.Errorf("revision %d was destroyed and is in the storage: %v", r.N, err)
		}
	}
	healthy(t, s)
}
