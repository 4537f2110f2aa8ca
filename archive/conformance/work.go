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

var batchTests = map[string]func(*testing.T, archive.Store){
	"numbers in the order asked for": func(t *testing.T, s archive.Store) {
		Setup(t, s)
		ctx := t.Context()
		b := archive.Batch{ID: "b1", Agency: "snv", By: Clerk, Created: Noon}
		for range 9 {
			d := Draft(NewID())
			d.Moves = []archive.Move{archive.MoveNumber, archive.MoveIssue}
			Create(t, s, d)
			b.Items = append(b.Items, archive.BatchItem{Document: d.ID})
		}
		slices.Reverse(b.Items)
		unsigned := Create(t, s, Draft(NewID()))
		foreign := Draft(NewID())
		foreign.Agency, foreign.Moves = "ttdvvl", []archive.Move{archive.MoveNumber, archive.MoveIssue}
		Create(t, s, foreign)
		b.Items = slices.Insert(b.Items, 4, archive.BatchItem{Document: unsigned.ID}, archive.BatchItem{Document: "none"}, archive.BatchItem{Document: foreign.ID})
		i := archive.Idempotency{Scope: "key-1", Key: "batch-1", RequestHash: hashOf("body")}
		_, created, err := s.CreateBatch(ctx, b, i)
		must(t, err)
		again := b
		again.ID = "b2"
		same, createdAgain, err := s.CreateBatch(ctx, again, i)
		must(t, err)
		if !created || createdAgain || same.ID != "b1" {
			t.Errorf("created %t, then %t as %s", created, createdAgain, same.ID)
		}
		other := i
		other.RequestHash = hashOf("another")
		if _, _, err := s.CreateBatch(ctx, again, other); !errors.As(err, new(*archive.IdempotencyConflictError)) {
			t.Errorf("got %v, want *IdempotencyConflictError", err)
		}
		for range 2 { // safe to repeat
			got, err := s.NumberBatch(ctx, "b1", Clerk, Noon)
			must(t, err)
			serial := 0
			for n, item := range got.Items {
				code := map[int]string{4: "state", 5: "not_found", 6: "not_found"}[n]
				if code != "" {
					if item.State != archive.ItemFailed || item.Code != code {
						t.Errorf("item %d is %+v, want it refused: %s", n+1, item, code)
					}
					continue
				}
				serial++
				doc, err := s.Get(ctx, item.Document)
				must(t, err)
				if item.State != archive.ItemNumbered || doc.Number.Serial != serial {
					t.Errorf("item %d is %+v with number %d, want %d", n+1, item, doc.Number.Serial, serial)
				}
			}
		}
		open, err := s.UnfinishedBatches(ctx)
		must(t, err)
		if len(open) != 1 || open[0].ID != "b1" {
			t.Errorf("unfinished are %+v", open)
		}
		for n := range b.Items {
			code := ""
			if n == 0 {
				code = "seal_failed"
			}
			must(t, s.EndItem(ctx, "b1", n+1, code, "", Noon))
		}
		wantNotFound(t, s.EndItem(ctx, "b1", 99, "", "", Noon))
		if open, err = s.UnfinishedBatches(ctx); err != nil || len(open) != 0 {
			t.Errorf("unfinished are %+v, %v", open, err)
		}
		_, err = s.Batch(ctx, "none")
		wantNotFound(t, err)
		healthy(t, s)
	},
	"a thousand": func(t *testing.T, s archive.Store) {
		Setup(t, s)
		b := archive.Batch{ID: "b1", Agency: "snv", By: Clerk, Created: Noon}
		for range archive.MaxBatch {
			b.Items = append(b.Items, archive.BatchItem{Document: NewID()})
		}
		for _, err := range each(20, func(i int) error {
			for _, item := range b.Items[i*50 : i*50+50] {
				d := Draft(item.Document)
				d.Moves = []archive.Move{archive.MoveNumber, archive.MoveIssue}
				if _, _, err := s.CreateDraft(t.Context(), d); err != nil {
					return err
				}
			}
			return nil
		}) {
			must(t, err)
		}
		_, _, err := s.CreateBatch(t.Context(), b, archive.Idempotency{})
		must(t, err)
		got, err := s.NumberBatch(t.Context(), "b1", Clerk, Noon)
		must(t, err)
		last, err := s.Get(t.Context(), got.Items[archive.MaxBatch-1].Document)
		must(t, err)
		if last.Number.Serial != archive.MaxBatch {
			t.Errorf("the last number is %d", last.Number.Serial)
		}
	},
	"wrong values": func(t *testing.T, s archive.Store) {
		Setup(t, s)
		for name, items := range map[string][]archive.BatchItem{
			"none": nil, "empty": {{}}, "twice": {{Document: "a"}, {Document: "a"}}, "many": make([]archive.BatchItem, archive.MaxBatch+1),
		} {
			_, _, err := s.CreateBatch(t.Context(), archive.Batch{ID: "b", Agency: "snv", By: Clerk, Created: Noon, Items: items}, archive.Idempotency{})
			if !errors.As(err, new(*archive.InvalidError)) {
				t.Errorf("%s: got %v, want *InvalidError", name, err)
			}
		}
	},
}

var outboxTests = map[string]func(*testing.T, archive.Store){
	"one delivery per move and receiver": func(t *testing.T, s archive.Store) {
		Setup(t, s)
		ctx := t.Context()
		hook := archive.Webhook{ID: "wf", Agency: "snv", URL: "https://workflow.example/hook", Secret: []byte{1, 2}, Moves: []archive.Move{archive.MoveIssue, archive.MoveReturn}}
		must(t, s.PutWebhook(ctx, hook, Clerk, Noon))
		must(t, s.PutWebhook(ctx, archive.Webhook{ID: "off", Agency: "snv", URL: "https://x.example", Disabled: true}, Clerk, Noon))
		must(t, s.PutWebhook(ctx, archive.Webhook{ID: "elsewhere", Agency: "ttdvvl", URL: "https://y.example"}, Clerk, Noon))
		doc := Issue(t, s, Draft(NewID()))
		all, _, err := s.Deliveries(ctx, archive.DeliveryFilter{Document: doc.ID}, archive.Page{})
		must(t, err)
		if len(all) != 1 {
			t.Fatalf("deliveries are %+v, want one", all)
		}
		d := all[0]
		if j := wantJob(t, s, archive.JobDelivery+"/"+d.ID, archive.JobWaiting, 0, ""); j.About() != d.ID || j.Agency != "snv" {
			t.Errorf("its job is %+v", j)
		}
		var body archive.EventBody
		must(t, json.Unmarshal(d.Body, &body))
		if d.Webhook != "wf" || d.Move != archive.MoveIssue || body.ID != d.ID || body.Event != "document.issue" || body.Document != doc.ID ||
			body.Number != "01/QĐ-SNV" || body.Date != "2026-01-05" || body.State != archive.Issued || body.SHA256 != doc.Revisions[2].SHA256 {
			t.Errorf("delivery %+v, body %+v", d, body)
		}
		must(t, s.FailDelivery(ctx, d.ID, 503, "busy", Noon.Add(time.Minute), Noon))
		more, err := s.Delivery(ctx, d.ID)
		must(t, err)
		if more.ID != d.ID || string(more.Body) != string(d.Body) || more.Attempts != 1 || more.Status != 503 || more.Error != "busy" ||
			more.State != archive.DeliveryWaiting || !more.Due.Equal(Noon.Add(time.Minute)) {
			t.Errorf("after an attempt: %+v", more)
		}
		must(t, s.EndDelivery(ctx, d.ID, 200, Noon))
		must(t, s.FailDelivery(ctx, d.ID, 0, "too late", time.Time{}, Noon)) // another's attempt, which lost
		all, _, err = s.Deliveries(ctx, archive.DeliveryFilter{Document: doc.ID, State: archive.DeliveryTaken}, archive.Page{})
		must(t, err)
		if len(all) != 1 || all[0].Status != 200 || all[0].Attempts != 2 {
			t.Errorf("delivered are %+v", all)
		}
		must(t, s.Replay(ctx, d.ID, Clerk, Noon.Add(time.Hour)))
		must(t, s.Replay(ctx, d.ID, Clerk, Noon.Add(time.Hour)))
		more, err = s.Delivery(ctx, d.ID)
		must(t, err)
		if more.State != archive.DeliveryWaiting || string(more.Body) != string(d.Body) || more.Attempts != 0 {
			t.Errorf("the replay is %+v", more)
		}
		jobs, _, err := s.Jobs(ctx, archive.JobFilter{Kind: archive.JobDelivery}, archive.Page{})
		must(t, err)
		if len(jobs) != 2 || jobs[0].About() != d.ID || jobs[0].State != archive.JobWaiting {
			t.Errorf("jobs are %+v, want a second one for the replay", jobs)
		}
		must(t, s.FailDelivery(ctx, d.ID, 0, "no answer", time.Time{}, Noon.Add(time.Hour)))
		if more, err = s.Delivery(ctx, d.ID); err != nil || more.State != archive.DeliveryGivenUp {
			t.Errorf("given up as %+v, %v", more, err)
		}
		_, err = s.Delivery(ctx, "none")
		wantNotFound(t, err)
		wantNotFound(t, s.Replay(ctx, "none", Clerk, Noon))
	},
	"receivers": func(t *testing.T, s archive.Store) {
		Setup(t, s)
		ctx := t.Context()
		w := archive.Webhook{ID: "wf", Agency: "snv", URL: "https://a.example", Secret: []byte{1}}
		must(t, s.PutWebhook(ctx, w, Clerk, Noon))
		w.URL, w.Moves = "https://b.example", []archive.Move{archive.MoveIssue}
		must(t, s.PutWebhook(ctx, w, Clerk, Noon))
		got, err := s.Webhook(ctx, "wf")
		must(t, err)
		if got.URL != w.URL || len(got.Moves) != 1 || string(got.Secret) != "\x01" {
			t.Errorf("webhook is %+v", got)
		}
		all, err := s.Webhooks(ctx, "snv")
		must(t, err)
		if len(all) != 1 {
			t.Errorf("webhooks are %+v", all)
		}
		w.Agency = "ttdvvl"
		if err := s.PutWebhook(ctx, w, Clerk, Noon); !errors.As(err, new(*archive.DuplicateError)) {
			t.Errorf("another agency's: got %v, want *DuplicateError", err)
		}
		for _, bad := range []archive.Webhook{{ID: "x", Agency: "snv"}, {ID: "x", Agency: "snv", URL: "u", Moves: []archive.Move{"fly"}}} {
			if err := s.PutWebhook(ctx, bad, Clerk, Noon); !errors.As(err, new(*archive.InvalidError)) {
				t.Errorf("%+v: got %v, want *InvalidError", bad, err)
			}
		}
		_, err = s.Webhook(ctx, "none")
		wantNotFound(t, err)
	},
	"a refused move tells nobody": func(t *testing.T, s archive.Store) {
		Setup(t, s)
		must(t, s.PutWebhook(t.Context(), archive.Webhook{ID: "wf", Agency: "snv", URL: "https://a.example"}, Clerk, Noon))
		doc := Create(t, s, Draft(NewID()))
		_, err := s.AssignNumber(t.Context(), doc.ID, Clerk, Noon)
		wantState(t, err, archive.Drafted)
		all, _, err := s.Deliveries(t.Context(), archive.DeliveryFilter{}, archive.Page{})
		must(t, err)
		if len(all) != 1 || all[0].Move != archive.MoveDraft {
			t.Errorf("deliveries are %+v, want one of the draft", all)
		}
	},
}
