package cms

import (
	"crypto"
	"encoding/asn1"
	"fmt"
	"math/big"

	"golang.org/x/crypto/cryptobyte"
	casn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// SigningCertificate returns the certificates named by the signed attribute
// signing-certificate-v2 or, without that, signing-certificate (RFC 5035). The
// first is the signer's own. It returns none when the signer has neither
// attribute, and ErrAttribute for a malformed one.
func (s *SignerInfo) SigningCertificate() ([]CertID, error) {
	der, v2 := s.Signed(OIDSigningCertificateV2), true
	if der == nil {
		der, v2 = s.Signed(OIDSigningCertificate), false
	}
	if der == nil {
		return nil, nil
	}
	bad := fmt.Errorf("%w: signing-certificate malformed", ErrAttribute)
	in := cryptobyte.String(der)
	var seq, certs cryptobyte.String
	if !in.ReadASN1(&seq, casn1.SEQUENCE) || !in.Empty() || !seq.ReadASN1(&certs, casn1.SEQUENCE) {
		return nil, bad
	}
	var ids []CertID
	for !certs.Empty() {
		var one cryptobyte.String
		if len(ids) == maxCertificates || !certs.ReadASN1(&one, casn1.SEQUENCE) {
			return nil, bad
		}
		id, ok := parseCertID(one, v2)
		if !ok {
			return nil, bad
		}
		ids = append(ids, id)
	}
	if len(ids) == 0 {
		return nil, bad
	}
	return ids, nil
}

func parseCertID(in cryptobyte.String, v2 bool) (id CertID, ok bool) {
	id.Hash = crypto.SHA1
	if v2 {
		id.Hash = crypto.SHA256 // the default of RFC 5035, 4
		if in.PeekASN1Tag(casn1.SEQUENCE) {
			a, ok := readAlgorithm(&in)
			if !ok {
				return id, false
			}
			id.Hash = a.Hash()
		}
	}
	var hash cryptobyte.String
	if !in.ReadASN1(&hash, casn1.OCTET_STRING) {
		return id, false
	}
	id.CertHash = hash
	if in.Empty() {
		return id, true
	}
	var is, names, name, dn cryptobyte.String
	id.Serial = new(big.Int)
	if !in.ReadASN1(&is, casn1.SEQUENCE) || !in.Empty() || !is.ReadASN1(&names, casn1.SEQUENCE) ||
		!names.ReadASN1(&name, contextTag(4)) || !name.ReadASN1Element(&dn, casn1.SEQUENCE) ||
		!is.ReadASN1Integer(id.Serial) || !is.Empty() {
		return id, false
	}
	id.RawIssuer = dn
	return id, true
}

// RevocationArchival returns the CRLs and the OCSP responses of Adobe's signed
// attribute adbe-revocationInfoArchival (ISO 32000-1, 12.8.3.3.2); it returns
// none when the attribute is absent and ErrAttribute when it is malformed.
// The OCSP responses are DER BasicOCSPResponses.
func (s *SignerInfo) RevocationArchival() (crls, ocsp [][]byte, err error) {
	der := s.Signed(OIDRevocationArchival)
	if der == nil {
		return nil, nil, nil
	}
	bad := fmt.Errorf("%w: adbe-revocationInfoArchival malformed", ErrAttribute)
	in := cryptobyte.String(der)
	var seq cryptobyte.String
	if !in.ReadASN1(&seq, casn1.SEQUENCE) || !in.Empty() {
		return nil, nil, bad
	}
	for i := range uint8(2) {
		var outer, list cryptobyte.String
		var present bool
		if !seq.ReadOptionalASN1(&outer, &present, contextTag(i)) || present && !outer.ReadASN1(&list, casn1.SEQUENCE) {
			return nil, nil, bad
		}
		for n := 0; !list.Empty(); n++ {
			var el cryptobyte.String
			if n == maxRevocations || !list.ReadASN1Element(&el, casn1.SEQUENCE) {
				return nil, nil, bad
			}
			if i == 0 {
				crls = append(crls, el)
			} else if basic := BasicOCSP(el); basic != nil {
				ocsp = append(ocsp, basic)
			}
		}
	}
	return crls, ocsp, nil
}

// marshal is asn1.Marshal for values that cannot fail.
func marshal(v any) []byte {
	der, err := asn1.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("cms: marshal %T: %v", v, err))
	}
	return der
}
