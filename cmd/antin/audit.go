package main

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"antin/api/problem"
	"antin/archive"
)

func (c *cli) audit() *cobra.Command {
	cmd := &cobra.Command{
		Use: "audit", Short: "Nhật ký kiểm toán", Args: exactly(0, "verify | export | checkpoint"),
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(c.auditVerify(), c.auditExport(), c.auditCheckpoint())
	return cmd
}

// auditAnswer is `antin audit verify --json`.
type auditAnswer struct {
	Rows        int64  `json:"rows"`
	SHA256      string `json:"sha256"` // of the last row
	Checkpoints int    `json:"checkpoints"`
	Whole       bool   `json:"whole"`
	// Row, Kind and Detail are the first break; Kind is edited, missing,
	// unreadable, checkpoint, signature or kept.
	Row    int64  `json:"row,omitempty"`
	Kind   string `json:"kind,omitempty"`
	Detail string `json:"detail,omitempty"`
}

func (c *cli) auditVerify() *cobra.Command {
	var kept, trust string
	var asJSON bool
	cmd := c.dataFlag(&cobra.Command{
		Use: "verify [FILE.jsonl]", Short: "Duyệt chuỗi nhật ký và chữ ký từng mốc ngày; tìm chỗ bị sửa, xóa hay đảo",
		Args: between(0, 1, "[FILE.jsonl], --trust, --kept, --json, --data"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 1 {
				return c.verifyTrailFile(cmd.Context(), args[0], trust, asJSON)
			}
			return c.withApp(func(ctx context.Context, a *app) error { return c.verifyAudit(ctx, a, kept, asJSON) })(cmd, args)
		},
	})
	cmd.Flags().StringVar(&trust, "trust", "", "với FILE: gốc tin cậy, tệp PEM hoặc thư mục (mặc định: DATA/trust)")
	cmd.Flags().StringVar(&kept, "kept", "", "thư mục các mốc đã cất riêng (NGÀY.txt và NGÀY.txt.p7s): đối chiếu thêm với chúng")
	cmd.Flags().BoolVar(&asJSON, "json", false, "in JSON")
	return cmd
}

// verifyTrailFile needs no database: only the file and the trust anchors.
func (c *cli) verifyTrailFile(ctx context.Context, name, trust string, asJSON bool) (err error) {
	judge, closeJudge, err := c.judge(ctx, trust, c.now(), nil)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, closeJudge()) }()
	text, err := c.read(name)
	if err != nil {
		return err
	}
	report, err := judge.VerifyTrail(bytes.NewReader(text))
	if err != nil {
		return err
	}
	return c.sayAudit(report, "", asJSON)
}

func (c *cli) verifyAudit(ctx context.Context, a *app, kept string, asJSON bool) error {
	report, err := a.service.VerifyAudit(ctx)
	if err != nil {
		return err
	}
	lost := ""
	if kept != "" && report.Broken == nil {
		if lost, err = c.verifyKept(ctx, a, kept); err != nil {
			return err
		}
	}
	return c.sayAudit(report, lost, asJSON)
}

// verifyKept holds each kept checkpoint against the trail and says the first
// that does not fit.
func (c *cli) verifyKept(ctx context.Context, a *app, dir string) (lost string, err error) {
	names, err := filepath.Glob(filepath.Join(dir, "*.txt"))
	if err == nil && len(names) == 0 {
		err = errors.New("no *.txt in it")
	}
	if err != nil {
		return "", problem.New(problem.FileUnreadable, err, dir, plain(err))
	}
	for _, name := range names {
		text, err := c.read(name)
		if err != nil {
			return "", err
		}
		point, err := archive.ParseStatement(text)
		if err != nil {
			return fmt.Sprintf("%s: %v", name, err), nil
		}
		if point.Signature, err = c.read(name + ".p7s"); err != nil {
			return "", err
		}
		if err := a.service.VerifyKept(ctx, point); err != nil {
			return fmt.Sprintf("%s: %v", name, err), nil
		}
	}
	return "", nil
}

func (c *cli) sayAudit(r archive.AuditReport, lost string, asJSON bool) error {
	out := auditAnswer{Rows: r.Rows, SHA256: hex.EncodeToString(r.Head[:]), Checkpoints: r.Checkpoints, Whole: r.Broken == nil && lost == ""}
	switch b := r.Broken; {
	case b != nil:
		out.Row, out.Kind, out.Detail = b.Seq, string(b.Kind), b.Detail
	case lost != "":
		out.Kind, out.Detail = "kept", lost
	}
	p := printer{w: c.out}
	switch {
	case asJSON:
		if err := c.writeJSON(out); err != nil {
			return err
		}
	case out.Whole:
		p.line(c.tell("Chuỗi nhật ký nguyên vẹn: %d dòng, %d mốc ngày có chữ ký đúng.", "The audit chain is whole: %d rows, %d checkpoints with good signatures."), r.Rows, r.Checkpoints)
	case lost != "":
		p.line(c.tell("Nhật ký không khớp mốc đã cất riêng: %s", "The trail does not fit a kept checkpoint: %s"), lost)
	default:
		p.line(c.tell("Chuỗi nhật ký bị phá ở dòng %d (%s): %s", "The audit chain is broken at row %d (%s): %s"), out.Row, out.Kind, out.Detail)
	}
	if p.err == nil && !out.Whole {
		return exit(1)
	}
	return p.err
}

func (c *cli) auditExport() *cobra.Command {
	var out, points string
	cmd := c.dataFlag(&cobra.Command{
		Use: "export -o FILE.jsonl", Short: "Xuất nhật ký cùng các mốc ngày; “antin audit verify FILE” kiểm tra được không cần kho lưu trữ",
		Args: exactly(0, "-o FILE, --checkpoints DIR, --data"),
		RunE: c.withApp(func(ctx context.Context, a *app) error {
			if out == "" {
				return usage("thiếu -o TỆP.jsonl", "-o FILE.jsonl is missing")
			}
			var text bytes.Buffer
			if err := a.service.ExportTrail(ctx, &text, person()); err != nil {
				return err
			}
			if points != "" {
				if err := c.writeCheckpoints(ctx, a, points); err != nil {
					return err
				}
			}
			return c.writeFile(out, text.Bytes())
		}),
	})
	cmd.Flags().StringVarP(&out, "output", "o", "", "tệp kết quả; - là đầu ra chuẩn")
	cmd.Flags().StringVar(&points, "checkpoints", "", "thư mục nhận từng mốc: NGÀY.txt và chữ ký NGÀY.txt.p7s (CMS, kiểm được bằng openssl)")
	return cmd
}

// writeCheckpoints writes each checkpoint as its statement with the signature
// beside it.
func (c *cli) writeCheckpoints(ctx context.Context, a *app, dir string) error {
	all, err := a.store.Checkpoints(ctx)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return problem.New(problem.FileUnwritable, err, dir, plain(err))
	}
	for _, p := range all {
		name := filepath.Join(dir, p.Day.In(vietnam).Format(time.DateOnly)+".txt")
		if err := c.writeFile(name, p.Statement()); err != nil {
			return err
		}
		if err := c.writeFile(name+".p7s", p.Signature); err != nil {
			return err
		}
	}
	return nil
}

func (c *cli) auditCheckpoint() *cobra.Command {
	return c.dataFlag(&cobra.Command{
		Use: "checkpoint", Short: "Ký mốc của ngày vừa qua nếu chưa có (dịch vụ đang chạy tự làm việc này)", Args: exactly(0, "--data"),
		RunE: c.withApp(func(ctx context.Context, a *app) error {
			day := archive.Day(c.now()).AddDate(0, 0, -1)
			made, err := a.service.Checkpoint(ctx, day)
			if err != nil {
				return err
			}
			say := c.tell("Đã ký mốc ngày %s.", "The checkpoint of %s is signed.")
			if !made {
				say = c.tell("Mốc ngày %s đã có, hoặc nhật ký còn trống.", "There is a checkpoint of %s, or the trail is empty.")
			}
			_, err = fmt.Fprintln(c.out, strings.ReplaceAll(say, "%s", day.Format("02/01/2006")))
			return err
		}),
	})
}
