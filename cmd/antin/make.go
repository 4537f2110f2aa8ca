package main

import (
	"bytes"
	"errors"
	"fmt"
	"os/user"
	"time"

	"github.com/spf13/cobra"

	"antin/archive"
	"antin/issuance"
)

// request reads the arguments ID [DATA.json] that render and issue share. The
// data comes from standard input when no file is named.
func (c *cli) request(args []string, version, agency string) (issuance.Request, error) {
	name := "-"
	if len(args) == 2 {
		name = args[1]
	}
	data, err := c.read(name)
	if err != nil {
		return issuance.Request{}, err
	}
	return issuance.Request{Form: args[0], Version: version, Agency: agency, Data: bytes.TrimPrefix(data, []byte("\ufeff")), By: person()}, nil
}

// person is who runs the command, for the audit trail. Who has the data folder
// has its keys, and signs as whoever a document names.
func person() archive.Actor {
	a := archive.Actor{ID: "cli", Name: "antin", Role: "operator", Person: archive.Anyone}
	if u, err := user.Current(); err == nil {
		a.ID, a.Name = "cli:"+u.Username, u.Username
	}
	return a
}

func (c *cli) render() *cobra.Command {
	var out, version, agency string
	cmd := &cobra.Command{
		Use: "render ID [DATA.json] -o F.pdf", Short: "Dựng bản PDF chưa ký (bản 1)", Args: between(1, 2, "ID [DATA.json]"),
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			if out == "" {
				return usage("thiếu -o TỆP.pdf", "-o FILE.pdf is missing")
			}
			r, err := c.request(args, version, agency)
			if err != nil {
				return err
			}
			a, err := c.open(cmd.Context(), c.logger(c.err))
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, a.close()) }()
			pdf, err := a.service.Preview(cmd.Context(), r)
			if err != nil {
				return err
			}
			return c.writeFile(out, pdf)
		},
	}
	c.makeFlags(cmd, &out, &version, &agency)
	return cmd
}

func (c *cli) makeFlags(cmd *cobra.Command, out, version, agency *string) {
	cmd.Flags().StringVarP(out, "output", "o", "", "tệp PDF kết quả; - là đầu ra chuẩn")
	cmd.Flags().StringVar(version, "version", "", "phiên bản biểu mẫu (mặc định chọn theo ngày tiếp nhận hồ sơ)")
	cmd.Flags().StringVar(agency, "agency", "", "mã cơ quan ban hành (mặc định chọn theo biểu mẫu)")
	cmd.Flags().StringVar(&c.config.Data, "data", "", "thư mục dữ liệu (mặc định: data, hoặc ANTIN_DATA)")
}

// issued is the answer of `antin issue --json`.
type issued struct {
	ID         string `json:"id"`
	Number     string `json:"number"`
	Symbol     string `json:"symbol"`
	Date       string `json:"date"`
	LookupCode string `json:"lookup_code"`
	SHA256     string `json:"sha256"`
	// Warnings are rules that it breaks and that did not stop it.
	Warnings []string `json:"warnings,omitempty"`
	// Annexes are the files of the annexes, where they are not in the document's own.
	Annexes []string `json:"annexes,omitempty"`
}

func (c *cli) issue() *cobra.Command {
	var out, version, agency, key, replaces, corrects string
	var annexes []string
	var asJSON, separate bool
	cmd := &cobra.Command{
		Use: "issue ID [DATA.json] -o F.pdf", Short: "Lập, ký, cấp số, đóng dấu và lưu một văn bản", Args: between(1, 2, "ID [DATA.json]"),
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			if out == "" {
				return usage("thiếu -o TỆP.pdf", "-o FILE.pdf is missing")
			}
			if out == "-" && asJSON {
				return usage("-o - và --json không dùng cùng nhau", "-o - and --json do not go together")
			}
			if replaces != "" && corrects != "" {
				return usage("một văn bản thay thế hoặc đính chính một văn bản, không cả hai: chọn --replaces hoặc --corrects", "a document replaces one or corrects one, not both: give --replaces or --corrects")
			}
			r, err := c.request(args, version, agency)
			if err != nil {
				return err
			}
			if r.Annexes, err = c.annexFiles(annexes); err != nil {
				return err
			}
			r.SeparateAnnexes, r.Replaces, r.Corrects = separate, replaces, corrects
			if key != "" {
				r.Idempotency = archive.Idempotency{Scope: "cli", Key: key, RequestHash: hashOf(r)}
			}
			ctx := cmd.Context()
			a, err := c.open(ctx, c.logger(c.err))
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, a.close()) }()
			doc, _, err := a.service.Make(ctx, r, issuance.UntilIssued)
			if err != nil {
				return err
			}
			pdf, rev, err := a.store.RevisionContent(ctx, doc.ID, 0)
			if err != nil {
				return err
			}
			number := archive.Number{Date: rev.At} // a slip without a number has its day only
			if doc.Number != nil {
				number = *doc.Number
			}
			if err := c.writeFile(out, pdf); err != nil {
				// The number is given and cannot be given back: say where the file is.
				fmt.Fprintf(c.err, c.tell("Văn bản số %s đã phát hành và lưu trong sổ (mã %s); chỉ chưa ghi được ra tệp.\n",
					"Document %s was issued and is in the register (id %s); only the file was not written.\n"), number.Full(), doc.ID)
				return err
			}
			files, err := c.writeAnnexes(ctx, a, doc, out)
			if err != nil {
				return err
			}
			answer := issued{
				Annexes: files,
				ID:      doc.ID, Number: number.Text, Symbol: number.Symbol,
				Date: number.Date.In(archive.Zone).Format(time.DateOnly), LookupCode: doc.LookupCode, SHA256: rev.SHA256,
			}
			for _, w := range a.service.Warnings(doc) {
				text := c.tell(w.Vi, w.En)
				answer.Warnings = append(answer.Warnings, text)
				fmt.Fprintf(c.err, c.tell("Lưu ý: %s\n", "Warning: %s\n"), text)
			}
			if asJSON {
				return c.writeJSON(answer)
			}
			if out == "-" {
				return nil
			}
			_, err = fmt.Fprintf(c.out, c.tell("Đã phát hành %s ngày %s, mã tra cứu %s: %s\n", "Issued %s of %s, lookup code %s: %s\n"),
				number.Full(), number.Date.In(archive.Zone).Format("02/01/2006"), doc.LookupCode, out)
			return err
		},
	}
	c.makeFlags(cmd, &out, &version, &agency)
	cmd.Flags().BoolVar(&asJSON, "json", false, "in kết quả bằng JSON")
	cmd.Flags().StringArrayVar(&annexes, "annex", nil, "phụ lục ở tệp PDF riêng, ký số của cơ quan: \"Tên phụ lục=TỆP.pdf\" (nhiều lần được)")
	cmd.Flags().BoolVar(&separate, "separate-annexes", false, "tách phụ lục của biểu mẫu thành tệp riêng")
	cmd.Flags().StringVar(&replaces, "replaces", "", "mã văn bản đã phát hành mà văn bản này thay thế")
	cmd.Flags().StringVar(&corrects, "corrects", "", "mã văn bản đã phát hành mà văn bản này đính chính")
	cmd.Flags().StringVar(&key, "idempotency-key", "", "chạy lại với cùng khóa thì nhận lại cùng văn bản")
	return cmd
}
