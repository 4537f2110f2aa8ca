package templates

import (
	"slices"
	"strings"
)

// compiler turns a form's text files into the tree that Bind walks. It
// collects every mistake instead of stopping at the first.
type compiler struct {
	file         string
	head         *Head
	root         *scope
	errs         []*FileError
	blankAllowed bool     // inside table cells an empty field leaves an empty cell
	guards       []*Field // fields that an @if around the text has found set
}

// guarded tells whether an @if around the text makes sure of a value.
func (c *compiler) guarded(f *Field) bool {
	return slices.Contains(c.guards, f) || len(c.guards) > 0 && f.RequiredIf != ""
}

const maxFileErrors = 50

func (c *compiler) fail(line int, code Code, pairs ...string) {
	if len(c.errs) < maxFileErrors {
		c.errs = append(c.errs, &FileError{File: c.file, Line: line, Code: code, Args: args(pairs...)})
	}
}

// warn is fail for what may be meant so.
func (c *compiler) warn(line int, code Code, pairs ...string) {
	n := len(c.errs)
	if c.fail(line, code, pairs...); len(c.errs) > n {
		c.errs[n].Warning = true
	}
}

// resolve looks a field up and marks it as used.
func (c *compiler) resolve(name string, line int, sc *scope) (ref, bool) {
	r, ok := sc.find(name)
	switch {
	case !ok && name == "item":
		c.fail(line, fileItemOutside)
		return ref{}, false
	case !ok && sc.has("item"):
		c.fail(line, fileItem, "name", name, "list", sc.list.Name)
		return ref{}, false
	case !ok:
		c.fail(line, fileUnknownField, "name", name, "try", nearest(name, sc.visible()))
		return ref{}, false
	}
	r.field.used = true
	return r, true
}

// column resolves "list.field".
func (c *compiler) column(name string, line int, sc *scope) (ref, *Field, bool) {
	list, col, ok := strings.Cut(name, ".")
	if !ok {
		c.fail(line, fileBadSum, "text", name)
		return ref{}, nil, false
	}
	r, ok := c.resolve(list, line, sc)
	if !ok {
		return ref{}, nil, false
	}
	if r.field.Type != List || r.field.scope == nil {
		c.fail(line, fileNotList, "name", list)
		return ref{}, nil, false
	}
	f, ok := r.field.scope.field(col)
	if !ok {
		c.fail(line, fileUnknownField, "name", name, "try", nearest(col, r.field.scope.names()))
		return ref{}, nil, false
	}
	if f.Type != Money && f.Type != Int {
		c.fail(line, fileBadSum, "text", name)
		return ref{}, nil, false
	}
	f.used = true
	return r, f, true
}

// condition reads "name", "!name", "name = a, b" or "name != a".
func (c *compiler) condition(src string, line int, sc *scope) (*condition, bool) {
	cond := &condition{}
	name, value, eq := strings.Cut(src, "=")
	name = strings.TrimSpace(name)
	if eq && strings.HasSuffix(name, "!") {
		cond.not = true
		name = strings.TrimSpace(strings.TrimSuffix(name, "!"))
	}
	if rest, ok := strings.CutPrefix(name, "!"); ok && !eq {
		cond.not = true
		name = strings.TrimSpace(rest)
	}
	r, ok := c.resolve(name, line, sc)
	if !ok {
		return nil, false
	}
	cond.ref = r
	if !eq {
		return cond, true
	}
	for v := range strings.SplitSeq(value, ",") {
		v = strings.TrimSpace(v)
		switch r.field.Type {
		case Enum:
			if _, ok := r.field.value(v); !ok {
				var all []string
				for _, x := range r.field.Values {
					all = append(all, x.Value)
				}
				c.fail(line, fileUnknownValue, "name", name, "value", v, "values", r.field.choices(), "try", nearest(v, all))
				return nil, false
			}
		case Bool:
			if v != "true" && v != "false" {
				c.fail(line, fileUnknownValue, "name", name, "value", v, "values", "true, false")
				return nil, false
			}
		default:
			c.fail(line, fileConditionType, "name", name, "type", string(r.field.Type))
			return nil, false
		}
		cond.values = append(cond.values, v)
	}
	return cond, true
}
