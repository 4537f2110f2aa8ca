package templates_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"antin/templates"
	"antin/templates/render"
)

// TestPreview writes every form's sample as PDF into the folder named by
// ANTIN_PREVIEW, for the eye: ANTIN_PREVIEW=/tmp/out go test -run Preview.
func TestPreview(t *testing.T) {
	dir := os.Getenv("ANTIN_PREVIEW")
	if dir == "" {
		dir = t.TempDir()
	}
	cat, err := templates.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range cat.All() {
		agency, err := templates.DemoAgency(f.DemoKind())
		if err != nil {
			t.Fatal(err)
		}
		doc, err := f.Bind(f.Sample(), templates.Env{
			Agency: agency, LookupCode: "7K3M-Q9XR-2TBD", LookupURL: "https://example.vn/tra-cuu/7K3M-Q9XR-2TBD",
			Notice: "BẢN MINH HỌA - KHÔNG CÓ GIÁ TRỊ PHÁP LÝ",
		})
		if err != nil {
			t.Errorf("%s: %v", f.Where(), err)
			continue
		}
		pdf, err := render.PDF(doc, render.Options{Now: time.Date(2025, 6, 16, 9, 0, 0, 0, time.UTC)})
		if err != nil {
			t.Errorf("%s: %v", f.Where(), err)
			continue
		}
		if err := os.WriteFile(filepath.Join(dir, f.ID+"."+f.Version+".pdf"), pdf, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
