package verify

import (
	"errors"
	"strings"
	"unicode"

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
	flags, err := d.new.Int(widget["Ff"])
	if err != nil {
		d.add(NotPermitted, "field_changed", path, f.ref, f.name, "Ff")
		return nil //nolint:nilerr // said as a change that is not permitted
	}
	if f.kind == "Ch" && flags&(1<<17) == 0 || f.kind == "Tx" && flags&(1<<13) != 0 {
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
