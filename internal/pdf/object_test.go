package pdf

import (
	"bytes"
	"math"
	"strings"
	"testing"
	"time"
)

func TestAppend(t *testing.T) {
	for _, tt := range []struct {
		o    Object
		want string
	}{
		{nil, "null"},
		{true, "true"},
		{false, "false"},
		{Integer(-12), "-12"},
		{7, "7"},
		{int64(1) << 40, "1099511627776"},
		{Real(0.1), "0.1"},
		{595.28, "595.28"},
		{Real(12), "12"},
		{1e-7, "0.0000001"},
		{math.Copysign(0, -1), "0"},
		{1e21, "1000000000000000000000.0"},
		{Name("Type"), "/Type"},
		{Name(""), "/"},
		{Name("A B#(é"), "/A#20B#23#28#C3#A9"},
		{Name("Lime Green"), "/Lime#20Green"},
		{String("()\\\x00"), "<28295C00>"},
		{String(nil), "<>"},
		{Array{}, "[]"},
		{Array{1, 2, Name("A"), Name("B"), nil, Ref{3, 0}, String("x"), Array{true}, false}, "[1 2/A/B null 3 0 R<78>[true]false]"},
		{Dict{}, "<<>>"},
		{Dict{"B": 1, "A": Name("X"), "C": Dict{"D": Array{1.5}}, "Nil": nil, "R": Ref{12, 3}}, "<</A/X/B 1/C<</D[1.5]>>/R 12 3 R>>"},
		{Literal("<</Any /Thing>>"), "<</Any /Thing>>"},
		{Dict{"K": Literal("12")}, "<</K 12>>"},
		{&Stream{Dict{"Length": 99, "A": 1}, []byte("abc")}, "<</A 1/Length 3>>\nstream\nabc\nendstream"},
		{ContentsPlaceholder(2), "<0000>"},
	} {
		if got := string(Append(nil, tt.o)); got != tt.want {
			t.Errorf("Append(%#v) = %q, want %q", tt.o, got, tt.want)
		}
	}
}

// What PDF cannot say becomes null in Append and an error in a file.
func TestUnsayable(t *testing.T) {
	loop := Dict{}
	loop["Loop"] = Array{loop}
	for _, tt := range []struct {
		o    Object
		want string
	}{
		{math.NaN(), "NaN is not a PDF number"},
		{Array{math.Inf(1)}, "+Inf is not a PDF number"},
		{struct{}{}, "struct {} is not a PDF object"},
		{Array{&Stream{}}, "a stream must be an indirect object"},
		{(*Stream)(nil), "nil *Stream"},
		{Ref{}, "reference 0 0 R names no object"},
		{Name("a\x00b"), "contains a zero byte"},
		{loop, "nested deeper than 200"},
	} {
		Append(nil, tt.o) // must not panic
		w := NewWriter("1.7")
		_, err := w.Finish(Dict{"Root": w.Add(tt.o)})
		if err == nil || !strings.Contains(err.Error(), tt.want) || !strings.Contains(err.Error(), "object 1") {
			t.Errorf("%T: error %v, want one naming object 1 and %q", tt.o, err, tt.want)
		}
	}
}

func TestWriterMisuse(t *testing.T) {
	for _, tt := range []struct {
		name, want string
		do         func(w *Writer) (trailer Dict)
	}{
		{"never put", "object 2 was allocated and never put", func(w *Writer) Dict {
			r := w.Add(Dict{})
			w.Alloc()
			return Dict{"Root": r}
		}},
		{"put twice", "object 1: put twice", func(w *Writer) Dict {
			r := w.Add(Dict{})
			w.Put(r, Dict{})
			return Dict{"Root": r}
		}},
		{"foreign reference", "Alloc did not return 9 0 R", func(w *Writer) Dict {
			w.Put(Ref{9, 0}, Dict{})
			return Dict{"Root": w.Add(Dict{})}
		}},
		{"no root", "no /Root", func(w *Writer) Dict { return nil }},
	} {
		w := NewWriter("1.7")
		if _, err := w.Finish(tt.do(w)); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: error %v, want %q", tt.name, err, tt.want)
		}
		if _, err := w.Finish(nil); err == nil {
			t.Errorf("%s: finished twice", tt.name)
		}
	}
	w := NewWriter("seven")
	if _, err := w.Finish(Dict{"Root": w.Add(Dict{})}); err == nil {
		t.Error("version seven was accepted")
	}
}

func TestPlaceholder(t *testing.T) {
	contents, ranges := ContentsPlaceholder(8), ByteRangePlaceholder()
	w := NewWriter("1.7")
	sig := w.Add(Dict{"Contents": contents, "ByteRange": ranges})
	if err := ranges.FillInts(nil, 1); err == nil {
		t.Error("filled in an empty file")
	}
	file, err := w.Finish(Dict{"Root": sig})
	if err != nil {
		t.Fatal(err)
	}
	at, end := contents.Offset(), contents.Offset()+int64(contents.Len())
	if err := ranges.FillInts(file, 0, at, end, int64(len(file))-end); err != nil {
		t.Fatal(err)
	}
	if err := contents.FillHex(file, bytes.Repeat([]byte{0xAB}, 9)); err == nil {
		t.Error("nine bytes fitted in eight")
	}
	if err := contents.FillHex(file, []byte{0xDE, 0xAD}); err != nil {
		t.Fatal(err)
	}
	if err := contents.FillHex(file, []byte{1}); err == nil {
		t.Error("filled twice")
	}
	if err := contents.FillInts(file, 1); err == nil {
		t.Error("a hex string took integers")
	}
	f := open(t, file)
	d, err := f.Dict(sig)
	if err != nil {
		t.Fatal(err)
	}
	if got := d["Contents"].(String); string(got) != "\xDE\xAD\x00\x00\x00\x00\x00\x00" {
		t.Errorf("Contents = %x", got)
	}
	got, want := d["ByteRange"].(Array), Array{Integer(0), Integer(at), Integer(end), Integer(len(file)) - Integer(end)}
	if string(Append(nil, got)) != string(Append(nil, want)) {
		t.Errorf("ByteRange = %v, want %v", got, want)
	}
	if start, stop, ok := f.ValueExtent(sig, "Contents"); !ok || start != at || stop != end {
		t.Errorf("Contents stands at %d to %d, %v, want %d to %d", start, stop, ok, at, end)
	}
	if file[at] != '<' || file[end-1] != '>' {
		t.Errorf("the byte range does not stop at the angle brackets")
	}
}

func TestDate(t *testing.T) {
	hanoi := time.FixedZone("ICT", 7*3600)
	for _, tt := range []struct {
		at   time.Time
		want string
	}{
		{time.Date(2026, 1, 5, 9, 30, 0, 0, hanoi), "D:20260105093000+07'00'"},
		{time.Date(2026, 1, 5, 9, 30, 0, 0, time.UTC), "D:20260105093000+00'00'"},
		{time.Date(2026, 1, 5, 9, 30, 0, 0, time.FixedZone("", -(3*3600+30*60))), "D:20260105093000-03'30'"},
		{time.Date(1906, 6, 30, 0, 0, 0, 0, time.FixedZone("LMT", 7*3600+7*60+12)), "D:19060629235948+07'07'"},
	} {
		got := Date(tt.at)
		if string(got) != tt.want {
			t.Errorf("Date(%v) = %s, want %s", tt.at, got, tt.want)
		}
		back, err := ParseDate(got)
		if err != nil || !back.Equal(tt.at) {
			t.Errorf("ParseDate(%s) = %v, %v, want %v", got, back, err, tt.at)
		}
	}
	for s, want := range map[string]time.Time{
		"D:2026":                 time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC),
		"D:202602":               time.Date(2026, 2, 1, 0, 0, 0, 0, time.UTC),
		"20260203":               time.Date(2026, 2, 3, 0, 0, 0, 0, time.UTC),
		"D:20260203040506Z":      time.Date(2026, 2, 3, 4, 5, 6, 0, time.UTC),
		"D:20260203040506Z00'00": time.Date(2026, 2, 3, 4, 5, 6, 0, time.UTC),
		"D:20260203040506+07'00": time.Date(2026, 2, 3, 4, 5, 6, 0, hanoi),
		"D:20260203040506+07":    time.Date(2026, 2, 3, 4, 5, 6, 0, hanoi),
	} {
		if got, err := ParseDate(String(s)); err != nil || !got.Equal(want) {
			t.Errorf("ParseDate(%s) = %v, %v, want %v", s, got, err, want)
		}
	}
	for _, s := range []string{"", "D:", "D:26", "D:20261301", "D:20260230", "D:2026020324", "D:20260203040506*07'00", "D:20260203040506+07'00'x", "yesterday"} {
		if got, err := ParseDate(String(s)); err == nil {
			t.Errorf("ParseDate(%q) = %v, want an error", s, got)
		}
	}
}
