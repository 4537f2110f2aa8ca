package api

import (
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"
	openapi_types "github.com/oapi-codegen/runtime/types"

	"antin/api/problem"
	"antin/archive"
	"antin/issuance"
)

// ListRegister implements GET /v1/register.
func (h *handlers) ListRegister(c echo.Context, params ListRegisterParams) error {
	s := h.server()
	who, err := s.allow(c, archive.RoleClerk, archive.RoleAuditor)
	if err != nil {
		return err
	}
	limit, err := limited(params.Limit, 100, archive.MaxPage)
	if err != nil {
		return err
	}
	f := archive.Filter{Agency: who.key.Agency, Book: deref(params.Book), Year: deref(params.Year), Text: deref(params.Q)}
	page, err := s.service.Store().Register(c.Request().Context(), f, archive.Page{After: deref(params.Cursor), Limit: limit})
	if err != nil {
		return cursorProblem(err)
	}
	out := RegisterPage{Entries: make([]RegisterEntry, len(page.Entries)), Next: optional(page.Next)}
	for i, e := range page.Entries {
		out.Entries[i] = RegisterEntry{
			Number: e.Number.Text, Symbol: e.Number.Symbol, Date: openapi_types.Date{Time: e.Number.Date.In(archive.Zone)},
			DocumentType: e.DocumentType, Subject: e.Subject, Signer: optional(e.Signer),
			Recipients: optional(strings.Join(e.Recipients, "; ")), State: State(e.State), DocumentID: e.DocumentID,
		}
	}
	return c.JSON(http.StatusOK, out)
}

// ExportRegister implements GET /v1/register/export.
func (h *handlers) ExportRegister(c echo.Context, params ExportRegisterParams) error {
	s := h.server()
	who, err := s.allow(c, archive.RoleClerk, archive.RoleAuditor)
	if err != nil {
		return err
	}
	agency := deref(params.Agency)
	if agency == "" {
		agency = who.key.Agency
	}
	if !who.sees(agency) {
		return problem.New(problem.AgencyUnknown, nil, agency, who.key.Agency)
	}
	e := issuance.Export{Agency: agency, Book: params.Book, Year: deref(params.Year), Format: string(params.Format)}
	content, err := s.service.Export(c.Request().Context(), e, who.actor())
	if err != nil {
		return err
	}
	c.Response().Header().Set(echo.HeaderContentDisposition, fmt.Sprintf("attachment; filename=\"so-dang-ky.%s\"", e.Format))
	return c.Blob(http.StatusOK, issuance.Formats[e.Format], content)
}

// cursorProblem words the one value of a listing that a caller can get wrong.
func cursorProblem(err error) error {
	if invalid, ok := errors.AsType[*archive.InvalidError](err); ok {
		return problem.New(problem.BadParameter, err, invalid.Field, invalid.Problem)
	}
	return err
}
