package pdf

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"antin/internal/judge"
)

const formMembers = "<</Fields[4 0 R]/DA(/TNR 13 Tf)>>"

// streamSample has a cross-reference stream and most objects in an object
// stream.
func streamSample(t testing.TB) []byte {
	r := newRaw()
	r.stream(6, "", "0 0 m 595 842 l S")
	r.objStm(7, map[int]string{
		1: "<</Type/Catalog/Pages 2 0 R/AcroForm 5 0 R>>",
		2: "<</Type/Pages/Kids[3 0 R]/Count 1>>",
		3: "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 6 0 R/Annots[4 0 R]/Resources<<>>>>",
		4: "<</Type/Annot/Subtype/Widget/FT/Tx/T(so)/Rect[10 20 110 40]/P 3 0 R/F 4>>",
		5: formMembers,
	})
	r.xrefStream(8, "/Size 9/Root 1 0 R/ID[<01><01>]")
	return r.Bytes()
}

// hybridSample hides its form from readers that know no cross-reference
// streams.
func hybridSample(t testing.TB) []byte {
	r := newRaw()
	r.obj(1, "<</Type/Catalog/Pages 2 0 R/AcroForm 5 0 R>>")
	r.obj(2, "<</Type/Pages/Kids[3 0 R]/Count 1>>")
	r.obj(3, "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<<>>>>")
	visible := r.take()
	r.objStm(7, map[int]string{4: "<</Type/Annot/Subtype/Widget/FT/Tx/T(so)/Rect[10 20 110 40]/P 3 0 R/F 4>>", 5: formMembers})
	box := r.entries[7]
	delete(r.entries, 7)
	stm := r.bareXRefStream(8, "/Size 9/Root 1 0 R")
	for _, e := range append(visible, box) {
		r.entries[e.Num] = e
	}
	r.table(fmt.Sprintf("/Size 9/Root 1 0 R/XRefStm %d/ID[<01><01>]", stm))
	return r.Bytes()
}

func TestStreamSamples(t *testing.T) {
	for _, tt := range []struct {
		name string
		data []byte
		kind XRefKind
		want string // kinds of the entries of objects 1 to 8
	}{
		{"stream", streamSample(t), TableStream, "CCCCCUUU"},
		{"hybrid", hybridSample(t), Hybrid, "UUUCC-UU"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := open(t, tt.data)
			if err := everything(f); err != nil {
				t.Fatal(err)
			}
			if list := f.Anomalies(); len(list) > 0 {
				t.Errorf("anomalies %+v", list)
			}
			revs := f.Revisions()
			if len(revs) != 1 || revs[0].Kind != tt.kind {
				t.Fatalf("revisions %+v", revs)
			}
			var got strings.Builder
			for n := 1; n <= 8; n++ {
				e, _, ok := f.Entry(n)
				if ok {
					got.WriteByte("FUC"[e.Kind])
				} else {
					got.WriteByte('-')
				}
			}
			if got.String() != tt.want {
				t.Errorf("entries %s, want %s", got.String(), tt.want)
			}
			if so := field(t, f, "so"); so.Dict["DA"] == nil || len(so.Widgets) != 1 || so.Widgets[0].Page != (Ref{3, 0}) {
				t.Errorf("field %+v", so)
			}
			judge.Need(t, "qpdf")
			judge.Check(t, writeTemp(t, tt.data))
		})
	}
}

func writeTemp(t testing.TB, data []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "in.pdf")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// qpdf writes our files in every way it can, and we read them all alike.
func TestReadQPDF(t *testing.T) {
	judge.Need(t, "qpdf")
	in := writeTemp(t, sample(t))
	for _, args := range [][]string{
		{"--object-streams=generate"},
		{"--object-streams=disable"},
		{"--object-streams=generate", "--linearize"},
		{"--object-streams=disable", "--linearize"},
		{"--qdf"},
		{"--object-streams=generate", "--compress-streams=n"},
		{"--min-version=1.5", "--newline-before-endstream"},
	} {
		t.Run(strings.Join(args, ""), func(t *testing.T) {
			out := filepath.Join(t.TempDir(), "out.pdf")
			if msg, err := exec.Command("qpdf", append(args, in, out)...).CombinedOutput(); err != nil {
				t.Fatalf("qpdf: %v: %s", err, msg)
			}
			data, err := os.ReadFile(out)
			if err != nil {
				t.Fatal(err)
			}
			f := open(t, data)
			if err := everything(f); err != nil {
				t.Fatal(err)
			}
			if list := f.Anomalies(); len(list) > 0 {
				t.Errorf("anomalies %+v", list)
			}
			revs := f.Revisions()
			linear := slices.Contains(args, "--linearize")
			if len(revs) != 1 || revs[0].Linearized != linear || revs[0].End != int64(len(data)) {
				t.Errorf("revisions %+v", revs)
			}
			fields, err := f.Fields()
			if err != nil || len(fields) != 2 || fields[0].Name != "so" || fields[1].Name != "con_dau" {
				t.Errorf("fields %v, %v", fields, err)
			}
			filled := fill(t, data, "01/QĐ-UBND")
			g := open(t, filled)
			if list := g.Anomalies(); len(list) > 0 || len(g.Revisions()) != 2 {
				t.Errorf("after the update: anomalies %+v, %d revisions", list, len(g.Revisions()))
			}
			if kind := g.Revisions()[1].Kind; kind != revs[0].Kind {
				t.Errorf("the update of a %v has a %v", revs[0].Kind, kind)
			}
			if linear { // qpdf warns, rightly, that an update undoes linearization
				return
			}
			judge.Check(t, writeTemp(t, filled))
		})
	}
}
