package conformance

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"antin/archive"
)

func wantLease(t testing.TB, err error) {
	t.Helper()
	if !errors.As(err, new(*archive.LeaseError)) {
		t.Errorf("got %v, want *LeaseError", err)
	}
}

var queueTests = map[string]func(*testing.T, archive.Store){
	"life of a job": func(t *testing.T, s archive.Store) {
		ctx := t.Context()
		n, err := s.Enqueue(ctx, Noon, archive.Job{ID: "a", Kind: "seal", Payload: []byte(`{"document":"1"}`)}, archive.Job{ID: "b", Kind: "batch", Total: 9})
		must(t, err)
		again, err := s.Enqueue(ctx, Noon, archive.Job{ID: "a", Kind: "other"})
		must(t, err)
		if n != 2 || again != 0 {
			t.Errorf("added %d and %d, want 2 and 0", n, again)
		}
		jobs, err := s.Claim(ctx, "w1", []string{"seal"}, 10, Noon, time.Minute)
		must(t, err)
		if len(jobs) != 1 || jobs[0].ID != "a" || jobs[0].Attempts != 1 || jobs[0].State != archive.JobRunning || string(jobs[0].Payload) != `{"document":"1"}` {
			t.Fatalf("claimed %+v", jobs)
		}
		if more, err := s.Claim(ctx, "w2", []string{"seal"}, 10, Noon, time.Minute); err != nil || len(more) != 0 {
			t.Errorf("claimed twice: %+v, %v", more, err)
		}
		must(t, s.Progress(ctx, "a", "w1", 3, 7, Noon.Add(30*time.Second), time.Minute))
		wantLease(t, s.Progress(ctx, "a", "w2", 3, 7, Noon, time.Minute))
		if more, err := s.Claim(ctx, "w2", nil, 10, Noon.Add(89*time.Second), time.Minute); err != nil || len(more) != 1 || more[0].ID != "b" {
			t.Errorf("claimed %+v, %v, want b: a was renewed", more, err)
		}
		late, err := s.Claim(ctx, "w2", nil, 10, Noon.Add(2*time.Minute), time.Minute)
		must(t, err)
		if len(late) != 1 || late[0].ID != "a" || late[0].Attempts != 2 || late[0].Done != 3 {
			t.Fatalf("after the lease: %+v", late)
		}
		wantLease(t, s.Finish(ctx, "a", "w1", nil, Noon))
		must(t, s.Fail(ctx, "a", "w2", "no answer", Noon.Add(time.Hour), Noon.Add(2*time.Minute)))
		if more, err := s.Claim(ctx, "w1", []string{"seal"}, 10, Noon.Add(59*time.Minute), time.Minute); err != nil || len(more) != 0 {
			t.Errorf("claimed before its time: %+v, %v", more, err)
		}
		_, err = s.Claim(ctx, "w1", []string{"seal"}, 10, Noon.Add(time.Hour), time.Minute)
		must(t, err)
		must(t, s.Fail(ctx, "a", "w1", "never", time.Time{}, Noon.Add(time.Hour)))
		j, err := s.Job(ctx, "a")
		must(t, err)
		if j.State != archive.JobFailed || j.Error != "never" || j.Attempts != 3 {
			t.Errorf("failed as %+v", j)
		}
		must(t, s.Retry(ctx, "a", Clerk, Noon.Add(2*time.Hour)))
		if err := s.Retry(ctx, "a", Clerk, Noon); !errors.As(err, new(*archive.InvalidError)) {
			t.Errorf("got %v, want *InvalidError", err)
		}
		_, err = s.Claim(ctx, "w1", []string{"seal"}, 10, Noon.Add(2*time.Hour), time.Minute)
		must(t, err)
		must(t, s.Finish(ctx, "a", "w1", json.RawMessage(`{"ok":true}`), Noon.Add(2*time.Hour)))
		all, next, err := s.Jobs(ctx, archive.JobFilter{State: archive.JobDone}, archive.Page{})
		must(t, err)
		if len(all) != 1 || string(all[0].Result) != `{"ok":true}` || all[0].Error != "" || next != "" {
			t.Errorf("done are %+v", all)
		}
		_, err = s.Job(ctx, "none")
		wantNotFound(t, err)
	},
	"each job to one claimer": func(t *testing.T, s archive.Store) {
		var jobs []archive.Job
		for i := range 60 {
			jobs = append(jobs, archive.Job{ID: fmt.Sprint(i), Kind: "k"})
		}
		_, err := s.Enqueue(t.Context(), Noon, jobs...)
		must(t, err)
		got := make([][]archive.Job, 6)
		for _, err := range each(6, func(i int) error {
			for {
				j, err := s.Claim(t.Context(), fmt.Sprint(i), nil, 4, Noon, time.Minute)
				if err != nil || len(j) == 0 {
					return err
				}
				got[i] = append(got[i], j...)
			}
		}) {
			must(t, err)
		}
		seen := map[string]int{}
		for _, g := range got {
			for _, j := range g {
				seen[j.ID]++
			}
		}
		if len(seen) != 60 {
			t.Errorf("%d jobs claimed, want 60", len(seen))
		}
		for id, n := range seen {
			if n != 1 {
				t.Errorf("job %s was claimed %d times", id, n)
			}
		}
	},
	"pages of jobs": func(t *testing.T, s archive.Store) {
		for i := range 7 {
			_, err := s.Enqueue(t.Context(), Noon, archive.Job{ID: fmt.Sprint(i), Kind: "k", Agency: "snv"})
			must(t, err)
		}
		var got []string
		p := archive.Page{Limit: 3}
		for {
			jobs, next, err := s.Jobs(t.Context(), archive.JobFilter{Agency: "snv", Kind: "k"}, p)
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
		got, err := s.ClaimDeliveries(ctx, "w1", 10, Noon, time.Minute)
		must(t, err)
		if len(got) != 1 {
			t.Fatalf("deliveries are %+v, want one", got)
		}
		d := got[0]
		var body archive.EventBody
		must(t, json.Unmarshal(d.Body, &body))
		if d.Webhook != "wf" || d.Move != archive.MoveIssue || body.ID != d.ID || body.Event != "document.issue" || body.Document != doc.ID ||
			body.Number != "01/QĐ-SNV" || body.Date != "2026-01-05" || body.State != archive.Issued || body.SHA256 != doc.Revisions[2].SHA256 {
			t.Errorf("delivery %+v, body %+v", d, body)
		}
		must(t, s.FailDelivery(ctx, d.ID, "w1", 503, "busy", Noon.Add(time.Minute), Noon))
		if more, err := s.ClaimDeliveries(ctx, "w1", 10, Noon.Add(59*time.Second), time.Minute); err != nil || len(more) != 0 {
			t.Errorf("claimed before its time: %+v, %v", more, err)
		}
		more, err := s.ClaimDeliveries(ctx, "w2", 10, Noon.Add(time.Minute), time.Minute)
		must(t, err)
		if len(more) != 1 || more[0].ID != d.ID || string(more[0].Body) != string(d.Body) || more[0].Attempts != 2 || more[0].Status != 503 {
			t.Errorf("the second attempt is %+v", more)
		}
		wantLease(t, s.EndDelivery(ctx, d.ID, "w1", 200, Noon))
		must(t, s.EndDelivery(ctx, d.ID, "w2", 200, Noon))
		all, _, err := s.Deliveries(ctx, archive.DeliveryFilter{Document: doc.ID, State: archive.DeliveryTaken}, archive.Page{})
		must(t, err)
		if len(all) != 1 || all[0].Status != 200 {
			t.Errorf("delivered are %+v", all)
		}
		must(t, s.Replay(ctx, d.ID, Clerk, Noon.Add(time.Hour)))
		must(t, s.Replay(ctx, d.ID, Clerk, Noon.Add(time.Hour)))
		more, err = s.ClaimDeliveries(ctx, "w1", 10, Noon.Add(time.Hour), time.Minute)
		must(t, err)
		if len(more) != 1 || more[0].ID != d.ID || string(more[0].Body) != string(d.Body) {
			t.Errorf("the replay is %+v", more)
		}
		must(t, s.FailDelivery(ctx, d.ID, "w1", 0, "no answer", time.Time{}, Noon.Add(time.Hour)))
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
