package verify_test

import (
	"encoding/pem"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"antin/internal/judge"
	"antin/signer/testpki"
	"antin/signer/verify"
)

var update_ = flag.Bool("update", false, "write docs/verification-corpus.md anew")

const corpusDoc = "../../docs/verification-corpus.md"

// verdicts are what the three judges say of one file.
type verdicts struct {
	sample
	harmless         bool
	report           *verify.Report
	pyHanko, dss     bool // accepted whole
	pyHankoSay, dssS string
}

// TestJudgesOnCorpus asks pyHanko and DSS about every file of both halves of
// the corpus. Where one of them disagrees with verify, the table in docs must
// say which clause decides.
func TestJudgesOnCorpus(t *testing.T) {
	judge.Need(t, "pyhanko")
	judge.Need(t, "dss")
	dir := t.TempDir()
	var all []verdicts
	ask := func(s sample, harmless bool) {
		o := options()
		if s.opt != nil {
			s.opt(&o)
		}
		data := s.make()
		path := filepath.Join(dir, s.name+".pdf")
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		trust := judge.Trust{At: o.Now}
		if o.Trust != nil {
			trust.Roots = testpki.PEM(o.Trust.Anchors()...)
			for _, l := range o.Trust.CRLs() {
				trust.CRLs = append(trust.CRLs, pem.EncodeToMemory(&pem.Block{Type: "X509 CRL", Bytes: l.Raw}))
			}
		} else {
			trust.Roots = testpki.PEM(stranger().Root.Certificate)
		}
		v := verdicts{sample: s, harmless: harmless, report: check(t, data, o)}
		py, dss := judge.PyHanko(t, path, trust), judge.DSS(t, path, trust)
		v.pyHanko, v.dss = py.Err() == nil, dss.Err() == nil
		v.pyHankoSay, v.dssS = sayPyHanko(py), sayDSS(dss)
		all = append(all, v)
	}
	for _, s := range harmless() {
		ask(s, true)
	}
	for _, s := range attacks() {
		ask(s, false)
	}
	doc := corpusTable(t, all)
	if *update_ {
		if err := os.WriteFile(corpusDoc, []byte(doc), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(corpusDoc)
	if err != nil {
		t.Fatal(err)
	}
	if string(want) != doc {
		t.Errorf("%s is out of date: run the test with -update and read what changed", corpusDoc)
	}
}

func sayPyHanko(r judge.PyHankoReport) string {
	// Only what is the same in every run: the texts name objects in any order.
	kind := func(s string) string {
		kind, _, _ := strings.Cut(s, ":")
		return strings.TrimPrefix(kind, "AdESIndeterminate.")
	}
	if r.Error != "" {
		return "cannot read (" + kind(r.Error) + ")"
	}
	if len(r.Signatures) == 0 {
		return "no signature"
	}
	var parts []string
	for _, s := range r.Signatures {
		word := "valid"
		switch {
		case s.BottomLine:
		case s.Error != "":
			word = "refused (" + kind(s.Error) + ")"
		case s.DiffError != "":
			word = "refused (changes)"
		case s.TrustProblem != "":
			word = "refused (" + kind(s.TrustProblem) + ")"
		default:
			word = "refused (" + kind(s.Summary) + ")"
		}
		parts = append(parts, word)
	}
	return strings.Join(parts, "; ")
}

func sayDSS(r judge.DSSReport) string {
	if r.Error != "" {
		return "cannot read"
	}
	if len(r.Signatures)+len(r.Timestamps) == 0 {
		return "no signature"
	}
	var parts []string
	for _, s := range r.Signatures {
		parts = append(parts, strings.TrimSpace(s.Indication+" "+s.SubIndication))
	}
	for _, s := range r.Timestamps {
		parts = append(parts, strings.TrimSpace("timestamp "+s.Indication+" "+s.SubIndication))
	}
	return strings.Join(parts, "; ")
}

// corpusTable is docs/verification-corpus.md. A disagreement without an
// explanation fails the test.
func corpusTable(t *testing.T, all []verdicts) string {
	var b strings.Builder
	b.WriteString(corpusHead)
	count := func(harmless bool) (n, py, dss int) {
		for _, v := range all {
			if v.harmless == harmless {
				n++
				if v.pyHanko == harmless {
					py++
				}
				if v.dss == harmless {
					dss++
				}
			}
		}
		return
	}
	n, py, dss := count(true)
	m, pyA, dssA := count(false)
	fmt.Fprintf(&b, "| | files | Antin right | pyHanko agrees | DSS agrees |\n|---|---|---|---|---|\n| harmless | %d | %d | %d | %d |\n| attacked | %d | %d | %d | %d |\n", n, n, py, dss, m, m, pyA, dssA)
	for _, half := range []bool{true, false} {
		title := "\n## Harmless: all must pass\n\n"
		if !half {
			title = "\n## Attacked: none may pass\n\n"
		}
		b.WriteString(title + "| file | Antin | pyHanko | DSS | why they differ |\n|---|---|---|---|---|\n")
		for _, v := range all {
			if v.harmless != half {
				continue
			}
			why := ""
			for _, j := range []struct {
				name string
				ok   bool
			}{{"pyHanko", v.pyHanko}, {"DSS", v.dss}} {
				if j.ok == v.harmless {
					continue
				}
				reason := differences[j.name+" "+v.name]
				if reason == "" {
					t.Errorf("%s on %s: no explanation (pyHanko: %s; DSS: %s)", j.name, v.name, v.pyHankoSay, v.dssS)
				}
				why += "**" + j.name + "**: " + reason + " "
			}
			ours := string(v.report.Indication)
			if v.report.SubIndication != "" {
				ours += " " + string(v.report.SubIndication)
			}
			if v.check != "" {
				ours += " (" + v.check + "/" + v.code + ")"
			}
			fmt.Fprintf(&b, "| %s | %s | %s | %s | %s |\n", v.name, ours, cell(v.pyHankoSay), cell(v.dssS), strings.TrimSpace(why))
		}
	}
	return b.String()
}

func cell(s string) string {
	s = strings.Join(strings.Fields(strings.NewReplacer("|", "/", "\n", " ").Replace(s)), " ")
	if r := []rune(s); len(r) > 160 {
		return string(r[:160]) + "…"
	}
	return s
}

const corpusHead = `# What other validators say of the verification corpus

Made by ` + "`go test ./signer/verify -run JudgesOnCorpus -update`" + `; do not edit by hand. Every file is made by the
tests themselves from issued documents and contracts of the test PKI; each has its own trust anchors, CRLs and
moment of validation. pyHanko runs with its difference analysis and revocation required; DSS with its default policy
made strict on changes after signing, visible ones too, and told which field a changed value is in (see internal/judge). "Agrees" means: accepts a harmless file whole, refuses
an attacked one.

Where a judge differs, the last column names the clause that decides.

`
