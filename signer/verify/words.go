package verify

// Every sentence that a report says to people stands in this file, Vietnamese
// first, keyed by the id of the check and the code of the answer. {0}, {1} …
// are the arguments of the answer.

// text is a sentence in both languages.
type text struct{ vi, en string }

// checkWords are the words of one check.
type checkWords struct {
	question text
	answers  map[string]text
	// todo says what to do when the answer is not Passed: by code, "" for all
	// others.
	todo map[string]text
}

var (
	askSender = text{
		"Không dùng văn bản này. Hãy đề nghị cơ quan ban hành gửi lại bản gốc hoặc tra cứu bằng mã trên văn bản.",
		"Do not rely on this document. Ask the issuing agency for the original or look it up by the code printed on it.",
	}
	askOther = text{
		"Hãy hỏi lại cơ quan, tổ chức ban hành trước khi dùng văn bản.",
		"Ask the issuing organisation before relying on the document.",
	}
	askTrust = text{
		"Kiểm tra lại trên hệ thống có đủ chứng thư gốc tin cậy, hoặc hỏi cơ quan ban hành.",
		"Verify again where the needed trust anchors are installed, or ask the issuing agency.",
	}
	askCRL = text{
		"Kiểm tra lại khi có danh sách thu hồi (CRL) hoặc dịch vụ OCSP mới của tổ chức cấp chứng thư.",
		"Verify again when a current revocation list (CRL) or OCSP answer of the issuer is at hand.",
	}
)

var checks = map[string]checkWords{
	"format": {
		question: text{"Tệp có đọc được không?", "Can the file be read?"},
		answers: map[string]text{
			"ok":        {"Tệp PDF đọc được, đúng cấu trúc.", "The PDF file can be read and is well formed."},
			"not_pdf":   {"Đây không phải là tệp PDF.", "This is not a PDF file."},
			"malformed": {"Tệp PDF bị hỏng hoặc sai chuẩn nên không thể tin được nội dung hiển thị.", "The PDF file is damaged or breaks the standard, so what it shows cannot be relied on."},
			"encrypted": {"Tệp PDF được mã hóa (có mật khẩu), không kiểm tra được.", "The PDF file is encrypted (password protected) and cannot be verified."},
			"limit":     {"Tệp quá lớn hoặc quá phức tạp để kiểm tra ở đây ({0}: tối đa {1}).", "The file is too large or too complex to be verified here ({0}: at most {1})."},
		},
		todo: map[string]text{
			"":          askSender,
			"not_pdf":   {"Chọn đúng tệp PDF nhận được từ cơ quan.", "Choose the PDF file that you received from the agency."},
			"encrypted": {"Bỏ mật khẩu sẽ làm hỏng chữ ký; hãy đề nghị cơ quan gửi bản không mã hóa.", "Removing the password would break the signatures; ask the agency for a copy without encryption."},
			"limit":     {"Đề nghị cơ quan ban hành gửi bản gọn hơn, hoặc tra cứu bằng mã in ở chân văn bản.", "Ask the issuing agency for a smaller copy, or look the document up by the code at its foot."},
		},
	},
	"structure": {
		question: text{"Cấu trúc tệp có gì bất thường không?", "Is anything odd about the structure of the file?"},
		answers: map[string]text{
			"ok":                     {"Mọi byte của tệp đều thuộc về một phiên bản của văn bản.", "Every byte of the file belongs to a revision of the document."},
			"bytes-before-header":    {"Có dữ liệu lạ đứng trước phần đầu %PDF.", "There is foreign data before the %PDF header."},
			"bytes-after-eof":        {"Có dữ liệu lạ nối sau phần kết thúc của tệp.", "There is foreign data after the end of the file."},
			"space-after-eof":        {"Sau phần kết thúc của tệp có thêm khoảng trắng, vô hại.", "White space follows the end of the file; it is harmless."},
			"startxref-mismatch":     {"Con trỏ startxref của một phiên bản trỏ sang chỗ khác.", "The startxref of a revision points elsewhere."},
			"entry-beyond-size":      {"Bảng tham chiếu có mục vượt kích thước khai báo.", "The cross-references have an entry beyond the declared size."},
			"duplicate-entry":        {"Bảng tham chiếu có hai mục cho cùng một đối tượng.", "The cross-references have two entries for one object."},
			"unknown-entry-type":     {"Bảng tham chiếu có mục thuộc loại không xác định.", "The cross-references have an entry of an unknown type."},
			"entry-outside-revision": {"Một phiên bản gọi lại dữ liệu cài sẵn trong phiên bản khác.", "A revision brings up data prepared in another revision."},
			"object-stream-replaced": {"Một luồng đối tượng bị ghi đè, ngầm thay các đối tượng bên trong.", "An object stream was overwritten, silently replacing the objects in it."},
			"unreadable-object":      {"Có đối tượng không đọc được.", "There is an object that cannot be read."},
			"overlapping-objects":    {"Các phần của tệp chồng lên nhau.", "Parts of the file overlap."},
			"unlisted-object":        {"Có đối tượng ẩn không được bảng tham chiếu nhắc tới.", "There is a hidden object that no cross-reference names."},
			"duplicate-object":       {"Một đối tượng được định nghĩa hai lần trong cùng một phiên bản.", "An object is defined twice in one revision."},
			"hidden-revision":        {"Có phiên bản ẩn nằm ngoài chuỗi phiên bản của tệp.", "There is a hidden revision outside the chain of revisions."},
			"unaccounted-bytes":      {"Có dữ liệu không thuộc đối tượng nào.", "There is data that belongs to no object."},
			"too-many-anomalies":     {"Tệp có quá nhiều điểm bất thường.", "The file has too many anomalies."},
			"hybrid":                 {"Một phiên bản sau chữ ký dùng hai bảng tham chiếu, phần mềm khác nhau có thể hiển thị khác nhau.", "A revision after the signature has two kinds of cross-references, so that programs may show different things."},
		},
		todo: map[string]text{"": askSender, "space-after-eof": {}},
	},
	"signed": {
		question: text{"Tệp có chữ ký số không?", "Does the file carry digital signatures?"},
		answers: map[string]text{
			"ok":   {"Có {0} chữ ký số hoặc dấu thời gian.", "It carries {0} digital signature(s) or time-stamp(s)."},
			"none": {"Tệp không có chữ ký số nào. Ảnh chữ ký, ảnh con dấu không phải là chữ ký số.", "The file carries no digital signature. A picture of a signature or a seal is not one."},
		},
		todo: map[string]text{"": askSender},
	},
	"unsigned_fields": {
		question: text{"Còn ô chữ ký nào để trống không?", "Is any signature field still empty?"},
		answers: map[string]text{
			"none":         {"Mọi ô chữ ký đều đã được ký.", "Every signature field is signed."},
			"waiting":      {"Còn ô chữ ký để trống: {0}.", "Signature fields are still empty: {0}."},
			"seal_missing": {"Ô con dấu của cơ quan còn trống: văn bản chưa được cấp số, đóng dấu phát hành, hoặc chữ ký của cơ quan đã bị gỡ.", "The agency's seal field is empty: the document has not been numbered and sealed, or the agency's signature was taken off."},
			"draft":        {"Ô con dấu còn trống: đây là bản dự thảo đã ký, chưa phát hành.", "The seal field is empty: this is a signed draft that has not been issued."},
		},
		todo: map[string]text{
			"waiting":      {"Nếu văn bản cần đủ các bên ký, hãy chờ hoặc hỏi bên còn lại.", "If all parties must sign, wait for or ask the remaining ones."},
			"seal_missing": askSender,
		},
	},
	"active": {
		question: text{"Văn bản có thành phần tự chạy hoặc phụ thuộc bên ngoài không?", "Does the document run code or depend on outside content?"},
		answers: map[string]text{
			"none":       {"Không có mã tự chạy.", "It runs no code."},
			"javascript": {"Văn bản chứa mã JavaScript, nội dung hiển thị có thể thay đổi khi mở.", "The document contains JavaScript, so what it shows may change when opened."},
			"action":     {"Văn bản có hành động tự chạy khi mở.", "The document has an action that runs when it is opened."},
			"xfa":        {"Văn bản dùng biểu mẫu XFA, phần mềm khác nhau hiển thị khác nhau.", "The document uses an XFA form, which programs show differently."},
			"external":   {"Văn bản lấy nội dung từ tệp bên ngoài.", "The document takes content from another file."},
		},
		todo: map[string]text{"": {"Xem văn bản bằng phần mềm đã tắt mã tự chạy và đối chiếu với cơ quan ban hành.", "View the document with scripts switched off and compare it with the issuing agency."}},
	},
	"dictionary": {
		question: text{"Chữ ký hiển thị có đúng là chữ ký đã được tạo không?", "Is the signature shown the one that was made?"},
		answers: map[string]text{
			"ok":       {"Đúng.", "It is."},
			"removed":  {"Chữ ký trong ô «{0}» đã bị gỡ khỏi phiên bản sau của văn bản.", "The signature in field “{0}” was taken off in a later revision."},
			"replaced": {"Dữ liệu chữ ký trong ô «{0}» đã bị ghi đè sau khi ký.", "The signature data in field “{0}” was overwritten after signing."},
		},
		todo: map[string]text{"": askSender},
	},
	"byte_range": {
		question: text{"Vùng được ký có đúng và đủ không?", "Is the signed range exact and complete?"},
		answers: map[string]text{
			"ok":               {"Chữ ký bao toàn bộ phiên bản, chỉ trừ đúng chỗ chứa chính nó.", "The signature covers its whole revision except exactly the place it stands in."},
			"contents_missing": {"Chữ ký không có nội dung (/Contents).", "The signature has no /Contents."},
			"missing":          {"Chữ ký không khai vùng được ký (/ByteRange).", "The signature does not say what it covers (/ByteRange)."},
			"parts":            {"Vùng được ký có {0} số thay vì 4.", "The signed range has {0} numbers instead of 4."},
			"outside":          {"Vùng được ký vượt ra ngoài tệp.", "The signed range lies outside the file."},
			"start":            {"Vùng được ký không bắt đầu từ byte đầu tiên mà từ byte {0}.", "The signed range starts at byte {0}, not at the first."},
			"empty":            {"Vùng được ký rỗng.", "The signed range is empty."},
			"overlap":          {"Hai phần của vùng được ký chồng lên nhau.", "The two parts of the signed range overlap."},
			"gap":              {"Phần chừa ra không ký (byte {0} đến {1}) không đúng là chỗ chứa chữ ký: có thể có nội dung bị chèn.", "The part left out (bytes {0} to {1}) is not exactly the place of the signature: content may have been inserted."},
			"elsewhere":        {"Chữ ký được chép sang chỗ khác trong tệp so với khi ký.", "The signature was moved to another place in the file than where it was made."},
			"end":              {"Vùng được ký kết thúc ở byte {0} trong khi phiên bản kết thúc ở byte {1}.", "The signed range ends at byte {0} while the revision ends at byte {1}."},
		},
		todo: map[string]text{"": askSender},
	},
	"encoding": {
		question: text{"Chữ ký có theo chuẩn được chấp nhận không?", "Is the signature of an accepted kind?"},
		answers: map[string]text{
			"ok":      {"Chuẩn {0}.", "Kind {0}."},
			"type":    {"Từ điển chữ ký có loại không phù hợp ({0}).", "The signature dictionary has the wrong type ({0})."},
			"sha1":    {"Kiểu chữ ký {0} dùng hàm băm SHA-1 đã lỗi thời, không được chấp nhận.", "Signatures of kind {0} rest on the outdated hash SHA-1 and are not accepted."},
			"pkcs1":   {"Kiểu chữ ký {0} đã bị loại khỏi chuẩn PDF 2.0 và không gắn chứng thư vào nội dung ký, nên không được chấp nhận.", "Signatures of kind {0} are deprecated since PDF 2.0 and do not bind the certificate to what is signed; they are not accepted."},
			"unknown": {"Không nhận biết được kiểu chữ ký «{0}».", "The kind of signature “{0}” is unknown."},
		},
		todo: map[string]text{"": askOther},
	},
	"cms": {
		question: text{"Dữ liệu chữ ký có đúng khuôn dạng không?", "Is the signature data well formed?"},
		answers: map[string]text{
			"ok":           {"Đúng khuôn dạng CMS (RFC 5652).", "It is well formed CMS (RFC 5652)."},
			"malformed":    {"Dữ liệu chữ ký sai khuôn dạng.", "The signature data is malformed."},
			"signers":      {"Một chữ ký phải có đúng một người ký, ở đây có {0}.", "A signature must have exactly one signer, here there are {0}."},
			"encapsulated": {"Chữ ký ký một nội dung khác đính trong chính nó, không phải văn bản này.", "The signature signs other content inside itself, not this document."},
		},
		todo: map[string]text{"": askSender},
	},
	"algorithms": {
		question: text{"Thuật toán ký có đủ mạnh không?", "Are the algorithms strong enough?"},
		answers: map[string]text{
			"ok":       {"{0}, đạt yêu cầu của Thông tư 15/2025/TT-BKHCN.", "{0}, meeting Circular 15/2025/TT-BKHCN."},
			"weak":     {"Hàm băm {0} đã lỗi thời, chữ ký có thể bị giả mạo.", "The hash {0} is outdated; the signature could be forged."},
			"weak_key": {"Khóa quá yếu: {0}.", "The key is too weak: {0}."},
			"unknown":  {"Không hỗ trợ thuật toán {0} nên chưa thể kiểm tra chữ ký.", "The algorithm {0} is not supported, so the signature cannot be checked."},
		},
		todo: map[string]text{"": {"Đề nghị cơ quan ký lại bằng SHA-256 và khóa RSA từ 2048 bit hoặc ECDSA từ 256 bit. Cổng kiểm tra khác có thể trả lời khác.", "Ask the agency to sign again with SHA-256 and RSA of 2048 bits or ECDSA of 256 bits or more. Other portals may answer otherwise."}},
	},
	"signing_certificate": {
		question: text{"Chữ ký có gắn chặt với chứng thư của người ký không?", "Is the signature bound to the signer's certificate?"},
		answers: map[string]text{
			"ok":          {"Có, chứng thư được bảo vệ bởi chữ ký (ESS).", "Yes, the certificate is protected by the signature (ESS)."},
			"not_found":   {"Không tìm thấy chứng thư của người ký trong tệp.", "The signer's certificate is not in the file."},
			"malformed":   {"Thuộc tính gắn chứng thư (ESS) sai khuôn dạng.", "The attribute that binds the certificate (ESS) is malformed."},
			"missing":     {"Thiếu thuộc tính gắn chứng thư (ESS) mà chuẩn PAdES bắt buộc.", "The attribute that binds the certificate (ESS), mandatory in PAdES, is missing."},
			"unprotected": {"Chữ ký kiểu cũ, không gắn chứng thư vào nội dung ký (ESS).", "An old kind of signature that does not bind the certificate (ESS)."},
			"other":       {"Chữ ký gắn với một chứng thư khác chứng thư kèm theo: chứng thư có thể đã bị tráo.", "The signature is bound to another certificate than the one enclosed: the certificate may have been swapped."},
			"weak_hash":   {"Chứng thư được gắn bằng hàm băm cũ {0}.", "The certificate is bound with the old hash {0}."},
		},
		todo: map[string]text{"": askOther},
	},
	"signed_attributes": {
		question: text{"Các thuộc tính được ký có đầy đủ không?", "Are the signed attributes complete?"},
		answers: map[string]text{
			"ok":        {"Đầy đủ.", "They are."},
			"missing":   {"Chữ ký không có thuộc tính được ký: không đạt chuẩn PAdES và có thể bị lợi dụng.", "The signature has no signed attributes: it is no PAdES signature and can be abused."},
			"malformed": {"Thuộc tính được ký sai khuôn dạng.", "The signed attributes are malformed."},
			"unsorted":  {"Thuộc tính được ký không theo thứ tự DER.", "The signed attributes are not in DER order."},
		},
		todo: map[string]text{"": askOther},
	},
	"digest": {
		question: text{"Nội dung có đúng như khi ký không?", "Is the content as it was signed?"},
		answers: map[string]text{
			"ok":          {"Đúng từng byte như khi ký ({0}).", "Yes, byte for byte ({0})."},
			"mismatch":    {"Không. Nội dung không còn đúng như khi ký: tệp đã bị sửa hoặc bị hỏng.", "No. The content is not what was signed: the file was altered or damaged."},
			"not_checked": {"Chưa kiểm tra được.", "It could not be checked."},
		},
		todo: map[string]text{"": askSender},
	},
	"signature_value": {
		question: text{"Chữ ký có được tạo bằng khóa của chứng thư này không?", "Was the signature made with the key of this certificate?"},
		answers: map[string]text{
			"ok":          {"Đúng.", "It was."},
			"mismatch":    {"Không. Giá trị chữ ký không khớp với khóa trong chứng thư: chữ ký giả hoặc bị hỏng.", "No. The signature value does not fit the key of the certificate: it is forged or damaged."},
			"not_checked": {"Chưa kiểm tra được.", "It could not be checked."},
		},
		todo: map[string]text{"": askSender},
	},
	"issuer": {
		question: text{"Tổ chức nào cấp chứng thư?", "Who issued the certificate?"},
		answers:  map[string]text{"shown": {"{0}.", "{0}."}},
	},
	"subject": {
		question: text{"Ai là chủ thể ký?", "Who is the signer?"},
		answers:  map[string]text{"shown": {"{0}.", "{0}."}},
	},
	"unit": {
		question: text{"Đơn vị nào quản lý chứng thư?", "Which unit manages the certificate?"},
		answers: map[string]text{
			"shown": {"{0}.", "{0}."},
			"none":  {"Chứng thư không ghi đơn vị quản lý.", "The certificate names no managing unit."},
		},
	},
	"chain": {
		question: text{"Chứng thư có nguồn gốc tin cậy không?", "Does the certificate lead to a trust anchor?"},
		answers: map[string]text{
			"ok":                    {"Có, dẫn đến chứng thư gốc tin cậy «{0}».", "Yes, to the trust anchor “{0}”."},
			"issuer_unknown":        {"Không tìm thấy chứng thư của tổ chức cấp «{1}» cho «{0}».", "The certificate of the issuer “{1}” of “{0}” was not found."},
			"root_unknown":          {"Chứng thư gốc «{1}» không nằm trong danh sách tin cậy.", "The root certificate “{1}” is not among the trust anchors."},
			"no_path":               {"Không dựng được đường dẫn chứng thư.", "No certificate path could be built."},
			"forged_certificate":    {"Chứng thư «{0}» không do tổ chức mà nó ghi tên ký: có thể giả mạo.", "The certificate “{0}” was not signed by the issuer it names: it may be forged."},
			"weak_certificate":      {"Chứng thư «{0}» được ký bằng thuật toán lỗi thời.", "The certificate “{0}” was signed with an outdated algorithm."},
			"weak_key":              {"Khóa của chứng thư «{0}» quá yếu: {1}.", "The key of the certificate “{0}” is too weak: {1}."},
			"issuer_not_ca":         {"«{0}» không được phép cấp chứng thư (không phải CA).", "“{0}” may not issue certificates (it is no CA)."},
			"issuer_key_usage":      {"«{0}» không được phép ký chứng thư (keyUsage).", "“{0}” may not sign certificates (keyUsage)."},
			"path_length":           {"Đường dẫn chứng thư dài hơn mức «{0}» cho phép.", "The path is longer than “{0}” allows."},
			"ca_validity":           {"Chứng thư CA «{0}» không trong thời hạn hiệu lực ({1} đến {2}).", "The CA certificate “{0}” is outside its validity ({1} to {2})."},
			"never_valid_together":  {"Các chứng thư trong đường dẫn không có thời điểm nào cùng hiệu lực.", "The certificates of the path were never valid together."},
			"constraints":           {"Chứng thư «{0}» vi phạm một ràng buộc của tổ chức cấp.", "The certificate “{0}” breaks a constraint set by its issuers."},
			"signer_is_ca":          {"«{0}» là chứng thư của một CA, không phải của người ký văn bản.", "“{0}” is the certificate of a CA, not of a signer of documents."},
			"signer_key_usage":      {"Chứng thư «{0}» không được cấp để ký văn bản (keyUsage).", "The certificate “{0}” is not meant for signing documents (keyUsage)."},
			"signer_extended_usage": {"Chứng thư «{0}» chỉ dùng cho mục đích khác, không phải ký văn bản.", "The certificate “{0}” is meant for another purpose only, not for signing documents."},
			"tsa_usage":             {"Chứng thư «{0}» không được cấp để đóng dấu thời gian.", "The certificate “{0}” is not meant for time-stamping."},
		},
		todo: map[string]text{"": askTrust, "forged_certificate": askSender, "signer_is_ca": askSender},
	},
	"certificate_validity": {
		question: text{"Chứng thư có còn trong thời hạn khi ký không?", "Was the certificate within its validity when signing?"},
		answers: map[string]text{
			"ok":                 {"Có, hiệu lực từ {0} đến {1}.", "Yes, valid from {0} to {1}."},
			"expired_since":      {"Có, khi ký chứng thư còn hiệu lực ({0} đến {1}); nay đã hết hạn nhưng có dấu thời gian chứng minh.", "Yes, it was valid when signing ({0} to {1}); it has expired since, and a time-stamp proves the order."},
			"not_yet":            {"Không. Chứng thư chỉ có hiệu lực từ {0} đến {1}, sau thời điểm ký.", "No. The certificate is valid from {0} to {1} only, after the signing."},
			"expired_at_signing": {"Không. Chữ ký được tạo sau khi chứng thư hết hạn ({0} đến {1}).", "No. The signature was made after the certificate had expired ({0} to {1})."},
			"expired":            {"Không rõ. Chứng thư (hiệu lực {0} đến {1}) đã hết hạn và không có dấu thời gian chứng minh chữ ký có trước đó.", "Not known. The certificate (valid {0} to {1}) has expired and no time-stamp proves that the signature is older."},
			"claimed_outside":    {"Không. Thời điểm ký tự khai nằm ngoài thời hạn của chứng thư ({0} đến {1}).", "No. The claimed signing time is outside the validity of the certificate ({0} to {1})."},
		},
		todo: map[string]text{"": askOther},
	},
	"revocation": {
		question: text{"Chứng thư có bị thu hồi hoặc tạm dừng không?", "Was the certificate revoked or suspended?"},
		answers: map[string]text{
			"ok":               {"Không, đã đối chiếu danh sách thu hồi hoặc OCSP.", "No, according to revocation lists or OCSP."},
			"anchor":           {"Chứng thư được tin cậy trực tiếp.", "The certificate is trusted directly."},
			"no_chain":         {"Chưa kiểm tra được vì chứng thư chưa rõ nguồn gốc.", "It could not be checked because the certificate leads to no trust anchor."},
			"unknown":          {"CẢNH BÁO: chưa kiểm tra được tình trạng thu hồi.", "WARNING: the revocation status could not be checked."},
			"unknown_required": {"Chưa kiểm tra được tình trạng thu hồi.", "The revocation status could not be checked."},
			"no_data":          {"CẢNH BÁO: chưa kiểm tra được tình trạng thu hồi của «{0}»: không có danh sách thu hồi hay OCSP.", "WARNING: the revocation status of “{0}” could not be checked: no revocation list or OCSP answer is at hand."},
			"no_data_required": {"Chưa kiểm tra được tình trạng thu hồi của «{0}»: không có danh sách thu hồi hay OCSP.", "The revocation status of “{0}” could not be checked: no revocation list or OCSP answer is at hand."},
			"stale":            {"CẢNH BÁO: chưa kiểm tra được tình trạng thu hồi của «{0}»: danh sách thu hồi đã quá hạn.", "WARNING: the revocation status of “{0}” could not be checked: the revocation list is out of date."},
			"stale_required":   {"Chưa kiểm tra được tình trạng thu hồi của «{0}»: danh sách thu hồi đã quá hạn.", "The revocation status of “{0}” could not be checked: the revocation list is out of date."},
			"foreign":          {"CẢNH BÁO: chưa kiểm tra được tình trạng thu hồi của «{0}»: danh sách thu hồi không do tổ chức cấp chứng thư ký.", "WARNING: the revocation status of “{0}” could not be checked: the revocation list at hand is not signed by the issuer."},
			"foreign_required": {"Chưa kiểm tra được tình trạng thu hồi của «{0}»: danh sách thu hồi không do tổ chức cấp chứng thư ký.", "The revocation status of “{0}” could not be checked: the revocation list at hand is not signed by the issuer."},
			"revoked":          {"Có. Chứng thư «{0}» đã bị thu hồi từ {1} và không có dấu thời gian chứng minh chữ ký có trước đó.", "Yes. The certificate “{0}” was revoked as of {1} and no time-stamp proves that the signature is older."},
			"revoked_before":   {"Có. Chứng thư «{0}» đã bị thu hồi từ {1}, trước khi ký.", "Yes. The certificate “{0}” was revoked as of {1}, before the signing."},
			"revoked_later":    {"Chứng thư «{0}» bị thu hồi từ {1}, sau thời điểm ký đã được chứng minh.", "The certificate “{0}” was revoked as of {1}, after the proved time of signing."},
			"suspended":        {"Chứng thư «{0}» đang bị tạm dừng từ {1}.", "The certificate “{0}” is suspended as of {1}."},
			"ca_revoked":       {"Có. Chứng thư của tổ chức cấp «{0}» đã bị thu hồi từ {1}.", "Yes. The certificate of the issuer “{0}” was revoked as of {1}."},
		},
		todo: map[string]text{"": askCRL, "revoked": askSender, "revoked_before": askSender, "suspended": askSender, "ca_revoked": askSender, "revoked_later": {}},
	},
	"signing_time": {
		question: text{"Ký khi nào?", "When was it signed?"},
		answers: map[string]text{
			"proven":              {"Trước hoặc vào lúc {0}, theo dấu thời gian.", "At or before {0}, by time-stamp."},
			"claimed":             {"{0} theo lời khai của người ký; không có dấu thời gian chứng minh.", "{0} as the signer claims; no time-stamp proves it."},
			"none":                {"Chữ ký không ghi thời điểm ký.", "The signature does not say when it was made."},
			"future":              {"Thời điểm ký tự khai {0} ở tương lai.", "The claimed signing time {0} lies in the future."},
			"claimed_after_stamp": {"Thời điểm ký tự khai {0} muộn hơn dấu thời gian {1}.", "The claimed signing time {0} is later than the time-stamp {1}."},
		},
		todo: map[string]text{"future": askSender, "claimed_after_stamp": askSender},
	},
	"timestamp": {
		question: text{"Có dấu thời gian của tổ chức tin cậy không?", "Is there a time-stamp of a trusted authority?"},
		answers: map[string]text{
			"ok":                                 {"Có, {0} của «{1}».", "Yes, {0} by “{1}”."},
			"revocation_unknown":                 {"Có, {0} của «{1}», nhưng chưa kiểm tra được chứng thư của tổ chức cấp dấu thời gian có bị thu hồi không.", "Yes, {0} by “{1}”, but it could not be checked whether the certificate of that authority was revoked."},
			"revocation_required":                {"Dấu thời gian {0} của «{1}» không được tính vì chưa kiểm tra được chứng thư của tổ chức cấp có bị thu hồi không.", "The time-stamp {0} by “{1}” does not count because it could not be checked whether the certificate of its authority was revoked."},
			"none":                               {"Không có dấu thời gian.", "There is no time-stamp."},
			"by_document":                        {"Có, dấu thời gian của cả văn bản lúc {0}.", "Yes, a time-stamp over the document of {0}."},
			"malformed":                          {"Dấu thời gian sai khuôn dạng.", "The time-stamp is malformed."},
			"not_a_token":                        {"Dấu thời gian không phải là thẻ RFC 3161.", "The time-stamp is no RFC 3161 token."},
			"signers":                            {"Dấu thời gian phải có đúng một người ký.", "A time-stamp must have exactly one signer."},
			"weak_hash":                          {"Dấu thời gian dùng hàm băm lỗi thời {0} nên không được tính.", "The time-stamp uses the outdated hash {0} and does not count."},
			"imprint":                            {"Dấu thời gian thuộc về chữ ký khác.", "The time-stamp belongs to another signature."},
			"untrusted":                          {"Dấu thời gian không được tính vì tổ chức cấp chưa được tin cậy: {0}", "The time-stamp does not count because its authority is not trusted: {0}"},
			"outside_validity":                   {"Dấu thời gian không được tính: chứng thư của tổ chức cấp không có hiệu lực lúc đó.", "The time-stamp does not count: the certificate of its authority was not valid then."},
			"expired":                            {"Dấu thời gian không còn được tính: chứng thư của tổ chức cấp đã hết hạn ngày {0}.", "The time-stamp no longer counts: the certificate of its authority expired on {0}."},
			"future":                             {"Dấu thời gian {0} ở tương lai nên không được tính.", "The time-stamp {0} lies in the future and does not count."},
			"revoked":                            {"Dấu thời gian không được tính: chứng thư của tổ chức cấp bị thu hồi từ {0}.", "The time-stamp does not count: the certificate of its authority was revoked as of {0}."},
			"token_algorithms":                   {"Dấu thời gian dùng thuật toán yếu hoặc không rõ.", "The time-stamp uses a weak or unknown algorithm."},
			"token_signing_certificate":          {"Dấu thời gian không gắn với chứng thư của tổ chức cấp.", "The time-stamp is not bound to the certificate of its authority."},
			"token_signed_attributes":            {"Dấu thời gian thiếu thuộc tính được ký.", "The time-stamp lacks signed attributes."},
			"token_digest":                       {"Nội dung của dấu thời gian đã bị sửa.", "The content of the time-stamp was altered."},
			"token_signature_value":              {"Chữ ký của dấu thời gian không đúng.", "The signature of the time-stamp is wrong."},
			"document_ok":                        {"Dấu thời gian của văn bản: {0}.", "Time-stamp over the document: {0}."},
			"document_not_a_token":               {"Dấu thời gian của văn bản không phải là thẻ RFC 3161.", "The document time-stamp is no RFC 3161 token."},
			"document_signers":                   {"Dấu thời gian phải có đúng một người ký.", "A time-stamp must have exactly one signer."},
			"document_weak_hash":                 {"Dấu thời gian dùng hàm băm lỗi thời {0}.", "The time-stamp uses the outdated hash {0}."},
			"document_imprint":                   {"Nội dung đã bị sửa sau khi đóng dấu thời gian, hoặc dấu thời gian thuộc về tệp khác.", "The content was altered after the time-stamp, or the time-stamp belongs to another file."},
			"document_untrusted":                 {"Tổ chức cấp dấu thời gian chưa được tin cậy: {0}", "The authority of the time-stamp is not trusted: {0}"},
			"document_outside_validity":          {"Chứng thư của tổ chức cấp dấu thời gian không có hiệu lực lúc đó.", "The certificate of the time-stamp's authority was not valid then."},
			"document_expired":                   {"Chứng thư của tổ chức cấp dấu thời gian đã hết hạn ngày {0}.", "The certificate of the time-stamp's authority expired on {0}."},
			"document_future":                    {"Dấu thời gian {0} ở tương lai.", "The time-stamp {0} lies in the future."},
			"document_revoked":                   {"Chứng thư của tổ chức cấp dấu thời gian bị thu hồi từ {0}.", "The certificate of the time-stamp's authority was revoked as of {0}."},
			"document_token_algorithms":          {"Dấu thời gian dùng thuật toán yếu hoặc không rõ.", "The time-stamp uses a weak or unknown algorithm."},
			"document_token_signing_certificate": {"Dấu thời gian không gắn với chứng thư của tổ chức cấp.", "The time-stamp is not bound to the certificate of its authority."},
			"document_token_signed_attributes":   {"Dấu thời gian thiếu thuộc tính được ký.", "The time-stamp lacks signed attributes."},
			"document_token_digest":              {"Nội dung của dấu thời gian đã bị sửa.", "The content of the time-stamp was altered."},
			"document_token_signature_value":     {"Chữ ký của dấu thời gian không đúng.", "The signature of the time-stamp is wrong."},
		},
		todo: map[string]text{"none": {}, "": askTrust},
	},
	"valid_at_signing": {
		question: text{"Chữ ký có hợp lệ tại thời điểm ký không?", "Was the signature valid at the time of signing?"},
		answers: map[string]text{
			"yes":      {"Có, tại thời điểm {0} đã được chứng minh.", "Yes, at the proved time {0}."},
			"now":      {"Có: chứng thư còn hiệu lực đến lúc kiểm tra, nên cũng có hiệu lực khi ký.", "Yes: the certificate is valid up to this verification, so it was when signing."},
			"unknown":  {"CẢNH BÁO: trong thời hạn của chứng thư, nhưng chưa kiểm tra được tình trạng thu hồi.", "WARNING: within the validity of the certificate, but revocation could not be checked."},
			"no":       {"Không chứng minh được.", "This could not be shown."},
			"no_chain": {"Chưa kiểm tra được vì chứng thư chưa rõ nguồn gốc.", "It could not be checked because the certificate leads to no trust anchor."},
		},
		todo: map[string]text{"": askCRL},
	},
	"role": {
		question: text{"Chữ ký này dùng để làm gì, có đúng quy tắc không?", "What is this signature for, and does it keep the rules?"},
		answers: map[string]text{
			"approval":             {"Chữ ký phê duyệt.", "An approval signature."},
			"document_timestamp":   {"Dấu thời gian của văn bản.", "A time-stamp over the document."},
			"certification":        {"Chữ ký chứng nhận văn bản, mức cho phép thay đổi {0}.", "A certifying signature, permission level {0}."},
			"no_perms":             {"Chữ ký chứng nhận (mức {0}) nhưng danh mục của tệp không nhắc tới.", "A certifying signature (level {0}) that the catalog does not mention."},
			"second_certification": {"Tệp có hai chữ ký chứng nhận, trái quy tắc.", "The file has two certifying signatures, against the rules."},
			"late_certification":   {"Chữ ký chứng nhận đứng sau chữ ký khác, trái quy tắc.", "A certifying signature follows another signature, against the rules."},
		},
		todo: map[string]text{"": askOther},
	},
	"coverage": {
		question: text{"Chữ ký bao trùm phần nào của tệp?", "What part of the file does the signature cover?"},
		answers: map[string]text{
			"file":     {"Toàn bộ tệp.", "The whole file."},
			"revision": {"Toàn bộ phiên bản {0} trong {1} phiên bản; phần thêm sau được xét riêng.", "The whole of revision {0} of {1}; what was added later is judged apart."},
			"partial":  {"Chỉ một phần, không đủ một phiên bản.", "A part only, less than a revision."},
		},
		todo: map[string]text{"": askSender},
	},
	"changes": {
		question: text{"Sau khi ký, văn bản có bị thay đổi không?", "Was the document changed after this signature?"},
		answers: map[string]text{
			"none":             {"Không có thay đổi nào.", "Nothing was changed."},
			"lta":              {"Chỉ bổ sung dữ liệu kiểm tra lâu dài hoặc dấu thời gian, được phép.", "Only long-term validation data or time-stamps were added, which is allowed."},
			"filling":          {"Chỉ có những việc được phép: {0}.", "Only what is allowed: {0}."},
			"look":             {"Có thay đổi được phép nhưng nên xem kỹ ({0}).", "There are changes that are allowed but deserve a look ({0})."},
			"unsigned_filling": {"Ô «{0}» được điền sau chữ ký cuối cùng: được phép, nhưng không ai ký cho nội dung đó.", "Field “{0}” was filled after the last signature: that is allowed, but nobody signed what it says."},
			"not_permitted":    {"Có {1} thay đổi không được phép. {0}", "There are changes that are not allowed ({1}). {0}"},
			"not_compared":     {"Không so sánh được các phiên bản của tệp, nên không biết sau khi ký có gì thay đổi.", "The revisions of the file could not be compared, so it is not known what was changed after signing."},
		},
		todo: map[string]text{
			"":                 askSender,
			"unsigned_filling": {"Không dựa vào nội dung của riêng ô đó.", "Do not rely on what that field alone says."},
			"look":             {"Xem danh sách thay đổi bên dưới và nhìn kỹ trang có thay đổi.", "Read the list of changes below and look at the pages they are on."},
		},
	},
}
