package judge

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// python judges with pyHanko.
var python = &resident{name: "pyHanko", command: func(t testing.TB) *exec.Cmd {
	script, err := sources.ReadFile("python/judge.py")
	if err != nil {
		t.Fatalf("judge pyHanko: %v", err)
	}
	return exec.Command(Need(t, "pyhanko"), "-I", "-c", string(script))
}}

func findVenv(program string) (string, error) {
	return installed("python/bin/"+program, "python/SOURCE", "python/requirements.txt")
}

func findPython() (string, error) { return findVenv("python") }

// PyHankoSignature is pyHanko's verdict on one signature or document timestamp.
type PyHankoSignature struct {
	Field     string
	Timestamp bool // a document timestamp
	Signer    string
	Intact    bool // digest of the covered bytes is the signed one
	Valid     bool // the signature over it verifies
	Trusted   bool // the chain leads to a root given
	// Coverage: ENTIRE_FILE, ENTIRE_REVISION, CONTIGUOUS_BLOCK_FROM_START, UNCLEAR.
	Coverage string
	// Modification after it: NONE, LTA_UPDATES, FORM_FILLING, ANNOTATIONS, OTHER.
	Modification string
	DocMDPOK     *bool `json:"docmdpOk"` // nil: it sets no policy
	BottomLine   bool  // pyHanko's verdict, all of the above taken together
	Summary      string
	TrustProblem string
	DiffError    string // what the difference analysis objects to
	Error        string // pyHanko could not validate it
}

// PyHankoReport is pyHanko's verdict on one file.
type PyHankoReport struct {
	Path          string
	Signatures    []PyHankoSignature // signatures in order, then document timestamps
	Certification string             // DocMDP level: FILL_FORMS for P=2, "" for none
	OK            bool               // there is a signature, and every bottom line is good
	Error         string             // pyHanko could not read the file
}

// Err is nil for a file that pyHanko accepts whole.
func (r PyHankoReport) Err() error {
	if r.OK && r.Error == "" {
		return nil
	}
	var b strings.Builder
	fmt.Fprintf(&b, "pyHanko: %s:", filepath.Base(r.Path))
	switch {
	case r.Error != "":
		fmt.Fprintf(&b, "\n  %s", r.Error)
	case len(r.Signatures) == 0:
		b.WriteString("\n  no signature")
	}
	for _, s := range r.Signatures {
		fmt.Fprintf(&b, "\n  %s: bottom line %t, %s %s %s %s", s.Field, s.BottomLine, s.Summary, s.DiffError, s.TrustProblem, s.Error)
	}
	return fmt.Errorf("%s", b.String())
}

// PyHanko asks pyHanko with its difference analysis on and a strict reader.
func PyHanko(t testing.TB, path string, trust Trust) PyHankoReport {
	t.Helper()
	r := PyHankoReport{Path: path}
	rule := trust.Revocation
	switch {
	case rule != "":
	case len(trust.CRLs) > 0:
		rule = "require"
	default:
		rule = "soft-fail"
	}
	python.ask(t, map[string]any{
		"path": absolute(t, path), "trust": trust.Roots, "crls": trust.CRLs,
		"at": trust.moment(), "revocation": rule,
	}, &r)
	return r
}
