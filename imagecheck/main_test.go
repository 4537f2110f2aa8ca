package imagecheck

import (
	"os"
	"testing"
	"time"
)

// TestMain takes the clock out of the verdicts: a test says what a photo is, not
// how fast a loaded machine is. ANTIN_TIMED leaves the limit as it is.
func TestMain(m *testing.M) {
	if os.Getenv("ANTIN_TIMED") == "" {
		wasmTime = 2 * time.Minute
	}
	os.Exit(m.Run())
}
