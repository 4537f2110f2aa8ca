package templates

import (
	"fmt"
	"strings"
)

// Code names a kind of problem; the words for people are in messages.go.
type Code string

// Problem is one thing wrong with the data of a document.
type Problem struct {
	// Pointer is the JSON pointer (RFC 6901) of the value, "" for the whole.
	Pointer string `json:"pointer"`
	Code    Code   `json:"code"`
	// Args fill the placeholders of the message and are safe to show.
	Args map[string]string `json:"args,omitempty"`
}

// Message says in Vietnamese (lang "vi", the default) or English ("en") what
// is wrong and what to do.
func (p Problem) Message(lang string) string { return message(p.Code, p.Args, lang) }

// DataError holds every problem of one document's data, in the order of the
// form's fields.
type DataError struct {
	Form     string // "qd-huong-tctn/tt15-2023"
	Problems []Problem
}

// Error names the first problem, in English, for logs.
func (e *DataError) Error() string {
	if len(e.Problems) == 0 {
		return "data of " + e.Form + " refused"
	}
	p := e.Problems[0]
	s := fmt.Sprintf("data of %s: %s: %s", e.Form, pointerOrRoot(p.Pointer), p.Code)
	if n := len(e.Problems) - 1; n > 0 {
		s += fmt.Sprintf(" (and %d more)", n)
	}
	return s
}

// Message lists all problems, one a line, each behind its pointer.
func (e *DataError) Message(lang string) string {
	var b strings.Builder
	for i, p := range e.Problems {
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(pointerOrRoot(p.Pointer))
		b.WriteString(": ")
		b.WriteString(p.Message(lang))
	}
	return b.String()
}

func pointerOrRoot(p string) string {
	if p == "" {
		return "/"
	}
	return p
}

// FileError is a mistake in a form file.
type FileError struct {
	File string // "qd-huong-tctn/tt15-2023/body.txt"
	Line int    // from 1; 0 where the whole file is meant
	Code Code
	Args map[string]string
	// Warning marks what may be meant so: it is told and refuses nothing.
	Warning bool
}

// Error says in English where the mistake is and what to write instead.
func (e *FileError) Error() string { return e.Place() + ": " + e.Message("en") }

// Place is "file:line".
func (e *FileError) Place() string {
	if e.Line == 0 {
		return e.File
	}
	return fmt.Sprintf("%s:%d", e.File, e.Line)
}

// Message says what is wrong and what to write instead, without the place.
func (e *FileError) Message(lang string) string { return message(e.Code, e.Args, lang) }

// args builds a message's arguments from pairs of name and value.
func args(pairs ...string) map[string]string {
	if len(pairs) == 0 {
		return nil
	}
	m := make(map[string]string, len(pairs)/2)
	for i := 0; i+1 < len(pairs); i += 2 {
		m[pairs[i]] = pairs[i+1]
	}
	return m
}

// kindNames are the kinds of JSON values in words.
var kindNames = map[string]string{
	"null": "giá trị rỗng (null)", "boolean": "đúng/sai (true hoặc false)", "number": "số (không đặt trong ngoặc kép)",
	"string": "chữ (đặt trong ngoặc kép)", "array": "danh sách [ ]", "object": "nhóm trường { }",
}

// message fills the words of a code; an unknown code shows itself.
func message(c Code, a map[string]string, lang string) string {
	w, ok := words[c]
	if !ok {
		return string(c)
	}
	s := w.vi
	if lang == "en" {
		s = w.en
	}
	if len(a) == 0 && !strings.Contains(s, "{") {
		return s
	}
	pairs := make([]string, 0, 2*len(a)+2)
	suffix := "_vi"
	if lang == "en" {
		suffix = "_en"
	}
	for k, v := range a {
		if vi, ok := kindNames[v]; ok && lang != "en" && (k == "want" || k == "got") {
			v = vi
		}
		// {x} takes the argument x_vi or x_en where they differ.
		if name, ok := strings.CutSuffix(k, suffix); ok {
			k = name
		}
		pairs = append(pairs, "{"+k+"}", v)
	}
	if alt, ok := a["try"]; ok && alt != "" {
		if lang == "en" {
			pairs = append(pairs, "{try?}", fmt.Sprintf(" Did you mean %q?", alt))
		} else {
			pairs = append(pairs, "{try?}", fmt.Sprintf(" Có phải ý là %q?", alt))
		}
	} else {
		pairs = append(pairs, "{try?}", "")
	}
	return strings.NewReplacer(pairs...).Replace(s)
}
