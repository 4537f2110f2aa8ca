package issuance_test

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"antin/archive"
	"antin/internal/judge"
	"antin/issuance"
	"antin/issuance/records"
	"antin/signer/verify"
)

// checkRecords holds XML against the XSD (by xmllint) and JSON against the
// schema.
func checkRecords(t *testing.T, format string, content []byte) {
	t.Helper()
	dir := t.TempDir()
	file, schema := filepath.Join(dir, "records."+format), filepath.Join(dir, "schema")
	if format == "xml" {
		xmllint := judge.Need(t, "xmllint")
		if err := errors.Join(os.WriteFile(file, content, 0o600), os.WriteFile(schema, records.XSD, 0o600)); err != nil {
			t.Fatal(err)
		}
		if out, err := exec.CommandContext(t.Context(), xmllint, "--noout", "--nonet", "--schema", schema, file).CombinedOutput(); err != nil {
			t.Errorf("xmllint: %v\n%s\n%s", err, out, content)
		}
		return
	}
	s, err := jsonschema.UnmarshalJSON(bytes.NewReader(records.JSONSchema))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource("records", s); err != nil {
		t.Fatal(err)
	}
	compiled, err := c.Compile("records")
	if err != nil {
		t.Fatal(err)
	}
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	if err := compiled.Validate(v); err != nil {
		t.Errorf("%v\n%s", err, content)
	}
}

// TestRecordsOfEveryForm: each form's sample gives fields within the decree's
// kinds and lengths.
func TestRecordsOfEveryForm(t *testing.T) {
	s, store := newService(t, nil)
	for _, f := range s.Forms().All() {
		r := sample(t, f.ID, nil)
		r.Version = f.Version
		r.Data = f.Sample()
		doc, _, err := s.Make(t.Context(), r, issuance.UntilDraft)
		if err != nil {
			t.Errorf("%s: %v", f.Where(), err)
			continue
		}
		if doc, err = store.Get(t.Context(), doc.ID); err != nil {
			t.Fatal(err)
		}
		for format := range issuance.RecordFormats {
			out, err := s.RecordOf(t.Context(), doc.ID, format, issuance.System)
			if err != nil {
				t.Fatal(err)
			}
			checkRecords(t, format, out)
		}
	}
	rows, err := store.Audit(t.Context(), archive.AuditFilter{Action: archive.ActionLook}, 0, 0)
	if err != nil || len(rows) == 0 {
		t.Errorf("%d looks in the trail, %v", len(rows), err)
	}
}

func TestExportRecords(t *testing.T) {
	s, _ := newService(t, nil)
	for range 3 {
		if _, _, err := s.Make(t.Context(), sample(t, "qd-cham-dut-tctn", nil), issuance.UntilIssued); err != nil {
			t.Fatal(err)
		}
	}
	for format := range issuance.RecordFormats {
		out, err := s.ExportRecords(t.Context(), issuance.Export{Agency: "snv-hanoi", Book: "QĐ", Format: format}, issuance.System)
		if err != nil {
			t.Fatal(err)
		}
		checkRecords(t, format, out)
		var r records.Records
		if format == "xml" {
			err = xml.Unmarshal(out, &r)
		} else {
			err = json.Unmarshal(out, &r)
		}
		if err != nil || len(r.Documents) != 3 || r.Documents[2].CodeNumber != "03" || r.Documents[2].DocOrdinal != 3 || r.Documents[2].CodeNotation != "QĐ-SNV" {
			t.Errorf("%s: %+v %v", format, r.Documents, err)
		}
	}
	var format *issuance.UnknownFormatError
	if _, err := s.ExportRecords(t.Context(), issuance.Export{Agency: "snv-hanoi", Book: "QĐ", Format: "doc"}, issuance.System); !errors.As(err, &format) {
		t.Errorf("doc: %v", err)
	}
}

// TestDossierPackage: sha256sum accepts the checksums, the fields follow their
// schema, each PDF is the register's and verifies, the extract's hashes compute.
func TestDossierPackage(t *testing.T) {
	onBothStores(t, func(t *testing.T, store archive.Store) {
		s, _ := newService(t, func(o *issuance.Options) { o.Store = store })
		var ids []string
		var code string
		for range 2 {
			doc, _, err := s.Make(t.Context(), sample(t, "qd-cham-dut-tctn", nil), issuance.UntilIssued)
			if err != nil {
				t.Fatal(err)
			}
			ids, code = append(ids, doc.ID), doc.DossierCode
		}
		if _, _, err := s.Make(t.Context(), sample(t, "qd-cham-dut-tctn", nil), issuance.UntilDraft); err != nil { // not part of it
			t.Fatal(err)
		}
		if _, err := s.Withdraw(t.Context(), ids[0], "ban hành nhầm người", issuance.System); err != nil {
			t.Fatal(err)
		}
		var file bytes.Buffer
		if err := s.PackDossier(t.Context(), &file, "snv-hanoi", code, issuance.System); err != nil {
			t.Fatal(err)
		}
		z, err := zip.NewReader(bytes.NewReader(file.Bytes()), int64(file.Len()))
		if err != nil {
			t.Fatal(err)
		}
		dir := t.TempDir()
		content := map[string][]byte{}
		for _, f := range z.File {
			r, err := f.Open()
			if err != nil {
				t.Fatal(err)
			}
			b, err := io.ReadAll(r)
			to := filepath.Join(dir, filepath.FromSlash(f.Name))
			if err := errors.Join(err, r.Close(), os.MkdirAll(filepath.Dir(to), 0o700), os.WriteFile(to, b, 0o600)); err != nil {
				t.Fatal(err)
			}
			content[f.Name] = b
		}
		judge.Need(t, "sha256sum")
		cmd := exec.CommandContext(t.Context(), "sha256sum", "--strict", "-c", "SHA256SUMS")
		cmd.Dir = dir
		if out, err := cmd.CombinedOutput(); err != nil || strings.Count(string(out), ": OK") != len(z.File)-1 {
			t.Errorf("sha256sum: %v\n%s", err, out)
		}
		checkRecords(t, "xml", content["ho-so.xml"])
		checkRecords(t, "json", content["ho-so.json"])
		var r records.Records
		if err := xml.Unmarshal(content["ho-so.xml"], &r); err != nil || len(r.Documents) != 2 || r.File == nil || r.File.DocTotal != 2 ||
			!strings.HasPrefix(r.Documents[0].Description, "Đã thu hồi") {
			t.Errorf("%+v %v", r, err)
		}
		pdf := content["van-ban/01-qd-cham-dut-tctn-so-01-2026/ban-3-phat-hanh.pdf"]
		report, err := verify.Document(pdf, verify.Options{Trust: s.Trust(), Now: clock})
		if err != nil || report.Indication != verify.TotalPassed {
			t.Errorf("%v %v, of %q", report.Indication, err, slices.Sorted(maps(content)))
		}
		var said struct{ Register struct{ State string } }
		if err := json.Unmarshal(content["van-ban/01-qd-cham-dut-tctn-so-01-2026/xac-thuc.json"], &said); err != nil || said.Register.State != verify.RegisterWithdrawn {
			t.Errorf("%+v %v", said, err)
		}
		checkExtract(t, content["nhat-ky.jsonl"], ids)
	})
}

func maps(m map[string][]byte) func(func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

// checkExtract computes each row's hash as archive/README.md says.
func checkExtract(t *testing.T, text []byte, ids []string) {
	t.Helper()
	seen := map[string]int{}
	for _, line := range strings.Split(strings.TrimSpace(string(text)), "\n")[1:] {
		row, previous, err := archive.ParseExtract([]byte(line))
		if err != nil || archive.Link(previous, row.Seq, row.Event) != row.Hash || !slices.Contains(ids, row.Document) {
			t.Errorf("%s: %v", line, err)
		}
		seen[row.Action]++
	}
	if seen["draft"] != 2 || seen["issue"] != 2 || seen["withdraw"] != 1 || seen["look"] < 2 {
		t.Errorf("the extract has %v", seen)
	}
}

func TestNoDossier(t *testing.T) {
	s, _ := newService(t, nil)
	var missing *archive.NotFoundError
	if err := s.PackDossier(t.Context(), io.Discard, "snv-hanoi", "H26.0-0", issuance.System); !errors.As(err, &missing) {
		t.Errorf("got %v", err)
	}
}
