package api

import (
	"fmt"
	"net/http"

	"github.com/labstack/echo/v4"

	"antin/api/problem"
	"antin/archive"
)

// CreateBatch implements POST /v1/batches.
func (h *handlers) CreateBatch(c echo.Context, params CreateBatchParams) error {
	s := h.server()
	who, err := s.allow(c, archive.RoleClerk)
	if err != nil {
		return err
	}
	if err := checkIdempotencyKey(params.IdempotencyKey); err != nil {
		return err
	}
	var req NewBatch
	body, err := readJSON(c, &req)
	if err != nil {
		return err
	}
	if n := len(req.Documents); n < 1 || n > archive.MaxBatch {
		return problem.New(problem.ValueInvalid, nil, "documents", fmt.Sprintf("1–%d", archive.MaxBatch))
	}
	agency := deref(req.Agency)
	if agency == "" {
		agency = who.key.Agency
	}
	if _, err := s.service.Agency(agency); err != nil {
		return err
	}
	if !who.sees(agency) {
		return problem.New(problem.AgencyUnknown, nil, agency, who.key.Agency)
	}
	idem := archive.Idempotency{Scope: who.key.ID + " POST /v1/batches", Key: params.IdempotencyKey, RequestHash: requestHash("", body)}
	batch, replay, err := s.service.StartBatch(c.Request().Context(), agency, req.Documents, idem, who.actor())
	if err != nil {
		return err
	}
	status := http.StatusAccepted
	if replay {
		status = http.StatusOK
		c.Response().Header().Set("Idempotent-Replay", "true")
	}
	c.Response().Header().Set(echo.HeaderLocation, "/v1/batches/"+batch.ID)
	return c.JSON(status, batchBody(batch))
}

// GetBatch implements GET /v1/batches/{batch}.
func (h *handlers) GetBatch(c echo.Context, id string) error {
	s := h.server()
	who, err := s.allow(c, archive.RoleClerk, archive.RoleAuditor)
	if err != nil {
		return err
	}
	batch, err := s.service.Store().Batch(c.Request().Context(), id)
	if err != nil {
		return err
	}
	if !who.sees(batch.Agency) {
		return &archive.NotFoundError{What: "batch", ID: id}
	}
	return c.JSON(http.StatusOK, batchBody(batch))
}

func batchBody(b archive.Batch) Batch {
	out := Batch{ID: b.ID, Agency: b.Agency, CreatedAt: b.Created, Total: len(b.Items), Items: make([]BatchItem, len(b.Items))}
	for i, item := range b.Items {
		out.Items[i] = BatchItem{DocumentID: item.Document, State: BatchItemState(item.State), Code: optional(item.Code)}
		switch item.State {
		case archive.ItemIssued:
			out.Finished++
		case archive.ItemFailed:
			out.Finished++
			out.Failed++
		case archive.ItemWaiting, archive.ItemNumbered:
		}
	}
	return out
}
