package main

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"antin/archive"
	"antin/issuance"
)

// annexFiles reads the files that --annex names as "TITLE=FILE" or "FILE", which
// then is its own title.
func (c *cli) annexFiles(named []string) ([]issuance.AnnexFile, error) {
	var out []issuance.AnnexFile
	for _, n := range named {
		title, file, ok := strings.Cut(n, "=")
		if !ok {
			file = n
			title = strings.TrimSuffix(filepath.Base(n), filepath.Ext(n))
		}
		pdf, err := c.read(file)
		if err != nil {
			return nil, err
		}
		out = append(out, issuance.AnnexFile{Title: title, PDF: pdf})
	}
	return out, nil
}

// hashOf binds an idempotency key to what was asked.
func hashOf(r issuance.Request) [32]byte {
	h := sha256.New()
	fmt.Fprintf(h, "%s\n", r.Form)
	h.Write(r.Data)
	if r.SeparateAnnexes {
		h.Write([]byte("\nseparate"))
	}
	for _, x := range [...][2]string{{"version", r.Version}, {"agency", r.Agency}, {"replaces", r.Replaces}, {"corrects", r.Corrects}} {
		if x[1] != "" {
			fmt.Fprintf(h, "\n%s %q", x[0], x[1])
		}
	}
	for _, a := range r.Annexes {
		fmt.Fprintf(h, "\n%q %x", a.Title, sha256.Sum256(a.PDF))
	}
	return [32]byte(h.Sum(nil))
}

// writeAnnexes writes the signed annexes beside the document's file, as
// NAME-phu-luc-1.pdf.
func (c *cli) writeAnnexes(ctx context.Context, a *app, doc archive.Document, out string) ([]string, error) {
	if out == "-" {
		return nil, nil
	}
	all, err := a.service.Annexes(ctx, doc.ID)
	if err != nil {
		return nil, err
	}
	var files []string
	for _, x := range all {
		pdf, _, err := a.service.AnnexContent(ctx, doc.ID, x.N)
		if err != nil {
			return nil, err
		}
		name := fmt.Sprintf("%s-phu-luc-%d.pdf", strings.TrimSuffix(out, filepath.Ext(out)), x.N)
		if err := c.writeFile(name, pdf); err != nil {
			return nil, err
		}
		files = append(files, name)
	}
	return files, nil
}

func (c *cli) annex() *cobra.Command {
	cmd := &cobra.Command{Use: "annex", Short: "Phụ lục ở tệp riêng của một văn bản", Args: cobra.NoArgs, RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() }}
	cmd.AddCommand(c.annexList(), c.annexAdd(), c.annexGet())
	return cmd
}

// annexRow is a line of `antin annex list --json`.
type annexRow struct {
	Number int    `json:"number"`
	Title  string `json:"title"`
	Pages  int    `json:"pages"`
	SHA256 string `json:"sha256"`
	Signed bool   `json:"signed"`
}

func (c *cli) annexList() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use: "list MÃ-VĂN-BẢN", Short: "Liệt kê phụ lục ở tệp riêng", Args: exactly(1, "mã văn bản (id)"),
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			a, err := c.open(cmd.Context(), c.logger(c.err))
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, a.close()) }()
			all, err := a.service.Annexes(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			rows := make([]annexRow, len(all))
			for i, x := range all {
				rows[i] = annexRow{x.N, x.Title, x.PageCount, x.Newest(), x.Signed != ""}
			}
			if asJSON {
				return c.writeJSON(map[string]any{"annexes": rows})
			}
			p := printer{w: c.out}
			for _, r := range rows {
				state := c.tell("chưa ký", "not signed")
				if r.Signed {
					state = c.tell("cơ quan đã ký", "signed by the agency")
				}
				p.line(c.tell("%d. %s (%d trang, %s)  %s", "%d. %s (%d pages, %s)  %s"), r.Number, r.Title, r.Pages, state, r.SHA256)
			}
			return p.err
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "in kết quả bằng JSON")
	return c.dataFlag(cmd)
}

func (c *cli) annexAdd() *cobra.Command {
	var title string
	cmd := &cobra.Command{
		Use: "add MÃ-VĂN-BẢN TỆP.pdf --title TÊN", Short: "Gắn một tệp PDF vào dự thảo làm phụ lục", Args: exactly(2, "mã văn bản (id) và tệp PDF"),
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			if strings.TrimSpace(title) == "" {
				return usage("thiếu --title TÊN-PHỤ-LỤC", "--title TITLE is missing")
			}
			pdf, err := c.read(args[1])
			if err != nil {
				return err
			}
			a, err := c.open(cmd.Context(), c.logger(c.err))
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, a.close()) }()
			x, err := a.service.AddAnnex(cmd.Context(), args[0], title, pdf, person())
			if err != nil {
				return err
			}
			p := printer{w: c.out}
			p.line(c.tell("Đã gắn phụ lục %d (%d trang), SHA-256 %s. Tệp được ký số khi phát hành văn bản.", "Bound annex %d (%d pages), SHA-256 %s. It is signed when the document is issued."), x.N, x.PageCount, x.SHA256)
			return p.err
		},
	}
	cmd.Flags().StringVar(&title, "title", "", "tên phụ lục, ví dụ: Phụ lục I. Danh sách người lao động")
	return c.dataFlag(cmd)
}

func (c *cli) annexGet() *cobra.Command {
	var out string
	var n int
	cmd := &cobra.Command{
		Use: "get MÃ-VĂN-BẢN -n SỐ -o F.pdf", Short: "Lấy tệp phụ lục", Args: exactly(1, "mã văn bản (id)"),
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			if out == "" {
				return usage("thiếu -o TỆP.pdf", "-o FILE.pdf is missing")
			}
			a, err := c.open(cmd.Context(), c.logger(c.err))
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, a.close()) }()
			doc, err := a.store.Get(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			pdf, _, err := a.service.AnnexContent(cmd.Context(), doc.ID, n)
			if err != nil {
				return err
			}
			if err := a.service.Look(cmd.Context(), doc, "annex", person()); err != nil {
				return err
			}
			return c.writeFile(out, pdf)
		},
	}
	cmd.Flags().IntVarP(&n, "number", "n", 1, "số thứ tự của phụ lục")
	cmd.Flags().StringVarP(&out, "output", "o", "", "tệp PDF kết quả; - là đầu ra chuẩn")
	return c.dataFlag(cmd)
}
