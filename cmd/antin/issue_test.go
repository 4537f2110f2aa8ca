package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"antin/archive/sqlite"
	"antin/internal/judge"
	"antin/templates"
)

func trustOf(t *testing.T, dir string) judge.Trust {
	t.Helper()
	read := func(name string) []byte {
		b, err := os.ReadFile(filepath.Join(dir, "trust", name))
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	return judge.Trust{Roots: read("demo-root.pem"), CRLs: [][]byte{read("demo-root.crl"), read("demo-ca.crl")}}
}

// issueSample pipes `forms sample` to `issue`, as the README says.
func issueSample(t *testing.T, dir string, f *templates.Form) (path string, answer issued) {
	t.Helper()
	code, sample, stderr := antin(t, "", "forms", "sample", f.ID, "--version", f.Version)
	if code != 0 {
		t.Fatalf("forms sample: exit %d: %s", code, stderr)
	}
	path = filepath.Join(t.TempDir(), f.ID+".pdf")
	code, stdout, stderr := antin(t, sample, "issue", f.ID, "--version", f.Version, "-o", path, "--data", dir, "--json")
	if code != 0 {
		t.Fatalf("issue: exit %d: %s", code, stderr)
	}
	if err := json.Unmarshal([]byte(stdout), &answer); err != nil {
		t.Fatal(err)
	}
	return path, answer
}

// TestEveryFormIssues takes every form of the catalogue from its sample to an
// issued document and has outside judges look at each revision.
func TestEveryFormIssues(t *testing.T) {
	forms, err := templates.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for _, f := range forms.All() {
		t.Run(f.Where(), func(t *testing.T) {
			path, answer := issueSample(t, dir, f)
			if code, stdout, _ := antin(t, "", "verify", path, "--data", dir); code != 0 {
				t.Errorf("antin verify: exit %d\n%s", code, stdout)
			}
			judge.AcceptSigned(t, path, trustOf(t, dir), map[string][]string{
				templates.LeaderAndSeal: {"ky_lanh_dao", "con_dau"}, templates.SignedByLeader: {"ky_lanh_dao"},
				templates.SealAlone: {"con_dau"}, templates.SignedByClerk: {"ky_can_bo"},
			}[f.Signing]...)
			revisions := revisionFiles(t, dir, answer.ID)
			judge.Conforms(t, "2b", revisions...)
			judge.Conforms(t, "ua1", revisions...)
			checkText(t, f, path, answer)
		})
	}
}

// revisionFiles writes every revision of a document to a file of its own.
func revisionFiles(t *testing.T, dir, id string) []string {
	t.Helper()
	store, err := sqlite.Open(t.Context(), filepath.Join(dir, databaseFile))
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	doc, err := store.Get(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for i := range doc.Revisions {
		pdf, _, err := store.RevisionContent(t.Context(), id, i+1)
		if err != nil {
			t.Fatal(err)
		}
		name := filepath.Join(t.TempDir(), "revision.pdf")
		if err := os.WriteFile(name, pdf, 0o600); err != nil {
			t.Fatal(err)
		}
		out = append(out, name)
	}
	return out
}

// places are the runs of dots that an act prints where something is filled in,
// and the lines between the cells of a table.
var places = regexp.MustCompile(`[.…_]{2,}|[…□|]`)

// checkText finds every sentence of the form's legal text in what pdftotext
// reads, in order and in NFC, with number and date filled in.
func checkText(t *testing.T, f *templates.Form, path string, answer issued) {
	t.Helper()
	text := judge.Text(t, path)
	if !norm.NFC.IsNormalString(text) {
		t.Error("the text is not in NFC")
	}
	if f.Number != "none" && !strings.Contains(text, answer.Number) {
		t.Errorf("number %s is not in the text", answer.Number)
	}
	day, err := time.Parse(time.DateOnly, answer.Date)
	if err != nil {
		t.Fatal(err)
	}
	if want := "năm " + day.Format("2006"); !strings.Contains(text, want) {
		t.Errorf("the date line %q is not in the text", want)
	}
	if f.Legal() == nil {
		return
	}
	// The foot of page 1 and the page numbers stand between the parts of a
	// paragraph that goes over a page: they are no part of the reading.
	squeezed := squeeze(readingText(t, path))
	at := 0
	for _, sentence := range f.Legal().Sentences() {
		for _, part := range places.Split(sentence, -1) {
			want := squeeze(part)
			if !strings.ContainsFunc(want, unicode.IsLetter) {
				continue
			}
			i := strings.Index(squeezed[at:], want)
			if i < 0 {
				t.Errorf("not found in order: %q (of %q)", part, sentence)
				continue
			}
			at += i + len(want)
		}
	}
}

// readingText is the text of the pages without margins and foot, in the order in
// which the file says it: what reads a document aloud follows that order, while
// pdftotext by default reads the cells of a table line by line.
func readingText(t *testing.T, path string) string {
	t.Helper()
	// In points at 72 dpi: the text area of the decree's page, down to the
	// address line above the bottom margin.
	text := judge.Text(t, path, "-raw", "-r", "72", "-x", "30", "-y", "56", "-W", "790", "-H", "730")
	var kept []string
	for line := range strings.Lines(text) {
		if !strings.HasPrefix(line, "Địa chỉ: Số 0") {
			kept = append(kept, line)
		}
	}
	return strings.Join(kept, "")
}

func squeeze(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, s)
}

// TestReplaceByCommand: a document takes the place of an earlier one, or
// corrects it, from the command line; the register says so.
func TestReplaceByCommand(t *testing.T) {
	forms, err := templates.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	form, err := forms.Choose("qd-cham-dut-tctn", "", time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	sample := string(form.Sample())
	dir := t.TempDir()
	_, first := issueSample(t, dir, form)
	out := filepath.Join(t.TempDir(), "again.pdf")
	issue := func(args ...string) (int, issued, string) {
		code, stdout, stderr := antin(t, sample, append([]string{"issue", form.ID, "-o", out, "--data", dir, "--json"}, args...)...)
		var got issued
		if code == 0 {
			if err := json.Unmarshal([]byte(stdout), &got); err != nil {
				t.Fatal(err)
			}
		}
		return code, got, stderr
	}
	if code, _, stderr := issue("--replaces", first.ID, "--corrects", first.ID); code != 2 || !strings.Contains(stderr, "--corrects") {
		t.Errorf("both: exit %d: %s", code, stderr)
	}
	if code, _, stderr := issue("--replaces", "khong-co"); code != 1 || !strings.Contains(stderr, "khong-co") {
		t.Errorf("an unknown document: exit %d: %s", code, stderr)
	}
	code, second, stderr := issue("--replaces", first.ID, "--idempotency-key", "k")
	if code != 0 {
		t.Fatalf("replacing: exit %d: %s", code, stderr)
	}
	if code, again, stderr := issue("--replaces", first.ID, "--idempotency-key", "k"); code != 0 || again.ID != second.ID {
		t.Errorf("once more: exit %d, %s, want %s: %s", code, again.ID, second.ID, stderr)
	}
	if code, _, _ := issue("--idempotency-key", "k"); code != 1 {
		t.Errorf("the same key for another request: exit %d", code)
	}
	if code, _, stderr := issue("--corrects", second.ID); code != 0 {
		t.Errorf("correcting: exit %d: %s", code, stderr)
	}
	if code, _, stderr := antin(t, "", "view", first.ID, "-o", out, "--data", dir); code != 0 {
		t.Errorf("viewing what was replaced: exit %d: %s", code, stderr)
	}
	trail := filepath.Join(dir, "trail.jsonl")
	if code, _, stderr := antin(t, "", "audit", "export", "-o", trail, "--data", dir); code != 0 {
		t.Fatal(stderr)
	}
	if n := strings.Count(string(read(t, trail)), "viewing_copy"); n != 1 {
		t.Errorf("the look at the copy is %d times in the trail", n)
	}
	if code, _, stderr := antin(t, "", "register", "export", "-o", filepath.Join(dir, "so.csv"), "--data", dir, "--year", second.Date[:4], "--agency", "snv-hanoi"); code != 0 {
		t.Fatal(stderr)
	}
	if book := string(read(t, filepath.Join(dir, "so.csv"))); !strings.Contains(book, " bởi 02/"+second.Symbol) || !strings.Contains(book, "Được đính chính bởi 03/"+second.Symbol) {
		t.Errorf("the book does not say what took whose place:\n%s", book)
	}
	_, stdout, _ := antin(t, "", "register", "list", "--json", "--data", dir)
	var list struct{ Entries []entry }
	if err := json.Unmarshal([]byte(stdout), &list); err != nil {
		t.Fatal(err)
	}
	states := map[string]string{}
	for _, e := range list.Entries {
		states[e.DocumentID] = e.State
	}
	if len(states) != 3 || states[first.ID] != "replaced" || states[second.ID] != "corrected" {
		t.Errorf("the register has %v", states)
	}
}
