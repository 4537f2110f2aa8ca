package judge

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// PDFSig is what poppler's pdfsig says of one signature. It knows no
// modification policy and is given no trust anchor: it vouches for the
// arithmetic and the coverage only.
type PDFSig struct {
	Field     string
	Signer    string // common name
	Type      string // SubFilter, such as ETSI.CAdES.detached
	Hash      string // such as SHA-256
	Time      string // as printed, UTC
	Valid     bool   // the bytes signed are the bytes there
	WholeFile bool   // "Total document signed"
	// Validation is pdfsig's own sentence on the signature.
	Validation string
}

// Signatures asks pdfsig; the order is that of the fields in the file. A file
// with no signature gives none; one that poppler cannot open fails the test.
func Signatures(t testing.TB, path string) []PDFSig {
	t.Helper()
	sigs, err := SignaturesOf(t, path)
	if err != nil {
		t.Fatal(err)
	}
	return sigs
}

// SignaturesOf is Signatures for a file that may be broken.
func SignaturesOf(t testing.TB, path string) ([]PDFSig, error) {
	t.Helper()
	program := Need(t, "pdfsig")
	// A home without a certificate store: what the machine trusts must not matter.
	out := runEnv(t, []string{"HOME=" + t.TempDir()}, program, "-nocert", path)
	var sigs []PDFSig
	for line := range strings.Lines(out.stdout) {
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, "Signature #") {
			sigs = append(sigs, PDFSig{})
			continue
		}
		if len(sigs) == 0 {
			continue
		}
		s := &sigs[len(sigs)-1]
		item, ok := strings.CutPrefix(line, "- ")
		if !ok {
			continue
		}
		name, value, _ := strings.Cut(item, ": ")
		switch name {
		case "Signature Field Name":
			s.Field = value
		case "Signer Certificate Common Name":
			s.Signer = value
		case "Signature Type":
			s.Type = value
		case "Signing Hash Algorithm":
			s.Hash = value
		case "Signing Time":
			s.Time = value
		case "Signature Validation":
			s.Validation = value
			s.Valid = value == "Signature is Valid."
		case "Total document signed":
			s.WholeFile = true
		}
	}
	if len(sigs) == 0 && !strings.Contains(out.stdout+out.stderr, "does not contain any signatures") {
		return nil, fmt.Errorf("pdfsig %s: exit status %d: %s", path, out.code, clip(out.stderr+out.stdout))
	}
	return sigs, nil
}

// Text is the file's text as pdftotext reads it, UTF-8, in the order it thinks
// a person reads; options such as "-layout" or "-raw" come from its manual page.
func Text(t testing.TB, path string, options ...string) string {
	t.Helper()
	program := Need(t, "pdftotext")
	args := slices.Concat(options, []string{"-enc", "UTF-8", path, "-"})
	out := run(t, program, args...)
	if out.code != 0 || strings.Contains(out.stderr, "Syntax Error") {
		t.Fatalf("pdftotext %s: exit status %d: %s", path, out.code, clip(out.stderr))
	}
	return out.stdout
}

// A Font is one line of pdffonts.
type Font struct {
	Name, Type, Encoding        string
	Embedded, Subset, ToUnicode bool
}

// Fonts asks pdffonts which fonts the pages use.
func Fonts(t testing.TB, path string) []Font {
	t.Helper()
	out := run(t, Need(t, "pdffonts"), path)
	if out.code != 0 {
		t.Fatalf("pdffonts %s: exit status %d: %s", path, out.code, clip(out.stderr))
	}
	lines := strings.Split(strings.TrimRight(out.stdout, "\n"), "\n")
	if len(lines) < 2 {
		return nil
	}
	// The second line is a ruler of dashes, one run for each column.
	var starts []int
	for i, c := range lines[1] {
		if c == '-' && (i == 0 || lines[1][i-1] == ' ') {
			starts = append(starts, i)
		}
	}
	if len(starts) < 6 {
		t.Fatalf("pdffonts %s: not the table expected:\n%s", path, clip(out.stdout))
	}
	var fonts []Font
	for _, line := range lines[2:] {
		column := func(i int) string {
			end := len(line)
			if i+1 < len(starts) {
				end = min(end, starts[i+1])
			}
			if starts[i] >= end {
				return ""
			}
			return strings.TrimSpace(line[starts[i]:end])
		}
		fonts = append(fonts, Font{
			Name: column(0), Type: column(1), Encoding: column(2),
			Embedded: column(3) == "yes", Subset: column(4) == "yes", ToUnicode: column(5) == "yes",
		})
	}
	return fonts
}

// A Page is one page as a picture.
type Page struct {
	Path  string // a PNG file that lives as long as the test
	Image image.Image
}

// Pages draws every page with pdftoppm at the given resolution in dpi.
func Pages(t testing.TB, path string, dpi int) []Page {
	t.Helper()
	program := Need(t, "pdftoppm")
	dir := t.TempDir()
	out := run(t, program, "-png", "-r", strconv.Itoa(dpi), path, filepath.Join(dir, "page"))
	if out.code != 0 || strings.Contains(out.stderr, "Syntax Error") {
		t.Fatalf("pdftoppm %s: exit status %d: %s", path, out.code, clip(out.stderr))
	}
	names, err := filepath.Glob(filepath.Join(dir, "page-*.png"))
	if err != nil || len(names) == 0 {
		t.Fatalf("pdftoppm %s: no page: %v %s", path, err, clip(out.stderr))
	}
	slices.Sort(names) // numbers are padded to one width
	var pages []Page
	for _, name := range names {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatalf("pdftoppm %s: %v", path, err)
		}
		img, err := png.Decode(bytes.NewReader(b))
		if err != nil {
			t.Fatalf("pdftoppm %s: %v", path, err)
		}
		pages = append(pages, Page{Path: name, Image: img})
	}
	return pages
}
