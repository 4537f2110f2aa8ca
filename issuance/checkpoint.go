package issuance

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"time"

	"go.yaml.in/yaml/v3"

	"antin/archive"
	"antin/signer"
	"antin/signer/verify"
)

// ServiceFile is the file beside the agencies' folder that configures what
// belongs to no single agency.
const ServiceFile = "service.yaml"

// serviceConfig is service.yaml. Paths are relative to its folder.
type serviceConfig struct {
	// AuditKey signs the daily checkpoints of the audit trail. It should not be
	// an agency's seal: who can sign documents should not be the one who vouches
	// for the trail of it.
	AuditKey *KeyEntry `yaml:"audit_key,omitempty"`
}

// LoadAuditKey reads the key of the checkpoints; nil when none is configured.
func LoadAuditKey(dir fs.FS) (*Key, error) {
	raw, err := readBounded(dir, ServiceFile, maxConfigBytes)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil //nolint:nilnil // nil is "none configured"
	}
	if err != nil {
		return nil, err
	}
	var c serviceConfig
	if err := yaml.Unmarshal(raw, &c); err != nil {
		return nil, fmt.Errorf("%s: %w", ServiceFile, err)
	}
	if c.AuditKey == nil {
		return nil, nil //nolint:nilnil // nil is "none configured"
	}
	k, err := loadKey(dir, *c.AuditKey)
	if err != nil {
		return nil, fmt.Errorf("%s: audit_key: %w", ServiceFile, err)
	}
	return k, nil
}

// auditKey is the key that signs checkpoints: the service's own, or else the
// seal of the first agency (by id) that holds a usable one.
func (s *Service) auditKey(at time.Time) (*Key, error) {
	if s.audit != nil {
		if err := s.audit.Identity.Check(at); err != nil {
			return nil, &KeyNotUsableError{Err: err}
		}
		return s.audit, nil
	}
	var errs []error
	for _, id := range s.AgencyIDs() {
		k, err := s.agencies[id].Seal()
		if err == nil {
			err = s.usable(k, id, "")
		}
		if err == nil {
			return k, nil
		}
		errs = append(errs, err)
	}
	return nil, errors.Join(append(errs, &NoKeyError{})...)
}

// Checkpoint signs the head of the audit trail for a day of Asia/Ho_Chi_Minh.
// made is false when the day has one already, or when there is nothing to sign.
//
// Errors: *NoKeyError, *KeyNotUsableError.
func (s *Service) Checkpoint(ctx context.Context, day time.Time) (made bool, err error) {
	seq, hash, err := s.store.Head(ctx)
	if err != nil || seq == 0 {
		return false, err
	}
	at := s.now().Truncate(time.Second)
	key, err := s.auditKey(at)
	if err != nil {
		return false, err
	}
	c := archive.Checkpoint{Day: archive.Day(day), Seq: seq, Hash: [32]byte(hash), At: at}
	if c.Signature, err = signer.Detach(c.Statement(), key.Identity, key.Profile, at); err != nil {
		return false, fmt.Errorf("sign the checkpoint of %s: %w", c.Day.Format(time.DateOnly), err)
	}
	err = s.store.PutCheckpoint(ctx, c)
	if _, there := errors.AsType[*archive.DuplicateError](err); there {
		return false, nil // another instance was faster
	}
	if err != nil {
		return false, err
	}
	detail, err := json.Marshal(map[string]any{
		"day": c.Day.Format(time.DateOnly), "row": seq, "sha256": hex.EncodeToString(hash), "signer": key.Identity.Certificate.Subject.CommonName,
	})
	if err != nil {
		return true, fmt.Errorf("write down the checkpoint: %w", err)
	}
	_, err = s.store.Record(ctx, archive.Event{Action: archive.ActionCheckpoint, Detail: detail, By: System, At: at})
	return true, err
}

// checkpointSigned judges a checkpoint's signature against the service's trust.
func (s *Service) checkpointSigned(c archive.Checkpoint) error {
	_, err := s.CheckpointSigner(c)
	return err
}

// CheckpointSigner says who signed a checkpoint, if the signature holds and the
// service trusts the signer. Errors: *verify.DetachedError.
func (s *Service) CheckpointSigner(c archive.Checkpoint) (*verify.DetachedReport, error) {
	return verify.Detached(c.Statement(), c.Signature, c.At, verify.Options{Trust: s.trust, Now: s.now()})
}

// VerifyAudit walks the audit trail and judges the signature of each checkpoint.
func (s *Service) VerifyAudit(ctx context.Context) (archive.AuditReport, error) {
	return s.store.VerifyAudit(ctx, s.checkpointSigned)
}

// VerifyTrail is VerifyAudit over a trail file.
func (s *Service) VerifyTrail(r io.Reader) (archive.AuditReport, error) {
	return archive.VerifyTrail(r, s.checkpointSigned)
}

// Doctor examines the store and the signature of every checkpoint, which the
// store by itself cannot judge.
func (s *Service) Doctor(ctx context.Context) (archive.Diagnosis, error) {
	d, err := s.store.Doctor(ctx)
	if err != nil {
		return d, err
	}
	points, err := s.store.Checkpoints(ctx)
	if err != nil {
		return d, err
	}
	for _, c := range points {
		err := s.checkpointSigned(c)
		if err == nil && !c.At.Equal(c.At.Truncate(time.Second)) {
			err = errors.New("its time has fractions of a second, which the signature does not cover")
		}
		if err != nil && len(d.Findings) < archive.MaxFindings {
			d.Findings = append(d.Findings, archive.Finding{
				Kind: archive.FindAudit, Subject: "checkpoint " + c.Day.In(archive.Zone).Format(time.DateOnly), Detail: err.Error(),
			})
		}
	}
	return d, nil
}

// VerifyKept holds a checkpoint that was kept outside the archive against the
// trail: its signature is good, and the row it states has the hash it states.
// That finds a trail whose end was cut off together with its own checkpoints.
func (s *Service) VerifyKept(ctx context.Context, c archive.Checkpoint) error {
	if err := s.checkpointSigned(c); err != nil {
		return err
	}
	if c.Seq == 0 {
		return nil
	}
	rows, err := s.store.Audit(ctx, archive.AuditFilter{}, c.Seq-1, 1)
	switch {
	case err != nil:
		return err
	case len(rows) == 0 || rows[0].Seq != c.Seq:
		return fmt.Errorf("the trail has no row %d", c.Seq)
	case rows[0].Hash != c.Hash:
		return fmt.Errorf("row %d has another hash", c.Seq)
	}
	return nil
}

// ExportTrail writes the audit trail with its checkpoints as a trail file, and
// writes down who took it: the export's own row is the last in it.
func (s *Service) ExportTrail(ctx context.Context, out io.Writer, by archive.Actor) error {
	last, err := s.store.Record(ctx, archive.Event{
		Action: archive.ActionExport, Detail: []byte(`{"what":"audit"}`), By: by, At: s.now().Truncate(time.Microsecond),
	})
	if err != nil {
		return err
	}
	points, err := s.store.Checkpoints(ctx)
	if err != nil {
		return err
	}
	bySeq := map[int64][]archive.Checkpoint{}
	for _, c := range points {
		bySeq[c.Seq] = append(bySeq[c.Seq], c)
	}
	w := archive.NewTrailWriter(out)
	for after := int64(0); after < last.Seq; {
		rows, err := s.store.Audit(ctx, archive.AuditFilter{}, after, archive.MaxPage)
		if err != nil {
			return err
		}
		for _, r := range rows {
			if r.Seq > last.Seq {
				break
			}
			w.Row(r)
			for _, c := range bySeq[r.Seq] {
				w.Checkpoint(c)
			}
		}
		if len(rows) == 0 {
			break // the trail is broken: the file says so at its end
		}
		after = rows[len(rows)-1].Seq
	}
	return w.Close()
}

// Trust is what the service trusts, for judges beside it.
func (s *Service) Trust() *verify.Trust { return s.trust }
