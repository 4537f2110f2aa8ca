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
// with registers of different sizes, from one caller and from many. processor
// is the processor time used so far.
func Benchmark(b *testing.B, s archive.Store, processor func() time.Duration, sizes ...int) {
	Setup(b, s)
	have := 0
	for _, size := range sizes {
		b.Run(fmt.Sprintf("documents=%d", size), func(b *testing.B) {
			Fill(b, s, size-have)
			have = size
			b.Run("one", func(b *testing.B) {
				used, made := processor(), 0
				for b.Loop() {
					d := Draft(NewID())
					d.PDF = BenchPDF(d.ID)
					must(b, whole(b, s, d, 20<<10))
					made++
				}
				b.ReportMetric(float64((processor()-used).Microseconds())/float64(made), "cpu-µs/op")
				have += made
			})
			b.Run("many", func(b *testing.B) {
				var made atomic.Int64
				start, used := time.Now(), processor()
				b.SetParallelism(16)
				b.RunParallel(func(pb *testing.PB) {
					for pb.Next() {
						d := Draft(NewID())
						d.PDF = BenchPDF(d.ID)
						if err := whole(b, s, d, 20<<10); err != nil {
							b.Error(err)
							return
						}
						made.Add(1)
					}
				})
				b.ReportMetric(float64((processor()-used).Microseconds())/float64(made.Load()), "cpu-µs/op")
				b.ReportMetric(float64(made.Load())/time.Since(start).Seconds(), "documents/s")
				have += int(made.Load())
			})
		})
	}
}
