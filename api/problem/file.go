package problem

import (
	"errors"
	"strings"

	"antin/issuance"
	"antin/templates/mark"
)

// fileWords say why an uploaded PDF is refused and what to do, by mark's code.
var fileWords = map[mark.Code][2]string{
	mark.NotPDF:     {"Tệp không phải PDF. Hãy chọn tệp PDF (từ máy quét hoặc lưu từ phần mềm soạn thảo).", "It is no PDF. Choose a PDF, from a scanner or saved by a word processor."},
	mark.Malformed:  {"Tệp PDF bị hỏng hoặc viết sai quy cách. Hãy mở tệp rồi lưu lại (In ra PDF) và gửi tệp mới.", "The PDF is damaged or malformed. Open it, print it to PDF again and send the new file."},
	mark.Encrypted:  {"Tệp PDF có mật khẩu hoặc bị khóa quyền. Hãy gửi tệp không mã hóa.", "The PDF is encrypted. Send one that is not."},
	mark.TooLarge:   {"Tệp PDF quá lớn hoặc quá phức tạp (tối đa 32 MB). Hãy giảm độ phân giải ảnh quét (từ 200 dpi là đủ) hoặc chia tệp.", "The PDF is too large or too complex (at most 32 MB). Scan at a lower resolution (200 dpi is enough) or split it."},
	mark.TooMany:    {"Tệp có quá 1000 trang. Hãy chia thành nhiều tệp.", "It has more than 1,000 pages. Split it."},
	mark.Version:    {"Tệp PDF thuộc phiên bản trước 1.4; quy định yêu cầu từ 1.4 trở lên (Nghị định 30/2020/NĐ-CP, Phụ lục I, phần II). Hãy lưu lại ở phiên bản mới.", "The PDF is older than version 1.4, which the decree asks for. Save it as a newer version."},
	mark.Active:     {"Tệp PDF có lệnh tự chạy (script, hành động). Văn bản không được chứa lệnh: hãy In ra PDF và gửi tệp mới.", "The PDF holds scripts or actions. Print it to PDF and send the new file."},
	mark.Attachment: {"Tệp PDF có tệp, âm thanh hoặc phim đính kèm bên trong. Hãy bỏ phần đính kèm rồi gửi lại.", "The PDF holds attached files, sound or video. Take them out and send it again."},
	mark.External:   {"Tệp PDF lấy nội dung từ tệp khác bên ngoài. Hãy In ra PDF và gửi tệp mới.", "The PDF takes content from other files. Print it to PDF and send the new file."},
	mark.Layers:     {"Tệp PDF có các lớp ẩn, hiện (layers) nên có thể hiện khác nhau ở mỗi máy. Hãy In ra PDF và gửi tệp mới.", "The PDF has layers that can be shown or hidden. Print it to PDF and send the new file."},
	mark.Fields:     {"Tệp PDF còn ô điền (biểu mẫu), nội dung có thể bị điền thêm sau khi ký. Hãy In ra PDF và gửi tệp mới.", "The PDF holds a form that could be filled after signing. Print it to PDF and send the new file."},
	mark.Signed:     {"Tệp PDF đã có chữ ký số; cơ quan không ký thêm lên chữ ký của người khác. Với phụ lục, hãy gửi bản chưa ký. Với văn bản điện tử của cơ quan khác, hãy chuyển chính tệp gốc: nó tự chứng minh được.", "The PDF is signed already; the agency does not sign on top of it. As an annex, send the unsigned file. A signed electronic document of another agency is passed on as it is: it proves itself."},
	mark.Odd:        {"Tệp PDF có phần mà mỗi phần mềm có thể đọc một khác. Hãy In ra PDF và gửi tệp mới.", "The PDF has parts that programs may read differently. Print it to PDF and send the new file."},
	mark.PageBox:    {"Tệp có trang không rõ khổ giấy. Hãy In ra PDF khổ A4 và gửi tệp mới.", "A page has no usable size. Print it to PDF as A4 and send the new file."},
}

func fromFile(err error) *Problem {
	refused, ok := errors.AsType[*mark.RefusalError](err)
	if !ok {
		return nil
	}
	w, ok := fileWords[refused.Code]
	if !ok {
		return New(Internal, err)
	}
	p := New(FileRefused, err, w[0], w[1])
	p.Fields = []Field{{Pointer: "/file", Code: string(refused.Code), Message: w[0], MessageEN: w[1]}}
	return p
}

// copyWords say which rule stands against a copy, by issuance's name of it; the
// pointer is the field of the request.
var copyWords = map[issuance.CopyRule]struct{ pointer, vi, en string }{
	issuance.CopyKindUnknown: {"/kind", "Hình thức sao chỉ có: sao_y, sao_luc, trich_sao.", "The kind is sao_y, sao_luc or trich_sao."},
	issuance.CopyNoSource:    {"/file", "Hãy gửi một tệp PDF, hoặc nêu một văn bản trong sổ (document) để trích sao; không cả hai.", "Send a PDF, or name a document of the register for an extract; not both."},
	issuance.CopyUnnamed:     {"/source_%s", "Hãy ghi cơ quan ban hành, số, ký hiệu và ngày của văn bản được sao (mỗi mục không quá 300 ký tự).", "Give agency, number and date of what is copied, at most 300 characters each."},
	issuance.CopyElectronic:  {"/file", "Văn bản được sao là văn bản điện tử. Nghị định 30/2020/NĐ-CP, Điều 25 chỉ cho sao y, sao lục văn bản điện tử ra giấy; sang điện tử thì gửi chính tệp gốc (tệp tự chứng minh được) hoặc trích sao.", "What is to be copied is electronic. The decree (Điều 25) copies it whole only to paper; pass the original file on, it proves itself, or make an extract."},
	issuance.CopyNotInForce:  {"/document", "Văn bản chưa phát hành hoặc không còn hiệu lực nên không sao.", "The document is not issued or no longer in force."},
	issuance.CopyPages:       {"/pages", "Ghi số trang tăng dần, trong phạm vi của tệp (trang cuối: %s); sao y và sao lục lấy toàn bộ, không chọn trang.", "Name pages in rising order within the file (last: %s); whole copies take all pages."},
	issuance.CopyFrame:       {"/pages", "Bản trích sao phải có đủ thể thức (Điều 25 khoản 3): hãy thêm trang %s (trang đầu và trang có chữ ký).", "An extract keeps head and signatures (Điều 25): add page %s."},
	issuance.CopySignatory:   {"/signatory", "Cơ quan không có người có thẩm quyền “%s”.", "The agency has no signatory %q."},
}

func fromCopy(err error) *Problem {
	if v, ok := errors.AsType[*issuance.ViewingError](err); ok {
		return New(NotMarked, err, stateNames[v.State], v.State)
	}
	refused, ok := errors.AsType[*issuance.CopyError](err)
	if !ok {
		return nil
	}
	w, ok := copyWords[refused.Rule]
	if !ok {
		return New(Internal, err)
	}
	put := func(s string) string {
		return strings.NewReplacer("%s", refused.Detail, "%q", refused.Detail).Replace(s)
	}
	p := New(CopyRefused, err, put(w.vi), put(w.en))
	p.Fields = []Field{{Pointer: put(w.pointer), Code: string(refused.Rule), Message: put(w.vi), MessageEN: put(w.en)}}
	return p
}
