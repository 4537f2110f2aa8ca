package verify

import (
	"bytes"
	"crypto/x509"
	"encoding/asn1"
	"time"

	"golang.org/x/crypto/cryptobyte"
	casn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// Bounds of revocation data: the OCSP responses tried for one file, the bytes of
// a response, and the bytes of all CRLs that a document brings along.
const (
	maxOCSPTries   = 512
	maxOCSPSize    = 16 << 10
	maxEmbeddedCRL = 16 << 20
)

// clockSkew is how far the clocks of an authority and of this machine may be
// apart.
const clockSkew = 5 * time.Minute

// revocationState is what is known of one certificate.
type revocationState struct {
	known   bool
	revoked bool
	hold    bool // suspended (certificateHold)
	at      time.Time
	reason  int
	source  string // CRL, OCSP
	issued  time.Time
	// why nothing is known: no_data, stale, foreign
	why string
}

func (s revocationState) word() string {
	switch {
	case !s.known:
		return "UNKNOWN"
	case s.revoked:
		return "REVOKED"
	}
	return "GOOD"
}

// evidence is the revocation data at hand: of the trust store, of the
// document's security store and of the signatures themselves.
type evidence struct {
	trust *Trust
	crls  []*x509.RevocationList
	ocsps [][]byte // DER BasicOCSPResponse
	size  int      // bytes of the crls that the document brought along
	tries int      // OCSP responses looked into
	// What was fetched. It is looked at first and has no part in the bounds
	// above: a file must not keep it out by what it brings along itself.
	fetchedCRLs  []*x509.RevocationList
	fetchedOCSPs [][]byte
}

// addCRL parses der and keeps it if it is a CRL.
func (e *evidence) addCRL(der []byte) bool {
	if e.size += len(der); e.size > maxEmbeddedCRL {
		return false
	}
	l, err := x509.ParseRevocationList(der)
	if err == nil {
		e.crls = append(e.crls, l)
	}
	return err == nil
}

// state looks up cert, issued by issuer. at is the time for which the answer
// must hold (proved or now), now the time of validation. Data counts when it is
// still fresh now, or was issued after at (ETSI EN 319 102-1, 5.2.5).
func (e *evidence) state(cert, issuer *x509.Certificate, at, now time.Time) revocationState {
	best := revocationState{why: "no_data"}
	take := func(s revocationState) {
		switch {
		case !s.known:
			if best.why == "no_data" {
				best.why = s.why
			}
		case !best.known,
			s.revoked && !s.hold && !(best.revoked && !best.hold),
			s.issued.After(best.issued) && !(best.revoked && !best.hold):
			best = s
		}
	}
	e.fromCRLs(cert, issuer, at, now, take)
	for _, der := range e.fetchedOCSPs {
		if s, ok := e.fromOCSP(der, cert, issuer, at, now); ok {
			take(s)
		}
	}
	for _, der := range e.ocsps {
		if len(der) > maxOCSPSize || !bytes.Contains(der, cert.SerialNumber.Bytes()) {
			continue
		}
		if e.tries++; e.tries > maxOCSPTries {
			break
		}
		if s, ok := e.fromOCSP(der, cert, issuer, at, now); ok {
			take(s)
		}
	}
	return best
}

// fromCRLs gives what each list of the issuer says of cert.
func (e *evidence) fromCRLs(cert, issuer *x509.Certificate, at, now time.Time, take func(revocationState)) {
	for _, list := range [][]*x509.RevocationList{e.fetchedCRLs, e.trust.crls, e.crls} {
		for _, l := range list {
			if bytes.Equal(l.RawIssuer, cert.RawIssuer) {
				take(e.fromCRL(l, cert, issuer, at, now))
			}
		}
	}
}

// usable applies the freshness rule to data issued at this update.
func usable(this, next, at, now time.Time) bool {
	if this.After(now.Add(clockSkew)) {
		return false
	}
	if !next.IsZero() && !now.After(next) {
		return true
	}
	return this.After(at)
}

func (e *evidence) fromCRL(l *x509.RevocationList, cert, issuer *x509.Certificate, at, now time.Time) revocationState {
	scope, ok := crlScope(l)
	if !ok || scope.users && isCA(cert) || scope.cas && !isCA(cert) {
		return revocationState{why: "foreign"}
	}
	err := e.trust.once(keyOf('l', l.Raw, issuer.Raw), func() error { return l.CheckSignatureFrom(issuer) })
	if err != nil || weakSignature(l.SignatureAlgorithm) {
		return revocationState{why: "foreign"}
	}
	s := revocationState{known: true, source: "CRL", issued: l.ThisUpdate}
	const removeFromCRL = 8
	if r := e.trust.entry(l, cert.SerialNumber); r != nil && r.ReasonCode != removeFromCRL {
		s.revoked, s.at, s.reason, s.hold = true, r.RevocationTime, r.ReasonCode, r.ReasonCode == 6
		return s // a revocation stays one, however old the list
	}
	if !usable(l.ThisUpdate, l.NextUpdate, at, now) || l.ThisUpdate.After(cert.NotAfter) && !scope.keepsExpired(cert) {
		return revocationState{why: "stale"}
	}
	return s
}

// scopeOfCRL is what a CRL speaks about (RFC 5280, 5.2.5).
type scopeOfCRL struct {
	users, cas bool
	expired    time.Time // expiredCertsOnCRL (X.509, 9.5.2.8)
}

func (s scopeOfCRL) keepsExpired(c *x509.Certificate) bool {
	return !s.expired.IsZero() && !s.expired.After(c.NotAfter)
}

// crlScope reads the extensions of l; ok is false for a list this package
// cannot use: a delta, an indirect one, one for some reasons only, or one with
// an unknown critical extension.
func crlScope(l *x509.RevocationList) (s scopeOfCRL, ok bool) {
	for _, ext := range l.Extensions {
		switch {
		case ext.Id.Equal(asn1.ObjectIdentifier{2, 5, 29, 28}):
			in := cryptobyte.String(ext.Value)
			var seq cryptobyte.String
			if !in.ReadASN1(&seq, casn1.SEQUENCE) {
				return s, false
			}
			for !seq.Empty() {
				var v cryptobyte.String
				var tag casn1.Tag
				if !seq.ReadAnyASN1(&v, &tag) {
					return s, false
				}
				set := len(v) == 1 && v[0] != 0
				switch tag {
				case casn1.Tag(0).ContextSpecific().Constructed():
				case casn1.Tag(1).ContextSpecific():
					s.users = set
				case casn1.Tag(2).ContextSpecific():
					s.cas = set
				default: // some reasons only, indirect, attribute certificates
					if set || len(v) > 1 {
						return s, false
					}
				}
			}
		case ext.Id.Equal(asn1.ObjectIdentifier{2, 5, 29, 60}):
			var t time.Time
			if _, err := asn1.UnmarshalWithParams(ext.Value, &t, "generalized"); err == nil {
				s.expired = t
			}
		case ext.Id.Equal(asn1.ObjectIdentifier{2, 5, 29, 27}):
			return s, false
		case ext.Critical:
			return s, false
		}
	}
	return s, true
}
