package verify

import (
	"bytes"
	"errors"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf16"

	"golang.org/x/text/unicode/norm"

	"antin/internal/pdf"
)

// What a filled field shows must be what it holds: an appearance that reads
// otherwise than the value is how a later hand makes a number look different
// without changing it.

const (
	maxContent   = 1 << 20 // bytes of one appearance stream
	maxPathParts = 64      // a frame and a line; more could draw letters
)

// errUnread means that the text of an appearance cannot be told.
var errUnread = errors.New("appearance not readable")

// checkAppearance compares what the filled field shows with its value.
func (d *differ) checkAppearance(f *field, widget pdf.Dict, path string) error {
	value := widget["V"]
	if value == nil { // the widget is a kid: the value is the field's
		for _, fd := range d.fields {
			if fd.name != f.name || fd == f {
				continue
			}
			if v, _, err := resolve(d.new, fd.ref); err == nil {
				if dict, ok := v.(pdf.Dict); ok && dict["V"] != nil {
					value = dict["V"]
				}
			}
		}
	}
	v, _, err := resolve(d.new, value)
	if err != nil {
		return err
	}
	want, ok := valueText(d.new, v)
	if !ok {
		d.add(NotPermitted, "field_changed", path, f.ref, f.name, "V")
		return nil
	}
	if flags, err := d.new.Int(widget["Ff"]); err != nil || f.kind == "Ch" && flags&(1<<17) == 0 || f.kind == "Tx" && flags&(1<<13) != 0 {
		// A list shows all its choices, a password none of its letters.
		d.name(Change{Code: "appearance_unread", Path: path, kind: FormFilling, caution: true}, f.ref, f.name)
		return nil
	}
	apv, _, err := resolve(d.new, widget["AP"])
	if err != nil {
		return err
	}
	ap, _ := apv.(pdf.Dict)
	for k := range ap {
		if k != "N" {
			d.add(NotPermitted, "appearance_states", path, f.ref, f.name)
			return nil
		}
	}
	nv, _, err := resolve(d.new, ap["N"])
	if err != nil {
		return err
	}
	stream, ok := nv.(*pdf.Stream)
	if !ok {
		if nv != nil {
			d.add(NotPermitted, "appearance_states", path, f.ref, f.name)
		}
		return nil
	}
	shown, err := d.shownText(stream)
	var drawn *drawnError
	switch {
	case errors.As(err, &drawn):
		d.add(NotPermitted, "appearance_draws", path, f.ref, f.name, drawn.operator)
	case errors.Is(err, errUnread):
		d.name(Change{Code: "appearance_unread", Path: path, kind: FormFilling, caution: true}, f.ref, f.name)
	case err != nil:
		return err
	case squeeze(shown) != squeeze(want):
		d.add(NotPermitted, "appearance_differs", path, f.ref, f.name, shorten(shown), shorten(want))
	}
	return nil
}

func shorten(s string) string {
	if r := []rune(strings.Join(strings.Fields(s), " ")); len(r) > 80 {
		return string(r[:80]) + "…"
	} else {
		return string(r)
	}
}

// squeeze leaves what must agree: the characters but not the spaces, which
// appearances break into lines.
func squeeze(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || r == 0 {
			return -1
		}
		return r
	}, norm.NFC.String(s))
}

// drawnError names an operator with which an appearance could show something
// else than text.
type drawnError struct{ operator string }

func (e *drawnError) Error() string { return "appearance draws with " + e.operator }

// shownText reads the text that a form XObject shows, in the order of showing
// (ISO 32000-1, 9.4). It refuses what shows other things.
func (d *differ) shownText(s *pdf.Stream) (string, error) {
	content, err := d.new.Decode(s, maxContent)
	if err != nil {
		if _, ok := errors.AsType[*pdf.FilterError](err); ok {
			return "", errUnread
		}
		return "", err
	}
	res, _, err := resolve(d.new, s.Dict["Resources"])
	if err != nil {
		return "", err
	}
	resources, _ := res.(pdf.Dict)
	fv, _, err := resolve(d.new, resources["Font"])
	if err != nil {
		return "", err
	}
	fonts, _ := fv.(pdf.Dict)
	var out strings.Builder
	var decode func([]byte) (string, bool)
	path := 0
	lex := contentLexer{b: content}
	for {
		op, args, ok := lex.next()
		if !ok {
			return "", errUnread
		}
		show := func(o pdf.Object) error {
			b, ok := o.(pdf.String)
			if !ok || decode == nil {
				return errUnread
			}
			text, ok := decode(b)
			if !ok {
				return errUnread
			}
			out.WriteString(text)
			return nil
		}
		var last pdf.Object
		if len(args) > 0 {
			last = args[len(args)-1]
		}
		var err error
		switch op {
		case "":
			return out.String(), nil
		case "Tf":
			name, _ := args[0].(pdf.Name)
			if decode, err = d.fontDecoder(fonts[name]); err != nil {
				return "", err
			}
		case "Tj", "'", "\"":
			err = show(last)
		case "TJ":
			list, _ := last.(pdf.Array)
			for _, el := range list {
				if _, ok := el.(pdf.String); ok && err == nil {
					err = show(el)
				}
			}
		case "Tr":
			if n, ok := last.(pdf.Integer); !ok || n != 0 {
				return "", &drawnError{op}
			}
		case "Do", "sh", "BI", "gs", "scn", "SCN":
			return "", &drawnError{op}
		case "m", "l", "c", "v", "y", "re":
			if path++; path > maxPathParts {
				return "", &drawnError{op}
			}
		}
		if err != nil {
			return "", err
		}
	}
}

// fontDecoder returns how strings shown in a font read. A font that the later
// hand brought along cannot be believed, since its shapes may be any.
func (d *differ) fontDecoder(o pdf.Object) (func([]byte) (string, bool), error) {
	unread := func([]byte) (string, bool) { return "", false }
	v, r, err := resolve(d.new, o)
	if err != nil {
		return nil, err
	}
	font, ok := v.(pdf.Dict)
	if !ok {
		return unread, nil
	}
	if _, _, known := d.old.Entry(r.Num); (!known || r.Num == 0) && (font["FontDescriptor"] != nil || font["Subtype"] == pdf.Name("Type0") || font["Subtype"] == pdf.Name("Type3")) {
		return unread, nil
	}
	wide := font["Subtype"] == pdf.Name("Type0")
	tv, _, err := resolve(d.new, font["ToUnicode"])
	if err != nil {
		return nil, err
	}
	stream, ok := tv.(*pdf.Stream)
	if !ok {
		if wide || font["Encoding"] != nil && font["Encoding"] != pdf.Object(pdf.Name("WinAnsiEncoding")) && !isDict(d.new, font["Encoding"]) {
			return unread, nil
		}
		return func(b []byte) (string, bool) { return pdf.TextOf(pdf.String(b)), true }, nil
	}
	table, ok := d.toUnicode[stream]
	if !ok {
		data, err := d.new.Decode(stream, maxContent)
		if err != nil {
			return nil, err
		}
		table = parseToUnicode(data)
		if d.toUnicode == nil {
			d.toUnicode = map[*pdf.Stream]map[uint16]string{}
		}
		d.toUnicode[stream] = table
	}
	return func(b []byte) (string, bool) {
		var out strings.Builder
		step := 1
		if wide {
			step = 2
		}
		if len(b)%step != 0 {
			return "", false
		}
		for i := 0; i < len(b); i += step {
			code := uint16(b[i])
			if wide {
				code = code<<8 | uint16(b[i+1])
			}
			t, ok := table[code]
			if !ok {
				return "", false
			}
			out.WriteString(t)
		}
		return out.String(), true
	}, nil
}

func isDict(f *pdf.File, o pdf.Object) bool {
	v, _, err := resolve(f, o)
	d, ok := v.(pdf.Dict)
	return err == nil && ok && d["Differences"] == nil
}

// parseToUnicode reads the bfchar and bfrange sections of a ToUnicode CMap
// (9.10.3).
func parseToUnicode(cmap []byte) map[uint16]string {
	table := map[uint16]string{}
	lex := contentLexer{b: cmap}
	for {
		op, args, ok := lex.next()
		if !ok || op == "" {
			return table
		}
		switch op {
		case "endbfchar":
			for i := 0; i+1 < len(args); i += 2 {
				code, ok1 := args[i].(pdf.String)
				text, ok2 := args[i+1].(pdf.String)
				if ok1 && ok2 && len(code) <= 2 {
					table[codeOf(code)] = utf16BE(text)
				}
			}
		case "endbfrange":
			for i := 0; i+2 < len(args); i += 3 {
				lo, ok1 := args[i].(pdf.String)
				hi, ok2 := args[i+1].(pdf.String)
				if !ok1 || !ok2 || len(lo) > 2 || len(hi) > 2 {
					continue
				}
				first, last := int(codeOf(lo)), int(codeOf(hi))
				switch to := args[i+2].(type) {
				case pdf.String:
					units := slices.Clone(to)
					for c := first; c <= last && len(units) >= 2; c++ {
						table[uint16(c)] = utf16BE(units)
						n := len(units)
						low := uint16(units[n-2])<<8 | uint16(units[n-1]) + 1
						units[n-2], units[n-1] = byte(low>>8), byte(low)
					}
				case pdf.Array:
					for j, el := range to {
						if s, ok := el.(pdf.String); ok && first+j <= last {
							table[uint16(first+j)] = utf16BE(s)
						}
					}
				}
			}
		}
	}
}

func codeOf(s pdf.String) (c uint16) {
	for _, b := range s {
		c = c<<8 | uint16(b)
	}
	return c
}

func utf16BE(s pdf.String) string {
	units := make([]uint16, 0, len(s)/2)
	for i := 0; i+1 < len(s); i += 2 {
		units = append(units, uint16(s[i])<<8|uint16(s[i+1]))
	}
	return string(utf16.Decode(units))
}

// contentLexer splits a content stream into operators and operands
// (7.8.2). It is lenient with what does not matter for reading text.
type contentLexer struct {
	b   []byte
	pos int
}

const maxOperands = 1024

// next returns an operator and its operands; op is empty at the end, ok false
// when the stream is malformed.
func (l *contentLexer) next() (op string, args []pdf.Object, ok bool) {
	for {
		o, word, err := l.token(0)
		switch {
		case err != nil || len(args) > maxOperands:
			return "", nil, false
		case word == "" && o == nil:
			return "", nil, true
		case word != "":
			if word == "Tf" && len(args) < 1 {
				return "", nil, false
			}
			return word, args, true
		}
		args = append(args, o)
	}
}

func (l *contentLexer) token(depth int) (o pdf.Object, word string, err error) {
	for l.pos < len(l.b) {
		switch c := l.b[l.pos]; c {
		case 0, '\t', '\n', '\f', '\r', ' ':
			l.pos++
			continue
		case '%':
			if i := bytes.IndexAny(l.b[l.pos:], "\r\n"); i >= 0 {
				l.pos += i
			} else {
				l.pos = len(l.b)
			}
			continue
		case '(':
			return l.literal()
		case '<':
			if l.pos+1 < len(l.b) && l.b[l.pos+1] == '<' {
				return l.composite(">>", depth)
			}
			return l.hex()
		case '[':
			return l.composite("]", depth)
		case '/':
			l.pos++
			return pdf.Name(l.regular()), "", nil
		case '>', ']', ')', '{', '}':
			if c == '>' && l.pos+1 < len(l.b) && l.b[l.pos+1] == '>' {
				l.pos++
			}
			l.pos++
			if depth > 0 {
				return nil, "]", nil
			}
			return nil, "", errUnread
		}
		w := l.regular()
		if w == "" || w[0] > '9' {
			return nil, w, nil
		}
		if n, err := strconv.Atoi(w); err == nil {
			return pdf.Integer(n), "", nil
		}
		if x, err := strconv.ParseFloat(w, 64); err == nil {
			return pdf.Real(x), "", nil
		}
		return nil, w, nil
	}
	return nil, "", nil
}

func (l *contentLexer) regular() string {
	start := l.pos
	for l.pos < len(l.b) && !isBlank(l.b[l.pos]) && strings.IndexByte("()<>[]{}/%", l.b[l.pos]) < 0 {
		l.pos++
	}
	return string(l.b[start:l.pos])
}

// isBlank reports whether c is white space (7.2.2).
func isBlank(c byte) bool {
	return c == ' ' || c == '\n' || c == '\r' || c == '\t' || c == '\f' || c == 0
}

func (l *contentLexer) composite(end string, depth int) (pdf.Object, string, error) {
	l.pos += len(end)
	out := pdf.Array{}
	for depth < 8 && len(out) <= maxOperands {
		at := l.pos
		o, word, err := l.token(depth + 1)
		switch {
		case err != nil:
			return nil, "", err
		case word == "]":
			return out, "", nil
		case o == nil && word == "" || l.pos == at:
			return nil, "", errUnread
		case o != nil:
			out = append(out, o)
		}
	}
	return nil, "", errUnread
}

func (l *contentLexer) hex() (pdf.Object, string, error) {
	end := bytes.IndexByte(l.b[l.pos:], '>')
	if end < 0 {
		return nil, "", errUnread
	}
	out, half, high := make(pdf.String, 0, end/2), false, byte(0)
	for _, c := range l.b[l.pos+1 : l.pos+end] {
		switch {
		case c >= '0' && c <= '9':
			c -= '0'
		case c >= 'A' && c <= 'F':
			c -= 'A' - 10
		case c >= 'a' && c <= 'f':
			c -= 'a' - 10
		case isBlank(c):
			continue
		default:
			return nil, "", errUnread
		}
		if half = !half; half {
			high = c << 4
		} else {
			out = append(out, high|c)
		}
	}
	if half {
		out = append(out, high)
	}
	l.pos += end + 1
	return out, "", nil
}

func (l *contentLexer) literal() (pdf.Object, string, error) {
	out, depth := pdf.String{}, 0
	for l.pos++; l.pos < len(l.b); l.pos++ {
		switch c := l.b[l.pos]; c {
		case '(':
			depth++
		case ')':
			if depth == 0 {
				l.pos++
				return out, "", nil
			}
			depth--
		case '\\':
			if l.pos++; l.pos == len(l.b) {
				return nil, "", errUnread
			}
			c = l.b[l.pos]
			if i := strings.IndexByte("nrtbf", c); i >= 0 {
				out = append(out, "\n\r\t\b\f"[i])
				continue
			}
			if c >= '0' && c <= '7' {
				n := 0
				for i := 0; i < 3 && l.pos < len(l.b) && l.b[l.pos] >= '0' && l.b[l.pos] <= '7'; i++ {
					n = n*8 + int(l.b[l.pos]-'0')
					l.pos++
				}
				l.pos--
				out = append(out, byte(n))
				continue
			}
			if c == '\n' || c == '\r' {
				continue
			}
		}
		out = append(out, l.b[l.pos])
	}
	return nil, "", errUnread
}
