package templates

// Codes of mistakes in form files. docs/forms.md explains each.
const (
	fileMissing          Code = "file_missing"
	fileNoForms          Code = "no_forms"
	fileYAML             Code = "yaml"
	fileYAMLIndent       Code = "yaml_indent"
	fileYAMLColon        Code = "yaml_colon"
	fileYAMLBracket      Code = "yaml_bracket"
	fileYAMLQuote        Code = "yaml_quote"
	fileYAMLStart        Code = "yaml_start"
	fileDate             Code = "date"
	fileKeyTwice         Code = "key_twice"
	fileValueType        Code = "value_type"
	fileUnknownKey       Code = "unknown_key"
	fileKeyElsewhere     Code = "key_elsewhere"
	fileFolderName       Code = "folder_name"
	fileFolderForm       Code = "folder_form"
	fileHeadMissing      Code = "head_missing"
	fileHeadChoice       Code = "head_choice"
	fileValidity         Code = "validity"
	fileLayout           Code = "layout"
	fileFieldName        Code = "field_name"
	fileFieldType        Code = "field_type"
	fileFieldMissing     Code = "field_missing"
	fileFieldTwice       Code = "field_twice"
	fileUnknownUse       Code = "unknown_use"
	fileEnumValue        Code = "enum_value"
	filePattern          Code = "pattern"
	fileMinMax           Code = "min_max"
	fileRule             Code = "rule_form"
	fileRuleTypes        Code = "rule_types"
	fileRuleToday        Code = "rule_today"
	fileRuleWords        Code = "rule_words"
	fileBadCharacter     Code = "bad_character"
	fileUnknownDirective Code = "unknown_directive"
	fileUnknownOption    Code = "unknown_option"
	fileNoText           Code = "no_text"
	fileArticle          Code = "article"
	fileNoCondition      Code = "no_condition"
	fileUnclosed         Code = "unclosed"
	fileStrayEnd         Code = "stray_end"
	fileColumns          Code = "columns"
	fileWidths           Code = "widths"
	fileToLine           Code = "to_line"
	fileClosingLine      Code = "closing_line"
	fileNotPhoto         Code = "not_photo"
	fileNotList          Code = "not_list"
	fileNotText          Code = "not_text"
	fileNotTextList      Code = "not_text_list"
	fileNotTextRecords   Code = "not_text_records"
	fileNotTextPhoto     Code = "not_text_photo"
	fileItem             Code = "item"
	fileItemOutside      Code = "item_outside"
	fileDayTwice         Code = "day_twice"
	filePlaceTwice       Code = "place_twice"
	filePlaceLoop        Code = "place_loop"
	fileSpace            Code = "space"
	fileNumberField      Code = "number_field"
	fileTableLine        Code = "table_line"
	fileTableSize        Code = "table_size"
	fileNoWidths         Code = "no_widths"
	fileAlign            Code = "align"
	fileAlignCount       Code = "align_count"
	fileCellCount        Code = "cell_count"
	fileJoin             Code = "join"
	fileStray            Code = "stray"
	fileStrayClose       Code = "stray_close"
	fileEmphasis         Code = "emphasis"
	fileEnglish          Code = "english"
	fileOpenBrace        Code = "open_brace"
	fileOpenBracket      Code = "open_bracket"
	fileEmptyBraces      Code = "empty_braces"
	fileEmptyOptional    Code = "empty_optional"
	fileIndexOutside     Code = "index_outside"
	fileTab              Code = "tab"
	fileUnknownField     Code = "unknown_field_in_body"
	fileUnknownAgency    Code = "unknown_agency_field"
	fileUnknownSigner    Code = "unknown_signatory_field"
	fileSigningExtra     Code = "signing_extra"
	fileUnknownFormat    Code = "unknown_format"
	filePhraseMissing    Code = "phrase_missing"
	fileOptionalOutside  Code = "optional_outside"
	fileBadSum           Code = "bad_sum"
	fileUnknownValue     Code = "unknown_value"
	fileConditionType    Code = "condition_type"

	unknownForm    Code = "unknown_form"
	unknownVersion Code = "unknown_version"
	notYetInForce  Code = "not_yet_in_force"
	noLongerForce  Code = "no_longer_in_force"

	lintUnused       Code = "lint_unused_field"
	lintUndated      Code = "lint_undated_basis"
	lintNoBasis      Code = "lint_no_basis"
	lintUnknownAct   Code = "lint_unknown_act"
	lintRepealed     Code = "lint_repealed_act"
	lintNoSample     Code = "lint_no_sample"
	lintSample       Code = "lint_sample"
	lintSampleDay    Code = "lint_sample_day"
	lintNoLegal      Code = "lint_no_legal_text"
	lintSentence     Code = "lint_sentence"
	lintExtra        Code = "lint_extra_text"
	lintNoSuccessor  Code = "lint_no_successor"
	lintArticles     Code = "lint_articles"
	lintOverlap      Code = "lint_overlap"
	lintSigningPlace Code = "lint_signing_place"
	lintNoNumber     Code = "lint_no_number"
	lintNoDate       Code = "lint_no_date"
	lintActDate      Code = "lint_act_date"
	lintType         Code = "lint_document_type"
	lintBook         Code = "lint_new_book"
	lintProcedure    Code = "lint_procedure"
	lintGap          Code = "lint_gap"

	lintSuccessorForm    Code = "lint_successor_form"
	lintSuccessorVersion Code = "lint_successor_version"

	legalCorrection Code = "legal_correction"
)

var fileWords = map[Code]wording{
	fileKeyElsewhere:     {"Khóa “{key}” không dùng ở chỗ này. Dòng có thể đứng nhầm danh sách (trường mới phải ở dưới fields:, trước rules:) hoặc thụt sai cột; hãy chuyển dòng về đúng chỗ.", "The key “{key}” does not belong here. The line may stand in the wrong list (a new field stands below fields:, before rules:) or in the wrong column; move it where it belongs."},
	lintSuccessorVersion: {"successor: biểu mẫu “{id}” không có phiên bản “{version}”. Các phiên bản: {versions}. Hãy sửa version:, hoặc ghi status: to be confirmed.", "successor: the form “{id}” has no version “{version}”. Versions: {versions}. Correct version:, or write status: to be confirmed."},
	lintSuccessorForm:    {"successor: không có biểu mẫu “{id}”.{try?} Hãy sửa form:, hoặc ghi status: to be confirmed.", "successor: there is no form “{id}”.{try?} Correct form:, or write status: to be confirmed."},
	lintGap:              {"Không phiên bản nào có hiệu lực từ {from} đến {to}: hồ sơ tiếp nhận trong thời gian đó không có biểu mẫu. Nếu không đúng luật như vậy, hãy sửa valid_from ở đây hoặc ghi valid_to: {want} ở {where}.", "No version is in force from {from} to {to}: dossiers received then have no form. Unless the law says so, correct valid_from here or write valid_to: {want} in {where}."},
	lintProcedure:        {"procedures: không có thủ tục “{got}” trong procedures.yaml. Hãy sửa mã, hoặc ghi thêm thủ tục vào procedures.yaml.", "procedures: there is no procedure “{got}” in procedures.yaml. Correct the code, or add the procedure to procedures.yaml."},
	lintBook:             {"book: “{got}” là sổ mới, đánh số lại từ 01.{try?} Nếu không định mở sổ mới, hãy ghi một trong các sổ đang dùng: {books}.", "book: “{got}” is a new book that begins at 01.{try?} Unless a new book is meant, write one that is in use: {books}."},
	lintType:             {"document_type: “{got}” không phải chữ viết tắt tên loại văn bản (Nghị định 30/2020, Phụ lục III).{try?} Các chữ viết tắt: {types}.", "document_type: “{got}” is no abbreviation of a document type (Nghị định 30/2020, Phụ lục III).{try?} Abbreviations: {types}."},
	lintActDate:          {"“{act}” ghi ngày {got} nhưng acts.yaml ghi {want}. Hãy xem lại văn bản gốc rồi sửa ngày ở đây, hoặc sửa acts.yaml.", "“{act}” is dated {got} here but {want} in acts.yaml. Look at the act itself and correct the date here, or acts.yaml."},
	lintNoDate:           {"Không có chỗ ghi địa danh, ngày tháng{when}. Hãy thêm @head ở đầu body.txt, hoặc viết @closing date nếu @head có no-date.", "There is no place for place and date{when}. Add @head at the top of body.txt, or write @closing date where @head has no-date."},
	lintNoNumber:         {"Không có chỗ ghi số văn bản{when}. Hãy thêm @head ở đầu body.txt, hoặc @number so nếu @head có no-number; văn bản không có số thì ghi number: none.", "There is no place for the number{when}. Add @head at the top of body.txt, or @number so where @head has no-number; a document without number says number: none."},
	fileStrayClose:       {"Dấu “{char}” đứng lẻ: thiếu “{open}” ở trước. Muốn in dấu này hãy viết \\{char}.", "The sign “{char}” stands alone: “{open}” is missing before it. To print it write \\{char}."},
	filePlaceLoop:        {"{what} nằm trong @each nên có thể in nhiều lần hoặc không in. Hãy đưa @head, @number hoặc @closing ra ngoài @each.", "{what} stands inside @each, so it could be printed often or never. Move @head, @number or @closing out of @each."},
	filePlaceTwice:       {"{what} có nhiều hơn một chỗ (dòng {lines}); mỗi văn bản chỉ có một. Hãy bỏ bớt @head hoặc @closing; liên thứ hai trên cùng tờ thì ghi @head second.", "{what} has more than one place (lines {lines}); a document has one. Delete a @head or @closing; for the second copy on a sheet write @head second."},
	fileDayTwice:         {"“ngày {{name} | long}” sẽ in thành “ngày ngày …”: cách ghi long đã có chữ “ngày”. Hãy bỏ chữ “ngày” đứng trước.", "“ngày {{name} | long}” would print “ngày ngày …”: the format long has the word “ngày”. Delete the word in front."},
	fileItemOutside:      {"{item} chỉ dùng giữa “@each danh_sách” và “@end”, với danh sách không có fields.", "{item} only works between “@each list” and “@end”, for a list without fields."},
	fileItem:             {"Không có trường “{name}”. Mỗi dòng của danh sách “{list}” in bằng {item}: hãy viết {item}.", "There is no field “{name}”. An entry of the list “{list}” is printed by {item}: write {item}."},
	fileNotTextRecords:   {"Danh sách “{name}” không in thẳng được. Hãy in từng dòng: “@each {name}”, “- {{first}}”, “@end”; hoặc trong @table: each {name}: {#} | {{first}}.", "The list “{name}” cannot be printed as it is. Print record by record: “@each {name}”, “- {{first}}”, “@end”; or in a @table: each {name}: {#} | {{first}}."},
	fileNotTextList:      {"Danh sách “{name}” không in thẳng được. Hãy in từng dòng bằng ba dòng: “@each {name}”, “- {item}”, “@end”; hoặc in liền một câu: {{name} | join}.", "The list “{name}” cannot be printed as it is. Print entry by entry with three lines: “@each {name}”, “- {item}”, “@end”; or all in one sentence: {{name} | join}."},
	fileNotTextPhoto:     {"Ảnh “{name}” không in giữa câu được. Hãy ghi một dòng riêng: @photo {name}.", "The photo “{name}” cannot stand in a sentence. Write a line of its own: @photo {name}."},
	fileFolderForm:       {"Tên thư mục “{got}” không dùng được: chỉ chữ thường không dấu, số và gạch ngang. Hãy đổi tên thư mục thành {want} và ghi {key}: {want}.", "The folder name “{got}” is not allowed: lower-case letters without accents, digits and hyphens. Rename the folder to {want} and write {key}: {want}."},
	fileValueType:        {"Giá trị “{got}” không dùng được ở đây. Hãy ghi {want}.", "The value “{got}” cannot be used here. Write {want}."},
	fileKeyTwice:         {"Khóa “{key}” được ghi hai lần (lần đầu ở dòng {other}). Hãy giữ lại một.", "The key “{key}” is written twice (first in line {other}). Keep one."},
	fileDate:             {"“{got}” không phải ngày có thật. Hãy ghi năm-tháng-ngày, ví dụ 2026-01-31.", "“{got}” is not a date of the calendar. Write year-month-day, for example 2026-01-31."},
	fileYAMLStart:        {"Dòng “{text}” bắt đầu bằng ký tự không dùng được ở đó (tab, @, %, `). Hãy thụt dòng bằng dấu cách; câu bắt đầu bằng dấu thì đặt trong ngoặc kép.", "The line “{text}” begins with a sign that cannot stand there (tab, @, %, `). Indent with blanks; text that begins with a sign stands in quotation marks."},
	fileYAMLQuote:        {"Dòng “{text}” có dấu nháy chưa đóng. Hãy thêm dấu nháy ở cuối câu; dấu nháy kép bên trong câu viết \\\".", "In the line “{text}” a quotation mark is not closed. Add it at the end; a quotation mark inside the text is written \\\"."},
	fileYAMLBracket:      {"Dòng “{text}” có ngoặc [ ] hoặc { } chưa đóng, hoặc thiếu dấu phẩy giữa các phần. Hãy kiểm tra; câu có dấu phẩy, dấu : hoặc ngoặc thì đặt trong ngoặc kép.", "In the line “{text}” a bracket [ ] or { } is not closed, or a comma between parts is missing. Text with commas, colons or brackets stands in quotation marks."},
	fileYAMLColon:        {"Dòng “{text}” có dấu : trong câu, hoặc thụt vào sâu hơn dòng trên. Hãy căn thẳng với dòng trên; nếu là dấu : trong câu thì đặt cả câu trong ngoặc kép, ví dụ title: \"Thông báo: việc …\".", "The line “{text}” has a colon inside its text, or is indented deeper than the line above. Align it with the line above; text with a colon stands in quotation marks, for example title: \"Notice: …\"."},
	fileYAMLIndent:       {"Dòng “{text}” không thẳng hàng với các dòng cùng cấp ở trên (hoặc thiếu dấu hai chấm sau tên khóa). Hãy căn thẳng với dòng trên: các khóa cùng cấp thụt vào bằng nhau, dùng dấu cách, không dùng tab.", "The line “{text}” is not level with the lines of its kind above (or a key lacks its colon). Align it with the line above: keys of one level begin in the same column, with blanks, no tabs."},
	fileNoForms:          {"Thư mục này không có biểu mẫu (mỗi biểu mẫu là một thư mục MÃ/PHIÊN-BẢN có form.yaml).{try?} Hãy ghi thư mục chứa acts.yaml, thường là templates/forms.", "This folder holds no forms (a form is a folder ID/VERSION with form.yaml).{try?} Name the folder that holds acts.yaml, as a rule templates/forms."},
	fileMissing:          {"Thiếu tệp {name} trong thư mục biểu mẫu. Hãy tạo tệp này.", "The folder has no readable {name}. Add it."},
	fileYAML:             {"Không đọc được: {text}. Hãy kiểm tra thụt dòng, dấu hai chấm và dấu nháy.", "Cannot be read: {text}. Check indentation, colons and quotation marks."},
	fileUnknownKey:       {"Không có khóa “{key}”.{try?} Hãy sửa tên khóa hoặc bỏ dòng này; các khóa có trong docs/forms.md.", "There is no key “{key}”.{try?} Correct the key or delete the line; docs/forms.md lists the keys."},
	fileFolderName:       {"“{key}” là “{got}” nhưng thư mục tên “{want}”. Hãy ghi {key}: {want}.", "“{key}” is “{got}” but the folder is called “{want}”. Write {key}: {want}."},
	fileHeadMissing:      {"Thiếu “{key}” ở phần đầu. Hãy ghi {key}: …", "The head lacks “{key}”. Write {key}: …"},
	fileHeadChoice:       {"{key}: “{got}” không hợp lệ. Hãy chọn một trong: {choices}.", "{key}: “{got}” is not allowed. Choose one of: {choices}."},
	fileValidity:         {"valid_to đứng trước valid_from. Hãy sửa một trong hai ngày.", "valid_to is before valid_from. Correct one of them."},
	fileLayout:           {"layout nằm ngoài Nghị định 30/2020: size 11, 12 (chỉ cho mẫu riêng), 13 hoặc 14, leading 1.0 đến 1.5, indent 10 hoặc 12.7, before 0 đến 24.", "layout is outside Nghị định 30/2020: size 11, 12 (only where an act sets its own layout), 13 or 14, leading 1.0 to 1.5, indent 10 or 12.7, before 0 to 24."},
	fileFieldName:        {"Tên trường “{name}” không hợp lệ. Hãy dùng chữ thường không dấu, số và gạch dưới, ví dụ full_name.", "The field name “{name}” is not allowed. Use lower-case letters, digits and underscores, for example full_name."},
	fileFieldType:        {"Trường “{name}” có kiểu “{type}” không tồn tại.{try?} Các kiểu: {types}.", "The field “{name}” has no known type (“{type}”).{try?} Types: {types}."},
	fileFieldMissing:     {"Trường “{name}” thiếu “{key}”. Hãy ghi thêm.", "The field “{name}” lacks “{key}”. Add it."},
	fileFieldTwice:       {"Tên trường “{name}” được dùng hai lần. Hãy đổi tên một trường.", "The field name “{name}” is used twice. Rename one."},
	fileUnknownUse:       {"fields.yaml không có trường “{name}”.{try?}", "fields.yaml has no field “{name}”.{try?}"},
	fileEnumValue:        {"Giá trị “{value}” của trường “{name}” không hợp lệ: value là chữ thường không dấu, label không được trống.", "The value “{value}” of the field “{name}” is not allowed: value in lower-case letters, label not empty."},
	filePattern:          {"pattern của trường “{name}” sai hoặc thiếu pattern_help nói phải ghi thế nào.", "The pattern of “{name}” is wrong or lacks a pattern_help that says what to write."},
	fileMinMax:           {"Trường “{name}” có min lớn hơn max.", "The field “{name}” has min above max."},
	fileRule:             {"Không hiểu quy tắc “{text}”. Hãy viết như: new_date > first_date, end <= start + 12 months, total = sum(people.amount).", "The rule “{text}” is not understood. Write it like: new_date > first_date, end <= start + 12 months, total = sum(people.amount)."},
	fileRuleTypes:        {"Quy tắc “{text}” phải so sánh ngày với ngày hoặc số với số.", "The rule “{text}” must compare dates with dates or numbers with numbers."},
	fileRuleToday:        {"Quy tắc “{text}” dùng today nên chỉ cảnh báo được. Hãy ghi thêm warn: true.", "The rule “{text}” asks for today, so it can only warn. Add warn: true."},
	fileRuleWords:        {"Quy tắc “{text}” thiếu câu báo lỗi: hãy ghi cả vi và en.", "The rule “{text}” lacks its message: write both vi and en."},
	fileBadCharacter:     {"Có ký tự {char} không in được. Hãy thay hoặc xóa ký tự này (dùng dấu cách, không dùng tab).", "The character {char} cannot be printed. Replace or delete it (blanks, no tabs)."},
	fileUnknownDirective: {"Không có lệnh “@{directive}”.{try?} Các lệnh: {names}.", "There is no directive “@{directive}”.{try?} Directives: {names}."},
	fileUnknownOption:    {"Lệnh @{directive} không có tùy chọn “{option}”.{try?} Các tùy chọn: {options}.", "The directive @{directive} has no option “{option}”.{try?} Options: {options}."},
	fileNoText:           {"Sau @{directive} phải có nội dung. Hãy viết tiếp trên cùng dòng.", "@{directive} needs text. Write it on the same line."},
	fileArticle:          {"@article phải bắt đầu bằng “Điều” và số, ví dụ: @article Điều 1. … (đang là “{text}”).", "@article must begin with “Điều” and a number, for example: @article Điều 1. … (it is “{text}”)."},
	fileNoCondition:      {"@if phải có điều kiện, ví dụ: @if kind = again.", "@if needs a condition, for example: @if kind = again."},
	fileUnclosed:         {"@{directive} chưa có @end. Hãy thêm một dòng @end.", "@{directive} has no @end. Add a line @end."},
	fileStrayEnd:         {"@{directive} không thuộc lệnh nào ở trên. Hãy bỏ đi hoặc thêm lệnh mở (@if, @each, @columns).", "@{directive} belongs to nothing above it. Delete it or add what it closes (@if, @each, @columns)."},
	fileColumns:          {"@columns có {count} cột: giữa các cột ghi @next, sau cột cuối ghi @end (thiếu @{want}).", "@columns has {count} columns: write @next between them and @end after the last (@{want} is missing)."},
	fileWidths:           {"Độ rộng cột “{text}” không hợp lệ. Hãy ghi các số cách nhau bằng dấu cách, ví dụ: 10 60 30.", "The widths “{text}” are not allowed. Write numbers with blanks between, for example: 10 60 30."},
	fileToLine:           {"Mỗi nơi gửi ghi một dòng bắt đầu bằng “- ” (đang là “{text}”).", "Each addressee stands on its own line beginning with “- ” (it is “{text}”)."},
	fileClosingLine:      {"Trong @closing chỉ có: Nơi nhận:, dòng “- …”, left:, title:, name: (đang là “{text}”).", "@closing takes: Nơi nhận:, lines “- …”, left:, title:, name: (it is “{text}”)."},
	fileNotPhoto:         {"“{name}” không phải trường ảnh. Hãy khai type: photo.", "“{name}” is not a photo. Give the field type: photo."},
	fileNotList:          {"“{name}” không phải danh sách. Hãy khai type: list.", "“{name}” is not a list. Give the field type: list."},
	fileNotText:          {"Trường đúng/sai “{name}” không in thành chữ được. Hãy dùng ô đánh dấu {{name} = true}, hoặc chữ theo điều kiện [?{name}: … ].", "The true/false field “{name}” cannot be printed as text. Use a tick box {{name} = true}, or words under a condition [?{name}: … ]."},
	fileSpace:            {"@space cần số pt từ 1 đến 400 (đang là “{text}”).", "@space needs a height of 1 to 400 pt (it is “{text}”)."},
	fileNumberField:      {"@number chỉ nhận so hoặc so_2 (đang là “{text}”).", "@number takes so or so_2 (it is “{text}”)."},
	fileTableLine:        {"Dòng “{text}” trong @table không hiểu được. Các dòng: widths:, align:, size:, plain:, head:, row:, each danh_sách:, if điều_kiện:.", "The line “{text}” in @table is not understood. Lines: widths:, align:, size:, plain:, head:, row:, each list:, if condition:."},
	fileTableSize:        {"size của bảng từ 8 đến 14 (đang là “{text}”).", "The size of a table is 8 to 14 (it is “{text}”)."},
	fileNoWidths:         {"@table thiếu dòng widths:. Hãy ghi độ rộng từng cột, ví dụ widths: 10 60 30.", "@table has no widths:. Write each column's width, for example widths: 10 60 30."},
	fileAlign:            {"Không có kiểu canh “{text}”. Hãy ghi left, center, right hoặc justify.", "There is no alignment “{text}”. Write left, center, right or justify."},
	fileAlignCount:       {"align có {count} cột, bảng có {want} cột.", "align has {count} columns, the table {want}."},
	fileCellCount:        {"Dòng có {count} ô, bảng có {want} cột. Các ô cách nhau bằng dấu |.", "The row has {count} cells, the table {want} columns. Cells are divided by |."},
	fileJoin:             {"Không có ô nào để nhập với “{mark}”.", "There is no cell to join with “{mark}”."},
	fileStray:            {"Dấu “{char}” đứng lẻ. Muốn in dấu này hãy viết \\{char}.", "The sign “{char}” stands alone. To print it write \\{char}."},
	fileEmphasis:         {"Dấu * hoặc ** mở mà không đóng. Hãy thêm dấu đóng, hoặc viết \\* để in dấu sao.", "A * or ** is opened and not closed. Close it, or write \\* to print the sign."},
	fileEnglish:          {"Dấu _ mở phần tiếng Anh mà không đóng. Hãy thêm dấu _ ở cuối, hoặc viết \\_ để in dấu gạch dưới.", "A _ opens English text and nothing closes it. Add a _ at its end, or write \\_ to print the sign."},
	fileOpenBrace:        {"Dấu { trong “{text}” chưa có dấu }. Hãy đóng ngoặc sau tên trường: {{name}}.", "The { in “{text}” has no }. Close it after the field's name: {{name}}."},
	fileOpenBracket:      {"Phần tùy chọn [? chưa có dấu ]. Hãy thêm dấu ] ở cuối phần này.", "An optional piece [? has no ]. Add ] at its end."},
	fileEmptyBraces:      {"Trong ngoặc nhọn phải có tên trường.", "There must be a field's name in the braces."},
	fileEmptyOptional:    {"Phần [? … ] không có trường nào nên không biết khi nào bỏ. Hãy thêm trường hoặc điều kiện: [?tên_trường: … ].", "Nothing in [? … ] tells when it should vanish. Put a field in it or a condition: [?field: … ]."},
	fileIndexOutside:     {"Số thứ tự # (hoặc # + 1) chỉ dùng trong @each hoặc dòng each của bảng.", "The counter # (or # + 1) only works inside @each or a table's each line."},
	fileTab:              {"Không hiểu “{text}”. Hãy ghi khoảng cách bằng mm, ví dụ: tab 90.", "“{text}” is not understood. Write a distance in mm, for example: tab 90."},
	fileUnknownField:     {"Không có trường “{name}”.{try?} Hãy sửa tên hoặc khai trường trong form.yaml.", "There is no field “{name}”.{try?} Correct the name or declare the field in form.yaml."},
	fileUnknownSigner:    {"Người ký không có “{name}”.{try?} Các tên, không kèm cách ghi: {names}.", "A signatory has no “{name}”.{try?} Names, without a format: {names}."},
	lintSigningPlace:     {"Biểu mẫu ghi signing: {signing} ({who}) nhưng body.txt không có chỗ ký{when}. Hãy thêm {want}, ví dụ ba dòng cuối: “@closing”, “Nơi nhận:”, “- Lưu: VT.”", "The form says signing: {signing} ({who}) but body.txt has no place to sign{when}. Add {want}, for example as its last three lines: “@closing”, “Nơi nhận:”, “- Lưu: VT.”"},
	fileSigningExtra:     {"@{directive} không đi với signing: {signing}, hoặc được ghi hai lần. Hãy bỏ lệnh này hoặc sửa signing.", "@{directive} does not go with signing: {signing}, or stands twice. Delete it or correct signing."},
	fileUnknownAgency:    {"Hồ sơ cơ quan không có “{name}”.{try?} Các tên: {names}.", "The agency profile has no “{name}”.{try?} Names: {names}."},
	fileUnknownFormat:    {"Trường “{name}” không có cách ghi “{format}”.{try?} Các cách ghi: {formats}.", "The field “{name}” has no format “{format}”.{try?} Formats: {formats}."},
	filePhraseMissing:    {"Giá trị “{value}” của trường “{name}” thiếu câu “{format}” trong phrases.", "The value “{value}” of the field “{name}” has no phrase “{format}”."},
	fileOptionalOutside:  {"Trường “{name}” có thể trống nên phải nằm trong [? … ] hoặc @if, để không để lại chỗ trống.", "The field “{name}” may be empty, so it must stand in [? … ] or @if, or it would leave a gap."},
	fileBadSum:           {"Không hiểu tổng “{text}”. Hãy viết danh_sách.trường với trường kiểu money hoặc integer.", "The sum “{text}” is not understood. Write list.field with a field of type money or integer."},
	fileUnknownValue:     {"Trường “{name}” không có giá trị “{value}”.{try?} Các giá trị: {values}.", "The field “{name}” has no value “{value}”.{try?} Values: {values}."},
	fileConditionType:    {"Trường “{name}” kiểu {type} không so sánh bằng dấu = được; chỉ dùng cho enum và boolean.", "The field “{name}” of type {type} cannot be compared with =; only enum and boolean can."},

	lintUnused:      {"Trường “{name}” không được dùng trong văn bản. Hãy in trường này hoặc bỏ khai báo.", "The field “{name}” is never used. Print it or delete it."},
	lintUndated:     {"Căn cứ “{act}” chưa ghi ngày ban hành. Hãy ghi date: năm-tháng-ngày.", "The basis “{act}” has no date. Write date: year-month-day."},
	lintNoBasis:     {"Biểu mẫu không ghi legal_basis. Hãy ghi ít nhất một văn bản, ví dụ Nghị định 30/2020/NĐ-CP cho văn bản không có mẫu riêng.", "The form names no legal_basis. Write at least one act, for example Nghị định 30/2020/NĐ-CP where no act sets a form."},
	lintUnknownAct:  {"Văn bản “{act}” chưa có trong acts.yaml. Hãy xem lại số, ký hiệu theo văn bản gốc; nếu đúng thì ghi thêm vào acts.yaml (act, date, name, from).", "The act “{act}” is not in acts.yaml. Check number and symbol against the act itself; if they are right add it to acts.yaml (act, date, name, from)."},
	lintRepealed:    {"Văn bản “{act}” hết hiệu lực từ ngày {day} (thay bằng {by}) nhưng biểu mẫu còn hiệu lực sau ngày đó. Hãy ghi valid_to: {last} rồi lập phiên bản mới; hoặc, nếu biểu mẫu theo văn bản mới, sửa văn bản này ở cả legal_basis và body.txt.", "The act “{act}” ended on {day} (replaced by {by}) but the form is in force after that. Write valid_to: {last} and make a new version; or, if the form follows the new act, correct it both in legal_basis and in body.txt."},
	lintNoSample:    {"Thiếu sample.json. Hãy ghi dữ liệu mẫu có thật về dạng và hư cấu về người.", "There is no sample.json. Add data that looks real and is fictitious."},
	lintSample:      {"sample.json không qua được kiểm tra: {text}", "sample.json does not pass: {text}"},
	lintSampleDay:   {"Ngày tiếp nhận {day} của sample.json nằm ngoài thời gian hiệu lực của biểu mẫu. Hãy sửa received_date thành một ngày từ {from} trở đi, chưa qua valid_to.", "The reception date {day} of sample.json is outside the form's validity. Make received_date a day from {from} on, not after valid_to."},
	lintNoLegal:     {"Biểu mẫu có text: file nhưng thiếu legal.txt (lời văn của văn bản quy phạm). Hãy chép vào.", "The form has text: file but no legal.txt (the act's own words). Add it."},
	lintSentence:    {"Lời văn khác văn bản quy phạm ở dòng {line}: văn bản ghi “{legal}”, biểu mẫu ghi “{form}”. Hãy sửa body.txt, hoặc ghi nhận chỗ sửa bằng {{cũ => mới}} trong legal.txt.", "The words differ from the act at line {line}: the act says “{legal}”, the form “{form}”. Correct body.txt, or record the correction as {{old => new}} in legal.txt."},
	lintExtra:       {"Biểu mẫu có thêm “{form}” sau khi hết lời văn của văn bản quy phạm.", "The form has more text, “{form}”, after the act's own words end."},
	lintNoSuccessor: {"Biểu mẫu hết hiệu lực ngày {day} nhưng không ghi successor và không có phiên bản sau. Hãy thêm dòng successor: {status: to be confirmed, act: số văn bản thay thế}.", "The form ends on {day} but names no successor and has no later version. Add a line successor: {status: to be confirmed, act: number of the act that replaces it}."},
	lintArticles:    {"Các điều không đánh số liên tiếp: cần “Điều {want}.”, đang là “{got}”.", "The articles are not numbered in order: “Điều {want}.” is needed, it is “{got}”."},
	lintOverlap:     {"Phiên bản {version} và {other} cùng có hiệu lực ngày {day}. Hãy sửa valid_from ở đây, hoặc ghi valid_to: {want} ở {where}.", "The versions {version} and {other} are both in force on {day}. Correct valid_from here, or write valid_to: {want} in {where}."},
	legalCorrection: {"Chỗ sửa “{text}” trong legal.txt không hiểu được. Hãy ghi {{cũ => mới}} trên một dòng.", "The correction “{text}” in legal.txt is not understood. Write {{old => new}} on one line."},
}
