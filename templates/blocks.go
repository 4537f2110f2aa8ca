package templates

import (
	"slices"
	"strings"

	"antin/fonts"
	"antin/templates/layout"
	"antin/templates/vietnamese"
)

// Sizes in pt as the sample column of Nghị định 30/2020/NĐ-CP, Phụ lục I,
// mục V sets them, inside the ranges of the same table.
const (
	sizeNation     = 12 // Quốc hiệu: 12–13, bold capitals
	sizeMotto      = 13 // Tiêu ngữ: 13–14, bold
	sizeAgency     = 12 // both agency lines: 12–13
	sizeNumber     = 13 // Số và ký hiệu: 13
	sizeDate       = 13 // địa danh, thời gian: 13–14, italic
	sizeTitle      = 14 // tên loại, trích yếu: 13–14, bold
	sizeAbout      = 12 // V/v of official letters: 12–13
	sizeRecipients = 11 // list after "Nơi nhận", itself 12 bold italic
	sizeNote       = 11
	sizeTable      = 12
	sizeCover      = 26 // title on the cover of a permit
)

const (
	ruleShare = 0.4 // under agency and subject: 1/3 to 1/2 of the line
	nation    = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
	motto     = "Độc lập - Tự do - Hạnh phúc"
	nationEn  = "Socialist Republic of Vietnam"
	mottoEn   = "Independence - Freedom - Happiness"
)

func center(text string, s style) *layout.Paragraph {
	return &layout.Paragraph{
		Align: layout.Center,
		Runs:  []layout.Run{{Text: text, Size: s.size, Bold: s.bold, Italic: s.italic, Lang: s.lang}},
	}
}

// head sets boxes 1 to 4 and 5b: agency and number at the left, national
// title, motto, place and date at the right.
func (b *builder) head(x, about *block) {
	has := func(w string) bool {
		return slices.Contains(x.words, w)
	}
	a := b.w.env.Agency
	// Two copies side by side leave half a sheet for a head.
	smaller := 0.0
	if has("small") {
		smaller = 3
	}
	var left, right []layout.Block
	if !has("no-agency") {
		for _, l := range a.Superior {
			left = append(left, center(l, style{size: sizeAgency - smaller}))
		}
		for _, l := range a.Name {
			left = append(left, center(l, style{size: sizeAgency - smaller, bold: true}))
		}
		left[len(left)-1].(*layout.Paragraph).RuleBelow = &layout.Rule{Fraction: ruleShare, Gap: 2}
	}
	if !has("no-nation") {
		m := center(motto, style{size: sizeMotto - smaller, bold: true})
		m.RuleBelow = &layout.Rule{Fraction: 1, Gap: 2}
		right = append(right, center(nation, style{size: sizeNation - smaller, bold: true}), m)
		if has("bilingual") {
			m.RuleBelow = nil
			e := center(mottoEn, style{size: sizeMotto - smaller, bold: true, lang: "en"})
			e.RuleBelow = &layout.Rule{Fraction: 1, Gap: 2}
			right = append(right, center(nationEn, style{size: sizeNation - smaller, bold: true, lang: "en"}), e)
		}
	}
	b.columns(left, right, 0)
	left, right = nil, nil
	copyMark := ""
	if has("second") {
		copyMark = "_2"
	}
	var number, date *layout.Field
	if !has("no-number") && b.form.Number != "none" {
		number = b.number("so"+copyMark, layout.Center)
		number.Size -= smaller
		number.Lead[0].Size -= smaller
		left = append(left, number)
	}
	if about != nil {
		for _, runs := range b.lines(about.text, style{size: sizeAbout}) {
			left = append(left, &layout.Paragraph{Align: layout.Center, Runs: runs, Before: 6, Indent: 2})
		}
	}
	if !has("no-date") {
		date = b.date(layout.Center)
		date.Name += copyMark
		date.Size -= smaller
		right = append(right, date)
	}
	if left == nil && right == nil {
		return
	}
	width := headWidth
	if has("small") {
		width = headWidthSmall
	}
	switch share, beside := b.dateShare(number, date, width); {
	case beside:
		b.split(left, right, share, 8)
	case left != nil:
		b.split(left, nil, headShare, 8)
		fallthrough
	default:
		date.Align, date.Before = layout.Right, 4
		b.add(date)
	}
}

// Widths of a head in mm: of the text area, and of one of two copies on a sheet.
const headWidth, headWidthSmall = 165.0, 84.0

// headShare is the right column's usual share of a head's width.
const headShare = 0.58

// dateShare is the share of a head's width that place and date need beside the
// number, both in full size; beside is false where they do not fit on one line
// (a long place, as "Thành phố Hồ Chí Minh", or a long symbol).
func (b *builder) dateShare(number, date *layout.Field, width float64) (share float64, beside bool) {
	if date == nil {
		return headShare, true
	}
	const mm, slack = 72 / 25.4, 1.0 // pt
	need := (textWidth(fonts.Italic, longestDay(b.w.env.Agency.Place), date.Size) + slack) / (width * mm)
	share = max(headShare, need)
	if number == nil {
		return share, share <= 1
	}
	sample := b.form.FormatNumber(99999, b.w.frames[0][atReceived].day, b.w.env.Agency, b.unit, 1)
	rest := (textWidth(fonts.Regular, "Số: "+sample, number.Size) + slack) / (width * mm)
	if rest > 1-share {
		share = 1 - rest
	}
	return share, share >= need
}

// longestDay is the date line of the day that takes most room.
func longestDay(place string) string { return place + ", ngày 30 tháng 12 năm 2026" }

// textWidth is in pt; characters that the face lacks are told elsewhere.
func textWidth(style fonts.Style, s string, size float64) float64 {
	face, sum := fonts.Get(style), 0
	for _, r := range s {
		if a, ok := face.Advance(r); ok {
			sum += a
		}
	}
	return float64(sum) * size / 1000
}

// nation sets the national title and motto in both languages across a permit's
// page.
func (b *builder) nation() {
	b.add(center(nation, style{size: 15, bold: true}))
	m := center(motto, style{size: 14, bold: true})
	m.RuleBelow, m.After = &layout.Rule{Fraction: 1, Gap: 2}, 4
	b.add(m)
	b.add(center(nationEn, style{size: 13, bold: true, lang: "en"}))
	b.add(center(mottoEn, style{size: 12, bold: true, lang: "en"}))
}

func (b *builder) columns(left, right []layout.Block, before float64) {
	b.split(left, right, headShare, before)
}

// split sets two columns, the right one with its share of the width.
func (b *builder) split(left, right []layout.Block, share, before float64) {
	b.add(&layout.Columns{Before: before, Columns: []layout.Column{{Width: 1 - share, Blocks: left}, {Width: share, Blocks: right}}})
}

// number is the field for the document's number; its sample is what it will
// typically hold.
func (b *builder) number(name string, align layout.Align) *layout.Field {
	a := b.w.env.Agency
	received := b.w.frames[0][atReceived].day
	sample, specimen := b.form.FormatNumber(1234, received, a, b.unit, 1), ""
	if !b.w.env.Specimen.IsZero() {
		specimen = b.form.FormatNumber(0, received, a, b.unit, 1)
	}
	return &layout.Field{
		Name: name, Label: "Số và ký hiệu văn bản", Kind: layout.TextField, Height: 6, Size: sizeNumber,
		Lead: []layout.Run{{Text: "Số: ", Size: sizeNumber}}, Align: align, Sample: sample, Specimen: specimen,
	}
}

// date is the field for place and date.
func (b *builder) date(align layout.Align) *layout.Field {
	specimen := ""
	if day := b.w.env.Specimen; !day.IsZero() {
		specimen = vietnamese.PlaceDate(b.w.env.Agency.Place, day)
	}
	return &layout.Field{
		Name: "ngay", Label: "Địa danh và thời gian ban hành", Kind: layout.TextField, Height: 6, Size: sizeDate,
		Italic: true, Align: align, Sample: b.w.env.Agency.Place + ", ngày 20 tháng 11 năm 2026", Specimen: specimen,
	}
}

// paragraph sets a text directive or a plain paragraph; after and titled tell
// that a title goes before and a subject comes next.
func (b *builder) paragraph(x *block, after, titled bool) {
	l := b.form.layout
	p := layout.Paragraph{Before: l.Before, Leading: l.Leading}
	s := style{size: l.Size}
	center := func(role layout.Role) {
		p.Align, p.Role, p.KeepWithNext, p.Leading = layout.Center, role, true, 1
	}
	switch x.kind {
	case "text":
		p.FirstIndent = l.Indent
		if l.Ragged {
			p.Align, p.FirstIndent = layout.Left, 0
		}
	case "plain":
		p.Align = layout.Left
		p.KeepWithNext = true
	case "cover":
		center(layout.TitleRole)
		s.size, s.bold = sizeCover, true
	case "cover-en":
		center(layout.TitleRole)
		s.size, s.bold, s.lang = sizeCover-6, true, "en"
	case "title":
		center(layout.TitleRole)
		s.size, s.bold = sizeTitle, true
		p.Before = 12
	case "subject":
		center(layout.TitleRole)
		s.size, s.bold = sizeTitle, true
		p.Before, p.After = 0, 12
		p.RuleBelow = &layout.Rule{Fraction: ruleShare, Gap: 2}
	case "authority":
		center(layout.Heading)
		s.size, s.bold = sizeTitle, true
		p.Before = 12
	case "basis":
		s.italic = true
		p.FirstIndent = l.Indent
	case "order":
		center(layout.Heading)
		s.size, s.bold = sizeTitle, true
		p.Before, p.After = 10, 6
	case "heading":
		p.Role, p.KeepWithNext, p.FirstIndent = layout.Heading, true, l.Indent
		s.bold = true
	case "center":
		center(layout.Body)
		p.KeepWithNext = false
	case "right":
		p.Align = layout.Right
	case "item":
		p.Role, p.Indent, p.Hanging = layout.ListItem, 0, 5
	case "en":
		s.italic, s.lang = true, "en"
		s.size = l.Size - englishSmaller
		p.Before, p.Align, p.Indent, p.Leading = 0, layout.Left, 4.5, 1
	case "note":
		s.size = sizeNote
		p.Role, p.Before, p.Leading = layout.Note, 3, 1
	case "attached":
		center(layout.Body)
		s.italic = true
		s.size = l.Size
		p.Before, p.After = 3, 10
	case "article":
		p.FirstIndent = l.Indent
		b.article(x, p, s)
		return
	}
	if x.kind == "title" {
		if titled {
			p.After = 0
		}
		if after {
			p.Before = 0
		}
	}
	all := b.lines(x.text, s)
	for i, runs := range all {
		q := p
		q.Runs = runs
		if q.RuleBelow != nil && i < len(all)-1 {
			q.RuleBelow = nil
		}
		if i > 0 && q.Align == layout.Center {
			q.Before = 0
		}
		if q.Role == layout.Body && x.kind == "text" {
			if strings.HasPrefix(runs[0].Text, "- ") || strings.HasPrefix(runs[0].Text, "+ ") {
				q.Role = layout.ListItem
			}
			q.KeepWithNext = strings.HasSuffix(runs[len(runs)-1].Text, ":")
		}
		b.add(&q)
	}
}

// article sets "Điều N." in bold and the rest upright; it stays with the next
// paragraph when it announces one.
func (b *builder) article(x *block, p layout.Paragraph, s style) {
	all := b.lines(x.text, s)
	for i, runs := range all {
		q := p
		if i == 0 {
			first := runs[0]
			if dot := strings.IndexByte(first.Text, '.'); dot > 0 {
				label, rest := first, first
				label.Text, label.Bold = first.Text[:dot+1], true
				rest.Text = first.Text[dot+1:]
				runs = append([]layout.Run{label, rest}, runs[1:]...)
				if rest.Text == "" {
					runs = append(runs[:1], runs[2:]...)
				}
			}
		}
		q.Runs = runs
		q.KeepWithNext = strings.HasSuffix(runs[len(runs)-1].Text, ":")
		b.add(&q)
	}
}

// addressees sets box 9a: one name behind "Kính gửi:", several below it with
// dashes under the colon (Phụ lục I, phần II, mục 9).
func (b *builder) addressees(x *block) {
	l := b.form.layout
	s := style{size: l.Size}
	const lead = "Kính gửi: "
	if len(x.lines) == 0 {
		runs := append([]layout.Run{{Text: lead, Size: l.Size}}, b.runs(x.text, s)...)
		b.add(&layout.Paragraph{Runs: runs, Align: layout.Center, Before: 14, After: 10, Indent: 8})
		return
	}
	var items [][]layout.Run
	for _, t := range x.lines {
		if r := b.runs(t, s); len(r) > 0 {
			items = append(items, r)
		}
	}
	const indent, hang = 40, 23
	for i, runs := range items {
		end := ";"
		if i == len(items)-1 {
			end = "."
		}
		last := &runs[len(runs)-1]
		last.Text = strings.TrimRight(last.Text, ";. ") + end
		p := &layout.Paragraph{Align: layout.Left, Indent: indent + hang, Role: layout.ListItem, Leading: l.Leading}
		p.Runs = append([]layout.Run{{Text: "- ", Size: l.Size}}, runs...)
		if i == 0 {
			p.FirstIndent = -hang
			p.Before = 14
			p.Runs = append([]layout.Run{{Text: "Kính gửi:", Size: l.Size}, {Text: "- ", Size: l.Size, Tab: indent + hang}}, runs...)
		}
		if i == len(items)-1 {
			p.After = 10
		}
		b.add(p)
	}
}
