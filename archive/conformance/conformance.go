// Package conformance is the suite that every archive.Store passes. SQLite and
// PostgreSQL run it from their own test files.
package conformance

import (
	"crypto/sha256"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"antin/archive"
)

// Opener makes an empty store and closes it when the test ends.
type Opener func(t testing.TB) archive.Store

// Run runs the whole suite. openBackup opens what Backup wrote, or what was
// restored from it.
func Run(t *testing.T, open Opener, openBackup func(t testing.TB, path string) archive.Store) {
	for _, g := range []struct {
		name  string
		tests map[string]func(*testing.T, archive.Store)
	}{
		{"registry", registryTests},
		{"drafts", draftTests},
		{"moves", moveTests},
		{"annexes", annexTests},
		{"numbers", numberTests},
		{"search", searchTests},
		{"keys", keyTests},
		{"sessions", sessionTests},
		{"trail", trailTests},
		{"upkeep", upkeepTests},
		{"queue", queueTests},
		{"batches", batchTests},
		{"outbox", outboxTests},
		{"concurrency", concurrencyTests},
	} {
		t.Run(g.name, func(t *testing.T) {
			for name, test := range g.tests {
				t.Run(name, func(t *testing.T) { test(t, open(t)) })
			}
		})
	}
	t.Run("backup while in use", func(t *testing.T) { backupTest(t, open(t), openBackup) })
	t.Run("model", func(t *testing.T) { modelTest(t, open) })
}

// Noon is the frozen clock of the suite: 12:00 on 5 January 2026 in Hà Nội.
var Noon = time.Date(2026, 1, 5, 12, 0, 0, 0, archive.Zone)

// Clerk is the actor of the suite.
var Clerk = archive.Actor{ID: "key-1", Name: "Trần Thị Văn Thư", Role: "clerk"}

var lastID atomic.Int64

// NewID is an id that no other document of the test binary has.
func NewID() string { return fmt.Sprintf("doc-%06d", lastID.Add(1)) }

// Setup enters an agency with its books: QĐ and CV ordinary, GP permits.
func Setup(t testing.TB, s archive.Store) {
	t.Helper()
	ctx := t.Context()
	must(t, s.PutAgency(ctx, archive.Agency{
		ID: "snv", Name: "Sở Nội vụ", Superior: "Ủy ban nhân dân thành phố Hà Nội",
		Profile: []byte(`{"symbol":"SNV"}`),
	}, Clerk, Noon))
	must(t, s.PutAgency(ctx, archive.Agency{ID: "ttdvvl", Name: "Trung tâm Dịch vụ việc làm"}, Clerk, Noon))
	for _, b := range []archive.Book{
		{Agency: "snv", Code: "QĐ", Title: "Sổ quyết định", Style: archive.OrdinaryStyle, RetentionYears: 10},
		{Agency: "snv", Code: "CV", Title: "Sổ công văn", Style: archive.OrdinaryStyle},
		{Agency: "snv", Code: "GP", Title: "Sổ giấy phép", Style: archive.PermitStyle, Province: "001"},
		{Agency: "ttdvvl", Code: "QĐ", Title: "Sổ quyết định", Style: archive.OrdinaryStyle},
	} {
		must(t, s.PutBook(ctx, b, Clerk, Noon))
	}
}

// PDF is the bytes of a made-up revision 1.
func PDF(id string) []byte { return fmt.Appendf(nil, "%%PDF-1.7 %s\nrevision 1\n", id) }

// Revise appends a made-up revision.
func Revise(pdf []byte, what string) []byte {
	return fmt.Appendf(append([]byte(nil), pdf...), "revision: %s\n", what)
}

// Draft is a valid draft of the agency snv in book QĐ.
func Draft(id string) archive.Draft {
	return archive.Draft{
		ID: id, Agency: "snv", Form: "qd-huong-tctn", FormVersion: "2023-01", DocumentType: "Quyết định",
		Title: "Quyết định về việc hưởng trợ cấp thất nghiệp", Book: "QĐ", Symbol: "QĐ-SNV",
		Subject:    "Về việc hưởng trợ cấp thất nghiệp đối với ông Nguyễn Vĩnh Nghĩa",
		Recipients: []string{"Bảo hiểm xã hội thành phố", "Ông Nguyễn Vĩnh Nghĩa"}, KeptBy: "Văn thư", Copies: 3,
		SignatoryTitle: "GIÁM ĐỐC", SignatoryName: "Lê Văn Đức", DossierCode: "H26.1-" + id, PageCount: 2,
		LookupCode: "LC-" + id, Data: []byte(`{"ho_ten":"Nguyễn Vĩnh Nghĩa"}`), Personal: true,
		PDF: PDF(id), By: Clerk, At: Noon,
	}
}

// Create stores a draft that must be new.
func Create(t testing.TB, s archive.Store, d archive.Draft) archive.Document {
	t.Helper()
	doc, created, err := s.CreateDraft(t.Context(), d)
	must(t, err)
	if !created {
		t.Fatalf("document %s existed already", d.ID)
	}
	return doc
}

// Issue takes a draft all the way.
func Issue(t testing.TB, s archive.Store, d archive.Draft) archive.Document {
	t.Helper()
	doc := Create(t, s, d)
	pdf := d.PDF
	for _, m := range doc.Moves {
		var err error
		switch m {
		case archive.MoveSign:
			pdf = Revise(pdf, "sign")
			doc, err = s.AddSigned(t.Context(), d.ID, pdf, Clerk, d.At)
		case archive.MoveNumber:
			doc, err = s.AssignNumber(t.Context(), d.ID, Clerk, d.At)
		case archive.MoveIssue:
			pdf = Revise(pdf, "seal")
			doc, err = s.AddIssued(t.Context(), d.ID, pdf, Clerk, d.At)
		}
		must(t, err)
	}
	return doc
}

func hashOf(s string) [32]byte { return sha256.Sum256([]byte(s)) }

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// healthy fails when the doctor finds anything.
func healthy(t testing.TB, s archive.Store) archive.Diagnosis {
	t.Helper()
	d, err := s.Doctor(t.Context())
	must(t, err)
	for _, f := range d.Findings {
		t.Errorf("doctor: %+v", f)
	}
	return d
}
