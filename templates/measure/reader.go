package measure

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"unicode"

	"antin/internal/pdf"
)

type matrix [6]float64

var identity = matrix{1, 0, 0, 1, 0, 0}

// mul is a applied first, then b.
func mul(a, b matrix) matrix {
	return matrix{
		a[0]*b[0] + a[1]*b[2], a[0]*b[1] + a[1]*b[3],
		a[2]*b[0] + a[3]*b[2], a[2]*b[1] + a[3]*b[3],
		a[4]*b[0] + a[5]*b[2] + b[4], a[4]*b[1] + a[5]*b[3] + b[5],
	}
}

func (m matrix) point(x, y float64) (float64, float64) {
	return x*m[0] + y*m[2] + m[4], x*m[1] + y*m[3] + m[5]
}

// graphics state, as far as it decides where text and lines stand.
type state struct {
	ctm                           matrix
	font                          *face
	size, char, word, scale, lead float64
	rise, weight                  float64
	mode                          int
	coloured                      bool
}

// reader interprets one content stream.
type reader struct {
	file    *pdf.File
	page    *Page
	fonts   map[string]*face
	objects pdf.Dict
	owners  []pdf.Ref
	tree    *structure

	state    state
	saved    []state
	tm, line matrix
	stack    []operand
	marks    []mark
	x, y     float64 // current point
	path     []Rule
}

type mark struct {
	artifact bool
	owner    pdf.Ref
	set      bool // artifact or owner are its own, not a span's
}

func (r *reader) run(content []byte) error {
	return scan(content, func(o operand) error {
		if len(r.stack) >= 64 {
			return fmt.Errorf("too many operands")
		}
		r.stack = append(r.stack, o)
		return nil
	}, func(op string) error {
		defer func() { r.stack = r.stack[:0] }()
		return r.operator(op)
	})
}

// n is the i-th operand from the front as a number.
func (r *reader) n(i int) float64 {
	if i < len(r.stack) {
		return r.stack[i].num
	}
	return 0
}

func (r *reader) name(i int) string {
	if i < len(r.stack) && r.stack[i].kind == '/' {
		return string(r.stack[i].str)
	}
	return ""
}

func (r *reader) operator(op string) error {
	s := &r.state
	switch op {
	case "q":
		r.saved = append(r.saved, *s)
	case "Q":
		if len(r.saved) == 0 {
			return fmt.Errorf("Q without q")
		}
		r.state, r.saved = r.saved[len(r.saved)-1], r.saved[:len(r.saved)-1]
	case "cm":
		s.ctm = mul(matrix{r.n(0), r.n(1), r.n(2), r.n(3), r.n(4), r.n(5)}, s.ctm)
	case "w":
		s.weight = r.n(0)
	case "g":
		s.coloured = r.n(0) != 0
	case "rg":
		s.coloured = r.n(0) != 0 || r.n(1) != 0 || r.n(2) != 0
	case "k", "sc", "scn":
		s.coloured = true
	case "BMC", "BDC":
		r.begin()
	case "EMC":
		if len(r.marks) == 0 {
			return fmt.Errorf("EMC without BMC")
		}
		r.marks = r.marks[:len(r.marks)-1]
	case "Do":
		x0, y0 := s.ctm.point(0, 0)
		x1, y1 := s.ctm.point(1, 1)
		if st, err := r.file.Stream(r.objects[pdf.Name(r.name(0))]); err == nil && st != nil && st.Dict["Subtype"] == pdf.Name("Image") {
			h := r.page.Height
			r.page.Pictures = append(r.page.Pictures, Box{min(x0, x1), h - max(y0, y1), max(x0, x1), h - min(y0, y1)})
		}
	case "m":
		r.x, r.y = r.n(0), r.n(1)
	case "l":
		x1, y1 := s.ctm.point(r.x, r.y)
		r.x, r.y = r.n(0), r.n(1)
		x2, y2 := s.ctm.point(r.x, r.y)
		r.path = append(r.path, Rule{x1, r.page.Height - y1, x2, r.page.Height - y2, s.weight})
	case "S":
		if r.mark().artifact {
			r.page.Rules = append(r.page.Rules, r.path...)
		}
		r.path = r.path[:0]
	case "s", "f", "F", "f*", "B", "B*", "b", "b*", "n":
		r.path = r.path[:0]
	default:
		return r.textOperator(op)
	}
	return nil
}

func (r *reader) textOperator(op string) error {
	s := &r.state
	switch op {
	case "BT":
		r.tm, r.line = identity, identity
	case "Tf":
		s.font, s.size = r.fonts[r.name(0)], r.n(1)
		if s.font == nil {
			return fmt.Errorf("no font %q", r.name(0))
		}
	case "Tc":
		s.char = r.n(0)
	case "Tw":
		s.word = r.n(0)
	case "Tz":
		s.scale = r.n(0) / 100
	case "TL":
		s.lead = r.n(0)
	case "Ts":
		s.rise = r.n(0)
	case "Tr":
		s.mode = int(r.n(0))
	case "Td":
		r.next(r.n(0), r.n(1))
	case "TD":
		s.lead = -r.n(1)
		r.next(r.n(0), r.n(1))
	case "T*":
		r.next(0, -s.lead)
	case "Tm":
		r.line = matrix{r.n(0), r.n(1), r.n(2), r.n(3), r.n(4), r.n(5)}
		r.tm = r.line
	case "Tj":
		return r.show(r.stack)
	case "TJ":
		if len(r.stack) > 0 {
			return r.show(r.stack[0].list)
		}
	case "'", "\"":
		return fmt.Errorf("operator %s is not used here", op)
	}
	return nil
}

func (r *reader) next(tx, ty float64) {
	r.line = mul(matrix{1, 0, 0, 1, tx, ty}, r.line)
	r.tm = r.line
}

// show sets the strings of a Tj or TJ operator (9.4.3) as one Text.
func (r *reader) show(list []operand) error {
	s := &r.state
	if s.font == nil {
		return fmt.Errorf("text without a font")
	}
	var b strings.Builder
	m := mul(r.tm, s.ctm)
	x1, x2 := math.Inf(1), math.Inf(-1)
	_, y := m.point(0, s.rise)
	for _, o := range list {
		if o.kind == 'n' {
			r.advance(-o.num / 1000 * s.size * s.scale)
			continue
		}
		if len(o.str)%2 != 0 {
			return fmt.Errorf("a string of %d bytes in a font of two-byte codes", len(o.str))
		}
		for i := 0; i < len(o.str); i += 2 {
			c := int(o.str[i])<<8 | int(o.str[i+1])
			w, ok := s.font.widths[c]
			if !ok {
				w = s.font.usual
			}
			text, ok := s.font.text[c]
			if !ok {
				return fmt.Errorf("code %d of %s has no Unicode value", c, s.font.name)
			}
			b.WriteString(text)
			tx := (w/1000*s.size + s.char) * s.scale
			if strings.TrimFunc(text, unicode.IsSpace) != "" {
				at, _ := mul(r.tm, s.ctm).point(0, 0)
				end, _ := mul(r.tm, s.ctm).point(tx, 0)
				x1, x2 = min(x1, at), max(x2, end)
			}
			r.advance(tx)
		}
	}
	if x1 > x2 {
		x1, _ = m.point(0, 0)
		x2 = x1
	}
	t := Text{
		Text: b.String(), X1: x1, X2: x2, Y: r.page.Height - y, Size: s.size * math.Hypot(m[2], m[3]),
		Font: s.font.name, Black: !s.coloured, Hidden: s.mode == 3,
	}
	mk := r.mark()
	t.Artifact, t.Element = mk.artifact, mk.owner
	if !mk.artifact {
		t.Kind, t.Path = r.tree.kind(r.file, mk.owner)
	}
	r.page.Texts = append(r.page.Texts, t)
	return nil
}

func (r *reader) advance(tx float64) { r.tm = mul(matrix{1, 0, 0, 1, tx, 0}, r.tm) }

// begin opens a marked-content sequence. Spans within (a language, a text that
// stands for a drawing) belong to the sequence around them.
func (r *reader) begin() {
	m := mark{artifact: r.name(0) == "Artifact"}
	m.set = m.artifact
	if len(r.stack) > 1 {
		props := r.stack[1].list
		for i := 0; i+1 < len(props); i += 2 {
			if string(props[i].str) != "MCID" {
				continue
			}
			if id := int(props[i+1].num); id >= 0 && id < len(r.owners) {
				m.owner, m.set = r.owners[id], true
			}
		}
	}
	r.marks = append(r.marks, m)
}

// mark is the innermost sequence that says whose the content is.
func (r *reader) mark() mark {
	for _, m := range slices.Backward(r.marks) {
		if m.set {
			return m
		}
	}
	return mark{}
}
