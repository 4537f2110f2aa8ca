package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"antin/archive"
	"antin/internal/judge"
	"antin/templates"
)

// soakDocuments names how many documents TestSoak issues on each store, in
// place of a number for every day; `make soak` sets 20,000.
const soakDocuments = "ANTIN_SOAK_DOCUMENTS"

const soakCallers = 32

// The soak's clock: it begins before New Year's Eve, so that it can be set back
// by a day without the keys becoming too young.
var soakBegins = time.Date(2026, 12, 31, 14, 0, 0, 0, archive.Zone)

// TestSoak issues whole documents (rendered, certified, numbered, sealed) for 32
// callers over HTTP while the service is killed without warning and started
// again, connections are cut, callers hang up and the clocks are moved, over New
// Year too. Callers do what the interface promises to be harmless: they repeat a
// request that was not answered with the same Idempotency-Key, at whatever
// instance. In the end there is one document for each request, the numbers of
// each book and year run from 1 without gap or duplicate, every document is
// sealed and valid, a workflow service was told of each, and the doctor finds
// nothing.
func TestSoak(t *testing.T) {
	documents := 300
	if n := os.Getenv(soakDocuments); n != "" {
		var err error
		if documents, err = strconv.Atoi(n); err != nil {
			t.Fatalf("%s: %v", soakDocuments, err)
		}
	}
	t.Run("sqlite", func(t *testing.T) { newSoak(t, documents, 1, nil).run() })
	t.Run("postgresql", func(t *testing.T) {
		newSoak(t, documents, 4, newCutter(t, judge.Postgres(t))).run()
	})
}

type soak struct {
	t         *testing.T
	data      string
	instances []*instance
	ahead     []time.Duration // of each instance's clock
	cutter    *cutter         // nil with SQLite
	documents int
	bodies    [][]byte
	rng       *rand.Rand

	told   []answer
	done   atomic.Int64
	due    atomic.Int64 // when the next event comes: documents wait for late events
	counts [refused + 1]atomic.Int64
	events map[string]int

	receiver *httptest.Server
	mu       sync.Mutex
	heard    map[string]int // how often the receiver was told of each document's issue
}

func newSoak(t *testing.T, documents, instances int, cut *cutter) *soak {
	t.Helper()
	s := &soak{
		t: t, data: t.TempDir(), cutter: cut, documents: documents, bodies: soakBodies(t),
		rng: rand.New(rand.NewPCG(1, uint64(instances))), told: make([]answer, documents), events: map[string]int{}, heard: map[string]int{},
	}
	database := ""
	if cut != nil {
		database = cut.url
	}
	made := time.Until(soakBegins.AddDate(0, 0, -3)) // the keys are some days old
	for range instances {
		s.instances = append(s.instances, newInstance(t, s.data, database, made))
		s.ahead = append(s.ahead, time.Until(soakBegins))
	}
	s.receiver = httptest.NewServer(http.HandlerFunc(s.hear))
	t.Cleanup(s.receiver.Close)
	for _, x := range s.instances {
		x.env = []string{"ANTIN_WEBHOOK_PRIVATE=true"}
	}
	s.instances[0].start()
	s.subscribe()
	for i, x := range s.instances {
		x.setClock(s.ahead[i])
		if i > 0 {
			x.start()
		}
	}
	return s
}

// hear is a receiver's end of a delivery.
func (s *soak) hear(_ http.ResponseWriter, r *http.Request) {
	var e archive.EventBody
	if err := json.NewDecoder(r.Body).Decode(&e); err != nil {
		s.t.Errorf("told something that cannot be read: %v", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.heard[e.Document]++
}

// subscribe enters the receiver for both agencies of the demonstration.
func (s *soak) subscribe() {
	s.t.Helper()
	if s.cutter != nil {
		s.t.Setenv("ANTIN_DATABASE_URL", s.cutter.direct)
	}
	secret := filepath.Join(s.t.TempDir(), "secret")
	if err := os.WriteFile(secret, []byte("bí mật của nơi nhận\n"), 0o600); err != nil {
		s.t.Fatal(err)
	}
	for _, agency := range []string{"snv-hanoi", "ttdvvl-hanoi"} {
		code, _, stderr := antin(s.t, "", "webhook", "put", "--id", "nghiep-vu-"+agency, "--agency", agency, "--url", s.receiver.URL,
			"--moves", "issue", "--secret-file", secret, "--data", s.data)
		if code != 0 {
			s.t.Fatalf("webhook put: exit %d: %s", code, stderr)
		}
	}
}

// toldAll waits until the receiver has heard of every document, and counts what it
// heard twice: a job is done at least once.
func (s *soak) toldAll() (repeated int) {
	s.t.Helper()
	until(s.t, func() bool {
		s.mu.Lock()
		defer s.mu.Unlock()
		return len(s.heard) == s.documents
	})
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, n := range s.heard {
		repeated += n - 1
	}
	return repeated
}

// soakBodies are requests for documents of several books.
func soakBodies(t *testing.T) (bodies [][]byte) {
	t.Helper()
	forms, err := templates.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{"qd-cham-dut-tctn", "cv-khong-huong-tctn", "qd-tam-dung-tctn"} {
		form, err := forms.Choose(id, "", time.Time{})
		if err != nil {
			t.Fatal(err)
		}
		body, err := json.Marshal(map[string]any{"form": form.ID, "version": form.Version, "data": json.RawMessage(form.Sample())})
		if err != nil {
			t.Fatal(err)
		}
		bodies = append(bodies, body)
	}
	return bodies
}

// event is something that befalls the service when so many documents are done.
type event struct {
	after int64
	what  string
	do    func()
}

func (s *soak) run() {
	began := time.Now()
	key := demoKey(s.t, s.data)
	next := make(chan int)
	var wg sync.WaitGroup
	for i := range soakCallers {
		rng := rand.New(rand.NewPCG(7, uint64(i)))
		c := &caller{
			key: key, instances: s.instances, rng: rng, client: &http.Client{Transport: &http.Transport{}},
			count: func(o outcome) { s.counts[o].Add(1) },
			hangUp: func() time.Duration {
				if rng.IntN(50) > 0 {
					return 0
				}
				return time.Duration(1+rng.IntN(40)) * time.Millisecond
			},
		}
		wg.Go(func() {
			for n := range next {
				s.told[n], _ = c.issue(s.t, fmt.Sprintf("soak-%d", n), s.bodies[n%len(s.bodies)])
				s.done.Add(1)
			}
		})
	}
	go func() {
		defer close(next)
		for n := range s.documents {
			until(s.t, func() bool { return int64(n) < s.due.Load()+2*soakCallers })
			next <- n
		}
	}()
	for _, e := range s.plan() {
		s.due.Store(e.after)
		until(s.t, func() bool { return s.done.Load() >= e.after })
		e.do()
		s.events[e.what]++
	}
	s.due.Store(int64(s.documents))
	wg.Wait()
	issuing := time.Since(began)
	repeated := s.toldAll()
	telling := time.Since(began) - issuing
	// The last lives end in peace, and one more start finishes whatever was cut
	// off.
	for _, x := range s.instances {
		x.stop()
	}
	s.instances[0].start()
	s.instances[0].stop()
	counts := s.check()
	s.t.Logf("%d documents in %s; %v; requests: %d answered, %d cut off, %d told to come again, %d refused for the clock; receiver told of all %s later, %d times twice; %s",
		s.documents, issuing.Round(time.Second), s.events, s.counts[answered].Load(), s.counts[unanswered].Load(),
		s.counts[busy].Load(), s.counts[setBack].Load(), telling.Round(time.Second), repeated, counts)
}

// plan scatters kills, cuts and the clock's moves over the documents.
func (s *soak) plan() []event {
	n := int64(s.documents)
	var plan []event
	scatter := func(times int64, what string, do func()) {
		for range times {
			plan = append(plan, event{s.rng.Int64N(n), what, do})
		}
	}
	disturbances := max(15, n/80)
	scatter(disturbances, "kills", func() {
		// Within a random moment of a document's life.
		spin(time.Duration(s.rng.IntN(8_000)) * time.Microsecond)
		x := s.instances[s.rng.IntN(len(s.instances))]
		x.kill()
		x.start()
	})
	if s.cutter != nil {
		scatter(disturbances/2, "cuts by the network", s.cutter.cut)
		scatter(disturbances/2, "cuts by the server", s.cutter.terminate)
	}
	// Clocks differ, and are put right in small steps.
	scatter(disturbances, "clock steps", func() {
		i := s.rng.IntN(len(s.instances))
		s.instances[i].setClock(s.ahead[i] + time.Duration(s.rng.IntN(60_000)-30_000)*time.Millisecond)
	})
	plan = append(plan,
		event{n / 3, "moves to New Year", func() {
			begins := time.Date(2027, 1, 1, 0, 0, 0, 0, archive.Zone)
			for i, x := range s.instances {
				// Each instance sees the year turn at another moment of the next seconds.
				s.ahead[i] = time.Until(begins) - time.Duration(s.rng.IntN(2_000))*time.Millisecond
				x.setClock(s.ahead[i])
			}
		}},
		event{3 * n / 4, "clocks set back by a day", func() {
			x := s.instances[0]
			before := s.counts[setBack].Load()
			x.setClock(s.ahead[0] - 24*time.Hour)
			until(s.t, func() bool {
				// With other instances the documents that are fed by now get done there.
				return s.counts[setBack].Load() > before+5 || s.done.Load() >= min(n, s.due.Load()+2*soakCallers)
			})
			x.setClock(s.ahead[0])
		}})
	slices.SortStableFunc(plan, func(a, b event) int { return cmp.Compare(a.after, b.after) })
	return plan
}

func spin(d time.Duration) {
	for start := time.Now(); time.Since(start) < d; {
	}
}
