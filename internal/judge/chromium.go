package judge

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// ChromiumFlags are the flags for a browser without a window that keeps to
// itself, with a fresh profile that lives as long as the test.
func ChromiumFlags(t testing.TB) []string {
	t.Helper()
	flags := []string{
		"--headless", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-dev-shm-usage",
		"--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-extensions",
		"--user-data-dir=" + t.TempDir(),
	}
	if os.Getuid() == 0 {
		flags = append(flags, "--no-sandbox") // Chromium's sandbox cannot be had as root
	}
	return flags
}

// chromium runs the browser once; its own chatter on standard error means nothing.
func chromium(t testing.TB, url string, flags ...string) string {
	t.Helper()
	program := Need(t, "chromium")
	args := slices.Concat(ChromiumFlags(t), flags, []string{url})
	out := run(t, program, args...)
	if out.code != 0 {
		t.Fatalf("chromium %s: exit status %d: %s", url, out.code, clip(out.stderr))
	}
	return out.stdout
}

// Screenshot shows the page in a window of the given size in CSS pixels and
// returns the path of a PNG that lives as long as the test. The page's scripts
// get five seconds of virtual time.
func Screenshot(t testing.TB, url string, width, height int) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "page.png")
	chromium(t, url, "--screenshot="+file, fmt.Sprintf("--window-size=%d,%d", width, height),
		"--hide-scrollbars", "--virtual-time-budget=5000")
	return written(t, file, url)
}

// DOM is the page's document as HTML once its scripts have run.
func DOM(t testing.TB, url string) string {
	t.Helper()
	return chromium(t, url, "--dump-dom", "--virtual-time-budget=5000")
}

// PrintPDF prints the page to a PDF that lives as long as the test.
func PrintPDF(t testing.TB, url string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "page.pdf")
	chromium(t, url, "--print-to-pdf="+file, "--no-pdf-header-footer")
	return written(t, file, url)
}

func written(t testing.TB, file, url string) string {
	t.Helper()
	if info, err := os.Stat(file); err != nil || info.Size() == 0 {
		t.Fatalf("chromium %s: it wrote no file: %v", url, err)
	}
	return file
}
