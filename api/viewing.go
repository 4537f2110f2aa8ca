package api

import (
	"fmt"
	"net/http"

	"github.com/labstack/echo/v4"

	"antin/archive"
)

// GetViewingCopy implements GET /v1/documents/{id}/viewing-copy. The look is
// entered in the audit trail.
func (h *handlers) GetViewingCopy(c echo.Context, id DocumentID) error {
	s := h.server()
	who, doc, err := s.find(c, id)
	if err != nil {
		return err
	}
	pdf, _, err := s.service.ViewingCopy(c.Request().Context(), doc.ID)
	if err != nil {
		return err
	}
	event := archive.Event{Action: archive.ActionLook, Agency: doc.Agency, Document: doc.ID, Detail: []byte(`{"viewing_copy":true}`), By: who.actor(), At: s.now()}
	if _, err := s.service.Store().Record(c.Request().Context(), event); err != nil {
		return err
	}
	head := c.Response().Header()
	head.Set("Cache-Control", "private, no-store")
	head.Set(echo.HeaderContentDisposition, fmt.Sprintf("inline; filename=%q", "het-hieu-luc-"+fileName(doc)))
	return c.Blob(http.StatusOK, "application/pdf", pdf)
}

// deskViewingCopy is the same at the desk.
func (s *Server) deskViewingCopy(c echo.Context) error {
	return (*handlers)(s).GetViewingCopy(c, c.Param("id"))
}
