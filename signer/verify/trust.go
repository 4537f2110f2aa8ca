package verify

import (
	"bytes"
	"crypto/sha256"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"math/big"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
)

// Bounds of what a trust folder may hold.
const (
	maxTrustFile  = 64 << 20 // bytes; national CRLs reach tens of megabytes
	maxTrustFiles = 1000
)

// Trust holds the trust anchors and the certificates and CRLs supplied beside
// them. It is safe for concurrent use once filled, and remembers signatures
// between certificates that it has checked, so keep one for many documents.
type Trust struct {
	anchors       []*x509.Certificate
	intermediates []*x509.Certificate
	crls          []*x509.RevocationList

	mu      sync.Mutex
	checked map[[32]byte]error // outcome of one signature check or path check
	serials map[*x509.RevocationList]map[string]int
}

// NewTrust returns the trust in the given anchors: CA certificates, self-signed
// or not.
func NewTrust(anchors ...*x509.Certificate) *Trust {
	t := &Trust{}
	for _, c := range anchors {
		t.AddAnchor(c)
	}
	return t
}

// AddAnchor trusts c and what it issues.
func (t *Trust) AddAnchor(c *x509.Certificate) {
	if !containsCert(t.anchors, c) {
		t.anchors = append(t.anchors, c)
	}
}

// AddIntermediate offers a CA certificate for building paths; it is not
// trusted by itself.
func (t *Trust) AddIntermediate(c *x509.Certificate) {
	if !containsCert(t.intermediates, c) {
		t.intermediates = append(t.intermediates, c)
	}
}

// AddCRL adds a revocation list. Its signature is checked when it is used.
func (t *Trust) AddCRL(l *x509.RevocationList) { t.crls = append(t.crls, l) }

// Anchors returns the trust anchors.
func (t *Trust) Anchors() []*x509.Certificate { return slices.Clone(t.anchors) }

// CRLs returns the supplied revocation lists.
func (t *Trust) CRLs() []*x509.RevocationList { return slices.Clone(t.crls) }

// ErrNoAnchor means that a trust file or folder holds no CA certificate.
var ErrNoAnchor = errors.New("no CA certificate in it")

// LoadTrust reads trust anchors from a PEM or DER file, or from every .pem,
// .crt, .cer, .der and .crl file of a folder. With a file, the .crl files
// beside it are read too: a CRL counts only under the signature of the CA it
// speaks for, so an unwanted one does no harm.
func LoadTrust(path string) (*Trust, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("trust anchors: %w", err)
	}
	t, dir := &Trust{}, path
	if !info.IsDir() {
		if err := t.loadFile(path, true); err != nil {
			return nil, fmt.Errorf("trust anchors: %s: %w", path, err)
		}
		dir = filepath.Dir(path)
	}
	entries, err := os.ReadDir(dir)
	if err != nil && info.IsDir() {
		return nil, fmt.Errorf("trust anchors: %w", err)
	}
	files := 0
	for _, e := range entries {
		ext := strings.ToLower(filepath.Ext(e.Name()))
		isCRL := ext == ".crl"
		if e.IsDir() || !isCRL && (!info.IsDir() || !slices.Contains([]string{".pem", ".crt", ".cer", ".der"}, ext)) {
			continue
		}
		if files++; files > maxTrustFiles {
			return nil, fmt.Errorf("trust anchors: more than %d files in %s", maxTrustFiles, dir)
		}
		name := filepath.Join(dir, e.Name())
		if err := t.loadFile(name, false); err != nil {
			if !info.IsDir() { // a stray file beside the named one
				continue
			}
			return nil, fmt.Errorf("trust anchors: %s: %w", name, err)
		}
	}
	if len(t.anchors) == 0 {
		return nil, fmt.Errorf("trust anchors: %s: %w", path, ErrNoAnchor)
	}
	return t, nil
}

func (t *Trust) loadFile(name string, must bool) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxTrustFile+1))
	if err != nil {
		return err
	}
	if len(data) > maxTrustFile {
		return fmt.Errorf("larger than %d bytes", maxTrustFile)
	}
	n, err := t.Add(data)
	if err == nil && must && n == 0 {
		err = ErrNoAnchor
	}
	return err
}

// Add reads certificates and CRLs, PEM or DER. CA certificates become anchors;
// other certificates are left out. It returns how many anchors it found.
func (t *Trust) Add(data []byte) (anchors int, err error) {
	add := func(der []byte, kind string) error {
		if kind != "X509 CRL" {
			c, err := x509.ParseCertificate(der)
			if err == nil {
				if isCA(c) {
					t.AddAnchor(c)
					anchors++
				}
				return nil
			}
			if kind != "" {
				return fmt.Errorf("certificate malformed: %w", err)
			}
		}
		l, err := x509.ParseRevocationList(der)
		if err != nil {
			return fmt.Errorf("neither certificate nor CRL: %w", err)
		}
		t.AddCRL(l)
		return nil
	}
	if !bytes.Contains(data, []byte("-----BEGIN")) {
		return anchors, add(data, "")
	}
	for {
		var block *pem.Block
		if block, data = pem.Decode(data); block == nil {
			return anchors, nil
		}
		if block.Type == "CERTIFICATE" || block.Type == "X509 CRL" {
			if err := add(block.Bytes, block.Type); err != nil {
				return anchors, err
			}
		}
	}
}

// isCA reports whether c may issue certificates. A version 1 root has no basic
// constraints and counts when it signed itself.
func isCA(c *x509.Certificate) bool {
	if c.BasicConstraintsValid {
		return c.IsCA
	}
	return c.Version == 1 && bytes.Equal(c.RawSubject, c.RawIssuer)
}

func containsCert(list []*x509.Certificate, c *x509.Certificate) bool {
	return slices.ContainsFunc(list, c.Equal)
}

// entry finds the entry for a serial number in a list, through an index for
// the long lists that stay.
func (t *Trust) entry(l *x509.RevocationList, serial *big.Int) *x509.RevocationListEntry {
	entries := l.RevokedCertificateEntries
	if len(entries) < 100 || !slices.Contains(t.crls, l) {
		for i := range entries {
			if entries[i].SerialNumber.Cmp(serial) == 0 {
				return &entries[i]
			}
		}
		return nil
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	index := t.serials[l]
	if index == nil {
		index = make(map[string]int, len(entries))
		for i := range entries {
			index[string(entries[i].SerialNumber.Bytes())] = i
		}
		if t.serials == nil {
			t.serials = map[*x509.RevocationList]map[string]int{}
		}
		t.serials[l] = index
	}
	if i, ok := index[string(serial.Bytes())]; ok {
		return &entries[i]
	}
	return nil
}

// once returns the remembered outcome of the check with this key, or makes it.
func (t *Trust) once(key [32]byte, check func() error) error {
	t.mu.Lock()
	err, ok := t.checked[key]
	t.mu.Unlock()
	if ok {
		return err
	}
	err = check()
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.checked == nil || len(t.checked) >= 4096 { // hostile files must not grow it
		t.checked = make(map[[32]byte]error)
	}
	t.checked[key] = err
	return err
}

// keyOf is the key of a check over these byte strings.
func keyOf(kind byte, parts ...[]byte) [32]byte {
	sums := []byte{kind}
	for _, p := range parts {
		s := sha256.Sum256(p)
		sums = append(sums, s[:]...)
	}
	return sha256.Sum256(sums)
}
