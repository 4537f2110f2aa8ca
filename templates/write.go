package templates

import (
	"strings"

	"antin/templates/layout"
	"antin/templates/vietnamese"
)

// englishSmaller is how much smaller English labels are set, in pt.
const englishSmaller = 2

// writer turns pieces into runs of one paragraph.
type writer struct {
	env       *Env
	signatory *Signatory
	frames    [][]value
	index     []int // of the loops around, from 1
	size      float64
	bold      bool // the whole paragraph
	italic    bool
	lang      string

	runs []layout.Run // of all paragraphs; the current one begins at from
	from int
	out  [][]layout.Run
	gone bool // an optional piece has just vanished
	tab  float64
	brk  []int // runs at which a new line of the paragraph begins
}

// format writes a value as its field's type and format ask for.
func (w *writer) format(v *value, f *Field, format string) string {
	if !v.set {
		return ""
	}
	switch f.Type {
	case String, Text:
		if format == "upper" {
			return vietnamese.Upper(v.str)
		}
		return v.str
	case DateT:
		switch format {
		case "long":
			return vietnamese.LongDate(v.day)
		case "day":
			return vietnamese.Pad(v.day.Day())
		case "month":
			return vietnamese.PadMonth(int(v.day.Month()))
		case "year":
			return itoa(v.day.Year())
		}
		return vietnamese.ShortDate(v.day)
	case Month:
		if format == "long" {
			return vietnamese.PadMonth(int(v.day.Month())) + " năm " + itoa(v.day.Year())
		}
		return vietnamese.ShortDate(v.day)[3:]
	case Int, Money:
		switch {
		case format == "words":
			s, err := vietnamese.Words(v.num)
			if err != nil {
				return vietnamese.Grouped(v.num)
			}
			return vietnamese.Capitalise(s)
		case format == "pad":
			return vietnamese.Pad(int(v.num))
		case f.Type == Money, format == "dots":
			return vietnamese.Grouped(v.num)
		}
		return itoa(int(v.num))
	case Enum:
		switch format {
		case "":
			return v.choice.Label
		case "upper":
			return vietnamese.Upper(v.choice.Label)
		case "lower":
			return strings.ToLower(v.choice.Label)
		case "value":
			return v.choice.Value
		}
		return v.choice.Phrases[format]
	case List:
		var items []string
		for _, rec := range v.list {
			items = append(items, rec[0].str)
		}
		return strings.Join(items, "; ")
	}
	return ""
}

// has tells whether every field inside optional pieces has a value.
func (w *writer) has(kids []piece) bool {
	for i := range kids {
		k := &kids[i]
		switch k.kind {
		case pField:
			if !lookup(w.frames, k.ref).set {
				return false
			}
		case pAgency:
			if k.agency(w.env.Agency) == "" {
				return false
			}
		}
	}
	return true
}

func (w *writer) pieces(list []piece) {
	for i := range list {
		p := &list[i]
		switch p.kind {
		case pText:
			w.text(p.text, p, "")
		case pField:
			v := lookup(w.frames, p.ref)
			s := w.format(v, p.ref.field, p.format)
			w.text(s, p, p.pointer)
		case pTick:
			w.gone = false
			t := layout.TickEmpty
			if p.cond.met(w.frames) {
				t = layout.TickSet
			}
			w.runs = append(w.runs, layout.Run{Size: w.size, Tick: t, Bold: w.bold, Italic: w.italic, Tab: w.tab})
			w.tab = 0
		case pTab:
			w.tab = p.tab
		case pBreak:
			w.runs = append(w.runs, layout.Run{Text: "\n", Size: w.size})
		case pIndex:
			if n := len(w.index); n > 0 {
				w.text(itoa(w.index[n-1]+int(p.tab)), p, "")
			}
		case pSum:
			w.text(vietnamese.Grouped(sum(lookup(w.frames, p.ref), p.column)), p, "")
		case pAgency:
			s := p.agency(w.env.Agency)
			if p.format == "upper" {
				s = vietnamese.Upper(s)
			}
			w.text(s, p, "")
		case pSignatory:
			w.text(p.signatory(w.signatory), p, "")
		case pOptional:
			show := w.has(p.kids)
			if p.cond != nil {
				show = p.cond.met(w.frames) && show
			}
			if show {
				w.pieces(p.kids)
			} else {
				w.gone = true
			}
		}
	}
}

// text appends a run; line breaks of a multi-line value begin new lines.
func (w *writer) text(s string, p *piece, field string) {
	for i := 0; ; i++ {
		line, rest, more := strings.Cut(s, "\n")
		if i > 0 {
			w.brk = append(w.brk, len(w.runs))
		}
		if w.gone {
			line = w.heal(line)
		}
		if line != "" {
			run := layout.Run{
				Text: line, Size: w.size, Bold: w.bold || p.bold, Italic: w.italic || p.italic,
				Lang: w.lang, Field: field, Tab: w.tab,
			}
			if p.english {
				run.Lang, run.Italic, run.Size = "en", true, w.size-englishSmaller
			}
			w.runs = append(w.runs, run)
			w.tab, w.gone = 0, false
		}
		if !more {
			return
		}
		s, field = rest, ""
	}
}

// heal joins s to what stood before an optional piece that vanished, so that
// no double space, stray comma or space before a full stop is left.
func (w *writer) heal(s string) string {
	if len(w.runs) == w.from || len(w.brk) > 0 && w.brk[len(w.brk)-1] == len(w.runs) {
		return strings.TrimLeft(s, " ,;")
	}
	last := &w.runs[len(w.runs)-1]
	trimmed := strings.TrimLeft(s, " ")
	if trimmed == "" {
		if strings.HasSuffix(last.Text, " ") {
			return ""
		}
		return s
	}
	if strings.IndexByte(",;.:)", trimmed[0]) >= 0 {
		last.Text = strings.TrimRight(last.Text, " ")
		if strings.IndexByte(",;.", trimmed[0]) >= 0 {
			last.Text = strings.TrimRight(last.Text, ",;")
		}
		return trimmed
	}
	if strings.HasSuffix(last.Text, " ") {
		return trimmed
	}
	return s
}

// take returns the runs of the paragraph, one slice a line, and starts anew.
// All paragraphs share one array; a full array is left to those that use it.
func (w *writer) take() [][]layout.Run {
	end := len(w.runs)
	if w.gone && end > w.from {
		last := &w.runs[end-1]
		last.Text = strings.TrimRight(last.Text, " ,")
	}
	w.out = w.out[:0]
	from := w.from
	for _, at := range append(w.brk, end) {
		if at > from {
			w.out = append(w.out, w.runs[from:at:at])
		}
		from = at
	}
	w.from, w.brk, w.gone, w.tab = end, w.brk[:0], false, 0
	return w.out
}
