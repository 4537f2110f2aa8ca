package verify

import "antin/internal/pdf"

// active warns of content that runs or that lies outside the file, because
// then the same signed bytes can show different things.
func (v *verifier) active() {
	f := v.file
	catalog, err := f.Catalog()
	if err != nil {
		return
	}
	code := ""
	if form, err := f.Dict(catalog["AcroForm"]); err == nil && form["XFA"] != nil {
		code = "xfa"
	}
	if names, err := f.Dict(catalog["Names"]); err == nil && names["JavaScript"] != nil {
		code = "javascript"
	}
	for _, o := range []pdf.Object{catalog["OpenAction"], catalog["AA"]} {
		d, isDict := o.(pdf.Dict)
		if r, ok := o.(pdf.Ref); ok {
			if v, err := f.Resolve(r); err == nil {
				d, isDict = v.(pdf.Dict)
			}
		}
		if !isDict {
			continue
		}
		switch s, _ := f.NameOf(d["S"]); s {
		case "JavaScript":
			code = "javascript"
		case "GoTo", "":
			if s == "" {
				code = "action"
			}
		default:
			code = "action"
		}
	}
	if code == "" {
		v.note(finding{check: "active", code: "none", status: Passed})
		return
	}
	v.note(finding{check: "active", code: code, status: Warning})
}

// pageNumber is the 1-based number of a page, 0 when it is none.
func (v *verifier) pageNumber(r pdf.Ref) int {
	if v.pages == nil {
		v.pages = map[pdf.Ref]int{}
		list, err := v.file.Pages()
		if err != nil {
			return 0
		}
		for i, p := range list {
			v.pages[p.Ref] = i + 1
		}
	}
	return v.pages[r]
}
