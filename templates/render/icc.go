package render

import (
	"encoding/binary"
	"math"
	"slices"
	"sync"
	"unicode/utf16"

	"antin/internal/pdf"
)

// iccProfile is an sRGB profile made here from the numbers of IEC 61966-2-1,
// so that no licence but ours applies to it: version 4.2, a matrix and
// parametric curves (ICC.1:2004-10), compressed once.
var iccProfile = sync.OnceValue(func() *pdf.Stream { return pdf.Deflate(nil, makeICC(), 9) })

func makeICC() []byte {
	be := binary.BigEndian
	s15 := func(b []byte, vs ...float64) []byte {
		for _, v := range vs {
			b = be.AppendUint32(b, uint32(int32(math.Round(v*65536))))
		}
		return b
	}
	mluc := func(text string) []byte {
		u := utf16.Encode([]rune(text))
		b := append([]byte("mluc\x00\x00\x00\x00"), 0, 0, 0, 1, 0, 0, 0, 12)
		b = append(b, "enUS"...)
		b = be.AppendUint32(b, uint32(2*len(u)))
		b = be.AppendUint32(b, 28)
		for _, c := range u {
			b = be.AppendUint16(b, c)
		}
		return b
	}
	xyz := func(x, y, z float64) []byte { return s15([]byte("XYZ \x00\x00\x00\x00"), x, y, z) }
	// f(x) = ((x + 0.055) / 1.055)^2.4 from 0.04045 on, x / 12.92 below.
	curve := s15([]byte("para\x00\x00\x00\x00\x00\x03\x00\x00"), 2.4, 1/1.055, 0.055/1.055, 1/12.92, 0.04045)
	tags := []struct {
		sig  string
		data []byte
	}{
		{"desc", mluc("sRGB IEC61966-2.1")},
		{"cprt", mluc("No copyright, use freely")},
		{"wtpt", xyz(0.96420, 1, 0.82491)},
		// Adaptation from D65 to D50 by the Bradford matrix, and the primaries after it.
		{"chad", s15([]byte("sf32\x00\x00\x00\x00"), 1.04788, 0.02292, -0.05022, 0.02959, 0.99048, -0.01707, -0.00925, 0.01508, 0.75168)},
		{"rXYZ", xyz(0.43607, 0.22249, 0.01392)},
		{"gXYZ", xyz(0.38515, 0.71687, 0.09708)},
		{"bXYZ", xyz(0.14307, 0.06061, 0.71410)},
		{"rTRC", curve},
		{"gTRC", nil},
		{"bTRC", nil},
	}
	head := make([]byte, 128)
	be.PutUint32(head[8:], 0x04200000)
	copy(head[12:], "mntrRGB XYZ ")
	for i, v := range []uint16{2026, 1, 1, 0, 0, 0} {
		be.PutUint16(head[24+2*i:], v)
	}
	copy(head[36:], "acsp")
	copy(head[68:], s15(nil, 0.9642, 1, 0.8249))
	table := be.AppendUint32(nil, uint32(len(tags)))
	var data []byte
	base := 128 + 4 + 12*len(tags)
	off, size := 0, 0
	for _, t := range tags {
		if t.data != nil { // the three curves share one
			off, size = base+len(data), len(t.data)
			data = append(data, t.data...)
			for len(data)%4 != 0 {
				data = append(data, 0)
			}
		}
		table = append(table, t.sig...)
		table = be.AppendUint32(table, uint32(off))
		table = be.AppendUint32(table, uint32(size))
	}
	be.PutUint32(head, uint32(base+len(data)))
	return slices.Concat(head, table, data)
}
