package judge

import (
	"slices"
	"strings"
	"testing"
)

// AcceptSigned fails the test unless every judge accepts the signed file whole:
// qpdf its structure; pdfsig each signature, and that the last covers the whole
// file; pyHanko each signature with nothing but form filling after it; DSS each
// signature TOTAL_PASSED; veraPDF PDF/A-2b. The fields signed, in order, must be
// those wanted.
func AcceptSigned(t testing.TB, path string, trust Trust, fields ...string) {
	t.Helper()
	Check(t, path)

	sigs := Signatures(t, path)
	if len(sigs) != len(fields) {
		t.Errorf("pdfsig: %d signatures, want %d (%q)", len(sigs), len(fields), fields)
	}
	for _, s := range sigs {
		if !s.Valid {
			t.Errorf("pdfsig: signature %s: %s", s.Field, s.Validation)
		}
		// The order of the fields need not be that of signing.
		if len(fields) > 0 && s.WholeFile != (s.Field == fields[len(fields)-1]) {
			t.Errorf("pdfsig: signature %s covers the whole file: %t", s.Field, s.WholeFile)
		}
	}

	py := PyHanko(t, path, trust)
	if err := py.Err(); err != nil {
		t.Error(err)
	}
	var signed []string
	for i, s := range py.Signatures {
		signed = append(signed, s.Field)
		want := []string{"NONE", "LTA_UPDATES", "FORM_FILLING"}
		if i == len(fields)-1 {
			want = want[:2] // after the last there is nothing left to fill
		}
		if !slices.Contains(want, s.Modification) && !s.Timestamp {
			t.Errorf("pyHanko: after %s the file was changed: %s, want one of %q", s.Field, s.Modification, want)
		}
	}
	if len(signed) < len(fields) || !slices.Equal(signed[:len(fields)], fields) {
		t.Errorf("pyHanko: fields signed are %q, want %q", signed, fields)
	}

	dss := DSS(t, path, trust)
	if err := dss.Err(); err != nil {
		t.Error(err)
	}
	if len(dss.Signatures) != len(fields) {
		t.Errorf("DSS: %d signatures, want %d", len(dss.Signatures), len(fields))
	}
	for _, s := range dss.Signatures {
		if len(fields) > 0 && s.Field == fields[len(fields)-1] && slices.ContainsFunc(s.Changes, isFill) {
			t.Errorf("DSS: changed after %s: %q", s.Field, s.Changes)
		}
	}
	Conforms(t, "2b", path)
}

func isFill(change string) bool { return strings.HasPrefix(change, "fill ") }
