package api

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/labstack/echo/v4"

	"antin/archive"
	"antin/issuance"
)

func TestSignMany(t *testing.T) {
	b := newBench(t)
	drafts := b.documents(3, "draft")
	issued := b.documents(1, "issued")[0]
	p := b.signedIn("signatory")
	list := p.get(deskPath + "/cho-ky")
	for i, id := range drafts {
		if !strings.Contains(list.body, `value="`+id+`"`) || strings.Contains(list.body, issued) {
			t.Errorf("the list of drafts lacks draft %d or has more: %s", i, list.text())
		}
	}
	ids := []string{drafts[2], issued, "khong-co", drafts[0], drafts[2]}
	ask := p.post(deskPath+"/xac-nhan", url.Values{"viec": {"ky"}, "id": ids})
	if ask.heading() != "Ký 2 văn bản Sign 2 documents" || !strings.Contains(ask.text(), "2 văn bản mang chữ ký của Nguyễn Minh Họa") ||
		!strings.Contains(ask.text(), "Không làm được (2)") || !strings.Contains(ask.text(), "trạng thái “đã phát hành”") {
		t.Errorf("confirmation: %s", ask.text())
	}
	if b.state(drafts[0]).State != archive.Drafted {
		t.Fatal("the confirmation signed")
	}
	done := p.post(deskPath+"/thuc-hien", url.Values{"viec": {"ky"}, "id": ids})
	// What is issued was signed before: signing it again changes nothing, as in
	// the JSON interface.
	if done.status != http.StatusOK || done.heading() != "3 văn bản đã ký, 1 văn bản chưa làm được" || !strings.Contains(done.text(), "Không tìm thấy văn bản “khong-co”") {
		t.Errorf("result: %d %s", done.status, done.text())
	}
	for i, want := range []archive.State{archive.Signed, archive.Drafted, archive.Signed} {
		d := b.state(drafts[i])
		if d.State != want {
			t.Errorf("draft %d is %s", i, d.State)
		}
		if last := d.History[len(d.History)-1]; want == archive.Signed && (last.Move != archive.MoveSign || last.By.Name != "signatory") {
			t.Errorf("draft %d: the trail has %+v", i, last)
		}
	}
	if b.state(issued).State != archive.Issued {
		t.Error("an issued document was moved")
	}
	again := p.post(deskPath+"/thuc-hien", url.Values{"viec": {"ky"}, "id": {drafts[0]}})
	if again.status != http.StatusOK || len(b.state(drafts[0]).Revisions) != 2 {
		t.Errorf("signing again: %d", again.status)
	}
}

// TestNumbersInTheOrderListed: the clerk's order of the documents is the order
// of their numbers.
func TestNumbersInTheOrderListed(t *testing.T) {
	b := newBench(t)
	ids := b.documents(4, "signed")
	p := b.signedIn("clerk")
	order := []string{ids[2], ids[0], ids[3]}
	ask := p.post(deskPath+"/xac-nhan", url.Values{"viec": {"phat-hanh"}, "id": order})
	var listed []string
	for _, m := range regexp.MustCompile(`name="id" value="([^"]+)"`).FindAllStringSubmatch(ask.body, -1) {
		listed = append(listed, m[1])
	}
	if !slices.Equal(listed, order) || !strings.Contains(ask.text(), "Ngày ghi trên văn bản: 02/03/2026") {
		t.Errorf("confirmation in the order %q: %s", listed, ask.text())
	}
	done := p.post(deskPath+"/thuc-hien", url.Values{"viec": {"phat-hanh"}, "id": listed})
	if done.heading() != "3 văn bản đã cấp số và đóng dấu" {
		t.Errorf("result: %s", done.text())
	}
	for i, id := range order {
		want := []string{"01/QĐ-SNV", "02/QĐ-SNV", "03/QĐ-SNV"}[i]
		if d := b.state(id); d.State != archive.Issued || d.Number.Full() != want {
			t.Errorf("document %d of the order: %s %+v, want %s", i, d.State, d.Number, want)
		}
	}
	if b.state(ids[1]).State != archive.Signed {
		t.Error("a document that was not chosen was issued")
	}
}

func TestReturnNeedsAReason(t *testing.T) {
	b := newBench(t)
	id := b.documents(1, "draft")[0]
	p := b.signedIn("signatory")
	for _, reason := range []string{"", "  \n ", "ab", strings.Repeat("x", maxReasonRunes+1)} {
		res := p.post(deskPath+"/thuc-hien", url.Values{"viec": {"tra-lai"}, "id": {id}, "ly-do": {reason}})
		if res.status != http.StatusUnprocessableEntity || !strings.Contains(res.text(), "Hãy ghi lý do") || b.state(id).State != archive.Drafted {
			t.Errorf("reason %.10q: %d %s", reason, res.status, b.state(id).State)
		}
	}
	res := p.post(deskPath+"/thuc-hien", url.Values{"viec": {"tra-lai"}, "id": {id}, "ly-do": {"Sai căn cứ <b>pháp lý</b>"}})
	if d := b.state(id); res.status != http.StatusOK || d.State != archive.Returned || d.Reason != "Sai căn cứ <b>pháp lý</b>" {
		t.Errorf("returned: %d %s %q", res.status, d.State, d.Reason)
	}
	page := p.get(deskPath + "/van-ban/" + id)
	if !strings.Contains(page.text(), "trả lại : Sai căn cứ <b>pháp lý</b>") || strings.Contains(page.body, "<b>pháp") {
		t.Errorf("document page: %s", page.text())
	}
}

func TestWithdrawnIsToldToThePublic(t *testing.T) {
	b := newBench(t)
	id := b.documents(1, "issued")[0]
	d := b.state(id)
	p := b.signedIn("clerk")
	public := b.person()
	if res := public.get("/tra-cuu/" + d.LookupCode); res.heading() != "Có trong sổ đăng ký và đang có hiệu lực" {
		t.Errorf("before: %s", res.text())
	}
	ask := p.post(deskPath+"/xac-nhan", url.Values{"viec": {"thu-hoi"}, "id": {id}})
	if !strings.Contains(ask.text(), "Lý do hiện công khai") {
		t.Errorf("the clerk is not told that the reason is public: %s", ask.text())
	}
	if res := p.post(deskPath+"/thuc-hien", url.Values{"viec": {"thu-hoi"}, "id": {id}, "ly-do": {"Ban hành sai đối tượng"}}); res.heading() != "1 văn bản đã thu hồi" {
		t.Errorf("withdrawal: %s", res.text())
	}
	res := public.get("/tra-cuu/" + d.LookupCode)
	if res.heading() != "Đã bị thu hồi, không còn giá trị" || !strings.Contains(res.text(), "Ban hành sai đối tượng") ||
		!strings.Contains(res.text(), d.Number.Full()) || strings.Contains(res.text(), "Trần Thị") {
		t.Errorf("after: %s", res.text())
	}
	again := p.post(deskPath+"/thuc-hien", url.Values{"viec": {"thu-hoi"}, "id": {id}, "ly-do": {"lần nữa"}})
	if again.status != http.StatusConflict || again.heading() != "0 văn bản đã thu hồi, 1 văn bản chưa làm được" {
		t.Errorf("a second withdrawal: %d %s", again.status, again.text())
	}
}

func TestOpeningAFileIsRecorded(t *testing.T) {
	b := newBench(t)
	id := b.documents(1, "issued")[0]
	p := b.signedIn("auditor")
	page := p.get(deskPath + "/van-ban/" + id)
	for _, want := range []string{"số 01/QĐ-SNV", "đã phát hành", "Bản 3: đã cấp số, đóng dấu", "Bản 1: dự thảo", "lập dự thảo", "cấp số"} {
		if !strings.Contains(page.text(), want) {
			t.Errorf("the document's page lacks %q: %s", want, page.text())
		}
	}
	if strings.Contains(page.body, `name="viec"`) {
		t.Error("an auditor is offered moves")
	}
	for path, want := range map[string]int{"": 200, "?ban=1": 200, "?ban=4": 404, "?ban=0": 404, "?ban=x": 400} {
		res := p.get(deskPath + "/van-ban/" + id + "/pdf" + path)
		if res.status != want || want == 200 && !strings.HasPrefix(res.body, "%PDF-") {
			t.Errorf("file%s: %d, want %d", path, res.status, want)
		}
	}
	rows, err := b.store.Audit(t.Context(), archive.AuditFilter{Action: archive.ActionLook, Document: id}, 0, 100)
	if err != nil || len(rows) != 3 || rows[0].By.Name != "auditor" { // the page, and two files
		t.Errorf("looks in the trail: %v %+v", err, rows)
	}
}

func TestAnotherAgencysDesk(t *testing.T) {
	b := newBench(t)
	b.key("ward", "phuong-minh-hoa", archive.RoleSignatory, archive.RoleClerk, archive.RoleAuditor)
	draft, issued := b.documents(1, "draft")[0], b.documents(1, "issued")[0]
	p := b.signedIn("ward")
	for _, path := range []string{"/van-ban/" + draft, "/van-ban/" + issued + "/pdf"} {
		if res := p.get(deskPath + path); res.status != http.StatusNotFound {
			t.Errorf("%s: %d", path, res.status)
		}
	}
	for _, path := range []string{"/cho-ky", "/cho-phat-hanh", "/so-dang-ky", "/van-ban"} {
		if res := p.get(deskPath + path); strings.Contains(res.text(), "Trần Thị") {
			t.Errorf("%s shows another agency's documents: %s", path, res.text())
		}
	}
	for action, id := range map[string]string{"ky": draft, "thu-hoi": issued} {
		ask := p.post(deskPath+"/xac-nhan", url.Values{"viec": {action}, "id": {id}})
		if strings.Contains(ask.text(), "Trần Thị") {
			t.Errorf("%s: the confirmation shows another agency's document", action)
		}
		if res := p.post(deskPath+"/thuc-hien", url.Values{"viec": {action}, "id": {id}, "ly-do": {"thử"}}); res.status != http.StatusNotFound {
			t.Errorf("%s: %d", action, res.status)
		}
	}
}

func TestRegisterPage(t *testing.T) {
	b := newBench(t)
	b.documents(3, "issued")
	p := b.signedIn("clerk")
	for query, want := range map[string][]string{
		"":                               {"01/QĐ-SNV", "02/QĐ-SNV", "03/QĐ-SNV"},
		"?q=tran+thi+tung":               {"02/QĐ-SNV"},
		"?q=Trần+Thị+Như":                {"03/QĐ-SNV"},
		"?tu-so=2":                       {"02/QĐ-SNV", "03/QĐ-SNV"},
		"?so=Q%C4%90&nam=2026&tu-so=3":   {"03/QĐ-SNV"},
		"?nam=2025":                      nil,
		"?nam=":                          {"01/QĐ-SNV", "02/QĐ-SNV", "03/QĐ-SNV"},
		"?so=GP%C4%90":                   nil,
		"?q=" + strings.Repeat("x", 300): nil,
	} {
		res := p.get(deskPath + "/so-dang-ky" + query)
		var got []string
		for _, m := range regexp.MustCompile(`class="number">([^<]+)<`).FindAllStringSubmatch(res.body, -1) {
			got = append(got, m[1])
		}
		if res.status >= http.StatusInternalServerError || !slices.Equal(got, want) {
			t.Errorf("register%s: %d %q, want %q", query, res.status, got, want)
		}
	}
	if res := p.get(deskPath + "/so-dang-ky?sau=khong-phai"); res.status != http.StatusBadRequest {
		t.Errorf("a cursor that is none: %d", res.status)
	}
}

// TestQueueLongestWaitingFirst: a document that the clerk alone issues waits with
// those that were signed, and the first to come is the first in the list.
func TestQueueLongestWaitingFirst(t *testing.T) {
	now := clock
	b := newBench(t, func(c *Config, o *issuance.Options) {
		c.Now = func() time.Time { return now }
		o.Now = c.Now
	})
	var ids []string
	for i, form := range []string{ended, "phieu-gioi-thieu-viec-lam", ended} {
		now = now.Add(time.Hour)
		until := "signed"
		if i == 1 {
			until = "draft"
		}
		ids = append(ids, decode[Document](t, b.create("all", form+now.String()[:19][11:13], until, sample(t, form, nil)), http.StatusCreated).ID)
	}
	now = now.Add(50 * time.Minute)
	res := b.signedIn("clerk").get(deskPath + "/cho-phat-hanh")
	var got []string
	for _, m := range regexp.MustCompile(`name="id" value="([^"]+)"`).FindAllStringSubmatch(res.body, -1) {
		got = append(got, m[1])
	}
	if !slices.Equal(got, ids) {
		t.Errorf("queue %q, want %q", got, ids)
	}
	for _, age := range []string{"50 phút", "1 giờ", "2 giờ"} {
		if !strings.Contains(res.text(), age) {
			t.Errorf("the queue does not say %q: %s", age, res.text())
		}
	}
	if res := b.signedIn("signatory").get(deskPath + "/cho-ky"); !strings.Contains(res.text(), "Không có văn bản nào chờ ký.") {
		t.Errorf("the signatory's queue: %s", res.text())
	}
}

func TestPagesOfAQueue(t *testing.T) {
	rows := make([]deskRow, 120)
	e := echo.New()
	for query, want := range map[string]struct {
		rows, here, pages   int
		before, after, wide bool
	}{
		"":                       {50, 1, 3, false, true, true},
		"trang=3":                {20, 3, 3, true, false, true},
		"trang=9":                {20, 3, 3, true, false, true},
		"trang=-1":               {50, 1, 3, false, true, true},
		"trang=x":                {50, 1, 3, false, true, true},
		"moi-trang=100":          {100, 1, 2, false, true, false},
		"moi-trang=100&trang=2":  {20, 2, 2, true, false, false},
		"moi-trang=9999&trang=2": {50, 2, 3, true, true, true},
	} {
		c := e.NewContext(httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/?"+query, nil), httptest.NewRecorder())
		var b queueBody
		got := b.paged(rows, c)
		if len(got) != want.rows || b.Here != want.here || b.Pages != want.pages || (b.Before != "") != want.before || (b.After != "") != want.after || (b.Wide != "") != want.wide {
			t.Errorf("%q: %d rows, %+v", query, len(got), b)
		}
	}
}
