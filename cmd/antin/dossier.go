package main

import (
	"bytes"
	"context"
	"errors"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"antin/api/problem"
	"antin/archive"
)

func (c *cli) dossier() *cobra.Command {
	cmd := &cobra.Command{
		Use: "dossier", Short: "Hồ sơ", Args: exactly(0, "pack"),
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	var agency, out string
	pack := c.dataFlag(&cobra.Command{
		Use: "pack CODE -o FILE.zip", Short: "Đóng gói một hồ sơ: PDF, dữ liệu đặc tả, trích nhật ký, mã băm, kết quả xác thực", Args: exactly(1, "CODE, -o FILE.zip, --agency"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return c.withApp(func(ctx context.Context, a *app) error {
				if out == "" {
					return usage("thiếu -o TỆP.zip", "-o FILE.zip is missing")
				}
				var zip bytes.Buffer
				if err := a.service.PackDossier(ctx, &zip, agency, args[0], person()); err != nil {
					return err
				}
				return c.writeFile(out, zip.Bytes())
			})(cmd, args)
		},
	})
	pack.Flags().StringVarP(&out, "output", "o", "", "tệp kết quả; - là đầu ra chuẩn")
	pack.Flags().StringVar(&agency, "agency", "", "mã cơ quan")
	cmd.AddCommand(pack)
	return cmd
}

// dueEntry is one element of `antin retention list --json`.
type dueEntry struct {
	DocumentID   string `json:"document_id"`
	Agency       string `json:"agency"`
	Book         string `json:"book"`
	Number       string `json:"number"`
	Date         string `json:"date"`
	DocumentType string `json:"document_type"`
	Subject      string `json:"subject"`
	Years        int    `json:"retention_years"`
	KeptUntil    string `json:"kept_until"`
}

func (c *cli) retention() *cobra.Command {
	cmd := &cobra.Command{
		Use: "retention", Short: "Thời hạn bảo quản", Args: exactly(0, "list | destroy"),
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	var agency string
	var asJSON bool
	list := c.dataFlag(&cobra.Command{
		Use: "list", Short: "Liệt kê văn bản đã hết thời hạn bảo quản; không gì tự bị hủy", Args: exactly(0, "--json, --agency"),
		RunE: c.withApp(func(ctx context.Context, a *app) error { return c.retentionList(ctx, a, agency, asJSON) }),
	})
	list.Flags().StringVar(&agency, "agency", "", "mã cơ quan")
	list.Flags().BoolVar(&asJSON, "json", false, "in JSON")
	var act archive.Destruction
	destroy := c.dataFlag(&cobra.Command{
		Use:   "destroy --decision D --minutes M --reason R ID…",
		Short: "Hủy dữ liệu và PDF của văn bản hết thời hạn, theo quyết định hủy; dòng trong sổ vẫn còn; không hoàn tác được",
		Args:  between(1, archive.MaxBatch, "--decision, --minutes, --reason, ID…"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return c.withApp(func(ctx context.Context, a *app) error { return c.destroy(ctx, a, args, act) })(cmd, args)
		},
	})
	destroy.Flags().StringVar(&act.Decision, "decision", "", "số, ngày của quyết định hủy")
	destroy.Flags().StringVar(&act.Minutes, "minutes", "", "số, ngày của biên bản hủy")
	destroy.Flags().StringVar(&act.Reason, "reason", "", "lý do")
	cmd.AddCommand(list, destroy)
	return cmd
}

func (c *cli) retentionList(ctx context.Context, a *app, agency string, asJSON bool) error {
	entries := []dueEntry{}
	for p := (archive.Page{Limit: archive.MaxPage}); ; {
		due, next, err := a.service.RetentionDue(ctx, agency, p)
		if err != nil {
			return err
		}
		for _, d := range due {
			entries = append(entries, dueEntry{
				DocumentID: d.ID, Agency: d.Agency, Book: d.Book, Number: d.Number.Full(), Date: d.Number.Date.In(vietnam).Format("2006-01-02"),
				DocumentType: d.DocumentType, Subject: d.Subject, Years: d.Years, KeptUntil: d.Until.Format("2006-01-02"),
			})
		}
		if p.After = next; next == "" {
			break
		}
	}
	if asJSON {
		return c.writeJSON(map[string]any{"documents": entries})
	}
	w := tabwriter.NewWriter(c.out, 0, 0, 2, ' ', 0)
	p := printer{w: w}
	p.line("%s", c.tell("VĂN BẢN\tSỐ\tNGÀY\tSỔ\tHẾT HẠN\tTRÍCH YẾU", "DOCUMENT\tNUMBER\tDATE\tBOOK\tKEPT UNTIL\tSUBJECT"))
	for _, e := range entries {
		p.line("%s\t%s\t%s\t%s\t%s\t%s", e.DocumentID, e.Number, e.Date, e.Book, e.KeptUntil, e.Subject)
	}
	return errors.Join(p.err, w.Flush())
}

// destroy goes on after a refusal; any refusal makes the exit status 1.
func (c *cli) destroy(ctx context.Context, a *app, ids []string, act archive.Destruction) error {
	if err := act.Check(); err != nil {
		return usage("cần --decision, --minutes và --reason", "--decision, --minutes and --reason are needed")
	}
	p, refused := printer{w: c.out}, false
	for _, id := range ids {
		doc, err := a.service.Destroy(ctx, id, act, person())
		if err == nil {
			p.line(c.tell("%s: đã hủy; số %s vẫn trong sổ", "%s: destroyed; number %s stays in the register"), id, doc.Number.Full())
			continue
		}
		said := problem.From(err)
		if said.Exit != problem.ExitRefused {
			return err
		}
		refused = true
		p.line("%s: %s", id, c.tell(said.Detail, said.DetailEN))
	}
	if p.err == nil && refused {
		return exit(1)
	}
	return p.err
}
