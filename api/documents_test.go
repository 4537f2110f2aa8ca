package api

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"

	"antin/archive"
	"antin/issuance"
)

const ended = "qd-cham-dut-tctn"

func TestFromDraftToIssuedStepByStep(t *testing.T) {
	b := newBench(t)
	doc := decode[Document](t, b.create("workflow", "a", "draft", sample(t, ended, nil)), http.StatusCreated)
	if doc.State != "draft" || doc.Number != nil || len(doc.Revisions) != 1 {
		t.Fatalf("draft: %+v", doc)
	}
	// The clerk cannot number what is not signed; the workflow cannot sign.
	p := decode[Problem](t, b.do(request{path: "/v1/documents/" + doc.ID + "/issue", key: "clerk"}), http.StatusConflict)
	if p.Code != "wrong_state" || !strings.Contains(p.Detail, "ký") {
		t.Errorf("issue of a draft: %+v", p)
	}
	decode[Problem](t, b.do(request{path: "/v1/documents/" + doc.ID + "/sign", key: "workflow"}), http.StatusForbidden)
	signed := decode[Document](t, b.do(request{path: "/v1/documents/" + doc.ID + "/sign", key: "signatory"}), http.StatusOK)
	again := decode[Document](t, b.do(request{path: "/v1/documents/" + doc.ID + "/sign", key: "signatory"}), http.StatusOK)
	if signed.State != "signed" || *signed.Sha256 != *again.Sha256 {
		t.Errorf("signing twice: %+v, %+v", signed, again)
	}
	issued := decode[Document](t, b.do(request{path: "/v1/documents/" + doc.ID + "/issue", key: "clerk"}), http.StatusOK)
	if issued.State != "issued" || *issued.NumberAndSymbol != "01/QĐ-SNV" || issued.Date.Format("2006-01-02") != "2026-03-02" || len(issued.Revisions) != 3 {
		t.Errorf("issued: %+v", issued)
	}
	res := b.do(request{method: http.MethodGet, path: "/v1/documents/" + doc.ID + "/pdf", key: "auditor"})
	pdf, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK || !bytes.HasPrefix(pdf, []byte("%PDF-1.7")) || res.Header.Get("ETag") != `"`+*issued.Sha256+`"` {
		t.Fatalf("pdf: %d %v %.20q", res.StatusCode, err, pdf)
	}
	verdict := decode[struct {
		Indication string `json:"indication"`
		Register   struct{ State, Message string }
	}](t, b.do(request{path: "/v1/verify", body: string(pdf), header: map[string]string{"Content-Type": "application/pdf"}}), http.StatusOK)
	if verdict.Indication != "TOTAL-PASSED" || verdict.Register.State != "ISSUED" {
		t.Errorf("verdict: %+v", verdict)
	}
	public := decode[PublicDocument](t, b.do(request{method: http.MethodGet, path: "/v1/lookup/" + strings.ToLower(doc.LookupCode)}), http.StatusOK)
	if *public.NumberAndSymbol != "01/QĐ-SNV" || strings.Contains(public.Subject, "Nguyễn") {
		t.Errorf("look-up: %+v", public)
	}
	page := decode[RegisterPage](t, b.do(request{method: http.MethodGet, path: "/v1/register", key: "clerk"}), http.StatusOK)
	if len(page.Entries) != 1 || page.Entries[0].DocumentID != doc.ID {
		t.Errorf("register: %+v", page)
	}
}

func TestOneCallAndItsRepetition(t *testing.T) {
	b := newBench(t)
	body := sample(t, ended, nil)
	first := b.create("all", "k1", "issued", body)
	doc := decode[Document](t, first, http.StatusCreated)
	spaced := strings.Replace(body, `{`, "{\n ", 1)
	second := b.create("all", "k1", "issued", spaced)
	if second.Header.Get("Idempotent-Replay") != "true" {
		t.Error("a replay is not marked")
	}
	if again := decode[Document](t, second, http.StatusOK); again.ID != doc.ID || *again.Sha256 != *doc.Sha256 {
		t.Errorf("the same key and body gave %+v, then %+v", doc, again)
	}
	other := sample(t, ended, func(d map[string]any) { d["full_name"] = "Người Khác" })
	if p := decode[Problem](t, b.create("all", "k1", "issued", other), http.StatusConflict); p.Code != "idempotency_key_reused" {
		t.Errorf("the same key with another body: %+v", p)
	}
	if p := decode[Problem](t, b.create("all", "k1", "draft", body), http.StatusConflict); p.Code != "idempotency_key_reused" {
		t.Errorf("the same key with another goal: %+v", p)
	}
	// Another caller's key is another key.
	b.key("other", "", archive.RoleWorkflow, archive.RoleSignatory, archive.RoleClerk)
	if d := decode[Document](t, b.create("other", "k1", "issued", body), http.StatusCreated); d.ID == doc.ID {
		t.Error("two callers share an idempotency key")
	}
}

func TestTwoRequestsAtOnceWithOneKey(t *testing.T) {
	b := newBench(t)
	body := sample(t, ended, nil)
	const callers = 8
	docs := make([]Document, callers)
	var wg sync.WaitGroup
	for i := range callers {
		wg.Go(func() {
			res := b.create("all", "same", "issued", body)
			status := http.StatusOK
			if res.StatusCode == http.StatusCreated {
				status = http.StatusCreated
			}
			docs[i] = decode[Document](t, res, status)
		})
	}
	wg.Wait()
	for _, d := range docs[1:] {
		if d.ID != docs[0].ID || *d.Sha256 != *docs[0].Sha256 || *d.Number != "01" {
			t.Fatalf("one key made %+v and %+v", docs[0], d)
		}
	}
}

func TestApologyOncePerDossier(t *testing.T) {
	b := newBench(t)
	first := decode[Document](t, b.create("all", "1", "issued", sample(t, "phieu-xin-loi", nil)), http.StatusCreated)
	p := decode[Problem](t, b.create("all", "2", "issued", sample(t, "phieu-xin-loi", nil)), http.StatusConflict)
	if p.Code != "once_per_dossier" || !strings.Contains(p.Detail, *first.NumberAndSymbol) {
		t.Errorf("a second apology: %+v", p)
	}
}

func TestWithdrawnDocumentKeepsItsNumber(t *testing.T) {
	b := newBench(t)
	doc := decode[Document](t, b.create("all", "1", "issued", sample(t, ended, nil)), http.StatusCreated)
	gone := decode[Document](t, b.do(request{path: "/v1/documents/" + doc.ID + "/withdraw", key: "clerk", body: `{"reason":"Ban hành sai đối tượng"}`}), http.StatusOK)
	if gone.State != "withdrawn" || *gone.Number != "01" {
		t.Errorf("withdrawn: %+v", gone)
	}
	public := decode[PublicDocument](t, b.do(request{method: http.MethodGet, path: "/v1/lookup/" + doc.LookupCode}), http.StatusOK)
	if public.State != "withdrawn" || public.Reason == nil || *public.Reason != "Ban hành sai đối tượng" {
		t.Errorf("look-up of a withdrawn document: %+v", public)
	}
	next := decode[Document](t, b.create("all", "2", "issued", sample(t, ended, nil)), http.StatusCreated)
	if *next.Number != "02" {
		t.Errorf("the number of a withdrawn document was given again: %s", *next.Number)
	}
}

func TestAgencyOfTheKeyBounds(t *testing.T) {
	b := newBench(t)
	b.key("ward", "phuong-minh-hoa", archive.RoleWorkflow, archive.RoleSignatory, archive.RoleClerk, archive.RoleAuditor)
	doc := decode[Document](t, b.create("all", "1", "issued", sample(t, ended, nil)), http.StatusCreated)
	decode[Problem](t, b.do(request{method: http.MethodGet, path: "/v1/documents/" + doc.ID, key: "ward"}), http.StatusNotFound)
	decode[Problem](t, b.create("ward", "2", "issued", sample(t, ended, nil)), http.StatusUnprocessableEntity)
	page := decode[RegisterPage](t, b.do(request{method: http.MethodGet, path: "/v1/register", key: "ward"}), http.StatusOK)
	if len(page.Entries) != 0 {
		t.Errorf("another agency's register: %+v", page.Entries)
	}
}

func TestNothingButThePublicIsOpen(t *testing.T) {
	b := newBench(t)
	for _, r := range []request{
		{path: "/v1/documents", header: map[string]string{"Idempotency-Key": "x"}, body: "{}"},
		{method: http.MethodGet, path: "/v1/documents"},
		{method: http.MethodGet, path: "/v1/documents/x"},
		{method: http.MethodGet, path: "/v1/documents/x/pdf"},
		{path: "/v1/documents/x/sign"},
		{path: "/v1/documents/x/issue"},
		{path: "/v1/documents/x/return", body: `{"reason":"xxx"}`},
		{path: "/v1/documents/x/withdraw", body: `{"reason":"xxx"}`},
		{method: http.MethodGet, path: "/v1/forms"},
		{method: http.MethodGet, path: "/v1/forms/" + ended + "/schema"},
		{method: http.MethodGet, path: "/v1/forms/" + ended + "/sample"},
		{method: http.MethodGet, path: "/v1/register"},
	} {
		if p := decode[Problem](t, b.do(r), http.StatusUnauthorized); p.Code != "unauthorized" {
			t.Errorf("%s %s: %+v", r.method, r.path, p)
		}
	}
	for path, status := range map[string]int{"/healthz": 200, "/readyz": 200, "/v1/lookup/0000-0000-0000-0000": 404, "/": 200, "/xac-thuc": 200, "/tra-cuu": 200, "/anh": 200, "/openapi.yaml": 200} {
		if res := b.do(request{method: http.MethodGet, path: path}); res.StatusCode != status {
			t.Errorf("%s: %d, want %d", path, res.StatusCode, status)
		}
	}
}

// TestBusyAndStopping: what comes beyond the gate is told to come again.
func TestBusy(t *testing.T) {
	b := newBench(t, func(c *Config, _ *issuance.Options) { c.Limits.Concurrent, c.Limits.Waiting = 1, 0 })
	if err := b.server.gate.enter(t.Context()); err != nil {
		t.Fatal(err)
	}
	res := b.do(request{method: http.MethodGet, path: "/v1/forms", key: "all"})
	if p := decode[Problem](t, res, http.StatusServiceUnavailable); p.Code != "busy" || res.Header.Get("Retry-After") == "" {
		t.Errorf("%+v, Retry-After %q", p, res.Header.Get("Retry-After"))
	}
	b.server.gate.leave()
	if res := b.do(request{method: http.MethodGet, path: "/v1/forms", key: "all"}); res.StatusCode != http.StatusOK {
		t.Errorf("after the gate was free again: %d", res.StatusCode)
	}
}

func TestPublicRateLimit(t *testing.T) {
	b := newBench(t, func(c *Config, _ *issuance.Options) { c.Limits.PublicPerMinute = 6 })
	var last *http.Response
	for i := range 5 {
		last = b.do(request{method: http.MethodGet, path: fmt.Sprintf("/v1/lookup/0000-0000-0000-000%d", i)})
	}
	if p := decode[Problem](t, last, http.StatusTooManyRequests); p.Code != "too_many_requests" || last.Header.Get("Retry-After") == "" {
		t.Errorf("%+v", p)
	}
}

// TestSampleIsARequest: what GET …/sample gives can be posted as it is, which is
// what the line that `make run` prints does.
func TestSampleIsARequest(t *testing.T) {
	b := newBench(t)
	res := b.do(request{method: http.MethodGet, path: "/v1/forms/qd-huong-tctn/sample", key: "workflow"})
	body, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		t.Fatalf("%d %s %v", res.StatusCode, body, err)
	}
	res = b.do(request{path: "/v1/documents?until=issued", key: "all", body: string(body), header: map[string]string{"Idempotency-Key": "thu-1", "Accept": "application/pdf"}})
	pdf, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusCreated || !bytes.HasPrefix(pdf, []byte("%PDF-1.7")) {
		t.Errorf("%d %.300s %v", res.StatusCode, pdf, err)
	}
}
