package issuance_test

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"fmt"
	"testing"

	"antin/archive"
	"antin/issuance"
)

// BenchmarkChain is one decision through render, certify and seal in memory,
// beside the two raw signatures that are in it.
func BenchmarkChain(b *testing.B) {
	s, _ := newService(b, nil)
	r := sample(b, "qd-huong-tctn", nil)
	b.Run("chain", func(b *testing.B) {
		for b.Loop() {
			if _, err := s.Rehearse(b.Context(), r); err != nil {
				b.Fatal(err)
			}
		}
	})
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		b.Fatal(err)
	}
	digest := sha256.Sum256([]byte("a decision"))
	b.Run("two raw RSA-2048", func(b *testing.B) {
		for b.Loop() {
			for range 2 {
				if _, err := key.Sign(rand.Reader, digest[:], crypto.SHA256); err != nil {
					b.Fatal(err)
				}
			}
		}
	})
}

// BenchmarkArchived is the same with every step durable on disk.
func BenchmarkArchived(b *testing.B) {
	s, _ := newService(b, nil)
	r := sample(b, "qd-huong-tctn", nil)
	i := 0
	for b.Loop() {
		i++
		r.Idempotency = archive.Idempotency{Scope: "b", Key: fmt.Sprint(i)}
		if _, _, err := s.Make(b.Context(), r, issuance.UntilIssued); err != nil {
			b.Fatal(err)
		}
	}
}
