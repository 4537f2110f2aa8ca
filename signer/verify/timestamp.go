package verify

import (
	"bytes"
	"crypto"
	"crypto/x509"
	"encoding/asn1"
	"fmt"
	"math/big"
	"time"

	"golang.org/x/crypto/cryptobyte"
	casn1 "golang.org/x/crypto/cryptobyte/asn1"

	"antin/signer/cms"
)

// tstInfo is the part of TSTInfo (RFC 3161, 2.4.2) that is judged.
type tstInfo struct {
	hash    crypto.Hash
	imprint []byte
	time    time.Time
	serial  *big.Int
	nonce   *big.Int
	policy  asn1.ObjectIdentifier
}

// parseTSTInfo reads the content of a time-stamp token.
func parseTSTInfo(der []byte) (info tstInfo, err error) {
	bad := func(what string) (tstInfo, error) {
		return tstInfo{}, fmt.Errorf("time-stamp: %s malformed", what)
	}
	in := cryptobyte.String(der)
	var seq, imprint, algorithm, hashed cryptobyte.String
	var version int
	if !in.ReadASN1(&seq, casn1.SEQUENCE) || !in.Empty() || !seq.ReadASN1Integer(&version) || version != 1 {
		return bad("TSTInfo")
	}
	if !seq.ReadASN1ObjectIdentifier(&info.policy) {
		return bad("policy")
	}
	var oid asn1.ObjectIdentifier
	if !seq.ReadASN1(&imprint, casn1.SEQUENCE) || !imprint.ReadASN1(&algorithm, casn1.SEQUENCE) ||
		!algorithm.ReadASN1ObjectIdentifier(&oid) || !imprint.ReadASN1(&hashed, casn1.OCTET_STRING) || !imprint.Empty() {
		return bad("messageImprint")
	}
	info.hash, info.imprint = (cms.Algorithm{OID: oid}).Hash(), hashed
	info.serial = new(big.Int)
	if !seq.ReadASN1Integer(info.serial) {
		return bad("serialNumber")
	}
	var stamp cryptobyte.String
	if !seq.ReadASN1(&stamp, casn1.GeneralizedTime) {
		return bad("genTime")
	}
	if info.time, err = generalizedTime(string(stamp)); err != nil {
		return bad("genTime")
	}
	// accuracy, ordering, nonce, tsa and extensions may follow
	for !seq.Empty() {
		var el cryptobyte.String
		var tag casn1.Tag
		if !seq.ReadAnyASN1Element(&el, &tag) {
			return bad("TSTInfo")
		}
		if tag == casn1.INTEGER {
			info.nonce = new(big.Int)
			if !el.ReadASN1Integer(info.nonce) {
				return bad("nonce")
			}
		}
	}
	return info, nil
}

// generalizedTime reads the form of RFC 3161, 2.4.2: UTC, fractions allowed.
func generalizedTime(s string) (time.Time, error) {
	for _, layout := range []string{"20060102150405Z", "20060102150405.999999999Z"} {
		if t, err := time.Parse(layout, s); err == nil {
			return t, nil
		}
	}
	return time.Time{}, fmt.Errorf("time %q malformed", s)
}

// stampVerdict is the outcome of checking one time-stamp token.
type stampVerdict struct {
	time  time.Time
	cert  *x509.Certificate
	chain []*x509.Certificate
	code  string // empty when good: keys the words
	args  []any
	sub   SubIndication
	rev   []revocationState
	// unknownRevocation says that nothing is known about the revocation of a
	// certificate of the stamp's chain.
	unknownRevocation bool
}

// checkToken judges an RFC 3161 token. digest gives the digest that the token
// must hold for a hash function. control is the time at which the certificate
// of the authority must be good: now, or the time of a later stamp that proves
// this one.
func (v *verifier) checkToken(sd *cms.SignedData, digest func(crypto.Hash) []byte, control time.Time) stampVerdict {
	var out stampVerdict
	fail := func(code string, sub SubIndication, args ...any) stampVerdict {
		out.code, out.sub, out.args = code, sub, args
		return out
	}
	if !sd.ContentType.Equal(cms.OIDTSTInfo) || sd.Content == nil {
		return fail("not_a_token", FormatFailure)
	}
	info, err := parseTSTInfo(sd.Content)
	if err != nil {
		return fail("not_a_token", FormatFailure)
	}
	out.time = info.time
	if len(sd.Signers) != 1 {
		return fail("signers", FormatFailure)
	}
	if info.hash == 0 || !strongHash(info.hash) {
		return fail("weak_hash", CryptoConstraintsFailure, info.hash.String())
	}
	if !bytes.Equal(digest(info.hash), info.imprint) {
		return fail("imprint", HashFailure)
	}
	s := &sd.Signers[0]
	core := v.checkSigner(sd, s, func(h crypto.Hash) []byte {
		d := h.New()
		d.Write(sd.Content)
		return d.Sum(nil)
	}, cms.OIDTSTInfo, true)
	out.cert = core.cert
	if core.problem != nil {
		return fail("token_"+core.problem.code, core.problem.sub, core.problem.args...)
	}
	b := pathBuilder{trust: v.stampTrust(), pool: v.poolWith(sd.Certificates)}
	path, problem := b.path(core.cert)
	if problem == nil {
		out.chain = path
		problem = b.trust.checkPath(path, control, forTimestamping)
	}
	if problem != nil {
		return fail("untrusted", problem.sub, v.chainSentence(problem))
	}
	if control.Before(core.cert.NotBefore) || info.time.Before(core.cert.NotBefore) || info.time.After(core.cert.NotAfter) {
		return fail("outside_validity", NotYetValid)
	}
	if control.After(core.cert.NotAfter) {
		return fail("expired", OutOfBoundsNoPOE, day(core.cert.NotAfter))
	}
	if info.time.After(v.now.Add(clockSkew)) {
		return fail("future", TimestampOrderFailure, info.time)
	}
	v.keep(path)
	for i := range len(path) - 1 {
		st := v.revocationOf(path[i], path[i+1], control)
		out.rev = append(out.rev, st)
		switch {
		case !st.known:
			out.unknownRevocation = true
		case st.revoked && !control.Before(st.at):
			return fail("revoked", RevokedNoPOE, st.at)
		}
	}
	return out
}
