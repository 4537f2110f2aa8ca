package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestPreview sees a sentence changed in a folder on the page, and a mistake
// in it named with file and line.
func TestPreview(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "forms")
	if err := os.CopyFS(dir, os.DirFS("../../templates/forms")); err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(t.TempDir(), "a.pdf")
	if code, _, stderr := antin(t, "", "forms", "preview", dir, "qd-huy-tctn", "-o", out); code != 0 {
		t.Fatalf("exit %d: %s", code, stderr)
	}
	before, err := os.ReadFile(out)
	if err != nil || !bytes.HasPrefix(before, []byte("%PDF-1.7")) {
		t.Fatalf("no PDF: %v", err)
	}
	body := filepath.Join(dir, "qd-huy-tctn", "nd61-2020", "body.txt")
	text, err := os.ReadFile(body)
	if err != nil {
		t.Fatal(err)
	}
	change := func(from, to string) {
		t.Helper()
		if err := os.WriteFile(body, bytes.Replace(text, []byte(from), []byte(to), 1), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	change("Lý do hủy: quá thời hạn", "Lý do hủy quyết định: quá thời hạn")
	if code, _, stderr := antin(t, "", "forms", "preview", dir, "qd-huy-tctn", "-o", out); code != 0 {
		t.Fatalf("exit %d: %s", code, stderr)
	}
	if after, err := os.ReadFile(out); err != nil || bytes.Equal(before, after) {
		t.Errorf("the page did not change: %v", err)
	}
	change("{full_name}", "{ful_name}")
	code, stdout, _ := antin(t, "", "forms", "preview", dir, "qd-huy-tctn", "-o", out)
	if code != 1 || !strings.Contains(stdout, "body.txt:") || !strings.Contains(stdout, "ful_name") {
		t.Errorf("exit %d: %s", code, stdout)
	}
}
