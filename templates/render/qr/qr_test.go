package qr

import (
	"strings"
	"testing"

	peer "github.com/boombuler/barcode/qr"
	"pgregory.net/rapid"
)

// peerCode reads the modules of the code that another library makes.
func peerCode(t interface{ Fatal(...any) }, text string) (dark func(x, y int) bool, size, mask int) {
	bc, err := peer.Encode(text, peer.M, peer.Unicode)
	if err != nil {
		t.Fatal(err)
	}
	dark = func(x, y int) bool {
		r, _, _, _ := bc.At(x, y).RGBA()
		return r < 0x8000
	}
	for i, x := range []int{4, 3, 2} { // format bits 10 to 12 hold the mask, itself masked with 101
		if dark(x, 8) {
			mask |= 1 << i
		}
	}
	return dark, bc.Bounds().Dx(), mask ^ 0b101
}

// TestEveryModule compares codes of all versions with another library's, with
// the mask that the other library chose.
func TestEveryModule(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, MaxBytes).Draw(t, "length")
		text := rapid.StringOfN(rapid.RuneFrom([]rune("abcxyz0189-./:?=&%AZ")), n, n, -1).Draw(t, "text")
		dark, size, mask := peerCode(t, text)
		tmpl, words, err := codewords(text)
		if err != nil {
			t.Fatal(err)
		}
		var c Code
		tmpl.fill(&c, words, mask)
		if c.Size != size {
			t.Fatalf("size %d, want %d", c.Size, size)
		}
		for y := range size {
			for x := range size {
				if c.Dark(x, y) != dark(x, y) {
					t.Fatalf("version %d, mask %d: module %d,%d differs", tmpl.version, mask, x, y)
				}
			}
		}
	})
}

// slowPenalty is the penalty written out as the standard words it.
func slowPenalty(c *Code) int {
	n, p, dark := c.Size, 0, 0
	for _, at := range []func(i, k int) bool{func(i, k int) bool { return c.Dark(k, i) }, func(i, k int) bool { return c.Dark(i, k) }} {
		for i := range n {
			run := 1
			line := ""
			for k := range n {
				if at(i, k) {
					line += "1"
				} else {
					line += "0"
				}
				if k > 0 && at(i, k) == at(i, k-1) {
					run++
				} else {
					run = 1
				}
				if run == 5 {
					p += 3
				} else if run > 5 {
					p++
				}
			}
			for k := range n - 10 {
				if s := line[k : k+11]; s == "10111010000" || s == "00001011101" {
					p += 40
				}
			}
		}
	}
	for y := range n {
		for x := range n {
			if c.Dark(x, y) {
				dark++
			}
			if x+1 < n && y+1 < n && c.Dark(x, y) == c.Dark(x+1, y) && c.Dark(x, y) == c.Dark(x, y+1) && c.Dark(x, y) == c.Dark(x+1, y+1) {
				p += 3
			}
		}
	}
	return p + 10*(abs(dark*100-50*n*n)/(5*n*n))
}

func TestMaskChoice(t *testing.T) {
	for _, text := range []string{"A", "https://tracuu.example.gov.vn/tra-cuu/7KQ4-M2XD-9RTA", strings.Repeat("quyết định ", 12)} {
		c, err := Encode(text)
		if err != nil {
			t.Fatal(err)
		}
		tmpl, words, _ := codewords(text)
		for mask := range 8 {
			var other Code
			tmpl.fill(&other, words, mask)
			if got, want := other.penalty(), slowPenalty(&other); got != want {
				t.Errorf("%q mask %d: penalty %d, want %d", text, mask, got, want)
			}
			if other.penalty() < c.penalty() {
				t.Errorf("%q: mask %d is better than %d", text, mask, c.Mask)
			}
		}
	}
}

func TestTooLong(t *testing.T) {
	if _, err := Encode(strings.Repeat("a", MaxBytes)); err != nil {
		t.Error(err)
	}
	if _, err := Encode(strings.Repeat("a", MaxBytes+1)); err == nil {
		t.Error("214 bytes were accepted")
	}
}

func BenchmarkEncode(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Encode("https://tracuu.example.gov.vn/tra-cuu/7KQ4-M2XD-9RTA"); err != nil {
			b.Fatal(err)
		}
	}
}
