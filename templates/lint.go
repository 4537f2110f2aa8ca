package templates

import (
	"errors"
	"slices"
	"strings"
	"time"

	"antin/templates/vietnamese"
)

// Lint finds what compiles and is still wrong: unused fields, undated or
// repealed acts, missing or refused samples, sentences that differ from the
// act's text, gaps and overlaps between versions. Mistakes that keep a form
// from compiling are found by Load.
func (c *Catalogue) Lint() []*FileError {
	var all []*FileError
	for _, id := range c.ids {
		versions := c.forms[id]
		for i, f := range versions {
			l := &compiler{file: f.Where() + "/form.yaml"}
			c.lintHead(l, f)
			if i > 0 {
				if old := versions[i-1]; old.ValidTo.IsZero() || !old.ValidTo.Before(f.ValidFrom.Time) {
					l.fail(0, lintOverlap, "version", old.Version, "other", f.Version, "day", vietnamese.ShortDate(f.ValidFrom.Time))
				}
			}
			if i == len(versions)-1 && !f.ValidTo.IsZero() && f.Successor == nil {
				l.fail(0, lintNoSuccessor, "day", vietnamese.ShortDate(f.ValidTo.Time))
			}
			lintUse(l, f.Fields)
			l.file = f.Where() + "/body.txt"
			lintNumbers(l, f.blocks)
			lintSigning(l, f)
			l.file = f.Where() + "/legal.txt"
			lintLegal(l, f)
			l.file = f.Where() + "/sample.json"
			lintSampleData(l, f)
			all = append(all, l.errs...)
		}
	}
	return all
}

func (c *Catalogue) lintHead(l *compiler, f *Form) {
	if len(f.LegalBasis) == 0 {
		l.fail(0, lintNoBasis)
	}
	acts := make([]string, 0, len(c.acts))
	for a := range c.acts {
		acts = append(acts, a)
	}
	for _, b := range f.LegalBasis {
		if b.Date.IsZero() {
			l.fail(0, lintUndated, "act", b.Act)
		}
		a, ok := c.acts[b.Act]
		if !ok {
			l.fail(0, lintUnknownAct, "act", b.Act, "try", nearest(b.Act, acts))
			continue
		}
		if a.endedBy(f.ValidTo.Time) {
			l.fail(0, lintRepealed, "act", b.Act, "day", vietnamese.ShortDate(a.To.AddDate(0, 0, 1)), "by", strings.Join(a.ReplacedBy, ", "))
		}
	}
	// Acts cited in the body must live as long as the form does.
	text := f.Skeleton()
	for name, a := range c.acts {
		if a.endedBy(f.ValidTo.Time) && strings.Contains(text, name) &&
			!slices.ContainsFunc(f.LegalBasis, func(b Basis) bool { return b.Act == name }) {
			l.fail(0, lintRepealed, "act", name, "day", vietnamese.ShortDate(a.To.AddDate(0, 0, 1)), "by", strings.Join(a.ReplacedBy, ", "))
		}
	}
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
		l.fail(0, lintSample, "text", err.Error())
		return
	}
	if _, err := f.Bind(f.sample, Env{Agency: agency}); err != nil {
		text := err.Error()
		if d, ok := errors.AsType[*DataError](err); ok {
			text = d.Message("vi")
		}
		l.fail(0, lintSample, "text", text)
	}
	if day, ok := ReceivedDate(f.sample); ok && !f.InForce(day) {
		l.fail(0, lintSampleDay, "day", day.Format(time.DateOnly))
	}
}

// DemoKind is the kind of demonstration profile that issues the form.
func (h *Head) DemoKind() string { return h.Issuer[0] }
