package web

import (
	"bytes"
	"io/fs"
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// TestNothingInline: the content security policy refuses inline scripts, inline
// styles and event attributes, so a page that has one is broken.
func TestNothingInline(t *testing.T) {
	forbidden := map[string]*regexp.Regexp{
		"inline script": regexp.MustCompile(`(?i)<script(?:>|\s+(?:[^>]*\s)?type=)`),
		"inline style":  regexp.MustCompile(`(?i)<style|\sstyle\s*=`),
		"event":         regexp.MustCompile(`(?i)\son[a-z]+\s*=`),
		"script URL":    regexp.MustCompile(`(?i)javascript:`),
	}
	err := fs.WalkDir(pages, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		raw, err := fs.ReadFile(pages, name)
		for what, re := range forbidden {
			if m := re.Find(raw); m != nil {
				t.Errorf("%s: %s: %s", name, what, m)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestEveryPostHasAToken: every form of the desk that posts repeats the session's
// token; the public's forms change nothing and need none.
func TestEveryPostHasAToken(t *testing.T) {
	public := map[string]bool{"pages/verify.html": true, "pages/photo.html": true}
	forms := regexp.MustCompile(`(?s)<form[^>]*method="post".*?</form>`)
	names, err := fs.Glob(pages, "pages/*.html")
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, name := range names {
		raw, err := fs.ReadFile(pages, name)
		if err != nil {
			t.Fatal(err)
		}
		for _, form := range forms.FindAll(raw, -1) {
			found++
			if !public[name] && !bytes.Contains(form, []byte(`name="token"`)) {
				t.Errorf("%s: a form without a token: %.80s", name, form)
			}
		}
	}
	if found < 6 {
		t.Errorf("only %d forms that post were found", found)
	}
}

// TestContrast: the pairs of text and ground that antin.css uses have a contrast
// of at least 4.5:1 (WCAG 2.2, 1.4.3), the edges of fields 3:1 (1.4.11).
func TestContrast(t *testing.T) {
	css, err := fs.ReadFile(Static(), "antin.css")
	if err != nil {
		t.Fatal(err)
	}
	colour := func(name string) [3]float64 {
		if !strings.HasPrefix(name, "#") {
			m := regexp.MustCompile(`--` + name + `: (#[0-9a-f]+);`).FindSubmatch(css)
			if m == nil {
				t.Fatalf("antin.css has no colour %s", name)
			}
			name = string(m[1])
		} else if !bytes.Contains(css, []byte(name)) {
			t.Fatalf("antin.css does not use %s", name)
		}
		return rgb(t, name)
	}
	for _, pair := range []struct {
		text, ground string
		least        float64
	}{
		{"ink", "ground", 7},
		{"ink", "paper", 7},
		{"soft", "ground", 4.5},
		{"soft", "paper", 4.5},
		{"blue", "ground", 4.5},
		{"blue", "paper", 4.5},
		{"blue", "blue-pale", 4.5},
		{"paper", "blue", 4.5},
		{"paper", "blue-dark", 4.5},
		{"green", "green-pale", 4.5},
		{"red", "red-pale", 4.5},
		{"amber", "amber-pale", 4.5},
		{"amber", "#ffe9b8", 4.5},
		{"soft", "green-pale", 4.5},
		{"soft", "red-pale", 4.5},
		{"soft", "amber-pale", 4.5},
		{"soft", "#e6e9ee", 4.5},
		{"soft", "#dcebfd", 4.5},
		{"blue", "#dcebfd", 4.5},
		{"paper", "red", 4.5},
		{"paper", "#8c1d18", 4.5},
		{"line-strong", "paper", 3},
	} {
		if got := contrast(colour(pair.text), colour(pair.ground)); got < pair.least {
			t.Errorf("%s on %s: contrast %.2f, want %.1f", pair.text, pair.ground, got, pair.least)
		}
	}
}

func rgb(t *testing.T, hex string) (out [3]float64) {
	t.Helper()
	hex = strings.TrimPrefix(hex, "#")
	if len(hex) == 3 {
		hex = string([]byte{hex[0], hex[0], hex[1], hex[1], hex[2], hex[2]})
	}
	n, err := strconv.ParseUint(hex, 16, 32)
	if err != nil || len(hex) != 6 {
		t.Fatalf("colour %q: %v", hex, err)
	}
	for i := range out {
		out[i] = float64(n>>(8*(2-i))&255) / 255
	}
	return out
}

// contrast is WCAG 2.2's contrast ratio.
func contrast(a, b [3]float64) float64 {
	light := func(c [3]float64) float64 {
		for i, v := range c {
			if v <= 0.04045 {
				c[i] = v / 12.92
			} else {
				c[i] = math.Pow((v+0.055)/1.055, 2.4)
			}
		}
		return 0.2126*c[0] + 0.7152*c[1] + 0.0722*c[2]
	}
	x, y := light(a), light(b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

func TestUnknownPage(t *testing.T) {
	if err := Render(&bytes.Buffer{}, "no-such-page", Page{}); err == nil {
		t.Error("a page that does not exist was rendered")
	}
}
