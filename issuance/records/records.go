// Package records writes what the system of a records archive takes over: the
// data fields of Nghị định 30/2020/NĐ-CP, Phụ lục VI, Phần II, mục I (outgoing
// documents) and mục III (dossiers), as XML or JSON. Schema.xsd and Schema.json
// say the same to a program; names, kinds and lengths are the decree's.
package records

import (
	_ "embed"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"antin/archive"
)

// XSD and JSONSchema describe what WriteXML and WriteJSON write.
var (
	//go:embed schema.xsd
	XSD []byte
	//go:embed schema.json
	JSONSchema []byte
)

// Records is one delivery: a dossier with its documents, or the documents of a
// book, which belong to many dossiers and have no File.
type Records struct {
	XMLName   xml.Name   `json:"-" xml:"urn:vn:nghi-dinh-30-2020:phu-luc-vi Records"`
	File      *File      `json:"File,omitempty" xml:"File"`
	Documents []Document `json:"Documents" xml:"Document"`
}

// FileCode is the dossier's code (trường 1).
type FileCode struct {
	OrganID      string `json:"OrganId" xml:"OrganId"`           // 13 characters; "" where the agency has not said
	FileCatalog  int    `json:"FileCatalog" xml:"FileCatalog"`   // year
	FileNotation string `json:"FileNotation" xml:"FileNotation"` // 20
}

// Document is an outgoing document (mục I). Its attributes are the only addition
// to the decree: they tie the fields to the file.
type Document struct {
	ID           string     `json:"@id" xml:"id,attr"`
	SHA256       string     `json:"@sha256,omitempty" xml:"sha256,attr,omitempty"` // of the newest revision
	State        string     `json:"@state" xml:"state,attr"`
	FileCode     *FileCode  `json:"FileCode,omitempty" xml:"FileCode"`
	DocOrdinal   int        `json:"DocOrdinal,omitempty" xml:"DocOrdinal,omitempty"` // in the dossier, from 1
	TypeName     string     `json:"TypeName" xml:"TypeName"`                         // 100
	CodeNumber   string     `json:"CodeNumber" xml:"CodeNumber"`                     // 11
	CodeNotation string     `json:"CodeNotation" xml:"CodeNotation"`                 // 30
	IssuedDate   string     `json:"IssuedDate" xml:"IssuedDate"`                     // YYYY-MM-DD
	OrganName    string     `json:"OrganName" xml:"OrganName"`                       // 200
	Subject      string     `json:"Subject" xml:"Subject"`                           // 500
	Language     string     `json:"Language" xml:"Language"`                         // 30
	PageAmount   int        `json:"PageAmount" xml:"PageAmount"`                     // to 999
	Description  string     `json:"Description,omitempty" xml:"Description,omitempty"`
	SignerInfo   SignerInfo `json:"SignerInfo" xml:"SignerInfo"`
	To           []To       `json:"To,omitempty" xml:"To"`
	Priority     int        `json:"Priority" xml:"Priority"` // 0: neither urgent nor secret
	IssuedAmount int        `json:"IssuedAmount" xml:"IssuedAmount"`
}

// SignerInfo is who signed (trường 12).
type SignerInfo struct {
	Position string `json:"Position" xml:"Position"` // 100
	FullName string `json:"FullName" xml:"FullName"` // 50
}

// To is a recipient (trường 13).
type To struct {
	OrganID   string `json:"OrganId" xml:"OrganId"`
	OrganName string `json:"OrganName" xml:"OrganName"` // 200
}

// File is a dossier (mục III).
type File struct {
	FileCode    FileCode `json:"FileCode" xml:"FileCode"`
	Title       string   `json:"Title" xml:"Title"`             // 500
	Maintenance string   `json:"Maintenance" xml:"Maintenance"` // 30
	Rights      string   `json:"Rights" xml:"Rights"`           // 30
	Creator     string   `json:"Creator" xml:"Creator"`         // 30
	Language    string   `json:"Language" xml:"Language"`       // 50
	StartDate   string   `json:"StartDate" xml:"StartDate"`
	EndDate     string   `json:"EndDate" xml:"EndDate"`
	DocTotal    int      `json:"DocTotal" xml:"DocTotal"`
	PageTotal   int      `json:"PageTotal" xml:"PageTotal"`
	Description string   `json:"Description,omitempty" xml:"Description,omitempty"`
}

const (
	language = "Tiếng Việt"
	maxPages = 999
	maxDocs  = 9999 // also of a dossier's pages
)

// Agency is what the fields say of the issuing agency.
type Agency struct {
	OrganID string // mã định danh (Quyết định 20/2020/QĐ-TTg); may be empty
	Name    string
}

// cutter shortens texts to the decree's lengths and remembers which.
type cutter struct{ cut []string }

func (c *cutter) text(field, s string, most int) string {
	s = strings.Join(strings.Fields(s), " ")
	if utf8.RuneCountInString(s) <= most {
		return s
	}
	c.cut = append(c.cut, field)
	return strings.TrimSpace(string([]rune(s)[:most-1])) + "…"
}

func (c *cutter) number(field string, n, most int) int {
	if n > most {
		c.cut = append(c.cut, field)
		return most
	}
	return max(n, 0)
}

// description is a note within 500 characters, with the fields that had to be
// shortened: the document itself has them whole.
func (c *cutter) description(note string) string {
	tail := ""
	if len(c.cut) > 0 {
		slices.Sort(c.cut)
		tail = "Rút gọn theo độ dài quy định: " + strings.Join(slices.Compact(c.cut), ", ")
	}
	if note != "" && tail != "" {
		tail = ". " + tail
	}
	var rest cutter
	return rest.text("", note, 500-utf8.RuneCountInString(tail)) + tail
}

// NewDocument fills the fields of an outgoing document. ordinal is its place in
// the dossier, 0 where that is not known.
func NewDocument(a Agency, d archive.Document, ordinal int) Document {
	var c cutter
	out := Document{
		ID: d.ID, State: string(d.State), DocOrdinal: c.number("DocOrdinal", ordinal, 999),
		TypeName: c.text("TypeName", d.DocumentType, 100), IssuedDate: date(issued(d)),
		OrganName: c.text("OrganName", a.Name, 200), Subject: c.text("Subject", d.Subject, 500), Language: language,
		PageAmount: c.number("PageAmount", d.PageCount, maxPages), IssuedAmount: c.number("IssuedAmount", max(1, d.Copies), 999),
		SignerInfo: SignerInfo{Position: c.text("Position", d.SignatoryTitle, 100), FullName: c.text("FullName", d.SignatoryName, 50)},
	}
	if n := len(d.Revisions); n > 0 {
		out.SHA256 = d.Revisions[n-1].SHA256
	}
	if d.Number != nil {
		out.CodeNumber, out.CodeNotation = numberAndNotation(*d.Number)
		out.CodeNumber, out.CodeNotation = c.text("CodeNumber", out.CodeNumber, 11), c.text("CodeNotation", out.CodeNotation, 30)
	}
	if d.DossierCode != "" {
		code := fileCode(&c, a, d.DossierCode, issued(d).In(archive.Zone).Year())
		out.FileCode = &code
	}
	for _, r := range d.Recipients {
		out.To = append(out.To, To{OrganName: c.text("To", r, 200)})
	}
	out.Description = c.description(fate(d))
	return out
}

func fileCode(c *cutter, a Agency, dossier string, year int) FileCode {
	return FileCode{OrganID: c.text("OrganId", a.OrganID, 13), FileCatalog: year, FileNotation: c.text("FileNotation", dossier, 20)}
}

// numberAndNotation splits a number as the decree's fields do. A permit code
// (province, year, kind and serial in one, 13 characters) is longer than a
// CodeNumber may be: its serial is the number, what stands before it the
// notation.
func numberAndNotation(n archive.Number) (number, notation string) {
	const serial = len("000.001")
	if n.Symbol == "" && len(n.Text) > 11 {
		return n.Text[len(n.Text)-serial:], n.Text[:len(n.Text)-serial]
	}
	return n.Text, n.Symbol
}

// issued is the day of the number, or of issue where a document has none.
func issued(d archive.Document) time.Time {
	switch {
	case d.Number != nil:
		return d.Number.Date
	case !d.Issued.IsZero():
		return d.Issued
	}
	return d.Created
}

func date(t time.Time) string { return t.In(archive.Zone).Format(time.DateOnly) }

// fate says what became of a document after its issue.
func fate(d archive.Document) string {
	what := map[archive.State]string{
		archive.Withdrawn: "Đã thu hồi", archive.Replaced: "Đã được thay thế", archive.Corrected: "Đã được đính chính", archive.Numbered: "Chưa đóng dấu",
	}[d.State]
	if what != "" && !d.Ended.IsZero() {
		what += " ngày " + d.Ended.In(archive.Zone).Format("02/01/2006")
	}
	if what != "" && d.Reason != "" {
		what += ": " + d.Reason
	}
	if !d.Destroyed.IsZero() {
		if what != "" {
			what += ". "
		}
		what += "Đã hủy theo thời hạn bảo quản ngày " + d.Destroyed.In(archive.Zone).Format("02/01/2006")
	}
	return what
}

// NewFile fills the fields of a dossier over its documents, which are in the
// order of the dossier and not empty. years is how long it is kept, 0 for ever.
func NewFile(a Agency, dossier string, docs []archive.Document, years int) File {
	var c cutter
	first, last := docs[0], docs[len(docs)-1]
	pages, personal := 0, false
	for _, d := range docs {
		pages += d.PageCount
		personal = personal || d.Personal
	}
	f := File{
		FileCode: fileCode(&c, a, dossier, issued(first).In(archive.Zone).Year()),
		Title:    c.text("Title", "Hồ sơ "+dossier+": "+first.Subject, 500), Maintenance: "Vĩnh viễn", Rights: "Không hạn chế",
		Creator: c.text("Creator", first.CreatedBy.Name, 30), Language: language, StartDate: date(first.Created), EndDate: date(issued(last)),
		DocTotal: c.number("DocTotal", len(docs), maxDocs), PageTotal: c.number("PageTotal", pages, maxDocs),
	}
	if years > 0 {
		f.Maintenance = fmt.Sprintf("%d năm", years)
	}
	if personal {
		f.Rights = "Hạn chế: có dữ liệu cá nhân"
	}
	f.Description = c.description("")
	return f
}

// WriteXML writes the records as a document of XSD.
func (r *Records) WriteXML(w io.Writer) error {
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return fmt.Errorf("write the records as XML: %w", err)
	}
	enc := xml.NewEncoder(w)
	enc.Indent("", "  ")
	if err := enc.Encode(r); err != nil {
		return fmt.Errorf("write the records as XML: %w", err)
	}
	if _, err := io.WriteString(w, "\n"); err != nil {
		return fmt.Errorf("write the records as XML: %w", err)
	}
	return nil
}

// WriteJSON writes the records as a document of JSONSchema.
func (r *Records) WriteJSON(w io.Writer) error {
	if r.Documents == nil {
		r.Documents = []Document{}
	}
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(r); err != nil {
		return fmt.Errorf("write the records as JSON: %w", err)
	}
	return nil
}
