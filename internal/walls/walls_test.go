// Package walls holds one test, of what may import what in this module.
package walls

import (
	"fmt"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
)

const module = "antin"

// houses lists the folders of the module and which others each may import. A
// package belongs to the longest folder that its path begins with, and may
// import its own folder. "*" stands for all.
var houses = map[string][]string{
	"cmd/antin":      {"*"},
	"api":            {"issuance", "templates", "signer", "imagecheck", "archive", "fonts", "internal/pdf"},
	"issuance":       {"templates", "signer", "imagecheck", "archive"},
	"templates":      {"fonts", "internal/pdf"},
	"signer":         {"internal/pdf"},
	"imagecheck":     {},
	"archive":        {},
	"fonts":          {},
	"internal/pdf":   {},
	"internal/judge": {},
	"internal/walls": {},
}

// support are the packages that help tests. Only they and _test.go files may
// import them or the libraries below.
var support = []string{"internal/judge", "archive/conformance", "templates/layout/layouttest"}

var testLibraries = []string{"testing", "pgregory.net/rapid", "github.com/google/go-cmp"}

// reserved libraries belong to one folder each.
var reserved = map[string]string{
	"github.com/labstack":    "api",
	"github.com/spf13/cobra": "cmd/antin",
	"flag":                   "cmd/antin",
}

// within reports whether path p is folder or below it.
func within(p, folder string) bool { return p == folder || strings.HasPrefix(p, folder+"/") }

func houseOf(pkg string) string {
	best := ""
	for h := range houses {
		if within(pkg, h) && len(h) > len(best) {
			best = h
		}
	}
	return best
}

func isSupport(pkg string) bool {
	return slices.ContainsFunc(support, func(s string) bool { return within(pkg, s) })
}

// check names each file of the tree that breaks a wall, the import and the rule.
func check(tree fs.FS) ([]string, error) {
	var broken []string
	err := fs.WalkDir(tree, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if base := d.Name(); d.IsDir() && name != "." && (base == "testdata" || base == "vendor" || base[0] == '.' || base[0] == '_') {
			return fs.SkipDir
		}
		if d.IsDir() && name != "." {
			if _, err := fs.Stat(tree, name+"/go.mod"); err == nil {
				return fs.SkipDir // another module
			}
		}
		if d.IsDir() || path.Ext(name) != ".go" {
			return nil
		}
		src, err := fs.ReadFile(tree, name)
		if err != nil {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, src, parser.ImportsOnly)
		if err != nil {
			return err
		}
		pkg, test := path.Dir(name), strings.HasSuffix(name, "_test.go")
		say := func(format string, args ...any) {
			broken = append(broken, name+": "+fmt.Sprintf(format, args...))
		}
		if houseOf(pkg) == "" {
			say("the folder %s is not in the plan of the house: the folders are %s", pkg, strings.Join(sortedHouses(), ", "))
			return nil
		}
		if file.Name.Name == "main" && pkg != "cmd/antin" {
			say("package main: cmd/antin is the only program")
		}
		for _, spec := range file.Imports {
			imported, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return err
			}
			if rule := judge(pkg, imported, test); rule != "" {
				say("imports %s: %s", imported, rule)
			}
		}
		return nil
	})
	return broken, err
}

func sortedHouses() []string {
	var out []string
	for h := range houses {
		out = append(out, h)
	}
	slices.Sort(out)
	return out
}

// judge is the rule that forbids the import, or nothing.
func judge(pkg, imported string, test bool) string {
	for library, home := range reserved {
		if within(imported, library) && !within(pkg, home) && (!test || library != "flag") {
			return fmt.Sprintf("only %s may import %s", home, library)
		}
	}
	helping := test || isSupport(pkg)
	if slices.ContainsFunc(testLibraries, func(l string) bool { return within(imported, l) }) && !helping {
		return "only _test.go files and the test helpers (" + strings.Join(support, ", ") + ") may import it"
	}
	ours, ok := strings.CutPrefix(imported, module+"/")
	if !ok {
		return ""
	}
	if isSupport(ours) {
		if !helping {
			return "only _test.go files may import test helpers"
		}
		if within(ours, "internal/judge") {
			return ""
		}
	}
	from, to := houseOf(pkg), houseOf(ours)
	may := houses[from]
	switch {
	case to == "":
		return "no folder of the house"
	case from == to, slices.Contains(may, to), slices.Contains(may, "*"):
		return ""
	case len(may) == 0:
		return from + " may import nothing of the module"
	}
	return fmt.Sprintf("%s may import %s only", from, strings.Join(may, ", "))
}

func TestWalls(t *testing.T) {
	root := filepath.Join("..", "..")
	mod, err := os.ReadFile(filepath.Join(root, "go.mod"))
	if err != nil || !strings.HasPrefix(string(mod), "module "+module+"\n") {
		t.Fatalf("%s is not the root of the module %s: %v", root, module, err)
	}
	broken, err := check(os.DirFS(root))
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range broken {
		t.Error(b)
	}
}

// The test itself must see a broken wall.
func TestCheck(t *testing.T) {
	file := func(pkg string, imports ...string) *fstest.MapFile {
		src := "package " + pkg + "\n"
		for _, i := range imports {
			src += "import _ " + strconv.Quote(i) + "\n"
		}
		return &fstest.MapFile{Data: []byte(src)}
	}
	for _, tt := range []struct {
		name string
		file *fstest.MapFile
		want string // part of the one complaint
	}{
		{"templates/a.go", file("templates", "fmt", "antin/fonts", "antin/internal/pdf", "antin/templates/layout"), ""},
		{"templates/a.go", file("templates", "antin/signer"), "templates may import fonts, internal/pdf only"},
		{"templates/render/a_test.go", file("render", "antin/signer/cms"), "templates may import fonts, internal/pdf only"},
		{"templates/render/a_test.go", file("render", "antin/internal/judge", "testing"), ""},
		{"signer/verify/a.go", file("verify", "antin/internal/pdf", "antin/signer"), ""},
		{"signer/a.go", file("signer", "antin/fonts"), "signer may import internal/pdf only"},
		{"archive/sqlite/a.go", file("sqlite", "antin/imagecheck"), "archive may import nothing of the module"},
		{"archive/conformance/a.go", file("conformance", "testing", "pgregory.net/rapid", "antin/archive"), ""},
		{"archive/postgres/a_test.go", file("postgres", "antin/archive/conformance"), ""},
		{"archive/postgres/a.go", file("postgres", "antin/archive/conformance"), "only _test.go files may import test helpers"},
		{"signer/a_test.go", file("signer", "antin/archive/conformance"), "signer may import internal/pdf only"},
		{"internal/pdf/a.go", file("pdf", "antin/fonts"), "internal/pdf may import nothing of the module"},
		{"internal/pdf/a.go", file("pdf", "antin/internal/judge"), "only _test.go files may import test helpers"},
		{"internal/pdf/a.go", file("pdf", "testing/fstest"), "only _test.go files and the test helpers"},
		{"issuance/a.go", file("issuance", "antin/archive/sqlite", "antin/signer"), ""},
		{"issuance/a.go", file("issuance", "antin/internal/pdf"), "issuance may import templates, signer, imagecheck, archive only"},
		{"issuance/a.go", file("issuance", "antin/api"), "issuance may import"},
		{"issuance/a.go", file("issuance", "github.com/labstack/echo/v4"), "only api may import"},
		{"issuance/a_test.go", file("issuance", "github.com/labstack/echo/v4/middleware"), "only api may import"},
		{"api/web/a.go", file("web", "github.com/labstack/echo/v4", "antin/issuance", "antin/fonts"), ""},
		{"cmd/antin/a.go", file("main", "antin/api", "antin/archive/postgres", "flag"), ""},
		{"cmd/antin/a.go", file("main", "github.com/labstack/echo/v4"), "only api may import"},
		{"api/a.go", file("api", "antin/cmd/antin"), "api may import"},
		{"api/a.go", file("api", "flag"), "only cmd/antin may import flag"},
		{"api/a_test.go", file("api", "flag"), ""},
		{"fonts/tool/a.go", file("main"), "cmd/antin is the only program"},
		{"tools/a.go", file("tools"), "not in the plan of the house"},
		{"archives/a.go", file("archives"), "not in the plan of the house"},
		{"api/a.go", file("api", "antin/archives"), "no folder of the house"},
		{"judges/a.go", file("main"), "not in the plan of the house"},
		{"api/testdata/a.go", file("main", "antin/cmd/antin"), ""},
	} {
		got, err := check(fstest.MapFS{tt.name: tt.file})
		switch {
		case err != nil:
			t.Errorf("%s: %v", tt.name, err)
		case tt.want == "" && len(got) > 0:
			t.Errorf("%s: %q, want nothing", tt.name, got)
		case tt.want != "" && (len(got) != 1 || !strings.Contains(got[0], tt.want) || !strings.HasPrefix(got[0], tt.name)):
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
	if _, err := check(fstest.MapFS{"api/a.go": &fstest.MapFile{Data: []byte("no Go")}}); err == nil {
		t.Error("a file that is no Go passed")
	}
}
