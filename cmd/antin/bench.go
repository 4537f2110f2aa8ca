package main

import (
	"context"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"antin/archive"
	"antin/archive/sqlite"
	"antin/issuance"
	"antin/issuance/demo"
	"antin/templates"
)

// benchForm is a decision of two pages, the work that the peers' figures are of.
const benchForm = "qd-cham-dut-tctn"

// measured is the answer of `antin bench --json`. Times are medians in µs, on
// one core; the steps are those of one document of benchForm.
type measured struct {
	RenderUS float64 `json:"render_us"`
	// CertifyUS is the signatory's revision, IssueUS number, date, stamp and seal.
	CertifyUS float64 `json:"certify_us"`
	IssueUS   float64 `json:"issue_us"`
	// ChainUS is render + certify + issue without the store.
	ChainUS      float64 `json:"chain_us"`
	RawRSA2048US float64 `json:"raw_rsa2048_us"`
	// ChainOverRaw compares the chain with the two signatures that are in it,
	// measured in turn with it, so that the machine's mood cancels out.
	ChainOverRaw float64 `json:"chain_over_raw"`
	// ArchivedUS is the whole way with every step durable on disk.
	ArchivedUS float64 `json:"archived_us"`
	// DocsPerSecond is the chain on all cores.
	DocsPerSecond float64 `json:"docs_per_second"`
	Cores         int     `json:"cores"`
}

func (c *cli) bench() *cobra.Command {
	var n int
	var asJSON bool
	cmd := &cobra.Command{
		Use: "bench", Short: "Đo từng bước trên máy này, bên cạnh chi phí ký RSA thuần", Args: exactly(0, "--n N, --json"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if n < 1 || n > 100_000 {
				return usage("--n nhận từ 1 đến 100000", "--n takes 1 to 100000")
			}
			m, err := measure(cmd.Context(), n)
			if err != nil {
				return err
			}
			if asJSON {
				return c.writeJSON(m)
			}
			p := printer{w: c.out}
			p.line(c.tell("dựng %.0f µs, ký %.0f µs, cấp số và đóng dấu %.0f µs, cả chuỗi %.0f µs", "render %.0f µs, certify %.0f µs, number and seal %.0f µs, whole chain %.0f µs"),
				m.RenderUS, m.CertifyUS, m.IssueUS, m.ChainUS)
			p.line(c.tell("một chữ ký RSA-2048 thuần %.0f µs; cả chuỗi gấp %.2f lần hai chữ ký", "one raw RSA-2048 signature %.0f µs; the chain is %.2f times two of them"),
				m.RawRSA2048US, m.ChainOverRaw)
			p.line(c.tell("kể cả lưu bền vững %.0f µs; %.0f văn bản/giây trên %d lõi", "with durable storage %.0f µs; %.0f documents/s on %d cores"),
				m.ArchivedUS, m.DocsPerSecond, m.Cores)
			return p.err
		},
	}
	cmd.Flags().IntVar(&n, "n", 200, "số văn bản đo")
	cmd.Flags().BoolVar(&asJSON, "json", false, "in JSON")
	return cmd
}

// measure works in a folder of its own, with the demonstration's keys.
func measure(ctx context.Context, n int) (m measured, err error) {
	dir, err := os.MkdirTemp("", "antin-bench-")
	if err != nil {
		return m, fmt.Errorf("make a folder to measure in: %w", err)
	}
	defer os.RemoveAll(dir)
	if _, err := demo.Make(dir, time.Now()); err != nil {
		return m, err
	}
	agencies, err := issuance.LoadAgencies(os.DirFS(filepath.Join(dir, "agencies")))
	if err != nil {
		return m, err
	}
	forms, err := templates.Embedded()
	if err != nil {
		return m, fmt.Errorf("load the forms: %w", err)
	}
	store, err := sqlite.Open(ctx, filepath.Join(dir, databaseFile))
	if err != nil {
		return m, err
	}
	defer store.Close()
	s := issuance.New(issuance.Options{Store: store, Forms: forms, Agencies: agencies, PublicURL: "https://antin.example.vn"})
	if err := s.Prepare(ctx); err != nil {
		return m, err
	}
	form, err := forms.Choose(benchForm, "", time.Time{})
	if err != nil {
		return m, err
	}
	r := issuance.Request{Form: form.ID, Version: form.Version, Data: form.Sample(), By: issuance.System}
	m.Cores = runtime.NumCPU()
	if err := m.chain(ctx, s, r, n); err != nil {
		return m, err
	}
	if err := m.archived(ctx, s, r, min(n, 100)); err != nil {
		return m, err
	}
	return m, m.parallel(ctx, s, r, n)
}

// chain measures the steps one after the other on one core, in turn with two
// raw signatures.
func (m *measured) chain(ctx context.Context, s *issuance.Service, r issuance.Request, n int) error {
	before := runtime.GOMAXPROCS(1)
	defer runtime.GOMAXPROCS(before)
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return fmt.Errorf("make a key: %w", err)
	}
	digest := sha256.Sum256([]byte(benchForm))
	var render, certify, issue, chain, raw, ratio []float64
	for i := range n + n/10 + 1 {
		t, err := s.Rehearse(ctx, r)
		if err != nil {
			return err
		}
		start := time.Now()
		for range 2 {
			if _, err := key.Sign(rand.Reader, digest[:], crypto.SHA256); err != nil {
				return fmt.Errorf("sign: %w", err)
			}
		}
		two := micros(time.Since(start))
		if i <= n/10 { // warming up
			continue
		}
		all := t.Render + t.Certify + t.Seal
		render, certify, issue = append(render, micros(t.Render)), append(certify, micros(t.Certify)), append(issue, micros(t.Seal))
		chain, raw, ratio = append(chain, micros(all)), append(raw, two/2), append(ratio, micros(all)/two)
	}
	m.RenderUS, m.CertifyUS, m.IssueUS, m.ChainUS = median(render), median(certify), median(issue), median(chain)
	m.RawRSA2048US, m.ChainOverRaw = median(raw), median(ratio)
	return nil
}

func (m *measured) archived(ctx context.Context, s *issuance.Service, r issuance.Request, n int) error {
	var all []float64
	for i := range n {
		r.Idempotency = archive.Idempotency{Scope: "bench", Key: fmt.Sprint(i)}
		start := time.Now()
		if _, _, err := s.Make(ctx, r, issuance.UntilIssued); err != nil {
			return err
		}
		all = append(all, micros(time.Since(start)))
	}
	m.ArchivedUS = median(all)
	return nil
}

// parallel measures the chain on all cores.
func (m *measured) parallel(ctx context.Context, s *issuance.Service, r issuance.Request, n int) error {
	jobs := make(chan struct{}, n)
	for range n {
		jobs <- struct{}{}
	}
	close(jobs)
	errs := make(chan error, m.Cores)
	var wg sync.WaitGroup
	start := time.Now()
	for range m.Cores {
		wg.Go(func() {
			for range jobs {
				if _, err := s.Rehearse(ctx, r); err != nil {
					errs <- err
					return
				}
			}
		})
	}
	wg.Wait()
	m.DocsPerSecond = float64(n) / time.Since(start).Seconds()
	select {
	case err := <-errs:
		return err
	default:
		return nil
	}
}

func micros(d time.Duration) float64 { return float64(d.Nanoseconds()) / 1000 }

func median(v []float64) float64 {
	slices.Sort(v)
	return v[len(v)/2]
}
