// Package web holds the pages that people see: templates, style and the little
// script that adds drag and drop. Every page works without JavaScript.
package web

import (
	"embed"
	"fmt"
	"html/template"
	"io"
	"io/fs"
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
	Body any
}

var zone = time.FixedZone("Asia/Ho_Chi_Minh", 7*60*60)

var functions = template.FuncMap{
	"day":    func(t time.Time) string { return t.In(zone).Format("02/01/2006") },
	"moment": func(t time.Time) string { return t.In(zone).Format("02/01/2006 15:04:05") },
	"add":    func(a, b int) int { return a + b },
}

var sets = load()

func load() map[string]*template.Template {
	names, err := fs.Glob(pages, "pages/*.html")
	if err != nil {
		panic(err) // the pattern is constant
	}
	out := map[string]*template.Template{}
	for _, name := range names {
		base := name[len("pages/") : len(name)-len(".html")]
		if base == "layout" {
			continue
		}
		out[base] = template.Must(template.New("layout").Funcs(functions).ParseFS(pages, "pages/layout.html", name))
	}
	return out
}

// Render writes a page.
func Render(w io.Writer, name string, p Page) error {
	t, ok := sets[name]
	if !ok {
		return fmt.Errorf("there is no page %q", name)
	}
	if err := t.ExecuteTemplate(w, "layout", p); err != nil {
		return fmt.Errorf("render page %s: %w", name, err)
	}
	return nil
}
