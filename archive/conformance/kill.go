package conformance

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"antin/archive"
)

// The environment of a worker process.
const (
	workerWhere = "ANTIN_ARCHIVE_WORKER" // what to open
	workerName  = "ANTIN_ARCHIVE_NAME"   // prefix of its documents' ids
)

const workerCallers = 8

// envKills is how often KillTest kills, in place of the test's own number.
const envKills = "ANTIN_ARCHIVE_KILLS"

// clock is a worker's: it starts before New Year, later in each life, and is
// put right when the register refuses to go back.
type clock struct{ at atomic.Int64 }

func newClock(name string) *clock {
	var instance, life int
	_, _ = fmt.Sscanf(name, "w%d-%d", &instance, &life)
	c := &clock{}
	c.at.Store(time.Date(2026, 12, 31, 23, 58, 30, 0, archive.Zone).
		Add(time.Duration(life)*40*time.Second + time.Duration(instance)*10*time.Second).UnixMicro())
	return c
}

// now moves on by 10 ms each time it is asked.
func (c *clock) now() time.Time { return time.UnixMicro(c.at.Add(10_000)) }

// Worker turns the test binary into a service instance when KillTest started
// it. TestMain calls it first.
func Worker(open func(ctx context.Context, where string) (archive.Store, error)) {
	where := os.Getenv(workerWhere)
	if where == "" {
		return
	}
	if err := work(context.Background(), where, open); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

// work finishes what an earlier life left and then issues documents until it is
// killed or standard input ends. It says on standard output what the store
// acknowledged, each line after the fact.
func work(ctx context.Context, where string, open func(context.Context, string) (archive.Store, error)) error {
	s, err := open(ctx, where)
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancel(ctx)
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		stop()
	}()
	var mu sync.Mutex
	say := func(format string, args ...any) {
		mu.Lock()
		defer mu.Unlock()
		fmt.Printf(format+"\n", args...)
	}
	left, err := s.Unfinished(ctx, "")
	if err != nil {
		return err
	}
	for _, d := range left {
		if err := finish(ctx, s, d.ID, say); err != nil {
			return err
		}
	}
	say("up")
	c := newClock(os.Getenv(workerName))
	var wg sync.WaitGroup
	errs := make([]error, workerCallers)
	for i := range workerCallers {
		wg.Go(func() {
			for n := 0; ctx.Err() == nil && errs[i] == nil; n++ {
				errs[i] = workOne(ctx, s, c, fmt.Sprintf("%s-%d-%d", os.Getenv(workerName), i, n), say)
			}
		})
	}
	wg.Wait()
	for i, err := range errs {
		if errors.Is(err, context.Canceled) { // told to end
			errs[i] = nil
		}
	}
	return errors.Join(errors.Join(errs...), s.Close())
}

// number assigns a number; refused as back-dated, it sets the clock on.
func (c *clock) number(ctx context.Context, s archive.Store, id string) (archive.Document, error) {
	for {
		doc, err := s.AssignNumber(ctx, id, Clerk, c.now())
		if !errors.As(err, new(*archive.BackdateError)) {
			return doc, err
		}
		c.at.Add(time.Minute.Microseconds())
	}
}

func workOne(ctx context.Context, s archive.Store, c *clock, id string, say func(string, ...any)) error {
	draft := Draft(id)
	draft.At = c.now()
	if err := try(ctx, func() error { _, _, err := s.CreateDraft(ctx, draft); return err }); err != nil {
		return err
	}
	err := try(ctx, func() error { _, err := s.AddSigned(ctx, id, Revise(PDF(id), "sign"), Clerk, Noon); return err })
	if err != nil {
		return err
	}
	var doc archive.Document
	if err := try(ctx, func() (err error) { doc, err = c.number(ctx, s, id); return err }); err != nil || doc.Number == nil {
		return err
	}
	say("number %s %d", id, doc.Number.Serial)
	return finish(ctx, s, id, say)
}

// finish seals a numbered document. Another instance may have done so.
func finish(ctx context.Context, s archive.Store, id string, say func(string, ...any)) error {
	err := try(ctx, func() error {
		_, err := s.AddIssued(ctx, id, Revise(Revise(PDF(id), "sign"), "seal"), Clerk, Noon)
		return err
	})
	if err == nil && ctx.Err() == nil {
		say("issued %s", id)
	}
	return err
}

// try repeats a step while the database is away: a connection cut, a commit
// whose outcome is unknown. A typed refusal is final.
func try(ctx context.Context, step func() error) error {
	var err error
	for range 100 {
		if err = step(); err == nil || refused(err) {
			return err
		}
		if ctx.Err() != nil {
			return ctx.Err() // told to end
		}
	}
	return err
}

func refused(err error) bool {
	return errors.As(err, new(*archive.StateError)) || errors.As(err, new(*archive.NotFoundError)) ||
		errors.As(err, new(*archive.InvalidError)) || errors.As(err, new(*archive.DuplicateError)) ||
		errors.As(err, new(*archive.BackdateError)) || errors.As(err, new(*archive.CorruptError))
}

// KillTest runs instances of the test binary over one archive and kills them at
// random; disturb, if not nil, is called now and then while they work. In the
// end every acknowledged number is in the register, every numbered document is
// issued, and the doctor finds nothing.
func KillTest(t *testing.T, where string, instances, times int, s archive.Store, disturb func()) {
	t.Helper()
	if s := os.Getenv(envKills); s != "" {
		n, err := strconv.Atoi(s)
		must(t, err)
		times = n
	}
	Setup(t, s)
	said := &acknowledged{numbers: map[string]string{}, issued: map[string]bool{}}
	var wg sync.WaitGroup
	errs := make([]error, instances)
	for i := range instances {
		r := rand.New(rand.NewPCG(uint64(i), 5))
		wg.Go(func() {
			for life := range times/instances + 1 {
				// The last life ends in peace, so that everything gets finished.
				lines := 40 + r.IntN(160)
				last := life == times/instances
				if err := said.live(t, where, fmt.Sprintf("w%d-%d", i, life), lines, last, disturb); err != nil {
					errs[i] = err
					return
				}
			}
		})
	}
	wg.Wait()
	must(t, errors.Join(errs...))
	for _, d := range mustUnfinished(t, s) {
		must(t, finish(t.Context(), s, d.ID, func(string, ...any) {}))
	}
	said.check(t, s)
}

func mustUnfinished(t testing.TB, s archive.Store) []archive.Document {
	t.Helper()
	docs, err := s.Unfinished(t.Context(), "")
	must(t, err)
	return docs
}

// acknowledged is what workers said was done.
type acknowledged struct {
	mu      sync.Mutex
	numbers map[string]string // serial by document
	issued  map[string]bool
}

// live is one life of a worker: until it said so many lines, then it is killed
// (or, in its last life, told to end).
func (a *acknowledged) live(t testing.TB, where, name string, lines int, peace bool, disturb func()) error {
	exe, err := os.Executable()
	if err != nil {
		return err
	}
	cmd := exec.CommandContext(t.Context(), exe)
	cmd.Env = append(os.Environ(), workerWhere+"="+where, workerName+"="+name)
	var stderr strings.Builder
	cmd.Stderr = &stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		return err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	scan := bufio.NewScanner(out)
	for n := 0; scan.Scan(); n++ {
		a.note(scan.Text())
		if disturb != nil && n%50 == 25 {
			disturb()
		}
		if n < lines {
			continue
		}
		if peace {
			_ = in.Close()
		} else {
			_ = cmd.Process.Kill()
		}
	}
	err = cmd.Wait()
	if stderr.Len() > 0 || peace && err != nil {
		return fmt.Errorf("worker %s: %v: %s", name, err, stderr.String())
	}
	return nil
}

func (a *acknowledged) note(line string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	f := strings.Fields(line)
	switch {
	case len(f) == 3 && f[0] == "number":
		a.numbers[f[1]] = f[2]
	case len(f) == 2 && f[0] == "issued":
		a.issued[f[1]] = true
	}
}

func (a *acknowledged) check(t *testing.T, s archive.Store) {
	t.Helper()
	for id, serial := range a.numbers {
		d, err := s.Get(t.Context(), id)
		if err != nil || d.Number == nil || fmt.Sprint(d.Number.Serial) != serial {
			t.Errorf("%s was told the number %s, the archive has %+v, %v", id, serial, d.Number, err)
		}
	}
	for id := range a.issued {
		if d, err := s.Get(t.Context(), id); err != nil || d.State != archive.Issued {
			t.Errorf("%s was told to be issued, the archive has it %s, %v", id, d.State, err)
		}
	}
	d := healthy(t, s)
	if d.Numbers < int64(len(a.numbers)) || len(a.numbers) == 0 {
		t.Errorf("%d numbers in the archive, %d acknowledged", d.Numbers, len(a.numbers))
	}
	years := map[int]int{}
	for year := 2026; year <= 2027; year++ {
		p, err := s.Register(t.Context(), archive.Filter{Year: year}, archive.Page{Limit: 1})
		must(t, err)
		years[year] = len(p.Entries)
	}
	if years[2026] == 0 || years[2027] == 0 {
		t.Errorf("the work did not pass over New Year: %v", years)
	}
	t.Logf("%d numbers acknowledged, %d in the archive, %d documents, %d audit rows", len(a.numbers), d.Numbers, d.Documents, d.Audit.Rows)
}
