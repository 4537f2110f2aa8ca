package templates

import (
	"bytes"
	"encoding/base64"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"antin/templates/vietnamese"
)

// value is one checked value of a field.
type value struct {
	set    bool
	str    string
	num    int64 // integer, money; 1 for true
	day    time.Time
	choice *Value
	list   [][]value // one record an entry; a list of strings has one value each
	bytes  []byte
}

// maxProblems bounds the answer to data that is wrong everywhere.
const maxProblems = 100

// checker walks the data along the form's fields and collects problems.
type checker struct {
	form     *Form
	problems []Problem
	frames   [][]value
}

func (k *checker) add(pointer string, code Code, pairs ...string) {
	if len(k.problems) < maxProblems {
		k.problems = append(k.problems, Problem{Pointer: pointer, Code: code, Args: args(pairs...)})
	}
}

// Check tells every problem of data without making a document.
func (f *Form) Check(data []byte, env Env) error {
	_, err := f.read(data, env)
	return err
}

// maxData is the bound on the JSON of this form.
func (f *Form) maxData() int {
	if f.photo != nil {
		return MaxPhotoData
	}
	return MaxData
}

// read parses and checks data; all problems are reported together.
func (f *Form) read(data []byte, env Env) ([]value, error) {
	k := &checker{form: f}
	if len(data) > f.maxData() {
		k.add("", dataTooLarge, "size", vietnamese.Grouped(int64(len(data))), "most", vietnamese.Grouped(int64(f.maxData())))
		return nil, k.err()
	}
	root, r, err := parseJSON(data)
	if err != nil {
		k.add("", r.why, "line", itoa(r.line()))
		return nil, k.err()
	}
	for _, p := range r.dup {
		k.add(p, dataDuplicate)
	}
	if root.kind != kObject {
		k.add("", dataWrongType, "want", "object", "got", root.name())
		return nil, k.err()
	}
	rec := k.record(&root, f.root, "")
	if f.photo != nil {
		v := &rec[f.photo.index]
		if len(env.Photo) > 0 {
			v.bytes, v.set = env.Photo, true
		}
		if !v.set && !f.photo.optional() && !k.has("/"+f.photo.Name) {
			k.add("/"+f.photo.Name, dataMissing, "label", f.photo.Label)
		}
	}
	for _, rule := range f.Rules {
		if !rule.Warn && rule.broken(rec, time.Time{}) {
			k.add("/"+rule.at.Name, dataRule, "vi", rule.Vi, "en", rule.En)
		}
	}
	if env.Agency == nil {
		k.add("", dataNoAgency)
	} else {
		k.signer(rec[atSignatory].str, env.Agency)
	}
	return rec, k.err()
}

// signer checks that the agency has who is to sign.
func (k *checker) signer(key string, a *Agency) {
	if _, ok := a.signer(&k.form.Head, key); ok {
		return
	}
	all := a.Signers(&k.form.Head)
	keys := make([]string, len(all))
	for i, s := range all {
		keys[i] = s.Key
	}
	switch {
	case len(keys) > 0:
		k.add("/signatory", dataUnknownSignatory, "got", shown(key), "signers", strings.Join(keys, ", "), "try", nearest(key, keys))
	case k.form.Signing == SignedByClerk:
		k.add("/signatory", dataNoSigner, "list", "clerks")
	default:
		k.add("/signatory", dataNoSigner, "list", "signatories")
	}
}

// index of a field by name.
func (f *Form) index(name string) int {
	x, _ := f.root.field(name)
	return x.index
}

func (k *checker) has(pointer string) bool {
	return slices.ContainsFunc(k.problems, func(p Problem) bool { return p.Pointer == pointer })
}

func (k *checker) err() error {
	if len(k.problems) == 0 {
		return nil
	}
	return &DataError{Form: k.form.Where(), Problems: k.problems}
}

// record checks one object against a scope.
func (k *checker) record(n *node, sc *scope, at string) []value {
	rec := make([]value, len(sc.fields))
	k.frames = append(k.frames, rec)
	defer func() { k.frames = k.frames[:len(k.frames)-1] }()
	for _, f := range sc.fields {
		m, ok := n.get(f.Name)
		if !ok || m.kind == kNull || m.kind == kString && m.s == "" {
			continue
		}
		k.field(m, f, at, &rec[f.index])
	}
	for _, f := range sc.fields {
		if rec[f.index].set || f.Type == PhotoT && at == "" {
			continue
		}
		if f.require == nil && (f.optional() || f.Type == List && f.Min == nil) {
			continue
		}
		p := at + "/" + f.Name
		if k.has(p) {
			continue
		}
		if f.require != nil && f.require.met(k.frames) {
			k.add(p, dataMissingHere, "label", f.Label)
			continue
		}
		if f.optional() || f.Type == List && f.Min == nil {
			continue
		}
		if m, ok := n.get(f.Name); ok && m.kind == kString {
			k.add(p, dataEmpty, "label", f.Label)
			continue
		}
		k.add(p, dataMissing, "label", f.Label)
	}
	for i := range n.obj {
		if key := n.obj[i].key; !sc.has(key) {
			k.add(at+"/"+escapePointer(key), dataUnknown, "name", shown(key), "try", nearest(key, sc.names()))
		}
	}
	return rec
}

// kindOf is the JSON kind of a type's values.
func kindOf(t Type) kind {
	switch t {
	case Int, Money:
		return kNumber
	case Bool:
		return kBool
	case List:
		return kArray
	}
	return kString
}

// field checks one value of the object at a pointer.
func (k *checker) field(n *node, f *Field, in string, v *value) {
	if want := kindOf(f.Type); n.kind != want {
		k.add(in+"/"+f.Name, dataWrongType, "want", (&node{kind: want}).name(), "got", n.name())
		return
	}
	switch f.Type {
	case String, Text:
		k.text(n, f, in, f.Name, v)
	case DateT:
		t, err := vietnamese.ParseDate(n.s)
		if err != nil {
			k.add(in+"/"+f.Name, dataBadDate, "got", shown(n.s))
			return
		}
		v.set, v.day = true, t
	case Month:
		t, err := vietnamese.ParseDate(n.s + "-01")
		if err != nil || len(n.s) != 7 {
			k.add(in+"/"+f.Name, dataBadMonth, "got", shown(n.s))
			return
		}
		v.set, v.day = true, t
	case Int, Money:
		k.number(n, f, in, v)
	case Bool:
		v.set = true
		if n.truth {
			v.num = 1
		}
	case Enum:
		c, ok := f.value(n.s)
		if !ok {
			all := make([]string, len(f.Values))
			for i := range f.Values {
				all[i] = f.Values[i].Value
			}
			k.add(in+"/"+f.Name, dataNotInList, "got", shown(n.s), "values", f.choices(), "try", nearest(n.s, all))
			return
		}
		v.set, v.choice, v.str = true, c, c.Value
	case List:
		k.list(n, f, in+"/"+f.Name, v)
	case PhotoT:
		k.photo(n, in+"/"+f.Name, v)
	}
}

func (k *checker) text(n *node, f *Field, in, name string, v *value) {
	limit := f.limit()
	// Bytes first: a text that is far too long is not worth normalising.
	if len(n.s) > 16*limit {
		k.add(in+"/"+name, dataTooLong, "got", itoa(utf8.RuneCountInString(n.s)), "most", itoa(limit))
		return
	}
	s := vietnamese.Spaces(vietnamese.NFC(n.s))
	if r, code := inspect(s, f.Type == Text); code != "" {
		k.add(in+"/"+name, code, "char", runeName(r))
		return
	}
	if c := utf8.RuneCountInString(s); c > limit {
		k.add(in+"/"+name, dataTooLong, "got", itoa(c), "most", itoa(limit))
		return
	}
	if s == "" {
		return // only blanks: as if it were not there, so "missing" or optional
	}
	if f.pattern != nil && !f.pattern.MatchString(s) {
		k.add(in+"/"+name, dataPattern, "got", shown(s), "help", f.PatternHelp)
		return
	}
	v.set, v.str = true, s
}

func (k *checker) number(n *node, f *Field, in string, v *value) {
	i, err := strconv.ParseInt(n.s, 10, 64)
	if err != nil {
		x, err := strconv.ParseFloat(n.s, 64)
		if err != nil || x != math.Trunc(x) || math.Abs(x) > 1<<53 {
			k.add(in+"/"+f.Name, dataNotWhole, "got", n.s)
			return
		}
		i = int64(x)
	}
	low, high := int64(0), int64(vietnamese.MaxWords)
	if f.Min != nil {
		low = *f.Min
	}
	if f.Max != nil {
		high = *f.Max
	}
	if i < low || i > high {
		k.add(in+"/"+f.Name, dataRange, "got", vietnamese.Grouped(i), "low", vietnamese.Grouped(low), "high", vietnamese.Grouped(high))
		return
	}
	v.set, v.num = true, i
}

func (k *checker) list(n *node, f *Field, at string, v *value) {
	most := DefaultListLength
	if f.Max != nil {
		most = int(*f.Max)
	}
	if len(n.arr) > most {
		k.add(at, dataTooMany, "got", itoa(len(n.arr)), "most", itoa(most))
		return
	}
	if f.Min != nil && len(n.arr) < int(*f.Min) {
		k.add(at, dataTooFew, "got", itoa(len(n.arr)), "least", itoa(int(*f.Min)))
		return
	}
	v.list = make([][]value, 0, len(n.arr))
	for i := range n.arr {
		p := at + "/" + itoa(i)
		if len(f.Fields) == 0 {
			var one value
			if n.arr[i].kind != kString {
				k.add(p, dataWrongType, "want", "string", "got", n.arr[i].name())
				continue
			}
			k.text(&n.arr[i], &Field{Type: String}, at, itoa(i), &one)
			if one.set {
				v.list = append(v.list, []value{one})
			} else if !k.has(p) {
				k.add(p, dataEmpty, "label", f.Label)
			}
			continue
		}
		if n.arr[i].kind != kObject {
			k.add(p, dataWrongType, "want", "object", "got", n.arr[i].name())
			continue
		}
		v.list = append(v.list, k.record(&n.arr[i], f.scope, p))
	}
	v.set = len(v.list) > 0
}

func (k *checker) photo(n *node, at string, v *value) {
	if base64.StdEncoding.DecodedLen(len(n.s)) > MaxPhoto+2 {
		k.add(at, dataPhotoSize, "most", vietnamese.Grouped(MaxPhoto))
		return
	}
	b, err := base64.StdEncoding.DecodeString(n.s)
	if err != nil || !isPhoto(b) {
		k.add(at, dataPhoto)
		return
	}
	v.set, v.bytes = true, b
}

// isPhoto tells by the first bytes whether b is JPEG or JPEG 2000 (a JP2 file or
// a bare codestream).
func isPhoto(b []byte) bool {
	for _, magic := range []string{"\xff\xd8\xff", "\x00\x00\x00\x0cjP  \r\n\x87\n", "\xff\x4f\xff\x51"} {
		if bytes.HasPrefix(b, []byte(magic)) {
			return true
		}
	}
	return false
}

// Photo is the photo inside data, nil when the form carries none or data has
// none. It is not checked further than its first bytes.
func (f *Form) Photo(data []byte) []byte {
	if f.photo == nil || len(data) > MaxPhotoData {
		return nil
	}
	root, _, err := parseJSON(data)
	if err != nil {
		return nil
	}
	n, ok := root.get(f.photo.Name)
	if !ok || n.kind != kString {
		return nil
	}
	k := &checker{form: f}
	var v value
	k.photo(n, "", &v)
	return v.bytes
}

// HasPhoto tells whether the form carries a photo.
func (f *Form) HasPhoto() bool { return f.photo != nil }

// met evaluates a condition; the last frame is the innermost loop's record.
func (c *condition) met(frames [][]value) bool {
	v := lookup(frames, c.ref)
	if len(c.values) == 0 {
		has := v.set && (c.ref.field.Type != Bool || v.num == 1)
		return has != c.not
	}
	hit := false
	for _, w := range c.values {
		switch c.ref.field.Type {
		case Enum:
			hit = hit || v.choice != nil && v.choice.Value == w
		case Bool:
			hit = hit || (v.num == 1) == (w == "true")
		}
	}
	return hit != c.not
}

func lookup(frames [][]value, r ref) *value {
	return &frames[len(frames)-1-r.up][r.field.index]
}
