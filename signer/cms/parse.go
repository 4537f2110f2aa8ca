package cms

import (
	"bytes"
	"crypto"
	"crypto/x509"
	"encoding/asn1"
	"fmt"
	"math/big"

	"golang.org/x/crypto/cryptobyte"
	casn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// Bounds of what Parse accepts. They are far above what signatures of
// documents hold and keep a hostile file from costing time or memory.
const (
	MaxSize         = 16 << 20 // bytes of one SignedData; CRLs can be large
	maxCertificates = 64
	maxRevocations  = 256
	maxSigners      = 16
	maxAttributes   = 64
	maxValues       = 32
)

// A ParseError says which part of a SignedData is malformed.
type ParseError struct {
	Where string // the ASN.1 path, e.g. "signerInfos[0].signedAttrs"
	Msg   string
}

func (e *ParseError) Error() string { return "cms: " + e.Where + ": " + e.Msg }

func malformed(where, format string, args ...any) error {
	return &ParseError{where, fmt.Sprintf(format, args...)}
}

// ParseContents reads the value of a PDF signature's /Contents: a SignedData
// followed by nothing but the zeros of the reserved place.
func ParseContents(padded []byte) (*SignedData, error) {
	in := cryptobyte.String(padded)
	var el cryptobyte.String
	if !in.ReadASN1Element(&el, casn1.SEQUENCE) {
		return nil, malformed("ContentInfo", "not a DER sequence")
	}
	if len(bytes.Trim(in, "\x00")) > 0 {
		return nil, malformed("ContentInfo", "followed by bytes other than zero")
	}
	return Parse(el)
}

// Parse reads a ContentInfo that holds a SignedData. The encoding must be DER
// (ETSI EN 319 142-1, 4.1) and nothing may follow. The error is a *ParseError.
func Parse(der []byte) (*SignedData, error) {
	if len(der) > MaxSize {
		return nil, malformed("ContentInfo", "%d bytes, more than %d", len(der), MaxSize)
	}
	in := cryptobyte.String(der)
	var ci, explicit, body cryptobyte.String
	var oid asn1.ObjectIdentifier
	if !in.ReadASN1(&ci, casn1.SEQUENCE) || !in.Empty() {
		return nil, malformed("ContentInfo", "not one DER sequence")
	}
	if !ci.ReadASN1ObjectIdentifier(&oid) || !oid.Equal(OIDSignedData) {
		return nil, malformed("ContentInfo", "not SignedData")
	}
	if !ci.ReadASN1(&explicit, contextTag(0)) || !ci.Empty() || !explicit.ReadASN1(&body, casn1.SEQUENCE) || !explicit.Empty() {
		return nil, malformed("ContentInfo.content", "not a sequence")
	}
	return parseSignedData(body)
}

func contextTag(n uint8) casn1.Tag { return casn1.Tag(n).Constructed().ContextSpecific() }

func parseSignedData(body cryptobyte.String) (*SignedData, error) {
	sd := &SignedData{}
	if !body.ReadASN1Integer(&sd.Version) || sd.Version < 1 || sd.Version > 5 {
		return nil, malformed("version", "not 1 to 5")
	}
	var set cryptobyte.String
	if !body.ReadASN1(&set, casn1.SET) {
		return nil, malformed("digestAlgorithms", "not a set")
	}
	for !set.Empty() {
		a, ok := readAlgorithm(&set)
		if !ok || len(sd.DigestAlgorithms) == maxSigners {
			return nil, malformed("digestAlgorithms", "malformed or too many")
		}
		sd.DigestAlgorithms = append(sd.DigestAlgorithms, a)
	}
	if err := sd.parseContent(&body); err != nil {
		return nil, err
	}
	var certs, crls cryptobyte.String
	var present bool
	if !body.ReadOptionalASN1(&certs, &present, contextTag(0)) {
		return nil, malformed("certificates", "malformed")
	}
	if err := sd.parseCertificates(certs); err != nil {
		return nil, err
	}
	if !body.ReadOptionalASN1(&crls, &present, contextTag(1)) {
		return nil, malformed("crls", "malformed")
	}
	if err := sd.parseRevocations(crls); err != nil {
		return nil, err
	}
	if !body.ReadASN1(&set, casn1.SET) || !body.Empty() {
		return nil, malformed("signerInfos", "not one set at the end")
	}
	for !set.Empty() {
		where := fmt.Sprintf("signerInfos[%d]", len(sd.Signers))
		if len(sd.Signers) == maxSigners {
			return nil, malformed(where, "too many")
		}
		var si cryptobyte.String
		if !set.ReadASN1(&si, casn1.SEQUENCE) {
			return nil, malformed(where, "not a sequence")
		}
		s, err := parseSigner(si, where)
		if err != nil {
			return nil, err
		}
		sd.Signers = append(sd.Signers, s)
	}
	if len(sd.Signers) == 0 {
		return nil, malformed("signerInfos", "empty")
	}
	return sd, nil
}

func (sd *SignedData) parseContent(body *cryptobyte.String) error {
	var eci, explicit, content cryptobyte.String
	if !body.ReadASN1(&eci, casn1.SEQUENCE) || !eci.ReadASN1ObjectIdentifier(&sd.ContentType) {
		return malformed("encapContentInfo", "malformed")
	}
	if eci.Empty() {
		return nil
	}
	if !eci.ReadASN1(&explicit, contextTag(0)) || !eci.Empty() || !explicit.ReadASN1(&content, casn1.OCTET_STRING) || !explicit.Empty() {
		return malformed("encapContentInfo.eContent", "not an octet string")
	}
	sd.Content = content
	return nil
}

func (sd *SignedData) parseCertificates(in cryptobyte.String) error {
	for n := 0; !in.Empty(); n++ {
		var el cryptobyte.String
		var tag casn1.Tag
		if n == maxCertificates || !in.ReadAnyASN1Element(&el, &tag) {
			return malformed(fmt.Sprintf("certificates[%d]", n), "malformed or too many")
		}
		if tag != casn1.SEQUENCE { // attribute certificates and the like
			continue
		}
		sd.RawCertificates = append(sd.RawCertificates, el)
		if c, err := x509.ParseCertificate(el); err == nil {
			sd.Certificates = append(sd.Certificates, c)
		}
	}
	return nil
}

// parseRevocations reads RevocationInfoChoices: CRLs, and OCSP responses as
// other revocation information (RFC 5940).
func (sd *SignedData) parseRevocations(in cryptobyte.String) error {
	for n := 0; !in.Empty(); n++ {
		where := fmt.Sprintf("crls[%d]", n)
		var el cryptobyte.String
		var tag casn1.Tag
		if n == maxRevocations || !in.ReadAnyASN1Element(&el, &tag) {
			return malformed(where, "malformed or too many")
		}
		switch tag {
		case casn1.SEQUENCE:
			sd.CRLs = append(sd.CRLs, el)
		case contextTag(1):
			var body, info cryptobyte.String
			var oid asn1.ObjectIdentifier
			if !el.ReadASN1(&body, tag) || !body.ReadASN1ObjectIdentifier(&oid) || !body.ReadAnyASN1Element(&info, &tag) || !body.Empty() {
				return malformed(where, "other revocation information malformed")
			}
			if oid.Equal(oidOCSPResponse) {
				if basic := BasicOCSP(info); basic != nil {
					sd.OCSP = append(sd.OCSP, basic)
				}
			}
		}
	}
	return nil
}

// BasicOCSP returns the BasicOCSPResponse inside an OCSPResponse (RFC 6960,
// 4.2.1), der itself when it already is one, nil when it is neither.
func BasicOCSP(der []byte) []byte {
	in := cryptobyte.String(der)
	var seq, explicit, bytesOf, inner cryptobyte.String
	if !in.ReadASN1(&seq, casn1.SEQUENCE) || !in.Empty() {
		return nil
	}
	if seq.PeekASN1Tag(casn1.SEQUENCE) {
		return der
	}
	var status int
	var oid asn1.ObjectIdentifier
	if !seq.ReadASN1Enum(&status) || status != 0 || !seq.ReadASN1(&explicit, contextTag(0)) ||
		!explicit.ReadASN1(&bytesOf, casn1.SEQUENCE) || !bytesOf.ReadASN1ObjectIdentifier(&oid) ||
		!oid.Equal(oidOCSPBasic) || !bytesOf.ReadASN1(&inner, casn1.OCTET_STRING) {
		return nil
	}
	return inner
}

func parseSigner(in cryptobyte.String, where string) (SignerInfo, error) {
	var s SignerInfo
	if !in.ReadASN1Integer(&s.Version) || s.Version != 1 && s.Version != 3 {
		return s, malformed(where+".version", "not 1 or 3")
	}
	if in.PeekASN1Tag(casn1.Tag(0).ContextSpecific()) {
		var id cryptobyte.String
		if !in.ReadASN1(&id, casn1.Tag(0).ContextSpecific()) {
			return s, malformed(where+".sid", "malformed")
		}
		s.SubjectKeyID = id
	} else {
		var ias, issuer cryptobyte.String
		s.Serial = new(big.Int)
		if !in.ReadASN1(&ias, casn1.SEQUENCE) || !ias.ReadASN1Element(&issuer, casn1.SEQUENCE) || !ias.ReadASN1Integer(s.Serial) || !ias.Empty() {
			return s, malformed(where+".sid", "issuer and serial number malformed")
		}
		s.RawIssuer = issuer
	}
	var ok bool
	if s.DigestAlgorithm, ok = readAlgorithm(&in); !ok {
		return s, malformed(where+".digestAlgorithm", "malformed")
	}
	if s.Digest = s.DigestAlgorithm.Hash(); !isNullOrAbsent(s.DigestAlgorithm.Parameters) {
		s.Digest = crypto.Hash(0)
	}
	if in.PeekASN1Tag(contextTag(0)) {
		var el cryptobyte.String
		if !in.ReadASN1Element(&el, contextTag(0)) {
			return s, malformed(where+".signedAttrs", "malformed")
		}
		s.RawSignedAttributes = append([]byte{byte(casn1.SET)}, el[1:]...)
		var err error
		if s.SignedAttributes, s.Sorted, err = parseAttributes(el, contextTag(0), where+".signedAttrs"); err != nil {
			return s, err
		}
		if len(s.SignedAttributes) == 0 {
			return s, malformed(where+".signedAttrs", "empty")
		}
		for i, a := range s.SignedAttributes { // RFC 5652, 5.3
			for _, b := range s.SignedAttributes[:i] {
				if a.Type.Equal(b.Type) {
					return s, malformed(where+".signedAttrs", "attribute %v twice", a.Type)
				}
			}
		}
	}
	if s.SignatureAlgorithm, ok = readAlgorithm(&in); !ok {
		return s, malformed(where+".signatureAlgorithm", "malformed")
	}
	var sig cryptobyte.String
	if !in.ReadASN1(&sig, casn1.OCTET_STRING) {
		return s, malformed(where+".signature", "not an octet string")
	}
	s.Signature = sig
	if !in.Empty() {
		var el cryptobyte.String
		if !in.ReadASN1Element(&el, contextTag(1)) || !in.Empty() {
			return s, malformed(where+".unsignedAttrs", "malformed")
		}
		var err error
		if s.UnsignedAttributes, _, err = parseAttributes(el, contextTag(1), where+".unsignedAttrs"); err != nil {
			return s, err
		}
	}
	return s, nil
}

func parseAttributes(el cryptobyte.String, tag casn1.Tag, where string) (attrs []Attribute, sorted bool, err error) {
	var set cryptobyte.String
	if !el.ReadASN1(&set, tag) {
		return nil, false, malformed(where, "malformed")
	}
	sorted = true
	var before []byte
	for !set.Empty() {
		var raw, seq, values cryptobyte.String
		var a Attribute
		if len(attrs) == maxAttributes || !set.ReadASN1Element(&raw, casn1.SEQUENCE) {
			return nil, false, malformed(where, "malformed or too many")
		}
		sorted = sorted && bytes.Compare(before, raw) <= 0
		before = raw
		if !raw.ReadASN1(&seq, casn1.SEQUENCE) || !seq.ReadASN1ObjectIdentifier(&a.Type) || !seq.ReadASN1(&values, casn1.SET) || !seq.Empty() {
			return nil, false, malformed(where, "attribute %d malformed", len(attrs))
		}
		for !values.Empty() {
			var v cryptobyte.String
			var t casn1.Tag
			if len(a.Values) == maxValues || !values.ReadAnyASN1Element(&v, &t) {
				return nil, false, malformed(where, "value of %v malformed or too many", a.Type)
			}
			a.Values = append(a.Values, v)
		}
		attrs = append(attrs, a)
	}
	return attrs, sorted, nil
}
