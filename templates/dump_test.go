package templates

import (
	"fmt"
	"strings"

	"antin/templates/layout"
)

// dump writes a document as text for golden files: structure, styles that
// differ from the body's, and every word.
func dump(doc *layout.Document) string {
	var b strings.Builder
	fmt.Fprintf(&b, "title %q subject %q author %q keywords %q\n", doc.Title, doc.Subject, doc.Author, doc.Keywords)
	fmt.Fprintf(&b, "foot stamp=%t address=%q\n", doc.Foot.Stamp, doc.Foot.Address)
	for _, s := range doc.Sections {
		fmt.Fprintf(&b, "section landscape=%t ground=%d\n", s.Page.Landscape, s.Ground)
		dumpBlocks(&b, s.Blocks, 1)
	}
	return b.String()
}

func dumpBlocks(b *strings.Builder, list []layout.Block, depth int) {
	in := strings.Repeat("  ", depth)
	for _, x := range list {
		switch x := x.(type) {
		case *layout.Paragraph:
			dumpParagraph(b, in, x)
		case *layout.Field:
			fmt.Fprintf(b, "%sfield %s kind=%d %gx%g size=%g sample=%q lead=%q\n", in, x.Name, x.Kind, x.Width, x.Height, x.Size, x.Sample, dumpRuns(x.Lead))
		case *layout.Columns:
			fmt.Fprintf(b, "%scolumns\n", in)
			for _, c := range x.Columns {
				fmt.Fprintf(b, "%s column %.2f\n", in, c.Width)
				dumpBlocks(b, c.Blocks, depth+1)
			}
		case *layout.Table:
			fmt.Fprintf(b, "%stable %q plain=%t\n", in, x.Title, x.Plain)
			for _, r := range x.Head {
				dumpRow(b, in+"  head ", r)
			}
			for _, r := range x.Rows {
				dumpRow(b, in+"  row ", r)
			}
		case *layout.Closing:
			fmt.Fprintf(b, "%sclosing title=%q hint=%q name=%q\n", in, dumpRuns(x.Title), dumpRuns(x.Hint), dumpRuns([]layout.Run{x.Name}))
			for _, p := range x.Recipients {
				fmt.Fprintf(b, "%s  to %s\n", in, dumpRuns(p.Runs))
			}
			for _, p := range x.Left {
				fmt.Fprintf(b, "%s  left %s\n", in, dumpRuns(p.Runs))
			}
			if x.LeftName.Text != "" {
				fmt.Fprintf(b, "%s  left name %s\n", in, dumpRuns([]layout.Run{x.LeftName}))
			}
			for _, f := range []*layout.Field{x.Signature, x.Seal, x.Date} {
				if f != nil {
					fmt.Fprintf(b, "%s  field %s locks=%v\n", in, f.Name, f.Locks)
				}
			}
		case *layout.Picture:
			fmt.Fprintf(b, "%spicture %gx%g bytes=%d %q\n", in, x.Width, x.Height, len(x.JPEG), x.Alt)
		case *layout.Space:
			fmt.Fprintf(b, "%sspace %g\n", in, x.Height)
		default:
			fmt.Fprintf(b, "%s%T\n", in, x)
		}
	}
}

func dumpParagraph(b *strings.Builder, in string, p *layout.Paragraph) {
	fmt.Fprintf(b, "%sp align=%d role=%d before=%g after=%g indent=%g/%g", in, p.Align, p.Role, p.Before, p.After, p.FirstIndent, p.Indent)
	if p.KeepWithNext {
		b.WriteString(" keep")
	}
	if p.RuleBelow != nil {
		fmt.Fprintf(b, " rule=%.2f", p.RuleBelow.Fraction)
	}
	b.WriteString(" ")
	b.WriteString(dumpRuns(p.Runs))
	b.WriteByte('\n')
}

// dumpRuns writes **bold**, *italic* and a size where it changes.
func dumpRuns(runs []layout.Run) string {
	var b strings.Builder
	size := 0.0
	for _, r := range runs {
		if r.Size != size {
			fmt.Fprintf(&b, "<%g>", r.Size)
			size = r.Size
		}
		if r.Tab > 0 {
			fmt.Fprintf(&b, "<tab %g>", r.Tab)
		}
		mark := ""
		switch {
		case r.Bold && r.Italic:
			mark = "***"
		case r.Bold:
			mark = "**"
		case r.Italic:
			mark = "*"
		}
		text := strings.ReplaceAll(r.Text, "\n", "<br>")
		switch r.Tick {
		case layout.TickEmpty:
			text = "[ ]"
		case layout.TickSet:
			text = "[x]"
		}
		if r.Lang != "" {
			text = r.Lang + ":" + text
		}
		b.WriteString(mark + text + mark)
	}
	return b.String()
}

func dumpRow(b *strings.Builder, in string, r layout.Row) {
	b.WriteString(in)
	for i, c := range r.Cells {
		if i > 0 {
			b.WriteString(" | ")
		}
		if c.ColSpan > 1 || c.RowSpan > 1 {
			fmt.Fprintf(b, "(%dx%d)", max(1, c.ColSpan), max(1, c.RowSpan))
		}
		for _, p := range c.Paragraphs {
			b.WriteString(dumpRuns(p.Runs))
		}
	}
	b.WriteByte('\n')
}
