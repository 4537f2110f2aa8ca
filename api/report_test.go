package api

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"antin/signer/verify"
)

// TestReportIsDocumented: openapi.yaml describes the report as verify writes it,
// field by field.
func TestReportIsDocumented(t *testing.T) {
	seen := map[reflect.Type]bool{}
	var compare func(where string, ours, documented reflect.Type)
	compare = func(where string, ours, documented reflect.Type) {
		ours, documented = bare(ours), bare(documented)
		if ours.Kind() != documented.Kind() {
			t.Errorf("%s: %s is documented as %s", where, ours, documented)
			return
		}
		switch ours.Kind() {
		case reflect.Slice:
			compare(where+"[]", ours.Elem(), documented.Elem())
		case reflect.Map:
			compare(where+"{}", ours.Elem(), documented.Elem())
		case reflect.Struct:
			if seen[ours] || ours == reflect.TypeFor[time.Time]() {
				return
			}
			seen[ours] = true
			a, b := fieldsOf(ours), fieldsOf(documented)
			for name, f := range a {
				if d, ok := b[name]; ok {
					compare(where+"/"+name, f, d)
				} else {
					t.Errorf("%s/%s is not documented", where, name)
				}
			}
			for name := range b {
				if _, ok := a[name]; !ok {
					t.Errorf("%s/%s is documented and never written", where, name)
				}
			}
		}
	}
	compare("", reflect.TypeFor[verify.Report](), reflect.TypeFor[Report]())
	if len(seen) < 7 {
		t.Errorf("only %d kinds of objects were compared", len(seen))
	}
}

// bare is the type behind pointers.
func bare(t reflect.Type) reflect.Type {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return t
}

// fieldsOf are the types of the fields of a struct by their names in JSON.
func fieldsOf(t reflect.Type) map[string]reflect.Type {
	out := map[string]reflect.Type{}
	for f := range t.Fields() {
		if name, _, _ := strings.Cut(f.Tag.Get("json"), ","); name != "" && name != "-" {
			out[name] = f.Type
		}
	}
	return out
}
