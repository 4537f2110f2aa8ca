// Package demo makes a data folder that works at once: demonstration agencies,
// keys from the declared test PKI, trust anchors and API keys. What is made with
// it has no legal value, and says so in the certificates' names, in the log and
// on every page.
package demo

import (
	"context"
	"crypto/rand"
	"encoding/base32"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"antin/archive"
	"antin/issuance"
	"antin/signer"
	"antin/signer/testpki"
	"antin/templates"
)

// Notice is printed on every page of a demonstration document.
const Notice = "BẢN TRÌNH DIỄN - " + testpki.Mark

// kinds are the demonstration agencies, one of each kind that forms name.
var kinds = []string{"department", "centre", "one-stop", "people-committee", "commune"}

// RootFile is the trust anchor that the demonstration puts in the trust folder.
const RootFile = "demo-root.pem"

// KeysFile holds the demonstration's API keys in clear, for the operator who
// tries the service. A real installation has no such file.
const KeysFile = "demo-api-keys.txt"

// Make fills an empty data folder. A folder that holds agencies already is left
// alone, and made says so. A start that was cut off half-way leaves nothing that
// the next one would take for whole: the folder of agencies is put in its place
// last.
func Make(dir string, now time.Time) (made bool, err error) {
	agencies := filepath.Join(dir, "agencies")
	if _, err := os.Stat(agencies); err == nil {
		return false, nil
	} else if !errors.Is(err, fs.ErrNotExist) {
		return false, fmt.Errorf("look for %s: %w", agencies, err)
	}
	if err := os.MkdirAll(filepath.Join(dir, "trust"), 0o755); err != nil {
		return false, fmt.Errorf("make the folder of trust anchors: %w", err)
	}
	first, err := templates.DemoAgency(kinds[0])
	if err != nil {
		return false, fmt.Errorf("demonstration agency: %w", err)
	}
	pki, err := testpki.New(testpki.Options{Now: now, Agency: first.Title, Place: first.Place})
	if err != nil {
		return false, fmt.Errorf("demonstration keys: %w", err)
	}
	building, err := os.MkdirTemp(dir, "agencies-")
	if err != nil {
		return false, fmt.Errorf("make the folder of agencies: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(building)) }()
	for _, kind := range kinds {
		if err := makeAgency(building, kind, pki); err != nil {
			return false, fmt.Errorf("demonstration agency %s: %w", kind, err)
		}
	}
	if err := makeAuditKey(dir, pki); err != nil {
		return false, fmt.Errorf("demonstration key of the audit trail: %w", err)
	}
	files, err := pki.Files()
	if err != nil {
		return false, err
	}
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(dir, "trust", name), content, 0o644); err != nil {
			return false, fmt.Errorf("write a trust anchor: %w", err)
		}
	}
	if err := os.Rename(building, agencies); err != nil {
		return false, fmt.Errorf("put the agencies in place: %w", err)
	}
	return true, nil
}

func makeAgency(parent, kind string, pki *testpki.PKI) error {
	raw, err := templates.DemoAgencyFile(kind)
	if err != nil {
		return err
	}
	profile, err := templates.ParseAgency(raw)
	if err != nil {
		return err
	}
	dir := filepath.Join(parent, profile.ID)
	if err := os.MkdirAll(filepath.Join(dir, "keys"), 0o700); err != nil {
		return err
	}
	office := issuance.Office{Notice: Notice}
	seal, err := pki.Issue(testpki.Request{Name: profile.Title, Organization: profile.Title})
	if err != nil {
		return err
	}
	picture, err := testpki.SealPNG(strings.Join(profile.Superior, " "), strings.Join(profile.Name, " "))
	if err != nil {
		return err
	}
	entry, err := writeKey(dir, "seal", seal, picture)
	if err != nil {
		return err
	}
	office.Seal = &entry
	if office.Signatories, err = personKeys(dir, profile.Title, profile.Signatories, pki); err != nil {
		return err
	}
	if office.Clerks, err = personKeys(dir, profile.Title, profile.Clerks, pki); err != nil {
		return err
	}
	out, err := yaml.Marshal(office)
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(dir, issuance.OfficeFile), out, 0o600); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, issuance.ProfileFile), raw, 0o600)
}

// makeAuditKey gives the service a key of its own for the audit trail's
// checkpoints.
func makeAuditKey(dir string, pki *testpki.PKI) error {
	id, err := pki.Issue(testpki.Request{Name: "Nhật ký kiểm toán Antin"})
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Join(dir, "keys"), 0o700); err != nil {
		return err
	}
	entry, err := writeKey(dir, "audit", id, nil)
	if err != nil {
		return err
	}
	out, err := yaml.Marshal(map[string]any{"audit_key": entry})
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, issuance.ServiceFile), out, 0o600)
}

// personKeys makes a key of their own for each person.
func personKeys(dir, agency string, people []templates.Signatory, pki *testpki.PKI) (map[string]issuance.KeyEntry, error) {
	out := map[string]issuance.KeyEntry{}
	for _, s := range people {
		id, err := pki.Issue(testpki.Request{Name: s.Name, Title: s.Office, Organization: agency})
		if err != nil {
			return nil, err
		}
		picture, err := testpki.SignaturePNG(s.Name)
		if err != nil {
			return nil, err
		}
		if out[s.Key], err = writeKey(dir, s.Key, id, picture); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func writeKey(dir, name string, id *signer.Identity, picture []byte) (issuance.KeyEntry, error) {
	secret := make([]byte, 20)
	if _, err := rand.Read(secret); err != nil {
		return issuance.KeyEntry{}, err
	}
	password := strings.ToLower(base32.StdEncoding.EncodeToString(secret))
	p12, err := id.PKCS12(password)
	if err != nil {
		return issuance.KeyEntry{}, err
	}
	e := issuance.KeyEntry{PKCS12: "keys/" + name + ".p12", PasswordFile: "keys/" + name + ".password"}
	files := map[string][]byte{e.PKCS12: p12, e.PasswordFile: []byte(password + "\n")}
	if picture != nil {
		e.Picture = "keys/" + name + ".png"
		files[e.Picture] = picture
	}
	for file, content := range files {
		if err := os.WriteFile(filepath.Join(dir, file), content, 0o600); err != nil {
			return issuance.KeyEntry{}, err
		}
	}
	return e, nil
}

// apiKeys are the demonstration's callers. Only the first, a machine that takes
// a document from data to issue in one call, signs as whoever the document names.
var apiKeys = []archive.Key{
	{Name: "tron-goi", Roles: []archive.Role{archive.RoleWorkflow, archive.RoleSignatory, archive.RoleClerk}, Person: archive.Anyone},
	{Name: "phan-mem-nghiep-vu", Roles: []archive.Role{archive.RoleWorkflow}},
	{Name: "lanh-dao", Agency: "snv-hanoi", Roles: []archive.Role{archive.RoleSignatory}, Person: "giam-doc"},
	{Name: "pho-giam-doc", Agency: "snv-hanoi", Roles: []archive.Role{archive.RoleSignatory}, Person: "pho-giam-doc"},
	{Name: "truong-phong", Agency: "snv-hanoi", Roles: []archive.Role{archive.RoleSignatory}, Person: "truong-phong"},
	{Name: "giam-doc-trung-tam", Agency: "ttdvvl-hanoi", Roles: []archive.Role{archive.RoleSignatory}, Person: "giam-doc"},
	{Name: "chu-tich-phuong", Agency: "phuong-minh-hoa", Roles: []archive.Role{archive.RoleSignatory}, Person: "chu-tich"},
	{Name: "van-thu", Roles: []archive.Role{archive.RoleClerk}},
	{Name: "can-bo-mot-cua", Agency: "ttpvhcc-cn02", Roles: []archive.Role{archive.RoleClerk}, Person: "can-bo-tiep-nhan"},
	{Name: "can-bo-trung-tam", Agency: "ttdvvl-hanoi", Roles: []archive.Role{archive.RoleClerk}, Person: "can-bo-tiep-nhan"},
	{Name: "kiem-tra", Roles: []archive.Role{archive.RoleAuditor}},
}

// APIKeys makes the demonstration's API keys once and returns them by name, on
// later starts too: they are read back from KeysFile.
func APIKeys(ctx context.Context, dir string, keys archive.Keys, now time.Time) (map[string]string, error) {
	file := filepath.Join(dir, KeysFile)
	raw, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return makeAPIKeys(ctx, file, keys, now)
	}
	if err != nil {
		return nil, fmt.Errorf("read the demonstration's API keys: %w", err)
	}
	out := map[string]string{}
	for line := range strings.Lines(string(raw)) {
		if name, secret, ok := strings.Cut(strings.TrimSpace(line), " "); ok && !strings.HasPrefix(name, "#") {
			out[name] = strings.TrimSpace(secret)
		}
	}
	return out, nil
}

func makeAPIKeys(ctx context.Context, file string, keys archive.Keys, now time.Time) (map[string]string, error) {
	out := map[string]string{}
	var text strings.Builder
	text.WriteString("# Khóa API của bản trình diễn, " + testpki.Mark + "\n")
	for _, k := range apiKeys {
		id, secret, hash, err := archive.NewKey(rand.Reader)
		if err != nil {
			return nil, err
		}
		k.ID, k.Created = id, now
		if err := keys.PutKey(ctx, k, hash, issuance.System, now); err != nil {
			return nil, fmt.Errorf("enter a demonstration API key: %w", err)
		}
		out[k.Name] = secret
		fmt.Fprintf(&text, "%s %s\n", k.Name, secret)
	}
	if err := os.WriteFile(file, []byte(text.String()), 0o600); err != nil {
		return nil, fmt.Errorf("write the demonstration's API keys: %w", err)
	}
	return out, nil
}
