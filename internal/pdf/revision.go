package pdf

import (
	"cmp"
	"fmt"
	"slices"
)

// XRefKind is how a revision writes its cross-references.
type XRefKind uint8

const (
	Table       XRefKind = iota // classic table (ISO 32000-1, 7.5.4)
	TableStream                 // cross-reference stream (7.5.8)
	Hybrid                      // a table that names a stream in /XRefStm (7.5.8.4)
)

func (k XRefKind) String() string { return [...]string{"table", "stream", "hybrid"}[k] }

// EntryKind is the state of an object in a revision.
type EntryKind uint8

const (
	Free       EntryKind = iota // deleted or never used
	InUse                       // stands at Entry.Offset
	Compressed                  // stands in the object stream Entry.Container
)

func (k EntryKind) String() string { return [...]string{"free", "in use", "compressed"}[k] }

// Entry is one entry of a cross-reference section.
type Entry struct {
	Num, Gen  int
	Kind      EntryKind
	Offset    int64 // InUse: byte in the file
	Container int   // Compressed: number of the object stream
	Index     int   // Compressed: index in it
}

// Ref is the reference to the object of e.
func (e Entry) Ref() Ref { return Ref{Num: e.Num, Gen: e.Gen} }

// Revision is one stage in the life of a file: what was written at once and
// ended by %%EOF.
type Revision struct {
	// Start and End delimit its bytes, End being after the end of line that
	// follows %%EOF. The first starts at 0, each further one at the End of the
	// one before.
	Start, End int64
	// XRefOffset is what its startxref names.
	XRefOffset int64
	Kind       XRefKind
	// Linearized is set on a first revision that is linearized (annex F) and
	// so has two cross-reference sections; they are shown as one.
	Linearized bool
	// Trailer is the trailer dictionary, or the dictionary of the
	// cross-reference stream.
	Trailer Dict
	// Entries are the entries it writes, by ascending object number.
	Entries []Entry

	// extents are the parts of the file that are neither objects nor gaps:
	// cross-reference sections and end marks.
	extents []extent
}

type extent struct{ start, end int64 }

// Entry finds the entry that this revision writes for object num.
func (r *Revision) Entry(num int) (Entry, bool) {
	if num >= 0 && num < len(r.Entries) && r.Entries[num].Num == num {
		return r.Entries[num], true // one section from 0, the usual first revision
	}
	if n := len(r.Entries); n == 0 || num < r.Entries[0].Num || num > r.Entries[n-1].Num {
		return Entry{}, false
	}
	i, ok := slices.BinarySearchFunc(r.Entries, num, func(e Entry, n int) int { return cmp.Compare(e.Num, n) })
	if !ok {
		return Entry{}, false
	}
	return r.Entries[i], true
}

// Revisions lists the revisions up to this view, oldest first. The slices in it
// are shared; do not change them.
func (f *File) Revisions() []Revision {
	return slices.Clone(f.c.revs[:f.rev+1])
}

// At is the file as it stood after revision i, 0 ≤ i < len(f.Revisions()). It
// shares what has been parsed with f.
func (f *File) At(i int) *File {
	_ = f.c.revs[:f.rev+1][i]
	return &File{c: f.c, rev: i}
}

// settle sorts the entries of a section and drops what the section must not
// say, keeping a note of it.
func (c *core) settle(entries []Entry, size int64, at int64) []Entry {
	byNum := func(a, b Entry) int { return cmp.Compare(a.Num, b.Num) }
	if !slices.IsSortedFunc(entries, byNum) {
		slices.SortStableFunc(entries, byNum)
	}
	out := entries[:0]
	for _, e := range entries {
		switch {
		case len(out) > 0 && out[len(out)-1].Num == e.Num:
			c.note(Anomaly{
				Offset: at, Object: e.Num, Code: DuplicateEntry,
				Detail: fmt.Sprintf("the cross-reference section has two entries for object %d", e.Num),
			})
		case int64(e.Num) >= size:
			c.note(Anomaly{
				Offset: at, Object: e.Num, Code: EntryBeyondSize,
				Detail: fmt.Sprintf("the entry of object %d is beyond /Size %d and ignored", e.Num, size),
			})
		default:
			out = append(out, e)
		}
	}
	return out
}

// overlay merges two sections of one revision; where both have an entry in use
// that of top wins (7.5.8.4).
func overlay(top, below []Entry) []Entry {
	out := make([]Entry, 0, len(top)+len(below))
	for len(top) > 0 && len(below) > 0 {
		switch a, b := top[0], below[0]; {
		case a.Num < b.Num:
			out, top = append(out, a), top[1:]
		case a.Num > b.Num:
			out, below = append(out, b), below[1:]
		default:
			if a.Kind == Free {
				a = b
			}
			out, top, below = append(out, a), top[1:], below[1:]
		}
	}
	return append(append(out, top...), below...)
}
