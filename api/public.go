package api

import (
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"
	openapi_types "github.com/oapi-codegen/runtime/types"

	"antin/api/problem"
	"antin/issuance"
)

// GetHealth implements GET /healthz.
func (h *handlers) GetHealth(c echo.Context) error {
	return c.JSON(http.StatusOK, Health{Status: HealthStatusOk, Checks: []HealthCheck{{Name: "process", Status: HealthCheckStatusOk}}})
}

// GetReadiness implements GET /readyz.
func (h *handlers) GetReadiness(c echo.Context) error {
	out := Health{Status: HealthStatusOk, Checks: []HealthCheck{}}
	status := http.StatusOK
	for _, check := range h.service.Ready(c.Request().Context()) {
		item := HealthCheck{Name: check.Name, Status: HealthCheckStatusOk}
		switch {
		case check.Err != nil && check.Fatal:
			item.Status, out.Status, status = HealthCheckStatusFail, HealthStatusFail, http.StatusServiceUnavailable
		case check.Err != nil:
			item.Status = HealthCheckStatusWarn
		}
		if check.Err != nil {
			// The cause may name files and certificates: it goes to the log only.
			h.log.WarnContext(c.Request().Context(), "not ready", "check", check.Name, "error", check.Err)
			item.Message = optional(check.Message)
		}
		out.Checks = append(out.Checks, item)
	}
	return c.JSON(status, out)
}

// VerifyFile implements POST /v1/verify. Nothing of the file is kept.
func (h *handlers) VerifyFile(c echo.Context) error {
	s := h.server()
	if err := s.public(c); err != nil {
		return err
	}
	pdf, err := uploaded(c, "application/pdf", "application/octet-stream")
	if err != nil {
		return err
	}
	report, err := s.service.Verify(c.Request().Context(), pdf)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, report)
}

// LookUp implements GET /v1/lookup/{code}.
func (h *handlers) LookUp(c echo.Context, code string) error {
	s := h.server()
	if err := s.public(c); err != nil {
		return err
	}
	found, err := s.service.LookUp(c.Request().Context(), code)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, publicDocument(found))
}

func publicDocument(d issuance.PublicDocument) PublicDocument {
	out := PublicDocument{
		LookupCode: d.LookupCode, State: State(d.State), Agency: d.Agency, DocumentType: d.DocumentType, Subject: d.Subject,
		NumberAndSymbol: optional(d.NumberAndSymbol), Reason: optional(d.Reason), Notice: optional(d.Notice), Successor: optional(d.Successor),
	}
	if d.Annexes > 0 {
		out.Annexes = &d.Annexes
	}
	if !d.Date.IsZero() {
		out.Date = &openapi_types.Date{Time: d.Date}
	}
	return out
}

// upload is a file that came with a request.
type upload struct {
	name    string // as the sender calls it, "" when the body is the file
	content []byte
}

// uploaded is the content of uploadedFile.
func uploaded(c echo.Context, types ...string) ([]byte, error) {
	f, err := uploadedFile(c, types...)
	return f.content, err
}

// uploadedFile reads the one file of a request: the body itself, or the part
// named "file" of a form. It stays in memory: nothing that strangers send is
// written to disk.
func uploadedFile(c echo.Context, types ...string) (upload, error) {
	r := c.Request()
	media, params, err := mime.ParseMediaType(r.Header.Get(echo.HeaderContentType))
	if err != nil {
		return upload{}, problem.New(problem.WrongMediaType, err, strings.Join(types, ", ")+", multipart/form-data")
	}
	if media != echo.MIMEMultipartForm {
		if slices.Contains(types, media) {
			content, err := readAll(r.Body)
			return upload{content: content}, err
		}
		return upload{}, problem.New(problem.WrongMediaType, nil, strings.Join(types, ", ")+", multipart/form-data")
	}
	const maxParts = 16
	parts := multipart.NewReader(r.Body, params["boundary"])
	for range maxParts {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return upload{}, uploadProblem(err)
		}
		if part.FormName() == "file" {
			content, err := readAll(part)
			return upload{name: fileLabel(part.FileName()), content: content}, err
		}
	}
	return upload{}, problem.New(problem.BadParameter, nil, "file", "thiếu tệp / the file is missing")
}

// maxFileLabel bounds the sender's name of a file, in runes.
const maxFileLabel = 120

// fileLabel makes a sender's file name fit to be shown.
func fileLabel(name string) string {
	name = strings.ToValidUTF8(name, "\ufffd")
	if r := []rune(name); len(r) > maxFileLabel {
		name = string(r[:maxFileLabel]) + "…"
	}
	return name
}

func readAll(r io.Reader) ([]byte, error) {
	b, err := io.ReadAll(r)
	if err != nil {
		return nil, uploadProblem(err)
	}
	return b, nil
}

// uploadProblem keeps what has words of its own and says the rest as a broken
// upload.
func uploadProblem(err error) error {
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return problem.New(problem.BadParameter, fmt.Errorf("read the upload: %w", err), "file", "tệp gửi lên bị đứt quãng / the upload broke off")
}
