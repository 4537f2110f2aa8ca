package templates

import (
	"slices"
	"strconv"
	"strings"
)

// block is one block of a body, resolved against the fields.
type block struct {
	kind  string // a directive without its @, or "text" for a plain paragraph
	line  int
	words []string // options of the directive
	text  []piece
	lines [][]piece // further lines that keep their own paragraph
	kids  []block
	other []block // after @else
	cond  *condition
	list  ref
	table *table
	cols  []column
	close *closing
	width float64 // of @photo and @space
}

type column struct {
	width float64
	kids  []block
}

// closing is what @closing says beside the agency's signatory.
type closing struct {
	hint       []piece
	recipients [][]piece
	left       [][]piece // a second signer in place of the recipients
	title      [][]piece // replaces the signatory's title
	name       []piece   // replaces the signatory's name
	date       bool      // place and date above the signature
}

// A body is read line by line: a directive starts with @ in the first column,
// a paragraph ends at an empty line or at the next directive, # starts a
// remark.
type source struct {
	lines []string
	at    int
}

// Directives by how their text is read.
var (
	textDirectives = []string{
		"title", "subject", "authority", "basis", "order", "article", "heading", "center", "right", "en", "note",
		"attached", "about", "plain", "item", "cover", "cover-en",
	}
	lineDirectives  = []string{"to", "closing"}
	blockDirectives = []string{"if", "each", "columns", "table"}
	bareDirectives  = []string{"head", "page", "pagebreak", "annex", "photo", "space", "number", "rule", "nation", "seal", "signature", "emblem"}
	endings         = []string{"end", "else", "next"}
	allDirectives   = slices.Concat(textDirectives, lineDirectives, blockDirectives, bareDirectives, endings)
)

func (c *compiler) body(src string) []block {
	s := &source{lines: strings.Split(strings.ReplaceAll(src, "\r\n", "\n"), "\n")}
	for i, l := range s.lines {
		if r, code := inspect(strings.TrimRight(l, " "), false); code != "" {
			c.fail(i+1, fileBadCharacter, "char", runeName(r))
		}
	}
	blocks, end := c.blocks(s, c.root)
	if end != "" {
		c.fail(s.at, fileStrayEnd, "directive", end)
	}
	return blocks
}

// blocks reads up to an ending directive that belongs to the caller, which is
// returned, or to the end of the file ("").
func (c *compiler) blocks(s *source, sc *scope) ([]block, string) {
	var out []block
	for s.at < len(s.lines) {
		line := s.lines[s.at]
		switch {
		case strings.TrimSpace(line) == "" || strings.HasPrefix(line, "#"):
			s.at++
		case strings.HasPrefix(line, "@"):
			name, rest, _ := strings.Cut(strings.TrimSpace(line[1:]), " ")
			s.at++
			if slices.Contains(endings, name) {
				return out, name
			}
			if b, ok := c.directive(s, name, strings.TrimSpace(rest), sc); ok {
				out = append(out, b)
			}
		default:
			at := s.at + 1
			out = append(out, block{kind: "text", line: at, text: c.inline(s.paragraph(), at, sc)})
		}
	}
	return out, ""
}

// paragraph takes lines up to an empty one or the next directive.
func (s *source) paragraph() string {
	start := s.at
	for s.at < len(s.lines) {
		l := s.lines[s.at]
		if strings.TrimSpace(l) == "" || strings.HasPrefix(l, "@") || strings.HasPrefix(l, "#") {
			break
		}
		s.at++
	}
	lines := make([]string, 0, s.at-start)
	for _, l := range s.lines[start:s.at] {
		lines = append(lines, strings.TrimSpace(l))
	}
	return strings.Join(lines, "\n")
}

func (c *compiler) directive(s *source, name, rest string, sc *scope) (block, bool) {
	b := block{kind: name, line: s.at}
	switch {
	case slices.Contains(textDirectives, name):
		text := rest
		if more := s.paragraph(); more != "" {
			if text != "" {
				text += "\n"
			} else {
				b.line++
			}
			text += more
		}
		if text == "" {
			c.fail(b.line, fileNoText, "directive", name)
			return b, false
		}
		b.text = c.inline(text, b.line, sc)
		if name == "article" && !strings.HasPrefix(text, "Điều ") {
			c.fail(b.line, fileArticle, "text", shown(text))
		}
	case name == "to":
		c.addressees(s, &b, rest, sc)
	case name == "closing":
		b.close = c.closing(s, rest, b.line, sc)
	case name == "if":
		return c.branch(s, b, rest, sc)
	case name == "each":
		return c.loop(s, b, rest, sc)
	case name == "columns":
		return c.columns(s, b, rest, sc)
	case name == "table":
		b.table = c.table(s, rest, b.line, sc)
	case slices.Contains(bareDirectives, name):
		b.words = strings.Fields(rest)
		return c.bare(b, rest, sc)
	default:
		c.fail(b.line, fileUnknownDirective, "directive", name, "try", nearest(name, allDirectives), "names", "@"+strings.Join(allDirectives, " @"))
		s.paragraph()
		return b, false
	}
	return b, true
}

// Options that bare directives know.
var options = map[string][]string{
	"head":      {"bilingual", "no-number", "no-date", "no-agency", "no-nation", "second", "small"},
	"page":      {"plain", "permit-cover", "permit-inside", "landscape", "narrow"},
	"annex":     {"landscape"},
	"pagebreak": {},
	"rule":      {},
	"nation":    {},
	"seal":      {},
	"signature": {},
	"emblem":    {},
}

func (c *compiler) bare(b block, rest string, sc *scope) (block, bool) {
	switch b.kind {
	case "photo":
		r, ok := c.resolve(rest, b.line, sc)
		if !ok {
			return b, false
		}
		if r.field.Type != PhotoT {
			c.fail(b.line, fileNotPhoto, "name", rest)
			return b, false
		}
		b.list = r
		return b, true
	case "space":
		pt, err := strconv.ParseFloat(rest, 64)
		if err != nil || pt <= 0 || pt > 400 {
			c.fail(b.line, fileSpace, "text", rest)
			return b, false
		}
		b.width = pt
		return b, true
	case "number":
		if !slices.Contains([]string{"so", "so_2", "so center", "so_2 center"}, rest) {
			c.fail(b.line, fileNumberField, "text", rest)
			return b, false
		}
		return b, true
	}
	for _, w := range b.words {
		if !slices.Contains(options[b.kind], w) {
			c.fail(b.line, fileUnknownOption, "option", w, "directive", b.kind, "options", strings.Join(options[b.kind], ", "), "try", nearest(w, options[b.kind]))
			return b, false
		}
	}
	return b, true
}

// addressees reads "Kính gửi" with one name behind @to or several lines "- …".
func (c *compiler) addressees(s *source, b *block, rest string, sc *scope) {
	if rest != "" {
		if more := s.paragraph(); more != "" {
			rest += "\n" + more
		}
		b.text = c.inline(rest, b.line, sc)
		return
	}
	for _, l := range s.rawLines() {
		text, ok := strings.CutPrefix(l.text, "- ")
		if !ok {
			c.fail(l.line, fileToLine, "text", shown(l.text))
			continue
		}
		b.lines = append(b.lines, c.inline(text, l.line, sc))
	}
	if len(b.lines) == 0 {
		c.fail(b.line, fileNoText, "directive", "to")
	}
}

type rawLine struct {
	text string
	line int
}

// rawLines takes the lines up to an empty one or a directive, one by one; a
// line indented by two blanks or more continues the one before.
func (s *source) rawLines() []rawLine {
	var out []rawLine
	for ; s.at < len(s.lines); s.at++ {
		l := s.lines[s.at]
		if strings.TrimSpace(l) == "" || strings.HasPrefix(l, "@") {
			break
		}
		if strings.HasPrefix(l, "#") {
			continue
		}
		if strings.HasPrefix(l, "  ") && len(out) > 0 {
			out[len(out)-1].text += "\n" + strings.TrimSpace(l)
			continue
		}
		out = append(out, rawLine{strings.TrimSpace(l), s.at + 1})
	}
	return out
}

func (c *compiler) closing(s *source, hint string, line int, sc *scope) *closing {
	cl := &closing{}
	if hint == "date" || strings.HasPrefix(hint, "date ") {
		cl.date = true
		hint = strings.TrimSpace(strings.TrimPrefix(hint, "date"))
	}
	if hint != "" {
		cl.hint = c.inline(hint, line, sc)
	}
	for _, l := range s.rawLines() {
		key, value, _ := strings.Cut(l.text, ":")
		value = strings.TrimSpace(value)
		switch key {
		case "left":
			cl.left = append(cl.left, c.inline(value, l.line, sc))
		case "title":
			cl.title = append(cl.title, c.inline(value, l.line, sc))
		case "name":
			cl.name = c.inline(value, l.line, sc)
		default:
			if l.text != "Nơi nhận:" && !strings.HasPrefix(l.text, "- ") {
				c.fail(l.line, fileClosingLine, "text", shown(l.text))
				continue
			}
			cl.recipients = append(cl.recipients, c.inline(l.text, l.line, sc))
		}
	}
	return cl
}

func (c *compiler) branch(s *source, b block, rest string, sc *scope) (block, bool) {
	if rest == "" {
		c.fail(b.line, fileNoCondition)
		return b, false
	}
	cond, ok := c.condition(rest, b.line, sc)
	b.cond = cond
	if ok {
		c.guards = append(c.guards, cond.ref.field)
	}
	kids, end := c.blocks(s, sc)
	b.kids = kids
	if end == "else" {
		b.other, end = c.blocks(s, sc)
	}
	if ok {
		c.guards = c.guards[:len(c.guards)-1]
	}
	if end != "end" {
		c.fail(b.line, fileUnclosed, "directive", "if")
		return b, false
	}
	return b, ok
}

func (c *compiler) loop(s *source, b block, rest string, sc *scope) (block, bool) {
	r, ok := c.resolve(rest, b.line, sc)
	inner := sc
	if ok && r.field.Type != List {
		c.fail(b.line, fileNotList, "name", rest)
		ok = false
	}
	if ok {
		b.list, inner = r, r.field.records(sc)
	}
	kids, end := c.blocks(s, inner)
	b.kids = kids
	if end != "end" {
		c.fail(b.line, fileUnclosed, "directive", "each")
		return b, false
	}
	return b, ok
}

// records is the scope inside a loop over f; a list of strings has the one
// name "item".
func (f *Field) records(outer *scope) *scope {
	if f.scope != nil {
		return f.scope
	}
	f.scope = &scope{parent: outer, list: f, fields: []*Field{{Name: "item", Type: String, used: true}}}
	return f.scope
}

func (c *compiler) columns(s *source, b block, rest string, sc *scope) (block, bool) {
	var total float64
	for w := range strings.FieldsSeq(rest) {
		share, err := strconv.ParseFloat(w, 64)
		if err != nil || share <= 0 {
			c.fail(b.line, fileWidths, "text", rest)
			return b, false
		}
		total += share
		b.cols = append(b.cols, column{width: share})
	}
	if len(b.cols) < 2 {
		c.fail(b.line, fileWidths, "text", rest)
		return b, false
	}
	for i := range b.cols {
		b.cols[i].width /= total
		kids, end := c.blocks(s, sc)
		b.cols[i].kids = kids
		want := "next"
		if i == len(b.cols)-1 {
			want = "end"
		}
		if end != want {
			c.fail(b.line, fileColumns, "count", itoa(len(b.cols)), "want", want)
			return b, false
		}
	}
	return b, true
}
