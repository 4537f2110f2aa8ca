package pdf

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
)

func TestAnomalies(t *testing.T) {
	const trailer = "/Size 9/Root 1 0 R"
	later := func(r *raw, prev int64, do func()) { // a second revision
		do()
		r.table(fmt.Sprintf("%s/Prev %d", trailer, prev))
	}
	for _, tt := range []struct {
		name  string
		build func(r *raw)
		want  []Code
		rev   int // of the first
		obj   int // of the first
	}{
		{"clean", func(r *raw) {
			later(r, r.table(trailer), func() { r.obj(3, "(a)") })
		}, nil, 0, 0},
		{"white space and comments between", func(r *raw) {
			prev := r.table(trailer)
			r.WriteString("\n \n% a remark with 5 0 obj in it\n")
			later(r, prev, func() { r.obj(3, "(a)") })
		}, nil, 0, 0},
		{"space after the end", func(r *raw) {
			r.table(trailer)
			r.WriteString("\n\n")
		}, []Code{SpaceAfterEOF}, 0, 0},
		{"bytes after the end", func(r *raw) {
			r.table(trailer)
			r.WriteString("5 0 obj (hidden) endobj")
		}, []Code{BytesAfterEOF}, 0, 0},
		{"a second end mark", func(r *raw) {
			at := r.table(trailer)
			fmt.Fprintf(r, "startxref\n%d\n%%%%EOF\n", at)
		}, []Code{BytesAfterEOF}, 0, 0},
		{"object without an entry", func(r *raw) {
			r.obj(3, "(a)")
			delete(r.entries, 3)
			r.table(trailer)
		}, []Code{UnlistedObject}, 0, 3},
		{"object twice in one revision", func(r *raw) {
			r.obj(3, "(shown)")
			r.obj(3, "(hidden)")
			r.table(trailer)
		}, []Code{DuplicateObject}, 0, 3},
		{"two entries for an object", func(r *raw) {
			at := r.obj(3, "(a)")
			delete(r.entries, 3)
			x := r.Len()
			e := appendTableEntry(nil, at, 0)
			fmt.Fprintf(r, "xref\n3 1\n%s3 1\n%s", e, e)
			fmt.Fprintf(r, "1 2\n%s%s", appendTableEntry(nil, r.entries[1].Offset, 0), appendTableEntry(nil, r.entries[2].Offset, 0))
			fmt.Fprintf(r, "trailer<<%s>>\nstartxref\n%d\n%%%%EOF\n", trailer, x)
		}, []Code{DuplicateEntry}, 0, 3},
		{"entry beyond the size", func(r *raw) {
			r.obj(12, "(a)")
			r.table(trailer)
		}, []Code{UnlistedObject, EntryBeyondSize}, 0, 12},
		{"shadow: later revision points to prepared content", func(r *raw) {
			prepared := r.obj(2, "<</Type/Pages/Kids[]/Count 0/Prepared true>>")
			r.obj(2, "<</Type/Pages/Kids[]/Count 0>>")
			prev := r.table(trailer)
			later(r, prev, func() { r.entries[2] = Entry{Num: 2, Kind: InUse, Offset: prepared} })
		}, []Code{DuplicateObject, DuplicateObject, EntryOutsideRevision}, 0, 2},
		{"same entry said again", func(r *raw) {
			one, two := r.entries[1], r.entries[2]
			later(r, r.table(trailer), func() { r.entries[1], r.entries[2] = one, two })
		}, nil, 0, 0},
		{"entry into a later revision", func(r *raw) {
			const ahead = 400
			r.entries[3] = Entry{Num: 3, Kind: InUse, Offset: ahead}
			prev := r.table(trailer)
			later(r, prev, func() {
				r.WriteString(strings.Repeat(" ", ahead-r.Len()))
				r.obj(3, "(a)")
			})
		}, []Code{UnreadableObject, EntryOutsideRevision}, 0, 3},
		{"hidden revision", func(r *raw) {
			prev := r.table(trailer)
			later(r, prev, func() { r.obj(2, "<</Type/Pages/Kids[]/Count 0/Hidden true>>") })
			later(r, prev, func() { r.obj(3, "(a)") })
		}, []Code{UnlistedObject, HiddenRevision, HiddenRevision, HiddenRevision, HiddenRevision}, 1, 2},
		{"hidden revision with a stream", func(r *raw) {
			prev := r.xrefStream(8, trailer)
			r.obj(3, "(a)")
			r.xrefStream(7, fmt.Sprintf("%s/Prev %d", trailer, prev))
			r.obj(3, "(b)")
			r.xrefStream(6, fmt.Sprintf("%s/Prev %d", trailer, prev))
		}, []Code{DuplicateObject, UnlistedObject, HiddenRevision, HiddenRevision}, 1, 3},
		{"startxref of another section", func(r *raw) {
			prev := r.table(trailer)
			b := bytes.Replace(r.Bytes(), fmt.Appendf(nil, "startxref\n%d", prev), []byte("startxref\n123"), 1)
			r.Reset()
			r.Write(b)
			later(r, prev, func() { r.obj(3, "(a)") })
		}, []Code{StartXRefMismatch}, 0, 0},
		{"junk between objects", func(r *raw) {
			r.WriteString("<</Some/Thing>>\n")
			r.table(trailer)
		}, []Code{UnaccountedBytes}, 0, 0},
		{"junk between revisions", func(r *raw) {
			prev := r.table(trailer)
			r.WriteString("(junk)\n")
			later(r, prev, func() { r.obj(3, "(a)") })
		}, []Code{UnaccountedBytes}, 1, 0},
		{"another header", func(r *raw) {
			r.WriteString("%PDF-1.4\n")
			r.table(trailer)
		}, []Code{HiddenRevision}, 0, 0},
		{"object inside a stream", func(r *raw) {
			at := r.Len()
			r.stream(3, "", "xx\n4 0 obj (inner) endobj\nxx")
			r.entries[4] = Entry{Num: 4, Kind: InUse, Offset: int64(at + bytes.Index(r.Bytes()[at:], []byte("4 0 obj")))}
			r.table(trailer)
		}, []Code{OverlappingObjects}, 0, 0},
		{"unreadable object", func(r *raw) {
			r.obj(3, "(a")
			r.table(trailer)
		}, []Code{UnreadableObject, UnaccountedBytes}, 0, 3},
		{"entry of an unknown type", func(r *raw) {
			r.entries[3] = Entry{Num: 3, Kind: Free}
			before := r.Len()
			r.xrefStream(8, trailer)
			b := r.Bytes()[before:]
			b[bytes.Index(b, []byte("stream\n"))+len("stream\n")+2*5] = 7
		}, []Code{UnknownEntryType}, 0, 3},
		{"object stream with an unlisted object", func(r *raw) {
			r.objStm(7, map[int]string{3: "1", 4: "2"})
			delete(r.entries, 4)
			r.xrefStream(8, trailer)
		}, []Code{UnlistedObject}, 0, 4},
		{"object stream with a duplicate", func(r *raw) {
			r.objStm(7, map[int]string{3: "1", 4: "2"})
			r.obj(4, "3")
			r.xrefStream(8, trailer)
		}, []Code{DuplicateObject}, 0, 4},
		{"object stream replaced", func(r *raw) {
			r.objStm(7, map[int]string{3: "1", 4: "2"})
			prev := r.xrefStream(8, trailer)
			r.objStm(7, map[int]string{3: "9", 4: "8"})
			delete(r.entries, 3)
			delete(r.entries, 4)
			r.xrefStream(6, fmt.Sprintf("%s/Prev %d", trailer, prev))
		}, []Code{UnlistedObject, UnlistedObject, ObjectStreamReplaced}, 1, 3},
		{"object stream of an earlier revision", func(r *raw) {
			r.objStm(7, map[int]string{3: "1", 4: "2"})
			hidden := r.entries[4]
			delete(r.entries, 4)
			prev := r.xrefStream(8, trailer)
			r.entries[4] = hidden
			r.xrefStream(6, fmt.Sprintf("%s/Prev %d", trailer, prev))
		}, []Code{UnlistedObject, EntryOutsideRevision}, 0, 4},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := newRaw().minimal()
			tt.build(r)
			f := open(t, r.Bytes())
			got := f.Anomalies()
			if !slices.Equal(codes(got), tt.want) {
				t.Fatalf("anomalies %+v, want %v", got, tt.want)
			}
			if len(got) > 0 && (got[0].Revision != tt.rev || tt.obj != 0 && got[0].Object != tt.obj) {
				t.Errorf("first anomaly %+v, want revision %d, object %d", got[0], tt.rev, tt.obj)
			}
			for i, a := range got {
				if a.Detail == "" || a.Offset < 0 || a.Offset > int64(r.Len()) || i > 0 && a.Offset < got[i-1].Offset {
					t.Errorf("anomaly %+v", a)
				}
			}
		})
	}
}

// A view lists only what its revisions hold.
func TestAnomaliesOfView(t *testing.T) {
	r := newRaw().minimal()
	prev := r.table("/Size 9/Root 1 0 R")
	r.obj(3, "(a)")
	r.obj(3, "(b)")
	r.table(fmt.Sprintf("/Size 9/Root 1 0 R/Prev %d", prev))
	r.WriteString("tail")
	f := open(t, r.Bytes())
	if got := f.At(0).Anomalies(); len(got) > 0 {
		t.Errorf("first revision: %+v", got)
	}
	if got := codes(f.Anomalies()); !slices.Equal(got, []Code{DuplicateObject, BytesAfterEOF}) {
		t.Errorf("all: %v", got)
	}
}

func TestBytesBeforeHeader(t *testing.T) {
	// Offsets count from the start of the file, junk or not.
	good := sample(t)
	if _, err := Open(append([]byte("junk\n"), good...), Limits{}); err == nil || !strings.Contains(err.Error(), "where a cross-reference section should be") {
		t.Errorf("shifted file: %v", err)
	}
	r := &raw{entries: map[int]Entry{}}
	r.WriteString("junk\n%PDF-1.7\n")
	r.minimal().table("/Size 9/Root 1 0 R")
	got := open(t, r.Bytes()).Anomalies()
	if !slices.Equal(codes(got), []Code{BytesBeforeHeader}) || got[0].Offset != 0 {
		t.Errorf("anomalies %+v", got)
	}
}

func TestUpdateBeyondSize(t *testing.T) {
	r := newRaw().minimal()
	r.obj(12, "(a)")
	r.table("/Size 9/Root 1 0 R")
	if _, err := NewUpdate(open(t, r.Bytes())).Bytes(); err == nil {
		t.Error("the update would bring object 12 to life")
	}
}

// Microsoft Word ends a file by an empty second section that names an XRefStm
// in the bytes of the first.
func TestWordHybrid(t *testing.T) {
	r := newRaw().minimal()
	visible := r.take()
	r.objStm(7, map[int]string{4: "(hidden)"})
	box := r.entries[7]
	delete(r.entries, 7)
	stm := r.bareXRefStream(8, "/Size 9/Root 1 0 R")
	for _, e := range append(visible, box) {
		r.entries[e.Num] = e
	}
	prev := r.table("/Size 9/Root 1 0 R")
	x := r.Len()
	fmt.Fprintf(r, "xref\r\n0 0\r\ntrailer\r\n<</Size 9/Root 1 0 R/Prev %d/XRefStm %d>>\r\nstartxref\r\n%d\r\n%%%%EOF", prev, stm, x)
	f := open(t, r.Bytes())
	revs := f.Revisions()
	if len(revs) != 2 || revs[1].Kind != Hybrid || revs[1].End != int64(r.Len()) {
		t.Fatalf("revisions %+v", revs)
	}
	if o, err := f.Get(Ref{4, 0}); err != nil || !same(o, String("hidden")) {
		t.Errorf("object 4 is %v, %v", o, err)
	}
	if o, err := f.At(0).Get(Ref{4, 0}); err != nil || o != nil {
		t.Errorf("object 4 was %v, %v", o, err)
	}
	if got := codes(f.Anomalies()); !slices.Equal(got, []Code{UnlistedObject, EntryOutsideRevision, EntryOutsideRevision}) {
		t.Errorf("anomalies %v", got)
	}
}
