package pdf

// Extent is where an object that has an entry of its own stands in the file:
// from its number to the end of endobj. ok is false for an object that is free,
// missing, in an object stream or not readable.
func (f *File) Extent(r Ref) (start, end int64, ok bool) {
	e, _, found := f.Entry(r.Num)
	if !found || e.Kind != InUse || e.Gen != r.Gen {
		return 0, 0, false
	}
	if _, err := f.Get(r); err != nil {
		return 0, 0, false
	}
	p, found := f.c.cache[place{offset: e.Offset}]
	if !found {
		return 0, 0, false
	}
	return e.Offset, p.end, true
}

// ValueExtent is where the value of a key stands in the file, to the byte, if
// object r is a dictionary or stream with an Extent and the value is direct or
// a reference: for /Contents of a signature exactly what /ByteRange must leave
// out (ISO 32000-1, 12.8.1).
func (f *File) ValueExtent(r Ref, key Name) (start, end int64, ok bool) {
	at, to, ok := f.Extent(r)
	if !ok || f.c.steps <= 0 {
		return 0, 0, false
	}
	s := f.c.scanner(at, to, r.Num)
	defer func() { f.c.steps -= int64(s.pos) - at }()
	if _, _, ok := s.objectHeader(); !ok {
		return 0, 0, false
	}
	if s.space(); s.pos+1 >= len(s.b) || s.b[s.pos] != '<' || s.b[s.pos+1] != '<' {
		return 0, 0, false
	}
	s.pos += 2
	for {
		if s.space(); s.pos >= len(s.b) || s.b[s.pos] != '/' {
			return 0, 0, false
		}
		k, err := s.name()
		if err != nil {
			return 0, 0, false
		}
		s.space()
		start := s.pos
		if _, err := s.object(); err != nil {
			return 0, 0, false
		}
		if k == key {
			return int64(start), int64(s.pos), true
		}
	}
}
