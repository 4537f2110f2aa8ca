package verify_test

import (
	"bytes"
	"crypto"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"antin/internal/pdf"
	"antin/signer"
	"antin/signer/cms"
)

// Tools with which the corpus is made: honest writers, and the crooked ones of
// attackers.

// find is the field with this name.
func find(f *pdf.File, field string) pdf.Field {
	fields, err := f.Fields()
	must(err)
	i := slices.IndexFunc(fields, func(fd pdf.Field) bool { return fd.Name == field })
	if i < 0 {
		panic("no field " + field)
	}
	return fields[i]
}

// dictAt is a copy of the dictionary of an object.
func dictAt(f *pdf.File, r pdf.Ref) pdf.Dict {
	d, err := f.Dict(r)
	must(err)
	return maps.Clone(d)
}

func root(f *pdf.File) pdf.Ref { return f.Trailer()["Root"].(pdf.Ref) }

func pageRef(f *pdf.File, i int) pdf.Ref {
	pages, err := f.Pages()
	must(err)
	return pages[i].Ref
}

// update appends one revision.
func update(data []byte, change func(f *pdf.File, u *pdf.Update)) []byte {
	f := open(data)
	u := pdf.NewUpdate(f)
	change(f, u)
	out, err := u.Bytes()
	must(err)
	return out
}

// edit appends a revision in which one dictionary is changed.
func edit(data []byte, of func(f *pdf.File) pdf.Ref, change func(d pdf.Dict, u *pdf.Update)) []byte {
	return update(data, func(f *pdf.File, u *pdf.Update) {
		r := of(f)
		d := dictAt(f, r)
		change(d, u)
		u.Set(r, d)
	})
}

func ofField(field string) func(*pdf.File) pdf.Ref {
	return func(f *pdf.File) pdf.Ref { return find(f, field).Ref }
}

func ofPage(i int) func(*pdf.File) pdf.Ref {
	return func(f *pdf.File) pdf.Ref { return pageRef(f, i) }
}

func ofForm(f *pdf.File) pdf.Ref { return dictAt(f, root(f))["AcroForm"].(pdf.Ref) }

// ofFont is the font of the pages and the fields.
func ofFont(f *pdf.File) pdf.Ref {
	res, err := f.Dict(dictAt(f, pageRef(f, 0))["Resources"])
	must(err)
	fonts, err := f.Dict(res["Font"])
	must(err)
	return fonts["F1"].(pdf.Ref)
}

// deep is a copy of an object with all direct parts, safe to change.
func deep(o pdf.Object) pdf.Object {
	switch v := o.(type) {
	case pdf.Dict:
		c := pdf.Dict{}
		for k, e := range v {
			c[k] = deep(e)
		}
		return c
	case pdf.Array:
		c := make(pdf.Array, len(v))
		for i, e := range v {
			c[i] = deep(e)
		}
		return c
	}
	return o
}

// splice replaces the only occurrence of old in the last revision by text of
// the same length.
func splice(data []byte, old, new string) []byte {
	at := bytes.LastIndex(data, []byte(old))
	if at < 0 || len(new) > len(old) {
		panic("splice " + old)
	}
	out := bytes.Clone(data)
	copy(out[at:], new+strings.Repeat(" ", len(old)-len(new)))
	return out
}

// byteRangeText is the /ByteRange of the last signature as it stands.
func byteRangeText(data []byte) string {
	at := bytes.LastIndex(data, []byte("/ByteRange"))
	end := bytes.IndexByte(data[at:], ']')
	return string(data[at : at+end+1])
}

// setByteRange writes another /ByteRange over the last one.
func setByteRange(data []byte, text string) []byte {
	return splice(data, byteRangeText(data), "/ByteRange "+text)
}

// contentsAt is where the hexadecimal digits of the n-th /Contents stand, from
// the end for negative n.
func contentsAt(data []byte, n int) (start, end int) {
	var at []int
	for i := 0; ; {
		j := bytes.Index(data[i:], []byte("/Contents <3"))
		if j < 0 {
			j = bytes.Index(data[i:], []byte("/Contents<3"))
		}
		if j < 0 {
			break
		}
		i += j + len("/Contents")
		at = append(at, i+bytes.IndexByte(data[i:], '<')+1)
	}
	if n < 0 {
		n += len(at)
	}
	start = at[n]
	return start, start + bytes.IndexByte(data[start:], '>')
}

// withContents writes another SignedData into the n-th signature.
func withContents(data []byte, n int, der []byte) []byte {
	start, end := contentsAt(data, n)
	out := bytes.Clone(data)
	for i := start; i < end; i++ {
		out[i] = '0'
	}
	copy(out[start:end], fmt.Sprintf("%x", der))
	return out
}

func contentsOf(data []byte, n int) []byte {
	start, end := contentsAt(data, n)
	var out []byte
	_, err := fmt.Sscanf(string(data[start:end]), "%x", &out)
	must(err)
	return out
}

// rawSignature is how signRaw signs.
type rawSignature struct {
	field  string
	dict   pdf.Dict // merged into the signature dictionary
	widget pdf.Dict // merged into the field
	size   int
	// cms makes the contents of the digest of the byte range.
	cms func(digest []byte) []byte
	// also makes further changes in the same revision.
	also func(f *pdf.File, u *pdf.Update, sig pdf.Ref)
	hash crypto.Hash
}

// signRaw signs a field with whatever contents.
func signRaw(data []byte, s rawSignature) []byte {
	return finishRaw(data, s, func(f *pdf.File, u *pdf.Update, sig pdf.Ref) {
		fd := find(f, s.field)
		d := dictAt(f, fd.Ref)
		d["V"] = sig
		maps.Copy(d, s.widget)
		u.Set(fd.Ref, d)
	})
}

// addSigned signs a new field, put on the first page when rect is not nil.
func addSigned(data []byte, rect pdf.Array, s rawSignature) []byte {
	return finishRaw(data, s, func(f *pdf.File, u *pdf.Update, sig pdf.Ref) {
		page := pageRef(f, 0)
		shown := rect
		if shown == nil {
			shown = pdf.Array{0, 0, 0, 0}
		}
		d := pdf.Dict{"Type": name("Annot"), "Subtype": name("Widget"), "FT": name("Sig"), "T": pdf.TextString(s.field), "F": 132, "P": page, "Rect": shown, "V": sig}
		maps.Copy(d, s.widget)
		field := u.Add(d)
		form := dictAt(f, ofForm(f))
		fields, err := f.Array(form["Fields"])
		must(err)
		form["Fields"] = append(slices.Clone(fields), field)
		u.Set(ofForm(f), form)
		if rect != nil {
			p := dictAt(f, page)
			annots, err := f.Array(p["Annots"])
			must(err)
			p["Annots"] = append(slices.Clone(annots), field)
			u.Set(page, p)
		}
	})
}

func finishRaw(data []byte, s rawSignature, place func(f *pdf.File, u *pdf.Update, sig pdf.Ref)) []byte {
	if s.size == 0 {
		s.size = 12000
	}
	if s.hash == 0 {
		s.hash = crypto.SHA256
	}
	contents, ranges := pdf.ContentsPlaceholder(s.size), pdf.ByteRangePlaceholder()
	out := update(data, func(f *pdf.File, u *pdf.Update) {
		d := pdf.Dict{
			"Type": name("Sig"), "Filter": name("Adobe.PPKLite"), "SubFilter": name("ETSI.CAdES.detached"),
			"ByteRange": ranges, "Contents": contents, "M": pdf.Date(now.Add(2 * time.Minute)),
		}
		maps.Copy(d, s.dict)
		sig := u.Add(d)
		place(f, u, sig)
		if s.also != nil {
			s.also(f, u, sig)
		}
	})
	start, end := contents.Offset(), contents.Offset()+int64(contents.Len())
	must(ranges.FillInts(out, 0, start, end, int64(len(out))-end))
	h := s.hash.New()
	h.Write(out[:start])
	h.Write(out[end:])
	must(contents.FillHex(out, s.cms(h.Sum(nil))))
	return out
}

func template(id *signer.Identity) *cms.Template {
	scheme, err := cms.SchemeFor(id.Key.Public(), false)
	must(err)
	t, err := cms.NewTemplate(id.Certificate, id.Chain, scheme)
	must(err)
	return t
}

// by signs in the usual way.
func by(id *signer.Identity) func([]byte) []byte {
	return func(digest []byte) []byte {
		der, err := template(id).Detached(id.Key, digest, time.Time{})
		must(err)
		return der
	}
}

// stamped signs and adds a time-stamp over a signature value.
func stampedBy(id *signer.Identity, token func(signature []byte) []byte) func([]byte) []byte {
	return func(digest []byte) []byte {
		t := template(id)
		attrs, err := t.Attributes(cms.OIDData, digest, time.Time{})
		must(err)
		value, err := t.Sign(id.Key, attrs)
		must(err)
		return t.Assemble(cms.OIDData, nil, attrs, value, cms.Attribute{Type: cms.OIDSignatureTimestamp, Values: [][]byte{token(value)}})
	}
}

// restamp is a document time-stamp by id at a time.
func documentStamp(data []byte, field string, id *signer.Identity, at time.Time) []byte {
	return addSigned(data, nil, rawSignature{
		field: field, dict: pdf.Dict{"Type": name("DocTimeStamp"), "SubFilter": name("ETSI.RFC3161"), "M": nil},
		cms: func(digest []byte) []byte { return tokenOver(id, digest, at) },
	})
}

// revision is an incremental update written by hand.
type revision struct {
	objects []string // "n 0 obj…endobj" in order of writing
	entries map[int]int
	trailer string // further entries
	prev    int64
	root    string
	// deceive changes the cross-reference section before it is written.
	table func(table string) string
}

// crooked appends a hand-written revision with a classic table. Each object
// begins with its number.
func crooked(data []byte, r revision) []byte {
	f := open(data)
	out := bytes.Clone(data)
	offsets := map[int]int{}
	for _, o := range r.objects {
		var n int
		_, err := fmt.Sscanf(o, "%d", &n)
		must(err)
		offsets[n] = len(out)
		out = append(out, o+"\n"...)
	}
	maps.Copy(offsets, r.entries)
	for n, at := range offsets {
		if at < 0 {
			delete(offsets, n)
		}
	}
	table := "xref\n"
	for _, n := range slices.Sorted(maps.Keys(offsets)) {
		table += fmt.Sprintf("%d 1\n%010d 00000 n \n", n, offsets[n])
	}
	if r.table != nil {
		table = r.table(table)
	}
	prev := r.prev
	if prev == 0 {
		revs := f.Revisions()
		prev = revs[len(revs)-1].XRefOffset
	}
	rootEntry := r.root
	if rootEntry == "" {
		rootEntry = root(f).String()
	}
	size, _ := f.Trailer()["Size"].(pdf.Integer)
	for n := range offsets {
		size = max(size, pdf.Integer(n+1))
	}
	at := len(out)
	for _, k := range []pdf.Name{"ID", "Info"} {
		if v := f.Trailer()[k]; v != nil {
			r.trailer += "/" + string(k) + " " + string(pdf.Append(nil, v))
		}
	}
	return append(out, fmt.Sprintf("%strailer\n<</Size %d/Root %s/Prev %d%s>>\nstartxref\n%d\n%%%%EOF\n",
		table, size, rootEntry, prev, r.trailer, at)...)
}

func streamText(n int, dict, data string) string {
	return fmt.Sprintf("%d 0 obj\n<<%s/Length %d>>stream\n%s\nendstream\nendobj", n, dict, len(data), data)
}

func sha(b []byte) []byte {
	s := sha256.Sum256(b)
	return s[:]
}

// certify has the issuing authority of the trusted PKI sign a certificate as
// given.
func certify(t *x509.Certificate, pub crypto.PublicKey) *x509.Certificate {
	return certifyBy(t, pub, pki().CA.Certificate, pki().CA.Key)
}

func certifyBy(t *x509.Certificate, pub crypto.PublicKey, parent *x509.Certificate, key crypto.Signer) *x509.Certificate {
	der, err := x509.CreateCertificate(rand.Reader, t, parent, pub, key)
	must(err)
	c, err := x509.ParseCertificate(der)
	must(err)
	return c
}
