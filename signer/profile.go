// Package signer writes revisions 2 and later of a document: it certifies into
// the field pre-placed for the person in authority, fills number, date and
// archive stamp and seals in one revision, each time only appending to what is
// there (ISO 32000-1, 7.5.6), so that every earlier signature stays intact.
//
// pdfsign is not used: it creates fields of its own instead of filling the
// pre-placed ones, drops text fields and field fonts from the form, writes no
// /Perms, has no ETSI.CAdES.detached, breaks on the letters ĩ and Ĩ, and may
// write into an earlier signature. See the tests for what its verifier says of
// our files.
package signer

import "antin/internal/pdf"

// Profile is the form a signature takes.
type Profile uint8

const (
	// PAdES is baseline B-B of ETSI EN 319 142-1, sub-filter
	// ETSI.CAdES.detached: RSA PKCS #1 v1.5 or ECDSA as the key is. The default.
	PAdES Profile = iota
	// PAdESPSS is PAdES with RSASSA-PSS (RFC 4056) where the key is RSA.
	PAdESPSS
	// Adobe is adbe.pkcs7.detached (ISO 32000-1, 12.8.3.3) with a signing-time
	// attribute, for old readers.
	Adobe
)

// PSS reports whether RSA keys sign with RSASSA-PSS.
func (p Profile) PSS() bool { return p == PAdESPSS }

func (p Profile) subFilter() pdf.Name {
	if p == Adobe {
		return "adbe.pkcs7.detached"
	}
	return "ETSI.CAdES.detached"
}
