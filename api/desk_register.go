package api

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"antin/api/problem"
	"antin/archive"
	"antin/issuance"
)

// registerRow is a line of the register.
type registerRow struct {
	archive.Entry
	Label stateLabel
}

// choice is an option of a list to choose from.
type choice struct{ Value, Text string }

// registerBody is what the register's page shows.
type registerBody struct {
	Text, Book, Year, From, To, DayFrom, DayTo, Type, Recipient, State string
	Narrowed                                                           bool // by more than book, year and words
	Books                                                              []string
	Years                                                              []int
	States                                                             []choice
	Agencies                                                           []choice // to export from; empty where the caller works for one
	Rows                                                               []registerRow
	Next                                                               string
	First                                                              bool
}

// registerPage is the register of outgoing documents, with the columns of Nghị
// định 30/2020/NĐ-CP, Phụ lục IV.
func (s *Server) registerPage(c echo.Context) error {
	who, err := s.allow(c, archive.RoleClerk, archive.RoleAuditor)
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	asked := func(name string) string { return strings.TrimSpace(c.QueryParam(name)) }
	body := registerBody{
		Text: asked("q"), Book: asked("so"), Year: asked("nam"), From: asked("tu-so"), To: asked("den-so"), DayFrom: asked("tu-ngay"),
		DayTo: asked("den-ngay"), Type: asked("loai"), Recipient: asked("noi-nhan"), State: asked("trang-thai"), First: asked("sau") == "",
	}
	body.Narrowed = body.To+body.DayFrom+body.DayTo+body.Type+body.Recipient+body.State != ""
	this := s.now().In(archive.Zone).Year()
	if _, there := c.QueryParams()["nam"]; !there {
		body.Year = strconv.Itoa(this)
	}
	for y := this; y > this-10; y-- {
		body.Years = append(body.Years, y)
	}
	books, err := s.service.Store().Books(ctx, who.key.Agency)
	if err != nil {
		return err
	}
	for _, b := range books {
		if !slices.Contains(body.Books, b.Code) {
			body.Books = append(body.Books, b.Code)
		}
	}
	for _, st := range archive.States()[2:] { // those that have a number
		if st != archive.Returned {
			body.States = append(body.States, choice{string(st), problem.StateName(st)})
		}
	}
	if ids := s.service.AgencyIDs(); who.key.Agency == "" && len(ids) > 1 {
		for _, id := range ids {
			body.Agencies = append(body.Agencies, choice{id, s.agencyTitle(id)})
		}
	}
	page, err := s.service.Store().Register(ctx, body.filter(who), archive.Page{After: asked("sau"), Limit: 50})
	if err != nil {
		return filterProblem(err)
	}
	for _, e := range page.Entries {
		body.Rows = append(body.Rows, registerRow{e, labelOf(e.State)})
	}
	body.Next = nextPage(c, page.Next)
	return s.page(c, http.StatusOK, "register", "Sổ đăng ký văn bản đi", body)
}

// filter is what the page's fields ask for. What is no number or no date does
// not narrow: the page shows the field as it was typed.
func (b *registerBody) filter(who *caller) archive.Filter {
	f := archive.Filter{Agency: who.key.Agency, Book: b.Book, Text: b.Text, DocumentType: b.Type, Recipient: b.Recipient}
	number := func(s string) int {
		n, err := strconv.Atoi(s)
		if err != nil {
			return 0
		}
		return max(0, n)
	}
	day := func(s string) time.Time {
		t, err := time.ParseInLocation(time.DateOnly, s, archive.Zone)
		if err != nil {
			return time.Time{}
		}
		return t
	}
	f.Year, f.SerialFrom, f.SerialTo = number(b.Year), number(b.From), number(b.To)
	f.DayFrom, f.DayTo = day(b.DayFrom), day(b.DayTo)
	if st := archive.State(b.State); slices.Contains(archive.States(), st) {
		f.States = []archive.State{st}
	}
	return f
}

// registerFile is a book of the register as a file.
func (s *Server) registerFile(c echo.Context) error {
	who, err := s.allow(c, archive.RoleClerk, archive.RoleAuditor)
	if err != nil {
		return err
	}
	asked := c.QueryParam("co-quan")
	agency, err := s.agencyOf(who, &asked)
	if err != nil {
		return err
	}
	year, err := strconv.Atoi(c.QueryParam("nam"))
	if err != nil {
		return titled(problem.New(problem.BadParameter, err, "nam", "hãy chọn một năm / choose a year"), "Chưa chọn năm", "No year was chosen", http.StatusBadRequest)
	}
	e := issuance.Export{Agency: agency, Book: c.QueryParam("so"), Year: year, Format: c.QueryParam("dang")}
	name := fmt.Sprintf("so-%s-%d.%s", asciiName(archive.Fold(e.Book)), year, e.Format)
	export, mediaType := s.service.Export, issuance.Formats[e.Format]
	if t, ok := issuance.RecordFormats[e.Format]; ok {
		export, mediaType = s.service.ExportRecords, t
	}
	content, err := export(c.Request().Context(), e, who.actor())
	if err != nil {
		return err
	}
	return private(c, mediaType, name, content)
}

// dossierFile is the package of a dossier.
func (s *Server) dossierFile(c echo.Context) error {
	who, err := s.allow(c, archive.RoleClerk, archive.RoleAuditor)
	if err != nil {
		return err
	}
	asked := c.QueryParam("co-quan")
	agency, err := s.agencyOf(who, &asked)
	if err != nil {
		return err
	}
	return s.sendPackage(c, who, agency, c.QueryParam("ma"))
}

// dossierPath is the address of a document's dossier package; "" where it has
// none or the caller may not have it.
func dossierPath(who *caller, d archive.Document) string {
	if d.DossierCode == "" || d.Number == nil && d.Issued.IsZero() || !who.has(archive.RoleClerk, archive.RoleAuditor) {
		return ""
	}
	return deskPath + "/ho-so?" + url.Values{"ma": {d.DossierCode}, "co-quan": {d.Agency}}.Encode()
}

// retentionBody is what the page of expired documents shows.
type retentionBody struct {
	Rows                      []issuance.Due
	Next                      string
	May                       bool // the caller may carry out a decision
	Token                     string
	Most                      int
	Decision, Minutes, Reason string
	Wrong                     string
	Chosen                    map[string]bool
	Result                    *DestructionResult
}

// retentionPage lists the documents whose retention period has ended.
func (s *Server) retentionPage(c echo.Context) error {
	who, err := s.allow(c, archive.RoleClerk, archive.RoleAuditor)
	if err != nil {
		return err
	}
	return s.showRetention(c, http.StatusOK, who, retentionBody{})
}

func (s *Server) showRetention(c echo.Context, status int, who *caller, body retentionBody) error {
	due, next, err := s.service.RetentionDue(c.Request().Context(), who.key.Agency, archive.Page{After: c.QueryParam("sau"), Limit: maxBatch})
	if err != nil {
		return filterProblem(err)
	}
	body.Rows, body.May, body.Token, body.Most = due, who.has(archive.RoleClerk), deskOf(c).Token, maxBatch
	if next != "" {
		body.Next = deskPath + "/het-han?" + url.Values{"sau": {next}}.Encode()
	}
	return s.page(c, status, "retention", "Hết thời hạn bảo quản", body)
}

// destroyPage carries out a decision on destruction. Without the decision, the
// minutes, the reason and the tick that says it is meant nothing is done.
func (s *Server) destroyPage(c echo.Context) error {
	who, err := s.allow(c, archive.RoleClerk)
	if err != nil {
		return err
	}
	form := c.Request().PostForm
	get := func(name string) string { return strings.TrimSpace(form.Get(name)) }
	body := retentionBody{Decision: get("quyet-dinh"), Minutes: get("bien-ban"), Reason: get("ly-do"), Chosen: map[string]bool{}}
	ids := slices.Compact(slices.Sorted(slices.Values(form["id"])))
	for _, id := range ids {
		body.Chosen[id] = true
	}
	long := func(v string, most int) bool { n := len([]rune(v)); return n < minReasonRunes || n > most }
	switch {
	case len(ids) == 0 || len(ids) > maxBatch:
		body.Wrong = fmt.Sprintf("Hãy đánh dấu từ 1 đến %d văn bản trong danh sách.", maxBatch)
	case long(body.Decision, 200) || long(body.Minutes, 200) || long(body.Reason, maxReasonRunes):
		body.Wrong = "Hãy ghi đủ quyết định hủy, biên bản hủy và lý do."
	case form.Get("chac-chan") != "1":
		body.Wrong = "Hãy đánh dấu xác nhận: việc hủy không hoàn tác được."
	}
	if body.Wrong != "" {
		return s.showRetention(c, http.StatusUnprocessableEntity, who, body)
	}
	act := archive.Destruction{Reason: body.Reason, Decision: body.Decision, Minutes: body.Minutes}
	out, err := s.destroy(c, who, ids, act)
	if err != nil {
		return err
	}
	return s.showRetention(c, http.StatusOK, who, retentionBody{Result: &out})
}
