package api

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"antin/archive"
	"antin/internal/pdf"
	"antin/issuance"
	"antin/signer/verify"
	"antin/templates"
)

// upload sends a file as a browser's form does. A nil content sends no file.
func (p *person) upload(path, name string, content []byte) reply {
	p.b.t.Helper()
	return p.send(p.uploadRequest(path, name, content))
}

func (p *person) uploadRequest(path, name string, content []byte) *http.Request {
	p.b.t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	if content != nil {
		part, err := w.CreateFormFile("file", name)
		if err != nil {
			p.b.t.Fatal(err)
		}
		if _, err := part.Write(content); err != nil {
			p.b.t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		p.b.t.Fatal(err)
	}
	req := httptest.NewRequestWithContext(p.b.t.Context(), http.MethodPost, path, &body)
	req.Header.Set("Content-Type", w.FormDataContentType())
	return req
}

// file is the newest PDF of a document.
func (b *bench) file(id string, revision int) []byte {
	b.t.Helper()
	pdf, _, err := b.store.RevisionContent(b.t.Context(), id, revision)
	if err != nil {
		b.t.Fatal(err)
	}
	return pdf
}

// preview is a PDF that the register does not know.
func (b *bench) preview() []byte {
	b.t.Helper()
	forms, err := templates.Embedded()
	if err != nil {
		b.t.Fatal(err)
	}
	f, err := forms.Choose(ended, "", time.Time{})
	if err != nil {
		b.t.Fatal(err)
	}
	pdf, err := b.server.service.Preview(b.t.Context(), issuance.Request{Form: ended, Data: f.Sample()})
	if err != nil {
		b.t.Fatal(err)
	}
	return pdf
}

// appended is a file with one more revision that changes nothing.
func appended(t *testing.T, file []byte) []byte {
	t.Helper()
	f, err := pdf.Open(file, pdf.DefaultLimits)
	if err != nil {
		t.Fatal(err)
	}
	u := pdf.NewUpdate(f)
	u.Add(pdf.Dict{})
	out, err := u.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestVerifyPage(t *testing.T) {
	b, elsewhere := newBench(t), newBench(t)
	ids := b.documents(2, "issued")
	if _, err := b.server.service.Withdraw(t.Context(), ids[1], "Ban hành sai đối tượng", archive.Actor{ID: "x", Name: "Văn thư"}); err != nil {
		t.Fatal(err)
	}
	genuine := b.file(ids[0], 0)
	altered := bytes.Clone(genuine)
	at := bytes.Index(altered, []byte("endstream"))
	altered[at-10] ^= 1
	foreign := elsewhere.file(elsewhere.documents(1, "issued")[0], 0)
	p := b.person()
	for name, c := range map[string]struct {
		file   []byte
		status int
		tone   string
		says   string
		more   []string
	}{
		"genuine": {genuine, 200, "good", "Văn bản thật, nguyên vẹn, đang có hiệu lực", []string{
			"Quyết định số 01/QĐ-SNV , ngày 02/03/2026", "Tổ chức cấp chứng thư", "Chủ thể ký", "Đơn vị quản lý", "Thời điểm ký", "Tính toàn vẹn",
			"Hiệu lực chữ ký khi ký", "Hiệu lực chứng thư", "Kết luận", "Con dấu của cơ quan", "Nguyễn Minh Họa", "không có dấu thời gian",
		}},
		"withdrawn":              {b.file(ids[1], 0), 200, "bad", "Văn bản đã bị thu hồi, không còn giá trị", []string{"Ban hành sai đối tượng"}},
		"altered":                {altered, 200, "bad", "Tệp đã bị sửa sau khi ký, đừng dùng", []string{"(chữ ký không hợp lệ)", "Không: chữ ký không thuộc về nội dung này."}},
		"signed only":            {b.file(ids[0], 2), 200, "caution", "Bản chưa phát hành, chưa có giá trị", nil},
		"draft":                  {b.file(ids[0], 1), 200, "caution", "Bản chưa phát hành, chưa có giá trị", nil},
		"unsigned":               {b.preview(), 200, "bad", "Tệp này không có chữ ký số", nil},
		"another's":              {foreign, 200, "caution", "Chữ ký hợp lệ, nhưng sổ đăng ký ở đây không có văn bản này", []string{"có đúng là nơi ban hành không"}},
		"appended to":            {appended(t, genuine), 200, "caution", "Không phải bản trong sổ: tệp đã bị thêm nội dung", nil},
		"withdrawn, appended to": {appended(t, b.file(ids[1], 0)), 200, "bad", "Văn bản đã bị thu hồi, không còn giá trị", nil},
		"no PDF":                 {[]byte("GIF89a"), 200, "bad", "Không đọc được tệp này", []string{"Chọn đúng tệp PDF"}},
		"empty":                  {[]byte{}, 400, "", "Xác thực tệp PDF", []string{"Chưa chọn tệp nào"}},
		"none was sent":          {nil, 400, "", "Xác thực tệp PDF", []string{"Chưa chọn tệp nào"}},
	} {
		res := p.upload("/xac-thuc", `<script>x</script>.pdf`, c.file)
		if res.status != c.status || res.heading() != c.says || c.tone != "" && !strings.Contains(res.body, `class="verdict `+c.tone+`"`) {
			t.Errorf("%s: %d %q, want %d %s %q", name, res.status, res.heading(), c.status, c.tone, c.says)
		}
		for _, want := range c.more {
			if !strings.Contains(res.text(), want) {
				t.Errorf("%s lacks %q: %s", name, want, res.text())
			}
		}
		if strings.Contains(res.body, "<script>x") || strings.Contains(res.text(), "Trần Thị") {
			t.Errorf("%s: the page shows what it must not", name)
		}
	}
	if rows, err := b.store.Audit(t.Context(), archive.AuditFilter{Action: archive.ActionLook}, 0, 10); err != nil || len(rows) != 0 {
		t.Errorf("what strangers verify was recorded: %v %+v", err, rows)
	}
}

// TestVerdictsOfTheRegister: good signatures alone make no good document.
func TestVerdictsOfTheRegister(t *testing.T) {
	for state, want := range map[string]tone{
		verify.RegisterIssued: good, verify.RegisterUnknown: caution, verify.RegisterCorrected: caution, verify.RegisterUnfinal: caution,
		verify.RegisterChanged: caution, "A_NEW_WORD": caution,
		verify.RegisterWithdrawn: bad, verify.RegisterReplaced: bad, verify.RegisterMismatch: bad, verify.RegisterAltered: bad,
	} {
		for _, i := range []verify.Indication{verify.TotalPassed, verify.TotalFailed, verify.Indeterminate, verify.NoSignature} {
			a := fileAnswer(&verify.Report{Indication: i, Register: &verify.Register{State: state}})
			switch {
			case i == verify.TotalPassed && a.Tone != want:
				t.Errorf("%s %s: %s, want %s", i, state, a.Tone, want)
			case i != verify.TotalPassed && a.Tone == good:
				t.Errorf("%s %s: shown as good", i, state)
			case a.Says == "" || a.SaysEN == "" || a.Do == "" || a.DoEN == "":
				t.Errorf("%s %s: not all is said: %+v", i, state, a)
			}
		}
	}
}

// TestUncheckedRevocationIsSaid: where no revocation list is at hand, the page
// says so right below the answer.
func TestUncheckedRevocationIsSaid(t *testing.T) {
	b := newBench(t, func(_ *Config, o *issuance.Options) { o.Trust = verify.NewTrust(o.Trust.Anchors()...) })
	res := b.person().upload("/xac-thuc", "a.pdf", b.file(b.documents(1, "issued")[0], 0))
	text := res.text()
	note, report := strings.Index(text, "chưa kiểm tra được tình trạng thu hồi"), strings.Index(text, "Tổ chức cấp chứng thư")
	if res.status != http.StatusOK || !strings.Contains(text, "Có điều cần lưu ý") || note < 0 || note > report {
		t.Errorf("%d, noted at %d, report at %d: %s", res.status, note, report, text)
	}
	if res := b.person().upload("/xac-thuc", "a.pdf", b.file(b.documents(1, "draft")[0], 0)); strings.Contains(res.text(), "Có điều cần lưu ý") {
		t.Errorf("a note on no good answer: %s", res.text())
	}
}

func TestRowsNeverShowTheUncheckedAsGood(t *testing.T) {
	for _, r := range reportRows(verify.Signature{Indication: verify.Indeterminate}) {
		if r.Status == verify.Passed || r.Value == "" && r.Label != "Kết luận" {
			t.Errorf("%s: %s %q", r.Label, r.Status, r.Value)
		}
	}
}

func TestLookupPage(t *testing.T) {
	b := newBench(t)
	issued, draft := b.state(b.documents(1, "issued")[0]), b.state(b.documents(1, "draft")[0])
	p := b.person()
	for path, c := range map[string]struct {
		status int
		says   string
	}{
		"/tra-cuu":                      {200, "Tra cứu văn bản theo mã"},
		"/tra-cuu/" + issued.LookupCode: {200, "Có trong sổ đăng ký và đang có hiệu lực"},
		"/tra-cuu?ma=" + strings.ToLower(strings.ReplaceAll(issued.LookupCode, "-", "+")): {200, "Có trong sổ đăng ký và đang có hiệu lực"},
		"/tra-cuu/" + draft.LookupCode: {404, "Không có văn bản nào mang mã này"},
		"/tra-cuu/0000-0000-0000-0000": {404, "Không có văn bản nào mang mã này"},
		"/tra-cuu?ma=ABC":              {404, "Mã chưa đúng dạng"},
		"/tra-cuu?ma=%3Cscript%3E":     {404, "Mã chưa đúng dạng"},
	} {
		if res := p.get(path); res.status != c.status || res.heading() != c.says || strings.Contains(res.text(), "Trần Thị") {
			t.Errorf("%s: %d %s", path, res.status, res.heading())
		}
	}
}

// TestPhotoPage also guards against reading the form before the upload, which
// once lost the file and wrote it to disk.
func TestPhotoPage(t *testing.T) {
	b := newBench(t)
	p := b.person()
	grey := image.NewRGBA(image.Rect(0, 0, 472, 709))
	for i := range grey.Pix {
		grey.Pix[i] = 0x80
	}
	grey.Set(0, 0, color.White)
	var photo bytes.Buffer
	if err := jpeg.Encode(&photo, grey, nil); err != nil {
		t.Fatal(err)
	}
	res := p.upload("/anh", "anh.jpg", photo.Bytes())
	if res.status != http.StatusOK || res.heading() != "Ảnh chưa đạt" || !strings.Contains(res.body, `src="data:image/png;base64,`) {
		t.Errorf("a grey photo: %d %s", res.status, res.text())
	}
	if res := p.upload("/anh", "anh.jpg", nil); res.status != http.StatusBadRequest || !strings.Contains(res.text(), "Chưa chọn tệp nào") {
		t.Errorf("no photo: %d %s", res.status, res.text())
	}
	if res := p.upload("/anh", "anh.gif", []byte("GIF89a......")); res.status != http.StatusOK || !strings.Contains(res.text(), "GIF") {
		t.Errorf("a GIF: %d %s", res.status, res.text())
	}
	if res := p.get("/anh?rules=khong-co"); res.status != http.StatusBadRequest {
		t.Errorf("rules that there are not: %d", res.status)
	}
}

// TestPagesAreGuarded: every page comes with the headers that keep scripts from
// elsewhere out and copies off shared machines.
func TestPagesAreGuarded(t *testing.T) {
	b := newBench(t)
	for _, path := range []string{"/", "/xac-thuc", "/tra-cuu", "/anh", signInPath, "/khong-co"} {
		res := b.person().get(path)
		csp := res.header.Get("Content-Security-Policy")
		if !strings.Contains(csp, "default-src 'none'") || strings.Contains(csp, "unsafe") || res.header.Get("Cache-Control") != "no-store" ||
			res.header.Get("X-Frame-Options") != "DENY" || !strings.Contains(res.header.Get("Content-Type"), "text/html") {
			t.Errorf("%s: %v", path, res.header)
		}
	}
	rec := httptest.NewRecorder()
	b.server.ServeHTTP(rec, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/static/antin.css", nil))
	if raw, err := io.ReadAll(rec.Result().Body); err != nil || rec.Code != http.StatusOK || len(raw) < 1000 {
		t.Errorf("style: %d, %d bytes, %v", rec.Code, len(raw), err)
	}
}
