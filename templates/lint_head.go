package templates

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"antin/templates/vietnamese"
)

// oneStopTypes are the slips of the one-stop service and of the employment
// service: their acts name no abbreviation, and practice numbers them by these.
var oneStopTypes = map[string]string{
	"GTN": "Giấy tiếp nhận hồ sơ và hẹn trả kết quả", "HDHS": "Phiếu hướng dẫn, yêu cầu bổ sung hồ sơ", "PTC": "Phiếu từ chối",
	"PKS": "Phiếu kiểm soát", "PTR": "Phiếu trình",
}

// ownBooks are the books of numbers that are not named after a document type.
var ownBooks = []string{"GPLĐ", "GXN-219"}

// abbreviations lists the document types a form may have.
func abbreviations() []string {
	all := slices.Collect(maps.Keys(documentTypes))
	all = slices.AppendSeq(all, maps.Keys(oneStopTypes))
	slices.Sort(all)
	return all
}

// abbreviationOf finds the abbreviation of a type that was written in full.
func abbreviationOf(name string) string {
	for _, list := range []map[string]string{documentTypes, oneStopTypes} {
		for short, long := range list {
			if strings.EqualFold(name, long) || strings.EqualFold(name, short) {
				return short
			}
		}
	}
	return ""
}

// lintHead checks the head's values against what there is: types, books,
// procedures and fields.
func (c *Catalogue) lintHead(l *compiler, f *Form) {
	known := abbreviations()
	if !slices.Contains(known, f.DocumentType) {
		l.fail(f.line("document_type"), lintType, "got", f.DocumentType, "try", cmp.Or(abbreviationOf(f.DocumentType), nearest(f.DocumentType, known)), "types", strings.Join(known, ", "))
	}
	if f.Book != "" && !slices.Contains(known, f.Book) && !slices.Contains(ownBooks, f.Book) {
		l.warn(f.line("book"), lintBook, "got", f.Book, "try", cmp.Or(abbreviationOf(f.Book), nearest(f.Book, append([]string{f.DocumentType}, known...))), "books", strings.Join(c.books(f), ", "))
	}
	if c.procedures != nil {
		for _, p := range f.Procedures {
			if !c.procedures[p] {
				l.fail(f.line("procedures"), lintProcedure, "got", p)
			}
		}
	}
	for _, name := range f.Concerns {
		if !f.root.has(name) {
			l.fail(f.line("concerns"), fileUnknownField, "name", name, "try", nearest(name, f.root.names()))
		}
	}
	if name := f.PermitKind.Field; name != "" && !f.root.has(name) {
		l.fail(f.line("permit_kind"), fileUnknownField, "name", name, "try", nearest(name, f.root.names()))
	}
}

// books lists the books of all forms and the one after the form's own type.
func (c *Catalogue) books(own *Form) []string {
	seen := map[string]bool{}
	if slices.Contains(abbreviations(), own.DocumentType) {
		seen[own.DocumentType] = true
	}
	for _, f := range c.All() {
		if f.Book != "" && (slices.Contains(ownBooks, f.Book) || documentTypes[f.Book] != "" || oneStopTypes[f.Book] != "") {
			seen[f.Book] = true
		}
	}
	return slices.Sorted(maps.Keys(seen))
}

// lintVersions checks that versions follow one another day by day and that a
// form that ended says what replaced it.
func (c *Catalogue) lintVersions(l *compiler, f *Form) {
	versions := c.forms[f.ID]
	i := slices.Index(versions, f)
	if i > 0 {
		old := versions[i-1]
		where := old.Where() + "/form.yaml:" + itoa(max(old.keyLines["valid_to"], old.keyLines["valid_from"]))
		switch next := f.ValidFrom.AddDate(0, 0, -1); {
		case old.ValidTo.IsZero() || !old.ValidTo.Before(f.ValidFrom.Time):
			l.fail(f.line("valid_from"), lintOverlap, "version", old.Version, "other", f.Version, "day", vietnamese.ShortDate(f.ValidFrom.Time),
				"where", where, "want", next.Format(time.DateOnly))
		case old.ValidTo.Before(next):
			l.warn(f.line("valid_from"), lintGap, "version", old.Version, "other", f.Version, "from", vietnamese.ShortDate(old.ValidTo.AddDate(0, 0, 1)),
				"to", vietnamese.ShortDate(next), "where", where, "want", next.Format(time.DateOnly))
		}
	}
	s := f.Successor
	if s == nil {
		if i == len(versions)-1 && !f.ValidTo.IsZero() {
			l.fail(f.line("valid_to"), lintNoSuccessor, "day", vietnamese.ShortDate(f.ValidTo.Time))
		}
		return
	}
	at := f.line("successor")
	if s.Act == "" {
		l.fail(at, fileHeadMissing, "key", "successor.act")
	} else if _, ok := c.acts[s.Act]; !ok {
		l.fail(at, lintUnknownAct, "act", s.Act)
	}
	id := f.ID
	if s.Form != "" {
		id = s.Form
		if len(c.forms[id]) == 0 {
			l.fail(at, lintSuccessorForm, "id", id, "try", nearest(id, c.ids))
			return
		}
	}
	if s.Version != "" {
		var names []string
		for _, x := range c.forms[id] {
			names = append(names, x.Version)
		}
		if !slices.Contains(names, s.Version) {
			l.fail(at, lintSuccessorVersion, "id", id, "version", s.Version, "versions", strings.Join(names, ", "))
		}
	}
}
