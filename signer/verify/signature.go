package verify

import (
	"crypto"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"time"

	"antin/internal/pdf"
	"antin/signer/cms"
)

// judgement is the work on one signature.
type judgement struct {
	v   *verifier
	s   *signed
	out *Signature
	sub SubIndication // of the gravest failure so far
	cms *cms.SignedData

	proven   time.Time // time by which the signature is proved to exist, else zero
	claimed  time.Time // what the signature says of itself
	path     []*x509.Certificate
	hasError bool
}

// answer adds a check. The first failure that makes TOTAL-FAILED, or else the
// first failure, decides.
func (j *judgement) answer(check, code string, status Status, sub SubIndication, args ...any) {
	j.take(finding{check: check, code: code, status: status, sub: sub, args: args})
}

func (j *judgement) take(f finding) {
	j.out.Checks = append(j.out.Checks, f.check_())
	if f.status != Failed {
		return
	}
	if f.sub == "" {
		f.sub = SigConstraintsFailure
	}
	if !j.hasError || indicationOf(j.sub) != TotalFailed && indicationOf(f.sub) == TotalFailed {
		j.sub, j.hasError = f.sub, true
	}
}

// judge gives the verdict on one signature.
func (v *verifier) judge(s *signed) Signature {
	out := Signature{
		Field: clean(s.field), Revision: s.revision + 1, Role: Approval, Coverage: Partial, Integrity: NotChecked,
		ChangesAfter: NotKnown, Changes: []Change{}, Chain: []Certificate{}, Checks: []Check{}, TimeSource: "none",
	}
	j := &judgement{v: v, s: s, out: &out}
	switch {
	case isStamp(s.dict):
		out.Role = DocumentTimestamp
	case s.certifies:
		out.Role = Certification
	}
	sub, _ := s.dict["SubFilter"].(pdf.Name)
	out.SubFilter = string(sub)
	out.Reason = j.text("Reason")
	out.Location = j.text("Location")
	j.place()
	j.dictionary()
	ranged := j.byteRange()
	if j.subFilter(sub) && ranged {
		j.content(sub)
	} else {
		j.answer("digest", "not_checked", NotChecked, "")
	}
	j.role()
	j.coverage()
	j.changes()
	out.Indication, out.SubIndication = TotalPassed, ""
	if j.hasError {
		out.Indication, out.SubIndication = indicationOf(j.sub), j.sub
	}
	j.conclude()
	return out
}

func (j *judgement) text(key pdf.Name) string {
	s, _ := j.s.dict[key].(pdf.String)
	return clean(pdf.TextOf(s[:min(len(s), 4096)]))
}

// place finds the page that shows the signature.
func (j *judgement) place() {
	rect, _ := j.v.file.Array(j.s.widget["Rect"])
	if r, ok := rectangle(rect); ok {
		j.out.Visible = r[2] > r[0] && r[3] > r[1]
	}
	p, _ := j.s.widget["P"].(pdf.Ref)
	if p.Num == 0 {
		return
	}
	j.out.Page = j.v.pageNumber(p)
}

// dictionary checks that the signature shown is the one that was made.
func (j *judgement) dictionary() {
	s := j.s
	switch {
	case !s.shown:
		j.answer("dictionary", "removed", Failed, FormatFailure, s.field)
	case s.sigRef.Num > 0 && j.v.rewritten(s.sigRef, s.revision):
		j.answer("dictionary", "replaced", Failed, FormatFailure, s.field)
	default:
		j.answer("dictionary", "ok", Passed, "")
	}
}

// rewritten reports whether an object is written again after revision rev.
func (v *verifier) rewritten(r pdf.Ref, rev int) bool {
	_, last, ok := v.file.Entry(r.Num)
	return !ok || last != rev
}

func (j *judgement) byteRange() bool {
	code, args := j.s.checkByteRange(j.v.file, j.v.data)
	if code != "ok" {
		j.answer("byte_range", code, Failed, FormatFailure, args...)
		j.out.Integrity = Failed
		return false
	}
	j.answer("byte_range", "ok", Passed, "")
	return true
}

// subFilter judges the encoding (ISO 32000-1, table 257).
func (j *judgement) subFilter(sub pdf.Name) bool {
	typ, _ := j.s.dict["Type"].(pdf.Name)
	switch sub {
	case "ETSI.CAdES.detached", "adbe.pkcs7.detached":
		if typ != "" && typ != "Sig" {
			j.answer("encoding", "type", Failed, FormatFailure, string(typ))
			return false
		}
	case "ETSI.RFC3161":
		if typ != "" && typ != "DocTimeStamp" {
			j.answer("encoding", "type", Failed, FormatFailure, string(typ))
			return false
		}
	case "adbe.pkcs7.sha1":
		j.answer("encoding", "sha1", Failed, CryptoConstraintsFailure, string(sub))
		return false
	case "adbe.x509.rsa_sha1": // whatever its hash (table 257, note): it has no signed attributes
		j.answer("encoding", "pkcs1", Failed, SigConstraintsFailure, string(sub))
		return false
	default:
		j.answer("encoding", "unknown", Failed, FormatFailure, string(sub))
		return false
	}
	j.answer("encoding", "ok", Passed, "", string(sub))
	return true
}

// content checks the SignedData, its certificate and its time.
func (j *judgement) content(sub pdf.Name) {
	contents, _ := j.s.dict["Contents"].(pdf.String)
	sd, err := cms.ParseContents(contents)
	if err != nil {
		j.take(finding{check: "cms", code: "malformed", status: Failed, sub: FormatFailure, detail: err.Error()})
		return
	}
	j.cms = sd
	if len(sd.Signers) != 1 {
		j.answer("cms", "signers", Failed, FormatFailure, len(sd.Signers))
		return
	}
	j.v.learn(sd)
	if sub == "ETSI.RFC3161" {
		j.answer("cms", "ok", Passed, "")
		j.stamp(sd)
		return
	}
	if !sd.ContentType.Equal(cms.OIDData) || sd.Content != nil {
		j.answer("cms", "encapsulated", Failed, FormatFailure)
		return
	}
	j.answer("cms", "ok", Passed, "")
	verdict := j.v.checkSigner(sd, &sd.Signers[0], j.v.hashRange(j.s), cms.OIDData, sub == "ETSI.CAdES.detached")
	j.report(verdict)
	j.times(&sd.Signers[0])
	if verdict.cert != nil {
		j.certificate(verdict.cert)
	}
}

// report takes over what the SignedData proves.
func (j *judgement) report(s signerVerdict) {
	j.out.Algorithm = s.algorithm
	good := true
	for _, f := range s.findings {
		j.take(f)
		switch f.check {
		case "digest", "signature_value", "signed_attributes":
			good = good && f.status == Passed || f.status == Warning && good
			if f.status == Failed {
				j.out.Integrity = Failed
			}
		}
	}
	if good && j.out.Integrity == NotChecked {
		j.out.Integrity = Passed
	}
}

// learn adds revocation data that a signature brings along.
func (v *verifier) learn(sd *cms.SignedData) {
	for _, der := range sd.CRLs {
		v.evidence.addCRL(der)
	}
	v.evidence.ocsps = append(v.evidence.ocsps, sd.OCSP...)
	crls, ocsps, err := sd.Signers[0].RevocationArchival()
	if err != nil {
		return
	}
	for _, der := range crls {
		v.evidence.addCRL(der)
	}
	v.evidence.ocsps = append(v.evidence.ocsps, ocsps...)
}

// stamp judges a document time-stamp.
func (j *judgement) stamp(sd *cms.SignedData) {
	control := j.v.now
	if t, ok := j.v.provenBefore(j.s.revision); ok {
		control = t
	}
	verdict := j.v.checkToken(sd, j.v.hashRange(j.s), control)
	j.out.Timestamp = verdict.describe()
	if !verdict.time.IsZero() {
		t := verdict.time
		j.out.SigningTime, j.out.TimeSource = &t, "timestamp"
	}
	if verdict.cert != nil {
		j.who(verdict.cert)
		j.out.Certificate.Revocation = "UNKNOWN"
	}
	for i, c := range verdict.chain {
		j.out.Chain = append(j.out.Chain, describe(c, i == len(verdict.chain)-1))
	}
	for i, st := range verdict.rev {
		j.out.Chain[i].Revocation, j.out.Chain[i].Source = st.word(), st.source
	}
	if len(verdict.rev) > 0 {
		j.out.Certificate.Revocation, j.out.Certificate.Source = verdict.rev[0].word(), verdict.rev[0].source
	}
	if verdict.code != "" {
		if verdict.sub == HashFailure || verdict.sub == FormatFailure || verdict.sub == SigCryptoFailure {
			j.out.Integrity = Failed
		} else {
			j.out.Integrity = Passed
		}
		j.answer("timestamp", "document_"+verdict.code, Failed, verdict.sub, verdict.args...)
		return
	}
	j.out.Integrity = Passed
	j.answer("timestamp", "document_ok", Passed, "", verdict.time)
	j.revocationUnknown(verdict.unknownRevocation)
	if j.s.shown {
		j.v.stamps = append(j.v.stamps, provenTime{j.s.revision, verdict.time})
	}
}

func (j *judgement) revocationUnknown(unknown bool) {
	switch {
	case !unknown:
		j.answer("revocation", "ok", Passed, "")
	case j.v.opt.Revocation == RevocationRequire:
		j.answer("revocation", "unknown_required", Failed, TryLater)
	default:
		j.answer("revocation", "unknown", Warning, "")
	}
}

// role holds the signature against the rules for certifying and approving
// (ISO 32000-1, 12.8.2.2): one certification, and it comes first.
func (j *judgement) role() {
	if !j.s.certifies {
		j.answer("role", string(j.out.Role), Passed, "")
		return
	}
	for _, o := range j.v.sigs {
		if o != j.s && o.certifies && o.revision <= j.s.revision {
			j.answer("role", "second_certification", Failed, FormatFailure)
			return
		}
		if o.revision < j.s.revision && !isStamp(o.dict) {
			j.answer("role", "late_certification", Failed, FormatFailure)
			return
		}
	}
	f := j.v.file
	catalog, _ := f.Catalog()
	perms, _ := f.Dict(catalog["Perms"])
	ref, _ := perms["DocMDP"].(pdf.Ref)
	if ref != j.s.sigRef || ref.Num == 0 {
		j.answer("role", "no_perms", Warning, "", j.s.docMDP)
		return
	}
	j.answer("role", "certification", Passed, "", j.s.docMDP)
}

// coverage says how much of the file the signature covers.
func (j *judgement) coverage() {
	s, last := j.s, len(j.v.revs)-1
	switch {
	case !s.ranged || !endsRevision(j.v.data, s.end, j.v.revs[s.revision]):
		j.answer("coverage", "partial", Failed, FormatFailure)
	case s.revision == last:
		j.out.Coverage = EntireFile
		j.answer("coverage", "file", Passed, "")
	default:
		j.out.Coverage = EntireRevision
		j.answer("coverage", "revision", Passed, "", s.revision+1, last+1)
	}
}

// changes reports what was changed after the signature.
func (j *judgement) changes() {
	for _, c := range j.v.changes {
		if c.Revision-1 > j.s.revision {
			j.out.Changes = append(j.out.Changes, c)
		}
	}
	j.out.ChangesAfter = level(j.out.Changes)
	bad, caution, unsigned := 0, 0, ""
	last := 0
	for _, s := range j.v.sigs {
		last = max(last, s.revision)
	}
	first := Change{}
	for _, c := range j.out.Changes {
		if !c.Allowed {
			if bad++; bad == 1 {
				first = c
			}
		} else if c.caution || c.act == actNote || c.act == actNewVisible {
			caution++
		} else if c.act == actFill && c.Revision-1 > last {
			unsigned = c.field
		}
	}
	switch {
	case bad > 0:
		j.answer("changes", "not_permitted", Failed, FormatFailure, both{first.Message, first.MessageEN}, bad)
	case j.v.changesErr != nil:
		j.out.ChangesAfter = NotKnown
		j.take(finding{check: "changes", code: "not_compared", status: Failed, sub: FormatFailure, detail: j.v.changesErr.Error()})
	case len(j.out.Changes) == 0:
		j.answer("changes", "none", Passed, "")
	case caution > 0:
		j.answer("changes", "look", Warning, "", caution)
	case unsigned != "":
		j.answer("changes", "unsigned_filling", Warning, "", unsigned)
	case j.out.ChangesAfter == LTAUpdates:
		j.answer("changes", "lta", Passed, "")
	default:
		j.answer("changes", "filling", Passed, "", changeList(j.out.Changes))
	}
}

// who names the certificate in the report.
func (j *judgement) who(c *x509.Certificate) {
	d := describe(c, false)
	j.out.Certificate = &d
	j.out.Signer = commonName(c.Subject)
	j.out.Unit = unitName(c.Subject)
	j.out.Issuer = commonName(c.Issuer)
}

func describe(c *x509.Certificate, anchor bool) Certificate {
	sum := sha256.Sum256(c.Raw)
	d := Certificate{
		Subject: nameText(c.RawSubject, c.Subject), Issuer: nameText(c.RawIssuer, c.Issuer), Serial: hex.EncodeToString(c.SerialNumber.Bytes()),
		NotBefore: c.NotBefore, NotAfter: c.NotAfter, Key: keyName(c), SHA256: hex.EncodeToString(sum[:]),
		Revocation: "UNKNOWN", Anchor: anchor,
	}
	if anchor {
		d.Revocation = "NOT_APPLICABLE"
	}
	return d
}

// digestOf hashes a byte string with the hash asked for.
func digestOf(b []byte) func(crypto.Hash) []byte {
	return func(h crypto.Hash) []byte {
		if !h.Available() {
			return nil
		}
		d := h.New()
		d.Write(b)
		return d.Sum(nil)
	}
}
