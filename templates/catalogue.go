package templates

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"sync"
	"time"

	"antin/templates/vietnamese"
)

//go:embed all:forms
var builtIn embed.FS

// Catalogue is all forms with all their versions. It is safe for concurrent
// use and never changes after Load.
type Catalogue struct {
	forms map[string][]*Form // oldest version first
	ids   []string
	acts  map[string]*Act
	// procedures that forms may name; nil where there is no list
	procedures map[string]bool
}

// LoadError holds every mistake in the form files.
type LoadError struct{ Files []*FileError }

// Error lists the mistakes in English, one a line.
func (e *LoadError) Error() string {
	lines := make([]string, len(e.Files))
	for i, f := range e.Files {
		lines[i] = f.Error()
	}
	return strings.Join(lines, "\n")
}

// Embedded loads the built-in catalogue, once per process.
var Embedded = sync.OnceValues(func() (*Catalogue, error) {
	sub, err := fs.Sub(builtIn, "forms")
	if err != nil {
		return nil, fmt.Errorf("open built-in forms: %w", err)
	}
	return Load(sub)
})

// Load reads and compiles every form of fsys: acts.yaml and fields.yaml at its
// root, one folder ID/VERSION for each form version. A mistake in a file is in
// the *LoadError that is returned; the others are still compiled to find all
// mistakes at once.
func Load(fsys fs.FS) (*Catalogue, error) {
	c := &Catalogue{forms: map[string][]*Form{}}
	var bad LoadError
	acts, errs := loadActs(fsys)
	bad.Files = append(bad.Files, errs...)
	c.acts = acts
	c.procedures, errs = loadProcedures(fsys)
	bad.Files = append(bad.Files, errs...)
	library, errs := loadLibrary(fsys)
	bad.Files = append(bad.Files, errs...)
	dirs, err := fs.Glob(fsys, "*/*/form.yaml")
	if err != nil {
		return nil, fmt.Errorf("list forms: %w", err)
	}
	slices.Sort(dirs)
	for _, d := range dirs {
		f, errs := loadForm(fsys, path.Dir(d), library)
		bad.Files = append(bad.Files, errs...)
		if len(errs) == 0 {
			c.forms[f.ID] = append(c.forms[f.ID], f)
		}
	}
	if len(bad.Files) > 0 {
		return nil, &bad
	}
	if len(c.forms) == 0 {
		return nil, &LoadError{Files: []*FileError{{File: ".", Code: fileNoForms, Args: args("try", formsFolder(fsys))}}}
	}
	for _, versions := range c.forms {
		slices.SortFunc(versions, func(a, b *Form) int { return a.ValidFrom.Compare(b.ValidFrom.Time) })
	}
	c.ids = slices.Sorted(maps.Keys(c.forms))
	return c, nil
}

// formsFolder finds the folder of forms inside a folder that holds none itself.
func formsFolder(fsys fs.FS) string {
	for _, dir := range []string{"forms", "templates/forms"} {
		if found, err := fs.Glob(fsys, dir+"/*/*/form.yaml"); err == nil && len(found) > 0 {
			return dir
		}
	}
	return ""
}

// loadProcedures reads procedures.yaml, the procedures that forms belong to.
func loadProcedures(fsys fs.FS) (map[string]bool, []*FileError) {
	c := &compiler{file: "procedures.yaml"}
	src, err := readBounded(fsys, c.file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	var file struct {
		Procedures []struct {
			ID   string `yaml:"id"`
			Name string `yaml:"name"`
		} `yaml:"procedures"`
	}
	if err != nil {
		c.fail(0, fileMissing, "name", c.file)
		return nil, c.errs
	}
	if !c.decode(src, &file) {
		return nil, c.errs
	}
	known := make(map[string]bool, len(file.Procedures))
	for _, p := range file.Procedures {
		known[p.ID] = true
	}
	return known, nil
}

// loadLibrary reads fields.yaml, the fields that forms share.
func loadLibrary(fsys fs.FS) (map[string]*Field, []*FileError) {
	c := &compiler{file: "fields.yaml"}
	src, err := readBounded(fsys, "fields.yaml")
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	var file struct {
		Fields []*Field `yaml:"fields"`
	}
	if err != nil {
		c.fail(0, fileMissing, "name", "fields.yaml")
		return nil, c.errs
	}
	if !c.decode(src, &file) {
		return nil, c.errs
	}
	lib := map[string]*Field{}
	for _, f := range c.fields(file.Fields, nil, fieldLines(src, "fields"), &scope{}) {
		if lib[f.Name] != nil {
			c.fail(f.line, fileFieldTwice, "name", f.Name)
		}
		lib[f.Name] = f
	}
	return lib, c.errs
}

// IDs lists the forms in alphabetical order.
func (c *Catalogue) IDs() []string { return slices.Clone(c.ids) }

// All lists every version of every form, by id and then by age.
func (c *Catalogue) All() []*Form {
	var all []*Form
	for _, id := range c.ids {
		all = append(all, c.forms[id]...)
	}
	return all
}

// Versions lists a form's versions, oldest first; nil for an unknown id.
func (c *Catalogue) Versions(id string) []*Form { return slices.Clone(c.forms[id]) }

// UnknownFormError says that there is no such form.
type UnknownFormError struct{ ID, Nearest string }

func (e *UnknownFormError) Error() string { return fmt.Sprintf("unknown form %q", e.ID) }

// Message says so in Vietnamese or English, with the nearest id.
func (e *UnknownFormError) Message(lang string) string {
	return message(unknownForm, args("id", shown(e.ID), "try", e.Nearest), lang)
}

// UnknownVersionError says that a form has no such version.
type UnknownVersionError struct {
	ID, Version string
	Versions    []string
}

func (e *UnknownVersionError) Error() string {
	return fmt.Sprintf("form %q has no version %q", e.ID, e.Version)
}

// Message says so in Vietnamese or English and lists the versions.
func (e *UnknownVersionError) Message(lang string) string {
	return message(unknownVersion, args("id", e.ID, "version", shown(e.Version),
		"versions", strings.Join(e.Versions, ", "), "try", nearest(e.Version, e.Versions)), lang)
}

// NotInForceError says that no version of a form is in force for a dossier.
type NotInForceError struct {
	Form     *Form // the version nearest in time
	Received time.Time
	// Future is true when the form comes into force after Received, false when
	// it has ended; then Form.Successor tells what replaced it.
	Future bool
	// Earlier is the form that was in force then and that this one took the place
	// of, "" when there is none.
	Earlier string
}

func (e *NotInForceError) Error() string {
	if e.Future {
		return fmt.Sprintf("form %s is in force from %s, the dossier is of %s", e.Form.Where(), e.Form.ValidFrom, e.Received.Format(time.DateOnly))
	}
	return fmt.Sprintf("form %s ended on %s, the dossier is of %s", e.Form.Where(), e.Form.ValidTo, e.Received.Format(time.DateOnly))
}

// Message says in Vietnamese or English why and what to do.
func (e *NotInForceError) Message(lang string) string {
	day := func(t time.Time) string { return vietnamese.ShortDate(t) }
	if e.Future {
		return message(notYetInForce, args("id", e.Form.ID, "from", day(e.Form.ValidFrom.Time), "received", day(e.Received),
			"earlier_vi", e.earlier("Hãy dùng biểu mẫu “%s”, có hiệu lực ngày đó."), "earlier_en", e.earlier("Use the form “%s”, in force on that day.")), lang)
	}
	vi, en := e.Form.Successor.words()
	return message(noLongerForce, args("id", e.Form.ID, "version", e.Form.Version, "to", day(e.Form.ValidTo.Time),
		"received", day(e.Received), "successor_vi", vi, "successor_en", en), lang)
}

// earlier says which form was in force; its text begins with a blank.
func (e *NotInForceError) earlier(text string) string {
	if e.Earlier == "" {
		return ""
	}
	return " " + fmt.Sprintf(text, e.Earlier)
}

// words tells of the successor; both texts begin with a blank.
func (s *Successor) words() (vi, en string) {
	if s == nil {
		return "", ""
	}
	name := s.Act
	if s.Form != "" {
		name = strings.TrimPrefix(name+" ("+s.Form+")", " ")
	}
	if s.Status == ToBeConfirmed {
		return " Biểu mẫu thay thế theo " + name + " đang chờ xác nhận.", " Its successor under " + name + " is to be confirmed."
	}
	return " Hãy dùng biểu mẫu thay thế: " + name + ".", " Use its successor: " + name + "."
}

// Choose finds a form. A named version is returned whatever its validity, so
// that old documents can be printed again; without one the version in force
// on the day the dossier was received is taken. The zero time takes the
// newest. Errors are *UnknownFormError, *UnknownVersionError and
// *NotInForceError.
func (c *Catalogue) Choose(id, version string, received time.Time) (*Form, error) {
	versions := c.forms[id]
	if len(versions) == 0 {
		return nil, &UnknownFormError{ID: id, Nearest: nearest(id, c.ids)}
	}
	if version != "" {
		var names []string
		for _, f := range versions {
			if f.Version == version {
				return f, nil
			}
			names = append(names, f.Version)
		}
		return nil, &UnknownVersionError{ID: id, Version: version, Versions: names}
	}
	newest := versions[len(versions)-1]
	if received.IsZero() {
		return newest, nil
	}
	y, m, d := received.Date()
	day := time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
	var past *Form
	for _, f := range versions {
		if f.InForce(day) {
			return f, nil
		}
		if !f.ValidTo.IsZero() && f.ValidTo.Before(day) {
			past = f
		}
	}
	if past != nil {
		return nil, &NotInForceError{Form: past, Received: day}
	}
	return nil, &NotInForceError{Form: versions[0], Received: day, Future: true, Earlier: c.before(id, day)}
}

// before is the form in force on a day that another form took the place of.
func (c *Catalogue) before(id string, day time.Time) string {
	for _, other := range c.ids {
		for _, f := range c.forms[other] {
			if s := f.Successor; s != nil && s.Form == id && f.InForce(day) {
				return f.ID
			}
		}
	}
	return ""
}

// Sample is the form's sample data, nil when it has none.
func (f *Form) Sample() []byte { return slices.Clone(f.sample) }

// Schema is the JSON Schema (2020-12) of the form's data.
func (f *Form) Schema() []byte { return slices.Clone(f.schema) }

// ReceivedDate reads the reception date from the data of any form; ok is false
// when there is none that can be read, and Bind then says so.
func ReceivedDate(data []byte) (day time.Time, ok bool) {
	if len(data) > MaxPhotoData {
		return time.Time{}, false
	}
	root, _, err := parseJSON(data)
	if err != nil {
		return time.Time{}, false
	}
	n, found := root.get("received_date")
	if !found || n.kind != kString {
		return time.Time{}, false
	}
	day, err = vietnamese.ParseDate(n.s)
	return day, err == nil
}
