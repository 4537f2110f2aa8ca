package verify

import (
	"slices"
	"strings"

	"antin/internal/pdf"
)

// act is a kind of change that some permissions allow and others do not.
type act uint8

const (
	actNone       act = iota // judged by Change.kind alone
	actFill                  // a field is filled
	actSign                  // an existing signature field is signed
	actStamp                 // a document time-stamp
	actNewHidden             // an invisible signature field is added
	actNewVisible            // a visible one
	actNote                  // a harmless annotation
)

func (a act) kind() ChangesAfter {
	switch a {
	case actStamp:
		return LTAUpdates
	case actNote:
		return AnnotationOnly
	}
	return FormFilling
}

// lock is a FieldMDP transform or a SigFieldLock (ISO 32000-1, 12.8.2.4).
type lock struct {
	action pdf.Name // All, Include, Exclude
	names  []string
}

// locks reports whether the field with this full name must stay. A name also
// stands for the fields below it.
func (l lock) locks(name string) bool {
	named := slices.ContainsFunc(l.names, func(n string) bool {
		return n == name || strings.HasPrefix(name, n+".")
	})
	switch l.action {
	case "Include":
		return named
	case "Exclude":
		return !named
	}
	return true
}

// permissions are what the signatures so far let later revisions do.
type permissions struct {
	// p is the access permission of DocMDP (12.8.2.2.2), 0 without a
	// certification: then everything is allowed that fills and signs.
	p     int
	locks []lock
}

// restrict takes the permissions of one more signature into account.
func (m *permissions) restrict(s *signed) {
	if s.docMDP > 0 && (m.p == 0 || s.docMDP < m.p) {
		m.p = s.docMDP
	}
	m.locks = append(m.locks, s.locks...)
}

func (m *permissions) locked(field string) bool {
	return slices.ContainsFunc(m.locks, func(l lock) bool { return l.locks(field) })
}

// judge decides on a change and, when a permission is what forbids it, says so.
func (m *permissions) judge(c *Change) {
	forbid := func(code string) {
		c.Allowed, c.kind, c.Code = false, NotPermitted, code
		c.Message, c.MessageEN = changeSentence(code, c.Path, c.Object, c.field)
	}
	c.Allowed = c.kind != NotPermitted
	if !c.Allowed {
		return
	}
	switch c.act {
	case actFill, actSign:
		switch {
		case m.p == 1:
			forbid("certified_no_changes")
		case m.locked(c.field):
			forbid("field_locked")
		}
	case actNewHidden:
		if m.p == 1 {
			forbid("certified_no_changes")
		}
	case actNewVisible:
		if m.p != 0 {
			forbid("certified_new_signature")
		}
	case actNote:
		if m.p != 3 {
			forbid("annotation_added")
		}
	}
}

// level is the gravest of the changes.
func level(changes []Change) ChangesAfter {
	rank := []ChangesAfter{NoChanges, LTAUpdates, FormFilling, AnnotationOnly, NotPermitted}
	worst := 0
	for _, c := range changes {
		worst = max(worst, slices.Index(rank, c.kind))
	}
	return rank[worst]
}
