package verify_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"antin/internal/pdf"
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

// A change stays found, and an honest file stays good, among many later
// revisions, where most of the document is not walked again.
func TestAmongManyRevisions(t *testing.T) {
	many := func(data []byte) ([]byte, bool) {
		f := open(data)
		if _, ok := dictAt(f, root(f))["Metadata"].(pdf.Ref); !ok {
			return nil, false
		}
		for i := range 4 {
			data = edit(saved(data), func(f *pdf.File) pdf.Ref { return f.Trailer()["Info"].(pdf.Ref) }, func(d pdf.Dict, _ *pdf.Update) {
				d["ModDate"] = pdf.Date(later.Add(time.Duration(i) * time.Minute))
			})
		}
		return data, true
	}
	n := 0
	for _, s := range attacksByRevision() {
		data, ok := many(s.make())
		if !ok {
			continue
		}
		n++
		r := check(t, data, options())
		if r.Indication != s.indication || !refusedFor(r, s.check, s.code) {
			t.Errorf("%s: %s\n%s", s.name, r.Indication, failures(r))
		}
	}
	if n < 60 {
		t.Errorf("tried %d", n)
	}
	for _, s := range harmless() {
		data, ok := many(s.make())
		if !ok || s.name == "new-line-at-the-end" {
			continue
		}
		o := options()
		if s.opt != nil {
			s.opt(&o)
		}
		if r := check(t, data, o); r.Indication != verify.TotalPassed {
			t.Errorf("%s: %s\n%s", s.name, r.Indication, failures(r))
		}
	}
}
