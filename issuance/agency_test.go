package issuance_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"antin/archive"
	"antin/internal/judge"
	"antin/issuance"
	"antin/signer/verify"
	"antin/templates"
	"antin/templates/layout"
)

// TestEveryAgencyIssues: each demonstration agency issues a document of every
// form that its kind may issue, among them a form that two kinds issue.
func TestEveryAgencyIssues(t *testing.T) {
	s, _ := newService(t, nil)
	count := map[string]int{}
	for _, id := range s.AgencyIDs() {
		a, err := s.Agency(id)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range s.Forms().All() {
			if !f.Issuer.Has(a.Profile.Kind) || f.ID != "phieu-bo-sung" && count[id] > 0 {
				continue
			}
			doc, _, err := s.Make(t.Context(), issuance.Request{Form: f.ID, Version: f.Version, Agency: id, Data: f.Sample(), By: issuance.System}, issuance.UntilIssued)
			if err != nil {
				t.Errorf("%s issues %s: %v", id, f.Where(), err)
				continue
			}
			if doc.Agency != id || doc.State != archive.Issued {
				t.Errorf("%s: %s %s", id, doc.Agency, doc.State)
			}
			count[id]++
		}
		if count[id] == 0 {
			t.Errorf("%s issued nothing", id)
		}
	}
	if len(count) < 4 {
		t.Errorf("%d agencies", len(count))
	}
}

// newAgency is an agency that no code knows: two files, keys and pictures.
const newAgency = `id: snv-thu-nghiem
kind: department
superior: [UBND TỈNH THỬ NGHIỆM]
name: [SỞ NỘI VỤ]
title: Sở Nội vụ tỉnh Thử Nghiệm
short: Sở Nội vụ
head: Giám đốc Sở Nội vụ
place: Thử Nghiệm
symbol: SNVTN
unit: LĐVL
province: tỉnh Thử Nghiệm
province_code: "063"
people: Ủy ban nhân dân tỉnh Thử Nghiệm
centre: tỉnh Thử Nghiệm
insurance: Bảo hiểm xã hội tỉnh Thử Nghiệm
one_stop: Trung tâm Phục vụ hành chính công tỉnh Thử Nghiệm
functions: Quyết định số 01/2025/QĐ-UBND ngày 01 tháng 3 năm 2025 của Ủy ban nhân dân tỉnh Thử Nghiệm
address: "Địa chỉ: Số 1 Đường Thử, tỉnh Thử Nghiệm"
phone: 0200.000.000
email: snv@example.vn
seal_diameter: 40
signatories:
  - key: giam-doc
    title: [GIÁM ĐỐC]
    name: Đinh Văn Mẫu
    office: Giám đốc
  - key: ong-tuq
    title: [TUQ. GIÁM ĐỐC, CHÁNH VĂN PHÒNG]
    name: Vi Thị Thử
    office: Chánh Văn phòng
`

const newOffice = `kept_by: Văn thư Sở
books:
  - {code: QĐ, title: Sổ quyết định, start: {2026: 41}, retention_years: 20}
seal: {pkcs12: keys/seal.p12, password_file: keys/seal.password, picture: keys/seal.png}
signatories:
  giam-doc: {pkcs12: keys/giam-doc.p12, password_file: keys/giam-doc.password, picture: keys/giam-doc.png}
  ong-tuq: {pkcs12: keys/giam-doc.p12, password_file: keys/giam-doc.password, picture: keys/giam-doc.png}
`

// TestNewAgency: a new agency is files alone.
func TestNewAgency(t *testing.T) {
	dir, err := office()
	if err != nil {
		t.Fatal(err)
	}
	root := t.TempDir()
	folder := filepath.Join(root, "snv-thu-nghiem")
	if err := os.CopyFS(folder, os.DirFS(filepath.Join(dir, "agencies", "snv-hanoi"))); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{issuance.ProfileFile: newAgency, issuance.OfficeFile: newOffice} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	agencies, err := issuance.OpenAgencies(root)
	if err != nil {
		t.Fatal(err)
	}
	s, store := newService(t, func(o *issuance.Options) { o.Agencies = agencies })
	r := sample(t, "qd-cham-dut-tctn", func(m map[string]any) { m["signatory"] = "ong-tuq" })
	doc, _, err := s.Make(t.Context(), r, issuance.UntilIssued)
	if err != nil {
		t.Fatal(err)
	}
	report, err := s.Verify(t.Context(), issuedPDF(t, store, doc.ID))
	if err != nil || report.Indication != verify.TotalPassed {
		t.Fatalf("%v %v", report.Indication, err)
	}
	if got := report.Fields["so"]; got != "41/QĐ-SNVTN" {
		t.Errorf("number %s", got)
	}
	if got := report.Fields["ngay"]; got != "Thử Nghiệm, ngày 02 tháng 3 năm 2026" {
		t.Errorf("date line %s", got)
	}
	if !strings.Contains(report.Fields["luu_tru"], "thời hạn bảo quản 20 năm") {
		t.Errorf("archive stamp %q", report.Fields["luu_tru"])
	}
	path := filepath.Join(t.TempDir(), "f.pdf")
	if err := os.WriteFile(path, issuedPDF(t, store, doc.ID), 0o600); err != nil {
		t.Fatal(err)
	}
	text := judge.Text(t, path)
	for _, want := range []string{"UBND TỈNH THỬ NGHIỆM", "TUQ. GIÁM ĐỐC", "CHÁNH VĂN PHÒNG", "Vi Thị Thử", "Số 1 Đường Thử", "Sở Nội vụ tỉnh Thử Nghiệm"} {
		if !strings.Contains(text, want) {
			t.Errorf("the document does not print %q", want)
		}
	}
}

// TestBadAgencies: what is wrong with an agency's files is said with the file.
func TestBadAgencies(t *testing.T) {
	for name, c := range map[string]struct{ profile, office, want string }{
		"another id":              {strings.Replace(newAgency, "id: snv-thu-nghiem", "id: other", 1), "", "the folder's name"},
		"no place":                {strings.Replace(newAgency, "place: Thử Nghiệm\n", "", 1), "", `"place"`},
		"unknown key":             {newAgency + "colour: red\n", "", "colour"},
		"nobody's key":            {newAgency, "signatories:\n  nobody: {pkcs12: a}\n", `signatory "nobody"`},
		"a clerk's, unlisted":     {newAgency, "clerks:\n  giam-doc: {pkcs12: a}\n", `clerk "giam-doc"`},
		"one key for two":         {newAgency + "clerks:\n  - {key: giam-doc, title: [CÁN BỘ], name: A, office: B}\n", "", "used twice"},
		"a key that is not there": {newAgency, "seal: {pkcs12: keys/none.p12}\n", "keys/none.p12"},
	} {
		t.Run(name, func(t *testing.T) {
			root := t.TempDir()
			folder := filepath.Join(root, "snv-thu-nghiem")
			if err := os.MkdirAll(folder, 0o700); err != nil {
				t.Fatal(err)
			}
			if err := errors.Join(os.WriteFile(filepath.Join(folder, issuance.ProfileFile), []byte(c.profile), 0o600),
				os.WriteFile(filepath.Join(folder, issuance.OfficeFile), []byte(c.office), 0o600)); err != nil {
				t.Fatal(err)
			}
			if _, err := issuance.OpenAgencies(root); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %s", err, c.want)
			}
		})
	}
}

// lengthened gives every agency of the demonstration the longest names, symbols
// and titles that one may meet.
func lengthened(o *issuance.Options) {
	for id, a := range o.Agencies {
		long, profile := *a, *a.Profile
		title := "Trung tâm Dịch vụ việc làm, Đào tạo nghề và Hỗ trợ người lao động nước ngoài khu vực Đông Nam Bộ thuộc Ban Quản lý các khu công nghiệp Thành phố Hồ Chí Minh"
		profile.Title, profile.Short = title, title[:strings.Index(title, " thuộc")]
		profile.Name = []string{"TRUNG TÂM DỊCH VỤ VIỆC LÀM, ĐÀO TẠO NGHỀ VÀ HỖ TRỢ NGƯỜI LAO ĐỘNG NƯỚC NGOÀI KHU VỰC ĐÔNG NAM BỘ"}
		profile.Superior = []string{"BAN QUẢN LÝ CÁC KHU CÔNG NGHIỆP, KHU CHẾ XUẤT VÀ KHU CÔNG NGHỆ CAO THÀNH PHỐ HỒ CHÍ MINH"}
		profile.Place, profile.Symbol, profile.Unit = "Thành phố Hồ Chí Minh", "TTDVVL.ĐTN", "BHTN.VLATLĐ"
		for _, people := range []*[]templates.Signatory{&profile.Signatories, &profile.Clerks} {
			*people = slices.Clone(*people)
			for i := range *people {
				p := &(*people)[i]
				p.Title = append([]string{"TUQ. CHỦ TỊCH ỦY BAN NHÂN DÂN THÀNH PHỐ HỒ CHÍ MINH"}, p.Title...)
			}
		}
		long.Profile = &profile
		o.Agencies[id] = &long
	}
}

// TestLongAgencyIssues: number, date and stamp of an agency with a long name,
// symbol and place fit every form: a number that was given is always printed.
func TestLongAgencyIssues(t *testing.T) {
	s, store := newService(t, lengthened)
	for _, f := range s.Forms().All() {
		doc, _, err := s.Make(t.Context(), issuance.Request{Form: f.ID, Version: f.Version, Data: f.Sample(), By: issuance.System}, issuance.UntilIssued)
		if f.OncePerDossier && err != nil { // the dossier of an earlier version
			continue
		}
		if err != nil || doc.State != archive.Issued {
			t.Errorf("%s: %s %v", f.Where(), doc.State, err)
			continue
		}
		report, err := s.Verify(t.Context(), issuedPDF(t, store, doc.ID))
		if err != nil || report.Indication != verify.TotalPassed {
			t.Errorf("%s: %v %v", f.Where(), report.Indication, err)
		}
	}
	if docs, err := store.Unfinished(t.Context(), ""); err != nil || len(docs) > 0 {
		t.Errorf("%d documents have a number and no seal: %v", len(docs), err)
	}
}

// TestNoRoom: what could never be printed is refused before there is a document.
func TestNoRoom(t *testing.T) {
	s, store := newService(t, func(o *issuance.Options) {
		a := *o.Agencies["snv-hanoi"]
		profile := *a.Profile
		profile.Place = strings.Repeat("Thành phố Thử Nghiệm ", 6)
		a.Profile = &profile
		o.Agencies["snv-hanoi"] = &a
	})
	_, _, err := s.Make(t.Context(), sample(t, "qd-cham-dut-tctn", nil), issuance.UntilIssued)
	if e, ok := errors.AsType[*layout.NoRoomError](err); !ok || e.Field != "ngay" {
		t.Fatalf("%v", err)
	}
	if page, err := store.List(t.Context(), archive.Filter{}, archive.Page{}); err != nil || len(page.Documents) > 0 {
		t.Errorf("%d documents, %v", len(page.Documents), err)
	}
}

// TestClerkNeeded: a slip that a clerk signs cannot be drafted where the agency
// has none, and a leader is no clerk.
func TestClerkNeeded(t *testing.T) {
	s, _ := newService(t, func(o *issuance.Options) {
		ward := *o.Agencies["snv-hanoi"]
		profile := *ward.Profile
		profile.Clerks = nil
		ward.Profile = &profile
		o.Agencies["snv-hanoi"] = &ward
	})
	for agency, want := range map[string]string{"snv-hanoi": "no_signer", "ttpvhcc-cn02": "unknown_signatory"} {
		r := sample(t, "phieu-bo-sung", func(m map[string]any) {
			if agency != "snv-hanoi" {
				m["signatory"] = "giam-doc"
			}
		})
		r.Agency = agency
		_, _, err := s.Make(t.Context(), r, issuance.UntilDraft)
		bad, ok := errors.AsType[*templates.DataError](err)
		if !ok || !slices.ContainsFunc(bad.Problems, func(p templates.Problem) bool { return p.Pointer == "/signatory" && string(p.Code) == want }) {
			t.Errorf("%s: %v", agency, err)
		}
	}
}
