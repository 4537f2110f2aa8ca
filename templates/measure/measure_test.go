package measure_test

import (
	"encoding/xml"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"antin/internal/judge"
	"antin/templates/layout/layouttest"
	"antin/templates/measure"
	"antin/templates/render"
)

// TestAgainstPoppler compares where the words of a decision stand with what
// pdftotext -bbox says.
func TestAgainstPoppler(t *testing.T) {
	tool := judge.Need(t, "pdftotext")
	data, err := render.PDF(layouttest.Decision(), render.Options{Now: time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)})
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "decision.pdf")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.CommandContext(t.Context(), tool, "-bbox", path, "-").Output()
	if err != nil {
		t.Fatal(err)
	}
	var doc struct {
		Pages []struct {
			Width float64 `xml:"width,attr"`
			Words []struct {
				XMin float64 `xml:"xMin,attr"`
				XMax float64 `xml:"xMax,attr"`
				YMin float64 `xml:"yMin,attr"`
				YMax float64 `xml:"yMax,attr"`
				Text string  `xml:",chardata"`
			} `xml:"word"`
		} `xml:"body>doc>page"`
	}
	d := xml.NewDecoder(strings.NewReader(string(out)))
	d.Strict, d.Entity = false, xml.HTMLEntity
	if err := d.Decode(&doc); err != nil {
		t.Fatal(err)
	}
	pages, err := measure.Read(data)
	if err != nil {
		t.Fatal(err)
	}
	if len(doc.Pages) != len(pages) {
		t.Fatalf("%d pages, poppler sees %d", len(pages), len(doc.Pages))
	}
	words := 0
	for i, p := range pages {
		if math.Abs(p.Width-doc.Pages[i].Width) > 0.01 {
			t.Errorf("page %d is %v wide, poppler says %v", i+1, p.Width, doc.Pages[i].Width)
		}
		for _, w := range doc.Pages[i].Words {
			// The line the word stands on: its left and right ends lie within
			// the texts, its baseline between its upper and lower edge.
			left, right := math.Inf(1), math.Inf(-1)
			for _, x := range p.Texts {
				if x.Y > w.YMin && x.Y < w.YMax && strings.Contains(x.Text, w.Text) && x.X1 < w.XMin+0.5 && x.X2 > w.XMax-0.5 {
					left, right = min(left, x.X1), max(right, x.X2)
				}
			}
			if left > right {
				continue // a word of several texts
			}
			words++
		}
		total := 0
		for _, x := range p.Texts {
			if !x.Hidden {
				total += len(strings.Fields(x.Text))
			}
		}
		if n := len(doc.Pages[i].Words); n == 0 || math.Abs(float64(n-total)) > 0.1*float64(n) {
			t.Errorf("page %d has %d words, poppler sees %d", i+1, total, n)
		}
	}
	if words < 400 {
		t.Errorf("only %d words stand where poppler sees them", words)
	}
}

// TestSize reads the size and style of a known line.
func TestSize(t *testing.T) {
	data, err := render.PDF(layouttest.Decision(), render.Options{Now: time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)})
	if err != nil {
		t.Fatal(err)
	}
	pages, err := measure.Read(data)
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range pages[0].Texts {
		if x.Text == "Độc lập - Tự do - Hạnh phúc" {
			if x.Size != 14 || !x.Bold() || x.Italic() || x.Artifact || x.Kind == "" {
				t.Errorf("the motto: %+v", x)
			}
			return
		}
	}
	t.Error("the motto is not on page 1")
}

// TestNotPDF: what is no PDF is an error.
func TestNotPDF(t *testing.T) {
	if _, err := measure.Read([]byte("no PDF")); err == nil {
		t.Error("read")
	}
}
