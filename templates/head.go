package templates

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"antin/templates/vietnamese"
)

// Date is a calendar day in a form file; the zero Date is "not set".
type Date struct{ time.Time }

// UnmarshalYAML reads 2026-01-31.
func (d *Date) UnmarshalYAML(n *yaml.Node) error {
	t, err := vietnamese.ParseDate(n.Value)
	if err != nil || len(n.Value) != 10 || n.Value[4] != '-' {
		return &dateError{n.Line, n.Value}
	}
	d.Time = t
	return nil
}

// dateError is a value that is no day of the calendar.
type dateError struct {
	line int
	got  string
}

func (e *dateError) Error() string { return fmt.Sprintf("line %d: %q is not a date", e.line, e.got) }

// String writes year-month-day, "" for the zero Date.
func (d Date) String() string {
	if d.IsZero() {
		return ""
	}
	return d.Format(time.DateOnly)
}

// MarshalText writes the same for JSON.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// Basis is one act a form rests on.
type Basis struct {
	Act  string `yaml:"act" json:"act"` // number and symbol: "15/2023/TT-BLĐTBXH"
	Date Date   `yaml:"date" json:"date"`
	Name string `yaml:"name" json:"name"` // kind, issuer, subject
}

// Successor is what replaces a form after valid_to.
type Successor struct {
	// Status is "to be confirmed" while the successor's text is not at hand,
	// else "known" with Version naming the folder.
	Status  string `yaml:"status" json:"status"`
	Act     string `yaml:"act" json:"act,omitempty"`
	Form    string `yaml:"form" json:"form,omitempty"` // id of the form that takes over, if another
	Version string `yaml:"version" json:"version,omitempty"`
	Note    string `yaml:"note" json:"note,omitempty"`
}

// ToBeConfirmed is the status of a successor whose text is not at hand.
const ToBeConfirmed = "to be confirmed"

// Head is what a form file says of the form itself.
type Head struct {
	ID      string `yaml:"id" json:"id"`
	Version string `yaml:"version" json:"version"`
	Title   string `yaml:"title" json:"title"`
	// FormCode is the act's own name of the form ("Mẫu số 05"), empty where no
	// act sets one.
	FormCode   string     `yaml:"form_code" json:"form_code"`
	LegalBasis []Basis    `yaml:"legal_basis" json:"legal_basis"`
	ValidFrom  Date       `yaml:"valid_from" json:"valid_from"`
	ValidTo    Date       `yaml:"valid_to" json:"valid_to"` // last day; zero while in force
	Successor  *Successor `yaml:"successor" json:"successor,omitempty"`
	Procedures []string   `yaml:"procedures" json:"procedures"`
	// DocumentType is the abbreviation in the symbol (QĐ, TB, GP …) or CV for
	// official letters, which have none; Book is the register it is entered in.
	DocumentType string `yaml:"document_type" json:"document_type"`
	Book         string `yaml:"book" json:"book"`
	// Issuer is the kind of agency that issues it (Agency.Kind), or several: the
	// first is the usual one.
	Issuer Issuers `yaml:"issuer" json:"issuer"`
	// Signing is one of LeaderAndSeal and its like; Signer says who signs.
	Signing string `yaml:"signing" json:"signing"`
	Signer  string `yaml:"signer" json:"signer"`
	// OncePerDossier refuses a second document for the same dossier.
	OncePerDossier bool `yaml:"once_per_dossier" json:"once_per_dossier,omitempty"`
	// Number is how the number is written: standard (15/QĐ-SNV), letter
	// (15/SNV-VLATLĐ), permit (001251000.001) or none.
	Number string `yaml:"number" json:"number"`
	// Symbol replaces the standard symbol where practice sets another ("PXL").
	Symbol string `yaml:"symbol" json:"symbol,omitempty"`
	// Text says where the words come from: file, law or free.
	Text      string   `yaml:"text" json:"text"`
	ToConfirm []string `yaml:"to_confirm" json:"to_confirm,omitempty"`
	// Concerns names the fields that say whom the document is about, for the
	// register; none means full_name, company, organization or applicant.
	Concerns   []string   `yaml:"concerns" json:"concerns,omitempty"`
	PermitKind PermitKind `yaml:"permit_kind" json:"-"`
	Layout     Layout     `yaml:"layout" json:"-"`
}

// Issuers are kinds of agencies; a form file writes one or a list.
type Issuers []string

// UnmarshalYAML reads "department" or "[one-stop, department]".
func (i *Issuers) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind == yaml.ScalarNode {
		*i = Issuers{n.Value}
		return nil
	}
	var list []string
	if err := n.Decode(&list); err != nil {
		return err
	}
	*i = list
	return nil
}

// Has tells whether a kind of agency is among them.
func (i Issuers) Has(kind string) bool { return slices.Contains(i, kind) }

// String lists them.
func (i Issuers) String() string { return strings.Join(i, ", ") }

// Layout is a form's choice inside the ranges of Nghị định 30/2020/NĐ-CP.
type Layout struct {
	Size    float64 `yaml:"size"`    // of the body, pt: 13 or 14, 11 or 12 where an act sets its own layout; 0 means 14
	Leading float64 `yaml:"leading"` // 1.0 to 1.5; 0 means 1.1
	Indent  float64 `yaml:"indent"`  // first line, mm: 10 or 12.7; 0 means 12.7
	Before  float64 `yaml:"before"`  // between paragraphs, pt, at least 6 under the decree; 0 means 6
	Ragged  bool    `yaml:"ragged"`  // narrow columns: from the left, without indent
	NoStamp bool    `yaml:"no_stamp"`
	NoFoot  bool    `yaml:"no_address"`
}

func (l Layout) withDefaults() Layout {
	if l.Size == 0 {
		l.Size = 14
	}
	if l.Leading == 0 {
		l.Leading = 1.1
	}
	if l.Indent == 0 {
		l.Indent = 12.7
	}
	if l.Before == 0 {
		l.Before = 6
	}
	return l
}

// Choices of the head's enumerated keys.
var headChoices = map[string][]string{
	"signing": {LeaderAndSeal, SignedByLeader, SealAlone, SignedByClerk},
	"number":  {"standard", "letter", "permit", "none"},
	"text":    {"file", "law", "free"},
	"issuer":  {"department", "centre", "one-stop", "people-committee", "commune"},
}

// choiceWords say what the choices of headChoices mean; those of "signing" are
// signingWords.
var choiceWords = map[string]wording{
	"standard": {"05/QĐ-SNV", "05/QĐ-SNV"}, "letter": {"công văn: 05/SNV-VLATLĐ", "letters: 05/SNV-VLATLĐ"},
	"permit": {"mã giấy phép", "code of a permit"}, "none": {"không có số", "no number"},
	"file":       {"có lời văn của văn bản, cần legal.txt", "the act's text is at hand, needs legal.txt"},
	"law":        {"văn bản quy định mẫu nhưng chưa có đủ lời văn", "set by an act, text not complete at hand"},
	"free":       {"không có mẫu", "no form is set"},
	"department": {"sở", "department"}, "centre": {"trung tâm dịch vụ việc làm", "employment service centre"},
	"one-stop": {"bộ phận một cửa", "one-stop office"}, "people-committee": {"ủy ban nhân dân tỉnh, thành phố", "people's committee"},
	"commune": {"ủy ban nhân dân xã, phường", "commune"},
}

// choices lists what a key of the head may be, each with its meaning.
func choices(key, lang string) string {
	list := make([]string, len(headChoices[key]))
	for i, c := range headChoices[key] {
		w, ok := choiceWords[c]
		if key == "signing" {
			w, ok = signingWords[c]
		}
		says := w.vi
		if lang == "en" {
			says = w.en
		}
		if list[i] = c; ok {
			list[i] += " (" + says + ")"
		}
	}
	return strings.Join(list, ", ")
}

// InForce tells whether the form is the one for a dossier received on day.
func (h *Head) InForce(day time.Time) bool {
	return !day.Before(h.ValidFrom.Time) && (h.ValidTo.IsZero() || !day.After(h.ValidTo.Time))
}

// SymbolFor is the symbol that follows the number for an agency: "QĐ-SNV",
// "SNV-VLATLĐ" for official letters. unit is the drafting unit; "" takes the
// agency's.
func (h *Head) SymbolFor(a *Agency, unit string) string {
	if unit == "" {
		unit = a.Unit
	}
	switch {
	case h.Symbol != "":
		return strings.NewReplacer("{agency}", a.Symbol, "{unit}", unit).Replace(h.Symbol)
	case h.Number == "letter" && unit != "":
		return a.Symbol + "-" + unit
	case h.Number == "letter":
		return a.Symbol
	case h.Number == "none":
		return ""
	}
	return h.DocumentType + "-" + a.Symbol
}

// FormatNumber writes the whole number as printed for the n-th document of a
// book: "05/QĐ-SNV". kind is the permit's kind (1 new, 2 extended, 3 again)
// and only used for permit numbers, which hold province code, year, kind and a
// serial of six places (Mẫu số 12/PLI, Nghị định 152/2020/NĐ-CP).
func (h *Head) FormatNumber(n int, day time.Time, a *Agency, unit string, kind int) string {
	switch h.Number {
	case "none":
		return ""
	case "permit":
		return fmt.Sprintf("%s%02d%d%03d.%03d", a.ProvinceCode, day.Year()%100, kind, n/1000%1000, n%1000)
	}
	sym := h.SymbolFor(a, unit)
	if sym == "" {
		return vietnamese.Pad(n)
	}
	return vietnamese.Pad(n) + "/" + sym
}

// Where names form and version for messages: "qd-huong-tctn/tt15-2023".
func (h *Head) Where() string { return h.ID + "/" + h.Version }

// Dated tells whether every act the form rests on has its date.
func (h *Head) Dated() bool {
	for _, b := range h.LegalBasis {
		if b.Date.IsZero() {
			return false
		}
	}
	return true
}

func itoa(n int) string { return strconv.Itoa(n) }
