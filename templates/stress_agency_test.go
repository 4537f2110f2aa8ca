package templates_test

import (
	"strings"
	"testing"

	"antin/templates"
	"antin/templates/measure"
)

// longAgency is an agency of the form's kind with the longest names, symbols,
// titles and addresses that one may meet, each in one piece so that the layout
// has to break them.
func longAgency(t *testing.T, f *templates.Form) *templates.Agency {
	t.Helper()
	a := *demoOf(t, f)
	person := func(key string) templates.Signatory {
		return templates.Signatory{
			Key: key, Name: "Công Tằng Tôn Nữ Huyền Trang Nguyễn Phúc",
			Title: []string{
				"TUQ. CHỦ TỊCH ỦY BAN NHÂN DÂN THÀNH PHỐ HỒ CHÍ MINH", "KT. GIÁM ĐỐC SỞ NỘI VỤ",
				"PHÓ GIÁM ĐỐC PHỤ TRÁCH LĨNH VỰC VIỆC LÀM, AN TOÀN LAO ĐỘNG VÀ BẢO HIỂM THẤT NGHIỆP",
			},
			Office: "Phó Giám đốc phụ trách lĩnh vực việc làm, an toàn lao động và bảo hiểm thất nghiệp",
		}
	}
	a.Signatories = []templates.Signatory{person("leader")}
	a.Clerks = []templates.Signatory{person("clerk")}
	a.Superior = []string{"BAN QUẢN LÝ CÁC KHU CÔNG NGHIỆP, KHU CHẾ XUẤT VÀ KHU CÔNG NGHỆ CAO THÀNH PHỐ HỒ CHÍ MINH"}
	a.Name = []string{"TRUNG TÂM DỊCH VỤ VIỆC LÀM, ĐÀO TẠO NGHỀ VÀ HỖ TRỢ NGƯỜI LAO ĐỘNG NƯỚC NGOÀI KHU VỰC ĐÔNG NAM BỘ"}
	a.Title = "Trung tâm Dịch vụ việc làm, Đào tạo nghề và Hỗ trợ người lao động nước ngoài khu vực Đông Nam Bộ thuộc Ban Quản lý các khu công nghiệp, khu chế xuất và khu công nghệ cao Thành phố Hồ Chí Minh"
	a.Short = "Trung tâm Dịch vụ việc làm, Đào tạo nghề và Hỗ trợ người lao động nước ngoài khu vực Đông Nam Bộ"
	a.Head = "Giám đốc Trung tâm Dịch vụ việc làm, Đào tạo nghề và Hỗ trợ người lao động nước ngoài khu vực Đông Nam Bộ"
	a.Place = "Thành phố Hồ Chí Minh"
	a.Symbol, a.Unit = "TTDVVL.ĐTN", "BHTN.VLATLĐ"
	a.Province = "Thành phố Hồ Chí Minh"
	a.People = "Ủy ban nhân dân Thành phố Hồ Chí Minh"
	a.Centre = "Thanh niên Xung phong Thành phố Hồ Chí Minh"
	a.Insurance = "Bảo hiểm xã hội Khu vực XXVII Thành phố Hồ Chí Minh"
	a.OneStop = "Chi nhánh Trung tâm Phục vụ hành chính công khu vực Thủ Đức, Cần Giờ và Bình Dương Thành phố Hồ Chí Minh"
	a.Address = "Địa chỉ: Tầng 15, Khối B, Trung tâm hành chính công tập trung, số 1234/56 Đại lộ Nguyễn Văn Linh nối dài, phường Tân Phú, Thành phố Hồ Chí Minh; " +
		"điện thoại: 028.0000.0000 (máy lẻ 1234); fax: 028.0000.0001; thư điện tử: trungtamdichvuvieclam.hochiminh@example.vn; trang thông tin: https://trungtam.example.vn"
	return &a
}

// printsAgency looks for every name and title of the agency that the form
// prints for the demonstration agency.
func printsAgency(t *testing.T, f *templates.Form, long *templates.Agency, pages []measure.Page) {
	t.Helper()
	demo := demoOf(t, f)
	shown, have := everything(rendered(t, f, f.Sample())), everything(pages)
	signer := func(a *templates.Agency) templates.Signatory { return a.Signers(&f.Head)[0] }
	for _, c := range [][2]string{
		{strings.Join(demo.Name, ""), strings.Join(long.Name, "")},
		{strings.Join(demo.Superior, ""), strings.Join(long.Superior, "")},
		{demo.Address, long.Address},
		{demo.OneStop, long.OneStop},
		{signer(demo).Name, signer(long).Name},
		{strings.Join(signer(demo).Title, ""), strings.Join(signer(long).Title, "")},
	} {
		if c[0] != "" && c[0] != demo.Title && strings.Contains(shown, solid(c[0])) && !strings.Contains(have, solid(c[1])) {
			t.Errorf("%q is not on the pages", c[1])
		}
	}
}

// solid is a text without blanks.
func solid(s string) string { return strings.Join(strings.Fields(s), "") }

// everything is all ink of the pages in the order it is drawn, without blanks.
func everything(pages []measure.Page) string {
	var b strings.Builder
	for _, p := range pages {
		for _, x := range p.Texts {
			b.WriteString(solid(x.Text))
		}
	}
	return b.String()
}
