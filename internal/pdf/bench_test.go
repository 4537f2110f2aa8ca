package pdf

import (
	"fmt"
	"maps"
	"testing"
)

// large is like a rendered document: 150 objects, 80 kB of font streams.
func large(font *Stream) ([]byte, error) {
	w := NewWriter("1.7")
	w.Grow(len(font.Raw)*4 + 64<<10)
	catalog, pages, page := w.Alloc(), w.Alloc(), w.Alloc()
	w.Put(catalog, Dict{"Type": Name("Catalog"), "Pages": pages})
	w.Put(pages, Dict{"Type": Name("Pages"), "Kids": Array{page}, "Count": 1})
	w.Put(page, Dict{"Type": Name("Page"), "Parent": pages, "MediaBox": Array{0, 0, 595.28, 841.89}})
	for range 4 {
		w.Add(font)
	}
	for i := range 143 {
		w.Add(Dict{"Type": Name("StructElem"), "S": Name("P"), "K": Array{i, i + 1}, "P": page, "Pg": page})
	}
	return w.Finish(Dict{"Root": catalog})
}

var benchFont = &Stream{Dict: Dict{"Length1": 40_000}, Raw: make([]byte, 20_000)}

func BenchmarkWriter(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := large(benchFont); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkOpen(b *testing.B) {
	data, err := large(benchFont)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		f, err := Open(data, Limits{})
		if err != nil {
			b.Fatal(err)
		}
		if _, err := f.Pages(); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkAnomalies(b *testing.B) {
	data, err := large(benchFont)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		f, err := Open(data, Limits{})
		if err != nil {
			b.Fatal(err)
		}
		if list := f.Anomalies(); len(list) > 0 {
			b.Fatal(list)
		}
	}
}

func BenchmarkUpdate(b *testing.B) {
	data, err := large(benchFont)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		f, err := Open(data, Limits{})
		if err != nil {
			b.Fatal(err)
		}
		u := NewUpdate(f)
		root := f.Trailer()["Root"].(Ref)
		o, err := u.Get(root)
		if err != nil {
			b.Fatal(err)
		}
		d := maps.Clone(o.(Dict))
		d["Perms"] = Dict{"DocMDP": u.Add(Dict{"Contents": ContentsPlaceholder(8192), "ByteRange": ByteRangePlaceholder()})}
		u.Set(root, d)
		if _, err := u.Bytes(); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkDeflate(b *testing.B) {
	var text []byte
	for i := range 400 {
		text = fmt.Appendf(text, "BT /F%d 13 Tf %d %d Td <%04X%04X> Tj ET\n", i%3, 50+i%7*60, 800-i, i*7, i*13)
	}
	b.ReportAllocs()
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		Deflate(nil, text, 6)
	}
}
