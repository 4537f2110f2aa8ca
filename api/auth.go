package api

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"antin/api/problem"
	"antin/archive"
)

// callerKey is where the desk's middleware leaves the caller of a request. No
// route of the JSON interface runs behind it: a cookie opens none of them.
const callerKey = "antin.caller"

// caller is who a request comes from.
type caller struct{ key archive.Key }

// authenticate finds the caller by the bearer token, or takes the one whom the
// desk's middleware found by the session.
func (s *Server) authenticate(c echo.Context) (*caller, error) {
	if who, ok := c.Get(callerKey).(*caller); ok {
		return who, nil
	}
	scheme, token, ok := strings.Cut(c.Request().Header.Get(echo.HeaderAuthorization), " ")
	if !ok || !strings.EqualFold(scheme, "Bearer") {
		return nil, problem.New(problem.Unauthorized, nil)
	}
	key, err := s.service.Store().Authenticate(c.Request().Context(), strings.TrimSpace(token))
	if _, refused := errors.AsType[*archive.KeyError](err); refused {
		return nil, problem.New(problem.Unauthorized, err)
	}
	if err != nil {
		return nil, err
	}
	return &caller{key: key}, nil
}

// allow finds the caller and checks that it has at least one of the roles. A
// refusal enters the audit trail.
func (s *Server) allow(c echo.Context, roles ...archive.Role) (*caller, error) {
	who, err := s.authenticate(c)
	if err != nil {
		return nil, err
	}
	for _, r := range roles {
		if slices.Contains(who.key.Roles, r) {
			return who, nil
		}
	}
	return nil, s.refuse(c, who, "một trong: "+roleNames(roles))
}

// allowAll is allow with every one of the roles.
func (s *Server) allowAll(c echo.Context, roles ...archive.Role) (*caller, error) {
	who, err := s.authenticate(c)
	if err != nil {
		return nil, err
	}
	for _, r := range roles {
		if !slices.Contains(who.key.Roles, r) {
			return nil, s.refuse(c, who, roleNames(roles))
		}
	}
	return who, nil
}

func (s *Server) refuse(c echo.Context, who *caller, need string) error {
	e := archive.Event{Action: archive.ActionRefused, Agency: who.key.Agency, By: who.actor(), At: s.now()}
	if _, err := s.service.Store().Record(context.WithoutCancel(c.Request().Context()), e); err != nil {
		return err
	}
	return problem.New(problem.Forbidden, nil, need, roleNames(who.key.Roles))
}

func roleNames(roles []archive.Role) string {
	s := make([]string, len(roles))
	for i, r := range roles {
		s[i] = string(r)
	}
	return strings.Join(s, ", ")
}

func (w *caller) actor() archive.Actor {
	return archive.Actor{ID: w.key.ID, Name: w.key.Name, Role: roleNames(w.key.Roles), Person: w.key.Person}
}

// sees reports whether the caller may see an agency's documents. What it may
// not see is answered as not found.
func (w *caller) sees(agency string) bool { return w.key.Agency == "" || w.key.Agency == agency }
