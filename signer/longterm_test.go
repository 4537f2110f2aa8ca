package signer_test

import (
	"bytes"
	"crypto"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"net/http/httptest"
	"testing"
	"time"

	"antin/internal/judge"
	"antin/internal/pdf"
	"antin/signer"
	"antin/signer/testpki"
	"antin/signer/tsp"
)

const tokenSize = 8 << 10

// authority serves a time-stamping authority whose clock stands at the given
// time, and returns a client of it.
func authority(t *testing.T, at time.Time) (*testpki.TSA, *tsp.Client) {
	t.Helper()
	a, err := pki().TSA(func() time.Time { return at })
	if err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(a)
	t.Cleanup(srv.Close)
	return a, &tsp.Client{URL: srv.URL, HTTP: srv.Client()}
}

func crls(t *testing.T, at time.Time) [][]byte {
	t.Helper()
	var out [][]byte
	for _, a := range []testpki.Authority{pki().Root, pki().CA} {
		der, err := pki().CRL(a, at)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, der)
	}
	return out
}

func pemCRLs(ders [][]byte) (out [][]byte) {
	for _, der := range ders {
		out = append(out, pem.EncodeToMemory(&pem.Block{Type: "X509 CRL", Bytes: der}))
	}
	return out
}

// From B-B over B-T and B-LT to B-LTA, each a revision of its own, each judged.
func TestLevels(t *testing.T) {
	at := now.Add(2 * time.Minute)
	tsa, client := authority(t, at)
	stamped := func(s signer.Signature) signer.Signature {
		s.Timestamp = func(value []byte) ([]byte, error) { return client.Timestamp(t.Context(), value) }
		s.TimestampSize = tokenSize
		return s
	}
	certified, err := signer.Certify(decision(t), stamped(leader()))
	if err != nil {
		t.Fatal(err)
	}
	bt, err := signer.Seal(certified, stamped(seal()), fills)
	if err != nil {
		t.Fatal(err)
	}
	evidence := signer.Evidence{
		Certificates: append([]*x509.Certificate{pki().Leader.Certificate, pki().Seal.Certificate, tsa.Identity.Certificate}, pki().Leader.Chain...),
		CRLs:         crls(t, at.Add(time.Minute)),
	}
	blt, err := signer.AddEvidence(bt, evidence)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := signer.AddEvidence(blt, evidence); err != nil || !bytes.Equal(again, blt) {
		t.Errorf("the same evidence twice makes a revision: %v", err)
	}
	stamp := signer.DocumentTimestamp{
		Size: tokenSize, Time: at,
		Token: func(digest []byte) ([]byte, error) {
			return client.TimestampDigest(t.Context(), crypto.SHA256, digest)
		},
	}
	blta, err := signer.TimestampDocument(blt, stamp)
	if err != nil {
		t.Fatal(err)
	}
	trust := judge.Trust{Roots: testpki.PEM(pki().Root.Certificate), CRLs: pemCRLs(evidence.CRLs), At: now.Add(time.Hour)}
	for _, c := range []struct {
		level string
		data  []byte
		crls  bool
	}{{"PAdES-BASELINE-T", bt, true}, {"PAdES-BASELINE-LT", blt, false}, {"PAdES-BASELINE-LTA", blta, false}} {
		t.Run(c.level, func(t *testing.T) {
			tr := trust
			if !c.crls {
				tr.CRLs = nil // they are in the document
			}
			path := save(t, c.data)
			judge.Check(t, path)
			py := judge.PyHanko(t, path, trust)
			if err := py.Err(); err != nil {
				t.Error(err)
			}
			dss := judge.DSS(t, path, tr)
			if err := dss.Err(); err != nil {
				t.Error(err)
			}
			for _, s := range dss.Signatures {
				if s.Level != c.level {
					t.Errorf("DSS calls %s %s", s.Field, s.Level)
				}
			}
			judge.Conforms(t, "2b", path)
		})
	}

	// A second timestamp years later gets a field of its own.
	twice, err := signer.TimestampDocument(blta, stamp)
	if err != nil {
		t.Fatal(err)
	}
	if sig, _, _ := signature(t, twice, "dau_thoi_gian_2"); sig["SubFilter"] != pdf.Name("ETSI.RFC3161") {
		t.Errorf("second timestamp %v", sig)
	}
}

func TestLongTermRefuses(t *testing.T) {
	if _, err := signer.AddEvidence(decision(t), signer.Evidence{CRLs: crls(t, now)}); err == nil {
		t.Error("evidence for a document that nobody signed")
	}
	var re *signer.ReserveError
	ts := signer.DocumentTimestamp{Size: 100, Token: func([]byte) ([]byte, error) { return make([]byte, 101), nil }}
	if out, err := signer.TimestampDocument(decision(t), ts); !errors.As(err, &re) || out != nil {
		t.Errorf("token too large: %v", err)
	}
	if _, err := signer.TimestampDocument([]byte("%PDF-1.7"), ts); err == nil {
		t.Error("not a PDF")
	}
}
