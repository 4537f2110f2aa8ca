package main

import (
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"antin/templates"
	"antin/templates/render"
)

// specimenCode is as long as a real lookup code and leads to none.
const specimenCode = "0000-0000-0000-0000"

// formsPreview sets a form of a folder that is being worked on, with its
// sample and the demonstration agency: whoever writes forms sees the pages
// without building the program.
func (c *cli) formsPreview() *cobra.Command {
	var out, version string
	cmd := &cobra.Command{
		Use: "preview DIR ID -o F.pdf", Short: "Xem trước một biểu mẫu đang soạn trong thư mục, với dữ liệu mẫu", Args: exactly(2, "DIR ID -o F.pdf"),
		RunE: func(_ *cobra.Command, args []string) error {
			if out == "" {
				return usage("thiếu -o TỆP.pdf", "-o FILE.pdf is missing")
			}
			forms, err := loadForms(args[0])
			if bad := (*templates.LoadError)(nil); errors.As(err, &bad) {
				return c.formsLint(args[:1]) // says every mistake, with file and line
			}
			if err != nil {
				return fmt.Errorf("load the forms: %w", err)
			}
			f, err := forms.Choose(args[1], version, time.Time{})
			if err != nil {
				return err
			}
			agency, err := templates.DemoAgency(f.DemoKind())
			if err != nil {
				return fmt.Errorf("load the demonstration agency: %w", err)
			}
			doc, err := f.Bind(f.Sample(), templates.Env{
				Agency: agency, Specimen: time.Now(), LookupCode: specimenCode, Notice: c.tell("BẢN XEM TRƯỚC - KHÔNG CÓ GIÁ TRỊ PHÁP LÝ", "PREVIEW - NO LEGAL VALUE"),
			})
			found := forms.LintForm(f)
			if err != nil {
				// The sample is refused: lint says why, with file and line.
				if errs, said := c.findings(c.out, found); said != nil || errs > 0 {
					return errors.Join(said, exit(1))
				}
				return err
			}
			if _, err := c.findings(c.err, found); err != nil { // the pages are made all the same
				return err
			}
			pdf, err := render.PDF(doc, render.Options{Now: time.Now()})
			if err != nil {
				return fmt.Errorf("set the pages: %w", err)
			}
			return c.writeFile(out, pdf)
		},
	}
	cmd.Flags().StringVarP(&out, "output", "o", "", "tệp PDF kết quả; - là đầu ra chuẩn")
	cmd.Flags().StringVar(&version, "version", "", "phiên bản của biểu mẫu")
	return cmd
}
