package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestCopy(t *testing.T) {
	dir := t.TempDir()
	data, scan, out := filepath.Join(dir, "data"), filepath.Join(dir, "quet.pdf"), filepath.Join(dir, "sao.pdf")
	if err := os.WriteFile(scan, plainPDF(t), 0o600); err != nil {
		t.Fatal(err)
	}
	args := []string{
		"copy", "sao-y", scan, "-o", out, "--data", data, "--agency", "snv-hanoi", "--json", "--idempotency-key", "k",
		"--source-agency", "Ủy ban nhân dân thành phố Hà Nội", "--source-number", "12/QĐ-UBND", "--source-date", "05/01/2026",
	}
	var first copied
	for range 2 {
		code, stdout, errs := antin(t, "", args...)
		var got copied
		if err := json.Unmarshal([]byte(stdout), &got); code != 0 || err != nil || got.Number != "01" || got.Symbol != "SY-SNV" || len(got.SourceSHA256) != 64 {
			t.Fatal(code, stdout, errs, err)
		}
		if first.ID != "" && got.ID != first.ID {
			t.Error("the same key made another copy")
		}
		first = got
	}
	code, stdout, _ := antin(t, "", "verify", out, "--data", data, "--json")
	if code != 0 || !strings.Contains(stdout, first.SourceSHA256) || !strings.Contains(stdout, `"SAO Y"`) {
		t.Error(code, stdout)
	}
	code, stdout, errs := antin(t, "", "register", "list", "--data", data, "--json")
	if code != 0 || !strings.Contains(stdout, "SY-SNV") {
		t.Error(code, stdout, errs)
	}
	for _, c := range []struct {
		code int
		args []string
	}{
		{1, []string{"copy", "sao-y", out, "-o", scan, "--data", data, "--agency", "snv-hanoi", "--source-agency", "a", "--source-number", "1", "--source-date", "x"}},
		{1, []string{"copy", "trich-sao", scan, "-o", out, "--data", data, "--agency", "snv-hanoi", "--pages", "2", "--source-agency", "a", "--source-number", "1", "--source-date", "x"}},
		{2, []string{"copy", "sao", scan, "-o", out, "--data", data}},
		{2, []string{"copy", "sao-y", scan, "--data", data}},
		{2, []string{"copy", "trich-sao", scan, "-o", out, "--data", data, "--pages", "x"}},
	} {
		if code, _, errs := antin(t, "", c.args...); code != c.code || errs == "" {
			t.Errorf("%q: %d %s", c.args, code, errs)
		}
	}
}
