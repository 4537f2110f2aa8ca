package signer_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf16"

	"antin/internal/pdf"
	"antin/signer"
	"antin/signer/testpki"
)

var now = time.Date(2026, 11, 23, 8, 0, 0, 0, time.FixedZone("ICT", 7*3600))

// pki is the same in every run.
var pki = sync.OnceValue(func() *testpki.PKI {
	p, err := testpki.New(testpki.Options{
		Now: now, Rand: rand.NewChaCha8([32]byte{7}), Agency: "Trung tâm Dịch vụ việc làm Hà Nội", Superior: "Sở Nội vụ thành phố Hà Nội",
		Leader: "Nguyễn Vĩnh Nghĩa", Title: "Giám đốc",
	})
	if err != nil {
		panic(err)
	}
	return p
})

func issue(t testing.TB, r testpki.Request) *signer.Identity {
	t.Helper()
	id, err := pki().Issue(r)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// alphabet is what the fixture's font has.
var alphabet = func() []rune {
	var rs []rune
	for r := ' '; r <= '~'; r++ {
		rs = append(rs, r)
	}
	return append(rs, []rune("ÀÁÂÃÈÉÊÌÍÒÓÔÕÙÚÝàáâãèéêìíòóôõùúýĂăĐđĨĩŨũƠơƯưẠạẢảẤấẦầẨẩẪẫẬậẮắẰằẲẳẴẵẶặẸẹẺẻẼẽẾếỀềỂểỄễỆệỈỉỊịỌọỎỏỐốỒồỔổỖỗỘộỚớỜờỞởỠỡỢợỤụỦủỨứỪừỬửỮữỰựỲỳỴỵỶỷỸỹ–")...)
}()

// fixture is how a test document differs from the usual one.
type fixture struct {
	noField   string // leave this field out
	lock      pdf.Dict
	noLock    bool
	splitSeal bool // field and widget of the seal are two objects
	so        pdf.String
	sigFlags  int
	soRect    pdf.Array
}

// document makes a revision 1 with the five pre-placed fields and a field font
// that has codes and widths but no outlines.
func (x fixture) document(t testing.TB) []byte {
	t.Helper()
	w := pdf.NewWriter("1.7")
	pages, page, catalog := w.Alloc(), w.Alloc(), w.Alloc()
	var cmap strings.Builder
	cmap.WriteString("/CIDInit /ProcSet findresource begin 12 dict begin begincmap\n/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n1 begincodespacerange <0000> <FFFF> endcodespacerange\n1 beginbfrange\n<0001> <005F> <0020>\nendbfrange\n")
	vn := alphabet[95:]
	for len(vn) > 0 {
		n := min(100, len(vn))
		fmt.Fprintf(&cmap, "%d beginbfchar\n", n)
		for i, r := range vn[:n] {
			fmt.Fprintf(&cmap, "<%04X> <%04X>\n", len(alphabet)-len(vn)+i+1, utf16.Encode([]rune{r})[0])
		}
		cmap.WriteString("endbfchar\n")
		vn = vn[n:]
	}
	cmap.WriteString("endcmap end end\n")
	descriptor := w.Add(pdf.Dict{
		"Type": pdf.Name("FontDescriptor"), "FontName": pdf.Name("Fixture"), "Flags": 4, "Ascent": 891, "Descent": -216,
		"CapHeight": 660, "StemV": 80, "ItalicAngle": 0, "FontBBox": pdf.Array{0, -216, 1000, 891},
	})
	cid := w.Add(pdf.Dict{
		"Type": pdf.Name("Font"), "Subtype": pdf.Name("CIDFontType2"), "BaseFont": pdf.Name("Fixture"), "FontDescriptor": descriptor,
		"CIDSystemInfo": pdf.Dict{"Registry": pdf.String("Adobe"), "Ordering": pdf.String("Identity"), "Supplement": 0},
		"DW":            1000, "W": pdf.Array{0, len(alphabet), 500}, "CIDToGIDMap": pdf.Name("Identity"),
	})
	font := w.Add(pdf.Dict{
		"Type": pdf.Name("Font"), "Subtype": pdf.Name("Type0"), "BaseFont": pdf.Name("Fixture"), "Encoding": pdf.Name("Identity-H"),
		"DescendantFonts": pdf.Array{cid}, "ToUnicode": w.Add(pdf.Deflate(pdf.Dict{}, []byte(cmap.String()), 6)),
	})

	var fields, annots pdf.Array
	widget := func(name string, rect pdf.Array, d pdf.Dict) {
		if name == x.noField {
			return
		}
		field := w.Alloc()
		a := pdf.Dict{
			"Type": pdf.Name("Annot"), "Subtype": pdf.Name("Widget"), "P": page, "F": 4, "Rect": rect,
			"AP": pdf.Dict{"N": w.Add(&pdf.Stream{Dict: pdf.Dict{"Type": pdf.Name("XObject"), "Subtype": pdf.Name("Form"), "BBox": pdf.Array{0, 0, num(rect[2]) - num(rect[0]), num(rect[3]) - num(rect[1])}}})},
		}
		d["T"] = pdf.TextString(name)
		fields = append(fields, field)
		if name == "con_dau" && x.splitSeal {
			a["Parent"] = field
			ref := w.Add(a)
			d["Kids"] = pdf.Array{ref}
			annots = append(annots, ref)
			w.Put(field, d)
			return
		}
		maps.Copy(a, d)
		annots = append(annots, field)
		w.Put(field, a)
	}
	text := func(da string, q, flags int) pdf.Dict {
		return pdf.Dict{"FT": pdf.Name("Tx"), "Ff": 1 | flags, "Q": q, "DA": pdf.String(da)}
	}
	so := text("/TNR 13 Tf 0 g", 0, 0)
	if x.so != nil {
		so["V"] = x.so
	}
	soRect := x.soRect
	if soRect == nil {
		soRect = pdf.Array{100, 700, 280, 714.39}
	}
	widget("so", soRect, so)
	widget("ngay", pdf.Array{300, 700, 560, 714.39}, text("0 g /TNI 13 Tf", 1, 0))
	widget("luu_tru", pdf.Array{85, 20, 225, 62}, text("/TNR 8 Tf 0 g", 1, 1<<12))
	widget("ky_lanh_dao", pdf.Array{350, 300, 477, 357}, pdf.Dict{"FT": pdf.Name("Sig")})
	seal := pdf.Dict{"FT": pdf.Name("Sig")}
	if !x.noLock {
		lock := x.lock
		if lock == nil {
			lock = pdf.Dict{"Type": pdf.Name("SigFieldLock"), "Action": pdf.Name("Include"), "Fields": pdf.Array{pdf.TextString("so"), pdf.TextString("ngay")}}
		}
		seal["Lock"] = w.Add(lock)
	}
	widget("con_dau", pdf.Array{291, 278, 393, 380}, seal)

	flags := 3
	if x.sigFlags != 0 {
		flags = x.sigFlags
	}
	form := w.Add(pdf.Dict{"Fields": fields, "SigFlags": flags, "DR": pdf.Dict{"Font": pdf.Dict{"TNR": font, "TNI": font}}})
	w.Put(page, pdf.Dict{
		"Type": pdf.Name("Page"), "Parent": pages, "MediaBox": pdf.Array{0, 0, 595, 842}, "Resources": pdf.Dict{}, "Annots": annots,
		"Contents": w.Add(&pdf.Stream{Dict: pdf.Dict{}, Raw: []byte("0 0 m 595 842 l S\n")}),
	})
	w.Put(pages, pdf.Dict{"Type": pdf.Name("Pages"), "Kids": pdf.Array{page}, "Count": 1})
	w.Put(catalog, pdf.Dict{"Type": pdf.Name("Catalog"), "Pages": pages, "AcroForm": form})
	info := w.Add(pdf.Dict{"Title": pdf.TextString("Quyết định"), "CreationDate": pdf.Date(now)})
	out, err := w.Finish(pdf.Dict{"Root": catalog, "Info": info})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func num(o pdf.Object) float64 {
	if n, ok := o.(int); ok {
		return float64(n)
	}
	return o.(float64)
}

var fills = []signer.Fill{
	{Field: "so", Value: "15/QĐ-SNV"},
	{Field: "ngay", Value: "Hà Nội, ngày 05 tháng 01 năm 2026"},
	{Field: "luu_tru", Value: "ĐÃ LƯU TRỮ\nSố 15/QĐ-SNV\nNgày 05/01/2026", Stamp: true},
}

var pictures = sync.OnceValue(func() (p [2]*signer.Picture) {
	sig, err := testpki.SignaturePNG("Nguyễn Vĩnh Nghĩa")
	if err != nil {
		panic(err)
	}
	seal, err := testpki.SealPNG("Sở Nội vụ thành phố Hà Nội", "Trung tâm Dịch vụ việc làm Hà Nội")
	if err != nil {
		panic(err)
	}
	for i, data := range [][]byte{sig, seal} {
		if p[i], err = signer.ParsePicture(data); err != nil {
			panic(err)
		}
	}
	return p
})

func leader() signer.Signature {
	return signer.Signature{Identity: pki().Leader, Field: "ky_lanh_dao", Name: "Nguyễn Vĩnh Nghĩa", Reason: "Ký ban hành", Location: "Hà Nội", Time: now, Picture: pictures()[0]}
}

func seal() signer.Signature {
	return signer.Signature{Identity: pki().Seal, Field: "con_dau", Name: "Trung tâm Dịch vụ việc làm Hà Nội", Reason: "Đóng dấu (số 15) \\ phát hành", Time: now.Add(time.Minute), Picture: pictures()[1]}
}

// issued is a document certified and sealed.
func issued(t testing.TB, x fixture) (draft, certified, sealed []byte) {
	t.Helper()
	draft = x.document(t)
	var err error
	if certified, err = signer.Certify(draft, leader()); err != nil {
		t.Fatal(err)
	}
	if sealed, err = signer.Seal(certified, seal(), fills); err != nil {
		t.Fatal(err)
	}
	return draft, certified, sealed
}
