package main

import (
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"antin/api/webhook"
	"antin/archive"
	"antin/internal/judge"
	"antin/templates"
)

// call sends one request to the running service and reads its JSON.
func (s *instance) call(method, path, key, idempotency, body string) (status int, answer map[string]any, err error) {
	req, err := http.NewRequestWithContext(s.t.Context(), method, "http://"+s.address+path, strings.NewReader(body))
	if err != nil {
		return 0, nil, err
	}
	req.Header.Set("Authorization", "Bearer "+key)
	req.Header.Set("Content-Type", "application/json")
	if idempotency != "" {
		req.Header.Set("Idempotency-Key", idempotency)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, nil, err
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err == nil {
		err = json.Unmarshal(raw, &answer)
	}
	return res.StatusCode, answer, err
}

// must is call with the status wanted.
func (s *instance) must(want int, method, path, key, idempotency, body string) map[string]any {
	s.t.Helper()
	status, answer, err := s.call(method, path, key, idempotency, body)
	if err != nil || status != want {
		s.t.Fatalf("%s %s: %d, want %d: %v %v", method, path, status, want, answer, err)
	}
	return answer
}

func decisionBody(t *testing.T, extra string) string {
	t.Helper()
	forms, err := templates.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	form, err := forms.Choose("qd-cham-dut-tctn", "", time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf(`{"form":%q,"version":%q,"data":%s%s}`, form.ID, form.Version, form.Sample(), extra)
}

// TestWebhook: the running service tells a receiver, which checks the HMAC; the
// receiver hands the result over and says so; the document is delivered, and a
// replay repeats the same bytes under the same id.
func TestWebhook(t *testing.T) {
	const secret = "bí mật của nơi nhận"
	type delivery struct{ id, body string }
	var mu sync.Mutex
	var got []delivery
	receiver := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		at := r.Header.Get(webhook.HeaderTime)
		sent, timeErr := strconv.ParseInt(at, 10, 64)
		if err != nil || timeErr != nil || r.Header.Get(webhook.HeaderSignature) != webhook.Sign([]byte(secret), at, body) || time.Since(time.Unix(sent, 0)).Abs() > 5*time.Minute {
			t.Errorf("a delivery of %s is not signed as it says: %v %v", at, err, timeErr)
		}
		mu.Lock()
		defer mu.Unlock()
		got = append(got, delivery{r.Header.Get(webhook.HeaderID), string(body)})
	}))
	defer receiver.Close()
	received := func(event string) (found []delivery) {
		mu.Lock()
		defer mu.Unlock()
		for _, d := range got {
			if strings.Contains(d.body, `"event":"document.`+event+`"`) {
				found = append(found, d)
			}
		}
		return found
	}
	dir := t.TempDir()
	s := newInstance(t, dir, "", 0)
	s.env = []string{"ANTIN_WEBHOOK_PRIVATE=true"}
	s.start()
	key := demoKey(t, dir)
	secretFile := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(secretFile, []byte(secret+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if code, _, stderr := antin(t, "", "webhook", "put", "--id", "nghiep-vu", "--agency", "snv-hanoi", "--url", receiver.URL, "--secret-file", secretFile, "--data", dir); code != 0 {
		t.Fatalf("webhook put: exit %d: %s", code, stderr)
	}
	doc := s.must(http.StatusCreated, http.MethodPost, "/v1/documents?until=issued", key, "w1", decisionBody(t, ""))
	until(t, func() bool { return len(received("issue")) == 1 })
	var event archive.EventBody
	if err := json.Unmarshal([]byte(received("issue")[0].body), &event); err != nil {
		t.Fatal(err)
	}
	if event.Document != doc["id"] || event.SHA256 != doc["sha256"] || event.State != archive.Issued || event.Number == "" || event.ID != received("issue")[0].id ||
		strings.Contains(received("issue")[0].body, "Hương") {
		t.Errorf("told %+v of %v", event, doc)
	}
	after := s.must(http.StatusOK, http.MethodPost, "/v1/documents/"+event.Document+"/deliver", key, "", `{"note":"đã vào kho của công dân"}`)
	if after["state"] != "delivered" {
		t.Errorf("after the delivery: %v", after["state"])
	}
	until(t, func() bool { return len(received("deliver")) == 1 })
	if code, _, stderr := antin(t, "", "webhook", "replay", event.ID, "--data", dir); code != 0 {
		t.Fatalf("webhook replay: exit %d: %s", code, stderr)
	}
	until(t, func() bool { return len(received("issue")) == 2 })
	if again := received("issue"); again[0] != again[1] {
		t.Errorf("the replay differs: %+v", again)
	}
	until(t, func() bool {
		_, out, _ := antin(t, "", "webhook", "deliveries", "--data", dir)
		return strings.Count(out, "delivered") == strings.Count(out, "\n") && out != ""
	})
}

// TestKilledBatch: a batch whose service is killed in the middle, again and
// again, goes on at the next start: each document has the number of its place in
// the order asked for, and the same request answers with the same batch.
func TestKilledBatch(t *testing.T) {
	documents, kills := 200, 6
	if n, err := strconv.Atoi(os.Getenv("ANTIN_TEST_BATCH")); err == nil {
		documents = min(n, archive.MaxBatch)
	}
	if testing.Short() {
		documents, kills = 40, 2
	}
	t.Run("sqlite", func(t *testing.T) { killedBatch(t, documents, kills) })
	t.Run("postgres", func(t *testing.T) {
		server := judge.Postgres(t)
		conn, err := pgx.Connect(t.Context(), server)
		if err != nil {
			t.Fatal(err)
		}
		_, err = conn.Exec(t.Context(), `CREATE SCHEMA killed_batch`)
		_ = conn.Close(t.Context())
		u, urlErr := url.Parse(server)
		if err != nil || urlErr != nil {
			t.Fatal(err, urlErr)
		}
		q := u.Query()
		q.Set("search_path", "killed_batch")
		u.RawQuery = q.Encode()
		t.Setenv("ANTIN_DATABASE_URL", u.String())
		killedBatch(t, documents, kills)
	})
}

func killedBatch(t *testing.T, documents, kills int) {
	dir := t.TempDir()
	s := newInstance(t, dir, "", 0)
	s.start()
	key := demoKey(t, dir)
	body := decisionBody(t, "")
	ids := make([]string, documents)
	var wg sync.WaitGroup
	next := make(chan int)
	for range 8 {
		wg.Go(func() {
			for i := range next {
				status, doc, err := s.call(http.MethodPost, "/v1/documents?until=signed", key, fmt.Sprint("d", i), body)
				if err != nil || status != http.StatusCreated {
					t.Errorf("draft %d: %d %v %v", i, status, doc, err)
					continue
				}
				ids[i], _ = doc["id"].(string)
			}
		})
	}
	for i := range documents {
		next <- i
	}
	close(next)
	wg.Wait()
	random := rand.New(rand.NewPCG(7, 8))
	random.Shuffle(len(ids), func(i, j int) { ids[i], ids[j] = ids[j], ids[i] })
	list, err := json.Marshal(map[string]any{"agency": "snv-hanoi", "documents": ids})
	if err != nil {
		t.Fatal(err)
	}
	batch := s.must(http.StatusAccepted, http.MethodPost, "/v1/batches", key, "b", string(list))
	id, _ := batch["id"].(string)
	finished := func() int {
		_, now, err := s.call(http.MethodGet, "/v1/batches/"+id, key, "", "")
		if err != nil {
			return -1
		}
		n, _ := now["finished"].(float64)
		return int(n)
	}
	var at []int
	for k := range kills {
		goal := documents * k / (kills + 1) // the first one before any is sealed
		until(t, func() bool { return finished() >= goal })
		at = append(at, finished())
		s.kill()
		s.start()
	}
	again := s.must(http.StatusOK, http.MethodPost, "/v1/batches", key, "b", string(list))
	if again["id"] != id {
		t.Errorf("the same request made %v and %v", id, again["id"])
	}
	until(t, func() bool { return finished() == documents })
	end := s.must(http.StatusOK, http.MethodGet, "/v1/batches/"+id, key, "", "")
	if end["failed"] != 0.0 {
		t.Errorf("%v failed: %v", end["failed"], end["items"])
	}
	for i, doc := range ids {
		d := s.must(http.StatusOK, http.MethodGet, "/v1/documents/"+doc, key, "", "")
		if want := fmt.Sprintf("%02d", i+1); d["state"] != "issued" || d["number"] != want {
			t.Errorf("item %d: %v, number %v", i+1, d["state"], d["number"])
		}
	}
	s.stop()
	if code, stdout, _ := antin(t, "", "doctor", "--data", dir); code != 0 {
		t.Errorf("doctor: exit %d: %s", code, stdout)
	}
	t.Logf("%d documents, killed when %v were sealed", documents, at)
}
