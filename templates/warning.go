package templates

import (
	"slices"
	"time"
)

// Warning is a rule of the form that a document breaks and that does not stop
// it: who issues it must know, and the audit trail keeps it.
type Warning struct {
	Pointer string // JSON pointer of the field within the data
	Vi, En  string // what is wrong and what follows
}

// Warns tells whether the form has rules that warn.
func (f *Form) Warns() bool {
	return slices.ContainsFunc(f.Rules, func(r *Rule) bool { return r.Warn })
}

// Warnings holds data that Bind took against the form's warning rules, as they
// stand on the calendar day of day: that of the issue, or today's before it.
func (f *Form) Warnings(data []byte, env Env, day time.Time) []Warning {
	if !f.Warns() {
		return nil
	}
	rec, err := f.read(data, env)
	if err != nil {
		return nil // Bind says what is wrong
	}
	y, m, d := day.Date()
	today := time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
	var out []Warning
	for _, r := range f.Rules {
		if r.Warn && r.broken(rec, today) {
			out = append(out, Warning{Pointer: "/" + r.at.Name, Vi: r.Vi, En: r.En})
		}
	}
	return out
}
