package verify_test

import (
	"crypto"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"time"

	"antin/internal/pdf"
	"antin/signer"
	"antin/signer/testpki"
	"antin/signer/verify"
)

// Attacks on cryptography, certificates, time and the rules for signatures.

// signedBy is a contract signed in its first field with these contents.
func signedBy(cms func([]byte) []byte) []byte {
	return signRaw(contractWithFields(), rawSignature{field: "ben_a", cms: cms, size: 40000})
}

func subFilter(f string) []byte {
	return signRaw(contractWithFields(), rawSignature{field: "ben_a", cms: by(employer()), dict: pdf.Dict{"SubFilter": name(f)}})
}

// withCertificate is the employer's key under a certificate made to measure.
func withCertificate(change func(t *x509.Certificate)) *signer.Identity {
	key := employer().Key
	t := &x509.Certificate{
		SerialNumber: big.NewInt(4711), Subject: pkix.Name{CommonName: "Chứng thư lạ", Organization: []string{"Công ty A"}},
		NotBefore: now.Add(-time.Hour), NotAfter: now.AddDate(1, 0, 0), KeyUsage: x509.KeyUsageDigitalSignature, BasicConstraintsValid: true,
	}
	change(t)
	return &signer.Identity{Key: key, Certificate: certify(t, key.Public()), Chain: []*x509.Certificate{pki().CA.Certificate}}
}

// under is the employer's key under a CA made to measure.
func under(change func(ca *x509.Certificate)) *signer.Identity {
	caKey, key := employee().Key, employer().Key
	ca := &x509.Certificate{
		SerialNumber: big.NewInt(4712), Subject: pkix.Name{CommonName: "CA lạ"}, NotBefore: now.Add(-time.Hour), NotAfter: now.AddDate(1, 0, 0),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
	}
	change(ca)
	caCert := certifyBy(ca, caKey.Public(), pki().Root.Certificate, pki().Root.Key)
	leaf := &x509.Certificate{
		SerialNumber: big.NewInt(4713), Subject: pkix.Name{CommonName: "Người ký dưới CA lạ"}, NotBefore: now.Add(-time.Hour), NotAfter: now.AddDate(1, 0, 0),
		KeyUsage: x509.KeyUsageDigitalSignature, EmailAddresses: []string{"a@example.org"},
	}
	return &signer.Identity{Key: key, Certificate: certifyBy(leaf, key.Public(), caCert, caKey), Chain: []*x509.Certificate{caCert}}
}

// rootless is a signer under a root that nobody knows.
func rootless() *signer.Identity {
	ca := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "CA tự dựng"}, NotBefore: now.Add(-time.Hour), NotAfter: now.AddDate(1, 0, 0),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	caCert := certifyBy(ca, employee().Key.Public(), ca, employee().Key)
	leaf := &x509.Certificate{SerialNumber: big.NewInt(2), Subject: pki().Seal.Certificate.Subject, NotBefore: now.Add(-time.Hour), NotAfter: now.AddDate(1, 0, 0), KeyUsage: x509.KeyUsageDigitalSignature}
	return &signer.Identity{Key: employer().Key, Certificate: certifyBy(leaf, employer().Key.Public(), caCert, employee().Key), Chain: []*x509.Certificate{caCert}}
}

func at(t time.Time) func(o *verify.Options) { return func(o *verify.Options) { o.Now = t } }

func attacksOnTrust() []sample {
	unclear := func(name string, sub verify.SubIndication, check, code string, make func() []byte) sample {
		return sample{name: name, make: make, indication: verify.Indeterminate, sub: sub, check: check, code: code}
	}
	chain := func(name, code string, id func() *signer.Identity) sample {
		return unclear(name, verify.ChainConstraintsFailure, "chain", code, func() []byte { return signedBy(craft{id: id()}.over) })
	}
	with := func(s sample, opt func(o *verify.Options)) sample {
		s.opt = opt
		return s
	}
	failed := func(s sample) sample {
		s.indication = verify.TotalFailed
		return s
	}
	claim := func(t time.Time) func() []byte {
		return func() []byte {
			return signRaw(contractWithFields(), rawSignature{field: "ben_a", cms: by(employer()), dict: pdf.Dict{"M": pdf.Date(t)}})
		}
	}
	return []sample{
		// cryptography
		unclear("sha1", verify.CryptoConstraintsFailure, "algorithms", "weak", func() []byte {
			return signRaw(contractWithFields(), rawSignature{field: "ben_a", cms: craft{id: employer(), hash: crypto.SHA1}.over, hash: crypto.SHA1})
		}),
		unclear("rsa-1024", verify.CryptoConstraintsFailure, "algorithms", "weak_key", func() []byte {
			return signedBy(craft{id: identityOnce("weak", testpki.Request{Name: "Khóa yếu", Key: testpki.RSA1024})}.over)
		}),
		unclear("no-signed-attributes", verify.SigConstraintsFailure, "signed_attributes", "missing", func() []byte {
			return signedBy(craft{id: employer(), noAttrs: true}.over)
		}),
		failed(unclear("message-digest-missing", verify.FormatFailure, "signed_attributes", "malformed", func() []byte {
			return signedBy(craft{id: employer(), noDigest: true}.over)
		})),
		failed(unclear("content-type-of-something-else", verify.FormatFailure, "signed_attributes", "malformed", func() []byte {
			return signedBy(craft{id: employer(), typ: []int{1, 2, 840, 113549, 1, 9, 16, 1, 4}}.over)
		})),
		unclear("signing-certificate-missing", verify.SigConstraintsFailure, "signing_certificate", "missing", func() []byte {
			return signedBy(craft{id: employer(), noESS: true}.over)
		}),
		unclear("certificate-swapped", verify.SigConstraintsFailure, "signing_certificate", "other", func() []byte {
			return signedBy(craft{id: employer(), essOf: employee().Certificate}.over)
		}),
		unclear("certificate-left-out", verify.NoSigningCertificateFound, "signing_certificate", "not_found", func() []byte {
			return signedBy(craft{id: employer(), noCerts: true}.over)
		}),
		failed(unclear("two-signers-in-one", verify.FormatFailure, "cms", "signers", func() []byte {
			return signedBy(craft{id: employer(), signers: 2}.over)
		})),
		failed(unclear("content-inside-the-signature", verify.FormatFailure, "cms", "encapsulated", func() []byte {
			return signedBy(craft{id: employer(), content: []byte("x")}.over)
		})),
		unclear("adbe-pkcs7-sha1", verify.CryptoConstraintsFailure, "encoding", "sha1", func() []byte { return subFilter("adbe.pkcs7.sha1") }),
		unclear("adbe-x509-rsa-sha1", verify.SigConstraintsFailure, "encoding", "pkcs1", func() []byte { return subFilter("adbe.x509.rsa_sha1") }),
		failed(unclear("unknown-kind", verify.FormatFailure, "encoding", "unknown", func() []byte { return subFilter("acme.always.valid") })),

		// certificates
		unclear("another-root", verify.NoCertificateChainFound, "chain", "root_unknown", func() []byte { return signedBy(by(rootless())) }),
		unclear("root-imitated", verify.NoCertificateChainFound, "chain", "forged_certificate", func() []byte {
			return signedBy(func(d []byte) []byte {
				id := stranger().Leader
				return craft{id: id, certs: []*x509.Certificate{id.Certificate, stranger().CA.Certificate, stranger().Root.Certificate}}.over(d)
			})
		}),
		unclear("issuer-imitated", verify.NoCertificateChainFound, "chain", "forged_certificate", func() []byte { return signedBy(by(stranger().Seal)) }),
		with(unclear("no-anchors-given", verify.NoCertificateChainFound, "chain", "root_unknown", issued), func(o *verify.Options) { o.Trust = nil }),
		unclear("certificate-signed-with-sha1", verify.CryptoConstraintsFailure, "chain", "weak_certificate", func() []byte {
			return signedBy(craft{id: withCertificate(func(t *x509.Certificate) { t.SignatureAlgorithm = x509.SHA1WithRSA })}.over)
		}),
		chain("signed-by-the-authority-itself", "signer_is_ca", func() *signer.Identity {
			return &signer.Identity{Key: pki().CA.Key, Certificate: pki().CA.Certificate}
		}),
		chain("certificate-not-for-signing", "signer_key_usage", func() *signer.Identity {
			return withCertificate(func(t *x509.Certificate) { t.KeyUsage = x509.KeyUsageKeyEncipherment })
		}),
		chain("certificate-of-a-web-server", "signer_extended_usage", func() *signer.Identity {
			return withCertificate(func(t *x509.Certificate) { t.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth} })
		}),
		chain("certificate-of-a-time-stamping-authority", "signer_extended_usage", tsa),
		chain("unknown-critical-extension", "constraints", func() *signer.Identity {
			return withCertificate(func(t *x509.Certificate) {
				t.ExtraExtensions = []pkix.Extension{{Id: []int{1, 2, 3, 4}, Critical: true, Value: []byte{5, 0}}}
			})
		}),
		chain("issued-by-a-signer", "issuer_not_ca", func() *signer.Identity {
			leaf := &x509.Certificate{SerialNumber: big.NewInt(4714), Subject: pkix.Name{CommonName: "Cháu"}, NotBefore: now.Add(-time.Hour), NotAfter: now.AddDate(1, 0, 0), KeyUsage: x509.KeyUsageDigitalSignature}
			return &signer.Identity{
				Key: employer().Key, Certificate: certifyBy(leaf, employer().Key.Public(), employee().Certificate, employee().Key),
				Chain: []*x509.Certificate{employee().Certificate, pki().CA.Certificate},
			}
		}),
		chain("issuer-may-not-sign-certificates", "issuer_key_usage", func() *signer.Identity {
			return under(func(ca *x509.Certificate) { ca.KeyUsage = x509.KeyUsageCRLSign })
		}),
		chain("path-too-long", "path_length", func() *signer.Identity {
			sub := &x509.Certificate{
				SerialNumber: big.NewInt(4715), Subject: pkix.Name{CommonName: "CA con"}, NotBefore: now.Add(-time.Hour), NotAfter: now.AddDate(1, 0, 0),
				IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
			}
			subCert := certify(sub, employee().Key.Public())
			leaf := &x509.Certificate{SerialNumber: big.NewInt(4716), Subject: pkix.Name{CommonName: "Cháu"}, NotBefore: now.Add(-time.Hour), NotAfter: now.AddDate(1, 0, 0), KeyUsage: x509.KeyUsageDigitalSignature}
			return &signer.Identity{Key: employer().Key, Certificate: certifyBy(leaf, employer().Key.Public(), subCert, employee().Key), Chain: []*x509.Certificate{subCert, pki().CA.Certificate}}
		}),
		chain("name-constraints-broken", "constraints", func() *signer.Identity {
			return under(func(ca *x509.Certificate) {
				ca.PermittedEmailAddresses, ca.PermittedDNSDomainsCritical = []string{"example.com"}, true
			})
		}),
		with(unclear("certificate-expired", verify.OutOfBoundsNoPOE, "certificate_validity", "expired", func() []byte { return signedBy(by(expiring("late"))) }), at(now.AddDate(0, 1, 0))),
		failed(unclear("certificate-not-yet-valid", verify.NotYetValid, "certificate_validity", "not_yet", func() []byte {
			return signedBy(craft{id: identityOnce("early", pki().NotYetValid())}.over)
		})),
		with(unclear("authority-expired", verify.CertificateChainFailure, "chain", "ca_validity", func() []byte {
			return signedBy(craft{id: under(func(ca *x509.Certificate) { ca.NotAfter = now.AddDate(0, 0, 3) })}.over)
		}), at(now.AddDate(0, 0, 5))),
		with(unclear("certificate-revoked", verify.RevokedNoPOE, "revocation", "revoked", func() []byte { return signedBy(by(employer())) }), func(o *verify.Options) {
			o.Trust, o.Now = revoking(employer().Certificate, now.Add(time.Hour)), now.Add(2*time.Hour)
		}),
		with(unclear("authority-revoked", verify.RevokedCANoPOE, "revocation", "ca_revoked", func() []byte { return signedBy(by(employer())) }), func(o *verify.Options) {
			der, err := pki().CRL(pki().Root, now.Add(time.Hour), pki().CA.Certificate)
			must(err)
			l, err := x509.ParseRevocationList(der)
			must(err)
			o.Trust.AddCRL(l)
			o.Now = now.Add(2 * time.Hour)
		}),
		with(unclear("revocation-unknown-when-required", verify.TryLater, "revocation", "no_data_required", func() []byte { return signedBy(by(employer())) }), func(o *verify.Options) {
			o.Trust, o.Revocation = verify.NewTrust(pki().Root.Certificate), verify.RevocationRequire
		}),

		// time
		failed(with(unclear("signed-after-revocation", verify.Revoked, "revocation", "revoked_before", func() []byte {
			return signedBy(stampedBy(employer(), stampAt(tsa(), now.Add(24*time.Hour))))
		}), func(o *verify.Options) {
			o.Trust, o.Now = revoking(employer().Certificate, now.Add(time.Hour)), now.Add(48*time.Hour)
		})),
		failed(with(unclear("signed-after-expiry", verify.Expired, "certificate_validity", "expired_at_signing", func() []byte {
			return signedBy(stampedBy(expiring("late"), stampAt(tsa(), now.AddDate(0, 0, 20))))
		}), at(now.AddDate(0, 1, 0)))),
		unclear("claimed-time-in-the-future", verify.SigConstraintsFailure, "signing_time", "future", claim(now.AddDate(0, 0, 2))),
		unclear("claimed-time-before-the-certificate", verify.SigConstraintsFailure, "certificate_validity", "claimed_outside", claim(now.AddDate(-3, 0, 0))),
		unclear("claimed-time-after-the-timestamp", verify.TimestampOrderFailure, "signing_time", "claimed_after_stamp", func() []byte {
			return signRaw(contractWithFields(), rawSignature{field: "ben_a", cms: stampedBy(employer(), stampAt(tsa(), now)), dict: pdf.Dict{"M": pdf.Date(now.Add(30 * time.Minute))}})
		}),
		unclear("timestamp-of-another-signature", verify.SigConstraintsFailure, "timestamp", "imprint", func() []byte {
			return signedBy(stampedBy(employer(), func([]byte) []byte { return tokenOver(tsa(), sha([]byte("else")), now) }))
		}),
		unclear("timestamp-malformed", verify.SigConstraintsFailure, "timestamp", "malformed", func() []byte {
			return signedBy(stampedBy(employer(), func([]byte) []byte { return []byte{0x30, 0} }))
		}),
		with(unclear("untrusted-timestamp-proves-nothing", verify.OutOfBoundsNoPOE, "certificate_validity", "expired", func() []byte {
			return signedBy(stampedBy(expiring("late"), stampAt(strangerTSA(), now.Add(time.Minute))))
		}), at(now.AddDate(0, 1, 0))),
		with(unclear("timestamp-by-a-signer", verify.OutOfBoundsNoPOE, "certificate_validity", "expired", func() []byte {
			return signedBy(stampedBy(expiring("late"), stampAt(employee(), now.Add(time.Minute))))
		}), at(now.AddDate(0, 1, 0))),
		failed(unclear("document-timestamp-of-another-file", verify.HashFailure, "timestamp", "document_imprint", func() []byte {
			return addSigned(issued(), nil, rawSignature{
				field: "tem1", dict: pdf.Dict{"Type": name("DocTimeStamp"), "SubFilter": name("ETSI.RFC3161"), "M": nil},
				cms: func([]byte) []byte { return tokenOver(tsa(), sha([]byte("else")), now) },
			})
		})),

		// the rules for signatures
		failed(unclear("second-certification", verify.FormatFailure, "role", "second_certification", func() []byte {
			return signRaw(certifiedRaw(2), rawSignature{field: "ben_b", cms: by(employee()), dict: docMDP(2)})
		})),
		failed(unclear("certification-after-approval", verify.FormatFailure, "role", "late_certification", func() []byte {
			return signRaw(signedBy(by(employer())), rawSignature{field: "ben_b", cms: by(employee()), dict: docMDP(2)})
		})),
	}
}

func docMDP(p int) pdf.Dict {
	return pdf.Dict{"Reference": pdf.Array{pdf.Dict{
		"Type": name("SigRef"), "TransformMethod": name("DocMDP"),
		"TransformParams": pdf.Dict{"Type": name("TransformParams"), "P": p, "V": name("1.2")},
	}}}
}

func strangerTSA() *signer.Identity {
	if identities["stranger tsa"] == nil {
		id, err := stranger().Issue(testpki.Request{Name: "TSA giả", Timestamping: true})
		must(err)
		identities["stranger tsa"] = id
	}
	return identities["stranger tsa"]
}

// crossSigned are the employer's certificate, its authority and thirty false
// ones of the same name.
func crossSigned() []*x509.Certificate {
	id := employer()
	list := []*x509.Certificate{id.Certificate}
	for i := range 30 {
		t := &x509.Certificate{
			SerialNumber: big.NewInt(int64(5000 + i)), NotBefore: now.Add(-time.Hour), NotAfter: now.AddDate(1, 0, 0),
			RawSubject: pki().CA.Certificate.RawSubject, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
			SubjectKeyId: pki().CA.Certificate.SubjectKeyId,
		}
		list = append(list, certifyBy(t, employee().Key.Public(), &x509.Certificate{RawSubject: pki().CA.Certificate.RawSubject, Subject: pki().CA.Certificate.Subject}, employee().Key))
	}
	return append(list, pki().CA.Certificate)
}
