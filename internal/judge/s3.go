package judge

import (
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"
)

// An S3 is a server of S3-compatible storage (versitygw) with one empty bucket.
type S3 struct {
	Endpoint             string // http://127.0.0.1:port
	Bucket               string
	Region               string
	AccessKey, SecretKey string
	// Folder holds the bucket's objects as files, by their names.
	Folder string
	// Stop ends the server before the test does.
	Stop func()
}

// s3Script runs the gateway until standard input ends: that is when the test
// process that started it is gone, however it went.
const s3Script = `"$@" & pid=$!; while read -r _; do :; done; kill $pid`

func findS3() (string, error) {
	dir, err := Dir()
	if err != nil {
		return "", err
	}
	if p := filepath.Join(dir, "bin", "versitygw"); isProgram(p) {
		return p, nil
	}
	return lookPaths("versitygw")()
}

func isProgram(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular() && info.Mode().Perm()&0o111 != 0
}

// Bucket starts a server for the length of the test.
func Bucket(t testing.TB) S3 {
	t.Helper()
	bin := Need(t, "versitygw")
	dir := t.TempDir()
	s := S3{
		Endpoint: "http://" + unused(t), Bucket: "luu-tru", Region: "us-east-1", AccessKey: "antin-test", SecretKey: "chi-dung-de-thu",
		Folder: filepath.Join(dir, "buckets", "luu-tru"),
	}
	for _, d := range []string{s.Folder, filepath.Join(dir, "meta")} {
		if err := os.MkdirAll(d, 0o700); err != nil {
			t.Fatalf("judge versitygw: %v", err)
		}
	}
	words := &tail{}
	cmd := exec.Command("/bin/sh", "-c", s3Script, "s3", bin, "--quiet", "--access", s.AccessKey, "--secret", s.SecretKey,
		"--region", s.Region, "--port", s.Endpoint[len("http://"):], "--health", "/health",
		"posix", "--sidecar", filepath.Join(dir, "meta"), filepath.Dir(s.Folder))
	cmd.Stdout, cmd.Stderr = words, words
	hold, err := cmd.StdinPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatalf("judge versitygw: %v", err)
	}
	s.Stop = sync.OnceFunc(func() {
		_ = hold.Close()
		_ = cmd.Wait() // the shell's status says nothing
	})
	t.Cleanup(s.Stop)
	for deadline := time.Now().Add(limit); ; time.Sleep(10 * time.Millisecond) {
		res, err := http.Get(s.Endpoint + "/health")
		if err == nil {
			_ = res.Body.Close()
			return s
		}
		if time.Now().After(deadline) {
			t.Fatalf("judge versitygw: it did not start: %s", clip(words.String()))
		}
	}
}

// unused is an address that nobody listened on a moment ago.
func unused(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}
