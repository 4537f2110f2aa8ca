package verify

import (
	"fmt"
	"regexp"
	"strings"

	"antin/internal/pdf"
)

// codeForm is the printed form of a lookup code.
var codeForm = regexp.MustCompile(`\b[0-9A-HJKMNP-TV-Z]{4}(?:-[0-9A-HJKMNP-TV-Z]{4}){3}\b`)

// lookupCode reads the code among the keywords of the information dictionary
// (ISO 32000-1, 14.3.3). What cannot be read claims nothing.
func lookupCode(f *pdf.File) string {
	const most = 4096
	info, err := f.Dict(f.Trailer()["Info"])
	if err != nil {
		return ""
	}
	words, err := f.StringOf(info["Keywords"])
	if err != nil || len(words) > most {
		return ""
	}
	return codeForm.FindString(pdf.TextOf(words))
}

// Words of Register.State.
const (
	RegisterIssued    = "ISSUED"
	RegisterUnfinal   = "NOT_FINAL" // an earlier revision of the document
	RegisterWithdrawn = "WITHDRAWN"
	RegisterReplaced  = "REPLACED"
	RegisterCorrected = "CORRECTED"
	RegisterMismatch  = "MISMATCH"
	RegisterChanged   = "CHANGED" // made from a document of the register by appending to it
	RegisterAltered   = "ALTERED" // bears the code of a document of the register and is not its file
	RegisterUnknown   = "UNKNOWN"
)

// SetRegister adds the register's word to the report. w is nil when the
// register does not know the file: that is no fault of the file, it may come
// from another agency. Number and date on the page are compared with the
// register's.
func (r *Report) SetRegister(w *Register) {
	if w == nil {
		r.Register = &Register{
			State:     RegisterUnknown,
			Message:   "Sổ đăng ký của hệ thống này không có tệp này. Nếu văn bản do cơ quan khác phát hành thì điều đó là bình thường; nếu ghi là của cơ quan này, hãy tra cứu bằng mã in ở chân văn bản hoặc hỏi cơ quan.",
			MessageEN: "The register of this service does not know this file. That is normal for a document of another agency; if it names this agency, look it up by the code at its foot or ask the agency.",
		}
		return
	}
	full := w.Number
	if w.Symbol != "" {
		full += "/" + w.Symbol
	}
	viMore, enMore := r.compared(full, w.Date)
	if (w.State == RegisterIssued || w.State == RegisterCorrected) && viMore != "" {
		w.State = RegisterMismatch
	}
	vi, en := registerWords(w, full)
	switch w.State {
	case RegisterMismatch, RegisterAltered, RegisterChanged:
		vi, en = vi+viMore, en+enMore
	}
	w.Message, w.MessageEN = vi, en
	r.Register = w
}

var numbers = regexp.MustCompile(`\d+`)

// compared tells where number or date on the page differ from the register's.
func (r *Report) compared(full, date string) (vi, en string) {
	if printed := r.Fields["so"]; printed != "" && full != "" && printed != full {
		vi += fmt.Sprintf(" Trên tệp ghi số %s.", clean(printed))
		en += fmt.Sprintf(" The file shows number %s.", clean(printed))
	}
	if printed := r.Fields["ngay"]; otherDay(printed, date) {
		vi += fmt.Sprintf(" Trên tệp ghi %s.", clean(printed))
		en += fmt.Sprintf(" The file shows %s.", clean(printed))
	}
	return vi, en
}

// otherDay reports whether a line such as "Hà Nội, ngày 05 tháng 3 năm 2026"
// names another day than "05/03/2026". The name of the place may hold a number
// too ("Quận 1"), so the last three count. A line without a date names none.
func otherDay(line, date string) bool {
	a, b := numbers.FindAllString(line, -1), numbers.FindAllString(date, -1)
	if len(a) < 3 || len(b) != 3 {
		return false
	}
	for i, n := range a[len(a)-3:] {
		if strings.TrimLeft(n, "0") != strings.TrimLeft(b[i], "0") {
			return true
		}
	}
	return false
}

// successor names what replaced or corrected the document.
func (w *Register) successor() (vi, en string) {
	if w.Successor == "" {
		return "văn bản khác", "another document"
	}
	return "văn bản số " + w.Successor, "document " + strings.Replace(w.Successor, " ngày ", " of ", 1)
}

func registerWords(w *Register, full string) (vi, en string) {
	reason := ""
	if w.Reason != "" {
		reason = " Lý do: " + w.Reason + "."
	}
	if w.Annex > 0 && w.State == RegisterIssued {
		return fmt.Sprintf("Sổ đăng ký có đúng tệp này: văn bản kèm theo (tệp %d) của %s số %s ngày %s, đang có hiệu lực. Tệp này chỉ có giá trị cùng văn bản chính.", w.Annex, w.DocumentType, full, w.Date),
			fmt.Sprintf("The register has exactly this file: annex file %d of document %s of %s, in force. It counts only together with the document itself.", w.Annex, full, w.Date)
	}
	if w.CopyOf != nil && w.State == RegisterIssued {
		return copyWords(w, full)
	}
	switch w.State {
	case RegisterIssued:
		return fmt.Sprintf("Sổ đăng ký có đúng tệp này: %s số %s ngày %s, đang có hiệu lực.", w.DocumentType, full, w.Date),
			fmt.Sprintf("The register has exactly this file: number %s of %s, in force.", full, w.Date)
	case RegisterMismatch:
		return fmt.Sprintf("Sổ đăng ký ghi số %s ngày %s, khác với điều ghi trên tệp. Đừng dùng tệp này; hãy hỏi cơ quan ban hành.", full, w.Date),
			fmt.Sprintf("The register has number %s of %s, which is not what the file shows. Do not use this file; ask the issuing agency.", full, w.Date)
	case RegisterAltered:
		return fmt.Sprintf("Tệp này mang mã tra cứu của văn bản số %s ngày %s nhưng không phải tệp đã phát hành: nội dung đã bị sửa hoặc là bản khác. Đừng dùng tệp này.", full, w.Date),
			fmt.Sprintf("This file bears the lookup code of document %s of %s but is not the file that was issued: it was altered or is something else. Do not use it.", full, w.Date)
	case RegisterChanged:
		return fmt.Sprintf("Tệp này bắt nguồn từ văn bản số %s ngày %s trong sổ nhưng đã bị thêm nội dung sau đó, không còn là bản trong sổ.", full, w.Date),
			fmt.Sprintf("This file was made from document %s of %s in the register, but something was added to it since: it is not the file in the register.", full, w.Date)
	case RegisterUnfinal:
		return "Đây là bản chưa hoàn chỉnh (dự thảo hoặc chưa đóng dấu) của một văn bản; đừng dùng thay bản đã phát hành.",
			"This is an unfinished revision (a draft, or not sealed) of a document; do not use it in place of the issued one."
	case RegisterWithdrawn:
		return fmt.Sprintf("Văn bản số %s đã bị thu hồi ngày %s, không còn giá trị.%s", full, w.StateDate, reason),
			fmt.Sprintf("Document %s was withdrawn on %s and is no longer in force.", full, w.StateDate)
	case RegisterReplaced:
		by, byEN := w.successor()
		return fmt.Sprintf("Văn bản số %s đã được thay thế ngày %s bằng %s.%s", full, w.StateDate, by, reason),
			fmt.Sprintf("Document %s was replaced on %s by %s.", full, w.StateDate, byEN)
	case RegisterCorrected:
		by, byEN := w.successor()
		return fmt.Sprintf("Văn bản số %s còn hiệu lực và đã được đính chính bằng %s.%s", full, by, reason),
			fmt.Sprintf("Document %s is in force and was corrected by %s.", full, byEN)
	}
	return "Sổ đăng ký chưa cho biết trạng thái của văn bản này.", "The register does not say where this document stands."
}

// copyWords say of which file a copy in force is.
func copyWords(w *Register, full string) (vi, en string) {
	c := w.CopyOf
	what, whatEN := "bản sao đúng", "a true copy"
	if len(c.Pages) > 0 {
		what, whatEN = fmt.Sprintf("bản trích sao các trang %s", pageList(c.Pages)), fmt.Sprintf("an extract, pages %s,", pageList(c.Pages))
	}
	vi = fmt.Sprintf("Sổ đăng ký có đúng tệp này: %s, số %s ngày %s, là %s của văn bản số %s ngày %s của %s (SHA-256 của tệp được sao: %s).",
		c.Words, full, w.Date, what, c.Number, c.Date, c.Agency, c.SHA256)
	en = fmt.Sprintf("The register has exactly this file: copy %s of %s, %s of document %s of %s (SHA-256 of the file copied: %s).", full, w.Date, whatEN, c.Number, c.Date, c.SHA256)
	switch c.SourceState {
	case RegisterWithdrawn:
		vi, en = vi+" Văn bản được sao đã bị thu hồi, không còn giá trị.", en+" The document copied was withdrawn since and is no longer in force."
	case RegisterReplaced:
		vi, en = vi+" Văn bản được sao đã được thay thế bằng văn bản khác.", en+" The document copied was replaced since by another."
	}
	return vi, en
}

func pageList(pages []int) string {
	return strings.Trim(strings.ReplaceAll(fmt.Sprint(pages), " ", ", "), "[]")
}
