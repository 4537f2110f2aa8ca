package verify

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/x509"
	"encoding/asn1"
	"errors"
	"fmt"
	"slices"
	"time"

	"antin/signer/cms"
)

// Bounds of path building: hostile files carry certificates that all could
// have issued one another.
const (
	maxPathLength     = 8
	maxChainSignature = 100
)

// chainProblem says why there is no good path; code keys its words.
type chainProblem struct {
	code   string
	sub    SubIndication
	cert   *x509.Certificate
	args   []any
	detail string // as of finding
}

// purpose is what the end of a path is used for.
type purpose uint8

const (
	forSigning purpose = iota
	forTimestamping
)

// pathBuilder looks for a path from a certificate to a trust anchor.
type pathBuilder struct {
	trust  *Trust
	pool   []*x509.Certificate // certificates found in the document
	checks int
	weak   *x509.Certificate // a certificate whose own signature is too weak
	broken *x509.Certificate // a certificate not signed by the one it names
	missed *x509.Certificate // the last certificate whose issuer is unknown
}

// path returns leaf, its issuers, and a trust anchor last.
func (b *pathBuilder) path(leaf *x509.Certificate) ([]*x509.Certificate, *chainProblem) {
	if found := b.extend([]*x509.Certificate{leaf}); found != nil {
		return found, nil
	}
	switch {
	case b.weak != nil:
		return nil, &chainProblem{code: "weak_certificate", sub: CryptoConstraintsFailure, cert: b.weak}
	case b.broken != nil:
		return nil, &chainProblem{code: "forged_certificate", sub: NoCertificateChainFound, cert: b.broken}
	case b.missed != nil && !bytes.Equal(b.missed.RawSubject, b.missed.RawIssuer):
		return nil, &chainProblem{code: "issuer_unknown", sub: NoCertificateChainFound, cert: b.missed, args: []any{commonName(b.missed.Issuer)}}
	case b.missed != nil:
		return nil, &chainProblem{code: "root_unknown", sub: NoCertificateChainFound, cert: b.missed, args: []any{commonName(b.missed.Subject)}}
	}
	return nil, &chainProblem{code: "no_path", sub: NoCertificateChainFound}
}

func (b *pathBuilder) extend(path []*x509.Certificate) []*x509.Certificate {
	last := path[len(path)-1]
	if containsCert(b.trust.anchors, last) {
		return path
	}
	if len(path) == maxPathLength {
		return nil
	}
	issuerSeen := false
	for _, list := range [][]*x509.Certificate{b.trust.anchors, b.trust.intermediates, b.pool} {
		for _, c := range list {
			if !bytes.Equal(c.RawSubject, last.RawIssuer) || containsCert(path, c) {
				continue
			}
			if len(last.AuthorityKeyId) > 0 && len(c.SubjectKeyId) > 0 && !bytes.Equal(last.AuthorityKeyId, c.SubjectKeyId) {
				continue
			}
			if b.checks++; b.checks > maxChainSignature || oversized(c) {
				return nil
			}
			if err := b.trust.signedBy(last, c); err != nil {
				if _, weak := errors.AsType[x509.InsecureAlgorithmError](err); weak {
					b.weak = last
				} else {
					b.broken = last
				}
				continue
			}
			issuerSeen = true
			if found := b.extend(append(slices.Clip(path), c)); found != nil {
				return found
			}
		}
	}
	if !issuerSeen {
		b.missed = last
	}
	return nil
}

// signedBy checks the signature of child with the key of parent.
func (t *Trust) signedBy(child, parent *x509.Certificate) error {
	if weakSignature(child.SignatureAlgorithm) { // crypto/x509 still checks SHA-1 here
		return x509.InsecureAlgorithmError(child.SignatureAlgorithm)
	}
	return t.once(keyOf('c', child.Raw, parent.Raw), func() error {
		return parent.CheckSignature(child.SignatureAlgorithm, child.RawTBSCertificate, child.Signature)
	})
}

// weakSignature reports whether a certificate, CRL or OCSP response is signed
// with an outdated algorithm.
func weakSignature(a x509.SignatureAlgorithm) bool {
	switch a {
	case x509.MD2WithRSA, x509.MD5WithRSA, x509.SHA1WithRSA, x509.DSAWithSHA1, x509.DSAWithSHA256, x509.ECDSAWithSHA1:
		return true
	}
	return false
}

// checkPath applies RFC 5280, 6.1 to a path whose signatures are good: strength
// of keys, validity of every certificate at the time at (of the anchor too),
// basic constraints, key usage, name constraints, critical extensions.
func (t *Trust) checkPath(path []*x509.Certificate, at time.Time, use purpose) *chainProblem {
	for i, c := range path {
		if problem := weakKey(c); problem != nil {
			return &chainProblem{code: "weak_key", sub: CryptoConstraintsFailure, cert: c, args: []any{problem}}
		}
		if i > 0 {
			switch {
			case !isCA(c):
				return &chainProblem{code: "issuer_not_ca", sub: ChainConstraintsFailure, cert: c}
			case c.KeyUsage != 0 && c.KeyUsage&x509.KeyUsageCertSign == 0:
				return &chainProblem{code: "issuer_key_usage", sub: ChainConstraintsFailure, cert: c}
			case c.MaxPathLen >= 0 && (c.MaxPathLen > 0 || c.MaxPathLenZero) && i-1 > c.MaxPathLen:
				return &chainProblem{code: "path_length", sub: ChainConstraintsFailure, cert: c}
			case at.Before(c.NotBefore) || at.After(c.NotAfter):
				return &chainProblem{code: "ca_validity", sub: CertificateChainFailure, cert: c, args: []any{day(c.NotBefore), day(c.NotAfter)}}
			}
		}
	}
	if problem := leafUsage(path[0], use); problem != nil {
		return problem
	}
	raws := make([][]byte, 0, len(path))
	for _, c := range path {
		raws = append(raws, c.Raw)
	}
	// What is left of RFC 5280 (name constraints, critical extensions, policy)
	// does not depend on the time, so crypto/x509 is asked once for each path,
	// at a moment when its end is valid.
	err := t.once(keyOf('p', raws...), func() error {
		roots, inter := x509.NewCertPool(), x509.NewCertPool()
		roots.AddCert(path[len(path)-1])
		for _, c := range path[1:max(1, len(path)-1)] {
			inter.AddCert(c)
		}
		moment := path[0].NotBefore
		for _, c := range path {
			if c.NotBefore.After(moment) {
				moment = c.NotBefore
			}
		}
		leaf := path[0]
		if use == forTimestamping || slices.ContainsFunc(leaf.UnhandledCriticalExtensions, isExtKeyUsage) {
			clone := *leaf
			clone.UnhandledCriticalExtensions = slices.DeleteFunc(slices.Clone(leaf.UnhandledCriticalExtensions), isExtKeyUsage)
			leaf = &clone
		}
		_, err := leaf.Verify(x509.VerifyOptions{
			Roots: roots, Intermediates: inter, CurrentTime: moment,
			KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageAny},
		})
		return err
	})
	if err != nil {
		if invalid, ok := errors.AsType[x509.CertificateInvalidError](err); ok && invalid.Reason == x509.Expired {
			return &chainProblem{code: "never_valid_together", sub: ChainConstraintsFailure, cert: path[0]}
		}
		return &chainProblem{code: "constraints", sub: ChainConstraintsFailure, cert: path[0], detail: err.Error()}
	}
	return nil
}

func isExtKeyUsage(id asn1.ObjectIdentifier) bool {
	return id.Equal(asn1.ObjectIdentifier{2, 5, 29, 37})
}

// leafUsage checks what the certificate may be used for (RFC 5280, 4.2.1.3 and
// 4.2.1.12; RFC 3161, 2.3).
func leafUsage(c *x509.Certificate, use purpose) *chainProblem {
	bad := func(code string) *chainProblem {
		return &chainProblem{code: code, sub: ChainConstraintsFailure, cert: c}
	}
	if use == forTimestamping {
		if len(c.ExtKeyUsage) != 1 || c.ExtKeyUsage[0] != x509.ExtKeyUsageTimeStamping || len(c.UnknownExtKeyUsage) > 0 {
			return bad("tsa_usage")
		}
		for _, e := range c.Extensions {
			if isExtKeyUsage(e.Id) && !e.Critical {
				return bad("tsa_usage")
			}
		}
		if c.KeyUsage != 0 && c.KeyUsage&(x509.KeyUsageDigitalSignature|x509.KeyUsageContentCommitment) == 0 {
			return bad("tsa_usage")
		}
		return nil
	}
	if c.IsCA {
		return bad("signer_is_ca")
	}
	if c.KeyUsage != 0 && c.KeyUsage&(x509.KeyUsageDigitalSignature|x509.KeyUsageContentCommitment) == 0 {
		return bad("signer_key_usage")
	}
	if len(c.ExtKeyUsage) == 1 && len(c.UnknownExtKeyUsage) == 0 {
		switch c.ExtKeyUsage[0] {
		case x509.ExtKeyUsageTimeStamping, x509.ExtKeyUsageOCSPSigning, x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageCodeSigning:
			return bad("signer_extended_usage")
		}
	}
	return nil
}

// weakKey names the key of c, as an argument of a sentence, when it is too weak;
// nil when it is strong
// enough (Thông tư 15/2025/TT-BKHCN, Phụ lục I: RSA from 2048 bits, ECDSA from
// 256).
func weakKey(c *x509.Certificate) any {
	pub, err := cms.PublicKey(c)
	if err != nil {
		return unknownKey
	}
	return weakPublicKey(pub)
}

func weakPublicKey(pub crypto.PublicKey) any {
	switch k := pub.(type) {
	case *rsa.PublicKey:
		if k.N.BitLen() < 2048 {
			return fmt.Sprintf("RSA %d bit", k.N.BitLen())
		}
		if k.N.BitLen() > maxKey {
			return both{fmt.Sprintf("RSA %d bit, quá %d", k.N.BitLen(), maxKey), fmt.Sprintf("RSA %d bits, over %d", k.N.BitLen(), maxKey)}
		}
	case *ecdsa.PublicKey:
		if k.Params().BitSize < 256 {
			return fmt.Sprintf("ECDSA %d bit", k.Params().BitSize)
		}
	default:
		return unknownKey
	}
	return nil
}

// maxKey bounds an RSA key, in bits: checking a signature takes time with the
// square of it.
const maxKey = 16384

// oversized reports whether the key of c is too large to be worth a check.
func oversized(c *x509.Certificate) bool {
	pub, err := cms.PublicKey(c)
	k, ok := pub.(*rsa.PublicKey)
	return err == nil && ok && k.N.BitLen() > maxKey
}

// keyName describes the key of c, "RSA 2048" or "ECDSA P-256".
func keyName(c *x509.Certificate) string {
	pub, err := cms.PublicKey(c)
	if err != nil {
		return c.PublicKeyAlgorithm.String()
	}
	switch k := pub.(type) {
	case *rsa.PublicKey:
		return fmt.Sprintf("RSA %d", k.N.BitLen())
	case *ecdsa.PublicKey:
		return "ECDSA " + k.Params().Name
	}
	return c.PublicKeyAlgorithm.String()
}
