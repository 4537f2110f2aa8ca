package main

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"testing"
	"time"

	"antin/archive"
	"antin/archive/postgres"
	"antin/archive/sqlite"
	"antin/internal/judge"
	"antin/signer/verify"
)

// sampled is how many of the documents pdfsig is asked about.
const sampled = 20

// soakEnded is after everything that the moved clocks stood at.
var soakEnded = time.Date(2027, 1, 5, 12, 0, 0, 0, archive.Zone)

// check holds what callers were told against the register, and every document
// against the signatures in it. It says what it counted.
func (s *soak) check() string {
	t := s.t
	t.Helper()
	store, database := s.store()
	entries := s.entries(store)
	if len(entries) != s.documents {
		t.Fatalf("the register has %d entries, want %d", len(entries), s.documents)
	}
	numbers := s.sequences(entries)
	if counts, err := store.Counts(t.Context(), ""); err != nil || len(counts) != 1 || counts[archive.Issued] != int64(s.documents) {
		t.Errorf("the archive has %v, %v; want %d issued and no other", counts, err, s.documents)
	}
	byID := map[string]archive.Entry{}
	for _, e := range entries {
		byID[e.DocumentID] = e
	}
	seen := map[string]bool{}
	for i, a := range s.told {
		e := byID[a.ID]
		if a.State != "issued" || e.Number.Text != a.Number || seen[a.ID] {
			t.Fatalf("request %d was told %+v, the register says number %q (told before: %v)", i, a, e.Number.Text, seen[a.ID])
		}
		seen[a.ID] = true
	}
	s.verify(store, byID)
	if err := store.Close(); err != nil {
		t.Error(err)
	}
	t.Setenv("ANTIN_DATABASE_URL", database)
	if code, stdout, stderr := antinAt(t, soakEnded, "doctor", "--data", s.data); code != 0 {
		t.Errorf("doctor: exit %d: %s%s", code, stdout, stderr)
	}
	return fmt.Sprintf("%s; every document valid, %d asked of pdfsig; doctor clean", numbers, min(sampled, s.documents))
}

// store opens the archive past the cutter.
func (s *soak) store() (store archive.Store, database string) {
	s.t.Helper()
	var err error
	if s.cutter != nil {
		database = s.cutter.direct
		store, err = postgres.Open(s.t.Context(), database)
	} else {
		store, err = sqlite.Open(s.t.Context(), filepath.Join(s.data, databaseFile))
	}
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { _ = store.Close() })
	return store, database
}

func (s *soak) entries(store archive.Store) (all []archive.Entry) {
	s.t.Helper()
	for page := (archive.Page{Limit: archive.MaxPage}); ; {
		p, err := store.Register(s.t.Context(), archive.Filter{}, page)
		if err != nil {
			s.t.Fatal(err)
		}
		all = append(all, p.Entries...)
		if p.Next == "" {
			return all
		}
		page.After = p.Next
	}
}

// sequences walks the books in order: each year's numbers run from 1 without gap
// or duplicate, and their dates do not fall.
func (s *soak) sequences(entries []archive.Entry) string {
	var last archive.Number
	years := map[int]int{}
	for _, e := range entries {
		n := e.Number
		want := 1
		if n.Agency == last.Agency && n.Book == last.Book && n.Year == last.Year {
			want = last.Serial + 1
			if n.Date.Before(last.Date) {
				s.t.Errorf("number %s is of %s, the one before of %s", n.Full(), n.Date, last.Date)
			}
		}
		if n.Serial != want || n.Date.Year() != n.Year {
			s.t.Errorf("book %s of %d: number %d of %s where %d is due: a gap, a duplicate or a wrong year", n.Book, n.Year, n.Serial, n.Date, want)
		}
		if e.State != archive.Issued {
			s.t.Errorf("number %s is %s, want issued", n.Full(), e.State)
		}
		years[n.Year]++
		last = n
	}
	if years[2026] == 0 || years[2027] == 0 || len(years) != 2 {
		s.t.Errorf("the work did not pass over New Year: %v", years)
	}
	return fmt.Sprintf("%d numbers of 2026, %d of 2027", years[2026], years[2027])
}

// verify checks every document: the bytes that the caller was told of, both
// signatures, the number and date on the page.
func (s *soak) verify(store archive.Store, byID map[string]archive.Entry) {
	t := s.t
	trust, err := verify.LoadTrust(filepath.Join(s.data, "trust"))
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	every := max(1, s.documents/sampled)
	next := make(chan int)
	var wg sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for i := range next {
				pdf := s.verifyOne(store, trust, s.told[i], byID[s.told[i].ID].Number)
				if i%every == 0 {
					if err := os.WriteFile(filepath.Join(dir, s.told[i].ID+".pdf"), pdf, 0o600); err != nil {
						t.Error(err)
					}
				}
			}
		})
	}
	for i := range s.told {
		next <- i
	}
	close(next)
	wg.Wait()
	files, err := filepath.Glob(filepath.Join(dir, "*.pdf"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no sample: %v", err)
	}
	t.Run("pdfsig", func(t *testing.T) {
		for _, f := range files {
			sigs := judge.Signatures(t, f)
			if len(sigs) != 2 || !sigs[0].Valid || !sigs[1].Valid {
				t.Errorf("%s: pdfsig says %+v", filepath.Base(f), sigs)
			}
		}
	})
}

func (s *soak) verifyOne(store archive.Store, trust *verify.Trust, told answer, n archive.Number) []byte {
	pdf, rev, err := store.RevisionContent(s.t.Context(), told.ID, 0)
	if err != nil {
		s.t.Error(err)
		return nil
	}
	if rev.SHA256 != told.SHA256 {
		s.t.Errorf("document %s was told to have SHA-256 %s, the archive has %s", told.ID, told.SHA256, rev.SHA256)
	}
	report, err := verify.Document(pdf, verify.Options{Trust: trust, Now: soakEnded})
	if err != nil || report.Indication != verify.TotalPassed || len(report.Signatures) != 2 {
		s.t.Errorf("document %s: %v %+v", told.ID, err, report)
		return pdf
	}
	if report.Fields["so"] != n.Full() {
		s.t.Errorf("document %s has number %q on its page, %q in the register", told.ID, report.Fields["so"], n.Full())
	}
	return pdf
}
