package signer_test

import (
	"crypto"
	"testing"

	"antin/signer"
	"antin/signer/testpki"
)

// Each step beside the raw cost of the signature it makes.
func BenchmarkSign(b *testing.B) {
	draft := decision(b)
	certified, err := signer.Certify(draft, leader())
	if err != nil {
		b.Fatal(err)
	}
	digest := make([]byte, 32)
	ec := issue(b, testpki.Request{Name: "P-256", Key: testpki.P256})
	run := func(name string, f func() error) {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if err := f(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	run("raw-RSA-2048", func() error {
		_, err := pki().Leader.Key.Sign(nil, digest, crypto.SHA256)
		return err
	})
	run("certify-RSA-2048", func() error {
		_, err := signer.Certify(draft, leader())
		return err
	})
	run("seal-RSA-2048", func() error {
		_, err := signer.Seal(certified, seal(), fills)
		return err
	})
	run("certify+seal-RSA-2048", func() error {
		c, err := signer.Certify(draft, leader())
		if err == nil {
			_, err = signer.Seal(c, seal(), fills)
		}
		return err
	})
	run("raw-P-256", func() error {
		_, err := ec.Key.Sign(nil, digest, crypto.SHA256)
		return err
	})
	run("certify-P-256", func() error {
		s := leader()
		s.Identity = ec
		_, err := signer.Certify(draft, s)
		return err
	})
	run("seal-P-256", func() error {
		s := seal()
		s.Identity = ec
		_, err := signer.Seal(certified, s, fills)
		return err
	})
}
