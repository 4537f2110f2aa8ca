package issuance

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"antin/archive"
	"antin/signer"
	"antin/templates"
)

// StampEntry configures the archive stamp in office.yaml.
type StampEntry struct {
	// Lines are texts with places: {agency}, {number} (with symbol), {book},
	// {year}, {date}, {dossier}, {storage}, {retention}. A part in square brackets,
	// and a line, is left out when a place in it is empty.
	Lines []string `yaml:"lines,omitempty"`
	// Ink is red (left out), blue or black.
	Ink     string `yaml:"ink,omitempty"`
	NoFrame bool   `yaml:"no_frame,omitempty"`
}

// usualStamp says what the law asks the archive to know: agency, register number
// and book, date, dossier, storage reference, retention period.
var usualStamp = []string{
	"{agency}",
	"Số đăng ký: {number}, sổ {book}, năm {year}",
	"Ngày vào sổ: {date}[; thời hạn bảo quản {retention}]",
	"Hồ sơ: {dossier}[; lưu tại: {storage}]",
}

var (
	stampInks    = map[string]signer.Ink{"": signer.InkRed, "red": signer.InkRed, "blue": signer.InkBlue, "black": signer.InkBlack}
	stampPlaces  = []string{"agency", "number", "book", "year", "date", "dossier", "storage", "retention"}
	stampPlace   = regexp.MustCompile(`\{([^{}]*)\}`)
	stampPart    = regexp.MustCompile(`\[[^][]*\]`)
	maxStampLine = 200 // characters of a line before its places are filled
)

// maxStampLines is what fits the field in type that can be read.
const maxStampLines = 8

// check refuses an ink or a place that there is not; nil is the usual stamp.
func (e *StampEntry) check() error {
	if e == nil {
		return nil
	}
	if _, ok := stampInks[e.Ink]; !ok {
		return fmt.Errorf("ink %q: write red, blue or black", e.Ink)
	}
	if len(e.Lines) > maxStampLines {
		return fmt.Errorf("%d lines: at most %d fit", len(e.Lines), maxStampLines)
	}
	for _, l := range e.Lines {
		if len([]rune(l)) > maxStampLine || strings.ContainsAny(l, "\n\r") {
			return fmt.Errorf("line %q: at most %d characters on one line", l, maxStampLine)
		}
		for _, m := range stampPlace.FindAllStringSubmatch(l, -1) {
			if !slices.Contains(stampPlaces, m[1]) {
				return fmt.Errorf("line %q: there is no {%s}; there are {%s}", l, m[1], strings.Join(stampPlaces, "}, {"))
			}
		}
		if left := stampPlace.ReplaceAllString(l, ""); strings.ContainsAny(left, "{}") {
			return fmt.Errorf("line %q: a brace without its other half", l)
		}
	}
	return nil
}

// archiveStamp is the archive numbering stamp of a numbered document.
func (s *Service) archiveStamp(doc archive.Document) signer.Fill {
	if a, ok := s.agencies[doc.Agency]; ok {
		return a.archiveStamp(doc)
	}
	return (&Agency{Profile: &templates.Agency{Title: doc.Agency}}).archiveStamp(doc)
}

func (a *Agency) archiveStamp(doc archive.Document) signer.Fill {
	n := doc.Number
	values := map[string]string{
		"agency": a.stampName(), "number": n.Full(), "book": n.Book, "year": strconv.Itoa(n.Year),
		"date": n.Date.In(archive.Zone).Format("02/01/2006"), "dossier": doc.DossierCode,
	}
	if years := a.retention(doc.Book); years > 0 {
		values["retention"] = fmt.Sprintf("%d năm", years)
	}
	fill := signer.Fill{Field: fieldArchive, Stamp: true, Optional: true}
	lines := usualStamp
	for _, b := range a.office.Books {
		if b.Code == doc.Book {
			values["storage"] = strings.ReplaceAll(b.Storage, "{year}", values["year"])
		}
	}
	if e := a.office.ArchiveStamp; e != nil {
		fill.Ink, fill.NoFrame = stampInks[e.Ink], e.NoFrame
		if len(e.Lines) > 0 {
			lines = e.Lines
		}
	}
	fill.Value = fillStamp(lines, values)
	return fill
}

// fillStamp fills the places of the lines, and leaves out what has none.
func fillStamp(lines []string, values map[string]string) string {
	put := func(text string) (string, bool) {
		whole := true
		filled := stampPlace.ReplaceAllStringFunc(text, func(p string) string {
			v := values[p[1:len(p)-1]]
			whole = whole && v != ""
			return v
		})
		return filled, whole
	}
	var out []string
	for _, l := range lines {
		l = stampPart.ReplaceAllStringFunc(l, func(part string) string {
			if filled, ok := put(part[1 : len(part)-1]); ok {
				return filled
			}
			return ""
		})
		if filled, ok := put(l); ok {
			out = append(out, filled)
		}
	}
	return strings.Join(out, "\n")
}
