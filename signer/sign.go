package signer

import (
	"crypto"
	"crypto/sha256"
	"errors"
	"fmt"
	"maps"
	"time"

	"antin/internal/pdf"
	"antin/signer/cms"
)

// Signature is how and by whom a field is signed.
type Signature struct {
	Identity *Identity
	// Field is the full name of the pre-placed signature field.
	Field string
	// Name, Reason and Location go into the signature dictionary when not empty
	// (ISO 32000-1, table 252).
	Name, Reason, Location string
	// Time is when the signature is made, as the signer claims it. The
	// identity must be valid then.
	Time time.Time
	// Picture is shown in the field; nil leaves the field as it looks.
	Picture *Picture
	Profile Profile
	// Timestamp, if not nil, is asked for an RFC 3161 token over a signature
	// value; the token goes into the signature (PAdES B-T). An error stops the
	// signing. TimestampSize is the most bytes a token may have.
	Timestamp     func(signature []byte) (token []byte, err error)
	TimestampSize int
}

// ReserveError says that a signature came out larger than the place kept for
// it. The place is computed before and never grown afterwards: that would
// mean to sign again, over other bytes.
type ReserveError struct{ Need, Have int }

func (e *ReserveError) Error() string {
	return fmt.Sprintf("the signature has %d bytes, %d were reserved", e.Need, e.Have)
}

// Certify appends the certification signature of the person in authority: only
// form filling and further signatures are allowed after it (DocMDP P=2,
// ISO 32000-1, 12.8.2.2). The document must have no signature yet. pdf is not
// changed; nothing is returned but a complete, checked revision.
func Certify(pdf []byte, s Signature) ([]byte, error) {
	return sign(pdf, s, nil, true)
}

// CertifyFilled fills text fields and certifies, all in one revision: for
// documents that carry one signature, of a person.
func CertifyFilled(pdf []byte, s Signature, fills []Fill) ([]byte, error) {
	return sign(pdf, s, fills, true)
}

// Seal fills text fields and adds an approval signature, all in one revision,
// so that the fields that the signature's field names in /Lock are locked with
// the very values filled in here. It is used after Certify, or alone for
// documents that carry one signature only.
func Seal(pdf []byte, s Signature, fills []Fill) ([]byte, error) {
	return sign(pdf, s, fills, false)
}

// Approve adds an approval signature that fills nothing, e.g. of a clerk on a
// document without number.
func Approve(pdf []byte, s Signature) ([]byte, error) {
	return sign(pdf, s, nil, false)
}

func sign(data []byte, s Signature, fills []Fill, certify bool) ([]byte, error) {
	if err := s.Identity.Check(s.Time); err != nil {
		return nil, err
	}
	tpl, err := s.Identity.template(s.Profile)
	if err != nil {
		return nil, err
	}
	fm, err := openForm(data)
	if err != nil {
		return nil, err
	}
	fd, err := fm.signatureField(s.Field, certify)
	if err != nil {
		return nil, err
	}
	seen := map[string]bool{}
	for _, fl := range fills {
		if seen[fl.Field] {
			return nil, &FieldError{fl.Field, ErrFieldFilled}
		}
		seen[fl.Field] = true
		if err := fm.fill(fl); err != nil {
			return nil, err
		}
	}

	contents, byteRange := pdf.ContentsPlaceholder(tpl.Size()+s.timestampSize()), pdf.ByteRangePlaceholder()
	dict := pdf.Dict{
		"Type": pdf.Name("Sig"), "Filter": pdf.Name("Adobe.PPKLite"), "SubFilter": s.Profile.subFilter(),
		"ByteRange": byteRange, "Contents": contents, "M": pdf.Date(s.Time),
	}
	for key, text := range map[pdf.Name]string{"Name": s.Name, "Reason": s.Reason, "Location": s.Location} {
		if text != "" {
			dict[key] = pdf.TextString(text)
		}
	}
	refs, err := fm.references(fd, certify)
	if err != nil {
		return nil, err
	}
	if refs != nil {
		dict["Reference"] = refs
	}
	value := fm.u.Add(dict)
	entries := pdf.Dict{}
	if s.Picture != nil {
		if entries, err = fm.show(fd, s.Picture); err != nil {
			return nil, err
		}
	}
	entries["V"] = value
	fm.set(fd, entries)
	if err := fm.touchCatalog(value, certify); err != nil {
		return nil, err
	}
	fm.u.SetID(s.revisionID(data, fills))
	out, err := fm.u.Bytes()
	if err != nil {
		return nil, err
	}
	if err := s.finish(out, tpl, contents, byteRange); err != nil {
		return nil, err
	}
	return out, nil
}

// signatureField finds the field to sign and checks that signing is allowed.
func (fm *form) signatureField(name string, certify bool) (pdf.Field, error) {
	fd, err := fm.field(name, "Sig")
	if err != nil {
		return fd, err
	}
	for _, s := range fm.signed {
		if s.name == name {
			return fd, &FieldError{name, ErrFieldSigned}
		}
	}
	perms, err := fm.f.Dict(fm.catalog["Perms"])
	if err != nil {
		return fd, err
	}
	if certify && (len(fm.signed) > 0 || perms["DocMDP"] != nil) {
		return fd, ErrSigned
	}
	if fm.locked(name) {
		return fd, &FieldError{name, ErrFieldLocked}
	}
	frozen, err := fm.frozen()
	if err != nil {
		return fd, err
	}
	if frozen {
		return fd, ErrNoChanges
	}
	return fd, nil
}

// references are the signature references: DocMDP for a certification and a
// FieldMDP that says again what /Lock of the field says (ISO 32000-1, 12.7.4.5
// and 12.8.2.4).
func (fm *form) references(fd pdf.Field, certify bool) (pdf.Array, error) {
	var refs pdf.Array
	add := func(method pdf.Name, params pdf.Dict, entries pdf.Dict) {
		params["Type"], params["V"] = pdf.Name("TransformParams"), pdf.Name("1.2")
		ref := pdf.Dict{"Type": pdf.Name("SigRef"), "TransformMethod": method, "TransformParams": params}
		maps.Copy(ref, entries)
		refs = append(refs, ref)
	}
	if certify {
		add("DocMDP", pdf.Dict{"P": pdf.Integer(2)}, nil)
	}
	lock, err := fm.f.Dict(fd.Dict["Lock"])
	if err != nil {
		return nil, err
	}
	if lock != nil {
		params := pdf.Dict{"Action": lock["Action"]}
		if lock["Action"] != pdf.Name("All") {
			params["Fields"] = lock["Fields"]
		}
		add("FieldMDP", params, pdf.Dict{"Data": fm.root})
	}
	return refs, nil
}

// Flags of /SigFlags (ISO 32000-1, table 219).
const signaturesExist, appendOnly = 1, 2

// touchCatalog updates the catalog: /Perms for a certification, and /SigFlags where
// the renderer has not set them. Both keep their object numbers, since readers
// follow changes of an object, not of the trailer.
func (fm *form) touchCatalog(value pdf.Ref, certify bool) error {
	flags, err := fm.f.Int(fm.dict["SigFlags"])
	if err != nil {
		return err
	}
	catalog := maps.Clone(fm.catalog)
	changed := certify
	if certify {
		catalog["Perms"] = pdf.Dict{"DocMDP": value}
	}
	if flags&(signaturesExist|appendOnly) != signaturesExist|appendOnly {
		acro := maps.Clone(fm.dict)
		acro["SigFlags"] = pdf.Integer(flags | signaturesExist | appendOnly)
		if r, ok := fm.catalog["AcroForm"].(pdf.Ref); ok {
			fm.u.Set(r, acro)
		} else {
			catalog["AcroForm"], changed = acro, true
		}
	}
	if changed {
		fm.u.Set(fm.root, catalog)
	}
	return nil
}

// revisionID is the changing half of the file's /ID (ISO 32000-1, 14.4): of
// what this revision is made from, in place of a hash over all its bytes.
func (s Signature) revisionID(data []byte, fills []Fill) []byte {
	h := sha256.New()
	fmt.Fprintln(h, len(data), s.Field, s.Time.UnixNano(), fills)
	h.Write(data[max(0, len(data)-1024):]) // the trailer and the /ID before
	h.Write(s.Identity.Certificate.Raw)
	return h.Sum(nil)[:16]
}

func (s Signature) timestampSize() int {
	if s.Timestamp == nil {
		return 0
	}
	const header = 64 // of the unsigned attribute
	return s.TimestampSize + header
}

// finish fills /ByteRange and /Contents of the revision that out ends with.
func (s Signature) finish(out []byte, tpl *cms.Template, contents, byteRange *pdf.Placeholder) error {
	return fillSignature(out, contents, byteRange, tpl.Scheme.Hash, func(digest []byte) ([]byte, error) { return s.cms(tpl, digest) })
}

// fillSignature fills in what covers all of file but the signature itself,
// which sign makes from the digest.
func fillSignature(file []byte, contents, byteRange *pdf.Placeholder, hash crypto.Hash, sign func(digest []byte) ([]byte, error)) error {
	start, end := contents.Offset(), contents.Offset()+int64(contents.Len())
	if start < 0 {
		return errors.New("the signature dictionary was not written once")
	}
	if err := byteRange.FillInts(file, 0, start, end, int64(len(file))-end); err != nil {
		return err
	}
	h, done := prefixes.start(hash, file[:start])
	h.Write(file[done:start])
	h.Write(file[end:])
	signature, err := sign(h.Sum(nil))
	if err != nil {
		return err
	}
	if room := (contents.Len() - 2) / 2; len(signature) > room {
		return &ReserveError{Need: len(signature), Have: room}
	}
	return contents.FillHex(file, signature)
}

// cms makes the SignedData over digest.
func (s Signature) cms(tpl *cms.Template, digest []byte) ([]byte, error) {
	var signingTime time.Time
	if s.Profile == Adobe {
		signingTime = s.Time
	}
	attributes, err := tpl.Attributes(cms.OIDData, digest, signingTime)
	if err != nil {
		return nil, err
	}
	value, err := tpl.Sign(s.Identity.Key, attributes)
	if err != nil {
		return nil, err
	}
	var unsigned []cms.Attribute
	if s.Timestamp != nil {
		token, err := s.Timestamp(value)
		if err != nil {
			return nil, fmt.Errorf("timestamp the signature: %w", err)
		}
		unsigned = append(unsigned, cms.Attribute{Type: cms.OIDSignatureTimestamp, Values: [][]byte{token}})
	}
	return tpl.Assemble(cms.OIDData, nil, attributes, value, unsigned...), nil
}
