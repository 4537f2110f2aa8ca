package imagecheck

import (
	"cmp"
	"encoding/binary"
	"slices"
)

// JPEG 2000 has no checksum either. What it has are lengths: the packet headers
// of a tile must lead through its data to the last byte, and the arithmetic
// decoder must come to the end of each code-block's bytes as it comes to the end
// of the passes they hold (j2kblocks.go). This file reads the packet headers
// (T.800, annex B); it makes no picture.

// codingStyle is what COD says of all components (T.800, A.6.1).
type codingStyle struct {
	flags, order   int
	layers, levels int
	cbw, cbh       int // exponents of the code-block's size
	style          int
	precincts      [33][2]int // exponents by resolution
}

func readCOD(b []byte) (s codingStyle, ok bool) {
	if len(b) < 10 {
		return s, false
	}
	s = codingStyle{
		flags: int(b[0]), order: int(b[1]), layers: int(binary.BigEndian.Uint16(b[2:])),
		levels: int(b[5]), cbw: int(b[6]) + 2, cbh: int(b[7]) + 2, style: int(b[8]),
	}
	if s.levels > 32 {
		return s, false
	}
	for r := range s.levels + 1 {
		s.precincts[r] = [2]int{15, 15}
		if s.flags&1 != 0 {
			if len(b) < 10+s.levels+1 {
				return s, false
			}
			px, py := int(b[10+r]&15), int(b[10+r]>>4)
			if r > 0 && (px == 0 || py == 0) {
				return s, false // half a sample (B.6)
			}
			s.precincts[r] = [2]int{px, py}
		}
	}
	return s, true
}

// area is a rectangle of samples or coefficients.
type area struct{ x0, y0, x1, y1 int }

func (a area) empty() bool { return a.x1 <= a.x0 || a.y1 <= a.y0 }

// shrink divides by 2^n, rounded up.
func (a area) shrink(n int) area {
	d := 1<<n - 1
	return area{(a.x0 + d) >> n, (a.y0 + d) >> n, (a.x1 + d) >> n, (a.y1 + d) >> n}
}

func (a area) and(b area) area {
	return area{max(a.x0, b.x0), max(a.y0, b.y0), min(a.x1, b.x1), min(a.y1, b.y1)}
}

// codeBlock is what the packets say of one code-block.
type codeBlock struct {
	w, h     int
	band     int // 0 LL, 1 HL, 2 LH, 3 HH
	passes   int
	zeros    int // bit-planes without any
	lblock   int
	included bool
	data     [][]byte
}

// bandPart is what a precinct has of one sub-band.
type bandPart struct {
	across            int
	blocks            []codeBlock
	inclusion, zeroes tagTree
}

// precinct holds the code-blocks of one packet, and where in the order of
// packets it stands.
type precinct struct {
	y, x, comp, res, index int
	bands                  []bandPart
}

// maxBlocks bounds the code-blocks of a picture; 1.5 megapixels in blocks of
// 16x16 have 20,000.
const maxBlocks = 200_000

// precinctsOf lays out all precincts of a tile, B.6 and B.7, for each of comps
// components. It gives nil when there are more than left blocks or packets.
func (s *codingStyle) precinctsOf(tile area, comps int, left *int) []precinct {
	var out []precinct
	for r := range s.levels + 1 {
		k := s.levels - r
		res := tile.shrink(k)
		if res.empty() {
			continue
		}
		px, py := s.precincts[r][0], s.precincts[r][1]
		for y := res.y0 >> py; y<<py < res.y1; y++ {
			for x := res.x0 >> px; x<<px < res.x1; x++ {
				index := (y-res.y0>>py)*((res.x1-1)>>px-res.x0>>px+1) + x - res.x0>>px
				for c := range comps {
					p := precinct{y: max(tile.y0, y<<(py+k)), x: max(tile.x0, x<<(px+k)), comp: c, res: r, index: index}
					p.bands = s.bandsOf(tile, r, area{x << px, y << py, (x + 1) << px, (y + 1) << py}, left)
					if *left--; *left < 0 {
						return nil
					}
					out = append(out, p)
				}
			}
		}
	}
	return out
}

// bandsOf cuts the sub-bands of a resolution to one precinct, and that into
// code-blocks.
func (s *codingStyle) bandsOf(tile area, r int, part area, left *int) []bandPart {
	first, last, depth := 0, 0, s.levels
	px, py := s.precincts[r][0], s.precincts[r][1]
	if r > 0 {
		first, last, depth = 1, 3, s.levels-r+1
		px, py = px-1, py-1
		part = area{part.x0 / 2, part.y0 / 2, part.x1 / 2, part.y1 / 2}
	}
	cw, ch := min(s.cbw, px), min(s.cbh, py)
	var out []bandPart
	for band := first; band <= last; band++ {
		b := tile
		if band > 0 {
			dx, dy := (band&1)<<(depth-1), (band>>1)<<(depth-1)
			b = area{b.x0 - dx, b.y0 - dy, b.x1 - dx, b.y1 - dy}
		}
		b = b.shrink(depth).and(part)
		if b.empty() {
			continue
		}
		cx0, cy0, cx1, cy1 := b.x0>>cw, b.y0>>ch, (b.x1-1)>>cw+1, (b.y1-1)>>ch+1
		n := (cx1 - cx0) * (cy1 - cy0)
		if *left -= n; *left < 0 {
			return nil
		}
		p := bandPart{across: cx1 - cx0, inclusion: newTagTree(cx1-cx0, cy1-cy0), zeroes: newTagTree(cx1-cx0, cy1-cy0)}
		p.blocks = make([]codeBlock, 0, n)
		for y := cy0; y < cy1; y++ {
			for x := cx0; x < cx1; x++ {
				cell := area{x << cw, y << ch, (x + 1) << cw, (y + 1) << ch}.and(b)
				p.blocks = append(p.blocks, codeBlock{w: cell.x1 - cell.x0, h: cell.y1 - cell.y0, band: band, lblock: 3})
			}
		}
		out = append(out, p)
	}
	return out
}

// inOrder sorts precincts as the progression has them, and tells how its packets
// follow (T.800, B.12): all layers of a precinct, or all precincts of a
// resolution by layer, or all precincts by layer.
func (s *codingStyle) inOrder(ps []precinct) {
	slices.SortStableFunc(ps, func(a, b precinct) int {
		place := cmp.Or(cmp.Compare(a.y, b.y), cmp.Compare(a.x, b.x))
		res, comp, index := cmp.Compare(a.res, b.res), cmp.Compare(a.comp, b.comp), cmp.Compare(a.index, b.index)
		switch s.order {
		case 2: // RPCL
			return cmp.Or(res, place, comp, index)
		case 3: // PCRL
			return cmp.Or(place, comp, res, index)
		case 4: // CPRL
			return cmp.Or(comp, place, res, index)
		}
		return cmp.Or(res, comp, index)
	})
}

// packets reads all packets of a tile and reports whether they end where its
// data ends.
func (s *codingStyle) packets(ps []precinct, data []byte) bool {
	r := packetReader{b: data}
	s.inOrder(ps)
	switch s.order {
	case 0: // LRCP
		for l := range s.layers {
			for i := range ps {
				if !r.packet(s, &ps[i], l) {
					return false
				}
			}
		}
	case 1: // RLCP
		for from := 0; from < len(ps); {
			to := from
			for to < len(ps) && ps[to].res == ps[from].res {
				to++
			}
			for l := range s.layers {
				for i := from; i < to; i++ {
					if !r.packet(s, &ps[i], l) {
						return false
					}
				}
			}
			from = to
		}
	default:
		for i := range ps {
			for l := range s.layers {
				if !r.packet(s, &ps[i], l) {
					return false
				}
			}
		}
	}
	return r.pos == len(data)
}

// packetReader reads the bits of packet headers (B.10.1).
type packetReader struct {
	b    []byte
	pos  int
	acc  byte
	n    int // bits left in acc
	full bool
	bad  bool // read past the end
}

func (r *packetReader) bit() int {
	if r.n == 0 {
		if r.pos >= len(r.b) {
			r.bad = true
			return 0
		}
		r.n = 8
		if r.full { // a bit is stuffed after a byte of ones
			r.n = 7
		}
		r.acc = r.b[r.pos]
		r.full = r.acc == 0xFF
		r.pos++
	}
	r.n--
	return int(r.acc>>r.n) & 1
}

func (r *packetReader) bits(n int) int {
	v := 0
	for range n {
		v = v<<1 | r.bit()
	}
	return v
}

// marker passes a marker segment of n bytes if it stands here.
func (r *packetReader) marker(code byte, n int) {
	if r.pos+n <= len(r.b) && r.b[r.pos] == 0xFF && r.b[r.pos+1] == code {
		r.pos += n
	}
}

func (r *packetReader) packet(s *codingStyle, p *precinct, layer int) bool {
	if s.flags&2 != 0 {
		r.marker(0x91, 6)
	}
	r.n, r.full = 0, false
	type piece struct {
		c *codeBlock
		n int
	}
	var pieces []piece
	if r.bit() == 1 {
		for bi := range p.bands {
			b := &p.bands[bi]
			for i := range b.blocks {
				c := &b.blocks[i]
				n, ok := r.block(b, c, i, layer)
				if !ok {
					return false
				}
				if n > 0 {
					pieces = append(pieces, piece{c, n})
				}
			}
		}
	}
	r.n = 0
	if r.full {
		r.pos++ // the byte after one of ones belongs to the header
	}
	if s.flags&4 != 0 {
		r.marker(0x92, 2)
	}
	for _, q := range pieces {
		if q.n > len(r.b)-r.pos {
			return false
		}
		q.c.data = append(q.c.data, r.b[r.pos:r.pos+q.n])
		r.pos += q.n
	}
	return !r.bad && r.pos <= len(r.b)
}

// block reads what a packet header says of one code-block: how many bytes it
// adds (B.10.4 to B.10.7).
func (r *packetReader) block(b *bandPart, c *codeBlock, i, layer int) (bytes int, ok bool) {
	x, y := i%b.across, i/b.across
	if c.included {
		if r.bit() == 0 {
			return 0, !r.bad
		}
	} else {
		if !b.inclusion.below(r, x, y, layer+1) {
			return 0, !r.bad
		}
		c.included = true
		for c.zeros = 0; !b.zeroes.below(r, x, y, c.zeros+1); c.zeros++ {
			// 8-bit samples make at most 38 bit-planes (E.1), and region of
			// interest doubles that.
			if c.zeros > 74 || r.bad {
				return 0, false
			}
		}
	}
	passes := 1
	if r.bit() == 1 {
		passes = 2
		if r.bit() == 1 {
			if passes = 3 + r.bits(2); passes == 6 {
				if passes = 6 + r.bits(5); passes == 37 {
					passes = 37 + r.bits(7)
				}
			}
		}
	}
	for r.bit() == 1 {
		if c.lblock++; c.lblock > 32 {
			return 0, false
		}
	}
	n := c.lblock
	for p := passes; p > 1; p >>= 1 {
		n++
	}
	if n > 31 {
		return 0, false
	}
	c.passes += passes
	return r.bits(n), !r.bad && c.passes <= 164
}

// tagTree is a quadtree of least values (B.10.2).
type tagTree struct {
	levels []tagLevel // leaves first
}

type tagLevel struct {
	w     int
	value []int16
	known []bool
}

func newTagTree(w, h int) tagTree {
	var t tagTree
	for {
		t.levels = append(t.levels, tagLevel{w, make([]int16, w*h), make([]bool, w*h)})
		if w*h <= 1 {
			return t
		}
		w, h = (w+1)/2, (h+1)/2
	}
}

// below reads as much as is needed to say whether the leaf's value is less than
// limit.
func (t *tagTree) below(r *packetReader, x, y, limit int) bool {
	least := int16(0)
	for k := len(t.levels) - 1; k >= 0; k-- {
		l := &t.levels[k]
		i := y>>k*l.w + x>>k
		l.value[i] = max(l.value[i], least)
		for !l.known[i] && int(l.value[i]) < limit && !r.bad {
			if r.bit() == 1 {
				l.known[i] = true
			} else {
				l.value[i]++
			}
		}
		least = l.value[i]
		if !l.known[i] {
			return false
		}
	}
	return int(least) < limit
}
