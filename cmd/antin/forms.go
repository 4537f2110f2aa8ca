package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"antin/templates"
)

func (c *cli) forms() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "forms",
		Short: "Danh mục biểu mẫu",
		Args:  exactly(0, "list | show ID | schema ID | sample ID | lint | preview DIR ID"),
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	var asJSON bool
	var version string
	list := &cobra.Command{
		Use: "list", Short: "Liệt kê biểu mẫu", Args: exactly(0, "--json"),
		RunE: func(*cobra.Command, []string) error { return c.formsList(asJSON) },
	}
	list.Flags().BoolVar(&asJSON, "json", false, "in JSON")
	one := func(use, short string, do func(*templates.Form) error) *cobra.Command {
		cmd := &cobra.Command{
			Use: use + " ID", Short: short, Args: exactly(1, "ID"),
			RunE: func(_ *cobra.Command, args []string) error {
				forms, err := templates.Embedded()
				if err != nil {
					return fmt.Errorf("load the forms: %w", err)
				}
				f, err := forms.Choose(args[0], version, time.Time{})
				if err != nil {
					return err
				}
				return do(f)
			},
		}
		cmd.Flags().StringVar(&version, "version", "", "phiên bản của biểu mẫu")
		return cmd
	}
	show := one("show", "Xem một biểu mẫu: căn cứ, hiệu lực, các trường", c.formShow)
	show.Flags().BoolVar(&asJSON, "json", false, "in JSON")
	cmd.AddCommand(list, show,
		one("schema", "In JSON Schema của dữ liệu", func(f *templates.Form) error { return c.write(f.Schema()) }),
		one("sample", "In dữ liệu mẫu", func(f *templates.Form) error { return c.write(f.Sample()) }),
		&cobra.Command{
			Use: "lint [DIR]", Short: "Soát lỗi các tệp biểu mẫu", Args: between(0, 1, "[DIR]"),
			RunE: func(_ *cobra.Command, args []string) error { return c.formsLint(args) },
		},
		c.formsPreview())
	return cmd
}

// formEntry is one element of `antin forms list --json`.
type formEntry struct {
	ID           string   `json:"id"`
	Version      string   `json:"version"`
	Title        string   `json:"title"`
	FormCode     string   `json:"form_code"`
	LegalBasis   string   `json:"legal_basis"`
	ValidFrom    string   `json:"valid_from"`
	ValidTo      string   `json:"valid_to"`
	Procedures   []string `json:"procedures"`
	DocumentType string   `json:"document_type"`
	Book         string   `json:"book"`
	Signing      string   `json:"signing"`
	ToConfirm    []string `json:"to_confirm"`
}

func entryOf(f *templates.Form) formEntry {
	e := formEntry{
		ID: f.ID, Version: f.Version, Title: f.Title, FormCode: f.FormCode, LegalBasis: f.Basis(),
		ValidFrom: f.ValidFrom.String(), ValidTo: f.ValidTo.String(), Procedures: f.Procedures,
		DocumentType: f.DocumentType, Book: f.Book, Signing: f.Signing, ToConfirm: f.ToConfirm,
	}
	if e.Procedures == nil {
		e.Procedures = []string{}
	}
	if e.ToConfirm == nil {
		e.ToConfirm = []string{}
	}
	return e
}

func (c *cli) formsList(asJSON bool) error {
	forms, err := templates.Embedded()
	if err != nil {
		return fmt.Errorf("load the forms: %w", err)
	}
	entries := []formEntry{}
	for _, f := range forms.All() {
		entries = append(entries, entryOf(f))
	}
	if asJSON {
		return c.writeJSON(entries)
	}
	w := tabwriter.NewWriter(c.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, c.tell("MÃ\tTÊN\tMẪU\tCĂN CỨ\tHIỆU LỰC\tCÒN PHẢI XÁC NHẬN", "ID\tTITLE\tFORM\tBASIS\tIN FORCE\tTO BE CONFIRMED"))
	for _, e := range entries {
		confirm := ""
		if n := len(e.ToConfirm); n > 0 {
			confirm = fmt.Sprint(n)
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s – %s\t%s\n", e.ID, e.Title, e.FormCode, e.LegalBasis, e.ValidFrom, e.ValidTo, confirm)
	}
	return w.Flush()
}

func (c *cli) formShow(f *templates.Form) error {
	return c.writeJSON(struct {
		formEntry
		Schema json.RawMessage `json:"schema"`
	}{entryOf(f), f.Schema()})
}

// formsLint examines the built-in forms, or those of a folder that is being
// worked on.
func (c *cli) formsLint(args []string) error {
	load := templates.Embedded
	if len(args) == 1 {
		load = func() (*templates.Catalogue, error) { return loadForms(args[0]) }
	}
	var findings []*templates.FileError
	forms, err := load()
	var bad *templates.LoadError
	switch {
	case errors.As(err, &bad):
		findings = bad.Files
	case err != nil:
		return fmt.Errorf("load the forms: %w", err)
	default:
		findings = forms.Lint()
	}
	errs, err := c.findings(c.out, findings)
	switch {
	case err != nil:
		return err
	case errs > 0:
		return exit(1)
	case len(findings) > 0:
		return c.writeLine(c.tell("Không có lỗi; có lưu ý ở trên.", "Nothing to mend; see the notes above."))
	}
	return c.writeLine(c.tell("Không có lỗi.", "Nothing to mend."))
}

func (c *cli) writeLine(s string) error {
	p := printer{w: c.out}
	p.line("%s", s)
	return p.err
}

// findings prints what lint found and counts what must be mended; the rest are
// notes, which may be meant so.
func (c *cli) findings(w io.Writer, list []*templates.FileError) (errs int, err error) {
	p := printer{w: w}
	for _, f := range list {
		note := ""
		if f.Warning {
			note = c.tell("Lưu ý: ", "Note: ")
		} else {
			errs++
		}
		p.line("%s: %s%s", f.Place(), note, f.Message(c.lang))
	}
	return errs, p.err
}

// loadForms reads the forms of a folder that is being worked on.
func loadForms(dir string) (*templates.Catalogue, error) {
	if !isDir(dir) {
		return nil, usage("không có thư mục “"+dir+"”; hãy ghi thư mục chứa acts.yaml, thường là templates/forms",
			"there is no folder \""+dir+"\"; name the folder that holds acts.yaml, as a rule templates/forms")
	}
	forms, err := templates.Load(os.DirFS(dir))
	if bad := (*templates.LoadError)(nil); errors.As(err, &bad) {
		for _, f := range bad.Files {
			if f.File != "." {
				continue
			}
			f.File = dir
			if try := f.Args["try"]; try != "" {
				f.Args["try"] = filepath.Join(dir, filepath.FromSlash(try))
			} else if up := formsAbove(dir); up != "" {
				f.Args = map[string]string{"try": up}
			}
		}
	}
	return forms, err
}

// formsAbove finds the folder of forms around one form or version.
func formsAbove(dir string) string {
	for _, up := range []string{"..", "../.."} {
		at := filepath.Join(dir, up)
		if found, err := filepath.Glob(filepath.Join(at, "*", "*", "form.yaml")); err == nil && len(found) > 0 {
			return at
		}
	}
	return ""
}
