package api

import (
	"bytes"
	"flag"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"antin/api/web"
	"antin/archive"
	"antin/internal/judge"
	"antin/issuance"
	"antin/signer/verify"
)

// shots names a folder for pictures of the pages that the browser tests go
// through, for people to look at.
var shots = flag.String("shots", "", "write screenshots of the pages under test into this folder")

func shoot(t *testing.T, tab *judge.Tab, name string) {
	t.Helper()
	if *shots == "" {
		return
	}
	if err := os.WriteFile(filepath.Join(*shots, name+".png"), tab.Screenshot(), 0o600); err != nil {
		t.Fatal(err)
	}
}

// given is a file that a citizen was given, and what the page must say first.
type given struct{ name, file, says string }

// givenFiles are the kinds of file that citizens bring along, on disk.
func givenFiles(t *testing.T, b *bench) []given {
	t.Helper()
	elsewhere := newBench(t)
	ids := b.documents(4, "issued")
	clerk := archive.Actor{ID: "x", Name: "Văn thư"}
	ctx := t.Context()
	if _, err := b.server.service.Withdraw(ctx, ids[1], "Ban hành sai đối tượng", clerk); err != nil {
		t.Fatal(err)
	}
	if _, err := b.store.Replace(ctx, ids[2], ids[0], "Điều chỉnh mức hưởng", clerk, clock); err != nil {
		t.Fatal(err)
	}
	if _, err := b.store.Correct(ctx, ids[3], ids[0], "Sửa ngày sinh", clerk, clock); err != nil {
		t.Fatal(err)
	}
	altered := bytes.Clone(b.file(ids[0], 0))
	altered[bytes.Index(altered, []byte("endstream"))-10] ^= 1
	dir := t.TempDir()
	var out []given
	for _, f := range []struct {
		name string
		file []byte
		says string
	}{
		{"genuine", b.file(ids[0], 0), "Văn bản thật, nguyên vẹn, đang có hiệu lực"},
		{"altered", altered, "Tệp đã bị sửa sau khi ký, đừng dùng"},
		{"unknown", elsewhere.file(elsewhere.documents(1, "issued")[0], 0), "Chữ ký hợp lệ, nhưng sổ đăng ký ở đây không có văn bản này"},
		{"withdrawn", b.file(ids[1], 0), "Văn bản đã bị thu hồi, không còn giá trị"},
		{"replaced", b.file(ids[2], 0), "Văn bản đã được thay thế bằng văn bản khác"},
		{"corrected", b.file(ids[3], 0), "Văn bản thật, đã được đính chính bằng văn bản khác"},
		{"changed", appended(t, b.file(ids[0], 0)), "Không phải bản trong sổ: tệp đã bị thêm nội dung"},
		{"unsigned", b.preview(), "Tệp này không có chữ ký số"},
		{"draft", b.file(ids[0], 2), "Bản chưa phát hành, chưa có giá trị"},
		{"not-a-pdf", []byte("GIF89a"), "Không đọc được tệp này"},
	} {
		path := filepath.Join(dir, f.name+".pdf")
		if err := os.WriteFile(path, f.file, 0o600); err != nil {
			t.Fatal(err)
		}
		out = append(out, given{f.name, path, f.says})
	}
	return out
}

// focusOn presses Tab until the focus is on what is heard as this.
func focusOn(t *testing.T, tab *judge.Tab, role, name string) {
	t.Helper()
	var way []string
	for range 20 {
		tab.Press("Tab")
		r, n := tab.Focused()
		if r == role && strings.Contains(n, name) {
			return
		}
		way = append(way, r+" "+n)
	}
	t.Fatalf("20 Tabs did not lead to %s %q, but to %q", role, name, way)
}

// unhurried lets one address ask more often than a person does.
func unhurried(c *Config, _ *issuance.Options) { c.Limits.PublicPerMinute = 6000 }

var windows = map[string]judge.Window{
	"desktop":                {Width: 1280, Height: 900},
	"phone":                  {Width: 390, Height: 844},
	"desktop without script": {Width: 1280, Height: 900, NoScript: true},
	"phone without script":   {Width: 390, Height: 844, NoScript: true},
}

// TestVerifyByKeyboard: whoever cannot use a mouse comes from the open page to
// the answer, in every kind of window, and hears the answer first.
func TestVerifyByKeyboard(t *testing.T) {
	judge.Need(t, "chromium")
	b := newBench(t, unhurried)
	files := givenFiles(t, b)
	server := httptest.NewServer(b.server)
	defer server.Close()
	browser := judge.Drive(t)
	for window, w := range windows {
		tab := browser.Open(server.URL+"/xac-thuc", w)
		shoot(t, tab, "verify-"+window)
		for _, f := range files[:6] { // one after the other in the same tab, as people do
			focusOn(t, tab, "button", "tệp")
			tab.Choose(f.file, func() { tab.Press("Enter") })
			focusOn(t, tab, "button", "Kiểm tra")
			tab.Leads(func() { tab.Press("Enter") })
			heard(t, tab, window+", "+f.name, f.says)
			shoot(t, tab, f.name+"-"+window)
		}
		tab.Close()
	}
}

// heard fails unless the focus stands on the answer.
func heard(t *testing.T, tab *judge.Tab, where, says string) {
	t.Helper()
	if role, name := tab.Focused(); role != "heading" || name != says {
		t.Errorf("%s: the focus is on %s %q, want the heading %q", where, role, name, says)
	}
	for _, m := range tab.Messages() {
		t.Errorf("%s: console: %s", where, m)
	}
}

// TestVerifyByMouse drags files in, and chooses them with clicks where there is
// no script.
func TestVerifyByMouse(t *testing.T) {
	judge.Need(t, "chromium")
	b := newBench(t, unhurried)
	files := givenFiles(t, b)
	server := httptest.NewServer(b.server)
	defer server.Close()
	browser := judge.Drive(t)
	for window, w := range windows {
		tab := browser.Open(server.URL+"/xac-thuc", w)
		for _, f := range files {
			if w.NoScript {
				tab.Choose(f.file, func() { tab.Click("#tep") })
				tab.Leads(func() { tab.Click("form.drop button") })
			} else {
				tab.Leads(func() { tab.Drop(f.file, "form.drop") })
			}
			heard(t, tab, window+", "+f.name, f.says)
		}
		tab.Close()
	}
}

// TestAnswersThatAreRare shows what no file of ours brings about: a register
// that contradicts the file, and verdicts that need an odd certificate.
func TestAnswersThatAreRare(t *testing.T) {
	judge.Need(t, "chromium")
	b := newBench(t, unhurried)
	genuine := b.file(b.documents(1, "issued")[0], 0)
	report := func(change func(*verify.Report)) *verify.Report {
		r, err := b.server.service.Verify(t.Context(), genuine)
		if err != nil {
			t.Fatal(err)
		}
		change(r)
		return r
	}
	state := func(s string) *verify.Report {
		return report(func(r *verify.Report) {
			w := *r.Register
			w.State = s
			r.SetRegister(&w)
		})
	}
	failed := func(i verify.Indication, sub verify.SubIndication) *verify.Report {
		return report(func(r *verify.Report) { r.Indication, r.SubIndication = i, sub })
	}
	pages := map[string]*verify.Report{
		"mismatch": report(func(r *verify.Report) {
			w := *r.Register
			w.Number = "999"
			r.SetRegister(&w)
		}),
		"bears-code": state(verify.RegisterAltered), "revoked": failed(verify.TotalFailed, verify.Revoked),
		"forged": failed(verify.TotalFailed, verify.SigCryptoFailure), "undetermined": failed(verify.Indeterminate, verify.NoCertificateChainFound),
		"structure": failed(verify.TotalFailed, verify.FormatFailure),
	}
	mux := http.NewServeMux()
	mux.Handle("GET /static/", b.server)
	mux.HandleFunc("GET /page/{name}", func(w http.ResponseWriter, r *http.Request) {
		body := verifyBody{Limit: "32 MB"}
		body.judged("van-ban.pdf", pages[r.PathValue("name")])
		if err := web.Render(w, "verify", web.Page{Title: body.Answer.Says, Here: "/xac-thuc", Body: body}); err != nil {
			t.Error(err)
		}
	})
	server := httptest.NewServer(mux)
	defer server.Close()
	browser := judge.Drive(t)
	for name, r := range pages {
		a := fileAnswer(r)
		if a.Tone == good {
			t.Errorf("%s is shown as good", name)
		}
		for _, window := range []string{"desktop", "phone"} {
			tab := browser.Open(server.URL+"/page/"+name, windows[window])
			heard(t, tab, name+", "+window, a.Says)
			shoot(t, tab, name+"-"+window)
			tab.Close()
		}
	}
}

// TestLookupInABrowser: the page that the QR opens says first what the register
// says, and shows neither the file nor anything personal.
func TestLookupInABrowser(t *testing.T) {
	judge.Need(t, "chromium")
	b := newBench(t, unhurried)
	ids := b.documents(4, "issued")
	clerk := archive.Actor{ID: "x", Name: "Văn thư"}
	if _, err := b.server.service.Withdraw(t.Context(), ids[1], "Ban hành sai đối tượng", clerk); err != nil {
		t.Fatal(err)
	}
	if _, err := b.store.Replace(t.Context(), ids[2], ids[0], "Điều chỉnh mức hưởng", clerk, clock); err != nil {
		t.Fatal(err)
	}
	if _, err := b.store.Correct(t.Context(), ids[3], ids[0], "Sửa ngày sinh", clerk, clock); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(b.server)
	defer server.Close()
	browser := judge.Drive(t)
	for name, c := range map[string]struct{ code, says, also string }{
		"issued":    {b.state(ids[0]).LookupCode, "Có trong sổ đăng ký và đang có hiệu lực", "01/QĐ-SNV"},
		"withdrawn": {b.state(ids[1]).LookupCode, "Đã bị thu hồi, không còn giá trị", "Ban hành sai đối tượng"},
		"replaced":  {b.state(ids[2]).LookupCode, "Đã được thay thế bằng văn bản khác", "01/QĐ-SNV ngày 02/03/2026"},
		"corrected": {b.state(ids[3]).LookupCode, "Còn hiệu lực, đã được đính chính bằng văn bản khác", "01/QĐ-SNV ngày 02/03/2026"},
		"unknown":   {"0000-0000-0000-0000", "Không có văn bản nào mang mã này", "từng ký tự"},
		"misread":   {"12345", "Mã chưa đúng dạng", "16 chữ và số"},
	} {
		for _, window := range []string{"desktop", "phone without script"} {
			tab := browser.Open(server.URL+"/tra-cuu/"+c.code, windows[window])
			if role, heading := tab.Focused(); role != "heading" || heading != c.says {
				t.Errorf("%s, %s: the focus is on %s %q, want %q", name, window, role, heading, c.says)
			}
			if body := tab.HTML("main"); !strings.Contains(body, c.also) || strings.Contains(body, "Trần Thị") || strings.Contains(body, ".pdf") {
				t.Errorf("%s, %s: %s", name, window, body)
			}
			shoot(t, tab, "lookup-"+name+"-"+window)
			tab.Close()
		}
	}
	// By keyboard from the empty page.
	tab := browser.Open(server.URL+"/tra-cuu", windows["phone without script"])
	focusOn(t, tab, "textbox", "Mã tra cứu")
	tab.Type(strings.ToLower(b.state(ids[1]).LookupCode))
	tab.Leads(func() { tab.Press("Enter") })
	heard(t, tab, "typed", "Đã bị thu hồi, không còn giá trị")
}

// TestReportPrints: the printed page holds for each signature what Thông tư
// 15/2025/TT-BKHCN, Điều 6.4 asks for, and nothing that only works on a screen.
func TestReportPrints(t *testing.T) {
	judge.Need(t, "chromium")
	b := newBench(t, unhurried)
	files := givenFiles(t, b)
	server := httptest.NewServer(b.server)
	defer server.Close()
	tab := judge.Drive(t).Open(server.URL+"/xac-thuc", windows["desktop"])
	for _, f := range files[:2] {
		tab.Leads(func() { tab.Drop(f.file, "form.drop") })
		printed := filepath.Join(t.TempDir(), f.name+".pdf")
		if *shots != "" {
			printed = filepath.Join(*shots, "report-"+f.name+".pdf")
		}
		if err := os.WriteFile(printed, tab.Print(), 0o600); err != nil {
			t.Fatal(err)
		}
		text := strings.Join(strings.Fields(judge.Text(t, printed)), " ")
		for _, want := range []string{
			"Tổ chức cấp chứng thư", "Chủ thể ký", "Đơn vị quản lý", "Thời điểm ký", "Tính toàn vẹn", "Hiệu lực chữ ký khi ký", "Hiệu lực chứng thư", "Kết luận",
		} {
			if n := strings.Count(text, want); n < 2 { // two signatures
				t.Errorf("%s: %q is printed %d times: %s", f.name, want, n, text)
			}
		}
		for _, want := range []string{f.says, "Nên làm gì", "Sổ đăng ký", "SHA-256", "kiểm tra lúc"} {
			if !strings.Contains(text, want) {
				t.Errorf("%s: %q is not printed: %s", f.name, want, text)
			}
		}
		for _, not := range []string{"Kiểm tra tệp khác", "In báo cáo", "Tra cứu mã", "Bàn làm việc"} {
			if strings.Contains(text, not) {
				t.Errorf("%s: %q is printed", f.name, not)
			}
		}
	}
}
