package api

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/labstack/echo/v4"
	openapi_types "github.com/oapi-codegen/runtime/types"

	"antin/api/problem"
	"antin/archive"
	"antin/issuance"
)

// handlers are the operations of openapi.yaml.
type handlers Server

func (h *handlers) server() *Server { return (*Server)(h) }

// CreateDocument implements POST /v1/documents.
func (h *handlers) CreateDocument(c echo.Context, params CreateDocumentParams) error {
	s := h.server()
	until := UntilDraft
	if params.Until != nil {
		until = *params.Until
	}
	if !until.Valid() {
		return problem.New(problem.BadParameter, nil, "until", "chỉ nhận draft, signed hoặc issued")
	}
	who, err := s.allowAll(c, rolesUntil(until)...)
	if err != nil {
		return err
	}
	if err := checkIdempotencyKey(params.IdempotencyKey); err != nil {
		return err
	}
	var req NewDocument
	var data struct {
		Data json.RawMessage `json:"data"`
	}
	body, err := readJSON(c, &req)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(body, &data); err != nil {
		return problem.New(problem.BadJSON, err, err.Error())
	}
	override := strings.TrimSpace(deref(req.PhotoOverride))
	if n := utf8.RuneCountInString(override); req.PhotoOverride != nil && (n < 3 || n > 500) {
		return problem.New(problem.ValueInvalid, nil, "photo_override", "3 … 500")
	}
	if override != "" && !slices.Contains(who.key.Roles, archive.RoleClerk) {
		return s.refuse(c, who, string(archive.RoleClerk))
	}
	agency := deref(req.Agency)
	if agency == "" {
		agency = who.key.Agency
	}
	if !who.sees(agency) {
		return problem.New(problem.AgencyUnknown, nil, agency, who.key.Agency)
	}
	doc, replay, err := s.service.Make(c.Request().Context(), issuance.Request{
		Form: req.Form, Version: deref(req.Version), Agency: agency, Data: data.Data, By: who.actor(), PhotoOverride: override,
		Replaces: deref(req.Replaces), Corrects: deref(req.Corrects),
		SeparateAnnexes: deref(req.SeparateAnnexes),
		Idempotency: archive.Idempotency{
			Scope: who.key.ID + " POST /v1/documents", Key: params.IdempotencyKey, RequestHash: requestHash(string(until), body),
		},
	}, issuance.Until(until))
	if err != nil {
		return inData(err)
	}
	status := http.StatusCreated
	if replay {
		status = http.StatusOK
		c.Response().Header().Set("Idempotent-Replay", "true")
	}
	c.Response().Header().Set(echo.HeaderLocation, "/v1/documents/"+doc.ID)
	return s.answerDocument(c, status, doc)
}

// rolesUntil are the roles a key needs to take a document so far in one call.
func rolesUntil(u Until) []archive.Role {
	switch u {
	case UntilIssued:
		return []archive.Role{archive.RoleWorkflow, archive.RoleSignatory, archive.RoleClerk}
	case UntilSigned:
		return []archive.Role{archive.RoleWorkflow, archive.RoleSignatory}
	case UntilDraft:
	}
	return []archive.Role{archive.RoleWorkflow}
}

// requestHash binds an idempotency key to what was asked. White space between
// the tokens of the body does not count.
func requestHash(until string, body []byte) [32]byte {
	var compact bytes.Buffer
	compact.Grow(len(body) + len(until) + 1)
	compact.WriteString(until)
	compact.WriteByte('\n')
	if err := json.Compact(&compact, body); err != nil {
		compact.Write(body)
	}
	return sha256.Sum256(compact.Bytes())
}

func checkIdempotencyKey(key string) error {
	if len(key) == 0 || len(key) > 128 {
		return problem.New(problem.KeyRequired, nil)
	}
	for _, b := range []byte(key) {
		if b < '!' || b > '~' {
			return problem.New(problem.KeyRequired, nil)
		}
	}
	return nil
}

func wantJSON(c echo.Context) error {
	t, _, err := mime.ParseMediaType(c.Request().Header.Get(echo.HeaderContentType))
	if err != nil || t != echo.MIMEApplicationJSON {
		return problem.New(problem.WrongMediaType, err, echo.MIMEApplicationJSON)
	}
	return nil
}

// readJSON reads the request's one JSON value into v and returns its bytes.
func readJSON(c echo.Context, v any) ([]byte, error) {
	if err := wantJSON(c); err != nil {
		return nil, err
	}
	body, err := io.ReadAll(c.Request().Body)
	if err != nil {
		return nil, fmt.Errorf("read the request: %w", err)
	}
	body = bytes.TrimPrefix(body, []byte("\ufeff")) // some editors put a byte-order mark first (RFC 8259, 8.1)
	return body, decodeStrict(body, v)
}

// decodeStrict reads one JSON value and refuses unknown fields and anything
// behind it.
func decodeStrict(body []byte, into any) error {
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.DisallowUnknownFields()
	if err := dec.Decode(into); err != nil {
		return jsonProblem(err)
	}
	if _, err := dec.Token(); err != io.EOF {
		return problem.New(problem.BadJSON, err, "có nội dung thừa sau giá trị JSON / text after the JSON value")
	}
	return nil
}

// ListDocuments implements GET /v1/documents.
func (h *handlers) ListDocuments(c echo.Context, params ListDocumentsParams) error {
	s := h.server()
	who, err := s.allow(c, archive.RoleWorkflow, archive.RoleSignatory, archive.RoleClerk, archive.RoleAuditor)
	if err != nil {
		return err
	}
	f := archive.Filter{Agency: who.key.Agency, Form: deref(params.Form), DossierCode: deref(params.Dossier)}
	if params.State != nil {
		if !params.State.Valid() {
			return problem.New(problem.BadParameter, nil, "state", "không có trạng thái này, xem openapi.yaml")
		}
		f.States = []archive.State{archive.State(*params.State)}
	}
	limit, err := limited(params.Limit, 50, 200)
	if err != nil {
		return err
	}
	page, err := s.service.Store().List(c.Request().Context(), f, archive.Page{After: deref(params.Cursor), Limit: limit})
	if err != nil {
		return cursorProblem(err)
	}
	out := DocumentPage{Documents: make([]Document, len(page.Documents)), Next: optional(page.Next)}
	for i, d := range page.Documents {
		out.Documents[i] = s.document(d)
	}
	return c.JSON(http.StatusOK, out)
}

// GetDocument implements GET /v1/documents/{id}.
func (h *handlers) GetDocument(c echo.Context, id DocumentID) error {
	s := h.server()
	who, doc, err := s.find(c, id)
	if err != nil {
		return err
	}
	// A program that follows its own documents is no look; a person is.
	if who.has(archive.RoleSignatory, archive.RoleClerk, archive.RoleAuditor) {
		if err := s.service.Look(c.Request().Context(), doc, "facts", who.actor()); err != nil {
			return err
		}
	}
	return c.JSON(http.StatusOK, s.document(doc))
}

// find reads a document that the caller may see.
func (s *Server) find(c echo.Context, id string, roles ...archive.Role) (*caller, archive.Document, error) {
	if len(roles) == 0 {
		roles = []archive.Role{archive.RoleWorkflow, archive.RoleSignatory, archive.RoleClerk, archive.RoleAuditor}
	}
	who, err := s.allow(c, roles...)
	if err != nil {
		return nil, archive.Document{}, err
	}
	doc, err := s.service.Store().Get(c.Request().Context(), id)
	if err != nil {
		return who, doc, err
	}
	if !who.sees(doc.Agency) {
		return who, archive.Document{}, &archive.NotFoundError{What: "document", ID: id}
	}
	return who, doc, nil
}

// SignDocument implements POST /v1/documents/{id}/sign.
func (h *handlers) SignDocument(c echo.Context, id DocumentID) error {
	return h.server().move(c, id, archive.RoleSignatory, h.service.Sign)
}

// IssueDocument implements POST /v1/documents/{id}/issue.
func (h *handlers) IssueDocument(c echo.Context, id DocumentID) error {
	return h.server().move(c, id, archive.RoleClerk, h.service.Issue)
}

func (s *Server) move(c echo.Context, id string, role archive.Role,
	do func(context.Context, string, archive.Actor) (archive.Document, error),
) error {
	who, _, err := s.find(c, id, role)
	if err != nil {
		return err
	}
	doc, err := do(c.Request().Context(), id, who.actor())
	if err != nil {
		return err
	}
	return s.answerDocument(c, http.StatusOK, doc)
}

// ReturnDocument implements POST /v1/documents/{id}/return.
func (h *handlers) ReturnDocument(c echo.Context, id DocumentID) error {
	return h.server().end(c, id, h.service.Return, archive.RoleSignatory, archive.RoleClerk)
}

// WithdrawDocument implements POST /v1/documents/{id}/withdraw.
func (h *handlers) WithdrawDocument(c echo.Context, id DocumentID) error {
	return h.server().end(c, id, h.service.Withdraw, archive.RoleClerk)
}

func (s *Server) end(c echo.Context, id string,
	do func(ctx context.Context, id, reason string, by archive.Actor) (archive.Document, error), roles ...archive.Role,
) error {
	who, _, err := s.find(c, id, roles...)
	if err != nil {
		return err
	}
	var reason Reason
	if _, err := readJSON(c, &reason); err != nil {
		return err
	}
	doc, err := do(c.Request().Context(), id, reason.Reason, who.actor())
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, s.document(doc))
}

// DeliverDocument implements POST /v1/documents/{id}/deliver.
func (h *handlers) DeliverDocument(c echo.Context, id DocumentID) error {
	s := h.server()
	who, _, err := s.find(c, id, archive.RoleWorkflow, archive.RoleClerk)
	if err != nil {
		return err
	}
	var req Receipt
	if _, err := readJSON(c, &req); err != nil {
		return err
	}
	note := deref(req.Note)
	if utf8.RuneCountInString(note) > 1000 {
		return problem.New(problem.ValueInvalid, nil, "note", "≤ 1000")
	}
	doc, err := s.service.Deliver(c.Request().Context(), id, note, who.actor())
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, s.document(doc))
}

// ReplaceDocument implements POST /v1/documents/{id}/replace.
func (h *handlers) ReplaceDocument(c echo.Context, id DocumentID) error {
	return h.server().succeed(c, id, h.service.Replace)
}

// CorrectDocument implements POST /v1/documents/{id}/correct.
func (h *handlers) CorrectDocument(c echo.Context, id DocumentID) error {
	return h.server().succeed(c, id, h.service.Correct)
}

func (s *Server) succeed(c echo.Context, id string,
	do func(ctx context.Context, id, byDocument, reason string, by archive.Actor) (archive.Document, error),
) error {
	who, _, err := s.find(c, id, archive.RoleClerk)
	if err != nil {
		return err
	}
	var req Succession
	if _, err := readJSON(c, &req); err != nil {
		return err
	}
	doc, err := do(c.Request().Context(), id, req.ByDocumentID, req.Reason, who.actor())
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, s.document(doc))
}

// GetDocumentData implements GET /v1/documents/{id}/data.
func (h *handlers) GetDocumentData(c echo.Context, id DocumentID) error {
	s := h.server()
	who, doc, err := s.find(c, id, archive.RoleWorkflow, archive.RoleClerk)
	if err != nil {
		return err
	}
	if err := s.service.Look(c.Request().Context(), doc, "data", who.actor()); err != nil {
		return err
	}
	return private(c, echo.MIMEApplicationJSON, "", doc.Data)
}

// GetDocumentPDF implements GET /v1/documents/{id}/pdf. The look is entered in
// the audit trail: the file holds personal data.
func (h *handlers) GetDocumentPDF(c echo.Context, id DocumentID, params GetDocumentPDFParams) error {
	s := h.server()
	who, doc, err := s.find(c, id)
	if err != nil {
		return err
	}
	n := 0
	if params.Revision != nil {
		if n = *params.Revision; n < 1 || n > len(doc.Revisions) {
			return &archive.NotFoundError{What: "revision", ID: fmt.Sprint(n)}
		}
	}
	if err := s.service.Look(c.Request().Context(), doc, "pdf", who.actor()); err != nil {
		return err
	}
	return s.answerPDF(c, http.StatusOK, doc, n)
}

// answerDocument returns a document as JSON, or its newest revision where the
// caller accepts only PDF.
func (s *Server) answerDocument(c echo.Context, status int, doc archive.Document) error {
	if strings.Contains(c.Request().Header.Get(echo.HeaderAccept), "application/pdf") {
		return s.answerPDF(c, status, doc, 0)
	}
	return c.JSON(status, s.document(doc))
}

func (s *Server) answerPDF(c echo.Context, status int, doc archive.Document, revision int) error {
	pdf, rev, err := s.service.Store().RevisionContent(c.Request().Context(), doc.ID, revision)
	if err != nil {
		return err
	}
	h := c.Response().Header()
	h.Set("ETag", `"`+rev.SHA256+`"`)
	h.Set("Cache-Control", "private, no-store")
	h.Set(echo.HeaderContentDisposition, fmt.Sprintf("inline; filename=%q", fileName(doc)))
	return c.Blob(status, "application/pdf", pdf)
}

// fileName is the name a browser saves a document under, in ASCII.
func fileName(doc archive.Document) string {
	if doc.Number != nil {
		return fmt.Sprintf("%s-%d-%s.pdf", doc.Form, doc.Number.Year, strings.ReplaceAll(doc.Number.Text, "/", "-"))
	}
	return fmt.Sprintf("%s-%s.pdf", doc.Form, doc.ID)
}

// document is what the interface shows of a document.
func (s *Server) document(d archive.Document) Document {
	out := Document{
		ID: d.ID, Form: d.Form, FormVersion: d.FormVersion, Agency: d.Agency, State: State(d.State),
		DocumentType: d.DocumentType, Subject: d.Subject, DossierCode: optional(d.DossierCode),
		Signatory: optional(d.SignatoryName), LookupCode: d.LookupCode, LookupURL: s.service.LookupURL(d.LookupCode),
		Reason: optional(d.Reason), CreatedAt: d.Created, UpdatedAt: d.Updated, Symbol: optional(d.Symbol),
		Revisions: make([]Revision, len(d.Revisions)), Allowed: []Move{}, History: []Step{},
	}
	if n := d.Number; n != nil {
		full := n.Full()
		out.Number, out.NumberAndSymbol, out.Date = &n.Text, &full, &openapi_types.Date{Time: n.Date.In(archive.Zone)}
	}
	for i, r := range d.Revisions {
		out.Revisions[i] = Revision{Number: r.N, Kind: string(r.Kind), Sha256: r.SHA256, Size: r.Size, CreatedAt: r.At}
		out.Sha256, out.Size = &r.SHA256, &r.Size
	}
	if warnings := s.service.Warnings(d); len(warnings) > 0 {
		list := make([]Warning, len(warnings))
		for i, w := range warnings {
			list[i] = Warning{Pointer: w.Pointer, Detail: w.Vi, DetailEn: w.En}
		}
		out.Warnings = &list
	}
	if !d.Delivered.IsZero() {
		out.DeliveredAt = &d.Delivered
	}
	if !d.Destroyed.IsZero() {
		out.DestroyedAt = &d.Destroyed
	}
	out.Replaces, out.Corrects, out.ReplacedBy = optional(d.Replaces), optional(d.Corrects), optional(d.ReplacedBy)
	for _, m := range archive.Allowed(d.State, d.Moves) {
		out.Allowed = append(out.Allowed, Move(m))
	}
	for _, h := range d.History {
		step := Step{Move: Move(h.Move), From: string(h.From), To: State(h.To), By: actorBody(h.By), At: h.At, Reason: optional(h.Reason), Other: optional(h.Other)}
		if h.Revision > 0 {
			step.Revision = &h.Revision
		}
		out.History = append(out.History, step)
	}
	out.Links.Self = "/v1/documents/" + d.ID
	out.Links.Pdf = out.Links.Self + "/pdf"
	return out
}

func deref[T any](p *T) T {
	if p == nil {
		var zero T
		return zero
	}
	return *p
}

func optional(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

func limited(asked *int, normal, most int) (int, error) {
	if asked == nil {
		return normal, nil
	}
	if *asked < 1 || *asked > most {
		return 0, problem.New(problem.BadParameter, nil, "limit", fmt.Sprintf("1–%d", most))
	}
	return *asked, nil
}
