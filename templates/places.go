package templates

import (
	"maps"
	"slices"
	"strconv"
	"strings"
)

// Fields of a document that every form places once. Each is named as in the
// finished PDF.
const (
	fieldNumber    = "so"
	fieldDate      = "ngay"
	fieldSignature = "ky_lanh_dao"
	fieldSeal      = "con_dau"
)

// fieldWords name a field for whoever writes the form.
var fieldWords = map[string]struct{ vi, en string }{
	fieldNumber:        {"Số văn bản", "The number"},
	fieldNumber + "_2": {"Số văn bản thứ hai (so_2)", "The second number (so_2)"},
	fieldDate:          {"Địa danh, ngày tháng", "Place and date"},
	fieldDate + "_2":   {"Địa danh, ngày tháng của liên thứ hai", "Place and date of the second copy"},
	fieldSignature:     {"Chữ ký", "The signature"},
	fieldSeal:          {"Dấu của cơ quan", "The agency's seal"},
}

// place is where a body puts a field.
type place struct {
	field string
	line  int
	loop  bool // inside @each: none, one or many
}

// maxCases bounds the combinations of conditions that are looked at.
const maxCases = 512

// fieldsOnce refuses a body that may place a field twice in one document: a
// PDF has each field once.
func (c *compiler) fieldsOnce(f *Form) {
	told := map[string]bool{}
	for _, pick := range cases(f.blocks) {
		at := map[string][]place{}
		for _, p := range f.places(f.blocks, pick, nil, false) {
			at[p.field] = append(at[p.field], p)
		}
		for _, name := range slices.Sorted(maps.Keys(at)) {
			list := at[name]
			last := list[len(list)-1]
			w := fieldWords[name]
			switch {
			case told[name]:
				continue
			case last.loop:
				c.fail(last.line, filePlaceLoop, "what_vi", w.vi, "what_en", w.en)
			case len(list) > 1:
				var lines []string
				for _, p := range list {
					lines = append(lines, strconv.Itoa(p.line))
				}
				c.fail(last.line, filePlaceTwice, "what_vi", w.vi, "what_en", w.en, "lines", strings.Join(lines, ", "))
			default:
				continue
			}
			told[name] = true
		}
	}
}

// lintPlaces finds documents that would have no place for their number, date
// or signature.
func lintPlaces(l *compiler, f *Form) {
	told := map[string]bool{}
	for _, pick := range cases(f.blocks) {
		found := map[string]bool{}
		for _, p := range f.places(f.blocks, pick, nil, false) {
			found[p.field] = true
		}
		if f.Number != "none" && !found[fieldNumber] && !told[fieldNumber] {
			told[fieldNumber] = true
			l.fail(pick.line(), lintNoNumber, "when", pick.String())
		}
		if !found[fieldDate] && !told[fieldDate] {
			told[fieldDate] = true
			l.fail(pick.line(), lintNoDate, "when", pick.String())
		}
		if !found[fieldSignature] && !found[fieldSeal] && !told[fieldSignature] {
			told[fieldSignature] = true
			want := signingPlaces[f.Signing]
			l.fail(pick.line(), lintSigningPlace, "signing", f.Signing, "want", "@"+strings.Join(want, " / @"),
				"who_vi", signingWords[f.Signing].vi, "who_en", signingWords[f.Signing].en, "when", pick.String())
		}
	}
}

// places lists the fields that blocks put on the page when the conditions of
// pick hold.
func (f *Form) places(blocks []block, pick choice, out []place, loop bool) []place {
	for i := range blocks {
		b := &blocks[i]
		add := func(name string) { out = append(out, place{name, b.line, loop}) }
		switch b.kind {
		case "if":
			if pick.met(b.cond) {
				out = f.places(b.kids, pick, out, loop)
			} else {
				out = f.places(b.other, pick, out, loop)
			}
			continue
		case "each":
			out = f.places(b.kids, pick, out, true)
			continue
		case "head":
			mark := ""
			if slices.Contains(b.words, "second") {
				mark = "_2"
			}
			if !slices.Contains(b.words, "no-number") && f.Number != "none" {
				add(fieldNumber + mark)
			}
			if !slices.Contains(b.words, "no-date") {
				add(fieldDate + mark)
			}
		case "number":
			add(b.words[0])
		case "seal":
			add(fieldSeal)
		case "signature":
			add(fieldSignature)
		case "closing":
			if b.close != nil && b.close.date {
				add(fieldDate)
			}
			// Only with leader+seal has every block its signature; otherwise the
			// first place takes the one there is.
			signed := slices.ContainsFunc(out, func(p place) bool { return p.field == fieldSignature || p.field == fieldSeal })
			switch {
			case f.Signing != LeaderAndSeal && signed:
			case f.Signing == SealAlone:
				add(fieldSeal)
			default:
				add(fieldSignature)
			}
		}
		out = f.places(b.kids, pick, out, loop)
		for _, col := range b.cols {
			out = f.places(col.kids, pick, out, loop)
		}
	}
	return out
}

// choice is one combination of what conditions ask for: the value of each
// field, "" where it has none.
type choice struct {
	values map[*Field]string
	conds  []*condition // those that decide, for messages
	lines  []int
}

// met evaluates a condition; those that decide on no place are taken as met.
func (x choice) met(c *condition) bool {
	if c == nil {
		return true
	}
	v, ok := x.values[c.ref.field]
	if !ok {
		return true
	}
	if len(c.values) == 0 {
		return (v != "" && v != "false") != c.not
	}
	return slices.Contains(c.values, v) != c.not
}

// line is that of the first @if that decides; 0 for the whole body.
func (x choice) line() int {
	if len(x.lines) > 0 {
		return x.lines[0]
	}
	return 0
}

// String says which values the combination has, " (kind = new)", or nothing.
func (x choice) String() string {
	var parts []string
	seen := map[*Field]bool{}
	for _, c := range x.conds {
		if f := c.ref.field; !seen[f] {
			seen[f] = true
			v := x.values[f]
			if v == "" {
				v = "…"
			}
			parts = append(parts, f.Name+" = "+v)
		}
	}
	if len(parts) == 0 {
		return ""
	}
	return " (" + strings.Join(parts, ", ") + ")"
}

// cases lists the combinations of values that decide between places; a body
// without such conditions has one. Beyond maxCases only the first are looked
// at.
func cases(blocks []block) []choice {
	var conds []*condition
	var lines []int
	deciding(blocks, &conds, &lines)
	out := []choice{{values: map[*Field]string{}, conds: conds, lines: lines}}
	seen := map[*Field]bool{}
	for _, c := range conds {
		f := c.ref.field
		if seen[f] {
			continue
		}
		seen[f] = true
		var next []choice
		for _, x := range out {
			for _, v := range f.outcomes() {
				values := maps.Clone(x.values)
				values[f] = v
				next = append(next, choice{values, conds, lines})
			}
		}
		if len(next) > maxCases {
			next = next[:maxCases]
		}
		out = next
	}
	return out
}

// outcomes are the values of a field that conditions can tell apart.
func (f *Field) outcomes() []string {
	var out []string
	switch f.Type {
	case Enum:
		for _, v := range f.Values {
			out = append(out, v.Value)
		}
	case Bool:
		out = []string{"true", "false"}
	default:
		out = []string{"có"}
	}
	if f.optional() || f.Type == List {
		out = append(out, "")
	}
	return out
}

// deciding collects the conditions of the @if blocks that hold a place.
func deciding(blocks []block, conds *[]*condition, lines *[]int) bool {
	holds := false
	for i := range blocks {
		b := &blocks[i]
		switch b.kind {
		case "head", "number", "seal", "signature", "closing":
			holds = true
		}
		mine := deciding(b.kids, conds, lines)
		mine = deciding(b.other, conds, lines) || mine
		for _, col := range b.cols {
			mine = deciding(col.kids, conds, lines) || mine
		}
		if mine && b.kind == "if" && b.cond != nil {
			*conds = append(*conds, b.cond)
			*lines = append(*lines, b.line)
		}
		holds = holds || mine
	}
	return holds
}
