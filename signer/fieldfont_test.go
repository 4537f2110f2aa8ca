package signer

import (
	"maps"
	"testing"
)

func TestParseToUnicode(t *testing.T) {
	for _, c := range []struct {
		name, cmap string
		want       map[rune]uint16
	}{
		{"chars", "<< /A <00> >> 2 beginbfchar <0001> <0041>\n<0002><1EA0> endbfchar", map[rune]uint16{'A': 1, 'Ạ': 2}},
		{"range", "1 beginbfrange <0010> <0012> <0061> endbfrange", map[rune]uint16{'a': 0x10, 'b': 0x11, 'c': 0x12}},
		{"range over a byte", "1 beginbfrange <0010> <0011> <00FF> endbfrange", map[rune]uint16{'ÿ': 0x10, 'Ā': 0x11}},
		{"array", "1 beginbfrange <0010> <0011> [<0061> <1EF9>] endbfrange", map[rune]uint16{'a': 0x10, 'ỹ': 0x11}},
		{"first code counts", "2 beginbfchar <0001> <0041> <0002> <0041> endbfchar", map[rune]uint16{'A': 1}},
		{"ligature left out", "2 beginbfchar <0001> <00660069> <0002> <0042> endbfchar", map[rune]uint16{'B': 2}},
		{"beyond the BMP", "1 beginbfchar <0001> <D83DDE00> endbfchar", map[rune]uint16{'😀': 1}},
		{"comments", "1 beginbfchar % <0009> <0041>\n<0001> <0041> endbfchar", map[rune]uint16{'A': 1}},
		{"codespace is not a mapping", "1 begincodespacerange <0000> <FFFF> endcodespacerange", map[rune]uint16{}},
	} {
		got, err := parseToUnicode([]byte(c.cmap))
		if err != nil || !maps.Equal(got, c.want) {
			t.Errorf("%s: %v, %v; want %v", c.name, got, err, c.want)
		}
	}
	for _, bad := range []string{
		"1 beginbfchar <0001>", "1 beginbfchar <0001> name", "1 beginbfrange <0002> <0001> <0041>", "1 beginbfrange <0001> <FFFFFFFF> <0041>",
		"1 beginbfrange <0001> <0003> [<0041>]", "1 beginbfrange <0001> <0003> name", "1 beginbfchar <00010000> <0041>",
	} {
		if got, err := parseToUnicode([]byte(bad)); err == nil {
			t.Errorf("%q: %v", bad, got)
		}
	}
}

func TestParseDA(t *testing.T) {
	for da, want := range map[string]textLook{
		"/TNR 13 Tf 0 g":         {fontName: "TNR", size: 13, color: "0 g"},
		"1 0 0 rg /TNI 12.5 Tf":  {fontName: "TNI", size: 12.5, color: "1 0 0 rg"},
		"/A 0 Tf 0 0 0 1 k 1 Tr": {fontName: "A", color: "0 0 0 1 k"},
	} {
		if got, err := parseDA([]byte(da)); err != nil || got != want {
			t.Errorf("%q: %+v, %v", da, got, err)
		}
	}
	for _, da := range []string{"", "0 g", "13 Tf", "TNR 13 Tf", "/TNR x Tf", "/TNR -1 Tf", "/TNR 13 Tf 2 g", "/TNR 13 Tf g", "/TNR 13 Tf NaN g", "/TNR Inf Tf"} {
		if got, err := parseDA([]byte(da)); err == nil {
			t.Errorf("%q: %+v", da, got)
		}
	}
}

func TestFontCacheIsBounded(t *testing.T) {
	var c fontCache
	for i := range 100 {
		from := fontSource{cid: []byte{byte(i)}, cmap: []byte("cmap"), dict: []byte("<<>>")}
		table := &fontTable{}
		c.put(from, table)
		if len(c.kept) > maxCachedFonts || c.get(from) != table {
			t.Fatalf("%d fonts kept", len(c.kept))
		}
		from.dict = []byte("<</Length 1>>")
		if c.get(from) != nil {
			t.Fatal("another font's table")
		}
	}
}

func FuzzParseToUnicode(f *testing.F) {
	f.Add([]byte("1 beginbfrange <0010> <0011> [<0061> <1EF9>] endbfrange"))
	f.Add([]byte("2 beginbfchar <0001> <0041> <0002> <0041> endbfchar"))
	f.Fuzz(func(t *testing.T, cmap []byte) {
		if codes, err := parseToUnicode(cmap); err == nil && len(codes) > maxCodes+1 {
			t.Fatal("unbounded")
		}
	})
}
