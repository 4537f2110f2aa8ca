package postgres_test

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"maps"
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
	damages := conformance.Damages()
	maps.Copy(damages, map[string]conformance.Damage{
		"content edited": {SQL: `UPDATE contents SET tail = set_byte(tail, 0, get_byte(tail, 0) # 1) WHERE id = 2`, Kind: archive.FindContent},
		"word index":     {SQL: `DELETE FROM document_words WHERE seq = 2`, Kind: archive.FindIndex},
	})
	for name, c := range damages {
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
			for _, q := range []string{`SET session_replication_role = replica`, c.SQL} {
				if tag, err := conn.Exec(t.Context(), q); err != nil || q == c.SQL && tag.RowsAffected() == 0 {
					t.Fatal(tag, err)
				}
			}
			d, err := s.Doctor(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if !slices.ContainsFunc(d.Findings, func(f archive.Finding) bool { return f.Kind == c.Kind }) {
				t.Errorf("findings are %+v, want one of %s", d.Findings, c.Kind)
			}
		})
	}
}
