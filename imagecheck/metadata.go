package imagecheck

import (
	"bytes"
	"encoding/binary"
	"math"
)

// metadata gathers what the segments of a JPEG say beside the picture. Only the
// first of each kind counts, as readers do.
type metadata struct {
	exif, jfif, photoshop *Density
	seenExif              bool
}

func (m *metadata) densities() []Density {
	var out []Density
	for _, d := range []*Density{m.exif, m.jfif, m.photoshop} {
		if d != nil && plausible(d.X) && plausible(d.Y) {
			out = append(out, *d)
		}
	}
	return out
}

// segment reads one APPn or COM segment. Metadata that is broken is no metadata;
// only a directory that points back at itself is refused, since nothing but an
// attack on readers writes one.
func (m *metadata) segment(marker byte, b []byte, in *Info) error {
	switch {
	case marker == 0xE0 && bytes.HasPrefix(b, []byte("JFIF\x00")):
		in.jfif = true
		if m.jfif == nil {
			m.jfif = readJFIF(b)
		}
	case marker == 0xE1 && bytes.HasPrefix(b, []byte("Exif\x00")) && len(b) > 6 && !m.seenExif:
		m.seenExif = true
		e, err := readEXIF(b[6:])
		if err != nil {
			return err
		}
		m.exif = e.density
		in.HasLocation = e.location
		in.Orientation = e.orientation
	case marker == 0xE2 && bytes.HasPrefix(b, []byte("ICC_PROFILE\x00")):
		in.HasProfile = true
	case marker == 0xED && bytes.HasPrefix(b, []byte("Photoshop 3.0\x00")):
		if m.photoshop == nil {
			m.photoshop = read8BIM(b[14:])
		}
	case marker == 0xEE && bytes.HasPrefix(b, []byte("Adobe")) && len(b) >= 12:
		in.adobe = int(b[11])
	}
	return nil
}

// readJFIF reads the density of a JFIF APP0 segment (JFIF 1.02): unit 0 is an
// aspect ratio and no density, 1 per inch, 2 per cm.
func readJFIF(b []byte) *Density {
	if len(b) < 12 {
		return nil
	}
	x, y := float64(binary.BigEndian.Uint16(b[8:])), float64(binary.BigEndian.Uint16(b[10:]))
	switch b[7] {
	case 1:
		return &Density{"jfif", x, y}
	case 2:
		return &Density{"jfif", x * 2.54, y * 2.54}
	}
	return nil
}

// exif is the part of an EXIF block that a photo check needs.
type exif struct {
	orientation int
	density     *Density
	location    bool
}

const (
	maxIFDs    = 16
	maxEntries = 1024
)

// readEXIF reads a TIFF structure (TIFF 6.0, section 2; Exif 2.32, 4.6). It
// takes values from the first directory only, and follows the chain and the
// Exif, GPS and interoperability pointers just far enough to see a loop.
func readEXIF(t []byte) (exif, error) {
	out := exif{orientation: 1}
	if len(t) < 8 {
		return out, nil
	}
	var order binary.ByteOrder
	switch string(t[:4]) {
	case "II*\x00":
		order = binary.LittleEndian
	case "MM\x00*":
		order = binary.BigEndian
	default:
		return out, nil
	}
	var (
		seen   = map[uint32]bool{}
		queue  = []uint32{order.Uint32(t[4:])}
		xr, yr float64
		unit   = uint16(2) // inch when the tag is absent (Exif 2.32, table 4)
	)
	for i := 0; i < len(queue) && i < maxIFDs; i++ {
		off := queue[i]
		if off == 0 || uint64(off)+2 > uint64(len(t)) {
			continue
		}
		if seen[off] {
			return out, refuse("format.metadata-loop")
		}
		seen[off] = true
		n := min(int(order.Uint16(t[off:])), maxEntries)
		p := int(off) + 2
		for range n {
			if p+12 > len(t) {
				break
			}
			tag, typ, val := order.Uint16(t[p:]), order.Uint16(t[p+2:]), t[p+8:p+12]
			switch tag {
			case 0x8769, 0x8825, 0xA005:
				out.location = out.location || tag == 0x8825
				queue = append(queue, order.Uint32(val))
			case 0x0112:
				if o := order.Uint16(val); i == 0 && typ == 3 && o >= 1 && o <= 8 {
					out.orientation = int(o)
				}
			case 0x0128:
				if i == 0 && typ == 3 {
					unit = order.Uint16(val)
				}
			case 0x011A:
				if i == 0 && typ == 5 {
					xr = rational(t, order, order.Uint32(val))
				}
			case 0x011B:
				if i == 0 && typ == 5 {
					yr = rational(t, order, order.Uint32(val))
				}
			}
			p += 12
		}
		if p+4 <= len(t) {
			queue = append(queue, order.Uint32(t[p:]))
		}
	}
	if yr == 0 {
		yr = xr
	}
	switch unit {
	case 2:
		out.density = &Density{"exif", xr, yr}
	case 3:
		out.density = &Density{"exif", xr * 2.54, yr * 2.54}
	}
	return out, nil
}

// rational reads an unsigned TIFF rational at off; 0 when it is out of range or
// divides by zero, which real files hold.
func rational(t []byte, order binary.ByteOrder, off uint32) float64 {
	if uint64(off)+8 > uint64(len(t)) {
		return 0
	}
	num, den := order.Uint32(t[off:]), order.Uint32(t[off+4:])
	if den == 0 {
		return 0
	}
	return float64(num) / float64(den)
}

// read8BIM finds resource 1005 (ResolutionInfo) among Photoshop's image
// resources: 16.16 fixed point, always per inch whatever the display unit is
// (Adobe Photoshop File Formats Specification, Image Resource Blocks).
func read8BIM(b []byte) *Density {
	for range 1024 {
		if len(b) < 12 || string(b[:4]) != "8BIM" {
			return nil
		}
		id := binary.BigEndian.Uint16(b[4:])
		name := int(b[6]) + 1
		name += name & 1
		if 6+name+4 > len(b) {
			return nil
		}
		size := uint64(binary.BigEndian.Uint32(b[6+name:]))
		body := b[6+name+4:]
		if size > uint64(len(body)) {
			return nil
		}
		if id == 1005 && size >= 16 {
			fixed := func(p []byte) float64 { return float64(binary.BigEndian.Uint32(p)) / 65536 }
			return &Density{"photoshop", fixed(body), fixed(body[8:])}
		}
		b = body[min(size+size&1, uint64(len(body))):]
	}
	return nil
}

// resolution reads a JP2 capture or display resolution box (ITU-T T.800,
// I.5.3.7): numerators, denominators and signed exponents, per metre.
func resolution(source string, b []byte) *Density {
	if len(b) < 10 {
		return nil
	}
	v := func(num, den, exp int) float64 {
		d := float64(binary.BigEndian.Uint16(b[den:]))
		if d == 0 {
			return 0
		}
		return float64(binary.BigEndian.Uint16(b[num:])) / d * math.Pow10(int(int8(b[exp]))) * 0.0254
	}
	return &Density{source, v(4, 6, 9), v(0, 2, 8)}
}
