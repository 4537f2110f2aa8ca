package main

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"antin/archive"
	"antin/issuance"
)

// copyNames are the kinds of copy as the command line calls them.
var copyNames = map[string]issuance.CopyKind{"sao-y": issuance.CopyWhole, "sao-luc": issuance.CopyOfCopy, "trich-sao": issuance.CopyExtract}

// copied is the answer of `antin copy --json`.
type copied struct {
	ID           string `json:"id"`
	Number       string `json:"number"`
	Symbol       string `json:"symbol"`
	Date         string `json:"date"`
	LookupCode   string `json:"lookup_code"`
	SHA256       string `json:"sha256"`
	SourceSHA256 string `json:"source_sha256,omitempty"`
}

func (c *cli) copy() *cobra.Command {
	var out, key, pages string
	var asJSON bool
	var r issuance.CopyRequest
	cmd := &cobra.Command{
		Use: "copy sao-y|sao-luc|trich-sao [TỆP.pdf] -o F.pdf", Short: "Làm bản sao điện tử (sao y, sao lục, trích sao): cấp số, ký số", Args: between(1, 2, "sao-y|sao-luc|trich-sao [TỆP.pdf]"),
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			var ok bool
			if r.Kind, ok = copyNames[args[0]]; !ok {
				return usage("hình thức sao là sao-y, sao-luc hoặc trich-sao", "the kind is sao-y, sao-luc or trich-sao")
			}
			if out == "" || out == "-" && asJSON {
				return usage("thiếu -o TỆP.pdf (không dùng -o - cùng --json)", "-o FILE.pdf is missing (-o - does not go with --json)")
			}
			if r.Pages, err = readPages(pages); err != nil {
				return err
			}
			if len(args) == 2 {
				if r.PDF, err = c.read(args[1]); err != nil {
					return err
				}
			}
			if r.By = person(); key != "" {
				r.Idempotency = archive.Idempotency{Scope: "cli copy", Key: key, RequestHash: sha256.Sum256(fmt.Appendf(nil, "%q %q %v %q %x", r.Kind, r.Document, r.Pages, r.Source, sha256.Sum256(r.PDF)))}
			}
			ctx := cmd.Context()
			a, err := c.open(ctx, c.logger(c.err))
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, a.close()) }()
			if r.Document != "" && r.Agency == "" {
				doc, err := a.store.Get(ctx, r.Document)
				if err != nil {
					return err
				}
				r.Agency = doc.Agency
			}
			doc, _, err := a.service.Copy(ctx, r, issuance.UntilIssued)
			if err != nil {
				return err
			}
			pdf, rev, err := a.store.RevisionContent(ctx, doc.ID, 0)
			if err != nil {
				return err
			}
			if err := c.writeFile(out, pdf); err != nil {
				return err
			}
			n := doc.Number
			if asJSON {
				answer := copied{ID: doc.ID, Number: n.Text, Symbol: n.Symbol, Date: n.Date.In(archive.Zone).Format(time.DateOnly), LookupCode: doc.LookupCode, SHA256: rev.SHA256}
				if len(r.PDF) > 0 {
					answer.SourceSHA256 = fmt.Sprintf("%x", sha256.Sum256(r.PDF))
				}
				return c.writeJSON(answer)
			}
			if out == "-" {
				return nil
			}
			_, err = fmt.Fprintf(c.out, c.tell("%s số %s ngày %s: %s\n", "%s, number %s of %s: %s\n"), doc.DocumentType, n.Full(), n.Date.In(archive.Zone).Format("02/01/2006"), out)
			return err
		},
	}
	f := cmd.Flags()
	f.StringVarP(&out, "output", "o", "", "tệp PDF kết quả; - là đầu ra chuẩn")
	f.StringVar(&r.Document, "document", "", "mã văn bản trong sổ (để trích sao), thay cho TỆP.pdf")
	f.StringVar(&pages, "pages", "", "các trang trích sao, ví dụ 1,3-5")
	f.StringVar(&r.Agency, "agency", "", "mã cơ quan sao")
	f.StringVar(&r.Signatory, "signatory", "", "người quyết định việc sao (mặc định: người đứng đầu)")
	f.StringVar(&r.Source.Agency, "source-agency", "", "cơ quan ban hành văn bản được sao")
	f.StringVar(&r.Source.Number, "source-number", "", "số, ký hiệu văn bản được sao")
	f.StringVar(&r.Source.Date, "source-date", "", "ngày văn bản được sao")
	f.StringVar(&r.Source.Subject, "source-subject", "", "trích yếu văn bản được sao (chỉ ghi vào sổ)")
	f.StringVar(&key, "idempotency-key", "", "chạy lại với cùng khóa thì nhận lại cùng bản sao")
	f.BoolVar(&asJSON, "json", false, "in kết quả bằng JSON")
	return c.dataFlag(cmd)
}

// readPages reads "1,3-5" as 1, 3, 4, 5.
func readPages(text string) ([]int, error) {
	var out []int
	for part := range strings.SplitSeq(text, ",") {
		if strings.TrimSpace(part) == "" {
			continue
		}
		from, to, isRange := strings.Cut(strings.TrimSpace(part), "-")
		a, err := strconv.Atoi(from)
		b := a
		if err == nil && isRange {
			b, err = strconv.Atoi(to)
		}
		const most = 1000
		if err != nil || a < 1 || b < a || b-a >= most || len(out) >= most {
			return nil, usage("--pages nhận số trang như 1,3-5", "--pages takes page numbers such as 1,3-5")
		}
		for n := a; n <= b; n++ {
			out = append(out, n)
		}
	}
	slices.Sort(out)
	return slices.Compact(out), nil
}
