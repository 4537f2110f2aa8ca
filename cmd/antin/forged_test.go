package main

import (
	"bytes"
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"antin/internal/judge"
	"antin/internal/pdf"
	"antin/signer/testpki"
	"antin/signer/verify"
	"antin/templates"
)

// TestForgedDocuments: what people try on an issued document is refused by
// `antin verify`, which says in Vietnamese which and why, and by the judges. The
// full corpus of attacks is beside signer/verify.
func TestForgedDocuments(t *testing.T) {
	forms, err := templates.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	f, err := forms.Choose("qd-cham-dut-tctn", "", time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	path, _ := issueSample(t, dir, f)
	genuine, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	own := filepath.Join(dir, "trust", "demo-root.pem")
	stranger, err := testpki.New(testpki.Options{Now: time.Now()})
	if err != nil {
		t.Fatal(err)
	}
	strange := filepath.Join(t.TempDir(), "stranger.pem")
	if err := os.WriteFile(strange, testpki.PEM(stranger.Root.Certificate), 0o600); err != nil {
		t.Fatal(err)
	}
	trust := trustOf(t, dir)

	tests := []struct {
		name   string
		forge  func(t *testing.T, f *pdf.File) []byte
		trust  string
		at     time.Time
		judged judge.Trust
		exit   int
		sub    verify.SubIndication
		says   string
		// pdfsig knows arithmetic and coverage only: it does not judge changes
		// after a signature, trust or time.
		pdfsig bool
	}{
		{name: "a page edited after the seal", forge: editPage, exit: 1, says: "trang"},
		{name: "the number changed after the seal", forge: changeNumber, exit: 1, says: "so"},
		{name: "one byte flipped", forge: flipByte, exit: 1, sub: verify.HashFailure, says: "nội dung không còn đúng như khi ký", pdfsig: true},
		{name: "the seal stripped", forge: stripSeal, exit: 1, says: "con_dau"},
		{name: "the certificate expired", at: time.Now().AddDate(12, 0, 0), exit: 2, sub: verify.OutOfBoundsNoPOE, says: "hết hạn"},
		{name: "the root not trusted", trust: strange, judged: judge.Trust{Roots: testpki.PEM(stranger.Root.Certificate)}, exit: 2, sub: verify.NoCertificateChainFound, says: "không do tổ chức mà nó ghi tên ký"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			forged := genuine
			if test.forge != nil {
				file, err := pdf.Open(bytes.Clone(genuine), pdf.Limits{})
				if err != nil {
					t.Fatal(err)
				}
				forged = test.forge(t, file)
			}
			name := filepath.Join(t.TempDir(), "forged.pdf")
			if err := os.WriteFile(name, forged, 0o600); err != nil {
				t.Fatal(err)
			}
			root := own
			if test.trust != "" {
				root = test.trust
			}
			args := []string{"verify", name, "--json", "--trust", root, "--data", t.TempDir()}
			if !test.at.IsZero() {
				args = append(args, "--at", test.at.Format(time.RFC3339))
			}
			code, stdout, stderr := antin(t, "", args...)
			if code != test.exit {
				t.Errorf("exit %d, want %d: %s%s", code, test.exit, stdout, stderr)
			}
			var report verify.Report
			if err := json.Unmarshal([]byte(stdout), &report); err != nil {
				t.Fatal(err)
			}
			if test.sub != "" && report.SubIndication != test.sub {
				t.Errorf("sub-indication %s, want %s", report.SubIndication, test.sub)
			}
			if why := reasons(&report); !strings.Contains(strings.ToLower(why), test.says) {
				t.Errorf("the reasons do not speak of %q: %s", test.says, why)
			} else {
				t.Log(report.Conclusion, why)
			}
			judged := trust
			if test.judged.Roots != nil {
				judged = test.judged
			}
			judged.At = test.at
			if r := judge.PyHanko(t, name, judged); r.Err() == nil {
				t.Errorf("pyHanko accepts it: %+v", r)
			}
			if r := judge.DSS(t, name, judged); r.Err() == nil {
				t.Errorf("DSS accepts it: %+v", r)
			}
			if test.pdfsig {
				for _, s := range judge.Signatures(t, name) {
					if s.Valid {
						t.Errorf("pdfsig accepts %s", s.Field)
					}
				}
			}
		})
	}
}

// reasons joins what the checks that did not pass say.
func reasons(r *verify.Report) string {
	var b strings.Builder
	add := func(checks []verify.Check) {
		for _, c := range checks {
			if c.Status == verify.Failed {
				b.WriteString(c.Message + " ")
			}
		}
	}
	add(r.Checks)
	for i := range r.Signatures {
		add(r.Signatures[i].Checks)
	}
	return b.String()
}

func editPage(t *testing.T, f *pdf.File) []byte {
	u := pdf.NewUpdate(f)
	pages, err := f.Pages()
	if err != nil {
		t.Fatal(err)
	}
	page := maps.Clone(pages[0].Dict)
	extra := u.Add(pdf.Deflate(pdf.Dict{}, []byte("q 1 1 1 rg 100 400 300 20 re f Q"), 1))
	contents, err := f.Resolve(page["Contents"])
	if err != nil {
		t.Fatal(err)
	}
	if list, ok := contents.(pdf.Array); ok {
		page["Contents"] = append(append(pdf.Array{}, list...), extra)
	} else {
		page["Contents"] = pdf.Array{page["Contents"], extra}
	}
	u.Set(pages[0].Ref, page)
	return finish(t, u)
}

func changeNumber(t *testing.T, f *pdf.File) []byte {
	u := pdf.NewUpdate(f)
	ref, d := field(t, f, "so")
	d["V"] = pdf.TextString("99/QĐ-SNV")
	u.Set(ref, d)
	return finish(t, u)
}

func stripSeal(t *testing.T, f *pdf.File) []byte {
	u := pdf.NewUpdate(f)
	ref, d := field(t, f, "con_dau")
	delete(d, "V")
	u.Set(ref, d)
	return finish(t, u)
}

// flipByte changes one bit of revision 1, which both signatures cover.
func flipByte(t *testing.T, f *pdf.File) []byte {
	b := bytes.Clone(f.Bytes())
	i := bytes.Index(b, []byte("/Producer"))
	if i < 0 {
		t.Fatal("no byte to flip")
	}
	i = bytes.IndexByte(b[i:], '<') + i + 1
	if b[i] == '4' {
		b[i] = '5'
	} else {
		b[i] = '4'
	}
	return b
}

func field(t *testing.T, f *pdf.File, name string) (pdf.Ref, pdf.Dict) {
	t.Helper()
	fields, err := f.Fields()
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range fields {
		if x.Name == name {
			d, err := f.Dict(x.Ref)
			if err != nil {
				t.Fatal(err)
			}
			return x.Ref, maps.Clone(d)
		}
	}
	t.Fatalf("no field %s", name)
	return pdf.Ref{}, nil
}

func finish(t *testing.T, u *pdf.Update) []byte {
	t.Helper()
	b, err := u.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	return b
}
