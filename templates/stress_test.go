package templates_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"unicode"

	"antin/templates"
	"antin/templates/measure"
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
func lengthen(rules map[string]*templates.Field, prefix string, rec map[string]any, depth int) {
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
			n := min(fd.Limit(), 300)
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
					lengthen(rules, path+".", c, depth+1)
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

// stressCase sets what a long list needs beside it.
var stressCase = map[string]map[string]any{
	"cv-cung-ung-lao-dong": {"scale": "from_500"},
}

// TestStress sets every form with the longest plausible data, and with nothing
// that may be left out, and looks at what is on the pages.
func TestStress(t *testing.T) {
	cat, err := templates.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range cat.All() {
		var sample map[string]any
		if err := json.Unmarshal(f.Sample(), &sample); err != nil {
			t.Fatal(err)
		}
		t.Run(f.Where()+"/long", func(t *testing.T) {
			rec := clone(sample)
			lengthen(f.FieldRules(), "", rec, 0)
			maps.Copy(rec, stressCase[f.ID])
			f.Totals(rec)
			// What the sample's document shows, this one must show in full.
			shown := said(rendered(t, f, f.Sample()))
			have := said(stressed(t, f, rec))
			compareValues(t, sample, rec, shown, have, "")
		})
		t.Run(f.Where()+"/empty", func(t *testing.T) {
			rec := clone(sample)
			empty(f.OptionalFields(), "", rec)
			f.Totals(rec)
			stressed(t, f, rec)
		})
	}
}

// stressed renders and checks the pages. Fields that the data's case needs are
// put back by the caller's sample.
func stressed(t *testing.T, f *templates.Form, rec map[string]any) []measure.Page {
	t.Helper()
	var sample map[string]any
	if err := json.Unmarshal(f.Sample(), &sample); err != nil {
		t.Fatal(err)
	}
	agency, err := templates.DemoAgency(f.DemoKind())
	if err != nil {
		t.Fatal(err)
	}
	data, _ := json.Marshal(rec)
	for range 3 {
		var bad *templates.DataError
		if !errors.As(f.Check(data, templates.Env{Agency: agency}), &bad) {
			break
		}
		for _, p := range bad.Problems {
			if p.Code == "missing_here" {
				rec[p.Pointer[1:]] = sample[p.Pointer[1:]]
			}
		}
		data, _ = json.Marshal(rec)
	}
	pages := rendered(t, f, data)
	inspect(t, f, pages)
	return pages
}

// said is all text of the pages without blanks, in lower case.
func said(pages []measure.Page) string {
	var b strings.Builder
	for _, p := range paragraphs(pages) {
		b.WriteString(dense(p.text()))
		b.WriteByte('\n')
	}
	return b.String()
}

func dense(s string) string {
	return strings.ToLower(strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, s))
}

func compareValues(t *testing.T, sample, rec map[string]any, shown, have, where string) {
	t.Helper()
	for _, key := range slices.Sorted(maps.Keys(rec)) {
		switch v := rec[key].(type) {
		case string:
			old, _ := sample[key].(string)
			if old == "" || !strings.Contains(shown, dense(old)) || len(v) > 9000 {
				continue
			}
			for line := range strings.SplitSeq(v, "\n") {
				if !strings.Contains(have, dense(line)) {
					t.Errorf("%s/%s: %q is not on the pages", where, key, line)
				}
			}
		case []any:
			olds, _ := sample[key].([]any)
			for i, e := range v {
				if m, ok := e.(map[string]any); ok && len(olds) > 0 {
					if o, ok := olds[i%len(olds)].(map[string]any); ok {
						compareValues(t, o, m, shown, have, fmt.Sprintf("%s/%s/%d", where, key, i))
					}
				}
			}
		}
	}
}

// inspect finds what must not be on any page.
func inspect(t *testing.T, f *templates.Form, pages []measure.Page) {
	t.Helper()
	left, right, upper, lower := 30*mm, 15*mm, 20*mm, 20*mm
	if slices.Contains(ownLayout[f.ID], ruleMargin) {
		left, right, upper, lower = 10*mm, 10*mm, 10*mm, 10*mm
	}
	wrong := 0
	fail := func(format string, args ...any) {
		t.Helper()
		if wrong++; wrong <= 12 {
			t.Errorf(format, args...)
		}
	}
	for i := range pages {
		p := &pages[i]
		body := 0
		var ink []*measure.Text
		for k := range p.Texts {
			x := &p.Texts[k]
			if x.X1 == x.X2 || x.Hidden {
				continue
			}
			ink = append(ink, x)
			if x.Artifact {
				if x.X2 > p.Width-5*mm || x.X1 < 5*mm || x.Bottom() > p.Height-2*mm {
					fail("page %d: %q runs off the sheet", i+1, x.Text)
				}
				continue
			}
			body++
			if x.X1 < left-0.1 || x.X2 > p.Width-right+0.1 || x.Top() < upper-0.1 || x.Bottom() > p.Height-lower+0.1 {
				fail("page %d: %q stands outside the text area (%.1f to %.1f, %.1f mm)", i+1, x.Text, x.X1/mm, x.X2/mm, x.Y/mm)
			}
		}
		if body == 0 {
			fail("page %d is blank", i+1)
		}
		slices.SortFunc(ink, func(a, b *measure.Text) int { return int(100 * (a.Top() - b.Top())) })
		for a, x := range ink {
			for _, y := range ink[a+1:] {
				if y.Top() > x.Bottom()-0.3 {
					break
				}
				if min(x.X2, y.X2)-max(x.X1, y.X1) > 0.3 && min(x.Bottom(), y.Bottom())-max(x.Top(), y.Top()) > 0.3 {
					fail("page %d: %q and %q overlap", i+1, x.Text, y.Text)
				}
			}
			for _, fd := range p.Fields {
				if fd.Name == "con_dau" && x.X1 > 75*mm {
					continue // a seal may reach over title and name, never over the recipients
				}
				if min(x.X2, fd.X2)-max(x.X1, fd.X1) > 0.5 && min(x.Bottom(), fd.Y2)-max(x.Top(), fd.Y1) > 0.5 {
					fail("page %d: %q stands in the field %s", i+1, x.Text, fd.Name)
				}
			}
			for _, b := range p.Pictures {
				if min(x.X2, b.X2)-max(x.X1, b.X1) > 0.5 && min(x.Bottom(), b.Y2)-max(x.Top(), b.Y1) > 0.5 {
					fail("page %d: %q stands on a picture", i+1, x.Text)
				}
			}
			for _, r := range p.Rules {
				if r.Horizontal() && r.Y1 > x.Y-0.7*x.Size && r.Y1 < x.Y+0.1*x.Size && min(x.X2, r.X2)-max(x.X1, r.X1) > 1 {
					fail("page %d: a rule strikes %q", i+1, x.Text)
				}
				if !r.Horizontal() && r.X1 > x.X1+0.5 && r.X1 < x.X2-0.5 && min(r.Y1, r.Y2) < x.Y-1 && max(r.Y1, r.Y2) > x.Y-0.5*x.Size {
					fail("page %d: a table's rule cuts %q", i+1, x.Text)
				}
			}
		}
		orphan(t, i, p)
	}
	if wrong > 12 {
		t.Errorf("and %d more", wrong-12)
	}
}

// orphan fails when a signature block has fewer than two lines of the text
// above it on its page.
func orphan(t *testing.T, i int, p *measure.Page) {
	t.Helper()
	top := -1.0
	for _, fd := range p.Fields {
		if fd.Name == "ky_lanh_dao" {
			top = fd.Y1
		}
	}
	if top < 0 {
		return
	}
	// The block begins with its title, bold in the right half, a line or a few
	// above the place of the signature.
	title := top
	for k := range p.Texts {
		if x := &p.Texts[k]; x.Bold() && x.X1 > 85*mm && x.Y < top && x.Y > top-90 {
			title = min(title, x.Y)
		}
	}
	lines := map[int]bool{}
	for k := range p.Texts {
		if x := &p.Texts[k]; !x.Artifact && !x.Hidden && x.X1 < x.X2 && x.Y < title-3 {
			lines[int(x.Y)] = true
		}
	}
	if len(lines) < 2 {
		t.Errorf("page %d: the signature block stands with %d lines of text", i+1, len(lines))
	}
}
