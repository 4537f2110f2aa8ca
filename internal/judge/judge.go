// Package judge asks programs that others wrote what they say of our output. It
// is for tests only; no product package may import it.
//
// What the project says of its own files is not proof, so gopdf, pdfsign, pkcs7
// and our own reader are not used here: every verdict comes from a separate
// process. A test whose judge is missing skips and says how to install it. With
// ANTIN_JUDGES=required a missing judge is a failure, so a green run means that
// every judge was heard.
package judge

import (
	"bytes"
	"context"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// Environment variables that steer the judges.
const (
	// EnvRequired set to "required" makes a missing judge a failure.
	EnvRequired = "ANTIN_JUDGES"
	// EnvDir names the folder that .ci/judges fills; by default judges/ beside go.mod.
	EnvDir = "ANTIN_JUDGES_DIR"
	// EnvPostgres is the URL of a PostgreSQL server to use in place of a private
	// one. Its role must be allowed to create databases.
	EnvPostgres = "ANTIN_TEST_POSTGRES"
)

// limit bounds one call of one judge. The slowest (the first DSS verdict of a
// process on a busy machine) takes some seconds.
const limit = 3 * time.Minute

//go:embed java/pom.xml java/src/main/java/antin/judge/*.java python/judge.py python/requirements.txt
var sources embed.FS

// A tool is a judge that can be looked for.
type tool struct {
	install string // what to type where it is missing
	find    func() (string, error)
}

var errMissing = errors.New("not found")

var tools = map[string]tool{
	"qpdf":       debian("qpdf", "qpdf"),
	"pdfsig":     debian("pdfsig", "poppler-utils"),
	"pdftotext":  debian("pdftotext", "poppler-utils"),
	"pdffonts":   debian("pdffonts", "poppler-utils"),
	"pdftoppm":   debian("pdftoppm", "poppler-utils"),
	"pdfinfo":    debian("pdfinfo", "poppler-utils"),
	"openssl":    debian("openssl", "openssl"),
	"xmllint":    debian("xmllint", "libxml2-utils"),
	"sha256sum":  debian("sha256sum", "coreutils"),
	"java":       debian("java", "openjdk-17-jre-headless"),
	"chromium":   {install: "apt-get install chromium", find: lookPaths("chromium", "chromium-browser", "google-chrome")},
	"softhsm2":   {install: "apt-get install softhsm2", find: findSoftHSM},
	"postgresql": {install: "apt-get install postgresql", find: findPostgres},
	"versitygw":  {install: "make judges", find: findS3},
	"verapdf":    {install: "make judges", find: findJava},
	"dss":        {install: "make judges", find: findJava},
	"pyhanko":    {install: "make judges", find: findPython},
	"pyhanko-cli": {install: "make judges", find: func() (string, error) {
		return findVenv("pyhanko")
	}},
	"schemathesis": {install: "make judges", find: func() (string, error) {
		return findVenv("schemathesis")
	}},
	"libreoffice": {
		install: "apt-get install libreoffice-calc",
		find:    lookPaths("soffice", "libreoffice"),
	},
}

func debian(command, pkg string) tool {
	return tool{install: "apt-get install " + pkg, find: lookPaths(command)}
}

// Need returns the path of the named judge: for "verapdf" and "dss" the class
// path, for "pyhanko" its Python, for "softhsm2" the PKCS#11 module, for
// "postgresql" the folder with initdb and postgres, else the program. Where the
// judge is missing the test is skipped, or fails with ANTIN_JUDGES=required.
func Need(t testing.TB, name string) string {
	t.Helper()
	known, ok := tools[name]
	if !ok {
		t.Fatalf("judge: no judge is called %q", name)
	}
	p, err := known.find()
	switch {
	case err == nil:
		return p
	case os.Getenv(EnvRequired) == "required":
		t.Fatalf("judge %s: %v, and %s=required; %s", name, err, EnvRequired, known.install)
	default:
		t.Skipf("judge %s: %v; to hear it: %s", name, err, known.install)
	}
	return ""
}

// Unfit says that a judge is there and cannot be asked, and why: the test is
// skipped, or fails with ANTIN_JUDGES=required.
func Unfit(t testing.TB, name string, why error) {
	t.Helper()
	if os.Getenv(EnvRequired) == "required" {
		t.Fatalf("judge %s: %v, and %s=required", name, why, EnvRequired)
	}
	t.Skipf("judge %s: %v", name, why)
}

// Dir is the folder of the judges that .ci/judges installs.
func Dir() (string, error) {
	if dir := os.Getenv(EnvDir); dir != "" {
		return filepath.Abs(dir)
	}
	root, err := moduleRoot()
	if err != nil {
		return "", err
	}
	return filepath.Join(root, "judges"), nil
}

// moduleRoot is the folder of go.mod; go test starts a test in its package's.
var moduleRoot = sync.OnceValues(func() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", fmt.Errorf("finding the module: %w", err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir, nil
		}
		up := filepath.Dir(dir)
		if up == dir {
			return "", errors.New("finding the module: no go.mod above the test; set " + EnvDir)
		}
		dir = up
	}
})

func lookPaths(names ...string) func() (string, error) {
	return func() (string, error) {
		for _, name := range names {
			if p, err := exec.LookPath(name); err == nil {
				return p, nil
			}
		}
		return "", errMissing
	}
}

// installed is a file or folder under Dir that was made from the sources this
// test binary was built with; one made from others is not the judge we mean.
func installed(name, stamp string, from ...string) (string, error) {
	dir, err := Dir()
	if err != nil {
		return "", err
	}
	p := filepath.Join(dir, filepath.FromSlash(name))
	if _, err := os.Stat(p); err != nil {
		return "", errMissing
	}
	made, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(stamp)))
	if err != nil {
		return "", errors.New("its installation was not finished")
	}
	want, err := digest(from...)
	if err != nil {
		return "", err
	}
	if strings.TrimSpace(string(made)) != want {
		return "", errors.New("it was installed from other sources than this test's")
	}
	return p, nil
}

// digest is the SHA-256 of the embedded files that match the patterns, one after
// another; .ci/judges writes the same with cat and sha256sum.
func digest(patterns ...string) (string, error) {
	h := sha256.New()
	for _, pattern := range patterns {
		names, err := fs.Glob(sources, pattern)
		if err != nil {
			return "", fmt.Errorf("digest of %s: %w", pattern, err)
		}
		slices.Sort(names)
		for _, name := range names {
			b, err := sources.ReadFile(path.Clean(name))
			if err != nil {
				return "", fmt.Errorf("digest of %s: %w", name, err)
			}
			h.Write(b)
		}
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// output is what a finished program left behind.
type output struct {
	stdout, stderr string
	code           int // exit status
}

// run runs a program to its end and fails the test where it could not be run or
// did not end in time; an exit status other than 0 is the caller's to judge.
func run(t testing.TB, name string, args ...string) output {
	t.Helper()
	return runEnv(t, nil, name, args...)
}

func runEnv(t testing.TB, env []string, name string, args ...string) output {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Env = append(os.Environ(), append([]string{"LC_ALL=C.UTF-8", "TZ=UTC"}, env...)...)
	// A grandchild that keeps the pipes open must not keep us.
	cmd.WaitDelay = 5 * time.Second
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	out := output{stdout: stdout.String(), stderr: stderr.String()}
	if exit, ok := errors.AsType[*exec.ExitError](err); ok && ctx.Err() == nil && exit.Exited() {
		out.code = exit.ExitCode()
		return out
	}
	if err != nil && !errors.Is(err, exec.ErrWaitDelay) {
		t.Fatalf("judge: running %s %s: %v\n%s", name, strings.Join(args, " "), err, clip(out.stderr))
	}
	return out
}

// absolute is path from the file system's root: a resident judge may have been
// started in another folder.
func absolute(t testing.TB, path string) string {
	t.Helper()
	abs, err := filepath.Abs(path)
	if err != nil {
		t.Fatalf("judge: %v", err)
	}
	return abs
}

// clip keeps a failing judge's words short enough to read.
func clip(s string) string {
	const most = 4000
	if s = strings.TrimSpace(s); len(s) > most {
		return s[:most] + " …"
	}
	return s
}
