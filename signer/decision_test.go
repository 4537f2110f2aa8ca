package signer_test

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"antin/internal/judge"
	"antin/internal/pdf"
	"antin/signer"
)

// decision is a revision 1 as the renderer made it: three pages, PDF/A-2b,
// tagged, the five fields pre-placed.
func decision(t testing.TB) []byte {
	t.Helper()
	data, err := os.ReadFile("testdata/decision.pdf")
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestDecisionBeforeJudges(t *testing.T) {
	draft := decision(t)
	certified, err := signer.Certify(draft, leader())
	if err != nil {
		t.Fatal(err)
	}
	issued, err := signer.Seal(certified, seal(), fills)
	if err != nil {
		t.Fatal(err)
	}
	path := save(t, issued)
	judge.AcceptSigned(t, path, trust(t), "ky_lanh_dao", "con_dau")
	judge.Conforms(t, "2b", save(t, draft), save(t, certified))

	text := judge.Text(t, path)
	for _, want := range []string{"Số: 15/QĐ-SNV", "Hà Nội, ngày 05 tháng 01 năm 2026", "ĐÃ LƯU TRỮ"} {
		if !strings.Contains(text, want) {
			t.Errorf("pdftotext does not find %q", want)
		}
	}
}

// The archive stamp may also come later: the seal locks number and date only.
func TestStampAfterSeal(t *testing.T) {
	certified, err := signer.Certify(decision(t), leader())
	if err != nil {
		t.Fatal(err)
	}
	issued, err := signer.Seal(certified, seal(), fills[:2])
	if err != nil {
		t.Fatal(err)
	}
	for name, lock := range map[string]bool{"luu_tru": false, "so": true} {
		late := change(t, issued, func(f *pdf.File, u *pdf.Update) {
			fd := field(t, f, name)
			fd.Dict["V"] = pdf.TextString("ĐÃ LƯU")
			delete(fd.Dict, "Q")
			u.Set(fd.Ref, fd.Dict)
		})
		py := judge.PyHanko(t, save(t, late), trust(t))
		if (py.Err() != nil) != lock {
			t.Errorf("%s filled after the seal: %v", name, py.Err())
		}
	}
}

// A certified document whose certification is cut out again is the draft, byte
// for byte: nothing before it was touched.
func TestFirstRevisionStays(t *testing.T) {
	draft := decision(t)
	certified, err := signer.Certify(draft, leader())
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(open(t, certified).At(0).Bytes(), draft) {
		t.Error("revision 1 changed")
	}
}
