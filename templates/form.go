package templates

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"io"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"antin/templates/vietnamese"
)

// Form is one version of a form, compiled and ready to bind. It is safe for
// concurrent use.
type Form struct {
	Head
	Fields []*Field // the envelope's first
	Rules  []*Rule

	root   *scope
	blocks []block
	sample []byte
	legal  *Legal
	photo  *Field
	schema []byte
	layout Layout
	// What lint tells places by: the body as it was read, the lines of the
	// head's keys and of the acts of legal_basis.
	source     string
	keyLines   map[string]int
	basisLines []int
}

// formFile is form.yaml.
type formFile struct {
	Head   `yaml:",inline"`
	Fields []*Field `yaml:"fields"`
	Rules  []*Rule  `yaml:"rules"`
}

// maxFormFile bounds each file of a form, in bytes.
const maxFormFile = 256 << 10

// loadForm reads and compiles the folder ID/VERSION. The mistakes of a form
// are returned all together.
func loadForm(fsys fs.FS, dir string, library map[string]*Field) (*Form, []*FileError) {
	c := &compiler{file: path.Join(dir, "form.yaml")}
	src, err := readBounded(fsys, c.file)
	if err != nil {
		c.fail(0, fileMissing, "name", "form.yaml")
		return nil, c.errs
	}
	var file formFile
	if !c.decode(src, &file) {
		return nil, c.errs
	}
	c.head = &file.Head
	c.characters(src)
	c.checkHead(dir, src)
	f := &Form{Head: file.Head, Rules: file.Rules, layout: file.Layout.withDefaults()}
	f.keyLines, f.basisLines = keyLines(src), fieldLines(src, "legal_basis")
	lines := fieldLines(src, "fields")
	c.root = &scope{}
	f.Fields = append(envelope(), c.fields(file.Fields, library, lines, c.root)...)
	c.root.fields = f.Fields
	f.root = c.root
	for i, x := range f.Fields {
		x.index = i
		if x.Pattern != "" && x.pattern == nil {
			x.pattern = regexp.MustCompile(x.Pattern)
		}
		if x.Type == PhotoT {
			f.photo = x
		}
	}
	c.duplicates(f.Fields, lines)
	for i, r := range f.Rules {
		if at := fieldLines(src, "rules"); i < len(at) {
			r.line = at[i]
		}
		c.rule(r)
	}
	c.requirements(f.root)
	c.file = path.Join(dir, "body.txt")
	body, err := readBounded(fsys, c.file)
	if err != nil {
		c.fail(0, fileMissing, "name", "body.txt")
		return nil, c.errs
	}
	f.source = string(body)
	f.blocks = c.body(f.source)
	c.signingExtra(f.blocks)
	c.fieldsOnce(f)
	if len(c.errs) > 0 {
		return nil, c.errs
	}
	f.sample, _ = readBounded(fsys, path.Join(dir, "sample.json"))
	f.samplePhoto(fsys)
	if legal, err := readBounded(fsys, path.Join(dir, "legal.txt")); err == nil {
		c.file = path.Join(dir, "legal.txt")
		f.legal = c.parseLegal(string(legal))
		if len(c.errs) > 0 {
			return nil, c.errs
		}
	}
	f.schema = f.buildSchema()
	return f, nil
}

// samplePhoto puts sample-photo.jpg into a sample that has no photo of its own,
// so that samples stay readable.
func (f *Form) samplePhoto(fsys fs.FS) {
	end := bytes.LastIndexByte(f.sample, '}')
	if f.photo == nil || end < 0 || bytes.Contains(f.sample, []byte(`"`+f.photo.Name+`"`)) {
		return
	}
	jpeg, err := fs.ReadFile(fsys, "sample-photo.jpg")
	if err != nil || len(jpeg) > MaxPhoto {
		return
	}
	body := bytes.TrimRight(f.sample[:end], " \n")
	f.sample = fmt.Appendf(nil, "%s,\n  %q: %q\n}\n", body, f.photo.Name, base64.StdEncoding.EncodeToString(jpeg))
}

func readBounded(fsys fs.FS, name string) ([]byte, error) {
	file, err := fsys.Open(name)
	if err != nil {
		return nil, fmt.Errorf("open form file: %w", err)
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, maxFormFile+1))
	if err != nil {
		return nil, fmt.Errorf("read form file: %w", err)
	}
	if len(data) > maxFormFile {
		return nil, fmt.Errorf("form file %s is larger than %d bytes", name, maxFormFile)
	}
	// Notepad begins a file with a byte-order mark and ends lines with CR LF.
	data = bytes.TrimPrefix(data, []byte(byteOrderMark))
	data = bytes.ReplaceAll(data, []byte("\r\n"), []byte("\n"))
	return []byte(vietnamese.NFC(string(data))), nil
}

// byteOrderMark is U+FEFF in UTF-8, which some editors put first.
const byteOrderMark = "\ufeff"

// slug writes a name as the folders of forms are named: "Bản 1" as "ban-1".
func slug(s string) string {
	var b strings.Builder
	for _, r := range norm.NFD.String(strings.ToLower(s)) {
		switch {
		case r == 'đ':
			b.WriteByte('d')
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9':
			b.WriteRune(r)
		case !unicode.IsMark(r):
			b.WriteByte('-')
		}
	}
	out := strings.Trim(dashes.ReplaceAllString(b.String(), "-"), "-")
	if out == "" {
		return "v1"
	}
	return out
}

var dashes = regexp.MustCompile(`-+`)

var idForm = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

func (c *compiler) checkHead(dir string, src []byte) {
	h := c.head
	id, version := path.Split(dir)
	id = strings.TrimSuffix(id, "/")
	for _, m := range []struct{ key, got, want string }{{"id", h.ID, id}, {"version", h.Version, version}} {
		switch {
		case !idForm.MatchString(m.want):
			c.fail(keyLine(src, m.key), fileFolderForm, "key", m.key, "got", m.want, "want", slug(m.want))
		case m.got != m.want:
			c.fail(keyLine(src, m.key), fileFolderName, "key", m.key, "got", m.got, "want", m.want)
		}
	}
	for _, m := range []struct {
		key string
		ok  bool
	}{
		{"title", h.Title != ""},
		{"valid_from", !h.ValidFrom.IsZero()},
		{"document_type", h.DocumentType != ""},
		{"book", h.Book != "" || h.Number == "none"},
		{"signer", h.Signer != ""},
		{"procedures", len(h.Procedures) > 0},
	} {
		if !m.ok {
			c.fail(keyLine(src, m.key), fileHeadMissing, "key", m.key)
		}
	}
	for _, m := range []struct{ key, got string }{{"signing", h.Signing}, {"number", h.Number}, {"text", h.Text}} {
		if !slices.Contains(headChoices[m.key], m.got) {
			c.fail(keyLine(src, m.key), fileHeadChoice, "key", m.key, "got", m.got, "choices_vi", choices(m.key, "vi"), "choices_en", choices(m.key, "en"))
		}
	}
	if len(h.Issuer) == 0 {
		c.fail(keyLine(src, "issuer"), fileHeadMissing, "key", "issuer")
	}
	for _, kind := range h.Issuer {
		if !slices.Contains(headChoices["issuer"], kind) {
			c.fail(keyLine(src, "issuer"), fileHeadChoice, "key", "issuer", "got", kind, "choices_vi", choices("issuer", "vi"), "choices_en", choices("issuer", "en"))
		}
	}
	if !h.ValidTo.IsZero() && h.ValidTo.Before(h.ValidFrom.Time) {
		c.fail(keyLine(src, "valid_to"), fileValidity)
	}
	if s := h.Successor; s != nil && s.Status != ToBeConfirmed && s.Status != "known" {
		c.fail(keyLine(src, "successor"), fileHeadChoice, "key", "successor.status", "got", s.Status,
			"choices_vi", "to be confirmed (chưa có lời văn của mẫu thay thế), known (đã có)", "choices_en", "to be confirmed (its text is not at hand), known")
	}
	l := h.Layout
	if l.Size != 0 && l.Size != 11 && l.Size != 12 && l.Size != 13 && l.Size != 14 || l.Leading != 0 && (l.Leading < 1 || l.Leading > 1.5) ||
		l.Indent != 0 && l.Indent != 10 && l.Indent != 12.7 || l.Before < 0 || l.Before > 24 {
		c.fail(keyLine(src, "layout"), fileLayout)
	}
}

// fields checks a list of fields and fills in those taken from the library.
func (c *compiler) fields(list []*Field, library map[string]*Field, lines []int, sc *scope) []*Field {
	for i, f := range list {
		if f == nil {
			c.fail(lineAt(lines, i), fileFieldMissing, "key", "name", "name", "-")
			list[i] = &Field{Type: String}
			continue
		}
		f.line = lineAt(lines, i)
		f.index = i
		if f.Use != "" {
			lib, ok := library[f.Use]
			if !ok {
				names := make([]string, 0, len(library))
				for n := range library {
					names = append(names, n)
				}
				c.fail(f.line, fileUnknownUse, "name", f.Use, "try", nearest(f.Use, names))
				continue
			}
			f.inherit(lib)
		}
		c.field(f, library, sc)
	}
	return list
}

func lineAt(lines []int, i int) int {
	if i < len(lines) {
		return lines[i]
	}
	return 0
}

// inherit takes from lib what f does not set itself.
func (f *Field) inherit(lib *Field) {
	own := *f
	*f = *lib
	f.Use, f.line, f.index, f.used, f.scope = own.Use, own.line, own.index, false, nil
	if own.Name != "" {
		f.Name = own.Name
	}
	if own.Type != "" {
		f.Type = own.Type
	}
	if own.Label != "" {
		f.Label = own.Label
	}
	if own.Help != "" {
		f.Help = own.Help
	}
	if own.Optional != nil {
		f.Optional = own.Optional
	}
	if own.RequiredIf != "" {
		f.RequiredIf = own.RequiredIf
	}
	if own.Min != nil {
		f.Min = own.Min
	}
	if own.Max != nil {
		f.Max = own.Max
	}
	if own.Pattern != "" {
		f.Pattern, f.PatternHelp = own.Pattern, own.PatternHelp
	}
	if len(own.Values) > 0 {
		f.Values = own.Values
	}
	if own.Example != "" {
		f.Example = own.Example
	}
	if len(own.Fields) > 0 {
		f.Fields = own.Fields
	} else {
		f.Fields = nil
		for _, x := range lib.Fields {
			dup := *x
			f.Fields = append(f.Fields, &dup)
		}
	}
}

func (c *compiler) field(f *Field, library map[string]*Field, sc *scope) {
	if !fieldName.MatchString(f.Name) || f.Name == "item" || f.Name == "agency" {
		c.fail(f.line, fileFieldName, "name", f.Name)
	}
	if !slices.Contains(typeNames, string(f.Type)) {
		c.fail(f.line, fileFieldType, "name", f.Name, "type", string(f.Type), "types", strings.Join(typeNames, ", "), "try", nearest(string(f.Type), typeNames))
	}
	if f.Label == "" {
		c.fail(f.line, fileFieldMissing, "key", "label", "name", f.Name)
	}
	if f.Type == Enum && len(f.Values) < 2 {
		c.fail(f.line, fileFieldMissing, "key", "values", "name", f.Name)
	}
	for _, v := range f.Values {
		if !fieldName.MatchString(v.Value) || v.Label == "" {
			c.fail(f.line, fileEnumValue, "name", f.Name, "value", v.Value)
		}
	}
	if f.Pattern != "" {
		re, err := regexp.Compile(f.Pattern)
		if err != nil || f.PatternHelp == "" {
			c.fail(f.line, filePattern, "name", f.Name)
			f.Pattern = ""
		} else {
			f.pattern = re
		}
	}
	if f.Min != nil && f.Max != nil && *f.Min > *f.Max {
		c.fail(f.line, fileMinMax, "name", f.Name)
	}
	if f.Type == List && len(f.Fields) > 0 {
		f.scope = &scope{parent: sc, list: f}
		lines := make([]int, len(f.Fields))
		for i := range lines {
			lines[i] = f.line
		}
		f.scope.fields = c.fields(f.Fields, library, lines, f.scope)
		c.duplicates(f.scope.fields, lines)
	}
}

func (c *compiler) duplicates(list []*Field, lines []int) {
	seen := map[string]bool{}
	for _, f := range list {
		if seen[f.Name] {
			c.fail(f.line, fileFieldTwice, "name", f.Name)
		}
		seen[f.Name] = true
	}
}

// requirements reads every required_if once all fields are known.
func (c *compiler) requirements(sc *scope) {
	for _, f := range sc.fields {
		if f.RequiredIf != "" {
			f.require, _ = c.condition(f.RequiredIf, f.line, sc)
		}
		if f.scope != nil {
			c.requirements(f.scope)
		}
	}
}
