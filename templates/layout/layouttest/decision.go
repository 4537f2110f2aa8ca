// Package layouttest holds documents for tests of layout and render: a whole
// decision as an agency would issue it, and a work permit. People, companies
// and numbers are fictitious.
package layouttest

import (
	"fmt"

	"antin/templates/layout"
)

func text(s string, size float64) layout.Run { return layout.Run{Text: s, Size: size} }
func bold(s string, size float64) layout.Run { return layout.Run{Text: s, Size: size, Bold: true} }
func italic(s string, size float64) layout.Run {
	return layout.Run{Text: s, Size: size, Italic: true}
}

func centered(runs ...layout.Run) *layout.Paragraph {
	return &layout.Paragraph{Align: layout.Center, Runs: runs}
}

// Head is the two-column head of Nghị định 30/2020: agency and national title
// with their rules, then number and date as fields.
func Head(superior, agency string) []layout.Block {
	return []layout.Block{
		&layout.Columns{Columns: []layout.Column{
			{Width: 0.42, Blocks: []layout.Block{
				centered(text(superior, 13)),
				&layout.Paragraph{Align: layout.Center, Runs: []layout.Run{bold(agency, 13)}, RuleBelow: &layout.Rule{Fraction: 0.45, Gap: 2}},
			}},
			{Width: 0.58, Blocks: []layout.Block{
				centered(bold("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", 13)),
				&layout.Paragraph{Align: layout.Center, Runs: []layout.Run{bold("Độc lập - Tự do - Hạnh phúc", 14)}, RuleBelow: &layout.Rule{Fraction: 1, Gap: 2}},
			}},
		}},
		&layout.Columns{Before: 6, Columns: []layout.Column{
			{Width: 0.42, Blocks: []layout.Block{&layout.Field{
				Name: "so", Label: "Số và ký hiệu văn bản", Align: layout.Center,
				Size: 13, Lead: []layout.Run{text("Số: ", 13)}, Sample: "15/QĐ-SNV",
			}}},
			{Width: 0.58, Blocks: []layout.Block{&layout.Field{
				Name: "ngay", Label: "Địa danh và thời gian ban hành", Align: layout.Center,
				Size: 14, Italic: true, Sample: "Hà Nội, ngày 05 tháng 01 năm 2026",
			}}},
		}},
	}
}

func body(runs ...layout.Run) *layout.Paragraph {
	return &layout.Paragraph{Runs: runs, FirstIndent: 12.7, Before: 6}
}

// Decision is a decision on unemployment benefit with its annex: about 550
// words, three pages.
func Decision() *layout.Document {
	blocks := Head("UBND THÀNH PHỐ HÀ NỘI", "SỞ NỘI VỤ")
	blocks = append(blocks,
		&layout.Paragraph{Role: layout.TitleRole, Align: layout.Center, Before: 18, Runs: []layout.Run{bold("QUYẾT ĐỊNH", 14)}},
		&layout.Paragraph{Align: layout.Center, Runs: []layout.Run{bold("Về việc hưởng trợ cấp thất nghiệp", 14)}, RuleBelow: &layout.Rule{Fraction: 0.4, Gap: 3}, After: 6},
		&layout.Paragraph{Role: layout.Heading, Align: layout.Center, Before: 12, After: 6, Runs: []layout.Run{bold("GIÁM ĐỐC SỞ NỘI VỤ THÀNH PHỐ HÀ NỘI", 14)}},
	)
	for _, s := range []string{
		"Căn cứ Luật Việc làm ngày 16 tháng 6 năm 2025;",
		"Căn cứ Nghị định số 374/2025/NĐ-CP ngày 31 tháng 12 năm 2025 của Chính phủ quy định chi tiết và hướng dẫn thi hành một số điều của Luật Việc làm về bảo hiểm thất nghiệp;",
		"Căn cứ Quyết định số 15/2025/QĐ-UBND ngày 28 tháng 02 năm 2025 của Ủy ban nhân dân thành phố Hà Nội quy định chức năng, nhiệm vụ, quyền hạn và cơ cấu tổ chức của Sở Nội vụ thành phố Hà Nội;",
		"Căn cứ hồ sơ đề nghị hưởng trợ cấp thất nghiệp của ông Nguyễn Vĩnh Nghĩa;",
		"Theo đề nghị của Giám đốc Trung tâm Dịch vụ việc làm Hà Nội.",
	} {
		blocks = append(blocks, body(italic(s, 14)))
	}
	blocks = append(blocks,
		&layout.Paragraph{Role: layout.Heading, Align: layout.Center, Before: 12, After: 6, Runs: []layout.Run{bold("QUYẾT ĐỊNH:", 14)}},
		body(bold("Điều\u00a01.", 14), text(" Ông ", 14), bold("Nguyễn Vĩnh Nghĩa", 14), text(", sinh ngày 09 tháng 02 năm 1988; số định danh cá nhân 001088012345 do Cục Cảnh sát quản lý hành chính về trật tự xã hội cấp ngày 12 tháng 5 năm 2021; số sổ bảo hiểm xã hội 0110123456; nơi thường trú: số 12, ngõ 34, phố Trần Quốc Hoàn, phường Nghĩa Đô, thành phố Hà Nội; chỗ ở hiện nay: như trên; được hưởng trợ cấp thất nghiệp theo quy định, cụ thể như sau:", 14)),
		body(text("1. Tổng số tháng đóng bảo hiểm thất nghiệp để giải quyết hưởng trợ cấp thất nghiệp: 65 tháng.", 14)),
		body(text("2. Mức trợ cấp thất nghiệp hằng tháng: 5.952.000 đồng ", 14), italic("(Số tiền bằng chữ: năm triệu chín trăm năm mươi hai nghìn đồng)", 14), text(".", 14)),
		body(text("3. Tổng số tháng được hưởng trợ cấp thất nghiệp: 05 tháng; thời gian hưởng từ ngày 02 tháng 02 năm 2026 đến ngày 01 tháng 7 năm 2026.", 14)),
		body(text("4. Số tháng đóng bảo hiểm thất nghiệp chưa giải quyết hưởng trợ cấp thất nghiệp được bảo lưu: 05 tháng.", 14)),
		body(text("5. Nơi nhận trợ cấp thất nghiệp: Ngân hàng Thương mại cổ phần Ngoại thương Việt Nam, chi nhánh Hà Nội, số tài khoản 0011004567890.", 14)),
		body(bold("Điều\u00a02.", 14), text(" Trong thời gian hưởng trợ cấp thất nghiệp, ông Nguyễn Vĩnh Nghĩa có trách nhiệm tìm kiếm việc làm và hằng tháng thông báo về việc tìm kiếm việc làm với Trung tâm Dịch vụ việc làm Hà Nội theo lịch ghi tại Phụ lục kèm theo Quyết định này; thông báo kịp thời khi có việc làm, khi thực hiện nghĩa vụ quân sự, khi hưởng lương hưu hằng tháng hoặc khi thuộc một trong các trường hợp chấm dứt hưởng trợ cấp thất nghiệp khác theo quy định của pháp luật.", 14)),
		body(bold("Điều\u00a03.", 14), text(" Bảo hiểm xã hội thành phố Hà Nội có trách nhiệm chi trả trợ cấp thất nghiệp, đóng bảo hiểm y tế và cấp thẻ bảo hiểm y tế cho ông Nguyễn Vĩnh Nghĩa trong thời gian hưởng trợ cấp thất nghiệp theo quy định của pháp luật về bảo hiểm thất nghiệp và bảo hiểm y tế.", 14)),
		body(bold("Điều\u00a04.", 14), text(" Quyết định này có hiệu lực kể từ ngày ký.", 14)),
		body(bold("Điều\u00a05.", 14), text(" Giám đốc Bảo hiểm xã hội thành phố Hà Nội, Giám đốc Trung tâm Dịch vụ việc làm Hà Nội, Thủ trưởng các cơ quan, đơn vị có liên quan và ông Nguyễn Vĩnh Nghĩa chịu trách nhiệm thi hành Quyết định này./.", 14)),
		Closing(),
	)
	return &layout.Document{
		Title:   "Quyết định về việc hưởng trợ cấp thất nghiệp",
		Subject: "Hưởng trợ cấp thất nghiệp đối với ông Nguyễn Vĩnh Nghĩa",
		Author:  "Sở Nội vụ thành phố Hà Nội", Keywords: []string{"trợ cấp thất nghiệp", "quyết định"},
		Sections: []layout.Section{
			{Page: layout.StandardPage(), NumberFromSecond: true, Blocks: blocks},
			{Page: layout.StandardPage(), NumberFromSecond: true, Blocks: annex(12)},
		},
		Foot: layout.Foot{
			LookupCode: "7KQ4-M2XD-9RTA", LookupURL: "https://tracuu.example.gov.vn/tra-cuu/7KQ4-M2XD-9RTA",
			Notice: "BẢN TRÌNH DIỄN - KHÔNG CÓ GIÁ TRỊ PHÁP LÝ", Stamp: true,
		},
	}
}

// Closing is a closing block with both signature fields.
func Closing() *layout.Closing {
	var recipients []layout.Paragraph
	recipients = append(recipients, layout.Paragraph{Align: layout.Left, Runs: []layout.Run{{Text: "Nơi nhận:", Bold: true, Italic: true, Size: 12}}})
	for _, s := range []string{"- Như Điều 5;", "- Sở Tài chính;", "- Lưu: VT, VLATLĐ."} {
		recipients = append(recipients, layout.Paragraph{Align: layout.Left, Runs: []layout.Run{text(s, 11)}})
	}
	return &layout.Closing{
		Before: 12, Recipients: recipients,
		Title:     []layout.Run{bold("KT. GIÁM ĐỐC", 14), bold("PHÓ GIÁM ĐỐC", 14)},
		Name:      bold("Trần Thị Phương Thảo", 14),
		Signature: &layout.Field{Name: "ky_lanh_dao", Label: "Chữ ký số của người có thẩm quyền", Kind: layout.SignatureField},
		Seal:      &layout.Field{Name: "con_dau", Label: "Chữ ký số của cơ quan, tổ chức", Kind: layout.SignatureField, Locks: []string{"so", "ngay"}},
	}
}

func annex(months int) []layout.Block {
	return []layout.Block{
		&layout.Paragraph{Role: layout.TitleRole, Align: layout.Center, Runs: []layout.Run{bold("Phụ lục", 14)}},
		&layout.Paragraph{Role: layout.Heading, Align: layout.Center, Runs: []layout.Run{bold("LỊCH THÔNG BÁO VỀ VIỆC TÌM KIẾM VIỆC LÀM", 14)}},
		&layout.Paragraph{Align: layout.Center, After: 6, Runs: []layout.Run{italic("(Kèm theo Quyết định số ……/QĐ-SNV ngày …… tháng …… năm 2026 của Sở Nội vụ thành phố Hà Nội)", 14)}, RuleBelow: &layout.Rule{Fraction: 0.4, Gap: 2}},
		AnnexTable(months),
	}
}

// AnnexTable is the table of monthly notices with n rows.
func AnnexTable(n int) *layout.Table {
	cell := func(s string, a layout.Align, b bool) layout.Cell {
		return layout.Cell{Middle: true, Paragraphs: []layout.Paragraph{{Align: a, Runs: []layout.Run{{Text: s, Size: 13, Bold: b}}}}}
	}
	t := &layout.Table{
		Title: "Lịch thông báo hằng tháng về việc tìm kiếm việc làm", Before: 6,
		Columns: []layout.TableColumn{{Width: 0.08, Align: layout.Center}, {Width: 0.34}, {Width: 0.22}, {Width: 0.22}, {Width: 0.14}},
		Head: []layout.Row{
			{Cells: []layout.Cell{
				withSpan(cell("STT", layout.Center, true), 1, 2), withSpan(cell("Ngày, tháng thông báo", layout.Center, true), 1, 2),
				withSpan(cell("Kết quả", layout.Center, true), 2, 1), withSpan(cell("Ghi chú", layout.Center, true), 1, 2),
			}},
			{Cells: []layout.Cell{cell("Thông tin (Đã/Chưa thông báo)", layout.Center, true), cell("Xác nhận của Trung tâm", layout.Center, true)}},
		},
	}
	for i := range n {
		t.Rows = append(t.Rows, layout.Row{Cells: []layout.Cell{
			cell(fmt.Sprint(i+1), layout.Center, false),
			cell(fmt.Sprintf("Tháng thứ %d: từ ngày 02 đến ngày 04 tháng %02d năm 2026", i+1, i%12+1), layout.Left, false),
			cell("", layout.Left, false), cell("", layout.Left, false), cell("", layout.Left, false),
		}})
	}
	return t
}

func withSpan(c layout.Cell, cols, rows int) layout.Cell {
	c.ColSpan, c.RowSpan = cols, rows
	return c
}
