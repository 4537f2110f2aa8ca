package qr

import "sync"

// template is a version's function patterns and the order of its data modules.
type template struct {
	version, size int
	rows          [maxSize]uint64    // dark function modules
	masks         [8][maxSize]uint64 // mask patterns over data modules only
	path          []uint16           // y<<8 | x of each data module in order
}

var templates = func() (t [maxVersion + 1]func() *template) {
	for v := 1; v <= maxVersion; v++ {
		t[v] = sync.OnceValue(func() *template { return makeTemplate(v) })
	}
	return t
}()

func makeTemplate(version int) *template {
	t := &template{version: version, size: 17 + 4*version}
	var fixed [maxSize]uint64
	set := func(x, y int, dark bool) {
		if x < 0 || y < 0 || x >= t.size || y >= t.size {
			return
		}
		fixed[y] |= 1 << x
		t.rows[y] &^= 1 << x
		if dark {
			t.rows[y] |= 1 << x
		}
	}
	for i := range t.size { // timing (6.3.5)
		set(6, i, i%2 == 0)
		set(i, 6, i%2 == 0)
	}
	centres := specs[version].align
	for i, cy := range centres { // alignment (6.3.6)
		for k, cx := range centres {
			last := len(centres) - 1
			if i == 0 && k == 0 || i == 0 && k == last || i == last && k == 0 {
				continue
			}
			for y := -2; y <= 2; y++ {
				for x := -2; x <= 2; x++ {
					set(cx+x, cy+y, max(abs(x), abs(y)) != 1)
				}
			}
		}
	}
	for _, c := range [][2]int{{3, 3}, {t.size - 4, 3}, {3, t.size - 4}} { // finders and separators (6.3.3)
		for y := -4; y <= 4; y++ {
			for x := -4; x <= 4; x++ {
				d := max(abs(x), abs(y))
				set(c[0]+x, c[1]+y, d != 2 && d != 4)
			}
		}
	}
	for i := range 9 { // format information, written with the mask
		set(i, 8, t.rows[8]>>i&1 == 1)
		set(8, i, t.rows[i]>>8&1 == 1)
	}
	for i := range 8 {
		set(t.size-1-i, 8, false)
		set(8, t.size-1-i, false)
	}
	set(8, t.size-8, true) // dark module
	if version >= 7 {
		t.versionInformation(set)
	}
	// Data modules in pairs of columns from the right, up and down (7.7.3).
	up := true
	for x := t.size - 1; x > 0; x -= 2 {
		if x == 6 {
			x--
		}
		for i := range t.size {
			y := i
			if up {
				y = t.size - 1 - i
			}
			for _, cx := range [2]int{x, x - 1} {
				if fixed[y]>>cx&1 == 0 {
					t.path = append(t.path, uint16(y<<8|cx))
				}
			}
		}
		up = !up
	}
	for m := range t.masks {
		for _, p := range t.path {
			if y, x := int(p>>8), int(p&255); masked(m, x, y) {
				t.masks[m][y] |= 1 << x
			}
		}
	}
	return t
}

// versionInformation of version 7 and up (7.10), an 18 bit BCH code.
func (t *template) versionInformation(set func(x, y int, dark bool)) {
	rem := t.version
	for range 12 {
		rem = rem<<1 ^ rem>>11*0x1F25
	}
	code := t.version<<12 | rem
	for i := range 18 {
		a, b := t.size-11+i%3, i/3
		set(a, b, code>>i&1 == 1)
		set(b, a, code>>i&1 == 1)
	}
}

// masked is the data mask pattern of table 10.
func masked(mask, x, y int) bool {
	switch mask {
	case 0:
		return (x+y)%2 == 0
	case 1:
		return y%2 == 0
	case 2:
		return x%3 == 0
	case 3:
		return (x+y)%3 == 0
	case 4:
		return (x/3+y/2)%2 == 0
	case 5:
		return x*y%2+x*y%3 == 0
	case 6:
		return (x*y%2+x*y%3)%2 == 0
	default:
		return ((x+y)%2+x*y%3)%2 == 0
	}
}

// fill writes the code: function patterns, data, mask, format information.
func (t *template) fill(c *Code, words []byte, mask int) {
	c.Size, c.Mask, c.rows = t.size, mask, t.rows
	for i, p := range t.path[:min(8*len(words), len(t.path))] { // what remains is light
		bit := uint64(words[i>>3]>>(7-i&7)) & 1
		c.rows[p>>8] |= bit << (p & 255)
	}
	for y := range t.size {
		c.rows[y] ^= t.masks[mask][y]
	}
	t.format(c, mask)
}

// format writes the two copies of the format information (7.9): level M is 00.
func (t *template) format(c *Code, mask int) {
	rem := mask
	for range 10 {
		rem = rem<<1 ^ rem>>9*0x537
	}
	code := (mask<<10 | rem) ^ 0x5412
	set := func(x, y, i int) {
		c.rows[y] = c.rows[y]&^(1<<x) | uint64(code>>i&1)<<x
	}
	for i := range 6 {
		set(8, i, i)
	}
	set(8, 7, 6)
	set(8, 8, 7)
	set(7, 8, 8)
	for i := 9; i < 15; i++ {
		set(14-i, 8, i)
	}
	for i := range 8 {
		set(t.size-1-i, 8, i)
	}
	for i := 8; i < 15; i++ {
		set(8, t.size-15+i, i)
	}
}
