package engine

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"database/sql"
	"encoding/hex"
	"strings"
	"time"

	"antin/archive"
)

func sumHex(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

const keyColumns = `id, agency, name, roles, person, hash, created, revoked`

// keptKey is a key row.
type keptKey struct {
	archive.Key
	hash []byte
}

func scanKey(rows *sql.Rows) (k keptKey, err error) {
	var (
		roles   string
		created int64
		revoked sql.NullInt64
	)
	err = rows.Scan(&k.ID, &k.Agency, &k.Name, &roles, &k.Person, &k.hash, &created, &revoked)
	for r := range strings.SplitSeq(roles, ",") {
		if r != "" {
			k.Roles = append(k.Roles, archive.Role(r))
		}
	}
	k.Created, k.Revoked = fromMicros(created), fromNull(revoked)
	return k, err
}

func keyByID(ctx context.Context, r reader, id string) (keptKey, error) {
	keys, err := collect(ctx, r, scanKey, `SELECT `+keyColumns+` FROM api_keys WHERE id = $1`, id)
	if err != nil {
		return keptKey{}, err
	}
	if len(keys) == 0 {
		return keptKey{}, &archive.NotFoundError{What: "API key", ID: id}
	}
	return keys[0], nil
}

// PutKey implements archive.Keys.
func (e *Engine) PutKey(ctx context.Context, k archive.Key, hash archive.KeyHash, by archive.Actor, at time.Time) error {
	what := "entering API key " + k.ID
	if err := k.Check(); err != nil {
		return e.wrap(what, err)
	}
	if err := archive.CheckActor(by); err != nil {
		return e.wrap(what, err)
	}
	roles := make([]string, len(k.Roles))
	for i, r := range k.Roles {
		roles[i] = string(r)
	}
	detail, err := jsonText(map[string]any{"key": k.ID, "name": k.Name, "roles": roles, "person": k.Person})
	if err != nil {
		return e.wrap(what, err)
	}
	return e.do(ctx, what, func(t *Tx) error {
		n, err := t.execN(`INSERT INTO api_keys (id, agency, name, roles, person, hash, created) VALUES ($1, $2, $3, $4, $5, $6, $7)
			ON CONFLICT (id) DO NOTHING`, k.ID, k.Agency, k.Name, strings.Join(roles, ","), k.Person, hash[:], micros(at))
		if err != nil {
			return err
		}
		if n == 0 {
			return &archive.DuplicateError{Field: "API key", Value: k.ID}
		}
		_, err = t.audit(archive.Event{Action: archive.ActionCreateKey, Agency: k.Agency, Detail: []byte(detail), By: by, At: at})
		return err
	})
}

// Authenticate implements archive.Keys.
func (e *Engine) Authenticate(ctx context.Context, secret string) (archive.Key, error) {
	id, ok := archive.KeyID(secret)
	if !ok {
		return archive.Key{}, &archive.KeyError{Reason: archive.KeyUnknown}
	}
	var keys []keptKey
	err := e.reading(ctx, "reading API key "+id, func(r reader) (err error) {
		keys, err = collect(ctx, r, scanKey, `SELECT `+keyColumns+` FROM api_keys WHERE id = $1`, id)
		return err
	})
	if err != nil {
		return archive.Key{}, err
	}
	hash := archive.HashKey(secret)
	if len(keys) == 0 || subtle.ConstantTimeCompare(hash[:], keys[0].hash) != 1 {
		return archive.Key{}, &archive.KeyError{ID: id, Reason: archive.KeyUnknown}
	}
	if !keys[0].Revoked.IsZero() {
		return archive.Key{}, &archive.KeyError{ID: id, Reason: archive.KeyRevoked}
	}
	return keys[0].Key, nil
}

// ListKeys implements archive.Keys.
func (e *Engine) ListKeys(ctx context.Context, agency string) ([]archive.Key, error) {
	var keys []keptKey
	err := e.reading(ctx, "listing API keys", func(r reader) (err error) {
		keys, err = collect(ctx, r, scanKey, `SELECT `+keyColumns+` FROM api_keys WHERE $1 = '' OR agency = $1 ORDER BY created, id`, agency)
		return err
	})
	out := make([]archive.Key, len(keys))
	for i := range keys {
		out[i] = keys[i].Key
	}
	return out, err
}

// RevokeKey implements archive.Keys.
func (e *Engine) RevokeKey(ctx context.Context, id string, by archive.Actor, at time.Time) error {
	what := "revoking API key " + id
	if err := archive.CheckActor(by); err != nil {
		return e.wrap(what, err)
	}
	return e.do(ctx, what, func(t *Tx) error {
		k, err := keyByID(t.ctx, t, id)
		if err != nil || !k.Revoked.IsZero() {
			return err
		}
		if err := t.exec(`UPDATE api_keys SET revoked = $2 WHERE id = $1`, id, micros(at)); err != nil {
			return err
		}
		detail, err := jsonText(map[string]string{"key": id, "name": k.Name})
		if err != nil {
			return err
		}
		_, err = t.audit(archive.Event{Action: archive.ActionRevokeKey, Agency: k.Agency, Detail: []byte(detail), By: by, At: at})
		return err
	})
}
