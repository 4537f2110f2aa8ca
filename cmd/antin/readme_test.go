package main

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"antin/templates"
)

var update = flag.Bool("update", false, "write the table of forms into README.md")

// TestReadmeForms keeps the README's table of forms as the catalogue is.
func TestReadmeForms(t *testing.T) {
	forms, err := templates.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	b.WriteString("\n| id | document | form | in force | to be confirmed |\n|---|---|---|---|---|\n")
	for _, f := range forms.All() {
		confirm := strings.Join(f.ToConfirm, "; ")
		fmt.Fprintf(&b, "| %s | %s | %s | %s – %s | %s |\n", f.ID, f.Title,
			strings.Trim(f.FormCode+", "+f.Basis(), ", "), f.ValidFrom, f.ValidTo, strings.ReplaceAll(confirm, "|", "/"))
	}
	const file, begin, end = "../../README.md", "<!-- forms -->", "<!-- /forms -->"
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok := strings.Cut(string(raw), begin)
	_, after, ok2 := strings.Cut(rest, end)
	if !ok || !ok2 {
		t.Fatal("README.md has no place for the table of forms")
	}
	want := before + begin + b.String() + end + after
	if *update {
		if err := os.WriteFile(file, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if want != string(raw) {
		t.Error("the README's table of forms is not the catalogue: run go test ./cmd/antin -run ReadmeForms -update")
	}
}
