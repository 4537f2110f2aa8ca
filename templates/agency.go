package templates

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"antin/templates/vietnamese"
)

// Agency is an issuing agency as its documents print it. It is data: a new
// agency needs no code.
type Agency struct {
	ID   string `yaml:"id"`
	Kind string `yaml:"kind"` // department, centre, one-stop, people-committee, commune
	// Name and Superior as the head prints them, one line each entry:
	// "SỞ NỘI VỤ" under "UBND THÀNH PHỐ HÀ NỘI". Superior may be empty.
	Name     []string `yaml:"name"`
	Superior []string `yaml:"superior"`
	// Title is the name inside sentences: "Sở Nội vụ thành phố Hà Nội"; Short
	// the usual short one: "Sở Nội vụ".
	Title string `yaml:"title"`
	Short string `yaml:"short"`
	Place string `yaml:"place"` // of the date line: "Hà Nội"
	// Symbol is the agency's part of a document's symbol ("SNV"), Unit the
	// drafting unit's in official letters and in "Lưu: VT, …".
	Symbol string `yaml:"symbol"`
	Unit   string `yaml:"unit"`
	// Province as sentences name it ("thành phố Hà Nội"), ProvinceCode of Mẫu
	// số 16/PLI for permit codes ("001").
	Province     string `yaml:"province"`
	ProvinceCode string `yaml:"province_code"`
	// People names the people's committee inside sentences.
	People string `yaml:"people"`
	// Centre completes "Trung tâm Dịch vụ việc làm …", Insurance is the social
	// insurance agency, OneStop the public service centre's branch.
	Centre    string `yaml:"centre"`
	Insurance string `yaml:"insurance"`
	OneStop   string `yaml:"one_stop"`
	// Functions is the act that sets the agency's functions and tasks, as the
	// legal bases of its decisions cite it.
	Functions string `yaml:"functions"`
	// Address line of box 13, Phone and Email also stand inside sentences.
	Address string `yaml:"address"`
	Phone   string `yaml:"phone"`
	Email   string `yaml:"email"`
	// Head is the head's office inside sentences: "Giám đốc Sở Nội vụ".
	Head string `yaml:"head"`
	// SealDiameter in mm; 0 means 36.
	SealDiameter float64 `yaml:"seal_diameter"`
	// Signatories sign with the agency's authority, the head first; Clerks sign
	// slips on their own behalf, e.g. who receives a dossier. No two have one key.
	Signatories []Signatory `yaml:"signatories"`
	Clerks      []Signatory `yaml:"clerks"`
	// Demonstration marks a profile whose documents have no legal value.
	Demonstration bool `yaml:"demonstration"`
}

// Signatory is a person who signs for the agency, or a slip as its clerk. Title is printed line by
// line, with TM./Q./KT./TL./TUQ. in front where the office asks for it.
type Signatory struct {
	Key    string   `yaml:"key"`
	Title  []string `yaml:"title"`
	Name   string   `yaml:"name"`
	Office string   `yaml:"office"` // inside sentences: "Phó Giám đốc"
}

// Env is what a document needs beside its data.
type Env struct {
	Agency *Agency
	// LookupCode and LookupURL are printed at the foot and in the QR code.
	LookupCode, LookupURL string
	// Notice is printed on every page of a document without legal value.
	Notice string
	// Photo is the checked 4x6 JPEG for forms that carry one; when empty the
	// photo of the data is used.
	Photo []byte
	// Specimen, when it is set, shows number 00 and this day in grey where
	// number and date will stand: for the preview of forms only, never for a
	// document that is issued.
	Specimen time.Time
}

// MaxAgencyFile bounds an agency file, in bytes.
const MaxAgencyFile = 64 << 10

//go:embed agencies/*.yaml
var agencies embed.FS

// ParseAgency reads an agency profile (YAML). Unknown keys, missing names and
// characters that no document may carry are errors that name the key.
func ParseAgency(data []byte) (*Agency, error) {
	if len(data) > MaxAgencyFile {
		return nil, fmt.Errorf("agency file of %d bytes: at most %d allowed", len(data), MaxAgencyFile)
	}
	var a Agency
	dec := yaml.NewDecoder(bytes.NewReader(data))
	dec.KnownFields(true)
	if err := dec.Decode(&a); err != nil {
		return nil, fmt.Errorf("read agency: %w", err)
	}
	if err := dec.Decode(&struct{}{}); !errors.Is(err, io.EOF) {
		return nil, errors.New("read agency: more than one YAML document")
	}
	if err := a.check(); err != nil {
		return nil, fmt.Errorf("agency %q: %w", a.ID, err)
	}
	return &a, nil
}

func (a *Agency) check() error {
	for _, m := range []struct {
		key string
		ok  bool
	}{
		{"id", a.ID != ""},
		{"name", len(a.Name) > 0},
		{"title", a.Title != ""},
		{"short", a.Short != ""},
		{"place", a.Place != ""},
		{"symbol", a.Symbol != ""},
		{"signatories", len(a.Signatories)+len(a.Clerks) > 0},
	} {
		if !m.ok {
			return fmt.Errorf("key %q is missing: write it as the agency's documents print it", m.key)
		}
	}
	texts := slices.Concat(a.Name, a.Superior, []string{
		a.ID, a.Title, a.Short, a.Place, a.Symbol, a.Unit, a.Province, a.People, a.Centre, a.Insurance,
		a.OneStop, a.Functions, a.Address, a.Phone, a.Email, a.Head,
	})
	keys := map[string]bool{}
	for _, s := range slices.Concat(a.Signatories, a.Clerks) {
		if s.Key == "" || len(s.Title) == 0 || s.Name == "" {
			return fmt.Errorf("signatory %q needs key, title and name", s.Key)
		}
		if keys[s.Key] {
			return fmt.Errorf("signatory key %q is used twice", s.Key)
		}
		keys[s.Key] = true
		texts = append(texts, s.Name, s.Office)
		texts = append(texts, s.Title...)
	}
	for _, t := range texts {
		if t != vietnamese.NFC(t) {
			return fmt.Errorf("%q is not in Unicode form NFC: type it again with a Vietnamese keyboard", t)
		}
		if r, flaw := inspect(t, false); flaw != "" {
			return fmt.Errorf("%q has the character %s: %s", t, runeName(r), flaw)
		}
	}
	return nil
}

// DemoAgency is the built-in demonstration profile of a kind: "department"
// (Sở Nội vụ Hà Nội, also the answer for ""), "centre", "one-stop",
// "people-committee" or "commune". Its people are fictitious and its documents have no legal value.
func DemoAgency(kind string) (*Agency, error) {
	data, err := DemoAgencyFile(kind)
	if err != nil {
		return nil, err
	}
	return ParseAgency(data)
}

// DemoAgencyFile is the YAML of DemoAgency: a pattern for an agency's own.
func DemoAgencyFile(kind string) ([]byte, error) {
	if kind == "" {
		kind = "department"
	}
	data, err := agencies.ReadFile("agencies/" + kind + ".yaml")
	if err != nil {
		return nil, fmt.Errorf("no demonstration agency of kind %q", kind)
	}
	return data, nil
}

// Signers lists who may sign documents of a form: the clerks for slips that a
// clerk signs, else the persons in authority. The first is the default.
func (a *Agency) Signers(h *Head) []Signatory {
	if h.Signing == SignedByClerk {
		return a.Clerks
	}
	return a.Signatories
}

// signer finds who signs a form's document by key; "" is the first.
func (a *Agency) signer(h *Head, key string) (*Signatory, bool) {
	all := a.Signers(h)
	for i := range all {
		if key == "" || all[i].Key == key {
			return &all[i], true
		}
	}
	return nil, false
}

// signatoryFields are the names forms may use after "signatory.".
var signatoryFields = map[string]func(*Signatory) string{
	"name":   func(s *Signatory) string { return s.Name },
	"title":  func(s *Signatory) string { return strings.Join(s.Title, " ") },
	"office": func(s *Signatory) string { return s.Office },
}

// agencyFields are the names forms may use after "agency.".
var agencyFields = map[string]func(*Agency) string{
	"title":         func(a *Agency) string { return a.Title },
	"short":         func(a *Agency) string { return a.Short },
	"name":          func(a *Agency) string { return strings.Join(a.Name, " ") },
	"superior":      func(a *Agency) string { return strings.Join(a.Superior, " ") },
	"place":         func(a *Agency) string { return a.Place },
	"unit":          func(a *Agency) string { return a.Unit },
	"symbol":        func(a *Agency) string { return a.Symbol },
	"province":      func(a *Agency) string { return a.Province },
	"province_code": func(a *Agency) string { return a.ProvinceCode },
	"people":        func(a *Agency) string { return a.People },
	"centre":        func(a *Agency) string { return a.Centre },
	"insurance":     func(a *Agency) string { return a.Insurance },
	"one_stop":      func(a *Agency) string { return a.OneStop },
	"functions":     func(a *Agency) string { return a.Functions },
	"address":       func(a *Agency) string { return a.Address },
	"phone":         func(a *Agency) string { return a.Phone },
	"email":         func(a *Agency) string { return a.Email },
	"head":          func(a *Agency) string { return a.Head },
}
