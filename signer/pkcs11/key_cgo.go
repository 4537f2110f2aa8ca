//go:build cgo

package pkcs11

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"errors"
	"io"
	"math/big"
	"sync"

	p11 "github.com/miekg/pkcs11"
	"golang.org/x/crypto/cryptobyte"
	casn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// maxSessions bounds the sessions that one key holds: more callers wait.
const maxSessions = 8

// modules are loaded once per process and stay: PKCS #11 has one state per
// library, which two owners would take from each other.
var modules struct {
	mu sync.Mutex
	m  map[string]*p11.Ctx
}

func load(path string) (*p11.Ctx, error) {
	modules.mu.Lock()
	defer modules.mu.Unlock()
	if c, ok := modules.m[path]; ok {
		return c, nil
	}
	c := p11.New(path)
	if c == nil {
		return nil, errors.New("the module cannot be loaded: " + path)
	}
	if err := c.Initialize(); err != nil && !is(err, p11.CKR_CRYPTOKI_ALREADY_INITIALIZED) {
		c.Destroy()
		return nil, err
	}
	if modules.m == nil {
		modules.m = map[string]*p11.Ctx{}
	}
	modules.m[path] = c
	return c, nil
}

func is(err error, codes ...p11.Error) bool {
	e, ok := errors.AsType[p11.Error](err)
	for _, c := range codes {
		if ok && e == c {
			return true
		}
	}
	return false
}

// key is a private key on a token. It is safe for concurrent use.
type key struct {
	conf  Config
	ctx   *p11.Ctx
	free  chan session  // opened and not in use
	slots chan struct{} // one for each session that exists
}

// session is an open one with the handle that the key has in it.
type session struct {
	handle p11.SessionHandle
	object p11.ObjectHandle
	again  bool // CKA_ALWAYS_AUTHENTICATE: the PIN is asked for each signature
}

// Open finds a key and signs once with it, so that a wrong PIN, key or
// certificate is found before a document depends on it. Errors: *Error.
func Open(c Config) (crypto.Signer, error) {
	ctx, err := load(c.Module)
	if err != nil {
		return nil, &Error{c.Token, c.Label, "load the module", err}
	}
	k := &key{conf: c, ctx: ctx, free: make(chan session, maxSessions), slots: make(chan struct{}, maxSessions)}
	digest := sha256.Sum256([]byte("a trial before the first document"))
	signature, err := k.Sign(rand.Reader, digest[:], crypto.SHA256)
	if err != nil {
		return nil, err
	}
	fits := false
	switch pub := c.Public.(type) {
	case *rsa.PublicKey:
		fits = rsa.VerifyPKCS1v15(pub, crypto.SHA256, digest[:], signature) == nil
	case *ecdsa.PublicKey:
		fits = ecdsa.VerifyASN1(pub, digest[:], signature)
	}
	if !fits {
		return nil, &Error{c.Token, c.Label, "try the key", ErrMismatch}
	}
	return k, nil
}

// Public is the certificate's key, which Open saw to belong to this one.
func (k *key) Public() crypto.PublicKey { return k.conf.Public }

// Sign signs a digest. A session that the token has lost is opened anew, once.
// Errors: *Error.
func (k *key) Sign(_ io.Reader, digest []byte, opts crypto.SignerOpts) ([]byte, error) {
	mechanism, message, err := k.mechanism(digest, opts)
	if err != nil {
		return nil, &Error{k.conf.Token, k.conf.Label, "sign", err}
	}
	k.slots <- struct{}{}
	defer func() { <-k.slots }()
	var s session
	select {
	case s = <-k.free:
	default:
		if s, err = k.open(); err != nil {
			return nil, err
		}
	}
	raw, err := k.sign(s, mechanism, message)
	if err != nil {
		_ = k.ctx.CloseSession(s.handle) // it is of no use any more
		if !lost(err) {
			return nil, &Error{k.conf.Token, k.conf.Label, "sign", err}
		}
		if s, err = k.open(); err != nil {
			return nil, err
		}
		if raw, err = k.sign(s, mechanism, message); err != nil {
			_ = k.ctx.CloseSession(s.handle)
			return nil, &Error{k.conf.Token, k.conf.Label, "sign", err}
		}
	}
	k.free <- s
	if _, ok := k.conf.Public.(*ecdsa.PublicKey); ok {
		return asn1Signature(raw)
	}
	return raw, nil
}

// lost reports whether an error means that the session is gone: the token was
// taken out, its server restarted, or another program logged it out.
func lost(err error) bool {
	return is(err, p11.CKR_SESSION_HANDLE_INVALID, p11.CKR_SESSION_CLOSED, p11.CKR_USER_NOT_LOGGED_IN,
		p11.CKR_OBJECT_HANDLE_INVALID, p11.CKR_KEY_HANDLE_INVALID, p11.CKR_TOKEN_NOT_PRESENT, p11.CKR_DEVICE_REMOVED, p11.CKR_DEVICE_ERROR)
}

func (k *key) sign(s session, mechanism *p11.Mechanism, message []byte) ([]byte, error) {
	if err := k.ctx.SignInit(s.handle, []*p11.Mechanism{mechanism}, s.object); err != nil {
		return nil, err
	}
	if s.again {
		if err := k.ctx.Login(s.handle, p11.CKU_CONTEXT_SPECIFIC, k.conf.PIN); err != nil {
			return nil, err
		}
	}
	return k.ctx.Sign(s.handle, message)
}

// open opens a session, logs in and finds the key.
func (k *key) open() (s session, err error) {
	fail := func(doing string, err error) (session, error) {
		if s.handle != 0 {
			_ = k.ctx.CloseSession(s.handle)
		}
		return session{}, &Error{k.conf.Token, k.conf.Label, doing, err}
	}
	slot, err := k.slot()
	if err != nil {
		return fail("look for the token", err)
	}
	if s.handle, err = k.ctx.OpenSession(slot, p11.CKF_SERIAL_SESSION); err != nil {
		return fail("open a session", err)
	}
	switch err := k.ctx.Login(s.handle, p11.CKU_USER, k.conf.PIN); {
	case is(err, p11.CKR_PIN_INCORRECT, p11.CKR_PIN_LOCKED, p11.CKR_PIN_INVALID, p11.CKR_PIN_LEN_RANGE):
		return fail("log in", ErrPIN)
	case err != nil && !is(err, p11.CKR_USER_ALREADY_LOGGED_IN):
		return fail("log in", err)
	}
	if s.object, err = k.find(s.handle); err != nil {
		return fail("look for the key", err)
	}
	// A token that does not know the attribute does not ask each time.
	if a, err := k.ctx.GetAttributeValue(s.handle, s.object, []*p11.Attribute{p11.NewAttribute(p11.CKA_ALWAYS_AUTHENTICATE, nil)}); err == nil && len(a) == 1 {
		s.again = len(a[0].Value) == 1 && a[0].Value[0] != 0
	}
	return s, nil
}

func (k *key) slot() (uint, error) {
	slots, err := k.ctx.GetSlotList(true)
	if err != nil {
		return 0, err
	}
	found, n := uint(0), 0
	for _, slot := range slots {
		if info, err := k.ctx.GetTokenInfo(slot); err == nil && info.Label == k.conf.Token {
			found, n = slot, n+1
		}
	}
	switch n {
	case 0:
		return 0, ErrNoToken
	case 1:
		return found, nil
	}
	return 0, ErrAmbiguous
}

func (k *key) find(s p11.SessionHandle) (p11.ObjectHandle, error) {
	want := []*p11.Attribute{p11.NewAttribute(p11.CKA_CLASS, p11.CKO_PRIVATE_KEY), p11.NewAttribute(p11.CKA_LABEL, k.conf.Label)}
	if k.conf.ID != nil {
		want = append(want, p11.NewAttribute(p11.CKA_ID, k.conf.ID))
	}
	if err := k.ctx.FindObjectsInit(s, want); err != nil {
		return 0, err
	}
	found, _, err := k.ctx.FindObjects(s, 2)
	if err := errors.Join(err, k.ctx.FindObjectsFinal(s)); err != nil {
		return 0, err
	}
	switch len(found) {
	case 0:
		return 0, ErrNoKey
	case 1:
		return found[0], nil
	}
	return 0, ErrAmbiguous
}

// digestInfo are the DER prefixes of RFC 8017, 9.2, note 1.
var digestInfo = map[crypto.Hash][]byte{
	crypto.SHA256: {0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04, 0x20},
	crypto.SHA384: {0x30, 0x41, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x02, 0x05, 0x00, 0x04, 0x30},
	crypto.SHA512: {0x30, 0x51, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x03, 0x05, 0x00, 0x04, 0x40},
}

var pssHashes = map[crypto.Hash][2]uint{
	crypto.SHA256: {p11.CKM_SHA256, p11.CKG_MGF1_SHA256},
	crypto.SHA384: {p11.CKM_SHA384, p11.CKG_MGF1_SHA384},
	crypto.SHA512: {p11.CKM_SHA512, p11.CKG_MGF1_SHA512},
}

// mechanism chooses how the token signs, and what it is given.
func (k *key) mechanism(digest []byte, opts crypto.SignerOpts) (*p11.Mechanism, []byte, error) {
	hash := opts.HashFunc()
	prefix, ok := digestInfo[hash]
	if !ok || len(digest) != hash.Size() {
		return nil, nil, ErrMechanism
	}
	switch k.conf.Public.(type) {
	case *ecdsa.PublicKey:
		return p11.NewMechanism(p11.CKM_ECDSA, nil), digest, nil
	case *rsa.PublicKey:
		pss, ok := opts.(*rsa.PSSOptions)
		if !ok {
			return p11.NewMechanism(p11.CKM_RSA_PKCS, nil), append(append([]byte{}, prefix...), digest...), nil
		}
		salt := pss.SaltLength
		if salt <= 0 { // PSSSaltLengthAuto, PSSSaltLengthEqualsHash
			salt = hash.Size()
		}
		h := pssHashes[hash]
		return p11.NewMechanism(p11.CKM_RSA_PKCS_PSS, p11.NewPSSParams(h[0], h[1], uint(salt))), digest, nil
	}
	return nil, nil, ErrMechanism
}

// asn1Signature encodes r and s, which tokens return side by side (PKCS #11,
// 2.3.1), as certificates' users expect them (RFC 3279, 2.2.3).
func asn1Signature(raw []byte) ([]byte, error) {
	if len(raw) == 0 || len(raw)%2 != 0 {
		return nil, ErrMechanism
	}
	var b cryptobyte.Builder
	b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1BigInt(new(big.Int).SetBytes(raw[:len(raw)/2]))
		b.AddASN1BigInt(new(big.Int).SetBytes(raw[len(raw)/2:]))
	})
	return b.Bytes()
}
