package templates

import (
	"slices"
	"strconv"
	"strings"

	"antin/templates/layout"
)

// table is a @table block:
//
//	@table Danh sách người lao động
//	widths: 8 40 26 26
//	align: center left center right
//	head: TT | Họ và tên | Ngày sinh | Số tiền
//	each people: {#} | {full_name} | {birth_date} | {amount}
//	row: **Tổng cộng** | < | < | {sum people.amount}
//	@end
//
// A cell "<" belongs to the cell at its left, "^" to the one above. A line
// indented by two blanks under "each" loops over a list inside its records.
type table struct {
	title   []piece
	columns []layout.TableColumn
	head    []tableRow
	rows    []tableLoop
	plain   bool
	size    float64
}

type tableRow struct {
	cells []tableCell
	line  int
}

type tableCell struct {
	text             []piece
	colSpan, rowSpan int
	gone             bool // swallowed by a neighbour
}

// tableLoop is a row, or a row for each record of a list with the loops inside
// it.
type tableLoop struct {
	list ref
	loop bool
	cond *condition
	row  tableRow
	kids []tableLoop
}

type tableLine struct {
	depth     int
	key, text string
	line      int
}

func (c *compiler) table(s *source, title string, line int, sc *scope) *table {
	t := &table{}
	if title != "" {
		t.title = c.inline(title, line, sc)
	}
	var lines []tableLine
	closed := false
	for s.at < len(s.lines) {
		raw := s.lines[s.at]
		s.at++
		text := strings.TrimSpace(raw)
		if text == "@end" {
			closed = true
			break
		}
		if text == "" || strings.HasPrefix(raw, "#") {
			continue
		}
		if strings.HasPrefix(raw, "@") {
			s.at--
			break
		}
		depth := (len(raw) - len(strings.TrimLeft(raw, " "))) / 2
		if depth > 0 && len(lines) > 0 && !isTableKey(text) {
			lines[len(lines)-1].text += "\n" + text
			continue
		}
		key, rest, ok := strings.Cut(text, ":")
		if !ok {
			c.fail(s.at, fileTableLine, "text", shown(text))
			continue
		}
		lines = append(lines, tableLine{depth, strings.TrimSpace(key), strings.TrimSpace(rest), s.at})
	}
	if !closed {
		c.fail(line, fileUnclosed, "directive", "table")
		return nil
	}
	// The widths say how many columns all other lines have to have.
	for _, l := range lines {
		if l.key == "widths" {
			c.tableSetting(t, l)
		}
	}
	if len(t.columns) == 0 {
		if !slices.ContainsFunc(lines, func(l tableLine) bool { return l.key == "widths" && l.text != "" }) {
			c.fail(line, fileNoWidths)
		}
		return nil
	}
	was := c.blankAllowed
	c.blankAllowed = true
	defer func() { c.blankAllowed = was }()
	for i := 0; i < len(lines); {
		l := lines[i]
		switch l.key {
		case "align", "size":
			c.tableSetting(t, l)
			i++
		case "widths": // read above
			i++
		case "plain":
			t.plain = true
			i++
		case "head":
			t.head = append(t.head, c.tableRow(t, l, sc))
			i++
		default:
			var loop tableLoop
			loop, i = c.tableLoop(t, lines, i, sc)
			t.rows = append(t.rows, loop)
		}
	}
	c.joinCells(t.head)
	c.joinRows(t.rows)
	return t
}

func isTableKey(text string) bool {
	key, _, ok := strings.Cut(text, ":")
	if !ok {
		return false
	}
	word, _, _ := strings.Cut(key, " ")
	return word == "each" || word == "row" || word == "if"
}

func (c *compiler) tableSetting(t *table, l tableLine) {
	switch l.key {
	case "size":
		pt, err := strconv.ParseFloat(l.text, 64)
		if err != nil || pt < 8 || pt > 14 {
			c.fail(l.line, fileTableSize, "text", l.text)
			return
		}
		t.size = pt
	case "widths":
		var total float64
		for w := range strings.FieldsSeq(l.text) {
			share, err := strconv.ParseFloat(w, 64)
			if err != nil || share <= 0 {
				c.fail(l.line, fileWidths, "text", l.text)
				return
			}
			total += share
			t.columns = append(t.columns, layout.TableColumn{Width: share, Align: layout.Left})
		}
		for i := range t.columns {
			t.columns[i].Width /= total
		}
	case "align":
		words := strings.Fields(l.text)
		if len(words) != len(t.columns) {
			c.fail(l.line, fileAlignCount, "count", itoa(len(words)), "want", itoa(len(t.columns)))
			return
		}
		for i, w := range words {
			a, ok := map[string]layout.Align{"left": layout.Left, "center": layout.Center, "right": layout.Right, "justify": layout.Justify}[w]
			if !ok {
				c.fail(l.line, fileAlign, "text", w)
				return
			}
			t.columns[i].Align = a
		}
	}
}

// tableLoop reads "row: …", "each list: …" or "if condition: …" and the lines
// indented under it.
func (c *compiler) tableLoop(t *table, lines []tableLine, i int, sc *scope) (tableLoop, int) {
	l := lines[i]
	out := tableLoop{}
	inner := sc
	word, rest, _ := strings.Cut(l.key, " ")
	rest = strings.TrimSpace(rest)
	switch word {
	case "row":
	case "each":
		if r, ok := c.resolve(rest, l.line, sc); ok {
			if r.field.Type != List {
				c.fail(l.line, fileNotList, "name", rest)
			} else {
				out.list, out.loop, inner = r, true, r.field.records(sc)
			}
		}
	case "if":
		out.cond, _ = c.condition(rest, l.line, sc)
	default:
		c.fail(l.line, fileTableLine, "text", shown(l.key))
		return out, i + 1
	}
	if l.text != "" {
		out.row = c.tableRow(t, l, inner)
	}
	i++
	for i < len(lines) && lines[i].depth > l.depth {
		var kid tableLoop
		kid, i = c.tableLoop(t, lines, i, inner)
		out.kids = append(out.kids, kid)
	}
	return out, i
}

func (c *compiler) tableRow(t *table, l tableLine, sc *scope) tableRow {
	row := tableRow{line: l.line}
	cells := splitCells(l.text)
	if len(cells) != len(t.columns) {
		c.fail(l.line, fileCellCount, "count", itoa(len(cells)), "want", itoa(len(t.columns)))
	}
	for _, cell := range cells {
		row.cells = append(row.cells, tableCell{text: c.inline(cell, l.line, sc)})
	}
	return row
}

// splitCells cuts at | outside of braces.
func splitCells(s string) []string {
	var out []string
	depth, start := 0, 0
	for i := range len(s) {
		switch s[i] {
		case '{':
			depth++
		case '}':
			depth--
		case '|':
			if depth == 0 && (i == 0 || s[i-1] != '\\') {
				out = append(out, strings.TrimSpace(s[start:i]))
				start = i + 1
			}
		}
	}
	return append(out, strings.TrimSpace(s[start:]))
}

// mark tells whether a cell is only a joining mark.
func (t *tableCell) mark(m string) bool {
	return len(t.text) == 1 && t.text[0].kind == pText && t.text[0].text == m
}

// joinCells turns "<" and "^" into spans.
func (c *compiler) joinCells(rows []tableRow) {
	for y := range rows {
		cells := rows[y].cells
		for x := range cells {
			switch {
			case cells[x].mark("<"):
				cells[x].gone = true
				from := x - 1
				for from >= 0 && cells[from].gone {
					from--
				}
				if from < 0 {
					c.fail(rows[y].line, fileJoin, "mark", "<")
					continue
				}
				cells[from].colSpan = x - from + 1
			case cells[x].mark("^"):
				cells[x].gone = true
				from := y - 1
				for from >= 0 && (x >= len(rows[from].cells) || rows[from].cells[x].gone) {
					from--
				}
				if from < 0 {
					c.fail(rows[y].line, fileJoin, "mark", "^")
					continue
				}
				rows[from].cells[x].rowSpan = y - from + 1
			}
		}
	}
}

// joinRows joins cells among rows that always stand together: a row and the
// plain rows below it, or a record's row and the plain rows that begin what is
// indented under it.
func (c *compiler) joinRows(rows []tableLoop) {
	for len(rows) > 0 {
		first := &rows[0]
		group, kids, rest := []tableRow{first.row}, first.kids, rows[1:]
		more := &rest
		if !first.plain() {
			more = &kids
		}
		for len(*more) > 0 && (*more)[0].plain() {
			group = append(group, (*more)[0].row)
			*more = (*more)[1:]
		}
		c.joinCells(group)
		c.joinRows(kids)
		rows = rest
	}
}

// plain tells a row that is neither repeated nor conditional nor has others
// under it.
func (l *tableLoop) plain() bool { return !l.loop && l.cond == nil && len(l.kids) == 0 }
