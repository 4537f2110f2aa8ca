package pdf

import (
	"bytes"
	"fmt"
	"math"
	"slices"
)

// section is one cross-reference section as it was read.
type section struct {
	at      int64 // what startxref or /Prev names
	kind    XRefKind
	trailer Dict
	entries []Entry
	end     int64 // of the section
	extents []extent
	mark    endMark
	unended error // why mark is missing
}

// endMark is "startxref n %%EOF".
type endMark struct {
	at, value, end int64
}

// maxObjectNumber is the largest object number (annex C.2).
const maxObjectNumber = 8_388_607

// chain follows startxref and every /Prev, newest section first, and makes the
// revisions of it.
func (c *core) chain() error {
	last := bytes.LastIndex(c.data, []byte("startxref"))
	if last < 0 {
		return &SyntaxError{Offset: int64(len(c.data)), Msg: "no startxref: the file is cut off or not a PDF"}
	}
	if last == 0 || !isSpace(c.data[last-1]) && c.data[last-1] != '>' {
		return &SyntaxError{Offset: int64(last), Msg: "the last startxref does not stand for itself"}
	}
	mark, err := c.endMark(int64(last), int64(len(c.data)))
	if err != nil {
		return err
	}
	var newest []section
	for at, from := mark.value, mark.at; ; {
		// What a revision says of earlier ones stands before it. Reading no
		// further keeps the time of the whole chain linear.
		end := int64(len(c.data))
		if len(newest) > 0 {
			end = from
		}
		if len(newest) == c.lim.Revisions {
			return &LimitError{What: "cross-reference sections", Limit: int64(c.lim.Revisions), Offset: at}
		}
		s, err := c.section(at, end, from)
		if err != nil {
			return err
		}
		newest = append(newest, s)
		prev, has := s.trailer["Prev"]
		p, ok := prev.(Integer)
		if has && !ok {
			return &SyntaxError{Offset: at, Msg: "/Prev is not an integer"}
		}
		if has && int64(p) >= at {
			main, err := c.linearized(s, int64(p))
			if err != nil {
				return err
			}
			newest = append(newest, main)
			break
		}
		if s.unended != nil {
			return s.unended
		}
		if !has {
			break
		}
		at, from = int64(p), at
	}
	return c.assemble(newest)
}

// linearized reads the main section of a linearized file, which alone may stand
// after the section that names it in /Prev (annex F.3.4 and F.3.11).
func (c *core) linearized(first section, prev int64) (section, error) {
	back := &SyntaxError{Offset: first.at, Msg: fmt.Sprintf("/Prev %d does not point back: the cross-references loop", prev)}
	s := c.scanner(min(int64(c.start)+8, first.at), first.at, 0)
	s.space()
	if _, _, ok := s.objectHeader(); !ok {
		return section{}, back
	}
	o, err := s.object()
	if d, ok := o.(Dict); err != nil || !ok || d["Linearized"] == nil || prev < first.end {
		return section{}, back
	}
	main, err := c.section(prev, int64(len(c.data)), first.at)
	if err != nil {
		return section{}, err
	}
	if main.unended != nil {
		return section{}, main.unended
	}
	if main.trailer["Prev"] != nil || main.mark.value != first.at {
		return section{}, back
	}
	return main, nil
}

// assemble turns sections, newest first, into revisions.
func (c *core) assemble(newest []section) error {
	slices.Reverse(newest)
	c.revs = make([]Revision, 0, len(newest))
	start := int64(0)
	for i := 0; i < len(newest); i++ {
		s := newest[i]
		r := Revision{Start: start, XRefOffset: s.at, Kind: s.kind, Trailer: s.trailer, Entries: s.entries, extents: s.extents}
		if i == 0 && len(newest) > 1 && newest[1].at < s.at {
			first := newest[1] // the main section of a linearized file comes first here
			i++
			r = Revision{
				XRefOffset: first.at, Kind: first.kind, Linearized: true, Trailer: first.trailer,
				Entries: overlay(first.entries, s.entries), extents: append(first.extents, s.extents...),
			}
		} else if s.mark.value != s.at {
			c.note(Anomaly{
				Offset: s.mark.at, Code: StartXRefMismatch,
				Detail: fmt.Sprintf("startxref names %d, but the section before it is at %d", s.mark.value, s.at),
			})
		}
		r.End = s.mark.end
		start = r.End
		c.revs = append(c.revs, r)
	}
	if _, ok := c.revs[len(c.revs)-1].Trailer["Root"].(Ref); !ok {
		return &SyntaxError{Offset: c.revs[len(c.revs)-1].XRefOffset, Msg: "the trailer has no /Root reference"}
	}
	return nil
}

// section reads the section at an offset that was named at from, and the end
// mark after it, all before limit. Only the first section of a linearized file
// may lack the mark, so that is for the caller to judge.
func (c *core) section(at, limit, from int64) (section, error) {
	if at <= 0 || at >= limit {
		return section{}, &SyntaxError{Offset: from, Msg: fmt.Sprintf("offset %d of the cross-references is outside the file", at)}
	}
	var s section
	var end int64
	var err error
	if bytes.HasPrefix(c.data[at:], []byte("xref")) {
		s, end, err = c.table(at, limit)
	} else {
		s, end, err = c.tableStream(at, limit)
	}
	if err != nil {
		return section{}, err
	}
	if s.trailer["Encrypt"] != nil {
		return section{}, fmt.Errorf("read the trailer at offset %d: %w", at, ErrEncrypted)
	}
	sc := c.scanner(end, limit, 0)
	sc.space()
	s.end = end
	s.extents = append(s.extents, extent{at, end})
	if s.mark, s.unended = c.endMark(int64(sc.pos), limit); s.unended == nil {
		s.extents = append(s.extents, extent{s.mark.at, s.mark.end})
	}
	return s, nil
}

// endMark reads "startxref n %%EOF" at an offset, and the end of line after it.
func (c *core) endMark(at, limit int64) (endMark, error) {
	s := c.scanner(at, limit, 0)
	m := endMark{at: at}
	if string(s.token()) != "startxref" {
		return m, s.fail(int(at), "%s stands where startxref should be", s.shown(int(at)))
	}
	s.blank()
	n, ok := s.digits(10)
	if !ok {
		return m, s.fail(s.pos, "startxref is not followed by an offset")
	}
	m.value = int64(n)
	s.blank()
	if !bytes.HasPrefix(s.b[s.pos:], []byte("%%EOF")) {
		return m, s.fail(s.pos, "startxref is not followed by %%%%EOF")
	}
	s.pos += len("%%EOF")
	s.skip('\r')
	s.skip('\n')
	m.end = int64(s.pos)
	return m, nil
}

// blank skips white space, but no comment.
func (s *scanner) blank() {
	for s.pos < len(s.b) && isSpace(s.b[s.pos]) {
		s.pos++
	}
}

// reserve takes n entries from the budget of the file.
func (c *core) reserve(n, at int64) error {
	if n > int64(c.entries) {
		return &LimitError{What: "cross-reference entries", Limit: int64(c.lim.Objects), Offset: at}
	}
	c.entries -= int(n)
	return nil
}

func sectionSize(d Dict, at int64) (int64, error) {
	n, ok := d["Size"].(Integer)
	if !ok || n < 0 || n > maxObjectNumber+1 {
		return 0, &SyntaxError{Offset: at, Msg: fmt.Sprintf("the trailer has no /Size from 0 to %d", maxObjectNumber+1)}
	}
	return int64(n), nil
}

// table reads a classic cross-reference table and its trailer (7.5.4, 7.5.5).
func (c *core) table(at, limit int64) (s section, end int64, err error) {
	s = section{at: at, kind: Table}
	sc := c.scanner(min(at+4, limit), limit, 0)
	if sc.pos < len(sc.b) && !isSpace(sc.b[sc.pos]) {
		return s, 0, sc.fail(int(at), "%s stands where a cross-reference section should be", sc.shown(int(at)))
	}
	for {
		sc.blank()
		if sc.keyword("trailer") {
			break
		}
		if s.entries, err = c.subsection(sc, s.entries); err != nil {
			return s, 0, err
		}
	}
	trailerAt := sc.pos
	o, err := sc.object()
	if err != nil {
		return s, 0, err
	}
	var ok bool
	if s.trailer, ok = o.(Dict); !ok {
		return s, 0, sc.fail(trailerAt, "the trailer is not a dictionary")
	}
	size, err := sectionSize(s.trailer, at)
	if err != nil {
		return s, 0, err
	}
	s.entries = c.settle(s.entries, size, at)
	if x := s.trailer["XRefStm"]; x != nil {
		n, ok := x.(Integer)
		if !ok || n <= 0 || int64(n) >= limit {
			return s, 0, sc.fail(trailerAt, "/XRefStm is no offset in this revision or before")
		}
		hidden, hiddenEnd, err := c.tableStream(int64(n), limit)
		if err != nil {
			return s, 0, fmt.Errorf("read /XRefStm: %w", err)
		}
		s.kind = Hybrid
		s.entries = overlay(s.entries, hidden.entries)
		s.extents = append(s.extents, extent{int64(n), hiddenEnd})
	}
	return s, int64(sc.pos), nil
}

// subsection reads "first count" and its entries of exactly 20 bytes.
func (c *core) subsection(sc *scanner, entries []Entry) ([]Entry, error) {
	at := sc.pos
	first, ok := sc.digits(10)
	sc.blank()
	count, ok2 := sc.digits(10)
	if !ok || !ok2 || first > maxObjectNumber+1 {
		return nil, sc.fail(at, "%s stands where a cross-reference subsection or the trailer should be", sc.shown(at))
	}
	for sc.pos < len(sc.b) && sc.b[sc.pos] == ' ' {
		sc.pos++
	}
	line := sc.pos
	sc.skip('\r')
	sc.skip('\n')
	if sc.pos == line {
		return nil, sc.fail(at, "the subsection header is not followed by an end of line")
	}
	if count > (len(sc.b)-sc.pos)/20 {
		return nil, sc.fail(at, "the subsection of %d entries runs past the end of the file", count)
	}
	if err := c.reserve(int64(count), int64(at)); err != nil {
		return nil, err
	}
	entries = slices.Grow(entries, count)
	for i := range count {
		line := sc.b[sc.pos : sc.pos+20]
		offset, ok := tableNumber(line[:10])
		gen, ok2 := tableNumber(line[11:16])
		eol := string(line[18:])
		if !ok || !ok2 || line[10] != ' ' || line[16] != ' ' || line[17] != 'n' && line[17] != 'f' ||
			eol != " \n" && eol != "\r\n" && eol != " \r" {
			return nil, sc.fail(sc.pos, "%.20q is no cross-reference entry", line)
		}
		e := Entry{Num: first + i, Gen: int(gen)}
		if line[17] == 'n' {
			e.Kind, e.Offset = InUse, offset
		}
		entries = append(entries, e)
		sc.pos += 20
	}
	return entries, nil
}

func tableNumber(b []byte) (n int64, ok bool) {
	for _, c := range b {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = n*10 + int64(c-'0')
	}
	return n, true
}

// tableStream reads a cross-reference stream (7.5.8). Everything in its
// dictionary must be direct, as no cross-references are known yet.
func (c *core) tableStream(at, limit int64) (section, int64, error) {
	s := section{at: at, kind: TableStream}
	fail := func(num int, format string, args ...any) (section, int64, error) {
		return s, 0, &SyntaxError{Offset: at, Object: num, Msg: fmt.Sprintf(format, args...)}
	}
	if !isDigit(c.data[at]) {
		sc := c.scanner(at, limit, 0)
		return fail(0, "%s stands where a cross-reference section should be", sc.shown(int(at)))
	}
	bare := &File{c: c, rev: -1} // sees no objects: no reference can be followed
	p, err := bare.parseIndirect(at, limit)
	if err != nil {
		return s, 0, fmt.Errorf("read the cross-reference stream: %w", err)
	}
	stream, ok := p.object.(*Stream)
	if !ok || stream.Dict["Type"] != Name("XRef") {
		return fail(p.num, "a cross-reference stream should be here")
	}
	s.trailer = stream.Dict
	size, err := sectionSize(s.trailer, at)
	if err != nil {
		return s, 0, err
	}
	widths, ok := smallInts(s.trailer["W"])
	if !ok || len(widths) < 3 || slices.Max(widths) > 8 {
		return fail(p.num, "/W is not an array of widths up to 8")
	}
	index, ok := smallInts(s.trailer["Index"])
	if s.trailer["Index"] == nil {
		index, ok = []int64{0, size}, true
	}
	if !ok || len(index)%2 != 0 {
		return fail(p.num, "/Index is not an array of pairs of integers")
	}
	total, width := int64(0), int64(0)
	for i := 1; i < len(index); i += 2 {
		total += index[i]
		if index[i-1] > maxObjectNumber+1 || total > maxObjectNumber+1 {
			return fail(p.num, "/Index goes beyond object %d", maxObjectNumber)
		}
	}
	for _, w := range widths {
		width += w
	}
	if err := c.reserve(total, at); err != nil {
		return s, 0, err
	}
	data, err := bare.decode(stream, total*width, at, p.num)
	if err != nil {
		return s, 0, fmt.Errorf("read the cross-reference stream at offset %d: %w", at, err)
	}
	if int64(len(data)) != total*width {
		return fail(p.num, "the cross-reference stream holds %d bytes, %d entries of %d bytes need %d", len(data), total, width, total*width)
	}
	s.entries = make([]Entry, 0, total)
	for i := 0; i < len(index); i += 2 {
		for n := range index[i+1] {
			e, ok := c.streamEntry(data[:width], widths, int(index[i]+n), at)
			if !ok {
				return fail(p.num, "the entry of object %d is out of range", index[i]+n)
			}
			s.entries = append(s.entries, e)
			data = data[width:]
		}
	}
	s.entries = c.settle(s.entries, size, at)
	return s, p.end, nil
}

// streamEntry reads one entry (7.5.8.3).
func (c *core) streamEntry(b []byte, widths []int64, num int, at int64) (Entry, bool) {
	var field [3]uint64
	field[0] = 1 // the type if its width is 0
	for i := range field {
		w := widths[i]
		if w > 0 {
			field[i] = 0
		}
		for _, x := range b[:w] {
			field[i] = field[i]<<8 | uint64(x)
		}
		b = b[w:]
	}
	e := Entry{Num: num}
	switch field[0] {
	case 0:
		e.Gen = int(min(field[2], math.MaxUint16))
		return e, true
	case 1:
		e.Kind, e.Offset, e.Gen = InUse, int64(min(field[1], math.MaxInt64)), int(min(field[2], math.MaxInt32))
		return e, field[1] <= maxTableOffset && field[2] <= math.MaxUint16
	case 2:
		e.Kind, e.Container, e.Index = Compressed, int(min(field[1], math.MaxInt32)), int(min(field[2], math.MaxInt32))
		return e, field[1] <= maxObjectNumber && field[2] <= maxObjectNumber
	}
	// Any other type is a reference to the null object.
	c.note(Anomaly{Offset: at, Object: num, Code: UnknownEntryType, Detail: fmt.Sprintf("cross-reference entry of type %d", field[0])})
	return e, true
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// smallInts reads an array of integers from 0 to a few million.
func smallInts(o Object) ([]int64, bool) {
	a, ok := o.(Array)
	if !ok {
		return nil, false
	}
	out := make([]int64, len(a))
	for i, v := range a {
		n, ok := v.(Integer)
		if !ok || n < 0 || n > maxObjectNumber+1 {
			return nil, false
		}
		out[i] = int64(n)
	}
	return out, true
}
