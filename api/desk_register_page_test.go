package api

import (
	"archive/zip"
	"bytes"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"antin/archive"
	"antin/issuance"
)

// late is a bench whose clock can be moved and whose book QĐ is kept for a year.
func late(t *testing.T) (*bench, *time.Time) {
	now := clock
	b := newBench(t, func(c *Config, o *issuance.Options) {
		c.Now = func() time.Time { return now }
		o.Now = c.Now
	})
	book, err := b.store.Book(t.Context(), "snv-hanoi", "QĐ")
	if err != nil {
		t.Fatal(err)
	}
	book.RetentionYears = 1
	if err := b.store.PutBook(t.Context(), book, issuance.System, clock); err != nil {
		t.Fatal(err)
	}
	return b, &now
}

// TestRetentionPage: what is due is listed; it is destroyed only by a clerk, with
// decision, minutes, reason and a tick; the register keeps the line.
func TestRetentionPage(t *testing.T) {
	b, now := late(t)
	ids := b.documents(3, "issued")
	if page := b.signedIn("clerk").get(deskPath + "/het-han"); !strings.Contains(page.text(), "Không có văn bản nào hết thời hạn") {
		t.Errorf("before: %s", page.text())
	}
	*now = time.Date(2028, 1, 1, 8, 0, 0, 0, archive.Zone)
	fresh := b.documents(3, "signed")
	clerk, auditor := b.signedIn("clerk"), b.signedIn("auditor")
	page := auditor.get(deskPath + "/het-han")
	if strings.Count(page.body, `class="number"`) != 3 || strings.Contains(page.body, "checkbox") {
		t.Errorf("the auditor's page: %s", page.text())
	}
	form := func(change func(url.Values)) url.Values {
		f := url.Values{"id": {ids[0], ids[1], fresh[0]}, "quyet-dinh": {"12/QĐ-SNV ngày 02/01/2028"}, "bien-ban": {"01/BB-HTL"}, "ly-do": {"hết thời hạn bảo quản"}, "chac-chan": {"1"}}
		if change != nil {
			change(f)
		}
		return f
	}
	for _, missing := range []string{"id", "quyet-dinh", "bien-ban", "ly-do", "chac-chan"} {
		res := clerk.post(deskPath+"/het-han", form(func(f url.Values) { f.Del(missing) }))
		if res.status != http.StatusUnprocessableEntity || !strings.Contains(res.text(), "Chưa có gì bị hủy") {
			t.Errorf("without %s: %d %s", missing, res.status, res.text())
		}
	}
	if res := auditor.post(deskPath+"/het-han", form(nil)); res.status != http.StatusForbidden {
		t.Errorf("an auditor: %d", res.status)
	}
	for _, id := range ids {
		if !b.state(id).Destroyed.IsZero() {
			t.Fatal("something was destroyed")
		}
	}
	res := clerk.post(deskPath+"/het-han", form(nil))
	if res.status != http.StatusOK || !strings.Contains(res.text(), "Đã hủy 2 văn bản") || !strings.Contains(res.text(), "không được hủy") {
		t.Errorf("%d %s", res.status, res.text())
	}
	if keep := os.Getenv("ANTIN_PREVIEW"); keep != "" {
		if err := os.WriteFile(filepath.Join(keep, "retention.html"), []byte(res.body), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	gone := b.do(b.get("/v1/documents/"+ids[0]+"/pdf", "clerk"))
	if p := decode[Problem](t, gone, http.StatusGone); p.Code != "destroyed" {
		t.Errorf("%+v", p)
	}
	if d := decode[Document](t, b.do(b.get("/v1/documents/"+ids[0], "clerk")), http.StatusOK); d.DestroyedAt == nil || *d.Number != "01" {
		t.Errorf("%+v", d)
	}
	if found := decode[PublicDocument](t, b.do(b.get("/v1/lookup/"+b.state(ids[0]).LookupCode, "")), http.StatusOK); *found.NumberAndSymbol != "01/QĐ-SNV" {
		t.Errorf("%+v", found)
	}
	register := clerk.get(deskPath + "/so-dang-ky?nam=2026")
	if strings.Count(register.body, `class="number"`) != 3 {
		t.Errorf("the register: %s", register.text())
	}
	// By HTTP: the third, and one that is not due.
	list := decode[RetentionPage](t, b.do(b.get("/v1/retention", "auditor")), http.StatusOK)
	if len(list.Documents) != 1 || list.Documents[0].DocumentID != ids[2] || list.Documents[0].KeptUntil.String() != "2027-12-31" {
		t.Errorf("%+v", list)
	}
	body := `{"documents":["` + ids[2] + `","` + fresh[1] + `","khong-co"],"reason":"hết hạn","decision":"12/QĐ-SNV","minutes":"01/BB"}`
	decode[Problem](t, b.do(request{path: "/v1/retention/destructions", key: "auditor", body: body}), http.StatusForbidden)
	decode[Problem](t, b.do(request{path: "/v1/retention/destructions", key: "clerk", body: strings.Replace(body, "12/QĐ-SNV", " ", 1)}), http.StatusUnprocessableEntity)
	for range 2 {
		out := decode[DestructionResult](t, b.do(request{path: "/v1/retention/destructions", key: "clerk", body: body}), http.StatusOK)
		if out.Destroyed != 1 || out.Results[0].DestroyedAt == nil || *out.Results[1].Code != "kept_for_ever" || *out.Results[2].Code != "not_found" {
			t.Errorf("%+v", out)
		}
	}
}

// TestRegisterPageFilters: each field of the page narrows.
func TestRegisterPageFilters(t *testing.T) {
	b := newBench(t)
	ids := b.documents(4, "issued")
	p := b.signedIn("clerk")
	if res := p.post(deskPath+"/thuc-hien", url.Values{"viec": {"thu-hoi"}, "id": {ids[1]}, "ly-do": {"Ban hành sai"}}); res.status != http.StatusOK {
		t.Fatal(res.text())
	}
	for query, want := range map[string]string{
		"?tu-so=2&den-so=3": "02 03", "?den-so=1": "01", "?tu-ngay=2026-03-02&den-ngay=2026-03-02": "01 02 03 04", "?tu-ngay=2026-03-03": "", "?den-ngay=hom-qua": "01 02 03 04",
		"?trang-thai=withdrawn": "02", "?noi-nhan=tran+thi+nhu": "03", "?loai=" + url.QueryEscape("Quyết định"): "01 02 03 04", "?loai=Gi%E1%BA%A5y": "",
	} {
		res := p.get(deskPath + "/so-dang-ky" + query)
		var got []string
		for _, m := range regexp.MustCompile(`class="number">([0-9]+)/`).FindAllStringSubmatch(res.body, -1) {
			got = append(got, m[1])
		}
		if res.status != http.StatusOK || strings.Join(got, " ") != want {
			t.Errorf("register%s: %d %q, want %q", query, res.status, got, want)
		}
	}
}

// TestDeskFiles: books and dossiers as files, for those who may have them.
func TestDeskFiles(t *testing.T) {
	b := newBench(t)
	id := b.documents(1, "issued")[0]
	book := deskPath + "/so-dang-ky/xuat?co-quan=snv-hanoi&so=Q%C4%90&nam=2026&dang="
	p := b.signedIn("clerk")
	for format, begins := range map[string]string{"xlsx": "PK", "csv": "\ufeff", "pdf": "%PDF-", "xml": "<?xml", "json": "{"} {
		res := p.get(book + format)
		if res.status != http.StatusOK || !strings.HasPrefix(res.body, begins) || !strings.Contains(res.header.Get("Content-Disposition"), "so-qd-2026."+format) {
			t.Errorf("%s: %d %v %.40q", format, res.status, res.header, res.body)
		}
	}
	for _, bad := range []string{book + "doc", strings.Replace(book, "2026", "x", 1) + "csv", strings.Replace(book, "Q%C4%90", "KHONG", 1) + "csv", strings.Replace(book, "snv-hanoi", "nope", 1) + "csv"} {
		if res := p.get(bad); res.status < 400 || res.status >= 500 {
			t.Errorf("%s: %d", bad, res.status)
		}
	}
	link := regexp.MustCompile(`href="(/ban-lam-viec/ho-so\?[^"]+)"`)
	page := p.get(deskPath + "/van-ban/" + id)
	m := link.FindStringSubmatch(page.body)
	if m == nil {
		t.Fatal("the document's page has no link to its dossier")
	}
	res := p.get(strings.ReplaceAll(m[1], "&amp;", "&"))
	z, err := zip.NewReader(bytes.NewReader([]byte(res.body)), int64(len(res.body)))
	if err != nil || !slices.ContainsFunc(z.File, func(f *zip.File) bool { return f.Name == "SHA256SUMS" }) {
		t.Errorf("the dossier: %d %v", res.status, err)
	}
	if page := b.signedIn("signatory").get(deskPath + "/van-ban/" + id); link.MatchString(page.body) {
		t.Error("a signatory is offered the dossier")
	}
	if res := b.signedIn("signatory").get(book + "csv"); res.status != http.StatusForbidden {
		t.Errorf("a signatory's export: %d", res.status)
	}
}
