package postgres_test

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"antin/archive"
	"antin/archive/conformance"
	"antin/internal/judge"
)

// rowBytes finds the columns' bytes of every row in a table's file (PostgreSQL,
// "Database Page Layout"): a page of 8 KB begins with a header of 24 bytes and
// pointers of 4 bytes to its rows; a row's header says where its columns begin.
func rowBytes(t *testing.T, file []byte) (spans [][2]int) {
	t.Helper()
	const pageSize, headerSize = 8192, 24
	if len(file)%pageSize != 0 {
		t.Fatalf("the table has %d bytes", len(file))
	}
	for base := 0; base < len(file); base += pageSize {
		page := file[base : base+pageSize]
		lower := int(binary.LittleEndian.Uint16(page[12:]))
		for p := headerSize; p < lower; p += 4 {
			item := binary.LittleEndian.Uint32(page[p:])
			off, flags, n := int(item&0x7fff), item>>15&3, int(item>>17)
			if flags != 1 || n == 0 { // not a live row
				continue
			}
			spans = append(spans, [2]int{base + off + int(page[off+22]), base + off + n})
		}
	}
	return spans
}

// Every single-byte edit in the file of the audit table is found. The table is
// filled anew for each edit by writing its file: an emptied table has a file of
// its own of which the server holds no copy. A column's length that was edited
// can make the server itself stumble (it trusts its files unless it was set up
// with data checksums); then the walk ends with an error, which is no clean
// report either.
func TestAuditEdits(t *testing.T) {
	ctx := t.Context()
	server := judge.Postgres(t)
	dsn := schema(t, server)
	s := openAt(t, dsn)
	conformance.Setup(t, s)
	for range 60 {
		conformance.Issue(t, s, conformance.Draft(conformance.NewID()))
	}
	var conn *pgx.Conn
	connect := func() {
		t.Helper()
		patience, cancel := context.WithTimeout(ctx, time.Minute)
		defer cancel()
		for {
			var err error
			if conn, err = pgx.Connect(patience, dsn); err == nil {
				return
			}
			if patience.Err() != nil {
				t.Fatal(err)
			}
		}
	}
	connect()
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	exec := func(q string) {
		t.Helper()
		_, err := conn.Exec(ctx, q)
		if err != nil && conn.IsClosed() { // the server fell over the last edit
			connect()
			_, err = conn.Exec(ctx, q)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	path := func() string {
		t.Helper()
		var dir, file string
		if err := conn.QueryRow(ctx, `SELECT current_setting('data_directory'), pg_relation_filepath('audit')`).Scan(&dir, &file); err != nil {
			t.Fatal(err)
		}
		return filepath.Join(dir, file)
	}
	// An index would lead to rows of the file that was there before.
	exec(`ALTER TABLE audit DROP CONSTRAINT audit_pkey`)
	exec(`DROP INDEX audit_document`)
	exec(`DROP TRIGGER audit_no_truncate ON audit`)
	exec(`VACUUM FREEZE audit`)
	exec(`CHECKPOINT`)
	whole, err := os.ReadFile(path())
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrPermission) {
		judge.Unfit(t, "postgresql", fmt.Errorf("the server's files are out of reach: %w", err))
	}
	if err != nil {
		t.Fatal(err)
	}
	spans := rowBytes(t, whole)
	check := func(file []byte) (archive.AuditReport, error) {
		t.Helper()
		exec(`TRUNCATE audit`)
		f, err := os.OpenFile(path(), os.O_WRONLY, 0)
		if err != nil {
			t.Fatal(err)
		}
		_, err = f.Write(file)
		if err := errors.Join(err, f.Close()); err != nil {
			t.Fatal(err)
		}
		return s.VerifyAudit(ctx, nil)
	}
	report, err := check(whole)
	if err != nil || report.Broken != nil || report.Rows != int64(len(spans)) || report.Rows < 240 {
		t.Fatalf("before any edit: %+v %v, %d rows in the file", report, err, len(spans))
	}
	random := rand.New(rand.NewPCG(3, 4))
	kinds := map[archive.AuditBreakKind]int{}
	for range 1000 {
		row := random.IntN(len(spans))
		at := spans[row][0] + random.IntN(spans[row][1]-spans[row][0])
		edited := slices.Clone(whole)
		edited[at] ^= byte(1 + random.IntN(255))
		report, err := check(edited)
		switch {
		case err != nil:
			kinds["error"]++
		case report.Broken == nil:
			t.Errorf("row %d, byte %d of %d, %#x to %#x: not found", row+1, at-spans[row][0], spans[row][1]-spans[row][0], whole[at], edited[at])
		default:
			kinds[report.Broken.Kind]++
		}
	}
	t.Log(kinds)
	if report, err := check(whole); err != nil || report.Broken != nil {
		t.Errorf("after the edits: %+v %v", report, err)
	}
}

// What is wrong in the database is found, each kind by its name.
func TestDoctorFinds(t *testing.T) {
	server := judge.Postgres(t)
	for name, c := range map[string]struct {
		sql  string
		kind archive.FindingKind
	}{
		"content edited":    {`UPDATE contents SET tail = set_byte(tail, 0, get_byte(tail, 0) # 1) WHERE id = 2`, archive.FindContent},
		"content gone":      {`DELETE FROM contents WHERE id = 3`, archive.FindContent},
		"base gone":         {`DELETE FROM contents WHERE id = 1`, archive.FindContent},
		"content's size":    {`UPDATE contents SET size = size + 1 WHERE id = 3`, archive.FindContent},
		"revision gone":     {`DELETE FROM revisions WHERE n = 3`, archive.FindRevision},
		"state set back":    {`UPDATE documents SET state = 'signed' WHERE serial = 1`, archive.FindState},
		"number taken away": {`UPDATE documents SET serial = NULL, year = NULL WHERE serial = 2`, archive.FindNumber},
		"number changed":    {`UPDATE documents SET serial = 9 WHERE serial = 3`, archive.FindNumber},
		"date changed":      {`UPDATE documents SET day = '2026-01-04' WHERE serial = 2`, archive.FindNumber},
		"year changed":      {`UPDATE documents SET year = 2025 WHERE serial = 3`, archive.FindNumber},
		"book set back":     {`UPDATE book_years SET next = 2`, archive.FindNumber},
		"document gone":     {`DELETE FROM documents WHERE serial = 2`, archive.FindNumber},
		"link":              {`UPDATE documents SET replaced_by = 'none' WHERE serial = 1`, archive.FindLink},
		"word index":        {`DELETE FROM document_words WHERE seq = 2`, archive.FindIndex},
		"another number":    {`UPDATE documents SET number_text = '07' WHERE serial = 2`, archive.FindNumber},
		"two numbers":       {`UPDATE documents SET number_text = CASE serial WHEN 1 THEN '02' ELSE '01' END WHERE serial < 3`, archive.FindNumber},
		"another symbol":    {`UPDATE documents SET symbol = 'QĐ-UBND' WHERE serial = 2`, archive.FindNumber},
		"another reason":    {`UPDATE documents SET reason = 'khác' WHERE serial = 2`, archive.FindState},
		"another form":      {`UPDATE documents SET form_version = '2020-01' WHERE serial = 2`, archive.FindState},
		"a successor":       {`UPDATE documents SET replaced_by = (SELECT id FROM documents WHERE serial = 2) WHERE serial = 1`, archive.FindLink},
		"another file":      {`UPDATE revisions SET content = 1, sha256 = (SELECT sha256 FROM contents WHERE id = 1), size = (SELECT size FROM contents WHERE id = 1) WHERE content = 4`, archive.FindRevision},
		"an annex":          {`INSERT INTO annexes (document, n, title, pages, sha256, size, actor_id, actor_name, actor_role, at) SELECT document, 1, 'I', 1, sha256, size, '', '', '', 0 FROM revisions WHERE content = 1`, archive.FindRevision},
		"audit row":         {`DELETE FROM audit WHERE seq = 8`, archive.FindAudit},
		"audit row edited":  {`UPDATE audit SET actor_name = 'Người khác' WHERE seq = 9`, archive.FindAudit},
	} {
		t.Run(name, func(t *testing.T) {
			dsn := schema(t, server)
			s := openAt(t, dsn)
			conformance.Setup(t, s)
			for range 3 {
				conformance.Issue(t, s, conformance.Draft(conformance.NewID()))
			}
			conn, err := pgx.Connect(t.Context(), dsn)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = conn.Close(context.WithoutCancel(t.Context())) }()
			// Neither the triggers of the trail nor what refers to the row are in the way.
			for _, q := range []string{`SET session_replication_role = replica`, c.sql} {
				if tag, err := conn.Exec(t.Context(), q); err != nil || q == c.sql && tag.RowsAffected() == 0 {
					t.Fatal(tag, err)
				}
			}
			d, err := s.Doctor(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if !slices.ContainsFunc(d.Findings, func(f archive.Finding) bool { return f.Kind == c.kind }) {
				t.Errorf("findings are %+v, want one of %s", d.Findings, c.kind)
			}
		})
	}
}
