package render

import (
	"math"
	"strconv"

	"antin/internal/pdf"
)

// Coordinates are written in hundredths of a pt (3.5 µm), kept as integers so
// that relative moves do not drift.

func centi(v float64) int { return int(math.Round(v * 100)) }

// appendCenti writes n hundredths without trailing zeros.
func appendCenti(b []byte, n int) []byte {
	if n < 0 {
		b = append(b, '-')
		n = -n
	}
	b = strconv.AppendInt(b, int64(n/100), 10)
	if f := n % 100; f != 0 {
		b = append(b, '.', '0'+byte(f/10))
		if f%10 != 0 {
			b = append(b, '0'+byte(f%10))
		}
	}
	return b
}

func appendInt(b []byte, n int) []byte { return strconv.AppendInt(b, int64(n), 10) }

func appendRef(b []byte, r pdf.Ref) []byte {
	b = strconv.AppendInt(b, int64(r.Num), 10)
	return append(b, " 0 R"...)
}

// appendText writes a text string object.
func appendText(b []byte, s string) []byte { return pdf.Append(b, pdf.TextString(s)) }
