package conformance

import (
	"bytes"
	"fmt"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"antin/archive"
)

// BenchPDF is a made-up revision 1 of the size that a decision has.
func BenchPDF(id string) []byte {
	return append(PDF(id), bytes.Repeat([]byte("stream "), 9<<10)...)
}

// Fill issues n documents with small files from many callers.
func Fill(b testing.TB, s archive.Store, n int) {
	b.Helper()
	const callers = 64
	for _, err := range each(callers, func(i int) error {
		for range n / callers {
			d := Draft(NewID())
			if err := whole(b, s, d, 100); err != nil {
				return err
			}
		}
		return nil
	}) {
		must(b, err)
	}
}

// whole takes a draft all the way, adding grow bytes with each signature.
func whole(b testing.TB, s archive.Store, d archive.Draft, grow int) error {
	ctx := b.Context()
	if _, _, err := s.CreateDraft(ctx, d); err != nil {
		return err
	}
	pdf := append(slices.Clip(d.PDF), make([]byte, grow)...)
	if _, err := s.AddSigned(ctx, d.ID, pdf, Clerk, d.At); err != nil {
		return err
	}
	if _, err := s.AssignNumber(ctx, d.ID, Clerk, d.At); err != nil {
		return err
	}
	pdf = append(slices.Clip(pdf), make([]byte, grow)...)
	_, err := s.AddIssued(ctx, d.ID, pdf, Clerk, d.At)
	return err
}

// Benchmark measures one document (four steps, 65 kB growing by 20 kB twice)
// with registers of different sizes, from one caller and from many. Processor
// time and bytes written stand beside the clock: they tell the truth on a busy
// machine too.
func Benchmark(b *testing.B, s archive.Store, sizes ...int) {
	Setup(b, s)
	have := 0
	one := func() error {
		d := Draft(NewID())
		d.PDF = BenchPDF(d.ID)
		return whole(b, s, d, 20<<10)
	}
	for _, size := range sizes {
		b.Run(fmt.Sprintf("documents=%d", size), func(b *testing.B) {
			Fill(b, s, size-have)
			have = size
			b.Run("one", func(b *testing.B) {
				report := usage(b)
				made := 0
				for b.Loop() {
					must(b, one())
					made++
				}
				report(made)
				have += made
			})
			b.Run("many", func(b *testing.B) {
				report := usage(b)
				var made atomic.Int64
				b.SetParallelism(16)
				b.RunParallel(func(pb *testing.PB) {
					for pb.Next() {
						if err := one(); err != nil {
							b.Error(err)
							return
						}
						made.Add(1)
					}
				})
				report(int(made.Load()))
				have += int(made.Load())
			})
		})
	}
}

// usage reports what was used per document from now on.
func usage(b *testing.B) func(documents int) {
	b.Helper()
	start, cpu, out := time.Now(), processor(), written()
	return func(documents int) {
		n := float64(documents)
		b.ReportMetric(float64((processor()-cpu).Microseconds())/n, "cpu-µs/op")
		b.ReportMetric(float64(written()-out)/1024/n, "written-kB/op")
		b.ReportMetric(n/time.Since(start).Seconds(), "documents/s")
	}
}
