package mark_test

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"strings"
	"testing"

	"antin/internal/pdf"
	"antin/templates/mark"
)

// edited is a plain file with its catalog or first page changed by an update.
func edited(t testing.TB, change func(u *pdf.Update, catalog, page pdf.Dict)) []byte {
	t.Helper()
	f, err := pdf.Open(annex(t, 1, false), pdf.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	catalog, err := f.Catalog()
	if err != nil {
		t.Fatal(err)
	}
	pages, err := f.Pages()
	if err != nil {
		t.Fatal(err)
	}
	c, p := maps.Clone(catalog), maps.Clone(pages[0].Dict)
	u := pdf.NewUpdate(f)
	change(u, c, p)
	u.Set(f.Trailer()["Root"].(pdf.Ref), c)
	u.Set(pages[0].Ref, p)
	out, err := u.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestInspectRefuses: what acts, hides or lies elsewhere is refused with its code.
func TestInspectRefuses(t *testing.T) {
	plain := annex(t, 1, false)
	name := func(s string) pdf.Name { return pdf.Name(s) }
	annotate := func(d pdf.Dict) func(*pdf.Update, pdf.Dict, pdf.Dict) {
		return func(u *pdf.Update, _, p pdf.Dict) { p["Annots"] = pdf.Array{u.Add(d)} }
	}
	for what, c := range map[string]struct {
		data []byte
		code mark.Code
	}{
		"empty":       {nil, mark.NotPDF},
		"text":        {[]byte("Kính gửi"), mark.NotPDF},
		"cut off":     {plain[:len(plain)/2], mark.Malformed},
		"too large":   {make([]byte, mark.MaxBytes+1), mark.TooLarge},
		"old version": {append([]byte("%PDF-1.3"), plain[8:]...), mark.Version},
		"bytes first": {append([]byte("GIF89a\n"), plain...), mark.Malformed},
		"two files":   {append(bytes.Clone(plain), plain...), mark.Malformed},
		"script": {edited(t, func(u *pdf.Update, c, _ pdf.Dict) {
			c["OpenAction"] = u.Add(pdf.Dict{"S": name("JavaScript"), "JS": pdf.TextString("app.alert(1)")})
		}), mark.Active},
		"named scripts": {edited(t, func(_ *pdf.Update, c, _ pdf.Dict) {
			c["Names"] = pdf.Dict{"JavaScript": pdf.Dict{"Names": pdf.Array{}}}
		}), mark.Active},
		"launch":      {edited(t, annotate(pdf.Dict{"Subtype": name("Link"), "A": pdf.Dict{"S": name("Launch")}})), mark.Active},
		"page action": {edited(t, func(_ *pdf.Update, _, p pdf.Dict) { p["AA"] = pdf.Dict{} }), mark.Active},
		"attachment":  {edited(t, annotate(pdf.Dict{"Subtype": name("FileAttachment")})), mark.Attachment},
		"embedded": {edited(t, func(_ *pdf.Update, c, _ pdf.Dict) {
			c["Names"] = pdf.Dict{"EmbeddedFiles": pdf.Dict{}}
		}), mark.Attachment},
		"film":   {edited(t, annotate(pdf.Dict{"Subtype": name("Screen")})), mark.Attachment},
		"remote": {edited(t, annotate(pdf.Dict{"Subtype": name("Link"), "A": pdf.Dict{"S": name("GoToR")}})), mark.External},
		"outside": {edited(t, func(u *pdf.Update, _, p pdf.Dict) {
			p["Contents"] = u.Add(&pdf.Stream{Dict: pdf.Dict{"F": pdf.TextString("http://example.com/a")}})
		}), mark.External},
		"layers": {edited(t, func(_ *pdf.Update, c, _ pdf.Dict) {
			c["OCProperties"] = pdf.Dict{"OCGs": pdf.Array{}}
		}), mark.Layers},
		"no page size":   {edited(t, func(_ *pdf.Update, _, p pdf.Dict) { p["MediaBox"] = pdf.Array{1, 2, 3} }), mark.PageBox},
		"tiny page":      {edited(t, func(_ *pdf.Update, _, p pdf.Dict) { p["MediaBox"] = pdf.Array{0, 0, 10, 10} }), mark.PageBox},
		"turned by five": {edited(t, func(_ *pdf.Update, _, p pdf.Dict) { p["Rotate"] = 5 }), mark.PageBox},
	} {
		t.Run(what, func(t *testing.T) {
			_, err := mark.Inspect(c.data)
			var r *mark.RefusalError
			if !errors.As(err, &r) {
				t.Fatalf("got %v, want a refusal", err)
			}
			if r.Code != c.code && !(c.code == mark.Malformed && r.Code == mark.Odd) {
				t.Errorf("got %v, want %s", err, c.code)
			}
		})
	}
}

func TestInspectTakes(t *testing.T) {
	link := edited(t, func(u *pdf.Update, _, p pdf.Dict) {
		p["Annots"] = pdf.Array{u.Add(pdf.Dict{"Subtype": pdf.Name("Link"), "Rect": pdf.Array{0, 0, 9, 9}, "A": pdf.Dict{"S": pdf.Name("URI"), "URI": pdf.String("https://example.vn")}})}
	})
	for what, data := range map[string][]byte{"plain": annex(t, 3, true), "link": link, "space": append(annex(t, 1, false), "\r\n  \n"...)} {
		file, err := mark.Inspect(data)
		if err != nil || file.Version != "1.7" || file.Fields != 0 {
			t.Errorf("%s: %+v %v", what, file, err)
		}
		if _, err := mark.SignHere(data, place); err != nil {
			t.Errorf("%s: %v", what, err)
		}
	}
}

// FuzzInspect: no bytes make it panic, hang or fail with anything but a refusal;
// what is taken can be given a place to sign, and stays readable.
func FuzzInspect(f *testing.F) {
	f.Add(annex(f, 1, false))
	f.Add(annex(f, 2, true))
	f.Add([]byte("%PDF-1.4\n%%EOF"))
	for _, kids := range []string{"1 0 R", "3 0 R 3 0 R"} {
		f.Add(fmt.Appendf(nil, "%%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[%s]/Count 1>>endobj\n3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj\n%s", kids,
			"xref\n0 4\n0000000000 65535 f \n0000000009 00000 n \n0000000052 00000 n \n0000000100 00000 n \ntrailer<</Root 1 0 R/Size 4>>\nstartxref\n165\n%%EOF\n"))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		file, err := mark.Inspect(data)
		if err != nil {
			if !errors.As(err, new(*mark.RefusalError)) {
				t.Fatalf("not a refusal: %v", err)
			}
			return
		}
		if file.Fields > 0 {
			return
		}
		out, err := mark.SignHere(data, place)
		if err != nil {
			if !errors.As(err, new(*mark.RefusalError)) {
				t.Fatalf("not a refusal: %v", err)
			}
			return
		}
		if !bytes.HasPrefix(out, data) {
			t.Fatal("the file's bytes were changed")
		}
		if again, err := mark.Inspect(out); err != nil || again.Fields != 1 || again.Pages != file.Pages {
			t.Fatalf("after: %+v %v", again, err)
		}
	})
}

func TestRefusalError(t *testing.T) {
	_, err := mark.Inspect([]byte("x"))
	if err == nil || !strings.Contains(err.Error(), "not_pdf") || errors.Unwrap(err) == nil {
		t.Error(err)
	}
}
