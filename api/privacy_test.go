package api

import (
	"bytes"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"antin/archive"
	"antin/issuance"
)

// syncBuffer is a log that goroutines may share.
type syncBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *syncBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

// TestNothingPersonalIsLogged: documents with a name, a birthday and a number of
// their own go through every call that touches them, also the failing ones; the
// log at its most talkative holds none of it.
func TestNothingPersonalIsLogged(t *testing.T) {
	var text syncBuffer
	log := slog.New(slog.NewTextHandler(&text, &slog.HandlerOptions{Level: slog.LevelDebug}))
	b := newBench(t, func(c *Config, o *issuance.Options) { c.Log, o.Log = log, log })
	const name, citizen, insurance, reason = "Zoãn Thị Xuyến Chi Đặc Biệt", "001199099887", "0199888776", "Lý do riêng tư của bà Xuyến"
	body := sample(t, ended, func(data map[string]any) {
		data["full_name"], data["personal_id"], data["insurance_number"] = name, citizen, insurance
	})
	if err := b.server.service.Due(t.Context()); err != nil {
		t.Fatal(err)
	}
	doc := decode[Document](t, b.create("all", "1", "issued", body), http.StatusCreated)
	if !strings.Contains(doc.Subject, name) {
		t.Fatalf("the subject is %q", doc.Subject)
	}
	signed := decode[Document](t, b.create("all", "2", "signed", body), http.StatusCreated)
	batch := decode[Batch](t, b.do(request{path: "/v1/batches", key: "clerk", body: fmt.Sprintf(`{"agency":"snv-hanoi","documents":[%q,%q]}`, signed.ID, doc.ID), header: map[string]string{"Idempotency-Key": "b"}}), http.StatusAccepted)
	crew := archive.Crew{Workers: b.server.service.Workers(), Now: func() time.Time { return clock }, Log: log, Drain: true}
	if err := b.store.RunJobs(t.Context(), crew); err != nil {
		t.Fatal(err)
	}
	if batch = decode[Batch](t, b.do(b.get("/v1/batches/"+batch.ID, "clerk")), http.StatusOK); batch.Finished != batch.Total {
		t.Errorf("%d of %d are finished", batch.Finished, batch.Total)
	}
	escaped := url.QueryEscape(name)
	for _, r := range []request{
		b.get("/v1/documents/"+doc.ID, "clerk"), b.get("/v1/documents/"+doc.ID+"/pdf", "auditor"), b.get("/v1/documents/"+doc.ID+"/data", "clerk"),
		b.get("/v1/documents/"+doc.ID+"/record?format=xml", "clerk"), b.get("/v1/register?q="+escaped, "clerk"), b.get("/v1/register?cursor="+escaped, "clerk"),
		b.get("/v1/documents?dossier="+escaped, "clerk"), b.get("/v1/dossiers/"+url.PathEscape(name)+"/package", "clerk"),
		b.get("/v1/dossiers/"+url.PathEscape(*doc.DossierCode)+"/package?agency=snv-hanoi", "clerk"), b.get("/tra-cuu/"+url.PathEscape(name), ""),
		b.get("/v1/lookup/"+doc.LookupCode, ""), b.get("/"+url.PathEscape(name), ""), b.get("/v1/audit/export", "auditor"),
		{path: "/v1/documents/" + doc.ID + "/deliver", key: "clerk", body: `{"note":"` + reason + `"}`},
		{path: "/v1/documents/" + doc.ID + "/withdraw", key: "clerk", body: `{"reason":"` + reason + `"}`},
		{path: "/v1/documents/" + doc.ID + "/withdraw", key: "clerk", body: `{"reason":"` + reason + ` lần hai"}`},
		{path: "/v1/documents/" + doc.ID + "/withdraw", key: "clerk", body: `{"` + name + `":1}`},
		{path: "/v1/documents", key: "all", body: strings.Replace(body, `"data":{`, `"data":{"`+name+`":"`+citizen+`",`, 1), header: map[string]string{"Idempotency-Key": "3"}},
		{path: "/v1/verify", body: name},
		{path: "/v1/documents?until=issued", key: name, body: body},
	} {
		bodyOf(t, b.do(r))
	}
	// A store that fails in the middle says so in the log.
	if err := b.store.Close(); err != nil {
		t.Fatal(err)
	}
	for _, r := range []request{
		{path: "/v1/documents?until=issued", key: "all", body: body, header: map[string]string{"Idempotency-Key": "4"}},
		b.get("/v1/register?q="+escaped, "clerk"), b.get("/v1/lookup/"+doc.LookupCode, ""),
	} {
		if w := b.do(r); w.StatusCode < http.StatusInternalServerError {
			t.Errorf("%s with a closed store: %d", r.path, w.StatusCode)
		}
	}
	got := text.b.String()
	if !strings.Contains(got, "level=ERROR") || !strings.Contains(got, "route=/v1/documents/:id/withdraw") {
		t.Errorf("the log does not hold what it should:\n%s", got)
	}
	for _, secret := range append([]string{name, "Xuyến", "Xuy", archive.Fold(name), escaped, url.PathEscape(name), citizen, insurance, reason, *doc.DossierCode}, mapsValues(b.keys)...) {
		if i := strings.Index(got, secret); i >= 0 {
			t.Errorf("the log holds %q: %.300s", secret, got[max(0, i-150):])
		}
	}
}

func mapsValues(m map[string]string) (out []string) {
	for _, v := range m {
		out = append(out, v)
	}
	return out
}
