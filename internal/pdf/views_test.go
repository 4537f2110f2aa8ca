package pdf

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
)

// An object that only later bytes complete is none in the view before them.
func TestViewEnds(t *testing.T) {
	r := newRaw().minimal()
	r.entries[3] = Entry{Num: 3, Kind: InUse, Offset: int64(r.Len())}
	r.WriteString("3 0 obj (%%EOF ")
	first := r.table("/Size 4/Root 1 0 R")
	r.WriteString(") endobj\n")
	r.table(fmt.Sprintf("/Size 4/Root 1 0 R/Prev %d", first))
	f := open(t, r.Bytes())
	for range 2 { // parsed anew and from the cache
		if o, err := f.Get(Ref{3, 0}); err != nil || kind(o) != "a string" {
			t.Errorf("at the end: %v, %v", o, err)
		}
		if o, err := f.At(0).Get(Ref{3, 0}); err == nil {
			t.Errorf("before: %v, want an error", o)
		}
	}
}

// A later revision that changes the /Length of an earlier stream changes, or
// breaks, the stream.
func TestViewLength(t *testing.T) {
	r := newRaw().minimal()
	r.obj(3, "<</Length 4 0 R>>\nstream\nabc\nendstream endobj\nendstream")
	r.obj(4, "3")
	first := r.table("/Size 5/Root 1 0 R")
	r.obj(4, "20")
	second := r.table(fmt.Sprintf("/Size 5/Root 1 0 R/Prev %d", first))
	r.obj(4, "19")
	r.table(fmt.Sprintf("/Size 5/Root 1 0 R/Prev %d", second))
	f := open(t, r.Bytes())
	for range 2 {
		for i, want := range []string{"abc", "abc\nendstream endobj", ""} {
			s, err := f.At(i).Stream(Ref{3, 0})
			if want == "" {
				if err == nil || !strings.Contains(err.Error(), "/Length 19 does not lead to endstream") {
					t.Errorf("revision %d: error %v", i, err)
				}
			} else if err != nil || string(s.Raw) != want {
				t.Errorf("revision %d: %v, %v, want %q", i, s, err, want)
			}
		}
	}
}

// A section must end before the revision that names it begins.
func TestSectionAcrossRevisions(t *testing.T) {
	r := newRaw().minimal()
	r.take()
	old := r.Len()
	r.WriteString("xref\n0 0\ntrailer\n<</Size 9/Root 1 0 R/S(")
	inner := r.Len()
	fmt.Fprintf(r, "xref\n0 0\ntrailer\n<</Size 9/Root 1 0 R/Prev %d>>\nstartxref\n%d\n%%%%EOF\n", old, inner)
	fmt.Fprintf(r, ")>>\nstartxref\n%d\n%%%%EOF\n", inner)
	_, err := Open(r.Bytes(), Limits{})
	if _, ok := errors.AsType[*SyntaxError](err); !ok {
		t.Errorf("error %v", err)
	}
}

// linearSample is a linearized file (annex F) without its hint tables.
func linearSample() []byte {
	var prev int64
	for {
		r := newRaw()
		r.obj(3, "<</Linearized 1>>")
		r.obj(1, "<</Type/Catalog/Pages 2 0 R>>")
		entries := r.take()
		// The first section stands before the objects it lists.
		first := int64(r.Len())
		fmt.Fprintf(r, "xref\n1 1\n%s3 1\n%strailer\n<</Size 4/Root 1 0 R/Prev %010d>>\nstartxref\n0\n%%%%EOF\n",
			appendTableEntry(nil, entries[0].Offset, 0), appendTableEntry(nil, entries[1].Offset, 0), prev)
		r.obj(2, "<</Type/Pages/Kids[]/Count 0>>")
		main := int64(r.Len())
		fmt.Fprintf(r, "xref\n0 1\n0000000000 65535 f \n2 1\n%strailer\n<</Size 4>>\nstartxref\n%d\n%%%%EOF\n",
			appendTableEntry(nil, r.entries[2].Offset, 0), first)
		if prev == main {
			return r.Bytes()
		}
		prev = main
	}
}

func TestLinearized(t *testing.T) {
	data := linearSample()
	f := open(t, data)
	if err := everything(f); err != nil {
		t.Fatal(err)
	}
	revs := f.Revisions()
	if len(revs) != 1 || !revs[0].Linearized || len(revs[0].Entries) != 4 || len(f.Anomalies()) > 0 {
		t.Fatalf("revisions %+v, anomalies %+v", revs, f.Anomalies())
	}
	u := NewUpdate(f)
	u.Add(Integer(1))
	updated, err := u.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	if g := open(t, updated); len(g.Revisions()) != 2 || !g.Revisions()[0].Linearized || len(g.Anomalies()) > 0 {
		t.Errorf("after an update: %+v, %+v", g.Revisions(), g.Anomalies())
	}
	for name, broken := range map[string][]byte{
		"main section with another startxref": bytes.Replace(updated, fmt.Appendf(nil, "startxref\n%d\n", revs[0].XRefOffset), fmt.Appendf(nil, "startxref\n%d\n", revs[0].XRefOffset+1), 1),
		"not linearized":                      bytes.Replace(updated, []byte("/Linearized"), []byte("/Lineariz__"), 1),
		"main section without an end mark":    bytes.Replace(updated, fmt.Appendf(nil, "startxref\n%d\n", revs[0].XRefOffset), fmt.Appendf(nil, "startxraf\n%d\n", revs[0].XRefOffset), 1),
		"main section with a /Prev":           bytes.Replace(updated, []byte("<</Size 4>>"), []byte("<</Prev 9>>"), 1),
	} {
		if bytes.Equal(broken, updated) {
			t.Fatalf("%s: nothing was replaced", name)
		}
		if _, err := Open(broken, Limits{}); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

// A hybrid file may list what it hides as free (7.5.8.4).
func TestHybridFree(t *testing.T) {
	r := newRaw().minimal()
	visible := r.take()
	r.objStm(7, map[int]string{4: "(hidden)"})
	stm := r.bareXRefStream(8, "/Size 9/Root 1 0 R")
	x := r.Len()
	fmt.Fprintf(r, "xref\n0 5\n0000000000 65535 f \n%s%s0000000000 00000 f \n0000000000 00000 f \n",
		appendTableEntry(nil, visible[0].Offset, 0), appendTableEntry(nil, visible[1].Offset, 0))
	fmt.Fprintf(r, "trailer\n<</Size 9/Root 1 0 R/XRefStm %d>>\nstartxref\n%d\n%%%%EOF\n", stm, x)
	f := open(t, r.Bytes())
	if o, err := f.Get(Ref{4, 0}); err != nil || !same(o, String("hidden")) {
		t.Errorf("object 4 is %v, %v", o, err)
	}
	if e, _, ok := f.Entry(3); !ok || e.Kind != Free {
		t.Errorf("object 3 is %+v, %v", e, ok)
	}
	if len(f.Anomalies()) > 0 {
		t.Errorf("anomalies %+v", f.Anomalies())
	}
}

// An update never gives out a number that an earlier revision used.
func TestUpdateAfterSmallerSize(t *testing.T) {
	r := newRaw().minimal()
	r.obj(8, "(taken)")
	first := r.table("/Size 9/Root 1 0 R")
	r.table(fmt.Sprintf("/Size 4/Root 1 0 R/Prev %d", first))
	u := NewUpdate(open(t, r.Bytes()))
	if got := u.Add(Integer(1)); got.Num != 9 {
		t.Errorf("the new object is %v, want 9", got)
	}
}

// Decoding that fails at its bound counts against the total too.
func TestDecodedTotalOfFailures(t *testing.T) {
	r := newRaw().minimal()
	r.stream(3, "/Filter/FlateDecode", string(Deflate(nil, make([]byte, 1000), 9).Raw))
	r.table("/Size 4/Root 1 0 R")
	f, err := Open(r.Bytes(), Limits{Decoded: 2500})
	if err != nil {
		t.Fatal(err)
	}
	s, err := f.Stream(Ref{3, 0})
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if _, err := f.Decode(s, 900); err == nil {
			t.Error("1000 bytes passed the bound 900")
		}
	}
	if _, err := f.Decode(s, 1000); err == nil {
		t.Error("the total of 2500 bytes was exceeded")
	}
}
