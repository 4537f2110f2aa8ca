package layout

import "strings"

// Measures of the strip in the bottom margin, in mm unless noted.
const (
	footGap     = 2.0 // below the text area
	qrSize      = 14.0
	stampWidth  = 75.0
	stampHeight = 14.0
	codeSize    = 8.0 // pt
	urlSize     = 7.0 // pt
)

// noticeColor is the red of notices.
var noticeColor = Color{R: 200}

// addressHeight is what box 13 takes of the first page's text area.
func (e *engine) addressHeight(doc *Document, g geometry) float64 {
	if doc.Foot.Address == "" {
		return 0
	}
	e.pieces = e.pieces[:0]
	runs := addressRuns(doc)
	e.measure(runs)
	if e.err != nil {
		return 0
	}
	return float64(len(e.breakLines(runs, 0, 0, 0, g.textW, 0)))*pitch*addressSize + 2*addressGap
}

const (
	addressSize = 11.0
	addressGap  = 3.0
)

func addressRuns(doc *Document) []Run {
	return []Run{{Text: doc.Foot.Address, Size: addressSize}}
}

// foot sets what stands in the bottom margin of sheet i and, on the first
// page, the agency's address above it.
func (e *engine) foot(p *Pages, doc *Document, i int) {
	s := &p.Sheets[i]
	page := sectionOf(p, doc, i).Page
	g := pageGeometry(page)
	f := &doc.Foot
	if i == 0 && f.Address != "" {
		e.address(s, doc, g)
	}
	top := g.top + g.room + footGap*mm
	if i > 0 {
		e.footLine(s, f, g, top)
		return
	}
	left, width := g.left, g.textW
	if f.Stamp {
		w, h := stampWidth*mm, stampHeight*mm
		stamp := &Field{Name: "luu_tru", Label: "Dấu lưu trữ điện tử", Kind: TextField, Size: 8}
		pf := e.place(stamp, 0, 0, w, h, 0)
		pf.Multiline, pf.Align, pf.Sheet = true, Center, i
		pf.X, pf.Y, pf.W, pf.H = g.left+g.textW-w, top, w, h
		e.items = e.items[:len(e.items)-1]
		s.Items = append(s.Items, Item{Kind: FieldItem, Elem: pf.Elem, Index: int32(len(e.fields) - 1), X: pf.X, Y: pf.Y, W: w, H: h})
		width -= w + 3*mm
	}
	if f.LookupURL != "" || f.LookupCode != "" {
		code := f.LookupURL
		if code == "" {
			code = f.LookupCode
		}
		s.Items = append(s.Items, Item{Kind: CodeItem, Elem: NoElement, X: left, Y: top, W: qrSize * mm, H: qrSize * mm, Text: code})
		left += (qrSize + 2.5) * mm
		width -= (qrSize + 2.5) * mm
	}
	var blocks []Block
	if f.LookupCode != "" {
		blocks = append(blocks, &Paragraph{Align: Left, Runs: []Run{{Text: "Mã tra cứu: ", Size: codeSize}, {Text: f.LookupCode, Bold: true, Size: codeSize}}})
	}
	if f.LookupURL != "" {
		blocks = append(blocks, &Paragraph{Align: Left, Runs: []Run{{Text: f.LookupURL, Size: urlSize}}})
	}
	if f.Notice != "" {
		blocks = append(blocks, &Paragraph{Align: Left, Runs: []Run{{Text: f.Notice, Bold: true, Size: urlSize, Color: noticeColor}}})
	}
	e.artifacts(s, blocks, left, width, top)
}

// footLine is the strip of the second page on: the code at the left and the
// notice at the right, or below it if both do not fit on one line.
func (e *engine) footLine(s *Sheet, f *Foot, g geometry, top float64) {
	var blocks []Block
	if f.LookupCode != "" {
		blocks = append(blocks, &Paragraph{Align: Left, Runs: []Run{{Text: "Mã tra cứu: " + f.LookupCode, Size: codeSize}}})
	}
	if f.Notice != "" {
		n := Run{Text: f.Notice, Bold: true, Size: urlSize, Color: noticeColor}
		if room := g.textW - 70*mm; !strings.Contains(f.Notice, "\n") && e.width(&n) < room {
			e.artifacts(s, []Block{&Paragraph{Align: Right, Runs: []Run{n}}}, g.left+70*mm, room, top)
		} else {
			blocks = append(blocks, &Paragraph{Align: Left, Runs: []Run{n}})
		}
	}
	e.artifacts(s, blocks, g.left, g.textW, top)
}

// address sets box 13 at the foot of the first page's text area.
func (e *engine) address(s *Sheet, doc *Document, g geometry) {
	h := e.addressHeight(doc, g)
	y := g.top + g.room - h + addressGap
	s.Rules = append(s.Rules, Line{g.left, y, g.left + g.textW, y, 0.5})
	e.artifacts(s, []Block{&Paragraph{Align: Center, Runs: addressRuns(doc)}}, g.left, g.textW, y+addressGap)
}

// artifacts sets blocks that are no part of the document's structure.
func (e *engine) artifacts(s *Sheet, blocks []Block, x, w, top float64) {
	e.clearFlow()
	for _, b := range blocks {
		e.paragraph(b.(*Paragraph), x, w, NoElement)
	}
	h, _ := e.stack(0, top)
	if room := s.Height - top; h > room {
		e.fail(&OverflowError{What: "the foot of a page (code, address or notice)", Size: h, Room: room})
	}
	s.Items = append(s.Items, e.items...)
}

// sectionOf finds the section of a sheet by counting sheets.
func sectionOf(p *Pages, doc *Document, sheet int) *Section {
	return &doc.Sections[p.Sheets[sheet].section]
}
