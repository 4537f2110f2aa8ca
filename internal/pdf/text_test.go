package pdf

import (
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

// vietnamese are the letters that Vietnamese adds to ASCII: 67 in each case.
var vietnamese = func() []rune {
	lower := "àáảãạăằắẳẵặâầấẩẫậđèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵ"
	return []rune(lower + strings.ToUpper(lower))
}()

func TestTextString(t *testing.T) {
	if len(vietnamese) != 134 {
		t.Fatalf("%d Vietnamese letters, want 134", len(vietnamese))
	}
	for _, tt := range []struct{ in, want string }{
		{"", ""},
		{"So: 15/QD (\\)", "So: 15/QD (\\)"},
		{"tab\tline\nreturn\r", "tab\tline\nreturn\r"},
		{"ĩ", "\xFE\xFF\x01\x29"},
		{"ĨA", "\xFE\xFF\x01\x28\x00A"},
		{"\x1B", "\xFE\xFF\x00\x1B"},
		{"\x7F", "\xFE\xFF\x00\x7F"},
		{"𝒜", "\xFE\xFF\xD8\x35\xDC\x9C"},
		{"a\xFFb", "\xFE\xFF\x00a\xFF\xFD\x00b"},
		{"þÿ", "\xFE\xFF\x00\xFE\x00\xFF"},
	} {
		if got := TextString(tt.in); string(got) != tt.want {
			t.Errorf("TextString(%q) = %x, want %x", tt.in, string(got), tt.want)
		}
	}
	for _, r := range vietnamese {
		s := "(" + string(r) + ")\\" + string(r)
		if got := TextOf(TextString(s)); got != s {
			t.Errorf("%q comes back as %q", s, got)
		}
	}
}

func TestTextOf(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{"\x80\xA0\x18\xE9", "•€˘é"},
		{"\x7F\xAD\x9F\x00", "\uFFFD\uFFFD\uFFFD\uFFFD"},
		{"\xEF\xBB\xBFCộng hòa", "Cộng hòa"},
		{"\xEF\xBB\xBFa\xFF", "a\uFFFD"},
		{"\xFE\xFF", ""},
		{"\xFE\xFF\x00A\x00", "A\uFFFD"},
		{"\xFE\xFF\xD8\x35", "\uFFFD"},
		{"\xFE\xFF\xD8\x35\x00A", "\uFFFDA"},
		{"\xFE\xFF\xDC\x9C\x00A", "\uFFFDA"},
	} {
		if got := TextOf(String(tt.in)); got != tt.want {
			t.Errorf("TextOf(%x) = %q, want %q", tt.in, got, tt.want)
		}
	}
}

// Any text survives TextString, serialisation and parsing.
func TestTextRoundTrip(t *testing.T) {
	letters := rapid.SampledFrom(append([]rune("()\\\r\n\x00\x1b\uFEFF\uFFFE 09azĩĨ"), vietnamese...))
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.OneOf(rapid.StringOf(letters), rapid.String()).Draw(t, "text")
		text := TextString(s)
		want := strings.ToValidUTF8(s, string(utf8.RuneError))
		if got := TextOf(text); got != want {
			t.Fatalf("%q comes back as %q", want, got)
		}
		o, err := parse(Append(nil, text))
		if err != nil {
			t.Fatal(err)
		}
		if got := TextOf(o.(String)); got != want {
			t.Fatalf("%q is parsed as %q", want, got)
		}
	})
}
