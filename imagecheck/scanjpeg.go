package imagecheck

import (
	"bytes"
	"encoding/binary"
)

const (
	maxSegments = 4096
	// maxScans bounds the scans of a progressive JPEG: an encoder writes
	// about ten, an attacker thousands, each costing a pass over the picture.
	maxScans = 64
)

// inspectJPEG walks the markers of a JPEG file (ITU-T T.81, annex B) up to the
// end of image. It allocates nothing that grows with the file.
func inspectJPEG(data []byte) (*Info, error) {
	in := &Info{Format: JPEG, Orientation: 1, Tiles: 1, adobe: -1}
	var (
		meta   metadata
		frame  bool
		coded  int // bytes of entropy-coded data
		blocks int // 8x8 blocks over all components
	)
	pos := 2
	for range maxSegments {
		// Fill bytes may stand before a marker (B.1.1.2).
		for pos < len(data) && data[pos] == 0xFF && pos+1 < len(data) && data[pos+1] == 0xFF {
			pos++
		}
		if pos+1 >= len(data) {
			return nil, refuse("format.truncated")
		}
		if data[pos] != 0xFF {
			return nil, refuse("format.corrupt", "JPEG marker")
		}
		marker := data[pos+1]
		pos += 2
		if marker == 0x01 || marker >= 0xD0 && marker <= 0xD7 {
			continue
		}
		if marker == 0xD9 {
			return finishJPEG(in, &meta, data[pos:], frame, coded, blocks)
		}
		if marker == 0xD8 || marker == 0 {
			return nil, refuse("format.corrupt", "JPEG marker")
		}
		if pos+2 > len(data) {
			return nil, refuse("format.truncated")
		}
		n := int(binary.BigEndian.Uint16(data[pos:]))
		if n < 2 {
			return nil, refuse("format.corrupt", "JPEG segment")
		}
		if pos+n > len(data) {
			return nil, refuse("format.truncated")
		}
		body := data[pos+2 : pos+n]
		pos += n
		switch {
		case marker == 0xC0 || marker == 0xC1 || marker == 0xC2:
			if frame {
				return nil, refuse("format.corrupt", "JPEG SOF")
			}
			frame = true
			in.Progressive = marker == 0xC2
			var err error
			if blocks, err = in.readFrame(body); err != nil {
				return nil, err
			}
		case marker >= 0xC3 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC:
			return nil, refuse("format.jpeg-process")
		case marker == 0xDA:
			if !frame {
				return nil, refuse("format.corrupt", "JPEG SOS")
			}
			if in.scans++; in.scans > maxScans {
				return nil, refuse("format.too-many-scans", maxScans)
			}
			end := scanEnd(data, pos)
			coded += end - pos
			pos = end
		case marker >= 0xE0 && marker <= 0xEF || marker == 0xFE:
			if name := smuggled(body); name != "" {
				return nil, refuse("format.polyglot", name)
			}
			if err := meta.segment(marker, body, in); err != nil {
				return nil, err
			}
		}
	}
	return nil, refuse("format.corrupt", "JPEG segments")
}

// scanEnd finds the first marker after pos that is neither a stuffed zero nor a
// restart (B.1.1.5), or the end of data.
func scanEnd(data []byte, pos int) int {
	for pos < len(data) {
		i := bytes.IndexByte(data[pos:], 0xFF)
		if i < 0 || pos+i+1 >= len(data) {
			return len(data)
		}
		pos += i
		if m := data[pos+1]; m != 0 && (m < 0xD0 || m > 0xD7) && m != 0xFF {
			return pos
		} else if m == 0xFF {
			pos++
		} else {
			pos += 2
		}
	}
	return len(data)
}

// readFrame reads a frame header (B.2.2) and bounds what decoding it costs.
func (in *Info) readFrame(b []byte) (blocks int, err error) {
	if len(b) < 6 || len(b) != 6+3*int(b[5]) {
		return 0, refuse("format.corrupt", "JPEG SOF")
	}
	if b[0] != 8 {
		return 0, refuse("format.depth", int(b[0]))
	}
	in.Height, in.Width = int(binary.BigEndian.Uint16(b[1:])), int(binary.BigEndian.Uint16(b[3:]))
	in.Components = int(b[5])
	in.rgbIDs = in.Components == 3 && b[6] == 'R' && b[9] == 'G' && b[12] == 'B'
	if err := bounded(in.Width, in.Height); err != nil {
		return 0, err
	}
	if c := in.Components; c != 1 && c != 3 && c != 4 {
		return 0, refuse("format.components", c)
	}
	hmax, vmax := 1, 1
	for i := range in.Components {
		h, v := int(b[7+3*i]>>4), int(b[7+3*i]&15)
		if h < 1 || h > 4 || v < 1 || v > 4 {
			return 0, refuse("format.corrupt", "JPEG SOF")
		}
		hmax, vmax = max(hmax, h), max(vmax, v)
	}
	// One component alone is never interleaved: its sampling is 1x1.
	if in.Components == 1 {
		hmax, vmax = 1, 1
	}
	mcus := ((in.Width + 8*hmax - 1) / (8 * hmax)) * ((in.Height + 8*vmax - 1) / (8 * vmax))
	for i := range in.Components {
		h, v := int(b[7+3*i]>>4), int(b[7+3*i]&15)
		if in.Components == 1 {
			h, v = 1, 1
		}
		blocks += mcus * h * v
	}
	cost := blocks * 64
	if in.Progressive {
		// image/jpeg keeps each coefficient as 32 bits beside the samples.
		cost *= 5
	}
	if in.Components == 4 {
		cost += in.Width * in.Height * 4
	}
	if cost > maxDecoded {
		return 0, refuse("format.too-many-pixels", in.Width, in.Height, MaxPixels/1_000_000)
	}
	return blocks, nil
}

// finishJPEG settles what needs the whole file: colour, densities, whether the
// coded data can hold the picture at all, and what follows the end.
func finishJPEG(in *Info, meta *metadata, tail []byte, frame bool, coded, blocks int) (*Info, error) {
	if !frame || in.scans == 0 {
		return nil, refuse("format.corrupt", "JPEG SOS")
	}
	// A block takes at least two bits in a sequential scan (one code for DC,
	// one for end of block), one in the first progressive scan.
	least := blocks / 4
	if in.Progressive {
		least = blocks / 8
	}
	if coded < least {
		return nil, refuse("format.truncated")
	}
	switch in.Components {
	case 1:
		in.Color = Grey
	case 3:
		in.Color = YCbCr
		if !in.jfif && (in.adobe == 0 || in.rgbIDs) {
			in.Color = RGB
		}
	case 4:
		in.Color = CMYK
		if in.adobe == 2 {
			in.Color = YCCK
		}
	}
	tail = bytes.TrimRight(tail, "\x00\xff\r\n ")
	in.Trailing = len(tail)
	if name := smuggled(tail); name != "" {
		return nil, refuse("format.polyglot", name)
	}
	in.Densities = meta.densities()
	return in, nil
}
