package problem

// Codes of problems. They are part of the HTTP contract: never renamed.
const (
	Internal            = "internal"
	BadJSON             = "bad_json"
	BadParameter        = "bad_parameter"
	DataInvalid         = "data_invalid"
	FormUnknown         = "form_unknown"
	FormNotYetInForce   = "form_not_yet_in_force"
	FormNoLongerInForce = "form_no_longer_in_force"
	AgencyUnknown       = "agency_unknown"
	AgencyText          = "agency_text_too_long"
	AgencyWrong         = "agency_wrong"
	PhotoRefused        = "photo_refused"
	PhotoNeedsReview    = "photo_needs_review"
	PhotoUnreadable     = "photo_unreadable"
	KeyReused           = "idempotency_key_reused"
	KeyRequired         = "idempotency_key_required"
	OncePerDossier      = "once_per_dossier"
	WrongState          = "wrong_state"
	NotFound            = "not_found"
	SigningKeyMissing   = "signing_key_missing"
	SigningKeyUnusable  = "signing_key_unusable"
	NotYourSignature    = "not_your_signature"
	ClockSetBack        = "clock_set_back"
	Destroyed           = "destroyed"
	MustBeKept          = "must_be_kept"
	KeptForEver         = "kept_for_ever"
	StorageFull         = "storage_full"
	StorageDamaged      = "storage_damaged"
	OutcomeUnknown      = "outcome_unknown"
	Unauthorized        = "unauthorized"
	Forbidden           = "forbidden"
	TooLarge            = "too_large"
	WrongMediaType      = "wrong_media_type"
	NotAcceptable       = "not_acceptable"
	TooManyRequests     = "too_many_requests"
	Busy                = "busy"
	TimedOut            = "timed_out"
	Stopping            = "stopping"
	StorageAway         = "storage_unavailable"
	MethodNotAllowed    = "method_not_allowed"
	PasswordWrong       = "key_password_wrong"
	TokenUnusable       = "token_unusable"
	NotPDF              = "not_a_pdf"
	Usage               = "usage"
	FileUnreadable      = "file_unreadable"
	FileUnwritable      = "file_unwritable"
	ValueInvalid        = "value_invalid"
	FileRefused         = "file_refused"
	CopyRefused         = "copy_refused"
	NotMarked           = "not_marked"
	AddressInUse        = "address_in_use"
)

type word struct {
	status, exit, retry int
	title, titleEN      string
	detail, detailEN    string
}

var words = map[string]word{
	Internal: {
		500, ExitCouldNot, 0,
		"Hệ thống gặp lỗi", "The service failed",
		"Yêu cầu chưa được thực hiện xong vì một lỗi của hệ thống. Hãy gửi lại với cùng Idempotency-Key; nếu vẫn lỗi, báo cho quản trị viên mã theo dõi kèm theo.",
		"The request was not finished because of a fault in the service. Send it again with the same Idempotency-Key; if it fails again, give the trace id to the administrator.",
	},
	BadJSON: {
		400, ExitRefused, 0,
		"Nội dung gửi lên không phải JSON đúng", "The body is not valid JSON",
		"Không đọc được JSON: %[1]s. Hãy sửa và gửi lại.", "The JSON cannot be read: %[1]s. Correct it and send it again.",
	},
	BadParameter: {
		400, ExitUsage, 0,
		"Tham số không đúng", "A parameter is wrong",
		"Tham số “%[1]s” không đúng: %[2]s.", "Parameter %[1]q is wrong: %[2]s.",
	},
	DataInvalid: {
		422, ExitRefused, 0,
		"Dữ liệu của biểu mẫu chưa đúng", "The form's data is not right",
		"Có %[1]d chỗ cần sửa, nêu từng trường ở danh sách kèm theo. Chưa có văn bản nào được tạo.",
		"%[1]d places need correcting; the list with this message names each field. No document was made.",
	},
	FormUnknown: {
		404, ExitRefused, 0,
		"Không có biểu mẫu này", "There is no such form", "%[1]s", "%[2]s",
	},
	FormNotYetInForce: {
		422, ExitRefused, 0,
		"Biểu mẫu chưa có hiệu lực", "The form is not in force yet", "%[1]s", "%[2]s",
	},
	FormNoLongerInForce: {
		422, ExitRefused, 0,
		"Biểu mẫu đã hết hiệu lực", "The form is no longer in force", "%[1]s", "%[2]s",
	},
	AgencyUnknown: {
		422, ExitRefused, 0,
		"Không có cơ quan này", "There is no such agency",
		"Hãy nêu đúng cơ quan ban hành trong “agency” (nhận được “%[1]s”); các cơ quan dùng được: %[2]s.", "Name the issuing agency in \"agency\" (got %[1]q); usable: %[2]s.",
	},
	AgencyText: {
		422, ExitRefused, 0,
		"Thông tin cơ quan quá dài cho biểu mẫu", "The agency's text is too long for the form",
		"Chỗ ghi “%[1]s” của biểu mẫu không đủ rộng cho “%[2]s”. Hãy rút gọn place, symbol, unit hoặc short trong agency.yaml, archive_stamp trong office.yaml, hay đơn vị soạn thảo trong dữ liệu. Chưa có văn bản nào được tạo.",
		"The form's field %[1]q has no room for %[2]q. Shorten place, symbol, unit or short in agency.yaml, archive_stamp in office.yaml, or the drafting unit in the data. No document was made.",
	},
	AgencyWrong: {
		422, ExitRefused, 0,
		"Biểu mẫu không do cơ quan này ban hành", "The form is not issued by this agency",
		"Biểu mẫu “%[1]s” do loại cơ quan “%[2]s” ban hành, còn “%[3]s” là “%[4]s”. Hãy chọn cơ quan khác.",
		"Form %[1]q is issued by a %[2]s; %[3]q is a %[4]s. Choose another agency.",
	},
	PhotoRefused: {
		422, ExitRefused, 0,
		"Ảnh không đạt yêu cầu", "The photo does not meet the rules",
		"Ảnh 4x6 chưa đạt, lý do ở danh sách kèm theo. Hãy thay ảnh khác.", "The 4x6 photo is refused for the reasons in the list with this message. Use another photo.",
	},
	PhotoNeedsReview: {
		422, ExitRefused, 0,
		"Cần cán bộ xem ảnh", "A person has to look at the photo",
		"Máy không quyết định được về ảnh 4x6: xem từng điều trong “errors”. Nếu văn thư xem và chấp nhận ảnh, hãy gửi lại kèm lý do trong “photo_override”; nếu không, hãy thay ảnh khác.",
		"The check cannot decide about the 4x6 photo: see each point in \"errors\". If a clerk looks and accepts it, send again with the reason in \"photo_override\"; else use another photo.",
	},
	PhotoUnreadable: {
		422, ExitRefused, 0,
		"Không đọc được ảnh", "The photo cannot be read",
		"Trường ảnh không chứa ảnh JPEG hoặc JPEG 2000 đọc được: %[1]s. Hãy gửi tệp ảnh gốc mã hóa base64.",
		"The photo field holds no readable JPEG or JPEG 2000: %[2]s. Send the original file in base64.",
	},
	KeyReused: {
		409, ExitRefused, 0,
		"Idempotency-Key đã dùng cho yêu cầu khác", "The Idempotency-Key was used for another request",
		"Khóa “%[1]s” đã gắn với một yêu cầu có nội dung khác. Dùng lại đúng nội dung cũ để nhận kết quả cũ, hoặc chọn khóa mới cho yêu cầu mới.",
		"Key %[1]q belongs to a request with another body. Send the old body to get the old answer, or choose a new key for a new request.",
	},
	KeyRequired: {
		400, ExitRefused, 0,
		"Thiếu Idempotency-Key", "The Idempotency-Key is missing",
		"Yêu cầu tạo ra văn bản phải có tiêu đề Idempotency-Key (1 đến 128 ký tự ASCII nhìn thấy được) để gửi lại không sinh hai văn bản.",
		"A request that makes something needs the header Idempotency-Key (1 to 128 visible ASCII characters), so that sending it again does not make it twice.",
	},
	OncePerDossier: {
		409, ExitRefused, 0,
		"Hồ sơ đã có văn bản loại này", "The dossier has had this document",
		"Biểu mẫu này chỉ được phát hành một lần cho mỗi hồ sơ; hồ sơ “%[1]s” đã có văn bản %[2]s (trạng thái: %[3]s).",
		"This form is issued once per dossier; dossier %[1]q already has document %[2]s (state: %[3]s).",
	},
	WrongState: {
		409, ExitRefused, 0,
		"Trạng thái của văn bản không cho phép", "The document's state does not allow this",
		"Văn bản đang ở trạng thái “%[1]s”, không thể %[2]s. Việc làm được lúc này: %[3]s.",
		"The document is %[4]s; it cannot %[5]s. Allowed now: %[6]s.",
	},
	NotFound: {
		404, ExitRefused, 0,
		"Không tìm thấy", "Not found",
		"Không tìm thấy %[1]s. Hãy kiểm tra lại mã hoặc địa chỉ.", "Nothing was found for %[2]s. Check the code or the address.",
	},
	SigningKeyMissing: {
		409, ExitRefused, 0,
		"Hệ thống không giữ khóa ký", "The service holds no signing key",
		"Hệ thống không giữ khóa ký của %[1]s. Văn bản vẫn ở trạng thái trước đó; hãy khai báo khóa trong office.yaml của cơ quan rồi gửi lại.",
		"The service holds no signing key for %[2]s. The document stays as it was; enter the key in the agency's office.yaml and send the request again.",
	},
	SigningKeyUnusable: {
		503, ExitRefused, 0,
		"Khóa ký không dùng được", "The signing key cannot be used",
		"Chưa ký: %[1]s. Văn bản vẫn ở trạng thái trước đó; hãy thay khóa rồi gửi lại.",
		"Nothing was signed: %[2]s. The document stays as it was; replace the key and send the request again.",
	},
	NotYourSignature: {
		403, ExitRefused, 0,
		"Không phải chữ ký của bạn", "This is not your signature to make",
		"Văn bản này do %[1]s ký; khóa của bạn %[2]s. Chưa ký gì. Hãy để đúng người đó ký, hoặc lập lại văn bản với người ký khác.",
		"This document is signed by %[3]s; your key %[4]s. Nothing was signed. Let that person sign, or draft the document for another signatory.",
	},
	ClockSetBack: {
		503, ExitCouldNot, 60,
		"Đồng hồ máy chủ chạy lùi", "The server's clock was set back",
		"Số mới sẽ mang ngày %[1]s, trước ngày của số gần nhất (%[2]s). Số không được lùi ngày; hãy chỉnh đồng hồ máy chủ.",
		"A new number would carry %[1]s, before the last number's date (%[2]s). Numbers are never back-dated; correct the server's clock.",
	},
	Destroyed: {
		410, ExitRefused, 0,
		"Tệp đã được hủy theo thời hạn bảo quản", "The file was destroyed at the end of its retention period",
		"Dữ liệu và tệp PDF của văn bản đã được hủy ngày %[1]s theo quyết định hủy; dòng trong sổ đăng ký, số và mã băm vẫn còn.",
		"The document's data and PDFs were destroyed on %[1]s by decision; its line in the register, its number and its hashes remain.",
	},
	MustBeKept: {
		409, ExitRefused, 0,
		"Văn bản còn trong thời hạn bảo quản", "The document must still be kept",
		"Văn bản phải được bảo quản đến hết ngày %[1]s; chưa được hủy.", "The document is kept until %[1]s; it was not destroyed.",
	},
	KeptForEver: {
		409, ExitRefused, 0,
		"Văn bản không có thời hạn bảo quản để hủy", "The document has no retention period that could end",
		"Sổ của văn bản được bảo quản vĩnh viễn, hoặc văn bản chưa có số; không được hủy.",
		"The document's book is kept for ever, or it has no number; it was not destroyed.",
	},
	StorageFull: {
		507, ExitCouldNot, 60,
		"Hết chỗ lưu trữ", "The storage is full",
		"Kho lưu trữ đã đầy; bước vừa rồi không được ghi và không mất gì đã xác nhận. Hãy giải phóng đĩa rồi gửi lại.",
		"The archive's disk is full; this step was not written and nothing acknowledged is lost. Free some space and send it again.",
	},
	StorageDamaged: {
		500, ExitCouldNot, 0,
		"Dữ liệu lưu trữ bị hỏng", "The stored data is damaged",
		"Tệp lưu trong kho không còn khớp mã băm. Không trả tệp hỏng; hãy báo quản trị viên chạy “antin doctor” và phục hồi từ bản sao lưu.",
		"A stored file no longer matches its hash. It is not handed out; tell the administrator to run \"antin doctor\" and restore from a backup.",
	},
	OutcomeUnknown: {
		503, ExitCouldNot, 1,
		"Chưa rõ kết quả", "The outcome is not known",
		"Mất kết nối với kho lưu trữ khi đang ghi. Hãy gửi lại với cùng Idempotency-Key.",
		"The connection to the store broke while it was writing. Send the request again with the same Idempotency-Key.",
	},
	StorageAway: {
		503, ExitCouldNot, 2,
		"Không kết nối được kho lưu trữ", "The archive cannot be reached",
		"Mất kết nối với kho lưu trữ; bước vừa rồi không được ghi. Hãy gửi lại với cùng Idempotency-Key.",
		"The connection to the archive is gone; this step was not written. Send the request again with the same Idempotency-Key.",
	},
	Unauthorized: {
		401, ExitRefused, 0,
		"Cần khóa API", "An API key is needed",
		"Yêu cầu này cần tiêu đề “Authorization: Bearer <khóa API>”; khóa thiếu, sai hoặc đã bị thu hồi.",
		"This request needs the header \"Authorization: Bearer <API key>\"; the key is missing, wrong or revoked.",
	},
	Forbidden: {
		403, ExitRefused, 0,
		"Khóa API không có quyền này", "The API key may not do this",
		"Việc này cần vai trò %[1]s; khóa của bạn có: %[2]s.", "This needs the role %[1]s; your key has: %[2]s.",
	},
	TooLarge: {
		413, ExitRefused, 0,
		"Nội dung quá lớn", "The body is too large",
		"Nội dung gửi lên vượt giới hạn %[1]s.", "The body exceeds the limit of %[1]s.",
	},
	WrongMediaType: {
		415, ExitRefused, 0,
		"Sai kiểu nội dung", "The media type is wrong",
		"Hãy gửi với Content-Type: %[1]s.", "Send it with Content-Type: %[1]s.",
	},
	NotAcceptable: {
		406, ExitRefused, 0,
		"Không trả được kiểu nội dung này", "This media type cannot be returned",
		"Accept phải cho phép %[1]s.", "Accept must allow %[1]s.",
	},
	TooManyRequests: {
		429, ExitRefused, 30,
		"Gửi quá nhanh", "Too many requests",
		"Đã quá số lần cho phép từ địa chỉ này; hãy thử lại sau %[1]d giây.", "The limit for this address is reached; try again in %[1]d seconds.",
	},
	Busy: {
		503, ExitCouldNot, 2,
		"Hệ thống đang bận", "The service is busy",
		"Đang có quá nhiều yêu cầu cùng lúc; hãy thử lại sau vài giây với cùng Idempotency-Key.",
		"Too many requests are under way; try again in a few seconds with the same Idempotency-Key.",
	},
	TimedOut: {
		503, ExitCouldNot, 2,
		"Quá thời gian", "Timed out",
		"Yêu cầu không xong trong thời gian cho phép; hãy gửi lại với cùng Idempotency-Key.",
		"The request did not finish in time; send it again with the same Idempotency-Key.",
	},
	Stopping: {
		503, ExitCouldNot, 5,
		"Hệ thống đang dừng", "The service is stopping",
		"Hệ thống đang hoàn tất các việc dở dang để dừng; hãy gửi lại sau.", "The service is finishing what it began before it stops; send it again later.",
	},
	MethodNotAllowed: {
		405, ExitRefused, 0,
		"Phương thức không dùng được ở địa chỉ này", "The method is not allowed here",
		"Địa chỉ này không nhận phương thức %[1]s.", "This address does not take %[1]s.",
	},
	PasswordWrong: {
		422, ExitRefused, 0,
		"Sai mật khẩu của khóa", "The key's password is wrong",
		"Không mở được tệp khóa PKCS#12: mật khẩu sai. Kiểm tra password_file trong office.yaml.",
		"The PKCS#12 key file cannot be opened: the password is wrong. Check password_file in office.yaml.",
	},
	TokenUnusable: {
		503, ExitCouldNot, 0,
		"Khóa trên thiết bị không dùng được", "The key on the token cannot be used",
		"Khóa “%[1]s” trên thiết bị “%[2]s”: %[3]s.", "Key %[1]q on token %[2]q: %[4]s.",
	},
	NotPDF: {
		422, ExitRefused, 0,
		"Không phải tệp PDF", "Not a PDF file",
		"Tệp gửi lên không đọc được như PDF: %[1]s.", "The file cannot be read as a PDF: %[1]s.",
	},
	Usage: {
		400, ExitUsage, 0,
		"Dùng lệnh chưa đúng", "Wrong use",
		"%[1]s. Xem “antin help”.", "%[2]s. See \"antin help\".",
	},
	FileUnreadable: {
		400, ExitCouldNot, 0,
		"Không đọc được tệp", "The file cannot be read",
		"Không đọc được “%[1]s”: %[2]s.", "%[1]q cannot be read: %[2]s.",
	},
	FileUnwritable: {
		500, ExitCouldNot, 0,
		"Không ghi được tệp", "The file cannot be written",
		"Không ghi được “%[1]s”: %[2]s.", "%[1]q cannot be written: %[2]s.",
	},
	ValueInvalid: {
		422, ExitRefused, 0,
		"Giá trị không hợp lệ", "A value is not valid",
		"Giá trị của “%[1]s” không hợp lệ: %[2]s.", "The value of %[1]q is not valid: %[2]s.",
	},
	FileRefused: {
		422, ExitRefused, 0,
		"Không nhận tệp PDF này", "This PDF is not taken",
		"%[1]s Chưa có gì được lưu.", "%[2]s Nothing was kept.",
	},
	CopyRefused: {
		422, ExitRefused, 0,
		"Không sao được như vậy", "This copy cannot be made",
		"%[1]s Chưa cấp số, chưa lưu gì.", "%[2]s No number was given and nothing was kept.",
	},
	NotMarked: {
		409, ExitRefused, 0,
		"Văn bản không có bản xem", "There is no viewing copy",
		"Chỉ văn bản đã phát hành rồi bị thu hồi hoặc thay thế mới có bản xem mang dấu hết hiệu lực; văn bản này đang ở trạng thái “%[1]s”. Hãy mở tệp của văn bản.",
		"Only what was issued and then withdrawn or replaced has a marked copy; this document is %[2]s. Open its own file.",
	},
	AddressInUse: {
		500, ExitCouldNot, 0,
		"Cổng đã có chương trình khác dùng", "The address is in use",
		"Không mở được %[1]s vì chương trình khác đang dùng. Hãy dừng chương trình đó hoặc chọn địa chỉ khác bằng --listen.",
		"%[1]s cannot be opened because another program uses it. Stop that program or choose another with --listen.",
	},
}
