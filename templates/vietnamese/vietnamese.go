// Package vietnamese writes dates, numbers, amounts and names the way official
// Vietnamese documents set them (Nghị định 30/2020/NĐ-CP, Phụ lục I and II).
//
// golang.org/x/text has no rules for Vietnamese number words and none for the
// zero-padding of the decree, so both are written out here.
package vietnamese

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Pad writes n with a leading zero below 10: 1 → "01", 12 → "12". The decree
// asks for it in document numbers and days (Phụ lục I, phần II, mục 3 and 4).
func Pad(n int) string {
	if n >= 0 && n < 10 {
		return "0" + strconv.Itoa(n)
	}
	return strconv.Itoa(n)
}

// PadMonth writes a month with a leading zero for 1 and 2 only, as the decree
// sets it (Phụ lục I, phần II, mục 4): 1 → "01", 2 → "02", 3 → "3".
func PadMonth(m int) string {
	if m == 1 || m == 2 {
		return "0" + strconv.Itoa(m)
	}
	return strconv.Itoa(m)
}

// LongDate writes "ngày 05 tháng 01 năm 2026".
func LongDate(t time.Time) string {
	return "ngày " + Pad(t.Day()) + " tháng " + PadMonth(int(t.Month())) + " năm " + strconv.Itoa(t.Year())
}

// PlaceDate writes the line of place and date: "Hà Nội, ngày 05 tháng 01 năm 2026".
func PlaceDate(place string, t time.Time) string { return place + ", " + LongDate(t) }

// ShortDate writes dd/mm/yyyy, both padded: "05/03/2026".
func ShortDate(t time.Time) string {
	b := make([]byte, 0, 10)
	b = appendTwo(b, t.Day())
	b = append(b, '/')
	b = appendTwo(b, int(t.Month()))
	b = append(b, '/')
	y := t.Year()
	b = append(b, byte('0'+y/1000%10), byte('0'+y/100%10), byte('0'+y/10%10), byte('0'+y%10))
	return string(b)
}

func appendTwo(b []byte, n int) []byte { return append(b, byte('0'+n/10), byte('0'+n%10)) }

// ErrDate says that a text is not a date of the calendar.
var ErrDate = errors.New("not a date of the form YYYY-MM-DD or DD/MM/YYYY")

// ParseDate reads "2026-03-05" (ISO 8601) or "05/03/2026". Years run from 1900
// to 2199; anything else is ErrDate.
func ParseDate(s string) (time.Time, error) {
	var y, m, d int
	var ok bool
	switch {
	case len(s) == 10 && s[4] == '-' && s[7] == '-':
		y, m, d, ok = digits(s[:4]), digits(s[5:7]), digits(s[8:]), true
	case len(s) == 10 && s[2] == '/' && s[5] == '/':
		d, m, y, ok = digits(s[:2]), digits(s[3:5]), digits(s[6:]), true
	}
	if !ok || y < 1900 || y > 2199 || m < 1 || m > 12 || d < 1 || d > 31 {
		return time.Time{}, ErrDate
	}
	t := time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC)
	if t.Day() != d {
		return time.Time{}, ErrDate
	}
	return t, nil
}

// digits reads a number of ASCII digits only; -1 if anything else is in s.
func digits(s string) int {
	n := 0
	for i := range len(s) {
		c := s[i]
		if c < '0' || c > '9' {
			return -1
		}
		n = n*10 + int(c-'0')
	}
	return n
}

// Grouped writes an amount with dots between thousands: 1234567 → "1.234.567".
func Grouped(n int64) string {
	s := strconv.FormatInt(n, 10)
	sign := ""
	if s[0] == '-' {
		sign, s = "-", s[1:]
	}
	if len(s) <= 3 {
		return sign + s
	}
	var b strings.Builder
	b.Grow(len(s) + len(s)/3 + 1)
	b.WriteString(sign)
	head := len(s) % 3
	b.WriteString(s[:head])
	for i := head; i < len(s); i += 3 {
		if i > 0 {
			b.WriteByte('.')
		}
		b.WriteString(s[i : i+3])
	}
	return b.String()
}

// MaxWords is the largest amount Words writes: 10^15.
const MaxWords = 1_000_000_000_000_000

var digitWords = [...]string{"không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín"}

// Words writes n in Vietnamese words, from 0 to MaxWords: 1_234_005 → "một
// triệu hai trăm ba mươi tư nghìn không trăm linh năm". Numbers outside the
// range are an error.
//
// Rules: mười/mươi; one after mươi is mốt; four after mươi is tư; five after
// mười or mươi is lăm; a zero ten before a unit is linh; groups after the
// first are said with all three places.
func Words(n int64) (string, error) {
	if n < 0 || n > MaxWords {
		return "", fmt.Errorf("amount %d outside 0 to %d", n, int64(MaxWords))
	}
	if n == 0 {
		return "không", nil
	}
	var words []string
	billions := n / 1_000_000_000
	rest := n % 1_000_000_000
	if billions > 0 {
		words = append(belowBillion(words, billions, false), "tỷ")
	}
	if rest > 0 {
		words = belowBillion(words, rest, billions > 0)
	}
	return strings.Join(words, " "), nil
}

// belowBillion says n < 10^9 in groups of three; full says that something
// larger went before, so that leading zeros are spoken.
func belowBillion(words []string, n int64, full bool) []string {
	for _, g := range [...]struct {
		unit int64
		name string
	}{{1_000_000, "triệu"}, {1000, "nghìn"}, {1, ""}} {
		group := n / g.unit % 1000
		if group == 0 {
			continue
		}
		words = belowThousand(words, int(group), full)
		if g.name != "" {
			words = append(words, g.name)
		}
		full = true
	}
	return words
}

func belowThousand(words []string, n int, full bool) []string {
	hundreds, tens, units := n/100, n/10%10, n%10
	if hundreds > 0 || full {
		words = append(words, digitWords[hundreds], "trăm")
	}
	switch {
	case tens == 0:
		if units > 0 && (hundreds > 0 || full) {
			words = append(words, "linh")
		}
	case tens == 1:
		words = append(words, "mười")
	default:
		words = append(words, digitWords[tens], "mươi")
	}
	switch {
	case units == 0:
	case units == 1 && tens > 1:
		words = append(words, "mốt")
	case units == 4 && tens > 1:
		words = append(words, "tư")
	case units == 5 && tens > 0:
		words = append(words, "lăm")
	default:
		words = append(words, digitWords[units])
	}
	return words
}
