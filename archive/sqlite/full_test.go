//go:build linux

package sqlite

import (
	"errors"
	"path/filepath"
	"testing"

	"antin/archive"
	"antin/archive/conformance"
	"antin/internal/judge"
)

// On a disk that is really full, nothing acknowledged is lost, what is refused
// is refused as such, and the same open store goes on when there is room again.
// The log fills the disk first, or the file does while the log is copied into it.
func TestFullRealDisk(t *testing.T) {
	dir := t.TempDir()
	disk := judge.MountSmall(t, dir, 128<<20)
	s, err := Open(t.Context(), filepath.Join(dir, "antin.db"))
	must(t, err)
	t.Cleanup(func() { _ = s.Close() })
	r := conformance.NewFullDisk(t, s)
	for _, left := range []int64{0, 1 << 20, 17 << 20} {
		disk.Leave(left)
		if n := r.Run(func(err error) bool { return errors.Is(err, archive.ErrFull) }, nil); n != conformance.FullCallers {
			t.Errorf("%d bytes left: %d callers were refused, want each of %d", left, n, conformance.FullCallers)
		}
		r.Check()
		disk.Free()
		r.Resume()
	}
}
