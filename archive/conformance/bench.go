package conformance

import (
	"cmp"
	"crypto/rand"
	"encoding/base32"
	"encoding/binary"
	"fmt"
	"math"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"antin/archive"
)

// Bench is a store to be measured.
type Bench struct {
	Store archive.Store
	// One, if not nil, issues one document in place of the bare steps of the
	// archive.
	One func() error
	// Settle, if not nil, ends the work that filling left to the database.
	Settle func()
	// Server, if not nil, is what a database in processes of its own has used:
	// processor time, and bytes of its log.
	Server func() (cpu time.Duration, written int64)
}

// Bounds of a round of Benchmark.
const (
	roundDocuments = 48
	roundCallers   = 4
)

// BenchPDF is a made-up revision 1 of the size that a decision has. As in a
// PDF, whose streams are compressed, nothing in it can be compressed.
func BenchPDF(id string) []byte { return append(PDF(id), noise(63<<10)...) }

// noise is bytes that nothing compresses.
func noise(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.Read(b)
	return b
}

// benchDraft is a draft as issuance makes them: an id that begins with the time,
// a random lookup code, a random idempotency key, dossiers that are numbered.
func benchDraft() archive.Draft {
	var b [16]byte
	_, _ = rand.Read(b[:])
	code := base32.HexEncoding.EncodeToString(b[:10])
	binary.BigEndian.PutUint64(b[:8], uint64(time.Now().UnixMilli())<<16|uint64(b[6])<<8|uint64(b[7]))
	id := strings.ToLower(base32.HexEncoding.WithPadding(base32.NoPadding).EncodeToString(b[:]))
	d := Draft(id)
	d.LookupCode = code
	d.DossierCode = fmt.Sprintf("000.00.H26-260105-%06d", dossiers.Add(1))
	d.UniqueKey = d.Form + "/" + d.DossierCode
	d.Idempotency = archive.Idempotency{Scope: "key-1/v1/documents", Key: code, RequestHash: hashOf(id)}
	return d
}

var dossiers atomic.Int64

// fill issues n documents with small files from many callers.
func fill(b testing.TB, s archive.Store, n int) {
	b.Helper()
	const callers = 64
	for _, err := range each(callers, func(i int) error {
		for range (n + callers - 1 - i) / callers {
			if err := whole(b, s, benchDraft(), 100); err != nil {
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
	pdf := append(slices.Clip(d.PDF), noise(grow)...)
	if _, err := s.AddSigned(ctx, d.ID, pdf, Clerk, d.At); err != nil {
		return err
	}
	if _, err := s.AssignNumber(ctx, d.ID, Clerk, d.At); err != nil {
		return err
	}
	pdf = append(slices.Clip(pdf), noise(grow)...)
	_, err := s.AddIssued(ctx, d.ID, pdf, Clerk, d.At)
	return err
}

// cost is what a document took: processor time of the service and of the
// server, in µs, and bytes written, in kB.
type cost struct{ service, server, written float64 }

func (c cost) processor() float64 { return c.service + c.server }

// Benchmark measures what one document costs (by default its four steps in the
// archive, 65 kB growing by 20 kB twice) with registers of different sizes. Each register is filled once;
// then every turn of the benchmark issues some documents in each of them, in
// changing order, so that whatever else the machine does hits all of them
// alike. Reported are the median of the turns and the whole, and for the larger
// registers the ratio to the first.
func Benchmark(b *testing.B, open func(b *testing.B) Bench, sizes ...int) {
	registers := make([]Bench, len(sizes))
	for i, size := range sizes {
		registers[i] = open(b)
		Setup(b, registers[i].Store)
		fill(b, registers[i].Store, size)
	}
	for _, r := range registers {
		if r.Settle != nil {
			r.Settle()
		}
		measure(b, r) // the first round prepares statements and fills caches
	}
	costs := make([][]cost, len(sizes))
	turn := 0
	for b.Loop() {
		for i := range sizes {
			i := (i + turn) % len(sizes)
			costs[i] = append(costs[i], measure(b, registers[i]))
		}
		turn++
	}
	for _, m := range []struct {
		unit string
		of   func(cost) float64
	}{{"cpu-µs", cost.processor}, {"written-kB", func(c cost) float64 { return c.written }}} {
		var first, firstMedian float64
		for i, size := range sizes {
			mean, median := summary(costs[i], m.of)
			if i == 0 {
				first, firstMedian = mean, median
			}
			b.Logf("%7d documents: %8.1f %s per document in all (ratio %.3f), median %8.1f (ratio %.3f)",
				size, mean, m.unit, mean/first, median, median/firstMedian)
			b.ReportMetric(mean, fmt.Sprintf("%s-at-%d", m.unit, size))
			b.ReportMetric(math.Round(1000*mean/first)/1000, fmt.Sprintf("%s-ratio-at-%d", m.unit, size))
		}
	}
	for i, r := range registers {
		want := sizes[i] + roundDocuments*(turn+1)
		if n, err := r.Store.Counts(b.Context(), ""); err != nil || n[archive.Issued] != int64(want) {
			b.Errorf("%v in the register where %d were issued, %v", n, want, err)
		}
	}
}

func summary(costs []cost, of func(cost) float64) (mean, median float64) {
	slices.SortFunc(costs, func(a, b cost) int { return cmp.Compare(of(a), of(b)) })
	for _, c := range costs {
		mean += of(c) / float64(len(costs))
	}
	return mean, of(costs[len(costs)/2])
}

// measure issues one round of documents.
func measure(b testing.TB, r Bench) cost {
	server := r.Server
	if server == nil {
		server = func() (time.Duration, int64) { return 0, 0 }
	}
	one := r.One
	if one == nil {
		one = func() error {
			d := benchDraft()
			d.PDF = BenchPDF(d.ID)
			return whole(b, r.Store, d, 20<<10)
		}
	}
	atServer, inLog := server()
	cpu, out := processor(), written()
	for _, err := range each(roundCallers, func(int) error {
		for range roundDocuments / roundCallers {
			if err := one(); err != nil {
				return err
			}
		}
		return nil
	}) {
		must(b, err)
	}
	cpu, out = processor()-cpu, written()-out
	afterServer, afterLog := server()
	if r.Server != nil {
		out = afterLog - inLog
	}
	return cost{
		service: float64(cpu.Microseconds()) / roundDocuments,
		server:  float64((afterServer - atServer).Microseconds()) / roundDocuments,
		written: float64(out) / 1024 / roundDocuments,
	}
}
