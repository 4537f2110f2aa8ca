package issuance_test

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"antin/archive"
	"antin/archive/conformance"
	"antin/archive/postgres"
	"antin/internal/judge"
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

// BenchmarkRegister is what a document costs whole, rendered, certified,
// numbered, sealed and durable, in registers of three sizes (see
// conformance.Benchmark; use -benchtime 20x). The test server of PostgreSQL does
// not wait for the disk; its backends' processor time counts.
func BenchmarkRegister(b *testing.B) {
	r := sample(b, "qd-cham-dut-tctn", nil)
	began := time.Now()
	var n atomic.Int64
	bench := func(b *testing.B, change func(*issuance.Options)) conformance.Bench {
		s, store := newService(b, func(o *issuance.Options) {
			o.Now = func() time.Time { return clock.Add(time.Since(began)) }
			if change != nil {
				change(o)
			}
		})
		return conformance.Bench{Store: store, One: func() error {
			r := r
			r.Idempotency = archive.Idempotency{Scope: "b", Key: fmt.Sprint(n.Add(1))}
			_, _, err := s.Make(b.Context(), r, issuance.UntilIssued)
			return err
		}}
	}
	b.Run("sqlite", func(b *testing.B) {
		conformance.Benchmark(b, func(b *testing.B) conformance.Bench { return bench(b, nil) }, 1_000, 10_000, 100_000)
	})
	b.Run("postgresql", func(b *testing.B) {
		conformance.Benchmark(b, func(b *testing.B) conformance.Bench {
			server := judge.Postgres(b)
			store, err := postgres.Open(b.Context(), server)
			if err != nil {
				b.Fatal(err)
			}
			b.Cleanup(func() { _ = store.Close() })
			return bench(b, func(o *issuance.Options) { o.Store = store }).OnServer(b, server)
		}, 1_000, 10_000, 100_000)
	})
}
