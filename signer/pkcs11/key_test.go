//go:build cgo

package pkcs11

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"sync"
	"testing"
	"time"

	"antin/internal/judge"
	"antin/signer"
	"antin/signer/testpki"
)

// put imports an identity's key into a token.
func put(t *testing.T, hsm judge.HSM, id *signer.Identity, label, number string) {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(id.Key)
	if err != nil {
		t.Fatal(err)
	}
	hsm.Import(t, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), label, number)
}

// TestSoftHSM uses one token for all, since a module reads its settings once in
// a process.
func TestSoftHSM(t *testing.T) {
	hsm := judge.SoftHSM(t)
	t.Setenv("SOFTHSM2_CONF", hsm.Conf)
	pki, err := testpki.New(testpki.Options{Now: time.Now()})
	if err != nil {
		t.Fatal(err)
	}
	ec, err := pki.Issue(testpki.Request{Name: "P-384", Key: testpki.P384})
	if err != nil {
		t.Fatal(err)
	}
	put(t, hsm, pki.Seal, "con-dau", "01")
	put(t, hsm, ec, "lanh-dao", "02")
	put(t, hsm, pki.Leader, "hai", "03")
	put(t, hsm, pki.Seal, "hai", "04")
	conf := Config{Module: hsm.Module, Token: hsm.Label, Label: "con-dau", PIN: hsm.PIN, Public: pki.Seal.Certificate.PublicKey}

	t.Run("refused", func(t *testing.T) {
		for _, c := range []struct {
			name   string
			change func(*Config)
			want   error
		}{
			{"no such token", func(c *Config) { c.Token = "khac" }, ErrNoToken},
			{"wrong PIN", func(c *Config) { c.PIN = "000000" }, ErrPIN},
			{"no such key", func(c *Config) { c.Label = "khac" }, ErrNoKey},
			{"two keys", func(c *Config) { c.Label = "hai" }, ErrAmbiguous},
			{"another's certificate", func(c *Config) { c.Public = pki.Leader.Certificate.PublicKey }, ErrMismatch},
			{"a module that is none", func(c *Config) { c.Module = "/etc/hostname" }, nil},
		} {
			conf := conf
			c.change(&conf)
			_, err := Open(conf)
			if e, ok := errors.AsType[*Error](err); !ok || c.want != nil && !errors.Is(e, c.want) {
				t.Errorf("%s: %v", c.name, err)
			}
		}
	})
	rsaKey, err := Open(conf)
	if err != nil {
		t.Fatal(err)
	}
	conf.Label, conf.Public = "lanh-dao", ec.Certificate.PublicKey
	ecKey, err := Open(conf)
	if err != nil {
		t.Fatal(err)
	}
	conf.Label, conf.ID, conf.Public = "hai", []byte{3}, pki.Leader.Certificate.PublicKey
	if _, err := Open(conf); err != nil {
		t.Errorf("a key by label and id: %v", err)
	}

	t.Run("many at once", func(t *testing.T) {
		digest := sha256.Sum256([]byte("văn bản"))
		var wg sync.WaitGroup
		for range 4 * maxSessions {
			wg.Go(func() {
				signature, err := rsaKey.Sign(rand.Reader, digest[:], crypto.SHA256)
				if err != nil || rsa.VerifyPKCS1v15(rsaKey.Public().(*rsa.PublicKey), crypto.SHA256, digest[:], signature) != nil {
					t.Errorf("PKCS #1: %v", err)
				}
				opts := &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash, Hash: crypto.SHA256}
				signature, err = rsaKey.Sign(rand.Reader, digest[:], opts)
				if err != nil || rsa.VerifyPSS(rsaKey.Public().(*rsa.PublicKey), crypto.SHA256, digest[:], signature, opts) != nil {
					t.Errorf("PSS: %v", err)
				}
				signature, err = ecKey.Sign(rand.Reader, digest[:], crypto.SHA256)
				if err != nil || !ecdsa.VerifyASN1(ecKey.Public().(*ecdsa.PublicKey), digest[:], signature) {
					t.Errorf("ECDSA: %v", err)
				}
			})
		}
		wg.Wait()
	})
	t.Run("what is no digest", func(t *testing.T) {
		for _, c := range []struct {
			digest []byte
			hash   crypto.Hash
		}{{[]byte("short"), crypto.SHA256}, {make([]byte, 20), crypto.SHA1}} {
			if _, err := rsaKey.Sign(rand.Reader, c.digest, c.hash); !errors.Is(err, ErrMechanism) {
				t.Errorf("%v over %d bytes: %v", c.hash, len(c.digest), err)
			}
		}
	})
	t.Run("a lost session is opened again", func(t *testing.T) {
		digest := sha256.Sum256(nil)
		k := rsaKey.(*key)
		slot, err := k.slot()
		if err != nil {
			t.Fatal(err)
		}
		if err := k.ctx.CloseAllSessions(slot); err != nil {
			t.Fatal(err)
		}
		for range maxSessions + 1 {
			if _, err := rsaKey.Sign(rand.Reader, digest[:], crypto.SHA256); err != nil {
				t.Fatal(err)
			}
		}
	})
}
