//go:build cgo

package issuance_test

import (
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"

	"antin/internal/judge"
	"antin/issuance"
	"antin/signer"
	"antin/signer/pkcs11"
	"antin/signer/testpki"
	"antin/signer/verify"
)

// TestSealOnToken: a document whose leader and seal sign with keys on a token
// is like any other.
func TestSealOnToken(t *testing.T) {
	hsm := judge.SoftHSM(t)
	t.Setenv("SOFTHSM2_CONF", hsm.Conf)
	pki, err := testpki.New(testpki.Options{Now: clock})
	if err != nil {
		t.Fatal(err)
	}
	from, err := office()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(filepath.Join(from, "agencies"))); err != nil {
		t.Fatal(err)
	}
	const agency = "snv-hanoi"
	name := filepath.Join(dir, agency, issuance.OfficeFile)
	raw, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	var o issuance.Office
	if err := yaml.Unmarshal(raw, &o); err != nil {
		t.Fatal(err)
	}
	number := byte(0)
	onToken := func(e *issuance.KeyEntry, id *signer.Identity, label string) {
		number++
		der, err := x509.MarshalPKCS8PrivateKey(id.Key)
		if err != nil {
			t.Fatal(err)
		}
		hsm.Import(t, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), label, hex.EncodeToString([]byte{number}))
		for file, content := range map[string][]byte{
			label + ".pem": testpki.PEM(slices.Concat([]*x509.Certificate{id.Certificate}, id.Chain)...),
			"pin":          []byte(hsm.PIN + "\n"),
		} {
			if err := os.WriteFile(filepath.Join(dir, agency, file), content, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		e.PKCS12, e.PasswordFile = "", ""
		e.PKCS11 = &issuance.TokenEntry{Module: hsm.Module, Token: hsm.Label, Label: label, PINFile: "pin", Certificate: label + ".pem"}
	}
	onToken(o.Seal, pki.Seal, "con-dau")
	for person, e := range o.Signatories {
		e.Profile = "pades-pss"
		onToken(&e, pki.Leader, person)
		o.Signatories[person] = e
	}
	save := func() {
		out, err := yaml.Marshal(o)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, out, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	save()
	agencies, err := issuance.OpenAgencies(dir)
	if err != nil {
		t.Fatal(err)
	}
	s, store := newService(t, func(opt *issuance.Options) {
		opt.Agencies, opt.Trust = agencies, trustIn(t, pki, clock.Add(-time.Minute))
	})
	r := sample(t, "qd-cham-dut-tctn", nil)
	r.Agency = agency
	doc, _, err := s.Make(t.Context(), r, issuance.UntilIssued)
	if err != nil {
		t.Fatal(err)
	}
	pdf, _, err := store.RevisionContent(t.Context(), doc.ID, 0)
	if err != nil {
		t.Fatal(err)
	}
	report, err := s.Verify(t.Context(), pdf)
	if err != nil || report.Indication != verify.TotalPassed || len(report.Signatures) != 2 {
		t.Errorf("%s %v", report.ConclusionEN, err)
	}
	path := filepath.Join(t.TempDir(), "token.pdf")
	if err := os.WriteFile(path, pdf, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, sig := range judge.Signatures(t, path) {
		if !sig.Valid {
			t.Errorf("pdfsig on %s: %+v", sig.Field, sig)
		}
	}

	o.Seal.PKCS11.Label = "khac"
	save()
	if _, err := issuance.OpenAgencies(dir); !errors.Is(err, pkcs11.ErrNoKey) {
		t.Errorf("a key that is not there: %v", err)
	}
	o.Seal.PKCS11.Label, o.Seal.PKCS12 = "con-dau", "keys/seal.p12"
	save()
	if _, err := issuance.OpenAgencies(dir); err == nil {
		t.Error("a key in two places")
	}
}
