package templates

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

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
	c.checkHead(dir, src)
	f := &Form{Head: file.Head, Rules: file.Rules, layout: file.Layout.withDefaults()}
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
	f.blocks = c.body(string(body))
	c.signingExtra(f.blocks)
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
	return []byte(vietnamese.NFC(string(data))), nil
}

var (
	yamlLine  = regexp.MustCompile(`line (\d+): (.*)`)
	yamlField = regexp.MustCompile(`field (\S+) not found`)
)

// formKeys are the keys a form file may have, for suggestions.
var formKeys = []string{
	"id", "version", "title", "form_code", "legal_basis", "valid_from", "valid_to", "successor", "procedures",
	"document_type", "book", "issuer", "signing", "signer", "once_per_dossier", "number", "symbol", "text",
	"to_confirm", "concerns", "permit_kind", "layout", "fields", "rules", "act", "date", "name", "status", "note", "use", "type", "label",
	"help", "optional", "required_if", "min", "max", "pattern", "pattern_help", "values", "value", "phrases",
	"example", "check", "when", "warn", "vi", "en", "field", "size", "leading", "indent", "before", "no_stamp", "no_address", "ragged",
}

// decode reads YAML strictly and turns the library's errors into ours.
func (c *compiler) decode(src []byte, into any) bool {
	dec := yaml.NewDecoder(bytes.NewReader(src))
	dec.KnownFields(true)
	err := dec.Decode(into)
	if err == nil {
		return true
	}
	msgs := []string{err.Error()}
	if typed, ok := errors.AsType[*yaml.TypeError](err); ok {
		msgs = typed.Errors
	}
	for _, m := range msgs {
		line := 0
		if at := yamlLine.FindStringSubmatch(m); at != nil {
			line, _ = strconv.Atoi(at[1])
			m = at[2]
		}
		if key := yamlField.FindStringSubmatch(m); key != nil {
			c.fail(line, fileUnknownKey, "key", key[1], "try", nearest(key[1], formKeys))
			continue
		}
		c.fail(line, fileYAML, "text", m)
	}
	return false
}

// fieldLines lists the lines on which the entries of a top-level list begin.
func fieldLines(src []byte, key string) []int {
	var doc yaml.Node
	if yaml.Unmarshal(src, &doc) != nil || len(doc.Content) == 0 {
		return nil
	}
	m := doc.Content[0]
	for i := 0; i+1 < len(m.Content); i += 2 {
		if m.Content[i].Value != key {
			continue
		}
		var lines []int
		for _, n := range m.Content[i+1].Content {
			lines = append(lines, n.Line)
		}
		return lines
	}
	return nil
}

func keyLine(src []byte, key string) int {
	for i, l := range strings.Split(string(src), "\n") {
		if strings.HasPrefix(l, key+":") {
			return i + 1
		}
	}
	return 1
}

var idForm = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

func (c *compiler) checkHead(dir string, src []byte) {
	h := c.head
	id, version := path.Split(dir)
	id = strings.TrimSuffix(id, "/")
	for _, m := range []struct{ key, got, want string }{{"id", h.ID, id}, {"version", h.Version, version}} {
		if m.got != m.want || !idForm.MatchString(m.got) {
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
			c.fail(keyLine(src, m.key), fileHeadChoice, "key", m.key, "got", m.got, "choices", strings.Join(headChoices[m.key], ", "))
		}
	}
	if len(h.Issuer) == 0 {
		c.fail(keyLine(src, "issuer"), fileHeadMissing, "key", "issuer")
	}
	for _, kind := range h.Issuer {
		if !slices.Contains(headChoices["issuer"], kind) {
			c.fail(keyLine(src, "issuer"), fileHeadChoice, "key", "issuer", "got", kind, "choices", strings.Join(headChoices["issuer"], ", "))
		}
	}
	if !h.ValidTo.IsZero() && h.ValidTo.Before(h.ValidFrom.Time) {
		c.fail(keyLine(src, "valid_to"), fileValidity)
	}
	if s := h.Successor; s != nil && s.Status != ToBeConfirmed && s.Status != "known" {
		c.fail(keyLine(src, "successor"), fileHeadChoice, "key", "successor.status", "got", s.Status, "choices", "to be confirmed, known")
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
