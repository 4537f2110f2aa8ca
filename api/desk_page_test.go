package api

import (
	"fmt"
	"html"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"antin/archive"
	"antin/issuance"
)

// person is someone with a browser: it keeps cookies and follows nothing.
type person struct {
	b       *bench
	cookies map[string]*http.Cookie
	token   string // of the last page that had one
}

func (b *bench) person() *person { return &person{b: b, cookies: map[string]*http.Cookie{}} }

// signedIn is a person at the desk with the named key.
func (b *bench) signedIn(key string) *person {
	b.t.Helper()
	p := b.person()
	p.get(signInPath)
	if res := p.post(signInPath, url.Values{"khoa": {b.keys[key]}}); res.status != http.StatusSeeOther {
		b.t.Fatalf("sign-in as %s: %d %s", key, res.status, res.text())
	}
	p.get(deskPath + "/van-ban") // for the session's token
	return p
}

type reply struct {
	status int
	header http.Header
	body   string
}

var tags = regexp.MustCompile(`(?s)<head>.*?</head>|<[^>]*>`)

// text is what a reader sees.
func (r reply) text() string {
	return strings.Join(strings.Fields(html.UnescapeString(tags.ReplaceAllString(r.body, " "))), " ")
}

func (r reply) heading() string {
	m := regexp.MustCompile(`(?s)<h1[^>]*>(.*?)</h1>`).FindStringSubmatch(r.body)
	if m == nil {
		return ""
	}
	return reply{body: m[1]}.text()
}

func (p *person) get(path string) reply {
	p.b.t.Helper()
	return p.send(httptest.NewRequestWithContext(p.b.t.Context(), http.MethodGet, path, nil))
}

// post sends a form with the token of the last page, unless the form has one.
func (p *person) post(path string, form url.Values) reply {
	p.b.t.Helper()
	if !form.Has("token") {
		form.Set("token", p.token)
	}
	req := httptest.NewRequestWithContext(p.b.t.Context(), http.MethodPost, path, strings.NewReader(form.Encode()))
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return p.send(req)
}

var tokenField = regexp.MustCompile(`name="token" value="([^"]+)"`)

func (p *person) send(req *http.Request) reply {
	p.b.t.Helper()
	req.Header.Set("Accept", "text/html")
	for _, k := range p.cookies {
		req.AddCookie(k)
	}
	rec := httptest.NewRecorder()
	p.b.server.ServeHTTP(rec, req)
	res := rec.Result()
	for _, k := range res.Cookies() {
		if k.MaxAge < 0 {
			delete(p.cookies, k.Name)
		} else {
			p.cookies[k.Name] = k
		}
	}
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		p.b.t.Fatal(err)
	}
	out := reply{res.StatusCode, res.Header, string(raw)}
	if m := tokenField.FindStringSubmatch(out.body); m != nil {
		p.token = m[1]
	}
	return out
}

// documents makes n documents of the sample form, each for another person, and
// takes them as far as asked.
func (b *bench) documents(n int, until string) []string {
	b.t.Helper()
	out := make([]string, n)
	for i := range n {
		body := sample(b.t, ended, func(d map[string]any) {
			d["full_name"] = "Trần Thị " + []string{"Sen", "Tùng", "Như", "Lâm"}[i%4]
		})
		out[i] = decode[Document](b.t, b.create("all", fmt.Sprintf("%s-%d", until, i), until, body), http.StatusCreated).ID
	}
	return out
}

func (b *bench) state(id string) archive.Document {
	b.t.Helper()
	d, err := b.store.Get(b.t.Context(), id)
	if err != nil {
		b.t.Fatal(err)
	}
	return d
}

func TestSignIn(t *testing.T) {
	b := newBench(t)
	b.key("gone", "", archive.RoleClerk)
	id, _ := archive.KeyID(b.keys["gone"])
	if err := b.store.RevokeKey(t.Context(), id, issuance.System, clock); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		form   url.Values
		site   string // Sec-Fetch-Site
		status int
		to     string
	}{
		"right":            {url.Values{"khoa": {" " + b.keys["clerk"] + "\n"}}, "same-origin", 303, deskPath},
		"right, goes back": {url.Values{"khoa": {b.keys["clerk"]}, "ve": {deskPath + "/so-dang-ky?q=a"}}, "", 303, deskPath + "/so-dang-ky?q=a"},
		"not elsewhere":    {url.Values{"khoa": {b.keys["clerk"]}, "ve": {"https://evil.example/ban-lam-viec"}}, "", 303, deskPath},
		"not by slashes":   {url.Values{"khoa": {b.keys["clerk"]}, "ve": {"//evil.example/ban-lam-viec/"}}, "", 303, deskPath},
		"not by backslash": {url.Values{"khoa": {b.keys["clerk"]}, "ve": {`/ban-lam-viec/..\\evil.example`}}, "", 303, deskPath},
		"not another page": {url.Values{"khoa": {b.keys["clerk"]}, "ve": {"/ban-lam-viec-khac"}}, "", 303, deskPath},
		"wrong key":        {url.Values{"khoa": {"antin_abcdefgh_" + strings.Repeat("a", 52)}}, "", 403, ""},
		"no key":           {url.Values{"khoa": {""}}, "", 403, ""},
		"revoked key":      {url.Values{"khoa": {b.keys["gone"]}}, "", 403, ""},
		"without token":    {url.Values{"khoa": {b.keys["clerk"]}, "token": {""}}, "", 403, ""},
		"foreign token":    {url.Values{"khoa": {b.keys["clerk"]}, "token": {randomToken()}}, "", 403, ""},
		"from elsewhere":   {url.Values{"khoa": {b.keys["clerk"]}}, "cross-site", 403, ""},
	} {
		t.Run(name, func(t *testing.T) {
			b.server.signIns = newRateLimiter(0)
			p := b.person()
			p.get(signInPath)
			if !c.form.Has("token") {
				c.form.Set("token", p.token)
			}
			req := httptest.NewRequestWithContext(t.Context(), http.MethodPost, signInPath, strings.NewReader(c.form.Encode()))
			req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			if c.site != "" {
				req.Header.Set("Sec-Fetch-Site", c.site)
			}
			res := p.send(req)
			if res.status != c.status || res.header.Get("Location") != c.to {
				t.Fatalf("%d to %q, want %d to %q: %s", res.status, res.header.Get("Location"), c.status, c.to, res.text())
			}
			k := p.cookies["__Host-antin-phien"]
			if (k != nil) != (c.status == http.StatusSeeOther) {
				t.Fatalf("session cookie: %v", k)
			}
			if k != nil && (!k.HttpOnly || !k.Secure || k.SameSite != http.SameSiteStrictMode || k.Path != "/" || k.Domain != "" || len(k.Value) < 43) {
				t.Errorf("session cookie: %+v", k)
			}
			if strings.Contains(res.body, b.keys["clerk"]) {
				t.Error("the page repeats the key")
			}
		})
	}
	rows, err := b.store.Audit(t.Context(), archive.AuditFilter{Action: actionSignIn}, 0, 100)
	if err != nil || len(rows) != 6 || rows[0].By.Name != "clerk" {
		t.Errorf("the trail of sign-ins: %v %+v", err, rows)
	}
}

// TestCookieWithoutTLS: a service that is tried on one machine has no TLS.
func TestCookieWithoutTLS(t *testing.T) {
	b := newBench(t, func(_ *Config, o *issuance.Options) { o.PublicURL = "http://127.0.0.1:8080" })
	p := b.signedIn("clerk")
	if k := p.cookies["antin-phien"]; k == nil || k.Secure || !k.HttpOnly {
		t.Errorf("session cookie: %+v", k)
	}
}

func TestSessionEnds(t *testing.T) {
	now := clock
	b := newBench(t, func(c *Config, _ *issuance.Options) { c.Now = func() time.Time { return now } })
	page := deskPath + "/van-ban"
	in := func(p *person) bool { return p.get(page).status == http.StatusOK }
	for name, end := range map[string]func(p *person){
		"idle": func(*person) { now = now.Add(sessionBounds.Idle) },
		"signed out": func(p *person) {
			if res := p.post("/dang-xuat", url.Values{}); res.status != http.StatusSeeOther {
				t.Errorf("sign-out: %d", res.status)
			}
		},
		"old": func(p *person) {
			for range int(sessionBounds.Life / (20 * time.Minute)) {
				now = now.Add(20 * time.Minute)
				p.get(page)
			}
		},
		"revoked": func(*person) {
			id, _ := archive.KeyID(b.keys["clerk"])
			if err := b.store.RevokeKey(t.Context(), id, issuance.System, now); err != nil {
				t.Fatal(err)
			}
		},
	} {
		b.key("clerk", "", archive.RoleClerk)
		p := b.signedIn("clerk")
		now = now.Add(sessionBounds.Idle - time.Second)
		if !in(p) {
			t.Errorf("%s: the session ended too early", name)
		}
		kept := *p.cookies["__Host-antin-phien"]
		end(p)
		p.cookies[kept.Name] = &kept // a browser that does not forget
		res := p.get(page + "?q=a")
		if to := res.header.Get("Location"); res.status != http.StatusSeeOther || to != signInPath+"?het=1&ve=%2Fban-lam-viec%2Fvan-ban%3Fq%3Da" {
			t.Errorf("%s: %d to %q", name, res.status, to)
		}
	}
}

// TestNothingWithoutASession: every page of the desk sends strangers to the
// sign-in, and a session's cookie opens nothing of the JSON interface.
func TestNothingWithoutASession(t *testing.T) {
	b := newBench(t)
	id := b.documents(1, "issued")[0]
	stranger := b.person()
	for _, path := range []string{"", "/cho-ky", "/cho-phat-hanh", "/so-dang-ky", "/van-ban", "/van-ban/" + id, "/van-ban/" + id + "/pdf", "/xac-nhan"} {
		if res := stranger.get(deskPath + path); res.status != http.StatusSeeOther || !strings.HasPrefix(res.header.Get("Location"), signInPath) {
			t.Errorf("GET %s: %d", path, res.status)
		}
	}
	for _, path := range []string{deskPath + "/xac-nhan", deskPath + "/thuc-hien", "/dang-xuat"} {
		if res := stranger.post(path, url.Values{"viec": {"thu-hoi"}, "id": {id}, "ly-do": {"thử"}}); res.status != http.StatusSeeOther {
			t.Errorf("POST %s: %d", path, res.status)
		}
	}
	if res := b.signedIn("all").get("/v1/documents/" + id); res.status != http.StatusUnauthorized {
		t.Errorf("the session opens the JSON interface: %d", res.status)
	}
	if b.state(id).State != archive.Issued {
		t.Error("a stranger moved a document")
	}
}

func TestFormsNeedTheirToken(t *testing.T) {
	b := newBench(t)
	id := b.documents(1, "draft")[0]
	p, other := b.signedIn("all"), b.signedIn("all")
	order := func(token string) url.Values { return url.Values{"viec": {"ky"}, "id": {id}, "token": {token}} }
	for name, token := range map[string]string{"none": "", "another session's": other.token, "the session's id": p.cookies["__Host-antin-phien"].Value} {
		for _, path := range []string{deskPath + "/xac-nhan", deskPath + "/thuc-hien", "/dang-xuat"} {
			if res := p.post(path, order(token)); res.status != http.StatusForbidden || res.heading() != "Biểu mẫu không còn hiệu lực" {
				t.Errorf("%s with the token %s: %d %s", path, name, res.status, res.heading())
			}
		}
	}
	if b.state(id).State != archive.Drafted {
		t.Fatal("a form without its token signed")
	}
	if res := p.post(deskPath+"/thuc-hien", order(p.token)); res.status != http.StatusOK || b.state(id).State != archive.Signed {
		t.Errorf("with its token: %d %s", res.status, res.text())
	}
}

func TestFormsAreBounded(t *testing.T) {
	b := newBench(t)
	p := b.signedIn("all")
	if res := p.post(deskPath+"/thuc-hien", url.Values{"viec": {"ky"}, "ly-do": {strings.Repeat("x", maxDeskBody)}}); res.status != http.StatusRequestEntityTooLarge {
		t.Errorf("a form that is too large: %d", res.status)
	}
	req := httptest.NewRequestWithContext(t.Context(), http.MethodPost, deskPath+"/thuc-hien", strings.NewReader(`{"viec":"ky"}`))
	req.Header.Set("Content-Type", "application/json")
	if res := p.send(req); res.status != http.StatusUnsupportedMediaType {
		t.Errorf("JSON at the desk: %d", res.status)
	}
	ids := make([]string, maxBatch+1)
	for i := range ids {
		ids[i] = fmt.Sprint(i)
	}
	for name, c := range map[string]struct {
		form url.Values
		says string
	}{
		"too many":  {url.Values{"viec": {"ky"}, "id": ids}, "Chọn quá nhiều văn bản"},
		"none":      {url.Values{"viec": {"ky"}}, "Chưa chọn văn bản nào"},
		"no action": {url.Values{"viec": {"xoa"}, "id": {"1"}}, "Chưa chọn việc cần làm"},
	} {
		for _, path := range []string{"/xac-nhan", "/thuc-hien"} {
			if res := p.post(deskPath+path, c.form); res.status != http.StatusBadRequest || res.heading() != c.says {
				t.Errorf("%s: %d %s", name, res.status, res.heading())
			}
		}
	}
}

func TestSignInIsRateLimited(t *testing.T) {
	b := newBench(t)
	p := b.person()
	p.get(signInPath)
	status := 0
	for range signInsPerMinute {
		if res := p.post(signInPath, url.Values{"khoa": {"antin_x"}}); res.status == http.StatusTooManyRequests {
			status = res.status
			break
		}
	}
	if status == 0 {
		t.Error("sign-ins are not limited")
	}
}

func TestPagesByRole(t *testing.T) {
	b := newBench(t)
	draft, signed, issued := b.documents(1, "draft")[0], b.documents(1, "signed")[0], b.documents(1, "issued")[0]
	get := func(path string) func(*person) reply {
		return func(p *person) reply { return p.get(deskPath + path) }
	}
	order := func(action, id string) func(*person) reply {
		return func(p *person) reply {
			return p.post(deskPath+"/xac-nhan", url.Values{"viec": {action}, "id": {id}})
		}
	}
	for name, c := range map[string]struct {
		do      func(*person) reply
		allowed []string
	}{
		"to sign":   {get("/cho-ky"), []string{"signatory", "all"}},
		"to issue":  {get("/cho-phat-hanh"), []string{"clerk", "all"}},
		"register":  {get("/so-dang-ky"), []string{"clerk", "auditor", "all"}},
		"documents": {get("/van-ban"), []string{"workflow", "signatory", "clerk", "auditor", "all"}},
		"file":      {get("/van-ban/" + issued + "/pdf"), []string{"workflow", "signatory", "clerk", "auditor", "all"}},
		"sign":      {order("ky", draft), []string{"signatory", "all"}},
		"issue":     {order("phat-hanh", signed), []string{"clerk", "all"}},
		"return":    {order("tra-lai", draft), []string{"signatory", "clerk", "all"}},
		"withdraw":  {order("thu-hoi", issued), []string{"clerk", "all"}},
	} {
		for _, key := range []string{"workflow", "signatory", "clerk", "auditor", "all"} {
			want := http.StatusForbidden
			if slices.Contains(c.allowed, key) {
				want = http.StatusOK
			}
			b.server.signIns = newRateLimiter(0)
			if res := c.do(b.signedIn(key)); res.status != want {
				t.Errorf("%s as %s: %d, want %d: %.200s", name, key, res.status, want, res.text())
			}
		}
	}
	rows, err := b.store.Audit(t.Context(), archive.AuditFilter{Action: archive.ActionRefused}, 0, 100)
	if err != nil || len(rows) == 0 {
		t.Errorf("refusals are not in the trail: %v", err)
	}
	for key, home := range map[string]string{"workflow": "/van-ban", "signatory": "/cho-ky", "clerk": "/cho-phat-hanh", "auditor": "/so-dang-ky"} {
		if res := b.signedIn(key).get(deskPath); res.header.Get("Location") != deskPath+home {
			t.Errorf("the desk of %s opens %s", key, res.header.Get("Location"))
		}
	}
}

// TestSessionOverInstances: a load balancer may send each request of a browser
// to another instance, the sign-in form's too.
func TestSessionOverInstances(t *testing.T) {
	b := newBench(t)
	one := b.server
	two := New(Config{Service: one.service, Limits: DefaultLimits(), Now: one.now})
	p := b.person()
	p.get(signInPath)
	b.server = two
	if res := p.post(signInPath, url.Values{"khoa": {b.keys["clerk"]}}); res.status != http.StatusSeeOther {
		t.Fatalf("sign-in at the second instance: %d %s", res.status, res.text())
	}
	for range 3 {
		for _, s := range []*Server{one, two} {
			b.server = s
			if res := p.get(deskPath + "/van-ban"); res.status != http.StatusOK {
				t.Errorf("a page: %d", res.status)
			}
		}
	}
	b.server = one
	kept := *p.cookies["__Host-antin-phien"]
	if res := p.post("/dang-xuat", url.Values{}); res.status != http.StatusSeeOther {
		t.Errorf("sign-out with the token of the second instance: %d", res.status)
	}
	b.server, p.cookies[kept.Name] = two, &kept
	if res := p.get(deskPath + "/van-ban"); res.status != http.StatusSeeOther {
		t.Errorf("signed out at the first instance, the second says %d", res.status)
	}
}
