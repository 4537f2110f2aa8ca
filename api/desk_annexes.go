package api

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/labstack/echo/v4"

	"antin/archive"
)

// uploadKey is where the desk's middleware leaves a form that came with a file.
const uploadKey = "antin.upload"

// filePaths are the desk's forms that send a file.
var filePaths = []string{deskPath + "/van-ban/:id/phu-luc", deskPath + "/sao"}

func takesFile(path string) bool { return slices.Contains(filePaths, path) }

// uploadOf is the form that came with a file.
func uploadOf(c echo.Context) *uploadForm {
	if f, ok := c.Get(uploadKey).(*uploadForm); ok {
		return f
	}
	return &uploadForm{values: url.Values{}}
}

// deskAddAnnex binds a file to a draft and shows the draft again.
func (s *Server) deskAddAnnex(c echo.Context) error {
	who, doc, err := s.find(c, c.Param("id"), archive.RoleWorkflow, archive.RoleClerk)
	if err != nil {
		return err
	}
	form := uploadOf(c)
	if form.file != nil && len(form.file.content) == 0 {
		form.file = nil // a browser sends an empty part where no file was chosen
	}
	if _, err := s.addAnnex(c, who, doc, form); err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, deskPath+"/van-ban/"+url.PathEscape(doc.ID)+"#phu-luc")
}

// deskRemoveAnnex takes an annex off a draft and shows the draft again.
func (s *Server) deskRemoveAnnex(c echo.Context) error {
	who, doc, err := s.find(c, c.Param("id"), archive.RoleWorkflow, archive.RoleClerk)
	if err != nil {
		return err
	}
	n, err := strconv.Atoi(c.Param("n"))
	if err != nil {
		return &archive.NotFoundError{What: "annex", ID: c.Param("n")}
	}
	if err := s.service.RemoveAnnex(c.Request().Context(), doc.ID, n, who.actor()); err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, deskPath+"/van-ban/"+url.PathEscape(doc.ID)+"#phu-luc")
}

// deskAnnexFile is an annex's PDF, by the same call as the JSON interface.
func (s *Server) deskAnnexFile(c echo.Context) error {
	n, err := strconv.Atoi(c.Param("n"))
	if err != nil {
		return &archive.NotFoundError{What: "annex", ID: c.Param("n")}
	}
	return (*handlers)(s).GetAnnexPDF(c, c.Param("id"), n)
}
