package imagecheck

import "fmt"

// sentences holds every sentence this package says to people, by code:
// Vietnamese first, English beside it. A sentence says what is wrong and what to
// do about it.
var sentences = map[string][2]string{
	"format.empty":           {"Tệp rỗng. Hãy chọn lại tệp ảnh.", "The file is empty. Choose the photo again."},
	"format.too-many-bytes":  {"Tệp nặng %.1f MB, tối đa %d MB. Hãy lưu lại ảnh ở kích thước nhỏ hơn.", "The file has %.1f MB, at most %d MB are taken. Save the photo at a smaller size."},
	"format.other":           {"Đây là tệp %s, không phải ảnh JPEG hoặc JPEG 2000. Hãy lưu ảnh thành JPEG rồi gửi lại.", "This is a %s file, not a JPEG or JPEG 2000 photo. Save the photo as JPEG and send it again."},
	"format.unknown":         {"Không nhận ra định dạng của tệp. Chỉ nhận ảnh JPEG hoặc JPEG 2000.", "The kind of file is not known. Only JPEG and JPEG 2000 photos are taken."},
	"format.truncated":       {"Tệp ảnh bị cụt (tải lên chưa hết hoặc lưu hỏng). Hãy gửi lại tệp gốc.", "The file is cut short (an upload not finished, or saved badly). Send the original file again."},
	"format.corrupt":         {"Tệp ảnh bị hỏng (%s). Hãy mở ảnh, lưu lại thành JPEG và gửi lại.", "The file is broken (%s). Open the photo, save it as JPEG and send it again."},
	"format.too-many-pixels": {"Ảnh %d x %d điểm ảnh quá lớn (tối đa %d triệu điểm ảnh). Hãy thu nhỏ ảnh, ví dụ còn 1417 điểm ảnh chiều cao.", "A photo of %d x %d pixels is too large (at most %d megapixels). Make it smaller, for example 1417 pixels high."},
	"format.no-levels":       {"Ảnh JPEG 2000 %d x %d điểm ảnh không có mức phân giải nhỏ hơn nên không thể kiểm tra an toàn. Hãy lưu ảnh thành JPEG.", "The JPEG 2000 photo of %d x %d pixels has no smaller resolution levels, so it can't be checked safely. Save it as JPEG."},
	"format.too-many-tiles":  {"Ảnh JPEG 2000 chia thành %d ô, tối đa %d. Hãy lưu ảnh thành JPEG.", "The JPEG 2000 photo is cut into %d tiles, at most %d are taken. Save it as JPEG."},
	"format.too-many-scans":  {"Ảnh JPEG lũy tiến có hơn %d lượt quét. Hãy lưu lại thành JPEG thường.", "The progressive JPEG has more than %d scans. Save it as a plain JPEG."},
	"format.jpeg-process":    {"Kiểu nén JPEG này (không mất dữ liệu hoặc mã số học) không được hỗ trợ. Hãy lưu lại thành JPEG thường.", "This kind of JPEG (lossless or arithmetic) is not read. Save it as a plain JPEG."},
	"format.depth":           {"Ảnh dùng %d bit cho mỗi kênh màu, chỉ nhận 8 bit. Hãy lưu lại thành JPEG thường.", "The photo has %d bits per channel, only 8 are taken. Save it as a plain JPEG."},
	"format.components":      {"Ảnh có %d kênh màu, chỉ nhận ảnh màu thông thường. Hãy lưu lại thành JPEG thường.", "The photo has %d channels, only ordinary colour is taken. Save it as a plain JPEG."},
	"format.subsampled":      {"Ảnh JPEG 2000 có kênh màu bị giảm mẫu, không được hỗ trợ. Hãy lưu ảnh thành JPEG.", "The JPEG 2000 photo has subsampled channels, which are not read. Save it as JPEG."},
	"format.palette":         {"Ảnh JPEG 2000 dùng bảng màu, không phải ảnh chụp. Hãy gửi ảnh JPEG chụp gốc.", "The JPEG 2000 file uses a palette and is no photograph. Send the original JPEG photo."},
	"format.polyglot":        {"Tệp ảnh chứa kèm dữ liệu %s nên bị từ chối vì lý do an toàn. Hãy mở ảnh, lưu lại thành JPEG và gửi lại.", "The file carries %s data beside the photo and is refused for safety. Open the photo, save it as JPEG and send it again."},
	"format.metadata-loop":   {"Thông tin EXIF của ảnh bị lặp vòng nên tệp bị từ chối vì lý do an toàn. Hãy mở ảnh, lưu lại thành JPEG và gửi lại.", "The photo's EXIF data points back at itself and the file is refused for safety. Open the photo, save it as JPEG and send it again."},
}

// sentence fills the sentence of code in a language: 0 Vietnamese, 1 English.
func sentence(code string, lang int, args []any) string {
	s, ok := sentences[code]
	if !ok {
		return code
	}
	return fmt.Sprintf(s[lang], args...)
}
