package templates

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

func day(s string) time.Time {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		panic(err)
	}
	return t
}

func TestChoose(t *testing.T) {
	c := catalogue(t)
	for _, x := range []struct{ id, version, received, want string }{
		{"qd-huong-tctn", "", "2025-06-04", "tt15-2023"},
		{"qd-huong-tctn", "", "2025-12-31", "tt15-2023"},
		{"qd-huong-tctn", "tt15-2023", "2026-06-04", "tt15-2023"}, // named: printed all the same
		{"phieu-xin-loi", "", "2025-09-14", "tt01-2018"},
		{"phieu-xin-loi", "", "2025-09-15", "tt03-2025"},
	} {
		f, err := c.Choose(x.id, x.version, day(x.received))
		if err != nil || f.Version != x.want {
			t.Errorf("Choose(%q, %q, %s) = %v, %v; want %s", x.id, x.version, x.received, f, err, x.want)
		}
	}
	var unknown *UnknownFormError
	if _, err := c.Choose("qd-houng-tctn", "", time.Time{}); !errors.As(err, &unknown) || unknown.Nearest != "qd-huong-tctn" || !strings.Contains(unknown.Message("vi"), "qd-huong-tctn") {
		t.Errorf("unknown form: %v", err)
	}
	var version *UnknownVersionError
	if _, err := c.Choose("qd-huong-tctn", "tt15-2032", time.Time{}); !errors.As(err, &version) || !strings.Contains(version.Message("en"), "tt15-2023") {
		t.Errorf("unknown version: %v", err)
	}
	var force *NotInForceError
	if _, err := c.Choose("qd-huong-tctn", "", day("2026-01-01")); !errors.As(err, &force) || force.Future ||
		!strings.Contains(force.Message("vi"), "374/2025/NĐ-CP đang chờ xác nhận") || !strings.Contains(force.Message("vi"), "tt15-2023") {
		t.Errorf("ended: %v", err)
	}
	if _, err := c.Choose("qd-huong-tctn", "", day("2024-02-14")); !errors.As(err, &force) || !force.Future || !strings.Contains(force.Message("vi"), "15/02/2024") {
		t.Errorf("not yet: %v", err)
	}
	if _, err := c.Choose("gpld-219", "", day("2025-08-06")); !errors.As(err, &force) || !strings.Contains(force.Message("vi"), "“gpld-12-pli”, có hiệu lực ngày đó") {
		t.Errorf("not yet, and another was: %v", err)
	}
	if _, err := c.Choose("gpld-12-pli", "", day("2025-08-07")); !errors.As(err, &force) || !strings.Contains(force.Message("en"), "Use its successor: 219/2025/NĐ-CP (gpld-219)") {
		t.Errorf("ended, and another is: %v", err)
	}
}

func TestSchemas(t *testing.T) {
	for _, f := range catalogue(t).All() {
		t.Run(f.Where(), func(t *testing.T) {
			var raw any
			if err := json.Unmarshal(f.Schema(), &raw); err != nil {
				t.Fatal(err)
			}
			c := jsonschema.NewCompiler()
			if err := c.AddResource("form.json", raw); err != nil {
				t.Fatal(err)
			}
			s, err := c.Compile("form.json")
			if err != nil {
				t.Fatal(err)
			}
			data, err := jsonschema.UnmarshalJSON(bytes.NewReader(f.Sample()))
			if err != nil {
				t.Fatal(err)
			}
			if err := s.Validate(data); err != nil {
				t.Errorf("the sample does not pass: %v", err)
			}
			m := data.(map[string]any)
			m["no_such_field"] = "x"
			if s.Validate(data) == nil {
				t.Error("an unknown field passes")
			}
			delete(m, "no_such_field")
			delete(m, "received_date")
			if s.Validate(data) == nil {
				t.Error("a missing field passes")
			}
		})
	}
}

// TestLintFinds plants each kind of finding.
func TestLintFinds(t *testing.T) {
	acts := "acts:\n  - {act: 1/2025/NĐ-CP, date: 2025-01-01, name: Nghị định, from: 2025-01-01, to: 2025-06-30, replaced_by: [2/2025/NĐ-CP]}\n"
	fsys := fsWith("@article Điều 2. A {full_name} {day} {kind} theo Nghị định số 1/2025/NĐ-CP.", "date: 2025-01-01, name", "name", "text: free", "text: file")
	fsys["acts.yaml"] = mapFile(acts)
	fsys["thu/v1/sample.json"] = mapFile(`{"dossier_code":"a"}`)
	c, err := Load(fsys)
	if err != nil {
		t.Fatal(err)
	}
	have := map[Code]bool{}
	for _, e := range c.Lint() {
		have[e.Code] = true
	}
	for _, want := range []Code{lintUndated, lintRepealed, lintUnused, lintNoLegal, lintSample, lintArticles, lintSigningPlace} {
		if !have[want] {
			t.Errorf("lint does not find %s", want)
		}
	}
	fsys["thu/v1/legal.txt"] = mapFile("# chép\nĐiều 2. A … … … theo nghị định số 1/2025/NĐ-CP.")
	delete(fsys, "thu/v1/sample.json")
	if c, err = Load(fsys); err != nil {
		t.Fatal(err)
	}
	have = map[Code]bool{}
	for _, e := range c.Lint() {
		have[e.Code] = true
		if e.Code == lintSentence && (e.Line != 2 || !strings.Contains(e.Message("vi"), "nghị")) {
			t.Errorf("sentence: %s %s", e.Place(), e.Message("vi"))
		}
	}
	if !have[lintSentence] || !have[lintNoSample] {
		t.Errorf("lint does not find a changed sentence or a missing sample: %v", have)
	}
}

// TestLegalMarks: a line of some cases only is compared like the others and
// belongs to the act's text, but not every document prints it.
func TestLegalMarks(t *testing.T) {
	load := func(legal string) *Form {
		fsys := fsWith("@if kind = new\nMới {full_name}\n@else\nLại {note}\n@end\n\nHết {day}.", "{name: note, type: string, label: Ghi chú, optional: true}", "{name: note, type: string, label: Ghi chú}")
		fsys["thu/v1/legal.txt"] = mapFile(legal)
		c, err := Load(fsys)
		if err != nil {
			t.Fatal(err)
		}
		return c.All()[0]
	}
	f := load("~ Mẫu 1\n? Mới ......\n? {{Laij => Lại}} ......\nHết ......\n")
	if d := f.compare(); d != nil {
		t.Errorf("differs at line %d: %q, %q", d.line, d.legal, d.form)
	}
	if got := f.Legal().Original(); got != "Mẫu 1\nMới ......\nLaij ......\nHết ......\n" {
		t.Errorf("original %q", got)
	}
	if got := f.Legal().Sentences(); len(got) != 1 || got[0] != "Hết ......" {
		t.Errorf("sentences %q", got)
	}
	if d := load("? Mới ......\n? Cũ ......\nHết ......\n").compare(); d == nil || d.line != 2 {
		t.Errorf("a changed line of one case is not found: %+v", d)
	}
}

// TestNumbers: numbers and symbols as the clerk writes them.
func TestNumbers(t *testing.T) {
	a, err := DemoAgency("")
	if err != nil {
		t.Fatal(err)
	}
	at := day("2025-06-10")
	for _, c := range []struct {
		id, unit string
		n, kind  int
		want     string
	}{
		{"qd-huong-tctn", "", 5, 0, "05/QĐ-SNV"},
		{"qd-huong-tctn", "", 1520, 0, "1520/QĐ-SNV"},
		{"tb-khong-du-dieu-kien", "", 12, 0, "12/TB-SNV"},
		{"cv-khong-cap-gpld", "", 7, 0, "07/SNV-VLATLĐ"},
		{"cv-khong-cap-gpld", "QLLĐ", 7, 0, "07/SNV-QLLĐ"},
		{"phieu-xin-loi", "", 3, 0, "03/PXL"},
		{"gpld-12-pli", "", 1, 1, "001251000.001"},
		{"gpld-12-pli", "", 12345, 3, "001253012.345"},
	} {
		f, err := catalogue(t).Choose(c.id, "", time.Time{})
		if err != nil {
			t.Fatal(err)
		}
		if got := f.FormatNumber(c.n, at, a, c.unit, c.kind); got != c.want {
			t.Errorf("%s: %q, want %q", c.id, got, c.want)
		}
	}
}

func TestAgencies(t *testing.T) {
	for _, kind := range []string{"department", "centre", "one-stop", "people-committee", "commune"} {
		a, err := DemoAgency(kind)
		if err != nil || a.Kind != kind || !a.Demonstration {
			t.Errorf("%s: %+v, %v", kind, a, err)
		}
	}
	good, err := os.ReadFile("agencies/department.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ old, put, say string }{
		{"place: Hà Nội", "plaec: Hà Nội", "plaec"},
		{"place: Hà Nội", "place: ''", "place"},
		{"key: pho-giam-doc", "key: giam-doc", "twice"},
		{"name: Lê Văn Mẫu", "name: Lê 😀", "U+1F600"},
	} {
		if _, err := ParseAgency(bytes.Replace(good, []byte(c.old), []byte(c.put), 1)); err == nil || !strings.Contains(err.Error(), c.say) {
			t.Errorf("%q: %v", c.put, err)
		}
	}
}
