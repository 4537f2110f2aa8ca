package pdf

import (
	"bytes"
	"errors"
	"fmt"
	"testing"
)

var fuzzLimits = Limits{FileSize: 1 << 20, Objects: 5000, Elements: 200_000, Depth: 32, Revisions: 16, Decoded: 4 << 20}

// relist appends a revision that lists every object there seems to be in data,
// so that a mutation which moves offsets still reaches the objects. The objects
// that object streams seem to hold are listed by a cross-reference stream.
func relist(data []byte, stream bool) []byte {
	r := &raw{entries: map[int]Entry{}}
	r.Write(data)
	r.WriteByte('\n')
	for at := 0; ; {
		i := bytes.Index(data[at:], []byte(" obj"))
		if i < 0 {
			break
		}
		line := data[at : at+i]
		start := at + bytes.LastIndexAny(line, "\r\n>") + 1
		at += i + len(" obj")
		var num, gen int
		if n, _ := fmt.Sscanf(string(data[start:at]), "%d %d obj", &num, &gen); n == 2 && num > 0 && num < 100 && gen >= 0 && gen < 65536 {
			r.entries[num] = Entry{Num: num, Gen: gen, Kind: InUse, Offset: int64(start)}
		}
	}
	if !stream {
		r.table("/Size 100/Root 1 0 R")
		return r.Bytes()
	}
	for n := range 4 {
		if _, ok := r.entries[1+n]; !ok {
			r.entries[1+n] = Entry{Num: 1 + n, Kind: Compressed, Container: 7, Index: n}
		}
	}
	r.xrefStream(99, "/Size 100/Root 1 0 R")
	return r.Bytes()
}

// FuzzOpen reads all there is to read in any file, and if the file is sound
// updates it. mode 1 and 2 first list the objects anew, in a table or a stream.
func FuzzOpen(f *testing.F) {
	for _, data := range [][]byte{sample(f), streamSample(f), hybridSample(f), fill(f, streamSample(f), "1"), fill(f, fill(f, sample(f), "1"), "2")} {
		for mode := range byte(3) {
			f.Add(data, mode)
		}
	}
	r := newRaw().minimal()
	r.obj(3, "<</Length 4 0 R/Filter/FlateDecode/DecodeParms<</Predictor 12/Columns 2>>>>\nstream\n\nendstream")
	r.obj(4, "0")
	prev := r.table("/Size 9/Root 1 0 R")
	r.obj(3, "[(a(b)\\)) <4> /A#42 -.5 true null 4 0 R]")
	r.obj(3, "(twice)")
	r.table(fmt.Sprintf("/Size 9/Root 1 0 R/Prev %d", prev))
	r.WriteString("tail")
	for mode := range byte(3) {
		f.Add(r.Bytes(), mode)
	}
	f.Fuzz(func(t *testing.T, data []byte, mode byte) {
		if mode = mode % 3; mode > 0 {
			data = relist(data, mode == 2)
		}
		before := bytes.Clone(data)
		file, err := Open(data, fuzzLimits)
		if err != nil {
			typed(t, err)
			return
		}
		everything(file)
		for n := range 20 {
			start, end, _ := file.ValueExtent(Ref{Num: n}, "Length")
			_ = data[start:end]
		}
		if !bytes.Equal(data, before) {
			t.Fatal("reading changed the file")
		}
		revs := file.Revisions()
		for i, r := range revs {
			if r.Start > r.XRefOffset || r.XRefOffset >= r.End || r.End > int64(len(data)) || i > 0 && r.Start != revs[i-1].End {
				t.Fatalf("revision %d: %+v", i, r)
			}
			if i == len(revs)-1 {
				break
			}
			// A view is the file that was, unless a startxref lies.
			then, err := Open(data[:r.End:r.End], fuzzLimits)
			if err != nil || len(then.Revisions()) != i+1 {
				continue
			}
			if then.Revisions()[i].XRefOffset != r.XRefOffset {
				continue
			}
			for _, e := range r.Entries {
				a, errA := file.At(i).Get(e.Ref())
				b, errB := then.Get(e.Ref())
				if limited(errA) || limited(errB) {
					break
				}
				if (errA == nil) != (errB == nil) || !same(noStream(a), noStream(b)) {
					t.Fatalf("revision %d, object %d: view %v, %v; file %v, %v", i, e.Num, a, errA, b, errB)
				}
			}
		}
		u := NewUpdate(file)
		ref := u.Add(Dict{"A": String("b")})
		out, err := u.Bytes()
		if err != nil {
			return
		}
		if !bytes.HasPrefix(out, data) {
			t.Fatal("the update changed earlier bytes")
		}
		again, err := Open(out, Limits{})
		if err != nil {
			t.Fatalf("the updated file cannot be opened: %v", err)
		}
		if d, err := again.Dict(ref); err != nil || string(asString(d["A"])) != "b" {
			t.Fatalf("the new object is %v, %v", d, err)
		}
		if len(again.Revisions()) != len(revs)+1 {
			t.Fatalf("%d revisions after an update of %d", len(again.Revisions()), len(revs))
		}
	})
}

func limited(err error) bool {
	_, ok := errors.AsType[*LimitError](err)
	return ok
}

func typed(t *testing.T, err error) {
	if _, ok := errors.AsType[*SyntaxError](err); ok || limited(err) || errors.Is(err, ErrEncrypted) {
		return
	}
	if _, ok := errors.AsType[*FilterError](err); !ok {
		t.Fatalf("error of type %T: %v", err, err)
	}
}

// FuzzObject checks that what can be parsed has one spelling, which means the
// same.
func FuzzObject(f *testing.F) {
	for _, s := range []string{
		"null", "true", "[1 -2.5 .5 +7 4. 12 0 R]", "<</A/B#20C/D[(a\\(b\\053\\\n)<4 8 6>]/E<<>>>>",
		"(\\0053(nested)\r\n)", "<FEFF0129>", "[/ /A]", "99999999999999999999.5", "% comment\n[1%\n2]", "<</A null/B 1 0 R>>",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		o, err := parse(data)
		if err != nil {
			if e, ok := errors.AsType[*SyntaxError](err); ok && (e.Offset < 0 || e.Offset > int64(len(data))) {
				t.Fatalf("offset %d of %d", e.Offset, len(data))
			}
			typed(t, err)
			return
		}
		b := Append(nil, o)
		again, err := parse(b)
		if err != nil {
			t.Fatalf("%q is written as %q: %v", data, b, err)
		}
		if !same(o, again) {
			t.Fatalf("%q is written as %q, which is %#v, not %#v", data, b, again, o)
		}
		if c := Append(nil, again); !bytes.Equal(b, c) {
			t.Fatalf("%q has two spellings: %q and %q", data, b, c)
		}
	})
}

// FuzzText checks that a text string read and written again is stable.
func FuzzText(f *testing.F) {
	for _, s := range []string{"", "abc", "\xFE\xFF\x01\x29", "\xFE\xFF\xD8\x35\xDC\x9C", "\xEF\xBB\xBFa", "D:20260105093000+07'00'", "\x18\x80\xAD"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		s := TextOf(data)
		if got := TextOf(TextString(s)); got != s {
			t.Fatalf("%x is %q and then %q", data, s, got)
		}
		if d, err := ParseDate(data); err == nil {
			if again, err := ParseDate(Date(d)); err != nil || !again.Equal(d) {
				t.Fatalf("%q is %v and then %v, %v", data, d, again, err)
			}
		}
	})
}
