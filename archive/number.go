package archive

import (
	"fmt"
	"time"
)

// Zone is the zone of every date and year of the register.
var Zone = time.FixedZone("Asia/Ho_Chi_Minh", 7*60*60) // no daylight saving since 1975: no tzdata needed

// ClockSkew is how far the clock of one instance may lag behind the clock that
// gave the last number of a book. Within it a new number takes the last
// number's date; beyond it AssignNumber refuses with *BackdateError.
const ClockSkew = 2 * time.Minute

// NumberStyle is how a book prints its serial numbers.
type NumberStyle string

// The styles.
const (
	// OrdinaryStyle is Nghị định 30/2020/NĐ-CP, Điều 15: Arabic numerals from 01,
	// a zero before numbers below 10.
	OrdinaryStyle NumberStyle = "ordinary"
	// PermitStyle is the code of Mẫu số 12/PLI, Nghị định 152/2020/NĐ-CP: province
	// code, last two digits of the year, kind, serial as 000.001.
	PermitStyle NumberStyle = "permit"
)

// Book numbers documents of an agency: one common book, or one per document
// type. Each year begins at 1 unless Start says otherwise.
type Book struct {
	Agency string
	Code   string // e.g. "QĐ", "GP", "CHUNG"
	Title  string // for the cover, e.g. "Sổ đăng ký quyết định"
	Style  NumberStyle
	// Province is the code of Mẫu số 16/PLI ("001" is Hà Nội), for PermitStyle.
	Province string
	// Start is the first serial of a year for an agency that begins in mid-year.
	Start map[int]int
	// RetentionYears is how long documents of the book are kept; 0 is for ever.
	RetentionYears int
}

// Number is a place in a book. It is given once and never again.
type Number struct {
	Agency, Book string
	Year         int
	Serial       int    // 1, 2, 3 … within the book and year
	Text         string // as printed: "05", "15", "001261000.001"
	Symbol       string
	Date         time.Time // midnight in Zone of the day it was given
}

// Full is number and symbol as the document prints them: "15/QĐ-SNV", or the
// number alone where there is no symbol.
func (n Number) Full() string {
	if n.Symbol == "" {
		return n.Text
	}
	return n.Text + "/" + n.Symbol
}

// FormatNumber prints a serial number in the book's style.
func FormatNumber(b Book, year, kind, serial int) string {
	if b.Style == PermitStyle {
		return fmt.Sprintf("%s%02d%d%03d.%03d", b.Province, year%100, kind, serial/1000, serial%1000)
	}
	return fmt.Sprintf("%02d", serial)
}

// Day is midnight in Zone of the day that t falls on.
func Day(t time.Time) time.Time {
	y, m, d := t.In(Zone).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, Zone)
}

// NumberDay is the date of a number given at a moment in a book whose last
// number was given at last (zero when there is none) with the date lastDay.
// Numbers are never back-dated.
func NumberDay(book Book, at, last, lastDay time.Time) (time.Time, error) {
	day := Day(at)
	if last.IsZero() || !day.Before(lastDay) {
		return day, nil
	}
	if last.Sub(at) <= ClockSkew {
		return lastDay, nil
	}
	return time.Time{}, &BackdateError{Agency: book.Agency, Book: book.Code, Asked: day, Last: lastDay}
}

// First is the first serial of a year.
func (b Book) First(year int) int {
	if s, ok := b.Start[year]; ok {
		return s
	}
	return 1
}
