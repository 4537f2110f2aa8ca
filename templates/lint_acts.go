package templates

import (
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"antin/templates/vietnamese"
)

// lintBasis checks the acts of legal_basis: dated as in acts.yaml and in force
// as long as the form.
func (c *Catalogue) lintBasis(l *compiler, f *Form) {
	if len(f.LegalBasis) == 0 {
		l.fail(f.line("legal_basis"), lintNoBasis)
	}
	for i, b := range f.LegalBasis {
		line := max(f.line("legal_basis"), lineAt(f.basisLines, i))
		if b.Date.IsZero() {
			l.fail(line, lintUndated, "act", b.Act)
		}
		a, ok := c.acts[b.Act]
		switch {
		case !ok:
			l.fail(line, lintUnknownAct, "act", b.Act)
			continue
		case !b.Date.IsZero() && !a.Date.IsZero() && !b.Date.Equal(a.Date.Time):
			l.fail(line, lintActDate, "act", b.Act, "got", b.Date.String(), "want", a.Date.String())
		}
		if a.endedBy(f.ValidTo.Time) {
			l.fail(line, lintRepealed, repealed(a)...)
		}
	}
}

func repealed(a *Act) []string {
	by := strings.Join(a.ReplacedBy, ", ")
	if by == "" {
		by = "…"
	}
	return []string{"act", a.Act, "day", vietnamese.ShortDate(a.To.AddDate(0, 0, 1)), "by", by, "last", a.To.String()}
}

var (
	// actNumber is a normative act: number, year and kind ("28/2015/NĐ-CP",
	// "38/2013/QH13"); decisions about one case have no year in their number.
	actNumber = regexp.MustCompile(`\d{1,4}/\d{4}/[A-ZĐ][A-ZĐa-zđ0-9]*(?:-[A-ZĐ][A-ZĐa-zđ0-9]*)*`)
	// actDate is the date behind an act's number, as laws are cited.
	actDate = regexp.MustCompile(`^,? ngày (?:(\d{1,2})/(\d{1,2})/(\d{4})|(\d{1,2}) tháng (\d{1,2}) năm (\d{4}))`)
)

// lintCited checks the acts that the body cites, which are printed: known, with
// their date, and in force as long as the form.
func (c *Catalogue) lintCited(l *compiler, f *Form) {
	if c.acts == nil {
		return
	}
	told := map[string]bool{}
	once := func(line int, code Code, pairs ...string) {
		if key := string(code) + strings.Join(pairs, "|"); !told[key] {
			told[key] = true
			l.fail(line, code, pairs...)
		}
	}
	text := newCitedText(f.source)
	for _, at := range actNumber.FindAllStringIndex(text.flat, -1) {
		name := text.flat[at[0]:at[1]]
		line := text.line(at[0])
		a, ok := c.acts[name]
		if !ok {
			once(line, lintUnknownAct, "act", name)
			continue
		}
		if a.endedBy(f.ValidTo.Time) {
			once(line, lintRepealed, repealed(a)...)
		}
		c.citedDate(once, text, at[1], name, a)
	}
	// Acts without a year in their number, and laws, which are also cited by
	// their name.
	for _, number := range slices.Sorted(maps.Keys(c.acts)) {
		a := c.acts[number]
		if !actNumber.MatchString(number) {
			for _, at := range text.all(number) {
				if a.endedBy(f.ValidTo.Time) {
					once(text.line(at), lintRepealed, repealed(a)...)
				}
				c.citedDate(once, text, at+len(number), number, a)
			}
		}
		if strings.HasPrefix(a.Name, "Luật ") {
			for _, at := range text.all(a.Name) {
				c.citedLaw(once, text, at+len(a.Name), a.Name)
			}
		}
	}
	slices.SortStableFunc(l.errs, func(a, b *FileError) int {
		if a.File != b.File || a.File != l.file {
			return 0
		}
		return a.Line - b.Line
	})
	lintPhrases(l, c, f)
}

// citedDate compares the date behind a citation with that of the act.
func (c *Catalogue) citedDate(report func(int, Code, ...string), text citedText, end int, name string, a *Act) {
	day, ok := dateAt(text.flat[end:])
	if ok && !a.Date.IsZero() && !day.Equal(a.Date.Time) {
		report(text.dateLine(end), lintActDate, "act", name, "got", day.Format(time.DateOnly), "want", a.Date.String())
	}
}

// citedLaw compares the date behind a law's name, of which there may be several
// over the years.
func (c *Catalogue) citedLaw(report func(int, Code, ...string), text citedText, end int, name string) {
	day, ok := dateAt(text.flat[end:])
	if !ok {
		return
	}
	var want []string
	for _, a := range c.acts {
		if a.Name != name {
			continue
		}
		if a.Date.Equal(day) {
			return
		}
		want = append(want, a.Date.String())
	}
	slices.Sort(want)
	report(text.dateLine(end), lintActDate, "act", name, "got", day.Format(time.DateOnly), "want", strings.Join(want, " / "))
}

func dateAt(s string) (time.Time, bool) {
	m := actDate.FindStringSubmatch(s)
	if m == nil {
		return time.Time{}, false
	}
	if m[1] == "" {
		m = m[3:]
	}
	d, _ := strconv.Atoi(m[1])
	mon, _ := strconv.Atoi(m[2])
	y, _ := strconv.Atoi(m[3])
	// A day that is none (31/02) moves to another and so differs as well.
	return time.Date(y, time.Month(mon), d, 0, 0, 0, 0, time.UTC), true
}

// lintPhrases looks for acts in the words of enums, which are printed too.
func lintPhrases(l *compiler, c *Catalogue, f *Form) {
	body := l.file
	l.file = f.Where() + "/form.yaml"
	defer func() { l.file = body }()
	var walk func([]*Field)
	walk = func(fields []*Field) {
		for _, x := range fields {
			for _, v := range x.Values {
				words := strings.Join(slices.Concat([]string{v.Label}, slices.Sorted(maps.Values(v.Phrases))), "\n")
				for _, name := range actNumber.FindAllString(words, -1) {
					a, ok := c.acts[name]
					switch {
					case !ok:
						l.fail(x.line, lintUnknownAct, "act", name)
					case a.endedBy(f.ValidTo.Time):
						l.fail(x.line, lintRepealed, repealed(a)...)
					}
				}
			}
			walk(x.Fields)
		}
	}
	walk(f.Fields)
}

// citedText is a body without remarks, each run of white space one blank, with
// the line of every byte.
type citedText struct {
	flat  string
	lines []int32
}

func newCitedText(src string) citedText {
	var b strings.Builder
	t := citedText{}
	put := func(s string, line int) {
		b.WriteString(s)
		for range len(s) {
			t.lines = append(t.lines, int32(line))
		}
	}
	for i, l := range strings.Split(src, "\n") {
		if strings.HasPrefix(l, "#") {
			continue
		}
		put(strings.Join(strings.Fields(l), " ")+" ", i+1)
	}
	t.flat = b.String()
	return t
}

func (t citedText) line(at int) int { return int(t.lines[min(at, len(t.lines)-1)]) }

// dateLine is the line of the date behind a citation that ends there.
func (t citedText) dateLine(end int) int {
	return t.line(end + max(0, strings.Index(t.flat[end:], "ngày")))
}

// all finds every place of a name.
func (t citedText) all(name string) []int {
	var out []int
	for from := 0; name != ""; {
		i := strings.Index(t.flat[from:], name)
		if i < 0 {
			break
		}
		out = append(out, from+i)
		from += i + len(name)
	}
	return out
}
