package imagecheck

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// TestWholeJPEG: no sound file is called damaged, and of single flipped bits in
// the coded data, a share is found (a flip in the bits of a value leaves no
// trace in the bookkeeping).
func TestWholeJPEG(t *testing.T) {
	files, _ := filepath.Glob("testdata/jpeg/*.jpg")
	if dir := os.Getenv("ANTIN_PORTRAITS"); dir != "" {
		more, _ := filepath.Glob(filepath.Join(dir, "*.jpg"))
		files = append(files, more...)
	}
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		in, err := Inspect(b)
		if err != nil {
			t.Fatal(f, err)
		}
		if !wholeJPEG(b, in) {
			t.Errorf("%s is called damaged", f)
		}
	}
	r := rand.New(rand.NewPCG(4, 6))
	for _, name := range []string{"restart", "cmyk", "keep-rgb", "grey"} {
		b := fixture(t, "jpeg/"+name+".jpg")
		in, err := Inspect(b)
		if err != nil {
			t.Fatal(err)
		}
		found, tried := 0, 0
		for range 200 {
			x := slices.Clone(b)
			x[700+r.IntN(len(x)-702)] ^= 1 << r.IntN(8)
			if _, err := Inspect(x); err != nil {
				continue
			}
			tried++
			if !wholeJPEG(x, in) {
				found++
			}
		}
		t.Logf("%s: %d of %d flips found", name, found, tried)
		if found < tried/8 {
			t.Errorf("%s: only %d of %d flips found", name, found, tried)
		}
	}
}
