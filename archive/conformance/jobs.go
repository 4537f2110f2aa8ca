package conformance

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	"antin/archive"
)

// drained has the jobs done that are due at a time.
func drained(t *testing.T, s archive.Store, at time.Time, workers ...archive.Worker) {
	t.Helper()
	must(t, s.RunJobs(t.Context(), archive.Crew{Workers: workers, Now: func() time.Time { return at }, Drain: true}))
}

func wantJob(t *testing.T, s archive.Store, id string, state archive.JobState, attempts int, reason string) archive.Job {
	t.Helper()
	j, err := s.Job(t.Context(), id)
	must(t, err)
	if j.ID != id || j.State != state || j.Attempts != attempts || j.Error != reason {
		t.Errorf("job %s is %+v, want it %s after %d attempts with %q", id, j, state, attempts, reason)
	}
	return j
}

var queueTests = map[string]func(*testing.T, archive.Store){
	"life of a job": func(t *testing.T, s archive.Store) {
		ctx := t.Context()
		n, err := s.Enqueue(ctx, Noon, archive.Job{ID: "a", Kind: "seal", Agency: "snv", Payload: []byte(`{"document": "1"}`)}, archive.JobAbout("batch", "snv", "9"))
		must(t, err)
		again, err := s.Enqueue(ctx, Noon, archive.Job{ID: "a", Kind: "other"})
		must(t, err)
		if n != 2 || again != 0 {
			t.Errorf("added %d and %d, want 2 and 0", n, again)
		}
		waits := wantJob(t, s, "a", archive.JobWaiting, 0, "")
		if waits.Kind != "seal" || waits.Agency != "snv" || waits.Created.IsZero() {
			t.Errorf("waits as %+v", waits)
		}
		var did archive.Job
		seal := archive.Worker{Kind: "seal", Do: func(_ context.Context, j archive.Job) (json.RawMessage, error) {
			did = j
			return json.RawMessage(`{"ok":true}`), nil
		}}
		drained(t, s, Noon, seal)
		if about := map[string]string{}; json.Unmarshal(did.Payload, &about) != nil || about["document"] != "1" ||
			did.ID != "a" || did.State != archive.JobRunning || did.Attempts != 1 || did.Agency != "snv" || did.Owner == "" {
			t.Errorf("was done as %+v", did)
		}
		done := wantJob(t, s, "a", archive.JobDone, 1, "")
		if result := map[string]bool{}; json.Unmarshal(done.Result, &result) != nil || !result["ok"] || done.Owner != did.Owner {
			t.Errorf("done as %+v", done)
		}
		wantJob(t, s, "batch/9", archive.JobWaiting, 0, "") // nobody knows its kind
		if again, err = s.Enqueue(ctx, Noon, archive.Job{ID: "a", Kind: "seal"}); err != nil || again != 0 {
			t.Errorf("a job that was done was added again: %v", err)
		}
		all, next, err := s.Jobs(ctx, archive.JobFilter{State: archive.JobDone}, archive.Page{})
		must(t, err)
		if len(all) != 1 || all[0].ID != "a" || next != "" {
			t.Errorf("done are %+v", all)
		}
		_, err = s.Job(ctx, "none")
		wantNotFound(t, err)
		for _, bad := range []archive.Job{{}, {ID: "x"}, {ID: "x", Kind: "Đóng dấu"}, {ID: "x", Kind: "x"}, {ID: "x", Kind: "seal", Payload: []byte("{")}} {
			if _, err := s.Enqueue(ctx, Noon, bad); !errors.As(err, new(*archive.InvalidError)) {
				t.Errorf("%+v: got %v, want *InvalidError", bad, err)
			}
		}
	},
	"a job that fails": func(t *testing.T, s archive.Store) {
		ctx := t.Context()
		_, err := s.Enqueue(ctx, Noon, archive.JobAbout("later", "", "1"), archive.JobAbout("goes-on", "", "1"), archive.JobAbout("never", "", "1"),
			archive.JobAbout("panics", "", "1"), archive.JobAbout("waits", "", "1"))
		must(t, err)
		tries := map[string]int{}
		never := archive.Worker{Kind: "never", Do: func(context.Context, archive.Job) (json.RawMessage, error) {
			if tries["never"]++; tries["never"] == 1 {
				return nil, fmt.Errorf("read it: %w", &archive.FinalError{Err: errors.New("no such thing")})
			}
			return nil, nil
		}}
		drained(t, s, Noon, never,
			archive.Worker{Kind: "later", Do: func(_ context.Context, j archive.Job) (json.RawMessage, error) {
				if tries["later"]++; j.Attempts != tries["later"] {
					t.Errorf("attempt %d is counted as %d", tries["later"], j.Attempts)
				}
				if j.Attempts < 3 {
					return nil, &archive.LaterError{Err: errors.New("not yet")}
				}
				return nil, nil
			}},
			archive.Worker{Kind: "goes-on", Do: func(context.Context, archive.Job) (json.RawMessage, error) {
				if tries["goes on"]++; tries["goes on"] < 4 {
					return nil, &archive.LaterError{}
				}
				return nil, nil
			}},
			archive.Worker{Kind: "panics", Do: func(context.Context, archive.Job) (json.RawMessage, error) { panic("a fault") }},
			archive.Worker{Kind: "waits", Do: func(context.Context, archive.Job) (json.RawMessage, error) {
				return nil, &archive.LaterError{After: time.Hour, Err: errors.New("the authority does not answer")}
			}},
		)
		later := wantJob(t, s, "later/1", archive.JobDone, 3, "not yet")
		if later.About() != "1" {
			t.Errorf("it is about %q", later.About())
		}
		wantJob(t, s, "goes-on/1", archive.JobDone, 1, "")
		wantJob(t, s, "panics/1", archive.JobWaiting, 1, "job panics/1 panicked: a fault")
		if w := wantJob(t, s, "waits/1", archive.JobWaiting, 1, "the authority does not answer"); w.Due.Sub(w.Updated) < 59*time.Minute {
			t.Errorf("due %v, an attempt was at %v", w.Due, w.Updated)
		}
		wantJob(t, s, "never/1", archive.JobFailed, 1, "read it: no such thing")

		if err := s.Retry(ctx, "later/1", Clerk, Noon); !errors.As(err, new(*archive.InvalidError)) {
			t.Errorf("a job that was done is retried: %v", err)
		}
		wantNotFound(t, s.Retry(ctx, "none", Clerk, Noon))
		must(t, s.Retry(ctx, "never/1", Clerk, Noon.Add(time.Hour)))
		if j, err := s.Job(ctx, "never/1"); err != nil || j.State != archive.JobWaiting {
			t.Errorf("after the retry: %+v %v", j, err)
		}
		drained(t, s, Noon.Add(time.Hour), never)
		wantJob(t, s, "never/1", archive.JobDone, 2, "read it: no such thing")
		rows, err := s.Audit(ctx, archive.AuditFilter{Action: "job.retry"}, 0, 0)
		must(t, err)
		if len(rows) != 1 || rows[0].By.ID != Clerk.ID {
			t.Errorf("the trail has %+v", rows)
		}
	},
	"not before its time": func(t *testing.T, s archive.Store) {
		tomorrow := archive.JobAbout("work", "", "tomorrow")
		tomorrow.Due = Noon.Add(24 * time.Hour)
		_, err := s.Enqueue(t.Context(), Noon, tomorrow, archive.JobAbout("work", "", "now"))
		must(t, err)
		drained(t, s, Noon, archive.Worker{Kind: "work", Do: func(_ context.Context, j archive.Job) (json.RawMessage, error) {
			if j.About() != "now" {
				t.Errorf("%s was done", j.ID)
			}
			return nil, nil
		}})
		wantJob(t, s, "work/now", archive.JobDone, 1, "")
		if j := wantJob(t, s, "work/tomorrow", archive.JobWaiting, 0, ""); j.Due.Sub(j.Created).Round(time.Minute) != 24*time.Hour {
			t.Errorf("due %v, created %v", j.Due, j.Created)
		}
	},
	"each job by one worker": func(t *testing.T, s archive.Store) {
		const jobs, crews, atOnce = 60, 4, 5
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		var mu sync.Mutex
		seen, busy, most := map[string]int{}, 0, 0
		worker := archive.Worker{Kind: "work", AtOnce: atOnce, Do: func(_ context.Context, j archive.Job) (json.RawMessage, error) {
			mu.Lock()
			seen[j.ID]++
			busy++
			most = max(most, busy)
			if len(seen) == jobs {
				cancel()
			}
			mu.Unlock()
			runtime.Gosched()
			mu.Lock()
			busy--
			mu.Unlock()
			return nil, nil
		}}
		var wg sync.WaitGroup
		for range crews {
			wg.Go(func() {
				if err := s.RunJobs(ctx, archive.Crew{Workers: []archive.Worker{worker}}); err != nil {
					t.Error(err)
				}
			})
		}
		for i := range jobs { // added while the crews run: they are woken
			_, err := s.Enqueue(t.Context(), time.Now(), archive.JobAbout("work", "", fmt.Sprint(i)))
			must(t, err)
		}
		wg.Wait()
		for id, n := range seen {
			if n != 1 {
				t.Errorf("job %s was done %d times", id, n)
			}
		}
		if len(seen) != jobs || most > crews*atOnce {
			t.Errorf("%d jobs were done, %d at once", len(seen), most)
		}
		done, _, err := s.Jobs(t.Context(), archive.JobFilter{Kind: "work", State: archive.JobDone}, archive.Page{Limit: jobs})
		must(t, err)
		if len(done) != jobs {
			t.Errorf("%d jobs are done, want %d", len(done), jobs)
		}
	},
	"stopped in the middle": func(t *testing.T, s archive.Store) {
		_, err := s.Enqueue(t.Context(), time.Now(), archive.JobAbout("work", "", "1"))
		must(t, err)
		ctx, cancel := context.WithCancel(t.Context())
		must(t, s.RunJobs(ctx, archive.Crew{Workers: []archive.Worker{{Kind: "work", Do: func(ctx context.Context, _ archive.Job) (json.RawMessage, error) {
			cancel()
			<-ctx.Done()
			return nil, ctx.Err()
		}}}}))
		wantJob(t, s, "work/1", archive.JobWaiting, 0, "") // no failure, and not lost
		drained(t, s, time.Now(), archive.Worker{Kind: "work", Do: func(context.Context, archive.Job) (json.RawMessage, error) { return nil, nil }})
		wantJob(t, s, "work/1", archive.JobDone, 1, "")
	},
	"pages of jobs": func(t *testing.T, s archive.Store) {
		for i := range 7 {
			_, err := s.Enqueue(t.Context(), Noon, archive.Job{ID: fmt.Sprint(i), Kind: "work", Agency: "snv"})
			must(t, err)
		}
		var got []string
		p := archive.Page{Limit: 3}
		for {
			jobs, next, err := s.Jobs(t.Context(), archive.JobFilter{Agency: "snv", Kind: "work"}, p)
			must(t, err)
			for _, j := range jobs {
				got = append(got, j.ID)
			}
			if p.After = next; next == "" {
				break
			}
		}
		if fmt.Sprint(got) != "[6 5 4 3 2 1 0]" {
			t.Errorf("jobs are %v", got)
		}
	},
}

// jobsBefore leaves jobs in every state but running; jobsAfter finds in a copy
// those that are not done, and has them done.
func jobsBefore(t *testing.T, s archive.Store) {
	t.Helper()
	tomorrow := archive.JobAbout("work", "snv", "tomorrow")
	tomorrow.Due = Noon.Add(24 * time.Hour)
	_, err := s.Enqueue(t.Context(), Noon, archive.JobAbout("work", "snv", "done"), archive.JobAbout("fails", "snv", "1"), tomorrow)
	must(t, err)
	drained(t, s, Noon,
		archive.Worker{Kind: "work", Do: func(context.Context, archive.Job) (json.RawMessage, error) { return nil, nil }},
		archive.Worker{Kind: "fails", Do: func(context.Context, archive.Job) (json.RawMessage, error) {
			return nil, &archive.FinalError{Err: errors.New("không có khóa")}
		}})
	_, err = s.Enqueue(t.Context(), Noon, archive.JobAbout("work", "snv", "waits"))
	must(t, err)
}

func jobsAfter(t *testing.T, s archive.Store) {
	t.Helper()
	wantJob(t, s, "fails/1", archive.JobFailed, 1, "không có khóa")
	wantJob(t, s, "work/tomorrow", archive.JobWaiting, 0, "")
	counts, err := s.JobCounts(t.Context())
	must(t, err)
	if want := []archive.JobCount{{Kind: "fails", State: archive.JobFailed, N: 1}, {Kind: "work", State: archive.JobWaiting, N: 2}}; !slices.Equal(counts, want) {
		t.Errorf("counted %v, want %v", counts, want)
	}
	if j := wantJob(t, s, "work/waits", archive.JobWaiting, 0, ""); j.About() != "waits" || j.Agency != "snv" {
		t.Errorf("the copy has %+v", j)
	}
	must(t, s.Retry(t.Context(), "fails/1", Clerk, Noon))
	done := func(context.Context, archive.Job) (json.RawMessage, error) { return nil, nil }
	drained(t, s, Noon, archive.Worker{Kind: "work", Do: done}, archive.Worker{Kind: "fails", Do: done})
	wantJob(t, s, "fails/1", archive.JobDone, 2, "không có khóa")
	wantJob(t, s, "work/waits", archive.JobDone, 1, "")
	wantJob(t, s, "work/tomorrow", archive.JobWaiting, 0, "")
}

// EarlierJobs are rows of schema 9, in which deliveries and batches were taken
// up without jobs of their own. bytes is the database's type of binary columns.
func EarlierJobs(bytes string) []string {
	empty := "CAST('' AS " + bytes + ")"
	return []string{
		`INSERT INTO agencies (id, name, superior, profile) VALUES ('snv', 'Sở Nội vụ', '', ` + empty + `)`,
		`INSERT INTO webhooks (id, agency, url, secret, moves, disabled) VALUES ('w', 'snv', 'https://a.example', ` + empty + `, '', 0)`,
		`INSERT INTO deliveries (id, webhook, agency, document, move, body, state, attempts, due, owner, status, error, created, updated) VALUES
		('w-1', 'w', 'snv', 'd', 'issue', ` + empty + `, 'delivered', 1, 1, '', 200, '', 1, 1),
		('w-2', 'w', 'snv', 'd', 'issue', ` + empty + `, 'running', 2, 1, 'gone', 503, 'busy', 1, 1),
		('w-3', 'w', 'snv', 'd', 'issue', ` + empty + `, 'waiting', 0, 1, '', 0, '', 1, 1)`,
		`INSERT INTO batches (id, agency, scope, key, request, actor_id, actor_name, actor_role, actor_person, created) VALUES
		('b-1', 'snv', '', '', ` + empty + `, 'a', 'A', 'clerk', '', 1), ('b-2', 'snv', '', '', ` + empty + `, 'a', 'A', 'clerk', '', 1)`,
		`INSERT INTO batch_items (batch, n, document, state, code, detail, updated) VALUES
		('b-1', 1, 'd', 'issued', '', '', 1), ('b-2', 1, 'd', 'issued', '', '', 1), ('b-2', 2, 'e', 'numbered', '', '', 1)`,
		`INSERT INTO jobs (id, kind, agency, payload, state, due, attempts, done, total, owner, result, error, created, updated) VALUES
		('checkpoint/2026-01-01', 'checkpoint', '', '{"day":"2026-01-01"}', 'done', 1, 1, 0, 0, '', '{}', '', 1, 1),
		('checkpoint/2026-01-02', 'checkpoint', '', '{"day":"2026-01-02"}', 'running', 1, 1, 0, 0, 'gone', '', '', 1, 1),
		('evidence/d', 'evidence', '', '{"document":"d"}', 'waiting', 4102444800000000, 3, 0, 0, '', '', 'too old', 1, 1),
		('timestamp/d', 'timestamp', '', '{"document":"d"}', 'failed', 1, 7, 0, 0, '', '', 'unreadable', 1, 1)`,
	}
}

// CheckEarlierJobs checks what a newer schema makes of EarlierJobs.
func CheckEarlierJobs(t *testing.T, s archive.Store) {
	t.Helper()
	did := map[string]string{}
	do := func(_ context.Context, j archive.Job) (json.RawMessage, error) {
		did[j.ID] = j.About()
		return nil, nil
	}
	drained(t, s, Noon, archive.Worker{Kind: archive.JobDelivery, Do: do}, archive.Worker{Kind: archive.JobBatch, Do: do},
		archive.Worker{Kind: "checkpoint", Do: do}, archive.Worker{Kind: "evidence", Do: do}, archive.Worker{Kind: "timestamp", Do: do})
	want := map[string]string{"delivery/w-2": "w-2", "delivery/w-3": "w-3", "batch/b-2": "b-2", "checkpoint/2026-01-02": ""}
	if !maps.Equal(did, want) {
		t.Errorf("done were %v, want %v", did, want)
	}
	if j, err := s.Job(t.Context(), "timestamp/d"); err != nil || j.State != archive.JobFailed || j.Attempts != 7 || j.Error != "unreadable" {
		t.Errorf("what had failed is %+v, %v", j, err)
	}
	if j, err := s.Job(t.Context(), "evidence/d"); err != nil || j.State != archive.JobWaiting || j.Due.Year() < 2090 || j.Attempts != 3 || j.Error != "too old" {
		t.Errorf("what waits is %+v, %v", j, err)
	}
	d, err := s.Delivery(t.Context(), "w-2")
	if err != nil || d.State != archive.DeliveryWaiting || d.Attempts != 2 {
		t.Errorf("the delivery is %+v, %v", d, err)
	}
}
