package mark

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"antin/internal/pdf"
	"antin/templates/layout"
	"antin/templates/render"
)

// Extraction says what Extract writes of itself.
type Extraction struct {
	Pages []int // from 1, rising
	Title string
	// Keywords go to the metadata: the lookup code.
	Keywords []string
	Now      time.Time
	// Over draws on top of each page; its arguments are the width and height of
	// the page as it is seen, in points. nil draws nothing.
	Over func(w, h float64) Drawing
}

// ErrPages is wrapped when a page is asked for that the file does not have, or
// pages out of order.
var ErrPages = errors.New("no such pages")

// Extract writes chosen pages of a file to a new one: what is seen of them, with
// signatures, seals and filled fields as pictures of themselves, without
// signatures, fields, links and structure. A file that says it is PDF/A-2b gives
// one that is. Errors: *RefusalError, ErrPages.
func Extract(data []byte, e Extraction) ([]byte, error) {
	f, err := open(data)
	if err != nil {
		return nil, err
	}
	pages, err := f.Pages()
	if err != nil {
		return nil, refusal(err, data)
	}
	for i, n := range e.Pages {
		if n < 1 || n > len(pages) || i > 0 && n <= e.Pages[i-1] {
			return nil, fmt.Errorf("pages %v of %d: %w", e.Pages, len(pages), ErrPages)
		}
	}
	if len(e.Pages) == 0 {
		return nil, fmt.Errorf("no pages chosen: %w", ErrPages)
	}
	catalog, err := f.Catalog()
	if err != nil {
		return nil, refusal(err, data)
	}
	x := &extractor{f: f, w: pdf.NewWriter("1.7"), done: map[pdf.Ref]pdf.Ref{}, drawn: map[string]pdf.Ref{}}
	root, tree := x.w.Alloc(), x.w.Alloc()
	var kids pdf.Array
	for _, n := range e.Pages {
		kid, err := x.page(pages[n-1], tree, e.Over)
		if err != nil {
			return nil, refusal(err, data)
		}
		kids = append(kids, kid)
	}
	x.w.Put(tree, pdf.Dict{"Type": pdf.Name("Pages"), "Kids": kids, "Count": pdf.Integer(len(kids))})

	archival := claimsArchival(f, catalog)
	info, xmp := render.Metadata(&layout.Document{Title: e.Title, Keywords: e.Keywords}, render.Options{Now: e.Now}, archival)
	c := pdf.Dict{
		"Type": pdf.Name("Catalog"), "Pages": tree, "Lang": pdf.TextString("vi-VN"),
		"ViewerPreferences": pdf.Dict{"DisplayDocTitle": true},
		"Metadata":          x.w.Add(&pdf.Stream{Dict: pdf.Dict{"Type": pdf.Name("Metadata"), "Subtype": pdf.Name("XML")}, Raw: xmp}),
	}
	if catalog["OutputIntents"] != nil {
		if c["OutputIntents"], err = x.copy(catalog["OutputIntents"], maxDepth); err != nil {
			return nil, refusal(err, data)
		}
	}
	x.w.Put(root, c)
	if err := x.drain(); err != nil {
		return nil, refusal(err, data)
	}
	return x.w.Finish(pdf.Dict{"Root": root, "Info": x.w.Add(info)})
}

// claimsArchival reports whether a file says that it is PDF/A-2b.
func claimsArchival(f *pdf.File, catalog pdf.Dict) bool {
	s, err := f.Stream(catalog["Metadata"])
	if err != nil || s == nil {
		return false
	}
	const most = 1 << 20
	xmp, err := f.Decode(s, most)
	return err == nil && catalog["OutputIntents"] != nil &&
		(bytes.Contains(xmp, []byte("<pdfaid:part>2</pdfaid:part>")) || bytes.Contains(xmp, []byte(`pdfaid:part="2"`)))
}

// maxDepth bounds nesting inside one object; the reader bounds it as well.
const maxDepth = 100

// extractor copies what pages need into a new file.
type extractor struct {
	f     *pdf.File
	w     *pdf.Writer
	done  map[pdf.Ref]pdf.Ref
	todo  []pdf.Ref
	drawn map[string]pdf.Ref // overlays by content
}

// skip are keys that lead out of a page's content: to other pages, to the
// structure tree, to what only editing programs read.
var skip = map[pdf.Name]bool{
	"Parent": true, "StructParent": true, "StructParents": true, "PieceInfo": true, "Metadata": true, "OC": true, "OPI": true,
}

// copy is an object with its references led into the new file.
func (x *extractor) copy(o pdf.Object, depth int) (pdf.Object, error) {
	if depth == 0 {
		return nil, errors.New("nested too deep")
	}
	switch o := o.(type) {
	case pdf.Ref:
		to, ok := x.done[o]
		if !ok {
			to = x.w.Alloc()
			x.done[o] = to
			x.todo = append(x.todo, o)
		}
		return to, nil
	case pdf.Array:
		out := make(pdf.Array, len(o))
		for i, v := range o {
			c, err := x.copy(v, depth-1)
			if err != nil {
				return nil, err
			}
			out[i] = c
		}
		return out, nil
	case pdf.Dict:
		out := make(pdf.Dict, len(o))
		for _, k := range slices.Sorted(maps.Keys(o)) { // in one order: the same file each time
			if skip[k] {
				continue
			}
			c, err := x.copy(o[k], depth-1)
			if err != nil {
				return nil, err
			}
			out[k] = c
		}
		return out, nil
	case *pdf.Stream:
		d, err := x.copy(o.Dict, depth-1)
		if err != nil {
			return nil, err
		}
		return &pdf.Stream{Dict: d.(pdf.Dict), Raw: o.Raw}, nil
	}
	return o, nil
}

// drain writes the objects that were referred to. Each is written once, so that
// the work is bounded by the file.
func (x *extractor) drain() error {
	for len(x.todo) > 0 {
		r := x.todo[len(x.todo)-1]
		x.todo = x.todo[:len(x.todo)-1]
		o, err := x.f.Get(r)
		if err != nil {
			return err
		}
		c, err := x.copy(o, maxDepth)
		if err != nil {
			return err
		}
		x.w.Put(x.done[r], c)
	}
	return nil
}

// page writes one page and returns it.
func (x *extractor) page(p pdf.Page, tree pdf.Ref, over func(w, h float64) Drawing) (pdf.Ref, error) {
	b, err := boxOf(x.f, p)
	if err != nil {
		return pdf.Ref{}, err
	}
	out := pdf.Dict{"Type": pdf.Name("Page"), "Parent": tree}
	for _, k := range []pdf.Name{"MediaBox", "CropBox", "Rotate", "Group"} {
		if p.Dict[k] != nil {
			if out[k], err = x.copy(p.Dict[k], maxDepth); err != nil {
				return pdf.Ref{}, err
			}
		}
	}
	contents, err := x.contents(p)
	if err != nil {
		return pdf.Ref{}, err
	}
	own, err := x.f.Dict(p.Dict["Resources"])
	if err != nil {
		return pdf.Ref{}, err
	}
	copied, err := x.copy(maps.Clone(own), maxDepth)
	if err != nil {
		return pdf.Ref{}, err
	}
	resources, _ := copied.(pdf.Dict)
	if resources == nil {
		resources = pdf.Dict{}
	}
	xobjects, err := x.f.Dict(own["XObject"])
	if err != nil {
		return pdf.Ref{}, err
	}
	named, err := x.copy(maps.Clone(xobjects), maxDepth)
	if err != nil {
		return pdf.Ref{}, err
	}
	forms, _ := named.(pdf.Dict)
	if forms == nil {
		forms = pdf.Dict{}
	}
	var after bytes.Buffer
	after.WriteString("\nQ\n")
	if err := x.annotations(p, forms, &after); err != nil {
		return pdf.Ref{}, err
	}
	if over != nil {
		w, h := b.size()
		name, err := x.drawing(over(w, h), w, h, forms)
		if err != nil {
			return pdf.Ref{}, err
		}
		fmt.Fprintf(&after, "q %s/%s Do Q\n", matrix(b.toPage()), name)
	}
	if len(forms) > 0 {
		resources["XObject"] = forms
	}
	out["Resources"] = resources
	all := append(pdf.Array{x.w.Add(&pdf.Stream{Dict: pdf.Dict{}, Raw: []byte("q\n")})}, contents...)
	out["Contents"] = append(all, x.w.Add(pdf.Deflate(nil, after.Bytes(), 6)))
	return x.w.Add(out), nil
}

// contents are the page's content streams.
func (x *extractor) contents(p pdf.Page) (pdf.Array, error) {
	o, err := x.f.Resolve(p.Dict["Contents"])
	if err != nil || o == nil {
		return nil, err
	}
	list, isArray := o.(pdf.Array)
	if !isArray {
		list = pdf.Array{p.Dict["Contents"]}
	}
	c, err := x.copy(slices.Clone(list), maxDepth)
	if err != nil {
		return nil, err
	}
	return c.(pdf.Array), nil
}

// freeName is a resource name that is not taken.
func freeName(taken pdf.Dict, stem string) pdf.Name {
	for i := 1; ; i++ {
		n := pdf.Name(fmt.Sprintf("%s%d", stem, i))
		if _, ok := taken[n]; !ok {
			return n
		}
	}
}

// annotations draws the appearances of a page's annotations as they are seen
// (ISO 32000-1, 12.5.5, algorithm 8.1). Hidden ones and those without an
// appearance leave nothing.
func (x *extractor) annotations(p pdf.Page, forms pdf.Dict, to *bytes.Buffer) error {
	list, err := x.f.Array(p.Dict["Annots"])
	if err != nil {
		return err
	}
	for _, o := range list {
		d, err := x.f.Dict(o)
		if err != nil || d == nil {
			return err
		}
		const hidden, noView = 1 << 1, 1 << 5
		if flags, err := x.f.Int(d["F"]); err != nil || flags&(hidden|noView) != 0 || d["Subtype"] == pdf.Name("Popup") {
			continue
		}
		ref, form, err := x.appearance(d)
		if err != nil {
			return err
		}
		if form == nil {
			continue
		}
		rect, ok, err := rectOf(x.f, d["Rect"])
		if err != nil || !ok {
			continue
		}
		m, ok := x.fit(form, rect)
		if !ok {
			continue
		}
		led, err := x.copy(ref, maxDepth)
		if err != nil {
			return err
		}
		name := freeName(forms, "Nhin")
		forms[name] = led
		fmt.Fprintf(to, "q %s/%s Do Q\n", matrix(m), name)
	}
	return nil
}

// appearance is an annotation's normal appearance in its present state.
func (x *extractor) appearance(d pdf.Dict) (pdf.Ref, *pdf.Stream, error) {
	ap, err := x.f.Dict(d["AP"])
	if err != nil || ap == nil {
		return pdf.Ref{}, nil, err
	}
	o, err := x.f.Resolve(ap["N"])
	if err != nil {
		return pdf.Ref{}, nil, err
	}
	ref := ap["N"]
	if states, ok := o.(pdf.Dict); ok {
		now, err := x.f.NameOf(d["AS"])
		if err != nil {
			return pdf.Ref{}, nil, err
		}
		ref = states[now]
	}
	r, ok := ref.(pdf.Ref)
	if !ok {
		return pdf.Ref{}, nil, nil
	}
	s, err := x.f.Stream(r)
	return r, s, err
}

// fit is the matrix that brings an appearance's box into a rectangle.
func (x *extractor) fit(form *pdf.Stream, rect [4]float64) ([6]float64, bool) {
	box, ok, err := rectOf(x.f, form.Dict["BBox"])
	if err != nil || !ok {
		return [6]float64{}, false
	}
	m := [6]float64{1, 0, 0, 1, 0, 0}
	if a, err := x.f.Array(form.Dict["Matrix"]); err == nil && len(a) == 6 {
		for i := range m {
			if m[i], err = x.f.Num(a[i]); err != nil {
				return m, false
			}
		}
	}
	var seen [4]float64
	for i, c := range [4][2]float64{{box[0], box[1]}, {box[2], box[1]}, {box[0], box[3]}, {box[2], box[3]}} {
		px, py := m[0]*c[0]+m[2]*c[1]+m[4], m[1]*c[0]+m[3]*c[1]+m[5]
		if i == 0 {
			seen = [4]float64{px, py, px, py}
		}
		seen = [4]float64{min(seen[0], px), min(seen[1], py), max(seen[2], px), max(seen[3], py)}
	}
	w, h := seen[2]-seen[0], seen[3]-seen[1]
	if w <= 0 || h <= 0 {
		return m, false
	}
	sx, sy := (rect[2]-rect[0])/w, (rect[3]-rect[1])/h
	return [6]float64{sx, 0, 0, sy, rect[0] - seen[0]*sx, rect[1] - seen[1]*sy}, true
}
