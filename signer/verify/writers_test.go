package verify_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"antin/internal/judge"
	"antin/signer/verify"
)

// Documents that another program wrote, with object streams, cross-reference
// streams or linearized, are signed twice, filled and verified like ours.
func TestOtherWriters(t *testing.T) {
	judge.Need(t, "qpdf")
	for name, args := range map[string][]string{
		"object streams":            {"--object-streams=generate"},
		"linearized":                {"--linearize"},
		"linearized object streams": {"--linearize", "--object-streams=generate"},
		"unpacked":                  {"--qdf", "--object-streams=disable"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			in, out := filepath.Join(dir, "in.pdf"), filepath.Join(dir, "out.pdf")
			must(os.WriteFile(in, draft(nil), 0o600))
			cmd := exec.CommandContext(t.Context(), "qpdf", append(args, in, out)...)
			if said, err := cmd.CombinedOutput(); err != nil {
				t.Fatalf("%v: %s", err, said)
			}
			data, err := os.ReadFile(out)
			must(err)
			r := check(t, store(sealed(certified(data)), nil, crls(), nil), options())
			if r.Indication != verify.TotalPassed {
				t.Errorf("%s %s\n%s", r.Indication, r.SubIndication, failures(r))
			}
			for _, c := range r.Checks {
				if c.Status != verify.Passed {
					t.Errorf("%s/%s: %s", c.ID, c.Code, c.MessageEN)
				}
			}
		})
	}
}
