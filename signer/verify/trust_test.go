package verify_test

import (
	"bytes"
	"crypto/x509"
	"errors"
	"math/big"
	"os"
	"path/filepath"
	"testing"
	"time"

	"antin/signer/testpki"
	"antin/signer/verify"
)

func TestLoadTrust(t *testing.T) {
	dir := t.TempDir()
	files, err := pki().Files()
	must(err)
	files["leader.pem"] = testpki.PEM(pki().Leader.Certificate)
	files["ghi-chu.txt"] = []byte("không phải chứng thư")
	for n, b := range files {
		must(os.WriteFile(filepath.Join(dir, n), b, 0o600))
	}
	for _, path := range []string{dir, filepath.Join(dir, "demo-root.pem")} {
		trust, err := verify.LoadTrust(path)
		if err != nil {
			t.Fatal(err)
		}
		if len(trust.Anchors()) != 1 || len(trust.CRLs()) != 2 {
			t.Errorf("%s: %d anchors, %d CRLs", path, len(trust.Anchors()), len(trust.CRLs()))
		}
		if r := check(t, issued(), verify.Options{Trust: trust, Now: later}); r.Indication != verify.TotalPassed || r.Signatures[0].Certificate.Revocation != "GOOD" {
			t.Error(failures(r))
		}
	}
	if _, err := verify.LoadTrust(filepath.Join(dir, "leader.pem")); !errors.Is(err, verify.ErrNoAnchor) {
		t.Errorf("a signer's certificate as anchor: %v", err)
	}
	if _, err := verify.LoadTrust(filepath.Join(dir, "khong-co.pem")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a missing file: %v", err)
	}
	must(os.WriteFile(filepath.Join(dir, "hong.pem"), []byte("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"), 0o600))
	if _, err := verify.LoadTrust(dir); err == nil {
		t.Error("a damaged certificate in the folder was passed over")
	}
}

// A long list that stays is looked up by index and says the same.
func TestLongRevocationList(t *testing.T) {
	var revoked []*x509.Certificate
	for i := range 300 {
		revoked = append(revoked, &x509.Certificate{SerialNumber: big.NewInt(int64(i + 1))})
	}
	for _, bad := range []bool{false, true} {
		list := revoked
		if bad {
			list = append(list, employer().Certificate)
		}
		der, err := pki().CRL(pki().CA, now, list...)
		must(err)
		l, err := x509.ParseRevocationList(der)
		must(err)
		o := options()
		o.Trust.AddCRL(l)
		r := check(t, signedBy(by(employer())), o)
		if got := r.Signatures[0].Certificate.Revocation == "REVOKED"; got != bad {
			t.Errorf("revoked %v: %s", bad, r.Signatures[0].Certificate.Revocation)
		}
	}
}

// What Thông tư 15/2025/TT-BKHCN, Điều 6.4 asks for stands in every report.
func TestReportShowsWhatTheCircularAsks(t *testing.T) {
	for _, data := range [][]byte{issued(), flip(issued(), 3000), signedBy(by(stranger().Leader))} {
		r := check(t, data, options())
		for i := range r.Signatures {
			s := &r.Signatures[i]
			for _, id := range []string{"issuer", "subject", "unit", "signing_time", "digest", "valid_at_signing", "certificate_validity", "revocation"} {
				c := s.Check(id)
				if c == nil || c.Question == "" || c.Message == "" || c.QuestionEN == "" || c.MessageEN == "" {
					t.Errorf("%s: check %s: %+v", s.Field, id, c)
				}
			}
			if s.Conclusion == "" || s.ConclusionEN == "" || s.Signer == "" || s.Issuer == "" || s.Unit == "" || s.SigningTime == nil {
				t.Errorf("%+v", s)
			}
		}
	}
}

// Revocation that is not known is said as a warning, in the check and in the
// conclusion, and never as good.
func TestUnknownRevocationWarns(t *testing.T) {
	o := options()
	o.Trust = verify.NewTrust(pki().Root.Certificate)
	r := check(t, issued(), o)
	s := r.Signatures[0]
	if c := s.Check("revocation"); c.Status != verify.Warning || c.Code != "no_data" || s.Certificate.Revocation != "UNKNOWN" {
		t.Errorf("%+v", c)
	}
	if !bytes.Contains([]byte(r.Conclusion), []byte("CẢNH BÁO")) {
		t.Error(r.Conclusion)
	}
	// a list past its time is as good as none
	o.Trust, o.Now = trusting(), now.AddDate(11, 0, 0)
	if st := check(t, issued(), o).Signatures[0].Check("revocation"); st.Status != verify.Warning || st.Code != "stale" {
		t.Errorf("%+v", st)
	}
}

// A field filled after the last signature is allowed and vouched for by nobody.
func TestUnsignedFillingWarns(t *testing.T) {
	r := check(t, lateStamp(issued()), options())
	for _, s := range r.Signatures {
		if c := s.Check("changes"); c.Status != verify.Warning || c.Code != "unsigned_filling" {
			t.Errorf("%s: %+v", s.Field, c)
		}
	}
}

func TestDraftIsAcceptedOnDemand(t *testing.T) {
	o := options()
	o.Draft = true
	if r := check(t, certified(draft(nil)), o); r.Indication != verify.TotalPassed || r.Check("unsigned_fields").Code != "draft" {
		t.Error(dump(r))
	}
}

func TestTimestampIsReported(t *testing.T) {
	at := now.Add(3 * time.Minute)
	r := check(t, signedBy(stampedBy(employer(), stampAt(tsa(), at))), options())
	s := r.Signatures[0]
	if s.Timestamp == nil || !s.Timestamp.Time.Equal(at) || s.Timestamp.Status != verify.Passed || s.TimeSource != "timestamp" || !s.SigningTime.Equal(at) {
		t.Errorf("%+v %v", s.Timestamp, s.SigningTime)
	}
}
