package conformance

import (
	"encoding/json"
	"errors"
	"slices"
	"testing"
	"time"

	"antin/archive"
)

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
