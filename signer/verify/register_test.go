package verify

import (
	"strings"
	"testing"
)

// TestRegisterCompared: what the page shows is held against the register.
func TestRegisterCompared(t *testing.T) {
	for _, test := range []struct {
		number, day  string
		state, wants string
		says         []string
	}{
		{"15/QĐ-SNV", "Hà Nội, ngày 05 tháng 3 năm 2026", RegisterIssued, RegisterIssued, []string{"đúng tệp này"}},
		{"16/QĐ-SNV", "Hà Nội, ngày 05 tháng 3 năm 2026", RegisterIssued, RegisterMismatch, []string{"16/QĐ-SNV", "15/QĐ-SNV"}},
		{"15/QĐ-SNV", "Hà Nội, ngày 06 tháng 3 năm 2026", RegisterIssued, RegisterMismatch, []string{"ngày 06 tháng 3", "ngày 05/03/2026"}},
		{"15/QĐ-SNV", "Hà Nội, ngày 06 tháng 3 năm 2026", RegisterCorrected, RegisterMismatch, []string{"ngày 06 tháng 3"}},
		{"15/QĐ-SNV", "Quận 1, ngày 5 tháng 3 năm 2026", RegisterIssued, RegisterIssued, []string{"đúng tệp này"}},
		{"15/QĐ-SNV", "năm 2026", RegisterIssued, RegisterIssued, []string{"đúng tệp này"}},
		{"", "", RegisterIssued, RegisterIssued, []string{"đúng tệp này"}},
		{"16/QĐ-SNV", "Hà Nội, ngày 06 tháng 3 năm 2026", RegisterWithdrawn, RegisterWithdrawn, []string{"thu hồi"}},
		{"16/QĐ-SNV", "Hà Nội, ngày 06 tháng 3 năm 2026", RegisterAltered, RegisterAltered, []string{"ghi số 16/QĐ-SNV", "ngày 06 tháng 3"}},
		{"15/QĐ-SNV", "Hà Nội, ngày 05 tháng 3 năm 2026", RegisterChanged, RegisterChanged, []string{"bị thêm nội dung"}},
	} {
		r := &Report{Fields: map[string]string{"so": test.number, "ngay": test.day}}
		r.SetRegister(&Register{State: test.state, Number: "15", Symbol: "QĐ-SNV", Date: "05/03/2026", DocumentType: "Quyết định"})
		if r.Register.State != test.wants || r.Register.MessageEN == "" {
			t.Errorf("%+v", r.Register)
		}
		for _, s := range test.says {
			if !strings.Contains(r.Register.Message, s) {
				t.Errorf("%q does not say %q", r.Register.Message, s)
			}
		}
		if test.state == RegisterChanged && strings.Contains(r.Register.Message, "Trên tệp ghi") {
			t.Errorf("a difference is said where there is none: %q", r.Register.Message)
		}
	}
}
