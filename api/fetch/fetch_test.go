package fetch

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"antin/api/outward"
)

func TestFetch(t *testing.T) {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /crl", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "a list") })
	mux.HandleFunc("POST /ocsp", func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil || r.Header.Get("Content-Type") != "application/ocsp-request" {
			t.Errorf("%v %v", r.Header, err)
		}
		fmt.Fprintf(w, "answer to %s", body)
	})
	mux.HandleFunc("GET /away", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "http://elsewhere.example/", http.StatusFound)
	})
	mux.HandleFunc("GET /large", func(w http.ResponseWriter, _ *http.Request) {
		block := make([]byte, 1<<20)
		for range maxSize>>20 + 1 {
			if _, err := w.Write(block); err != nil {
				return
			}
		}
	})
	server := httptest.NewServer(mux)
	defer server.Close()
	host, _, _ := strings.Cut(strings.TrimPrefix(server.URL, "http://"), ":")
	open := New(Options{Hosts: []string{host}, AllowPrivate: true})
	for _, test := range []struct {
		path string
		body []byte
		want string
		err  error
	}{
		{"/crl", nil, "a list", nil},
		{"/ocsp", []byte("question"), "answer to question", nil},
		{"/away", nil, "", ErrHost},
		{"/large", nil, "", ErrSize},
	} {
		got, err := open(t.Context(), server.URL+test.path, test.body)
		if string(got) != test.want || !errors.Is(err, test.err) {
			t.Errorf("%s: %q, %v", test.path, got, err)
		}
	}
	for address, want := range map[string]error{
		"http://other.example/crl": ErrHost, "ldap://" + host + "/cn": ErrScheme, "file:///etc/passwd": ErrScheme,
	} {
		if _, err := open(t.Context(), address, nil); !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", address, err, want)
		}
	}
	if _, err := New(Options{Hosts: []string{host}})(t.Context(), server.URL+"/crl", nil); !errors.Is(err, outward.ErrPrivate) {
		t.Errorf("a private address gave %v", err)
	}
	if _, err := open(t.Context(), server.URL+"/gone", nil); err == nil {
		t.Error("404 is an answer")
	}
}
