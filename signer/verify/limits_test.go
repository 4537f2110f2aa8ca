package verify_test

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"runtime"
	"strings"
	"testing"

	"antin/internal/pdf"
	"antin/signer/verify"
)

// oneObjectFile is a file of hand-written objects; the first is the catalog.
func handWritten(objects ...string) []byte {
	var b bytes.Buffer
	b.WriteString("%PDF-1.7\n")
	var at []int
	for i, o := range objects {
		at = append(at, b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	start := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(objects)+1)
	for _, a := range at {
		fmt.Fprintf(&b, "%010d 00000 n \n", a)
	}
	fmt.Fprintf(&b, "trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n", len(objects)+1, start)
	return b.Bytes()
}

func deflated(data []byte) []byte {
	var b bytes.Buffer
	w := zlib.NewWriter(&b)
	_, err := w.Write(data)
	must(err)
	must(w.Close())
	return b.Bytes()
}

// bomb is a stream object that decodes to n zero bytes, twice deflated.
func bomb(dict string, n int) string {
	data := deflated(deflated(make([]byte, n)))
	return fmt.Sprintf("<<%s/Filter[/FlateDecode/FlateDecode]/Length %d>>stream\n%s\nendstream", dict, len(data), data)
}

// What is meant to exhaust the verifier is refused with bounded memory. These
// figures are stated in the notes on the limits.
func TestHostileFilesAreRefusedCheaply(t *testing.T) {
	const megabyte = 1 << 20
	plain := "<</Type/Catalog/Pages 2 0 R>>"
	pages := "<</Type/Pages/Kids[]/Count 0>>"
	revisions := func(n int) []byte {
		out := handWritten(plain, pages)
		for range n {
			out = crooked(out, revision{objects: []string{"3 0 obj\n1\nendobj"}})
		}
		return out
	}
	for _, c := range []struct {
		name  string
		make  func() []byte
		code  string // of the check "format", or "" when the file is judged
		alloc uint64 // bytes that verifying may allocate in all
	}{
		{"200 MB", func() []byte { return append([]byte("%PDF-1.7\n"), make([]byte, 200*megabyte)...) }, "limit", megabyte},
		{"64 MB of nothing", func() []byte { return append([]byte("%PDF-1.7\n"), make([]byte, 60*megabyte)...) }, "malformed", megabyte},
		{"100,000 objects", func() []byte {
			o := []string{plain, pages}
			for range 100_000 {
				o = append(o, "0")
			}
			return handWritten(o...)
		}, "limit", 16 * megabyte},
		{"an entry count that lies", func() []byte {
			return bytes.Replace(handWritten(plain, pages), []byte("xref\n0 3\n"), []byte("xref\n0 99999999\n"), 1)
		}, "malformed", megabyte},
		{"decompression bomb in the form", func() []byte {
			return handWritten("<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[3 0 R]>>>>", pages, "<</FT/Tx/T(a)/V 4 0 R>>", bomb("", 128*megabyte))
		}, "", 200 * megabyte},
		{"decompression bomb as object stream", func() []byte {
			f := handWritten(plain, pages, bomb("/Type/ObjStm/N 1/First 4", 128*megabyte))
			return f
		}, "", 200 * megabyte},
		{"cross-reference loop", func() []byte {
			f := handWritten(plain, pages)
			at := bytes.Index(f, []byte("xref"))
			return bytes.Replace(f, []byte("/Root"), fmt.Appendf(nil, "/Prev %d/Root", at), 1)
		}, "malformed", megabyte},
		{"nested arrays", func() []byte {
			return handWritten("<</Type/Catalog/Pages 2 0 R/X "+strings.Repeat("[", 100_000)+strings.Repeat("]", 100_000)+">>", pages)
		}, "limit", megabyte},
		{"page tree loop", func() []byte { return sealedOver(`<</Type/Pages/Kids[2 0 R]/Count 1>>`) }, "", 8 * megabyte},
		{"field tree loop", func() []byte {
			return handWritten("<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[3 0 R]>>>>", pages, "<</T(a)/Kids[3 0 R]>>")
		}, "malformed", megabyte},
		{"references in a circle", func() []byte {
			return handWritten("<</Type/Catalog/Pages 2 0 R/AcroForm 3 0 R>>", pages, "4 0 R", "3 0 R")
		}, "malformed", megabyte},
		{"200 revisions", func() []byte { return revisions(200) }, "limit", 4 * megabyte},
	} {
		t.Run(c.name, func(t *testing.T) {
			data, opt := c.make(), options()
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			r := check(t, data, opt)
			runtime.ReadMemStats(&after)
			if used := after.TotalAlloc - before.TotalAlloc; used > c.alloc {
				t.Errorf("allocated %d kB, allowed %d kB", used>>10, c.alloc>>10)
			} else {
				t.Logf("%d kB allocated for a file of %d kB", used>>10, len(data)>>10)
			}
			if r.Indication == verify.TotalPassed {
				t.Fatal(dump(r))
			}
			if f := r.Check("format"); c.code != "" && (f == nil || f.Code != c.code) {
				t.Errorf("not refused as %s:\n%s", c.code, dump(r))
			}
		})
	}
}

// sealedOver is a signed document whose next revision has this page tree.
func sealedOver(pages string) []byte {
	f := open(issued())
	n := dictAt(f, root(f))["Pages"].(pdf.Ref).Num
	return crooked(issued(), revision{objects: []string{fmt.Sprintf("%d 0 obj\n%s\nendobj", n, pages)}})
}

// A document with as many certificates that could have issued one another as
// fit keeps path building within its bound.
func TestManyIssuersAreBounded(t *testing.T) {
	r := check(t, signedBy(craft{id: employer(), certs: crossSigned()}.over), options())
	if r.Indication != verify.TotalPassed {
		t.Error(failures(r))
	}
}
