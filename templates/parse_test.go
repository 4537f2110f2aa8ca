package templates

import (
	"errors"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"antin/templates/layout"
)

const testForm = `id: thu
version: v1
title: Thử
legal_basis: [{act: 1/2025/NĐ-CP, date: 2025-01-01, name: Nghị định}]
valid_from: 2025-01-01
procedures: [QT-01]
document_type: TB
book: TB
issuer: department
signing: leader+seal
signer: Giám đốc
number: standard
text: free
fields:
  - {name: full_name, type: string, label: Tên}
  - {name: note, type: string, label: Ghi chú, optional: true}
  - {name: amount, type: money, label: Tiền, optional: true}
  - {name: day, type: date, label: Ngày}
  - {name: kind, type: enum, label: Loại, values: [{value: new, label: Mới}, {value: again, label: Lại}]}
  - {name: done, type: boolean, label: Xong, optional: true}
  - name: people
    type: list
    label: Danh sách
    fields:
      - {name: name, type: string, label: Tên}
      - {name: pay, type: money, label: Tiền, optional: true}
`

// fsWith is a catalogue of one form with a body and changes to form.yaml.
func fsWith(body string, yaml ...string) fstest.MapFS {
	head := testForm
	for i := 0; i+1 < len(yaml); i += 2 {
		head = strings.Replace(head, yaml[i], yaml[i+1], 1)
	}
	return fstest.MapFS{
		"thu/v1/form.yaml": {Data: []byte(head)},
		"thu/v1/body.txt":  {Data: []byte(body)},
	}
}

const testData = `{"dossier_code":"H26-1","received_date":"2025-02-03","full_name":"An","day":"2025-03-09","kind":"new"`

// text binds a body with extra data and gives the paragraphs' text.
func text(t *testing.T, body, more string) string {
	t.Helper()
	c, err := Load(fsWith(body))
	if err != nil {
		t.Fatal(err)
	}
	f, err := c.Choose("thu", "", time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	doc, err := f.Bind([]byte(testData+more+"}"), demoEnv(t, f))
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSuffix(plain(doc), "\n")
}

func TestMarkup(t *testing.T) {
	for _, c := range []struct{ body, more, want string }{
		{"Ông {full_name}.", "", "Ông An."},
		{"Hai dòng\nliền nhau.\n\nĐoạn sau.", "", "Hai dòng liền nhau.\nĐoạn sau."},
		{"# lời ghi\nA", "", "A"},
		{"A [?B {note}] C", "", "A C"},
		{"A [?B {note}] C", `,"note":"x"`, "A B x C"},
		{"A, [?B {note},] C", "", "A, C"},
		{"A, [?B {note}], C.", "", "A, C."},
		{"A [?(B {note})].", "", "A."},
		{"A[?, B {note}]; C", "", "A; C"},
		{"[?{note}, ]rồi đến B", "", "rồi đến B"},
		{"[?Cả dòng {note}]\n\nSau", "", "Sau"},
		{"A [?B {note}]", "", "A"},
		{"A, [?B {note}]", "", "A"},
		{"A [?B {note} [?C {amount}]] D", `,"note":"x"`, "A B x D"},
		{"[?kind = new: Mới] {full_name}", "", "Mới An"},
		{"[?kind != new: Lại] {full_name}", "", "An"},
		{"[?kind = again, new: Có] {full_name}", "", "Có An"},
		{"[?!note: Không ghi chú] {full_name}", "", "Không ghi chú An"},
		{"Giá trị [?Lưu ý: {note}] hết", `,"note":"x"`, "Giá trị Lưu ý: x hết"},
		{"{day} {day | long} {day | day}/{day | month}/{day | year}", "", "09/03/2025 ngày 09 tháng 3 năm 2025 09/3/2025"},
		{"[?{amount} đồng ({amount | words} đồng)]", `,"amount":1250000`, "1.250.000 đồng (Một triệu hai trăm năm mươi nghìn đồng)"},
		{"{full_name | upper} {kind} {kind | lower} {kind | value}", "", "AN Mới mới new"},
		{`\{x\} \[y\] \* \@ \\ \_`, "", `{x} [y] * @ \ _`},
		{"* Trường hợp 1", "", "* Trường hợp 1"},
		{"@if note\nCó {note}\n@else\nKhông\n@end", "", "Không"},
		{"@if note\nCó {note}\n@else\nKhông\n@end", `,"note":"x"`, "Có x"},
		{"@each people\n{#}. {name} {# + 1}\n@end\nTổng {sum people.pay}", `,"people":[{"name":"A","pay":1000},{"name":"B","pay":500}]`, "1. A 2\n2. B 3\nTổng 1.500"},
		{"@article Điều 1. {full_name} chịu trách nhiệm.", "", "Điều 1. An chịu trách nhiệm."},
		{"@to {full_name}", "", "Kính gửi: An"},
		{"@to\n- {full_name};\n- [?{note}]\n- Sở Tài chính", "", "Kính gửi:\n- An;\n- Sở Tài chính."},
		{"@table\nwidths: 1 2\nhead: TT | Tên\neach people: {#} | {name}\nrow: Tổng | {sum people.pay}\n@end", `,"people":[{"name":"A","pay":7}]`, "TT\nTên\n1\nA\nTổng\n7"},
		{"@table\nwidths: 1 2\neach people: {#} | {name}\n  row: ^ | {pay}\nrow: Tổng | a\nrow: ^ | b\n@end", `,"people":[{"name":"A","pay":7}]`, "1\nA\n7\nTổng\na\nb"},
		{"{agency.short} {agency.province | upper}", "", "Sở Nội vụ THÀNH PHỐ HÀ NỘI"},
	} {
		if got := text(t, c.body, c.more); got != c.want {
			t.Errorf("%q with %q:\ngot  %q\nwant %q", c.body, c.more, got, c.want)
		}
	}
}

func TestMarkupStyles(t *testing.T) {
	c, err := Load(fsWith("a **b {full_name}** *c* _d_ {kind = new}{kind = again}"))
	if err != nil {
		t.Fatal(err)
	}
	f, _ := c.Choose("thu", "", time.Time{})
	doc, err := f.Bind([]byte(testData+"}"), demoEnv(t, f))
	if err != nil {
		t.Fatal(err)
	}
	got := dumpRuns(doc.Sections[0].Blocks[0].(*layout.Paragraph).Runs)
	if want := "<14>a **b ****An** *c* <12>*en:d*<14> [x][ ]"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestFileErrors(t *testing.T) {
	for _, c := range []struct {
		body  string
		yaml  []string
		place string
		code  Code
		say   string
	}{
		{"{ful_name}", nil, "thu/v1/body.txt:1", fileUnknownField, "full_name"},
		{"\n\nA\nB {nam}", nil, "thu/v1/body.txt:4", fileUnknownField, ""},
		{"@artcle Điều 1. A", nil, "thu/v1/body.txt:1", fileUnknownDirective, "article"},
		{"@article Một", nil, "thu/v1/body.txt:1", fileArticle, "Điều 1"},
		{"@title", nil, "thu/v1/body.txt:1", fileNoText, "title"},
		{"A {full_name", nil, "thu/v1/body.txt:1", fileOpenBrace, ""},
		{"A [?{note}", nil, "thu/v1/body.txt:1", fileOpenBracket, ""},
		{"A ] B", nil, "thu/v1/body.txt:1", fileStrayClose, `\]`},
		{"A **B", nil, "thu/v1/body.txt:1", fileEmphasis, `\*`},
		{"A _B", nil, "thu/v1/body.txt:1", fileEnglish, `\_`},
		{"A {}", nil, "thu/v1/body.txt:1", fileEmptyBraces, ""},
		{"{note}", nil, "thu/v1/body.txt:1", fileOptionalOutside, "[?"},
		{"[?không có gì]", nil, "thu/v1/body.txt:1", fileEmptyOptional, ""},
		{"{day | lang}", nil, "thu/v1/body.txt:1", fileUnknownFormat, "long"},
		{"{done}", nil, "thu/v1/body.txt:1", fileNotText, ""},
		{"{kind = nwe}", nil, "thu/v1/body.txt:1", fileUnknownValue, "new"},
		{"{full_name = x}", nil, "thu/v1/body.txt:1", fileConditionType, ""},
		{"{signatory.nam}", nil, "thu/v1/body.txt:1", fileUnknownSigner, "name"},
		{"@signature", nil, "thu/v1/body.txt:1", fileSigningExtra, "leader+seal"},
		{"@seal", []string{"signing: leader+seal", "signing: clerk"}, "thu/v1/body.txt:1", fileSigningExtra, "clerk"},
		{"{agency.nam}", nil, "thu/v1/body.txt:1", fileUnknownAgency, "name"},
		{"{#}", nil, "thu/v1/body.txt:1", fileIndexOutside, ""},
		{"{sum people.name}", nil, "thu/v1/body.txt:1", fileBadSum, ""},
		{"{tab x}", nil, "thu/v1/body.txt:1", fileTab, "90"},
		{"@if note\nA", nil, "thu/v1/body.txt:1", fileUnclosed, "@end"},
		{"A\n@end", nil, "thu/v1/body.txt:2", fileStrayEnd, "@end"},
		{"@if", nil, "thu/v1/body.txt:1", fileNoCondition, ""},
		{"@each full_name\n@end", nil, "thu/v1/body.txt:1", fileNotList, "list"},
		{"@photo full_name", nil, "thu/v1/body.txt:1", fileNotPhoto, "photo"},
		{"@head no-numbr", nil, "thu/v1/body.txt:1", fileUnknownOption, "no-number"},
		{"@columns 50\nA\n@end", nil, "thu/v1/body.txt:1", fileWidths, ""},
		{"@columns 50 50\nA\n@end", nil, "thu/v1/body.txt:1", fileColumns, "@next"},
		{"@table\nhead: A\n@end", nil, "thu/v1/body.txt:1", fileNoWidths, "widths:"},
		{"@table\nwidths: 1 1\nhead: A\n@end", nil, "thu/v1/body.txt:3", fileCellCount, ""},
		{"@table\nwidths: 1 1\nalign: left\n@end", nil, "thu/v1/body.txt:3", fileAlignCount, ""},
		{"@table\nwidths: 1 1\nrow: < | A\n@end", nil, "thu/v1/body.txt:3", fileJoin, ""},
		{"@table\nwidths: 1\nrows: A\n@end", nil, "thu/v1/body.txt:3", fileTableLine, "row:"},
		{"@closing\nLưu VT", nil, "thu/v1/body.txt:2", fileClosingLine, "Nơi nhận"},
		{"@to\nSở", nil, "thu/v1/body.txt:2", fileToLine, "- "},
		{"@space x", nil, "thu/v1/body.txt:1", fileSpace, ""},
		{"@number ba", nil, "thu/v1/body.txt:1", fileNumberField, "so_2"},
		{"A\tB", nil, "thu/v1/body.txt:1", fileBadCharacter, "U+0009"},
		{"A 王", nil, "thu/v1/body.txt:1", fileBadCharacter, "U+738B"},
		{"A", []string{"title:", "titel:"}, "thu/v1/form.yaml:3", fileUnknownKey, "title"},
		{"A", []string{"2025-01-01\nproc", "1/1/2025\nproc"}, "thu/v1/form.yaml:5", fileDate, "2026-01-31"},
		{"A", []string{"id: thu", "id: thử"}, "thu/v1/form.yaml:1", fileFolderName, "thu"},
		{"A", []string{"signing: leader+seal", "signing: boss"}, "thu/v1/form.yaml:10", fileHeadChoice, "leader+seal"},
		{"A", []string{"type: string, label: Tên}", "type: sting, label: Tên}"}, "thu/v1/form.yaml:15", fileFieldType, "string"},
		{"A", []string{"name: full_name", "name: Tên"}, "thu/v1/form.yaml:15", fileFieldName, "full_name"},
		{"A", []string{"name: note", "name: full_name"}, "thu/v1/form.yaml:16", fileFieldTwice, ""},
		{"A", []string{"fields:\n", "rules: [{check: day later full_name, vi: a, en: b}]\nfields:\n"}, "thu/v1/form.yaml:14", fileRule, "new_date"},
		{"A", []string{"fields:\n", "rules: [{check: day > amount, vi: a, en: b}]\nfields:\n"}, "thu/v1/form.yaml:14", fileRuleTypes, ""},
		{"A", []string{"fields:\n", "layout: {size: 15}\nfields:\n"}, "thu/v1/form.yaml:14", fileLayout, "13"},
	} {
		_, err := Load(fsWith(c.body, c.yaml...))
		var le *LoadError
		if !errors.As(err, &le) {
			t.Errorf("%q %q: %v, want *LoadError", c.body, c.yaml, err)
			continue
		}
		found := false
		for _, f := range le.Files {
			if f.Place() == c.place && f.Code == c.code {
				found = true
				if !strings.Contains(f.Message("vi"), c.say) || !strings.Contains(f.Message("en"), c.say) {
					t.Errorf("%s does not say %q: %q / %q", c.code, c.say, f.Message("vi"), f.Message("en"))
				}
			}
		}
		if !found {
			t.Errorf("%q %q: no %s at %s in\n%s", c.body, c.yaml, c.code, c.place, err)
		}
	}
}

// TestEveryCodeHasWords makes sure that no message is missing or equal in both
// languages.
func TestEveryCodeHasWords(t *testing.T) {
	for code, w := range words {
		if w.vi == "" || w.en == "" || w.vi == w.en {
			t.Errorf("%s: %q / %q", code, w.vi, w.en)
		}
		if r, bad := inspect(w.vi, false); bad != "" {
			t.Errorf("%s: %s in its words", code, runeName(r))
		}
	}
}

func FuzzMarkup(f *testing.F) {
	for _, s := range []string{
		"@head\n@title A\n@to {full_name}\n@closing\nNơi nhận:\n- A.", "[?a {note} [?{amount}]]", "@table\nwidths: 1 2\nhead: A | <\nhead: ^ | B\neach people: {#} | {name}\n  row: a | b\n@end",
		"@if kind = new\n{day | long}\n@else\n@each people\n{name}\n@end\n@end", "**a *b* _c_ \\*", "{sum people.pay}{# + 1}", "@columns 1 2\n@next\n@end",
		"@table\nwidths:\n@end",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, body string) {
		c, err := Load(fsWith(body))
		if err != nil {
			if _, ok := errors.AsType[*LoadError](err); !ok {
				t.Fatalf("not a *LoadError: %v", err)
			}
			return
		}
		x, _ := c.Choose("thu", "", time.Time{})
		_, _ = x.Bind([]byte(testData+`,"people":[{"name":"A"}]}`), demoEnv(t, x))
		_ = x.Skeleton()
		_ = c.Lint()
	})
}

func mapFile(s string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(s)} }
