package templates

import (
	"bytes"
	"errors"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

var (
	yamlLine  = regexp.MustCompile(`line (\d+): (.*)`)
	yamlField = regexp.MustCompile(`field (\S+) not found`)
	yamlType  = regexp.MustCompile("cannot unmarshal !!\\w+ (?:`(.*)` )?into (\\S+)")
	yamlTwice = regexp.MustCompile(`mapping key "(.*)" already defined at line (\d+)`)
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
	if bad, ok := errors.AsType[*dateError](err); ok {
		c.fail(bad.line, fileDate, "got", shown(bad.got))
		return false
	}
	typed, ok := errors.AsType[*yaml.TypeError](err)
	if !ok {
		c.syntax(src, err.Error())
		return false
	}
	for _, m := range typed.Errors {
		line := 0
		if at := yamlLine.FindStringSubmatch(m); at != nil {
			line, _ = strconv.Atoi(at[1])
			m = at[2]
		}
		if key := yamlField.FindStringSubmatch(m); key != nil {
			if slices.Contains(formKeys, key[1]) {
				c.fail(line, fileKeyElsewhere, "key", key[1])
				continue
			}
			c.fail(line, fileUnknownKey, "key", key[1], "try", nearest(key[1], formKeys))
			continue
		}
		if key := yamlTwice.FindStringSubmatch(m); key != nil {
			c.fail(line, fileKeyTwice, "key", key[1], "other", key[2])
			continue
		}
		if x := yamlType.FindStringSubmatch(m); x != nil {
			vi, en := wantedType(x[2])
			c.fail(line, fileValueType, "got", shown(x[1]), "want_vi", vi, "want_en", en)
			continue
		}
		c.fail(line, fileYAML, "text", m)
	}
	return false
}

// wantedType names a Go type of a form file in words.
func wantedType(name string) (vi, en string) {
	switch name = strings.TrimLeft(name, "*"); {
	case strings.HasPrefix(name, "[]"), strings.HasSuffix(name, "Issuers"):
		return "một danh sách, ví dụ [a, b]", "a list, for example [a, b]"
	case strings.HasPrefix(name, "int"), strings.HasPrefix(name, "float"):
		return "một số, không đặt trong ngoặc kép", "a number without quotation marks"
	case name == "bool":
		return "true hoặc false", "true or false"
	case name == "string":
		return "chữ trên một dòng", "text on one line"
	}
	return "các khóa bên trong, mỗi dòng một khóa: giá_trị, thụt vào hai dấu cách", "keys of its own, one “key: value” a line, indented by two blanks"
}

// syntaxCodes are the mistakes behind what the YAML library says, by a part of
// its words.
var syntaxCodes = []struct {
	says string
	code Code
}{
	{"mapping values are not allowed", fileYAMLColon},
	{"did not find expected ',' or", fileYAMLBracket},
	{"did not find expected node content", fileYAMLBracket},
	{"found unexpected end of stream", fileYAMLQuote},
	{"found unknown escape character", fileYAMLQuote},
	{"found character that cannot start any token", fileYAMLStart},
	{"found a tab character", fileYAMLStart},
	{"could not find expected ':'", fileYAMLIndent},
	{"did not find expected key", fileYAMLIndent},
	{"did not find expected '-' indicator", fileYAMLIndent},
	{"did not find expected <document start>", fileYAMLIndent},
}

// syntax reports a file that is no YAML, at the line where the trouble begins:
// the library often names where the surrounding list or mapping does.
func (c *compiler) syntax(src []byte, says string) {
	line := firstBad(src)
	if at := yamlLine.FindStringSubmatch(says); at != nil {
		if line == 0 {
			line, _ = strconv.Atoi(at[1])
		}
		says = at[2]
	}
	text := ""
	if all := strings.Split(string(src), "\n"); line > 0 && line <= len(all) {
		text = shown(strings.TrimSpace(all[line-1]))
	}
	for _, s := range syntaxCodes {
		if strings.Contains(says, s.says) {
			c.fail(line, s.code, "text", text)
			return
		}
	}
	c.fail(line, fileYAML, "text", strings.TrimPrefix(says, "yaml: "))
}

// maxSearched bounds the lines of a file whose first wrong line is looked for.
const maxSearched = 600

// firstBad is the line after the longest beginning of src that is YAML by
// itself; 0 when there is none to be found.
func firstBad(src []byte) int {
	lines := bytes.SplitAfter(src, []byte("\n"))
	if len(lines) > maxSearched {
		return 0
	}
	end := len(src)
	for n := len(lines); n > 0; n-- {
		end -= len(lines[n-1])
		var any yaml.Node
		if yaml.Unmarshal(src[:end], &any) == nil {
			return n
		}
	}
	return 0
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
	if line, ok := keyLines(src)[key]; ok {
		return line
	}
	return 1
}

// keyLines are the lines of a file's top-level keys.
func keyLines(src []byte) map[string]int {
	lines := map[string]int{}
	for i, l := range strings.Split(string(src), "\n") {
		key, _, ok := strings.Cut(l, ":")
		if _, twice := lines[key]; ok && !twice && key != "" && key[0] >= 'a' && key[0] <= 'z' {
			lines[key] = i + 1
		}
	}
	return lines
}

// line of a key of the head, 1 where it is missing.
func (f *Form) line(key string) int { return max(1, f.keyLines[key]) }

// characters refuses what no document can print, wherever it stands: title and
// labels go into documents and into messages about them.
func (c *compiler) characters(src []byte) {
	for i, l := range strings.Split(string(src), "\n") {
		if strings.HasPrefix(strings.TrimSpace(l), "#") {
			continue
		}
		if r, code := inspect(l, false); code != "" {
			c.fail(i+1, fileBadCharacter, "char", runeName(r))
		}
	}
}
