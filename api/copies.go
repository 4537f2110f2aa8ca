package api

import (
	"crypto/sha256"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"antin/api/problem"
	"antin/archive"
	"antin/issuance"
)

// CreateCopy implements POST /v1/copies.
func (h *handlers) CreateCopy(c echo.Context, params CreateCopyParams) error {
	s := h.server()
	who, err := s.allow(c, archive.RoleClerk)
	if err != nil {
		return err
	}
	if err := checkIdempotencyKey(params.IdempotencyKey); err != nil {
		return err
	}
	form, err := readUploadForm(c)
	if err != nil {
		return err
	}
	doc, replay, err := s.copy(c, who, form, who.key.ID+" POST /v1/copies", params.IdempotencyKey)
	if err != nil {
		return err
	}
	status := http.StatusCreated
	if replay {
		status = http.StatusOK
		c.Response().Header().Set("Idempotent-Replay", "true")
	}
	c.Response().Header().Set(echo.HeaderLocation, "/v1/documents/"+doc.ID)
	return s.answerDocument(c, status, doc)
}

// copyFields are the values of a form for a copy.
var copyFields = []string{"kind", "agency", "document", "pages", "source_agency", "source_number", "source_date", "source_subject", "signatory"}

// copy makes the copy that a form asks for.
func (s *Server) copy(c echo.Context, who *caller, form *uploadForm, scope, key string) (archive.Document, bool, error) {
	v := form.values
	agency := v.Get("agency")
	if agency == "" {
		agency = who.key.Agency
	}
	if !who.sees(agency) {
		return archive.Document{}, false, problem.New(problem.AgencyUnknown, nil, agency, who.key.Agency)
	}
	pages, err := readPages(v.Get("pages"))
	if err != nil {
		return archive.Document{}, false, err
	}
	r := issuance.CopyRequest{
		Kind: issuance.CopyKind(v.Get("kind")), Agency: agency, Document: v.Get("document"), Pages: pages, Signatory: v.Get("signatory"),
		Source: issuance.CopySource{Agency: v.Get("source_agency"), Number: v.Get("source_number"), Date: v.Get("source_date"), Subject: v.Get("source_subject")},
		By:     who.actor(),
	}
	hash := sha256.New()
	for _, f := range copyFields {
		fmt.Fprintf(hash, "%q=%q\n", f, v.Get(f))
	}
	if form.file != nil {
		r.PDF = form.file.content
		hash.Write(r.PDF)
	}
	if r.Document != "" && agency == "" { // the copy is made by the agency that has the document
		doc, err := s.service.Store().Get(c.Request().Context(), r.Document)
		if err != nil {
			return doc, false, err
		}
		r.Agency = doc.Agency
	}
	r.Idempotency = archive.Idempotency{Scope: scope, Key: key, RequestHash: [32]byte(hash.Sum(nil))}
	return s.service.Copy(c.Request().Context(), r, issuance.UntilIssued)
}

// maxCopyPages bounds how many pages one extract names.
const maxCopyPages = 1000

// readPages reads "1,3-5" as 1, 3, 4, 5.
func readPages(text string) ([]int, error) {
	if strings.TrimSpace(text) == "" {
		return nil, nil
	}
	bad := problem.New(problem.BadParameter, nil, "pages", "ghi số trang như 1,3-5 / write page numbers such as 1,3-5")
	var out []int
	for part := range strings.SplitSeq(text, ",") {
		from, to, isRange := strings.Cut(strings.TrimSpace(part), "-")
		a, err := strconv.Atoi(strings.TrimSpace(from))
		b := a
		if err == nil && isRange {
			b, err = strconv.Atoi(strings.TrimSpace(to))
		}
		if err != nil || a < 1 || b < a || b-a >= maxCopyPages || len(out)+b-a >= maxCopyPages {
			return nil, bad
		}
		for n := a; n <= b; n++ {
			out = append(out, n)
		}
	}
	slices.Sort(out)
	return slices.Compact(out), nil
}
