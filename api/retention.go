package api

import (
	"net/http"

	"github.com/labstack/echo/v4"
	openapi_types "github.com/oapi-codegen/runtime/types"

	"antin/api/problem"
	"antin/archive"
)

// ListRetention implements GET /v1/retention.
func (h *handlers) ListRetention(c echo.Context, params ListRetentionParams) error {
	s := h.server()
	who, err := s.allow(c, archive.RoleClerk, archive.RoleAuditor)
	if err != nil {
		return err
	}
	agency, err := s.agencyOf(who, params.Agency)
	if err != nil {
		return err
	}
	limit, err := limited(params.Limit, 50, 200)
	if err != nil {
		return err
	}
	due, next, err := s.service.RetentionDue(c.Request().Context(), agency, archive.Page{After: deref(params.Cursor), Limit: limit})
	if err != nil {
		return cursorProblem(err)
	}
	out := RetentionPage{Documents: make([]RetentionEntry, len(due)), Next: optional(next)}
	for i, d := range due {
		out.Documents[i] = RetentionEntry{
			DocumentID: d.ID, Agency: d.Agency, Book: d.Book, Number: d.Number.Full(), Date: openapi_types.Date{Time: d.Number.Date.In(archive.Zone)},
			DocumentType: d.DocumentType, Subject: d.Subject, DossierCode: optional(d.DossierCode), RetentionYears: d.Years,
			KeptUntil: openapi_types.Date{Time: d.Until},
		}
	}
	return c.JSON(http.StatusOK, out)
}

// DestroyDocuments implements POST /v1/retention/destructions. A document that
// must be kept stops none of the others.
func (h *handlers) DestroyDocuments(c echo.Context) error {
	s := h.server()
	who, err := s.allow(c, archive.RoleClerk)
	if err != nil {
		return err
	}
	var req Destruction
	if _, err := readJSON(c, &req); err != nil {
		return err
	}
	act := archive.Destruction{Reason: req.Reason, Decision: req.Decision, Minutes: req.Minutes}
	if err := act.Check(); err != nil {
		return err
	}
	if n := len(req.Documents); n < 1 || n > archive.MaxBatch {
		return problem.New(problem.ValueInvalid, nil, "documents", "1–1000")
	}
	out, err := s.destroy(c, who, req.Documents, act)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, out)
}

func (s *Server) destroy(c echo.Context, who *caller, ids []string, act archive.Destruction) (out DestructionResult, err error) {
	for _, id := range ids {
		item := DestroyedItem{DocumentID: id}
		_, doc, err := s.find(c, id, archive.RoleClerk)
		if err == nil {
			doc, err = s.service.Destroy(c.Request().Context(), id, act, who.actor())
		}
		if err == nil {
			out.Destroyed++
			item.DestroyedAt = &doc.Destroyed
		} else {
			p, err := itemProblem(err)
			if err != nil {
				return out, err
			}
			item.Code, item.Detail, item.DetailEn = &p.Code, &p.Detail, &p.DetailEN
		}
		out.Results = append(out.Results, item)
	}
	return out, nil
}
