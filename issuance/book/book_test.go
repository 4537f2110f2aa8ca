package book

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"antin/archive"
	"antin/internal/judge"
)

var now = time.Date(2026, 12, 31, 17, 0, 0, 0, archive.Zone)

func year(n int) *Book {
	b := &Book{Agency: "SỞ NỘI VỤ", Superior: "UBND THÀNH PHỐ HÀ NỘI", Code: "QĐ", Year: 2026, Volume: 1}
	for i := range n {
		e := archive.Entry{
			Number: archive.Number{
				Text: fmt.Sprintf("%02d", i+1), Serial: i + 1, Year: 2026, Symbol: "QĐ-SNV",
				Date: time.Date(2026, 1, 1+i*365/max(1, n), 0, 0, 0, 0, archive.Zone),
			},
			DocumentType: "Quyết định", Subject: "Quyết định về việc hưởng trợ cấp thất nghiệp - Nguyễn Vĩnh Nghĩa",
			Signer: "Nguyễn Minh Họa", Recipients: []string{"Nguyễn Vĩnh Nghĩa"}, KeptBy: "Phòng VLATLĐ", Copies: 1,
			Sent: time.Date(2026, 1, 2, 0, 0, 0, 0, archive.Zone), State: archive.Issued,
		}
		switch i % 7 {
		case 3:
			e.State, e.Note, e.Ended = archive.Withdrawn, "Ban hành sai đối tượng", time.Date(2026, 12, 3, 9, 0, 0, 0, archive.Zone)
		case 5:
			e.Subject = strings.Repeat("Trích yếu rất dài về việc hỗ trợ kinh phí đào tạo ", 5)
		}
		b.Entries = append(b.Entries, e)
	}
	return b
}

// TestNote: column 10 says when, by what and why a document left force.
func TestNote(t *testing.T) {
	b := &Book{Successors: map[string]string{"d": "16/QĐ-SNV ngày 04/12/2026"}}
	ended := time.Date(2026, 12, 3, 20, 0, 0, 0, time.UTC) // the 4th in Hà Nội
	for want, e := range map[string]archive.Entry{
		"":                              {State: archive.Issued},
		"Chưa đóng dấu":                 {State: archive.Numbered},
		"Thu hồi ngày 04/12/2026: nhầm": {State: archive.Withdrawn, Ended: ended, Note: "nhầm", DocumentID: "d"},
		"Được thay thế ngày 04/12/2026": {State: archive.Replaced, Ended: ended, DocumentID: "other"},
		"Được thay thế ngày 04/12/2026 bởi 16/QĐ-SNV ngày 04/12/2026: sai tên": {State: archive.Replaced, Ended: ended, Note: "sai tên", DocumentID: "d"},
		"Được đính chính bởi 16/QĐ-SNV ngày 04/12/2026":                        {State: archive.Corrected, DocumentID: "d"},
	} {
		if got := b.note(e); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestCSV(t *testing.T) {
	b := year(9)
	b.Entries[0].Recipients = []string{"=HYPERLINK(\"http://example.vn\")"}
	var out bytes.Buffer
	if err := b.CSV(&out); err != nil {
		t.Fatal(err)
	}
	text, ok := strings.CutPrefix(out.String(), "\ufeff")
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if !ok || err != nil || len(rows) != 10 || len(rows[0]) != 10 {
		t.Fatalf("%v, %d rows, %v", ok, len(rows), err)
	}
	if rows[1][0] != "01/QĐ-SNV" || !strings.HasPrefix(rows[1][4], "'=") || rows[4][9] != "Thu hồi ngày 03/12/2026: Ban hành sai đối tượng" {
		t.Errorf("%q %q", rows[1], rows[4])
	}
}

func TestXLSX(t *testing.T) {
	b := year(5000)
	var out bytes.Buffer
	if err := b.XLSX(&out); err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(bytes.NewReader(out.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := f.GetRows(f.GetSheetName(0))
	if err != nil || len(rows) != 5001 || rows[0][2] != columns[2].title || rows[5000][0] != "5000/QĐ-SNV" || rows[1][1] != "01/01/2026" {
		t.Fatalf("%d rows, %v, %q", len(rows), err, rows[len(rows)-1])
	}
}

func TestPDF(t *testing.T) {
	for _, n := range []int{0, 1, 40, 500} {
		pdf, err := year(n).PDF(now)
		if err != nil {
			t.Fatal(err)
		}
		name := filepath.Join(t.TempDir(), "book.pdf")
		if err := os.WriteFile(name, pdf, 0o600); err != nil {
			t.Fatal(err)
		}
		if keep := os.Getenv("ANTIN_PREVIEW"); keep != "" && n == 40 {
			if err := os.WriteFile(filepath.Join(keep, "register.pdf"), pdf, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		judge.Check(t, name)
		judge.Conforms(t, "2b", name)
		judge.Conforms(t, "ua1", name)
		text := judge.Text(t, name, "-layout")
		if n > 0 && (!strings.Contains(text, fmt.Sprintf("Cộng dồn: %d/%d văn bản", n, n)) || !strings.Contains(text, fmt.Sprintf("%02d/QĐ-", n))) {
			t.Errorf("the book of %d has no total or misses its last entry", n)
		}
	}
}

// TestLibreOffice: the spreadsheet opens in another program with its columns.
func TestLibreOffice(t *testing.T) {
	name := filepath.Join(t.TempDir(), "book.xlsx")
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	b := year(5000)
	all := slices.Collect(b.rows)
	if err := b.XLSX(f); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(judge.Convert(t, name, "csv:Text - txt - csv (StarCalc):44,34,76")) // comma, quote, UTF-8
	if err != nil {
		t.Fatal(err)
	}
	r := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(raw, []byte("\ufeff"))))
	for i := 0; ; i++ {
		row, err := r.Read()
		if err == io.EOF && i == 5001 {
			return
		}
		if err != nil {
			t.Fatalf("line %d: %v", i+1, err)
		}
		want := titles()
		if i > 0 {
			want = all[i-1]
		}
		if !slices.Equal(row, want) {
			t.Fatalf("line %d: %q, want %q", i+1, row, want)
		}
	}
}
