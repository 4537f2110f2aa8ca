package pdf

import "fmt"

// maxRefs bounds a chain of objects that are references to one another.
const maxRefs = 16

// Resolve follows o to an object that is not a reference.
func (f *File) Resolve(o Object) (Object, error) {
	for range maxRefs {
		r, ok := o.(Ref)
		if !ok {
			return o, nil
		}
		var err error
		if o, err = f.Get(r); err != nil {
			return nil, err
		}
	}
	if r, ok := o.(Ref); ok {
		return nil, &SyntaxError{Offset: -1, Object: r.Num, Msg: fmt.Sprintf("a chain of more than %d references", maxRefs)}
	}
	return o, nil
}

// want resolves o to a T. Null, which is also what an absent dictionary entry
// is, gives the zero T.
func want[T any](f *File, o Object, what string) (T, error) {
	v, err := f.Resolve(o)
	if err != nil || v == nil {
		return *new(T), err
	}
	t, ok := v.(T)
	if !ok {
		e := &SyntaxError{Offset: -1, Msg: fmt.Sprintf("%s where %s should be", kind(v), what)}
		if r, isRef := o.(Ref); isRef {
			e.Object = r.Num
			if entry, _, ok := f.Entry(r.Num); ok && entry.Kind == InUse {
				e.Offset = entry.Offset
			}
		}
		return t, e
	}
	return t, nil
}

func kind(o Object) string {
	switch o.(type) {
	case nil:
		return "null"
	case bool:
		return "a boolean"
	case Integer:
		return "an integer"
	case Real:
		return "a real"
	case Name:
		return "a name"
	case String:
		return "a string"
	case Array:
		return "an array"
	case Dict:
		return "a dictionary"
	case *Stream:
		return "a stream"
	case Ref:
		return "a reference"
	}
	return fmt.Sprintf("a %T", o)
}

// Dict resolves o to a dictionary or the dictionary of a stream. As with the
// accessors below, null gives the zero value and another type a *SyntaxError.
func (f *File) Dict(o Object) (Dict, error) {
	v, err := f.Resolve(o)
	if err != nil {
		return nil, err
	}
	if s, ok := v.(*Stream); ok {
		return s.Dict, nil
	}
	return want[Dict](f, o, "a dictionary")
}

// Stream resolves o to a stream.
func (f *File) Stream(o Object) (*Stream, error) { return want[*Stream](f, o, "a stream") }

// Array resolves o to an array. Its elements may still be references.
func (f *File) Array(o Object) (Array, error) { return want[Array](f, o, "an array") }

// Int resolves o to an integer.
func (f *File) Int(o Object) (int64, error) {
	n, err := want[Integer](f, o, "an integer")
	return int64(n), err
}

// Num resolves o to a number, integer or real.
func (f *File) Num(o Object) (float64, error) {
	v, err := f.Resolve(o)
	if err != nil {
		return 0, err
	}
	if n, ok := v.(Integer); ok {
		return float64(n), nil
	}
	r, err := want[Real](f, o, "a number")
	return float64(r), err
}

// Bool resolves o to a boolean.
func (f *File) Bool(o Object) (bool, error) { return want[bool](f, o, "a boolean") }

// NameOf resolves o to a name.
func (f *File) NameOf(o Object) (Name, error) { return want[Name](f, o, "a name") }

// StringOf resolves o to a string, whose bytes TextOf reads as text.
func (f *File) StringOf(o Object) (String, error) { return want[String](f, o, "a string") }

// Catalog is the document catalog (ISO 32000-1, 7.7.2).
func (f *File) Catalog() (Dict, error) {
	d, err := f.Dict(f.Trailer()["Root"])
	if err != nil {
		return nil, fmt.Errorf("read the catalog: %w", err)
	}
	if d == nil {
		return nil, &SyntaxError{Offset: f.c.revs[f.rev].XRefOffset, Msg: "the trailer's /Root is missing"}
	}
	return d, nil
}
