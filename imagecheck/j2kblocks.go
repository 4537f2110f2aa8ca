package imagecheck

import "bytes"

// The arithmetic code of JPEG 2000 (T.800, annexes C and D). A flipped bit makes
// the decoder take every later decision for another; it then needs more bytes or
// fewer for the passes that are left, while an encoder writes just as many as are
// needed. So the passes are decoded, what they say is coded again, no value is
// kept, and what is looked at is whether the data ends as that code does.

// mqState is a row of table C.2.
type mqState struct {
	qe         uint32
	nmps, nlps uint8
	swap       uint8
}

var mqStates = [47]mqState{
	{0x5601, 1, 1, 1},
	{0x3401, 2, 6, 0},
	{0x1801, 3, 9, 0},
	{0x0AC1, 4, 12, 0},
	{0x0521, 5, 29, 0},
	{0x0221, 38, 33, 0},
	{0x5601, 7, 6, 1},
	{0x5401, 8, 14, 0},
	{0x4801, 9, 14, 0},
	{0x3801, 10, 14, 0},
	{0x3001, 11, 17, 0},
	{0x2401, 12, 18, 0},
	{0x1C01, 13, 20, 0},
	{0x1601, 29, 21, 0},
	{0x5601, 15, 14, 1},
	{0x5401, 16, 14, 0},
	{0x5101, 17, 15, 0},
	{0x4801, 18, 16, 0},
	{0x3801, 19, 17, 0},
	{0x3401, 20, 18, 0},
	{0x3001, 21, 19, 0},
	{0x2801, 22, 19, 0},
	{0x2401, 23, 20, 0},
	{0x2201, 24, 21, 0},
	{0x1C01, 25, 22, 0},
	{0x1801, 26, 23, 0},
	{0x1601, 27, 24, 0},
	{0x1401, 28, 25, 0},
	{0x1201, 29, 26, 0},
	{0x1101, 30, 27, 0},
	{0x0AC1, 31, 28, 0},
	{0x09C1, 32, 29, 0},
	{0x08A1, 33, 30, 0},
	{0x0521, 34, 31, 0},
	{0x0441, 35, 32, 0},
	{0x02A1, 36, 33, 0},
	{0x0221, 37, 34, 0},
	{0x0141, 38, 35, 0},
	{0x0111, 39, 36, 0},
	{0x0085, 40, 37, 0},
	{0x0049, 41, 38, 0},
	{0x0025, 42, 39, 0},
	{0x0015, 43, 40, 0},
	{0x0009, 44, 41, 0},
	{0x0005, 45, 42, 0},
	{0x0001, 45, 43, 0},
	{0x5601, 46, 46, 0},
}

// The contexts of table D.1 to D.4 in one row: 9 for significance, 5 for signs, 3
// for refinement, run-length and uniform.
const (
	signContext   = 9
	refineContext = 14
	runContext    = 17
	evenContext   = 18
)

// mqDecoder is the decoder of C.3.
type mqDecoder struct {
	b        []byte
	pos      int
	past     int // bytes taken beyond the end, where ones are read
	c, a     uint32
	ct       int
	state    [19]uint8
	mostLike [19]uint8
	again    mqEncoder
}

// mqEncoder codes again what the decoder reads (C.2): the interval is the
// decoder's own, what is kept is its lower end.
type mqEncoder struct {
	out []byte // after one byte that takes a carry
	c   uint32
	ct  int
}

func (e *mqEncoder) start() {
	e.out, e.c, e.ct = append(e.out[:0], 0), 0, 12
}

// byteOut is BYTEOUT (figure C.8).
func (e *mqEncoder) byteOut() {
	last := &e.out[len(e.out)-1]
	if *last != 0xFF && e.c >= 0x8000000 {
		*last++
		e.c &= 0x7FFFFFF
	}
	if *last == 0xFF {
		e.out = append(e.out, byte(e.c>>20))
		e.c &= 0xFFFFF
		e.ct = 7
		return
	}
	e.out = append(e.out, byte(e.c>>19))
	e.c &= 0x7FFFF
	e.ct = 8
}

// whole is how many bytes are settled: those before the last.
func (e *mqEncoder) whole() int { return len(e.out) - 2 }

// flush ends the code (figure C.11) for an interval of size a.
func (e *mqEncoder) flush(a uint32) []byte {
	top := e.c + a
	if e.c |= 0xFFFF; e.c >= top {
		e.c -= 0x8000
	}
	for range 2 {
		e.c <<= e.ct
		e.byteOut()
	}
	if n := len(e.out) - 1; e.out[n] == 0xFF {
		return e.out[1:n]
	}
	return e.out[1:]
}

func (d *mqDecoder) start(b []byte) {
	*d = mqDecoder{b: b, again: d.again}
	d.again.start()
	d.state[0], d.state[runContext], d.state[evenContext] = 4, 3, 46
	d.c = uint32(d.at(0)) << 16
	d.byteIn()
	d.c <<= 7
	d.ct -= 7
	d.a = 0x8000
}

func (d *mqDecoder) at(i int) byte {
	if i < len(d.b) {
		return d.b[i]
	}
	return 0xFF
}

func (d *mqDecoder) byteIn() {
	if d.at(d.pos) == 0xFF {
		if next := d.at(d.pos + 1); next > 0x8F {
			d.c += 0xFF00
			d.ct = 8
			d.past++
		} else {
			d.pos++
			d.c += uint32(next) << 9
			d.ct = 7
		}
		return
	}
	d.pos++
	d.c += uint32(d.at(d.pos)) << 8
	d.ct = 8
}

func (d *mqDecoder) decode(cx int) int {
	s := &mqStates[d.state[cx]]
	bit := d.mostLike[cx]
	d.a -= s.qe
	if d.c>>16 < s.qe {
		if d.a < s.qe {
			d.state[cx] = s.nmps
		} else {
			bit ^= 1
			d.mostLike[cx] ^= s.swap
			d.state[cx] = s.nlps
		}
		d.a = s.qe
	} else {
		d.c -= s.qe << 16
		d.again.c += s.qe
		if d.a&0x8000 != 0 {
			return int(bit)
		}
		if d.a < s.qe {
			bit ^= 1
			d.mostLike[cx] ^= s.swap
			d.state[cx] = s.nlps
		} else {
			d.state[cx] = s.nmps
		}
	}
	for {
		if d.ct == 0 {
			d.byteIn()
		}
		d.a <<= 1
		d.c <<= 1
		d.ct--
		d.again.c <<= 1
		if d.again.ct--; d.again.ct == 0 {
			d.again.byteOut()
		}
		if d.a&0x8000 != 0 {
			return int(bit)
		}
	}
}

// What is known of a coefficient and its neighbours, by bits.
const (
	sigNE = 1 << iota
	sigSE
	sigSW
	sigNW
	sigN
	sigE
	sigS
	sigW
	negN
	negE
	negS
	negW
	significant
	refined
	visited
	around = 0xFF
)

// zeroContexts is table D.1: kind of sub-band, then the significant neighbours.
var zeroContexts = func() (t [4][256]uint8) {
	for band := range t {
		for f := range t[band] {
			n := func(bits ...int) (k int) {
				for _, b := range bits {
					if f&b != 0 {
						k++
					}
				}
				return k
			}
			h, v, d := n(sigE, sigW), n(sigN, sigS), n(sigNE, sigSE, sigSW, sigNW)
			if band == 1 {
				h, v = v, h
			}
			t[band][f] = zeroContext(band == 3, h, v, d)
		}
	}
	return t
}()

func zeroContext(diagonal bool, h, v, d int) uint8 {
	if diagonal {
		hv := min(h+v, 2)
		switch {
		case d >= 3:
			return 8
		case d == 2:
			return uint8(6 + min(hv, 1))
		case d == 1:
			return uint8(3 + hv)
		}
		return uint8(hv)
	}
	switch {
	case h == 2:
		return 8
	case h == 1 && v >= 1:
		return 7
	case h == 1:
		return uint8(5 + min(d, 1))
	case v >= 1:
		return uint8(2 + v)
	}
	return uint8(min(d, 2))
}

// signContexts is tables D.2 and D.3 over the eight bits of the four
// neighbours: context, and bit 7 for the sign to be turned.
var signContexts = func() (t [256]uint8) {
	for i := range t {
		one := func(sig, neg int) int {
			// The bits of E, S and W stand in the same order in both halves.
			if i&sig == 0 {
				return 0
			}
			if i&neg != 0 {
				return -1
			}
			return 1
		}
		h := min(max(one(2, 32)+one(8, 128), -1), 1)
		v := min(max(one(1, 16)+one(4, 64), -1), 1)
		turn := uint8(0)
		if h < 0 || h == 0 && v < 0 {
			h, v, turn = -h, -v, 0x80
		}
		t[i] = signContext + turn
		switch {
		case h == 1:
			t[i] += uint8(3 + v)
		case v == 1:
			t[i]++
		}
	}
	return t
}()

// blockEnd is how the data of a code-block ends.
type blockEnd struct {
	// exact tells that the data is what an encoder writes that ends the code
	// behind the last pass.
	exact bool
	// beyond is how many bytes the data has beyond those that the passes settle
	// for good; an encoder that cuts it short leaves two to six.
	beyond int
	// empty is how many passes begin where there is no data any more.
	empty int
	// fine tells that the block is of the finest resolution, coarse that it is of
	// one an eighth as fine or less.
	fine, coarse bool
}

// blockReader decodes code-blocks, reusing its memory.
type blockReader struct {
	mq     mqDecoder
	flags  []uint16
	stride int
	w, h   int
	zero   *[256]uint8
	joined []byte
	ends   []blockEnd // of each code-block so far
}

// read decodes the passes of a code-block and tells how its data ends.
func (r *blockReader) read(c *codeBlock) (e blockEnd) {
	data := r.joined[:0]
	for _, d := range c.data {
		data = append(data, d...)
	}
	r.joined = data
	r.w, r.h, r.stride = c.w, c.h, c.w+2
	n := r.stride * (c.h + 2)
	if cap(r.flags) < n {
		r.flags = make([]uint16, n)
	}
	r.flags = r.flags[:n]
	clear(r.flags)
	r.zero = &zeroContexts[c.band]
	r.mq.start(data)
	for p := range c.passes {
		if r.mq.again.whole() > len(data) {
			e.empty++
		}
		switch p % 3 {
		case 0:
			r.cleanup()
		case 1:
			r.propagate()
		case 2:
			r.refine()
		}
	}
	e.beyond = len(data) - r.mq.again.whole()
	e.exact = bytes.Equal(r.mq.again.flush(r.mq.a), data)
	return e
}

// sign reads the sign of a coefficient that became significant and tells its
// neighbours.
func (r *blockReader) sign(at int) {
	f := r.flags[at]
	cx := signContexts[f>>4&0xFF]
	neg := uint16(r.mq.decode(int(cx&0x7F))) ^ uint16(cx>>7)
	s := r.stride
	r.flags[at] |= significant
	r.flags[at-s-1] |= sigSE
	r.flags[at-s] |= sigS | neg*negS
	r.flags[at-s+1] |= sigSW
	r.flags[at-1] |= sigE | neg*negE
	r.flags[at+1] |= sigW | neg*negW
	r.flags[at+s-1] |= sigNE
	r.flags[at+s] |= sigN | neg*negN
	r.flags[at+s+1] |= sigNW
}

// propagate is the significance propagation pass (D.3.1).
func (r *blockReader) propagate() {
	for y0 := 0; y0 < r.h; y0 += 4 {
		y1 := min(y0+4, r.h)
		for x := range r.w {
			at := (y0+1)*r.stride + x + 1
			for y := y0; y < y1; y, at = y+1, at+r.stride {
				f := r.flags[at]
				if f&significant != 0 || f&around == 0 {
					continue
				}
				if r.mq.decode(int(r.zero[f&around])) == 1 {
					r.sign(at)
				}
				r.flags[at] |= visited
			}
		}
	}
}

// refine is the magnitude refinement pass (D.3.3).
func (r *blockReader) refine() {
	for y0 := 0; y0 < r.h; y0 += 4 {
		y1 := min(y0+4, r.h)
		for x := range r.w {
			at := (y0+1)*r.stride + x + 1
			for y := y0; y < y1; y, at = y+1, at+r.stride {
				f := r.flags[at]
				if f&(significant|visited) != significant {
					continue
				}
				cx := refineContext
				if f&refined != 0 {
					cx += 2
				} else if f&around != 0 {
					cx++
				}
				r.mq.decode(cx)
				r.flags[at] |= refined
			}
		}
	}
}

// cleanup is the cleanup pass (D.3.4); it ends a bit-plane.
func (r *blockReader) cleanup() {
	s := r.stride
	for y0 := 0; y0 < r.h; y0 += 4 {
		y1 := min(y0+4, r.h)
		for x := range r.w {
			at := (y0+1)*s + x + 1
			y, known := y0, false
			if y1-y0 == 4 && (r.flags[at]|r.flags[at+s]|r.flags[at+2*s]|r.flags[at+3*s])&(significant|visited|around) == 0 {
				if r.mq.decode(runContext) == 0 {
					continue
				}
				k := r.mq.decode(evenContext)<<1 | r.mq.decode(evenContext)
				y, at, known = y+k, at+k*s, true
			}
			for ; y < y1; y, at = y+1, at+s {
				f := r.flags[at]
				if known || f&(significant|visited) == 0 && r.mq.decode(int(r.zero[f&around])) == 1 {
					r.sign(at)
				}
				known = false
				r.flags[at] &^= visited
			}
		}
	}
}
