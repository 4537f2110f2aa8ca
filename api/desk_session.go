package api

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"time"

	"antin/api/problem"
	"antin/archive"
)

// sessionBounds are those of the desk: eight hours from the sign-in, half an
// hour from the last request; a twenty-first sign-in with a key ends its oldest.
var sessionBounds = archive.SessionBounds{Life: 8 * time.Hour, Idle: 30 * time.Minute, PerKey: 20, All: 10_000}

// signInsPerMinute bounds each address, at each instance of the service.
const signInsPerMinute = 30

// session is one person at the desk. It is kept in the archive, under a hash of
// the id that only the browser holds: any instance finds it, and every request
// asks again whether its key is good, so that revoking a key ends its sessions
// at once.
type session struct {
	token string // every form repeats it
}

// randomToken is 256 random bits as text.
func randomToken() string {
	var b [32]byte
	_, _ = rand.Read(b[:]) // crypto/rand.Read never fails since Go 1.24
	return base64.RawURLEncoding.EncodeToString(b[:])
}

// sessionHash is what the archive knows of a session's id.
func sessionHash(id string) [32]byte { return sha256.Sum256([]byte("session\x00" + id)) }

// formToken belongs to one session and says nothing of its id.
func formToken(id string) string {
	sum := sha256.Sum256([]byte("form\x00" + id))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// openSession signs a key in and gives the id for the browser. Errors:
// problem.Busy when too many people are signed in.
func (s *Server) openSession(ctx context.Context, key archive.Key) (id string, err error) {
	id = randomToken()
	ok, err := s.service.Store().OpenSession(ctx, sessionHash(id), key.ID, s.now(), sessionBounds)
	if err == nil && !ok {
		err = problem.New(problem.Busy, nil)
	}
	return id, err
}

// findSession finds a session that is not over. Errors: *archive.NotFoundError,
// *archive.KeyError.
func (s *Server) findSession(ctx context.Context, id string) (session, archive.Key, error) {
	key, err := s.service.Store().SessionKey(ctx, sessionHash(id), s.now(), sessionBounds)
	return session{token: formToken(id)}, key, err
}

// endSession ends the session of a browser, if it has one.
func (s *Server) endSession(ctx context.Context, id string) error {
	if id == "" {
		return nil
	}
	return s.service.Store().EndSession(ctx, sessionHash(id))
}

// sameToken compares in constant time; an empty token is never right.
func sameToken(got, want string) bool {
	return want != "" && subtle.ConstantTimeCompare([]byte(got), []byte(want)) == 1
}
