package signer

import (
	"bytes"
	"crypto"
	"crypto/rsa"
	"crypto/x509"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"antin/signer/cms"
)

// Why an Identity may not sign. Identity.Check wraps one of them in an
// *IdentityError.
var (
	ErrExpired     = errors.New("the certificate has expired")
	ErrNotYetValid = errors.New("the certificate is not valid yet")
	ErrKeyMismatch = errors.New("the private key does not belong to the certificate")
	ErrWeakKey     = errors.New("the key is too weak or of a kind not used for signing")
	ErrKeyUsage    = errors.New("the certificate is not for signing documents")
)

// IdentityError says which certificate of an Identity must not be used and
// why; Unwrap gives one of the Err values above.
type IdentityError struct {
	// Subject is the common name of the certificate in question: the signer's
	// own or one of its issuers.
	Subject             string
	NotBefore, NotAfter time.Time
	Reason              error
	Detail              string
}

func (e *IdentityError) Error() string {
	s := fmt.Sprintf("certificate %q: %v", e.Subject, e.Reason)
	if e.Detail != "" {
		s += ": " + e.Detail
	}
	return s
}

func (e *IdentityError) Unwrap() error { return e.Reason }

// Identity is who signs: a key, wherever it is kept, its certificate and the
// certificates that lead to a trust anchor. It must not be copied or changed
// once it has signed; it is safe for use by many goroutines if Key is.
type Identity struct {
	Key         crypto.Signer
	Certificate *x509.Certificate
	// Chain holds the issuers, nearest first, with or without the root.
	Chain []*x509.Certificate

	templates [2]templateCache // PKCS #1 v1.5 or ECDSA; PSS
}

type templateCache struct {
	once sync.Once
	t    *cms.Template
	err  error
}

// Check reports whether the identity may sign at the given time: certificate
// and issuers inside their validity, RSA of at least 2048 bits or ECDSA on
// P-256 or P-384, key usage digitalSignature or nonRepudiation (RFC 5280,
// 4.2.1.3), the key the certificate's own. It does not judge trust or
// revocation. The error is an *IdentityError.
func (id *Identity) Check(now time.Time) error {
	if id == nil || id.Key == nil || id.Certificate == nil {
		return &IdentityError{Reason: ErrKeyMismatch, Detail: "key or certificate missing"}
	}
	for _, c := range slices.Concat([]*x509.Certificate{id.Certificate}, id.Chain) {
		e := &IdentityError{Subject: c.Subject.CommonName, NotBefore: c.NotBefore, NotAfter: c.NotAfter}
		switch {
		case now.Before(c.NotBefore):
			e.Reason, e.Detail = ErrNotYetValid, "valid from "+c.NotBefore.UTC().Format(time.RFC3339)
			return e
		case now.After(c.NotAfter):
			e.Reason, e.Detail = ErrExpired, "valid until "+c.NotAfter.UTC().Format(time.RFC3339)
			return e
		}
	}
	c := id.Certificate
	fail := func(reason error, detail string) error {
		return &IdentityError{Subject: c.Subject.CommonName, NotBefore: c.NotBefore, NotAfter: c.NotAfter, Reason: reason, Detail: detail}
	}
	pub, err := cms.PublicKey(c)
	if err != nil {
		return fail(ErrWeakKey, err.Error())
	}
	if k, ok := id.Key.Public().(interface{ Equal(crypto.PublicKey) bool }); !ok || !k.Equal(pub) {
		return fail(ErrKeyMismatch, "")
	}
	if k, ok := pub.(*rsa.PublicKey); ok && k.N.BitLen() < 2048 {
		return fail(ErrWeakKey, fmt.Sprintf("RSA with %d bits, needs 2048", k.N.BitLen()))
	}
	if _, err := cms.SchemeFor(pub, false); err != nil {
		return fail(ErrWeakKey, err.Error())
	}
	if c.IsCA {
		return fail(ErrKeyUsage, "certificate of an authority")
	}
	if c.KeyUsage&(x509.KeyUsageDigitalSignature|x509.KeyUsageContentCommitment) == 0 {
		return fail(ErrKeyUsage, "key usage lacks digitalSignature and nonRepudiation")
	}
	return nil
}

// template returns the identity's CMS template for a profile, made once.
func (id *Identity) template(p Profile) (*cms.Template, error) {
	c := &id.templates[0]
	if p.PSS() {
		c = &id.templates[1]
	}
	c.once.Do(func() {
		pub, err := cms.PublicKey(id.Certificate)
		if err != nil {
			c.err = err
			return
		}
		scheme, err := cms.SchemeFor(pub, p.PSS())
		if err != nil {
			c.err = err
			return
		}
		c.t, c.err = cms.NewTemplate(id.Certificate, id.Chain, scheme)
	})
	return c.t, c.err
}

// orderChain returns the certificates of pool that lead upwards from leaf,
// nearest first, and leaves out those that have nothing to do with it.
func orderChain(leaf *x509.Certificate, pool []*x509.Certificate) []*x509.Certificate {
	var chain []*x509.Certificate
	for at := leaf; !bytes.Equal(at.RawIssuer, at.RawSubject); {
		i := slices.IndexFunc(pool, func(c *x509.Certificate) bool {
			return bytes.Equal(c.RawSubject, at.RawIssuer) && at.CheckSignatureFrom(c) == nil
		})
		if i < 0 || slices.Contains(chain, pool[i]) {
			break
		}
		at = pool[i]
		chain = append(chain, at)
	}
	return chain
}
