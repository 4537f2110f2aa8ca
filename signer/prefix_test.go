package signer

import (
	"bytes"
	"crypto"
	"sync"
	"testing"

	"pgregory.net/rapid"
)

// Whatever the cache has seen, the hash is that of the bytes.
func TestPrefixHash(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var c prefixCache
		fonts := bytes.Repeat([]byte("font"), rapid.IntRange(0, 30<<10).Draw(t, "fonts"))
		for range rapid.IntRange(1, 12).Draw(t, "files") {
			file := append(bytes.Clone(fonts), rapid.SliceOfN(rapid.Byte(), 1, 40).Draw(t, "rest")...)
			if rapid.Bool().Draw(t, "flip") {
				file[rapid.IntRange(0, len(file)-1).Draw(t, "at")] ^= 1
			}
			for _, h := range []crypto.Hash{crypto.SHA256, crypto.SHA384} {
				w, n := c.start(h, file)
				w.Write(file[n:])
				plain := h.New()
				plain.Write(file)
				if !bytes.Equal(w.Sum(nil), plain.Sum(nil)) {
					t.Fatalf("wrong %v after skipping %d bytes", h, n)
				}
			}
			if len(c.points) > maxCheckpoints {
				t.Fatalf("%d checkpoints", len(c.points))
			}
		}
	})
}

func TestPrefixHit(t *testing.T) {
	var c prefixCache
	fonts := bytes.Repeat([]byte("font"), 8<<10)
	var skipped []int
	for i := range byte(4) {
		_, n := c.start(crypto.SHA256, append(bytes.Clone(fonts), i, i, i))
		skipped = append(skipped, n)
	}
	if want := len(fonts); skipped[0] != 0 || skipped[2] != want || skipped[3] != want {
		t.Errorf("skipped %v bytes", skipped)
	}
	var wg sync.WaitGroup
	for i := range byte(8) {
		wg.Go(func() {
			w, n := c.start(crypto.SHA256, append(bytes.Clone(fonts), i))
			w.Write([]byte{i})
			if n != len(fonts) || bytes.Equal(w.Sum(nil), make([]byte, 32)) {
				t.Error("concurrent use")
			}
		})
	}
	wg.Wait()
}
