package api

import (
	"bytes"
	"io"
	"maps"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"antin/archive"
	"antin/signer/verify"
	"antin/templates/layout"
	"antin/templates/render"
)

// plainPDF is a file without fields, as another program might make it.
func plainPDF(t testing.TB, title string) []byte {
	t.Helper()
	b, err := render.PDF(&layout.Document{Title: title, Sections: []layout.Section{{Page: layout.StandardPage(), Blocks: []layout.Block{
		&layout.Paragraph{Role: layout.TitleRole, Align: layout.Center, Runs: []layout.Run{{Text: title, Bold: true, Size: 14}}},
	}}}}, render.Options{Now: clock})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// multipartBody is a form with a file.
func multipartBody(t testing.TB, values map[string]string, file []byte) (body, contentType string) {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for k, v := range values {
		if err := w.WriteField(k, v); err != nil {
			t.Fatal(err)
		}
	}
	if file != nil {
		part, err := w.CreateFormFile("file", "phu-luc.pdf")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := part.Write(file); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String(), w.FormDataContentType()
}

// form posts a form with a file to the JSON interface.
func (b *bench) form(key, path string, values map[string]string, file []byte, header map[string]string) *http.Response {
	b.t.Helper()
	body, media := multipartBody(b.t, values, file)
	h := map[string]string{"Content-Type": media}
	maps.Copy(h, header)
	return b.do(request{path: path, key: key, body: body, header: h})
}

// sendForm posts a form with a file from the desk.
func (p *person) sendForm(path string, values map[string]string, file []byte) reply {
	p.b.t.Helper()
	if _, ok := values["token"]; !ok {
		values["token"] = p.token
	}
	body, media := multipartBody(p.b.t, values, file)
	req := httptest.NewRequestWithContext(p.b.t.Context(), http.MethodPost, path, strings.NewReader(body))
	req.Header.Set("Content-Type", media)
	return p.send(req)
}

func TestAnnexCalls(t *testing.T) {
	b := newBench(t)
	id := b.documents(1, "draft")[0]
	path := "/v1/documents/" + id + "/annexes"
	title := map[string]string{"title": "Phụ lục I"}
	file := plainPDF(t, "Phụ lục I")

	made := decode[Annex](t, b.form("workflow", path, title, file, nil), http.StatusCreated)
	again := decode[Annex](t, b.form("workflow", path, title, file, nil), http.StatusCreated)
	if made != again && made.Sha256 != again.Sha256 || made.Number != 1 || made.Pages != 1 || made.Signed || made.BoundSha256 != nil {
		t.Errorf("%+v %+v", made, again)
	}
	for what, c := range map[string]struct {
		res    *http.Response
		status int
		code   string
	}{
		"no title":     {b.form("workflow", path, nil, file, nil), 400, "bad_parameter"},
		"no file":      {b.form("workflow", path, title, nil, nil), 400, "bad_parameter"},
		"not PDF":      {b.form("workflow", path, title, []byte("abc"), nil), 422, "file_refused"},
		"role":         {b.form("auditor", path, title, file, nil), 403, "forbidden"},
		"JSON":         {b.do(request{path: path, key: "workflow", body: "{}"}), 415, "wrong_media_type"},
		"no document":  {b.form("workflow", "/v1/documents/none/annexes", title, file, nil), 404, "not_found"},
		"no annex":     {b.do(request{method: http.MethodGet, path: path + "/9/pdf", key: "auditor"}), 404, "not_found"},
		"signed":       {b.form("workflow", path, title, b.file(b.documents(1, "issued")[0], 0), nil), 422, "file_refused"},
		"many parts":   {b.form("workflow", path, map[string]string{"title": strings.Repeat("a", maxUploadValue+1)}, file, nil), 400, "bad_parameter"},
		"broken parts": {b.do(request{path: path, key: "workflow", body: "--x\r\n\r\n", header: map[string]string{"Content-Type": "multipart/form-data; boundary=x"}}), 400, "bad_parameter"},
	} {
		if p := decode[Problem](t, c.res, c.status); p.Code != c.code || p.Detail == "" {
			t.Errorf("%s: %+v", what, p)
		}
	}
	for _, move := range []string{"sign", "issue"} {
		decode[Document](t, b.do(request{path: "/v1/documents/" + id + "/" + move, key: "all"}), http.StatusOK)
	}
	if p := decode[Problem](t, b.form("workflow", path, title, plainPDF(t, "Phụ lục II"), nil), http.StatusConflict); p.Code != "wrong_state" || !strings.Contains(p.Detail, "phụ lục") {
		t.Errorf("after issue: %+v", p)
	}
	list := decode[struct{ Annexes []Annex }](t, b.do(request{method: http.MethodGet, path: path, key: "auditor"}), http.StatusOK).Annexes
	if len(list) != 1 || !list[0].Signed || list[0].BoundSha256 == nil || *list[0].BoundSha256 != made.Sha256 {
		t.Fatalf("%+v", list)
	}
	res := b.do(request{method: http.MethodGet, path: list[0].Links.Pdf, key: "auditor"})
	signed, err := io.ReadAll(res.Body)
	if err != nil || res.Header.Get("ETag") != `"`+list[0].Sha256+`"` || !bytes.HasPrefix(signed, file) {
		t.Fatalf("%v %v", res.Header, err)
	}
	report := decode[Report](t, b.do(request{path: "/v1/verify", body: string(signed), header: map[string]string{"Content-Type": "application/pdf"}}), http.StatusOK)
	if report.Indication != "TOTAL-PASSED" || report.Register == nil || report.Register.State != RegisterWordState(verify.RegisterIssued) || deref(report.Register.Annex) != 1 {
		t.Errorf("%+v", report.Register)
	}
	looked := decode[PublicDocument](t, b.do(request{method: http.MethodGet, path: "/v1/lookup/" + b.state(id).LookupCode}), http.StatusOK)
	if deref(looked.Annexes) != 1 {
		t.Errorf("%+v", looked)
	}
}

func TestAnnexesAtTheDesk(t *testing.T) {
	b := newBench(t)
	id := b.documents(1, "draft")[0]
	page := deskPath + "/van-ban/" + id
	p := b.signedIn("workflow")
	if got := p.get(page); !strings.Contains(got.text(), "Phụ lục ở tệp riêng") || !strings.Contains(got.body, `enctype="multipart/form-data"`) {
		t.Fatal(got.text())
	}
	for what, c := range map[string]struct {
		values map[string]string
		file   []byte
		status int
		says   string
	}{
		"token":   {map[string]string{"token": "x", "title": "Phụ lục I"}, plainPDF(t, "I"), http.StatusForbidden, "chưa có gì"},
		"no file": {map[string]string{"title": "Phụ lục I"}, []byte{}, http.StatusBadRequest, "thiếu tệp"},
		"no PDF":  {map[string]string{"title": "Phụ lục I"}, []byte("abc"), http.StatusUnprocessableEntity, "không phải PDF"},
	} {
		if got := p.sendForm(page+"/phu-luc", c.values, c.file); got.status != c.status || !strings.Contains(strings.ToLower(got.text()), strings.ToLower(c.says)) {
			t.Errorf("%s: %d %s", what, got.status, got.text())
		}
	}
	p.get(page)
	for _, title := range []string{"Phụ lục I", "Phụ lục II"} {
		if got := p.sendForm(page+"/phu-luc", map[string]string{"title": title}, plainPDF(t, title)); got.status != http.StatusSeeOther {
			t.Fatal(got.status, got.text())
		}
	}
	p.get(page)
	if got := p.post(page+"/phu-luc/1/bo", map[string][]string{}); got.status != http.StatusSeeOther {
		t.Error(got.status, got.text())
	}
	got := p.get(page)
	if strings.Contains(got.text(), "1. Phụ lục I ·") || !strings.Contains(got.text(), "2. Phụ lục II · 1 trang · ký số khi phát hành") {
		t.Error(got.text())
	}
	if file := p.get(page + "/phu-luc/2/pdf"); file.status != http.StatusOK || !strings.HasPrefix(file.body, "%PDF-") {
		t.Error(file.status)
	}
	if file := p.get(page + "/phu-luc/x/pdf"); file.status != http.StatusNotFound {
		t.Error(file.status)
	}
	all, err := b.store.AnnexesOf(t.Context(), id)
	if err != nil || len(all) != 1 || all[0].By.Name != "workflow" {
		t.Errorf("%+v %v", all, err)
	}
	rows, err := b.store.Audit(t.Context(), archive.AuditFilter{Document: id, Action: archive.ActionAnnexRemove}, 0, 10)
	if err != nil || len(rows) != 1 {
		t.Errorf("%v %v", rows, err)
	}
}
