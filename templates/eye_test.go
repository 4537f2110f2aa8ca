package templates_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// keepForEye writes a file into the folder named by ANTIN_KEEP, under the name
// of the test, to be looked at.
func keepForEye(t *testing.T, file []byte) {
	t.Helper()
	dir := os.Getenv("ANTIN_KEEP")
	if dir == "" {
		return
	}
	name := strings.ReplaceAll(t.Name(), "/", ".") + ".pdf"
	if err := os.WriteFile(filepath.Join(dir, name), file, 0o600); err != nil {
		t.Fatal(err)
	}
}
