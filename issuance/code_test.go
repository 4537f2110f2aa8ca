package issuance

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// TestLookupCodeAsTyped: whatever people do to a code in typing it, it is found.
func TestLookupCodeAsTyped(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		raw := rapid.SliceOfN(rapid.Byte(), lookupBytes, lookupBytes).Draw(t, "bytes")
		code, err := newLookupCode(strings.NewReader(string(raw)))
		if err != nil {
			t.Fatal(err)
		}
		typed := code
		if rapid.Bool().Draw(t, "lower") {
			typed = strings.ToLower(typed)
		}
		if rapid.Bool().Draw(t, "no hyphens") {
			typed = strings.ReplaceAll(typed, "-", "")
		}
		if rapid.Bool().Draw(t, "misread") {
			typed = strings.NewReplacer("0", "O", "1", "l").Replace(typed)
		}
		typed = rapid.SampledFrom([]string{"", " "}).Draw(t, "space") + typed
		if got := NormalLookupCode(typed); got != code {
			t.Fatalf("%q read as %q, want %q", typed, got, code)
		}
	})
}

func TestNoLookupCode(t *testing.T) {
	for _, typed := range []string{"", "7K3D", "7K3D-9QXT-M2PA-4W8", "7K3D-9QXT-M2PA-4W8CX", "UUUU-UUUU-UUUU-UUUU", "7K3D-9QXT-M2PA-4W8Ệ", strings.Repeat("7", 65)} {
		if got := NormalLookupCode(typed); got != "" {
			t.Errorf("%q read as %q", typed, got)
		}
	}
}
