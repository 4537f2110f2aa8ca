// Package webhook tells other services what became of their documents: it sends
// what the archive's outbox holds, signed, again and again until it is taken.
package webhook

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"antin/api/outward"
	"antin/archive"
)

// Headers of a delivery. The receiver computes HMAC-SHA256 with its secret over
// the time, a full stop and the body, compares, and refuses what is older than
// five minutes; the id tells a repetition from news.
const (
	HeaderID        = "Antin-Delivery"
	HeaderTime      = "Antin-Time" // Unix seconds
	HeaderSignature = "Antin-Signature"
)

// retries are the waits after each failed attempt; after the last the delivery
// is given up and can be replayed by hand.
var retries = []time.Duration{
	10 * time.Second, time.Minute, 5 * time.Minute, 30 * time.Minute, 2 * time.Hour, 6 * time.Hour, 12 * time.Hour, 24 * time.Hour,
}

const (
	timeout = 10 * time.Second
	atOnce  = 16
)

// Options are what a Sender stands on.
type Options struct {
	Outbox archive.Outbox
	// AllowPrivate lets deliveries go to loopback, private and link-local
	// addresses: for a workflow service beside this one. Without it a receiver's
	// address cannot be used to reach into the network of this service.
	AllowPrivate bool
	Log          *slog.Logger
	Now          func() time.Time // nil is time.Now
}

// Sender sends the outbox.
type Sender struct {
	o      Options
	client *http.Client
}

// New makes a sender.
func New(o Options) *Sender {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return &Sender{o: o, client: &http.Client{
		Timeout:   timeout,
		Transport: &http.Transport{DialContext: outward.Dialer(o.AllowPrivate).DialContext, TLSHandshakeTimeout: 5 * time.Second, MaxIdleConns: 32, IdleConnTimeout: time.Minute},
		// A redirect would carry the body where its owner did not ask for it.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// Worker makes the attempts at deliveries.
func (s *Sender) Worker() archive.Worker {
	return archive.Worker{Kind: archive.JobDelivery, AtOnce: atOnce, Do: func(ctx context.Context, j archive.Job) (json.RawMessage, error) {
		return nil, s.send(ctx, j.About())
	}}
}

// send makes one attempt at a delivery. The receiver's refusal is the
// delivery's state; the job carries it too, with the time of the next attempt.
func (s *Sender) send(ctx context.Context, id string) error {
	d, err := s.o.Outbox.Delivery(ctx, id)
	if err != nil || d.State != archive.DeliveryWaiting {
		return err // taken already: the job is done a second time
	}
	hook, err := s.o.Outbox.Webhook(ctx, d.Webhook)
	if err != nil {
		return fmt.Errorf("find webhook %s: %w", d.Webhook, err)
	}
	status, err := s.post(ctx, hook, d)
	if ctx.Err() != nil {
		return ctx.Err() // stopped: another attempt is made
	}
	now := s.o.Now()
	if err == nil && status >= 200 && status < 300 {
		return s.o.Outbox.EndDelivery(ctx, d.ID, status, now)
	}
	if err == nil {
		err = fmt.Errorf("the receiver answered %d", status)
	}
	if d.Attempts >= len(retries) || errors.Is(err, outward.ErrPrivate) {
		return errors.Join(&archive.FinalError{Err: err}, s.o.Outbox.FailDelivery(ctx, d.ID, status, err.Error(), time.Time{}, now))
	}
	wait := retries[d.Attempts]
	return errors.Join(&archive.LaterError{After: wait, Err: err}, s.o.Outbox.FailDelivery(ctx, d.ID, status, err.Error(), now.Add(wait), now))
}

func (s *Sender) post(ctx context.Context, hook archive.Webhook, d archive.Delivery) (int, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, hook.URL, bytes.NewReader(d.Body))
	if err != nil {
		return 0, fmt.Errorf("webhook %s: %w", hook.ID, err)
	}
	at := strconv.FormatInt(s.o.Now().Unix(), 10)
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", "Antin")
	req.Header.Set(HeaderID, d.ID)
	req.Header.Set(HeaderTime, at)
	req.Header.Set(HeaderSignature, Sign(hook.Secret, at, d.Body))
	res, err := s.client.Do(req)
	if outer, ok := errors.AsType[*url.Error](err); ok {
		err = outer.Err // without the address, which may hold a secret
	}
	if err != nil {
		return 0, err
	}
	defer res.Body.Close()
	_, _ = io.CopyN(io.Discard, res.Body, 4096) // so that the connection can be used again
	return res.StatusCode, nil
}

// Sign is the signature of a body sent at a time (Unix seconds).
func Sign(secret []byte, at string, body []byte) string {
	mac := hmac.New(sha256.New, secret)
	mac.Write([]byte(at + "."))
	mac.Write(body)
	return hex.EncodeToString(mac.Sum(nil))
}
