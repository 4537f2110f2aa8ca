package api

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"

	"github.com/labstack/echo/v4"

	"antin/api/problem"
	"antin/archive"
	"antin/issuance"
)

// historyRow is one move of a document, in words.
type historyRow struct {
	archive.Step
	What, By string
	As       string // whose signature it was
}

var revisionWords = map[archive.RevisionKind]string{
	archive.RevisionDraft: "dự thảo", archive.RevisionSigned: "đã ký", archive.RevisionIssued: "đã cấp số, đóng dấu",
	archive.RevisionPreserved: "bổ sung dữ liệu lưu trữ lâu dài",
}

// revisionRow is one revision of a document's PDF.
type revisionRow struct {
	archive.Revision
	What string
}

// documentPage shows what is known of one document and what can be done with it.
func (s *Server) documentPage(c echo.Context) error {
	who, doc, err := s.find(c, c.Param("id"))
	if err != nil {
		return err
	}
	if err := s.service.Look(c.Request().Context(), doc, "facts", who.actor()); err != nil {
		return err
	}
	body := struct {
		deskRow
		Title       string
		Agency      string
		Answer      stateLabel
		LookupURL   string
		DossierPath string
		Token       string
		Actions     []deskAction
		Revisions   []revisionRow
		History     []historyRow
		Annexes     []archive.Annex
		CanAnnex    bool
		CanCopy     bool
		CanView     bool // a copy that says that it is no longer in force
	}{
		deskRow: s.deskRow(who, doc), Agency: s.agencyTitle(doc.Agency), Answer: labelOf(doc.State),
		LookupURL: "/tra-cuu/" + doc.LookupCode, DossierPath: dossierPath(who, doc), Token: deskOf(c).Token, Title: doc.Subject,
	}
	if body.Annexes, err = s.service.Annexes(c.Request().Context(), doc.ID); err != nil {
		return err
	}
	body.CanCopy = doc.State.InForce() && doc.Number != nil && !issuance.IsCopy(doc) && who.has(archive.RoleClerk)
	body.CanView = (doc.State == archive.Withdrawn || doc.State == archive.Replaced) && !doc.Issued.IsZero() && doc.Destroyed.IsZero()
	body.CanAnnex = doc.State == archive.Drafted && who.has(archive.RoleWorkflow, archive.RoleClerk)
	for _, name := range []string{"ky", "phat-hanh", "tra-lai", "giao", "thu-hoi"} {
		if a := actions[name]; who.has(a.roles...) && a.check(s, who, doc) == nil {
			body.Actions = append(body.Actions, a)
		}
	}
	for _, r := range slices.Backward(doc.Revisions) {
		body.Revisions = append(body.Revisions, revisionRow{r, revisionWords[r.Kind]})
	}
	overrides, err := s.service.PhotoOverrides(c.Request().Context(), doc.ID)
	if err != nil {
		return err
	}
	for _, o := range overrides {
		row := historyRow{Step: archive.Step{Reason: o.Reason, By: o.By, At: o.At}, What: "Nhận ảnh 4x6 sau khi cán bộ xem", By: cmp.Or(o.By.Name, o.By.ID)}
		body.History = append(body.History, row)
	}
	for _, h := range doc.History {
		row := historyRow{Step: h, What: problem.MoveName(h.Move), By: h.By.Name}
		if row.By == "" {
			row.By = h.By.ID
		}
		row.As = s.personName(doc.Agency, h.By.Person)
		body.History = append(body.History, row)
	}
	return s.page(c, http.StatusOK, "document", doc.Subject, body)
}

// personName is a signatory's or clerk's name, "" for nobody.
func (s *Server) personName(agency, id string) string {
	a, err := s.service.Agency(agency)
	if err != nil || id == "" {
		return id
	}
	for _, p := range slices.Concat(a.Profile.Signatories, a.Profile.Clerks) {
		if p.Key == id {
			return p.Name
		}
	}
	return id
}

// documentFile is a revision's PDF, by the same call as the JSON interface: the
// look is entered in the audit trail.
func (s *Server) documentFile(c echo.Context) error {
	var params GetDocumentPDFParams
	if v := c.QueryParam("ban"); v != "" {
		n, err := strconv.Atoi(v)
		if err != nil {
			return problem.New(problem.BadParameter, err, "ban", "phải là số thứ tự của bản / it must be the revision's number")
		}
		params.Revision = &n
	}
	return (*handlers)(s).GetDocumentPDF(c, c.Param("id"), params)
}
