package problem

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"antin/archive"
	"antin/issuance"
	"antin/signer"
	"antin/signer/pkcs11"
	"antin/templates"
	"antin/templates/layout"
)

func TestEveryWordIsWhole(t *testing.T) {
	for code, w := range words {
		if w.title == "" || w.titleEN == "" || w.detail == "" || w.detailEN == "" || w.status < 400 || w.exit < 1 || w.exit > 3 {
			t.Errorf("%s: %+v", code, w)
		}
	}
	if p := New("no such code", nil); p.Code != Internal {
		t.Errorf("%+v", p)
	}
}

// TestFrom: each error that a layer hands up is said in both languages, without
// a gap, and by its own code.
func TestFrom(t *testing.T) {
	day := time.Date(2026, 3, 2, 0, 0, 0, 0, archive.Zone)
	doc := archive.Document{ID: "d1", DossierCode: "H26", State: archive.Issued, Number: &archive.Number{Text: "05", Symbol: "PXL"}}
	for _, test := range []struct {
		err          error
		code         string
		status, exit int
		says         string
	}{
		{&archive.NotFoundError{What: "document", ID: "x"}, NotFound, 404, 1, "văn bản"},
		{&archive.StateError{Document: "x", State: archive.Drafted, Move: archive.MoveNumber, Allowed: []archive.Move{archive.MoveSign}}, WrongState, 409, 1, "dự thảo"},
		{&archive.StateError{Document: "x", State: archive.Withdrawn, Move: archive.MoveSign}, WrongState, 409, 1, "không có"},
		{&archive.IdempotencyConflictError{Key: "k"}, KeyReused, 409, 1, "k"},
		{&archive.UniqueKeyError{Document: doc}, OncePerDossier, 409, 1, "05/PXL"},
		{&archive.BackdateError{Asked: day, Last: day.AddDate(0, 0, 3)}, ClockSetBack, 503, 3, "05/03/2026"},
		{fmt.Errorf("commit: %w", archive.ErrFull), StorageFull, 507, 3, "đầy"},
		{fmt.Errorf("reading: %w", archive.ErrUnavailable), StorageAway, 503, 3, "gửi lại"},
		{archive.ErrClosed, Stopping, 503, 3, "dừng"},
		{&archive.OutcomeUnknownError{Err: errors.New("x")}, OutcomeUnknown, 503, 3, "gửi lại"},
		{&archive.CorruptError{}, StorageDamaged, 500, 3, "doctor"},
		{&archive.InvalidError{Field: "subject", Problem: "empty"}, ValueInvalid, 422, 1, "subject"},
		{&issuance.UnknownAgencyError{ID: "a", Known: []string{"b"}}, AgencyUnknown, 422, 1, "b"},
		{&issuance.WrongAgencyError{Agency: "a", Kind: "commune", Form: "f", Want: "department"}, AgencyWrong, 422, 1, "department"},
		{&issuance.NoKeyError{Agency: "a"}, SigningKeyMissing, 409, 1, "con dấu"},
		{&issuance.NoKeyError{Agency: "a", Signatory: "giam-doc"}, SigningKeyMissing, 409, 1, "giam-doc"},
		{&issuance.NotYoursError{Agency: "a", Person: "giam-doc", Name: "Nguyễn Minh Họa", Title: "GIÁM ĐỐC", Yours: "pho-giam-doc"}, NotYourSignature, 403, 1, "ký với tư cách “pho-giam-doc”"},
		{&issuance.NotYoursError{Agency: "a", Person: "giam-doc", Name: "Nguyễn Minh Họa"}, NotYourSignature, 403, 1, "không gắn với người ký nào"},
		{&issuance.NotYoursError{Agency: "a", Name: "Nguyễn Minh Họa", Yours: "giam-doc"}, NotYourSignature, 403, 1, "không còn trong hồ sơ"},
		{&issuance.KeyNotUsableError{Agency: "a", Err: &signer.IdentityError{NotAfter: day, Reason: signer.ErrExpired}}, SigningKeyUnusable, 503, 1, "hết hạn từ 02/03/2026"},
		{&issuance.KeyNotUsableError{Agency: "a", Err: &signer.IdentityError{Reason: signer.ErrWeakKey}}, SigningKeyUnusable, 503, 1, "quá yếu"},
		{&issuance.PhotoError{Pointer: "/photo", Err: errors.New("x")}, Internal, 500, 3, "lỗi"},
		{&signer.PasswordError{}, PasswordWrong, 422, 1, "mật khẩu"},
		{&pkcs11.Error{Token: "t", Label: "con-dau", Err: pkcs11.ErrPIN}, TokenUnusable, 503, 3, "PIN sai"},
		{&pkcs11.Error{Token: "t", Label: "con-dau", Err: pkcs11.ErrUnsupported}, TokenUnusable, 503, 3, "CGO_ENABLED=1"},
		{&pkcs11.Error{Token: "t", Label: "con-dau", Err: errors.New("x")}, TokenUnusable, 503, 3, "“con-dau” trên thiết bị “t”"},
		{&templates.UnknownFormError{ID: "f"}, FormUnknown, 404, 1, "f"},
		{&layout.MissingGlyphError{Field: "/full_name", Rune: '阮'}, DataInvalid, 422, 1, "1 chỗ"},
		{&layout.NoRoomError{Field: "ngay", Value: "Rất dài, ngày"}, AgencyText, 422, 1, "Rất dài"},
		{errors.New("anything else"), Internal, 500, 3, "lỗi của hệ thống"},
	} {
		p := From(fmt.Errorf("doing something: %w", test.err))
		if p.Code != test.code || p.Status != test.status || p.Exit != test.exit || !strings.Contains(p.Detail, test.says) {
			t.Errorf("%T: %+v", test.err, p)
		}
		for _, s := range []string{p.Title, p.TitleEN, p.Detail, p.DetailEN} {
			if s == "" || strings.Contains(s, "%!") || strings.Contains(s, "%[") {
				t.Errorf("%T says %q", test.err, s)
			}
		}
		if !errors.Is(p, test.err) {
			t.Errorf("%T: the cause is lost", test.err)
		}
	}
}
