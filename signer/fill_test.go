package signer_test

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"antin/internal/judge"
	"antin/internal/pdf"
	"antin/signer"
)

// content returns the appearance stream of a field.
func content(t testing.TB, data []byte, name string) string {
	t.Helper()
	f := open(t, data)
	ap, err := f.Dict(field(t, f, name).Dict["AP"])
	if err != nil {
		t.Fatal(err)
	}
	s, err := f.Stream(ap["N"])
	if err != nil || s == nil {
		t.Fatalf("no appearance: %v", err)
	}
	return string(s.Raw)
}

func sealed(t testing.TB, x fixture, fills ...signer.Fill) ([]byte, error) {
	t.Helper()
	return signer.Seal(x.document(t), seal(), fills)
}

func TestAppearance(t *testing.T) {
	wide := pdf.Array{100, 700, 280, 714.39} // as high as ascent and descent at 13 pt
	for _, c := range []struct {
		name string
		x    fixture
		fill signer.Fill
		want []string
	}{
		{"left, on the baseline of 13 pt", fixture{}, signer.Fill{Field: "so", Value: "15"}, []string{"/TNR 13 Tf 0 g\n1 0 0 1 0 2.81 Tm <00120016> Tj"}},
		{"centred", fixture{}, signer.Fill{Field: "ngay", Value: "15"}, []string{"/TNI 13 Tf", "1 0 0 1 123.5 2.81 Tm"}},
		// 32 letters of 6.5 pt in 180 pt: 11.25 pt, and still on the same baseline
		{"shrunk", fixture{soRect: wide}, signer.Fill{Field: "so", Value: strings.Repeat("9", 32)}, []string{"/TNR 11.25 Tf", "1 0 0 1 0 2.81 Tm"}},
		{"escapes do not matter", fixture{}, signer.Fill{Field: "so", Value: `(ĩ\Ĩ)`}, []string{"<0009"}},
		{"NFD is composed", fixture{}, signer.Fill{Field: "so", Value: "Q\u0110-u\u031b\u0301"}, []string{" Tj"}},
		{"archive stamp", fixture{}, fills[2], []string{"q 1 0 0 RG 0.75 w 0.38 0.38 139.25 41.25 re S Q", "1 0 0 rg", "/TNR 8 Tf"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			out, err := sealed(t, c.x, c.fill)
			if err != nil {
				t.Fatal(err)
			}
			got := content(t, out, c.fill.Field)
			for _, w := range c.want {
				if !strings.Contains(got, w) {
					t.Errorf("no %q in\n%s", w, got)
				}
			}
		})
	}
}

func TestAppearanceRefuses(t *testing.T) {
	var fit *signer.FitError
	for _, v := range []signer.Fill{
		{Field: "so", Value: strings.Repeat("9", 60)},
		{Field: "so", Value: "15\n16"},
		{Field: "luu_tru", Value: strings.Repeat("x\n", 9) + "x", Stamp: true},
		{Field: "luu_tru", Value: strings.Repeat("x", 70), Stamp: true},
	} {
		if out, err := sealed(t, fixture{}, v); !errors.As(err, &fit) || fit.Field != v.Field || out != nil {
			t.Errorf("%q: %v", v.Value, err)
		}
	}
	var glyph *signer.GlyphError
	for value, missing := range map[string]string{"15/日本": "日本", "15😀": "😀", "15\t6": "\t", "15\u0301": "\u0301", "15\x00": "\x00"} {
		if _, err := sealed(t, fixture{}, signer.Fill{Field: "so", Value: value}); !errors.As(err, &glyph) || string(glyph.Runes) != missing || glyph.Field != "so" {
			t.Errorf("%q: %v", value, err)
		}
	}
}

// Any value that the font has comes back from the field as it went in, and the
// file stays sound. 0x28 and 0x29 are ( and ), the low bytes of Ĩ and ĩ.
func TestValuesSurvive(t *testing.T) {
	draft := fixture{soRect: pdf.Array{0, 700, 600, 714.39}}.document(t)
	s := seal()
	s.Picture = nil
	rapid.Check(t, func(t *rapid.T) {
		runes := rapid.SliceOfN(rapid.SampledFrom(alphabet[1:]), 1, 30).Draw(t, "value")
		value := string(runes)
		s := s
		s.Name, s.Reason = value, value
		out, err := signer.Seal(draft, s, []signer.Fill{{Field: "so", Value: value}})
		if err != nil {
			t.Fatal(err)
		}
		f, err := pdf.Open(out, pdf.Limits{})
		if err != nil {
			t.Fatal(err)
		}
		fields, err := f.Fields()
		if err != nil {
			t.Fatal(err)
		}
		for _, fd := range fields {
			switch fd.Name {
			case "so":
				if got := pdf.TextOf(fd.Dict["V"].(pdf.String)); got != value {
					t.Fatalf("%q came back as %q", value, got)
				}
			case "con_dau":
				sig, err := f.Dict(fd.Dict["V"])
				if err != nil || pdf.TextOf(sig["Reason"].(pdf.String)) != value {
					t.Fatalf("reason %q: %v %v", value, sig["Reason"], err)
				}
			}
		}
	})
}

func TestBrokenFieldFont(t *testing.T) {
	edit := func(do func(f *pdf.File, font pdf.Dict, u *pdf.Update)) []byte {
		return change(t, fixture{}.document(t), func(f *pdf.File, u *pdf.Update) {
			catalog, _ := f.Catalog()
			form, _ := f.Dict(catalog["AcroForm"])
			dr, _ := f.Dict(form["DR"])
			named, _ := f.Dict(dr["Font"])
			r := named["TNR"].(pdf.Ref)
			font, _ := f.Dict(r)
			do(f, font, u)
			u.Set(r, font)
		})
	}
	for name, data := range map[string][]byte{
		"other encoding": edit(func(_ *pdf.File, font pdf.Dict, _ *pdf.Update) { font["Encoding"] = pdf.Name("Identity-V") }),
		"no ToUnicode":   edit(func(_ *pdf.File, font pdf.Dict, _ *pdf.Update) { delete(font, "ToUnicode") }),
		"broken ToUnicode": edit(func(_ *pdf.File, font pdf.Dict, u *pdf.Update) {
			font["ToUnicode"] = u.Add(pdf.Deflate(pdf.Dict{}, []byte("1 beginbfrange <0005> <0001> <0020> endbfrange"), 6))
		}),
		"ToUnicode that is not one": edit(func(_ *pdf.File, font pdf.Dict, u *pdf.Update) { font["ToUnicode"] = pdf.Name("Identity") }),
		"no descendants":            edit(func(_ *pdf.File, font pdf.Dict, _ *pdf.Update) { font["DescendantFonts"] = pdf.Array{} }),
		"no DA": change(t, fixture{}.document(t), func(f *pdf.File, u *pdf.Update) {
			fd := field(t, f, "so")
			delete(fd.Dict, "DA")
			u.Set(fd.Ref, fd.Dict)
		}),
		"font not in DR": change(t, fixture{}.document(t), func(f *pdf.File, u *pdf.Update) {
			fd := field(t, f, "so")
			fd.Dict["DA"] = pdf.String("/Helv 12 Tf")
			u.Set(fd.Ref, fd.Dict)
		}),
		"rectangle inside out": change(t, fixture{}.document(t), func(f *pdf.File, u *pdf.Update) {
			fd := field(t, f, "so")
			fd.Dict["Rect"] = pdf.Array{10, 10, 0, 0}
			u.Set(fd.Ref, fd.Dict)
		}),
	} {
		if out, err := signer.Seal(data, seal(), fills[:1]); err == nil || out != nil || !strings.Contains(err.Error(), `"so"`) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A text extractor finds what was filled in.
func TestPopplerReadsFills(t *testing.T) {
	_, _, out := issued(t, fixture{})
	text := judge.Text(t, save(t, out))
	for _, fl := range fills {
		for line := range strings.SplitSeq(fl.Value, "\n") {
			if !strings.Contains(text, line) {
				t.Errorf("no %q in %q", line, text)
			}
		}
	}
}

func TestDeterministic(t *testing.T) {
	_, c1, s1 := issued(t, fixture{})
	_, c2, s2 := issued(t, fixture{})
	if !bytes.Equal(c1, c2) || !bytes.Equal(s1, s2) {
		t.Error("PKCS #1 v1.5 signing twice gives different files")
	}
	later := seal()
	later.Time = later.Time.Add(1)
	again, err := signer.Seal(c1, later, fills)
	if err != nil {
		t.Fatal(err)
	}
	id := func(data []byte) string { return fmt.Sprint(open(t, data).Trailer()["ID"]) }
	if id(c1) == id(s1) || id(s1) == id(again) {
		t.Error("two revisions share one ID")
	}
}
