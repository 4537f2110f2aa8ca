package api

import (
	"net/http"
	"slices"

	"github.com/labstack/echo/v4"

	"antin/archive"
	"antin/signer/verify"
)

// verifyPage is /xac-thuc: a file in, the verdict first, the report of Thông tư
// 15/2025/TT-BKHCN, Điều 6 after it.
func (s *Server) verifyPage(c echo.Context) error {
	body := verifyBody{Limit: megabytes(s.limits.VerifyBody)}
	title, status := "Xác thực tệp PDF", http.StatusOK
	if c.Request().Method == http.MethodPost {
		if err := s.public(c); err != nil {
			return err
		}
		f, wrong, err := chosen(c, "application/pdf", echo.MIMEOctetStream)
		if err != nil {
			return err
		}
		if wrong != "" {
			body.Wrong, status = wrong, http.StatusBadRequest
		} else {
			report, err := s.service.Verify(c.Request().Context(), f.content)
			if err != nil {
				return err
			}
			body.judged(f.name, report)
			title = body.Answer.Says
		}
	}
	return s.page(c, status, "verify", title, body)
}

// verifyBody is what the page shows: before a file came, why it could not be
// taken, or the verdict.
type verifyBody struct {
	Limit, Name, Wrong string
	Report             *verify.Report
	Answer             *answer
	Reasons, Notes     []verify.Check
	Known              *verify.Register // nil when the register does not know the file
	Signed             []signedPart
}

// judged takes the verdict on the file of this name.
func (b *verifyBody) judged(name string, r *verify.Report) {
	b.Name, b.Report, b.Answer = name, r, fileAnswer(r)
	b.Reasons, b.Signed = reasons(r), signedParts(r)
	if b.Notes = notes(r); len(b.Notes) > 0 && b.Answer.Tone == good {
		b.Answer.Detail += " Có điều cần lưu ý, ghi ngay dưới đây."
	}
	if r.Register != nil && r.Register.State != verify.RegisterUnknown {
		b.Known = r.Register
	}
}

// fileAnswer weighs the signatures and the register's word together: a document
// whose signatures are good and which was withdrawn since is no good document.
func fileAnswer(r *verify.Report) *answer {
	// The register knows this very file as a step on the way: that says more than
	// the seal that is not there yet.
	if r.Register != nil && r.Register.State == verify.RegisterUnfinal && r.Indication != verify.TotalFailed {
		return registerAnswer(r.Register)
	}
	switch r.Indication {
	case verify.TotalPassed:
		return registerAnswer(r.Register)
	case verify.NoSignature:
		return &answer{
			Tone: bad, Says: "Tệp này không có chữ ký số", SaysEN: "This file carries no digital signature",
			Detail: "Không thể biết ai ban hành và nội dung có bị sửa không. Ảnh chữ ký, ảnh con dấu không phải chữ ký số.",
			Do:     "Đừng dùng như bản chính. Hãy xin cơ quan tệp PDF gốc đã ký, hoặc tra cứu bằng mã in ở chân văn bản.",
			DoEN:   "Do not use it as an original. Ask the agency for the signed PDF, or look it up by the code at its foot.",
		}
	case verify.TotalFailed:
		return failedAnswer(r.SubIndication, r.Check("format"))
	case verify.Indeterminate:
	}
	return &answer{
		Tone: caution, Says: "Chưa xác định được, đừng coi là hợp lệ", SaysEN: "Not determined; do not take it as valid",
		Detail: "Tệp có chữ ký số, nhưng hệ thống này chưa đủ căn cứ để tin.",
		Do:     "Hãy hỏi cơ quan ghi trên văn bản, hoặc tra cứu bằng mã in ở chân văn bản.",
		DoEN:   "Ask the agency that the document names, or look it up by the code at its foot.",
	}
}

func failedAnswer(sub verify.SubIndication, format *verify.Check) *answer {
	a := &answer{
		Tone: bad, Says: "Không hợp lệ, đừng dùng tệp này", SaysEN: "Not valid; do not use this file",
		Do:   "Hãy xin cơ quan ban hành tệp gốc, hoặc tra cứu bằng mã in ở chân văn bản.",
		DoEN: "Ask the issuing agency for the original, or look it up by the code at its foot.",
	}
	switch {
	case format != nil && format.Status == verify.Failed:
		a.Says, a.SaysEN = "Không đọc được tệp này", "This file cannot be read"
		a.Do, a.DoEN = format.Todo, format.TodoEN
	case sub == verify.HashFailure:
		a.Says, a.SaysEN = "Tệp đã bị sửa sau khi ký, đừng dùng", "Altered after signing; do not use it"
	case sub == verify.SigCryptoFailure:
		a.Says, a.SaysEN = "Chữ ký giả hoặc bị hỏng, đừng dùng", "The signature is forged or damaged; do not use it"
	case sub == verify.Revoked || sub == verify.Expired || sub == verify.NotYetValid:
		a.Says, a.SaysEN = "Chứng thư không có hiệu lực khi ký, đừng dùng", "Signed with a certificate that was not valid; do not use it"
	}
	return a
}

// registerAnswer is the answer on a file whose signatures are all good.
func registerAnswer(r *verify.Register) *answer {
	state := verify.RegisterUnknown
	if r != nil {
		state = r.State
	}
	switch state {
	case verify.RegisterIssued:
		return &answer{
			Tone: good, Says: "Văn bản thật, nguyên vẹn, đang có hiệu lực", SaysEN: "Genuine, unaltered and in force",
			Detail: "Mọi chữ ký đều hợp lệ và sổ đăng ký có đúng tệp này.",
			Do:     "Bạn có thể dùng văn bản này. Hãy giữ tệp PDF gốc: bản in ra không còn chữ ký số.",
			DoEN:   "You can use this document. Keep the PDF: a print-out carries no digital signature.",
		}
	case verify.RegisterCorrected:
		a := stateAnswer(archive.Corrected, r.Successor)
		a.Says, a.SaysEN = "Văn bản thật, đã được đính chính bằng văn bản khác", "Genuine, corrected by another document"
		return a
	case verify.RegisterWithdrawn:
		a := stateAnswer(archive.Withdrawn, "")
		a.Says, a.SaysEN = "Văn bản đã bị thu hồi, không còn giá trị", "This document was withdrawn and is no longer in force"
		a.Detail = "Chữ ký đúng và tệp nguyên vẹn, nhưng cơ quan đã thu hồi văn bản."
		return a
	case verify.RegisterReplaced:
		a := stateAnswer(archive.Replaced, r.Successor)
		a.Says, a.SaysEN = "Văn bản đã được thay thế bằng văn bản khác", "This document was replaced by another one"
		a.Detail = "Chữ ký đúng và tệp nguyên vẹn, nhưng văn bản không còn được áp dụng."
		return a
	case verify.RegisterMismatch:
		return &answer{
			Tone: bad, Says: "Số hoặc ngày trên tệp khác với sổ đăng ký, đừng dùng", SaysEN: "Number or date does not match the register; do not use it",
			Detail: "Chữ ký đúng, nhưng điều ghi trên tệp không giống sổ đăng ký.",
			Do:     "Hãy hỏi cơ quan ban hành.", DoEN: "Ask the issuing agency.",
		}
	case verify.RegisterAltered:
		return &answer{
			Tone: bad, Says: "Không phải tệp đã phát hành, đừng dùng", SaysEN: "Not the file that was issued; do not use it",
			Detail: "Tệp mang mã tra cứu của một văn bản trong sổ đăng ký nhưng không phải tệp đó: nội dung đã bị sửa hoặc là bản khác.",
			Do:     "Hãy xin cơ quan ban hành tệp gốc.", DoEN: "Ask the issuing agency for the original file.",
		}
	case verify.RegisterChanged:
		return &answer{
			Tone: caution, Says: "Không phải bản trong sổ: tệp đã bị thêm nội dung", SaysEN: "Not the file in the register: something was added to it",
			Detail: "Các chữ ký còn hợp lệ, nhưng có phần được thêm vào sau khi văn bản phát hành.",
			Do:     "Đừng dùng tệp này thay bản gốc. Hãy tra cứu bằng mã in ở chân văn bản để biết văn bản còn hiệu lực không, và xin cơ quan tệp gốc.",
			DoEN:   "Do not use it in place of the original. Look the document up by the code at its foot, and ask the agency for the original.",
		}
	case verify.RegisterUnfinal:
		return &answer{
			Tone: caution, Says: "Bản chưa phát hành, chưa có giá trị", SaysEN: "Not issued yet; of no effect",
			Detail: "Đây là bản dự thảo hoặc bản chưa được cấp số, đóng dấu.",
			Do:     "Hãy chờ hoặc xin bản đã phát hành.", DoEN: "Wait or ask for the issued document.",
		}
	}
	if state != verify.RegisterUnknown {
		return &answer{
			Tone: caution, Says: "Chưa rõ văn bản còn hiệu lực không", SaysEN: "It is not known whether the document is in force",
			Do: "Hãy hỏi cơ quan ban hành.", DoEN: "Ask the issuing agency.",
		}
	}
	return &answer{
		// Anyone who has a certificate can sign anything: who signed is for the
		// reader to weigh.
		Tone: caution, Says: "Chữ ký hợp lệ, nhưng sổ đăng ký ở đây không có văn bản này", SaysEN: "The signatures are valid, but the register here does not have this document",
		Detail: "Tệp không bị sửa sau khi ký. Văn bản có thể do nơi khác phát hành; không biết còn hiệu lực hay đã thu hồi.",
		Do:     "Xem tên người ký và cơ quan dưới đây có đúng là nơi ban hành không. Nếu văn bản ghi là của cơ quan dùng hệ thống này thì đừng dùng và hãy hỏi cơ quan đó.",
		DoEN:   "See below whether signer and agency are who they should be. If the document names an agency that uses this service, do not use it and ask that agency.",
	}
}

// maxReasons bounds what is said before the report itself.
const maxReasons = 5

// reasons are the answers that decided against the file, each once, worst first.
func reasons(r *verify.Report) []verify.Check {
	if r.Indication == verify.TotalPassed || r.Indication == verify.NoSignature {
		return nil
	}
	all := slices.Clone(r.Checks)
	for _, s := range r.Signatures {
		all = append(all, s.Checks...)
	}
	var out []verify.Check
	altered := slices.ContainsFunc(all, func(c verify.Check) bool { return c.ID == "digest" && c.Status == verify.Failed })
	for _, want := range []verify.Status{verify.Failed, verify.Warning, verify.NotChecked} {
		for _, c := range all {
			if altered && c.Code == "not_compared" { // it follows from the other, and says it in a program's words
				continue
			}
			same := func(o verify.Check) bool { return o.Message == c.Message }
			if c.Status == want && (want == verify.Failed || c.Sub != "") && len(out) < maxReasons && !slices.ContainsFunc(out, same) {
				out = append(out, c)
			}
		}
	}
	return out
}

// notes are the warnings about a file whose signatures are good: what could not
// be checked must not hide behind a good answer (Thông tư 15/2025/TT-BKHCN, Phụ
// lục II). That a time is only claimed is usual, and stands in the report.
func notes(r *verify.Report) []verify.Check {
	if r.Indication != verify.TotalPassed {
		return nil
	}
	all := slices.Clone(r.Checks)
	for _, s := range r.Signatures {
		all = append(all, s.Checks...)
	}
	var out []verify.Check
	for _, c := range all {
		usual := c.Code == "space-after-eof" || c.ID == "signing_time" || c.ID == "timestamp" && c.Code != "revocation_unknown" || c.ID == "valid_at_signing"
		said := slices.ContainsFunc(out, func(o verify.Check) bool { return o.Message == c.Message })
		if c.Status == verify.Warning && !usual && !said && len(out) < maxReasons {
			out = append(out, c)
		}
	}
	return out
}

// signedPart is one signature as the page reports it.
type signedPart struct {
	verify.Signature
	Title, TitleEN string
	Tone           tone
	Status         verify.Status
	Rows           []reportRow
}

// reportRow is one line of the report of Thông tư 15/2025/TT-BKHCN, Điều 6.
type reportRow struct {
	Label, LabelEN string
	Status         verify.Status
	Value, ValueEN string
}

func signedParts(r *verify.Report) []signedPart {
	out := make([]signedPart, len(r.Signatures))
	for i, s := range r.Signatures {
		p := signedPart{Signature: s, Status: statusOf(s.Indication), Rows: reportRows(s)}
		p.Tone = map[verify.Status]tone{verify.Passed: good, verify.Warning: caution, verify.Failed: bad}[p.Status]
		p.Title, p.TitleEN = signatureTitle(s)
		out[i] = p
	}
	return out
}

// statusOf is the mark of an indication.
func statusOf(i verify.Indication) verify.Status {
	switch i {
	case verify.TotalPassed:
		return verify.Passed
	case verify.TotalFailed:
		return verify.Failed
	case verify.Indeterminate, verify.NoSignature:
	}
	return verify.Warning
}

// signatureTitle says what a signature is for: by the fields that Antin places
// (DESIGN: revisions of one PDF), else by its role.
func signatureTitle(s verify.Signature) (vi, en string) {
	switch {
	case s.Role == verify.DocumentTimestamp:
		return "Dấu thời gian", "Time-stamp"
	case s.Field == "ky_lanh_dao":
		return "Người có thẩm quyền ký", "Signatory"
	case s.Field == "ky_can_bo":
		return "Cán bộ ký", "Officer"
	case s.Field == "con_dau":
		return "Con dấu của cơ quan", "Agency seal"
	}
	return "Người ký", "Signer"
}

// reportRows answers what Điều 6 asks, in its order.
func reportRows(s verify.Signature) []reportRow {
	status := func(ids ...string) verify.Status { return worst(s, ids...) }
	row := func(label, labelEN string, st verify.Status, c *verify.Check) reportRow {
		r := reportRow{Label: label, LabelEN: labelEN, Status: st, Value: "Chưa kiểm tra được.", ValueEN: "Not checked."}
		if c != nil {
			r.Value, r.ValueEN = c.Message, c.MessageEN
		}
		return r
	}
	known := func(v string) string {
		if v == "" {
			return "Không ghi"
		}
		return v
	}
	issuer := reportRow{Label: "Tổ chức cấp chứng thư", LabelEN: "Issuing CA", Status: status("chain"), Value: known(s.Issuer)}
	if c := s.Check("chain"); c != nil && c.Status != verify.Passed {
		issuer.Value, issuer.ValueEN = issuer.Value+". "+c.Message, c.MessageEN
	}
	when := row("Thời điểm ký", "Signing time", status("signing_time"), s.Check("signing_time"))
	if s.Timestamp != nil {
		when.Value += " Dấu thời gian: " + s.Timestamp.Message
		when.ValueEN += " Time-stamp: " + s.Timestamp.MessageEN
	}
	whole := row("Tính toàn vẹn", "Integrity", status("digest", "signature_value", "changes"), s.Check("digest"))
	if c := s.Check("changes"); c != nil && whole.Status != verify.Failed {
		whole.Value += " " + changesWord(s.ChangesAfter, c)
		whole.ValueEN += " " + changesWordEN(s.ChangesAfter, c)
	} else if c != nil && s.Integrity == verify.Passed {
		whole.Value, whole.ValueEN = c.Message, c.MessageEN
	}
	certificate := row("Hiệu lực chứng thư", "Certificate", status("certificate_validity", "revocation"), s.Check("certificate_validity"))
	if c := s.Check("revocation"); c != nil {
		certificate.Value += " Thu hồi: " + c.Message
		certificate.ValueEN += " Revocation: " + c.MessageEN
	}
	atSigning := row("Hiệu lực chữ ký khi ký", "Validity at signing", status("valid_at_signing"), s.Check("valid_at_signing"))
	if s.Integrity == verify.Failed {
		// The certificate may have been good: what it is said to have signed is not this.
		atSigning.Status, atSigning.Value, atSigning.ValueEN = verify.Failed, "Không: chữ ký không thuộc về nội dung này.", "No: the signature does not belong to this content."
	}
	conclusion := reportRow{Label: "Kết luận", LabelEN: "Conclusion", Value: s.Conclusion, ValueEN: s.ConclusionEN, Status: statusOf(s.Indication)}
	return []reportRow{
		issuer,
		{Label: "Chủ thể ký", LabelEN: "Signer", Status: status("subject"), Value: known(s.Signer)},
		{Label: "Đơn vị quản lý", LabelEN: "Managing unit", Status: status("unit"), Value: known(s.Unit)},
		when, whole,
		atSigning, certificate, conclusion,
	}
}

// changesWord leaves the list of filled fields to the folded part.
func changesWord(after verify.ChangesAfter, c *verify.Check) string {
	if after == verify.FormFilling && c.Status == verify.Passed {
		return "Sau đó chỉ có những thay đổi được phép: điền số, ngày, chữ ký tiếp theo."
	}
	return c.Message
}

func changesWordEN(after verify.ChangesAfter, c *verify.Check) string {
	if after == verify.FormFilling && c.Status == verify.Passed {
		return "Later changes are only those allowed: number, date, a further signature."
	}
	return c.MessageEN
}

// worst is the gravest answer among the checks; a check that was not made is
// never shown as good.
func worst(s verify.Signature, ids ...string) verify.Status {
	order := []verify.Status{verify.Passed, verify.NotChecked, verify.Warning, verify.Failed}
	at := 0
	for _, id := range ids {
		st := verify.NotChecked
		if c := s.Check(id); c != nil {
			st = c.Status
		}
		at = max(at, slices.Index(order, st))
	}
	return order[at]
}
