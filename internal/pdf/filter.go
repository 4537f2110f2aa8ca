package pdf

import (
	"bytes"
	"compress/zlib"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"
)

// maxFilters bounds the filters of one stream.
const maxFilters = 8

// Decode undoes the filters of s: FlateDecode (with PNG and TIFF predictors),
// ASCIIHexDecode, ASCII85Decode and RunLengthDecode; any other is a
// *FilterError. max bounds the result in bytes; all Decodes of a file and its
// views together are bounded by Limits.Decoded. A stream without filters is
// returned as it is, not copied.
func (f *File) Decode(s *Stream, max int) ([]byte, error) {
	data, err := f.decode(s, int64(max), -1, 0)
	if err != nil {
		f.locate(s, err)
	}
	return data, err
}

// locate adds to err where s stands.
func (f *File) locate(s *Stream, err error) {
	for key, p := range f.c.cache {
		if p.object != Object(s) {
			continue
		}
		if e, ok := errors.AsType[*SyntaxError](err); ok && e.Object == 0 {
			e.Offset, e.Object = key.offset, p.num
		}
		if e, ok := errors.AsType[*LimitError](err); ok && e.Object == 0 {
			e.Offset, e.Object = key.offset, p.num
		}
		return
	}
}

func (f *File) decode(s *Stream, limit int64, at int64, num int) ([]byte, error) {
	fail := func(format string, args ...any) error {
		return &SyntaxError{Offset: at, Object: num, Msg: fmt.Sprintf(format, args...)}
	}
	if s.Dict["F"] != nil {
		return nil, &FilterError{Filter: "none", Detail: "the data is in another file"}
	}
	filters, err := f.oneOrMore(s.Dict["Filter"])
	if err != nil {
		return nil, fmt.Errorf("read /Filter: %w", err)
	}
	parms, err := f.oneOrMore(s.Dict["DecodeParms"])
	if err != nil {
		return nil, fmt.Errorf("read /DecodeParms: %w", err)
	}
	if len(filters) > maxFilters {
		return nil, &LimitError{What: "filters of a stream", Limit: maxFilters, Offset: at, Object: num}
	}
	data := s.Raw
	for i, o := range filters {
		name, err := f.NameOf(o)
		if err != nil {
			return nil, fmt.Errorf("read /Filter: %w", err)
		}
		var parm Dict
		if i < len(parms) {
			if parm, err = f.Dict(parms[i]); err != nil {
				return nil, fmt.Errorf("read /DecodeParms: %w", err)
			}
		}
		bound := f.c.decoded
		if i == len(filters)-1 {
			bound = min(bound, limit)
		}
		var pred predictor
		switch name {
		case "FlateDecode":
			if pred, err = f.predictor(parm); err != nil {
				return nil, err
			}
			room := bound
			if pred.png() && bound < 1<<40 { // each row has one byte more before prediction
				room += bound/pred.row + 1
			}
			data, err = inflate(data, room)
			if err == nil {
				f.c.decoded -= min(int64(len(data)), f.c.decoded)
				data, err = pred.undo(data)
			}
		case "ASCIIHexDecode":
			data, err = asciiHex(data, bound)
		case "ASCII85Decode":
			data, err = ascii85(data, bound)
		case "RunLengthDecode":
			data, err = runLength(data, bound)
		default:
			return nil, &FilterError{Filter: name}
		}
		if errors.Is(err, errTooLong) {
			f.c.decoded -= bound
			return nil, &LimitError{What: "bytes of decoded stream data", Limit: bound, Offset: at, Object: num}
		}
		if err != nil {
			return nil, fail("%s: %v", name, err)
		}
		if name != "FlateDecode" {
			f.c.decoded -= min(int64(len(data)), f.c.decoded)
		}
	}
	if int64(len(data)) > limit {
		return nil, &LimitError{What: "bytes of decoded stream data", Limit: limit, Offset: at, Object: num}
	}
	return data, nil
}

// oneOrMore resolves an entry that may be a single object or an array.
func (f *File) oneOrMore(o Object) (Array, error) {
	v, err := f.Resolve(o)
	if err != nil || v == nil {
		return nil, err
	}
	if a, ok := v.(Array); ok {
		return a, nil
	}
	return Array{v}, nil
}

var errTooLong = errors.New("decoded data is too long")

var inflaters sync.Pool

func inflate(data []byte, limit int64) ([]byte, error) {
	src := bytes.NewReader(data)
	var zr io.ReadCloser
	var err error
	if zr, _ = inflaters.Get().(io.ReadCloser); zr != nil {
		err = zr.(zlib.Resetter).Reset(src, nil)
	} else {
		zr, err = zlib.NewReader(src)
	}
	if err != nil {
		return nil, err
	}
	defer inflaters.Put(zr)
	out := make([]byte, 0, min(limit, int64(len(data))*4+64)+1)
	for {
		n, err := zr.Read(out[len(out):cap(out)])
		out = out[:len(out)+n]
		if int64(len(out)) > limit {
			return nil, errTooLong
		}
		if err == io.EOF {
			return out, nil
		}
		if err != nil {
			return nil, err
		}
		if len(out) == cap(out) {
			out = slices.Grow(out, int(min(limit+1-int64(len(out)), int64(len(out))+512)))
		}
	}
}

func asciiHex(data []byte, limit int64) ([]byte, error) {
	out := make([]byte, 0, min(int64(len(data)/2+1), limit))
	var high byte
	half := false
	for _, c := range data {
		if c == '>' {
			break
		}
		v := unhex(c)
		switch {
		case isSpace(c):
			continue
		case v > 15:
			return nil, fmt.Errorf("%q is no hex digit", c)
		case half:
			out = append(out, high|v)
		default:
			high = v << 4
		}
		half = !half
	}
	if half {
		out = append(out, high)
	}
	if int64(len(out)) > limit {
		return nil, errTooLong
	}
	return out, nil
}

func ascii85(data []byte, limit int64) ([]byte, error) {
	out := make([]byte, 0, min(int64(len(data)), limit))
	var group uint64
	n := 0
	for _, c := range data {
		switch {
		case isSpace(c):
			continue
		case c == 'z' && n == 0:
			out = append(out, 0, 0, 0, 0)
		case c >= '!' && c <= 'u':
			group = group*85 + uint64(c-'!')
			if n++; n == 5 {
				if group > 0xFFFFFFFF {
					return nil, errors.New("a group is out of range")
				}
				out = append(out, byte(group>>24), byte(group>>16), byte(group>>8), byte(group))
				group, n = 0, 0
			}
		case c == '~':
			if n == 1 {
				return nil, errors.New("the last group has one character only")
			}
			if n > 0 {
				for range 5 - n {
					group = group*85 + 84
				}
				if group > 0xFFFFFFFF {
					return nil, errors.New("a group is out of range")
				}
				for i := range n - 1 {
					out = append(out, byte(group>>(24-8*i)))
				}
			}
			if int64(len(out)) > limit {
				return nil, errTooLong
			}
			return out, nil
		default:
			return nil, fmt.Errorf("%q is no character of it", c)
		}
		if int64(len(out)) > limit {
			return nil, errTooLong
		}
	}
	return nil, errors.New("there is no ~> at the end")
}

func runLength(data []byte, limit int64) ([]byte, error) {
	var out []byte
	for len(data) > 0 {
		n := int(data[0])
		data = data[1:]
		switch {
		case n == 128:
			return out, nil
		case n < 128 && len(data) > n:
			out = append(out, data[:n+1]...)
			data = data[n+1:]
		case n > 128 && len(data) > 0:
			for range 257 - n {
				out = append(out, data[0])
			}
			data = data[1:]
		default:
			return nil, io.ErrUnexpectedEOF
		}
		if int64(len(out)) > limit {
			return nil, errTooLong
		}
	}
	return nil, errors.New("there is no end mark")
}
