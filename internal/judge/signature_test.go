package judge_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"antin/internal/judge"
)

// Every judge of signatures must accept the sound file and refuse the bad ones;
// a judge that says yes to all would make every other test worthless.
func TestSignatureJudges(t *testing.T) {
	p := testPKI(t)
	sound := signed(t, "")

	t.Run("sound", func(t *testing.T) {
		judge.AcceptSigned(t, sound, p.trust(), "first", "second")
		r := judge.PyHanko(t, sound, p.trust())
		if r.Certification != "FILL_FORMS" {
			t.Errorf("pyHanko: certification %q, want FILL_FORMS", r.Certification)
		}
		if first := r.Signatures[0]; first.Coverage != "ENTIRE_REVISION" || first.DocMDPOK == nil || !*first.DocMDPOK || !first.Trusted {
			t.Errorf("pyHanko: first signature %+v", first)
		}
		if last := r.Signatures[1]; last.Coverage != "ENTIRE_FILE" || last.Modification != "NONE" {
			t.Errorf("pyHanko: last signature %+v", last)
		}
		for _, s := range judge.DSS(t, sound, p.trust()).Signatures {
			if s.Level != "PAdES-BASELINE-B" || s.SignedBy != "Judge test signer" {
				t.Errorf("DSS: %+v", s)
			}
		}
		if s := judge.Signatures(t, sound)[0]; s.Type != "ETSI.CAdES.detached" || s.Hash != "SHA-256" || s.Signer != "Judge test signer" {
			t.Errorf("pdfsig: %+v", s)
		}
	})

	t.Run("unsigned", func(t *testing.T) {
		plain := write(t, "plain.pdf", makePDF(true))
		if got := judge.Signatures(t, plain); len(got) != 0 {
			t.Errorf("pdfsig found %+v", got)
		}
		refused(t, plain, p.trust(), "no signature", "no signature")
	})

	t.Run("a byte flipped", func(t *testing.T) {
		b := bytes.Clone(read(t, sound))
		at := bytes.Index(b, []byte("595 842"))
		b[at] = '6'
		bad := write(t, "bad.pdf", b)
		for _, s := range judge.Signatures(t, bad) {
			if s.Valid {
				t.Errorf("pdfsig: %+v", s)
			}
		}
		refused(t, bad, p.trust(), "INVALID", "HASH_FAILURE")
	})

	t.Run("a page changed afterwards", func(t *testing.T) {
		refused(t, signed(t, "edit"), p.trust(), "bottom line false", "TOTAL_FAILED")
	})

	t.Run("a locked field changed afterwards", func(t *testing.T) {
		bad := signed(t, "refill")
		if err := judge.PyHanko(t, bad, p.trust()).Err(); err == nil || !strings.Contains(err.Error(), "field so is locked") {
			t.Errorf("pyHanko: %v", err)
		}
		if s := judge.DSS(t, bad, p.trust()).Signatures[1]; len(s.Changes) == 0 || !strings.HasSuffix(s.Changes[0], "/V") {
			t.Errorf("DSS: %+v", s)
		}
	})

	t.Run("not trusted", func(t *testing.T) {
		refused(t, sound, judge.Trust{Roots: p.stranger, CRLs: [][]byte{p.clear}}, "bottom line false", "NO_CERTIFICATE_CHAIN_FOUND")
	})

	t.Run("revoked", func(t *testing.T) {
		refused(t, sound, judge.Trust{Roots: p.root, CRLs: [][]byte{p.revoked}}, "bottom line false", "REVOKED")
	})

	t.Run("expired", func(t *testing.T) {
		trust := p.trust()
		trust.At = time.Now().Add(48 * time.Hour)
		refused(t, sound, trust, "bottom line false", "INDETERMINATE")
	})

	t.Run("not a PDF", func(t *testing.T) {
		bad := write(t, "bad.pdf", []byte("a letter"))
		if _, err := judge.SignaturesOf(t, bad); err == nil {
			t.Error("pdfsig accepts it")
		}
		refused(t, bad, p.trust(), "PdfReadError", "")
	})
}

func refused(t *testing.T, path string, trust judge.Trust, pyhanko, dss string) {
	t.Helper()
	if err := judge.PyHanko(t, path, trust).Err(); err == nil || !strings.Contains(err.Error(), pyhanko) {
		t.Errorf("pyHanko: %v, want a refusal with %q", err, pyhanko)
	}
	if err := judge.DSS(t, path, trust).Err(); err == nil || !strings.Contains(err.Error(), dss) {
		t.Errorf("DSS: %v, want a refusal with %q", err, dss)
	}
}
