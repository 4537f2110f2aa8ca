package api

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"antin/archive"
)

// TestJobsOverHTTP: an agency sees its jobs and has a failed one done again; the
// monitoring counts them.
func TestJobsOverHTTP(t *testing.T) {
	b := newBench(t)
	b.key("here", "snv-hanoi", archive.RoleClerk, archive.RoleAuditor)
	_, err := b.store.Enqueue(t.Context(), clock, archive.JobAbout("thing", "snv-hanoi", "1"), archive.JobAbout("thing", "ttdvvl-hanoi", "2"),
		archive.JobAbout("thing", "snv-hanoi", "3"), archive.JobAbout("else", "snv-hanoi", "4"))
	if err != nil {
		t.Fatal(err)
	}
	fails := archive.Worker{Kind: "thing", Do: func(context.Context, archive.Job) (json.RawMessage, error) {
		return nil, &archive.FinalError{Err: errors.New("không có khóa")}
	}}
	if err := b.store.RunJobs(t.Context(), archive.Crew{Workers: []archive.Worker{fails}, Drain: true}); err != nil {
		t.Fatal(err)
	}
	page := decode[JobPage](t, b.do(b.get("/v1/jobs?limit=2", "here")), http.StatusOK)
	if len(page.Jobs) != 2 || page.Jobs[0].ID != "else/4" || page.Jobs[1].ID != "thing/3" || page.Next == nil {
		t.Fatalf("%+v", page)
	}
	page = decode[JobPage](t, b.do(b.get("/v1/jobs?limit=2&cursor="+*page.Next, "here")), http.StatusOK)
	if len(page.Jobs) != 1 || page.Jobs[0].ID != "thing/1" || *page.Jobs[0].Error != "không có khóa" || page.Next != nil {
		t.Errorf("%+v", page)
	}
	if page = decode[JobPage](t, b.do(b.get("/v1/jobs?state=failed&kind=thing", "here")), http.StatusOK); len(page.Jobs) != 2 {
		t.Errorf("failed are %+v", page)
	}
	if j := decode[Job](t, b.do(request{path: "/v1/jobs/retry", key: "here", body: `{"id":"thing/1"}`}), http.StatusOK); j.State != "waiting" || j.Attempts != 1 {
		t.Errorf("retried: %+v", j)
	}
	for _, bad := range []struct {
		id, key string
		status  int
	}{
		{"thing/2", "here", http.StatusNotFound},
		{"none", "here", http.StatusNotFound},
		{"else/4", "here", http.StatusUnprocessableEntity},
		{"thing/3", "workflow", http.StatusForbidden},
	} {
		p := decode[Problem](t, b.do(request{path: "/v1/jobs/retry", key: bad.key, body: `{"id":"` + bad.id + `"}`}), bad.status)
		if p.Detail == "" {
			t.Errorf("%+v: %+v", bad, p)
		}
	}
	for _, path := range []string{"/v1/jobs?cursor=x", "/v1/jobs?limit=0", "/v1/jobs?state=lost"} {
		if w := b.do(b.get(path, "here")); w.StatusCode != http.StatusBadRequest && w.StatusCode != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d", path, w.StatusCode)
		}
	}
	rows, err := b.store.Audit(t.Context(), archive.AuditFilter{Action: "job.retry"}, 0, 0)
	if err != nil || len(rows) != 1 || rows[0].Agency != "snv-hanoi" {
		t.Errorf("the trail has %+v, %v", rows, err)
	}
	w := httptest.NewRecorder()
	b.server.Metrics().ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/metrics", nil))
	for _, want := range []string{`antin_jobs{kind="thing",state="failed"} 2`, `antin_jobs{kind="thing",state="waiting"} 1`, `antin_jobs{kind="else",state="waiting"} 1`} {
		if !strings.Contains(w.Body.String(), want) {
			t.Errorf("the metrics lack %s", want)
		}
	}
}
