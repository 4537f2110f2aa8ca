package pdf

import (
	"bytes"
	std85 "encoding/ascii85"
	"encoding/hex"
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestDecode(t *testing.T) {
	r := newRaw().minimal()
	r.obj(3, "[/ASCIIHexDecode/FlateDecode]")
	r.table("/Size 4/Root 1 0 R")
	flate := func(s string) string { return string(Deflate(nil, []byte(s), 6).Raw) }
	png := Dict{"Predictor": Integer(12), "Columns": Integer(3)}
	for _, tt := range []struct {
		name string
		dict Dict
		raw  string
		want string // or a part of the error, after "!"
	}{
		{"none", Dict{}, "abc", "abc"},
		{"flate", Dict{"Filter": Name("FlateDecode")}, flate("abc"), "abc"},
		{"flate, cut", Dict{"Filter": Name("FlateDecode")}, flate("abc")[:6], "!unexpected EOF"},
		{"flate, checksum", Dict{"Filter": Name("FlateDecode")}, flate("abc")[:len(flate("abc"))-1] + "x", "!zlib: invalid checksum"},
		{"flate, nothing", Dict{"Filter": Name("FlateDecode")}, "", "!EOF"},
		{"hex", Dict{"Filter": Name("ASCIIHexDecode")}, "61 62\n6>zz", "ab`"},
		{"hex, wrong", Dict{"Filter": Name("ASCIIHexDecode")}, "6x>", "!is no hex digit"},
		{
			"85",
			Dict{"Filter": Name("ASCII85Decode")},
			"9jqo^BlbD-BleB1DJ+*+F(f,q/0JhKF<GL>Cj@.4Gp$d7F!,L7@<6@)/0JDEF<G%<+EV:2F!,\nO<DJ+*.@<*K0@<6L(Df-\\0Ec5e;DffZ(EZee.Bl.9pF\"AGXBPCsi+DGm>@3BB/F*&OCAfu2/AKY\ni(DIb:@FD,*)+C]U=@3BN#EcYf8ATD3s@q?d$AftVqCh[NqF<G:8+EV:.+Cf>-FD5W8ARlolDIa\nl(DId<j@<?3r@:F%a+D58'ATD4$Bl@l3De:,-DJs`8ARoFb/0JMK@qB4^F!,R<AKZ&-DfTqBG%G\n>uD.RTpAKYo'+CT/5+Cei#DII?(E,9)oF*2M7/c~>",
			"Man is distinguished, not only by his reason, but by this singular passion from other animals, which is a lust of the mind, that by a perseverance of delight in the continued and indefatigable generation of knowledge, exceeds the short vehemence of any carnal pleasure.",
		},
		{"85, zeros", Dict{"Filter": Name("ASCII85Decode")}, "z!!~>", "\x00\x00\x00\x00\x00"},
		{"85, open", Dict{"Filter": Name("ASCII85Decode")}, "zz", "!no ~> at the end"},
		{"85, one left", Dict{"Filter": Name("ASCII85Decode")}, "!~>", "!one character only"},
		{"85, too large", Dict{"Filter": Name("ASCII85Decode")}, "uuuuu~>", "!out of range"},
		{"run length", Dict{"Filter": Name("RunLengthDecode")}, "\x02abc\xFEx\x80zz", "abcxxx"},
		{"run length, cut", Dict{"Filter": Name("RunLengthDecode")}, "\x05ab", "!unexpected EOF"},
		{"chain", Dict{"Filter": Array{Name("ASCIIHexDecode"), Name("FlateDecode")}}, hex.EncodeToString([]byte(flate("abc"))) + ">", "abc"},
		{"chain in an object", Dict{"Filter": Ref{3, 0}}, hex.EncodeToString([]byte(flate("abc"))) + ">", "abc"},
		{
			"parameters for the second",
			Dict{"Filter": Array{Name("ASCIIHexDecode"), Name("FlateDecode")}, "DecodeParms": Array{nil, png}},
			hex.EncodeToString([]byte(flate("\x00abc\x02\x01\x01\x01"))) + ">", "abcbcd",
		},
		{"predictor none", Dict{"Filter": Name("FlateDecode"), "DecodeParms": Dict{"Predictor": Integer(1)}}, flate("abc"), "abc"},
		{"predictor sub", Dict{"Filter": Name("FlateDecode"), "DecodeParms": png}, flate("\x01a\x01\x01"), "abc"},
		{"predictor average", Dict{"Filter": Name("FlateDecode"), "DecodeParms": png}, flate("\x00abc\x03\x01\x01\x01"), avg("abc", "\x01\x01\x01")},
		{"predictor paeth", Dict{"Filter": Name("FlateDecode"), "DecodeParms": png}, flate("\x00abc\x04\x01\x01\x01"), "abcbcd"},
		{"predictor undefined row", Dict{"Filter": Name("FlateDecode"), "DecodeParms": png}, flate("\x05abc"), "!row filter 5"},
		{"predictor, part of a row", Dict{"Filter": Name("FlateDecode"), "DecodeParms": png}, flate("\x00ab"), "!not rows of 4"},
		{
			"predictor, two components",
			Dict{"Filter": Name("FlateDecode"), "DecodeParms": Dict{"Predictor": Integer(11), "Colors": Integer(2), "Columns": Integer(2)}},
			flate("\x01ab\x01\x01"), "abbc",
		},
		{"TIFF", Dict{"Filter": Name("FlateDecode"), "DecodeParms": Dict{"Predictor": Integer(2), "Columns": Integer(3)}}, flate("a\x01\x01b\x01\x01"), "abcbcd"},
		{
			"TIFF of 16 bits",
			Dict{"Filter": Name("FlateDecode"), "DecodeParms": Dict{"Predictor": Integer(2), "Columns": Integer(2), "BitsPerComponent": Integer(16)}},
			flate("\x00\xFF\x00\x02"), "\x00\xFF\x01\x01",
		},
		{"TIFF of 4 bits", Dict{"Filter": Name("FlateDecode"), "DecodeParms": Dict{"Predictor": Integer(2), "BitsPerComponent": Integer(4)}}, flate("a"), "!is not supported"},
		{"predictor 5", Dict{"Filter": Name("FlateDecode"), "DecodeParms": Dict{"Predictor": Integer(5)}}, flate("a"), "!not defined"},
		{"predictor 99", Dict{"Filter": Name("FlateDecode"), "DecodeParms": Dict{"Predictor": Integer(99)}}, flate("a"), "!from 1 to 15"},
		{"columns", Dict{"Filter": Name("FlateDecode"), "DecodeParms": Dict{"Predictor": Integer(12), "Columns": Integer(1 << 40)}}, flate("a"), "!/Columns"},
		{"three bits", Dict{"Filter": Name("FlateDecode"), "DecodeParms": Dict{"Predictor": Integer(12), "BitsPerComponent": Integer(3)}}, flate("a"), "!power of two"},
		{"DCT", Dict{"Filter": Name("DCTDecode")}, "x", "!filter DCTDecode is not supported"},
		{"crypt", Dict{"Filter": Name("Crypt")}, "x", "!filter Crypt is not supported"},
		{"another file", Dict{"F": String("x")}, "", "!another file"},
		{"filter a string", Dict{"Filter": String("x")}, "", "!a string where a name"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := open(t, r.Bytes())
			in := []byte(tt.raw)
			got, err := f.Decode(&Stream{Dict: tt.dict, Raw: in}, 1000)
			if want, fails := strings.CutPrefix(tt.want, "!"); fails {
				if err == nil || !strings.Contains(err.Error(), want) {
					t.Errorf("got %q, error %v, want %q", got, err, want)
				}
			} else if err != nil || string(got) != tt.want {
				t.Errorf("got %q, error %v, want %q", got, err, tt.want)
			}
			if string(in) != tt.raw {
				t.Error("decoding changed the encoded data")
			}
		})
	}
	if _, err := open(t, r.Bytes()).Decode(&Stream{Dict: Dict{"Filter": Name("JPXDecode")}}, 9); err == nil {
		t.Error("JPXDecode is not decoded here")
	} else if e, ok := errors.AsType[*FilterError](err); !ok || e.Filter != "JPXDecode" {
		t.Errorf("error %v", err)
	}
}

// avg undoes the PNG filter Average of one row of one-byte pixels.
func avg(above, row string) string {
	out := []byte(row)
	for i := range out {
		left := 0
		if i > 0 {
			left = int(out[i-1])
		}
		out[i] += byte((left + int(above[i])) / 2)
	}
	return above + string(out)
}

// Every filter stops at its bound, and gives back what went in below it.
func TestDecodeBound(t *testing.T) {
	encode := map[Name]func(b []byte) []byte{
		"FlateDecode":    func(b []byte) []byte { return Deflate(nil, b, 1).Raw },
		"ASCIIHexDecode": func(b []byte) []byte { return append(hex.AppendEncode(nil, b), '>') },
		"ASCII85Decode": func(b []byte) []byte {
			var out bytes.Buffer
			w := std85.NewEncoder(&out)
			w.Write(b)
			w.Close()
			return append(out.Bytes(), "~>"...)
		},
		"RunLengthDecode": func(b []byte) []byte {
			var out []byte
			for ; len(b) > 128; b = b[128:] {
				out = append(append(out, 127), b[:128]...)
			}
			if len(b) > 0 {
				out = append(append(out, byte(len(b)-1)), b...)
			}
			return append(out, 128)
		},
	}
	data := sample(t)
	rapid.Check(t, func(t *rapid.T) {
		want := rapid.SliceOf(rapid.Byte()).Draw(t, "data")
		filter := rapid.SampledFrom([]Name{"FlateDecode", "ASCIIHexDecode", "ASCII85Decode", "RunLengthDecode"}).Draw(t, "filter")
		limit := rapid.IntRange(0, 2*len(want)+2).Draw(t, "limit")
		s := &Stream{Dict: Dict{"Filter": filter}, Raw: encode[filter](want)}
		got, err := mustOpen(t, data).Decode(s, limit)
		if len(want) <= limit {
			if err != nil || !bytes.Equal(got, want) {
				t.Fatalf("got %x, %v, want %x", got, err, want)
			}
		} else if _, ok := errors.AsType[*LimitError](err); !ok {
			t.Fatalf("%d bytes passed the bound %d: %v", len(want), limit, err)
		}
	})
}

func TestPredictorGrowth(t *testing.T) {
	// One byte of data per row of two: the bound is on what comes out.
	var rows []byte
	for i := range 1000 {
		rows = append(rows, 0, byte(i))
	}
	s := Deflate(Dict{"DecodeParms": Dict{"Predictor": Integer(15)}}, rows, 6)
	f := open(t, sample(t))
	if got, err := f.Decode(s, 1000); err != nil || len(got) != 1000 {
		t.Errorf("%d bytes, %v", len(got), err)
	}
	if _, err := f.Decode(s, 999); err == nil {
		t.Error("1000 bytes passed the bound 999")
	}
}
