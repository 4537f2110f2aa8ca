package mark

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"slices"

	"antin/internal/pdf"
)

// File is what Inspect learnt of a file.
type File struct {
	SHA256     string // lower-case hex
	Pages      int
	Version    string // "1.7"
	Signatures int    // signed signature fields
	Fields     int    // all fields of its form
	// SignedPages are those on which signatures and filled fields are seen.
	SignedPages []int
	Tagged      bool
}

func hasHeader(data []byte) bool {
	const within = 1024 // where readers look for it
	return bytes.Contains(data[:min(len(data), within)], []byte("%PDF-"))
}

// Inspect reads every object of a file and refuses what is no plain document:
// errors are *RefusalError. Signatures and form fields are counted, not refused:
// that is for the caller.
func Inspect(data []byte) (File, error) {
	f, err := open(data)
	if err != nil {
		return File{}, err
	}
	sum := sha256.Sum256(data)
	out := File{SHA256: hex.EncodeToString(sum[:]), Version: f.Version()}
	catalog, err := f.Catalog()
	if err != nil {
		return out, refusal(err, data)
	}
	if later, err := f.NameOf(catalog["Version"]); err == nil && len(later) == 3 && string(later) > out.Version {
		out.Version = string(later)
	}
	if out.Version < "1.4" { // Phụ lục I, phần II, mục I.2.a
		return out, refuse(Version, "%s", out.Version)
	}
	if err := anomalies(f); err != nil {
		return out, err
	}
	if err := objects(f, data); err != nil {
		return out, err
	}
	if marked, err := f.Dict(catalog["MarkInfo"]); err == nil {
		out.Tagged, _ = f.Bool(marked["Marked"])
	}
	pages, err := f.Pages()
	if err != nil {
		return out, refusal(err, data)
	}
	if len(pages) == 0 {
		return out, refuse(Malformed, "no pages")
	}
	if out.Pages = len(pages); len(pages) > MaxPages {
		return out, refuse(TooMany, "%d", MaxPages)
	}
	for i, p := range pages {
		if _, err := boxOf(f, p); err != nil {
			return out, refuse(PageBox, "page %d", i+1)
		}
	}
	fields, err := f.Fields()
	if err != nil {
		return out, refusal(err, data)
	}
	out.Fields = len(fields)
	for _, fd := range fields {
		if fd.Dict["FT"] != pdf.Name("Sig") || fd.Dict["V"] == nil {
			continue
		}
		out.Signatures++
		for _, w := range fd.Widgets {
			for i, p := range pages {
				if list, err := f.Array(p.Dict["Annots"]); err == nil && slices.Contains(list, pdf.Object(w.Ref)) && seen(f, w.Dict) {
					out.SignedPages = append(out.SignedPages, i+1)
				}
			}
		}
	}
	return out, nil
}

// seen tells whether a widget has an extent.
func seen(f *pdf.File, widget pdf.Dict) bool {
	r, ok, err := rectOf(f, widget["Rect"])
	return err == nil && ok && r[2] > r[0] && r[3] > r[1]
}

// anomalies refuses what verification would later hold against the signed file
// (signer/verify judges the same list).
func anomalies(f *pdf.File) error {
	for _, a := range f.Anomalies() {
		switch a.Code {
		case pdf.SpaceAfterEOF, pdf.UnlistedObject, pdf.UnaccountedBytes:
			continue
		case pdf.HiddenRevision:
			if a.Revision == 0 {
				continue
			}
		}
		return refuse(Odd, "%s", a.Code)
	}
	return nil
}

// objects examines every object that the file's cross-references name.
func objects(f *pdf.File, data []byte) error {
	seen := map[int]bool{}
	for _, rev := range f.Revisions() {
		for _, e := range rev.Entries {
			if seen[e.Num] {
				continue
			}
			seen[e.Num] = true
			now, _, ok := f.Entry(e.Num)
			if !ok || now.Kind == pdf.Free {
				continue
			}
			o, err := f.Get(now.Ref())
			if err != nil {
				return refusal(err, data)
			}
			if err := examine(o); err != nil {
				return err
			}
		}
	}
	return nil
}

// acts are the actions (ISO 32000-1, table 198) that do more than lead to a
// place in the document or to a web page.
var acts = map[pdf.Name]Code{
	"JavaScript": Active, "Launch": Active, "SubmitForm": Active, "ResetForm": Active, "ImportData": Active,
	"Hide": Active, "Rendition": Active, "Sound": Active, "Movie": Active, "SetOCGState": Active, "Trans": Active,
	"GoTo3DView": Active, "RichMediaExecute": Active, "GoToR": External, "GoToE": Attachment,
}

// bearers are annotations that carry or play something else (table 169).
var bearers = map[pdf.Name]Code{
	"FileAttachment": Attachment, "Sound": Attachment, "Movie": Attachment, "Screen": Attachment,
	"RichMedia": Attachment, "3D": Attachment,
}

// keys that no plain document needs.
var keys = map[pdf.Name]Code{
	"JS": Active, "AA": Active, "JavaScript": Active, "XFA": Active, "EmbeddedFiles": Attachment, "EF": Attachment,
	"RichMediaContent": Attachment, "OCProperties": Layers,
}

// examine looks at one object without following references: every object gets
// its turn.
func examine(o pdf.Object) error {
	switch o := o.(type) {
	case pdf.Array:
		for _, v := range o {
			if err := examine(v); err != nil {
				return err
			}
		}
	case *pdf.Stream:
		if o.Dict["F"] != nil { // its data is in another file (7.3.8.2)
			return refuse(External, "stream in another file")
		}
		if o.Dict["Type"] == pdf.Name("EmbeddedFile") {
			return refuse(Attachment, "EmbeddedFile")
		}
		if o.Dict["Subtype"] == pdf.Name("PS") {
			return refuse(Active, "PostScript")
		}
		if o.Dict["Subtype"] == pdf.Name("Form") && o.Dict["Ref"] != nil {
			return refuse(External, "reference XObject")
		}
		return examine(o.Dict)
	case pdf.Dict:
		for k, v := range o {
			if code, ok := keys[k]; ok && v != nil {
				return refuse(code, "/%s", k)
			}
			if err := examine(v); err != nil {
				return err
			}
		}
		if s, ok := o["S"].(pdf.Name); ok {
			if code, ok := acts[s]; ok {
				return refuse(code, "/%s", s)
			}
		}
		if s, ok := o["Subtype"].(pdf.Name); ok {
			if code, ok := bearers[s]; ok {
				return refuse(code, "/%s", s)
			}
		}
	}
	return nil
}
