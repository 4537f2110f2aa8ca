package engine

import (
	"context"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"antin/archive"
)

// doctorPage is how many documents are examined at a time, so that a long
// examination holds neither memory nor a transaction.
const doctorPage = 200

// Doctor implements archive.Upkeep. It may run while the archive is in use:
// each document is examined as one state of the database shows it.
func (e *Engine) Doctor(ctx context.Context) (archive.Diagnosis, error) {
	x := &examination{e: e}
	steps := []struct {
		what string
		run  func(context.Context) error
	}{
		{"examining the database", x.file},
		{"examining the audit trail", x.audit},
		{"examining documents", x.documents},
		{"examining contents", x.contents},
		{"examining annexes", x.annexes},
		{"examining numbers", x.numbers},
		{"examining the word index", x.words},
	}
	for _, s := range steps {
		if err := s.run(ctx); err != nil {
			return x.Diagnosis, e.wrap(s.what, err)
		}
	}
	return x.Diagnosis, nil
}

type examination struct {
	archive.Diagnosis
	e *Engine
}

func (x *examination) find(kind archive.FindingKind, doc, subject, format string, args ...any) {
	if len(x.Findings) < archive.MaxFindings {
		x.Findings = append(slices.Clip(x.Findings), archive.Finding{Kind: kind, Document: doc, Subject: subject, Detail: fmt.Sprintf(format, args...)})
	}
}

func (x *examination) file(ctx context.Context) error {
	if x.e.d.Examine == nil {
		return nil
	}
	damage, err := x.e.d.Examine(ctx, x.e.read, "")
	for _, d := range damage {
		x.find(archive.FindFile, "", x.e.d.Name, "%s", d)
	}
	return err
}

func (x *examination) audit(ctx context.Context) error {
	report, err := x.e.VerifyAudit(ctx, nil)
	x.Audit = report
	if report.Broken != nil {
		x.find(archive.FindAudit, "", "row "+strconv.FormatInt(report.Broken.Seq, 10), "%s", report.Broken)
	}
	return err
}

func (x *examination) documents(ctx context.Context) error {
	after := int64(0)
	for {
		n, from, before := 0, after, x.Diagnosis
		err := x.e.view(ctx, "reading documents", func(r reader) error {
			after, x.Diagnosis = from, before // may be a second try
			docs, err := collect(ctx, r, scanDocumentSeq, `SELECT `+columnsOf+`, d.seq FROM documents d WHERE d.seq > $1
				ORDER BY d.seq LIMIT $2`, after, doctorPage)
			if err != nil {
				return err
			}
			n = len(docs)
			for _, d := range docs {
				after = d.seq
				x.Documents++
				if err := x.document(ctx, r, d.Document); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil || n < doctorPage {
			return err
		}
	}
}

func (x *examination) document(ctx context.Context, r reader, d archive.Document) (err error) {
	if d.Revisions, err = revisions(ctx, r, d.ID); err != nil {
		return err
	}
	rows, moves, err := trailOf(ctx, r, d.ID)
	if err != nil {
		x.find(archive.FindState, d.ID, "history", "%v", err)
		return nil
	}
	d.History = steps(moves)
	if err := x.trail(ctx, r, d, rows, moves); err != nil {
		return err
	}
	x.Revisions += int64(len(d.Revisions))
	x.moves(d)
	x.revisions(d)
	for _, other := range []string{d.Replaces, d.Corrects, d.ReplacedBy} {
		if other == "" {
			continue
		}
		if _, err := one(ctx, r, "id", other); errors.As(err, new(*archive.NotFoundError)) {
			x.find(archive.FindLink, d.ID, other, "the linked document is not in the archive")
		} else if err != nil {
			return err
		}
	}
	return nil
}

// moves walks the recorded moves and compares where they lead.
func (x *examination) moves(d archive.Document) {
	state, numbered := archive.State(""), false
	for i, s := range d.History {
		allowed := s.Move == archive.MoveDraft
		if i > 0 {
			allowed = archive.Check(d.ID, state, d.Moves, s.Move) == nil
		}
		if s.From != state || !allowed || s.To != archive.After(state, s.Move) {
			x.find(archive.FindState, d.ID, string(s.Move), "move %d from %s to %s does not follow from state %s", i+1, s.From, s.To, state)
			return
		}
		state = s.To
		numbered = numbered || s.Move == archive.MoveNumber
	}
	if state != d.State {
		x.find(archive.FindState, d.ID, string(d.State), "the recorded moves lead to %q", state)
	}
	if numbered != (d.Number != nil) {
		x.find(archive.FindNumber, d.ID, string(d.State), "number and recorded moves do not agree")
	}
}

// revisions compares the stored revisions with the recorded moves.
func (x *examination) revisions(d archive.Document) {
	want := map[archive.Move]archive.RevisionKind{
		archive.MoveDraft: archive.RevisionDraft, archive.MoveSign: archive.RevisionSigned,
		archive.MoveIssue: archive.RevisionIssued, archive.MovePreserve: archive.RevisionPreserved,
	}
	n := 0
	for _, s := range d.History {
		kind, ok := want[s.Move]
		if !ok {
			continue
		}
		if n >= len(d.Revisions) || d.Revisions[n].Kind != kind || d.Revisions[n].N != n+1 || s.Revision != n+1 {
			x.find(archive.FindRevision, d.ID, strconv.Itoa(n+1), "the revision of the move %q is missing or another", s.Move)
			return
		}
		n++
	}
	if n != len(d.Revisions) {
		x.find(archive.FindRevision, d.ID, strconv.Itoa(n+1), "a revision without a recorded move")
	}
	for i, r := range d.Revisions {
		if i > 0 && r.Size <= d.Revisions[i-1].Size {
			x.find(archive.FindRevision, d.ID, strconv.Itoa(r.N), "does not append to the revision before")
		}
	}
}

// contents reads every content back and compares it with its hash, and every
// revision with its content.
func (x *examination) contents(ctx context.Context) error {
	after := int64(0)
	type row struct {
		id  int64
		sum []byte
	}
	for {
		rows, err := collectOnce(ctx, x.e, "reading contents", func(rows *sql.Rows) (r row, err error) {
			return r, rows.Scan(&r.id, &r.sum)
		}, `SELECT id, sha256 FROM contents WHERE id > $1 AND destroyed IS NULL ORDER BY id LIMIT $2`, after, doctorPage)
		if err != nil {
			return err
		}
		for _, r := range rows {
			after = r.id
			x.Contents++
			_, err := x.e.Content(ctx, hex.EncodeToString(r.sum))
			switch {
			case errors.As(err, new(*archive.CorruptError)), errors.As(err, new(*archive.NotFoundError)):
				x.find(archive.FindContent, x.owner(ctx, r.sum), hex.EncodeToString(r.sum), "%v", err)
			case err != nil:
				return err
			}
		}
		if len(rows) < doctorPage {
			break
		}
	}
	type orphan struct {
		document string
		n        int
	}
	orphans, err := collectOnce(ctx, x.e, "reading revisions", func(rows *sql.Rows) (o orphan, err error) {
		return o, rows.Scan(&o.document, &o.n)
	}, `SELECT r.document, r.n FROM revisions r LEFT JOIN contents c ON c.id = r.content
		WHERE c.size IS NULL OR c.size <> r.size OR c.sha256 <> r.sha256 ORDER BY r.document, r.n LIMIT $1`, archive.MaxFindings)
	for _, o := range orphans {
		x.find(archive.FindContent, o.document, strconv.Itoa(o.n), "the revision's content is missing or of another size")
	}
	return err
}

// owner is a document that has this content, for the finding.
func (x *examination) owner(ctx context.Context, sum []byte) (id string) {
	_ = x.e.row(ctx, ownerOf, sum).Scan(&id)
	return id
}

// numbers walks every book and year: from the first number to the last, each
// one once, dates never falling.
func (x *examination) numbers(ctx context.Context) error {
	before := x.Diagnosis
	return x.e.view(ctx, "reading numbers", func(r reader) error {
		x.Diagnosis = before // may be a second try
		type year struct {
			agency, book      string
			year, start, next int
		}
		years, err := collect(ctx, r, func(rows *sql.Rows) (y year, err error) {
			return y, rows.Scan(&y.agency, &y.book, &y.year, &y.start, &y.next)
		}, `SELECT agency, book, year, start, next FROM book_years ORDER BY agency, book, year`)
		if err != nil {
			return err
		}
		expect := map[[2]string]map[int]*sequence{}
		for _, y := range years {
			k := [2]string{y.agency, y.book}
			if expect[k] == nil {
				expect[k] = map[int]*sequence{}
			}
			expect[k][y.year] = &sequence{next: y.start, end: y.next}
		}
		rows, err := r.query(ctx, `SELECT id, agency, book, year, serial, day FROM documents WHERE serial IS NOT NULL
			ORDER BY agency, book, year, serial`)
		if err != nil {
			return err
		}
		defer func() { _ = rows.Close() }()
		for rows.Next() {
			var (
				id, agency, book, day string
				y, serial             int
			)
			if err := rows.Scan(&id, &agency, &book, &y, &serial, &day); err != nil {
				return err
			}
			x.Numbers++
			name := fmt.Sprintf("%s/%s/%d", agency, book, y)
			s := expect[[2]string{agency, book}][y]
			if s == nil {
				x.find(archive.FindNumber, id, name, "number %d in a year that the book has not begun", serial)
				continue
			}
			switch {
			case serial > s.next:
				x.find(archive.FindNumber, id, name, "gap: %d follows %d", serial, s.next-1)
			case serial < s.next:
				x.find(archive.FindNumber, id, name, "number %d is given twice or before the first", serial)
			}
			if day < s.day {
				x.find(archive.FindNumber, id, name, "number %d is of %s, the one before of %s", serial, day, s.day)
			}
			if d, err := time.Parse(time.DateOnly, day); err != nil || d.Year() != y {
				x.find(archive.FindNumber, id, name, "number %d is of %s", serial, day)
			}
			s.next, s.day = serial+1, day
		}
		for k, byYear := range expect {
			for y, s := range byYear {
				if s.next != s.end {
					x.find(archive.FindNumber, "", fmt.Sprintf("%s/%s/%d", k[0], k[1], y), "the book stands at %d, the last document has %d", s.end-1, s.next-1)
				}
			}
		}
		return rows.Err()
	})
}

// words looks for documents that no search finds.
func (x *examination) words(ctx context.Context) error {
	ids, err := collectOnce(ctx, x.e, "reading the word index", func(rows *sql.Rows) (id string, err error) {
		return id, rows.Scan(&id)
	}, x.e.d.Words.Missing, archive.MaxFindings)
	for _, id := range ids {
		x.find(archive.FindIndex, id, "document_words", "the document is not in the word index")
	}
	return err
}

// sequence is how far a book's year has been walked.
type sequence struct {
	next, end int
	day       string
}

// Backup implements archive.Upkeep.
func (e *Engine) Backup(ctx context.Context, path string) error {
	return e.wrap("backing up to "+path, e.d.Backup(ctx, e.read, path))
}

// ForgetIdempotency implements archive.Upkeep.
func (e *Engine) ForgetIdempotency(ctx context.Context, before time.Time) (n int64, err error) {
	err = e.do(ctx, "forgetting idempotency keys", func(t *Tx) error {
		var err error
		n, err = t.execN(`DELETE FROM idempotency WHERE at < $1`, micros(before))
		return err
	})
	return n, err
}
