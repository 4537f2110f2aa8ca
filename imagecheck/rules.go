package imagecheck

import (
	"bytes"
	"embed"
	"fmt"
	"maps"
	"math"
	"path"
	"slices"
	"sync"
	"time"

	"go.yaml.in/yaml/v3"
)

// Rules are the limits of one act. They are data: a person who knows the act
// changes a number in rules/*.yaml, or gives a file of their own to ParseRules.
type Rules struct {
	ID         string `yaml:"id" json:"id"`
	Title      string `yaml:"title" json:"title"`
	LegalBasis string `yaml:"legal_basis" json:"legal_basis"`
	// ValidFrom and ValidTo are the first and last day, 2006-01-02; an empty
	// ValidTo is an act in force.
	ValidFrom string           `yaml:"valid_from" json:"valid_from"`
	ValidTo   string           `yaml:"valid_to" json:"valid_to,omitempty"`
	Measures  map[string]Limit `yaml:"measures" json:"-"`
}

// Limit is what values of a measure pass, and which go to a person.
type Limit struct {
	Pass   Range  `yaml:"pass"`
	Review *Range `yaml:"review"`
}

// Range holds its ends; NaN leaves an end open.
type Range [2]float64

// UnmarshalYAML reads [min, max] with "~" for an open end.
func (r *Range) UnmarshalYAML(n *yaml.Node) error {
	var ends []*float64
	if err := n.Decode(&ends); err != nil {
		return err
	}
	if len(ends) != 2 {
		return fmt.Errorf("line %d: a range is [min, max]", n.Line)
	}
	for i, e := range ends {
		r[i] = math.NaN()
		if e != nil {
			r[i] = *e
		}
	}
	if r[0] > r[1] {
		return fmt.Errorf("line %d: the range [%v, %v] is empty", n.Line, r[0], r[1])
	}
	return nil
}

func (r Range) holds(v float64) bool { return !(v < r[0]) && !(v > r[1]) && !math.IsNaN(v) }

// String writes a range for people: "≥ 92", "≤ 6", "-5 … 5".
func (r Range) String() string {
	lo, hi := math.IsNaN(r[0]), math.IsNaN(r[1])
	switch {
	case lo && hi:
		return ""
	case lo:
		return fmt.Sprintf("≤ %g", r[1])
	case hi:
		return fmt.Sprintf("≥ %g", r[0])
	case r[0] == r[1]:
		return fmt.Sprintf("%g", r[0])
	}
	return fmt.Sprintf("%g … %g", r[0], r[1])
}

//go:embed rules/*.yaml
var ruleFiles embed.FS

var builtin = sync.OnceValue(func() map[string]*Rules {
	out := map[string]*Rules{}
	files, _ := ruleFiles.ReadDir("rules")
	for _, f := range files {
		b, err := ruleFiles.ReadFile(path.Join("rules", f.Name()))
		if err == nil {
			var r *Rules
			if r, err = ParseRules(b); err == nil {
				out[r.ID] = r
			}
		}
		if err != nil {
			// The files are compiled in; a broken one is a broken build.
			panic(fmt.Sprintf("%s: %v", f.Name(), err))
		}
	}
	return out
})

// ParseRules reads a rule file. Unknown keys, unknown measures and empty ranges
// are errors that name the line or the measure.
func ParseRules(b []byte) (*Rules, error) {
	d := yaml.NewDecoder(bytes.NewReader(b))
	d.KnownFields(true)
	var r Rules
	if err := d.Decode(&r); err != nil {
		return nil, fmt.Errorf("photo rules: %w", err)
	}
	if r.ID == "" {
		return nil, fmt.Errorf("photo rules: id is missing")
	}
	for _, day := range []string{r.ValidFrom, r.ValidTo} {
		if _, err := time.Parse(time.DateOnly, day); day != "" && err != nil {
			return nil, fmt.Errorf("photo rules %s: %q is no day of the form 2006-01-02", r.ID, day)
		}
	}
	for id := range r.Measures {
		if _, ok := units[id]; !ok {
			return nil, fmt.Errorf("photo rules %s: unknown measure %q; there are %v", r.ID, id, slices.Sorted(maps.Keys(units)))
		}
	}
	for _, id := range must {
		if _, ok := r.Measures[id]; !ok {
			return nil, fmt.Errorf("photo rules %s: the limit of %q is missing", r.ID, id)
		}
	}
	return &r, nil
}

// must names the measures without which a verdict would mean nothing.
var must = []string{"resolution", "aspect", "background.found", "background.light", "face", "face.count"}

// RulesFor gives the built-in rules of an act, "nd219-2025" or "nd152-2020".
func RulesFor(id string) (*Rules, bool) {
	r, ok := builtin()[id]
	return r, ok
}

// RulesOn gives the built-in rules in force on a day (2006-01-02), the latest
// when several are.
func RulesOn(day string) (*Rules, bool) {
	var best *Rules
	for _, r := range builtin() {
		if r.ValidFrom <= day && (r.ValidTo == "" || day <= r.ValidTo) && (best == nil || r.ValidFrom > best.ValidFrom) {
			best = r
		}
	}
	return best, best != nil
}

// AllRules lists the built-in rules by id.
func AllRules() []*Rules {
	m := builtin()
	out := make([]*Rules, 0, len(m))
	for _, id := range slices.Sorted(maps.Keys(m)) {
		out = append(out, m[id])
	}
	return out
}

// judge places a value.
func (r *Rules) judge(id string, v float64) (Status, string) {
	l, ok := r.Measures[id]
	if !ok {
		return Note, ""
	}
	switch {
	case l.Pass.holds(v):
		return Pass, l.Pass.String()
	case l.Review != nil && l.Review.holds(v):
		return Review, l.Pass.String()
	}
	return Fail, l.Pass.String()
}
