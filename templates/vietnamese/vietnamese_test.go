package vietnamese

import (
	"strings"
	"testing"
	"time"

	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"
)

func TestWords(t *testing.T) {
	for _, c := range []struct {
		n    int64
		want string
	}{
		{0, "không"},
		{1, "một"},
		{4, "bốn"},
		{5, "năm"},
		{10, "mười"},
		{11, "mười một"},
		{14, "mười bốn"},
		{15, "mười lăm"},
		{20, "hai mươi"},
		{21, "hai mươi mốt"},
		{24, "hai mươi tư"},
		{25, "hai mươi lăm"},
		{55, "năm mươi lăm"},
		{91, "chín mươi mốt"},
		{100, "một trăm"},
		{101, "một trăm linh một"},
		{104, "một trăm linh bốn"},
		{105, "một trăm linh năm"},
		{110, "một trăm mười"},
		{111, "một trăm mười một"},
		{115, "một trăm mười lăm"},
		{121, "một trăm hai mươi mốt"},
		{555, "năm trăm năm mươi lăm"},
		{1000, "một nghìn"},
		{1001, "một nghìn không trăm linh một"},
		{1010, "một nghìn không trăm mười"},
		{1021, "một nghìn không trăm hai mươi mốt"},
		{10000, "mười nghìn"},
		{21000, "hai mươi mốt nghìn"},
		{100004, "một trăm nghìn không trăm linh bốn"},
		{1000000, "một triệu"},
		{4680000, "bốn triệu sáu trăm tám mươi nghìn"},
		{1234005, "một triệu hai trăm ba mươi tư nghìn không trăm linh năm"},
		{2000000001, "hai tỷ không trăm linh một"},
		{1000001000, "một tỷ không trăm linh một nghìn"},
		{1005000000, "một tỷ không trăm linh năm triệu"},
		{21000000000, "hai mươi mốt tỷ"},
		{1_000_000_000_000, "một nghìn tỷ"},
		{1_001_000_000_000, "một nghìn không trăm linh một tỷ"},
		{999_999_999_999_999, "chín trăm chín mươi chín nghìn chín trăm chín mươi chín tỷ chín trăm chín mươi chín triệu chín trăm chín mươi chín nghìn chín trăm chín mươi chín"},
		{MaxWords, "một triệu tỷ"},
	} {
		if got, err := Words(c.n); err != nil || got != c.want {
			t.Errorf("Words(%d) = %q, %v; want %q", c.n, got, err, c.want)
		}
	}
	for _, n := range []int64{-1, MaxWords + 1} {
		if _, err := Words(n); err == nil {
			t.Errorf("Words(%d): no error", n)
		}
	}
}

// number reads the words back: the property test's other side.
func number(t *rapid.T, words string) int64 {
	unit := map[string]int64{
		"không": 0, "một": 1, "mốt": 1, "hai": 2, "ba": 3, "bốn": 4, "tư": 4,
		"năm": 5, "lăm": 5, "sáu": 6, "bảy": 7, "tám": 8, "chín": 9,
	}
	var total, upper, group, digit int64
	for w := range strings.FieldsSeq(words) {
		switch w {
		case "trăm":
			group, digit = group+digit*100, 0
		case "mười":
			group, digit = group+10, 0
		case "mươi":
			group, digit = group+digit*10, 0
		case "linh":
		case "nghìn":
			upper, group, digit = upper+(group+digit)*1000, 0, 0
		case "triệu":
			upper, group, digit = upper+(group+digit)*1_000_000, 0, 0
		case "tỷ":
			total, upper, group, digit = (upper+group+digit)*1_000_000_000, 0, 0, 0
		default:
			d, ok := unit[w]
			if !ok {
				t.Fatalf("unknown word %q in %q", w, words)
			}
			digit = d
		}
	}
	return total + upper + group + digit
}

func TestWordsReadBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Int64Range(0, MaxWords).Draw(t, "n")
		if rapid.Bool().Draw(t, "small") {
			n %= 1_000_000
		}
		w, err := Words(n)
		if err != nil {
			t.Fatal(err)
		}
		if got := number(t, w); got != n {
			t.Fatalf("%q reads back as %d, want %d", w, got, n)
		}
		if strings.Contains(w, "mươi một") || strings.Contains(w, "mươi bốn") || strings.Contains(w, "mươi năm") || strings.Contains(w, "mười năm") {
			t.Fatalf("%q breaks mốt/tư/lăm", w)
		}
	})
}

func TestGroupedReadBack(t *testing.T) {
	for n, want := range map[int64]string{0: "0", 999: "999", 1000: "1.000", 1234567: "1.234.567", -12345: "-12.345", 100: "100", 1000000: "1.000.000"} {
		if got := Grouped(n); got != want {
			t.Errorf("Grouped(%d) = %q, want %q", n, got, want)
		}
	}
}

func TestDates(t *testing.T) {
	day := func(y, m, d int) time.Time { return time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC) }
	for _, c := range []struct {
		t           time.Time
		long, short string
	}{
		{day(2026, 1, 5), "ngày 05 tháng 01 năm 2026", "05/01/2026"},
		{day(2026, 2, 28), "ngày 28 tháng 02 năm 2026", "28/02/2026"},
		{day(2026, 3, 9), "ngày 09 tháng 3 năm 2026", "09/03/2026"},
		{day(2026, 9, 10), "ngày 10 tháng 9 năm 2026", "10/09/2026"},
		{day(2026, 12, 31), "ngày 31 tháng 12 năm 2026", "31/12/2026"},
	} {
		if got := LongDate(c.t); got != c.long {
			t.Errorf("LongDate = %q, want %q", got, c.long)
		}
		if got := ShortDate(c.t); got != c.short {
			t.Errorf("ShortDate = %q, want %q", got, c.short)
		}
		for _, s := range []string{c.t.Format("2006-01-02"), c.short} {
			if got, err := ParseDate(s); err != nil || !got.Equal(c.t) {
				t.Errorf("ParseDate(%q) = %v, %v", s, got, err)
			}
		}
	}
	if got := PlaceDate("Hà Nội", day(2026, 1, 5)); got != "Hà Nội, ngày 05 tháng 01 năm 2026" {
		t.Error(got)
	}
	for _, s := range []string{"", "2026-02-29", "2026-13-01", "31/04/2026", "5/3/2026", "2026/03/05", "0001-01-01", "2026-3-05", "+026-03-05", "２０２６-03-05"} {
		if _, err := ParseDate(s); err == nil {
			t.Errorf("ParseDate(%q): no error", s)
		}
	}
}

func TestUpper(t *testing.T) {
	for in, want := range map[string]string{
		"Nguyễn Thị Đào":                  "NGUYỄN THỊ ĐÀO",
		norm.NFD.String("Trần Quốc Tuấn"): "TRẦN QUỐC TUẤN",
		"ưỡng ợ ẵ ỹ ọ":                    "ƯỠNG Ợ Ẵ Ỹ Ọ",
		"Jürgen Weiß":                     "JÜRGEN WEISS",
		"Vĩnh Nghĩa":                      "VĨNH NGHĨA",
		"thành phố Hà Nội":                "THÀNH PHỐ HÀ NỘI",
		"Jörg Müller":                     "JÖRG MÜLLER",
	} {
		if got := Upper(in); got != want || !norm.NFC.IsNormalString(got) {
			t.Errorf("Upper(%q) = %q, want %q", in, got, want)
		}
	}
	if got := Capitalise("đồng ý"); got != "Đồng ý" {
		t.Error(got)
	}
}

func TestInspect(t *testing.T) {
	for _, c := range []struct {
		s     string
		multi bool
		r     rune
		flaw  Flaw
	}{
		{"Nguyễn Văn Ánh – “số” 12/QĐ", false, 0, NoFlaw},
		{"a\nb", true, 0, NoFlaw},
		{"a\nb", false, '\n', LineBreak},
		{"a\tb", true, '\t', Control},
		{"a\x00b", false, 0, Control},
		{"a\u202eb", false, 0x202e, Direction},
		{"a\u2066b", true, 0x2066, Direction},
		{"a\u200bb", false, 0x200b, Invisible},
		{"a\ufeff", false, 0xfeff, Invisible},
		{"a\u00adb", false, 0xad, Invisible},
		{"a\xffb", false, 0xfffd, BadUTF8},
		{"a\ue000b", false, 0xe000, Unassigned},
		{"a\u2028b", true, 0x2028, LineBreak},
		{"a\u0085b", true, 0x85, Control},
	} {
		if r, f := Inspect(c.s, c.multi); r != c.r || f != c.flaw {
			t.Errorf("Inspect(%q) = %U, %d; want %U, %d", c.s, r, f, c.r, c.flaw)
		}
	}
}

func TestSpaces(t *testing.T) {
	for in, want := range map[string]string{
		"":            "",
		"a b":         "a b",
		"  a   b ":    "a b",
		"a\u00a0b":    "a b",
		" a \n  b ":   "a\nb",
		"\na\n":       "a",
		"Nguyễn  Văn": "Nguyễn Văn",
	} {
		if got := Spaces(in); got != want {
			t.Errorf("Spaces(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestPad(t *testing.T) {
	for n, want := range map[int]string{0: "00", 1: "01", 9: "09", 10: "10", 123: "123"} {
		if got := Pad(n); got != want {
			t.Errorf("Pad(%d) = %q", n, got)
		}
	}
	for n, want := range map[int]string{1: "01", 2: "02", 3: "3", 9: "9", 12: "12"} {
		if got := PadMonth(n); got != want {
			t.Errorf("PadMonth(%d) = %q", n, got)
		}
	}
}
