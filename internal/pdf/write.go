package pdf

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"sync"

	// Two to three times as fast as compress/zlib at level 1, where every page
	// of every document is compressed.
	"github.com/klauspost/compress/zlib"
)

// Writer makes a whole file in one buffer: header, objects in the order they
// are put, one classic cross-reference section from 0, trailer. It is not safe
// for concurrent use.
type Writer struct {
	enc     encoder
	buf     []byte
	offsets []int64 // by object number; 0 means allocated and not yet put
	done    bool
}

// NewWriter starts a file of the given version, "1.4" to "2.0".
func NewWriter(version string) *Writer {
	w := &Writer{enc: encoder{run: runs.Add(1)}, buf: make([]byte, 0, 8<<10), offsets: make([]int64, 1, 64)}
	if len(version) != 3 || version < "1.0" || version > "2.0" || version[1] != '.' || version[2] < '0' || version[2] > '9' {
		w.enc.fail("PDF version %q is not one of 1.0 to 2.0", version)
		version = "1.7"
	}
	w.buf = append(w.buf, "%PDF-"...)
	w.buf = append(w.buf, version...)
	// Four bytes over 127 tell transfer programs that the file is binary
	// (ISO 32000-1, 7.5.2; a must in ISO 19005-2, 6.1.2).
	w.buf = append(w.buf, "\n%\xE2\xE3\xCF\xD3\n"...)
	return w
}

// Grow makes room for n more bytes, so that a caller who knows the size of its
// streams pays for one allocation.
func (w *Writer) Grow(n int) { w.buf = slices.Grow(w.buf, max(n, 0)) }

// Alloc reserves the next object number. Each one must be Put before Finish.
func (w *Writer) Alloc() Ref {
	w.offsets = append(w.offsets, 0)
	return Ref{Num: len(w.offsets) - 1}
}

// Put writes o as the indirect object r, which Alloc returned. o is written at
// once: what is changed in it later has no effect.
func (w *Writer) Put(r Ref, o Object) {
	switch {
	case w.done:
		w.enc.fail("write object %d: %w", r.Num, errFinished)
		return
	case r.Num <= 0 || r.Num >= len(w.offsets) || r.Gen != 0:
		w.enc.fail("write object %d: Alloc did not return %v", r.Num, r)
		return
	case w.offsets[r.Num] != 0:
		w.enc.fail("write object %d: put twice", r.Num)
		return
	}
	if s, ok := o.(*Stream); ok && s != nil {
		w.Grow(len(s.Raw) + 256)
	}
	w.offsets[r.Num] = int64(len(w.buf))
	w.buf = w.enc.indirect(w.buf, r, o)
}

// Add is Alloc and Put in one.
func (w *Writer) Add(o Object) Ref {
	r := w.Alloc()
	w.Put(r, o)
	return r
}

// Finish writes the cross-reference table and the trailer and returns the
// file, which from then on belongs to the caller. trailer holds /Root, /Info
// and /ID, the last two optional; /Size is set here, and /ID is derived from
// the content if it is missing. The first error of any call is returned here.
func (w *Writer) Finish(trailer Dict) ([]byte, error) {
	if w.done {
		return nil, errFinished
	}
	w.done = true
	for num, off := range w.offsets {
		if num > 0 && off == 0 {
			w.enc.fail("object %d was allocated and never put", num)
		}
	}
	if _, ok := trailer["Root"].(Ref); !ok {
		w.enc.fail("trailer has no /Root reference")
	}
	if int64(len(w.buf)) > maxTableOffset {
		w.enc.fail("file of %d bytes is too long for a cross-reference table", len(w.buf))
	}
	if w.enc.err != nil {
		return nil, fmt.Errorf("write PDF: %w", w.enc.err)
	}
	t := maps.Clone(trailer)
	t["Size"] = Integer(len(w.offsets))
	if t["ID"] == nil {
		sum := sha256.Sum256(w.buf)
		t["ID"] = Array{String(sum[:16]), String(sum[:16])}
	}
	xref := int64(len(w.buf))
	b := slices.Grow(w.buf, 20*len(w.offsets)+512)
	w.buf = nil
	b = append(b, "xref\n0 "...)
	b = strconv.AppendInt(b, int64(len(w.offsets)), 10)
	b = append(b, "\n0000000000 65535 f \n"...)
	for _, off := range w.offsets[1:] {
		b = appendTableEntry(b, off, 0)
	}
	b = append(b, "trailer\n"...)
	b = w.enc.object(b, t, 0)
	if w.enc.err != nil {
		return nil, fmt.Errorf("write PDF trailer: %w", w.enc.err)
	}
	return appendEOF(b, xref), nil
}

// maxTableOffset is the last offset that ten digits can write (7.5.4).
const maxTableOffset = 9_999_999_999

// appendTableEntry writes one entry in use, exactly 20 bytes (7.5.4).
func appendTableEntry(b []byte, offset int64, gen int) []byte {
	b = appendPadded(b, offset, 10)
	b = append(b, ' ')
	b = appendPadded(b, int64(gen), 5)
	return append(b, " n \n"...)
}

func appendPadded(b []byte, n int64, width int) []byte {
	at := len(b)
	for range width {
		b = append(b, '0')
	}
	for i := at + width - 1; i >= at && n > 0; i-- {
		b[i] = '0' + byte(n%10)
		n /= 10
	}
	return b
}

func appendEOF(b []byte, xref int64) []byte {
	b = append(b, "\nstartxref\n"...)
	b = strconv.AppendInt(b, xref, 10)
	return append(b, "\n%%EOF\n"...)
}

// Deflate makes a FlateDecode stream of data. level is a compress/flate level,
// -2 to 9; anything else means the default. d, which may be nil, gives the
// other entries of the stream dictionary and is copied; it must not name a
// filter of its own.
func Deflate(d Dict, data []byte, level int) *Stream {
	if level < zlib.HuffmanOnly || level > zlib.BestCompression {
		level = zlib.DefaultCompression
	}
	dict := make(Dict, len(d)+2)
	maps.Copy(dict, d)
	dict["Filter"] = Name("FlateDecode")
	buf := deflateBuffers.Get().(*bytes.Buffer)
	buf.Reset()
	pool := &deflaters[level-zlib.HuffmanOnly]
	zw, ok := pool.Get().(*zlib.Writer)
	if ok {
		zw.Reset(buf)
	} else {
		zw, _ = zlib.NewWriterLevel(buf, level) // fails only for an unknown level
	}
	_, _ = zw.Write(data) // a bytes.Buffer never fails
	_ = zw.Close()
	pool.Put(zw)
	s := &Stream{Dict: dict, Raw: bytes.Clone(buf.Bytes())}
	if buf.Cap() <= 1<<20 {
		deflateBuffers.Put(buf)
	}
	return s
}

// A zlib.Writer costs about 800 kB to make, so each level keeps its own.
var (
	deflaters      [zlib.BestCompression - zlib.HuffmanOnly + 1]sync.Pool
	deflateBuffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}
)
