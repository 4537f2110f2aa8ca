package pdf

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
)

// at is where text first stands in data.
func at(data []byte, text string) int64 { return int64(bytes.Index(data, []byte(text))) }

// replace changes text of the same length, so that no offset moves.
func replace(t testing.TB, data []byte, old, new string) []byte {
	t.Helper()
	if len(old) != len(new) || !bytes.Contains(data, []byte(old)) {
		t.Fatalf("cannot replace %q by %q", old, new)
	}
	return bytes.Replace(data, []byte(old), []byte(new), 1)
}

// A hostile file is an error that says where, from Open or from reading all.
func TestHostile(t *testing.T) {
	good := sample(t)
	with := func(old, new string) []byte { return replace(t, bytes.Clone(good), old, new) }
	built := func(do func(r *raw)) []byte {
		r := newRaw().minimal()
		do(r)
		return r.Bytes()
	}
	startAt := func(offset int64) []byte {
		return fmt.Appendf(bytes.Clone(good[:at(good, "startxref")]), "startxref\n%d\n%%%%EOF\n", offset)
	}
	trailer := "/Size 9/Root 1 0 R"
	for _, tt := range []struct {
		name   string
		data   []byte
		offset int64 // -2: any
		object int
		want   string
	}{
		{"empty", nil, 0, 0, "does not begin with %PDF-"},
		{"text", []byte("Kính gửi"), 0, 0, "does not begin with %PDF-"},
		{"header only", []byte("%PDF-1.7\n"), 9, 0, "no startxref"},
		{"no version", []byte("%PDF-x\nstartxref"), 0, 0, "names no PDF version"},
		{"truncated", good[:len(good)/2], int64(len(good) / 2), 0, "no startxref"},
		{"cut in the end mark", good[:len(good)-3], -2, 0, "not followed by %%EOF"},
		{"startxref in a word", with("\nstartxref", "xstartxref"), -2, 0, "does not stand for itself"},
		{"startxref outside", startAt(99999), -2, 0, "outside the file"},
		{"startxref at an object", startAt(at(good, "6 0 obj")), at(good, "6 0 obj"), 6, "a cross-reference stream should be here"},
		{"startxref at nothing", startAt(12), 12, 0, "where a cross-reference section should be"},
		{"no trailer dictionary", with("trailer\n<<", "trailer\n[["), -2, 0, "no object"},
		{"trailer is an array", []byte("%PDF-1.7\nxref\n0 0\ntrailer\n[]\nstartxref\n9\n%%EOF"), -2, 0, "the trailer is not a dictionary"},
		{"no size", with("/Size", "/Sise"), at(good, "xref\n0"), 0, "no /Size"},
		{"no root", with("/Root", "/Roat"), at(good, "xref\n0"), 0, "no /Root"},
		{"entry cut short", with(" 00000 n \n", " 00000 n\n "), -2, 0, "no cross-reference entry"},
		{"entry with a letter", with("0000000", "00o0000"), -2, 0, "no cross-reference entry"},
		{"too many entries", with("xref\n0 8", "xref\n0 9"), -2, 0, ""},
		{"catalog elsewhere", with("1 0 obj", "7 0 obj"), at(good, "1 0 obj"), 1, "leads to object 7 0"},
		{"another generation", with("1 0 obj", "1 1 obj"), at(good, "1 0 obj"), 1, "leads to object 1 1"},
		{"no object header", with("1 0 obj", "1 0 abj"), at(good, "1 0 obj"), 0, `"n g obj" should be`},
		{"no endobj", with("endobj", "endabj"), -2, 6, "where endobj should be"},
		{"no endstream", with("endstream", "endstraem"), -2, 6, "does not lead to endstream"},
		{"stream longer than its length", built(func(r *raw) {
			r.obj(3, "<</Length 3>>\nstream\nabcd\nendstream")
			r.table(trailer)
		}), -2, 3, "/Length 3 does not lead to endstream"},
		{"stream shorter than its length", built(func(r *raw) {
			r.obj(3, "<</Length 7>>\nstream\nabcd\nendstream")
			r.table(trailer)
		}), -2, 3, "/Length 7 does not lead to endstream"},
		{"negative length", built(func(r *raw) {
			r.obj(3, "<</Length -1>>\nstream\n\nendstream")
			r.table(trailer)
		}), -2, 3, "/Length -1 does not fit"},
		{"huge length", built(func(r *raw) {
			r.obj(3, "<</Length 9223372036854775807>>\nstream\n\nendstream")
			r.table(trailer)
		}), -2, 3, "does not fit"},
		{"length of another type", built(func(r *raw) {
			r.obj(3, "<</Length(1)>>\nstream\n\nendstream")
			r.table(trailer)
		}), -2, 3, "no /Length"},
		{"length that needs itself", built(func(r *raw) {
			r.obj(3, "<</Length 3 0 R>>\nstream\n\nendstream")
			r.table(trailer)
		}), -1, 3, "needs itself"},
		{"lengths in a circle", built(func(r *raw) {
			r.obj(3, "<</Length 4 0 R>>\nstream\n\nendstream")
			r.obj(4, "<</Length 3 0 R>>\nstream\n\nendstream")
			r.table(trailer)
		}), -1, 0, "needs itself"},
		{"length in a missing object", built(func(r *raw) {
			r.obj(3, "<</Length 8 0 R>>\nstream\n\nendstream")
			r.table(trailer)
		}), -2, 3, "is not an integer"},
		{"stream keyword and CR", built(func(r *raw) {
			r.obj(3, "<</Length 0>>\nstream\r\rendstream")
			r.table(trailer)
		}), -2, 3, "not followed by LF"},
		{"deep nesting", built(func(r *raw) {
			r.obj(3, strings.Repeat("[", 100_000))
			r.table(trailer)
		}), -2, 3, "more than 64 levels"},
		{"entry outside the file", built(func(r *raw) {
			r.entries[3] = Entry{Num: 3, Kind: InUse, Offset: 99_999}
			r.table(trailer)
		}), 99_999, 0, "outside the file"},
		{"entry at the start", built(func(r *raw) {
			r.entries[3] = Entry{Num: 3, Kind: InUse, Offset: 0}
			r.table(trailer)
		}), 0, 0, "outside the file"},
		{"huge size", built(func(r *raw) { r.table("/Size 99999999999/Root 1 0 R") }), -2, 0, "no /Size"},
		{"negative size", built(func(r *raw) { r.table("/Size -1/Root 1 0 R") }), -2, 0, "no /Size"},
		{"prev at itself", built(func(r *raw) { r.table(fmt.Sprintf("%s/Prev %d", trailer, r.Len())) }), -2, 0, "loop"},
		{"prev forward", built(func(r *raw) { r.table(fmt.Sprintf("%s/Prev %d", trailer, r.Len()+60)) }), -2, 0, "loop"},
		{"prev negative", built(func(r *raw) { r.table(trailer + "/Prev -5") }), -2, 0, "outside the file"},
		{"prev a string", built(func(r *raw) { r.table(trailer + "/Prev(5)") }), -2, 0, "/Prev is not an integer"},
		{"xrefstm outside", built(func(r *raw) { r.table(trailer + "/XRefStm 99999") }), -2, 0, "/XRefStm is no offset"},
		{"xrefstm at an object", built(func(r *raw) { r.table(trailer + "/XRefStm 15") }), 15, 1, "a cross-reference stream should be here"},
		{"encrypted", built(func(r *raw) { r.table(trailer + "/Encrypt 3 0 R") }), -2, 0, "encrypted"},
		{"root missing", built(func(r *raw) { r.table("/Size 9/Root 7 0 R") }), -2, 0, "/Root is missing"},
		{"bomb", built(func(r *raw) {
			s := Deflate(nil, make([]byte, 2<<20), 9)
			r.stream(3, "/Filter/FlateDecode", string(s.Raw))
			r.table(trailer)
		}), -2, 3, "more than 1048576 bytes of decoded stream data"},
		{"bomb of filters", built(func(r *raw) {
			r.stream(3, "/Filter["+strings.Repeat("/FlateDecode", 9)+"]", "x")
			r.table(trailer)
		}), -2, 3, "more than 8 filters"},
		{"no flate data", built(func(r *raw) {
			r.stream(3, "/Filter/FlateDecode", "xxxx")
			r.table(trailer)
		}), -2, 3, "FlateDecode: zlib"},
		{"stream with huge widths", built(func(r *raw) {
			x := r.Len()
			fmt.Fprintf(r, "3 0 obj\n<</Type/XRef/W[8 9 8]/Size 9/Length 0>>\nstream\n\nendstream\nendobj\nstartxref\n%d\n%%%%EOF", x)
		}), -2, 3, "/W is not an array of widths"},
		{"stream with too few bytes", built(func(r *raw) {
			x := r.Len()
			fmt.Fprintf(r, "3 0 obj\n<</Type/XRef/W[1 2 1]/Size 9/Length 0>>\nstream\n\nendstream\nendobj\nstartxref\n%d\n%%%%EOF", x)
		}), -2, 3, "9 entries of 4 bytes need 36"},
		{"stream with a huge index", built(func(r *raw) {
			x := r.Len()
			fmt.Fprintf(r, "3 0 obj\n<</Type/XRef/W[0 0 0]/Size 9/Index[0 8000000 0 8000000]/Length 0>>\nstream\n\nendstream\nendobj\nstartxref\n%d\n%%%%EOF", x)
		}), -2, 3, "/Index goes beyond"},
		{"stream with many entries of no width", built(func(r *raw) {
			x := r.Len()
			fmt.Fprintf(r, "3 0 obj\n<</Type/XRef/W[0 0 0]/Size 9/Index[0 8000000]/Length 0>>\nstream\n\nendstream\nendobj\nstartxref\n%d\n%%%%EOF", x)
		}), -2, 0, "more than 200000 cross-reference entries"},
		{"stream with an indirect length", built(func(r *raw) {
			x := r.Len()
			fmt.Fprintf(r, "3 0 obj\n<</Type/XRef/W[1 2 1]/Size 9/Length 4 0 R>>\nstream\n\nendstream\nendobj\nstartxref\n%d\n%%%%EOF", x)
		}), -2, 3, "is not an integer"},
		{"object stream in itself", built(func(r *raw) {
			r.objStm(7, map[int]string{4: "1"})
			r.entries[7] = Entry{Num: 7, Kind: Compressed, Container: 7}
			r.xrefStream(8, trailer)
		}), -1, 4, "its object stream 7 is not in the file"},
		{"object stream whose length is in it", built(func(r *raw) {
			r.obj(7, "<</Type/ObjStm/N 1/First 4/Length 4 0 R>>\nstream\n4 0 6\nendstream")
			r.entries[4] = Entry{Num: 4, Kind: Compressed, Container: 7}
			r.xrefStream(8, trailer)
		}), -2, 0, "needs itself"},
		{"object stream that is none", built(func(r *raw) {
			r.stream(7, "/N 1/First 4", "4 0 6")
			r.entries[4] = Entry{Num: 4, Kind: Compressed, Container: 7}
			r.xrefStream(8, trailer)
		}), -2, 4, "object 7 is not an object stream"},
		{"object stream with a huge count", built(func(r *raw) {
			r.stream(7, "/Type/ObjStm/N 999999999/First 4", "4 0 6")
			r.entries[4] = Entry{Num: 4, Kind: Compressed, Container: 7}
			r.xrefStream(8, trailer)
		}), -2, 7, "cannot hold"},
		{"object stream with offsets backwards", built(func(r *raw) {
			r.stream(7, "/Type/ObjStm/N 2/First 8", "4 2 5 0 6 7")
			r.entries[4] = Entry{Num: 4, Kind: Compressed, Container: 7}
			r.xrefStream(8, trailer)
		}), -2, 7, "do not ascend"},
		{"object stream with another object", built(func(r *raw) {
			r.stream(7, "/Type/ObjStm/N 1/First 4", "5 0 6")
			r.entries[4] = Entry{Num: 4, Kind: Compressed, Container: 7}
			r.xrefStream(8, trailer)
		}), -2, 4, "has object 5 at index 0"},
		{"object stream with a stray token", built(func(r *raw) {
			r.stream(7, "/Type/ObjStm/N 1/First 4", "4 0 6 7")
			r.entries[4] = Entry{Num: 4, Kind: Compressed, Container: 7}
			r.xrefStream(8, trailer)
		}), -2, 4, "stands after the object"},
		{"object stream with a bare reference", built(func(r *raw) {
			r.stream(7, "/Type/ObjStm/N 1/First 4", "4 0 1 0 R")
			r.entries[4] = Entry{Num: 4, Kind: Compressed, Container: 7}
			r.xrefStream(8, trailer)
		}), -2, 4, "bare reference"},
		{"object stream with a long index", built(func(r *raw) {
			r.stream(7, "/Type/ObjStm/N 1/First 4", "4 0 6")
			r.entries[4] = Entry{Num: 4, Kind: Compressed, Container: 7, Index: 9}
			r.xrefStream(8, trailer)
		}), -2, 4, "has no index 9"},
		{"pages in a circle", []byte(strings.Replace(string(built(func(r *raw) { r.table(trailer) })), "/Kids[]/Count 0", "/Kids[2 0 R]/C ", 1)), -2, 0, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f, err := Open(tt.data, Limits{})
			if err == nil {
				err = everything(f)
			}
			if err == nil {
				t.Fatal("no error")
			}
			if !strings.Contains(err.Error(), tt.want) {
				t.Fatalf("error %q, want %q", err, tt.want)
			}
			where, object := int64(-3), 0
			if e, ok := errors.AsType[*SyntaxError](err); ok {
				where, object = e.Offset, e.Object
			} else if e, ok := errors.AsType[*LimitError](err); ok {
				where, object = e.Offset, e.Object
			} else if !errors.Is(err, ErrEncrypted) {
				t.Fatalf("error of type %T", err)
			}
			if tt.offset >= -1 && where != tt.offset {
				t.Errorf("%v: offset %d, want %d", err, where, tt.offset)
			}
			if tt.object > 0 && object != tt.object {
				t.Errorf("%v: object %d, want %d", err, object, tt.object)
			}
		})
	}
}

func TestLimits(t *testing.T) {
	r := newRaw().minimal()
	at := r.table("/Size 4/Root 1 0 R")
	for range 9 {
		at = r.table(fmt.Sprintf("/Size 4/Root 1 0 R/Prev %d", at))
	}
	for _, tt := range []struct {
		lim  Limits
		want string
	}{
		{Limits{FileSize: 100}, "more than 100 bytes in the file"},
		{Limits{Objects: 5}, "more than 5 cross-reference entries"},
		{Limits{Revisions: 9}, "more than 9 cross-reference sections"},
		{Limits{Elements: 20}, "more than 20 array elements"},
		{Limits{}, ""},
		{Limits{Revisions: 10, Objects: 12, FileSize: int64(r.Len())}, ""},
	} {
		f, err := Open(r.Bytes(), tt.lim)
		switch {
		case tt.want == "" && err != nil:
			t.Errorf("%+v: %v", tt.lim, err)
		case tt.want == "":
			if n := len(f.Revisions()); n != 10 {
				t.Errorf("%d revisions", n)
			}
		case err == nil || !strings.Contains(err.Error(), tt.want):
			t.Errorf("%+v: error %v, want %q", tt.lim, err, tt.want)
		}
	}
}

// Decoding is bounded over the whole file, not only stream by stream.
func TestDecodedTotal(t *testing.T) {
	r := newRaw().minimal()
	r.stream(3, "/Filter/FlateDecode", string(Deflate(nil, make([]byte, 1000), 9).Raw))
	r.table("/Size 4/Root 1 0 R")
	f, err := Open(r.Bytes(), Limits{Decoded: 2500})
	if err != nil {
		t.Fatal(err)
	}
	s, err := f.Stream(Ref{3, 0})
	if err != nil {
		t.Fatal(err)
	}
	for i := range 4 {
		_, err := f.Decode(s, 1<<30)
		if _, ok := errors.AsType[*LimitError](err); ok != (i >= 2) {
			t.Errorf("decoding number %d: %v", i+1, err)
		}
	}
}

// Objects that all run to the end of the file must not cost its size each.
func TestQuadratic(t *testing.T) {
	r := newRaw().minimal()
	for n := 3; n < 20_000; n++ {
		at := int64(r.Len())
		r.entries[n] = Entry{Num: n, Kind: InUse, Offset: at}
		fmt.Fprintf(r, "%d 0 obj(", n)
	}
	r.table("/Size 20000/Root 1 0 R")
	f := open(t, r.Bytes())
	list := f.Anomalies()
	if len(list) != maxAnomalies+1 {
		t.Errorf("%d anomalies", len(list))
	}
	if used := 1<<20 + maxPasses*int64(r.Len()) - f.c.steps; used > (maxPasses+2)*int64(r.Len())+1<<20 {
		t.Errorf("%d bytes were parsed in a file of %d", used, r.Len())
	}
}
