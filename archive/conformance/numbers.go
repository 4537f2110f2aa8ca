package conformance

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"antin/archive"
)

// numbered creates a document without signature and gives it a number.
func numbered(t testing.TB, s archive.Store, change func(*archive.Draft), at time.Time) (archive.Document, error) {
	t.Helper()
	d := Draft(NewID())
	d.Moves, d.At = []archive.Move{archive.MoveNumber, archive.MoveIssue}, at
	if change != nil {
		change(&d)
	}
	Create(t, s, d)
	return s.AssignNumber(t.Context(), d.ID, Clerk, at)
}

var numberTests = map[string]func(*testing.T, archive.Store){
	"from 01 without a gap, per book and agency": func(t *testing.T, s archive.Store) {
		Setup(t, s)
		for i := 1; i <= 12; i++ {
			for _, c := range []struct{ agency, book, symbol, want string }{
				{"snv", "QĐ", "QĐ-SNV", fmt.Sprintf("%02d/QĐ-SNV", i)},
				{"snv", "CV", "SNV-VLATLĐ", fmt.Sprintf("%02d/SNV-VLATLĐ", i)},
				{"ttdvvl", "QĐ", "QĐ-TTDVVL", fmt.Sprintf("%02d/QĐ-TTDVVL", i)},
				{"snv", "GP", "", fmt.Sprintf("001262000.%03d", i)},
			} {
				doc, err := numbered(t, s, func(d *archive.Draft) {
					d.Agency, d.Book, d.Symbol = c.agency, c.book, c.symbol
					if c.book == "GP" {
						d.PermitKind = 2
					}
				}, Noon)
				must(t, err)
				n := doc.Number
				if n.Full() != c.want || n.Serial != i || n.Year != 2026 || !n.Date.Equal(archive.Day(Noon)) || n.Book != c.book || n.Agency != c.agency {
					t.Errorf("number %+v, want %s", n, c.want)
				}
			}
		}
		healthy(t, s)
	},
	"a year begins at midnight in Hà Nội": func(t *testing.T, s archive.Store) {
		Setup(t, s)
		eve := time.Date(2026, 12, 31, 16, 59, 59, 999_000_000, time.UTC)
		for _, c := range []struct {
			at   time.Time
			year int
			text string
			day  string
		}{
			{eve.Add(-time.Hour), 2026, "01", "2026-12-31"},
			{eve, 2026, "02", "2026-12-31"},
			{eve.Add(time.Millisecond), 2027, "01", "2027-01-01"},
			{eve.Add(time.Second), 2027, "02", "2027-01-01"},
			{eve.Add(-30 * time.Second), 2027, "03", "2027-01-01"}, // another instance's clock lags
		} {
			doc, err := numbered(t, s, nil, c.at)
			must(t, err)
			if n := doc.Number; n.Year != c.year || n.Text != c.text || n.Date.Format(time.DateOnly) != c.day {
				t.Errorf("at %s: %+v, want %s of %s", c.at, n, c.text, c.day)
			}
		}
		healthy(t, s)
	},
	"never back-dated": func(t *testing.T, s archive.Store) {
		Setup(t, s)
		_, err := numbered(t, s, nil, Noon)
		must(t, err)
		doc, err := numbered(t, s, nil, Noon.Add(-10*time.Hour)) // the same day
		must(t, err)
		if doc.Number.Serial != 2 {
			t.Errorf("number %d, want 2", doc.Number.Serial)
		}
		_, err = numbered(t, s, nil, Noon.Add(-13*time.Hour))
		e, ok := errors.AsType[*archive.BackdateError](err)
		if !ok || !e.Last.Equal(archive.Day(Noon)) || !e.Asked.Equal(archive.Day(Noon).AddDate(0, 0, -1)) || e.Book != "QĐ" {
			t.Errorf("got %v, want *BackdateError", err)
		}
		_, err = numbered(t, s, nil, Noon.AddDate(-1, 0, 0))
		if !errors.As(err, new(*archive.BackdateError)) {
			t.Errorf("a year back: got %v, want *BackdateError", err)
		}
		_, err = numbered(t, s, func(d *archive.Draft) { d.Book = "CV" }, Noon.Add(-13*time.Hour))
		must(t, err) // another book has its own dates
		doc, err = numbered(t, s, nil, Noon.AddDate(0, 0, 1))
		must(t, err)
		if doc.Number.Serial != 3 {
			t.Errorf("number %d, want 3: a refused number must leave no gap", doc.Number.Serial)
		}
		healthy(t, s)
	},
	"a withdrawn document keeps its number": func(t *testing.T, s archive.Store) {
		Setup(t, s)
		a, err := numbered(t, s, nil, Noon)
		must(t, err)
		_, err = s.Withdraw(t.Context(), a.ID, "hủy số", Clerk, Noon)
		must(t, err)
		b, err := numbered(t, s, nil, Noon)
		must(t, err)
		if b.Number.Serial != 2 {
			t.Errorf("number %d, want 2", b.Number.Serial)
		}
		p, err := s.Register(t.Context(), archive.Filter{Agency: "snv"}, archive.Page{})
		must(t, err)
		if len(p.Entries) != 2 || p.Entries[0].State != archive.Withdrawn || p.Entries[0].Note != "hủy số" || !p.Entries[0].Ended.Equal(Noon) {
			t.Errorf("the register is %+v", p.Entries)
		}
		healthy(t, s)
	},
	"above 99 and 999": func(t *testing.T, s archive.Store) {
		Setup(t, s)
		b, err := s.Book(t.Context(), "snv", "GP")
		must(t, err)
		b.Start = map[int]int{2026: 1999}
		must(t, s.PutBook(t.Context(), b, Clerk, Noon))
		for _, want := range []string{"001261001.999", "001261002.000"} {
			doc, err := numbered(t, s, func(d *archive.Draft) { d.Book, d.Symbol, d.PermitKind = "GP", "", 1 }, Noon)
			must(t, err)
			if doc.Number.Full() != want {
				t.Errorf("number %s, want %s", doc.Number.Full(), want)
			}
		}
	},
}
