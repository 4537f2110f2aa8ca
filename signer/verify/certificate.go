package verify

import (
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"fmt"
	"slices"
	"strings"
	"time"

	"antin/internal/pdf"
	"antin/signer/cms"
)

// times reads the time the signature claims and the times that are proved.
func (j *judgement) times(s *cms.SignerInfo) {
	if m, ok := j.s.dict["M"].(pdf.String); ok {
		if t, err := pdf.ParseDate(m); err == nil {
			j.claimed = t
		}
	}
	if t, ok, err := s.SigningTime(); ok && err == nil {
		j.claimed = t
	}
	if t, ok := j.v.provenBefore(j.s.revision); ok {
		j.proven = t
	}
	tokens := s.Timestamps()
	if len(tokens) == 0 {
		if j.proven.IsZero() {
			j.answer("timestamp", "none", NotChecked, "")
		} else {
			j.answer("timestamp", "by_document", Passed, "", j.proven)
		}
	}
	for i, der := range tokens {
		if i == maxTokens {
			break
		}
		j.token(der, s)
	}
	j.signingTime()
}

// maxTokens bounds the time-stamps of one signature that are looked at.
const maxTokens = 8

func (j *judgement) token(der []byte, s *cms.SignerInfo) {
	sd, err := cms.Parse(der)
	if err != nil {
		j.answer("timestamp", "malformed", Failed, SigConstraintsFailure)
		return
	}
	j.v.evidence.ocsps = append(j.v.evidence.ocsps, sd.OCSP...)
	for _, l := range sd.CRLs {
		j.v.evidence.addCRL(l)
	}
	control := j.v.now
	if t, ok := j.v.provenBefore(j.s.revision); ok {
		control = t
	}
	verdict := j.v.checkToken(sd, digestOf(s.Signature), control)
	if j.out.Timestamp == nil || verdict.code == "" {
		j.out.Timestamp = verdict.describe()
	}
	switch {
	case verdict.unknownRevocation && verdict.code == "" && j.v.opt.Revocation == RevocationRequire: // it proves nothing
		j.answer("timestamp", "revocation_required", Warning, "", verdict.time, commonName(verdict.cert.Subject))
	case verdict.code == "":
		if verdict.unknownRevocation {
			j.answer("timestamp", "revocation_unknown", Warning, "", verdict.time, commonName(verdict.cert.Subject))
		} else {
			j.answer("timestamp", "ok", Passed, "", verdict.time, commonName(verdict.cert.Subject))
		}
		if j.proven.IsZero() || verdict.time.Before(j.proven) {
			j.proven = verdict.time
		}
	case indicationOf(verdict.sub) == TotalFailed && verdict.sub != NotYetValid:
		j.answer("timestamp", verdict.code, Failed, SigConstraintsFailure, verdict.args...)
	default: // it proves nothing, and the signature stands without it
		j.answer("timestamp", verdict.code, Warning, "", verdict.args...)
	}
}

// signingTime says when the signature was made and how that is known.
func (j *judgement) signingTime() {
	now := j.v.now
	switch {
	case !j.proven.IsZero():
		t := j.proven
		j.out.SigningTime, j.out.TimeSource = &t, "timestamp"
		if !j.claimed.IsZero() && j.claimed.After(t.Add(clockSkew)) {
			j.answer("signing_time", "claimed_after_stamp", Failed, TimestampOrderFailure, j.claimed, t)
			return
		}
		j.answer("signing_time", "proven", Passed, "", t)
	case !j.claimed.IsZero():
		t := j.claimed
		j.out.SigningTime, j.out.TimeSource = &t, "claimed"
		if t.After(now.Add(clockSkew)) {
			j.answer("signing_time", "future", Failed, SigConstraintsFailure, t)
			return
		}
		j.answer("signing_time", "claimed", Warning, "", t)
	default:
		j.answer("signing_time", "none", Warning, "")
	}
}

// certificate judges the chain, validity and revocation of the signer.
func (j *judgement) certificate(c *x509.Certificate) {
	v := j.v
	j.who(c)
	j.answer("issuer", "shown", Passed, "", j.out.Issuer)
	j.answer("subject", "shown", Passed, "", j.out.Signer)
	if j.out.Unit == "" {
		j.answer("unit", "none", NotChecked, "")
	} else {
		j.answer("unit", "shown", Passed, "", j.out.Unit)
	}
	at := v.now
	if !j.proven.IsZero() {
		at = j.proven
	}
	b := pathBuilder{trust: v.opt.Trust, pool: v.poolWith(j.cms.Certificates)}
	path, problem := b.path(c)
	if problem == nil {
		j.path = path
		for i, pc := range path {
			j.out.Chain = append(j.out.Chain, describe(pc, i == len(path)-1))
		}
		j.out.Certificate.Anchor = len(path) == 1
		problem = v.opt.Trust.checkPath(path, at, forSigning)
	}
	chained := problem == nil
	if problem != nil {
		name := ""
		if problem.cert != nil {
			name = commonName(problem.cert.Subject)
		}
		j.take(finding{check: "chain", code: problem.code, status: Failed, sub: problem.sub, args: append([]any{name}, problem.args...), detail: problem.detail})
	} else {
		j.answer("chain", "ok", Passed, "", commonName(path[len(path)-1].Subject))
	}
	j.validity(c, at)
	if j.path == nil {
		j.answer("revocation", "no_chain", NotChecked, "")
	} else {
		j.revocation(at)
	}
	j.validAtSigning(chained)
}

// validity judges the period of the signer's certificate.
func (j *judgement) validity(c *x509.Certificate, at time.Time) {
	proved := !j.proven.IsZero()
	switch {
	case at.Before(c.NotBefore):
		j.answer("certificate_validity", "not_yet", Failed, NotYetValid, day(c.NotBefore), day(c.NotAfter))
	case at.After(c.NotAfter) && proved:
		j.answer("certificate_validity", "expired_at_signing", Failed, Expired, day(c.NotBefore), day(c.NotAfter))
	case at.After(c.NotAfter):
		j.answer("certificate_validity", "expired", Failed, OutOfBoundsNoPOE, day(c.NotBefore), day(c.NotAfter))
	case !proved && !j.claimed.IsZero() && (j.claimed.Before(c.NotBefore) || j.claimed.After(c.NotAfter)):
		j.answer("certificate_validity", "claimed_outside", Failed, SigConstraintsFailure, day(c.NotBefore), day(c.NotAfter))
	case j.v.now.After(c.NotAfter):
		j.answer("certificate_validity", "expired_since", Passed, "", day(c.NotBefore), day(c.NotAfter))
	default:
		j.answer("certificate_validity", "ok", Passed, "", day(c.NotBefore), day(c.NotAfter))
	}
}

// revocation judges every certificate of the path but the anchor.
func (j *judgement) revocation(at time.Time) {
	defer j.v.keep(j.path)
	unknown, why := "", ""
	for i := range len(j.path) - 1 {
		c := j.path[i]
		st := j.v.revocationOf(c, j.path[i+1], at)
		j.out.Chain[i].Revocation, j.out.Chain[i].Source = st.word(), st.source
		if i == 0 {
			j.out.Certificate.Revocation, j.out.Certificate.Source = st.word(), st.source
		}
		name := commonName(c.Subject)
		switch {
		case st.revoked && !j.proven.IsZero() && j.proven.Before(st.at):
			j.answer("revocation", "revoked_later", Warning, "", name, st.at)
			continue
		case st.revoked && i > 0:
			j.answer("revocation", "ca_revoked", Failed, RevokedCANoPOE, name, st.at)
			return
		case st.revoked && st.hold:
			j.answer("revocation", "suspended", Failed, RevokedNoPOE, name, st.at)
			return
		case st.revoked && !j.proven.IsZero():
			j.answer("revocation", "revoked_before", Failed, Revoked, name, st.at)
			return
		case st.revoked:
			j.answer("revocation", "revoked", Failed, RevokedNoPOE, name, st.at)
			return
		case !st.known && unknown == "":
			unknown, why = name, st.why
		}
	}
	switch {
	case len(j.path) == 1:
		j.answer("revocation", "anchor", Passed, "")
	case unknown == "":
		if j.out.Check("revocation") == nil {
			j.answer("revocation", "ok", Passed, "")
		}
	case j.v.opt.Revocation == RevocationRequire:
		j.answer("revocation", why+"_required", Failed, TryLater, unknown)
	default:
		j.answer("revocation", why, Warning, "", unknown)
	}
}

// validAtSigning sums up whether the signature was valid when it was made
// (Thông tư 15/2025/TT-BKHCN, Điều 6.4).
func (j *judgement) validAtSigning(chained bool) {
	validity, revocation := j.out.Check("certificate_validity"), j.out.Check("revocation")
	switch {
	case !chained:
		j.answer("valid_at_signing", "no_chain", NotChecked, "")
	case validity.Status == Failed || revocation != nil && revocation.Status == Failed:
		j.answer("valid_at_signing", "no", NotChecked, "")
	case revocation == nil || revocation.Status == Warning && revocation.Code != "revoked_later":
		j.answer("valid_at_signing", "unknown", Warning, "")
	case j.proven.IsZero():
		j.answer("valid_at_signing", "now", Passed, "")
	default:
		j.answer("valid_at_signing", "yes", Passed, "", j.proven)
	}
}

func commonName(n pkix.Name) string {
	if n.CommonName != "" {
		return clean(n.CommonName)
	}
	return clean(n.String())
}

// unitName is the unit that manages the certificate: O, then OU.
func unitName(n pkix.Name) string {
	return clean(strings.Join(slices.Concat(n.Organization, n.OrganizationalUnit), ", "))
}

// attributeNames are the attribute types that Vietnamese certificates use
// (RFC 4519; the rest is shown by number).
var attributeNames = map[string]string{
	"2.5.4.3": "CN", "2.5.4.4": "SN", "2.5.4.5": "SERIALNUMBER", "2.5.4.6": "C", "2.5.4.7": "L", "2.5.4.8": "ST", "2.5.4.9": "STREET",
	"2.5.4.10": "O", "2.5.4.11": "OU", "2.5.4.12": "T", "2.5.4.42": "GN", "2.5.4.97": "ORGANIZATIONIDENTIFIER",
	"0.9.2342.19200300.100.1.1": "UID", "0.9.2342.19200300.100.1.25": "DC", "1.2.840.113549.1.9.1": "E",
}

var escapeName = strings.NewReplacer(`\`, `\\`, ",", `\,`, "+", `\+`)

// nameText is a distinguished name as people read it, in the order of RFC 4514.
func nameText(raw []byte, parsed pkix.Name) string {
	var rdns pkix.RDNSequence
	if rest, err := asn1.Unmarshal(raw, &rdns); err != nil || len(rest) > 0 {
		return parsed.String()
	}
	var parts []string
	for _, rdn := range slices.Backward(rdns) {
		for _, a := range rdn {
			key := a.Type.String()
			if known, ok := attributeNames[key]; ok {
				key = known
			}
			text, ok := a.Value.(string)
			if !ok {
				text = fmt.Sprint(a.Value)
			}
			value := escapeName.Replace(clean(text))
			parts = append(parts, key+"="+value)
		}
	}
	return strings.Join(parts, ", ")
}
