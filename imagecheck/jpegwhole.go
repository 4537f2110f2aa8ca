package imagecheck

import (
	"bytes"
	"encoding/binary"
	"slices"
)

// A JPEG has no checksum, and a decoder shows a picture also when bits of it have
// flipped: it falls back into step a few blocks later and the rest is shifted or
// discoloured. Three things give such a file away: its bookkeeping (here and in
// jpegscan.go), values that no 8-bit picture has, and seams along the grid of its
// blocks (seams.go).

// damage is how sure it is that a file is not as its encoder wrote it.
type damage int

const (
	sound    damage = iota
	unread          // coded in a way that is not followed here
	doubtful        // an unusual encoder may have written this: a person looks
	broken          // no encoder writes this
)

// jpegStream is the state of a decoder that reads everything and makes no
// picture.
type jpegStream struct {
	dc, ac      [4]huffTable
	quant       [4][64]uint16 // in zigzag order, as coded
	quantSet    [4]bool
	interval    int
	progressive bool
	w, h        int
	hmax, vmax  int
	comps       []jpegComponent
	doubts      bool
	traces      []*scanTrace // of a sequential picture, by scan
}

type jpegComponent struct {
	id, h, v, tq byte
	quantDC      int
	across, down int      // blocks that hold picture
	stride       int      // blocks to a row with those that fill up the last MCU
	nonzero      []uint64 // progressive: which coefficients of each block are not zero
	// low is the bit down to which each coefficient is known (Al), -1 before
	// its first scan.
	low  [64]int8
	used bool // sequential: its scan was seen
}

// steps gives the quantisation steps of the mean of a block in luma and in
// colour.
func (s *jpegStream) steps() (dc [2]int) {
	for i, c := range s.comps {
		dc[min(i, 1)] = max(dc[min(i, 1)], int(s.quant[c.tq][0]))
	}
	return dc
}

// read reads every bit of an inspected JPEG as the standard says and tells
// whether they add up.
func (s *jpegStream) read(data []byte) damage {
	for pos := 2; pos+4 <= len(data); {
		if data[pos] != 0xFF {
			return broken
		}
		marker := data[pos+1]
		switch {
		case marker == 0xFF:
			pos++
			continue
		case marker == 0xD9:
			return s.finish()
		case marker == 0x01 || marker >= 0xD0 && marker <= 0xD7:
			// A restart marker stands between intervals, nowhere else.
			s.doubts = true
			pos += 2
			continue
		}
		n := int(binary.BigEndian.Uint16(data[pos+2:]))
		if n < 2 || pos+2+n > len(data) {
			return broken
		}
		body := data[pos+4 : pos+2+n]
		pos += 2 + n
		ok := true
		switch marker {
		case 0xC4:
			ok = s.huffmanTables(body)
		case 0xDB:
			ok = s.quantTables(body)
		case 0xDD:
			if ok = len(body) == 2; ok {
				s.interval = int(binary.BigEndian.Uint16(body))
			}
		case 0xC0, 0xC1, 0xC2:
			ok = s.frame(marker, body)
		case 0xDA:
			end := scanEnd(data, pos)
			ok = s.scan(body, data[pos:end])
			pos = end
		}
		if !ok {
			return broken
		}
	}
	if len(data) >= 2 && bytes.HasSuffix(data, []byte{0xFF, 0xD9}) {
		return s.finish()
	}
	return broken
}

// finish asks whether every component was coded to its last bit.
func (s *jpegStream) finish() damage {
	if len(s.comps) == 0 {
		return broken
	}
	for i := range s.comps {
		c := &s.comps[i]
		if !s.progressive && !c.used {
			return broken
		}
		if s.progressive && c.low[0] < 0 {
			return broken
		}
		if s.progressive && slices.ContainsFunc(c.low[:], func(l int8) bool { return l != 0 }) {
			s.doubts = true // cut short, or an encoder that left the rest out
		}
	}
	// Both colour differences are sampled and quantised alike by every usual
	// encoder; a flipped bit in the frame header makes them differ.
	if len(s.comps) == 3 {
		b, r := s.comps[1], s.comps[2]
		if b.h != r.h || b.v != r.v || b.tq != r.tq && s.quant[b.tq] != s.quant[r.tq] {
			s.doubts = true
		}
	}
	if s.doubts {
		return doubtful
	}
	return sound
}

func (s *jpegStream) huffmanTables(b []byte) bool {
	for len(b) >= 17 {
		class, id := b[0]>>4, b[0]&15
		total := 0
		for _, n := range b[1:17] {
			total += int(n)
		}
		if class > 1 || id > 3 || total > 256 || 17+total > len(b) {
			return false
		}
		t := &s.dc[id]
		if class == 1 {
			t = &s.ac[id]
		}
		if !t.build(b[1:17], b[17:17+total]) {
			return false
		}
		b = b[17+total:]
	}
	return len(b) == 0
}

// quantTables reads a DQT segment (B.2.4.1).
func (s *jpegStream) quantTables(b []byte) bool {
	for len(b) >= 65 {
		wide, id := int(b[0]>>4), b[0]&15
		n := 64 * (1 + wide)
		if wide > 1 || id > 3 || len(b) < 1+n {
			return false
		}
		q := &s.quant[id]
		for i := range q {
			q[i] = uint16(b[1+i])
			if wide == 1 {
				q[i] = binary.BigEndian.Uint16(b[1+2*i:])
			}
			if q[i] == 0 {
				return false
			}
		}
		s.quantSet[id] = true
		s.doubts = s.doubts || oddQuant(q)
		b = b[1+n:]
	}
	return len(b) == 0
}

// oddQuant finds a step that stands out from its neighbours in the 8x8 square
// as none does in the tables that encoders use, which grow evenly.
func oddQuant(q *[64]uint16) bool {
	var t [8][8]int
	for k, v := range q {
		t[zigzag[k]>>3][zigzag[k]&7] = int(v)
	}
	for y := range 8 {
		for x := range 8 {
			lo, hi := 1<<16, 0
			for _, d := range [4][2]int{{-1, 0}, {1, 0}, {0, -1}, {0, 1}} {
				u, v := x+d[0], y+d[1]
				if u >= 0 && v >= 0 && u < 8 && v < 8 {
					lo, hi = min(lo, t[v][u]), max(hi, t[v][u])
				}
			}
			if v := t[y][x]; v > 2*hi+8 || 2*v+8 < lo {
				return true
			}
		}
	}
	return false
}

// zigzag gives the place in an 8x8 block, row by row, of the k-th coefficient
// (T.81, figure A.6).
var zigzag = [64]uint8{
	0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5,
	12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14, 21, 28,
	35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51,
	58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63,
}

// frame reads a frame header that Inspect has bounded.
func (s *jpegStream) frame(marker byte, b []byte) bool {
	if len(s.comps) > 0 || len(b) < 6 || len(b) != 6+3*int(b[5]) || b[5] > 4 {
		return false
	}
	s.progressive = marker == 0xC2
	s.h, s.w = int(binary.BigEndian.Uint16(b[1:])), int(binary.BigEndian.Uint16(b[3:]))
	s.hmax, s.vmax = 1, 1
	for i := range int(b[5]) {
		p := b[6+3*i:]
		c := jpegComponent{id: p[0], h: p[1] >> 4, v: p[1] & 15, tq: p[2]}
		if b[5] == 1 {
			c.h, c.v = 1, 1 // alone a component is not interleaved (A.2.2)
		}
		if c.h < 1 || c.h > 4 || c.v < 1 || c.v > 4 || c.tq > 3 {
			return false
		}
		for _, o := range s.comps {
			if o.id == c.id {
				return false
			}
		}
		for k := range c.low {
			c.low[k] = -1
		}
		s.hmax, s.vmax = max(s.hmax, int(c.h)), max(s.vmax, int(c.v))
		s.comps = append(s.comps, c)
	}
	mw, mh := s.mcus()
	for i := range s.comps {
		c := &s.comps[i]
		c.across = (ceilDiv(s.w*int(c.h), s.hmax) + 7) / 8
		c.down = (ceilDiv(s.h*int(c.v), s.vmax) + 7) / 8
		c.stride = mw * int(c.h)
		if s.progressive {
			c.nonzero = make([]uint64, c.stride*mh*int(c.v))
		}
	}
	return true
}

func (s *jpegStream) mcus() (across, down int) {
	return ceilDiv(s.w, 8*s.hmax), ceilDiv(s.h, 8*s.vmax)
}

func ceilDiv(a, b int) int { return (a + b - 1) / b }
