// Package book writes the register of outgoing documents as people keep it: a
// spreadsheet, comma-separated values, or a printable book with cover, columns
// and page totals that an agency binds (Nghị định 30/2020/NĐ-CP, Điều 16 and
// Phụ lục IV, mẫu I.2).
package book

import (
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"

	"antin/archive"
)

// Book is one volume of the register.
type Book struct {
	// Agency and Superior stand on the cover, Code names the book.
	Agency, Superior string
	Code             string
	Year             int
	Volume           int // quyển số, from 1; 0 leaves it to be written by hand
	Entries          []archive.Entry
	// Successors names, by document, what replaced or corrected it: its number,
	// symbol and date.
	Successors map[string]string
}

// column is one of the ten columns of Phụ lục IV, with its width in mm in the
// decree's sample.
type column struct {
	title string
	width float64
	value func(e archive.Entry) string
}

var columns = []column{
	{"Số, ký hiệu văn bản", 18, func(e archive.Entry) string { return e.Number.Full() }},
	{"Ngày tháng văn bản", 19, func(e archive.Entry) string { return day(e.Number.Date) }},
	{"Tên loại và trích yếu nội dung văn bản", 31, func(e archive.Entry) string { return subject(e) }},
	{"Người ký", 17.5, func(e archive.Entry) string { return e.Signer }},
	{"Nơi nhận văn bản", 15, func(e archive.Entry) string { return strings.Join(e.Recipients, "; ") }},
	{"Đơn vị, người nhận bản lưu", 22.5, func(e archive.Entry) string { return e.KeptBy }},
	{"Số lượng bản", 13.5, func(e archive.Entry) string { return strconv.Itoa(max(1, e.Copies)) }}, // 17.5 in the sample
	{"Ngày chuyển", 20, func(e archive.Entry) string { return day(e.Sent) }},
	{"Ký nhận", 15, func(e archive.Entry) string { return e.Receipt }},
	{"Ghi chú", 16.5, nil}, // see note; 12.5 in the sample, too narrow for a date
}

func day(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(archive.Zone).Format("02/01/2006")
}

// subject is type and subject, the type not said twice.
func subject(e archive.Entry) string {
	if e.DocumentType == "" || strings.HasPrefix(e.Subject, e.DocumentType) {
		return e.Subject
	}
	return e.DocumentType + ": " + e.Subject
}

// note says what became of a document that is no longer simply in force: when,
// by what, why.
func (b *Book) note(e archive.Entry) string {
	words := map[archive.State]string{
		archive.Numbered: "Chưa đóng dấu", archive.Withdrawn: "Thu hồi", archive.Replaced: "Được thay thế", archive.Corrected: "Được đính chính",
	}
	w := words[e.State]
	if !e.Ended.IsZero() && w != "" {
		w += " ngày " + day(e.Ended)
	}
	if by := b.Successors[e.DocumentID]; by != "" && (e.State == archive.Replaced || e.State == archive.Corrected) {
		w += " bởi " + by
	}
	if w != "" && e.Note != "" {
		return w + ": " + e.Note
	}
	return w + e.Note
}

func (b *Book) rows(yield func([]string) bool) {
	for _, e := range b.Entries {
		row := make([]string, len(columns))
		for i, c := range columns {
			if c.value != nil {
				row[i] = c.value(e)
			}
		}
		row[len(row)-1] = b.note(e)
		if !yield(row) {
			return
		}
	}
}

func titles() []string {
	out := make([]string, len(columns))
	for i, c := range columns {
		out[i] = c.title
	}
	return out
}

// CSV writes the entries with a head line, in UTF-8 with a byte order mark, by
// which spreadsheet programs know it. A value that such a program would take for
// a formula is kept from it by an apostrophe.
func (b *Book) CSV(w io.Writer) error {
	if _, err := io.WriteString(w, "\ufeff"); err != nil {
		return fmt.Errorf("write the register as CSV: %w", err)
	}
	cw := csv.NewWriter(w)
	cw.UseCRLF = true
	err := cw.Write(titles())
	for row := range b.rows {
		for i, v := range row {
			if v != "" && strings.ContainsRune("=+-@\t\r", rune(v[0])) {
				row[i] = "'" + v
			}
		}
		if err == nil {
			err = cw.Write(row)
		}
	}
	cw.Flush()
	if err == nil {
		err = cw.Error()
	}
	if err != nil {
		return fmt.Errorf("write the register as CSV: %w", err)
	}
	return nil
}

// XLSX writes the entries as a spreadsheet whose head line stays in view and is
// repeated in print. All cells are text: numbers and dates stay as the documents
// print them.
func (b *Book) XLSX(w io.Writer) (err error) {
	f := excelize.NewFile()
	defer func() {
		if closeErr := f.Close(); err == nil && closeErr != nil {
			err = fmt.Errorf("write the register as a spreadsheet: %w", closeErr)
		}
	}()
	if err := b.sheet(f); err != nil {
		return fmt.Errorf("write the register as a spreadsheet: %w", err)
	}
	if err := f.Write(w); err != nil {
		return fmt.Errorf("write the register as a spreadsheet: %w", err)
	}
	return nil
}

func (b *Book) sheet(f *excelize.File) error {
	const name = "Sổ đăng ký văn bản đi"
	if err := f.SetSheetName("Sheet1", name); err != nil {
		return err
	}
	wrap := &excelize.Alignment{WrapText: true, Vertical: "top"}
	text, err := f.NewStyle(&excelize.Style{Alignment: wrap, NumFmt: 49, Font: &excelize.Font{Family: "Times New Roman", Size: 11}})
	if err != nil {
		return err
	}
	head, err := f.NewStyle(&excelize.Style{
		Alignment: &excelize.Alignment{WrapText: true, Vertical: "center", Horizontal: "center"},
		Font:      &excelize.Font{Bold: true, Family: "Times New Roman", Size: 11},
	})
	if err != nil {
		return err
	}
	sw, err := f.NewStreamWriter(name)
	if err != nil {
		return err
	}
	for i, c := range columns {
		const mmPerCharacter = 1.3 // on screen the columns are wider than on paper
		if err := sw.SetColWidth(i+1, i+1, c.width/mmPerCharacter); err != nil {
			return err
		}
	}
	if err := sw.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return err
	}
	line := 0
	write := func(row []string, style int) error {
		line++
		cells := make([]any, len(row))
		for i, v := range row {
			cells[i] = excelize.Cell{StyleID: style, Value: v}
		}
		return sw.SetRow("A"+strconv.Itoa(line), cells)
	}
	if err := write(titles(), head); err != nil {
		return err
	}
	for row := range b.rows {
		if err := write(row, text); err != nil {
			return err
		}
	}
	if err := sw.Flush(); err != nil {
		return err
	}
	landscape, paper := "landscape", 9 // A4
	if err := f.SetPageLayout(name, &excelize.PageLayoutOptions{Orientation: &landscape, Size: &paper}); err != nil {
		return err
	}
	return f.SetDefinedName(&excelize.DefinedName{Name: "_xlnm.Print_Titles", RefersTo: "'" + name + "'!$1:$1", Scope: name})
}
