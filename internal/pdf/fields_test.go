package pdf

import (
	"fmt"
	"strings"
	"testing"
)

func TestFields(t *testing.T) {
	r := newRaw()
	r.obj(1, "<</Type/Catalog/Pages 2 0 R/AcroForm 3 0 R>>")
	r.obj(2, "<</Type/Pages/Kids[]/Count 0>>")
	r.obj(3, "<</Fields 4 0 R/DA(/F 9 Tf)/Q 1>>")
	r.obj(4, "[5 0 R 9 0 R 10 0 R]")
	// A group, whose type and flags its fields inherit.
	r.obj(5, "<</T(van_ban)/FT/Tx/Ff 1/Kids[6 0 R 7 0 R]>>")
	r.obj(6, "<</T(so)/Parent 5 0 R/Subtype/Widget/P 2 0 R/V(15)>>")
	r.obj(7, "<</T<FEFF006E006700E00079>/Parent 5 0 R/Ff 3/Q 2/Kids[8 0 R 11 0 R]>>") // ngày, with two widgets
	r.obj(8, "<</Parent 7 0 R/Subtype/Widget/Rect[0 0 1 1]>>")
	r.obj(9, "<</T(chu_ky)/FT/Sig>>") // no widget
	r.obj(10, "<</T(dong_dau)/FT/Sig/Subtype/Widget/Kids[]>>")
	r.obj(11, "<</Parent 7 0 R/Subtype/Widget/P 2 0 R>>")
	r.table("/Size 12/Root 1 0 R")
	fields, err := open(t, r.Bytes()).Fields()
	if err != nil {
		t.Fatal(err)
	}
	var got strings.Builder
	for _, f := range fields {
		fmt.Fprintf(&got, "%s %d FT=%v Ff=%v V=%s Q=%v DA=%s:", f.Name, f.Ref.Num, f.Dict["FT"], f.Dict["Ff"], f.Dict["V"], f.Dict["Q"], f.Dict["DA"])
		for _, w := range f.Widgets {
			fmt.Fprintf(&got, " %d/%d", w.Ref.Num, w.Page.Num)
		}
		got.WriteByte('\n')
	}
	want := `van_ban.so 6 FT=Tx Ff=1 V=15 Q=1 DA=/F 9 Tf: 6/2
van_ban.ngày 7 FT=Tx Ff=3 V=%!s(<nil>) Q=2 DA=/F 9 Tf: 8/0 11/2
chu_ky 9 FT=Sig Ff=<nil> V=%!s(<nil>) Q=1 DA=/F 9 Tf:
dong_dau 10 FT=Sig Ff=<nil> V=%!s(<nil>) Q=1 DA=/F 9 Tf: 10/0
`
	if got.String() != want {
		t.Errorf("fields:\n%swant:\n%s", got.String(), want)
	}
}

func TestFieldsHostile(t *testing.T) {
	for _, tt := range []struct{ name, fields, want string }{
		{"none", "", ""},
		{"null", "/Fields null", ""},
		{"no array", "/Fields 1", "an integer where an array"},
		{"direct field", "/Fields[<</T(a)>>]", "a dictionary where a reference to a field"},
		{"missing field", "/Fields[99 0 R]", "a field that is not in the file"},
		{"field twice", "/Fields[4 0 R 4 0 R]", "has this node twice"},
		{"loop", "/Fields[5 0 R]", "has this node twice"},
		{"deep", "/Fields[10 0 R]", "more than 64 levels in the tree of fields"},
		{"name a number", "/Fields[6 0 R]", "an integer where a string"},
		{"kids a name", "/Fields[7 0 R]", "a name where an array"},
		{"missing kid", "/Fields[8 0 R]", "a field that is not in the file"},
		{"field an array", "/Fields[9 0 R]", "an array where a dictionary"},
	} {
		r := newRaw()
		r.obj(1, "<</Type/Catalog/Pages 2 0 R/AcroForm<<"+tt.fields+">>>>")
		r.obj(2, "<</Type/Pages/Kids[]/Count 0>>")
		r.obj(4, "<</T(a)>>")
		r.obj(5, "<</T(a)/Kids[5 0 R]>>")
		r.obj(6, "<</T 1>>")
		r.obj(7, "<</T(a)/Kids/No>>")
		r.obj(8, "<</T(a)/Kids[98 0 R]>>")
		r.obj(9, "[]")
		for n := 10; n < 90; n++ {
			r.obj(n, fmt.Sprintf("<</T(a)/Kids[%d 0 R]>>", n+1))
		}
		r.table("/Size 100/Root 1 0 R")
		fields, err := open(t, r.Bytes()).Fields()
		if tt.want == "" {
			if err != nil || len(fields) != 0 {
				t.Errorf("%s: %v, %v", tt.name, fields, err)
			}
		} else if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: error %v, want %q", tt.name, err, tt.want)
		}
	}
}

// A long name that many fields inherit is bounded in all.
func TestFieldNames(t *testing.T) {
	r := newRaw()
	r.obj(1, "<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[3 0 R]>>>>")
	r.obj(2, "<</Type/Pages/Kids[]/Count 0>>")
	var kids strings.Builder
	for n := 4; n < 400; n++ {
		fmt.Fprintf(&kids, "%d 0 R ", n)
		r.obj(n, "<</T(b)>>")
	}
	r.obj(3, "<</T("+strings.Repeat("a", 1<<16)+")/Kids["+kids.String()+"]>>")
	r.table("/Size 400/Root 1 0 R")
	if _, err := open(t, r.Bytes()).Fields(); err == nil || !strings.Contains(err.Error(), "bytes of field names") {
		t.Errorf("error %v", err)
	}
}
