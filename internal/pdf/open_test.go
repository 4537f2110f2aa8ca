package pdf

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestOpenSample(t *testing.T) {
	data := sample(t)
	f := open(t, data)
	if f.Version() != "1.7" || &f.Bytes()[0] != &data[0] {
		t.Errorf("version %s, or the bytes were copied", f.Version())
	}
	if err := everything(f); err != nil {
		t.Fatal(err)
	}
	if list := f.Anomalies(); len(list) > 0 {
		t.Errorf("anomalies: %+v", list)
	}
	revs := f.Revisions()
	if len(revs) != 1 {
		t.Fatalf("%d revisions", len(revs))
	}
	if r := revs[0]; r.Start != 0 || r.End != int64(len(data)) || r.Kind != Table || len(r.Entries) != 8 ||
		!bytes.HasPrefix(data[r.XRefOffset:], []byte("xref")) {
		t.Errorf("revision %+v", r)
	}
	catalog, err := f.Catalog()
	if err != nil || catalog["Type"] != Name("Catalog") {
		t.Fatalf("catalog %v, %v", catalog, err)
	}
	pages, err := f.Pages()
	if err != nil || len(pages) != 1 {
		t.Fatalf("pages %v, %v", pages, err)
	}
	box, err := f.Array(pages[0].Dict["MediaBox"])
	if err != nil || !same(box, Array{0, 0, 595.28, 841.89}) {
		t.Errorf("inherited media box %v, %v", box, err)
	}
	content, err := f.Stream(pages[0].Dict["Contents"])
	if err != nil {
		t.Fatal(err)
	}
	text, err := f.Decode(content, 1000)
	if err != nil || string(text) != strings.Repeat("0 0 m 595 842 l S\n", 50) {
		t.Errorf("content %q, %v", text, err)
	}
	_, err = f.Decode(content, 899)
	if e, ok := errors.AsType[*LimitError](err); !ok || e.Object == 0 || e.Offset <= 0 {
		t.Errorf("decoding 900 bytes with room for 899: %v", err)
	}
	info, err := f.Dict(f.Trailer()["Info"])
	if err != nil {
		t.Fatal(err)
	}
	if title, err := f.StringOf(info["Title"]); err != nil || TextOf(title) != "Quyết định (thử)" {
		t.Errorf("title %v, %v", title, err)
	}
}

func TestAccessors(t *testing.T) {
	r := newRaw().minimal()
	at := r.obj(3, "[1 2.5 (s) /N true null 9 0 R 4 0 R]")
	r.obj(4, "5 0 R")
	r.obj(5, "4 0 R")
	r.obj(6, "1.5")
	r.table("/Size 9/Root 1 0 R")
	f := open(t, r.Bytes())
	a, err := f.Array(Ref{3, 0})
	if err != nil || len(a) != 8 {
		t.Fatal(a, err)
	}
	if n, err := f.Int(a[0]); n != 1 || err != nil {
		t.Error(n, err)
	}
	if n, err := f.Num(a[0]); n != 1 || err != nil {
		t.Error(n, err)
	}
	if n, err := f.Num(Ref{6, 0}); n != 1.5 || err != nil {
		t.Error(n, err)
	}
	if s, err := f.StringOf(a[2]); string(s) != "s" || err != nil {
		t.Error(s, err)
	}
	if n, err := f.NameOf(a[3]); n != "N" || err != nil {
		t.Error(n, err)
	}
	if b, err := f.Bool(a[4]); !b || err != nil {
		t.Error(b, err)
	}
	for _, null := range []Object{nil, a[5], a[6], Ref{1, 7}, Ref{-3, 0}, Ref{1 << 40, 0}} {
		d, err := f.Dict(null)
		if d != nil || err != nil {
			t.Errorf("Dict(%v) = %v, %v, want nothing", null, d, err)
		}
		if n, err := f.Int(null); n != 0 || err != nil {
			t.Errorf("Int(%v) = %v, %v, want nothing", null, n, err)
		}
	}
	_, err = f.Dict(Ref{3, 0})
	if e, ok := errors.AsType[*SyntaxError](err); !ok || e.Object != 3 || e.Offset != at || !strings.Contains(e.Msg, "an array where a dictionary") {
		t.Errorf("Dict of an array: %v", err)
	}
	if _, err := f.Resolve(a[7]); err == nil {
		t.Error("references in a circle were resolved")
	}
	if _, err := f.Int(Real(1)); err == nil {
		t.Error("a real passed as an integer")
	}
}

// Whatever is written is read back.
func TestWriterRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := NewWriter("1.7")
		var want []Object
		for i := range rapid.IntRange(1, 20).Draw(t, "objects") {
			o := objects().Draw(t, fmt.Sprint(i))
			if d, ok := o.(Dict); ok && rapid.Bool().Draw(t, "stream") {
				delete(d, "Filter")
				delete(d, "F")
				data := rapid.SliceOf(rapid.Byte()).Draw(t, "data")
				if rapid.Bool().Draw(t, "deflate") {
					o = Deflate(d, data, rapid.IntRange(-3, 10).Draw(t, "level"))
				} else {
					o = &Stream{Dict: d, Raw: data}
				}
			}
			want = append(want, o)
			w.Add(o)
		}
		file, err := w.Finish(Dict{"Root": Ref{1, 0}})
		if err != nil {
			t.Fatal(err)
		}
		f, err := Open(file, Limits{})
		if err != nil {
			t.Fatal(err)
		}
		for i, o := range want {
			got, err := f.Get(Ref{Num: i + 1})
			if err != nil || !same(got, o) {
				t.Fatalf("object %d is read as %#v, %v, want %#v", i+1, got, err, o)
			}
		}
		for _, a := range f.Anomalies() { // an object stream by accident is no concern
			t.Fatalf("anomaly %+v", a)
		}
	})
}

func TestDeflate(t *testing.T) {
	data := bytes.Repeat([]byte("Độc lập - Tự do - Hạnh phúc\n"), 100)
	d := Dict{"Type": Name("X")}
	s := Deflate(d, data, 9)
	if len(d) != 1 {
		t.Error("Deflate changed its argument")
	}
	if len(s.Raw) > len(data)/10 {
		t.Errorf("%d bytes deflate to %d", len(data), len(s.Raw))
	}
	f := open(t, sample(t))
	if got, err := f.Decode(s, len(data)); err != nil || !bytes.Equal(got, data) {
		t.Errorf("inflated to %d bytes, %v", len(got), err)
	}
	if again := Deflate(d, data, 9); !bytes.Equal(again.Raw, s.Raw) {
		t.Error("deflating twice gives two results")
	}
}
