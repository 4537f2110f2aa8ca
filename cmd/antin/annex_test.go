package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"antin/templates/layout"
	"antin/templates/render"
)

// TestIssueWithAnnexes: the form's own annex and one that is handed in, each in a
// signed file beside the document's.
func TestIssueWithAnnexes(t *testing.T) {
	dir := t.TempDir()
	data, out, plain := filepath.Join(dir, "data"), filepath.Join(dir, "qd.pdf"), filepath.Join(dir, "bang.pdf")
	code, sample, errs := antin(t, "", "forms", "sample", "qd-kham-bnn")
	if code != 0 {
		t.Fatal(errs)
	}
	if err := os.WriteFile(plain, plainPDF(t), 0o600); err != nil {
		t.Fatal(err)
	}
	code, stdout, errs := antin(t, sample, "issue", "qd-kham-bnn", "-o", out, "--data", data, "--json", "--separate-annexes", "--annex", "Phụ lục II. Bảng kê="+plain)
	if code != 0 {
		t.Fatal(errs)
	}
	var made issued
	if err := json.Unmarshal([]byte(stdout), &made); err != nil || len(made.Annexes) != 2 {
		t.Fatalf("%s %v", stdout, err)
	}
	for _, f := range made.Annexes {
		code, stdout, errs := antin(t, "", "verify", f, "--data", data, "--json")
		if code != 0 || !strings.Contains(stdout, `"annex": `) {
			t.Errorf("%s: %d %s %s", f, code, stdout, errs)
		}
	}
	if code, stdout, _ := antin(t, "", "annex", "list", made.ID, "--data", data); code != 0 || !strings.Contains(stdout, "2. Phụ lục II. Bảng kê (1 trang, cơ quan đã ký)") {
		t.Error(code, stdout)
	}
	again := filepath.Join(dir, "lai.pdf")
	if code, _, errs := antin(t, "", "annex", "get", made.ID, "-n", "2", "-o", again, "--data", data); code != 0 {
		t.Error(errs)
	}
	if a, b := read(t, again), read(t, made.Annexes[1]); string(a) != string(b) {
		t.Error("annex get gives another file")
	}
	trail := filepath.Join(dir, "trail.jsonl")
	if code, _, errs := antin(t, "", "audit", "export", "-o", trail, "--data", data); code != 0 || !strings.Contains(string(read(t, trail)), `{\"what\":\"annex\"}`) {
		t.Errorf("the look at the annex is not in the trail: %d %s", code, errs)
	}
	for _, args := range [][]string{
		{"annex", "get", made.ID, "-n", "7", "-o", again, "--data", data},
		{"annex", "add", made.ID, out, "--title", "Phụ lục III", "--data", data},
		{"issue", "qd-kham-bnn", "-o", out, "--data", data, "--annex", out},
	} {
		if code, _, errs := antin(t, sample, args...); code != 1 || errs == "" {
			t.Errorf("%q: %d %s", args, code, errs)
		}
	}
	if code, _, _ := antin(t, "", "annex", "add", made.ID, plain, "--data", data); code != 2 {
		t.Error("no title:", code)
	}
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// plainPDF is a file without fields, as another program might make it.
func plainPDF(t *testing.T) []byte {
	t.Helper()
	b, err := render.PDF(&layout.Document{Title: "Bảng kê", Sections: []layout.Section{{Page: layout.StandardPage(), Blocks: []layout.Block{
		&layout.Paragraph{Role: layout.TitleRole, Runs: []layout.Run{{Text: "Bảng kê", Size: 14}}},
	}}}}, render.Options{Now: time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)})
	if err != nil {
		t.Fatal(err)
	}
	return b
}
