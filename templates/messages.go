package templates

import "maps"

// Codes of problems in the data of a document.
const (
	dataTooLarge         Code = "too_large"
	dataNotJSON          Code = "not_json"
	dataExtraComma       Code = "json_extra_comma"
	dataMissingComma     Code = "json_missing_comma"
	dataDuplicate        Code = "duplicate_key"
	dataWrongType        Code = "wrong_type"
	dataMissing          Code = "missing"
	dataMissingHere      Code = "missing_here"
	dataEmpty            Code = "empty"
	dataUnknown          Code = "unknown_field"
	dataBadDate          Code = "bad_date"
	dataBadMonth         Code = "bad_month"
	dataTooLong          Code = "too_long"
	dataPattern          Code = "bad_pattern"
	dataNotWhole         Code = "not_whole"
	dataRange            Code = "out_of_range"
	dataNotInList        Code = "not_in_list"
	dataTooMany          Code = "too_many"
	dataTooFew           Code = "too_few"
	dataRule             Code = "rule"
	dataPhoto            Code = "bad_photo"
	dataPhotoSize        Code = "photo_too_large"
	dataNoAgency         Code = "no_agency"
	dataUnknownSignatory Code = "unknown_signatory"
	dataNoSigner         Code = "no_signer"
	badControl           Code = "control_character"
	badBreak             Code = "line_break"
	badDirection         Code = "bidi_control"
	badInvisible         Code = "invisible_character"
	badUnicode           Code = "bad_unicode"
	badGlyph             Code = "unsupported_character"
)

// wording is a message in both languages. {name} takes an argument, {try?} the
// nearest candidate if there is one.
type wording struct{ vi, en string }

// words is the one place where problems are put into words.
var words = func() map[Code]wording {
	all := maps.Clone(dataWords)
	maps.Copy(all, fileWords)
	return all
}()

var dataWords = map[Code]wording{
	dataTooLarge:         {"Dữ liệu có {size} byte, nhiều nhất {most} byte. Hãy bỏ bớt nội dung hoặc thu nhỏ ảnh.", "The data has {size} bytes, at most {most} are allowed. Shorten it or use a smaller photo."},
	dataNotJSON:          {"Không đọc được JSON ở dòng {line}. Hãy kiểm tra dấu ngoặc, dấu phẩy và dấu nháy.", "This is not JSON from line {line} on. Check brackets, commas and quotation marks."},
	dataExtraComma:       {"Thừa dấu phẩy ở cuối dòng {line}, ngay trước dấu đóng ngoặc. Hãy xóa dấu phẩy này.", "There is a comma too many at the end of line {line}, just before the closing bracket. Delete it."},
	dataMissingComma:     {"Thiếu dấu phẩy ở cuối dòng {line}. Hãy thêm dấu phẩy.", "A comma is missing at the end of line {line}. Add it."},
	dataDuplicate:        {"Trường này được ghi hai lần. Hãy giữ lại một.", "This key is written twice. Keep one."},
	dataWrongType:        {"Kiểu dữ liệu sai: cần {want}, nhận được {got}.", "Wrong type: {want} is needed, this is {got}."},
	dataMissing:          {"Thiếu “{label}”. Hãy ghi trường này.", "The field is missing (“{label}”). Add it."},
	dataMissingHere:      {"Thiếu “{label}”, bắt buộc trong trường hợp này. Hãy ghi trường này.", "The field (“{label}”) is missing and needed in this case. Add it."},
	dataEmpty:            {"“{label}” đang để trống. Hãy ghi nội dung.", "“{label}” is empty. Write its content."},
	dataUnknown:          {"Biểu mẫu không có trường “{name}”.{try?} Hãy sửa tên hoặc bỏ trường này.", "The form has no field “{name}”.{try?} Correct the name or leave it out."},
	dataBadDate:          {"“{got}” không phải ngày có thật. Hãy ghi năm-tháng-ngày, ví dụ 2026-01-31.", "“{got}” is not a date of the calendar. Write year-month-day, for example 2026-01-31."},
	dataBadMonth:         {"“{got}” không phải tháng. Hãy ghi năm-tháng, ví dụ 2026-01.", "“{got}” is not a month. Write year-month, for example 2026-01."},
	dataTooLong:          {"Nội dung dài {got} ký tự, nhiều nhất {most} ký tự. Hãy rút gọn.", "The text has {got} characters, at most {most} are allowed. Shorten it."},
	dataPattern:          {"“{got}” không đúng dạng: {help}.", "“{got}” does not have the right form: {help}."},
	dataNotWhole:         {"“{got}” không phải số nguyên. Hãy ghi số nguyên, không có phần thập phân.", "“{got}” is not a whole number. Write it without decimals."},
	dataRange:            {"Giá trị {got} nằm ngoài khoảng {low} đến {high}.", "The value {got} is outside {low} to {high}."},
	dataNotInList:        {"“{got}” không có trong danh sách: {values}.{try?}", "“{got}” is none of: {values}.{try?}"},
	dataTooMany:          {"Danh sách có {got} dòng, nhiều nhất {most} dòng. Hãy chia thành nhiều văn bản.", "The list has {got} entries, at most {most} are allowed. Split it over several documents."},
	dataTooFew:           {"Danh sách có {got} dòng, ít nhất {least} dòng.", "The list has {got} entries, at least {least} are needed."},
	dataRule:             {"{vi}", "{en}"},
	dataPhoto:            {"Không đọc được ảnh: cần tệp JPEG hoặc JPEG 2000 mã hóa base64. Hãy gửi tệp ảnh 4x6 gốc.", "The photo cannot be read: a JPEG or JPEG 2000 file in base64 is needed. Send the original 4x6 photo."},
	dataPhotoSize:        {"Ảnh lớn hơn {most} byte. Hãy thu nhỏ ảnh.", "The photo is larger than {most} bytes. Make it smaller."},
	dataNoAgency:         {"Chưa chọn cơ quan ban hành. Hãy cấu hình hồ sơ cơ quan.", "There is no issuing agency. Configure an agency profile."},
	dataUnknownSignatory: {"“{got}” không ký được văn bản này. Người ký theo hồ sơ cơ quan: {signers}.{try?}", "“{got}” cannot sign this document. By the agency profile these can: {signers}.{try?}"},
	dataNoSigner:         {"Hồ sơ cơ quan chưa có người ký loại văn bản này. Hãy ghi thêm vào danh sách {list} trong agency.yaml.", "The agency profile has nobody who signs this kind of document. Add them to the list {list} in agency.yaml."},
	badControl:           {"Ký tự điều khiển {char} không được phép. Hãy xóa ký tự này.", "The control character {char} is not allowed. Delete it."},
	badBreak:             {"Trường này chỉ có một dòng, không được xuống dòng ({char}). Hãy viết liền.", "This field has one line; the line break {char} is not allowed. Write it in one line."},
	badDirection:         {"Ký tự đổi chiều chữ {char} không được phép vì có thể làm chữ hiển thị khác nội dung thật. Hãy xóa ký tự này.", "The direction control {char} is not allowed: it can make a text look like another. Delete it."},
	badInvisible:         {"Ký tự không nhìn thấy {char} không được phép. Hãy xóa ký tự này.", "The invisible character {char} is not allowed. Delete it."},
	badUnicode:           {"Chuỗi có ký tự hỏng {char}. Hãy gõ lại bằng bảng mã Unicode (UTF-8).", "The text has a broken character {char}. Type it again as Unicode (UTF-8)."},
	badGlyph:             {"Phông chữ của văn bản không có ký tự {char}. Hãy thay bằng chữ cái Latinh, chữ số hoặc dấu câu thông thường.", "The document's typeface has no character {char}. Use Latin letters, digits and common signs."},

	unknownForm:    {"Không có biểu mẫu “{id}”.{try?} Danh sách: antin forms list.", "There is no form “{id}”.{try?} See antin forms list."},
	unknownVersion: {"Biểu mẫu “{id}” không có phiên bản “{version}”. Các phiên bản: {versions}.{try?}", "The form “{id}” has no version “{version}”. Versions: {versions}.{try?}"},
	notYetInForce:  {"Biểu mẫu “{id}” có hiệu lực từ ngày {from}; hồ sơ tiếp nhận ngày {received} chưa dùng được.{earlier} Hãy kiểm tra ngày tiếp nhận hoặc ghi rõ phiên bản.", "The form “{id}” is in force from {from}; a dossier received on {received} cannot use it yet.{earlier} Check the reception date or name a version."},
	noLongerForce:  {"Biểu mẫu “{id}” (phiên bản {version}) hết hiệu lực sau ngày {to}; hồ sơ tiếp nhận ngày {received} không dùng được nữa.{successor} Muốn in bản cũ, hãy ghi rõ phiên bản “{version}”.", "The form “{id}” (version {version}) ceased to be in force after {to}; a dossier received on {received} can no longer use it.{successor} To print the old one, name the version “{version}”."},
}
