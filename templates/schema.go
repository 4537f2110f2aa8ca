package templates

import (
	"bytes"
	"encoding/json"

	"antin/templates/vietnamese"
)

// ordered is a JSON object that keeps its keys in order, so that a schema
// lists the fields as the form does.
type ordered []pair

type pair struct {
	key   string
	value any
}

// MarshalJSON writes the pairs in order.
func (o ordered) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, p := range o {
		if i > 0 {
			b.WriteByte(',')
		}
		k, err := json.Marshal(p.key)
		if err != nil {
			return nil, err
		}
		b.Write(k)
		b.WriteByte(':')
		enc := json.NewEncoder(&b)
		enc.SetEscapeHTML(false)
		if err := enc.Encode(p.value); err != nil {
			return nil, err
		}
		b.Truncate(b.Len() - 1)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

const datePattern = `^([0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{2}/[0-9]{2}/[0-9]{4})$`

// buildSchema derives the JSON Schema of the form's data.
func (f *Form) buildSchema() []byte {
	s := ordered{
		{"$schema", "https://json-schema.org/draft/2020-12/schema"},
		{"$id", "urn:antin:form:" + f.ID + ":" + f.Version},
		{"title", f.Title},
		{"description", f.describe()},
	}
	s = append(s, objectSchema(f.root)...)
	if rules := f.ruleTexts(); len(rules) > 0 {
		s = append(s, pair{"x-rules", rules})
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(s); err != nil {
		return nil // only strings, numbers and lists are in s
	}
	return b.Bytes()
}

func (f *Form) describe() string {
	d := f.FormCode
	for _, b := range f.LegalBasis[:min(1, len(f.LegalBasis))] {
		if d != "" {
			d += ", "
		}
		d += b.Name
	}
	return d
}

func (f *Form) ruleTexts() []string {
	var t []string
	for _, r := range f.Rules {
		t = append(t, r.Vi)
	}
	return t
}

func objectSchema(sc *scope) ordered {
	props, required := ordered{}, []string{}
	var cases []any
	for _, f := range sc.fields {
		props = append(props, pair{f.Name, f.schema()})
		if !f.optional() && f.Type != PhotoT && (f.Type != List || f.Min != nil) {
			required = append(required, f.Name)
		}
		if f.require != nil && f.require.ref.up == 0 {
			cases = append(cases, ordered{
				{"if", f.require.schema()},
				{"then", ordered{{"required", []string{f.Name}}}},
			})
		}
	}
	o := ordered{{"type", "object"}, {"properties", props}, {"required", required}, {"additionalProperties", false}}
	if len(cases) > 0 {
		o = append(o, pair{"allOf", cases})
	}
	return o
}

// schema of a condition on a field of the same object.
func (c *condition) schema() ordered {
	name := c.ref.field.Name
	present := ordered{{"required", []string{name}}}
	if len(c.values) > 0 {
		var list []any
		for _, v := range c.values {
			if c.ref.field.Type == Bool {
				list = append(list, v == "true")
			} else {
				list = append(list, v)
			}
		}
		present = append(present, pair{"properties", ordered{{name, ordered{{"enum", list}}}}})
	} else if c.ref.field.Type == Bool {
		present = append(present, pair{"properties", ordered{{name, ordered{{"const", true}}}}})
	}
	if c.not {
		return ordered{{"not", present}}
	}
	return present
}

func (f *Field) schema() ordered {
	o := ordered{{"title", f.Label}}
	if help := f.helpText(); help != "" {
		o = append(o, pair{"description", help})
	}
	switch f.Type {
	case String, Text:
		o = append(o, pair{"type", "string"})
		if !f.optional() {
			o = append(o, pair{"minLength", 1})
		}
		o = append(o, pair{"maxLength", f.limit()})
		if f.Pattern != "" {
			p := f.Pattern
			if f.optional() {
				p = "^$|" + p
			}
			o = append(o, pair{"pattern", p})
		}
	case DateT:
		o = append(o, pair{"type", "string"}, pair{"pattern", datePattern})
	case Month:
		o = append(o, pair{"type", "string"}, pair{"pattern", `^[0-9]{4}-(0[1-9]|1[0-2])$`})
	case Int, Money:
		low, high := int64(0), int64(vietnamese.MaxWords)
		if f.Min != nil {
			low = *f.Min
		}
		if f.Max != nil {
			high = *f.Max
		}
		o = append(o, pair{"type", "integer"}, pair{"minimum", low}, pair{"maximum", high})
	case Bool:
		o = append(o, pair{"type", "boolean"})
	case Enum:
		var one []any
		for _, v := range f.Values {
			one = append(one, ordered{{"const", v.Value}, {"title", v.Label}})
		}
		o = append(o, pair{"type", "string"}, pair{"oneOf", one})
	case PhotoT:
		o = append(o, pair{"type", "string"}, pair{"contentEncoding", "base64"}, pair{"contentMediaType", "image/jpeg"})
	case List:
		o = append(o, pair{"type", "array"})
		if f.Min != nil {
			o = append(o, pair{"minItems", *f.Min})
		}
		most := int64(DefaultListLength)
		if f.Max != nil {
			most = *f.Max
		}
		o = append(o, pair{"maxItems", most})
		if len(f.Fields) > 0 {
			o = append(o, pair{"items", objectSchema(f.scope)})
		} else {
			o = append(o, pair{"items", ordered{{"type", "string"}, {"minLength", 1}, {"maxLength", DefaultStringLength}}})
		}
	}
	if f.Example != "" {
		o = append(o, pair{"examples", []string{f.Example}})
	}
	return o
}

// helpText is the field's help with what its type asks for.
func (f *Field) helpText() string {
	t := f.Help
	add := func(s string) {
		if t != "" {
			t += " "
		}
		t += s
	}
	switch f.Type {
	case DateT:
		add("Ghi năm-tháng-ngày, ví dụ 2026-01-31.")
	case Month:
		add("Ghi năm-tháng, ví dụ 2026-01.")
	case Money:
		add("Số tiền bằng đồng, số nguyên.")
	case PhotoT:
		add("Ảnh 4x6 cm dạng JPEG, mã hóa base64; bỏ trống nếu ảnh được gửi riêng.")
	case String:
		if f.PatternHelp != "" {
			add("Dạng: " + f.PatternHelp + ".")
		}
	}
	return t
}
