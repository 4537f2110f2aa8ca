package api

import (
	"net/http"
	"strings"
	"testing"

	"antin/issuance"
)

func TestViewingCopyCalls(t *testing.T) {
	b := newBench(t)
	id := b.documents(1, "issued")[0]
	get := func(key string) *http.Response {
		return b.do(request{method: http.MethodGet, path: "/v1/documents/" + id + "/viewing-copy", key: key})
	}
	if p := decode[Problem](t, get("auditor"), http.StatusConflict); p.Code != "not_marked" || !strings.Contains(p.Detail, "đã phát hành") {
		t.Errorf("%+v", p)
	}
	p := b.signedIn("clerk")
	page := deskPath + "/van-ban/" + id
	if strings.Contains(p.get(page).body, "/ban-xem") {
		t.Error("a document in force offers a marked copy")
	}
	if _, err := b.server.service.Withdraw(t.Context(), id, "ban hành nhầm", issuance.System); err != nil {
		t.Fatal(err)
	}
	if res := get("auditor"); res.StatusCode != http.StatusOK || res.Header.Get("Content-Type") != "application/pdf" {
		t.Error(res.StatusCode, res.Header)
	}
	if !strings.Contains(p.get(page).body, page+"/ban-xem") {
		t.Error("the withdrawn document offers no marked copy")
	}
	if got := p.get(page + "/ban-xem"); got.status != http.StatusOK || !strings.HasPrefix(got.body, "%PDF-") {
		t.Error(got.status)
	}
}
