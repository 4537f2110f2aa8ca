package pdf

import (
	"errors"
	"maps"
	"math"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// parse reads one object that fills all of b.
func parse(b []byte) (Object, error) {
	left := DefaultLimits.Elements
	s := &scanner{b: b, depth: DefaultLimits.Depth, limit: DefaultLimits.Depth, left: &left, elems: left}
	o, err := s.object()
	if err == nil {
		if s.space(); s.pos != len(b) {
			err = s.fail(s.pos, "%s is left over", s.shown(s.pos))
		}
	}
	return o, err
}

func TestParse(t *testing.T) {
	for _, tt := range []struct {
		in   string
		want Object
	}{
		{"null", nil},
		{" true % comment\n", true},
		{"+17", Integer(17)},
		{"-0", Integer(0)},
		{"9223372036854775807", Integer(1<<63 - 1)},
		{"34.5", Real(34.5)},
		{"-.002", Real(-.002)},
		{"4.", Real(4)},
		{"0.1234567890123456789", Real(0.1234567890123456789)},
		{"123456789012345678901234.5", Real(123456789012345678901234.5)},
		{"/Name", Name("Name")},
		{"/", Name("")},
		{"/A#20B#c3#A9", Name("A Bé")},
		{"/A;Name_With-Various***Chars?", Name("A;Name_With-Various***Chars?")},
		{"<48 65 6C6>", String("Hel`")},
		{"<>", String{}},
		{"()", String{}},
		{"(a(b)c)", String("a(b)c")},
		{`(\n\r\t\b\f\(\)\\\q)`, String("\n\r\t\b\f()\\q")},
		{`(\0053\53\5\400)`, String("\0053+\005\x00")},
		{"(a\\\nb\\\r\nc\\\rd)", String("abcd")},
		{"(a\r\nb\rc\nd)", String("a\nb\nc\nd")},
		{"[1 2 R 3 0 R 4 0 5]", Array{Ref{1, 2}, Ref{3, 0}, Integer(4), Integer(0), Integer(5)}},
		{"[4 5 0 R 6 0]", Array{Integer(4), Ref{5, 0}, Integer(6), Integer(0)}},
		{"[1 0 R/A(x)<78>[]<<>>]", Array{Ref{1, 0}, Name("A"), String("x"), String("x"), Array{}, Dict{}}},
		{"[1%c\n2]", Array{Integer(1), Integer(2)}},
		{"<</A 1/B[2 0 R]/C/D/E null/F<</G(h)>>>>", Dict{"A": Integer(1), "B": Array{Ref{2, 0}}, "C": Name("D"), "F": Dict{"G": String("h")}}},
		{"<< /A 1 0 R /B 2 >>", Dict{"A": Ref{1, 0}, "B": Integer(2)}},
	} {
		got, err := parse([]byte(tt.in))
		if err != nil {
			t.Errorf("%s: %v", tt.in, err)
		} else if !same(got, tt.want) {
			t.Errorf("%s is read as %#v, want %#v", tt.in, got, tt.want)
		}
	}
}

func TestParseErrors(t *testing.T) {
	for _, tt := range []struct {
		in     string
		offset int64
		want   string
	}{
		{"", 0, "the data ends"},
		{"  ", 2, "the data ends"},
		{"nul", 0, `"nul" is no object`},
		{"]", 0, "is no object"},
		{"1e5", 0, "is no number"},
		{"--1", 0, "is no number"},
		{"1.2.3", 0, "is no number"},
		{"+", 0, "is no number"},
		{".", 0, "is no number"},
		{"99999999999999999999", 0, "out of range"},
		{"0 0 R", 0, "names no object"},
		{"/A#2", 2, "two hex digits"},
		{"/A#zz", 2, "two hex digits"},
		{"/A#00", 2, "zero byte"},
		{"<48", 0, "hex string is not closed"},
		{"<4x>", 2, "in a hex string"},
		{"(a(b)", 0, "string is not closed"},
		{"(a\\", 0, "string is not closed"},
		{" [1 2", 1, "array is not closed"},
		{"<</A 1", 0, "dictionary is not closed"},
		{"<</A 1>", 6, "closed by one >"},
		{"<</A 1 2>>", 7, "where a dictionary key should be"},
		{"<</A>>", 4, "is no object"},
		{"<</A 1/A 2>>", 6, "key /A twice"},
		{"<</A 1/#41 2>>", 6, "key /A twice"},
		{"<</A null/A 2>>", 9, "key /A twice"},
		{"1 2", 2, "left over"},
	} {
		_, err := parse([]byte(tt.in))
		e, ok := errors.AsType[*SyntaxError](err)
		if !ok || e.Offset != tt.offset || !strings.Contains(e.Msg, tt.want) {
			t.Errorf("%q: error %v, want %q at %d", tt.in, err, tt.want, tt.offset)
		}
	}
	deep := strings.Repeat("[", 65) + strings.Repeat("]", 65)
	_, err := parse([]byte(deep))
	if e, ok := errors.AsType[*LimitError](err); !ok || e.Offset != 64 {
		t.Errorf("nesting of 65: %v, want a limit error at 64", err)
	}
	if _, err := parse([]byte(deep[1:129])); err != nil {
		t.Errorf("nesting of 64: %v", err)
	}
}

// objects generates trees of what the reader can return.
func objects() *rapid.Generator[Object] {
	leaves := []*rapid.Generator[Object]{
		rapid.Just[Object](nil),
		rapid.Map(rapid.Bool(), func(v bool) Object { return v }),
		rapid.Map(rapid.Int64(), func(v int64) Object { return Integer(v) }),
		rapid.Map(rapid.Float64().Filter(finite), func(v float64) Object { return Real(v) }),
		rapid.Map(names(), func(v Name) Object { return v }),
		rapid.Map(rapid.SliceOf(rapid.Byte()), func(v []byte) Object { return String(v) }),
		rapid.Custom(func(t *rapid.T) Object {
			return Ref{rapid.IntRange(1, maxObjectNumber).Draw(t, "num"), rapid.IntRange(0, 65535).Draw(t, "gen")}
		}),
	}
	tree := rapid.OneOf(leaves...)
	for range 4 {
		below := tree
		tree = rapid.OneOf(append(leaves,
			rapid.Map(rapid.SliceOfN(below, 0, 6), func(v []Object) Object { return Array(v) }),
			rapid.Map(rapid.MapOfN(names(), below, 0, 6), func(v map[Name]Object) Object { return Dict(v) }))...)
	}
	return tree
}

func names() *rapid.Generator[Name] {
	return rapid.Map(rapid.SliceOf(rapid.ByteRange(1, 255)), func(v []byte) Name { return Name(v) })
}

// same compares objects as PDF does: an integral Real equals the Integer, and a
// null entry of a dictionary is not there.
func same(a, b Object) bool {
	switch a := normal(a).(type) {
	case Integer, Real:
		x, okx := number(a)
		y, oky := number(b)
		return okx && oky && x == y
	case String:
		b, ok := b.(String)
		return ok && string(a) == string(b)
	case Array:
		b, ok := b.(Array)
		return ok && slices.EqualFunc(a, b, same)
	case Dict:
		b, ok := b.(Dict)
		return ok && sameDict(a, b) && sameDict(b, a)
	case *Stream:
		b, ok := b.(*Stream)
		if !ok || string(a.Raw) != string(b.Raw) {
			return false
		}
		x, y := maps.Clone(a.Dict), maps.Clone(b.Dict)
		delete(x, "Length")
		delete(y, "Length")
		return sameDict(x, y) && sameDict(y, x)
	}
	return a == b
}

func number(o Object) (any, bool) {
	switch v := normal(o).(type) {
	case Integer:
		return int64(v), true
	case Real:
		if f := float64(v); f == math.Trunc(f) && math.Abs(f) < 1<<63 {
			return int64(f), true
		}
		return float64(v), true
	}
	return nil, false
}

func sameDict(a, b Dict) bool {
	for k, v := range a {
		if v != nil && !same(v, b[k]) {
			return false
		}
	}
	return true
}

// Any object survives serialisation and parsing, and has one spelling.
func TestObjectRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		o := objects().Draw(t, "object")
		b := Append(nil, o)
		got, err := parse(b)
		if err != nil {
			t.Fatalf("%q: %v", b, err)
		}
		if !same(got, o) {
			t.Fatalf("%q is read as %#v, want %#v", b, got, o)
		}
		if again := Append(nil, got); string(again) != string(b) {
			t.Fatalf("%q is written again as %q", b, again)
		}
	})
}
