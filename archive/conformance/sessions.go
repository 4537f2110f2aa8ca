package conformance

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"testing"
	"time"

	"antin/archive"
)

var sessionBounds = archive.SessionBounds{Life: 8 * time.Hour, Idle: 30 * time.Minute, PerKey: 3, All: 5}

func sessionID(name string) [32]byte { return sha256.Sum256([]byte(name)) }

// sessionKeys enters keys a and b.
func sessionKeys(t *testing.T, s archive.Store) (a, b string) {
	t.Helper()
	Setup(t, s)
	var ids []string
	for i := range 2 {
		id, _, hash, err := archive.NewKey(bytes.NewReader(bytes.Repeat([]byte{byte(i + 1)}, 64)))
		must(t, err)
		must(t, s.PutKey(t.Context(), archive.Key{ID: id, Agency: "snv", Name: "Bàn làm việc", Roles: []archive.Role{archive.RoleClerk}, Created: Noon}, hash, Clerk, Noon))
		ids = append(ids, id)
	}
	return ids[0], ids[1]
}

func openSession(t *testing.T, s archive.Store, name, key string, at time.Time) {
	t.Helper()
	ok, err := s.OpenSession(t.Context(), sessionID(name), key, at, sessionBounds)
	if err != nil || !ok {
		t.Fatalf("opening session %s: %t, %v", name, ok, err)
	}
}

func live(t *testing.T, s archive.Store, name string, at time.Time) bool {
	t.Helper()
	_, err := s.SessionKey(t.Context(), sessionID(name), at, sessionBounds)
	if err != nil && !errors.As(err, new(*archive.NotFoundError)) {
		t.Fatal(err)
	}
	return err == nil
}

var sessionTests = map[string]func(*testing.T, archive.Store){
	"one knows its key": func(t *testing.T, s archive.Store) {
		a, b := sessionKeys(t, s)
		openSession(t, s, "one", a, Noon)
		openSession(t, s, "two", b, Noon)
		k, err := s.SessionKey(t.Context(), sessionID("two"), Noon, sessionBounds)
		if err != nil || k.ID != b || k.Agency != "snv" || len(k.Roles) != 1 {
			t.Errorf("the key of session two: %+v, %v", k, err)
		}
		must(t, s.EndSession(t.Context(), sessionID("two")))
		must(t, s.EndSession(t.Context(), sessionID("two")))
		if live(t, s, "two", Noon) || !live(t, s, "one", Noon) || live(t, s, "three", Noon) {
			t.Error("not the ended session ended")
		}
	},
	"one ends with its time": func(t *testing.T, s archive.Store) {
		a, _ := sessionKeys(t, s)
		openSession(t, s, "idle", a, Noon)
		openSession(t, s, "used", a, Noon)
		at := Noon
		for range 20 { // every 25 minutes
			if at = at.Add(25 * time.Minute); at.Sub(Noon) >= sessionBounds.Life {
				break
			}
			if !live(t, s, "used", at) {
				t.Fatalf("a session in use ended after %s", at.Sub(Noon))
			}
			if live(t, s, "idle", at) != (at.Sub(Noon) < sessionBounds.Idle) {
				// The look at it was a use: only the first one counts.
				break
			}
		}
		if live(t, s, "used", Noon.Add(sessionBounds.Life)) {
			t.Error("a session outlived its time")
		}
		openSession(t, s, "left alone", a, Noon)
		if live(t, s, "left alone", Noon.Add(sessionBounds.Idle)) {
			t.Error("a session that nobody used went on")
		}
	},
	"a revoked key ends them": func(t *testing.T, s archive.Store) {
		a, _ := sessionKeys(t, s)
		openSession(t, s, "one", a, Noon)
		must(t, s.RevokeKey(t.Context(), a, Clerk, Noon))
		if _, err := s.SessionKey(t.Context(), sessionID("one"), Noon, sessionBounds); !errors.As(err, new(*archive.KeyError)) {
			t.Errorf("a revoked key's session: %v", err)
		}
	},
	"a key's oldest gives way": func(t *testing.T, s archive.Store) {
		a, b := sessionKeys(t, s)
		openSession(t, s, "other", b, Noon.Add(-time.Minute))
		for i := range 5 {
			openSession(t, s, fmt.Sprint(i), a, Noon.Add(time.Duration(i)*time.Second))
		}
		for i := range 5 {
			if got := live(t, s, fmt.Sprint(i), Noon.Add(time.Minute)); got != (i >= 2) {
				t.Errorf("session %d of 5 lives: %t", i, got)
			}
		}
		if !live(t, s, "other", Noon.Add(time.Minute)) {
			t.Error("another key's session gave way")
		}
	},
	"there are only so many": func(t *testing.T, s archive.Store) {
		a, b := sessionKeys(t, s)
		for i := range 5 {
			openSession(t, s, fmt.Sprint(i), []string{a, b}[i%2], Noon)
		}
		bounds := sessionBounds
		bounds.PerKey = 10
		if ok, err := s.OpenSession(t.Context(), sessionID("more"), a, Noon, bounds); ok || err != nil {
			t.Errorf("one beyond the bound: %t, %v", ok, err)
		}
		openSession(t, s, "later", a, Noon.Add(time.Hour)) // the others are over
	},
}
