package engine

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"antin/archive"
)

// nextNumber takes the next number of a document's book. The transaction holds
// the archive's only write lock, so the number is nobody else's.
func (t *Tx) nextNumber(d archive.Document, at time.Time) (archive.Number, error) {
	none := archive.Number{}
	b, last, err := book(t.ctx, t, d.Agency, d.Book)
	if err != nil {
		return none, err
	}
	day, err := archive.NumberDay(b, at, last.at, last.day)
	if err != nil {
		return none, err
	}
	year := day.Year()
	start := b.First(year)
	var serial int
	err = t.row(t.ctx, `INSERT INTO book_years (agency, book, year, start, next) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (agency, book, year) DO UPDATE SET next = book_years.next + 1 RETURNING next - 1`,
		d.Agency, d.Book, year, start, start+1).Scan(&serial)
	if err != nil {
		return none, fmt.Errorf("taking the next number of book %s: %w", d.Book, err)
	}
	if at.Before(last.at) {
		at = last.at
	}
	err = t.exec(`UPDATE books SET last_at = $3, last_day = $4 WHERE agency = $1 AND code = $2`,
		d.Agency, d.Book, micros(at), dayText(day))
	if err != nil {
		return none, fmt.Errorf("noting the last number of book %s: %w", d.Book, err)
	}
	return archive.Number{
		Agency: d.Agency, Book: d.Book, Year: year, Serial: serial,
		Text: archive.FormatNumber(b, year, d.PermitKind, serial), Symbol: d.Symbol, Date: day,
	}, nil
}

// lastNumber is when a book gave its last number; zero when it never did.
type lastNumber struct{ at, day time.Time }

const bookColumns = `agency, code, title, style, province, starts, retention_years, last_at, last_day`

// keptBook is a book row.
type keptBook struct {
	archive.Book
	last lastNumber
}

func scanBook(rows *sql.Rows) (b keptBook, err error) {
	var (
		starts  string
		lastAt  sql.NullInt64
		lastDay sql.NullString
	)
	err = rows.Scan(&b.Agency, &b.Code, &b.Title, &b.Style, &b.Province, &starts, &b.RetentionYears, &lastAt, &lastDay)
	if err != nil {
		return b, err
	}
	if err := json.Unmarshal([]byte(starts), &b.Start); err != nil {
		return b, fmt.Errorf("starting numbers of book %s: %w", b.Code, err)
	}
	if lastAt.Valid {
		b.last.at = fromMicros(lastAt.Int64)
		b.last.day, err = parseDay(lastDay.String)
	}
	return b, err
}

func book(ctx context.Context, r reader, agency, code string) (archive.Book, lastNumber, error) {
	books, err := collect(ctx, r, scanBook, `SELECT `+bookColumns+` FROM books WHERE agency = $1 AND code = $2`, agency, code)
	if err != nil {
		return archive.Book{}, lastNumber{}, fmt.Errorf("reading book %s: %w", code, err)
	}
	if len(books) == 0 {
		return archive.Book{}, lastNumber{}, &archive.NotFoundError{What: "book", ID: agency + "/" + code}
	}
	return books[0].Book, books[0].last, nil
}

// Book implements archive.Registry.
func (e *Engine) Book(ctx context.Context, agency, code string) (archive.Book, error) {
	var b archive.Book
	err := e.reading(ctx, "reading the archive", func(r reader) (err error) {
		b, _, err = book(ctx, r, agency, code)
		return err
	})
	return b, err
}

// Books implements archive.Registry.
func (e *Engine) Books(ctx context.Context, agency string) ([]archive.Book, error) {
	var books []keptBook
	err := e.reading(ctx, "reading the books", func(r reader) (err error) {
		books, err = collect(ctx, r, scanBook, `SELECT `+bookColumns+` FROM books WHERE $1 = '' OR agency = $1 ORDER BY agency, code`, agency)
		return err
	})
	out := make([]archive.Book, len(books))
	for i := range books {
		out[i] = books[i].Book
	}
	return out, err
}

// PutBook implements archive.Registry.
func (e *Engine) PutBook(ctx context.Context, b archive.Book, by archive.Actor, at time.Time) error {
	what := fmt.Sprintf("entering book %s of %s", b.Code, b.Agency)
	if err := errors.Join(b.Check(), archive.CheckActor(by)); err != nil {
		return e.wrap(what, err)
	}
	return e.do(ctx, what, func(t *Tx) error { return t.putBook(b, by, at) })
}

func (t *Tx) putBook(b archive.Book, by archive.Actor, at time.Time) error {
	if b.Start == nil {
		b.Start = map[int]int{}
	}
	starts, err := jsonText(b.Start)
	if err != nil {
		return err
	}
	if _, err := agency(t.ctx, t, b.Agency); err != nil {
		return err
	}
	was, _, err := book(t.ctx, t, b.Agency, b.Code)
	isNew := errors.As(err, new(*archive.NotFoundError))
	if err != nil && !isNew {
		return err
	}
	if !isNew {
		wasStarts, err := jsonText(was.Start)
		if err != nil {
			return err
		}
		if was.Title == b.Title && was.Style == b.Style && was.Province == b.Province && wasStarts == starts &&
			was.RetentionYears == b.RetentionYears {
			return nil
		}
		if err := t.checkBookChange(was, b); err != nil {
			return err
		}
	}
	err = t.exec(`INSERT INTO books (agency, code, title, style, province, starts, retention_years)
		VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (agency, code) DO UPDATE SET title = excluded.title,
		style = excluded.style, province = excluded.province, starts = excluded.starts, retention_years = excluded.retention_years`,
		b.Agency, b.Code, b.Title, string(b.Style), b.Province, starts, b.RetentionYears)
	if err != nil {
		return err
	}
	return t.configured(b.Agency, "book", b, by, at)
}

// begun is a year of a book that has numbers.
type begun struct{ year, start int }

// checkBookChange refuses a change that would break a sequence already begun.
func (t *Tx) checkBookChange(was, b archive.Book) error {
	years, err := collect(t.ctx, t, func(rows *sql.Rows) (y begun, err error) {
		return y, rows.Scan(&y.year, &y.start)
	}, `SELECT year, start FROM book_years WHERE agency = $1 AND book = $2 ORDER BY year`, b.Agency, b.Code)
	if err != nil {
		return err
	}
	if len(years) > 0 && was.Style != b.Style {
		return &archive.BookError{Agency: b.Agency, Book: b.Code, Problem: fmt.Sprintf("has given numbers in the style %s", was.Style)}
	}
	for _, y := range years {
		if b.First(y.year) != y.start {
			return &archive.BookError{
				Agency: b.Agency, Book: b.Code,
				Problem: fmt.Sprintf("the numbers of %d began at %d and cannot begin at %d", y.year, y.start, b.First(y.year)),
			}
		}
	}
	return nil
}

// configured records a change of configuration.
func (t *Tx) configured(agency, what string, value any, by archive.Actor, at time.Time) error {
	detail, err := jsonText(map[string]any{what: value})
	if err != nil {
		return err
	}
	_, err = t.audit(archive.Event{Action: archive.ActionConfigure, Agency: agency, Detail: []byte(detail), By: by, At: at})
	return err
}

func scanAgency(rows *sql.Rows) (a archive.Agency, err error) {
	return a, rows.Scan(&a.ID, &a.Name, &a.Superior, &a.Profile)
}

func agency(ctx context.Context, r reader, id string) (archive.Agency, error) {
	all, err := collect(ctx, r, scanAgency, `SELECT id, name, superior, profile FROM agencies WHERE id = $1`, id)
	if err != nil {
		return archive.Agency{}, fmt.Errorf("reading agency %s: %w", id, err)
	}
	if len(all) == 0 {
		return archive.Agency{}, &archive.NotFoundError{What: "agency", ID: id}
	}
	return all[0], nil
}

// Agency implements archive.Registry.
func (e *Engine) Agency(ctx context.Context, id string) (archive.Agency, error) {
	var a archive.Agency
	err := e.reading(ctx, "reading the archive", func(r reader) (err error) {
		a, err = agency(ctx, r, id)
		return err
	})
	return a, err
}

// Agencies implements archive.Registry.
func (e *Engine) Agencies(ctx context.Context) ([]archive.Agency, error) {
	var all []archive.Agency
	err := e.reading(ctx, "reading the agencies", func(r reader) (err error) {
		all, err = collect(ctx, r, scanAgency, `SELECT id, name, superior, profile FROM agencies ORDER BY id`)
		return err
	})
	return all, err
}

// PutAgency implements archive.Registry.
func (e *Engine) PutAgency(ctx context.Context, a archive.Agency, by archive.Actor, at time.Time) error {
	what := "entering agency " + a.ID
	if err := errors.Join(a.Check(), archive.CheckActor(by)); err != nil {
		return e.wrap(what, err)
	}
	if a.Profile == nil {
		a.Profile = []byte{}
	}
	return e.do(ctx, what, func(t *Tx) error {
		was, err := agency(t.ctx, t, a.ID)
		if err != nil && !errors.As(err, new(*archive.NotFoundError)) {
			return err
		}
		if err == nil && was.Name == a.Name && was.Superior == a.Superior && bytes.Equal(was.Profile, a.Profile) {
			return nil
		}
		err = t.exec(`INSERT INTO agencies (id, name, superior, profile) VALUES ($1, $2, $3, $4)
			ON CONFLICT (id) DO UPDATE SET name = excluded.name, superior = excluded.superior, profile = excluded.profile`,
			a.ID, a.Name, a.Superior, a.Profile)
		if err != nil {
			return err
		}
		return t.configured(a.ID, "agency", map[string]string{"name": a.Name, "superior": a.Superior, "profile_sha256": sumHex(a.Profile)}, by, at)
	})
}
