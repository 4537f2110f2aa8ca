package templates

import (
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
)

// TestGuide keeps the tables of messages in docs/forms.md equal to the words
// that people see, and every directive and type named in it.
func TestGuide(t *testing.T) {
	const name = "../docs/forms.md"
	src, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	text := string(src)
	for mark, list := range map[string]map[Code]wording{"file": fileWords, "data": dataWords} {
		var b strings.Builder
		b.WriteString("| code | message (vi) | message (en) |\n|---|---|---|\n")
		cell := strings.NewReplacer("|", `\|`, "{try?}", "", "\n", " ")
		for _, c := range slices.Sorted(maps.Keys(list)) {
			b.WriteString("| `" + string(c) + "` | " + cell.Replace(list[c].vi) + " | " + cell.Replace(list[c].en) + " |\n")
		}
		open, end := "<!-- "+mark+" messages -->\n", "<!-- end -->"
		before, rest, ok := strings.Cut(text, open)
		_, after, ok2 := strings.Cut(rest, end)
		if !ok || !ok2 {
			t.Fatalf("%s has no place for the %s messages", name, mark)
		}
		text = before + open + b.String() + end + after
	}
	if *update && text != string(src) {
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	} else if text != string(src) {
		t.Errorf("%s is not up to date: go test ./templates -run Guide -update", name)
	}
	for _, d := range slices.Concat(allDirectives) {
		if !strings.Contains(text, "@"+d) {
			t.Errorf("%s does not explain @%s", name, d)
		}
	}
	for _, ty := range typeNames {
		if !strings.Contains(text, "`"+ty+"`") {
			t.Errorf("%s does not explain the type %s", name, ty)
		}
	}
}
