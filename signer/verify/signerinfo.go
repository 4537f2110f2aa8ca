package verify

import (
	"crypto"
	"crypto/x509"
	"encoding/asn1"
	"errors"
	"slices"

	"antin/signer/cms"
)

// finding is one answered check before it gets its words.
type finding struct {
	check  string // id of the check
	code   string // which answer
	status Status
	sub    SubIndication
	args   []any
	detail string // for whoever mends the file or the program: short English
}

// signerVerdict is what one SignerInfo proves, certificate chain apart.
type signerVerdict struct {
	cert      *x509.Certificate
	algorithm string
	findings  []finding
	// problem is the first failed finding, nil when everything holds.
	problem *finding
}

func (s *signerVerdict) add(check, code string, status Status, sub SubIndication, args ...any) {
	s.findings = append(s.findings, finding{check: check, code: code, status: status, sub: sub, args: args})
	if status == Failed && s.problem == nil {
		s.problem = &s.findings[len(s.findings)-1]
	}
}

// strongHash reports whether h may carry a signature (Thông tư
// 15/2025/TT-BKHCN, Phụ lục I; ETSI TS 119 312): SHA-1 and MD5 may not.
func strongHash(h crypto.Hash) bool {
	return h == crypto.SHA256 || h == crypto.SHA384 || h == crypto.SHA512
}

// checkSigner checks one signer of a SignedData in full: the certificate is
// the one named, the digest is that of the content, the signed attributes are
// there and say what they must, the signature value is right, the algorithms
// are strong. content gives the digest of what is signed.
func (v *verifier) checkSigner(sd *cms.SignedData, s *cms.SignerInfo, content func(crypto.Hash) []byte, want asn1.ObjectIdentifier, cades bool) signerVerdict {
	var out signerVerdict
	token := want.Equal(cms.OIDTSTInfo)

	// algorithms
	scheme, err := s.Scheme()
	switch {
	case s.Digest == 0:
		out.add("algorithms", "unknown", Failed, CryptoConstraintsFailure, s.DigestAlgorithm.OID.String())
		out.add("digest", "not_checked", NotChecked, "")
		return out
	case err != nil:
		out.add("algorithms", "unknown", Failed, CryptoConstraintsFailure, s.SignatureAlgorithm.OID.String())
	case !strongHash(s.Digest):
		out.add("algorithms", "weak", Failed, CryptoConstraintsFailure, s.Digest.String())
	case !strongHash(scheme.Hash):
		out.add("algorithms", "weak", Failed, CryptoConstraintsFailure, scheme.Hash.String())
	}
	if err == nil {
		out.algorithm = scheme.String()
	}

	// the certificate that the signer identifier and the ESS attribute name
	ids, essErr := s.SigningCertificate()
	var named []*x509.Certificate
	for _, list := range [][]*x509.Certificate{sd.Certificates, v.storeCerts} {
		for _, c := range list {
			if s.Names(c) && !containsCert(named, c) {
				named = append(named, c)
			}
		}
	}
	if len(named) > 0 {
		out.cert = named[0]
	}
	if len(ids) > 0 {
		if i := slices.IndexFunc(named, ids[0].Matches); i >= 0 {
			out.cert = named[i]
		}
	}
	switch {
	case out.cert == nil:
		out.add("signing_certificate", "not_found", Failed, NoSigningCertificateFound)
	case essErr != nil:
		out.add("signing_certificate", "malformed", Failed, SigConstraintsFailure)
	case len(ids) == 0 && (token || cades):
		out.add("signing_certificate", "missing", Failed, SigConstraintsFailure)
	case len(ids) == 0:
		out.add("signing_certificate", "unprotected", Warning, "")
	case !ids[0].Matches(out.cert):
		out.add("signing_certificate", "other", Failed, SigConstraintsFailure)
	case !strongHash(ids[0].Hash) && !token:
		out.add("signing_certificate", "weak_hash", Warning, "", ids[0].Hash.String())
	default:
		out.add("signing_certificate", "ok", Passed, "")
	}
	if out.cert != nil {
		if problem := weakKey(out.cert); problem != nil {
			out.add("algorithms", "weak_key", Failed, CryptoConstraintsFailure, problem)
		} else {
			out.algorithm += ", " + keyName(out.cert)
		}
	}
	if !slices.ContainsFunc(out.findings, func(f finding) bool { return f.check == "algorithms" }) {
		out.add("algorithms", "ok", Passed, "", out.algorithm)
	}

	// signed attributes and digest
	digest := content(s.Digest)
	if s.RawSignedAttributes == nil {
		out.add("signed_attributes", "missing", Failed, SigConstraintsFailure)
	} else {
		err := s.CheckContent(digest, want)
		switch {
		case err == nil && !s.Sorted:
			out.add("signed_attributes", "unsorted", Warning, "")
		case err == nil || errors.Is(err, cms.ErrDigest):
			out.add("signed_attributes", "ok", Passed, "")
		default:
			out.add("signed_attributes", "malformed", Failed, FormatFailure)
		}
		switch {
		case err == nil:
			out.add("digest", "ok", Passed, "", s.Digest.String())
		case errors.Is(err, cms.ErrDigest):
			out.add("digest", "mismatch", Failed, HashFailure)
		default:
			out.add("digest", "not_checked", NotChecked, "")
		}
	}

	// the signature value
	if out.cert == nil || oversized(out.cert) {
		out.add("signature_value", "not_checked", NotChecked, "")
		return out
	}
	err = s.CheckSignature(out.cert, digest)
	switch {
	case err == nil:
		out.add("signature_value", "ok", Passed, "")
	case errors.Is(err, cms.ErrAlgorithm):
		out.add("signature_value", "not_checked", NotChecked, "")
		if out.problem == nil {
			out.add("algorithms", "unknown", Failed, CryptoConstraintsFailure, s.SignatureAlgorithm.OID.String())
		}
	default:
		out.add("signature_value", "mismatch", Failed, SigCryptoFailure)
	}
	if s.RawSignedAttributes == nil { // the signature itself is over the content
		if err == nil {
			out.add("digest", "ok", Passed, "", s.Digest.String())
		} else {
			out.add("digest", "not_checked", NotChecked, "")
		}
	}
	return out
}
