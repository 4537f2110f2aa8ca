package templates

import (
	"errors"
	"strconv"
	"strings"
	"time"
)

// Lint finds what compiles and is still wrong: unused fields, wrong or
// repealed acts, missing or refused samples, sentences that differ from the
// act's text, gaps and overlaps between versions. Mistakes that keep a form
// from compiling are found by Load. Findings with Warning set may be meant so.
func (c *Catalogue) Lint() []*FileError {
	var all []*FileError
	for _, f := range c.All() {
		all = append(all, c.LintForm(f)...)
	}
	return all
}

// LintForm is Lint of one form version, seen among the others.
func (c *Catalogue) LintForm(f *Form) []*FileError {
	l := &compiler{file: f.Where() + "/form.yaml"}
	c.lintHead(l, f)
	c.lintBasis(l, f)
	c.lintVersions(l, f)
	lintUse(l, f.Fields)
	l.file = f.Where() + "/body.txt"
	c.lintCited(l, f)
	lintNumbers(l, f.blocks)
	lintPlaces(l, f)
	l.file = f.Where() + "/legal.txt"
	lintLegal(l, f)
	l.file = f.Where() + "/sample.json"
	lintSampleData(l, f)
	return l.errs
}

func lintUse(l *compiler, fields []*Field) {
	for _, f := range fields {
		if !f.used {
			l.fail(f.line, lintUnused, "name", f.Name)
		}
		lintUse(l, f.Fields)
	}
}

// lintNumbers checks that articles are numbered 1, 2, 3 …; branches of an @if
// may each go on from the same number.
func lintNumbers(l *compiler, blocks []block) { articleNumbers(l, blocks, 0) }

func articleNumbers(l *compiler, blocks []block, n int) int {
	for i := range blocks {
		b := &blocks[i]
		switch b.kind {
		case "article":
			n++
			text := ""
			if len(b.text) > 0 {
				text = b.text[0].text
			}
			if !strings.HasPrefix(text, "Điều "+itoa(n)+".") {
				l.fail(b.line, lintArticles, "want", itoa(n), "got", shown(text))
			}
		case "if":
			with := articleNumbers(l, b.kids, n)
			if len(b.other) > 0 {
				articleNumbers(l, b.other, n)
			}
			n = with
		case "annex", "page":
			n = 0
		}
	}
	return n
}

func lintLegal(l *compiler, f *Form) {
	if f.legal == nil {
		if f.Text == "file" {
			l.fail(0, lintNoLegal)
		}
		return
	}
	d := f.compare()
	switch {
	case d == nil:
	case d.extra:
		l.fail(0, lintExtra, "form", d.form)
	default:
		l.fail(d.line, lintSentence, "line", itoa(d.line), "legal", d.legal, "form", d.form)
	}
}

func lintSampleData(l *compiler, f *Form) {
	if f.sample == nil {
		l.fail(0, lintNoSample)
		return
	}
	agency, err := DemoAgency(f.DemoKind())
	if err != nil {
		l.fail(0, lintSample, "text_vi", err.Error(), "text_en", err.Error())
		return
	}
	if _, err := f.Bind(f.sample, Env{Agency: agency}); err != nil {
		d, ok := errors.AsType[*DataError](err)
		if !ok {
			l.fail(0, lintSample, "text_vi", err.Error(), "text_en", err.Error())
			return
		}
		for _, p := range d.Problems {
			if (p.Code == dataMissing || p.Code == dataMissingHere) && f.unused(p.Pointer) {
				continue // told already: the field is to be printed or deleted
			}
			line := f.sampleLine(p)
			pointer := p.Pointer
			if pointer != "" {
				pointer += ": "
			}
			l.fail(line, lintSample, "text_vi", pointer+p.Message("vi"), "text_en", pointer+p.Message("en"))
		}
	}
	if day, ok := ReceivedDate(f.sample); ok && !f.InForce(day) {
		l.fail(f.sampleLine(Problem{Pointer: "/received_date"}), lintSampleDay, "day", day.Format(time.DateOnly), "from", f.ValidFrom.String())
	}
}

// unused tells whether a pointer leads to a field that the body never uses.
func (f *Form) unused(pointer string) bool {
	sc := f.root
	for name := range strings.SplitSeq(strings.TrimPrefix(pointer, "/"), "/") {
		if name != "" && name[0] >= '0' && name[0] <= '9' {
			continue // the place of a record in its list
		}
		x, ok := sc.field(name)
		if !ok {
			return false
		}
		if !x.used {
			return true
		}
		if x.scope != nil {
			sc = x.scope
		}
	}
	return false
}

// sampleLine is the line of sample.json that a problem is about, as far as its
// key tells; 0 when it is not there.
func (f *Form) sampleLine(p Problem) int {
	if at, err := strconv.Atoi(p.Args["line"]); err == nil {
		return at
	}
	name := p.Pointer[strings.LastIndexByte(p.Pointer, '/')+1:]
	line := 0
	for i, l := range strings.Split(string(f.sample), "\n") {
		if name != "" && strings.Contains(l, `"`+name+`"`) {
			if line > 0 {
				return 0 // more than one such key
			}
			line = i + 1
		}
	}
	return line
}

// DemoKind is the kind of demonstration profile that issues the form.
func (h *Head) DemoKind() string { return h.Issuer[0] }
