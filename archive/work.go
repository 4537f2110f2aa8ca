package archive

import (
	"context"
	"encoding/json"
	"fmt"
	"time"
)

// Queue keeps jobs that outlive a request: sealing after numbering, batches,
// checkpoints, backups. A job is done at least once: who takes it holds it for
// the length of a lease, and if it is not finished by then (the process died)
// another takes it. Doing a job twice must therefore do no harm.
type Queue interface {
	// Enqueue adds jobs; a job whose ID is there already is left as it is.
	Enqueue(ctx context.Context, at time.Time, jobs ...Job) (added int, err error)
	// Claim takes up to n waiting jobs of these kinds (nil is all) that are due,
	// oldest first, and those whose lease ran out.
	Claim(ctx context.Context, owner string, kinds []string, n int, at time.Time, lease time.Duration) ([]Job, error)
	// Progress says how far a job is and renews its lease. *LeaseError when
	// another has taken it.
	Progress(ctx context.Context, id, owner string, done, total int, at time.Time, lease time.Duration) error
	// Finish ends a job with its result.
	Finish(ctx context.Context, id, owner string, result json.RawMessage, at time.Time) error
	// Fail gives a job back, to be tried again at retry; a zero retry ends it as
	// failed.
	Fail(ctx context.Context, id, owner, reason string, retry, at time.Time) error
	// Retry makes a failed job wait again, with its attempts counted anew.
	Retry(ctx context.Context, id string, by Actor, at time.Time) error
	Job(ctx context.Context, id string) (Job, error)
	// Jobs pages through jobs, newest first.
	Jobs(ctx context.Context, f JobFilter, p Page) ([]Job, string, error)
}

// Job is a piece of work.
type Job struct {
	ID      string // stable: the same work has the same id
	Kind    string
	Agency  string // "" when it belongs to none
	Payload json.RawMessage

	State       JobState
	Due         time.Time // not before; zero is at once
	Attempts    int       // how often it was taken
	Done, Total int
	Owner       string // who holds it
	Until       time.Time
	Result      json.RawMessage
	Error       string // of the last attempt
	Created     time.Time
	Updated     time.Time
}

// JobState is where a job stands.
type JobState string

// The states of a job.
const (
	JobWaiting JobState = "waiting"
	JobRunning JobState = "running"
	JobDone    JobState = "done"
	JobFailed  JobState = "failed"
)

// JobFilter narrows a list of jobs. Zero values do not narrow.
type JobFilter struct {
	Agency, Kind string
	State        JobState
}

// LeaseError says that a job or delivery is no longer held by the caller.
type LeaseError struct{ ID, Owner string }

func (e *LeaseError) Error() string { return fmt.Sprintf("%s is no longer held by %s", e.ID, e.Owner) }

// Batches number and seal many documents in one request.
type Batches interface {
	// CreateBatch stores a batch. created is false when the same ID, or the same
	// idempotency scope, key and request hash, made it before.
	// Errors: *IdempotencyConflictError, *InvalidError.
	CreateBatch(ctx context.Context, b Batch, i Idempotency) (batch Batch, created bool, err error)
	// NumberBatch gives a number to each waiting item, in the order asked for, in
	// one transaction. An item that cannot be numbered fails with its error's
	// code and leaves no gap. Repeating it goes on where it stopped.
	NumberBatch(ctx context.Context, id string, by Actor, at time.Time) (Batch, error)
	// EndItem says what became of an item after numbering: code is "" when it was
	// issued.
	EndItem(ctx context.Context, id string, n int, code, detail string, at time.Time) error
	Batch(ctx context.Context, id string) (Batch, error)
	// UnfinishedBatches lists batches with items that wait or are numbered.
	UnfinishedBatches(ctx context.Context) ([]Batch, error)
}

// MaxBatch is the most documents in one batch.
const MaxBatch = 1000

// Batch is a request to number and seal many documents.
type Batch struct {
	ID      string
	Agency  string
	By      Actor
	Created time.Time
	Items   []BatchItem // in the order asked for
}

// BatchItem is one document of a batch.
type BatchItem struct {
	N        int // from 1
	Document string
	State    ItemState
	// Code and Detail say why it failed: a short code as ErrorCode gives it, and
	// short English.
	Code, Detail string
	Updated      time.Time
}

// ItemState is where an item of a batch stands.
type ItemState string

// The states of an item.
const (
	ItemWaiting  ItemState = "waiting"
	ItemNumbered ItemState = "numbered"
	ItemIssued   ItemState = "issued"
	ItemFailed   ItemState = "failed"
)

// Outbox keeps what is to be told to other services. The row of a delivery is
// written in the transaction of the move that it tells of, so that none is
// forgotten and none tells of what did not happen.
type Outbox interface {
	// PutWebhook creates or changes a receiver.
	PutWebhook(ctx context.Context, w Webhook, by Actor, at time.Time) error
	Webhooks(ctx context.Context, agency string) ([]Webhook, error) // "" is every agency
	Webhook(ctx context.Context, id string) (Webhook, error)
	// ClaimDeliveries takes up to n deliveries that are due, oldest first.
	ClaimDeliveries(ctx context.Context, owner string, n int, at time.Time, lease time.Duration) ([]Delivery, error)
	// EndDelivery says that the receiver took it, with its HTTP status.
	EndDelivery(ctx context.Context, id, owner string, status int, at time.Time) error
	// FailDelivery says that it did not (status 0: no answer), and when to try
	// again; a zero retry gives it up.
	FailDelivery(ctx context.Context, id, owner string, status int, reason string, retry, at time.Time) error
	// Replay makes an ended delivery wait again, with the same id and body.
	Replay(ctx context.Context, id string, by Actor, at time.Time) error
	Deliveries(ctx context.Context, f DeliveryFilter, p Page) ([]Delivery, string, error)
}

// Webhook is a receiver of events.
type Webhook struct {
	ID     string
	Agency string
	URL    string
	Secret []byte // for the HMAC; the caller may have encrypted it
	// Moves are those it wants to hear of; empty is all of them.
	Moves    []Move
	Disabled bool
}

// Delivery is one event for one receiver.
type Delivery struct {
	ID       string // stable over every attempt and replay
	Webhook  string
	Agency   string
	Document string
	Move     Move
	// Body is what is sent, the same bytes each time: an EventBody as JSON.
	Body     []byte
	State    DeliveryState
	Attempts int
	Due      time.Time
	Status   int // HTTP status of the last attempt
	Error    string
	Created  time.Time
	Updated  time.Time
}

// DeliveryState is where a delivery stands.
type DeliveryState string

// The states of a delivery.
const (
	DeliveryWaiting DeliveryState = "waiting"
	DeliveryRunning DeliveryState = "running"
	DeliveryTaken   DeliveryState = "delivered"
	DeliveryGivenUp DeliveryState = "failed"
)

// DeliveryFilter narrows a list of deliveries. Zero values do not narrow.
type DeliveryFilter struct {
	Agency, Webhook, Document string
	State                     DeliveryState
}

// EventBody is what a receiver is told. It holds no personal data: who needs
// more asks for the document.
type EventBody struct {
	ID         string    `json:"id"`
	Event      string    `json:"event"` // "document." and the move
	At         time.Time `json:"at"`
	Agency     string    `json:"agency"`
	Document   string    `json:"document_id"`
	Form       string    `json:"form"`
	State      State     `json:"state"`
	Dossier    string    `json:"dossier_code,omitempty"`
	LookupCode string    `json:"lookup_code"`
	Number     string    `json:"number,omitempty"` // with its symbol
	Date       string    `json:"date,omitempty"`   // YYYY-MM-DD
	SHA256     string    `json:"sha256,omitempty"` // of the latest revision
	Reason     string    `json:"reason,omitempty"`
	Other      string    `json:"other_document_id,omitempty"`
}
