package templates

import (
	"strings"

	"antin/templates/layout"
)

// closing sets boxes 7 to 9b: recipients at the left, the signature block at
// the right with the pre-placed fields of signatory and seal.
func (b *builder) closing(c *closing) {
	out := &layout.Closing{Before: 12}
	for _, l := range c.recipients {
		runs := b.runs(l, style{size: sizeRecipients})
		if len(runs) == 0 {
			continue
		}
		p := layout.Paragraph{Runs: runs, Align: layout.Left, Hanging: 2}
		if strings.HasPrefix(runs[0].Text, "Nơi nhận:") {
			runs[0].Bold, runs[0].Italic, runs[0].Size = true, true, sizeAgency
			p.Hanging = 0
		}
		out.Recipients = append(out.Recipients, p)
	}
	bold := style{size: sizeTitle, bold: true}
	for i, l := range c.left {
		// The first line names the signer as the title at the right does, a
		// third or later last one is the person's name, level with the
		// signatory's; what stands between is the act's hint.
		s := bold
		if i > 0 {
			s = style{size: sizeDate, italic: true}
		}
		if i >= 2 && i == len(c.left)-1 {
			out.LeftName = joined(b.runs(l, bold))
			continue
		}
		if runs := b.runs(l, s); len(runs) > 0 {
			out.Left = append(out.Left, layout.Paragraph{Runs: runs, Align: layout.Center})
		}
	}
	for _, l := range c.title {
		if runs := b.runs(l, bold); len(runs) > 0 {
			out.Title = append(out.Title, joined(runs))
		}
	}
	if len(c.title) == 0 {
		for _, l := range b.signatory.Title {
			out.Title = append(out.Title, layout.Run{Text: l, Size: sizeTitle, Bold: true})
		}
	}
	out.Name = layout.Run{Text: b.signatory.Name, Size: sizeTitle, Bold: true}
	if c.name != nil {
		out.Name = joined(b.runs(c.name, bold))
	}
	if c.hint != nil {
		out.Hint = b.runs(c.hint, style{size: sizeDate, italic: true})
	}
	if c.date {
		out.Date = b.date(layout.Center)
	}
	switch {
	case b.form.Signing == LeaderAndSeal:
		out.Signature, out.Seal = b.signatureField(), b.sealField()
	case b.last != nil: // the slip has its one signature elsewhere (@seal, @signature)
	case b.form.Signing == SealAlone:
		out.Seal = b.sealField()
	default:
		out.Signature = b.signatureField()
		b.last = out.Signature
	}
	b.add(out)
}

// signatureField is the field for the signature of a person, between title and
// name.
func (b *builder) signatureField() *layout.Field {
	f := &layout.Field{Name: "ky_lanh_dao", Label: "Chữ ký số của người có thẩm quyền", Kind: layout.SignatureField, Width: 50, Height: 25}
	if b.form.Signing == SignedByClerk {
		f.Name, f.Label = "ky_can_bo", "Chữ ký số của người lập phiếu"
	}
	return f
}

// sealField is the round field for the agency's signature and seal, always the
// last of a document. Its locks are set once the whole document is known.
func (b *builder) sealField() *layout.Field {
	d := b.w.env.Agency.SealDiameter
	if d == 0 {
		d = 36
	}
	b.last = &layout.Field{
		Name: "con_dau", Label: "Chữ ký số của cơ quan", Kind: layout.SignatureField, Width: d, Height: d, Align: layout.Center,
	}
	return b.last
}

// locks lists the fields the last signature closes: number, date and every second place
// of the number that the document has.
func (b *builder) locks() []string {
	var names []string
	var walk func([]layout.Block)
	walk = func(list []layout.Block) {
		for _, x := range list {
			switch x := x.(type) {
			case *layout.Field:
				if x.Kind == layout.TextField && x.Name != "luu_tru" {
					names = append(names, x.Name)
				}
			case *layout.Columns:
				for _, c := range x.Columns {
					walk(c.Blocks)
				}
			case *layout.Closing:
				if x.Date != nil {
					names = append(names, x.Date.Name)
				}
			}
		}
	}
	for i := range b.doc.Sections {
		walk(b.doc.Sections[i].Blocks)
	}
	return names
}

func joined(runs []layout.Run) layout.Run {
	if len(runs) == 0 {
		return layout.Run{}
	}
	out := runs[0]
	for _, r := range runs[1:] {
		out.Text += r.Text
	}
	return out
}

// table sets a @table block with the data's rows.
func (b *builder) table(t *table) {
	size := t.size
	if size == 0 {
		size = sizeTable
	}
	out := &layout.Table{Columns: t.columns, Before: 6, After: 6, Plain: t.plain}
	for _, r := range b.runs(t.title, style{size: size}) {
		out.Title += r.Text
	}
	for i := range t.head {
		out.Head = append(out.Head, b.row(t, &t.head[i], style{size: size, bold: true}, true))
	}
	b.rows(t, t.rows, size, out)
	b.add(out)
}

func (b *builder) rows(t *table, loops []tableLoop, size float64, out *layout.Table) {
	for i := range loops {
		l := &loops[i]
		one := func() {
			if len(l.row.cells) > 0 {
				out.Rows = append(out.Rows, b.row(t, &l.row, style{size: size}, false))
			}
			b.rows(t, l.kids, size, out)
		}
		switch {
		case l.cond != nil && !l.cond.met(b.w.frames):
		case l.loop:
			b.each(l.list, one)
		default:
			one()
		}
	}
}

func (b *builder) row(t *table, r *tableRow, s style, head bool) layout.Row {
	row := layout.Row{Cells: make([]layout.Cell, 0, len(r.cells))}
	for i := range r.cells {
		c := &r.cells[i]
		if c.gone {
			continue
		}
		align := layout.Left
		if i < len(t.columns) {
			align = t.columns[i].Align
		}
		if head {
			align = layout.Center
		}
		// Cells of one row stand level: a line beside three lines is in their middle
		// whatever its alignment. Tables without rules set text beside text.
		level := !t.plain || align == layout.Center || align == layout.Right
		cell := layout.Cell{ColSpan: c.colSpan, RowSpan: c.rowSpan, Middle: head || level}
		for _, runs := range b.lines(c.text, s) {
			cell.Paragraphs = append(cell.Paragraphs, layout.Paragraph{Runs: runs, Align: align})
		}
		row.Cells = append(row.Cells, cell)
	}
	return row
}
