package templates_test

import (
	"fmt"
	"strings"

	"antin/templates/measure"
)

// closing: boxes 7a and 7b.
func (m *measured) closing() {
	who, _, name := m.signed()
	if who == nil {
		if m.form.Signing == "leader+seal" || m.form.Signing == "leader" {
			m.t.Error("no signature block")
		}
		return
	}
	for _, l := range who.Title {
		p, _ := m.find(l)
		if p == nil {
			m.t.Errorf("%q is missing over the signature", l)
			continue
		}
		m.styled("signatory's title", p, 13, 14, true, false)
		m.within("signatory's name off the title's centre", centre(name)-centre(p), -0.5, 0.5)
	}
	m.styled("signatory's name", name, 13, 14, true, false)
}

// recipients: box 9b.
func (m *measured) recipients() {
	_, title, _ := m.signed()
	if title == nil {
		return
	}
	to, at := m.find("Nơi nhận:")
	if to == nil {
		m.t.Error(`"Nơi nhận:" is missing`)
		return
	}
	m.styled("Nơi nhận", to, 12, 12, true, true)
	m.within("Nơi nhận from the left edge in mm", (to.lines[0].x1-30*mm)/mm, 0, 0.5)
	m.within("Nơi nhận level with the title", to.lines[0].y-title.lines[0].y, -3, 3)
	list := 0
	for _, p := range m.paras[at+1:] {
		s := p.text()
		if !strings.HasPrefix(s, "- ") {
			break
		}
		list++
		m.styled("recipient", p, 11, 11, false, false)
		last := strings.HasPrefix(s, "- Lưu:")
		if last && !strings.HasSuffix(s, ".") || !last && !strings.HasSuffix(s, ";") {
			m.t.Errorf("recipient %q ends without its sign", s)
		}
	}
	if list == 0 {
		m.t.Error("no recipients")
	}
}

// pageNumbers: none on the first page of a section, then from 2 on, upright
// 13–14, centred in the top margin.
func (m *measured) pageNumbers() {
	want := 0
	for i, p := range m.pages {
		var found []*measure.Text
		for k := range p.Texts {
			if t := &p.Texts[k]; t.Artifact && t.Y < 20*mm && strings.Trim(t.Text, "0123456789") == "" && t.Text != "" {
				found = append(found, t)
			}
		}
		if len(found) == 0 {
			if i > 0 && want > 0 && !m.newSection(i) {
				m.t.Errorf("page %d has no number", i+1)
			}
			want = 1
			continue
		}
		want++
		n := found[0]
		if len(found) > 1 || n.Text != fmt.Sprint(want) {
			m.t.Errorf("page %d shows the number %q, want %d", i+1, n.Text, want)
		}
		m.within("size of the page number", n.Size, 13, 14)
		if n.Bold() || n.Italic() {
			m.t.Errorf("page number in %s", n.Font)
		}
		m.within("page number off the middle of the text area", (n.X1+n.X2)/2-(30*mm+p.Width-15*mm)/2, -1, 1)
	}
}

// newSection tells whether a page begins an annex or the second page of a
// permit: its first text is a heading.
func (m *measured) newSection(i int) bool {
	for k := range m.pages[i].Texts {
		if t := &m.pages[i].Texts[k]; !t.Artifact {
			return strings.HasPrefix(t.Kind, "H")
		}
	}
	return false
}
