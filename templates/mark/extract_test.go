package mark_test

import (
	"errors"
	"strings"
	"testing"

	"antin/internal/judge"
	"antin/templates/mark"
)

// TestExtract: the pages chosen, with what is seen on them, and nothing else.
func TestExtract(t *testing.T) {
	signed, err := mark.SignHere(turned(t, annex(t, 4, false), 90), place)
	if err != nil {
		t.Fatal(err)
	}
	got, err := mark.Extract(signed, mark.Extraction{Pages: []int{1, 3}, Title: "Trích sao", Now: now})
	if err != nil {
		t.Fatal(err)
	}
	for _, j := range []string{"qpdf", "pdftotext", "verapdf"} {
		judge.Need(t, j)
	}
	path := save(t, got)
	judge.Check(t, path)
	judge.Conforms(t, "2b", path)
	text := judge.Text(t, path)
	for want, on := range map[string]bool{
		"Nội dung trang 1": true, "Nội dung trang 2": false, "Nội dung trang 3": true, "Nội dung trang 4": false,
		"Số: 15/QĐ-SNV;": true,
	} {
		if strings.Contains(text, want) != on {
			t.Errorf("%q on the pages: %t, want %t\n%s", want, !on, on, text)
		}
	}
	file, err := mark.Inspect(got)
	if err != nil || file.Pages != 2 || file.Fields != 0 || file.Tagged {
		t.Errorf("%+v %v", file, err)
	}
	again, err := mark.SignHere(got, place)
	if err != nil {
		t.Fatal(err)
	}
	judge.Conforms(t, "2b", save(t, again))
	for _, bad := range [][]int{nil, {0}, {5}, {2, 1}, {1, 1}} {
		if _, err := mark.Extract(signed, mark.Extraction{Pages: bad, Now: now}); !errors.Is(err, mark.ErrPages) {
			t.Errorf("pages %v: %v", bad, err)
		}
	}
}

// TestDrawOver: words over every page as it is seen.
func TestDrawOver(t *testing.T) {
	got, err := mark.Extract(turned(t, annex(t, 2, false), 270), mark.Extraction{
		Pages: []int{1, 2}, Title: "Đã thu hồi", Now: now,
		Over: func(_, _ float64) mark.Drawing {
			return mark.Drawing{Lines: []string{"ĐÃ THU HỒI", "Ngày 05/03/2026. Bản để xem."}}
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	judge.Need(t, "verapdf")
	path := save(t, got)
	judge.Check(t, path)
	judge.Conforms(t, "2b", path)
	if text := judge.Text(t, path); strings.Count(text, "Bản để xem") != 2 {
		t.Errorf("the words are not on both pages:\n%s", text)
	}
}
