package judge_test

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"antin/internal/judge"
)

// A minimal PDF/A-2b: one page that draws a square in gray by way of an output
// intent-free pattern of nothing, a text field without a value, XMP, an ID.
const xmp = `<?xpacket begin="` + "\ufeff" + `" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/" pdfaid:part="2" pdfaid:conformance="B"/>
</rdf:RDF></x:xmpmeta>
<?xpacket end="w"?>`

// makePDF assembles a classic file; pdfa without its metadata is no PDF/A.
func makePDF(metadata bool) []byte {
	catalog := "<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [5 0 R] >>"
	if metadata {
		catalog += " /Metadata 4 0 R"
	}
	objects := []string{
		catalog + " >>",
		"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
		"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << >> /Contents 6 0 R /Annots [5 0 R] >>",
		fmt.Sprintf("<< /Type /Metadata /Subtype /XML /Length %d >>\nstream\n%s\nendstream", len(xmp), xmp),
		"<< /Type /Annot /Subtype /Widget /FT /Tx /T (so) /F 4 /P 3 0 R /Rect [100 700 200 720] /AP << /N 7 0 R >> >>",
		"<< /Length 4 >>\nstream\nq\nQ\n\nendstream",
		"<< /Type /XObject /Subtype /Form /BBox [0 0 100 20] /Resources << >> /Length 4 >>\nstream\nq\nQ\n\nendstream",
	}
	var b bytes.Buffer
	b.WriteString("%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
	offsets := make([]int, 0, len(objects))
	for i, o := range objects {
		offsets = append(offsets, b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	start := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(objects)+1)
	for _, o := range offsets {
		fmt.Fprintf(&b, "%010d 00000 n \n", o)
	}
	fmt.Fprintf(&b, "trailer\n<< /Size %d /Root 1 0 R /ID [<00112233445566778899aabbccddeeff> <00112233445566778899aabbccddeeff>] >>\nstartxref\n%d\n%%%%EOF\n",
		len(objects)+1, start)
	return b.Bytes()
}

func write(t testing.TB, name string, data []byte) string {
	t.Helper()
	p := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(p, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return p
}

// pki is a root, a signer under it, and the root's lists: one with nobody on it,
// one with the signer.
type pki struct {
	root, signer, key []byte // PEM
	clear, revoked    []byte // CRL, DER
	stranger          []byte // PEM, a root that has nothing to do with it
}

var makePKI = sync.OnceValues(func() (*pki, error) {
	now := time.Now()
	issue := func(template, parent *x509.Certificate, key, by *rsa.PrivateKey) (*x509.Certificate, error) {
		template.NotBefore, template.NotAfter = now.Add(-time.Hour), now.Add(24*time.Hour)
		der, err := x509.CreateCertificate(rand.Reader, template, parent, &key.PublicKey, by)
		if err != nil {
			return nil, err
		}
		return x509.ParseCertificate(der)
	}
	root := func(name string) (*x509.Certificate, *rsa.PrivateKey, error) {
		key, err := rsa.GenerateKey(rand.Reader, 2048)
		if err != nil {
			return nil, nil, err
		}
		tmpl := &x509.Certificate{
			SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, IsCA: true, BasicConstraintsValid: true,
			KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
		}
		cert, err := issue(tmpl, tmpl, key, key)
		return cert, key, err
	}
	ca, caKey, err := root("Judge test root")
	if err != nil {
		return nil, err
	}
	stranger, _, err := root("Judge test stranger")
	if err != nil {
		return nil, err
	}
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return nil, err
	}
	signer, err := issue(&x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "Judge test signer"},
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageContentCommitment,
	}, ca, key, caKey)
	if err != nil {
		return nil, err
	}
	crl := func(number int64, entries ...x509.RevocationListEntry) ([]byte, error) {
		return x509.CreateRevocationList(rand.Reader, &x509.RevocationList{
			Number: big.NewInt(number), ThisUpdate: now.Add(-30 * time.Minute), NextUpdate: now.Add(12 * time.Hour),
			RevokedCertificateEntries: entries,
		}, ca, caKey)
	}
	clearList, err := crl(1)
	if err != nil {
		return nil, err
	}
	revoked, err := crl(2, x509.RevocationListEntry{SerialNumber: big.NewInt(2), RevocationTime: now.Add(-40 * time.Minute), ReasonCode: 1})
	if err != nil {
		return nil, err
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, err
	}
	certPEM := func(c *x509.Certificate) []byte {
		return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw})
	}
	return &pki{
		root: certPEM(ca), signer: certPEM(signer), key: pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}),
		clear: clearList, revoked: revoked, stranger: certPEM(stranger),
	}, nil
})

func testPKI(t testing.TB) *pki {
	t.Helper()
	p, err := makePKI()
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// trust is the PKI with its clear list.
func (p *pki) trust() judge.Trust {
	return judge.Trust{Roots: p.root, CRLs: [][]byte{p.clear}}
}

// signed is a file with two signatures made by pyHanko; after is what is done to
// it then ("", "edit", "refill").
func signed(t testing.TB, after string) string {
	t.Helper()
	python := judge.Need(t, "pyhanko")
	p := testPKI(t)
	target := filepath.Join(t.TempDir(), "signed.pdf")
	cmd := exec.CommandContext(t.Context(), python, "testdata/sign.py", write(t, "plain.pdf", makePDF(true)), target,
		write(t, "key.pem", p.key), write(t, "signer.pem", p.signer), write(t, "root.pem", p.root), after)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("making a signed file: %v\n%s", err, out)
	}
	return target
}

func read(t testing.TB, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}
