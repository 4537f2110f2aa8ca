package verify_test

import (
	"slices"
	"strings"
	"testing"

	"antin/signer/verify"
)

// attacks are all attacked variants.
func attacks() []sample {
	return slices.Concat(attacksOnBytes(), attacksByRevision(), attacksOnTrust())
}

func TestAttacks(t *testing.T) {
	all := attacks()
	if len(all) < 60 {
		t.Fatalf("%d attacked samples, want at least 60", len(all))
	}
	seen := map[string]bool{}
	for _, s := range all {
		if seen[s.name] {
			t.Fatalf("two samples named %s", s.name)
		}
		seen[s.name] = true
		t.Run(s.name, func(t *testing.T) {
			o := options()
			if s.opt != nil {
				s.opt(&o)
			}
			r := check(t, s.make(), o)
			if r.Indication == verify.TotalPassed || r.Indication != s.indication || r.SubIndication != s.sub {
				t.Errorf("%s %s, want %s %s\n%s", r.Indication, r.SubIndication, s.indication, s.sub, failures(r))
			}
			if !refusedFor(r, s.check, s.code) {
				t.Errorf("not refused for %s/%s:\n%s", s.check, s.code, failures(r))
			}
			if strings.ContainsAny(r.Conclusion+r.ConclusionEN, "{}") || r.Conclusion == "" || r.ConclusionEN == "" {
				t.Errorf("conclusion %q, %q", r.Conclusion, r.ConclusionEN)
			}
		})
	}
}

// refusedFor reports whether a check failed with this code, or a change with
// this code was found and not allowed.
func refusedFor(r *verify.Report, check, code string) bool {
	failed := func(list []verify.Check) bool {
		return slices.ContainsFunc(list, func(c verify.Check) bool {
			return c.ID == check && c.Code == code && c.Status == verify.Failed
		})
	}
	if failed(r.Checks) {
		return true
	}
	for _, s := range r.Signatures {
		if failed(s.Checks) {
			return true
		}
		if check == "changes" && slices.ContainsFunc(s.Changes, func(c verify.Change) bool { return c.Code == code && !c.Allowed }) {
			return true
		}
	}
	return false
}
