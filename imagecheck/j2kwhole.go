package imagecheck

import (
	"encoding/binary"
	"slices"
)

const (
	// maxPackets bounds the packets of one check; a photo has a few hundred.
	maxPackets = 500_000
	// maxPasses bounds the work of one check in coefficients times passes: 1.5
	// megapixels in three colours and ten bit-planes take 130 million, about
	// half a second.
	maxPasses = 160_000_000
	// An encoder may leave a code-block a few bytes that its passes don't need,
	// where it only estimates how many (OpenJPEG leaves none), and leave out the
	// last ones that a decoder makes up by itself (up to 11 seen, more than 3 in
	// one of 2500 code-blocks). No code-block has usualSpare bytes more than
	// nearly all others of the same file.
	mostSpare, usualSpare, mostMissing = 6, 2, 14
)

// wholeJ2K reads all packet headers of an inspected codestream and the passes of
// the code-blocks that a decoder at 1/2^reduce needs, and tells whether they add
// up. What is coded in a way that it does not follow is unread.
func wholeJ2K(c []byte, in *Info, reduce int) damage {
	s, pos, ok := mainStyle(c)
	if !ok || s.style != 0 || s.order > 4 {
		return unread
	}
	siz := c[6:]
	u := func(i int) int { return int(binary.BigEndian.Uint32(siz[i:])) }
	image := area{u(10), u(14), u(2), u(6)}
	tw, th, tx0, ty0 := u(18), u(22), u(26), u(30)
	bodies := make([][]byte, in.Tiles)
	for pos+12 <= len(c) && c[pos] == 0xFF && c[pos+1] == 0x90 {
		tile, n := int(binary.BigEndian.Uint16(c[pos+4:])), int(binary.BigEndian.Uint32(c[pos+6:]))
		end := pos + n
		if n == 0 {
			end = len(c) - 2
		}
		if tile >= in.Tiles || end > len(c) || end < pos+14 {
			return broken
		}
		from, ok := tilePartBody(c[:end], pos+12)
		if !ok {
			return unread
		}
		if len(bodies[tile]) == 0 {
			bodies[tile] = c[from:end:end]
		} else {
			bodies[tile] = append(bodies[tile], c[from:end]...)
		}
		pos = end
	}
	left, packets, work := maxBlocks, maxPackets, maxPasses
	var r blockReader
	across := ceilDiv(image.x1-tx0, tw)
	for i, body := range bodies {
		x, y := tx0+i%across*tw, ty0+i/across*th
		ps := s.precinctsOf(area{x, y, x + tw, y + th}.and(image), in.Components, &left)
		if ps == nil {
			return unread
		}
		if packets -= len(ps) * s.layers; packets < 0 {
			return unread
		}
		if !s.packets(ps, body) {
			return broken
		}
		for j := range ps {
			if ps[j].res > s.levels-reduce {
				continue
			}
			if d := r.precinct(&ps[j], &work); d != sound {
				return d
			}
		}
	}
	if n := len(r.spare); n >= 100 {
		slices.Sort(r.spare)
		if r.spare[n-1] >= r.spare[n-1-n/50]+usualSpare {
			return doubtful
		}
	}
	return sound
}

func (r *blockReader) precinct(p *precinct, work *int) damage {
	for bi := range p.bands {
		for i := range p.bands[bi].blocks {
			c := &p.bands[bi].blocks[i]
			if c.passes == 0 {
				continue
			}
			if *work -= c.passes * c.w * c.h; *work < 0 {
				return unread
			}
			k := r.slack(c)
			r.spare = append(r.spare, k)
			if k > mostSpare || k < -mostMissing {
				return doubtful
			}
		}
	}
	return sound
}

// mainStyle finds the coding style in the main header and where that ends. It
// reports false where parts of the picture may have another style.
func mainStyle(c []byte) (s codingStyle, end int, ok bool) {
	for pos := 2; pos+4 <= len(c); {
		n := int(binary.BigEndian.Uint16(c[pos+2:]))
		if pos+2+n > len(c) || n < 2 {
			return s, 0, false
		}
		switch binary.BigEndian.Uint16(c[pos:]) {
		case 0xFF90:
			return s, pos, ok
		case 0xFF52: // COD
			if s, ok = readCOD(c[pos+4 : pos+2+n]); !ok {
				return s, 0, false
			}
		case 0xFF53, 0xFF5F, 0xFF60: // COC, POC, PPM
			return s, 0, false
		}
		pos += 2 + n
	}
	return s, 0, false
}

// tilePartBody passes the markers between SOT and SOD. It reports false where
// they change the coding style or hold packet headers.
func tilePartBody(c []byte, pos int) (from int, ok bool) {
	for pos+2 <= len(c) {
		m := binary.BigEndian.Uint16(c[pos:])
		if m == 0xFF93 {
			return pos + 2, true
		}
		if pos+4 > len(c) || m == 0xFF52 || m == 0xFF53 || m == 0xFF5F || m == 0xFF61 {
			return 0, false
		}
		pos += 2 + int(binary.BigEndian.Uint16(c[pos+2:]))
	}
	return 0, false
}
