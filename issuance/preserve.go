package issuance

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"antin/archive"
	"antin/signer"
	"antin/signer/verify"
)

// Preservation makes issued documents provable for as long as they are kept
// (DESIGN, revision 4). Both steps append to the file and run behind the
// requests, so that an authority that does not answer delays nobody:
//
//  1. a document timestamp, as soon as the document is issued (PAdES B-T:
//     ETSI EN 319 142-1, 6.3, where it may stand for a signature timestamp);
//  2. once revocation data made after that timestamp is to be had, that data
//     and a second timestamp over it (B-LT and B-LTA). Older data would not
//     prove that the certificates were good at the time of the first one
//     (ETSI EN 319 102-1, 5.2.5).
type Preservation struct {
	// Token asks the time-stamping authority for a token over a SHA-256 digest
	// (RFC 3161).
	Token func(ctx context.Context, digest []byte) ([]byte, error)
	// Fetch asks for revocation data; nil uses only what the trust folder holds.
	Fetch verify.Fetcher
}

// Times of preservation.
const (
	// evidenceGrace is how long authorities usually take to publish a new list.
	evidenceGrace = 24 * time.Hour
	evidenceRetry = 6 * time.Hour
	// evidencePatience is how many tries wait for newer data, a week in all; then
	// older data is kept, which is better than none.
	evidencePatience = 28
	tokenRetry       = 5 * time.Minute
	// maxToken is the most bytes a timestamp token may have; with its
	// certificates one has 3 to 8 KiB.
	maxToken = 16 << 10
)

type preservePayload struct {
	Document string `json:"document"`
}

// preserveLater asks for a document's first step. It is asked for before the
// document is issued: a job for one that is not is tried again, and one that
// was never asked for would be missed.
func (s *Service) preserveLater(ctx context.Context, id string) error {
	if s.preservation == nil {
		return nil
	}
	return s.enqueuePreserve(ctx, jobTimestamp, id, s.now())
}

func (s *Service) enqueuePreserve(ctx context.Context, kind, id string, due time.Time) error {
	payload, err := json.Marshal(preservePayload{id})
	if err != nil {
		return fmt.Errorf("ask for the %s of document %s: %w", kind, id, err)
	}
	_, err = s.store.Enqueue(ctx, s.now(), archive.Job{ID: kind + "/" + id, Kind: kind, Payload: payload, Due: due})
	return err
}

func (s *Service) timestampJob(ctx context.Context, j archive.Job) (json.RawMessage, error) {
	return nil, preserveStep(j, tokenRetry, func(p preservePayload) error { return s.timestamp(ctx, p.Document) })
}

func (s *Service) evidenceJob(ctx context.Context, j archive.Job) (json.RawMessage, error) {
	return nil, preserveStep(j, evidenceRetry, func(p preservePayload) error {
		return s.evidence(ctx, p.Document, j.Attempts > evidencePatience)
	})
}

func preserveStep(j archive.Job, retry time.Duration, step func(preservePayload) error) error {
	var p preservePayload
	if err := json.Unmarshal(j.Payload, &p); err != nil {
		return &archive.FinalError{Err: fmt.Errorf("read what is asked for: %w", err)}
	}
	if err := step(p); err != nil {
		return &archive.LaterError{After: retry, Err: err}
	}
	return nil
}

// Why a step waits.
var (
	errNotIssued = errors.New("the document is not issued yet")
	errTooOld    = errors.New("the revocation data at hand is older than the document's timestamp")
)

// latest is an issued document's last revision, and how many preserved ones it
// has.
func (s *Service) latest(ctx context.Context, id string) (doc archive.Document, pdf []byte, preserved int, err error) {
	if doc, err = s.store.Get(ctx, id); err != nil {
		return doc, nil, 0, err
	}
	if !hasRevision(doc, archive.RevisionIssued) {
		return doc, nil, 0, errNotIssued
	}
	for _, r := range doc.Revisions {
		if r.Kind == archive.RevisionPreserved {
			preserved++
		}
	}
	pdf, _, err = s.store.RevisionContent(ctx, id, len(doc.Revisions))
	return doc, pdf, preserved, err
}

// timestamp is the first step; a document that has it goes on to the second.
func (s *Service) timestamp(ctx context.Context, id string) error {
	doc, pdf, preserved, err := s.latest(ctx, id)
	if err != nil || !preservable(doc) {
		return err
	}
	if preserved == 0 {
		if pdf, err = s.stampTime(ctx, pdf); err != nil {
			return err
		}
		if _, err := s.store.AddPreserved(ctx, id, pdf, System, s.now()); err != nil {
			return err
		}
	}
	return s.enqueuePreserve(ctx, jobEvidence, id, s.now().Add(evidenceGrace))
}

// evidence is the second step. It waits until every certificate is answered for
// by data made after the first timestamp, unless older data will do.
func (s *Service) evidence(ctx context.Context, id string, older bool) error {
	doc, pdf, preserved, err := s.latest(ctx, id)
	if err != nil || !preservable(doc) || preserved != 1 {
		return err
	}
	report, found, err := verify.Gather(pdf, verify.Options{
		Trust: s.trust, Now: s.now(), Fetch: s.preservation.Fetch, Revocation: verify.RevocationRequire,
	})
	if err != nil {
		return fmt.Errorf("gather evidence for document %s: %w", id, err)
	}
	if report.Indication != verify.TotalPassed {
		return fmt.Errorf("gather evidence for document %s: %s", id, report.ConclusionEN)
	}
	if !older && !found.Since.After(firstTimestamp(report)) {
		return fmt.Errorf("gather evidence for document %s: %w", id, errTooOld)
	}
	pdf, err = signer.AddEvidence(pdf, signer.Evidence{Certificates: found.Certificates, CRLs: found.CRLs, OCSP: found.OCSP})
	if err != nil {
		return fmt.Errorf("preserve document %s: %w", id, err)
	}
	if pdf, err = s.stampTime(ctx, pdf); err != nil {
		return err
	}
	_, err = s.store.AddPreserved(ctx, id, pdf, System, s.now())
	return err
}

// firstTimestamp is the time that the first document timestamp proves.
func firstTimestamp(r *verify.Report) time.Time {
	for i := range r.Signatures {
		if t := r.Signatures[i].Timestamp; r.Signatures[i].Role == verify.DocumentTimestamp && t != nil {
			return t.Time
		}
	}
	return time.Time{}
}

// preservable reports whether a document is still worth it: one that was taken
// out of force keeps the state in which that was done.
func preservable(doc archive.Document) bool {
	return doc.State != archive.Withdrawn && doc.State != archive.Replaced && doc.Destroyed.IsZero()
}

func (s *Service) stampTime(ctx context.Context, pdf []byte) ([]byte, error) {
	out, err := signer.TimestampDocument(pdf, signer.DocumentTimestamp{
		Size: maxToken, Time: s.now(), Token: func(digest []byte) ([]byte, error) { return s.preservation.Token(ctx, digest) },
	})
	if err != nil {
		return nil, fmt.Errorf("timestamp the document: %w", err)
	}
	return out, nil
}
