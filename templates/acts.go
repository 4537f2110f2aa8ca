package templates

import (
	"errors"
	"io/fs"
	"time"
)

// Act is a legal act that forms rest on or that replaced one.
type Act struct {
	Act        string   `yaml:"act"`
	Date       Date     `yaml:"date"`
	Name       string   `yaml:"name"`
	From       Date     `yaml:"from"` // first day in force; zero when not known
	To         Date     `yaml:"to"`   // last day in force; zero while in force
	ReplacedBy []string `yaml:"replaced_by"`
	Note       string   `yaml:"note"`
}

func loadActs(fsys fs.FS) (map[string]*Act, []*FileError) {
	c := &compiler{file: "acts.yaml"}
	src, err := readBounded(fsys, "acts.yaml")
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	var file struct {
		Acts []*Act `yaml:"acts"`
	}
	if err != nil {
		c.fail(0, fileMissing, "name", "acts.yaml")
		return nil, c.errs
	}
	if !c.decode(src, &file) {
		return nil, c.errs
	}
	acts := make(map[string]*Act, len(file.Acts))
	for _, a := range file.Acts {
		acts[a.Act] = a
	}
	return acts, c.errs
}

// Act finds an act by its number and symbol.
func (c *Catalogue) Act(name string) (Act, bool) {
	a, ok := c.acts[name]
	if !ok {
		return Act{}, false
	}
	return *a, true
}

// endedBy tells whether the act has ended before the last day of a form.
func (a *Act) endedBy(formEnd time.Time) bool {
	return !a.To.IsZero() && (formEnd.IsZero() || a.To.Before(formEnd))
}
