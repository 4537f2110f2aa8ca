package api

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"antin/archive"
	"antin/issuance"
)

// secret stands in files, in their names and in codes that strangers send.
const secret = "only-the-stranger-knows-7f3a9c"

// onDisk are the names of all files below dir with what they hold.
func onDisk(t *testing.T, dir string) map[string][sha256.Size]byte {
	t.Helper()
	out := map[string][sha256.Size]byte{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if bytes.Contains(content, []byte(secret)) {
			t.Errorf("%s holds what the stranger sent", path)
		}
		if !strings.HasSuffix(path, "-shm") { // SQLite's index of readers, of no content
			out[path] = sha256.Sum256(content)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestNothingOfStrangersIsKept: whatever comes to the open calls and pages, no
// file appears or changes in the folders of data and of temporary files, and
// nothing of it stands in the log or the audit trail.
func TestNothingOfStrangersIsKept(t *testing.T) {
	if _, err := office(); err != nil { // which all tests share, and which stays where it is first made
		t.Fatal(err)
	}
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir) // the store of the bench lies below it too
	var log bytes.Buffer
	b := newBench(t, unhurried, func(c *Config, _ *issuance.Options) {
		c.Log = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	})
	issued := b.file(b.documents(1, "issued")[0], 0)
	marked := append(bytes.Clone(issued), "%"+secret...)
	p := b.person()
	audit, err := b.store.Audit(t.Context(), archive.AuditFilter{}, 0, 1000)
	if err != nil {
		t.Fatal(err)
	}
	log.Reset()
	before := onDisk(t, dir)
	large := append(bytes.Clone(marked), make([]byte, 8<<20)...)
	for name, file := range map[string][]byte{"issued": issued, "marked": marked, "no PDF": []byte(secret), "of 8 MB": large} {
		if res := p.upload("/xac-thuc", secret+".pdf", file); res.status != http.StatusOK {
			t.Errorf("%s on the page: %d", name, res.status)
		}
		res := b.do(request{path: "/v1/verify", body: string(file), header: map[string]string{"Content-Type": "application/pdf"}})
		if res.StatusCode != http.StatusOK {
			t.Errorf("%s: %d", name, res.StatusCode)
		}
		upload := p.uploadRequest("/v1/verify", secret+".pdf", file)
		if res := p.send(upload); res.status != http.StatusOK {
			t.Errorf("%s in a form: %d", name, res.status)
		}
		cut := p.uploadRequest("/xac-thuc", secret+".pdf", file)
		cut.Body = http.MaxBytesReader(nil, cut.Body, int64(len(file)/2))
		if res := p.send(cut); res.status < 400 {
			t.Errorf("%s cut off: %d", name, res.status)
		}
	}
	p.get("/tra-cuu/" + secret)
	p.get("/tra-cuu?ma=" + secret)
	b.do(request{method: http.MethodGet, path: "/v1/lookup/" + secret})
	for path, sum := range onDisk(t, dir) {
		if before[path] != sum {
			t.Errorf("%s was written", path)
		}
	}
	if strings.Contains(log.String(), secret) || !strings.Contains(log.String(), "route=/v1/verify") {
		t.Errorf("the log: %s", log.String())
	}
	after, err := b.store.Audit(t.Context(), archive.AuditFilter{}, 0, 1000)
	if err != nil || len(after) != len(audit) {
		t.Errorf("the audit trail grew from %d to %d rows, %v", len(audit), len(after), err)
	}
}

// TestOpenCallsAreBounded: each open call is refused when it comes too often, and
// files when they are too large.
func TestOpenCallsAreBounded(t *testing.T) {
	const most = 1 << 20
	for _, path := range []string{"/v1/verify", "/xac-thuc", "/v1/lookup/0000-0000-0000-0000", "/tra-cuu/0000-0000-0000-0000"} {
		b := newBench(t, func(c *Config, _ *issuance.Options) { c.Limits.PublicPerMinute, c.Limits.VerifyBody = 6, most })
		p := b.person()
		ask := func(size int) reply {
			if strings.Contains(path, "0000") {
				return p.get(path)
			}
			return p.upload(path, "a.pdf", bytes.Repeat([]byte("%PDF-1.7\n"), size/9))
		}
		if strings.Contains(path, "0000") {
			ask(0)
		} else if res := ask(most + 1000); res.status != http.StatusRequestEntityTooLarge || !strings.Contains(res.body, "1 MB") {
			t.Errorf("%s: a large file gave %d %.300s", path, res.status, res.text())
		}
		statuses := ""
		for range 4 {
			statuses += fmt.Sprint(ask(100).status, " ")
		}
		if !strings.HasSuffix(statuses, "429 ") {
			t.Errorf("%s answered %s", path, statuses)
		}
	}
}
