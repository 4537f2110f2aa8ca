package measure

import (
	"fmt"
	"strings"
	"unicode/utf16"

	"antin/internal/pdf"
)

// face is a composite font as a page uses it: widths and Unicode values of its
// two-byte codes.
type face struct {
	name   string
	usual  float64
	widths map[int]float64 // thousandths of an em
	text   map[int]string
}

func readFonts(f *pdf.File, resources pdf.Dict) (map[string]*face, error) {
	dict, err := f.Dict(resources["Font"])
	if err != nil {
		return nil, err
	}
	out := map[string]*face{}
	for key, o := range dict {
		d, err := f.Dict(o)
		if err != nil {
			return nil, err
		}
		if out[string(key)], err = readFont(f, d); err != nil {
			return nil, fmt.Errorf("font %s: %w", key, err)
		}
	}
	return out, nil
}

func readFont(f *pdf.File, d pdf.Dict) (*face, error) {
	base, err := f.NameOf(d["BaseFont"])
	if err != nil {
		return nil, err
	}
	fc := &face{name: string(base), usual: 1000, widths: map[int]float64{}, text: map[int]string{}}
	if _, after, ok := strings.Cut(fc.name, "+"); ok {
		fc.name = after
	}
	list, err := f.Array(d["DescendantFonts"])
	if err != nil || len(list) == 0 {
		return fc, err // a simple font: only the fields use those
	}
	cid, err := f.Dict(list[0])
	if err != nil {
		return nil, err
	}
	if dw, err := f.Num(cid["DW"]); err == nil && cid["DW"] != nil {
		fc.usual = dw
	}
	if err := fc.readWidths(f, cid["W"]); err != nil {
		return nil, err
	}
	s, err := f.Stream(d["ToUnicode"])
	if err != nil {
		return nil, err
	}
	cmap, err := f.Decode(s, maxContent)
	if err != nil {
		return nil, err
	}
	return fc, fc.readCMap(cmap)
}

// readWidths reads the array of 9.7.4.3.
func (fc *face) readWidths(f *pdf.File, o pdf.Object) error {
	w, err := f.Array(o)
	if err != nil {
		return err
	}
	for i := 0; i+1 < len(w); {
		first, err := f.Int(w[i])
		if err != nil {
			return err
		}
		next, err := f.Resolve(w[i+1])
		if err != nil {
			return err
		}
		if list, ok := next.(pdf.Array); ok {
			for k, v := range list {
				if fc.widths[int(first)+k], err = f.Num(v); err != nil {
					return err
				}
			}
			i += 2
			continue
		}
		if i+2 >= len(w) {
			return fmt.Errorf("widths end early")
		}
		last, err := f.Int(next)
		if err != nil {
			return err
		}
		width, err := f.Num(w[i+2])
		if err != nil {
			return err
		}
		for c := first; c <= last && c < 1<<16; c++ {
			fc.widths[int(c)] = width
		}
		i += 3
	}
	return nil
}

// readCMap reads bfchar and bfrange sections (9.10.3).
func (fc *face) readCMap(data []byte) error {
	var stack []operand
	return scan(data, func(o operand) error { stack = append(stack, o); return nil }, func(op string) error {
		defer func() { stack = stack[:0] }()
		switch op {
		case "endbfchar":
			for i := 0; i+1 < len(stack); i += 2 {
				fc.text[code(stack[i].str)] = utf16be(stack[i+1].str)
			}
		case "endbfrange":
			for i := 0; i+2 < len(stack); i += 3 {
				lo, hi := code(stack[i].str), code(stack[i+1].str)
				if list := stack[i+2].list; list != nil {
					for k := range list {
						fc.text[lo+k] = utf16be(list[k].str)
					}
					continue
				}
				first := []rune(utf16be(stack[i+2].str))
				for c := lo; c <= hi && len(first) > 0; c++ {
					fc.text[c] = string(first)
					first[len(first)-1]++
				}
			}
		}
		return nil
	})
}

func code(b []byte) int {
	n := 0
	for _, c := range b {
		n = n<<8 | int(c)
	}
	return n
}

func utf16be(b []byte) string {
	u := make([]uint16, 0, len(b)/2)
	for i := 0; i+1 < len(b); i += 2 {
		u = append(u, uint16(b[i])<<8|uint16(b[i+1]))
	}
	return string(utf16.Decode(u))
}
