package verify_test

import (
	"bytes"
	"fmt"
	"slices"

	"antin/internal/pdf"
	"antin/signer"
	"antin/signer/verify"
)

// Attacks by further revisions: incremental saving, shadow attacks ("Shadow
// Attacks", Mladenov et al., 2021), evil annotations and sneaky signatures
// ("Attacks on PDF Certification", 2021).

func attacksByRevision() []sample {
	change := func(name, code string, make func() []byte) sample {
		return sample{name: name, make: make, indication: verify.TotalFailed, sub: verify.FormatFailure, check: "changes", code: code}
	}
	after := func(of func(*pdf.File) pdf.Ref, do func(d pdf.Dict, u *pdf.Update)) func() []byte {
		return func() []byte { return edit(issued(), of, do) }
	}
	set := func(k pdf.Name, v pdf.Object) func(d pdf.Dict, u *pdf.Update) {
		return func(d pdf.Dict, _ *pdf.Update) { d[k] = v }
	}
	script := pdf.Dict{"S": name("JavaScript"), "JS": pdf.String("app.alert(1)")}
	return []sample{
		// incremental saving
		change("page-content-overwritten", "page_contents_changed", func() []byte {
			return crooked(issued(), revision{objects: []string{fakeContent()}})
		}),
		change("page-content-replaced-by-reference", "page_contents_changed", after(ofPage(0), func(d pdf.Dict, u *pdf.Update) {
			d["Contents"] = u.Add(&pdf.Stream{Dict: pdf.Dict{}, Raw: []byte(pageText("Mức hưởng: 9.000.000 đồng"))})
		})),
		change("page-content-appended", "page_contents_changed", after(ofPage(0), func(d pdf.Dict, u *pdf.Update) {
			d["Contents"] = pdf.Array{d["Contents"], u.Add(&pdf.Stream{Dict: pdf.Dict{}, Raw: []byte("1 g 0 0 595 842 re f")})}
		})),
		change("page-added", "page_tree_changed", func() []byte {
			return update(issued(), func(f *pdf.File, u *pdf.Update) {
				pages := dictAt(f, root(f))["Pages"].(pdf.Ref)
				d := dictAt(f, pages)
				d["Kids"] = append(slices.Clone(d["Kids"].(pdf.Array)), u.Add(pdf.Dict{"Type": name("Page"), "Parent": pages, "MediaBox": pdf.Array{0, 0, 595, 842}}))
				d["Count"] = 3
				u.Set(pages, d)
			})
		}),
		change("page-removed", "page_tree_changed", func() []byte {
			return update(issued(), func(f *pdf.File, u *pdf.Update) {
				pages := dictAt(f, root(f))["Pages"].(pdf.Ref)
				d := dictAt(f, pages)
				d["Kids"], d["Count"] = d["Kids"].(pdf.Array)[:1], 1
				u.Set(pages, d)
			})
		}),
		change("pages-in-another-order", "page_tree_changed", func() []byte {
			return update(issued(), func(f *pdf.File, u *pdf.Update) {
				pages := dictAt(f, root(f))["Pages"].(pdf.Ref)
				d := dictAt(f, pages)
				kids := d["Kids"].(pdf.Array)
				d["Kids"] = pdf.Array{kids[1], kids[0]}
				u.Set(pages, d)
			})
		}),
		change("page-turned", "page_added", after(ofPage(0), set("Rotate", 180))),
		change("page-cropped", "page_added", after(ofPage(0), set("CropBox", pdf.Array{0, 0, 595, 500}))),
		change("media-box-moved", "page_changed", after(ofPage(0), set("MediaBox", pdf.Array{0, 200, 595, 842}))),
		change("page-action", "action_added", after(ofPage(0), set("AA", pdf.Dict{"O": script}))),
		change("font-swapped", "font_changed", after(ofPage(0), func(d pdf.Dict, u *pdf.Update) {
			res := deep(d["Resources"]).(pdf.Dict)
			res["Font"].(pdf.Dict)["F1"] = u.Add(pdf.Dict{"Type": name("Font"), "Subtype": name("Type1"), "BaseFont": name("ZapfDingbats")})
			d["Resources"] = res
		})),
		change("font-overwritten", "font_changed", after(ofFont, set("BaseFont", name("Evil")))),
		change("character-map-overwritten", "font_changed", func() []byte {
			return update(issued(), func(f *pdf.File, u *pdf.Update) {
				u.Set(dictAt(f, ofFont(f))["ToUnicode"].(pdf.Ref), pdf.Deflate(pdf.Dict{}, bytes.ReplaceAll(toUnicode(), []byte("<0020>"), []byte("<0021>")), 6))
			})
		}),
		change("picture-overwritten", "picture_changed", func() []byte {
			return update(issued(), func(f *pdf.File, u *pdf.Update) {
				s, err := f.Stream(imageRef(f))
				must(err)
				u.Set(imageRef(f), pdf.Deflate(s.Dict, make([]byte, 12), 6))
			})
		}),
		change("open-action", "action_added", after(root, set("OpenAction", script))),
		change("catalog-action", "action_added", after(root, set("AA", pdf.Dict{"WC": script}))),
		change("script-by-name", "names_added", after(root, set("Names", pdf.Dict{"JavaScript": pdf.Dict{"Names": pdf.Array{pdf.String("a"), script}}}))),
		change("file-attached", "names_added", after(root, func(d pdf.Dict, u *pdf.Update) {
			file := u.Add(&pdf.Stream{Dict: pdf.Dict{"Type": name("EmbeddedFile")}, Raw: []byte("x")})
			d["Names"] = pdf.Dict{"EmbeddedFiles": pdf.Dict{"Names": pdf.Array{pdf.String("a"), pdf.Dict{"Type": name("Filespec"), "F": pdf.String("a"), "EF": pdf.Dict{"F": file}}}}}
		})),
		change("other-pages-in-the-catalog", "page_tree_changed", after(root, func(d pdf.Dict, u *pdf.Update) {
			page := u.Add(pdf.Dict{"Type": name("Page"), "MediaBox": pdf.Array{0, 0, 595, 842}})
			d["Pages"] = u.Add(pdf.Dict{"Type": name("Pages"), "Kids": pdf.Array{page}, "Count": 1})
		})),
		change("other-catalog", "page_tree_changed", func() []byte {
			return crooked(issued(), revision{root: "900 0 R", objects: []string{
				"900 0 obj\n<</Type/Catalog/Pages 901 0 R/AcroForm " + ofForm(open(issued())).String() + ">>\nendobj",
				"901 0 obj\n<</Type/Pages/Kids[902 0 R]/Count 1>>\nendobj",
				"902 0 obj\n<</Type/Page/Parent 901 0 R/MediaBox[0 0 595 842]>>\nendobj",
			}})
		}),
		change("layers-added", "layers_added", after(root, set("OCProperties", pdf.Dict{"OCGs": pdf.Array{}, "D": pdf.Dict{}}))),
		change("structure-removed", "structure_removed", after(root, set("StructTreeRoot", nil))),
		change("outline-overwritten", "outlines_changed", func() []byte {
			return update(issued(), func(f *pdf.File, u *pdf.Update) {
				first := dictAt(f, dictAt(f, root(f))["Outlines"].(pdf.Ref))["First"].(pdf.Ref)
				d := dictAt(f, first)
				d["Title"] = pdf.TextString("Khác")
				u.Set(first, d)
			})
		}),
		change("title-changed", "info_changed", func() []byte {
			return edit(issued(), func(f *pdf.File) pdf.Ref { return f.Trailer()["Info"].(pdf.Ref) }, set("Title", pdf.TextString("Khác")))
		}),
		change("metadata-title-changed", "metadata_changed", func() []byte {
			return update(issued(), func(f *pdf.File, u *pdf.Update) {
				meta := dictAt(f, root(f))["Metadata"].(pdf.Ref)
				s, err := f.Stream(meta)
				must(err)
				u.Set(meta, &pdf.Stream{Dict: s.Dict, Raw: []byte(xmp("Khác", "2026-11-23T09:00:00+07:00"))})
			})
		}),
		change("identifier-changed", "trailer_id", func() []byte {
			out := crooked(issued(), revision{objects: []string{"800 0 obj\nnull\nendobj"}})
			return splice(out, string(pdf.Append(nil, pdf.String("0123456789abcdef"))), string(pdf.Append(nil, pdf.String("9999999999999999"))))
		}),
		change("store-holds-other-things", "store_malformed", after(root, func(d pdf.Dict, u *pdf.Update) {
			d["DSS"] = pdf.Dict{"Type": name("DSS"), "Fonts": pdf.Array{}}
		})),
		change("permissions-removed", "perms_removed", after(root, set("Perms", nil))),

		// the form
		change("number-changed-after-the-seal", "field_locked", func() []byte { return fillText(issued(), "so", "99/QĐ-TTDVVL", "99/QĐ-TTDVVL") }),
		change("date-changed-after-the-seal", "field_locked", func() []byte { return fillText(issued(), "ngay", "Hà Nội", "Hà Nội") }),
		change("number-emptied", "field_locked", after(ofField("so"), set("V", nil))),
		change("number-shown-otherwise", "appearance_changed", after(ofField("so"), func(d pdf.Dict, u *pdf.Update) {
			d["AP"] = pdf.Dict{"N": appearanceOf(u, "99/QĐ-TTDVVL")}
		})),
		change("appearance-overwritten", "appearance_changed", func() []byte {
			return update(issued(), func(f *pdf.File, u *pdf.Update) {
				n := find(f, "so").Dict["AP"].(pdf.Dict)["N"].(pdf.Ref)
				s, err := f.Stream(n)
				must(err)
				u.Set(n, &pdf.Stream{Dict: s.Dict, Raw: []byte("BT ET")})
			})
		}),
		change("stamp-shows-other-text", "appearance_differs", func() []byte { return fillText(issued(), "luu_tru", "LƯU TRỮ", "99/QĐ-TTDVVL") }),
		change("stamp-draws-a-picture", "appearance_draws", after(ofField("luu_tru"), func(d pdf.Dict, u *pdf.Update) {
			d["V"] = pdf.TextString("LƯU TRỮ")
			d["AP"] = pdf.Dict{"N": u.Add(&pdf.Stream{Raw: []byte("/Im Do"), Dict: pdf.Dict{
				"Subtype": name("Form"), "BBox": pdf.Array{0, 0, 140, 42},
				"Resources": pdf.Dict{"XObject": pdf.Dict{"Im": imageRef(open(issued()))}},
			}})}
		})),
		change("stamp-text-invisible", "appearance_draws", after(ofField("luu_tru"), func(d pdf.Dict, u *pdf.Update) {
			d["V"] = pdf.TextString("A")
			d["AP"] = pdf.Dict{"N": u.Add(&pdf.Stream{Raw: []byte("BT /TNR 8 Tf 3 Tr <" + codes("A") + "> Tj ET"), Dict: pdf.Dict{
				"Subtype": name("Form"),
				"BBox":    pdf.Array{0, 0, 140, 42}, "Resources": pdf.Dict{"Font": pdf.Dict{"TNR": fontRef}},
			}})}
		})),
		change("field-moved", "field_changed", after(ofField("so"), set("Rect", pdf.Array{100, 600, 280, 614}))),
		change("stamp-field-enlarged", "field_changed", func() []byte {
			return edit(lateStamp(issued()), ofField("luu_tru"), set("Rect", pdf.Array{0, 0, 595, 842}))
		}),
		change("field-hidden", "field_changed", after(ofField("so"), set("F", 2))),
		change("field-renamed", "field_changed", after(ofField("so"), set("T", pdf.TextString("so_khac")))),
		change("field-look-changed", "field_changed", after(ofField("luu_tru"), set("DA", pdf.String("/TNR 8 Tf 1 g")))),
		change("field-action", "action_added", after(ofField("so"), set("AA", pdf.Dict{"F": script}))),
		change("field-added", "form_field_added", func() []byte {
			return update(issued(), func(f *pdf.File, u *pdf.Update) {
				page := pageRef(f, 0)
				field := u.Add(pdf.Dict{
					"Type": name("Annot"), "Subtype": name("Widget"), "FT": name("Tx"), "T": pdf.TextString("moi"), "P": page, "F": 4,
					"Rect": pdf.Array{100, 590, 400, 620}, "V": pdf.String("9"), "AP": pdf.Dict{"N": appearanceOf(u, "9")},
				})
				form, p := dictAt(f, ofForm(f)), dictAt(f, page)
				form["Fields"] = append(slices.Clone(form["Fields"].(pdf.Array)), field)
				p["Annots"] = append(slices.Clone(p["Annots"].(pdf.Array)), field)
				u.Set(ofForm(f), form)
				u.Set(page, p)
			})
		}),
		change("field-removed", "form_field_removed", after(ofForm, func(d pdf.Dict, _ *pdf.Update) { d["Fields"] = d["Fields"].(pdf.Array)[1:] })),
		change("form-removed", "form_removed", after(root, set("AcroForm", nil))),
		change("appearances-to-be-made-anew", "form_added", after(ofForm, set("NeedAppearances", true))),
		change("xfa-added", "form_added", after(ofForm, set("XFA", pdf.Array{}))),
		change("calculation-added", "form_added", after(ofForm, set("CO", pdf.Array{}))),
		change("form-font-replaced", "font_changed", after(ofForm, func(d pdf.Dict, u *pdf.Update) {
			dr := deep(d["DR"]).(pdf.Dict)
			dr["Font"].(pdf.Dict)["TNR"] = u.Add(pdf.Dict{"Type": name("Font"), "Subtype": name("Type1"), "BaseFont": name("Symbol")})
			d["DR"] = dr
		})),
		change("lock-lifted", "field_removed", after(ofField("con_dau"), set("Lock", nil))),
		change("lock-overwritten", "field_changed", func() []byte {
			return edit(issued(), func(f *pdf.File) pdf.Ref { return find(f, "con_dau").Dict["Lock"].(pdf.Ref) }, set("Fields", pdf.Array{}))
		}),

		// signatures
		change("signature-taken-off", "signature_removed", after(ofField("con_dau"), set("V", nil))),
		change("first-signature-taken-off", "signature_removed", after(ofField("ky_lanh_dao"), set("V", nil))),
		change("signature-exchanged", "signature_replaced", func() []byte {
			return signRaw(issued(), rawSignature{field: "con_dau", cms: by(employer())})
		}),
		{name: "signature-dictionary-overwritten", indication: verify.TotalFailed, sub: verify.FormatFailure, check: "dictionary", code: "replaced", make: func() []byte {
			return edit(issued(), func(f *pdf.File) pdf.Ref { return find(f, "con_dau").Dict["V"].(pdf.Ref) }, set("Name", pdf.TextString("Người khác")))
		}},
		change("seal-picture-swapped", "appearance_changed", after(ofField("con_dau"), func(d pdf.Dict, u *pdf.Update) {
			d["AP"] = pdf.Dict{"N": appearanceOf(u, "DẤU KHÁC")}
		})),

		// evil annotations
		change("free-text-over-the-page", "annotation_added", after(ofPage(0), func(d pdf.Dict, u *pdf.Update) {
			addAnnotation(d, u, pdf.Dict{"Subtype": name("FreeText"), "Contents": pdf.TextString("9.000.000"), "DA": pdf.String("/Helv 12 Tf 0 g")})
		})),
		change("stamp-annotation", "annotation_added", after(ofPage(0), func(d pdf.Dict, u *pdf.Update) {
			addAnnotation(d, u, pdf.Dict{"Subtype": name("Stamp"), "AP": pdf.Dict{"N": appearanceOf(u, "9.000.000")}})
		})),
		change("link-over-the-page", "annotation_added", after(ofPage(0), func(d pdf.Dict, u *pdf.Update) {
			addAnnotation(d, u, pdf.Dict{"Subtype": name("Link"), "A": pdf.Dict{"S": name("URI"), "URI": pdf.String("https://example.org")}})
		})),
		change("note-on-a-document-certified-for-filling", "annotation_added", after(ofPage(0), func(d pdf.Dict, u *pdf.Update) {
			addAnnotation(d, u, pdf.Dict{"Subtype": name("Text"), "Contents": pdf.String("x")})
		})),
		change("evil-annotation-on-p3", "annotation_added", func() []byte {
			return edit(certifiedRaw(3), ofPage(0), func(d pdf.Dict, u *pdf.Update) {
				addAnnotation(d, u, pdf.Dict{"Subtype": name("FreeText"), "AP": pdf.Dict{"N": appearanceOf(u, "9.000.000")}})
			})
		}),
		change("evil-highlight-on-p3", "annotation_added", func() []byte {
			return edit(certifiedRaw(3), ofPage(0), func(d pdf.Dict, u *pdf.Update) {
				addAnnotation(d, u, pdf.Dict{"Subtype": name("Highlight"), "AP": pdf.Dict{"N": appearanceOf(u, "9.000.000")}})
			})
		}),
		change("annotation-removed", "annotation_removed", after(ofPage(0), func(d pdf.Dict, _ *pdf.Update) { d["Annots"] = d["Annots"].(pdf.Array)[1:] })),
		change("widget-outside-the-form", "widget_added", after(ofPage(0), func(d pdf.Dict, u *pdf.Update) {
			addAnnotation(d, u, pdf.Dict{"Subtype": name("Widget"), "AP": pdf.Dict{"N": appearanceOf(u, "9.000.000")}})
		})),

		// sneaky signatures
		change("visible-signature-on-certified", "certified_new_signature", func() []byte { return party(issued(), "la", 80, employer()) }),
		{name: "invisible-signature-of-a-stranger", indication: verify.Indeterminate, sub: verify.NoCertificateChainFound, check: "chain", code: "forged_certificate", make: func() []byte {
			return addSigned(issued(), nil, rawSignature{field: "la", cms: by(stranger().Leader)})
		}},
		change("later-signature-covers-a-field", "signature_covers", func() []byte {
			a := signRaw(contractWithFields(), rawSignature{field: "ben_a", cms: by(employer())})
			return addSigned(a, pdf.Array{100, 695, 280, 720}, rawSignature{field: "la", cms: by(employee())})
		}),
		change("later-signature-covers-the-page", "signature_covers", func() []byte {
			return addSigned(party(contract(nil), "a", 80, employer()), pdf.Array{0, 200, 595, 842}, rawSignature{field: "la", cms: by(employee())})
		}),
		change("signing-after-p1", "certified_no_changes", func() []byte {
			return signRaw(certifiedRaw(1), rawSignature{field: "ben_b", cms: by(employee())})
		}),
		change("filling-after-p1", "certified_no_changes", func() []byte { return fillText(certifiedRaw(1), "ghi_chu", "a", "a") }),
		change("stamp-after-everything-was-locked", "field_locked", func() []byte {
			d := draft(func(part string, d pdf.Dict, w *pdf.Writer) {
				if part == "con_dau" {
					d["Lock"] = pdf.Dict{"Type": name("SigFieldLock"), "Action": name("All")}
				}
			})
			return lateStamp(sealed(certified(d)))
		}),

		// shadow attacks
		change("shadow-hide", "picture_removed", func() []byte {
			// a prepared picture over the text is taken away
			return update(issued(), func(f *pdf.File, u *pdf.Update) { u.Set(imageRef(f), nil) })
		}),
		change("shadow-hide-dangling", "picture_added", func() []byte {
			d := sealed(certified(draft(func(part string, d pdf.Dict, _ *pdf.Writer) {
				if part == "page1" {
					d["Resources"].(pdf.Dict)["XObject"].(pdf.Dict)["Im2"] = pdf.Ref{Num: 800}
				}
			})))
			return crooked(d, revision{objects: []string{streamText(800, "/Type/XObject/Subtype/Form/BBox[0 0 595 842]", "1 g 0 0 595 842 re f")}})
		}),
		change("shadow-replace-field-value", "appearance_changed", func() []byte {
			// the prepared stamp shows one text and holds another; later the
			// picture is brought in line with the value
			d := sealed(certified(draft(func(part string, d pdf.Dict, _ *pdf.Writer) {
				if part == "luu_tru" {
					d["V"] = pdf.TextString("9.000.000")
				}
			})))
			return edit(d, ofField("luu_tru"), func(d pdf.Dict, u *pdf.Update) { d["AP"] = pdf.Dict{"N": appearanceOf(u, "1.000.000")} })
		}),
		change("shadow-replace-font-program", "font_added", func() []byte {
			return update(issued(), func(f *pdf.File, u *pdf.Update) {
				kids := dictAt(f, ofFont(f))["DescendantFonts"].(pdf.Array)
				d := dictAt(f, dictAt(f, kids[0].(pdf.Ref))["FontDescriptor"].(pdf.Ref))
				d["FontFile2"] = u.Add(&pdf.Stream{Dict: pdf.Dict{}, Raw: []byte("evil")})
				u.Set(dictAt(f, kids[0].(pdf.Ref))["FontDescriptor"].(pdf.Ref), d)
			})
		}),
		change("object-of-two-roles", "picture_changed", twoRoles),
		change("object-stream-replaces-content", "page_contents_changed", compressedOverwrite),
		change("unused-object-overwritten", "unused_object_changed", func() []byte {
			d := sealed(certified(draft(func(part string, d pdf.Dict, w *pdf.Writer) {
				if part == "page1" {
					w.Add(pdf.Dict{"Prepared": true})
				}
			})))
			f := open(d)
			for _, e := range f.Revisions()[0].Entries {
				if o, err := f.Get(e.Ref()); err == nil {
					if dict, ok := o.(pdf.Dict); ok && dict["Prepared"] != nil {
						return crooked(d, revision{objects: []string{fmt.Sprintf("%d 0 obj\n<</Prepared false>>\nendobj", e.Num)}})
					}
				}
			}
			return d
		}),
	}
}

func imageRef(f *pdf.File) pdf.Ref {
	res, err := f.Dict(dictAt(f, pageRef(f, 0))["Resources"])
	must(err)
	x, err := f.Dict(res["XObject"])
	must(err)
	return x["Im1"].(pdf.Ref)
}

// twoRoles is a document whose archive stamp field shows an appearance that
// the page draws as well: filling the field would change the page.
func twoRoles() []byte {
	var shared pdf.Ref
	d := draft(func(part string, d pdf.Dict, w *pdf.Writer) {
		switch part {
		case "luu_tru":
			shared = d["AP"].(pdf.Dict)["N"].(pdf.Ref)
		case "page1":
			d["Resources"].(pdf.Dict)["XObject"].(pdf.Dict)["Im2"] = shared
		}
	})
	data := sealed(certified(d))
	return update(data, func(f *pdf.File, u *pdf.Update) {
		fd := find(f, "luu_tru")
		x := dictAt(f, fd.Ref)
		x["V"] = pdf.TextString("A")
		u.Set(fd.Ref, x)
		n := x["AP"].(pdf.Dict)["N"].(pdf.Ref)
		s, err := f.Stream(n)
		must(err)
		next := deep(s.Dict).(pdf.Dict)
		next["Resources"] = pdf.Dict{"Font": pdf.Dict{"TNR": fontRef}}
		u.Set(n, &pdf.Stream{Dict: next, Raw: []byte("BT /TNR 8 Tf <" + codes("A") + "> Tj ET")})
	})
}

// compressedOverwrite replaces page 1 by one in an object stream.
func compressedOverwrite() []byte {
	data := issued()
	f := open(data)
	size, _ := f.Trailer()["Size"].(pdf.Integer)
	page := dictAt(f, pageRef(f, 0))
	content := int(size) + 2
	page["Contents"] = pdf.Ref{Num: content}
	body := string(pdf.Append(nil, page))
	head := fmt.Sprintf("%d 0 ", pageRef(f, 0).Num)
	box := len(data)
	data = tail(data, streamText(int(size), fmt.Sprintf("/Type/ObjStm/N 1/First %d", len(head)), head+body)+"\n")
	fake := len(data)
	data = tail(data, streamText(content, "", pageText("Mức hưởng: 9.000.000 đồng"))+"\n")
	at := len(data)
	number := func(kind byte, n, index int) []byte {
		return []byte{kind, byte(n >> 24), byte(n >> 16), byte(n >> 8), byte(n), byte(index)}
	}
	entries := slices.Concat(number(2, int(size), 0), number(1, box, 0), number(1, at, 0), number(1, fake, 0))
	revs := f.Revisions()
	return tail(data, streamText(int(size)+1, fmt.Sprintf("/Type/XRef/Size %d/Index[%d 1 %d 3]/W[1 4 1]/Root %v/Prev %d/ID %s/Info %v", content+1,
		pageRef(f, 0).Num, size, root(f), revs[len(revs)-1].XRefOffset, pdf.Append(nil, f.Trailer()["ID"]), f.Trailer()["Info"]), string(entries))+
		fmt.Sprintf("\nstartxref\n%d\n%%%%EOF\n", at))
}

var _ = signer.ErrSigned
