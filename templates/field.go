package templates

import (
	"regexp"
	"strings"
)

// Type of a field's value.
type Type string

// Types of a field. In JSON a date is "2026-01-31" (or "31/01/2026"), a month
// "2026-01", money a whole number of đồng, a photo base64 of a JPEG.
const (
	String Type = "string"  // one line
	Text   Type = "text"    // several lines
	DateT  Type = "date"    //
	Month  Type = "month"   //
	Int    Type = "integer" //
	Money  Type = "money"   //
	Enum   Type = "enum"    // one of values
	Bool   Type = "boolean" //
	List   Type = "list"    // records, or a list of strings when it has no fields
	PhotoT Type = "photo"   //
)

var typeNames = []string{"string", "text", "date", "month", "integer", "money", "enum", "boolean", "list", "photo"}

// Limits that hold where a field names none of its own.
const (
	DefaultStringLength = 250
	DefaultTextLength   = 6000
	DefaultListLength   = 1000
	// MaxData bounds the JSON of one document, MaxPhotoData one with a photo.
	MaxData      = 1 << 20
	MaxPhotoData = 4 << 20
	// MaxPhoto bounds the decoded photo, in bytes.
	MaxPhoto = 2 << 20
)

// Value is one choice of an enum. Phrases are further wordings the body asks
// for by name, so that a sentence can be said for each case.
type Value struct {
	Value   string            `yaml:"value" json:"value"`
	Label   string            `yaml:"label" json:"label"`
	Phrases map[string]string `yaml:"phrases" json:"-"`
}

// Field is one piece of data of a form.
type Field struct {
	Use      string `yaml:"use"` // takes a field of fields.yaml; keys written here win
	Name     string `yaml:"name"`
	Type     Type   `yaml:"type"`
	Label    string `yaml:"label"`
	Help     string `yaml:"help"`
	Optional *bool  `yaml:"optional"`
	// RequiredIf makes an optional field needed under a condition ("kind = again").
	RequiredIf  string   `yaml:"required_if"`
	Min         *int64   `yaml:"min"` // of a number; of entries for a list
	Max         *int64   `yaml:"max"` // of a number; of characters; of entries
	Pattern     string   `yaml:"pattern"`
	PatternHelp string   `yaml:"pattern_help"` // what to write, in Vietnamese
	Values      []Value  `yaml:"values"`
	Fields      []*Field `yaml:"fields"`
	Example     string   `yaml:"example"`

	line    int
	pattern *regexp.Regexp
	require *condition
	index   int
	used    bool
	scope   *scope // of a list's records
}

// optional tells whether a value may be missing.
func (f *Field) optional() bool { return f.Optional != nil && *f.Optional || f.RequiredIf != "" }

// limit is the most characters a text may have.
func (f *Field) limit() int {
	switch {
	case f.Max != nil:
		return int(*f.Max)
	case f.Type == Text:
		return DefaultTextLength
	}
	return DefaultStringLength
}

func (f *Field) value(v string) (*Value, bool) {
	for i := range f.Values {
		if f.Values[i].Value == v {
			return &f.Values[i], true
		}
	}
	return nil, false
}

func (f *Field) choices() string {
	s := make([]string, len(f.Values))
	for i, v := range f.Values {
		s[i] = v.Value
	}
	return strings.Join(s, ", ")
}

// scope is the fields that one object of the data may have.
type scope struct {
	fields []*Field
	parent *scope
	list   *Field // the list whose records these are; nil for the whole
}

func (s *scope) field(name string) (*Field, bool) {
	for _, f := range s.fields {
		if f.Name == name {
			return f, true
		}
	}
	return nil, false
}

func (s *scope) has(name string) bool {
	_, ok := s.field(name)
	return ok
}

func (s *scope) names() []string {
	n := make([]string, len(s.fields))
	for i, f := range s.fields {
		n[i] = f.Name
	}
	return n
}

// ref is a field seen from a loop: up counts the loops to go out.
type ref struct {
	field *Field
	up    int
}

// find looks a name up in s and then outwards.
func (s *scope) find(name string) (ref, bool) {
	for up := 0; s != nil; up, s = up+1, s.parent {
		if f, ok := s.field(name); ok {
			return ref{f, up}, true
		}
	}
	return ref{}, false
}

// visible lists all names that find can answer.
func (s *scope) visible() []string {
	var n []string
	for ; s != nil; s = s.parent {
		n = append(n, s.names()...)
	}
	return n
}

var fieldName = regexp.MustCompile(`^[a-z][a-z0-9_]{0,39}$`)

// Places of the envelope's fields in a form's record.
const (
	atDossier = iota
	atReceived
	atSignatory
	atUnit
)

// envelope are the fields that every form has.
func envelope() []*Field {
	yes := true
	return []*Field{
		{
			Name: "dossier_code", Type: String, Label: "Mã hồ sơ", Max: new(int64(40)),
			Help:        "Mã hồ sơ thủ tục hành chính ghi trên giấy tiếp nhận.",
			Pattern:     `^[A-Za-z0-9Đđ./-]+$`,
			PatternHelp: "chỉ gồm chữ, số, dấu chấm, gạch ngang hoặc gạch chéo, ví dụ H26.17-250310-0012",
			Example:     "H26.17-250310-0012", used: true,
		},
		{
			Name: "received_date", Type: DateT, Label: "Ngày tiếp nhận hồ sơ", used: true,
			Help: "Ngày tiếp nhận hồ sơ; quyết định phiên bản biểu mẫu được dùng.",
		},
		{
			Name: "signatory", Type: String, Label: "Người ký", Optional: &yes, Max: new(int64(40)), used: true,
			Help: "Mã người ký trong hồ sơ cơ quan; bỏ trống thì lấy người đầu tiên.",
		},
		{
			Name: "drafting_unit", Type: String, Label: "Đơn vị soạn thảo", Optional: &yes, Max: new(int64(20)), used: true,
			Help:        "Chữ viết tắt đơn vị soạn thảo, dùng trong ký hiệu công văn và dòng Lưu; bỏ trống thì lấy theo hồ sơ cơ quan.",
			Pattern:     `^[\p{L}0-9.-]+$`,
			PatternHelp: "chữ viết tắt liền nhau, ví dụ VLATLĐ",
		},
	}
}
