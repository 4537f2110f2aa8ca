package templates_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode"

	"antin/internal/judge"
	"antin/templates"
	"antin/templates/layout"
	"antin/templates/measure"
)

// TestStress sets every form with the longest plausible data, once for each
// case that its choices make, and with nothing that may be left out, and looks
// at what is on the pages.
func TestStress(t *testing.T) {
	cat, err := templates.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range cat.All() {
		var sample map[string]any
		if err := json.Unmarshal(f.Sample(), &sample); err != nil {
			t.Fatal(err)
		}
		rules := f.FieldRules()
		t.Run(f.Where()+"/long", func(t *testing.T) {
			rec := clone(sample)
			lengthen(rules, "", rec, 0, 300)
			fit(f, rec)
			// What the sample's document shows, this one must show in full.
			shown := said(rendered(t, f, f.Sample()))
			have := said(stressed(t, f, demoOf(t, f), rec, nil))
			compareValues(t, sample, rec, shown, have, "")
		})
		t.Run(f.Where()+"/empty", func(t *testing.T) {
			rec := clone(sample)
			empty(f.OptionalFields(), "", rec)
			f.Totals(rec)
			stressed(t, f, demoOf(t, f), rec, nil)
		})
		for _, long := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s/agency-long=%v", f.Where(), long), func(t *testing.T) {
				rec := clone(sample)
				if long {
					lengthen(rules, "", rec, 0, 40)
					fit(f, rec)
				}
				delete(rec, "signatory")
				agency := longAgency(t, f)
				printsAgency(t, f, agency, stressed(t, f, agency, rec, nil))
			})
		}
		t.Run(f.Where()+"/full", func(t *testing.T) { full(t, f, sample, "", "") })
		for _, name := range slices.Sorted(maps.Keys(rules)) {
			for _, v := range rules[name].Values {
				if !strings.Contains(name, ".") && sample[name] != v.Value {
					t.Run(f.Where()+"/"+name+"="+v.Value, func(t *testing.T) { full(t, f, sample, name, v.Value) })
				}
			}
		}
	}
}

// full fills every field, optional ones too, with one choice set.
func full(t *testing.T, f *templates.Form, sample map[string]any, name, value string) {
	t.Helper()
	rec := clone(sample)
	if name != "" {
		rec[name] = value
	}
	rules, added := f.FieldRules(), map[string]bool{}
	for path, fd := range rules {
		if _, ok := rec[path]; ok || strings.Contains(path, ".") || path == "signatory" {
			continue
		}
		if v := anything(path, fd, rules); v != nil {
			rec[path], added[path] = v, true
		}
	}
	lengthen(rules, "", rec, 0, 40)
	fit(f, rec)
	stressed(t, f, demoOf(t, f), rec, added)
}

// stressed renders and checks the pages. Fields that a case needs are put back
// from the sample; added ones that the form's rules do not take are dropped.
func stressed(t *testing.T, f *templates.Form, agency *templates.Agency, rec map[string]any, added map[string]bool) []measure.Page {
	t.Helper()
	var sample map[string]any
	if err := json.Unmarshal(f.Sample(), &sample); err != nil {
		t.Fatal(err)
	}
	data, _ := json.Marshal(rec)
	for range 5 {
		var bad *templates.DataError
		if !errors.As(f.Check(data, templates.Env{Agency: agency}), &bad) {
			break
		}
		for _, p := range bad.Problems {
			name, _, _ := strings.Cut(p.Pointer[1:], "/")
			switch {
			case p.Code == "missing_here" && sample[name] != nil:
				rec[name] = sample[name]
			case added[name]:
				delete(rec, name)
			default:
				t.Fatalf("the stress data does not pass: %v", bad)
			}
		}
		data, _ = json.Marshal(rec)
	}
	pages, err := measure.Read(finishedBy(t, f, agency, data))
	if err != nil {
		t.Fatal(err)
	}
	inspect(t, f, pages)
	doc, err := f.Bind(data, templates.Env{Agency: agency})
	if err != nil {
		t.Fatal(err)
	}
	have := said(pages)
	for _, s := range doc.Sections {
		allThere(t, s.Blocks, have)
	}
	return pages
}

// allThere looks for every paragraph of the bound document on the pages.
func allThere(t *testing.T, blocks []layout.Block, have string) {
	t.Helper()
	paragraph := func(p *layout.Paragraph) {
		t.Helper()
		var b strings.Builder
		for _, r := range p.Runs {
			b.WriteString(r.Text)
		}
		if s := dense(b.String()); !strings.Contains(have, s) {
			t.Errorf("%q is not on the pages", b.String())
		}
	}
	for _, b := range blocks {
		switch b := b.(type) {
		case *layout.Paragraph:
			paragraph(b)
		case *layout.Columns:
			for _, c := range b.Columns {
				allThere(t, c.Blocks, have)
			}
		case *layout.Table:
			for _, r := range slices.Concat(b.Head, b.Rows) {
				for _, c := range r.Cells {
					for i := range c.Paragraphs {
						paragraph(&c.Paragraphs[i])
					}
				}
			}
		case *layout.Closing:
			for i := range b.Recipients {
				paragraph(&b.Recipients[i])
			}
		}
	}
}

// said is all text of the pages without blanks, in lower case.
func said(pages []measure.Page) string {
	var b strings.Builder
	for _, p := range paragraphs(pages) {
		b.WriteString(dense(p.text()))
		b.WriteByte('\n')
	}
	return b.String()
}

func dense(s string) string {
	return strings.ToLower(strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, s))
}

func compareValues(t *testing.T, sample, rec map[string]any, shown, have, where string) {
	t.Helper()
	for _, key := range slices.Sorted(maps.Keys(rec)) {
		switch v := rec[key].(type) {
		case string:
			old, _ := sample[key].(string)
			if old == "" || !strings.Contains(shown, dense(old)) || len(v) > 9000 {
				continue
			}
			for line := range strings.SplitSeq(v, "\n") {
				if !strings.Contains(have, dense(line)) {
					t.Errorf("%s/%s: %q is not on the pages", where, key, line)
				}
			}
		case []any:
			olds, _ := sample[key].([]any)
			for i, e := range v {
				if m, ok := e.(map[string]any); ok && len(olds) > 0 {
					if o, ok := olds[i%len(olds)].(map[string]any); ok {
						compareValues(t, o, m, shown, have, fmt.Sprintf("%s/%s/%d", where, key, i))
					}
				}
			}
		}
	}
}

// inspect finds what must not be on any page.
func inspect(t *testing.T, f *templates.Form, pages []measure.Page) {
	t.Helper()
	left, right, upper, lower := 30*mm, 15*mm, 20*mm, 20*mm
	if slices.Contains(ownLayout[f.ID], ruleMargin) {
		left, right, upper, lower = 10*mm, 10*mm, 10*mm, 10*mm
	}
	wrong := 0
	fail := func(format string, args ...any) {
		t.Helper()
		if wrong++; wrong <= 12 {
			t.Errorf(format, args...)
		}
	}
	for i := range pages {
		p := &pages[i]
		body := 0
		var ink []*measure.Text
		for k := range p.Texts {
			x := &p.Texts[k]
			if x.X1 == x.X2 || x.Hidden {
				continue
			}
			ink = append(ink, x)
			if x.Artifact {
				if x.X2 > p.Width-5*mm || x.X1 < 5*mm || x.Bottom() > p.Height-2*mm {
					fail("page %d: %q runs off the sheet", i+1, x.Text)
				}
				continue
			}
			body++
			if x.X1 < left-0.1 || x.X2 > p.Width-right+0.1 || x.Top() < upper-0.1 || x.Bottom() > p.Height-lower+0.1 {
				fail("page %d: %q stands outside the text area (%.1f to %.1f, %.1f mm)", i+1, x.Text, x.X1/mm, x.X2/mm, x.Y/mm)
			}
		}
		if body == 0 {
			fail("page %d is blank", i+1)
		}
		slices.SortFunc(ink, func(a, b *measure.Text) int { return int(100 * (a.Top() - b.Top())) })
		for a, x := range ink {
			for _, y := range ink[a+1:] {
				if y.Top() > x.Bottom()-0.3 {
					break
				}
				if min(x.X2, y.X2)-max(x.X1, y.X1) > 0.3 && min(x.Bottom(), y.Bottom())-max(x.Top(), y.Top()) > 0.3 {
					fail("page %d: %q and %q overlap", i+1, x.Text, y.Text)
				}
			}
			for _, fd := range p.Fields {
				if fd.Name == "con_dau" && x.X1 > 75*mm {
					continue // a seal may reach over title and name, never over the recipients
				}
				if min(x.X2, fd.X2)-max(x.X1, fd.X1) > 0.5 && min(x.Bottom(), fd.Y2)-max(x.Top(), fd.Y1) > 0.5 {
					fail("page %d: %q stands in the field %s", i+1, x.Text, fd.Name)
				}
			}
			for _, b := range p.Pictures {
				if min(x.X2, b.X2)-max(x.X1, b.X1) > 0.5 && min(x.Bottom(), b.Y2)-max(x.Top(), b.Y1) > 0.5 {
					fail("page %d: %q stands on a picture", i+1, x.Text)
				}
			}
			for _, r := range p.Rules {
				if r.Horizontal() && r.Y1 > x.Y-0.7*x.Size && r.Y1 < x.Y+0.1*x.Size && min(x.X2, r.X2)-max(x.X1, r.X1) > 1 {
					fail("page %d: a rule strikes %q", i+1, x.Text)
				}
				if !r.Horizontal() && r.X1 > x.X1+0.5 && r.X1 < x.X2-0.5 && min(r.Y1, r.Y2) < x.Y-1 && max(r.Y1, r.Y2) > x.Y-0.5*x.Size {
					fail("page %d: a table's rule cuts %q", i+1, x.Text)
				}
			}
		}
		orphan(t, i, p)
	}
	if wrong > 12 {
		t.Errorf("and %d more", wrong-12)
	}
}

// orphan fails when a signature block has fewer than two lines of the text
// above it on its page.
func orphan(t *testing.T, i int, p *measure.Page) {
	t.Helper()
	top := -1.0
	for _, fd := range p.Fields {
		if fd.Name == "ky_lanh_dao" {
			top = fd.Y1
		}
	}
	if top < 0 {
		return
	}
	// The block begins with its title, bold in the right half, a line or a few
	// above the place of the signature.
	title := top
	for k := range p.Texts {
		if x := &p.Texts[k]; x.Bold() && x.X1 > 85*mm && x.Y < top && x.Y > top-90 {
			title = min(title, x.Y)
		}
	}
	lines := map[int]bool{}
	for k := range p.Texts {
		if x := &p.Texts[k]; !x.Artifact && !x.Hidden && x.X1 < x.X2 && x.Y < title-3 {
			lines[int(x.Y)] = true
		}
	}
	if len(lines) < 2 {
		t.Errorf("page %d: the signature block stands with %d lines of text", i+1, len(lines))
	}
}

// TestStressConforms has veraPDF judge long documents: columns, tables and
// lists over several pages.
func TestStressConforms(t *testing.T) {
	judge.Need(t, "verapdf")
	cat, err := templates.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	var paths []string
	for _, f := range cat.All() {
		if !slices.Contains([]string{"phieu-gioi-thieu-viec-lam", "qd-ho-tro-huan-luyen", "cv-khong-cap-phep"}, f.ID) {
			continue
		}
		var rec map[string]any
		if err := json.Unmarshal(f.Sample(), &rec); err != nil {
			t.Fatal(err)
		}
		lengthen(f.FieldRules(), "", rec, 0, 60)
		f.Totals(rec)
		data, _ := json.Marshal(rec)
		path := filepath.Join(dir, f.ID+".pdf")
		if err := os.WriteFile(path, finished(t, f, data), 0o600); err != nil {
			t.Fatal(err)
		}
		paths = append(paths, path)
	}
	judge.Conforms(t, "2b", paths...)
	judge.Conforms(t, "ua1", paths...)
}
