package templates

import (
	"strings"
	"unicode"
)

// Legal is the act's own text of a form, kept beside it in legal.txt:
//
//	# a remark of ours
//	~ a line of the act that the form does not print as a sentence
//	+ words the form prints in addition, with the reason in a remark
//	? words of the act that are printed in some cases only
//	any other line: the act's words; runs of dots are places to fill in
//	{{old => new}} a deliberate correction or a choice made, old being the
//	act's transcript and new what is printed (… for a place to fill in)
type Legal struct{ lines []legalLine }

type legalLine struct {
	mark      byte // '#', '~', '+', '?' or 0
	text, raw string
	line      int
}

func (c *compiler) parseLegal(src string) *Legal {
	l := &Legal{}
	for i, raw := range strings.Split(strings.TrimRight(src, "\n"), "\n") {
		out := legalLine{raw: raw, text: raw, line: i + 1}
		if len(raw) > 0 && (raw[0] == '#' || raw[0] == '~' || raw[0] == '+' || raw[0] == '?') && (len(raw) == 1 || raw[1] == ' ') {
			out.mark = raw[0]
			out.raw = strings.TrimPrefix(raw[1:], " ")
			out.text = out.raw
		}
		if out.mark == 0 || out.mark == '?' {
			text, orig, bad := corrected(out.raw)
			if bad != "" {
				c.fail(i+1, legalCorrection, "text", bad)
			}
			out.text, out.raw = text, orig
		}
		l.lines = append(l.lines, out)
	}
	return l
}

// corrected splits a line into what the form prints and what the act says.
func corrected(s string) (text, orig, bad string) {
	for {
		before, rest, ok := strings.Cut(s, "{{")
		text += before
		orig += before
		if !ok {
			return text, orig, ""
		}
		inner, after, closed := strings.Cut(rest, "}}")
		was, now, arrow := strings.Cut(inner, "=>")
		if !closed || !arrow {
			return text, orig, shown(inner)
		}
		orig += strings.TrimSpace(was)
		text += " " + strings.TrimSpace(now) + " " // a boundary of words on both sides
		s = after
	}
}

// Original is the act's text as it was copied, without corrections and
// remarks.
func (l *Legal) Original() string {
	var b strings.Builder
	for _, x := range l.lines {
		if x.mark == 0 || x.mark == '~' || x.mark == '?' {
			b.WriteString(x.raw)
			b.WriteByte('\n')
		}
	}
	return b.String()
}

// Sentences are the lines that every document of the form prints, corrections
// made.
func (l *Legal) Sentences() []string {
	var out []string
	for _, x := range l.lines {
		if x.mark == 0 || x.mark == '+' {
			out = append(out, x.text)
		}
	}
	return out
}

// Legal is the act's text beside the form, nil when it has none.
func (f *Form) Legal() *Legal { return f.legal }

// word is a token of the comparison with the line it stands on.
type word struct {
	text string
	line int
}

// tokens cuts text into words and the signs that carry sense; dots, slashes,
// dashes, boxes and blanks are places to fill in or matters of layout.
func tokens(text string, line int, out []word) []word {
	start := -1
	flush := func(end int) {
		if start >= 0 {
			out = append(out, word{text[start:end], line})
			start = -1
		}
	}
	for i, r := range text {
		switch {
		case unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r):
			if start < 0 {
				start = i
			}
		default:
			flush(i)
			if strings.ContainsRune(",;:()", r) {
				out = append(out, word{string(r), line})
			}
		}
	}
	flush(len(text))
	return out
}

// difference is the first place where the form's words leave the act's.
type difference struct {
	line        int
	legal, form string
	extra       bool
}

// compare checks the form's words against the act's.
func (f *Form) compare() *difference {
	var want []word
	for _, l := range f.legal.lines {
		if l.mark == 0 || l.mark == '+' || l.mark == '?' {
			want = tokens(l.text, l.line, want)
		}
	}
	got := tokens(f.Skeleton(), 0, nil)
	for i := range want {
		if i < len(got) && got[i].text == want[i].text {
			continue
		}
		return &difference{line: want[i].line, legal: context(want, i), form: context(got, i)}
	}
	if len(got) > len(want) {
		return &difference{form: context(got, len(want)), extra: true}
	}
	return nil
}

// context shows a few words around place i.
func context(w []word, i int) string {
	var parts []string
	for _, x := range w[max(0, min(i, len(w))-3):min(len(w), i+8)] {
		parts = append(parts, x.text)
	}
	return strings.Join(parts, " ")
}

// Skeleton is the form's text with every optional piece shown, every loop
// once, every branch in turn and … for each value.
func (f *Form) Skeleton() string {
	var b strings.Builder
	skeleton(&b, f.blocks)
	return b.String()
}

func skeleton(b *strings.Builder, blocks []block) {
	for i := range blocks {
		x := &blocks[i]
		if x.kind == "to" {
			b.WriteString("Kính gửi: ")
		}
		if x.kind == "nation" {
			b.WriteString(nation + "\n" + motto + "\n" + nationEn + "\n" + mottoEn)
		}
		if x.kind == "number" {
			b.WriteString("Số: …")
		}
		bones(b, x.text)
		for _, l := range x.lines {
			b.WriteString("- ")
			bones(b, l)
			b.WriteString("; ")
		}
		skeleton(b, x.kids)
		skeleton(b, x.other)
		for _, c := range x.cols {
			skeleton(b, c.kids)
		}
		if c := x.close; c != nil {
			for _, list := range [][][]piece{c.recipients, c.left, c.title, {c.hint}, {c.name}} {
				for _, l := range list {
					bones(b, l)
					b.WriteByte('\n')
				}
			}
		}
		if x.table != nil {
			for i := range x.table.head {
				rowBones(b, &x.table.head[i])
			}
			loopBones(b, x.table.rows)
		}
		b.WriteByte('\n')
	}
}

func loopBones(b *strings.Builder, loops []tableLoop) {
	for i := range loops {
		rowBones(b, &loops[i].row)
		loopBones(b, loops[i].kids)
	}
}

func rowBones(b *strings.Builder, r *tableRow) {
	for i := range r.cells {
		if !r.cells[i].gone {
			bones(b, r.cells[i].text)
			b.WriteByte('\n')
		}
	}
}

func bones(b *strings.Builder, list []piece) {
	for i := range list {
		p := &list[i]
		switch p.kind {
		case pText:
			b.WriteString(p.text)
		case pOptional:
			bones(b, p.kids)
		case pField:
			switch {
			case p.ref.field.Type == DateT && p.format == "long":
				b.WriteString(" ngày … tháng … năm … ")
			case p.ref.field.Type == Month && p.format == "long":
				b.WriteString(" … năm … ")
			default:
				b.WriteString(" … ")
			}
		default:
			b.WriteString(" … ")
		}
	}
}
