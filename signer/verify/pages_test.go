package verify

import (
	"testing"

	"antin/internal/pdf"
)

// TestTooManyPages: a document of more pages than anyone signs is refused before
// its signatures are looked at.
func TestTooManyPages(t *testing.T) {
	file := func(n int) []byte {
		w := pdf.NewWriter("1.7")
		root, tree := w.Alloc(), w.Alloc()
		kids := pdf.Array{}
		for range n {
			kids = append(kids, w.Add(pdf.Dict{"Type": pdf.Name("Page"), "Parent": tree, "MediaBox": pdf.Array{pdf.Integer(0), pdf.Integer(0), pdf.Integer(10), pdf.Integer(10)}}))
		}
		w.Put(tree, pdf.Dict{"Type": pdf.Name("Pages"), "Kids": kids, "Count": pdf.Integer(n)})
		w.Put(root, pdf.Dict{"Type": pdf.Name("Catalog"), "Pages": tree})
		b, err := w.Finish(pdf.Dict{"Root": root})
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	for n, want := range map[int]Indication{3: NoSignature, MaxPages + 1: Indeterminate} {
		r, err := Document(file(n), Options{})
		if err != nil || r.Indication != want {
			t.Errorf("%d pages: %s %s, %v", n, r.Indication, r.Conclusion, err)
		}
	}
}
