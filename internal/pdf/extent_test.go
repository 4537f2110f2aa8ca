package pdf

import "testing"

func TestExtent(t *testing.T) {
	r := newRaw()
	r.obj(1, "<</Type/Catalog/Pages 2 0 R>>")
	r.obj(2, "<</Type/Pages/Kids[]/Count 0>>")
	r.obj(3, "<< /A (>>)/B << /Contents <00> >> % /Contents <01>\n/Contents  <02>\n/C 1 0 R >>")
	r.stream(4, "/K/V", "data")
	r.obj(5, "[/K 1]")
	r.objStm(7, map[int]string{6: "<</K 1>>"})
	r.xrefStream(8, "/Size 9/Root 1 0 R")
	f := open(t, r.Bytes())
	for _, tt := range []struct {
		r    Ref
		key  Name
		want string // "" for none
	}{
		{Ref{3, 0}, "Contents", "<02>"},
		{Ref{3, 0}, "A", "(>>)"},
		{Ref{3, 0}, "B", "<< /Contents <00> >>"},
		{Ref{3, 0}, "C", "1 0 R"},
		{Ref{3, 0}, "D", ""},
		{Ref{3, 1}, "A", ""},
		{Ref{4, 0}, "K", "/V"},
		{Ref{5, 0}, "K", ""},
		{Ref{6, 0}, "K", ""},
		{Ref{99, 0}, "K", ""},
	} {
		start, end, ok := f.ValueExtent(tt.r, tt.key)
		if got := string(f.Bytes()[start:end]); ok != (tt.want != "") || got != tt.want {
			t.Errorf("%v /%s stands at %d to %d, %q, want %q", tt.r, tt.key, start, end, got, tt.want)
		}
	}
	start, end, ok := f.Extent(Ref{5, 0})
	if got := string(f.Bytes()[start:end]); !ok || got != "5 0 obj\n[/K 1]\nendobj" {
		t.Errorf("object 5 is %q", got)
	}
	if _, _, ok := f.Extent(Ref{6, 0}); ok {
		t.Error("an object in an object stream has an extent")
	}
}
