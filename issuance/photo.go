package issuance

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"

	"antin/archive"
	"antin/imagecheck"
	"antin/templates"
)

// photo takes the holder's photo out of the data, judges it by the form's act
// and makes the JPEG that stands in the document. A photo that is missing or is
// no JPEG at all is left to Bind, which names every problem of the data at once.
//
// In what the archive keeps of the data, the photo's hash stands in its place:
// the picture itself is in the PDF.
func (s *Service) photo(ctx context.Context, p *prepared) error {
	raw := p.form.Photo(p.data)
	if raw == nil {
		return nil
	}
	pointer := "/" + p.form.PhotoField()
	received, _ := templates.ReceivedDate(p.data) // Bind says so when it is missing
	day := received.Format(time.DateOnly)
	rules, ok := imagecheck.RulesOn(day)
	if !ok {
		return fmt.Errorf("no photo rules are in force for a dossier of %s", day)
	}
	result, err := s.CheckPhoto(ctx, raw, rules)
	if err != nil {
		return fmt.Errorf("check the photo: %w", err)
	}
	if result.Verdict == imagecheck.Fail || result.Verdict == imagecheck.Review && p.override == "" {
		return &PhotoError{Pointer: pointer, Result: result}
	}
	p.reviewed = result.Verdict == imagecheck.Review
	embedded, err := inTurn(ctx, s.photos, func() (*imagecheck.Embedded, error) { return imagecheck.ForEmbedding(ctx, raw) })
	if err != nil {
		return &PhotoError{Pointer: pointer, Err: err}
	}
	p.env.Photo = embedded.JPEG
	sum := sha256.Sum256(raw)
	if p.data, err = replaceField(p.data, p.form.PhotoField(), "sha256:"+hex.EncodeToString(sum[:])); err != nil {
		return fmt.Errorf("take the photo out of the data: %w", err)
	}
	return nil
}

// replaceField puts a string in the place of one field of a JSON object.
func replaceField(data json.RawMessage, name, value string) (json.RawMessage, error) {
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(data, &fields); err != nil {
		return nil, err
	}
	v, err := json.Marshal(value)
	if err != nil {
		return nil, err
	}
	fields[name] = v
	return json.Marshal(fields)
}

// actionPhotoOverride is the audit trail's word for a photo that a clerk took on
// sight.
const actionPhotoOverride = "photo.override"

// recordOverride enters the clerk's reason before the document exists: a reason
// without its document is harmless, the other way round is not.
func (s *Service) recordOverride(ctx context.Context, d archive.Draft, r Request) error {
	detail, err := json.Marshal(map[string]string{"reason": r.PhotoOverride})
	if err != nil {
		return fmt.Errorf("write down the reason: %w", err)
	}
	event := archive.Event{Action: actionPhotoOverride, Agency: d.Agency, Document: d.ID, Detail: detail, By: r.By, At: d.At}
	_, err = s.store.Record(ctx, event)
	return err
}

// PhotoOverride is a clerk's reason for taking a document's photo on sight.
type PhotoOverride struct {
	Reason string
	By     archive.Actor
	At     time.Time
}

// PhotoOverrides reads from the audit trail why a document's photo was taken
// although the check wanted a person to look; usually there is none.
func (s *Service) PhotoOverrides(ctx context.Context, document string) ([]PhotoOverride, error) {
	rows, err := s.store.Audit(ctx, archive.AuditFilter{Document: document, Action: actionPhotoOverride}, 0, 10)
	if err != nil {
		return nil, err
	}
	out := make([]PhotoOverride, len(rows))
	for i, r := range rows {
		var detail struct {
			Reason string `json:"reason"`
		}
		if err := json.Unmarshal(r.Detail, &detail); err != nil {
			return nil, fmt.Errorf("read the reason of an override: %w", err)
		}
		out[i] = PhotoOverride{Reason: detail.Reason, By: r.By, At: r.At}
	}
	return out, nil
}

// CheckPhoto, AnnotatePhoto and PreparePhoto are imagecheck's with a bound on
// how many photos are worked on at once. Nothing of the photo is kept.
func (s *Service) CheckPhoto(ctx context.Context, photo []byte, rules *imagecheck.Rules) (*imagecheck.Result, error) {
	return inTurn(ctx, s.photos, func() (*imagecheck.Result, error) { return imagecheck.Check(ctx, photo, rules) })
}

// AnnotatePhoto draws what the check found over the photo, as a PNG.
func (s *Service) AnnotatePhoto(ctx context.Context, photo []byte, rules *imagecheck.Rules) ([]byte, error) {
	return inTurn(ctx, s.photos, func() ([]byte, error) { return imagecheck.Annotate(ctx, photo, rules) })
}

// PreparePhoto crops, turns and resamples a photo. Errors: *imagecheck.Refusal,
// *imagecheck.WouldFail.
func (s *Service) PreparePhoto(ctx context.Context, photo []byte, rules *imagecheck.Rules) (*imagecheck.Prepared, error) {
	return inTurn(ctx, s.photos, func() (*imagecheck.Prepared, error) { return imagecheck.Prepare(ctx, photo, rules) })
}

// inTurn does work when one of the places in turns is free.
func inTurn[T any](ctx context.Context, turns chan struct{}, work func() (T, error)) (T, error) {
	select {
	case turns <- struct{}{}:
	case <-ctx.Done():
		var none T
		return none, ctx.Err()
	}
	defer func() { <-turns }()
	return work()
}
