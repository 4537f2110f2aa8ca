package issuance_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"strings"
	"testing"

	"antin/archive"
	"antin/imagecheck"
	"antin/issuance"
)

// capped is the sample's photo with something dark drawn over the hair: a person
// has to look at it.
func capped(t *testing.T, raw []byte) []byte {
	t.Helper()
	m, err := jpeg.Decode(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	b := m.Bounds()
	out := image.NewRGBA(b)
	draw.Draw(out, b, m, b.Min, draw.Src)
	cx, cy := float64(b.Dx())*.5, float64(b.Dy())*.27
	rx, ry := float64(b.Dx())*.33, float64(b.Dy())*.19
	for y := range int(cy) {
		for x := range b.Dx() {
			dx, dy := (float64(x)-cx)/rx, (float64(y)-cy)/ry
			if dx*dx+dy*dy < 1 {
				out.Set(x, y, color.RGBA{20, 30, 120, 255})
			}
		}
	}
	var buf bytes.Buffer
	if err := jpeg.Encode(&buf, out, &jpeg.Options{Quality: 92}); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

// TestPhotoOverride: a photo on which the check wants a person to look is taken
// only with a reason, and the reason is in the audit trail; one that fails is
// refused all the same.
func TestPhotoOverride(t *testing.T) {
	s, store := newService(t, nil)
	r := sample(t, "gpld-12-pli", nil)
	var data struct {
		Photo string `json:"photo"`
	}
	if err := json.Unmarshal(r.Data, &data); err != nil {
		t.Fatal(err)
	}
	raw, err := base64.StdEncoding.DecodeString(data.Photo)
	if err != nil {
		t.Fatal(err)
	}
	with := func(photo []byte, reason string) issuance.Request {
		r := sample(t, "gpld-12-pli", func(d map[string]any) { d["photo"] = base64.StdEncoding.EncodeToString(photo) })
		r.PhotoOverride = reason
		return r
	}
	doubtful := capped(t, raw)
	refused, ok := errors.AsType[*issuance.PhotoError](try(s.Draft(t.Context(), with(doubtful, ""))))
	if !ok || refused.Result == nil || refused.Result.Verdict != imagecheck.Review || refused.Pointer != "/photo" {
		t.Fatalf("a doubtful photo gave %+v", refused)
	}
	const reason = "Đã đối chiếu trực tiếp với hộ chiếu"
	doc, _, err := s.Draft(t.Context(), with(doubtful, reason))
	if err != nil {
		t.Fatal(err)
	}
	rows, err := store.Audit(t.Context(), archive.AuditFilter{Document: doc.ID, Action: "photo.override"}, 0, 10)
	if err != nil || len(rows) != 1 || !strings.Contains(string(rows[0].Detail), reason) {
		t.Errorf("audit: %+v, %v", rows, err)
	}
	small := image.NewRGBA(image.Rect(0, 0, 40, 60))
	var buf bytes.Buffer
	if err := jpeg.Encode(&buf, small, nil); err != nil {
		t.Fatal(err)
	}
	if failed, ok := errors.AsType[*issuance.PhotoError](try(s.Draft(t.Context(), with(buf.Bytes(), reason)))); !ok || failed.Result.Verdict != imagecheck.Fail {
		t.Errorf("a photo that fails was taken with a reason: %+v", failed)
	}
}

// try keeps the error of a call.
func try(_ archive.Document, _ bool, err error) error { return err }
