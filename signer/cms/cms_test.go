package cms_test

import (
	"bytes"
	"crypto"
	"crypto/sha256"
	"crypto/x509"
	"encoding/asn1"
	"errors"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"go.mozilla.org/pkcs7"

	"antin/internal/judge"
	"antin/signer"
	"antin/signer/cms"
	"antin/signer/testpki"
)

var now = time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)

var pki = sync.OnceValue(func() *testpki.PKI {
	p, err := testpki.New(testpki.Options{Now: now, Rand: rand.NewChaCha8([32]byte{1})})
	if err != nil {
		panic(err)
	}
	return p
})

func identity(t testing.TB, kind testpki.KeyKind) *signer.Identity {
	t.Helper()
	if kind == testpki.RSA2048 {
		return pki().Leader
	}
	id, err := pki().Issue(testpki.Request{Name: "Trần Thị Hỷ", Key: kind})
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func template(t testing.TB, id *signer.Identity, pss bool) *cms.Template {
	t.Helper()
	scheme, err := cms.SchemeFor(id.Key.Public(), pss)
	if err != nil {
		t.Fatal(err)
	}
	tpl, err := cms.NewTemplate(id.Certificate, id.Chain, scheme)
	if err != nil {
		t.Fatal(err)
	}
	return tpl
}

func digest(h crypto.Hash, content []byte) []byte {
	w := h.New()
	w.Write(content)
	return w.Sum(nil)
}

var cases = []struct {
	name   string
	key    testpki.KeyKind
	pss    bool
	time   time.Time
	scheme cms.Scheme
}{
	{"RSA-2048", testpki.RSA2048, false, time.Time{}, cms.Scheme{Kind: cms.RSAPKCS1v15, Hash: crypto.SHA256}},
	{"RSA-2048 with signing-time", testpki.RSA2048, false, now, cms.Scheme{Kind: cms.RSAPKCS1v15, Hash: crypto.SHA256}},
	{"RSA-2048 PSS", testpki.RSA2048, true, time.Time{}, cms.Scheme{Kind: cms.RSAPSS, Hash: crypto.SHA256, Salt: 32}},
	{"RSA-3072", testpki.RSA3072, false, time.Time{}, cms.Scheme{Kind: cms.RSAPKCS1v15, Hash: crypto.SHA256}},
	{"P-256", testpki.P256, false, time.Time{}, cms.Scheme{Kind: cms.ECDSA, Hash: crypto.SHA256}},
	{"P-256 asked for PSS", testpki.P256, true, time.Time{}, cms.Scheme{Kind: cms.ECDSA, Hash: crypto.SHA256}},
	{"P-384", testpki.P384, false, time.Time{}, cms.Scheme{Kind: cms.ECDSA, Hash: crypto.SHA384}},
}

func TestRoundTrip(t *testing.T) {
	content := []byte("Số: 15/QĐ-SNV")
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			id := identity(t, c.key)
			tpl := template(t, id, c.pss)
			md := digest(tpl.Scheme.Hash, content)
			der, err := tpl.Detached(id.Key, md, c.time)
			if err != nil {
				t.Fatal(err)
			}
			if len(der) > tpl.Size() || len(der) < tpl.Size()-200 {
				t.Errorf("%d bytes, Size says at most %d", len(der), tpl.Size())
			}
			sd, err := cms.ParseContents(append(bytes.Clone(der), make([]byte, 100)...))
			if err != nil {
				t.Fatal(err)
			}
			s := &sd.Signers[0]
			if sd.Version != 1 || sd.Content != nil || !sd.ContentType.Equal(cms.OIDData) || len(sd.Signers) != 1 || len(sd.Certificates) != 3 {
				t.Errorf("unexpected SignedData %+v", sd)
			}
			if cert := sd.Certificate(s); cert == nil || !cert.Equal(id.Certificate) {
				t.Fatal("signer's certificate not found in the set")
			}
			if got, err := s.Scheme(); err != nil || got != c.scheme {
				t.Errorf("scheme %v, %v; want %v", got, err, c.scheme)
			}
			if err := s.CheckContent(md, cms.OIDData); err != nil {
				t.Error(err)
			}
			if err := s.CheckContent(digest(s.Digest, []byte("Số: 16")), cms.OIDData); !errors.Is(err, cms.ErrDigest) {
				t.Errorf("other content: %v", err)
			}
			if err := s.CheckSignature(id.Certificate, nil); err != nil {
				t.Error(err)
			}
			if err := s.CheckSignature(pki().Seal.Certificate, nil); err == nil {
				t.Error("another certificate's key verifies")
			}
			ids, err := s.SigningCertificate()
			if err != nil || len(ids) != 1 || !ids[0].Matches(id.Certificate) || ids[0].Matches(pki().CA.Certificate) {
				t.Errorf("signing-certificate %v, %v", ids, err)
			}
			if at, ok, err := s.SigningTime(); err != nil || ok != !c.time.IsZero() || !at.Equal(c.time) {
				t.Errorf("signing-time %v %v %v", at, ok, err)
			}
			if !s.Sorted {
				t.Error("signed attributes are not in DER order")
			}
			for i := range s.RawSignedAttributes[10:] {
				raw := bytes.Clone(s.RawSignedAttributes)
				raw[10+i] ^= 1
				flipped := *s
				flipped.RawSignedAttributes = raw
				if err := flipped.CheckSignature(id.Certificate, nil); !errors.Is(err, cms.ErrSignature) {
					t.Fatalf("bit flipped at %d: %v", 10+i, err)
				}
				if i > 40 {
					break
				}
			}
		})
	}
}

// A reader that shares no code with this package agrees.
func TestMozillaReads(t *testing.T) {
	content := []byte("nội dung")
	roots := x509.NewCertPool()
	roots.AddCert(pki().Root.Certificate)
	for _, c := range cases {
		if c.scheme.Kind == cms.RSAPSS {
			continue // unknown to it, which is one reason it does not sign here
		}
		t.Run(c.name, func(t *testing.T) {
			id := identity(t, c.key)
			tpl := template(t, id, c.pss)
			der, err := tpl.Detached(id.Key, digest(tpl.Scheme.Hash, content), c.time)
			if err != nil {
				t.Fatal(err)
			}
			p7, err := pkcs7.Parse(der)
			if err != nil {
				t.Fatal(err)
			}
			p7.Content = content
			if err := p7.Verify(); err != nil {
				t.Error(err)
			}
			if got := p7.GetOnlySigner(); got == nil || !got.Equal(id.Certificate) {
				t.Error("signer not found")
			}
			p7.Content = []byte("nội dung khác")
			if p7.Verify() == nil {
				t.Error("other content verifies")
			}
		})
	}
}

func TestOpenSSLReads(t *testing.T) {
	openssl := judge.Need(t, "openssl")
	content := []byte("nội dung")
	dir := t.TempDir()
	file := func(name string, data []byte) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	root, data := file("root.pem", testpki.PEM(pki().Root.Certificate)), file("data", content)
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			id := identity(t, c.key)
			tpl := template(t, id, c.pss)
			der, err := tpl.Detached(id.Key, digest(tpl.Scheme.Hash, content), c.time)
			if err != nil {
				t.Fatal(err)
			}
			args := []string{
				"cms", "-verify", "-cades", "-binary", "-inform", "DER", "-in", file("cms", der), "-content", data,
				"-CAfile", root, "-purpose", "any", "-attime", "1795420800", "-out", os.DevNull,
			}
			out, err := exec.CommandContext(t.Context(), openssl, args...).CombinedOutput()
			if err != nil || !strings.Contains(string(out), "successful") {
				t.Errorf("openssl: %v\n%s", err, out)
			}
		})
	}
}

func TestSignRefusesForeignKey(t *testing.T) {
	tpl := template(t, pki().Leader, false)
	if _, err := tpl.Detached(pki().Seal.Key, make([]byte, 32), time.Time{}); !errors.Is(err, cms.ErrSignature) {
		t.Errorf("got %v", err)
	}
	if _, err := tpl.Detached(pki().Leader.Key, make([]byte, 48), time.Time{}); !errors.Is(err, cms.ErrAlgorithm) {
		t.Errorf("wrong digest length: %v", err)
	}
}

func TestEncapsulatedAndUnsigned(t *testing.T) {
	id, content := pki().Leader, []byte("tst info")
	tpl := template(t, id, false)
	sum := sha256.Sum256(content)
	attrs, err := tpl.Attributes(cms.OIDTSTInfo, sum[:], now)
	if err != nil {
		t.Fatal(err)
	}
	sig, err := tpl.Sign(id.Key, attrs)
	if err != nil {
		t.Fatal(err)
	}
	token := tpl.Assemble(cms.OIDTSTInfo, content, attrs, sig)
	outer, err := cms.Parse(tpl.Assemble(cms.OIDData, nil, attrs, sig, cms.Attribute{Type: cms.OIDSignatureTimestamp, Values: [][]byte{token}}))
	if err != nil {
		t.Fatal(err)
	}
	tokens := outer.Signers[0].Timestamps()
	if len(tokens) != 1 {
		t.Fatalf("%d tokens", len(tokens))
	}
	sd, err := cms.Parse(tokens[0])
	if err != nil {
		t.Fatal(err)
	}
	if sd.Version != 3 || !bytes.Equal(sd.Content, content) || !sd.ContentType.Equal(cms.OIDTSTInfo) {
		t.Errorf("token %+v", sd)
	}
	if err := sd.Signers[0].CheckContent(sum[:], cms.OIDTSTInfo); err != nil {
		t.Error(err)
	}
	if err := sd.Signers[0].CheckContent(sum[:], cms.OIDData); !errors.Is(err, cms.ErrAttribute) {
		t.Errorf("wrong content type: %v", err)
	}
}

func TestParseRefuses(t *testing.T) {
	id := pki().Leader
	tpl := template(t, id, false)
	good, err := tpl.Detached(id.Key, make([]byte, 32), time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	set := func(attrs ...string) []byte {
		body := strings.Join(attrs, "")
		return tpl.Assemble(cms.OIDData, nil, append([]byte{0x31, byte(len(body))}, body...), []byte{1})
	}
	const contentType = "\x30\x18\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x09\x03\x31\x0b\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01"
	if _, err := cms.Parse(set(contentType)); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		der  []byte
	}{
		{"empty", nil},
		{"zeros", make([]byte, 64)},
		{"truncated", good[:len(good)-1]},
		{"trailing", append(bytes.Clone(good), 1)},
		{"other content type", bytes.Replace(bytes.Clone(good), []byte{0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, 2}, []byte{0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, 3}, 1)},
		{"attribute twice", set(contentType, contentType)},
		{"empty attributes", set()},
		{"attribute without values", set("\x30\x03\x06\x01\x2a")},
		{"indefinite length", append([]byte{0x30, 0x80}, good[4:]...)},
		{"no signers", mustMarshal(struct {
			OID asn1.ObjectIdentifier
			SD  asn1.RawValue `asn1:"explicit,tag:0"`
		}{cms.OIDSignedData, asn1.RawValue{FullBytes: []byte{0x30, 0x0c, 2, 1, 1, 0x31, 0, 0x30, 3, 6, 1, 0x2a, 0x31, 0}}})},
	} {
		_, err := cms.ParseContents(c.der)
		var pe *cms.ParseError
		if !errors.As(err, &pe) || pe.Where == "" {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

func mustMarshal(v any) []byte {
	der, err := asn1.Marshal(v)
	if err != nil {
		panic(err)
	}
	return der
}

func FuzzParse(f *testing.F) {
	for _, c := range []testpki.KeyKind{testpki.RSA2048, testpki.P256} {
		for _, pss := range []bool{false, true} {
			id := identity(f, c)
			tpl := template(f, id, pss)
			der, err := tpl.Detached(id.Key, make([]byte, 32), now)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(der)
		}
	}
	f.Fuzz(func(t *testing.T, der []byte) {
		sd, err := cms.ParseContents(der)
		if err != nil {
			if _, ok := errors.AsType[*cms.ParseError](err); !ok {
				t.Fatalf("untyped error %v", err)
			}
			return
		}
		for i := range sd.Signers {
			s := &sd.Signers[i]
			s.Timestamps()
			_, _, _ = s.SigningTime()
			_, _, _ = s.RevocationArchival()
			_ = s.CheckContent(make([]byte, 32), cms.OIDData)
			ids, _ := s.SigningCertificate()
			for _, c := range sd.Certificates {
				for _, id := range ids {
					id.Matches(c)
				}
				_ = s.CheckSignature(c, make([]byte, 32))
			}
		}
	})
}

func BenchmarkDetached(b *testing.B) {
	id := pki().Leader
	tpl := template(b, id, false)
	md := make([]byte, 32)
	b.Run("cms", func(b *testing.B) {
		for b.Loop() {
			if _, err := tpl.Detached(id.Key, md, time.Time{}); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("raw", func(b *testing.B) {
		for b.Loop() {
			if _, err := id.Key.Sign(nil, md, crypto.SHA256); err != nil {
				b.Fatal(err)
			}
		}
	})
}
