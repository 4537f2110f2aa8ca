package api

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"antin/archive"
)

// draftOf drafts a form's sample with the workflow's key.
func (b *bench) draftOf(form, key string, edit func(map[string]any)) Document {
	b.t.Helper()
	return decode[Document](b.t, b.create("workflow", key, "draft", sample(b.t, form, edit)), http.StatusCreated)
}

// TestKeysSignAsTheirPerson: over HTTP a key makes its own person's signature
// and no other's, and the answer says whose it is.
func TestKeysSignAsTheirPerson(t *testing.T) {
	b := newBench(t)
	b.bind("director", "snv-hanoi", "giam-doc", archive.RoleSignatory)
	b.bind("deputy", "snv-hanoi", "pho-giam-doc", archive.RoleSignatory)
	b.bind("desk", "ttpvhcc-cn02", "can-bo-tiep-nhan", archive.RoleClerk)
	for _, c := range []struct {
		form, call, wrong, right, want string
		state                          State
	}{
		{ended, "sign", "deputy", "director", "Nguyễn Minh Họa", "signed"},
		{"phieu-bo-sung", "issue", "clerk", "desk", "Đỗ Thị Minh Họa", "issued"},
	} {
		doc := b.draftOf(c.form, c.form, nil)
		path := "/v1/documents/" + doc.ID + "/" + c.call
		p := decode[Problem](t, b.do(request{path: path, key: c.wrong}), http.StatusForbidden)
		if p.Code != "not_your_signature" || !strings.Contains(p.Detail, c.want) {
			t.Errorf("%s: %+v", c.form, p)
		}
		if got := decode[Document](t, b.do(request{path: path, key: c.right}), http.StatusOK); got.State != c.state {
			t.Errorf("%s: %s", c.form, got.State)
		}
	}
}

// TestDeskShowsOnesOwn: the queue holds what waits for the person's signature,
// and an order over another's document does nothing.
func TestDeskShowsOnesOwn(t *testing.T) {
	b := newBench(t)
	b.bind("director", "snv-hanoi", "giam-doc", archive.RoleSignatory)
	b.bind("head", "snv-hanoi", "truong-phong", archive.RoleSignatory)
	decision, slip := b.draftOf(ended, "a", nil), b.draftOf("phieu-trinh", "b", nil)
	for key, c := range map[string]struct{ mine, other string }{"director": {decision.ID, slip.ID}, "head": {slip.ID, decision.ID}} {
		p := b.signedIn(key)
		page := p.get(deskPath + "/cho-ky").body
		if !strings.Contains(page, c.mine) || strings.Contains(page, c.other) {
			t.Errorf("the queue of %s", key)
		}
		if page = p.get(deskPath + "/van-ban/" + c.other).body; strings.Contains(page, `value="ky"`) {
			t.Errorf("%s is offered another's signature", key)
		}
		p.get(deskPath + "/cho-ky")
		res := p.post(deskPath+"/thuc-hien", url.Values{"viec": {"ky"}, "id": {c.other}})
		if res.status != http.StatusForbidden || !strings.Contains(res.text(), "do “") {
			t.Errorf("%s signs for another: %d %s", key, res.status, res.text())
		}
		res = p.post(deskPath+"/thuc-hien", url.Values{"viec": {"ky"}, "id": {c.mine}})
		if res.status != http.StatusOK {
			t.Errorf("%s: %d %s", key, res.status, res.text())
		}
	}
	if got := b.state(slip.ID); got.State != archive.Issued || got.History[1].By.Person != "truong-phong" {
		t.Errorf("%s %+v", got.State, got.History)
	}
	if got := b.state(decision.ID); got.State != archive.Signed {
		t.Errorf("%s", got.State)
	}
	page := b.signedIn("auditor").get(deskPath + "/van-ban/" + slip.ID).text()
	if !strings.Contains(page, "chữ ký của Lê Văn Mẫu") {
		t.Errorf("the history does not name the person: %s", page)
	}
}

// TestLateApologyIsTold: the late apology goes out; answer and desk say that it
// is late.
func TestLateApologyIsTold(t *testing.T) {
	b := newBench(t)
	late := b.draftOf("phieu-xin-loi", "late", func(m map[string]any) {
		m["received_date"], m["first_date"], m["new_date"] = "2026-02-02", "2026-03-02", "2026-03-09"
	})
	if late.Warnings == nil || (*late.Warnings)[0].Pointer != "/first_date" || !strings.Contains((*late.Warnings)[0].Detail, "01 ngày trước") {
		t.Errorf("%+v", late.Warnings)
	}
	for _, path := range []string{"/cho-ky", "/van-ban/" + late.ID} {
		if page := b.signedIn("all").get(deskPath + path).text(); !strings.Contains(page, "Văn bản này gửi muộn") {
			t.Errorf("%s does not warn: %s", path, page)
		}
	}
	decode[Document](t, b.do(request{path: "/v1/documents/" + late.ID + "/sign", key: "signatory"}), http.StatusOK)
	if got := decode[Document](t, b.do(request{path: "/v1/documents/" + late.ID + "/issue", key: "clerk"}), http.StatusOK); got.State != "issued" || got.Warnings == nil {
		t.Errorf("%+v", got)
	}
	early := b.draftOf("phieu-xin-loi", "early", func(m map[string]any) {
		m["dossier_code"], m["received_date"], m["first_date"], m["new_date"] = "H26.17-x", "2026-02-02", "2026-03-03", "2026-03-09"
	})
	if early.Warnings != nil {
		t.Errorf("%+v", early.Warnings)
	}
}
