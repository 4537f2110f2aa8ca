package api

import (
	"fmt"
	"net/http"
	"strings"
	"unicode/utf8"

	"github.com/labstack/echo/v4"

	"antin/api/problem"
	"antin/archive"
)

// maxAnnexTitle is openapi.yaml's bound on the title of an annex, in runes.
const maxAnnexTitle = 300

// ListAnnexes implements GET /v1/documents/{id}/annexes.
func (h *handlers) ListAnnexes(c echo.Context, id DocumentID) error {
	s := h.server()
	_, doc, err := s.find(c, id)
	if err != nil {
		return err
	}
	all, err := s.service.Annexes(c.Request().Context(), doc.ID)
	if err != nil {
		return err
	}
	out := struct {
		Annexes []Annex `json:"annexes"`
	}{make([]Annex, len(all))}
	for i, a := range all {
		out.Annexes[i] = annex(a)
	}
	return c.JSON(http.StatusOK, out)
}

// AddAnnex implements POST /v1/documents/{id}/annexes.
func (h *handlers) AddAnnex(c echo.Context, id DocumentID) error {
	s := h.server()
	who, doc, err := s.find(c, id, archive.RoleWorkflow, archive.RoleClerk)
	if err != nil {
		return err
	}
	form, err := readUploadForm(c)
	if err != nil {
		return err
	}
	a, err := s.addAnnex(c, who, doc, form)
	if err != nil {
		return err
	}
	c.Response().Header().Set(echo.HeaderLocation, annex(a).Links.Pdf)
	return c.JSON(http.StatusCreated, annex(a))
}

// addAnnex binds the file of a form.
func (s *Server) addAnnex(c echo.Context, who *caller, doc archive.Document, form *uploadForm) (archive.Annex, error) {
	title := strings.TrimSpace(form.values.Get("title"))
	if n := utf8.RuneCountInString(title); n < 1 || n > maxAnnexTitle {
		return archive.Annex{}, problem.New(problem.BadParameter, nil, "title", fmt.Sprintf("ghi tên phụ lục, 1–%d ký tự / the annex's title, 1–%[1]d characters", maxAnnexTitle))
	}
	if form.file == nil {
		return archive.Annex{}, errNoFile()
	}
	return s.service.AddAnnex(c.Request().Context(), doc.ID, title, form.file.content, who.actor())
}

// RemoveAnnex implements DELETE /v1/documents/{id}/annexes/{annex}.
func (h *handlers) RemoveAnnex(c echo.Context, id DocumentID, n AnnexNumber) error {
	s := h.server()
	who, doc, err := s.find(c, id, archive.RoleWorkflow, archive.RoleClerk)
	if err != nil {
		return err
	}
	if err := s.service.RemoveAnnex(c.Request().Context(), doc.ID, n, who.actor()); err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}

// GetAnnexPDF implements GET /v1/documents/{id}/annexes/{annex}/pdf. The look is
// entered in the audit trail.
func (h *handlers) GetAnnexPDF(c echo.Context, id DocumentID, n AnnexNumber) error {
	s := h.server()
	who, doc, err := s.find(c, id)
	if err != nil {
		return err
	}
	pdf, a, err := s.service.AnnexContent(c.Request().Context(), doc.ID, n)
	if err != nil {
		return err
	}
	event := archive.Event{Action: archive.ActionLook, Agency: doc.Agency, Document: doc.ID, Detail: fmt.Appendf(nil, `{"annex":%d}`, n), By: who.actor(), At: s.now()}
	if _, err := s.service.Store().Record(c.Request().Context(), event); err != nil {
		return err
	}
	head := c.Response().Header()
	head.Set("ETag", `"`+a.Newest()+`"`)
	head.Set("Cache-Control", "private, no-store")
	name := strings.TrimSuffix(fileName(doc), ".pdf") + fmt.Sprintf("-phu-luc-%d.pdf", a.N)
	head.Set(echo.HeaderContentDisposition, fmt.Sprintf("inline; filename=%q", name))
	return c.Blob(http.StatusOK, "application/pdf", pdf)
}

// annex is what the interface shows of an annex.
func annex(a archive.Annex) Annex {
	out := Annex{Number: a.N, Title: a.Title, Pages: a.PageCount, Sha256: a.Newest(), Size: a.Size, Signed: a.Signed != "", CreatedAt: a.At}
	if out.Signed {
		out.Size, out.BoundSha256, out.SignedAt = a.SignedSize, &a.SHA256, &a.SignedAt
	}
	out.Links.Pdf = fmt.Sprintf("/v1/documents/%s/annexes/%d/pdf", a.Document, a.N)
	return out
}
