package templates

import (
	"testing"
)

// catalogue is the built-in one; a mistake in a form file stops the tests with
// its place.
func catalogue(tb testing.TB) *Catalogue {
	tb.Helper()
	c, err := Embedded()
	if err != nil {
		tb.Fatal(err)
	}
	return c
}

func TestBuiltInFormsHaveNoFindings(t *testing.T) {
	for _, e := range catalogue(t).Lint() {
		t.Errorf("%s: %s", e.Place(), e.Message("en"))
	}
}
