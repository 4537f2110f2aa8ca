package issuance

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"antin/archive"
	"antin/signer"
	"antin/templates"
)

// Bounds on what an agency's folder may hold.
const (
	maxConfigBytes  = 1 << 20
	maxKeyBytes     = 1 << 20
	maxPictureBytes = 4 << 20
	maxAgencies     = 1000
)

// Agency is an issuing body that this service works for: what its documents
// print, and the keys that the service holds for it.
type Agency struct {
	ID      string
	Profile *templates.Agency
	// Notice is printed on every page of its documents and shown on every page
	// that speaks of them, e.g. that a demonstration has no legal value.
	Notice string
	office Office
	raw    []byte // both files as they were read
	seal   *Key
	keys   map[string]*Key // of signatories and clerks, by their id
}

// Key is an identity the service holds, with the picture it shows on paper.
type Key struct {
	Identity *signer.Identity
	Picture  *signer.Picture
	Profile  signer.Profile
}

// Seal is the agency's seal. Errors: *NoKeyError.
func (a *Agency) Seal() (*Key, error) {
	if a.seal == nil {
		return nil, &NoKeyError{Agency: a.ID}
	}
	return a.seal, nil
}

// PersonKey is the key of a signatory or a clerk. Errors: *NoKeyError.
func (a *Agency) PersonKey(id string) (*Key, error) {
	if k, ok := a.keys[id]; ok {
		return k, nil
	}
	return nil, &NoKeyError{Agency: a.ID, Signatory: id}
}

// configuration is what the store keeps of an agency, so that a change of it
// enters the audit trail: both files (they name keys and password files and hold
// neither), and the certificates that the keys have.
func (a *Agency) configuration() []byte {
	out := slices.Clone(a.raw)
	add := func(what string, k *Key) {
		out = fmt.Appendf(out, "\n# %s: certificate %x", what, sha256.Sum256(k.Identity.Certificate.Raw))
	}
	if a.seal != nil {
		add("seal", a.seal)
	}
	for _, id := range slices.Sorted(maps.Keys(a.keys)) {
		add(id, a.keys[id])
	}
	return out
}

// Check reports every key that cannot sign at the given time.
func (a *Agency) Check(now time.Time) error {
	var errs []error
	if a.seal != nil {
		if err := a.seal.Identity.Check(now); err != nil {
			errs = append(errs, fmt.Errorf("seal of %s: %w", a.ID, err))
		}
	}
	for id, k := range a.keys {
		if err := k.Identity.Check(now); err != nil {
			errs = append(errs, fmt.Errorf("%s of %s: %w", id, a.ID, err))
		}
	}
	return errors.Join(errs...)
}

// Files of an agency's folder.
const (
	ProfileFile = "agency.yaml" // what documents print (templates.Agency)
	OfficeFile  = "office.yaml" // books and keys (Office)
)

// Office is office.yaml: how an agency numbers and signs. Paths are relative to
// the agency's folder.
type Office struct {
	// Notice is printed on every page of the agency's documents.
	Notice string `yaml:"notice,omitempty"`
	// CommonBook, when set, numbers all documents in the one book of this code
	// (Nghị định 30/2020/NĐ-CP, Điều 15: one system of numbers, or one per type).
	CommonBook string `yaml:"common_book,omitempty"`
	// Books need an entry only where they differ from what the forms say.
	Books []BookEntry `yaml:"books,omitempty"`
	// OrganID is the agency's identifier in the exchange of documents (Quyết định
	// 20/2020/QĐ-TTg), at most 13 characters; the records archive asks for it.
	OrganID string `yaml:"organ_id,omitempty"`
	// ArchiveStamp is what the archive stamp says and how it looks; left out it is
	// the usual one.
	ArchiveStamp *StampEntry `yaml:"archive_stamp,omitempty"`
	// KeptBy is the unit that keeps the archive copy.
	KeptBy string    `yaml:"kept_by,omitempty"`
	Seal   *KeyEntry `yaml:"seal,omitempty"`
	// Signatories and Clerks hold each person's own key, by their id in the profile.
	Signatories map[string]KeyEntry `yaml:"signatories,omitempty"`
	Clerks      map[string]KeyEntry `yaml:"clerks,omitempty"`
}

// BookEntry configures one book.
type BookEntry struct {
	Code  string `yaml:"code"`
	Title string `yaml:"title,omitempty"`
	// Start is the first serial of a year, for an agency that begins in mid-year.
	Start map[int]int `yaml:"start,omitempty"`
	// RetentionYears 0 keeps the book's documents for ever.
	RetentionYears int `yaml:"retention_years,omitempty"`
	// Storage is where the book's documents are kept, for the archive stamp:
	// "Phông SNV, hộp QĐ-{year}".
	Storage string `yaml:"storage,omitempty"`
}

// KeyEntry says where a key is.
type KeyEntry struct {
	PKCS12       string `yaml:"pkcs12,omitempty"`
	PasswordFile string `yaml:"password_file,omitempty"`
	// PKCS11 is a key on a token, in place of a PKCS #12 file.
	PKCS11  *TokenEntry `yaml:"pkcs11,omitempty"`
	Picture string      `yaml:"picture,omitempty"`
	// Profile is pades (default), pades-pss or pkcs7 for old readers.
	Profile string `yaml:"profile,omitempty"`
}

var profiles = map[string]signer.Profile{
	"":          signer.PAdES,
	"pades":     signer.PAdES,
	"pades-pss": signer.PAdESPSS,
	"pkcs7":     signer.Adobe,
}

// LoadAgencies reads one folder per agency: ProfileFile and OfficeFile. An
// agency without OfficeFile can draft but not sign. Errors name the file.
func LoadAgencies(dir fs.FS) (map[string]*Agency, error) {
	entries, err := fs.ReadDir(dir, ".")
	if err != nil {
		return nil, fmt.Errorf("read the folder of agencies: %w", err)
	}
	if len(entries) > maxAgencies {
		return nil, fmt.Errorf("the folder of agencies holds more than %d entries", maxAgencies)
	}
	out := map[string]*Agency{}
	for _, e := range entries {
		if !e.IsDir() {
			continue
		}
		sub, err := fs.Sub(dir, e.Name())
		if err != nil {
			return nil, fmt.Errorf("open the folder of agency %s: %w", e.Name(), err)
		}
		a, err := loadAgency(sub, e.Name())
		if err != nil {
			return nil, fmt.Errorf("agency %s: %w", e.Name(), err)
		}
		out[a.ID] = a
	}
	return out, nil
}

func loadAgency(dir fs.FS, id string) (*Agency, error) {
	raw, err := readBounded(dir, ProfileFile, maxConfigBytes)
	if err != nil {
		return nil, err
	}
	profile, err := templates.ParseAgency(raw)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", ProfileFile, err)
	}
	if profile.ID != id {
		return nil, fmt.Errorf("%s: id is %q, the folder's name is %q: make them the same", ProfileFile, profile.ID, id)
	}
	a := &Agency{ID: id, Profile: profile, raw: slices.Clone(raw), keys: map[string]*Key{}}
	raw, err = readBounded(dir, OfficeFile, maxConfigBytes)
	if errors.Is(err, fs.ErrNotExist) {
		return a, nil
	}
	if err != nil {
		return nil, err
	}
	dec := yaml.NewDecoder(bytes.NewReader(raw))
	dec.KnownFields(true)
	if err := dec.Decode(&a.office); err != nil {
		return nil, fmt.Errorf("%s: %w", OfficeFile, err)
	}
	a.Notice = a.office.Notice
	a.raw = append(a.raw, raw...)
	if err := a.office.ArchiveStamp.check(); err != nil {
		return nil, fmt.Errorf("%s: archive_stamp: %w", OfficeFile, err)
	}
	if a.office.Seal != nil {
		if a.seal, err = loadKey(dir, *a.office.Seal); err != nil {
			return nil, fmt.Errorf("%s: seal: %w", OfficeFile, err)
		}
	}
	if err := a.loadKeys(dir, "signatory", a.office.Signatories, profile.Signatories); err != nil {
		return nil, err
	}
	return a, a.loadKeys(dir, "clerk", a.office.Clerks, profile.Clerks)
}

// loadKeys reads the keys of the people whom the profile lists.
func (a *Agency) loadKeys(dir fs.FS, what string, entries map[string]KeyEntry, people []templates.Signatory) (err error) {
	for id, e := range entries {
		if !slices.ContainsFunc(people, func(s templates.Signatory) bool { return s.Key == id }) {
			return fmt.Errorf("%s: %s %q is not in %s, which has %q", OfficeFile, what, id, ProfileFile, ids(people))
		}
		if a.keys[id], err = loadKey(dir, e); err != nil {
			return fmt.Errorf("%s: %s %s: %w", OfficeFile, what, id, err)
		}
	}
	return nil
}

func ids(people []templates.Signatory) []string {
	out := make([]string, len(people))
	for i, s := range people {
		out[i] = s.Key
	}
	return out
}

// SignatoryIDs lists who signs with the agency's authority, the default first;
// ClerkIDs who signs slips on their own behalf.
func (a *Agency) SignatoryIDs() []string { return ids(a.Profile.Signatories) }

// ClerkIDs lists who signs slips; see SignatoryIDs.
func (a *Agency) ClerkIDs() []string { return ids(a.Profile.Clerks) }

// people are signatories and clerks.
func (a *Agency) people() []templates.Signatory {
	return slices.Concat(a.Profile.Signatories, a.Profile.Clerks)
}

// Name is the agency's own name on one line, as the register's cover prints it.
func (a *Agency) Name() string { return strings.Join(a.Profile.Name, " ") }

// book is the book that numbers a form's documents.
func (a *Agency) book(f *templates.Form) string {
	if a.office.CommonBook != "" && f.Number != numberPermit {
		return a.office.CommonBook
	}
	return f.Book
}

// books are all books that the agency's forms need, with what office.yaml says
// of them. Forms that number differently cannot share a book.
func (a *Agency) books(forms []*templates.Form) ([]archive.Book, error) {
	byCode := map[string]archive.Book{}
	for _, f := range forms {
		code := a.book(f)
		if code == "" || !f.Issuer.Has(a.Profile.Kind) {
			continue
		}
		b := archive.Book{Agency: a.ID, Code: code, Title: "Sổ đăng ký văn bản đi: " + code, Style: archive.OrdinaryStyle}
		if f.Number == numberPermit {
			b.Style, b.Province = archive.PermitStyle, a.Profile.ProvinceCode
		}
		if other, ok := byCode[code]; ok && other.Style != b.Style {
			return nil, fmt.Errorf("form %s numbers as %s, but book %s numbers as %s: give the form a book of its own", f.Where(), b.Style, code, other.Style)
		}
		byCode[code] = b
	}
	byCode[copyBook] = archive.Book{Agency: a.ID, Code: copyBook, Title: "Sổ đăng ký bản sao", Style: archive.OrdinaryStyle}
	for _, e := range a.office.Books {
		b, ok := byCode[e.Code]
		if !ok {
			b = archive.Book{Agency: a.ID, Code: e.Code, Style: archive.OrdinaryStyle}
		}
		if e.Title != "" {
			b.Title = e.Title
		}
		b.Start, b.RetentionYears = e.Start, e.RetentionYears
		byCode[e.Code] = b
	}
	out := make([]archive.Book, 0, len(byCode))
	for _, code := range slices.Sorted(maps.Keys(byCode)) {
		out = append(out, byCode[code])
	}
	return out, nil
}

// The head's words for permit codes and for documents without a number.
const numberPermit, numberNone = "permit", "none"

func loadKey(dir fs.FS, e KeyEntry) (*Key, error) {
	profile, ok := profiles[e.Profile]
	if !ok {
		return nil, fmt.Errorf("profile %q: write pades, pades-pss or pkcs7", e.Profile)
	}
	id, err := e.identity(dir)
	if err != nil {
		return nil, err
	}
	k := &Key{Identity: id, Profile: profile}
	if e.Picture != "" {
		png, err := readBounded(dir, e.Picture, maxPictureBytes)
		if err != nil {
			return nil, err
		}
		if k.Picture, err = signer.ParsePicture(png); err != nil {
			return nil, fmt.Errorf("%s: %w", e.Picture, err)
		}
	}
	return k, nil
}

// identity opens the key, wherever it is.
func (e *KeyEntry) identity(dir fs.FS) (*signer.Identity, error) {
	switch {
	case e.PKCS11 != nil && e.PKCS12 != "":
		return nil, errors.New("a key is either in a pkcs12 file or on a pkcs11 token: leave one out")
	case e.PKCS11 != nil:
		return e.PKCS11.identity(dir)
	case e.PKCS12 == "":
		return nil, errors.New("write pkcs12 or pkcs11: where the key is")
	}
	p12, err := readBounded(dir, e.PKCS12, maxKeyBytes)
	if err != nil {
		return nil, err
	}
	password := []byte{}
	if e.PasswordFile != "" {
		if password, err = readBounded(dir, e.PasswordFile, 4096); err != nil {
			return nil, err
		}
	}
	id, err := signer.ParsePKCS12(p12, trimNewline(password))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", e.PKCS12, err)
	}
	return id, nil
}

// trimNewline drops the line end that editors put behind a password.
func trimNewline(b []byte) string {
	for len(b) > 0 && (b[len(b)-1] == '\n' || b[len(b)-1] == '\r') {
		b = b[:len(b)-1]
	}
	return string(b)
}

func readBounded(dir fs.FS, name string, limit int64) ([]byte, error) {
	name = path.Clean(name)
	info, err := fs.Stat(dir, name)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	if info.Size() > limit {
		return nil, fmt.Errorf("%s has %d bytes, more than %d", name, info.Size(), limit)
	}
	b, err := fs.ReadFile(dir, name)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	return b, nil
}

// OpenAgencies loads the agencies of a data folder.
func OpenAgencies(dir string) (map[string]*Agency, error) { return LoadAgencies(os.DirFS(dir)) }
