package api

import (
	"encoding/json"
	"fmt"
	"net/http"
	"testing"
)

// TestBatch: numbers in the order asked for, one item's failure its own, the
// same key the same batch, and a worker that starts late finishes it.
func TestBatch(t *testing.T) {
	b := newBench(t)
	const n = 12
	ids := make([]string, n, n+2)
	for i := range ids {
		ids[i] = decode[Document](t, b.create("all", fmt.Sprint("d", i), "signed", sample(t, ended, nil)), http.StatusCreated).ID
	}
	ids[3], ids[7] = ids[7], ids[3]
	ids = append(ids[:n:n], "khong-co", decode[Document](t, b.create("all", "draft", "draft", sample(t, ended, nil)), http.StatusCreated).ID)
	body, err := json.Marshal(map[string]any{"agency": "snv-hanoi", "documents": ids})
	if err != nil {
		t.Fatal(err)
	}
	post := request{path: "/v1/batches", key: "clerk", body: string(body), header: map[string]string{"Idempotency-Key": "b"}}
	decode[Problem](t, b.do(request{path: "/v1/batches", key: "workflow", body: string(body), header: post.header}), http.StatusForbidden)
	batch := decode[Batch](t, b.do(post), http.StatusAccepted)
	if again := decode[Batch](t, b.do(post), http.StatusOK); again.ID != batch.ID {
		t.Errorf("the same key made %s and %s", batch.ID, again.ID)
	}
	b.workers()
	batch = decode[Batch](t, b.do(request{method: http.MethodGet, path: "/v1/batches/" + batch.ID, key: "auditor"}), http.StatusOK)
	if batch.Finished != batch.Total {
		t.Errorf("%d of %d are finished", batch.Finished, batch.Total)
	}
	if batch.Failed != 2 || batch.Items[n].State != "failed" || batch.Items[n].Code == nil || batch.Items[n+1].State != "failed" {
		t.Errorf("%+v", batch)
	}
	for i, id := range ids[:n] {
		doc := decode[Document](t, b.do(request{method: http.MethodGet, path: "/v1/documents/" + id, key: "auditor"}), http.StatusOK)
		if want := fmt.Sprintf("%02d", i+1); doc.State != "issued" || *doc.Number != want {
			t.Errorf("item %d: %s, number %v, want %s", i, doc.State, doc.Number, want)
		}
	}
}

func TestBadBatches(t *testing.T) {
	b := newBench(t)
	for _, body := range []string{`{"agency":"snv-hanoi","documents":[]}`, `{"agency":"nope","documents":["x"]}`, `{"documents":"x"}`} {
		p := decode[Problem](t, b.do(request{path: "/v1/batches", key: "clerk", body: body, header: map[string]string{"Idempotency-Key": "b"}}), http.StatusUnprocessableEntity)
		if p.Detail == "" {
			t.Errorf("%s: %+v", body, p)
		}
	}
	decode[Problem](t, b.do(request{method: http.MethodGet, path: "/v1/batches/nope", key: "clerk"}), http.StatusNotFound)
}
