package issuance

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"antin/archive"
)

// settings is what the service runs with and belongs to no single agency, as the
// trail keeps it. What belongs to an agency is entered by Prepare.
type settings struct {
	Trust     []string          `json:"trust"`               // each anchor: common name, SHA-256 of the certificate
	AuditKey  string            `json:"audit_key,omitempty"` // SHA-256 of the certificate
	PublicURL string            `json:"public_url"`
	Files     string            `json:"files,omitempty"` // where PDFs are kept outside the database
	Forms     []string          `json:"forms"`           // id@version
	Outside   map[string]string `json:"environment,omitempty"`
}

// RecordSettings enters in the audit trail what the service runs with (whom it
// trusts, which key signs the checkpoints, its forms, and what the caller adds,
// which must hold no secret), when the trail last said something else. recorded
// says whether it did. Instances that run with different settings enter theirs
// each time they start.
func (s *Service) RecordSettings(ctx context.Context, outside map[string]string) (recorded bool, err error) {
	now := settings{PublicURL: s.base, Outside: maps.Clone(outside)}
	for _, c := range s.trust.Anchors() {
		now.Trust = append(now.Trust, fmt.Sprintf("%s %x", c.Subject.CommonName, sha256.Sum256(c.Raw)))
	}
	slices.Sort(now.Trust)
	if s.audit != nil {
		now.AuditKey = fmt.Sprintf("%x", sha256.Sum256(s.audit.Identity.Certificate.Raw))
	}
	for _, f := range s.forms.All() {
		now.Forms = append(now.Forms, f.ID+"@"+f.Version)
	}
	slices.Sort(now.Forms)
	kept, err := s.store.Kept(ctx)
	if err != nil {
		return false, err
	}
	now.Files = kept.Where
	detail, err := json.Marshal(now)
	if err != nil {
		return false, fmt.Errorf("write down the settings: %w", err)
	}
	last, err := s.lastSettings(ctx)
	if err != nil || bytes.Equal(last, detail) {
		return false, err
	}
	_, err = s.store.Record(ctx, archive.Event{Action: archive.ActionConfigChange, Detail: detail, By: System, At: s.now().Truncate(time.Microsecond)})
	return err == nil, err
}

// lastSettings are those that the trail said last; nil at first.
func (s *Service) lastSettings(ctx context.Context) (last json.RawMessage, err error) {
	for after := int64(0); ; {
		rows, err := s.store.Audit(ctx, archive.AuditFilter{Action: archive.ActionConfigChange}, after, archive.MaxPage)
		if err != nil || len(rows) == 0 {
			return last, err
		}
		newest := rows[len(rows)-1]
		last, after = newest.Detail, newest.Seq
	}
}
