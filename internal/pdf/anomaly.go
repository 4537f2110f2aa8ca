package pdf

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
)

// Code names a kind of Anomaly.
type Code string

const (
	// BytesBeforeHeader: something precedes %PDF-.
	BytesBeforeHeader Code = "bytes-before-header"
	// BytesAfterEOF: something follows the end of the last revision.
	BytesAfterEOF Code = "bytes-after-eof"
	// SpaceAfterEOF: only white space follows the end of the last revision.
	SpaceAfterEOF Code = "space-after-eof"
	// StartXRefMismatch: the startxref of an earlier revision names something
	// else than the section before it, so that the file cut off there is another
	// document than At shows.
	StartXRefMismatch Code = "startxref-mismatch"
	// EntryBeyondSize: a cross-reference entry is ignored because of /Size.
	EntryBeyondSize Code = "entry-beyond-size"
	// DuplicateEntry: one section has two entries for an object; the first counts.
	DuplicateEntry Code = "duplicate-entry"
	// UnknownEntryType: a cross-reference stream entry of a type that ISO
	// 32000-1 does not define; it counts as free.
	UnknownEntryType Code = "unknown-entry-type"
	// EntryOutsideRevision: a revision newly refers to bytes that another
	// revision wrote: the way of a shadow attack to bring up prepared content.
	EntryOutsideRevision Code = "entry-outside-revision"
	// ObjectStreamReplaced: a revision rewrites an object stream that earlier
	// entries point into, and so changes objects that it has no entries for.
	ObjectStreamReplaced Code = "object-stream-replaced"
	// UnreadableObject: an entry leads to something that cannot be read.
	UnreadableObject Code = "unreadable-object"
	// OverlappingObjects: two parts of a revision share bytes.
	OverlappingObjects Code = "overlapping-objects"
	// UnlistedObject: an object that the revision it stands in has no entry for.
	UnlistedObject Code = "unlisted-object"
	// DuplicateObject: an object that its revision defines elsewhere as well.
	DuplicateObject Code = "duplicate-object"
	// HiddenRevision: a cross-reference section, trailer, startxref, %%EOF or
	// %PDF- that belongs to no revision on the chain.
	HiddenRevision Code = "hidden-revision"
	// UnaccountedBytes: bytes that are no object, section or white space.
	UnaccountedBytes Code = "unaccounted-bytes"
	// TooManyAnomalies: the list has been cut off.
	TooManyAnomalies Code = "too-many-anomalies"
)

// Anomaly is something that leaves the meaning of a file clear to this reader
// but that an honest writer does not do, or another reader may take otherwise.
// Whether it matters is for the caller to judge.
type Anomaly struct {
	Offset   int64 // byte in the file
	Object   int   // number of the object concerned, 0 if none
	Revision int   // the revision whose bytes or entries these are
	Code     Code
	Detail   string // short English
}

const maxAnomalies = 1000

func (c *core) note(a Anomaly) {
	switch {
	case len(c.found) < maxAnomalies:
	case len(c.found) == maxAnomalies:
		a.Code, a.Detail = TooManyAnomalies, fmt.Sprintf("more than %d anomalies", maxAnomalies)
	default:
		return
	}
	c.found = append(c.found, a)
}

// Anomalies accounts for every byte up to the view's revision and reads every
// object of these revisions, the superseded ones too. It lists what it finds
// odd, by ascending offset. The first call for a file does the work.
func (f *File) Anomalies() []Anomaly {
	c := f.c
	if !c.scanned {
		c.scanned = true
		for i := range c.found { // Open did not know the revisions yet
			c.found[i].Revision = c.revisionAt(c.found[i].Offset)
		}
		a := &account{c: c, containers: map[int]bool{}}
		for i := range c.revs {
			a.revision(i)
		}
		a.tail()
		slices.SortStableFunc(c.found, func(x, y Anomaly) int { return cmp.Compare(x.Offset, y.Offset) })
	}
	var out []Anomaly
	for _, a := range c.found {
		if a.Revision <= f.rev {
			out = append(out, a)
		}
	}
	return out
}

// revisionAt is the revision whose bytes include an offset.
func (c *core) revisionAt(offset int64) int {
	for i := range c.revs {
		if offset < c.revs[i].End {
			return i
		}
	}
	return len(c.revs) - 1
}

// account does the work of Anomalies.
type account struct {
	c          *core
	containers map[int]bool // object streams that entries so far point into
}

func (a *account) revision(i int) {
	c, r := a.c, &a.c.revs[i]
	view := &File{c: c, rev: i}
	var used []extent
	for j := range c.revs { // an /XRefStm may stand in an earlier revision
		for _, e := range c.revs[j].extents {
			if e.start >= r.Start && e.start < r.End {
				used = append(used, e)
			}
		}
	}
	for _, e := range r.Entries {
		if a.containers[e.Num] {
			c.note(Anomaly{
				Offset: r.XRefOffset, Object: e.Num, Revision: i, Code: ObjectStreamReplaced,
				Detail: fmt.Sprintf("object stream %d is written again", e.Num),
			})
		}
		var repeated bool // an entry that only says again what held before
		if i > 0 {
			before, _, ok := (&File{c: c, rev: i - 1}).Entry(e.Num)
			repeated = ok && before == e
		}
		switch e.Kind {
		case Free:
		case InUse:
			end, ok := a.inUse(view, e, i)
			if ok && e.Offset >= r.Start && e.Offset < r.End {
				used = append(used, extent{e.Offset, end})
			} else if !repeated && e.Offset < int64(len(c.data)) {
				if at := c.revisionAt(e.Offset); at != i {
					c.note(Anomaly{
						Offset: e.Offset, Object: e.Num, Revision: i, Code: EntryOutsideRevision,
						Detail: fmt.Sprintf("revision %d refers to object %d in the bytes of revision %d", i+1, e.Num, at+1),
					})
				}
			}
		case Compressed:
			if _, err := view.Get(e.Ref()); err != nil {
				c.note(Anomaly{Offset: r.XRefOffset, Object: e.Num, Revision: i, Code: UnreadableObject, Detail: err.Error()})
			}
			if box, _, ok := view.Entry(e.Container); ok && !repeated && box.Kind == InUse && c.revisionAt(box.Offset) != i {
				c.note(Anomaly{
					Offset: box.Offset, Object: e.Num, Revision: i, Code: EntryOutsideRevision,
					Detail: fmt.Sprintf("revision %d refers to object %d in an object stream of revision %d", i+1, e.Num, c.revisionAt(box.Offset)+1),
				})
			}
		}
	}
	for _, e := range r.Entries {
		if e.Kind == Compressed {
			a.containers[e.Container] = true
		}
	}
	a.sweep(view, i, used)
}

// inUse reads the object of an entry and returns its end.
func (a *account) inUse(view *File, e Entry, i int) (end int64, ok bool) {
	o, err := view.Get(e.Ref())
	if err != nil {
		a.c.note(Anomaly{Offset: e.Offset, Object: e.Num, Revision: i, Code: UnreadableObject, Detail: err.Error()})
		return 0, false
	}
	if s, isStream := o.(*Stream); isStream && s.Dict["Type"] == Name("ObjStm") {
		a.members(view, s, e, i)
	}
	p, ok := a.c.cache[place{offset: e.Offset}]
	if !ok {
		return 0, false
	}
	return p.end, true
}

// members looks for objects in an object stream that no entry leads to.
func (a *account) members(view *File, s *Stream, box Entry, i int) {
	os, err := view.objectStream(s, box)
	if err != nil {
		a.c.note(Anomaly{Offset: box.Offset, Object: box.Num, Revision: i, Code: UnreadableObject, Detail: err.Error()})
		return
	}
	for index, num := range os.nums {
		e, ok := a.c.revs[i].Entry(num)
		if ok && e.Kind == Compressed && e.Container == box.Num && e.Index == index {
			continue
		}
		a.unlisted(i, box.Offset, num, fmt.Sprintf("object stream %d holds object %d", box.Num, num))
	}
}

func (a *account) unlisted(i int, at int64, num int, what string) {
	n := Anomaly{Offset: at, Object: num, Revision: i, Code: UnlistedObject, Detail: what + " without an entry"}
	if e, ok := a.c.revs[i].Entry(num); ok && e.Kind != Free {
		n.Code, n.Detail = DuplicateObject, what+", which its entry has elsewhere"
	}
	a.c.note(n)
}

// sweep looks at what lies between the known parts of a revision.
func (a *account) sweep(view *File, i int, used []extent) {
	r := &a.c.revs[i]
	slices.SortFunc(used, func(x, y extent) int {
		return cmp.Or(cmp.Compare(x.start, y.start), cmp.Compare(x.end, y.end))
	})
	used = slices.Compact(used) // a cross-reference stream that lists itself
	at := r.Start
	if i == 0 {
		at = int64(a.c.start) + int64(len("%PDF-1.7"))
	}
	for _, e := range used {
		switch {
		case e.start < at:
			a.c.note(Anomaly{
				Offset: e.start, Revision: i, Code: OverlappingObjects,
				Detail: fmt.Sprintf("bytes %d to %d belong to two parts of the file", e.start, min(at, e.end)),
			})
		case e.start > at:
			a.gap(view, i, at, e.start)
		}
		at = max(at, e.end)
	}
	if at < r.End {
		a.gap(view, i, at, r.End)
	}
}

// gap examines bytes that nothing refers to.
func (a *account) gap(view *File, i int, from, to int64) {
	c := a.c
	s := c.scanner(from, to, 0)
	unaccounted := func(pos int) {
		c.note(Anomaly{
			Offset: int64(pos), Revision: i, Code: UnaccountedBytes,
			Detail: fmt.Sprintf("%s stands between objects", s.shown(pos)),
		})
	}
	hidden := func(pos int) {
		c.note(Anomaly{
			Offset: int64(pos), Revision: i, Code: HiddenRevision,
			Detail: fmt.Sprintf("%s stands outside the chain of revisions", s.shown(pos)),
		})
	}
	inTable := false
	for {
		s.blank()
		if s.pos >= len(s.b) {
			return
		}
		start := s.pos
		if s.b[start] == '%' {
			for s.pos < len(s.b) && s.b[s.pos] != '\n' && s.b[s.pos] != '\r' {
				s.pos++
			}
			if line := s.b[start:s.pos]; bytes.HasPrefix(line, []byte("%%EOF")) || bytes.HasPrefix(line, []byte("%PDF-")) {
				hidden(start)
			}
			continue
		}
		switch word := string(s.token()); {
		case word == "xref":
			inTable = true
			hidden(start)
		case word == "startxref":
			hidden(start)
			s.blank()
			s.token()
		case word == "trailer":
			inTable = false
			hidden(start)
			if _, err := s.object(); err != nil {
				unaccounted(start)
				return
			}
		case inTable && (word == "n" || word == "f"):
		case word != "" && isDigit(word[0]):
			s.pos = start
			if num, _, ok := s.objectHeader(); ok {
				p, err := view.parseIndirect(int64(start), to)
				if err != nil { // the rest would be guesswork
					unaccounted(start)
					return
				}
				inTable = false
				a.unlisted(i, int64(start), num, fmt.Sprintf("object %d stands here", num))
				s.pos = int(p.end)
			} else if s.pos = start + len(word); !inTable {
				unaccounted(start)
				return
			}
		default:
			unaccounted(start)
			return
		}
	}
}

func (a *account) tail() {
	last := len(a.c.revs) - 1
	end := a.c.revs[last].End
	rest := a.c.data[end:]
	if len(rest) == 0 {
		return
	}
	n := Anomaly{Offset: end, Revision: last, Code: BytesAfterEOF, Detail: fmt.Sprintf("%d bytes after the last %%%%EOF", len(rest))}
	if len(bytes.TrimLeft(rest, "\x00\t\n\f\r ")) == 0 {
		n.Code, n.Detail = SpaceAfterEOF, fmt.Sprintf("%d bytes of white space after the last %%%%EOF", len(rest))
	}
	a.c.note(n)
}
