package pdf

import (
	"crypto/sha256"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"sync"
)

// Update collects new and changed objects and appends them to a file as one
// revision (ISO 32000-1, 7.5.6). The bytes of the file stay as they are. It is
// not safe for concurrent use.
type Update struct {
	f       *File
	objects map[int]updated
	next    int
	id      []byte
	err     error
}

type updated struct {
	gen    int
	object Object
}

// NewUpdate starts an update of f. For a view of an earlier revision the update
// follows that revision, and what came after it is left out.
func NewUpdate(f *File) *Update {
	size, _ := f.Trailer()["Size"].(Integer) // Open has checked it
	u := &Update{f: f, objects: map[int]updated{}, next: int(size)}
	for i := range f.rev + 1 {
		if e := f.c.revs[i].Entries; len(e) > 0 && e[len(e)-1].Num >= u.next {
			// An earlier /Size was larger: do not give its numbers out again.
			u.next = e[len(e)-1].Num + 1
		}
	}
	u.next = max(u.next, 1)
	return u
}

func (u *Update) fail(err error) {
	if u.err == nil {
		u.err = err
	}
}

// Add gives o a new object number. Objects that refer to one another can be
// added as nil first and Set afterwards.
func (u *Update) Add(o Object) Ref {
	r := Ref{Num: u.next}
	if u.next > maxObjectNumber {
		u.fail(fmt.Errorf("no object number is left"))
		return r
	}
	u.next++
	u.objects[r.Num] = updated{object: o}
	return r
}

// Set gives object r, of the file or from Add, the value o. o is written when
// Bytes is called. Objects that Get returned are shared with the file: change a
// clone.
func (u *Update) Set(r Ref, o Object) {
	if old, ok := u.objects[r.Num]; ok && old.gen == r.Gen {
		u.objects[r.Num] = updated{r.Gen, o}
		return
	}
	e, _, ok := u.f.Entry(r.Num)
	if !ok || e.Kind == Free || e.Gen != r.Gen {
		u.fail(fmt.Errorf("set object %v: the file has no such object", r))
		return
	}
	u.objects[r.Num] = updated{r.Gen, o}
}

// Get is the object as the update leaves it.
func (u *Update) Get(r Ref) (Object, error) {
	if o, ok := u.objects[r.Num]; ok && o.gen == r.Gen {
		return o.object, nil
	}
	return u.f.Get(r)
}

// SetID gives the second element of the trailer's /ID, which changes with every
// revision (14.4). Without it, it is derived from what the update writes.
func (u *Update) SetID(id []byte) { u.id = slices.Clone(id) }

var scratch = sync.Pool{New: func() any { b := make([]byte, 0, 64<<10); return &b }}

// Bytes is the file with the update appended, in a slice of its own. The new
// cross-references are a table or a stream, as those of the revision before.
func (u *Update) Bytes() ([]byte, error) {
	if u.err != nil {
		return nil, fmt.Errorf("update PDF: %w", u.err)
	}
	for _, a := range u.f.c.found {
		if a.Code == EntryBeyondSize {
			// A larger /Size would bring the ignored objects to life.
			return nil, fmt.Errorf("update PDF: object %d has an entry beyond /Size", a.Object)
		}
	}
	old := u.f.Bytes()
	rev := &u.f.c.revs[u.f.rev]
	buf := scratch.Get().(*[]byte)
	b := (*buf)[:0]
	defer func() {
		if cap(b) <= 4<<20 {
			*buf = b
			scratch.Put(buf)
		}
	}()
	enc := encoder{base: int64(len(old)), run: runs.Add(1)}
	if last := old[len(old)-1]; last != '\n' && last != '\r' {
		b = append(b, '\n')
	}
	nums := slices.Sorted(maps.Keys(u.objects))
	entries := make([]Entry, 0, len(nums)+1)
	for _, n := range nums {
		o := u.objects[n]
		entries = append(entries, Entry{Num: n, Gen: o.gen, Kind: InUse, Offset: enc.base + int64(len(b))})
		b = enc.indirect(b, Ref{n, o.gen}, o.object)
	}
	xref := enc.base + int64(len(b))
	if xref > maxTableOffset || rev.Kind == TableStream && xref > 0xFFFFFFFF {
		enc.fail("the file is too long for its cross-references")
	}
	trailer := u.trailer(rev, b)
	if rev.Kind == TableStream {
		self := Entry{Num: u.next, Kind: InUse, Offset: xref}
		trailer["Size"] = Integer(u.next + 1)
		b = enc.indirect(b, self.Ref(), xrefStream(trailer, append(entries, self)))
	} else {
		trailer["Size"] = Integer(u.next)
		b = appendTable(b, entries)
		b = append(b, "trailer\n"...)
		b = enc.object(b, trailer, 0)
		b = append(b, '\n')
	}
	b = append(b, "startxref\n"...)
	b = strconv.AppendInt(b, xref, 10)
	b = append(b, "\n%%EOF\n"...)
	if enc.err != nil {
		return nil, fmt.Errorf("update PDF: %w", enc.err)
	}
	// One allocation that is not cleared first, as make would.
	return append(slices.Clip(old), b...), nil
}

// trailer is that of the revision before, with /Prev and a new /ID.
func (u *Update) trailer(rev *Revision, body []byte) Dict {
	t := maps.Clone(rev.Trailer)
	for _, k := range []Name{"XRefStm", "Type", "W", "Index", "Length", "Filter", "DecodeParms"} {
		delete(t, k)
	}
	t["Prev"] = Integer(rev.XRefOffset)
	ids, _ := u.f.Array(t["ID"])
	second := String(u.id)
	if u.id == nil {
		h := sha256.New()
		for _, id := range ids {
			if s, err := u.f.StringOf(id); err == nil {
				h.Write(s)
			}
		}
		h.Write(body)
		second = h.Sum(nil)[:16]
	}
	first := second
	if len(ids) > 0 {
		if s, err := u.f.StringOf(ids[0]); err == nil && len(s) > 0 {
			first = s
		}
	}
	t["ID"] = Array{first, second}
	return t
}

// runsOf calls do for each run of consecutive object numbers.
func runsOf(entries []Entry, do func(run []Entry)) {
	for len(entries) > 0 {
		n := 1
		for n < len(entries) && entries[n].Num == entries[0].Num+n {
			n++
		}
		do(entries[:n])
		entries = entries[n:]
	}
}

func appendTable(b []byte, entries []Entry) []byte {
	b = append(b, "xref\n"...)
	if len(entries) == 0 {
		b = append(b, "0 0\n"...)
	}
	runsOf(entries, func(run []Entry) {
		b = strconv.AppendInt(b, int64(run[0].Num), 10)
		b = append(b, ' ')
		b = strconv.AppendInt(b, int64(len(run)), 10)
		b = append(b, '\n')
		for _, e := range run {
			b = appendTableEntry(b, e.Offset, e.Gen)
		}
	})
	return b
}

// xrefStream writes entries in use with fields of 1, 4 and 2 bytes.
func xrefStream(trailer Dict, entries []Entry) *Stream {
	var index Array
	var data []byte
	runsOf(entries, func(run []Entry) {
		index = append(index, Integer(run[0].Num), Integer(len(run)))
		for _, e := range run {
			o := e.Offset
			data = append(data, 1, byte(o>>24), byte(o>>16), byte(o>>8), byte(o), byte(e.Gen>>8), byte(e.Gen))
		}
	})
	trailer["Type"] = Name("XRef")
	trailer["W"] = Array{1, 4, 2}
	trailer["Index"] = index
	return Deflate(trailer, data, 6)
}
