package api

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"sync"
	"time"
)

// Bounds of the desk's sessions.
const (
	sessionLife   = 8 * time.Hour    // from the sign-in
	sessionIdle   = 30 * time.Minute // from the last request
	maxSessions   = 10_000
	maxKeySession = 20 // of one API key; a further sign-in ends its oldest
	// signInsPerMinute bounds each address.
	signInsPerMinute = 30
)

// session is one person at the desk. The API key stays here, in memory, so that
// every request asks the archive again whether it is good: a revoked key ends
// its sessions at once.
type session struct {
	secret       string
	token        string // every form repeats it
	opened, seen time.Time
}

// sessions are those of this process, by the hash of their id: where several
// instances run, a load balancer has to send a browser to the same one.
type sessions struct {
	mu   sync.Mutex
	byID map[[32]byte]*session
}

func newSessions() *sessions { return &sessions{byID: map[[32]byte]*session{}} }

// randomToken is 256 random bits as text.
func randomToken() string {
	var b [32]byte
	_, _ = rand.Read(b[:]) // crypto/rand.Read never fails since Go 1.24
	return base64.RawURLEncoding.EncodeToString(b[:])
}

// open starts a session. ok is false when too many people are signed in.
func (m *sessions) open(secret string, now time.Time) (id string, ok bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var oldest [32]byte
	count := 0
	full := len(m.byID) >= maxSessions
	for h, s := range m.byID {
		if full && s.over(now) {
			delete(m.byID, h)
			continue
		}
		if s.secret == secret {
			if count++; count == 1 || s.opened.Before(m.byID[oldest].opened) {
				oldest = h
			}
		}
	}
	if count >= maxKeySession {
		delete(m.byID, oldest)
	}
	if len(m.byID) >= maxSessions {
		return "", false
	}
	id = randomToken()
	m.byID[sha256.Sum256([]byte(id))] = &session{secret: secret, token: randomToken(), opened: now, seen: now}
	return id, true
}

// find returns a session that is not over, and notes that it was used.
func (m *sessions) find(id string, now time.Time) (session, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	h := sha256.Sum256([]byte(id))
	s := m.byID[h]
	if s == nil {
		return session{}, false
	}
	if s.over(now) {
		delete(m.byID, h)
		return session{}, false
	}
	s.seen = now
	return *s, true
}

func (m *sessions) close(id string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.byID, sha256.Sum256([]byte(id)))
}

func (s *session) over(now time.Time) bool {
	return now.Sub(s.opened) >= sessionLife || now.Sub(s.seen) >= sessionIdle
}

// sameToken compares in constant time; an empty token is never right.
func sameToken(got, want string) bool {
	return want != "" && subtle.ConstantTimeCompare([]byte(got), []byte(want)) == 1
}
