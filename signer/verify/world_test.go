package verify_test

import (
	"crypto/x509"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf16"

	"antin/internal/pdf"
	"antin/signer"
	"antin/signer/testpki"
	"antin/signer/verify"
)

// The world of the tests: a frozen clock, a PKI that is the same in every run,
// and an issued document with all that a real one has.

var (
	hanoi = time.FixedZone("ICT", 7*3600)
	now   = time.Date(2026, 11, 23, 8, 0, 0, 0, hanoi)
	later = now.Add(time.Hour) // when documents are verified
)

var pki = sync.OnceValue(func() *testpki.PKI {
	p, err := testpki.New(testpki.Options{
		Now: now, Rand: rand.NewChaCha8([32]byte{9}), Agency: "Trung tâm Dịch vụ việc làm Hà Nội",
		Superior: "Sở Nội vụ thành phố Hà Nội", Leader: "Nguyễn Vĩnh Nghĩa", Title: "Giám đốc",
	})
	must(err)
	return p
})

// stranger is an infrastructure that nobody trusts and that uses the same names.
var stranger = sync.OnceValue(func() *testpki.PKI {
	p, err := testpki.New(testpki.Options{
		Now: now, Rand: rand.NewChaCha8([32]byte{10}), Agency: "Trung tâm Dịch vụ việc làm Hà Nội", Leader: "Nguyễn Vĩnh Nghĩa", Title: "Giám đốc",
	})
	must(err)
	return p
})

var crls = sync.OnceValue(func() [][]byte {
	root, err := pki().CRL(pki().Root, now)
	must(err)
	ca, err := pki().CRL(pki().CA, now)
	must(err)
	return [][]byte{root, ca}
})

func must(err error) {
	if err != nil {
		panic(err)
	}
}

// trusting is the trust in the root with the CRLs of both authorities.
func trusting() *verify.Trust {
	t := verify.NewTrust(pki().Root.Certificate)
	for _, der := range crls() {
		l, err := x509.ParseRevocationList(der)
		must(err)
		t.AddCRL(l)
	}
	return t
}

func options() verify.Options { return verify.Options{Trust: trusting(), Now: later} }

var alphabet = func() []rune {
	var rs []rune
	for r := ' '; r <= '~'; r++ {
		rs = append(rs, r)
	}
	return append(rs, []rune("ÀÁÂÃÈÉÊÌÍÒÓÔÕÙÚÝàáâãèéêìíòóôõùúýĂăĐđĨĩŨũƠơƯưẠạẢảẤấẦầẨẩẪẫẬậẮắẰằẲẳẴẵẶặẸẹẺẻẼẽẾếỀềỂểỄễỆệỈỉỊịỌọỎỏỐốỒồỔổỖỗỘộỚớỜờỞởỠỡỢợỤụỦủỨứỪừỬửỮữỰựỲỳỴỵỶỷỸỹ–")...)
}()

func name(s string) pdf.Name { return pdf.Name(s) }

// draft makes a revision 1: two pages of tagged text in one font, an image, an
// outline, metadata, and the five pre-placed fields. change, if not nil, may
// alter the objects by their part: "catalog", "page1", "page2", "form" and the
// field names.
func draft(change func(part string, d pdf.Dict, w *pdf.Writer)) []byte {
	w := pdf.NewWriter("1.7")
	pages, page1, page2, catalog := w.Alloc(), w.Alloc(), w.Alloc(), w.Alloc()
	put := func(r pdf.Ref, part string, d pdf.Dict) {
		if change != nil {
			change(part, d, w)
		}
		w.Put(r, d)
	}
	font := w.Add(pdf.Dict{
		"Type": name("Font"), "Subtype": name("Type0"), "BaseFont": name("ABCDEF+Tinos"), "Encoding": name("Identity-H"),
		"ToUnicode": w.Add(pdf.Deflate(pdf.Dict{}, toUnicode(), 6)),
		"DescendantFonts": pdf.Array{w.Add(pdf.Dict{
			"Type": name("Font"), "Subtype": name("CIDFontType2"), "BaseFont": name("ABCDEF+Tinos"), "DW": 1000,
			"CIDSystemInfo": pdf.Dict{"Registry": pdf.String("Adobe"), "Ordering": pdf.String("Identity"), "Supplement": 0},
			"W":             pdf.Array{0, widths()}, "CIDToGIDMap": name("Identity"),
			"FontDescriptor": w.Add(pdf.Dict{
				"Type": name("FontDescriptor"), "FontName": name("ABCDEF+Tinos"), "Flags": 4, "Ascent": 891, "Descent": -216,
				"CapHeight": 660, "StemV": 80, "ItalicAngle": 0, "FontBBox": pdf.Array{0, -216, 1000, 891},
			}),
		})},
	})
	image := w.Add(pdf.Deflate(pdf.Dict{
		"Type": name("XObject"), "Subtype": name("Image"), "Width": 2, "Height": 2,
		"ColorSpace": name("DeviceRGB"), "BitsPerComponent": 8,
	}, []byte("\xff\x00\x00\x00\xff\x00\x00\x00\xff\xff\xff\xff"), 6))

	var fields, annots pdf.Array
	widget := func(field string, rect pdf.Array, d pdf.Dict) {
		box := boxOf(rect)
		maps.Copy(d, pdf.Dict{
			"Type": name("Annot"), "Subtype": name("Widget"), "P": page1, "F": 4, "Rect": rect, "T": pdf.TextString(field),
			"StructParent": len(fields),
			"AP":           pdf.Dict{"N": w.Add(&pdf.Stream{Dict: pdf.Dict{"Type": name("XObject"), "Subtype": name("Form"), "BBox": box}})},
		})
		ref := w.Alloc()
		put(ref, field, d)
		fields, annots = append(fields, ref), append(annots, ref)
	}
	text := func(da string, q, flags int) pdf.Dict {
		return pdf.Dict{"FT": name("Tx"), "Ff": 1 | flags, "Q": q, "DA": pdf.String(da)}
	}
	widget("so", pdf.Array{100, 700, 280, 714.39}, text("/TNR 13 Tf 0 g", 0, 0))
	widget("ngay", pdf.Array{300, 700, 560, 714.39}, text("0 g /TNI 13 Tf", 1, 0))
	widget("luu_tru", pdf.Array{85, 20, 225, 62}, text("/TNR 8 Tf 0 g", 1, 1<<12))
	widget("ky_lanh_dao", pdf.Array{350, 300, 477, 357}, pdf.Dict{"FT": name("Sig")})
	widget("con_dau", pdf.Array{291, 278, 393, 380}, pdf.Dict{"FT": name("Sig"), "Lock": w.Add(pdf.Dict{
		"Type": name("SigFieldLock"), "Action": name("Include"), "Fields": pdf.Array{pdf.TextString("so"), pdf.TextString("ngay")},
	})})
	form := w.Alloc()
	put(form, "form", pdf.Dict{"Fields": fields, "SigFlags": 3, "DR": pdf.Dict{"Font": pdf.Dict{"TNR": font, "TNI": font}}})

	struct1, tree := w.Alloc(), w.Alloc()
	var forms, parents pdf.Array
	for i, a := range annots {
		element := w.Add(pdf.Dict{"Type": name("StructElem"), "S": name("Form"), "P": struct1, "K": pdf.Dict{"Type": name("OBJR"), "Obj": a, "Pg": page1}})
		forms, parents = append(forms, element), append(parents, i, element)
	}
	// As the renderer writes it: DSS looks at the parent tree first, and by
	// that way takes the change of a widget for form filling.
	w.Put(tree, pdf.Literal(fmt.Sprintf("<</Type/StructTreeRoot/ParentTree %v/ParentTreeNextKey %d/K %v>>", w.Add(pdf.Dict{"Nums": parents}), len(annots), struct1)))
	w.Put(struct1, pdf.Dict{"Type": name("StructElem"), "S": name("Document"), "P": tree, "K": forms})
	outline := w.Alloc()
	item := w.Add(pdf.Dict{"Title": pdf.TextString("Quyết định"), "Parent": outline, "Dest": pdf.Array{page1, name("Fit")}})
	w.Put(outline, pdf.Dict{"Type": name("Outlines"), "First": item, "Last": item, "Count": 1})

	page := func(r pdf.Ref, part, content string, annots pdf.Array) {
		resources := pdf.Dict{"Font": pdf.Dict{"F1": font}, "XObject": pdf.Dict{"Im1": image}}
		d := pdf.Dict{
			"Type": name("Page"), "Parent": pages, "MediaBox": pdf.Array{0, 0, 595, 842}, "Resources": resources,
			"Contents": w.Add(pdf.Deflate(pdf.Dict{}, []byte(content), 6)),
		}
		if annots != nil {
			d["Annots"] = annots
		}
		put(r, part, d)
	}
	page(page1, "page1", "BT /F1 14 Tf 100 600 Td <"+codes("Mức hưởng: 5.000.000 đồng")+"> Tj ET q 20 0 0 20 500 780 cm /Im1 Do Q", annots)
	page(page2, "page2", "BT /F1 14 Tf 100 600 Td <"+codes("Trang hai")+"> Tj ET", nil)
	w.Put(pages, pdf.Dict{"Type": name("Pages"), "Kids": pdf.Array{page1, page2}, "Count": 2})
	metadata := w.Add(&pdf.Stream{Dict: pdf.Dict{"Type": name("Metadata"), "Subtype": name("XML")}, Raw: []byte(xmp("Quyết định", "2026-11-23T08:00:00+07:00"))})
	put(catalog, "catalog", pdf.Dict{
		"Type": name("Catalog"), "Pages": pages, "AcroForm": form, "StructTreeRoot": tree, "Outlines": outline,
		"MarkInfo": pdf.Dict{"Marked": true}, "Lang": pdf.String("vi-VN"), "Metadata": metadata,
	})
	info := w.Add(pdf.Dict{"Title": pdf.TextString("Quyết định"), "CreationDate": pdf.Date(now), "ModDate": pdf.Date(now), "Producer": pdf.String("Antin")})
	out, err := w.Finish(pdf.Dict{"Root": catalog, "Info": info, "ID": pdf.Array{pdf.String("0123456789abcdef"), pdf.String("0123456789abcdef")}})
	must(err)
	return out
}

func xmp(title, date string) string {
	return `<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">` +
		`<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/"><dc:title><rdf:Alt><rdf:li xml:lang="x-default">` +
		title + `</rdf:li></rdf:Alt></dc:title><xmp:ModifyDate>` + date + `</xmp:ModifyDate></rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>`
}

// boxOf is the /BBox of an appearance in a rectangle.
func boxOf(rect pdf.Array) pdf.Array {
	round := func(f float64) float64 { return math.Round(f*100) / 100 }
	return pdf.Array{0, 0, round(float(rect[2]) - float(rect[0])), round(float(rect[3]) - float(rect[1]))}
}

func float(o pdf.Object) float64 {
	switch v := o.(type) {
	case int:
		return float64(v)
	case pdf.Integer:
		return float64(v)
	case pdf.Real:
		return float64(v)
	}
	return o.(float64)
}

func widths() pdf.Array {
	a := make(pdf.Array, len(alphabet)+1)
	for i := range a {
		a[i] = 500
	}
	return a
}

// codes is text as two-byte codes of the font, in hexadecimal.
func codes(s string) string {
	var b strings.Builder
	for _, r := range s {
		for i, a := range alphabet {
			if a == r {
				fmt.Fprintf(&b, "%04X", i+1)
			}
		}
	}
	return b.String()
}

func toUnicode() []byte {
	var b strings.Builder
	b.WriteString("/CIDInit /ProcSet findresource begin 12 dict begin begincmap\n/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n" +
		"1 begincodespacerange <0000> <FFFF> endcodespacerange\n1 beginbfrange\n<0001> <005F> <0020>\nendbfrange\n")
	rest := alphabet[95:]
	for len(rest) > 0 {
		n := min(100, len(rest))
		fmt.Fprintf(&b, "%d beginbfchar\n", n)
		for i, r := range rest[:n] {
			fmt.Fprintf(&b, "<%04X> <%04X>\n", len(alphabet)-len(rest)+i+1, utf16.Encode([]rune{r})[0])
		}
		b.WriteString("endbfchar\n")
		rest = rest[n:]
	}
	b.WriteString("endcmap end end\n")
	return []byte(b.String())
}

// fills are what the clerk enters.
var fills = []signer.Fill{
	{Field: "so", Value: "15/QĐ-TTDVVL"},
	{Field: "ngay", Value: "Hà Nội, ngày 23 tháng 11 năm 2026"},
}

var picture = sync.OnceValue(func() *signer.Picture {
	png, err := testpki.SignaturePNG("Nguyễn Vĩnh Nghĩa")
	must(err)
	p, err := signer.ParsePicture(png)
	must(err)
	return p
})

func certified(d []byte) []byte {
	out, err := signer.Certify(d, signer.Signature{Identity: pki().Leader, Field: "ky_lanh_dao", Name: "Nguyễn Vĩnh Nghĩa", Time: now, Picture: picture()})
	must(err)
	return out
}

func sealed(d []byte) []byte {
	out, err := signer.Seal(d, signer.Signature{Identity: pki().Seal, Field: "con_dau", Time: now.Add(time.Minute), Picture: picture()}, fills)
	must(err)
	return out
}

// issued is the whole document: revision 1, certified, numbered and sealed.
var issued = sync.OnceValue(func() []byte { return sealed(certified(draft(nil))) })

// check verifies and keeps the report for the failure message.
func check(t testing.TB, data []byte, opt verify.Options) *verify.Report {
	t.Helper()
	r, err := verify.Document(data, opt)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// open opens a file for changing.
func open(data []byte) *pdf.File {
	f, err := pdf.Open(data, pdf.Limits{})
	must(err)
	return f
}

func dump(r *verify.Report) string {
	b, err := r.JSON()
	must(err)
	return string(b)
}
