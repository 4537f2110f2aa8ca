package pdf

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"antin/internal/judge"
)

func field(t testing.TB, f *File, name string) Field {
	t.Helper()
	fields, err := f.Fields()
	if err != nil {
		t.Fatal(err)
	}
	for _, field := range fields {
		if field.Name == name {
			return field
		}
	}
	t.Fatalf("no field %q in %v", name, fields)
	return Field{}
}

// fill sets the value of the field so and adds an object.
func fill(t testing.TB, data []byte, value string) []byte {
	t.Helper()
	f := open(t, data)
	u := NewUpdate(f)
	so := field(t, f, "so")
	o, err := u.Get(so.Ref)
	if err != nil {
		t.Fatal(err)
	}
	d := maps.Clone(o.(Dict))
	d["V"] = TextString(value)
	d["AP"] = Dict{"N": u.Add(Deflate(Dict{"Subtype": Name("Form"), "BBox": Array{0, 0, 100, 20}}, []byte(value), 6))}
	u.Set(so.Ref, d)
	if got, _ := u.Get(so.Ref); !same(got, d) {
		t.Errorf("the update does not show what was set")
	}
	out, err := u.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	if again, err := u.Bytes(); err != nil || !bytes.Equal(again, out) {
		t.Errorf("Bytes twice gives two results, %v", err)
	}
	return out
}

func TestUpdateChain(t *testing.T) {
	for _, tt := range []struct {
		name string
		data []byte
		kind XRefKind
	}{
		{"table", sample(t), Table},
		{"stream", streamSample(t), TableStream},
		{"hybrid", hybridSample(t), Table},
	} {
		t.Run(tt.name, func(t *testing.T) {
			stages := [][]byte{tt.data}
			for i := range 5 {
				last := stages[len(stages)-1]
				next := fill(t, last, fmt.Sprintf("%02d/QĐ-SNV", i))
				if !bytes.HasPrefix(next, last) {
					t.Fatal("the update changed earlier bytes")
				}
				stages = append(stages, next)
			}
			data := stages[5]
			f := open(t, data)
			if err := everything(f); err != nil {
				t.Fatal(err)
			}
			if list := f.Anomalies(); len(list) > 0 {
				t.Errorf("anomalies: %+v", list)
			}
			revs := f.Revisions()
			if len(revs) != 6 {
				t.Fatalf("%d revisions, want 6", len(revs))
			}
			firstID := f.At(0).Trailer()["ID"]
			for i, r := range revs {
				if r.End != int64(len(stages[i])) || i > 0 && r.Start != revs[i-1].End {
					t.Errorf("revision %d is bytes %d to %d, want to %d", i, r.Start, r.End, len(stages[i]))
				}
				view := f.At(i)
				if !bytes.Equal(view.Bytes(), stages[i]) {
					t.Errorf("the bytes of revision %d are not those of its file", i)
				}
				value := TextOf(asString(field(t, view, "so").Dict["V"]))
				if want := fmt.Sprintf("%02d/QĐ-SNV", i-1); i > 0 && value != want || i == 0 && value != "" {
					t.Errorf("revision %d has the number %q", i, value)
				}
				if i == 0 {
					continue
				}
				if r.Kind != tt.kind {
					t.Errorf("revision %d has cross-references of kind %v, want %v", i, r.Kind, tt.kind)
				}
				if n := len(r.Entries); n != 2 && (tt.kind != TableStream || n != 3) {
					t.Errorf("revision %d has %d entries", i, n)
				}
				if r.Trailer["Root"] != f.At(0).Trailer()["Root"] || r.Trailer["Prev"] != Integer(revs[i-1].XRefOffset) {
					t.Errorf("trailer %v", r.Trailer)
				}
				id, _ := view.Array(r.Trailer["ID"])
				old, _ := f.At(i - 1).Array(f.At(i - 1).Trailer()["ID"])
				if len(id) != 2 || firstID != nil && (!same(id[0], old[0]) || same(id[1], old[1])) {
					t.Errorf("revision %d has the ID %v after %v", i, id, old)
				}
			}
			// A view is the file that was.
			for i := range revs {
				if a, b := dump(f.At(i)), dump(open(t, stages[i])); a != b {
					t.Errorf("revision %d as a view:\n%s\nas a file:\n%s", i, a, b)
				}
			}
			// An update of a view replaces what came later.
			u := NewUpdate(f.At(2))
			u.Add(Integer(1))
			if out, err := u.Bytes(); err != nil || !bytes.HasPrefix(out, stages[2]) || len(open(t, out).Revisions()) != 4 {
				t.Errorf("an update of the view of revision 2: %v", err)
			}
			judge.Need(t, "qpdf")
			path := filepath.Join(t.TempDir(), "chain.pdf")
			if err := os.WriteFile(path, data, 0o600); err != nil {
				t.Fatal(err)
			}
			judge.Check(t, path)
		})
	}
}

func asString(o Object) String {
	s, _ := o.(String)
	return s
}

// dump is everything a file says, whatever its bytes.
func dump(f *File) string {
	var b []byte
	b = Append(b, f.Trailer())
	for num := range 200 {
		e, _, ok := f.Entry(num)
		if !ok {
			continue
		}
		o, err := f.Get(e.Ref())
		b = fmt.Appendf(b, "\n%d %v: %v ", num, e.Kind, err)
		b = Append(b, o)
	}
	return string(b)
}

func TestUpdateMisuse(t *testing.T) {
	f := open(t, sample(t))
	for name, do := range map[string]func(u *Update){
		"the file has no such object":  func(u *Update) { u.Set(Ref{99, 0}, nil) },
		"set object 1 3 R":             func(u *Update) { u.Set(Ref{1, 3}, nil) },
		"set object 0 0 R":             func(u *Update) { u.Set(Ref{}, nil) },
		"is not a PDF object":          func(u *Update) { u.Add(struct{}{}) },
		"a stream must be an indirect": func(u *Update) { u.Add(Array{&Stream{}}) },
	} {
		u := NewUpdate(f)
		do(u)
		if _, err := u.Bytes(); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("error %v, want %q", err, name)
		}
	}
}

func TestUpdatePlaceholder(t *testing.T) {
	data := bytes.TrimRight(sample(t), "\n") // then the update begins with a line feed
	f := open(t, data)
	u := NewUpdate(f)
	contents := ContentsPlaceholder(4)
	ref := u.Add(Dict{"Contents": contents})
	u.SetID([]byte("second"))
	for range 2 {
		out, err := u.Bytes()
		if err != nil {
			t.Fatal(err)
		}
		if err := contents.FillHex(out, []byte("abcd")); err != nil {
			t.Fatal(err)
		}
		g := open(t, out)
		d, err := g.Dict(ref)
		if err != nil || string(asString(d["Contents"])) != "abcd" {
			t.Errorf("%v, %v", d, err)
		}
		if id := g.Trailer()["ID"].(Array); string(id[1].(String)) != "second" {
			t.Errorf("ID %v", id)
		}
		if len(g.Anomalies()) > 0 {
			t.Errorf("anomalies %+v", g.Anomalies())
		}
	}
}

// A sequence of random updates keeps every revision as it was.
func TestUpdateProperty(t *testing.T) {
	base := [][]byte{sample(t), streamSample(t), hybridSample(t)}
	rapid.Check(t, func(t *rapid.T) {
		data := rapid.SampledFrom(base).Draw(t, "base")
		first := len(mustOpen(t, data).Revisions())
		var want []map[Ref]Object
		known := map[Ref]Object{}
		for range rapid.IntRange(1, 5).Draw(t, "updates") {
			f := mustOpen(t, data)
			u := NewUpdate(f)
			for range rapid.IntRange(0, 4).Draw(t, "changes") {
				o := objects().Draw(t, "object")
				if len(known) > 0 && rapid.Bool().Draw(t, "old") {
					for r := range known {
						u.Set(r, o)
						known[r] = o
						break
					}
				} else {
					known[u.Add(o)] = o
				}
			}
			next, err := u.Bytes()
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.HasPrefix(next, data) {
				t.Fatal("the update changed earlier bytes")
			}
			data = next
			want = append(want, maps.Clone(known))
		}
		f := mustOpen(t, data)
		if got := len(f.Revisions()); got != first+len(want) {
			t.Fatalf("%d revisions, want %d", got, first+len(want))
		}
		for i, objects := range want {
			for r, o := range objects {
				if got, err := f.At(first + i).Get(r); err != nil || !same(got, o) {
					t.Fatalf("revision %d: object %v is %#v, %v, want %#v", first+i, r, got, err, o)
				}
			}
		}
		if list := f.Anomalies(); len(list) > 0 {
			t.Fatalf("anomalies %+v", list)
		}
	})
}

func mustOpen(t *rapid.T, data []byte) *File {
	f, err := Open(data, Limits{})
	if err != nil {
		t.Fatal(err)
	}
	return f
}
