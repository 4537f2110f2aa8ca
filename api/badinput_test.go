package api

import (
	"encoding/base64"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"antin/archive"
	"antin/issuance"
	"antin/signer/testpki"
)

// TestBadData sends what callers get wrong. Each answer names the field by its
// JSON pointer and says in Vietnamese and English what is wrong, and nothing is
// stored.
func TestBadData(t *testing.T) {
	b := newBench(t)
	set := func(field string, value any) func(map[string]any) {
		return func(d map[string]any) { d[field] = value }
	}
	tests := []struct {
		name, form string
		edit       func(map[string]any)
		pointer    string
		code       string
	}{
		{"missing field", ended, func(d map[string]any) { delete(d, "full_name") }, "/data/full_name", "missing"},
		{"unknown field", ended, set("full_nam", "x"), "/data/full_nam", "unknown_field"},
		{"wrong type", ended, set("full_name", 12), "/data/full_name", "wrong_type"},
		{"number as text", "qd-huong-tctn", set("monthly_amount", "4684500"), "/data/monthly_amount", "wrong_type"},
		{"100 kB name", ended, set("full_name", strings.Repeat("Nguyễn ", 15_000)), "/data/full_name", "too_long"},
		{"emoji", ended, set("full_name", "Nguyễn Văn 😀"), "/data/full_name", ""},
		{"control character", ended, set("full_name", "Nguyễn\u0007Văn"), "/data/full_name", ""},
		{"bidi override", ended, set("full_name", "Nguyễn \u202eVăn"), "/data/full_name", ""},
		{"letters no face has", ended, set("full_name", "阮文雄"), "/data/full_name", ""},
		{"bad date", ended, set("birth_date", "1990-02-30"), "/data/birth_date", "bad_date"},
		{"photo that is no image", "gpld-12-pli", set("photo", base64.StdEncoding.EncodeToString([]byte("not a picture at all"))), "/data/photo", ""},
		{"photo that is a broken JPEG", "gpld-12-pli", set("photo", base64.StdEncoding.EncodeToString([]byte("\xff\xd8\xff\xe0\x00\x10JFIF\x00"))), "/data/photo", ""},
		{"photo not base64", "gpld-12-pli", set("photo", "%%%"), "/data/photo", ""},
		{"unknown signatory", ended, set("signatory", "chu-tich"), "/data/signatory", "unknown_signatory"},
		{"new date not later", "phieu-xin-loi", func(d map[string]any) { d["new_date"] = d["first_date"] }, "/data/new_date", "rule"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			res := b.create("all", "bad", "issued", sample(t, test.form, test.edit))
			p := decode[Problem](t, res, http.StatusUnprocessableEntity)
			if p.Errors == nil {
				t.Fatalf("no field is named: %+v", p)
			}
			for _, e := range *p.Errors {
				if e.Pointer != test.pointer || test.code != "" && e.Code != test.code {
					continue
				}
				if e.Message == "" || e.MessageEn == "" || strings.Contains(e.Message, "%!") || !utf8.ValidString(e.Message) || len(e.Message) > 1000 {
					t.Errorf("message %q / %q", e.Message, e.MessageEn)
				}
				t.Log(e.Message)
				return
			}
			t.Errorf("want %s %s, got %+v", test.pointer, test.code, *p.Errors)
		})
	}
	page, err := b.store.List(t.Context(), archive.Filter{}, archive.Page{})
	if err != nil || len(page.Documents) != 0 {
		t.Errorf("refused requests left %d documents, %v", len(page.Documents), err)
	}
}

func TestBadRequests(t *testing.T) {
	b := newBench(t)
	good := sample(t, ended, nil)
	key := map[string]string{"Idempotency-Key": "x"}
	tests := []struct {
		name   string
		r      request
		status int
		code   string
	}{
		{"unknown form", request{body: strings.Replace(good, ended, "qd-cham-dut-tct", 1), header: key}, 404, "form_unknown"},
		{"form not yet in force", request{body: sample(t, ended, func(d map[string]any) { d["received_date"] = "2020-01-02" }), header: key}, 422, "form_not_yet_in_force"},
		{"form no longer in force", request{body: sample(t, ended, func(d map[string]any) { d["received_date"] = "2026-02-02" }), header: key}, 422, "form_no_longer_in_force"},
		{"no idempotency key", request{body: good}, 400, "idempotency_key_required"},
		{"long idempotency key", request{body: good, header: map[string]string{"Idempotency-Key": strings.Repeat("k", 129)}}, 400, "idempotency_key_required"},
		{"no JSON", request{body: "form=x", header: key}, 400, "bad_json"},
		{"cut JSON", request{body: good[:100], header: key}, 400, "bad_json"},
		{"two values", request{body: good + good, header: key}, 400, "bad_json"},
		{"unknown member", request{body: strings.Replace(good, `{"data"`, `{"forn":"x","data"`, 1), header: key}, 422, "data_invalid"},
		{"media type", request{body: good, header: map[string]string{"Idempotency-Key": "x", "Content-Type": "text/plain"}}, 415, "wrong_media_type"},
		{"goal", request{path: "/v1/documents?until=sealed", body: good, header: key}, 400, "bad_parameter"},
		{"unknown agency", request{body: strings.Replace(good, `{"data"`, `{"agency":"khong-co","data"`, 1), header: key}, 422, "agency_unknown"},
		{"agency of another kind", request{body: strings.Replace(good, `{"data"`, `{"agency":"phuong-minh-hoa","data"`, 1), header: key}, 422, "agency_wrong"},
		{"limit", request{method: "GET", path: "/v1/documents?limit=0"}, 400, "bad_parameter"},
		{"limit no number", request{method: "GET", path: "/v1/documents?limit=x"}, 400, "bad_parameter"},
		{"state", request{method: "GET", path: "/v1/documents?state=gone"}, 400, "bad_parameter"},
		{"cursor", request{method: "GET", path: "/v1/documents?cursor=%00zz"}, 400, "bad_parameter"},
		{"no document", request{method: "GET", path: "/v1/documents/nope"}, 404, "not_found"},
		{"empty reason", request{path: "/v1/documents/nope/withdraw", body: `{"reason":""}`}, 404, "not_found"},
		{"method", request{method: "DELETE", path: "/v1/documents"}, 405, "method_not_allowed"},
		{"not a PDF", request{path: "/v1/verify", body: "hello", header: map[string]string{"Content-Type": "application/pdf"}}, 200, ""},
		{"no upload", request{path: "/v1/verify", body: "hello", header: map[string]string{"Content-Type": "text/html"}}, 415, "wrong_media_type"},
		{"lookup code", request{method: "GET", path: "/v1/lookup/%25%25%25%25%25%25%25%25"}, 404, "not_found"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if test.r.path == "" {
				test.r.path = "/v1/documents"
			}
			test.r.key = "all"
			p := decode[Problem](t, b.do(test.r), test.status)
			if p.Code != test.code || test.code != "" && (p.Title == "" || p.Detail == "" || p.TitleEn == "" || p.DetailEn == "" || p.TraceID == "" || strings.Contains(p.Detail+p.DetailEn, "%!")) {
				t.Errorf("%+v", p)
			}
			t.Log(p.Detail)
		})
	}
}

func TestDecomposedTextIsComposed(t *testing.T) {
	b := newBench(t)
	name := "Nguyễn Vĩnh Nghĩa"
	body := sample(t, ended, func(d map[string]any) { d["full_name"] = norm.NFD.String(name) })
	doc := decode[Document](t, b.create("all", "nfd", "issued", body), http.StatusCreated)
	if !strings.Contains(doc.Subject, name) {
		t.Errorf("subject %q is not in NFC", doc.Subject)
	}
}

// TestBodyLimit: a body over the limit is refused before it is read.
func TestBodyLimit(t *testing.T) {
	b := newBench(t, func(c *Config, _ *issuance.Options) { c.Limits.DocumentBody = 1 << 20 })
	p := decode[Problem](t, b.create("all", "x", "draft", strings.Repeat(" ", 1<<20+1)), http.StatusRequestEntityTooLarge)
	if p.Code != "too_large" {
		t.Errorf("%+v", p)
	}
}

// TestExpiredCertificate: nothing is signed with it, the draft stays, and the
// same request goes on once the key is replaced.
func TestExpiredCertificate(t *testing.T) {
	later := clock.AddDate(11, 0, 0)
	now := later
	b := newBench(t, func(c *Config, o *issuance.Options) { o.Now = func() time.Time { return now } })
	body := sample(t, ended, nil)
	p := decode[Problem](t, b.create("all", "e", "issued", body), http.StatusServiceUnavailable)
	if p.Code != "signing_key_unusable" || !strings.Contains(p.Detail, "hết hạn") {
		t.Errorf("%+v", p)
	}
	page, err := b.store.List(t.Context(), archive.Filter{}, archive.Page{})
	if err != nil || len(page.Documents) != 1 || page.Documents[0].State != archive.Drafted || page.Documents[0].Number != nil {
		t.Fatalf("after the refusal: %+v, %v", page.Documents, err)
	}
	ready := decode[Health](t, b.do(request{method: http.MethodGet, path: "/readyz"}), http.StatusServiceUnavailable)
	if ready.Status != "fail" {
		t.Errorf("%+v", ready)
	}
	now = clock
	if doc := decode[Document](t, b.create("all", "e", "issued", body), http.StatusOK); doc.State != "issued" || doc.ID != page.Documents[0].ID {
		t.Errorf("after the key was replaced: %+v", doc)
	}
}

// TestWrongKeyPassword: the service does not start with a key it cannot open,
// and says which.
func TestWrongKeyPassword(t *testing.T) {
	from, err := office()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(filepath.Join(from, "agencies", "snv-hanoi"))); err != nil {
		t.Fatal(err)
	}
	parent := t.TempDir()
	if err := os.Rename(dir, filepath.Join(parent, "snv-hanoi")); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(parent, "snv-hanoi", "keys", "seal.password"), []byte("sai\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err = issuance.LoadAgencies(os.DirFS(parent))
	if err == nil || !strings.Contains(err.Error(), "seal.p12") {
		t.Fatalf("a wrong password gave %v", err)
	}
	if p := toProblem(err, nil); p.Code != "key_password_wrong" {
		t.Errorf("%+v", p)
	}
}

// TestDemonstrationSaysSo: no page of the demonstration looks like the real
// thing.
func TestDemonstrationSaysSo(t *testing.T) {
	b := newBench(t)
	for _, path := range []string{"/", "/xac-thuc", "/tra-cuu", "/anh", "/khong-co"} {
		res := b.do(request{method: http.MethodGet, path: path, header: map[string]string{"Accept": "text/html"}})
		page, err := io.ReadAll(res.Body)
		if err != nil || !strings.Contains(string(page), testpki.Mark) {
			t.Errorf("%s does not say that the demonstration has no legal value", path)
		}
	}
}
