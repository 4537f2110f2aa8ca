// Package render writes typeset pages as the first revision of a PDF: version
// 1.7, PDF/A-2b and PDF/UA-1, tagged, with the form fields that later
// revisions fill and sign already in place.
//
// gopdf is not used here: it has no tags, no form fields and no PDF/A parts,
// and spends nine tenths of its time on subsetting fonts per document.
package render

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"sync"
	"time"

	"antin/fonts"
	"antin/internal/pdf"
	"antin/templates/layout"
)

// Options of one rendering.
type Options struct {
	// Now is the creation date stated in the file. The same document and the
	// same Now give the same bytes.
	Now time.Time
	// Producer is the program named in the file's metadata; "" means "Antin".
	Producer string
	// Uncompressed leaves page contents readable, for tests and for people.
	Uncompressed bool
}

// contentLevel is the compress/flate level of page contents: Huffman coding only.
// Level 1 would make a file of two pages 4 kB smaller (of 110) and the whole
// chain of render, certify and seal 3 % longer.
const contentLevel = -2

// PDF typesets doc and writes it. Errors are those of layout.Typeset,
// *PictureError and *FieldError.
func PDF(doc *layout.Document, opt Options) ([]byte, error) {
	pages, err := layout.Typeset(doc)
	if err != nil {
		return nil, err
	}
	return Pages(pages, opt)
}

// Pages writes pages that are already typeset.
func Pages(pages *layout.Pages, opt Options) ([]byte, error) {
	if len(pages.Sheets) == 0 {
		return nil, errors.New("render: the document has no pages")
	}
	if opt.Producer == "" {
		opt.Producer = "Antin"
	}
	r := &renderer{pages: pages, opt: opt, w: pdf.NewWriter("1.7")}
	return r.file()
}

// renderer holds the state of one file.
type renderer struct {
	pages *layout.Pages
	opt   Options
	w     *pdf.Writer

	fonts    [fonts.Count]pdf.Ref // Type0 fonts; zero if not used
	sheets   []pdf.Ref            // page objects
	widgets  []pdf.Ref            // by field
	elements []pdf.Ref            // by element; zero if it has no content
	marks    [][]mark             // by element: its marked content
	owners   [][]int32            // by sheet: the element of each MCID
	images   map[*layout.Picture]image
	grounds  map[layout.Ground]pdf.Ref
	seed     [32]byte // of the file's ID
}

// mark is one marked-content sequence of an element.
type mark struct {
	sheet, mcid int32
	bbox        [4]float64 // of pictures, PDF coordinates
}

func (r *renderer) file() ([]byte, error) {
	p, w := r.pages, r.w
	used := r.usedFonts()
	size := 40 << 10
	for s, u := range used {
		if u {
			size += len(fonts.Get(fonts.Style(s)).Subset().FontFile) + 8<<10
		}
	}
	w.Grow(size)
	catalog, root := w.Alloc(), w.Alloc()
	for s, u := range used {
		if u {
			r.fonts[s] = PutFont(w, fonts.Style(s))
		}
	}
	for range p.Sheets {
		r.sheets = append(r.sheets, w.Alloc())
	}
	for range p.Fields {
		r.widgets = append(r.widgets, w.Alloc())
	}
	r.marks = make([][]mark, len(p.Elements))
	r.owners = make([][]int32, len(p.Sheets))
	if err := r.putSheets(root); err != nil {
		return nil, err
	}
	form, err := r.putFields()
	if err != nil {
		return nil, err
	}
	tree := r.putStructure()

	info, xmp := r.metadata()
	meta := w.Add(&pdf.Stream{Dict: pdf.Dict{"Type": pdf.Name("Metadata"), "Subtype": pdf.Name("XML")}, Raw: xmp})
	icc := w.Add(&pdf.Stream{Dict: pdf.Dict{"N": pdf.Integer(3), "Filter": pdf.Name("FlateDecode")}, Raw: iccProfile().Raw})
	intent := w.Add(pdf.Literal("<</Type/OutputIntent/S/GTS_PDFA1/OutputConditionIdentifier(sRGB)/Info(sRGB IEC61966-2.1)/RegistryName(http://www.color.org)/DestOutputProfile " + icc.String() + ">>"))

	b := buffers.Get().(*[]byte)
	defer buffers.Put(b)
	out := append((*b)[:0], "<</Type/Pages/Kids["...)
	for i, s := range r.sheets {
		if i > 0 {
			out = append(out, ' ')
		}
		out = appendRef(out, s)
	}
	out = append(out, "]/Count "...)
	out = appendInt(out, len(r.sheets))
	out = append(out, ">>"...)
	w.Put(root, pdf.Literal(out))

	out = append(out[:0], "<</Type/Catalog/Pages "...)
	out = appendRef(out, root)
	out = append(out, "/Lang(vi-VN)/MarkInfo<</Marked true>>/ViewerPreferences<</DisplayDocTitle true>>/StructTreeRoot "...)
	out = appendRef(out, tree)
	out = append(out, "/Metadata "...)
	out = appendRef(out, meta)
	out = append(out, "/OutputIntents["...)
	out = appendRef(out, intent)
	out = append(out, ']')
	if form != (pdf.Ref{}) {
		out = append(out, "/AcroForm "...)
		out = appendRef(out, form)
	}
	out = append(out, ">>"...)
	w.Put(catalog, pdf.Literal(out))
	*b = out

	id := pdf.String(r.seed[:16])
	return w.Finish(pdf.Dict{"Root": catalog, "Info": w.Add(info), "ID": pdf.Array{id, id}})
}

// usedFonts lists the faces that the text and the fields need.
func (r *renderer) usedFonts() (used [fonts.Count]bool) {
	for i := range r.pages.Sheets {
		items := r.pages.Sheets[i].Items
		for k := range items {
			switch items[k].Kind {
			case layout.TextItem:
				used[items[k].Style] = true
			case layout.TickItem:
				used[fonts.Regular] = true
			default:
			}
		}
	}
	for _, f := range r.pages.Fields {
		if f.Kind == layout.TextField {
			used[fonts.Regular], used[fonts.Italic] = true, true
			used[fonts.StyleOf(f.Bold, f.Italic)] = true
		}
	}
	return used
}

// putSheets writes pages and contents.
func (r *renderer) putSheets(root pdf.Ref) error {
	buf := buffers.Get().(*[]byte)
	defer buffers.Put(buf)
	var page []byte
	hash := sha256.New()
	for i := range r.pages.Sheets {
		s := &r.pages.Sheets[i]
		c := content{r: r, sheet: i, height: s.Height, b: (*buf)[:0]}
		if err := c.page(s); err != nil {
			return err
		}
		*buf = c.b
		var stream *pdf.Stream
		if r.opt.Uncompressed {
			stream = &pdf.Stream{Dict: pdf.Dict{}, Raw: c.b}
		} else {
			stream = pdf.Deflate(nil, c.b, contentLevel)
		}
		hash.Write(stream.Raw)
		contents := r.w.Add(stream)

		page = append(page[:0], "<</Type/Page/Parent "...)
		page = appendRef(page, root)
		page = append(page, "/MediaBox[0 0 "...)
		page = appendCenti(page, centi(s.Width))
		page = append(page, ' ')
		page = appendCenti(page, centi(s.Height))
		page = append(page, "]/Resources<</Font<<"...)
		for st, ref := range r.fonts {
			if c.used[st] {
				page = append(page, fontNames[st]...)
				page = append(page, ' ')
				page = appendRef(page, ref)
			}
		}
		page = append(page, ">>"...)
		if len(c.xobjects) > 0 {
			page = append(page, "/XObject<<"...)
			for _, x := range c.xobjects {
				page = append(page, x.name...)
				page = append(page, ' ')
				page = appendRef(page, x.ref)
			}
			page = append(page, ">>"...)
		}
		page = append(page, ">>/Contents "...)
		page = appendRef(page, contents)
		page = append(page, "/Tabs/S/StructParents "...)
		page = appendInt(page, i)
		if len(c.fields) > 0 {
			page = append(page, "/Annots["...)
			for k, f := range c.fields {
				if k > 0 {
					page = append(page, ' ')
				}
				page = appendRef(page, r.widgets[f])
			}
			page = append(page, ']')
		}
		page = append(page, ">>"...)
		r.w.Put(r.sheets[i], pdf.Literal(page))
	}
	fmt.Fprintf(hash, "%s|%s|%d", r.pages.Doc.Title, r.pages.Doc.Foot.LookupCode, r.opt.Now.UnixNano())
	hash.Sum(r.seed[:0])
	return nil
}

var buffers = sync.Pool{New: func() any { b := make([]byte, 0, 64<<10); return &b }}
