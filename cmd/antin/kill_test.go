package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"antin/archive/sqlite"
	"antin/signer/verify"
	"antin/templates"
)

// TestKilledService issues documents from 16 callers while the service is
// killed without warning and started again, again and again. Callers do what
// the interface promises to be harmless: they repeat a request that was not
// answered with the same Idempotency-Key. In the end there is one document for
// each request, with the numbers 1..n without gap or duplicate, each sealed and
// valid.
func TestKilledService(t *testing.T) {
	documents, kills := 1000, 50
	if testing.Short() {
		documents, kills = 60, 5
	}
	const callers = 16
	dir := t.TempDir()
	s := &killable{t: t, data: dir, address: freeAddress(t)}
	s.start()
	t.Cleanup(s.stop)
	key := demoKey(t, dir)
	forms, err := templates.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	form, err := forms.Choose("qd-cham-dut-tctn", "", time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	body, err := json.Marshal(map[string]any{"form": form.ID, "version": form.Version, "data": json.RawMessage(form.Sample())})
	if err != nil {
		t.Fatal(err)
	}

	// The ids and numbers that callers were told; a promise once made is kept.
	told := make([]answer, documents)
	var done atomic.Int64
	var wg sync.WaitGroup
	next := make(chan int)
	for range callers {
		wg.Go(func() {
			for i := range next {
				told[i] = s.issue(key, fmt.Sprintf("kill-%d", i), body)
				done.Add(1)
			}
		})
	}
	go func() {
		defer close(next)
		for i := range documents {
			next <- i
		}
	}()
	rng := rand.New(rand.NewPCG(1, 2))
	killed := 0
	for killed < kills && done.Load() < int64(documents) {
		// Kill once a random share of the documents between two kills is done,
		// then within a random moment of a document's life.
		goal := done.Load() + 1 + rng.Int64N(int64(2*documents/kills))
		s.until(func() bool { return done.Load() >= min(goal, int64(documents)) })
		spin(time.Duration(rng.IntN(8_000)) * time.Microsecond)
		s.kill()
		killed++
		s.start()
	}
	wg.Wait()
	for ; killed < kills; killed++ { // the documents ran out first: kill an idle service
		s.kill()
		s.start()
	}
	// One more start finishes whatever the last kill cut off.
	s.stop()
	s.start()
	s.stop()
	checkAfterKills(t, dir, told)
	t.Logf("%d documents, %d kills", documents, killed)
}

type answer struct {
	ID     string `json:"id"`
	Number string `json:"number"`
	SHA256 string `json:"sha256"`
	State  string `json:"state"`
}

func checkAfterKills(t *testing.T, dir string, told []answer) {
	t.Helper()
	code, stdout, stderr := antin(t, "", "register", "list", "--json", "--data", dir)
	if code != 0 {
		t.Fatalf("register list: exit %d: %s", code, stderr)
	}
	var reg struct {
		Entries []struct {
			Number     string `json:"number"`
			State      string `json:"state"`
			DocumentID string `json:"document_id"`
		} `json:"entries"`
	}
	if err := json.Unmarshal([]byte(stdout), &reg); err != nil {
		t.Fatal(err)
	}
	if len(reg.Entries) != len(told) {
		t.Fatalf("the register has %d entries, want %d", len(reg.Entries), len(told))
	}
	number := map[string]string{}
	for i, e := range reg.Entries {
		if want := fmt.Sprintf("%02d", i+1); e.Number != want {
			t.Fatalf("entry %d has number %s, want %s: a gap or a duplicate", i, e.Number, want)
		}
		if e.State != "issued" {
			t.Errorf("number %s is %s, want issued", e.Number, e.State)
		}
		number[e.DocumentID] = e.Number
	}
	seen := map[string]bool{}
	store, err := sqlite.Open(t.Context(), filepath.Join(dir, databaseFile))
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	trust, err := verify.LoadTrust(filepath.Join(dir, "trust"))
	if err != nil {
		t.Fatal(err)
	}
	for i, a := range told {
		if a.State != "issued" || number[a.ID] != a.Number || seen[a.ID] {
			t.Fatalf("request %d was told %+v, the register says number %q (told before: %v)", i, a, number[a.ID], seen[a.ID])
		}
		seen[a.ID] = true
		pdf, rev, err := store.RevisionContent(t.Context(), a.ID, 0)
		if err != nil {
			t.Fatal(err)
		}
		if rev.SHA256 != a.SHA256 {
			t.Errorf("request %d was told SHA-256 %s, the archive has %s", i, a.SHA256, rev.SHA256)
		}
		report, err := verify.Document(pdf, verify.Options{Trust: trust})
		if err != nil || report.Indication != verify.TotalPassed || len(report.Signatures) != 2 {
			t.Fatalf("document %s: %v %v", a.ID, report, err)
		}
	}
	if code, stdout, _ := antin(t, "", "doctor", "--data", dir); code != 0 {
		t.Errorf("doctor: exit %d: %s", code, stdout)
	}
}

// killable is the service as a process of its own.
type killable struct {
	t             *testing.T
	data, address string
	env           []string // beside the test's own
	cmd           *exec.Cmd
	log           bytes.Buffer
}

func (s *killable) start() {
	s.t.Helper()
	exe, err := os.Executable()
	if err != nil {
		s.t.Fatal(err)
	}
	s.log.Reset()
	s.cmd = exec.Command(exe, "serve", "--data", s.data, "--listen", s.address)
	s.cmd.Env = append(append(os.Environ(), "ANTIN_TEST_COMMAND=1"), s.env...)
	s.cmd.Stdout, s.cmd.Stderr = io.Discard, &s.log
	if err := s.cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	s.until(func() bool {
		res, err := http.Get("http://" + s.address + "/readyz")
		if err != nil {
			return false
		}
		defer res.Body.Close()
		return res.StatusCode == http.StatusOK
	})
}

func (s *killable) kill() {
	_ = s.cmd.Process.Kill()
	_ = s.cmd.Wait() // "signal: killed" is what was asked for
}

func (s *killable) stop() {
	if s.cmd.ProcessState != nil {
		return
	}
	_ = s.cmd.Process.Signal(os.Interrupt)
	if err := s.cmd.Wait(); err != nil {
		s.t.Errorf("the service did not stop cleanly: %v\n%s", err, s.log.String())
	}
}

// until polls; the deadline only ends a test that hangs.
func (s *killable) until(done func() bool) {
	s.t.Helper()
	deadline := time.Now().Add(2 * time.Minute)
	for !done() {
		if time.Now().After(deadline) {
			s.t.Fatalf("it did not happen in time\n%s", s.log.String())
		}
		time.Sleep(2 * time.Millisecond)
	}
}

// issue asks until it is answered.
func (s *killable) issue(key, idempotency string, body []byte) answer {
	deadline := time.Now().Add(5 * time.Minute)
	for time.Now().Before(deadline) {
		ctx, cancel := context.WithTimeout(s.t.Context(), time.Minute)
		a, ok := s.try(ctx, key, idempotency, body)
		cancel()
		if ok {
			return a
		}
		time.Sleep(5 * time.Millisecond)
	}
	s.t.Errorf("request %s was never answered", idempotency)
	return answer{}
}

func (s *killable) try(ctx context.Context, key, idempotency string, body []byte) (answer, bool) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+s.address+"/v1/documents?until=issued", bytes.NewReader(body))
	if err != nil {
		s.t.Error(err)
		return answer{}, true
	}
	req.Header.Set("Authorization", "Bearer "+key)
	req.Header.Set("Idempotency-Key", idempotency)
	req.Header.Set("Content-Type", "application/json")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return answer{}, false // killed: ask again
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		return answer{}, false
	}
	if res.StatusCode == http.StatusServiceUnavailable {
		return answer{}, false
	}
	if res.StatusCode != http.StatusCreated && res.StatusCode != http.StatusOK {
		s.t.Errorf("request %s: %s: %s", idempotency, res.Status, raw)
		return answer{}, true
	}
	var a answer
	if err := json.Unmarshal(raw, &a); err != nil {
		s.t.Errorf("request %s: %v", idempotency, err)
	}
	return a, true
}

func spin(d time.Duration) {
	for start := time.Now(); time.Since(start) < d; {
	}
}

func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

func demoKey(t *testing.T, dir string) string {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(dir, "demo-api-keys.txt"))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(raw)) {
		if name, secret, ok := strings.Cut(strings.TrimSpace(line), " "); ok && name == "tron-goi" {
			return secret
		}
	}
	t.Fatal("no demonstration key")
	return ""
}
