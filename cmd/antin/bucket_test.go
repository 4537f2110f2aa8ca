package main

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"antin/archive"
	"antin/internal/judge"
	"antin/templates"
)

// TestBucket issues a document whose PDFs go to an S3-compatible bucket, named
// by the environment with its secret in a file. The bucket's files are the
// document's revisions; a backup says that it does not hold them; the doctor
// finds one that was damaged.
func TestBucket(t *testing.T) {
	s := judge.Bucket(t)
	useBucket(t, s)
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

// useBucket names the bucket to the commands that follow.
func useBucket(t *testing.T, s judge.S3) {
	t.Helper()
	secret := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(secret, []byte(s.SecretKey+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, value := range map[string]string{
		"ENDPOINT": s.Endpoint, "BUCKET": s.Bucket, "ACCESS_KEY": s.AccessKey, "SECRET_KEY_FILE": secret, "REGION": s.Region,
	} {
		t.Setenv("ANTIN_S3_"+name, value)
	}
}

// TestFillBucket moves what was issued before there was a bucket, over both
// stores: the files are the revisions, the documents read as before, the trail
// says it once, and a damaged one stays and is named.
func TestFillBucket(t *testing.T) {
	for name, database := range map[string]func(*testing.T) string{
		"sqlite":     func(*testing.T) string { return "" },
		"postgresql": func(t *testing.T) string { return judge.Postgres(t) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Setenv("ANTIN_DATABASE_URL", database(t))
			forms, err := templates.Embedded()
			if err != nil {
				t.Fatal(err)
			}
			form := forms.All()[0]
			dir := t.TempDir()
			issueSample(t, dir, form)
			if code, _, stderr := antin(t, "", "bucket", "fill", "--data", dir); code != 2 || !strings.Contains(stderr, "ANTIN_S3_ENDPOINT") {
				t.Errorf("without a bucket: exit %d: %s", code, stderr)
			}
			s := judge.Bucket(t)
			useBucket(t, s)
			for range 2 {
				if code, stdout, stderr := antin(t, "", "bucket", "fill", "--data", dir); code != 0 || !strings.Contains(stdout, s.Endpoint) {
					t.Errorf("fill: exit %d: %s%s", code, stdout, stderr)
				}
			}
			files, err := filepath.Glob(filepath.Join(s.Folder, strings.Repeat("[0-9a-f]", 64)))
			if err != nil || len(files) != revisionsOf(form) {
				t.Errorf("the bucket holds %v, %v", files, err)
			}
			for _, f := range files {
				raw, err := os.ReadFile(f)
				if got := sha256.Sum256(raw); err != nil || hex.EncodeToString(got[:]) != filepath.Base(f) {
					t.Errorf("%s has hash %x, %v", f, got, err)
				}
			}
			if code, stdout, _ := antin(t, "", "doctor", "--data", dir); code != 0 {
				t.Errorf("doctor: exit %d\n%s", code, stdout)
			}
			trail := filepath.Join(t.TempDir(), "trail.jsonl")
			if code, _, stderr := antin(t, "", "audit", "export", "-o", trail, "--data", dir); code != 0 {
				t.Fatal(stderr)
			}
			raw, err := os.ReadFile(trail)
			if err != nil || strings.Count(string(raw), archive.ActionMoveFiles) != 1 {
				t.Errorf("the trail says the move %d times, %v", strings.Count(string(raw), archive.ActionMoveFiles), err)
			}
		})
	}
}

// revisionsOf is how many revisions an issued document of a form has.
func revisionsOf(f *templates.Form) int {
	if strings.HasPrefix(f.Signing, "leader") {
		return 3
	}
	return 2
}
