package imagecheck

import "encoding/binary"

// A JPEG has no checksum, and image/jpeg shows a picture also when bits of it
// have flipped: the decoder falls back into step a few blocks later and the rest
// is shifted or discoloured. What gives such a file away is the bookkeeping: the
// coded data of each interval must end with the last block of that interval, no
// coefficient may lie beyond the 64th, and none beyond the range of 8-bit
// samples.

// huffTable decodes one symbol: for each length the first code and where its
// symbols start (T.81, F.2.2.3).
type huffTable struct {
	set    bool
	min    [17]int32
	max    [17]int32 // -1: no code of this length
	first  [17]int
	values []byte
	fast   [512]uint16 // symbol<<8 | length for codes of up to 9 bits
}

// bitReader reads the entropy-coded bytes of one restart interval, stuffing
// removed as it goes.
type bitReader struct {
	b    []byte
	pos  int
	acc  uint32
	n    int
	over int // bits read past the end
}

func (r *bitReader) fill() {
	for r.n <= 24 {
		var c byte
		if r.pos < len(r.b) {
			c = r.b[r.pos]
			r.pos++
			if c == 0xFF && r.pos < len(r.b) && r.b[r.pos] == 0 {
				r.pos++
			}
		} else {
			r.over += 8
			c = 0xFF
		}
		r.acc |= uint32(c) << (24 - r.n)
		r.n += 8
	}
}

func (r *bitReader) drop(n int) {
	r.acc <<= n
	r.n -= n
}

// left is how many bits of the interval were not read; negative when more were
// read than there are.
func (r *bitReader) left() int { return 8*(len(r.b)-r.pos) + r.n - r.over }

func (r *bitReader) symbol(t *huffTable) int {
	if r.n < 16 {
		r.fill()
	}
	if f := t.fast[r.acc>>23]; f != 0 {
		r.drop(int(f & 0xFF))
		return int(f >> 8)
	}
	for l := 1; l <= 16; l++ {
		code := int32(r.acc >> (32 - l))
		if t.max[l] >= 0 && code <= t.max[l] && code >= t.min[l] {
			r.drop(l)
			return int(t.values[t.first[l]+int(code-t.min[l])])
		}
	}
	return -1
}

func (r *bitReader) value(size int) int {
	if size == 0 {
		return 0
	}
	if r.n < size {
		r.fill()
	}
	v := int(r.acc >> (32 - size))
	r.drop(size)
	if v < 1<<(size-1) {
		v -= 1<<size - 1
	}
	return v
}

type scanState struct {
	dc, ac   [4]huffTable
	quantDC  [4]int
	interval int
	comps    []struct{ id, h, v, tq byte }
	w, h     int
}

// wholeJPEG tells whether the coded data of an inspected sequential JPEG keeps
// its own books. Progressive files are taken as they are.
func wholeJPEG(data []byte, in *Info) bool {
	if in.Progressive {
		return true
	}
	var s scanState
	for pos := 2; pos+2 <= len(data); {
		if data[pos+1] == 0xFF {
			pos++
			continue
		}
		marker := data[pos+1]
		if marker == 0xD9 {
			return true
		}
		if marker == 0x01 || marker >= 0xD0 && marker <= 0xD7 {
			pos += 2
			continue
		}
		if pos+4 > len(data) {
			return false
		}
		n := int(binary.BigEndian.Uint16(data[pos+2:]))
		body := data[pos+4 : pos+2+n]
		pos += 2 + n
		switch marker {
		case 0xC4:
			if !s.tables(body) {
				return false
			}
		case 0xDB:
			for len(body) >= 65 {
				id, wide := body[0]&3, body[0]>>4 != 0
				s.quantDC[id] = int(body[1])
				step := 65
				if wide {
					s.quantDC[id], step = int(binary.BigEndian.Uint16(body[1:])), 129
				}
				body = body[min(step, len(body)):]
			}
		case 0xDD:
			if len(body) >= 2 {
				s.interval = int(binary.BigEndian.Uint16(body))
			}
		case 0xC0, 0xC1:
			s.h, s.w = int(binary.BigEndian.Uint16(body[1:])), int(binary.BigEndian.Uint16(body[3:]))
			for i := range int(body[5]) {
				c := body[6+3*i:]
				s.comps = append(s.comps, struct{ id, h, v, tq byte }{c[0], c[1] >> 4, c[1] & 15, c[2] & 3})
			}
		case 0xDA:
			end := scanEnd(data, pos)
			if !s.scan(body, data[pos:end]) {
				return false
			}
			pos = end
		}
	}
	return false
}

func (s *scanState) tables(b []byte) bool {
	for len(b) >= 17 {
		t := &s.dc[b[0]&3]
		if b[0]>>4 != 0 {
			t = &s.ac[b[0]&3]
		}
		*t = huffTable{set: true}
		total, code := 0, int32(0)
		for l := 1; l <= 16; l++ {
			k := int(b[l])
			t.min[l], t.max[l], t.first[l] = code, code+int32(k)-1, total
			if k == 0 {
				t.max[l] = -1
			}
			total += k
			code = (code + int32(k)) << 1
		}
		if total > 256 || 17+total > len(b) {
			return false
		}
		t.values = b[17 : 17+total]
		for l := 1; l <= 9; l++ {
			for c := t.min[l]; c <= t.max[l]; c++ {
				v := uint16(t.values[t.first[l]+int(c-t.min[l])])<<8 | uint16(l)
				for i := range 1 << (9 - l) {
					if j := int(c)<<(9-l) + i; j < len(t.fast) {
						t.fast[j] = v
					}
				}
			}
		}
		b = b[17+total:]
	}
	return len(b) == 0
}

// scan reads every block of one scan (T.81, F.2.2) and checks that each restart
// interval holds neither less nor more than its blocks.
func (s *scanState) scan(head, coded []byte) bool {
	if len(head) < 1 || len(head) != 4+2*int(head[0]) {
		return false
	}
	type part struct {
		blocks int
		dc, ac *huffTable
		quant  int
	}
	var parts []part
	hmax, vmax := 1, 1
	for _, c := range s.comps {
		hmax, vmax = max(hmax, int(c.h)), max(vmax, int(c.v))
	}
	mcus := 0
	for i := range int(head[0]) {
		for _, c := range s.comps {
			if c.id != head[1+2*i] {
				continue
			}
			sel := head[2+2*i]
			p := part{int(c.h) * int(c.v), &s.dc[sel>>4&3], &s.ac[sel&3], s.quantDC[c.tq]}
			mcus = ((s.w + 8*hmax - 1) / (8 * hmax)) * ((s.h + 8*vmax - 1) / (8 * vmax))
			if head[0] == 1 {
				// Alone in a scan a component is not interleaved (A.2.2).
				cw, ch := (s.w*int(c.h)+hmax-1)/hmax, (s.h*int(c.v)+vmax-1)/vmax
				p.blocks, mcus = 1, (cw+7)/8*((ch+7)/8)
			}
			if !p.dc.set || !p.ac.set {
				return false
			}
			parts = append(parts, p)
			break
		}
	}
	if len(parts) != int(head[0]) {
		return false
	}
	for done, rst := 0, 0; done < mcus; rst++ {
		n := mcus - done
		if s.interval > 0 {
			n = min(n, s.interval)
		}
		bytes, rest, ok := untilRestart(coded, rst)
		if !ok {
			return false
		}
		coded = rest
		r := bitReader{b: bytes}
		var pred [4]int
		for range n {
			for pi := range parts {
				p := &parts[pi]
				for range p.blocks {
					size := r.symbol(p.dc)
					if size < 0 || size > 11 {
						return false
					}
					pred[pi&3] += r.value(size)
					// 8-bit samples give a DC of -1024 to 1016; rounding adds a step.
					if d := pred[pi&3] * p.quant; d > 1024+2*p.quant+256 || d < -1024-2*p.quant-256 {
						return false
					}
					for k := 1; k < 64; k++ {
						rs := r.symbol(p.ac)
						if rs < 0 {
							return false
						}
						if rs&15 == 0 {
							if rs != 0xF0 {
								break
							}
							k += 15
							if k > 63 {
								return false
							}
							continue
						}
						if k += rs >> 4; k > 63 || rs&15 > 10 {
							return false
						}
						r.value(rs & 15)
					}
				}
			}
			if r.left() < 0 {
				return false
			}
		}
		// Padding fills the last byte; nothing may follow it.
		if r.left() > 7 {
			return false
		}
		done += n
	}
	return len(coded) == 0
}

// untilRestart splits off the bytes up to restart marker number rst (modulo 8),
// or all that is left.
func untilRestart(b []byte, rst int) (head, rest []byte, ok bool) {
	for i := 0; i+1 < len(b); i++ {
		if b[i] == 0xFF && b[i+1] != 0 {
			if b[i+1] == 0xFF {
				continue
			}
			return b[:i], b[i+2:], int(b[i+1]) == 0xD0+rst%8
		}
	}
	return b, nil, true
}
