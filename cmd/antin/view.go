package main

import (
	"errors"

	"github.com/spf13/cobra"
)

// view writes a copy of a document that is no longer in force, marked as such.
func (c *cli) view() *cobra.Command {
	var out string
	cmd := &cobra.Command{
		Use: "view MÃ-VĂN-BẢN -o F.pdf", Short: "Bản xem của văn bản đã thu hồi, thay thế: mang dấu trên từng trang, không có chữ ký số", Args: exactly(1, "mã văn bản (id)"),
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			if out == "" {
				return usage("thiếu -o TỆP.pdf", "-o FILE.pdf is missing")
			}
			a, err := c.open(cmd.Context(), c.logger(c.err))
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, a.close()) }()
			pdf, doc, err := a.service.ViewingCopy(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			if err := a.service.Look(cmd.Context(), doc, "viewing_copy", person()); err != nil {
				return err
			}
			return c.writeFile(out, pdf)
		},
	}
	cmd.Flags().StringVarP(&out, "output", "o", "", "tệp PDF kết quả; - là đầu ra chuẩn")
	return c.dataFlag(cmd)
}
