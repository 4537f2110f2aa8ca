package api

import (
	"encoding/json"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"antin/archive"
	"antin/templates"
)

// everyone is any key that is good.
var everyone = []archive.Role{archive.RoleWorkflow, archive.RoleSignatory, archive.RoleClerk, archive.RoleAuditor}

// ListForms implements GET /v1/forms.
func (h *handlers) ListForms(c echo.Context) error {
	if _, err := h.server().allow(c, everyone...); err != nil {
		return err
	}
	forms := h.service.Forms().All()
	out := struct {
		Forms []FormHead `json:"forms"`
	}{Forms: make([]FormHead, len(forms))}
	for i, f := range forms {
		out.Forms[i] = formHead(f)
	}
	return c.JSON(http.StatusOK, out)
}

func formHead(f *templates.Form) FormHead {
	procedures := f.Procedures
	if procedures == nil {
		procedures = []string{}
	}
	out := FormHead{
		ID: f.ID, Version: f.Version, Title: f.Title, FormCode: f.FormCode, LegalBasis: f.Basis(),
		ValidFrom: f.ValidFrom.String(), ValidTo: optional(f.ValidTo.String()), Procedures: procedures,
		DocumentType: f.DocumentType, Book: f.Book, Signing: f.Signing,
	}
	if len(f.ToConfirm) > 0 {
		out.ToConfirm = &f.ToConfirm
	}
	return out
}

// GetFormSchema implements GET /v1/forms/{form}/schema.
func (h *handlers) GetFormSchema(c echo.Context, form FormID, params GetFormSchemaParams) error {
	if _, err := h.server().allow(c, everyone...); err != nil {
		return err
	}
	f, err := h.service.Forms().Choose(form, deref(params.Version), time.Time{})
	if err != nil {
		return err
	}
	return c.Blob(http.StatusOK, "application/schema+json", f.Schema())
}

// GetFormSample implements GET /v1/forms/{form}/sample.
func (h *handlers) GetFormSample(c echo.Context, form FormID, params GetFormSampleParams) error {
	if _, err := h.server().allow(c, everyone...); err != nil {
		return err
	}
	f, err := h.service.Forms().Choose(form, deref(params.Version), time.Time{})
	if err != nil {
		return err
	}
	body := struct {
		Form    string          `json:"form"`
		Version string          `json:"version,omitempty"`
		Data    json.RawMessage `json:"data"`
	}{f.ID, deref(params.Version), f.Sample()}
	return c.JSONPretty(http.StatusOK, body, "  ")
}
