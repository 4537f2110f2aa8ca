package api

import (
	"bytes"
	"encoding/json"
	"fmt"
	"html"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"antin/internal/judge"
)

// watcher runs in each page under test and tells the gallery what it found:
// whether the page is wider than its window, and axe-core's findings.
const watcher = `addEventListener("load", async () => {
  const out = {wide: document.documentElement.scrollWidth > innerWidth, axe: []};
  if (window.axe) {
    const found = await axe.run(document, {resultTypes: ["violations"]});
    out.axe = found.violations.map((v) => v.impact + " " + v.id + ": " + v.nodes[0].html.slice(0, 120));
  }
  parent.postMessage(out);
});`

// gallery shows one page after the other in a frame as wide as a desktop's and a
// telephone's window. Media queries go by the frame.
const gallery = `<!doctype html><title>gallery</title><body><script>
const names = %s, widths = [1280, 390], heard = {};
const show = (name, width) => new Promise((done) => {
  const frame = document.createElement("iframe");
  frame.width = width; frame.height = 900; frame.src = "/judge/page/" + name;
  const listen = (e) => {
    if (e.source !== frame.contentWindow) return;
    removeEventListener("message", listen);
    heard[name + " at " + width] = e.data;
    frame.remove();
    done();
  };
  addEventListener("message", listen);
  document.body.append(frame);
});
(async () => {
  for (const width of widths) for (const name of names) await show(name, width);
  const pre = document.createElement("pre");
  pre.id = "heard";
  pre.textContent = JSON.stringify(heard);
  document.body.append(pre);
})();
</script>`

var heardBy = regexp.MustCompile(`(?s)<pre id="heard">(.*?)</pre>`)

// finding is what watcher tells.
type finding struct {
	Wide bool     `json:"wide"`
	Axe  []string `json:"axe"`
}

// TestPagesInABrowser opens every kind of page in Chromium at desktop and phone
// width: nothing on the console, nothing wider than the window, and, where
// axe-core is installed, nothing that it objects to.
func TestPagesInABrowser(t *testing.T) {
	judge.Need(t, "chromium")
	b, now := late(t)
	drafts, signed, issued := b.documents(4, "draft"), b.documents(1, "signed"), b.documents(2, "issued")
	*now = clock.AddDate(2, 0, 0) // when they are due
	due := b.signedIn("all").get(deskPath + "/het-han")
	*now = clock
	visitor, desk := b.person(), b.signedIn("all")
	withdraw := url.Values{"viec": {"thu-hoi"}, "id": {issued[1]}, "ly-do": {"Ban hành sai đối tượng"}}
	if res := desk.post(deskPath+"/thuc-hien", withdraw); res.status != http.StatusOK {
		t.Fatal(res.text())
	}
	altered := bytes.Clone(b.file(issued[0], 0))
	altered[bytes.Index(altered, []byte("endstream"))-10] ^= 1
	elsewhere := newBench(t)
	foreign := elsewhere.file(elsewhere.documents(1, "issued")[0], 0)
	annexed := drafts[3]
	desk.get(deskPath + "/van-ban/" + annexed)
	if res := desk.sendForm(deskPath+"/van-ban/"+annexed+"/phu-luc", map[string]string{"title": "Phụ lục I"}, plainPDF(t, "Phụ lục I")); res.status != http.StatusSeeOther {
		t.Fatal(res.text())
	}
	desk.get(deskPath + "/sao")
	copied := desk.sendForm(deskPath+"/sao", with(copyOf, "khoa", "k"), plainPDF(t, "QUYẾT ĐỊNH"))
	if copied.status != http.StatusSeeOther {
		t.Fatal(copied.text())
	}
	confirm := func(action string, ids ...string) reply {
		return desk.post(deskPath+"/xac-nhan", url.Values{"viec": {action}, "id": ids})
	}
	pages := map[string]reply{
		"home":             visitor.get("/"),
		"verify":           visitor.get("/xac-thuc"),
		"verify-genuine":   visitor.upload("/xac-thuc", "a.pdf", b.file(issued[0], 0)),
		"verify-withdrawn": visitor.upload("/xac-thuc", "a.pdf", b.file(issued[1], 0)),
		"verify-altered":   visitor.upload("/xac-thuc", "a.pdf", altered),
		"verify-unsigned":  visitor.upload("/xac-thuc", "a.pdf", b.preview()),
		"verify-draft":     visitor.upload("/xac-thuc", "a.pdf", b.file(issued[0], 2)),
		"verify-unknown":   visitor.upload("/xac-thuc", "a.pdf", foreign),
		"verify-nothing":   visitor.upload("/xac-thuc", "a.pdf", nil),
		"lookup-unknown":   visitor.get("/tra-cuu/0000-0000-0000-0000"),
		"lookup":           visitor.get("/tra-cuu/" + b.state(issued[1]).LookupCode),
		"photo":            visitor.upload("/anh", "a.gif", []byte("GIF89a....")),
		"problem":          visitor.get("/khong-co"),
		"signin":           visitor.get(signInPath),
		"queue":            desk.get(deskPath + "/cho-ky"),
		"register":         desk.get(deskPath + "/so-dang-ky"),
		"register-more":    desk.get(deskPath + "/so-dang-ky?trang-thai=issued&den-so=9"),
		"retention":        due,
		"documents":        desk.get(deskPath + "/van-ban"),
		"document":         desk.get(deskPath + "/van-ban/" + issued[0]),
		"annexed":          desk.get(deskPath + "/van-ban/" + annexed),
		"copies":           desk.get(deskPath + "/sao"),
		"extract":          desk.get(deskPath + "/sao?van-ban=" + issued[0]),
		"copy-refused":     desk.sendForm(deskPath+"/sao", map[string]string{"khoa": "x", "kind": "trich_sao", "document": issued[0], "pages": ""}, []byte{}),
		"copied":           desk.get(copied.header.Get("Location")),
		"withdrawn":        desk.get(deskPath + "/van-ban/" + issued[1]),
		"confirm":          confirm("tra-lai", drafts[0], drafts[1], issued[0]),
		"result":           desk.post(deskPath+"/thuc-hien", url.Values{"viec": {"phat-hanh"}, "id": {signed[0], drafts[0]}}),
	}
	script := []byte(watcher)
	if axe := axeScript(t); axe != nil {
		script = append(append(axe, '\n'), script...)
	}
	names := slices.Sorted(maps.Keys(pages))
	mux := http.NewServeMux()
	mux.Handle("GET /static/", b.server)
	mux.HandleFunc("GET /judge/script.js", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/javascript")
		_, _ = w.Write(script)
	})
	mux.HandleFunc("GET /judge/page/{name}", func(w http.ResponseWriter, r *http.Request) {
		page := pages[r.PathValue("name")]
		for k := range page.header {
			w.Header().Set(k, page.header.Get(k)) // the content security policy among them
		}
		w.Header().Del("Set-Cookie")
		w.Header().Del("X-Frame-Options") // the gallery may frame it; all else stays
		policy := w.Header().Get("Content-Security-Policy")
		w.Header().Set("Content-Security-Policy", strings.Replace(policy, "frame-ancestors 'none'", "frame-ancestors 'self'", 1))
		_, _ = fmt.Fprint(w, strings.Replace(page.body, "</head>", `<script src="/judge/script.js"></script></head>`, 1))
	})
	mux.HandleFunc("GET /judge/gallery", func(w http.ResponseWriter, _ *http.Request) {
		list, _ := json.Marshal(names) // strings always marshal
		_, _ = fmt.Fprintf(w, gallery, list)
	})
	server := httptest.NewServer(mux)
	defer server.Close()
	for name, page := range pages {
		if page.body == "" {
			t.Fatalf("%s: %d, an empty page", name, page.status)
		}
	}
	dom, messages := judge.Browse(t, server.URL+"/judge/gallery", 1400, 1000)
	for _, m := range messages {
		t.Errorf("console: %s", m)
	}
	m := heardBy.FindStringSubmatch(dom)
	if m == nil {
		t.Fatalf("the pages did not finish: %.2000s", dom)
	}
	var heard map[string]finding
	if err := json.Unmarshal([]byte(html.UnescapeString(m[1])), &heard); err != nil {
		t.Fatal(err)
	}
	if len(heard) != 2*len(names) {
		t.Errorf("%d pages were heard, want %d", len(heard), 2*len(names))
	}
	for where, f := range heard {
		if f.Wide {
			t.Errorf("%s: wider than its window", where)
		}
		for _, v := range f.Axe {
			t.Errorf("%s: axe: %s", where, v)
		}
	}
}

// axeScript is axe-core, nil where it is not installed.
func axeScript(t *testing.T) []byte {
	t.Helper()
	script, err := judge.Axe()
	if err != nil {
		t.Logf("accessibility is not judged: %v", err)
	}
	return script
}
