package records

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"pgregory.net/rapid"

	"antin/archive"
)

var day = time.Date(2026, 1, 5, 0, 0, 0, 0, archive.Zone)

func document() archive.Document {
	return archive.Document{
		ID: "06ear", State: archive.Issued, DocumentType: "Quyết định", Subject: "Về việc hưởng trợ cấp thất nghiệp", PageCount: 2,
		SignatoryTitle: "GIÁM ĐỐC", SignatoryName: "Nguyễn Minh Họa", DossierCode: "H26.17-251006-0071", Recipients: []string{"Như Điều 3"},
		Number: &archive.Number{Year: 2026, Serial: 5, Text: "05", Symbol: "QĐ-SNV", Date: day},
	}
}

func TestNumberAndNotation(t *testing.T) {
	for _, c := range []struct{ text, symbol, number, notation string }{
		{"05", "QĐ-SNV", "05", "QĐ-SNV"},
		{"12345", "", "12345", ""},
		{"001261000.001", "", "000.001", "001261"}, // a permit code of 12/PLI is too long for CodeNumber
	} {
		if number, notation := numberAndNotation(archive.Number{Text: c.text, Symbol: c.symbol}); number != c.number || notation != c.notation {
			t.Errorf("%s/%s: %q and %q", c.text, c.symbol, number, notation)
		}
	}
}

// Whatever a document holds, the fields keep the decree's lengths, say what was
// shortened and follow the schema.
func TestLengths(t *testing.T) {
	compiler := jsonschema.NewCompiler()
	raw, err := jsonschema.UnmarshalJSON(bytes.NewReader(JSONSchema))
	if err != nil {
		t.Fatal(err)
	}
	if err := compiler.AddResource("records.json", raw); err != nil {
		t.Fatal(err)
	}
	schema, err := compiler.Compile("records.json")
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		d := document()
		long := func(name string) string {
			return strings.TrimSpace("Ẫ" + strings.Repeat("ữ b", rapid.IntRange(0, 300).Draw(t, name)))
		}
		d.DocumentType, d.Subject, d.SignatoryTitle, d.SignatoryName = long("type"), long("subject"), long("title"), long("name")
		d.Recipients, d.PageCount, d.Copies = []string{long("to")}, rapid.IntRange(0, 5000).Draw(t, "pages"), rapid.IntRange(0, 5000).Draw(t, "copies")
		out := NewDocument(Agency{OrganID: "G01.23", Name: long("agency")}, d, 1)
		for field, c := range map[string]struct {
			got  string
			most int
		}{
			"TypeName": {out.TypeName, 100}, "Subject": {out.Subject, 500}, "OrganName": {out.OrganName, 200},
			"Position": {out.SignerInfo.Position, 100}, "FullName": {out.SignerInfo.FullName, 50},
		} {
			if utf8.RuneCountInString(c.got) > c.most {
				t.Errorf("%s has %d characters", field, utf8.RuneCountInString(c.got))
			}
			if cut := strings.HasSuffix(c.got, "…"); cut != strings.Contains(out.Description, field) {
				t.Errorf("%s is cut: %v, described as %q", field, cut, out.Description)
			}
		}
		text, err := json.Marshal(Records{Documents: []Document{out}})
		if err != nil {
			t.Fatal(err)
		}
		value, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(value); err != nil {
			t.Errorf("%v\n%s", err, text)
		}
	})
}

func TestBothWays(t *testing.T) {
	want := Records{Documents: []Document{NewDocument(Agency{OrganID: "G01.23", Name: "Sở Nội vụ"}, document(), 1)}}
	text, err := xml.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	var got Records
	if err := xml.Unmarshal(text, &got); err != nil {
		t.Fatal(err)
	}
	got.XMLName = xml.Name{}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if text, err = json.Marshal(want); err != nil {
		t.Fatal(err)
	}
	got = Records{}
	if err := json.Unmarshal(text, &got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
