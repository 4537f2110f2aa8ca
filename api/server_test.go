package api

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"antin/archive"
	"antin/archive/sqlite"
	"antin/issuance"
	"antin/issuance/demo"
	"antin/signer/verify"
	"antin/templates"
)

// clock is the frozen time of these tests: a Monday morning in Hà Nội.
var clock = time.Date(2026, 3, 2, 9, 30, 0, 0, archive.Zone)

// office is the demonstration, made once: its keys take seconds.
var office = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "antin-api-")
	if err != nil {
		return "", err
	}
	_, err = demo.Make(dir, clock)
	return dir, err
})

func TestMain(m *testing.M) {
	code := m.Run()
	if dir, err := office(); err == nil {
		_ = os.RemoveAll(dir)
	}
	os.Exit(code)
}

// bench is a server over a store of its own.
type bench struct {
	t      *testing.T
	server *Server
	store  archive.Store
	keys   map[string]string // by role, and "all"
}

// workers do the service's jobs at the tests' time, until there are none that
// are due.
func (b *bench) workers() {
	b.t.Helper()
	crew := archive.Crew{Workers: b.server.service.Workers(), Now: func() time.Time { return clock }, Drain: true}
	if err := b.store.RunJobs(b.t.Context(), crew); err != nil {
		b.t.Fatal(err)
	}
}

func newBench(t *testing.T, change ...func(*Config, *issuance.Options)) *bench {
	t.Helper()
	dir, err := office()
	if err != nil {
		t.Fatal(err)
	}
	store, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "antin.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	agencies, err := issuance.LoadAgencies(os.DirFS(filepath.Join(dir, "agencies")))
	if err != nil {
		t.Fatal(err)
	}
	forms, err := templates.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	trust, err := verify.LoadTrust(filepath.Join(dir, "trust"))
	if err != nil {
		t.Fatal(err)
	}
	now := func() time.Time { return clock }
	o := issuance.Options{Store: store, Forms: forms, Agencies: agencies, Trust: trust, PublicURL: "https://antin.example.vn", Now: now}
	c := Config{Limits: DefaultLimits(), Now: now}
	for _, f := range change {
		f(&c, &o)
	}
	c.Service = issuance.New(o)
	if err := c.Service.Prepare(t.Context()); err != nil {
		t.Fatal(err)
	}
	b := &bench{t: t, server: New(c), store: store, keys: map[string]string{}}
	for name, roles := range map[string][]archive.Role{
		"all":      {archive.RoleWorkflow, archive.RoleSignatory, archive.RoleClerk, archive.RoleAuditor},
		"workflow": {archive.RoleWorkflow}, "signatory": {archive.RoleSignatory},
		"clerk": {archive.RoleClerk}, "auditor": {archive.RoleAuditor},
	} {
		b.key(name, "", roles...)
	}
	return b
}

func (b *bench) key(name, agency string, roles ...archive.Role) {
	b.t.Helper()
	id, secret, hash, err := archive.NewKey(rand.Reader)
	if err != nil {
		b.t.Fatal(err)
	}
	k := archive.Key{ID: id, Agency: agency, Name: name, Roles: roles, Created: clock}
	if slices.Contains(roles, archive.RoleSignatory) {
		k.Person = archive.Anyone
	}
	b.put(k, secret, hash)
}

// bind makes the key of one person.
func (b *bench) bind(name, agency, person string, roles ...archive.Role) {
	b.t.Helper()
	id, secret, hash, err := archive.NewKey(rand.Reader)
	if err != nil {
		b.t.Fatal(err)
	}
	b.put(archive.Key{ID: id, Agency: agency, Name: name, Roles: roles, Person: person, Created: clock}, secret, hash)
}

func (b *bench) put(k archive.Key, secret string, hash archive.KeyHash) {
	b.t.Helper()
	if err := b.store.PutKey(b.t.Context(), k, hash, issuance.System, clock); err != nil {
		b.t.Fatal(err)
	}
	b.keys[k.Name] = secret
}

// request is one call; body is JSON text.
type request struct {
	method, path, key, body string
	header                  map[string]string
}

func (b *bench) do(r request) *http.Response {
	b.t.Helper()
	if r.method == "" {
		r.method = http.MethodPost
	}
	req := httptest.NewRequestWithContext(b.t.Context(), r.method, r.path, strings.NewReader(r.body))
	req.Header.Set("Content-Type", "application/json")
	if r.key != "" {
		req.Header.Set("Authorization", "Bearer "+b.keys[r.key])
	}
	for k, v := range r.header {
		req.Header.Set(k, v)
	}
	rec := httptest.NewRecorder()
	b.server.ServeHTTP(rec, req)
	return rec.Result()
}

// create posts a document.
func (b *bench) create(key, idempotency, until, body string) *http.Response {
	b.t.Helper()
	return b.do(request{path: "/v1/documents?until=" + until, key: key, body: body, header: map[string]string{"Idempotency-Key": idempotency}})
}

// decode reads a JSON answer with the status wanted.
func decode[T any](t *testing.T, res *http.Response, status int) T {
	t.Helper()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	var v T
	if res.StatusCode != status {
		t.Fatalf("status %d, want %d: %s", res.StatusCode, status, raw)
	}
	if err := json.Unmarshal(raw, &v); err != nil {
		t.Fatalf("%v: %s", err, raw)
	}
	return v
}

// sample is a request body with a form's sample data, changed by edit.
func sample(t *testing.T, form string, edit func(data map[string]any)) string {
	t.Helper()
	forms, err := templates.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	f, err := forms.Choose(form, "", time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	var data map[string]any
	dec := json.NewDecoder(bytes.NewReader(f.Sample()))
	dec.UseNumber()
	if err := dec.Decode(&data); err != nil {
		t.Fatal(err)
	}
	if edit != nil {
		edit(data)
	}
	raw, err := json.Marshal(map[string]any{"form": form, "data": data})
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}
