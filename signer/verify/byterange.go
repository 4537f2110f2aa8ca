package verify

import (
	"bytes"
	"encoding/hex"

	"antin/internal/pdf"
)

// checkByteRange holds the signature dictionary against the bytes it names
// (ISO 32000-1, 12.8.1; ETSI EN 319 142-1, 5.3): the range is two parts, from
// the first byte of the file to the last of the revision, and between them
// stands the hexadecimal string of /Contents of this very dictionary, complete
// with its delimiters, and nothing else. It returns the code of the words, and
// the arguments; code is "ok" when all holds.
func (s *signed) checkByteRange(f *pdf.File, data []byte) (code string, args []any) {
	contents, ok := s.dict["Contents"].(pdf.String)
	if !ok || len(contents) == 0 {
		return "contents_missing", nil
	}
	br, ok := s.dict["ByteRange"].(pdf.Array)
	if !ok {
		return "missing", nil
	}
	if len(br) != 4 {
		return "parts", []any{len(br)}
	}
	for i, o := range br {
		n, ok := o.(pdf.Integer)
		if !ok || n < 0 || int64(n) > int64(len(data)) {
			return "outside", nil
		}
		s.byteRange[i] = int64(n)
	}
	a, b, c, d := s.byteRange[0], s.byteRange[1], s.byteRange[2], s.byteRange[3]
	switch {
	case a != 0:
		return "start", []any{a}
	case b == 0 || d == 0:
		return "empty", nil
	case c <= b:
		return "overlap", nil
	case c+d > int64(len(data)):
		return "outside", nil
	}
	s.ranged, s.end = true, c+d
	gap := data[b:c]
	if gap[0] != '<' || gap[len(gap)-1] != '>' {
		return "gap", []any{b, c}
	}
	raw := make([]byte, hex.DecodedLen(len(gap)-2))
	if n, err := hex.Decode(raw, gap[1:len(gap)-1]); err != nil || !bytes.Equal(raw[:n], contents) {
		return "gap", []any{b, c}
	}
	if !bytes.HasSuffix(bytes.TrimRight(data[:b], "\x00\t\n\f\r "), []byte("/Contents")) {
		return "gap", []any{b, c}
	}
	// The place must be inside the object that the cross-references lead to.
	holder := s.sigRef
	if holder.Num == 0 {
		holder = s.fieldRef
	}
	e, _, ok := f.At(s.revision).Entry(holder.Num)
	rev := f.Revisions()[s.revision]
	if !ok || e.Kind != pdf.InUse || e.Offset >= b || e.Offset < rev.Start || c > rev.End || bytes.Contains(data[e.Offset:b], []byte("endobj")) {
		return "elsewhere", nil
	}
	if !endsRevision(data, s.end, rev) {
		return "end", []any{s.end, rev.End}
	}
	return "ok", nil
}

// endsRevision reports whether the bytes up to end are those of the revision,
// give or take white space after its %%EOF.
func endsRevision(data []byte, end int64, rev pdf.Revision) bool {
	lo, hi := min(end, rev.End), max(end, rev.End)
	if len(bytes.Trim(data[lo:hi], "\x00\t\n\f\r ")) > 0 || lo < rev.XRefOffset {
		return false
	}
	return end >= rev.End || bytes.HasSuffix(bytes.TrimRight(data[:end], "\r\n"), []byte("%%EOF"))
}
