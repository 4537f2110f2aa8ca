package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"syscall"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"antin/api"
	"antin/api/problem"
	"antin/api/webhook"
	"antin/archive"
	"antin/issuance"
	"antin/issuance/demo"
	"antin/signer/testpki"
)

func (c *cli) serve() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Chạy dịch vụ; lần đầu tạo cơ quan, khóa và gốc tin cậy trình diễn (không có giá trị pháp lý)",
		Args:  exactly(0, "không có đối số / no arguments"),
		RunE:  func(cmd *cobra.Command, _ []string) error { return c.runService(cmd.Context()) },
	}
	cmd.Flags().StringVar(&c.config.Data, "data", "", "thư mục dữ liệu (mặc định: data, hoặc ANTIN_DATA)")
	cmd.Flags().StringVar(&c.config.Listen, "listen", "", "địa chỉ nghe (mặc định: 127.0.0.1:8080, hoặc ANTIN_LISTEN)")
	return cmd
}

func (c *cli) runService(ctx context.Context) (err error) {
	log := c.logger(c.err)
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", c.config.Listen)
	if errors.Is(err, syscall.EADDRINUSE) {
		return problem.New(problem.AddressInUse, err, c.config.Listen)
	}
	if err != nil {
		return usage("--listen: "+err.Error(), "--listen: "+err.Error())
	}
	a, err := c.open(ctx, log)
	if err != nil {
		return errors.Join(err, l.Close())
	}
	defer func() { err = errors.Join(err, a.close()) }()

	finished, err := a.service.Recover(ctx)
	if err != nil {
		log.ErrorContext(ctx, "some numbered documents could not be sealed; they stay in the register", "error", err)
	}
	if finished > 0 {
		log.InfoContext(ctx, "documents that were cut off were sealed", "count", finished)
	}
	if a.demo {
		log.WarnContext(ctx, "demonstration agencies and keys: nothing made with them has legal value", "mark", testpki.Mark)
		if err := c.welcome(ctx, a); err != nil {
			return err
		}
	}
	if _, err := a.service.RecordSettings(ctx, c.config.settings()); err != nil {
		return err
	}
	server := api.New(api.Config{Service: a.service, Limits: api.DefaultLimits(), Log: log, Now: c.now, TrustProxy: c.config.TrustProxy})
	stopMetrics, err := c.serveMetrics(ctx, server)
	if err != nil {
		return err
	}
	defer stopMetrics()
	log.InfoContext(ctx, "listening", "address", l.Addr().String())
	// The work behind the requests ends after them: what they began is finished.
	work, stopWork := context.WithCancel(context.WithoutCancel(ctx))
	sender := webhook.New(webhook.Options{Outbox: a.store, AllowPrivate: c.config.WebhookPrivate, Now: c.now, Log: log})
	var behind errgroup.Group
	behind.Go(func() error {
		return runJobs(work, a.store, archive.Crew{Workers: append(a.service.Workers(), sender.Worker()), Log: log, Now: c.now})
	})
	behind.Go(func() error { return a.service.Watch(work) })
	behind.Go(func() error { return resumeBatches(work, a.service, log) })
	behind.Go(func() error { return collectFiles(work, a.store, c.now, log) })
	err = server.Serve(ctx, l, c.config.Grace)
	stopWork()
	err = errors.Join(err, behind.Wait())
	log.InfoContext(context.WithoutCancel(ctx), "stopped", "error", err)
	return err
}

// jobsPause follows a failure of the store itself.
const jobsPause = 5 * time.Second

// runJobs has jobs done until ctx ends, also when the store was away meanwhile.
func runJobs(ctx context.Context, store archive.Store, crew archive.Crew) error {
	for ctx.Err() == nil {
		if err := store.RunJobs(ctx, crew); err != nil && ctx.Err() == nil {
			crew.Log.ErrorContext(ctx, "jobs are not done for a moment", "error", err)
			select {
			case <-ctx.Done():
			case <-time.After(jobsPause):
			}
		}
	}
	return nil
}

// resumeBatches goes on with what an instance that died has left.
func resumeBatches(ctx context.Context, service *issuance.Service, log *slog.Logger) error {
	if err := service.ResumeBatches(ctx); err != nil && ctx.Err() == nil {
		log.ErrorContext(ctx, "batches that were cut off could not be gone on with; their jobs try again", "error", err)
	}
	return nil
}

// Bounds of collectFiles: a bucket of a million files is walked in two days.
const (
	collectEvery = 15 * time.Minute
	collectFew   = 5000 // files looked at in one turn
)

// collectFiles removes, some at a time, files outside the database that no
// document refers to, until ctx ends. Several instances may do so at once.
func collectFiles(ctx context.Context, store archive.Store, now func() time.Time, log *slog.Logger) error {
	tick := time.NewTicker(collectEvery)
	defer tick.Stop()
	for after := ""; ; {
		next, removed, err := store.CollectFiles(ctx, now().Add(-archive.FileGrace), after, collectFew)
		if err != nil && ctx.Err() == nil {
			log.ErrorContext(ctx, "files without a document could not be collected", "error", err)
		}
		if removed > 0 {
			log.InfoContext(ctx, "files without a document were removed", "count", removed)
		}
		after = next
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// serveMetrics serves /metrics on a listener of its own, which is not for the
// public.
func (c *cli) serveMetrics(ctx context.Context, server *api.Server) (stop func(), err error) {
	if c.config.MetricsListen == "" {
		return func() {}, nil
	}
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", c.config.MetricsListen)
	if err != nil {
		return nil, problem.New(problem.ValueInvalid, err, "ANTIN_METRICS_LISTEN", err.Error())
	}
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", server.Metrics())
	srv := &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second, WriteTimeout: 30 * time.Second}
	go func() { _ = srv.Serve(l) }() // ends with Close; requests to it are no one's work
	return func() { _ = srv.Close() }, nil
}

// welcome shows a person who tries the service where to click and what to paste.
func (c *cli) welcome(ctx context.Context, a *app) error {
	keys, err := demo.APIKeys(ctx, c.config.Data, a.store, c.now())
	if err != nil {
		return err
	}
	base := c.config.PublicURL
	_, err = fmt.Fprintf(c.out, `
Antin đang chạy với dữ liệu TRÌNH DIỄN (%[4]s).

  Mở trang:       %[1]s/
  Kiểm tra tệp:   %[1]s/xac-thuc
  Tra cứu:        %[1]s/tra-cuu
  Bàn làm việc:   %[1]s/ban-lam-viec (ký, cấp số, đóng dấu; đăng nhập bằng khóa API)

Dán lệnh sau để nhận một quyết định đã ký, cấp số và đóng dấu (quyet-dinh.pdf):

  curl -sS -H 'Authorization: Bearer %[2]s' %[1]s/v1/forms/qd-huong-tctn/sample | curl -sS --fail-with-body -X POST '%[1]s/v1/documents?until=issued' -H 'Authorization: Bearer %[2]s' -H 'Idempotency-Key: thu-1' -H 'Content-Type: application/json' -H 'Accept: application/pdf' --data-binary @- -o quyet-dinh.pdf

Khóa API của từng vai: %[3]s/%[5]s
Ctrl+C để dừng.

`, base, keys["tron-goi"], c.config.Data, testpki.Mark, demo.KeysFile)
	return err
}
