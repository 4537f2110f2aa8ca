package api

import (
	"cmp"
	"context"
	"errors"
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
	"antin/templates"
)

// maxQueue bounds how many waiting documents are read to show the oldest first.
const maxQueue = 5000

// maxBatch is how many documents one order takes.
const maxBatch = 100

// stateLabel is a state as a list shows it.
type stateLabel struct {
	Tone tone
	Text string
}

func labelOf(state archive.State) stateLabel {
	l := stateLabel{Tone: plain, Text: problem.StateName(state)}
	switch state {
	case archive.Issued, archive.Delivered:
		l.Tone = good
	case archive.Withdrawn, archive.Replaced, archive.Returned:
		l.Tone = bad
	case archive.Numbered, archive.Corrected:
		l.Tone = caution
	case archive.Drafted, archive.Signed:
	}
	return l
}

// deskRow is a document in a list.
type deskRow struct {
	archive.Document
	Label  stateLabel
	Agency string // in words; "" where the caller works for one agency
	Since  time.Time
	Age    string
	// Warnings are the rules that it breaks and that do not stop it.
	Warnings []templates.Warning
}

// warnRows reads the data of those documents of a page whose forms may warn.
func (s *Server) warnRows(ctx context.Context, rows []deskRow) error {
	for i := range rows {
		if !s.service.MayWarn(rows[i].Document) {
			continue
		}
		doc, err := s.service.Store().Get(ctx, rows[i].ID)
		if err != nil {
			return err
		}
		rows[i].Warnings = s.service.Warnings(doc)
	}
	return nil
}

func (s *Server) deskRow(who *caller, d archive.Document) deskRow {
	r := deskRow{Document: d, Label: labelOf(d.State), Since: d.Updated, Warnings: s.service.Warnings(d)}
	if d.State == archive.Drafted {
		r.Since = d.Created
	}
	r.Age = ageWord(s.now().Sub(r.Since))
	if who.key.Agency == "" && len(s.service.AgencyIDs()) > 1 {
		r.Agency = s.agencyTitle(d.Agency)
	}
	return r
}

func (s *Server) agencyTitle(id string) string {
	if a, err := s.service.Agency(id); err == nil {
		return a.Profile.Title
	}
	return id
}

func ageWord(d time.Duration) string {
	switch {
	case d < time.Minute:
		return "vừa xong"
	case d < time.Hour:
		return fmt.Sprintf("%d phút", int(d.Minutes()))
	case d < 24*time.Hour:
		return fmt.Sprintf("%d giờ", int(d.Hours()))
	}
	return fmt.Sprintf("%d ngày", int(d.Hours()/24))
}

// waits is the move on the way to issue that a document waits for.
func waits(d archive.Document) archive.Move {
	if allowed := archive.Allowed(d.State, d.Moves); len(allowed) > 0 {
		return allowed[0]
	}
	return ""
}

// queueBody is what a page of waiting documents shows.
type queueBody struct {
	Title, TitleEN, Empty string
	Rows                  []deskRow
	Total                 int
	More                  bool // there are more than maxQueue
	Text, Signatory       string
	Signatories           []string
	Actions               []deskAction
	Most                  int
	Pages, Here           int
	Size                  int
	Before, After, Wide   string // addresses of other pages
}

func (s *Server) queueToSign(c echo.Context) error {
	who, err := s.allow(c, archive.RoleSignatory)
	if err != nil {
		return err
	}
	body := queueBody{
		Title: "Văn bản chờ ký", TitleEN: "Documents to sign", Empty: "Không có văn bản nào chờ ký.",
		Actions: []deskAction{actions["ky"], actions["tra-lai"]},
	}
	states := []archive.State{archive.Drafted, archive.Numbered}
	return s.queue(c, who, body, states, func(d archive.Document) bool { return s.theirs(who, d, archive.RoleSignatory) })
}

func (s *Server) queueToIssue(c echo.Context) error {
	who, err := s.allow(c, archive.RoleClerk)
	if err != nil {
		return err
	}
	body := queueBody{
		Title: "Văn bản chờ cấp số, đóng dấu", TitleEN: "Documents to number and seal", Empty: "Không có văn bản nào chờ cấp số, đóng dấu.",
		Actions: []deskAction{actions["phat-hanh"], actions["tra-lai"]},
	}
	states := []archive.State{archive.Drafted, archive.Signed, archive.Numbered}
	return s.queue(c, who, body, states, func(d archive.Document) bool { return s.theirs(who, d, archive.RoleClerk) })
}

// theirs reports whether a document waits for a caller in a role: for a move of
// that role, and for nobody else's signature.
func (s *Server) theirs(who *caller, d archive.Document, role archive.Role) bool {
	switch m := waits(d); m {
	case archive.MoveSign, archive.MoveNumber, archive.MoveIssue:
		return s.service.Signs(d, m) == role && s.service.MaySign(d, who.actor()) == nil
	default:
		return false
	}
}

// queue shows the documents that wait, the one that waits longest first: the
// order in which they are numbered.
func (s *Server) queue(c echo.Context, who *caller, body queueBody, states []archive.State, keep func(archive.Document) bool) error {
	body.Text, body.Signatory, body.Most = strings.TrimSpace(c.QueryParam("q")), c.QueryParam("nguoi-ky"), maxBatch
	docs, more, err := s.waiting(c.Request().Context(), archive.Filter{Agency: who.key.Agency, States: states, Text: body.Text}, keep)
	if err != nil {
		return filterProblem(err)
	}
	rows := make([]deskRow, 0, len(docs))
	for _, d := range docs {
		if d.SignatoryName != "" && !slices.Contains(body.Signatories, d.SignatoryName) {
			body.Signatories = append(body.Signatories, d.SignatoryName)
		}
		if body.Signatory == "" || body.Signatory == d.SignatoryName {
			rows = append(rows, s.deskRow(who, d))
		}
	}
	slices.Sort(body.Signatories)
	slices.SortStableFunc(rows, func(a, b deskRow) int { return cmp.Or(a.Since.Compare(b.Since), cmp.Compare(a.ID, b.ID)) })
	body.Total, body.More = len(rows), more
	body.Rows = body.paged(rows, c)
	if err := s.warnRows(c.Request().Context(), body.Rows); err != nil {
		return err
	}
	return s.page(c, http.StatusOK, "queue", body.Title, body)
}

// paged cuts a queue to the page asked for.
func (b *queueBody) paged(rows []deskRow, c echo.Context) []deskRow {
	b.Size = 50
	if c.QueryParam("moi-trang") == "100" {
		b.Size = maxBatch
	}
	b.Pages = max(1, (len(rows)+b.Size-1)/b.Size)
	b.Here, _ = strconv.Atoi(c.QueryParam("trang")) // what is no number is page 1
	b.Here = min(max(1, b.Here), b.Pages)
	at := func(page, size int) string {
		q := url.Values{}
		for k, v := range map[string]string{"q": b.Text, "nguoi-ky": b.Signatory} {
			if v != "" {
				q.Set(k, v)
			}
		}
		if page > 1 {
			q.Set("trang", strconv.Itoa(page))
		}
		if size != 50 {
			q.Set("moi-trang", strconv.Itoa(size))
		}
		return c.Path() + "?" + q.Encode()
	}
	if b.Here > 1 {
		b.Before = at(b.Here-1, b.Size)
	}
	if b.Here < b.Pages {
		b.After = at(b.Here+1, b.Size)
	}
	if b.Size == 50 && len(rows) > 50 {
		b.Wide = at(1, maxBatch)
	}
	from := (b.Here - 1) * b.Size
	return rows[from:min(from+b.Size, len(rows))]
}

// waiting reads the documents in these states that keep wants, at most maxQueue.
func (s *Server) waiting(ctx context.Context, f archive.Filter, keep func(archive.Document) bool) (out []archive.Document, more bool, err error) {
	p := archive.Page{Limit: archive.MaxPage}
	for {
		page, err := s.service.Store().List(ctx, f, p)
		if err != nil {
			return nil, false, err
		}
		for _, d := range page.Documents {
			if !keep(d) {
				continue
			}
			if len(out) == maxQueue {
				return out, true, nil
			}
			out = append(out, d)
		}
		if page.Next == "" {
			return out, false, nil
		}
		p.After = page.Next
	}
}

// filterProblem words what is wrong with a search.
func filterProblem(err error) error {
	if invalid, ok := errors.AsType[*archive.InvalidError](err); ok {
		p := problem.New(problem.BadParameter, err, invalid.Field, invalid.Problem)
		return titled(p, "Không tìm được với điều kiện này", "This search cannot be made", http.StatusBadRequest)
	}
	return err
}

// documentsPage lists documents of any state, newest first.
func (s *Server) documentsPage(c echo.Context) error {
	who, err := s.allow(c, everyone...)
	if err != nil {
		return err
	}
	body := struct {
		Text, State string
		States      []archive.State
		Words       map[archive.State]string
		Rows        []deskRow
		Next        string
		First       bool
	}{
		Text: strings.TrimSpace(c.QueryParam("q")), State: c.QueryParam("trang-thai"),
		States: archive.States(), Words: map[archive.State]string{}, First: c.QueryParam("sau") == "",
	}
	for _, st := range body.States {
		body.Words[st] = problem.StateName(st)
	}
	f := archive.Filter{Agency: who.key.Agency, Text: body.Text}
	if st := archive.State(body.State); slices.Contains(body.States, st) {
		f.States = []archive.State{st}
	}
	page, err := s.service.Store().List(c.Request().Context(), f, archive.Page{After: c.QueryParam("sau"), Limit: 50})
	if err != nil {
		return filterProblem(err)
	}
	for _, d := range page.Documents {
		body.Rows = append(body.Rows, s.deskRow(who, d))
	}
	body.Next = nextPage(c, page.Next)
	return s.page(c, http.StatusOK, "documents", "Mọi văn bản", body)
}

// nextPage is this page's address with the cursor of the next one.
func nextPage(c echo.Context, cursor string) string {
	if cursor == "" {
		return ""
	}
	q := c.QueryParams()
	out := url.Values{}
	for k := range q {
		if v := q.Get(k); v != "" && len(out) < 10 {
			out.Set(k, v)
		}
	}
	out.Set("sau", cursor)
	return c.Path() + "?" + out.Encode()
}
