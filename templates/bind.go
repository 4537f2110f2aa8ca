package templates

import (
	"slices"
	"strings"

	"antin/templates/layout"
)

// Bind checks data against the form and returns the document in reading order.
// The error is a *DataError with every problem of the data.
func (f *Form) Bind(data []byte, env Env) (*layout.Document, error) {
	doc, _, err := f.BindFacts(data, env)
	return doc, err
}

// BindFacts is Bind that also tells what the register needs of the data.
func (f *Form) BindFacts(data []byte, env Env) (*layout.Document, Facts, error) {
	rec, err := f.read(data, env)
	if err != nil {
		return nil, Facts{}, err
	}
	facts := f.facts(rec, env)
	b := &builder{form: f, w: writer{env: &env, frames: make([][]value, 1, 4)}}
	b.w.frames[0] = rec
	b.w.runs = make([]layout.Run, 0, 160)
	b.unit = rec[atUnit].str
	if b.unit == "" {
		b.unit = env.Agency.Unit
		v := &rec[atUnit]
		v.set, v.str = b.unit != "", b.unit
	}
	b.signatory = facts.Signatory
	b.w.signatory = facts.Signatory
	b.doc = &layout.Document{
		Title:    f.Title,
		Subject:  strings.TrimSpace(f.FormCode + " " + f.Title),
		Author:   env.Agency.Title,
		Keywords: []string{f.ID, rec[atDossier].str},
		Foot: layout.Foot{
			LookupCode: env.LookupCode, LookupURL: env.LookupURL, Notice: env.Notice, Stamp: !f.layout.NoStamp,
		},
	}
	if env.LookupCode != "" { // by it a verifier finds the document of an altered file
		b.doc.Keywords = append(b.doc.Keywords, env.LookupCode)
	}
	if !f.layout.NoFoot {
		b.doc.Foot.Address = env.Agency.Address
	}
	b.section(layout.StandardPage(), layout.NoGround)
	b.blocks(f.blocks)
	b.doc.Sections = slices.DeleteFunc(b.doc.Sections, func(s layout.Section) bool { return len(s.Blocks) == 0 })
	if b.last != nil {
		b.last.Locks = b.locks()
	}
	return b.doc, facts, nil
}

// builder walks the compiled blocks with the data at hand.
type builder struct {
	form      *Form
	doc       *layout.Document
	w         writer
	unit      string
	signatory *Signatory
	into      *[]layout.Block // where blocks go: the section or a column
	last      *layout.Field   // of the last signature, which closes the document
}

func (b *builder) section(p layout.Page, g layout.Ground) {
	b.doc.Sections = append(b.doc.Sections, layout.Section{
		Page: p, NumberFromSecond: true, Ground: g, Blocks: make([]layout.Block, 0, 48),
	})
	b.into = &b.doc.Sections[len(b.doc.Sections)-1].Blocks
}

func (b *builder) add(x layout.Block) { *b.into = append(*b.into, x) }

func (b *builder) blocks(list []block) {
	for i := range list {
		b.block(list, i)
	}
}

func (b *builder) block(list []block, i int) {
	x := &list[i]
	switch x.kind {
	case "if":
		if x.cond.met(b.w.frames) {
			b.blocks(x.kids)
		} else {
			b.blocks(x.other)
		}
	case "each":
		b.each(x.list, func() { b.blocks(x.kids) })
	case "columns":
		cols := &layout.Columns{Before: b.form.layout.Before}
		outer := b.into
		for _, c := range x.cols {
			var inner []layout.Block
			b.into = &inner
			b.blocks(c.kids)
			cols.Columns = append(cols.Columns, layout.Column{Width: c.width, Blocks: inner})
		}
		b.into = outer
		b.add(cols)
	case "head":
		var about *block
		if i+1 < len(list) && list[i+1].kind == "about" {
			about = &list[i+1]
		}
		b.head(x, about)
	case "about": // set by @head
	case "table":
		b.table(x.table)
	case "closing":
		b.closing(x.close)
	case "to":
		b.addressees(x)
	case "annex":
		p := layout.StandardPage()
		if slices.Contains(x.words, "landscape") {
			p.Landscape = true
		}
		b.section(p, layout.NoGround)
	case "page":
		b.page(x)
	case "pagebreak":
		b.add(&layout.PageBreak{})
	case "space":
		b.add(&layout.Space{Height: x.width})
	case "photo":
		v := lookup(b.w.frames, x.list)
		b.add(&layout.Picture{JPEG: v.bytes, Width: 40, Height: 60, Alt: x.list.field.Label, Border: true})
	case "emblem":
		b.add(&layout.Picture{Emblem: true, Width: emblemSize, Height: emblemSize, Alt: "Quốc huy nước Cộng hòa xã hội chủ nghĩa Việt Nam", Align: layout.Center})
	case "number":
		align := layout.Left
		if len(x.words) > 1 {
			align = layout.Center
		}
		b.add(b.number(x.words[0], align))
	case "seal":
		b.add(b.sealField())
	case "signature":
		f := b.signatureField()
		f.Align, b.last = layout.Center, f
		b.add(f)
	case "nation":
		b.nation()
	case "rule":
		b.add(&layout.Paragraph{Align: layout.Center, RuleBelow: &layout.Rule{Fraction: 1}})
	default:
		b.paragraph(x, i > 0 && list[i-1].kind == "title", i+1 < len(list) && list[i+1].kind == "subject")
	}
}

// emblemSize is the national emblem's width and height on a permit's cover, mm.
const emblemSize = 42

// permitPage keeps the text inside the frames of the permit's grounds.
var permitPage = layout.Page{Top: 22, Right: 20, Bottom: 26, Left: 23}

func (b *builder) page(x *block) {
	p, g := layout.StandardPage(), layout.NoGround
	for _, w := range x.words {
		switch w {
		case "permit-cover":
			g, p = layout.PermitCover, permitPage
		case "permit-inside":
			g, p = layout.PermitInside, permitPage
		case "landscape":
			p.Landscape = true
		case "narrow":
			p.Left, p.Right = 20, 15
		}
	}
	if s := &b.doc.Sections[len(b.doc.Sections)-1]; len(s.Blocks) == 0 {
		s.Page, s.Ground = p, g
		return
	}
	b.section(p, g)
}

// each runs fn once for every record of a list.
func (b *builder) each(list ref, fn func()) {
	v := lookup(b.w.frames, list)
	b.w.index = append(b.w.index, 0)
	for i, rec := range v.list {
		b.w.index[len(b.w.index)-1] = i + 1
		b.w.frames = append(b.w.frames, rec)
		fn()
		b.w.frames = b.w.frames[:len(b.w.frames)-1]
	}
	b.w.index = b.w.index[:len(b.w.index)-1]
}

// style of a run of text.
type style struct {
	size         float64
	bold, italic bool
	lang         string
}

// lines writes pieces in a style, one slice of runs for each line. The outer
// slice is only good until the next call.
func (b *builder) lines(p []piece, s style) [][]layout.Run {
	b.w.size, b.w.bold, b.w.italic, b.w.lang = s.size, s.bold, s.italic, s.lang
	b.w.pieces(p)
	return b.w.take()
}

// runs is lines for text that stays on one line.
func (b *builder) runs(p []piece, s style) []layout.Run {
	all := b.lines(p, s)
	if len(all) == 1 {
		return all[0]
	}
	return slices.Concat(all...)
}
