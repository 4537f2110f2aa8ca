package api

import (
	"bytes"
	"fmt"
	"net/http"

	"github.com/labstack/echo/v4"

	"antin/api/problem"
	"antin/archive"
	"antin/issuance"
	"antin/issuance/records"
)

// GetDocumentRecord implements GET /v1/documents/{id}/record.
func (h *handlers) GetDocumentRecord(c echo.Context, id DocumentID, params GetDocumentRecordParams) error {
	s := h.server()
	who, doc, err := s.find(c, id, archive.RoleClerk, archive.RoleAuditor)
	if err != nil {
		return err
	}
	format := string(params.Format)
	out, err := s.service.RecordOf(c.Request().Context(), doc.ID, format, who.actor())
	if err != nil {
		return formatProblem(err, "xml, json")
	}
	return private(c, issuance.RecordFormats[format], "", out)
}

// ExportRecords implements GET /v1/register/records.
func (h *handlers) ExportRecords(c echo.Context, params ExportRecordsParams) error {
	s := h.server()
	who, err := s.allow(c, archive.RoleClerk, archive.RoleAuditor)
	if err != nil {
		return err
	}
	agency, err := s.agencyOf(who, params.Agency)
	if err != nil {
		return err
	}
	e := issuance.Export{Agency: agency, Book: params.Book, Year: deref(params.Year), Format: string(params.Format)}
	out, err := s.service.ExportRecords(c.Request().Context(), e, who.actor())
	if err != nil {
		return formatProblem(err, "xml, json")
	}
	return private(c, issuance.RecordFormats[e.Format], "phu-luc-vi."+e.Format, out)
}

// GetRecordSchema implements GET /v1/register/records/schema.
func (h *handlers) GetRecordSchema(c echo.Context, params GetRecordSchemaParams) error {
	switch string(params.Format) {
	case "xml":
		return c.Blob(http.StatusOK, "application/xml", records.XSD)
	case "json":
		return c.Blob(http.StatusOK, "application/schema+json", records.JSONSchema)
	}
	return problem.New(problem.ValueInvalid, nil, "format", "xml, json")
}

// GetDossierPackage implements GET /v1/dossiers/{dossier}/package.
func (h *handlers) GetDossierPackage(c echo.Context, dossier string, params GetDossierPackageParams) error {
	s := h.server()
	who, err := s.allow(c, archive.RoleClerk, archive.RoleAuditor)
	if err != nil {
		return err
	}
	agency, err := s.agencyOf(who, params.Agency)
	if err != nil {
		return err
	}
	return s.sendPackage(c, who, agency, dossier)
}

// sendPackage makes the whole package before the first byte is sent, so that a
// fault is told as one.
func (s *Server) sendPackage(c echo.Context, who *caller, agency, dossier string) error {
	var out bytes.Buffer
	if err := s.service.PackDossier(c.Request().Context(), &out, agency, dossier, who.actor()); err != nil {
		return err
	}
	return private(c, "application/zip", "ho-so-"+asciiName(dossier)+".zip", out.Bytes())
}

// asciiName keeps letters, digits, dots and hyphens of a name.
func asciiName(s string) string {
	return string(bytes.Map(func(r rune) rune {
		if r < 0x80 && (r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' || r == '.' || r == '-') {
			return r
		}
		return '-'
	}, []byte(s)))
}

// private answers what no cache may keep; a name makes it a file.
func private(c echo.Context, mediaType, name string, content []byte) error {
	head := c.Response().Header()
	head.Set("Cache-Control", "private, no-store")
	if name != "" {
		head.Set(echo.HeaderContentDisposition, fmt.Sprintf("attachment; filename=%q", name))
	}
	return c.Blob(http.StatusOK, mediaType, content)
}

// formatProblem names the formats that a call takes.
func formatProblem(err error, known string) error {
	if p := problem.From(err); p.Code == problem.ValueInvalid {
		return problem.New(problem.ValueInvalid, err, "format", known)
	}
	return err
}
