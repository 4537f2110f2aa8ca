package templates

import (
	"errors"
	"maps"
	"strings"
	"testing"
	"testing/fstest"
)

// A catalogue without findings, to be spoiled.
const (
	lintForm = `id: thu
version: nd1-2025
title: Thông báo
legal_basis:
  - {act: 1/2025/NĐ-CP, date: 2025-01-01, name: Nghị định}
valid_from: 2025-01-01
procedures: [QT-01]
document_type: TB
book: TB
issuer: department
signing: leader+seal
signer: Giám đốc
number: standard
text: free
concerns: [full_name]
fields:
  - {name: full_name, type: string, label: Tên}
  - {name: day, type: date, label: Ngày}
  - {name: kind, type: enum, label: Loại, values: [{value: new, label: Mới}, {value: again, label: Lại}]}
  - {name: reasons, type: list, label: Lý do}
  - name: people
    type: list
    label: Danh sách
    fields:
      - {name: name, type: string, label: Tên người}
`
	lintBody = `@head
@title THÔNG BÁO
Căn cứ Luật Việc làm ngày 16 tháng 11 năm 2013; Nghị định số 1/2025/NĐ-CP
ngày 01 tháng 01 năm 2025; Quyết định số 9/QĐ-UBND ngày 02/3/2025;

{full_name}, {day | long}, {kind}.
@each reasons
- {item}
@end
@each people
- {name}
@end
@closing
Nơi nhận:
- Lưu: VT.
`
	lintSampleText = `{
  "dossier_code": "H26-1",
  "received_date": "2025-02-03",
  "full_name": "An",
  "day": "2025-03-09",
  "kind": "new",
  "reasons": ["a"],
  "people": [{"name": "B"}]
}
`
	lintActs = `acts:
  - {act: 1/2025/NĐ-CP, date: 2025-01-01, name: Nghị định}
  - {act: 2/2019/NĐ-CP, date: 2019-01-01, name: Nghị định, to: 2025-06-30, replaced_by: [1/2025/NĐ-CP]}
  - {act: 9/QĐ-UBND, date: 2025-03-02, name: Quyết định}
  - {act: 38/2013/QH13, date: 2013-11-16, name: Luật Việc làm}
  - {act: 74/2025/QH15, date: 2025-06-16, name: Luật Việc làm}
`
)

func lintFS() fstest.MapFS {
	return fstest.MapFS{
		"acts.yaml":                mapFile(lintActs),
		"procedures.yaml":          mapFile("procedures: [{id: QT-01, name: Một}]"),
		"thu/nd1-2025/form.yaml":   mapFile(lintForm),
		"thu/nd1-2025/body.txt":    mapFile(lintBody),
		"thu/nd1-2025/sample.json": mapFile(lintSampleText),
	}
}

// told is all that people are told about the files, one finding a line.
func told(t *testing.T, fsys fstest.MapFS, lang string) string {
	t.Helper()
	var list []*FileError
	c, err := Load(fsys)
	if bad, ok := errors.AsType[*LoadError](err); ok {
		list = bad.Files
	} else if err != nil {
		t.Fatal(err)
	} else {
		list = c.Lint()
	}
	var b strings.Builder
	for _, f := range list {
		b.WriteString(strings.TrimPrefix(f.Place(), "thu/nd1-2025/"))
		b.WriteString(": ")
		if f.Warning {
			b.WriteString("(lưu ý) ")
		}
		b.WriteString(f.Message(lang))
		b.WriteByte('\n')
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// TestLintMessages spoils one thing at a time: the message that comes, alone
// and word for word, has to tell file and line and what to write instead.
func TestLintMessages(t *testing.T) {
	if got := told(t, lintFS(), "vi"); got != "" {
		t.Fatalf("the base has findings:\n%s", got)
	}
	const form, body, sample = "form.yaml", "body.txt", "sample.json"
	for _, c := range []struct{ name, file, from, to, want string }{
		{"no closing", body, "@closing\nNơi nhận:\n- Lưu: VT.\n", "", "body.txt: Biểu mẫu ghi signing: leader+seal (người có thẩm quyền ký, cơ quan đóng dấu) nhưng body.txt không có chỗ ký. Hãy thêm @closing, ví dụ ba dòng cuối: “@closing”, “Nơi nhận:”, “- Lưu: VT.”"},
		{"closing in one case", body, "@closing\nNơi nhận:\n- Lưu: VT.\n", "@if kind = new\n@closing\n@end\n", "body.txt:13: Biểu mẫu ghi signing: leader+seal (người có thẩm quyền ký, cơ quan đóng dấu) nhưng body.txt không có chỗ ký (kind = again). Hãy thêm @closing, ví dụ ba dòng cuối: “@closing”, “Nơi nhận:”, “- Lưu: VT.”"},
		{"closing in both cases", body, "@closing\nNơi nhận:\n- Lưu: VT.\n", "@if kind = new\n@closing\n@end\n@if kind = again\n@closing (Ký)\n@end\n", ""},
		{"two heads", body, "@head\n", "@head\n@head\n", "body.txt:2: Địa danh, ngày tháng có nhiều hơn một chỗ (dòng 1, 2); mỗi văn bản chỉ có một. Hãy bỏ bớt @head hoặc @closing; liên thứ hai trên cùng tờ thì ghi @head second.\nbody.txt:2: Số văn bản có nhiều hơn một chỗ (dòng 1, 2); mỗi văn bản chỉ có một. Hãy bỏ bớt @head hoặc @closing; liên thứ hai trên cùng tờ thì ghi @head second."},
		{"second copy", body, "@head\n", "@head\n@head second\n", ""},
		{"two closings", body, "@closing\n", "@closing\n@closing\n", "body.txt:14: Chữ ký có nhiều hơn một chỗ (dòng 13, 14); mỗi văn bản chỉ có một. Hãy bỏ bớt @head hoặc @closing; liên thứ hai trên cùng tờ thì ghi @head second."},
		{"closing in a loop", body, "- {name}\n@end\n@closing\nNơi nhận:\n- Lưu: VT.\n", "- {name}\n@closing\n@end\n", "body.txt:12: Chữ ký nằm trong @each nên có thể in nhiều lần hoặc không in. Hãy đưa @head, @number hoặc @closing ra ngoài @each."},
		{"no head", body, "@head\n", "", "body.txt: Không có chỗ ghi số văn bản. Hãy thêm @head ở đầu body.txt, hoặc @number so nếu @head có no-number; văn bản không có số thì ghi number: none.\nbody.txt: Không có chỗ ghi địa danh, ngày tháng. Hãy thêm @head ở đầu body.txt, hoặc viết @closing date nếu @head có no-date."},

		{"list printed whole", body, "- {item}", "- {reasons}", "body.txt:8: Danh sách “reasons” không in thẳng được. Hãy in từng dòng bằng ba dòng: “@each reasons”, “- {item}”, “@end”; hoặc in liền một câu: {reasons | join}."},
		{"list entry guessed", body, "- {item}", "- {reason}", "body.txt:8: Không có trường “reason”. Mỗi dòng của danh sách “reasons” in bằng {item}: hãy viết {item}."},
		{"item outside", body, "{full_name},", "{full_name}, {item},", "body.txt:6: {item} chỉ dùng giữa “@each danh_sách” và “@end”, với danh sách không có fields."},
		{"records printed whole", body, "- {name}", "- {people}", "body.txt:11: Danh sách “people” không in thẳng được. Hãy in từng dòng: “@each people”, “- {name}”, “@end”; hoặc trong @table: each people: {#} | {name}."},
		{"day twice", body, "{full_name}, {day", "{full_name}, Ngày {day", "body.txt:6: “ngày {day | long}” sẽ in thành “ngày ngày …”: cách ghi long đã có chữ “ngày”. Hãy bỏ chữ “ngày” đứng trước."},
		{"day twice in an option", body, "{full_name}, {day", "{full_name}, ngày [?kind = new: {day", "body.txt:6: Phần tùy chọn [? chưa có dấu ]. Hãy thêm dấu ] ở cuối phần này.\nbody.txt:6: “ngày {day | long}” sẽ in thành “ngày ngày …”: cách ghi long đã có chữ “ngày”. Hãy bỏ chữ “ngày” đứng trước."},

		{"type in full", form, "document_type: TB", "document_type: Thông báo", "form.yaml:8: document_type: “Thông báo” không phải chữ viết tắt tên loại văn bản (Nghị định 30/2020, Phụ lục III). Có phải ý là \"TB\"? Các chữ viết tắt: " + strings.Join(abbreviations(), ", ") + "."},
		{"new book", form, "book: TB", "book: Thông báo", "form.yaml:9: (lưu ý) book: “Thông báo” là sổ mới, đánh số lại từ 01. Có phải ý là \"TB\"? Nếu không định mở sổ mới, hãy ghi một trong các sổ đang dùng: TB."},
		{"procedure", form, "[QT-01]", "[QT-01, QT-99]", "form.yaml:7: procedures: không có thủ tục “QT-99” trong procedures.yaml. Hãy sửa mã, hoặc ghi thêm thủ tục vào procedures.yaml."},
		{"concerns", form, "concerns: [full_name]", "concerns: [ten]", "form.yaml:15: Không có trường “ten”. Hãy sửa tên hoặc khai trường trong form.yaml."},
		{"successor's version", form, "procedures:", "successor: {status: known, act: 1/2025/NĐ-CP, version: v2}\nprocedures:", "form.yaml:7: successor: biểu mẫu “thu” không có phiên bản “v2”. Các phiên bản: nd1-2025. Hãy sửa version:, hoặc ghi status: to be confirmed."},
		{"successor's form", form, "procedures:", "successor: {status: known, act: 1/2025/NĐ-CP, form: thuu}\nprocedures:", "form.yaml:7: successor: không có biểu mẫu “thuu”. Có phải ý là \"thu\"? Hãy sửa form:, hoặc ghi status: to be confirmed."},
		{"successor's act missing", form, "procedures:", "successor: {status: to be confirmed}\nprocedures:", "form.yaml:7: Thiếu “successor.act” ở phần đầu. Hãy ghi successor.act: …"},
		{"successor's act unknown", form, "procedures:", "successor: {status: to be confirmed, act: 7/2030/NĐ-CP}\nprocedures:", "form.yaml:7: Văn bản “7/2030/NĐ-CP” chưa có trong acts.yaml. Hãy xem lại số, ký hiệu theo văn bản gốc; nếu đúng thì ghi thêm vào acts.yaml (act, date, name, from)."},
		{"ended without successor", form, "procedures:", "valid_to: 2026-01-01\nprocedures:", "form.yaml:7: Biểu mẫu hết hiệu lực ngày 01/01/2026 nhưng không ghi successor và không có phiên bản sau. Hãy thêm dòng successor: {status: to be confirmed, act: số văn bản thay thế}."},

		{"act in the body unknown", body, "số 1/2025/NĐ-CP", "số 999/2025/NĐ-CP", "body.txt:3: Văn bản “999/2025/NĐ-CP” chưa có trong acts.yaml. Hãy xem lại số, ký hiệu theo văn bản gốc; nếu đúng thì ghi thêm vào acts.yaml (act, date, name, from)."},
		{"date in the body", body, "ngày 01 tháng 01", "ngày 10 tháng 01", "body.txt:4: “1/2025/NĐ-CP” ghi ngày 2025-01-10 nhưng acts.yaml ghi 2025-01-01. Hãy xem lại văn bản gốc rồi sửa ngày ở đây, hoặc sửa acts.yaml."},
		{"date of a law", body, "ngày 16 tháng 11", "ngày 17 tháng 11", "body.txt:3: “Luật Việc làm” ghi ngày 2013-11-17 nhưng acts.yaml ghi 2013-11-16 / 2025-06-16. Hãy xem lại văn bản gốc rồi sửa ngày ở đây, hoặc sửa acts.yaml."},
		{"date of an act without a year", body, "ngày 02/3/2025", "ngày 03/3/2025", "body.txt:4: “9/QĐ-UBND” ghi ngày 2025-03-03 nhưng acts.yaml ghi 2025-03-02. Hãy xem lại văn bản gốc rồi sửa ngày ở đây, hoặc sửa acts.yaml."},
		{"date in the basis", form, "date: 2025-01-01", "date: 2025-01-11", "form.yaml:5: “1/2025/NĐ-CP” ghi ngày 2025-01-11 nhưng acts.yaml ghi 2025-01-01. Hãy xem lại văn bản gốc rồi sửa ngày ở đây, hoặc sửa acts.yaml."},
		{"act of the basis unknown", form, "act: 1/2025/NĐ-CP, date", "act: 3/2025/NĐ-CP, date", "form.yaml:5: Văn bản “3/2025/NĐ-CP” chưa có trong acts.yaml. Hãy xem lại số, ký hiệu theo văn bản gốc; nếu đúng thì ghi thêm vào acts.yaml (act, date, name, from)."},
		{"repealed act in the body", body, "1/2025/NĐ-CP\nngày 01 tháng 01 năm 2025", "2/2019/NĐ-CP", "body.txt:3: Văn bản “2/2019/NĐ-CP” hết hiệu lực từ ngày 01/07/2025 (thay bằng 1/2025/NĐ-CP) nhưng biểu mẫu còn hiệu lực sau ngày đó. Hãy ghi valid_to: 2025-06-30 rồi lập phiên bản mới; hoặc, nếu biểu mẫu theo văn bản mới, sửa văn bản này ở cả legal_basis và body.txt."},
		{"act in a phrase unknown", form, "label: Mới}", "label: Mới theo 8/2025/NĐ-CP}", "form.yaml:19: Văn bản “8/2025/NĐ-CP” chưa có trong acts.yaml. Hãy xem lại số, ký hiệu theo văn bản gốc; nếu đúng thì ghi thêm vào acts.yaml (act, date, name, from)."},

		{"unused field", form, "  - {name: kind", "  - {name: phone, type: string, label: Số điện thoại}\n  - {name: kind", "form.yaml:19: Trường “phone” không được dùng trong văn bản. Hãy in trường này hoặc bỏ khai báo."},
		{"missing closing brace", body, "{full_name}, {day | long}", "{full_name, tiếp nhận {day | long}", "body.txt:6: Dấu { trong “{full_name, tiếp nhận {day | long}, {kind}.” chưa có dấu }. Hãy đóng ngoặc sau tên trường: {full_name}."},
		{"lone closing brace", body, "{full_name},", "{full_name}, day},", "body.txt:6: Dấu “}” đứng lẻ: thiếu “{” ở trước. Muốn in dấu này hãy viết \\}."},
		{"lone bracket", body, "{full_name},", "{full_name}],", "body.txt:6: Dấu “]” đứng lẻ: thiếu “[?” ở trước. Muốn in dấu này hãy viết \\]."},
		{"table without widths", body, "@closing\n", "@table\nalign: left center\nhead: A | B\nrow: {full_name} | b\n@end\n@closing\n", "body.txt:13: @table thiếu dòng widths:. Hãy ghi độ rộng từng cột, ví dụ widths: 10 60 30."},
		{"widths below", body, "@closing\n", "@table\nalign: left center\nhead: A | B\nwidths: 1 1\nrow: {full_name} | b\n@end\n@closing\n", ""},

		{"date in the head", form, "valid_from: 2025-01-01", "valid_from: 2026-02-30", "form.yaml:6: “2026-02-30” không phải ngày có thật. Hãy ghi năm-tháng-ngày, ví dụ 2026-01-31."},
		{"sign of the title", form, "title: Thông báo", "title: Thông báo 漢", "form.yaml:3: Có ký tự U+6F22 (漢) không in được. Hãy thay hoặc xóa ký tự này (dùng dấu cách, không dùng tab)."},
		{"sign of a label", form, "label: Ngày}", "label: Ngày 漢}", "form.yaml:18: Có ký tự U+6F22 (漢) không in được. Hãy thay hoặc xóa ký tự này (dùng dấu cách, không dùng tab)."},
		{"signing", form, "signing: leader+seal", "signing: boss", "form.yaml:11: signing: “boss” không hợp lệ. Hãy chọn một trong: leader+seal (người có thẩm quyền ký, cơ quan đóng dấu), leader (chỉ người có thẩm quyền ký), seal (chỉ cơ quan đóng dấu), clerk (cán bộ lập phiếu ký)."},
		{"indentation", form, "  - {name: day", " - {name: day", "form.yaml:18: Dòng “- {name: day, type: date, label: Ngày}” không thẳng hàng với các dòng cùng cấp ở trên (hoặc thiếu dấu hai chấm sau tên khóa). Hãy căn thẳng với dòng trên: các khóa cùng cấp thụt vào bằng nhau, dùng dấu cách, không dùng tab."},
		{"indented key", form, "book: TB", "  book: TB", "form.yaml:9: Dòng “book: TB” có dấu : trong câu, hoặc thụt vào sâu hơn dòng trên. Hãy căn thẳng với dòng trên; nếu là dấu : trong câu thì đặt cả câu trong ngoặc kép, ví dụ title: \"Thông báo: việc …\"."},
		{"key without a colon", form, "book: TB", "book TB", "form.yaml:9: Dòng “book TB” không thẳng hàng với các dòng cùng cấp ở trên (hoặc thiếu dấu hai chấm sau tên khóa). Hãy căn thẳng với dòng trên: các khóa cùng cấp thụt vào bằng nhau, dùng dấu cách, không dùng tab."},
		{"colon in a text", form, "title: Thông báo", "title: Thông báo: việc", "form.yaml:3: Dòng “title: Thông báo: việc” có dấu : trong câu, hoặc thụt vào sâu hơn dòng trên. Hãy căn thẳng với dòng trên; nếu là dấu : trong câu thì đặt cả câu trong ngoặc kép, ví dụ title: \"Thông báo: việc …\"."},
		{"bracket", form, "label: Ngày}", "label: Ngày", "form.yaml:18: Dòng “- {name: day, type: date, label: Ngày” có ngoặc [ ] hoặc { } chưa đóng, hoặc thiếu dấu phẩy giữa các phần. Hãy kiểm tra; câu có dấu phẩy, dấu : hoặc ngoặc thì đặt trong ngoặc kép."},
		{"quotation mark", form, "title: Thông báo", "title: \"Thông báo", "form.yaml:3: Dòng “title: \"Thông báo” có dấu nháy chưa đóng. Hãy thêm dấu nháy ở cuối câu; dấu nháy kép bên trong câu viết \\\"."},
		{"tab", form, "  - {name: day", "\t- {name: day", "form.yaml:18: Dòng “- {name: day, type: date, label: Ngày}” bắt đầu bằng ký tự không dùng được ở đó (tab, @, %, `). Hãy thụt dòng bằng dấu cách; câu bắt đầu bằng dấu thì đặt trong ngoặc kép."},
		{"a word for a number", form, "type: string, label: Tên}", "type: string, max: nhiều, label: Tên}", "form.yaml:17: Giá trị “nhiều” không dùng được ở đây. Hãy ghi một số, không đặt trong ngoặc kép."},
		{"key twice", form, "book: TB", "book: TB\nbook: QĐ", "form.yaml:10: Khóa “book” được ghi hai lần (lần đầu ở dòng 9). Hãy giữ lại một."},
		{"field below rules", form, "    fields:\n      - {name: name, type: string, label: Tên người}\n", "    fields:\n      - {name: name, type: string, label: Tên người}\nrules:\n  - {label: a}\n", "form.yaml:27: Khóa “label” không dùng ở chỗ này. Dòng có thể đứng nhầm danh sách (trường mới phải ở dưới fields:, trước rules:) hoặc thụt sai cột; hãy chuyển dòng về đúng chỗ."},
		{"day of the sample", sample, "2025-02-03", "2024-02-03", "sample.json:3: Ngày tiếp nhận 2024-02-03 của sample.json nằm ngoài thời gian hiệu lực của biểu mẫu. Hãy sửa received_date thành một ngày từ 2025-01-01 trở đi, chưa qua valid_to."},
		{"unknown key", form, "book: TB", "boook: TB", "form.yaml:9: Không có khóa “boook”. Có phải ý là \"book\"? Hãy sửa tên khóa hoặc bỏ dòng này; các khóa có trong docs/forms.md."},

		{"comma too many", sample, "[{\"name\": \"B\"}]\n", "[{\"name\": \"B\"}],\n", "sample.json:8: sample.json không qua được kiểm tra: Thừa dấu phẩy ở cuối dòng 8, ngay trước dấu đóng ngoặc. Hãy xóa dấu phẩy này."},
		{"comma too few", sample, "\"An\",", "\"An\"", "sample.json:4: sample.json không qua được kiểm tra: Thiếu dấu phẩy ở cuối dòng 4. Hãy thêm dấu phẩy."},
		{"date in the sample", sample, "2025-03-09", "2025-02-30", "sample.json:5: sample.json không qua được kiểm tra: /day: “2025-02-30” không phải ngày có thật. Hãy ghi năm-tháng-ngày, ví dụ 2026-01-31."},

		{"mark before the form", form, "id: thu", byteOrderMark + "id: thu", ""},
		{"mark before the body", body, "@head", byteOrderMark + "@head", ""},
		{"mark before the sample", sample, "{\n", byteOrderMark + "{\n", ""},
		{"Windows lines", body, "\n", "\r\n", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			fsys := lintFS()
			name := "thu/nd1-2025/" + c.file
			src := string(fsys[name].Data)
			n := 1
			if c.name == "Windows lines" {
				n = -1
			}
			spoiled := strings.Replace(src, c.from, c.to, n)
			if spoiled == src {
				t.Fatalf("%q is not in %s", c.from, c.file)
			}
			fsys[name] = mapFile(spoiled)
			if got := told(t, fsys, "vi"); got != c.want {
				t.Errorf("\ngot  %s\nwant %s", got, c.want)
			}
		})
	}
}

// TestLintVersions: versions follow one another day by day.
func TestLintVersions(t *testing.T) {
	two := func(oldTo, newFrom string) fstest.MapFS {
		fsys := lintFS()
		for name, f := range maps.Clone(fsys) {
			if rest, ok := strings.CutPrefix(name, "thu/nd1-2025/"); ok {
				fsys["thu/nd2-2025/"+rest] = f
			}
		}
		fsys["thu/nd1-2025/form.yaml"] = mapFile(strings.Replace(lintForm, "procedures:", "valid_to: "+oldTo+"\nprocedures:", 1))
		fsys["thu/nd2-2025/form.yaml"] = mapFile(strings.NewReplacer("version: nd1", "version: nd2", "valid_from: 2025-01-01", "valid_from: "+newFrom).Replace(lintForm))
		fsys["thu/nd2-2025/sample.json"] = mapFile(strings.Replace(lintSampleText, "2025-02-03", "2027-02-03", 1))
		return fsys
	}
	for _, c := range []struct{ to, from, want string }{
		{"2026-11-30", "2026-12-01", ""},
		{"2026-11-30", "2027-01-01", "thu/nd2-2025/form.yaml:6: (lưu ý) Không phiên bản nào có hiệu lực từ 01/12/2026 đến 31/12/2026: hồ sơ tiếp nhận trong thời gian đó không có biểu mẫu. Nếu không đúng luật như vậy, hãy sửa valid_from ở đây hoặc ghi valid_to: 2026-12-31 ở thu/nd1-2025/form.yaml:7."},
		{"2026-12-31", "2026-12-01", "thu/nd2-2025/form.yaml:6: Phiên bản nd1-2025 và nd2-2025 cùng có hiệu lực ngày 01/12/2026. Hãy sửa valid_from ở đây, hoặc ghi valid_to: 2026-11-30 ở thu/nd1-2025/form.yaml:7."},
	} {
		if got := told(t, two(c.to, c.from), "vi"); got != c.want {
			t.Errorf("%s, %s:\ngot  %s\nwant %s", c.to, c.from, got, c.want)
		}
	}
}

// TestFolderNames: a folder that cannot be is to be renamed, not copied into
// the form.
func TestFolderNames(t *testing.T) {
	fsys := lintFS()
	for name, f := range maps.Clone(fsys) {
		if rest, ok := strings.CutPrefix(name, "thu/nd1-2025/"); ok {
			fsys["thu/bản-Đầu 1/"+rest] = f
			delete(fsys, name)
		}
	}
	fsys["thu/bản-Đầu 1/form.yaml"] = mapFile(strings.Replace(lintForm, "version: nd1-2025", "version: bản-Đầu 1", 1))
	want := "thu/bản-Đầu 1/form.yaml:2: Tên thư mục “bản-Đầu 1” không dùng được: chỉ chữ thường không dấu, số và gạch ngang. Hãy đổi tên thư mục thành ban-dau-1 và ghi version: ban-dau-1."
	if got := told(t, fsys, "vi"); got != want {
		t.Errorf("\ngot  %s\nwant %s", got, want)
	}
	fsys = lintFS()
	fsys["thu/nd1-2025/form.yaml"] = mapFile(strings.Replace(lintForm, "version: nd1-2025", "version: nd1", 1))
	if got, want := told(t, fsys, "en"), "form.yaml:2: “version” is “nd1” but the folder is called “nd1-2025”. Write version: nd1-2025."; got != want {
		t.Errorf("\ngot  %s\nwant %s", got, want)
	}
}

// TestNoForms names the folder that was probably meant.
func TestNoForms(t *testing.T) {
	fsys := fstest.MapFS{}
	for name, f := range lintFS() {
		fsys["forms/"+name] = f
	}
	want := ".: Thư mục này không có biểu mẫu (mỗi biểu mẫu là một thư mục MÃ/PHIÊN-BẢN có form.yaml). Có phải ý là \"forms\"? Hãy ghi thư mục chứa acts.yaml, thường là templates/forms."
	if got := told(t, fsys, "vi"); got != want {
		t.Errorf("\ngot  %s\nwant %s", got, want)
	}
}

// TestDocumentTypes: all abbreviations of Nghị định 30/2020/NĐ-CP, Phụ lục III
// are known.
func TestDocumentTypes(t *testing.T) {
	for short := range strings.FieldsSeq("NQ QĐ CT QC QyĐ TC TB HD CTr KH PA ĐA DA BC BB TTr HĐ CĐ BGN BTT GUQ GM GGT GNP PG PC PB SY TrS SL") {
		if documentTypes[short] == "" {
			t.Errorf("%s is missing", short)
		}
	}
}
