package testpki_test

import (
	"bytes"
	"crypto/x509"
	"encoding/pem"
	"image/color"
	"image/png"
	"math/rand/v2"
	"testing"
	"time"

	"antin/signer"
	"antin/signer/testpki"
)

var now = time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)

func make2(t *testing.T) *testpki.PKI {
	t.Helper()
	p, err := testpki.New(testpki.Options{Now: now, Rand: rand.NewChaCha8([32]byte{3}), Agency: "Sở Nội vụ", Leader: "Lê Thị Hỷ", Title: "Phó Giám đốc"})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestPKI(t *testing.T) {
	p := make2(t)
	roots, middle := x509.NewCertPool(), x509.NewCertPool()
	roots.AddCert(p.Root.Certificate)
	middle.AddCert(p.CA.Certificate)
	for _, id := range []*signer.Identity{p.Leader, p.Seal} {
		if err := id.Check(now); err != nil {
			t.Error(err)
		}
		chains, err := id.Certificate.Verify(x509.VerifyOptions{Roots: roots, Intermediates: middle, CurrentTime: now, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageAny}})
		if err != nil || len(chains[0]) != 3 {
			t.Errorf("%v %v", chains, err)
		}
	}
	for _, c := range []*x509.Certificate{p.Root.Certificate, p.CA.Certificate, p.Leader.Certificate, p.Seal.Certificate} {
		if !bytes.Contains(c.RawSubject, []byte(testpki.Mark)) {
			t.Errorf("%s does not say that it has no legal value", c.Subject)
		}
		if len(c.SubjectKeyId) != 20 || !c.Equal(p.Root.Certificate) && !bytes.Equal(c.AuthorityKeyId, p.Root.Certificate.SubjectKeyId) && !bytes.Equal(c.AuthorityKeyId, p.CA.Certificate.SubjectKeyId) {
			t.Errorf("%s: key identifiers %x %x", c.Subject, c.SubjectKeyId, c.AuthorityKeyId)
		}
	}
	if got := p.Leader.Certificate.Subject.CommonName; got != "Lê Thị Hỷ" {
		t.Error(got)
	}
	if again := make2(t); !again.Seal.Certificate.Equal(p.Seal.Certificate) {
		t.Error("the same source gives another PKI")
	}
}

func TestFiles(t *testing.T) {
	p := make2(t)
	files, err := p.Files()
	if err != nil {
		t.Fatal(err)
	}
	for name, a := range map[string]testpki.Authority{"demo-root.crl": p.Root, "demo-ca.crl": p.CA} {
		block, rest := pem.Decode(files[name])
		if block == nil || block.Type != "X509 CRL" || len(rest) > 0 {
			t.Fatalf("%s is not a PEM revocation list", name)
		}
		crl, err := x509.ParseRevocationList(block.Bytes)
		if err != nil || crl.CheckSignatureFrom(a.Certificate) != nil || len(crl.RevokedCertificateEntries) > 0 {
			t.Errorf("%s: %v", name, err)
		}
	}
	der, err := p.CRL(p.CA, now, p.Leader.Certificate)
	if err != nil {
		t.Fatal(err)
	}
	if crl, err := x509.ParseRevocationList(der); err != nil || len(crl.RevokedCertificateEntries) != 1 {
		t.Errorf("%v", err)
	}
	block, _ := pem.Decode(files["demo-root.pem"])
	if c, err := x509.ParseCertificate(block.Bytes); err != nil || !c.Equal(p.Root.Certificate) {
		t.Errorf("%v", err)
	}
}

func TestPictures(t *testing.T) {
	seal, err := testpki.SealPNG("", "Ủy ban nhân dân phường Ô Chợ Dừa – số 1 & 2")
	if err != nil {
		t.Fatal(err)
	}
	signature, err := testpki.SignaturePNG("Lê Thị Hỷ")
	if err != nil {
		t.Fatal(err)
	}
	other, err := testpki.SignaturePNG("Trần Văn A")
	if err != nil || bytes.Equal(signature, other) {
		t.Error("two people sign alike")
	}
	for name, data := range map[string][]byte{"seal": seal, "signature": signature} {
		if _, err := signer.ParsePicture(data); err != nil {
			t.Error(err)
		}
		im, err := png.Decode(bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		if _, _, _, a := im.At(0, 0).RGBA(); a != 0 {
			t.Errorf("%s: the ground is not transparent", name)
		}
		inked := 0
		for y := range im.Bounds().Dy() {
			for x := range im.Bounds().Dx() {
				if c := im.At(x, y).(color.NRGBA); c.A > 128 {
					inked++
					if name == "seal" && c.R < 200 || name == "signature" && c.B < 150 {
						t.Fatalf("%s: colour %v", name, c)
					}
				}
			}
		}
		if total := im.Bounds().Dx() * im.Bounds().Dy(); inked < total/100 || inked > total/2 {
			t.Errorf("%s: %d of %d pixels inked", name, inked, total)
		}
	}
}
