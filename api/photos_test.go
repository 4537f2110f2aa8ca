package api

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"image"
	"image/color"
	"image/jpeg"
	"net/http"
	"strings"
	"testing"

	"golang.org/x/image/draw"

	"antin/archive"
)

// withPhoto is a permit whose photo was changed by edit, and a clerk's reason.
func withPhoto(t *testing.T, reason string, edit func(m *image.RGBA) image.Image) string {
	t.Helper()
	body := sample(t, "gpld-12-pli", func(d map[string]any) {
		raw, err := base64.StdEncoding.DecodeString(d["photo"].(string))
		if err != nil {
			t.Fatal(err)
		}
		m, err := jpeg.Decode(bytes.NewReader(raw))
		if err != nil {
			t.Fatal(err)
		}
		rgba := image.NewRGBA(m.Bounds())
		draw.Draw(rgba, m.Bounds(), m, m.Bounds().Min, draw.Src)
		var out bytes.Buffer
		if err := jpeg.Encode(&out, edit(rgba), &jpeg.Options{Quality: 92}); err != nil {
			t.Fatal(err)
		}
		d["photo"] = base64.StdEncoding.EncodeToString(out.Bytes())
	})
	if reason == "" {
		return body
	}
	var request map[string]any
	if err := json.Unmarshal([]byte(body), &request); err != nil {
		t.Fatal(err)
	}
	request["photo_override"] = reason
	out, err := json.Marshal(request)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

// capped draws a blue cap over the hair: a person has to look.
func capped(m *image.RGBA) image.Image {
	b := m.Bounds()
	w, h := float64(b.Dx()), float64(b.Dy())
	for y := range int(h * .27) {
		for x := range b.Dx() {
			if dx, dy := (float64(x)/w-.5)/.33, (float64(y)/h-.27)/.19; dx*dx+dy*dy < 1 {
				m.Set(x, y, color.RGBA{20, 30, 120, 255})
			}
		}
	}
	return m
}

// TestPhotoOfAPermit: over HTTP a permit is made only with a photo that passes,
// or with one that a clerk took on sight; the reason stands in the audit trail
// and on the document's page at the desk.
func TestPhotoOfAPermit(t *testing.T) {
	b := newBench(t)
	const reason = "Người lao động để tóc đội khăn vì lý do y tế, đã đối chiếu hộ chiếu"
	small := func(*image.RGBA) image.Image { return image.NewRGBA(image.Rect(0, 0, 80, 120)) }
	for name, c := range map[string]struct {
		key, body string
		status    int
		code      string
	}{
		"doubtful":                    {"all", withPhoto(t, "", capped), 422, "photo_needs_review"},
		"doubtful, not by a clerk":    {"workflow", withPhoto(t, reason, capped), 403, "forbidden"},
		"refused":                     {"all", withPhoto(t, "", small), 422, "photo_refused"},
		"refused, whatever is said":   {"all", withPhoto(t, reason, small), 422, "photo_refused"},
		"doubtful, and hardly a word": {"all", withPhoto(t, "a", capped), 422, ""},
	} {
		p := decode[Problem](t, b.create(c.key, strings.ReplaceAll(name, " ", "-"), "draft", c.body), c.status)
		if c.code != "" && p.Code != c.code {
			t.Errorf("%s: %s %s", name, p.Code, p.Detail)
		}
		if strings.HasPrefix(c.code, "photo") && (p.Errors == nil || (*p.Errors)[0].Pointer != "/data/photo") {
			t.Errorf("%s: no reason is given: %+v", name, p.Errors)
		}
	}
	doc := decode[Document](t, b.create("all", "taken", "draft", withPhoto(t, reason, capped)), http.StatusCreated)
	rows, err := b.store.Audit(t.Context(), archive.AuditFilter{Document: doc.ID, Action: "photo.override"}, 0, 10)
	if err != nil || len(rows) != 1 || !strings.Contains(string(rows[0].Detail), reason) {
		t.Errorf("the trail has %+v, %v", rows, err)
	}
	page := b.signedIn("all").get(deskPath + "/van-ban/" + doc.ID)
	if !strings.Contains(page.text(), reason) || !strings.Contains(page.text(), "Nhận ảnh 4x6 sau khi cán bộ xem") {
		t.Errorf("the desk does not tell of it: %s", page.text())
	}
	// A photo that passes needs no reason, and one that is given is not entered.
	same := func(m *image.RGBA) image.Image { return m }
	doc = decode[Document](t, b.create("all", "plain", "draft", withPhoto(t, reason, same)), http.StatusCreated)
	if rows, err := b.store.Audit(t.Context(), archive.AuditFilter{Document: doc.ID, Action: "photo.override"}, 0, 10); err != nil || len(rows) != 0 {
		t.Errorf("a reason that nobody needed: %+v, %v", rows, err)
	}
}

// TestPrepareOverHTTP: what the check says and what prepare gives belong together.
func TestPrepareOverHTTP(t *testing.T) {
	b := newBench(t)
	var made struct {
		Data struct {
			Photo []byte `json:"photo"`
		} `json:"data"`
	}
	wide := func(m *image.RGBA) image.Image {
		// A larger original with room on both sides.
		w, h := m.Bounds().Dx()*2, m.Bounds().Dy()*2
		out := image.NewRGBA(image.Rect(0, 0, w*5/4, h))
		draw.Draw(out, out.Bounds(), image.NewUniform(m.At(2, 2)), image.Point{}, draw.Src)
		draw.CatmullRom.Scale(out, image.Rect(w/8, 0, w/8+w, h), m, m.Bounds(), draw.Src, nil)
		return out
	}
	if err := json.Unmarshal([]byte(withPhoto(t, "", wide)), &made); err != nil {
		t.Fatal(err)
	}
	call := func(path string, photo []byte) *http.Response {
		return b.do(request{path: path, body: string(photo), header: map[string]string{"Content-Type": "image/jpeg"}})
	}
	first := decode[map[string]any](t, call("/v1/photos/check", made.Data.Photo), http.StatusOK)
	if first["verdict"] != "fail" || first["can_prepare"] != true {
		t.Fatalf("a 3:4 photo: %v", first)
	}
	res := call("/v1/photos/prepare", made.Data.Photo)
	var prepared bytes.Buffer
	if _, err := prepared.ReadFrom(res.Body); err != nil || res.StatusCode != http.StatusOK {
		t.Fatal(res.StatusCode, err, prepared.String())
	}
	if second := decode[map[string]any](t, call("/v1/photos/check", prepared.Bytes()), http.StatusOK); second["verdict"] != "pass" {
		t.Errorf("the prepared photo: %v", second)
	}
	if p := decode[Problem](t, call("/v1/photos/prepare", []byte("GIF89a")), 422); p.Code != "photo_unreadable" || !strings.Contains(p.Detail, "GIF") {
		t.Errorf("a GIF: %+v", p)
	}
	var blank bytes.Buffer
	if err := jpeg.Encode(&blank, image.NewGray(image.Rect(0, 0, 600, 900)), nil); err != nil {
		t.Fatal(err)
	}
	if p := decode[Problem](t, call("/v1/photos/prepare", blank.Bytes()), 422); p.Code != "photo_refused" || p.Errors == nil || (*p.Errors)[0].Code != "prepare.no-face" {
		t.Errorf("no face: %+v", p)
	}
}
