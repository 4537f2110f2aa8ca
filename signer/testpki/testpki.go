// Package testpki makes a complete public key infrastructure for tests and for
// the demonstration agency of a first start: root, issuing authority, a
// leader, an agency seal, revocation lists, and drawn pictures of signature
// and seal. Every certificate says in its name that it has no legal value.
package testpki

import (
	"bytes"
	"crypto"
	"crypto/rand"
	"crypto/sha1"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"time"

	"antin/signer"
)

// Mark stands in the name of every certificate and on every picture's text.
const Mark = "KHÔNG CÓ GIÁ TRỊ PHÁP LÝ"

// Options describe the infrastructure.
type Options struct {
	// Now is the moment of issue; validity starts an hour earlier.
	Now time.Time
	// Rand, if not nil, makes keys and serial numbers repeatable: it is for
	// tests only. By default they come from the system's random source.
	Rand io.Reader
	// Agency is the organisation that seals, Superior the one above it (may be
	// empty), Place its province.
	Agency, Superior, Place string
	// Leader and Title are the name and title of the person who signs.
	Leader, Title string
}

// How long certificates and revocation lists last.
const (
	rootYears, caYears, signerYears, crlYears = 20, 15, 10, 10
	backdate                                  = time.Hour
)

// Authority is a certification authority.
type Authority struct {
	Key         crypto.Signer
	Certificate *x509.Certificate
}

// PKI is the infrastructure that New made.
type PKI struct {
	Root, CA     Authority
	Leader, Seal *signer.Identity

	opt  Options
	rand io.Reader
}

// New makes an infrastructure. All keys are RSA-2048, the kind most Vietnamese
// authorities issue today; Issue makes others.
func New(opt Options) (*PKI, error) {
	opt.Now = opt.Now.UTC().Truncate(time.Second)
	if opt.Agency == "" {
		opt.Agency = "TRUNG TÂM DỊCH VỤ VIỆC LÀM TRÌNH DIỄN"
	}
	if opt.Leader == "" {
		opt.Leader = "Nguyễn Vĩnh Nghĩa"
	}
	if opt.Title == "" {
		opt.Title = "Giám đốc"
	}
	if opt.Place == "" {
		opt.Place = "Hà Nội"
	}
	p := &PKI{opt: opt, rand: opt.Rand}
	if p.rand == nil {
		p.rand = rand.Reader
	}
	var err error
	if p.Root, err = p.authority("Antin Root CA trình diễn", rootYears, 1, nil); err != nil {
		return nil, err
	}
	if p.CA, err = p.authority("Antin CA trình diễn", caYears, 0, &p.Root); err != nil {
		return nil, err
	}
	if p.Leader, err = p.Issue(Request{Name: opt.Leader, Title: opt.Title}); err != nil {
		return nil, err
	}
	if p.Seal, err = p.Issue(Request{Name: opt.Agency}); err != nil {
		return nil, err
	}
	return p, nil
}

// Request is a certificate to issue. The zero values of all fields but Name
// give what Leader and Seal have.
type Request struct {
	Name, Title string
	// Organization is the signer's agency; "" is the one of Options.
	Organization string
	Key          KeyKind
	// NotBefore and NotAfter default to the usual validity.
	NotBefore, NotAfter time.Time
	// PSS has the authority sign the certificate with RSASSA-PSS.
	PSS bool
	// KeyUsage defaults to digitalSignature and nonRepudiation, and to
	// digitalSignature alone for a time-stamping certificate; -1 leaves the
	// extension without a bit for signing.
	KeyUsage x509.KeyUsage
	// Timestamping makes a certificate for a time-stamping authority.
	Timestamping bool
}

// Variants of Request that tests share.
func (p *PKI) Expired() Request {
	return Request{Name: "Chứng thư hết hạn", NotBefore: p.opt.Now.AddDate(-2, 0, 0), NotAfter: p.opt.Now.AddDate(0, 0, -1)}
}

// NotYetValid is a certificate whose validity starts tomorrow.
func (p *PKI) NotYetValid() Request {
	return Request{Name: "Chứng thư chưa có hiệu lực", NotBefore: p.opt.Now.AddDate(0, 0, 1)}
}

// Issue makes a key and has the issuing authority certify it.
func (p *PKI) Issue(r Request) (*signer.Identity, error) {
	key, err := p.generate(r.Key)
	if err != nil {
		return nil, err
	}
	subject := p.subject(r.Name)
	if r.Organization != "" {
		subject.Organization = []string{r.Organization}
	}
	if r.Title != "" {
		subject.ExtraNames = []pkix.AttributeTypeAndValue{{Type: asn1.ObjectIdentifier{2, 5, 4, 12}, Value: r.Title}}
	}
	t := &x509.Certificate{
		Subject:               subject,
		NotBefore:             r.NotBefore,
		NotAfter:              r.NotAfter,
		BasicConstraintsValid: true,
		KeyUsage:              r.KeyUsage,
	}
	if t.NotBefore.IsZero() {
		t.NotBefore = p.opt.Now.Add(-backdate)
	}
	if t.NotAfter.IsZero() {
		t.NotAfter = p.opt.Now.AddDate(signerYears, 0, 0)
	}
	switch {
	case r.KeyUsage < 0:
		t.KeyUsage = x509.KeyUsageKeyEncipherment
	case r.KeyUsage == 0 && r.Timestamping:
		t.KeyUsage = x509.KeyUsageDigitalSignature
	case r.KeyUsage == 0:
		t.KeyUsage = x509.KeyUsageDigitalSignature | x509.KeyUsageContentCommitment
	}
	if r.Timestamping { // RFC 3161, 2.3: critical and alone
		t.ExtraExtensions = []pkix.Extension{{
			Id: asn1.ObjectIdentifier{2, 5, 29, 37}, Critical: true,
			Value: []byte{0x30, 0x0a, 0x06, 0x08, 0x2b, 6, 1, 5, 5, 7, 3, 8},
		}}
	}
	if r.PSS {
		t.SignatureAlgorithm = x509.SHA256WithRSAPSS
	}
	cert, err := p.certify(t, key, &p.CA)
	if err != nil {
		return nil, err
	}
	return &signer.Identity{Key: key, Certificate: cert, Chain: []*x509.Certificate{p.CA.Certificate, p.Root.Certificate}}, nil
}

func (p *PKI) subject(name string) pkix.Name {
	n := pkix.Name{CommonName: name, OrganizationalUnit: []string{Mark}, Organization: []string{p.opt.Agency}, Province: []string{p.opt.Place}, Country: []string{"VN"}}
	return n
}

func (p *PKI) authority(name string, years, pathLen int, by *Authority) (Authority, error) {
	key, err := p.generate(RSA2048)
	if err != nil {
		return Authority{}, err
	}
	a := Authority{Key: key}
	t := &x509.Certificate{
		Subject:   pkix.Name{CommonName: name + " - " + Mark, Organization: []string{"Antin"}, OrganizationalUnit: []string{Mark}, Country: []string{"VN"}},
		NotBefore: p.opt.Now.Add(-backdate), NotAfter: p.opt.Now.AddDate(years, 0, 0),
		BasicConstraintsValid: true, IsCA: true, MaxPathLen: pathLen, MaxPathLenZero: pathLen == 0,
		KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
	}
	a.Certificate, err = p.certify(t, key, by)
	return a, err
}

// certify signs template for key, by itself when by is nil.
func (p *PKI) certify(t *x509.Certificate, key crypto.Signer, by *Authority) (*x509.Certificate, error) {
	var err error
	if t.SerialNumber, err = p.serial(); err != nil {
		return nil, err
	}
	// RFC 5280, 4.2.1.2, method 1; SHA-1 names the key here, it protects nothing.
	spki, err := x509.MarshalPKIXPublicKey(key.Public())
	if err != nil {
		return nil, fmt.Errorf("test PKI: %w", err)
	}
	var info struct {
		Algorithm pkix.AlgorithmIdentifier
		Key       asn1.BitString
	}
	if _, err := asn1.Unmarshal(spki, &info); err != nil {
		return nil, fmt.Errorf("test PKI: %w", err)
	}
	id := sha1.Sum(info.Key.Bytes)
	t.SubjectKeyId = id[:]
	parent, signKey := t, key
	if by != nil {
		parent, signKey = by.Certificate, by.Key
	}
	der, err := x509.CreateCertificate(rand.Reader, t, parent, key.Public(), signKey)
	if err != nil {
		return nil, fmt.Errorf("test PKI: certify %q: %w", t.Subject.CommonName, err)
	}
	return x509.ParseCertificate(der)
}

func (p *PKI) serial() (*big.Int, error) {
	b := make([]byte, 16)
	if _, err := io.ReadFull(p.rand, b); err != nil {
		return nil, fmt.Errorf("test PKI: serial number: %w", err)
	}
	b[0] = b[0]&0x3f | 0x40 // positive and of full length
	return new(big.Int).SetBytes(b), nil
}

// CRL makes a DER revocation list of an authority as of the given time.
func (p *PKI) CRL(a Authority, at time.Time, revoked ...*x509.Certificate) ([]byte, error) {
	t := &x509.RevocationList{Number: big.NewInt(at.Unix()), ThisUpdate: at, NextUpdate: at.AddDate(crlYears, 0, 0)}
	for _, c := range revoked {
		t.RevokedCertificateEntries = append(t.RevokedCertificateEntries, x509.RevocationListEntry{SerialNumber: c.SerialNumber, RevocationTime: at})
	}
	signer := a.Key
	der, err := x509.CreateRevocationList(rand.Reader, t, a.Certificate, signer)
	if err != nil {
		return nil, fmt.Errorf("test PKI: revocation list: %w", err)
	}
	return der, nil
}

// Files returns the trust anchor and the revocation lists by file name:
// demo-root.pem, demo-root.crl and demo-ca.crl, all PEM.
func (p *PKI) Files() (map[string][]byte, error) {
	files := map[string][]byte{"demo-root.pem": PEM(p.Root.Certificate)}
	for name, a := range map[string]Authority{"demo-root.crl": p.Root, "demo-ca.crl": p.CA} {
		der, err := p.CRL(a, p.opt.Now)
		if err != nil {
			return nil, err
		}
		files[name] = pem.EncodeToMemory(&pem.Block{Type: "X509 CRL", Bytes: der})
	}
	return files, nil
}

// PEM writes certificates one after the other.
func PEM(certs ...*x509.Certificate) []byte {
	var b bytes.Buffer
	for _, c := range certs {
		// A bytes.Buffer takes every write and these blocks have no headers.
		_ = pem.Encode(&b, &pem.Block{Type: "CERTIFICATE", Bytes: c.Raw})
	}
	return b.Bytes()
}
