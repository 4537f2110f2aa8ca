package main

import (
	"strings"
	"time"

	"github.com/spf13/cobra"

	"antin/api/problem"
	"antin/imagecheck"
)

func (c *cli) photo() *cobra.Command {
	var rules, annotated, prepared string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "photo F",
		Short: "Kiểm tra ảnh 4x6",
		Long:  "Kiểm tra ảnh 4x6.\n\nMã kết thúc: 0 đạt, 1 không đạt, 2 cần người xem.",
		Args:  exactly(1, "F"),
		RunE: func(cmd *cobra.Command, args []string) error {
			data, err := c.read(args[0])
			if err != nil {
				return err
			}
			act, err := photoRules(rules)
			if err != nil {
				return err
			}
			result, err := imagecheck.Check(cmd.Context(), data, act)
			if err != nil {
				return err
			}
			if annotated != "" {
				png, err := imagecheck.Annotate(cmd.Context(), data, act)
				if err != nil {
					return err
				}
				if err := c.writeFile(annotated, png); err != nil {
					return err
				}
			}
			if prepared != "" {
				p, err := imagecheck.Prepare(cmd.Context(), data, act)
				if err != nil {
					return err
				}
				if err := c.writeFile(prepared, p.JPEG); err != nil {
					return err
				}
			}
			if err := c.printPhoto(result, asJSON); err != nil {
				return err
			}
			switch result.Verdict {
			case imagecheck.Pass:
				return nil
			case imagecheck.Review:
				return exit(2)
			}
			return exit(1)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "in kết quả bằng JSON")
	cmd.Flags().StringVar(&rules, "rules", "", "văn bản quy định áp dụng (mặc định: văn bản đang có hiệu lực)")
	cmd.Flags().StringVar(&annotated, "annotate", "", "ghi ảnh có đánh dấu ra tệp PNG này")
	cmd.Flags().StringVar(&prepared, "prepare", "", "ghi ảnh đã cắt về 4x6 cm, 300 dpi ra tệp JPEG này")
	return cmd
}

// photoRules finds the rules of an act; "" is the newest.
func photoRules(id string) (*imagecheck.Rules, error) {
	all := imagecheck.AllRules()
	if id == "" {
		if r, ok := imagecheck.RulesOn(time.Now().Format(time.DateOnly)); ok {
			return r, nil
		}
	}
	if r, ok := imagecheck.RulesFor(id); ok {
		return r, nil
	}
	ids := make([]string, len(all))
	for i, r := range all {
		ids[i] = r.ID
	}
	return nil, problem.New(problem.ValueInvalid, nil, "--rules", strings.Join(ids, ", "))
}

func (c *cli) printPhoto(r *imagecheck.Result, asJSON bool) error {
	if asJSON {
		return c.writeJSON(r)
	}
	p := printer{w: c.out}
	p.line("%s (%s)", map[imagecheck.Status]string{
		imagecheck.Pass: c.tell("Đạt", "Pass"), imagecheck.Fail: c.tell("Không đạt", "Fail"), imagecheck.Review: c.tell("Cần người xem", "Needs a person to look"),
	}[r.Verdict], r.Rules)
	marks := map[imagecheck.Status]string{imagecheck.Pass: "✓", imagecheck.Fail: "✗", imagecheck.Review: "?", imagecheck.Note: "–"}
	for _, m := range r.Measures {
		p.line("  %s %s", marks[m.Status], c.tell(m.Message, m.MessageEN))
	}
	return p.err
}
