package pdf

import "fmt"

// predictor undoes the prediction of FlateDecode (ISO 32000-1, 7.4.4.4).
type predictor struct {
	kind  int64 // 1 none, 2 TIFF, 10 to 15 PNG
	pixel int   // bytes, at least 1
	bits  int64 // per component
	row   int64 // bytes in a row
}

func (p predictor) png() bool { return p.kind >= 10 }

func (f *File) predictor(d Dict) (predictor, error) {
	values := [...]struct {
		key           Name
		value, lo, hi int64
	}{{"Predictor", 1, 1, 15}, {"Colors", 1, 1, 32}, {"BitsPerComponent", 8, 1, 16}, {"Columns", 1, 1, 1 << 24}}
	for i := range values {
		v := &values[i]
		if d[v.key] == nil {
			continue
		}
		n, err := f.Int(d[v.key])
		if err != nil {
			return predictor{}, fmt.Errorf("read /%s: %w", v.key, err)
		}
		if n < v.lo || n > v.hi {
			return predictor{}, &SyntaxError{Offset: -1, Msg: fmt.Sprintf("/%s %d is not from %d to %d", v.key, n, v.lo, v.hi)}
		}
		v.value = n
	}
	bits := values[2].value
	if bits&(bits-1) != 0 {
		return predictor{}, &SyntaxError{Offset: -1, Msg: fmt.Sprintf("/BitsPerComponent %d is not a power of two", bits)}
	}
	p := predictor{kind: values[0].value, bits: bits}
	pixel := values[1].value * bits
	p.pixel = int(max(pixel/8, 1))
	p.row = (pixel*values[3].value + 7) / 8
	if p.kind > 2 && p.kind < 10 {
		return predictor{}, &SyntaxError{Offset: -1, Msg: fmt.Sprintf("/Predictor %d is not defined", p.kind)}
	}
	if p.kind == 2 && bits < 8 {
		return predictor{}, &FilterError{Filter: "FlateDecode", Detail: fmt.Sprintf("the TIFF predictor with %d bits per component is not supported", bits)}
	}
	return p, nil
}

// undo works in place and returns a shorter or equal part of data.
func (p predictor) undo(data []byte) ([]byte, error) {
	switch {
	case p.kind <= 1:
		return data, nil
	case p.png():
		return p.undoPNG(data)
	}
	return p.undoTIFF(data)
}

func (p predictor) undoTIFF(data []byte) ([]byte, error) {
	row := int(p.row)
	if len(data)%row != 0 {
		return nil, fmt.Errorf("%d bytes are not rows of %d", len(data), row)
	}
	for at := 0; at < len(data); at += row {
		line := data[at : at+row]
		for i := p.pixel; i < len(line); i++ {
			if p.bits == 8 {
				line[i] += line[i-p.pixel]
			} else if i%2 == 1 { // 16 bits, high byte first
				left := i - p.pixel
				sum := int(line[i-1])<<8 + int(line[i]) + int(line[left-1])<<8 + int(line[left])
				line[i-1], line[i] = byte(sum>>8), byte(sum)
			}
		}
	}
	return data, nil
}

func (p predictor) undoPNG(data []byte) ([]byte, error) {
	row := int(p.row)
	if len(data)%(row+1) != 0 {
		return nil, fmt.Errorf("%d bytes are not rows of %d", len(data), row+1)
	}
	out := data[:0]
	var above []byte
	for at := 0; at < len(data); at += row + 1 {
		filter := data[at]
		line := append(out[len(out):], data[at+1:at+1+row]...)
		out = out[:len(out)+row]
		for i := range line {
			var left, up, corner byte
			if i >= p.pixel {
				left = line[i-p.pixel]
			}
			if above != nil {
				up = above[i]
				if i >= p.pixel {
					corner = above[i-p.pixel]
				}
			}
			switch filter {
			case 0:
			case 1:
				line[i] += left
			case 2:
				line[i] += up
			case 3:
				line[i] += byte((int(left) + int(up)) / 2)
			case 4:
				line[i] += paeth(left, up, corner)
			default:
				return nil, fmt.Errorf("row filter %d is not defined", filter)
			}
		}
		above = line
	}
	return out, nil
}

func paeth(a, b, c byte) byte {
	p := int(a) + int(b) - int(c)
	pa, pb, pc := abs(p-int(a)), abs(p-int(b)), abs(p-int(c))
	switch {
	case pa <= pb && pa <= pc:
		return a
	case pb <= pc:
		return b
	}
	return c
}

func abs(n int) int { return max(n, -n) }
