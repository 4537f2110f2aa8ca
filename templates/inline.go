package templates

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// pieceKind tells what a piece of a line is.
type pieceKind uint8

const (
	pText      pieceKind = iota
	pField               // {name | format}
	pTick                // {name = value}
	pTab                 // {tab 90}
	pBreak               // {br}
	pIndex               // {#}, {# + 1}
	pSum                 // {sum list.field}
	pAgency              // {agency.name}
	pSignatory           // {signatory.name}
	pOptional            // [? … ]
)

// piece is one piece of a line of text, already resolved against the fields.
type piece struct {
	kind         pieceKind
	bold, italic bool
	english      bool // _text_: set small and italic, marked as English
	text         string
	ref          ref
	format       string
	name         string // as written, for messages and the legal comparison
	pointer      string // of the field, for messages of the typesetter
	agency       func(*Agency) string
	signatory    func(*Signatory) string
	column       *Field     // of a sum
	tab          float64    // mm of a tab; what is added to a counter
	cond         *condition // of an optional piece; nil: all fields inside
	kids         []piece
}

// condition is "name", "!name", "name = a, b" or "name != a".
type condition struct {
	ref    ref
	not    bool
	values []string // empty: whether the field has a value
}

// inliner reads the markup inside paragraphs.
type inliner struct {
	c        *compiler
	scope    *scope
	src      string
	pos      int
	line     int // of src[0]
	optional int // depth of [? … ]
	english  bool
}

// inline parses src, whose first character stands in the given line.
func (c *compiler) inline(src string, line int, sc *scope) []piece {
	p := &inliner{c: c, scope: sc, src: src, line: line}
	pieces := p.until(0, false, false)
	p.dayTwice(pieces, "")
	if p.pos < len(p.src) {
		p.fail(p.pos, fileStray, "char", p.src[p.pos:p.pos+1])
	}
	if p.english {
		p.fail(0, fileEnglish)
	}
	return pieces
}

func (p *inliner) fail(at int, code Code, pairs ...string) {
	p.c.fail(p.line+strings.Count(p.src[:min(at, len(p.src))], "\n"), code, pairs...)
}

// until reads pieces up to the closing byte (0: the end).
func (p *inliner) until(end byte, bold, italic bool) []piece {
	var out []piece
	var b strings.Builder
	startBold, startItalic := bold, italic
	flush := func() {
		if b.Len() > 0 {
			out = append(out, piece{kind: pText, text: b.String(), bold: bold, italic: italic, english: p.english})
			b.Reset()
		}
	}
	opened := p.pos
	for p.pos < len(p.src) {
		c := p.src[p.pos]
		switch {
		case c == end && end != 0:
			flush()
			if bold != startBold || italic != startItalic {
				p.fail(p.pos, fileEmphasis)
			}
			return out
		case c == '\\' && p.pos+1 < len(p.src):
			r, n := utf8.DecodeRuneInString(p.src[p.pos+1:])
			b.WriteRune(r)
			p.pos += 1 + n
		case c == '{':
			flush()
			if q, ok := p.braces(); ok {
				q.bold, q.italic, q.english = bold, italic, p.english
				out = append(out, q)
			}
		case c == '[' && strings.HasPrefix(p.src[p.pos:], "[?"):
			flush()
			if q, ok := p.bracket(bold, italic); ok {
				out = append(out, q)
			}
		case c == '}' || c == '[' || c == ']':
			flush()
			if open := map[byte]string{'}': "{", ']': "[?"}[c]; open != "" {
				p.fail(p.pos, fileStrayClose, "char", string(c), "open", open)
			} else {
				p.fail(p.pos, fileStray, "char", string(c))
			}
			p.pos++
		case strings.HasPrefix(p.src[p.pos:], "**"):
			flush()
			bold = !bold
			p.pos += 2
		case c == '*' && (italic || p.pos+1 < len(p.src) && p.src[p.pos+1] != ' ' && p.src[p.pos+1] != '\n'):
			flush()
			italic = !italic
			p.pos++
		case c == '_' && (p.english || b.Len() == 0 || strings.HasSuffix(b.String(), " ")):
			flush()
			p.english = !p.english
			p.pos++
		case c == '\n':
			b.WriteByte(' ')
			p.pos++
		default:
			b.WriteByte(c)
			p.pos++
		}
	}
	flush()
	switch {
	case end != 0:
		p.fail(opened, fileOpenBracket)
	case bold != startBold || italic != startItalic:
		p.fail(opened, fileEmphasis)
	}
	return out
}

// dayTwice refuses "ngày" in front of a date that begins with the word itself;
// before is the text in front of the pieces. It returns the text at their end.
func (p *inliner) dayTwice(pieces []piece, before string) string {
	for i := range pieces {
		switch q := &pieces[i]; q.kind {
		case pText:
			before = q.text
		case pOptional:
			before = p.dayTwice(q.kids, before)
		case pField:
			if words := strings.Fields(strings.ToLower(before)); q.ref.field.Type == DateT && q.format == "long" &&
				len(words) > 0 && words[len(words)-1] == "ngày" && !strings.HasSuffix(before, "ngày,") {
				p.fail(max(0, strings.Index(p.src, "{"+q.name)), fileDayTwice, "name", q.name)
			}
			before = ""
		default:
			before = ""
		}
	}
	return before
}

// bracket reads [? … ] or [?condition: … ].
func (p *inliner) bracket(bold, italic bool) (piece, bool) {
	at := p.pos
	p.pos += 2
	q := piece{kind: pOptional}
	rest := p.src[p.pos:]
	if i := strings.IndexAny(rest, ":{["); i > 0 && rest[i] == ':' {
		if head := strings.TrimSpace(rest[:i]); isCondition(head) {
			cond, ok := p.c.condition(head, p.line+strings.Count(p.src[:p.pos], "\n"), p.scope)
			if !ok {
				p.pos += i + 1
				p.until(']', bold, italic)
				p.pos = min(p.pos+1, len(p.src))
				return q, false
			}
			q.cond = cond
			p.pos += i + 1
			if p.pos < len(p.src) && p.src[p.pos] == ' ' {
				p.pos++
			}
		}
	}
	p.optional++
	q.kids = p.until(']', bold, italic)
	p.optional--
	p.pos = min(p.pos+1, len(p.src))
	if q.cond == nil && !slices.ContainsFunc(q.kids, func(k piece) bool { return k.kind == pField || k.kind == pAgency }) {
		p.fail(at, fileEmptyOptional)
		return q, false
	}
	return q, true
}

// isCondition tells "kind = again" or "!name" from a sentence with a colon.
func isCondition(s string) bool {
	s = strings.TrimPrefix(s, "!")
	name, rest, _ := strings.Cut(s, " ")
	if !fieldName.MatchString(name) {
		return false
	}
	rest = strings.TrimSpace(rest)
	return rest == "" || strings.HasPrefix(rest, "=") || strings.HasPrefix(rest, "!=")
}

// braces reads {…}.
func (p *inliner) braces() (piece, bool) {
	at := p.pos
	end := strings.IndexByte(p.src[p.pos:], '}')
	next := strings.IndexByte(p.src[p.pos+1:], '{')
	if end < 0 || next >= 0 && next+1 < end {
		rest, _, _ := strings.Cut(p.src[p.pos+1:], "\n")
		words := strings.FieldsFunc(rest, func(r rune) bool { return r != '_' && r != '.' && (r < '0' || r > 'z' || r > '9' && r < 'A') })
		name := "full_name"
		if len(words) > 0 {
			name = shown(strings.Trim(words[0], "."))
		}
		p.fail(at, fileOpenBrace, "text", shown("{"+rest), "name", name)
		p.pos++
		return piece{}, false
	}
	body := strings.TrimSpace(strings.ReplaceAll(p.src[p.pos+1:p.pos+end], "\n", " "))
	p.pos += end + 1
	line := p.line + strings.Count(p.src[:at], "\n")
	switch {
	case body == "":
		p.fail(at, fileEmptyBraces)
		return piece{}, false
	case strings.HasPrefix(body, "#"):
		plus := strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(body[1:]), "+"))
		add, err := strconv.Atoi(plus)
		if p.scope.list == nil || plus != "" && err != nil {
			p.fail(at, fileIndexOutside)
			return piece{}, false
		}
		return piece{kind: pIndex, name: "#", tab: float64(add)}, true
	case body == "br":
		return piece{kind: pBreak}, true
	case strings.HasPrefix(body, "tab "):
		mm, err := strconv.ParseFloat(strings.TrimSpace(body[4:]), 64)
		if err != nil || mm <= 0 || mm > 260 {
			p.fail(at, fileTab, "text", body)
			return piece{}, false
		}
		return piece{kind: pTab, tab: mm}, true
	case strings.HasPrefix(body, "sum "):
		return p.sum(body, at)
	}
	name, format, _ := strings.Cut(body, "|")
	name, format = strings.TrimSpace(name), strings.TrimSpace(format)
	if strings.Contains(name, "=") {
		cond, ok := p.c.condition(name, line, p.scope)
		if !ok {
			return piece{}, false
		}
		return piece{kind: pTick, cond: cond, name: name}, true
	}
	if key, ok := strings.CutPrefix(name, "agency."); ok {
		return p.agencyField(key, format, at)
	}
	if key, ok := strings.CutPrefix(name, "signatory."); ok {
		fn, ok := signatoryFields[key]
		if !ok || format != "" {
			names := slices.Sorted(maps.Keys(signatoryFields))
			p.fail(at, fileUnknownSigner, "name", key, "try", nearest(key, names), "names", strings.Join(names, ", "))
			return piece{}, false
		}
		return piece{kind: pSignatory, signatory: fn, name: name}, true
	}
	r, ok := p.c.resolve(name, line, p.scope)
	if !ok {
		return piece{}, false
	}
	if !p.c.formatKnown(r.field, format, line) {
		return piece{}, false
	}
	if r.field.optional() && p.optional == 0 && !p.c.blankAllowed && !p.c.guarded(r.field) {
		p.fail(at, fileOptionalOutside, "name", name)
	}
	return piece{kind: pField, ref: r, format: format, name: name, pointer: "/" + name}, true
}

func (p *inliner) agencyField(key, format string, at int) (piece, bool) {
	fn, ok := agencyFields[key]
	if !ok {
		names := make([]string, 0, len(agencyFields))
		for k := range agencyFields {
			names = append(names, k)
		}
		slices.Sort(names)
		p.fail(at, fileUnknownAgency, "name", key, "try", nearest(key, names), "names", strings.Join(names, ", "))
		return piece{}, false
	}
	if format != "" && format != "upper" {
		p.fail(at, fileUnknownFormat, "format", format, "name", "agency."+key, "formats", "upper")
		return piece{}, false
	}
	return piece{kind: pAgency, agency: fn, format: format, name: "agency." + key}, true
}

// sum reads {sum list.column}.
func (p *inliner) sum(body string, at int) (piece, bool) {
	line := p.line + strings.Count(p.src[:at], "\n")
	r, column, ok := p.c.column(strings.TrimSpace(body[4:]), line, p.scope)
	return piece{kind: pSum, ref: r, column: column, name: body}, ok
}

// formats each type knows; "" is the usual one.
var formats = map[Type][]string{
	String: {"upper"},
	Text:   {"upper"},
	DateT:  {"long", "day", "month", "year"},
	Month:  {"long"},
	Int:    {"pad", "words", "dots"},
	Money:  {"words"},
	Enum:   {"upper", "lower", "value"},
	Bool:   {},
	List:   {"join"},
}

// formatKnown checks a format against a field's type; enums also know the
// names of their phrases.
func (c *compiler) formatKnown(f *Field, format string, line int) bool {
	known := formats[f.Type]
	if f.Type == Enum {
		for _, v := range f.Values {
			for k := range v.Phrases {
				if !slices.Contains(known, k) {
					known = append(slices.Clip(known), k)
				}
			}
		}
		slices.Sort(known)
	}
	switch {
	case f.Type == List && format == "":
		code := fileNotTextList
		first := ""
		if len(f.Fields) > 0 {
			code, first = fileNotTextRecords, f.Fields[0].Name
		}
		c.fail(line, code, "name", f.Name, "first", first)
		return false
	case f.Type == PhotoT:
		c.fail(line, fileNotTextPhoto, "name", f.Name)
		return false
	case f.Type == Bool && format == "":
		c.fail(line, fileNotText, "name", f.Name)
		return false
	case format != "" && !slices.Contains(known, format):
		c.fail(line, fileUnknownFormat, "format", format, "name", f.Name, "formats", strings.Join(known, ", "), "try", nearest(format, known))
		return false
	}
	if f.Type == Enum && format != "" && !slices.Contains(formats[Enum], format) {
		for _, v := range f.Values {
			if _, ok := v.Phrases[format]; !ok {
				c.fail(line, filePhraseMissing, "name", f.Name, "value", v.Value, "format", format)
				return false
			}
		}
	}
	return true
}
