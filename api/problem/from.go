package problem

import (
	"context"
	"errors"
	"strings"
	"time"

	"antin/archive"
	"antin/imagecheck"
	"antin/issuance"
	"antin/signer"
	"antin/signer/pkcs11"
	"antin/templates"
	"antin/templates/layout"
)

// spoken is an error of templates that has words of its own, since it knows the
// form's fields.
type spoken interface {
	error
	Message(lang string) string
}

// From finds the words for an error of any layer. What it does not know is a
// fault of the service: its cause goes to the log, not to the caller.
func From(err error) *Problem {
	if p, ok := errors.AsType[*Problem](err); ok {
		return p
	}
	for _, find := range []func(error) *Problem{fromFile, fromCopy, fromTemplates, fromIssuance, fromArchive, fromSigner} {
		if p := find(err); p != nil {
			return p
		}
	}
	if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) {
		return New(TimedOut, err)
	}
	return New(Internal, err)
}

func fromTemplates(err error) *Problem {
	var data *templates.DataError
	var force *templates.NotInForceError
	var form *templates.UnknownFormError
	var version *templates.UnknownVersionError
	var glyph *layout.MissingGlyphError
	var room *layout.NoRoomError
	says := func(code string, s spoken) *Problem { return New(code, err, s.Message("vi"), s.Message("en")) }
	switch {
	case errors.As(err, &data):
		p := New(DataInvalid, err, len(data.Problems))
		for _, d := range data.Problems {
			p.Fields = append(p.Fields, Field{Pointer: d.Pointer, Code: string(d.Code), Message: d.Message("vi"), MessageEN: d.Message("en")})
		}
		return p
	case errors.As(err, &force) && force.Future:
		return says(FormNotYetInForce, force)
	case errors.As(err, &force):
		return says(FormNoLongerInForce, force)
	case errors.As(err, &form):
		return says(FormUnknown, form)
	case errors.As(err, &version):
		return says(FormUnknown, version)
	case errors.As(err, &room):
		return New(AgencyText, err, room.Field, room.Value)
	case errors.As(err, &glyph):
		p := New(DataInvalid, err, 1)
		p.Fields = []Field{{
			Pointer: glyph.Field, Code: "character",
			Message:   "ký tự “" + string(glyph.Rune) + "” không có trong phông chữ của văn bản; hãy thay bằng chữ thường dùng",
			MessageEN: "no font of the document has the character \"" + string(glyph.Rune) + "\"; replace it",
		}}
		return p
	}
	return nil
}

func fromIssuance(err error) *Problem {
	var agency *issuance.UnknownAgencyError
	var wrong *issuance.WrongAgencyError
	var noKey *issuance.NoKeyError
	var unusable *issuance.KeyNotUsableError
	var notYours *issuance.NotYoursError
	var photo *issuance.PhotoError
	var format *issuance.UnknownFormatError
	switch {
	case errors.As(err, &format):
		return New(ValueInvalid, err, "format", "xlsx, csv, pdf, xml, json")
	case errors.As(err, &agency):
		return New(AgencyUnknown, err, agency.ID, strings.Join(agency.Known, ", "))
	case errors.As(err, &wrong):
		return New(AgencyWrong, err, wrong.Form, wrong.Want, wrong.Agency, wrong.Kind)
	case errors.As(err, &noKey):
		vi, en := holder(noKey.Agency, noKey.Signatory)
		return New(SigningKeyMissing, err, vi, en)
	case errors.As(err, &unusable):
		vi, en := holder(unusable.Agency, unusable.Signatory)
		whyVI, whyEN := whyUnusable(unusable.Err)
		return New(SigningKeyUnusable, err, vi+" "+whyVI, en+" "+whyEN)
	case errors.As(err, &notYours):
		return fromNotYours(notYours)
	case errors.As(err, &photo):
		return fromPhoto(photo)
	case errors.Is(err, imagecheck.ErrTime):
		return New(TimedOut, err)
	}
	return nil
}

func fromPhoto(e *issuance.PhotoError) *Problem {
	if refused, ok := errors.AsType[*imagecheck.Refusal](e.Err); ok {
		p := New(PhotoUnreadable, e, refused.Vietnamese(), refused.English())
		p.Fields = []Field{{Pointer: e.Pointer, Code: refused.Code, Message: refused.Vietnamese(), MessageEN: refused.English()}}
		return p
	}
	if e.Result == nil {
		return New(Internal, e)
	}
	code := PhotoRefused
	if e.Result.Verdict == imagecheck.Review {
		code = PhotoNeedsReview
	}
	p := New(code, e)
	for _, m := range e.Result.Measures {
		if m.Status == imagecheck.Fail || m.Status == imagecheck.Review {
			p.Fields = append(p.Fields, Field{Pointer: e.Pointer, Code: "photo." + m.ID, Message: m.Message, MessageEN: m.MessageEN})
		}
	}
	return p
}

func fromNotYours(e *issuance.NotYoursError) *Problem {
	whose, whoseEN := "“"+e.Name+"”", "\""+e.Name+"\""
	if e.Title != "" {
		whose, whoseEN = whose+" ("+e.Title+")", whoseEN+" ("+e.Title+")"
	}
	yours, yoursEN := "ký với tư cách “"+e.Yours+"”", "signs as \""+e.Yours+"\""
	switch {
	case e.Person == "":
		whose, whoseEN = whose+", nay không còn trong hồ sơ cơ quan,", whoseEN+", who is no longer in the agency's profile"
	case e.Yours == "":
		yours, yoursEN = "không gắn với người ký nào", "is bound to no person"
	}
	return New(NotYourSignature, e, whose, yours, whoseEN, yoursEN)
}

// holder names the holder of a key in both languages.
func holder(agency, signatory string) (vi, en string) {
	if agency == "" && signatory == "" {
		return "nhật ký kiểm toán", "the audit trail"
	}
	if signatory == "" {
		return "con dấu của “" + agency + "”", "the seal of " + agency
	}
	return "người ký “" + signatory + "” của “" + agency + "”", "signatory " + signatory + " of " + agency
}

func whyUnusable(err error) (vi, en string) {
	var id *signer.IdentityError
	if !errors.As(err, &id) {
		return "không ký được", "cannot sign"
	}
	day := func(t time.Time) string { return t.In(archive.Zone).Format("02/01/2006 15:04") }
	switch {
	case errors.Is(err, signer.ErrExpired):
		return "có chứng thư đã hết hạn từ " + day(id.NotAfter), "has a certificate that expired on " + day(id.NotAfter)
	case errors.Is(err, signer.ErrNotYetValid):
		return "có chứng thư chưa có hiệu lực trước " + day(id.NotBefore), "has a certificate that is not valid before " + day(id.NotBefore)
	case errors.Is(err, signer.ErrKeyMismatch):
		return "có khóa không khớp với chứng thư", "has a key that does not belong to its certificate"
	case errors.Is(err, signer.ErrWeakKey):
		return "có khóa quá yếu hoặc không dùng để ký được", "has a key that is too weak or not for signing"
	case errors.Is(err, signer.ErrKeyUsage):
		return "có chứng thư không được cấp để ký văn bản", "has a certificate that is not for signing documents"
	}
	return "không ký được", "cannot sign"
}

func fromSigner(err error) *Problem {
	if _, ok := errors.AsType[*signer.PasswordError](err); ok {
		return New(PasswordWrong, err)
	}
	if e, ok := errors.AsType[*pkcs11.Error](err); ok {
		whyVI, whyEN := whyToken(e)
		return New(TokenUnusable, err, e.Label, e.Token, whyVI, whyEN)
	}
	return nil
}

// whyToken says why a key on a token cannot be used, and what to do.
func whyToken(e *pkcs11.Error) (vi, en string) {
	switch {
	case errors.Is(e, pkcs11.ErrUnsupported):
		return "chương trình này được dựng không kèm cgo nên không nạp được thư viện PKCS#11; hãy dùng bản dựng bằng CGO_ENABLED=1 make build",
			"this program was built without cgo and cannot load PKCS#11 libraries; use one built with CGO_ENABLED=1 make build"
	case errors.Is(e, pkcs11.ErrNoToken):
		return "không thấy thiết bị có nhãn này; hãy cắm thiết bị và xem lại mục token", "no token with this label is present; plug it in and check token"
	case errors.Is(e, pkcs11.ErrNoKey):
		return "trên thiết bị không có khóa nào mang nhãn này; hãy xem lại mục label và id", "the token has no key with this label; check label and id"
	case errors.Is(e, pkcs11.ErrAmbiguous):
		return "có nhiều khóa hoặc thiết bị cùng nhãn; hãy ghi thêm mục id", "several keys or tokens have this label; add id"
	case errors.Is(e, pkcs11.ErrPIN):
		return "mã PIN sai hoặc thiết bị đã khóa; hãy xem lại tệp ở mục pin_file, đừng thử nhiều lần", "the PIN is wrong or the token is locked; check the file in pin_file, and do not try many times"
	case errors.Is(e, pkcs11.ErrMismatch):
		return "khóa không khớp với chứng thư ở mục certificate", "the key does not belong to the certificate in certificate"
	}
	return "thiết bị không ký được", "the token cannot sign"
}

func fromArchive(err error) *Problem {
	var missing *archive.NotFoundError
	var state *archive.StateError
	var reused *archive.IdempotencyConflictError
	var unique *archive.UniqueKeyError
	var back *archive.BackdateError
	var unknown *archive.OutcomeUnknownError
	var corrupt *archive.CorruptError
	var invalid *archive.InvalidError
	var destroyed *archive.DestroyedError
	var kept *archive.RetentionError
	switch {
	case errors.As(err, &missing):
		vi, ok := things[missing.What]
		if !ok {
			vi = missing.What
		}
		return New(NotFound, err, vi+" “"+missing.ID+"”", missing.What+" \""+missing.ID+"\"")
	case errors.As(err, &state):
		p := New(WrongState, err, stateNames[state.State], moveNames[state.Move], moveList(state.Allowed, moveNames),
			state.State, state.Move, moveList(state.Allowed, nil))
		p.State, p.Allowed = string(state.State), []string{}
		for _, m := range state.Allowed {
			p.Allowed = append(p.Allowed, string(m))
		}
		return p
	case errors.As(err, &destroyed):
		return New(Destroyed, err, destroyed.At.In(archive.Zone).Format("02/01/2006"))
	case errors.As(err, &kept) && kept.Until.IsZero():
		return New(KeptForEver, err)
	case errors.As(err, &kept):
		return New(MustBeKept, err, kept.Until.Format("02/01/2006"))
	case errors.As(err, &reused):
		return New(KeyReused, err, reused.Key)
	case errors.As(err, &unique):
		name := unique.Document.ID
		if unique.Document.Number != nil {
			name = unique.Document.Number.Full()
		}
		return New(OncePerDossier, err, unique.Document.DossierCode, name, stateNames[unique.Document.State])
	case errors.As(err, &back):
		return New(ClockSetBack, err, back.Asked.In(archive.Zone).Format("02/01/2006"), back.Last.In(archive.Zone).Format("02/01/2006"))
	case errors.As(err, &unknown):
		return New(OutcomeUnknown, err)
	case errors.As(err, &corrupt):
		return New(StorageDamaged, err)
	case errors.As(err, &invalid):
		return New(ValueInvalid, err, invalid.Field, invalid.Problem)
	case errors.Is(err, archive.ErrFull):
		return New(StorageFull, err)
	case errors.Is(err, archive.ErrUnavailable):
		return New(StorageAway, err)
	case errors.Is(err, archive.ErrClosed):
		return New(Stopping, err)
	}
	return nil
}

var things = map[string]string{
	"document": "văn bản", "lookup code": "mã tra cứu", "revision": "bản", "agency": "cơ quan", "book": "sổ", "content": "tệp", "key": "khóa API", "batch": "lô", "webhook": "nơi nhận tin", "job": "việc", "dossier": "hồ sơ", "annex": "phụ lục",
}

var stateNames = map[archive.State]string{
	archive.Drafted: "dự thảo", archive.Signed: "đã ký", archive.Numbered: "đã cấp số, chưa đóng dấu", archive.Issued: "đã phát hành",
	archive.Delivered: "đã giao", archive.Returned: "đã trả lại", archive.Withdrawn: "đã thu hồi", archive.Replaced: "đã thay thế",
	archive.Corrected: "đã đính chính",
}

var moveNames = map[archive.Move]string{
	archive.MoveDraft: "lập dự thảo", archive.MoveSign: "ký", archive.MoveNumber: "cấp số", archive.MoveIssue: "đóng dấu, phát hành",
	archive.MovePreserve: "bổ sung dữ liệu lưu trữ", archive.MoveDeliver: "giao", archive.MoveReturn: "trả lại",
	archive.MoveWithdraw: "thu hồi", archive.MoveReplace: "thay thế", archive.ActionAnnex: "thêm hoặc bớt phụ lục", archive.MoveCorrect: "đính chính",
}

func moveList(moves []archive.Move, names map[archive.Move]string) string {
	if len(moves) == 0 {
		if names == nil {
			return "nothing"
		}
		return "không có"
	}
	s := make([]string, len(moves))
	for i, m := range moves {
		if s[i] = string(m); names != nil {
			s[i] = names[m]
		}
	}
	return strings.Join(s, ", ")
}
