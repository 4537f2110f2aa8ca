package judge_test

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"antin/internal/judge"
)

func TestStructure(t *testing.T) {
	good := makePDF(true)
	judge.Check(t, write(t, "good.pdf", good))
	for name, bad := range map[string][]byte{
		"cut off":            good[:len(good)/2],
		"offsets wrong":      bytes.Replace(good, []byte("%PDF-1.7\n"), []byte("%PDF-1.7\n%\n"), 1),
		"not a PDF":          []byte("a letter"),
		"stream length lies": bytes.Replace(good, []byte("/Length 4"), []byte("/Length 9"), 1),
	} {
		if err := judge.Structure(t, write(t, "bad.pdf", bad)); err == nil {
			t.Errorf("%s: qpdf accepts it", name)
		}
	}
}

func TestVeraPDF(t *testing.T) {
	good, bad, broken := write(t, "good.pdf", makePDF(true)), write(t, "bad.pdf", makePDF(false)), write(t, "broken.pdf", []byte("a letter"))
	judge.Conforms(t, "2b", good)
	reports := judge.VeraPDF(t, "2b", bad, broken, good)
	if r := reports[0]; r.Compliant || !slices.ContainsFunc(r.Failures, func(f judge.VeraRule) bool { return f.Clause == "6.6.2.1" }) {
		t.Errorf("without metadata: %v", r.Err())
	}
	if r := reports[1]; r.Compliant || r.Err() == nil {
		t.Errorf("not a PDF: %+v", r)
	}
	if err := reports[2].Err(); err != nil {
		t.Errorf("a bad file changes the verdict on the next: %v", err)
	}
	if r := judge.VeraPDF(t, "ua1", good)[0]; r.Compliant {
		t.Error("an untagged file passes as PDF/UA-1")
	}
}

// page serves one page whose script writes Vietnamese.
func page(t *testing.T) string {
	t.Helper()
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = fmt.Fprint(w, `<!doctype html><title>t</title><style>body{margin:0;background:#f00}</style><p id=p></p>`+
			`<script>document.getElementById("p").textContent = "Cộng hòa " + "xã hội"</script>`)
	}))
	t.Cleanup(srv.Close)
	return srv.URL
}

func TestChromium(t *testing.T) {
	url := page(t)
	if dom := judge.DOM(t, url); !strings.Contains(dom, "Cộng hòa xã hội") {
		t.Errorf("the script did not run: %s", dom)
	}
	if b := read(t, judge.Screenshot(t, url, 320, 200)); !bytes.HasPrefix(b, []byte("\x89PNG")) {
		t.Error("the screenshot is not a PNG")
	}
}

// A page printed by the browser is a PDF with text and fonts that we did not make.
func TestPoppler(t *testing.T) {
	file := judge.PrintPDF(t, page(t))
	if got := judge.Text(t, file); !strings.Contains(got, "Cộng hòa xã hội") {
		t.Errorf("pdftotext: %q", got)
	}
	fonts := judge.Fonts(t, file)
	if len(fonts) == 0 || !fonts[0].Embedded || !fonts[0].Subset || !fonts[0].ToUnicode || !strings.Contains(fonts[0].Name, "+") {
		t.Errorf("pdffonts: %+v", fonts)
	}
	pages := judge.Pages(t, file, 72)
	if len(pages) != 1 {
		t.Fatalf("pdftoppm: %d pages", len(pages))
	}
	if size := pages[0].Image.Bounds().Size(); size.X < 590 || size.X > 620 {
		t.Errorf("pdftoppm at 72 dpi: %v", size)
	}
	if got := judge.Fonts(t, write(t, "plain.pdf", makePDF(true))); len(got) != 0 {
		t.Errorf("pdffonts of a file without text: %+v", got)
	}
}

func TestPostgres(t *testing.T) {
	count := func(url, statement string) (n int, err error) {
		conn, err := pgx.Connect(t.Context(), url)
		if err != nil {
			return 0, err
		}
		defer func() { _ = conn.Close(t.Context()) }()
		return n, conn.QueryRow(t.Context(), statement).Scan(&n)
	}
	one, two := judge.Postgres(t), judge.Postgres(t)
	if one == two {
		t.Fatal("one database for two")
	}
	if _, err := count(one, `WITH t AS (SELECT 1) SELECT count(*) FROM t`); err != nil {
		t.Fatal(err)
	}
	conn, err := pgx.Connect(t.Context(), one)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Exec(t.Context(), `CREATE TABLE so (n int)`); err != nil {
		t.Error(err)
	}
	if err := conn.Close(t.Context()); err != nil {
		t.Error(err)
	}
	if _, err := count(two, `SELECT count(*) FROM so`); err == nil {
		t.Error("a table of one database is in the other")
	}
	var gone string
	t.Run("inner", func(t *testing.T) { gone = judge.Postgres(t) })
	if _, err := count(gone, `SELECT 1`); err == nil {
		t.Error("the database outlives its test")
	}
}

func TestSoftHSM(t *testing.T) {
	hsm := judge.SoftHSM(t)
	hsm.Import(t, testPKI(t).key, "ky", "01")
	if _, err := os.Stat(hsm.Module); err != nil {
		t.Error(err)
	}
	cmd := exec.CommandContext(t.Context(), "softhsm2-util", "--show-slots")
	cmd.Env = append(os.Environ(), "SOFTHSM2_CONF="+hsm.Conf)
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "antin") {
		t.Errorf("%v: %s", err, out)
	}
}

func TestConvert(t *testing.T) {
	file := judge.Convert(t, write(t, "so.csv", []byte("số,ngày\n15,05/01/2026\n")), "pdf")
	if got := judge.Text(t, file); !strings.Contains(got, "ngày") {
		t.Errorf("libreoffice: %q", got)
	}
}

// verdict is a test that records how it ended.
type verdict struct {
	testing.TB
	how, words string
}

func (v *verdict) Helper() {}
func (v *verdict) Skipf(format string, args ...any) {
	v.how, v.words = "skipped", fmt.Sprintf(format, args...)
	runtime.Goexit()
}

func (v *verdict) Fatalf(format string, args ...any) {
	v.how, v.words = "failed", fmt.Sprintf(format, args...)
	runtime.Goexit()
}

func need(t *testing.T, name string) *verdict {
	t.Helper()
	v := &verdict{TB: t}
	done := make(chan struct{})
	go func() {
		defer close(done)
		judge.Need(v, name)
		v.how = "found"
	}()
	<-done
	return v
}

func TestNeed(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	t.Setenv(judge.EnvDir, t.TempDir())
	for _, c := range []struct{ required, judge, how, words string }{
		{"", "qpdf", "skipped", "apt-get install qpdf"},
		{"", "pyhanko", "skipped", "make judges"},
		{"required", "qpdf", "failed", "apt-get install qpdf"},
		{"required", "dss", "failed", "make judges"},
		{"required", "libreoffice", "failed", "apt-get install libreoffice-calc"},
		{"", "a neighbour", "failed", "no judge is called"},
	} {
		t.Setenv(judge.EnvRequired, c.required)
		if v := need(t, c.judge); v.how != c.how || !strings.Contains(v.words, c.words) {
			t.Errorf("%s with %s=%q: %s: %s", c.judge, judge.EnvRequired, c.required, v.how, v.words)
		}
	}
}

// A judge made from other sources is not the one the tests mean.
func TestNeedStale(t *testing.T) {
	dir := t.TempDir()
	if err := os.MkdirAll(dir+"/java/classes", 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv(judge.EnvDir, dir)
	t.Setenv(judge.EnvRequired, "required")
	for _, stamp := range []string{"", "0123"} {
		if stamp != "" {
			if err := os.WriteFile(dir+"/java/SOURCE", []byte(stamp), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if v := need(t, "verapdf"); v.how != "failed" {
			t.Errorf("stamp %q: %s %s", stamp, v.how, v.words)
		}
	}
}
