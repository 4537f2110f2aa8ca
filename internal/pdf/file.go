package pdf

import (
	"bytes"
	"fmt"
)

// File is a PDF file as it stands after one of its revisions; Open gives the
// last. Objects are parsed when they are first asked for. The bytes given to
// Open are kept and shared: they must not change, and streams point into them.
// A File and all its At views are for one goroutine at a time.
type File struct {
	c   *core
	rev int
}

// core is what the views of one file share.
type core struct {
	data  []byte
	lim   Limits
	start int // offset of %PDF-
	major int
	minor int

	revs    []Revision
	cache   map[place]*parsed
	streams map[int64]*objectStream // by the offset of the stream
	found   []Anomaly               // what Open came across
	scanned bool

	elements int   // Elements left
	decoded  int64 // Decoded left
	entries  int   // Objects left
	steps    int64 // bytes that may still be parsed
	nested   int   // Gets in progress
}

// maxPasses bounds how often the parts of a file may be parsed, on average. An
// honest file, whose objects do not overlap, is parsed once; without a bound
// many objects that all run to the end of the file would take time that grows
// with the square of its size.
const maxPasses = 8

// place is where an object was parsed: a file offset, and for an object of an
// object stream its index there plus one.
type place struct {
	offset int64
	index  int
}

// parsed is an indirect object and its extent in the file.
type parsed struct {
	num, gen int
	object   Object
	end      int64 // after endobj
	length   Ref   // the indirect /Length of a stream, if it has one
}

// Open reads the cross-references of a file and nothing else. It repairs
// nothing: what ISO 32000-1 does not allow is a *SyntaxError, what exceeds lim
// a *LimitError, and an encrypted file wraps ErrEncrypted. Oddities that leave
// the meaning of the file clear are kept for Anomalies.
func Open(data []byte, lim Limits) (*File, error) {
	c := &core{data: data, lim: lim.orDefault(), cache: map[place]*parsed{}}
	c.elements, c.decoded, c.entries = c.lim.Elements, c.lim.Decoded, c.lim.Objects
	c.steps = 1<<20 + maxPasses*int64(len(data))
	if int64(len(data)) > c.lim.FileSize {
		return nil, &LimitError{What: "bytes in the file", Limit: c.lim.FileSize, Offset: -1}
	}
	if err := c.header(); err != nil {
		return nil, err
	}
	if err := c.chain(); err != nil {
		return nil, err
	}
	return &File{c: c, rev: len(c.revs) - 1}, nil
}

// header finds "%PDF-M.m". Readers accept bytes before it (ISO 32000-1, annex
// H.3, note 13), a verifier must not.
func (c *core) header() error {
	at := bytes.Index(c.data[:min(len(c.data), 1024+5)], []byte("%PDF-"))
	if at < 0 {
		return &SyntaxError{Offset: 0, Msg: "the file does not begin with %PDF-"}
	}
	v := c.data[at+5:]
	if len(v) < 4 || v[0] < '1' || v[0] > '2' || v[1] != '.' || v[2] < '0' || v[2] > '9' || !isSpace(v[3]) {
		return &SyntaxError{Offset: int64(at), Msg: "the header names no PDF version"}
	}
	c.start, c.major, c.minor = at, int(v[0]-'0'), int(v[2]-'0')
	if at > 0 {
		c.note(Anomaly{Offset: 0, Code: BytesBeforeHeader, Detail: fmt.Sprintf("%d bytes before %%PDF-", at)})
	}
	return nil
}

// Version is the version in the header, "1.7". The catalog's /Version may name
// a later one.
func (f *File) Version() string { return fmt.Sprintf("%d.%d", f.c.major, f.c.minor) }

// Bytes is the file, or for a view of an earlier revision its first bytes up
// to the end of that revision. It is not a copy.
func (f *File) Bytes() []byte {
	if f.rev == len(f.c.revs)-1 {
		return f.c.data
	}
	end := f.c.revs[f.rev].End
	return f.c.data[:end:end]
}

// Trailer is the trailer dictionary of the view's revision, which for a
// cross-reference stream is the dictionary of the stream. It is shared; do not
// change it.
func (f *File) Trailer() Dict { return f.c.revs[f.rev].Trailer }

// Entry finds the cross-reference entry of object num as of this revision, and
// the index of the revision that wrote it. ok is false if there is none.
func (f *File) Entry(num int) (e Entry, revision int, ok bool) {
	for i := f.rev; i >= 0; i-- {
		if e, ok := f.c.revs[i].Entry(num); ok {
			return e, i, true
		}
	}
	return Entry{}, 0, false
}

// maxNested bounds the reads that one read may need: the object, its stream's
// /Length, the object stream that is in, that stream's /Length.
const maxNested = 8

// Get reads an indirect object. A reference to an object that is free, missing
// or of another generation is null, as ISO 32000-1, 7.3.10 has it. What is
// returned is shared by all callers; do not change it.
func (f *File) Get(r Ref) (Object, error) {
	e, _, ok := f.Entry(r.Num)
	if !ok || e.Kind == Free || e.Gen != r.Gen {
		return nil, nil
	}
	c := f.c
	if c.nested >= maxNested {
		return nil, &SyntaxError{Offset: -1, Object: r.Num, Msg: "reading this object needs itself"}
	}
	c.nested++
	defer func() { c.nested-- }()
	if e.Kind == Compressed {
		return f.member(e)
	}
	p, err := f.indirect(e.Offset)
	if err != nil {
		return nil, err
	}
	if p.num != e.Num || p.gen != e.Gen {
		return nil, &SyntaxError{
			Offset: e.Offset, Object: e.Num,
			Msg: fmt.Sprintf("the entry of object %d %d leads to object %d %d", e.Num, e.Gen, p.num, p.gen),
		}
	}
	return p.object, nil
}

// scanner starts at a file offset and sees nothing from end on.
func (c *core) scanner(at, end int64, num int) *scanner {
	return &scanner{
		b: c.data[:end], pos: int(at), obj: num,
		depth: c.lim.Depth, limit: c.lim.Depth, left: &c.elements, elems: c.lim.Elements,
	}
}

// indirect parses "n g obj … endobj" at an offset, or finds it parsed. It sees
// no byte that a later revision appended.
func (f *File) indirect(at int64) (*parsed, error) {
	key, end := place{offset: at}, int64(len(f.Bytes()))
	if p, ok := f.c.cache[key]; ok && p.end <= end {
		if p.length == (Ref{}) {
			return p, nil
		}
		// In another revision the same /Length reference may mean another
		// length. Then the stream is read anew.
		if s, ok := p.object.(*Stream); ok {
			if n, err := f.length(p.length, p.num, at); err == nil && n == int64(len(s.Raw)) {
				return p, nil
			}
		}
	}
	p, err := f.parseIndirect(at, end)
	if err != nil {
		return nil, err
	}
	f.c.cache[key] = p
	return p, nil
}

func (f *File) parseIndirect(at, end int64) (*parsed, error) {
	if at <= 0 || at >= end {
		return nil, &SyntaxError{Offset: at, Msg: "the cross-reference points outside the file"}
	}
	c := f.c
	if c.steps <= 0 {
		return nil, &LimitError{What: "passes over the file", Limit: maxPasses, Offset: at}
	}
	s := c.scanner(at, end, 0)
	defer func() { c.steps -= int64(s.pos) - at }()
	p := &parsed{}
	var ok bool
	if p.num, p.gen, ok = s.objectHeader(); !ok {
		return nil, s.fail(int(at), "%s stands where \"n g obj\" should be", s.shown(int(at)))
	}
	s.obj = p.num
	var err error
	if p.object, err = s.object(); err != nil {
		return nil, err
	}
	if d, ok := p.object.(Dict); ok && s.keyword("stream") {
		if p.object, err = f.stream(s, d, p, at); err != nil {
			return nil, err
		}
	}
	if !s.keyword("endobj") {
		s.space()
		return nil, s.fail(s.pos, "%s stands where endobj should be", s.shown(s.pos))
	}
	p.end = int64(s.pos)
	return p, nil
}

// objectHeader reads "n g obj" at pos, with no white space before it.
func (s *scanner) objectHeader() (num, gen int, ok bool) {
	if num, ok = s.digits(10); !ok || num == 0 {
		return 0, 0, false
	}
	s.space()
	if gen, ok = s.digits(5); !ok {
		return 0, 0, false
	}
	return num, gen, s.keyword("obj")
}

// digits reads a whole token of at most max digits.
func (s *scanner) digits(max int) (n int, ok bool) {
	word := s.token()
	if len(word) == 0 || len(word) > max {
		return 0, false
	}
	for _, c := range word {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = n*10 + int(c-'0')
	}
	return n, true
}

// stream reads the data after the keyword "stream" (7.3.8.1).
func (f *File) stream(s *scanner, d Dict, p *parsed, at int64) (*Stream, error) {
	s.skip('\r')
	if s.pos >= len(s.b) || s.b[s.pos] != '\n' {
		return nil, s.fail(s.pos, "stream is not followed by LF or CR LF")
	}
	s.pos++
	var n int64
	switch v := d["Length"].(type) {
	case Integer:
		n = int64(v)
	case Ref:
		var err error
		if n, err = f.length(v, p.num, at); err != nil {
			return nil, err
		}
		p.length = v
	default:
		return nil, s.fail(int(at), "stream has no /Length")
	}
	if n < 0 || n > int64(len(s.b)-s.pos) {
		return nil, s.fail(s.pos, "stream /Length %d does not fit in the file", n)
	}
	start, end := s.pos, s.pos+int(n)
	s.pos = end
	s.skip('\r')
	s.skip('\n')
	if string(s.token()) != "endstream" {
		return nil, s.fail(end, "/Length %d does not lead to endstream", n)
	}
	return &Stream{Dict: d, Raw: s.b[start:end:end]}, nil
}

// length resolves an indirect /Length.
func (f *File) length(r Ref, num int, at int64) (int64, error) {
	o, err := f.Get(r)
	if err != nil {
		return 0, fmt.Errorf("read the /Length of object %d: %w", num, err)
	}
	n, ok := o.(Integer)
	if !ok {
		return 0, &SyntaxError{Offset: at, Object: num, Msg: fmt.Sprintf("stream /Length %v is not an integer", r)}
	}
	return int64(n), nil
}
