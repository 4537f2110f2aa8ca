package judge

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// jvm judges with veraPDF and EU DSS in one process.
var jvm = &resident{name: "veraPDF and DSS", command: func(t testing.TB) *exec.Cmd {
	// Small heap, one compiler tier, one collector thread: several test binaries
	// run at once, and a short life does not pay for the best code.
	return exec.Command(Need(t, "java"), "-Xms64m", "-Xmx768m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1",
		"-Djava.awt.headless=true", "-cp", Need(t, "verapdf"), "antin.judge.Server")
}}

// findJava is the class path of the JVM judges.
func findJava() (string, error) {
	classes, err := installed("java/classes", "java/SOURCE", "java/pom.xml", "java/src/main/java/antin/judge/*.java")
	if err != nil {
		return "", err
	}
	return classes + string(filepath.ListSeparator) + filepath.Join(filepath.Dir(classes), "lib", "*"), nil
}

// VeraRule is a rule of the standard that the file breaks.
type VeraRule struct {
	Specification, Clause string
	Test                  int
	Count                 int // places where it is broken
	Description           string
	Message, Location     string // of the first place
}

func (r VeraRule) String() string {
	return fmt.Sprintf("%s %s-%d ×%d: %s [%s] at %s", r.Specification, r.Clause, r.Test, r.Count, r.Message, r.Description, r.Location)
}

// VeraReport is veraPDF's verdict on one file.
type VeraReport struct {
	Path      string
	Flavour   string
	Compliant bool
	Checks    int
	Failures  []VeraRule
	Error     string // veraPDF could not read the file
}

// Err is nil for a file that conforms, else every rule broken.
func (r VeraReport) Err() error {
	if r.Compliant && r.Error == "" {
		return nil
	}
	var b strings.Builder
	fmt.Fprintf(&b, "veraPDF %s: %s does not conform", r.Flavour, filepath.Base(r.Path))
	if r.Error != "" {
		fmt.Fprintf(&b, ": %s", r.Error)
	}
	for _, f := range r.Failures {
		fmt.Fprintf(&b, "\n  %s", f)
	}
	return fmt.Errorf("%s", b.String())
}

// VeraPDF asks veraPDF whether each file conforms to the flavour: "2b" is
// PDF/A-2b (ISO 19005-2), "ua1" is PDF/UA-1 (ISO 14289-1).
func VeraPDF(t testing.TB, flavour string, paths ...string) []VeraReport {
	t.Helper()
	reports := make([]VeraReport, len(paths))
	for i, path := range paths {
		reports[i] = VeraReport{Path: path, Flavour: flavour}
		jvm.ask(t, map[string]any{"judge": "verapdf", "path": absolute(t, path), "flavour": flavour}, &reports[i])
	}
	return reports
}

// Conforms fails the test unless every file conforms to the flavour.
func Conforms(t testing.TB, flavour string, paths ...string) {
	t.Helper()
	for _, r := range VeraPDF(t, flavour, paths...) {
		if err := r.Err(); err != nil {
			t.Error(err)
		}
	}
}

// DSSSignature is EU DSS's verdict on one signature (ETSI EN 319 102-1).
type DSSSignature struct {
	Field         string
	Indication    string // TOTAL_PASSED, TOTAL_FAILED or INDETERMINATE
	SubIndication string // such as HASH_FAILURE, "" when passed
	Level         string // such as PAdES-BASELINE-B
	SignedBy      string
	// Changes to the file's objects after this signature as DSS sees them, each
	// "fill|extension|annotation|undefined ACTION PATH". DSS does not tie a new
	// value to a locked field (6.4), so a changed number shows here only.
	Changes  []string
	Errors   []string
	Warnings []string
	Info     []string
}

// DSSTimestamp is EU DSS's verdict on one timestamp; PASSED is good.
type DSSTimestamp struct {
	Indication, SubIndication string
	ProducedBy, Time          string
	Errors, Warnings          []string
}

// DSSReport is EU DSS's verdict on one file.
type DSSReport struct {
	Path       string
	Signatures []DSSSignature
	Timestamps []DSSTimestamp
	Error      string // DSS could not read the file
}

// Err is nil when there is a signature and DSS passes all of them.
func (r DSSReport) Err() error {
	var b strings.Builder
	if r.Error != "" {
		fmt.Fprintf(&b, "\n  %s", r.Error)
	} else if len(r.Signatures) == 0 {
		b.WriteString("\n  no signature")
	}
	for _, s := range r.Signatures {
		if s.Indication != "TOTAL_PASSED" {
			fmt.Fprintf(&b, "\n  %s: %s %s %q %q", s.Field, s.Indication, s.SubIndication, s.Errors, s.Warnings)
		}
	}
	for _, s := range r.Timestamps {
		if s.Indication != "PASSED" {
			fmt.Fprintf(&b, "\n  timestamp %s: %s %s %q %q", s.ProducedBy, s.Indication, s.SubIndication, s.Errors, s.Warnings)
		}
	}
	if b.Len() == 0 {
		return nil
	}
	return fmt.Errorf("DSS: %s:%s", filepath.Base(r.Path), b.String())
}

// DSS asks EU DSS, offline, with its default policy made stricter: a change after
// signing that DocMDP, FieldMDP or a field lock forbids, or that DSS cannot
// explain, fails the signature where DSS by itself only warns.
func DSS(t testing.TB, path string, trust Trust) DSSReport {
	t.Helper()
	return askDSS(t, path, trust, false)
}

// DSSDefault asks with DSS's default policy as it is shipped.
func DSSDefault(t testing.TB, path string, trust Trust) DSSReport {
	t.Helper()
	return askDSS(t, path, trust, true)
}

func askDSS(t testing.TB, path string, trust Trust, lenient bool) DSSReport {
	t.Helper()
	r := DSSReport{Path: path}
	jvm.ask(t, map[string]any{
		"judge": "dss", "path": absolute(t, path), "trust": trust.Roots, "crls": trust.CRLs,
		"at": trust.moment(), "lenient": lenient,
	}, &r)
	return r
}
