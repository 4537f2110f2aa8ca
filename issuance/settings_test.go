package issuance_test

import (
	"strings"
	"testing"

	"antin/archive"
	"antin/issuance"
	"antin/signer/verify"
)

// TestRecordSettings: a change of what the service runs with is in the trail,
// once, whichever instance starts with it.
func TestRecordSettings(t *testing.T) {
	onBothStores(t, func(t *testing.T, store archive.Store) {
		with := func(change func(*issuance.Options)) *issuance.Service {
			s, _ := newService(t, func(o *issuance.Options) {
				o.Store, o.AuditKey = store, auditKey(t)
				if change != nil {
					change(o)
				}
			})
			return s
		}
		outside := map[string]string{"ANTIN_TIMESTAMP_URL": "https://tsa.example.vn"}
		record := func(s *issuance.Service, outside map[string]string, want bool) {
			t.Helper()
			if got, err := s.RecordSettings(t.Context(), outside); err != nil || got != want {
				t.Errorf("recorded %t, want %t, %v", got, want, err)
			}
		}
		record(with(nil), outside, true)
		record(with(nil), outside, false)
		record(with(nil), nil, true)
		record(with(func(o *issuance.Options) { o.Trust = &verify.Trust{} }), nil, true)
		record(with(func(o *issuance.Options) { o.AuditKey = nil }), nil, true)
		record(with(func(o *issuance.Options) { o.PublicURL = "https://khac.example.vn" }), nil, true)
		rows, err := store.Audit(t.Context(), archive.AuditFilter{Action: archive.ActionConfigChange}, 0, 0)
		if err != nil || len(rows) != 5 {
			t.Fatalf("%d rows, %v", len(rows), err)
		}
		if first := string(rows[0].Detail); !strings.Contains(first, "tsa.example.vn") || !strings.Contains(first, "qd-huong-tctn@") || strings.Contains(first, `"trust":null`) {
			t.Errorf("%s", first)
		}
		if !strings.Contains(string(rows[2].Detail), `"trust":null`) {
			t.Errorf("%s", rows[2].Detail)
		}
	})
}
