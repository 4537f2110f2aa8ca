package imagecheck

import (
	"encoding/binary"
)

const (
	// maxPackets bounds the packets of one check; a photo has a few hundred.
	maxPackets = 500_000
	// maxPasses bounds the work of one check in coefficients times passes: 1.5
	// megapixels in three colours and ten bit-planes take 130 million, about
	// half a second.
	maxPasses = 160_000_000
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
			if d := r.precinct(&ps[j], &work, ps[j].res == s.levels, s.levels-ps[j].res >= 3); d != sound {
				return d
			}
		}
	}
	return judgeEnds(r.ends)
}

// judgeEnds tells from how its code-blocks end whether a file is whole. In a
// sound file they all end alike. Seen in half a million code-blocks of 816 files
// by OpenJPEG 2.5 at many rates and qualities, Grok 10, JJ2000 and FFmpeg: either
// the code was ended behind the last pass, and coding again gives the same bytes,
// or it was cut, and two to six bytes follow on those that are settled. OpenJPEG
// leaves a few less now and then, in one file of 20 two or more in one
// code-block, in three files more than 12, at most 112: that is let pass where it
// can hardly show, in the finer resolutions. Never did more than one pass begin
// behind the data.
func judgeEnds(ends []blockEnd) damage {
	const (
		enough          = 50 // code-blocks that show a habit
		least, most     = 1, 6
		odd, impossible = 8, 150
	)
	// The most bytes that a code-block has beyond, and the second most.
	cut, first, second := 0, most-odd/2, most-odd/2
	var often [most + 2]int // how many have so many, as far as that is usual
	for _, e := range ends {
		if !e.exact {
			cut++
			first, second = max(first, e.beyond), max(second, min(first, e.beyond))
			often[min(max(e.beyond, 0), most+1)]++
		}
	}
	// Nearly all that are cut have the same number, or one less where the last
	// byte is of ones, which is left out: habit is the lesser. Near the end of the
	// code fewer are left.
	habit := 0
	for v := least; v < most && cut >= enough; v++ {
		if 20*(often[v]+often[v+1]) >= 19*cut {
			habit = v
		}
	}
	few := max(1, len(ends)/200)
	worst, strange := sound, 0
	for _, e := range ends {
		d := sound
		switch {
		case e.exact:
		case e.empty > 1 || e.beyond < -impossible || e.beyond > most && e.beyond > second+odd:
			d = broken
		case len(ends) >= enough && cut <= few:
			if d = doubtful; e.beyond < least || e.beyond > most {
				d = broken // all others are ended
			}
		case e.beyond > most || e.beyond < -12 || e.beyond < -4 && !e.fine || e.beyond < -1 && e.coarse:
			d = doubtful
		case e.coarse && habit > 0 && (e.beyond < 1+habit/4 || e.beyond > habit+1):
			d = doubtful // what is wrong there shows most
		}
		if d == broken {
			strange++
		}
		worst = max(worst, d)
	}
	if strange > few {
		return doubtful // more than a flipped bit: an encoder of another habit
	}
	return worst
}

func (r *blockReader) precinct(p *precinct, work *int, fine, coarse bool) damage {
	for bi := range p.bands {
		for i := range p.bands[bi].blocks {
			c := &p.bands[bi].blocks[i]
			if c.passes == 0 {
				continue
			}
			if *work -= c.passes * c.w * c.h; *work < 0 {
				return unread
			}
			e := r.read(c)
			e.fine, e.coarse = fine, coarse
			r.ends = append(r.ends, e)
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
