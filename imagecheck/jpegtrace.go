package imagecheck

import (
	"bytes"
	"slices"
)

// scanTrace is what reading a sequential scan leaves behind: where each of its
// blocks begins, and its mean. With it any block can be read again by itself.
type scanTrace struct {
	head        scanHead
	comps       []int // by part: which component of the frame
	across      int   // MCUs to a row
	slots       []slot
	perInterval int      // blocks to a restart interval
	clean       [][]byte // the bytes of each interval, stuffed zeros removed
	left        []int32  // by block: bits of its interval that are unread where it begins
	dc          []int16  // by block: its mean as coded
}

// slot is the place of one block in an MCU: of which component, and where among
// that component's blocks.
type slot struct{ part, h, v int }

// newTrace prepares for a scan of total MCUs, or gives nil where scans only
// together make the blocks.
func (s *jpegStream) newTrace(h scanHead, across, total int) *scanTrace {
	if s.progressive {
		return nil
	}
	t := &scanTrace{head: h, across: across, perInterval: total}
	for _, p := range h.parts {
		t.comps = append(t.comps, slices.IndexFunc(s.comps, func(c jpegComponent) bool { return c.id == p.c.id }))
	}
	if s.interval > 0 {
		t.perInterval = s.interval
	}
	for i, p := range h.parts {
		if len(h.parts) == 1 {
			t.slots = []slot{{}}
			break
		}
		for v := range int(p.c.v) {
			for x := range int(p.c.h) {
				t.slots = append(t.slots, slot{i, x, v})
			}
		}
	}
	t.perInterval *= len(t.slots)
	t.left = make([]int32, 0, total*len(t.slots))
	t.dc = make([]int16, 0, total*len(t.slots))
	s.traces = append(s.traces, t)
	return t
}

// place tells which block of which component the k-th of the scan is.
func (t *scanTrace) place(k int) (part, bx, by int) {
	mcu, sl := k/len(t.slots), t.slots[k%len(t.slots)]
	bx, by = mcu%t.across, mcu/t.across
	if len(t.head.parts) > 1 {
		c := t.head.parts[sl.part].c
		bx, by = bx*int(c.h)+sl.h, by*int(c.v)+sl.v
	}
	return sl.part, bx, by
}

// index undoes place.
func (t *scanTrace) index(part, bx, by int) int {
	if len(t.head.parts) == 1 {
		return by*t.across + bx
	}
	c := t.head.parts[part].c
	h, v := int(c.h), int(c.v)
	k := (by/v*t.across + bx/h) * len(t.slots)
	for i, sl := range t.slots {
		if sl == (slot{part, bx % h, by % v}) {
			return k + i
		}
	}
	return -1
}

// interval gives the first block of the interval of block k, and the first after
// it.
func (t *scanTrace) interval(k int) (from, to int) {
	from = k / t.perInterval * t.perInterval
	return from, min(from+t.perInterval, len(t.left))
}

// endOf tells how many bits of the interval are unread after block k.
func (t *scanTrace) endOf(k int) int {
	if _, to := t.interval(k); k+1 < to {
		return int(t.left[k+1])
	}
	return 0
}

// unstuffed adds b to out without the zeros that follow bytes of ones (T.81,
// F.1.2.3).
func unstuffed(out, b []byte) []byte {
	for len(b) > 0 {
		i := bytes.IndexByte(b, 0xFF)
		if i < 0 {
			break
		}
		out, b = append(out, b[:i+1]...), b[i+1:]
		if len(b) > 0 && b[0] == 0 {
			b = b[1:]
		}
	}
	return append(out, b...)
}
