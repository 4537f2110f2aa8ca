// Package web holds the pages that people see: templates, style and the little
// script that adds drag and drop and "select all". Every page works without
// JavaScript.
//
// html/template is used rather than Echo's renderer: its escaping knows whether
// a value stands in text, an attribute or an address.
package web

import (
	"embed"
	"fmt"
	"html/template"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"
	"time"
)

//go:embed pages/*.html
var pages embed.FS

//go:embed static
var static embed.FS

// Static is the files served under /static/.
func Static() fs.FS {
	sub, err := fs.Sub(static, "static")
	if err != nil {
		panic(err) // the folder is embedded above
	}
	return sub
}

// Page is what every page shows around its own content.
type Page struct {
	Title string
	// Notice stands at the top of every page while the service holds
	// demonstration keys.
	Notice string
	// Here is the path of the menu's entry that is open.
	Here string
	// Desk is who is signed in; nil on the public's pages.
	Desk *Desk
	Body any
}

// Desk is what a page of the desk shows of the person who is signed in.
type Desk struct {
	Name  string
	Roles string // in Vietnamese
	// Token is repeated by every form, against forged requests.
	Token string
	Menu  []Link
}

// Link is one entry of a menu.
type Link struct{ Path, Text, TextEN string }

var zone = time.FixedZone("Asia/Ho_Chi_Minh", 7*60*60)

var functions = template.FuncMap{
	"day":    func(t time.Time) string { return t.In(zone).Format("02/01/2006") },
	"moment": func(t time.Time) string { return t.In(zone).Format("15:04:05 ngày 02/01/2006") },
	"minute": func(t time.Time) string { return t.In(zone).Format("15:04 ngày 02/01/2006") },
	"iso":    func(t time.Time) string { return t.In(zone).Format(time.RFC3339) },
	"add":    func(a, b int) int { return a + b },
	"join":   strings.Join,
}

// shared are the files that every page is parsed with.
var shared = []string{"pages/layout.html", "pages/parts.html"}

// sets are parsed when the first page is asked for: commands that show none, such
// as `antin verify`, start 5 ms sooner.
var sets = sync.OnceValue(load)

func load() map[string]*template.Template {
	names, err := fs.Glob(pages, "pages/*.html")
	if err != nil {
		panic(err) // the pattern is constant
	}
	out := map[string]*template.Template{}
	for _, name := range names {
		if slices.Contains(shared, name) {
			continue
		}
		base := strings.TrimSuffix(path.Base(name), ".html")
		files := append(slices.Clone(shared), name)
		out[base] = template.Must(template.New("layout").Funcs(functions).ParseFS(pages, files...))
	}
	return out
}

// Render writes a page.
func Render(w io.Writer, name string, p Page) error {
	t, ok := sets()[name]
	if !ok {
		return fmt.Errorf("there is no page %q", name)
	}
	if err := t.ExecuteTemplate(w, "layout", p); err != nil {
		return fmt.Errorf("render page %s: %w", name, err)
	}
	return nil
}
