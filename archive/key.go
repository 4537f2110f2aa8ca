package archive

import (
	"crypto/sha256"
	"encoding/base32"
	"fmt"
	"io"
	"strings"
	"time"
)

// Role is what a key may do.
type Role string

// The roles.
const (
	RoleWorkflow  Role = "workflow"
	RoleSignatory Role = "signatory"
	RoleClerk     Role = "clerk"
	RoleAuditor   Role = "auditor"
)

// Anyone is the Person who may sign as every person of the agency.
const Anyone = "*"

// Key is an API key without its secret.
type Key struct {
	ID     string
	Agency string // "" is every agency
	Name   string
	Roles  []Role
	// Person is the one signatory or clerk of the agency as whom the key signs, by
	// the id that the agency's profile gives them; Anyone for a machine that signs
	// for whoever a document names; "" for nobody.
	Person  string
	Created time.Time
	Revoked time.Time // zero while it is good
}

// KeyHash is SHA-256 of a key's secret. The secret has 256 random bits, so a
// slow password hash would add nothing.
type KeyHash [32]byte

const keyPrefix = "antin_"

var keyEncoding = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

// NewKey makes the id and secret of an API key, "antin_ID_SECRET". The secret
// is shown to its owner once; the archive gets its hash.
func NewKey(random io.Reader) (id, secret string, hash KeyHash, err error) {
	var b [37]byte
	if _, err := io.ReadFull(random, b[:]); err != nil {
		return "", "", KeyHash{}, fmt.Errorf("making an API key: %w", err)
	}
	id = keyEncoding.EncodeToString(b[:5])
	secret = keyPrefix + id + "_" + keyEncoding.EncodeToString(b[5:])
	return id, secret, HashKey(secret), nil
}

// HashKey is the hash a secret is stored under.
func HashKey(secret string) KeyHash { return sha256.Sum256([]byte(secret)) }

// KeyID is the id inside a secret; ok is false when it has another form.
func KeyID(secret string) (id string, ok bool) {
	rest, ok := strings.CutPrefix(secret, keyPrefix)
	if !ok || len(rest) != 8+1+52 || rest[8] != '_' {
		return "", false
	}
	return rest[:8], true
}
