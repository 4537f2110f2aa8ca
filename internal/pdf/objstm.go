package pdf

import "fmt"

// objectStream is a decoded object stream (ISO 32000-1, 7.5.7).
type objectStream struct {
	at    int64
	num   int
	data  []byte
	nums  []int
	start []int // of each object in data, and the end of the last
}

// member reads an object that stands in an object stream.
func (f *File) member(e Entry) (Object, error) {
	fail := func(at int64, format string, args ...any) error {
		return &SyntaxError{Offset: at, Object: e.Num, Msg: fmt.Sprintf(format, args...)}
	}
	box, _, ok := f.Entry(e.Container)
	if !ok || box.Kind != InUse {
		return nil, fail(-1, "its object stream %d is not in the file", e.Container)
	}
	o, err := f.Get(box.Ref())
	if err != nil {
		return nil, fmt.Errorf("read the object stream of object %d: %w", e.Num, err)
	}
	stream, ok := o.(*Stream)
	if !ok || stream.Dict["Type"] != Name("ObjStm") {
		return nil, fail(box.Offset, "object %d is not an object stream", e.Container)
	}
	os, err := f.objectStream(stream, box)
	if err != nil {
		return nil, err
	}
	if e.Index >= len(os.nums) {
		return nil, fail(os.at, "object stream %d has no index %d", e.Container, e.Index)
	}
	if os.nums[e.Index] != e.Num {
		return nil, fail(os.at, "object stream %d has object %d at index %d", e.Container, os.nums[e.Index], e.Index)
	}
	key := place{os.at, e.Index + 1}
	if p, ok := f.c.cache[key]; ok {
		return p.object, nil
	}
	s := f.c.scanner(int64(os.start[e.Index]), 0, e.Num)
	s.b, s.base, s.inner = os.data[:os.start[e.Index+1]], os.at, true
	if o, err = s.object(); err != nil {
		return nil, err
	}
	if s.space(); s.pos != len(s.b) {
		return nil, s.fail(s.pos, "%s stands after the object", s.shown(s.pos))
	}
	if _, ok := o.(Ref); ok {
		return nil, s.fail(os.start[e.Index], "an object stream must not hold a bare reference")
	}
	f.c.cache[key] = &parsed{num: e.Num, object: o}
	return o, nil
}

func (f *File) objectStream(stream *Stream, box Entry) (*objectStream, error) {
	if os, ok := f.c.streams[box.Offset]; ok {
		return os, nil
	}
	fail := func(format string, args ...any) error {
		return &SyntaxError{Offset: box.Offset, Object: box.Num, Msg: fmt.Sprintf(format, args...)}
	}
	n, ok := stream.Dict["N"].(Integer)
	first, ok2 := stream.Dict["First"].(Integer)
	if !ok || !ok2 || n < 0 || first < 0 {
		return nil, fail("object stream without /N and /First")
	}
	data, err := f.decode(stream, f.c.decoded, box.Offset, box.Num)
	if err != nil {
		return nil, fmt.Errorf("read object stream %d: %w", box.Num, err)
	}
	// Each object needs four bytes at least: "1 0 ".
	if int64(first) > int64(len(data)) || int64(n) > int64(first) {
		return nil, fail("object stream of %d bytes cannot hold /N %d objects after /First %d", len(data), n, first)
	}
	if int(n) > f.c.lim.Objects {
		return nil, &LimitError{What: "objects in an object stream", Limit: int64(f.c.lim.Objects), Offset: box.Offset, Object: box.Num}
	}
	os := &objectStream{at: box.Offset, num: box.Num, data: data, nums: make([]int, n), start: make([]int, n, n+1)}
	s := f.c.scanner(0, 0, box.Num)
	s.b, s.base, s.inner = data[:first], box.Offset, true
	for i := range os.nums {
		s.space()
		at := s.pos
		num, ok := s.digits(10)
		s.space()
		offset, ok2 := s.digits(10)
		if !ok || !ok2 {
			return nil, s.fail(at, "%s stands where the number and offset of object %d of %d should be", s.shown(at), i+1, n)
		}
		os.nums[i], os.start[i] = num, int(first)+offset
		if os.start[i] > len(data) || i > 0 && os.start[i] < os.start[i-1] {
			return nil, s.fail(at, "the offsets of the objects do not ascend within the stream")
		}
	}
	os.start = append(os.start, len(data))
	if f.c.streams == nil {
		f.c.streams = map[int64]*objectStream{}
	}
	f.c.streams[box.Offset] = os
	return os, nil
}
