package layouttest

import (
	"fmt"

	"antin/templates/layout"
)

// Permit is a two-page work permit after Mẫu số 12/PLI: a blue cover, then the
// holder's data beside the photo over guilloche and star.
func Permit(jpeg []byte) *layout.Document {
	english := func(s string, size float64) layout.Run {
		return layout.Run{Text: s, Size: size, Italic: true, Lang: "en"}
	}
	margins := layout.Page{Top: 25, Right: 20, Bottom: 25, Left: 25}
	national := func(title float64) []layout.Block {
		return []layout.Block{
			centered(bold("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", title)),
			&layout.Paragraph{Align: layout.Center, Runs: []layout.Run{bold("Độc lập - Tự do - Hạnh phúc", title)}, RuleBelow: &layout.Rule{Fraction: 1, Gap: 3}, After: 4},
			centered(english("Socialist Republic of Vietnam", 12)),
			centered(english("Independence - Freedom - Happiness", 12)),
		}
	}
	cover := append(national(15),
		&layout.Space{Height: 180},
		&layout.Paragraph{Role: layout.TitleRole, Align: layout.Center, Runs: []layout.Run{bold("GIẤY PHÉP LAO ĐỘNG", 26)}},
		&layout.Paragraph{Align: layout.Center, Before: 6, Runs: []layout.Run{{Text: "WORK PERMIT", Bold: true, Size: 20, Lang: "en"}}},
		&layout.Space{Height: 60},
		&layout.Field{Name: "so", Label: "Số giấy phép lao động", Align: layout.Center, Size: 14, Lead: []layout.Run{text("Số: ", 14)}, Sample: "001261000123"},
	)
	line := func(vi, en, value string) *layout.Paragraph {
		return &layout.Paragraph{Align: layout.Left, Before: 5, Runs: []layout.Run{text(vi+": ", 13), bold(value, 13), text("\n", 13), english(en, 11)}}
	}
	tick := func(on bool, vi, en string) []layout.Run {
		box := layout.TickEmpty
		if on {
			box = layout.TickSet
		}
		return []layout.Run{{Tick: box, Size: 13}, text("\u00a0"+vi+" ", 13), english(en+"    ", 11)}
	}
	kinds := []layout.Run{text("7. Vị trí công việc: ", 13)}
	kinds = append(kinds, tick(false, "Nhà quản lý", "Manager")...)
	kinds = append(kinds, tick(false, "Giám đốc điều hành", "Executive")...)
	kinds = append(kinds, tick(true, "Chuyên gia", "Expert")...)
	kinds = append(kinds, tick(false, "Lao động kỹ thuật", "Technical worker")...)
	inside := []layout.Block{
		&layout.Columns{Columns: []layout.Column{
			{Width: 0.3, Blocks: []layout.Block{&layout.Picture{JPEG: jpeg, Width: 40, Height: 60, Alt: "Ảnh chân dung 4x6 của người được cấp phép", Border: true, Align: layout.Left}}},
			{Width: 0.7, Blocks: []layout.Block{
				&layout.Paragraph{Role: layout.TitleRole, Align: layout.Center, Runs: []layout.Run{bold("GIẤY PHÉP LAO ĐỘNG", 16)}},
				&layout.Paragraph{Align: layout.Center, Runs: []layout.Run{{Text: "WORK PERMIT", Bold: true, Size: 14, Lang: "en"}}},
				&layout.Field{Name: "so_2", Label: "Số giấy phép lao động (trang 2)", Before: 6, Align: layout.Center, Size: 13, Lead: []layout.Run{text("Số: ", 13)}, Sample: "001261000123"},
				line("1. Họ và tên (chữ in hoa)", "Full name (in capital letters)", "ŁUKASZ MÜLLER-ŠIMIĆ"),
				&layout.Paragraph{Align: layout.Left, Before: 5, Runs: append(append([]layout.Run{text("2. Giới tính: ", 13)}, tick(true, "Nam", "Male")...), tick(false, "Nữ", "Female")...)},
			}},
		}},
		line("3. Ngày, tháng, năm sinh", "Date of birth (day/month/year)", "07/09/1984"),
		line("4. Quốc tịch hiện nay", "Nationality", "Ba Lan"),
		line("5. Làm việc tại doanh nghiệp/tổ chức", "Working at enterprise/organization", "Công ty Trách nhiệm hữu hạn Công nghệ Hồ Gươm"),
		line("6. Địa điểm làm việc", "Working place", "số 1 phố Tràng Tiền, phường Cửa Nam, thành phố Hà Nội"),
		&layout.Paragraph{Align: layout.Left, Before: 5, Runs: kinds},
		line("8. Chức danh công việc", "Job title", "Chuyên gia an toàn thông tin"),
		&layout.Paragraph{Role: layout.ListItem, Align: layout.Left, Indent: 5, FirstIndent: -5, Before: 5, Runs: []layout.Run{text("-", 13), {Text: "Thời hạn làm việc từ ngày 01 tháng 02 năm 2026 đến ngày 31 tháng 01 năm 2028 tại các địa điểm của doanh nghiệp trên địa bàn thành phố", Size: 13, Tab: 5}}},
		&layout.Paragraph{Role: layout.ListItem, Align: layout.Left, Indent: 5, FirstIndent: -5, Runs: []layout.Run{text("-", 13), {Text: "Tình trạng giấy phép lao động: Cấp mới", Size: 13, Tab: 5}}},
		&layout.Closing{
			Before: 10, Date: &layout.Field{Name: "ngay", Label: "Địa danh và thời gian cấp", Align: layout.Center, Size: 13, Italic: true, Sample: "Hà Nội, ngày 05 tháng 01 năm 2026"},
			Title: []layout.Run{bold("GIÁM ĐỐC", 13)}, Hint: []layout.Run{italic("(Ký và ghi rõ họ tên, đóng dấu)", 12), english("\n(Signature and stamp)", 11)},
			Name:      bold("Lê Hữu Phước", 13),
			Signature: &layout.Field{Name: "ky_lanh_dao", Label: "Chữ ký số của người có thẩm quyền", Kind: layout.SignatureField},
			Seal:      &layout.Field{Name: "con_dau", Label: "Chữ ký số của cơ quan", Kind: layout.SignatureField, Locks: []string{"so", "so_2", "ngay"}},
		},
	}
	return &layout.Document{
		Title: "Giấy phép lao động", Author: "Sở Nội vụ thành phố Hà Nội",
		Sections: []layout.Section{
			{Page: margins, Ground: layout.PermitCover, Blocks: cover},
			{Page: margins, Ground: layout.PermitInside, Blocks: inside},
		},
		Foot: layout.Foot{LookupCode: "7KQ4-M2XD-9RTA", LookupURL: "https://tracuu.example.gov.vn/tra-cuu/7KQ4-M2XD-9RTA", Notice: "BẢN TRÌNH DIỄN - KHÔNG CÓ GIÁ TRỊ PHÁP LÝ", Stamp: true},
	}
}

// List is an official letter with its address line, a table without rules, a
// list, and an annex of 120 people on landscape pages.
func List() *layout.Document {
	blocks := Head("UBND THÀNH PHỐ HÀ NỘI", "TRUNG TÂM PHỤC VỤ HÀNH CHÍNH CÔNG")
	label := func(k, v string) layout.Row {
		cell := func(r layout.Run) layout.Cell {
			return layout.Cell{Paragraphs: []layout.Paragraph{{Align: layout.Left, Runs: []layout.Run{r}}}}
		}
		return layout.Row{Cells: []layout.Cell{cell(text(k, 14)), cell(bold(v, 14))}}
	}
	blocks = append(blocks,
		&layout.Paragraph{Align: layout.Center, Before: 18, After: 6, Runs: []layout.Run{text("Kính gửi: Công ty Trách nhiệm hữu hạn Một thành viên Dịch vụ và Thương mại Hồ Gươm", 14)}},
		body(text("Qua xem xét hồ sơ, Trung tâm thông báo như sau:", 14)),
		&layout.Table{Plain: true, Before: 6, Columns: []layout.TableColumn{{Width: 0.3}, {Width: 0.7}}, Rows: []layout.Row{
			label("Mã hồ sơ:", "H26.15-260105-0001"), label("Người nộp:", "Nguyễn Thị Hồng Nhung"), label("Địa chỉ:", "số 12, ngõ 34, phố Trần Quốc Hoàn, phường Nghĩa Đô, thành phố Hà Nội"),
		}},
	)
	for i := range 5 {
		blocks = append(blocks, &layout.Paragraph{Role: layout.ListItem, Indent: 10, FirstIndent: 2.7, Before: 6, Runs: []layout.Run{text(fmt.Sprintf("%d. Thành phần hồ sơ thứ %d còn thiếu bản chứng thực theo quy định của pháp luật hiện hành;", i+1, i+1), 14)}})
	}
	blocks = append(blocks, Closing())
	landscape := layout.StandardPage()
	landscape.Landscape = true
	return &layout.Document{
		Title: "Thông báo về hồ sơ",
		Sections: []layout.Section{
			{Page: layout.StandardPage(), NumberFromSecond: true, Blocks: blocks},
			{Page: landscape, NumberFromSecond: true, Blocks: annex(120)},
		},
		Foot: layout.Foot{
			LookupCode: "7KQ4-M2XD-9RTA", LookupURL: "https://tracuu.example.gov.vn/tra-cuu/7KQ4-M2XD-9RTA", Stamp: true,
			Address: "Địa chỉ: số 258 Võ Chí Công, phường Tây Hồ, thành phố Hà Nội. Điện thoại: 024 3999 9999. Thư điện tử: vanthu@example.gov.vn",
		},
	}
}
