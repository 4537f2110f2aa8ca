package signer

import (
	"bytes"
	"crypto"
	"crypto/sha256"
	"crypto/x509"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"antin/internal/pdf"
)

// Evidence is what a signature needs to be judged after its certificates have
// expired: certificates of all chains, and revocation lists and OCSP responses
// that were current when it was good.
type Evidence struct {
	Certificates []*x509.Certificate
	// CRLs are DER CertificateLists, OCSP DER OCSPResponses.
	CRLs, OCSP [][]byte
}

// Bounds of evidence in one document.
const (
	maxEvidence      = 500      // objects of each kind
	maxEvidenceBytes = 16 << 20 // of one object
)

// AddEvidence appends a document security store with e as one revision (PAdES
// B-LT: ETSI EN 319 142-1, 5.4.2). What the document already holds stays; when
// nothing is new, pdf itself is returned. The document must be signed.
func AddEvidence(data []byte, e Evidence) ([]byte, error) {
	fm, err := openForm(data)
	if err != nil {
		return nil, err
	}
	if len(fm.signed) == 0 {
		return nil, errors.New("add evidence: the document is not signed")
	}
	store, err := fm.f.Dict(fm.catalog["DSS"])
	if err != nil {
		return nil, fmt.Errorf("read /DSS: %w", err)
	}
	if store = maps.Clone(store); store == nil {
		store = pdf.Dict{"Type": pdf.Name("DSS")}
	}
	raw := make([][]byte, len(e.Certificates))
	for i, c := range e.Certificates {
		raw[i] = c.Raw
	}
	changed := false
	for _, kind := range []struct {
		key  pdf.Name
		data [][]byte
	}{{"Certs", raw}, {"CRLs", e.CRLs}, {"OCSPs", e.OCSP}} {
		added, err := fm.addEvidence(store, kind.key, kind.data)
		if err != nil {
			return nil, err
		}
		changed = changed || added
	}
	if !changed {
		return data, nil
	}
	catalog := maps.Clone(fm.catalog)
	if r, ok := fm.catalog["DSS"].(pdf.Ref); ok {
		fm.u.Set(r, store)
	} else {
		catalog["DSS"] = fm.u.Add(store)
	}
	if err := fm.declareExtension(catalog); err != nil {
		return nil, err
	}
	fm.u.Set(fm.root, catalog)
	return fm.u.Bytes()
}

// addEvidence adds to one array of the store what it does not hold yet.
func (fm *form) addEvidence(store pdf.Dict, key pdf.Name, data [][]byte) (added bool, err error) {
	list, err := fm.f.Array(store[key])
	if err != nil {
		return false, fmt.Errorf("read /DSS: %w", err)
	}
	list = slices.Clone(list)
	var have [][]byte
	for _, o := range list {
		s, err := fm.f.Stream(o)
		if err != nil || s == nil {
			return false, fmt.Errorf("read /DSS: %w", errors.Join(err, errors.New("an entry is not a stream")))
		}
		der, err := fm.f.Decode(s, maxEvidenceBytes)
		if err != nil {
			return false, fmt.Errorf("read /DSS: %w", err)
		}
		have = append(have, der)
	}
	const level = 6
	for _, der := range data {
		if len(der) > maxEvidenceBytes || len(list) >= maxEvidence {
			return false, fmt.Errorf("add evidence: too much for /%s", key)
		}
		if slices.ContainsFunc(have, func(h []byte) bool { return bytes.Equal(h, der) }) {
			continue
		}
		have = append(have, der)
		list = append(list, fm.u.Add(pdf.Deflate(pdf.Dict{}, der, level)))
		added = true
	}
	if len(list) > 0 {
		store[key] = list
	}
	return added, nil
}

// declareExtension names the ETSI extension that document security stores and
// document timestamps are in PDF 1.7 (EN 319 142-1, 5.6).
func (fm *form) declareExtension(catalog pdf.Dict) error {
	ext, err := fm.f.Dict(catalog["Extensions"])
	if err != nil {
		return fmt.Errorf("read /Extensions: %w", err)
	}
	if ext["ESIC"] != nil {
		return nil
	}
	if ext = maps.Clone(ext); ext == nil {
		ext = pdf.Dict{}
	}
	ext["ESIC"] = pdf.Dict{"Type": pdf.Name("DeveloperExtensions"), "BaseVersion": pdf.Name("1.7"), "ExtensionLevel": pdf.Integer(5)}
	catalog["Extensions"] = ext
	return nil
}

// DocumentTimestamp is how a whole document is timestamped.
type DocumentTimestamp struct {
	// Token asks an authority for an RFC 3161 token over a SHA-256 digest.
	Token func(digest []byte) (token []byte, err error)
	// Size is the most bytes a token may have.
	Size int
	// Time tells two revisions apart; the time that counts is the token's.
	Time time.Time
}

// TimestampDocument appends a document timestamp over all that is in the file,
// as one revision with a field of its own and no look (PAdES B-LTA: ETSI EN
// 319 142-1, 5.4.3). It is the only field made after certification: DocMDP P=2
// allows it where it would not allow one that shows something.
func TimestampDocument(data []byte, ts DocumentTimestamp) ([]byte, error) {
	fm, err := openForm(data)
	if err != nil {
		return nil, err
	}
	frozen, err := fm.frozen()
	if err != nil {
		return nil, err
	}
	if frozen {
		return nil, ErrNoChanges
	}
	contents, byteRange := pdf.ContentsPlaceholder(ts.Size), pdf.ByteRangePlaceholder()
	value := fm.u.Add(pdf.Dict{
		"Type": pdf.Name("DocTimeStamp"), "Filter": pdf.Name("Adobe.PPKLite"), "SubFilter": pdf.Name("ETSI.RFC3161"),
		"ByteRange": byteRange, "Contents": contents,
	})
	if err := fm.addTimestampField(value); err != nil {
		return nil, err
	}
	id := sha256.Sum256(fmt.Append(nil, len(data), ts.Time.UnixNano(), data[max(0, len(data)-1024):]))
	fm.u.SetID(id[:16])
	out, err := fm.u.Bytes()
	if err != nil {
		return nil, err
	}
	if err := fillSignature(out, contents, byteRange, crypto.SHA256, ts.Token); err != nil {
		return nil, err
	}
	return out, nil
}

// addTimestampField adds a signature field without a look, on the first page.
func (fm *form) addTimestampField(value pdf.Ref) error {
	name := func(i int) string { return fmt.Sprintf("dau_thoi_gian_%d", i) }
	n := 1
	for slices.ContainsFunc(fm.fields, func(f pdf.Field) bool { return f.Name == name(n) }) {
		n++
	}
	pages, err := fm.f.Pages()
	if err != nil {
		return err
	}
	if len(pages) == 0 {
		return errors.New("timestamp the document: it has no page")
	}
	const print, locked = 4, 128 // ISO 32000-1, table 165
	field := fm.u.Add(pdf.Dict{
		"Type": pdf.Name("Annot"), "Subtype": pdf.Name("Widget"), "FT": pdf.Name("Sig"), "T": pdf.TextString(name(n)),
		"F": pdf.Integer(print | locked), "P": pages[0].Ref, "V": value,
		"Rect": pdf.Array{pdf.Integer(0), pdf.Integer(0), pdf.Integer(0), pdf.Integer(0)},
	})

	page, err := fm.f.Dict(pages[0].Ref)
	if err != nil {
		return err
	}
	if err := fm.appendTo(pages[0].Ref, page, "Annots", field); err != nil {
		return err
	}
	catalog := maps.Clone(fm.catalog)
	if err := fm.declareExtension(catalog); err != nil {
		return err
	}
	acro := maps.Clone(fm.dict)
	if acro == nil {
		acro = pdf.Dict{}
	}
	acro["SigFlags"] = pdf.Integer(signaturesExist | appendOnly)
	if r, ok := fm.catalog["AcroForm"].(pdf.Ref); ok {
		if err := fm.appendTo(r, acro, "Fields", field); err != nil {
			return err
		}
	} else {
		fields, err := fm.f.Array(acro["Fields"])
		if err != nil {
			return err
		}
		acro["Fields"] = append(slices.Clone(fields), field)
		catalog["AcroForm"] = acro
	}
	fm.u.Set(fm.root, catalog)
	return nil
}

// appendTo adds a reference to the array under key of the object at r, in the
// object that holds the array.
func (fm *form) appendTo(r pdf.Ref, d pdf.Dict, key pdf.Name, add pdf.Ref) error {
	list, err := fm.f.Array(d[key])
	if err != nil {
		return err
	}
	list = append(slices.Clone(list), add)
	if at, ok := d[key].(pdf.Ref); ok {
		fm.u.Set(at, list)
		return nil
	}
	d = maps.Clone(d)
	d[key] = list
	fm.u.Set(r, d)
	return nil
}
