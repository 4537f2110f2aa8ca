package api

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

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
	agency, err := s.agencyOf(who, params.Agency)
	if err != nil {
		return err
	}
	f := archive.Filter{
		Agency: agency, Book: deref(params.Book), Year: deref(params.Year), Text: deref(params.Q), Subject: deref(params.Subject),
		Recipient: deref(params.Recipient), DocumentType: deref(params.Type), DossierCode: deref(params.Dossier),
		SerialFrom: deref(params.NumberFrom), SerialTo: deref(params.NumberTo), DayFrom: dayOf(params.DateFrom), DayTo: dayOf(params.DateTo),
	}
	if params.State != nil {
		if !params.State.Valid() {
			return problem.New(problem.BadParameter, nil, "state", "không có trạng thái này, xem openapi.yaml")
		}
		f.States = []archive.State{archive.State(*params.State)}
	}
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
			KeptBy: optional(e.KeptBy), Copies: &e.Copies, Receipt: optional(e.Receipt), Note: optional(e.Note),
			Book: optional(e.Number.Book), Agency: optional(e.Number.Agency), DossierCode: optional(e.DossierCode), ReplacedBy: optional(e.ReplacedBy),
		}
		if !e.Ended.IsZero() {
			out.Entries[i].Ended = &openapi_types.Date{Time: e.Ended.In(archive.Zone)}
		}
		if !e.Sent.IsZero() {
			out.Entries[i].Sent = &openapi_types.Date{Time: e.Sent.In(archive.Zone)}
		}
	}
	return c.JSON(http.StatusOK, out)
}

// dayOf is midnight in the register's zone of a date; zero when none was given.
func dayOf(d *openapi_types.Date) time.Time {
	if d == nil {
		return time.Time{}
	}
	y, m, day := d.Date()
	return time.Date(y, m, day, 0, 0, 0, 0, archive.Zone)
}

// ExportRegister implements GET /v1/register/export.
func (h *handlers) ExportRegister(c echo.Context, params ExportRegisterParams) error {
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
