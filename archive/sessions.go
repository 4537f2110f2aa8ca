package archive

import (
	"context"
	"time"
)

// Sessions are the people who work at the desk of the service, signed in with an
// API key: kept here, so that any instance knows them and a restart of the
// service ends none. Of a session only a hash of its secret id is stored. They
// are no part of a backup.
type Sessions interface {
	// OpenSession starts a session of a key. It drops those that are over and,
	// beyond PerKey, the key's oldest; opened is false when there are All of them
	// already.
	OpenSession(ctx context.Context, id [32]byte, key string, at time.Time, b SessionBounds) (opened bool, err error)
	// SessionKey is the key whose session this is, and notes that it was used.
	// Errors: *NotFoundError (there is none, or it is over), *KeyError (the key was
	// revoked in the meantime).
	SessionKey(ctx context.Context, id [32]byte, at time.Time, b SessionBounds) (Key, error)
	// EndSession ends a session; one that is not there is no error.
	EndSession(ctx context.Context, id [32]byte) error
}

// SessionBounds are how long a session lasts and how many there may be.
type SessionBounds struct {
	Life, Idle  time.Duration // from its start, and from its last use
	PerKey, All int
}
