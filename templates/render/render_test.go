package render_test

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"antin/fonts"
	"antin/internal/pdf"
	"antin/templates/layout"
	"antin/templates/layout/layouttest"
	"antin/templates/render"
)

func open(t testing.TB, data []byte) (*pdf.File, pdf.Dict) {
	t.Helper()
	f, err := pdf.Open(data, pdf.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	root, err := f.Catalog()
	if err != nil {
		t.Fatal(err)
	}
	return f, root
}

func TestSameInputSameBytes(t *testing.T) {
	doc := layouttest.Permit(photo())
	want, err := render.PDF(doc, render.Options{Now: frozen})
	if err != nil {
		t.Fatal(err)
	}
	var group sync.WaitGroup
	for range 16 {
		group.Go(func() {
			got, err := render.PDF(doc, render.Options{Now: frozen})
			if err != nil || !bytes.Equal(got, want) {
				t.Errorf("another file: %v", err)
			}
		})
	}
	group.Wait()
	later, err := render.PDF(doc, render.Options{Now: frozen.Add(1e9)})
	if err != nil || bytes.Equal(later, want) {
		t.Errorf("the same file a second later: %v", err)
	}
}

// TestFields reads the form back with the reader that the signer uses.
func TestFields(t *testing.T) {
	_, data := write(t, layouttest.Permit(photo()))
	f, root := open(t, data)
	if n := len(f.Revisions()); n != 1 || f.Version() != "1.7" {
		t.Errorf("%d revisions of PDF %s", n, f.Version())
	}
	list, err := f.Fields()
	if err != nil {
		t.Fatal(err)
	}
	form, err := f.Dict(root["AcroForm"])
	if err != nil {
		t.Fatal(err)
	}
	if form["NeedAppearances"] != nil || form["SigFlags"] != pdf.Integer(3) {
		t.Errorf("form %v", form)
	}
	resources, err := f.Dict(form["DR"])
	if err != nil {
		t.Fatal(err)
	}
	named, err := f.Dict(resources["Font"])
	if err != nil || named["TNR"] == nil || named["TNI"] == nil {
		t.Errorf("fonts of the form: %v, %v", named, err)
	}
	var names []string
	for _, fd := range list {
		names = append(names, fd.Name)
		d := fd.Dict
		if len(fd.Widgets) != 1 || fd.Widgets[0].Dict["F"] != pdf.Integer(4) || d["TU"] == nil || fd.Widgets[0].Dict["StructParent"] == nil {
			t.Errorf("%s: %v", fd.Name, fd.Widgets)
		}
		ap, err := f.Dict(fd.Widgets[0].Dict["AP"])
		if err != nil {
			t.Fatal(err)
		}
		if s, err := f.Stream(ap["N"]); err != nil || len(s.Raw) != 0 {
			t.Errorf("%s: appearance %v, %v", fd.Name, s, err)
		}
		switch fd.Name {
		case "con_dau":
			lock, err := f.Dict(d["Lock"])
			if _, indirect := d["Lock"].(pdf.Ref); !indirect || err != nil {
				t.Fatalf("lock %v: %v", d["Lock"], err)
			}
			locked := fmt.Sprintf("%s", lock["Fields"])
			if lock["Action"] != pdf.Name("Include") || locked != "[so so_2 ngay]" {
				t.Errorf("lock %v %s", lock, locked)
			}
		case "so", "so_2", "ngay", "luu_tru":
			want := map[string]string{"so": "/TNR 14 Tf 0 g", "so_2": "/TNR 13 Tf 0 g", "ngay": "/TNI 13 Tf 0 g", "luu_tru": "/TNR 8 Tf 0 g"}[fd.Name]
			flags := pdf.Integer(1)
			if fd.Name == "luu_tru" {
				flags |= 1 << 12
			}
			if da, _ := d["DA"].(pdf.String); string(da) != want || d["FT"] != pdf.Name("Tx") || d["Ff"] != flags {
				t.Errorf("%s: DA %q, FT %v, Ff %v", fd.Name, da, d["FT"], d["Ff"])
			}
		}
	}
	slices.Sort(names)
	if got := strings.Join(names, " "); got != "con_dau ky_lanh_dao luu_tru ngay so so_2" {
		t.Errorf("fields %s", got)
	}
}

// TestTags walks the structure tree: every kid's parent is right, marked
// content and widgets lead back to their elements through the parent tree.
func TestTags(t *testing.T) {
	_, data := write(t, layouttest.Decision())
	f, root := open(t, data)
	tree, err := f.Dict(root["StructTreeRoot"])
	if err != nil {
		t.Fatal(err)
	}
	parents, err := f.Dict(tree["ParentTree"])
	if err != nil {
		t.Fatal(err)
	}
	nums, err := f.Array(parents["Nums"])
	if err != nil {
		t.Fatal(err)
	}
	owner := map[pdf.Integer]pdf.Object{}
	for i := 0; i+1 < len(nums); i += 2 {
		owner[nums[i].(pdf.Integer)] = nums[i+1]
	}
	pages, err := f.Pages()
	if err != nil {
		t.Fatal(err)
	}
	pageIndex := map[pdf.Ref]pdf.Integer{}
	for i, p := range pages {
		pageIndex[p.Ref] = pdf.Integer(i)
	}
	kinds := map[pdf.Name]int{}
	objects := 0
	var walk func(r pdf.Ref, parent pdf.Object)
	walk = func(r pdf.Ref, parent pdf.Object) {
		e, err := f.Dict(r)
		if err != nil {
			t.Fatal(err)
		}
		if e["P"] != parent {
			t.Errorf("element %v has parent %v, want %v", r, e["P"], parent)
		}
		kinds[e["S"].(pdf.Name)]++
		if e["K"] == nil {
			return
		}
		kids, ok := e["K"].(pdf.Array)
		if !ok {
			kids = pdf.Array{e["K"]} // a single kid may stand without an array
		}
		page, _ := e["Pg"].(pdf.Ref)
		mcid := func(page pdf.Ref, n pdf.Integer) {
			list, err := f.Array(owner[pageIndex[page]])
			if err != nil || list[n] != r {
				t.Errorf("content %d of page %v belongs to %v, want %v", n, page, list, r)
			}
		}
		for _, k := range kids {
			switch k := k.(type) {
			case pdf.Ref:
				walk(k, r)
			case pdf.Integer:
				mcid(page, k)
			case pdf.Dict:
				if k["Type"] == pdf.Name("MCR") {
					mcid(k["Pg"].(pdf.Ref), k["MCID"].(pdf.Integer))
					continue
				}
				objects++
				w, err := f.Dict(k["Obj"])
				if err != nil || owner[w["StructParent"].(pdf.Integer)] != r {
					t.Errorf("widget %v: %v", w, err)
				}
			}
		}
	}
	walk(tree["K"].(pdf.Ref), root["StructTreeRoot"])
	if objects != 5 || kinds["H1"] != 2 || kinds["H2"] != 3 || kinds["Table"] != 1 || kinds["TR"] != 14 || kinds["TH"] != 6 || kinds["Form"] != 5 {
		t.Errorf("%d widgets, kinds %v", objects, kinds)
	}
	if root["Lang"] == nil || root["MarkInfo"] == nil || root["OutputIntents"] == nil {
		t.Errorf("catalog %v", root)
	}
}

func TestMetadataAgrees(t *testing.T) {
	doc := layouttest.Decision()
	doc.Title = "Quyết định <số> & \"ký hiệu\" (thử)"
	_, data := write(t, doc)
	f, root := open(t, data)
	s, err := f.Stream(root["Metadata"])
	if err != nil {
		t.Fatal(err)
	}
	info, err := f.Dict(f.Trailer()["Info"])
	if err != nil {
		t.Fatal(err)
	}
	if _, indirect := f.Trailer()["Info"].(pdf.Ref); !indirect {
		t.Error("Info is direct")
	}
	for key, want := range map[pdf.Name]string{"Title": doc.Title, "Author": doc.Author, "Subject": doc.Subject} {
		got, _ := info[key].(pdf.String)
		if pdf.TextOf(got) != want {
			t.Errorf("%s: %q", key, pdf.TextOf(got))
		}
	}
	xmp := string(s.Raw)
	for _, want := range []string{"<rdf:li xml:lang=\"x-default\">Quyết định &lt;số&gt; &amp; ", "2026-01-05T09:30:00+07:00", doc.Author, "<pdfaid:part>2"} {
		if !strings.Contains(xmp, want) {
			t.Errorf("XMP lacks %q", want)
		}
	}
}

// TestNothingOutsideTags: every drawing operator of a page stands inside a
// marked-content sequence that is an element's or an artifact.
func TestNothingOutsideTags(t *testing.T) {
	for name, doc := range documents {
		data, err := render.PDF(doc(), render.Options{Now: frozen, Uncompressed: true})
		if err != nil {
			t.Fatal(err)
		}
		f, _ := open(t, data)
		pages, err := f.Pages()
		if err != nil {
			t.Fatal(err)
		}
		for i, p := range pages {
			s, err := f.Stream(p.Dict["Contents"])
			if err != nil {
				t.Fatal(err)
			}
			// Strings hold any byte; take them out before looking for words.
			ops := regexp.MustCompile(`(?s)\((?:\\.|[^\\)])*\)`).ReplaceAllString(string(s.Raw), "")
			depth := 0
			for word := range strings.FieldsFuncSeq(ops, func(r rune) bool { return strings.ContainsRune(" \n[]<>", r) }) {
				switch word {
				case "BDC", "BMC":
					depth++
				case "EMC":
					depth--
				case "TJ", "S", "f", "Do", "re":
					if depth == 0 {
						t.Errorf("%s page %d: %s outside marked content", name, i+1, word)
					}
				}
			}
			if depth != 0 {
				t.Errorf("%s page %d: %d sequences left open", name, i+1, depth)
			}
		}
	}
}

func TestOnlyFacesUsed(t *testing.T) {
	doc := &layout.Document{Title: "Thử", Sections: []layout.Section{{Page: layout.StandardPage(), Blocks: []layout.Block{
		&layout.Paragraph{Runs: []layout.Run{{Text: "Chỉ chữ đứng.", Size: 14}}},
	}}}}
	_, data := write(t, doc)
	for s := range fonts.Style(fonts.Count) {
		name := []byte("+" + fonts.Get(s).PostScriptName() + "/")
		if got := bytes.Contains(data, name); got != (s == fonts.Regular) {
			t.Errorf("%s: embedded %v", name, got)
		}
	}
}

func TestBadFields(t *testing.T) {
	for name, f := range map[string][]layout.Block{
		"no label": {&layout.Field{Name: "so"}},
		"twice":    {&layout.Field{Name: "so", Label: "Số"}, &layout.Field{Name: "so", Label: "Số"}},
	} {
		_, err := render.PDF(&layout.Document{Sections: []layout.Section{{Page: layout.StandardPage(), Blocks: f}}}, render.Options{Now: frozen})
		if bad := (*render.FieldError)(nil); !errors.As(err, &bad) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := render.PDF(&layout.Document{}, render.Options{}); err == nil {
		t.Error("a document without sections was rendered")
	}
}

func TestPictures(t *testing.T) {
	grey := encode(image.NewGray(image.Rect(0, 0, 40, 60)))
	cmyk := bytes.Clone(photo())
	at := bytes.Index(cmyk, []byte{0xFF, 0xC0})
	cmyk[at+9] = 4
	good := photo()
	for name, c := range map[string]struct {
		data []byte
		want string
	}{
		"colour": {good, ""}, "grey": {grey, ""}, "cmyk": {cmyk, "CMYK"}, "empty": {nil, "not a JPEG"},
		"png": {[]byte("\x89PNG\r\n\x1a\n----------------"), "not a JPEG"}, "cut": {good[:30], "JPEG"},
		"no frame": {[]byte{0xFF, 0xD8, 0xFF, 0xD9, 0, 2}, "frame header"},
	} {
		_, err := render.PDF(layouttest.Permit(c.data), render.Options{Now: frozen})
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
