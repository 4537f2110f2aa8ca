package imagecheck

import (
	"bytes"
	"encoding/binary"
)

const (
	maxBoxes     = 512
	maxTileParts = 16_384
)

// box is one box of a JP2 file (ITU-T T.800, annex I.4).
type box struct {
	kind string
	body span
}

// nextBox reads the box that starts at pos and ends at or before end.
func nextBox(data []byte, pos, end int) (box, int, error) {
	if end-pos < 8 {
		return box{}, 0, refuse("format.corrupt", "JP2 box")
	}
	n := uint64(binary.BigEndian.Uint32(data[pos:]))
	b := box{kind: string(data[pos+4 : pos+8]), body: span{from: pos + 8}}
	switch {
	case n == 0: // the box runs to the end of the file
		n = uint64(end - pos)
	case n == 1:
		if end-pos < 16 {
			return box{}, 0, refuse("format.corrupt", "JP2 box")
		}
		n = binary.BigEndian.Uint64(data[pos+8:])
		b.body.from += 8
		if n < 16 {
			return box{}, 0, refuse("format.corrupt", "JP2 box")
		}
	case n < 8:
		return box{}, 0, refuse("format.corrupt", "JP2 box")
	}
	if n > uint64(end-pos) {
		return box{}, 0, refuse("format.truncated")
	}
	b.body.to = pos + int(n)
	return b, b.body.to, nil
}

// inspectJP2 walks the boxes of a JP2 file and reads the codestream that the
// decoder will read: that of the first jp2c box. Where the image header box and
// the codestream disagree, the codestream counts.
func inspectJP2(data []byte) (*Info, error) {
	var (
		in        *Info
		densities []Density
		profile   bool
		cmyk      bool
	)
	pos := 0
	for n := 0; pos < len(data); n++ {
		if n > maxBoxes {
			return nil, refuse("format.corrupt", "JP2 boxes")
		}
		if in != nil && len(bytes.Trim(data[pos:], "\x00")) == 0 {
			break
		}
		b, next, err := nextBox(data, pos, len(data))
		if err != nil {
			if in != nil {
				// What follows the picture is no box: trailing bytes.
				if name := smuggled(data[pos:]); name != "" {
					return nil, refuse("format.polyglot", name)
				}
				in.Trailing = len(data) - pos
				break
			}
			return nil, err
		}
		body := data[b.body.from:b.body.to]
		switch b.kind {
		case "ftyp":
			if !bytes.Contains(body, []byte("jp2 ")) {
				return nil, refuse("format.other", "JPX / JPM / MJ2")
			}
		case "jp2h":
			h, err := readHeaderBox(data, b.body)
			if err != nil {
				return nil, err
			}
			densities, profile, cmyk = h.densities, h.profile, h.cmyk
		case "jp2c":
			if in != nil {
				return nil, refuse("format.corrupt", "JP2 jp2c")
			}
			if in, err = inspectCodestream(data, b.body); err != nil {
				return nil, err
			}
		default:
			if name := smuggled(body); name != "" {
				return nil, refuse("format.polyglot", name)
			}
		}
		pos = next
	}
	if in == nil {
		return nil, refuse("format.truncated")
	}
	in.Format, in.Densities, in.HasProfile = JP2, densities, profile
	if in.Components == 4 && cmyk {
		in.Color = CMYK
	}
	return in, nil
}

type headerBox struct {
	densities     []Density
	profile, cmyk bool
}

// readHeaderBox reads the JP2 header superbox (T.800, I.5.3).
func readHeaderBox(data []byte, s span) (headerBox, error) {
	var h headerBox
	var capture, display *Density
	for pos, n := s.from, 0; pos < s.to; n++ {
		if n > maxBoxes {
			return h, refuse("format.corrupt", "JP2 jp2h")
		}
		b, next, err := nextBox(data, pos, s.to)
		if err != nil {
			return h, err
		}
		body := data[b.body.from:b.body.to]
		switch b.kind {
		case "pclr":
			return h, refuse("format.palette")
		case "colr":
			if len(body) >= 3 && (body[0] == 2 || body[0] == 3) {
				h.profile = true
			}
			if len(body) >= 7 && body[0] == 1 && binary.BigEndian.Uint32(body[3:]) == 12 {
				h.cmyk = true
			}
		case "res ":
			for p, k := b.body.from, 0; p < b.body.to && k < 4; k++ {
				r, after, err := nextBox(data, p, b.body.to)
				if err != nil {
					break
				}
				switch r.kind {
				case "resc":
					capture = resolution("jp2-capture", data[r.body.from:r.body.to])
				case "resd":
					display = resolution("jp2-display", data[r.body.from:r.body.to])
				}
				p = after
			}
		}
		pos = next
	}
	for _, d := range []*Density{capture, display} {
		if d != nil && plausible(d.X) && plausible(d.Y) {
			h.densities = append(h.densities, *d)
		}
	}
	return h, nil
}

// inspectCodestream reads the main header of a JPEG 2000 codestream (T.800,
// annex A) and walks its tile-parts to the end of codestream, so that a cut
// file is known before anything is decoded.
func inspectCodestream(data []byte, s span) (*Info, error) {
	c := data[s.from:s.to]
	in := &Info{Format: J2K, Orientation: 1, codestream: s, adobe: -1}
	if len(c) < 4 || c[0] != 0xFF || c[1] != 0x4F || c[2] != 0xFF || c[3] != 0x51 {
		return nil, refuse("format.corrupt", "JPEG 2000 SIZ")
	}
	pos, levels := 2, -1
	plain, packets := true, 0
	for n := 0; ; n++ {
		if n > maxSegments {
			return nil, refuse("format.corrupt", "JPEG 2000 segments")
		}
		if pos+4 > len(c) {
			return nil, refuse("format.truncated")
		}
		marker := binary.BigEndian.Uint16(c[pos:])
		if marker == 0xFF90 {
			break
		}
		l := int(binary.BigEndian.Uint16(c[pos+2:]))
		if marker < 0xFF01 || l < 2 {
			return nil, refuse("format.corrupt", "JPEG 2000 marker")
		}
		if pos+2+l > len(c) {
			return nil, refuse("format.truncated")
		}
		body := c[pos+4 : pos+2+l]
		switch marker {
		case 0xFF51:
			if n != 0 {
				return nil, refuse("format.corrupt", "JPEG 2000 SIZ")
			}
			if err := in.readSIZ(body); err != nil {
				return nil, err
			}
		case 0xFF52: // COD: coding style, progression, layers, levels
			if len(body) < 10 || body[5] > 32 {
				return nil, refuse("format.corrupt", "JPEG 2000 COD")
			}
			if layers := binary.BigEndian.Uint16(body[2:]); layers == 0 || layers > 1024 {
				return nil, refuse("format.corrupt", "JPEG 2000 COD")
			}
			if body[6]+2 > 10 || body[7]+2 > 10 || int(body[6])+int(body[7])+4 > 12 {
				return nil, refuse("format.corrupt", "JPEG 2000 COD")
			}
			levels = lowest(levels, int(body[5]))
			packets = in.packets(body)
		case 0xFF53: // COC: the same for one component
			if len(body) < 3 || body[2] > 32 {
				return nil, refuse("format.corrupt", "JPEG 2000 COC")
			}
			levels = lowest(levels, int(body[2]))
			plain = false
		case 0xFF5E, 0xFF5F, 0xFF60: // RGN, POC, PPM
			plain = false
		case 0xFF64: // COM
			if name := smuggled(body); name != "" {
				return nil, refuse("format.polyglot", name)
			}
		}
		pos += 2 + l
	}
	if levels < 0 {
		return nil, refuse("format.corrupt", "JPEG 2000 COD")
	}
	in.levels = levels
	end, bare, err := walkTileParts(c, pos, in.Tiles)
	if err != nil {
		return nil, err
	}
	in.plain = plain && bare && packets > 0 && packets <= plainPackets
	in.Trailing = len(bytes.TrimRight(c[end:], "\x00"))
	if name := smuggled(c[end:]); name != "" {
		return nil, refuse("format.polyglot", name)
	}
	in.codestream.to = s.from + end
	return in, nil
}

func lowest(a, b int) int {
	if a < 0 {
		return b
	}
	return min(a, b)
}

// readSIZ reads image and tile size (T.800, A.5.1) and bounds both.
func (in *Info) readSIZ(b []byte) error {
	if len(b) < 36 {
		return refuse("format.corrupt", "JPEG 2000 SIZ")
	}
	u := func(i int) int { return int(binary.BigEndian.Uint32(b[i:])) }
	x, y, x0, y0 := u(2), u(6), u(10), u(14)
	tw, th, tx0, ty0 := u(18), u(22), u(26), u(30)
	in.Components = int(binary.BigEndian.Uint16(b[34:]))
	if len(b) != 36+3*in.Components {
		return refuse("format.corrupt", "JPEG 2000 SIZ")
	}
	if x0 >= x || y0 >= y || tw == 0 || th == 0 || tx0 > x0 || ty0 > y0 || tx0+tw <= x0 || ty0+th <= y0 {
		return refuse("format.corrupt", "JPEG 2000 SIZ")
	}
	in.Width, in.Height = x-x0, y-y0
	if err := bounded(in.Width, in.Height); err != nil {
		return err
	}
	cols, rows := (x-tx0+tw-1)/tw, (y-ty0+th-1)/th
	if cols*rows > maxTiles {
		return refuse("format.too-many-tiles", cols*rows, maxTiles)
	}
	in.Tiles = cols * rows
	in.tileW, in.tileH = min(tw, in.Width), min(th, in.Height)
	for i := range in.Components {
		depth, sx, sy := b[36+3*i], b[37+3*i], b[38+3*i]
		if depth != 7 {
			return refuse("format.depth", int(depth&0x7F)+1)
		}
		if sx != 1 || sy != 1 {
			return refuse("format.subsampled")
		}
	}
	switch in.Components {
	case 1:
		in.Color = Grey
	case 3:
		in.Color = RGB
	case 4:
		// Colour with transparency unless the header box says CMYK.
		in.Color = RGB
	default:
		return refuse("format.components", in.Components)
	}
	return nil
}

// walkTileParts follows the lengths of the tile-parts (T.800, A.4.2) from the
// first SOT to EOC and returns where the codestream ends.
// bare tells that no tile-part changes the coding style of the main header.
func walkTileParts(c []byte, pos, tiles int) (end int, bare bool, err error) {
	bare = true
	for range maxTileParts {
		if pos+2 > len(c) {
			return 0, false, refuse("format.truncated")
		}
		switch binary.BigEndian.Uint16(c[pos:]) {
		case 0xFFD9:
			return pos + 2, bare, nil
		case 0xFF90:
		default:
			return 0, false, refuse("format.corrupt", "JPEG 2000 SOT")
		}
		if pos+12 > len(c) {
			return 0, false, refuse("format.truncated")
		}
		if binary.BigEndian.Uint16(c[pos+2:]) != 10 || int(binary.BigEndian.Uint16(c[pos+4:])) >= tiles {
			return 0, false, refuse("format.corrupt", "JPEG 2000 SOT")
		}
		bare = bare && pos+14 <= len(c) && c[pos+12] == 0xFF && c[pos+13] == 0x93
		n := uint64(binary.BigEndian.Uint32(c[pos+6:]))
		switch {
		case n == 0: // the last tile-part, up to EOC
			end := bytes.LastIndex(c[pos:], []byte{0xFF, 0xD9})
			if end < 12 {
				return 0, false, refuse("format.truncated")
			}
			return pos + end + 2, bare, nil
		case n < 14:
			return 0, false, refuse("format.corrupt", "JPEG 2000 SOT")
		case n > uint64(len(c)-pos):
			return 0, false, refuse("format.truncated")
		}
		pos += int(n)
	}
	return 0, false, refuse("format.corrupt", "JPEG 2000 SOT")
}

// plainPackets bounds the packets of a codestream that is decoded without a
// means to stop it: a photo has a few hundred.
const plainPackets = 60_000

// packets counts the packets that a coding style (T.800, A.6.1) makes of the
// picture, from above; 0 when the style is out of the ordinary.
func (in *Info) packets(cod []byte) int {
	layers, levels := int(binary.BigEndian.Uint16(cod[2:])), int(cod[5])
	if layers > 64 || levels > 12 || cod[6]+2 < 4 || cod[7]+2 < 4 || cod[8] != 0 {
		return 0
	}
	perTile := 0
	for r := range levels + 1 {
		px, py := 15, 15
		if cod[0]&1 != 0 {
			if len(cod) < 10+levels+1 {
				return 0
			}
			px, py = int(cod[10+r]&15), int(cod[10+r]>>4)
		}
		if px < 5 && r > 0 || py < 5 && r > 0 || px < 4 || py < 4 {
			return 0
		}
		// One more each way for a grid that does not start with the tile.
		perTile += (in.tileW>>(levels-r)>>px + 2) * (in.tileH>>(levels-r)>>py + 2)
		if perTile > plainPackets {
			return 0
		}
	}
	return perTile * layers * in.Components * in.Tiles
}
