package api

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"antin/api/problem"
	"antin/archive"
)

// deskAction is an order that a person gives at the desk: who may, when it is
// offered, what it says before and after, and the call that carries it out.
type deskAction struct {
	Name             string // in forms
	Button, ButtonEN string
	Ask, AskEN       string // what is asked for, before "n văn bản"
	Happens          string // what will be so afterwards
	Done             string // after the count of documents
	Danger           bool
	// Reason asks for one; ReasonHint says who will read it.
	Reason     bool
	ReasonHint string
	List       string // page to go on with

	roles []archive.Role
	moves []archive.Move // any of them allowed offers the action
	// first wants the move to be the next on the way to issue, and the roles' and
	// the caller's to make.
	first bool
	do    func(ctx context.Context, s *Server, id, reason string, by archive.Actor) (archive.Document, error)
}

var actions = map[string]deskAction{
	"ky": {
		Name: "ky", Button: "Ký các văn bản đã chọn", ButtonEN: "Sign", Ask: "Ký", AskEN: "Sign",
		Happens: "Từng văn bản sẽ mang chữ ký số của người có thẩm quyền ghi bên dưới và chuyển sang văn thư; văn bản chỉ cần một chữ ký thì phát hành ngay. Sau khi ký, nội dung không sửa được nữa.",
		Done:    "đã ký", List: deskPath + "/cho-ky",
		roles: []archive.Role{archive.RoleSignatory}, moves: []archive.Move{archive.MoveSign, archive.MoveNumber, archive.MoveIssue}, first: true,
		do: func(ctx context.Context, s *Server, id, _ string, by archive.Actor) (archive.Document, error) {
			return s.service.Sign(ctx, id, by)
		},
	},
	"phat-hanh": {
		Name: "phat-hanh", Button: "Cấp số và đóng dấu các văn bản đã chọn", ButtonEN: "Number and seal", Ask: "Cấp số và đóng dấu", AskEN: "Number and seal",
		Happens: "Từng văn bản nhận số tiếp theo trong sổ của mình theo đúng thứ tự dưới đây, mang ngày hôm nay, được đóng dấu cơ quan (phiếu do chính bạn ký thì mang chữ ký của bạn) và phát hành. Số đã cấp không dùng lại và không bỏ được.",
		Done:    "đã cấp số và đóng dấu", List: deskPath + "/cho-phat-hanh",
		roles: []archive.Role{archive.RoleClerk}, moves: []archive.Move{archive.MoveNumber, archive.MoveIssue}, first: true,
		do: func(ctx context.Context, s *Server, id, _ string, by archive.Actor) (archive.Document, error) {
			return s.service.Issue(ctx, id, by)
		},
	},
	"tra-lai": {
		Name: "tra-lai", Button: "Trả lại", ButtonEN: "Return", Ask: "Trả lại", AskEN: "Return to the drafter", Danger: true,
		Happens: "Văn bản kết thúc tại đây, không được cấp số. Người soạn thấy lý do và lập văn bản mới.",
		Done:    "đã trả lại", List: deskPath, Reason: true, ReasonHint: "Người soạn sẽ đọc lý do này.",
		roles: []archive.Role{archive.RoleSignatory, archive.RoleClerk}, moves: []archive.Move{archive.MoveReturn},
		do: func(ctx context.Context, s *Server, id, reason string, by archive.Actor) (archive.Document, error) {
			return s.service.Return(ctx, id, reason, by)
		},
	},
	"giao": {
		Name: "giao", Button: "Ghi nhận đã giao", ButtonEN: "Delivered", Ask: "Ghi nhận đã giao", AskEN: "Note the delivery of",
		Happens: "Sổ đăng ký ghi ngày giao và người ký nhận; văn bản chuyển sang trạng thái “đã giao”.",
		Done:    "đã ghi nhận giao", List: deskPath + "/so-dang-ky", Reason: true, ReasonHint: "Ai nhận, nhận bằng cách nào; ghi vào cột “Ký nhận” của sổ.",
		roles: []archive.Role{archive.RoleClerk}, moves: []archive.Move{archive.MoveDeliver},
		do: func(ctx context.Context, s *Server, id, note string, by archive.Actor) (archive.Document, error) {
			return s.service.Deliver(ctx, id, note, by)
		},
	},
	"thu-hoi": {
		Name: "thu-hoi", Button: "Thu hồi văn bản", ButtonEN: "Withdraw", Ask: "Thu hồi", AskEN: "Withdraw", Danger: true,
		Happens: "Văn bản hết giá trị ngay. Ai tra cứu hoặc xác thực tệp sẽ thấy “đã bị thu hồi” cùng lý do. Số của văn bản vẫn giữ trong sổ. Không hoàn tác được.",
		Done:    "đã thu hồi", List: deskPath + "/so-dang-ky", Reason: true, ReasonHint: "Lý do hiện công khai ở trang tra cứu: không ghi tên hay thông tin cá nhân.",
		roles: []archive.Role{archive.RoleClerk}, moves: []archive.Move{archive.MoveWithdraw},
		do: func(ctx context.Context, s *Server, id, reason string, by archive.Actor) (archive.Document, error) {
			return s.service.Withdraw(ctx, id, reason, by)
		},
	},
}

// check reports why a document may not make the action now, by the archive's
// rule and by whose signature it waits for.
func (a deskAction) check(s *Server, who *caller, d archive.Document) error {
	if m := waits(d); a.first && slices.Contains(a.moves, m) && slices.Contains(a.roles, s.service.Signs(d, m)) {
		return s.service.MaySign(d, who.actor())
	}
	if !a.first && slices.ContainsFunc(archive.Allowed(d.State, d.Moves), func(m archive.Move) bool { return slices.Contains(a.moves, m) }) {
		return nil
	}
	return &archive.StateError{Document: d.ID, State: d.State, Move: a.moves[0], Allowed: archive.Allowed(d.State, d.Moves)}
}

// order is a form of the desk: an action over documents, in the order listed.
type order struct {
	deskAction
	ids    []string
	reason string
}

// maxReasonRunes is openapi.yaml's bound on a reason; minReasonRunes its least.
const minReasonRunes, maxReasonRunes = 3, 2000

// readOrder reads which action over which documents a form asks for, and checks
// the caller's role.
func (s *Server) readOrder(c echo.Context) (order, *caller, error) {
	form := c.Request().PostForm
	a, ok := actions[form.Get("viec")]
	if !ok {
		return order{}, nil, titled(problem.New(problem.BadParameter, nil, "viec", "không có việc này / there is no such action"), "Chưa chọn việc cần làm", "No action was chosen", http.StatusBadRequest)
	}
	o := order{deskAction: a, reason: strings.TrimSpace(form.Get("ly-do"))}
	who, err := s.allow(c, a.roles...)
	if err != nil {
		return o, nil, err
	}
	for _, id := range form["id"] {
		if !slices.Contains(o.ids, id) {
			o.ids = append(o.ids, id)
		}
		if len(o.ids) > maxBatch {
			return o, who, titled(problem.New(problem.BadParameter, nil, "id", fmt.Sprintf("mỗi lần tối đa %d văn bản; chưa có gì được thực hiện / at most %[1]d documents at once, nothing was done", maxBatch)),
				"Chọn quá nhiều văn bản", "Too many documents", http.StatusBadRequest)
		}
	}
	if len(o.ids) == 0 {
		return o, who, titled(problem.New(problem.BadParameter, nil, "id", "hãy đánh dấu ít nhất một văn bản trong danh sách / choose at least one document"),
			"Chưa chọn văn bản nào", "No document was chosen", http.StatusBadRequest)
	}
	return o, who, nil
}

// orderItem is one document of an order, before or after.
type orderItem struct {
	deskRow
	Problem *problem.Problem // why it is left out, or was not done
}

// orderBody is what the confirmation and the result show.
type orderBody struct {
	Action      deskAction
	Token       string
	Items, Left []orderItem // to be done (or done), and left out
	Reason      string
	Wrong       string
	Back        string // where giving up leads
	Signatories []signing
	Day         time.Time
}

// signing is whose signature an order uses, and how often.
type signing struct {
	Name, Title string
	Count       int
}

// confirmPage says what will happen, before anything does.
func (s *Server) confirmPage(c echo.Context) error {
	o, who, err := s.readOrder(c)
	if err != nil {
		return err
	}
	return s.confirm(c, http.StatusOK, o, who, "")
}

func (s *Server) confirm(c echo.Context, status int, o order, who *caller, wrong string) error {
	body := orderBody{Action: o.deskAction, Token: deskOf(c).Token, Reason: o.reason, Wrong: wrong, Day: s.now()}
	for _, id := range o.ids {
		_, doc, err := s.find(c, id, o.roles...)
		if err == nil {
			err = o.check(s, who, doc)
		}
		item := orderItem{deskRow: s.deskRow(who, doc)}
		if err != nil {
			p, err := itemProblem(err)
			if err != nil {
				return err
			}
			item.ID, item.Problem = id, p
			body.Left = append(body.Left, item)
			continue
		}
		body.Items = append(body.Items, item)
		body.Signatories = countSigner(body.Signatories, doc)
	}
	body.Back = o.List
	if len(o.ids) == 1 && len(body.Items) == 1 {
		body.Back = deskPath + "/van-ban/" + o.ids[0]
	}
	return s.page(c, status, "confirm", o.Ask+" văn bản", body)
}

func countSigner(all []signing, d archive.Document) []signing {
	i := slices.IndexFunc(all, func(x signing) bool { return x.Name == d.SignatoryName && x.Title == d.SignatoryTitle })
	if i < 0 {
		all, i = append(all, signing{Name: d.SignatoryName, Title: d.SignatoryTitle}), len(all)
	}
	all[i].Count++
	return all
}

// itemProblem separates what concerns one document from what stops the whole
// order.
func itemProblem(err error) (*problem.Problem, error) {
	p := problem.From(err)
	if p.Code == problem.Internal || p.Code == problem.StorageFull || p.Code == problem.Stopping {
		return nil, err
	}
	if w, ok := pageWords[p.Code]; ok {
		said := *p
		said.Detail, said.DetailEN = w[0], w[1]
		p = &said
	}
	return p, nil
}

// reserve is the time that a batch leaves for its answer.
const reserve = 3 * time.Second

// carryOut does an order, one document after the other in the order listed, and
// reports on each. Repeating it is safe: what is signed or issued stays as it is.
func (s *Server) carryOut(c echo.Context) error {
	o, who, err := s.readOrder(c)
	if err != nil {
		return err
	}
	if n := len([]rune(o.reason)); o.Reason && (n < minReasonRunes || n > maxReasonRunes) {
		wrong := fmt.Sprintf("Hãy ghi lý do, từ %d đến %d ký tự. Chưa có gì được thực hiện.", minReasonRunes, maxReasonRunes)
		return s.confirm(c, http.StatusUnprocessableEntity, o, who, wrong)
	}
	ctx := c.Request().Context()
	body := orderBody{Action: o.deskAction, Reason: o.reason}
	for _, id := range o.ids {
		item := orderItem{}
		item.ID = id
		if end, ok := ctx.Deadline(); ok && time.Until(end) < reserve {
			p := problem.New(problem.TimedOut, nil)
			p.Detail, p.DetailEN = "Chưa làm vì hết thời gian; hãy chọn lại và làm tiếp.", "Not done for want of time; choose it again."
			item.Problem = p
			body.Left = append(body.Left, item)
			continue
		}
		_, doc, err := s.find(c, id, o.roles...)
		if err == nil {
			item.deskRow = s.deskRow(who, doc)
			doc, err = o.do(ctx, s, id, o.reason, who.actor())
		}
		if err != nil {
			if item.Problem = s.carriedOn(c, err); item.Problem == nil {
				return err
			}
			body.Left = append(body.Left, item)
			continue
		}
		item.deskRow = s.deskRow(who, doc)
		body.Items = append(body.Items, item)
	}
	status := http.StatusOK
	if len(body.Items) == 0 {
		status = cmp.Or(body.Left[0].Problem.Status, http.StatusConflict)
	}
	return s.page(c, status, "result", o.Ask+" văn bản", body)
}

// carriedOn words the failure of one document of a batch. Faults of the service
// are logged as they are for a single call; the rest of the batch goes on, and
// what was done before must be told.
func (s *Server) carriedOn(c echo.Context, err error) *problem.Problem {
	p := problem.From(err)
	if p.Status >= http.StatusInternalServerError {
		s.log.ErrorContext(c.Request().Context(), "problem", "trace", traceID(c), "code", p.Code, "route", c.Path(), "error", err)
	}
	if w, ok := pageWords[p.Code]; ok {
		said := *p
		said.Detail, said.DetailEN = w[0], w[1]
		p = &said
	}
	return p
}
