package api

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"antin/archive"
	"antin/issuance"
)

// TestAuditOverHTTP: an auditor reads, exports and judges the trail.
func TestAuditOverHTTP(t *testing.T) {
	b := newBench(t)
	doc := b.issued("1")
	if err := b.server.service.Due(t.Context()); err != nil {
		t.Fatal(err)
	}
	b.workers()
	points := decode[CheckpointList](t, b.do(b.get("/v1/audit/checkpoints", "auditor")), http.StatusOK).Checkpoints
	if len(points) != 1 || points[0].Signer == nil || points[0].Problem != nil || !strings.HasPrefix(points[0].Statement, "antin audit checkpoint 1\nday 2026-03-01\n") || len(points[0].Signature) == 0 {
		t.Errorf("%+v", points)
	}
	verdict := decode[AuditVerification](t, b.do(b.get("/v1/audit/verification", "auditor")), http.StatusOK)
	if !verdict.Whole || verdict.Checkpoints != 1 || verdict.Rows < 10 || verdict.Kind != nil {
		t.Errorf("%+v", verdict)
	}
	var actions []string
	for after := int64(0); ; {
		page := decode[AuditPage](t, b.do(b.get("/v1/audit?limit=3&document="+doc.ID+"&after="+fmt.Sprint(after), "auditor")), http.StatusOK)
		for _, r := range page.Rows {
			actions = append(actions, r.Action)
		}
		if page.Next == nil {
			break
		}
		after = *page.Next
	}
	if strings.Join(actions, " ") != "draft sign number issue" {
		t.Errorf("the document's rows: %v", actions)
	}
	file := bodyOf(t, b.do(b.get("/v1/audit/export", "auditor")))
	report, err := b.server.service.VerifyTrail(strings.NewReader(file))
	if err != nil || report.Broken != nil || report.Checkpoints != 1 {
		t.Errorf("%+v %v", report, err)
	}
	// A checkpoint that somebody else put there is told as such.
	row, err := b.store.Record(t.Context(), archive.Event{Action: "x", By: issuance.System, At: clock})
	if err == nil {
		err = b.store.PutCheckpoint(t.Context(), archive.Checkpoint{Day: archive.Day(clock), Seq: row.Seq, Hash: row.Hash, At: clock, Signature: []byte("forged")})
	}
	if err != nil {
		t.Fatal(err)
	}
	verdict = decode[AuditVerification](t, b.do(b.get("/v1/audit/verification", "auditor")), http.StatusOK)
	if verdict.Whole || verdict.Kind == nil || *verdict.Kind != "signature" || *verdict.Row != row.Seq {
		t.Errorf("%+v", verdict)
	}
	points = decode[CheckpointList](t, b.do(b.get("/v1/audit/checkpoints", "auditor")), http.StatusOK).Checkpoints
	if len(points) != 2 || points[1].Problem == nil || points[1].Signer != nil {
		t.Errorf("%+v", points)
	}
	// The chain runs over all agencies: an auditor of one reads its rows only.
	b.key("one", "snv-hanoi", archive.RoleAuditor)
	for _, path := range []string{"/v1/audit/export", "/v1/audit/verification"} {
		decode[Problem](t, b.do(b.get(path, "one")), http.StatusForbidden)
	}
	for _, r := range decode[AuditPage](t, b.do(b.get("/v1/audit?limit=500", "one")), http.StatusOK).Rows {
		if r.Agency == nil || *r.Agency != "snv-hanoi" {
			t.Errorf("a row of another agency: %+v", r)
		}
	}
	for _, bad := range []string{"limit=0", "limit=501", "after=x", "from=today"} {
		decode[Problem](t, b.do(b.get("/v1/audit?"+bad, "auditor")), http.StatusBadRequest)
	}
}

// TestRecordsOverHTTP: the schema is open, bad formats are named.
func TestRecordsOverHTTP(t *testing.T) {
	b := newBench(t)
	for format, want := range map[string]string{"xml": "<xs:schema", "json": `"$schema"`} {
		if text := bodyOf(t, b.do(request{method: http.MethodGet, path: "/v1/register/records/schema?format=" + format})); !strings.Contains(text, want) {
			t.Errorf("%s: %.200s", format, text)
		}
	}
	doc := b.issued("1")
	for path, want := range map[string]int{
		"/v1/documents/" + doc.ID + "/record?format=pdf":                http.StatusUnprocessableEntity,
		"/v1/documents/" + doc.ID + "/record":                           http.StatusBadRequest,
		"/v1/documents/khong-co/record?format=xml":                      http.StatusNotFound,
		"/v1/register/records?agency=snv-hanoi&book=KHONG&format=xml":   http.StatusNotFound,
		"/v1/register/records?agency=snv-hanoi&book=Q%C4%90&format=doc": http.StatusUnprocessableEntity,
		"/v1/dossiers/khong-co/package?agency=snv-hanoi":                http.StatusNotFound,
		"/v1/dossiers/" + *doc.DossierCode + "/package?agency=nope":     http.StatusUnprocessableEntity,
		"/v1/register/records/schema?format=doc":                        http.StatusUnprocessableEntity,
	} {
		if p := decode[Problem](t, b.do(b.get(path, "clerk")), want); p.Detail == "" || p.Code == "internal" {
			t.Errorf("%s: %+v", path, p)
		}
	}
}

// TestDeliveredAtTheDesk: a clerk notes who received a document.
func TestDeliveredAtTheDesk(t *testing.T) {
	b := newBench(t)
	id := b.documents(1, "issued")[0]
	p := b.signedIn("clerk")
	res := p.post(deskPath+"/thuc-hien", map[string][]string{"viec": {"giao"}, "id": {id}, "ly-do": {"Bà Sen nhận tại một cửa"}})
	if d := b.state(id); res.status != http.StatusOK || d.State != archive.Delivered {
		t.Errorf("%d %s, %s", res.status, d.State, res.text())
	}
	if page := p.get(deskPath + "/so-dang-ky"); !strings.Contains(page.text(), "Bà Sen nhận tại một cửa") {
		t.Errorf("the register: %s", page.text())
	}
}
