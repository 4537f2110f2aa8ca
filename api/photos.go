package api

import (
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"antin/api/problem"
	"antin/archive"
	"antin/imagecheck"
)

var photoTypes = []string{"image/jpeg", "image/jp2", "application/octet-stream"}

// CheckPhoto implements POST /v1/photos/check. Nothing of the photo is kept.
func (h *handlers) CheckPhoto(c echo.Context, params CheckPhotoParams) error {
	s := h.server()
	photo, rules, err := s.photo(c, deref(params.Rules))
	if err != nil {
		return err
	}
	result, err := s.service.CheckPhoto(c.Request().Context(), photo, rules)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, result)
}

// PreparePhoto implements POST /v1/photos/prepare.
func (h *handlers) PreparePhoto(c echo.Context, params PreparePhotoParams) error {
	s := h.server()
	photo, rules, err := s.photo(c, deref(params.Rules))
	if err != nil {
		return err
	}
	prepared, err := s.service.PreparePhoto(c.Request().Context(), photo, rules)
	if err != nil {
		return photoProblem(err)
	}
	c.Response().Header().Set("Cache-Control", "no-store")
	return c.Blob(http.StatusOK, "image/jpeg", prepared.JPEG)
}

func (s *Server) photo(c echo.Context, act string) ([]byte, *imagecheck.Rules, error) {
	if err := s.public(c); err != nil {
		return nil, nil, err
	}
	rules, err := s.photoRules(act)
	if err != nil {
		return nil, nil, err
	}
	photo, err := uploaded(c, photoTypes...)
	return photo, rules, err
}

// photoRules are those of an act, or those in force today.
func (s *Server) photoRules(id string) (*imagecheck.Rules, error) {
	if id == "" {
		if r, ok := imagecheck.RulesOn(s.now().In(archive.Zone).Format(time.DateOnly)); ok {
			return r, nil
		}
	}
	if r, ok := imagecheck.RulesFor(id); ok {
		return r, nil
	}
	var ids []string
	for _, r := range imagecheck.AllRules() {
		ids = append(ids, r.ID)
	}
	return nil, problem.New(problem.BadParameter, nil, "rules", strings.Join(ids, ", "))
}

// photoProblem words why a photo could not be prepared.
func photoProblem(err error) error {
	var refused *imagecheck.Refusal
	var fails *imagecheck.WouldFail
	switch {
	case errors.As(err, &refused) && strings.HasPrefix(refused.Code, "prepare."):
		p := problem.New(problem.PhotoRefused, err)
		p.Fields = []problem.Field{{Code: refused.Code, Message: refused.Vietnamese(), MessageEN: refused.English()}}
		return p
	case errors.As(err, &refused):
		return problem.New(problem.PhotoUnreadable, err, refused.Vietnamese(), refused.English())
	case errors.As(err, &fails):
		p := problem.New(problem.PhotoRefused, err)
		for _, m := range fails.Result.Measures {
			if m.Status == imagecheck.Fail {
				p.Fields = append(p.Fields, problem.Field{Code: m.ID, Message: m.Message, MessageEN: m.MessageEN})
			}
		}
		return p
	}
	return err
}
