package templates

// Totals sets the fields of rec that the form's rules tie to a list's sum or
// count, so that tests may lengthen lists.
func (f *Form) Totals(rec map[string]any) {
	for _, r := range f.Rules {
		a, b := r.left, r.right
		if r.op != "=" || a.ref == nil || a.column != nil || a.count || b.ref == nil || b.column == nil && b.deep == nil && !b.count {
			continue
		}
		list, _ := rec[b.ref.Name].([]any)
		total := float64(len(list))
		if b.column != nil {
			total = 0
			for _, e := range list {
				v, _ := e.(map[string]any)[b.column.Name].(float64)
				total += v
			}
		}
		if b.deep != nil {
			total = 0
			for _, e := range list {
				for _, d := range b.deep {
					inside, _ := e.(map[string]any)[d.list.Name].([]any)
					for _, x := range inside {
						v, _ := x.(map[string]any)[d.column.Name].(float64)
						total += v
					}
				}
			}
		}
		if b.deep != nil {
			total = 0
			for _, e := range list {
				for _, d := range b.deep {
					inner, _ := e.(map[string]any)[d.list.Name].([]any)
					for _, p := range inner {
						v, _ := p.(map[string]any)[d.column.Name].(float64)
						total += v
					}
				}
			}
		}
		if _, ok := rec[a.ref.Name]; ok && list != nil {
			rec[a.ref.Name] = total
		}
	}
}

// OptionalFields are the paths of fields that may be left out; a list's fields
// are below its name.
func (f *Form) OptionalFields() map[string]bool {
	return optionalIn(map[string]bool{}, "", f.root.fields)
}

func optionalIn(out map[string]bool, prefix string, fields []*Field) map[string]bool {
	for _, fd := range fields {
		if fd.optional() {
			out[prefix+fd.Name] = true
		}
		optionalIn(out, prefix+fd.Name+".", fd.Fields)
	}
	return out
}

// FieldRules gives each field by its path.
func (f *Form) FieldRules() map[string]*Field { return rulesIn(map[string]*Field{}, "", f.root.fields) }

func rulesIn(out map[string]*Field, prefix string, fields []*Field) map[string]*Field {
	for _, fd := range fields {
		out[prefix+fd.Name] = fd
		rulesIn(out, prefix+fd.Name+".", fd.Fields)
	}
	return out
}

// Limit is the most characters or entries a field takes.
func (f *Field) Limit() int {
	if f.Type == List {
		if f.Max != nil {
			return int(*f.Max)
		}
		return DefaultListLength
	}
	return f.limit()
}
