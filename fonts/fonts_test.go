package fonts

import (
	"bytes"
	"compress/zlib"
	"io"
	"strings"
	"testing"

	"golang.org/x/image/font"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
	"golang.org/x/text/unicode/norm"
)

// vietnamese lists every letter of the alphabet with every tone, both cases,
// composed from base letters and tone marks so that the list cannot share an
// oversight with the character set.
func vietnamese(t *testing.T) []rune {
	t.Helper()
	tones := []string{"", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323"}
	var out []rune
	for _, base := range "aăâbcdđeêghiklmnoôơpqrstuưvxy" {
		marks := tones[:1]
		if strings.ContainsRune("aăâeêioôơuưy", base) {
			marks = tones
		}
		for _, m := range marks {
			for _, s := range []string{string(base) + m, strings.ToUpper(string(base)) + m} {
				r := []rune(norm.NFC.String(s))
				if len(r) != 1 {
					t.Fatalf("%q does not compose to one rune", s)
				}
				out = append(out, r[0])
			}
		}
	}
	return out
}

func TestEveryVietnameseLetterInEveryFace(t *testing.T) {
	letters := vietnamese(t)
	accented := 0
	for _, r := range letters {
		if r > 0x7e {
			accented++
		}
	}
	if accented != 134 {
		t.Fatalf("%d accented letters, want 134", accented)
	}
	for s := range Style(Count) {
		f := Get(s)
		for _, r := range letters {
			if w, ok := f.Advance(r); !ok || w < 200 || w > 1100 {
				t.Errorf("%s: %c: advance %d, present %v", f.PostScriptName(), r, w, ok)
			}
		}
	}
	if m := Missing(string(letters)); len(m) > 0 {
		t.Errorf("missing %q", m)
	}
}

func TestSigns(t *testing.T) {
	const signs = "\u00a0 !\"#$%&'()*+,-./0123456789:;<=>?@[\\]^_`{|}~§°±×÷«»·–—‘’“”„•…€№≤≥‰™²³½"
	if m := Missing(signs); len(m) > 0 {
		t.Errorf("missing %q", m)
	}
	if got := string(Missing("a😀b\u4e2d😀\u0301\u00ad\n")); got != "😀\u4e2d\u0301\u00ad\n" {
		t.Errorf("Missing = %q", got)
	}
}

func TestTimesMetrics(t *testing.T) {
	// Widths of Times New Roman in thousandths of an em.
	for _, c := range []struct {
		s    Style
		r    rune
		want int
	}{{Regular, 'A', 722}, {Regular, ' ', 250}, {Bold, 'N', 722}, {Italic, 'm', 722}, {BoldItalic, 'o', 500}, {Regular, 'ế', 444}, {Bold, 'Ủ', 722}} {
		if got, _ := Get(c.s).Advance(c.r); got != c.want {
			t.Errorf("style %d %c: %d, want %d", c.s, c.r, got, c.want)
		}
	}
	m := Get(Italic).Metrics()
	if m.Ascent != 891 || m.Descent != -216 || m.CapHeight < 640 || m.CapHeight > 690 || m.ItalicAngle > -10 {
		t.Errorf("metrics %+v", m)
	}
}

// TestSubsetDrawsTheSame loads outline and advance of every glyph of each
// subset and compares them with the face it was cut from.
func TestSubsetDrawsTheSame(t *testing.T) {
	full := [Count][]byte{regularTTF, boldTTF, italicTTF, boldItalicTTF}
	total := 0
	for s := range Style(Count) {
		f := Get(s)
		sub := f.Subset()
		total += len(sub.FontFile)
		zr, err := zlib.NewReader(bytes.NewReader(sub.FontFile))
		if err != nil {
			t.Fatal(err)
		}
		file, err := io.ReadAll(zr)
		if err != nil || len(file) != sub.Length1 {
			t.Fatalf("font file: %d bytes, want %d, %v", len(file), sub.Length1, err)
		}
		if checksum(file) != 0xB1B0AFBA {
			t.Errorf("%s: checksum of the file is %#x", f.name, checksum(file))
		}
		// sfnt needs a cmap, name, OS/2 and post, which an embedded subset
		// does not carry; lend it the source's.
		tabs, err := subsetTables(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, tag := range []string{"cmap", "name", "OS/2", "post"} {
			tabs[tag] = f.source.tables[tag]
		}
		got, err := sfnt.Parse(assemble(tabs))
		if err != nil {
			t.Fatalf("%s: %v", f.name, err)
		}
		want, err := sfnt.Parse(full[s])
		if err != nil {
			t.Fatal(err)
		}
		var gb, wb sfnt.Buffer
		const ppem = fixed.Int26_6(2048 << 6)
		for i, r := range f.source.runes {
			g, _ := f.Glyph(r)
			if int(g) != i+1 {
				t.Fatalf("%U has glyph %d, want %d", r, g, i+1)
			}
			a, err := got.LoadGlyph(&gb, sfnt.GlyphIndex(g), ppem, nil)
			if err != nil {
				t.Fatalf("%s %U: %v", f.name, r, err)
			}
			b, err := want.LoadGlyph(&wb, sfnt.GlyphIndex(f.source.gids[i]), ppem, nil)
			if err != nil {
				t.Fatal(err)
			}
			if len(a) != len(b) {
				t.Errorf("%s %U: %d segments, want %d", f.name, r, len(a), len(b))
				continue
			}
			for k := range a {
				if a[k] != b[k] {
					t.Errorf("%s %U: segment %d differs", f.name, r, k)
					break
				}
			}
			ga, _ := got.GlyphAdvance(&gb, sfnt.GlyphIndex(g), ppem, font.HintingNone)
			wa, _ := want.GlyphAdvance(&wb, sfnt.GlyphIndex(f.source.gids[i]), ppem, font.HintingNone)
			if ga != wa {
				t.Errorf("%s %U: advance %v, want %v", f.name, r, ga, wa)
			}
		}
	}
	t.Logf("four subsets: %d bytes", total)
	if total > 90_000 {
		t.Errorf("the four subsets take %d bytes, more than 90 kB", total)
	}
}

func subsetTables(ttf []byte) (map[string][]byte, error) {
	out := map[string][]byte{}
	for i := range int(be.Uint16(ttf[4:])) {
		rec := ttf[12+16*i:]
		off, n := be.Uint32(rec[8:]), be.Uint32(rec[12:])
		out[string(rec[:4])] = bytes.Clone(ttf[off : off+n])
	}
	return out, nil
}
