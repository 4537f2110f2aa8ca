package api

import (
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"antin/archive"
)

var copyOf = map[string]string{
	"kind": "sao_y", "agency": "snv-hanoi", "source_agency": "Ủy ban nhân dân thành phố Hà Nội", "source_number": "12/QĐ-UBND",
	"source_date": "05/01/2026", "source_subject": "Về việc phân cấp",
}

// with is a map with some values changed; "" takes one out.
func with(values map[string]string, changes ...string) map[string]string {
	out := maps.Clone(values)
	for i := 0; i < len(changes); i += 2 {
		if out[changes[i]] = changes[i+1]; changes[i+1] == "" {
			delete(out, changes[i])
		}
	}
	return out
}

func TestCopyCalls(t *testing.T) {
	b := newBench(t)
	key := func(k string) map[string]string { return map[string]string{"Idempotency-Key": k} }
	scan := plainPDF(t, "QUYẾT ĐỊNH")
	res := b.form("clerk", "/v1/copies", copyOf, scan, key("a"))
	made := decode[Document](t, res, http.StatusCreated)
	if deref(made.NumberAndSymbol) != "01/SY-SNV" || made.State != StateIssued || res.Header.Get("Location") != "/v1/documents/"+made.ID {
		t.Errorf("%+v", made)
	}
	if again := decode[Document](t, b.form("clerk", "/v1/copies", copyOf, scan, key("a")), http.StatusOK); again.ID != made.ID {
		t.Error("the same key made another copy")
	}
	own := b.documents(1, "issued")[0]
	state := b.state(own)
	pages := "1-" + string(rune('0'+state.PageCount))
	extract := decode[Document](t, b.form("clerk", "/v1/copies", map[string]string{"kind": "trich_sao", "document": own, "pages": pages}, nil, key("b")), http.StatusCreated)
	if deref(extract.NumberAndSymbol) != "02/TrS-SNV" {
		t.Errorf("%+v", extract)
	}
	pdf, err := io.ReadAll(b.do(request{method: http.MethodGet, path: made.Links.Pdf, key: "auditor"}).Body)
	if err != nil {
		t.Fatal(err)
	}
	report := decode[Report](t, b.do(request{path: "/v1/verify", body: string(pdf), header: map[string]string{"Content-Type": "application/pdf"}}), http.StatusOK)
	if report.Register == nil || report.Register.CopyOf == nil || report.Register.CopyOf.Words != "SAO Y" || report.Indication != "TOTAL-PASSED" {
		t.Errorf("%+v", report.Register)
	}
	for what, c := range map[string]struct {
		res     *http.Response
		status  int
		code    string
		pointer string
	}{
		"other body":   {b.form("clerk", "/v1/copies", with(copyOf, "source_number", "13/QĐ-UBND"), scan, key("a")), 409, "idempotency_key_reused", ""},
		"no key":       {b.form("clerk", "/v1/copies", copyOf, scan, nil), 400, "idempotency_key_required", ""},
		"role":         {b.form("workflow", "/v1/copies", copyOf, scan, key("c")), 403, "forbidden", ""},
		"kind":         {b.form("clerk", "/v1/copies", with(copyOf, "kind", "x"), scan, key("c")), 422, "copy_refused", "/kind"},
		"unnamed":      {b.form("clerk", "/v1/copies", with(copyOf, "source_date", ""), scan, key("c")), 422, "copy_refused", "/source_date"},
		"electronic":   {b.form("clerk", "/v1/copies", map[string]string{"kind": "sao_y", "document": own}, nil, key("c")), 422, "copy_refused", "/file"},
		"no PDF":       {b.form("clerk", "/v1/copies", copyOf, []byte("abc"), key("c")), 422, "file_refused", "/file"},
		"pages":        {b.form("clerk", "/v1/copies", with(copyOf, "kind", "trich_sao", "pages", "3-1"), scan, key("c")), 400, "bad_parameter", ""},
		"many pages":   {b.form("clerk", "/v1/copies", with(copyOf, "kind", "trich_sao", "pages", "1-999999999"), scan, key("c")), 400, "bad_parameter", ""},
		"no such page": {b.form("clerk", "/v1/copies", with(copyOf, "kind", "trich_sao", "pages", "1,7"), scan, key("c")), 422, "copy_refused", "/pages"},
		"head":         {b.form("clerk", "/v1/copies", with(copyOf, "kind", "trich_sao", "pages", "2"), scan, key("c")), 422, "copy_refused", "/pages"},
		"nobody":       {b.form("clerk", "/v1/copies", with(copyOf, "signatory", "x"), scan, key("c")), 422, "copy_refused", "/signatory"},
		"no document":  {b.form("clerk", "/v1/copies", map[string]string{"kind": "trich_sao", "document": "none", "pages": "1"}, nil, key("c")), 404, "not_found", ""},
	} {
		p := decode[Problem](t, c.res, c.status)
		if p.Code != c.code || c.pointer != "" && (p.Errors == nil || (*p.Errors)[0].Pointer != c.pointer) {
			t.Errorf("%s: %+v", what, p)
		}
	}
	page, err := b.store.Register(t.Context(), archive.Filter{Book: "SAO"}, archive.Page{})
	if err != nil || len(page.Entries) != 2 {
		t.Errorf("%d copies in the book, want 2: %v", len(page.Entries), err)
	}
}

func TestCopiesAtTheDesk(t *testing.T) {
	b := newBench(t)
	own := b.documents(1, "issued")[0]
	p := b.signedIn("clerk")
	if got := p.get(deskPath + "/van-ban/" + own); !strings.Contains(got.body, deskPath+"/sao?van-ban="+own) {
		t.Error("the document offers no extract")
	}
	got := p.get(deskPath + "/sao?van-ban=" + own)
	if got.status != http.StatusOK || !strings.Contains(got.text(), "Trích sao văn bản số") {
		t.Fatal(got.status, got.text())
	}
	wrong := p.sendForm(deskPath+"/sao", map[string]string{"khoa": "k1", "kind": "trich_sao", "document": own, "pages": ""}, []byte{})
	if wrong.status != http.StatusUnprocessableEntity || !strings.Contains(wrong.text(), "Không sao được như vậy") || !strings.Contains(wrong.body, `value="k1"`) {
		t.Error(wrong.status, wrong.text())
	}
	got = p.get(deskPath + "/sao")
	if got.status != http.StatusOK || !strings.Contains(got.text(), "SAO LỤC") {
		t.Fatal(got.status, got.text())
	}
	for range 2 { // the button pressed twice
		got = p.sendForm(deskPath+"/sao", with(copyOf, "khoa", "k2"), plainPDF(t, "QUYẾT ĐỊNH"))
		if got.status != http.StatusSeeOther {
			t.Fatal(got.status, got.text())
		}
	}
	made := p.get(got.header.Get("Location"))
	if !strings.Contains(made.text(), "01/SY-SNV") || !strings.Contains(made.text(), "Bản sao y") {
		t.Error(made.text())
	}
	page, err := b.store.Register(t.Context(), archive.Filter{Book: "SAO"}, archive.Page{})
	if err != nil || len(page.Entries) != 1 {
		t.Errorf("%d copies, %v", len(page.Entries), err)
	}
	if got := b.signedIn("workflow").get(deskPath + "/sao"); got.status != http.StatusForbidden {
		t.Error("the drafter may copy:", got.status)
	}
}

func TestReadPages(t *testing.T) {
	for text, want := range map[string][]int{"": nil, " 1 , 3-5": {1, 3, 4, 5}, "2,1,2": {1, 2}} {
		if got, err := readPages(text); err != nil || !slices.Equal(got, want) {
			t.Errorf("%q: %v %v", text, got, err)
		}
	}
	for _, bad := range []string{"a", "0", "-1", "2-1", "1-", "1,,2", "1-5000", strings.Repeat("1-900,", 5) + "1"} {
		if got, err := readPages(bad); err == nil {
			t.Errorf("%q: %v", bad, len(got))
		}
	}
}
