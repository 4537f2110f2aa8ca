package conformance

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"antin/archive"
)

// Filer is a storage of files to run the suite over, and its back door: how a
// test damages, removes and ages what is in it.
type Filer struct {
	Files  archive.Files
	Damage func(sha256hex string)
	Delete func(sha256hex string)
	Break  func() // from here on the storage does not answer
}

// RunFiles tests a store that keeps its PDFs in files. place makes an empty
// store, which the function it gives opens with whatever files.
func RunFiles(t *testing.T, place func(t testing.TB) func(files archive.Files) archive.Store, make func(t testing.TB) Filer) {
	for name, test := range map[string]func(*testing.T, func(archive.Files) archive.Store, Filer){
		"kept whole under their hash":            filesKept,
		"checked on read":                        filesChecked,
		"orphans are collected":                  filesCollected,
		"destroyed with their document":          filesDestroyed,
		"a storage that does not answer":         filesAway,
		"the database's own contents go on":      filesMixed,
		"the database's own contents move":       filesMoved,
		"moving is interrupted":                  filesMoveInterrupted,
		"moving meets damage":                    filesMoveDamaged,
		"moving meets changes":                   filesMoveChanged,
		"another archive's files are not ours":   filesOwned,
		"a store without its files says so":      filesForgotten,
		"the storage forgets nothing it is told": filesListed,
	} {
		t.Run(name, func(t *testing.T) {
			test(t, place(t), make(t))
		})
	}
}

func filesKept(t *testing.T, open func(archive.Files) archive.Store, f Filer) {
	s := open(f.Files)
	Setup(t, s)
	doc := Issue(t, s, Draft(NewID()))
	for n, r := range doc.Revisions {
		data, err := f.Files.Get(t.Context(), sumOf(t, r.SHA256))
		must(t, err)
		if got := sha256.Sum256(data); hex.EncodeToString(got[:]) != r.SHA256 || int64(len(data)) != r.Size {
			t.Errorf("revision %d: the file has hash %x and %d bytes", n+1, got, len(data))
		}
		again, _, err := s.RevisionContent(t.Context(), doc.ID, n+1)
		must(t, err)
		if diff := cmp.Diff(data, again); diff != "" {
			t.Error(diff)
		}
	}
	if found, err := s.BySHA256(t.Context(), doc.Revisions[1].SHA256); err != nil || found.ID != doc.ID {
		t.Errorf("found %s by hash, %v", found.ID, err)
	}
	// A revision that does not append is refused here too.
	changed := Draft(NewID())
	Create(t, s, changed)
	if _, err := s.AddSigned(t.Context(), changed.ID, PDF("another, longer than the first"), Clerk, Noon); !errors.As(err, new(*archive.InvalidError)) {
		t.Errorf("a revision that changes the one before: %v", err)
	}
	if k, err := s.Kept(t.Context()); err != nil || k.Files != 4 || k.Database != 0 || k.Where == "" {
		t.Errorf("kept %+v, %v", k, err)
	}
	must(t, s.Ping(t.Context()))
	if d := healthy(t, s); d.Contents != 4 {
		t.Errorf("the doctor read %d contents, want 4", d.Contents)
	}
}

func filesChecked(t *testing.T, open func(archive.Files) archive.Store, f Filer) {
	s := open(f.Files)
	Setup(t, s)
	damaged, missing := Issue(t, s, Draft(NewID())), Issue(t, s, Draft(NewID()))
	f.Damage(damaged.Revisions[2].SHA256)
	f.Delete(missing.Revisions[2].SHA256)
	for _, d := range []archive.Document{damaged, missing} {
		if _, _, err := s.RevisionContent(t.Context(), d.ID, 0); !errors.As(err, new(*archive.CorruptError)) {
			t.Errorf("reading a damaged file: %v", err)
		}
	}
	d, err := s.Doctor(t.Context())
	must(t, err)
	found := map[string]bool{}
	for _, x := range d.Findings {
		if x.Kind != archive.FindContent {
			t.Errorf("the doctor found %+v", x)
		}
		found[x.Document] = true
	}
	if len(d.Findings) != 2 || !found[damaged.ID] || !found[missing.ID] {
		t.Errorf("the doctor found %+v", d.Findings)
	}
}

func filesCollected(t *testing.T, open func(archive.Files) archive.Store, f Filer) {
	s := open(f.Files)
	Setup(t, s)
	doc := Issue(t, s, Draft(NewID()))
	// A move that is refused leaves its file behind, and so does a crash before
	// the commit.
	late := Revise(PDF(doc.ID), "never stored")
	if _, err := s.AddSigned(t.Context(), doc.ID, late, Clerk, Noon); !errors.As(err, new(*archive.StateError)) {
		t.Fatalf("signing an issued document: %v", err)
	}
	for i := range 5 {
		data := PDF("crashed" + string(rune('0'+i)))
		must(t, f.Files.Put(t.Context(), sha256.Sum256(data), data))
	}
	young, past := time.Now().Add(-time.Hour), time.Now().Add(time.Hour)
	if _, n, err := s.CollectFiles(t.Context(), young, "", 100); err != nil || n != 0 {
		t.Errorf("%d young files were removed, %v", n, err)
	}
	removed, after := 0, ""
	for range 20 { // some at a time
		next, n, err := s.CollectFiles(t.Context(), past, after, 2)
		must(t, err)
		removed += n
		if after = next; next == "" {
			break
		}
	}
	if removed != 6 {
		t.Errorf("%d files were removed, want 6", removed)
	}
	if left := names(t, f.Files); len(left) != 3 {
		t.Errorf("%d files are left, want the document's 3", len(left))
	}
	healthy(t, s)
}

func filesDestroyed(t *testing.T, open func(archive.Files) archive.Store, f Filer) {
	s := open(f.Files)
	Setup(t, s)
	doc, other := Issue(t, s, Draft(NewID())), Issue(t, s, Draft(NewID()))
	_, err := s.Destroy(t.Context(), doc.ID, archive.Destruction{Reason: "hết thời hạn bảo quản", Decision: "12/QĐ-SNV", Minutes: "01/BB-HĐTH"}, Clerk, Noon.AddDate(20, 0, 0))
	must(t, err)
	if left := names(t, f.Files); len(left) != 3 {
		t.Errorf("%d files are left, want the other document's 3", len(left))
	}
	if _, _, err := s.RevisionContent(t.Context(), doc.ID, 0); !errors.As(err, new(*archive.DestroyedError)) {
		t.Errorf("reading what was destroyed: %v", err)
	}
	if _, _, err := s.RevisionContent(t.Context(), other.ID, 0); err != nil {
		t.Error(err)
	}
	healthy(t, s)
}

func filesAway(t *testing.T, open func(archive.Files) archive.Store, f Filer) {
	s := open(f.Files)
	Setup(t, s)
	doc := Issue(t, s, Draft(NewID()))
	f.Break()
	before, _, err := s.Head(t.Context())
	must(t, err)
	if _, _, err := s.CreateDraft(t.Context(), Draft(NewID())); !errors.Is(err, archive.ErrUnavailable) {
		t.Errorf("a draft while the storage is away: %v", err)
	}
	if _, _, err := s.RevisionContent(t.Context(), doc.ID, 0); !errors.Is(err, archive.ErrUnavailable) {
		t.Errorf("reading while the storage is away: %v", err)
	}
	if err := s.Ping(t.Context()); !errors.Is(err, archive.ErrUnavailable) {
		t.Errorf("ready while the storage is away: %v", err)
	}
	if after, _, err := s.Head(t.Context()); err != nil || after != before {
		t.Errorf("the trail went from %d to %d, %v", before, after, err)
	}
}

func filesMixed(t *testing.T, open func(archive.Files) archive.Store, f Filer) {
	first := open(nil)
	Setup(t, first)
	d := Draft(NewID())
	Create(t, first, d)
	must(t, first.Close())
	// From here on in files: the draft is in the database, the rest in files.
	s := open(f.Files)
	signed := Revise(d.PDF, "sign")
	_, err := s.AddSigned(t.Context(), d.ID, signed, Clerk, Noon)
	must(t, err)
	_, err = s.AssignNumber(t.Context(), d.ID, Clerk, Noon)
	must(t, err)
	must(t, s.Close())
	// And back: the files stay in use, what is new goes into the database behind
	// one that is a file.
	sealed := Revise(signed, "seal")
	third := open(onlyReading{f.Files})
	if _, err := third.AddIssued(t.Context(), d.ID, sealed, Clerk, Noon); err == nil {
		t.Error("a storage that takes nothing took a file")
	}
	must(t, third.Close())
	fourth := open(f.Files)
	_, err = fourth.AddIssued(t.Context(), d.ID, sealed, Clerk, Noon)
	must(t, err)
	must(t, fourth.Close())
	bare := open(nil)
	stamped := Revise(sealed, "stamp")
	_, err = bare.AddPreserved(t.Context(), d.ID, stamped, Clerk, Noon)
	must(t, err)
	must(t, bare.Close())
	last := open(f.Files)
	for n, want := range [][]byte{d.PDF, signed, sealed, stamped} {
		got, _, err := last.RevisionContent(t.Context(), d.ID, n+1)
		must(t, err)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("revision %d: %s", n+1, diff)
		}
	}
	if k, err := last.Kept(t.Context()); err != nil || k.Files != 2 || k.Database != 2 {
		t.Errorf("kept %+v, %v", k, err)
	}
	healthy(t, last)
}

// onlyReading is a storage whose rights were taken away.
type onlyReading struct{ archive.Files }

func (onlyReading) Put(context.Context, [32]byte, []byte) error { return errors.New("access denied") }

func filesOwned(t *testing.T, open func(archive.Files) archive.Store, f Filer) {
	s := open(f.Files)
	Setup(t, s)
	must(t, f.Files.Claim(t.Context(), "another"))
	data := PDF("another's")
	must(t, f.Files.Put(t.Context(), sha256.Sum256(data), data))
	if _, n, err := s.CollectFiles(t.Context(), time.Now().Add(time.Hour), "", 100); n != 0 || !errors.As(err, new(*archive.OwnerError)) {
		t.Errorf("%d of another archive's files were removed, %v", n, err)
	}
}

func filesForgotten(t *testing.T, open func(archive.Files) archive.Store, f Filer) {
	s := open(f.Files)
	Setup(t, s)
	doc := Issue(t, s, Draft(NewID()))
	must(t, s.Close())
	bare := open(nil)
	if _, _, err := bare.RevisionContent(t.Context(), doc.ID, 0); !errors.Is(err, archive.ErrUnavailable) {
		t.Errorf("reading a file without the storage: %v", err)
	}
	if _, err := bare.Doctor(t.Context()); !errors.Is(err, archive.ErrUnavailable) {
		t.Errorf("the doctor without the storage: %v", err)
	}
}

// filesListed walks the listing in pages of every size.
func filesListed(t *testing.T, _ func(archive.Files) archive.Store, f Filer) {
	var want []string
	for i := range 7 {
		data := PDF("listed " + string(rune('a'+i)))
		sum := sha256.Sum256(data)
		must(t, f.Files.Put(t.Context(), sum, data))
		must(t, f.Files.Put(t.Context(), sum, data)) // once more does no harm
	}
	must(t, f.Files.Claim(t.Context(), "us"))
	must(t, f.Files.Claim(t.Context(), "us"))
	want = names(t, f.Files)
	if len(want) != 7 {
		t.Fatalf("listed %v", want)
	}
	for size := 1; size < 9; size++ {
		var got []string
		for after := ""; len(got) < 8; {
			page, err := f.Files.List(t.Context(), after, size)
			must(t, err)
			for _, x := range page {
				after = x.SHA256
				got = append(got, x.SHA256)
			}
			if len(page) < size {
				break
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("pages of %d: %s", size, diff)
		}
	}
	gone := sumOf(t, want[3])
	must(t, f.Files.Remove(t.Context(), gone))
	must(t, f.Files.Remove(t.Context(), gone))
	if _, err := f.Files.Get(t.Context(), gone); !errors.As(err, new(*archive.NotFoundError)) {
		t.Errorf("reading what was removed: %v", err)
	}
}

func names(t testing.TB, files archive.Files) (out []string) {
	t.Helper()
	all, err := files.List(t.Context(), "", 1000)
	must(t, err)
	for _, f := range all {
		out = append(out, f.SHA256)
	}
	return out
}

func sumOf(t testing.TB, sha256hex string) (sum [32]byte) {
	t.Helper()
	raw, err := hex.DecodeString(sha256hex)
	if err != nil || len(raw) != len(sum) {
		t.Fatalf("%q is no hash", sha256hex)
	}
	return [32]byte(raw)
}
