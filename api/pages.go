package api

import (
	"bytes"
	"errors"
	"net/http"

	"github.com/labstack/echo/v4"

	"antin/api/problem"
	"antin/api/web"
	"antin/archive"
	"antin/issuance"
	"antin/signer/verify"
)

// pages adds what people see.
func (s *Server) pages(e *echo.Echo) {
	e.GET("/", func(c echo.Context) error { return s.page(c, http.StatusOK, "home", "Trang chủ", nil) })
	e.GET("/xac-thuc", s.verifyPage)
	e.POST("/xac-thuc", s.verifyPage)
	e.GET("/tra-cuu", s.lookupPage)
	e.GET("/tra-cuu/:code", s.lookupPage)
	e.GET("/anh", s.photoPage)
	e.POST("/anh", s.photoPage)
	e.StaticFS("/static", web.Static())
}

func (s *Server) page(c echo.Context, status int, name, title string, body any) error {
	var b bytes.Buffer
	p := web.Page{Title: title, Notice: s.service.Notice(), Here: c.Path(), Body: body}
	if err := web.Render(&b, name, p); err != nil {
		return err
	}
	c.Response().Header().Set("Cache-Control", "no-store")
	return c.HTMLBlob(status, b.Bytes())
}

func (s *Server) verifyPage(c echo.Context) error {
	body := struct {
		Limit  string
		Report *verify.Report
	}{Limit: megabytes(s.limits.VerifyBody)}
	if c.Request().Method == http.MethodPost {
		if err := s.public(c); err != nil {
			return err
		}
		pdf, err := uploaded(c, "application/pdf")
		if err != nil {
			return err
		}
		if body.Report, err = s.service.Verify(c.Request().Context(), pdf); err != nil {
			return err
		}
	}
	return s.page(c, http.StatusOK, "verify", "Xác thực tệp", body)
}

func (s *Server) lookupPage(c echo.Context) error {
	body := struct {
		Typed, Missing, Says, SaysEN string
		Found                        *issuance.PublicDocument
	}{Typed: c.Param("code")}
	if body.Typed == "" {
		body.Typed = c.QueryParam("ma")
	}
	status := http.StatusOK
	if body.Typed != "" {
		if err := s.public(c); err != nil {
			return err
		}
		found, err := s.service.LookUp(c.Request().Context(), body.Typed)
		var missing *archive.NotFoundError
		switch {
		case errors.As(err, &missing):
			status, body.Missing = http.StatusNotFound, "Không có văn bản nào mang mã này"
		case err != nil:
			return err
		default:
			body.Found = &found
			body.Says, body.SaysEN = stateWords(found.State)
		}
	}
	return s.page(c, status, "lookup", "Tra cứu", body)
}

// stateWords says to a citizen what a document's state means.
func stateWords(state archive.State) (vi, en string) {
	switch state {
	case archive.Issued, archive.Delivered:
		return "Sổ đăng ký có văn bản này, văn bản đang có hiệu lực", "The register has this document and it is in force"
	case archive.Corrected:
		return "Văn bản này đã được đính chính bằng một văn bản khác", "This document was corrected by another one"
	case archive.Withdrawn:
		return "Văn bản này đã bị thu hồi, không còn giá trị", "This document was withdrawn and is no longer in force"
	case archive.Replaced:
		return "Văn bản này đã được thay thế bằng văn bản khác", "This document was replaced by another one"
	}
	return "Văn bản chưa phát hành", "The document is not issued"
}

func (s *Server) problemPage(c echo.Context, p *problem.Problem) error {
	return s.page(c, p.Status, "problem", p.Title, struct {
		*problem.Problem
		Trace, Back string
	}{p, traceID(c), c.Request().URL.Path})
}
