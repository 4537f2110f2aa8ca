package verify

// The words of changes and conclusions; those of checks stand in words.go.

var changeWords = map[string]text{
	"filled":                  {"Điền ô «{0}»: «{2}».", "Field “{0}” filled: “{2}”."},
	"refilled":                {"Sửa ô «{0}» từ «{1}» thành «{2}».", "Field “{0}” changed from “{1}” to “{2}”."},
	"signed":                  {"Ký vào ô «{0}».", "Field “{0}” signed."},
	"stamped":                 {"Đóng dấu thời gian («{0}»).", "Document time-stamp added (“{0}”)."},
	"signed_new":              {"Thêm chữ ký «{0}».", "Signature “{0}” added."},
	"signed_new_visible":      {"Thêm chữ ký có hình «{0}».", "Visible signature “{0}” added."},
	"signature_field_added":   {"Thêm ô chữ ký «{0}».", "Signature field “{0}” added."},
	"store_extended":          {"Bổ sung dữ liệu kiểm tra lâu dài.", "Long-term validation data added."},
	"store_removed":           {"Xóa dữ liệu kiểm tra lâu dài.", "Long-term validation data removed."},
	"store_malformed":         {"Kho dữ liệu kiểm tra lâu dài chứa thứ khác.", "The store of validation data holds something else."},
	"save_traces":             {"Cập nhật ngày lưu, phần mềm lưu.", "Date and software of the last save updated."},
	"note_added":              {"Thêm ghi chú ({0}).", "Note added ({0})."},
	"field_locked":            {"Ô «{0}» đã bị khóa bởi chữ ký trước nhưng vẫn bị sửa.", "Field “{0}” was locked by an earlier signature and was changed nevertheless."},
	"certified_no_changes":    {"Văn bản được chứng nhận không cho thay đổi gì, nhưng ô «{0}» bị sửa hoặc ký thêm.", "The certification allows no change at all, but field “{0}” was filled or signed."},
	"certified_new_signature": {"Thêm chữ ký có hình «{0}» lên văn bản đã chứng nhận: hình này có thể che nội dung.", "Visible signature “{0}” was added to a certified document: its picture may cover content."},
	"signature_covers":        {"Hình của chữ ký thêm sau «{0}» che lên ô khác hoặc che phần lớn trang.", "The picture of the later signature “{0}” covers another field or much of the page."},
	"signature_removed":       {"Chữ ký trong ô «{0}» bị gỡ bỏ.", "The signature in field “{0}” was removed."},
	"signature_replaced":      {"Chữ ký trong ô «{0}» bị thay bằng chữ ký khác.", "The signature in field “{0}” was replaced by another."},
	"form_field_added":        {"Thêm ô nhập liệu «{0}».", "A form field “{0}” was added."},
	"form_field_removed":      {"Xóa ô «{0}».", "Field “{0}” was removed."},
	"field_changed":           {"Tính chất của ô biểu mẫu bị sửa ({path}).", "A property of a form field was changed ({path})."},
	"appearance_changed":      {"Hình hiển thị của ô «{0}» bị tráo trong khi giá trị không đổi.", "What field “{0}” shows was swapped while its value stayed."},
	"appearance_differs":      {"Ô «{0}» hiển thị «{1}» trong khi giá trị là «{2}».", "Field “{0}” shows “{1}” while its value is “{2}”."},
	"appearance_draws":        {"Ô «{0}» vẽ hình thay cho chữ (lệnh {1}).", "Field “{0}” draws pictures in place of text (operator {1})."},
	"appearance_states":       {"Ô «{0}» có nhiều hình hiển thị khác nhau.", "Field “{0}” has several different appearances."},
	"appearance_unread":       {"Ô «{0}» được điền; chữ hiển thị không đối chiếu được với giá trị.", "Field “{0}” was filled; what it shows could not be compared with its value."},
	"widget_added":            {"Thêm một ô lên trang không thuộc biểu mẫu.", "A widget that belongs to no field was put on a page."},
	"annotation_added":        {"Thêm chú thích hoặc lớp phủ lên trang ({path}).", "An annotation or overlay was put on a page ({path})."},
	"annotation_removed":      {"Xóa chú thích hoặc ô trên trang.", "An annotation or widget was taken off a page."},
	"page_changed":            {"Trang bị sửa ({path}).", "A page was changed ({path})."},
	"trailer_id":              {"Mã định danh của tệp bị đổi.", "The identifier of the file was changed."},
	"action_added":            {"Thêm hành động tự chạy ({path}).", "An action was added ({path})."},
}

// limitWords name what a file has too much of, keyed by pdf.LimitError.What; ""
// is for what only a program would name. Sizes in bytes are given in MB.
var limitWords = map[string]text{
	"":                                      {"khối lượng dữ liệu phải xử lý", "the data to be worked on"},
	"bytes in the file":                     {"dung lượng tệp", "size of the file"},
	"bytes of decoded stream data":          {"dữ liệu sau khi giải nén", "data once decompressed"},
	"bytes of field names":                  {"tên các ô biểu mẫu", "names of form fields"},
	"pages":                                 {"số trang", "pages"},
	"signatures":                            {"số chữ ký", "signatures"},
	"cross-reference sections":              {"số lần lưu", "revisions"},
	"cross-reference entries":               {"số đối tượng", "objects"},
	"objects in an object stream":           {"số đối tượng trong một luồng", "objects in one stream"},
	"objects to compare":                    {"số đối tượng phải so sánh giữa các lần lưu", "objects to compare between revisions"},
	"filters of a stream":                   {"số lớp nén của một luồng dữ liệu", "filters of one stream"},
	"levels of nesting":                     {"số cấp lồng nhau", "levels of nesting"},
	"levels in the tree of fields":          {"số cấp của biểu mẫu", "levels in the tree of fields"},
	"levels in the tree of pages":           {"số cấp của danh sách trang", "levels in the tree of pages"},
	"array elements and dictionary entries": {"số phần tử dữ liệu", "elements of data"},
	"passes over the file":                  {"số lượt đọc lại tệp", "passes over the file"},
}

// zoneWords name the places for differences without words of their own; the
// code is the zone with _added, _removed or _changed.
var zoneWords = map[zone]text{
	"catalog":        {"danh mục của tệp", "the document catalog"},
	"page_tree":      {"danh sách trang", "the list of pages"},
	"page":           {"trang", "a page"},
	"page_contents":  {"nội dung trang", "the content of a page"},
	"resources":      {"tài nguyên của trang", "resources that pages use"},
	"font":           {"phông chữ đang dùng", "a font in use"},
	"picture":        {"hình đang dùng", "a picture in use"},
	"appearance":     {"hình hiển thị của một ô", "the appearance of a field"},
	"annotation":     {"chú thích trên trang", "an annotation on a page"},
	"form":           {"biểu mẫu", "the form"},
	"field":          {"ô biểu mẫu", "a form field"},
	"signature_data": {"dữ liệu chữ ký", "the data of a signature"},
	"action":         {"hành động tự chạy khi mở", "actions that run when the document is opened"},
	"names":          {"bảng tên (mã lệnh, tệp đính kèm, đích đến)", "the names (scripts, attachments, destinations)"},
	"perms":          {"quyền hạn của chữ ký", "the permissions of signatures"},
	"layers":         {"các lớp hiển thị", "the layers shown"},
	"structure":      {"cấu trúc văn bản cho người khiếm thị", "the tagged structure"},
	"outlines":       {"mục lục", "the outline"},
	"color":          {"quy định màu", "the output colours"},
	"info":           {"thông tin về văn bản", "the document information"},
	"metadata":       {"siêu dữ liệu của văn bản", "the document metadata"},
	"trailer":        {"phần đuôi của tệp", "the trailer"},
	"unused_object":  {"một đối tượng không nơi nào dùng", "an object that nothing uses"},
}

var zoneVerbs = map[string]text{
	"added":   {"Thêm vào {0}{1}.", "Something was added to {0}{1}."},
	"removed": {"Xóa bớt ở {0}{1}.", "Something was removed from {0}{1}."},
	"changed": {"Sửa {0}{1}.", "{0}{1} was changed."},
}

var conclusions = map[string]text{
	"conclusion.passed": {
		"HỢP LỆ. Văn bản nguyên vẹn, được ký bởi: {0}.",
		"VALID. The document is intact and was signed by: {0}.",
	},
	"conclusion.passed_warning": {
		"HỢP LỆ, CÓ CẢNH BÁO. Văn bản nguyên vẹn, được ký bởi: {0}. Lưu ý: {1}",
		"VALID, WITH A WARNING. The document is intact and was signed by: {0}. Note: {1}",
	},
	"conclusion.failed": {
		"KHÔNG HỢP LỆ. Không dùng văn bản này. Lý do: {0}",
		"NOT VALID. Do not rely on this document. Reason: {0}",
	},
	"conclusion.indeterminate": {
		"CHƯA XÁC ĐỊNH ĐƯỢC, không được coi là hợp lệ. Lý do: {0}",
		"NOT DETERMINED, not to be taken as valid. Reason: {0}",
	},
	"conclusion.none": {
		"KHÔNG CÓ CHỮ KÝ SỐ. Không thể xác nhận ai ban hành tệp này và nội dung có bị sửa hay không.",
		"NO DIGITAL SIGNATURE. It cannot be told who issued this file or whether it was altered.",
	},
	"conclusion.unreadable_not_pdf":   {"KHÔNG KIỂM TRA ĐƯỢC. Đây không phải là tệp PDF.", "NOT VERIFIED. This is not a PDF file."},
	"conclusion.unreadable_malformed": {"KHÔNG HỢP LỆ. Tệp PDF bị hỏng hoặc bị sửa sai chuẩn, không thể tin được nội dung hiển thị.", "NOT VALID. The PDF file is damaged or was tampered with; what it shows cannot be relied on."},
	"conclusion.unreadable_encrypted": {"CHƯA XÁC ĐỊNH ĐƯỢC. Tệp có mật khẩu nên không kiểm tra được.", "NOT DETERMINED. The file is password protected and cannot be verified."},
	"conclusion.unreadable_limit":     {"CHƯA XÁC ĐỊNH ĐƯỢC. Tệp quá lớn hoặc quá phức tạp để kiểm tra ở đây.", "NOT DETERMINED. The file is too large or too complex to be verified here."},
	"conclusion.signature_passed":     {"Chữ ký HỢP LỆ: {0}.", "The signature is VALID: {0}."},
	"conclusion.signature_failed":     {"Chữ ký KHÔNG HỢP LỆ. {0}", "The signature is NOT VALID. {0}"},
	"conclusion.signature_unclear":    {"CHƯA XÁC ĐỊNH được chữ ký có hợp lệ hay không. {0}", "It is NOT DETERMINED whether the signature is valid. {0}"},
}
