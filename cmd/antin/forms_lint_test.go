package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"antin/internal/judge"
)

// copyOfForms is a folder of forms to be spoiled; change replaces text in one
// of its files.
func copyOfForms(t *testing.T) (dir string, change func(file, from, to string)) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), "templates", "forms")
	if err := os.CopyFS(dir, os.DirFS("../../templates/forms")); err != nil {
		t.Fatal(err)
	}
	return dir, func(file, from, to string) {
		t.Helper()
		name := filepath.Join(dir, filepath.FromSlash(file))
		text, err := os.ReadFile(name)
		if err != nil || !strings.Contains(string(text), from) {
			t.Fatalf("%s does not say %q: %v", file, from, err)
		}
		if err := os.WriteFile(name, []byte(strings.Replace(string(text), from, to, 1)), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// TestLintNotes: what may be meant so is told and leaves the status 0.
func TestLintNotes(t *testing.T) {
	dir, change := copyOfForms(t)
	change("tb-khong-du-dieu-kien/cv376-2025/form.yaml", "book: TB", "book: TBB")
	code, stdout, stderr := antin(t, "", "forms", "lint", dir)
	if code != 0 || !strings.Contains(stdout, "form.yaml:11: Lưu ý: book: “TBB” là sổ mới") || !strings.HasSuffix(stdout, "Không có lỗi; có lưu ý ở trên.\n") {
		t.Errorf("exit %d: %s%s", code, stdout, stderr)
	}
	change("tb-khong-du-dieu-kien/cv376-2025/form.yaml", "document_type: TB", "document_type: TBO")
	code, stdout, _ = antin(t, "", "forms", "lint", dir)
	if code != 1 || !strings.Contains(stdout, "Lưu ý: book") || !strings.Contains(stdout, "form.yaml:10: document_type: “TBO”") || strings.Contains(stdout, "Không có lỗi") {
		t.Errorf("exit %d: %s", code, stdout)
	}
}

// TestLintWrongFolder: a folder without forms is told by its name, and where
// they are.
func TestLintWrongFolder(t *testing.T) {
	dir, _ := copyOfForms(t)
	up := filepath.Dir(dir)
	for _, c := range []struct{ dir, says string }{
		{up, up + ": Thư mục này không có biểu mẫu (mỗi biểu mẫu là một thư mục MÃ/PHIÊN-BẢN có form.yaml). Có phải ý là \"" + dir + "\"?"},
		{filepath.Dir(up), "Có phải ý là \"" + dir + "\"?"},
		{filepath.Join(dir, "phieu-xin-loi"), "Có phải ý là \"" + dir + "\"?"},
		{filepath.Join(dir, "phieu-xin-loi", "tt03-2025"), "Có phải ý là \"" + dir + "\"?"},
		{t.TempDir(), "Hãy ghi thư mục chứa acts.yaml"},
		{filepath.Join(dir, "nowhere"), "không có thư mục"},
	} {
		for _, args := range [][]string{{"forms", "lint", c.dir}, {"forms", "preview", c.dir, "phieu-xin-loi", "-o", filepath.Join(up, "a.pdf")}} {
			code, stdout, stderr := antin(t, "", args...)
			if said := stdout + stderr; code == 0 || !strings.Contains(said, c.says) || strings.Contains(said, "Idempotency") {
				t.Errorf("%q: exit %d: %s\nwant %s", args, code, said, c.says)
			}
		}
	}
}

// TestPreviewSays what lint says, instead of failing over the pages.
func TestPreviewSays(t *testing.T) {
	const id, version = "phieu-xin-loi", "phieu-xin-loi/tt03-2025/"
	dir, change := copyOfForms(t)
	out := filepath.Join(t.TempDir(), "a.pdf")
	preview := func() (int, string, string) {
		t.Helper()
		return antin(t, "", "forms", "preview", dir, id, "-o", out)
	}
	change(version+"body.txt", "@head\n", "@head\n@head\n")
	if code, stdout, stderr := preview(); code != 1 || !strings.Contains(stdout, "body.txt:2: Số văn bản có nhiều hơn một chỗ (dòng 1, 2)") {
		t.Errorf("two heads: exit %d: %s%s", code, stdout, stderr)
	}
	change(version+"body.txt", "@head\n@head\n", "@head\n")
	change(version+"form.yaml", "book: PXL", "book: PXLL")
	if code, _, stderr := preview(); code != 0 || !strings.Contains(stderr, "Lưu ý: book: “PXLL”") {
		t.Errorf("a note: exit %d: %s", code, stderr)
	}
	change(version+"sample.json", "\"new_date\": \"", "\"new_date\": \"x")
	if code, stdout, stderr := preview(); code != 1 || !strings.Contains(stdout, "sample.json:") || !strings.Contains(stdout, "/new_date: “x") || strings.Contains(stdout+stderr, "errors") {
		t.Errorf("the sample: exit %d: %s%s", code, stdout, stderr)
	}
}

// TestPreviewSpecimen: number and date show in a preview; the same form by
// `antin render` leaves their places empty.
func TestPreviewSpecimen(t *testing.T) {
	dir := t.TempDir()
	seen, made := filepath.Join(dir, "seen.pdf"), filepath.Join(dir, "made.pdf")
	if code, _, stderr := antin(t, "", "forms", "preview", "../../templates/forms", "qd-huy-tctn", "-o", seen); code != 0 {
		t.Fatal(stderr)
	}
	if got := judge.Text(t, seen, "-layout"); !strings.Contains(got, "Số: 00/QĐ-SNV") || !strings.Contains(got, "Hà Nội, ngày ") {
		t.Errorf("no specimen:\n%s", got)
	}
	_, sample, _ := antin(t, "", "forms", "sample", "qd-huy-tctn")
	t.Setenv("ANTIN_DATA", filepath.Join(dir, "data"))
	if code, _, stderr := antin(t, sample, "render", "qd-huy-tctn", "-o", made); code != 0 {
		t.Fatal(stderr)
	}
	if got := judge.Text(t, made, "-layout"); strings.Contains(got, "00/") || strings.Contains(got, "Hà Nội, ngày ") {
		t.Errorf("a specimen in a real document:\n%s", got)
	}
}
