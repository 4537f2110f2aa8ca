package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"antin/internal/judge"
	"antin/templates"
)

// TestBucket issues a document whose PDFs go to an S3-compatible bucket, named
// by the environment with its secret in a file. The bucket's files are the
// document's revisions; a backup says that it does not hold them; the doctor
// finds one that was damaged.
func TestBucket(t *testing.T) {
	s := judge.Bucket(t)
	secret := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(secret, []byte(s.SecretKey+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, value := range map[string]string{
		"ENDPOINT": s.Endpoint, "BUCKET": s.Bucket, "ACCESS_KEY": s.AccessKey, "SECRET_KEY_FILE": secret, "REGION": s.Region,
	} {
		t.Setenv("ANTIN_S3_"+name, value)
	}
	forms, err := templates.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	form := forms.All()[0]
	dir := t.TempDir()
	path, _ := issueSample(t, dir, form)
	if code, stdout, _ := antin(t, "", "verify", path, "--data", dir); code != 0 {
		t.Errorf("antin verify: exit %d\n%s", code, stdout)
	}
	if code, stdout, _ := antin(t, "", "doctor", "--data", dir); code != 0 {
		t.Errorf("doctor: exit %d\n%s", code, stdout)
	}
	files, err := filepath.Glob(filepath.Join(s.Folder, strings.Repeat("[0-9a-f]", 64)))
	if err != nil || len(files) != revisionsOf(form) {
		t.Fatalf("the bucket holds %v, %v", files, err)
	}
	code, _, stderr := antin(t, "", "backup", filepath.Join(t.TempDir(), "copy.db"), "--data", dir)
	if code != 0 || !strings.Contains(stderr, s.Endpoint) || !strings.Contains(stderr, "KHÔNG") {
		t.Errorf("backup: exit %d: %s", code, stderr)
	}
	raw, err := os.ReadFile(files[0])
	if err != nil {
		t.Fatal(err)
	}
	raw[100] ^= 1
	if err := os.WriteFile(files[0], raw, 0o600); err != nil {
		t.Fatal(err)
	}
	if code, stdout, _ := antin(t, "", "doctor", "--data", dir); code != 1 || !strings.Contains(stdout, filepath.Base(files[0])) {
		t.Errorf("doctor with a damaged file: exit %d\n%s", code, stdout)
	}
	t.Setenv("ANTIN_S3_BUCKET", "khong-co")
	if code, _, stderr := antin(t, "", "doctor", "--data", dir); code == 0 || !strings.Contains(stderr, "khong-co") {
		t.Errorf("a bucket that is not there: exit %d: %s", code, stderr)
	}
	t.Setenv("ANTIN_S3_ENDPOINT", "s3.example.vn")
	if code, _, stderr := antin(t, "", "doctor", "--data", dir); code != 1 || !strings.Contains(stderr, "ANTIN_S3_ENDPOINT") {
		t.Errorf("an address without a scheme: exit %d: %s", code, stderr)
	}
}

// revisionsOf is how many revisions an issued document of a form has.
func revisionsOf(f *templates.Form) int {
	if strings.HasPrefix(f.Signing, "leader") {
		return 3
	}
	return 2
}
