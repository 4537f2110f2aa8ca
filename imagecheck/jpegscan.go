package imagecheck

import "bytes"

// scanHead is a scan header (T.81, B.2.3).
type scanHead struct {
	parts          []scanPart
	ss, se, ah, al int
}

type scanPart struct {
	c      *jpegComponent
	dc, ac *huffTable
}

// scan reads every bit of one scan and checks that each restart interval holds
// neither less nor more than its blocks.
func (s *jpegStream) scan(head, coded []byte) bool {
	h, ok := s.scanHeader(head)
	if !ok {
		return false
	}
	across, down := s.mcus()
	if len(h.parts) == 1 {
		across, down = h.parts[0].c.across, h.parts[0].c.down
	}
	total := across * down
	tr := s.newTrace(h, across, total)
	all := make([]byte, 0, len(coded))
	for done, rst := 0, 0; done < total; rst++ {
		n := total - done
		if s.interval > 0 {
			n = min(n, s.interval)
		}
		part, rest, ok := untilRestart(coded, rst)
		if !ok {
			return false
		}
		coded = rest
		from := len(all)
		all = unstuffed(all, part)
		clean := all[from:len(all):len(all)]
		r := intervalReader{bitReader: bitReader{b: clean}, s: s, h: h, trace: tr}
		if tr != nil {
			tr.clean = append(tr.clean, clean)
		}
		for i := done; i < done+n; i++ {
			if !r.mcu(i%across, i/across) {
				return false
			}
		}
		if r.run > 0 || r.left() < 0 {
			return false
		}
		// Padding fills the last byte (F.1.2.3); nothing may follow it but
		// fill bytes, which some encoders write.
		if r.left() > 7 {
			if len(bytes.Trim(clean[max(0, len(clean)-r.left()/8):], "\x00\xff")) > 0 {
				return false
			}
			s.doubts = true
		}
		done += n
	}
	if len(coded) > 0 {
		s.doubts = true // a restart marker after the last interval
	}
	return true
}

func (s *jpegStream) scanHeader(b []byte) (h scanHead, ok bool) {
	if len(b) < 1 || b[0] < 1 || b[0] > 4 || len(b) != 4+2*int(b[0]) {
		return h, false
	}
	n := int(b[0])
	h.ss, h.se, h.ah, h.al = int(b[1+2*n]), int(b[2+2*n]), int(b[3+2*n]>>4), int(b[3+2*n]&15)
	if s.progressive {
		if h.ss > h.se || h.se > 63 || h.ss == 0 && h.se > 0 || h.ss > 0 && n > 1 || h.al > 13 || h.ah > 0 && h.ah != h.al+1 {
			return h, false
		}
	} else if h.ss != 0 || h.se != 63 || h.ah != 0 || h.al != 0 {
		return h, false
	}
	blocks := 0
	for i := range n {
		var c *jpegComponent
		for j := range s.comps {
			if s.comps[j].id == b[1+2*i] {
				c = &s.comps[j]
			}
		}
		sel := b[2+2*i]
		if c == nil || sel>>4 > 3 || sel&15 > 3 || !s.quantSet[c.tq] {
			return h, false
		}
		for _, p := range h.parts {
			if p.c == c {
				return h, false
			}
		}
		blocks += int(c.h) * int(c.v)
		p := scanPart{c, &s.dc[sel>>4], &s.ac[sel&15]}
		if !s.progressive && (c.used || !p.dc.set || !p.ac.set) ||
			s.progressive && (h.ss == 0 && h.ah == 0 && !p.dc.set || h.ss > 0 && !p.ac.set) {
			return h, false
		}
		for k := h.ss; k <= h.se; k++ {
			// First scans come first, and each refinement follows on the last.
			if s.progressive && (h.ah == 0 && c.low[k] >= 0 || h.ah > 0 && int(c.low[k]) != h.ah) {
				return h, false
			}
			c.low[k] = int8(h.al)
		}
		if s.progressive && h.ss > 0 && c.low[0] < 0 {
			return h, false
		}
		c.used, c.quantDC = true, int(s.quant[c.tq][0])
		h.parts = append(h.parts, p)
	}
	// At most ten blocks make an MCU of several components (B.2.3).
	return h, n == 1 || blocks <= 10
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

// intervalReader reads the blocks of one restart interval.
type intervalReader struct {
	bitReader
	s     *jpegStream
	h     scanHead
	pred  [4]int
	run   int        // blocks that are left of an end-of-band run (G.1.2.2)
	trace *scanTrace // nil when nothing is noted down
}

// mcu reads the blocks of the MCU at x, y.
func (r *intervalReader) mcu(x, y int) bool {
	for i := range r.h.parts {
		p := &r.h.parts[i]
		if len(r.h.parts) == 1 {
			return r.block(i, p, y*p.c.stride+x)
		}
		for v := range int(p.c.v) {
			for h := range int(p.c.h) {
				if !r.block(i, p, (y*int(p.c.v)+v)*p.c.stride+x*int(p.c.h)+h) {
					return false
				}
			}
		}
	}
	return r.over <= 32 // ones without end decode as something
}

func (r *intervalReader) block(i int, p *scanPart, at int) bool {
	switch {
	case !r.s.progressive:
		left := int32(r.left())
		if !r.first(i, p) || !r.sequential(p, nil) {
			return false
		}
		r.trace.left = append(r.trace.left, left)
		r.trace.dc = append(r.trace.dc, int16(r.pred[i]))
		return true
	case r.h.ss == 0 && r.h.ah == 0:
		return r.first(i, p)
	case r.h.ss == 0:
		r.bits(1)
		return true
	case r.h.ah == 0:
		return r.band(p, &p.c.nonzero[at])
	}
	return r.refine(p, &p.c.nonzero[at])
}

// first reads a DC difference. The mean of a block of 8-bit samples lies within
// -128 to 127, so a DC within -1024 to 1016; what rounding adds is at most a step.
func (r *intervalReader) first(i int, p *scanPart) bool {
	size := r.symbol(p.dc)
	if size < 0 || size > 11 {
		return false
	}
	r.pred[i] += r.value(size)
	q := p.c.quantDC
	d := r.pred[i] << r.h.al * q
	slack := q<<r.h.al + 16
	return d <= 1016+slack && d >= -1024-slack
}

// sequential reads the 63 AC coefficients of a block (F.2.2.2), into c unless that
// is nil: in zigzag order, as coded.
func (r *intervalReader) sequential(p *scanPart, c *[64]int32) bool {
	for k := 1; k < 64; k++ {
		rs := r.symbol(p.ac)
		if rs < 0 {
			return false
		}
		size := rs & 15
		if size == 0 {
			if rs == 0 {
				return true
			}
			if k += 15; rs != 0xF0 || k > 62 {
				return false
			}
			continue
		}
		if k += rs >> 4; k > 63 || size > 10 {
			return false
		}
		v := r.value(size)
		if !r.s.holds(p, k, v) {
			return false
		}
		if c != nil {
			c[k] = int32(v)
		}
	}
	return true
}

// maxAC is the largest AC coefficient that samples within -128 to 127 can have:
// 128 times the sum of the magnitudes of a basis function, which is 8 at most
// (u and v both 0 or 4), and room for rounding.
const maxAC = 1024 + 16

func (s *jpegStream) holds(p *scanPart, k, v int) bool {
	q := int(s.quant[p.c.tq][k])
	return max(v, -v)*q <= maxAC+q
}

// band reads the first scan of a band of coefficients (G.1.2.2).
func (r *intervalReader) band(p *scanPart, nonzero *uint64) bool {
	if r.run > 0 {
		r.run--
		return true
	}
	for k := r.h.ss; k <= r.h.se; k++ {
		rs := r.symbol(p.ac)
		if rs < 0 {
			return false
		}
		run, size := rs>>4, rs&15
		if size == 0 {
			if run < 15 {
				r.run = 1<<run + r.bits(run) - 1
				return true
			}
			if k += 15; k >= r.h.se {
				return false
			}
			continue
		}
		if k += run; k > r.h.se || size > 10 || !r.s.holds(p, k, r.value(size)<<r.h.al) {
			return false
		}
		*nonzero |= 1 << k
	}
	return true
}

// refine reads one more bit of a band (G.1.2.3).
func (r *intervalReader) refine(p *scanPart, nonzero *uint64) bool {
	k := r.h.ss
	for r.run == 0 && k <= r.h.se {
		rs := r.symbol(p.ac)
		if rs < 0 {
			return false
		}
		run, size := rs>>4, rs&15
		switch {
		case size == 0 && run < 15:
			r.run = 1<<run + r.bits(run)
			continue
		case size > 1:
			return false
		case size == 1:
			r.bits(1) // the sign
		}
		// Pass as many zeros as the run says, with a bit for each coefficient
		// that is not zero on the way.
		for ; k <= r.h.se; k++ {
			if *nonzero>>k&1 != 0 {
				r.bits(1)
			} else if run--; run < 0 {
				break
			}
		}
		if k > r.h.se {
			return false
		}
		if size == 1 {
			*nonzero |= 1 << k
		}
		k++
	}
	if r.run > 0 {
		for ; k <= r.h.se; k++ {
			if *nonzero>>k&1 != 0 {
				r.bits(1)
			}
		}
		r.run--
	}
	return true
}
