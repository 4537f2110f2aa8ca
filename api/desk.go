package api

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"antin/api/problem"
	"antin/api/web"
	"antin/archive"
)

// The desk is where signatories and clerks work by hand. It makes the same calls
// with the same roles as the JSON interface (allow, find, Service); only the way
// in differs: an API key once, then a session.
const (
	deskPath   = "/ban-lam-viec"
	signInPath = "/dang-nhap"
)

// maxDeskBody bounds a form of the desk: a hundred ids and a reason.
const maxDeskBody = 64 << 10

// sessionKey is where the desk's middleware leaves the session.
const sessionKey = "antin.session"

func (s *Server) deskPages(e *echo.Echo) {
	e.GET(signInPath, s.signInPage)
	e.POST(signInPath, s.signIn)
	e.POST("/dang-xuat", s.signOut, s.desk)
	home := func(c echo.Context) error { return c.Redirect(http.StatusSeeOther, deskPath) }
	e.GET("/dang-xuat", home)
	g := e.Group(deskPath, s.desk)
	g.GET("", s.deskHome)
	g.GET("/cho-ky", s.queueToSign)
	g.GET("/cho-phat-hanh", s.queueToIssue)
	g.GET("/so-dang-ky", s.registerPage)
	g.GET("/so-dang-ky/xuat", s.registerFile)
	g.GET("/ho-so", s.dossierFile)
	g.GET("/het-han", s.retentionPage)
	g.POST("/het-han", s.destroyPage)
	g.GET("/van-ban", s.documentsPage)
	g.GET("/van-ban/:id", s.documentPage)
	g.GET("/van-ban/:id/pdf", s.documentFile)
	g.GET("/van-ban/:id/ban-xem", s.deskViewingCopy)
	g.GET("/sao", s.copyPage)
	g.POST("/sao", s.makeCopy)
	g.POST("/van-ban/:id/phu-luc", s.deskAddAnnex)
	g.GET("/van-ban/:id/phu-luc/:n/pdf", s.deskAnnexFile)
	g.POST("/van-ban/:id/phu-luc/:n/bo", s.deskRemoveAnnex)
	g.POST("/xac-nhan", s.confirmPage)
	g.GET("/xac-nhan", home) // a page that was left open over the end of its session
	g.POST("/thuc-hien", s.carryOut)
	g.GET("/thuc-hien", home)
}

// secure reports whether citizens and officers reach the service over TLS.
func (s *Server) secure() bool { return strings.HasPrefix(s.service.LookupURL(""), "https://") }

// cookieName carries the __Host- prefix over TLS: such a cookie can come only
// from this host (RFC 6265bis, 4.1.3.2).
func (s *Server) cookieName(name string) string {
	if s.secure() {
		return "__Host-" + name
	}
	return name
}

func (s *Server) setCookie(c echo.Context, name, value string, maxAge int) {
	c.SetCookie(&http.Cookie{ //nolint:gosec // Secure wherever the service is reached over TLS
		Name: s.cookieName(name), Value: value, Path: "/", MaxAge: maxAge,
		HttpOnly: true, Secure: s.secure(), SameSite: http.SameSiteStrictMode,
	})
}

func (s *Server) cookie(c echo.Context, name string) string {
	k, err := c.Cookie(s.cookieName(name))
	if err != nil {
		return ""
	}
	return k.Value
}

// Names of the cookies: the session, and the token of the sign-in form, which
// has no session yet.
const (
	sessionCookie = "antin-phien"
	signInCookie  = "antin-dang-nhap"
)

// desk lets in who is signed in, and posts only with the session's token.
func (s *Server) desk(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		r := c.Request()
		id := s.cookie(c, sessionCookie)
		if id == "" {
			return s.toSignIn(c, false)
		}
		sess, key, err := s.findSession(r.Context(), id)
		if errors.As(err, new(*archive.NotFoundError)) || errors.As(err, new(*archive.KeyError)) {
			return s.toSignIn(c, true)
		}
		if err != nil {
			return err
		}
		c.Set(callerKey, &caller{key: key})
		c.Set(sessionKey, sess)
		if r.Method == http.MethodPost {
			if err := s.readForm(c, sess.token); err != nil {
				return err
			}
		}
		return next(c)
	}
}

// readForm reads a bounded form and checks that one of our pages sent it.
func (s *Server) readForm(c echo.Context, token string) error {
	r := c.Request()
	if takesFile(c.Path()) { // bounded like every request
		form, err := readUploadForm(c)
		if err != nil {
			return err
		}
		r.PostForm = form.values
		c.Set(uploadKey, form)
		return checkToken(r, token)
	}
	r.Body = http.MaxBytesReader(c.Response(), r.Body, maxDeskBody)
	if !strings.HasPrefix(r.Header.Get(echo.HeaderContentType), echo.MIMEApplicationForm) {
		return problem.New(problem.WrongMediaType, nil, echo.MIMEApplicationForm)
	}
	if err := r.ParseForm(); err != nil {
		if _, tooLarge := errors.AsType[*http.MaxBytesError](err); tooLarge {
			return problem.New(problem.TooLarge, err, "64 KB")
		}
		return titled(problem.New(problem.BadParameter, err, "form", "không đọc được / it cannot be read"), "Biểu mẫu bị hỏng", "The form is broken", http.StatusBadRequest)
	}
	return checkToken(r, token)
}

// checkToken refuses a form that none of our pages sent.
func checkToken(r *http.Request, token string) error {
	// A browser that says where the request comes from settles it too.
	site := r.Header.Get("Sec-Fetch-Site")
	if !sameToken(r.PostForm.Get("token"), token) || site == "cross-site" || site == "same-site" {
		return titled(problem.New(problem.BadParameter, nil, "token", "biểu mẫu này đã cũ hoặc không do trang này gửi. Chưa có gì được thực hiện; hãy mở lại trang và làm lại / the form is stale or was not sent by this page. Nothing was done"),
			"Biểu mẫu không còn hiệu lực", "The form is no longer good", http.StatusForbidden)
	}
	return nil
}

// titled says a problem under a title for people.
func titled(p *problem.Problem, title, titleEN string, status int) *problem.Problem {
	p.Title, p.TitleEN, p.Status = title, titleEN, status
	return p
}

// toSignIn sends a browser to the sign-in and, after a look, back to its page.
func (s *Server) toSignIn(c echo.Context, ended bool) error {
	q := url.Values{}
	if c.Request().Method == http.MethodGet {
		q.Set("ve", c.Request().URL.RequestURI())
	}
	if ended {
		q.Set("het", "1")
	}
	to := signInPath
	if len(q) > 0 {
		to += "?" + q.Encode()
	}
	return c.Redirect(http.StatusSeeOther, to)
}

// backTo is the page of the desk to return to; anything else is the desk itself.
func backTo(asked string) string {
	u, err := url.Parse(asked)
	if err != nil || u.IsAbs() || u.Host != "" || (u.Path != deskPath && !strings.HasPrefix(u.Path, deskPath+"/")) || strings.Contains(asked, "\\") {
		return deskPath
	}
	return u.RequestURI()
}

// signInBody is what the sign-in page shows.
type signInBody struct{ Token, Back, Wrong, Ended string }

func (s *Server) signInPage(c echo.Context) error {
	if _, _, err := s.findSession(c.Request().Context(), s.cookie(c, sessionCookie)); err == nil {
		return c.Redirect(http.StatusSeeOther, backTo(c.QueryParam("ve")))
	}
	body := signInBody{Back: backTo(c.QueryParam("ve"))}
	if c.QueryParam("het") != "" {
		body.Ended = "Phiên làm việc đã kết thúc. Việc đang làm dở chưa được thực hiện; hãy đăng nhập lại."
	}
	return s.showSignIn(c, http.StatusOK, body)
}

// showSignIn gives the form a token of its own, in a cookie and in the form.
func (s *Server) showSignIn(c echo.Context, status int, body signInBody) error {
	body.Token = randomToken()
	s.setCookie(c, signInCookie, body.Token, 3600)
	return s.page(c, status, "signin", "Đăng nhập", body)
}

func (s *Server) signIn(c echo.Context) error {
	if !s.signIns.allow(c.RealIP(), s.now()) {
		return problem.New(problem.TooManyRequests, nil, 30)
	}
	if err := s.readForm(c, s.cookie(c, signInCookie)); err != nil {
		return err
	}
	ctx, form := c.Request().Context(), c.Request().PostForm
	back := backTo(form.Get("ve"))
	secret := strings.TrimSpace(form.Get("khoa"))
	key, err := s.service.Store().Authenticate(ctx, secret)
	if refused, ok := errors.AsType[*archive.KeyError](err); ok {
		s.log.WarnContext(ctx, "sign-in refused", "trace", traceID(c), "key", refused.ID, "reason", refused.Reason)
		return s.showSignIn(c, http.StatusForbidden, signInBody{Back: back, Wrong: "Khóa truy cập sai hoặc đã bị thu hồi. Hãy dán lại đủ cả khóa, kể cả phần antin_ ở đầu."})
	}
	if err != nil {
		return err
	}
	if err := s.recordSession(c, &caller{key: key}, actionSignIn); err != nil {
		return err
	}
	if err := s.endSession(ctx, s.cookie(c, sessionCookie)); err != nil {
		return err
	}
	id, err := s.openSession(ctx, key)
	if err != nil {
		return err
	}
	s.setCookie(c, signInCookie, "", -1)
	s.setCookie(c, sessionCookie, id, 0)
	return c.Redirect(http.StatusSeeOther, back)
}

func (s *Server) signOut(c echo.Context) error {
	who, err := s.authenticate(c)
	if err != nil {
		return err
	}
	if err := s.endSession(c.Request().Context(), s.cookie(c, sessionCookie)); err != nil {
		return err
	}
	s.setCookie(c, sessionCookie, "", -1)
	if err := s.recordSession(c, who, actionSignOut); err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, signInPath)
}

// The audit trail's words for coming and going.
const (
	actionSignIn  = "session.open"
	actionSignOut = "session.close"
)

func (s *Server) recordSession(c echo.Context, who *caller, action string) error {
	e := archive.Event{Action: action, Agency: who.key.Agency, By: who.actor(), At: s.now()}
	_, err := s.service.Store().Record(c.Request().Context(), e)
	return err
}

// deskEntry is an entry of the desk's menu and the roles that have it.
type deskEntry struct {
	web.Link
	roles []archive.Role
}

var deskMenu = []deskEntry{
	{web.Link{Path: deskPath + "/cho-ky", Text: "Chờ ký", TextEN: "To sign"}, []archive.Role{archive.RoleSignatory}},
	{web.Link{Path: deskPath + "/cho-phat-hanh", Text: "Chờ cấp số, đóng dấu", TextEN: "To issue"}, []archive.Role{archive.RoleClerk}},
	{web.Link{Path: deskPath + "/so-dang-ky", Text: "Sổ đăng ký", TextEN: "Register"}, []archive.Role{archive.RoleClerk, archive.RoleAuditor}},
	{web.Link{Path: deskPath + "/het-han", Text: "Hết hạn bảo quản", TextEN: "Retention"}, []archive.Role{archive.RoleClerk, archive.RoleAuditor}},
	{web.Link{Path: deskPath + "/sao", Text: "Sao văn bản", TextEN: "Copies"}, []archive.Role{archive.RoleClerk}},
	{web.Link{Path: deskPath + "/van-ban", Text: "Mọi văn bản", TextEN: "All documents"}, everyone},
}

var roleWords = map[archive.Role]string{
	archive.RoleWorkflow: "phần mềm nghiệp vụ", archive.RoleSignatory: "người ký",
	archive.RoleClerk: "văn thư", archive.RoleAuditor: "kiểm tra",
}

func (w *caller) has(roles ...archive.Role) bool {
	return slices.ContainsFunc(roles, func(r archive.Role) bool { return slices.Contains(w.key.Roles, r) })
}

// deskOf is what a page shows of who is signed in, nil on the public's pages.
func deskOf(c echo.Context) *web.Desk {
	who, ok := c.Get(callerKey).(*caller)
	sess, ok2 := c.Get(sessionKey).(session)
	if !ok || !ok2 {
		return nil
	}
	words := make([]string, len(who.key.Roles))
	for i, r := range who.key.Roles {
		words[i] = roleWords[r]
	}
	d := &web.Desk{Name: who.key.Name, Roles: strings.Join(words, ", "), Token: sess.token}
	for _, e := range deskMenu {
		if who.has(e.roles...) {
			d.Menu = append(d.Menu, e.Link)
		}
	}
	return d
}

// deskHome opens the first page that the caller has.
func (s *Server) deskHome(c echo.Context) error {
	if _, err := s.allow(c, everyone...); err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, deskOf(c).Menu[0].Path)
}
