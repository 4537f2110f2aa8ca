package render_test

import (
	"os"
	"strings"
	"testing"

	"github.com/signintech/gopdf"

	"antin/templates/layout"
	"antin/templates/layout/layouttest"
	"antin/templates/render"
)

// twoPages is the decision without its annex: the work measured for
// comparison with other programs.
func twoPages() *layout.Document {
	d := layouttest.Decision()
	d.Sections = d.Sections[:1]
	return d
}

func BenchmarkTypeset(b *testing.B) {
	doc := twoPages()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := layout.Typeset(doc); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkDecision renders the same decision here, with form fields, tags and
// PDF/A parts, and with plain gopdf, without any of them, its fonts parsed
// once and reused. Run with -cpu 1; ours is to take at most a sixth.
func BenchmarkDecision(b *testing.B) {
	doc := twoPages()
	b.Run("antin", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			data, err := render.PDF(doc, render.Options{Now: frozen})
			if err != nil {
				b.Fatal(err)
			}
			b.SetBytes(int64(len(data)))
		}
	})
	b.Run("gopdf", func(b *testing.B) {
		fonts := gopdfFonts(b)
		b.ReportAllocs()
		for b.Loop() {
			data, err := gopdfDecision(doc, fonts)
			if err != nil {
				b.Fatal(err)
			}
			b.SetBytes(int64(len(data)))
		}
	})
}

var gopdfNames = [4]string{"Regular", "Bold", "Italic", "BoldItalic"}

func gopdfFonts(b *testing.B) *gopdf.FontContainer {
	b.Helper()
	c := new(gopdf.FontContainer)
	for _, name := range gopdfNames {
		ttf, err := os.ReadFile("../../fonts/tinos/Tinos-" + name + ".ttf")
		if err != nil {
			b.Fatal(err)
		}
		if err := c.AddTTFFontData(name, ttf); err != nil {
			b.Fatal(err)
		}
	}
	return c
}

// gopdfPage sets text with gopdf the way its users do: measure words, fill
// lines, stretch the spaces of all but the last.
type gopdfPage struct {
	pdf  gopdf.GoPdf
	y    float64
	err  error
	face string
	size float64
}

const mm = 72 / 25.4

func gopdfDecision(doc *layout.Document, fonts *gopdf.FontContainer) ([]byte, error) {
	p := &gopdfPage{y: 20 * mm}
	p.pdf.Start(gopdf.Config{PageSize: *gopdf.PageSizeA4})
	for _, name := range gopdfNames {
		if err := p.pdf.AddTTFFontFromFontContainer(name, fonts); err != nil {
			return nil, err
		}
	}
	p.pdf.AddPage()
	p.blocks(doc.Sections[0].Blocks, 30*mm, 165*mm)
	if p.err != nil {
		return nil, p.err
	}
	return p.pdf.GetBytesPdfReturnErr()
}

func (p *gopdfPage) blocks(blocks []layout.Block, x, w float64) {
	for _, b := range blocks {
		switch b := b.(type) {
		case *layout.Paragraph:
			p.paragraph(b, x, w)
		case *layout.Columns:
			top, bottom := p.y, p.y
			for _, c := range b.Columns {
				p.y = top
				p.blocks(c.Blocks, x, w*c.Width)
				x += w * c.Width
				bottom = max(bottom, p.y)
			}
			p.y = bottom
		case *layout.Field:
			p.paragraph(&layout.Paragraph{Runs: b.Lead, Align: layout.Center}, x, w)
		case *layout.Closing:
			top := p.y
			for i := range b.Recipients {
				p.paragraph(&b.Recipients[i], x, w/2)
			}
			p.y = top
			for i := range b.Title {
				p.paragraph(&layout.Paragraph{Runs: b.Title[i : i+1], Align: layout.Center}, x+w/2, w/2)
			}
			p.y += 80
			p.paragraph(&layout.Paragraph{Runs: []layout.Run{b.Name}, Align: layout.Center}, x+w/2, w/2)
		}
	}
}

type gopdfWord struct {
	text, face  string
	size, w, sp float64
}

func (p *gopdfPage) font(face string, size float64) {
	if face != p.face || size != p.size {
		if err := p.pdf.SetFont(face, "", size); err != nil {
			p.err = err
		}
		p.face, p.size = face, size
	}
}

func (p *gopdfPage) paragraph(b *layout.Paragraph, x, w float64) {
	var words []gopdfWord
	for _, r := range b.Runs {
		face := gopdfNames[0]
		switch {
		case r.Bold && r.Italic:
			face = gopdfNames[3]
		case r.Bold:
			face = gopdfNames[1]
		case r.Italic:
			face = gopdfNames[2]
		}
		p.font(face, r.Size)
		for s := range strings.FieldsSeq(r.Text) {
			tw, err := p.pdf.MeasureTextWidth(s)
			if err != nil {
				p.err = err
				return
			}
			words = append(words, gopdfWord{s, face, r.Size, tw, r.Size / 4})
		}
	}
	p.y += b.Before
	indent := b.FirstIndent * mm
	for len(words) > 0 {
		n, used, gaps := 0, 0.0, 0.0
		for n < len(words) && used+gaps+words[n].w <= w-indent+0.01 {
			used += words[n].w
			gaps += words[n].sp
			n++
		}
		n = max(n, 1)
		line, room := words[:n], w-indent-used-gaps+words[n-1].sp
		words = words[n:]
		at, extra := x+indent, 0.0
		switch {
		case b.Align == layout.Center:
			at += room / 2
		case b.Align == layout.Justify && len(words) > 0 && n > 1:
			extra = room / float64(n-1)
		}
		height := line[0].size * 1.15
		if p.y+height > 277*mm {
			p.pdf.AddPage()
			p.y = 20 * mm
		}
		for _, v := range line {
			p.font(v.face, v.size)
			p.pdf.SetXY(at, p.y)
			if err := p.pdf.Text(v.text); err != nil {
				p.err = err
			}
			at += v.w + v.sp + extra
		}
		p.y += height
		indent = 0
	}
	p.y += b.After
}
