package templates_test

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"antin/templates"
	"antin/templates/measure"
)

// mm is one millimetre in pt.
const mm = 72 / 25.4

// The rules of Nghị định 30/2020/NĐ-CP, Phụ lục I that TestMeasures can leave
// out for a form.
const (
	ruleHead       = "head"       // sizes and styles of national title, motto, agency, their rules
	ruleNumber     = "number"     // place and size of number and date
	ruleType       = "type"       // type name and subject, the rule under it
	ruleBody       = "body"       // size of the text
	ruleIndent     = "indent"     // first line 1 or 1.27 cm
	ruleSpacing    = "spacing"    // between paragraphs, line pitch
	ruleClosing    = "closing"    // signature title and name
	ruleRecipients = "recipients" // "Nơi nhận" and its list
	ruleMargin     = "margin"     // margins of the sheet
)

// ownLayout names the forms that an act of their own lays out (Điều 3 khoản 2,
// Điều 4 khoản 2 of the decree: specialised documents follow the form their
// act sets) and the rules that therefore do not hold for them. All other forms
// keep every rule.
var ownLayout = map[string][]string{
	// Permits and confirmations in two languages: the national title across
	// the sheet or in two languages, English lines, labels from the left edge.
	"gpld-12-pli": {ruleHead, ruleNumber, ruleType, ruleBody, ruleIndent, ruleSpacing, ruleClosing, ruleRecipients, ruleMargin},
	"gpld-219":    {ruleHead, ruleNumber, ruleType, ruleBody, ruleIndent, ruleSpacing, ruleClosing, ruleRecipients},
	"gxn-10-pli":  {ruleHead, ruleNumber, ruleType, ruleBody, ruleIndent, ruleSpacing, ruleClosing, ruleRecipients},
	"gxn-219":     {ruleHead, ruleNumber, ruleType, ruleBody, ruleIndent, ruleSpacing, ruleClosing, ruleRecipients},
	// Licences and certificates: under the name stands which issue it is, and
	// the holder keeps it, so that it has no recipients.
	"gp-dvvl":        {ruleType, ruleClosing, ruleRecipients},
	"gcn-huan-luyen": {ruleType, ruleClosing, ruleRecipients},
	// Slips of the one-stop service: the dossier's code stands under the name,
	// and the person who hands in takes them away.
	"giay-tiep-nhan":  {ruleType, ruleRecipients},
	"phieu-kiem-soat": {ruleType, ruleRecipients},
	"phieu-tu-choi":   {ruleType, ruleRecipients},
	// An internal slip goes up to the leader whom it names.
	"phieu-trinh": {ruleRecipients},
	// Minutes are signed by both sides.
	"bb-tham-dinh": {ruleRecipients},
	// Slips in two copies side by side: half a sheet for each.
	"phieu-hen-tctn":            {ruleHead, ruleNumber, ruleType, ruleBody, ruleIndent, ruleSpacing, ruleClosing, ruleRecipients, ruleMargin},
	"phieu-gioi-thieu-viec-lam": {ruleHead, ruleNumber, ruleType, ruleBody, ruleIndent, ruleSpacing, ruleClosing, ruleRecipients, ruleMargin},
}

// measured is a rendered form with the words to find its components by.
type measured struct {
	t      *testing.T
	form   *templates.Form
	agency *templates.Agency
	pages  []measure.Page
	paras  []*inkParagraph
}

// find gives the first paragraph that says want, and its index.
func (m *measured) find(want string) (*inkParagraph, int) {
	for i, p := range m.paras {
		if p.text() == want {
			return p, i
		}
	}
	return nil, -1
}

func (m *measured) within(what string, got, low, high float64) {
	m.t.Helper()
	if got < low-0.011 || got > high+0.011 {
		m.t.Errorf("%s is %.2f, allowed %.2f to %.2f", what, got, low, high)
	}
}

func (m *measured) styled(what string, p *inkParagraph, low, high float64, bold, italic bool) {
	m.t.Helper()
	for i := range p.lines {
		for _, t := range p.lines[i].texts {
			if strings.TrimSpace(t.Text) == "" {
				continue
			}
			m.within(fmt.Sprintf("size of %s (%q)", what, t.Text), t.Size, low, high)
			if t.Bold() != bold || t.Italic() != italic {
				m.t.Errorf("%s (%q) is set in %s", what, t.Text, t.Font)
			}
		}
	}
}

// TestMeasures reads the finished PDF of every form's sample and holds what is
// on its pages against Nghị định 30/2020/NĐ-CP, Phụ lục I, phần I and II.
func TestMeasures(t *testing.T) {
	cat, err := templates.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range cat.All() {
		t.Run(f.Where(), func(t *testing.T) {
			agency, err := templates.DemoAgency(f.DemoKind())
			if err != nil {
				t.Fatal(err)
			}
			m := &measured{t: t, form: f, agency: agency, pages: rendered(t, f, f.Sample())}
			m.paras = paragraphs(m.pages)
			for name, check := range map[string]func(){
				ruleHead: m.head, ruleNumber: m.number, ruleType: m.typeName, ruleBody: m.body,
				ruleIndent: m.indent, ruleSpacing: m.spacing, ruleClosing: m.closing, ruleRecipients: m.recipients, ruleMargin: m.margins,
			} {
				if !slices.Contains(ownLayout[f.ID], name) {
					check()
				}
			}
			m.page()
			m.pageNumbers()
		})
	}
}

// page: A4, black, in the Times-metric face. The notice of a demonstration is
// red and stands in the bottom margin.
func (m *measured) page() {
	for i, p := range m.pages {
		w, h := min(p.Width, p.Height), max(p.Width, p.Height)
		m.within("page width", w/mm, 209.9, 210.1)
		m.within("page height", h/mm, 296.9, 297.1)
		for k := range p.Texts {
			t := &p.Texts[k]
			if !strings.Contains(t.Font, "Tinos") && !strings.Contains(t.Font, "Times") {
				m.t.Errorf("page %d: %q is set in %s", i+1, t.Text, t.Font)
			}
			if !t.Black && !t.Artifact {
				m.t.Errorf("page %d: %q is not black", i+1, t.Text)
			}
		}
	}
}

// margins: left 30–35, right 15–20, top and bottom 20–25 mm. The text reaches
// them on the left and at the top of the first page.
func (m *measured) margins() {
	for i, p := range m.pages {
		left, right, top, bottom := math.Inf(1), 0.0, math.Inf(1), 0.0
		for k := range p.Texts {
			t := &p.Texts[k]
			if t.Artifact && (t.Y < 20*mm || t.Y > p.Height-20*mm) || t.X1 == t.X2 {
				continue // the number above, the strip below; a repeated table head counts
			}
			left, right = min(left, t.X1), max(right, t.X2)
			top, bottom = min(top, t.Y-measure.Ascent*t.Size), max(bottom, t.Bottom())
		}
		for _, fd := range p.Fields {
			if fd.Name == "luu_tru" {
				continue
			}
			left, right, top, bottom = min(left, fd.X1), max(right, fd.X2), min(top, fd.Y1), max(bottom, fd.Y2)
		}
		where := fmt.Sprintf("page %d: ", i+1)
		m.within(where+"left margin in mm", left/mm, 30, 35)
		if right > p.Width-15*mm+0.1 {
			m.t.Errorf("%stext ends %.2f mm from the right edge", where, (p.Width-right)/mm)
		}
		m.within(where+"top margin in mm", top/mm, 20, 25.5)
		if bottom > p.Height-20*mm+0.1 {
			m.t.Errorf("%stext ends %.2f mm from the lower edge", where, (p.Height-bottom)/mm)
		}
	}
}

// head: boxes 1 and 2 with their rules.
func (m *measured) head() {
	title, _ := m.find("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM")
	motto, _ := m.find("Độc lập - Tự do - Hạnh phúc")
	if title == nil || motto == nil {
		m.t.Error("national title or motto is missing")
		return
	}
	m.styled("national title", title, 12, 13, true, false)
	m.styled("motto", motto, 13, 14, true, false)
	m.within("centre of title and motto", centre(title)-centre(motto), -0.5, 0.5)
	m.within("line pitch of title and motto", (motto.lines[0].y-title.lines[0].y)/motto.size()/measure.Single, 0.9, 1.15)
	if r := m.ruleBelow(motto); r == nil {
		m.t.Error("no rule under the motto")
	} else {
		m.within("rule under the motto, share of its line", r.Length()/motto.widest(), 0.99, 1.01)
		m.within("rule under the motto, off its centre", (r.X1+r.X2)/2-centre(motto), -0.5, 0.5)
	}
	// The agency's lines stand first in reading order.
	lines := slices.Concat(m.agency.Superior, m.agency.Name)
	var last *inkParagraph
	for i, l := range lines {
		if last = m.paras[i]; last.text() != l {
			m.t.Errorf("line %d of the agency is %q, want %q", i+1, last.text(), l)
			return
		}
		m.styled("agency", last, 12, 13, i >= len(m.agency.Superior), false)
	}
	if r := m.ruleBelow(last); r == nil {
		m.t.Error("no rule under the agency")
	} else {
		m.within("rule under the agency, share of its line", r.Length()/last.widest(), 1./3, 0.5)
		m.within("rule under the agency, off its centre", (r.X1+r.X2)/2-centre(last), -0.5, 0.5)
	}
	m.within("first lines of boxes 1 and 2", title.lines[0].y-m.paras[0].lines[0].y, -0.5, 0.5)
}

func centre(p *inkParagraph) float64 { return (p.lines[0].x1 + p.lines[0].x2) / 2 }

// ruleBelow finds the rule under a paragraph: below its last line's descent,
// at most 8 pt lower, within its width.
func (m *measured) ruleBelow(p *inkParagraph) *measure.Rule {
	l := p.lines[len(p.lines)-1]
	rules := m.pages[l.page].Rules
	for i := range rules {
		r := &rules[i]
		if r.Horizontal() && r.Y1 > l.bottom-0.1 && r.Y1 < l.bottom+8 && r.X1 > l.x1-p.widest() && r.X2 < l.x2+p.widest() {
			return r
		}
	}
	return nil
}

// number: boxes 3 and 4. Both stand on one line, each centred under its box.
func (m *measured) number() {
	if m.form.Number == "none" {
		return
	}
	var so, ngay *measure.Field
	for i := range m.pages[0].Fields {
		switch fd := &m.pages[0].Fields[i]; fd.Name {
		case "so":
			so = fd
		case "ngay":
			ngay = fd
		}
	}
	if so == nil || ngay == nil {
		m.t.Error("no field for the number or the date on page 1")
		return
	}
	m.within("size of the number", so.Size, 13, 13)
	m.within("size of the date", ngay.Size, 13, 14)
	if so.Font != "TNR" || ngay.Font != "TNI" {
		m.t.Errorf("number in %s, date in %s", so.Font, ngay.Font)
	}
	m.within("height of number against date", so.Y1-ngay.Y1, -0.5, 0.5)
	lead, _ := m.find("Số:")
	if lead == nil {
		m.t.Error(`"Số:" is missing`)
		return
	}
	m.styled("the word Số", lead, 13, 13, false, false)
	if gap := so.X1 - lead.lines[0].x2; gap < 0 || gap > 6 {
		m.t.Errorf("the number begins %.1f pt after Số:", gap)
	}
	if about := m.about(); about != nil {
		m.styled("subject of the letter", about, 12, 13, false, false)
		m.within("V/v below the number in pt", about.lines[0].top-so.Y2, 2, 14)
		if m.ruleBelow(about) != nil {
			m.t.Error("a letter's subject has no rule")
		}
	}
}

// about is the subject of an official letter, box 5b.
func (m *measured) about() *inkParagraph {
	for _, p := range m.paras {
		if s := p.text(); m.form.Number == "letter" && (strings.HasPrefix(s, "V/v ") || strings.HasPrefix(s, "Về việc ")) {
			return p
		}
	}
	return nil
}

// title is the type's name, box 5a, and its index.
func (m *measured) title() (*inkParagraph, int) {
	for i, p := range m.paras {
		if p.kind == "H1" && p.lines[0].page == 0 && !strings.HasPrefix(p.text(), "Kính gửi") {
			return p, i
		}
	}
	return nil, -1
}

func (m *measured) typeName() {
	if m.form.Number == "letter" {
		return // an official letter has no type name
	}
	title, i := m.title()
	if title == nil {
		m.t.Error("no type name")
		return
	}
	m.styled("type name", title, 13, 14, true, false)
	if s := title.text(); s != strings.ToUpper(s) {
		m.t.Errorf("type name %q is not in capitals", s)
	}
	subject := m.paras[i+1]
	if subject.size() < 13 || !m.centred(subject) {
		return // a slip whose act gives it no subject
	}
	r := m.ruleBelow(title)
	if r == nil {
		m.styled("subject", subject, 13, 14, true, false)
		r = m.ruleBelow(subject)
	} else {
		subject = title // a document without a subject: the rule stands under its name
	}
	if r == nil {
		m.t.Errorf("no rule under the subject %q", subject.text())
		return
	}
	m.within("rule under the subject, share of its line", r.Length()/subject.widest(), 1./3, 0.5)
	m.within("rule under the subject, off its centre", (r.X1+r.X2)/2-centre(subject), -0.5, 0.5)
	if next := m.paras[slices.Index(m.paras, subject)+1]; next.lines[0].top < r.Y1 {
		m.t.Errorf("the rule under the subject touches %q", next.text())
	}
}

// text gives the body's paragraphs: after the head, title and addressee and
// before the signature block, outside tables and columns of other sizes.
func (m *measured) text() []*inkParagraph {
	from := 0
	if _, i := m.title(); i >= 0 {
		from = i + 1
	}
	page, y := -1, 0.0
	if _, title, _ := m.signed(); title != nil {
		page, y = title.lines[0].page, title.lines[0].y
	}
	var out []*inkParagraph
	for _, p := range m.paras[from:] {
		s := p.text()
		if l := p.lines[0]; l.page == page && l.y > y-3 || s == "Nơi nhận:" {
			break
		}
		if l := p.lines[0]; s == strings.ToUpper(s) && l.x1 > 45*mm && !m.centred(p) && p.all((*measure.Text).Bold) {
			break // the title over a clerk's signature
		}
		if strings.Contains(p.path, "/Table") || p.kind != "P" && p.kind != "LBody" || s == "" {
			continue
		}
		if strings.HasPrefix(s, "Kính gửi") || s == "Số:" || p == m.about() || m.headLine(s) {
			out = out[:0] // still the head
			continue
		}
		out = append(out, p)
	}
	return out
}

func (m *measured) headLine(s string) bool {
	return slices.Contains(m.agency.Superior, s) || slices.Contains(m.agency.Name, s) ||
		s == "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM" || s == "Độc lập - Tự do - Hạnh phúc"
}

// signed finds who signs: the signatory whose title and name are on the page.
func (m *measured) signed() (who *templates.Signatory, title, name *inkParagraph) {
	for i := range m.agency.Signatories {
		p, _ := m.find(m.agency.Signatories[i].Title[0])
		n, _ := m.find(m.agency.Signatories[i].Name)
		if p != nil && n != nil {
			return &m.agency.Signatories[i], p, n
		}
	}
	return nil, nil, nil
}

// centred tells whether all of a paragraph's lines stand in the middle of the
// text area.
func (m *measured) centred(p *inkParagraph) bool {
	for _, l := range p.lines {
		middle := (30*mm + m.pages[l.page].Width - 15*mm) / 2
		if math.Abs((l.x1+l.x2)/2-middle) > 1 || l.x1 < 30*mm+4 {
			return false
		}
	}
	return true
}

// body: text 13–14, legal bases italic, the word Điều and its number bold.
func (m *measured) body() {
	order := slices.ContainsFunc(m.paras, func(p *inkParagraph) bool { return p.text() == "QUYẾT ĐỊNH:" })
	for _, p := range m.text() {
		s := p.text()
		for i := range p.lines {
			for _, t := range p.lines[i].texts {
				if strings.TrimSpace(t.Text) != "" {
					m.within(fmt.Sprintf("size of the text (%q)", t.Text), t.Size, 13, 14)
				}
			}
		}
		first := p.lines[0].texts[0]
		if order && (strings.HasPrefix(s, "Căn cứ ") || strings.HasPrefix(s, "Theo đề nghị ") || strings.HasPrefix(s, "Xét ")) &&
			!p.all(func(t *measure.Text) bool { return t.Italic() && !t.Bold() }) {
			m.t.Errorf("the basis %q is not italic", s)
		}
		if strings.HasPrefix(s, "Điều ") && (!first.Bold() || !strings.HasPrefix(strings.ReplaceAll(first.Text, "\u00a0", " "), "Điều ")) {
			m.t.Errorf("%q does not begin with a bold Điều", s)
		}
	}
}

// indent: the first line of each paragraph of the text stands 1 or 1.27 cm
// inside, the others at the left edge; lists hang.
func (m *measured) indent() {
	for _, p := range m.text() {
		if m.centred(p) || p.kind == "LBody" {
			continue
		}
		for i, l := range p.lines {
			in := (l.x1 - 30*mm) / mm
			if i == 0 {
				if math.Abs(in-10) > 0.5 && math.Abs(in-12.7) > 0.5 {
					m.t.Errorf("%q begins %.2f mm inside", l.text(), in)
				}
			} else if math.Abs(in) > 0.5 {
				m.t.Errorf("%q stands %.2f mm inside", l.text(), in)
			}
		}
	}
}

// spacing: at least 6 pt between paragraphs, lines single to 1.5.
func (m *measured) spacing() {
	var above *inkParagraph
	for _, p := range m.text() {
		pitch := 0.0
		for i := 1; i < len(p.lines); i++ {
			a, b := &p.lines[i-1], &p.lines[i]
			if a.page != b.page {
				continue
			}
			pitch = (b.y - a.y) / b.size
			m.within(fmt.Sprintf("line pitch over %q", b.text()), pitch/measure.Single, 1, 1.5)
		}
		if above != nil {
			a, b := &above.lines[len(above.lines)-1], &p.lines[0]
			if a.page == b.page && b.y > a.y {
				if gap := b.y - a.y - max(pitch, measure.Single)*b.size; gap < 5.9 && pitch > 0 || gap < 5 {
					m.t.Errorf("%.2f pt between %q and %q", gap, a.text(), b.text())
				}
			}
		}
		above = p
	}
}
