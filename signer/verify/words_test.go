package verify

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"antin/internal/pdf"
)

// Every code that the sources give has its words, in both languages and with
// the same arguments.
func TestWords(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	answer := regexp.MustCompile(`(?:answer|out\.add)\("([a-z_]+)", "([a-z_0-9]*[a-z0-9])"`)
	noted := regexp.MustCompile(`finding\{check: "([a-z_]+)", code: "([a-z_]+)"`)
	changed := regexp.MustCompile(`(?:d\.add\(\w+|d\.act\(\w+|forbid\(|Change\{Code:),? ?"([a-z_]+)"`)
	n := 0
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		src, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, re := range []*regexp.Regexp{answer, noted} {
			for _, m := range re.FindAllStringSubmatch(string(src), -1) {
				n++
				if w := checks[m[1]].answers[m[2]]; w.vi == "" || w.en == "" {
					t.Errorf("%s: no words for %s/%s", name, m[1], m[2])
				}
			}
		}
		for _, m := range changed.FindAllStringSubmatch(string(src), -1) {
			n++
			z := m[1][:strings.LastIndexByte(m[1], '_')+1]
			if w := changeWords[m[1]]; (w.vi == "" || w.en == "") && zoneWords[zone(strings.TrimSuffix(z, "_"))].vi == "" {
				t.Errorf("%s: no words for change %s", name, m[1])
			}
		}
	}
	if n < 100 {
		t.Fatalf("found %d codes in the sources", n)
	}
	arg := regexp.MustCompile(`\{(\d|path)\}`)
	pair := func(where string, w text) {
		vi, en := arg.FindAllString(w.vi, -1), arg.FindAllString(w.en, -1)
		seen := map[string]bool{}
		for _, a := range vi {
			seen[a] = true
		}
		for _, a := range en {
			if !seen[a] {
				t.Errorf("%s: %s in English only", where, a)
			}
			delete(seen, a)
		}
		if len(seen) > 0 {
			t.Errorf("%s: %v in Vietnamese only", where, seen)
		}
	}
	for id, c := range checks {
		if c.question.vi == "" || c.question.en == "" {
			t.Errorf("%s has no question", id)
		}
		for code, w := range c.answers {
			pair(id+"/"+code, w)
		}
	}
	for code, w := range changeWords {
		pair(code, w)
	}
	for code, w := range conclusions {
		pair(code, w)
	}
}

// Whatever a file has too much of is named in Vietnamese in the Vietnamese
// sentence.
func TestLimitWords(t *testing.T) {
	what := regexp.MustCompile(`LimitError\{What: "([^"]+)"( \+ )?`)
	n := 0
	for _, dir := range []string{".", "../../internal/pdf"} {
		files, err := filepath.Glob(filepath.Join(dir, "*.go"))
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range files {
			src, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range what.FindAllStringSubmatch(string(src), -1) {
				whole := []string{m[1]}
				if m[2] != "" { // the trees that internal/pdf walks
					whole = []string{m[1] + "fields", m[1] + "pages"}
				}
				for _, w := range whole {
					if n++; limitWords[w].vi == "" || limitWords[w].en == "" {
						t.Errorf("%s: no words for a limit of %q", name, w)
					}
				}
			}
		}
	}
	if n < 12 {
		t.Fatalf("found %d limits in the sources", n)
	}
	for l, want := range map[*pdf.LimitError]string{
		{What: "pages", Limit: MaxPages}:                "(số trang: tối đa 5.000)",
		{What: "bytes in the file", Limit: 64 << 20}:    "(dung lượng tệp: tối đa 64 MB)",
		{What: "something unheard of", Limit: 12345678}: "(khối lượng dữ liệu phải xử lý: tối đa 12.345.678)",
	} {
		v := verifier{report: &Report{}}
		v.unreadable(l)
		if c := v.report.Checks[0]; !strings.Contains(c.Message, want) || c.Detail == "" || c.Todo == "" {
			t.Errorf("%+v", c)
		}
	}
}

// No sentence shows what only a program says: errors in English stand in
// Check.Detail.
func TestDetailStaysOutOfTheSentence(t *testing.T) {
	v := verifier{report: &Report{}, data: []byte("%PDF-")}
	v.unreadable(&pdf.SyntaxError{Offset: 7, Msg: "a stray bracket"})
	if c := v.report.Checks[0]; strings.Contains(c.Message+c.MessageEN, "bracket") || !strings.Contains(c.Detail, "offset 7: a stray bracket") {
		t.Errorf("%+v", c)
	}
}

func TestCleanKeepsALineSafe(t *testing.T) {
	for in, want := range map[string]string{
		"Nguyễn Vĩnh Nghĩa": "Nguyễn Vĩnh Nghĩa", "a\nb": "a b", "a\u202Eb": "ab", "\x1b[31mred": "[31mred",
		strings.Repeat("á", 400): strings.Repeat("á", maxArgument) + "…",
	} {
		if got := clean(in); got != want {
			t.Errorf("clean(%q) = %q, want %q", in, got, want)
		}
	}
}
