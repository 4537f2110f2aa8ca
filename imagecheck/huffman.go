package imagecheck

// huffTable decodes the symbols of one Huffman table (T.81, annex C and F.2.2.3).
type huffTable struct {
	set    bool
	min    [17]int32 // by length: the first code
	max    [17]int32 // the last code, -1 when none is so long
	first  [17]int   // where the symbols of that length start
	values []byte
	fast   [512]uint16 // symbol<<8 | length for codes of up to 9 bits
}

// build takes the numbers of codes by length and the symbols of one table of a
// DHT segment (B.2.4.2). It reports false for a table that no encoder writes:
// more codes than fit, or the same symbol twice.
func (t *huffTable) build(counts, values []byte) bool {
	*t = huffTable{set: true, values: values}
	total, code := 0, int32(0)
	for l := 1; l <= 16; l++ {
		k := int32(counts[l-1])
		t.min[l], t.max[l], t.first[l] = code, code+k-1, total
		if k == 0 {
			t.max[l] = -1
		}
		total += int(k)
		if code+k > 1<<l {
			return false
		}
		code = (code + k) << 1
	}
	var seen [256]bool
	for _, v := range values {
		if seen[v] {
			return false
		}
		seen[v] = true
	}
	for l := 1; l <= 9; l++ {
		for c := t.min[l]; c <= t.max[l]; c++ {
			v := uint16(values[t.first[l]+int(c-t.min[l])])<<8 | uint16(l)
			for i := range 1 << (9 - l) {
				t.fast[int(c)<<(9-l)+i] = v
			}
		}
	}
	return true
}

// bitReader reads the entropy-coded bytes of one restart interval, from which the
// stuffed zeros are gone. Past the end it reads ones.
type bitReader struct {
	b    []byte
	pos  int
	acc  uint32
	n    int
	over int // bits read past the end
}

func (r *bitReader) fill() {
	for r.n <= 24 {
		var c byte
		if r.pos < len(r.b) {
			c = r.b[r.pos]
			r.pos++
		} else {
			r.over += 8
			c = 0xFF
		}
		r.acc |= uint32(c) << (24 - r.n)
		r.n += 8
	}
}

func (r *bitReader) drop(n int) {
	r.acc <<= n
	r.n -= n
}

// left is how many bits of the interval were not read; negative when more were
// read than there are.
func (r *bitReader) left() int { return 8*(len(r.b)-r.pos) + r.n - r.over }

// symbol gives -1 for a code that the table does not have.
func (r *bitReader) symbol(t *huffTable) int {
	if r.n < 16 {
		r.fill()
	}
	if f := t.fast[r.acc>>23]; f != 0 {
		r.drop(int(f & 0xFF))
		return int(f >> 8)
	}
	for l := 1; l <= 16; l++ {
		code := int32(r.acc >> (32 - l))
		if t.max[l] >= 0 && code <= t.max[l] && code >= t.min[l] {
			r.drop(l)
			return int(t.values[t.first[l]+int(code-t.min[l])])
		}
	}
	return -1
}

// bits reads an unsigned number of up to 16 bits.
func (r *bitReader) bits(n int) int {
	if n == 0 {
		return 0
	}
	if r.n < n {
		r.fill()
	}
	v := int(r.acc >> (32 - n))
	r.drop(n)
	return v
}

// value reads a signed number of size bits (F.2.2.1, EXTEND).
func (r *bitReader) value(size int) int {
	v := r.bits(size)
	if size > 0 && v < 1<<(size-1) {
		v -= 1<<size - 1
	}
	return v
}
