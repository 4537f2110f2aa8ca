package tsp_test

import (
	"bytes"
	"context"
	"crypto"
	"crypto/sha256"
	"errors"
	"math/big"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"antin/internal/judge"
	"antin/signer/testpki"
	"antin/signer/tsp"
)

var now = time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)

var pki = sync.OnceValue(func() *testpki.PKI {
	p, err := testpki.New(testpki.Options{Now: now, Rand: rand.NewChaCha8([32]byte{5})})
	if err != nil {
		panic(err)
	}
	return p
})

func tsa(t testing.TB) *testpki.TSA {
	t.Helper()
	a, err := pki().TSA(func() time.Time { return now })
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestClient(t *testing.T) {
	srv := httptest.NewServer(tsa(t))
	defer srv.Close()
	for _, h := range []crypto.Hash{0, crypto.SHA256, crypto.SHA384, crypto.SHA512} {
		c := &tsp.Client{URL: srv.URL, HTTP: srv.Client(), Hash: h}
		token, err := c.Timestamp(t.Context(), []byte("chữ ký"))
		if err != nil {
			t.Fatal(err)
		}
		if h == 0 {
			sum := sha256.Sum256([]byte("chữ ký"))
			info, err := tsp.Request{Hash: crypto.SHA256, Digest: sum[:]}.Check(token)
			if err != nil || !info.Time.Equal(now) {
				t.Errorf("%+v %v", info, err)
			}
		}
	}
}

func TestOpenSSLVerifiesToken(t *testing.T) {
	openssl := judge.Need(t, "openssl")
	data := []byte("chữ ký")
	sum := sha256.Sum256(data)
	token, err := tsa(t).Token(tsp.Request{Hash: crypto.SHA256, Digest: sum[:], Nonce: big.NewInt(77)})
	if err != nil {
		t.Fatal(err)
	}
	answer, err := tsp.MarshalResponse(token)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for name, b := range map[string][]byte{"data": data, "reply": answer, "root": testpki.PEM(pki().Root.Certificate)} {
		if err := os.WriteFile(filepath.Join(dir, name), b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.CommandContext(t.Context(), openssl, "ts", "-verify", "-data", "data", "-in", "reply", "-CAfile", "root", "-attime", "1795420800")
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil || !strings.Contains(string(out), "Verification: OK") {
		t.Errorf("openssl: %v\n%s", err, out)
	}
}

func TestClientRefuses(t *testing.T) {
	a := tsa(t)
	other := sha256.Sum256([]byte("khác"))
	reply := func(answer []byte) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(answer) }
	}
	granted := func(r tsp.Request) []byte {
		token, err := a.Token(r)
		if err != nil {
			t.Fatal(err)
		}
		answer, err := tsp.MarshalResponse(token)
		if err != nil {
			t.Fatal(err)
		}
		return answer
	}
	refusal, err := tsp.MarshalRefusal(tsp.StatusError{Status: 2, Text: "bận"})
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256([]byte("chữ ký"))
	var status *tsp.StatusError
	for name, c := range map[string]struct {
		h    http.HandlerFunc
		want func(error) bool
	}{
		"refusal":      {reply(refusal), func(err error) bool { return errors.As(err, &status) && status.Text == "bận" }},
		"other digest": {reply(granted(tsp.Request{Hash: crypto.SHA256, Digest: other[:]})), func(err error) bool { return errors.Is(err, tsp.ErrMismatch) }},
		"no nonce":     {reply(granted(tsp.Request{Hash: crypto.SHA256, Digest: sum[:]})), func(err error) bool { return errors.Is(err, tsp.ErrMismatch) }},
		"not DER":      {reply([]byte("xin chào")), func(err error) bool { return errors.Is(err, tsp.ErrMalformed) }},
		"empty":        {reply(nil), func(err error) bool { return errors.Is(err, tsp.ErrMalformed) }},
		"huge":         {reply(make([]byte, tsp.MaxResponse+1)), func(err error) bool { return strings.Contains(err.Error(), "more than") }},
		"500":          {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusInternalServerError) }, func(err error) bool { return strings.Contains(err.Error(), "500") }},
	} {
		t.Run(name, func(t *testing.T) {
			srv := httptest.NewServer(c.h)
			defer srv.Close()
			client := &tsp.Client{URL: srv.URL, HTTP: srv.Client()}
			if token, err := client.Timestamp(t.Context(), []byte("chữ ký")); err == nil || token != nil || !c.want(err) {
				t.Errorf("got %v", err)
			}
		})
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := (&tsp.Client{URL: "http://127.0.0.1:1"}).Timestamp(ctx, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

func FuzzMessages(f *testing.F) {
	sum := sha256.Sum256(nil)
	r := tsp.Request{Hash: crypto.SHA256, Digest: sum[:], Nonce: big.NewInt(7), Certificates: true}
	req, err := r.Marshal()
	if err != nil {
		f.Fatal(err)
	}
	token, err := tsa(f).Token(r)
	if err != nil {
		f.Fatal(err)
	}
	answer, err := tsp.MarshalResponse(token)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(req)
	f.Add(answer)
	f.Add(token)
	f.Fuzz(func(t *testing.T, der []byte) {
		if got, err := tsp.ParseRequest(der); err == nil {
			again, err := got.Marshal()
			if err == nil && len(again) == len(der) && !bytes.Equal(again[:2], der[:2]) {
				t.Error("round trip")
			}
		}
		if token, err := tsp.ParseResponse(der); err == nil {
			_, _ = r.Check(token)
		}
		_, _ = r.Check(der)
		_, _ = tsp.ParseInfo(der)
	})
}
