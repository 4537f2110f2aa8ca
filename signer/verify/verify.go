package verify

import (
	"bytes"
	"context"
	"crypto"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"time"

	"antin/internal/pdf"
	"antin/signer/cms"
)

// RevocationPolicy says what becomes of a signature of whose certificate it is
// not known whether it was revoked.
type RevocationPolicy uint8

const (
	// RevocationWarn lets it pass with a warning in the check and in the
	// conclusion, as Thông tư 15/2025/TT-BKHCN, Phụ lục II asks.
	RevocationWarn RevocationPolicy = iota
	// RevocationRequire makes it INDETERMINATE/TRY_LATER.
	RevocationRequire
)

// Options is how to verify. The zero value trusts nobody.
type Options struct {
	// Trust holds the anchors for signers; StampTrust those for time-stamp
	// authorities, Trust if nil.
	Trust, StampTrust *Trust
	// Now is the time of validation; the zero time is the present.
	Now time.Time
	// Revocation is what to do when revocation is not known.
	Revocation RevocationPolicy
	// Draft accepts a document of this system that is signed and not yet
	// sealed.
	Draft bool
	// Limits bounds the reading; zero fields have the values of DefaultLimits.
	Limits pdf.Limits
	// Fetch gets revocation data from the network when the document and Trust
	// hold none. Nil, the default, stays off the network.
	Fetch Fetcher
}

// DefaultLimits bounds a file from the public: far above any official
// document, small for a server.
var DefaultLimits = pdf.Limits{
	FileSize: 64 << 20, Objects: 60_000, Elements: 2_000_000, Revisions: 128, Decoded: 48 << 20,
}

// maxSignatures bounds the signatures of one file.
const maxSignatures = 64

// verifier is the work on one file.
type verifier struct {
	opt  Options
	now  time.Time
	data []byte
	file *pdf.File
	revs []pdf.Revision

	report     *Report
	evidence   *evidence
	fetching   fetching
	storeCerts []*x509.Certificate
	sigs       []*signed
	changes    []Change // of all revisions after the first signature
	changesErr error
	// stamps are the times of good document time-stamps by revision index.
	stamps []provenTime
	pages  map[pdf.Ref]int
	used   *Gathered // nil when nobody asked for it
}

type provenTime struct {
	revision int
	time     time.Time
}

// Document judges a file. It never fails: what cannot be judged is said in the
// report.
func Document(data []byte, opt Options) (*Report, error) {
	return newVerifier(data, opt).document()
}

func newVerifier(data []byte, opt Options) *verifier {
	if opt.Trust == nil {
		opt.Trust = NewTrust()
	}
	v := &verifier{opt: opt, now: opt.Now, data: data}
	if v.now.IsZero() {
		v.now = time.Now()
	}
	v.report = &Report{
		CheckedAt: v.now, Size: len(data), Fields: map[string]string{},
		Checks: []Check{}, Signatures: []Signature{},
	}
	return v
}

func (v *verifier) document() (*Report, error) {
	ctx, stop := context.WithTimeout(context.Background(), maxFetchTime)
	defer stop()
	v.fetching = fetching{ctx: ctx}
	data, limits := v.data, v.opt.Limits
	fill(&limits.FileSize, DefaultLimits.FileSize)
	fill(&limits.Objects, DefaultLimits.Objects)
	fill(&limits.Elements, DefaultLimits.Elements)
	fill(&limits.Revisions, DefaultLimits.Revisions)
	fill(&limits.Decoded, DefaultLimits.Decoded)
	if int64(len(data)) > limits.FileSize {
		v.unreadable(&pdf.LimitError{What: "bytes in the file", Limit: limits.FileSize, Offset: -1})
		return v.report, nil
	}
	sum := sha256.Sum256(data)
	v.report.SHA256 = hex.EncodeToString(sum[:])
	if err := v.run(limits); err != nil {
		v.unreadable(err)
	}
	return v.report, nil
}

// MaxPages is the most pages of a document that is judged.
const MaxPages = 5000

func fill[T int | int64](v *T, d T) {
	if *v <= 0 {
		*v = d
	}
}

// run does the work; an error means that the file cannot be read well enough
// to say anything.
func (v *verifier) run(limits pdf.Limits) error {
	f, err := pdf.Open(v.data, limits)
	if err != nil {
		return err
	}
	v.file, v.revs = f, f.Revisions()
	v.report.Revisions = len(v.revs)
	// A tree of pages that cannot be walked is judged where pages matter.
	if pages, err := f.Pages(); err == nil && len(pages) > MaxPages {
		return &pdf.LimitError{What: "pages", Limit: MaxPages, Offset: -1}
	}
	budget := maxVisits
	sigs, fields, err := findSignatures(f, &budget)
	if err != nil {
		return err
	}
	if len(sigs) > maxSignatures {
		return &pdf.LimitError{What: "signatures", Limit: maxSignatures, Offset: -1}
	}
	v.sigs = sigs
	v.note(finding{check: "format", code: "ok", status: Passed})
	for _, fd := range fields {
		if fd.kind == "Tx" {
			if o, err := f.Resolve(fd.value); err == nil {
				if text, ok := valueText(f, o); ok && text != "" {
					v.report.Fields[fd.name] = text
				}
			}
		}
	}
	v.report.LookupCode = lookupCode(f)
	v.structure()
	if len(sigs) == 0 {
		v.note(finding{check: "signed", code: "none", status: Failed})
		v.conclude(fields)
		return nil
	}
	v.note(finding{check: "signed", code: "ok", status: Passed, args: []any{len(sigs)}})
	v.active()
	v.gatherEvidence()
	v.compareRevisions(&budget)
	if _, limit := errors.AsType[*pdf.LimitError](v.changesErr); limit || errors.Is(v.changesErr, errBudget) {
		return v.changesErr
	}
	v.judgeSignatures()
	v.conclude(fields)
	return nil
}

// note answers a check of the whole file.
func (v *verifier) note(f finding) { v.report.Checks = append(v.report.Checks, f.check_()) }

// unreadable makes the report on a file that cannot be read.
func (v *verifier) unreadable(err error) {
	f := finding{check: "format", code: "malformed", status: Failed, sub: FormatFailure, detail: err.Error()}
	if limit, ok := errors.AsType[*pdf.LimitError](err); ok {
		f.code, f.sub, f.args = "limit", SigConstraintsFailure, limitArgs(limit)
	}
	switch {
	case errors.Is(err, pdf.ErrEncrypted):
		f.code, f.sub, f.detail = "encrypted", SigConstraintsFailure, ""
	case errors.Is(err, errBudget):
		f.code, f.sub, f.args = "limit", SigConstraintsFailure, limitArgs(&pdf.LimitError{What: "objects to compare", Limit: maxVisits})
	case f.code == "malformed" && !bytes.Contains(v.data[:min(len(v.data), 1024)], []byte("%PDF-")):
		f.code, f.detail = "not_pdf", ""
	}
	r := v.report
	r.Checks = []Check{f.check_()}
	r.Signatures = []Signature{}
	r.Indication, r.SubIndication = indicationOf(f.sub), f.sub
	r.Conclusion, r.ConclusionEN = sentence("conclusion.unreadable_" + f.code)
}

// structure judges what a scan of every byte of the file found odd.
func (v *verifier) structure() {
	firstSigned := len(v.revs)
	for _, s := range v.sigs {
		firstSigned = min(firstSigned, s.revision)
	}
	worst := Passed
	said := map[pdf.Code]bool{}
	for _, a := range v.file.Anomalies() {
		status := Failed
		switch a.Code {
		case pdf.SpaceAfterEOF:
			status = Warning
		case pdf.HiddenRevision:
			// Left over inside the first revision; but not when it is where the
			// signatures are.
			if a.Revision == 0 && (len(v.sigs) > 0 || !bytes.Contains(v.data, []byte("/ByteRange"))) {
				status = Warning
			}
		case pdf.UnlistedObject, pdf.UnaccountedBytes, pdf.UnreadableObject, pdf.EntryBeyondSize:
			// In what the first signature covers these are bytes that nothing
			// leads to, and the signer signed them; later they are someone's
			// preparation.
			if a.Revision <= firstSigned {
				status = Warning
			}
		}
		if status == Failed || worst == Passed {
			worst = status
		}
		if !said[a.Code] {
			said[a.Code] = true
			f := finding{check: "structure", code: string(a.Code), status: status, detail: a.Detail}
			if status == Failed {
				f.sub = FormatFailure
			}
			v.note(f)
		}
	}
	for i, r := range v.revs {
		if r.Kind == pdf.Hybrid && i > firstSigned && !said["hybrid"] {
			said["hybrid"] = true
			worst = Failed
			v.note(finding{check: "structure", code: "hybrid", status: Failed, sub: FormatFailure})
		}
	}
	if worst == Passed {
		v.note(finding{check: "structure", code: "ok", status: Passed})
	}
}

// gatherEvidence collects certificates and revocation data that the document
// carries in its security store.
func (v *verifier) gatherEvidence() {
	v.evidence = &evidence{trust: v.opt.Trust}
	catalog, err := v.file.Catalog()
	if err != nil {
		return
	}
	dss, err := v.file.Dict(catalog["DSS"])
	if err != nil || dss == nil {
		return
	}
	each := func(key pdf.Name, use func([]byte)) {
		list, err := v.file.Array(dss[key])
		if err != nil {
			return
		}
		for i, o := range list {
			s, err := v.file.Stream(o)
			if err != nil || s == nil || i >= maxStoreEntries {
				continue
			}
			if der, err := v.file.Decode(s, maxStoreEntry); err == nil {
				use(der)
			}
		}
	}
	each("Certs", func(der []byte) {
		if c, err := x509.ParseCertificate(der); err == nil {
			v.storeCerts = append(v.storeCerts, c)
		}
	})
	each("CRLs", func(der []byte) { v.evidence.addCRL(der) })
	each("OCSPs", func(der []byte) {
		if basic := cms.BasicOCSP(der); basic != nil {
			v.evidence.ocsps = append(v.evidence.ocsps, basic)
		}
	})
}

// Bounds of the document security store.
const (
	maxStoreEntries = 256
	maxStoreEntry   = 8 << 20
)

// compareRevisions compares each revision after the first signature with the
// one before and judges the changes by the permissions then in force.
func (v *verifier) compareRevisions(budget *int) {
	var perms permissions
	first := v.sigs[0].revision
	for _, s := range v.sigs {
		first = min(first, s.revision)
	}
	quiet, err := quietObjects(v.file, first, budget)
	if err != nil {
		v.changesErr = err
		return
	}
	for rev := first + 1; rev < len(v.revs); rev++ {
		for _, s := range v.sigs {
			if s.revision == rev-1 {
				perms.restrict(s)
			}
		}
		changes, err := diff(v.file, rev, quiet, budget)
		if err != nil {
			v.changesErr = fmt.Errorf("revision %d: %w", rev+1, err)
			return
		}
		for i := range changes {
			perms.judge(&changes[i])
		}
		v.changes = append(v.changes, changes...)
	}
}

// judgeSignatures judges document time-stamps, newest first because each is
// proved by the next, and then the other signatures.
func (v *verifier) judgeSignatures() {
	verdicts := make([]Signature, len(v.sigs))
	for i := len(v.sigs) - 1; i >= 0; i-- {
		if isStamp(v.sigs[i].dict) {
			verdicts[i] = v.judge(v.sigs[i])
		}
	}
	for i, s := range v.sigs {
		if !isStamp(s.dict) {
			verdicts[i] = v.judge(s)
		}
	}
	v.report.Signatures = verdicts
}

// provenBefore is the earliest time by which a document time-stamp proves that
// revision rev existed.
func (v *verifier) provenBefore(rev int) (t time.Time, ok bool) {
	for _, p := range v.stamps {
		if p.revision > rev && (!ok || p.time.Before(t)) {
			t, ok = p.time, true
		}
	}
	return t, ok
}

func (v *verifier) stampTrust() *Trust {
	if v.opt.StampTrust != nil {
		return v.opt.StampTrust
	}
	return v.opt.Trust
}

// poolWith is what paths may be built of besides the trust store.
func (v *verifier) poolWith(certs []*x509.Certificate) []*x509.Certificate {
	return slices.Concat(certs, v.storeCerts)
}

// hashRange is the digest of the bytes that s covers.
func (v *verifier) hashRange(s *signed) func(crypto.Hash) []byte {
	return func(h crypto.Hash) []byte {
		if !s.ranged || !h.Available() {
			return nil
		}
		d := h.New()
		d.Write(v.data[:s.byteRange[1]])
		d.Write(v.data[s.byteRange[2] : s.byteRange[2]+s.byteRange[3]])
		return d.Sum(nil)
	}
}
