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

## The clauses, and what they were checked against

The standards themselves are sold and were not at hand. "Quoted" means that public source code carries the text of the
clause or table; "cited" that independent implementations cite the clause by this number for this matter. Nothing here
replaces a look into the standard.

| clause | says | checked against |
|---|---|---|
| ISO 32000-1, 7.5.4, 7.5.5, 7.5.6 | cross-reference table; %%EOF is the last line; updates are appended, each section after the one before | quoted (7.5.5), cited (7.5.4, 7.5.6) |
| ISO 32000-1, 12.2, 14.4 | DisplayDocTitle; the first identifier stays | quoted |
| ISO 32000-1, 12.5.5 | appearance streams | cited, pyHanko among others |
| ISO 32000-1, 12.7.2, 12.7.3.3, 12.7.4.5 | form dictionary; variable text; signature fields | cited |
| ISO 32000-1, 12.8.2.2.1 | one DocMDP signature, and it is the first | quoted, DSS among others. ISO 32000-2 says it in 12.8.1: approvals follow the certification |
| ISO 32000-1, 12.8.2.2.2, 12.8.2.4 | comparing versions; FieldMDP | quoted from ISO 32000-2, which kept the numbers |
| ISO 32000-1, tables 252, 254, 256, 257 | signature dictionary; P=1, 2, 3; FieldMDP; kinds of signature | quoted (254, 256), pyHanko (254); 252 and 257 by their successors 255 and 260 |
| ISO 32000-2, 12.8.2.2.1, table 257 | a security store and document time-stamps are no change, at any P | quoted |
| ISO 32000-2, 12.8.3.3.1, 12.8.3.4.3 | zero padding; attributes of PAdES; one SignerInfo | quoted |
| ISO 32000-2, 12.8.5, tables 255, 261, 262 | document time-stamp; security store | quoted |
| ETSI EN 319 102-1, 5.2.5, 5.3, 5.5 | freshness; basic validation; validation with time | cited, pyHanko among others |
| ETSI EN 319 102-1, tables 5 and 6 | indications and sub-indications, TRY_LATER among them | quoted in the messages of DSS (version 1.3.1) |
| RFC 5280, 4.2, 4.2.1.3, 4.2.1.9, 4.2.1.12; RFC 6960, 4.2.2.2, 4.4.4 | critical extensions; key usage; basic constraints; extended usage; responders; archive cutoff | quoted or cited, Go's crypto/x509 and pyHanko among others |
| RFC 3161, appendix A; RFC 5652, 11 | imprint of a signature time-stamp; attributes | quoted |
| "Attacks on PDF Certification", 2021 | evil annotation, sneaky signature | the authors' summary |
| Nghị định 30/2020/NĐ-CP, Điều 32.2 | the clerk seals what the person in authority has signed (d), and what the agency issues is sealed (c) | the text |
| Thông tư 15/2025/TT-BKHCN, Điều 6.4, Phụ lục II | what is shown; a warning when revocation cannot be checked | notes on it only, not the text: to be confirmed |

Two answers are stricter than the standards, on purpose: instantiating page templates, which P=2 allows, is refused, and
so is any annotation with a picture of its own, which P=3 allows.

`
