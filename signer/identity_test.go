package signer_test

import (
	"bytes"
	"crypto/x509"
	"encoding/asn1"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"software.sslmate.com/src/go-pkcs12"

	"antin/internal/judge"
	"antin/signer"
	"antin/signer/testpki"
)

func TestPKCS12(t *testing.T) {
	const password = "mật khẩu 1"
	for _, kind := range []testpki.KeyKind{testpki.RSA2048, testpki.P256} {
		id := issue(t, testpki.Request{Name: "Đinh Bộ Lĩnh", Key: kind})
		data, err := id.PKCS12(password)
		if err != nil {
			t.Fatal(err)
		}
		got, err := signer.ParsePKCS12(data, password)
		if err != nil {
			t.Fatal(err)
		}
		if !got.Certificate.Equal(id.Certificate) || len(got.Chain) != 2 || !got.Chain[0].Equal(pki().CA.Certificate) || !got.Chain[1].Equal(pki().Root.Certificate) {
			t.Errorf("%v: chain %v", kind, got.Chain)
		}
		if err := got.Check(now); err != nil {
			t.Error(err)
		}
		var pe *signer.PasswordError
		for _, wrong := range []string{"", "mật khẩu 2"} {
			if _, err := signer.ParsePKCS12(data, wrong); !errors.As(err, &pe) {
				t.Errorf("password %q: %v", wrong, err)
			}
		}
		for _, bad := range [][]byte{nil, []byte("xin chào"), data[:len(data)/2], bytes.Repeat([]byte{0x30}, signer.MaxPKCS12+1)} {
			if _, err := signer.ParsePKCS12(bad, password); err == nil || errors.As(err, &pe) {
				t.Errorf("%d bytes: %v", len(bad), err)
			}
		}
	}
	// What older tools write, and issuers in the wrong order with a stranger.
	id := pki().Leader
	data, err := pkcs12.LegacyDES.Encode(id.Key, id.Certificate, []*x509.Certificate{pki().Root.Certificate, pki().Seal.Certificate, pki().CA.Certificate}, "x")
	if err != nil {
		t.Fatal(err)
	}
	got, err := signer.ParsePKCS12(data, "x")
	if err != nil || len(got.Chain) != 2 || !got.Chain[0].Equal(pki().CA.Certificate) {
		t.Errorf("legacy: %v %v", got, err)
	}
}

func TestOpenSSLReadsPKCS12(t *testing.T) {
	openssl := judge.Need(t, "openssl")
	data, err := pki().Leader.PKCS12("x")
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "leader.p12")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.CommandContext(t.Context(), openssl, "pkcs12", "-in", path, "-passin", "pass:x", "-noout").CombinedOutput(); err != nil {
		t.Errorf("openssl: %v\n%s", err, out)
	}
}

// A file may ask for years of key derivation.
func TestPKCS12Iterations(t *testing.T) {
	data, err := pki().Leader.PKCS12("x")
	if err != nil {
		t.Fatal(err)
	}
	usual, err := asn1.Marshal(2048)
	if err != nil {
		t.Fatal(err)
	}
	hostile := bytes.ReplaceAll(data, usual, []byte{2, 2, 0x7f, 0xff})
	if bytes.Equal(hostile, data) {
		t.Fatal("the iteration count was not found")
	}
	if _, err := signer.ParsePKCS12(hostile, "x"); err == nil {
		t.Error("a changed iteration count still opens")
	}
	mac := struct {
		Digest     []byte
		Salt       []byte
		Iterations int
	}{[]byte{1}, []byte{1, 2, 3}, 2_000_000_000}
	der, err := asn1.Marshal(struct {
		Version int
		Inner   any
	}{3, mac})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := signer.ParsePKCS12(der, "x"); err == nil || errors.As(err, new(*signer.PasswordError)) {
		t.Errorf("2 000 000 000 iterations: %v", err)
	}
}

func FuzzParsePKCS12(f *testing.F) {
	data, err := pkcs12.LegacyDES.WithIterations(1).Encode(pki().Leader.Key, pki().Leader.Certificate, nil, "x")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	f.Fuzz(func(t *testing.T, data []byte) {
		if id, err := signer.ParsePKCS12(data, "x"); err == nil {
			_ = id.Check(now)
		}
	})
}

func TestCheckBounds(t *testing.T) {
	id := issue(t, testpki.Request{Name: "biên", NotBefore: now, NotAfter: now.Add(time.Hour)})
	for at, want := range map[time.Duration]error{-time.Second: signer.ErrNotYetValid, 0: nil, time.Hour: nil, time.Hour + time.Second: signer.ErrExpired} {
		if err := id.Check(now.Add(at)); !errors.Is(err, want) {
			t.Errorf("%v: %v, want %v", at, err, want)
		}
	}
}
