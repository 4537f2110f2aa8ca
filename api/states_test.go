package api

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"antin/archive"
)

func (b *bench) get(path, key string) request {
	return request{method: http.MethodGet, path: path, key: key}
}

func (b *bench) issued(key string) Document {
	b.t.Helper()
	return decode[Document](b.t, b.create("all", key, "issued", sample(b.t, ended, nil)), http.StatusCreated)
}

// TestLifeAfterIssue: delivered, corrected, replaced; each move says who, when,
// why and from which revision, and a refused one says what is allowed.
func TestLifeAfterIssue(t *testing.T) {
	b := newBench(t)
	first, second, third := b.issued("1"), b.issued("2"), b.issued("3")
	act := func(id, move, key, body string) request {
		return request{path: "/v1/documents/" + id + "/" + move, key: key, body: body}
	}
	decode[Problem](t, b.do(act(first.ID, "deliver", "signatory", `{}`)), http.StatusForbidden)
	for range 2 { // repeated
		d := decode[Document](t, b.do(act(first.ID, "deliver", "workflow", `{"note":"Nhận tại bộ phận một cửa"}`)), http.StatusOK)
		if d.State != "delivered" || d.DeliveredAt == nil || slices.Contains(d.Allowed, "deliver") || !slices.Contains(d.Allowed, "withdraw") {
			t.Errorf("%+v", d)
		}
	}
	page := decode[RegisterPage](t, b.do(b.get("/v1/register?number_to=1", "auditor")), http.StatusOK)
	if len(page.Entries) != 1 || *page.Entries[0].Receipt != "Nhận tại bộ phận một cửa" || page.Entries[0].Sent == nil {
		t.Errorf("%+v", page.Entries)
	}
	d := decode[Document](t, b.do(act(first.ID, "correct", "clerk", fmt.Sprintf(`{"by_document_id":%q,"reason":"sai ngày sinh"}`, second.ID))), http.StatusOK)
	if d.State != "corrected" || *d.ReplacedBy != second.ID {
		t.Errorf("%+v", d)
	}
	d = decode[Document](t, b.do(act(first.ID, "replace", "clerk", fmt.Sprintf(`{"by_document_id":%q,"reason":"thay thế toàn bộ"}`, third.ID))), http.StatusOK)
	last := d.History[len(d.History)-1]
	if d.State != "replaced" || len(d.Allowed) != 0 || last.Move != "replace" || last.From != "corrected" || *last.Reason != "thay thế toàn bộ" ||
		*last.Other != third.ID || *last.By.Name != "clerk" || *last.Revision != 3 || last.At.IsZero() {
		t.Errorf("%+v", d)
	}
	p := decode[Problem](t, b.do(act(first.ID, "withdraw", "clerk", `{"reason":"thu hồi"}`)), http.StatusConflict)
	if p.Code != "wrong_state" || p.State == nil || *p.State != "replaced" || p.Allowed == nil || len(*p.Allowed) != 0 {
		t.Errorf("%+v", p)
	}
	p = decode[Problem](t, b.do(act(second.ID, "return", "clerk", `{"reason":"trả lại"}`)), http.StatusConflict)
	if p.Allowed == nil || !slices.Equal(*p.Allowed, []Move{"preserve", "deliver", "withdraw", "replace", "correct"}) || !strings.Contains(p.Detail, "thu hồi") {
		t.Errorf("%+v", p)
	}
	for _, body := range []string{
		fmt.Sprintf(`{"by_document_id":%q,"reason":"chính nó"}`, second.ID), fmt.Sprintf(`{"by_document_id":%q,"reason":"đã hết hiệu lực"}`, first.ID),
		fmt.Sprintf(`{"by_document_id":%q,"reason":""}`, third.ID),
	} {
		decode[Problem](t, b.do(act(second.ID, "replace", "clerk", body)), http.StatusUnprocessableEntity)
	}
	decode[Problem](t, b.do(act(second.ID, "replace", "clerk", `{"by_document_id":"khong-co","reason":"không có"}`)), http.StatusNotFound)
}

// TestSuccessorTakesItsPlace: a document drafted to replace another does so when
// it is issued, not before.
func TestSuccessorTakesItsPlace(t *testing.T) {
	b := newBench(t)
	old := b.issued("1")
	body := strings.Replace(sample(t, ended, nil), `{`, fmt.Sprintf(`{"replaces":%q,`, old.ID), 1)
	next := decode[Document](t, b.create("all", "2", "signed", body), http.StatusCreated)
	if d := decode[Document](t, b.do(b.get("/v1/documents/"+old.ID, "clerk")), http.StatusOK); d.State != "issued" {
		t.Errorf("before: %s", d.State)
	}
	decode[Document](t, b.do(request{path: "/v1/documents/" + next.ID + "/issue", key: "clerk"}), http.StatusOK)
	if d := decode[Document](t, b.do(b.get("/v1/documents/"+old.ID, "clerk")), http.StatusOK); d.State != "replaced" || *d.ReplacedBy != next.ID {
		t.Errorf("after: %+v", d)
	}
	missing := strings.Replace(sample(t, ended, nil), `{`, `{"replaces":"khong-co",`, 1)
	decode[Problem](t, b.create("all", "3", "draft", missing), http.StatusNotFound)
}

// TestTwoClerksAtOnce: of a return and an issue at the same moment one wins, and
// the other is told where the document stands.
func TestTwoClerksAtOnce(t *testing.T) {
	b := newBench(t)
	won := map[string]int{}
	for i := range 12 {
		doc := decode[Document](t, b.create("all", fmt.Sprint(i), "signed", sample(t, ended, nil)), http.StatusCreated)
		moves := []string{"return", "issue"}
		status, problems := make([]int, 2), make([]Problem, 2)
		var wg sync.WaitGroup
		for j, m := range moves {
			wg.Go(func() {
				r := request{path: "/v1/documents/" + doc.ID + "/" + m, key: "clerk"}
				if m == "return" {
					r.body = `{"reason":"sai căn cứ"}`
				}
				w := b.do(r)
				if status[j] = w.StatusCode; w.StatusCode != http.StatusOK {
					problems[j] = decode[Problem](t, w, w.StatusCode)
				}
			})
		}
		wg.Wait()
		after := decode[Document](t, b.do(b.get("/v1/documents/"+doc.ID, "auditor")), http.StatusOK)
		winner, loser := 0, 1
		if status[0] != http.StatusOK {
			winner, loser = 1, 0
		}
		won[moves[winner]]++
		if status[winner] != http.StatusOK || status[loser] != http.StatusConflict || problems[loser].State == nil {
			t.Fatalf("statuses %v, %+v", status, problems[loser])
		}
		if want := map[string]State{"return": "returned", "issue": "issued"}[moves[winner]]; after.State != want {
			t.Errorf("%s won, the document is %s", moves[winner], after.State)
		}
	}
	t.Log(won)
	page := decode[RegisterPage](t, b.do(b.get("/v1/register", "clerk")), http.StatusOK)
	for i, e := range page.Entries {
		if e.Number != fmt.Sprintf("%02d", i+1) {
			t.Errorf("entry %d has number %s", i, e.Number)
		}
	}
}

// TestRegisterSearch: every way to narrow the register, and its pages.
func TestRegisterSearch(t *testing.T) {
	b := newBench(t)
	for i := range 7 {
		b.issued(fmt.Sprint(i))
	}
	decode[Document](t, b.do(request{path: "/v1/documents/" + decode[RegisterPage](t, b.do(b.get("/v1/register?number_from=2&number_to=2", "clerk")), http.StatusOK).Entries[0].DocumentID + "/withdraw", key: "clerk", body: `{"reason":"nhầm người"}`}), http.StatusOK)
	for q, want := range map[string]int{
		"": 7, "number_from=3": 5, "number_to=3": 3, "number_from=3&number_to=5": 3, "date_from=2026-03-02&date_to=2026-03-02": 7, "date_to=2026-03-01": 0,
		"date_from=2026-03-03": 0, "state=withdrawn": 1, "state=issued": 6, "type=" + url.QueryEscape("Quyết định"): 7, "type=X": 0,
		"subject=" + url.QueryEscape("cham dut huong"): 7, "subject=" + url.QueryEscape("chấm dứt"): 7, "subject=" + url.QueryEscape("chẫm dứt"): 0,
		"recipient=" + url.QueryEscape("le thi thu huong"): 7, "recipient=" + url.QueryEscape("Lê Thị Thu Hường"): 0, "q=" + url.QueryEscape("05/QĐ-SNV"): 1,
		"book=GP": 0, "year=2025": 0, "agency=snv-hanoi": 7, "agency=phuong-minh-hoa": 0,
	} {
		if page := decode[RegisterPage](t, b.do(b.get("/v1/register?"+q, "auditor")), http.StatusOK); len(page.Entries) != want {
			t.Errorf("%q finds %d, want %d", q, len(page.Entries), want)
		}
	}
	var numbers []string
	for cursor := ""; ; {
		page := decode[RegisterPage](t, b.do(b.get("/v1/register?limit=3&cursor="+url.QueryEscape(cursor), "clerk")), http.StatusOK)
		for _, e := range page.Entries {
			numbers = append(numbers, e.Number)
		}
		if page.Next == nil {
			break
		}
		cursor = *page.Next
	}
	if strings.Join(numbers, " ") != "01 02 03 04 05 06 07" {
		t.Errorf("pages give %v", numbers)
	}
	for _, bad := range []string{"state=none", "date_from=02/03/2026", "number_from=x", "limit=0", "limit=501", "cursor=x"} {
		decode[Problem](t, b.do(b.get("/v1/register?"+bad, "clerk")), http.StatusBadRequest)
	}
	entry := decode[RegisterPage](t, b.do(b.get("/v1/register?state=withdrawn", "clerk")), http.StatusOK).Entries[0]
	if entry.Copies == nil || *entry.Copies != 1 || *entry.Note != "nhầm người" || *entry.Signer == "" || *entry.Recipients == "" {
		t.Errorf("the ten columns: %+v", entry)
	}
}

func bodyOf(t *testing.T, w *http.Response) string {
	t.Helper()
	raw, err := io.ReadAll(w.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// TestWhoSeesWhat: personal data by role, and every look is in the trail.
func TestWhoSeesWhat(t *testing.T) {
	b := newBench(t)
	doc := b.issued("1")
	code := *doc.DossierCode
	b.key("elsewhere", "phuong-minh-hoa", archive.RoleWorkflow, archive.RoleSignatory, archive.RoleClerk, archive.RoleAuditor)
	paths := map[string][]string{ // who is let in
		"/v1/documents/" + doc.ID:                                            {"workflow", "signatory", "clerk", "auditor"},
		"/v1/documents/" + doc.ID + "/pdf":                                   {"workflow", "signatory", "clerk", "auditor"},
		"/v1/documents/" + doc.ID + "/data":                                  {"workflow", "clerk"},
		"/v1/documents/" + doc.ID + "/record?format=xml":                     {"clerk", "auditor"},
		"/v1/register":                                                       {"clerk", "auditor"},
		"/v1/register/export?agency=snv-hanoi&book=Q%C4%90&format=csv":       {"clerk", "auditor"},
		"/v1/register/records?agency=snv-hanoi&book=Q%C4%90&format=json":     {"clerk", "auditor"},
		"/v1/dossiers/" + url.PathEscape(code) + "/package?agency=snv-hanoi": {"clerk", "auditor"},
		"/v1/retention":          {"clerk", "auditor"},
		"/v1/audit":              {"auditor"},
		"/v1/audit/export":       {"auditor"},
		"/v1/audit/checkpoints":  {"auditor"},
		"/v1/audit/verification": {"auditor"},
	}
	for path, roles := range paths {
		for _, role := range []string{"workflow", "signatory", "clerk", "auditor"} {
			want := http.StatusForbidden
			if slices.Contains(roles, role) {
				want = http.StatusOK
			}
			if w := b.do(b.get(path, role)); w.StatusCode != want {
				t.Errorf("%s as %s: %d, want %d: %.200s", path, role, w.StatusCode, want, bodyOf(t, w))
			}
		}
		if w := b.do(request{method: http.MethodGet, path: path}); w.StatusCode != http.StatusUnauthorized {
			t.Errorf("%s without a key: %d", path, w.StatusCode)
		}
		if text := bodyOf(t, b.do(b.get(path, "elsewhere"))); strings.Contains(text, "Thu Hương") {
			t.Errorf("%s shows another agency's document: %.300s", path, text)
		}
	}
	looks := map[string]int{}
	for _, r := range decode[AuditPage](t, b.do(b.get("/v1/audit?limit=500&action=look&document="+doc.ID, "auditor")), http.StatusOK).Rows {
		looks[fmt.Sprint(r.Detail["what"], " ", *r.By.Name)]++
	}
	for _, want := range []string{
		"pdf workflow", "pdf signatory", "pdf clerk", "pdf auditor", "data workflow", "data clerk", "facts clerk", "facts auditor", "facts signatory",
		"record clerk", "record auditor", "dossier clerk", "dossier auditor",
	} {
		if looks[want] != 1 {
			t.Errorf("%d looks %q in the trail: %v", looks[want], want, looks)
		}
	}
	refused := decode[AuditPage](t, b.do(b.get("/v1/audit?limit=500&action=refused", "auditor")), http.StatusOK)
	if len(refused.Rows) == 0 {
		t.Error("no refusal is in the trail")
	}
}
