package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"antin/api/problem"
)

// handleError answers an error as problem+json, or as a page to a browser that
// asked for a page.
func (s *Server) handleError(err error, c echo.Context) {
	if c.Response().Committed {
		return
	}
	p := toProblem(err, c)
	if p.Status >= http.StatusInternalServerError {
		s.log.ErrorContext(c.Request().Context(), "problem", "trace", traceID(c), "code", p.Code, "route", c.Path(), "error", err)
	}
	h := c.Response().Header()
	if p.RetryAfter > 0 {
		h.Set("Retry-After", strconv.Itoa(p.RetryAfter))
	}
	if p.Status == http.StatusUnauthorized {
		h.Set("WWW-Authenticate", `Bearer realm="antin"`)
	}
	if c.Request().Method == http.MethodHead {
		err = c.NoContent(p.Status)
	} else if wantsPage(c) {
		err = s.problemPage(c, p)
	} else {
		h.Set(echo.HeaderContentType, "application/problem+json; charset=utf-8")
		err = c.JSON(p.Status, problemBody(p, traceID(c), c.Request().URL.Path))
	}
	if err != nil {
		s.log.WarnContext(c.Request().Context(), "an error could not be answered", "trace", traceID(c), "error", err)
	}
}

// toProblem turns what handlers, the generated code and Echo return into words.
func toProblem(err error, c echo.Context) *problem.Problem {
	var p *problem.Problem
	var he *echo.HTTPError
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &p):
		return p
	case errors.As(err, &tooLarge):
		return problem.New(problem.TooLarge, err, megabytes(tooLarge.Limit))
	case errors.Is(err, context.DeadlineExceeded) && c.Request().Context().Err() != nil:
		return problem.New(problem.TimedOut, err)
	case errors.As(err, &he):
		return fromEcho(he, c)
	}
	return problem.From(err)
}

// fromEcho words the errors of Echo's router and of the generated parameter
// binding ("Invalid format for parameter limit: …").
func fromEcho(he *echo.HTTPError, c echo.Context) *problem.Problem {
	switch he.Code {
	case http.StatusNotFound:
		return problem.New(problem.NotFound, he, "địa chỉ "+c.Request().URL.Path, "address "+c.Request().URL.Path)
	case http.StatusMethodNotAllowed:
		return problem.New(problem.MethodNotAllowed, he, c.Request().Method)
	case http.StatusRequestEntityTooLarge:
		return problem.New(problem.TooLarge, he, "")
	case http.StatusUnsupportedMediaType:
		return problem.New(problem.WrongMediaType, he, echo.MIMEApplicationJSON)
	case http.StatusBadRequest:
		msg, _ := he.Message.(string)
		if name, ok := strings.CutPrefix(msg, "Header parameter Idempotency-Key"); ok && name != "" {
			return problem.New(problem.KeyRequired, he)
		}
		_, after, _ := strings.Cut(msg, "parameter ")
		name, _, _ := strings.Cut(after, ":")
		if name, _, _ = strings.Cut(name, " "); name == "" {
			name = "?"
		}
		return problem.New(problem.BadParameter, he, name, "sai kiểu hoặc sai định dạng, xem openapi.yaml")
	}
	return problem.New(problem.Internal, he)
}

func problemBody(p *problem.Problem, trace, instance string) Problem {
	body := Problem{
		Type: "/loi/" + p.Code, Title: p.Title, TitleEn: p.TitleEN, Status: p.Status, Code: p.Code,
		Detail: p.Detail, DetailEn: p.DetailEN, TraceID: trace, Instance: &instance,
	}
	if p.State != "" {
		state, allowed := State(p.State), make([]Move, len(p.Allowed))
		for i, m := range p.Allowed {
			allowed[i] = Move(m)
		}
		body.State, body.Allowed = &state, &allowed
	}
	if len(p.Fields) > 0 {
		fields := make([]FieldError, len(p.Fields))
		for i, f := range p.Fields {
			fields[i] = FieldError{Pointer: f.Pointer, Code: f.Code, Message: f.Message, MessageEn: f.MessageEN}
		}
		body.Errors = &fields
	}
	return body
}

// wantsPage reports whether a person's browser asked: an address that is a page
// and an Accept that names HTML.
func wantsPage(c echo.Context) bool {
	path := c.Request().URL.Path
	if strings.HasPrefix(path, "/v1/") || path == "/healthz" || path == "/readyz" {
		return false
	}
	return strings.Contains(c.Request().Header.Get(echo.HeaderAccept), "text/html")
}

// jsonProblem says where JSON is wrong in words for the caller.
func jsonProblem(err error) error {
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		return problem.New(problem.BadJSON, err, fmt.Sprintf("sai cú pháp ở byte %d / syntax error at byte %d", syntax.Offset, syntax.Offset))
	case errors.As(err, &kind):
		p := problem.New(problem.DataInvalid, err, 1)
		p.Fields = []problem.Field{{
			Pointer: "/" + strings.ReplaceAll(kind.Field, ".", "/"), Code: "type",
			Message: "sai kiểu: nhận được " + kind.Value, MessageEN: "wrong type: got " + kind.Value,
		}}
		return p
	case errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF):
		return problem.New(problem.BadJSON, err, "nội dung rỗng hoặc bị cụt / the body is empty or cut short")
	}
	if name, ok := strings.CutPrefix(err.Error(), "json: unknown field "); ok {
		p := problem.New(problem.DataInvalid, err, 1)
		name = strings.Trim(name, `"`)
		p.Fields = []problem.Field{{
			Pointer: "/" + name, Code: "unknown_field",
			Message:   "không có trường này; các trường nhận được có trong /openapi.yaml",
			MessageEN: "there is no such field; /openapi.yaml lists the known ones",
		}}
		return p
	}
	return problem.New(problem.BadJSON, err, "không đọc được / it cannot be read")
}

// inData puts the pointers of a form's data where the data stands in the
// request: under /data.
func inData(err error) error {
	p := problem.From(err)
	for i := range p.Fields {
		p.Fields[i].Pointer = "/data" + strings.TrimSuffix(p.Fields[i].Pointer, "/")
	}
	return p
}
