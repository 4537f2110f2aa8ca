package main

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"antin/api/fetch"
	"antin/api/problem"
	"antin/issuance"
	"antin/signer/verify"
)

func (c *cli) verify() *cobra.Command {
	var trust, at string
	var hosts []string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "verify F.pdf…",
		Short: "Kiểm tra chữ ký số của tệp PDF",
		Long: "Kiểm tra chữ ký số của tệp PDF.\n\nMã kết thúc: 0 TOTAL-PASSED, 1 TOTAL-FAILED, 2 INDETERMINATE, 4 không có chữ ký; " +
			"với nhiều tệp là kết quả xấu nhất.",
		Args: between(1, 1000, "F.pdf…"),
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			now := time.Now()
			if at != "" {
				if now, err = parseTime(at); err != nil {
					return err
				}
			}
			judge, closeJudge, err := c.judge(cmd.Context(), trust, now, hosts)
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, closeJudge()) }()
			return c.verifyFiles(cmd.Context(), judge, args, asJSON)
		},
	}
	cmd.Flags().StringVar(&trust, "trust", "", "gốc tin cậy: tệp PEM hoặc thư mục (mặc định: DATA/trust)")
	cmd.Flags().StringVar(&at, "at", "", "kiểm tra tại thời điểm này, ví dụ 2026-11-23T09:30:00+07:00")
	cmd.Flags().StringSliceVar(&hosts, "fetch", nil, "hỏi CRL/OCSP qua mạng, chỉ ở các máy chủ này (mặc định: không hỏi)")
	cmd.Flags().BoolVar(&asJSON, "json", false, "in báo cáo bằng JSON")
	cmd.Flags().StringVar(&c.config.Data, "data", "", "thư mục dữ liệu để đối chiếu sổ đăng ký (mặc định: data, hoặc ANTIN_DATA)")
	return cmd
}

func parseTime(s string) (time.Time, error) {
	for _, layout := range []string{time.RFC3339, time.DateTime, time.DateOnly} {
		if t, err := time.ParseInLocation(layout, s, time.Local); err == nil {
			return t, nil
		}
	}
	return time.Time{}, problem.New(problem.ValueInvalid, nil, "--at", "2026-11-23T09:30:00+07:00")
}

// judge is a service that only verifies. It asks the register when the data
// folder has one, and makes nothing.
func (c *cli) judge(ctx context.Context, trustPath string, now time.Time, hosts []string) (*issuance.Service, func() error, error) {
	dir := c.config.Data
	explicit := trustPath != ""
	if !explicit {
		trustPath = filepath.Join(dir, "trust")
	}
	trust, err := verify.LoadTrust(trustPath)
	if err != nil && (explicit || !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, verify.ErrNoAnchor)) {
		return nil, nil, problem.New(problem.FileUnreadable, err, trustPath, plain(err))
	}
	o := issuance.Options{Trust: trust, Now: func() time.Time { return now }}
	if len(hosts) > 0 {
		o.Fetch = fetch.New(fetch.Options{Hosts: hosts})
	}
	done := func() error { return nil }
	if _, err := os.Stat(filepath.Join(dir, databaseFile)); err == nil || c.config.DatabaseURL != "" {
		store, err := c.openStore(ctx, dir)
		if err != nil {
			return nil, nil, err
		}
		o.Store, done = store, store.Close
	}
	return issuance.New(o), done, nil
}

func (c *cli) verifyFiles(ctx context.Context, judge *issuance.Service, names []string, asJSON bool) error {
	worst := 0
	reports := make([]*verify.Report, 0, len(names))
	for _, name := range names {
		pdf, err := c.read(name)
		if err != nil {
			return err
		}
		report, err := judge.Verify(ctx, pdf)
		if err != nil {
			return err
		}
		if worse(report.ExitStatus(), worst) {
			worst = report.ExitStatus()
		}
		if asJSON {
			reports = append(reports, report)
			continue
		}
		if err := c.printReport(name, report); err != nil {
			return err
		}
	}
	if asJSON {
		var out any = reports
		if len(reports) == 1 {
			out = reports[0]
		}
		if err := c.writeJSON(out); err != nil {
			return err
		}
	}
	if worst != 0 {
		return exit(worst)
	}
	return nil
}

// worse orders the exit statuses of verify: failed, then no signature, then
// indeterminate, then passed.
func worse(a, b int) bool {
	rank := map[int]int{0: 0, 2: 1, 4: 2, 1: 3}
	return rank[a] > rank[b]
}

// printReport says a report to a person, signature by signature.
func (c *cli) printReport(name string, r *verify.Report) error {
	p := printer{w: c.out}
	p.line("%s", name)
	p.line("  %s: %s", r.Indication, c.tell(r.Conclusion, r.ConclusionEN))
	if r.SubIndication != "" {
		p.line("  (%s)", r.SubIndication)
	}
	c.printChecks(&p, "  ", r.Checks)
	for i := range r.Signatures {
		s := &r.Signatures[i]
		p.line("  %d. %s — %s", i+1, s.Field, s.Signer)
		p.line("     %s", c.tell(s.Conclusion, s.ConclusionEN))
		p.line("     %s: %s", c.tell("Tổ chức cấp chứng thư", "Issued by"), s.Issuer)
		p.line("     %s: %s", c.tell("Đơn vị quản lý", "Managing unit"), s.Unit)
		if s.SigningTime != nil {
			p.line("     %s: %s", c.tell("Thời điểm ký", "Signed at"), s.SigningTime.In(vietnam).Format("02/01/2006 15:04:05 -07:00"))
		}
		c.printChecks(&p, "     ", s.Checks)
	}
	if r.Register != nil {
		p.line("  %s", c.tell(r.Register.Message, r.Register.MessageEN))
	}
	return p.err
}

func (c *cli) printChecks(p *printer, indent string, checks []verify.Check) {
	marks := map[verify.Status]string{verify.Passed: "✓", verify.Failed: "✗", verify.Warning: "!", verify.NotChecked: "–"}
	for _, k := range checks {
		p.line("%s%s %s %s", indent, marks[k.Status], c.tell(k.Question, k.QuestionEN), c.tell(k.Message, k.MessageEN))
		if k.Detail != "" {
			p.line("%s    (%s)", indent, k.Detail)
		}
		if todo := c.tell(k.Todo, k.TodoEN); todo != "" && k.Status != verify.Passed {
			p.line("%s    → %s", indent, todo)
		}
	}
}
