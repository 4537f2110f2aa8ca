// Package measure reads finished PDFs of revision 1 back: where each piece of
// text stands, in which face and size, which lines are drawn and which fields
// are placed. Tests use it to judge pages by what is on them; it shares no
// code with the typesetter.
//
// gopdf is not used here: it does not read pages.
package measure

import (
	"fmt"
	"math"
	"strings"

	"antin/internal/pdf"
)

// Page is what one page shows. Lengths are in pt, y runs from the upper edge
// down.
type Page struct {
	Width, Height float64
	Texts         []Text
	Rules         []Rule
	Pictures      []Box
	Fields        []Field
}

// Text is what one operator shows in one face and size.
type Text struct {
	Text string
	// X1 and X2 bound its ink: blanks at either end are left out. Y is the
	// baseline. A text of nothing but blanks has X1 = X2.
	X1, X2, Y float64
	Size      float64
	Font      string // PostScript name without the subset's tag
	Black     bool
	Hidden    bool // text rendering mode 3, under a tick box
	// Artifact is text outside the document's structure: page numbers, the
	// foot, a table's repeated head.
	Artifact bool
	// Element is the structure element it belongs to and Kind its type ("P",
	// "H1", "TD", "LBody"); Path are the types from the root down.
	Element pdf.Ref
	Kind    string
	Path    string
}

// Bold tells whether the face is bold, Italic whether it slopes.
func (t *Text) Bold() bool   { return strings.Contains(t.Font, "Bold") }
func (t *Text) Italic() bool { return strings.Contains(t.Font, "Italic") }

// Ascent and descent of the Times-metric faces, in ems.
const (
	Ascent  = 0.891
	Descent = 0.216
	// Single is the line pitch of single spacing in these faces.
	Single = 1.149
)

// Top and Bottom bound the text's line.
func (t *Text) Top() float64    { return t.Y - Ascent*t.Size }
func (t *Text) Bottom() float64 { return t.Y + Descent*t.Size }

// Rule is a straight stroked line.
type Rule struct{ X1, Y1, X2, Y2, Weight float64 }

// Length of a rule.
func (r *Rule) Length() float64 { return math.Hypot(r.X2-r.X1, r.Y2-r.Y1) }

// Horizontal tells whether it runs level.
func (r *Rule) Horizontal() bool { return math.Abs(r.Y1-r.Y2) < 0.1 }

// Box is a rectangle.
type Box struct{ X1, Y1, X2, Y2 float64 }

// Field is a widget of the interactive form.
type Field struct {
	Box
	Name, Kind string // Kind is Tx or Sig
	Font       string // resource name of the default appearance
	Size       float64
	Align      int // 0 left, 1 centre, 2 right
}

const maxContent = 16 << 20

// Read interprets every page of a document.
func Read(data []byte) ([]Page, error) {
	f, err := pdf.Open(data, pdf.Limits{})
	if err != nil {
		return nil, err
	}
	pages, err := f.Pages()
	if err != nil {
		return nil, err
	}
	tree, err := readTree(f)
	if err != nil {
		return nil, err
	}
	out := make([]Page, len(pages))
	at := map[pdf.Ref]int{}
	for i, p := range pages {
		at[p.Ref] = i
		if err := readPage(f, p, tree, &out[i]); err != nil {
			return nil, fmt.Errorf("page %d: %w", i+1, err)
		}
	}
	return out, readFields(f, at, out)
}

func readPage(f *pdf.File, p pdf.Page, tree *structure, out *Page) error {
	box, err := numbers(f, p.Dict["MediaBox"])
	if err != nil || len(box) != 4 {
		return fmt.Errorf("media box %v: %w", box, err)
	}
	out.Width, out.Height = box[2]-box[0], box[3]-box[1]
	var content []byte
	parts, err := f.Resolve(p.Dict["Contents"])
	if err != nil {
		return err
	}
	list, ok := parts.(pdf.Array)
	if !ok {
		list = pdf.Array{p.Dict["Contents"]}
	}
	for _, o := range list {
		s, err := f.Stream(o)
		if err != nil {
			return err
		}
		b, err := f.Decode(s, maxContent)
		if err != nil {
			return err
		}
		content = append(append(content, b...), '\n')
	}
	resources, err := f.Dict(p.Dict["Resources"])
	if err != nil {
		return err
	}
	fonts, err := readFonts(f, resources)
	if err != nil {
		return err
	}
	forms, err := f.Dict(resources["XObject"])
	if err != nil {
		return err
	}
	r := reader{file: f, page: out, fonts: fonts, objects: forms}
	if key, err := f.Int(p.Dict["StructParents"]); err == nil {
		r.owners = tree.owners[key]
	}
	r.tree = tree
	r.state.ctm, r.state.scale = identity, 1
	return r.run(content)
}

func readFields(f *pdf.File, at map[pdf.Ref]int, out []Page) error {
	fields, err := f.Fields()
	if err != nil {
		return err
	}
	for _, fd := range fields {
		kind, _ := f.NameOf(fd.Dict["FT"])
		for _, w := range fd.Widgets {
			i, ok := at[w.Page]
			if !ok {
				return fmt.Errorf("field %s: no such page", fd.Name)
			}
			rect, err := numbers(f, w.Dict["Rect"])
			if err != nil || len(rect) != 4 {
				return fmt.Errorf("field %s: rectangle %v", fd.Name, rect)
			}
			h := out[i].Height
			field := Field{Name: fd.Name, Kind: string(kind), Box: Box{rect[0], h - rect[3], rect[2], h - rect[1]}}
			if q, err := f.Int(fd.Dict["Q"]); err == nil {
				field.Align = int(q)
			}
			if da, err := f.StringOf(fd.Dict["DA"]); err == nil {
				field.Font, field.Size = appearance(string(da))
			}
			out[i].Fields = append(out[i].Fields, field)
		}
	}
	return nil
}

// appearance takes font and size out of a default appearance string.
func appearance(da string) (font string, size float64) {
	words := strings.Fields(da)
	for i, w := range words {
		if w == "Tf" && i >= 2 {
			_, _ = fmt.Sscanf(words[i-1], "%g", &size)
			return strings.TrimPrefix(words[i-2], "/"), size
		}
	}
	return "", 0
}

func numbers(f *pdf.File, o pdf.Object) ([]float64, error) {
	a, err := f.Array(o)
	if err != nil {
		return nil, err
	}
	out := make([]float64, len(a))
	for i, v := range a {
		if out[i], err = f.Num(v); err != nil {
			return nil, err
		}
	}
	return out, nil
}
