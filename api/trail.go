package api

import (
	"encoding/hex"
	"encoding/json"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"
	openapi_types "github.com/oapi-codegen/runtime/types"

	"antin/api/problem"
	"antin/archive"
)

// ListAudit implements GET /v1/audit.
func (h *handlers) ListAudit(c echo.Context, params ListAuditParams) error {
	s := h.server()
	who, err := s.allow(c, archive.RoleAuditor)
	if err != nil {
		return err
	}
	limit, err := limited(params.Limit, 100, archive.MaxPage)
	if err != nil {
		return err
	}
	f := archive.AuditFilter{
		Agency: who.key.Agency, Document: deref(params.Document), Action: deref(params.Action), Actor: deref(params.Actor),
		From: deref(params.From), To: deref(params.To),
	}
	rows, err := s.service.Store().Audit(c.Request().Context(), f, deref(params.After), limit)
	if err != nil {
		return cursorProblem(err)
	}
	out := AuditPage{Rows: make([]AuditRow, len(rows))}
	for i, r := range rows {
		row := AuditRow{
			Seq: r.Seq, At: r.At, Action: r.Action, Agency: optional(r.Agency), DocumentID: optional(r.Document),
			By: actorBody(r.By), Sha256: hex.EncodeToString(r.Hash[:]),
		}
		if err := json.Unmarshal(r.Detail, &row.Detail); err != nil || row.Detail == nil {
			row.Detail = map[string]any{}
		}
		out.Rows[i] = row
	}
	if len(rows) == limit {
		out.Next = &rows[len(rows)-1].Seq
	}
	return c.JSON(http.StatusOK, out)
}

func actorBody(a archive.Actor) Actor {
	return Actor{ID: a.ID, Name: optional(a.Name), Role: optional(a.Role)}
}

// wholeTrail lets in an auditor of the whole chain, which runs over all agencies.
func (s *Server) wholeTrail(c echo.Context) (*caller, error) {
	who, err := s.allow(c, archive.RoleAuditor)
	if err != nil {
		return nil, err
	}
	if who.key.Agency != "" && len(s.service.AgencyIDs()) > 1 {
		return nil, s.refuse(c, who, "auditor, khóa của mọi cơ quan")
	}
	return who, nil
}

// ExportAudit implements GET /v1/audit/export. The answer is sent as it is
// made: a trail may be long.
func (h *handlers) ExportAudit(c echo.Context) error {
	s := h.server()
	who, err := s.wholeTrail(c)
	if err != nil {
		return err
	}
	head := c.Response().Header()
	head.Set(echo.HeaderContentType, "application/jsonl; charset=utf-8")
	head.Set(echo.HeaderContentDisposition, `attachment; filename="nhat-ky.jsonl"`)
	head.Set("Cache-Control", "private, no-store")
	return s.service.ExportTrail(c.Request().Context(), c.Response(), who.actor())
}

// ListCheckpoints implements GET /v1/audit/checkpoints.
func (h *handlers) ListCheckpoints(c echo.Context) error {
	s := h.server()
	if _, err := s.allow(c, archive.RoleAuditor); err != nil {
		return err
	}
	all, err := s.service.Store().Checkpoints(c.Request().Context())
	if err != nil {
		return err
	}
	out := CheckpointList{Checkpoints: make([]Checkpoint, len(all))}
	for i, p := range all {
		body := Checkpoint{
			Day: openapi_types.Date{Time: p.Day.In(archive.Zone)}, Row: p.Seq, Sha256: hex.EncodeToString(p.Hash[:]), At: p.At.UTC().Truncate(time.Second),
			Statement: string(p.Statement()), Signature: p.Signature,
		}
		if signer, err := s.service.CheckpointSigner(p); err != nil {
			body.Problem = optional(err.Error())
		} else {
			body.Signer = optional(signer.Signer)
		}
		out.Checkpoints[i] = body
	}
	return c.JSON(http.StatusOK, out)
}

// VerifyAudit implements GET /v1/audit/verification.
func (h *handlers) VerifyAudit(c echo.Context) error {
	s := h.server()
	if _, err := s.wholeTrail(c); err != nil {
		return err
	}
	report, err := s.service.VerifyAudit(c.Request().Context())
	if err != nil {
		return err
	}
	out := AuditVerification{Whole: report.Broken == nil, Rows: report.Rows, Sha256: hex.EncodeToString(report.Head[:]), Checkpoints: report.Checkpoints}
	if b := report.Broken; b != nil {
		kind := AuditVerificationKind(b.Kind)
		out.Row, out.Kind, out.Detail = &b.Seq, &kind, optional(b.Detail)
	}
	return c.JSON(http.StatusOK, out)
}

// agencyOf is the agency that a call is about: the one asked for, or the key's.
func (s *Server) agencyOf(who *caller, asked *string) (string, error) {
	agency := deref(asked)
	if agency == "" {
		agency = who.key.Agency
	}
	if !who.sees(agency) {
		return "", problem.New(problem.AgencyUnknown, nil, agency, who.key.Agency)
	}
	return agency, nil
}
