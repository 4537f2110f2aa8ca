package webhook

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"testing"
	"time"

	"antin/archive"
	"antin/archive/sqlite"
)

var by = archive.Actor{ID: "t", Name: "t", Role: "system"}

// outbox is a store with one receiver and one thing to tell it.
func outbox(t *testing.T, url string, now time.Time) archive.Store {
	t.Helper()
	store, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "antin.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	steps := []error{
		store.PutAgency(t.Context(), archive.Agency{ID: "snv", Name: "SỞ NỘI VỤ"}, by, now),
		store.PutBook(t.Context(), archive.Book{Agency: "snv", Code: "QĐ", Title: "QĐ", Style: archive.OrdinaryStyle}, by, now),
		store.PutWebhook(t.Context(), archive.Webhook{ID: "w", Agency: "snv", URL: url, Secret: []byte("bí mật")}, by, now),
	}
	if err := errors.Join(steps...); err != nil {
		t.Fatal(err)
	}
	d := archive.Draft{
		ID: "d1", Agency: "snv", Form: "f", FormVersion: "1", DocumentType: "Quyết định", Title: "Quyết định", Book: "QĐ", Symbol: "QĐ-SNV",
		Subject: "Quyết định", LookupCode: "7K3D-9QXT-M2PA-4W8C", Data: []byte(`{}`), PDF: []byte("%PDF-1.7 draft"), By: by, At: now,
	}
	if _, _, err := store.CreateDraft(t.Context(), d); err != nil {
		t.Fatal(err)
	}
	return store
}

func state(t *testing.T, store archive.Store) archive.Delivery {
	t.Helper()
	list, _, err := store.Deliveries(t.Context(), archive.DeliveryFilter{}, archive.Page{})
	if err != nil || len(list) != 1 {
		t.Fatalf("%d deliveries, %v", len(list), err)
	}
	return list[0]
}

// attempt makes the attempts that are due.
func attempt(t *testing.T, store archive.Store, s *Sender, now time.Time) {
	t.Helper()
	err := store.RunJobs(t.Context(), archive.Crew{Workers: []archive.Worker{s.Worker()}, Now: func() time.Time { return now }, Drain: true})
	if err != nil {
		t.Fatal(err)
	}
}

// TestDelivery: signed, with a stable id, tried again after a refusal, the same
// bytes each time.
func TestDelivery(t *testing.T) {
	now := time.Date(2026, 3, 2, 9, 30, 0, 0, archive.Zone)
	var bodies, ids []string
	answer := http.StatusInternalServerError
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil || r.Header.Get(HeaderSignature) != Sign([]byte("bí mật"), r.Header.Get(HeaderTime), body) {
			t.Errorf("signature %q, %v", r.Header.Get(HeaderSignature), err)
		}
		bodies, ids = append(bodies, string(body)), append(ids, r.Header.Get(HeaderID))
		w.WriteHeader(answer)
	}))
	defer server.Close()
	store := outbox(t, server.URL, now)
	s := New(Options{Outbox: store, AllowPrivate: true, Now: func() time.Time { return now }})
	send := func(want int) {
		t.Helper()
		before := len(bodies)
		attempt(t, store, s, now)
		if n := len(bodies) - before; n != want {
			t.Fatalf("sent %d, want %d", n, want)
		}
	}
	send(1)
	if d := state(t, store); d.State != archive.DeliveryWaiting || d.Status != 500 {
		t.Errorf("after a refusal: %+v", d)
	}
	send(0) // not due yet
	now = now.Add(retries[0])
	answer = http.StatusNoContent
	send(1)
	if d := state(t, store); d.State != archive.DeliveryTaken || d.Status != 204 {
		t.Errorf("after it was taken: %+v", d)
	}
	now = now.Add(48 * time.Hour)
	send(0)
	if err := store.Replay(t.Context(), ids[0], by, now); err != nil {
		t.Fatal(err)
	}
	send(1)
	if len(bodies) != 3 || bodies[0] != bodies[1] || bodies[1] != bodies[2] || ids[0] != ids[2] {
		t.Errorf("attempts differ: %q %q", ids, bodies)
	}
}

// TestGivenUp: after the last attempt it waits for a person.
func TestGivenUp(t *testing.T) {
	now := time.Date(2026, 3, 2, 9, 30, 0, 0, archive.Zone)
	server := httptest.NewServer(http.NotFoundHandler())
	defer server.Close()
	store := outbox(t, server.URL, now)
	s := New(Options{Outbox: store, AllowPrivate: true, Now: func() time.Time { return now }})
	for range len(retries) + 1 {
		attempt(t, store, s, now)
		now = now.Add(25 * time.Hour)
	}
	d := state(t, store)
	if d.State != archive.DeliveryGivenUp || d.Attempts != len(retries)+1 {
		t.Errorf("%+v", d)
	}
	if j, err := store.Job(t.Context(), archive.JobDelivery+"/"+d.ID); err != nil || j.State != archive.JobFailed || j.Error != "the receiver answered 404" {
		t.Errorf("its job: %+v %v", j, err)
	}
}

// TestPrivateAddress: a receiver inside the network is refused by the address
// that would be dialled.
func TestPrivateAddress(t *testing.T) {
	now := time.Date(2026, 3, 2, 9, 30, 0, 0, archive.Zone)
	reached := false
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached = true }))
	defer server.Close()
	store := outbox(t, server.URL, now)
	attempt(t, store, New(Options{Outbox: store, Now: func() time.Time { return now }}), now)
	if d := state(t, store); reached || d.State != archive.DeliveryGivenUp {
		t.Errorf("reached %v, %+v", reached, d)
	}
}
