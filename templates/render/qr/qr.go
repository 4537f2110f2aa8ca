// Package qr encodes text as a QR code (ISO/IEC 18004:2015): byte mode, error
// correction level M, versions 1 to 10, which hold 213 bytes.
//
// github.com/boombuler/barcode is not used here because it takes twice as long
// as the rest of a document; the tests compare every module with it.
package qr

import (
	"fmt"
	"math/bits"
	"sync"
)

// MaxBytes is the longest text that Encode takes.
const MaxBytes = 213

// Code is a QR code of Size by Size modules.
type Code struct {
	Size int
	Mask int
	rows [maxSize]uint64 // bit x is the module in column x, 1 is dark
}

// Dark tells whether the module in column x of row y is dark.
func (c *Code) Dark(x, y int) bool { return c.rows[y]>>x&1 == 1 }

const (
	maxVersion = 10
	maxSize    = 17 + 4*maxVersion
)

// spec of a version at level M (table 9): error correction codewords of a
// block, and the blocks' data codewords; long blocks have one more.
type spec struct {
	ec, short, data, long int
	align                 []int
}

var specs = [maxVersion + 1]spec{
	1:  {10, 1, 16, 0, nil},
	2:  {16, 1, 28, 0, []int{6, 18}},
	3:  {26, 1, 44, 0, []int{6, 22}},
	4:  {18, 2, 32, 0, []int{6, 26}},
	5:  {24, 2, 43, 0, []int{6, 30}},
	6:  {16, 4, 27, 0, []int{6, 34}},
	7:  {18, 4, 31, 0, []int{6, 22, 38}},
	8:  {22, 2, 38, 2, []int{6, 24, 42}},
	9:  {22, 3, 36, 2, []int{6, 26, 46}},
	10: {26, 4, 43, 1, []int{6, 28, 50}},
}

func (s *spec) capacity() int { return s.short*s.data + s.long*(s.data+1) }

// Encode makes the smallest code that holds text, with the mask that the
// standard's penalties prefer.
func Encode(text string) (*Code, error) {
	t, words, err := codewords(text)
	if err != nil {
		return nil, err
	}
	var best *Code
	least := 0
	var tried [2]Code
	c := &tried[0]
	for mask := range 8 {
		t.fill(c, words, mask)
		if p := c.penalty(); best == nil || p < least {
			least, best = p, c
			if c == &tried[0] {
				c = &tried[1]
			} else {
				c = &tried[0]
			}
		}
	}
	out := *best
	return &out, nil
}

// codewords lays out the bit stream (7.4) with its error correction (7.5),
// interleaved.
func codewords(text string) (*template, []byte, error) {
	version := 1
	for ; version <= maxVersion; version++ {
		if len(text)+headerBytes(version) <= specs[version].capacity() {
			break
		}
	}
	if version > maxVersion {
		return nil, nil, fmt.Errorf("text of %d bytes is longer than %d", len(text), MaxBytes)
	}
	s := &specs[version]
	data := make([]byte, 0, s.capacity()+1)
	// Mode 4 (byte), the count in 8 or 16 bits, the text: all shifted by four bits.
	carry := byte(4)
	put := func(b byte) {
		data = append(data, carry<<4|b>>4)
		carry = b & 15
	}
	if version >= 10 {
		put(byte(len(text) >> 8))
	}
	put(byte(len(text)))
	for i := range len(text) {
		put(text[i])
	}
	data = append(data, carry<<4) // with the terminator
	for pad := byte(0xEC); len(data) < s.capacity(); pad ^= 0xEC ^ 0x11 {
		data = append(data, pad)
	}
	return templates[version](), interleave(s, data), nil
}

// headerBytes is what mode and count take, rounded up with the terminator.
func headerBytes(version int) int {
	if version >= 10 {
		return 3
	}
	return 2
}

// interleave appends each block's error correction and mixes the blocks.
func interleave(s *spec, data []byte) []byte {
	blocks := s.short + s.long
	var parts [8][]byte
	ec := make([]byte, blocks*s.ec)
	gen := generator(s.ec)
	for i := range blocks {
		n := s.data
		if i >= s.short {
			n++
		}
		parts[i], data = data[:n], data[n:]
		remainder(parts[i], gen, ec[i*s.ec:(i+1)*s.ec])
	}
	out := make([]byte, 0, s.capacity()+len(ec))
	for k := range s.data + 1 {
		for i := range blocks {
			if k < len(parts[i]) {
				out = append(out, parts[i][k])
			}
		}
	}
	for k := range s.ec {
		for i := range blocks {
			out = append(out, ec[i*s.ec+k])
		}
	}
	return out
}

// Arithmetic in GF(256) with the polynomial x^8+x^4+x^3+x^2+1 (7.5.2).
var expTable, logTable = func() (exp [512]byte, log [256]byte) {
	x := 1
	for i := range 255 {
		exp[i], exp[i+255] = byte(x), byte(x)
		log[x] = byte(i)
		if x <<= 1; x > 255 {
			x ^= 0x11D
		}
	}
	return exp, log
}()

var generators [31]struct {
	once sync.Once
	logs []byte
}

// generator gives the logarithms of the generator polynomial's coefficients
// below the leading one, highest first.
func generator(degree int) []byte {
	g := &generators[degree]
	g.once.Do(func() {
		poly := []byte{1}
		for i := range degree {
			next := make([]byte, len(poly)+1)
			for k, c := range poly {
				next[k] ^= c
				if c != 0 {
					next[k+1] ^= expTable[int(logTable[c])+i]
				}
			}
			poly = next
		}
		for _, c := range poly[1:] { // no coefficient of these is zero
			g.logs = append(g.logs, logTable[c])
		}
	})
	return g.logs
}

// remainder divides data by the generator and leaves the remainder in out.
func remainder(data, gen, out []byte) {
	clear(out)
	for _, d := range data {
		f := d ^ out[0]
		copy(out, out[1:])
		out[len(out)-1] = 0
		if f == 0 {
			continue
		}
		l := int(logTable[f])
		for i, g := range gen {
			out[i] ^= expTable[l+int(g)]
		}
	}
}

// penalty sums the four features of 7.8.3.
func (c *Code) penalty() int {
	var cols [maxSize]uint64
	dark := 0
	for y := range c.Size {
		row := c.rows[y]
		dark += bits.OnesCount64(row)
		for row != 0 {
			x := bits.TrailingZeros64(row)
			cols[x] |= 1 << y
			row &= row - 1
		}
	}
	p := linePenalty(c.rows[:c.Size]) + linePenalty(cols[:c.Size])
	in := uint64(1)<<(c.Size-1) - 1
	for y := range c.Size - 1 {
		a, b := c.rows[y], c.rows[y+1]
		same := ^(a ^ b) & ^(a ^ a>>1) & ^(b ^ b>>1)
		p += 3 * bits.OnesCount64(same&in)
	}
	// Each whole step of 5 % away from one half (k of feature 4).
	total := c.Size * c.Size
	return p + 10*(abs(20*dark-10*total)/total)
}

// linePenalty counts features 1 (runs of five or more) and 3 (finder-like
// patterns with four light modules beside them) along the lines.
func linePenalty(lines []uint64) int {
	n := len(lines)
	all := uint64(1)<<n - 1
	p := 0
	for _, v := range lines {
		for _, w := range [2]uint64{v, ^v & all} {
			w5 := w & (w >> 1) & (w >> 2) & (w >> 3) & (w >> 4)
			p += bits.OnesCount64(w5) + 2*bits.OnesCount64(w5&^(w5<<1))
		}
		d, l := v, ^v&all
		finder := d & (l >> 1) & (d >> 2) & (d >> 3) & (d >> 4) & (l >> 5) & (d >> 6)
		after := (l >> 7) & (l >> 8) & (l >> 9) & (l >> 10)
		before := (l << 1) & (l << 2) & (l << 3) & (l << 4)
		p += 40 * (bits.OnesCount64(finder&after) + bits.OnesCount64(finder&before))
	}
	return p
}

func abs(n int) int {
	if n < 0 {
		return -n
	}
	return n
}
