package api

import (
	"bytes"
	"errors"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"antin/api/problem"
	"antin/api/web"
	"antin/archive"
	"antin/issuance"
)

// pages adds what people see.
func (s *Server) pages(e *echo.Echo) {
	e.GET("/", func(c echo.Context) error { return s.page(c, http.StatusOK, "home", "Kiểm tra văn bản", nil) })
	e.GET("/xac-thuc", s.verifyPage)
	e.POST("/xac-thuc", s.verifyPage)
	e.GET("/tra-cuu", s.lookupPage)
	e.GET("/tra-cuu/:code", s.lookupPage)
	e.GET("/anh", s.photoPage)
	e.POST("/anh", s.photoPage)
	e.StaticFS("/static", web.Static())
	s.deskPages(e)
}

func (s *Server) page(c echo.Context, status int, name, title string, body any) error {
	var b bytes.Buffer
	p := web.Page{Title: title, Notice: s.service.Notice(), Here: c.Path(), Desk: deskOf(c), Body: body}
	if err := web.Render(&b, name, p); err != nil {
		return err
	}
	c.Response().Header().Set("Cache-Control", "no-store")
	return c.HTMLBlob(status, b.Bytes())
}

// tone is the colour and sign of an answer.
type tone string

const (
	good    tone = "good"
	caution tone = "caution"
	bad     tone = "bad"
	plain   tone = "plain"
)

// answer is the first thing a page says: what is so, and what to do.
type answer struct {
	Tone         tone
	Says, SaysEN string
	Detail       string
	Do, DoEN     string
}

func (s *Server) lookupPage(c echo.Context) error {
	body := struct {
		Typed  string
		Answer *answer
		Found  *issuance.PublicDocument
	}{Typed: c.Param("code")}
	if body.Typed == "" {
		body.Typed = strings.TrimSpace(c.QueryParam("ma"))
	}
	title, status := "Tra cứu mã", http.StatusOK
	if body.Typed != "" {
		if err := s.public(c); err != nil {
			return err
		}
		found, err := s.service.LookUp(c.Request().Context(), body.Typed)
		var missing *archive.NotFoundError
		switch {
		case errors.As(err, &missing):
			status, body.Answer = http.StatusNotFound, unknownCode(body.Typed)
		case err != nil:
			return err
		default:
			body.Found, body.Answer = &found, stateAnswer(found.State, found.Successor)
		}
		title = body.Answer.Says
	}
	return s.page(c, status, "lookup", title, body)
}

func unknownCode(typed string) *answer {
	if issuance.NormalLookupCode(typed) == "" {
		return &answer{
			Tone: caution, Says: "Mã chưa đúng dạng", SaysEN: "This is not a lookup code",
			Do:   "Mã có đúng 16 chữ và số. Hãy xem lại mã in ở chân văn bản và nhập đủ.",
			DoEN: "A code has 16 letters and digits. Enter all of those printed at the foot of the document.",
		}
	}
	return &answer{
		Tone: bad, Says: "Không có văn bản nào mang mã này", SaysEN: "No document has this code",
		Do:   "Kiểm tra lại từng ký tự. Nếu mã đúng như in trên văn bản, văn bản có thể là giả hoặc do nơi khác phát hành: đừng dùng, hãy hỏi cơ quan ghi trên văn bản.",
		DoEN: "Check each character. If it is as printed, the document may be forged or come from elsewhere: do not use it, ask the agency it names.",
	}
}

// stateAnswer says to a citizen what a document's state means. successor names
// the document that replaced or corrected it, "" when that is not known.
func stateAnswer(state archive.State, successor string) *answer {
	switch state {
	case archive.Issued, archive.Delivered:
		return &answer{
			Tone: good, Says: "Có trong sổ đăng ký và đang có hiệu lực", SaysEN: "In the register and in force",
			Do:   "So số, ngày và nội dung dưới đây với văn bản bạn cầm.",
			DoEN: "Compare number, date and subject below with the document in your hand.",
		}
	case archive.Corrected:
		return &answer{
			Tone: caution, Says: "Còn hiệu lực, đã được đính chính bằng văn bản khác", SaysEN: "In force, corrected by another document",
			Do:   "Hãy đọc cùng văn bản đính chính" + numbered(" số ", successor) + "; nếu chưa có, hỏi cơ quan ban hành.",
			DoEN: "Read it together with the correction; ask the issuing agency for it.",
		}
	case archive.Withdrawn:
		return &answer{
			Tone: bad, Says: "Đã bị thu hồi, không còn giá trị", SaysEN: "Withdrawn, no longer in force",
			Do:   "Đừng dùng văn bản này. Hãy hỏi cơ quan ban hành về văn bản mới.",
			DoEN: "Do not use this document. Ask the issuing agency for a new one.",
		}
	case archive.Replaced:
		return &answer{
			Tone: bad, Says: "Đã được thay thế bằng văn bản khác", SaysEN: "Replaced by another document",
			Do:   "Đừng dùng văn bản này. Hãy dùng văn bản thay thế" + numbered(" số ", successor) + "; nếu chưa có, hỏi cơ quan ban hành.",
			DoEN: "Do not use this document but the one that replaced it; ask the issuing agency for it.",
		}
	case archive.Drafted, archive.Signed, archive.Numbered, archive.Returned:
	}
	return &answer{Tone: caution, Says: "Văn bản chưa phát hành", SaysEN: "The document is not issued"}
}

// numbered is words with a number after them, nothing without a number.
func numbered(words, number string) string {
	if number == "" {
		return ""
	}
	return words + number
}

// pageWords replace the detail of problems that speak of what only a program
// sends: headers and keys.
var pageWords = map[string][2]string{
	problem.Internal: {
		"Việc bạn yêu cầu có thể chưa xong vì một lỗi của hệ thống. Hãy quay lại và xem kết quả trước khi làm lại; nếu vẫn lỗi, báo quản trị viên mã theo dõi dưới đây.",
		"Something failed and what you asked may not be done. Go back and look before you repeat it; if it fails again, give the administrator the trace id below.",
	},
	problem.OutcomeUnknown: {
		"Mất kết nối với kho lưu trữ khi đang ghi. Hãy quay lại và xem kết quả; làm lại không gây trùng.",
		"The connection to the store broke while writing. Go back and look; doing it again is safe.",
	},
	problem.StorageAway: {
		"Mất kết nối với kho lưu trữ; việc vừa rồi không được ghi. Hãy thử lại sau vài giây.",
		"The connection to the archive is gone and nothing was written. Try again in a few seconds.",
	},
	problem.Busy:     {"Đang có quá nhiều người dùng cùng lúc; hãy thử lại sau vài giây.", "Too many people are using the service; try again in a few seconds."},
	problem.TimedOut: {"Không xong trong thời gian cho phép; hãy thử lại.", "It did not finish in time; try again."},
	problem.Forbidden: {
		"Trang hoặc việc này dành cho vai trò khác; vai trò của bạn ghi ở góc trên. Nếu công việc của bạn cần, hãy xin quản trị viên cấp khóa có vai trò đó.",
		"This is for another role; yours is shown above. If your work needs it, ask the administrator for a key with that role.",
	},
	problem.Unauthorized: {"Khóa truy cập thiếu, sai hoặc đã bị thu hồi.", "The access key is missing, wrong or revoked."},
}

func (s *Server) problemPage(c echo.Context, p *problem.Problem) error {
	shown := *p
	if w, ok := pageWords[p.Code]; ok {
		shown.Detail, shown.DetailEN = w[0], w[1]
	}
	back, text := c.Request().URL.Path, "Quay lại trang trước"
	switch {
	case strings.HasPrefix(back, deskPath):
		back, text = deskPath, "Về bàn làm việc"
	case p.Status == http.StatusNotFound:
		back, text = "/", "Về trang chủ"
	}
	return s.page(c, p.Status, "problem", p.Title, struct {
		*problem.Problem
		Trace, Back, BackText string
	}{&shown, traceID(c), back, text})
}

// chosen reads the file of a page's form. wrong is what to say beside the field
// when none was chosen.
func chosen(c echo.Context, types ...string) (f upload, wrong string, err error) {
	f, err = uploadedFile(c, types...)
	var p *problem.Problem
	if errors.As(err, &p) && p.Code == problem.BadParameter && p.Cause == nil || err == nil && len(f.content) == 0 {
		return upload{}, "Chưa chọn tệp nào, hoặc tệp rỗng. Hãy chọn tệp rồi bấm Kiểm tra.", nil
	}
	return f, "", err
}
