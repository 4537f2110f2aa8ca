package archive

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"time"
)

// Queue keeps jobs that outlive a request: sealing after numbering, batches,
// deliveries, checkpoints, timestamps. A job is done at least once: one whose
// process died is done again by another. Doing a job twice must therefore do no
// harm.
//
// In PostgreSQL the jobs are River's (github.com/riverqueue/river), in SQLite
// the archive's own; both have the semantics that are written here.
type Queue interface {
	// Enqueue adds jobs; a job whose ID is there already is left as it is.
	Enqueue(ctx context.Context, at time.Time, jobs ...Job) (added int, err error)
	// RunJobs does jobs until ctx ends, and returns once those that it took are
	// given back or done. Any number of instances may do so over one store. What
	// is not known here by its kind is left to others.
	RunJobs(ctx context.Context, c Crew) error
	// Retry makes a failed job wait again.
	Retry(ctx context.Context, id string, by Actor, at time.Time) error
	Job(ctx context.Context, id string) (Job, error)
	// Jobs pages through jobs, newest first.
	Jobs(ctx context.Context, f JobFilter, p Page) ([]Job, string, error)
	// JobCounts counts the jobs that are not done, by kind and state.
	JobCounts(ctx context.Context) ([]JobCount, error)
}

// JobCount is how many jobs of a kind are in a state.
type JobCount struct {
	Kind  string
	State JobState
	N     int64
}

// The jobs that the store itself asks for, in the transaction that makes them
// needed.
const (
	JobBatch    = "batch"    // about a batch
	JobDelivery = "delivery" // about a delivery
)

// JobAbout is the one job of a kind about something that has an id.
func JobAbout(kind, agency, about string) Job {
	payload, _ := json.Marshal(jobAbout{about}) // a string cannot fail
	return Job{ID: kind + "/" + about, Kind: kind, Agency: agency, Payload: payload}
}

type jobAbout struct {
	About string `json:"about"`
}

// About is what JobAbout was given, "" for other jobs.
func (j Job) About() string {
	var p jobAbout
	if err := json.Unmarshal(j.Payload, &p); err != nil {
		return ""
	}
	return p.About
}

// Bounds of jobs.
const (
	// JobTime is the most time that one attempt may take; its context ends then.
	// A job that needs longer goes on with LaterError.
	JobTime = 30 * time.Second
	// JobLease is how long after its beginning an attempt counts as lost. On
	// PostgreSQL up to half a minute passes until that is seen.
	JobLease = time.Minute
	// JobsKept is how long jobs that are done can be seen. Failed ones stay.
	JobsKept = 30 * 24 * time.Hour
)

// Worker does the jobs of one kind.
type Worker struct {
	Kind   string
	AtOnce int // jobs at the same time in one process; 0 is one
	// Do does a job; its result can be seen with the job. After *LaterError it is
	// done again at a time of its own, after *FinalError never, after any other
	// error or a panic when Backoff has passed.
	Do func(ctx context.Context, j Job) (result json.RawMessage, err error)
}

// Crew is who does the jobs in one process.
type Crew struct {
	Workers []Worker
	Log     *slog.Logger // nil is silent
	// Now is the time of the jobs in SQLite, nil the machine's. PostgreSQL's
	// server has a time of its own.
	Now func() time.Time
	// Drain ends RunJobs when no job is due.
	Drain bool
}

// LaterError gives a job back, to be done again after a time: because of Err
// or, where Err is nil, because there is more to do, which is no failure.
type LaterError struct {
	After time.Duration
	Err   error
}

func (e *LaterError) Error() string {
	if e.Err == nil {
		return fmt.Sprintf("goes on after %v", e.After)
	}
	return e.Err.Error()
}

func (e *LaterError) Unwrap() error { return e.Err }

// FinalError ends a job as failed: no repetition would mend it.
type FinalError struct{ Err error }

func (e *FinalError) Error() string { return e.Err.Error() }

func (e *FinalError) Unwrap() error { return e.Err }

// Backoff is how long a job waits after so many attempts that failed: ten
// seconds, twice as long each time, an hour at most.
func Backoff(attempts int) time.Duration {
	return min(10*time.Second<<min(max(attempts-1, 0), 10), time.Hour)
}

// Attempt runs one attempt of a job and turns a panic into an error.
func (w Worker) Attempt(ctx context.Context, j Job) (result json.RawMessage, err error) {
	ctx, cancel := context.WithTimeout(ctx, JobTime)
	defer cancel()
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("job %s panicked: %v", j.ID, p)
		}
	}()
	return w.Do(ctx, j)
}

// Job is a piece of work.
type Job struct {
	ID      string // stable: the same work has the same id
	Kind    string
	Agency  string // "" when it belongs to none
	Payload json.RawMessage

	State    JobState
	Due      time.Time // not before; zero is at once
	Attempts int       // how often it was taken
	Owner    string    // who does it, or did so last
	Result   json.RawMessage
	Error    string // of the last attempt that failed
	Created  time.Time
	Updated  time.Time
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

// Batches number and seal many documents in one request.
type Batches interface {
	// CreateBatch stores a batch and asks for its job (JobBatch). created is false when the same ID, or the same
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
// written in the transaction of the move that it tells of, with its job
// (JobDelivery), so that none is forgotten and none tells of what did not happen.
type Outbox interface {
	// PutWebhook creates or changes a receiver.
	PutWebhook(ctx context.Context, w Webhook, by Actor, at time.Time) error
	Webhooks(ctx context.Context, agency string) ([]Webhook, error) // "" is every agency
	Webhook(ctx context.Context, id string) (Webhook, error)
	Delivery(ctx context.Context, id string) (Delivery, error)
	// EndDelivery says that the receiver took it, with its HTTP status.
	EndDelivery(ctx context.Context, id string, status int, at time.Time) error
	// FailDelivery says that it did not (status 0: no answer), and when its job
	// tries again; a zero retry gives it up.
	FailDelivery(ctx context.Context, id string, status int, reason string, retry, at time.Time) error
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
