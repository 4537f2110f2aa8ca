package templates_test

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"antin/templates"
)

// The longest values one may meet.
const (
	longName    = "Công Tằng Tôn Nữ Huyền Trang Nguyễn Phúc Hoàng Thị Phương Oanh" // 61 letters
	foreignName = "Maximiliane Konstantinopolitanska-Wojciechowska von Hohenzollern-Beispiel"
	longCompany = "Công ty trách nhiệm hữu hạn một thành viên Đầu tư, Xây dựng, Thương mại, Xuất nhập khẩu và Chuyển giao công nghệ " +
		"Kỹ thuật cao Thử Nghiệm Minh Họa Quốc tế Việt Nam - Chi nhánh thành phố Hà Nội"
	longAddress = "Phòng 1507, tầng 15, tòa nhà hỗn hợp văn phòng và căn hộ Thử Nghiệm Minh Họa, số 1234/56/78 ngõ 999 đường Nguyễn Trường Tộ kéo dài, " +
		"tổ dân phố số 27, cụm dân cư Ví Dụ, phường Hoàng Liệt, thành phố Hà Nội"
	longTitle = "Phó Tổng Giám đốc phụ trách nghiên cứu, phát triển, kiểm thử và chuyển giao dây chuyền công nghệ sản xuất thiết bị bán dẫn khu vực châu Á - Thái Bình Dương"
	longWords = "Nội dung dài để kiểm tra việc xuống dòng của biểu mẫu khi người nhập ghi đầy đủ mọi chi tiết theo quy định của pháp luật và theo hồ sơ kèm theo đã được thẩm định"
	lineWords = "Thành phần hồ sơ thứ %02d chưa có chứng thực theo quy định, thời hạn ghi trên giấy tờ đã hết và thông tin chưa khớp với cơ sở dữ liệu."
)

// plausible is the longest value one may meet in a field, as its name tells.
func plausible(path string, fd *templates.Field) string {
	name := path[strings.LastIndexByte(path, '.')+1:]
	most := fd.Limit()
	has := func(words ...string) bool {
		return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(name, w) })
	}
	var s string
	switch {
	case has("company", "organization", "school", "employer", "bank_name", "agency", "issuer", "unit"):
		s = longCompany
	case has("address", "place", "location"):
		s = longAddress
	case has("name", "applicant", "representative", "signer", "person", "receiver", "leader"):
		s = longName
		if most >= 73 && has("foreign", "applicant") {
			s = foreignName
		}
	case has("title", "position", "job"):
		s = longTitle
	case has("nationality", "province"):
		s = "Cộng hòa Thống nhất Ví Dụ và Bắc Minh Họa"
	case has("number", "code", "phone", "email", "signatory"):
		return "" // numbers keep the sample's form
	default:
		s = longWords
	}
	if r := []rune(s); len(r) > most {
		s = strings.TrimSpace(string(r[:most]))
	}
	return s
}

// lengthen replaces every text of rec by the longest plausible, lists by up to
// 300 entries.
func lengthen(rules map[string]*templates.Field, prefix string, rec map[string]any, depth, most int) {
	for key, v := range rec {
		path := prefix + key
		fd := rules[path]
		if fd == nil {
			continue
		}
		switch v := v.(type) {
		case string:
			switch fd.Type {
			case templates.String:
				if fd.Pattern == "" {
					if s := plausible(path, fd); s != "" {
						rec[key] = s
					}
				}
			case templates.Text:
				rec[key] = manyLines(fd.Limit())
			}
		case []any:
			n := min(fd.Limit(), most)
			if depth > 0 {
				n = min(n, 30)
			} else if nests(fd) {
				n = min(n, 10)
			}
			if strings.Contains(key, "reason") {
				n = min(n, 40)
			}
			if len(v) == 0 {
				continue
			}
			list := make([]any, n)
			for i := range list {
				switch e := v[i%len(v)].(type) {
				case map[string]any:
					c := clone(e)
					lengthen(rules, path+".", c, depth+1, most)
					list[i] = c
				default:
					list[i] = e
				}
			}
			rec[key] = list
		}
	}
}

func nests(fd *templates.Field) bool {
	return slices.ContainsFunc(fd.Fields, func(f *templates.Field) bool { return f.Type == templates.List })
}

// manyLines is 40 lines, as far as the limit goes.
func manyLines(most int) string {
	var b strings.Builder
	for i := range 40 {
		line := fmt.Sprintf(lineWords, i+1)
		if len([]rune(b.String()))+len([]rune(line))+1 > most {
			break
		}
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(line)
	}
	if b.Len() == 0 {
		return strings.TrimSpace(string([]rune(longWords)[:min(most, 100)]))
	}
	return b.String()
}

func clone(m map[string]any) map[string]any {
	var c map[string]any
	b, err := json.Marshal(m)
	if err != nil {
		panic(err)
	}
	if err := json.Unmarshal(b, &c); err != nil {
		panic(err)
	}
	return c
}

// empty leaves out every field that may be left out.
func empty(optional map[string]bool, prefix string, rec map[string]any) {
	for key, v := range rec {
		if _, list := v.([]any); optional[prefix+key] && !(list && prefix != "") {
			delete(rec, key)
			continue
		}
		if list, ok := v.([]any); ok {
			for _, e := range list {
				if m, ok := e.(map[string]any); ok {
					empty(optional, prefix+key+".", m)
				}
			}
		}
	}
}

// fit mends what a longer list breaks in a form's rules beyond its totals.
func fit(f *templates.Form, rec map[string]any) {
	if f.ID == "cv-cung-ung-lao-dong" {
		each := map[any]float64{"under_100": 1, "under_500": 5, "from_500": 20}[rec["scale"]]
		list, _ := rec["positions"].([]any)
		if len(list) > 99 { // more than the sample's case takes
			rec["scale"], each = "from_500", 20
		}
		for _, e := range list {
			e.(map[string]any)["count"] = each
		}
	}
	f.Totals(rec)
}

// anything is a value that a field takes, nil if none can be made up.
func anything(path string, fd *templates.Field, rules map[string]*templates.Field) any {
	switch fd.Type {
	case templates.String:
		if fd.Example != "" {
			return fd.Example
		}
		if s := plausible(path, fd); s != "" && fd.Pattern == "" {
			return s
		}
		for _, s := range []string{"1234/QĐ-SNV", "0901234567", "001090001234", "0100000000", "ten@example.vn", "C1234567", "12", "VLATLĐ"} {
			if ok, err := regexp.MatchString(fd.Pattern, s); err == nil && ok && len([]rune(s)) <= fd.Limit() {
				return s
			}
		}
	case templates.Text:
		return manyLines(fd.Limit())
	case templates.DateT:
		return "2025-06-02"
	case templates.Month:
		return "2025-06"
	case templates.Int, templates.Money:
		if fd.Max != nil {
			return float64(min(*fd.Max, 1234567))
		}
		return 1234567.
	case templates.Enum:
		return fd.Values[len(fd.Values)-1].Value
	case templates.Bool:
		return true
	case templates.List:
		if len(fd.Fields) == 0 {
			return []any{longWords[:60]}
		}
		rec := map[string]any{}
		for _, in := range fd.Fields {
			if v := anything(path+"."+in.Name, in, rules); v != nil {
				rec[in.Name] = v
			}
		}
		return []any{rec}
	case templates.PhotoT:
	}
	return nil
}
