package archive

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// ErrClosed is returned by a store after Close.
var ErrClosed = errors.New("the archive is closed")

// ErrFull marks an error that came from a full disk or quota. What was
// acknowledged before stays; the failed step changed nothing.
var ErrFull = errors.New("no space left for the archive")

// ErrUnavailable marks an error that came from a database that could not be
// reached or cut the connection. The step changed nothing; repeating it later
// is safe.
var ErrUnavailable = errors.New("the archive's database cannot be reached")

// NotFoundError says that something asked for is not in the archive.
type NotFoundError struct{ What, ID string }

func (e *NotFoundError) Error() string {
	return fmt.Sprintf("%s %q is not in the archive", e.What, e.ID)
}

// StateError says that a document's state does not allow a move.
type StateError struct {
	Document string
	State    State
	Move     Move
	Allowed  []Move
}

func (e *StateError) Error() string {
	allowed := make([]string, len(e.Allowed))
	for i, m := range e.Allowed {
		allowed[i] = string(m)
	}
	can := "nothing more"
	if len(allowed) > 0 {
		can = strings.Join(allowed, ", ")
	}
	return fmt.Sprintf("document %s is %s: cannot %s, allowed: %s", e.Document, e.State, e.Move, can)
}

// IdempotencyConflictError says that a key was used before with another request.
type IdempotencyConflictError struct{ Key, Document string }

func (e *IdempotencyConflictError) Error() string {
	return fmt.Sprintf("idempotency key %q was used with another request (document %s)", e.Key, e.Document)
}

// UniqueKeyError says that a live document holds the unique key already.
type UniqueKeyError struct {
	Key      string
	Document Document // who holds it, as List returns it
}

func (e *UniqueKeyError) Error() string {
	return fmt.Sprintf("document %s holds the key %q already", e.Document.ID, e.Key)
}

// DuplicateError says that a value that must be unique is taken.
type DuplicateError struct{ Field, Value string }

func (e *DuplicateError) Error() string { return fmt.Sprintf("%s %q is taken", e.Field, e.Value) }

// InvalidError says that a value given to the store breaks a rule that the
// caller could have known.
type InvalidError struct{ Field, Problem string }

func (e *InvalidError) Error() string { return e.Field + ": " + e.Problem }

// BackdateError says that a number would carry a date before the last number
// of its book: the clock was set back.
type BackdateError struct {
	Agency, Book string
	Asked, Last  time.Time
}

func (e *BackdateError) Error() string {
	return fmt.Sprintf("book %s of %s: the last number is of %s, a new one cannot be of %s",
		e.Book, e.Agency, e.Last.Format(time.DateOnly), e.Asked.Format(time.DateOnly))
}

// BookError says that a book cannot be changed as asked.
type BookError struct{ Agency, Book, Problem string }

func (e *BookError) Error() string {
	return fmt.Sprintf("book %s of %s: %s", e.Book, e.Agency, e.Problem)
}

// KeyError says why a secret opens nothing.
type KeyError struct {
	ID     string // "" when the secret has no such form
	Reason KeyReason
}

// KeyReason is why a key was refused.
type KeyReason string

// The reasons.
const (
	KeyUnknown KeyReason = "unknown"
	KeyRevoked KeyReason = "revoked"
)

func (e *KeyError) Error() string { return fmt.Sprintf("API key %s is %s", e.ID, e.Reason) }

// CorruptError says that stored bytes no longer have the hash they were stored
// under.
type CorruptError struct{ SHA256, Found string }

func (e *CorruptError) Error() string {
	return fmt.Sprintf("content %s is damaged: its bytes have the hash %s", e.SHA256, e.Found)
}

// RetentionError says that a document must still be kept.
type RetentionError struct {
	Document string
	Until    time.Time // last day; zero when it is kept for ever or has no number
}

func (e *RetentionError) Error() string {
	if e.Until.IsZero() {
		return fmt.Sprintf("document %s has no retention period that could end", e.Document)
	}
	return fmt.Sprintf("document %s is kept until %s", e.Document, e.Until.Format(time.DateOnly))
}

// DestroyedError says that content was destroyed at the end of its retention
// period.
type DestroyedError struct {
	SHA256 string
	At     time.Time
}

func (e *DestroyedError) Error() string {
	return fmt.Sprintf("content %s was destroyed on %s at the end of its retention period", e.SHA256, e.At.In(Zone).Format(time.DateOnly))
}

// OutcomeUnknownError says that the connection broke while a step was being
// committed and it could not be learnt whether it was. Repeating the call is
// safe.
type OutcomeUnknownError struct{ Err error }

func (e *OutcomeUnknownError) Error() string {
	return "the connection broke during commit, repeat the call: " + e.Err.Error()
}

func (e *OutcomeUnknownError) Unwrap() error { return e.Err }

// ErrorCode is a short stable code for a refusal of the archive, "" for any
// other error.
func ErrorCode(err error) string {
	for _, c := range [...]struct {
		is   func(error) bool
		code string
	}{
		{as[*StateError], "state"},
		{as[*NotFoundError], "not_found"},
		{as[*BackdateError], "back_date"},
		{as[*BookError], "book"},
		{as[*UniqueKeyError], "unique_key"},
		{as[*DuplicateError], "duplicate"},
		{as[*IdempotencyConflictError], "idempotency_conflict"},
		{as[*InvalidError], "invalid"},
		{as[*CorruptError], "corrupt"},
		{as[*KeyError], "key"},
		{as[*RetentionError], "retention"},
		{as[*DestroyedError], "destroyed"},
	} {
		if c.is(err) {
			return c.code
		}
	}
	return ""
}

func as[E error](err error) bool {
	_, ok := errors.AsType[E](err)
	return ok
}
