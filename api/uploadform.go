package api

import (
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"

	"github.com/labstack/echo/v4"

	"antin/api/problem"
)

// Bounds on a form that comes with a file.
const (
	maxUploadParts = 32
	maxUploadValue = 16 << 10 // bytes of one value
)

// uploadForm is a form with at most one file. It stays in memory.
type uploadForm struct {
	values url.Values
	file   *upload // nil without one
}

// readUploadForm reads a multipart form.
func readUploadForm(c echo.Context) (*uploadForm, error) {
	r := c.Request()
	media, params, err := mime.ParseMediaType(r.Header.Get(echo.HeaderContentType))
	if err != nil || media != echo.MIMEMultipartForm {
		return nil, problem.New(problem.WrongMediaType, err, echo.MIMEMultipartForm)
	}
	form := &uploadForm{values: url.Values{}}
	parts := multipart.NewReader(r.Body, params["boundary"])
	for n := 0; ; n++ {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return form, nil
		}
		if err != nil {
			return nil, uploadProblem(err)
		}
		if n >= maxUploadParts {
			return nil, problem.New(problem.BadParameter, nil, "form", "có quá nhiều phần / it has too many parts")
		}
		name := part.FormName()
		if name == "file" && form.file == nil {
			content, err := readAll(part)
			if err != nil {
				return nil, err
			}
			if len(content) > 0 || part.FileName() != "" {
				form.file = &upload{name: fileLabel(part.FileName()), content: content}
			}
			continue
		}
		value, err := io.ReadAll(io.LimitReader(part, maxUploadValue+1))
		if err != nil {
			return nil, uploadProblem(err)
		}
		if len(value) > maxUploadValue {
			return nil, problem.New(problem.BadParameter, nil, fileLabel(name), "dài quá 16 KB / it is longer than 16 KB")
		}
		form.values.Add(name, string(value))
	}
}

func errNoFile() error {
	p := problem.New(problem.BadParameter, nil, "file", "thiếu tệp / the file is missing")
	p.Status = http.StatusBadRequest
	return p
}
