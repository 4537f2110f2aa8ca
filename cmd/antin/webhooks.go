package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"antin/api/problem"
	"antin/archive"
)

func (c *cli) webhook() *cobra.Command {
	cmd := &cobra.Command{
		Use: "webhook", Short: "Nơi nhận tin về văn bản (webhook)", Args: exactly(0, "put | list | deliveries | replay"),
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	var w archive.Webhook
	var secretFile string
	var moves []string
	put := c.dataFlag(&cobra.Command{
		Use: "put --id ID --agency A --url URL --secret-file FILE", Short: "Thêm hoặc đổi một nơi nhận", Args: exactly(0, "--id, --agency, --url, --secret-file"),
		RunE: c.withApp(func(ctx context.Context, a *app) error {
			u, err := url.Parse(w.URL)
			if w.ID == "" || w.Agency == "" || err != nil || (u.Scheme != "https" && u.Scheme != "http") || u.Host == "" || secretFile == "" {
				return usage("cần --id, --agency, --url http(s)://… và --secret-file", "--id, --agency, --url http(s)://… and --secret-file are needed")
			}
			w.Moves = archive.SplitMoves(strings.Join(moves, ","))
			if i := slices.IndexFunc(w.Moves, func(m archive.Move) bool { return !slices.Contains(archive.Moves, m) }); i >= 0 {
				known := strings.ReplaceAll(archive.JoinMoves(archive.Moves), ",", ", ")
				return problem.New(problem.ValueInvalid, nil, "--moves", strconv.Quote(string(w.Moves[i]))+"; "+known)
			}
			secret, err := c.read(secretFile)
			if err != nil {
				return err
			}
			w.Secret = bytes.TrimSpace(secret)
			return a.store.PutWebhook(ctx, w, person(), c.now())
		}),
	})
	put.Flags().StringVar(&w.ID, "id", "", "mã nơi nhận")
	put.Flags().StringVar(&w.Agency, "agency", "", "mã cơ quan")
	put.Flags().StringVar(&w.URL, "url", "", "địa chỉ nhận")
	put.Flags().StringVar(&secretFile, "secret-file", "", "tệp chứa bí mật dùng để ký tin")
	put.Flags().StringSliceVar(&moves, "moves", nil, "chỉ báo các bước này, cách nhau bằng dấu phẩy, ví dụ issue,withdraw (mặc định: mọi bước)")
	put.Flags().BoolVar(&w.Disabled, "disabled", false, "ngừng gửi")
	list := c.dataFlag(&cobra.Command{
		Use: "list", Short: "Liệt kê nơi nhận", Args: exactly(0, ""),
		RunE: c.withApp(func(ctx context.Context, a *app) error {
			hooks, err := a.store.Webhooks(ctx, "")
			if err != nil {
				return err
			}
			t := tabwriter.NewWriter(c.out, 0, 0, 2, ' ', 0)
			p := printer{w: t}
			for _, h := range hooks {
				p.line("%s\t%s\t%s\t%v", h.ID, h.Agency, h.URL, !h.Disabled)
			}
			return errors.Join(p.err, t.Flush())
		}),
	})
	deliveries := c.dataFlag(&cobra.Command{
		Use: "deliveries", Short: "Liệt kê tin đã và chưa giao", Args: exactly(0, ""),
		RunE: c.withApp(c.deliveries),
	})
	replay := c.dataFlag(&cobra.Command{
		Use: "replay ID", Short: "Giao lại một tin", Args: exactly(1, "ID"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return c.withApp(func(ctx context.Context, a *app) error {
				return a.store.Replay(ctx, args[0], person(), c.now())
			})(cmd, args)
		},
	})
	cmd.AddCommand(put, list, deliveries, replay)
	return cmd
}

func (c *cli) deliveries(ctx context.Context, a *app) error {
	t := tabwriter.NewWriter(c.out, 0, 0, 2, ' ', 0)
	p := printer{w: t}
	for page := (archive.Page{Limit: archive.MaxPage}); ; {
		list, next, err := a.store.Deliveries(ctx, archive.DeliveryFilter{}, page)
		if err != nil {
			return fmt.Errorf("list the deliveries: %w", err)
		}
		for _, d := range list {
			p.line("%s\t%s\t%s\t%s\t%s\t%d\t%s", d.ID, d.Webhook, d.Document, d.Move, d.State, d.Attempts, d.Error)
		}
		if page.After = next; next == "" {
			return errors.Join(p.err, t.Flush())
		}
	}
}
