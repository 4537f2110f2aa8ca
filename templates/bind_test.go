package templates

import (
	"encoding/json"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"antin/templates/layout"
	"antin/templates/vietnamese"
)

var update = flag.Bool("update", false, "write the golden files anew")

// demoEnv is the demonstration agency that issues the form.
func demoEnv(tb testing.TB, f *Form) Env {
	tb.Helper()
	a, err := DemoAgency(f.DemoKind())
	if err != nil {
		tb.Fatal(err)
	}
	return Env{Agency: a, LookupCode: "7K3M-Q9XR-2TBD", LookupURL: "https://example.vn/tra-cuu/7K3M-Q9XR-2TBD", Notice: "KHÔNG CÓ GIÁ TRỊ PHÁP LÝ"}
}

func TestGolden(t *testing.T) {
	for _, f := range catalogue(t).All() {
		t.Run(f.Where(), func(t *testing.T) {
			doc, err := f.Bind(f.Sample(), demoEnv(t, f))
			if err != nil {
				t.Fatal(err)
			}
			got := dump(doc)
			name := filepath.Join("testdata", "golden", f.ID+"."+f.Version+".txt")
			if *update {
				if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(name, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			want, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			if got != string(want) {
				t.Errorf("document differs from %s; look at it and run go test -update\n%s", name, firstDifference(got, string(want)))
			}
		})
	}
}

func firstDifference(a, b string) string {
	la, lb := strings.Split(a, "\n"), strings.Split(b, "\n")
	for i := range min(len(la), len(lb)) {
		if la[i] != lb[i] {
			return "got  " + la[i] + "\nwant " + lb[i]
		}
	}
	return "one is longer than the other"
}

// sample changes keys of a form's sample; nil deletes.
func sample(tb testing.TB, f *Form, change map[string]any) []byte {
	tb.Helper()
	var m map[string]any
	if err := json.Unmarshal(f.Sample(), &m); err != nil {
		tb.Fatal(err)
	}
	for k, v := range change {
		if v == nil {
			delete(m, k)
			continue
		}
		m[k] = v
	}
	data, err := json.Marshal(m)
	if err != nil {
		tb.Fatal(err)
	}
	return data
}

func form(tb testing.TB, id string) *Form {
	tb.Helper()
	f, err := catalogue(tb).Choose(id, "", time.Time{})
	if err != nil {
		tb.Fatal(err)
	}
	return f
}

func TestProblems(t *testing.T) {
	type m = map[string]any
	for _, c := range []struct {
		name, id string
		change   m
		pointer  string
		code     Code
		say      string // in the Vietnamese message
	}{
		{"missing", "qd-huong-tctn", m{"full_name": nil}, "/full_name", dataMissing, "Họ và tên"},
		{"null", "qd-huong-tctn", m{"full_name": json.RawMessage("null")}, "/full_name", dataMissing, ""},
		{"empty", "qd-huong-tctn", m{"full_name": ""}, "/full_name", dataEmpty, ""},
		{"blanks", "qd-huong-tctn", m{"full_name": "   "}, "/full_name", dataEmpty, ""},
		{"unknown", "qd-huong-tctn", m{"ful_name": "x"}, "/ful_name", dataUnknown, "full_name"},
		{"wrong type", "qd-huong-tctn", m{"full_name": 3}, "/full_name", dataWrongType, "chữ"},
		{"number as text", "qd-huong-tctn", m{"paid_months": "74"}, "/paid_months", dataWrongType, "số"},
		{"fraction", "qd-huong-tctn", m{"monthly_amount": 1.5}, "/monthly_amount", dataNotWhole, ""},
		{"too small", "qd-huong-tctn", m{"paid_months": 3}, "/paid_months", dataRange, "12"},
		{"100 kB name", "qd-huong-tctn", m{"full_name": strings.Repeat("Ậ", 50_000)}, "/full_name", dataTooLong, "100"},
		{"101 letters", "qd-huong-tctn", m{"full_name": strings.Repeat("Ậ", 101)}, "/full_name", dataTooLong, "101"},
		{"bad date", "qd-huong-tctn", m{"birth_date": "1990-02-30"}, "/birth_date", dataBadDate, "1990-02-30"},
		{"emoji", "qd-huong-tctn", m{"full_name": "Nguyễn 😀"}, "/full_name", badGlyph, "U+1F600"},
		{"control", "qd-huong-tctn", m{"full_name": "Nguyễn\u0007"}, "/full_name", badControl, "U+0007"},
		{"line break", "qd-huong-tctn", m{"full_name": "Nguyễn\nVăn"}, "/full_name", badBreak, "U+000A"},
		{"bidi", "qd-huong-tctn", m{"full_name": "a\u202eb"}, "/full_name", badDirection, "U+202E"},
		{"zero width", "qd-huong-tctn", m{"full_name": "a\u200bb"}, "/full_name", badInvisible, "U+200B"},
		{"han", "qd-huong-tctn", m{"full_name": "王"}, "/full_name", badGlyph, "U+738B"},
		{"pattern", "qd-huong-tctn", m{"personal_id": "12"}, "/personal_id", dataPattern, "12 chữ số"},
		{"required in this case", "qd-huong-tctn", m{"bank_name": nil}, "/bank_name", dataMissingHere, ""},
		{"rule", "qd-huong-tctn", m{"benefit_end": "2025-06-01"}, "/benefit_end", dataRule, "sau ngày bắt đầu"},
		{"list in list", "qd-huong-tctn", m{"notices": []any{m{"from_date": "2025-07-20"}, m{"from_date": "x", "to_date": "2025-07-20"}}}, "/notices/0/to_date", dataMissing, ""},
		{"list entry", "qd-huong-tctn", m{"notices": []any{3, 4}}, "/notices/1", dataWrongType, ""},
		{"too few", "qd-huong-tctn", m{"notices": []any{}}, "/notices", dataTooFew, "ít nhất 2"},
		{"too many", "qd-huong-tctn", m{"notices": make([]any, 12)}, "/notices", dataTooMany, "nhiều nhất 11"},
		{"enum", "cv-khong-cap-gpld", m{"request": "extent"}, "/request", dataNotInList, "extend"},
		{"signatory", "qd-huong-tctn", m{"signatory": "giam-doe"}, "/signatory", dataUnknownSignatory, "giam-doc"},
		{"second date not later", "phieu-xin-loi", m{"new_date": "2026-05-05"}, "/new_date", dataRule, "phải sau"},
		{"sum of a list", "qd-kham-bnn", m{"total_amount": 1}, "/total_amount", dataRule, "tổng cột"},
		{"sum over lists in lists", "qd-ho-tro-huan-luyen", m{"total_amount": 1_350_001}, "/total_amount", dataRule, "mọi người"},
		{"sum against a number", "cv-cung-ung-lao-dong", m{"scale": "under_100"}, "/positions", dataRule, "dưới 100"},
		{"photo", "gpld-12-pli", m{"photo": "AAAA"}, "/photo", dataPhoto, "JPEG"},
		{"no photo", "gpld-12-pli", m{"photo": nil}, "/photo", dataMissing, "Ảnh"},
		{"pointer", "qd-huong-tctn", m{"a/b~c": 1}, "/a~1b~0c", dataUnknown, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := form(t, c.id)
			_, err := f.Bind(sample(t, f, c.change), demoEnv(t, f))
			var de *DataError
			if !asData(err, &de) {
				t.Fatalf("error %v, want *DataError", err)
			}
			i := slices.IndexFunc(de.Problems, func(p Problem) bool { return p.Pointer == c.pointer && p.Code == c.code })
			if i < 0 {
				t.Fatalf("no %s at %s in:\n%s", c.code, c.pointer, de.Message("en"))
			}
			vi, en := de.Problems[i].Message("vi"), de.Problems[i].Message("en")
			if !strings.Contains(vi, c.say) {
				t.Errorf("message %q does not say %q", vi, c.say)
			}
			if placeholder.MatchString(vi+en) || vi == en && c.code != dataRule {
				t.Errorf("message not filled: %q / %q", vi, en)
			}
		})
	}
}

var placeholder = regexp.MustCompile(`\{[a-z_]+\??\}`)

func asData(err error, to **DataError) bool {
	d, ok := errors.AsType[*DataError](err)
	*to = d
	return ok
}

func TestAllProblemsAtOnce(t *testing.T) {
	f := form(t, "qd-huong-tctn")
	_, err := f.Bind([]byte(`{"full_name":7,"nonsense":1,"birth_date":"x"}`), demoEnv(t, f))
	var de *DataError
	if !asData(err, &de) || len(de.Problems) < 15 {
		t.Fatalf("want every problem, got %v", err)
	}
}

func TestInputBounds(t *testing.T) {
	f := form(t, "qd-huong-tctn")
	env := demoEnv(t, f)
	for _, c := range []struct {
		name, data string
		code       Code
	}{
		{"oversize", `{"full_name":"` + strings.Repeat("a", MaxData) + `"}`, dataTooLarge},
		{"not json", `{"full_name":`, dataNotJSON},
		{"deep", strings.Repeat("[", 100_000), dataNotJSON},
		{"array", `[]`, dataWrongType},
		{"twice", `{"full_name":"a","full_name":"b"}`, dataDuplicate},
		{"trailing", `{} {}`, dataNotJSON},
		{"empty", ``, dataNotJSON},
	} {
		_, err := f.Bind([]byte(c.data), env)
		var de *DataError
		if !asData(err, &de) || de.Problems[0].Code != c.code {
			t.Errorf("%s: %v, want %s", c.name, err, c.code)
		}
	}
	if _, err := f.Bind(f.Sample(), Env{}); err == nil {
		t.Error("no agency: no error")
	}
}

// TestNFD: decomposed text becomes composed before anything else sees it.
func TestNFD(t *testing.T) {
	f := form(t, "qd-huong-tctn")
	doc, err := f.Bind(sample(t, f, map[string]any{"full_name": "Nguye\u0302\u0303n Thi\u0323 Minh Cha\u0302u"}), demoEnv(t, f))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(plain(doc), "Nguyễn Thị Minh Châu") {
		t.Error("the name is not in NFC in the document")
	}
}

// TestOptionalPiecesLeaveNoTrace binds every form with all optional fields
// left out and looks for what a careless gap would leave.
func TestOptionalPiecesLeaveNoTrace(t *testing.T) {
	for _, f := range catalogue(t).All() {
		drop := map[string]any{}
		for _, x := range f.Fields {
			if x.optional() {
				drop[x.Name] = nil
			}
		}
		data := sample(t, f, drop)
		if f.Check(data, demoEnv(t, f)) != nil {
			continue // a field needed in the sample's case
		}
		doc, err := f.Bind(data, demoEnv(t, f))
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.SplitSeq(plain(doc), "\n") {
			for _, bad := range []string{"  ", " ,", " ;", ",,", ",;", "( ", " )", "()", "[?", " ./."} {
				if strings.Contains(line, bad) {
					t.Errorf("%s: %q in %q", f.Where(), bad, line)
				}
			}
		}
	}
}

// TestLegalSentences looks for every sentence of the act, cut at the places to
// fill in, in the order of the act in the text of the bound document.
func TestLegalSentences(t *testing.T) {
	for _, f := range catalogue(t).All() {
		if f.Legal() == nil {
			continue
		}
		doc, err := f.Bind(f.Sample(), demoEnv(t, f))
		if err != nil {
			t.Fatal(err)
		}
		have := map[string]int{}
		for _, w := range tokens(plain(doc), 0, nil) {
			have[w.text]++
		}
		missing := 0
		for _, s := range f.Legal().Sentences() {
			for _, w := range tokens(s, 0, nil) {
				if len(w.text) > 1 && have[w.text] == 0 {
					missing++
					if missing < 4 {
						t.Logf("%s: word %q of %q is not in the sample's document", f.Where(), w.text, s)
					}
				}
			}
		}
		if missing > 0 && !f.branches() {
			t.Errorf("%s: %d words of the act are missing from the sample's document", f.Where(), missing)
		}
	}
}

// branches tells whether the body has exclusive cases, of which a sample can
// show one only.
func (f *Form) branches() bool {
	return slices.ContainsFunc(f.blocks, func(b block) bool { return b.kind == "if" })
}

// TestLegalOriginals compares what legal.txt keeps of the act, corrections
// undone, with the copy of the act's text.
func TestLegalOriginals(t *testing.T) {
	used := map[string]bool{}
	for _, f := range catalogue(t).All() {
		if f.Legal() == nil {
			continue
		}
		names, err := filepath.Glob("testdata/law/*.txt")
		if err != nil {
			t.Fatal(err)
		}
		got, found := squeeze(f.Legal().Original()), false
		for _, n := range names {
			text, err := os.ReadFile(n)
			if err != nil {
				t.Fatal(err)
			}
			// Where the copy's columns run into one another, legal.txt puts the
			// lines back in order: then the same letters must be there.
			if squeeze(vietnamese.NFC(string(text))) == got || letters(string(text)) == letters(got) {
				found = true
				used[n] = true
			}
		}
		if !found {
			t.Errorf("%s: legal.txt is not the text of any copy in testdata/law", f.Where())
		}
	}
}

// letters sorts the letters and digits of a text.
func letters(s string) string {
	var l []rune
	for _, r := range vietnamese.NFC(s) {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			l = append(l, r)
		}
	}
	slices.Sort(l)
	return string(l)
}

func squeeze(s string) string { return strings.Join(strings.Fields(s), " ") }

// plain is the document's text, one paragraph a line.
func plain(doc *layout.Document) string {
	var b strings.Builder
	for _, s := range doc.Sections {
		plainBlocks(&b, s.Blocks)
	}
	return b.String()
}

func plainBlocks(b *strings.Builder, list []layout.Block) {
	runs := func(r []layout.Run) {
		for _, x := range r {
			if x.Tab > 0 {
				b.WriteByte('\n')
			}
			b.WriteString(x.Text)
		}
		b.WriteByte('\n')
	}
	for _, x := range list {
		switch x := x.(type) {
		case *layout.Paragraph:
			runs(x.Runs)
		case *layout.Field:
			runs(x.Lead)
		case *layout.Columns:
			for _, c := range x.Columns {
				plainBlocks(b, c.Blocks)
			}
		case *layout.Table:
			for _, r := range slices.Concat(x.Head, x.Rows) {
				for _, c := range r.Cells {
					for _, p := range c.Paragraphs {
						runs(p.Runs)
					}
				}
			}
		case *layout.Closing:
			for _, p := range slices.Concat(x.Recipients, x.Left) {
				runs(p.Runs)
			}
			runs(x.Title)
			runs(x.Hint)
			runs([]layout.Run{x.Name})
		}
	}
}

func BenchmarkBind(b *testing.B) {
	for _, id := range []string{"qd-huong-tctn", "qd-cham-dut-tctn"} {
		b.Run(id, func(b *testing.B) {
			f := form(b, id)
			env := demoEnv(b, f)
			data := f.Sample()
			b.ReportAllocs()
			for b.Loop() {
				if _, err := f.Bind(data, env); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func FuzzBind(f *testing.F) {
	c, err := Embedded()
	if err != nil {
		f.Fatal(err)
	}
	for _, x := range c.All() {
		if !x.HasPhoto() {
			f.Add(x.ID, x.Sample())
		}
	}
	f.Add("qd-huong-tctn", []byte(`{"notices":[{"from_date":1}],"full_name":"\ud800"}`))
	f.Fuzz(func(t *testing.T, id string, data []byte) {
		x, err := c.Choose(id, "", time.Time{})
		if err != nil {
			return
		}
		a, err := DemoAgency(x.DemoKind())
		if err != nil {
			t.Fatal(err)
		}
		doc, err := x.Bind(data, Env{Agency: a})
		if err == nil && len(doc.Sections) == 0 {
			t.Fatal("a document without sections")
		}
		if d, ok := errors.AsType[*DataError](err); ok && d.Message("vi") == "" {
			t.Fatal("an error without words")
		}
	})
}
