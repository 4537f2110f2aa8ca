package sqlite

import (
	"bytes"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"antin/archive"
	"antin/archive/conformance"
	"antin/archive/internal/engine"
)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// made is a closed archive file with a few documents.
func made(t testing.TB, documents int) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "antin.db")
	s, err := Open(t.Context(), path)
	must(t, err)
	conformance.Setup(t, s)
	for range documents {
		conformance.Issue(t, s, conformance.Draft(conformance.NewID()))
	}
	must(t, s.Close())
	return path
}

// raw opens an archive file as it is.
func raw(t testing.TB, path string) *engine.Engine {
	t.Helper()
	db, err := sql.Open("sqlite", dsn(path, false))
	must(t, err)
	return engine.New(dialect(), nil, db, db)
}

// span is the place of one audit row's cell in the file.
type span struct {
	seq        int64
	start, end int64
}

func varint(n int) int {
	if n < 128 {
		return 1
	}
	return 2 // nothing here is longer than 16383
}

// auditSpans finds the cells of all audit rows (SQLite file format, 2.1 Record
// Format): payload length, rowid, header length, serial types, columns. The
// first column is the rowid's alias and takes no bytes; the time takes eight.
func auditSpans(t testing.TB, path string) []span {
	t.Helper()
	s := raw(t, path)
	defer func() { _ = s.Close() }()
	file, err := os.ReadFile(path)
	must(t, err)
	var out []span
	for after := int64(0); ; {
		rows, err := s.Audit(t.Context(), archive.AuditFilter{}, after, archive.MaxPage)
		must(t, err)
		if len(rows) == 0 {
			return out
		}
		for _, r := range rows {
			after = r.Seq
			texts := []string{r.Action, r.Agency, r.Document, r.By.ID, r.By.Name, r.By.Role, string(r.Detail)}
			body := append([]byte(strings.Join(texts, "")), r.Hash[:]...)
			header := 1 + 1 + 1 + varint(32*2+12)
			for _, x := range texts {
				header += varint(len(x)*2 + 13)
			}
			payload := header + 8 + len(body)
			before := varint(payload) + varint(int(r.Seq)) + header + 8
			start := liveCell(file, body, before)
			if start < 0 {
				t.Fatalf("row %d is not in the file", r.Seq)
			}
			out = append(out, span{r.Seq, int64(start), int64(start + before + len(body))})
		}
	}
}

// liveCell finds the cell whose body this is. Free space may hold copies of it,
// so the cell must be one that its page (a table leaf, 1.6) points to.
func liveCell(file, body []byte, before int) int {
	const pageSize = 4096
	for from := 0; ; {
		i := bytes.Index(file[from:], body)
		if i < 0 {
			return -1
		}
		start := from + i - before
		from += i + 1
		base := start / pageSize * pageSize
		page := file[base : base+pageSize]
		if page[0] != 0x0d {
			continue
		}
		for c := range int(binary.BigEndian.Uint16(page[3:])) {
			if int(binary.BigEndian.Uint16(page[8+2*c:])) == start-base {
				return start
			}
		}
	}
}

// Every single-byte edit of an audit row is found.
func TestAuditEdits(t *testing.T) {
	path := made(t, 60)
	spans := auditSpans(t, path)
	random := rand.New(rand.NewPCG(1, 2))
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	must(t, err)
	defer func() { _ = f.Close() }()
	check := func() (archive.AuditReport, error) {
		s := raw(t, path)
		defer func() { _ = s.Close() }()
		return s.VerifyAudit(t.Context(), nil)
	}
	report, err := check()
	must(t, err)
	if report.Broken != nil || report.Rows != int64(len(spans)) {
		t.Fatalf("before any edit: %+v", report)
	}
	kinds := map[archive.AuditBreakKind]int{}
	for range 1000 {
		row := spans[random.IntN(len(spans))]
		at := row.start + random.Int64N(row.end-row.start)
		var was [1]byte
		_, err := f.ReadAt(was[:], at)
		must(t, err)
		to := was[0] ^ byte(1+random.IntN(255))
		_, err = f.WriteAt([]byte{to}, at)
		must(t, err)
		report, err := check()
		switch {
		case err != nil:
			kinds["error"]++
		case report.Broken == nil:
			t.Errorf("row %d, byte %d of %d, %#x to %#x: not found", row.seq, at-row.start, row.end-row.start, was[0], to)
		default:
			kinds[report.Broken.Kind]++
		}
		_, err = f.WriteAt(was[:], at)
		must(t, err)
	}
	t.Log(kinds)
}

// alter runs statements behind the archive's back.
func alter(t testing.TB, path string, statements ...string) {
	t.Helper()
	db, err := sql.Open("sqlite", dsn(path, false))
	must(t, err)
	defer func() { _ = db.Close() }()
	_, err = db.ExecContext(t.Context(), `PRAGMA foreign_keys(0)`)
	must(t, err)
	statements = append([]string{`DROP TRIGGER audit_no_update`, `DROP TRIGGER audit_no_delete`}, statements...)
	for _, s := range statements {
		_, err := db.ExecContext(t.Context(), s)
		must(t, err)
	}
}

func TestAuditBreaks(t *testing.T) {
	for name, c := range map[string]struct {
		sql  []string
		kind archive.AuditBreakKind
		seq  int64
	}{
		"edited":     {[]string{`UPDATE audit SET actor_name = 'Người khác' WHERE seq = 9`}, archive.RowEdited, 9},
		"moved text": {[]string{`UPDATE audit SET action = 'dra', agency = 'ft' || agency WHERE seq = 7`}, archive.RowEdited, 7},
		"hash":       {[]string{`UPDATE audit SET hash = zeroblob(32) WHERE seq = 9`}, archive.RowEdited, 9},
		"short hash": {[]string{`UPDATE audit SET hash = x'00' WHERE seq = 9`}, archive.RowUnreadable, 9},
		"removed":    {[]string{`DELETE FROM audit WHERE seq = 9`}, archive.RowMissing, 9},
		"cut off":    {[]string{`DELETE FROM audit WHERE seq > 9`}, archive.RowMissing, 10},
		"first":      {[]string{`DELETE FROM audit WHERE seq = 1`}, archive.RowMissing, 1},
		"removed and closed up": {[]string{
			`DELETE FROM audit WHERE seq = 9`, `UPDATE audit SET seq = -seq WHERE seq > 9`,
			`UPDATE audit SET seq = -seq - 1 WHERE seq < 0`,
		}, archive.RowEdited, 9},
		"reordered": {[]string{
			`UPDATE audit SET seq = -9 WHERE seq = 9`, `UPDATE audit SET seq = 9 WHERE seq = 10`,
			`UPDATE audit SET seq = 10 WHERE seq = -9`,
		}, archive.RowEdited, 9},
		"head": {[]string{`UPDATE audit_head SET hash = zeroblob(32)`}, archive.RowEdited, 14},
		"cut off with its head": {[]string{
			`DELETE FROM audit WHERE seq > 9`,
			`UPDATE audit_head SET seq = 9, hash = (SELECT hash FROM audit WHERE seq = 9)`,
			`INSERT INTO checkpoints VALUES ('2026-01-05', 12, zeroblob(32), 0, x'')`,
		}, archive.RowMissing, 10},
	} {
		t.Run(name, func(t *testing.T) {
			path := made(t, 2)
			alter(t, path, c.sql...)
			s := raw(t, path)
			defer func() { _ = s.Close() }()
			report, err := s.VerifyAudit(t.Context(), nil)
			must(t, err)
			if b := report.Broken; b == nil || b.Kind != c.kind || b.Seq != c.seq {
				t.Errorf("found %v, want %s at %d", b, c.kind, c.seq)
			}
		})
	}
}

func TestDoctorFinds(t *testing.T) {
	damages := conformance.Damages()
	maps.Copy(damages, map[string]conformance.Damage{
		"content edited": {SQL: `UPDATE contents SET tail = CAST(x'00' || substr(tail, 2) AS BLOB) WHERE id = 2`, Kind: archive.FindContent},
		"word index":     {SQL: `DELETE FROM document_words WHERE rowid = 2`, Kind: archive.FindIndex},
	})
	for name, c := range damages {
		t.Run(name, func(t *testing.T) {
			path := made(t, 3)
			alter(t, path, c.SQL)
			s := raw(t, path)
			defer func() { _ = s.Close() }()
			d, err := s.Doctor(t.Context())
			must(t, err)
			found := false
			for _, f := range d.Findings {
				found = found || f.Kind == c.Kind
			}
			if !found {
				t.Errorf("findings are %+v, want one of %s", d.Findings, c.Kind)
			}
		})
	}
}

// A damaged content is refused when it is read, not only by the doctor.
func TestContentChecked(t *testing.T) {
	path := made(t, 1)
	alter(t, path, `UPDATE contents SET tail = CAST(x'00' || substr(tail, 2) AS BLOB) WHERE id = 1`)
	s := raw(t, path)
	defer func() { _ = s.Close() }()
	p, err := s.List(t.Context(), archive.Filter{}, archive.Page{})
	must(t, err)
	for n := range 4 {
		_, _, err := s.RevisionContent(t.Context(), p.Documents[0].ID, n)
		if !errors.As(err, new(*archive.CorruptError)) {
			t.Errorf("revision %d: got %v, want *CorruptError", n, err)
		}
	}
}

// What was acknowledged is in the log of a machine that lost power; a log torn
// at any place opens as an earlier whole state.
func TestPowerLoss(t *testing.T) {
	path := filepath.Join(t.TempDir(), "antin.db")
	s, err := Open(t.Context(), path)
	must(t, err)
	defer func() { _ = s.Close() }()
	conformance.Setup(t, s)
	for range 40 {
		conformance.Issue(t, s, conformance.Draft(conformance.NewID()))
	}
	wal, err := os.Stat(path + "-wal")
	must(t, err)
	random := rand.New(rand.NewPCG(3, 4))
	last := int64(-1)
	for i := range 30 {
		keep := wal.Size()
		if i > 0 {
			keep = random.Int64N(wal.Size())
		}
		dir := t.TempDir()
		torn := filepath.Join(dir, "antin.db")
		copyPart(t, path, torn, -1)
		copyPart(t, path+"-wal", torn+"-wal", keep)
		c, err := Open(t.Context(), torn)
		must(t, err)
		d, err := c.Doctor(t.Context())
		must(t, err)
		if len(d.Findings) > 0 {
			t.Errorf("log cut at %d of %d: %+v", keep, wal.Size(), d.Findings)
		}
		if i == 0 && d.Numbers != 40 {
			t.Errorf("%d numbers after the loss of power, want 40", d.Numbers)
		}
		last = max(last, d.Numbers)
		must(t, c.Close())
	}
}

func copyPart(t testing.TB, from, to string, n int64) {
	t.Helper()
	src, err := os.Open(from)
	must(t, err)
	defer func() { _ = src.Close() }()
	dst, err := os.Create(to)
	must(t, err)
	var r io.Reader = src
	if n >= 0 {
		r = io.LimitReader(src, n)
	}
	_, err = io.Copy(dst, r)
	must(t, errors.Join(err, dst.Close()))
}

// On a full disk the steps that still fit are done, the others are refused as
// such, and nothing acknowledged is lost.
func TestFullDisk(t *testing.T) {
	path := made(t, 3)
	write, err := sql.Open("sqlite", dsn(path, false))
	must(t, err)
	var pages int
	must(t, write.QueryRowContext(t.Context(), `PRAGMA page_count`).Scan(&pages))
	must(t, write.Close())
	write, err = sql.Open("sqlite", dsn(path, false)+fmt.Sprintf("&_pragma=max_page_count(%d)", pages+30))
	must(t, err)
	write.SetMaxOpenConns(1)
	read, err := sql.Open("sqlite", dsn(path, true))
	must(t, err)
	s := engine.New(dialect(), nil, write, read)
	defer func() { _ = s.Close() }()

	var wg sync.WaitGroup
	errs := make([]error, 24)
	ids := make([]string, 24)
	for i := range errs {
		wg.Go(func() {
			d := conformance.Draft(conformance.NewID())
			if i%2 == 0 {
				d.PDF = append(d.PDF, make([]byte, 200_000)...)
			}
			ids[i] = d.ID
			_, _, errs[i] = s.CreateDraft(t.Context(), d)
		})
	}
	wg.Wait()
	full := 0
	for i, err := range errs {
		doc, readErr := s.Get(t.Context(), ids[i])
		switch {
		case err == nil && (readErr != nil || doc.ID != ids[i]):
			t.Errorf("%s was acknowledged and is lost: %v", ids[i], readErr)
		case err != nil && !errors.Is(err, archive.ErrFull):
			t.Errorf("%s: got %v, want ErrFull", ids[i], err)
		case err != nil && !errors.As(readErr, new(*archive.NotFoundError)):
			t.Errorf("%s was refused and is there", ids[i])
		case err != nil:
			full++
		case i%2 == 0:
			t.Errorf("%s cannot have fitted", ids[i])
		}
	}
	if full < 12 {
		t.Errorf("%d refused, want at least the 12 large ones", full)
	}
	d, err := s.Doctor(t.Context())
	must(t, err)
	if len(d.Findings) > 0 {
		t.Errorf("%+v", d.Findings)
	}
}

// What is destroyed at the end of its retention leaves no copy in the file.
func TestDestroyedIsGone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "antin.db")
	s, err := Open(t.Context(), path)
	must(t, err)
	conformance.Setup(t, s)
	const secret = "Zoãn Thị Xuyến Chi 001199099887"
	d := conformance.Draft(conformance.NewID())
	d.Data = []byte(`{"ho_ten":"` + secret + ` data"}`)
	d.PDF = append(conformance.PDF(d.ID), bytes.Repeat([]byte(secret+" pdf\n"), 3000)...)
	conformance.Issue(t, s, d)
	held := func() (found []string) {
		must(t, s.Close())
		file, err := os.ReadFile(path)
		must(t, err)
		for _, what := range []string{secret + " data", secret + " pdf"} {
			if bytes.Contains(file, []byte(what)) {
				found = append(found, what)
			}
		}
		s, err = Open(t.Context(), path)
		must(t, err)
		return found
	}
	if got := held(); len(got) != 2 {
		t.Fatalf("before: %q", got)
	}
	act := archive.Destruction{Reason: "hết thời hạn bảo quản", Decision: "12/QĐ-SNV", Minutes: "01/BB-HTL"}
	_, err = s.Destroy(t.Context(), d.ID, act, conformance.Clerk, time.Date(2037, 1, 1, 0, 0, 0, 0, archive.Zone))
	must(t, err)
	if got := held(); len(got) != 0 {
		t.Errorf("after: %q", got)
	}
	must(t, s.Close())
}
