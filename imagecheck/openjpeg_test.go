package imagecheck

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"testing"
	"time"
)

// TestBuildsAgree: the stoppable build gives the pixels of the fast one.
func TestBuildsAgree(t *testing.T) {
	for _, name := range []string{"plain", "tiles", "grey"} {
		data := fixture(t, "j2k/"+name+".j2k")
		in, err := Inspect(data)
		if err != nil {
			t.Fatal(err)
		}
		if !in.plain {
			t.Errorf("%s is not taken for plain", name)
		}
		var got [2][]byte
		for i, build := range []func() (*openjpeg, error){fastOpenJPEG, stoppableOpenJPEG} {
			o, err := build()
			if err != nil {
				t.Fatal(err)
			}
			r, err := o.decode(t.Context(), data, in, 0)
			if err != nil {
				t.Fatal(err)
			}
			got[i] = r.pix
		}
		if !bytes.Equal(got[0], got[1]) {
			t.Errorf("%s: the builds differ", name)
		}
	}
}

// TestStops: a caller that gives up gets its answer and frees its slot.
func TestStops(t *testing.T) {
	data := fixture(t, "j2k/roi.j2k")
	in, err := Inspect(data)
	if err != nil {
		t.Fatal(err)
	}
	if in.plain {
		t.Fatal("a codestream with a region of interest is taken for plain")
	}
	o, err := stoppableOpenJPEG()
	if err != nil {
		t.Fatal(err)
	}
	for range 2 * cap(o.slots) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Microsecond)
		if _, err := o.decode(ctx, data, in, 0); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v", err)
		}
		cancel()
	}
	if _, err := o.decode(t.Context(), data, in, 0); err != nil {
		t.Error(err)
	}
}

// TestPixels compares with what the library's own program, opj_decompress 2.5.0,
// makes of the same files: SHA-256 of its samples.
func TestPixels(t *testing.T) {
	for _, v := range []struct{ name, sum string }{
		{"plain.j2k", "1d16a7ee2edb622bae53c3fb659d299e19638a6ea088ff2fd618efbeab1a5bc3"},
		{"reversible.j2k", "dae85c01ac2087fe7dfd301c378ac40a4ea35e8821f16ce4c9be86b859de65ec"},
		{"tiles.j2k", "6d6752a7f7e778b5f3c6ce1c72c90b3cd92e579f79abb481fc625f52e0ea0c1e"},
		{"layers.j2k", "b01571ffc5b9a061974370417cc04bca15d45bd51bbb037e8980d865d386bfe8"},
		{"large.j2k", "819415aaa4a4af25dc8d77ff4f4707b96bca11e11ee0afc761f1ad9e45c465d3"},
		{"grey.j2k", "b372bac15d87b689a496ba7fd716a2a5c94a77d9b6beea21a86add60463c7ec4"},
		{"real.jp2", "8533c492e4b95122a7c9bf62480eafb3d635f500b77e1135a99bf644e7999f95"},
	} {
		data := fixture(t, "j2k/"+v.name)
		in, err := Inspect(data)
		if err != nil {
			t.Fatal(err)
		}
		o, err := fastOpenJPEG()
		if err != nil {
			t.Fatal(err)
		}
		r, err := o.decode(t.Context(), data[in.codestream.from:in.codestream.to], in, 0)
		if err != nil {
			t.Fatal(err)
		}
		if sum := sha256.Sum256(r.pix); hex.EncodeToString(sum[:]) != v.sum {
			t.Errorf("%s: pixels differ", v.name)
		}
	}
}
