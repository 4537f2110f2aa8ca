package judge

import (
	"path/filepath"
	"strings"
	"testing"
)

// Convert has LibreOffice open the document and write it as another type, such
// as "pdf" or "csv"; the file lives as long as the test.
func Convert(t testing.TB, path, to string) string {
	t.Helper()
	program := Need(t, "libreoffice")
	dir := t.TempDir()
	args := []string{"-env:UserInstallation=file://" + filepath.ToSlash(t.TempDir()), "--headless", "--norestore", "--convert-to", to, "--outdir", dir}
	if filepath.Ext(path) == ".csv" {
		args = append(args, "--infilter=CSV:44,34,76") // comma, quote, UTF-8: a person is asked for them
	}
	out := run(t, program, append(args, absolute(t, path))...)
	ext, _, _ := strings.Cut(to, ":")
	made := filepath.Join(dir, strings.TrimSuffix(filepath.Base(path), filepath.Ext(path))+"."+ext)
	if out.code != 0 {
		t.Fatalf("libreoffice %s: exit status %d: %s", path, out.code, clip(out.stderr))
	}
	return written(t, made, path)
}
