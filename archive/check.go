package archive

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// Bounds of what the archive takes.
const (
	MaxPDF    = 64 << 20 // bytes of one revision
	MaxData   = 8 << 20  // bytes of a document's data
	MaxText   = 16 << 10 // bytes of one text field
	MaxList   = 1000     // recipients of a document
	MaxReason = 4 << 10  // bytes
)

// CheckText refuses text that not every store can hold.
func CheckText(field, s string, limit int) error {
	switch {
	case len(s) > limit:
		return &InvalidError{field, fmt.Sprintf("is longer than %d bytes", limit)}
	case !utf8.ValidString(s):
		return &InvalidError{field, "is not UTF-8"}
	case strings.IndexByte(s, 0) >= 0:
		return &InvalidError{field, "contains a zero character"}
	}
	return nil
}

func checkTexts(fields ...string) error {
	for i := 0; i < len(fields); i += 2 {
		if err := CheckText(fields[i], fields[i+1], MaxText); err != nil {
			return err
		}
	}
	return nil
}

func required(fields ...string) error {
	for i := 0; i < len(fields); i += 2 {
		if fields[i+1] == "" {
			return &InvalidError{fields[i], "is empty"}
		}
	}
	return nil
}

// CheckActor refuses an actor without an id.
func CheckActor(a Actor) error {
	if err := required("actor id", a.ID); err != nil {
		return err
	}
	return checkTexts("actor id", a.ID, "actor name", a.Name, "actor role", a.Role, "actor person", a.Person)
}

// CheckPDF refuses bytes that are no revision.
func CheckPDF(pdf []byte) error {
	switch {
	case len(pdf) == 0:
		return &InvalidError{"pdf", "is empty"}
	case len(pdf) > MaxPDF:
		return &InvalidError{"pdf", fmt.Sprintf("is longer than %d bytes", MaxPDF)}
	}
	return nil
}

// CheckReason refuses an empty reason.
func CheckReason(reason string) error {
	if strings.TrimSpace(reason) == "" {
		return &InvalidError{"reason", "is empty"}
	}
	return CheckText("reason", reason, MaxReason)
}

// Check refuses a destruction without its reason, decision and minutes.
func (d Destruction) Check() error {
	if err := CheckReason(d.Reason); err != nil {
		return err
	}
	for _, f := range [...]struct{ field, value string }{{"decision", d.Decision}, {"minutes", d.Minutes}} {
		if strings.TrimSpace(f.value) == "" {
			return &InvalidError{f.field, "is empty"}
		}
		if err := CheckText(f.field, f.value, MaxReason); err != nil {
			return err
		}
	}
	return nil
}

// Check refuses a draft that no store could keep, and fills in its defaults.
func (d *Draft) Check() error {
	moves, err := NormalMoves(d.Moves)
	if err != nil {
		return &InvalidError{"moves", err.Error()}
	}
	d.Moves = moves
	d.Copies = max(d.Copies, 1)
	if d.Data == nil {
		d.Data = json.RawMessage("{}")
	}
	if err := required("id", d.ID, "agency", d.Agency, "form", d.Form, "document type", d.DocumentType,
		"lookup code", d.LookupCode); err != nil {
		return err
	}
	for _, m := range moves {
		if m == MoveNumber && d.Book == "" {
			return &InvalidError{"book", "is empty, and the document is to be numbered"}
		}
	}
	err = checkTexts("id", d.ID, "agency", d.Agency, "form", d.Form, "form version", d.FormVersion,
		"document type", d.DocumentType, "title", d.Title, "book", d.Book, "symbol", d.Symbol, "subject", d.Subject,
		"kept by", d.KeptBy, "signatory title", d.SignatoryTitle, "signatory name", d.SignatoryName,
		"dossier code", d.DossierCode, "unique key", d.UniqueKey, "lookup code", d.LookupCode,
		"replaces", d.Replaces, "corrects", d.Corrects,
		"idempotency scope", d.Idempotency.Scope, "idempotency key", d.Idempotency.Key)
	if err != nil {
		return err
	}
	if len(d.Recipients) > MaxList {
		return &InvalidError{"recipients", fmt.Sprintf("are more than %d", MaxList)}
	}
	for _, r := range d.Recipients {
		if err := CheckText("recipients", r, MaxText); err != nil {
			return err
		}
	}
	if err := CheckText("data", string(d.Data), MaxData); err != nil {
		return err
	}
	switch {
	case !json.Valid(d.Data):
		return &InvalidError{"data", "is not JSON"}
	case d.PermitKind < 0 || d.PermitKind > 9:
		return &InvalidError{"permit kind", "is not a digit"}
	case d.Replaces != "" && d.Corrects != "":
		return &InvalidError{"corrects", "a document cannot replace one and correct one"}
	case d.At.IsZero():
		return &InvalidError{"at", "is zero"}
	}
	if err := CheckActor(d.By); err != nil {
		return err
	}
	return CheckPDF(d.PDF)
}

// Check refuses a book that cannot number.
func (b Book) Check() error {
	if err := required("agency", b.Agency, "code", b.Code); err != nil {
		return err
	}
	if err := checkTexts("agency", b.Agency, "code", b.Code, "title", b.Title, "province", b.Province); err != nil {
		return err
	}
	switch b.Style {
	case OrdinaryStyle:
	case PermitStyle:
		if len(b.Province) != 3 || strings.Trim(b.Province, "0123456789") != "" {
			return &InvalidError{"province", "is not three digits"}
		}
	default:
		return &InvalidError{"style", fmt.Sprintf("is %q, want %q or %q", b.Style, OrdinaryStyle, PermitStyle)}
	}
	for y, s := range b.Start {
		if s < 1 || y < 1 || y > 9999 {
			return &InvalidError{"start", fmt.Sprintf("%d for the year %d is not a first number", s, y)}
		}
	}
	if b.RetentionYears < 0 {
		return &InvalidError{"retention years", "are negative"}
	}
	return nil
}

// Check refuses an agency without id or name.
func (a Agency) Check() error {
	if err := required("id", a.ID, "name", a.Name); err != nil {
		return err
	}
	return checkTexts("id", a.ID, "name", a.Name, "superior", a.Superior)
}

// Check refuses a key without id or roles, and a signatory's key that does not
// say whose signature it makes.
func (k Key) Check() error {
	if err := required("id", k.ID, "name", k.Name); err != nil {
		return err
	}
	if err := checkTexts("id", k.ID, "agency", k.Agency, "name", k.Name, "person", k.Person); err != nil {
		return err
	}
	switch {
	case k.Person == "" && slices.Contains(k.Roles, RoleSignatory):
		return &InvalidError{"person", "is empty, and the key is a signatory's"}
	case k.Person == Anyone && !slices.Contains(k.Roles, RoleSignatory):
		return &InvalidError{"person", "is anyone, and the key is no signatory's"}
	case k.Person != "" && k.Person != Anyone && k.Agency == "":
		return &InvalidError{"agency", "is empty, and the key is one person's"}
	}
	if len(k.Roles) == 0 {
		return &InvalidError{"roles", "are empty"}
	}
	for _, r := range k.Roles {
		switch r {
		case RoleWorkflow, RoleSignatory, RoleClerk, RoleAuditor:
		default:
			return &InvalidError{"roles", fmt.Sprintf("%q is none of workflow, signatory, clerk, auditor", r)}
		}
	}
	return nil
}

// Check refuses an event that the trail cannot hold.
func (e Event) Check() error {
	if err := required("action", e.Action); err != nil {
		return err
	}
	if err := checkTexts("action", e.Action, "agency", e.Agency, "document", e.Document, "detail", string(e.Detail)); err != nil {
		return err
	}
	if len(e.Detail) > 0 && !json.Valid(e.Detail) {
		return &InvalidError{"detail", "is not JSON"}
	}
	if e.At.IsZero() {
		return &InvalidError{"at", "is zero"}
	}
	return CheckActor(e.By)
}

// jobKind is what both engines of jobs take as a name.
var jobKind = regexp.MustCompile(`^[a-z][a-z0-9]+([_-][a-z0-9]+)*$`)

// Check refuses a job without id or kind.
func (j Job) Check() error {
	if err := required("job id", j.ID, "job kind", j.Kind); err != nil {
		return err
	}
	if err := checkTexts("job id", j.ID, "job kind", j.Kind, "agency", j.Agency); err != nil {
		return err
	}
	if !jobKind.MatchString(j.Kind) {
		return &InvalidError{"job kind", "is not a name of lower-case letters, digits, hyphens and underscores"}
	}
	if err := CheckText("payload", string(j.Payload), MaxData); err != nil {
		return err
	}
	if len(j.Payload) > 0 && !json.Valid(j.Payload) {
		return &InvalidError{"payload", "is not JSON"}
	}
	return nil
}

// Check refuses a batch that is empty, too long or names a document twice.
func (b Batch) Check() error {
	if err := required("batch id", b.ID, "agency", b.Agency); err != nil {
		return err
	}
	if err := checkTexts("batch id", b.ID, "agency", b.Agency); err != nil {
		return err
	}
	switch {
	case len(b.Items) == 0:
		return &InvalidError{"items", "are none"}
	case len(b.Items) > MaxBatch:
		return &InvalidError{"items", fmt.Sprintf("are more than %d", MaxBatch)}
	case b.Created.IsZero():
		return &InvalidError{"created", "is zero"}
	}
	seen := make(map[string]bool, len(b.Items))
	for i, item := range b.Items {
		field := fmt.Sprintf("items/%d", i)
		if err := CheckText(field, item.Document, MaxText); err != nil {
			return err
		}
		if item.Document == "" || seen[item.Document] {
			return &InvalidError{field, "is empty or named twice"}
		}
		seen[item.Document] = true
	}
	return CheckActor(b.By)
}

// Check refuses a receiver without id or address.
func (w Webhook) Check() error {
	if err := required("webhook id", w.ID, "agency", w.Agency, "url", w.URL); err != nil {
		return err
	}
	if err := checkTexts("webhook id", w.ID, "agency", w.Agency, "url", w.URL); err != nil {
		return err
	}
	if len(w.Secret) > MaxText {
		return &InvalidError{"secret", fmt.Sprintf("is longer than %d bytes", MaxText)}
	}
	for _, m := range w.Moves {
		if !slices.Contains(Moves, m) {
			return &InvalidError{"moves", fmt.Sprintf("%q is no move", m)}
		}
	}
	return nil
}
