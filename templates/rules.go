package templates

import (
	"strconv"
	"strings"
	"time"

	"antin/templates/vietnamese"
)

// Rule is a condition between fields, checked when all of them have values.
type Rule struct {
	// Check is "a OP b" with OP one of < <= > >= = != and operands that are
	// fields, numbers, dates, sum(list.field), count(list), each with an
	// optional "+ N days", "+ N months" or "- N days".
	Check string `yaml:"check"`
	// When limits the rule to documents that meet a condition.
	When string `yaml:"when"`
	// Vi and En say what is wrong and what to do.
	Vi string `yaml:"vi"`
	En string `yaml:"en"`
	// Warn lets a document that breaks the rule be issued, with a warning to its
	// clerk. Only such rules may ask for the day: "today" is the day of issue.
	Warn bool `yaml:"warn"`
	// Field is the field a message points at; empty takes the left operand.
	Field string `yaml:"field"`

	line        int
	left, right operand
	op          string
	when        *condition
	at          *Field
}

type operand struct {
	ref    *Field
	column *Field  // of sum
	deep   []inner // of sum, when the column stands in lists inside the records
	count  bool
	number int64
	day    time.Time
	isDay  bool
	today  bool
	months int
	days   int
}

// inner is a column of a list inside another list's records.
type inner struct{ list, column *Field }

var operators = []string{"<=", ">=", "!=", "<", ">", "="}

func (c *compiler) rule(r *Rule) bool {
	for _, op := range operators {
		l, rest, ok := strings.Cut(r.Check, op)
		if !ok {
			continue
		}
		r.op = op
		if r.left, ok = c.operand(l, r.line); !ok {
			return false
		}
		if r.right, ok = c.operand(rest, r.line); !ok {
			return false
		}
		break
	}
	if r.op == "" {
		c.fail(r.line, fileRule, "text", r.Check)
		return false
	}
	if r.left.isDay != r.right.isDay {
		c.fail(r.line, fileRuleTypes, "text", r.Check)
		return false
	}
	if (r.left.today || r.right.today) && !r.Warn {
		c.fail(r.line, fileRuleToday, "text", r.Check)
	}
	if r.left.today && r.Field == "" {
		r.at = r.right.ref
	}
	if r.Vi == "" || r.En == "" {
		c.fail(r.line, fileRuleWords, "text", r.Check)
	}
	if r.When != "" {
		cond, ok := c.condition(r.When, r.line, c.root)
		if !ok {
			return false
		}
		r.when = cond
	}
	if r.at == nil {
		r.at = r.left.ref
	}
	if r.Field != "" {
		f, ok := c.root.field(r.Field)
		if !ok {
			c.fail(r.line, fileUnknownField, "name", r.Field, "try", nearest(r.Field, c.root.names()))
			return false
		}
		r.at = f
	}
	return true
}

func (c *compiler) operand(src string, line int) (operand, bool) {
	var o operand
	src = strings.TrimSpace(src)
	for _, sign := range []string{" + ", " - "} {
		base, shift, ok := strings.Cut(src, sign)
		if !ok {
			continue
		}
		words := strings.Fields(shift)
		if len(words) != 2 {
			c.fail(line, fileRule, "text", src)
			return o, false
		}
		n, err := strconv.Atoi(words[0])
		if sign == " - " {
			n = -n
		}
		switch unit := strings.TrimSuffix(words[1], "s"); {
		case err != nil:
			c.fail(line, fileRule, "text", src)
			return o, false
		case unit == "day":
			o.days = n
		case unit == "month":
			o.months = n
		case unit == "year":
			o.months = 12 * n
		default:
			c.fail(line, fileRule, "text", src)
			return o, false
		}
		src = strings.TrimSpace(base)
	}
	if src == "today" {
		o.isDay, o.today = true, true
		return o, true
	}
	if n, err := strconv.ParseInt(src, 10, 64); err == nil {
		o.number = n
		return o, true
	}
	if t, err := vietnamese.ParseDate(src); err == nil {
		o.day, o.isDay = t, true
		return o, true
	}
	if name, ok := call(src, "sum"); ok {
		if o.ref, o.deep = c.deepColumn(name); o.deep != nil {
			return o, true
		}
		r, col, ok := c.column(name, line, c.root)
		o.ref, o.column = r.field, col
		return o, ok
	}
	if inner, ok := call(src, "count"); ok {
		r, ok := c.resolve(inner, line, c.root)
		if ok && r.field.Type != List {
			c.fail(line, fileNotList, "name", inner)
			ok = false
		}
		o.ref, o.count = r.field, true
		return o, ok
	}
	f, ok := c.root.field(src)
	if !ok {
		c.fail(line, fileUnknownField, "name", src, "try", nearest(src, c.root.names()))
		return o, false
	}
	switch f.Type {
	case DateT, Month:
		o.isDay = true
	case Int, Money:
	default:
		c.fail(line, fileRuleTypes, "text", src)
		return o, false
	}
	o.ref = f
	return o, true
}

// deepColumn finds "list.field" where the field is not one of the list's
// records but of the lists inside them.
func (c *compiler) deepColumn(name string) (*Field, []inner) {
	outer, col, _ := strings.Cut(name, ".")
	list, ok := c.root.field(outer)
	if !ok || list.scope == nil || list.scope.has(col) {
		return nil, nil
	}
	var found []inner
	for _, f := range list.scope.fields {
		if f.Type != List || f.scope == nil {
			continue
		}
		if g, ok := f.scope.field(col); ok && (g.Type == Int || g.Type == Money) {
			g.used, f.used, list.used = true, true, true
			found = append(found, inner{f, g})
		}
	}
	return list, found
}

func call(src, name string) (string, bool) {
	rest, ok := strings.CutPrefix(src, name+"(")
	if !ok || !strings.HasSuffix(rest, ")") {
		return "", false
	}
	return strings.TrimSpace(strings.TrimSuffix(rest, ")")), true
}

// eval yields the operand's number (days since 1970 for dates); ok is false
// when a field in it has no value.
func (o *operand) eval(rec []value, today time.Time) (int64, bool) {
	if o.today {
		return o.shift(today), true
	}
	if o.ref == nil {
		if o.isDay {
			return o.shift(o.day), true
		}
		return o.number, true
	}
	v := &rec[o.ref.index]
	switch {
	case o.count:
		return int64(len(v.list)), v.set
	case o.column != nil:
		return sum(v, o.column), v.set
	case o.deep != nil:
		var total int64
		for _, rec := range v.list {
			for _, d := range o.deep {
				total += sum(&rec[d.list.index], d.column)
			}
		}
		return total, v.set
	case !v.set:
		return 0, false
	case o.isDay:
		return o.shift(v.day), true
	}
	return v.num, true
}

func (o *operand) shift(t time.Time) int64 {
	if o.months != 0 {
		// The last day of the month when the day does not exist: 31/01 + 1
		// month is 28/02 (or 29), as periods are counted in practice.
		first := time.Date(t.Year(), t.Month()+time.Month(o.months), 1, 0, 0, 0, 0, time.UTC)
		last := first.AddDate(0, 1, -1).Day()
		t = first.AddDate(0, 0, min(t.Day(), last)-1)
	}
	return t.AddDate(0, 0, o.days).Unix() / 86400
}

func sum(list *value, column *Field) int64 {
	var total int64
	for _, rec := range list.list {
		if v := &rec[column.index]; v.set {
			total += v.num
		}
	}
	return total
}

// broken tells whether the rule fails for the data on a day.
func (r *Rule) broken(rec []value, today time.Time) bool {
	if r.when != nil && !r.when.met([][]value{rec}) {
		return false
	}
	a, ok := r.left.eval(rec, today)
	if !ok {
		return false
	}
	b, ok := r.right.eval(rec, today)
	if !ok {
		return false
	}
	switch r.op {
	case "<":
		return a >= b
	case "<=":
		return a > b
	case ">":
		return a <= b
	case ">=":
		return a < b
	case "=":
		return a != b
	}
	return a == b
}
