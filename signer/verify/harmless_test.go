package verify_test

import (
	"bytes"
	"crypto/x509"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/ocsp"

	"antin/internal/pdf"
	"antin/signer"
	"antin/signer/testpki"
	"antin/signer/verify"
)

// sample is one file of the corpus.
type sample struct {
	name string
	make func() []byte
	opt  func(o *verify.Options)

	// what verify must say; the zero values for a harmless sample
	indication verify.Indication
	sub        verify.SubIndication
	check      string // id of the check that fails
	code       string // its code, or the code of a change

	// changes is the level expected after the first signature of a harmless
	// sample.
	changes verify.ChangesAfter
}

// contract is a PDF of strangers: text, no fields of ours, no certification.
func contract(change func(part string, d pdf.Dict, w *pdf.Writer)) []byte {
	return draft(func(part string, d pdf.Dict, w *pdf.Writer) {
		if part == "form" {
			d["Fields"] = pdf.Array{}
		}
		if part == "page1" {
			delete(d, "Annots")
		}
		if change != nil {
			change(part, d, w)
		}
	})
}

// party adds a visible signature of another signer.
func party(data []byte, field string, x float64, id *signer.Identity) []byte {
	return addSigned(data, pdf.Array{pdf.Real(x), 100, pdf.Real(x + 120), 150}, rawSignature{field: field, cms: by(id)})
}

var (
	employer = func() *signer.Identity { return identityOnce("employer", testpki.Request{Name: "Công ty A"}) }
	employee = func() *signer.Identity { return identityOnce("employee", testpki.Request{Name: "Lê Thị Hỷ"}) }
)

var identities = map[string]*signer.Identity{}

func identityOnce(key string, r testpki.Request) *signer.Identity {
	if identities[key] == nil {
		identities[key] = identity(r)
	}
	return identities[key]
}

// lateStamp fills the archive stamp after the seal.
func lateStamp(data []byte) []byte {
	return fillText(data, "luu_tru", "LƯU TRỮ\rSố: 15", "LƯU TRỮ", "Số: 15")
}

// fillText sets a text field's value and shows the lines.
func fillText(data []byte, field, value string, lines ...string) []byte {
	return edit(data, ofField(field), func(d pdf.Dict, u *pdf.Update) {
		d["V"] = pdf.TextString(value)
		d["AP"] = pdf.Dict{"N": appearanceIn(u, boxOf(d["Rect"].(pdf.Array)), lines...)}
	})
}

func appearanceOf(u *pdf.Update, lines ...string) pdf.Ref {
	return appearanceIn(u, pdf.Array{0, 0, 140, 42}, lines...)
}

func appearanceIn(u *pdf.Update, box pdf.Array, lines ...string) pdf.Ref {
	var b strings.Builder
	b.WriteString("q 1 0 0 RG 1 w 0.5 0.5 139 41 re S Q\n/Tx BMC q BT /TNR 8 Tf 1 0 0 rg\n")
	for i, l := range lines {
		b.WriteString("1 0 0 1 4 " + []string{"30", "20", "10"}[i] + " Tm <" + codes(l) + "> Tj\n")
	}
	b.WriteString("ET Q EMC\n")
	return u.Add(&pdf.Stream{Raw: []byte(b.String()), Dict: pdf.Dict{
		"Type": name("XObject"), "Subtype": name("Form"),
		"BBox": box, "Resources": pdf.Dict{"Font": pdf.Dict{"TNR": fontRef}},
	}})
}

// fontRef is the font of every document of draft: its writer allots the same
// numbers each time.
var fontRef = func() pdf.Ref { return ofFont(open(draft(nil))) }()

// saved changes the traces of a save.
func saved(data []byte) []byte {
	return update(data, func(f *pdf.File, u *pdf.Update) {
		info := f.Trailer()["Info"].(pdf.Ref)
		d := dictAt(f, info)
		d["ModDate"], d["Producer"] = pdf.Date(later), pdf.String("Another program 1.0")
		u.Set(info, d)
		meta := dictAt(f, root(f))["Metadata"].(pdf.Ref)
		s, err := f.Stream(meta)
		must(err)
		u.Set(meta, &pdf.Stream{Dict: s.Dict, Raw: []byte(xmp("Quyết định", "2026-11-23T09:00:00+07:00"))})
	})
}

func signedWith(profile signer.Profile, kind testpki.KeyKind) func() []byte {
	return func() []byte {
		id := identity(testpki.Request{Name: "Người ký " + kind.String(), Key: kind})
		out, err := signer.Certify(draft(nil), signer.Signature{Identity: id, Field: "ky_lanh_dao", Time: now, Profile: profile})
		must(err)
		return sealed(out)
	}
}

func expiring(key string) *signer.Identity {
	return identityOnce(key, testpki.Request{Name: "Sắp hết hạn", NotBefore: now.AddDate(-1, 0, 0), NotAfter: now.AddDate(0, 0, 10)})
}

func harmless() []sample {
	certs := func() []*x509.Certificate {
		return []*x509.Certificate{pki().CA.Certificate, pki().Leader.Certificate}
	}
	noCRLs := func(o *verify.Options) { o.Trust = verify.NewTrust(pki().Root.Certificate) }
	return []sample{
		{name: "issued", make: issued, changes: verify.FormFilling},
		{name: "issued-with-archive-stamp", changes: verify.FormFilling, make: func() []byte {
			out, err := signer.Seal(certified(draft(nil)), signer.Signature{Identity: pki().Seal, Field: "con_dau", Time: now.Add(time.Minute), Picture: picture()},
				append(slices.Clone(fills), signer.Fill{Field: "luu_tru", Value: "LƯU TRỮ\nSố: 15\nNgày 23/11/2026", Stamp: true}))
			must(err)
			return out
		}},
		{name: "late-archive-stamp", changes: verify.FormFilling, make: func() []byte { return lateStamp(issued()) }},
		{name: "security-store", changes: verify.FormFilling, make: func() []byte { return store(issued(), certs(), crls(), nil) }},
		{name: "security-store-grown", changes: verify.FormFilling, make: func() []byte {
			return store(store(issued(), certs(), nil, nil), certs()[:1], crls(), nil)
		}},
		{name: "document-timestamp", changes: verify.FormFilling, make: func() []byte {
			return documentStamp(issued(), "tem1", tsa(), now.Add(10*time.Minute))
		}},
		{name: "store-and-timestamp", changes: verify.FormFilling, make: func() []byte {
			return documentStamp(store(issued(), certs(), crls(), nil), "tem1", tsa(), now.Add(10*time.Minute))
		}},
		{name: "archive-timestamps-renewed", changes: verify.FormFilling, make: func() []byte {
			a := documentStamp(store(issued(), certs(), crls(), nil), "tem1", tsa(), now.Add(10*time.Minute))
			return documentStamp(store(a, []*x509.Certificate{tsa().Certificate}, nil, nil), "tem2", tsa(), now.Add(20*time.Minute))
		}},
		{name: "stamp-then-store-then-timestamp", changes: verify.FormFilling, make: func() []byte {
			return documentStamp(store(lateStamp(issued()), certs(), crls(), nil), "tem1", tsa(), now.Add(10*time.Minute))
		}},
		{name: "signature-timestamp", changes: verify.NoChanges, make: func() []byte {
			return signRaw(contractWithFields(), rawSignature{field: "ben_a", cms: stampedBy(employer(), stampAt(tsa(), now.Add(3*time.Minute)))})
		}},
		{name: "second-approval-in-a-prepared-field", changes: verify.FormFilling, make: func() []byte {
			a := signRaw(contractWithFields(), rawSignature{field: "ben_a", cms: by(employer())})
			return signRaw(a, rawSignature{field: "ben_b", cms: by(employee())})
		}},
		{name: "contract-by-two-parties-new-fields", changes: verify.FormFilling, make: func() []byte {
			return party(party(contract(nil), "a", 80, employer()), "b", 300, employee())
		}},
		{name: "contract-invisible-signatures", changes: verify.FormFilling, make: func() []byte {
			a := addSigned(contract(nil), nil, rawSignature{field: "a", cms: by(employer())})
			return addSigned(a, nil, rawSignature{field: "b", cms: by(employee())})
		}},
		{name: "contract-half-signed", changes: verify.NoChanges, make: func() []byte {
			return signRaw(contractWithFields(), rawSignature{field: "ben_a", cms: by(employer())})
		}},
		{name: "invisible-approval-after-certification", changes: verify.FormFilling, make: func() []byte {
			return addSigned(issued(), nil, rawSignature{field: "kiem_tra", cms: by(employer())})
		}},
		{name: "rsa-pss", make: signedWith(signer.PAdESPSS, testpki.RSA2048), changes: verify.FormFilling},
		{name: "rsa-3072", make: signedWith(signer.PAdES, testpki.RSA3072), changes: verify.FormFilling},
		{name: "ecdsa-p256", make: signedWith(signer.PAdES, testpki.P256), changes: verify.FormFilling},
		{name: "ecdsa-p384", make: signedWith(signer.PAdES, testpki.P384), changes: verify.FormFilling},
		{name: "adbe-pkcs7-detached", make: signedWith(signer.Adobe, testpki.RSA2048), changes: verify.FormFilling},
		{name: "new-line-at-the-end", changes: verify.FormFilling, make: func() []byte { return append(bytes.Clone(issued()), "\r\n"...) }},
		{name: "saved-again", changes: verify.FormFilling, make: func() []byte { return saved(issued()) }},
		{name: "object-written-again-unchanged", changes: verify.FormFilling, make: func() []byte {
			return edit(issued(), ofPage(0), func(d pdf.Dict, _ *pdf.Update) {})
		}},
		{name: "default-resources-added", changes: verify.FormFilling, make: func() []byte {
			return edit(issued(), ofForm, func(d pdf.Dict, u *pdf.Update) {
				dr := deep(d["DR"]).(pdf.Dict)
				dr["Font"].(pdf.Dict)["Helv"] = u.Add(pdf.Dict{"Type": name("Font"), "Subtype": name("Type1"), "BaseFont": name("Helvetica")})
				d["DR"] = dr
			})
		}},
		{name: "edited-before-the-first-signature", changes: verify.NoChanges, make: func() []byte {
			d := edit(contractWithFields(), ofPage(1), func(d pdf.Dict, _ *pdf.Update) { d["Rotate"] = 90 })
			return signRaw(d, rawSignature{field: "ben_a", cms: by(employer())})
		}},
		{name: "expired-since-with-timestamp", changes: verify.LTAUpdates, make: func() []byte {
			a := signRaw(contractWithFields(), rawSignature{field: "ben_a", cms: stampedBy(expiring("lt"), stampAt(tsa(), now.Add(3*time.Minute)))})
			late, err := pki().CRL(pki().CA, now.Add(time.Hour))
			must(err)
			return store(a, nil, [][]byte{late}, nil)
		}, opt: func(o *verify.Options) { o.Now = now.AddDate(0, 2, 0) }},
		{name: "revoked-after-the-timestamp", changes: verify.NoChanges, make: func() []byte {
			return signRaw(contractWithFields(), rawSignature{field: "ben_a", cms: stampedBy(employer(), stampAt(tsa(), now.Add(3*time.Minute)))})
		}, opt: func(o *verify.Options) {
			o.Trust, o.Now = revoking(employer().Certificate, now.Add(time.Hour)), now.Add(48*time.Hour)
		}},
		{name: "ocsp-in-the-store", changes: verify.LTAUpdates, opt: noCRLs, make: func() []byte {
			a := signRaw(contractWithFields(), rawSignature{field: "ben_a", cms: by(employer())})
			return store(a, nil, crls()[:1], [][]byte{answer(employer().Certificate, ocsp.Good, now, time.Time{})})
		}},
		{name: "crls-in-the-store-only", changes: verify.FormFilling, opt: noCRLs, make: func() []byte { return store(issued(), certs(), crls(), nil) }},
		{name: "revocation-unknown-warns", changes: verify.FormFilling, opt: noCRLs, make: issued},
		{name: "certified-p3-note-added", changes: verify.AnnotationOnly, make: func() []byte {
			return edit(certifiedRaw(3), ofPage(0), func(d pdf.Dict, u *pdf.Update) {
				addAnnotation(d, u, pdf.Dict{"Subtype": name("Text"), "Contents": pdf.String("ok")})
			})
		}},
		{name: "certified-p1-store-added", changes: verify.LTAUpdates, make: func() []byte { return store(certifiedRaw(1), certs(), crls(), nil) }},
		{name: "certified-p1-timestamp-added", changes: verify.LTAUpdates, make: func() []byte {
			return documentStamp(store(certifiedRaw(1), certs(), crls(), nil), "tem1", tsa(), now.Add(10*time.Minute))
		}},
		{name: "locked-fields-made-read-only", changes: verify.FormFilling, make: func() []byte {
			d := draft(func(part string, d pdf.Dict, w *pdf.Writer) {
				if part == "so" {
					d["Ff"] = 0
				}
			})
			return signRaw(certified(d), rawSignature{field: "con_dau", cms: by(pki().Seal), also: func(f *pdf.File, u *pdf.Update, _ pdf.Ref) {
				so := find(f, "so")
				fd := dictAt(f, so.Ref)
				fd["Ff"] = 1
				u.Set(so.Ref, fd)
			}})
		}},
		{name: "check-box-filled", changes: verify.FormFilling, make: func() []byte {
			return edit(signRaw(contractWithFields(), rawSignature{field: "ben_a", cms: by(employer())}), ofField("dong_y"), func(d pdf.Dict, _ *pdf.Update) {
				d["V"], d["AS"] = name("Yes"), name("Yes")
			})
		}},
		{name: "field-and-widget-apart", changes: verify.FormFilling, make: func() []byte {
			return signRaw(party(splitFields(), "a", 80, employer()), rawSignature{field: "ben.b", cms: by(employee())})
		}},
		{name: "text-filled-in-a-contract", changes: verify.FormFilling, make: func() []byte {
			return fillText(signRaw(contractWithFields(), rawSignature{field: "ben_a", cms: by(employer())}), "ghi_chu", "Đã nhận", "Đã nhận")
		}},
	}
}

// contractWithFields has two signature fields, a text field and a check box.
func contractWithFields() []byte {
	return draft(func(part string, d pdf.Dict, w *pdf.Writer) {
		switch part {
		case "so":
			delete(d, "Ff")
			d["T"] = pdf.TextString("ghi_chu")
		case "ngay":
			delete(d, "DA")
			d["T"], d["FT"], d["Ff"], d["AS"] = pdf.TextString("dong_y"), name("Btn"), 0, name("Off")
			on := w.Add(&pdf.Stream{Dict: pdf.Dict{"Subtype": name("Form"), "BBox": pdf.Array{0, 0, 10, 10}}, Raw: []byte("0 0 10 10 re f")})
			d["AP"] = pdf.Dict{"N": pdf.Dict{"Yes": on, "Off": w.Add(&pdf.Stream{Dict: pdf.Dict{"Subtype": name("Form"), "BBox": pdf.Array{0, 0, 10, 10}}})}}
		case "ky_lanh_dao":
			d["T"] = pdf.TextString("ben_a")
		case "con_dau":
			d["T"] = pdf.TextString("ben_b")
			delete(d, "Lock")
		}
	})
}

// splitFields is a contract whose only field is a node, a field and a widget.
func splitFields() []byte {
	var widget pdf.Ref
	page := pdf.Ref{Num: 2} // draft's first page
	return contract(func(part string, d pdf.Dict, w *pdf.Writer) {
		switch part {
		case "form":
			node, field := w.Alloc(), w.Alloc()
			widget = w.Add(pdf.Dict{"Type": name("Annot"), "Subtype": name("Widget"), "Parent": field, "P": page, "F": 4, "Rect": pdf.Array{300, 100, 420, 150}})
			w.Put(node, pdf.Dict{"T": pdf.TextString("ben"), "FT": name("Sig"), "Kids": pdf.Array{field}})
			w.Put(field, pdf.Dict{"T": pdf.TextString("b"), "Parent": node, "Kids": pdf.Array{widget}})
			d["Fields"] = pdf.Array{node}
		case "page1":
			d["Annots"] = pdf.Array{widget}
		}
	})
}

// certifiedRaw is the contract certified with permission p.
func certifiedRaw(p int) []byte {
	return signRaw(contractWithFields(), rawSignature{
		field: "ben_a", cms: by(employer()),
		dict: pdf.Dict{"Reference": pdf.Array{pdf.Dict{
			"Type": name("SigRef"), "TransformMethod": name("DocMDP"),
			"TransformParams": pdf.Dict{"Type": name("TransformParams"), "P": p, "V": name("1.2")},
		}}},
		also: func(f *pdf.File, u *pdf.Update, sig pdf.Ref) {
			c := dictAt(f, root(f))
			c["Perms"] = pdf.Dict{"DocMDP": sig}
			u.Set(root(f), c)
		},
	})
}

func addAnnotation(page pdf.Dict, u *pdf.Update, a pdf.Dict) {
	d := pdf.Dict{"Type": name("Annot"), "Rect": pdf.Array{100, 590, 400, 620}, "F": 4}
	maps.Copy(d, a)
	annots, _ := page["Annots"].(pdf.Array)
	page["Annots"] = append(slices.Clone(annots), u.Add(d))
}

// revoking is the trust of everyone after a certificate was revoked.
func revoking(c *x509.Certificate, at time.Time) *verify.Trust {
	t := verify.NewTrust(pki().Root.Certificate)
	root, err := x509.ParseRevocationList(crls()[0])
	must(err)
	der, err := pki().CRL(pki().CA, at, c)
	must(err)
	list, err := x509.ParseRevocationList(der)
	must(err)
	t.AddCRL(root)
	t.AddCRL(list)
	return t
}

func TestHarmless(t *testing.T) {
	all := harmless()
	if len(all) < 25 {
		t.Fatalf("%d harmless samples, want at least 25", len(all))
	}
	for _, s := range all {
		t.Run(s.name, func(t *testing.T) {
			o := options()
			if s.opt != nil {
				s.opt(&o)
			}
			r := check(t, s.make(), o)
			if r.Indication != verify.TotalPassed {
				t.Fatalf("%s %s: %s\n%s", r.Indication, r.SubIndication, r.ConclusionEN, failures(r))
			}
			if got := r.Signatures[0].ChangesAfter; got != s.changes {
				t.Errorf("changes after the first signature: %s, want %s\n%v", got, s.changes, r.Signatures[0].Changes)
			}
			for _, sig := range r.Signatures {
				if sig.Indication != verify.TotalPassed || sig.Integrity != verify.Passed {
					t.Errorf("%s: %s %s, integrity %s", sig.Field, sig.Indication, sig.SubIndication, sig.Integrity)
				}
			}
		})
	}
}

// failures lists what a report says against a file.
func failures(r *verify.Report) string {
	var b strings.Builder
	say := func(where string, checks []verify.Check) {
		for _, c := range checks {
			if c.Status == verify.Failed {
				b.WriteString(where + " " + c.ID + "/" + c.Code + ": " + c.MessageEN + "\n")
			}
		}
	}
	say("file", r.Checks)
	for _, s := range r.Signatures {
		say(s.Field, s.Checks)
		for _, c := range s.Changes {
			if !c.Allowed {
				b.WriteString(s.Field + " change " + c.Code + ": " + c.MessageEN + "\n")
			}
		}
	}
	return b.String()
}
