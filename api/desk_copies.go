package api

import (
	"crypto/rand"
	"encoding/hex"
	"net/http"
	"net/url"

	"github.com/labstack/echo/v4"

	"antin/api/problem"
	"antin/archive"
)

// copyPage is the desk's form for a copy: of a scanned paper, or an extract of a
// document of the register.
func (s *Server) copyPage(c echo.Context) error {
	if _, err := s.allow(c, archive.RoleClerk); err != nil {
		return err
	}
	values := url.Values{"kind": {"sao_y"}, "document": {c.QueryParam("van-ban")}}
	if values.Get("document") != "" {
		values.Set("kind", "trich_sao")
	}
	return s.showCopyForm(c, http.StatusOK, values, nil)
}

func (s *Server) showCopyForm(c echo.Context, status int, values url.Values, wrong *problem.Problem) error {
	who, err := s.allow(c, archive.RoleClerk)
	if err != nil {
		return err
	}
	body := struct {
		Token, Key string
		Values     map[string]string
		Wrong      *problem.Problem
		Source     *deskRow
		Agencies   []choice
	}{Token: deskOf(c).Token, Values: map[string]string{}, Wrong: wrong, Key: values.Get("khoa")}
	for _, f := range copyFields {
		body.Values[f] = values.Get(f)
	}
	if body.Key == "" {
		var b [16]byte
		_, _ = rand.Read(b[:]) // crypto/rand.Read never fails since Go 1.24
		body.Key = hex.EncodeToString(b[:])
	}
	if id := values.Get("document"); id != "" {
		_, doc, err := s.find(c, id, archive.RoleClerk)
		if err != nil {
			return err
		}
		row := s.deskRow(who, doc)
		body.Source, body.Values["agency"] = &row, doc.Agency
	} else if who.key.Agency == "" {
		for _, id := range s.service.AgencyIDs() {
			body.Agencies = append(body.Agencies, choice{id, s.agencyTitle(id)})
		}
	}
	return s.page(c, status, "copy", "Sao văn bản", body)
}

// makeCopy makes the copy and shows it. Sending the form again gives the same
// copy: it carries a key.
func (s *Server) makeCopy(c echo.Context) error {
	who, err := s.allow(c, archive.RoleClerk)
	if err != nil {
		return err
	}
	form := uploadOf(c)
	if form.file != nil && len(form.file.content) == 0 {
		form.file = nil // a browser sends an empty part where no file was chosen
	}
	key := form.values.Get("khoa")
	if err := checkIdempotencyKey(key); err != nil {
		return err
	}
	doc, _, err := s.copy(c, who, form, who.key.ID+" "+deskPath+"/sao", key)
	if err != nil {
		p := problem.From(err)
		if p.Status < http.StatusInternalServerError && p.Status != http.StatusForbidden {
			return s.showCopyForm(c, p.Status, form.values, p)
		}
		return err
	}
	return c.Redirect(http.StatusSeeOther, deskPath+"/van-ban/"+url.PathEscape(doc.ID))
}
