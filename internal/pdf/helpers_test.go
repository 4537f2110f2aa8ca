package pdf

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
)

// sample is a small document with a page, two form fields, a compressed stream
// and an information dictionary.
func sample(t testing.TB) []byte {
	t.Helper()
	w := NewWriter("1.7")
	catalog, pages, page, name, sig := w.Alloc(), w.Alloc(), w.Alloc(), w.Alloc(), w.Alloc()
	content := w.Add(Deflate(nil, []byte(strings.Repeat("0 0 m 595 842 l S\n", 50)), 6))
	w.Put(catalog, Dict{"Type": Name("Catalog"), "Pages": pages, "AcroForm": Dict{
		"Fields": Array{name, sig}, "SigFlags": 3, "DA": String("/TNR 13 Tf"),
	}})
	w.Put(pages, Dict{"Type": Name("Pages"), "Kids": Array{page}, "Count": 1, "MediaBox": Array{0, 0, 595.28, 841.89}})
	w.Put(page, Dict{"Type": Name("Page"), "Parent": pages, "Contents": content, "Annots": Array{name, sig}, "Resources": Dict{}})
	w.Put(name, Dict{
		"Type": Name("Annot"), "Subtype": Name("Widget"), "FT": Name("Tx"), "T": TextString("so"),
		"Rect": Array{10, 20, 110, 40}, "P": page, "F": 4,
	})
	w.Put(sig, Dict{
		"Type": Name("Annot"), "Subtype": Name("Widget"), "FT": Name("Sig"), "T": TextString("con_dau"),
		"Rect": Array{10, 50, 110, 90}, "P": page, "F": 4,
	})
	info := w.Add(Dict{"Title": TextString("Quyết định (thử)")})
	file, err := w.Finish(Dict{"Root": catalog, "Info": info})
	if err != nil {
		t.Fatal(err)
	}
	return file
}

func open(t testing.TB, data []byte) *File {
	t.Helper()
	f, err := Open(data, Limits{})
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	return f
}

// raw builds files piece by piece, right or wrong.
type raw struct {
	bytes.Buffer
	entries map[int]Entry
}

func newRaw() *raw {
	r := &raw{entries: map[int]Entry{}}
	r.WriteString("%PDF-1.7\n%\xE2\xE3\xCF\xD3\n")
	return r
}

// obj writes an object and lists it.
func (r *raw) obj(num int, body string) int64 {
	at := int64(r.Len())
	r.entries[num] = Entry{Num: num, Kind: InUse, Offset: at}
	fmt.Fprintf(r, "%d 0 obj\n%s\nendobj\n", num, body)
	return at
}

func (r *raw) stream(num int, dict, data string) {
	r.obj(num, fmt.Sprintf("<<%s/Length %d>>\nstream\n%s\nendstream", dict, len(data), data))
}

func (r *raw) take() []Entry {
	nums := slices.Sorted(maps.Keys(r.entries))
	var out []Entry
	for _, n := range nums {
		out = append(out, r.entries[n])
	}
	r.entries = map[int]Entry{}
	return out
}

// table ends a revision with a classic table of what obj listed since the last.
func (r *raw) table(trailer string) int64 {
	at := int64(r.Len())
	b := []byte("xref\n0 1\n0000000000 65535 f \n")
	if entries := r.take(); len(entries) > 0 {
		b = append(b, appendTable(nil, entries)[len("xref\n"):]...)
	}
	fmt.Fprintf(r, "%strailer\n<<%s>>\nstartxref\n%d\n%%%%EOF\n", b, trailer, at)
	return at
}

// xrefStream ends a revision with a cross-reference stream, object num.
func (r *raw) xrefStream(num int, trailer string) int64 {
	at := r.bareXRefStream(num, trailer)
	fmt.Fprintf(r, "startxref\n%d\n%%%%EOF\n", at)
	return at
}

func (r *raw) bareXRefStream(num int, trailer string) int64 {
	at := int64(r.Len())
	r.entries[num] = Entry{Num: num, Kind: InUse, Offset: at}
	var index, data []byte
	for _, e := range r.take() {
		index = fmt.Appendf(index, "%d 1 ", e.Num)
		switch e.Kind {
		case InUse:
			data = append(data, 1, byte(e.Offset>>16), byte(e.Offset>>8), byte(e.Offset), byte(e.Gen))
		case Compressed:
			data = append(data, 2, byte(e.Container>>16), byte(e.Container>>8), byte(e.Container), byte(e.Index))
		default:
			data = append(data, 0, 0, 0, 0, 0)
		}
	}
	r.stream(num, fmt.Sprintf("/Type/XRef/W[1 3 1]/Index[%s]%s", index, trailer), string(data))
	delete(r.entries, num)
	return at
}

// objStm writes an object stream and lists its members.
func (r *raw) objStm(num int, members map[int]string) {
	var head, body []byte
	for i, n := range slices.Sorted(maps.Keys(members)) {
		head = fmt.Appendf(head, "%d %d ", n, len(body))
		body = append(append(body, members[n]...), '\n')
		r.entries[n] = Entry{Num: n, Kind: Compressed, Container: num, Index: i}
	}
	s := Deflate(nil, append(head, body...), 6)
	r.stream(num, fmt.Sprintf("/Type/ObjStm/N %d/First %d/Filter/FlateDecode", len(members), len(head)), string(s.Raw))
}

// minimal writes the least catalog and page tree, objects 1 and 2.
func (r *raw) minimal() *raw {
	r.obj(1, "<</Type/Catalog/Pages 2 0 R>>")
	r.obj(2, "<</Type/Pages/Kids[]/Count 0>>")
	return r
}

// everything reads whatever can be read of a file, as a verifier would.
func everything(f *File) error {
	var first error
	keep := func(err error) {
		if first == nil {
			first = err
		}
	}
	revs := f.Revisions()
	for i := range revs {
		view := f.At(i)
		for _, e := range revs[i].Entries {
			o, err := view.Get(e.Ref())
			keep(err)
			if s, ok := o.(*Stream); ok {
				_, err := view.Decode(s, 1<<20)
				keep(err)
			}
			Append(nil, noStream(o))
		}
		_, err := view.Fields()
		keep(err)
		_, err = view.Pages()
		keep(err)
		view.Anomalies()
	}
	return first
}

func noStream(o Object) Object {
	if s, ok := o.(*Stream); ok {
		return s.Dict
	}
	return o
}

func codes(list []Anomaly) []Code {
	var out []Code
	for _, a := range list {
		out = append(out, a.Code)
	}
	return out
}
